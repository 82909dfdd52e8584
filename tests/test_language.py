"""The audit inside spaCy: tokenizer, component, round trips, view, scorer, and that nothing else loads spaCy."""

import re
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example

import auditor
from auditor import language
from auditor.errors import ReadError

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-10-20"
TITLE = "Phái yếu & bóng chuyền"
TEXT = """Bà Hoàng Thị Mến, Chủ tịch Hội Phụ nữ xã, cho biết: “Sáu tháng nay chúng tôi tập mỗi chiều.” \
Theo ông Ma Văn Tích, cả xã có nhiều người đăng ký. Sáng qua, 45 hội viên phụ nữ ra sân. Bà Mến đứng đầu hàng.

Nhưng dù bận tập đến đâu, thiên chức làm mẹ vẫn là việc các chị phải đặt lên trên hết. \
Chị em đề nghị bỏ hẳn quan niệm “phái yếu” trong các bài tuyên truyền.
"""
BLANK = language.blank()


@pytest.fixture(scope="module")
def nlp():
    pipeline = language.blank()
    pipeline.add_pipe("gender_audit", config={"published": DAY})
    return pipeline


@pytest.fixture
def doc(nlp):
    made = nlp.make_doc(TEXT)
    made._.title = TITLE
    return nlp(made)


@given(st.text())
@example("")
@example("  hai  dấu cách \t\n\n và xuống dòng  ")
@example("một\u00a0hai \u00a0 ba\x00")
@example(unicodedata.normalize("NFD", "Tuyên Quang, ngày 3/11"))
def test_every_text_comes_back_as_it_was(text):
    made = language.SyllableTokenizer(BLANK.vocab)(text)
    assert made.text == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_tokens_are_syllables_numbers_and_marks(form):
    made = BLANK(unicodedata.normalize(form, "Xã có 1.250 hộ,  “vui” 3/11."))
    assert [unicodedata.normalize("NFC", t.text) for t in made] == ["Xã", "có", "1.250", "hộ", ",", " ", "“", "vui", "”", "3", "/", "11", "."]


def test_the_audit_is_the_one_of_the_program(doc):
    assert doc._.audit == auditor.audit(TEXT, TITLE, published=date(2026, 10, 20))


def test_people_are_entities_and_mentions_of_one_share_an_id(doc):
    named = {(e.text, e.label_, e._.person.name, e._.person.gender) for e in doc.ents}
    assert named == {
        ("Hoàng Thị Mến", "PER", "Hoàng Thị Mến", "female"),
        ("Mến", "PER", "Hoàng Thị Mến", "female"),
        ("Ma Văn Tích", "PER", "Ma Văn Tích", "male"),
    }
    assert len({e.kb_id for e in doc.ents if "Mến" in e.text}) == 1


def test_quotes_know_their_speaker(doc):
    spoken = {(q.text, q.label_, q._.person.name) for q in doc.spans["quotes"]}
    assert ("Sáu tháng nay chúng tôi tập mỗi chiều.", "direct", "Hoàng Thị Mến") in spoken
    assert ("cả xã có nhiều người đăng ký", "indirect", "Ma Văn Tích") in spoken


def test_findings_of_the_text_are_spans_and_those_of_the_title_are_not(doc):
    found = {(s.text, s.label_, s._.finding.severity, s._.finding.counted) for s in doc.spans["findings"]}
    assert found == {("thiên chức làm mẹ", "domestic-duty", "strong", True), ("phái yếu", "sex-labels", "style", False)}
    assert [s.id_ for s in doc.spans["findings"]] == [f.id for f in doc._.audit.findings if f.field == "text"]
    assert {f.text for f in doc._.audit.findings if f.field == "title"} == {"Phái yếu"}


def test_groups_stand_where_they_are_named(doc):
    assert [(g.text, g.label_) for g in doc.spans["groups"]] == [("45 hội viên phụ nữ", "female"), ("Chị em", "female")]


def test_spans_of_decomposed_text_hold_whole_syllables(nlp):
    made = nlp(unicodedata.normalize("NFD", TEXT))
    assert "thiên chức làm mẹ" in {unicodedata.normalize("NFC", s.text) for s in made.spans["findings"]}
    assert "45 hội viên phụ nữ" in {unicodedata.normalize("NFC", s.text) for s in made.spans["groups"]}


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), ("The council met on Tuesday to vote on its budget.", "not_vietnamese")])
def test_a_text_that_cannot_be_read_is_told_so(nlp, text, reason):
    made = nlp(text)
    assert (made._.audit.verdict, made._.audit.unread) == ("unread", reason)
    assert not made.ents and not made.spans["findings"]


