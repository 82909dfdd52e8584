"""Archives from elsewhere: a file of JSON lines or a folder of documents, stored and judged, nothing twice.

Records are judged first and then written in batches, each batch in one transaction: after a crash the same import is
simply run again. A record that cannot be used is told with its line or file name, and the rest goes on.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

from auditor.errors import ReadError
from auditor.keep.articles import text_digest
from auditor.keep.store import Store
from auditor.keep.values import day, storable
from auditor.model import KINDS, Article, Audit, Kind

DOCUMENTS = (".txt", ".md", ".html", ".htm", ".docx", ".pdf")
_BATCH = 50
_LONGEST_LINE = 64_000_000  # bytes; a million characters is already more than can be judged

Judge = Callable[[dict[str, Any]], Audit]
Progress = Callable[[Iterable["Item"]], Iterable["Item"]]


class Item(NamedTuple):
    """A line or file of the import: a record of the contract, or why there is none."""

    where: str
    record: dict[str, Any] | None
    problem: str = ""


class Ready(NamedTuple):
    """A judged record that waits for its batch."""

    id: str
    url: str | None
    outlet: str | None
    kind: Kind
    article: Article
    audit: Audit


@dataclass(slots=True)
class Intake:
    """How an import went: *problems* has one sentence for each record that could not be used."""

    stored: int = 0
    known: int = 0
    unread: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many records could not be used."""
        return len(self.problems)

    def sentence(self) -> str:
        """Return the counts as one Vietnamese sentence."""
        return (
            f"Đã nạp {self.stored} bài: {self.unread} bài chưa đọc trọn, {self.known} bài đã có từ trước, {self.failed} dòng hoặc tệp lỗi."
        )


def import_file(store: Store, path: Path, judge: Judge, progress: Progress | None = None, *, outlet: str | None = None) -> Intake:
    """Store and judge every record of a ``.jsonl`` file, or every document of a folder, and return how it went.

    *judge* makes the Audit of a record {id, title, text, kind, published}; *progress* wraps the items (tqdm does);
    *outlet* owns what names no outlet. Raises ReadError for another kind of file and StoreError when the archive fails.
    """
    if path.is_dir():
        items = _folder(path)
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        items = _lines(path)
    elif path.suffix.lower() in DOCUMENTS and path.is_file():
        items = iter([_document(path, path.name)])
    else:
        raise ReadError(f"không nạp được {path}: chỉ nhận tệp .jsonl, thư mục hoặc tệp {', '.join(DOCUMENTS)}")
    intake, waiting = Intake(), _Waiting(store)
    outlets = {row["id"] for row in store.outlets()}
    for item in progress(items) if progress else items:
        if item.record is None:
            intake.problems.append(f"{item.where}: {item.problem}")
            continue
        try:
            ready = _ready(item.record, waiting, judge, outlet, outlets)
        except ReadError as error:  # not a broken rule or archive: those end the import
            intake.problems.append(f"{item.where}: {error}")
            continue
        if ready is None:
            intake.known += 1
        else:
            waiting.add(ready, intake)
    waiting.write(intake)
    return intake


