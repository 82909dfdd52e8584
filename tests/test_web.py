"""The pages as a reader uses them: what each shows, in three forms, and what a form changes in the archive."""

import csv
import io
import json
import re
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from webfixtures import ARTICLES, USERS, application, archive, audit_of, form_token, put, sign_in

import web
from auditor.keep.store import Store
from auditor.model import Article
from web import passages, respond, show

WEB = Path(web.__file__).parent


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return application(archive(tmp_path_factory.mktemp("web") / "auditor.db"))


@pytest.fixture(scope="module")
def lan(app: Flask) -> FlaskClient:
    return sign_in(app, "lan")


@pytest.fixture(scope="module")
def chi(app: Flask) -> FlaskClient:
    return sign_in(app, "chi")


@pytest.fixture
def own(tmp_path: Path) -> Flask:
    """An application of its own, for tests that write."""
    return application(archive(tmp_path / "auditor.db"))


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_data(as_text=True)


def finding(store: Store, article: str, category: str) -> dict:
    return next(f for f in store.findings(article) if f["category"] == category)


# ---------------------------------------------------------------- queue and article


def test_queue_puts_the_strongest_first(lan: FlaskClient) -> None:
    text = page(lan, "/queue")
    order = [text.index(title) for title in ("Tuyển 20 lao động nam", "Bắt nghi phạm", "Nữ chủ nhiệm")]
    assert order == sorted(order)
    assert "Thông xe cầu mới" not in text
    assert "3 bài đang chờ xem xét" in text


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ("outlet=bao-song-lo", ["bep-lua"]),
        ("category=victim-blaming", ["vu-an"]),
        ("severity=style", ["bep-lua"]),
        ("severity=legal&outlet=bao-song-lo", []),
        ("state=done", []),
        ("state=all", ["tuyen-dung", "vu-an", "bep-lua"]),
        ("category=nothing&severity=nothing&state=nothing", ["tuyen-dung", "vu-an", "bep-lua"]),
    ],
)
def test_queue_filters(lan: FlaskClient, filters: str, ids: list[str]) -> None:
    told = lan.get(f"/queue.json?{filters}").get_json()
    assert [row["id"] for row in told["queue"]] == ids
    assert told["count"] == len(ids)


def test_article_marks_passages_in_place_with_reason_basis_and_rewrite(lan: FlaskClient) -> None:
    text = page(lan, "/articles/bep-lua")
    assert '<mark class="strong">thiên chức làm vợ, làm mẹ</mark>' in text
    assert '<mark class="style">bóng hồng</mark>' in text
    assert "vợ chồng cùng chăm sóc gia đình" in text
    assert "hiệu lực ngày 18/11/2026" in text
    assert "Hoàng Thị Mai" in text
    assert "Người kể trải nghiệm" in text
    assert "Máy đã cân nhắc nhưng không tính" in text
    assert '<mark class="strong">phái yếu' not in text.split("Máy đã cân nhắc")[0]
    assert 'href="https://songlo.example/bep-lua.html" rel="noopener noreferrer"' in text


def test_indicator_without_verified_wording_says_so(lan: FlaskClient) -> None:
    from auditor.judge.checklist import checklist

    known = checklist()["B1.2-2"]
    note = page(lan, "/articles/bep-lua").split('id="f-')[1]
    assert known.wording in note
    assert ("(chưa kiểm chứng)" in note.split("</dl>")[0].split("Văn bản có thể dẫn")[0]) is not known.verified


def test_law_is_cited_with_its_date(lan: FlaskClient) -> None:
    text = page(lan, "/articles/tuyen-dung")
    assert "Luật Báo chí 2025" in text
    assert "hiệu lực ngày 20/11/2026" in text


