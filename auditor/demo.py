"""The whole way on the bundled press: serve it on loopback, crawl it with the real crawler, judge, open the web application."""

import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from auditor import resources
from auditor.archive import judge_stored
from auditor.collect import press
from auditor.collect.crawl import crawl
from auditor.collect.register import read_register
from auditor.keep.accounts import hashed
from auditor.keep.store import Store
from auditor.settings import Settings

ACCOUNTS = {
    "canbo": ("reviewer", "cán bộ thẩm định"),
    "truongphong": ("head", "trưởng phòng"),
    "bientap": ("editor", "biên tập viên"),
    "lanhdao": ("official", "lãnh đạo"),
    "quantri": ("admin", "quản trị"),
}


def demo(database: Path | None, settings: Settings, port: int, stop: bool) -> None:
    """Run the demonstration; *database* None keeps everything in a folder that is removed at the end, *stop* opens no web page."""
    with ExitStack() as stack:
        if database is None:
            database = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auditor-demo-"))) / "demo.db"
        password = f"thu-nghiem-{secrets.token_hex(3)}"
        with Store.open(database, create=True) as store, press.serve() as site:
            register = read_register(resources.folder("rules") / "outlets" / "tuyen-quang.yaml")
            store.put_outlets([outlet.model_dump() for outlet in register], actor="demo")
            sample = press.outlets(site)
            store.put_outlets(sample, actor="demo")
            _record_adoption(store, [str(outlet["id"]) for outlet in sample])
            for name, (role, _) in ACCOUNTS.items():
                outlet = str(sample[0]["id"]) if role == "editor" else None
                if store.user(name) is None:
                    store.add_user(name, role, hashed(password), outlet=outlet, actor="demo")
                else:
                    store.set_password(name, hashed(password), actor="demo")
            click.echo("Thu thập bộ báo mẫu trên máy này …", err=True)
            here = settings.but({"crawl.allow": press.allowed(site), "crawl.delay": 0.0})
            summary = crawl(store, here, judge=judge_stored, outlets=[str(outlet["id"]) for outlet in sample])
            click.echo(summary.sentence(), err=True)
            verdicts = {verdict: store.count_articles(verdict=verdict) for verdict in ("review", "advice", "clear", "unread")}
        click.echo(
            f"Đã chấm {sum(verdicts.values())} bài: {verdicts['review']} bài có đoạn cần xem lại, {verdicts['advice']} bài có góp ý, "
            f"{verdicts['clear']} bài không có gì, {verdicts['unread']} bài chưa đọc trọn."
        )
        if stop:
            return
        from web.server import run

        click.echo(f"\nMở http://127.0.0.1:{port}/ và đăng nhập (mật khẩu chung: {password}):")
        for name, (_, who) in ACCOUNTS.items():
            click.echo(f"  {name:12} {who}")
        click.echo("Bấm Ctrl+C để dừng.\n")
        run(database, settings, "127.0.0.1", port, workers=1)


def _record_adoption(store: Store, outlets: list[str]) -> None:
    """Give the invented outlets three different stages, so that the board has something to show."""
    for outlet, status in zip(outlets, ("official", "pilot", "none"), strict=False):
        store.put_adoption(outlet, status, "2025-10-01", "Số liệu mẫu của bản trình diễn", "demo")
