"""The register of outlets as a YAML file: who they are, from when to when, whom they succeed, where their articles are listed."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from auditor.errors import RuleError
from auditor.read import datafile

Id = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$")]


def _address(given: str) -> str:
    try:
        parts = urlsplit(given)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None and " " not in given
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"địa chỉ “{given}” không dùng được, cần dạng https://ten-mien/…")
    return given


Address = Annotated[str, AfterValidator(_address)]


class Outlet(BaseModel):
    """One outlet of the register; *counted* in the adoption rate on the days of [valid_from, valid_to)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Id
    name: str = Field(min_length=2)
    kind: Literal["newspaper", "broadcaster", "press_and_broadcast", "magazine", "portal", "commune_radio", "other"]
    feeds: tuple[Address, ...] = ()
    sitemaps: tuple[Address, ...] = ()
    listings: tuple[Address, ...] = ()
    counted: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    succeeds: tuple[Id, ...] = ()
    owner: str | None = None
    verified: bool = False
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to ({self.valid_to}) đứng trước valid_from ({self.valid_from})")
        if self.id in self.succeeds:
            raise ValueError(f"“{self.id}” không thể kế thừa chính mình")
        if self.verified and not self.source:
            raise ValueError("verified: true mà thiếu source, hãy ghi nguồn")
        return self


def read_register(path: Path | str) -> list[Outlet]:
    """Return the outlets of a register file in its order; raise RuleError, with the line, when the file is wrong."""
    data: Any = datafile.load(path)
    if not isinstance(data, list):
        raise RuleError(path, 1, "danh mục phải là một danh sách “- id: …”; hãy sửa theo mẫu rules/outlets/tuyen-quang.yaml")
    outlets: list[Outlet] = []
    for number, item in enumerate(data):
        try:
            outlets.append(Outlet.model_validate(item))
        except ValidationError as error:
            raise datafile.problem(path, error, (number,)) from None
    known: set[str] = set()
    for number, outlet in enumerate(outlets):
        if outlet.id in known:
            raise RuleError(path, datafile.line_of(path, (number, "id")), f"id “{outlet.id}” đứng hai lần; hãy đổi hoặc xóa một mục")
        known.add(outlet.id)
    for number, outlet in enumerate(outlets):
        for place, predecessor in enumerate(outlet.succeeds):
            if predecessor not in known:
                line = datafile.line_of(path, (number, "succeeds", place))
                raise RuleError(path, line, f"“{outlet.id}” kế thừa “{predecessor}” nhưng danh mục không có id đó; hãy thêm hoặc sửa id")
    return outlets
