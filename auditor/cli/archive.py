"""The archive: make it, fill it, keep it safe."""

import sys
from pathlib import Path

import click

from auditor.cli import database_options
from auditor.cli.store import database, opened, settings


@click.command("init")
@click.option("--register", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Danh mục cơ quan báo chí khác (YAML).")
@database_options
def init_command(register: Path | None) -> None:
    """Tạo kho mới với danh mục cơ quan báo chí, cổng thông tin của tỉnh.

    \b
    Example:
      auditor init
      auditor --db kho.db init
    """
    from auditor import resources
    from auditor.collect.register import read_register
    from auditor.keep.store import Store

    outlets = read_register(register or resources.folder("rules") / "outlets" / "tuyen-quang.yaml")
    with Store.open(database(), create=True) as store:
        store.put_outlets([outlet.model_dump() for outlet in outlets], actor="cli")
    click.echo(f"Đã tạo {database()} với {len(outlets)} đơn vị. Tiếp theo: auditor user add, auditor crawl, auditor serve.")


@click.command("crawl")
@click.option("--outlet", help="Chỉ thu thập đơn vị có mã này.")
@click.option("--limit", type=click.IntRange(1), help="Số bài mới nhiều nhất trong lượt này.")
@database_options
def crawl_command(outlet: str | None, limit: int | None) -> None:
    """Thu thập bài mới từ nguồn tin, sitemap, trang liệt kê của các đơn vị, rồi chấm ngay.

    \b
    Example:
      auditor crawl
      auditor crawl --outlet bao-ptth-tuyen-quang --limit 20
    """
    from auditor.archive import judge_stored
    from auditor.collect.crawl import crawl

    with opened() as store:
        summary = crawl(store, settings(), judge=judge_stored, outlets=[outlet] if outlet else None, limit=limit)
    click.echo(summary.sentence(), err=True)
    sys.exit(1 if summary.failed or summary.unread else 0)


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--outlet", help="Mã đơn vị cho bài không ghi đơn vị.")
@database_options
def import_command(source: Path, outlet: str | None) -> None:
    """Nạp một tệp .jsonl (các trường của lệnh audit, thêm outlet, published) hoặc một thư mục tệp, rồi chấm.

    \b
    Example:
      auditor import bai-cu.jsonl
      auditor import thu-muc-kich-ban/ --outlet dai-truyen-thanh
    """
    from functools import partial

    from tqdm import tqdm

    from auditor.archive import judge_stored
    from auditor.keep.intake import import_file

    with opened() as store:
        summary = import_file(store, source, judge_stored, partial(tqdm, desc="Nạp", unit="bài", disable=None, leave=False), outlet=outlet)
    for problem in summary.problems:
        click.echo(f"auditor: {problem}", err=True)
    click.echo(summary.sentence(), err=True)
    sys.exit(1 if summary.failed or summary.unread else 0)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@database_options
def export_command(folder: Path) -> None:
    """Xuất kho ra định dạng mở: articles.jsonl, findings.jsonl, decisions.jsonl, outlets.yaml, *.csv, trail.jsonl.

    Tên nạn nhân và trẻ em được che.

    \b
    Example:
      auditor export ket-xuat-2026/
    """
    from auditor.keep.export import export

    with opened() as store:
        export(store, folder)
    click.echo(f"Đã xuất vào {folder}.", err=True)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@database_options
def backup_command(target: Path) -> None:
    """Sao lưu kho vào một tệp, kể cả khi đang có người dùng, và kiểm tra bản sao.

    In ra đầu chuỗi nhật ký (số:mã băm): chép lại ở nơi khác để sau này đối chiếu bằng auditor verify --head.

    \b
    Example:
      auditor backup /mnt/sao-luu/auditor-2026-11-22.db
    """
    from auditor.keep.backup import backup

    head = backup(database(), target)
    click.echo(f"Đã sao lưu vào {target}.", err=True)
    click.echo(f"{head.seq}:{head.hash}")


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@click.option("--overwrite", is_flag=True, help="Thay kho đang có; kho cũ được đổi tên, không bị xóa.")
@database_options
def restore_command(source: Path, overwrite: bool) -> None:
    """Khôi phục kho từ một bản sao lưu; không ghi đè kho đang có nếu không yêu cầu.

    \b
    Example:
      auditor --db auditor.db restore /mnt/sao-luu/auditor-2026-11-22.db
    """
    from auditor.keep.backup import restore

    aside = restore(source, database(), overwrite)
    click.echo(f"Đã khôi phục {database()} từ {source}." + (f" Kho cũ nằm ở {aside}." if aside else ""), err=True)


@click.command("verify")
@click.option("--head", metavar="SỐ:MÃ", help="Đầu chuỗi nhật ký đã chép ở nơi khác (do auditor backup in ra).")
@database_options
def verify_command(head: str | None) -> None:
    """Kiểm tra cơ sở dữ liệu, nhật ký (chuỗi băm) và bản lưu bài.

    \b
    Example:
      auditor verify
      auditor verify --head 1204:9f2c…
    """
    from auditor.keep.backup import verify
    from auditor.keep.trail import Head

    anchor = None
    if head:
        seq, _, digest = head.partition(":")
        if not seq.isdigit() or not digest:
            raise click.BadParameter("cần dạng số:mã băm, như auditor backup đã in", param_hint="--head")
        anchor = Head(int(seq), digest)
    problems = verify(database(), anchor)
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo(f"{database()}: toàn vẹn.")
    sys.exit(1 if problems else 0)


@click.command("doctor")
@database_options
def doctor_command() -> None:
    """Xem máy này có đủ điều kiện chạy không: Python, SQLite, bộ quy tắc, kho, chỗ trống trên đĩa.

    \b
    Example:
      auditor doctor
    """
    from auditor.doctor import examine

    ailing = False
    for check in examine(database(), settings()):
        ailing = ailing or not check.well
        click.echo(f"{'tốt ' if check.well else 'LỖI '} {check.name}: {check.sentence}")
    sys.exit(1 if ailing else 0)
