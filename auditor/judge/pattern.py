"""The pattern language of rule files: phrases with alternatives, optional parts, gaps and numbers.

    thiên chức [của] (làm vợ|làm mẹ|người phụ nữ)
    khoe <3> (đường cong|thân hình)

``(a|b c)`` alternatives, ``[x y]`` an optional part, ``<N>`` a gap of up to N syllables that crosses no quotation mark,
``#`` a number. Syllable boundaries are implicit. A pattern becomes one regular expression over the folded text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import inf

from auditor import text

_EDGE = text.LOWER + "0-9"
_SPACE = " +"
_NUMBER = "[0-9]+(?:[.,][0-9]+)*"
_GAP_SPACE = "[,;:)]* +[(]?"
_GAP_WORD = '[^ \\n"“”«»,;:()]+'
_TOKEN = re.compile(r"\s*(?:<(?P<gap>\d+)>|(?P<mark>[()\[\]|#])|(?P<word>[^\s()\[\]|<>#]+))")
_MAX_GAP = 12
_MAX_PHRASES = 400


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
    """A parsed pattern: its source, its parts, and the expression of its core."""

    source: str
    parts: Sequence
    core: str

    @property
    def regex(self) -> re.Pattern[str]:
        """The expression over folded text, with syllable boundaries."""
        return _bounded(self.core)

    @property
    def first(self) -> frozenset[str]:
        """The syllables it can begin with; ``#`` is a number."""
        return frozenset(_first(self.parts))


@cache
def parse(source: str) -> Pattern:
    """Return the pattern that *source* describes; raise PatternError with a Vietnamese sentence when it is malformed."""
    tokens = list(_tokens(text.fold(text.normal(source)[0])))
    sequence, rest = _sequence(tokens, 0, closing=None)
    if rest != len(tokens):
        raise PatternError(f"mẫu “{source}” thừa dấu đóng ngoặc")
    if not anchored(sequence, 0) or not anchored(sequence, -1):
        raise PatternError(f"mẫu “{source}” phải bắt đầu và kết thúc bằng một từ bắt buộc")
    if not any(isinstance(part, Word | Choice) for part in sequence):
        raise PatternError(f"mẫu “{source}” không có cụm từ cố định nào để tìm")
    return Pattern(source, sequence, _core(sequence))


def either(sources: Iterable[str]) -> re.Pattern[str]:
    """Return one expression that finds whichever of several patterns stands first."""
    return _bounded(f"(?:{'|'.join(parse(source).core for source in sources)})")


def _bounded(core: str) -> re.Pattern[str]:
    return re.compile(f"(?<![{_EDGE}]){core}(?![{_EDGE}])")


def phrases(source: str) -> frozenset[str]:
    """Return every literal phrase a pattern without gaps stands for; empty for patterns with gaps, numbers or too many phrases."""
    return expand(parse(source).parts, _MAX_PHRASES)


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


def anchored(parts: Sequence, at: int) -> bool:
    """Tell whether the part *at* (0 first, -1 last) surely stands for a word, in every choice."""
    part = parts[at]
    if isinstance(part, Choice):
        return not part.optional and all(anchored(option, at) for option in part.options)
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


def has_gap(part: Part) -> bool:
    """Tell whether a part is, or holds, a gap."""
    return isinstance(part, Gap) or (isinstance(part, Choice) and any(has_gap(p) for option in part.options for p in option))


def expand(sequence: Sequence, most: int) -> frozenset[str]:
    """Return every phrase a sequence stands for; none when it holds gaps or numbers, or stands for more than *most*."""
    if _count(sequence) > most:
        return frozenset()
    return frozenset(" ".join(words) for words in _expand(sequence))


def _count(sequence: Sequence) -> float:
    """Return how many phrases a sequence stands for; infinity with gaps or numbers."""
    total = 1.0
    for part in sequence:
        if isinstance(part, Choice):
            total *= sum(map(_count, part.options)) + part.optional
        elif not isinstance(part, Word):
            return inf
    return total


def _expand(sequence: Sequence) -> Iterator[tuple[str, ...]]:
    if not sequence:
        yield ()
        return
    head, tail = sequence[0], sequence[1:]
    if isinstance(head, Choice):
        heads = [words for option in head.options for words in _expand(option)] + ([()] if head.optional else [])
    else:
        heads = [(head.text,)] if isinstance(head, Word) else []
    for rest in _expand(tail):
        for words in heads:
            yield words + rest
