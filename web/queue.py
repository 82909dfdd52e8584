"""The reviewers' queue: flagged articles, the strongest first."""

from typing import Any

from flask import Blueprint, request

from auditor.model import CATEGORIES, SEVERITIES
from web.respond import Listing, listed, page_number
from web.show import LABELS
from web.storing import store
from web.words import _l

SIZE = 20
STATES = ("open", "done", "all")
COLUMNS = {
    "id": _l("Mã bài"),
    "title": _l("Tiêu đề"),
    "outlet": _l("Cơ quan"),
    "published": _l("Ngày đăng"),
    "url": _l("Địa chỉ"),
    "verdict": _l("Gợi ý của máy"),
    "severity": _l("Mức rõ nhất"),
    "counted": _l("Số dấu hiệu"),
    "open": _l("Chưa xem xét"),
    "done": _l("Đã xem xét"),
    "categories": _l("Nhóm dấu hiệu"),
}

blueprint = Blueprint("queue", __name__)


@listed(blueprint, "/queue", "reviewer", "head", "admin")
def queue() -> Listing:
    """Flagged articles, the strongest first; filters outlet, category, severity, state."""
    filters = _filters()
    page = page_number()
    rows = [_row(row) for row in store().queue(limit=SIZE, offset=(page - 1) * SIZE, **filters)]
    count = store().count_queue(**filters)
    context = {
        "filters": filters,
        "outlets": store().outlets(),
        "categories": CATEGORIES,
        "severities": SEVERITIES,
        "states": STATES,
        "waiting": {code: store().count_queue(severity=code, state="open") for code in SEVERITIES},
        "all_waiting": store().count_queue(state="open"),
    }

    def every() -> Any:
        for offset in range(0, count, 200):
            yield from map(_row, store().queue(limit=200, offset=offset, **filters))

    return Listing("queue", "queue.html", COLUMNS, rows, count, page, SIZE, every, context)


def _filters() -> dict[str, Any]:
    """Return the filters of the address; values that name nothing are left out."""
    given = request.args
    return {
        "outlet": given.get("outlet") or None,
        "category": given.get("category") if given.get("category") in CATEGORIES else None,
        "severity": given.get("severity") if given.get("severity") in LABELS["severity"] else None,
        "state": given.get("state") if given.get("state") in STATES else "open",
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """Return an article of the queue with what its findings come to."""
    findings = sorted(
        (f for f in row["findings"] if f["counted"]), key=lambda f: (SEVERITIES.index(f["severity"]), -f["confidence"], f["start"])
    )
    return {
        **row,
        "findings": findings,
        "severity": findings[0]["severity"] if findings else None,
        "counted": len(findings),
        "categories": list(dict.fromkeys(f["category"] for f in findings)),
    }