def test_unread_article_says_why_and_counts_in_no_rate(lan: FlaskClient, chi: FlaskClient) -> None:
    assert "Bản chụp, chưa có chữ" in page(lan, "/articles?status=unread")
    assert "Máy chưa đọc được trọn bài này" in page(lan, "/articles/ban-chup")
    row = next(r for r in chi.get("/board.json").get_json()["compliance"] if r["outlet"] == "cong-xa")
    assert (row["unread"], row["meeting_of"], row["meeting_rate"]) == (1, 0, None)


def test_text_that_the_audit_could_not_read_shows_its_reason(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    given = {**ARTICLES[3], "id": "khong-dau", "title": "Thong xe cau moi", "unread": "no_diacritics"}
    text = Article(given["title"], "Sang nay cay cau moi duoc dua vao su dung.", given["day"])
    kept = store.put_article(text, outlet="bao-song-lo", url=None, canonical_url=None, id="khong-dau")
    store.put_audit("khong-dau", kept.version, audit_of({**given, "text": text.text, "people": []}))
    client = sign_in(own, "lan")
    rows = client.get("/articles.json?verdict=unread").get_json()["articles"]
    assert {row["id"]: row["reason"] for row in rows} == {"khong-dau": "no_diacritics", "ban-chup": "scanned"}
    assert "Văn bản không dấu" in page(client, "/articles?verdict=unread")
    assert "Văn bản không dấu" in page(client, "/articles/khong-dau")


def test_page_that_can_no_longer_be_read_says_so(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    url = "https://songlo.example/cau-moi.html"
    gone = Article(None, "", None, None, ("Cầu mới qua suối Nậm",), None, "unread", "empty")
    store.put_article(gone, outlet="bao-song-lo", url=url, canonical_url=url, id="cau-moi", fetched="2026-11-21T02:00:00.000+00:00")
    text = page(sign_in(own, "lan"), "/articles/cau-moi")
    assert "Trang gốc không đọc được từ 09:00 21/11/2026" in text
    assert "Không có đoạn nào được đánh dấu" in text


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("q=suối+nậm", ["cau-moi"]),
        ("q=%22lội+suối%22", ["cau-moi"]),
        ("outlet=bao-nui-cam", ["tuyen-dung", "vu-an"]),
        ("verdict=clear", ["cau-moi"]),
        ("status=unread", ["ban-chup"]),
        ("since=19/11/2026", ["tuyen-dung", "vu-an"]),
        ("since=2026-11-19&until=19-11-2026", ["vu-an"]),
        ("q=không+có+từ+này+đâu", []),
    ],
)
def test_articles_are_found(lan: FlaskClient, query: str, ids: list[str]) -> None:
    assert [row["id"] for row in lan.get(f"/articles.json?{query}").get_json()["articles"]] == ids


