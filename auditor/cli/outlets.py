"""The register of outlets."""

import json
from pathlib import Path

import click

from auditor.cli import database_options
from auditor.cli.store import opened


@click.group("outlets")
def outlets_command() -> None:
    """Danh mục cơ quan báo chí, cổng thông tin: xem, thêm, nạp, xuất.

    \b
    Example:
      auditor outlets list
    """


@outlets_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Một đối tượng JSON mỗi dòng.")
@database_options
def list_outlets(as_json: bool) -> None:
    """Liệt kê đơn vị: mã, loại, thời hạn, số nguồn, tên.

    \b
    Example:
      auditor outlets list
    """
    with opened() as store:
        for outlet in store.outlets():
            feeds = store.feeds(outlet["id"])
            if as_json:
                click.echo(json.dumps({**dict(outlet), "addresses": [f["url"] for f in feeds]}, ensure_ascii=False, default=str))
            else:
                lasts = f"{outlet['valid_from'] or '…'} – {outlet['valid_to'] or 'nay'}"
                click.echo(f"{outlet['id']:32} {outlet['kind']:20} {lasts:24} {len(feeds)} nguồn  {outlet['name']}")


@outlets_command.command("add")
@click.argument("identity", metavar="ID")
@click.argument("name")
@click.option(
    "--kind",
    default="other",
    show_default=True,
    type=click.Choice(["newspaper", "broadcaster", "press_and_broadcast", "magazine", "portal", "commune_radio", "other"]),
)
@click.option("--feed", "feeds", multiple=True, help="Địa chỉ RSS/Atom (lặp lại được).")
@click.option("--sitemap", "sitemaps", multiple=True, help="Địa chỉ sitemap.")
@click.option("--listing", "listings", multiple=True, help="Địa chỉ trang liệt kê tin.")
@click.option("--not-counted", is_flag=True, help="Không tính vào tỷ lệ áp dụng.")
@database_options
def add_outlet(
    identity: str, name: str, kind: str, feeds: tuple[str, ...], sitemaps: tuple[str, ...], listings: tuple[str, ...], not_counted: bool
) -> None:
    """Thêm hoặc sửa một đơn vị.

    \b
    Example:
      auditor outlets add bao-vidu "Báo Ví Dụ" --kind newspaper --feed https://vidu.vn/rss/home.rss
    """
    from pydantic import ValidationError

    from auditor.collect.register import Outlet
    from auditor.read import datafile

    addresses = {"feeds": feeds, "sitemaps": sitemaps, "listings": listings}
    given = {"id": identity, "name": name, "kind": kind, **addresses, "counted": not not_counted}
    try:
        outlet = Outlet.model_validate(given)
    except ValidationError as error:
        raise datafile.problem("outlets add", error) from None
    with opened() as store:
        store.put_outlets([outlet.model_dump()], actor="cli")
    click.echo(f"Đã ghi {identity}.", err=True)


@outlets_command.command("import")
@click.argument("register", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@database_options
def import_outlets(register: Path) -> None:
    """Nạp danh mục từ tệp YAML.

    \b
    Example:
      auditor outlets import danh-muc.yaml
    """
    from auditor.collect.register import read_register

    outlets = read_register(register)
    with opened() as store:
        store.put_outlets([outlet.model_dump() for outlet in outlets], actor="cli")
    click.echo(f"Đã nạp {len(outlets)} đơn vị.", err=True)


@outlets_command.command("export")
@database_options
def export_outlets() -> None:
    """Xuất danh mục ra YAML trên stdout.

    \b
    Example:
      auditor outlets export > danh-muc.yaml
    """
    from auditor.keep.export import register_yaml

    with opened() as store:
        click.echo(register_yaml(store), nl=False)
