"""Checking files before publication: each read, judged, and forgotten. Nothing is stored."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from auditor import model
from auditor.errors import AuditorError, ReadError
from auditor.judge.audit import audit
from auditor.read import files
from auditor.text import decode


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one file: its Audit with the text that is indexed, or one sentence why it could not be read.

    *before* is what stands in the file before the text (a plain file's title and blank line): it turns places into lines.
    """

    path: Path
    audit: model.Audit | None = None
    text: str = ""
    title: str = ""
    before: str | None = None
    error: str | None = None

    def fails(self, level: str) -> bool:
        """Tell whether this makes the exit code 1: unread, failed, or a counted finding at or above *level*."""
        if self.audit is None or self.audit.verdict == "unread":
            return True
        if level == "never":
            return False
        severe = model.SEVERITIES[: model.SEVERITIES.index(level) + 1]
        return any(f.severity in severe for f in self.audit.counted)


def check(paths: Iterable[Path], kind: model.Kind, published: datetime | None, stdin: BinaryIO) -> Iterator[Checked]:
    """Yield what became of each file (``-`` is *stdin*), in order; a file that cannot be read stops no other."""
    for path in paths:
        try:
            yield _one(path, kind, published.date() if published else None, stdin)
        except AuditorError as error:
            yield Checked(path, error=str(error))
        except OSError as error:
            yield Checked(path, error=f"không mở được tệp ({error.strerror}); hãy kiểm tra đường dẫn và quyền đọc")


def _one(path: Path, kind: model.Kind, published: date | None, stdin: BinaryIO) -> Checked:
    if str(path) == "-":
        data = stdin.read(files.MAX_BYTES + 1)
        article = files.read_bytes("stdin.txt", data)
    else:
        if path.is_dir():
            raise ReadError("đây là một thư mục; hãy chỉ ra từng tệp, ví dụ thu-muc/*.txt")
        article = files.read_file(path)
        data = path.read_bytes() if path.suffix.lower() in {".txt", ".md"} else b""
    found = _judged(article, kind, published, str(path))
    return Checked(path, found, article.text, article.title or "", _before(data, article))


def _judged(article: model.Article, kind: model.Kind, published: date | None, name: str) -> model.Audit:
    found = audit(article.text, article.title, kind, published or article.published, id=name)
    if article.status == "unread" and found.verdict != "unread":
        return replace(found, verdict="unread", unread=article.reason or "partial")
    return found


def _before(data: bytes, article: model.Article) -> str | None:
    """Return the part of a plain file before its text, or None where the text does not stand in the file as it is."""
    if not data:
        return None
    whole = decode(data)
    return whole[: len(whole) - len(article.text)] if whole.endswith(article.text) else None
