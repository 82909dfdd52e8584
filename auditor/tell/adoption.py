"""How many outlets apply the indicator set on a date, against the targets of Decision 1790/QĐ-TTg (2021).

Targets: at least 70% of media agencies apply it as a pilot by the end of 2025, 90% officially by the end of 2030. The
register is the whole population, so the rate carries no interval; which outlets count, and since when, is dated in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from auditor.keep.outlets import STATUSES
from auditor.keep.store import Store
from auditor.keep.values import day

Status = Literal["none", "pilot", "official"]


class Target(NamedTuple):
    """A share of the counted outlets that must have reached *status* (or more) by a date."""

    status: Status
    share: float
    due: date
    label: str


TARGETS = (
    Target("pilot", 0.70, date(2025, 12, 31), "Ít nhất 70% cơ quan báo chí áp dụng thí điểm đến hết năm 2025"),
    Target("official", 0.90, date(2030, 12, 31), "90% cơ quan báo chí chính thức áp dụng đến hết năm 2030"),
)


@dataclass(frozen=True, slots=True)
class Adopter:
    """One counted outlet on the date; *inherited* when it has no record of its own and its predecessors' status stands."""

    outlet: str
    name: str
    status: Status
    since: str | None
    note: str
    inherited: bool


@dataclass(frozen=True, slots=True)
class AdoptionRate:
    """The counted outlets of one date; *pilot* are those that have not yet gone on to *official*."""

    on: date
    adopters: tuple[Adopter, ...]

    @property
    def outlets(self) -> int:
        """How many outlets count: the denominator."""
        return len(self.adopters)

    def _with(self, status: Status) -> int:
        return sum(adopter.status == status for adopter in self.adopters)

    @property
    def none(self) -> int:
        """Outlets that do not apply it, or of which nothing is recorded."""
        return self._with("none")

    @property
    def pilot(self) -> int:
        """Outlets in the pilot stage."""
        return self._with("pilot")

    @property
    def official(self) -> int:
        """Outlets that apply it officially."""
        return self._with("official")

    def reached(self, target: Target) -> int:
        """Return how many outlets have what *target* asks for; official application includes the pilot."""
        return sum(STATUSES.index(adopter.status) >= STATUSES.index(target.status) for adopter in self.adopters)

    def rate(self, target: Target) -> float | None:
        """Return the share of outlets that have what *target* asks for; None when no outlet counts."""
        return self.reached(target) / self.outlets if self.outlets else None

    def met(self, target: Target) -> bool:
        """Return whether the target's share is reached on the date."""
        return self.outlets > 0 and self.reached(target) >= target.share * self.outlets


def adoption_rate(store: Store, on: date) -> AdoptionRate:
    """Return which counted outlets, valid *on* that date, apply the indicator set.

    An outlet without a record of its own has the lowest status of its predecessors: a merger takes over only what all
    of its parts had.
    """
    outlets = {outlet["id"]: outlet for outlet in store.outlets()}
    records = {record["outlet"]: record for record in store.adoption(on)}
    current = [outlet for outlet in store.outlets(on) if outlet["counted"]]
    return AdoptionRate(date.fromisoformat(day(on) or ""), tuple(_adopter(outlet, outlets, records) for outlet in current))


def _adopter(outlet: Mapping[str, Any], outlets: Mapping[str, Any], records: Mapping[str, Any]) -> Adopter:
    record, inherited = _record(outlet["id"], outlets, records, ())
    if record is None:
        return Adopter(outlet["id"], outlet["name"], "none", None, "", False)
    return Adopter(outlet["id"], outlet["name"], record["status"], record["since"], record["note"], inherited)


def _record(
    id: str, outlets: Mapping[str, Any], records: Mapping[str, Any], seen: tuple[str, ...]
) -> tuple[Mapping[str, Any] | None, bool]:
    """Return the record that stands for an outlet, and whether it is a predecessor's; (None, False) when none does."""
    if id in records:
        return records[id], bool(seen)
    before = [_record(p, outlets, records, (*seen, id))[0] for p in outlets[id]["succeeds"] if p not in seen and p != id]
    known = [record for record in before if record is not None]
    if not known or len(known) < len(before):
        return None, False
    return min(known, key=lambda record: STATUSES.index(record["status"])), True
