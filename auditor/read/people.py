"""The people of a document: mentions that name the same person brought together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from auditor.read.gender import by_foreign, by_form, by_statistics, compatible
from auditor.read.lexicon import lexicon
from auditor.read.mention import Context, Mention
from auditor.read.words import vietnamese

_ENOUGH = 2.0  # evidence that makes a name of two words or more a person
_LIKELY = 2.2  # log odds of the statistics from which a name alone keeps "ông" and "bà" apart
_ENOUGH_ALONE = 2.4  # the same for a single word, which is more often a place, a brand or a film


@dataclass(slots=True)
class Actor:
    """A person while reading: the fullest name, all mentions, and what was learnt of them so far."""

    id: int
    key: tuple[str, ...]
    name: str
    mentions: list[Mention] = field(default_factory=list)
    sex: str | None = None  # by form of address or middle name: decides which mentions may join
    likely: str | None = None  # what form, name lists and statistics say before pronouns are read
    votes: dict[str, float] = field(default_factory=dict)  # pronouns that followed
    pronoun: str = ""
    source: str = "none"
    quoted_syllables: int = 0
    unnamed: bool = False

    @property
    def titles(self) -> set[str]:
        """The offices and occupations put before the name."""
        return {m.context.title for m in self.mentions if m.context.title}

    def add(self, mention: Mention) -> None:
        """Take a mention; the first form of address or a middle "Thị" settles the sex for later ones."""
        mention.person = self.id
        self.mentions.append(mention)
        if self.sex is None and mention.context.address != "either":
            self.sex = mention.context.address


def _strength(group: list[Mention]) -> float:
    """Return how strongly all mentions of one form together speak for a person."""
    usable = [m for m in group if not m.credit and not (m.place and not m.context.titled)]
    if not usable:
        return -9.0
    one = group[0]
    scores = [m.score for m in usable]
    against = len([m for m in group if m.place and not m.context.titled])
    worst = min(scores)
    untitled = (against or worst < -2.0) and not [m for m in usable if m.context.titled]
    if untitled and against and against + (one.kind not in ("vietnamese", "foreign")) > len(usable):
        return -9.0
    score = max(scores) + 0.4 * min(2, len(usable) - 1)
    if len(one.key) == 1 and vietnamese(one.key[0]) and not [m for m in usable if not m.opens]:
        score -= 1.0
    if worst < -2.0 and untitled:
        score -= 2.0
    return score


def _extends(short: tuple[str, ...], full: tuple[str, ...], asian: bool) -> bool:
    """Tell whether *short* is how news shortens the name *full*."""
    n = len(short)
    if n >= len(full):
        return False
    if full[-n:] == short:
        return n > 1 or short[0] not in lexicon()["surnames.middle_female"]
    if full[:n] == short:
        return n >= 2 or not asian
    return n >= 2 and any(full[i : i + n] == short for i in range(1, len(full) - n))


@lru_cache(maxsize=1 << 14)
def _asian(key: tuple[str, ...]) -> bool:
    """Tell whether a name is written surname first with syllables of Vietnamese form (Vietnamese, or Chinese in transcription)."""
    return all(map(vietnamese, key)) and key[0] in lexicon()["surnames.vietnamese"]


def gather(fields: Sequence[Sequence[Mention]]) -> list[Actor]:
    """Return the named people of a document (mentions by field) in order of appearance; each mention of one gets its ``person``."""
    mentions = [mention for field in fields for mention in field]
    groups: dict[tuple[str, ...], list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[mention.key].append(mention)
    strength = {key: _strength(group) for key, group in groups.items()}
    full = sorted((key for key in groups if len(key) > 1 and strength[key] >= _ENOUGH), key=len, reverse=True)
    actors: list[Actor] = []
    by_key: dict[tuple[str, ...], Actor] = {}
    by_word: dict[str, list[Actor]] = defaultdict(list)
    for key in full:
        group = groups[key]
        sex = by_form(key, group)
        near = {a.id: a for word in (key[-1], key[0]) for a in by_word.get(word, ())}
        home = next((a for a in near.values() if _same(key, a.key, strength[key]) and compatible(sex, a.likely)), None)
        if home is None:
            home = Actor(len(actors), key, group[0].name)
            actors.append(home)
            for word in {*key, "~" + key[-1][:3]}:
                by_word[word].append(home)
        if home.sex is None:
            home.sex = sex
        home.likely = home.sex or likely(home.key)
        by_key[key] = home
        for mention in group:
            if not mention.credit and not (mention.place and not mention.context.titled):
                home.add(mention)
    _join_short(mentions, strength, actors, by_key, by_word)
    for one_field in fields:
        _join_aliases(one_field, actors)
        _join_capitals(one_field, actors, by_word)
    return _in_order(actors)


@lru_cache(maxsize=1 << 14)
def likely(key: tuple[str, ...]) -> str | None:
    """Return the sex that a name itself most likely tells."""
    sex = by_foreign(key)
    if sex is None:
        odds = by_statistics(key)
        if abs(odds) >= _LIKELY:
            sex = "female" if odds > 0 else "male"
    return sex


def _same(short: tuple[str, ...], full: tuple[str, ...], strength: float) -> bool:
    """Tell whether two full forms name one person: one shortens the other, or a foreign name is spelt in two ways."""
    if _extends(short, full, _asian(full)):
        return True
    if len(short) != len(full) or len(short) < 2 or _asian(full):
        return False
    differing = [(a, b) for a, b in zip(short, full, strict=True) if a != b]
    return len(differing) == 1 and max(map(len, differing[0])) >= 3 and _one_letter(*differing[0])


def _one_letter(one: str, other: str) -> bool:
    """Tell whether two words differ by one letter put in, left out or changed."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    i = 0
    while i < len(one) and one[i] == other[i]:
        i += 1
    return one[i:] == other[i + 1 :] or (len(one) == len(other) and one[i + 1 :] == other[i + 1 :])


