"""The gate: figures on the project's own labelled articles must not fall under the floors of corpora/quality.json.

Raising a floor is free; lowering one needs a written reason, which is kept beside the floors.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor import resources
from auditor.errors import RuleError
from auditor.judge.audit import audit_record
from auditor.measure import gold
from auditor.measure.evaluate import score

FIGURES = (
    "substantive.precision",
    "substantive.recall",
    "any.precision",
    "any.recall",
    "traps_passed.rate",
    "people_named.f1",
    "gender.accuracy_when_known",
    "gender.coverage",
    "sources_female.f1",
    "sources_male.f1",
)
_SLACK = 0.0005


class Floors(BaseModel):
    """The content of quality.json: the state of the labelled articles, floors by half, and why any floor was lowered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gold_digest: str
    floors: Mapping[str, Mapping[str, float]]
    lowered: tuple[str, ...] = ()


def read(path: Path | None = None) -> Floors:
    """Return the floors; raise RuleError when the file is wrong."""
    path = path or resources.folder("corpora") / "quality.json"
    try:
        return Floors.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise RuleError(path, None, f"không đọc được các mức sàn ({str(error).splitlines()[0]})") from None


def figures(half: str) -> dict[str, Any]:
    """Return every figure of the engine on one half of the project's labelled articles."""
    articles = gold.articles(half)
    return score(articles, [audit_record(article).to_dict() for article in articles])


def figure(scores: Mapping[str, Any], name: str) -> float:
    """Return one figure by its dotted name; what was not measured is 0."""
    value: Any = scores
    for key in name.split("."):
        value = value[key]
    return float(value or 0.0)


def shortfalls(floors: Floors, measured: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a Vietnamese sentence for each figure under its floor, and when the labelled articles are not those of the floors."""
    if floors.gold_digest != gold.digest():
        yield "bài đã gán nhãn khác với lúc đặt mức sàn; hãy đo lại và ghi mức mới: auditor model evaluate --raise"
    for half, wanted in floors.floors.items():
        for name, least in wanted.items():
            got = figure(measured[half], name)
            if got < least - _SLACK:
                yield f"{half}: {name} là {got:.4f}, thấp hơn mức sàn {least:.4f}"


def raised(floors: Floors | None, measured: Mapping[str, Mapping[str, Any]], reason: str | None = None) -> Floors:
    """Return floors at what was measured, rounded down to two digits; a floor falls only with a *reason*."""
    new: dict[str, dict[str, float]] = {}
    fallen = []
    for half, scores in measured.items():
        new[half] = {}
        for name in FIGURES:
            least = int(figure(scores, name) * 100) / 100
            before = floors.floors.get(half, {}).get(name, 0.0) if floors else 0.0
            if least < before and not reason:
                raise RuleError("corpora/quality.json", None, f"{half}: {name} giảm từ {before} xuống {least}; hạ mức sàn phải có --reason")
            if least < before:
                fallen.append(f"{half} {name} {before} -> {least}: {reason}")
            new[half][name] = least
    return Floors(gold_digest=gold.digest(), floors=new, lowered=(*(floors.lowered if floors else ()), *fallen))


def write(floors: Floors, path: Path | None = None) -> None:
    """Write the floors."""
    path = path or resources.folder("corpora") / "quality.json"
    path.write_text(json.dumps(floors.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
