"""What each rule is worth on labelled articles: how often it points, counts, and is right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.measure.estimate import wilson
from auditor.measure.evaluate import units

_FAULT = {"substantive": "VA", "style": "SA"}
_ENOUGH = 3  # counted hits under which a precision says nothing


@dataclass(slots=True)
class RuleStat:
    """One rule on labelled articles: findings it made, those that counted, and of these the right and the disputed ones."""

    rule: str
    found: int = 0
    counted: int = 0
    right: int = 0
    disputed: int = 0

    @property
    def precision(self) -> float | None:
        """Share of counted findings in sentences that carry a fault; disputed sentences are left out; None of nothing."""
        judged = self.counted - self.disputed
        return round(self.right / judged, 4) if judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% Wilson interval of the precision."""
        return wilson(self.right, self.counted - self.disputed)

    @property
    def unfit(self) -> bool:
        """Tell whether the rule was wrong in more than half of enough hits, so that it must not count alone."""
        return self.counted - self.disputed >= _ENOUGH and (self.precision or 0.0) < 0.5


def stats(gold: Iterable[Mapping[str, Any]], audits: Mapping[str, Mapping[str, Any]], rules: Iterable[str]) -> list[RuleStat]:
    """Return a RuleStat for each of *rules*, those that counted most first; *audits* by article id, with all findings listed."""
    found = {rule: RuleStat(rule) for rule in rules}
    for article in gold:
        audit = audits.get(article["id"])
        if audit is None:
            continue
        label_at = {(s["field"], s["start"]): s["label"] for s in article["sentences"]}
        spans = [(place, start, end, label_at.get((place, start), "N")) for place, start, end in units(article)]
        for finding in audit["findings"]:
            stat = found.get(finding["rule"] or "")
            if stat is None:
                continue
            stat.found += 1
            if not finding["counted"]:
                continue
            stat.counted += 1
            labels = {
                label
                for place, start, end, label in spans
                if place == finding["field"] and start < finding["end"] and end > finding["start"]
            }
            right = _FAULT["style" if finding["severity"] == "style" else "substantive"]
            stat.right += bool(labels & set(right))
            stat.disputed += "?" in labels and not labels & set(right)
    return sorted(found.values(), key=lambda s: (-s.counted, -s.found, s.rule))