def _join_aliases(field: Sequence[Mention], actors: list[Actor]) -> None:
    """Join "Y" to "X" where the text says "X, tên thật là Y" or "X (Y)"."""
    for mention in field:
        if mention.alias_of is None:
            continue
        target = field[mention.alias_of].person
        if target is None or target == mention.person:
            continue
        home = actors[target]
        if mention.person is None:
            if compatible(mention.address, home.sex):
                home.add(mention)
            continue
        other = actors[mention.person]
        if compatible(other.sex, home.sex):
            for moved in other.mentions:
                home.add(moved)
            other.mentions = []


def _join_capitals(field: Sequence[Mention], actors: list[Actor], by_word: dict[str, list[Actor]]) -> None:
    """Find the people of a headline in capitals: those the text names, else a surname with a middle "Thị" or "Văn"."""
    lex = lexicon()
    for mention in field:
        if mention.kind != "capitals":
            continue
        key = mention.key
        for i, word in enumerate(key):
            home = next((a for a in by_word.get(word, ()) if key[i : i + len(a.key)] == a.key), None)
            size = len(home.key) if home else 3
            if home is None:
                middle = key[i + 1] in lex["surnames.middle_female"] | lex["surnames.middle_male"] if i + 2 < len(key) else False
                if not middle or word not in lex["surnames.vietnamese"]:
                    continue
                home = Actor(len(actors), key[i : i + 3], "")
                actors.append(home)
            first = mention.first + i
            part = Mention(mention.words, first, first + size - 1, key[i : i + size], "vietnamese", Context(first))
            home.add(part)
            home.name = home.name or part.name.title()
            home.sex = home.sex or by_form(home.key, [part])
            break


