"""The first reading: who is in a text, of which sex, in which function. Cases are data; own-written sentences."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.errors import RuleError
from auditor.model import Person, Reading
from auditor.read import lexicon as lexicon_module
from auditor.read.lexicon import lexicon
from auditor.read.reading import read
from auditor.resources import folder
from auditor.text import body

DATA = Path(__file__).parent / "data" / "reading"
CASES = yaml.safe_load((DATA / "people.yaml").read_text(encoding="utf-8"))


def reading(case: dict[str, Any]) -> Reading:
    return read(body(case.get("title")), body(case["text"]))


def named(result: Reading) -> dict[str, Person]:
    return {person.name: person for person in result.people if person.name[0].isupper()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_people(case):
    result = reading(case)
    found = named(result)
    assert sorted(found) == sorted(person["name"] for person in case["people"])
    for expected in case["people"]:
        person = found[expected["name"]]
        for key, attribute in (("gender", "gender"), ("source", "source"), ("role", "role"), ("occupation", "occupation")):
            if key in expected:
                assert getattr(person, attribute) == expected[key], (person.name, key)
        if "evidence" in expected:
            assert person.gender_evidence == expected["evidence"]
        if "family" in expected:
            assert person.family_role is expected["family"]
        if "mentions" in expected:
            assert len(person.mentions) == expected["mentions"]


@pytest.mark.parametrize("case", [c for c in CASES if "unnamed" in c or "groups" in c], ids=lambda case: case["case"])
def test_unnamed_people_and_crowds(case):
    result = reading(case)
    unnamed = {p.name: p for p in result.people if p.name[0].islower()}
    for expected in case.get("unnamed", []):
        person = unnamed[expected["name"]]
        assert (person.gender, person.source) == (expected["gender"], expected["source"])
    crowds = {g.text: g for g in result.groups}
    for expected in case.get("groups", []):
        group = crowds[expected["text"]]
        assert group.gender == expected["gender"]
        assert group.count == expected.get("count")


def test_every_gender_carries_its_evidence():
    for case in CASES:
        for person in reading(case).people:
            assert person.gender_evidence
            assert (person.gender == "unknown") == (person.gender_evidence == "bài không cho biết giới tính")


def test_mentions_are_the_names_in_the_given_string():
    text = "Bà Nguyễn Thị Lan\u00a0đến. Sau đó bà Lan về."
    for given_text in (text, "\ufeff" + text, text.replace(" ", "\u200b ")):
        (person,) = named(read(body(None), body(given_text))).values()
        for _, start, end in person.mentions:
            assert "Lan" in given_text[start:end]


PIECES = st.sampled_from(
    ["Bà ", "ông ", "Nguyễn ", "Thị ", "Lan", "N.", "T.", "nói", " cho biết", ": ", "“", "”", '"', "'", "«", "»", "\n- ", "\n", ", ", ". ", "theo "]
    + ["Trump", "Kim Jong-un", " - ", "(", ")", "34 tuổi", "một người đàn ông", "200 phụ nữ", "\u0301", "\u200b", "e\u0302\u0323", "İ", "\x00", "ðã", "A" * 30]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=40).map("".join)), st.lists(PIECES, max_size=8).map("".join))
@example("“" * 500, "")
@example("İ“Bà Lan” nói", "LAN")
def test_every_place_is_valid_whatever_the_input(text, title):
    result = read(body(title), body(text))
    fields = {"title": title, "text": text}
    ids = {person.id for person in result.people}
    assert len(ids) == len(result.people)
    for person in result.people:
        assert person.name.strip()
        assert person.mentions
        for field, start, end in person.mentions:
            assert 0 <= start < end <= len(fields[field])
    for quote in result.quotes:
        assert 0 <= quote.start < quote.end <= len(fields[quote.field])
        assert quote.speaker is None or quote.speaker in ids


@pytest.mark.parametrize(
    "piece", ["“", '"', "A", "Nguyễn ", "N.", "- tôi đi\n", "ông nói ", "ông Lan nói: “tôi”, ", "Lan, ", "theo ông "], ids=lambda p: p.strip()
)
def test_time_grows_with_length_only(piece):
    """Reading ten times the text may take some thirty times as long (caches, noise), never the hundred times of a quadratic way."""
    from time import process_time

    def cost(characters: int) -> float:
        text = body(piece * (characters // len(piece)))
        begin = process_time()
        read(body(None), text)
        return process_time() - begin

    cost(2_000)
    small = min(cost(20_000) for _ in range(3))
    assert min(cost(200_000) for _ in range(2)) < 60 * max(small, 0.004)


def test_lexicon_refuses_bad_files_with_file_and_line(tmp_path):
    for path in (folder("rules") / "lexicon").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert lexicon_module.load(tmp_path).phrases == lexicon().phrases
    foreign = tmp_path / "foreign.yaml"
    good = foreign.read_text(encoding="utf-8")
    for bad, line, word in (
        (good + "\nunheard: a\n", len(good.splitlines()) + 2, "unheard"),
        (good.replace("female: >-", "female: [", 1), None, "YAML"),
        (good.split("\nmale: >-")[0] + "\n", None, "male"),
        (good.replace("source:", "sauce:", 1), 1, "source"),
        (good.replace(" abigail", " Abigail", 1), None, "Abigail"),
    ):
        foreign.write_text(bad, encoding="utf-8")
        with pytest.raises(RuleError) as error:
            lexicon_module.load(tmp_path)
        assert error.value.path == str(foreign)
        assert word in str(error.value)
        if line:
            assert error.value.line == line
    foreign.write_text(good, encoding="utf-8")
    names = tmp_path / "name-gender.tsv"
    names.write_text(names.read_text(encoding="utf-8") + "given\tlan\tmany\tfew\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"name-gender\.tsv:\d+"):
        lexicon_module.load(tmp_path)
