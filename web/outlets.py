"""The register of outlets, and one outlet with what is known of it."""

from typing import Any

from flask import Blueprint, abort, g, jsonify, render_template
from flask.typing import ResponseReturnValue

from web import security
from web.respond import Listing, listed
from web.show import today
from web.storing import store
from web.words import _l

COLUMNS = {
    "id": _l("Mã cơ quan"),
    "name": _l("Cơ quan"),
    "kind": _l("Loại"),
    "counted": _l("Tính vào chỉ tiêu"),
    "valid_from": _l("Từ ngày"),
    "valid_to": _l("Đến ngày"),
    "verified": _l("Đã kiểm chứng"),
    "articles": _l("Bài đã thu thập"),
    "source": _l("Nguồn"),
}

blueprint = Blueprint("outlets", __name__)


def _mine(outlet: str) -> bool:
    """Return whether the role may see this outlet: an editor sees the own one only."""
    return bool(g.user["role"] != "editor" or g.user["outlet"] == outlet)


@listed(blueprint, "/outlets")
def outlets() -> Listing:
    """The outlets of the register, those of today first."""
    now = {outlet["id"] for outlet in store().outlets(today())}
    rows = [{**outlet, "articles": store().count_articles(outlet=outlet["id"])} for outlet in store().outlets() if _mine(outlet["id"])]
    rows.sort(key=lambda row: row["id"] not in now)
    return Listing("outlets", "outlets.html", COLUMNS, rows, len(rows), context={"now": now})


def _known(id: str) -> dict[str, Any]:
    outlet = store().outlet(id)
    if outlet is None or not _mine(id):
        abort(404)
    return outlet


@blueprint.get("/outlets/<id>.json")
@security.allow()
def outlet_json(id: str) -> ResponseReturnValue:
    """One outlet with its feeds and adoption records."""
    return jsonify({"ok": True, "outlet": _known(id), "feeds": store().feeds(id), "adoption": _adoption(id)})


@blueprint.get("/outlets/<id>")
@security.allow()
def outlet(id: str) -> ResponseReturnValue:
    """One outlet: register, sources, adoption, articles."""
    row = _known(id)
    return render_template(
        "outlet.html",
        outlet=row,
        names={other["id"]: other["name"] for other in store().outlets()},
        feeds=store().feeds(id),
        adoption=_adoption(id),
        counts={
            "all": store().count_articles(outlet=id),
            "review": store().count_articles(outlet=id, verdict="review"),
            "advice": store().count_articles(outlet=id, verdict="advice"),
            "clear": store().count_articles(outlet=id, verdict="clear"),
            "unread": store().count_articles(outlet=id, verdict="unread"),
        },
        latest=store().articles(outlet=id, limit=8),
    )


def _adoption(id: str) -> list[dict[str, Any]]:
    return [row for row in reversed(store().adoption_history()) if row["outlet"] == id]
