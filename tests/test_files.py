import io
import time
import tracemalloc
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from auditor.errors import ReadError
from auditor.read.files import plain, read_bytes, read_file

TEXT = "Chị Lan mở lớp dạy thêu cho phụ nữ trong xã."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


# --- plain text


@pytest.mark.parametrize(
    ("given", "title", "text"),
    [
        ("Tiêu đề\n\nNội dung", "Tiêu đề", "Nội dung"),
        ("Tiêu đề\r\n\r\nMột\r\nhai", "Tiêu đề", "Một\r\nhai"),
        ("Tiêu đề\n \t\nNội dung", "Tiêu đề", "Nội dung"),
        ("Tiêu đề \n\n\nNội dung", "Tiêu đề", "\nNội dung"),
        ("Một\nhai\n\nba", None, "Một\nhai\n\nba"),
        ("\n\nNội dung", None, "\n\nNội dung"),
        ("Chỉ một dòng", None, "Chỉ một dòng"),
        ("", None, ""),
    ],
)
def test_first_line_is_the_title_when_a_blank_line_follows(given, title, text):
    assert plain(given) == (title, text)


@settings(deadline=None)
@given(st.text(alphabet="aạ \r\n\t", max_size=30))
def test_text_is_the_end_of_what_was_given(given):
    title, text = plain(given)
    assert given.endswith(text)
    assert text == given if title is None else given.lstrip().startswith(title)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_can_be_told(encoding):
    found = read_bytes("a.txt", f"Lớp thêu\r\n\r\n{TEXT}".encode(encoding))
    assert (found.title, found.text, found.status) == ("Lớp thêu", TEXT, "read")


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0" + bytes(range(256)), b"\0" * 40,
                                  "ch\u1ecb ".encode("utf-8")[:-2] + b" xx", "é".encode("cp1252") * 9], ids=repr)  # fmt: skip
def test_wrong_encoding_is_one_sentence(data):
    with pytest.raises(ReadError, match="UTF-8"):
        read_bytes("a.txt", data)


def test_single_nul_bytes_stay_in_their_place():
    found = read_bytes("a.txt", TEXT.replace("lớp", "l\0ớp").encode())
    assert (found.status, found.text.count("\0")) == ("read", 1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"The council met on Tuesday to discuss the new budget for schools.", "not_vietnamese"),
        (b"Chi Lan mo lop day theu cho phu nu trong xa, nhieu nguoi den hoc.", "no_diacritics"),
        ("Chữ ".encode() * 300_000, "too_long"),
    ],
    ids=["nothing", "blank", "English", "no marks", "too long"],
)
def test_what_can_be_read_but_not_judged_is_unread(data, reason):
    found = read_bytes("a.txt", data)
    assert (found.status, found.reason) == ("unread", reason)


def test_headline_alone_is_a_document():
    assert read_bytes("a.txt", "Chị Lan mở lớp dạy thêu\n\n".encode()).status == "read"


@pytest.mark.parametrize("name", ["a.doc", "a.rtf", "a.exe", "a.odt"])
def test_kind_that_is_not_read_is_named(name):
    with pytest.raises(ReadError, match=rf"\{name[1:]}; hãy dùng \.txt"):
        read_bytes(name, b"x")


def test_name_without_ending_is_plain_text():
    assert read_bytes("-", TEXT.encode()).text == TEXT


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ReadError, match="không mở được tệp"):
        read_file(tmp_path / "khong.txt")
    with pytest.raises(ReadError, match="không mở được tệp"):
        read_file(tmp_path)
    big = tmp_path / "to.txt"
    big.write_bytes(b"a" * 2_000_001)
    with pytest.raises(ReadError, match="lớn hơn 2 MB"):
        read_file(big, limit=2_000_000)


def test_file_is_read_by_its_ending(tmp_path):
    path = tmp_path / "BÀI.TXT"
    path.write_text(TEXT, "utf-8")
    assert read_file(path).text == TEXT


# --- Markdown

MARKDOWN = """---
ngay: 2026-10-20
---
<!-- ghi chú của biên tập -->
# Lớp **thêu** của chị Lan #

Chị Lan *mở lớp* dạy thêu
cho [phụ nữ](https://bao.example/a(b) "chú") trong xã. ![Ảnh lớp học](a.png)

## Vì sao

1. Có nghề
2. Có __thu nhập__

> Tôi thích `thêu`,
> bà nói.

| Năm | Học viên |
|-----|:--------:|
| 2026 | 40 |

```
mã
```
***
Hết\\_bài.
"""


