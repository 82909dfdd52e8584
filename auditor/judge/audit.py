"""The judgement of one text: from strings to an Audit, in one straight line.

normal form -> unread? -> people and quotes -> candidates -> stance -> findings -> topics -> indicators -> verdict
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import auditor
from auditor import model, text
from auditor.errors import ReadError
from auditor.judge import checklist, finding, ruleset, stance, topics
from auditor.judge.candidate import Document, candidates
from auditor.read import reading


def audit(
    given: str,
    title: str | None = None,
    kind: model.Kind = "article",
    published: date | None = None,
    *,
    id: str = "-",
    today: date | None = None,
    rules: ruleset.RuleSet | None = None,
) -> model.Audit:
    """Return the Audit of one document.

    *given* is the text and *title* its title, exactly as places will be counted. *published* picks the law in force;
    without it *today* does (the caller's clock: this room has none but date.today as a last resort).
    """
    rules = rules or ruleset.load()
    law_date = published or today or date.today()
    engine = model.Engine(auditor.__version__, rules.digest)
    reason = _unread(given, title, kind)
    if reason is not None:
        return model.Audit(id, kind, title, law_date, "unread", engine, topics=topics.none(), indicators=checklist.unread(), unread=reason)
    title_body, text_body = text.body(title), text.body(given)
    people = reading.read(title_body, text_body)
    document = Document(rules, title_body, text_body, kind)
    judged = [
        finding.of_candidate(id, found, stance.judge(found, rules, document, people), document.bodies[found.field], law_date)
        for found in candidates(rules, document)
    ]
    findings = finding.merged(id, judged, document.bodies)
    themes = topics.topics(title_body, text_body, people, published)
    return model.Audit(
        id=id,
        kind=kind,
        title=title,
        law_date=law_date,
        verdict=verdict(findings),
        engine=engine,
        findings=findings,
        people=people.people,
        groups=people.groups,
        quotes=people.quotes,
        topics=themes,
        indicators=checklist.indicators(people, findings, themes, title_body, text_body, kind=kind),
    )


def audit_many(documents: Iterable[Mapping[str, Any]], *, today: date | None = None) -> Iterator[model.Audit]:
    """Yield the Audit of each document {id, title, text, kind?, published?}; raise ReadError for one that cannot be used."""
    for document in documents:
        yield audit_record(document, today=today)


def audit_record(record: Mapping[str, Any], *, today: date | None = None, rules: ruleset.RuleSet | None = None) -> model.Audit:
    """Return the Audit of one JSON record of the contract; raise ReadError, in Vietnamese, when a field is missing or wrong."""
    if not isinstance(record, Mapping):
        raise ReadError("dòng này không phải một đối tượng JSON {…}")
    given, title = record.get("text"), record.get("title")
    if not isinstance(given, str):
        raise ReadError("thiếu trường “text” hoặc “text” không phải chuỗi chữ")
    if title is not None and not isinstance(title, str):
        raise ReadError("trường “title” phải là chuỗi chữ hoặc null")
    kind = record.get("kind") or "article"
    if kind not in model.KINDS:
        raise ReadError(f"trường “kind” là {kind!r}, chỉ nhận: {', '.join(model.KINDS)}")
    return audit(given, title, kind, day(record.get("published")), id=record_id(record), today=today, rules=rules)


def record_id(record: Mapping[str, Any]) -> str:
    """Return the id of a record as given; numbers are kept as their digits."""
    found = record.get("id")
    return found if isinstance(found, str) else "-" if found is None else str(found)


def day(value: object) -> date | None:
    """Return the day of an ISO date or date-time string, or None for None; raise ReadError for anything else."""
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ReadError(f"trường “published” là {value!r}, cần dạng YYYY-MM-DD") from None


def verdict(findings: Iterable[model.Finding]) -> model.Verdict:
    """Return what the counted findings make of a document that was read whole."""
    counted = [f for f in findings if f.counted]
    if any(f.severity in ("legal", "strong") or f.needs_reviewer for f in counted):
        return "review"
    return "advice" if counted else "clear"


def _unread(given: str, title: str | None, kind: model.Kind) -> model.Unread | None:
    brief = kind in ("headline", "caption")
    if brief and not given.strip():
        return text.unread(title or "", brief)
    if len(given) + len(title or "") > text.TOO_LONG:
        return "too_long"
    if not given.strip():
        return "empty"
    return text.unread(given, brief)
