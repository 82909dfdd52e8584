"""One page over HTTP, safely: own name, total deadline, size cap, whole transfers only, public addresses only.

The address is resolved once and checked, and the connection goes to the checked address: a name that answers
differently the second time (DNS rebinding) gains nothing. Redirects are followed by hand, each hop checked anew.
"""

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urljoin

import httpcore2
import httpx2

from auditor.collect import addresses
from auditor.errors import FetchError
from auditor.settings import Settings

_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65_536
_HEAD_LIMIT = 200_000  # bytes of status lines and headers, informational answers included

Permit = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered: header names in lower case, *content* unpacked, *fetched* the time in UTC.

    *raw_headers* and *peer* (the IP address connected to) are what an evidence record needs.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    fetched: datetime
    not_modified: bool = False
    hops: tuple[str, ...] = ()
    raw_headers: tuple[tuple[bytes, bytes], ...] = ()
    peer: str = ""

    @property
    def charset(self) -> str | None:
        """The charset that Content-Type tells, if any."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None


class _Moment(threading.local):
    """The deadline of this thread's request and what has been read of its answer."""

    deadline = float("inf")
    head = b""
    body_bytes: int | None = None
    read_bytes = 0

    def left(self) -> float:
        return self.deadline - time.monotonic()


class _Stream(httpcore2.NetworkStream):
    """A connection none of whose operations outlasts the deadline, and which counts the bytes of the answer."""

    def __init__(self, stream: httpcore2.NetworkStream, moment: _Moment) -> None:
        self._stream, self._moment = stream, moment

    def _allowed(self, timeout: float | None) -> float:
        left = self._moment.left()
        if left <= 0:
            raise httpcore2.ReadTimeout("deadline")
        return left if timeout is None else min(left, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._allowed(timeout))
        self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        """Keep count of the body, to tell an answer that goes on after the length it announced."""
        moment = self._moment
        moment.read_bytes += len(data)
        if moment.body_bytes is not None:
            moment.body_bytes += len(data)
            return
        moment.head += data
        if moment.read_bytes > _HEAD_LIMIT and len(moment.head) > _HEAD_LIMIT:
            raise httpcore2.RemoteProtocolError("headers too long")
        while (end := moment.head.find(b"\r\n\r\n")) >= 0:
            informational = moment.head[9:10] == b"1"
            rest = moment.head[end + 4 :]
            if not informational:
                moment.body_bytes, moment.head = len(rest), b""
                return
            if moment.read_bytes > _HEAD_LIMIT:
                raise httpcore2.RemoteProtocolError("endless informational answers")
            moment.head = rest

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._allowed(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> "_Stream":
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._allowed(timeout)), self._moment)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.SyncBackend):
    """Opens connections to checked addresses only."""

    def __init__(self, allow: Iterable[str], moment: _Moment) -> None:
        self.allow, self.moment = frozenset(item.lower() for item in allow), moment

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        problem: Exception | None = None
        for address in self.checked(host, port):
            left = self.moment.left()
            if left <= 0:
                break
            try:
                stream = super().connect_tcp(address, port, min(left, timeout or left), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
                continue
            peer = str(stream.get_extra_info("server_addr")[0])
            if ipaddress.ip_address(peer.partition("%")[0]) != ipaddress.ip_address(address.partition("%")[0]):
                stream.close()
                raise FetchError("refused", f"kết nối tới {host} dẫn đến {peer}, không phải địa chỉ đã kiểm tra, nên bị ngắt.")
            return _Stream(stream, self.moment)
        raise problem or httpcore2.ConnectTimeout("deadline")

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> httpcore2.NetworkStream:
        raise FetchError("refused", f"không gọi tới tệp socket {path}.")

    def checked(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, all of them public or the pair named in ``[crawl] allow``; raise FetchError otherwise."""
        found = self.resolved(host, port)
        name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if name.lower() not in self.allow:
            for address in found:
                if not addresses.public(address):
                    raise FetchError(
                        "refused",
                        f"máy chủ {host} có địa chỉ {address} không công khai nên không được gọi; nếu đúng là máy của cơ quan, hãy ghi"
                        f" “{name}” vào [crawl] allow.",
                    )
        return found

    def resolved(self, host: str, port: int) -> list[str]:
        """Return the addresses a host name stands for, within the deadline (the resolver knows no time limit of its own)."""
        future: Future[list[str]] = Future()

        def ask() -> None:
            try:
                every = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                future.set_result(list(dict.fromkeys(str(each[4][0]) for each in every)))
            except (OSError, UnicodeError) as error:
                future.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            return future.result(timeout=max(0.0, self.moment.left()))
        except FutureTimeoutError:
            raise FetchError("timeout", f"hết giờ khi tìm địa chỉ của máy chủ {host}; sẽ thử lại ở lượt sau.") from None
        except (OSError, UnicodeError):
            raise FetchError("dns", f"không tìm được địa chỉ của máy chủ {host}; hãy kiểm tra tên miền và mạng.") from None


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class _Transport(httpx2.BaseTransport):
    """httpx2 over a pool that opens connections through `_Backend`; no proxy, no HTTP/2, one idle connection a host."""

    def __init__(self, backend: _Backend) -> None:
        context = httpx2.create_ssl_context(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, max_connections=64, max_keepalive_connections=32, keepalive_expiry=15.0, network_backend=backend
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class Fetcher:
    """Gets pages; may be shared by threads. *client* replaces the network in tests (any httpx2.Client)."""

    def __init__(self, settings: Settings, client: httpx2.Client | None = None) -> None:
        self.settings = settings
        self._moment = _Moment()
        contact = settings["crawl.contact"]
        self.user_agent = settings["crawl.user_agent"] + (f" (+{contact})" if contact else "")
        self._client = client or httpx2.Client(
            transport=_Transport(_Backend(settings["crawl.allow"], self._moment)), trust_env=False, timeout=settings["crawl.deadline_s"]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(
        self, url: str, *, etag: str | None = None, modified: str | None = None, max_bytes: int | None = None, permit: Permit | None = None,
        deadline_s: float | None = None, clip: bool = False,
    ) -> Page:  # fmt: skip
        """Return what *url* answers after at most ``crawl.max_redirects`` redirects, whatever its status.

        *etag* and *modified* make the request conditional; *permit* is called with each address before it is requested and
        may raise; with *clip* a body that is too big is cut instead of refused. Raises FetchError when the address may not be
        called, does not answer in time, or its answer is too big, damaged or not understood.
        """
        limit = max_bytes or self.settings["crawl.max_page_bytes"]
        self._moment.deadline = time.monotonic() + (deadline_s or self.settings["crawl.deadline_s"])
        here = addresses.checked(url)
        hops: list[str] = []
        for _ in range(self.settings["crawl.max_redirects"] + 1):
            if permit is not None:
                waiting = time.monotonic()
                permit(here)
                self._moment.deadline += time.monotonic() - waiting  # waiting out of politeness is not the server's time
            page = self._one(url, here, {"If-None-Match": etag, "If-Modified-Since": modified}, limit, tuple(hops), clip)
            target = page.headers.get("location")
            if page.status not in _REDIRECTS or not target:
                return page
            hops.append(here)
            here = addresses.checked(_joined(here, target))
        raise FetchError("redirects", f"{url} chuyển hướng quá {self.settings['crawl.max_redirects']} lần nên bị bỏ.")

    def _one(self, url: str, here: str, conditions: Mapping[str, str | None], limit: int, hops: tuple[str, ...], clip: bool) -> Page:
        """Request one address and read its answer whole."""
        moment = self._moment
        moment.head, moment.body_bytes, moment.read_bytes = b"", None, 0
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **{name: value for name, value in conditions.items() if value},
        }
        if moment.left() <= 0:
            raise _late(here)
        try:
            with self._client.stream("GET", here, headers=headers, follow_redirects=False) as answer:
                fetched = datetime.now(UTC)
                stream = answer.extensions.get("network_stream")
                peer = str(stream.get_extra_info("server_addr")[0]) if stream else ""
                try:
                    received = self._received(answer, limit, here, clip)
                except FetchError:
                    if stream:  # what is still to come must not be taken for the next answer
                        stream.close()
                    raise
                coding = answer.headers.get("content-encoding", "")
                content = b"" if answer.status_code == 304 else _unpacked(received, coding, limit, here, clip)
        except (httpcore2.TimeoutException, httpx2.TimeoutException):
            raise _late(here) from None
        except (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError, httpcore2.ReadError, httpx2.ReadError) as error:
            raise FetchError("truncated", f"{here} ngắt giữa chừng hoặc trả lời sai giao thức ({error}); sẽ thử lại ở lượt sau.") from None
        except (httpcore2.ConnectError, httpx2.ConnectError) as error:
            kind = "tls" if "ssl" in str(error).lower() or "certificate" in str(error).lower() else "connect"
            told = "chứng thư bảo mật không hợp lệ" if kind == "tls" else "không kết nối được"
            raise FetchError(kind, f"{here}: {told} ({error}); hãy kiểm tra máy chủ.") from None
        except httpx2.InvalidURL as error:
            raise FetchError("address", f"địa chỉ không đúng dạng: {here[:200]!r} ({error}).") from None
        except (httpcore2.ProtocolError, httpcore2.NetworkError, httpx2.HTTPError) as error:
            raise FetchError("protocol", f"{here}: không gọi được ({error}); hãy kiểm tra địa chỉ.") from None
        finally:
            self._client.cookies.clear()  # a crawler needs no memory of its visits
        return Page(
            url=url,
            final_url=here,
            status=answer.status_code,
            headers={name.lower(): value for name, value in answer.headers.items()},
            content=content,
            fetched=fetched,
            not_modified=answer.status_code == 304,
            hops=hops,
            raw_headers=tuple(answer.headers.raw),
            peer=peer,
        )

    def _received(self, answer: httpx2.Response, limit: int, here: str, clip: bool) -> bytes:
        """Return the body as it came; raise FetchError when it is too big or shorter or longer than announced."""
        announced = answer.headers.get("content-length", "")
        told = int(announced) if announced.isascii() and announced.isdigit() and answer.status_code != 304 else None
        if told is not None and told > limit and not clip:
            raise _too_large(here, limit)
        parts, size = [], 0
        for chunk in answer.iter_raw(_CHUNK):
            parts.append(chunk)
            size += len(chunk)
            if size > limit and clip:
                return b"".join(parts)[:limit]
            if size > limit:
                raise _too_large(here, limit)
            if self._moment.left() <= 0:
                raise _late(here)
        counted = self._moment.body_bytes
        if told is not None and (size < told or (counted or 0) > told):
            raise FetchError("truncated", f"{here} gửi {max(counted or 0, size)} byte trong khi báo {told}; sẽ thử lại ở lượt sau.")
        return b"".join(parts)


def _unpacked(received: bytes, coding: str, limit: int, here: str, clip: bool) -> bytes:
    """Return the content of a body that came packed; raise FetchError for more than *limit*, damage or an unknown packing."""
    content = received
    for name in reversed([each.strip().lower() for each in coding.split(",") if each.strip()]):
        if name in ("gzip", "x-gzip"):
            content = _inflated(content, 31, limit, here, clip)
        elif name == "deflate":
            content = _inflated(content, 15 if content[:1] and content[0] & 0x0F == 8 else -15, limit, here, clip)
        elif name != "identity":
            raise FetchError("encoding", f"{here} nén bằng {name}, không phải cách đã hỏi, nên không đọc được.")
    return content


def _inflated(packed: bytes, form: int, limit: int, here: str, clip: bool) -> bytes:
    parts, size = [], 0
    while packed:
        unpacker = zlib.decompressobj(form)
        try:
            parts.append(unpacker.decompress(packed, limit - size + 1))
        except zlib.error:
            raise FetchError("truncated", f"{here}: phần nén bị hỏng; sẽ thử lại ở lượt sau.") from None
        size += len(parts[-1])
        if clip and (size > limit or not unpacker.eof):
            return b"".join(parts)[:limit]
        if size > limit:
            raise _too_large(here, limit)
        if not unpacker.eof:
            raise FetchError("truncated", f"{here}: phần nén bị cắt giữa chừng; sẽ thử lại ở lượt sau.")
        packed = unpacker.unused_data if form == 31 and unpacker.unused_data[:2] == b"\x1f\x8b" else b""
    return b"".join(parts)


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target.strip().replace(" ", "%20")).partition("#")[0]
    except ValueError:
        raise FetchError("address", f"{base} chuyển hướng tới địa chỉ không đúng dạng: {target[:200]!r}.") from None


def _late(here: str) -> FetchError:
    return FetchError("timeout", f"{here} không trả lời xong trong thời hạn; sẽ thử lại ở lượt sau.")


def _too_large(here: str, limit: int) -> FetchError:
    return FetchError("too_large", f"{here} lớn hơn {limit / 1_000_000:g} MB sau khi giải nén nên không được đọc.")
