"""The project's own labelled articles: one YAML file each, labels written into the text.

    title: "Bí quyết [V occupation-stereotype]…[/]"
    text: |
      Đoạn đầu. [N son-preference]Câu phê phán trọng nam khinh nữ.[/] [V domestic-duty]Câu mang định kiến.[/]

A mark opens before the first letter of a sentence and closes after its last stop. `open/` may be looked at while tuning,
`held/` never.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor import model, resources
from auditor.errors import RuleError
from auditor.measure.evaluate import sentence_units
from auditor.read import datafile

HALVES = ("open", "held")
_MARK = re.compile(r"\[(?:(?P<label>[VASN?])(?: (?P<category>[a-z-]+))?|/)\]")


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelledPerson(_Data):
    """A person of an article, as rated: fullest name without title, or a description in lower case."""

    name: Annotated[str, Field(min_length=1)]
    gender: Literal["f", "m", "u"]
    source: model.Source = "none"
    role: model.Role = "other"


class Topics(_Data):
    """What the article is about."""

    gender_equality: bool = False
    gbv: bool = False
    women_focus: bool = False


class LabelledArticle(_Data):
    """One file of corpora/gold."""

    genre: str
    topic_group: str
    kind: model.Kind = "article"
    published: date
    title: str
    text: Annotated[str, Field(min_length=200)]
    people: tuple[LabelledPerson, ...] = ()
    topic: Topics = Topics()


def articles(half: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the records of one half, in the form that `evaluate.score` takes; raise RuleError with file and line at a fault."""
    folder = folder or resources.folder("corpora") / "gold"
    return [record(path) for path in sorted((folder / half).glob("*.yaml"))]


def digest(folder: Path | None = None) -> str:
    """Return the SHA-256 that names the state of the labelled articles."""
    folder = folder or resources.folder("corpora") / "gold"
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        sha.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()[:16]


def record(path: Path) -> dict[str, Any]:
    """Return one labelled article as {id, title, text, kind, published, genre, sentences, people, topic}."""
    data = datafile.load(path)
    try:
        article = LabelledArticle.model_validate(data)
    except ValidationError as error:
        raise datafile.problem(path, error) from None
    bodies, sentences = {}, []
    for field in ("title", "text"):
        bodies[field], labels = _unmarked(path, field, getattr(article, field).strip())
        sentences += [{"field": field, **label} for label in labels]
    return {
        "id": path.stem,
        "genre": article.genre,
        "topic_group": article.topic_group,
        "kind": article.kind,
        "published": article.published.isoformat(),
        **bodies,
        "sentences": sentences,
        "people": [person.model_dump() for person in article.people],
        "topic": article.topic.model_dump(),
    }


def _unmarked(path: Path, field: str, marked: str) -> tuple[str, list[Mapping[str, Any]]]:
    """Return the text without its marks and the labels of its units."""
    plain, spans, opened, at = "", [], None, 0
    for match in _MARK.finditer(marked):
        plain += marked[at : match.start()]
        at = match.end()
        if match.group("label"):
            if opened:
                raise _fault(path, field, f"nhãn [{match.group('label')} …] mở khi nhãn trước chưa đóng bằng [/]")
            category = match.group("category")
            if category not in model.CATEGORIES:
                raise _fault(path, field, f"nhóm {category!r} của nhãn không có trong danh mục")
            opened = (match.group("label"), category, len(plain))
        elif opened is None:
            raise _fault(path, field, "dấu [/] không có nhãn mở trước nó")
        else:
            spans.append((*opened, len(plain)))
            opened = None
    plain += marked[at:]
    if opened:
        raise _fault(path, field, "nhãn cuối cùng chưa đóng bằng [/]")
    units = sentence_units(plain)
    labels: dict[int, Mapping[str, Any]] = {}
    for label, category, start, end in spans:
        inside = [u for u in units if u[0] < end and u[1] > start and plain[max(u[0], start) : min(u[1], end)].strip(' "”’)')]
        if not inside:
            raise _fault(path, field, f"nhãn {label} {category} không bọc câu nào")
        for first, last in inside:  # an abbreviation's full stop may cut one sentence into two units
            labels[first] = {"start": first, "end": last, "label": label, "category": category}
    return plain, [labels[first] for first in sorted(labels)]


def _fault(path: Path, field: str, sentence: str) -> RuleError:
    return RuleError(path, datafile.line_of(path, (field,)), f"“{field}”: {sentence}")
