"""The article of a web page: title, lead, body, captions, byline, date. Text that may be missing makes it ``unread``.

Which paragraphs are the article is found by trafilatura, or by the hints of rules/sites/<host>.yaml; the words
themselves are taken from the page's visible blocks, so that a lead or a paragraph which trafilatura drops is kept.
What a browser would not show (hidden attribute, display:none) is not read.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from auditor import text as vietnamese
from auditor.model import Article, Unread
from auditor.read import blocks, charset, facts, hints
from auditor.read.blocks import Block, Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement
else:
    HtmlElement = Any

_LEAD = re.compile(r"sapo|lead|descr?|summary|chapeau|intro|excerpt|dek|standfirst|tom-?tat|trich-?yeu", re.IGNORECASE)
_PAYWALL = re.compile(
    r"(?:đăng nhập|đăng ký|mua gói|trở thành thành viên|nâng cấp tài khoản)[^.]{0,60}(?:để|và)\s+(?:đọc|xem)\s+(?:tiếp|toàn bộ|đầy đủ|trọn)"
    r"|(?:bài viết|nội dung)[^.]{0,40}(?:chỉ )?dành (?:riêng )?cho (?:thành viên|độc giả trả phí|người đăng ký|hội viên)",
)
_ENDING = (".", "!", "?", "…", "”", '"', "»", ":", ")", ".”")
_TOO_BIG = 20_000_000  # bytes; browsers give up on such pages too
_MOST_LEFT = 2_500  # characters beside the text taken that may be the page's own, however long the article is
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_BIG_TREE = 15_000  # blocks and elements beyond which trafilatura takes longer than a page may cost


def article(html: bytes, url: str | None = None, header: str | None = None) -> Article:
    """Return the article of a page; *header* is the charset the Content-Type told, if any. Never raises on content.

    ``status`` is ``unread`` with its reason when the page holds no text, text that is not readable Vietnamese, or more
    text than could be taken out safely.
    """
    if len(html) > _TOO_BIG:
        return Article(None, "", url=url, status="unread", reason="too_long")
    source, certain = charset.decode(html, header)
    page = blocks.page(source)
    if page is None or not page.blocks:
        held = blocks.source_weight(source.replace("\0", "")) > 0  # the parser gave up, or nothing of it is shown
        return Article(None, "", url=url, status="unread", reason="partial" if held else "empty" if certain else "undecodable")
    told = facts.read(page, url)
    hint = hints.of(url)
    chosen = _hinted(source, hint) if hint else None
    if chosen and chosen.published:
        told = replace(told, published=chosen.published)
    body = _body(page, told, source, chosen)
    text = "\n".join(body.paragraphs)
    found = Article(
        title=(chosen and chosen.title) or told.title,
        text=text,
        published=told.published,
        byline=(chosen and chosen.byline) or told.byline or body.byline,
        captions=tuple(body.captions),
        url=told.canonical or url,
    )
    reason = _reason(text, page, body, told, certain)
    return replace(found, status="unread", reason=reason) if reason else found


@dataclass(slots=True)
class _Chosen:
    """What the hints of a site pick out of a page."""

    title: str | None = None
    published: Any = None
    byline: str | None = None
    body: str = ""
    captions: tuple[str, ...] = ()


@dataclass(slots=True)
class _Body:
    paragraphs: list[str]
    captions: list[str]
    byline: str | None
    left_out: int  # characters of running text in the article's part of the page that were not taken


def _hinted(source: str, hint: hints.Hint) -> _Chosen:
    from bs4 import BeautifulSoup

    from auditor.read import dates

    soup = BeautifulSoup(source, "lxml")
    for selector in hint.remove:
        for node in soup.select(selector):
            node.decompose()

    def every(selectors: tuple[str, ...]) -> list[str]:
        return [line for selector in selectors for node in soup.select(selector) if (line := _line(node.get_text(" ")))]

    def first(selectors: tuple[str, ...]) -> str:
        return next(iter(every(selectors)), "")

    return _Chosen(
        title=first(hint.title) or None,
        published=dates.read_day(first(hint.published)),
        byline=first(hint.byline) or None,
        body=_bare(" ".join(every((*hint.lead, *hint.body)))),
        captions=tuple(every(hint.caption)),
    )


def _body(page: Page, told: facts.Facts, source: str, chosen: _Chosen | None) -> _Body:
    every = page.blocks
    mask = chosen.body if chosen and chosen.body else _masked(page, source)
    known_captions = {_bare(c) for c in chosen.captions} if chosen else set()
    captions = [b for b in every if (b.caption or _bare(b.text) in known_captions) and b.zone is None]
    open_blocks = [b for b in every if b.zone is None and not b.caption and _bare(b.text) not in known_captions]
    head = _headline(open_blocks, told.title)
    taken = {b.index for b in open_blocks if b is not head and _bare(b.text) and _bare(b.text) in mask and not _is_fact(b, told)}
    if page.lost or sum(len(every[i].text) for i in taken) < 140:
        taken = _dense(open_blocks, head) or taken
    region = _region(page, [every[i] for i in taken])
    scope = _scope(head, region)
    if not (chosen and chosen.body):
        taken = {i for i in taken if _belongs(every[i], region, scope, head)}
        taken |= _gaps(open_blocks, taken, region, head, told)
    paragraphs, byline = _paragraphs([every[i] for i in sorted(taken)])
    byline = byline or _signed(open_blocks, taken, scope)
    open_left = {b.index for b in open_blocks if _within(b, scope)} - taken - _teasers(open_blocks)
    left = [
        b
        for b in open_blocks
        if b.index in open_left and b is not head and len(b.text) >= 60 and not b.linky(0.3) and not _is_fact(b, told)
    ]
    zoned = sum(blocks.weight(b.text) for b in every if b.zone is not None and len(b.text) >= 60 and not b.linky(0.2))
    size = sum(map(blocks.weight, paragraphs))
    left_out = sum(blocks.weight(b.text) for b in left) + (zoned if zoned > size else 0)
    return _Body(paragraphs, list(dict.fromkeys(b.text for b in captions if len(b.text) > 3)), byline, left_out)


def _masked(page: Page, source: str) -> str:
    """Return the text that trafilatura takes for the article, bare of spaces; "" when the page is too big or too deep for it."""
    if page.lost or len(source) > 3_000_000 or len(page.blocks) > _BIG_TREE or sum(1 for _ in page.root.iter()) > _BIG_TREE:
        return ""
    from copy import deepcopy
    from logging import CRITICAL, getLogger

    from trafilatura import bare_extraction

    getLogger("trafilatura").setLevel(CRITICAL)
    try:
        found = bare_extraction(deepcopy(page.root), include_comments=False, include_tables=True, favor_precision=True)
    except (ValueError, TypeError, AttributeError, RecursionError, MemoryError):  # a page it cannot stand is read without it
        return ""
    return _bare(found.text or "") if found is not None and not isinstance(found, dict) else ""


def _bare(text: str) -> str:
    """Return *text* without white space, pipes of tables and list marks, for comparison only."""
    bare = "".join(unicodedata.normalize("NFC", text).split())
    return bare.replace("|", "").replace("•", "").replace("-", "").replace("–", "")


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _headline(open_blocks: list[Block], title: str | None) -> Block | None:
    """Return the block that shows the title on the page."""
    if not title:
        return None
    wanted = _bare(title).casefold()
    same = [b for b in open_blocks if _bare(b.text).casefold() == wanted]
    return next((b for b in same if b.tag == "h1"), same[0] if same else None)


def _is_fact(block: Block, told: facts.Facts) -> bool:
    """Tell whether a short block is the date, the byline or a counter rather than a sentence."""
    text = block.text
    if len(text) > 120:
        return False
    if told.byline and text.casefold().strip("() .") == told.byline.casefold():
        return True
    if len(text) < 70 and facts.DATE_LINE.search(text) and not text.endswith((".", "!", "?")):
        return True
    return bool(facts.BYLINE_CLASS.search(block.named) and len(text) < 60)


def _dense(open_blocks: list[Block], head: Block | None) -> set[int]:
    """Return the running text of a page on which trafilatura found nothing: after the headline, where links are few."""
    after = head.index if head else -1
    good = {b.index for b in open_blocks if b.index > after and not b.linky(0.3) and _sentence(b)}
    if not good:
        good = {b.index for b in open_blocks if b is not head and not b.linky(0.3)}
    return good


def _sentence(block: Block) -> bool:
    """Tell whether a block reads like a sentence or a heading of the text rather than a label of the page."""
    return len(block.text) >= 25 or block.text.endswith(_ENDING) or (block.tag in _HEADINGS and " " in block.text)


def _region(page: Page, taken: list[Block]) -> HtmlElement:
    """Return the deepest element that holds at least 80% of the running text taken (of all of it, where none runs)."""
    held: dict[HtmlElement, int] = {}
    for block in [b for b in taken if len(b.text) >= 60 and not b.linky(0.3)] or taken:
        held[block.element] = held.get(block.element, 0) + len(block.text)
    total = sum(held.values())
    if not total:
        return page.root
    for element in reversed(list(page.root.iter())):
        size = held.get(element)
        parent = element.getparent()
        if size and parent is not None:
            held[parent] = held.get(parent, 0) + size
    region = page.root
    while True:
        deeper = next((child for child in region if held.get(child, 0) >= 0.8 * total), None)
        if deeper is None or len(deeper) == 0:  # a single paragraph is no region, however long it is
            return region
        region = deeper


def _scope(head: Block | None, region: HtmlElement) -> HtmlElement:
    """Return the smallest element around both the headline and the text: the article's part of the page."""
    if head is None:
        around_it = region.getparent()
        return region if around_it is None else around_it
    around = {region, *region.iterancestors()}
    return next((e for e in (head.element, *head.element.iterancestors()) if e in around), region)


