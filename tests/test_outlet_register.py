"""The register of outlets: what ships, and what is refused with file and line."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from auditor import resources
from auditor.collect.register import read_register
from auditor.errors import RuleError

SHIPPED = resources.folder("rules") / "outlets" / "tuyen-quang.yaml"

FILE = """\
- id: bao-moi
  name: Báo Mới
  kind: newspaper
  feeds: ["https://bao-moi.vn/rss/home.rss"]
  valid_from: 2025-07-01
  succeeds: [bao-cu]
- id: bao-cu
  name: Báo Cũ
  kind: newspaper
  valid_from: 1965-01-01
  valid_to: 2025-07-01
"""


def test_a_register_is_read_with_its_defaults(tmp_path):
    path = tmp_path / "danh-muc.yaml"
    path.write_text(FILE, encoding="utf-8")
    new, old = read_register(path)
    assert (new.id, new.feeds, new.sitemaps, new.succeeds) == ("bao-moi", ("https://bao-moi.vn/rss/home.rss",), (), ("bao-cu",))
    assert (new.counted, new.verified, new.valid_to) == (True, False, None)
    assert old.valid_to == new.valid_from == date(2025, 7, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("id: bao-cu", "id: bao-moi", 7, "đứng hai lần"),
        ("succeeds: [bao-cu]", "succeeds: [bao-khac]", 6, "bao-khac"),
        ("succeeds: [bao-cu]", "succeeds: [bao-moi]", 1, "chính mình"),
        ("valid_from: 1965-01-01", "valid_from: 2035-01-01", 7, "đứng trước"),
        ("valid_to: 2025-07-01", "valid_to: hè 2025", 11, "ngày"),
        ("kind: newspaper\n  feeds", "kind: blog\n  feeds", 3, "kind"),
        ("https://bao-moi.vn/rss/home.rss", "bao-moi.vn/rss", 4, "địa chỉ"),
        ("https://bao-moi.vn/rss/home.rss", "https://ai:mat-khau@bao-moi.vn/", 4, "địa chỉ"),
        ("  name: Báo Cũ\n", "", 7, "name"),
        ("name: Báo Cũ", "name: Báo Cũ\n  colour: red", 9, "colour"),
        ("name: Báo Cũ", "name: Báo Cũ\n  verified: true", 7, "source"),
        ("- id: bao-cu", "- id: Báo cũ", 7, "id"),
        (FILE, "outlets: []\n", 1, "danh sách"),
        (FILE, "- id: [\n", None, "YAML"),
    ],
)
def test_a_wrong_register_is_refused_with_its_line(tmp_path, old, new, line, part):
    assert old in FILE
    path = tmp_path / "danh-muc.yaml"
    path.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        read_register(path)
    if line is not None:
        assert str(caught.value).startswith(f"{path}:{line}: ")
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_merged_outlet_succeeds_the_four_of_both_provinces():
    outlets = {outlet.id: outlet for outlet in read_register(SHIPPED)}
    merged = outlets["bao-ptth-tuyen-quang"]
    assert merged.valid_from == date(2025, 7, 1)
    assert len(merged.succeeds) == 4
    assert {outlets[id].valid_to for id in merged.succeeds} == {merged.valid_from}
    assert {outlets[id].kind for id in merged.succeeds} == {"newspaper", "broadcaster"}
    after = [o.id for o in outlets.values() if o.counted and (o.valid_to is None or o.valid_to > date(2025, 7, 1))]
    assert after == ["bao-ptth-tuyen-quang"]


def test_no_address_ships_without_a_source_that_shows_its_domain():
    for outlet in read_register(SHIPPED):
        assert outlet.source, outlet.id
        for address in (*outlet.feeds, *outlet.sitemaps, *outlet.listings):
            host = urlsplit(address).hostname or ""
            assert host in outlet.source, (outlet.id, address)
    assert not any(outlet.kind == "commune_radio" for outlet in read_register(SHIPPED))
