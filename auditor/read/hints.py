"""Hints for single sites: CSS selectors in rules/sites/<host>.yaml that say where title, lead, body, date and byline stand."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from auditor.read import datafile
from auditor.resources import folder


class Hint(BaseModel):
    """Selectors of one site, each list tried in order; ``keep_query`` names the parameters its addresses need."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    verified: bool
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    caption: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    keep_query: tuple[str, ...] = ()

    @field_validator("title", "lead", "body", "published", "byline", "caption", "remove")
    @classmethod
    def _selects(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        from soupsieve import SelectorSyntaxError, compile

        for selector in given:
            try:
                compile(selector)
            except SelectorSyntaxError as error:
                raise ValueError(f"bộ chọn {selector!r} sai cú pháp ({str(error).splitlines()[0]})") from None
        return given


def of(url: str | None) -> Hint | None:
    """Return the hint for the site of *url*, or None; ``www.`` and subdomains use the file of the domain they belong to."""
    try:
        host = (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return None
    known = load()
    while "." in host:
        if host in known:
            return known[host]
        host = host.partition(".")[2]
    return None


@lru_cache(maxsize=4)
def load(place: Path | None = None) -> dict[str, Hint]:
    """Return all hints by host; raise RuleError, with file and line, for a file that is wrong."""
    found = {}
    for path in sorted((place or folder("rules") / "sites").glob("*.yaml")):
        try:
            found[path.stem.lower()] = Hint.model_validate(datafile.load(path))
        except ValidationError as error:
            raise datafile.problem(path, error) from None
    return found
