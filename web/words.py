"""The words of the pages, in the reader's language: Vietnamese in the source, English from translations/."""

from typing import Any

import flask_babel  # type: ignore[import-untyped]
from flask import Flask, g


def init_app(app: Flask) -> None:
    """Let *app* speak the language that the request has chosen (``g.lang``), else the one of its settings."""
    flask_babel.Babel(app, locale_selector=lambda: g.get("lang"))


def _(text: str, **values: Any) -> str:
    """Return *text* in the reader's language, with *values* put in by name (``%(n)s``)."""
    return str(flask_babel.gettext(text, **values))


def _l(text: str) -> Any:
    """Return *text* as a string that is translated when it is shown."""
    return flask_babel.lazy_gettext(text)


def language() -> str:
    """Return the reader's language: vi or en."""
    return str(flask_babel.get_locale() or "vi")
