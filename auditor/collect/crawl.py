"""Collecting: what the outlets' feeds, sitemaps and listings announce and the archive does not hold yet.

Each article is stored and judged in one transaction of its own, so a run that is killed loses nothing: the next one reads
the feeds again and goes on with what is missing. A feed's validators are kept only when all it announced is stored.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from auditor.collect import addresses, feeds
from auditor.collect.archive import Archive, Row, locked
from auditor.collect.fetch import Fetcher, Page
from auditor.collect.lanes import Lane, Lanes
from auditor.collect.robots import Robots, retry_after
from auditor.collect.sandbox import Sandbox
from auditor.errors import FetchError, ReadError, StoreError
from auditor.model import Article, Audit
from auditor.read import dates, hints
from auditor.settings import Settings

_log = logging.getLogger(__name__)
_GIVEN_UP = 3  # failures in a row after which a host is left for the next run
_TRIES = 2
Judge = Callable[[Row], Audit]


@dataclass
class Summary:
    """What a run did: *failed* counts sources and pages that could not be read, *problems* says why, one sentence each."""

    outlets: int = 0
    sources: int = 0
    new: int = 0
    unread: int = 0
    known: int = 0
    elsewhere: int = 0
    disallowed: int = 0
    failed: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """Return the run in one line for an operator."""
        told = [f"{self.new} bài mới" + (f" ({self.unread} chưa đọc trọn)" if self.unread else ""), f"{self.known} bài đã có"]
        if self.disallowed:
            told.append(f"{self.disallowed} địa chỉ robots.txt không cho đọc")
        if self.elsewhere:
            told.append(f"{self.elsewhere} liên kết ra ngoài trang")
        told.append(f"{self.failed} lỗi" if self.failed else "không lỗi nào")
        first = f" Lỗi đầu tiên: {self.problems[0]}" if self.failed and self.problems else ""
        return f"Thu thập {self.sources} nguồn của {self.outlets} đơn vị trong {self.seconds:.0f} giây: {', '.join(told)}.{first}"


@dataclass(eq=False)
class _Source:
    """A feed, sitemap or listing of the register during one run."""

    row: Row
    pending: int = 1
    whole: bool = True  # everything it announced is in the archive
    etag: str | None = None
    modified: str | None = None
    problem: str | None = None
    not_before: str | None = None


@dataclass(frozen=True, eq=False)
class _Task:
    """One request to make."""

    url: str
    kind: Literal["feed", "sitemap", "listing", "article"]
    source: _Source
    entry: feeds.Entry | None = None
    hops: int = 0
    tries: int = 0
    depth: int = 0


class _MovedError(Exception):
    """A redirect: the next address waits its turn in its own host's lane."""

    def __init__(self, url: str) -> None:
        self.url = url


