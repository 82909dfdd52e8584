"""The text of an article cut into paragraphs and pieces, so that passages are marked in place without nesting."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from auditor.model import SEVERITIES

_NOTE, _LINE_HEIGHT, _LINE_LENGTH, _GAP = 225, 32, 74, 18  # how style.css sets notes and text, in pixels and characters
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")


class Piece(NamedTuple):
    """A run of text under the same findings; *ends* are the findings whose last character it holds."""

    text: str
    findings: tuple[str, ...]
    severity: str | None
    ends: tuple[str, ...]


class Block(NamedTuple):
    """A paragraph; *notes* are the findings that begin in it, in reading order."""

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]


def blocks(given: str, findings: Iterable[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Return the paragraphs of *given* with the *findings* (id, start, end, severity) cut into them.

    Overlapping findings share pieces; a finding that runs over a line break is marked on both lines. The texts of all
    pieces are exactly the characters of *given* without line breaks and blank lines.
    """
    placed = sorted((f for f in findings if 0 <= f["start"] < f["end"] <= len(given)), key=lambda f: (f["start"], -f["end"], f["id"]))
    result = []
    noted: set[str] = set()
    for line in _LINE.finditer(given):
        if not line.group().strip():
            continue
        start, end = line.span()
        here = [f for f in placed if f["start"] < end and f["end"] > start]
        notes = tuple(f["id"] for f in here if f["id"] not in noted)
        noted.update(notes)
        result.append(Block(tuple(_pieces(given, start, end, here)), notes))
    return tuple(result)


def _pieces(given: str, start: int, end: int, here: Sequence[Mapping[str, Any]]) -> Iterable[Piece]:
    cuts = sorted({start, end, *(c for f in here for c in (f["start"], f["end"]) if start < c < end)})
    for left, right in pairwise(cuts):
        over = [f for f in here if f["start"] < right and f["end"] > left]
        strongest = min((f["severity"] for f in over), key=SEVERITIES.index, default=None)
        yield Piece(given[left:right], tuple(f["id"] for f in over), strongest, tuple(f["id"] for f in over if f["end"] == right))


def beside(blocks: Sequence[Block]) -> tuple[tuple[Block, tuple[str, ...]], ...]:
    """Return each paragraph with the notes that stand in the margin beside it.

    Notes that would begin where earlier ones still run join those, so that a crowded paragraph leaves no hole in the text.
    """
    result: list[tuple[Block, tuple[str, ...]]] = []
    anchor, text_height, note_height = 0, 0.0, 0.0
    for number, block in enumerate(blocks):
        if block.notes and note_height > text_height:
            held, notes = result[anchor]
            result[anchor] = (held, notes + block.notes)
            result.append((block, ()))
        else:
            result.append((block, block.notes))
            if block.notes:
                anchor, text_height, note_height = number, 0.0, 0.0
        note_height += _NOTE * len(block.notes)
        text_height += _LINE_HEIGHT * (1 + sum(len(piece.text) for piece in block.pieces) // _LINE_LENGTH) + _GAP
    return tuple(result)


def around(given: str, start: int, end: int, reach: int = 120) -> tuple[str, str, str]:
    """Return the words before, the passage, and the words after it on its line, each side at most *reach* characters."""
    line = next((m for m in _LINE.finditer(given) if m.start() <= start < m.end()), None)
    left, right = (line.start(), max(line.end(), end)) if line else (start, end)
    before, after = given[left:start], given[end:right]
    if len(before) > reach:
        before = "…" + before[-reach:].partition(" ")[2]
    if len(after) > reach:
        after = after[:reach].rpartition(" ")[0] + "…"
    return before, given[start:end], after
