"""The trail: who did what and when, each row bound to the one before by its SHA-256.

hash = SHA-256 of ``previous|seq|at|actor|action|subject|detail`` in UTF-8, where *previous* is the hash of the row
before (64 zeros for the first) and *detail* is JSON with sorted keys and no spaces. No field but the last may hold
``|``, so the joined string can be read in one way only. Triggers refuse to change or delete rows; whoever goes around
them breaks the chain, and `check` names the first bad row. A tail that was cut off shows only against a `head` that was
kept outside (reports print it).
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlite_utils import Database

from auditor.keep.clock import now
from auditor.keep.values import cleaned

START = "0" * 64
_COLUMNS = ("seq", "at", "actor", "action", "subject", "detail", "previous", "hash")


class Head(NamedTuple):
    """The last row of a trail: printed in reports, it proves later that nothing was cut off or rolled back."""

    seq: int
    hash: str


def digest(before: Head, *fields: str) -> str:
    """Return the hash of the row that follows *before*; *fields* are at, actor, action, subject, detail."""
    return hashlib.sha256("|".join((before.hash, str(before.seq + 1), *fields)).encode()).hexdigest()


def canonical(detail: Mapping[str, Any]) -> str:
    """Return *detail* as the JSON that is hashed."""
    return json.dumps(cleaned(dict(detail)), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: str) -> str:
    """Return *value* on one line and without ``|``: a name or address can neither forge a field nor a line of a log."""
    return "".join("¦" if c == "|" else " " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in value)


def head(db: Database) -> Head:
    """Return the last row's number and hash; number 0 when the trail is empty."""
    row = db.execute("SELECT seq, hash FROM trail ORDER BY seq DESC LIMIT 1").fetchone()
    return Head(*row) if row else Head(0, START)


def append(db: Database, actor: str, action: str, subject: str, detail: Mapping[str, Any], *, at: str | None = None) -> dict[str, Any]:
    """Add a row (of the present time unless *at* says another) and return it; the caller holds an immediate transaction."""
    if not db.conn.in_transaction:
        raise ValueError("a row of the trail is added only inside a transaction")
    last = head(db)
    fields = (at or now(), plain(actor), plain(action), plain(subject), canonical(detail))
    row = (last.seq + 1, *fields, last.hash, digest(last, *fields))
    db.execute("INSERT INTO trail (seq, at, actor, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return dict(zip(_COLUMNS, row, strict=True))


def check(db: Database, anchor: Head | None = None) -> int | None:
    """Return the number of the first bad row, or None when the chain is whole.

    A missing row is named by its own number. *anchor* is a head kept outside: the trail must still hold it.
    """
    expected = Head(0, START)
    for seq, *fields, previous, found in db.execute(
        "SELECT seq, at, actor, action, subject, detail, previous, hash FROM trail ORDER BY seq"
    ):
        if seq != expected.seq + 1 or previous != expected.hash or found != digest(expected, *fields):
            return expected.seq + 1
        expected = Head(seq, found)
        if anchor and seq == anchor.seq and found != anchor.hash:
            return int(seq)
    if anchor and expected.seq < anchor.seq:
        return expected.seq + 1
    return None
