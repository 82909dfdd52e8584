"""Feeds, sitemaps and listing pages as lists of entries: which articles a source announces.

Everything that comes out is plain text; nothing here fetches, and no content makes it raise.
"""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any, Literal
from urllib.parse import parse_qsl, urljoin, urlsplit

from auditor.read import charset, dates, markup

MAX_ENTRIES = 1_000
MAX_BYTES = 10_000_000
_MAPS = 20  # of a sitemap index
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_TITLE, _SUMMARY = 1_000, 10_000  # characters kept of a title and of a summary
_END_OF_ENTRY = re.compile(rb"</(?:[A-Za-z]+:)?(?:item|entry|url|sitemap)\s*>", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:[A-Za-z0-9]+:)?(?:urlset|sitemapindex)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One announced article; *url* is empty when none with http(s) is told.

    Kind ``sitemap`` is a further sitemap, ``next`` the next page of a listing.
    """

    url: str
    title: str = ""
    published: datetime | None = None
    summary: str = ""
    guid: str = ""
    author: str = ""
    source: str = ""
    kind: Literal["page", "sitemap", "next"] = "page"


def read(content: bytes, url: str, headers: Mapping[str, str] | None = None, *, now: datetime | None = None,
         max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES) -> list[Entry]:  # fmt: skip
    """Return the entries of an RSS, RDF, Atom or JSON feed or of a sitemap, at most *max_entries*; [] for anything else.

    *now* (default: the clock) bounds dates: an entry from more than a day ahead has none. Content never raises.
    """
    now = now or datetime.now(UTC)
    content = _whole(content, max_bytes)
    start = content[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        found = _json_feed(content, url, now)
    elif _SITEMAP.search(content[:10_000]):
        found = _sitemap(_shortened(content, max_entries), url, now)
    else:
        found = _feed(_shortened(content, max_entries), url, headers or {}, now)
    return found[:max_entries]


def links(html: bytes | str, url: str, pattern: str | None = None, max_links: int = MAX_ENTRIES) -> list[Entry]:
    """Return the links of a listing page in reading order, each once: those whose address matches *pattern* (searched).

    Without a pattern: links to the same site whose text is at least four words long, as headlines are. A link to the next
    page of the listing comes last.
    """
    from lxml import etree
    from lxml import html as lxml_html

    wanted = re.compile(pattern) if pattern else None
    text = charset.decode(html)[0] if isinstance(html, bytes) else html
    text = markup.defuse(text.replace("\0", ""))
    parser = lxml_html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return []
    base = next((_joined(url, value) for value in root.xpath("//base/@href")), "") or url
    found: dict[str, str] = {}
    for anchor in root.iter("a"):
        target = _joined(base, anchor.get("href") or "").partition("#")[0]
        title = markup.plain(" ".join(anchor.itertext()) or anchor.get("title"), _TITLE)
        if not target or target == url:
            continue
        if wanted.search(target) if wanted else (_site(target) == _site(url) and (target in found or len(title.split()) >= 4)):
            if len(found) >= max_links and target not in found:
                break
            if len(title) > len(found.get(target, "")) or target not in found:
                found[target] = title
    entries = [Entry(url=target, title=title) for target, title in found.items()]
    following = next((e.get("href") or "" for e in root.iter("link", "a") if "next" in (e.get("rel") or "").lower().split()), "")
    if (target := _joined(base, following)) and target != url:
        entries.append(Entry(url=target, kind="next"))
    return entries


def latest(entries: list[Entry]) -> list[Entry]:
    """Return the entries of a sitemap, the latest first, and of an index its latest maps only."""
    ordered = sorted(entries, key=lambda entry: entry.published or _LONG_AGO, reverse=True)
    maps = [entry for entry in ordered if entry.kind == "sitemap"][:_MAPS]
    return [entry for entry in ordered if entry.kind != "sitemap"] + maps


def like_article(entry: Entry, titled: bool = True) -> bool:
    """Tell whether an address looks like an article's: a slug of words or a number; or, with *titled*, whether it has a title."""
    if titled and entry.title:
        return True
    parts = urlsplit(entry.url)
    last = parts.path.rstrip("/").rpartition("/")[2]
    numbered = sum(c.isdigit() for c in last) >= 3 or any(value.isdigit() for _, value in parse_qsl(parts.query))
    return numbered or last.count("-") >= 3


def _whole(content: bytes, max_bytes: int) -> bytes:
    """Return *content*, unpacked when it is a gzip file (as sitemaps often are), at most *max_bytes* of it."""
    for _ in range(2):
        if content[:2] != b"\x1f\x8b":
            break
        try:
            content = zlib.decompressobj(31).decompress(content, max_bytes)
        except zlib.error:
            return b""
    return content[:max_bytes]


def _shortened(content: bytes, max_entries: int) -> bytes:
    """Return the markup with the entries beyond *max_entries* cut out (feedparser needs 0.4 ms for each) and floods defused."""
    encoding = _wide(content)
    if encoding:
        return markup.defuse(content.decode(encoding, "replace")).encode(encoding, "replace")
    ends = [match.end() for match in _END_OF_ENTRY.finditer(content)]
    if len(ends) > max_entries:
        content = content[: ends[max_entries - 1]] + content[ends[-1] :]
    return markup.defuse(content)


