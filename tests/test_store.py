"""The archive: what is put in comes out, versions and decisions last, and whatever is wrong with the file is told in one sentence."""

import sqlite3
import threading
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored import TEXT, audit, filled, finding, person, put

from auditor.errors import StoreError
from auditor.keep.database import BusyError, FullError
from auditor.keep.schema import migrations
from auditor.keep.store import Store
from auditor.model import Article


@pytest.fixture
def store(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        yield store


# --- the file -------------------------------------------------------------------------------------------------------


def test_durability_settings(store):
    assert store.value("PRAGMA journal_mode") == "wal"
    assert store.value("PRAGMA synchronous") == 2
    assert store.value("PRAGMA foreign_keys") == 1
    assert (store.path.stat().st_mode & 0o077) == 0, "names and password hashes are for the owner only"


def test_absent_is_told_and_nothing_is_made(tmp_path):
    with pytest.raises(StoreError, match="auditor init"):
        Store.open(tmp_path / "khong-co.db")
    assert not list(tmp_path.iterdir())
    with pytest.raises(StoreError, match="thư mục"):
        Store.open(tmp_path / "khong-co" / "kho.db", create=True)


def test_foreign_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "khac.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bang (cot)")
    other.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(StoreError, match="chương trình khác"):
            Store.open(path, create=create)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"xin chao, day khong phai co so du lieu", b"SQLite format 3\0" + b"\xff" * 5000], ids=["chữ", "rác"])
def test_no_database_is_refused(tmp_path, content):
    path = tmp_path / "rac.db"
    path.write_bytes(content)
    for create in (False, True):
        with pytest.raises(StoreError) as told:
            Store.open(path, create=create)
        assert "\n" not in str(told.value)
    assert path.read_bytes() == content
    with pytest.raises(StoreError, match="thư mục"):
        Store.open(tmp_path)


def test_empty_file_becomes_an_archive_only_on_create(tmp_path):
    path = tmp_path / "trong.db"
    path.touch()
    with pytest.raises(StoreError, match="còn trống"):
        Store.open(path)
    with Store.open(path, create=True) as store:
        assert store.outlets() == []


@pytest.fixture
def later_migration():
    """A migration of a release to come."""

    @migrations()
    def m999_later(db):
        db["later"].create({"id": int})
        if db.execute("SELECT 1 FROM outlets WHERE id = 'hong'").fetchone():
            raise RuntimeError("fails half-way")

    yield
    migrations._migrations.pop()


def test_older_archive_says_what_to_do_and_upgrades_whole(tmp_path, request):
    path = tmp_path / "kho.db"
    filled(path).close()
    request.getfixturevalue("later_migration")
    with pytest.raises(StoreError, match="auditor backup.*auditor init"):
        Store.open(path)
    with Store.open(path, migrate=True) as store:
        assert "later" in store.db.table_names()
    Store.open(path).close()


def test_failing_migration_leaves_the_old_archive(tmp_path, request):
    path = tmp_path / "kho.db"
    with filled(path) as store:
        store.put_outlets([{"id": "hong", "name": "Hỏng", "kind": "other"}], actor="test")
    request.getfixturevalue("later_migration")
    with pytest.raises(RuntimeError):
        Store.open(path, migrate=True)
    with sqlite3.connect(path) as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'later'").fetchone()
    db.close()


def test_newer_archive_asks_for_the_newer_program(tmp_path):
    path = tmp_path / "kho.db"
    with filled(path) as store:
        store.db["_sqlite_migrations"].insert({"migration_set": "auditor", "name": "m900", "applied_at": "x"})
    with pytest.raises(StoreError, match="mới hơn"):
        Store.open(path)


