"""An archive for tests: one outlet, a reviewer, articles and audits made from a few own-written words."""

from datetime import date

from auditor.keep.store import Store
from auditor.model import Article, Audit, Engine, Finding, Person, Place, Quote, Verdict, finding_id

RULES = "rules-1"
TEXT = "Cán bộ xã nói phái yếu nên ở nhà. Bà Lan kể lại chuyện cũ."


def filled(path, **how):
    """Return a new archive at *path* with the outlet bao-a and the reviewer an."""
    store = Store.open(path, create=True, **how)
    store.put_outlets([{"id": "bao-a", "name": "Báo A", "kind": "newspaper"}], actor="test")
    store.add_user("an", "reviewer", "hash", actor="test")
    return store


def finding(id, start=14, end=22, text="phái yếu", category="domestic-duty", severity="strong", counted=True, **more):
    """Return a Finding of the document *id*."""
    values = {
        "id": finding_id(id, Place(more.get("field", "text"), start, end), category), "rule": f"{category}/mau", "category": category,
        "indicator": "B1.2-2", "severity": severity, "field": "text", "start": start, "end": end, "text": text, "stance": "asserted",
        "counted": counted, "needs_reviewer": False, "confidence": 0.9, "origin": "rule", "message": f"“{text}” cần xem lại.",
        "explanation": "Vì sao", "suggestions": ("phụ nữ",), "legal": ("luat-mau",),
    }  # fmt: skip
    return Finding(**{**values, **more})


def person(id, name, gender="female", source="none", role="other", mentions=()):
    """Return a Person."""
    return Person(id, name, gender, "danh xưng", tuple(Place(*m) for m in mentions), source, role)


def audit(id, findings=(), people=(), verdict: Verdict | None = None, rules=RULES, quotes=(), unread=None):
    """Return an Audit whose verdict follows from its findings."""
    counted = [f for f in findings if f.counted]
    grave = any(f.severity in ("legal", "strong") for f in counted)
    told = verdict or ("review" if grave else "advice" if counted else "clear")
    return Audit(id, "article", "Tiêu đề", date(2026, 11, 1), told, Engine("0.1", rules), tuple(findings), tuple(people),
                 quotes=tuple(Quote(*q) for q in quotes), unread=unread)  # fmt: skip


def put(store, number=1, text=TEXT, findings=None, people=(), outlet="bao-a", published=date(2026, 11, 1), verdict=None, **more):
    """Store and judge article *number*; return (id, version, changed, ids of its findings)."""
    url = f"https://bao-a.vn/{number}"
    reason = more.pop("reason", None)
    given = Article(more.pop("title", f"Bài số {number}"), text, published, status="unread" if reason else "read", reason=reason)
    stored = store.put_article(given, outlet=outlet, url=url, canonical_url=url, **more)
    found = [finding(stored.article_id)] if findings is None else [finding(stored.article_id, **f) for f in findings]
    if stored.changed:
        store.put_audit(stored.article_id, stored.version, audit(stored.article_id, found, people, verdict, unread=reason))
    return (*stored, [f.id for f in found])
