import time
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.errors import RuleError
from auditor.read import facts, hints, markup
from auditor.read.extract import article

PAGES = sorted((Path(__file__).parent / "data" / "pages").glob("*.html"))
EACH = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
LINES = [f"Đoạn văn số {n} kể về lớp học của chị Lan, nơi nhiều người đến học và cùng nhau làm việc." for n in range(8)]
BODY = "".join(f"<p>{line}</p>" for line in LINES)


def read(body, head="<title>Lớp thêu của chị Lan</title>", url=None):
    return article(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url)


@EACH
def test_page_gives_what_is_written_beside_it(path):
    expected = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    found = article(path.read_bytes(), f"https://bao.example/{path.stem}.html")
    assert found.text.split("\n") == expected["text"]
    assert (found.title, list(found.captions), found.byline) == (expected["title"], expected["captions"], expected["byline"])
    assert (found.published and found.published.isoformat(), found.status) == (expected["published"], "read")


# --- nothing is lost in silence


@pytest.mark.parametrize("depth", [100, 252, 300, 1_000, 2_000])
def test_text_under_many_levels_is_read(depth):
    found = read("<div>" * depth + BODY + "</div>" * depth)
    assert (found.text.split("\n"), found.status) == (LINES, "read")


@pytest.mark.parametrize("depth", [2_100, 100_000])
def test_text_under_more_levels_than_the_parser_takes_is_unread_but_kept(depth):
    found = read("<div>" * depth + BODY + "</div>" * depth)
    assert (found.status, found.reason) == ("unread", "partial")
    assert set(LINES) <= set(found.text.split("\n"))


def test_article_after_a_text_of_ten_megabytes_is_not_lost():
    found = read(BODY + "<p>" + "từ " * 3_500_000 + "</p><p>Đoạn cuối cùng của bài, sau khối chữ lớn.</p>")
    assert found.status == "unread" or "Đoạn cuối cùng" in found.text


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" + "<br>".join(LINES) + "</div>", id="br"),
        pytest.param("<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in LINES) + "</table>", id="table"),
        pytest.param("<ul>" + "".join(f"<li>{line}</li>" for line in LINES) + "</ul>", id="list"),
        pytest.param("<pre>" + "\n".join(LINES) + "</pre>", id="pre"),
        pytest.param("<blockquote>" + BODY + "</blockquote>", id="blockquote"),
        pytest.param("".join(f"<h2>{line}</h2>" for line in LINES), id="headings"),
        pytest.param('<div class="comments">' + BODY + "</div>", id="called comments"),
        pytest.param('<div class="sidebar"><div class="related">' + BODY + "</div></div>", id="called related"),
        pytest.param("<section><p>" + "</p></section><section><p>".join(LINES) + "</p></section>", id="sections"),
        pytest.param("".join(f"<div><div><span>{line}</span></div></div>" for line in LINES), id="a div each"),
        pytest.param("<custom-article>" + "".join(f"<x-p>{line}<br></x-p>" for line in LINES) + "</custom-article>", id="own elements"),
        pytest.param("<form>" + BODY + "</form>", id="form"),
        pytest.param("<details><summary>Xem bài</summary>" + BODY + "</details>", id="details"),
        pytest.param("<article><p>" + "<p>".join(LINES), id="nothing closed"),
    ],
)
@pytest.mark.parametrize("menu", ["", '<nav><a href="/">Trang chủ</a><a href="/a">Thời sự</a><a href="/b">Văn hóa - Xã hội</a></nav>'], ids=["alone", "with menu"])
def test_text_in_any_dress_is_read_or_unread(page, menu):
    found = read(menu + "<h1>Lớp thêu của chị Lan</h1>" + page)
    missing = set(LINES) - set(found.text.split("\n"))
    assert not missing or found.status == "unread"
    assert not missing or page.startswith(("<div class", "<article"))


@pytest.mark.parametrize("zone", ["nav", "footer", "aside"])
def test_article_hidden_in_boilerplate_is_never_clear(zone):
    found = read(f"<h1>Lớp thêu của chị Lan</h1><p>Một câu ngắn ở ngoài.</p><{zone}>{BODY}</{zone}>")
    assert set(LINES) <= set(found.text.split("\n")) or (found.status, found.reason) == ("unread", "partial")


