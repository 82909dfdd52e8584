"""Where the data folders are: inside the installed package, or beside it in a checkout."""

from functools import cache
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """Return the data folder *name* (``rules`` or ``corpora``); raise FileNotFoundError if it is nowhere."""
    package = Path(__file__).resolve().parent
    for place in (package / name, package.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"data folder {name!r} is neither in {package} nor beside it")
