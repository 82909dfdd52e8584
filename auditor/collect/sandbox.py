"""Reading pages and feeds in a child that can be killed: 10 s of CPU and 1.5 GB a document, whatever the document does.

A child reads many documents, one after the other; one that dies or hangs is replaced, and its document is told as unread.
Only JSON comes back from a child: nothing it says can run here.
"""

import json
import logging
import os
import queue
import resource
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Self

from auditor.collect.feeds import MAX_ENTRIES, Entry
from auditor.errors import FetchError
from auditor.model import Article
from auditor.settings import Settings

_log = logging.getLogger(__name__)
_RENEWED_AFTER = 500  # documents; whatever a library leaks stays small
_START = "import sys; sys.path.insert(0, sys.argv[1]); from auditor.collect.sandbox import work; work(int(sys.argv[2]), int(sys.argv[3]))"
_LENGTH = struct.Struct(">I")


class Sandbox:
    """Children that read documents; may be shared by threads, each document waits for a free child."""

    def __init__(self, settings: Settings, children: int | None = None) -> None:
        self._cpu_s, self._memory_mb, self._wall_s = (
            settings["crawl.parse_cpu_s"], settings["crawl.parse_memory_mb"], settings["crawl.parse_wall_s"]
        )  # fmt: skip
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        for _ in range(children or max(1, min(4, os.cpu_count() or 1))):
            self._free.put(_Child(self._cpu_s, self._memory_mb))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        """End the children that are free; call it when no document is being read."""
        with suppress(queue.Empty):
            while True:
                self._free.get_nowait().kill()

    def article(self, html: bytes, url: str, charset: str | None = None) -> Article:
        """Return the article of a page; a page that the child could not read within its limits is ``unread``, partial."""
        told = self._ask({"do": "article", "url": url, "charset": charset}, html)
        if told is None:
            return Article(None, "", url=url, status="unread", reason="partial")
        told["published"] = date.fromisoformat(told["published"]) if told["published"] else None
        told["captions"] = tuple(told["captions"])
        return Article(**told)

    def feed(self, content: bytes, url: str, headers: Mapping[str, str], max_entries: int = MAX_ENTRIES) -> list[Entry]:
        """Return the entries of a feed or sitemap; raise FetchError when it could not be read within the limits."""
        return _entries(self._ask({"do": "feed", "url": url, "headers": dict(headers), "max_entries": max_entries}, content), url)

    def links(self, html: bytes, url: str, pattern: str | None = None) -> list[Entry]:
        """Return the links of a listing page; raise FetchError when it could not be read within the limits."""
        return _entries(self._ask({"do": "links", "url": url, "pattern": pattern}, html), url)

    def _ask(self, question: dict[str, Any], document: bytes) -> Any:
        child = self._free.get()
        try:
            return child.ask(question, document, self._wall_s)
        finally:
            self._free.put(child)


def _entries(told: Any, url: str) -> list[Entry]:
    if told is None:
        raise FetchError("parse", f"{url} nặng hoặc rối quá mức nên không đọc được trong giới hạn; hãy kiểm tra nguồn này.")
    return [Entry(**{**each, "published": each["published"] and datetime.fromisoformat(each["published"])}) for each in told]


class _Child:
    """One child process, started when it is first needed."""

    def __init__(self, cpu_s: int, memory_mb: int) -> None:
        self._limits = (str(cpu_s), str(memory_mb))
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def ask(self, question: dict[str, Any], document: bytes, wall_s: float) -> Any:
        """Return the child's answer, or None when it died, ran out of memory or took longer than *wall_s*."""
        if self._process is None or self._read >= _RENEWED_AFTER or self._process.poll() is not None:
            self.kill()
        process = self._process if self._process is not None else self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        self._read += 1
        try:
            _send(process.stdin, json.dumps(question).encode(), document)
            (answer,) = _receive(process.stdout, 1, time.monotonic() + wall_s)
        except (OSError, EOFError, TimeoutError):
            _log.warning("killed while reading %s", question["url"])
            self.kill()
            return None
        told = json.loads(answer)
        if "failed" in told:
            _log.warning("could not read %s: %s", question["url"], told["failed"])
            self.kill()
            return None
        return told["value"]

    def _start(self) -> "subprocess.Popen[bytes]":
        package = str(Path(__file__).resolve().parents[2])
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")}
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-c", _START, package, *self._limits],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=kept, start_new_session=True,
        )  # fmt: skip
        self._read = 0
        return self._process

    def kill(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()
            self._process.wait()
            self._process = None


def _send(pipe: IO[bytes], *parts: bytes) -> None:
    for part in parts:
        pipe.write(_LENGTH.pack(len(part)))
        pipe.write(part)
    pipe.flush()


def _receive(pipe: IO[bytes], parts: int, deadline: float | None = None) -> list[bytes]:
    """Return *parts* messages; raise EOFError when the other side is gone, TimeoutError at the *deadline*."""
    descriptor = pipe.fileno()

    def exactly(size: int) -> bytes:
        got = bytearray()
        while len(got) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                    raise TimeoutError
            piece = os.read(descriptor, min(1 << 20, size - len(got)))
            if not piece:
                raise EOFError
            got += piece
        return bytes(got)

    return [exactly(_LENGTH.unpack(exactly(_LENGTH.size))[0]) for _ in range(parts)]


def work(cpu_s: int, memory_mb: int) -> None:
    """Answer questions on standard input until it ends: the child's whole life, with *cpu_s* for each document."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a library that prints must not spoil an answer
    import feedparser  # noqa: F401 - loaded before the first document's time begins to count
    import lxml.html
    import trafilatura  # noqa: F401

    from auditor.collect import feeds
    from auditor.read import extract

    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    assert lxml.html
    while True:
        try:
            head, document = _receive(sys.stdin.buffer, 2)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu_s + 1, resource.RLIM_INFINITY))
        question = json.loads(head)
        value: Any
        try:
            if question["do"] == "article":
                value = extract.article(document, question["url"], question["charset"]).to_dict()
            elif question["do"] == "feed":
                value = feeds.read(document, question["url"], question["headers"], max_entries=question["max_entries"])
            else:
                value = feeds.links(document, question["url"], question["pattern"])
            answer = json.dumps({"value": value}, default=_plain)
        except Exception as error:  # whatever a document makes a parser raise, it is this document that is unread
            answer = json.dumps({"failed": repr(error)[:500]})
        _send(answers, answer.encode())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else asdict(value)
