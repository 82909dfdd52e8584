"""How values look to a reader: dates, numbers, shares, names of codes, and text that came from outside.

Vietnamese is the language of the source; English comes from the catalogue under translations/.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

from auditor.model import CATEGORIES
from web.words import _, _l, language

HANOI = timezone(timedelta(hours=7))  # Vietnam keeps UTC+7 all the year

LABELS: Mapping[str, Mapping[str, str]] = {
    "severity": {
        "legal": _l("Pháp luật"),
        "strong": _l("Rõ rệt"),
        "context": _l("Tùy ngữ cảnh"),
        "style": _l("Cách dùng từ"),
    },
    "verdict": {
        "clear": _l("Chưa thấy dấu hiệu"),
        "advice": _l("Nên cân nhắc"),
        "review": _l("Cần xem xét"),
        "unread": _l("Chưa đọc được"),
    },
    "stance": {
        "asserted": _l("Lời của chính bài viết"),
        "quoted_unchallenged": _l("Lời trích không được phản biện"),
        "criticised": _l("Bài viết phê phán cách nghĩ này"),
        "neutral_mention": _l("Chỉ nhắc tới"),
    },
    "kind": {
        "article": _l("Tin, bài"),
        "headline": _l("Tiêu đề"),
        "caption": _l("Chú thích ảnh"),
        "notice": _l("Thông báo, quảng cáo"),
        "script": _l("Kịch bản phát thanh"),
        "convention": _l("Hương ước, quy ước"),
        "post": _l("Bài mạng xã hội"),
    },
    "unread": {
        "empty": _l("Trang không có phần chữ"),
        "too_long": _l("Văn bản quá dài"),
        "undecodable": _l("Không giải được bảng mã chữ"),
        "not_vietnamese": _l("Không phải tiếng Việt"),
        "minority_language": _l("Tiếng dân tộc thiểu số"),
        "no_diacritics": _l("Văn bản không dấu"),
        "partial": _l("Chỉ đọc được một phần"),
        "scanned": _l("Bản chụp, chưa có chữ"),
    },
    "subject": {
        "outlet": _l("Cơ quan báo chí"),
        "advertiser": _l("Bên quảng cáo"),
        "employer": _l("Đơn vị tuyển dụng"),
        "commune": _l("Cộng đồng có hương ước"),
    },
    "origin": {
        "rule": _l("Quy tắc"),
        "classifier": _l("Mô hình phân loại"),
        "both": _l("Quy tắc và mô hình phân loại"),
    },
    "gender": {"female": _l("Nữ"), "male": _l("Nam"), "unknown": _l("Chưa rõ")},
    "source": {"direct": _l("Trích trực tiếp"), "indirect": _l("Dẫn gián tiếp"), "none": _l("Không được dẫn lời")},
    "role": {
        "spokesperson": _l("Người phát ngôn"),
        "expert": _l("Chuyên gia"),
        "experience": _l("Người kể trải nghiệm"),
        "eyewitness": _l("Người chứng kiến"),
        "popular": _l("Ý kiến người dân"),
        "subject": _l("Nhân vật của bài"),
        "suspect": _l("Người bị nghi vấn"),
        "victim": _l("Người bị hại"),
        "other": _l("Khác"),
    },
    "account": {
        "reviewer": _l("Người thẩm định"),
        "head": _l("Trưởng nhóm thẩm định"),
        "editor": _l("Biên tập viên"),
        "official": _l("Cán bộ quản lý"),
        "admin": _l("Quản trị"),
    },
    "adoption": {"none": _l("Chưa áp dụng"), "pilot": _l("Áp dụng thí điểm"), "official": _l("Chính thức áp dụng")},
    "outlet": {
        "newspaper": _l("Báo"),
        "broadcaster": _l("Đài phát thanh, truyền hình"),
        "press_and_broadcast": _l("Báo và phát thanh, truyền hình"),
        "magazine": _l("Tạp chí"),
        "portal": _l("Cổng, trang thông tin điện tử"),
        "commune_radio": _l("Đài truyền thanh xã, phường"),
        "other": _l("Khác"),
    },
    "decision": {"confirm": _l("Đã xác nhận"), "dismiss": _l("Đã bỏ qua")},
    "state": {"open": _l("Chưa xem xét xong"), "done": _l("Đã xem xét"), "all": _l("Tất cả")},
}

_SWAPPED = str.maketrans(",.", ".,")
_TYPED = re.compile("([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})")

# C0 and C1 controls, bidi and other invisible formatting: a reader must see that they are there.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")


def today() -> date:
    """Return the day in Vietnam."""
    return datetime.now(HANOI).date()


def label(group: str, code: str | None) -> str:
    """Return the name of *code* in the reader's language; an unknown code stands for itself."""
    return _(LABELS[group].get(code or "", code or ""))


