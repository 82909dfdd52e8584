"""Data files under rules/: YAML read strictly, and every fault told with its file and line.

Lines are not kept while reading: a file is read a second time, with positions, only when an error must be shown.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from auditor.errors import RuleError

Keys = tuple[str | int, ...]


class _Loader(yaml.CSafeLoader):
    """PyYAML's safe loader in C, which refuses a key that stands twice in one mapping (plain YAML keeps the last in silence)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"khoá “{key.value}” đứng hai lần", problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: Path | str) -> Any:
    """Return the value of a YAML file (None when it is empty); raise RuleError, with the line, when it cannot be used."""
    path = Path(path)
    text = _text(path)
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        reason = error.problem or "sai cú pháp"
        raise RuleError(path, line, f"tệp YAML không đọc được ({reason}); hãy sửa dòng này") from None
    except (yaml.YAMLError, ValueError) as error:  # an impossible date is a ValueError
        raise RuleError(path, None, f"tệp YAML không đọc được ({str(error).splitlines()[0]}); hãy sửa tệp") from None


def line_of(path: Path | str, keys: Keys) -> int | None:
    """Return the line, from 1, of the value that *keys* lead to, or of the deepest value on the way that exists.

    None when the file cannot be read or *keys* is empty and so is the file.
    """
    try:
        node = yaml.compose(_text(Path(path)), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RuleError):
        return None
    if node is None:
        return None
    line: int = node.start_mark.line
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(key)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and 0 <= key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
        else:
            break
    return line + 1


def problem(path: Path | str, error: ValidationError, under: Keys = ()) -> RuleError:
    """Return the first fault of *error* as a RuleError with its line; *under* leads from the file's top to the value validated."""
    first = error.errors(include_url=False)[0]
    place: Keys = (*under, *first["loc"])
    named = ".".join(f"mục {key + 1}" if isinstance(key, int) else key for key in place) or "tệp"
    return RuleError(path, line_of(path, place), f"{_sentence(named, dict(first))}; hãy sửa dòng này")


def _sentence(named: str, fault: dict[str, Any]) -> str:
    """Return what is wrong with the value called *named*, in Vietnamese, without the final stop."""
    kind, given, context = str(fault["type"]), fault.get("input"), fault.get("ctx") or {}
    if kind == "missing":
        return f"thiếu “{named}”"
    if kind == "extra_forbidden":
        return f"khoá “{named}” không có trong mẫu tệp"
    if kind in ("value_error", "assertion_error"):
        return f"“{named}”: {context.get('error') or fault['msg']}"
    if kind in ("literal_error", "enum"):
        return f"“{named}” là {given!r}, chỉ nhận {context.get('expected')}".replace(" or ", " hoặc ")
    wanted = next((name for start, name in _WANTED.items() if kind.startswith(start)), None)
    if wanted:
        return f"“{named}” phải là {wanted}, không phải {given!r}"
    return f"“{named}” không hợp lệ: {fault['msg']}"


_WANTED = {
    "string_pattern": "chữ đúng mẫu", "string_too_short": "chữ không rỗng", "string": "chữ", "bool": "true hoặc false", "int": "số nguyên",
    "float": "số", "date": "ngày YYYY-MM-DD", "too_short": "danh sách dài hơn", "too_long": "danh sách ngắn hơn", "list": "danh sách",
    "tuple": "danh sách", "dict": "nhóm khoá: giá trị", "model": "nhóm khoá: giá trị", "greater": "số lớn hơn", "less": "số nhỏ hơn",
}  # beginnings of pydantic's error types; the longer stands before the shorter


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RuleError(path, None, f"không mở được tệp ({error.strerror}); hãy kiểm tra đường dẫn và quyền đọc") from None
    except UnicodeDecodeError as error:
        raise RuleError(path, None, f"tệp không phải UTF-8 (lỗi ở byte {error.start}); hãy lưu lại bằng mã UTF-8") from None
