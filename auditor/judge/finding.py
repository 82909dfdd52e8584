"""Findings: what a judged passage becomes, and how passages of one category are merged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from auditor import model, text
from auditor.judge import checklist, stance
from auditor.judge.candidate import Candidate


def of_candidate(document: str, candidate: Candidate, judgement: stance.Judgement, body: text.Body, on: date) -> model.Finding:
    """Return the finding of a rule's candidate; it counts when it is used, not official, and sure enough."""
    rule = candidate.rule
    start, end = body.place(candidate.start, candidate.end)
    uses = judgement.stance in ("asserted", "quoted_unchallenged") and not judgement.official
    return model.Finding(
        id=model.finding_id(document, model.Place(candidate.field, start, end), rule.category),
        rule=rule.id,
        category=rule.category,
        indicator=rule.indicator,
        severity=rule.severity,
        field=candidate.field,
        start=start,
        end=end,
        text=body.given[start:end],
        stance=judgement.stance,
        counted=uses and judgement.confidence >= stance.COUNTS,
        needs_reviewer=rule.needs_reviewer,
        confidence=round(judgement.confidence, 3),
        origin="rule",
        message=rule.message.replace("{text}", body.plain[candidate.start : candidate.end]),
        explanation=judgement.explanation,
        suggestions=rule.suggestions,
        legal=tuple(law.id for law in checklist.in_force(rule.legal, on)),
        subject=rule.subject,
        speaker=judgement.speaker,
    )


def merged(document: str, findings: Sequence[model.Finding], bodies: Mapping[model.Field, text.Body]) -> tuple[model.Finding, ...]:
    """Return the findings in reading order, overlapping ones of one category as one: the strongest speaks for all."""
    place = ("title", "text").index
    order = sorted(findings, key=lambda f: (f.category, f.field, f.start, f.end))
    kept: list[model.Finding] = []
    for _, same in groupby(order, key=lambda f: (f.category, f.field)):
        kept += (_one(document, cluster, bodies) for cluster in _clusters(same))
    return tuple(sorted(kept, key=lambda f: (place(f.field), f.start, f.end, f.category)))


def _clusters(findings: Iterable[model.Finding]) -> Iterator[list[model.Finding]]:
    """Yield runs of overlapping findings, which come in order."""
    cluster: list[model.Finding] = []
    end = 0
    for finding in findings:
        if cluster and finding.start >= end:
            yield cluster
            cluster = []
        cluster.append(finding)
        end = max(end, finding.end)
    if cluster:
        yield cluster


def _one(document: str, cluster: Sequence[model.Finding], bodies: Mapping[model.Field, text.Body]) -> model.Finding:
    best = max(cluster, key=lambda f: (f.counted, -model.SEVERITIES.index(f.severity), f.confidence, f.end - f.start))
    start, end = min(f.start for f in cluster), max(f.end for f in cluster)
    if (start, end) == (best.start, best.end):
        return best
    identity = model.finding_id(document, model.Place(best.field, start, end), best.category)
    return replace(best, id=identity, start=start, end=end, text=bodies[best.field].given[start:end])
