"""Training the classifier from corpora/train: the only place that imports scikit-learn. Needs the extra ``train``.

One thread, fixed seeds and rounded weights: the same corpora and rules give the same bytes.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor import model, resources
from auditor.errors import ReadError, RuleError
from auditor.judge import classifier, ruleset
from auditor.judge.candidate import Document, candidates
from auditor.text import body

FOLDS = 5
_LEAST = 2  # a run of syllables that stands in fewer sentences teaches nothing
_ROUND = 3  # digits of a weight that are kept


class Line(BaseModel):
    """One labelled sentence of corpora/train with its neighbours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    before: str = ""
    sentence: str
    after: str = ""
    field: model.Field = "text"
    kind: model.Kind = "article"
    genre: str
    label: Literal["V", "S", "N"]
    category: str
    stance: model.Stance
    topic: str
    reason: str


class Example(NamedTuple):
    """A training line as the classifier sees it."""

    line: Line
    features: classifier.Features
    by_rule: bool


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives: where the model was written, and out-of-fold scores by example for the card."""

    path: Path
    examples: Sequence[Example]
    scores: Sequence[float]
    alone: float
    with_rule: float


def lines(folder: Path | None = None) -> list[Line]:
    """Return every labelled sentence; raise RuleError with file and line at a fault."""
    folder = folder or resources.folder("corpora") / "train"
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, given in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if given.strip():
                try:
                    found.append(Line.model_validate(json.loads(given)))
                except (ValueError, ValidationError) as error:
                    raise RuleError(path, number, f"dòng không đúng mẫu ({str(error).splitlines()[0]}); hãy sửa dòng này") from None
    if not found:
        raise ReadError(f"{folder} không có tệp .jsonl nào để huấn luyện")
    return found


def example(rules: ruleset.RuleSet, line: Line) -> Example:
    """Return a line with its features: the sentence is judged between its neighbours, as it would stand in an article."""
    if line.field == "title":
        title, text, start = body(line.sentence), body(" ".join(filter(None, (line.before, line.after)))), 0
    else:
        before = f"{line.before}\n" if line.before else ""
        title, text, start = body(""), body(f"{before}{line.sentence}\n{line.after}"), len(before)
    document = Document(rules, title, text, line.kind)
    found = candidates(rules, document)
    at = document.bodies[line.field].sentence_at(start)
    hit = any(c.field == line.field and c.sentence == at for c in found)
    return Example(line, classifier.features(rules, document, line.field, at, found), hit)


def train(path: Path | None = None, folder: Path | None = None) -> Trained:
    """Train on all lines, calibrate on topics held out in turn, write the model, and return what the card needs."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import GroupKFold, cross_val_predict
    except ImportError:
        raise ReadError("huấn luyện cần scikit-learn; hãy cài: pip install 'auditor[train]'") from None

    path = path or resources.folder("corpora") / "model.npz"
    rules = ruleset.load()
    examples = [example(rules, line) for line in lines(folder)]
    vocabulary = _vocabulary(examples)
    matrix = _matrix(examples, vocabulary)
    fault = np.array([e.line.label != "N" for e in examples], dtype=int)
    groups = np.array([f"{e.line.topic}" for e in examples])

    def learner(strength: float) -> Any:
        return LogisticRegression(C=strength, solver="liblinear", max_iter=2000, random_state=0)

    held_out = cross_val_predict(learner(4.0), matrix, fault, groups=groups, cv=GroupKFold(FOLDS), method="decision_function")
    scale = LogisticRegression(C=1e6).fit(held_out.reshape(-1, 1), fault)
    slope, shift = round(float(scale.coef_[0, 0]), _ROUND), round(float(scale.intercept_[0]), _ROUND)
    likely = 1 / (1 + np.exp(-(slope * held_out + shift)))
    chosen = learner(4.0).fit(matrix, fault)
    guilty = fault.astype(bool)
    names = sorted({e.line.category for e in examples})
    kinds = np.array([names.index(e.line.category) for e in examples])
    sorter = LogisticRegression(C=20.0, max_iter=2000).fit(matrix[guilty], kinds[guilty])
    table = np.zeros((len(names), matrix.shape[1]))
    offset = np.full(len(names), -30.0)
    table[sorter.classes_], offset[sorter.classes_] = sorter.coef_, sorter.intercept_
    weights = np.round(np.vstack([chosen.coef_, table]).T, _ROUND)
    bias = np.round(np.concatenate([chosen.intercept_, offset]), _ROUND)
    by_rule = np.array([e.by_rule for e in examples])
    alone = _threshold(likely[~by_rule], guilty[~by_rule], 0.93)
    with_rule = _threshold(likely[by_rule], guilty[by_rule], 0.85)
    kept = [at for at in range(len(vocabulary)) if np.abs(weights[at]).max() >= 0.05]
    named = list(vocabulary)
    classifier.save(path, [named[at] for at in kept], weights[kept], bias, names, (slope, shift, alone, with_rule))
    classifier.load.cache_clear()
    return Trained(path, examples, [float(x) for x in likely], alone, with_rule)


def _vocabulary(examples: Sequence[Example]) -> dict[str, int]:
    seen: dict[str, int] = {}
    for found in examples:
        for name in {*found.features.runs, *found.features.flags}:
            seen[name] = seen.get(name, 0) + 1
    return {name: at for at, name in enumerate(sorted(name for name, count in seen.items() if count >= _LEAST))}


def _matrix(examples: Sequence[Example], vocabulary: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix

    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for found in examples:
        weight = 1 / max(1, len(found.features.runs)) ** 0.5
        for names, value in ((found.features.runs, weight), (found.features.flags, 1.0)):
            known = [vocabulary[name] for name in names if name in vocabulary]
            columns += known
            data += [value] * len(known)
        ends.append(len(columns))
    return csr_matrix((data, columns, ends), shape=(len(examples), len(vocabulary)))


def _threshold(likely: Any, guilty: Any, precision: float) -> float:
    """Return the lowest probability from which on the share of true faults is at least *precision* (0.99 when there is none)."""
    order = likely.argsort()[::-1]
    right, best = 0, 0.99
    for count, at in enumerate(order, 1):
        right += bool(guilty[at])
        if count >= 20 and right / count >= precision:
            best = float(likely[at])
    return round(best, 3)
