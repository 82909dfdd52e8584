"""Which outlets apply the indicator set, since when, and by which document."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from auditor.errors import StoreError
from auditor.tell.adoption import adoption_rate
from web import respond, security
from web.respond import Listing, listed
from web.show import LABELS, to_day, today
from web.storing import refusal, store
from web.words import _, _l

READ = ("official", "head", "reviewer", "admin")
WRITE = ("official", "head", "admin")
COLUMNS = {
    "outlet": _l("Mã cơ quan"),
    "name": _l("Cơ quan"),
    "kind": _l("Loại"),
    "counted": _l("Tính vào chỉ tiêu"),
    "status": _l("Mức áp dụng"),
    "since": _l("Từ ngày"),
    "note": _l("Minh chứng"),
    "recorded_by": _l("Người ghi"),
    "inherited": _l("Theo cơ quan tiền thân"),
}

blueprint = Blueprint("adoption", __name__)


@listed(blueprint, "/adoption", *READ)
def adoption() -> Listing:
    """The outlets of the register on a day with the adoption record in force."""
    return _listing()


def _listing(**context: Any) -> Listing:
    on = to_day(request.args.get("on")) or today()
    rate = adoption_rate(store(), on)
    records = {row["outlet"]: row for row in store().adoption(on)}
    inherited = {adopter.outlet: adopter for adopter in rate.adopters if adopter.inherited}
    rows = []
    for outlet in store().outlets(on):
        heir = inherited.get(outlet["id"])
        record = {"status": heir.status, "since": heir.since, "note": heir.note} if heir else records.get(outlet["id"], {})
        rows.append(
            {
                "outlet": outlet["id"],
                "name": outlet["name"],
                "kind": outlet["kind"],
                "counted": outlet["counted"],
                "status": record.get("status", "none"),
                "since": record.get("since"),
                "note": record.get("note"),
                "recorded_by": record.get("recorded_by"),
                "inherited": heir is not None,
            }
        )
    rows.sort(key=lambda row: not row["counted"])
    context = {
        "on": on,
        "rate": rate,
        "history": list(reversed(store().adoption_history())),
        "names": {outlet["id"]: outlet["name"] for outlet in store().outlets()},
        "statuses": LABELS["adoption"],
        "may_record": g.user["role"] in WRITE,
        "given": {},
        **context,
    }
    return Listing("adoption", "adoption.html", COLUMNS, rows, len(rows), context=context, endpoint="adoption.adoption")


@blueprint.post("/adoption")
@security.allow(*WRITE)
def record() -> ResponseReturnValue:
    """Record from when an outlet applies the indicator set, with its evidence."""
    given = {name: request.form.get(name, "").strip() for name in ("outlet", "status", "since", "note")}
    try:
        since = to_day(given["since"])
        store().put_adoption(given["outlet"], given["status"], since or given["since"], given["note"][:2000], g.user["name"])
    except StoreError as problem:
        return respond.as_html(_listing(problem=refusal(problem), given=given)), 400
    flash(_("Đã ghi mức áp dụng."))
    return redirect(url_for("adoption.adoption"), 303)
