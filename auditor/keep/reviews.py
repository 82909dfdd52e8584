"""The reviewers' queue and their decisions: a decision and its row of the trail are written together or not at all."""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.errors import StoreError
from auditor.keep import trail
from auditor.keep.articles import paged
from auditor.keep.audits import recount
from auditor.keep.database import Database, Row
from auditor.keep.values import storable
from auditor.model import SEVERITIES

VERDICTS = ("confirm", "dismiss")
STATES = ("open", "done", "all")


class Reviews(Database):
    """What reviewers see and decide."""

    def queue(
        self,
        limit: int = 50,
        offset: int = 0,
        *,
        outlet: str | None = None,
        category: str | None = None,
        severity: str | None = None,
        state: str = "open",
    ) -> list[Row]:
        """Return articles with counted findings, the gravest and latest first, each with ``findings`` and their ``decisions``.

        *state*: ``open`` has a finding without decision, ``done`` has none left, ``all`` is both.
        """
        where, given = _where(outlet, category, severity, state)
        rows = self.all(
            "SELECT a.*, o.name AS outlet_name FROM articles a LEFT JOIN outlets o ON o.id = a.outlet"
            f" WHERE {where} ORDER BY a.strongest, a.day DESC, a.key DESC LIMIT ? OFFSET ?",
            (*given, *paged(limit, offset)),
        )
        found: dict[str, list[Row]] = {}
        for finding in self._findings("a.id IN (SELECT value FROM json_each(?)) AND f.counted", [json.dumps([row["id"] for row in rows])]):
            found.setdefault(finding["article"], []).append(finding)
        for row in rows:
            row["findings"] = found.get(row["id"], [])
        return rows

    def count_queue(
        self, *, outlet: str | None = None, category: str | None = None, severity: str | None = None, state: str = "open"
    ) -> int:
        """Return how many articles `queue` would give in all."""
        where, given = _where(outlet, category, severity, state)
        return int(self.value(f"SELECT count(*) FROM articles a WHERE {where}", given))

    def findings(self, article_id: str) -> list[Row]:
        """Return every finding of an article's current version in reading order, with decisions; withdrawn ones last."""
        return self._findings("a.id = ?", [article_id])

    def finding(self, id: str) -> Row | None:
        """Return a finding of the latest version that has it, with decisions, or None."""
        rows = self._findings("f.id = ?", [id], every_version=True)
        return rows[-1] if rows else None

    def _findings(self, where: str, given: Iterable[object], every_version: bool = False) -> list[Row]:
        current = "" if every_version else " AND f.version = a.version"
        rows = self.all(
            "SELECT f.*, a.outlet, a.url, a.title AS article_title, a.day FROM findings f JOIN articles a ON a.id = f.article"
            f"{current} WHERE {where} ORDER BY f.version, f.withdrawn IS NOT NULL, f.field DESC, f.start, f.id",
            tuple(given),
        )
        made: dict[tuple[str, str], list[Row]] = {}
        ids = json.dumps([row["id"] for row in rows if row["decision"]])
        for decision in self.all("SELECT * FROM decisions WHERE finding IN (SELECT value FROM json_each(?)) ORDER BY id", (ids,)):
            made.setdefault((decision["finding"], decision["text"]), []).append(decision)
        for row in rows:
            row.update(counted=bool(row["counted"]), needs_reviewer=bool(row["needs_reviewer"]))
            row.update(suggestions=json.loads(row["suggestions"]), legal=json.loads(row["legal"]))
            row["decisions"] = made.get((row["id"], row["text"]), [])
        return rows

    def decide(self, finding_id: str, reviewer: str, verdict: str, note: str = "") -> Row:
        """Keep a decision and its row of the trail, durably, and return it; a changed mind is a further row.

        Raises StoreError for an unknown finding, verdict or reviewer, and when the file is locked or full.
        """
        if verdict not in VERDICTS:
            raise StoreError(f"Quyết định “{verdict}” không có; hãy chọn xác nhận (confirm) hoặc bỏ qua (dismiss).")
        with self.writing() as db:
            found = self.one("SELECT * FROM findings WHERE id = ? ORDER BY version DESC LIMIT 1", (storable(finding_id),))
            if found is None:
                raise StoreError(f"Không có phát hiện “{finding_id}”; có thể bài đã được kiểm lại, hãy tải lại trang.")
            if self.value("SELECT disabled FROM users WHERE name = ?", (reviewer,)) != 0:
                raise StoreError(f"Tài khoản “{reviewer}” không có hoặc đã bị khóa nên không thể quyết định.")
            decision: Row = {
                "id": self.value("SELECT coalesce(max(id), 0) + 1 FROM decisions"),
                "finding": finding_id,
                **{name: found[name] for name in ("article", "version", "text", "category", "rule", "severity")},
                "reviewer": reviewer,
                "verdict": verdict,
                "note": storable(note),
                "made": self.clock(),
            }
            row = trail.append(db, reviewer, f"decision.{verdict}", finding_id, on_trail(decision), at=decision["made"])
            decision["trail_seq"] = row["seq"]
            names = ", ".join(decision)
            marks = ", ".join("?" * len(decision))
            db.execute(f"INSERT INTO decisions ({names}) VALUES ({marks})", tuple(decision.values()))
            db.execute("UPDATE findings SET decision = ? WHERE id = ? AND text = ?", (verdict, finding_id, found["text"]))
            recount(db, found["article"])
        return decision

    def decisions(self, finding_id: str | None = None) -> list[Row]:
        """Return the decisions, or those on one finding, the first one first."""
        return self.all("SELECT * FROM decisions WHERE ? IS NULL OR finding = ? ORDER BY id", (finding_id, finding_id))


def on_trail(decision: Mapping[str, Any]) -> Row:
    """Return what the trail keeps of a decision: everything, the passage itself only as its digest (it may name a victim)."""
    kept = {name: value for name, value in decision.items() if name not in ("text", "trail_seq")}
    return {**kept, "text_sha256": hashlib.sha256(decision["text"].encode()).hexdigest()}


def _where(outlet: str | None, category: str | None, severity: str | None, state: str) -> tuple[str, list[str]]:
    if state not in STATES:
        raise StoreError(f"Trạng thái hàng đợi “{state}” không có; hãy chọn một trong: {', '.join(STATES)}.")
    undecided = {"open": " AND f.decision IS NULL", "done": "", "all": ""}[state]
    where = [{"open": "a.open > 0", "done": "a.strongest IS NOT NULL AND a.open = 0", "all": "a.strongest IS NOT NULL"}[state]]
    given = []
    if outlet is not None:
        where.append("a.outlet = ?")
        given.append(storable(outlet))
    narrowed = [(name, value) for name, value in (("category", category), ("severity", severity)) if value is not None]
    if narrowed:
        same = " AND ".join(f"f.{name} = ?" for name, _value in narrowed)
        where.append(
            f"EXISTS (SELECT 1 FROM findings f WHERE f.article = a.id AND f.version = a.version AND f.counted{undecided} AND {same})"
        )
        given += [storable(value) for _name, value in narrowed]
    return " AND ".join(where), given


assert SEVERITIES[0] == "legal"  # `strongest` counts from here