def test_locked_is_told_after_the_timeout_and_reading_goes_on(tmp_path):
    filled(tmp_path / "kho.db").close()
    other = sqlite3.connect(tmp_path / "kho.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(tmp_path / "kho.db", busy_seconds=0.05) as store:
        with pytest.raises(BusyError, match="đang bị tiến trình khác khóa"):
            put(store)
        assert store.count_articles() == 0
        assert len(store.outlets()) == 1
        other.execute("ROLLBACK")
        other.close()
        put(store)
        assert store.count_articles() == 1


def test_full_disk_is_told_reading_goes_on_and_writing_recovers(store):
    _id, _version, _changed, [flagged] = put(store)
    decided = store.decide(flagged, "an", "confirm", "đúng")
    store.value(f"PRAGMA max_page_count = {store.value('PRAGMA page_count')}")
    kept = 2
    with suppress(FullError):
        while kept < 200:  # the last pages still have room
            put(store, kept, text="Đoạn văn dài. " * 2_000)
            kept += 1
    assert kept < 200
    with pytest.raises(FullError, match="đã đầy"):
        put(store, kept, text="Đoạn văn dài. " * 2_000)
    assert store.count_articles() == kept - 1, "an article that did not fit leaves nothing behind"
    assert store.decisions() == [decided]
    assert store.articles("phái yếu")
    assert store.value("PRAGMA integrity_check") == "ok"
    store.value("PRAGMA max_page_count = 1000000")
    put(store, kept)
    assert store.count_articles() == kept


def test_damage_is_told_not_raised_raw(tmp_path):
    path = tmp_path / "kho.db"
    with filled(path) as store:
        put(store)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="hỏng"), Store.open(path) as store:
        store.articles()


def test_many_threads_write_and_read(store):
    """Each thread has its own connection; every decision of every thread is there, on one unbroken trail."""
    _id, _version, _changed, [flagged] = put(store)
    problems = []

    def work():
        try:
            for _ in range(10):
                store.decide(flagged, "an", "confirm", "")
                store.queue(state="all")
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(store.decisions()) == 80
    assert [d["trail_seq"] for d in store.decisions()] == sorted({d["trail_seq"] for d in store.decisions()})


# --- articles -------------------------------------------------------------------------------------------------------


def test_article_comes_back_as_given(store):
    people = [person(0, "Lan", source="direct", mentions=[("text", 38, 41)])]
    id, version, changed, [flagged] = put(store, people=people, payload_sha256="ab" * 32)
    assert (version, changed) == (1, True)
    row = store.article(id)
    assert (row["title"], row["text"], row["outlet_name"], row["published"]) == ("Bài số 1", TEXT, "Báo A", "2026-11-01")
    assert (row["verdict"], row["open"], row["payload_sha256"]) == ("review", 1, "ab" * 32)
    assert store.audit(id) == audit(id, [finding(id)], people).to_dict()
    assert store.finding(flagged)["suggestions"] == ["phụ nữ"]
    assert store.findings(id)[0]["id"] == flagged
    assert store.article("khong-co") is None
    assert store.audit("khong-co") is None
    assert store.finding("khong-co") is None


def test_same_text_again_is_no_new_version(store):
    id, *_ = put(store)
    again = put(store)
    assert again[:3] == (id, 1, False)
    assert len(store.versions(id)) == 1


def test_edited_article_keeps_its_first_version_and_findings(store):
    id, _version, _changed, [flagged] = put(store)
    first = store.article(id, version=1)
    assert put(store, text="Bài đã được sửa.", findings=[])[:3] == (id, 2, True)
    assert store.article(id)["text"] == "Bài đã được sửa."
    kept = store.article(id, version=1)
    assert {n: kept[n] for n in ("title", "text", "text_sha256", "fetched")} == {
        n: first[n] for n in ("title", "text", "text_sha256", "fetched")
    }
    assert store.finding(flagged)["version"] == 1
    assert store.queue() == [], "the queue shows what stands in the current version"
    assert store.articles("phái yếu") == []
    assert store.audit(id, version=1)["findings"]


@pytest.mark.parametrize(
    "deed", ["UPDATE versions SET text = 'x'", "DELETE FROM versions", "INSERT OR REPLACE INTO versions SELECT * FROM versions"]
)
def test_versions_are_evidence(store, deed):
    put(store)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.db.execute(deed)


