"""What stands between the network and the pages: roles, cross-site checks, headers, limits and error pages.

Every view carries the roles that may call it; a view without them is refused. Sources: OWASP ASVS 5.0.0 (V3, V8, V14),
Datasette's Sec-Fetch-Site rule (docs/internals.rst), Flask's "Security Considerations".
"""

import logging
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from auditor.errors import StoreError
from auditor.keep.database import BusyError, FullError
from web.words import _

ROLES = ("reviewer", "head", "editor", "official", "admin")
ANYONE: frozenset[str] = frozenset({"anyone"})
SIGNED_IN: frozenset[str] = frozenset(ROLES)

log = logging.getLogger("auditor.web")
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window", headers_enabled=False)

View = TypeVar("View", bound=Callable[..., Any])

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def reader() -> str:
    """Return whose requests are counted together: the user's, else those of one address."""
    user = g.get("user")
    return f"user {user['name']}" if user else get_remote_address()


def allow(*roles: str) -> Callable[[View], View]:
    """Return a decorator that lets only *roles* call a view; without roles, everyone who is signed in."""
    unknown = set(roles) - SIGNED_IN
    if unknown:
        raise ValueError(f"unknown roles: {unknown}")
    return _marked(frozenset(roles) or SIGNED_IN)


def public(view: View) -> View:
    """Return *view*, open to everyone."""
    return _marked(ANYONE)(view)


def _marked(roles: frozenset[str]) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.allowed = roles  # type: ignore[attr-defined]
        return view

    return mark


def allowed(app: Flask, endpoint: str) -> frozenset[str]:
    """Return the roles that may call *endpoint*; nobody may call one that names none."""
    return getattr(app.view_functions[endpoint], "allowed", frozenset())


def may(endpoint: str) -> bool:
    """Return whether the user of this request may call *endpoint* (for menus)."""
    roles = allowed(current_app, endpoint)
    user = g.get("user")
    return roles is ANYONE or (user is not None and user["role"] in roles)


def init_app(app: Flask) -> None:
    """Register the guards on *app*, in the order in which they must run."""
    public(app.view_functions["static"])
    app.before_request(_same_site)
    app.before_request(_guard)
    limiter.init_app(app)
    csrf.init_app(app)
    app.after_request(_headers)
    app.register_error_handler(StoreError, _store_failed)
    app.register_error_handler(sqlite3.OperationalError, _store_failed)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crashed)


