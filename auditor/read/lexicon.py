"""The words by which people, places and speech are known: rules/lexicon/*.yaml as sets, and the statistics of given names."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import RuleError
from auditor.resources import folder
from auditor.text import fold

Sex = str  # "male", "female" or "either", as the lexicon files say it

# What each file must hold: key -> its sub-keys, or None where the key itself holds the words.
_SHAPE: Mapping[str, Mapping[str, tuple[str, ...] | None]] = {
    "address": {
        "address": ("male", "female", "either"),
        "kin": ("male", "female", "either"),
        "family": None,
        "personal": None,
        "households": None,
        "epithets": None,
        "pronouns": ("male", "female", "either"),
    },
    "surnames": dict.fromkeys(("vietnamese", "weak", "chinese", "korean", "korean_given", "middle_female", "middle_male")),
    "speech": dict.fromkeys(
        ("say", "weak", "nouns", "others", "adverbs", "according", "passive", "reports", "objects", "follow", "finite", "links")
    ),
    "people": {"actors": ("male", "female", "either"), "crowds": ("male", "female", "either"), "plural": None},
    "occupations": {"occupations": tuple(str(code) for code in range(1, 27)), "spokesperson": None, "expert": None, "before": None},
    "places": dict.fromkeys(("provinces", "towns", "countries", "cities", "streets", "openers", "levels", "between", "heads", "at")),
    "organisations": dict.fromkeys(("media", "clubs", "bodies", "compounds", "tails")),
    "foreign": dict.fromkeys(("female", "male", "female_endings", "male_endings")),
    "public": dict.fromkeys(("female", "male")),
    "words": dict.fromkeys(("peoples", "starters", "months", "deeds", "particles", "bylines")),
}
# In these files words are single syllables, parted by spaces as well as by commas.
_SINGLE = {"surnames", "foreign", "words.starters", "words.particles"}


@dataclass(slots=True)
class Entry:
    """What one phrase may mean; a phrase may mean several things ("anh" is an address, a pronoun and England)."""

    address: Sex | None = None
    kin: Sex | None = None
    family: bool = False
    pronoun: Sex | None = None
    occupation: int | None = None
    actor: Sex | None = None
    crowd: Sex | None = None
    say: bool = False
    weak: bool = False
    noun: bool = False
    other: bool = False
    adverb: bool = False
    according: bool = False
    place: bool = False
    organisation: bool = False
    head: bool = False
    at: bool = False
    deed: bool = False
    people: bool = False
    before: bool = False
    street: bool = False
    compound: bool = False
    personal: bool = False
    household: bool = False

    thing: bool = False  # a place, brand, body or people: no person
    refers: bool = False  # stands for one person: pronoun, office, actor
    scan: bool = False  # speech or crowds are read from it: it is sought in the whole text, not only beside names

    def settle(self) -> None:
        """Set what follows from the rest, once all files are read."""
        self.thing = self.place or self.organisation or self.people or self.head or self.street or self.compound
        self.refers = bool(self.pronoun or self.address or self.actor or self.occupation is not None)
        sexed = self.pronoun or self.address or self.actor or self.crowd
        self.scan = bool(sexed or self.say or self.according or self.other or self.occupation is not None)


@dataclass(frozen=True, slots=True)
class NameCounts:
    """How often syllables stand in the names of women and men."""

    given: Mapping[str, float]
    middle: Mapping[str, float]
    last2: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lexicon files, folded (lower case, one tone style)."""

    phrases: Mapping[str, Entry]
    lengths: Mapping[str, tuple[int, ...]]
    sets: Mapping[str, frozenset[str]]
    names: NameCounts = field(repr=False)

    def __getitem__(self, name: str) -> frozenset[str]:
        """Return the set *name* ("surnames.vietnamese")."""
        return self.sets[name]


def _line_of(path: Path, word: str) -> int | None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if word in line:
            return number
    return None


