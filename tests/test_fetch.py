import contextlib
import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from origin import answer, serve

from auditor.collect import addresses
from auditor.collect.fetch import Fetcher
from auditor.errors import FetchError
from auditor.settings import Settings


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch):
    real = socket.socket.connect

    def connect(self, address):
        assert address[0].startswith("127.") or address[0] == "::1", f"a test would call {address}"
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def origin():
    with serve() as served:
        yield served


def get(origin, path="/", settings=None, **more):
    with Fetcher(settings or origin.settings()) as fetcher:
        return fetcher.get(origin.base + path, **more)


def reason(origin, path="/", **more):
    with pytest.raises(FetchError) as caught:
        get(origin, path, **more)
    return caught.value.reason


# --- what a page is


def test_page_carries_status_headers_content_and_where_it_came_from(origin):
    origin.pages["/a"] = answer("<p>chữ</p>", ETag='"1"', Content_Type='text/html; Charset="windows-1258"')
    page = get(origin, "/a")
    assert (page.status, page.content.decode(), page.headers["etag"]) == (200, "<p>chữ</p>", '"1"')
    assert (page.url, page.final_url, page.hops) == (origin.base + "/a", origin.base + "/a", ())
    assert page.charset == "windows-1258"
    assert page.peer == "127.0.0.1"
    assert page.fetched.tzinfo is not None
    assert (b"ETag", b'"1"') in page.raw_headers


def test_we_say_who_we_are_and_where_to_complain(origin):
    origin.pages["/"] = answer()
    get(origin, settings=origin.settings(**{"crawl.contact": "https://so.example.vn/lien-he"}))
    assert origin.asked[0].headers["user-agent"] == "auditor-kiem-dinh-gioi/0.1 (+https://so.example.vn/lien-he)"


def test_conditional_request_and_its_304(origin):
    origin.pages["/"] = b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"
    page = get(origin, etag='"1"', modified="Tue, 20 Oct 2026 00:30:00 GMT")
    assert page.not_modified
    assert origin.asked[0].headers["if-none-match"] == '"1"'
    assert origin.asked[0].headers["if-modified-since"] == "Tue, 20 Oct 2026 00:30:00 GMT"


def test_cookies_are_not_sent_back(origin):
    origin.pages["/"] = answer(Set_Cookie="ai=toi; Path=/")
    with Fetcher(origin.settings()) as fetcher:
        fetcher.get(origin.base + "/")
        fetcher.get(origin.base + "/")
    assert "cookie" not in origin.asked[1].headers


def test_the_environment_names_no_proxy(origin, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    origin.pages["/"] = answer("tới nơi")
    assert get(origin).content.decode() == "tới nơi"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "x-gzip", "gzip, deflate"])
def test_packed_content_is_unpacked(origin, coding):
    content = "Chị Lan mở lớp dạy thêu.".encode() * 50
    packed = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}
    body = content
    for name in coding.split(", "):
        body = packed[name](body)
    origin.pages["/"] = answer(body, Content_Encoding=coding)
    assert get(origin).content == content


def test_raw_deflate_and_gzip_in_members_are_unpacked(origin):
    raw = zlib.compressobj(wbits=-15)
    origin.pages["/raw"] = answer(raw.compress(b"mot hai ba") + raw.flush(), Content_Encoding="deflate")
    origin.pages["/two"] = answer(gzip.compress(b"mot") + gzip.compress(b" hai"), Content_Encoding="gzip")
    assert get(origin, "/raw").content == b"mot hai ba"
    assert get(origin, "/two").content == b"mot hai"


def test_a_client_of_the_tests_own_can_stand_in_for_the_network():
    client = httpx2.Client(transport=httpx2.MockTransport(lambda request: httpx2.Response(200, stream=httpx2.ByteStream(b"x"), headers={"a": "b"})))
    page = Fetcher(Settings(), client).get("https://bao.example/")
    assert (page.content, page.headers["a"]) == (b"x", "b")


# --- redirects


def test_redirects_are_followed_five_times_and_no_more(origin):
    for n in range(6):
        origin.pages[f"/{n}"] = answer(status="302 Found", Location=f"/{n + 1}")
    origin.pages["/6"] = answer("cuối")
    page = get(origin, "/1")
    assert (page.content.decode(), page.final_url, len(page.hops)) == ("cuối", origin.base + "/6", 5)
    assert reason(origin, "/0") == "redirects"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://127.0.0.1/x", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,x", "scheme"),
        ("http://user:pass@127.0.0.1/", "address"),
        ("http://[::1", "address"),
        ("http://a.example:99999/", "address"),
    ],
)
def test_redirect_to_what_is_no_public_http_address_is_refused(origin, target, why):
    origin.pages["/"] = answer(status="302 Found", Location=target)
    assert reason(origin) == why


