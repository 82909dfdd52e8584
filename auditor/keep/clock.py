"""The one clock of the archive: every stored time is UTC, ISO 8601, to the millisecond, so that times sort as text."""

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the present time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def later(at: str, hours: float) -> str:
    """Return the time *hours* after *at*."""
    return (datetime.fromisoformat(at) + timedelta(hours=hours)).isoformat(timespec="milliseconds")