def test_page_that_can_no_longer_be_read_hides_nothing(store):
    id, *_ = put(store)
    assert put(store, text="", reason="empty")[1:3] == (1, False)
    row = store.article(id)
    assert (row["verdict"], row["open"], row["text"]) == ("review", 1, TEXT)
    assert row["unread_since"]
    put(store)
    assert store.article(id)["unread_since"] is None


def test_unread_is_never_clear_whatever_the_audit_says(store):
    id, *_ = put(store, text="", reason="scanned", findings=[])
    assert store.article(id)["verdict"] == "unread"
    assert [row["id"] for row in store.articles(status="unread")] == [id]
    assert [row["id"] for row in store.articles(verdict="unread")] == [id]


def test_taken_down_keeps_everything(store):
    id, *_ = put(store)
    store.article_gone(id)
    row = store.article(id)
    assert (row["status"], row["text"], row["open"]) == ("gone", TEXT, 1)
    put(store)
    assert store.article(id)["status"] == "read"


def test_one_address_is_one_article(store):
    id, *_ = put(store)
    other = store.put_article(
        Article("Bài số 1", TEXT), outlet="bao-a", url="https://bao-a.vn/1", canonical_url="https://bao-a.vn/1", id="khac"
    )
    assert other[:2] == (id, 1)
    with pytest.raises(StoreError, match="địa chỉ"):
        store.put_article(Article("x", "y"), outlet=None, url=None, canonical_url=None)
    with pytest.raises(StoreError, match="khong-co"):
        put(store, 2, outlet="khong-co")


def test_future_dates_do_not_stick_on_top(store):
    put(store, 1, published=date(2099, 1, 1), fetched="2026-11-02T00:00:00.000+00:00")
    put(store, 2, published=date(2026, 11, 3), fetched="2026-11-03T00:00:00.000+00:00")
    assert [row["title"] for row in store.articles()] == ["Bài số 2", "Bài số 1"]


def test_filters_agree_with_their_count(store):
    for number in range(1, 8):
        put(store, number, published=date(2026, 10, number), findings=[] if number % 2 else None, outlet=None if number == 7 else "bao-a")
    for filters in ({}, {"verdict": "clear"}, {"outlet": "bao-a"}, {"since": date(2026, 10, 3), "until": "2026-10-05"}, {"search": "phái"}):
        assert len(store.articles(**filters)) == store.count_articles(**filters), filters
    assert store.count_articles(verdict="clear") == 4
    assert store.count_articles(since="2026-10-03", until="2026-10-05") == 3
    pages = [row["id"] for offset in range(0, 8, 3) for row in store.articles(limit=3, offset=offset)]
    assert len(set(pages)) == len(pages) == 7
    assert store.articles(limit=-5) == store.articles(offset=10**30) == []


@pytest.mark.parametrize(
    "query", ["phái yếu", "PHÁI  YẾU", '"phái yếu"', "yếu phái", "pha\u0301i ye\u0302\u0301u", "phái\u200b yếu !!"], ids=ascii
)
def test_search_finds(store, query):
    id, *_ = put(store)
    put(store, 2, text="Không có gì.", findings=[])
    assert [row["id"] for row in store.articles(query)] == [id]


@pytest.mark.parametrize("query", ["phai yeu", '"yếu phái"', "không-có", "*", '""', "NOT", "!!!", "\x00"], ids=ascii)
def test_search_finds_nothing(store, query):
    put(store)
    assert store.articles(query) == []
    assert store.count_articles(query) == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text(alphabet='"*^-+:(){}AND OR NOT NEAR\x00\ud800é', max_size=40))
def test_no_search_raises(store, query):
    store.articles(query, outlet=query, verdict=query)
    store.count_articles(query, outlet=query)


@pytest.mark.parametrize("text", ["a\x00phái\ud800 yếu\x1b.", "\ud800", "phái\r\nyếu"], ids=["lẫn", "lẻ", "CRLF"])
def test_whatever_text_is_stored_keeps_its_places(store, text):
    id, *_ = put(store, text=text, findings=[])
    kept = store.article(id)["text"]
    assert len(kept) == len(text)
    assert not set("\x00\x1b\ud800") & set(kept)
    assert kept.count("\r\n") == text.count("\r\n")


