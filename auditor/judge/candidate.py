"""Candidates: passages that carry the words of a rule in the context the rule asks for, official names left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.judge.matcher import Scan
from auditor.model import Field, Kind
from auditor.text import Body

if TYPE_CHECKING:
    from auditor.judge.ruleset import Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a rule points at: places in the normal form of its body."""

    rule: "Rule"
    field: Field
    sentence: int
    start: int
    end: int


class Document:
    """A title and a text with what the rules point at in them; the context is scanned when first asked for."""

    def __init__(self, rules: "RuleSet", title: Body, text: Body, kind: Kind) -> None:
        self.kind = kind
        self.bodies: dict[Field, Body] = {"title": title, "text": text}
        self.triggers: dict[Field, Scan] = {"title": rules.triggers.scan(title), "text": rules.triggers.scan(text)}
        self._rules = rules

    @cached_property
    def contexts(self) -> dict[Field, Scan]:
        """Masks and cues of both fields."""
        return {field: self._rules.contexts.scan(body) for field, body in self.bodies.items()}


def candidates(rules: "RuleSet", document: Document) -> list[Candidate]:
    """Return the candidates of a document in reading order, title first; masked, out-of-kind and out-of-context ones are left out."""
    return [c for field, scan in document.triggers.items() if scan.hits for c in _of(rules, document, field, scan)]


def _of(rules: "RuleSet", document: Document, field: Field, scan: Scan) -> list[Candidate]:
    found: set[tuple[int, int, int, str]] = set()
    for pattern in scan.hits:
        places = scan.places(pattern)
        if places:
            wanted = [r for r in rules.rules_of[pattern] if field in r.fields and r.applies(document.kind)]
            found.update((start, end, sentence, r.id) for sentence, start, end in places for r in wanted)
    if not found:
        return []
    context = document.contexts[field]
    masked = [(start, end) for mask in rules.masks for _, start, end in context.places(mask)]
    kept = []
    for start, end, sentence, rule_id in sorted(found):
        rule = rules.by_id[rule_id]
        if any(start < stop and end > begin for begin, stop in masked):
            continue
        if all(_stands(document, field, sentence, *need) for need in rule.needs.expressions) and not any(
            _stands(document, field, sentence, *exception) for exception in rule.unless.expressions
        ):
            kept.append(Candidate(rule, field, sentence, start, end))
    return kept


def _stands(document: Document, field: Field, sentence: int, scope: str, expression: re.Pattern[str]) -> bool:
    if scope == "document":
        return any(expression.search(body.folded, *place) for body in document.bodies.values() for place in body.sentences)
    body = document.bodies[field]
    reach = 1 if scope == "near" else 0
    return any(expression.search(body.folded, *place) for place in body.sentences[max(0, sentence - reach) : sentence + reach + 1])


def cues_in(scan: Scan, sentence: int, patterns: tuple[int, ...], reach: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the place of each of *patterns* in a sentence and, with *reach* 1, in its neighbours."""
    last = len(scan.body.sentences) - 1
    for pattern in patterns:
        maybe = scan.hits.get(pattern)
        if not maybe:
            continue
        for near in range(max(0, sentence - reach), min(last, sentence + reach) + 1):
            place = scan.first(pattern, near) if near in maybe else None
            if place:
                yield place
