"""Gender audit of Vietnamese news.

>>> import auditor
>>> auditor.audit("Hội nghị diễn ra sáng 3/11 tại phường Minh Xuân.").verdict
'clear'
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from auditor.errors import AuditorError
from auditor.model import Article, Audit, Finding, Kind

__version__ = "0.1.0"
__all__ = ["Article", "Audit", "AuditorError", "Finding", "audit", "audit_many"]


def audit(text: str, title: str | None = None, kind: Kind = "article", published: date | None = None) -> Audit:
    """Return the Audit of one text; *published* picks the law in force, without it today's law applies."""
    from auditor.judge.audit import audit as judge

    return judge(text, title, kind, published)


def audit_many(documents: Iterable[Mapping[str, Any]]) -> Iterator[Audit]:
    """Yield the Audit of each document {id, title, text, kind?, published?}; raise AuditorError at one that cannot be used."""
    from auditor.judge.audit import audit_many as judge_many

    return judge_many(documents)
