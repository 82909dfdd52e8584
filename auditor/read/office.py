"""Text of Word and PDF documents, read without running, resolving or unpacking more than a newsroom's file can hold.

Word: paragraphs, tables, text boxes and footnotes in order, tracked insertions included, tracked deletions and hidden text
left out: the text as it would be printed.
"""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from auditor.errors import ReadError

MAX_PART_BYTES = 30_000_000  # of one XML part unpacked; a 300-page report series has 5 MB
MAX_PAGES = 500
_BROKEN = "tệp .docx hỏng hoặc không phải tài liệu Word; hãy mở bằng Word rồi lưu lại dưới dạng .docx."
_SKIPPED = frozenset(("del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "pPrChange", "rPrChange", "sdtPr"))
_TEXT_END = re.compile(r"[.!?:…”\"»)]\s*$")


def word(data: bytes) -> tuple[str | None, str]:
    """Return title (first paragraph of style Title or heading 1) and text of a .docx; raise ReadError for anything else."""
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise ReadError("tệp là Word đời cũ (.doc) hoặc có mật khẩu; hãy bỏ mật khẩu và lưu lại dưới dạng .docx.")
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            document = _part(archive, _document_name(archive, names))
            styles = _part(archive, "word/styles.xml") if "word/styles.xml" in names else None
            notes = _part(archive, "word/footnotes.xml") if "word/footnotes.xml" in names else None
    except (BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error, ValueError):
        raise ReadError(_BROKEN) from None
    heads = _heading_styles(styles)
    title: str | None = None
    lines: list[str] = []
    for style, line in _paragraphs(document):
        if title is None and style in heads and line.strip():
            title = line.strip()
        elif line.strip():
            lines.append(line)
    if notes is not None:
        lines += [line for _, line in _paragraphs(notes) if line.strip()]
    return title, "\n".join(lines)


def _document_name(archive: ZipFile, names: set[str]) -> str:
    """Return the name of the main part: usually word/document.xml, else what the package's relations call the document."""
    if "word/document.xml" in names:
        return "word/document.xml"
    for relation in _part(archive, "_rels/.rels"):
        if (relation.get("Type") or "").endswith("/officeDocument"):
            return (relation.get("Target") or "").lstrip("/")
    raise KeyError("officeDocument")


def _part(archive: ZipFile, name: str) -> Any:
    """Return the root of an XML part: never more than its limit unpacked, no entity resolved, no document type accepted."""
    from lxml import etree

    with archive.open(name) as part:
        content = part.read(MAX_PART_BYTES + 1)
    if len(content) > MAX_PART_BYTES:
        raise ReadError("tệp .docx bung ra quá lớn nên không được đọc; hãy chép phần chữ sang một tệp mới.")
    if b"<!DOCTYPE" in content[:4_096] or b"<!ENTITY" in content[:65_536]:
        raise ReadError("tệp .docx chứa khai báo XML không an toàn nên không được đọc; hãy mở bằng Word rồi lưu lại.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise ReadError(_BROKEN) from None


def _name(element: Any) -> str:
    """Return an element's or attribute's name without its namespace: the transitional and the strict one are read alike."""
    return str(element if isinstance(element, str) else element.tag).rpartition("}")[2]


def _value(element: Any, wanted: str = "val") -> str:
    return next((str(value) for name, value in element.attrib.items() if _name(name) == wanted), "")


def _heading_styles(styles: Any) -> set[str]:
    """Return the ids of the styles Title and heading 1: ids are translated ("Tiu", "u1"), their built-in names are not."""
    found = {"Title", "Heading1"}
    for style in [] if styles is None else styles:
        if _name(style) == "style":
            names = [_value(child).lower() for child in style if _name(child) == "name"]
            if names and names[0] in ("title", "heading 1"):
                found.add(_value(style, "styleId"))
    return found


def _paragraphs(root: Any) -> Iterator[tuple[str, str]]:
    """Yield (style id, text) of each paragraph in reading order; a text box follows the paragraph it is anchored in."""
    from lxml import etree

    open_paragraphs: list[tuple[list[str], list[str]]] = []  # style and parts; a text box nests paragraphs in a paragraph
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = _name(element)
        if event == "start":
            if name in _SKIPPED or (name == "r" and _vanished(element)):
                walk.skip_subtree()
            elif name == "p":
                open_paragraphs.append(([], []))
            elif open_paragraphs:
                style, parts = open_paragraphs[-1]
                if name == "pStyle" and not parts:
                    style.append(_value(element))
                elif name == "t":
                    parts.append(element.text or "")
                elif name in ("tab", "ptab") and _name(element.getparent()) == "r":
                    parts.append("\t")
                elif name in ("br", "cr"):
                    parts.append("\n")
                elif name == "noBreakHyphen":
                    parts.append("-")
        elif name == "p" and open_paragraphs:
            style, parts = open_paragraphs.pop()
            yield (style[0] if style else "", "".join(parts))


def _vanished(run: Any) -> bool:
    for properties in run:
        if _name(properties) == "rPr":
            return any(_name(each) == "vanish" and _value(each) not in ("0", "false", "off") for each in properties)
    return False


def pdf(data: bytes) -> tuple[str | None, list[str]]:
    """Return the title told by a .pdf and the text of each page, wrapped lines joined; raise ReadError when it cannot be read."""
    from logging import CRITICAL, getLogger

    from pypdf import PdfReader

    getLogger("pypdf").setLevel(CRITICAL)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError("tệp .pdf có mật khẩu; hãy bỏ mật khẩu rồi thử lại.")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise ReadError(f"tệp .pdf có {count} trang, quá {MAX_PAGES}; hãy tách tệp rồi thử lại.")
        pages = [_joined(page.extract_text() or "") for page in reader.pages]
    except ReadError:
        raise
    except Exception as error:  # pypdf raises anything on a damaged file
        raise ReadError(f"tệp .pdf hỏng hoặc không đọc được ({type(error).__name__}); hãy xuất lại tệp rồi thử lại.") from None
    return None, pages


def _joined(page: str) -> str:
    """Return the text of a page with lines that were only wrapped joined to one paragraph."""
    lines = [line.strip() for line in page.replace("\0", "").split("\n")]
    usual = sorted(map(len, lines))[int(0.8 * len(lines))] if lines else 0
    out: list[str] = []
    wrapped = False
    for line in lines:
        if line and wrapped:
            out[-1] += " " + line
        elif line:
            out.append(line)
        ended = bool(_TEXT_END.search(line)) and len(line) < 0.9 * usual
        wrapped = bool(line) and len(line) > 0.7 * usual and not ended
    return "\n".join(out)
