"""Runs of words with capitals, and the part of each that may be a name once titles, places and sentence openers are taken off."""

import re
from dataclasses import dataclass

from auditor.read.form import INITIAL, Form, acronym, form_of, kind_of
from auditor.read.lexicon import lexicon
from auditor.read.words import Words, marked, vietnamese

_ROMAN = re.compile(r"[IVX]{1,4}")
_MOST = 12  # words in one run


@dataclass(slots=True)
class Run:
    """Words *first* … *last* that may be a name; *begins* is where the run with its titles and places began."""

    first: int
    last: int
    begins: int
    opens: bool
    stripped: bool
    form: Form


def is_initial(words: Words, i: int) -> bool:
    """Tell whether word *i* is an initial with its full stop ("N.", "Ng.")."""
    word = words.plain[i]
    return len(word) <= 3 and words.gaps[i + 1].startswith(".") and INITIAL.fullmatch(word) is not None


def raw(words: Words) -> list[tuple[int, int]]:
    """Return (first, last) of every run of words with capitals that may belong to one name."""
    capital = set(words.capitals)
    folded, gaps, count = words.fold, words.gaps, len(words.fold)
    particles = lexicon()["words.particles"]
    found = []
    at = -1
    for first in words.capitals:
        if first > at:
            following = first + 1
            alone = following == count or (gaps[following] == " " and following not in capital and folded[following] not in particles)
            at = first if alone else _reach(words, first, capital)
            found.append((first, at))
    return found


def _reach(words: Words, first: int, capital: set[int]) -> int:
    """Return the last word of the run that begins at *first*."""
    lex = lexicon()
    plain, folded, gaps = words.plain, words.fold, words.gaps
    at = first
    while at + 1 < len(plain) and at - first < _MOST:
        gap, following = gaps[at + 1], at + 1
        is_capital = following in capital
        if gap in (" ", "  "):
            if is_capital:
                one, other = plain[at], plain[following]
                if len(one) == 1 or len(other) == 1 or one.isupper() == other.isupper() or _ROMAN.fullmatch(other) is not None:
                    at = following
                    continue
            bridge = not is_capital and folded[following] in lex["words.particles"] and following + 1 in capital
            if bridge and gaps[following + 1] in (" ", "-", "'") and not marked(folded[at]):
                at = following + 1
                continue
        elif gap == "-":
            if not plain[following][0].isdigit() and not (is_capital and marked(folded[following]) and marked(folded[at])):
                at = following
                continue
        elif gap in (" - ", "- ", " -"):
            # word splitters part "Jong-un"
            surname = any(folded[i] in lex["surnames.korean"] for i in range(max(first, at - 1), at + 1))
            if not is_capital and surname and folded[following] in lex["surnames.korean_given"]:
                at = following
                continue
        elif is_capital and _joined(words, first, at, gap):
            at = following
            continue
        elif gap in (' "', " “") and is_capital and at + 2 in capital and gaps[at + 2] in ('" ', "” "):
            at += 2  # Nhu “Annie” Nguyen
            continue
        break
    return at


def _joined(words: Words, first: int, at: int, gap: str) -> bool:
    """Tell whether an apostrophe or the full stop of an initial joins words *at* and *at* + 1 ("H'Hen", "N.T.H.", "George W. Bush")."""
    if gap.strip() in ("'", "’", "‘"):
        return len(words.plain[at]) <= 2 and len(gap) <= 3
    if gap not in (".", ". ") or not is_initial(words, at):
        return False
    if gap == ".":
        return True
    one_letter = len(words.plain[at]) == 1
    if words.fold[first - 1] == "độ" and first:
        return False
    if is_initial(words, at + 1):
        return True
    if not one_letter:
        return False
    if at == first:
        return not acronym(words.plain[at + 1]) and words.sentence(at) == words.sentence(at + 1)
    return not marked(words.fold[at - 1]) and not marked(words.fold[at + 1])


def _name_like(key: tuple[str, ...], plain: tuple[str, ...]) -> bool:
    """Tell whether words look like a whole name, so that a place before them may be taken off."""
    lex = lexicon()
    if len(key) == 1:
        return not vietnamese(key[0])
    return (
        key[0] in lex["surnames.vietnamese"]
        or key[0] in lex["surnames.chinese"]
        or not vietnamese(key[0])
        or not vietnamese(key[-1])
        or kind_of(key, plain) != "other"
    )


