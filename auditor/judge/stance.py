"""Use or mention: whether a passage asserts what a rule points at, or quotes, refutes or merely names it.

The same words condemn, quote or use a stereotype. The stance is read from the marks around the passage, who is quoted,
refuting and distancing cues in the sentence and beside it, the theme of the document, and official voices, in that
order; every decision says why in one Vietnamese sentence that a reviewer can defend.
"""

from dataclasses import dataclass
from typing import NamedTuple

from auditor import model, text
from auditor.judge.candidate import Candidate, Document, cues_in
from auditor.judge.matcher import Scan
from auditor.judge.ruleset import RuleSet

COUNTS = 0.5  # a finding under this confidence is listed, not counted

_OFFICIAL_ROLES = {2, 3, 4, 10}  # GMMP occupations: politician, public servant, police or military, lawyer or judge
_FRAGMENT = 10  # syllables: a shorter quotation is a term or saying in marks, not somebody's statement
# In these categories tabloids put their own words in marks for emphasis; elsewhere marks hold a word at arm's length.
_EMPHASIS = {
    "objectification",
    "violence-sensational",
    "gold-digger",
    "leader-trivialising",
    "occupation-stereotype",
    "sex-labels",
    "unequal-naming",
}
_THEME = 3  # sentences on equality that make criticism the theme of a document


class Judgement(NamedTuple):
    """What a candidate is: its stance, how sure a fault is, who says it, and why."""

    stance: model.Stance
    confidence: float
    official: bool
    speaker: int | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks where in one field: quotes in places of the given string."""

    quotes: tuple[model.Quote, ...]
    people: dict[int, model.Person]

    def around(self, field: model.Field, start: int, end: int) -> model.Quote | None:
        """Return the innermost quote that holds the passage, direct before indirect."""
        holding = [q for q in self.quotes if q.field == field and q.start <= start and end <= q.end]
        return min(holding, key=lambda q: (q.kind != "direct", q.end - q.start), default=None)


def judge(candidate: Candidate, rules: RuleSet, document: Document, reading: model.Reading) -> Judgement:
    """Return the judgement of one candidate."""
    scan = document.contexts[candidate.field]
    body = scan.body
    rule = candidate.rule
    voices = Voices(reading.quotes, {p.id: p for p in reading.people})
    quote = voices.around(candidate.field, *body.place(candidate.start, candidate.end))
    speaker = quote.speaker if quote else None
    criticism = (*rules.cues["equality"], *rules.cues["refuting"])
    refuting = _cue(scan, candidate, (*criticism, *rules.cues["denial"]))
    if refuting:
        return Judgement("criticised", 0.2, False, speaker, f"Câu có “{refuting}”: {_WHY['refuting']}.")
    if rule.names_act:
        return Judgement("asserted", rule.confidence, False, speaker, "Đoạn này tự nó là thông tin hoặc yêu cầu, không phải lời bàn về nó.")
    labelled = _cue(scan, candidate, rules.cues["labelled"])
    term = _in_marks(body, candidate) if quote is None or _short(body, quote) else None
    emphatic = candidate.field == "title" or rule.category in _EMPHASIS
    if term and (labelled or _is_name(body, candidate, term) or not emphatic):
        return Judgement(
            "neutral_mention", 0.35, False, speaker, "Cụm từ đặt trong dấu ngoặc kép, được nêu như một tên gọi hoặc lời của người khác."
        )
    if labelled:
        return Judgement("criticised", 0.3, False, speaker, f"Câu có “{labelled}”: {_WHY['labelled']}.")
    work = _before(scan, candidate, rules.cues["works"]) if term else None
    if work:
        return Judgement("neutral_mention", 0.3, False, speaker, f"“{work}” đứng ngay trước dấu ngoặc kép: {_WHY['works']}.")
    official = _cue(scan, candidate, rules.cues["official"])
    if official:
        return Judgement("neutral_mention", 0.3, True, speaker, f"Câu có “{official}”: lời hoặc tên gọi của nguồn chính thức.")
    if quote is not None and speaker is not None and _is_official(voices.people[speaker]):
        name = voices.people[speaker].name
        return Judgement("neutral_mention", 0.3, True, speaker, f"Lời của {name}, nguồn chính thức; không tính cho cơ quan báo chí.")
    for group in ("negation",):
        cue = _before(scan, candidate, rules.cues[group])
        if cue:
            return Judgement("criticised", 0.3, False, speaker, f"Ngay trước đó là “{cue}”: {_WHY[group]}.")
    for group in ("fiction", "history"):
        cue = _cue(scan, candidate, rules.cues[group])
        if cue:
            return Judgement("neutral_mention", 0.4, False, speaker, f"Câu có “{cue}”: {_WHY[group]}.")
    answer = _cue(scan, candidate, rules.cues["answered"], reach=1)
    if answer:
        return Judgement("criticised", 0.3, False, speaker, f"Câu bên cạnh có “{answer}”: ý này được đáp lại ngay trong bài.")
    beside = _cue(scan, candidate, criticism, reach=1)
    themed = _theme(rules, document)
    if beside and (quote is not None or themed):
        return Judgement("criticised", 0.35, False, speaker, f"Câu bên cạnh có “{beside}”: ý này được đáp lại ngay trong bài.")
    policy = _cue(scan, candidate, rules.cues["policy"])
    if policy and rule.category != "discriminatory-notice" and (themed or _about_equality(document, rules)):
        return Judgement("neutral_mention", 0.4, False, speaker, f"Câu có “{policy}”: {_WHY['policy']}.")
    if themed:
        return Judgement("criticised", 0.45, False, speaker, "Cả bài phê phán định kiến giới, cụm từ được nêu làm dẫn chứng.")
    if quote is not None and quote.kind == "direct":
        who = voices.people[speaker].name if speaker is not None else "người được dẫn lời"
        return Judgement("quoted_unchallenged", rule.confidence, False, speaker, f"Lời của {who} được dẫn lại mà bài không có ý kiến khác.")
    return Judgement(
        "asserted", rule.confidence, False, speaker, "Lời của chính bài viết; câu này và câu bên cạnh không có ý phê phán hay phản biện."
    )


_WHY = {
    "refuting": "ý này được nêu để phê phán hoặc bác bỏ",
    "labelled": "cụm từ được nêu như cách gọi, cách nghĩ của người khác",
    "negation": "ý này bị phủ định",
    "works": "đây là tên một tác phẩm, chương trình",
    "fiction": "câu kể nội dung tác phẩm",
    "history": "câu nói về quá khứ hoặc văn hóa dân gian",
    "policy": "câu nói về chính sách, tuyên truyền",
}


def _cue(scan: Scan, candidate: Candidate, patterns: tuple[int, ...], reach: int = 0) -> str | None:
    """Return the first cue outside the passage itself in its sentence (and neighbours), as written."""
    for start, end in cues_in(scan, candidate.sentence, patterns, reach):
        if end <= candidate.start or start >= candidate.end:
            return scan.body.plain[start:end]
    return None


def _before(scan: Scan, candidate: Candidate, patterns: tuple[int, ...]) -> str | None:
    """Return a cue that ends within three syllables before the passage."""
    for start, end in cues_in(scan, candidate.sentence, patterns):
        if end <= candidate.start and text.syllables(scan.body.plain[end : candidate.start]) <= 3:
            return scan.body.plain[start:end]
    return None


_OPEN, _CLOSE = "“\"‘'«", "”\"’'»"


def _in_marks(body: text.Body, candidate: Candidate) -> tuple[int, int] | None:
    """Return the place between quotation marks that stand close around the passage: a term or saying held at arm's length."""
    begin, stop = body.sentences[candidate.sentence]
    reach = 40
    left = body.plain[max(begin, candidate.start - reach) : candidate.start]
    right = body.plain[candidate.end : min(stop, candidate.end + reach)]
    opened = max(map(left.rfind, _OPEN))
    closed = min((i for i in map(right.find, _CLOSE) if i >= 0), default=-1)
    if opened < 0 or closed < 0 or any(mark in left[opened + 1 :] for mark in "”»"):
        return None
    start, end = candidate.start - len(left) + opened + 1, candidate.end + closed
    return (start, end) if text.syllables(body.plain[start:end]) <= _FRAGMENT else None


