"""The pattern language of rule files: phrases with alternatives, optional parts, gaps and numbers.

    thiên chức [của] (làm vợ|làm mẹ|người phụ nữ)
    khoe <3> (đường cong|thân hình)

``(a|b c)`` alternatives, ``[x y]`` an optional part, ``<N>`` a gap of up to N syllables that crosses no quotation mark,
``#`` a number. Syllable boundaries are implicit. A pattern becomes one regular expression over the folded text and
the same expression, one byte a character, for the scanning engine.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from auditor import text

_EDGE = text.LOWER + "0-9"
_SPACE = " +"
_NUMBER = "[0-9]+(?:[.,][0-9]+)*"
_GAP_SPACE = "[,;:)]* +[(]?"
_GAP_WORD = '[^ \\n"“”«»,;:()]+'
_TOKEN = re.compile(r"\s*(?:<(?P<gap>\d+)>|(?P<mark>[()\[\]|#])|(?P<word>[^\s()\[\]|<>#]+))")
_MAX_GAP = 12
_MAX_PHRASES = 400
_MAX_ANCHORS = 400
_MAX_ALSO = 40


class PatternError(ValueError):
    """A pattern that does not follow the language; the message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Word:
    """One literal syllable (or number, or hyphenated run)."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """Any number."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to *most* syllables of any kind."""

    most: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences; with *optional* none of them will do as well."""

    options: tuple["Sequence", ...]
    optional: bool = False


Part = Word | Number | Gap | Choice
Sequence = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: its source, the expression of its core, phrases of which each match holds one, and its first syllables."""

    source: str
    core: str
    anchors: frozenset[str]
    also: tuple[str, ...]  # phrases of another part, of which a match holds one too; may be none
    exact: bool  # the anchors are all there is to find
    first: frozenset[str]

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression over folded text, with syllable boundaries."""
        return _bounded(self.core)


def parse(source: str) -> Pattern:
    """Return the pattern that *source* describes; raise PatternError with a Vietnamese sentence when it is malformed."""
    tokens = list(_tokens(text.fold(text.normal(source)[0])))
    sequence, rest = _sequence(tokens, 0, closing=None)
    if rest != len(tokens):
        raise PatternError(f"mẫu “{source}” thừa dấu đóng ngoặc")
    if not _anchored(sequence, 0) or not _anchored(sequence, -1):
        raise PatternError(f"mẫu “{source}” phải bắt đầu và kết thúc bằng một từ bắt buộc")
    anchors, also = _anchors(sequence)
    if not anchors:
        raise PatternError(f"mẫu “{source}” không có cụm từ cố định nào để tìm")
    return Pattern(source, _core(sequence), anchors, tuple(also), _literals(sequence) == anchors, frozenset(_first(sequence)))


def either(sources: Iterable[str]) -> re.Pattern[str]:
    """Return one expression that finds whichever of several patterns stands first."""
    return _bounded(f"(?:{'|'.join(parse(source).core for source in sources)})")


def _bounded(core: str) -> re.Pattern[str]:
    return re.compile(f"(?<![{_EDGE}]){core}(?![{_EDGE}])")


def phrases(source: str) -> set[str]:
    """Return every literal phrase a pattern without gaps stands for; empty for patterns with gaps, numbers or too many phrases."""
    sequence, _ = _sequence(list(_tokens(text.fold(text.normal(source)[0]))), 0, closing=None)
    found: set[str] = set()
    for words in _expand(sequence):
        if "<" in words or len(found) >= _MAX_PHRASES:
            return set()
        found.add(" ".join(words))
    return found


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    position = 0
    source = source.rstrip()
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise PatternError(f"mẫu “{source}” có ký hiệu lạ ở vị trí {position + 1}: {source[position : position + 5]!r}")
        kind = match.lastgroup or ""
        yield kind, match.group(kind)
        position = match.end()


def _sequence(tokens: list[tuple[str, str]], at: int, closing: str | None) -> tuple[Sequence, int]:
    parts: list[Part] = []
    while at < len(tokens):
        kind, value = tokens[at]
        if kind == "mark" and value in ")]|":
            break
        if kind == "gap":
            if not 0 < int(value) <= _MAX_GAP:
                raise PatternError(f"khoảng trống <{value}> phải từ 1 đến {_MAX_GAP} âm tiết")
            parts.append(Gap(int(value)))
        elif kind == "word":
            parts.append(Word(value))
        elif value == "#":
            parts.append(Number())
        else:
            choice, at = _choice(tokens, at)
            parts.append(choice)
            continue
        at += 1
    if not parts:
        raise PatternError("mẫu có phần rỗng" + (f" trước dấu {closing}" if closing else ""))
    return tuple(parts), at


def _choice(tokens: list[tuple[str, str]], at: int) -> tuple[Choice, int]:
    closing = {"(": ")", "[": "]"}[tokens[at][1]]
    options: list[Sequence] = []
    while True:
        option, at = _sequence(tokens, at + 1, closing)
        options.append(option)
        if at >= len(tokens):
            raise PatternError(f"mẫu thiếu dấu {closing}")
        if tokens[at][1] == "|":
            continue
        if tokens[at][1] != closing:
            raise PatternError(f"mẫu đóng bằng {tokens[at][1]} chỗ cần {closing}")
        return Choice(tuple(options), optional=closing == "]"), at + 1


def _anchored(parts: Sequence, at: int) -> bool:
    """Tell whether the part *at* (0 first, -1 last) surely stands for a word, in every choice."""
    part = parts[at]
    if isinstance(part, Choice):
        return not part.optional and all(_anchored(option, at) for option in part.options)
    return not isinstance(part, Gap)


def _core(sequence: Sequence) -> str:
    out = ""
    gap = 0
    for index, part in enumerate(sequence):
        if isinstance(part, Gap):
            gap += part.most
            continue
        if index == 0:
            lead = ""
        elif not out:  # a gap at the beginning of an option
            lead = f"(?:{_GAP_WORD}{_GAP_SPACE}){{0,{gap}}}?"
        else:
            lead = f"{_gap(gap)}{_GAP_SPACE}" if gap else _SPACE
        if isinstance(part, Word):
            out += lead + re.escape(part.text).replace("\\-", "-")
        elif isinstance(part, Number):
            out += lead + _NUMBER
        else:
            inner = "|".join(_core(option) for option in part.options)
            # an optional part takes its leading space with it
            out += f"(?:{lead}(?:{inner}))?" if part.optional else f"{lead}(?:{inner})"
            if part.optional:
                continue  # the gap before it stays open for the next part
        gap = 0
    return out + (_gap(gap) if gap else "")


def _gap(most: int) -> str:
    return f"(?:{_GAP_SPACE}{_GAP_WORD}){{0,{most}}}?"


def _first(sequence: Sequence) -> set[str]:
    part = sequence[0]
    if isinstance(part, Word):
        match = re.match(f"[{text.LOWER}]+|[0-9]", part.text)
        if match is None:
            raise PatternError(f"mẫu phải bắt đầu bằng chữ hoặc số, không phải {part.text!r}")
        return {"#" if match.group().isdigit() else match.group()}
    if isinstance(part, Number):
        return {"#"}
    assert isinstance(part, Choice)
    return set().union(*(_first(option) for option in part.options))


def _has_gap(part: Part) -> bool:
    return isinstance(part, Gap) or (isinstance(part, Choice) and any(_has_gap(p) for option in part.options for p in option))


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


def _anchors(sequence: Sequence) -> tuple[frozenset[str], frozenset[str]]:
    """Return (phrases of which any match of *sequence* holds one, such phrases of another part of it or none).

    The rarest set comes first; it is empty when only numbers are sure.
    """
    found: list[tuple[float, int, int, frozenset[str]]] = []
    for begin, part in enumerate(sequence):
        if isinstance(part, Choice) and not part.optional:
            inner = [_anchors(option)[0] for option in part.options]
            if all(inner):
                literals = frozenset().union(*inner)
                found.append((sum(map(_cost, literals)), begin, begin + 1, literals))
        for end in range(begin + 1, len(sequence) + 1):
            run = sequence[begin:end]
            if any(_has_gap(p) or isinstance(p, Number) for p in run[-1:]):
                break
            cut = _words_meet(sequence, begin) or _words_meet(sequence, end)
            if not cut and _anchored(run, 0) and _anchored(run, -1):
                literals = _literals(run)
                if literals and not any("<" in words for words in literals):
                    found.append((sum(map(_cost, literals)), begin, end, literals))
    if not found:
        return frozenset(), frozenset()
    _, first, last, best = min(found, key=lambda f: (f[0], -min(map(len, f[3]))))
    others = [f for f in found if (f[2] <= first or f[1] >= last) and len(f[3]) <= _MAX_ALSO]
    return best, min(others, key=lambda f: (f[0], len(f[3])))[3] if others else frozenset()


def _words_meet(sequence: Sequence, at: int) -> bool:
    """Tell whether a cut before the part *at* would part two words: half a phrase is commoner than the phrase."""
    return 0 < at < len(sequence) and isinstance(sequence[at - 1], Word) and isinstance(sequence[at], Word)


def _literals(run: Sequence) -> frozenset[str]:
    """Return every phrase of a run, or none when there are too many."""
    literals = [" ".join(words) for words in islice(_expand(run), _MAX_ANCHORS + 1)]
    return frozenset(literals) if len(literals) <= _MAX_ANCHORS else frozenset()


def _cost(phrase: str) -> float:
    """Return how often a phrase is met, roughly: function words, words of every page, single syllables, the rest."""
    if phrase in _FUNCTION_WORDS:
        return 100.0
    if phrase in _COMMON:
        return 20.0
    return 0.1 if " " in phrase else 5.0


def _expand(sequence: Sequence) -> Iterator[tuple[str, ...]]:
    if not sequence:
        yield ()
        return
    head, tail = sequence[0], sequence[1:]
    if isinstance(head, Choice):
        heads = [words for option in head.options for words in _expand(option)] + ([()] if head.optional else [])
    else:
        heads = [(head.text,) if isinstance(head, Word) else ("<",)]
    for rest in _expand(tail):
        for words in heads:
            yield words + rest
