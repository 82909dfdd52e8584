"""The two engines find the same passages, and a pattern matches what the rule language says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import text
from auditor.judge import ruleset
from auditor.judge.matcher import Matcher, hyperscan
from auditor.judge.pattern import PatternError, parse, phrases

CASES = [
    ("thiên chức [của] (làm vợ|làm mẹ)", "Thiên chức làm mẹ, thiên  chức của làm vợ.", ["thiên chức làm mẹ", "thiên  chức của làm vợ"]),
    (
        "khoe <3> (đường cong|thân hình)",
        "Cô khoe khéo những đường cong; khoe hoa, khoe lá, khoe cả thân hình.",
        ["khoe khéo những đường cong", "khoe lá, khoe cả thân hình"],
    ),
    ("khoe <3> đường cong", "Khoe “dáng” đường cong. Khoe. Đường cong.", []),
    ("phái yếu", "phái yếu, PHÁI YẾU và phái yếuu, tphái yếu", ["phái yếu", "phái yếu"]),
    ("(gái|nữ <2>) lỡ thì", "gái lỡ thì, nữ nhân viên lỡ thì, nữ lỡ thì", ["gái lỡ thì", "nữ nhân viên lỡ thì", "nữ lỡ thì"]),
    ("bé gái # tuổi", "bé gái 13 tuổi và bé gái mười ba tuổi", ["bé gái 13 tuổi"]),
    ("(nữ|cô) tài xế", "nữ tài xế, cô tài xế, tài xế", ["nữ tài xế", "cô tài xế"]),
    ("hòa thuận", "hoà thuận", ["hòa thuận"]),
    ("gái ế", "gái ếch, gái ế", ["gái ế"]),
    (
        "vừa [giỏi] việc nước <4> [khéo] đảm việc nhà",
        "vừa giỏi việc nước lại còn khéo đảm việc nhà",
        ["vừa giỏi việc nước lại còn khéo đảm việc nhà"],
    ),
]
CORPUS = " ".join(given for _, given, _ in CASES)


def found(engine, pattern, given):
    body = text.body(given)
    return [body.folded[a:z] for _, a, z in Matcher([parse(pattern)], engine).scan(body).places(0)]


@pytest.mark.parametrize(
    "engine", ["python", pytest.param("fastest", marks=pytest.mark.skipif(hyperscan is None, reason="no hyperscan wheel"))]
)
@pytest.mark.parametrize(("pattern", "given", "expected"), CASES)
def test_a_pattern_finds_what_the_language_says(engine, pattern, given, expected):
    assert found(engine, pattern, given) == expected


def both(rules, given):
    body = text.body(given)
    slow = ruleset.load(engine="python")
    return [
        [{p: scan.places(p) for p in scan.hits if scan.places(p)} for scan in (r.triggers.scan(body), r.contexts.scan(body))]
        for r in (rules, slow)
    ]


def test_both_engines_find_the_same_in_every_rule_example():
    rules = ruleset.load()
    examples = [ruleset.unmark(e)[0] for rule in rules.rules for e in (*rule.examples.hit, *rule.examples.miss)]
    assert len(examples) > 300
    for start in range(0, len(examples), 20):
        fast, slow = both(rules, " ".join(examples[start : start + 20]) + "\n" + examples[start].upper())
        assert fast == slow


@given(st.lists(st.sampled_from(CORPUS.split() + ["\n", "“", "?", "một", "\u0301", "ü", "汉"]), max_size=60).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_both_engines_find_the_same_in_any_text(given):
    patterns = [parse(p) for p, _, _ in CASES]
    body = text.body(given)
    fast, slow = Matcher(patterns).scan(body), Matcher(patterns, "python").scan(body)
    assert [fast.places(i) for i in range(len(patterns))] == [slow.places(i) for i in range(len(patterns))]


@pytest.mark.parametrize("bad", ["<3> a", "a <3>", "(a|", "a [b", "a )b", "a (|b)", "[a] b", "(a|<2> c) b", "a <99> b", ""])
def test_a_malformed_pattern_is_refused(bad):
    with pytest.raises(PatternError):
        parse(bad)


def test_phrases_of_a_pattern():
    assert phrases("(bồ|phòng) [xinh] nhí") == {"bồ nhí", "phòng nhí", "bồ xinh nhí", "phòng xinh nhí"}
    assert phrases("khoe <2> dáng") == set()
