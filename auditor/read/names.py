"""The possible names of a field in order: each weighed by itself, then by its neighbours in lists, brackets and bylines."""

import re

from auditor.read.evidence import impersonal, weigh
from auditor.read.lexicon import lexicon
from auditor.read.mention import Context, Mention, before, office
from auditor.read.quotes import Inside
from auditor.read.runs import Run, runs
from auditor.read.words import Words

_ALIAS_CUE = re.compile(
    r"(?:tên thật(?: là)?|tên thường gọi(?: là)?|tên khai sinh(?: là)?|biệt danh|nghệ danh|bí danh|còn gọi là|hay còn gọi là|tức|hay gọi là"
    r"|tên đầy đủ(?: là)?)[ :“\"]*$"
)
_ASIDE = re.compile(r"\([^)]*\)|theo [^\n]*|tổng hợp", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_DOMAINS = {"com", "vn", "net", "org", "fr", "de", "uk", "cn", "jp", "co", "info", "tv", "io", "me", "edu", "gov"}
_LINK = {"và", "hay", "hoặc", "cùng", "với"}
_DASHES = {" - ", " – ", "-"}
_FURTHEST = 30  # words between two names that may have to do with each other
_SHORT_QUOTE = 40  # characters; a name within a longer quotation is somebody spoken of, within a shorter one a word of a title


def mentions(words: Words, inside: Inside) -> list[Mention]:
    """Return the possible names of a field in order, weighed."""
    found: list[Mention] = []
    byline = _byline(words)
    for run in runs(words):
        mention = _mention(words, run)
        if mention is None:
            continue
        if byline and mention.start >= byline:
            mention.credit = True
        span = inside.at(mention.start) if not mention.context.titled else None
        if span is not None and mention.end - mention.start + 1 < span.end - span.start < _SHORT_QUOTE:
            mention.score -= 2.0
        if found:
            _beside(words, found, mention)
        found.append(mention)
    for i in range(len(found) - 1, 0, -1):
        one, other = found[i - 1], found[i]
        if other.score >= 2.0 and not other.place and one.kind != "single" and not one.place and _listed(words, one, other):
            one.score += 1.0
    return found


def _mention(words: Words, run: Run) -> Mention | None:
    form = run.form
    key, entry, kind = form.key, form.entry, form.kind
    gap = words.gaps[run.last + 1]
    if entry is not None and len(key) > 1 and entry.thing and not entry.street and not run.stripped:
        context = Context(run.first)  # a known town or brand: whatever stands before it
        return Mention(words, run.first, run.last, key, "other", context, place=entry.place or entry.head, score=-4.0)
    if entry is not None and len(key) == 1 and entry.thing and not run.stripped and not _addressed(words, run.first):
        return Mention(words, run.first, run.last, key, "single", Context(run.first), place=entry.place or entry.head, score=-4.0)
    context = before(words, run.first)
    if len(key) == 1 and len(key[0]) == 1 and not gap.startswith(".") and not context.personal:
        return None  # "K - pop"
    if gap == "." and run.last + 1 < len(words.plain) and words.plain[run.last + 1] in _DOMAINS:
        return None  # "Slate.fr"
    if run.stripped:
        if not context.titled:
            outer = before(words, run.begins)
            context.occupation, context.title, context.titled = outer.occupation, outer.title, outer.occupation is not None
            context.address = outer.address if outer.occupation is not None else None
            if context.titled:
                context.begins = outer.begins
        context.begins = min(context.begins, run.begins)
    if context.level and kind == "vietnamese" and len(key) > 2 and (hit := office(words, run.first)) is not None:
        context.place, context.titled = False, True
        context.occupation, context.title = hit.entry.occupation, words.phrase(hit.first, hit.last)
    untitled = not context.titled
    mention = Mention(words, run.first, run.last, key, kind, context, run.opens and untitled, context.place and untitled)
    mention.occupation = context.occupation
    if form.capitals:
        mention.kind, mention.score = "capitals", -9.0
        return mention
    if entry is not None and impersonal(entry, key, context):
        mention.score = -4.0
    else:
        weigh(mention, form)
    return mention


def _addressed(words: Words, i: int) -> bool:
    """Tell whether a form of address, an office or a kin word stands right before word *i*."""
    hit = words.ending.get(i - 1)
    if hit is None or words.gaps[i] != " ":
        return False
    return bool(hit.entry.address or hit.entry.kin or hit.entry.occupation is not None)


def _listed(words: Words, one: Mention, other: Mention) -> bool:
    """Tell whether two mentions stand side by side in a list: "A, B", "A và B"."""
    begins, follows = other.context.begins, one.last + 1
    if begins == follows:
        return words.gaps[begins] == ", "
    return begins == follows + 1 and words.fold[one.last + 1] in _LINK and words.gaps[one.last + 1] == " "


def _brand(mention: Mention) -> bool:
    entry = lexicon().phrases.get(" ".join(mention.key))
    return entry is not None and entry.organisation


def _beside(words: Words, found: list[Mention], mention: Mention) -> None:
    """Let the mention before say what this one is: a further street, brand or person of a list, or another name of the same person."""
    one = found[-1]
    if mention.first - one.last > _FURTHEST:
        return
    between = words.body.folded[one.end : mention.start]
    loose = mention.kind not in ("vietnamese", "foreign") and between in (" (", ", ", " và ", ",")
    if one.place and not mention.context.titled and (loose or between in _DASHES):
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
        bracketed = closing in (")", ",") and mention.kind != "single" and not mention.titled and mention.score > -1
        if between != " (" or bracketed:
            mention.alias_of = len(found) - 1


def _byline(words: Words) -> int:
    """Return where the byline at the end of a text begins, 0 when there is none: last lines that hold nothing but names."""
    body = words.body
    if words.field == "title" or len(body.sentences) < 3:
        return 0
    begins = 0
    for start, end in reversed(body.sentences[-3:]):
        kept = _LETTERS.findall(_ASIDE.sub("", body.plain[start:end])) if end - start < 80 else ["x"]
        if len(kept) > 8 or any(word.islower() for word in kept):
            break
        begins = start
    return begins
