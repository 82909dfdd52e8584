"""The officials' board: adoption against its targets, how far each outlet meets the checklist, women and men among sources."""

from datetime import date
from typing import Any

from flask import Blueprint, request

from auditor.tell import charts
from auditor.tell.adoption import TARGETS, adoption_rate
from auditor.tell.compliance import compliance, total
from web.respond import Listing, listed
from web.show import to_day, today
from web.storing import store
from web.words import _, _l

READ = ("official", "head", "reviewer", "admin")
COLUMNS = {
    "outlet": _l("Mã cơ quan"),
    "name": _l("Cơ quan"),
    "articles": _l("Bài"),
    "read": _l("Bài đọc trọn vẹn"),
    "unread": _l("Bài chưa đọc được"),
    "pending": _l("Bài chờ máy đọc"),
    "articles_legal": _l("Bài có dấu hiệu pháp luật"),
    "articles_strong": _l("Bài có dấu hiệu rõ rệt"),
    "articles_context": _l("Bài có dấu hiệu tùy ngữ cảnh"),
    "articles_style": _l("Bài có dấu hiệu cách dùng từ"),
    "findings": _l("Số dấu hiệu"),
    "reviewed": _l("Dấu hiệu đã xem xét"),
    "confirmed": _l("Dấu hiệu đã xác nhận"),
    "dismissed": _l("Dấu hiệu đã bỏ qua"),
    "meeting_n": _l("Bài đáp ứng"),
    "meeting_of": _l("Trong số bài"),
    "meeting_rate": _l("Mức độ đáp ứng"),
    "meeting_low": _l("Khoảng tin cậy từ"),
    "meeting_high": _l("Khoảng tin cậy đến"),
    "sources_female": _l("Nguồn tin nữ"),
    "sources_male": _l("Nguồn tin nam"),
    "sources_unknown": _l("Nguồn tin chưa rõ giới"),
    "people_female": _l("Người được nhắc: nữ"),
    "people_male": _l("Người được nhắc: nam"),
    "people_unknown": _l("Người được nhắc: chưa rõ giới"),
}
TARGET_COLUMNS = {
    "number": _l("Số"),
    "target": _l("Chỉ tiêu"),
    "due": _l("Thời hạn"),
    "n": _l("Đạt"),
    "of": _l("Trong số"),
    "measured": _l("Đã đo"),
}
PLAN = (  # Kế hoạch 67/KH-UBND, 26/4/2022, mục I.2
    (
        _l("Cơ quan, tổ chức, doanh nghiệp và người dân được truyền thông về pháp luật, chính sách bình đẳng giới ít nhất 02 cuộc"),
        _l("hằng năm"),
    ),
    (
        _l(
            "100% sở, ngành, địa phương xây dựng kế hoạch, triển khai Tháng hành động vì bình đẳng giới"
            " và phòng ngừa, ứng phó với bạo lực trên cơ sở giới"
        ),
        "2025",
    ),
    (_l("Nhận thức về bình đẳng giới của các nhóm đối tượng trong cộng đồng tăng 10–15% so với năm 2025"), "2030"),
    (
        _l("Ít nhất 70% cơ quan truyền thông áp dụng thí điểm, 90% chính thức áp dụng Bộ chỉ số về giới trong truyền thông"),
        "2025, 2030",
    ),
    (_l("95%, rồi 100% hương ước, quy ước đã được thông qua không có sự phân biệt đối xử về giới"), "2025, 2030"),
)
MEASURED = 4

blueprint = Blueprint("board", __name__)


def period() -> tuple[date, date]:
    """Return the period asked for; without one, the reporting year that today lies in (15/12 to 14/12)."""
    now = today()
    begun = date(now.year - (now < date(now.year, 12, 15)), 12, 15)
    return to_day(request.args.get("since")) or begun, to_day(request.args.get("until")) or date(begun.year + 1, 12, 14)


@listed(blueprint, "/board", *READ)
def board() -> Listing:
    """Compliance of each outlet in a period; filters since, until."""
    since, until = period()
    figures = compliance(store(), since, until)
    rows = [{**row.to_dict(), "figures": row} for row in figures]
    context: dict[str, Any] = {
        "since": since,
        "until": until,
        "on": min(until, today()),
        "rate": adoption_rate(store(), min(until, today())),
        "total": total(figures),
        "meeting": charts.meeting_chart(figures),
    }
    return Listing("compliance", "board.html", COLUMNS, rows, len(rows), context=context)


@listed(blueprint, "/targets")
def targets() -> Listing:
    """The five targets of the plan; only the one on media is measured here."""
    rate = adoption_rate(store(), today())
    rows: list[dict[str, Any]] = []
    for number, (text, due) in enumerate(PLAN, 1):
        measured = number == MEASURED
        n, of = (rate.reached(TARGETS[-1]), rate.outlets) if measured else (None, None)
        rows.append({"number": number, "target": _(text), "due": _(due), "n": n, "of": of, "measured": measured})
    return Listing("targets", "targets.html", TARGET_COLUMNS, rows, len(rows), context={"rate": rate, "now": today()})