def trim(words: Words, first: int, last: int) -> Run | None:
    """Return what of a run may be a name, None when nothing is left."""
    lex = lexicon()
    folded, plain = words.fold, words.plain
    if first == last and _ordinary(words, first):
        return None
    for i in range(first, last + 1):
        hit = words.hits.get(i)
        if hit is not None and hit.last > last:  # "Bộ Công|an", "Chủ|tịch": the phrase goes on in small letters
            last = i - 1
            break
    for back in range(1, min(4, first + 1)):
        hit = words.hits.get(first - back)
        if hit is not None and hit.last >= first and (hit.entry.place or hit.entry.organisation or hit.entry.compound):
            first = hit.last + 1  # "miền Trung": the phrase began in small letters
    if last < first:
        return None
    if last > first and all(map(acronym, plain[first : last + 1])):
        return Run(first, last, first, False, False, _form(words, first, last))  # a headline in capitals, read against the text
    opens = words.opens(first)
    at = first
    stripped = False
    while at < last:
        hit = words.hit(at)
        rest = tuple(folded[(hit.last if hit else at) + 1 : last + 1])
        whole = kind_of(tuple(folded[at : last + 1]), tuple(plain[at : last + 1]))
        if hit is not None and hit.last < last:
            entry = hit.entry
            one = hit.last == at
            land = entry.place and one and not opens
            named = kind_of(rest, tuple(plain[hit.last + 1 : last + 1])) in ("vietnamese", "foreign")
            kept = one and not (opens or acronym(plain[at]) or named)
            if (entry.address or entry.occupation is not None) and not land and not kept:
                stripped = True
                at = hit.last + 1
                continue
            taken_off = entry.thing and not entry.street and not (one and whole in ("vietnamese", "foreign"))
            if taken_off and _name_like(rest, tuple(plain[hit.last + 1 : last + 1])):
                stripped = True
                at = hit.last + 1
                continue
        if opens and at == first and folded[at] in lex["words.starters"] and whole in ("other", "initials", "single"):
            at += 1
            continue
        break
    at = _cut(words, at, last)
    if at == last and (folded[at] in lex["words.starters"] and opens and at == first and folded[at] not in lex.names.given):
        return None
    return Run(at, last, first, opens and at == first, stripped, _form(words, at, last))


def _form(words: Words, first: int, last: int) -> Form:
    return form_of(tuple(words.fold[first : last + 1]), tuple(words.plain[first : last + 1]))


def _ordinary(words: Words, i: int) -> bool:
    """Tell at a glance whether a lone word with a capital is no name: it opens a sentence and is nobody's given name."""
    lex = lexicon()
    word = words.fold[i]
    hit = words.hit(i)
    if hit is not None and hit.last > i:
        return True
    if word in lex.names.given or not words.opens(i):
        return False
    return word in lex["words.starters"] or (hit is not None and not (hit.entry.place or hit.entry.organisation))


def _cut(words: Words, at: int, last: int) -> int:
    """Return where the name begins in "Tân Trào Nguyễn Văn A" or "Vingroup Phạm Nhật Vượng": at a surname inside the run."""
    lex = lexicon()
    length = last - at + 1
    if length < 4 and (length < 3 or vietnamese(words.fold[at])):
        return at
    key = tuple(words.fold[at : last + 1])
    if key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]:
        return at
    whole = kind_of(key, tuple(words.plain[at : last + 1]))
    if whole == "other" and not marked(key[0]):
        for cut in range(at + 1, last):
            if key[cut - at] in lex["foreign.female"] or key[cut - at] in lex["foreign.male"]:
                return cut
    for cut in range(last - 1, at, -1):
        part = key[cut - at :]
        if not 2 <= len(part) <= 4 or part[0] not in lex["surnames.vietnamese"] or part[0] in lex["surnames.weak"]:
            continue
        if kind_of(part, tuple(words.plain[cut : last + 1])) != "vietnamese":
            continue
        head = key[: cut - at]
        if (whole != "vietnamese" and (len(head) >= 2 or not vietnamese(head[0]))) or (length >= 5 and " ".join(head) in lex.phrases):
            return cut
    return at


_MOST_SHAPES = 1 << 15
_LONGEST_SHAPE = 120  # characters; what is longer is not worth its memory
_SHAPES: dict[tuple[str, bool], tuple[int, int, int, bool, bool, Form] | None] = {}


def _run(words: Words, first: int, last: int) -> Run | None:
    """Return ``trim(words, first, last)``, remembered by the words themselves where no phrase reaches over their ends."""
    begins, ends = words.starts[first], words.starts[last] + len(words.plain[last])
    if first in words.joined or last + 1 in words.joined or ends - begins > _LONGEST_SHAPE:
        return trim(words, first, last)
    key = words.body.plain[begins:ends], words.opens(first)
    if key in _SHAPES:
        shape = _SHAPES[key]
        if shape is None:
            return None
        at, to, back, opens, stripped, form = shape
        return Run(first + at, first + to, first + back, opens, stripped, form)
    if len(_SHAPES) >= _MOST_SHAPES:
        _SHAPES.clear()
    run = trim(words, first, last)
    if run is None:
        _SHAPES[key] = None
    else:
        _SHAPES[key] = (run.first - first, run.last - first, run.begins - first, run.opens, run.stripped, run.form)
    return run


def runs(words: Words) -> list[Run]:
    """Return every run of a field that may hold a name, trimmed."""
    folded, gaps = words.fold, words.gaps
    # a lone Vietnamese word that opens a sentence names somebody only if it has its capital inside a sentence too
    inside = {folded[i] for i in words.capitals if gaps[i] in (" ", "-", " - ")}
    found = []
    for first, last in raw(words):
        lone = first == last and gaps[first] != " " and folded[first] not in inside and not is_initial(words, first)
        if lone and vietnamese(folded[first]) and words.opens(first):
            continue
        run = _run(words, first, last)
        if run is not None:
            found.append(run)
    return found
