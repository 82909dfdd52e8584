"""The first page: what waits for this role, with numbers that lead to their rows."""

from typing import Any, NamedTuple

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from auditor.tell.adoption import adoption_rate
from web import security, show
from web.storing import store
from web.words import _

blueprint = Blueprint("start", __name__)


@blueprint.get("/favicon.ico")
@security.public
def icon() -> ResponseReturnValue:
    """Lead browsers that show JSON to the icon of the pages."""
    return redirect(url_for("static", filename="mark.svg"), 301)


class Task(NamedTuple):
    """A way into the day's work; *big* is the number that matters."""

    title: str
    text: str
    address: str
    big: str | None = None


@blueprint.get("/")
@security.allow()
def start() -> ResponseReturnValue:
    """Show the tasks of the role that is signed in."""
    return render_template("start.html", tasks=[task for endpoint, make in _TASKS if security.may(endpoint) for task in [make()]])


def _own() -> dict[str, Any]:
    return {"outlet": g.user["outlet"] or "-"} if g.user["role"] == "editor" else {}


def _queue() -> Task:
    waiting = store().count_queue(state="open")
    text = _("bài có dấu hiệu chờ người thẩm định, bài rõ rệt nhất đứng trước")
    return Task(_("Hàng chờ"), text, url_for("queue.queue"), show.as_number(waiting))


def _drafts() -> Task:
    return Task(_("Kiểm tra bản thảo"), _("Dán bài hoặc gửi tệp, có góp ý ngay. Bản thảo không được lưu lại."), url_for("drafts.drafts"))


def _articles() -> Task:
    count = store().count_articles(**_own())
    text = _("bài đã thu thập, tìm theo từ ngữ, cơ quan, ngày đăng")
    return Task(_("Bài báo"), text, url_for("articles.articles"), show.as_number(count))


def _unread() -> Task:
    count = store().count_articles(verdict="unread", **_own())
    address = url_for("articles.articles", verdict="unread")
    return Task(_("Chưa đọc được"), _("bài máy không đọc được trọn vẹn, không tính vào tỷ lệ nào"), address, show.as_number(count))


def _board() -> Task:
    return Task(_("Bảng tổng hợp"), _("Mức độ đáp ứng chỉ số của từng cơ quan; nữ và nam trong các nguồn tin."), url_for("board.board"))


def _adoption() -> Task:
    rate = adoption_rate(store(), show.today())
    big = f"{show.as_number(rate.pilot + rate.official)}/{show.as_number(rate.outlets)}"
    return Task(_("Áp dụng Bộ chỉ số"), _("cơ quan báo chí đã áp dụng thí điểm hoặc chính thức"), url_for("adoption.adoption"), big)


def _rules() -> Task:
    return Task(_("Quy tắc"), _("Máy tìm gì, vì sao, ví dụ nào được tính và không được tính."), url_for("rules.rules"))


_TASKS = (
    ("queue.queue", _queue),
    ("drafts.drafts", _drafts),
    ("board.board", _board),
    ("adoption.adoption", _adoption),
    ("articles.articles", _articles),
    ("articles.articles", _unread),
    ("rules.rules", _rules),
)
