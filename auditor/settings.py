"""Every setting in one tuple: name, default, what it does. The default's type is the setting's type.

A TOML file (``--config`` or ``AUDITOR_CONFIG``) holds them by section: ``[crawl] delay = 2.0`` is ``crawl.delay``.
``AUDITOR_DB`` wins over ``db`` of the file. Secrets are no settings: they are read from a file of their own.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from auditor.errors import SettingsError


class Setting(NamedTuple):
    """One line of the table of settings; the type of *default* is the type a file must give."""

    name: str
    default: Any
    help: str


SETTINGS = (
    Setting("db", "auditor.db", "Tệp cơ sở dữ liệu SQLite"),
    Setting("crawl.allow", (), "Các cặp host:port không công khai mà bộ thu thập được phép gọi, ví dụ 127.0.0.11:8900"),
    Setting("crawl.user_agent", "auditor-kiem-dinh-gioi/0.1", "Tên bộ thu thập, gửi kèm mỗi yêu cầu và dùng khi đọc robots.txt"),
    Setting("crawl.contact", "", "Địa chỉ trang hoặc thư liên hệ, ghi trong User-Agent để tòa soạn biết hỏi ai"),
    Setting("crawl.delay", 2.0, "Số giây nghỉ giữa hai yêu cầu tới cùng một máy chủ; Crawl-delay dài hơn của robots.txt được tôn trọng"),
    Setting("crawl.max_delay_s", 300.0, "Trần cho Crawl-delay và Retry-After trong một lượt; lâu hơn thì máy chủ được để lại cho lượt sau"),
    Setting("crawl.deadline_s", 30.0, "Tổng số giây cho một địa chỉ, kể cả chuyển hướng và tải nhỏ giọt"),
    Setting("crawl.max_page_bytes", 5_000_000, "Cỡ lớn nhất của một trang sau khi giải nén"),
    Setting("crawl.max_feed_bytes", 10_000_000, "Cỡ lớn nhất của một nguồn tin hay sitemap sau khi giải nén"),
    Setting("crawl.max_entries", 1_000, "Số mục lớn nhất đọc từ một nguồn tin hay sitemap"),
    Setting("crawl.max_redirects", 5, "Số lần chuyển hướng lớn nhất"),
    Setting("crawl.max_listing_pages", 3, "Số trang liệt kê tin được lật qua trong một lượt"),
    Setting("crawl.hosts_at_once", 8, "Số máy chủ được đọc cùng lúc; mỗi máy chủ luôn chỉ có một kết nối"),
    Setting("crawl.robots_hours", 24, "Số giờ giữ lại robots.txt đã đọc (RFC 9309: không quá 24)"),
    Setting("crawl.parse_cpu_s", 10, "Số giây CPU cho việc đọc một trang trong tiến trình con"),
    Setting("crawl.parse_memory_mb", 1_536, "Số MB bộ nhớ cho tiến trình con đọc trang"),
    Setting("crawl.parse_wall_s", 30.0, "Số giây chờ tiến trình con đọc xong một trang"),
    Setting("read.max_file_bytes", 50_000_000, "Cỡ lớn nhất của một tệp được kiểm tra"),
    Setting("web.session_hours", 12, "Số giờ một phiên đăng nhập có hiệu lực"),
    Setting("web.secure_cookies", False, "Chỉ gửi cookie qua https; bật khi ứng dụng được phục vụ qua https"),
    Setting("web.trusted_hosts", (), "Tên máy chủ được chấp nhận trong yêu cầu; để trống là mọi tên"),
    Setting("web.proxies", 0, "Số máy chủ trung gian (nginx) đứng trước ứng dụng"),
    Setting("web.max_upload_bytes", 10_000_000, "Cỡ lớn nhất của một tệp hay bản thảo gửi lên"),
    Setting("web.language", "vi", "Ngôn ngữ khi người dùng chưa chọn: vi hoặc en"),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_TYPES = {bool: "true hoặc false", int: "số nguyên không âm", float: "số không âm", str: "chuỗi ký tự", tuple: "danh sách chuỗi ký tự"}
_HOST_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force: ``settings["crawl.delay"]``; *path* is the file they came from."""

    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({s.name: s.default for s in SETTINGS}))
    path: Path | None = None

    def __getitem__(self, name: str) -> Any:
        """Return the value of a setting of the table; an unknown name is a programming error (KeyError)."""
        return self.values[name]

    @property
    def db(self) -> Path:
        """The SQLite file."""
        return Path(self["db"])

    def but(self, changes: Mapping[str, Any]) -> "Settings":
        """Return these settings with *changes* (by full name); raise SettingsError for an unknown name or wrong type."""
        checked = {name: _checked(name, value, self.path) for name, value in changes.items()}
        return Settings(MappingProxyType({**self.values, **checked}), self.path)


def load(path: Path | None = None, env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the TOML file *path* (else ``AUDITOR_CONFIG`` of *env*, else the defaults).

    Raises SettingsError, naming file and key, for a file that cannot be read, an unknown key or a wrong type.
    """
    env = env or {}
    if path is None and env.get("AUDITOR_CONFIG"):
        path = Path(env["AUDITOR_CONFIG"])
    settings = Settings(path=path)
    if path is not None:
        settings = settings.but(_flat(_toml(path)))
    if env.get("AUDITOR_DB"):
        settings = settings.but({"db": env["AUDITOR_DB"]})
    return settings


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, OSError):
            sentence = f"không đọc được tệp cấu hình ({error.strerror or error})"
        elif isinstance(error, UnicodeDecodeError):
            sentence = "tệp cấu hình không phải chữ UTF-8"
        else:
            sentence = f"tệp cấu hình không đúng cú pháp TOML ({error})"
        raise SettingsError(f"{path}: {sentence}; hãy sửa hoặc bỏ --config.") from None


def _flat(sections: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return {"crawl.delay": …} of nested TOML tables."""
    flat = {}
    for key, value in sections.items():
        if isinstance(value, dict) and value:
            flat.update(_flat(value, f"{prefix}{key}."))
        elif not isinstance(value, dict) or not any(name.startswith(f"{prefix}{key}.") for name in _BY_NAME):
            flat[prefix + key] = value
    return flat


def _checked(name: str, value: Any, path: Path | None) -> Any:
    """Return *value* in the type of the setting *name*."""
    where = f"{path}: " if path else ""
    if name not in _BY_NAME:
        raise SettingsError(f"{where}không có cài đặt “{name}”; các cài đặt có là: {', '.join(_BY_NAME)}.")
    kind = type(_BY_NAME[name].default)
    if kind is float and type(value) is int:
        value = float(value)
    if kind is tuple and isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) is not kind or (kind in (int, float) and not 0 <= value < float("inf")):
        raise SettingsError(f"{where}cài đặt “{name}” phải là {_TYPES[kind]}, không phải {value!r}.")
    if name == "crawl.allow":
        for item in value:
            match = _HOST_PORT.fullmatch(item)
            if not match or not 0 < int(match[1]) < 65536:
                raise SettingsError(f"{where}cài đặt “crawl.allow” cần dạng host:port, ví dụ 127.0.0.11:8900, không phải {item!r}.")
    return value
