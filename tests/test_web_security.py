"""What must not happen on the pages: each test plays somebody who tries it, and looks at what the archive holds afterwards."""

import csv
import io
import logging
import re
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from webfixtures import ARTICLES, CHEAP, PASSWORD, SECRET, USERS, application, archive, form_token, put, sign_in

from auditor.errors import StoreError
from auditor.keep.accounts import hashed
from auditor.keep.store import Store
from auditor.settings import load
from web import accounts, create_app, security, show

ALL = set(USERS.values())
STAFF = {"reviewer", "head", "official", "admin"}
QUEUE = {"reviewer", "head", "admin"}
ROUTES = {  # which roles may call which address; a new route must be entered here
    "GET /": ALL,
    "GET /account": ALL,
    "POST /account": ALL,
    "POST /sign-out": ALL,
    "GET /queue": QUEUE,
    "GET /articles": ALL,
    "GET /articles/<path:id>": ALL,
    "GET /articles/<path:id>.json": ALL,
    "POST /findings/<id>/decisions": {"reviewer", "head"},
    "GET /drafts": ALL,
    "POST /drafts": ALL,
    "POST /api/v1/check": ALL,
    "GET /board": STAFF,
    "GET /targets": ALL,
    "GET /adoption": STAFF,
    "POST /adoption": {"official", "head", "admin"},
    "GET /outlets": ALL,
    "GET /outlets/<id>": ALL,
    "GET /outlets/<id>.json": ALL,
    "GET /rules": ALL,
    "GET /rules/<path:id>": ALL,
    "GET /checklist": ALL,
    "POST /checklist": {"admin"},
    "GET /laws": ALL,
}
TWINS = ("/queue", "/articles", "/outlets", "/adoption", "/board", "/targets", "/rules", "/checklist", "/laws")
PUBLIC = {
    "GET /sign-in",
    "POST /sign-in",
    "GET /static/<path:filename>",
    "GET /favicon.ico",
    "GET /-/healthz",
    "GET /-/versions",
    "GET /-/metrics",
    "GET /-/openapi.json",
}
SAMPLES = {"/articles/<path:id>": "/articles/bep-lua", "/outlets/<id>": "/outlets/bao-song-lo", "/rules/<path:id>": "/rules/none/such"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return application(archive(tmp_path / "auditor.db"))


def kept(app: Flask) -> Store:
    store: Store = app.extensions["auditor.store"]
    return store


def a_finding(app: Flask) -> str:
    return str(next(f["id"] for f in kept(app).findings("bep-lua") if f["counted"]))


# ---------------------------------------------------------------- roles


def routes(app: Flask) -> dict[str, frozenset[str]]:
    """Return every "METHOD /rule" with the roles that the application lets in."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {rule.rule}"] = security.allowed(app, rule.endpoint)
    return found


def test_every_route_stands_in_the_table_of_roles(app: Flask) -> None:
    expected = {**ROUTES, **{f"GET {name}{form}": ROUTES[f"GET {name}"] for name in TWINS for form in (".json", ".csv")}}
    told = routes(app)
    assert {name for name, roles in told.items() if roles is security.ANYONE} == PUBLIC
    assert {name: set(roles) for name, roles in told.items() if roles is not security.ANYONE} == expected


def test_route_without_roles_lets_nobody_in(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    for name in USERS:
        assert sign_in(app, name).get("/forgotten").status_code == 403


@pytest.mark.parametrize(("name", "role"), USERS.items())
def test_roles_hold_on_every_page(app: Flask, name: str, role: str) -> None:
    client = sign_in(app, name)
    for route, roles in ROUTES.items():
        method, rule = route.split(" ")
        if method == "GET":
            address = SAMPLES.get(rule, rule.replace("/articles/<path:id>", "/articles/bep-lua").replace("<id>", "bao-song-lo"))
            assert (client.get(address).status_code == 403) is (role not in roles), address
        elif role not in roles:
            address = rule.replace("<id>", a_finding(app))
            before = kept(app).trail_head()
            assert client.post(address, data={"csrf_token": form_token(client, "/account")}).status_code == 403, address
            assert kept(app).trail_head() == before


def test_strangers_are_led_to_the_form_and_data_is_refused(app: Flask) -> None:
    client = app.test_client()
    for route in ROUTES:
        method, rule = route.split(" ")
        address = SAMPLES.get(rule, rule.replace("/articles/<path:id>", "/articles/bep-lua").replace("<id>", "x"))
        answer = client.open(address, method=method, json={"text": "x"} if rule.startswith("/api") else None)
        if address.startswith("/api") or address.endswith(".json"):
            assert (answer.status_code, answer.get_json()["status"]) == (401, 401)
        else:
            assert answer.status_code == 303
            assert answer.headers["Location"].startswith("/sign-in")
    assert client.get("/queue?state=all").headers["Location"] == "/sign-in?next=/queue?state%3Dall"


def test_editors_see_their_own_outlet_only(app: Flask) -> None:
    client = sign_in(app, "binh")
    others = ("/articles/vu-an", "/articles/vu-an.json", "/outlets/bao-nui-cam", "/outlets/bao-nui-cam.json")
    assert [client.get(address).status_code for address in others] == [404] * 4
    for query in ("", "?outlet=bao-nui-cam", "?q=nghi+phạm", "?status=unread"):
        assert {row["outlet"] for row in client.get(f"/articles.json{query}").get_json()["articles"]} <= {"bao-song-lo"}
    assert "bao-nui-cam" not in client.get("/articles.csv").get_data(as_text=True)
    assert [row["id"] for row in client.get("/outlets.json").get_json()["outlets"]] == ["bao-song-lo"]
    assert "Báo Núi Cấm" not in client.get("/articles").get_data(as_text=True)


# ---------------------------------------------------------------- forms from elsewhere


@pytest.mark.parametrize(
    ("headers", "token", "status"),
    [
        ({}, False, 400),
        ({"Sec-Fetch-Site": "same-origin"}, False, 400),
        ({"Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Sec-Fetch-Site": "same-site"}, True, 403),
        ({"Origin": "https://evil.example"}, True, 403),
        ({"Origin": "null"}, True, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, True, 303),
        ({"Origin": "http://localhost"}, True, 303),
    ],
)
def test_forged_forms_write_nothing(app: Flask, headers: dict[str, str], token: bool, status: int) -> None:
    client = sign_in(app, "lan")
    data = {"verdict": "confirm", "seen": ""}
    if token:
        data["csrf_token"] = form_token(client, "/articles/bep-lua")
    answer = client.post(f"/findings/{a_finding(app)}/decisions", data=data, headers=headers)
    assert answer.status_code == status
    assert len(kept(app).decisions()) == (status == 303)


def test_form_token_of_another_session_is_worth_nothing(app: Flask) -> None:
    mine, theirs = sign_in(app, "lan"), sign_in(app, "hoa")
    stolen = form_token(theirs, "/articles/bep-lua")
    answer = mine.post(f"/findings/{a_finding(app)}/decisions", data={"verdict": "confirm", "seen": "", "csrf_token": stolen})
    assert answer.status_code == 400
    planted = theirs.get_cookie("auditor_form")
    assert planted is not None
    mine.set_cookie("auditor_form", planted.value)
    answer = mine.post(f"/findings/{a_finding(app)}/decisions", data={"verdict": "confirm", "seen": "", "csrf_token": stolen})
    assert answer.status_code == 400
    assert kept(app).decisions() == []


def test_draft_and_sign_in_need_the_form_too(app: Flask) -> None:
    assert sign_in(app, "binh").post("/drafts", data={"text": "x"}).status_code == 400
    assert app.test_client().post("/sign-in", data={"name": "lan", "password": PASSWORD}).status_code == 400


# ---------------------------------------------------------------- sessions


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(accounts.COOKIE)
    assert cookie is not None
    return str(cookie.value)


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie(accounts.COOKIE, value)
    return client


def test_session_cookie_is_new_hidden_and_kept_only_as_a_hash(app: Flask, tmp_path: Path) -> None:
    client = with_cookie(app, "planted")
    answer = client.post("/sign-in", data={"name": "lan", "password": PASSWORD, "csrf_token": form_token(client)})
    [given] = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(accounts.COOKIE)]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    token = cookie_of(client)
    assert token != "planted"
    assert len(token) >= 40
    kept(app).close()
    assert not [path for path in tmp_path.iterdir() if token.encode() in path.read_bytes()]


def test_secure_cookies_and_transport_when_served_by_https(tmp_path: Path) -> None:
    settings = load().but({"web.secure_cookies": True})
    app = create_app(archive(tmp_path / "auditor.db"), settings, SECRET)
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://localhost")
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/sign-in", data={"name": "lan", "password": PASSWORD, "csrf_token": token}, base_url="https://localhost")
    assert all("Secure" in line for line in answer.headers.getlist("Set-Cookie"))
    assert "Strict-Transport-Security" in answer.headers


def test_signing_out_ends_the_session_on_the_server(app: Flask) -> None:
    client = sign_in(app, "lan")
    stolen = cookie_of(client)
    assert with_cookie(app, stolen).get("/queue").status_code == 200
    assert client.post("/sign-out", data={"csrf_token": form_token(client, "/queue")}).status_code == 303
    assert with_cookie(app, stolen).get("/queue").status_code == 303


def test_sign_out_is_no_link(app: Flask) -> None:
    assert sign_in(app, "lan").get("/sign-out").status_code == 405


def test_disabled_account_is_out_at_once(app: Flask) -> None:
    client = sign_in(app, "lan")
    token = kept(app).add_token("lan")
    kept(app).disable_user("lan", "quan")
    assert client.get("/queue").status_code == 303
    assert app.test_client().get("/queue.json", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    answer = app.test_client()
    refused = answer.post("/sign-in", data={"name": "lan", "password": PASSWORD, "csrf_token": form_token(answer)})
    assert refused.status_code == 401


def test_session_ends_after_its_hours(tmp_path: Path) -> None:
    app = create_app(archive(tmp_path / "auditor.db"), load().but({"web.session_hours": 0}), SECRET)
    assert sign_in(app, "lan").get("/queue").status_code == 303


def test_new_password_closes_other_sessions_and_needs_the_present_one(app: Flask) -> None:
    mine, elsewhere = sign_in(app, "lan"), sign_in(app, "lan")
    good = {"present": PASSWORD, "new": "câu dài và mới 2027", "again": "câu dài và mới 2027"}
    for wrong in ({"present": "sai"}, {"new": "ngắn", "again": "ngắn"}, {"again": "khác hẳn câu kia"}, {"new": "tên là lan 2027", "again": "tên là lan 2027"}):
        answer = mine.post("/account", data={**good, **wrong, "csrf_token": form_token(mine, "/account")})
        assert (answer.status_code, "alert" in answer.get_data(as_text=True)) == (400, True)
    assert mine.post("/account", data={**good, "csrf_token": form_token(mine, "/account")}).status_code == 303
    assert mine.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 303
    assert accounts.password_fits(kept(app).user("lan")["password_hash"], good["new"])


def test_token_opens_data_but_no_pages_and_no_forms(app: Flask) -> None:
    bearer = {"Authorization": f"Bearer {kept(app).add_token('lan')}"}
    client = app.test_client()
    assert client.get("/queue.json", headers=bearer).status_code == 200
    assert client.get("/queue.csv", headers=bearer).status_code == 200
    assert client.get("/queue", headers=bearer).status_code == 303
    assert client.post(f"/findings/{a_finding(app)}/decisions", data={"verdict": "confirm"}, headers=bearer).status_code in (303, 400)
    assert kept(app).decisions() == []
    for wrong in ("Bearer", "Bearer x", "Bearer \u00e9", "Basic eDp5"):
        assert client.get("/queue.json", headers={"Authorization": wrong}).status_code == 401


# ---------------------------------------------------------------- guessing


def attempt(client: FlaskClient, name: str, password: str) -> tuple[int, str]:
    answer = client.post("/sign-in", data={"name": name, "password": password, "csrf_token": form_token(client)})
    return answer.status_code, re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))


def test_unknown_name_wrong_password_and_disabled_account_answer_alike(app: Flask) -> None:
    kept(app).disable_user("quan", "test")
    client = app.test_client()
    answers = {attempt(client, *given) for given in (("lan", "sai"), ("nobody", "sai"), ("quan", PASSWORD), ("", ""), ("x" * 500, "sai"))}
    assert len(answers) == 1
    assert answers.pop()[0] == 401


def test_unknown_name_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = []

    class Counting:
        def hash(self, _password: str) -> str:
            return "hash of nobody"

        def verify(self, hashed: str, _password: str) -> bool:
            checked.append(hashed)
            return True

    monkeypatch.setattr(accounts, "_hasher", Counting())
    monkeypatch.setattr(accounts, "_nobody", [])
    assert accounts.password_fits("hash of lan", "x") is True
    assert accounts.password_fits(None, "x") is False
    assert checked == ["hash of lan", "hash of nobody"]


def test_guessing_is_throttled_and_locks_out_nobody_else(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    client = app.test_client()
    with caplog.at_level(logging.WARNING, "auditor.web"):
        codes = [attempt(client, "lan", f"sai {number}")[0] for number in range(10)]
    assert codes.count(401) == 5
    assert codes[-1] == 429
    data = {"name": "lan", "password": PASSWORD, "csrf_token": form_token(client)}
    assert client.post("/sign-in", data=data).headers["Retry-After"] == "300"
    assert caplog.text.count("sign-in refused") == 5
    assert attempt(client, "LAN", PASSWORD)[0] == 429  # the right one neither, in any case of letters
    assert attempt(client, "hoa", PASSWORD)[0] == 303  # a colleague at the same address
    elsewhere = app.test_client()
    data = {"name": "lan", "password": PASSWORD, "csrf_token": form_token(elsewhere)}
    assert elsewhere.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": "10.1.1.9"}).status_code == 303


def test_names_cannot_forge_lines_of_the_log(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "auditor.web"):
        attempt(app.test_client(), "x\nsigned in: name='quan'\x1b[2J", "sai")
    assert [record.getMessage().count("\n") for record in caplog.records] == [0]
    assert "\x1b" not in caplog.text
    assert "quan" not in caplog.text
    assert "sai" not in caplog.text.replace("sign-in", "")


# ---------------------------------------------------------------- addresses, headers, errors


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", "evil", "/%0d%0aX: y\r\nX: y", ""],
)
def test_no_redirect_leads_elsewhere(app: Flask, target: str) -> None:
    client = app.test_client()
    assert 'name="next"' not in client.get("/sign-in", query_string={"next": target}).get_data(as_text=True)
    data = {"name": "lan", "password": PASSWORD, "next": target, "csrf_token": form_token(client)}
    assert client.post("/sign-in", data=data).headers["Location"] == "/"


def test_sign_in_leads_back_to_the_page_asked_for(app: Flask) -> None:
    client = app.test_client()
    form = client.get(client.get("/queue?state=all&category=sex-labels").headers["Location"]).get_data(as_text=True)
    back = re.search(r'name="next" value="([^"]*)"', form)
    assert back is not None
    data = {"name": "lan", "password": PASSWORD, "next": back[1].replace("&amp;", "&"), "csrf_token": form_token(client)}
    assert client.post("/sign-in", data=data).headers["Location"] == "/queue?state=all&category=sex-labels"


def test_headers_stand_on_every_answer(app: Flask) -> None:
    client = sign_in(app, "lan")
    for address in ("/queue", "/queue.json", "/queue.csv", "/nope", "/static/style.css", "/-/healthz", "/board", "/account"):
        with client.get(address) as answer:
            for name, value in security.HEADERS.items():
                assert answer.headers[name] == value, address
            assert ("no-store" in answer.headers["Cache-Control"]) is (not address.startswith("/static"))
    policy = security.HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy.split("; "))


def test_no_page_needs_what_the_policy_forbids(app: Flask) -> None:
    for name in USERS:
        client = sign_in(app, name)
        for route, roles in ROUTES.items():
            method, rule = route.split(" ")
            if method == "GET" and USERS[name] in roles and not rule.endswith(".json"):
                text = client.get(SAMPLES.get(rule, rule)).get_data(as_text=True)
                assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)|javascript:|https?://(?!songlo\.example)[^\s<]*[\"']", text), rule


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>", "/queue/..%2f..%2fetc/passwd", "/articles/%00", "/rules/%F0%9F", "/x" * 900])
def test_unknown_addresses_are_not_echoed(app: Flask, path: str) -> None:
    answer = sign_in(app, "lan").get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert re.search("<code>[0-9a-f]{8}</code>", text)
    assert "alert(1)" not in text
    assert "passwd" not in text


def test_crash_shows_a_number_and_no_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def crash() -> str:
        raise RuntimeError("secret detail /etc/auditor")

    app.add_url_rule("/crash", "crash", security.allow()(crash))
    with caplog.at_level(logging.ERROR, "auditor.web"):
        answer = sign_in(app, "lan").get("/crash")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "secret detail" not in text
    number = re.search("<code>([0-9a-f]{8})</code>", text)
    assert number is not None
    assert f"id={number[1]}" in caplog.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    "search",
    ["'", '"', '""', "*", "NEAR(a b)", "a AND", "title:x", "(", "-", "{x}", "\0", "a" * 5000, "'; DROP TABLE articles; --", "^x", "\ud7ff", "%"],
)
def test_search_takes_any_string(app: Flask, search: str) -> None:
    client = sign_in(app, "lan")
    assert client.get("/articles", query_string={"q": search}).status_code == 200
    assert kept(app).count_articles() == len(ARTICLES)


@pytest.mark.parametrize("query", ["outlet='--", "page=9e9", "page=٣", "since=x", "state=[]", "category=..", "severity=%00", "lang=../en", "page=" + "9" * 5000])
def test_filters_take_any_string(app: Flask, query: str) -> None:
    client = sign_in(app, "hoa")
    for address in ("/queue", "/articles", "/board", "/adoption", "/rules"):
        assert client.get(f"{address}?{query}").status_code == 200, address


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(app: Flask, method: str) -> None:
    assert sign_in(app, "lan").open("/queue", method=method).status_code in (403, 405)


# ---------------------------------------------------------------- what comes from outside

HOSTILE = {
    **ARTICLES[0],
    "id": 'x/"><script>alert(1)</script>',
    "title": "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202egnort\u2066",
    "text": "<img src=x onerror=alert(1)> thiên chức làm vợ, làm mẹ\u202e</p><script>alert(2)</script>\r\nbóng hồng {{ 7*7 }} phái yếu thì không nên làm kinh tế lớn",
    "url": "javascript:alert(3)//https://x.example",
    "people": [('<b onmouseover="alert(4)">Lan</b>', "female", "<i>", "direct", "expert", 3)],
}


def test_stored_markup_is_shown_as_text(app: Flask) -> None:
    put(kept(app), HOSTILE)
    client = sign_in(app, "lan")
    article = next(row["id"] for row in client.get("/articles.json").get_json()["articles"] if row["id"].startswith("x/"))
    address = re.search(r'href="(/articles/x[^"]*)"', client.get("/queue").get_data(as_text=True))
    assert address is not None
    for page in ("/queue", "/articles", address[1], "/outlets/bao-song-lo", "/board"):
        answer = client.get(page)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, page
        assert not re.search(r"<script>|<img src=x|<b onm|href=.javascript", text), page
        assert "\u202e" not in text, page
        assert "\u2066" not in text, page
    text = client.get(address[1]).get_data(as_text=True)
    assert "U+202E" in text
    assert "{{ 7*7 }}" in text
    assert "Trang gốc" not in text  # only http and https become links
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    told = client.get(address[1] + ".json")
    assert told.mimetype == "application/json"
    assert told.get_json()["article"]["id"] == article


def test_spreadsheets_get_no_formula(app: Flask) -> None:
    put(kept(app), HOSTILE)
    client = sign_in(app, "lan")
    for form in ("/articles.csv", "/queue.csv?excel=1"):
        rows = list(csv.reader(io.StringIO(client.get(form).get_data(as_text=True).lstrip("\ufeff"))))
        assert rows
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))]
    assert "'=cmd" in client.get("/articles.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?y=1", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("data:text/html,x", False),
        ("//a.example", False),
        ("https:///x", False),
        ("http://[::1", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: bool) -> None:
    assert (show.web_address(url) == url) is (link or url is None)


# ---------------------------------------------------------------- size and failure


def test_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    app = create_app(archive(tmp_path / "auditor.db"), load().but({"web.max_upload_bytes": 50_000}), SECRET)
    client = sign_in(app, "binh")
    token = form_token(client, "/drafts")
    big = client.post("/drafts", data={"csrf_token": token, "file": (io.BytesIO(b"x" * 300_000), "a.txt")})
    assert big.status_code == 413
    assert "quá lớn" in big.get_data(as_text=True)
    assert client.post("/drafts", data={"csrf_token": token, "text": "x" * 60_000}, content_type="multipart/form-data").status_code == 413
    assert client.post("/api/v1/check", json={"text": "x" * 300_000}).get_json()["status"] == 413
    many = {"csrf_token": token, **{f"f{number}": "x" for number in range(200)}}
    assert client.post("/drafts", data=many, content_type="multipart/form-data").status_code == 413


def test_busy_archive_is_answered_503_and_nothing_is_lost(app: Flask, tmp_path: Path) -> None:
    path = app.config["DB"]
    kept(app).close()
    app.extensions["auditor.store"] = Store.open(path, busy_seconds=0.05)
    client = sign_in(app, "lan")
    token = form_token(client, "/articles/bep-lua")
    data = {"verdict": "confirm", "seen": "", "csrf_token": token}
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.post(f"/findings/{a_finding(app)}/decisions", data=data)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "đang bận" in answer.get_data(as_text=True)
        assert str(path) not in answer.get_data(as_text=True)
        assert client.get("/queue").status_code == 200  # reading goes on
        other.execute("ROLLBACK")
    other.close()
    assert client.post(f"/findings/{a_finding(app)}/decisions", data=data).status_code == 303


def test_full_disk_is_answered_503_and_reading_goes_on(app: Flask) -> None:
    client = sign_in(app, "lan")
    token = form_token(client, "/articles/bep-lua")
    db = kept(app).db
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    data = {"verdict": "confirm", "seen": "", "note": "x" * 2000, "csrf_token": token}
    codes, latest = [], ""
    for _number in range(12):  # until the free pages inside the file are used up
        answer = client.post(f"/findings/{a_finding(app)}/decisions", data={**data, "seen": latest})
        codes.append(answer.status_code)
        if answer.status_code == 503:
            break
        latest = str(kept(app).decisions()[-1]["id"])
    assert codes[-1] == 503
    assert "đầy" in answer.get_data(as_text=True)
    assert len(kept(app).decisions()) == len(codes) - 1
    assert client.get("/queue").status_code == 200


def test_missing_or_foreign_database_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        create_app(tmp_path / "none.db", secret=SECRET)
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE notes (x)")
    foreign.close()
    with pytest.raises(StoreError):
        create_app(tmp_path / "foreign.db", secret=SECRET)


def test_signing_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = archive(tmp_path / "auditor.db")
    first = create_app(path)
    key = tmp_path / "auditor.db.secret"
    assert key.stat().st_mode & 0o777 == 0o600
    assert create_app(path).config["SECRET_KEY"] == first.config["SECRET_KEY"] == key.read_bytes()
    key.write_bytes(b"short")
    with pytest.raises(StoreError):
        create_app(path)


def test_new_passwords_are_hashed_slowly() -> None:
    assert hashed("câu dài để thử").startswith("$argon2id$v=19$m=65536,t=3,")
    assert not accounts.password_fits("no hash", "x")
    assert accounts.password_fits(CHEAP, PASSWORD)
