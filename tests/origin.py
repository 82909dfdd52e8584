"""A web server of our own on loopback whose every byte a test decides, and which remembers what it was asked."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from auditor.settings import Settings

Answer = bytes | Callable[[socket.socket], bytes | None]


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    at: float
    method: str = "GET"


@dataclass
class Origin:
    """``pages[path]`` is the whole answer in bytes, or a function that writes it to the socket."""

    host: str
    port: int
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]

    def settings(self, **more: Any) -> Settings:
        return Settings().but({"crawl.allow": [f"{self.host}:{self.port}"], "crawl.delay": 0.0, "crawl.deadline_s": 5.0, **more})


def answer(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return a whole HTTP answer; header names take _ for -."""
    content = body.encode() if isinstance(body, str) else body
    told = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(content)), **headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items() if value is not None)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Origin]:
    """Serve an Origin on a free port of a loopback address."""
    listener = socket.create_server((host, 0))
    origin = Origin(host, listener.getsockname()[1])
    lock = threading.Lock()
    connections: list[socket.socket] = []

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            file = connection.makefile("rb")
            while line := file.readline():
                method, path, _ = line.decode().split(" ", 2)
                headers = {}
                while (head := file.readline()) not in (b"\r\n", b""):
                    name, _, value = head.decode().partition(":")
                    headers[name.strip().lower()] = value.strip()
                with lock:
                    origin.asked.append(Request(path, headers, time.monotonic(), method))
                    origin.open_now += 1
                    origin.most_open = max(origin.most_open, origin.open_now)
                try:
                    known = origin.pages.get(path)
                    if known is None and path == "/robots.txt":
                        known = answer("", "404 Not Found")
                    page = known if known is not None else answer("không có", "404 Not Found")
                    if callable(page) and not isinstance(page, bytes):
                        told = page(connection)
                        if told is None:
                            return
                        page = told
                    connection.sendall(page)
                finally:
                    with lock:
                        origin.open_now -= 1

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
