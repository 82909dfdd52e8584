"""Who is there: sign-in and sign-out, sessions kept in the database by the hash of their token, own password."""

import logging
import secrets
from datetime import date
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Blueprint, Flask, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from auditor.keep.accounts import hashed
from web import security
from web.storing import store
from web.words import _

MIN_PASSWORD = 10
COOKIE = "auditor_session"
blueprint = Blueprint("accounts", __name__)
log = logging.getLogger("auditor.web")
_hasher = PasswordHasher()
_nobody: list[str] = []  # the hash that unknown names are checked against, so that they take as long as known ones


def password_fits(hashed: str | None, password: str) -> bool:
    """Return whether *password* belongs to *hashed*; None takes the same time and never fits."""
    if hashed is None and not _nobody:
        _nobody.append(_hasher.hash(secrets.token_hex(16)))
    try:
        return _hasher.verify(hashed or _nobody[0], password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def init_app(app: Flask) -> None:
    """Load the user before each request of *app*; must run before the guards."""
    app.before_request(_load_user)
    app.register_blueprint(blueprint)


def _load_user() -> None:
    """Put the signed-in user into ``g.user``: by session cookie, or by token where data is asked for."""
    g.user = g.session_token = None
    if request.endpoint is None or request.endpoint == "static" or request.endpoint.startswith("ops."):
        return
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if security.wants_data() and token:
            g.user = store().user_of_token(token.strip())
        return
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return
    opened = store().session(cookie)
    if opened is None:
        return
    user = store().user(opened["user"])
    if user is not None:
        g.user, g.session_token = user, cookie
        security.bind_forms(opened["data"]["form_key"])


def _throttle_key() -> str:
    """Count failures by address and name together: a stranger elsewhere locks nobody out."""
    return f"{request.remote_addr}|{request.form.get('name', '').strip().casefold()[:80]}"


def _failed(response: Response) -> bool:
    return response.status_code != 303


@blueprint.get("/sign-in")
@security.public
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form."""
    if g.user is not None:
        return redirect(url_for("start.start"), 303)
    return render_template("sign_in.html", next=security.local_path(request.args.get("next")))


@blueprint.post("/sign-in")
@security.public
@security.limiter.limit("5 per 5 minutes", key_func=_throttle_key, deduct_when=_failed)
@security.limiter.limit("60 per 5 minutes", deduct_when=_failed)
def sign_in_post() -> ResponseReturnValue:
    """Open a session, or answer alike for an unknown name, a wrong password and a disabled account."""
    name = request.form.get("name", "").strip()
    password = request.form.get("password", "")[:1000]
    back = security.local_path(request.form.get("next"))
    user = store().user(name) if 0 < len(name) <= 80 else None
    fits = password_fits(user["password_hash"] if user else None, password)
    if user is None or not fits or user["disabled"]:
        # a name that is nobody's may be a password typed into the wrong field
        log.warning("sign-in refused: name=%r address=%s", user["name"] if user else "(unknown)", request.remote_addr)
        return render_template("sign_in.html", next=back, name=name, refused=True), 401
    if g.session_token is not None:
        store().close_session(g.session_token)
    response = redirect(back or url_for("start.start"), 303)
    _open(response, user["name"])
    log.info("signed in: name=%r address=%s", user["name"], request.remote_addr)
    return response


def _open(response: Any, name: str) -> None:
    """Open a session of *name* and set its cookie on *response*."""
    hours = current_app.config["SESSION_HOURS"]
    key = secrets.token_hex(20)
    token = store().open_session(name, {"form_key": key}, hours)
    security.bind_forms(key)
    response.set_cookie(
        COOKIE, token, max_age=hours * 3600, httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"], path="/"
    )


@blueprint.post("/sign-out")
@security.allow()
def sign_out() -> ResponseReturnValue:
    """Close the session on the server and forget its cookie."""
    if g.session_token is not None:
        store().close_session(g.session_token)
    response = redirect(url_for("accounts.sign_in"), 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@blueprint.get("/account")
@security.allow()
def account() -> ResponseReturnValue:
    """Show who is signed in and the form for a new password."""
    return render_template("account.html", today=date.today())


@blueprint.post("/account")
@security.allow()
@security.limiter.limit("10 per 15 minutes", deduct_when=_failed)
def change_password() -> ResponseReturnValue:
    """Set a new password when the present one is given; opens a fresh session."""
    present, new, again = (request.form.get(field, "")[:1000] for field in ("present", "new", "again"))
    problem = None
    if not password_fits(g.user["password_hash"], present):
        problem = _("Mật khẩu hiện tại chưa đúng.")
    elif len(new) < MIN_PASSWORD:
        problem = _("Mật khẩu mới cần ít nhất %(n)s ký tự.", n=MIN_PASSWORD)
    elif new != again:
        problem = _("Hai lần nhập mật khẩu mới chưa giống nhau.")
    elif g.user["name"].casefold() in new.casefold():
        problem = _("Mật khẩu mới không được chứa tên đăng nhập.")
    if problem:
        return render_template("account.html", problem=problem), 400
    store().set_password(g.user["name"], hashed(new), actor=g.user["name"])
    response = redirect(url_for("accounts.account"), 303)  # the store has ended every session of the account
    _open(response, g.user["name"])
    flash(_("Đã đổi mật khẩu."))
    return response
