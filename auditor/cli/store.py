"""Opening the archive that ``--db``, AUDITOR_DB or the configuration names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from auditor.keep.store import Store
    from auditor.settings import Settings


def settings() -> "Settings":
    """Return the settings of this call; raise SettingsError when the file or a key is wrong."""
    from auditor.settings import load

    named = (click.get_current_context().find_root().obj or {}).get("config")
    return load(named, os.environ)


def database() -> Path:
    """Return the path of the database: ``--db``, else AUDITOR_DB, else the settings."""
    named: Path | None = (click.get_current_context().find_root().obj or {}).get("db")
    return named or settings().db


@contextmanager
def opened(create: bool = False) -> Iterator["Store"]:
    """Open the archive for the length of a block; raise StoreError when it cannot be used."""
    from auditor.keep.store import Store

    with Store.open(database(), create=create) as store:
        yield store
