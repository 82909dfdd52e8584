"""One view, three forms: a page builds a Listing, the ending of the address picks HTML, JSON or CSV."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from web import security
from web.words import _

Rows = Iterable[Mapping[str, Any]]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # OWASP ASVS 5.0.0, 1.2.10; also full-width


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of a list page: *columns* are field name and heading of CSV, *context* is for the template only."""

    name: str
    template: str
    columns: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]
    count: int
    page: int = 1
    size: int = 0
    every: Callable[[], Rows] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str | None = None  # whose twins to name when a form is answered with the page

    @property
    def pages(self) -> int:
        """How many pages the rows fill."""
        return max(1, -(-self.count // self.size)) if self.size else 1


def page_number() -> int:
    """Return ``?page=`` of the request, 1 when it is missing or no sensible number."""
    given = request.args.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) <= 7 else 1


def listed(blueprint: Blueprint, rule: str, *roles: str) -> Callable[[Callable[..., Listing]], Callable[..., Listing]]:
    """Return a decorator that serves a view's Listing at *rule*, *rule*.json and *rule*.csv to *roles*."""

    def register(view: Callable[..., Listing]) -> Callable[..., Listing]:
        for ending, form in (("", as_html), (".json", as_json), (".csv", as_csv)):
            name = view.__name__ + ending.replace(".", "_")
            blueprint.add_url_rule(rule + ending, name, security.allow(*roles)(_formed(view, form)))
        return view

    return register


def _formed(view: Callable[..., Listing], form: Callable[[Listing], ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    @wraps(view)
    def serve(**values: Any) -> ResponseReturnValue:
        return form(view(**values))

    return serve


def as_html(listing: Listing) -> str:
    """Return the page of a listing."""
    return render_template(listing.template, listing=listing, **listing.context)


def as_json(listing: Listing) -> Response:
    """Return {ok, count, page, next, <name>: [row…]}."""
    following = None
    if listing.page < listing.pages:
        following = url_for(request.endpoint or "", **{**(request.view_args or {}), **request.args.to_dict(), "page": listing.page + 1})
    rows = [{name: row.get(name) for name in listing.columns} for row in listing.rows]
    return jsonify({"ok": True, "count": listing.count, "page": listing.page, "next": following, listing.name: rows})


def as_csv(listing: Listing) -> Response:
    """Return every row as UTF-8 CSV; with ``?excel=1`` a byte order mark and the headings of the page."""
    excel = request.args.get("excel") == "1"
    heading = [_(text) for text in listing.columns.values()] if excel else list(listing.columns)
    rows = listing.every() if listing.every else listing.rows

    def lines() -> Iterator[str]:
        yield "\ufeff" if excel else ""
        yield _line(heading)
        for row in rows:
            yield _line([cell(row.get(name)) for name in listing.columns])

    response = Response(stream_with_context(lines()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{listing.name}.csv"'
    return response


def cell(value: Any) -> Any:
    """Return *value* for a spreadsheet: text that a program could take for a formula gets a single quote in front."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    guarded = "'" + text if text.lstrip(" ").startswith(FORMULA) else text
    return guarded.replace("\0", "")


def _line(values: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()