def test_confirming_with_a_note_is_kept_on_the_trail_and_shown(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    duty = finding(store, "bep-lua", "domestic-duty")
    label = finding(store, "bep-lua", "sex-labels")
    client = sign_in(own, "lan")
    token = form_token(client, "/articles/bep-lua")
    given = {"csrf_token": token, "seen": "", "verdict": "confirm", "note": "Đúng là gán việc nhà"}
    answer = client.post(f"/findings/{duty['id']}/decisions", data=given)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/articles/bep-lua#f-{label['id']}"  # the next one that waits
    [decision] = store.decisions(duty["id"])
    assert (decision["reviewer"], decision["verdict"], decision["note"]) == ("lan", "confirm", "Đúng là gán việc nhà")
    last = store.trail(limit=1)[0]
    assert (last["action"], last["subject"], last["actor"]) == ("decision.confirm", duty["id"], "lan")
    text = page(client, "/articles/bep-lua")
    assert "Đúng là gán việc nhà" in text
    assert "2 dấu hiệu, đã xem xét 1" in text
    client.post(f"/findings/{label['id']}/decisions", data={**given, "verdict": "dismiss", "note": ""})
    assert client.get("/queue.json").get_json()["count"] == 2
    assert [row["id"] for row in client.get("/queue.json?state=done").get_json()["queue"]] == ["bep-lua"]


def test_second_decision_on_an_old_page_is_refused_and_shows_the_first(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    id = finding(store, "vu-an", "victim-blaming")["id"]
    lan, hoa = sign_in(own, "lan"), sign_in(own, "hoa")
    old = {"csrf_token": form_token(hoa, "/articles/vu-an"), "seen": "", "verdict": "dismiss"}
    lan.post(
        f"/findings/{id}/decisions", data={"csrf_token": form_token(lan, "/articles/vu-an"), "seen": "", "verdict": "confirm", "note": "rõ"}
    )
    answer = hoa.post(f"/findings/{id}/decisions", data=old)
    assert answer.status_code == 409
    assert "Đã có người quyết định" in answer.get_data(as_text=True)
    assert [d["verdict"] for d in store.decisions(id)] == ["confirm"]
    seen = str(store.decisions(id)[-1]["id"])
    assert hoa.post(f"/findings/{id}/decisions", data={**old, "seen": seen}).status_code == 303
    assert [d["verdict"] for d in store.decisions(id)] == ["confirm", "dismiss"]


def test_decisions_on_an_earlier_version_stay_visible(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    client = sign_in(own, "lan")
    id = finding(store, "vu-an", "victim-blaming")["id"]
    given = {"csrf_token": form_token(client, "/articles/vu-an"), "seen": "", "verdict": "confirm", "note": "bản đầu"}
    client.post(f"/findings/{id}/decisions", data=given)
    put(store, {**ARTICLES[2], "text": "Công an xã cho biết đã bắt giữ nghi phạm.", "findings": []})
    text = page(client, "/articles/vu-an")
    assert "Quyết định về bản trước của bài" in text
    assert "bản đầu" in text
    assert "bản thứ 2" in text


# ---------------------------------------------------------------- drafts and the interface for programs

DRAFT = "Dù bận đến đâu, chị Hoàng Thị Mai vẫn không quên thiên chức làm vợ, làm mẹ."


def check(client: FlaskClient, **given: object) -> tuple[int, str]:
    data = {"csrf_token": form_token(client, "/drafts"), "title": "", "text": "", "kind": "article", "published": "", **given}
    answer = client.post("/drafts", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_draft_gets_advice_without_a_score(own: Flask) -> None:
    status, text = check(sign_in(own, "binh"), text=DRAFT, published="20/11/2026")
    assert status == 200
    assert "thiên chức" in text.split('id="result"')[1].split("</ol>")[0]
    assert "Ví dụ cách viết:" in text
    assert "hiệu lực ngày 20/11/2026" in text
    assert not re.search(r"điểm số|/100|\d+ điểm", text)


def test_clean_draft_is_told_so_with_its_limits(own: Flask) -> None:
    _status, text = check(sign_in(own, "binh"), text="Sáng nay, cây cầu dài 84 mét qua suối Nậm được đưa vào sử dụng.")
    assert "Chưa thấy đoạn nào cần sửa." in text
    assert "Máy có thể bỏ sót" in text


def test_long_list_of_advice_opens_on_demand(own: Flask) -> None:
    _status, text = check(sign_in(own, "binh"), text="\n\n".join(DRAFT.replace("Mai", name) for name in "An Bích Cúc Dung Hà Khánh Lan Ly Mơ".split()))
    shown, _summary, more = text.split('id="result"')[1].partition("Xem thêm")
    assert shown.count('<li class="note') == 7
    assert more.count('<li class="note') >= 2


def test_draft_file_is_read_whole(own: Flask, tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Nữ chủ nhiệm", 1)
    document.add_paragraph(DRAFT)
    document.save(str(tmp_path / "bai.docx"))
    status, text = check(sign_in(own, "binh"), file=(io.BytesIO((tmp_path / "bai.docx").read_bytes()), "bai.docx"))
    assert status == 200
    assert "thiên chức" in text
    assert "Nữ chủ nhiệm" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Chưa có nội dung để kiểm tra"),
        ({"text": DRAFT, "published": "31/02/2026"}, "31/02/2026"),
        ({"text": DRAFT, "kind": "poem"}, "poem"),
        ({"file": (io.BytesIO(b"PK\x03\x04 not a document"), "bai.docx")}, ".docx"),
        ({"file": (io.BytesIO(b"x"), "bai.exe")}, ".exe"),
    ],
    ids=["trống", "ngày sai", "loại sai", "docx hỏng", "đuôi lạ"],
)
def test_draft_that_cannot_be_read_is_answered_with_a_sentence(own: Flask, given: dict, said: str) -> None:
    status, text = check(sign_in(own, "binh"), **given)
    assert status == 400
    assert said in text.split('role="alert">')[1].split("</p>")[0]


def test_draft_without_tone_marks_is_never_called_clear(own: Flask) -> None:
    _status, text = check(sign_in(own, "binh"), text="Sang nay cay cau dai 84 met qua suoi Nam duoc dua vao su dung cho ba con trong xa di lai.")
    assert "Chưa kiểm tra được bản thảo này" in text
    assert "Chưa thấy đoạn nào" not in text


def test_draft_is_kept_nowhere(own: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    marker = "Kỳ Lân Xanh Bảy Bảy"
    before = own.extensions["auditor.store"].trail_head()
    client = sign_in(own, "binh")
    with caplog.at_level("DEBUG"):
        check(client, title=marker, text=f"{marker} {DRAFT}")
        check(client, title=marker, text=marker, published="31/02/2026")
        client.post("/api/v1/check", json={"text": f"{marker} {DRAFT}"})
    assert marker not in caplog.text
    assert own.extensions["auditor.store"].trail_head() == before
    own.extensions["auditor.store"].close()
    assert not [path for path in tmp_path.iterdir() if marker.encode() in path.read_bytes()]


def test_api_answers_with_the_audit_of_the_contract(own: Flask) -> None:
    token = own.extensions["auditor.store"].add_token("binh")
    answer = own.test_client().post(
        "/api/v1/check", json={"title": None, "text": DRAFT, "published": "2026-11-20"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    told = answer.get_json()
    assert told["law_date"] == "2026-11-20"
    assert any("thiên chức" in f["text"] and DRAFT[f["start"] : f["end"]] == f["text"] for f in told["findings"])
    assert set(told) >= {"id", "kind", "verdict", "findings", "people", "groups", "quotes", "presence", "topics", "indicators", "engine", "unread"}
    assert sign_in(own, "chi").post("/api/v1/check", json={"text": DRAFT}).status_code == 200  # a session does too


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ('{"title": "x"}', "application/json", 400),
        ('{"text": 5}', "application/json", 400),
        ('{"text": "x", "kind": "poem"}', "application/json", 400),
        ('{"text": "x", "published": "hôm qua"}', "application/json", 400),
        ("text=x", "application/x-www-form-urlencoded", 415),
    ],
)
def test_api_refuses_with_one_error_object(lan: FlaskClient, body: str, kind: str, status: int) -> None:
    answer = lan.post("/api/v1/check", data=body.encode(), content_type=kind)
    told = answer.get_json()
    assert answer.status_code == told["status"] == status
    assert told["ok"] is False
    assert told["error"] == told["errors"][0]
    assert told["id"]


# ---------------------------------------------------------------- board, adoption, register


def test_board_tells_counts_before_shares(chi: FlaskClient) -> None:
    text = page(chi, "/board?since=01/11/2026&until=30/11/2026")
    assert "2/2" in text.split('id="h-adoption"')[1]
    assert "3/4" in text.split('id="h-sources"')[1]
    row = text.split('id="h-meeting"')[1].split("<tbody>")[1].split("Báo Sông Lô")[1]
    assert re.findall(r">([^<>]*)</td>", row)[:3] == ["1/2", "50%", "9–91%"]
    assert 'href="/articles?outlet=bao-song-lo&amp;verdict=review&amp;since=2026-11-01&amp;until=2026-11-30"' in text


def test_board_of_a_period_without_articles_shows_no_rates(chi: FlaskClient) -> None:
    text = page(chi, "/board?since=01/01/2020&until=31/01/2020")
    assert "Chưa có bài nào được đọc trong khoảng thời gian này." in text
    assert "Chưa có nguồn tin nào trong khoảng thời gian này." in text


def test_every_chart_has_a_title_a_description_and_a_table(chi: FlaskClient) -> None:
    text = page(chi, "/board")
    charts = re.findall(r'<svg class="chart".*?</svg>', text, re.DOTALL)
    assert len(charts) == 3
    for chart in charts:
        title, description = re.search(r'aria-labelledby="(\S+) (\S+)"', chart).groups()
        assert re.search(f'<title id="{title}">[^<]+</title>', chart)
        assert re.search(f'<desc id="{description}">[^<]+</desc>', chart)
        assert "<table>" in text.split(chart)[1].split("</section>")[0]


def test_adoption_is_recorded_with_its_evidence(own: Flask) -> None:
    client = sign_in(own, "chi")
    given = {
        "csrf_token": form_token(client, "/adoption"),
        "outlet": "bao-song-lo",
        "status": "official",
        "since": "1/7/2026",
        "note": "QĐ 9 ngày 28/06/2026",
    }
    assert client.post("/adoption", data=given).status_code == 303
    rows = {row["outlet"]: row for row in client.get("/adoption.json").get_json()["adoption"]}
    assert (rows["bao-song-lo"]["status"], rows["bao-song-lo"]["since"], rows["bao-song-lo"]["recorded_by"]) == ("official", "2026-07-01", "chi")
    before = {row["outlet"]: row["status"] for row in client.get("/adoption.json?on=30/06/2026").get_json()["adoption"]}
    assert before["bao-song-lo"] == "pilot"


@pytest.mark.parametrize(
    "wrong", [{"note": " "}, {"since": "32/01/2026"}, {"status": "always"}, {"outlet": "nobody"}], ids=["minh chứng", "ngày", "mức", "cơ quan"]
)
def test_adoption_with_a_wrong_value_is_refused_and_keeps_what_was_typed(own: Flask, wrong: dict) -> None:
    client = sign_in(own, "chi")
    history = own.extensions["auditor.store"].adoption_history()
    given = {"outlet": "bao-song-lo", "status": "official", "since": "1/7/2026", "note": "QĐ 9", **wrong}
    answer = client.post("/adoption", data={"csrf_token": form_token(client, "/adoption"), **given})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'role="alert"' in text
    assert f'value="{given["since"]}"' in text
    assert own.extensions["auditor.store"].adoption_history() == history


def test_merged_outlet_inherits_what_its_parts_applied(own: Flask) -> None:
    heir = {"id": "bao-moi", "name": "Báo Mới", "kind": "newspaper", "valid_from": "2026-11-01", "succeeds": ["bao-song-lo"]}
    own.extensions["auditor.store"].put_outlets([heir], "test")
    client = sign_in(own, "chi")
    rows = {row["outlet"]: row for row in client.get("/adoption.json?on=20/11/2026").get_json()["adoption"]}
    assert (rows["bao-moi"]["status"], rows["bao-moi"]["inherited"]) == ("pilot", True)
    assert "bao-song-lo" not in rows
    assert "theo cơ quan tiền thân" in page(client, "/adoption?on=20/11/2026")


def test_merged_outlet_keeps_its_page(chi: FlaskClient) -> None:
    assert "Được tiếp nối bởi" in page(chi, "/outlets/dai-song-lo")
    assert "đã thôi hoạt động" in page(chi, "/outlets")
    page(chi, "/outlets/nobody", 404)


def test_targets_say_which_one_is_measured(chi: FlaskClient) -> None:
    text = page(chi, "/targets")
    assert text.count(">chưa đo<") == 4
    assert text.count(">đang đo<") == 1


def test_official_wording_is_entered_with_its_source(own: Flask) -> None:
    client = sign_in(own, "quan")
    given = {"csrf_token": form_token(client, "/checklist"), "indicator": "A1-1", "wording": "Lời văn chính thức A1-1", "source": "Bộ chỉ số 2014, tr. 13"}
    assert client.post("/checklist", data={**given, "source": ""}).status_code == 400
    assert client.post("/checklist", data={**given, "indicator": "Z9-9"}).status_code == 400
    assert client.post("/checklist", data=given).status_code == 303
    row = next(r for r in client.get("/checklist.json").get_json()["checklist"] if r["id"] == "A1-1")
    assert (row["wording"], row["verified"], row["source"]) == ("Lời văn chính thức A1-1", True, "Bộ chỉ số 2014, tr. 13")
    assert "<form" not in page(sign_in(own, "lan"), "/checklist").split('id="A1-1"')[1].split("</tr>")[0]


def test_every_rule_has_a_page_with_its_examples(lan: FlaskClient) -> None:
    rules = lan.get("/rules.json").get_json()["rules"]
    assert len(rules) > 20
    for row in rules:
        text = page(lan, f"/rules/{row['id']}")
        assert "Câu được tính" in text
        assert "Câu không được tính" in text
        assert "[[" not in text.split("<details>")[0]
    page(lan, "/rules/none/such", 404)


def test_laws_in_force_stand_first(lan: FlaskClient) -> None:
    text = page(lan, "/laws")
    assert text.index("đang có hiệu lực") < text.index("chỉ dẫn cho bài cũ")


# ---------------------------------------------------------------- forms of data

LISTS = ("/queue", "/articles", "/outlets", "/adoption", "/board", "/targets", "/rules", "/checklist", "/laws")


@pytest.mark.parametrize("address", LISTS)
def test_list_pages_have_json_and_csv_twins(app: Flask, address: str) -> None:
    client = sign_in(app, "hoa")
    told = client.get(f"{address}.json").get_json()
    name = list(told)[-1]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}.csv").get_data(as_text=True))))
    assert told["ok"] is True
    assert told["count"] == len(rows)
    assert rows
    assert list(rows[0]) == list(told[name][0])
    text = page(client, address)
    assert f'href="{address}.json"' in text
    assert f'href="{address}.csv"' in text
    excel = client.get(f"{address}.csv?excel=1")
    assert excel.data.startswith(b"\xef\xbb\xbf")
    assert excel.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


@pytest.mark.parametrize("text", ["=1+1", "+84 900", "-3 độ C", "@tên", "\tx", "\0=1", "  =HYPERLINK(1)", "＝1", "＋1", "－1", "＠x"])
def test_cells_cannot_become_formulas(text: str) -> None:
    assert respond.cell(text).startswith("'")
    assert respond.cell(text).lstrip("'").replace("\0", "") == text.replace("\0", "")


@pytest.mark.parametrize("value", ["Báo Sông Lô", "3 - 4", "a=b", 5, -5, 0.5])
def test_other_cells_stay_as_they_are(value: object) -> None:
    assert respond.cell(value) == value


def test_pages_follow_one_another(own: Flask) -> None:
    store: Store = own.extensions["auditor.store"]
    for number in range(70):
        put(store, {**ARTICLES[3], "id": f"bai-{number}", "title": f"Bài số {number}"})
    client = sign_in(own, "lan")
    seen, address = [], "/articles.json?outlet=bao-song-lo"
    while address:
        told = client.get(address).get_json()
        seen += [row["id"] for row in told["articles"]]
        address = told["next"]
    assert len(seen) == len(set(seen)) == told["count"] == 72
    assert client.get("/articles.csv?outlet=bao-song-lo").get_data(as_text=True).count("\r\n") == 73
    assert "Trang 2/3" in page(client, "/articles?outlet=bao-song-lo&page=2")
    assert "Không có bài nào phù hợp" in page(client, "/articles?page=9999999")
    assert page(client, "/articles?page=-1") == page(client, "/articles?page=1").replace("page=1&amp;", "page=-1&amp;").replace("page=1", "page=-1")


def test_article_json_holds_audit_and_decisions(lan: FlaskClient) -> None:
    told = lan.get("/articles/bep-lua.json").get_json()
    assert told["article"]["outlet"] == "bao-song-lo"
    assert told["audit"]["verdict"] == "review"
    assert told["decisions"] == []


# ---------------------------------------------------------------- service pages


def test_service_pages_need_no_account(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/-/healthz").get_json()["ok"] is True
    assert re.fullmatch("[0-9a-f]{16,64}", client.get("/-/versions").get_json()["rules_digest"])
    metrics = client.get("/-/metrics").get_data(as_text=True)
    assert f"auditor_articles {len(ARTICLES)}" in metrics
    assert 'auditor_http_requests_total{page="ops.healthz",status="2xx"}' in metrics


def test_openapi_names_every_address_that_answers_with_data(app: Flask) -> None:
    told = app.test_client().get("/-/openapi.json").get_json()
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) >= {f"{address}.json" for address in LISTS} | {"/api/v1/check", "/articles/{id}.json", "/-/healthz"}
    assert "security" not in told["paths"]["/-/healthz"]["get"]
    assert told["paths"]["/queue.json"]["get"]["x-roles"] == ["admin", "head", "reviewer"]
    named = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(told)))
    assert named <= set(told["components"]["schemas"])


@pytest.mark.slow
def test_real_server_answers_others_while_slow_readers_hold_their_lines(tmp_path: Path) -> None:
    path = archive(tmp_path / "auditor.db")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = f"from pathlib import Path; from auditor.settings import load; from web.server import run; run(Path({str(path)!r}), load(), '127.0.0.1', {port}, workers=1)"
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if "Booting worker" in line:
                    break
            slow = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(40)]
            for held in slow:
                held.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Le")
            with urlopen(f"http://127.0.0.1:{port}/-/healthz", timeout=60) as answer:
                assert json.load(answer)["ok"] is True
            with urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=60) as answer:
                assert "Content-Security-Policy" in answer.headers
                assert not re.search(r"[0-9]", answer.headers.get("Server", ""))  # no version is told
            for held in slow:
                held.close()
        finally:
            server.terminate()
            server.wait(30)


