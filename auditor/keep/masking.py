"""Names of victims and children, taken out of what leaves the archive.

Who is protected in an article: people in the role of victim, and people named inside a passage that was found to
disclose an identity (children, victims of abuse, accused minors). In title and text each letter of the name becomes a
block, so that every place still holds; elsewhere the name is replaced by a word.
"""

import re
from collections.abc import Mapping
from typing import Any

from auditor.text import UPPER

MASK = "[tên được che]"
BLOCK = "█"
_LETTER = re.compile(r"\w")
_SYLLABLE = re.compile(r"\w+")
_CAPITAL = f"[{UPPER}]"
# a passage that discloses an identity: any initials, and any run of two or more capitalised syllables
_NAMES = re.compile(rf"\b{_CAPITAL}\w*(?:\.\s*|\s+)(?:{_CAPITAL}\w*\.?\s*)*{_CAPITAL}\w*\b|\b(?:{_CAPITAL}\.)+{_CAPITAL}?|\b{_CAPITAL}\b")


class Masking:
    """The protected names of one article, ready to be masked wherever they stand; made from its Audit (None: nobody)."""

    def __init__(self, audit: Mapping[str, Any] | None, title: str | None, text: str) -> None:
        audit = audit or {}
        given = {"title": title or "", "text": text}
        disclosing = [f for f in audit.get("findings", []) if f["category"] == "identity-disclosure"]
        self.people = {
            person["id"]
            for person in audit.get("people", [])
            if person["role"] == "victim" or any(_inside(mention, f) for mention in person["mentions"] for f in disclosing)
        }
        self._places: dict[str, list[tuple[int, int]]] = {"title": [], "text": []}
        names = set()
        for person in audit.get("people", []):
            if person["id"] in self.people:
                names.add(person["name"] if _capital(person["name"]) else "")
                for field, start, end in person["mentions"]:
                    self._hide(field, _named(person["name"], given[field][start:end], start), given, names)
        for finding in disclosing:
            for match in _NAMES.finditer(given[finding["field"]], finding["start"], finding["end"]):
                self._hide(finding["field"], match.span(), given, names)
        known = sorted((name for name in names if len(name) > 1), key=len, reverse=True)  # a lone letter stands everywhere
        self._known = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)") if known else None

    def _hide(self, field: str, span: tuple[int, int] | None, given: Mapping[str, str], names: set[str]) -> None:
        if span:
            self._places[field].append(span)
            names.add(given[field][slice(*span)].strip())

    def __bool__(self) -> bool:
        """Tell whether there is anything to mask."""
        return bool(self.people) or self._known is not None

    def blocked(self, field: str, given: str) -> str:
        """Return the title or text with the names blocked out; its length stays the same."""
        letters = list(given)
        spans = [*self._places[field], *(match.span() for match in self._known.finditer(given))] if self._known else self._places[field]
        for start, end in spans:
            letters[start:end] = _LETTER.sub(BLOCK, given[start:end])
        return "".join(letters)

    def worded(self, text: str) -> str:
        """Return any other string with the names replaced by a word."""
        return self._known.sub(MASK, text) if self._known else text

    def passage(self, finding: Mapping[str, Any]) -> str:
        """Return the text of a finding with the names replaced by a word; every name, where it discloses an identity."""
        text = self.worded(finding["text"])
        return _NAMES.sub(MASK, text) if finding["category"] == "identity-disclosure" else text

    def person(self, person: Mapping[str, Any]) -> dict[str, Any]:
        """Return a person of the Audit; a protected one without the name."""
        if person["id"] not in self.people:
            return {**person, "name": self.worded(person["name"])}
        return {**person, "name": MASK, "masked": True}


def _inside(mention: Any, finding: Mapping[str, Any]) -> bool:
    field, start, end = mention
    return bool(field == finding["field"] and start < finding["end"] and end > finding["start"])


def _capital(text: str) -> bool:
    return text[:1].isupper()


def _named(name: str, mention: str, start: int) -> tuple[int, int] | None:
    """Return where the syllables of a *name* stand in a mention that starts at *start*: "Lan" of "chị Lan", nothing of "nạn nhân"."""
    syllables = set(filter(_capital, _SYLLABLE.findall(name))) if _capital(name) else set()
    spans = [match.span() for match in _SYLLABLE.finditer(mention) if match.group() in syllables]
    return (start + spans[0][0], start + spans[-1][1]) if spans else None
