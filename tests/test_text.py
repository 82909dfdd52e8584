"""What the normal form promises: twins read the same, and every place points back into the string as given."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import text

WORDS = "chị Hoà thuỷ chung “phái yếu” quý bà, TP. Tuyên Quang 1.500 người; ông L. đến. Đúng!"
ANY = st.text(max_size=200) | st.text(alphabet=WORDS + "\u200b\u0301\u0300\u0323\ufeff\r\n\t_аоеð\ud800İ", max_size=120)


@given(ANY)
@settings(max_examples=400, deadline=None)
def test_every_place_of_any_string_points_back(given):
    body = text.body(given)
    assert body.given == given
    assert len(body.folded) == len(body.plain)
    for start, end in body.sentences:
        first, last = body.place(start, end)
        assert 0 <= first < last <= len(given)
        for at in range(start, min(end, start + 20)):
            a, b = body.place(at, at + 1)
            assert first <= a < b <= last


@given(ANY)
@settings(max_examples=200, deadline=None)
def test_normal_form_of_a_normal_form_is_itself(given):
    plain, _ = text.normal(given)
    assert text.normal(plain)[0] == plain
    assert len(text.encode(text.fold(plain))) == len(plain)


def test_sentences_cover_the_text_in_order():
    body = text.body(WORDS * 3)
    flat = [place for pair in body.sentences for place in pair]
    assert flat == sorted(flat)


@pytest.mark.parametrize(
    "twin",
    [
        pytest.param(lambda s: unicodedata.normalize("NFD", s), id="NFD"),
        pytest.param(lambda s: s.replace("hòa", "hoà").replace("thủy", "thuỷ"), id="kiểu dấu mới"),
        pytest.param(lambda s: s.replace("o", "о").replace("đ", "ð").replace("a", "а"), id="chữ trông giống"),
        pytest.param(lambda s: "\u200b".join(s), id="ký tự ẩn"),
        pytest.param(lambda s: s.replace(" ", "\u00a0"), id="dấu cách cứng"),
        pytest.param(lambda s: "".join(c + ("\u0336" if c.isalpha() else "") for c in s), id="zalgo"),
        pytest.param(str.upper, id="chữ hoa"),
    ],
)
def test_twins_fold_to_the_same(twin):
    whole = "hòa bình, thủy chung và đảm đang: quý bà khỏe"
    assert text.body(twin(whole)).folded == text.body(whole).folded


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Chị L. đến TP. Hà Giang. Rồi chị về.", ["Chị L. đến TP. Hà Giang.", "Rồi chị về."]),
        ("TS. Lò Thị Mai nói: “Không sao.” Mọi người cười.", ["TS. Lò Thị Mai nói: “Không sao.”", "Mọi người cười."]),
        ("Giá 1.500 đồng. Tăng 2,5%!", ["Giá 1.500 đồng.", "Tăng 2,5%!"]),
        ("1. Mở đầu\n2. Nội dung", ["1. Mở đầu", "2. Nội dung"]),
        ("Cháu N.T.H. (13 tuổi) đi học. Sau đó…  Hết", ["Cháu N.T.H. (13 tuổi) đi học.", "Sau đó…", "Hết"]),
        ("Viên C. Uống sau ăn.", ["Viên C.", "Uống sau ăn."]),
        ("PGS.TS. Hoàng Văn Páo, TX. Mới", ["PGS.TS. Hoàng Văn Páo, TX. Mới"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(given, expected):
    body = text.body(given)
    assert [body.plain[a:z] for a, z in body.sentences] == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("Hội nghị diễn ra sáng nay tại phường Minh Xuân.", None),
        ("Man City 2-1 Arsenal", "not_vietnamese"),
        ("Phu nu trong xa duoc vay von de phat trien kinh te gia dinh", "no_diacritics"),
        ("The commune held its annual meeting this morning at the town hall.", "not_vietnamese"),
        ("Les élèves de l'école du village ont été récompensés à la fête d'été.", "not_vietnamese"),
        ("Сегодня утром в городе прошло заседание комитета.", "not_vietnamese"),
        ("今天上午在市政厅举行了会议。今天上午在市政厅举行了会议。", "not_vietnamese"),
        ("", "empty"),
        (" \n\x00 ", "empty"),
        ("12/10 – 3.000 %", "empty"),
        ("Phụ n\ufffd\ufffd trong x\ufffd \ufffd\ufffd\ufffd\ufffd vay vốn", "undecodable"),
        ("Phá»¥ ná»¯ trong xÃ£ Ä‘Æ°á»£c vay vá»‘n", "undecodable"),
        ("a" * (text.TOO_LONG + 1), "too_long"),
    ],
)
def test_what_cannot_be_judged_says_why(given, reason):
    assert text.unread(given) == reason


def test_a_short_headline_without_marks_says_too_little_to_tell():
    assert text.unread("Man City 2-1 Arsenal", brief=True) is None


def test_decode_tells_where_a_file_is_not_utf8():
    assert text.decode("\ufeffPhụ nữ".encode()) == "Phụ nữ"
    assert text.decode("Phụ nữ".encode("utf-16")) == "Phụ nữ"
    with pytest.raises(text.ReadError, match="byte 2"):
        text.decode(b"Ph\xf4 n\xf7")