def _wide(content: bytes) -> str | None:
    """Return the encoding of markup whose characters take two or four bytes, else None."""
    if content[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32"
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    return {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(content[:2]) if content[:4].count(0) == 2 else None


def _feed(content: bytes, url: str, headers: Mapping[str, str], now: datetime) -> list[Entry]:
    import feedparser

    kept = {name.lower(): value for name, value in headers.items() if name.lower() in ("content-type", "content-language")}
    try:
        # bytes only: feedparser opens what it takes for an address or a path
        parsed = feedparser.parse(
            BytesIO(content), response_headers={**kept, "content-location": url}, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception:  # its extensions raise anything on a damaged document; an unreadable feed announces nothing
        return []
    return [_entry(item, url, now) for item in parsed.get("entries", [])]


def _entry(item: Mapping[str, Any], url: str, now: datetime) -> Entry:
    guid = _text(item, "id", _TITLE)
    link = _joined(url, _text(item, "link", 4_000)) or (guid if urlsplit_safe(guid) else "")
    if not link:
        alternatives = [each for each in item.get("links") or [] if isinstance(each, Mapping)]
        link = next((found for each in alternatives if (found := _joined(url, str(each.get("href") or "")))), "")
    summary = _text(item, "summary", _SUMMARY)
    if not summary and item.get("content"):
        first = item["content"][0]
        summary = markup.plain(str(first.get("value") or ""), _SUMMARY) if isinstance(first, Mapping) else ""
    source = item.get("source")
    return Entry(
        url=link,
        title=_text(item, "title", _TITLE),
        published=_when(item, now),
        summary=summary,
        guid=guid,
        author=_text(item, "author", _TITLE),
        source=_text(source, "title", _TITLE) if isinstance(source, Mapping) else "",
    )


def _text(item: Mapping[str, Any], name: str, limit: int) -> str:
    value = item.get(name)
    return markup.plain(value, limit) if isinstance(value, str) else ""


def _when(item: Mapping[str, Any], now: datetime) -> datetime | None:
    """Return the time of an entry: as feedparser read it (UTC), else as Vietnamese newsrooms write it."""
    for name in ("published", "updated", "created"):
        if name not in item:  # asking feedparser for a date that is not there warns
            continue
        parsed, raw, when = item.get(f"{name}_parsed"), item.get(name), None
        if isinstance(raw, str):
            when = dates.read(raw, now)
        if when is None and isinstance(parsed, struct_time) and 0 < parsed.tm_year < 9_999:
            try:
                when = datetime(*parsed[:6], tzinfo=UTC)
            except ValueError:
                when = None
        when = dates.believable(when, now)
        if when:
            return when
    return None


def _json_feed(content: bytes, url: str, now: datetime) -> list[Entry]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return []
    items = value.get("items") if isinstance(value, dict) else None
    found = []
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        raw = next((item[name] for name in ("date_published", "date_modified") if isinstance(item.get(name), str)), None)
        authors = item.get("authors") or [item.get("author")]
        author = authors[0] if isinstance(authors, list) and authors and isinstance(authors[0], dict) else {}
        address = next((item[name] for name in ("url", "external_url", "id") if isinstance(item.get(name), str)), "")
        found.append(
            Entry(
                url=_joined(url, address) if address != item.get("id") or urlsplit_safe(address) else "",
                title=_text(item, "title", _TITLE),
                published=dates.believable(dates.read(raw, now), now),
                summary=_text(item, "summary", _SUMMARY) or _text(item, "content_text", _SUMMARY) or _text(item, "content_html", _SUMMARY),
                guid=markup.plain(str(item.get("id") or "")[:_TITLE], _TITLE),
                author=_text(author, "name", _TITLE),
            )
        )
    return found


def _sitemap(content: bytes, url: str, now: datetime) -> list[Entry]:
    from lxml import etree

    # comments and processing instructions carry nothing; entities are never resolved, so none can be expanded or fetched
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return []
    found = []
    for node in [] if root is None else root.iter("{*}url", "{*}sitemap"):
        told: dict[str, str] = {}
        for child in node.iter():
            if isinstance(child.tag, str):
                told.setdefault(child.tag.rpartition("}")[2].lower(), child.text or "")
        address = _joined(url, told.get("loc", "").strip())
        if not address:
            continue
        when = dates.believable(dates.read(told.get("publication_date") or told.get("lastmod"), now), now)
        kind: Literal["page", "sitemap"] = "sitemap" if str(node.tag).endswith("sitemap") else "page"
        found.append(Entry(url=address, title=markup.plain(told.get("title"), _TITLE), published=when, kind=kind))
    return found


def urlsplit_safe(address: str) -> bool:
    """Tell whether *address* is an http(s) address with a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0  # an impossible port raises
    except ValueError:
        return False


def _joined(base: str, address: str) -> str:
    """Return *address* as an absolute http(s) address, or "" when it is none."""
    try:
        joined = urljoin(base, address.strip()) if address.strip() else ""
    except ValueError:
        return ""
    return joined if urlsplit_safe(joined) else ""


def _site(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
