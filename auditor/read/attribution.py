"""The speaker of every quoted passage, and the clauses that report words without quoting them."""

from bisect import bisect_right

from auditor.read.quotes import Span, speech_like
from auditor.read.references import Reference
from auditor.read.speech import Scene

# a short quotation after one of these is a title, a name or a word as such
_TITLE_BEFORE = (
    "phim", "bài", "hát", "khúc", "sách", "tiểu thuyết", "chương trình", "vở", "đề", "cuộc thi", "tựa", "tên", "gọi", "danh hiệu", "giải",
    "cụm từ", "từ", "chữ",
)  # fmt: skip
_REACH = 600  # characters on either side of a quotation in which its speaker is sought


def attribute(scene: Scene) -> None:
    """Set ``speaker`` of the spans of a scene, in order, from the words around them."""
    previous: Span | None = None
    for span in scene.spans:
        reference = None if span.style == "dash" else _speaker(scene, span)
        if reference is not None:
            span.attributed = True
            span.speaker = reference.actor
        elif previous is not None and (span.goes_on or _follows(scene, previous, span)) and previous.attributed:
            span.attributed, span.speaker = True, previous.speaker
        elif speech_like(scene.words.body, span):
            reference = _sentence_before(scene, span)
            if reference is not None:
                span.attributed, span.speaker = True, reference.actor
        if span.attributed or speech_like(scene.words.body, span):
            previous = span


def _follows(scene: Scene, previous: Span, span: Span) -> bool:
    """Tell whether nothing but white space parts two quotations."""
    return not scene.words.body.plain[previous.closing : span.opening].strip(" \n.,")


def _speaker(scene: Scene, span: Span) -> Reference | None:
    """Return who is said, in the sentence around a quotation, to speak it."""
    body, words = scene.words.body, scene.words
    sentence = body.sentences[body.sentence_at(span.opening)]
    ending = body.sentences[body.sentence_at(max(span.opening, span.closing - 1))]
    starts = max(sentence[0], span.opening - _REACH)
    lead = body.plain[starts : span.opening].rstrip()
    before = scene.events_between(starts, span.opening)
    if lead.endswith((":", ": -", ":-")):
        for event in reversed(before):
            if event.subject is not None:
                return event.subject
        return None if before else _last_named(scene, starts, span.opening)
    if not lead and sentence[0] > 0:
        earlier = body.plain[max(0, span.opening - 40) : span.opening].rstrip()
        if earlier.endswith(":"):
            above = body.sentences[max(0, body.sentence_at(span.opening) - 1)]
            first = max(above[0], above[1] - _REACH)
            earlier_events = scene.events_between(first, above[1])
            for event in reversed(earlier_events):
                if event.subject is not None:
                    return event.subject
            return None if earlier_events else _last_named(scene, first, above[1])
    # a full stop before the closing mark ends the sentence there; the words after it may still name the speaker
    stop = min(ending[1], span.closing + _REACH)
    tail = body.plain[span.closing : span.closing + 3].lstrip()
    if span.closing >= stop and (tail[:1] in ",-–" and tail[:1]):
        following = body.sentence_at(span.closing + 2)
        stop = min(body.sentences[following][1], span.closing + _REACH)
    if tail[:1] in (",", "-", "–", ".") or tail[:1].islower():
        limit = _next_opening(scene, span, stop)
        for event in scene.events_between(span.closing, limit):
            if event.subject is not None and (event.according or words.starts[event.subject.first] >= span.closing):
                return event.subject
            if words.starts[event.first] - span.closing < 200:
                subject = _nearest_after(scene, span.closing, words.starts[event.first])
                if subject is not None:
                    return subject
                if event.subject is not None:
                    return event.subject
                break
    if speech_like(body, span) or _fragment(scene, span, lead):
        for event in reversed(before):
            if event.subject is not None and not (event.weak and not speech_like(body, span)):
                return event.subject
        if not before:
            for event in scene.events_between(span.closing, stop):
                if event.according and event.subject is not None:
                    return event.subject
    return None


def _fragment(scene: Scene, span: Span, lead: str) -> bool:
    """Tell whether a short quoted passage is a piece of speech and not a title or a name."""
    text = scene.words.body.plain[span.start : span.end]
    if text.count(" ") < 2 or lead.lower().endswith(_TITLE_BEFORE):
        return False
    return text[:1].islower()


def _next_opening(scene: Scene, span: Span, stop: int) -> int:
    i = bisect_right(scene.openings, span.closing)
    return min(stop, scene.openings[i]) if i < len(scene.openings) else stop


def _last_named(scene: Scene, start: int, end: int) -> Reference | None:
    """Return the person named last between two places, where what lies between is short: "Việt Trinh: …"."""
    words = scene.words
    found = None
    for reference in scene.between(words.index_at(start), words.index_at(end) - 1):
        if reference.form == "name" and not reference.possessor and any(mark in words.gaps[reference.last + 1] for mark in ":,-(–"):
            found = reference if found is None else found
    if found is not None and words.starts[found.first] - start <= 60:
        return found
    return None


def _nearest_after(scene: Scene, start: int, end: int) -> Reference | None:
    """Return the first person named between a closing mark and the speech verb."""
    words = scene.words
    for reference in scene.between(words.index_at(start), words.index_at(end) - 1):
        if reference.form in ("name", "pronoun") and not reference.possessor:
            return reference
    return None


def _sentence_before(scene: Scene, span: Span) -> Reference | None:
    """Return the speaker of a quotation that stands alone: the subject of a speech verb in the sentence before or right after."""
    body = scene.words.body
    number = body.sentence_at(span.opening)
    lead = body.plain[max(body.sentences[number][0], span.opening - _REACH) : span.opening].strip(" -–•")
    if lead:
        return None
    if number > 0:
        above = body.sentences[number - 1]
        for event in reversed(scene.events_between(max(above[0], above[1] - _REACH), above[1])):
            if event.subject is not None and event.subject.actor is not None:
                return event.subject
        last = scene.inside.at(max(0, above[1] - 2))
        if last is not None and last.attributed and last is not span:
            return Reference(0, 0, last.speaker, "name")
    return None


def reported(scene: Scene) -> list[tuple[int, int, int | None]]:
    """Return (start, end, actor) of every clause that reports a person's words without quoting them."""
    words, body = scene.words, scene.words.body
    found: list[tuple[int, int, int | None]] = []
    for event in scene.events:
        subject = event.subject
        if subject is None or not scene.counts(event):
            continue
        bounds = body.sentences[words.sentence(event.first)]
        bounds = (max(bounds[0], words.starts[event.first] - _REACH), min(bounds[1], words.end(event.last) + 3 * _REACH))
        start = words.end(subject.last if event.according else event.last)
        while start < bounds[1] and not body.plain[start].isalnum() and body.plain[start] not in "“\"":
            start += 1
        if event.according and ", " in body.plain[start - 2 : start + 80]:
            start = max(start, body.plain.find(", ", start - 2, start + 80) + 2)
        if start >= bounds[1] - 1 and words.starts[subject.first] > bounds[0]:
            start, end = bounds[0], words.starts[subject.first]
        else:
            end = bounds[1]
        end = len(body.plain[:end].rstrip(" .,;:-–")) if end > start else end
        if start < end and scene.inside.at(start) is None and (not found or found[-1][1] <= start):
            found.append((start, end, subject.actor))
    return found
