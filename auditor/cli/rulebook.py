"""The rule book and the checklist: look, prove, begin a new rule, enter official wording."""

import json
import sys
from pathlib import Path

import click

from auditor.cli import database_options


@click.group("rules")
def rules_command() -> None:
    """Bộ quy tắc: xem, kiểm tra bằng ví dụ của chính nó, tạo tệp mới.

    \b
    Example:
      auditor rules list --category objectification
      auditor rules check
    """


@rules_command.command("list")
@click.option("--category", help="Chỉ một nhóm.")
@click.option("--json", "as_json", is_flag=True, help="Một đối tượng JSON mỗi dòng.")
def list_rules(category: str | None, as_json: bool) -> None:
    """Liệt kê quy tắc: mã, mức, chỉ số, câu giải thích.

    \b
    Example:
      auditor rules list
    """
    from auditor.judge import ruleset

    for rule in ruleset.load().rules:
        if category in (None, rule.category):
            line = json.dumps(rule.model_dump(mode="json"), ensure_ascii=False)
            click.echo(line if as_json else f"{rule.id:48} {rule.severity:8} {rule.indicator:8} {rule.message}")


@rules_command.command("show")
@click.argument("identity", metavar="ID")
def show_rule(identity: str) -> None:
    """Nêu trọn một quy tắc, như tệp của nó.

    \b
    Example:
      auditor rules show domestic-duty/thien-chuc
    """
    from auditor import resources

    path = (resources.folder("rules") / f"{identity}.yaml").resolve()
    if not path.is_relative_to(resources.folder("rules").resolve()) or not path.is_file():
        raise click.BadParameter(f"không có quy tắc {identity!r}; xem danh sách bằng auditor rules list", param_hint="ID")
    click.echo(path.read_text(encoding="utf-8"), nl=False)


@rules_command.command("check")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
def check_rules(path: Path | None) -> None:
    """Chạy ví dụ của mọi quy tắc (hoặc của một tệp, một thư mục): hit phải được tính đúng đoạn, miss không được tính.

    \b
    Example:
      auditor rules check
      auditor rules check rules/objectification
    """
    from auditor import resources
    from auditor.judge import proof, ruleset

    folder, within = _folder_of(path) if path else (resources.folder("rules"), resources.folder("rules"))
    rules = ruleset.load(folder)
    chosen = [r for r in rules.rules if (folder / f"{r.id}.yaml").resolve().is_relative_to(within.resolve())]
    failures = list(proof.prove(rules, chosen))
    for failure in failures:
        click.echo(f"{failure.rule}: {failure.sentence}\n    {failure.example}")
    click.echo(f"{len(chosen)} quy tắc, {len(failures)} ví dụ không đúng.", err=True)
    sys.exit(1 if failures else 0)


def _folder_of(path: Path) -> tuple[Path, Path]:
    """Return (rules folder, what was asked for) of a rule file, a category folder or a rules folder."""
    path = path.resolve()
    if path.is_file():
        return path.parent.parent, path
    return (path, path) if any(p.is_dir() and any(p.glob("*.yaml")) for p in path.iterdir()) else (path.parent, path)


@rules_command.command("stats")
@click.option(
    "--gold",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Bài đã gán nhãn (.jsonl); mặc định: nửa mở của corpora/gold.",
)
def rule_stats(gold: Path | None) -> None:
    """Mỗi quy tắc trên bài đã gán nhãn: số lần thấy, số lần tính, số lần đúng, độ chính xác và khoảng tin cậy 95%.

    \b
    Example:
      auditor rules stats
    """
    from auditor.judge import ruleset
    from auditor.judge.audit import audit_record
    from auditor.measure import gold as labelled
    from auditor.measure.rulestats import stats

    articles = (
        [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()] if gold else labelled.articles("open")
    )
    rules = ruleset.load()
    audits = {article["id"]: audit_record(article).to_dict() for article in articles}
    click.echo(f"{'quy tắc':48} {'thấy':>5} {'tính':>5} {'đúng':>5}  chính xác")
    for stat in stats(articles, audits, rules.by_id):
        told = (
            "" if stat.precision is None else f"{stat.precision:.2f} {stat.interval}" + ("  KHÔNG ĐƯỢC TÍNH MỘT MÌNH" if stat.unfit else "")
        )
        click.echo(f"{stat.rule:48} {stat.found:5} {stat.counted:5} {stat.right:5}  {told}")


