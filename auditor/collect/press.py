"""The bundled sample press: three invented outlets, rendered from corpora/press and served on loopback.

One article is one file of articles/: YAML between two ``---`` lines, then blocks parted by blank lines. A block is a
paragraph, ``## a heading``, ``* items of a list``, or ``![caption](picture.svg)``. The three layouts differ as real
sites differ, so that the whole way from the feed to the page can be shown and tested without the network.
"""

import hashlib
import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from auditor import resources
from auditor.errors import AuditorError
from auditor.model import Kind, Verdict
from auditor.read import datafile

if TYPE_CHECKING:
    from jinja2 import Environment

Genre = Literal["news", "feature", "sport", "entertainment", "family-advice", "crime", "policy", "job-notice", "tourism", "farming"]
BlockKind = Literal["paragraph", "heading", "list", "figure"]
Bases = Mapping[str, str]  # outlet id -> http://127.0.0.1:port

WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
}
UNDECLARED = "text/html"  # old portals tell the encoding in the page alone


class Block(NamedTuple):
    """A piece of the body: its kind, its line (several in a list), and the picture of a figure."""

    kind: BlockKind
    lines: tuple[str, ...]
    image: str | None = None


class Page(NamedTuple):
    """What an address answers: type, bytes, and when it last changed."""

    type: str
    body: bytes
    modified: datetime

    @property
    def etag(self) -> str:
        """The validator of a conditional request."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Record):
    """What the maintainers expect of the audit: the verdict, and categories that must be among the counted findings."""

    verdict: Verdict
    categories: tuple[str, ...]


class Head(_Record):
    """The front matter of one article."""

    outlet: str
    kind: Kind
    genre: Genre
    section: str
    byline: str
    published: AwareDatetime
    title: str
    lead: str
    tags: tuple[str, ...]
    expect: Expectation


class Piece(NamedTuple):
    """One article of the sample press: file name without ending, front matter, body."""

    slug: str
    head: Head
    blocks: tuple[Block, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line a reader of the page must find, in order: lead, then paragraphs, headings, items and captions."""
        return (self.head.lead, *(line for block in self.blocks for line in block.lines))


class Outlet(_Record):
    """One invented outlet: its names, its layout, and which addresses it offers to a crawler."""

    id: str
    name: str
    kind: str
    motto: str
    layout: str
    address: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    pages: dict[str, str]


class Press:
    """The outlets and articles of a press folder; *site* renders all pages of an outlet."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the folder (the bundled one when None); raise AuditorError when a file of it is wrong."""
        self.folder = folder or resources.folder("corpora") / "press"
        listed = self.folder / "outlets.yaml"
        self.outlets = tuple(_valid(Outlet, record, listed, (place,)) for place, record in enumerate(datafile.load(listed)))
        read = (_read(path) for path in sorted((self.folder / "articles").glob("*.md")))
        self.pieces = tuple(sorted(read, key=lambda piece: (piece.head.published, piece.slug), reverse=True))
        stray = {piece.head.outlet for piece in self.pieces} - {outlet.id for outlet in self.outlets}
        if stray:
            raise AuditorError(f"{self.folder}: bài ghi cơ quan “{stray.pop()}” không có trong outlets.yaml; hãy sửa tên")

    def of(self, outlet: str) -> tuple[Piece, ...]:
        """Return the articles of the outlet with this id, the newest first."""
        return tuple(piece for piece in self.pieces if piece.head.outlet == outlet)

    def paths(self, outlet: Outlet) -> dict[str, str]:
        """Return the path of each article of *outlet* by its slug."""
        pieces = self.of(outlet.id)
        return {
            piece.slug: outlet.address.format(section=_ascii(piece.head.section), slug=piece.slug, number=2100 + len(pieces) - place)
            for place, piece in enumerate(pieces)
        }

    def site(self, outlet: Outlet, base: str) -> dict[str, Page]:
        """Return every page of *outlet* by its path, with absolute links under *base*."""
        templates, pieces, paths = _templates(self.folder / "templates"), self.of(outlet.id), self.paths(outlet)
        newest = pieces[0].head.published
        shown = {piece.slug: _shown(piece, paths[piece.slug]) for piece in pieces}
        every = list(shown.values())
        sections = {name: f"/{_ascii(name)}/" for name in dict.fromkeys(piece.head.section for piece in pieces)}
        common = {"outlet": outlet, "base": base, "sections": [{"name": name, "path": path} for name, path in sections.items()]}

        def page(template: str, here: str, modified: datetime, **values: Any) -> Page:
            text = templates.get_template(template).render(common, here=here, **values)
            undeclared = template == outlet.layout and "http-equiv" in text
            return Page(UNDECLARED if undeclared else TYPES[Path(template).suffix], text.encode(), modified)

        site = {"/": page(outlet.layout, "/", newest, heading=outlet.name, others=every)}
        for name, path in sections.items():
            inside = [one for one in every if one["section"] == name]
            site[path] = page(outlet.layout, path, inside[0]["published"], heading=name, others=inside)
        for path, template in outlet.pages.items():
            site[path] = page(template, path, newest, heading="Mới nhất", others=every)
        for piece in pieces:
            others = [one for slug, one in shown.items() if slug != piece.slug]
            site[paths[piece.slug]] = page(outlet.layout, paths[piece.slug], piece.head.published, piece=shown[piece.slug], others=others)
            for image in (block.image for block in piece.blocks if block.image):
                hue = hashlib.sha256(image.encode()).digest()[0] + 60
                site[f"/anh/{image}"] = page("image.svg", f"/anh/{image}", piece.head.published, hue=hue)
        return site


