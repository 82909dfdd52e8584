"""The facts a page tells about its article: title, date, byline, canonical address, what JSON-LD says."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from auditor.read import dates, markup
from auditor.read.blocks import Block, Page

DATE_LINE = re.compile(r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}\b|\b\d{1,2}\s*(?:tháng|Tháng|thg|Th)\s*\d{1,2}\b.{0,6}\d{4}\b")
BYLINE_CLASS = re.compile(r"author|byline|tac-?gia|but-?danh|nguoi-?viet|(?:^|[\s_-])(?:pv|signature)(?=$|[\s_-])", re.IGNORECASE)
_DATE_CLASS = re.compile(r"date|time|publish|ngay|thoi-?gian|meta", re.IGNORECASE)
_SIGNED = re.compile(
    r"(?:Bài|Tin|Thực hiện|Nội dung|Tác giả|Người viết|Biên soạn)(?:\s*(?:,|và|-)\s*(?:bài|ảnh|clip|video|đồ họa))*\s*:\s*(.{2,80})"
)
_DATE_METAS = (
    "article:published_time", "datepublished", "pubdate", "publishdate", "publish-date", "dc.date.issued", "dc.date", "date",
    "article:published", "sailthru.date", "parsely-pub-date", "og:published_time",
)  # fmt: skip
_NAME = re.compile(r"(?:[A-ZÀ-ỸĐ][\w’'.]*)(?:(?:\s+|\s*[-–,&]\s*|\s+và\s+)(?:[A-ZÀ-ỸĐ][\w’'.]*)){0,9}")
_BY = re.compile(r"(?:Đăng bởi|Viết bởi|Bởi|Theo)\s*:?\s+([A-ZÀ-ỸĐ].{1,60})")
_ARTICLES = frozenset(("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "WebPage", "OpinionNewsArticle"))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told about an article outside its text; *paid* when the page says it is not free to read."""

    title: str | None = None
    published: date | None = None
    byline: str | None = None
    canonical: str | None = None
    description: str = ""
    article_body: str = ""
    paid: bool = False


def read(page: Page, url: str | None = None) -> Facts:
    """Return the facts of a parsed page; values that make no sense are left out."""
    metas = _metas(page)
    told = _json_ld(page)
    site = metas.get("og:site_name", "")
    byline = _byline(page, metas, told, site)
    title = (_title(page, metas, site) or "")[:500] or None
    return Facts(
        title=title,
        published=_published(page, metas, told, title),
        byline=byline,
        canonical=_canonical(page, metas, url),
        description=metas.get("og:description") or metas.get("description", ""),
        article_body=markup.plain(_string(told.get("articleBody")), 1_000_000),
        paid=str(told.get("isAccessibleForFree", "")).lower() == "false",
    )


def signature(line: str) -> str | None:
    """Return the name when *line* is nothing but a signature ("Hoàng Nam", "Bài, ảnh: Hoàng Nam", "Theo TTXVN"), else None."""
    line = line.strip().strip("()")
    if len(line) > 90:
        return None
    match = _SIGNED.fullmatch(line) or _BY.fullmatch(line)
    if match:
        return match[1].strip(" .")
    return line.strip(" .") if len(line) <= 45 and _NAME.fullmatch(line.rstrip(".")) else None


def _metas(page: Page) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in page.root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = meta.get("content")
        if name and content:
            found.setdefault(name, markup.plain(content, 2_000))
    return found


def _title(page: Page, metas: dict[str, str], site: str) -> str | None:
    """Return the headline: a heading 1 that the title element or og:title confirms, else these without the site's name."""
    element = next((_line(e.text_content()) for e in page.root.iter("title") if _line(e.text_content())), "")
    shared = metas.get("og:title", "")
    headings = [_line(e.text_content()) for e in list(page.root.iter("h1"))[:10]]
    headings = [h for h in headings if h]
    for heading in headings:
        if any(_same(heading, other) for other in (element, shared)):
            return heading
    if shared and element and _same(_cut(shared, site), element):
        return _cut(shared, site)
    if element:
        return _cut(element, site)
    return _cut(shared, site) or (headings[0] if headings else None)


def _same(heading: str, other: str) -> bool:
    """Tell whether *heading* is the beginning or the whole of *other*."""
    a, b = _fold(heading), _fold(other)
    return bool(a) and (a == b or (len(a) >= 8 and a in b))


def _fold(text: str) -> str:
    return re.sub(r"[^\w]+", "", unicodedata.normalize("NFC", text)).casefold()


