"""Articles with every version that was ever fetched, and the latest audit of each version.

A version is evidence: once written it never changes. Judging again replaces the audit of a version, never its text,
and a finding somebody has decided on stays in the archive even when newer rules no longer make it.
"""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database as Connection

from auditor import text as words
from auditor.errors import StoreError
from auditor.keep.database import Database, Row
from auditor.keep.values import cleaned, day, storable
from auditor.model import SEVERITIES, Article, Audit

MOST_ROWS = 1_000  # of one page of a list
_SEARCH_TERMS = 24
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')
_BATCH = 200
_SUSPECT = re.compile("[\ud800-\udfff]|\\\\u(?:00|d[89a-f])", re.IGNORECASE)
_FINDING = (
    "id", "rule", "category", "indicator", "severity", "field", "start", "end", "text", "stance", "counted", "needs_reviewer",
    "confidence", "origin", "message", "explanation", "suggestions", "legal", "subject", "speaker",
)  # fmt: skip
_PERSON = ("id", "name", "gender", "source", "role", "occupation", "family_role", "quoted_syllables")
_QUOTE = ("field", "start", "end", "kind", "speaker")
_DECIDED = "(SELECT d.verdict FROM decisions d WHERE d.finding = findings.id AND d.text = findings.text ORDER BY d.id DESC LIMIT 1)"


class Put(NamedTuple):
    """What became of a fetched article: *changed* when it is new or has a new version, and so must be judged."""

    article_id: str
    version: int
    changed: bool


