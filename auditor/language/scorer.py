"""How well findings and people of a pipeline agree with labelled Docs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry

from auditor import model, text
from auditor.language.pipeline import PERSON, Scorer, finding_of


@dataclass(slots=True)
class _Tally:
    given: int = 0
    right: int = 0
    wanted: int = 0
    found: int = 0

    def figures(self) -> dict[str, float | None]:
        """Return p, r and f; None where nothing was given or wanted."""
        p = self.right / self.given if self.given else None
        r = self.found / self.wanted if self.wanted else None
        f = None if p is None and r is None else 2 * p * r / (p + r) if p and r else 0.0
        return {"p": p, "r": r, "f": f}


def score(examples: Iterable[Example], **_: Any) -> dict[str, Any]:
    """Return findings_p/r/f, findings_per_type and people_p/r/f over Examples whose reference carries them.

    Findings: the substantive ones (counted and above style; of hand-made spans those whose category is). A finding is right, and a
    labelled passage found, where the two share a token, as sentences are scored in `auditor.measure`; per type they must agree in
    the category too. People: named individuals, told apart by kb_id (without one by their words), each paired with at most one
    other that shares a mention. References without ``spans["findings"]`` or without entities are left out of that figure.
    """
    passages, people = _Tally(), _Tally()
    types: defaultdict[str, _Tally] = defaultdict(_Tally)
    for example in examples:
        here, there = example.predicted, example.reference
        across = partial(_across, example)
        if "findings" in there.spans:
            given = [(span.label_, across(span)) for span in here.spans.get("findings", ()) if _substantive(span)]
            wanted = [(span.label_, set(range(span.start, span.end))) for span in there.spans["findings"] if _substantive(span)]
            _overlaps(passages, given, wanted)
            for label in {label for label, _ in (*given, *wanted)}:
                _overlaps(types[label], [g for g in given if g[0] == label], [w for w in wanted if w[0] == label])
        if there.has_annotation("ENT_IOB"):
            _pairs(people, _individuals(here, across), _individuals(there, lambda span: set(range(span.start, span.end))))
    return {
        **{f"findings_{name}": value for name, value in passages.figures().items()},
        "findings_per_type": {label: tally.figures() for label, tally in sorted(types.items())},
        **{f"people_{name}": value for name, value in people.figures().items()},
    }


def make_findings_scorer() -> Scorer:
    """Return the scorer of findings and people (``@scorers`` in a config)."""
    return score


registry.scorers("auditor.findings_scorer.v1", func=make_findings_scorer)


def _across(example: Example, span: Span) -> set[int]:
    """Return the tokens of the reference under a span of the prediction: the two may be tokenized differently."""
    return {int(i) for i in example.alignment.x2y[span.start : span.end]}


def _substantive(span: Span) -> bool:
    finding = finding_of(span)
    if finding is not None:
        return finding.counted and finding.severity != "style"
    category = model.CATEGORIES.get(span.label_)
    return category is None or category.severity != "style"


def _overlaps(tally: _Tally, given: Sequence[tuple[str, set[int]]], wanted: Sequence[tuple[str, set[int]]]) -> None:
    tally.given += len(given)
    tally.wanted += len(wanted)
    tally.right += sum(any(g & w for _, w in wanted) for _, g in given)
    tally.found += sum(any(g & w for _, g in given) for _, w in wanted)


def _individuals(doc: Doc, tokens: Callable[[Span], set[int]]) -> list[set[int]]:
    """Return the tokens of each named individual; a description ("người mẹ") begins with a small letter."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for span in doc.ents:
        if span.label_ == PERSON and span.text[:1].isupper():
            found[span.kb_id_ or text.fold(span.text)] |= tokens(span)
    return list(found.values())


def _pairs(tally: _Tally, given: Sequence[set[int]], wanted: Sequence[set[int]]) -> None:
    """Count individuals paired one to one, those with most tokens in common first."""
    shared = sorted(((len(g & w), i, j) for i, g in enumerate(given) for j, w in enumerate(wanted) if g & w), key=lambda s: (-s[0], s[1:]))
    left, right = set(range(len(given))), set(range(len(wanted)))
    for _, i, j in shared:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            tally.right += 1
            tally.found += 1
    tally.given += len(given)
    tally.wanted += len(wanted)
