"""The register of outlets with its dates and successors, their feeds, and which of them apply the indicator set."""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlite_utils import Database as Connection

from auditor.errors import StoreError
from auditor.keep import trail
from auditor.keep.database import Database, Row
from auditor.keep.values import day, storable

KINDS = ("newspaper", "broadcaster", "press_and_broadcast", "magazine", "portal", "commune_radio", "other")
STATUSES = ("none", "pilot", "official")  # from nothing to all: the order counts
FEED_KINDS = {"feeds": "feed", "sitemaps": "sitemap", "listings": "listing"}
_FIELDS = {"id", "name", "kind", "counted", "valid_from", "valid_to", "verified", "source", "succeeds", *FEED_KINDS}
_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


class Outlets(Database):
    """What the archive knows of outlets."""

    def put_outlets(self, outlets: Iterable[Mapping[str, Any]], actor: str) -> int:
        """Add or replace outlets of the register, all or none; return how many; state of kept feeds stays.

        Raises StoreError, naming the outlet, for a missing name, unknown kind, wrong date or unknown predecessor.
        """
        given = [_checked(outlet) for outlet in outlets]
        with self.writing() as db:
            at = self.clock()
            for outlet in given:
                values = {**outlet, "more": json.dumps(outlet["more"], ensure_ascii=False, sort_keys=True), "changed": at}
                db.execute(
                    "INSERT INTO outlets (id, name, kind, counted, valid_from, valid_to, verified, source, more, changed) VALUES"
                    " (:id, :name, :kind, :counted, :valid_from, :valid_to, :verified, :source, :more, :changed)"
                    " ON CONFLICT (id) DO UPDATE SET name = :name, kind = :kind, counted = :counted, valid_from = :valid_from,"
                    " valid_to = :valid_to, verified = :verified, source = :source, more = :more, changed = :changed",
                    {name: values[name] for name in values if name not in FEED_KINDS and name != "succeeds"},
                )
            for outlet in given:
                self._put_links(db, outlet)
                trail.append(db, actor, "outlet.put", outlet["id"], outlet, at=at)
        return len(given)

    def _put_links(self, db: Connection, outlet: Mapping[str, Any]) -> None:
        id = outlet["id"]
        for name, kind in FEED_KINDS.items():
            urls = outlet[name]
            marks = ", ".join("?" * len(urls))
            db.execute(f"DELETE FROM feeds WHERE outlet = ? AND kind = ? AND url NOT IN ({marks})", (id, kind, *urls))
            for url in urls:
                db.execute("INSERT INTO feeds (outlet, kind, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (id, kind, url))
        db.execute("DELETE FROM outlet_successions WHERE successor = ?", (id,))
        for predecessor in outlet["succeeds"]:
            if not self.value("SELECT 1 FROM outlets WHERE id = ?", (predecessor,)):
                raise StoreError(f"Cơ quan “{id}” kế thừa “{predecessor}” nhưng sổ không có “{predecessor}”; hãy thêm cơ quan đó trước.")
            db.execute("INSERT INTO outlet_successions VALUES (?, ?, ?)", (predecessor, id, outlet["valid_from"]))

    def outlets(self, on: date | str | None = None) -> list[Row]:
        """Return the outlets by name, with feeds, sitemaps, listings, succeeds and succeeded_by; only those valid *on* a date."""
        rows = [_outlet(row) for row in self.all("SELECT * FROM outlets ORDER BY name, id")]
        by_id = {row["id"]: row for row in rows}
        names = {kind: name for name, kind in FEED_KINDS.items()}
        for feed in self.all("SELECT outlet, kind, url FROM feeds ORDER BY id"):
            by_id[feed["outlet"]][names[feed["kind"]]].append(feed["url"])
        for link in self.all("SELECT predecessor, successor, date FROM outlet_successions ORDER BY predecessor, successor"):
            by_id[link["successor"]]["succeeds"].append(link["predecessor"])
            by_id[link["predecessor"]]["succeeded_by"].append({"outlet": link["successor"], "date": link["date"]})
        at = day(on)
        return rows if at is None else [row for row in rows if valid(row, at)]

    def outlet(self, id: str) -> Row | None:
        """Return one outlet as `outlets` does, or None."""
        return next((row for row in self.outlets() if row["id"] == id), None)

    def feeds(self, outlet: str | None = None) -> list[Row]:
        """Return the feeds, sitemaps and listings with the state of their last reading."""
        return self.all("SELECT * FROM feeds WHERE ? IS NULL OR outlet = ? ORDER BY outlet, id", (outlet, outlet))

    def feed_checked(
        self,
        feed_id: int,
        *,
        at: str | None = None,
        etag: str | None = None,
        modified: str | None = None,
        problem: str | None = None,
        not_before: str | None = None,
    ) -> None:
        """Note that a feed was read: with a *problem* the failures grow and the validators stay, without one they restart."""
        at = at or self.clock()
        with self.writing() as db:
            if problem is None:
                db.execute(
                    "UPDATE feeds SET last_checked = ?, last_success = ?, etag = ?, modified = ?, not_before = ?, failures = 0,"
                    " problem = NULL WHERE id = ?",
                    (at, at, etag, modified, not_before, feed_id),
                )
            else:
                db.execute(
                    "UPDATE feeds SET last_checked = ?, not_before = ?, failures = failures + 1, problem = ? WHERE id = ?",
                    (at, not_before, storable(problem), feed_id),
                )

    def put_adoption(self, outlet: str, status: str, since: date | str, note: str, actor: str) -> Row:
        """Record from when an outlet applies the indicator set (none, pilot or official); return the new row.

        Earlier records stay. Raises StoreError for an unknown outlet or status, a wrong date or missing evidence.
        """
        if status not in STATUSES:
            raise StoreError(f"Mức áp dụng “{status}” không có; hãy chọn một trong: {', '.join(STATUSES)}.")
        begun = _date(since, "ngày bắt đầu áp dụng", outlet)
        if begun is None:
            raise StoreError(f"Cơ quan “{outlet}”: thiếu ngày bắt đầu áp dụng; hãy ghi ngày dạng 2026-11-22.")
        if not note.strip():
            raise StoreError(f"Cơ quan “{outlet}”: thiếu minh chứng; hãy ghi số, ngày của văn bản chứng minh.")
        with self.writing() as db:
            if not self.value("SELECT 1 FROM outlets WHERE id = ?", (outlet,)):
                raise StoreError(f"Sổ không có cơ quan “{outlet}”; hãy xem `auditor outlets list`.")
            row = {
                "outlet": outlet, "status": status, "since": begun, "note": storable(note), "recorded_by": actor, "at": self.clock()
            }  # fmt: skip
            id = db.execute("INSERT INTO adoption (outlet, status, since, note, recorded_by, at) VALUES (?, ?, ?, ?, ?, ?)",
                            tuple(row.values())).lastrowid  # fmt: skip
            trail.append(db, actor, "adoption.put", outlet, {**row, "id": id}, at=row["at"])
        return {"id": id, **row}

    def adoption(self, on: date | str | None = None) -> list[Row]:
        """Return the record in force *on* a date (None: the latest) for each outlet that has one."""
        at = day(on) or "9999-12-31"
        rows = self.all("SELECT * FROM adoption WHERE since <= ? ORDER BY since, id", (at,))
        return list({row["outlet"]: row for row in rows}.values())

    def adoption_history(self) -> list[Row]:
        """Return every adoption record as it was entered."""
        return self.all("SELECT * FROM adoption ORDER BY id")

    def put_wording(self, indicator: str, wording: str, source: str, actor: str) -> Row:
        """Enter the official wording of an indicator with its source; earlier wordings stay. Raises StoreError when one is empty."""
        if not (indicator.strip() and wording.strip() and source.strip()):
            raise StoreError("Thiếu mã chỉ số, lời văn chính thức hoặc nguồn; hãy điền đủ cả ba.")
        row = {"indicator": indicator, "wording": storable(wording), "source": storable(source), "entered_by": actor, "at": self.clock()}
        with self.writing() as db:
            db.execute("INSERT INTO indicator_wording (indicator, wording, source, entered_by, at) VALUES (?, ?, ?, ?, ?)",
                       tuple(row.values()))  # fmt: skip
            trail.append(db, actor, "wording.put", indicator, row, at=row["at"])
        return row

    def wordings(self) -> dict[str, Row]:
        """Return the latest official wording by indicator."""
        return {row["indicator"]: row for row in self.all("SELECT * FROM indicator_wording ORDER BY id")}


def valid(outlet: Mapping[str, Any], on: str) -> bool:
    """Return whether a row of `outlets` exists on a date in [valid_from, valid_to); a successor's first day ends its predecessors."""
    begun = outlet["valid_from"] is None or outlet["valid_from"] <= on
    ended = outlet["valid_to"] is not None and outlet["valid_to"] <= on
    return begun and not ended and not any(s["date"] is not None and s["date"] <= on for s in outlet["succeeded_by"])


def _outlet(row: Row) -> Row:
    row.update(json.loads(row.pop("more")), counted=bool(row["counted"]), verified=bool(row["verified"]))
    row.update(feeds=[], sitemaps=[], listings=[], succeeds=[], succeeded_by=[])
    return row


def _checked(given: Mapping[str, Any]) -> Row:
    """Return an outlet of the register with every field present and of the right type."""
    id = given.get("id")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise StoreError(f"Mã cơ quan {id!r} không hợp lệ; hãy dùng chữ thường không dấu, số và dấu gạch nối.")
    if not isinstance(given.get("name"), str) or not given["name"].strip():
        raise StoreError(f"Cơ quan “{id}” thiếu tên (name); hãy ghi tên đầy đủ.")
    if given.get("kind") not in KINDS:
        raise StoreError(f"Cơ quan “{id}”: loại {given.get('kind')!r} không có; hãy chọn một trong: {', '.join(KINDS)}.")
    outlet: Row = {"id": id, "name": storable(given["name"]), "kind": given["kind"], "source": given.get("source")}
    for name, usual in (("counted", True), ("verified", False)):
        if not isinstance(given.get(name, usual), bool | int):
            raise StoreError(f"Cơ quan “{id}”: “{name}” phải là true hoặc false.")
        outlet[name] = bool(given.get(name, usual))
    for name in ("valid_from", "valid_to"):
        outlet[name] = _date(given.get(name), name, id)
    if outlet["valid_from"] and outlet["valid_to"] and outlet["valid_to"] < outlet["valid_from"]:
        raise StoreError(f"Cơ quan “{id}”: valid_to đứng trước valid_from; hãy sửa lại hai ngày.")
    for name in (*FEED_KINDS, "succeeds"):
        listed = given.get(name) or []
        if not isinstance(listed, list | tuple) or not all(isinstance(item, str) for item in listed):
            raise StoreError(f"Cơ quan “{id}”: “{name}” phải là danh sách chuỗi chữ.")
        outlet[name] = list(dict.fromkeys(map(storable, listed)))
    if outlet["source"] is not None and not isinstance(outlet["source"], str):
        outlet["source"] = json.dumps(outlet["source"], ensure_ascii=False, default=str)
    further = {name: value for name, value in given.items() if name not in _FIELDS and name not in ("changed", "succeeded_by")}
    outlet["more"] = json.loads(storable(json.dumps(further, ensure_ascii=False, default=str)))
    return outlet


def _date(given: Any, name: str, outlet: str) -> str | None:
    try:
        return day(given)
    except ValueError:
        raise StoreError(f"Cơ quan “{outlet}”: {name} {given!r} không phải ngày; hãy ghi dạng 2026-11-22.") from None
