"""The trail: rows are bound to each other, cannot be changed, and whoever goes around that is found at the first bad row."""

import hashlib
import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import filled, put

from auditor.keep import trail


@pytest.fixture
def store(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        _id, _version, _changed, [flagged] = put(store)
        for verdict in ("confirm", "dismiss", "confirm"):
            store.decide(flagged, "an", verdict, "ghi chú | có gạch")
        yield store


def forge(store, deed):
    """Change the file as somebody would who goes around the triggers."""
    with sqlite3.connect(store.path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute(deed)
    db.close()


def test_hash_is_what_the_docstring_says(store):
    """A verifier of thirty characters, written from the words alone."""
    previous = "0" * 64
    for row in reversed(store.trail()):
        joined = "|".join(str(row[name]) for name in ("seq", "at", "actor", "action", "subject", "detail"))
        assert row["hash"] == hashlib.sha256(f"{previous}|{joined}".encode()).hexdigest()
        assert row["detail"] == json.dumps(json.loads(row["detail"]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = row["hash"]
    assert store.trail_head() == (row["seq"], previous)
    assert trail.check(store.db) is None


def test_every_deed_is_on_the_trail(store):
    store.record("an", "name.unmask", "bai-1", {"why": "đối chiếu"})
    assert [row["action"] for row in reversed(store.trail())] == [
        "outlet.put", "user.add", "decision.confirm", "decision.dismiss", "decision.confirm", "name.unmask",
    ]  # fmt: skip
    detail = json.loads(store.trail()[1]["detail"])
    assert (detail["note"], detail["verdict"], detail["reviewer"]) == ("ghi chú | có gạch", "confirm", "an")
    assert "text" not in detail, "the passage may name a victim"


@pytest.mark.parametrize("table", ["trail", "decisions", "adoption", "indicator_wording"])
@pytest.mark.parametrize("recursive", [True, False], ids=["recursive", "plain"])
def test_triggers_refuse(store, table, recursive):
    store.put_adoption("bao-a", "pilot", "2025-10-01", "QĐ 1", "an")
    store.put_wording("B1.2-1", "Lời văn", "Nguồn", "an")
    store.db.execute(f"PRAGMA recursive_triggers = {'on' if recursive else 'off'}")
    before = store.all(f"SELECT * FROM {table}")
    for deed in (f"UPDATE {table} SET rowid = rowid", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.db.execute(deed)
    if table in ("trail", "decisions"):
        with pytest.raises(sqlite3.IntegrityError):
            store.db.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    assert store.all(f"SELECT * FROM {table}") == before


@pytest.mark.parametrize(
    ("deed", "bad"),
    [
        ("UPDATE trail SET detail = '{}' WHERE seq = 4", 4),
        ("UPDATE trail SET actor = 'binh' WHERE seq = 3", 3),
        ("UPDATE trail SET at = '2020-01-01' WHERE seq = 1", 1),
        ("UPDATE trail SET hash = lower(hex(randomblob(32))) WHERE seq = 5", 5),
        ("DELETE FROM trail WHERE seq = 2", 2),
        ("DELETE FROM trail WHERE seq = 1", 1),
        ("UPDATE trail SET seq = 99 WHERE seq = 5", 5),
        ("INSERT INTO trail SELECT seq + 1, at, actor, action, subject, detail, previous, hash || 'x' FROM trail WHERE seq = 5", 6),
    ],
)
def test_forgery_is_found_at_its_first_row(store, deed, bad):
    store.db.execute("PRAGMA foreign_keys = OFF")
    forge(store, deed)
    assert trail.check(store.db) == bad


def test_cut_tail_and_rewritten_trail_show_against_a_head_kept_outside(store):
    head = store.trail_head()
    assert trail.check(store.db, head) is None
    forge(store, "DELETE FROM trail WHERE seq = 5")
    assert trail.check(store.db) is None, "a cut tail is a whole chain"
    assert trail.check(store.db, head) == 5
    with store.writing() as db:
        trail.append(db, "an", "other", "x", {})
    assert trail.check(store.db) is None
    assert trail.check(store.db, head) == 5


def test_row_outside_a_transaction_is_a_programming_error(store):
    with pytest.raises(ValueError, match="transaction"):
        trail.append(store.db, "an", "x", "y", {})


@given(st.lists(st.text(alphabet="a|1\n", max_size=4), min_size=3, max_size=3, unique=True), st.data())
def test_no_two_rows_share_their_joined_string(fields, data):
    """A separator inside a field would let two different rows have one hash."""
    moved = data.draw(st.permutations(fields))
    one, two = ([trail.plain(field) for field in row] for row in (fields, moved))
    if one != two:
        assert trail.digest(trail.Head(0, trail.START), "t", *one, "{}") != trail.digest(trail.Head(0, trail.START), "t", *two, "{}")
    assert "\n" not in "".join(one)


def test_odd_strings_do_not_break_the_chain(store):
    store.record("an\n2026 admin", "x|y", "\ud800\x00", {"ghi chú": "\ud800\x00|", "số": [1, {"b": None}]})
    assert trail.check(store.db) is None
    assert store.trail()[0]["actor"] == "an 2026 admin"
