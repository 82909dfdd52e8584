"""What a change of the rules flips in the stored archive."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from auditor.errors import ReadError
from auditor.judge import ruleset
from auditor.judge.audit import audit_record
from auditor.keep.store import Store


class Flip(NamedTuple):
    """A passage that counts under one rule set and not under the other."""

    article: str
    sign: str  # "+" new, "-" gone
    rule: str
    text: str


def flips(store: Store, old: Path, new: Path) -> Iterator[Flip]:
    """Yield the counted findings that appear or vanish when *new* judges the archive instead of *old*, article by article."""
    before, after = ruleset.load(old), ruleset.load(new)
    for row in store.stale():
        try:
            was, is_ = (audit_record(row, rules=rules).counted for rules in (before, after))
        except ReadError:
            continue
        old_places, new_places = ({(f.category, f.field, f.start, f.end) for f in found} for found in (was, is_))
        for sign, found, others in (("-", was, new_places), ("+", is_, old_places)):
            for f in found:
                if (f.category, f.field, f.start, f.end) not in others:
                    yield Flip(row["id"], sign, f.rule or f.category, f.text)
