import gzip
import time
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.collect import feeds
from auditor.collect.feeds import Entry, links, read
from auditor.read import dates

FILES = sorted(path for path in (Path(__file__).parent / "data" / "feeds").iterdir() if path.suffix != ".yaml")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://bao.example/rss"
ITEM = "<item><title>Tin số {0}</title><link>https://bao.example/{0}</link></item>"


def rss(items, encoding="utf-8"):
    return f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode(encoding)


def told(entry):
    return {f.name: getattr(entry, f.name) for f in fields(Entry)} | {"published": entry.published and entry.published.isoformat()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_gives_the_entries_written_beside_it(path):
    expected = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    found = [told(entry) for entry in read(path.read_bytes(), URL, {}, now=NOW)]
    assert [{name: entry[name] for name in wanted} for entry, wanted in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_that_comes_out_is_markup_or_a_strange_address(path):
    for entry in read(path.read_bytes(), URL, {}, now=NOW):
        for value in (entry.title, entry.summary, entry.author, entry.guid, entry.source):
            assert not any(f"<{tag}" in value.lower() for tag in ("script", "img", "svg", "a ", "b>"))
            assert "onerror" not in value
            assert "root:" not in value
        assert entry.url == "" or entry.url.startswith(("http://", "https://"))


def test_packed_sitemap_is_unpacked_within_the_cap():
    content = gzip.compress(b"<urlset><url><loc>https://bao.example/1-2-3</loc></url></urlset>")
    assert [entry.url for entry in read(content, URL, {})] == ["https://bao.example/1-2-3"]
    bomb = gzip.compress(b"<urlset>" + b"<url><loc>https://bao.example/1</loc></url>" * 2_000_000)
    assert len(read(bomb, URL, {}, max_bytes=100_000)) == 1_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_encodings(encoding):
    assert read(rss(ITEM.format(1), encoding), URL, {})[0].title == "Tin số 1"


def test_windows_1258_with_its_loose_tone_marks():
    content = rss(ITEM.format(1)).replace(b"utf-8", b"windows-1258").replace("ố".encode(), "ô\u0301".encode("cp1258"))
    assert read(content, URL, {})[0].title == "Tin số 1"


@pytest.mark.parametrize("content", [b"", b"\0", b"\0" * 99, b"<", b"{}", b"[]", b'{"items": 3}', b"<html><body>x</body></html>", b"\x1f\x8bxx",
                                     b"\xff\xfe", b"<urlset", b'{"version": "https://jsonfeed.org/version/1", "items": [[]]}'], ids=repr)  # fmt: skip
def test_what_is_no_feed_has_no_entries(content):
    assert read(content, URL, {}) == []


def test_no_more_entries_than_the_cap():
    content = rss("".join(ITEM.format(n) for n in range(5_000)))
    found = read(content, URL, {})
    assert (len(found), found[-1].title) == (1_000, "Tin số 999")
    assert len(read(content, URL, {}, max_entries=7)) == 7


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(rss("<item " + " ".join(f'a{n}="1"' for n in range(50_000)) + "><title>t</title></item>"), id="flood of attributes"),
        pytest.param(rss("<item " + " ".join(f"a{n}='1'" for n in range(50_000)) + ">", "utf-16"), id="flood in utf-16"),
        pytest.param(rss("".join(ITEM.format(n) for n in range(50_000))), id="50,000 entries"),
        pytest.param(rss("<item><description>" + "&lt;" * 2_000_000 + "</description></item>"), id="escaped brackets"),
        pytest.param(rss(f"<item><description><![CDATA[{'<p>đoạn <b>văn</b></p>' * 200_000}]]></description></item>"), id="huge description"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000, id="deep json"),
        pytest.param(b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * 100_000 + b"}]}", id="huge number"),
        pytest.param(b"<!DOCTYPE x [" + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 30)) + b"]>"
                     + rss("<item><title>&e29;</title></item>"), id="billion laughs"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 50_000 + b'">]><rss><channel><item><title>' + b"&a;" * 50_000, id="quadratic"),
        pytest.param(b"<urlset>" + b"<a>" * 100_000, id="deep sitemap"),
    ],
)  # fmt: skip
def test_hostile_feed_costs_little(content):
    begun = time.process_time()
    assert len(read(content, URL, {})) <= 1_000
    assert time.process_time() - begun < 6


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 2_000), st.binary(max_size=4)), min_size=1, max_size=8))
def test_damaged_feed_never_raises(path, wounds):
    content = bytearray(path.read_bytes())
    for place, piece in wounds:
        content[place % len(content) : place % len(content) + 1] = piece
    for entry in read(bytes(content), URL, {"Content-Type": "text/xml; charset=bogus"}, now=NOW):
        assert isinstance(entry, Entry)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(content):
    assert isinstance(read(content, URL, {}), list)
    assert isinstance(links(content, URL), list)


# --- listings

LISTING = """<base href="/tin/"><a href="/">Trang chủ của báo mẫu</a><nav><a href="/van-hoa/">Văn hóa</a></nav>
<h3><a href="bai-1.html"><img alt=""></a><a href="bai-1.html">Chị Lan mở lớp dạy thêu</a></h3>
<a href="https://khac.example/x">Một trang khác hẳn nơi khác</a><a href="bai-2.html#c">Đội bóng nữ giành huy chương vàng</a>
<a href="javascript:void(0)">Bốn chữ trở lên đây</a><a href="http://bao.example:99999/">Cổng không có thật ở đây</a>
<a rel="next" href="?trang=2">Sau</a>"""