def test_audit_of_another_document_is_refused(store):
    id, *_ = put(store)
    with pytest.raises(ValueError, match="is not of article"):
        store.put_audit(id, 1, audit("khac"))


def test_stale_yields_what_other_rules_judged_even_while_writing(store):
    for number in range(1, 4):
        put(store, number)
    assert list(store.stale("rules-1", None)) == []
    assert len(list(store.stale("rules-1", "model-1"))) == len(list(store.stale())) == 3
    for row in store.stale("rules-2"):
        assert row["text"] == TEXT
        store.put_audit(row["id"], row["version"], audit(row["id"], rules="rules-2"))
    assert list(store.stale("rules-2")) == []
    unjudged = store.put_article(Article("Mới", "Mới"), outlet=None, url=None, canonical_url=None, id="moi")
    assert [row["id"] for row in store.stale("rules-2")] == [unjudged.article_id]


# --- queue and decisions --------------------------------------------------------------------------------------------


def test_queue_puts_the_gravest_first_and_empties_by_decisions(store):
    style = put(store, 1, findings=[{"severity": "style", "category": "sex-labels"}], published=date(2026, 11, 9))
    legal = put(
        store, 2, findings=[{"severity": "legal", "category": "identity-disclosure"}, {"severity": "style", "category": "sex-labels"}]
    )
    put(store, 3, findings=[{"counted": False}])
    assert [row["id"] for row in store.queue()] == [legal[0], style[0]]
    assert [f["category"] for f in store.queue()[0]["findings"]] == ["identity-disclosure", "sex-labels"]
    assert store.count_queue(severity="legal") == len(store.queue(severity="legal")) == 1
    assert store.count_queue(category="sex-labels", outlet="bao-a") == 2
    store.decide(legal[3][0], "an", "confirm", "đã đối chiếu")
    assert store.count_queue(category="identity-disclosure") == 0, "its open finding is of another category"
    assert store.count_queue() == 2
    store.decide(legal[3][1], "an", "dismiss", "")
    assert [row["id"] for row in store.queue()] == [style[0]]
    assert [row["id"] for row in store.queue(state="done")] == [legal[0]]
    assert store.count_queue(state="all") == 2
    with pytest.raises(StoreError, match="Trạng thái"):
        store.queue(state="x")


def test_changed_mind_is_a_new_row(store):
    _id, _version, _changed, [flagged] = put(store)
    store.decide(flagged, "an", "dismiss", "lần đầu")
    store.decide(flagged, "an", "confirm", "nghĩ lại")
    assert [d["verdict"] for d in store.decisions(flagged)] == ["dismiss", "confirm"]
    assert store.finding(flagged)["decision"] == "confirm"
    assert [d["note"] for d in store.finding(flagged)["decisions"]] == ["lần đầu", "nghĩ lại"]


def test_decision_is_refused_with_a_sentence_and_leaves_nothing(store):
    _id, _version, _changed, [flagged] = put(store)
    before = store.trail_head()
    for args in (("khong-co", "an", "confirm"), (flagged, "an", "maybe"), (flagged, "la", "confirm")):
        with pytest.raises(StoreError):
            store.decide(*args)
    store.disable_user("an", actor="test")
    with pytest.raises(StoreError, match="khóa"):
        store.decide(flagged, "an", "confirm", "")
    assert store.decisions() == []
    assert store.trail_head().seq == before.seq + 1, "only the disabled account"


def test_decision_outlives_new_rules_and_new_versions(store):
    id, _version, _changed, [flagged] = put(store)
    store.decide(flagged, "an", "dismiss", "trích để phê phán")
    store.put_audit(id, 1, audit(id, [finding(id)], rules="rules-2"))
    assert store.finding(flagged)["decision"] == "dismiss"
    assert store.queue() == []
    store.put_audit(id, 1, audit(id, [], rules="rules-3"))
    gone = store.finding(flagged)
    assert gone["withdrawn"]
    assert not gone["counted"]
    assert gone["decisions"][0]["note"] == "trích để phê phán"
    store.put_audit(id, 1, audit(id, [finding(id)], rules="rules-4"))
    assert store.finding(flagged)["withdrawn"] is None
    assert store.finding(flagged)["decision"] == "dismiss"
    put(store, text=TEXT + " Thêm một câu.")
    assert store.finding(flagged)["version"] == 2
    assert store.queue() == [], "the same words at the same place are decided already"


