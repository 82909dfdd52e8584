"""The menu: which pages a role works with, in the order of the day's work."""

from typing import NamedTuple

from flask import g, request

from web.security import may
from web.words import _


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
        "drafts.drafts": _("Bản thảo"),
        "articles.articles": _("Bài báo"),
        "board.board": _("Tổng hợp"),
        "adoption.adoption": _("Áp dụng"),
        "outlets.outlets": _("Cơ quan"),
        "board.targets": _("Chỉ tiêu"),
        "rules.rules": _("Quy tắc"),
        "rules.checklist": _("Bộ chỉ số"),
        "rules.laws": _("Pháp luật"),
    }
    here = _section(request.endpoint or "")
    return [Entry(endpoint, text, endpoint == here) for endpoint, text in names.items() if may(endpoint)]


def _section(endpoint: str) -> str:
    """Return the menu entry that *endpoint* belongs to."""
    owners = {
        "articles.article": "articles.articles",
        "outlets.outlet": "outlets.outlets",
        "rules.rule": "rules.rules",
        "drafts.check": "drafts.drafts",
        "adoption.record": "adoption.adoption",
        "rules.enter_wording": "rules.checklist",
    }
    return owners.get(endpoint, endpoint)
