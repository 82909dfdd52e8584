"""Draft check for editors: paste or upload, findings at once, strongest first; nothing is stored or logged."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from auditor import model
from auditor.errors import ReadError
from auditor.judge import audit as judge
from auditor.judge import checklist
from web import passages, security
from web.show import to_day, today
from web.words import _

SHOWN = 7  # more at once is read by nobody; the rest opens with one click
KINDS = ("article", "headline", "caption", "notice", "script", "convention", "post")
EXAMPLE = (
    "Nữ giám đốc hợp tác xã vẫn giữ trọn thiên chức người phụ nữ",
    "Sáng 18/11, Hội Liên hiệp Phụ nữ xã tổ chức gặp mặt các hộ làm kinh tế giỏi.\n\n"
    "Dù bận đến đâu, chị Hoàng Thị Mai vẫn không quên thiên chức làm vợ, làm mẹ: sáng dậy sớm nấu cơm, chiều tất tả đón con.\n\n"
    "“Năm nay hợp tác xã thu mua 120 tấn chè, cao hơn năm trước 15 tấn”, chị Mai cho biết.\n\n"
    "Ông Nguyễn Văn Bình, Chủ tịch UBND xã, đánh giá mô hình đã tạo việc làm cho 40 lao động, trong đó có 26 nữ. "
    "Ông đề nghị các ngành xóa bỏ định kiến “phái yếu thì không nên làm kinh tế lớn”.",
)

blueprint = Blueprint("drafts", __name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the editor handed in."""

    title: str = ""
    text: str = ""
    kind: str = "article"
    published: str = ""


@blueprint.get("/drafts")
@security.allow()
def drafts() -> ResponseReturnValue:
    """Show the empty form, or the example with ``?example=1``."""
    draft = Draft(*EXAMPLE) if request.args.get("example") == "1" else Draft()
    return render_template("drafts.html", draft=draft, kinds=KINDS)


@blueprint.post("/drafts")
@security.allow()
@security.limiter.limit("60 per minute", key_func=security.reader)
def check() -> ResponseReturnValue:
    """Show the findings of a pasted or uploaded draft."""
    draft = Draft()
    try:
        draft = _given()
        audited = judge.audit_record(
            {"id": "-", "title": draft.title or None, "text": draft.text, "kind": draft.kind, "published": draft.published or None},
            today=today(),
        )
    except ReadError as problem:
        return render_template("drafts.html", draft=draft, kinds=KINDS, problem=str(problem)), 400
    return render_template("drafts.html", draft=draft, kinds=KINDS, **_result(draft, audited))


def _given() -> Draft:
    """Return the draft of the form; an uploaded file wins over pasted text. Raises ReadError for what cannot be read."""
    form = request.form
    draft = Draft(form.get("title", "").strip(), form.get("text", ""), form.get("kind", "article"), _iso(form.get("published", "")))
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        from auditor.read.files import read_bytes

        read = read_bytes(upload.filename, upload.stream.read(current_app.config["SETTINGS"]["web.max_upload_bytes"] + 1))
        published = draft.published or (read.published.isoformat() if read.published else "")
        draft = Draft(read.title or draft.title, read.text, draft.kind, published)
    if not draft.text.strip() and draft.kind not in ("headline", "caption"):
        raise ReadError(_("Chưa có nội dung để kiểm tra: hãy dán bản thảo hoặc chọn một tệp có chữ."))
    if not draft.text.strip() and not draft.title:
        raise ReadError(_("Chưa có nội dung để kiểm tra: hãy nhập tiêu đề."))
    return draft


def _result(draft: Draft, audited: model.Audit) -> dict[str, Any]:
    counted = sorted(audited.to_dict(every=False)["findings"], key=strength)
    texts = {"title": draft.title, "text": draft.text}
    for number, finding in enumerate(counted, 1):
        finding["number"] = number
        finding["around"] = passages.around(texts[finding["field"]], finding["start"], finding["end"])
    return {
        "audit": audited,
        "shown": counted[:SHOWN],
        "more": counted[SHOWN:],
        "notes": {finding["id"]: finding for finding in counted},
        "title_blocks": passages.blocks(draft.title, [f for f in counted if f["field"] == "title"]),
        "text_blocks": passages.blocks(draft.text, [f for f in counted if f["field"] == "text"]),
        "indicators": checklist.checklist(),
        "laws": checklist.laws(),
        "presence": audited.presence(),
        "law_date": audited.law_date,
        "undated": not draft.published,
    }


def _iso(typed: str) -> str:
    """Return the day that was typed as ISO text; what is no day stays, for the audit to refuse by name."""
    day = to_day(typed)
    return day.isoformat() if day else typed.strip()


def strength(finding: Any) -> tuple[int, float, int, int]:
    """Return the sort key that puts the strongest finding first."""
    return (model.SEVERITIES.index(finding["severity"]), -finding["confidence"], finding["field"] != "title", finding["start"])
