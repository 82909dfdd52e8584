"""Candidates: passages that carry the words of a rule in the context the rule asks for, official names left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.judge.matcher import Scan
from auditor.judge.ruleset import Rule, RuleSet
from auditor.model import Field, Kind
from auditor.text import Body


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that a rule points at: places in the normal form of its body."""

    rule: Rule
    field: Field
    sentence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A title and a text with all that the matcher found in them."""

    kind: Kind
    title: Scan
    text: Scan

    def scan(self, field: Field) -> Scan:
        """Return the scan of one field."""
        return self.title if field == "title" else self.text

    def holds(self, patterns: tuple[int, ...]) -> bool:
        """Tell whether any of *patterns* stands anywhere in the document."""
        return any(scan.sentences(p) for scan in (self.title, self.text) for p in patterns)


def scan(rules: RuleSet, title: Body, text: Body, kind: Kind) -> Document:
    """Return a document with the hits of every pattern."""
    return Document(kind, rules.matcher.scan(title), rules.matcher.scan(text))


def candidates(rules: RuleSet, document: Document) -> list[Candidate]:
    """Return the candidates of a document in reading order, title first; masked, out-of-kind and out-of-context ones are left out."""
    return [c for scan in (document.title, document.text) for c in _of(rules, document, scan)]


def _of(rules: RuleSet, document: Document, scan: Scan) -> list[Candidate]:
    field: Field = "title" if scan is document.title else "text"
    found: set[tuple[int, int, int, str]] = set()
    for pattern in scan.hits.keys() & rules.rules_of.keys():
        wanted = [r for r in rules.rules_of[pattern] if field in r.fields and r.applies(document.kind)]
        if wanted:
            found.update((start, end, sentence, r.id) for sentence, start, end in scan.places(pattern) for r in wanted)
    if not found:
        return []
    masked = [(start, end) for mask in rules.masks for _, start, end in scan.places(mask)]
    kept = []
    for start, end, sentence, rule_id in sorted(found):
        if any(start < stop and end > begin for begin, stop in masked):
            continue
        if all(_stands(document, scan, sentence, scope, patterns) for scope, patterns in rules.needs[rule_id]) and not any(
            _stands(document, scan, sentence, scope, patterns) for scope, patterns in rules.unless[rule_id]
        ):
            kept.append(Candidate(rules.by_id[rule_id], field, sentence, start, end))
    return kept


def _stands(document: Document, scan: Scan, sentence: int, scope: str, patterns: tuple[int, ...]) -> bool:
    if scope == "document":
        return document.holds(patterns)
    return any(True for _ in cues_in(scan, sentence, patterns, 1 if scope == "near" else 0))


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
