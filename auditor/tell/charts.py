"""The data of bar charts: labels, lengths and targets; templates draw them and print the same numbers as a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.tell.adoption import TARGETS, AdoptionRate
from auditor.tell.compliance import OutletCompliance, Share


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar from 0 to 1: *n* of *of*; *low* and *high* bound the interval where there is one; *value* None has no base."""

    label: str
    n: int
    of: int
    value: float | None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart of shares: *unit* says what is counted."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


def adoption_chart(rate: AdoptionRate) -> Chart:
    """Return one bar for each target, with the target's line."""
    bars = (Bar(target.label, rate.reached(target), rate.outlets, rate.rate(target), target=target.share) for target in TARGETS)
    return Chart(f"Áp dụng Bộ chỉ số về giới, ngày {rate.on:%d/%m/%Y}", "cơ quan báo chí", tuple(bars))


def meeting_chart(rows: Iterable[OutletCompliance]) -> Chart:
    """Return the share of articles that meet the checklist, a bar for each outlet that has articles."""
    bars = tuple(_bar(row, row.meeting) for row in rows if row.articles)
    return Chart("Bài không có dấu hiệu ở mức rõ rệt hoặc liên quan pháp luật", "bài đọc trọn vẹn", bars)


def sources_chart(rows: Iterable[OutletCompliance]) -> Chart:
    """Return the share of women among the sources of known gender, a bar for each outlet that has articles."""
    bars = tuple(_bar(row, row.women_among_sources) for row in rows if row.articles)
    return Chart("Phụ nữ trong số nguồn tin được trích dẫn", "nguồn tin biết rõ giới", bars)


def _bar(row: OutletCompliance, share: Share) -> Bar:
    low, high = share.interval or (None, None)
    return Bar(row.name, share.n, share.of, share.rate, low, high, id=row.outlet)