def test_decision_does_not_pass_to_other_words_at_the_same_place(store):
    _id, _version, _changed, [flagged] = put(store)
    store.decide(flagged, "an", "dismiss", "")
    put(store, text=TEXT.replace("phái yếu", "đàn bà! "), findings=[{"text": "đàn bà! "}])
    assert store.finding(flagged)["decision"] is None
    assert store.count_queue() == 1


def test_undecided_findings_go_with_the_rules_that_made_them(store):
    id, _version, _changed, [flagged] = put(store)
    store.put_audit(id, 1, audit(id, [], rules="rules-2"))
    assert store.finding(flagged) is None
    assert store.article(id)["verdict"] == "clear"


def test_transaction_is_all_or_nothing(store):
    with suppress(RuntimeError), store.writing():
        put(store)
        raise RuntimeError
    assert store.count_articles() == 0
    assert store.articles("phái") == []


# --- outlets and adoption -------------------------------------------------------------------------------------------

MERGED = [
    {"id": "bao-moi", "name": "Báo và đài", "kind": "press_and_broadcast", "valid_from": date(2025, 7, 1), "succeeds": ["bao-cu", "dai-cu"],
     "feeds": ["https://moi.vn/rss"], "verified": True, "source": "https://nguon.vn", "agency": "Tỉnh ủy"},
    {"id": "bao-cu", "name": "Báo cũ", "kind": "newspaper"},
    {"id": "dai-cu", "name": "Đài cũ", "kind": "broadcaster"},
]  # fmt: skip


def test_register_with_successors_and_dates(store):
    store.put_outlets(MERGED, actor="test")
    assert {row["id"] for row in store.outlets(date(2025, 6, 30))} == {"bao-a", "bao-cu", "dai-cu"}
    assert {row["id"] for row in store.outlets(date(2025, 7, 1))} == {"bao-a", "bao-moi"}
    row = store.outlet("bao-moi")
    assert (row["feeds"], row["succeeds"], row["agency"], row["verified"]) == (
        ["https://moi.vn/rss"],
        ["bao-cu", "dai-cu"],
        "Tỉnh ủy",
        True,
    )
    assert store.outlet("dai-cu")["succeeded_by"] == [{"outlet": "bao-moi", "date": "2025-07-01"}]
    assert store.outlet("khong-co") is None
    store.put_outlets([{"id": "bao-a", "name": "Báo A", "kind": "newspaper", "valid_to": "2026-01-01"}], actor="test")
    assert [len([o for o in store.outlets(day) if o["id"] == "bao-a"]) for day in ("2025-12-31", "2026-01-01")] == [1, 0]


def test_feed_state_survives_a_new_register(store):
    store.put_outlets(MERGED, actor="test")
    [feed] = store.feeds("bao-moi")
    store.feed_checked(feed["id"], etag="e1")
    store.feed_checked(feed["id"], problem="hết hạn chờ")
    store.put_outlets([{**MERGED[0], "feeds": ["https://moi.vn/rss", "https://moi.vn/hai"]}], actor="test")
    kept, new = store.feeds("bao-moi")
    assert (kept["etag"], kept["failures"], kept["problem"], new["failures"]) == ("e1", 1, "hết hạn chờ", 0)
    store.feed_checked(kept["id"], etag="e2")
    assert store.feeds("bao-moi")[0]["failures"] == 0
    store.put_outlets([{**MERGED[0], "feeds": []}], actor="test")
    assert store.feeds("bao-moi") == []


