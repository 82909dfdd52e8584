"""One normal form for Vietnamese text, with offsets back to the input.

Rules, lexicons and names are matched on the normal form; every place shown to a user counts code points of the
string as given. The normal form is NFC, look-alike letters and invisible characters mended, ``_`` and odd spaces
turned into spaces; the folded form is lower case with one way to place tone marks ("hoà" = "hòa") and has the same length.
"""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from auditor.errors import ReadError

Unread = Literal["empty", "too_long", "undecodable", "not_vietnamese", "minority_language", "no_diacritics", "partial", "scanned"]

TOO_LONG = 1_000_000  # characters; a newspaper page has 30,000, the longest report series some 300,000

_MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
LOWER = "abcdefghijklmnopqrstuvwxyz" + _MARKED
UPPER = LOWER.upper()
LETTERS = LOWER + UPPER

# Marks that no other language of the newsroom's surroundings uses: French é or Spanish ñ do not make a text Vietnamese.
_DISTINCT = "ảãạăằắẳẵặầấẩẫậẻẽẹềếểễệỉĩịỏõọồốổỗộơờớởỡợủũụưừứửữựỷỹỵđ"

# Folded Vietnamese fits an 8-bit table, so a byte offset is a character offset (measured: encoding runs at 310 MB/s).
_TABLE = "".join(map(chr, range(128))) + _MARKED + "“”‘’…–—«»•·°²³×§€£¥©®™üçñöäßëïåøæœšžčłőűğış"
_ENCODER: Any = codecs.charmap_build(_TABLE.ljust(256, "\ufffe"))


def encode(folded: str) -> bytes:
    """Return *folded* as one byte a character; characters outside the table become ``?``."""
    return codecs.charmap_encode(folded, "replace", _ENCODER)[0]


_NO_LETTERS = bytes(set(range(256)) - set(encode(LOWER + "üçñöäßëïåøæœšžčłőűğış")))
_NOT_DISTINCT = bytes(set(range(256)) - set(encode(_DISTINCT)))
_NOT_MARKED = bytes(set(range(256)) - set(encode(_MARKED)))

# Letters of other scripts, and symbols, that look like ours; eth for đ is the commonest (it comes with old fonts).
_LOOK_ALIKE = str.maketrans(
    "аеорсхуіјѕһԁԛԝАВЕКМНОРСТХУІЅЈαονρΑΒΕΖΗΙΚΜΝΟΡΤΥΧðÐƉɖｅ",
    "aeopcxyijshdqwABEKMHOPCTXYISJaovpABEZHIKMNOPTYXđĐĐđe",
)
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys([0x09, 0x0B, 0x0C, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, ord("_")], " ")
_BREAKS = dict.fromkeys([0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029], "\n")
_LONE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_MEND: Any = {**_LOOK_ALIKE, **_FULL_WIDTH, **_SPACES, **_BREAKS, **_LONE}
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef"
)
_PLAIN_ALREADY = re.compile(f"[^ -^`-~\n{LETTERS}“”‘’…–—«»•·°²³×%]")
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CLUSTER = re.compile(f"[{_INVISIBLE}]+|.(?:[{_INVISIBLE}]*[{_MARKS}])*", re.DOTALL)
_NEEDS_CLUSTERS = re.compile(f"[{_INVISIBLE}{_MARKS}]")
_DROPPED = re.compile(f"[{_INVISIBLE}]")

_TONE = {"à": "ò", "á": "ó", "ả": "ỏ", "ã": "õ", "ạ": "ọ", "è": "ò", "é": "ó", "ẻ": "ỏ", "ẽ": "õ", "ẹ": "ọ"}
_TONE_UY = {"ỳ": "ù", "ý": "ú", "ỷ": "ủ", "ỹ": "ũ", "ỵ": "ụ"}
_BARE = {**dict.fromkeys("àáảãạ", "a"), **dict.fromkeys("èéẻẽẹ", "e"), **dict.fromkeys("ỳýỷỹỵ", "y")}
_NEW_TONE = re.compile(f"o[àáảãạèéẻẽẹ](?![{LOWER}])|(?<!q)u[ỳýỷỹỵ](?![{LOWER}])|q[ùúủũụ][aeiy]|g[ìíỉĩị]a(?![{LOWER}])")
_MISPLACED = {"ù": "ìàèỳ", "ú": "íáéý", "ủ": "ỉảẻỷ", "ũ": "ĩãẽỹ", "ụ": "ịạẹỵ"}
_GI = {"ì": "à", "í": "á", "ỉ": "ả", "ĩ": "ã", "ị": "ạ"}


