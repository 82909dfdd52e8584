"""Articles: search, one article with its passages marked in place, and the reviewers' decisions on them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auditor.judge import checklist
from web import passages, security
from web.drafts import strength
from web.respond import Listing, listed, page_number
from web.show import LABELS, label, to_day, web_address
from web.storing import store
from web.words import _, _l

SIZE = 30
STATUSES = ("read", "unread", "gone")
NOTE_LIMIT = 2000
DECIDE = ("reviewer", "head")
COLUMNS = {
    "id": _l("Mã bài"),
    "title": _l("Tiêu đề"),
    "outlet": _l("Cơ quan"),
    "published": _l("Ngày đăng"),
    "url": _l("Địa chỉ"),
    "status": _l("Tình trạng"),
    "reason": _l("Lý do chưa đọc được"),
    "verdict": _l("Gợi ý của máy"),
    "open": _l("Chưa xem xét"),
    "done": _l("Đã xem xét"),
    "fetched": _l("Thu thập lúc"),
}

blueprint = Blueprint("articles", __name__)


@listed(blueprint, "/articles")
def articles() -> Listing:
    """Stored articles, the newest first; filters q, outlet, verdict, status, since, until."""
    filters = _filters()
    page = page_number()
    count = store().count_articles(**filters)

    def every() -> Any:
        for offset in range(0, count, 500):
            yield from map(_reasoned, store().articles(**filters, limit=500, offset=offset))

    context = {
        "filters": filters,
        "outlets": store().outlets(),
                "verdicts": list(LABELS["verdict"]),
        "unread": store().count_articles(verdict="unread", **_scope()),
    }
    rows = [_reasoned(row) for row in store().articles(**filters, limit=SIZE, offset=(page - 1) * SIZE)]
    return Listing("articles", "articles.html", COLUMNS, rows, count, page, SIZE, every, context)


def _reasoned(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the reason why it was not read, also when the audit has found it."""
    if row["verdict"] == "unread" and not row["reason"]:
        row["reason"] = (store().audit(row["id"]) or {}).get("unread")
    return row


def _scope() -> dict[str, Any]:
    """Return the filter that the role brings with it: an editor sees the own outlet only."""
    return {"outlet": g.user["outlet"] or "-"} if g.user["role"] == "editor" else {}


def _filters() -> dict[str, Any]:
    given = request.args
    return {
        "search": given.get("q", "").strip()[:200] or None,
        "outlet": given.get("outlet") or None,
        "verdict": given.get("verdict") if given.get("verdict") in LABELS["verdict"] else None,
        "status": given.get("status") if given.get("status") in STATUSES else None,
        "since": to_day(given.get("since")),
        "until": to_day(given.get("until")),
        **_scope(),
    }


@blueprint.get("/articles/<path:id>.json")
@security.allow()
def article_json(id: str) -> Response:
    """One article with its Audit and the decisions on it."""
    row = _article(id)
    shown = {name: row.get(name) for name in (*COLUMNS, "canonical_url", "kind", "byline", "version", "text_sha256", "text")}
    return jsonify({"ok": True, "article": shown, "audit": store().audit(row["id"]), "decisions": _decisions(row["id"])})


@blueprint.get("/articles/<path:id>")
@security.allow()
def article(id: str) -> ResponseReturnValue:
    """One article: passages marked in place, notes beside them, people, sources and versions."""
    return _page(_article(id))


def _article(id: str) -> Mapping[str, Any]:
    """Return the stored article; 404 also when it is another outlet's and an editor asks."""
    row = store().article(id)
    if row is None or _scope().get("outlet", row["outlet"]) != row["outlet"]:
        abort(404)
    return row


def _decisions(article: str) -> list[dict[str, Any]]:
    return store().all("SELECT * FROM decisions WHERE article = ? ORDER BY id", (article,))


def _page(row: Mapping[str, Any], conflict: str | None = None, status: int = 200) -> ResponseReturnValue:
    audited = store().audit(row["id"]) or {}
    findings = store().findings(row["id"])
    counted = [f for f in findings if f["counted"]]
    for number, finding in enumerate(counted, 1):
        finding["number"] = number
    told = {d["id"] for f in findings for d in f["decisions"]}
    people = audited.get("people", [])
    texts = {"title": row["title"] or "", "text": row["text"]}
    page = render_template(
        "article.html",
        article=row,
        audit=audited,
        conflict=conflict,
        outlet=store().outlet(row["outlet"]) if row["outlet"] else None,
        link=web_address(row["url"]),
        notes={f["id"]: f for f in counted},
        strongest=sorted(counted, key=strength),
        quiet=[f for f in findings if not f["counted"]],
        title_blocks=passages.blocks(texts["title"], [f for f in counted if f["field"] == "title"]),
        text_blocks=passages.beside(passages.blocks(texts["text"], [f for f in counted if f["field"] == "text"])),
        decided=sum(1 for f in counted if f["decisions"]),
        former=[d for d in _decisions(row["id"]) if d["id"] not in told],
        people=sorted(people, key=lambda p: (p["source"] == "none", -p["quoted_syllables"], p["id"])),
        names={person["id"]: person["name"] for person in people},
        quotes=[{**quote, "text": texts[quote["field"]][quote["start"] : quote["end"]]} for quote in audited.get("quotes", [])],
        versions=store().versions(row["id"]),
        indicators=checklist.with_wording(checklist.checklist(), store().wordings().values()),
        laws=checklist.laws(),
        may_decide=g.user["role"] in DECIDE,
    )
    return page, status


@blueprint.post("/findings/<id>/decisions")
@security.allow(*DECIDE)
def decide(id: str) -> ResponseReturnValue:
    """Record a confirmation or dismissal with its note; 409 when somebody has decided since the page was shown."""
    finding = store().finding(id)
    verdict = request.form.get("verdict", "")
    if finding is None:
        abort(404)
    if verdict not in LABELS["decision"]:
        abort(400)
    row = _article(finding["article"])
    note = request.form.get("note", "").strip()[:NOTE_LIMIT]
    with store().writing():  # what the reviewer saw and what is decided on stand in one transaction
        latest = store().decisions(id)
        current = not latest or str(latest[-1]["id"]) == request.form.get("seen")
        if current:
            store().decide(id, g.user["name"], verdict, note)
    if not current:
        said = _("Đã có người quyết định về dấu hiệu này trong lúc bạn đang xem. Quyết định của bạn chưa được ghi.")
        return _page(row, conflict=said, status=409)
    flash(_("Đã ghi: %(deed)s.", deed=label("decision", verdict)))
    return redirect(url_for("articles.article", id=row["id"], _anchor=_next(row["id"], id)), 303)


def _next(article: str, decided: str) -> str:
    """Return where to go on: the note of the next finding without a decision, else the one just decided."""
    counted = [f for f in store().findings(article) if f["counted"]]
    at = next((i for i, f in enumerate(counted) if f["id"] == decided), 0)
    following = [f["id"] for f in counted[at + 1 :] + counted[:at] if not f["decisions"]]
    return "f-" + (following[0] if following else decided)
