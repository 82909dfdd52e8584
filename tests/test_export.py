"""What leaves the archive: whole or not at all, readable by anybody, without the names of victims and children."""

import csv
import json

import pytest
import yaml
from stored import filled, person, put

from auditor.errors import StoreError
from auditor.keep import export as module
from auditor.keep.backup import verify
from auditor.keep.export import FILES, export, guarded, register_yaml
from auditor.keep.masking import BLOCK, MASK, Masking

SECRET = "Nguyễn Thị Hoa"
CHILD = "Cháu Trần Văn Bé, lớp 5A Trường Tiểu học Sông Lô, kể lại. Chị Hoa khóc. Ông Nam nói với N.T.H. về Nguyễn Thị Hoa."
# places are counted by hand: "Hoa" 62, "Nam" 76
PEOPLE = [
    person(0, SECRET, role="victim", mentions=[("text", 62, 65), ("title", 7, 21)]),
    person(1, "Trần Văn Bé", "male", mentions=[("text", 5, 16)]),
    person(2, "Nam", "male", source="direct", role="spokesperson", mentions=[("text", 76, 79)]),
]


@pytest.fixture
def store(tmp_path):
    with filled(tmp_path / "kho.db") as store:
        *_, [disclosed, blamed] = put(
            store, 1, CHILD, title=f"Vụ án: {SECRET}", people=PEOPLE,
            findings=[
                {"start": 0, "end": 57, "text": CHILD[:57], "category": "identity-disclosure", "severity": "legal", "message": f"Nêu tên {SECRET}."},
                {"start": 72, "end": 113, "text": CHILD[72:], "category": "victim-blaming"},
            ],
        )  # fmt: skip
        store.decide(disclosed, "an", "confirm", f"=HYPERLINK: nêu tên {SECRET} và Trần Văn Bé")
        store.decide(blamed, "an", "dismiss", "không rõ")
        put(store, 2, findings=[])
        store.put_adoption("bao-a", "pilot", "2025-10-01", "=1+1", "an")
        yield store


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_file_of_the_contract_and_no_other(store, tmp_path):
    export(store, tmp_path / "ra")
    assert sorted(part.name for part in (tmp_path / "ra").iterdir()) == sorted(FILES)
    articles, findings = lines(tmp_path / "ra" / "articles.jsonl"), lines(tmp_path / "ra" / "findings.jsonl")
    assert {a["verdict"] for a in articles} == {"review", "clear"}
    assert {"id", "url", "canonical_url", "outlet", "title", "text", "published", "fetched", "version", "status", "evidence_sha256",
            "verdict"} <= articles[0].keys()  # fmt: skip
    assert {"article", "version", "id", "rule", "category", "suggestions", "legal", "start", "end"} <= findings[0].keys()
    assert findings[0]["suggestions"] == ["phụ nữ"]
    assert articles[1]["text"] == store.article(articles[1]["id"])["text"]
    assert len(lines(tmp_path / "ra" / "decisions.jsonl")) == 2
    assert [row["seq"] for row in lines(tmp_path / "ra" / "trail.jsonl")] == list(range(1, store.trail_head().seq + 1))
    with (tmp_path / "ra" / "compliance.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["outlet"], row["period"], row["articles"], row["legal"]) == ("bao-a", "2026-11", "2", "1")


def test_no_protected_name_leaves(store, tmp_path):
    export(store, tmp_path / "ra")
    everything = {part.name: part.read_text(encoding="utf-8") for part in (tmp_path / "ra").iterdir()}
    for name in (SECRET, "Hoa", "Trần Văn Bé", "Văn Bé", "Sông Lô"):
        assert [file for file, text in everything.items() if name in text] == [], name
    article = lines(tmp_path / "ra" / "articles.jsonl")[0]
    assert article["masked"]
    assert len(article["text"]) == len(CHILD), "places still hold"
    assert BLOCK in article["text"]
    assert "Ông Nam nói" in article["text"], "nobody else is masked"
    assert [p["name"] for p in article["people"]] == [MASK, MASK, "Nam"]
    finding = next(f for f in lines(tmp_path / "ra" / "findings.jsonl") if f["category"] == "identity-disclosure")
    assert MASK in finding["text"]
    assert finding["message"] == f"Nêu tên {MASK}."
    assert MASK in lines(tmp_path / "ra" / "decisions.jsonl")[0]["note"]
    masked = [row for row in lines(tmp_path / "ra" / "trail.jsonl") if row.get("masked")]
    assert len(masked) == 1
    assert verify(store.path) == [], "masking touches the export only"


def test_initials_of_a_victim_are_a_name_and_descriptions_are_none():
    text = "Nạn nhân kể. Em N.T.H. (13 tuổi) được đưa về. Bà mẹ khóc."
    victims = [
        {"id": 0, "name": "N.T.H.", "role": "victim", "mentions": [["text", 0, 8], ["text", 13, 22]]},
        {"id": 1, "name": "bà mẹ", "role": "victim", "mentions": [["text", 46, 51]]},
    ]
    masking = Masking({"people": victims, "findings": []}, None, text)
    assert masking.blocked("text", text) == "Nạn nhân kể. Em █.█.█. (13 tuổi) được đưa về. Bà mẹ khóc."
    assert masking.worded("Em N.T.H. kể") == f"Em {MASK} kể"
    assert not Masking(None, None, text)


def test_earlier_export_is_replaced_and_anything_else_is_not(store, tmp_path):
    export(store, tmp_path / "ra")
    put(store, 3)
    export(store, tmp_path / "ra")
    assert len(lines(tmp_path / "ra" / "articles.jsonl")) == 3
    (tmp_path / "ra" / "cua-toi.txt").write_text("giữ", encoding="utf-8")
    for folder in ("ra", "kho.db"):
        with pytest.raises(StoreError, match="nội dung khác"):
            export(store, tmp_path / folder)
    assert (tmp_path / "ra" / "cua-toi.txt").exists()
    assert [part.name for part in tmp_path.iterdir() if part.name.startswith(".")] == []


def test_failing_export_leaves_the_earlier_one(store, tmp_path, monkeypatch):
    export(store, tmp_path / "ra")
    before = (tmp_path / "ra" / "trail.jsonl").read_bytes()

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_table", full)
    with pytest.raises(StoreError, match="No space left"):
        export(store, tmp_path / "ra")
    assert (tmp_path / "ra" / "trail.jsonl").read_bytes() == before
    assert [part.name for part in tmp_path.iterdir() if part.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("-3 độ C", "'-3 độ C"), ("+84", "'+84"), ("@x", "'@x"), ("\t=x", "'\t=x"), ("＝x", "'＝x"), (" =x", "' =x"),
     ("bình thường", "bình thường"), (-3, -3), (None, None)],
)  # fmt: skip
def test_no_cell_is_a_formula(cell, safe):
    assert guarded(cell) == safe


def test_adoption_note_is_guarded(store, tmp_path):
    export(store, tmp_path / "ra")
    with (tmp_path / "ra" / "adoption.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["note"] == "'=1+1"


def test_register_goes_out_and_comes_back(store):
    store.put_outlets([{"id": "bao-b", "name": "Báo B", "kind": "portal", "valid_from": "2025-07-01", "succeeds": ["bao-a"], "feeds": ["https://b.vn/r"],
                        "area": "Hàm Yên"}], actor="test")  # fmt: skip
    told = yaml.safe_load(register_yaml(store))
    before = [{k: v for k, v in row.items() if k != "changed"} for row in store.outlets()]
    store.put_outlets(told, actor="test")
    assert [{k: v for k, v in row.items() if k != "changed"} for row in store.outlets()] == before
    assert told[1]["area"] == "Hàm Yên"