@rules_command.command("diff")
@click.argument("old", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="OLD_FOLDER")
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="NEW_FOLDER")
@database_options
def diff_rules(old: Path, new: Path) -> None:
    """Nêu đoạn văn trong kho được tính hay thôi được tính khi đổi bộ quy tắc.

    \b
    Example:
      auditor rules diff rules-cu/ rules/
    """
    from auditor.cli.store import opened
    from auditor.flips import flips

    with opened() as store:
        changes = list(flips(store, old, new))
    for flip in changes:
        click.echo(f"{flip.sign} {flip.article} {flip.rule}: {' '.join(flip.text.split())}")
    click.echo(f"{len(changes)} thay đổi.", err=True)


@rules_command.command("new")
@click.argument("identity", metavar="CATEGORY/NAME")
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False, exists=True), help="Thư mục rules/ (mặc định: của chương trình)."
)
def new_rule(identity: str, folder: Path | None) -> None:
    """Tạo tệp quy tắc mới; tệp chỉ nạp được sau khi điền mẫu và ví dụ.

    \b
    Example:
      auditor rules new domestic-duty/rua-bat
    """
    from auditor import model, resources

    category, _, name = identity.partition("/")
    if category not in model.CATEGORIES or not name.replace("-", "").isalnum() or not name.isascii():
        raise click.BadParameter("cần dạng nhóm/ten-khong-dau, ví dụ domestic-duty/rua-bat", param_hint="CATEGORY/NAME")
    path = (folder or resources.folder("rules")) / category / f"{name}.yaml"
    if path.exists():
        raise click.BadParameter(f"{path} đã có", param_hint="CATEGORY/NAME")
    path.parent.mkdir(exist_ok=True)
    path.write_text(_SKELETON.format(category=category, severity=model.CATEGORIES[category].severity), encoding="utf-8")
    click.echo(path)


_SKELETON = """\
# {category}: điền từng dòng, rồi chạy: auditor rules check
category: {category}
indicator: B1.2-1
severity: {severity}
message:            # một câu, {{text}} là đoạn tìm thấy
suggestions: []     # ít nhất một cách viết lại
legal: []           # mã trong rules/legal.yaml
source:             # tài liệu, trang, địa chỉ
patterns: []        # thiên chức [của] (làm vợ|làm mẹ); <3> là khoảng trống tới 3 âm tiết; # là số
examples:
  hit: []           # câu có [[đoạn phải tìm thấy]]
  miss: []          # ít nhất bằng số hit: câu có cùng từ mà không sai
"""


@click.group("checklist")
def checklist_command() -> None:
    """Bộ chỉ số: xem, nhập câu chữ chính thức và nguồn của nó.

    \b
    Example:
      auditor checklist list
      auditor checklist wording B1.3-1 "Tỷ lệ …" --source "Bộ chỉ số 2014, trang 35" --by quantri
    """


@checklist_command.command("list")
@database_options
def list_indicators() -> None:
    """Liệt kê chỉ số: mã, đã kiểm chứng câu chữ hay chưa, cách tính, câu chữ.

    \b
    Example:
      auditor checklist list
    """
    from auditor.cli.store import database, opened
    from auditor.judge import checklist

    known = checklist.checklist()
    if database().exists():
        with opened() as store:
            known = checklist.with_wording(known, store.wordings().values())
    for indicator in known.values():
        mark = "đã kiểm chứng" if indicator.verified else "chưa kiểm chứng"
        click.echo(f"{indicator.id:8} {mark:16} {indicator.how:9} {indicator.wording}")


@checklist_command.command("wording")
@click.argument("indicator")
@click.argument("wording")
@click.option("--source", required=True, help="Văn bản và trang có câu chữ này.")
@click.option("--by", "actor", required=True, help="Tên tài khoản của người nhập.")
@database_options
def enter_wording(indicator: str, wording: str, source: str, actor: str) -> None:
    """Nhập câu chữ chính thức của một chỉ số và đánh dấu đã kiểm chứng; ghi vào nhật ký.

    \b
    Example:
      auditor checklist wording B1.3-1 "Tỷ lệ …" --source "Bộ chỉ số 2014, trang 35" --by quantri
    """
    from auditor.cli.store import opened
    from auditor.judge import checklist

    if indicator not in checklist.checklist():
        raise click.BadParameter(f"không có chỉ số {indicator!r}; xem auditor checklist list", param_hint="INDICATOR")
    with opened() as store:
        store.put_wording(indicator, wording, source, actor)
    click.echo(f"Đã ghi câu chữ của {indicator}.", err=True)
