"""The archive behind the pages: one Store for the application, whose threads each have a connection of their own."""

from flask import Flask, current_app

from auditor.errors import StoreError
from auditor.keep.database import BusyError, FullError
from auditor.keep.store import Store


def init_app(app: Flask) -> None:
    """Open the archive of *app*; raises StoreError when it is missing, foreign or out of date."""
    app.extensions["auditor.store"] = Store.open(app.config["DB"])


def store() -> Store:
    """Return the archive of the current application."""
    kept: Store = current_app.extensions["auditor.store"]
    return kept


def refusal(problem: StoreError) -> str:
    """Return the sentence about a value that the store refuses; raise *problem* again when the store itself has failed."""
    if isinstance(problem, (BusyError, FullError)):
        raise problem
    return str(problem)
