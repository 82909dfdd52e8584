"""The first reading of a document: people, groups and quotes of a title and a text."""

from auditor.model import Person, Place, Quote, Reading, Source
from auditor.read import roles
from auditor.read.attribution import attribute, reported
from auditor.read.gender import decide
from auditor.read.names import mentions
from auditor.read.people import Actor, gather
from auditor.read.quotes import Inside, Span, dashes, spans, speech_like
from auditor.read.speech import Scene
from auditor.read.words import Words, words
from auditor.text import Body, syllables


def read(title: Body, text: Body) -> Reading:
    """Return who is in a document, who speaks, and every quoted or reported passage; places count in the strings as given."""
    fields = [words("title", title), words("text", text)]
    quoted = {field.field: _quoted(field.body) for field in fields}
    actors = gather([mentions(field, Inside(quoted[field.field])) for field in fields])
    scenes = [Scene(field, actors, quoted[field.field]) for field in fields]
    indirect: list[Quote] = []
    for scene in scenes:
        attribute(scene)
        indirect.extend(_credit(scene, actors))
    quotes = [*(quote for scene in scenes for quote in _direct(scene, actors)), *indirect]
    people = tuple(_person(actor, fields) for actor in actors)
    crowds = tuple(group for scene in scenes for group in roles.groups(scene.words, scene.inside))
    quotes.sort(key=lambda q: (q.field == "text", q.start, q.end))
    return Reading(people, crowds, tuple(quotes))


def _quoted(body: Body) -> list[Span]:
    found = spans(body)
    found.extend(dashes(body, found))
    found.sort(key=lambda span: span.opening)
    return found


def _direct(scene: Scene, actors: list[Actor]) -> list[Quote]:
    """Return the direct quotes of a scene and credit their speakers."""
    body, found = scene.words.body, []
    for span in scene.spans:
        if not span.attributed and not speech_like(body, span):
            continue
        if span.attributed and span.speaker is not None:
            actor = actors[span.speaker]
            actor.source = "direct"
            actor.quoted_syllables += syllables(body.plain[span.start : span.end])
        found.append(Quote(scene.words.field, *body.place(span.start, span.end), "direct", span.speaker if span.attributed else None))
    return found


def _credit(scene: Scene, actors: list[Actor]) -> list[Quote]:
    """Return the reported clauses of a scene and credit their sources."""
    for event in scene.events:
        if event.subject is not None and event.subject.actor is not None and scene.counts(event):
            actor = actors[event.subject.actor]
            if actor.source == "none":
                actor.source = "indirect"
    body = scene.words.body
    return [Quote(scene.words.field, *body.place(start, end), "indirect", actor) for start, end, actor in reported(scene)]


def _person(actor: Actor, fields: list[Words]) -> Person:
    gender, evidence = decide(actor)
    code = roles.occupation(actor)
    source: Source = "direct" if actor.source == "direct" else "indirect" if actor.source == "indirect" else "none"
    places = tuple(Place(m.words.field, *m.words.body.place(m.start, m.end)) for m in actor.mentions)
    leads = any(m.words.field == "title" for m in actor.mentions)
    return Person(
        actor.id,
        actor.name,
        gender,
        evidence,
        places,
        source,
        roles.role(actor, source, code, leads),
        code,
        any(m.context.family for m in actor.mentions),
        actor.quoted_syllables,
    )
