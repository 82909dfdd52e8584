"""What the machine looks for and by what right: rules with their examples, the checklist, the laws."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auditor.errors import StoreError
from auditor.judge import checklist as sets
from auditor.judge import ruleset
from auditor.model import CATEGORIES
from web import respond, security
from web.respond import Listing, listed
from web.show import today
from web.storing import refusal, store
from web.words import _, _l

RULE_COLUMNS = {
    "id": _l("Quy tắc"),
    "category": _l("Nhóm dấu hiệu"),
    "indicator": _l("Chỉ số"),
    "severity": _l("Mức độ"),
    "message": _l("Lời nhắc"),
    "suggestions": _l("Cách viết gợi ý"),
    "legal": _l("Văn bản có thể dẫn"),
    "source": _l("Nguồn"),
}
INDICATOR_COLUMNS = {
    "id": _l("Chỉ số"),
    "wording": _l("Lời văn"),
    "verified": _l("Đã kiểm chứng"),
    "how": _l("Cách tính"),
    "method": _l("Phương pháp"),
    "unit": _l("Đơn vị tính"),
    "source": _l("Nguồn"),
}
LAW_COLUMNS = {
    "id": _l("Mã"),
    "title": _l("Văn bản"),
    "article": _l("Điều, khoản"),
    "in_force_from": _l("Hiệu lực từ"),
    "in_force_to": _l("Hết hiệu lực"),
    "bans": _l("Nội dung"),
    "penalty": _l("Chế tài"),
    "verified": _l("Đã kiểm chứng"),
    "source": _l("Nguồn"),
    "note": _l("Ghi chú"),
}

blueprint = Blueprint("rules", __name__)


@listed(blueprint, "/rules")
def rules() -> Listing:
    """Every rule with its message, rewrites and source; filter category."""
    known = ruleset.load().rules
    chosen = request.args.get("category")
    rows = [_row(rule) for rule in known if chosen in (None, "", rule.category)]
    counts = {code: sum(1 for rule in known if rule.category == code) for code in CATEGORIES}
    return Listing("rules", "rules.html", RULE_COLUMNS, rows, len(rows), context={"counts": counts, "chosen": chosen, "total": len(known)})


def _row(rule: ruleset.Rule) -> dict[str, Any]:
    """Return a rule as a row; its message speaks of its first example."""
    bare, place, _field = ruleset.unmark(rule.examples.hit[0])
    passage = bare[slice(*place)] if place else bare
    row = rule.model_dump(mode="json", include=set(RULE_COLUMNS))
    return {**row, "message": rule.message.replace("{text}", passage)}


@blueprint.get("/rules/<path:id>")
@security.allow()
def rule(id: str) -> ResponseReturnValue:
    """One rule with the examples that prove it both ways."""
    known = ruleset.load().by_id.get(id)
    if known is None:
        abort(404)
    hits = []
    for example in known.examples.hit:
        bare, place, field = ruleset.unmark(example)
        start, end = place or (0, 0)
        hits.append((bare[:start], bare[start:end], bare[end:], field))
    misses = [ruleset.unmark(example) for example in known.examples.miss]
    return render_template(
        "rule.html", rule=known, row=_row(known), hits=hits, misses=misses, indicators=_indicators(), laws=sets.laws()
    )


def _indicators() -> Any:
    """Return the checklist with the official wordings that were entered."""
    return sets.with_wording(sets.checklist(), store().wordings().values())


@listed(blueprint, "/checklist")
def checklist() -> Listing:
    """Every indicator with its wording, whether that is verified, and how it is answered."""
    return _checklist()


def _checklist(**context: Any) -> Listing:
    rows = [indicator.model_dump(mode="json") for indicator in _indicators().values()]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["id"].partition("-")[0], []).append(row)
    headings = {code: _(text) for code, text in HEADINGS.items()}
    context = {"groups": groups, "headings": headings, "entered": store().wordings(), "given": {}, **context}
    return Listing("checklist", "checklist.html", INDICATOR_COLUMNS, rows, len(rows), context=context, endpoint="rules.checklist")


HEADINGS = {
    "A1": _l("Cân bằng giới ở cấp ra quyết định"),
    "A2": _l("Bình đẳng giới tại nơi làm việc và điều kiện làm việc"),
    "A3": _l("Bình đẳng giới trong hội, công đoàn, câu lạc bộ và tổ chức nhà báo"),
    "A4": _l("Quy tắc đạo đức và chính sách bảo đảm bình đẳng giới trong nội dung"),
    "A5": _l("Cân bằng giới trong giáo dục và đào tạo"),
    "B1.1": _l("Tin tức, thời sự: sự hiện diện cân bằng của nữ và nam"),
    "B1.2": _l("Tin tức, thời sự: xóa bỏ khuôn mẫu giới, thông tin đa chiều"),
    "B1.3": _l("Tin tức, thời sự: đưa tin về bình đẳng giới"),
    "B1.4": _l("Nhạy cảm giới trong mọi thể loại"),
    "B1.5": _l("Đưa tin về bạo lực trên cơ sở giới"),
    "B2.1": _l("Quảng cáo: hình ảnh công bằng"),
    "B2.2": _l("Quảng cáo: nhận diện khuôn mẫu giới"),
}


@blueprint.post("/checklist")
@security.allow("admin")
def enter_wording() -> ResponseReturnValue:
    """Enter the official wording of an indicator with its source; it then counts as verified."""
    given = {name: request.form.get(name, "").strip()[:2000] for name in ("indicator", "wording", "source")}
    if given["indicator"] not in sets.checklist():
        abort(400)
    try:
        store().put_wording(given["indicator"], given["wording"], given["source"], g.user["name"])
    except StoreError as problem:
        return respond.as_html(_checklist(problem=refusal(problem), given=given)), 400
    flash(_("Đã ghi lời văn chính thức của chỉ số %(id)s.", id=given["indicator"]))
    return redirect(url_for("rules.checklist", _anchor=given["indicator"]), 303)


@listed(blueprint, "/laws")
def laws() -> Listing:
    """Every legal text that may be cited, with its dates."""
    now = today()
    rows = [{**law.model_dump(mode="json"), "holds": law.holds(now)} for law in sets.laws().values()]
    rows.sort(key=lambda row: not row["holds"])
    return Listing("laws", "laws.html", LAW_COLUMNS, rows, len(rows), context={"now": now})