def test_meta_refresh_and_refresh_header_lead_nowhere(origin):
    origin.pages["/"] = answer('<meta http-equiv="refresh" content="0; url=/khac">', Refresh="0; url=/khac")
    get(origin)
    assert origin.paths == ["/"]


def test_each_hop_needs_permission(origin):
    origin.pages["/"] = answer(status="307 Temporary Redirect", Location="/cam")
    asked = []

    def permit(url):
        asked.append(url)
        if url.endswith("/cam"):
            raise FetchError("robots", "không")

    assert reason(origin, permit=permit) == "robots"
    assert asked == [origin.base + "/", origin.base + "/cam"]
    assert origin.paths == ["/"]


# --- addresses that are not public: no packet leaves

SPELLINGS = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://localhost/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[::127.0.0.1]/", "http://0.0.0.0/", "http://[::]/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://[fe80::1]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/",
    "http://[fec0::1]/", "http://224.0.0.1/", "http://[ff02::1]/", "http://240.0.0.1/", "http://255.255.255.255/", "http://198.18.0.1/",
    "http://192.88.99.1/", "http://192.0.2.1/", "http://[2001:db8::1]/", "http://[2001:0:7f00:1::]/", "http://127.0.0.1:8900/",
]  # fmt: skip


@pytest.fixture
def connections(monkeypatch):
    """Record each address that a connection would go to, and let none through."""
    tried = []

    def record(address, *args, **kwargs):
        tried.append(address)
        raise OSError("intercepted by the test")

    monkeypatch.setattr(socket, "create_connection", record)
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: record(address))
    return tried


@pytest.mark.parametrize("url", SPELLINGS)
def test_address_that_is_not_public_is_refused_before_any_connection(url, connections):
    with pytest.raises(FetchError) as caught, Fetcher(Settings().but({"crawl.allow": ["127.0.0.1:8901"]})) as fetcher:
        fetcher.get(url)
    assert caught.value.reason in ("refused", "dns", "address")
    assert connections == []


def test_refusal_says_what_and_what_to_do(connections):
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 không công khai.*\[crawl\] allow"), Fetcher(Settings()) as fetcher:
        fetcher.get("http://127.0.0.1:8900/")


def test_public_address_is_connected_to_as_it_was_checked(connections, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(2, 1, 6, "", ("93.184.216.34", 80))])
    with pytest.raises(FetchError) as caught, Fetcher(Settings()) as fetcher:
        fetcher.get("http://bao.example/")
    assert caught.value.reason == "connect"
    assert connections == [("93.184.216.34", 80)]


def test_name_with_one_private_address_among_public_ones_is_refused(connections, monkeypatch):
    every = [(2, 1, 6, "", ("93.184.216.34", 80)), (10, 1, 6, "", ("fd00::1", 80, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: every)
    with pytest.raises(FetchError) as caught, Fetcher(Settings()) as fetcher:
        fetcher.get("http://bao.example/")
    assert (caught.value.reason, connections) == ("refused", [])


def test_name_that_answers_differently_the_second_time_gains_nothing(connections, monkeypatch):
    answers = iter([[(2, 1, 6, "", ("93.184.216.34", 80))]])
    later = [(2, 1, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: next(answers, later))
    with Fetcher(Settings()) as fetcher:
        with pytest.raises(FetchError) as first:
            fetcher.get("http://doi-y.example/")
        with pytest.raises(FetchError) as second:
            fetcher.get("http://doi-y.example/")
    assert (first.value.reason, second.value.reason) == ("connect", "refused")
    assert connections == [("93.184.216.34", 80)]


def test_connection_that_ends_elsewhere_than_checked_is_cut(origin, monkeypatch):
    def astray(address, *args, **more):
        connection = socket.socket()
        connection.connect((origin.host, origin.port))
        return connection

    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(2, 1, 6, "", ("93.184.216.34", 80))])
    monkeypatch.setattr(socket, "create_connection", astray)
    with pytest.raises(FetchError) as caught, Fetcher(Settings()) as fetcher:
        fetcher.get("http://bao.example/")
    assert caught.value.reason == "refused"
    assert origin.asked == []


def test_redirect_to_an_address_that_is_not_allowed_touches_nothing(origin):
    with serve("127.0.0.2") as canary:
        for n, target in enumerate((f"http://127.0.0.2:{canary.port}/", f"http://localhost:{origin.port}/", f"http://127.0.0.1:{canary.port}/")):
            origin.pages[f"/{n}"] = answer(status="302 Found", Location=target)
            assert reason(origin, f"/{n}") == "refused"
        assert canary.asked == []
    assert origin.paths == ["/0", "/1", "/2"]


def test_only_the_named_pair_of_host_and_port_is_allowed(origin):
    origin.pages["/"] = answer("một")
    with serve() as other:
        other.pages["/"] = answer("hai")
        assert get(origin).content == b"m\xe1\xbb\x99t"
        with pytest.raises(FetchError), Fetcher(origin.settings()) as fetcher:
            fetcher.get(other.base + "/")
        assert other.asked == []


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("::ffff:93.184.216.34", True), ("64:ff9b::5db8:d822", True),
        ("2002:5db8:d822::1", True), ("64:ff9b:1::1", False), ("127.0.0.1", False), ("fe80::1%eth0", False), ("", False),
        ("5f00::1", False), ("::ffff:0:7f00:1", False), ("100::1", False), ("192.0.0.1", False), ("0.1.2.3", False),
    ],
)  # fmt: skip
def test_public(address, is_public):
    assert addresses.public(address) is is_public


