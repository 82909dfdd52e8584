"""Capital runs that may be names of people: where they stand, what kind of name, what speaks for a person."""

import re
from dataclasses import dataclass
from typing import Literal

from auditor.read.lexicon import lexicon
from auditor.read.words import Hit, Words, marked, vietnamese

Kind = Literal["vietnamese", "foreign", "stage", "single", "initials", "other"]

_AFTER = re.compile(r"[\"”]?\s?[,(–-]?\s?\(?(?:\d{1,3} tuổi|sn[ :]|sinh năm|sinh ngày|\d{4}\)|\d{2}\)|còn gọi|tức |tên thật|biệt danh|nghệ danh|quê |trú |ngụ |hktt)")
_CREDIT = re.compile(r"(?:^|[\n(.;|] ?|\b)(?:ảnh|nguồn|bài|video|clip|đồ hoạ|đồ họa|thực hiện|dịch|minh hoạ|tổng hợp|tác giả)(?: (?:chụp|internet|minh hoạ|tư liệu|và ảnh|từ|của))?\s?:\s?$")
_THEO = re.compile(r"(?:^|\n|[.(»] ?)\(?theo $")
_NAME_CUE = re.compile(r"(?:\btên(?: là| thật là| gọi| thật)?|nghệ danh|biệt danh|được gọi là|mang tên|tự là|bí danh|danh tính (?:là|được xác định là)|xác định là)[ :“\"]*$")
_INITIAL = re.compile(r"[A-ZĐ][a-zđ]{0,2}")


@dataclass(slots=True)
class Mention:
    """One capital run read as a possible name, words *first* … *last* of a field, with what its context says."""

    words: Words
    first: int
    last: int
    key: tuple[str, ...]
    kind: Kind
    titled: bool = False
    address: str | None = None
    kin: str | None = None
    occupation: int | None = None
    title: str = ""
    family: bool = False
    begins: int = 0  # the first word of its titles
    possessor: bool = False  # "vợ ông X": the words name somebody else by this person
    place: bool = False  # context says street, school, town
    credit: bool = False  # a byline or a picture credit
    opens: bool = False  # first in its sentence without a title: the capital says nothing
    score: float = 0.0
    quoted: bool = False
    person: int | None = None

    @property
    def start(self) -> int:
        """Where the name begins in the normal form."""
        return self.words.starts[self.first]

    @property
    def end(self) -> int:
        """Where the name ends; the full stop of a last initial belongs to it."""
        end = self.words.end(self.last)
        plain = self.words.body.plain
        if plain[end : end + 1] == "." and _is_initial(self.words, self.last) and (self.kind == "initials" or len(self.words.plain[self.last]) == 1):
            return end + 1
        return end

    @property
    def name(self) -> str:
        """The name as printed."""
        return self.words.body.plain[self.start : self.end]


@dataclass(slots=True)
class Context:
    """What stands before a name: sex by form of address, occupation, kin word; *begins* is the first word of it all."""

    begins: int
    titled: bool = False
    address: str | None = None
    kin: str | None = None
    occupation: int | None = None
    title: str = ""
    family: bool = False
    place: bool = False
    possessor: bool = False


def _is_initial(words: Words, i: int) -> bool:
    word = words.plain[i]
    return len(word) <= 3 and _INITIAL.fullmatch(word) is not None and words.gaps[i + 1].startswith(".")


