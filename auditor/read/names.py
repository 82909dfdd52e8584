"""Possible names of people, each with the evidence of its own context: titles, age, deeds and speech, places and brands."""

import re
from dataclasses import dataclass

from auditor.read.lexicon import Entry, lexicon
from auditor.read.quotes import Inside
from auditor.read.runs import Kind, Run, acronym, is_initial, kind_of, runs
from auditor.read.words import Hit, Words, vietnamese

_AFTER = re.compile(
    r"[\"”]?\s?[,(–-]?\s?\(?(?:\d{1,3} tuổi|sn[ :]|sinh năm|sinh ngày|\d{4}\)|\d{2}\)|còn gọi|tức |tên thật|biệt danh|nghệ danh|quê |trú |ngụ |hktt|thường trú)"
)
_CREDIT = re.compile(
    r"(?:ảnh|nguồn|bài|video|clip|đồ hoạ|thực hiện|dịch|minh hoạ|tổng hợp|tác giả)(?: (?:chụp|internet|minh hoạ|tư liệu|và ảnh|từ|của))?\s?:\s?$"
)
_THEO = re.compile(r"(?:^|\n|[.(»] ?)\(?theo $")
_NAME_CUE = re.compile(r"(?:(?<!mang )\btên(?: là| thật là| gọi)?|nghệ danh|biệt danh|được gọi là|bí danh|danh tính là|xác định là)[ :“\"]*$")
_ALIAS_CUE = re.compile(r"(?:tên thật(?: là)?|tên thường gọi(?: là)?|tên khai sinh(?: là)?|biệt danh|nghệ danh|bí danh|còn gọi là|hay còn gọi là|tức|hay gọi là|tên đầy đủ(?: là)?)[ :“\"]*$")
_BYLINE = re.compile(r" ?[-–/(] ?\(?(?:ttxvn|tổng hợp|theo |vov|ctv|tuổi trẻ|dịch|infonet|vnexpress|ảnh|t ?/ ?h\b)")
_BASE: dict[Kind, float] = {"vietnamese": 3.0, "foreign": 2.5, "stage": 1.8, "pair": 1.0, "single": 0.0, "initials": 0.0, "other": 0.0}
_AFTER_STARTS = set("(–-0123456789sctnbqh")
_DOMAINS = {"com", "vn", "net", "org", "fr", "de", "uk", "cn", "jp", "co", "info", "tv", "io", "me", "edu", "gov"}
_LINK = {"và", "hay", "hoặc", "cùng", "với"}


@dataclass(slots=True)
class Context:
    """What stands before a name: sex by form of address, occupation, kin word; *begins* is the first word of it all."""

    begins: int
    titled: bool = False
    personal: bool = False
    address: str | None = None
    kin: str | None = None
    occupation: int | None = None
    title: str = ""
    family: bool = False
    place: bool = False
    possessor: bool = False


@dataclass(slots=True)
class Mention:
    """One possible name, words *first* … *last* of a field, with what its context says."""

    words: Words
    first: int
    last: int
    key: tuple[str, ...]
    kind: Kind
    context: Context
    opens: bool = False  # first in its sentence without a title: the capital says nothing
    place: bool = False  # context says street, school, town
    credit: bool = False  # a byline or a picture credit
    alias_of: int | None = None  # index of the mention just before, of which this is another name
    occupation: int | None = None
    score: float = 0.0
    person: int | None = None
    start: int = 0  # where the name begins in the normal form
    end: int = 0

    def __post_init__(self) -> None:
        self.start = self.words.starts[self.first]
        self.end = self.words.end(self.last)
        if (self.kind == "initials" or len(self.words.plain[self.last]) == 1) and is_initial(self.words, self.last):
            self.end += 1  # the full stop of a last initial belongs to the name

    @property
    def name(self) -> str:
        """The name as printed."""
        return self.words.body.plain[self.start : self.end]

    @property
    def address(self) -> str | None:
        """The sex that a form of address before the name tells."""
        return self.context.address

    @property
    def titled(self) -> bool:
        """Whether a form of address, an office or "tên" stands before the name."""
        return self.context.titled

    @property
    def begins(self) -> int:
        """The first word of the titles before the name."""
        return self.context.begins


