"""How fast the judgement is, as figures of one run: full audits a CPU-second, share by stage, the rule pass against one regex a rule.

    python benchmarks/audit.py                      on the bundled press
    python benchmarks/audit.py --gold FILE.jsonl    on articles of your own ({title, text} a line)
    python benchmarks/audit.py --json               for machines

Ratios are the figures to trust: baseline and program run in turn, in one process, on one core.
"""

import argparse
import json
import re
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from auditor import text
from auditor.collect import press
from auditor.judge import audit, candidate, checklist, ruleset, stance, topics
from auditor.judge.pattern import parse
from auditor.read import reading

Articles = list[tuple[str, str]]


def articles(gold: Path | None) -> Articles:
    """Return (title, text) of the articles to run on."""
    if gold:
        rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [(row.get("title") or "", row["text"]) for row in rows]
    return [(piece.head.title, "\n".join(piece.lines)) for piece in press.Press().pieces]


def cpu(work: Callable[[], object], seconds: float) -> float:
    """Return the median CPU seconds of *work* over repetitions that take about *seconds* in all (three at least)."""
    work()
    times: list[float] = []
    while len(times) < 3 or sum(times) < seconds:
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def stages(given: Articles, rules: ruleset.RuleSet, seconds: float) -> dict[str, float]:
    """Return CPU seconds of each stage over all articles."""
    bodies = [(text.body(title), text.body(body)) for title, body in given]
    readings = [reading.read(*pair) for pair in bodies]
    scans = [candidate.Document(rules, *pair, "article") for pair in bodies]
    found = [candidate.candidates(rules, scan) for scan in scans]
    themes = [topics.topics(*pair, people, None) for pair, people in zip(bodies, readings, strict=True)]
    each: dict[str, Callable[[], object]] = {
        "unread check": lambda: [text.unread(body) for _, body in given],
        "normal form, sentences": lambda: [(text.body(title), text.body(body)) for title, body in given],
        "people and quotes": lambda: [reading.read(*pair) for pair in bodies],
        "rule scan": lambda: [candidate.Document(rules, *pair, "article") for pair in bodies],
        "candidates": lambda: [candidate.candidates(rules, scan) for scan in scans],
        "stance": lambda: [[stance.judge(c, rules, s, r) for c in cs] for cs, s, r in zip(found, scans, readings, strict=True)],
        "topics": lambda: [topics.topics(*pair, people, None) for pair, people in zip(bodies, readings, strict=True)],
        "indicators": lambda: [checklist.indicators(r, (), t, *b) for r, t, b in zip(readings, themes, bodies, strict=True)],
    }
    return {name: cpu(work, seconds) for name, work in each.items()}


def rule_pass(given: Articles, rules: ruleset.RuleSet, seconds: float) -> tuple[float, float]:
    """Return CPU seconds of (one regular expression a rule, our scan with exact places) over all articles in normal form."""
    bodies = [text.body(body) for _, body in given]
    naive = [re.compile("|".join(f"(?:{parse(p).regex.pattern})" for p in rule.patterns)) for rule in rules.rules]

    def ours() -> Sequence[object]:
        out = []
        for body in bodies:
            scan = rules.triggers.scan(body)
            out.append([scan.places(pattern) for pattern in scan.hits])
        return out

    def one_each() -> Sequence[object]:
        return [[m.span() for regex in naive for m in regex.finditer(body.folded)] for body in bodies]

    return cpu(one_each, seconds), cpu(ours, seconds)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gold", type=Path)
    options.add_argument("--seconds", type=float, default=3.0, help="CPU seconds for each figure")
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    given = articles(asked.gold)
    rules = ruleset.load()
    rules.triggers.scan(text.body("nạp sẵn"))
    whole = cpu(lambda: [audit.audit(body, title) for title, body in given], asked.seconds)
    naive, ours = rule_pass(given, rules, asked.seconds)
    words = " ".join(body for _, body in given).split(" ")
    draft = " ".join(words[:500])
    figures = {
        "articles": len(given),
        "syllables": sum(text.syllables(body) for _, body in given),
        "rules": len(rules.rules),
        "audits_per_cpu_second": round(len(given) / whole, 1),
        "rule_pass_times_one_regex_per_rule": round(naive / ours, 1),
        "draft_of_500_syllables_ms": round(1000 * cpu(lambda: audit.audit(draft), asked.seconds), 2),
        "stages_ms_per_article": {k: round(1000 * v / len(given), 3) for k, v in stages(given, rules, asked.seconds / 3).items()},
    }
    if asked.json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            total = sum(value.values())
            print(*(f"  {k:24} {v:8.3f} ms {100 * v / total:5.1f}%" for k, v in value.items()), sep="\n")
        else:
            print(f"{name:38} {value}")


if __name__ == "__main__":
    main()
