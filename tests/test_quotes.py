"""The first reading: quoted and reported words and who speaks them. Cases are data; own-written sentences."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from auditor.model import Reading
from auditor.read.quotes import spans
from auditor.read.reading import read
from auditor.text import body, syllables

CASES = yaml.safe_load((Path(__file__).parent / "data" / "reading" / "quotes.yaml").read_text(encoding="utf-8"))


def spoken(case: dict[str, str], result: Reading) -> list[tuple[str, str, str, str | None]]:
    names = {person.id: person.name for person in result.people}
    fields = {"title": case.get("title") or "", "text": case["text"]}
    return [
        (quote.field, quote.kind, fields[quote.field][quote.start : quote.end], names.get(quote.speaker))
        for quote in result.quotes
        if quote.speaker is not None
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_quotes(case):
    result = read(body(case.get("title")), body(case["text"]))
    expected = [(q.get("field", "text"), q["kind"], q["text"], q["speaker"]) for q in case["quotes"]]
    found = spoken(case, result)
    for quote in expected:
        assert quote in found
    if not expected:
        assert not found


def test_source_is_direct_where_words_are_quoted_and_syllables_count_those_only():
    text = "Ông Lê Văn Toàn cho biết lúa tốt. “Giá phân lại cao”, ông Toàn nói. Theo ông Toàn, bà con lo lắng."
    (person,) = read(body(None), body(text)).people
    assert person.source == "direct"
    assert person.quoted_syllables == syllables("Giá phân lại cao")


def test_paired_marks_never_overlap_and_exclude_the_marks():
    for text in ('"a b" c "d e"', "“a «b» c” d", "“a\n“b\nc”", "'a b' c", '"mở mà không đóng', "”đóng mà không mở“"):
        plain = body(text)
        found = spans(plain)
        for one, other in pairwise(found):
            assert one.closing <= other.opening
        for span in found:
            assert not set(plain.plain[span.start : span.end].strip()) <= set("“”\"«»'")


def test_curly_and_nfd_twins_give_the_same_speaker():
    import unicodedata

    text = "Bà Lý Thị Mai nói: “Chúng tôi trồng lại ngô.”"
    for twin in (text, unicodedata.normalize("NFD", text), text.replace("“", '"').replace("”", '"'), text.replace(" ", "\u00a0")):
        result = read(body(None), body(twin))
        quote = next(q for q in result.quotes if q.kind == "direct")
        assert quote.speaker == result.people[0].id
        assert unicodedata.normalize("NFC", twin[quote.start : quote.end]).replace("\u00a0", " ") == "Chúng tôi trồng lại ngô."