def test_long_text_beside_the_part_taken_is_told_as_partial():
    other = "".join(f"<p>Phần thứ hai của bài, đoạn {n}: chuyện còn dài và người kể vẫn kể tiếp cho đến hết buổi chiều hôm ấy.</p>" for n in range(8))
    page = f'<div id="x"><h1>Lớp thêu của chị Lan</h1><div class="article-body">{BODY}</div><div class="comment-list">{other * 2}</div></div>'
    found = read(page)
    assert found.status == "unread" or "Phần thứ hai" in found.text


def test_text_that_only_a_script_would_show_is_partial():
    told = '<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{}"}}</script>'.format(" ".join(LINES))
    assert read("<h1>Lớp thêu</h1><div id=app></div>", told).reason == "partial"
    assert read(f"<h1>Lớp thêu</h1><p>{LINES[0]}</p>", told).reason == "partial"
    assert read(f"<h1>Lớp thêu</h1>{BODY}", told).status == "read"


@pytest.mark.parametrize("wall", ["Đăng nhập để đọc tiếp bài viết", "Vui lòng đăng ký tài khoản để xem toàn bộ nội dung", "Bài viết chỉ dành cho thành viên"])
def test_paywall_leaves_a_partial_text(wall):
    found = read(f"<h1>Lớp thêu</h1><p>{LINES[0]}</p><p>{LINES[1]}</p><div class='box'>{wall}</div>")
    assert (found.status, found.reason) == ("unread", "partial")


def test_page_that_says_it_is_not_free_is_partial():
    told = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    assert read(f"<h1>Lớp thêu</h1><p>{LINES[0]}</p>", told).reason == "partial"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (b"", "empty"), (b"<html></html>", "empty"), (b"\0" * 50, "empty"), (b"<p> </p>", "empty"), (b"<script>var a = 1;</script>", "empty"),
        (b"<p>The council met on Tuesday to discuss the new budget for all the schools.</p>", "not_vietnamese"),
        (b"<p>Chi Lan mo lop day theu cho phu nu trong xa, nhieu nguoi den hoc moi ngay.</p>", "no_diacritics"),
        (bytes(range(128, 256)) * 20, "undecodable"), (("<p>" + "chữ " * 300_000).encode(), "too_long"), (b" " * 20_000_001, "too_long"),
    ],
    ids=["nothing", "bare", "nul", "blank", "script", "English", "no marks", "noise", "too long", "too big"],
)  # fmt: skip
def test_what_cannot_be_judged_says_why(html, reason):
    found = article(html)
    assert (found.status, found.reason) == ("unread", reason)


# --- charset


def loose(text):
    """Return *text* in windows-1258, whose tone marks are characters of their own after the letter with its shape."""
    out = ""
    for c in text:
        letter, *marks = unicodedata.normalize("NFD", c)
        out += unicodedata.normalize("NFC", letter + "".join(m for m in marks if m in "\u0302\u0306\u031b"))
        out += "".join(m for m in marks if m not in "\u0302\u0306\u031b")
    return out.encode("cp1258")


PAGE = f"<html><head>%s<title>Lớp thêu của chị Lan</title></head><body>{BODY}</body></html>"


@pytest.mark.parametrize(
    ("data", "header"),
    [
        ((PAGE % "").encode(), None),
        ((PAGE % '<meta charset="iso-8859-1">').encode(), "windows-1252"),
        ((PAGE % "").encode("utf-8-sig"), "iso-8859-1"),
        ((PAGE % "").encode("utf-16"), None),
        ((PAGE % "").encode("utf-16-le"), "utf-8"),
        ((PAGE % "").encode("utf-16-be"), None),
        ((PAGE % "").encode("utf-32"), None),
        (loose(PAGE % '<meta charset="windows-1258">'), None),
        (loose(PAGE % ""), "windows-1258"),
        (loose(PAGE % ""), None),
        (loose(PAGE % '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'), "utf-8"),
        ((PAGE % '<meta charset="khong-co-ma-nay">').encode(), "none; such"),
        (unicodedata.normalize("NFD", PAGE % "").encode(), None),
        ("".join(c if c < "\x80" else f"&#{ord(c)};" for c in PAGE % "").encode(), None),
    ],
    ids=range(14),
)
def test_text_is_the_same_in_every_encoding(data, header):
    found = article(data, header=header)
    assert (found.title, found.text.split("\n"), found.status) == ("Lớp thêu của chị Lan", LINES, "read")


