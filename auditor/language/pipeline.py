"""The tokenizer, the pipeline component and what it adds to Doc and Span."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

import spacy
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span
from spacy.util import DummyTokenizer, filter_spans, registry
from spacy.vocab import Vocab

from auditor import model, text
from auditor.judge.audit import audit_record

PERSON = "PER"
_KEY = "gender_audit"  # where Doc.user_data holds the Audit, as JSON values: so a DocBin carries it
_TOLD = ("id", "title", "kind", "published")  # what the text alone does not tell

# A syllable with its combining marks, a number, white space, or one other character; a plain space belongs to what it follows.
_TOKEN = re.compile(r"((?:[^\W\d_][\u0300-\u036f]*)+|\d+(?:[.,]\d+)*|\s+|.)( ?)", re.DOTALL)

Scorer = Callable[..., dict[str, Any]]


class SyllableTokenizer(DummyTokenizer):
    """Cuts a text into syllables, numbers, marks and white space; ``doc.text`` is the text again, whatever it is."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the Doc of a text; as everywhere in spaCy a lone surrogate raises UnicodeEncodeError."""
        pieces = _TOKEN.findall(text)
        return Doc(self.vocab, words=[word for word, _ in pieces], spaces=[bool(space) for _, space in pieces])


def make_syllable_tokenizer() -> Callable[[Language], SyllableTokenizer]:
    """Return what makes the tokenizer of a pipeline (``@tokenizers`` in its config)."""
    return lambda nlp: SyllableTokenizer(nlp.vocab)


registry.tokenizers("auditor.SyllableTokenizer.v1", func=make_syllable_tokenizer)


def blank() -> Language:
    """Return an empty Vietnamese pipeline with the syllable tokenizer; spaCy's own would need pyvi."""
    return spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "auditor.SyllableTokenizer.v1"}}})


class GenderAudit(Pipe):
    """Audits each Doc: people become entities, quotes, findings and groups spans, and ``doc._.audit`` the Audit.

    Places in the title have no token: they are in ``doc._.audit`` only.
    """

    def __init__(self, name: str, usual: dict[str, str | None], scorer: Scorer | None) -> None:
        self.name, self.usual, self.scorer = name, usual, scorer

    def __call__(self, doc: Doc) -> Doc:
        """Return *doc* with its audit; raise ReadError when its kind or day of publication cannot be understood."""
        told = {name: doc._.get(name) or self.usual.get(name) for name in _TOLD}
        audit = audit_record({**told, "text": doc.text})
        doc.user_data[_KEY] = audit.to_dict()
        people = filter_spans(_people(doc, audit))
        taken = {token.i for span in people for token in span}
        others = [span for span in doc.ents if span.label_ != PERSON and taken.isdisjoint(range(span.start, span.end))]
        doc.ents = (*people, *others)
        doc.spans["findings"] = list(_findings(doc, audit))
        doc.spans["quotes"] = list(_quotes(doc, audit))
        doc.spans["groups"] = list(_groups(doc, audit))
        return doc


@Language.factory(
    "gender_audit",
    assigns=["doc.ents", "doc.spans", "doc._.audit"],
    default_config={"title": None, "kind": "article", "published": None, "scorer": {"@scorers": "auditor.findings_scorer.v1"}},
    default_score_weights={"findings_f": 0.5, "findings_p": 0.0, "findings_r": 0.0, "people_f": 0.5, "people_p": 0.0, "people_r": 0.0},
)
def make_gender_audit(
    nlp: Language, name: str, title: str | None, kind: model.Kind, published: str | None, scorer: Scorer | None
) -> GenderAudit:
    """Return the component; *title*, *kind* and *published* (YYYY-MM-DD) hold for every Doc that does not tell its own."""
    return GenderAudit(name, {"title": title, "kind": kind, "published": published}, scorer)


