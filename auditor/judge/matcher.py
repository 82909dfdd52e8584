"""Where the patterns of all rules stand in a text: one scan for all of them, exact places only around hits.

Two engines give the same answer: hyperscan over 8-bit text, and a pure-Python twin that tries the patterns which can
begin at a syllable. Both only *hint* (pattern, position); the places come from the pattern's own expression inside
the sentence, so they cannot differ.
"""

import re
import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, Protocol

from auditor import text
from auditor.judge.anchor import Anchors, anchors
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
        self.anchors = tuple(map(anchors, patterns))
        self.also = tuple(frozenset(_SYLLABLE_OR_NUMBER.findall(text.encode(phrase))[0] for phrase in known.also) for known in self.anchors)
        self.first = tuple(pattern.first for pattern in patterns)
        self._regex: dict[int, re.Pattern[str]] = {}
        fast = hyperscan is not None and engine != "python"
        self.engine: Engine = HyperscanEngine(self.anchors) if fast else PythonEngine(self.patterns)

    def scan(self, body: text.Body) -> "Scan":
        """Return what was found in *body*."""
        return Scan(self, body, self.engine.hits(body) if body.sentences else {})

    def regex(self, index: int) -> re.Pattern[str]:
        """Return the compiled expression of a pattern (compiled when first needed)."""
        found = self._regex.get(index)
        if found is None:
            found = self._regex[index] = self.patterns[index].regex
        return found


_LETTER = frozenset(text.encode(text.LOWER + "0123456789"))
_BLANKED = bytes(code if code in _LETTER else 32 for code in range(256))
_SYLLABLE_OR_NUMBER = re.compile(b"[" + re.escape(bytes(sorted(_LETTER))) + b"]+")


class Scan:
    """The patterns that stand in one body: by sentence, with places on demand."""

    def __init__(self, matcher: Matcher, body: text.Body, hits: Hits) -> None:
        self.matcher, self.body, self.hits = matcher, body, hits
        self._syllables: dict[int, set[bytes]] = {}

    @cached_property
    def _letters(self) -> bytes:
        return text.encode(self.body.folded).translate(_BLANKED)

    def sentences(self, pattern: int) -> set[int]:
        """Return the sentences in which a pattern stands."""
        return {sentence for sentence in self.hits.get(pattern, ()) if self.first(pattern, sentence) is not None}

    def first(self, pattern: int, sentence: int) -> tuple[int, int] | None:
        """Return the place of the first match of a pattern in a sentence."""
        return next(self._matches(pattern, sentence), None) if self._possible(pattern, sentence) else None

    def places(self, pattern: int) -> list[tuple[int, int, int]]:
        """Return (sentence, start, end) of every match of a pattern, in order."""
        possible = [sentence for sentence in self.hits.get(pattern, ()) if self._possible(pattern, sentence)]
        return [(sentence, *place) for sentence in sorted(possible) for place in self._matches(pattern, sentence)]

    def _possible(self, pattern: int, sentence: int) -> bool:
        """Tell whether a second phrase that a match must hold may stand in a sentence: it holds that phrase's first syllable."""
        also = self.matcher.also[pattern]
        if not also:
            return True
        syllables = self._syllables.get(sentence)
        if syllables is None:
            begin, end = self.body.sentences[sentence]
            syllables = self._syllables[sentence] = set(self._letters[begin:end].split())
        return not also.isdisjoint(syllables)

    def _matches(self, pattern: int, sentence: int) -> Iterator[tuple[int, int]]:
        """Yield the matches in a sentence: tried only where the pattern can begin (searching is ten times slower)."""
        folded = self.body.folded
        begin, end = self.body.sentences[sentence]
        match = self.matcher.regex(pattern).match
        done = 0
        for start in sorted(_starts(folded, self.matcher.first[pattern], begin, end)):
            found = match(folded, start, end) if start >= done else None
            if found:
                done = found.end()
                yield found.span()


_NUMBERS = re.compile("[0-9]+")


def _starts(folded: str, first: Iterable[str], start: int, end: int) -> Iterator[int]:
    """Yield where any of the syllables *first* may begin; ``#`` is a number. The expression itself tests the boundaries."""
    for syllable in first:
        if syllable == "#":
            yield from (number.start() for number in _NUMBERS.finditer(folded, start, end))
            continue
        at = folded.find(syllable, start, end)
        while at >= 0:
            yield at
            at = folded.find(syllable, at + 1, end)


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
    """One hyperscan database over the anchors of all patterns, as plain literals: it is built in a tenth of a second."""

    def __init__(self, anchored: Sequence[Anchors]) -> None:
        owners: dict[bytes, list[int]] = defaultdict(list)
        for index, known in enumerate(anchored):
            for anchor in known.phrases:
                owners[text.encode(anchor)].append(index)
        self._literals = list(owners)
        self._owners = [(len(literal), tuple(indices)) for literal, indices in owners.items()]
        self._local = threading.local()

    @cached_property
    def _serialised(self) -> bytes:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        count = len(self._literals)
        database.compile(expressions=self._literals, ids=list(range(count)), elements=count, flags=[0] * count, literal=True)
        return bytes(hyperscan.dumpb(database))

    @property
    def _database(self) -> Any:
        database = getattr(self._local, "database", None)
        if database is None:  # scratch space belongs to one thread
            database = self._local.database = hyperscan.loadb(self._serialised, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
        return database

    def hits(self, body: text.Body) -> Hits:
        """Return pattern index -> sentences that may hold it."""
        if not self._literals:
            return {}
        data, stops = _bytes_of(body)
        ends: list[tuple[int, int]] = []
        self._database.scan(data, match_event_handler=_collect, context=ends)
        found: Hits = {}
        for literal, end in ends:
            length, patterns = self._owners[literal]
            if data[end] in _LETTER or data[end - length - 1] in _LETTER:
                continue
            sentence = bisect_right(stops, end - 2)
            for index in patterns:
                sentences = found.get(index)
                if sentences is None:
                    found[index] = {sentence}
                else:
                    sentences.add(sentence)
        return found


def _bytes_of(body: text.Body) -> tuple[bytes, list[int]]:
    """Return the folded text, one byte a character between two spaces, and where each sentence ends in it (before the first space).

    Anchors hold single spaces: where a text has wider ones its sentences are joined anew.
    """
    if "  " not in body.folded:
        return b" " + text.encode(body.folded) + b" ", [end for _, end in body.sentences]
    parts, stops, length = [], [], 0
    for start, end in body.sentences:
        part = _WIDE.sub(" ", body.folded[start:end])
        parts.append(part)
        length += len(part) + 1
        stops.append(length - 1)
    return b" " + text.encode("\n".join(parts)) + b" ", stops


_WIDE = re.compile("  +")


def _collect(index: int, _start: int, end: int, _flags: int, context: list[tuple[int, int]]) -> None:
    context.append((index, end))