def test_some_broken_bytes_do_not_hide_the_rest():
    found = article((PAGE % "").encode().replace("số 3".encode(), b"s\xff\xff 3"))
    assert found.text.count("\n") == 7
    assert article((PAGE % "").encode().replace("ọ".encode(), b"\xff")).reason == "undecodable"


def test_controls_and_lone_surrogates_never_get_into_the_text():
    found = read(BODY.replace("lớp", "l\x08ớp\x7f").replace("chị", "&#xD800;chị&#0;"))
    assert not any((ord(c) < 32 and c != "\n") or 0xD800 <= ord(c) < 0xE000 or c == "\x7f" for c in found.text)


# --- facts


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Lớp thêu của chị Lan | Báo Mẫu</title>", "", "Lớp thêu của chị Lan"),
        ("<title>Lớp thêu của chị Lan - Báo Mẫu điện tử</title>", "", "Lớp thêu của chị Lan"),
        ("<title>Việt Nam - Lào: một tuần giao lưu</title>", "", "Việt Nam - Lào: một tuần giao lưu"),
        ("<title>Đài Mẫu</title><meta property='og:title' content='Lớp thêu của chị Lan'>", "<h1>Lớp thêu của chị Lan</h1>", "Lớp thêu của chị Lan"),
        ("<title>Lớp thêu của chị Lan - Đài X</title><meta property='og:site_name' content='Đài X'>", "<h1>Đài X</h1>", "Lớp thêu của chị Lan"),
        ("", "<h1>Lớp thêu <span>của chị Lan</span></h1>", "Lớp thêu của chị Lan"),
        ("<title></title>", "", None),
        ("<title>Đài Mẫu | Lớp thêu của chị Lan</title>", "<h1> Lớp thêu của\n chị Lan </h1>", "Lớp thêu của chị Lan"),
    ],
)
def test_title(head, body, title):
    assert read(body + BODY, head).title == title


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Hoàng Nam", "Hoàng Nam"), ("Bài, ảnh: Hoàng Nam", "Hoàng Nam"), ("(Theo TTXVN)", "TTXVN"), ("Thực hiện: Hoàng Nam - Thu Hà", "Hoàng Nam - Thu Hà"),
        ("Tác giả: PV", "PV"), ("Hoàng Nam đến thăm lớp.", None), ("Hết.", "Hết"), ("lớp thêu", None), ("", None), ("Đoạn " * 40, None),
    ],
)  # fmt: skip
def test_signature(line, name):
    assert facts.signature(line) == name


@pytest.mark.parametrize("script", ["{", "[" * 50_000, '{"a": ' + "9" * 5_000 + "}", '{"@graph": {"@graph": 3}}', "null", '{"@type": [1, {}]}',
                                    '{"@type": "NewsArticle", "author": [[]], "datePublished": 7, "articleBody": {}}'], ids=range(7))  # fmt: skip
def test_hostile_facts_are_passed_over(script):
    found = read(BODY, f'<title>Lớp thêu</title><script type="application/ld+json">{script}</script>')
    assert (found.text.split("\n"), found.published) == (LINES, None)


def test_canonical_link_is_told_absolute():
    head = '<title>x</title><link rel="canonical" href="/bai-1.html">'
    assert read(BODY, head, "https://bao.example/bai-1.html?x=1").url == "https://bao.example/bai-1.html"
    assert read(BODY, '<link rel="canonical" href="javascript:x">', "https://bao.example/a").url == "https://bao.example/a"


# --- hints


def test_hints_choose_what_is_read(tmp_path, monkeypatch):
    (tmp_path / "bao.example.yaml").write_text(
        "source: own page of the tests\nverified: true\ntitle: [.t]\nlead: [.s]\nbody: ['.b p']\npublished: [.d]\nbyline: [.a]\ncaption: [.c]\n"
        "remove: [.x]\nkeep_query: [id]\n", "utf-8",
    )  # fmt: skip
    found = hints.load(tmp_path)
    monkeypatch.setattr(hints, "load", lambda: found)
    page = (
        f"<h1>Chuyên mục</h1><b class=t>Lớp thêu của chị Lan</b><i class=d>20/10/2026</i><u class=a>Hà</u><div class=s>{LINES[0]}</div>"
        f"<div class=b><p>{LINES[1]}</p><p class=x>Mời xem thêm nhiều bài hay khác ở đây.</p><p class=c>Chú thích ảnh.</p></div><div><p>{LINES[2]}</p></div>"
    )
    got = read(page, url="https://www.bao.example/1")
    assert (got.title, got.text.split("\n"), got.byline, str(got.published)) == ("Lớp thêu của chị Lan", LINES[:2], "Hà", "2026-10-20")
    assert got.captions == ("Chú thích ảnh.",)
    assert hints.of("https://m.bao.example/1").keep_query == ("id",)
    assert hints.of("https://xbao.example/1") is None
    assert hints.of("http://[::1") is None


