"""Accounts of the web application."""

import sys

import click

from auditor.cli import database_options
from auditor.cli.store import opened

_SHORTEST = 10  # characters; length matters more than mixtures (OWASP ASVS 5.0, V6.2)
_password = click.option("--password-stdin", is_flag=True, required=True, help="Đọc mật khẩu từ stdin.")


@click.group("user")
def user_command() -> None:
    """Tài khoản: thêm, liệt kê, khóa, đổi mật khẩu, cấp mã API.

    \b
    Example:
      echo "mật khẩu dài" | auditor user add lan --role reviewer --password-stdin
    """


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < _SHORTEST:
        raise click.BadParameter(f"mật khẩu phải dài ít nhất {_SHORTEST} ký tự", param_hint="--password-stdin")
    return password


@user_command.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(["reviewer", "head", "editor", "official", "admin"]))
@click.option("--outlet", help="Mã đơn vị của biên tập viên.")
@_password
@database_options
def add_user(name: str, role: str, outlet: str | None, password_stdin: bool) -> None:
    """Thêm tài khoản; mật khẩu đọc từ stdin, không nằm trên dòng lệnh.

    \b
    Example:
      echo "mật khẩu dài" | auditor user add lan --role reviewer --password-stdin
    """
    from auditor.keep.accounts import hashed

    password = _read_password()
    with opened() as store:
        store.add_user(name, role, hashed(password), outlet=outlet, actor="cli")
    click.echo(f"Đã thêm {name} ({role}).", err=True)


@user_command.command("list")
@database_options
def list_users() -> None:
    """Liệt kê tài khoản.

    \b
    Example:
      auditor user list
    """
    with opened() as store:
        for user in store.users():
            state = "đã khóa" if user["disabled"] else "hoạt động"
            click.echo(f"{user['name']:24} {user['role']:10} {state:10} {user['outlet'] or ''}")


@user_command.command("disable")
@click.argument("name")
@database_options
def disable_user(name: str) -> None:
    """Khóa tài khoản: mọi phiên và mã API của nó hết hiệu lực ngay.

    \b
    Example:
      auditor user disable lan
    """
    with opened() as store:
        store.disable_user(name, actor="cli")
    click.echo(f"Đã khóa {name}.", err=True)


@user_command.command("password")
@click.argument("name")
@_password
@database_options
def set_password(name: str, password_stdin: bool) -> None:
    """Đặt mật khẩu mới; mọi phiên đang mở của tài khoản bị đóng.

    \b
    Example:
      echo "mật khẩu mới" | auditor user password lan --password-stdin
    """
    from auditor.keep.accounts import hashed

    password = _read_password()
    with opened() as store:
        store.set_password(name, hashed(password), actor="cli")
    click.echo(f"Đã đổi mật khẩu của {name}.", err=True)


@user_command.command("token")
@click.argument("name")
@database_options
def make_token(name: str) -> None:
    """Cấp mã API mới và in ra một lần duy nhất.

    \b
    Example:
      auditor user token toa-soan
    """
    with opened() as store:
        click.echo(store.add_token(name, actor="cli"))