def article_key(canonical_url: str) -> str:
    """Return the id of an article that has none of its own."""
    return hashlib.sha256(canonical_url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def text_digest(title: str | None, text: str) -> str:
    """Return the SHA-256 of title, line feed and text in UTF-8: what a version's evidence is checked by."""
    return hashlib.sha256(f"{title or ''}\n{text}".encode()).hexdigest()


class Articles(Database):
    """What the archive knows of articles."""

    def article_id(self, id: str | None, canonical_url: str | None) -> str:
        """Return the id under which an article stands or would stand; an address that is already known wins.

        Raises StoreError when there is neither id nor address.
        """
        known = canonical_url and self.value("SELECT id FROM articles WHERE canonical_url = ?", (storable(canonical_url),))
        if known or id:
            return str(known or storable(id or ""))
        if not canonical_url:
            raise StoreError("Bài không có mã (id) và cũng không có địa chỉ (url); hãy thêm một trong hai.")
        return article_key(canonical_url)

    def put_article(
        self,
        article: Article,
        *,
        outlet: str | None,
        url: str | None,
        canonical_url: str | None,
        fetched: str | None = None,
        payload_sha256: str | None = None,
        kind: str = "article",
        id: str | None = None,
    ) -> Put:
        """Store what was read; a new version only when title, text, captions or status differ from the current one.

        A page that was read before and cannot be read now keeps its version and findings (``unread_since`` tells).
        Raises StoreError for an unknown outlet.
        """
        fetched = fetched or self.clock()
        published = article.published.isoformat() if article.published else None
        now: Row = {
            "title": None if article.title is None else storable(article.title),
            "text": storable(article.text),
            "captions": json.dumps([storable(caption) for caption in article.captions], ensure_ascii=False),
            "byline": None if article.byline is None else storable(article.byline),
            "published": published,
            "status": article.status,
            "reason": article.reason,
            "fetched": fetched,
        }
        with self.writing() as db:
            id = self.article_id(id, canonical_url)
            old = self.one(
                "SELECT a.key, a.version, a.status AS shown, a.first_fetched, v.title, v.text, v.captions, v.status FROM articles a"
                " JOIN versions v ON v.article = a.id AND v.version = a.version WHERE a.id = ?",
                (id,),
            )
            if old and old["status"] == "read" and now["status"] == "unread":
                db.execute(
                    "UPDATE articles SET last_seen = ?, unread_since = coalesce(unread_since, ?), reason = ? WHERE id = ?",
                    (fetched, fetched, now["reason"], id),
                )
                return Put(id, old["version"], False)
            if old and all(old[name] == now[name] for name in ("title", "text", "captions", "status")):
                db.execute(
                    "UPDATE articles SET last_seen = ?, unread_since = NULL, gone_since = NULL, status = ?, reason = ?,"
                    " canonical_url = coalesce(canonical_url, ?), url = coalesce(url, ?) WHERE id = ?",
                    (fetched, now["status"], now["reason"], canonical_url and storable(canonical_url), url and storable(url), id),
                )
                return Put(id, old["version"], False)
            if outlet is not None and not self.value("SELECT 1 FROM outlets WHERE id = ?", (outlet,)):
                raise StoreError(f"Sổ không có cơ quan “{outlet}”; hãy thêm bằng `auditor outlets add` rồi thử lại.")
            version = old["version"] + 1 if old else 1
            first = old["first_fetched"] if old else fetched
            row = {
                **now, "id": id, "version": version, "outlet": outlet, "kind": kind, "first_fetched": first,
                "url": url and storable(url), "canonical_url": canonical_url and storable(canonical_url),
                "day": min(published or first[:10], first[:10]), "payload_sha256": payload_sha256,
                "verdict": "unread" if now["status"] == "unread" else None, "text_sha256": text_digest(now["title"], now["text"]),
            }  # fmt: skip
            self._write_version(db, row)
        return Put(id, version, True)

    def _write_version(self, db: Connection, row: Row) -> None:
        db.execute(
            "INSERT INTO articles (id, url, canonical_url, outlet, kind, title, byline, published, day, first_fetched, fetched, last_seen,"
            " version, status, reason, verdict) VALUES (:id, :url, :canonical_url, :outlet, :kind, :title, :byline, :published, :day,"
            " :first_fetched, :fetched, :fetched, :version, :status, :reason, :verdict)"
            " ON CONFLICT (id) DO UPDATE SET url = coalesce(:url, url), canonical_url = coalesce(canonical_url, :canonical_url),"
            " outlet = coalesce(:outlet, outlet), kind = :kind, title = :title, byline = :byline, published = :published, day = :day,"
            " fetched = :fetched, last_seen = :fetched, version = :version, status = :status, reason = :reason, verdict = :verdict,"
            " unread_since = NULL, gone_since = NULL, open = 0, done = 0, strongest = NULL",
            row,
        )
        db.execute(
            "INSERT INTO versions (article, version, title, text, captions, byline, published, status, reason, fetched, payload_sha256,"
            " text_sha256) VALUES (:id, :version, :title, :text, :captions, :byline, :published, :status, :reason, :fetched,"
            " :payload_sha256, :text_sha256)",
            row,
        )
        key = self.value("SELECT key FROM articles WHERE id = ?", (row["id"],))
        db.execute("DELETE FROM articles_fts WHERE rowid = ?", (key,))
        folded = [words.fold(words.normal(part or "")[0]) for part in (row["title"], row["text"])]
        db.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", (key, *folded))

    def article_gone(self, article_id: str, at: str | None = None) -> None:
        """Note that the page was taken down; text, findings and decisions stay."""
        at = at or self.clock()
        with self.writing() as db:
            db.execute(
                "UPDATE articles SET status = 'gone', gone_since = coalesce(gone_since, ?), last_seen = ? WHERE id = ?",
                (at, at, article_id),
            )

    def article(self, id: str, version: int | None = None) -> Row | None:
        """Return an article with title, text, captions and digests of its current (or the given) version, or None."""
        row = self.one("SELECT a.*, o.name AS outlet_name FROM articles a LEFT JOIN outlets o ON o.id = a.outlet WHERE a.id = ?", (id,))
        if row is None:
            return None
        told = self.one("SELECT * FROM versions WHERE article = ? AND version = ?", (id, version or row["version"]))
        if told is None:
            return None
        names = ("title", "text", "captions", "byline", "published", "fetched", "payload_sha256", "text_sha256", "version")
        row.update({name: told[name] for name in names}, latest=row["version"])
        row["captions"] = json.loads(row["captions"])
        return row

    def versions(self, article_id: str) -> list[Row]:
        """Return the versions of an article, the first one first, without their text."""
        return self.all(
            "SELECT version, title, fetched, status, reason, payload_sha256, text_sha256 FROM versions WHERE article = ? ORDER BY version",
            (article_id,),
        )

    def articles(
        self,
        search: str | None = None,
        *,
        outlet: str | None = None,
        verdict: str | None = None,
        status: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Row]:
        """Return articles, the latest first, without their text; *search* takes any string and never raises on it."""
        where, given = _where(search, since, until, outlet=outlet, verdict=verdict, status=status)
        return self.all(
            "SELECT a.*, o.name AS outlet_name FROM articles a LEFT JOIN outlets o ON o.id = a.outlet"
            f" WHERE {where} ORDER BY a.day DESC, a.key DESC LIMIT ? OFFSET ?",
            (*given, *paged(limit, offset)),
        )

    def count_articles(
        self,
        search: str | None = None,
        *,
        outlet: str | None = None,
        verdict: str | None = None,
        status: str | None = None,
        since: date | str | None = None,
        until: date | str | None = None,
    ) -> int:
        """Return how many articles `articles` would give in all."""
        where, given = _where(search, since, until, outlet=outlet, verdict=verdict, status=status)
        return int(self.value(f"SELECT count(*) FROM articles a WHERE {where}", given))

    def put_audit(self, article_id: str, version: int, audit: Audit) -> None:
        """Store the judgement of one version in place of its earlier one; decisions on its passages stay in force.

        *audit* must have been made under the article's id: finding ids are digests of it.
        """
        if audit.id != article_id:
            raise ValueError(f"the audit of {audit.id!r} is not of article {article_id!r}")
        told = audit.to_dict()
        written = json.dumps(told, ensure_ascii=False)
        if _SUSPECT.search(written):
            told = cleaned(told)
            written = json.dumps(told, ensure_ascii=False)
        key = (article_id, version)
        with self.writing() as db:
            db.execute(
                "INSERT INTO audits (article, version, rules_digest, model_digest, engine_version, verdict, audit, made)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article, version) DO UPDATE SET rules_digest = excluded.rules_digest,"
                " model_digest = excluded.model_digest, engine_version = excluded.engine_version, verdict = excluded.verdict,"
                " audit = excluded.audit, made = excluded.made",
                (*key, audit.engine.rules_digest, audit.engine.model_digest, audit.engine.version, audit.verdict, written, self.clock()),
            )
            for table in ("people", "quotes"):
                db.execute(f"DELETE FROM {table} WHERE article = ? AND version = ?", key)
            _insert(db, "people", ("person", *_PERSON[1:]), key, [[person[name] for name in _PERSON] for person in told["people"]])
            _insert(db, "quotes", _QUOTE, key, [[quote[name] for name in _QUOTE] for quote in told["quotes"]])
            self._put_findings(db, key, told["findings"])
            db.execute(  # what could not be read whole is never clear, whatever the part that was read looks like
                "UPDATE articles SET verdict = CASE (SELECT v.status FROM versions v WHERE v.article = id AND v.version = articles.version)"
                " WHEN 'unread' THEN 'unread' ELSE ? END WHERE id = ? AND version = ?",
                (audit.verdict, *key),
            )
            recount(db, article_id)

    def _put_findings(self, db: Connection, key: tuple[str, int], found: list[Row]) -> None:
        ids = [finding["id"] for finding in found]
        others = f"article = ? AND version = ? AND id NOT IN ({', '.join('?' * len(ids))})"
        at = self.clock()
        db.execute(  # only what nobody decided on may go
            f"DELETE FROM findings WHERE article = ? AND version = ? AND (decision IS NULL OR NOT ({others}))",
            (*key, *key, *ids),
        )
        db.execute(f"UPDATE findings SET counted = 0, withdrawn = coalesce(withdrawn, ?) WHERE {others}", (at, *key, *ids))
        rows = [[_json(finding[name]) for name in _FINDING] for finding in found]
        _insert(db, "findings", _FINDING, key, rows)
        db.execute(f"UPDATE findings SET decision = {_DECIDED} WHERE article = ? AND version = ? AND withdrawn IS NULL", key)

    def audit(self, article_id: str, version: int | None = None) -> Row | None:
        """Return the Audit of the contract for an article's current (or the given) version, or None when it is not judged."""
        written = self.value(
            "SELECT audit FROM audits WHERE article = ? AND version = coalesce(?, (SELECT version FROM articles WHERE id = ?))",
            (article_id, version, article_id),
        )
        return None if written is None else dict(json.loads(written))

    def stale(self, rules_digest: str | None = None, model_digest: str | None = None) -> Iterator[Row]:
        """Yield each article, with title and text, whose current version other rules or models judged, or none; no digest: all.

        Articles may be judged and stored while this runs.
        """
        last = 0
        while True:
            rows = self.all(
                "SELECT a.key, a.id, a.outlet, a.url, a.kind, a.published, a.version, a.status, a.reason, v.title, v.text FROM articles a"
                " JOIN versions v ON v.article = a.id AND v.version = a.version"
                " LEFT JOIN audits u ON u.article = a.id AND u.version = a.version"
                " WHERE a.key > ? AND (? IS NULL OR u.rules_digest IS NOT ? OR u.model_digest IS NOT ?) ORDER BY a.key LIMIT ?",
                (last, rules_digest, rules_digest, model_digest, _BATCH),
            )
            if not rows:
                return
            yield from rows
            last = rows[-1]["key"]


def recount(db: Connection, article_id: str) -> None:
    """Bring an article's counts of open and decided findings up to date; part of the caller's transaction."""
    rank = " ".join(f"WHEN '{severity}' THEN {i}" for i, severity in enumerate(SEVERITIES))
    db.execute(
        "UPDATE articles SET (open, done, strongest) = (SELECT coalesce(sum(f.decision IS NULL), 0),"
        " coalesce(sum(f.decision IS NOT NULL), 0),"
        f" min(CASE f.severity {rank} END) FROM findings f WHERE f.article = articles.id AND f.version = articles.version AND f.counted)"
        " WHERE id = ?",
        (article_id,),
    )


def paged(limit: int, offset: int) -> tuple[int, int]:
    """Return limit and offset within what SQLite and a page can bear."""
    return max(0, min(limit, MOST_ROWS)), max(0, min(offset, 2**40))


def match(search: str) -> str | None:
    """Return the FTS5 query that finds all words of *search* (quoted ones as a phrase), or None when it holds no word."""
    folded = words.fold(words.normal(search[:1_000])[0])
    terms = [phrase or word for phrase, word in _TERM.findall(folded)]
    quoted = [f'"{term}"' for term in terms if any(map(str.isalnum, term))]
    return " ".join(quoted[:_SEARCH_TERMS]) or None


def _where(search: str | None, since: date | str | None, until: date | str | None, **same: str | None) -> tuple[str, list[Any]]:
    where, given = ["1"], []
    if search and search.strip():
        query = match(search)
        if query is None:
            return "0", []
        where.append("a.key IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)")
        given.append(query)
    bounds = (*((f"{name} =", value) for name, value in same.items()), ("day >=", day(since)), ("day <=", day(until)))
    for name, value in bounds:
        if value is not None:
            where.append(f"a.{name} ?")
            given.append(storable(value))
    return " AND ".join(where), given


def _json(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _insert(db: Connection, table: str, names: tuple[str, ...], key: tuple[str, int], rows: list[list[Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in ("article", "version", *names))
    marks = ", ".join("?" * (len(names) + 2))
    db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [(*key, *row) for row in rows])