def outlets(bases: Bases, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return the register entries of the outlets of *folder* that are served, with their addresses under *bases*."""
    return [
        {
            "id": outlet.id,
            "name": outlet.name,
            "kind": outlet.kind,
            "feeds": [bases[outlet.id] + path for path in outlet.feeds],
            "sitemaps": [bases[outlet.id] + path for path in outlet.sitemaps],
            "listings": [bases[outlet.id] + path for path in outlet.listings],
            "counted": True,
            "valid_from": None,
            "valid_to": None,
            "succeeds": [],
        }
        for outlet in Press(folder).outlets
        if outlet.id in bases
    ]


def allowed(bases: Bases) -> list[str]:
    """Return the host:port of each served outlet, as ``[crawl] allow`` wants them."""
    return [urlsplit(base).netloc for base in bases.values()]


@contextmanager
def serve(port: int = 0, folder: Path | None = None) -> Iterator[dict[str, str]]:
    """Serve each outlet on its own port of 127.0.0.1 and give the addresses by outlet id.

    Ports follow from *port*; 0 takes free ones. Raise AuditorError when a port is taken or a file of the press is wrong.
    """
    press = Press(folder)
    with ExitStack() as stack:
        bases = {}
        for place, outlet in enumerate(press.outlets):
            server = stack.enter_context(_Server.at(port + place if port else 0))
            bases[outlet.id] = f"http://127.0.0.1:{server.server_address[1]}"
            server.pages = press.site(outlet, bases[outlet.id])
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield bases


class _Server(ThreadingHTTPServer):
    """One outlet on one port; *pages* maps a request target to its page."""

    daemon_threads = True
    pages: Mapping[str, Page]

    @classmethod
    def at(cls, port: int) -> "_Server":
        try:
            return cls(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise AuditorError(f"Không mở được cổng {port} trên 127.0.0.1 ({error.strerror}); hãy chọn cổng khác") from None


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from the pages of the server, with validators and 304."""

    server: _Server
    server_version, sys_version = "BaoMau/1.0", ""

    def do_GET(self) -> None:
        """Send the page of the path, 304 when the asker has it, 404 when there is none."""
        page = self.server.pages.get(self.path)
        if page is None:
            self._answer(404, TYPES[".html"], "<!doctype html><title>404</title><p>Không tìm thấy trang.</p>".encode())
        elif self._known(page):
            self._answer(304, None, b"", page)
        else:
            self._answer(200, page.type, page.body, page)

    do_HEAD = do_GET  # noqa: N815 - the name the standard library calls

    def log_message(self, format: str, *args: Any) -> None:
        """Keep stderr quiet."""

    def _known(self, page: Page) -> bool:
        tags, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if tags is not None:  # RFC 9110 13.1.3: the date is not looked at when there are tags
            return tags.strip() == "*" or page.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        try:
            return since is not None and page.modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):  # no date at all, or one without a zone: RFC 9110 says to pass over it
            return False

    def _answer(self, status: int, kind: str | None, body: bytes, page: Page | None = None) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        if page:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", _http_date(page.modified))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _read(path: Path) -> Piece:
    """Return the article of one file; raise AuditorError when it does not keep to the form."""
    parts = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise AuditorError(f"{path}: bài phải mở đầu bằng phần khai báo giữa hai dòng ---; hãy bổ sung")
    try:
        record = yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise AuditorError(f"{path}: phần khai báo không phải YAML ({error.args[-1]}); hãy sửa") from None
    blocks = tuple(_block(text) for text in re.split(r"\n{2,}", parts[2].strip()))
    return Piece(path.stem, _valid(Head, record, path), blocks)


def _block(text: str) -> Block:
    if text.startswith("## "):
        return Block("heading", (text[3:],))
    if figure := re.fullmatch(r"!\[(.+)\]\(([\w-]+\.svg)\)", text):
        return Block("figure", (figure[1],), figure[2])
    if text.startswith("* "):
        return Block("list", tuple(line.removeprefix("* ") for line in text.splitlines()))
    return Block("paragraph", (text.replace("\n", " "),))


_Model = TypeVar("_Model", bound=BaseModel)


def _valid(model: type[_Model], record: object, path: Path, under: datafile.Keys = ()) -> _Model:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        raise datafile.problem(path, error, under) from None


def _shown(piece: Piece, path: str) -> dict[str, Any]:
    """Return what a template may show of an article: the expectation of the maintainers is not for readers."""
    return {
        **piece.head.model_dump(exclude={"expect"}),
        "blocks": piece.blocks,
        "path": path,
        "section_path": f"/{_ascii(piece.head.section)}/",
        "weekday": WEEKDAYS[piece.head.published.weekday()],
    }


@cache
def _templates(folder: Path) -> "Environment":
    """Return the Jinja environment of the layouts: everything escaped, a misspelt name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    templates = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html", "xml", "svg"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals["piece"] = None  # listing pages have none
    templates.filters["rfc822"] = format_datetime
    return templates


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _ascii(name: str) -> str:
    """Return a name as a part of an address: "Kinh tế" gives "kinh-te"."""
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", bare))