def test_a_doc_tells_its_own_kind_day_and_id(nlp):
    made = nlp.make_doc("Hội nghị diễn ra sáng nay tại xã.")
    made._.kind, made._.published, made._.id = "caption", date(2020, 5, 1), "a-7"
    audit = nlp(made)._.audit
    assert (audit.kind, audit.law_date, audit.id) == ("caption", date(2020, 5, 1), "a-7")
    assert DocBin(docs=[made], store_user_data=True).to_bytes()


def test_what_cannot_be_understood_is_refused(nlp):
    made = nlp.make_doc("Hội nghị diễn ra sáng nay tại xã.")
    made._.published = "hôm qua"
    with pytest.raises(ReadError, match="YYYY-MM-DD"):
        nlp(made)
    with pytest.raises(ValueError, match="kind"):
        language.blank().add_pipe("gender_audit", config={"kind": "artcle"})


def test_entities_of_other_components_stay_beside_the_people():
    nlp = language.blank()
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "ORG", "pattern": "Hội Phụ nữ xã"}, {"label": "LOC", "pattern": "Tích"}])
    nlp.add_pipe("gender_audit")
    assert {(e.text, e.label_) for e in nlp(TEXT).ents} == {("Hoàng Thị Mến", "PER"), ("Hội Phụ nữ xã", "ORG"), ("Ma Văn Tích", "PER"), ("Mến", "PER")}


def spans_of(doc):
    groups = {key: [(s.start, s.end, s.label_, s.kb_id_, s.id_, s._.finding, s._.person) for s in group] for key, group in doc.spans.items()}
    return groups, [(e.start, e.end, e.label_, e.kb_id_, e._.person) for e in doc.ents]


def test_a_docbin_brings_everything_back(doc):
    stored = DocBin(docs=[doc], store_user_data=True).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(language.blank().vocab)
    assert again.text == TEXT
    assert again._.audit == doc._.audit
    assert again._.title == TITLE
    assert spans_of(again) == spans_of(doc)


def test_a_saved_pipeline_loads_where_nothing_was_imported(nlp, tmp_path):
    nlp.to_disk(tmp_path / "model")
    code = "import sys, spacy; n = spacy.load(sys.argv[1]); d = n(sys.argv[2]); assert d.text == sys.argv[2]; print(d._.audit.law_date, len(d.spans['findings']), end='')"
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "model", TEXT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{DAY} 2", "")


def test_bytes_of_a_pipeline_make_it_again(nlp, doc):
    again = spacy.blank("vi", config=nlp.config).from_bytes(nlp.to_bytes())
    made = again.make_doc(TEXT)
    made._.title = TITLE
    assert again(made)._.audit == doc._.audit


def test_the_view_marks_title_and_text_and_loads_nothing(doc):
    page = language.view(doc)
    assert "<title>Phái yếu &amp; bóng chuyền</title>" in page
    assert not re.search(r"https?://|<script|src=|@import", page)
    visible = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for label in ("Nhãn gọi “phái yếu”, “phái đẹp” (văn phong)", "(mạnh)", "(không tính)", "lời trích", "nữ", "nam", "có đoạn cần xem lại"):
        assert label in visible
    assert page.count("#ffb199") == 6  # under four syllables, at the beginning, and behind the label


def test_the_view_escapes_the_document(nlp):
    made = nlp.make_doc("Hội nghị <script>alert(1)</script> diễn ra sáng nay tại xã Minh Xuân.")
    made._.title = "<img src=x onerror=alert(1)>"
    page = language.view(nlp(made))
    assert "<script" not in page and "<img" not in page and "&lt;script&gt;" in page


def test_the_view_refuses_a_doc_that_was_not_audited():
    with pytest.raises(ReadError, match="chưa được chấm"):
        language.view(BLANK("Hội nghị diễn ra."))