def before(words: Words, i: int) -> Context:
    """Return what the words right before word *i* say about a name that begins there."""
    context = Context(i)
    at = i
    for _ in range(5):
        hit = words.ends(at - 1)
        gap = words.gaps[at]
        if hit is None or at == 0 or not (gap in (" ", "") or (gap in (". ", ".") and hit.entry.occupation and len(words.plain[hit.last]) <= 3)):
            break
        entry = hit.entry
        land = entry.place and words.plain[hit.first][0].isupper() and not words.opens(hit.first)
        if entry.kin and context.titled:
            context.possessor = True
            break
        if entry.household:
            context.possessor = True
            context.begins = hit.first
            break
        if (entry.address or entry.occupation is not None or entry.kin) and not land:
            if entry.address:
                context.titled = True
                context.personal = context.personal or (entry.personal and at == i)
                if entry.address != "either" and context.address is None:
                    context.address = entry.address
            if entry.occupation is not None:
                context.titled = True
                if context.occupation is None or context.occupation > 20:
                    context.occupation = entry.occupation
                    context.title = words.phrase(hit.first, hit.last)
                if context.address is None:
                    context.address = _sexed(words, hit)
            if entry.kin and not entry.address:
                context.kin = context.kin or entry.kin
            if entry.family and at == i:
                context.family = True
            at = hit.first
            context.begins = at
            continue
        if entry.before and context.titled:
            at = hit.first
            context.begins = at
            continue
        if entry.head and (not context.titled or (context.occupation == 4 and not context.personal)):
            context.place, context.titled = True, False  # "đường …", "đồn cảnh sát …"
        break
    if not context.titled and not context.place and not context.kin:
        context.place = _place_before(words, i)
    return context


def _place_before(words: Words, i: int) -> bool:
    """Tell whether "trường THPT", "tàu ngầm ARA", "quán karaoke" stand before word *i*: a head with other words after it."""
    between = lexicon()["places.between"]
    at = i - 1
    for _ in range(3):
        if at < 1 or words.gaps[at + 1] != " " or not (words.fold[at] in between or acronym(words.plain[at])):
            return False
        at -= 1
        hit = words.ends(at)
        if hit is not None and hit.entry.head and words.gaps[at + 1] == " ":
            return True
    return False


def _sexed(words: Words, hit: Hit) -> str | None:
    """Return the sex that "nữ" or "nam" at or before an occupation tells."""
    for word in (words.fold[hit.first], words.fold[hit.first - 1] if hit.first and words.gaps[hit.first] == " " else ""):
        if word == "nữ":
            return "female"
        if word == "nam":
            return "male"
    return None


def _office(words: Words, i: int) -> Hit | None:
    """Return the office that stands some words before a name: "Bộ trưởng Quốc phòng …", "kỹ sư khí động học …"."""
    at = i - 1
    for _ in range(8):
        if at < 0 or words.gaps[at + 1] != " ":
            return None
        hit = words.ends(at)
        if hit is not None and hit.last < i:
            entry = hit.entry
            if entry.occupation is not None and entry.occupation <= 20 and not entry.compound:
                return hit
            if entry.say or entry.address or entry.at or entry.adverb or words.fold[at] in ("là", "bị", "được", "có", "và", "của", "với", "cho"):
                return None
            at = hit.first - 1
        else:
            at -= 1
    return None


def apposition(words: Words, last: int) -> int | None:
    """Return the occupation of "X, giám đốc …", "X - phó bí thư …", "X (nguyên giám đốc …)", "X là giáo viên"."""
    gap = words.gaps[last + 1]
    at = last + 1
    if gap == " " and at < len(words.fold) and words.fold[at] == "là":
        at += 1
    elif gap not in (", ", " - ", " – ", " (", ": "):
        return None
    for _ in range(3):
        hit = words.hit(at)
        if hit is None:
            return None
        if hit.entry.occupation is not None and not hit.entry.compound:
            return hit.entry.occupation
        if (hit.entry.address or hit.entry.kin or hit.entry.actor) and hit.last + 1 < len(words.plain) and words.plain[hit.last + 1].islower():
            return 0
        if not hit.entry.before and words.fold[at] not in ("hiện", "là", "một", "nữ", "nam"):
            return None
        at = hit.last + 1
    return None