def crawl(
    store: Archive, settings: Settings, *, judge: Judge, outlets: Sequence[str] | None = None, limit: int | None = None,
    progress: bool | None = None, fetcher: Fetcher | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Summary:  # fmt: skip
    """Collect what is due from *outlets* (ids; None: all) and return what was done; at most *limit* new articles.

    *progress* shows a bar on stderr (None: when that is a terminal). Raises StoreError when another crawl of this archive
    is running, an outlet is unknown, or the archive cannot be written; what was stored until then stays.
    """
    with locked(store.path), fetcher or Fetcher(settings) as web, Sandbox(settings) as sandbox:
        run = _Run(store, settings, judge, limit, web, sandbox, now)
        return run.all(outlets, progress)


class _Run:
    """One crawl: the lanes call `do` for each task."""

    def __init__(
        self, store: Archive, settings: Settings, judge: Judge, limit: int | None, web: Fetcher, sandbox: Sandbox,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.store, self.settings, self.judge, self.limit = store, settings, judge, limit
        self.web, self.sandbox, self.now = web, sandbox, now
        self.robots = Robots(web, settings)
        self.lanes: Lanes[_Task] = Lanes(self.do, settings["crawl.delay"])
        self.summary = Summary()
        self.lock = threading.Lock()
        self.stored: set[str] = set()  # canonical addresses of the archive when the run began
        self.seen: set[str] = set()  # those, and what this run has announced or stored
        self.met: set[str] = set()  # origins whose robots.txt this run has asked for
        self.sites: dict[str, set[str]] = {}  # the hosts of each outlet
        self.taken = 0  # new articles stored or being fetched
        self.bar: Any = None

    def all(self, chosen: Sequence[str] | None, progress: bool | None) -> Summary:
        from tqdm import tqdm

        begun = time.monotonic()
        sources = self.due(chosen)
        for row in self.store.each("articles", "key"):
            self.stored.update(addresses.canonical(url) for url in (row["url"], row["canonical_url"]) if url)
        self.seen.update(self.stored)
        for source in sources:
            self.lanes.put(source.row["url"], [_Task(source.row["url"], source.row["kind"], source)])
        quiet = None if progress is None else not progress
        with tqdm(total=len(sources), desc="Thu thập", unit="trang", leave=False, disable=quiet) as self.bar:
            try:
                self.lanes.run(self.settings["crawl.hosts_at_once"])
            finally:
                for task in self.lanes.left():
                    task.source.whole = False
                    task.source.pending = 0
                for source in sources:
                    if source.pending <= 0:
                        self.settle(source)
        self.summary.seconds = time.monotonic() - begun
        return self.summary

    def due(self, chosen: Sequence[str] | None) -> list[_Source]:
        """Return the sources to read now: of outlets that exist today, unless a host asked to be left alone until later."""
        now = self.now().isoformat(timespec="milliseconds")
        valid = {row["id"]: row for row in self.store.outlets(self.now().astimezone(dates.ICT).date())}
        every = {row["id"] for row in self.store.outlets()}
        for id in chosen or ():
            if id not in every:
                raise StoreError(f"Sổ không có cơ quan “{id}”; hãy xem `auditor outlets list`.")
        found = []
        for row in self.store.feeds():
            if row["outlet"] in valid and (chosen is None or row["outlet"] in chosen):
                self.sites.setdefault(row["outlet"], set()).add(addresses.domain(row["url"]))
                if not (row["not_before"] and row["not_before"] > now):
                    found.append(_Source(row))
        self.summary.outlets = len({source.row["outlet"] for source in found})
        self.summary.sources = len(found)
        return found

    def do(self, lane: Lane[_Task], task: _Task) -> float:
        """Do one task (or its host's robots.txt first) and return the seconds to wait before the host's next request."""
        if lane.closed or (task.kind == "article" and self.full()):
            self.drop(task, lane.closed)
            return 0.0
        origin = addresses.origin(task.url)
        if origin not in self.met:
            self.met.add(origin)
            self.lanes.put(task.url, [task], first=True)
            return self.introduced(lane, task)
        try:
            self.robots.require(task.url)
        except FetchError as error:
            self.refuse(task, error)
            return 0.0
        if task.kind == "article" and not self.reserve():
            self.drop(task, None)
            return 0.0
        begun = time.monotonic()
        try:
            page = self.fetch(task)
            ended = time.monotonic()
            lane.slowed(ended - begun)
            pause = self.answered(lane, task, page)
            return max(0.0, pause - (time.monotonic() - ended))  # the host rests while we read
        except _MovedError as moved:
            self.release(task)
            self.follow(task, moved.url)
        except FetchError as error:
            self.release(task)
            self.missed(lane, task, error)
        return lane.delay

    def introduced(self, lane: Lane[_Task], task: _Task) -> float:
        """Read the robots.txt of a host met for the first time; return the pause."""
        rules = self.robots.of(task.url)
        wanted = rules.delay(self.robots.agent) or 0.0
        if wanted > self.settings["crawl.max_delay_s"]:
            self.close(lane, f"{lane.host} đòi nghỉ {wanted:.0f} giây giữa hai yêu cầu, quá crawl.max_delay_s, nên chưa thu thập.")
            return 0.0
        lane.agreed = lane.delay = max(lane.agreed, wanted)
        if rules.retry_after is not None:
            self.postpone(task, rules.retry_after)
        return lane.delay

    def fetch(self, task: _Task) -> Page:
        row = task.source.row
        main = task.kind != "article" and task.depth == 0
        size = self.settings["crawl.max_page_bytes" if task.kind in ("article", "listing") else "crawl.max_feed_bytes"]

        def permit(url: str) -> None:
            if url != task.url:
                raise _MovedError(url)

        return self.web.get(
            task.url, etag=row["etag"] if main else None, modified=row["modified"] if main else None, max_bytes=size, permit=permit
        )  # fmt: skip

    def answered(self, lane: Lane[_Task], task: _Task, page: Page) -> float:
        """Use an answer of whatever status; return the pause."""
        if page.status == 429 or (page.status == 503 and "retry-after" in page.headers):
            self.release(task)
            return self.asked_to_wait(lane, task, page)
        if page.status != 200 and not page.not_modified:
            self.release(task)
            lane.failures += page.status >= 500
            if lane.failures >= _GIVEN_UP:
                self.close(lane, f"{lane.host} lỗi {_GIVEN_UP} lần liền nên được để lại cho lượt sau.")
            self.fail(task, f"{task.url}: máy chủ trả lời mã {page.status}.", final=task.kind == "article" and page.status in (404, 410))
            return lane.delay
        lane.failures = 0
        if task.kind == "article":
            self.store_article(task, page)
        else:
            self.read_source(task, page)
        return lane.delay

    def asked_to_wait(self, lane: Lane[_Task], task: _Task, page: Page) -> float:
        """Do as Retry-After says: wait within the run when that is short, else leave the host for a later one."""
        told = retry_after(page)
        wait = 60.0 if told is None else told
        self.postpone(task, wait)
        if wait > self.settings["crawl.max_delay_s"] or task.tries + 1 >= _TRIES:
            self.close(lane, f"{lane.host} xin nghỉ {wait:.0f} giây (mã {page.status}); để lại cho lượt sau.")
            self.drop(task, lane.closed)
            return 0.0
        self.lanes.put(task.url, [replace(task, tries=task.tries + 1)], first=True)
        return max(wait, lane.delay)

    def read_source(self, task: _Task, page: Page) -> None:
        """Queue what a feed, sitemap or listing announces and is not known yet."""
        source = task.source
        if page.not_modified:
            source.etag, source.modified = source.row["etag"], source.row["modified"]
            self.finish(task)
            return
        if task.depth == 0:
            source.etag, source.modified = page.headers.get("etag"), page.headers.get("last-modified")
        most = self.settings["crawl.max_entries"]
        if task.kind == "listing":
            entries = self.sandbox.links(page.content, page.final_url)
        else:
            entries = self.sandbox.feed(page.content, page.final_url, page.headers, max_entries=most)
        if not entries and task.depth == 0:
            source.problem = f"{task.url} không có mục nào đọc được; hãy kiểm tra nguồn này."
        more = [entry for entry in entries if entry.kind == "sitemap"]
        tasks = [_Task(entry.url, "sitemap", source, depth=task.depth + 1) for entry in feeds.latest(more)] if task.depth < 2 else []
        articles = []
        for entry in feeds.latest(entries) if task.kind == "sitemap" else entries:
            if entry.kind == "page" and entry.url and (task.kind == "feed" or feeds.like_article(entry, titled=task.kind == "sitemap")):
                articles += self.announced(source, entry)
        following = [entry for entry in entries if entry.kind == "next" and articles]
        if task.depth + 1 < self.settings["crawl.max_listing_pages"]:
            tasks += [_Task(entry.url, "listing", source, depth=task.depth + 1) for entry in following]
        tasks = [each for each in tasks if addresses.domain(each.url) in self.sites[source.row["outlet"]]] + articles
        with self.lock:
            source.pending += len(tasks)
            self.bar.total += len(tasks)
        for each in tasks:
            self.lanes.put(each.url, [each])
        self.finish(task)

    def announced(self, source: _Source, entry: feeds.Entry) -> list[_Task]:
        """Return the task for an announced article, or none when it is known, elsewhere, or no address."""
        try:
            url = addresses.canonical(addresses.checked(entry.url), _keep(entry.url))
        except (FetchError, ValueError):
            return []
        with self.lock:
            if addresses.domain(url) not in self.sites[source.row["outlet"]]:
                self.summary.elsewhere += 1
                return []
            if url in self.seen:
                self.summary.known += url in self.stored
                return []
            self.seen.add(url)
        return [_Task(entry.url.partition("#")[0], "article", source, entry)]

    def store_article(self, task: _Task, page: Page) -> None:
        """Read, judge and store one article."""
        entry = task.entry or feeds.Entry(task.url)
        parts = urlsplit(page.final_url)
        if task.hops and parts.path in ("", "/") and not parts.query:
            self.release(task)
            self.fail(task, f"{task.url} chuyển về trang chủ: bài không còn.", final=True)
            return
        kind = page.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind in ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", ""):
            article = self.sandbox.article(page.content, page.final_url, page.charset)
        else:
            article = Article(None, "", url=page.final_url, status="unread", reason="partial")
        canonical = addresses.chosen(page.final_url, article.url, _keep(page.final_url))
        article = replace(article, title=article.title or entry.title or None, published=self.published(article, entry), url=canonical)
        id = self.store.article_id(None, canonical)
        audit = self.judged(
            {
                "id": id, "url": canonical, "outlet": task.source.row["outlet"], "kind": "article", "title": article.title,
                "text": article.text, "captions": list(article.captions), "status": article.status, "reason": article.reason,
                "published": article.published.isoformat() if article.published else None,
            }
        )  # fmt: skip
        with self.store.writing():
            put = self.store.put_article(
                article, outlet=task.source.row["outlet"], url=entry.url.partition("#")[0], canonical_url=canonical,
                fetched=page.fetched.isoformat(timespec="milliseconds"), payload_sha256=hashlib.sha256(page.content).hexdigest(),
            )  # fmt: skip
            if put.changed and audit is not None:
                self.store.put_audit(put.article_id, put.version, audit)
        with self.lock:
            self.seen.add(canonical)
            if put.changed:
                self.summary.new += 1
                self.summary.unread += article.status == "unread"
            else:
                self.summary.known += 1
                self.taken -= 1
        self.finish(task)

    def judged(self, record: Row) -> Audit | None:
        """Return the audit of what was read, or None, noted, when it cannot be judged: the article is kept all the same."""
        try:
            return self.judge(record)
        except ReadError as error:
            with self.lock:
                self.summary.failed += 1
                self.summary.problems.append(f"{record['url']}: đã lưu nhưng chưa chấm được: {error}")
            return None

    def published(self, article: Article, entry: feeds.Entry) -> Any:
        """Return the day the page tells, else the feed; days that have not come yet are none."""
        latest = (self.now() + timedelta(days=1)).astimezone(dates.ICT).date()
        told = entry.published.astimezone(dates.ICT).date() if entry.published else None
        return next((day for day in (article.published, told) if day is not None and day <= latest), None)

    def follow(self, task: _Task, url: str) -> None:
        """Queue the address a redirect leads to, in the lane of its host."""
        if task.hops >= self.settings["crawl.max_redirects"]:
            self.fail(task, f"{task.url} chuyển hướng quá {self.settings['crawl.max_redirects']} lần nên bị bỏ.")
        elif addresses.domain(url) not in self.sites[task.source.row["outlet"]]:
            with self.lock:
                self.summary.elsewhere += 1
            if task.kind == "article":
                self.finish(task)
            else:
                self.fail(task, f"{task.url} chuyển hướng ra ngoài trang của đơn vị: {url}")
        else:
            self.lanes.put(url, [replace(task, url=url, hops=task.hops + 1)], first=True)

    def missed(self, lane: Lane[_Task], task: _Task, error: FetchError) -> None:
        """Note a request that got no usable answer."""
        if error.reason in ("timeout", "connect", "dns", "tls"):
            lane.failures += 1
            if lane.failures >= _GIVEN_UP:
                self.close(lane, f"{lane.host} không trả lời {_GIVEN_UP} lần liền nên được để lại cho lượt sau.")
        self.fail(task, str(error))

    def close(self, lane: Lane[_Task], sentence: str) -> None:
        """Leave a host alone for the rest of the run."""
        lane.closed = sentence
        with self.lock:
            self.summary.failed += 1
            self.summary.problems.append(sentence)

    def refuse(self, task: _Task, error: FetchError) -> None:
        """Note an address that robots.txt keeps from us: a source is then failing, an article is not ours to have."""
        if task.kind == "article" and not self.robots.of(task.url).problem:
            with self.lock:
                self.summary.disallowed += 1
            self.finish(task)
        else:
            self.fail(task, str(error))

    def postpone(self, task: _Task, seconds: float) -> None:
        """Note that a source's host wants to be left alone for some time."""
        task.source.not_before = (self.now() + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")

    def fail(self, task: _Task, sentence: str, final: bool = False) -> None:
        """Note a failure; unless *final*, the next run tries again."""
        _log.info("failed %s: %s", task.url, sentence)
        with self.lock:
            self.summary.failed += 1
            if len(self.summary.problems) < 1_000:
                self.summary.problems.append(sentence)
            task.source.whole = task.source.whole and final
            if task.kind != "article":
                task.source.problem = sentence
        self.finish(task)

    def drop(self, task: _Task, problem: str | None) -> None:
        """Leave a task for the next run: this one may store no more, or its host is left alone."""
        with self.lock:
            task.source.whole = False
            if problem and task.kind != "article":
                task.source.problem = problem
        self.finish(task)

    def finish(self, task: _Task) -> None:
        self.bar.update(1)
        with self.lock:
            task.source.pending -= 1
            done = task.source.pending == 0
        if done:
            self.settle(task.source)

    def settle(self, source: _Source) -> None:
        """Note in the register how reading a source went."""
        if source.pending < 0:
            return
        source.pending = -1
        etag, modified = (source.etag, source.modified) if source.whole else (None, None)
        self.store.feed_checked(source.row["id"], problem=source.problem, not_before=source.not_before, etag=etag, modified=modified)

    def full(self) -> bool:
        with self.lock:
            return self.limit is not None and self.taken >= self.limit

    def reserve(self) -> bool:
        with self.lock:
            if self.limit is not None and self.taken >= self.limit:
                return False
            self.taken += 1
            return True

    def release(self, task: _Task) -> None:
        if task.kind == "article":
            with self.lock:
                self.taken -= 1


def _keep(url: str) -> tuple[str, ...] | None:
    hint: hints.Hint | None = hints.of(url)
    return (hint.keep_query or None) if hint else None
