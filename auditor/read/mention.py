"""A possible name with what its context says: titles, kin words, places before it, an apposition after it."""

from dataclasses import dataclass

from auditor.read.form import Kind, acronym
from auditor.read.lexicon import lexicon
from auditor.read.runs import is_initial
from auditor.read.words import Hit, Words

APPOSES = {", ", " - ", " – ", " (", ": "}  # what may stand between a name and an apposition
_TIES = {" ", "", ". ", "."}  # what may stand between a title and a name
_STATIVE = {"là", "bị", "được", "có", "và", "của", "với", "cho"}


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
    level: bool = False  # "tỉnh", "xã", "Sở" stands before the name: a person's office or a place


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
        words, last = self.words, self.words.plain[self.last]
        self.start = words.starts[self.first]
        self.end = words.starts[self.last] + len(last)
        if (self.kind == "initials" or len(last) == 1) and is_initial(words, self.last):
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
    if i == 0 or words.gaps[i] not in _TIES:
        return context
    at = i
    for _ in range(5):
        hit = words.ends(at - 1)
        gap = words.gaps[at]
        if hit is None or at == 0:
            break
        entry = hit.entry
        abbreviated = gap in (". ", ".") and entry.occupation is not None and len(words.plain[hit.last]) <= 3
        if gap not in (" ", "") and not abbreviated:
            break
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
            context.level = words.phrase(hit.first, hit.last) in lexicon()["places.levels"]
        break
    if i and words.fold[i - 1] == "là" and words.gaps[i] == " ":
        context.kin = _equated(words, i - 1)
    if not context.titled and not context.place and not context.kin:
        context.place = _place_before(words, i)
    return context


def _equated(words: Words, i: int) -> str | None:
    """Return the sex of the kin word in "bố của cậu bé là …", "vợ anh là …": the person named is that relative."""
    sex = None
    for at in range(i - 1, max(-1, i - 8), -1):
        if words.gaps[at + 1] != " ":
            break
        hit = words.hit(at)
        if hit is not None and hit.entry.kin in ("male", "female") and hit.last < i:
            sex = hit.entry.kin
    return sex


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


def office(words: Words, i: int) -> Hit | None:
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
            if entry.say or entry.address or entry.at or entry.adverb or words.fold[at] in _STATIVE:
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
    elif gap not in APPOSES:
        return None
    for _ in range(3):
        hit = words.hit(at)
        if hit is None:
            return None
        if hit.entry.occupation is not None and not hit.entry.compound:
            return hit.entry.occupation
        person = hit.entry.address or hit.entry.kin or hit.entry.actor
        if person and hit.last + 1 < len(words.plain) and words.plain[hit.last + 1].islower():
            return 0
        if not hit.entry.before and words.fold[at] not in ("hiện", "là", "một", "nữ", "nam"):
            return None
        at = hit.last + 1
    return None
