import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from origin import answer, serve
from stored import audit as audit_of

from auditor.collect import crawl as crawling
from auditor.collect import press
from auditor.collect.crawl import crawl, locked
from auditor.collect.lanes import Lanes, host_key
from auditor.errors import ReadError, StoreError
from auditor.keep.store import Store
from auditor.settings import Settings

LINES = [f"Đoạn văn số {n} kể về lớp học của chị Lan, nơi nhiều người đến học và cùng nhau làm việc." for n in range(4)]


def page(title, extra="", lines=LINES):
    return answer(f"<html><head><title>{title}</title>{extra}</head><body><h1>{title}</h1>{''.join(f'<p>{x}</p>' for x in lines)}</body></html>")


def feed(*paths, **headers):
    items = "".join(f"<item><title>Bài {path}</title><link>{path}</link><pubDate>20/10/2026 07:30</pubDate></item>" for path in paths)
    return answer(f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>", Content_Type="application/rss+xml", **headers)


def judge(record):
    return audit_of(record["id"], unread=record["reason"] if record["status"] == "unread" else None,
                    verdict="unread" if record["status"] == "unread" else "clear")  # fmt: skip


@pytest.fixture
def origin():
    with serve() as served:
        served.pages["/rss"] = feed("/bai-1", "/bai-2", "/bai-3", ETag='"1"')
        for n in (1, 2, 3):
            served.pages[f"/bai-{n}"] = page(f"Bài số {n} của chị Lan")
        yield served


@pytest.fixture
def store(tmp_path, origin):
    with Store.open(tmp_path / "kho.db", create=True) as made:
        made.put_outlets([{"id": "bao-a", "name": "Báo A", "kind": "newspaper", "feeds": [origin.base + "/rss"]}], actor="test")
        yield made


def run(store, origin, settings=None, **more):
    return crawl(store, settings or origin.settings(), judge=more.pop("judge", judge), progress=False, **more)


def rows(store):
    return {row["url"].rpartition("/")[2]: row for row in store.articles(limit=500)}


# --- the whole way


def test_bundled_press_is_collected_whole(tmp_path):
    with Store.open(tmp_path / "kho.db", create=True) as store, press.serve() as site:
        store.put_outlets(press.outlets(site), actor="test")
        settings = Settings().but({"crawl.allow": press.allowed(site), "crawl.delay": 0.0})
        summary = crawl(store, settings, judge=judge, progress=False)
        assert (summary.outlets, summary.sources, summary.new, summary.unread, summary.failed) == (3, 4, 24, 0, 0)
        for outlet in press.Press().outlets:
            for piece in press.Press().of(outlet.id):
                url = site[outlet.id] + press.Press().paths(outlet)[piece.slug]
                row = store.article(store.article_id(None, url))
                assert (row["title"], row["byline"], row["outlet"]) == (piece.head.title, piece.head.byline, outlet.id)
                assert row["published"] == piece.head.published.date().isoformat()
                assert {*row["text"].split("\n"), *row["captions"]} == set(piece.lines)
        again = crawl(store, settings, judge=judge, progress=False)
        assert (again.new, again.failed) == (0, 0)


def test_articles_are_stored_judged_and_described(store, origin):
    summary = run(store, origin)
    assert (summary.sources, summary.new, summary.failed, summary.known) == (1, 3, 0, 0)
    assert "3 bài mới" in summary.sentence()
    row = store.article(rows(store)["bai-1"]["id"])
    assert (row["title"], row["text"], row["outlet"]) == ("Bài số 1 của chị Lan", "\n".join(LINES), "bao-a")
    assert (row["published"], row["verdict"], row["status"]) == ("2026-10-20", "clear", "read")
    assert len(row["payload_sha256"]) == 64
    assert origin.most_open == 1


def test_second_run_asks_only_whether_the_feed_changed(store, origin):
    run(store, origin)
    (state,) = store.feeds()
    assert (state["etag"], state["failures"], state["problem"]) == ('"1"', 0, None)
    asked = len(origin.asked)
    origin.pages["/rss"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    summary = run(store, origin)
    assert origin.paths[asked:] == ["/robots.txt", "/rss"]
    assert origin.asked[-1].headers["if-none-match"] == '"1"'
    assert (summary.new, summary.failed) == (0, 0)
    assert store.feeds()[0]["etag"] == '"1"'


def test_known_articles_are_not_asked_for_again(store, origin):
    run(store, origin)
    origin.pages["/rss"] = feed("/bai-1?utm_source=rss", "/bai-2#a", "/bai-4")
    origin.pages["/bai-4"] = page("Bài số 4 của chị Lan")
    summary = run(store, origin)
    assert (summary.new, summary.known) == (1, 2)
    assert origin.paths.count("/bai-1") == 1


def test_limit_leaves_the_rest_for_the_next_run(store, origin):
    assert run(store, origin, limit=2).new == 2
    assert store.feeds()[0]["etag"] is None
    assert run(store, origin, limit=2).new == 1
    assert store.feeds()[0]["etag"] == '"1"'
    assert sum(path.startswith("/bai") for path in origin.paths) == 3


def test_only_the_outlets_asked_for_and_only_known_ones(store, origin):
    with serve() as other:
        store.put_outlets([{"id": "bao-b", "name": "Báo B", "kind": "other", "feeds": [other.base + "/rss"]}], actor="test")
        assert run(store, origin, outlets=["bao-a"]).outlets == 1
        assert other.asked == []
    with pytest.raises(StoreError, match="bao-x"):
        run(store, origin, outlets=["bao-x"])


def test_outlet_that_has_ended_is_left_alone(store, origin):
    store.put_outlets([{"id": "bao-a", "name": "Báo A", "kind": "newspaper", "feeds": [origin.base + "/rss"], "valid_to": "2025-06-30"}], actor="test")
    assert run(store, origin).sources == 0
    assert origin.asked == []


def test_progress_goes_to_stderr_only(store, origin, capsys):
    crawl(store, origin.settings(), judge=judge, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Thu thập" in err


# --- sources of every kind


def test_sitemap_index_packed_and_listing_with_further_pages(store, origin):
    urls = "".join(f"<url><loc>{origin.base}/{name}</loc></url>" for name in ("bai-1", "mot-bai-viet-dai", "lien-he", ""))
    origin.pages["/map.xml"] = answer(f"<sitemapindex><sitemap><loc>{origin.base}/map-1.xml.gz</loc></sitemap></sitemapindex>")
    origin.pages["/map-1.xml.gz"] = answer(gzip.compress(f"<urlset>{urls}</urlset>".encode()), Content_Type="application/gzip")
    origin.pages["/mot-bai-viet-dai"] = page("Một bài viết dài")
    for n in range(1, 6):
        origin.pages[f"/moi?trang={n}"] = answer(
            f'<a href="/bai-viet-so-{n}0{n}">Bài viết số {n} của trang</a><a href="/lien-he">Liên hệ với tòa soạn</a><a rel="next" href="/moi?trang={n + 1}">Sau</a>'
        )
        origin.pages[f"/bai-viet-so-{n}0{n}"] = page(f"Bài viết số {n} của trang")
    store.put_outlets(
        [{"id": "bao-a", "name": "Báo A", "kind": "portal", "sitemaps": [origin.base + "/map.xml"], "listings": [origin.base + "/moi?trang=1"]}], actor="test"
    )
    summary = run(store, origin, settings=origin.settings(**{"crawl.max_listing_pages": 3}))
    assert set(rows(store)) == {"mot-bai-viet-dai", "bai-viet-so-101", "bai-viet-so-202", "bai-viet-so-303"}
    assert summary.failed == 0
    assert "/lien-he" not in origin.paths


def test_links_that_lead_off_the_site_are_counted_and_not_followed(store, origin):
    with serve("127.0.0.2") as canary:
        origin.pages["/rss"] = feed(
            canary.base + "/x", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "/bai-1", "/lua"
        )
        origin.pages["/lua"] = answer(status="302 Found", Location=canary.base + "/y")
        summary = run(store, origin)
        assert canary.asked == []
    assert (summary.new, summary.elsewhere, summary.failed) == (1, 3, 0)
    assert set(rows(store)) == {"bai-1"}


def test_redirect_within_the_site_is_followed_and_home_is_no_article(store, origin):
    origin.pages["/rss"] = feed("/cu", "/mat", "/vong")
    origin.pages["/cu"] = answer(status="301 Moved Permanently", Location="/bai-1")
    origin.pages["/mat"] = answer(status="302 Found", Location="/")
    origin.pages["/vong"] = answer(status="302 Found", Location="/vong")
    origin.pages["/"] = page("Trang chủ của báo")
    summary = run(store, origin)
    (row,) = store.articles()
    assert (row["canonical_url"], row["url"]) == (origin.base + "/bai-1", origin.base + "/cu")
    assert (summary.new, summary.failed) == (1, 2)
    asked = len(origin.asked)
    assert run(store, origin).new == 0
    assert "/cu" not in origin.paths[asked:]


def test_canonical_link_makes_one_article_of_two_addresses(store, origin):
    told = f'<link rel="canonical" href="{origin.base}/goc">'
    origin.pages["/rss"] = feed("/bai-1?b=1", "/bai-1?b=2")
    origin.pages["/bai-1?b=1"] = origin.pages["/bai-1?b=2"] = page("Bài số 1 của chị Lan", told)
    summary = run(store, origin)
    assert (summary.new, store.count_articles()) == (1, 1)
    assert store.articles()[0]["canonical_url"] == origin.base + "/goc"


# --- robots and manners


def test_what_robots_disallows_is_not_asked_for(store, origin):
    origin.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /bai-2", Content_Type="text/plain")
    summary = run(store, origin)
    assert "/bai-2" not in origin.paths
    assert (summary.new, summary.disallowed, summary.failed) == (2, 1, 0)
    assert origin.paths[0] == "/robots.txt"
    assert origin.paths.count("/robots.txt") == 1


def test_redirect_to_what_robots_disallows_is_not_followed(store, origin):
    origin.pages["/robots.txt"] = answer("User-agent: *\nDisallow: /cam", Content_Type="text/plain")
    origin.pages["/bai-2"] = answer(status="302 Found", Location="/cam/bai-2")
    assert run(store, origin).disallowed == 1
    assert not any(path.startswith("/cam") for path in origin.paths)


@pytest.mark.parametrize("robots", [answer("", "503 Service Unavailable"), lambda connection: connection.recv(1) and None, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"],
                         ids=["5xx", "hangs", "cut"])  # fmt: skip
def test_host_whose_robots_cannot_be_read_is_left_alone(store, origin, robots):
    origin.pages["/robots.txt"] = robots
    summary = run(store, origin, settings=origin.settings(**{"crawl.deadline_s": 0.5}))
    assert set(origin.paths) == {"/robots.txt"}
    assert (summary.new, summary.failed) == (0, 1)
    assert "robots.txt" in store.feeds()[0]["problem"]


@pytest.mark.parametrize(("ours", "theirs", "least"), [(0.15, "", 0.15), (0.05, "Crawl-delay: 0.2", 0.2)], ids=["ours", "theirs"])
def test_requests_to_a_host_are_spaced(store, origin, ours, theirs, least):
    origin.pages["/robots.txt"] = answer(f"User-agent: *\n{theirs}\nAllow: /", Content_Type="text/plain")
    run(store, origin, settings=origin.settings(**{"crawl.delay": ours}))
    times = [request.at for request in origin.asked]
    assert len(times) == 5
    assert min(after - before for before, after in pairwise(times)) >= least
    assert origin.most_open == 1


def test_host_that_wants_more_rest_than_a_run_has_is_left_alone(store, origin):
    origin.pages["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 3600", Content_Type="text/plain")
    summary = run(store, origin)
    assert origin.paths == ["/robots.txt"]
    assert "3600 giây" in summary.problems[0]
    assert "3600 giây" in store.feeds()[0]["problem"]


def test_retry_after_is_waited_for(store, origin):
    def busy_once(connection):
        origin.pages["/bai-2"] = page("Bài số 2 của chị Lan")
        return answer("", "429 Too Many Requests", Retry_After="1")

    origin.pages["/bai-2"] = busy_once
    summary = run(store, origin)
    assert (summary.new, summary.failed) == (3, 0)
    times = [request.at for request in origin.asked if request.path == "/bai-2"]
    at = [request.path for request in origin.asked].index("/bai-2")
    assert times[1] - times[0] >= 1
    assert origin.asked[at + 1].path == "/bai-2"


def test_long_retry_after_leaves_the_host_until_then(store, origin):
    origin.pages["/rss"] = answer("", "503 Service Unavailable", Retry_After="7200")
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    summary = run(store, origin, now=lambda: now)
    assert (summary.new, summary.failed) == (0, 1)
    assert store.feeds()[0]["not_before"] == "2026-11-22T10:00:00.000+00:00"
    asked = len(origin.asked)
    assert run(store, origin, now=lambda: now.replace(hour=9)).sources == 0
    assert len(origin.asked) == asked
    origin.pages["/rss"] = feed("/bai-1")
    assert run(store, origin, now=lambda: now.replace(hour=11)).new == 1
    assert store.feeds()[0]["not_before"] is None


def test_slow_host_keeps_no_other_waiting(store, origin):
    """The slow host answers only when all of the other has been asked for."""
    last, told = threading.Event(), page("Bài số 3 của chị Lan")
    in_time = []

    def third(connection):
        last.set()
        return told

    def slow_feed(connection):
        in_time.append(last.wait(20))
        return feed("/bai-1")

    origin.pages["/bai-3"] = third
    with serve("127.0.0.2") as slow:
        slow.pages["/rss"], slow.pages["/bai-1"] = slow_feed, page("Bài của báo chậm")
        store.put_outlets([{"id": "bao-0", "name": "Báo 0", "kind": "other", "feeds": [slow.base + "/rss"]}], actor="test")
        allow = [f"{origin.host}:{origin.port}", f"{slow.host}:{slow.port}"]
        summary = run(store, origin, settings=origin.settings(**{"crawl.allow": allow, "crawl.deadline_s": 30.0}))
    assert in_time == [True]
    assert (summary.new, summary.failed) == (4, 0)


def test_dead_host_is_given_up_after_three_failures(store, origin):
    origin.pages["/rss"] = feed(*(f"/bai-{n}" for n in range(10, 30)))
    for n in range(10, 30):
        origin.pages[f"/bai-{n}"] = answer("", "500 Internal Server Error")
    summary = run(store, origin)
    assert sum(path.startswith("/bai") for path in origin.paths) == 3
    assert any("lỗi 3 lần liền" in problem for problem in summary.problems)


# --- what goes wrong


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        (answer("", "404 Not Found"), "404"), (lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n<rss") or c.shutdown(2), "ngắt"),
        (answer("<html>Bảo trì</html>"), "không có mục nào"), (answer(""), "không có mục nào"), (answer(b"x" * 20_000), "lớn hơn"),
    ],
    ids=["404", "cut", "html", "blank", "too big"],
)  # fmt: skip
def test_source_that_fails_is_marked_and_keeps_its_validators(store, origin, broken, word):
    run(store, origin)
    origin.pages["/rss"] = broken
    run(store, origin, settings=origin.settings(**{"crawl.max_feed_bytes": 10_000, "crawl.deadline_s": 1.0}))
    (state,) = store.feeds()
    assert (state["etag"], state["failures"]) == ('"1"', 1)
    assert word in state["problem"]
    assert store.count_articles() == 3


def test_page_that_comes_damaged_is_no_article_and_is_tried_again(store, origin):
    whole = origin.pages["/bai-2"]

    def cut(connection):
        connection.sendall(whole[: len(whole) // 2])
        connection.close()

    origin.pages["/bai-2"] = cut
    summary = run(store, origin)
    assert (summary.new, summary.failed) == (2, 1)
    assert set(rows(store)) == {"bai-1", "bai-3"}
    assert store.feeds()[0]["etag"] is None
    origin.pages["/bai-2"] = whole
    assert (run(store, origin).new, store.feeds()[0]["etag"]) == (1, '"1"')


def test_page_that_is_gone_does_not_keep_the_feed_from_being_done(store, origin):
    origin.pages["/bai-2"] = answer("", "410 Gone")
    assert run(store, origin).failed == 1
    assert store.feeds()[0]["etag"] == '"1"'


def test_page_that_cannot_be_read_whole_is_stored_with_its_reason(store, origin):
    origin.pages["/bai-1"] = answer("<title>Bài số 1</title><p>Chi Lan mo lop day theu cho phu nu trong xa, nhieu nguoi den hoc.</p>")
    origin.pages["/bai-2"] = answer(b"%PDF-1.4", Content_Type="application/pdf")
    summary = run(store, origin)
    found = rows(store)
    assert (summary.new, summary.unread, summary.failed) == (3, 2, 0)
    assert [(found[n]["status"], found[n]["reason"], found[n]["verdict"]) for n in ("bai-1", "bai-2")] == [
        ("unread", "no_diacritics", "unread"), ("unread", "partial", "unread"),
    ]  # fmt: skip
    assert "2 chưa đọc trọn" in summary.sentence()


def test_page_that_costs_too_much_to_read_is_unread_and_the_rest_goes_on(store, origin):
    origin.pages["/bai-2"] = answer(("<title>Bài</title><p>" + "đoạn văn " * 20).encode() * 60_000)
    summary = run(store, origin, settings=origin.settings(**{"crawl.parse_cpu_s": 0, "crawl.max_page_bytes": 50_000_000}))
    assert (summary.new, summary.unread) == (3, 1)
    assert rows(store)["bai-2"]["reason"] == "partial"
    assert rows(store)["bai-2"]["title"] == "Bài /bai-2"


def test_article_that_cannot_be_judged_is_kept_and_told(store, origin):
    def choosy(record):
        if record["url"].endswith("2"):
            raise ReadError("không chấm được")
        return judge(record)

    summary = run(store, origin, judge=choosy)
    assert (summary.new, summary.failed) == (3, 1)
    assert rows(store)["bai-2"]["verdict"] is None
    assert "không chấm được" in summary.problems[0]


def test_date_that_has_not_come_is_not_believed(store, origin):
    origin.pages["/bai-1"] = page("Bài số 1 của chị Lan", '<meta property="article:published_time" content="2099-01-01">')
    run(store, origin)
    assert rows(store)["bai-1"]["published"] == "2026-10-20"


def test_archive_that_cannot_be_written_ends_the_run_with_its_sentence(store, origin, monkeypatch):
    def full(*args, **more):
        raise StoreError("đĩa đầy")

    monkeypatch.setattr(store, "put_article", full)
    with pytest.raises(StoreError, match="đĩa đầy"):
        run(store, origin)
    assert sum(path.startswith("/bai") for path in origin.paths) == 1


def test_mistake_in_the_program_is_not_swallowed(store, origin):
    def broken(record):
        raise KeyError("x")

    with pytest.raises(KeyError):
        run(store, origin, judge=broken)


# --- one at a time, and after a sudden end


def test_second_crawl_of_the_same_archive_is_refused(store, origin):
    with locked(store.path), pytest.raises(StoreError, match=rf"tiến trình {os.getpid()}\) đang chạy"):
        run(store, origin)
    assert origin.asked == []
    assert run(store, origin).new == 3


def test_lock_that_cannot_be_made_is_one_sentence(tmp_path):
    with pytest.raises(StoreError, match="tệp khóa"), locked(tmp_path / "khong" / "kho.db"):
        pass


CODE = """
import sys
from test_crawl import crawl, judge, Store, Settings
with Store.open(sys.argv[1]) as store:
    crawl(store, Settings().but({"crawl.allow": [sys.argv[2]], "crawl.delay": 0.02}), judge=judge, progress=False)
"""


def test_killed_crawl_goes_on_where_it_stopped(store, origin):
    every = [f"/tin-{n}" for n in range(30)]
    origin.pages["/rss"] = feed(*every, ETag='"2"')
    reached = threading.Event()
    for path in every:
        body = page(f"Tin {path} của chị Lan")

        def give(connection, path=path, body=body):
            if path == "/tin-12":
                reached.set()
                threading.Event().wait(20)
            return body

        origin.pages[path] = give
    folder = Path(__file__).parent
    child = subprocess.Popen(
        [sys.executable, "-c", CODE, str(store.path), f"{origin.host}:{origin.port}"], cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}:{folder.parent}"},
    )  # fmt: skip
    assert reached.wait(60)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    before = set(rows(store))
    assert len(before) >= 11
    assert all(row["verdict"] for row in rows(store).values())
    assert store.feeds()[0]["etag"] is None
    for path in every:
        origin.pages[path] = page(f"Tin {path} của chị Lan")
    asked = len(origin.asked)
    summary = run(store, origin)
    assert summary.new == 30 - len(before)
    assert store.count_articles() == 30
    assert not {path.lstrip("/") for path in origin.paths[asked:]} & before
    assert store.feeds()[0]["etag"] == '"2"'


def test_ctrl_c_ends_after_the_page_at_hand(store, origin, monkeypatch):
    real = threading.Thread.join

    def interrupted(self, timeout=None):
        if timeout and self.name.startswith("crawl-"):
            monkeypatch.setattr(threading.Thread, "join", real)
            raise KeyboardInterrupt
        real(self, timeout)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(store, origin)
    assert run(store, origin).failed == 0
    assert store.count_articles() == 3


# --- lanes


def test_lanes_are_for_hosts():
    assert host_key("https://bao.example/a") == host_key("http://bao.example:80/b") == "bao.example"
    assert host_key("http://bao.example:8080/") == "bao.example:8080"


def test_lanes_take_turns_and_new_tasks_are_done_too():
    done = []
    lanes = Lanes(lambda lane, task: work(lane, task), 0.0)

    def work(lane, task):
        done.append(task)
        if task == "a1":
            lanes.put("http://a/", ["a0"], first=True)
            lanes.put("http://c/", ["c1"])
        return 0.0

    lanes.put("http://a/", ["a1", "a2"])
    lanes.put("http://b/", ["b1"])
    lanes.run(1)
    assert done == ["a1", "b1", "c1", "a0", "a2"] or done == ["a1", "b1", "a0", "c1", "a2"]
    assert lanes.left() == []


def test_no_lane_is_worked_by_two_threads_and_delays_overlap():
    busy, most, lock = {}, [], threading.Lock()

    def work(lane, task):
        with lock:
            busy[lane.host] = busy.get(lane.host, 0) + 1
            most.append(busy[lane.host])
        threading.Event().wait(0.01)
        with lock:
            busy[lane.host] -= 1
        return 0.1

    lanes = Lanes(work, 0.1)
    for n in range(30):
        lanes.put(f"http://h{n}/", range(3))
    begun = time.monotonic()
    lanes.run(4)
    assert max(most) == 1
    assert len(most) == 90
    assert time.monotonic() - begun < 2


def test_slow_answers_lengthen_the_delay_but_never_shorten_what_was_agreed():
    lane = crawling.Lane("h", 2.0, agreed=2.0)
    lane.slowed(10.0)
    assert lane.delay == 6.0
    for _ in range(20):
        lane.slowed(0.1)
    assert lane.delay == 2.0
    lane.slowed(1e9)
    assert lane.delay == 30.0
