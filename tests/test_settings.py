import pytest

from auditor.errors import SettingsError
from auditor.settings import SETTINGS, Settings, load


def written(folder, text):
    path = folder / "auditor.toml"
    path.write_text(text, "utf-8")
    return path


def test_defaults_stand_where_nothing_is_said():
    settings = load(None, {})
    assert {name: settings[name] for name, *_ in SETTINGS} == {name: default for name, default, _ in SETTINGS}
    assert str(settings.db) == "auditor.db"


def test_file_by_option_or_environment(tmp_path):
    path = written(tmp_path, 'db = "kho.db"\n[crawl]\nallow = ["127.0.0.11:8900", "[::1]:80"]\ndelay = 3\n')
    for settings in (load(path, {}), load(None, {"AUDITOR_CONFIG": str(path)})):
        assert settings["crawl.allow"] == ("127.0.0.11:8900", "[::1]:80")
        assert settings["crawl.delay"] == 3.0
        assert str(settings.db) == "kho.db"
        assert settings.path == path
    assert str(load(path, {"AUDITOR_DB": "khac.db"}).db) == "khac.db"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[crawl]\ndelai = 1", "không có cài đặt “crawl.delai”"),
        ("[khac]", "không có cài đặt “khac”"),
        ("[crawl]\ndelay = true", "“crawl.delay” phải là số không âm"),
        ("[crawl]\ndelay = -1", "“crawl.delay” phải là số không âm"),
        ("[crawl]\ndelay = inf", "“crawl.delay” phải là số không âm"),
        ("[crawl]\ndelay = nan", "“crawl.delay” phải là số không âm"),
        ("[crawl]\nmax_entries = 1.5", "“crawl.max_entries” phải là số nguyên"),
        ("[crawl]\nallow = 'x'", "“crawl.allow” phải là danh sách"),
        ("[crawl]\nallow = [1]", "“crawl.allow” phải là danh sách"),
        ("[crawl]\nallow = ['127.0.0.1']", "cần dạng host:port"),
        ("[crawl]\nallow = ['127.0.0.1:99999']", "cần dạng host:port"),
        ("[web]\nsecure_cookies = 1", "“web.secure_cookies” phải là true hoặc false"),
        ("crawl = 3", "không có cài đặt “crawl”"),
        ("db = {}", "“db” phải là chuỗi ký tự"),
        ("[crawl", "không đúng cú pháp TOML"),
    ],
)
def test_wrong_file_is_refused_by_name_of_file_and_key(tmp_path, text, sentence):
    path = written(tmp_path, text)
    with pytest.raises(SettingsError, match=str(path)) as caught:
        load(path, {})
    assert sentence in str(caught.value)


def test_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="không đọc được tệp cấu hình"):
        load(tmp_path / "khong-co.toml", {})
    bad = tmp_path / "b.toml"
    bad.write_bytes(b"db = '\xff'")
    with pytest.raises(SettingsError, match="không phải chữ UTF-8"):
        load(bad, {})


def test_changes_are_checked_too():
    assert Settings().but({"crawl.delay": 0})["crawl.delay"] == 0.0
    with pytest.raises(SettingsError):
        Settings().but({"crawl.nope": 1})


def test_every_setting_says_what_it_does():
    assert len({s.name for s in SETTINGS}) == len(SETTINGS)
    assert all(len(s.help) > 10 for s in SETTINGS)
