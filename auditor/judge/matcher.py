"""Where the patterns of all rules stand in a text: one scan for all of them, exact places only around hits.

Two engines give the same answer: hyperscan over 8-bit text, and a pure-Python twin that tries the patterns which can
begin at a syllable. Both only *hint* (pattern, position); the places come from the pattern's own expression inside
the sentence, so they cannot differ.
"""

import hashlib
import os
import platform
import re
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from auditor import text
from auditor.judge.pattern import Pattern

hyperscan: Any = None
with suppress(ImportError):  # a machine for which there is no wheel
    import hyperscan

Hits = dict[int, set[int]]  # pattern -> sentences in which it may stand


class Engine(Protocol):
    """Finds in which sentences patterns may stand."""

    def hits(self, body: text.Body) -> Hits:
        """Return pattern index -> indices of sentences that may hold it; never misses one."""


class Matcher:
    """All patterns of a rule set, ready to scan."""

    def __init__(self, patterns: Sequence[Pattern], engine: str = "fastest") -> None:
        self.patterns = tuple(patterns)
        self._regex: dict[int, re.Pattern[str]] = {}
        fast = hyperscan is not None and engine != "python"
        self.engine: Engine = HyperscanEngine(self.patterns) if fast else PythonEngine(self.patterns)

    def scan(self, body: text.Body) -> "Scan":
        """Return what was found in *body*."""
        return Scan(self, body, self.engine.hits(body) if body.sentences else {})

    def regex(self, index: int) -> re.Pattern[str]:
        """Return the compiled expression of a pattern (compiled when first needed)."""
        found = self._regex.get(index)
        if found is None:
            found = self._regex[index] = self.patterns[index].regex
        return found


class Scan:
    """The patterns that stand in one body: by sentence, with places on demand."""

    def __init__(self, matcher: Matcher, body: text.Body, hits: Mapping[int, set[int]]) -> None:
        self.matcher, self.body, self.hits = matcher, body, hits

    def sentences(self, pattern: int) -> set[int]:
        """Return the sentences in which a pattern stands."""
        maybe = self.hits.get(pattern)
        if not maybe:
            return set()
        return {s for s in maybe if self.first(pattern, s) is not None}

    def first(self, pattern: int, sentence: int) -> tuple[int, int] | None:
        """Return the place of the first match of a pattern in a sentence."""
        start, end = self.body.sentences[sentence]
        match = self.matcher.regex(pattern).search(self.body.folded, start, end)
        return match.span() if match else None

    def places(self, pattern: int) -> list[tuple[int, int, int]]:
        """Return (sentence, start, end) of every match of a pattern, in order."""
        found = []
        for sentence in sorted(self.hits.get(pattern, ())):
            start, end = self.body.sentences[sentence]
            for match in self.matcher.regex(pattern).finditer(self.body.folded, start, end):
                found.append((sentence, match.start(), match.end()))
        return found


_SYLLABLE = re.compile(f"[{text.LOWER}]+|[0-9]+")


class PythonEngine:
    """Tries at each syllable the patterns that can begin with it."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        by_first: dict[str, list[int]] = defaultdict(list)
        for index, pattern in enumerate(patterns):
            for syllable in pattern.first:
                by_first[syllable].append(index)
        self._by_first = dict(by_first)

    @cached_property
    def _starting(self) -> dict[str, list[tuple[int, re.Pattern[str]]]]:
        compiled = [p.regex for p in self._patterns]
        return {first: [(i, compiled[i]) for i in indices] for first, indices in self._by_first.items()}

    def hits(self, body: text.Body) -> Hits:
        """Return pattern index -> sentences that hold it."""
        found: Hits = {}
        folded, starting = body.folded, self._starting
        for sentence, (start, end) in enumerate(body.sentences):
            for syllable in _SYLLABLE.finditer(folded, start, end):
                word = syllable.group()
                for index, regex in starting.get("#" if word[0].isdigit() else word, ()):
                    if regex.match(folded, syllable.start(), end):
                        found.setdefault(index, set()).add(sentence)
        return found


class HyperscanEngine:
    """One hyperscan database over all patterns, built once and cached on disk."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._expressions = [p.bytes_expression for p in patterns]
        self._local = threading.local()

    @cached_property
    def _serialised(self) -> bytes:
        cache = _cache_file(self._expressions)
        if cache is not None and cache.is_file():
            data = cache.read_bytes()
            if data[:32] == hashlib.sha256(data[32:]).digest():
                return data[32:]
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        count = len(self._expressions)
        database.compile(expressions=self._expressions, ids=list(range(count)), elements=count, flags=[0] * count)
        data = bytes(hyperscan.dumpb(database))
        if cache is not None:
            _write_whole(cache, hashlib.sha256(data).digest() + data)
        return data

    @property
    def _database(self) -> Any:
        database = getattr(self._local, "database", None)
        if database is None:  # scratch space belongs to one thread
            database = self._local.database = hyperscan.loadb(self._serialised, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        return database

    def hits(self, body: text.Body) -> Hits:
        """Return pattern index -> sentences that hold it."""
        if not self._expressions:
            return {}
        ends: list[tuple[int, int]] = []
        data = b" " + text.encode(body.folded) + b" "
        self._database.scan(data, match_event_handler=_collect, context=ends)
        found: Hits = {}
        at = body.sentence_at
        for index, end in ends:
            # the match ends one byte after the anchor, in text that is padded by one
            sentence = at(end - 3)
            sentences = found.get(index)
            if sentences is None:
                found[index] = {sentence}
            else:
                sentences.add(sentence)
        return found


def _collect(index: int, _start: int, end: int, _flags: int, context: list[tuple[int, int]]) -> None:
    context.append((index, end))


def _cache_file(expressions: Iterable[bytes]) -> Path | None:
    """Return where the compiled database of these expressions is kept, or None when no private folder can be had."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    key = hashlib.sha256(b"\n".join(expressions))
    key.update(f"{hyperscan.__version__}|{platform.machine()}|{_processor()}".encode())
    try:
        folder = base / "auditor"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o022:
            return None  # another user could plant a database there
    except OSError:
        return None
    return folder / f"{key.hexdigest()[:32]}.hsdb"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            return next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        return platform.processor()


def _write_whole(path: Path, data: bytes) -> None:
    """Write *data* under a name of its own, then rename it: readers see all of it or nothing."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(data)
        os.replace(part.name, path)
    except OSError:
        return  # the cache is a convenience: without it the database is built again
