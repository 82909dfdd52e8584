"""Files of a newsroom as articles: .txt .md .html .docx .pdf, from disk or from an upload.

Text of .txt is indexed exactly as it stands after the byte order mark; of the other kinds, the words a reader would see.
"""

import re
from pathlib import Path

from auditor import text as vietnamese
from auditor.errors import ReadError
from auditor.model import Article
from auditor.read import office

MAX_BYTES = 50_000_000
ENDINGS = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")
_BLANK = re.compile(r"[^\S\n]*\r?\n[^\S\n]*\r?\n")
_FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-+)\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'][^\"']*[\"'])?\)|!?\[([^\]\[]+)\]\[[^\]\[]*\]")
_IMAGE = re.compile(r"!\[([^\]\[]*)\]\([^)]{0,500}\)")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|(?<!\w)___|(?<!\w)__|(?<!\w)_|~~|`+)(?=\S)(.+?)(?<=\S)\1")
_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^>\n]{0,2000}>")


def read_file(path: Path, limit: int = MAX_BYTES) -> Article:
    """Return the article in the file *path*; raise ReadError when it cannot be opened, is too big or cannot be read at all."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ReadError(f"không mở được tệp ({error.strerror or error}); hãy kiểm tra đường dẫn và quyền đọc.") from None
    return read_bytes(path.name, data, limit)


def read_bytes(name: str, data: bytes, limit: int = MAX_BYTES) -> Article:
    """Return the article in *data*; the ending of *name* tells the kind, "-" and names without ending are plain text.

    Raises ReadError with one sentence for a kind, size, encoding or structure that cannot be read. A document that can be
    read but not judged (empty, scanned, another language) comes back as ``unread`` with its reason.
    """
    if len(data) > limit:
        raise ReadError(f"tệp lớn hơn {limit // 1_000_000} MB nên không được đọc; hãy chia nhỏ hoặc tách phần chữ ra.")
    ending = Path(name).suffix.lower()
    if ending in (".html", ".htm"):
        from auditor.read.extract import article

        found = article(data)
        if found.reason == "undecodable" and not found.text:
            raise ReadError("không đọc được chữ trong trang HTML; hãy lưu lại tệp bằng mã UTF-8 rồi thử lại.")
        return found
    if ending == ".docx":
        return _judged(*office.word(data))
    if ending == ".pdf":
        return _pdf(data)
    if ending not in ("", ".txt", ".md", ".markdown"):
        raise ReadError(f"không đọc được loại tệp {ending}; hãy dùng {', '.join(ENDINGS)}.")
    text = _decoded(data)
    return _judged(*(_markdown(text) if ending in (".md", ".markdown") else plain(text)))


def plain(text: str) -> tuple[str | None, str]:
    """Return title and text of plain text: the first line is the title when a blank line follows, and text starts after it."""
    line, separator, _ = text.partition("\n")
    if not separator or not line.strip():
        return None, text
    match = _BLANK.match(text, len(line.rstrip("\r")))
    return (line.strip(), text[match.end() :]) if match else (None, text)


def _decoded(data: bytes) -> str:
    """Return the characters of a text file; UTF-16 without a mark is told by its zero bytes."""
    sample = data[:2_000]
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and len(sample) >= 4 and sample.count(0) > len(sample) // 4:
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if max(odd, even) <= 2 * min(odd, even):
            raise ReadError("tệp không phải văn bản (nhiều byte rỗng); hãy lưu lại dưới dạng .txt mã UTF-8.")
        try:
            return data.decode("utf-16-le" if odd > even else "utf-16-be")
        except UnicodeDecodeError:
            raise ReadError("tệp không phải văn bản UTF-8 hay UTF-16; hãy lưu lại tệp bằng mã UTF-8 rồi thử lại.") from None
    return vietnamese.decode(data)


def _judged(title: str | None, text: str) -> Article:
    reason = vietnamese.unread(text)
    if reason == "empty" and title:  # a headline alone is a document too
        reason = vietnamese.unread(title)
    return Article(title, text, status="unread" if reason else "read", reason=reason)


def _markdown(given: str) -> tuple[str | None, str]:
    """Return the first heading 1 and the words of a Markdown text: paragraphs of wrapped lines joined, marks taken off."""
    source = _COMMENT.sub("", given.replace("\r\n", "\n").replace("\r", "\n"))
    source = _FRONT_MATTER.sub("", source, count=1)
    title: str | None = None
    paragraphs: list[list[str]] = [[]]
    fenced = False
    for raw in source.split("\n"):
        line = raw if fenced else re.sub(r"^\s{0,3}(?:>\s?)+", "", raw)
        if _FENCE.match(line):
            fenced = not fenced
            paragraphs.append([])
            continue
        if fenced:
            paragraphs[-1].append(line.strip())
            continue
        heading, underline, item = _HEADING.match(line), _UNDERLINE.match(line), _ITEM.match(line)
        if heading:
            words = _unmarked(heading[2] or "")
            if title is None and len(heading[1]) == 1 and words:
                title = words
            else:
                paragraphs.append([words])
            paragraphs.append([])
        elif underline and paragraphs[-1]:
            if title is None and underline[1][0] == "=":
                title = _unmarked(" ".join(paragraphs.pop()))
            paragraphs.append([])
        elif not line.strip() or re.fullmatch(r"\s*(?:[*_-]\s*){3,}", line):
            paragraphs.append([])
        elif item:
            paragraphs.append([line[item.end() :].strip()])
        elif line.lstrip().startswith("|"):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                paragraphs.append([" ".join(cells)])
                paragraphs.append([])
        else:
            paragraphs[-1].append(line.strip())
    lines = (_unmarked(" ".join(lines)) for lines in paragraphs)
    return title, "\n".join(line for line in lines if line)


def _unmarked(line: str) -> str:
    """Return a line without links, emphasis, tags and escapes."""
    line = _IMAGE.sub(lambda m: m[1], line)
    line = _LINK.sub(lambda m: m[1] or m[2] or "", line)
    for _ in range(3):
        shorter = _EMPHASIS.sub(lambda m: m[2], line)
        if shorter == line:
            break
        line = shorter
    line = _TAG.sub("", line)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!>~|-])", r"\1", line).strip()


def _pdf(data: bytes) -> Article:
    title, pages = office.pdf(data)
    empty = sum(not page.strip() for page in pages)
    text = "\n".join(page for page in pages if page.strip())
    if not text.strip():
        return Article(title, "", status="unread", reason="scanned" if pages else "empty")
    found = _judged(title, text)
    if found.status == "read" and empty > 0.2 * len(pages):  # some pages are pictures: what they say is not known
        return Article(title, text, status="unread", reason="partial")
    return found