def _file(path: Path) -> dict[str, Any]:
    """Return a lexicon file as a mapping; raise RuleError with its line when it is not one."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (a safe loader)
    except FileNotFoundError:
        raise RuleError(path, None, "thiếu tệp từ vựng này; hãy cài lại chương trình hoặc khôi phục tệp") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise RuleError(path, mark.line + 1 if mark else None, "không phải YAML hợp lệ; hãy sửa dòng này") from None
    if not isinstance(data, dict):
        raise RuleError(path, 1, "tệp phải là một bảng khoá: giá trị")
    return data


def _words(path: Path, key: str, value: object, single: bool) -> frozenset[str]:
    place = f"{key.rpartition('.')[2]}:"
    if not isinstance(value, str) or not value.strip():
        raise RuleError(path, _line_of(path, place), f"khoá “{key}” phải là một dãy từ cách nhau bằng dấu phẩy")
    parts = value.replace(",", " ").split() if single else (part.strip() for part in value.split(","))
    words = [" ".join(part.split()) for part in parts]
    if not all(words):
        raise RuleError(path, _line_of(path, place), f"khoá “{key}” có một từ rỗng (thừa dấu phẩy)")
    for word in words:
        if word != word.lower():
            raise RuleError(path, _line_of(path, word), f"“{word}” phải viết chữ thường")
    return frozenset(map(fold, words))


def _read(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield ("address.male", words) for every list of a lexicon file; raise RuleError for a key it should not or must have."""
    data = _file(path)
    shape = _SHAPE[path.stem]
    if not str(data.pop("source", "") or "").strip():
        raise RuleError(path, 1, "thiếu khoá “source” (nguồn của các từ)")
    for key in data:
        if key not in shape:
            raise RuleError(path, _line_of(path, f"{key}:"), f"khoá “{key}” không được biết đến; các khoá đúng: {', '.join(shape)}")
    for key, parts in shape.items():
        if key not in data:
            raise RuleError(path, None, f"thiếu khoá “{key}”")
        if parts is None:
            yield f"{path.stem}.{key}", _words(path, key, data[key], path.stem in _SINGLE or f"{path.stem}.{key}" in _SINGLE)
            continue
        table = data[key]
        if not isinstance(table, dict) or {str(k) for k in table} != set(parts):
            raise RuleError(path, _line_of(path, f"{key}:"), f"khoá “{key}” phải có đúng các mục {', '.join(parts)}")
        for part, value in table.items():
            yield f"{path.stem}.{key}.{part}", _words(path, f"{key}.{part}", value, False)


_MARKS: Mapping[str, str] = {
    "speech.say": "say",
    "speech.weak": "weak",
    "speech.nouns": "noun",
    "speech.others": "other",
    "speech.adverbs": "adverb",
    "speech.according": "according",
    "address.family": "family",
    "places.heads": "head",
    "places.at": "at",
    "places.provinces": "place",
    "places.towns": "place",
    "places.countries": "place",
    "places.cities": "place",
    "places.streets": "street",
    "organisations.compounds": "compound",
    "address.personal": "personal",
    "address.households": "household",
    "organisations.media": "organisation",
    "organisations.clubs": "organisation",
    "organisations.bodies": "organisation",
    "words.deeds": "deed",
    "words.peoples": "people",
    "words.months": "organisation",
    "occupations.before": "before",
}
_SEXED = {
    "address.address": "address",
    "address.kin": "kin",
    "address.pronouns": "pronoun",
    "people.actors": "actor",
    "people.crowds": "crowd",
}


def _phrases(sets: Mapping[str, frozenset[str]]) -> dict[str, Entry]:
    phrases: dict[str, Entry] = {}
    for name, words in sets.items():
        stem, _, last = name.rpartition(".")
        for word in words:
            if name in _MARKS:
                setattr(phrases.setdefault(word, Entry()), _MARKS[name], True)
            elif stem in _SEXED:
                entry = phrases.setdefault(word, Entry())
                if getattr(entry, _SEXED[stem]) in (None, "either"):
                    setattr(entry, _SEXED[stem], last)
            elif stem == "occupations.occupations":
                entry = phrases.setdefault(word, Entry())
                code = int(last)
                # codes 21-26 are for people of whom no other occupation is given
                if entry.occupation is None or (entry.occupation > 20 > code):
                    entry.occupation = code
    for entry in phrases.values():
        entry.settle()
    return phrases


def _log_odds(women: int, men: int) -> float:
    """Return the log odds that a bearer is a woman, shrunk where counts are small."""
    return math.log((women + 0.5) / (men + 0.5))


def name_counts(path: Path) -> NameCounts:
    """Return the statistics of name-gender.tsv; raise RuleError for a line that is not position, text, women, men."""
    tables: dict[str, dict[str, float]] = {"given": {}, "middle": {}, "last2": {}}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(("#", "position\t")) or not line.strip():
            continue
        try:
            position, text, women, men = line.split("\t")
            tables[position][fold(text)] = _log_odds(int(women), int(men))
        except (ValueError, KeyError):
            raise RuleError(path, number, "dòng phải gồm: vị trí, tên, số nữ, số nam (cách nhau bằng tab)") from None
    return NameCounts(tables["given"], tables["middle"], tables["last2"])


def load(place: Path | None = None) -> Lexicon:
    """Return the lexicon of the folder *place* (the bundled one by default); raise RuleError with file and line."""
    place = place or folder("rules") / "lexicon"
    sets = {name: words for stem in _SHAPE for name, words in _read(place / f"{stem}.yaml")}
    phrases = _phrases(sets)
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        syllables = phrase.split(" ")
        lengths.setdefault(syllables[0], set()).add(len(syllables))
    longest_first = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}
    return Lexicon(phrases, longest_first, sets, name_counts(place / "name-gender.tsv"))


@cache
def lexicon() -> Lexicon:
    """Return the bundled lexicon, read once."""
    return load()