def _within(block: Block, element: HtmlElement) -> bool:
    return block.element is element or any(around is element for around in block.element.iterancestors())


def _belongs(block: Block, region: HtmlElement, scope: HtmlElement, head: Block | None) -> bool:
    """Tell whether a block that trafilatura took is of the article: in its region, or running text beside it under the headline."""
    if _within(block, region):
        return True
    after_head = head is None or block.index > head.index
    return after_head and len(block.text) >= 60 and not block.linky(0.3) and _within(block, scope)


def _gaps(open_blocks: list[Block], taken: set[int], region: HtmlElement, head: Block | None, told: facts.Facts) -> set[int]:
    """Return the blocks to add: paragraphs that stand among those taken, and the lead between headline and text."""
    if not taken:
        return set()
    first, last = min(taken), max(taken)
    scope = _scope(head, region)
    added = set()
    teasers = _teasers(open_blocks)
    flows = {id(b.element.getparent()) for b in open_blocks if b.index in taken}
    for block in open_blocks:
        if block.index in taken or block is head or block.linky(0.4) or _is_fact(block, told) or block.index in teasers:
            continue
        sentence = _sentence(block)
        if first < block.index < last:
            if (sentence or id(block.element.getparent()) in flows) and _within(block, region):
                added.add(block.index)
        elif block.index < first:
            after_head = head is None or block.index > head.index
            long_enough = len(block.text) >= (25 if _LEAD.search(block.named) else 60)
            if after_head and long_enough and _within(block, scope) and not facts.DATE_LINE.search(block.text[:60]):
                added.add(block.index)
        elif sentence and len(block.text) >= 40 and _within(block, region):
            added.add(block.index)
    return added


