"""Imported archives: every good line is stored and judged once, every bad one is told by its number, in any order of trouble."""

import json
import sqlite3

import pytest
from stored import audit, filled, finding

from auditor.archive import judge_stored
from auditor.errors import ReadError, RuleError
from auditor.keep import intake
from auditor.keep.database import BusyError
from auditor.keep.intake import import_file
from auditor.keep.store import Store

TEXT = "Cán bộ xã nói phái yếu nên ở nhà."


@pytest.fixture
def store(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        yield store


def judge(record):
    """A judge that finds the same passage in every text that has it."""
    start = record["text"].find("phái yếu")
    return audit(record["id"], [finding(record["id"], start, start + 8)] if start >= 0 else [])


def lines(tmp_path, *records, name="bai.jsonl"):
    path = tmp_path / name
    path.write_bytes(b"".join(r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in records))
    return path


def test_fields_of_a_line_arrive(store, tmp_path):
    record = {"id": "x/1", "title": "Tiêu đề", "text": TEXT, "url": "https://bao-a.vn/x", "outlet": "bao-a", "published": "2026-10-02T08:00:00+07:00",
              "kind": "notice"}  # fmt: skip
    done = import_file(store, lines(tmp_path, record), judge)
    assert (done.stored, done.known, done.failed, done.unread) == (1, 0, 0, 0)
    row = store.article("x/1")
    assert (row["title"], row["text"], row["url"], row["outlet"], row["published"], row["kind"], row["verdict"]) == (
        "Tiêu đề", TEXT, "https://bao-a.vn/x", "bao-a", "2026-10-02", "notice", "review",
    )  # fmt: skip
    assert row["open"] == 1
    assert "1 bài" in done.sentence()


def test_bad_lines_are_told_and_the_rest_goes_on(store, tmp_path):
    bad = {
        2: b"{khong phai json\n",
        3: b'{"id": "3", "text": "\xff\xfe"}\n',
        4: b"[1, 2]\n",
        5: {"id": "5", "title": "thiếu text"},
        6: {"id": "6", "text": 7},
        7: {"id": "7", "text": TEXT, "kind": "blog"},
        8: {"id": "8", "text": TEXT, "published": "hôm qua"},
        9: {"id": "9", "text": TEXT, "outlet": "khong-co"},
        10: {"text": TEXT},
        11: b"[" * 100_000 + b"\n",
        12: {"id": "12", "text": TEXT, "url": 5},
        13: b'{"id": ' + b"9" * 5_000 + b"}\n",
        14: {"id": ["x"], "text": TEXT},
    }
    path = lines(tmp_path, {"id": "1", "text": TEXT}, *bad.values(), b"\n", {"id": 16, "text": TEXT, "title": None})
    done = import_file(store, path, judge)
    assert done.stored == 2
    assert [problem.split(":")[0] for problem in done.problems] == [f"bai.jsonl, dòng {number}" for number in bad]
    assert {row["id"] for row in store.articles()} == {"1", "16"}


def test_real_judge_takes_hostile_text(store, tmp_path):
    texts = ["", "\x00\x01", "\ud800 phái yếu", "a" * 60, "Xin chào\r\n\u202ecác bạn " * 5, "💥" * 300, "pha\u0301i yê\u0301u " * 20]
    done = import_file(store, lines(tmp_path, *({"id": str(n), "text": text} for n, text in enumerate(texts))), judge_stored)
    assert (done.stored, done.problems) == (len(texts), [])
    for n in range(len(texts)):
        told, row = store.audit(str(n)), store.article(str(n))
        assert all(row[f["field"]][f["start"] : f["end"]] == f["text"] for f in told["findings"])
    assert store.article("0")["verdict"] == "unread"
    assert store.article("0")["status"] == "unread"
    assert done.unread >= 3


def test_nothing_twice(store, tmp_path):
    record = {"id": "1", "text": TEXT, "url": "https://bao-a.vn/1"}
    assert import_file(store, lines(tmp_path, record, record), judge).stored == 1
    judged = []
    again = import_file(store, lines(tmp_path, record), lambda r: judged.append(r) or judge(r))
    assert (again.stored, again.known, judged) == (0, 1, []), "what is known is not judged again"
    other = import_file(store, lines(tmp_path, {**record, "id": "khac"}, {"url": record["url"], "text": TEXT}), judge)
    assert (other.stored, other.known, store.count_articles()) == (0, 2, 1), "one address is one article"
    edited = import_file(store, lines(tmp_path, {**record, "text": TEXT + " Đã sửa."}), judge)
    assert (edited.stored, store.article("1")["version"]) == (1, 2)


def test_two_names_for_one_new_address_in_one_batch(store, tmp_path):
    url = "https://bao-a.vn/1"
    import_file(store, lines(tmp_path, {"id": "a", "text": TEXT, "url": url}, {"id": "b", "text": TEXT + " Thêm.", "url": url}), judge)
    assert [row["id"] for row in store.articles()] == ["a"]
    assert store.article("a")["version"] == 2


def test_broken_rules_end_the_import(store, tmp_path):
    def broken(_record):
        raise RuleError("rules/x.yaml", 3, "sai")

    with pytest.raises(RuleError):
        import_file(store, lines(tmp_path, {"id": "1", "text": TEXT}), broken)
    assert store.count_articles() == 0


def test_line_that_is_too_long_is_skipped_whole(store, tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "_LONGEST_LINE", 200)
    path = lines(tmp_path, {"id": "1", "text": "a" * 1_000}, {"id": "2", "text": TEXT})
    done = import_file(store, path, judge)
    assert (done.stored, done.problems[0].split(":")[0]) == (1, "bai.jsonl, dòng 1")


def test_byte_order_mark_and_last_line_without_end(store, tmp_path):
    path = tmp_path / "bom.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps({"id": "1", "text": TEXT}).encode() + b"\r\n" + json.dumps({"id": "2", "text": TEXT}).encode()
    )
    assert import_file(store, path, judge).stored == 2


