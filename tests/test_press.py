import http.client
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import combinations
from typing import get_args
from urllib.parse import urlsplit

import feedparser
import pytest
from bs4 import BeautifulSoup
from protego import Protego

from auditor.collect import press
from auditor.collect.press import Genre, Press
from auditor.errors import AuditorError
from auditor.judge.audit import audit
from auditor.model import CATEGORIES
from auditor.read.extract import article

PRESS = Press()
OUTLETS = {outlet.id: outlet for outlet in PRESS.outlets}
BY_SLUG = pytest.mark.parametrize("piece", PRESS.pieces, ids=lambda piece: piece.slug)


@pytest.fixture(scope="module")
def bases():
    with press.serve() as served:
        yield served


def ask(base, path, method="GET", **headers):
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def page_of(bases, piece):
    outlet = OUTLETS[piece.head.outlet]
    path = PRESS.paths(outlet)[piece.slug]
    return bases[outlet.id] + path, *ask(bases[outlet.id], path)


def addresses(bases, outlet):
    return {bases[outlet.id] + path for path in PRESS.paths(outlet).values()}


# --- the articles


def test_twenty_four_articles_of_three_outlets_in_every_genre():
    assert len(PRESS.pieces) == 24
    assert Counter(piece.head.outlet for piece in PRESS.pieces) == dict.fromkeys(OUTLETS, 8)
    genres = Counter(piece.head.genre for piece in PRESS.pieces)
    assert set(genres) == set(get_args(Genre))
    assert min(genres.values()) >= 2


def test_two_thirds_are_clean_and_every_fault_is_of_another_category():
    faulty = [piece for piece in PRESS.pieces if piece.head.expect.verdict != "clear"]
    assert len(faulty) == 8
    expected = [category for piece in faulty for category in piece.head.expect.categories]
    assert len(set(expected)) == len(expected) == 8
    assert set(expected) <= set(CATEGORIES)
    assert {CATEGORIES[category].severity for category in expected} == {"legal", "strong", "context", "style"}


@BY_SLUG
def test_article_has_the_length_of_news_and_a_date_before_the_demonstration(piece):
    assert 200 <= sum(len(line.split()) for line in piece.lines[1:]) <= 600
    assert "2026-10-01" <= piece.head.published.date().isoformat() < "2026-11-20"
    assert piece.head.published.utcoffset().total_seconds() == 7 * 3600
    assert bool(piece.head.expect.categories) == (piece.head.expect.verdict != "clear")


def test_no_two_articles_are_near_copies():
    def shingles(piece):
        syllables = re.findall(r"\w+", " ".join(piece.lines).lower())
        return {tuple(syllables[at : at + 3]) for at in range(len(syllables) - 2)}

    cut = {piece.slug: shingles(piece) for piece in PRESS.pieces}
    for one, other in combinations(cut, 2):
        assert len(cut[one] & cut[other]) / len(cut[one] | cut[other]) < 0.3, (one, other)


# --- the sites


@BY_SLUG
def test_every_article_is_served_whole(bases, piece):
    _, response, body = page_of(bases, piece)
    assert response.status == 200
    assert response.headers["Content-Type"].startswith("text/html")
    soup = BeautifulSoup(body.decode(), "html.parser")
    assert soup.h1.get_text(strip=True) == piece.head.title
    said = re.sub(r"\s+", " ", soup.get_text(" "))
    assert [line for line in piece.lines if line not in said] == []


@BY_SLUG
def test_extraction_loses_no_paragraph_and_takes_no_noise(bases, piece):
    url, _, body = page_of(bases, piece)
    read = article(body, url)
    assert (read.status, read.reason) == ("read", None)
    assert read.title == piece.head.title
    assert read.published == piece.head.published.date()
    said = re.sub(r"\s+", " ", read.text)
    captions = [line for block in piece.blocks if block.kind == "figure" for line in block.lines]
    assert [line for line in piece.lines if line not in said and line not in captions] == []
    assert [caption for caption in captions if caption not in said and caption not in " ".join(read.captions)] == []
    rest = said
    for line in (*piece.lines, piece.head.title, piece.head.byline):
        rest = rest.replace(line, " ")
    assert rest.strip(" +-\n") == ""


def test_html_of_an_article_is_escaped(tmp_path):
    for folder in ("templates", "articles"):
        (tmp_path / folder).mkdir()
        for path in (PRESS.folder / folder).iterdir():
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    (tmp_path / "outlets.yaml").write_bytes((PRESS.folder / "outlets.yaml").read_bytes())
    for path in (tmp_path / "articles").iterdir():
        path.write_text(re.sub(r"^title: .*$", "title: '</script><b>x</b> & “y”'", path.read_text(), flags=re.M))
    changed = Press(tmp_path)
    for outlet in changed.outlets:
        for path, page in changed.site(outlet, "http://127.0.0.1:1").items():
            assert b"<b>x" not in page.body, path


def test_the_three_layouts_differ(bases):
    first = {piece.head.outlet: piece for piece in PRESS.pieces}
    skeletons = {}
    for outlet, piece in first.items():
        _, response, body = page_of(bases, piece)
        soup = BeautifulSoup(body.decode(), "html.parser")
        skeletons[outlet] = (bool(soup.article), bool(soup.find("script", type="application/ld+json")), bool(soup.main), bool(soup.table),
                             "charset" in response.headers["Content-Type"])
    assert skeletons == {
        "demo-song-gam": (True, True, True, False, True),
        "demo-may-ngan": (False, False, False, True, False),
        "demo-ban-trang": (False, False, True, False, True),
    }


