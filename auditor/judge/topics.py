"""What a document is about, as far as the checklist asks: gender equality, gender-based violence, women, the Action Month.

All words stand in rules/topics.yaml; one scan finds them. Topics are estimates for counting stories, never a judgement.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor import model, resources
from auditor.errors import RuleError
from auditor.judge.matcher import Matcher
from auditor.judge.pattern import Pattern, PatternError, parse
from auditor.read import datafile
from auditor.text import LOWER, Body

Patterns = Annotated[tuple[str, ...], Field(min_length=1)]

NAMES = ("gender_equality", "gbv", "women_focus", "action_month")
# The Action Month runs from 15 November to 15 December (plan 67/KH-UBND of 26 April 2022); plans for it appear from October,
# results until January. June has a campaign of its own against domestic violence.
_CAMPAIGN_MONTHS = frozenset({10, 11, 12, 1})


class Cues(BaseModel):
    """Signs of one strength: *weight* for each of at most *most* sentences that hold one, unless the sentence holds an *except* phrase."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(gt=0)
    most: int = Field(gt=0)
    patterns: Patterns
    exceptions: tuple[str, ...] = Field(default=(), alias="except")


class Topic(BaseModel):
    """A topic: its signs, and how much of them makes a story."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: float = Field(gt=0)
    density: float = Field(ge=0)
    title: float = Field(ge=1)
    cues: Annotated[tuple[Cues, ...], Field(min_length=1)]


class Weights(BaseModel):
    """How much each sign says that a story is about a woman or a group of women."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: float
    main: float
    share: float
    words: float
    density: float
    group: float


class Focus(BaseModel):
    """Words for women in titles and for groups of women in the text, and what makes a story one about women."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: float
    weights: Weights
    title_women: Patterns
    women: Patterns
    men: Patterns
    group: Patterns
    exceptions: tuple[str, ...] = Field(default=(), alias="except")


class Campaign(BaseModel):
    """How the Action Month is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    patterns: Patterns


class Words(BaseModel):
    """The whole of rules/topics.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gender_equality: Topic
    gbv: Topic
    women_focus: Focus
    action_month: Campaign
    evidence: Mapping[str, Patterns]


Found = Mapping[str, set[int]]  # name of a list of patterns -> sentences that hold one of them


class Compiled(NamedTuple):
    """The words of topics.yaml ready to scan: one matcher over all patterns, and in which lists each stands."""

    words: Words
    matcher: Matcher
    lists: tuple[tuple[str, ...], ...]  # by number of the pattern in the matcher
    gapped: frozenset[int]

    def find(self, body: Body) -> Found:
        """Return the sentences of a body that hold patterns of each list."""
        scan = self.matcher.scan(body)
        found: dict[str, set[int]] = {}
        for number, sentences in scan.hits.items():
            # the engine looks for one part only of a pattern with a gap
            sure = scan.sentences(number) if number in self.gapped else sentences
            for name in self.lists[number] if sure else ():
                found.setdefault(name, set()).update(sure)
        return found


@cache
def load(path: Path | None = None) -> Compiled:
    """Return the words of rules/topics.yaml (or of another file); raise RuleError, with the line, when the file is wrong."""
    path = path or resources.folder("rules") / "topics.yaml"
    try:
        words = Words.model_validate(datafile.load(path))
    except ValidationError as error:
        raise datafile.problem(path, error) from None
    parsed: dict[str, Pattern] = {}
    lists: dict[str, list[str]] = {}
    for keys, patterns in _lists(words):
        for number, source in enumerate(patterns):
            try:
                parsed[source] = parse(source)
            except PatternError as error:
                raise RuleError(path, datafile.line_of(path, (*keys, number)), str(error)) from None
            lists.setdefault(source, []).append(_name(*keys))
    matcher = Matcher(list(parsed.values()))
    gapped = frozenset(n for n, known in enumerate(matcher.anchors) if not known.exact)
    return Compiled(words, matcher, tuple(tuple(lists[source]) for source in parsed), gapped)


def _lists(words: Words) -> Iterable[tuple[datafile.Keys, Sequence[str]]]:
    """Yield each list of patterns that the matcher scans, with the keys that lead to it."""
    for name in ("gender_equality", "gbv"):
        topic: Topic = getattr(words, name)
        for number, cues in enumerate(topic.cues):
            yield (name, "cues", number, "patterns"), cues.patterns
            yield (name, "cues", number, "except"), cues.exceptions
    for name in ("women", "men", "group"):
        yield ("women_focus", name), getattr(words.women_focus, name)
    yield ("women_focus", "except"), words.women_focus.exceptions
    yield ("action_month", "patterns"), words.action_month.patterns


def _name(*keys: str | int) -> str:
    return ".".join(map(str, keys))


def none() -> dict[str, bool]:
    """Return the topics of a document that could not be read."""
    return dict.fromkeys(NAMES, False)


def topics(title: Body, text: Body, reading: model.Reading, published: date | None) -> dict[str, bool]:
    """Return which topics a document has; ``action_month`` asks for the campaign's name and, when *published* is known, its season."""
    compiled = load()
    titled, told = compiled.find(title), compiled.find(text)
    words, length = compiled.words, len(text.sentences)
    return {
        "gender_equality": _about("gender_equality", words.gender_equality, titled, told, length),
        "gbv": _about("gbv", words.gbv, titled, told, length),
        "women_focus": _on_women(title, told, length, reading, words.women_focus),
        "action_month": (published is None or published.month in _CAMPAIGN_MONTHS)
        and any("action_month.patterns" in found for found in (titled, told)),
    }