def _teasers(open_blocks: list[Block]) -> set[int]:
    """Return the short texts that stand next to a linked headline: they announce other articles."""
    found = set()
    for before, block in pairwise(open_blocks):
        if before.linky() and len(before.text.split()) >= 4 and not block.linky(0.3) and len(block.text) < 300:
            card = before.element.getparent()
            if card is not None and _within(block, card) and next(islice(card, 7, None), None) is None:
                found.add(block.index)
    return found


def _paragraphs(taken: list[Block]) -> tuple[list[str], str | None]:
    """Return the paragraphs, each long one once, and the byline when the last line is nothing else."""
    seen: set[str] = set()
    kept = []
    for block in taken:
        key = _bare(block.text)
        if len(key) >= 40 and key in seen:
            continue
        seen.add(key)
        kept.append(block.text)
    byline = None
    if len(kept) > 2 and (signed := facts.signature(kept[-1])):
        byline = signed
        kept.pop()
    return kept, byline


def _signed(open_blocks: list[Block], taken: set[int], scope: HtmlElement) -> str | None:
    """Return the byline that stands as a line of its own right after the text."""
    last = max(taken, default=0)
    after = [b for b in open_blocks if b.index > last and not b.linky(0.5)][:3]
    return next((name for b in after if _within(b, scope) and (name := facts.signature(b.text))), None)


def _reason(text: str, page: Page, body: _Body, told: facts.Facts, certain: bool) -> Unread | None:
    """Return why an article must not be judged, or None."""
    why = vietnamese.unread(text)
    if why:
        if why in ("empty", "not_vietnamese") and told.article_body and vietnamese.unread(told.article_body) is None:
            return "partial"
        return why
    if not certain and "\ufffd" in text and text.count("\ufffd") > 0.002 * len(text):
        return "undecodable"
    size = blocks.weight(text)
    if page.lost or body.left_out > max(400, min(0.35 * size, _MOST_LEFT)):
        return "partial"
    if told.article_body and blocks.weight(told.article_body) > 1.4 * size + 200:
        return "partial"
    shown = " ".join(b.text for b in page.blocks if len(b.text) < 300).casefold()
    if size < 2_500 and (_PAYWALL.search(shown) or (told.paid and size < 1_500)):
        return "partial"
    return None