def test_outlet_for_what_names_none_and_progress_over_every_item(store, tmp_path):
    seen = []
    path = lines(tmp_path, *({"id": str(n), "text": f"{TEXT} {n}"} for n in range(120)))
    done = import_file(store, path, judge, lambda items: (seen.append(item) or item for item in items), outlet="bao-a")
    assert done.stored == len(seen) == store.count_articles(outlet="bao-a") == 120


def test_locked_archive_ends_the_import_and_it_can_be_run_again(tmp_path):
    filled(tmp_path / "kho.db").close()
    path = lines(tmp_path, {"id": "1", "text": TEXT})
    other = sqlite3.connect(tmp_path / "kho.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(tmp_path / "kho.db", busy_seconds=0.05) as store:
        with pytest.raises(BusyError):
            import_file(store, path, judge)
        other.execute("ROLLBACK")
        other.close()
        assert import_file(store, path, judge).stored == 1


def test_folder_of_documents(store, tmp_path):
    folder = tmp_path / "kich-ban"
    (folder / "sau").mkdir(parents=True)
    (folder / "a.txt").write_text(f"Tiêu đề\n\n{TEXT}", encoding="utf-8")
    (folder / "sau" / "b.md").write_text(f"# Tiêu đề B\n\n{TEXT}", encoding="utf-8")
    (folder / "hong.txt").write_bytes(b"\xff\xfe\x00\xd8")
    (folder / "anh.png").write_bytes(b"\x89PNG")
    (folder / ".an.txt").write_text("ẩn", encoding="utf-8")
    done = import_file(store, folder, judge_stored, outlet="bao-a")
    assert {row["id"] for row in store.articles()} >= {"a.txt", "sau/b.md"}
    assert store.article("a.txt")["title"] == "Tiêu đề"
    assert any(problem.startswith("anh.png:") for problem in done.problems)
    assert not store.article(".an.txt")
    assert import_file(store, folder, judge_stored).stored == 0


def test_other_files_are_refused(store, tmp_path):
    for name in ("bai.csv", "bai.warc.gz"):
        (tmp_path / name).write_text("x", encoding="utf-8")
        with pytest.raises(ReadError, match="chỉ nhận"):
            import_file(store, tmp_path / name, judge)
    with pytest.raises(ReadError):
        import_file(store, tmp_path / "khong-co.jsonl", judge)
