"""The checklist and the laws: what is read, what is refused, and what one document says about each indicator."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from auditor import model, resources, text
from auditor.errors import RuleError
from auditor.judge import checklist, topics
from auditor.judge.matcher import Matcher

RULES = resources.folder("rules")

SIZES = {
    "A1": 6, "A2": 7, "A3": 5, "A4": 7, "A5": 4,
    "B1.1": 6, "B1.2": 7, "B1.3": 5, "B1.4": 3, "B1.5": 7, "B2.1": 4, "B2.2": 5,
}  # fmt: skip

LAWS = {
    "luat-bao-chi-2025", "luat-bao-chi-2016", "luat-binh-dang-gioi-2006", "nghi-dinh-125-2021", "nghi-dinh-119-2020",
    "luat-quang-cao-2012", "nghi-dinh-38-2021", "luat-tre-em-2016", "nghi-dinh-56-2017", "nghi-dinh-130-2021",
    "luat-tu-phap-nguoi-chua-thanh-nien-2024", "luat-phong-chong-mua-ban-nguoi-2024", "luat-phong-chong-bao-luc-gia-dinh-2022",
    "nghi-dinh-282-2025", "nghi-dinh-144-2021", "bo-luat-lao-dong-2019", "nghi-dinh-12-2022", "luat-dan-so-2025",
    "nghi-dinh-104-2003", "nghi-dinh-117-2020", "nghi-dinh-61-2023", "quy-tac-dao-duc-2017",
}  # fmt: skip

INDICATOR = """\
- id: B1.1-1
  wording: Tỷ lệ nữ và nam
  verified: true
  source: nơi nào đó
  how: computed
  method: Ước tính bằng máy.
  unit: people
"""

LAW = """\
- id: luat-mau
  title: Luật mẫu
  short: Luật mẫu
  article: null
  in_force_from: 2020-01-01
  in_force_to: null
  bans: Cấm điều mẫu.
  subject: outlet
  penalty: null
  verified: false
  source: nơi nào đó
  note: null