def _is_name(body: text.Body, candidate: Candidate, term: tuple[int, int]) -> bool:
    """Tell whether a term in marks is a proper name: it begins with a capital inside a sentence, and follows no colon."""
    begin = body.sentences[candidate.sentence][0]
    ahead = body.plain[begin : term[0] - 1].rstrip()
    return bool(ahead) and ahead[-1] not in ":–-" and body.plain[term[0]].isupper()


def _short(body: text.Body, quote: model.Quote) -> bool:
    return text.syllables(body.given[quote.start : quote.end]) <= _FRAGMENT


def _is_official(person: model.Person) -> bool:
    return person.occupation in _OFFICIAL_ROLES and person.role in ("spokesperson", "expert")


def _theme(rules: RuleSet, document: Document) -> bool:
    """Tell whether criticism of stereotypes is the theme: words of equality in three sentences, beside other criticism, or in the title."""
    equality, refuting = (_sentences(document, rules.cues[name], "text") for name in ("equality", "refuting"))
    if len(equality) >= _THEME or (equality and _sentences(document, rules.cues["equality"], "title")):
        return True
    return bool(equality) and len(equality | refuting) >= max(_THEME, len(document.bodies["text"].sentences) // 5)


def _sentences(document: Document, cues: tuple[int, ...], field: model.Field) -> set[int]:
    scan = document.contexts[field]
    return {sentence for cue in cues for sentence in scan.sentences(cue)}


def _about_equality(document: Document, rules: RuleSet) -> bool:
    return len(_sentences(document, rules.cues["policy"], "text")) >= max(2, len(document.bodies["text"].sentences) // 4)