def test_hints_that_match_nothing_do_no_harm(tmp_path, monkeypatch):
    (tmp_path / "bao.example.yaml").write_text("source: x\nverified: false\nbody: [.khong-co]\ntitle: [.khong-co]\n", "utf-8")
    found = hints.load(tmp_path)
    monkeypatch.setattr(hints, "load", lambda: found)
    assert read(BODY, url="https://bao.example/1").text.split("\n") == LINES


@pytest.mark.parametrize("text", ["source: x\nverified: 1x\n", "nguon: x\n", "source: [", "source: x\nverified: true\nbody: ['p[']\n"])
def test_broken_hint_file_is_named_with_its_line(tmp_path, text):
    (tmp_path / "bao.example.yaml").write_text(text, "utf-8")
    with pytest.raises(RuleError, match=r"bao\.example\.yaml"):
        hints.load(tmp_path)


def test_shipped_hints_are_read_and_say_where_they_come_from():
    for host, hint in hints.load().items():
        assert "." in host
        assert hint.source


# --- cost


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<body " + " ".join(f'a{n}="1"' for n in range(100_000)) + ">" + BODY, id="attributes"),
        pytest.param("<p " + " ".join(f"a{n}" for n in range(100_000)) + ">" + BODY, id="bare attributes"),
        pytest.param(BODY * 3_000, id="paragraphs"),
        pytest.param("<a href=/x>liên kết số này</a> " * 100_000 + BODY, id="links"),
        pytest.param("<title>" + "x" * 4_000_000 + "</title>" + BODY, id="title"),
        pytest.param("<" * 1_000_000 + BODY, id="brackets"),
        pytest.param("<b>" * 200_000 + BODY, id="bold"),
        pytest.param("<!--" * 100_000 + BODY, id="comments"),
        pytest.param("<script>" * 50_000 + BODY, id="scripts"),
        pytest.param('<div class="' + "a " * 1_000_000 + '">' + BODY, id="classes"),
        pytest.param("&amp;" * 500_000 + BODY, id="entities"),
        pytest.param("<table><tr><td>" * 30_000 + BODY, id="tables"),
        pytest.param("<p>" + "Ảnh: " * 200_000 + BODY, id="captions"),
        pytest.param("<p>" + "20/10/2026 " * 100_000 + BODY, id="dates"),
        pytest.param("<div class='comment'>" * 1_500 + BODY, id="zones"),
    ],
)
def test_hostile_page_costs_little(page):
    begun = time.process_time()
    found = article(page.encode())
    assert time.process_time() - begun < 10
    assert found.status == "unread" or LINES[7] in found.text


def test_only_overlong_tags_lose_their_attributes():
    usual = '<a href="x" title="y > z">a</a>'
    assert markup.defuse(usual) is usual
    assert markup.defuse(f'{usual}<p data-x="{"v" * 5_000}">a</p>'.encode()) == f"{usual}<p>a</p>".encode()


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="<>/=\"' abcdivphạ&;!-#\n\0", max_size=120))
def test_any_text_is_read_or_unread(page):
    assert article(page.encode()).status in ("read", "unread")


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(PAGES), st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=3)), min_size=1, max_size=6))
def test_damaged_page_never_raises(path, wounds):
    data = bytearray(path.read_bytes())
    for place, piece in wounds:
        data[place % len(data) : place % len(data) + 1] = piece
    found = article(bytes(data), "https://bao.example/a")
    assert found.status in ("read", "unread")
    assert "\0" not in found.text


def test_shipped_hint_reads_a_page_of_its_site_as_well_as_without():
    path = next(path for path in PAGES if path.stem == "json-ld")
    found = article(path.read_bytes(), "https://vnexpress.net/bai-1.html")
    assert found.text.split("\n") == yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))["text"]
