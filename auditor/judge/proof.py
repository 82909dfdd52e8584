"""The proof of a rule: its own examples, judged by the whole engine.

A *hit* must give a counted finding of the rule (or of a stronger one it is merged into) at the marked passage; a *miss*
must give no counted finding of it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from auditor import model
from auditor.judge import audit
from auditor.judge.ruleset import Rule, RuleSet, unmark


class Failure(NamedTuple):
    """An example that does not come out as its rule says."""

    rule: str
    example: str
    sentence: str


def prove(rules: RuleSet, chosen: Sequence[Rule] | None = None) -> Iterator[Failure]:
    """Yield a Failure for each example of the chosen rules (all when None) that does not come out, and for suggestions that are flagged."""
    for rule in rules.rules if chosen is None else chosen:
        kind = rule.kinds[0] if rule.kinds else "convention" if rule.category == "convention-clause" else "article"
        for example in rule.examples.hit:
            found = _counted(rules, example, kind)
            _, place, field = unmark(example)
            same = [
                f for f in found if f.category == rule.category and f.field == field and place and f.start < place[1] and f.end > place[0]
            ]
            if not same:
                yield Failure(rule.id, example, "không được tính: " + _why(rules, example, kind, rule))
            elif any(f.rule == rule.id and (f.start, f.end) != place and len(_raw(rules, example, kind, rule)) == 1 for f in same):
                wrong = next(f for f in same if f.rule == rule.id)
                yield Failure(rule.id, example, f"đoạn tìm thấy là “{wrong.text}”")
        for example in rule.examples.miss:
            for finding in _counted(rules, example, kind):
                if finding.rule == rule.id:
                    yield Failure(rule.id, example, f"bị tính nhầm ở “{finding.text}”: {finding.explanation}")
        for suggestion in rule.suggestions:
            for finding in _counted(rules, suggestion, kind):
                yield Failure(rule.id, suggestion, f"lời gợi ý bị quy tắc {finding.rule} bắt ở “{finding.text}”")


def _audit(rules: RuleSet, example: str, kind: model.Kind) -> model.Audit:
    given, _, field = unmark(example)
    title, given = (given, "Tin đang được cập nhật.") if field == "title" else (None, given)
    return audit.audit(given, title, kind, date(2026, 11, 1), id="proof", rules=rules)


def _counted(rules: RuleSet, example: str, kind: model.Kind) -> list[model.Finding]:
    return list(_audit(rules, example, kind).counted)


def _raw(rules: RuleSet, example: str, kind: model.Kind, rule: Rule) -> list[model.Finding]:
    return [f for f in _audit(rules, example, kind).findings if f.rule == rule.id]


def _why(rules: RuleSet, example: str, kind: model.Kind, rule: Rule) -> str:
    found = _audit(rules, example, kind)
    if found.unread:
        return f"văn bản bị coi là không đọc được ({found.unread})"
    mine = [f for f in found.findings if f.category == rule.category]
    return "; ".join(f"“{f.text}” {f.stance} {f.confidence}: {f.explanation}" for f in mine) or "mẫu không khớp hoặc thiếu ngữ cảnh cần có"
