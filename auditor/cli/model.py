"""How good the engine is: figures on labelled articles, and the floors under them."""

import json
import sys
from pathlib import Path

import click


@click.group("model")
def model_command() -> None:
    """Đo chất lượng trên bài đã gán nhãn.

    \b
    Example:
      auditor model evaluate
    """


@model_command.command("evaluate")
@click.option(
    "--gold",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tệp .jsonl bài đã gán nhãn; mặc định: hai nửa của corpora/gold.",
)
@click.option("--raise", "raise_floors", is_flag=True, help="Ghi số đo hiện tại thành mức sàn mới.")
@click.option("--reason", help="Lý do bằng văn bản khi phải hạ một mức sàn.")
def evaluate(gold: Path | None, raise_floors: bool, reason: str | None) -> None:
    """In mọi số đo thành JSON; trả mã 1 khi một số đo thấp hơn mức sàn trong corpora/quality.json.

    \b
    Example:
      auditor model evaluate
      auditor model evaluate --gold bai-gan-nhan.jsonl
      auditor model evaluate --raise
    """
    from auditor.judge.audit import audit_record
    from auditor.measure import gold as labelled
    from auditor.measure import quality
    from auditor.measure.evaluate import score

    if gold:
        articles = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
        click.echo(json.dumps(score(articles, [audit_record(a).to_dict() for a in articles]), ensure_ascii=False, indent=1))
        return
    measured = {half: quality.figures(half) for half in labelled.HALVES}
    click.echo(json.dumps(measured, ensure_ascii=False, indent=1))
    if raise_floors:
        quality.write(quality.raised(quality.read() if _floors().is_file() else None, measured, reason))
        return
    short = list(quality.shortfalls(quality.read(), measured))
    for sentence in short:
        click.echo(f"auditor: {sentence}", err=True)
    sys.exit(1 if short else 0)


def _floors() -> Path:
    from auditor import resources

    return resources.folder("corpora") / "quality.json"
