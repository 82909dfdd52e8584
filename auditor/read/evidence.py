"""How strongly the form of a name and the words around it speak for a person, and what speaks against one."""

import re

from auditor.read.lexicon import Entry, lexicon
from auditor.read.mention import Context, Mention, apposition, office
from auditor.read.runs import Kind, acronym
from auditor.read.words import vietnamese

_AFTER = re.compile(
    r"[\"”]?\s?[,(–-]?\s?\(?(?:\d{1,3} tuổi|sn[ :]|sinh năm|sinh ngày|\d{4}\)|\d{2}\)|còn gọi|tức |tên thật|biệt danh|nghệ danh|quê |trú "
    r"|ngụ |hktt|thường trú)"
)
_AFTER_STARTS = set("(–-0123456789sctnbqh")
_CREDIT = re.compile(
    r"(?:ảnh|nguồn|bài|video|clip|đồ hoạ|thực hiện|dịch|minh hoạ|tổng hợp|tác giả)"
    r"(?: (?:chụp|internet|minh hoạ|tư liệu|và ảnh|từ|của))?\s?:\s?$"
)
_THEO = re.compile(r"(?:^|\n|[.(»] ?)\(?theo $")
_NAME_CUE = re.compile(
    r"(?:(?<!mang )\btên(?: là| thật là| gọi)?|nghệ danh|biệt danh|được gọi là|bí danh|danh tính là|xác định là)[ :“\"]*$"
)
_BYLINE = re.compile(r" ?[-–/(] ?\(?(?:ttxvn|tổng hợp|theo |vov|ctv|tuổi trẻ|dịch|infonet|vnexpress|ảnh|t ?/ ?h\b)")
_NUMERALS = {"II", "III", "IV", "V", "VI", "X", "XVI"}
_BASE: dict[Kind, float] = {
    "vietnamese": 3.0,
    "foreign": 2.5,
    "stage": 1.8,
    "pair": 1.0,
    "single": 0.0,
    "initials": 0.0,
    "capitals": 0.0,
    "other": 0.0,
}


def impersonal(entry: Entry, key: tuple[str, ...], context: Context) -> bool:
    """Tell whether a known place, brand or body stands here under its own name."""
    if len(key) == 1 and (context.personal or (entry.head and key[0] in lexicon().names.given)):
        return False
    if entry.street and context.titled:
        return False
    return entry.thing


def weigh(mention: Mention, entry: Entry | None) -> None:
    """Set the score of a mention: how strongly its form and context speak for a person."""
    words, key = mention.words, mention.key
    folded = words.body.folded
    start, end = mention.start, mention.end
    alone = len(key) == 1
    foreign = not vietnamese(key[0]) and not acronym(words.plain[mention.first])
    score = _form(mention, foreign) + _titles(mention, foreign)
    lead = folded[max(0, start - 40) : start]
    if ("tên" in lead or "danh" in lead or "xác định" in lead or "gọi" in lead) and _NAME_CUE.search(lead):
        score += 3.0 if not (alone and vietnamese(key[0]) and words.gaps[mention.last + 1] == " ") else 0.5
    following = folded[end : end + 2]
    if (following[:1] != " " or following[1:] in _AFTER_STARTS) and _AFTER.match(folded, end):
        score += 2.0
    elif (code := apposition(words, mention.last)) is not None:
        score += 1.5
        if code and (mention.occupation is None or mention.occupation > 20):
            mention.occupation = code
    elif folded.startswith((", người ", ", một ", " - người "), end):
        score += 1.5
    after = words.hit(mention.last + 1)
    if after is not None and words.gaps[mention.last + 1] == " " and not (entry and (entry.place or entry.organisation)):
        if after.entry.say:
            score += 1.5
        elif after.entry.deed or after.entry.adverb:
            score += 0.8
    mention.score = score - _against(mention)
    mention.credit = (
        (":" in lead[-3:] and _CREDIT.search(lead) is not None)
        or (lead.endswith("theo ") and words.body.plain[end : end + 2].strip() in ("", ")", "/") and _THEO.search(lead) is not None)
        or (not mention.titled and following[:1] in " -–/(" and _BYLINE.match(folded, end) is not None)
    )


