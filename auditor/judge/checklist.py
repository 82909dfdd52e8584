"""The checklist (2014 indicator set) and the laws, read from rules/, and what one document says about each indicator.

A checklist is not a law: values tell how far an indicator is met; whether a law is breached is said by nobody here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from auditor import model, resources
from auditor.errors import RuleError
from auditor.judge import topics
from auditor.read import datafile
from auditor.text import Body

Status = Literal["computed", "human", "outlet", "not_applicable"]
Sentence = Annotated[str, Field(min_length=3)]

# GMMP occupation codes (2020) under the social positions that B1.1-5 gives as examples
POSITIONS: Mapping[str, frozenset[int]] = {
    "leaders": frozenset({1, 2}),
    "officials": frozenset({3, 4}),
    "professionals": frozenset({5, 6, 7, 8, 9, 10}),
    "business": frozenset({11}),
    "workers": frozenset({12, 13}),
    "farmers": frozenset({14}),
    "civil_society": frozenset({15, 16}),
    "artists_athletes": frozenset({18, 19}),
    "students": frozenset({20}),
}
_POSITION_OF = {code: name for name, codes in POSITIONS.items() for code in codes}


class Indicator(BaseModel):
    """One indicator of the checklist; *verified* only when its wording was seen in *source*."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^(A[1-5]|B[12]\.[1-9])-[1-9][0-9]?$")
    wording: Sentence
    verified: bool
    source: Sentence
    how: Literal["computed", "human", "outlet"]
    method: Sentence
    unit: Literal["items", "people"]
    categories: tuple[str, ...] = ()

    @field_validator("categories")
    @classmethod
    def _known(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for name in given:
            if name not in model.CATEGORIES:
                raise ValueError(f"loại phát hiện “{name}” không có, chỉ nhận: {', '.join(model.CATEGORIES)}")
        return given


class Law(BaseModel):
    """One text that a finding may cite: in force on the days of [in_force_from, in_force_to)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: Sentence
    short: Sentence
    article: str | None
    in_force_from: date
    in_force_to: date | None
    bans: Sentence
    subject: Literal["outlet", "advertiser", "employer", "commune", "person"]
    penalty: str | None
    verified: bool
    source: Sentence
    note: str | None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.in_force_to is not None and self.in_force_to <= self.in_force_from:
            raise ValueError(f"in_force_to ({self.in_force_to}) phải sau in_force_from ({self.in_force_from})")
        return self

    def holds(self, on: date) -> bool:
        """Tell whether the law is in force on a day."""
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)


Record = TypeVar("Record", Indicator, Law)


@cache
def checklist(path: Path | None = None) -> Mapping[str, Indicator]:
    """Return the indicators by id, in the order of the file; raise RuleError, with the line, when the file is wrong."""
    return _read(path or resources.folder("rules") / "checklist.yaml", Indicator)


@cache
def laws(path: Path | None = None) -> Mapping[str, Law]:
    """Return the laws by id; raise RuleError, with the line, when the file is wrong."""
    return _read(path or resources.folder("rules") / "legal.yaml", Law)


def _read(path: Path, kind: type[Record]) -> Mapping[str, Record]:
    data = datafile.load(path)
    if not isinstance(data, list) or not data:
        raise RuleError(path, 1, "tệp phải là một danh sách “- id: …” không rỗng; hãy sửa theo mẫu của các tệp rules/")
    records: dict[str, Record] = {}
    for number, item in enumerate(data):
        try:
            record = kind.model_validate(item)
        except ValidationError as error:
            raise datafile.problem(path, error, (number,)) from None
        if record.id in records:
            raise RuleError(path, datafile.line_of(path, (number, "id")), f"id “{record.id}” đứng hai lần; hãy đổi hoặc xóa một mục")
        records[record.id] = record
    return MappingProxyType(records)


def in_force(ids: Iterable[str], on: date) -> tuple[Law, ...]:
    """Return those of the laws that hold on a day, in the order given; raise KeyError for an id that is no law."""
    known = laws()
    return tuple(law for law in (known[id] for id in ids) if law.holds(on))


def with_wording(indicators: Mapping[str, Indicator], rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Indicator]:
    """Return the checklist with official wordings entered by an administrator: {indicator, wording, source}, later rows win.

    Such a wording counts as verified, by the source that was entered with it. Rows for unknown indicators are left out.
    """
    merged = dict(indicators)
    for row in rows:
        known = merged.get(row["indicator"])
        if known is not None:
            merged[known.id] = known.model_copy(update={"wording": row["wording"], "source": row["source"], "verified": True})
    return MappingProxyType(merged)


def unread() -> dict[str, dict[str, Any]]:
    """Return Audit.indicators of a document that could not be read: nothing is said about any."""
    return {id: {"value": None, "status": "not_applicable"} for id in checklist()}


def indicators(
    reading: model.Reading,
    findings: Sequence[model.Finding],
    themes: Mapping[str, bool],
    title: Body,
    text: Body,
    *,
    kind: model.Kind = "article",
) -> dict[str, dict[str, Any]]:
    """Return Audit.indicators: for every indicator {value, status}.

    A share of people has the value {female, male, unknown}, a share of items a boolean for this item. B1.3-5 applies to
    stories on gender equality, B1.5 to stories on gender-based violence, B2 to notices and advertising.
    """
    document = _Document(reading, tuple(f for f in findings if f.counted), themes, title, text)
    advert = kind == "notice" or any(f.indicator.startswith("B2") for f in document.counted)
    silent = tuple(
        group for group, asked in (("B2.", advert), ("B1.5-", themes["gbv"]), ("B1.3-5", themes["gender_equality"])) if not asked
    )
    told: dict[str, dict[str, Any]] = {}
    for id, indicator in checklist().items():
        if id.startswith(silent):
            told[id] = {"value": None, "status": "not_applicable"}
        elif indicator.how != "computed":
            told[id] = {"value": None, "status": indicator.how}
        else:
            value = _COMPUTED.get(id, _found)(document, indicator)
            told[id] = {"value": value, "status": "not_applicable" if value is None else "computed"}
    if themes["gbv"]:
        told["B1.5-7"]["help_line"] = document.says("help_line")
    return told


_SEX_WORDS = ("nữ", "nam giới", "là nam", "đàn ông", "giới tính", "gái")  # one of them stands in each phrase of sex_disaggregated


class _Document:
    """What the computations look at."""

    def __init__(
        self, reading: model.Reading, counted: tuple[model.Finding, ...], themes: Mapping[str, bool], title: Body, text: Body
    ) -> None:
        self.people, self.counted, self.themes = reading.people, counted, themes
        self._bodies = (title, text)
        self._folded = f"{title.folded}\n{text.folded}"

    def says(self, evidence: str) -> bool:
        """Tell whether the document holds a phrase of the named list of rules/topics.yaml."""
        return topics.evidence(evidence).search(self._folded) is not None

    def count(self, evidence: str) -> int:
        """Return how often the document holds phrases of the named list."""
        return sum(1 for _ in topics.evidence(evidence).finditer(self._folded))

    def counts_by_sex(self) -> bool:
        """Tell whether a sentence gives numbers for women or men."""
        expression = topics.evidence("sex_disaggregated")
        for body in self._bodies:
            for start, end in body.sentences:
                sentence = body.folded[start:end]
                # most sentences name neither: asking first is five times faster
                if any(word in sentence for word in _SEX_WORDS) and expression.search(sentence):
                    return True
        return False

    def concerns(self, indicator: Indicator) -> bool:
        """Tell whether a counted finding belongs to an indicator, by itself or by its category."""
        return any(f.indicator == indicator.id or f.category in indicator.categories for f in self.counted)


def _by_gender(people: Iterable[model.Person]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(model.GENDERS, 0)
    for person in people:
        counts[person.gender] += 1
    return counts


def _people(document: _Document, _: Indicator) -> dict[str, int]:
    return _by_gender(document.people)


def _sources(document: _Document, _: Indicator) -> dict[str, int]:
    return _by_gender(p for p in document.people if p.source != "none")


def _functions(document: _Document, _: Indicator) -> dict[str, Any]:
    experts = [p for p in document.people if p.role == "expert"]
    public = [p for p in document.people if p.role in ("popular", "experience", "eyewitness")]
    return {**_by_gender(experts + public), "experts": _by_gender(experts), "public": _by_gender(public)}


def _mentions(document: _Document, _: Indicator) -> dict[str, int]:
    space: dict[str, int] = dict.fromkeys(model.GENDERS, 0)
    for person in document.people:
        space[person.gender] += len(person.mentions)
    return space


def _positions(document: _Document, _: Indicator) -> dict[str, Any]:
    placed = [p for p in document.people if p.occupation in _POSITION_OF]
    names = {_POSITION_OF[p.occupation] for p in placed}
    held = {name: _by_gender(p for p in placed if _POSITION_OF[p.occupation] == name) for name in POSITIONS if name in names}
    return {**_by_gender(placed), "positions": held}


def _victims(document: _Document, _: Indicator) -> dict[str, int]:
    return _by_gender(p for p in document.people if p.role == "victim")


def _types(document: _Document, _: Indicator) -> list[str]:
    return sorted({f.category for f in document.counted})


def _topic(name: str) -> Callable[[_Document, Indicator], bool]:
    return lambda document, _: document.themes[name]


def _evidence(name: str) -> Callable[[_Document, Indicator], bool]:
    return lambda document, _: document.says(name)


def _found(document: _Document, indicator: Indicator) -> bool:
    return document.concerns(indicator)


def _free_of(document: _Document, indicator: Indicator) -> bool:
    return not document.concerns(indicator)


def _survivor(document: _Document, _: Indicator) -> bool | None:
    """Return whether words of survival are at least as common as "victim", or None when the one harmed is called neither."""
    survivor, victim = document.count("survivor"), document.count("victim")
    return survivor >= victim if survivor or victim else None


_COMPUTED: Mapping[str, Callable[[_Document, Indicator], Any]] = {
    "B1.1-1": _people,
    "B1.1-2": _sources,
    "B1.1-3": _functions,
    "B1.1-4": _mentions,
    "B1.1-5": _positions,
    "B1.1-6": _topic("women_focus"),
    "B1.2-4": _types,
    "B1.2-5": _victims,
    "B1.3-1": _topic("gender_equality"),
    "B1.3-3": lambda document, _: document.counts_by_sex(),
    "B1.3-5": _sources,
    "B1.5-1": _free_of,
    "B1.5-2": _evidence("statistics"),
    "B1.5-4": _survivor,
    "B1.5-6": _free_of,
    "B1.5-7": _free_of,
    "B2.1-1": _people,
}  # an indicator that is computed and not listed asks whether a counted finding belongs to it
