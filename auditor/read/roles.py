"""What a person does in the story: GMMP function, occupation and family role, and the crowds that appear."""

import re

from auditor.model import Group, Role, Source
from auditor.read.lexicon import lexicon
from auditor.read.people import Actor
from auditor.read.quotes import Inside
from auditor.read.words import Words

_SUSPECT = re.compile(
    r"bị (?:bắt|khởi tố|truy tố|tạm giam|tạm giữ|cáo buộc|kết án|tuyên phạt|tuyên án|tuyên|truy nã|xét xử|buộc tội|khám xét)"
    r"|đề nghị truy tố|khai nhận|ra đầu thú|phạm tội|hành vi phạm tội|lãnh án|lĩnh án"
    r"|thừa nhận hành vi|bắt giữ|bắt khẩn cấp|bắt tạm giam|khởi tố|truy tố|gây án"
)
_SEIZED = re.compile(r"(?:bắt|bắt giữ|tạm giữ|tạm giam|khởi tố|truy tố|truy nã|tuyên phạt|khám xét)(?: [^\W\d]+){0,3} $")
_VICTIM = re.compile(
    r"bị (?:đâm|chém|giết|sát hại|hại|bắn|đánh|cướp|hiếp|cưỡng hiếp|xâm hại|thương|bắt cóc|lừa|tai nạn|hành hung|bạo hành|quấy rối|tử vong"
    r"|cưỡng bức|ám sát|ném xác|trộm|cắt|tông)|tử vong|thiệt mạng|qua đời|tử nạn|nạn nhân|đuối nước|mất tích"
)
_WITNESS = re.compile(r"chứng kiến|nhân chứng|có mặt tại hiện trường|phát hiện (?:vụ|sự) việc|nhìn thấy")
_NO_OFFICE = (0, 13, 14, 20, 22, 23, 25)  # occupations of people who speak for nobody but themselves
_TITLE_SUSPECT = (
    "nghi phạm", "bị can", "bị cáo", "hung thủ", "nghi can", "đối tượng", "tên", "trùm", "tử tù", "thủ phạm", "kẻ",
)  # fmt: skip
_TITLE_VICTIM = ("nạn nhân", "bị hại")


def occupation(actor: Actor) -> int:
    """Return the GMMP occupation code: of the titles before the name, else of an apposition right after it."""
    best: int | None = None
    for mention in actor.mentions:
        code = mention.occupation
        if code is not None and (best is None or (best > 20 >= code)):
            best = code
    return best or 0


def role(actor: Actor, source: Source, code: int, leads: bool) -> Role:
    """Return the GMMP function of a person in the story."""
    titles = {m.words.phrase(m.context.begins, m.first - 1) for m in actor.mentions if m.context.begins < m.first}
    if actor.unnamed:
        titles = {m.words.phrase(m.last if m.first == m.last else m.first + (m.key[0] == "một"), m.last) for m in actor.mentions}
    if [title for title in titles if title.startswith(_TITLE_SUSPECT)]:
        return "suspect"
    if [title for title in titles if title.startswith(_TITLE_VICTIM)]:
        return "victim"
    suspect = victim = witness = 0
    deeds = source == "none" or code in _NO_OFFICE
    for mention in actor.mentions[:8]:
        folded = mention.words.body.folded
        near = folded[mention.end : mention.end + 45]
        cut = near.find(".")
        near = near[:cut] if cut > 0 else near
        if source != "none":
            witness += bool(_WITNESS.search(near))
        if not deeds:
            continue
        suspect += bool(_SUSPECT.search(near)) + bool(_SEIZED.search(folded[max(0, mention.start - 30) : mention.start]))
        victim += bool(_VICTIM.search(near))
    if deeds:
        if suspect and suspect >= victim:
            return "suspect"
        if victim:
            return "victim"
    if source == "none":
        return "subject" if leads or len(actor.mentions) >= 3 else "other"
    if witness:
        return "eyewitness"
    if str(code) in lexicon()["occupations.expert"]:
        return "expert"
    if str(code) in lexicon()["occupations.spokesperson"]:
        return "spokesperson"
    if code == 23 or (actor.unnamed and code == 0):
        return "popular"
    return "experience"


_NUMBER = re.compile(r"^[0-9]{1,3}(?:[.,][0-9]{3})*$")
_COUNT = {"hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}


def groups(words: Words, inside: Inside) -> list[Group]:
    """Return the crowds of a field: a number or plural word with a noun for people, or a crowd noun that speaks."""
    plural = lexicon()["people.plural"]
    found: dict[str, Group] = {}
    for hit in words.scan:
        i = hit.first
        entry = hit.entry
        if not entry.crowd or hit.covered or inside.at(words.starts[i]) is not None:
            continue
        first, count = i, None
        if i and words.gaps[i] == " ":
            lead = words.fold[i - 1]
            two = words.phrase(i - 2, i - 1) if i > 1 and words.gaps[i - 1] == " " else ""
            if _NUMBER.match(lead):
                first, count = i - 1, int(lead.replace(".", "").replace(",", ""))
            elif lead in _COUNT:
                first, count = i - 1, _COUNT[lead]
            elif two in plural:
                first = i - 2
            elif lead in plural:
                first = i - 1
        after = words.hit(hit.last + 1)
        speaks = after is not None and words.gaps[hit.last + 1] == " " and after.entry.say and not after.entry.weak
        if first == i and not speaks:
            continue
        if count == 1 or (count is not None and count > 10_000_000):
            continue
        text = words.body.plain[words.starts[first] : words.end(hit.last)]
        gender = entry.crowd if entry.crowd in ("female", "male") else "unknown"
        source: Source = "indirect" if speaks else "none"
        if text.lower() not in found or speaks:
            found[text.lower()] = Group(text, gender, count, source)  # type: ignore[arg-type]
    return list(found.values())
