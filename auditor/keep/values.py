"""Values on their way into the file: text that SQLite, JSON, CSV and XML can all hold, dates as ISO text."""

import re
from datetime import date, datetime
from typing import Any

# SQLite refuses lone surrogates; control characters break XML, CSV and logs. Each is replaced by one character, so places hold;
# a zero-width space is invisible to the normal form of text, as the control characters themselves are.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def storable(text: str) -> str:
    """Return *text* with what cannot be stored replaced, of the same length."""
    return _UNSTORABLE.sub(lambda match: "\ufffd" if match.group() >= "\ud800" else "\u200b", text)


def day(given: object) -> str | None:
    """Return a date as ``2026-11-22``; of a moment only its day; raise ValueError for anything else."""
    if given is None:
        return None
    if isinstance(given, datetime):
        return given.date().isoformat()
    if isinstance(given, date):
        return given.isoformat()
    if not isinstance(given, str):
        raise ValueError("a date is text")
    return date.fromisoformat(given[:10] if given[10:11] in ("T", " ") else given).isoformat()


def cleaned(value: Any) -> Any:
    """Return a JSON value with every string storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return value