def _cut(title: str, site: str) -> str:
    """Return *title* without the site's name that stands after the last separator."""
    parts = re.split(r"\s+(?:\||-|–|—|::|»|•)\s+", title)
    if site and _fold(title).endswith(_fold(site)) and len(parts) > 1:
        return title[: title.rfind(parts[-1])].rstrip(" |-–—:»•").strip()
    if len(parts) > 1 and "|" in title:
        return title.partition("|")[0].strip(" -–—") or title
    if len(parts) > 1 and re.match(r"(?:Báo|Đài|Cổng|Tạp chí|Trang|Tin|Thông tấn)\b", parts[-1]) and len(parts[-1]) < 60:
        return title[: title.rfind(parts[-1])].rstrip(" |-–—:»•").strip()
    return title


def _published(page: Page, metas: dict[str, str], told: dict[str, Any], title: str | None) -> date | None:
    for value in (_string(told.get("datePublished")), *(metas.get(name) for name in _DATE_METAS)):
        if day := dates.read_day(value):
            return day
    for element in list(page.root.iter("time"))[:10]:
        if day := dates.read_day(element.get("datetime")) or dates.read_day(_line(element.text_content())):
            return day
    lines = [b for b in page.blocks if len(b.text) < 160 and DATE_LINE.search(b.text)]
    heads = [b.index for b in page.blocks if b.tag == "h1" or (title and b.text == title)]
    near = [b for b in lines if any(abs(b.index - head) <= 12 for head in heads)]
    for block in sorted(near, key=lambda b: not _DATE_CLASS.search(_around(b))) or [b for b in lines if _DATE_CLASS.search(_around(b))]:
        if day := dates.read_day(DATE_LINE.search(block.text) and block.text):
            return day
    return None


def _around(block: Block) -> str:
    parent = block.element.getparent()
    inside = " ".join(f"{e.get('class') or ''}" for e in list(block.element.iter())[:5])
    return f"{block.named} {inside} {parent.get('class') or '' if parent is not None else ''}"


def _byline(page: Page, metas: dict[str, str], told: dict[str, Any], site: str) -> str | None:
    named = [_name(told.get("author"))]
    for element in page.root.iter("a", "span", "p", "div", "strong", "b", "cite", "address", "li", "em"):
        if element.get("rel") == "author" or BYLINE_CLASS.search(f"{element.get('class') or ''} {element.get('itemprop') or ''}"):
            text = _line(element.text_content())
            if 1 < len(text) <= 80 and not DATE_LINE.search(text):
                named.append(text)
                break
    named += [metas.get("author", ""), metas.get("article:author", ""), metas.get("dc.creator", "")]
    for name in named:
        clean = (signature(name) or name).strip() if name else ""
        if clean and not clean.startswith("http") and _fold(clean) != _fold(site) and len(clean) <= 80:
            return clean
    return None


def _canonical(page: Page, metas: dict[str, str], url: str | None) -> str | None:
    """Return the canonical address the page tells, made absolute; only http(s) counts."""
    base: str = next((e.get("href") or "" for e in page.root.iter("base")), "")
    links = [e.get("href") or "" for e in page.root.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    for address in (*links[:1], metas.get("og:url", "")):
        try:
            joined: str = urljoin(urljoin(url or "", base), address.strip()) if address else ""
            if urlsplit(joined).scheme in ("http", "https") and urlsplit(joined).hostname:
                return joined
        except ValueError:
            continue
    return None


def _json_ld(page: Page) -> dict[str, Any]:
    """Return the first article object among the page's JSON-LD, or {}; broken or hostile JSON is passed over."""
    scripts = [e.text or "" for e in page.root.iter("script") if "ld+json" in (e.get("type") or "").lower()]
    for script in scripts[:20]:
        try:
            value = json.loads(script.strip().removeprefix("//<![CDATA[").removesuffix("//]]>"), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            kinds = node.get("@type")
            named = {kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)}
            if named & _ARTICLES and ("WebPage" not in named or "datePublished" in node):
                return node
    return {}


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = value.get("@graph") or value.get("mainEntity")
    if isinstance(value, list) and depth < 3:
        for item in value[:100]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict) and depth < 3:
        yield from _nodes(value, depth + 1)


def _name(author: Any) -> str:
    if isinstance(author, list):
        return ", ".join(name for name in map(_name, author[:5]) if name)
    if isinstance(author, dict):
        author = author.get("name")
    return markup.plain(author, 100) if isinstance(author, str) else ""


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(markup.CONTROL.sub("", text[:20_000]).split()))
