"""Backups are made while others write, are proven before they get their name, and come back exactly as they were."""

import sqlite3
import threading
from contextlib import closing

import pytest
from stored import filled, put

from auditor.errors import StoreError
from auditor.keep.backup import backup, restore, verify
from auditor.keep.store import Store


@pytest.fixture
def path(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        for number in range(1, 4):
            *_, [flagged] = put(store, number)
            store.decide(flagged, "an", "confirm", f"ghi chú {number}")
    return tmp_path / "kho.db"


def dump(path):
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


def forge(path, *deeds):
    """Change an archive as somebody would who goes around the triggers."""
    with closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for deed in deeds:
            db.execute(deed)


def test_restored_archive_is_the_same(path, tmp_path):
    with Store.open(path) as store:
        head = backup(store, tmp_path / "sao.db")
        assert head == store.trail_head()
    assert verify(path) == verify(tmp_path / "sao.db", head) == []
    assert restore(tmp_path / "sao.db", tmp_path / "moi.db") is None
    assert dump(tmp_path / "moi.db") == dump(path) == dump(tmp_path / "sao.db")
    with Store.open(tmp_path / "moi.db") as store:
        assert store.value("PRAGMA journal_mode") == "wal"
        assert store.articles("phái yếu")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kho.db", "moi.db", "sao.db"], "nothing unfinished is left"


def test_backup_while_reviewers_decide(path, tmp_path):
    with Store.open(path) as store:
        flagged = store.decisions()[0]["finding"]
        stop = threading.Event()
        acknowledged = []

        def work():
            while not stop.is_set():
                acknowledged.append(store.decide(flagged, "an", "confirm", ""))

        worker = threading.Thread(target=work)
        worker.start()
        before = len(store.decisions())
        heads = [backup(store, tmp_path / f"sao-{number}.db") for number in range(3)]
        stop.set()
        worker.join()
        after = store.decisions()
    for number, head in enumerate(heads):
        assert verify(tmp_path / f"sao-{number}.db", head) == []
        with closing(sqlite3.connect(tmp_path / f"sao-{number}.db")) as db:
            kept = [row[0] for row in db.execute("SELECT id FROM decisions ORDER BY id")]
        assert kept == [d["id"] for d in after[: len(kept)]]
        assert len(kept) >= before


def test_nothing_is_overwritten_silently(path, tmp_path):
    backup(path, tmp_path / "sao.db")
    before = (tmp_path / "sao.db").read_bytes()
    with pytest.raises(StoreError, match="đã có"):
        backup(path, tmp_path / "sao.db")
    assert (tmp_path / "sao.db").read_bytes() == before
    with pytest.raises(StoreError, match="không bị ghi đè"):
        restore(tmp_path / "sao.db", path)


def test_restore_over_an_archive_keeps_the_old_one(path, tmp_path):
    backup(path, tmp_path / "sao.db")
    with Store.open(path) as store:
        put(store, 9)
        with pytest.raises(StoreError, match="đang được dùng"):
            restore(tmp_path / "sao.db", path, overwrite=True)
        assert store.count_articles() == 4
    aside = restore(tmp_path / "sao.db", path, overwrite=True)
    assert verify(path) == verify(aside) == []
    with Store.open(path) as store, Store.open(aside) as old:
        assert (store.count_articles(), old.count_articles()) == (3, 4)


def test_restore_over_a_damaged_archive(path, tmp_path):
    backup(path, tmp_path / "sao.db")
    path.write_bytes(b"rac" * 5000)
    path.with_name("kho.db-wal").write_bytes(b"rac")
    aside = restore(tmp_path / "sao.db", path, overwrite=True)
    assert verify(path) == []
    assert aside.read_bytes().startswith(b"rac")
    assert not path.with_name("kho.db-wal").exists()


def test_damaged_backup_is_not_restored(path, tmp_path):
    backup(path, tmp_path / "sao.db")
    forge(tmp_path / "sao.db", "UPDATE decisions SET verdict = 'dismiss' WHERE id = 2")
    with pytest.raises(StoreError, match="không toàn vẹn"):
        restore(tmp_path / "sao.db", tmp_path / "moi.db")
    assert not (tmp_path / "moi.db").exists()
    with pytest.raises(StoreError, match="không toàn vẹn"):
        backup(tmp_path / "sao.db", tmp_path / "sao-2.db")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kho.db", "sao.db"]


def test_unwritable_target_is_told(path, tmp_path):
    with pytest.raises(StoreError, match="Không có thư mục"):
        backup(path, tmp_path / "khong-co" / "sao.db")
    with pytest.raises(StoreError, match="Không có tệp"):
        restore(tmp_path / "khong-co.db", tmp_path / "moi.db")


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("UPDATE trail SET actor = 'binh' WHERE seq = 4", "dòng sai đầu tiên là số 4"),
        ("DELETE FROM trail WHERE seq = 3", "dòng sai đầu tiên là số 3"),
        ("UPDATE decisions SET note = 'khác' WHERE id = 2", "Quyết định số 2"),
        ("UPDATE decisions SET text = 'khác' WHERE id = 1", "Quyết định số 1"),
        ("DELETE FROM decisions WHERE id = 3", "Dòng 5 của nhật ký"),
        ("INSERT INTO decisions SELECT 9, finding, article, version, text, category, rule, severity, reviewer, verdict, note, made, 1 FROM decisions WHERE id = 1", "Quyết định số 9"),
        ("UPDATE versions SET text = 'Sửa lén.' WHERE rowid = 2", "Văn bản của bài"),
        ("UPDATE versions SET title = 'Sửa lén.' WHERE rowid = 1", "Văn bản của bài"),
        ("DELETE FROM versions WHERE rowid = 2", "không còn"),
        ("DELETE FROM users", "Bảng decisions"),
    ],
)  # fmt: skip
def test_verify_names_what_was_forged(path, deed, told):
    forge(path, deed)
    problems = verify(path)
    assert any(told in problem for problem in problems), problems


def test_verify_finds_a_cut_tail_by_a_head_kept_outside(path):
    with Store.open(path) as store:
        head = store.trail_head()
    forge(path, "DELETE FROM decisions WHERE id = 3", "DELETE FROM trail WHERE seq = 5")
    assert verify(path) == []
    assert "số 5" in verify(path, head)[0]


def test_verify_tells_damage_and_foreign_files(path, tmp_path):
    data = bytearray(path.read_bytes())
    data[8192:16384] = b"\x55" * 8192
    path.write_bytes(data)
    assert any("hỏng" in problem for problem in verify(path))
    (tmp_path / "chu.txt").write_text("xin chào", encoding="utf-8")
    assert "không phải cơ sở dữ liệu" in verify(tmp_path / "chu.txt")[0]
    with closing(sqlite3.connect(tmp_path / "khac.db")) as db, db:
        db.execute("CREATE TABLE t (x)")
    assert "chương trình khác" in verify(tmp_path / "khac.db")[0]
    with pytest.raises(StoreError, match="Không có tệp"):
        verify(tmp_path / "khong-co.db")


def test_verify_writes_nothing(path):
    before = path.read_bytes()
    assert verify(path) == []
    assert path.read_bytes() == before
