"""Where words are quoted: pairs of marks of every Vietnamese style, paragraphs that go on, dashes and colons."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from auditor.text import Body, syllables

Style = Literal["marks", "single", "dash", "colon"]

_MARK = re.compile("[“”\"«»„‟]")
_SINGLE = re.compile(r"(?<!\w)['‘](?=[^\n'‘’]{2,300}['’](?!\w))([^\n'‘’]{2,300})['’]")
_DASH_LINE = re.compile(r"^[ ]?[-–—] ?(?=[^\W\d_])([^\n]+)$", re.MULTILINE)
_SPOKEN = re.compile(r"\b(?:tôi|chúng tôi|em|mình|tui|cháu|chúng em|chúng ta|bạn|anh|chị|ạ|nhỉ|nhé|đâu|dạ|vâng)\b|[?!]")
_LONGEST = 3000  # characters; an unclosed mark is forgotten after so many


@dataclass(slots=True)
class Span:
    """Quoted words at ``start:end`` of the normal form, *opening* and *closing* the places before and after its marks."""

    start: int
    end: int
    opening: int
    closing: int
    style: Style
    goes_on: bool = False  # a further paragraph of the quotation before it
    speaker: int | None = None
    attributed: bool = False

    def inside(self, position: int) -> bool:
        """Tell whether *position* lies between the marks."""
        return self.opening <= position < self.closing


def _trim(plain: str, start: int, end: int) -> tuple[int, int]:
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    return start, end


def spans(body: Body) -> list[Span]:
    """Return the quoted passages of a body in order; they do not overlap."""
    plain = body.plain
    found: list[Span] = []
    opened: int | None = None
    goes_on = False
    curly = False

    def close(at: int, after: int) -> None:
        start, end = _trim(plain, opened + 1 if opened is not None else at, at)
        if start < end and opened is not None:
            found.append(Span(start, end, opened, after, "marks", goes_on))

    for match in _MARK.finditer(plain):
        at, mark = match.start(), match.group()
        if opened is not None and at - opened > _LONGEST:
            opened = None
        line_start = at == 0 or plain[at - 1] == "\n" or (at > 1 and plain[at - 2] == "\n" and plain[at - 1] == " ")
        if opened is None:
            if mark in "”»" or at + 1 >= len(plain):
                continue
            opened, curly, goes_on = at, mark in "“„«", False
            continue
        if mark in "“„«" or (
            mark == '"' and (line_start or plain[at - 2 : at] == ": ") and plain[at + 1 : at + 2].isalnum() and not curly
        ):
            if line_start:  # the next paragraph of the same quotation opens with its own mark
                stop = plain.rfind("\n", opened, at)
                close(stop if stop > opened else at, stop if stop > opened else at)
                opened, goes_on = at, True
            elif mark == '"':
                stop = plain.find("\n", opened, at)
                close(stop if stop > opened else at, stop if stop > opened else at)
                opened, goes_on = at, False
            elif curly and mark == "“" and at - opened > 600:
                opened, goes_on = at, False
            continue
        if curly and mark == '"' and "”" in plain[at : at + 400]:
            continue
        close(at, at + 1)
        opened, goes_on = None, False
    _singles(plain, found)
    return found


def _singles(plain: str, found: list[Span]) -> None:
    """Add passages between single marks that lie in no other quotation."""
    if "'" not in plain and "‘" not in plain:
        return
    taken = [span.opening for span in found]
    more = []
    for match in _SINGLE.finditer(plain):
        i = bisect_right(taken, match.start()) - 1
        if i >= 0 and found[i].closing > match.start():
            continue
        start, end = _trim(plain, match.start(1), match.end(1))
        if start < end:
            more.append(Span(start, end, match.start(), match.end(), "single"))
    if more:
        found.extend(more)
        found.sort(key=lambda span: span.opening)


def dashes(body: Body, marked: Iterable[Span]) -> list[Span]:
    """Return lines that a dash opens and that sound spoken: dialogue and the answers of interviews."""
    plain, folded = body.plain, body.folded
    if "\n-" not in plain and "\n–" not in plain and "\n—" not in plain and plain[:1] not in "-–—":
        return []
    held = [(span.opening, span.closing) for span in marked]
    opened = [start for start, _ in held]
    found = []
    for match in _DASH_LINE.finditer(plain):
        start, end = _trim(plain, match.start(1), match.end(1))
        i = bisect_right(opened, end) - 1
        if i >= 0 and held[i][1] > match.start():
            continue
        if end - start > 15 and _SPOKEN.search(folded, start, end):
            found.append(Span(start, end, match.start(), match.end(), "dash"))
    return found


def speech_like(body: Body, span: Span) -> bool:
    """Tell whether a quoted passage may be somebody's words rather than a title, a nickname or a word held at a distance."""
    text = body.plain[span.start : span.end]
    size = syllables(text)
    return size >= 6 or (size >= 2 and text[-1] in ".!?…,")


class Inside:
    """Which positions lie inside quoted passages; answers in the time of a bisection."""

    def __init__(self, found: Iterable[Span]) -> None:
        self._spans = sorted(found, key=lambda span: span.opening)
        self._openings = [span.opening for span in self._spans]

    def at(self, position: int) -> Span | None:
        """Return the passage that holds *position*."""
        if not self._openings:
            return None
        i = bisect_right(self._openings, position) - 1
        if i >= 0 and self._spans[i].closing > position:
            return self._spans[i]
        return None