# ---------------------------------------------------------------- language, formats, words


def test_english_is_one_click_away_and_stays(app: Flask) -> None:
    client = sign_in(app, "lan")
    assert '<html lang="vi">' in page(client, "/queue")
    english = page(client, "/queue?lang=en&state=all")
    assert '<html lang="en">' in english
    assert "<h1>Queue</h1>" in english
    assert "Strong</span>" in english
    assert '<html lang="en">' in page(client, "/queue")
    assert 'href="/queue?lang=vi"' in page(client, "/queue")
    assert '<html lang="vi">' in page(client, "/queue?lang=vi")


def messages() -> dict[str, None]:
    """Return every string of the pages that is to be translated."""
    with (WEB / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "_l": None}
    found = extract_from_dir(str(WEB), methods, options, keywords=keywords)
    return {text: None for _file, _line, text, _comments, _context in found}


def test_english_catalogue_is_complete_and_compiled() -> None:
    folder = WEB / "translations" / "en" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert not [m.id for m in catalogue if m.id and (m.fuzzy or not m.string)]
    assert not [(m.id, list(m.check())) for m in catalogue if m.id and "%(" in m.id and list(m.check())]
    assert {m.id for m in catalogue if m.id} == set(messages())
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    with (folder / "messages.mo").open("rb") as file:
        kept = read_mo(file)
    buffer.seek(0)
    assert {m.id: m.string for m in kept if m.id} == {m.id: m.string for m in read_mo(buffer) if m.id}