def _span(doc: Doc, start: int, end: int, label: str, person: int | None = None, id: str = "") -> Iterator[Span]:
    kb_id = "" if person is None else str(person)
    span = doc.char_span(start, end, label=label, kb_id=kb_id, span_id=id, alignment_mode="expand")
    if span is not None:
        yield span


def _people(doc: Doc, audit: model.Audit) -> Iterator[Span]:
    for person in audit.people:
        for place in person.mentions:
            if place.field == "text":
                yield from _span(doc, place.start, place.end, PERSON, person.id)


def _findings(doc: Doc, audit: model.Audit) -> Iterator[Span]:
    for finding in audit.findings:
        if finding.field == "text":
            yield from _span(doc, finding.start, finding.end, finding.category, finding.speaker, finding.id)


def _quotes(doc: Doc, audit: model.Audit) -> Iterator[Span]:
    for quote in audit.quotes:
        if quote.field == "text":
            yield from _span(doc, quote.start, quote.end, quote.kind, quote.speaker)


def _groups(doc: Doc, audit: model.Audit) -> Iterator[Span]:
    """Yield each group where its words stand first: a Group carries no place."""
    body = text.body(doc.text)
    for group in audit.groups:
        match = re.search(rf"(?<!\w){re.escape(group.text)}(?!\w)", body.plain)
        if match:
            yield from _span(doc, *body.place(*match.span()), group.gender)


def audit_of(doc: Doc) -> model.Audit | None:
    """Return the Audit of a Doc, or None before it was judged: ``doc._.audit``."""
    if _KEY not in doc.user_data:
        return None
    record = json.loads(json.dumps(doc.user_data[_KEY]))  # a DocBin turns lists into tuples
    del record["presence"]
    return model.Audit(
        **{
            **record,
            "law_date": date.fromisoformat(record["law_date"]),
            "engine": model.Engine(**record["engine"]),
            "findings": tuple(map(_finding, record["findings"])),
            "people": tuple(map(_person, record["people"])),
            "groups": tuple(model.Group(**group) for group in record["groups"]),
            "quotes": tuple(model.Quote(**quote) for quote in record["quotes"]),
        }
    )


def finding_of(span: Span) -> model.Finding | None:
    """Return the Finding that a span of ``doc.spans["findings"]`` shows, or None for any other span: ``span._.finding``."""
    return next((_finding(record) for record in _listed(span, "findings") if record["id"] == span.id_), None)


def person_of(span: Span) -> model.Person | None:
    """Return whom an entity names or who speaks a quote or passage, or None: ``span._.person``."""
    return next((_person(record) for record in _listed(span, "people") if str(record["id"]) == span.kb_id_), None)


def _listed(span: Span, name: str) -> Sequence[dict[str, Any]]:
    listed: Sequence[dict[str, Any]] = span.doc.user_data.get(_KEY, {}).get(name, ())
    return listed


def _finding(record: dict[str, Any]) -> model.Finding:
    return model.Finding(**{**record, "suggestions": tuple(record["suggestions"]), "legal": tuple(record["legal"])})


def _person(record: dict[str, Any]) -> model.Person:
    return model.Person(**{**record, "mentions": tuple(model.Place(*place) for place in record["mentions"])})


def _told(name: str, doc: Doc) -> Any:
    return doc.user_data.get(f"{_KEY}.{name}")


def _tell(name: str, doc: Doc, value: Any) -> None:
    # a DocBin cannot write a date
    doc.user_data[f"{_KEY}.{name}"] = value.isoformat() if isinstance(value, date) else value


def _extend(owner: type[Doc] | type[Span], name: str, getter: Callable[..., Any], setter: Callable[..., None] | None = None) -> None:
    # extensions are global: one that the user's own code has set stays as it is
    if not owner.has_extension(name):
        owner.set_extension(name, getter=getter, setter=setter)


_extend(Doc, "audit", audit_of)
_extend(Span, "finding", finding_of)
_extend(Span, "person", person_of)
for _name in _TOLD:
    _extend(Doc, _name, partial(_told, _name), partial(_tell, _name))
