"""An audited Doc as a page, drawn by displaCy."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spacy import displacy
from spacy.tokens import Doc

from auditor import formats, model
from auditor.errors import ReadError
from auditor.language.pipeline import audit_of

_COLOURS = {"legal": "#ff8f80", "strong": "#ffb199", "context": "#ffd27a", "style": "#f3ec9b"}
_UNCOUNTED, _QUOTE, _PERSON = "#dddddd", "#c9e4c5", "#bcd7f2"
_GENDERS = {"female": "nữ", "male": "nam", "unknown": "chưa rõ giới"}
_QUOTES = {"direct": "lời trích", "indirect": "lời thuật"}
_PAGE = """<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{name}</title>
<style>.spans span {{ white-space: nowrap }}</style></head>
<body style="font-family: system-ui, sans-serif; max-width: 50rem; margin: 2rem auto">
<p>Kết quả: {verdict}.</p>{drawn}</body></html>
"""


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    label: str
    colour: str


def view(doc: Doc) -> str:
    """Return an HTML page of an audited Doc, title first, drawn by displaCy; it loads nothing from elsewhere.

    Raises ReadError for a Doc that was not audited.
    """
    audit = audit_of(doc)
    if audit is None:
        raise ReadError("văn bản này chưa được chấm; hãy thêm bước “gender_audit” vào pipeline rồi chạy lại")
    marks = {field: list(_marks(audit, field)) for field in ("title", "text")}
    lines = [*_lines(audit.title or "", marks["title"]), *_lines(doc.text, marks["text"])]
    colours = {mark.label: mark.colour for found in marks.values() for mark in found}
    drawn = displacy.render(lines, style="span", manual=True, jupyter=False, options={"colors": colours})
    return _PAGE.format(name=html.escape(audit.title or audit.id), verdict=formats.VERDICTS[audit.verdict], drawn=drawn)


def _marks(audit: model.Audit, field: str) -> Iterator[_Mark]:
    """Yield what to mark in one field. displaCy prints labels unescaped: none may hold words of the document."""
    for finding in audit.findings:
        if finding.field == field:
            told = formats.SEVERITIES[finding.severity] if finding.counted else "không tính"
            label = f"{model.CATEGORIES[finding.category].label} ({told})"
            yield _Mark(finding.start, finding.end, label, _COLOURS[finding.severity] if finding.counted else _UNCOUNTED)
    for quote in audit.quotes:
        if quote.field == field:
            yield _Mark(quote.start, quote.end, _QUOTES[quote.kind], _QUOTE)
    for person in audit.people:
        for place in person.mentions:
            if place.field == field:
                yield _Mark(place.start, place.end, _GENDERS[person.gender], _PERSON)


def _lines(given: str, marks: Sequence[_Mark]) -> Iterator[dict[str, Any]]:
    """Yield each line for displaCy, its words cut at white space: cut into tokens it would print spaces before commas."""
    for line in re.finditer(r".*\S.*", given):
        words = [match.span() for match in re.compile(r"\S+").finditer(given, *line.span())]
        spans = []
        for mark in marks:
            inside = [i for i, (start, end) in enumerate(words) if start < mark.end and end > mark.start]
            if inside:
                spans.append({"start_token": inside[0], "end_token": inside[-1] + 1, "label": mark.label})
        yield {"tokens": [given[start:end] for start, end in words], "spans": spans}
