"""Articles with every version that was ever fetched, and how to find them again.

A version is evidence: once written it never changes.
"""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

import hashlib
import json
import re
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database as Connection

from auditor import text as words
from auditor.errors import StoreError
from auditor.keep.database import Database, Row
from auditor.keep.values import day, storable
from auditor.model import Article

MOST_ROWS = 1_000  # of one page of a list
_SEARCH_TERMS = 24
_TERM = re.compile(r'"([^"]*)"?|([^\s"]+)')


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
