"""The archive as one object: what it knows of outlets, articles, audits, reviews and accounts stands in the module of that name."""

from collections.abc import Mapping
from typing import Any

from auditor.keep import trail as chain
from auditor.keep.accounts import Accounts
from auditor.keep.articles import Articles
from auditor.keep.audits import Audits
from auditor.keep.database import Row
from auditor.keep.outlets import Outlets
from auditor.keep.reviews import Reviews


class Store(Outlets, Articles, Audits, Reviews, Accounts):
    """One SQLite file. Methods raise StoreError with one sentence; rows are plain dicts; see `database` for threads."""

    def record(self, actor: str, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> Row:
        """Put a deed that changes no other table on the trail (a name unmasked, a report issued) and return its row."""
        with self.writing() as db:
            return chain.append(db, actor, action, subject, detail or {}, at=self.clock())

    def trail(self, limit: int = 50, offset: int = 0) -> list[Row]:
        """Return rows of the trail, the latest first."""
        return self.all("SELECT * FROM trail ORDER BY seq DESC LIMIT ? OFFSET ?", (max(0, limit), max(0, offset)))

    def trail_head(self) -> chain.Head:
        """Return the last row's number and hash, to be printed and kept outside."""
        return chain.head(self.db)