def test_markdown_gives_the_words_a_reader_sees():
    found = read_bytes("a.md", MARKDOWN.encode())
    assert found.title == "Lớp thêu của chị Lan"
    assert found.text.split("\n") == [
        "Chị Lan mở lớp dạy thêu cho phụ nữ trong xã. Ảnh lớp học", "Vì sao", "Có nghề", "Có thu nhập", "Tôi thích thêu, bà nói.",
        "Năm Học viên", "2026 40", "mã", "Hết_bài.",
    ]  # fmt: skip


def test_markdown_heading_by_underline_and_without():
    assert read_bytes("a.md", f"Lớp thêu\n===\n\n{TEXT}".encode()).title == "Lớp thêu"
    found = read_bytes("a.md", f"## Nhỏ\n\n{TEXT}".encode())
    assert (found.title, found.text) == (None, f"Nhỏ\n{TEXT}")


@settings(deadline=None)
@given(st.text(alphabet="#*_[]()!`>|-=\\~ \na1.<", max_size=80))
def test_any_markdown_is_read(given):
    assert read_bytes("a.md", given.encode()).text is not None


def test_hostile_markdown_costs_little():
    begun = time.process_time()
    for piece in ("[" * 50_000, "*a" * 50_000, "![](" * 30_000, "`" * 50_001 + "a", "_a" * 50_000, "<a" * 50_000, "> " * 50_000, "[a](" * 20_000):
        read_bytes("a.md", piece.encode())
    assert time.process_time() - begun < 10


# --- HTML


def test_html_file_is_read_as_a_page():
    found = read_bytes("a.html", f"<title>Lớp thêu</title><p>{TEXT}</p>".encode())
    assert (found.title, found.text, found.status) == ("Lớp thêu", TEXT, "read")


# --- Word


def package(body, more=None, name="word/document.xml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>')
        for part, content in (more or {}).items():
            archive.writestr(part, content)
    return out.getvalue()


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_file_as_word_writes_it():
    document = docx.Document()
    document.add_heading("Lớp thêu của chị Lan", 1)
    document.add_paragraph(TEXT)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Lời bình", "Hình ảnh"
    document.add_paragraph("Hết.")
    found = read_bytes("a.docx", saved(document))
    assert (found.title, found.text, found.status) == ("Lớp thêu của chị Lan", f"{TEXT}\nLời bình\nHình ảnh\nHết.", "read")


def test_word_title_style_wins_when_it_comes_first_and_ids_may_be_translated():
    styles = f'<w:styles {W}><w:style w:styleId="Tiu"><w:name w:val="Title"/></w:style><w:style w:styleId="u1"><w:name w:val="heading 1"/></w:style></w:styles>'
    body = '<w:p><w:pPr><w:pStyle w:val="Tiu"/></w:pPr><w:r><w:t>Tên bài</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val="u1"/></w:pPr><w:r><w:t>Mục</w:t></w:r></w:p>'
    found = read_bytes("a.docx", package(body, {"word/styles.xml": styles}))
    assert (found.title, found.text) == ("Tên bài", "Mục")


def test_word_insertions_count_deletions_and_hidden_text_do_not():
    body = (
        "<w:p><w:r><w:t xml:space='preserve'>Chị </w:t></w:r><w:ins><w:r><w:t>Lan</w:t></w:r></w:ins><w:del><w:r><w:delText>Hoa</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> dạy</w:t><w:tab/><w:t>thêu</w:t><w:br/><w:t>ở xã</w:t></w:r>"
        "<w:r><w:instrText>HYPERLINK x</w:instrText></w:r></w:p>"
    )
    assert read_bytes("a.docx", package(body)).text == "Chị Lan dạy\tthêu\nở xã"


def test_word_text_boxes_once_and_footnotes_last():
    box = "<w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent>"
    body = (
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent><w:t>Ngoài khung</w:t></w:r></w:p>"
    )
    notes = f"<w:footnotes {W}><w:footnote><w:p><w:r><w:t>Chú thích</w:t></w:r></w:p></w:footnote></w:footnotes>"
    found = read_bytes("a.docx", package(body, {"word/footnotes.xml": notes}))
    assert sorted(found.text.split("\n")) == ["Chú thích", "Ngoài khung", "Trong khung"]
    assert found.text.endswith("Chú thích")


def test_word_document_under_another_name_and_in_the_strict_form():
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    relations = '<Relationships xmlns="r"><Relationship Type="http://x/officeDocument" Target="/khac/bai.xml"/></Relationships>'
    data = package(f"<w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p>".replace(W, strict), {"_rels/.rels": relations}, "khac/bai.xml")
    assert read_bytes("a.docx", data).text == TEXT


XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def lied():
    """A package that says its part is small although it is not."""
    data = bytearray(package(" " * 40_000_000))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"), pytest.param(b"PK\x03\x04" + b"x" * 50, id="broken"), pytest.param(b"\xd0\xcf\x11\xe0" * 9, id="old or encrypted"),
        pytest.param(package("")[:-30], id="cut"), pytest.param(package("", name="khac.xml"), id="another package"),
        pytest.param(package("<w:p>").replace(b"x", b"x"), id="broken xml"), pytest.param(package(" " * 200_000_000), id="bomb"),
        pytest.param(lied(), id="bomb that lies"),
    ],
)  # fmt: skip
def test_word_file_that_cannot_be_read_is_one_sentence_and_costs_little(data):
    begun = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(ReadError, match="hãy"):
            read_bytes("a.docx", data)
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - begun < 2