def labelled(words, findings=None, people=None):
    """A Doc of those words; findings are (start, end, label), people (start, end, kb_id)."""
    doc = Doc(BLANK.vocab, words=words)
    if findings is not None:
        doc.spans["findings"] = [Span(doc, *f) for f in findings]
    if people is not None:
        doc.ents = [Span(doc, start, end, "PER", kb_id=person) for start, end, person in people]
    return doc


WORDS = ["Lan", "nói", "một", "hai", "ba", "Mai", "bốn", "Lan", "năm", "người"]


def test_scores_of_findings_count_what_overlaps():
    wanted = labelled(WORDS, [(1, 4, "domestic-duty"), (6, 7, "victim-blaming"), (8, 9, "sex-labels")])
    got = labelled(WORDS, [(2, 3, "domestic-duty"), (3, 5, "gold-digger"), (5, 6, "gold-digger"), (9, 10, "sex-labels")])
    scores = language.score([Example(got, wanted)])
    assert scores["findings_p"] == pytest.approx(2 / 3)
    assert scores["findings_r"] == pytest.approx(1 / 2)
    assert scores["findings_f"] == pytest.approx(4 / 7)
    assert scores["findings_per_type"] == {
        "domestic-duty": {"p": 1.0, "r": 1.0, "f": 1.0},
        "gold-digger": {"p": 0.0, "r": None, "f": 0.0},
        "victim-blaming": {"p": None, "r": 0.0, "f": 0.0},
    }
    assert scores["people_f"] is None


def test_scores_of_people_pair_individuals_one_to_one():
    wanted = labelled(WORDS, people=[(0, 1, "a"), (5, 6, "b"), (7, 8, "a")])
    split = labelled(WORDS, people=[(0, 1, "x"), (5, 6, "y"), (7, 8, "z"), (9, 10, "w")])  # "người" is a description
    scores = language.score([Example(split, wanted)])
    assert (scores["people_p"], scores["people_r"]) == (pytest.approx(2 / 3), 1.0)
    merged = labelled(WORDS, people=[(0, 1, "x"), (5, 6, "x"), (7, 8, "x")])
    scores = language.score([Example(merged, wanted)])
    assert (scores["people_p"], scores["people_r"]) == (1.0, pytest.approx(1 / 2))
    assert scores["findings_f"] is None


def test_scores_hold_when_the_reference_is_tokenized_otherwise():
    wanted = Doc(BLANK.vocab, words=["Lan nói", "một", "hai ba"])
    wanted.spans["findings"] = [Span(wanted, 2, 3, "domestic-duty")]
    got = labelled(["Lan", "nói", "một", "hai", "ba"], [(4, 5, "domestic-duty")])
    assert language.score([Example(got, wanted)])["findings_f"] == 1.0


def test_a_reference_without_faults_makes_every_finding_false():
    scores = language.score([Example(labelled(WORDS, [(1, 2, "gold-digger")]), labelled(WORDS, []))])
    assert (scores["findings_p"], scores["findings_r"], scores["findings_f"]) == (0.0, None, 0.0)


def test_a_pipeline_evaluates_itself(nlp):
    reference = nlp.make_doc(TEXT)
    reference.ents = [reference.char_span(3, 16, "PER", "1"), reference.char_span(TEXT.index("Ma Văn"), TEXT.index("Ma Văn") + 11, "PER", "2")]
    sentence = re.search(r"Nhưng .*? hết\.", TEXT)
    reference.spans["findings"] = [reference.char_span(*sentence.span(), "domestic-duty")]
    scores = nlp.evaluate([Example(nlp.make_doc(TEXT), reference)])
    assert (scores["findings_p"], scores["findings_r"], scores["people_f"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("run", ["import auditor; auditor.audit('Hội nghị diễn ra sáng nay tại xã.')", "import auditor.cli, auditor.archive, auditor.drafts", "import web; web.create_app"])
def test_nothing_else_loads_spacy(run):
    code = f"{run}\nimport sys; print('spacy' in sys.modules, end='')"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False"


def test_the_documented_example_runs(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "docs" / "example_spacy.py", tmp_path], capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"})
    assert done.stderr == ""
    assert "finding: domestic-duty strong True - thiên chức làm mẹ" in done.stdout
    assert "read again: True" in done.stdout
    assert (tmp_path / "audit.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_code_of_the_page_runs():
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "spacy.md").read_text(encoding="utf-8"), re.DOTALL)
    exec(code, {})
