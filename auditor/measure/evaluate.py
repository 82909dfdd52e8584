"""How well audits agree with labelled articles: passages, people, sources, topics.

Labels of sentences, as trained readers and a sceptical editor agreed on them: V substantive, A at least advice (any level is
right), S style advice, N fine, ? disputed (not scored). A sentence without a label is N, except in a set of mined
sentences, where only those are scored. Audits that are missing, in error or unread score nothing and are told apart.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.measure.estimate import wilson

Record = Mapping[str, Any]
_SUBSTANTIVE = {"legal", "strong", "context"}
_SEX = {"f": "female", "m": "male"}
_TOPICS = ("gender_equality", "gbv", "women_focus")
# A surname alone names nobody: half the province is called so.
_SURNAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đào đoàn lương trương mai tô trịnh hà tạ chu lâm ma nông "
    "giàng vàng sùng hầu triệu bàn đàm".split()
)
_UNIT_END = re.compile(r'[.!?…]+["”’)]*(?=\s)|\n+')
_WORD_BREAK = re.compile(r"[^\w]+")


@dataclass(slots=True)
class Tally:
    """Hits, false alarms and misses."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def figures(self) -> dict[str, Any]:
        """Return precision, recall, F1 (None where nothing was to be found or said) and the counts."""
        precision, recall = ratio(self.tp, self.tp + self.fp), ratio(self.tp, self.tp + self.fn)
        f1: float | None = None
        if precision and recall:
            f1 = round(2 * precision * recall / (precision + recall), 4)
        elif self.tp + self.fp + self.fn:
            f1 = 0.0
        return {"precision": precision, "recall": recall, "f1": f1, "tp": self.tp, "fp": self.fp, "fn": self.fn}

    def intervals(self) -> dict[str, Any]:
        """Return the 95% Wilson intervals of precision and recall."""
        return {"precision": wilson(self.tp, self.tp + self.fp), "recall": wilson(self.tp, self.tp + self.fn)}


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole with four digits, or None of nothing."""
    return round(part / whole, 4) if whole else None


@dataclass(slots=True)
class _Sums:
    """What is added up article by article."""

    substantive: Tally = field(default_factory=Tally)
    style: Tally = field(default_factory=Tally)
    articles: Tally = field(default_factory=Tally)
    any: Tally = field(default_factory=Tally)
    people: Tally = field(default_factory=Tally)
    sources: dict[str, Tally] = field(default_factory=lambda: {"f": Tally(), "m": Tally()})
    topics: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in _TOPICS})
    categories: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))  # V sentences, found
    false_by_rule: Counter[str] = field(default_factory=Counter)
    category_right: int = 0
    style_called_substantive: int = 0
    traps: list[int] = field(default_factory=lambda: [0, 0])  # passed, all
    clean: list[int] = field(default_factory=lambda: [0, 0, 0])  # articles, flagged ones, flags
    gender: list[int] = field(default_factory=lambda: [0, 0, 0])  # right, known, all
    share: dict[str, list[int]] = field(default_factory=lambda: {"gold": [0, 0], "system": [0, 0]})


def score(gold: Sequence[Record], audits: Iterable[Record]) -> dict[str, Any]:
    """Return every figure: nested names to numbers; ratios are None where nothing was to be counted."""
    by_id = {audit.get("id"): audit for audit in audits}
    sums, missing = _Sums(), []
    for article in gold:
        audit = by_id.get(article["id"])
        if audit is None or "error" in audit or audit.get("verdict") == "unread":
            missing.append(article["id"])
            continue
        _passages(article, audit, sums)
        if "people" in article:
            _people(article, audit, sums)
            for name, tally in sums.topics.items():
                _add(tally, bool(article["topic"].get(name)), bool((audit.get("topics") or {}).get(name)))
    return _figures(sums, len(gold), missing)


def _passages(article: Record, audit: Record, sums: _Sums) -> None:
    found = [f for f in audit.get("findings") or [] if f.get("counted", f.get("stance", "asserted") in ("asserted", "quoted_unchallenged"))]
    labelled = article["sentences"]
    label_at = {(s["field"], s["start"]): s for s in labelled}
    # a passage that begins in a V, A or ? sentence may run over an abbreviation's full stop into the next unit
    excused = {i for i, f in enumerate(found) for s in labelled if s["label"] in "VA?" and _meets(f, s["field"], s["start"], s["end"])}
    flags = hits_v = 0
    for place, start, end in units(article):
        rated = label_at.get((place, start))
        label = rated["label"] if rated else "N"
        here = [f for i, f in enumerate(found) if _meets(f, place, start, end) and not (label in "NS" and i in excused)]
        strong = [f for f in here if f["severity"] in _SUBSTANTIVE]
        style = [f for f in here if f["severity"] == "style"]
        if label in "VAS":
            _add(sums.any, True, bool(here))
        elif label == "N":
            _add(sums.any, False, bool(here))
            sums.style.fp += bool(style)
        if label == "V" and rated:
            _add(sums.substantive, True, bool(strong))
            hits_v += bool(strong)
            counts = sums.categories[rated["category"]]
            counts[0], counts[1] = counts[0] + 1, counts[1] + bool(strong)
            sums.category_right += rated["category"] in {f["category"] for f in strong}
        elif label in "NS" and strong:
            sums.substantive.fp += 1
            flags += 1
            sums.style_called_substantive += label == "S"
            sums.false_by_rule.update(f.get("rule") or f.get("origin") or "?" for f in strong)
        if label == "S":
            _add(sums.style, True, bool(style))
        if label == "N" and rated:
            sums.traps[0] += not strong
            sums.traps[1] += 1
    if any(s["label"] == "V" for s in labelled):
        _add(sums.articles, True, hits_v > 0)
    elif not any(s["label"] in "A?" for s in labelled):
        sums.articles.fp += flags > 0
        sums.clean = [a + b for a, b in zip(sums.clean, (1, flags > 0, flags), strict=True)]


def _people(article: Record, audit: Record, sums: _Sums) -> None:
    wanted = [p for p in article["people"] if _named(p["name"])]
    given = [p for p in audit.get("people") or [] if _named(p["name"])]
    pairs = _pairs(wanted, given, sums.people)
    for want, got in pairs:
        if want["gender"] in _SEX:
            told = (got.get("gender") or "u")[0]
            sums.gender = [a + b for a, b in zip(sums.gender, (told == want["gender"], told in _SEX, True), strict=True)]
    for column, (short, full) in enumerate(_SEX.items()):
        speak = [p for p in wanted if p["gender"] == short and p["source"] != "none"]
        heard = [p for p in given if p.get("gender") == full and (p.get("source") or "none") != "none"]
        _pairs(speak, heard, sums.sources[short])
        sums.share["gold"][column] += len(speak)
        sums.share["system"][column] += len(heard)


def _pairs(wanted: Sequence[Record], given: Sequence[Record], tally: Tally) -> list[tuple[Record, Record]]:
    """Return people paired, equal names first, then loosely; each is used once; the tally counts pairs and the rest."""
    left, free, pairs = list(wanted), list(given), []
    for alike in (lambda a, b: _tokens(a) == _tokens(b), _same):
        for want in list(left):
            got = next((p for p in free if alike(want["name"], p["name"])), None)
            if got is not None:
                left.remove(want)
                free.remove(got)
                pairs.append((want, got))
    tally.tp, tally.fp, tally.fn = tally.tp + len(pairs), tally.fp + len(free), tally.fn + len(left)
    return pairs


def _tokens(name: str) -> list[str]:
    return [t for t in _WORD_BREAK.split(unicodedata.normalize("NFC", name).lower()) if t]


def _same(a: str, b: str) -> bool:
    """Tell whether one name is the other's beginning, end or part; a surname alone is nobody's name."""
    short, long = sorted((_tokens(a), _tokens(b)), key=len)
    if not short:
        return False
    if len(short) == 1:
        return short == long or short[0] == long[-1] or (short[0] == long[0] and short[0] not in _SURNAMES)
    return short in (long[-len(short) :], long[: len(short)]) or set(short) <= set(long)


def _named(name: str) -> bool:
    """Tell a name ("Lan", "H.") from a description ("người mẹ"): names begin with a capital."""
    first = _WORD_BREAK.split(name.strip())[0] if name.strip() else ""
    return first[:1].isupper()


def units(article: Record) -> Iterator[tuple[str, int, int]]:
    """Yield (field, start, end) of each unit that is scored: of mined records the listed ones, else every sentence."""
    for place in ("title", "text"):
        if "mined" in article:
            yield from ((place, s["start"], s["end"]) for s in article["sentences"] if s["field"] == place)
        else:
            yield from ((place, start, end) for start, end in sentence_units(article.get(place) or ""))


def sentence_units(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each unit of labelling: after . ! ? … and closing marks before white space, and at line breaks.

    Plainer than the sentences of `auditor.text` on purpose: labels are tied to it.
    """
    found, start = [], 0
    for match in _UNIT_END.finditer(text):
        if text[start : match.end()].strip():
            found.append((start, match.end()))
        start = match.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return found


