"""The command line: parse, call one function, print. Data on stdout, talk on stderr; exit 0, 1 or 2 as the contract says.

Commands live in modules that import only click at the top, so that ``auditor --help`` starts at once.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor import __version__
from auditor.errors import AuditorError

_COMMANDS = {
    "check": "documents",
    "audit": "documents",
    "extract": "documents",
    "init": "archive",
    "crawl": "archive",
    "import": "archive",
    "export": "archive",
    "backup": "archive",
    "restore": "archive",
    "verify": "archive",
    "doctor": "archive",
    "outlets": "outlets",
    "checklist": "rulebook",
    "rules": "rulebook",
    "model": "model",
    "user": "accounts",
    "serve": "serve",
    "demo": "serve",
}
F = TypeVar("F", bound=Callable[..., Any])


class _Commands(click.Group):
    """Loads the module of a command when it is asked for, and tells every expected failure in one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found = getattr(import_module(f"auditor.cli.{_COMMANDS[cmd_name]}"), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AuditorError as error:
            click.echo(f"auditor: {error}", err=True)
            sys.exit(2)
        except BrokenPipeError:  # "auditor … | head" has read enough
            sys.stderr.close()
            sys.exit(0)


def _remember(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    if value is not None and param.name:
        ctx.find_root().ensure_object(dict)[param.name] = value


def database_options(command: F) -> F:
    """Add ``--db`` and ``--config``, which may stand before or after the command's name."""
    config = click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=_remember,
        help="Tệp cấu hình TOML (hoặc AUDITOR_CONFIG).",
    )
    db = click.option(
        "--db",
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=_remember,
        help="Tệp SQLite (hoặc AUDITOR_DB; mặc định auditor.db).",
    )
    return db(config(command))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "--version", prog_name="auditor")
@database_options
def main() -> None:
    """Kiểm định giới trong tin, bài tiếng Việt: soát bản thảo, thu thập báo, chấm theo Bộ chỉ số, mở ứng dụng web.

    \b
    Example:
      auditor demo
      auditor check ban-thao.docx
      auditor crawl && auditor serve
    """


__all__ = ["database_options", "main"]