def _retone(match: re.Match[str]) -> str:
    pair = match.group()
    if pair[0] == "q":  # "qúa", "qủy": the u belongs to qu, the tone to the vowel after it
        return "qu" + _MISPLACED[pair[1]]["iaey".index(pair[2])]
    if pair[0] == "g":  # "gìa" for "già"; "gia" carries its tone on the a
        return "gi" + _GI[pair[1]]
    return (_TONE if pair[0] == "o" else _TONE_UY)[pair[1]] + _BARE[pair[1]]


def fold(plain: str) -> str:
    """Return *plain* in lower case with tone marks in one place; the length stays the same."""
    lower = plain.lower()
    if len(lower) != len(plain):  # "İ" becomes two characters
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    return _NEW_TONE.sub(_retone, lower)


def normal(given: str) -> tuple[str, list[int] | None]:
    """Return the normal form of *given* and, unless lengths agree, the index in *given* at which each of its characters begins.

    The list has one entry more than the normal form: the end of the last character.
    """
    if not _PLAIN_ALREADY.search(given):
        return given, None
    mended = given.translate(_MEND)
    if not _NEEDS_CLUSTERS.search(mended):
        return mended, None
    out: list[str] = []
    starts: list[int] = []
    end = 0
    for match in _CLUSTER.finditer(mended):
        cluster = match.group()
        if _DROPPED.match(cluster):
            continue
        if len(cluster) > 1:
            whole = unicodedata.normalize("NFC", _DROPPED.sub("", cluster))
            # marks that no Vietnamese letter takes are ornament ("zalgo"): the letter counts
            cluster = whole[0] + "".join(c for c in whole[1:] if not unicodedata.combining(c))
        out.append(cluster)
        starts.extend([match.start()] * len(cluster))
        end = match.end()
    starts.append(end)
    return "".join(out), starts


@dataclass(frozen=True, slots=True)
class Body:
    """A title or text: as given, in normal form, folded for matching, and cut into sentences (places in the normal form)."""

    given: str
    plain: str
    folded: str
    sentences: tuple[tuple[int, int], ...]
    starts: list[int] | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``plain[start:end]`` stands in the string as given; ``0 <= start < end``."""
        if self.starts is None:
            return start, end
        first, after = self.starts[start], self.starts[end]
        if after <= first:
            return first, first + 1
        # invisible characters between this passage and the next belong to neither
        while after - 1 > first and _DROPPED.match(self.given[after - 1]):
            after -= 1
        return first, after

    def sentence_at(self, position: int) -> int:
        """Return the index of the sentence that holds *position* of the normal form (the last one before it, if none does)."""
        low, high = 0, len(self.sentences)
        while low < high:
            middle = (low + high) // 2
            if self.sentences[middle][1] <= position:
                low = middle + 1
            else:
                high = middle
        return min(low, len(self.sentences) - 1)


def body(given: str | None) -> Body:
    """Return *given* ready for reading."""
    given = given or ""
    plain, starts = normal(given)
    return Body(given, plain, fold(plain), sentences(plain), starts)


# A full stop after these ends no sentence. Titles before initials ("chị L.") are told by the initial itself.
_ABBREVIATIONS = set(
    "tp ts ths th.s pgs gs bs bscki bsckii cki ckii ks kts nsnd nsưt nsut nghs tx tt q p h x kp tdp đ mr mrs ms dr st no vs ths.bs "
    "gs.ts pgs.ts ts.bs pgs.ts.bs gs.ts.bs lm hlv đd nxb ctv pv tr vd stt gđ pgđ tgđ ubnd hđnd cn ths.ks gs.tskh tskh tsk "
    "ngnd ngut ngưt".split()
)
_CUT = re.compile(r"[.!?…]+[\"”’»)\]]*(?=\s)|\n+")
_WORD_BEFORE = re.compile(r"[^\s(“\"‘«]+$")
_INITIAL = re.compile(rf"(?:[{UPPER}][{LOWER}]{{0,2}}\.)*[{UPPER}]")
_TITLES_BEFORE_INITIALS = re.compile(
    r"(?:ông|bà|anh|chị|em|cháu|cô|chú|bác|bé|trai|gái|nữ|nam|thị|văn|tên|sinh|nhân|hại|can|cáo|tượng|cậu|dì|mẹ|bố|cha|vợ|chồng|con|là"
    r"|của|với|và|cho|do|vụ)\s+$",
    re.IGNORECASE,
)


def sentences(plain: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of each sentence of a normal form, without the white space around it.

    A sentence ends after . ! ? … and closing marks before white space, and at line breaks; not after abbreviations
    ("TP.", "TS."), initials ("chị L.", "N.T.H.") or the number of a list item.
    """
    cuts = []
    start = 0
    for match in _CUT.finditer(plain):
        if match.group()[0] == "." and _goes_on(plain, start, match.start(), match.end()):
            continue
        cuts.append((start, match.end()))
        start = match.end()
    cuts.append((start, len(plain)))
    trimmed = []
    for first, last in cuts:
        piece = plain[first:last].lstrip()
        if piece:
            begin = last - len(piece)
            trimmed.append((begin, begin + len(piece.rstrip())))
    return tuple(trimmed)


