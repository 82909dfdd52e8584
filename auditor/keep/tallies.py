"""What the archive holds of each outlet in a period, counted: numbers of articles, findings, people and sources.

Only counts: shares, intervals and targets are told from them elsewhere. A finding that a reviewer dismissed no longer
stands against an article; an article that could not be read whole counts as unread and as nothing else.
"""

# ruff: noqa: S608 - only names that stand in this file are put into SQL; every value is bound

from datetime import date

from auditor.keep.database import Database, Row
from auditor.keep.values import day
from auditor.model import GENDERS, SEVERITIES

_READ = "t.state = 'read'"
_COUNTS = {
    "articles": "count(*)",
    "read": f"sum({_READ})",
    "unread": "sum(t.state = 'unread')",
    "pending": "sum(t.state = 'pending')",
    **{severity: f"sum({_READ} AND coalesce(f.{severity}, 0) > 0)" for severity in SEVERITIES},  # articles with a standing finding
    "meeting": f"sum({_READ} AND coalesce(f.legal, 0) = 0 AND coalesce(f.strong, 0) = 0)",
    **{name: f"coalesce(sum(CASE WHEN {_READ} THEN f.{name} END), 0)" for name in ("findings", "reviewed", "confirmed", "dismissed")},
    **{
        f"{name}_{gender}": f"coalesce(sum(CASE WHEN {_READ} THEN p.{name}_{gender} END), 0)"
        for name in ("people", "sources")
        for gender in GENDERS
    },
}
COUNTS = tuple(_COUNTS)
_STANDING = "counted AND decision IS NOT 'dismiss'"
_SQL = f"""
WITH t AS (
    SELECT id, version, outlet, {{period}} AS period,
           CASE WHEN verdict = 'unread' OR status = 'unread' THEN 'unread' WHEN verdict IS NULL THEN 'pending' ELSE 'read' END AS state
    FROM articles WHERE (:since IS NULL OR day >= :since) AND (:until IS NULL OR day <= :until)
), f AS (
    SELECT t.id, {", ".join(f"sum(severity = '{name}' AND {_STANDING}) AS {name}" for name in SEVERITIES)},
           sum(counted) AS findings, sum(counted AND decision IS NOT NULL) AS reviewed,
           sum(counted AND decision IS 'confirm') AS confirmed, sum(counted AND decision IS 'dismiss') AS dismissed
    FROM t JOIN findings ON findings.article = t.id AND findings.version = t.version GROUP BY t.id
), p AS (
    SELECT t.id, {", ".join(f"sum(gender = '{g}') AS people_{g}, sum(gender = '{g}' AND source <> 'none') AS sources_{g}" for g in GENDERS)}
    FROM t JOIN people ON people.article = t.id AND people.version = t.version GROUP BY t.id
)
SELECT t.outlet, t.period, {", ".join(f"{count} AS {name}" for name, count in _COUNTS.items())}
FROM t LEFT JOIN f ON f.id = t.id LEFT JOIN p ON p.id = t.id GROUP BY t.outlet, t.period ORDER BY t.outlet, t.period
"""


def tally(store: Database, since: date | str | None = None, until: date | str | None = None, monthly: bool = False) -> list[Row]:
    """Return {outlet, period, each of COUNTS} for every outlet that has articles between the two days, both included.

    *period* is the month (``2026-11``) with *monthly*, else None. Articles of no outlet stand under None.
    """
    period = "substr(day, 1, 7)" if monthly else "NULL"
    return store.all(_SQL.format(period=period), {"since": day(since), "until": day(until)})
