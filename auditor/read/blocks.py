"""A page as the blocks of text a reader sees, in order, each with its place in the tree and what surrounds it.

The tree is libxml2's with its limits lifted; what they would still swallow (2,048 levels) is told by `Page.lost`.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

from auditor.read import markup

if TYPE_CHECKING:
    from lxml.html import HtmlElement
else:
    HtmlElement = Any

_BREAK_TAGS = """address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody td tfoot th thead title tr ul"""
_UNSEEN_TAGS = """audio button canvas datalist embed head iframe input link map math meta noscript object script select style svg
    template textarea video"""
_BREAKS, _UNSEEN = frozenset(_BREAK_TAGS.split()), frozenset(_UNSEEN_TAGS.split())
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ZONE_TAGS = frozenset(("nav", "footer", "aside"))
_ZONE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu\w*|breadcrumbs?|footer|sidebar|comments?|binh-?luan|relate\w*|(?:tin-?)?lien-?quan|share\w*|social\w*|tags?"
    r"|advert\w*|ads?|quang-?cao|banner\w*|popup|modal|newsletter|most-?(?:read|view\w*)|xem-?nhieu|doc-?nhieu|tin-?(?:moi|khac|cu)|other-?news"
    r"|cung-?chuyen-?muc|recommend\w*|toolbar|pagination|copyright|rating|vote|widget|cookie\w*|skip-?link|login|subscribe)(?=$|[\s_-])",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"caption|chu-?thich|(?:^|[\s_-])(?:photo|image|img)-?(?:desc\w*|note|cap)(?=$|[\s_-])", re.IGNORECASE)
_PHOTO_CREDIT = re.compile(r"(?:^|[\s(.–-])(?:Ảnh|ẢNH|Nguồn ảnh|Ảnh minh họa|Ảnh minh hoạ)\s*(?::\s*[^.!?]{2,60})?\)?\.?$")
_NOT_SHOWN = re.compile(r"<(script|style|head|title)\b.*?(?:</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*(?:>|$)")


@dataclass(slots=True, eq=False)
class Block:
    """One run of text between breaks: its element, characters inside links, and whether boilerplate or a caption surrounds it."""

    text: str
    element: HtmlElement
    linked: int
    zone: HtmlElement | None
    caption: bool
    index: int

    @property
    def tag(self) -> str:
        """The tag of the element the text stands in."""
        return str(self.element.tag)

    @property
    def named(self) -> str:
        """The class and id of that element."""
        return f"{self.element.get('class') or ''} {self.element.get('id') or ''}"

    def linky(self, share: float = 0.5) -> bool:
        """Tell whether more than *share* of the text are links."""
        return self.linked > share * len(self.text)


@dataclass(slots=True)
class Page:
    """The parsed page; *lost* tells that the parser dropped text which the source holds."""

    root: HtmlElement
    blocks: list[Block] = field(default_factory=list)
    lost: bool = False


def page(source: str) -> Page | None:
    """Return the page of an HTML *source* (decoded), or None when it holds no element at all."""
    source = markup.defuse(source.replace("\0", ""))
    root = _tree(source)
    if root is None:
        return None
    found = Page(root, _blocks(root))
    wanted = source_weight(source)
    # what is hidden or unseen in the tree counts as read here: the question is only whether the parser dropped text
    if wanted > 200 and _tree_weight(root) < 0.97 * wanted - 50:
        flat = _tree(_flattened(source))
        if flat is not None:
            return Page(flat, _blocks(flat), lost=True)
        found.lost = True
    return found


def weight(text: str) -> int:
    """Return the number of characters of *text* that are no white space."""
    return len("".join(text.split()))


def _tree(source: str) -> HtmlElement | None:
    from lxml import etree, html

    parser = html.HTMLParser(huge_tree=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):  # lxml asserts that a document has an element
        return None


def _flattened(source: str) -> str:
    """Return *source* with only the tags that break text or carry facts: whatever depth it had, a parser reads all of it."""
    source = _COMMENT.sub(" ", source)
    kept = re.compile(r"</?(?:title|meta|script|style|p|h[1-6]|br|time|figcaption|noscript|template)\b", re.IGNORECASE)
    return _TAG.sub(lambda match: match.group() if kept.match(match.group()) else "<br>", source)


def source_weight(source: str) -> int:
    """Return the weight of all text outside tags, scripts and the head of an HTML source."""
    seen = _TAG.sub(" ", _NOT_SHOWN.sub(" ", _COMMENT.sub(" ", source)))
    return weight(unescape(seen) if "&" in seen else seen)


def _tree_weight(root: HtmlElement) -> int:
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in ("script", "style", "head", "title"):
                walk.skip_subtree()
            elif element.text:
                parts.append(element.text)
        elif element.tail and element is not root:
            parts.append(element.tail)
    return weight(" ".join(parts))


def _blocks(root: HtmlElement) -> list[Block]:
    from lxml import etree

    protected = _around_title(root)
    found: list[Block] = []
    parts: list[str] = []
    linked = links = 0
    zones: list[HtmlElement] = []
    captions = 0
    inner: list[HtmlElement] = [root]

    def flush() -> None:
        nonlocal linked
        text = " ".join("".join(parts).split())
        if text:
            text = unicodedata.normalize("NFC", text if text.isprintable() else markup.CONTROL.sub("", text))
            caption = bool(captions) or (len(text) < 350 and bool(_PHOTO_CREDIT.search(text)))
            found.append(Block(text, inner[-1], min(linked, len(text)), zones[-1] if zones else None, caption, len(found)))
        parts.clear()
        linked = 0

    def take(text: str, pre: bool = False) -> None:
        nonlocal linked
        if pre and "\n" in text:
            for line in text.split("\n"):
                parts.append(line)
                flush()
        else:
            parts.append(text)
        if links:
            linked += len(text.strip())

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _UNSEEN or _hidden(element):
                walk.skip_subtree()
                continue
            if tag in _BREAKS:
                flush()
                inner.append(element)
            named = f"{element.get('class') or ''} {element.get('id') or ''}"
            if element not in protected and (tag in _ZONE_TAGS or (len(named) > 3 and _ZONE.search(named))):
                zones.append(element)
            if tag in ("figcaption", "caption") or (len(named) > 3 and _CAPTION.search(named)):
                captions += 1
            links += tag == "a"
            if element.text:
                take(element.text, tag == "pre")
            continue
        if not (tag in _UNSEEN or _hidden(element)):
            if tag in _BREAKS:
                flush()
                inner.pop()
            if zones and zones[-1] is element:
                zones.pop()
            named = f"{element.get('class') or ''} {element.get('id') or ''}"
            if tag in ("figcaption", "caption") or (len(named) > 3 and _CAPTION.search(named)):
                captions -= 1
            links -= tag == "a"
        if element.tail and element is not root:
            take(element.tail)
    flush()
    return _unzoned(found)


def _hidden(element: HtmlElement) -> bool:
    """Tell whether a browser would not show the element (as far as its own attributes say)."""
    return element.get("hidden") is not None or bool((style := element.get("style")) and _HIDDEN_STYLE.search(style))


def _around_title(root: HtmlElement) -> set[HtmlElement]:
    """Return the elements that hold the page's heading or an <article>: no class name makes those boilerplate."""
    heads = list(root.iter("h1", "article"))[:20]
    return {around for head in heads for around in (head, *head.iterancestors())} | set(root.iter("body", "html", "main"))


def _unzoned(blocks: list[Block]) -> list[Block]:
    """Return the blocks with any zone that holds half of the page's running text taken for what it is: the article."""
    held: dict[HtmlElement, int] = {}
    total = 0
    for block in blocks:
        if len(block.text) > 60 and not block.linky(0.3):
            total += len(block.text)
            if block.zone is not None:
                held[block.zone] = held.get(block.zone, 0) + len(block.text)
    real = {zone for zone, size in held.items() if size > 0.5 * total and zone.tag not in ("nav", "footer")}
    for block in blocks:
        if block.zone in real:
            block.zone = None
    return blocks
