"""Whether a person is a woman or a man, and the Vietnamese sentence that says why; unknown rather than guessed."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from auditor.model import Gender
from auditor.read.lexicon import lexicon
from auditor.read.mention import Mention
from auditor.read.words import vietnamese

_SURE = 2.2  # log odds of the name statistics from which a name alone tells the sex
_LIKELY = 1.5  # log odds from which it does so if nothing else speaks
_SLAVIC = {"ova", "eva", "skaya", "ov", "ev", "sky", "skiy"}


def compatible(one: str | None, other: str | None) -> bool:
    """Tell whether two sexes may be those of one person (None or "either" fits both)."""
    return one is None or other is None or "either" in (one, other) or one == other


def by_form(key: tuple[str, ...], mentions: Iterable[Mention]) -> str | None:
    """Return the sex that forms of address, or else the middle name, tell."""
    votes = [m.context.address for m in mentions if m.context.address in _WORD]
    if votes:
        return max(votes, key=votes.count)  # the first of two told equally often
    return by_middle(key)


@lru_cache(maxsize=1 << 14)
def by_middle(key: tuple[str, ...]) -> str | None:
    """Return the sex that a middle "Thị" or "Văn" tells."""
    lex = lexicon()
    if len(key) >= 3 or (len(key) == 2 and key[0] in lex["surnames.middle_female"]):
        inner = key[1:-1] if len(key) >= 3 else key[:1]
        if any(word in lex["surnames.middle_female"] for word in inner[:2]):
            return "female"
        if key[0] in lex["surnames.vietnamese"] and inner[0] in lex["surnames.middle_male"]:
            return "male"
    return None


@lru_cache(maxsize=1 << 14)
def by_statistics(key: tuple[str, ...]) -> float:
    """Return the log odds that the bearer of a Vietnamese name is a woman; 0 when the lists do not know it."""
    names = lexicon().names
    if not all(map(vietnamese, key)):
        return 0.0
    given = names.given.get(key[-1], 0.0)
    if len(key) >= 2:
        pair = " ".join(key[-2:])
        middle = 0.0 if len(key) == 2 and key[0] in lexicon()["surnames.vietnamese"] else names.middle.get(key[-2], 0.0)
        if pair in names.last2 and not (len(key) == 2 and key[0] in lexicon()["surnames.vietnamese"] and pair not in names.last2):
            together = given + middle
            return 0.7 * names.last2[pair] + 0.3 * together if names.last2[pair] * together >= 0 else 0.8 * names.last2[pair]
        extra = 0.0
        if len(key) >= 4:
            extra = 0.5 * names.middle.get(key[-3], 0.0)
        return 0.8 * (given + middle) + extra
    return 0.7 * given


@lru_cache(maxsize=1 << 14)
def by_foreign(key: tuple[str, ...]) -> str | None:
    """Return the sex that a foreign given name, or a publicly known whole name, tells; None where both bear it."""
    lex = lexicon()
    whole = " ".join(key)
    if whole in lex["public.female"]:
        return "female"
    if whole in lex["public.male"]:
        return "male"
    if korean(key):
        return None
    for word in key[:2] if len(key) > 2 else key[:1]:
        woman, man = word in lex["foreign.female"], word in lex["foreign.male"]
        if woman != man and not (vietnamese(word) and word in lex["surnames.vietnamese"] and all(map(vietnamese, key))):
            return "female" if woman else "male"
        if woman and man:
            return None
    return None


def korean(key: tuple[str, ...]) -> bool:
    """Tell whether a name is Korean in Latin letters, whose given names tell no sex."""
    lex = lexicon()
    return key[0] in lex["surnames.korean"] and len(key) in (2, 3) and any(w in lex["surnames.korean_given"] for w in key[1:])


def by_ending(key: tuple[str, ...]) -> str | None:
    """Return the sex that the ending of a foreign given name or of a Slavic surname tells."""
    lex = lexicon()
    if len(key) < 2 or korean(key) or vietnamese(key[0]) or key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]:
        return None
    surname, given = key[-1], key[0]
    found = set()
    for sex in ("female", "male"):
        for ending in lex[f"foreign.{sex}_endings"]:
            if len(ending) >= 2 and surname.endswith(ending) and ending in _SLAVIC:
                return sex
            if len(given) > len(ending) + 1 and given.endswith(ending) and ending not in _SLAVIC:
                found.add(sex)
    return found.pop() if len(found) == 1 else None


_WORD = {"female": "nữ", "male": "nam"}


def decide(actor: Any) -> tuple[Gender, str]:
    """Return the gender of an actor and the sentence that gives the evidence."""
    key = actor.key
    if actor.unnamed:
        sex = actor.sex if actor.sex in _WORD else None
        return (_gender(sex), f"từ “{actor.name}” chỉ {_WORD[sex]}") if sex else ("unknown", "bài không cho biết giới tính")
    votes: dict[str, int] = {}
    shown: dict[str, str] = {}
    for mention in actor.mentions:
        sex = mention.context.address
        if sex in _WORD:
            votes[sex] = votes.get(sex, 0) + 1
            if sex not in shown:
                shown[sex] = _said(mention)
    if votes:
        sex = max(votes, key=lambda s: votes[s])
        if len(votes) == 1 or votes[sex] > min(votes.values()):
            return _gender(sex), f"xưng hô “{shown[sex]}” trước tên"
    middle = by_middle(key)
    if middle:
        return _gender(middle), f"chữ đệm “{'Thị' if middle == 'female' else 'Văn'}” trong tên"
    foreign = by_foreign(key)
    odds = by_statistics(key)
    pronouns: Mapping[str, float] = actor.votes
    lead = pronouns.get("female", 0.0) - pronouns.get("male", 0.0)
    if foreign:
        if abs(lead) >= 2 and (lead > 0) != (foreign == "female"):
            return _by_pronoun(actor, lead)
        return _gender(foreign), f"tên “{actor.name}” được biết là tên {_WORD[foreign]}"
    against = lead * odds < 0 and min(pronouns.get("female", 0.0), pronouns.get("male", 0.0)) == 0
    if abs(odds) >= _SURE and not (against and abs(lead) >= 1):
        return _by_name(actor, odds)
    if abs(lead) >= 1:
        return _by_pronoun(actor, lead)
    kins = {m.context.kin for m in actor.mentions if m.context.kin in _WORD}
    if len(kins) == 1:
        sex = kins.pop()
        word = next(_said(m) for m in actor.mentions if m.context.kin == sex)
        if odds * (1 if sex == "female" else -1) >= 0:
            return _gender(sex), f"từ chỉ quan hệ “{word}” trước tên"
    if abs(odds) >= _LIKELY and lead * odds >= 0:
        return _by_name(actor, odds)
    ending = by_ending(key)
    if ending:
        return _gender(ending), f"dạng tên “{actor.name}” thường là tên {_WORD[ending]}"
    if abs(lead) >= 0.5:
        return _by_pronoun(actor, lead)
    return "unknown", "bài không cho biết giới tính"


def _by_name(actor: Any, odds: float) -> tuple[Gender, str]:
    sex = "female" if odds > 0 else "male"
    return _gender(sex), f"thống kê tên: “{actor.name}” thường là tên {_WORD[sex]}"


def _gender(sex: str) -> Gender:
    return "female" if sex == "female" else "male"


def _by_pronoun(actor: Any, lead: float) -> tuple[Gender, str]:
    return _gender("female" if lead > 0 else "male"), f"đại từ “{actor.pronoun}” thay cho tên"


def _said(mention: Mention) -> str:
    words = mention.words
    begins = min(mention.begins, mention.first - 1) if mention.first else 0
    if mention.first <= begins:
        return mention.context.title
    return words.body.plain[words.starts[begins] : words.end(mention.first - 1)].strip()
