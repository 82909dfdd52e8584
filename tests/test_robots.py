from datetime import UTC, datetime

import httpx2
import pytest
from origin import answer, serve

from auditor.collect.fetch import Fetcher, Page
from auditor.collect.robots import MAX_BYTES, Robots, retry_after
from auditor.errors import FetchError
from auditor.settings import Settings

AGENT = "auditor-kiem-dinh-gioi"


def robots(text, status=200, headers=None, asked=None, clock=lambda: 0.0):
    def reply(request):
        if asked is not None:
            asked.append(str(request.url))
        if isinstance(text, Exception):
            raise text
        return httpx2.Response(status, headers=headers or {}, stream=httpx2.ByteStream(text.encode() if isinstance(text, str) else text))

    settings = Settings()
    return Robots(Fetcher(settings, httpx2.Client(transport=httpx2.MockTransport(reply))), settings, clock)


def allowed(text, path, **more):
    return robots(text, **more).of(f"https://bao.example{path}").allows(f"https://bao.example{path}", AGENT)


@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /cam/\nAllow: /cam/duoc-phep.html", "/cam/duoc-phep.html", True),
        ("User-agent: *\nDisallow: /cam/\nAllow: /cam/duoc-phep.html", "/cam/khac.html", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/tai-lieu/bao-cao.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/tai-lieu/bao-cao.pdf?x=1", True),
        ("User-agent: *\nAllow: /p\nDisallow: /", "/page", True),
        ("User-agent: *\nAllow: /page\nDisallow: /page", "/page", True),
        ("User-agent: *\nDisallow: /fish", "/fish.html", False),
        ("User-agent: *\nDisallow: /fish", "/Fish.asp", True),
        ("User-agent: *\nDisallow: /fish/", "/fish", True),
        ("User-agent: *\nDisallow: /a/*/c", "/a/b/b/c/d", False),
        (f"User-agent: *\nDisallow: /\n\nUser-agent: {AGENT}\nDisallow: /rieng", "/a", True),
        (f"User-agent: *\nAllow: /\n\nUser-agent: {AGENT.upper()}\nDisallow: /", "/a", False),
        ("User-agent: khac\nDisallow: /\n", "/a", True),
        ("User-agent: khac\nUser-agent: *\nDisallow: /", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a # chú thích\r\n", "/a", False),
        ("USER-AGENT : *\n disallow : /a", "/a", False),
        ("User-agent: *\nDisallow: /bài", "/b%C3%A0i-1", False),
        ("User-agent: *\nDisallow: /b%C3%A0i", "/bài-1", False),
        ("<html><body>Không có robots</body></html>", "/a", True),
        ("Disallow: /", "/a", True),
    ],
)
def test_rules(rules, path, may):
    assert allowed(rules, path) is may


@pytest.mark.parametrize(("status", "may"), [(200, True), (401, True), (403, True), (404, True), (410, True), (429, False), (500, False), (503, False), (304, False)])
def test_status_decides_where_there_are_no_rules(status, may):
    assert allowed("", "/a", status=status) is may


def test_no_answer_means_no():
    known = robots(httpx2.ConnectError("x"))
    with pytest.raises(FetchError, match=r"không đọc được robots\.txt của bao\.example") as caught:
        known.require("https://bao.example/a")
    assert caught.value.reason == "robots"


def test_refusal_names_the_address():
    with pytest.raises(FetchError, match=r"không cho đọc https://bao\.example/a") as caught:
        robots("User-agent: *\nDisallow: /").require("https://bao.example/a")
    assert caught.value.reason == "robots"


def test_bytes_that_are_no_text_spoil_only_their_line():
    assert not allowed(b"User-agent: *\nDisallow: /\xff\xfe\nDisallow: /a\n", "/a")


def test_only_the_first_half_megabyte_counts():
    filler = "# x\n" * (MAX_BYTES // 4)
    assert not allowed("User-agent: *\nDisallow: /a\n" + filler, "/a")
    assert allowed("User-agent: *\n" + filler + "Disallow: /a\n", "/a")


def test_read_once_a_day_and_for_each_origin():
    now, asked = [0.0], []
    known = robots("", asked=asked, clock=lambda: now[0])
    for seconds in (0, 1, 86_399):
        now[0] = seconds
        known.of("https://bao.example/a")
    assert asked == ["https://bao.example/robots.txt"]
    now[0] = 86_400
    known.of("https://bao.example/b")
    known.of("http://bao.example/b")
    known.of("https://bao.example:8443/b")
    assert asked[1:] == ["https://bao.example/robots.txt", "http://bao.example/robots.txt", "https://bao.example:8443/robots.txt"]


def test_failure_is_asked_again_after_a_quarter_of_an_hour():
    now, asked = [0.0], []
    known = robots("", status=500, asked=asked, clock=lambda: now[0])
    for seconds in (0, 899, 900):
        now[0] = seconds
        known.of("https://bao.example/a")
    assert len(asked) == 2


def test_crawl_delay_and_sitemaps():
    rules = robots(f"User-agent: *\nCrawl-delay: 9\n\nUser-agent: {AGENT}\nCrawl-delay: 2.5\nSitemap: https://bao.example/s.xml").of("https://bao.example/")
    assert rules.delay(AGENT) == 2.5
    assert rules.sitemaps == ["https://bao.example/s.xml"]


@pytest.mark.parametrize("told", ["-1", "x", "1e99", "nan", "inf", "99999999"])
def test_crawl_delay_that_makes_no_sense_is_none(told):
    assert robots(f"User-agent: *\nCrawl-delay: {told}").of("https://bao.example/").delay(AGENT) is None


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120), ("0", 0), ("Sun, 22 Nov 2026 00:02:00 GMT", 120), ("Sat, 21 Nov 2026 00:00:00 GMT", 0), ("", None), ("soon", None),
        ("-5", None), ("9" * 400, 2_592_000), ("Fri, 31 Dec 9999 23:59:59 GMT", 2_592_000), ("１２", None),
    ],
)  # fmt: skip
def test_retry_after_in_both_forms(told, seconds):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert retry_after(Page("u", "u", 503, {"retry-after": told}, b"", now), now) == seconds


def test_redirects_of_robots_are_followed_and_a_hanging_server_means_no():
    with serve() as origin:
        origin.pages["/robots.txt"] = answer(status="301 Moved Permanently", Location="/r2")
        origin.pages["/r2"] = answer("User-agent: *\nDisallow: /cam", Content_Type="text/plain")
        settings = origin.settings(**{"crawl.deadline_s": 0.5})
        with Fetcher(settings) as fetcher:
            rules = Robots(fetcher, settings).of(origin.base + "/cam")
            assert not rules.allows(origin.base + "/cam", AGENT)
            assert rules.allows(origin.base + "/khac", AGENT)
            origin.pages["/robots.txt"] = lambda connection: connection.recv(1) and None
            assert Robots(fetcher, settings).of(origin.base + "/khac").problem


def test_endless_robots_is_cut_and_used():
    def endless(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /cam\n")
        while True:
            connection.sendall(b"# x\n" * 10_000)

    with serve() as origin:
        origin.pages["/robots.txt"] = endless
        with Fetcher(origin.settings()) as fetcher:
            rules = Robots(fetcher, origin.settings()).of(origin.base + "/a")
    assert rules.problem is None
    assert not rules.allows(origin.base + "/cam", AGENT)