def test_every_link_and_picture_of_a_site_is_answered(bases):
    for outlet in PRESS.outlets:
        site = PRESS.site(outlet, bases[outlet.id])
        for path, page in site.items():
            if page.type.startswith("text/html"):
                soup = BeautifulSoup(page.body.decode(), "html.parser")
                asked = {tag.get("href") or tag.get("src") for tag in soup.find_all(["a", "img", "link"])}
                paths = {link.removeprefix(bases[outlet.id]) for link in asked if link and not link.startswith("#")}
                assert paths - set(site) == set(), path


# --- what a crawler finds


def test_feeds_name_every_article_with_its_date(bases):
    for outlet, version in (("demo-song-gam", "rss20"), ("demo-may-ngan", "atom10")):
        [path] = OUTLETS[outlet].feeds
        read = feedparser.parse(ask(bases[outlet], path)[1])
        assert not read.bozo
        assert read.version == version
        assert {entry.link for entry in read.entries} == addresses(bases, OUTLETS[outlet])
        titles = {entry.title: entry.published_parsed[:5] for entry in read.entries}
        assert titles == {piece.head.title: piece.head.published.utctimetuple()[:5] for piece in PRESS.of(outlet)}


def test_news_sitemap_and_listing_name_every_article(bases):
    portal = OUTLETS["demo-ban-trang"]
    root = ET.fromstring(ask(bases[portal.id], "/sitemap-news.xml")[1])
    found = {place.text for place in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert found == addresses(bases, portal)
    assert len(list(root.iter("{http://www.google.com/schemas/sitemap-news/0.9}title"))) == 8
    listing = BeautifulSoup(ask(bases[portal.id], "/moi-nhat")[1].decode(), "html.parser")
    assert {bases[portal.id] + link["href"] for link in listing.select("a.story-link")} == found


def test_robots_of_the_three_outlets(bases):
    portal, body = bases["demo-ban-trang"], ask(bases["demo-ban-trang"], "/robots.txt")[1].decode()
    rules = Protego.parse(body)
    assert not rules.can_fetch(f"{portal}/noi-bo/lich-truc", "auditor")
    assert rules.can_fetch(f"{portal}/moi-nhat", "auditor")
    assert rules.crawl_delay("auditor") == 0.1
    assert list(rules.sitemaps) == [f"{portal}/sitemap-news.xml"]
    assert ask(portal, "/noi-bo/lich-truc")[0].status == 200
    assert ask(bases["demo-song-gam"], "/robots.txt")[0].status == 200
    assert ask(bases["demo-may-ngan"], "/robots.txt")[0].status == 404


def test_an_unchanged_page_is_answered_304(bases):
    base = bases["demo-song-gam"]
    first, body = ask(base, "/rss/tin-moi.rss")
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert modified == "Tue, 17 Nov 2026 09:40:00 GMT"
    for headers in ({"If_None_Match": tag}, {"If_None_Match": f'W/{tag}, "other"'}, {"If_Modified_Since": modified}):
        response, empty = ask(base, "/rss/tin-moi.rss", **headers)
        assert (response.status, empty, response.headers["ETag"]) == (304, b"", tag)
    older, wrong = {"If_Modified_Since": "Mon, 16 Nov 2026 09:40:00 GMT"}, {"If_Modified_Since": "yesterday"}
    for headers in (older, wrong, {"If_None_Match": '"other"', "If_Modified_Since": modified}):
        assert ask(base, "/rss/tin-moi.rss", **headers)[1] == body
    head, nothing = ask(base, "/rss/tin-moi.rss", method="HEAD")
    assert (head.status, nothing, head.headers["Content-Length"]) == (200, b"", str(len(body)))


def test_pages_are_the_same_each_time():
    for outlet in PRESS.outlets:
        assert PRESS.site(outlet, "http://127.0.0.1:9") == Press().site(outlet, "http://127.0.0.1:9")


def test_each_outlet_has_its_own_port_and_register_entry(bases):
    register = press.outlets(bases)
    assert [entry["id"] for entry in register] == list(OUTLETS)
    assert all(entry["id"].startswith("demo-") for entry in register)
    assert len(set(press.allowed(bases))) == 3
    for entry in register:
        found = entry["feeds"] + entry["sitemaps"] + entry["listings"]
        assert found
        for url in found:
            assert ask(bases[entry["id"]], urlsplit(url).path)[0].status == 200


def test_a_taken_port_is_told_in_one_sentence(bases):
    port = urlsplit(bases["demo-song-gam"]).port
    with pytest.raises(AuditorError, match=f"Không mở được cổng {port} trên 127.0.0.1"), press.serve(port):
        pass


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("---\noutlet", "outlet", "bài phải mở đầu bằng phần khai báo"),
        ("genre: sport", "genre: weather", "genre"),
        ("outlet: demo-song-gam", "outlet: demo-khac", "demo-khac"),
        ("kind: article", "kind: [", "không phải YAML"),
    ],
)
def test_a_wrong_article_file_is_told_with_its_name(tmp_path, was, now, told):
    (tmp_path / "articles").mkdir()
    (tmp_path / "outlets.yaml").write_bytes((PRESS.folder / "outlets.yaml").read_bytes())
    text = (PRESS.folder / "articles" / "cup-song-gam-vong-1.md").read_text()
    (tmp_path / "articles" / "sai.md").write_text(text.replace(was, now, 1))
    with pytest.raises(AuditorError, match=told) as raised:
        Press(tmp_path)
    assert str(tmp_path) in str(raised.value)


@pytest.mark.parametrize("piece", Press().pieces, ids=lambda piece: piece.slug)
def test_the_engine_judges_as_a_careful_reader_would(piece):
    found = audit("\n".join(piece.lines), piece.head.title, piece.head.kind, piece.head.published.date())
    assert found.verdict == piece.head.expect.verdict
    assert set(piece.head.expect.categories) <= {f.category for f in found.counted}