def mentions(words: Words, inside: Inside) -> list[Mention]:
    """Return the possible names of a field in order, weighed."""
    found: list[Mention] = []
    credits = _credit_lines(words)
    for run in runs(words):
        mention = _mention(words, run)
        if mention is None:
            continue
        if credits and mention.start >= credits:
            mention.credit = True
        span = inside.at(mention.start)
        if span is not None and span.end - span.start < 40 and span.end - span.start > mention.end - mention.start + 1 and not mention.titled:
            mention.score -= 2.0  # a word of a film, a song, a slogan
        if found:
            _beside(words, found, mention)
        found.append(mention)
    for one, other in zip(reversed(found[:-1]), reversed(found[1:]), strict=True):
        if _listed(words, one, other) and other.score >= 2.0 and not other.place and one.kind != "single" and not one.place:
            one.score += 1.0
    return found


def _mention(words: Words, run: Run) -> Mention | None:
    key = tuple(words.fold[run.first : run.last + 1])
    plain = tuple(words.plain[run.first : run.last + 1])
    if len(key) == 1 and len(key[0]) == 1 and not words.gaps[run.last + 1].startswith(".") and not before(words, run.first).personal:
        return None
    if words.gaps[run.last + 1] == "." and run.last + 1 < len(words.plain) and words.plain[run.last + 1] in _DOMAINS:
        return None
    kind = kind_of(key, plain)
    context = before(words, run.first)
    if run.stripped:
        if not context.titled:
            outer = before(words, run.begins)
            context.occupation, context.title, context.titled = outer.occupation, outer.title, outer.occupation is not None
            context.address = outer.address if outer.occupation is not None else None
            if context.titled:
                context.begins = outer.begins
        context.begins = min(context.begins, run.begins)
    mention = Mention(words, run.first, run.last, key, kind, context, run.opens and not context.titled, context.place and not context.titled)
    mention.occupation = context.occupation
    entry = lexicon().phrases.get(" ".join(key))
    if entry is not None and _impersonal(entry, key, context):
        mention.score = -4.0
    else:
        _weigh(mention, entry)
    return mention


def _impersonal(entry: Entry, key: tuple[str, ...], context: Context) -> bool:
    """Tell whether a known place, brand or body stands here under its own name."""
    if len(key) == 1 and (context.personal or (entry.head and key[0] in lexicon().names.given)):
        return False
    if entry.street and context.titled:
        return False
    return entry.thing


def _weigh(mention: Mention, entry: Entry | None) -> None:
    """Set the score of a mention: how strongly its form and context speak for a person."""
    lex, words, key, context, kind = lexicon(), mention.words, mention.key, mention.context, mention.kind
    folded = words.body.folded
    start, end = mention.start, mention.end
    score = _BASE[kind]
    alone = len(key) == 1
    if kind == "vietnamese" and len(key) == 2:
        score = 2.5
    elif alone and (key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]):
        score = 1.5
    elif alone and key[0] in lex.names.given:
        score = 0.3
    foreign = not vietnamese(key[0]) and not acronym(words.plain[mention.first])
    if foreign and kind in ("other", "single") and len(key) <= 4:
        score = max(score, 0.8 if len(key) > 1 else 0.5)
    if context.personal:
        score += 3.0
    elif context.titled:
        after_gap = words.gaps[mention.last + 1]
        then = words.hit(mention.last + 1)
        verbal = then is not None and (then.entry.say or then.entry.deed or then.entry.adverb or then.entry.at)
        common = alone and not foreign and after_gap == " " and not verbal
        crowd = alone and context.occupation is None or (context.occupation or 0) > 20
        score += 0.4 if common else 1.0 if crowd and alone else 2.5
    elif context.kin:
        score += 1.5
    elif (foreign or kind in ("stage", "pair", "other")) and len(key) > 1 and (office := _office(words, mention.first)) is not None:
        score += 1.5
        mention.occupation = office.entry.occupation
        context.title = context.title or words.phrase(office.first, office.last)
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


