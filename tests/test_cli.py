"""The command line: what it prints, where, and with which exit code."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from auditor.cli import main

BAD = "Diện váy bó sát, nữ ca sĩ khoe đường cong gợi cảm trên sân khấu."
CLEAN = "Sáng 3/11, Hội Nông dân xã Yên Nguyên tập huấn trồng chè cho 40 hộ."


def run(*args, given=None):
    return CliRunner().invoke(main, [str(a) for a in args], input=given)


@pytest.fixture
def draft(tmp_path):
    path = tmp_path / "bài.txt"
    path.write_text(f"Đêm nhạc cuối tuần\n\n{CLEAN}\n{BAD}\n", encoding="utf-8")
    return path


def test_help_starts_without_the_heavy_modules():
    code = "import sys; from auditor.cli import main; main(['--help'], standalone_mode=False); print(sorted(sys.modules), file=sys.stderr)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heavy in ("sqlite_utils", "pydantic", "flask", "httpx2", "trafilatura", "numpy", "hyperscan", "yaml"):
        assert f"'{heavy}'" not in told.stderr


def every_command(group=main, path=()):
    for name, command in sorted((n, group.get_command(None, n)) for n in group.list_commands(None)):
        yield (*path, name)
        if hasattr(command, "list_commands"):
            yield from every_command(command, (*path, name))


@pytest.mark.parametrize("command", list(every_command()), ids=lambda path: " ".join(path))
def test_every_command_has_help_with_an_example(command):
    told = run(*command, "-h")
    assert told.exit_code == 0
    assert "Example:" in told.stdout


def test_check_finds_the_passage_in_the_file(draft):
    told = run("check", draft)
    assert told.exit_code == 1
    assert "dòng 4" in told.stdout and "đường cong" in told.stdout and "Ví dụ cách viết:" in told.stdout


def test_check_json_indexes_the_text_it_carries(draft):
    told = run("check", "--format", "json", draft)
    audit = json.loads(told.stdout)
    assert audit["id"] == str(draft) and audit["title"] == "Đêm nhạc cuối tuần"
    assert all(audit["text"][f["start"] : f["end"]] == f["text"] for f in audit["findings"] if f["field"] == "text")


def test_check_sarif_counts_code_points(draft):
    run_ = json.loads(run("check", "--format", "sarif", draft).stdout)["runs"][0]
    region = run_["results"][0]["locations"][0]["physicalLocation"]["region"]
    line = draft.read_text(encoding="utf-8").split("\n")[region["startLine"] - 1]
    assert run_["columnKind"] == "unicodeCodePoints"
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == region["snippet"]["text"]


def test_check_github_writes_annotations(draft):
    assert run("check", "--format", "github", draft).stdout.startswith("::error file=")


@pytest.mark.parametrize(("level", "code"), [("legal", 0), ("strong", 1), ("style", 1), ("never", 0)])
def test_fail_on_decides_the_exit_code(draft, level, code):
    assert run("check", "--fail-on", level, draft).exit_code == code


def test_check_reads_stdin():
    told = run("check", "-", "--format", "json", given=CLEAN)
    assert (told.exit_code, json.loads(told.stdout)["id"], json.loads(told.stdout)["verdict"]) == (0, "-", "clear")


def test_one_unreadable_file_stops_no_other(draft, tmp_path):
    (tmp_path / "hỏng.txt").write_bytes(b"Ph\xf4 n\xf7 trong x\xe3")
    told = run("check", tmp_path / "hỏng.txt", tmp_path / "không-có.txt", draft, "--fail-on", "never")
    assert told.exit_code == 1
    assert "đường cong" in told.stdout
    assert len(told.stderr.strip().splitlines()) == 2 and "Traceback" not in told.stderr


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x00", b"\xff\xfe\x00\xd8", b"%PDF-1.4 broken"], ids=["empty", "NUL", "surrogate", "broken PDF"]
)
def test_a_file_with_no_text_is_never_clear(tmp_path, data):
    for ending in ("txt", "md", "html", "docx", "pdf"):
        path = tmp_path / f"tệp.{ending}"
        path.write_bytes(data)
        told = run("check", path, "--fail-on", "never")
        assert told.exit_code in (1, 2), (ending, told.stdout)
        assert "không thấy đoạn nào" not in told.stdout
        assert told.exception is None or isinstance(told.exception, SystemExit)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_audit_keeps_order_and_goes_on_after_bad_lines(tmp_path, jobs, monkeypatch):
    monkeypatch.setattr("auditor.archive._PARTITION", 2_000)
    rows = [json.dumps({"id": i, "title": f"Bài {i}", "text": BAD if i % 3 else CLEAN}, ensure_ascii=False).encode() for i in range(40)]
    rows[5], rows[9], rows[11], rows[13] = (
        b"{broken",
        b"\xff\xfe",
        b'{"id": "no text"}',
        b'{"id": "lone", "text": "N\\ud800 ph\xe1\xbb\xa5 n\xe1\xbb\xaf x\xc3\xa3"}',
    )
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(rows))
    told = run("audit", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--jobs", jobs)
    found = lines(tmp_path / "out.jsonl")
    assert told.exit_code == 1
    assert len(found) == 40
    assert found[5]["line"] == 6 and found[9]["line"] == 10 and found[11]["id"] == "no text"
    assert found[13]["id"] == "lone" and found[14]["id"] == 14
    assert all(f["counted"] for r in found for f in r.get("findings", []))
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".auditor")] == []


def test_audit_of_parquet_carries_nested_fields_as_json(tmp_path):
    parquet, pa = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    parquet.write_table(pa.table({"id": ["a", "b"], "text": [BAD, CLEAN]}), tmp_path / "in.parquet")
    assert run("audit", tmp_path / "in.parquet", "-o", tmp_path / "out.parquet").exit_code == 0
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert [(r["id"], r["verdict"]) for r in rows] == [("a", "review"), ("b", "clear")]
    assert json.loads(rows[0]["findings"])[0]["category"] == "objectification"


def test_audit_says_what_it_lacks(tmp_path):
    assert run("audit").exit_code == 2
    assert run("audit", tmp_path / "none.jsonl", "-o", tmp_path / "o").exit_code == 2
    (tmp_path / "in.jsonl").write_text("{}\n")
    told = run("audit", tmp_path / "in.jsonl", "-o", tmp_path / "no" / "o.jsonl")
    assert told.exit_code == 2 and "không ghi được" in told.stderr


def test_a_broken_rule_file_is_told_with_its_line(tmp_path):
    (tmp_path / "domestic-duty").mkdir()
    (tmp_path / "domestic-duty" / "hong.yaml").write_text("category: domestic-duty\nseverity: strong\npatterns: [a", encoding="utf-8")
    told = run("rules", "check", tmp_path)
    assert told.exit_code == 2 and "hong.yaml:" in told.stderr and "Traceback" not in told.stderr


def test_a_new_rule_does_not_load_before_it_is_filled(tmp_path):
    assert run("rules", "new", "domestic-duty/rua-bat", "--folder", tmp_path).exit_code == 0
    assert run("rules", "check", tmp_path).exit_code == 2
    assert run("rules", "new", "../x/y", "--folder", tmp_path).exit_code == 2


def test_rules_list_and_show():
    assert "objectification/" in run("rules", "list").stdout
    first = json.loads(run("rules", "list", "--json").stdout.splitlines()[0])
    assert f"category: {first['category']}" in run("rules", "show", first["id"]).stdout
    assert run("rules", "show", "../../etc/passwd").exit_code == 2


def test_extract_prints_one_object(tmp_path):
    page = tmp_path / "trang.html"
    page.write_text(
        f"<html lang=vi><head><title>Chè xã Yên Nguyên - Báo Mẫu</title></head><body><article><h1>Chè xã Yên Nguyên</h1><p>{CLEAN}</p><p>{CLEAN * 4}</p></article></body></html>",
        encoding="utf-8",
    )
    told = json.loads(run("extract", page).stdout)
    assert told["title"] == "Chè xã Yên Nguyên" and CLEAN in told["text"] and told["status"] == "read"


def test_a_store_command_tells_a_missing_and_a_foreign_database(tmp_path):
    assert "auditor init" in run("--db", tmp_path / "none.db", "outlets", "list").stderr
    (tmp_path / "foreign.db").write_bytes(b"SQLite format 4\x00" + b"x" * 500)
    told = run("--db", tmp_path / "foreign.db", "verify")
    assert told.exit_code in (1, 2) and "Traceback" not in told.stderr


def test_an_archive_from_init_to_export(tmp_path):
    db = ("--db", tmp_path / "kho.db")
    assert run(*db, "init").exit_code == 0
    rows = [{"id": f"b{i}", "title": "Tin", "text": BAD if i else CLEAN, "outlet": "demo", "published": "2026-10-20"} for i in range(3)]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    assert run(*db, "outlets", "add", "demo", "Báo Mẫu", "--kind", "newspaper").exit_code == 0
    assert run(*db, "import", tmp_path / "in.jsonl").exit_code == 0
    assert run(*db, "import", tmp_path / "in.jsonl").exit_code == 0  # nothing twice
    assert run(*db, "audit", "--stored").exit_code == 0
    assert run(*db, "user", "add", "lan", "--role", "reviewer", "--password-stdin", given="một mật khẩu dài\n").exit_code == 0
    assert "lan" in run(*db, "user", "list").stdout
    assert len(run(*db, "user", "token", "lan").stdout.strip()) >= 32
    assert run(*db, "export", tmp_path / "ra").exit_code == 0
    assert len(lines(tmp_path / "ra" / "articles.jsonl")) == 3
    assert {r["verdict"] for r in lines(tmp_path / "ra" / "articles.jsonl")} == {"clear", "review"}
    assert run(*db, "backup", tmp_path / "sao.db").exit_code == 0
    assert run("--db", tmp_path / "mới.db", "restore", tmp_path / "sao.db").exit_code == 0
    assert run("--db", tmp_path / "mới.db", "verify").exit_code == 0
    assert (
        run(*db, "checklist", "wording", "B1.3-1", "Tỷ lệ tin bài về bình đẳng giới", "--source", "Bộ chỉ số 2014", "--by", "lan").exit_code
        == 0
    )
    assert "đã kiểm chứng" in next(row for row in run(*db, "checklist", "list").stdout.splitlines() if row.startswith("B1.3-1 "))
    assert run(*db, "doctor").exit_code == 0
