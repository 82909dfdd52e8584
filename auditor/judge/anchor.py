"""Anchors: phrases of which every match of a pattern must hold one. Only where an anchor stands is a pattern tried."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from auditor.judge.pattern import Choice, Number, Pattern, Sequence, Word, anchored, expand, has_gap

_MAX_ANCHORS = 400  # phrases of one pattern
_MAX_ALSO = 40  # phrases of its second set, which are looked for one by one
_FUNCTION_WORDS = frozenset(
    "không chẳng chưa nên mà do vì bởi để khi là của và các những có được bị cho với phải cần làm đi ra vào lại người một hai cũng "
    "vẫn đã đang sẽ từ trên dưới trong về đến tại này đó".split()
)
# Words of every page: an anchor made of them would be found in every sentence.
_COMMON = frozenset(
    (
        "phụ nữ|đàn bà|đàn ông|con gái|con trai|nam giới|nữ giới|chị em|nữ sinh|cô gái|thiếu nữ|bé gái|bé trai|cháu bé|nạn nhân"
        "|chồng|vợ|vợ chồng|gia đình|người vợ|người chồng|con dâu|con|cháu|em|chị|anh|ông|bà|cô|chú|bác|mẹ|cha|bố|học sinh"
        "|sinh viên|hạnh phúc|hôn nhân|không|chẳng|chưa|công|nên|mà|do|vì|bởi|để|khi|là|của|và|các|những|có|được|bị|cho|với|dù"
        "|tuy|công việc|công tác|thành công|bệnh|trị|chữa|điều trị|tuổi|người phụ nữ|người đàn ông|làm|đi|ra|vào|lại|phải|cần|nữ"
        "|nam|gái|trai|trẻ em|người|tin|nói|xinh đẹp|đẹp|tình|yêu|chết|tử vong|chịu|đánh|mặc|diện|váy|áo|tài|giỏi|việc|nhà|số|gọi"
        "|chia|chỉ|đến|trường|bán|cố|đình"
    ).split("|")
)


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
    """Return how often a phrase is met, roughly: function words, words of every page, single syllables, the rest."""
    if phrase in _FUNCTION_WORDS:
        return 300.0
    if phrase in _COMMON:
        return 20.0 if " " in phrase else 100.0
    return 0.1 if " " in phrase else 5.0