def points(name: str, topic: Topic, titled: Found, told: Found) -> float:
    """Return the points of a topic: for each sentence the weight of its strongest sign, the title counted more."""
    total = 0.0
    seen_title: set[int] = set()
    seen: set[int] = set()
    nothing: set[int] = set()
    for number, cues in sorted(enumerate(topic.cues), key=lambda pair: -pair[1].weight):
        signs, exceptions = _name(name, "cues", number, "patterns"), _name(name, "cues", number, "except")
        if signs in titled:
            new = titled[signs] - titled.get(exceptions, nothing) - seen_title
            total += cues.weight * topic.title * bool(new and not seen_title)
            seen_title |= new
        if signs in told:
            new = told[signs] - told.get(exceptions, nothing) - seen
            total += cues.weight * min(cues.most, len(new))
            seen |= new
    return total


def _about(name: str, topic: Topic, titled: Found, told: Found, length: int) -> bool:
    total = points(name, topic, titled, told)
    return total >= topic.threshold and total / sqrt(max(1, length)) >= topic.density


_GROUP_STORY = 0.4  # share of sentences on a group of women that makes it the subject


def _on_women(title: Body, told: Found, length: int, reading: model.Reading, focus: Focus) -> bool:
    """Tell whether a story is about a particular woman or group of women (GMMP: "central focus on women")."""
    mentions: dict[str, int] = dict.fromkeys(model.GENDERS, 0)
    named = _expression(focus.title_women).search(_expression(focus.exceptions).sub(" ", title.folded)) is not None
    main, most = "unknown", 0
    for person in reading.people:
        count = len(person.mentions)
        mentions[person.gender] += count
        if count > most:
            main, most = person.gender, count
        named = named or (person.gender == "female" and any(place.field == "title" for place in person.mentions))
    nothing: set[int] = set()
    elsewhere = told.get("women_focus.except", nothing)
    women, men, groups = (len(told.get(f"women_focus.{name}", nothing) - elsewhere) for name in ("women", "men", "group"))
    length, weights = max(1, length), focus.weights
    total = (
        weights.title * named
        + weights.main * (main == "female")
        + weights.share * _share(mentions["female"], mentions["male"])
        + weights.words * _share(women, men)
        + weights.density * min(1.0, women / length)
        + weights.group * min(1.0, groups / length / _GROUP_STORY)
    )
    return total >= focus.threshold


def _share(women: int, men: int) -> float:
    """Return the share of women, drawn downwards where few are counted: they say little."""
    return (women + 0.5) / (women + men + 2)


@cache
def evidence(name: str) -> re.Pattern[str]:
    """Return the expression over folded text for a list of ``evidence`` in rules/topics.yaml."""
    return _expression(load().words.evidence[name])


@cache
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return one expression over folded text for several patterns."""
    # the pattern language separates words by spaces; the percent sign follows its number at once
    cores = (parse(source).core.replace(" +%", " *%").replace(" +(?:%", " *(?:%") for source in patterns)
    return re.compile(f"(?<![{LOWER}0-9])(?:{'|'.join(cores)})(?![{LOWER}0-9])")
