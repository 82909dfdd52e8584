"""The words of the pages, in the reader's language: Vietnamese in the source, English from translations/."""

from gettext import NullTranslations
from typing import Any

import flask_babel  # type: ignore[import-untyped]
from flask import Flask, g


def init_app(app: Flask) -> None:
    """Let *app* speak the language that the request has chosen (``g.lang``), else the one of its settings."""
    flask_babel.Babel(app, locale_selector=lambda: g.get("lang"))
    app.jinja_env.install_gettext_callables(_, _plural, newstyle=True)  # type: ignore[attr-defined]


def _(text: str, **values: Any) -> str:
    """Return *text* in the reader's language, with *values* put in by name (``%(n)s``)."""
    if "catalogue" not in g:  # looked up once a request
        g.catalogue = None if language() == "vi" else flask_babel.get_translations()
    catalogue: NullTranslations | None = g.catalogue
    told = text if catalogue is None else catalogue.gettext(text)
    return told % values if values else told


def _plural(one: str, many: str, n: int) -> str:
    return _(one if n == 1 else many)


def _l(text: str) -> str:
    """Return *text* as it is: it is marked for the catalogue here and put through ``_`` where it is shown."""
    return text


def language() -> str:
    """Return the reader's language: vi or en."""
    if "language" not in g:
        g.language = str(flask_babel.get_locale() or "vi")
    known: str = g.language
    return known
