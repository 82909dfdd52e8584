"""The rule book: every rule proves itself, and a faulty file is told with its place."""

import re
from collections import Counter

import pytest

from auditor import model, resources
from auditor.errors import RuleError
from auditor.judge import checklist, proof, ruleset

GOOD = """\
category: domestic-duty
indicator: B1.2-2
severity: strong
message: "“{text}” gán việc nhà cho phụ nữ."
suggestions: ["cả nhà cùng làm"]
legal: []
source: "bản thử"
patterns: ["rửa bát là việc đàn bà"]
examples:
  hit: ["Ông bảo [[rửa bát là việc đàn bà]] rồi bỏ đi."]
  miss: ["Anh Páo rửa bát mỗi tối."]
"""


@pytest.mark.parametrize("rule", ruleset.load().rules, ids=lambda rule: rule.id)
def test_a_rule_proves_itself(rule):
    assert list(proof.prove(ruleset.load(), [rule])) == []


def test_at_least_eighty_rules_three_in_every_category():
    count = Counter(rule.category for rule in ruleset.load().rules)
    assert sum(count.values()) >= 80
    assert {c: count[c] for c in model.CATEGORIES if count[c] < 3} == {}


def test_every_indicator_and_law_a_rule_names_exists():
    for rule in ruleset.load().rules:
        assert rule.indicator in checklist.checklist(), rule.id
        assert set(rule.legal) <= set(checklist.laws()), rule.id


# The words of the taxonomy that have an innocent sense (domain notes 5.1 and 5.3): each must stand in some rule's traps.
TRAPS = """trà xanh|rau sạch|gà già|bò già|bóng đá|ế ẩm|nóng bỏng|vòng 1|vòng 3|khoe sắc|giữ lửa|bà cô|ba đảm đang|chị em hội viên
nữ tướng|máy bay|kéo vợ|quý tử|bóng hồng|chân dài|lộ hàng|hở hàm ếch|trọng nam khinh nữ|vòng bụng|bốc lửa|hồ ly|con giáp|mâu thuẫn đất đai
trụ cột|mất cân bằng giới tính khi sinh|giao cấu|phái đẹp|gái""".replace("\n", "|").split("|")


@pytest.mark.parametrize("trap", TRAPS)
def test_every_known_trap_stands_in_some_miss(trap):
    misses = " ".join(e.lower() for rule in ruleset.load().rules for e in rule.examples.miss)
    assert trap in misses


def folder(tmp_path, *rules):
    (tmp_path / "domestic-duty").mkdir()
    for number, rule in enumerate(rules):
        (tmp_path / "domestic-duty" / f"mau-{number}.yaml").write_text(rule, encoding="utf-8")
    return tmp_path


def test_a_good_rule_loads_and_proves_itself(tmp_path):
    rules = ruleset.load(folder(tmp_path, GOOD))
    assert [rule.id for rule in rules.rules] == ["domestic-duty/mau-0"]
    assert list(proof.prove(rules)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("severity: strong", "severity: serious", 3, "severity"),
        ("source:", "sauce:", None, "source|sauce"),
        ('  miss: ["Anh Páo rửa bát mỗi tối."]', "  miss: []", 11, "miss"),
        ('  hit: ["Ông bảo [[rửa', '  hit: ["Câu hai.", "Ông bảo [[rửa', 9, r"\[\["),
        ("category: domestic-duty", "category: objectification", None, "thư mục"),
        ('là việc đàn bà"]\nexamples', 'là (việc đàn bà"]\nexamples', 8, "ngoặc|dấu"),
        ("legal: []", "legal: []\nlegal: []", 7, "hai lần"),
        ('suggestions: ["cả nhà cùng làm"]', 'suggestions: ["rửa bát là việc đàn bà"]', 5, "gợi ý"),
        ("severity: strong", "severity: [strong", None, "YAML"),
        ("indicator: B1.2-2", "indicator: B9-9", 2, "B9-9"),
        ("legal: []", "legal: [luat-khong-co]", 6, "luat-khong-co"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_and_line(tmp_path, old, new, line, said):
    assert old in GOOD
    with pytest.raises(RuleError, match=said) as refused:
        ruleset.load(folder(tmp_path, GOOD.replace(old, new)))
    assert "mau-0.yaml" in str(refused.value)
    if line:
        assert refused.value.line == line


def test_a_phrase_in_two_rules_is_refused(tmp_path):
    with pytest.raises(RuleError, match="mau-1.yaml:8: cụm “rửa bát là việc đàn bà” đã có trong quy tắc domestic-duty/mau-0"):
        ruleset.load(folder(tmp_path, GOOD, GOOD))


def test_rule_files_keep_their_marks_in_nfc():
    for path in resources.folder("rules").rglob("*.yaml"):
        assert not re.search("[\u0300-\u0323]", path.read_text(encoding="utf-8")), path
