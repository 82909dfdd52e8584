"""The values that travel through the house: Article, Person, Quote, Finding, Audit.

Frozen, made once, passed on. Every (start, end) counts Unicode code points in the title or text exactly as given.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from auditor import text

Field = Literal["title", "text"]
Kind = Literal["article", "headline", "caption", "notice", "script", "convention", "post"]
Gender = Literal["female", "male", "unknown"]
Source = Literal["direct", "indirect", "none"]
Role = Literal["spokesperson", "expert", "experience", "eyewitness", "popular", "subject", "suspect", "victim", "other"]
Severity = Literal["legal", "strong", "context", "style"]
Stance = Literal["asserted", "quoted_unchallenged", "criticised", "neutral_mention"]
Verdict = Literal["clear", "advice", "review", "unread"]
Unread = text.Unread
Subject = Literal["outlet", "advertiser", "employer", "commune"]
Origin = Literal["rule", "classifier", "both"]

KINDS: tuple[Kind, ...] = get_args(Kind)
GENDERS: tuple[Gender, ...] = get_args(Gender)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # the strongest first


class Category(NamedTuple):
    """A kind of stereotyped or discriminatory content: number in the taxonomy, Vietnamese label, usual severity."""

    number: int | None
    label: str
    severity: Severity


CATEGORIES: Mapping[str, Category] = {
    "sex-labels": Category(1, "Nhãn gọi “phái yếu”, “phái đẹp”", "style"),
    "domestic-duty": Category(2, "Gán việc nhà, giữ chồng, “thiên chức” cho phụ nữ", "strong"),
    "double-burden": Category(3, "Ca ngợi gánh nặng kép", "context"),
    "leader-trivialising": Category(4, "Tầm thường hoá nữ lãnh đạo, chuyên gia", "context"),
    "objectification": Category(5, "Vật hoá, tình dục hoá cơ thể", "strong"),
    "gold-digger": Category(6, "Nhan sắc - tiền bạc, “đào mỏ”", "strong"),
    "marital-age-shaming": Category(7, "Miệt thị tuổi, tình trạng hôn nhân", "strong"),
    "infidelity-blame": Category(8, "Đổ lỗi ngoại tình cho phụ nữ", "strong"),
    "victim-blaming": Category(9, "Đổ lỗi nạn nhân", "strong"),
    "violence-sensational": Category(10, "Giật gân, nói giảm bạo lực tình dục", "strong"),
    "violence-minimising": Category(11, "Bao biện, xem nhẹ bạo lực gia đình", "strong"),
    "identity-disclosure": Category(12, "Lộ danh tính trẻ em, nạn nhân", "legal"),
    "son-preference": Category(13, "Trọng con trai; lựa chọn giới tính thai nhi", "strong"),
    "sexist-proverb": Category(14, "Tục ngữ, khái quát hạ thấp một giới", "strong"),
    "occupation-stereotype": Category(15, "Khuôn mẫu nghề nghiệp, năng lực", "strong"),
    "discriminatory-notice": Category(16, "Thông báo tuyển dụng, tuyển sinh phân biệt", "legal"),
    "male-stereotype": Category(17, "Khuôn mẫu nam giới", "context"),
    "lgbti-phobia": Category(18, "Kỳ thị người LGBTI", "strong"),
    "ethnic-gender": Category(19, "Định kiến giới với phụ nữ dân tộc thiểu số", "context"),
    "unequal-naming": Category(20, "Gọi tên, mô tả bất đối xứng", "context"),
    "conduct-policing": Category(22, "Áp đặt trinh tiết, cách ăn mặc, ứng xử", "strong"),
    "convention-clause": Category(None, "Điều khoản phân biệt trong hương ước, quy ước", "legal"),
}


class Place(NamedTuple):
    """A passage of the input: ``given[start:end]`` of the title or the text."""

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """What was read from a page or file; *status* ``unread`` carries the *reason* and must never pass as clean."""

    title: str | None
    text: str
    published: date | None = None
    byline: str | None = None
    captions: tuple[str, ...] = ()
    url: str | None = None
    status: Literal["read", "unread"] = "read"
    reason: Unread | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields of ``auditor extract`` as JSON values."""
        return {
            "title": self.title,
            "text": self.text,
            "published": self.published.isoformat() if self.published else None,
            "byline": self.byline,
            "captions": list(self.captions),
            "url": self.url,
            "status": self.status,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """One individual of a document, all mentions merged; *occupation* is the GMMP code 0-27 (2020 code list)."""

    id: int
    name: str
    gender: Gender
    gender_evidence: str
    mentions: tuple[Place, ...]
    source: Source = "none"
    role: Role = "other"
    occupation: int = 0
    family_role: bool = False
    quoted_syllables: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A crowd or collective that is named by sex or speaks: "200 hội viên phụ nữ"; *count* where the text gives one."""

    text: str
    gender: Gender
    count: int | None = None
    source: Source = "none"


@dataclass(frozen=True, slots=True)
class Quote:
    """A direct quote (span without the marks) or an indirect one (the reported clause); *speaker* is a Person.id."""

    field: Field
    start: int
    end: int
    kind: Literal["direct", "indirect"]
    speaker: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Who is in a document and who speaks: the result of the first reading."""

    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One passage with one reason; lies inside one sentence. See the contract for each field."""

    id: str
    rule: str | None
    category: str
    indicator: str
    severity: Severity
    field: Field
    start: int
    end: int
    text: str
    stance: Stance
    counted: bool
    needs_reviewer: bool
    confidence: float
    origin: Origin
    message: str
    explanation: str
    suggestions: tuple[str, ...]
    legal: tuple[str, ...]
    subject: Subject = "outlet"
    speaker: int | None = None


def finding_id(document: str, place: Place, category: str) -> str:
    """Return the 12 hex digits that name a finding for ever: decisions are keyed by them."""
    return hashlib.sha256(f"{document}|{place.field}|{place.start}|{place.end}|{category}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Engine:
    """Which program, rules and model judged: the same three give the same audit."""

    version: str
    rules_digest: str
    model_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """The judgement of one document."""

    id: str
    kind: Kind
    title: str | None
    law_date: date
    verdict: Verdict
    engine: Engine
    findings: tuple[Finding, ...] = ()
    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    quotes: tuple[Quote, ...] = ()
    topics: Mapping[str, bool] = field(default_factory=dict)
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unread: Unread | None = None

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that make the verdict."""
        return tuple(f for f in self.findings if f.counted)

    def presence(self) -> dict[str, Any]:
        """Return people, sources and directly quoted syllables by gender (GMMP: named and unnamed individuals)."""
        people: dict[str, Any] = dict.fromkeys(GENDERS, 0)
        sources, syllables = dict.fromkeys(GENDERS, 0), dict.fromkeys(GENDERS, 0)
        for person in self.people:
            people[person.gender] += 1
            sources[person.gender] += person.source != "none"
            syllables[person.gender] += person.quoted_syllables
        return {**people, "sources": sources, "quoted_syllables": syllables}

    def to_dict(self, every: bool = True) -> dict[str, Any]:
        """Return the Audit of the contract as JSON values; with *every* false only counted findings are listed."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "law_date": self.law_date.isoformat(),
            "verdict": self.verdict,
            "findings": [_plain(f) for f in self.findings if every or f.counted],
            "people": [{**_plain(p), "mentions": [list(m) for m in p.mentions]} for p in self.people],
            "groups": [_plain(g) for g in self.groups],
            "quotes": [_plain(q) for q in self.quotes],
            "presence": self.presence(),
            "topics": dict(self.topics),
            "indicators": {name: dict(value) for name, value in self.indicators.items()},
            "engine": _plain(self.engine),
            "unread": self.unread,
        }


def _plain(value: Any) -> dict[str, Any]:
    """Return the fields of a flat dataclass as JSON values (dataclasses.asdict copies deeply and is ten times slower)."""
    pairs = ((name, getattr(value, name)) for name in value.__slots__)
    return {name: list(item) if isinstance(item, tuple) else item for name, item in pairs}
