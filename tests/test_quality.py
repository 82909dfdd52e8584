"""The quality gate: the figures on our own labelled articles keep their floors; the scorer scores as its definitions say."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from auditor import model
from auditor.errors import RuleError
from auditor.judge.audit import audit_record
from auditor.measure import evaluate, gold, quality, rulestats
from auditor.measure.estimate import wilson

MEASURED = {half: quality.figures(half) for half in gold.HALVES}


def test_no_figure_is_under_its_floor():
    assert list(quality.shortfalls(quality.read(), MEASURED)) == []


def test_a_floor_falls_only_with_a_reason():
    high = quality.Floors(gold_digest="x", floors={"open": {"any.precision": 1.5}})
    assert list(quality.shortfalls(high, MEASURED))
    with pytest.raises(RuleError, match="--reason"):
        quality.raised(high, MEASURED)
    assert quality.raised(high, MEASURED, "thử").lowered == tuple(quality.raised(high, MEASURED, "thử").lowered)


@pytest.mark.parametrize("half", gold.HALVES)
def test_every_category_has_faults_and_traps_in_each_half(half):
    count = Counter((s["category"], s["label"]) for a in gold.articles(half) for s in a["sentences"])
    for category in model.CATEGORIES:
        assert count[category, "V"] + count[category, "S"] >= 6, category
        assert count[category, "N"] >= 10, category


def test_no_subject_stands_in_both_halves():
    subjects = [{a["topic_group"] for a in gold.articles(half)} for half in gold.HALVES]
    assert subjects[0] & subjects[1] == set()


def test_no_rule_is_wrong_more_often_than_right():
    articles = gold.articles("open")
    audits = {a["id"]: audit_record(a).to_dict() for a in articles}
    rules = {f["rule"] for a in audits.values() for f in a["findings"] if f["rule"]}
    assert [s.rule for s in rulestats.stats(articles, audits, rules) if s.unfit] == []


def article(sentences, text="Một. Hai. Ba."):
    return {"id": "a", "title": "", "text": text, "sentences": sentences}


def found(start, end, severity="strong", category="objectification", counted=True):
    return {"field": "text", "start": start, "end": end, "severity": severity, "category": category, "counted": counted, "rule": "r"}


@pytest.mark.parametrize(
    ("labels", "findings", "substantive", "any_level"),
    [
        ("V", [found(0, 4)], (1, 0, 0), (1, 0, 0)),
        ("V", [found(0, 4, "style")], (0, 0, 1), (1, 0, 0)),
        ("V", [], (0, 0, 1), (0, 0, 1)),
        ("N", [found(0, 4)], (0, 1, 0), (0, 1, 0)),
        ("N", [found(0, 4, counted=False)], (0, 0, 0), (0, 0, 0)),
        ("S", [found(0, 4)], (0, 1, 0), (1, 0, 0)),
        ("A", [found(0, 4)], (0, 0, 0), (1, 0, 0)),
        ("?", [found(0, 4)], (0, 0, 0), (0, 0, 0)),
        ("", [found(5, 9)], (0, 1, 0), (0, 1, 0)),
    ],
)
def test_the_scorer_counts_what_the_guideline_says(labels, findings, substantive, any_level):
    sentences = [{"field": "text", "start": 0, "end": 4, "label": label, "category": "objectification"} for label in labels]
    scores = evaluate.score([article(sentences)], [{"id": "a", "verdict": "review", "findings": findings}])
    assert tuple(scores["substantive"][k] for k in ("tp", "fp", "fn")) == substantive
    assert tuple(scores["any"][k] for k in ("tp", "fp", "fn")) == any_level


def test_missing_and_unread_audits_are_told_apart():
    scores = evaluate.score([article([]), {**article([]), "id": "b"}], [{"id": "a", "verdict": "unread", "findings": []}])
    assert (scores["missing"], scores["missing_ids"]) == (2, ["a", "b"])


def test_wilson():
    assert wilson(63, 90) == (0.5987, 0.7849)
    assert wilson(0, 0) is None


REFEREE = Path(os.environ.get("AUDITOR_SCORER", "score.py"))


@pytest.mark.skipif(not REFEREE.is_file(), reason="the outside scorer is not here")
def test_the_scorer_agrees_with_the_outside_one(tmp_path):
    articles = gold.articles("open")
    audits = [audit_record(a).to_dict() for a in articles]
    for name, rows in (("gold", articles), ("audits", audits)):
        (tmp_path / name).write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, REFEREE, tmp_path / "gold", tmp_path / "audits", "--json"], capture_output=True, text=True, check=False
    )
    theirs, ours = json.loads(told.stdout), evaluate.score(articles, audits)
    assert {k: ours[k] for k in theirs} == theirs


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[V objectification]", "[V beauty]", "beauty"),
        ("[/]", "", "chưa đóng"),
        ("[V objectification]", "", "không có nhãn mở"),
        ("genre: sport", "gender: sport", "genre|gender"),
    ],
)
def test_a_wrong_label_is_told_with_its_file(tmp_path, old, new, said):
    good = (
        "genre: sport\ntopic_group: thu\npublished: 2026-10-01\ntitle: Thử\ntext: |\n  [V objectification]Câu có lỗi ở đây.[/] "
        + "Câu thường. " * 30
        + "\n"
    )
    (tmp_path / "a.yaml").write_text(good, encoding="utf-8")
    assert [s["label"] for s in gold.record(tmp_path / "a.yaml")["sentences"]] == ["V"]
    (tmp_path / "a.yaml").write_text(good.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=said) as refused:
        gold.record(tmp_path / "a.yaml")
    assert "a.yaml" in str(refused.value)


def test_the_readme_table_is_generated_from_the_committed_scores():
    done = subprocess.run([sys.executable, "docs/tables.py", "--check"], cwd=Path(__file__).parent.parent, check=False)
    assert done.returncode == 0, "run: python docs/tables.py"