# --- size, time, damage


def test_bomb_is_refused_at_the_cap_without_being_unpacked_whole(origin):
    origin.pages["/"] = answer(gzip.compress(b"\0" * 200_000_000), Content_Encoding="gzip")
    tracemalloc.start()
    try:
        assert reason(origin) == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_nested_bomb_is_refused_at_each_layer(origin):
    inner = gzip.compress(gzip.compress(b"\0" * 100_000_000))
    origin.pages["/"] = answer(inner, Content_Encoding="gzip, gzip")
    assert reason(origin) == "too_large"


def test_announced_size_over_the_cap_is_refused_before_the_body(origin):
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
        threading.Event().wait(30)

    origin.pages["/"] = endless
    begun = time.monotonic()
    assert reason(origin) == "too_large"
    assert time.monotonic() - begun < 3


def test_endless_body_ends_at_the_cap(origin):
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    origin.pages["/"] = endless
    assert reason(origin) == "too_large"


def drip(head, piece, pause=0.05):
    def write(connection):
        connection.sendall(head)
        silence = threading.Event()
        while not silence.wait(pause):
            connection.sendall(piece)

    return write


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"), id="body"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), id="headers"),
        pytest.param(drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), id="informational"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="chunks"),
        pytest.param(drip(b"", b"", 60), id="silence"),
    ],
)
def test_slow_server_is_left_at_the_total_deadline(origin, write):
    origin.pages["/"] = write
    begun = time.monotonic()
    assert reason(origin, settings=origin.settings(**{"crawl.deadline_s": 0.6})) == "timeout"
    assert time.monotonic() - begun < 3


def test_deadline_bounds_all_redirects_together(origin):
    for n in range(5):
        def slow(connection, n=n):
            threading.Event().wait(0.25)
            connection.sendall(answer(status="302 Found", Location=f"/{n + 1}"))

        origin.pages[f"/{n}"] = slow
    begun = time.monotonic()
    assert reason(origin, "/0", settings=origin.settings(**{"crawl.deadline_s": 0.6})) in ("timeout", "truncated")
    assert time.monotonic() - begun < 3


def test_slow_name_server_is_left_at_the_deadline(monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: answered.wait(20) and [])
    with pytest.raises(FetchError) as caught, Fetcher(Settings().but({"crawl.deadline_s": 0.3})) as fetcher:
        fetcher.get("http://cham.example/")
    answered.set()
    assert caught.value.reason == "timeout"


def test_endless_informational_answers_are_no_answer(origin):
    def endless(connection):
        while True:
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 100)

    origin.pages["/"] = endless
    assert reason(origin) == "truncated"


