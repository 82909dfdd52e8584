"""What the words of a possible name tell by themselves: its kind, and how strongly that speaks for a person."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auditor.read.lexicon import Entry, lexicon
from auditor.read.words import marked, vietnamese

Kind = Literal["vietnamese", "foreign", "stage", "pair", "single", "initials", "capitals", "other"]

INITIAL = re.compile(r"[A-ZĐ][a-zđ]{0,2}")
_NUMERALS = {"II", "III", "IV", "V", "VI", "X", "XVI"}
_BASE: dict[Kind, float] = {
    "vietnamese": 3.0,
    "foreign": 2.5,
    "stage": 1.8,
    "pair": 1.0,
    "single": 0.0,
    "initials": 0.0,
    "capitals": 0.0,
    "other": 0.0,
}


def acronym(word: str) -> bool:
    """Tell whether a word is written in capitals throughout."""
    return len(word) > 1 and word.isupper()


@lru_cache(maxsize=1 << 14)
def kind_of(key: tuple[str, ...], plain: tuple[str, ...]) -> Kind:
    """Return the kind of name that folded words *key* (printed *plain*) make."""
    lex = lexicon()
    first, length = key[0], len(key)
    letters = sum(map(len, plain))
    initials = letters <= 2 * length + 1 and (length > 1 or letters == 1) and any(len(w) == 1 for w in plain)
    if initials and all(INITIAL.fullmatch(w) for w in plain):
        return "initials"
    if length == 1:
        return "single"
    given, last2 = lex.names.given, lex.names.last2
    syllabic = [vietnamese(word) for word in key]
    middle = key[1] in lex["surnames.middle_female"] or key[1] in lex["surnames.middle_male"]
    surname = first in lex["surnames.vietnamese"]
    pair = " ".join(key[-2:])
    has_mark = any(map(marked, key))
    strong = first not in lex["surnames.weak"] or middle or (length >= 3 and (key[-1] in given or pair in last2))
    korean = not has_mark and first in lex["surnames.korean"] and length == 3
    if surname and strong and not korean and all(syllabic) and length <= 6:
        return "vietnamese"
    last_initial = len(plain[-1]) <= 2 and INITIAL.fullmatch(plain[-1]) is not None  # "Phạm Thị O."
    if last_initial and all(syllabic[:-1]) and (surname or (middle and length >= 3)):
        return "vietnamese"
    if all(syllabic) and has_mark:
        if first in lex["surnames.chinese"] and length <= 3 and first not in lex["places.heads"]:
            return "vietnamese" if length == 3 else "stage"
        if length <= 3 and pair in last2 and pair not in lex.phrases:
            return "stage"
        if length == 2 and key[-1] in lex["surnames.vietnamese"] and key[-1] not in lex["surnames.weak"] and first in given:
            return "stage"
        if length <= 3 and key[-1] in given and (key[-2] in given or key[-2] in lex.names.middle):
            return "pair"
        return "other"
    if first in lex["foreign.female"] or first in lex["foreign.male"]:
        return "foreign"
    if first in lex["surnames.korean"] and length <= 3 and any(word in lex["surnames.korean_given"] for word in key[1:]):
        return "foreign"
    if all(syllabic) and length <= 3 and pair in last2:
        return "stage"
    if len(key) >= 2 and " ".join(key[:2]) in last2 and not syllabic[-1]:
        return "stage"
    if length == 2 and len(plain[0]) == 1 and syllabic[-1] and key[-1] in given:
        return "stage"
    if length == 2 and not syllabic[0] and key[-1] in lex["surnames.vietnamese"] and has_mark:
        return "stage"
    return "other"


@dataclass(frozen=True, slots=True)
class Form:
    """What the words of a possible name tell by themselves, wherever they stand."""

    key: tuple[str, ...]  # folded
    plain: tuple[str, ...]
    kind: Kind
    entry: Entry | None  # when the whole is a known phrase
    foreign: bool
    score: float
    against: float
    opener: bool  # begins as names of places do
    capitals: bool  # several words in capitals throughout


@lru_cache(maxsize=1 << 14)
def form_of(key: tuple[str, ...], plain: tuple[str, ...]) -> Form:
    """Return the form of folded words *key*, printed *plain*."""
    lex, kind = lexicon(), kind_of(key, plain)
    acronyms = list(map(acronym, plain))
    foreign = not vietnamese(key[0]) and not acronyms[0]
    return Form(
        key,
        plain,
        kind,
        lex.phrases.get(" ".join(key)),
        foreign,
        _score(key, kind, foreign),
        _against(key, plain, kind, acronyms),
        key[0] in lex["places.openers"] and kind in ("other", "pair") and len(key) > 1,
        len(key) > 1 and all(acronyms),
    )


def _score(key: tuple[str, ...], kind: Kind, foreign: bool) -> float:
    """Return how strongly the form of a name alone speaks for a person."""
    lex = lexicon()
    score = _BASE[kind]
    if kind == "vietnamese" and len(key) == 2:
        score = 2.5
    elif len(key) == 1 and (key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]):
        score = 1.5
    elif len(key) == 1 and key[0] in lex.names.given:
        score = 0.3
    if foreign and kind in ("other", "single") and len(key) <= 4:
        score = max(score, 0.8 if len(key) > 1 else 0.5)
    return score


def _against(key: tuple[str, ...], plain: tuple[str, ...], kind: Kind, acronyms: list[bool]) -> float:
    """Return what in a form speaks against a person: capitals throughout, digits, a place or brand at its end."""
    lex = lexicon()
    against = 0.0
    throughout = kind == "vietnamese" and all(acronyms)  # a headline in capitals
    if kind != "initials" and any(acronyms) and plain[-1] not in _NUMERALS and not throughout:
        against += 2.0
    if any(char.isdigit() for word in plain for char in word):
        against += 3.0
    if len(key) > 1:
        tail = lex.phrases.get(key[-1])
        if kind not in ("vietnamese", "stage") and tail is not None and tail.place and key[-1] not in lex.names.given:
            against += 2.5
        tail = lex.phrases.get(" ".join(key[-2:])) if len(key) > 2 else None
        if kind not in ("vietnamese", "foreign") and tail is not None and (tail.place or tail.organisation):
            against += 3.0
    if key[-1] in lex["organisations.tails"]:
        against += 4.0
    elif kind == "other" and any(word in lex["organisations.tails"] for word in key[1:]):
        against += 2.0
    return against
