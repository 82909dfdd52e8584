"""Tags of hostile pages and feeds: floods of attributes taken out before a parser meets them, and text without tags."""

import re
import unicodedata
from html import unescape
from typing import AnyStr

_TAG_LIMIT = 4_000  # characters; libxml2 and feedparser take quadratic time over the attributes of one tag
_TAG = re.compile(r"""<([A-Za-z][^\s/>"']*)((?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+)""")
_TAG_BYTES = re.compile(rb"""<([A-Za-z][^\s/>"']*)((?:[^>"']++|"[^"]*+"|'[^']*+'|["'])*+)""")
_UNSEEN = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^>]*(?:>|$)")
_SPACE = re.compile(r"\s+")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def defuse(markup: AnyStr) -> AnyStr:
    """Return *markup* in which tags longer than 4,000 characters have lost their attributes."""
    pattern = _TAG if isinstance(markup, str) else _TAG_BYTES
    cuts = [match.span(2) for match in pattern.finditer(markup) if match.end() - match.start() > _TAG_LIMIT]
    if not cuts:
        return markup
    kept, at = [], 0
    for start, end in cuts:
        kept.append(markup[at:start])
        at = end
    kept.append(markup[at:])
    return markup[:0].join(kept)


def plain(markup: str | None, limit: int = 10_000) -> str:
    """Return *markup* as one line of text with no tag left in it, at most *limit* characters."""
    if not markup:
        return ""
    text = markup[: 20 * limit]
    for _ in range(3):  # escaped once, twice or thrice: what is told here is never mark-up again
        stripped = unescape(_ANY_TAG.sub(" ", _UNSEEN.sub(" ", text)) if "<" in text else text)
        if stripped == text:
            break
        text = stripped
    text = _ANY_TAG.sub(" ", text)
    return unicodedata.normalize("NFC", _SPACE.sub(" ", CONTROL.sub(" ", text))).strip()[:limit]