def _join_short(
    mentions: list[Mention],
    strength: dict[tuple[str, ...], float],
    actors: list[Actor],
    by_key: dict[tuple[str, ...], Actor],
    by_word: dict[str, list[Actor]],
) -> None:
    """Give the short forms to the people they stand for, or make new people of them."""
    lone: dict[tuple[str, ...], list[Actor]] = defaultdict(list)
    ordered = [m for m in mentions if m.words.field == "text"] + [m for m in mentions if m.words.field == "title"]
    last_seen: dict[int, int] = {}
    for index, mention in enumerate(ordered):
        key = mention.key
        if mention.person is not None:
            last_seen[mention.person] = index
            continue
        if mention.credit or (mention.place and not mention.context.titled) or key in by_key:
            continue
        enough = strength[key] >= (_ENOUGH_ALONE if len(key) == 1 else _ENOUGH)
        if not enough and (not actors or mention.score <= (-1.0 if mention.opens else -3.0)):
            continue
        sex = mention.context.address
        near = {a.id: a for word in {key[-1]: 0, key[0]: 0} for a in by_word.get(word, ())}
        if not near and len(key) == 1 and len(key[0]) >= 5 and not vietnamese(key[0]):
            # the surname of a foreigner, spelt in another way
            near = {a.id: a for a in by_word.get("~" + key[0][:3], ()) if len(a.key) > 1 and _one_letter(a.key[-1], key[0])}
            key = next(iter(near.values())).key[-1:] if near else key
        candidates = [
            a for a in near.values() if compatible(sex, a.likely) and (_extends(key, a.key, _asian(a.key)) or _surname_alone(mention, a))
        ]
        if candidates and mention.score > (-1.0 if mention.opens else -3.0):
            best = candidates[0]
            if len(candidates) > 1:
                best = max(candidates, key=lambda a: (_fit(key, a), last_seen.get(a.id, -1), -a.id))
            best.add(mention)
            last_seen[best.id] = index
            continue
        if enough:
            home = next((a for a in lone[key] if compatible(sex, a.sex)), None)
            if home is None:
                home = Actor(len(actors), key, mention.name, likely=likely(key))
                actors.append(home)
                lone[key].append(home)
            home.add(mention)
            home.likely = home.sex or home.likely
            last_seen[home.id] = index


def _surname_alone(mention: Mention, actor: Actor) -> bool:
    """Tell whether a lone surname may stand for *actor*, as news on China and Korea writes ("Trần khai")."""
    key = mention.key
    if len(key) != 1 or key[0] != actor.key[0] or len(actor.key) < 2:
        return False
    return len(actor.key) <= 3 and actor.key[1] not in lexicon()["surnames.middle_female"] | lexicon()["surnames.middle_male"]


def _fit(key: tuple[str, ...], actor: Actor) -> int:
    """Return how usual it is to call *actor* so: by the end of the name, by its beginning, otherwise."""
    if actor.key[-len(key) :] == key:
        return 2
    return 1 if actor.key[: len(key)] == key else 0


def _in_order(actors: list[Actor]) -> list[Actor]:
    """Return the actors by first appearance (text before title counts as given), numbered from 0."""
    alive = [a for a in actors if a.mentions]
    for actor in alive:
        longest = actor.mentions[0]
        if len(actor.mentions) > 1:
            actor.mentions.sort(key=lambda m: (m.words.field == "text", m.start))
            own = [m for m in actor.mentions if m.alias_of is None] or actor.mentions
            size = max([len(m.key) for m in own])
            own = [m for m in own if len(m.key) == size]
            longest = next((m for m in own if not m.name.isupper()), own[0])
        if len(longest.key) >= len(actor.key):
            actor.key = longest.key
            shouted = longest.name.isupper() and len(longest.key) > 1 and "." not in longest.name
            actor.name = longest.name.title() if shouted else longest.name
    alive.sort(key=lambda a: (a.mentions[0].words.field == "text", a.mentions[0].start))
    for number, actor in enumerate(alive):
        actor.id = number
        for mention in actor.mentions:
            mention.person = number
    return alive
