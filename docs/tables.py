"""Keeps the README's score table equal to corpora/scores.json.

python docs/tables.py                      rewrite the table
python docs/tables.py --check              exit 1 when it is out of date
python docs/tables.py --scores FILE.json   take new figures (what the scorer printed as JSON) into corpora/scores.json first
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.judge import ruleset

ROOT = Path(__file__).resolve().parent.parent
SCORES = ROOT / "corpora" / "scores.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- scores -->", "<!-- /scores -->"

# name of the figure -> where it stands in what the scorer prints
ROWS = {
    "passages, any level: precision / recall": ("any.precision", "any.recall"),
    "passages, substantive: precision / recall": ("substantive.precision", "substantive.recall"),
    "traps passed (sentences with the very words, used innocently)": ("traps_passed.rate",),
    "clean articles flagged": ("clean_articles.flagged_share",),
    "named people F1": ("people_named.f1",),
    "gender: accuracy when known / coverage": ("gender.accuracy_when_known", "gender.coverage"),
    "women as sources F1 / men as sources F1": ("sources_female.f1", "sources_male.f1"),
    "topics F1: gender equality / gender-based violence / women": ("topics.gender_equality.f1", "topics.gbv.f1", "topics.women_focus.f1"),
}


def figure(scores: dict[str, Any], path: str) -> str:
    """Return one figure of nested scores, with two digits."""
    value: Any = scores
    for key in path.split("."):
        value = value[key]
    return "–" if value is None else f"{value:.2f}"


def table(scores: dict[str, Any]) -> str:
    """Return the Markdown table."""
    lines = [
        f"Measured on {scores['articles']} real articles labelled by hand (not shipped: the outlets' copyright), "
        f"with {scores['rules']} rules, {scores['measured']}. The rules were written with these articles in sight: expect less on others "
        "(`corpora/quality.json` has the project's own held-back half). Small samples: read the second digit as ±5.",
        "",
        "| figure | value |",
        "|---|---|",
    ]
    lines += [f"| {name} | {' / '.join(figure(scores, path) for path in paths)} |" for name, paths in ROWS.items()]
    return "\n".join(lines)


def main() -> None:
    """Rewrite or check the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true")
    options.add_argument("--scores", type=Path)
    asked = options.parse_args()
    if asked.scores:
        rules = ruleset.load()
        scores = json.loads(asked.scores.read_text(encoding="utf-8"))
        scores.pop("missing_ids", None)
        scores = {"measured": datetime.now(UTC).date().isoformat(), "rules": len(rules.rules), "rules_digest": rules.digest, **scores}
        SCORES.write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    wanted = f"{head}{BEGIN}\n{table(json.loads(SCORES.read_text(encoding='utf-8')))}\n{END}{tail}"
    if asked.check:
        sys.exit(0 if wanted == text else 1)
    README.write_text(wanted, encoding="utf-8")


if __name__ == "__main__":
    main()