def _form(mention: Mention, foreign: bool) -> float:
    """Return what the form of a name alone says."""
    lex, key, kind = lexicon(), mention.key, mention.kind
    score = _BASE[kind]
    if kind == "vietnamese" and len(key) == 2:
        score = 2.5
    elif len(key) == 1 and (key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]):
        score = 1.5
    elif len(key) == 1 and key[0] in lex.names.given:
        score = 0.3
    if foreign and kind in ("other", "single") and len(key) <= 4:
        score = max(score, 0.8 if len(key) > 1 else 0.5)
    return score


def _titles(mention: Mention, foreign: bool) -> float:
    """Return what forms of address, offices and kin words before a name say; takes an office found further off into the context."""
    words, context, key = mention.words, mention.context, mention.key
    alone = len(key) == 1
    if context.personal:
        return 3.0
    if context.titled:
        then = words.hit(mention.last + 1)
        verbal = then is not None and (then.entry.say or then.entry.deed or then.entry.adverb or then.entry.at)
        if alone and not foreign and words.gaps[mention.last + 1] == " " and not verbal:
            return 0.4  # "Bộ trưởng Lao động": a word in small letters goes on
        office_of = context.occupation in (2, 3, 4, 16) and mention.kind not in ("vietnamese", "foreign", "initials")
        if office_of and context.title.rpartition(" ")[2] in lexicon()["places.heads"]:
            return -1.0  # "trưởng thôn", "chủ tịch xã" may bring the village
        return 1.0 if alone and (context.occupation is None or context.occupation > 20) else 2.5
    if context.kin:
        return 1.5
    if not alone and not mention.place and (hit := office(words, mention.first)) is not None:
        mention.occupation = hit.entry.occupation
        context.title = context.title or words.phrase(hit.first, hit.last)
        return 1.5 if foreign or mention.kind in ("stage", "pair", "other") else 0.0
    return 0.0


def _against(mention: Mention) -> float:
    """Return what speaks against a person: digits, capitals throughout, a place or brand in the name, a preposition of place."""
    lex, words, key, kind = lexicon(), mention.words, mention.key, mention.kind
    plain = words.plain[mention.first : mention.last + 1]
    against = 0.0
    throughout = kind == "vietnamese" and all(map(acronym, plain))  # a headline in capitals
    if kind != "initials" and any(map(acronym, plain)) and plain[-1] not in _NUMERALS and not throughout:
        against += 2.0
    if any(char.isdigit() for word in plain for char in word):
        against += 3.0
    if len(key) > 1:
        against += _places_within(mention)
    if key[-1] in lex["organisations.tails"]:
        against += 4.0
    elif kind == "other" and any(word in lex["organisations.tails"] for word in key[1:]):
        against += 2.0
    if not mention.titled:
        previous = words.ends(mention.first - 1)
        if previous is not None and previous.entry.at and words.gaps[mention.first] == " ":
            against += 1.0
        if mention.place:
            against += 4.0
    return against


def _places_within(mention: Mention) -> float:
    """Return what a place or brand at the beginning or the end of a name of several words says against a person."""
    lex, words, key, kind = lexicon(), mention.words, mention.key, mention.kind
    against = 0.0
    hit = words.hit(mention.first)
    if kind not in ("vietnamese", "stage", "foreign") and hit is not None and hit.last < mention.last:
        against += 1.5 if hit.entry.place or hit.entry.organisation or hit.entry.head else 0.0
    tail = lex.phrases.get(key[-1])
    if kind not in ("vietnamese", "stage") and tail is not None and tail.place and key[-1] not in lex.names.given:
        against += 2.5
    tail = lex.phrases.get(" ".join(key[-2:])) if len(key) > 2 else None
    if kind not in ("vietnamese", "foreign") and tail is not None and (tail.place or tail.organisation):
        against += 3.0
    if key[0] in lex["places.openers"] and kind in ("other", "pair") and not mention.context.personal:
        against += 3.0
    return against
