"""Dates as Vietnamese newsrooms write them: "Thứ ba, 20/10/2026 07:30 (GMT+7)", "20 tháng 10 năm 2026", ISO 8601, RFC 822.

Day stands before month. A time without a zone is Indochina Time. No clock here: who needs "today" passes it in.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from auditor.text import fold, normal

ICT = timezone(timedelta(hours=7), "ICT")  # Vietnam keeps no summer time
FIRST_YEAR, LAST_YEAR = 1990, 2099  # no online newspaper is older; what lies beyond is a slip or a trick

_NUMBERS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_MONTHS = {name: i for i, name in enumerate(_NUMBERS, 1)} | {"giêng": 1, "tư": 4, "chạp": 12}
_MONTH = rf"(?:tháng|thg\.?|th)\s*(\d{{1,2}}|{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_ENGLISH = {name: i for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_WORDS = re.compile(rf"(?<!\d)(\d{{1,2}})\s*{_MONTH}\s*[,/-]?\s*(?:năm\s*)?(\d{{4}})(?!\d)")
_MONTH_FIRST = re.compile(rf"{_MONTH}\s+(\d{{1,2}})\s*,\s*(\d{{4}})(?!\d)")
_LATIN = re.compile(rf"(?<!\d)(\d{{1,2}})[\s-]+({'|'.join(_ENGLISH)})[a-z]*\.?,?[\s-]+(\d{{4}})(?!\d)")
_LATIN_FIRST = re.compile(rf"\b({'|'.join(_ENGLISH)})[a-z]*\.?\s+(\d{{1,2}}),?\s+(\d{{4}})(?!\d)")
_TIME = re.compile(
    r"(?<![\d/.+-])([01]?\d|2[0-3])(?:\s?[:h]\s?|\s?giờ\s?)([0-5]\d)(?:\s?(?:phút|'))?(?::([0-5]\d)(?:[.,]\d+)?)?\s*(am|pm|sa|ch)?(?![\d/])"
)
_ZONE = re.compile(r"(?:gmt|utc)?\s*([+-])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)|(?<![a-z])(z|gmt|utc)(?![a-z])")
_AGO = re.compile(r"(\d{1,3})\s*(phút|giờ|ngày|tuần)\s*trước")
_UNITS = {"phút": timedelta(minutes=1), "giờ": timedelta(hours=1), "ngày": timedelta(days=1), "tuần": timedelta(weeks=1)}


def read(given: str | None, now: datetime | None = None) -> datetime | None:
    """Return the first date of *given* with its time (00:00 when none is told), or None when it tells no believable date.

    "3 giờ trước" and "hôm qua" are read when *now* is given.
    """
    if not given:
        return None
    text = fold(normal(given[:400])[0])
    found = _day(text)
    if found is None:
        return _relative(text, now) if now else None
    day, start, end = found
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    hour, minute, second, zone = _time(text, start, end)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def read_day(given: str | None) -> date | None:
    """Return the day of *given* in Vietnam, or None."""
    when = read(given)
    return when.astimezone(ICT).date() if when else None


def believable(when: datetime | None, now: datetime) -> datetime | None:
    """Return *when*, or None when it lies more than a day after *now* or before there were online newspapers."""
    if when is None:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when if FIRST_YEAR <= when.year <= LAST_YEAR and when <= now + timedelta(days=1) else None


def _day(text: str) -> tuple[date, int, int] | None:
    """Return the date that stands first, with its place."""
    best: tuple[date, int, int] | None = None
    for pattern, order in (
        (_ISO, "ymd"), (_NUMERIC, "d-my"), (_WORDS, "dmy"), (_MONTH_FIRST, "mdy"), (_LATIN, "dmy"), (_LATIN_FIRST, "mdy"),
    ):
        for match in pattern.finditer(text):
            if best and best[1] <= match.start():
                break
            parts = dict(zip(order, match.groups(), strict=True))
            day = _date(parts["y"], parts["m"], parts["d"], swap=pattern is _NUMERIC)
            if day:
                best = day, match.start(), match.end()
                break
    return best


def _date(year: str, month: str, day: str, swap: bool) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.get(month) or _ENGLISH[month]
    first = int(day)
    if swap and number > 12 >= first:  # "10/20/2026" of a portal left on American settings: only one reading is possible
        number, first = first, number
    try:
        return date(int(year), number, first)
    except ValueError:
        return None


def _time(text: str, start: int, end: int) -> tuple[int, int, int, timezone]:
    """Return hour, minute, second and zone that stand next to the date at (start, end)."""
    after, before = text[end : end + 60], text[max(0, start - 40) : start]
    match = _TIME.search(after.removeprefix("t"))
    rest = after.removeprefix("t")[match.end() :] if match else ""
    if not match or match.start() > 25:
        earlier = list(_TIME.finditer(before))
        if earlier:
            match, rest = earlier[-1], before[earlier[-1].end() :] or after
    if not match:
        return 0, 0, 0, ICT
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4] in ("pm", "ch") and hour < 12:
        hour += 12
    elif match[4] in ("am", "sa") and hour == 12:
        hour = 0
    return hour, minute, second, _zone(rest[:20])


def _zone(text: str) -> timezone:
    match = _ZONE.search(text)
    if not match:
        return ICT
    if match[4]:
        return UTC
    hours, minutes = int(match[2]), int(match[3] or 0)
    if hours > 14 or minutes > 59:
        return ICT
    return timezone((1 if match[1] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _relative(text: str, now: datetime) -> datetime | None:
    match = _AGO.search(text)
    if match:
        return now - int(match[1]) * _UNITS[match[2]]
    for words, days in (("hôm nay", 0), ("hôm qua", 1), ("hôm kia", 2)):
        if words in text:
            return (now - timedelta(days=days)).astimezone(ICT).replace(hour=0, minute=0, second=0, microsecond=0)
    return None
