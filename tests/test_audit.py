"""What every Audit promises, for any input."""

import json
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import auditor
from auditor import model
from auditor.judge import audit, ruleset

STORY = """\
Sáng 12/10, bà Nguyễn Thị Hoà, Chủ tịch Hội Phụ nữ xã, cho biết 30 hội viên đã góp công làm đường.
“Chúng tôi làm cả chủ nhật”, chị Lò Thị Mai nói. Theo ông Ma Văn Thủy, con đường xong trước Tết.
Diện váy bó sát, nữ ca sĩ khoe đường cong gợi cảm trên sân khấu. Vừa giỏi việc nước, chị vẫn coi thiên chức làm mẹ là trên hết.
Cần xóa bỏ tư tưởng trọng nam khinh nữ trong mỗi gia đình."""
HITS = [ruleset.unmark(e) for rule in ruleset.load().rules for e in rule.examples.hit if not rule.kinds]
SCRAPS = [
    "“",
    "”",
    '"',
    "'",
    "- ",
    ":",
    "\n",
    "\r\n",
    "\n\n",
    " ",
    ".",
    "?",
    "\x00",
    "\u200b",
    "\u202e",
    "\u0301",
    "\ud800",
    "_",
    "N.T.H.",
    "bà ",
    "ông ",
    "cho biết ",
    "nói: ",
    "Nguyễn Thị Lan ",
    "theo ",
    "13 tuổi ",
    "thiên chức làm mẹ ",
    "phái yếu ",
    "khoe đường cong ",
    "汉",
    "İ",
    "ﬁ",
    "Ｂà ",
]
ANY = st.text(max_size=150) | st.lists(st.sampled_from(SCRAPS + STORY.split(" ")), max_size=60).map("".join)


def holds(found: model.Audit, title: str | None, text: str) -> None:
    """Assert what the contract says of one Audit."""
    body = {"title": title or "", "text": text}
    plain = found.to_dict()
    json.dumps(plain)
    people = {p.id for p in found.people}
    for f in found.findings:
        assert body[f.field][f.start : f.end] == f.text != ""
        assert f.id == model.finding_id(found.id, model.Place(f.field, f.start, f.end), f.category)
        assert f.category in model.CATEGORIES and f.severity in model.SEVERITIES and 0 <= f.confidence <= 1
        assert f.message and f.explanation and f.suggestions and f.indicator in found.indicators
        assert not (f.counted and f.stance in ("criticised", "neutral_mention"))
        assert f.speaker is None or f.speaker in people
    for a in found.findings:
        assert not any(
            a is not b and (a.category, a.field) == (b.category, b.field) and a.start < b.end and b.start < a.end for b in found.findings
        )
    for p in found.people:
        assert p.mentions and p.name.strip()
        assert p.gender == "unknown" or p.gender_evidence
        for field, start, end in p.mentions:
            assert 0 <= start < end <= len(body[field])
    for q in found.quotes:
        assert 0 <= q.start < q.end <= len(body[q.field])
        assert q.speaker is None or q.speaker in people
    assert plain["presence"]["female"] == sum(p.gender == "female" for p in found.people)
    assert set(plain["topics"]) == {"gender_equality", "gbv", "women_focus", "action_month"}
    assert all(v["status"] in ("computed", "human", "outlet", "not_applicable") for v in plain["indicators"].values())
    assert (found.verdict == "unread") == (found.unread is not None)
    if found.verdict != "unread":
        assert found.verdict == audit.verdict(found.findings)


@given(ANY, st.none() | ANY, st.sampled_from(model.KINDS))
@settings(max_examples=300, deadline=None)
def test_any_string_gives_an_audit_that_keeps_the_contract(text, title, kind):
    holds(audit.audit(text, title, kind, date(2026, 11, 1), id="x"), title, text)


def test_a_story_is_read_and_judged():
    found = auditor.audit(STORY, "Con đường của chị em", published=date(2026, 10, 13))
    holds(found, "Con đường của chị em", STORY)
    assert found.verdict == "review"
    assert {"objectification", "domestic-duty"} <= {f.category for f in found.counted}
    assert not any("trọng nam" in f.text for f in found.counted)
    assert {p.name for p in found.people} >= {"Nguyễn Thị Hoà", "Lò Thị Mai", "Ma Văn Thủy"}
    assert found.presence()["sources"] == {"female": 2, "male": 1, "unknown": 0}


def old_tones(s: str) -> str:
    for new, old in (
        ("oà", "òa"),
        ("oá", "óa"),
        ("oả", "ỏa"),
        ("oã", "õa"),
        ("oạ", "ọa"),
        ("oè", "òe"),
        ("oẻ", "ỏe"),
        ("uỷ", "ủy"),
        ("uý", "úy"),
        ("uỳ", "ùy"),
    ):
        s = re.sub(rf"(?<![qQ]){new}(?!\w)", old, s)
    return s


TWINS = {
    "NFC": lambda s: unicodedata.normalize("NFC", s),
    "NFD": lambda s: unicodedata.normalize("NFD", s),
    "kiểu dấu cũ": old_tones,
    "chữ trông giống": lambda s: s.replace("o", "о").replace("đ", "ð").replace("e", "е"),
    "ký tự ẩn": lambda s: s.replace("h", "h\u200b"),
    "dấu cách cứng": lambda s: s.replace(" ", "\u00a0"),
}


@pytest.mark.parametrize("twin", TWINS.values(), ids=TWINS)
def test_a_twin_of_every_rule_example_gives_the_same_findings(twin):
    assert len(HITS) >= 80
    for example, _, field in HITS:
        title, text = (example, STORY) if field == "title" else (None, example)
        given = audit.audit(text, title, published=date(2026, 11, 1))
        other = audit.audit(twin(text), title and twin(title), published=date(2026, 11, 1))
        holds(other, title and twin(title), twin(text))
        assert [(f.rule, f.stance, f.counted) for f in other.findings] == [(f.rule, f.stance, f.counted) for f in given.findings]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("Phu nu trong xa duoc vay von de phat trien kinh te gia dinh", "no_diacritics"),
        ("The commune held its annual meeting this morning at the town hall.", "not_vietnamese"),
        ("x" * 1_000_001, "too_long"),
    ],
)
def test_an_unread_text_is_never_clear(text, reason):
    found = auditor.audit(text)
    assert (found.verdict, found.unread, found.findings) == ("unread", reason, ())
    holds(found, None, text)


def test_the_citation_is_the_one_in_force_on_the_day_of_publication():
    text = "Diện váy bó sát, nữ ca sĩ khoe đường cong gợi cảm trên sân khấu."
    before, after = (audit.audit(text, published=day).counted[0].legal for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert "luat-bao-chi-2016" in before and "luat-bao-chi-2025" not in before
    assert "luat-bao-chi-2025" in after and "luat-bao-chi-2016" not in after


def test_without_a_date_of_publication_today_s_law_applies_and_says_so():
    assert audit.audit("Hội nghị diễn ra sáng nay.", today=date(2026, 3, 4)).law_date == date(2026, 3, 4)
    assert audit.audit("Hội nghị diễn ra sáng nay.", published=date(2020, 1, 2)).law_date == date(2020, 1, 2)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"id": "a"}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x", "title": 5}, "title"),
        ({"text": "x", "kind": "poem"}, "kind"),
        ({"text": "x", "published": "hôm qua"}, "published"),
        ([], "JSON"),
    ],
)
def test_a_wrong_record_is_told_in_one_sentence(record, said):
    with pytest.raises(auditor.AuditorError, match=said):
        list(auditor.audit_many([record]))