def test_numbers_and_dates_are_vietnamese(app: Flask) -> None:
    with app.test_request_context():
        assert show.as_number(12345) == "12.345"
        assert show.as_number(1234.56, 1) == "1.234,6"
        assert show.as_share(0.706) == "71%"
        assert show.as_day("2026-11-22") == "22/11/2026"
        assert show.as_time("2026-11-22T20:05:00.000+00:00") == "03:05 23/11/2026"
        assert show.as_day("ngày nào đó") == "ngày nào đó"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22/11/2026", date(2026, 11, 22)),
        (" 1-7-2026 ", date(2026, 7, 1)),
        ("1.7.2026", date(2026, 7, 1)),
        ("2026-11-22", date(2026, 11, 22)),
        ("31/02/2026", None),
        ("11/22/2026", None),
        ("", None),
        (None, None),
    ],
)
def test_typed_dates(typed: str | None, day: date | None) -> None:
    assert show.to_day(typed) == day


def test_pages_never_speak_of_violations() -> None:
    own = [path for path in WEB.rglob("*") if path.suffix in {".py", ".html", ".po", ".js"}]
    assert not [path for path in own if "vi phạm" in path.read_text(encoding="utf-8").lower()]


@pytest.mark.parametrize("name", USERS)
def test_start_page_leads_only_where_the_role_may_go(app: Flask, name: str) -> None:
    client = sign_in(app, name)
    links = re.findall(r'<a href="([^"]+)"', page(client, "/").split('<ul class="tasks">')[1].split("</ul>")[0])
    menu = re.findall(r'<a href="([^"]+)"', page(client, "/").split("<nav")[1].split("</nav>")[0])
    assert links
    for address in links + menu:
        page(client, address.replace("&amp;", "&"))


