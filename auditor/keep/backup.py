"""Safety copies of the archive, and the proof that an archive or a copy of it is whole.

A backup is made with SQLite's online backup while reviewers and the crawler go on, checked, and only then given its
name; it is one plain file without a write-ahead log. `verify` only reads.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from auditor.errors import StoreError
from auditor.keep import trail
from auditor.keep.articles import text_digest
from auditor.keep.clock import now
from auditor.keep.database import BusyError, connect, explained, known, look, reader, sentence
from auditor.keep.reviews import on_trail
from auditor.keep.schema import migrations
from auditor.keep.store import Store

_SIDES = ("", "-wal", "-shm")
_MOST_TOLD = 5  # problems of one kind; a damaged archive may have thousands


def backup(source: Store | Path, path: Path) -> trail.Head:
    """Copy the archive to the new file *path* and return the head of its trail, to be kept outside.

    A path as *source* also takes archives of an older version. Raises StoreError when *path* exists or cannot be
    written, when the archive cannot be read, or when the copy is not whole.
    """
    if path.exists():
        raise StoreError(f"{path} đã có; hãy chọn tên khác để không ghi đè bản sao lưu cũ.")
    whole = source.path if isinstance(source, Store) else source
    _must_exist(whole)
    with _beside(path) as unfinished:
        _copy(whole, unfinished)
        problems = verify(unfinished)
        if problems:
            raise StoreError(f"Không sao lưu được {whole} vì dữ liệu không toàn vẹn: {problems[0]}")
        with explained(unfinished), closing(reader(unfinished)) as db:
            head = trail.head(db)
        unfinished.replace(path)
        _kept(path.parent)
    return head


def restore(path: Path, db: Path, overwrite: bool = False) -> Path | None:
    """Put the backup *path* in the place of the archive *db*; return where the replaced archive now lies, if there was one.

    Raises StoreError when the backup is not whole, when *db* exists and *overwrite* is false, or is in use.
    """
    _must_exist(path)
    if db.exists() and not overwrite:
        raise StoreError(f"Cơ sở dữ liệu {db} đã có và không bị ghi đè; hãy dừng máy chủ, đổi tên tệp đó rồi khôi phục lại.")
    problems = verify(path)
    if problems:
        raise StoreError(f"Bản sao lưu {path} không toàn vẹn nên chưa khôi phục: {problems[0]}")
    with _beside(db) as unfinished:
        _copy(path, unfinished)
        aside = _set_aside(db)
        unfinished.replace(db)
        _kept(db.parent)
    return aside


def verify(path: Path, anchor: trail.Head | None = None) -> list[str]:
    """Return what is wrong with the archive or backup *path*, in Vietnamese sentences; an empty list when it is whole.

    Checks the file, its references, the trail's chain (against *anchor*, a head kept outside), each decision against the
    trail and back, and the digest of every stored text. Raises StoreError when there is no such file to check.
    """
    if not path.exists():
        raise StoreError(f"Không có tệp {path}; hãy kiểm tra đường dẫn hoặc chạy `auditor init`.")
    try:
        look(path)
        with explained(path), closing(reader(path)) as db:
            if not known(db, path):
                return [f"{path} không có bảng nào của auditor."]
            return list(_problems(db, path, anchor))
    except StoreError as error:
        return [str(error)]


def _problems(db: Database, path: Path, anchor: trail.Head | None) -> Iterator[str]:
    db.execute("BEGIN")  # one moment of the archive, while others go on writing
    told = [row[0] for row in db.execute(f"PRAGMA integrity_check({_MOST_TOLD})")]
    if told != ["ok"]:
        yield f"Tệp {path} bị hỏng: {told[0]}."
        return
    if {migration.name for migration in migrations.applied(db)} != {migration.name for migration in migrations._migrations}:
        yield f"Tệp {path} thuộc phiên bản khác của chương trình; hãy chạy `auditor init` hoặc cập nhật chương trình."
        return
    for table, row, *_rest in db.execute(f"SELECT * FROM pragma_foreign_key_check LIMIT {_MOST_TOLD}"):  # noqa: S608 own number
        yield f"Bảng {table}, dòng {row} trỏ tới dòng không còn tồn tại."
    bad = trail.check(db, anchor)
    if bad is not None:
        yield f"Nhật ký bị sửa, thiếu hoặc bị cắt: dòng sai đầu tiên là số {bad}."
    yield from _decisions(db)
    yield from _texts(db)


def _decisions(db: Database) -> Iterator[str]:
    logged = {row[0]: row[1:] for row in db.execute("SELECT seq, at, actor, subject, detail FROM trail WHERE action LIKE 'decision.%'")}
    wrong = 0
    for decision in db.query("SELECT * FROM decisions ORDER BY id"):
        right = (decision["made"], trail.plain(decision["reviewer"]), decision["finding"], trail.canonical(on_trail(decision)))
        if logged.pop(decision["trail_seq"], None) != right:
            wrong += 1
            if wrong <= _MOST_TOLD:
                yield f"Quyết định số {decision['id']} khác với dòng {decision['trail_seq']} của nhật ký."
    for seq in list(logged)[:_MOST_TOLD]:
        yield f"Dòng {seq} của nhật ký ghi một quyết định không còn trong cơ sở dữ liệu."


def _texts(db: Database) -> Iterator[str]:
    wrong = 0
    for article, version, title, text, digest in db.execute("SELECT article, version, title, text, text_sha256 FROM versions"):
        if text_digest(title, text) != digest:
            wrong += 1
            if wrong <= _MOST_TOLD:
                yield f"Văn bản của bài {article}, phiên bản {version} khác với mã băm đã ghi."
    for (article,) in db.execute(
        "SELECT a.id FROM articles a LEFT JOIN versions v ON v.article = a.id AND v.version = a.version WHERE v.article IS NULL LIMIT ?",
        (_MOST_TOLD,),
    ):
        yield f"Bài {article} không còn văn bản của phiên bản hiện tại."


def _must_exist(path: Path) -> None:
    if not path.exists():
        raise StoreError(f"Không có tệp {path}; hãy kiểm tra đường dẫn.")
    look(path)


def _copy(source: Path, target: Path) -> None:
    """Copy an archive with the online backup: one consistent moment, in one plain file."""
    with explained(source), closing(reader(source)) as old:
        known(old, source)
        with explained(target), closing(connect(target)) as new:
            try:
                old.conn.backup(new.conn)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT:  # only what is read can be that
                    raise sentence(error, source) or error from error
                raise
            new.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a file name in the folder of *path* for unfinished work, and leave nothing of it behind."""
    if not path.absolute().parent.is_dir():
        raise StoreError(f"Không có thư mục {path.absolute().parent}; hãy tạo thư mục trước.")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        unfinished.touch(0o600)
        yield unfinished
    except OSError as error:
        raise StoreError(f"Không ghi được {path} ({error.strerror}); hãy kiểm tra dung lượng đĩa và quyền ghi.") from None
    finally:
        for side in (*_SIDES, "-journal"):
            with suppress(OSError):
                unfinished.with_name(unfinished.name + side).unlink(missing_ok=True)


def _set_aside(db: Path) -> Path | None:
    """Rename the archive *db* and what is left beside it; return its new name if there was one; raise StoreError while it is in use."""
    there = db.exists()
    aside = db.with_name(f"{db.name}.truoc-khoi-phuc-{now()[:19].replace(':', '')}")
    if db.is_dir():
        raise StoreError(f"{db} là thư mục; hãy chỉ tên một tệp bằng --db.")
    try:
        with explained(db), closing(connect(db, "rw", busy_seconds=0)) as old:
            # leaving WAL needs the file alone, and folds the log into it
            old.execute("PRAGMA journal_mode = DELETE")
    except BusyError:
        raise StoreError(f"Cơ sở dữ liệu {db} đang được dùng; hãy dừng máy chủ và bộ thu thập rồi khôi phục lại.") from None
    except StoreError:
        pass  # absent, or damaged beyond opening: this is what backups are for
    for side in _SIDES:
        part = db.with_name(db.name + side)
        if part.exists():
            part.replace(aside.with_name(aside.name + side))
    return aside if there else None


def _kept(folder: Path) -> None:
    """Make a rename in *folder* survive a power loss."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
