"""Who says what: speech verbs and "theo" with their subjects, and the speaker of every quoted passage."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from auditor.read.gender import compatible
from auditor.read.lexicon import lexicon
from auditor.read.people import Actor
from auditor.read.quotes import Inside, Span
from auditor.read.words import Hit, Words

_CLAUSE = re.compile(r"[,;:\n–]| - |- | -")
_OBJECT = {"cho", "với", "của", "về", "bởi", "từ", "cùng", "gặp", "đến", "tới", "vào", "và", "hoặc", "cạnh", "đối", "tại", "ở", "trên", "giúp", "hỏi", "gọi", "nhờ", "bắt", "đâm", "giết", "cứu", "yêu", "tặng", "tố", "kiện"}
_FOLLOW = {"chạy", "đi", "đuổi", "bám", "làm", "học", "nghe", "dõi", "tiếp", "kèm", "mang", "dẫn", "kéo", "noi", "tuân"}
_FINITE = {"là", "bị", "được", "đã", "sẽ", "đang", "không", "cũng", "nhưng", "khi", "nếu", "vì", "mà"}
_LINKS = {"và", "đồng", "thời", "nhưng", "còn", "rồi", "song", "cũng", "sau", "đó", "thì", "mà", "tuy", "nhiên", "ngoài", "ra", "bên", "cạnh", "đã", "vừa", "theo", "trước", "khi", "vẫn", "nói", "trong", "từ", "đây", "cùng", "lúc"}
_FAR = 14  # words between a subject and its verb


@dataclass(slots=True)
class Reference:
    """A noun phrase that stands for one person: a name with its titles, a pronoun, an office, or an unnamed actor."""

    first: int
    last: int
    actor: int | None
    form: str  # "name", "pronoun", "office", "actor"
    hit: Hit | None = None
    possessor: bool = False


@dataclass(slots=True)
class Event:
    """A speech verb (words *first* … *last*) or "theo" with the person whose words it brings."""

    first: int
    last: int
    weak: bool
    according: bool = False
    subject: Reference | None = None
    group: bool = False


class Scene:
    """One field while speech is read: references in order, events, quoted passages."""

    def __init__(self, words: Words, actors: list[Actor], found: list[Span]) -> None:
        self.words, self.actors, self.spans = words, actors, found
        self.inside = Inside(found)
        self.openings = [span.opening for span in found]
        self.references = self._references()
        self._firsts = [r.first for r in self.references]
        self._by_last = {r.last: r for r in self.references if self.inside.at(words.starts[r.first]) is None}
        self._resolve_all()
        self.events = self._events()
        self.event_firsts = [e.first for e in self.events]

    # --- references -----------------------------------------------------------------------------------------------
    def _references(self) -> list[Reference]:
        words = self.words
        named: list[Reference] = []
        taken: set[int] = set()
        for actor in self.actors:
            for m in actor.mentions:
                if m.words is words:
                    named.append(Reference(m.begins, m.last, actor.id, "name", None, m.context.possessor))
                    taken.update(range(m.begins, m.last + 1))
        others = []
        for hit in words.scan:
            i = hit.first
            entry = hit.entry
            if hit.covered or i in taken or hit.last in taken:
                continue
            if entry.pronoun and not (words.plain[i][0].isupper() and not words.opens(i)):
                others.append(Reference(i, hit.last, None, "pronoun", hit))
            elif entry.occupation is not None or entry.address:
                first = i
                if i and words.gaps[i] == " " and words.fold[i - 1] in ("nữ", "nam", "vị"):
                    first = i - 1
                others.append(Reference(first, hit.last, None, "office", hit))
            elif entry.actor:
                others.append(Reference(i, hit.last, None, "actor", hit))
        return sorted(named + others, key=lambda r: (r.first, r.last))

    def sex_of(self, reference: Reference) -> str | None:
        """Return the sex that a pronoun or office tells."""
        hit = reference.hit
        if hit is None:
            return None
        sex = hit.entry.pronoun or hit.entry.address or hit.entry.actor
        if sex in ("male", "female"):
            return sex
        lead = self.words.fold[reference.first]
        return {"nữ": "female", "nam": "male"}.get(lead)

    def _resolve_all(self) -> None:
        """Give every pronoun and office outside quotations the person it most likely stands for."""
        words, actors = self.words, self.actors
        recent: list[tuple[int, int, bool]] = []  # (sentence, actor, object)
        addressed: dict[int, set[str]] = {a.id: set() for a in actors}
        for reference in self.references:
            if self.inside.at(words.starts[reference.first]) is not None:
                continue
            sentence = words.sentence(reference.first)
            before = words.fold[reference.first - 1] if reference.first and words.gaps[reference.first] == " " else ""
            is_object = before in _OBJECT
            if reference.form == "name" and reference.actor is not None:
                if reference.first != reference.last:
                    addressed[reference.actor].add(words.fold[reference.first])
                if not reference.possessor:
                    recent.append((sentence, reference.actor, is_object))
                continue
            if reference.form == "pronoun":
                reference.actor = self._antecedent(reference, sentence, recent, addressed)
            elif reference.form == "office":
                reference.actor = self._officer(reference, sentence, recent)
            if reference.actor is None:
                continue
            sex = self.sex_of(reference)
            if sex and not (reference.form == "office" and reference.hit is not None and reference.hit.entry.occupation is None):
                self._vote(reference, sex, {a for s, a, _ in recent if sentence - s <= 2}, is_object)
            recent.append((sentence, reference.actor, is_object))

    def _vote(self, reference: Reference, sex: str, near: set[int], is_object: bool) -> None:
        """Let a pronoun tell the sex of the person it stands for: fully where nobody else is near and it is a subject."""
        words = self.words
        assert reference.actor is not None
        actor = self.actors[reference.actor]
        heads = words.gaps[reference.first] != " " or words.fold[reference.first - 1] in _LINKS or words.fold[reference.first - 1] in ("rằng", "vì", "nếu", "do")
        if reference.form == "office" and near != {reference.actor}:
            return
        weight = 1.0 if near == {reference.actor} and not is_object else 0.5 if heads and near and not is_object else 0.25
        actor.votes[sex] = actor.votes.get(sex, 0.0) + weight
        if not actor.pronoun:
            actor.pronoun = words.body.plain[words.starts[reference.first] : words.end(reference.last)].lower()

    def _fits(self, sex: str | None, actor: Actor) -> bool:
        return compatible(sex, actor.likely)

    def _antecedent(self, reference: Reference, sentence: int, recent: list[tuple[int, int, bool]], addressed: dict[int, set[str]]) -> int | None:
        sex = self.sex_of(reference)
        word = self.words.fold[reference.first]
        best, best_rank = None, -99.0
        for distance, (at, actor_id, is_object) in enumerate(reversed(recent[-16:])):
            gap = sentence - at
            if gap > 8:
                break
            actor = self.actors[actor_id]
            if not compatible(sex, actor.sex):
                continue
            rank = -1.0 * gap - 0.25 * distance - (0.6 if is_object else 0.0) - (0.0 if self._fits(sex, actor) else 2.0)
            if word in addressed[actor_id]:
                rank += 1.5
            if sex and actor.likely == sex:
                rank += 0.6
            if rank > best_rank:
                best, best_rank = actor_id, rank
        return best

    def _officer(self, reference: Reference, sentence: int, recent: list[tuple[int, int, bool]]) -> int | None:
        assert reference.hit is not None
        title = self.words.phrase(reference.hit.first, reference.hit.last)
        sex = self.sex_of(reference)
        same = [a.id for a in self.actors if title in a.titles and self._fits(sex, a)]
        seen = [actor for _, actor, _ in recent[-40:]]
        known = [a for a in same if a in seen]
        if known:
            return max(known, key=lambda a: len(seen) - 1 - seen[::-1].index(a))
        if reference.hit.entry.occupation in (18, 19, 11, 9) and sex:
            near = {a for at, a, _ in recent[-8:] if sentence - at <= 3 and self._fits(sex, self.actors[a])}
            if near:
                return max(near, key=lambda a: (len(self.actors[a].mentions), -a))
        if sex and reference.hit.entry.address and recent and sentence - recent[-1][0] <= 2 and self._fits(sex, self.actors[recent[-1][1]]) and self.actors[recent[-1][1]].likely == sex and title in ("người đẹp", "mỹ nhân", "kiều nữ", "nàng hậu", "tân hoa hậu", "nam tài tử", "tài tử"):
            return recent[-1][1]
        return None

    # --- events ---------------------------------------------------------------------------------------------------
    def _events(self) -> list[Event]:
        words = self.words
        found = []
        for hit in words.scan:
            i = hit.first
            entry = hit.entry
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
                if not self._passive(i):
                    event.subject = self._subject(i, entry.noun, found)
                found.append(event)
        return found

    def _passive(self, i: int) -> bool:
        words = self.words
        return i > 0 and words.gaps[i] == " " and words.fold[i - 1] in ("được", "bị", "để", "nhằm", "muốn", "chối", "lời", "câu")

    def _according(self, hit: Hit) -> Event | None:
        words = self.words
        if hit.first and words.gaps[hit.first] == " " and words.fold[hit.first - 1] in _FOLLOW:
            return None
        i = bisect_left(self._firsts, hit.last + 1)
        limit = hit.last + 1
        for reference in self.references[i : i + 6]:
            between = words.gaps[limit : reference.first + 1]
            if any(_CLAUSE.search(gap) for gap in between) or reference.first - hit.last > 10:
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
        while k >= low and gaps[k + 1] == " " and (hit := words.ends(k)) is not None and hit.entry.adverb and k not in self._by_last:
            k = hit.first - 1
        if k < low:
            return None if noun and k == verb - 1 else self._dropped(verb, low, events)
        gap = gaps[k + 1]
        if ")" in gap:
            j = k
            while j >= low and "(" not in gaps[j] and k - j < 30:
                j -= 1
            k = j - 1
            gap = ", " if any(mark in gap for mark in ",-–") else " "
            if k < low:
                return None
        reference = self._by_last.get(k)
        if reference is not None and gap.strip(" \"”'") == "" and not reference.possessor and not self._is_object(reference):
            return reference
        if gap == ", " and reference is not None and reference.form == "name" and not reference.possessor and not self._is_object(reference) and self.words.gaps[k + 1] != gap:
            return reference  # "X (…), cho biết"
        if any(mark in gap for mark in ",-–"):
            at = self._before_mark(k, low)
            return at if at is not None or noun else self._dropped(verb, low, events)
        return self._clause_subject(k, low, verb, noun, events)

    def _is_object(self, reference: Reference) -> bool:
        words = self.words
        return reference.first > 0 and words.gaps[reference.first] == " " and words.fold[reference.first - 1] in _OBJECT

    def _before_mark(self, k: int, low: int) -> Reference | None:
        """Return the nearest person to the left after whom a comma, dash or bracket opens an apposition."""
        words = self.words
        i = bisect_right(self._firsts, k) - 1
        steps = 0
        while i >= 0 and self.references[i].first >= low and steps < 12:
            reference = self.references[i]
            after = words.gaps[reference.last + 1]
            if reference.form == "name" and not reference.possessor and self.inside.at(words.starts[reference.first]) is None and any(mark in after for mark in ",-–("):
                if not self._is_object(reference) or words.fold[reference.first - 1] in ("với",):
                    return reference
            i -= 1
            steps += 1
        return None

    def _clause_subject(self, k: int, low: int, verb: int, noun: bool, events: list[Event]) -> Reference | None:
        """Return the person at the head of the clause that holds the verb."""
        words, gaps = self.words, self.words.gaps
        j = k
        while j >= low and verb - j < 30:
            if _CLAUSE.search(gaps[j]) or words.fold[j] in ("rằng", "nhưng", "khi", "nếu", "vì", "bởi"):
                break
            j -= 1
        head = max(j, low)
        candidates = [r for r in self.between(head, k) if not r.possessor and not self._is_object(r) and r.form in ("name", "pronoun", "office")]
        named = [r for r in candidates if r.form == "name" or r.actor is not None]
        if named:
            first = named[0]
            if verb - first.last <= _FAR and not self._organisation_between(first.last + 1, k):
                return first
        if candidates and not named and candidates[-1].last == k:
            return candidates[-1]
        if head > low and (opened := self._open_apposition(k, low)) is not None:
            return opened
        if not noun and not [w for w in words.fold[head:verb] if w not in _LINKS and not self._adverb(w)]:
            return self._dropped(verb, low, events)
        return None

    def _open_apposition(self, k: int, low: int) -> Reference | None:
        """Return X of "Ông X, Phó giám đốc Sở Y, Hà Nội cho biết": a mark opened the apposition and none closed it."""
        words = self.words
        at = k
        while at >= low and k - at < 24:
            gap = words.gaps[at + 1]
            if any(mark in gap for mark in ",-–(") and (reference := self._by_last.get(at)) is not None:
                if reference.form in ("name", "pronoun"):
                    return None if reference.possessor or self._is_object(reference) else reference
            if words.fold[at] in _FINITE or ";" in gap or ":" in gap:
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
        return any((hit := self.words.hit(i)) is not None and hit.entry.organisation for i in range(first, last + 1))

    def between(self, first: int, last: int) -> list[Reference]:
        i = bisect_left(self._firsts, first)
        found = []
        while i < len(self.references) and self.references[i].last <= last:
            found.append(self.references[i])
            i += 1
        return found

    def _dropped(self, verb: int, low: int, events: list[Event]) -> Reference | None:
        """Return the subject of the verb before, in this sentence or the one before, for a verb without a subject of its own."""
        if events and events[-1].subject is not None and events[-1].first >= low:
            return events[-1].subject
        for reference in self.between(max(low, verb - 60), verb - 1):
            if reference.form in ("name", "pronoun") and not reference.possessor and not self._is_object(reference) and reference.actor is not None:
                return reference
        words = self.words
        if words.fold[low] in ("đồng", "cũng", "ngoài", "bên") and events and events[-1].subject is not None and words.sentence(verb) - words.sentence(events[-1].first) == 1:
            return events[-1].subject
        return None

    def counts(self, event: Event) -> bool:
        """Tell whether an event makes its subject a source although nothing is quoted: the weak verbs need a clause after them."""
        if event.subject is None:
            return False
        if not event.weak:
            return True
        words = self.words
        after = words.gaps[event.last + 1]
        following = words.fold[event.last + 1] if event.last + 1 < len(words.fold) else ""
        if ":" in after or "“" in after or '"' in after:
            return True
        return after.startswith(",") or (after == " " and following in ("rằng", "là", "về", "với", "thêm", "trên"))
