"""Judging archives: files of many documents, in partitions over processes, and the stored archive again.

A partition, never an article, is the unit of work: one function from a task to its counts, which any engine can map.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor import model
from auditor.errors import AuditorError, ReadError
from auditor.formats import dumps
from auditor.judge import ruleset
from auditor.judge.audit import audit_record

if TYPE_CHECKING:
    from auditor.keep.store import Store

_PARTITION = 8_000_000  # bytes: one to three seconds of work, so that starting a task costs nothing beside it


@dataclass(slots=True)
class Summary:
    """How a batch went."""

    read: int = 0
    review: int = 0
    unread: int = 0
    failed: int = 0

    def add(self, record: dict[str, Any]) -> None:
        """Count one line of the result."""
        self.failed += "error" in record
        self.read += "error" not in record
        self.unread += record.get("verdict") == "unread"
        self.review += record.get("verdict") == "review"

    def merge(self, other: "Summary") -> None:
        """Add the counts of another batch."""
        self.read, self.review = self.read + other.read, self.review + other.review
        self.unread, self.failed = self.unread + other.unread, self.failed + other.failed

    def sentence(self) -> str:
        """Return the counts as one Vietnamese sentence."""
        return f"Đã chấm {self.read} bài: {self.review} bài cần xem lại, {self.unread} bài chưa đọc trọn, {self.failed} dòng lỗi."


class Task(NamedTuple):
    """A partition to judge: a line-aligned byte range of *source*, written to *target*."""

    source: Path
    begin: int
    end: int
    first_line: int
    target: Path
    every: bool
    today: date


def audit_file(source: Path, output: Path, *, jobs: int = 1, every: bool = False, today: date | None = None) -> Summary:
    """Write one Audit for each line (or row) of *source* to *output*, in order.

    A line that cannot be read becomes {"id" or "line", "error"} and the rest goes on.
    *output* appears under its name only when it is whole. Raise ReadError when a file cannot be used at all.
    """
    if ".parquet" in (source.suffix, output.suffix):
        from auditor import columnar

        with tempfile.TemporaryDirectory(prefix="auditor-") as scratch:
            lines = columnar.to_lines(source, Path(scratch) / "in.jsonl") if source.suffix == ".parquet" else source
            done = Path(scratch) / "out.jsonl"
            summary = audit_file(lines, done if output.suffix == ".parquet" else output, jobs=jobs, every=every, today=today)
            if output.suffix == ".parquet":
                columnar.from_lines(done, output)
        return summary
    ruleset.load()  # a broken rule file is told before any work
    summary = Summary()
    try:
        with tempfile.TemporaryDirectory(prefix=".auditor-", dir=output.parent) as scratch:
            tasks = list(_tasks(source, Path(scratch), every, today or date.today()))
            whole = Path(scratch) / "whole"
            with whole.open("wb") as out:
                for task, counted in _run(tasks, jobs):
                    summary.merge(counted)
                    out.write(task.target.read_bytes())
                    task.target.unlink()
            os.replace(whole, output)
    except OSError as error:
        raise ReadError(f"không ghi được {output} ({error.strerror}); hãy kiểm tra thư mục, quyền ghi và chỗ trống trên đĩa") from None
    return summary


def _tasks(source: Path, scratch: Path, every: bool, today: date) -> Iterator[Task]:
    """Yield the partitions of a file of lines."""
    size, begin, line, number = source.stat().st_size, 0, 1, 0
    with source.open("rb") as data:
        while begin < size:
            data.seek(begin)
            block = data.read(_PARTITION)
            block += data.readline()  # to the end of the line
            yield Task(source, begin, begin + len(block), line, scratch / f"{number:06d}.jsonl", every, today)
            begin, line, number = begin + len(block), line + block.count(b"\n"), number + 1


def _run(tasks: list[Task], jobs: int) -> Iterator[tuple[Task, Summary]]:
    from tqdm import tqdm

    with tqdm(total=sum(t.end - t.begin for t in tasks), unit="B", unit_scale=True, desc="Chấm", disable=None, leave=False) as bar:
        if jobs == 1 or len(tasks) == 1:
            for task in tasks:
                yield task, audit_partition(task)
                bar.update(task.end - task.begin)
            return
        with ProcessPoolExecutor(jobs) as pool:
            for task, counted in zip(tasks, pool.map(audit_partition, tasks), strict=True):
                yield task, counted
                bar.update(task.end - task.begin)


def audit_partition(task: Task) -> Summary:
    """Judge one partition into its target file; return the counts."""
    summary = Summary()
    with task.source.open("rb") as data, task.target.open("wb") as out:
        data.seek(task.begin)
        for offset, line in enumerate(data.read(task.end - task.begin).split(b"\n")):
            if line.strip():
                record = judged_line(line, task.first_line + offset, task.every, task.today)
                summary.add(record)
                out.write(dumps(record).encode() + b"\n")
    return summary


def judged_line(line: bytes, number: int, every: bool, today: date) -> dict[str, Any]:
    """Return the Audit of one JSON line, or {"id" or "line", "error"} with one Vietnamese sentence."""
    try:
        record = json.loads(line.decode("utf-8-sig") if number == 1 else line.decode())
    except UnicodeDecodeError as error:
        return {"line": number, "error": f"dòng {number} không phải UTF-8 (byte {error.start}); hãy lưu lại tệp bằng mã UTF-8"}
    except (ValueError, RecursionError):
        return {"line": number, "error": f"dòng {number} không phải JSON; hãy sửa hoặc bỏ dòng này"}
    try:
        return {**audit_record(record, today=today).to_dict(every), **({"id": record["id"]} if "id" in record else {})}
    except AuditorError as error:
        named = {"id": record["id"]} if isinstance(record, dict) and "id" in record else {"line": number}
        return {**named, "error": f"dòng {number}: {error}"}


def judge_stored(record: dict[str, Any]) -> model.Audit:
    """Return the Audit of a stored or collected article {id, title, text, kind, published, status, reason}.

    What collection could not read whole stays unread, whatever the part that was read looks like.
    """
    found = audit_record(record)
    if record.get("status") == "unread" and found.verdict != "unread":
        return replace(found, verdict="unread", unread=record.get("reason") or "partial")
    return found


def audit_stored(store: "Store", stale: bool = False) -> Summary:
    """Judge the stored articles again and keep the new audits: all, or only those that other rules judged."""
    from tqdm import tqdm

    digest = ruleset.load().digest
    chosen = store.stale(digest, None) if stale else store.stale(None, None)
    summary = Summary()
    for row in tqdm(chosen, desc="Chấm lại", unit="bài", disable=None, leave=False):
        try:
            found = judge_stored(dict(row))
            store.put_audit(row["id"], row["version"], found)
            summary.add(found.to_dict())
        except ReadError:
            summary.failed += 1
    return summary
