"""Judging documents: ``check`` for files and drafts, ``audit`` for archives, ``extract`` for one page."""

import json
import sys
from pathlib import Path

import click

from auditor.cli import database_options
from auditor.model import KINDS

_KIND = click.option("--kind", type=click.Choice(KINDS), default="article", show_default=True, help="Loại văn bản.")


@click.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@_KIND
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), help="Ngày đăng, để chọn luật có hiệu lực hôm đó (mặc định: hôm nay).")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(["legal", "strong", "context", "style", "never"]),
    default="strong",
    show_default=True,
    help="Mức thấp nhất của phát hiện khiến lệnh trả mã 1.",
)
@click.option("--all", "every", is_flag=True, help="Nêu cả phát hiện không tính (lời nguồn chính thức, câu phê phán).")
def check_command(files: tuple[Path, ...], kind: str, published: object, form: str, fail_on: str, every: bool) -> None:
    """Soát tệp .txt .md .html .docx .pdf, hoặc chữ đưa vào qua stdin (-). Không lưu gì.

    \b
    Example:
      auditor check ban-thao.docx
      auditor check --format sarif bai/*.txt > ket-qua.sarif
      cat bai.txt | auditor check - --fail-on style
    """
    from auditor import drafts, formats

    results = drafts.check(files or (Path("-"),), kind, published, stdin=sys.stdin.buffer)  # type: ignore[arg-type]
    failed = False
    shown = []
    for result in results:
        failed = failed or result.fails(fail_on)
        if result.error:
            click.echo(f"auditor: {result.path}: {result.error}", err=True)
            if form == "json":
                click.echo(formats.dumps({"id": str(result.path), "error": result.error}))
        elif form == "json":
            click.echo(formats.as_json(result, every))
        elif form == "text":
            click.echo(formats.as_text(result, every))
        elif form == "github":
            click.echo(formats.as_github(result, every), nl=False)
        shown.append(result)
    if form == "sarif":
        click.echo(formats.as_sarif(shown, every))
    if shown and all(result.error for result in shown):
        sys.exit(2)
    sys.exit(1 if failed else 0)


@click.command("audit")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False, metavar="IN.jsonl")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Tệp kết quả .jsonl hoặc .parquet.")
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Số tiến trình chạy song song.")
@click.option("--all", "every", is_flag=True, help="Ghi cả phát hiện không tính.")
@click.option("--stored", is_flag=True, help="Chấm lại bài trong kho thay vì một tệp.")
@click.option("--stale", is_flag=True, help="Cùng --stored: chỉ bài do bộ quy tắc cũ chấm.")
@database_options
def audit_command(source: Path | None, output: Path | None, jobs: int, every: bool, stored: bool, stale: bool) -> None:
    """Chấm cả một kho: mỗi dòng một bài {id, title, text, …}, mỗi dòng ra một Audit, giữ nguyên thứ tự.

    Trả mã 1 khi có dòng không đọc được hoặc bài chưa đọc trọn.

    \b
    Example:
      auditor audit bai.jsonl -o ket-qua.jsonl --jobs 2
      auditor audit bai.parquet -o ket-qua.parquet
      auditor audit --stored --stale
    """
    from auditor import archive

    if stored:
        if source or output:
            raise click.UsageError("--stored chấm bài trong kho, không dùng cùng tệp vào hoặc -o.")
        from auditor.cli.store import opened

        with opened() as store:
            summary = archive.audit_stored(store, stale=stale)
    else:
        if source is None or output is None:
            raise click.UsageError("Cần tệp vào IN.jsonl và -o OUT.jsonl (hoặc --stored).")
        summary = archive.audit_file(source, output, jobs=jobs, every=every)
    click.echo(summary.sentence(), err=True)
    sys.exit(1 if summary.failed or summary.unread else 0)


@click.command("extract")
@click.argument("page", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE.html")
@click.option("--url", help="Địa chỉ của trang, để chọn gợi ý theo trang web.")
def extract_command(page: Path, url: str | None) -> None:
    """Rút tiêu đề, nội dung, ngày đăng, tác giả, chú thích ảnh từ một trang HTML thành một đối tượng JSON.

    \b
    Example:
      auditor extract trang.html --url https://vidu.vn/bai-1.html
    """
    from auditor.read.extract import article

    found = article(page.read_bytes(), url)
    click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
    sys.exit(0 if found.status == "read" else 1)
