"""How strongly the form of a name and the words around it speak for a person, and what speaks against one."""

import re

from auditor.read.form import Form
from auditor.read.lexicon import Entry, lexicon
from auditor.read.mention import APPOSES, Context, Mention, apposition, office
from auditor.read.words import Hit, vietnamese

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
def impersonal(entry: Entry, key: tuple[str, ...], context: Context) -> bool:
    """Tell whether a known place, brand or body stands here under its own name."""
    if len(key) == 1 and (context.personal or (entry.head and key[0] in lexicon().names.given)):
        return False
    if entry.street and context.titled:
        return False
    return entry.thing


def weigh(mention: Mention, form: Form) -> None:
    """Set the score of a mention: how strongly its form and context speak for a person."""
    words, key, last = mention.words, mention.key, mention.last
    folded, gap = words.body.folded, words.gaps[mention.last + 1]
    start, end = mention.start, mention.end
    after = words.hit(last + 1) if gap == " " else None
    score = form.score + _titles(mention, form, gap, after)
    lead = folded[start - 40 if start > 40 else 0 : start]
    if ("tên" in lead or "danh" in lead or "xác định" in lead or "gọi" in lead) and _NAME_CUE.search(lead):
        score += 3.0 if not (gap == " " and len(key) == 1 and vietnamese(key[0])) else 0.5
    following = folded[end : end + 2]
    if (following[:1] != " " or following[1:] in _AFTER_STARTS) and _AFTER.match(folded, end):
        score += 2.0
    elif (gap in APPOSES or (gap == " " and words.fold[last + 1 : last + 2] == ["là"])) and (code := apposition(words, last)) is not None:
        score += 1.5
        if code and (mention.occupation is None or mention.occupation > 20):
            mention.occupation = code
    elif folded.startswith((", người ", ", một ", " - người "), end):
        score += 1.5
    if after is not None and not (form.entry and (form.entry.place or form.entry.organisation)):
        if after.entry.say:
            score += 1.5
        elif after.entry.deed or after.entry.adverb:
            score += 0.8
    mention.score = score - form.against - _context_against(mention, form)
    mention.credit = (
        (":" in lead[-3:] and _CREDIT.search(lead) is not None)
        or (lead.endswith("theo ") and words.body.plain[end : end + 2].strip() in ("", ")", "/") and _THEO.search(lead) is not None)
        or (following[:1] in " -–/(" and not mention.context.titled and _BYLINE.match(folded, end) is not None)
    )


def _titles(mention: Mention, form: Form, gap: str, then: Hit | None) -> float:
    """Return what forms of address, offices and kin words before a name say; takes an office found further off into the context."""
    context = mention.context
    if context.personal:
        return 3.0
    alone = len(mention.key) == 1
    if context.titled:
        verbal = then is not None and (then.entry.say or then.entry.deed or then.entry.adverb or then.entry.at)
        if alone and not form.foreign and gap == " " and not verbal:
            return 0.4  # "Bộ trưởng Lao động": a word in small letters goes on
        office_of = context.occupation in (2, 3, 4, 16) and form.kind not in ("vietnamese", "foreign", "initials")
        if office_of and context.title.rpartition(" ")[2] in lexicon()["places.heads"]:
            return -1.0  # "trưởng thôn", "chủ tịch xã" may bring the village
        return 1.0 if alone and (context.occupation is None or context.occupation > 20) else 2.5
    if context.kin:
        return 1.5
    if not alone and not mention.place and (hit := office(mention.words, mention.first)) is not None:
        mention.occupation = hit.entry.occupation
        context.title = context.title or mention.words.phrase(hit.first, hit.last)
        return 1.5 if form.foreign or form.kind in ("stage", "pair", "other") else 0.0
    return 0.0


def _context_against(mention: Mention, form: Form) -> float:
    """Return what speaks against a person where the name stands: a preposition of place or a place, before or at its beginning."""
    words, first = mention.words, mention.first
    against = 0.0
    if first < mention.last and form.kind not in ("vietnamese", "stage", "foreign"):
        hit = words.hit(first)
        if hit is not None and hit.last < mention.last and (hit.entry.place or hit.entry.organisation or hit.entry.head):
            against += 1.5
    if form.opener and not mention.context.personal:
        against += 3.0
    if not mention.context.titled:
        previous = words.ends(first - 1) if words.gaps[first] == " " else None
        if previous is not None and previous.entry.at:
            against += 1.0
        if mention.place:
            against += 4.0
    return against