@pytest.mark.parametrize(
    "wrong",
    [{"id": "A b"}, {"name": " "}, {"kind": "blog"}, {"valid_from": "hôm qua"}, {"valid_to": 7}, {"feeds": "https://x.vn"},
     {"succeeds": ["khong-co"]}, {"counted": "có"}, {"valid_from": "2026-01-02", "valid_to": "2026-01-01"}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_wrong_outlet_is_refused_and_none_is_stored(store, wrong):
    with pytest.raises(StoreError):
        store.put_outlets(
            [{"id": "bao-b", "name": "B", "kind": "other"}, {"id": "bao-c", "name": "C", "kind": "other", **wrong}], actor="test"
        )
    assert store.outlet("bao-b") is None


def test_adoption_is_dated_and_kept(store):
    store.put_adoption("bao-a", "pilot", "2025-10-01", "QĐ 1", "an")
    store.put_adoption("bao-a", "official", date(2026, 5, 1), "QĐ 2", "an")
    assert store.adoption("2025-09-30") == []
    assert [r["status"] for r in store.adoption("2026-01-01")] == ["pilot"]
    assert [r["status"] for r in store.adoption()] == ["official"]
    assert len(store.adoption_history()) == 2
    for args in (
        ("la", "pilot", "2025-10-01", "x"),
        ("bao-a", "half", "2025-10-01", "x"),
        ("bao-a", "pilot", "x", "x"),
        ("bao-a", "pilot", "2025-10-01", " "),
    ):
        with pytest.raises(StoreError):
            store.put_adoption(*args, "an")


def test_official_wording_is_entered_with_its_source(store):
    store.put_wording("B1.2-1", "Lời văn", "Bộ chỉ số 2014, tr. 31", "an")
    store.put_wording("B1.2-1", "Lời văn sửa", "Bộ chỉ số 2014, tr. 32", "an")
    assert store.wordings()["B1.2-1"]["wording"] == "Lời văn sửa"
    with pytest.raises(StoreError):
        store.put_wording("B1.2-1", "Lời văn", "", "an")


# --- accounts -------------------------------------------------------------------------------------------------------


def test_accounts_refuse_what_is_wrong(store):
    for args in (("an", "reviewer"), ("có cách", "reviewer"), ("", "admin"), ("binh", "king"), ("binh", "editor")):
        with pytest.raises(StoreError):
            store.add_user(*args, "hash", actor="test")
    with pytest.raises(StoreError):
        store.add_user("binh", "editor", "hash", outlet="khong-co", actor="test")
    assert store.add_user("binh", "editor", "hash", outlet="bao-a", actor="test")["outlet"] == "bao-a"
    assert "password_hash" not in store.users()[0]
    for deed in (lambda: store.disable_user("la", "test"), lambda: store.set_password("la", "h", "test"), lambda: store.add_token("la")):
        with pytest.raises(StoreError):
            deed()


def test_tokens_are_kept_as_hashes_and_die_with_the_account(store):
    token = store.add_token("an")
    assert store.user_of_token(token)["name"] == "an"
    assert store.user_of_token(token + "x") is None
    assert store.user_of_token("\ud800") is None
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert token.encode() not in store.path.read_bytes()
    store.disable_user("an", actor="test")
    assert store.user_of_token(token) is None


def test_sessions_end(tmp_path):
    time = ["2026-11-22T10:00:00.000+00:00"]
    with filled(tmp_path / "kho.db", clock=lambda: time[0]) as store:
        token = store.open_session("an", {"form_key": "k"}, hours=1)
        assert store.session(token)["data"] == {"form_key": "k"}
        for moment, alive in (
            ("2026-11-22T10:59:59.999+00:00", True),
            ("2026-11-22T11:00:00.000+00:00", False),
            ("2026-11-22T09:00:00.000+00:00", False),
        ):
            time[0] = moment
            assert (store.session(token) is not None) is alive, moment
        time[0] = "2026-11-22T10:30:00.000+00:00"
        store.close_session(token)
        assert store.session(token) is None
        ended = [store.open_session("an", {}, 1) for _ in range(2)]
        store.set_password("an", "new", actor="an")
        assert [store.session(token) for token in ended] == [None, None]
        with pytest.raises(StoreError):
            store.open_session("la", {}, 1)