WHOLE = gzip.compress("Chị Lan mở lớp dạy thêu. ".encode() * 400)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<p>half", id="shorter than announced"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>more than ten bytes of it</p>", id="longer than announced"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<p>x</p>", id="negative length"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", id="no last chunk"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", id="no chunk size"),
        pytest.param(answer(WHOLE[: len(WHOLE) // 2], Content_Encoding="gzip"), id="half of a gzip"),
        pytest.param(answer(WHOLE[:-8], Content_Encoding="gzip"), id="gzip without its end"),
        pytest.param(answer(WHOLE[:40] + b"zzzz" + WHOLE[44:], Content_Encoding="gzip"), id="broken gzip"),
        pytest.param(answer(zlib.compress(b"x" * 9_000)[:-3], Content_Encoding="deflate"), id="deflate without its end"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"xin chao\r\n\r\n", id="no HTTP"),
    ],
)
def test_damaged_transfer_is_never_taken_for_a_page(origin, raw):
    def write(connection):
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    origin.pages["/"] = write
    assert reason(origin) == "truncated"


def test_packing_that_was_not_asked_for_is_refused(origin):
    origin.pages["/"] = answer(b"\x0b\x02\x80x\x03", Content_Encoding="br")
    assert reason(origin) == "encoding"


def test_nobody_there(origin):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = Settings().but({"crawl.allow": [f"127.0.0.1:{port}"]})
    with pytest.raises(FetchError) as caught, Fetcher(settings) as fetcher:
        fetcher.get(f"http://127.0.0.1:{port}/")
    assert caught.value.reason == "connect"


def test_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-out", tmp_path / "c", "-days", "1",
         "-subj", "/CN=127.0.0.1"], check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "c", tmp_path / "k")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def greet():
            with contextlib.suppress(OSError):
                context.wrap_socket(listener.accept()[0], server_side=True).close()

        thread = threading.Thread(target=greet)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(FetchError) as caught, Fetcher(Settings().but({"crawl.allow": [f"127.0.0.1:{port}"]})) as fetcher:
            fetcher.get(f"https://127.0.0.1:{port}/")
        thread.join()
    assert caught.value.reason == "tls"


def test_one_failure_leaves_the_fetcher_usable(origin):
    origin.pages["/"] = answer("tốt")
    origin.pages["/hong"] = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<p>more than ten bytes of it</p>"
    with Fetcher(origin.settings()) as fetcher:
        with pytest.raises(FetchError):
            fetcher.get(origin.base + "/hong")
        assert fetcher.get(origin.base + "/").content.decode() == "tốt"


# --- the one form of an address


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("HTTPS://Bao.Example:443/Bai-1.html#binh-luan", "https://bao.example/Bai-1.html"),
        ("http://bao.example", "http://bao.example/"),
        ("http://bao.example/a?utm_source=x&id=7&fbclid=y", "http://bao.example/a?id=7"),
        ("http://bao.example/xem-tin?id=2101", "http://bao.example/xem-tin?id=2101"),
        ("http://bao.example/?p=1&p=2", "http://bao.example/?p=1&p=2"),
        ("http://bao.example/a/../b/./c", "http://bao.example/b/c"),
        ("http://bao.example/%7Ea/%c3%a9?q=%2f", "http://bao.example/~a/%C3%A9?q=%2F"),
        ("http://bao.example/chị-lan", "http://bao.example/ch%E1%BB%8B-lan"),
        ("http://báo.example./x", "http://xn--bo-mia.example/x"),
        ("http://[2606:2800::1]:8080/x", "http://[2606:2800::1]:8080/x"),
    ],
)
def test_canonical(given, form):
    assert addresses.canonical(given) == form


@settings(deadline=None)
@given(st.from_regex(r"https?://[a-zA-Z.-]{1,12}(:[1-9][0-9]{0,3})?(/[ -~ạđ]{0,12}){0,3}(\?[ -~ư]{0,12})?", fullmatch=True))
def test_canonical_form_of_a_canonical_form_is_itself(url):
    try:
        once = addresses.canonical(url)
    except ValueError:
        return
    assert addresses.canonical(once) == once


@pytest.mark.parametrize(
    ("final", "told", "form"),
    [
        ("https://www.bao.example/a?x=1", "https://bao.example/a", "https://bao.example/a"),
        ("https://m.bao.example/a", "/that", "https://m.bao.example/that"),
        ("https://bao.example/a", "https://khac.example/a", "https://bao.example/a"),
        ("https://bao.example/a", "https://bao.example/", "https://bao.example/a"),
        ("https://bao.example/a", "http://127.0.0.1/", "https://bao.example/a"),
        ("https://bao.example/a", "javascript:x", "https://bao.example/a"),
        ("https://bao.example/a", None, "https://bao.example/a"),
    ],
)
def test_canonical_link_counts_within_its_own_site(final, told, form):
    assert addresses.chosen(final, told) == form


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://rss.bao.gov.vn/x", "bao.gov.vn"), ("https://www.bao.vn/", "bao.vn"), ("https://a.b.bao.com.vn/", "bao.com.vn"),
        ("http://127.0.0.1:8900/", "127.0.0.1:8900"), ("https://tuyenquang.gov.vn/", "tuyenquang.gov.vn"), ("http://[::1]/", "::1"),
    ],
)  # fmt: skip
def test_domain(url, domain):
    assert addresses.domain(url) == domain