def test_listing_gives_its_headlines_once_and_the_next_page():
    found = links(LISTING.encode(), "https://bao.example/moi")
    assert [(e.url, e.title, e.kind) for e in found] == [
        ("https://bao.example/", "Trang chủ của báo mẫu", "page"),
        ("https://bao.example/tin/bai-1.html", "Chị Lan mở lớp dạy thêu", "page"),
        ("https://bao.example/tin/bai-2.html", "Đội bóng nữ giành huy chương vàng", "page"),
        ("https://bao.example/tin/?trang=2", "", "next"),
    ]


def test_listing_with_a_pattern_gives_what_matches():
    assert [e.url for e in links(LISTING, "https://bao.example/moi", r"khac\.example")][:1] == ["https://khac.example/x"]


def test_huge_listing_costs_little():
    begun = time.process_time()
    page = "".join(f'<p><a href="/bai-{n}.html">Một tiêu đề dài {n}</a>' for n in range(100_000)) + "<b " + " ".join(map(str, range(100_000)))
    assert len(links(page, URL)) == 1_000
    assert time.process_time() - begun < 6


def test_like_article():
    assert feeds.like_article(Entry("https://bao.example/van-hoa/chi-lan-mo-lop.html"))
    assert feeds.like_article(Entry("https://bao.example/xem-tin?id=7"))
    assert feeds.like_article(Entry("https://bao.example/p12345"))
    assert not feeds.like_article(Entry("https://bao.example/lien-he"))
    assert not feeds.like_article(Entry("https://bao.example/"))


def test_latest_first_and_only_the_latest_maps():
    maps = [Entry(f"https://bao.example/{n}", published=datetime(2026, 1 + n % 12, 1 + n // 12, tzinfo=UTC), kind="sitemap") for n in range(40)]
    found = feeds.latest([Entry("https://bao.example/x"), *maps])
    assert len(found) == 21
    assert found[0].kind == "page"
    assert found[1].published > found[-1].published


# --- dates


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Thứ ba, 20/10/2026 07:30 (GMT+7)", "2026-10-20T07:30:00+07:00"), ("20 tháng 10 năm 2026", "2026-10-20T00:00:00+07:00"),
        ("Thứ Hai, 02/03/2026 08:00", "2026-03-02T08:00:00+07:00"), ("07h30, ngày 20.10.2026", "2026-10-20T07:30:00+07:00"),
        ("7 giờ 30 phút ngày 20 tháng mười năm 2026", "2026-10-20T07:30:00+07:00"), ("20 Th10, 2026", "2026-10-20T00:00:00+07:00"),
        ("Tháng Mười Hai 20, 2026", "2026-12-20T00:00:00+07:00"), ("20-10-2026 | 9:05 CH", "2026-10-20T21:05:00+07:00"),
        ("10/20/2026 7:30:00 PM", "2026-10-20T19:30:00+07:00"), ("Tue, 20 Oct 2026 00:30:00 GMT", "2026-10-20T00:30:00+00:00"),
        ("2026-10-20T07:30:00.123-05:00", "2026-10-20T07:30:00-05:00"), ("Cập nhật lúc 07:30, Thứ Ba, ngày 20/10/2026 (GMT+7)",
        "2026-10-20T07:30:00+07:00"), ("October 20, 2026 7:30 am", "2026-10-20T07:30:00+07:00"), ("20 tháng Giêng 2026",
        "2026-01-20T00:00:00+07:00"), ("1 tháng Chạp năm 2026", "2026-12-01T00:00:00+07:00"), ("12:15 SA 20/10/2026", "2026-10-20T00:15:00+07:00"),
        ("２０/１０/２０２６", "2026-10-20T00:00:00+07:00"), ("3 giờ trước", "2026-11-21T21:00:00+00:00"),
        ("hôm qua", "2026-11-21T00:00:00+07:00"), ("9999-01-01", None), ("31/02/2026", None), ("20/13/2026", None), ("", None), (None, None),
        ("1/2/3", None), ("điện thoại 0207.3822.821", None), ("192.168.20.2026", None), ("2026-10-20T07:30:00+99:99", "2026-10-20T07:30:00+07:00"),
    ],
)  # fmt: skip
def test_dates_as_newsrooms_write_them(given, expected):
    found = dates.read(given, NOW)
    assert (found and found.isoformat()) == expected


def test_day_is_the_day_in_vietnam():
    assert dates.read_day("2026-10-19T20:00:00Z").isoformat() == "2026-10-20"


def test_date_more_than_a_day_ahead_is_not_believed():
    assert dates.believable(datetime(2026, 11, 24, tzinfo=UTC), NOW) is None
    assert dates.believable(datetime(1969, 1, 1, tzinfo=UTC), NOW) is None
    assert dates.believable(datetime(2026, 11, 22, 12), NOW) == datetime(2026, 11, 22, 12, tzinfo=UTC)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_date_or_none(given):
    found = dates.read(given, NOW)
    assert found is None or dates.FIRST_YEAR <= found.year <= dates.LAST_YEAR