"""


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "tep.yaml"
    path.write_text(content, encoding=encoding)
    return path


# --- the file -------------------------------------------------------------------------------------------------------


def test_every_indicator_of_the_set_is_there():
    expected = [f"{group}-{n}" for group, size in SIZES.items() for n in range(1, size + 1)]
    assert list(checklist.checklist()) == expected


def test_only_wording_seen_in_the_copy_of_the_set_is_verified():
    verified = {i.id for i in checklist.checklist().values() if i.verified}
    assert verified == {*(f"B1.1-{n}" for n in range(1, 7)), "B1.2-1", "B1.2-2"}
    assert all("http" in checklist.checklist()[id].source for id in verified)


def test_what_the_machine_computes_is_called_an_estimate_and_group_a_is_the_outlets_own():
    for indicator in checklist.checklist().values():
        assert ("ước tính" in indicator.method.lower()) == (indicator.how == "computed"), indicator.id
        assert not indicator.id.startswith("A") or indicator.how == "outlet", indicator.id
        assert "vi phạm" not in f"{indicator.wording} {indicator.method}".lower(), indicator.id


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (INDICATOR.replace("how: computed", "how: guessed"), 5, "how"),
        (INDICATOR.replace("  unit: people\n", ""), 1, "unit"),
        (INDICATOR + "  weight: 3\n", 8, "weight"),
        (INDICATOR + "  categories: [domestic-duty, tea]\n", 8, "tea"),
        (INDICATOR.replace("B1.1-1", "C9-1"), 1, "id"),
        (INDICATOR.replace("verified: true", "verified: [1]"), 3, "verified"),
        (INDICATOR + INDICATOR, 8, "B1.1-1"),
        (INDICATOR + "  how: human\n", 8, "how"),
        (INDICATOR + "  method: [một\n", None, "YAML"),
        ("", 1, "danh sách"),
        ("id: B1.1-1\n", 1, "danh sách"),
    ],
)
def test_a_wrong_checklist_is_refused_with_its_line(tmp_path, content, line, part):
    path = written(tmp_path, content)
    with pytest.raises(RuleError) as caught:
        checklist.checklist(path)
    if line is not None:
        assert caught.value.line == line
        assert str(caught.value).startswith(f"{path}:{line}: ")
    assert part in str(caught.value)


def test_a_missing_file_and_another_encoding_are_told(tmp_path):
    with pytest.raises(RuleError, match="UTF-8"):
        checklist.checklist(written(tmp_path, "- id: é\n", encoding="latin-1"))
    with pytest.raises(RuleError, match="không mở được"):
        checklist.checklist(Path("/nowhere/checklist.yaml"))


def test_official_wording_entered_by_an_administrator_replaces_the_files_and_counts_as_verified():
    rows = [
        {"indicator": "B1.3-1", "wording": "Câu cũ", "source": "bản in, trang 34"},
        {"indicator": "B1.3-1", "wording": "Câu chính thức", "source": "bản in, trang 35"},
        {"indicator": "Z9-9", "wording": "Không có", "source": "đâu đó"},
    ]
    merged = checklist.with_wording(checklist.checklist(), rows)
    assert (merged["B1.3-1"].wording, merged["B1.3-1"].source, merged["B1.3-1"].verified) == ("Câu chính thức", "bản in, trang 35", True)
    assert merged["B1.3-2"] == checklist.checklist()["B1.3-2"]
    assert set(merged) == set(checklist.checklist())
    assert not checklist.checklist()["B1.3-1"].verified


# --- the laws -------------------------------------------------------------------------------------------------------


def test_every_law_that_rules_cite_exists():
    assert set(checklist.laws()) >= LAWS
    for path in sorted(RULES.glob("*/*.yaml")):
        rule = yaml.safe_load(path.read_bytes())
        if isinstance(rule, dict) and "legal" in rule:
            assert set(rule["legal"]) <= set(checklist.laws()), path


@pytest.mark.parametrize(
    ("day", "cited"),
    [
        (date(2016, 12, 31), []),
        (date(2025, 12, 14), ["luat-bao-chi-2016", "nghi-dinh-144-2021", "nghi-dinh-104-2003"]),
        (date(2025, 12, 15), ["luat-bao-chi-2016", "nghi-dinh-282-2025", "nghi-dinh-104-2003"]),
        (date(2026, 6, 30), ["luat-bao-chi-2016", "nghi-dinh-282-2025", "nghi-dinh-104-2003"]),
        (date(2026, 7, 1), ["luat-bao-chi-2025", "nghi-dinh-282-2025", "luat-dan-so-2025"]),
    ],
)
def test_the_citation_follows_the_day_of_publication(day, cited):
    pairs = ["luat-bao-chi-2016", "luat-bao-chi-2025", "nghi-dinh-144-2021", "nghi-dinh-282-2025", "nghi-dinh-104-2003", "luat-dan-so-2025"]
    in_force = [law.id for law in checklist.in_force(pairs, day)]
    assert in_force == (cited or ["nghi-dinh-104-2003"])


def test_an_unknown_citation_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        checklist.in_force(["luat-khong-co"], date(2026, 7, 1))


def test_laws_say_where_they_are_from_and_what_was_not_seen():
    for law in checklist.laws().values():
        assert "http" in law.source, law.id
        assert law.verified or law.note, law.id
        assert law.in_force_from <= date(2026, 7, 1), law.id
    assert checklist.laws()["luat-bao-chi-2025"].article is None


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (LAW.replace("in_force_to: null", "in_force_to: 2019-01-01"), 1, "phải sau"),
        (LAW.replace("2020-01-01", "tháng giêng"), 5, "ngày"),
        (LAW.replace("subject: outlet", "subject: reader"), 8, "subject"),
        (LAW.replace("  note: null\n", ""), 1, "note"),
        (LAW.replace("luat-mau", "Luật mẫu", 1), 1, "id"),
        (LAW + LAW, 13, "luat-mau"),
    ],
)
def test_a_wrong_law_file_is_refused_with_its_line(tmp_path, content, line, part):
    with pytest.raises(RuleError) as caught:
        checklist.laws(written(tmp_path, content))
    assert caught.value.line == line
    assert part in str(caught.value)


# --- the values of one document -------------------------------------------------------------------------------------

NOTHING = topics.none()


def person(id: int, gender: model.Gender, **fields: object) -> model.Person:
    mentions = tuple(model.Place("text", n, n + 1) for n in range(fields.pop("times", 1)))
    return model.Person(id, f"Người {id}", gender, "danh xưng", mentions, **fields)


def finding(category: str, indicator: str = "B1.2-4", counted: bool = True) -> model.Finding:
    place: tuple[model.Field, int, int] = ("text", 0, 1)
    judged = ("asserted", counted, False, 0.9, "rule", "lời", "lý do", ("câu khác",), ())
    return model.Finding("0" * 12, f"{category}/x", category, indicator, "strong", *place, "x", *judged)


def values(*, people=(), findings=(), themes=NOTHING, words="", **given):
    return checklist.indicators(model.Reading(tuple(people)), findings, themes, text.body(""), text.body(words), **given)


def test_every_indicator_has_a_value_or_says_who_answers():
    told = values(people=[person(1, "female")])
    assert list(told) == list(checklist.checklist())
    for id, indicator in checklist.checklist().items():
        assert told[id]["status"] in {indicator.how, "not_applicable"}
        assert (told[id]["value"] is None) == (told[id]["status"] != "computed")
        if told[id]["status"] == "computed" and indicator.unit == "people":
            assert {"female", "male", "unknown"} <= set(told[id]["value"])


def test_people_are_counted_by_gender_source_function_position_and_space():
    told = values(
        people=[
            person(1, "female", source="direct", role="expert", occupation=6, times=4),
            person(2, "male", source="indirect", role="spokesperson", occupation=3, times=2),
            person(3, "male", source="direct", role="popular", occupation=14),
            person(4, "female", role="victim"),
            person(5, "unknown"),
        ]
    )
    assert told["B1.1-1"]["value"] == {"female": 2, "male": 2, "unknown": 1}
    assert told["B1.1-2"]["value"] == {"female": 1, "male": 2, "unknown": 0}
    assert told["B1.1-3"]["value"] == {
        "female": 1, "male": 1, "unknown": 0,
        "experts": {"female": 1, "male": 0, "unknown": 0}, "public": {"female": 0, "male": 1, "unknown": 0},
    }  # fmt: skip
    assert told["B1.1-4"]["value"] == {"female": 5, "male": 3, "unknown": 1}
    assert told["B1.1-5"]["value"]["positions"] == {
        "officials": {"female": 0, "male": 1, "unknown": 0},
        "professionals": {"female": 1, "male": 0, "unknown": 0},
        "farmers": {"female": 0, "male": 1, "unknown": 0},
    }
    assert told["B1.1-5"]["value"]["female"] == 1
    assert told["B1.2-5"]["value"] == {"female": 1, "male": 0, "unknown": 0}


def test_only_counted_findings_make_an_item_one_with_a_stereotype():
    seen = [finding("domestic-duty", "B1.2-2"), finding("sex-labels"), finding("objectification", counted=False)]
    told = values(findings=seen)
    assert told["B1.2-2"]["value"] is True
    assert told["B1.2-1"]["value"] is False
    assert told["B1.2-4"]["value"] == ["domestic-duty", "sex-labels"]
    assert (told["B1.2-6"]["value"], told["B1.2-7"]["value"]) == (True, False)


def test_violence_indicators_apply_to_stories_of_violence_only():
    words = (
        "Chị H. được đưa đến nhà tạm lánh. Theo thống kê của ngành chức năng, năm qua toàn tỉnh ghi nhận 41 vụ bạo lực gia đình."
        " Người bị bạo lực có thể gọi tổng đài 111."
    )
    seen = [finding("victim-blaming", "B1.5-1")]
    apart = values(findings=seen, words=words)
    assert {apart[f"B1.5-{n}"]["status"] for n in range(1, 8)} == {"not_applicable"}
    told = values(findings=seen, themes={**NOTHING, "gbv": True}, words=words)
    assert told["B1.5-1"]["value"] is False
    assert [told[f"B1.5-{n}"]["value"] for n in (2, 4, 6, 7)] == [True, True, True, True]
    assert told["B1.5-7"]["help_line"] is True
    bare = values(themes={**NOTHING, "gbv": True}, words="Nạn nhân được đưa đi cấp cứu.")
    assert [bare[f"B1.5-{n}"]["value"] for n in (1, 2, 4)] == [True, False, False]
    assert bare["B1.5-7"]["help_line"] is False
    unnamed = values(themes={**NOTHING, "gbv": True}, words="Công an đang làm rõ vụ việc.")
    assert unnamed["B1.5-4"] == {"value": None, "status": "not_applicable"}


def test_advertising_indicators_apply_to_notices_and_to_findings_of_their_own():
    assert values()["B2.1-1"]["status"] == "not_applicable"
    notice = values(people=[person(1, "female")], findings=[finding("discriminatory-notice", "B2.2-1")], kind="notice")
    assert notice["B2.1-1"]["value"]["female"] == 1
    assert (notice["B2.2-1"]["value"], notice["B2.2-4"]["value"]) == (True, False)
    assert notice["B2.1-2"]["status"] == "outlet"
    assert values(findings=[finding("objectification", "B2.2-4")])["B2.2-4"]["value"] is True


def test_sources_of_equality_stories_are_told_apart():
    told = values(people=[person(1, "female", source="direct")], themes={**NOTHING, "gender_equality": True})
    assert told["B1.3-5"] == {"value": {"female": 1, "male": 0, "unknown": 0}, "status": "computed"}
    assert values()["B1.3-5"]["status"] == "not_applicable"


def test_nothing_is_said_of_a_document_that_was_not_read():
    assert {entry["status"] for entry in checklist.unread().values()} == {"not_applicable"}
    assert list(checklist.unread()) == list(checklist.checklist())


@pytest.mark.parametrize(
    ("name", "words", "expected"),
    [
        ("sex_disaggregated", "Trong 250 đại biểu có 31% nữ, tăng so với nhiệm kỳ trước.", True),
        ("sex_disaggregated", "Lớp học có 12 nữ và 15 nam.", True),
        ("sex_disaggregated", "Phụ nữ chiếm khoảng 45% lao động của xã.", True),
        ("sex_disaggregated", "Năm nay có 2 nam thanh niên nhập ngũ.", False),
        ("sex_disaggregated", "Ngày 5 tháng 8, đoàn Việt Nam có 12 người đến Hà Nam.", False),
        ("statistics", "Theo điều tra ban đầu, nghi phạm đã bỏ trốn.", False),
        ("statistics", "Một khảo sát năm ngoái cho thấy cứ ba người thì một người từng bị bạo lực.", True),
        ("help_line", "Hãy gọi ngay số 1900 969 680 khi cần giúp.", True),
        ("help_line", "Công an vào cuộc sau 111 ngày.", False),
        ("survivor", "Nhiều phụ nữ từng bị bạo hành đã đứng dậy.", True),
    ],
)
def test_evidence_in_the_words(name, words, expected):
    assert bool(topics.evidence(name).search(text.body(words).folded)) is expected


# --- topics ---------------------------------------------------------------------------------------------------------

ON_WOMEN = (
    "Chị Lý Thị Mẩy dậy từ bốn giờ sáng để kịp chuyến xe chở chè. Cô gái Dao ấy từng bỏ học, rồi quay lại trường. "
    "Chị kể ngày đầu mở xưởng, cả bản không ai tin. Nay xưởng của chị có mười hai lao động."
)

STORIES = [
    (
        "Hội thảo bàn cách thu hẹp khoảng cách giới trong lãnh đạo",
        "Tỷ lệ nữ cấp ủy cấp xã mới đạt 22%. Các đại biểu cho rằng định kiến giới vẫn là rào cản. "
        "Bình đẳng giới phải bắt đầu từ quy hoạch cán bộ.",
        {"gender_equality"},
    ),
    (
        "Mười doanh nhân phụ nữ quyền lực của ngành bán lẻ",
        "Danh sách do một tạp chí bình chọn. Tài sản của người đứng đầu tăng gấp đôi sau một năm. Cổ phiếu của tập đoàn đang ở đỉnh.",
        set(),
    ),
    (
        "Bắt nghi phạm chém vợ rồi bỏ trốn",
        "Công an xã cho biết nghi phạm đã nhiều lần đánh vợ. Người bị bạo lực đang được điều trị. "
        "Đây là vụ bạo lực gia đình thứ ba của năm.",
        {"gbv"},
    ),
    (
        "Xe tải đâm nữ sinh trên quốc lộ 2",
        "Nữ sinh đi xe đạp cùng chiều. Tài xế cho biết không kịp phanh. Cảnh sát giao thông đang đo hiện trường.",
        set(),
    ),
    ("Hội Liên hiệp Phụ nữ trao bò giống", "Hội Liên hiệp Phụ nữ trao 30 con bò. Bò được tiêm phòng. Hộ nhận bò cam kết chăm sóc.", set()),
    ("Mưa lớn làm sạt lở quốc lộ", "Ông Nguyễn Văn Tài cho biết đường tắc hai ngày. Anh Hùng phải đi vòng 40 km.", set()),
    ("Cô gái Dao mở xưởng chè ở Nà Hang", ON_WOMEN, {"women_focus"}),
]


def read(title: str, words: str, people=(), published: date | None = None) -> dict[str, bool]:
    return topics.topics(text.body(title), text.body(words), model.Reading(tuple(people)), published)


@pytest.mark.parametrize(("title", "words", "expected"), STORIES)
def test_topics_of_a_story(title, words, expected):
    people = [person(1, "female", times=4)] if words is ON_WOMEN else []
    told = read(title, words, people)
    assert {name for name in ("gender_equality", "gbv") if told[name]} == expected - {"women_focus"}
    if "women_focus" in expected:
        assert told["women_focus"]
    assert tuple(told) == topics.NAMES


def test_a_story_led_by_men_is_not_about_women():
    people = [person(1, "male", times=6), person(2, "female")]
    words = "Ông Tài kể về ba mươi năm trồng rừng. Ông học nghề từ cha. Anh con trai nay nối nghiệp ông."
    assert not read("Người trồng rừng ở Hàm Yên", words, people)["women_focus"]


@pytest.mark.parametrize(
    ("words", "published", "expected"),
    [
        ("Lễ phát động Tháng hành động vì bình đẳng giới diễn ra sáng nay.", date(2026, 11, 15), True),
        ("Lễ phát động Tháng hành động vì bình đẳng giới diễn ra sáng nay.", None, True),
        ("Kế hoạch năm nhắc đến Tháng hành động vì bình đẳng giới.", date(2026, 3, 8), False),
        ("Tháng hành động vì trẻ em được phát động.", date(2026, 11, 20), False),
    ],
)
def test_the_action_month_is_named_in_its_season(words, published, expected):
    assert read("Tin trong tỉnh", words, published=published)["action_month"] is expected


def test_both_engines_find_the_same_signs():
    compiled = topics.load()
    slow = compiled._replace(matcher=Matcher(compiled.matcher.patterns, engine="python"))
    for title, words, _ in STORIES:
        for body in (text.body(title), text.body(words)):
            assert compiled.find(body) == slow.find(body)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("threshold: 5", "threshold: nhiều", "threshold"),
        ("gbv:\n", "gbv:\n  color: red\n", "color"),
        ('- "(hiếp dâm|', '- "(hiếp dâm||', "mẫu"),
    ],
)
def test_a_wrong_topic_file_is_refused_with_its_line(tmp_path, old, new, part):
    content = (RULES / "topics.yaml").read_text(encoding="utf-8")
    assert old in content
    path = written(tmp_path, content.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        topics.load(path)
    assert caught.value.line
    assert part in str(caught.value)