# ---------------------------------------------------------------- passages


def test_pieces_are_the_text_and_overlaps_do_not_nest() -> None:
    given = "Một hai ba\r\nbốn năm\n\n sáu"
    findings = [
        {"id": "a", "start": 4, "end": 15, "severity": "style"},  # over a line break
        {"id": "b", "start": 8, "end": 10, "severity": "strong"},
        {"id": "c", "start": 8, "end": 14, "severity": "context"},
        {"id": "outside", "start": 90, "end": 99, "severity": "strong"},
    ]
    blocks = passages.blocks(given, findings)
    assert ["".join(piece.text for piece in block.pieces) for block in blocks] == ["Một hai ba", "bốn năm", " sáu"]
    assert blocks[0].notes == ("a", "c", "b")
    assert blocks[1].notes == ()
    last = blocks[0].pieces[-1]
    assert (last.text, set(last.findings), last.severity, last.ends) == ("ba", {"a", "b", "c"}, "strong", ("b",))
    marked = "".join(piece.text for block in blocks for piece in block.pieces if "a" in piece.findings)
    assert marked == given[4:15].replace("\r\n", "")


def test_crowded_notes_join_and_lone_ones_stand_beside_their_paragraph() -> None:
    def block(length: int, *notes: str) -> passages.Block:
        return passages.Block((passages.Piece("x" * length, (), None, ()),), notes)

    long, short = 1500, 40
    crowded = passages.beside([block(short), block(short, "1", "2", "3"), block(short, "4"), block(short)])
    assert [notes for _block, notes in crowded] == [(), ("1", "2", "3", "4"), (), ()]
    roomy = passages.beside([block(long, "1"), block(long, "2"), block(short, "3")])
    assert [notes for _block, notes in roomy] == [("1",), ("2",), ("3",)]


def test_context_of_a_passage_stays_on_its_line() -> None:
    given = "Dòng đầu.\nTrước đó là đoạn này rồi hết."
    start = given.index("đoạn này")
    assert passages.around(given, start, start + 8) == ("Trước đó là ", "đoạn này", " rồi hết.")
    assert passages.around("a " * 200 + "XX" + " b" * 200, 400, 402, reach=9)[0].startswith("…")
