"""robots.txt as RFC 9309 has it: who may fetch what, kept for a day, and how long a host wants us to wait.

4xx: everything is allowed. 5xx, no answer, an answer cut short: nothing is. The first 500 KiB count.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from auditor.collect import addresses
from auditor.collect.fetch import Fetcher, Page
from auditor.errors import FetchError
from auditor.settings import Settings

MAX_BYTES = 512_000  # RFC 9309: at least 500 KiB must be parsed; what comes after is not looked at
_RETRY = 900.0  # seconds after which a robots.txt that could not be read is asked for again
_MAX_RULES = 20_000  # lines; protego compiles a pattern for each rule it meets


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host's robots.txt says to us; *problem* is the reason when nothing may be fetched."""

    read_at: float
    parsed: Any = None
    problem: str | None = None
    retry_after: float | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Tell whether *agent* may fetch *url*."""
        if self.problem:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, agent))

    def delay(self, agent: str) -> float | None:
        """Return the Crawl-delay in seconds, or None."""
        told = self.parsed.crawl_delay(agent) if self.parsed is not None else None
        return float(told) if told is not None and 0 <= float(told) < 86_400 else None

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that robots.txt names."""
        return list(self.parsed.sitemaps)[:50] if self.parsed is not None else []


class Robots:
    """The robots.txt of every host met, each read at most once in ``crawl.robots_hours``; may be shared by threads."""

    def __init__(self, fetcher: Fetcher, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher, self._clock = fetcher, clock
        self._keep = min(24.0, settings["crawl.robots_hours"]) * 3_600
        self.agent = str(settings["crawl.user_agent"]).partition("/")[0]
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> Rules:
        """Return the rules of the host of *url*, read now if they are not known or too old."""
        origin = addresses.origin(url)
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            rules = self._rules.get(origin)
            if rules is None or self._clock() - rules.read_at >= (_RETRY if rules.problem else self._keep):
                rules = self._read(origin)
                self._rules[origin] = rules
            return rules

    def require(self, url: str) -> None:
        """Raise FetchError unless robots.txt lets us fetch *url*."""
        rules = self.of(url)
        if rules.problem:
            raise FetchError("robots", f"không đọc được robots.txt của {urlsplit(url).hostname} ({rules.problem}) nên chưa thu thập.")
        if not rules.allows(url, self.agent):
            raise FetchError("robots", f"robots.txt của {urlsplit(url).hostname} không cho đọc {url}.")

    def _read(self, origin: str) -> Rules:
        now = self._clock()
        try:
            page = self._fetcher.get(f"{origin}/robots.txt", max_bytes=MAX_BYTES, clip=True)
        except FetchError as error:
            return Rules(now, problem=str(error).rstrip("."))
        if page.status == 429 or page.status >= 500:
            return Rules(now, problem=f"mã {page.status}", retry_after=retry_after(page))
        if page.status >= 400:
            return Rules(now)
        if page.status != 200:
            return Rules(now, problem=f"mã {page.status}")
        return Rules(now, parsed=_parsed(page.content))


def _parsed(content: bytes) -> Any:
    """Return protego's reading; bytes that are no UTF-8 only spoil their own line."""
    from protego import Protego

    text = content.decode("utf-8-sig", "replace")
    return Protego.parse("\n".join(text.splitlines()[:_MAX_RULES]))


def retry_after(page: Page, now: datetime | None = None) -> float | None:
    """Return the seconds of a Retry-After header in either form, or None when there is none that makes sense."""
    told = page.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(min(int(told[:9]), 86_400 * 30))
    try:
        when = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, min((when - (now or datetime.now(UTC))).total_seconds(), 86_400.0 * 30))
