"""The characters of a page: byte order mark, UTF-8 that holds, what is declared, then windows-1258 of old portals."""

import re
import unicodedata
from codecs import lookup

from auditor.text import LETTERS

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})"
    rb"|<\?xml[^>]{0,100}encoding=[\"']([A-Za-z0-9_:.-]{1,40})",
    re.IGNORECASE,
)
_LETTER = re.compile(f"[{LETTERS}]")
_STRANGE = re.compile("[\x80-\x9f\ufffd\u00c3\u00c2\u00d0\u00b8\u00b5\u00b6\u00b7\u00b9\u00a8\u00ae\u00be\u00cb\u00d7]")


def decode(data: bytes, header: str | None = None) -> tuple[str, bool]:
    """Return the characters of a page and whether they are certain; *header* is the charset that Content-Type told.

    Bytes that hold as UTF-8 are UTF-8, whatever is declared: a false declaration is common, a chance hit is not.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace"), True
    if len(data) > 3 and data[:200].count(0) > len(data[:200]) // 3:
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", "replace"), True
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        as_utf8 = data.decode("utf-8", "replace")
    if sum(c > "\x7f" for c in as_utf8) > 6 * as_utf8.count("\ufffd"):  # UTF-8 with a few broken bytes
        return as_utf8, False
    match = _DECLARED.search(data[:4_096])
    told = [header or "", (match[1] or match[2]).decode("ascii") if match else ""]
    best, best_share = as_utf8, 0.0
    for name in dict.fromkeys([*filter(None, map(_known, told)), "cp1258", "cp1252"]):
        text = unicodedata.normalize("NFC", data.decode(name, "replace"))
        share = _vietnamese_share(text)
        if share > 1.2 * best_share:
            best, best_share = text, share
    return best, best_share > 0


def _known(name: str) -> str | None:
    """Return Python's name of a declared encoding (as browsers do, ISO 8859-1 is windows-1252), or None."""
    try:
        found = lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(found, found)


def _vietnamese_share(text: str) -> float:
    """Return the share of marked letters among all, less what stands where a wrong encoding puts it."""
    seen = _LETTER.findall(text)
    marked = sum(c > "\x7f" for c in seen)
    return float(max(0, marked - 2 * len(_STRANGE.findall(text)))) / max(1, len(seen))