class _Waiting:
    """The batch that is judged and not yet written, and under which id each address of it will stand."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ready: list[Ready] = []
        self.addresses: dict[str, str] = {}

    def id(self, given: str | None, url: str | None) -> str:
        return self.addresses.get(url or "") or self.store.article_id(given, url)

    def add(self, ready: Ready, intake: Intake) -> None:
        self.ready.append(ready)
        if ready.url:
            self.addresses[ready.url] = ready.id
        if len(self.ready) >= _BATCH:
            self.write(intake)

    def write(self, intake: Intake) -> None:
        with self.store.writing():
            for item in self.ready:
                put = self.store.put_article(
                    item.article, outlet=item.outlet, url=item.url, canonical_url=item.url, kind=item.kind, id=item.id
                )
                if put.changed:
                    if put.article_id == item.id:  # else a crawler stored the address meanwhile, and judges it
                        self.store.put_audit(put.article_id, put.version, item.audit)
                    intake.stored += 1
                    intake.unread += item.audit.verdict == "unread"
                else:
                    intake.known += 1
        self.ready.clear()
        self.addresses.clear()


def _ready(record: dict[str, Any], waiting: _Waiting, judge: Judge, outlet: str | None, outlets: set[str]) -> Ready | None:
    """Return a record judged, or None when its text is already stored; raise ReadError when a field is missing or wrong."""
    title, given, kind = record.get("title"), record.get("text"), record.get("kind") or "article"
    if not isinstance(given, str):
        raise ReadError("thiếu trường “text” hoặc “text” không phải chuỗi chữ")
    if title is not None and not isinstance(title, str):
        raise ReadError("trường “title” phải là chuỗi chữ hoặc null")
    if kind not in KINDS:
        raise ReadError(f"trường “kind” là {kind!r}, chỉ nhận: {', '.join(KINDS)}")
    owner = record.get("outlet") or outlet
    if owner is not None and owner not in outlets:
        raise ReadError(f"sổ không có cơ quan {owner!r}; hãy thêm bằng `auditor outlets add`")
    url, id = record.get("url") or None, record.get("id")
    if url is not None and not isinstance(url, str):
        raise ReadError("trường “url” phải là chuỗi chữ hoặc null")
    name = storable(str(id)) if isinstance(id, str | int) and str(id).strip() else None
    if name is None and url is None:
        raise ReadError("thiếu cả “id” lẫn “url”; hãy thêm một trong hai")
    title, given, url = title if title is None else storable(title), storable(given), url and storable(url)
    id = waiting.id(name, url)
    if waiting.store.value(
        "SELECT v.text_sha256 FROM articles a JOIN versions v ON v.article = a.id AND v.version = a.version WHERE a.id = ?", (id,)
    ) == text_digest(title, given):
        return None
    published = _published(record.get("published"))
    told: dict[str, Any] = {name: record[name] for name in ("status", "reason") if name in record}  # what reading the file already found
    audit = judge({"id": id, "title": title, "text": given, "kind": kind, "published": published and published.isoformat(), **told})
    status: Literal["read", "unread"] = "unread" if audit.verdict == "unread" else "read"
    article = Article(title, given, published, url=url, status=status, reason=audit.unread)
    return Ready(id, url, owner, kind, article, audit)


def _published(given: object) -> date | None:
    if given is None or given == "":
        return None
    try:
        return date.fromisoformat(day(given) or "")
    except ValueError:
        raise ReadError(f"trường “published” là {given!r}, cần dạng YYYY-MM-DD") from None


def _lines(path: Path) -> Iterator[Item]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := _line(file):
                number += 1
                if line.strip():
                    yield _parsed(line, f"{path.name}, dòng {number}", first=number == 1)
    except OSError as error:
        raise ReadError(f"không đọc được {path} ({error.strerror}); hãy kiểm tra đường dẫn và quyền đọc") from None


def _line(file: BinaryIO) -> bytes:
    """Return the next line, or as much of it as tells that it is too long."""
    line = file.readline(_LONGEST_LINE + 1)
    rest = line
    while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
        rest = file.readline(_LONGEST_LINE + 1)
    return line


def _parsed(line: bytes, where: str, first: bool) -> Item:
    if len(line) > _LONGEST_LINE:
        return Item(where, None, f"dài quá {_LONGEST_LINE // 1_000_000} MB; hãy bỏ hoặc chia nhỏ dòng này")
    try:
        record = json.loads(line.decode("utf-8-sig" if first else "utf-8"))
    except UnicodeDecodeError as error:
        return Item(where, None, f"không phải UTF-8 (byte {error.start}); hãy lưu lại tệp bằng mã UTF-8")
    except (ValueError, RecursionError):
        return Item(where, None, "không phải JSON; hãy sửa hoặc bỏ dòng này")
    if not isinstance(record, dict):
        return Item(where, None, "không phải một đối tượng JSON {…}; hãy sửa hoặc bỏ dòng này")
    return Item(where, record)


def _folder(folder: Path) -> Iterator[Item]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in Path(name).parts):
            continue
        if path.suffix.lower() in DOCUMENTS:
            yield _document(path, name)
        else:
            yield Item(name, None, f"loại tệp này không nạp được; chỉ nhận {', '.join(DOCUMENTS)}")


def _document(path: Path, name: str) -> Item:
    from auditor.read.files import read_file

    try:
        article = read_file(path)
    except ReadError as error:
        return Item(name, None, str(error))
    record = {name: getattr(article, name) for name in ("title", "text", "published", "status", "reason")}
    return Item(name, {"id": name, **record})
