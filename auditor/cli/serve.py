"""The web application, and the whole way shown on a sample press."""

import click

from auditor.cli import database_options
from auditor.cli.store import database, opened, settings

_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ mở cổng.")
_PORT = click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)


@click.command("serve")
@_HOST
@_PORT
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Số tiến trình.")
@database_options
def serve_command(host: str, port: int, workers: int) -> None:
    """Mở ứng dụng web trên máy chủ WSGI gunicorn.

    \b
    Example:
      auditor serve
      auditor serve --host 0.0.0.0 --port 8080
    """
    from web.server import run

    with opened():
        pass  # a missing or foreign database is told now, not by every worker
    run(database(), settings(), host, port, workers)


@click.command("demo")
@_PORT
@click.option("--exit-after-audit", is_flag=True, help="Dừng sau khi chấm xong, không mở ứng dụng web.")
@database_options
def demo_command(port: int, exit_after_audit: bool) -> None:
    """Đi trọn con đường với bộ báo mẫu: thu thập trên máy này, chấm, mở ứng dụng web. Không cần mạng.

    \b
    Example:
      auditor demo
      auditor demo --exit-after-audit
    """
    from auditor.demo import demo

    named = (click.get_current_context().find_root().obj or {}).get("db")
    demo(named, settings(), port, stop=exit_after_audit)