def _acronym(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def runs(words: Words) -> list[tuple[int, int]]:
    """Return (first, last) of every run of words with capitals that may belong to one name."""
    lex = lexicon()
    particles, korean, endings = lex["words.particles"], lex["surnames.korean"], lex["surnames.korean_given"]
    plain, folded, gaps = words.plain, words.fold, words.gaps
    found = []
    capital = set(words.capitals)
    at = -1
    for first in words.capitals:
        if first <= at:
            continue
        at = first
        while at + 1 < len(plain) and at - first < 12:
            gap, following = gaps[at + 1], at + 1
            is_capital = following in capital
            if gap == " " or (gap == "  " and is_capital):
                if is_capital and _acronym(plain[at]) == _acronym(plain[following]):
                    at = following
                    continue
                if is_capital and (len(plain[at]) == 1 or len(plain[following]) == 1):
                    at = following
                    continue
                if folded[following] in particles and not is_capital and following + 1 in capital and gaps[following + 1] in (" ", "-", "'") and not marked(folded[at]):
                    at = following + 1
                    continue
            elif gap == "-" and not plain[following][0].isdigit() and not (is_capital and marked(folded[following]) and marked(folded[at])):
                at = following
                continue
            elif gap in (" - ", "- ", " -"):
                if not is_capital and at - first <= 1 and folded[first] in korean and folded[following] in endings:
                    at = following
                    continue
            elif gap.strip() in ("'", "’", "‘") and is_capital and len(plain[at]) <= 2 and len(gap) <= 3:
                at = following
                continue
            elif gap in (".", ". ") and is_capital and _is_initial(words, at):
                one_letter = len(plain[at]) == 1
                if gap == "." or (one_letter and at == first and not _acronym(plain[following])) or _is_initial(words, following) or (one_letter and not any(marked(w) for w in folded[first : following + 1])):
                    if gap == "." or words.gaps[following] != "\n":
                        at = following
                        continue
            elif gap in (' "', " “") and is_capital and at + 2 < len(plain) and gaps[at + 2] in ('" ', "” ") and at + 2 in capital:
                at += 2
                continue
            break
        found.append((first, at))
    return found


def _name_like(key: tuple[str, ...]) -> bool:
    """Tell whether words look like a whole name: a surname, a foreign given name or a known pair of given names begin it."""
    lex = lexicon()
    if not key:
        return False
    if len(key) == 1:
        return not vietnamese(key[0])
    return (
        key[0] in lex["surnames.vietnamese"]
        or key[0] in lex["foreign.female"]
        or key[0] in lex["foreign.male"]
        or key[0] in lex["surnames.chinese"]
        or not vietnamese(key[0])
        or " ".join(key[-2:]) in lex.names.last2
    )


def kind_of(key: tuple[str, ...], plain: list[str]) -> Kind:
    """Return the kind of name that folded words *key* (printed *plain*) make."""
    lex = lexicon()
    syllabic = [vietnamese(word) for word in key]
    first, length = key[0], len(key)
    if all(len(word) <= 3 and _INITIAL.fullmatch(word) for word in plain) and (length > 1 or len(first) == 1) and sum(len(w) for w in plain) <= 2 * length + 1 and any(len(w) == 1 for w in plain):
        return "initials"
    if length == 1:
        return "single"
    given = lex.names.given
    middle = lex["surnames.middle_female"] | lex["surnames.middle_male"]
    if all(syllabic) and first in lex["surnames.vietnamese"] and length <= 6:
        foreign_first = first in lex["foreign.female"] or first in lex["foreign.male"]
        if first not in lex["surnames.weak"] or key[1] in middle or (length >= 3 and (key[-1] in given or " ".join(key[-2:]) in lex.names.last2)):
            return "vietnamese"
        if first in lex["surnames.chinese"] and length <= 3 and not foreign_first:
            return "stage" if " ".join(key[-2:]) in lex.names.last2 or length == 3 else "other"
    if length >= 3 and key[1] in middle and len(plain[-1]) <= 2:
        return "vietnamese"
    if first in lex["surnames.vietnamese"] and len(plain[-1]) <= 2 and length >= 2 and _INITIAL.fullmatch(plain[-1]) and all(syllabic[:-1]):
        return "vietnamese"
    if first in lex["foreign.female"] or first in lex["foreign.male"]:
        return "foreign"
    if first in lex["surnames.korean"] and length <= 3 and any(word in lex["surnames.korean_given"] for word in key[1:]):
        return "foreign"
    if all(syllabic) and length <= 3 and " ".join(key[-2:]) in lex.names.last2:
        return "stage"
    if key[-1] in lex["surnames.vietnamese"] and all(syllabic) and length == 2 and first in given and key[-1] not in lex["surnames.weak"]:
        return "stage"
    return "other"


def before(words: Words, i: int) -> Context:
    """Return what the words right before word *i* say about a name that begins there."""
    context = Context(i)
    at = i
    for _ in range(4):
        hit = words.ending.get(at - 1)
        gap = words.gaps[at]
        if hit is None or at == 0 or not (gap == " " or (gap in (". ", ".") and hit.entry.occupation)):
            break
        entry = hit.entry
        if entry.address or entry.occupation is not None or entry.kin:
            if entry.kin and context.titled and not entry.occupation:
                context.possessor = True
                break
            if entry.address:
                context.titled = True
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
        if entry.head and not context.titled:
            context.place = True
        break
    return context


def _sexed(words: Words, hit: Hit) -> str | None:
    """Return the sex that "nữ" or "nam" at or before an occupation tells."""
    for word in (words.fold[hit.first], words.fold[hit.first - 1] if hit.first and words.gaps[hit.first] == " " else ""):
        if word == "nữ":
            return "female"
        if word == "nam":
            return "male"
    return None


def mentions(words: Words) -> list[Mention]:
    """Return the capital runs of a field that may name people, each with the evidence of its own context."""
    found: list[Mention] = []
    for first, last in runs(words):
        _split(words, first, last, found)
    return found


def _split(words: Words, first: int, last: int, found: list[Mention]) -> None:
    """Take titles, places and sentence openers off a run and keep the rest as a mention."""
    lex = lexicon()
    folded = words.fold
    at = first
    opens = words.opens(first)
    stripped: list[Hit] = []
    while at < last:
        hit = words.hits.get(at)
        rest = tuple(folded[(hit.last if hit else at) + 1 : last + 1])
        if hit and hit.last < last:
            entry = hit.entry
            title = entry.address or entry.occupation is not None
            if title and (hit.last > at or opens or _acronym(words.plain[at]) or words.plain[at][0].isupper()) and not (at == first and not opens and len(rest) == 1 and hit.last == at and folded[at] == "anh"):
                if not (hit.last == at and tuple(folded[at : last + 1]) and " ".join(folded[at : last + 1]) in lex.names.last2 and not opens):
                    at = hit.last + 1
                    stripped.append(hit)
                    continue
            if (entry.place or entry.organisation or entry.people or entry.head) and _name_like(rest) and not (folded[at] in lex["surnames.vietnamese"] and hit.last == at and kind_of(tuple(folded[at : last + 1]), words.plain[at : last + 1]) == "vietnamese"):
                at = hit.last + 1
                stripped.append(hit)
                continue
        if opens and at == first and folded[at] in lex["words.starters"]:
            whole = tuple(folded[at : last + 1])
            if kind_of(whole, words.plain[at : last + 1]) not in ("vietnamese", "stage"):
                at += 1
                continue
        break
    # "xã Tân Trào Nguyễn Văn A", "Vingroup Phạm Nhật Vượng": the name begins at a surname inside the run
    length = last - at + 1
    if length >= 4 or (length >= 3 and not vietnamese(folded[at])):
        for cut in range(last - 1, at, -1):
            key = tuple(folded[cut : last + 1])
            if not 2 <= len(key) <= 4:
                continue
            if folded[cut] in lex["surnames.vietnamese"] and folded[cut] not in lex["surnames.weak"] and kind_of(key, words.plain[cut : last + 1]) == "vietnamese":
                head = tuple(folded[at:cut])
                whole = kind_of(tuple(folded[at : last + 1]), words.plain[at : last + 1])
                if (whole != "vietnamese" and (len(head) >= 2 or not vietnamese(head[0])) and head[0] not in lex["foreign.female"] and head[0] not in lex["foreign.male"]) or (length >= 5 and " ".join(head) in lex.phrases):
                    at = cut
                    break
    key = tuple(folded[at : last + 1])
    hit = words.hits.get(at)
    if at == last and (len(key[0]) == 1 and words.plain[at].isdigit()):
        return
    plain = words.plain[at : last + 1]
    kind = kind_of(key, plain)
    context = before(words, at)
    if stripped and context.begins > stripped[0].first:
        context.begins = stripped[0].first
    mention = Mention(words, at, last, key, kind, context.titled, context.address, context.kin, context.occupation, context.title, context.family, min(context.begins, at), context.place)
    mention.possessor = context.possessor
    mention.opens = at == first and opens and not context.titled
    _weigh(mention, hit)
    found.append(mention)


def _weigh(mention: Mention, hit: Hit | None) -> None:
    """Set the score of a mention: how strongly its form and context speak for a person."""
    lex, words, key = lexicon(), mention.words, mention.key
    folded = words.body.folded
    start, end = mention.start, mention.end
    whole = " ".join(key)
    entry = lex.phrases.get(whole)
    score = {"vietnamese": 3.0, "foreign": 2.5, "stage": 1.0, "single": 0.0, "initials": 0.0, "other": 0.0}[mention.kind]
    if mention.kind == "vietnamese" and len(key) == 2:
        score = 2.5
    if mention.kind == "single":
        if key[0] in lex["foreign.female"] or key[0] in lex["foreign.male"]:
            score = 1.5
        elif key[0] in lex.names.given:
            score = 0.3
    if mention.titled:
        score += 3.0 if mention.address else 2.0
    elif mention.kin:
        score += 1.5
    lead = folded[max(0, start - 40) : start]
    if _NAME_CUE.search(lead):
        score += 3.0
        mention.titled = mention.titled or "tên" in lead[-10:]
    if _AFTER.match(folded, end):
        score += 2.0
    after = words.hits.get(mention.last + 1)
    gap = words.gaps[mention.last + 1]
    if after is not None and gap == " " and not (entry and (entry.place or entry.organisation)):
        if after.entry.say:
            score += 1.5
        elif after.entry.deed or after.entry.adverb:
            score += 0.7
    if any(_acronym(word) for word in words.plain[mention.first : mention.last + 1]) and mention.kind != "initials":
        score -= 2.0 if not mention.titled else 0.5
    if any(char.isdigit() for char in whole):
        score -= 3.0
    if entry is not None and (entry.place or entry.organisation or entry.people or entry.head):
        score -= 4.0 if not mention.address else 1.5
    elif hit is not None and hit.last < mention.last and (hit.entry.place or hit.entry.organisation or hit.entry.head) and mention.kind not in ("vietnamese",):
        score -= 1.5
    if key[-1] in lex["organisations.tails"]:
        score -= 4.0
    previous = words.ending.get(mention.first - 1)
    if previous is not None and words.gaps[mention.first] == " " and previous.entry.at and not mention.titled:
        score -= 1.0
    if mention.place and not mention.titled:
        score -= 4.0
    if _CREDIT.search(lead) or (_THEO.search(lead) and words.body.plain[end : end + 1] in ("", ")", "\n", "/", " ") and words.body.plain[end : end + 2].strip() in ("", ")", "/")):
        mention.credit = True
    elif not mention.titled and _alone(words, mention):
        mention.credit = True
    mention.score = score


def _alone(words: Words, mention: Mention) -> bool:
    """Tell whether a name is all there is on one of the last lines or in the last sentence: a byline."""
    bounds = words.body.sentences[words.sentence(mention.first)] if words.body.sentences else (0, 0)
    after = words.body.folded[mention.end : mention.end + 22]
    if re.match(r" ?[-–/(] ?\(?(?:ttxvn|tổng hợp|theo |vov|ctv|tuổi trẻ|dịch|infonet|vnexpress|ảnh)", after):
        return True
    if words.field == "title" or mention.start - bounds[0] > 2:
        return False
    rest = words.body.plain[mention.end : bounds[1]].strip(" .)")
    late = words.body.sentences[-3:] if len(words.body.sentences) > 4 else ()
    return not rest and bounds in late
