"""How far each outlet meets the checklist in a period: counts first, shares with their uncertainty after.

"Meeting" is a matter of indicators, not of law: an article meets the checklist when no counted finding of legal or
strong severity stands in it. Shares are of articles that were read whole and carry a Wilson score interval.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.keep.store import Store
from auditor.keep.tallies import COUNTS, tally
from auditor.keep.values import day
from auditor.measure.estimate import wilson
from auditor.model import GENDERS, SEVERITIES, Gender, Severity
from auditor.tell.adoption import adoption_rate

__all__ = ["OutletCompliance", "Share", "adoption_rate", "compliance", "total"]


@dataclass(frozen=True, slots=True)
class Share:
    """*n* of *of*: a share that always carries its counts; without a base it has neither rate nor interval."""

    n: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share between 0 and 1."""
        return self.n / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% score interval of E. B. Wilson, "Probable inference", J. Am. Stat. Assoc. 22 (1927) 209-212."""
        return wilson(self.n, self.of)

    def to_dict(self) -> dict[str, Any]:
        """Return counts, rate and interval as JSON values."""
        low, high = self.interval or (None, None)
        return {"n": self.n, "of": self.of, "rate": self.rate, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class OutletCompliance:
    """One outlet in one period; *outlet* None is what belongs to no outlet of the register, or a total of several."""

    outlet: str | None
    name: str
    articles: int
    read: int
    unread: int
    pending: int
    flagged: Mapping[Severity, int]  # articles in which a counted finding of that severity stands
    meets: int
    findings: int
    reviewed: int
    confirmed: int
    dismissed: int
    people: Mapping[Gender, int]
    sources: Mapping[Gender, int]

    @property
    def meeting(self) -> Share:
        """Articles that meet the checklist among those read whole."""
        return Share(self.meets, self.read)

    @property
    def women_among_sources(self) -> Share:
        """Women among the sources whose gender is known."""
        return Share(self.sources["female"], self.sources["female"] + self.sources["male"])

    @property
    def women_among_people(self) -> Share:
        """Women among the people whose gender is known."""
        return Share(self.people["female"], self.people["female"] + self.people["male"])

    def to_dict(self) -> dict[str, Any]:
        """Return one flat row: counts, then shares with their intervals."""
        row: dict[str, Any] = {"outlet": self.outlet, "name": self.name}
        row.update({name: getattr(self, name) for name in ("articles", "read", "unread", "pending")})
        row.update({f"articles_{severity}": self.flagged[severity] for severity in SEVERITIES})
        row.update({name: getattr(self, name) for name in ("findings", "reviewed", "confirmed", "dismissed")})
        row.update({f"people_{gender}": self.people[gender] for gender in GENDERS})
        row.update({f"sources_{gender}": self.sources[gender] for gender in GENDERS})
        for name in ("meeting", "women_among_sources", "women_among_people"):
            row.update({f"{name}_{part}": value for part, value in getattr(self, name).to_dict().items()})
        return row


def compliance(store: Store, since: date | str | None = None, until: date | str | None = None) -> list[OutletCompliance]:
    """Return a row for each outlet that has articles in the period or stood in the register then, by name.

    What belongs to no outlet stands last.
    """
    counted = {row["outlet"]: row for row in tally(store, since, until)}
    begin, end = day(since) or "0000-01-01", day(until) or "9999-12-31"
    rows = [
        _row(counted.get(outlet["id"], {}), outlet["id"], outlet["name"])
        for outlet in store.outlets()
        if outlet["id"] in counted or (outlet["counted"] and _stood(outlet, begin, end))
    ]
    if None in counted:
        rows.append(_row(counted[None], None, "Không thuộc cơ quan nào"))
    return rows


def total(rows: Iterable[OutletCompliance], name: str = "Tất cả") -> OutletCompliance:
    """Return the sum of several outlets."""
    kept = list(rows)
    sums: dict[str, int] = {}
    for row in kept:
        for count, value in _counts(row).items():
            sums[count] = sums.get(count, 0) + value
    return _row(sums, None, name)


def _stood(outlet: Mapping[str, Any], begin: str, end: str) -> bool:
    ends = [outlet["valid_to"], *(successor["date"] for successor in outlet["succeeded_by"])]
    return (outlet["valid_from"] or begin) <= end and all(after is None or after > begin for after in ends)


def _row(counts: Mapping[str, int], outlet: str | None, name: str) -> OutletCompliance:
    n = {count: counts.get(count, 0) for count in COUNTS}
    return OutletCompliance(
        outlet=outlet,
        name=name,
        flagged={severity: n[severity] for severity in SEVERITIES},
        meets=n["meeting"],
        people={gender: n[f"people_{gender}"] for gender in GENDERS},
        sources={gender: n[f"sources_{gender}"] for gender in GENDERS},
        **{count: n[count] for count in ("articles", "read", "unread", "pending", "findings", "reviewed", "confirmed", "dismissed")},
    )


def _counts(row: OutletCompliance) -> dict[str, int]:
    """Return the counts of a row under the names of COUNTS: what `_row` was made from."""
    counts: dict[str, int] = {str(severity): n for severity, n in row.flagged.items()} | {"meeting": row.meets}
    counts.update(
        {f"people_{gender}": n for gender, n in row.people.items()} | {f"sources_{gender}": n for gender, n in row.sources.items()}
    )
    return counts | {name: getattr(row, name) for name in COUNTS if name not in counts}
