"""How a checked file is printed: for people, as JSON, SARIF or annotations of a code host."""

import json
from collections.abc import Iterable
from typing import Any

from auditor import __version__, model
from auditor.drafts import Checked
from auditor.judge import checklist, ruleset

VERDICTS = {
    "clear": "không thấy đoạn nào cần sửa",
    "advice": "có góp ý về cách diễn đạt",
    "review": "có đoạn cần xem lại",
    "unread": "CHƯA ĐỌC ĐƯỢC",
}
SEVERITIES = {"legal": "pháp lý", "strong": "mạnh", "context": "theo ngữ cảnh", "style": "văn phong"}
UNREAD = {
    "empty": "văn bản trống",
    "too_long": "văn bản quá dài",
    "undecodable": "chữ bị lỗi mã",
    "not_vietnamese": "không phải tiếng Việt",
    "minority_language": "tiếng dân tộc thiểu số",
    "no_diacritics": "tiếng Việt không dấu",
    "partial": "chưa đọc được trọn văn bản",
    "scanned": "bản quét, không có chữ",
}
_SARIF_LEVELS = {"legal": "error", "strong": "error", "context": "warning", "style": "note"}
_GITHUB_LEVELS = {"legal": "error", "strong": "error", "context": "warning", "style": "notice"}


def shown(audit: model.Audit, every: bool) -> list[model.Finding]:
    """Return the findings to print, the strongest first; uncounted ones only with *every*, after the others."""
    chosen = [f for f in audit.findings if every or f.counted]
    return sorted(chosen, key=lambda f: (not f.counted, model.SEVERITIES.index(f.severity), -f.confidence, f.field != "title", f.start))


def as_json(checked: Checked, every: bool) -> str:
    """Return the Audit of the contract on one line, with the text that is indexed."""
    assert checked.audit is not None
    return dumps({**checked.audit.to_dict(every), "text": checked.text})


def dumps(value: Any) -> str:
    """Return JSON on one line; a lone surrogate, which UTF-8 cannot carry, is escaped."""
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return line


def position(checked: Checked, finding: model.Finding) -> tuple[int, int]:
    """Return line and column, from 1, of a finding: in the file where the text stands there as it is, else in the text."""
    before = checked.before or ""
    if finding.field == "title":
        lead = before.find(checked.title) if before else 0
        ahead = (before[: max(lead, 0)] + checked.title)[: max(lead, 0) + finding.start]
    else:
        ahead = before + checked.text[: finding.start]
    return ahead.count("\n") + 1, len(ahead) - (ahead.rfind("\n") + 1) + 1


def as_text(checked: Checked, every: bool) -> str:
    """Return what a person reads: the verdict, then each passage with reason, citation and rewrite."""
    audit = checked.audit
    assert audit is not None
    said = VERDICTS[audit.verdict] + (f": {UNREAD[audit.unread]}" if audit.unread else "")
    lines = [f"{checked.path}: {said}"]
    laws = checklist.laws()
    for finding in shown(audit, every):
        line, column = position(checked, finding)
        where = "tiêu đề" if finding.field == "title" else f"dòng {line}, cột {column}"
        counted = "" if finding.counted else " [không tính]"
        lines += [
            f"  {where}: “{_inline(finding.text)}” ({SEVERITIES[finding.severity]}, {model.CATEGORIES[finding.category].label}){counted}"
        ]
        lines += [f"    {_inline(finding.message)}", f"    {finding.explanation}"]
        lines += [f"    Ví dụ cách viết: {'; '.join(finding.suggestions)}"] if finding.suggestions else []
        lines += [f"    Căn cứ tham khảo ({audit.law_date:%d/%m/%Y}): {laws[law].short}" for law in finding.legal]
    return "\n".join(lines)


def as_github(checked: Checked, every: bool) -> str:
    """Return one workflow annotation a finding."""
    assert checked.audit is not None
    out = ""
    for finding in shown(checked.audit, every):
        line, column = position(checked, finding)
        title = model.CATEGORIES[finding.category].label
        place = f"file={_property(str(checked.path))},line={line},col={column},title={_property(title)}"
        message = f"{finding.message} Ví dụ cách viết: {'; '.join(finding.suggestions)}"
        out += f"::{_GITHUB_LEVELS[finding.severity]} {place}::{_property(message, '')}\n"
    return out


def as_sarif(results: Iterable[Checked], every: bool) -> str:
    """Return a SARIF 2.1.0 log; columns count Unicode code points."""
    found: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    used: dict[str, None] = {}
    for checked in results:
        if checked.audit is None or checked.audit.unread:
            reason = checked.error or UNREAD[checked.audit.unread or "partial"] if checked.audit else checked.error
            location = {"physicalLocation": {"artifactLocation": {"uri": checked.path.as_posix()}}}
            notes.append({"level": "error", "message": {"text": f"Chưa đọc được: {reason}"}, "locations": [location]})
            continue
        for finding in shown(checked.audit, every):
            used[finding.rule or finding.category] = None
            found.append(_sarif_result(checked, finding))
    rules = ruleset.load().by_id
    described = [_sarif_rule(rules, rule) for rule in used]
    driver = {"name": "auditor", "version": __version__, "rules": described}
    invocation = {"executionSuccessful": not notes, "toolExecutionNotifications": notes}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "invocations": [invocation], "results": found}
    return json.dumps(
        {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}, ensure_ascii=True, indent=1
    )


def _sarif_result(checked: Checked, finding: model.Finding) -> dict[str, Any]:
    line, column = position(checked, finding)
    lines = finding.text.split("\n")
    last = column + len(lines[0]) if len(lines) == 1 else len(lines[-1]) + 1
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": line + len(lines) - 1,
        "endColumn": last,
        "snippet": {"text": finding.text},
    }
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": checked.path.as_posix()}, "region": region}}
    return {
        "ruleId": finding.rule or finding.category,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.explanation} Ví dụ cách viết: {'; '.join(finding.suggestions)}"},
        "locations": [place],
        "partialFingerprints": {"findingId": finding.id},
        **({} if finding.counted else {"suppressions": [{"kind": "external", "justification": finding.explanation}]}),
    }


def _sarif_rule(rules: dict[str, ruleset.Rule], identity: str) -> dict[str, Any]:
    rule = rules.get(identity)
    category = model.CATEGORIES[rule.category if rule else identity]
    told = rule.message.replace("{text}", "…") if rule else category.label
    return {"id": identity, "shortDescription": {"text": category.label}, "fullDescription": {"text": told}}


def _inline(passage: str) -> str:
    return " ".join(passage.split())


def _property(value: str, also: str = ":,") -> str:
    value = value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for mark in also:
        value = value.replace(mark, f"%{ord(mark):02X}")
    return value
