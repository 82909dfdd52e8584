"""The menu: which pages a role works with, in the order of the day's work."""

from typing import NamedTuple

from flask import g, request
from flask_babel import gettext as _

from web.security import may


class Entry(NamedTuple):
    """A line of the menu."""

    endpoint: str
    label: str
    current: bool


def entries() -> list[Entry]:
    """Return the menu of the user of this request; empty for visitors."""
    if g.get("user") is None:
        return []
    names = {
        "queue.queue": _("Hàng chờ"),
        "drafts.drafts": _("Kiểm tra bản thảo"),
        "articles.articles": _("Bài báo"),
        "board.board": _("Bảng tổng hợp"),
        "adoption.adoption": _("Áp dụng Bộ chỉ số"),
        "outlets.outlets": _("Cơ quan báo chí"),
        "board.targets": _("Chỉ tiêu kế hoạch"),
        "rules.rules": _("Quy tắc"),
        "rules.checklist": _("Bộ chỉ số"),
        "rules.laws": _("Văn bản pháp luật"),
    }
    here = _section(request.endpoint or "")
    return [Entry(endpoint, text, endpoint == here) for endpoint, text in names.items() if may(endpoint)]


def _section(endpoint: str) -> str:
    """Return the menu entry that *endpoint* belongs to."""
    owners = {"articles.article": "articles.articles", "outlets.outlet": "outlets.outlets", "rules.rule": "rules.rules", "drafts.check": "drafts.drafts"}
    return owners.get(endpoint, endpoint)
