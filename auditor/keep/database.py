"""One SQLite file, safely shared: a connection for each thread, short immediate transactions, one sentence a failure.

Threads: a Store may be handed to any number of threads; each gets its own connection at its first use, so SQLite's own
locks do the work and readers never wait. Processes share the file in the same way, but each opens a Store of its own:
after a fork the child must not use its parent's (SQLite, "How To Corrupt An SQLite Database File", 2.6).
Durability: WAL with synchronous=FULL, so what a method has returned from survives kill -9 and power loss.
"""

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database as Connection

from auditor.errors import StoreError
from auditor.keep.clock import now
from auditor.keep.schema import APPLICATION_ID, migrations

BUSY_SECONDS = 10.0
_OWN_TABLES = {"_sqlite_migrations", "sqlite_sequence"}

Row = dict[str, Any]
Given = Sequence[Any] | Mapping[str, Any]


class BusyError(StoreError):
    """Another process holds the write lock for longer than the busy timeout; trying again later helps."""


class FullError(StoreError):
    """The disk, or the file's own limit, is full; reading goes on."""


def sentence(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Return the StoreError that explains *error*, or None when it is a programming error."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte of an extended code is the primary one
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(f"Cơ sở dữ liệu {path} đang bị tiến trình khác khóa; hãy đợi tiến trình đó xong rồi thử lại.")
    if code == sqlite3.SQLITE_FULL:
        return FullError(f"Đĩa chứa cơ sở dữ liệu {path} đã đầy nên chưa ghi được gì; hãy giải phóng dung lượng rồi thử lại.")
    if code == sqlite3.SQLITE_READONLY:
        return StoreError(f"Cơ sở dữ liệu {path} chỉ cho đọc; hãy kiểm tra quyền ghi của tệp và thư mục.")
    if code == sqlite3.SQLITE_NOTADB:
        return StoreError(f"{path} không phải cơ sở dữ liệu SQLite; hãy chỉ đúng tệp bằng --db.")
    if code == sqlite3.SQLITE_CORRUPT:
        return StoreError(f"Cơ sở dữ liệu {path} bị hỏng; hãy khôi phục bản sao lưu bằng `auditor restore`.")
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(f"Không mở hoặc đọc ghi được cơ sở dữ liệu {path}; hãy kiểm tra đĩa và quyền của thư mục.")
    return None


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn failures of the disk and of other processes into StoreError; let programming errors through."""
    try:
        yield
    except sqlite3.Error as error:
        told = sentence(error, path)
        if told is None:
            raise
        raise told from error


def connect(path: Path, mode: str = "rw", busy_seconds: float = BUSY_SECONDS) -> Connection:
    """Return a connection to *path* (mode ``ro``, ``rw`` or ``rwc``); raises sqlite3.Error."""
    raw = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        raw.execute("PRAGMA foreign_keys = ON")
        if mode != "ro":
            raw.execute("PRAGMA synchronous = FULL")
        return Connection(raw, execute_plugins=False)
    except BaseException:
        raw.close()
        raise


def reader(path: Path) -> Connection:
    """Return a connection that changes nothing; raises sqlite3.Error.

    Opened for writing where that is allowed, because only such a connection clears the side files away at its end.
    """
    mine = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    db = connect(path, "rw" if mine else "ro")
    db.conn.execute("PRAGMA query_only = ON")
    return db


def look(path: Path) -> None:
    """Raise StoreError when *path* cannot be a database.

    Only SQLite itself may open the file: closing it again would drop the locks this process holds on it (SQLite, "How
    To Corrupt An SQLite Database File", 2.2).
    """
    if path.is_dir():
        raise StoreError(f"{path} là thư mục, không phải cơ sở dữ liệu; hãy chỉ tên một tệp bằng --db.")
    if not os.access(path, os.R_OK):
        raise StoreError(f"Không đọc được cơ sở dữ liệu {path}; hãy kiểm tra quyền đọc của tệp.")


def known(db: Connection, path: Path) -> bool:
    """Return whether the file already holds an archive; raise StoreError for another program's database."""
    marked = db.execute("PRAGMA application_id").fetchone()[0]
    if marked == APPLICATION_ID:
        return True
    if marked or set(db.table_names()) - _OWN_TABLES:
        raise StoreError(f"{path} là cơ sở dữ liệu của chương trình khác; hãy chỉ tệp khác bằng --db, tệp này được giữ nguyên.")
    return False


class Database:
    """The connections to one archive, and how to read and write through them."""

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS, clock: Callable[[], str] = now) -> None:
        self.path, self.busy_seconds, self.clock = path, busy_seconds, clock
        self._mine = threading.local()
        self._process = os.getpid()
        self._closers: list[weakref.finalize[Any, Connection]] = []
        self._closed = False

    @classmethod
    def open(
        cls,
        path: Path | str,
        create: bool = False,
        migrate: bool = False,
        *,
        busy_seconds: float = BUSY_SECONDS,
        clock: Callable[[], str] = now,
    ) -> Self:
        """Return the archive at *path*; *create* makes it when it is absent, *create* or *migrate* brings it up to date.

        Raises StoreError when it is absent, foreign, damaged, older or newer than this program, or locked.
        """
        path = Path(path)
        if path.exists():
            look(path)
        else:
            if not create:
                raise StoreError(f"Chưa có cơ sở dữ liệu {path}; hãy chạy `auditor init` để tạo, hoặc chỉ đúng tệp bằng --db.")
            if not path.absolute().parent.is_dir():
                raise StoreError(f"Không có thư mục {path.absolute().parent} để tạo cơ sở dữ liệu; hãy tạo thư mục trước.")
            with suppress(FileExistsError):
                path.touch(0o600, exist_ok=False)  # it will hold names and password hashes
        store = cls(path, busy_seconds, clock)
        try:
            with explained(path):
                store._prepare(create, migrate)
        except BaseException:
            store.close()
            raise
        return store

    def _prepare(self, create: bool, migrate: bool) -> None:
        db = self._connection("rw")
        if not known(db, self.path) and not create:
            raise StoreError(f"Cơ sở dữ liệu {self.path} còn trống; hãy chạy `auditor init` để tạo các bảng.")
        if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":  # new, or restored from a backup
            db.execute("PRAGMA journal_mode = WAL")
        done = {migration.name for migration in migrations.applied(db)}
        if done - {migration.name for migration in migrations._migrations}:
            raise StoreError(f"Cơ sở dữ liệu {self.path} do phiên bản mới hơn tạo ra; hãy cập nhật chương trình auditor.")
        if not migrations.pending(db):
            return
        if not (create or migrate):
            raise StoreError(
                f"Cơ sở dữ liệu {self.path} thuộc phiên bản cũ hơn; hãy sao lưu bằng `auditor backup` rồi chạy `auditor init` để nâng cấp."
            )
        with self.writing():  # one immediate transaction around all: two programs starting together upgrade once
            known(db, self.path)
            migrations.apply(db)

    def _connection(self, mode: str) -> Connection:
        if self._closed or self._process != os.getpid():
            raise ValueError("the store is closed, or was opened before this process was forked")
        db = connect(self.path, mode, self.busy_seconds)
        closer = weakref.finalize(db, db.conn.close)
        closer.atexit = False  # a forked child must never close what its parent has open
        self._closers = [old for old in self._closers if old.alive]
        self._closers.append(closer)
        self._mine.db = db
        return db

    @property
    def db(self) -> Connection:
        """This thread's connection, as sqlite-utils sees it."""
        db: Connection | None = getattr(self._mine, "db", None)
        if db is not None and self._process == os.getpid():
            return db
        with explained(self.path):
            return self._connection("rw")

    def close(self) -> None:
        """Close the connections of all threads; the store cannot be used afterwards."""
        self._closed = True
        for closer in self._closers:
            closer()
        self._mine = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold one immediate transaction: all of the block is kept at its end, or nothing; blocks may nest.

        Raises BusyError, FullError or StoreError; inside, only what must stand together (judge before, write then).
        """
        db = self.db
        if db.conn.in_transaction:
            yield db
            return
        with explained(self.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.conn.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let all queries of a block see one moment of the archive, while others go on writing."""
        with explained(self.path):
            self.db.execute("BEGIN")
            try:
                yield
            finally:
                self.db.rollback()

    def each(self, table: str, key: str) -> Iterator[Row]:
        """Yield every row of a table in the order of its integer *key*, some hundred at a time."""
        last = 0
        while rows := self.all(f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT 500", (last,)):  # noqa: S608 own names
            yield from rows
            last = rows[-1][key]

    def all(self, sql: str, given: Given = ()) -> list[Row]:
        """Return the rows of a query as dicts."""
        with explained(self.path):
            cursor = self.db.conn.execute(sql, given)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, given: Given = ()) -> Row | None:
        """Return the first row of a query, or None."""
        return next(iter(self.all(sql, given)), None)

    def value(self, sql: str, given: Given = ()) -> Any:
        """Return the first value of the first row of a query, or None."""
        with explained(self.path):
            row = self.db.conn.execute(sql, given).fetchone()
        return row[0] if row else None