def _against(mention: Mention) -> float:
    """Return what speaks against a person: a known place or brand, digits, capitals throughout, a preposition of place."""
    lex, words, key, context = lexicon(), mention.words, mention.key, mention.context
    against = 0.0
    plain = words.plain[mention.first : mention.last + 1]
    if mention.kind != "initials" and any(map(acronym, plain)) and not (len(key) > 1 and all(map(acronym, plain)) and mention.kind == "vietnamese"):
        against += 0.0 if len(key) > 1 and plain[-1] in ("II", "III", "IV", "V", "VI", "X", "XVI") else 2.0
    if any(char.isdigit() for word in plain for char in word):
        against += 3.0
    if len(key) > 1:
        hit = words.hit(mention.first)
        if hit is not None and hit.last < mention.last and (hit.entry.place or hit.entry.organisation or hit.entry.head) and mention.kind not in ("vietnamese", "stage", "foreign"):
            against += 1.5
        if mention.kind != "vietnamese" and len(key) > 1 and not mention.kind == "stage" and ((tail := lex.phrases.get(key[-1])) is not None and tail.place and key[-1] not in lex.names.given):
            against += 2.5
        if mention.kind not in ("vietnamese", "foreign") and len(key) > 2 and (tail := lex.phrases.get(" ".join(key[-2:]))) is not None and (tail.place or tail.organisation):
            against += 3.0
    if len(key) > 1 and key[0] in lex["places.openers"] and mention.kind in ("other", "pair") and not context.personal:
        against += 3.0
    if key[-1] in lex["organisations.tails"]:
        against += 4.0
    elif mention.kind == "other" and any(word in lex["organisations.tails"] for word in key[1:]):
        against += 2.0
    if not mention.titled:
        previous = words.ends(mention.first - 1)
        if previous is not None and previous.entry.at and words.gaps[mention.first] == " ":
            against += 1.0
        if mention.place:
            against += 4.0
    return against


def _listed(words: Words, one: Mention, other: Mention) -> bool:
    """Tell whether two mentions stand side by side in a list: "A, B", "A và B"."""
    if other.begins == one.last + 1:
        return words.gaps[other.begins] == ", "
    return other.begins == one.last + 2 and words.fold[one.last + 1] in _LINK and words.gaps[one.last + 1] == " "


def _brand(mention: Mention) -> bool:
    entry = lexicon().phrases.get(" ".join(mention.key))
    return entry is not None and entry.organisation


def _beside(words: Words, found: list[Mention], mention: Mention) -> None:
    """Let the mention before say what this one is: a further street, brand or person of a list, or another name of the same person."""
    one = found[-1]
    between = words.body.folded[one.end : mention.start]
    if one.place and not mention.titled and between in (" - ", " – ", "-", " (", ", ", " và ", ",") and (
        mention.kind not in ("vietnamese", "foreign") or between in (" - ", " – ", "-")
    ):
        mention.place = True
        mention.score -= 4.0
        return
    if _listed(words, one, mention):
        if one.score >= 1.5 and (mention.kind != "single" or mention.score >= 1.0):
            mention.score += 1.0
        elif one.score <= -2.5 and not mention.titled and mention.kind in ("foreign", "other", "stage") and _brand(one):
            mention.score -= 2.0
    if len(between) < 60 and one.score >= 1.5 and (between == " (" or (mention.score > 0 and _ALIAS_CUE.search(between))):
        closing = words.body.plain[mention.end : mention.end + 1]
        if between != " (" or (closing in (")", ",") and mention.kind not in ("single",) and not mention.titled and mention.score > -1):
            mention.alias_of = len(found) - 1


def _credit_lines(words: Words) -> int:
    """Return where the byline at the end of a text begins, 0 when there is none: last lines that hold nothing but names."""
    body = words.body
    if words.field == "title" or len(body.sentences) < 3:
        return 0
    begins = 0
    for start, end in reversed(body.sentences[-3:]):
        line = re.sub(r"\([^)]*\)|theo [^\n]*|tổng hợp", "", body.plain[start:end], flags=re.IGNORECASE) if end - start < 80 else "x" * 99
        kept = re.findall(r"[^\W\d_]+", line)
        if len(kept) > 8 or any(word.islower() for word in kept):
            break
        begins = start
    return begins
