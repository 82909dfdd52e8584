"""The latest audit of each version: its findings, people and quotes as rows, and the whole Audit as it was made.

Judging again replaces the audit of a version, never its text; a finding somebody has decided on stays in the archive
even when newer rules no longer make it.
"""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlite_utils import Database as Connection

from auditor.keep.database import Database, Row
from auditor.keep.values import cleaned
from auditor.model import SEVERITIES, Audit

_BATCH = 200
_SUSPECT = re.compile("[\ud800-\udfff]|\\\\u(?:00|d[89a-f])", re.IGNORECASE)
_FINDING = (
    "id", "rule", "category", "indicator", "severity", "field", "start", "end", "text", "stance", "counted", "needs_reviewer",
    "confidence", "origin", "message", "explanation", "suggestions", "legal", "subject", "speaker",
)  # fmt: skip
_PERSON = ("id", "name", "gender", "source", "role", "occupation", "family_role", "quoted_syllables")
_QUOTE = ("field", "start", "end", "kind", "speaker")
_DECIDED = "(SELECT d.verdict FROM decisions d WHERE d.finding = findings.id AND d.text = findings.text ORDER BY d.id DESC LIMIT 1)"


class Audits(Database):
    """What the archive knows of judgements."""

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


def _json(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _insert(db: Connection, table: str, names: tuple[str, ...], key: tuple[str, int], rows: list[list[Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in ("article", "version", *names))
    marks = ", ".join("?" * (len(names) + 2))
    db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [(*key, *row) for row in rows])
