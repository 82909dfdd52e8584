"""The web application: Vietnamese pages over keep, judge and tell; every page works without JavaScript."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from auditor.settings import Settings, load

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def create_app(db: Path | str, settings: Settings | None = None, secret: bytes | None = None) -> Flask:
    """Return the application over the archive *db*.

    *secret* signs form tokens (at least 32 bytes); without it, it is kept in ``<db>.secret``. Raises StoreError when the
    database is missing, foreign or out of date, RuleError when a rule file is wrong.
    """
    from auditor.judge.audit import audit
    from web import accounts, adoption, api, articles, board, drafts, ops, outlets, queue, rules, security, show, start, storing, words

    db = Path(db)
    settings = settings or load()
    app = Flask(__name__)
    upload = settings["web.max_upload_bytes"]
    app.config.from_mapping(
        DB=db,
        SETTINGS=settings,
        SECRET_KEY=secret or security.secret_beside(db),
        SESSION_HOURS=settings["web.session_hours"],
        SESSION_COOKIE_NAME="auditor_form",
        SESSION_COOKIE_SECURE=settings["web.secure_cookies"],
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=list(settings["web.trusted_hosts"]) or None,
        MAX_CONTENT_LENGTH=upload + 100_000,
        MAX_FORM_MEMORY_SIZE=min(upload, 4_000_000),
        MAX_FORM_PARTS=50,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as the session that it is bound to
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our own policy never sends; Sec-Fetch-Site and Origin are checked
        BABEL_DEFAULT_LOCALE=settings["web.language"],
    )
    title, text = drafts.EXAMPLE
    audit(text, title)  # a broken rule stops the start with its file and line; the first reader need not wait
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.init_app(app)
    show.init_app(app)
    storing.init_app(app)
    app.before_request(_choose_language)
    ops.init_app(app)
    accounts.init_app(app)  # the user is loaded before the guards ask who it is
    security.init_app(app)
    for module in (start, queue, articles, drafts, board, adoption, outlets, rules, api):
        app.register_blueprint(module.blueprint)
    app.after_request(_remember_language)
    app.context_processor(_for_templates)
    if settings["web.proxies"]:
        hops = settings["web.proxies"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _choose_language() -> None:
    """Take the language from ``?lang=``, else from the cookie, else from the settings."""
    asked = request.args.get("lang")
    kept = request.cookies.get("lang")
    g.lang = asked if asked in LANGUAGES else kept if kept in LANGUAGES else None


def _remember_language(response: Response) -> Response:
    if request.args.get("lang") in LANGUAGES:
        response.set_cookie("lang", request.args["lang"], max_age=31_536_000, httponly=True, samesite="Lax")
    return response


def _for_templates() -> dict[str, Any]:
    """Return what every page needs: menus by role, versioned static files, addresses of this page in another form."""
    from web import menu, security

    return {"menu": menu.entries, "may": security.may, "static": _static, "here": _here, "languages": LANGUAGES}


@lru_cache(maxsize=16)
def _digest(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:10]


def _static(name: str) -> str:
    """Return the address of a static file with the digest of its content, so that it can be kept for ever."""
    return url_for("static", filename=name, v=_digest(name))


def _here(endpoint: str | None = None, **changes: Any) -> str:
    """Return the address of this page with its filters, some *changes* (None removes) and perhaps another form."""
    arguments = {**(request.view_args or {}), **request.args.to_dict(), **changes}
    return url_for(endpoint or request.endpoint or "start.start", **{k: v for k, v in arguments.items() if v not in (None, "")})
