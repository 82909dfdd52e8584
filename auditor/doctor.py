"""Whether this machine can run the program: one line a check, each with what to do when it fails."""

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from auditor import __version__
from auditor.errors import AuditorError
from auditor.judge import checklist, matcher, ruleset
from auditor.keep.store import Store
from auditor.settings import Settings

_FREE = 500_000_000  # bytes: a month of crawling and room for SQLite to finish what it writes


class Check(NamedTuple):
    """One line of the examination."""

    name: str
    well: bool
    sentence: str


def examine(database: Path, settings: Settings) -> Iterator[Check]:
    """Yield the checks of this machine, its rules and its archive."""
    yield Check("chương trình", True, f"auditor {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    engine = "hyperscan" if matcher.hyperscan is not None else "thuần Python (chậm hơn; cài hyperscan để nhanh)"
    yield Check("bộ máy so khớp", True, engine)
    try:
        rules = ruleset.load()
        yield Check("bộ quy tắc", True, f"{len(rules.rules)} quy tắc, {len(checklist.checklist())} chỉ số, mã {rules.digest}")
    except AuditorError as error:
        yield Check("bộ quy tắc", False, str(error))
    yield Check("cấu hình", True, str(settings.path or "mặc định"))
    free = shutil.disk_usage(database.absolute().parent).free
    yield Check(
        "đĩa",
        free >= _FREE,
        f"còn {free // 1_000_000:,} MB".replace(",", ".") + ("" if free >= _FREE else "; hãy dọn bớt trước khi đĩa đầy"),
    )
    if not database.exists():
        yield Check("kho", False, f"chưa có {database}; tạo bằng lệnh auditor init")
        return
    try:
        with Store.open(database) as store:
            yield Check("kho", True, f"{database}: {store.count_articles()} bài, {len(store.outlets())} đơn vị")
    except AuditorError as error:
        yield Check("kho", False, str(error))