def test_word_file_with_entities_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<?xml version='1.0'?>{XXE}<w:document {W}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>")
    with pytest.raises(ReadError, match="không an toàn"):
        read_bytes("a.docx", out.getvalue())


def test_word_file_of_many_levels_is_refused():
    with pytest.raises(ReadError):
        read_bytes("a.docx", package("<w:p>" * 5_000 + "</w:p>" * 5_000))


# --- PDF


def pdf(*pages):
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"), NameObject("/BaseFont"): NameObject("/Helvetica"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding")})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        stream.set_data(b"".join(b"BT /F1 12 Tf 50 %d Td (%s) Tj ET\n" % (800 - 20 * n, line.encode("latin-1")) for n, line in enumerate(lines)))
        page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


LINES = ["The first line of this text is long enough to be wrapped here", "and goes on in the second line of the page.", "A new one."]


def test_pdf_lines_that_were_only_wrapped_are_joined():
    found = read_bytes("a.pdf", pdf(LINES))
    assert found.text == f"{LINES[0]} {LINES[1]}\n{LINES[2]}"
    assert found.reason == "not_vietnamese"


def test_pdf_of_pictures_is_scanned():
    found = read_bytes("a.pdf", pdf([], []))
    assert (found.status, found.reason) == ("unread", "scanned")


def test_pdf_some_of_whose_pages_are_pictures_is_partial():
    vietnamese = ["Ch\xfa \xe0 \xe1 \xe3 \xea \xf4 \xe2 \xf2 \xf3 \xf5 \xe8 \xe9 \xec \xed \xf9 \xfa \xfd \xc2 \xca \xd4"]
    assert read_bytes("a.pdf", pdf(vietnamese)).status == "read"
    found = read_bytes("a.pdf", pdf(vietnamese, [], []))
    assert (found.status, found.reason, bool(found.text)) == ("unread", "partial", True)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"%PDF-1.7\n" + b"x" * 500, pdf(LINES)[:300]], ids=range(4))
def test_pdf_that_cannot_be_read_is_one_sentence(data):
    with pytest.raises(ReadError, match=r"tệp \.pdf hỏng"):
        read_bytes("a.pdf", data)


def test_pdf_with_password_is_refused():
    writer = PdfWriter(clone_from=io.BytesIO(pdf(LINES)))
    writer.encrypt("mat-khau", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ReadError, match="mật khẩu"):
        read_bytes("a.pdf", out.getvalue())


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([".txt", ".md", ".html", ".docx", ".pdf"]))
def test_any_bytes_are_read_or_refused_in_one_sentence(data, ending):
    try:
        told = read_bytes(f"a{ending}", data).status
    except ReadError as error:
        told = str(error)
    assert told in ("read", "unread") or (told.endswith((".", "lại")) and "\n" not in told)