def category(code: str) -> str:
    """Return the Vietnamese label of a category."""
    return CATEGORIES[code].label if code in CATEGORIES else code


def as_day(value: date | datetime | str | None) -> str:
    """Return dd/mm/yyyy of a date or of an ISO string; "" for none, the string itself when it is no date."""
    moment = _moment(value)
    return moment if isinstance(moment, str) else moment.strftime("%d/%m/%Y")


def as_time(value: datetime | str | None) -> str:
    """Return HH:MM dd/mm/yyyy of a moment, in Vietnam's time."""
    moment = _moment(value)
    return moment if isinstance(moment, str) else moment.strftime("%H:%M %d/%m/%Y" if isinstance(moment, datetime) else "%d/%m/%Y")


def to_day(given: str | None) -> date | None:
    """Return the day of what a reader typed (22/11/2026, 22-11-2026 or 2026-11-22), or None when it is no day."""
    text = (given or "").strip()
    match = _TYPED.fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError:
        return None


def _moment(value: date | datetime | str | None) -> date | datetime | str:
    if value is None:
        return ""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(HANOI)
    return value


def as_number(value: float | None, digits: int = 0) -> str:
    """Return a number in the reader's format, rounded to *digits*: 1.234,5 in Vietnamese, 1,234.5 in English."""
    if value is None:
        return "–"
    text = f"{value:,.{digits}f}"
    return text.translate(_SWAPPED) if language() == "vi" else text


def as_share(value: float | None) -> str:
    """Return a share (0..1) as whole percent."""
    return "–" if value is None else f"{as_number(100 * value)}%"


def as_interval(low: float | None, high: float | None) -> str:
    """Return an interval of shares: 52–86%."""
    if low is None or high is None:
        return "–"
    return f"{as_share(low).rstrip('%')}–{as_share(high)}"


def crawled(text: str | None) -> Markup:
    """Return text from outside, isolated from the direction of what surrounds it, with hidden characters made visible."""
    return Markup("<bdi>{}</bdi>").format(visible(text))


def visible(text: str | None) -> Markup:
    """Return *text* escaped, with controls and invisible characters shown as their code."""
    if not text or not _HIDDEN.search(text):
        return escape(text or "")
    return Markup("").join(
        Markup('<span class="hidden-char" title="{}">{}</span>').format(unicodedata.name(part, _("ký tự điều khiển")), f"U+{ord(part):04X}")
        if _HIDDEN.fullmatch(part)
        else escape(part)
        for part in re.split(f"({_HIDDEN.pattern})", text)
        if part
    )


def web_address(url: str | None) -> str | None:
    """Return *url* when it is http(s) with a host, else None: nothing else becomes a link."""
    if not url or any(character <= " " for character in url):
        return None
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def init_app(app: Flask) -> None:
    """Give the templates of *app* these functions."""
    app.jinja_env.filters.update(day=as_day, time=as_time, number=as_number, share=as_share)
    app.jinja_env.filters.update(crawled=crawled, visible=visible, category=category)
    app.jinja_env.globals.update(label=label, as_interval=as_interval, CATEGORIES=CATEGORIES, language=language)
