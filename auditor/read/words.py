"""A title or text as words: their places, and the lexicon phrases that begin and end at each of them."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as factory
from functools import cache, lru_cache
from itertools import accumulate, compress, islice
from operator import ne
from typing import Any

from auditor.model import Field
from auditor.read.lexicon import Entry, lexicon
from auditor.text import LOWER, Body, fold

_WORD = re.compile(r"\w+")
_GLUED = re.compile(f"[{LOWER}](?=[{LOWER.upper()}][{LOWER}])")
_ANY_MARK = re.compile(f"[{LOWER[26:]}{LOWER[26:].upper()}]")


@dataclass(slots=True)
class Hit:
    """A lexicon phrase at words ``first`` … ``last``; *covered* when a longer phrase that began earlier runs over it."""

    first: int
    last: int
    entry: Entry
    covered: bool


@dataclass(slots=True)
class Words:
    """The words of one field; ``gaps[i]`` stands before word i, ``gaps[i + 1]`` after it."""

    field: Field
    body: Body
    plain: list[str]
    fold: list[str]
    gaps: list[str]
    starts: list[int]
    hits: dict[int, Hit] = factory(default_factory=dict)
    ending: dict[int, Hit] = factory(default_factory=dict)
    scan: list[Hit] = factory(default_factory=list)  # those that speech and crowds are read from, in order
    joined: set[int] = factory(default_factory=set)  # words that a phrase ties to the one before
    capitals: list[int] = factory(default_factory=list)
    sentence_starts: list[int] = factory(default_factory=list)

    def end(self, i: int) -> int:
        """Return where word *i* ends in the normal form."""
        return self.starts[i] + len(self.plain[i])

    def sentence(self, i: int) -> int:
        """Return the index of the sentence of word *i*."""
        return bisect_right(self.sentence_starts, self.starts[i]) - 1

    def opens(self, i: int) -> bool:
        """Tell whether word *i* is the first of a sentence, a line or a quotation, where any word has a capital."""
        gap = self.gaps[i]
        if i == 0 or not gap or "\n" in gap:
            return True
        if gap == " ":
            return False
        if gap in (".", "?", "!", "…") or gap.endswith((" - ", " – ", "- ", " '")) or any(mark in gap for mark in "“\"«:‘•"):
            return True
        return self.sentence(i) != self.sentence(i - 1)

    def hit(self, i: int) -> Hit | None:
        """Return the longest phrase that begins at word *i*."""
        hit = self.hits.get(i)
        if hit is None and 0 <= i < len(self.fold) and (entry := _phrases()[1].get(self.fold[i])) is not None:
            return Hit(i, i, entry, False)
        return hit

    def ends(self, i: int) -> Hit | None:
        """Return the longest phrase that ends at word *i*."""
        hit = self.ending.get(i)
        if hit is None and 0 <= i < len(self.fold) and (entry := _phrases()[1].get(self.fold[i])) is not None:
            return Hit(i, i, entry, False)
        return hit

    def phrase(self, first: int, last: int) -> str:
        """Return words *first* … *last*, folded, with what stands between them."""
        return self.body.folded[self.starts[first] : self.end(last)]

    def index_at(self, position: int) -> int:
        """Return the first word that begins at or after *position*."""
        low = bisect_right(self.starts, position)
        return low - 1 if low and self.starts[low - 1] == position else low


_Pairs = Mapping[tuple[str, str], Mapping[str, Any]]


@cache
def _phrases() -> tuple[Mapping[str, Entry], Mapping[str, Entry], _Pairs]:
    """Return the phrases of one syllable (those sought everywhere, those looked up near names), and the others as a trie.

    The trie begins with the first two syllables, so that one look-up for each word settles nearly all of a text.
    """
    scanned: dict[str, Entry] = {}
    local: dict[str, Entry] = {}
    pairs: dict[tuple[str, str], dict[str, Any]] = {}
    for phrase, entry in lexicon().phrases.items():
        syllables = _WORD.findall(phrase)
        if len(syllables) == 1:
            (scanned if entry.scan else local)[phrase] = entry
            continue
        node = pairs.setdefault((syllables[0], syllables[1]), {})
        for syllable in syllables[2:]:
            node = node.setdefault(syllable, {})
        node[""] = entry
    return scanned, local, pairs


class _Folds(dict[str, str]):
    """The folded form of each word met so far; "" for two words glued together, which are parted before they are folded."""

    def __missing__(self, word: str) -> str:
        folded = "" if _GLUED.search(word) and _ANY_MARK.search(word) else fold(word)
        if len(word) <= _LONGEST_FOLD:
            if len(self) >= _MOST_FOLDS:
                self.clear()
            self[word] = folded
        return folded


_MOST_FOLDS = 1 << 16
_LONGEST_FOLD = 30  # letters; what is longer is no word and not worth its memory
_FOLDS = _Folds()


@cache
def _word() -> re.Pattern[str]:
    """Return the pattern ``(\\w+)`` as a set of characters, which is sought twice as fast as the category."""
    ranges = re.findall(r"\w+", "".join(map(chr, range(0x10000))))
    return re.compile(f"([{''.join(f'{one[0]}-{one[-1]}' for one in ranges)}]+)")


def words(name: Field, body: Body) -> Words:
    """Return the words of *body* with the lexicon phrases found in it."""
    parts = _word().split(body.plain)
    plain = parts[1::2]
    folded = list(map(_FOLDS.__getitem__, plain))
    glued = "" in folded
    if glued:
        parts = _unglue(parts)
        plain = parts[1::2]
    places = list(accumulate(map(len, parts)))
    starts = places[:-1:2]
    if glued:
        whole = body.folded
        folded = [whole[start:end] for start, end in zip(starts, places[1::2], strict=True)]
    found = Words(name, body, plain, folded, parts[::2], starts, sentence_starts=[start for start, _ in body.sentences])
    found.capitals = [i for i in compress(range(len(plain)), map(ne, plain, folded)) if plain[i][0].isupper()]
    _annotate(found)
    return found


def _unglue(parts: list[str]) -> list[str]:
    """Part words that lost the space between them ("viênVõ"); "VnExpress" and "McCain" carry no Vietnamese mark and stay."""
    out = [parts[0]]
    for word, gap in zip(parts[1::2], parts[2::2], strict=True):
        cut = _GLUED.search(word)
        if cut is not None and _ANY_MARK.search(word):
            out.extend((word[: cut.start() + 1], "", word[cut.start() + 1 :], gap))
        else:
            out.extend((word, gap))
    return out


_JOINTS = {" ", "-", ".", "'", ". ", "/"}


def _annotate(found: Words) -> None:
    scanned, _, pairs = _phrases()
    plain, folded, gaps = found.plain, found.fold, found.gaps
    count = len(folded)
    found_at = {i: scanned[folded[i]] for i in compress(range(count), map(scanned.__contains__, folded))}
    lasts: dict[int, int] = {}
    for i in compress(range(count), map(pairs.__contains__, zip(folded, islice(folded, 1, None), strict=False))):
        k = i + 1
        if gaps[k] not in _JOINTS:
            continue
        word = folded[k]
        node = pairs[folded[i], word]
        entry, last = node.get(""), k
        if len(node) > (entry is not None):
            while k + 1 < count and (following := node.get(folded[k + 1])) is not None and gaps[k + 1] in _JOINTS:
                k += 1
                node = following
                if "" in node:
                    entry, last = node[""], k
        if entry is None:
            continue
        if plain[i + 1] != word and plain[i + 1][0].isupper() and (plain[i].islower() or not entry.thing):
            head = scanned.get(folded[i])
            if head is not None and head.personal:
                continue  # "ông Hoàng Minh" is no "ông hoàng"
        found_at[i] = entry
        lasts[i] = last
    hits, ending, scan = found.hits, found.ending, found.scan
    joined, reach = found.joined, -1
    for i in sorted(found_at):
        entry, last = found_at[i], lasts.get(i, i)
        hit = hits[i] = Hit(i, last, entry, i <= reach)
        if last not in ending:  # the first to end here began first, so it is the longest
            ending[last] = hit
        if last > i:
            joined.update(range(i + 1, last + 1))
        reach = max(reach, last)
        if entry.scan:
            scan.append(hit)


_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx]"
_BARE = str.maketrans(
    "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ",
    "aaaaaăăăăăâââââeeeeeêêêêêiiiiioooooôôôôôơơơơơuuuuuưưưưưyyyyy",
)
_RIME = (
    "a|ac|ach|ai|am|an|ang|anh|ao|ap|at|au|ay|ăc|ăm|ăn|ăng|ăp|ăt|âc|âm|ân|âng|âp|ât|âu|ây|e|ec|em|en|eng|eo|ep|et|ê|êch|êm|ên|ênh|êp|êt|êu|"
    "i|ia|ich|iêc|iêm|iên|iêng|iêp|iêt|iêu|im|in|inh|ip|it|iu|o|oa|oac|oach|oai|oam|oan|oang|oanh|oao|oat|oay|oăc|oăm|oăn|oăng|oăt|oc|oe|oen|oeo|oet|"
    "oi|om|on|ong|ooc|oong|op|ot|ô|ôc|ôi|ôm|ôn|ông|ôp|ôt|ơ|ơi|ơm|ơn|ơp|ơt|u|ua|uân|uâng|uât|uây|uc|uê|uêch|uênh|ui|um|un|ung|uơ|uôc|uôi|uôm|uôn|uông|"
    "uôt|up|ut|uy|uya|uych|uyên|uyêt|uynh|uyt|uyu|ư|ưa|ưc|ưi|ưm|ưng|ươc|ươi|ươm|ươn|ương|ươp|ươt|ươu|ưt|ưu|y|yên|yêm|yêng|yêt|yêu|ynh|yt"
)
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_RIME})")
_MARKED = re.compile(f"[{LOWER[26:]}]")


@lru_cache(maxsize=1 << 15)
def _known_syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(word.translate(_BARE)) is not None


def vietnamese(word: str) -> bool:
    """Tell whether a folded word is built like a Vietnamese syllable."""
    return len(word) <= 7 and _known_syllable(word)


def marked(word: str) -> bool:
    """Tell whether a folded word carries a Vietnamese mark, so that it is surely no foreign name."""
    return _MARKED.search(word) is not None