def _goes_on(plain: str, start: int, stop: int, end: int) -> bool:
    """Tell whether the full stop at *stop* belongs to an abbreviation, an initial or a list number."""
    if plain[stop : stop + 3] == "...":
        return _next(plain, end).islower()
    found = _WORD_BEFORE.search(plain, max(start, stop - 24), stop)
    word = found.group() if found else ""
    if not word:
        return False
    if word.isdigit() and not plain[start : stop - len(word)].strip():
        return True
    if word.lower() in _ABBREVIATIONS:
        return True
    if _INITIAL.fullmatch(word):
        before = plain[max(start, stop - len(word) - 12) : stop - len(word)]
        return "." in word or bool(_TITLES_BEFORE_INITIALS.search(before)) or _next(plain, end).islower()
    return False


def _next(plain: str, end: int) -> str:
    """Return the first visible character after *end*, or nothing."""
    match = _VISIBLE.search(plain, end)
    return match.group() if match else ""


_VISIBLE = re.compile(r"\S")
_SYLLABLE = re.compile(f"[{LETTERS}]+|[0-9]+(?:[.,][0-9]+)*")


def syllables(text: str) -> int:
    """Return the number of syllables and numbers of a text."""
    return len(_SYLLABLE.findall(text))


# The commonest syllables of Vietnamese without their marks: they tell unmarked Vietnamese from other languages.
_BARE_SYLLABLES = set(
    "khong nguoi cua duoc nhung trong cac mot nhu voi nay khi phai den vao lam viec nam ngay cung phu nu nha gia dinh hoc sinh chong vo "
    "ong ba anh chi thi xa huyen tinh thanh pho cong an hoi dong tai theo ve tu ra len bi do thoi gian tren duoi hon nhieu con gai trai "
    "dan toc chinh quyen lanh dao giao duc kinh te viet nam quoc van hoa doi song tre em thon ban cho biet yeu dep noi tay "
    "mem chan".split()
)
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|áº|á»|Ä[\u0080-\u00bf‘’]|Æ°|\u00c3\u00a1")


def unread(given: str, brief: bool = False) -> Unread | None:
    """Return why a text cannot be judged (a code of the contract's ``unread``), or None when it can.

    With *brief* (headlines, captions) a few words without marks pass: a score line or a name says too little to tell.
    """
    if len(given) > TOO_LONG:
        return "too_long"
    plain, _ = normal(given)
    data = encode(plain.lower())
    letters = len(data.translate(None, _NO_LETTERS))
    if data.count(b"?") > letters // 4:  # another script, or bytes that are no text
        letters = sum(map(str.isalpha, given))
    if not letters:
        return "undecodable" if "\ufffd" in given else "empty"
    if given.count("\ufffd") + len(_MOJIBAKE.findall(given)) > max(2, letters * 0.002):
        return "undecodable"
    distinct = len(data.translate(None, _NOT_DISTINCT))
    if distinct >= 0.06 * letters or (distinct and len(data.translate(None, _NOT_MARKED)) >= 0.12 * letters):
        return None
    words = re.findall(f"[{LOWER}]+", plain.lower())
    bare = sum(word in _BARE_SYLLABLES for word in words)
    if len(words) >= 3 and bare >= 0.15 * len(words):
        return "no_diacritics"
    return None if brief and letters < 20 else "not_vietnamese"


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8 (with or without BOM) or UTF-16 with BOM; raise ReadError for anything else."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"không phải chữ {encoding.removesuffix('-sig').upper()} (lỗi ở byte {error.start}); hãy lưu lại tệp bằng mã UTF-8 rồi thử lại"
        ) from None
