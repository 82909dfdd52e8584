"""What collecting needs of the archive, and the lock that lets only one crawl at a time fill it."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from auditor.errors import StoreError
from auditor.model import Article, Audit

Row = dict[str, Any]


class Archive(Protocol):
    """The part of `auditor.keep.store.Store` that collecting uses."""

    @property
    def path(self) -> Path:
        """The database file."""

    def outlets(self, on: date | str | None = None) -> list[Row]:
        """Return the outlets, those valid *on* a day."""

    def feeds(self, outlet: str | None = None) -> list[Row]:
        """Return feeds, sitemaps and listings with their validators."""

    def feed_checked(
        self, feed_id: int, *, at: str | None = None, etag: str | None = None, modified: str | None = None,
        problem: str | None = None, not_before: str | None = None,
    ) -> None:  # fmt: skip
        """Note that a source was read, or why not."""

    def each(self, table: str, key: str) -> Iterator[Row]:
        """Yield the rows of a table."""

    def writing(self) -> AbstractContextManager[Any]:
        """Hold one transaction."""

    def article_id(self, id: str | None, canonical_url: str | None) -> str:
        """Return the id an article has or would have."""

    def put_article(
        self, article: Article, *, outlet: str | None, url: str | None, canonical_url: str | None, fetched: str | None = None,
        payload_sha256: str | None = None, kind: str = "article", id: str | None = None,
    ) -> Any:  # fmt: skip
        """Store an article; return (article_id, version, changed)."""

    def put_audit(self, article_id: str, version: int, audit: Audit) -> None:
        """Store a judgement."""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the lock of an archive's crawl; raise StoreError when another process holds it. A killed process holds nothing."""
    import fcntl

    path = database.with_name(f"{database.name}.crawl")
    try:
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise StoreError(f"Không ghi được tệp khóa {path} ({error.strerror}); hãy kiểm tra quyền ghi của thư mục.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read(20).strip() or "?"
            raise StoreError(f"Một lượt thu thập khác (tiến trình {holder}) đang chạy cho {database}; hãy đợi nó xong.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
