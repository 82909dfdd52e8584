"""Who says what: speech verbs and "theo" with their subjects."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from auditor.read.form import acronym
from auditor.read.lexicon import lexicon
from auditor.read.people import Actor
from auditor.read.quotes import Span
from auditor.read.references import Cast, Reference
from auditor.read.words import Hit, Words, vietnamese

_CLAUSE = re.compile(r"[,;:\n–]| - |- | -")
_MARKS = ",-–("
_OPENERS = {"rằng", "nhưng", "khi", "nếu", "vì", "bởi"}  # of clauses
_FAR = 14  # words between a subject and its verb
_CLAUSE_WORDS = 30


@dataclass(slots=True)
class Event:
    """A speech verb (words *first* … *last*) or "theo" with the person whose words it brings."""

    first: int
    last: int
    weak: bool
    according: bool = False
    subject: Reference | None = None
    negated: bool = False  # "không trả lời", "chưa cho biết"


class Scene(Cast):
    """One field while speech is read: references, speech verbs with their subjects, quoted passages."""

    def __init__(self, words: Words, actors: list[Actor], found: list[Span]) -> None:
        super().__init__(words, actors, found)
        self.openings = [span.opening for span in found]
        self.events = self._events()
        self._event_firsts = [e.first for e in self.events]

    def events_between(self, start: int, end: int) -> list[Event]:
        """Return the events whose verb begins between two places of the normal form."""
        words = self.words
        found = []
        i = bisect_left(self._event_firsts, words.index_at(start))
        while i < len(self.events) and words.starts[self.events[i].first] < end:
            found.append(self.events[i])
            i += 1
        return found

    def _events(self) -> list[Event]:
        words = self.words
        found = []
        for hit in words.scan:
            i, entry = hit.first, hit.entry
            if not (entry.say or entry.according) or hit.covered or entry.other or self.inside.at(words.starts[i]) is not None:
                continue
            if words.plain[i][0].isupper() and not words.opens(i):
                continue
            if entry.according:
                event = self._according(hit)
                if event is not None:
                    found.append(event)
                    continue
            if entry.say:
                event = Event(i, hit.last, entry.weak)
                event.negated = i > 0 and words.gaps[i] == " " and words.fold[i - 1] in ("không", "chưa", "chẳng")
                if not self._passive(i):
                    event.subject = self._subject(i, entry.noun, found)
                found.append(event)
        return found

    def _passive(self, i: int) -> bool:
        words = self.words
        return i > 0 and words.gaps[i] == " " and words.plain[i - 1].islower() and words.fold[i - 1] in lexicon()["speech.passive"]

    def _according(self, hit: Hit) -> Event | None:
        words = self.words
        if hit.first and words.gaps[hit.first] == " " and words.fold[hit.first - 1] in lexicon()["speech.follow"]:
            return None
        i = bisect_left(self.firsts, hit.last + 1)
        limit = hit.last + 1
        for reference in self.references[i : i + 6]:
            between = words.gaps[limit : reference.first + 1]
            if any(gap != " " and _CLAUSE.search(gap) for gap in between) or reference.first - hit.last > 10:
                return None
            if reference.form == "name" or (reference.form == "pronoun" and reference.first == limit):
                if reference.first != hit.last + 1:
                    inner = words.hit(hit.last + 1)
                    if inner is None or inner.entry.occupation is None:
                        return None
                if reference.possessor:
                    return None
                return Event(hit.first, hit.last, False, True, reference)
        return None

    def _bounds(self, i: int) -> int:
        """Return the first word of the sentence of word *i*, after any quotation that closed in it."""
        words = self.words
        if not words.body.sentences:
            return 0
        start = words.body.sentences[words.sentence(i)][0]
        return bisect_left(words.starts, start)

    def _subject(self, verb: int, noun: bool, events: list[Event]) -> Reference | None:
        words, low = self.words, self._bounds(verb)
        gaps = words.gaps
        k = verb - 1
        while k >= low and gaps[k + 1] == " " and (hit := words.ends(k)) is not None and hit.entry.adverb and k not in self.by_last:
            k = hit.first - 1
        if k < low:
            return None if noun and k == verb - 1 else self._dropped(verb, low, events)
        gap = gaps[k + 1]
        if ")" in gap:
            j = k
            while j >= low and "(" not in gaps[j] and k - j < _CLAUSE_WORDS:
                j -= 1
            k = j - 1
            gap = ", " if any(mark in gap for mark in ",-–") else " "
            if k < low:
                return None
        reference = self.by_last.get(k)
        if reference is not None and gap.strip(" \"”'") == "" and not reference.possessor and not self.is_object(reference):
            return reference
        if gap != " " and any(mark in gap for mark in ",-–"):
            at = self._before_mark(k, low)
            return at if at is not None or noun else self._dropped(verb, low, events)
        return self._clause_subject(k, low, verb, noun, events)

    def _before_mark(self, k: int, low: int) -> Reference | None:
        """Return the nearest person to the left after whom a comma, dash or bracket opens an apposition."""
        words = self.words
        i = bisect_right(self.firsts, k) - 1
        steps = 0
        while i >= 0 and self.references[i].first >= low and steps < 12:
            reference = self.references[i]
            end = reference.last + 1
            while end <= k and words.gaps[end] == " " and acronym(words.plain[end]):
                end += 1  # "Sarah Wollaston MP, …"
            after = words.gaps[end]
            named = reference.form == "name" and not reference.possessor and reference.last in self.by_last
            if named and after != " " and any(mark in after for mark in _MARKS) and not self.is_object(reference):
                return reference
            i -= 1
            steps += 1
        return None

    def _clause_subject(self, k: int, low: int, verb: int, noun: bool, events: list[Event]) -> Reference | None:
        """Return the person at the head of the clause that holds the verb."""
        words, gaps, fold = self.words, self.words.gaps, self.words.fold
        j = k
        while j >= low and verb - j < _CLAUSE_WORDS:
            if (gaps[j] != " " and _CLAUSE.search(gaps[j])) or fold[j] in _OPENERS:
                break
            j -= 1
        head = max(j, low)
        candidates = [
            r for r in self.between(head, k) if (r.form != "actor" or r.actor is not None) and not r.possessor and not self.is_object(r)
        ]
        named = [r for r in candidates if r.form == "name" or r.actor is not None]
        if named and named[0].form == "office" and head > low and (opened := self._open_apposition(k, low)) is not None:
            return opened
        if noun and k == verb - 1 and (not named or named[0].last != k) and words.fold[k] not in lexicon()["speech.links"]:
            named = [r for r in named if r.form == "name" and verb - r.last <= 6]
        if named:
            first = named[0]
            if verb - first.last <= _FAR and not self._organisation_between(first.last + 1, k):
                return first
        if candidates and not named and candidates[-1].last == k:
            return candidates[-1]
        if head > low and (opened := self._open_apposition(k, low)) is not None:
            return opened
        if not noun and not [w for w in words.fold[head:verb] if w not in lexicon()["speech.links"] and not self._adverb(w)]:
            return self._dropped(verb, low, events)
        return None

    def _open_apposition(self, k: int, low: int) -> Reference | None:
        """Return X of "Ông X, Phó giám đốc Sở Y, Hà Nội cho biết": a mark opened the apposition and none closed it."""
        words = self.words
        at, finite = k, lexicon()["speech.finite"]
        if words.plain[k][0].isupper() and not vietnamese(words.fold[k]):
            return None  # ", Korea Herald cho hay"
        while at >= low and k - at < 24:
            gap = words.gaps[at + 1]
            reference = self.by_last.get(at)
            if reference is not None and gap != " " and reference.form in ("name", "pronoun") and any(mark in gap for mark in _MARKS):
                return None if reference.possessor or self.is_object(reference) else reference
            if words.fold[at] in finite or ";" in gap or ":" in gap:
                return None
            hit = words.hit(at)
            if hit is not None and hit.entry.say and not hit.entry.noun and not hit.covered:
                return None
            at -= 1
        return None

    def _adverb(self, word: str) -> bool:
        entry = lexicon().phrases.get(word)
        return entry is not None and entry.adverb

    def _organisation_between(self, first: int, last: int) -> bool:
        capital = (i for i in range(first, last + 1) if self.words.plain[i][0].isupper())
        return any((hit := self.words.hit(i)) is not None and hit.entry.organisation for i in capital)

    def _dropped(self, verb: int, low: int, events: list[Event]) -> Reference | None:
        """Return the subject of the verb before, in this sentence or the one before, for a verb without a subject of its own."""
        if events and events[-1].subject is not None and events[-1].first >= low:
            return events[-1].subject
        for reference in self.between(max(low, verb - 2 * _CLAUSE_WORDS), verb - 1):
            subject = reference.form in ("name", "pronoun") and reference.actor is not None
            if subject and not reference.possessor and not self.is_object(reference):
                return reference
        words = self.words
        if words.fold[low] in ("đồng", "cũng", "ngoài", "bên") and events and events[-1].subject is not None:
            return events[-1].subject if words.sentence(verb) - words.sentence(events[-1].first) == 1 else None
        return None

    def counts(self, event: Event) -> bool:
        """Tell whether an event makes its subject a source although nothing is quoted: the weak verbs need a clause after them."""
        if event.subject is None or event.negated:
            return False
        if not event.weak:
            return True
        words = self.words
        after = words.gaps[event.last + 1]
        following = words.fold[event.last + 1] if event.last + 1 < len(words.fold) else ""
        if ":" in after or "“" in after or '"' in after:
            return True
        return after.startswith(",") or (after == " " and following in lexicon()["speech.reports"])