def _meets(finding: Record, place: str, start: int, end: int) -> bool:
    return bool(finding["field"] == place and finding["start"] < end and finding["end"] > start)


def _add(tally: Tally, wanted: bool, given: bool) -> None:
    tally.tp += wanted and given
    tally.fp += given and not wanted
    tally.fn += wanted and not given


def _figures(sums: _Sums, articles: int, missing: list[Any]) -> dict[str, Any]:
    gold_share, own_share = (_percent(sums.share[name]) for name in ("gold", "system"))
    clean, flagged, flags = sums.clean
    right, known, everyone = sums.gender
    return {
        "articles": articles,
        "missing": len(missing),
        "missing_ids": missing[:10],
        "substantive": sums.substantive.figures(),
        "any": sums.any.figures(),
        "intervals": {"substantive": sums.substantive.intervals(), "any": sums.any.intervals()},
        "substantive_articles": sums.articles.figures(),
        "category_right_when_found": ratio(sums.category_right, sums.substantive.tp),
        "recall_by_category": {name: f"{found}/{all_}" for name, (all_, found) in sorted(sums.categories.items())},
        "style": sums.style.figures(),
        "style_called_substantive": sums.style_called_substantive,
        "false_alarms_by_rule": dict(sums.false_by_rule.most_common(20)),
        "traps_passed": {"rate": ratio(*sums.traps), "n": sums.traps[1]},
        "clean_articles": {"n": clean, "flagged_share": ratio(flagged, clean), "false_flags_per_100": ratio(100 * flags, clean)},
        "people_named": sums.people.figures(),
        "gender": {"accuracy_when_known": ratio(right, known), "coverage": ratio(known, everyone), "wrong": known - right},
        "sources_female": sums.sources["f"].figures(),
        "sources_male": sums.sources["m"].figures(),
        "women_share_of_sources": {
            "gold": gold_share,
            "system": own_share,
            "bias_points": round(own_share - gold_share, 2) if gold_share is not None and own_share is not None else None,
        },
        "topics": {name: tally.figures() for name, tally in sums.topics.items()},
    }


def _percent(counts: list[int]) -> float | None:
    return ratio(100 * counts[0], sum(counts))