def _same_site() -> None:
    """Refuse unsafe requests that a browser says come from another site."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
    elif request.headers.get("Origin") not in (None, request.host_url.rstrip("/")):
        abort(403)


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page: the router answers 404 or 405
        return None
    roles = allowed(current_app, request.endpoint)
    if roles is ANYONE:
        return None
    user = g.get("user")
    if user is None:
        if wants_data():
            abort(401)
        back = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("accounts.sign_in", next=back), 303)
    if user["role"] not in roles:
        abort(403)
    return None


def wants_data() -> bool:
    """Return whether this request is for JSON or CSV, not for a page."""
    return request.path.startswith(("/api/", "/-/")) or request.path.endswith((".json", ".csv"))


def local_path(given: str | None) -> str | None:
    """Return *given* when it is a path of this site, else None: no redirect may lead elsewhere."""
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in given):
        return None
    parts = urlsplit(given)
    return given if not parts.scheme and not parts.netloc else None


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if request.args.get("v") else "public, max-age=300"
    else:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Cookie")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


# ---------------------------------------------------------------- errors


def _titles(code: int) -> tuple[str, str]:
    """Return what happened and what to do, for a status code."""
    texts = {
        400: (_("Yêu cầu chưa hợp lệ"), _("Hãy quay lại trang trước, kiểm tra nội dung đã nhập rồi gửi lại.")),
        401: (_("Cần đăng nhập"), _("Hãy đăng nhập, hoặc gửi mã truy cập còn hiệu lực.")),
        403: (_("Không có quyền xem trang này"), _("Tài khoản của bạn không dùng chức năng này. Nếu cần, hãy hỏi người quản trị.")),
        404: (_("Không tìm thấy trang"), _("Địa chỉ có thể đã gõ nhầm, hoặc nội dung không thuộc phạm vi của bạn.")),
        405: (_("Không dùng được theo cách này"), _("Hãy mở trang từ thực đơn.")),
        409: (_("Đã có người xử lý trước"), _("Hãy mở lại trang để xem quyết định mới nhất.")),
        413: (_("Nội dung gửi lên quá lớn"), _("Hãy gửi tệp nhỏ hơn, hoặc chỉ dán phần cần kiểm tra.")),
        415: (_("Không nhận dạng nội dung này"), _("Hãy gửi dữ liệu JSON.")),
        429: (_("Thử quá nhiều lần"), _("Hãy đợi ít phút rồi thử lại.")),
        503: (_("Tạm thời chưa dùng được"), _("Chưa có gì bị mất. Hãy thử lại sau ít giây.")),
    }
    return texts.get(code, (_("Có lỗi ở phía máy chủ"), _("Hãy thử lại; nếu lỗi lặp lại, gửi mã lỗi dưới đây cho người quản trị.")))


def error(code: int, sentence: str | None = None, **headers: str) -> Response:
    """Return the answer for a failure: a page, or for data the error object {ok, error, errors, status, id}."""
    number = secrets.token_hex(4)
    title, todo = _titles(code)
    log.log(logging.ERROR if code >= 500 else logging.INFO, "status=%s id=%s method=%s path=%r", code, number, request.method, request.path)
    if wants_data():
        text = sentence or f"{title}. {todo}"
        response = jsonify(ok=False, error=text, errors=[text], status=code, id=number)
    else:
        response = Response(render_template("error.html", code=code, title=title, sentence=sentence or todo, number=number))
    response.status_code = code
    response.headers.update(headers)
    return response


def _http_error(problem: HTTPException) -> ResponseReturnValue:
    if problem.code is None or problem.code < 400:  # a redirect made by the router
        return problem.get_response()
    if problem.code == 429:
        return error(429, **{"Retry-After": "300"})
    extra = {"Allow": ", ".join(problem.valid_methods or ())} if isinstance(problem, MethodNotAllowed) else {}
    return error(problem.code, **extra)


def _forged(problem: CSRFError) -> ResponseReturnValue:
    log.info("form refused: %s", problem.description)
    return error(400, _("Biểu mẫu đã hết hạn hoặc không được gửi từ trang này. Hãy tải lại trang rồi gửi lại."))


def _store_failed(problem: Exception) -> ResponseReturnValue:
    """Answer 503 when the database is locked, full or damaged; nothing was written, and the log says where."""
    log.error("store: %s", problem)
    if isinstance(problem, FullError):
        sentence = _("Ổ đĩa của máy chủ đã đầy nên chưa ghi được gì. Hãy báo người quản trị; vẫn có thể đọc bình thường.")
    elif isinstance(problem, BusyError):
        sentence = _("Kho dữ liệu đang bận nên chưa ghi được gì. Hãy thử lại sau ít giây.")
    else:
        sentence = _("Không dùng được kho dữ liệu. Hãy báo người quản trị, kèm mã lỗi dưới đây.")
    return error(503, sentence, **{"Retry-After": "5"})


def _crashed(_problem: Exception) -> ResponseReturnValue:
    log.exception("unexpected failure on %r", request.path)
    return error(500)


# ---------------------------------------------------------------- the secret


def secret_beside(db: Path) -> bytes:
    """Return the signing key kept in ``<db>.secret`` (made on first use, readable by the owner only).

    Raises StoreError when the folder cannot be written or the file holds less than 32 bytes.
    """
    path = db.with_name(db.name + ".secret")
    try:
        fresh = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as problem:
        raise StoreError(f"Không tạo được tệp khóa {path} ({problem.strerror}); hãy cấp quyền ghi cho thư mục này.") from None
    else:
        with os.fdopen(fresh, "wb") as file:
            file.write(secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) < 32:
        raise StoreError(f"Tệp khóa {path} bị cụt; hãy xóa tệp để hệ thống tạo lại (mọi người sẽ phải đăng nhập lại).")
    return key


def bind_forms(key: str) -> None:
    """Tie the form tokens of this browser to the signed-in session, so that a planted cookie is worth nothing."""
    if session.get("csrf_token") != key:
        session.clear()
        session["csrf_token"] = key
