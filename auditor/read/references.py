"""The people of a field as the sentences refer to them: by name, by pronoun, by office; and whom each pronoun stands for."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from auditor.read.gender import compatible
from auditor.read.lexicon import lexicon
from auditor.read.mention import Context, Mention
from auditor.read.people import Actor
from auditor.read.quotes import Inside, Span
from auditor.read.words import Hit, Words

_STAGE = (9, 11, 18, 19)  # occupations by which news calls a person again: "nữ diễn viên", "nam doanh nhân"
_NEAR = 2  # sentences within which nobody else may be named for a pronoun to be sure
_LOOK_BACK = 16  # references


_PLACE = attrgetter("first", "last")


@dataclass(slots=True)
class Reference:
    """A noun phrase that stands for one person: a name with its titles, a pronoun, an office, or an unnamed actor."""

    first: int
    last: int
    actor: int | None
    form: str  # "name", "pronoun", "office", "actor"
    hit: Hit | None = None
    possessor: bool = False
    quoted: bool = False


class Cast:
    """The references of one field in order, the pronouns among them resolved."""

    def __init__(self, words: Words, actors: list[Actor], found: list[Span]) -> None:
        self.words, self.actors, self.spans = words, actors, found
        self.inside = Inside(found)
        self.references = self._references()
        self.firsts = [r.first for r in self.references]
        if found:
            for reference in self.references:
                reference.quoted = self.inside.at(words.starts[reference.first]) is not None
        self.by_last = {r.last: r for r in self.references if not r.quoted}
        self._titles: dict[str, list[int]] = defaultdict(list)
        for actor in actors:
            for title in actor.titles:
                self._titles[title].append(actor.id)
        self._name_unnamed()
        self._resolve()

    def between(self, first: int, last: int) -> list[Reference]:
        """Return the references that begin and end within words *first* … *last*."""
        i = bisect_left(self.firsts, first)
        found = []
        while i < len(self.references) and self.references[i].last <= last:
            found.append(self.references[i])
            i += 1
        return found

    def is_object(self, reference: Reference) -> bool:
        """Tell whether a preposition or a verb with an object stands before a reference: it is no subject."""
        words, i = self.words, reference.first
        return i > 0 and words.gaps[i] == " " and words.fold[i - 1] in lexicon()["speech.objects"]

    def _references(self) -> list[Reference]:
        words = self.words
        fold, gaps = words.fold, words.gaps
        named: list[Reference] = []
        taken: set[int] = set()
        for actor in self.actors:
            for m in actor.mentions:
                if m.words is words:
                    begins = m.context.begins
                    named.append(Reference(begins, m.last, actor.id, "name", None, m.context.possessor))
                    taken.update(range(begins, m.last + 1))
        others = []
        for hit in words.scan:
            i, entry = hit.first, hit.entry
            if hit.covered or not entry.refers or i in taken or hit.last in taken:
                continue
            before = fold[i - 1] if i and gaps[i] == " " else ""
            if before == "một" and (entry.actor or entry.occupation is not None):
                others.append(Reference(i - 1, hit.last, None, "actor", hit))
            elif entry.pronoun and not (words.plain[i][0].isupper() and not words.opens(i)):
                others.append(Reference(i, hit.last, None, "pronoun", hit))
            elif entry.occupation is not None or entry.address:
                first = i - 1 if before in ("nữ", "nam", "vị") else i
                others.append(Reference(first, hit.last, None, "office", hit))
            elif entry.actor:
                others.append(Reference(i, hit.last, None, "actor", hit))
        return sorted(named + others, key=_PLACE)

    def _name_unnamed(self) -> None:
        """Make people of single actors without a name ("một tài xế", "người mẹ nói"); a later "người mẹ" is the same one."""
        words, plural = self.words, lexicon()["people.plural"]
        known = {a.key: a for a in self.actors if a.unnamed}
        for reference in self.references:
            hit = reference.hit
            if hit is None or hit.entry.say or reference.quoted:
                continue
            if reference.form != "actor":
                continue
            noun = tuple(words.fold[hit.first : hit.last + 1])
            indefinite = reference.first < hit.first and words.fold[reference.first] == "một"
            if indefinite and (self._predicate(reference) or (hit.entry.actor is None and not self._speaks(hit))):
                continue
            if not indefinite and noun not in known:
                before = words.fold[hit.first - 1] if hit.first and words.gaps[hit.first] == " " else ""
                if not self._speaks(hit) or before in plural or before.isdigit():
                    continue
            following = words.plain[hit.last + 1 : hit.last + 3]
            if following and (following[0] == "tên" or (following[0] == "là" and following[-1][0].isupper())):
                continue  # the name follows
            actor = known.get(noun)
            if actor is None:
                sex = self.sex_of(reference)
                name = words.body.plain[words.starts[reference.first] : words.end(reference.last)].lower()
                actor = known[noun] = Actor(len(self.actors), noun, name, sex=sex, likely=sex, unnamed=True)
                self.actors.append(actor)
            context = Context(reference.first, occupation=hit.entry.occupation)
            mention = Mention(words, reference.first, reference.last, noun, "other", context, occupation=hit.entry.occupation)
            actor.add(mention)
            reference.actor = actor.id

    def _speaks(self, hit: Hit) -> bool:
        after = self.words.hit(hit.last + 1)
        return after is not None and self.words.gaps[hit.last + 1] == " " and after.entry.say and not after.entry.noun

    def _predicate(self, reference: Reference) -> bool:
        """Tell whether "một …" says what somebody named is ("là một cố vấn", "Lan, một giáo viên, …")."""
        words, i = self.words, reference.first
        if i == 0:
            return False
        if words.gaps[i] == " ":
            return words.fold[i - 1] in ("là", "như", "thành", "làm", "của", "với", "cho")
        return any(mark in words.gaps[i] for mark in ",-–(") and i - 1 in self.by_last and self.by_last[i - 1].form == "name"

    def sex_of(self, reference: Reference) -> str | None:
        """Return the sex that a pronoun or office tells."""
        hit = reference.hit
        if hit is None:
            return None
        sex = hit.entry.pronoun or hit.entry.address or hit.entry.actor
        if sex in ("male", "female"):
            return sex
        lead = self.words.fold[reference.first]
        if lead == "một" and reference.first < hit.first:
            lead = self.words.fold[reference.first + 1]
        return {"nữ": "female", "nam": "male"}.get(lead)

    def _resolve(self) -> None:
        """Give every pronoun and office outside quotations the person it most likely stands for."""
        words = self.words
        recent: list[tuple[int, int, bool]] = []  # (sentence, actor, object)
        addressed: dict[int, set[str]] = defaultdict(set)
        for reference in self.references:
            if reference.quoted or (reference.form == "actor" and reference.actor is None):
                continue
            sentence = words.sentence(reference.first)
            is_object = self.is_object(reference)
            if reference.form == "actor":
                assert reference.actor is not None
                recent.append((sentence, reference.actor, is_object))
                continue
            if reference.form == "name" and reference.actor is not None:
                if reference.first != reference.last:
                    addressed[reference.actor].add(words.fold[reference.first])
                if not reference.possessor:
                    recent.append((sentence, reference.actor, is_object))
                continue
            if reference.form == "pronoun":
                reference.actor = self._antecedent(reference, sentence, recent, addressed)
            elif reference.form == "office" and (holder := self._apposed(reference)) is not None:
                reference.actor = holder
            elif reference.form == "office":
                reference.actor = self._officer(reference, sentence, recent)
            if reference.actor is None:
                continue
            sex = self.sex_of(reference)
            if sex and (reference.form == "pronoun" or (reference.hit is not None and reference.hit.entry.occupation is not None)):
                self._vote(reference, sex, {a for s, a, _ in recent[-_LOOK_BACK:] if sentence - s <= _NEAR}, is_object)
            recent.append((sentence, reference.actor, is_object))

    def _vote(self, reference: Reference, sex: str, near: set[int], is_object: bool) -> None:
        """Let a pronoun tell the sex of the person it stands for: fully where nobody else is near and it is a subject."""
        words = self.words
        assert reference.actor is not None
        actor = self.actors[reference.actor]
        alone = near == {reference.actor}
        if reference.form == "office" and not alone:
            return
        i = reference.first
        heads = words.gaps[i] != " " or words.fold[i - 1] in lexicon()["speech.links"]
        weight = 0.25 if is_object else 1.0 if alone else 0.5 if heads and near else 0.25
        actor.votes[sex] = actor.votes.get(sex, 0.0) + weight
        if not actor.pronoun:
            actor.pronoun = words.body.plain[words.starts[reference.first] : words.end(reference.last)].lower()

    def _fits(self, sex: str | None, actor: Actor) -> bool:
        return compatible(sex, actor.likely)

    def _antecedent(
        self, reference: Reference, sentence: int, recent: list[tuple[int, int, bool]], addressed: dict[int, set[str]]
    ) -> int | None:
        """Return the person a pronoun stands for: near, no object, addressed by the same word, of the same sex."""
        sex = self.sex_of(reference)
        word = self.words.fold[reference.first]
        best, best_rank = None, -99.0
        for distance, (at, actor_id, is_object) in enumerate(reversed(recent[-_LOOK_BACK:])):
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

    def _apposed(self, reference: Reference) -> int | None:
        """Return X for the office in "X, giám đốc …"."""
        before = self.by_last.get(reference.first - 1)
        if before is None or before.form != "name" or not any(mark in self.words.gaps[reference.first] for mark in ",-–("):
            return None
        return before.actor

    def _officer(self, reference: Reference, sentence: int, recent: list[tuple[int, int, bool]]) -> int | None:
        """Return the person an office without a name stands for: one so titled before, or a performer spoken of just now."""
        assert reference.hit is not None
        title = self.words.phrase(reference.hit.first, reference.hit.last)
        entry, titled = reference.hit.entry, self._titles.get(title)
        if not titled and entry.occupation not in _STAGE and title not in lexicon()["address.epithets"]:
            return None
        sex = self.sex_of(reference)
        same = [a for a in titled or () if self._fits(sex, self.actors[a])]
        if same:
            seen = [actor for _, actor, _ in recent[-40:]]
            known = [a for a in same if a in seen]
            if known:
                return max(known, key=lambda a: len(seen) - 1 - seen[::-1].index(a))
        if not sex or not recent:
            return None
        if entry.occupation in _STAGE:
            near = {a for at, a, _ in recent[-8:] if sentence - at <= 3 and self._fits(sex, self.actors[a])}
            if near:
                return max(near, key=lambda a: (len(self.actors[a].mentions), -a))
        at, last, _ = recent[-1]
        if title in lexicon()["address.epithets"] and sentence - at <= _NEAR and self.actors[last].likely == sex:
            return last
        return None
