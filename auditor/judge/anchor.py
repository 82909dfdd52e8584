"""Anchors: phrases of which every match of a pattern must hold one. Only where an anchor stands is a pattern tried."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from auditor import resources
from auditor.judge.pattern import Choice, Number, Pattern, Sequence, Word, anchored, expand, has_gap

_MAX_ANCHORS = 400  # phrases of one pattern
_PAIRED = 0.01  # how much rarer an uncounted pair is than its rarest syllable
_SHORT = 5000.0  # one or two letters are met inside other words too
_NUMBERS = 500.0  # how often any one number is met, about
_MAX_ALSO = 40  # phrases of its second set, which are looked for one by one


class Anchors(NamedTuple):
    """The rarest set of phrases of which a match holds one; a small set of another part of the pattern, or none."""

    phrases: frozenset[str]
    also: tuple[str, ...]
    exact: bool  # the phrases are all there is to find


class _Found(NamedTuple):
    cost: float
    begin: int
    end: int
    phrases: frozenset[str]


def anchors(pattern: Pattern) -> Anchors:
    """Return the anchors of a pattern."""
    found = list(_sets(pattern.parts))
    best = _best(found)
    others = [f for f in found if (f.end <= best.begin or f.begin >= best.end) and len(f.phrases) <= _MAX_ALSO]
    also = tuple(_best(others).phrases) if others else ()
    return Anchors(best.phrases, also, expand(pattern.parts, _MAX_ANCHORS) == best.phrases)


def _sets(sequence: Sequence) -> Iterator[_Found]:
    """Yield the sets of phrases of which any match of *sequence* holds one."""
    for begin, part in enumerate(sequence):
        if isinstance(part, Choice) and not part.optional:
            inner = [list(_sets(option)) for option in part.options]
            if all(inner):
                yield _set(begin, begin + 1, frozenset().union(*(_best(sets).phrases for sets in inner)))
        for end in range(begin + 1, len(sequence) + 1):
            run = sequence[begin:end]
            if has_gap(run[-1]) or isinstance(run[-1], Number):
                break
            cut = _words_meet(sequence, begin) or _words_meet(sequence, end)
            if not cut and anchored(run, 0) and anchored(run, -1):
                phrases = expand(run, _MAX_ANCHORS)
                if phrases:
                    yield _set(begin, end, phrases)


def _set(begin: int, end: int, phrases: frozenset[str]) -> _Found:
    return _Found(sum(map(_cost, phrases)), begin, end, phrases)


def _best(found: Iterable[_Found]) -> _Found:
    return min(found, key=lambda f: (f.cost, -min(map(len, f.phrases))))


def _words_meet(sequence: Sequence, at: int) -> bool:
    """Tell whether a cut before the part *at* would part two words: half a phrase is commoner than the phrase."""
    return 0 < at < len(sequence) and isinstance(sequence[at - 1], Word) and isinstance(sequence[at], Word)


def _cost(phrase: str) -> float:
    """Return about how often a phrase is met among a million syllables: as counted, else by its rarest syllable."""
    known, syllables = _frequencies(), phrase.split(" ")
    if len(phrase) < 3:
        return _SHORT
    if phrase in known:
        return float(known[phrase])
    if phrase[0].isdigit():
        return _NUMBERS
    rarest = min(known.get(syllable, 0) for syllable in syllables)
    return 1.0 + (rarest if len(syllables) == 1 else rarest * _PAIRED)


@cache
def _frequencies() -> dict[str, int]:
    lines = (resources.folder("rules") / "lexicon" / "syllables.tsv").read_text(encoding="utf-8").splitlines()
    return {syllable: int(count) for syllable, count in (line.split("\t") for line in lines if not line.startswith("#"))}
