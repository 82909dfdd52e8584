"""A linear scorer of sentences: how likely a fault is, of which category, and which words say so.

The weights are trained by `auditor model train` from corpora/train and read from corpora/model.npz; scoring needs numpy
alone. A sentence is its syllables in runs of one to three, those of its neighbours, and what the rules and cues see in it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from auditor import model, resources
from auditor.errors import RuleError
from auditor.text import LOWER, Body

if TYPE_CHECKING:
    import numpy as np

    from auditor.judge.candidate import Candidate, Document
    from auditor.judge.ruleset import RuleSet

_SYLLABLE = re.compile(f"[{LOWER}]+|[0-9]+")
_CUES = ("equality", "refuting", "denial", "answered", "labelled", "official", "policy", "fiction", "history", "works")


class Features(NamedTuple):
    """What is known of a sentence: runs of syllables, which share one weight, and flags, which each weigh in full."""

    runs: list[str]
    flags: list[str]


class Score(NamedTuple):
    """How likely a fault is (calibrated), of which category it would be, and how sure that is among categories."""

    fault: float
    category: str
    share: float


@dataclass(frozen=True, eq=False)
class Model:
    """Weights by feature, one column for fault and one a category; *count_alone* is the probability that counts without a rule."""

    vocabulary: Mapping[str, int]
    weights: "np.ndarray"
    bias: "np.ndarray"
    categories: tuple[str, ...]
    slope: float
    shift: float
    count_alone: float
    count_with_rule: float
    digest: str

    def score(self, features: Features) -> Score:
        """Return the score of one sentence."""
        raw = self._raw(features)
        likely = 1.0 / (1.0 + exp(-(self.slope * float(raw[0]) + self.shift)))
        scores = raw[1:]
        best = int(scores.argmax())
        shares = [exp(float(s - scores[best])) for s in scores]
        return Score(likely, self.categories[best], 1.0 / sum(shares))

    def fault(self, features: Features) -> float:
        """Return only how likely a fault is."""
        known, lookup = self.vocabulary, self.vocabulary.get
        column = self._fault_column
        runs = sum(column[known[run]] for run in features.runs if run in known)
        flags = sum(column[at] for at in map(lookup, features.flags) if at is not None)
        raw = runs / sqrt(max(1, len(features.runs))) + flags + float(self.bias[0])
        return 1.0 / (1.0 + exp(-(self.slope * raw + self.shift)))

    def words(self, features: Features, most: int = 4) -> list[str]:
        """Return the runs of the sentence that speak most for a fault, the strongest first."""
        column, known = self._fault_column, self.vocabulary
        own = {run for run in features.runs if run in known and run[0] not in "<>" and column[known[run]] > 0}
        return sorted(own, key=lambda run: -column[known[run]])[:most]

    @property
    def _fault_column(self) -> list[float]:
        column = self.__dict__.get("_column")
        if column is None:
            column = self.weights[:, 0].tolist()
            self.__dict__["_column"] = column
        return column  # type: ignore[no-any-return]

    def _raw(self, features: Features) -> "np.ndarray":
        runs = [at for at in map(self.vocabulary.get, features.runs) if at is not None]
        flags = [at for at in map(self.vocabulary.get, features.flags) if at is not None]
        total = self.weights[runs].sum(axis=0) / sqrt(max(1, len(features.runs)))
        return total + self.weights[flags].sum(axis=0) + self.bias  # type: ignore[no-any-return]


def features(rules: "RuleSet", document: "Document", field: model.Field, sentence: int, candidates: Sequence["Candidate"]) -> Features:
    """Return the features of a sentence; *candidates* are the document's."""
    body = document.bodies[field]
    own = _syllables(body, sentence)
    runs = [*own, *map(" ".join, pairwise(own)), *map(" ".join, zip(own, own[1:], own[2:], strict=False))]
    if sentence > 0:
        runs += [f"<{word}" for word in _syllables(body, sentence - 1)]
    if sentence + 1 < len(body.sentences):
        runs += [f">{word}" for word in _syllables(body, sentence + 1)]
    flags = [f"field {field}", f"kind {document.kind}"]
    start, end = body.sentences[sentence]
    if any(mark in body.plain[start:end] for mark in "“\"'‘«"):
        flags.append("marks")
    for candidate in candidates:
        if candidate.field == field and candidate.sentence == sentence:
            flags += [f"rule {candidate.rule.category}", f"rule {candidate.rule.severity}", "rule"]
    scan = document.contexts[field]
    for cue in _CUES:
        here = {s for pattern in rules.cues[cue] for s in scan.hits.get(pattern, ()) if abs(s - sentence) <= 1 and scan.first(pattern, s)}
        flags += [f"cue {cue}"] if sentence in here else []
        flags += [f"cue beside {cue}"] if here - {sentence} else []
    return Features(runs, sorted(set(flags)))


def _syllables(body: Body, sentence: int) -> list[str]:
    words: list[str] = _SYLLABLE.findall(body.folded, *body.sentences[sentence])
    return ["#" if word[0].isdigit() else word for word in words]


@cache
def load(path: Path | None = None) -> Model | None:
    """Return the installed model, or None where none is; raise RuleError when the file is not one of ours."""
    path = path or resources.folder("corpora") / "model.npz"
    if not path.is_file():
        return None
    import numpy as np

    data = path.read_bytes()
    try:
        with np.load(path, allow_pickle=False) as arrays:
            vocabulary = bytes(arrays["vocabulary"]).decode().split("\n")
            categories = bytes(arrays["categories"]).decode().split("\n")
            slope, shift, alone, with_rule = (float(x) for x in arrays["calibration"])
            weights, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise RuleError(
            path, None, f"không phải tệp mô hình của chương trình ({type(error).__name__}); hãy chạy auditor model train"
        ) from None
    index = {name: at for at, name in enumerate(vocabulary)}
    digest = hashlib.sha256(data).hexdigest()[:16]
    return Model(index, weights, bias, tuple(categories), slope, shift, alone, with_rule, digest)


def save(
    path: Path,
    vocabulary: Iterable[str],
    weights: "np.ndarray",
    bias: "np.ndarray",
    categories: Iterable[str],
    calibration: tuple[float, float, float, float],
) -> None:
    """Write a model; the same values give the same bytes (zip entries carry no time)."""
    import io
    import zipfile

    import numpy as np

    arrays: dict[str, np.ndarray] = {
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), dtype=np.uint8),
        "categories": np.frombuffer("\n".join(categories).encode(), dtype=np.uint8),
        "weights": weights.astype(np.float16),
        "bias": bias.astype(np.float32),
        "calibration": np.array(calibration, dtype=np.float64),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            out = io.BytesIO()
            np.lib.format.write_array(out, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), out.getvalue(), zipfile.ZIP_DEFLATED)
