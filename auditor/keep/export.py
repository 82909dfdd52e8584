"""The archive as open files, complete under their name or not at all; names of victims and children are masked.

``trail.jsonl`` carries the hashes of the original rows: a row whose detail held a masked name says ``masked`` and can be
proven only by whoever has the archive.
"""

import csv
import json
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditor.errors import StoreError
from auditor.keep.masking import Masking
from auditor.keep.outlets import FEED_KINDS
from auditor.keep.store import Store
from auditor.keep.tallies import COUNTS, tally

FILES = ("articles.jsonl", "findings.jsonl", "decisions.jsonl", "outlets.yaml", "adoption.csv", "compliance.csv", "trail.jsonl")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ARTICLE = ("id", "url", "canonical_url", "outlet", "kind", "title", "text", "published", "fetched", "version", "status", "verdict")
_REGISTER = ("id", "name", "kind", *FEED_KINDS, "counted", "valid_from", "valid_to", "succeeds", "verified", "source")


def export(store: Store, folder: Path) -> None:
    """Write FILES to *folder*; an earlier export of that name is replaced only when the new one is complete.

    Raises StoreError when *folder* holds anything else, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(part.name not in FILES for part in folder.iterdir())):
        raise StoreError(f"{folder} đã có nội dung khác; hãy chọn một thư mục mới cho bản kết xuất.")
    unfinished, old = (folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.{ending}") for ending in ("part", "old"))
    try:
        unfinished.mkdir(0o700, parents=True)
        with store.reading():
            _write(store, unfinished)
        if folder.exists():
            folder.rename(old)
        try:
            unfinished.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"Không ghi được bản kết xuất {folder} ({error.strerror}); hãy kiểm tra dung lượng đĩa và quyền ghi.") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def register_yaml(store: Store) -> str:
    """Return the register of outlets as the YAML that ``auditor outlets import`` reads."""
    import yaml

    rows = []
    for outlet in store.outlets():
        further = {name: value for name, value in outlet.items() if name not in _REGISTER and name not in ("changed", "succeeded_by")}
        rows.append({name: outlet[name] for name in _REGISTER} | further)
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120)


def guarded(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets a quote before it (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA) else value


def _write(store: Store, folder: Path) -> None:
    masking = _maskings(store)
    _lines(folder / "articles.jsonl", _articles(store, masking))
    _lines(folder / "findings.jsonl", _findings(store, masking))
    _lines(folder / "decisions.jsonl", (_decision(row, masking(row["article"], row["version"])) for row in store.each("decisions", "id")))
    (folder / "outlets.yaml").write_text(register_yaml(store), encoding="utf-8")
    adoption = store.adoption_history()
    _table(folder / "adoption.csv", ("outlet", "status", "since", "note", "recorded_by", "at"), adoption)
    _table(folder / "compliance.csv", ("outlet", "period", *COUNTS), tally(store, monthly=True))
    _lines(folder / "trail.jsonl", _trail(store, masking))


def _maskings(store: Store) -> Callable[[str, int], Masking]:
    @lru_cache(maxsize=512)
    def masking(article: str, version: int) -> Masking:
        told = store.one("SELECT title, text FROM versions WHERE article = ? AND version = ?", (article, version))
        return Masking(store.audit(article, version), told["title"] if told else None, told["text"] if told else "")

    return masking


def _articles(store: Store, masking: Callable[[str, int], Masking]) -> Iterator[dict[str, Any]]:
    for row in store.each("articles", "key"):
        article = store.article(row["id"]) or {}
        mask = masking(row["id"], row["version"])
        told = {name: article[name] for name in _ARTICLE} | {
            "evidence_sha256": article["payload_sha256"],
            "text_sha256": article["text_sha256"],
        }
        audit = store.audit(row["id"]) or {}
        told["people"] = [mask.person(person) for person in audit.get("people", [])]
        if mask:
            told.update(title=article["title"] and mask.blocked("title", article["title"]), text=mask.blocked("text", article["text"]))
        yield {**told, "masked": bool(mask)}


def _findings(store: Store, masking: Callable[[str, int], Masking]) -> Iterator[dict[str, Any]]:
    for row in store.each("articles", "key"):
        mask = masking(row["id"], row["version"])
        for finding in store.findings(row["id"]):
            told = {name: value for name, value in finding.items() if name not in ("decisions", "article_title", "day", "url", "outlet")}
            told["text"] = mask.passage(finding)
            told.update({name: mask.worded(finding[name]) for name in ("message", "explanation")})
            told["suggestions"] = [mask.worded(suggestion) for suggestion in finding["suggestions"]]
            yield {**told, "masked": told["text"] != finding["text"]}


def _decision(row: Mapping[str, Any], mask: Masking) -> dict[str, Any]:
    return {**row, "text": mask.passage(row), "note": mask.worded(row["note"])}


def _trail(store: Store, masking: Callable[[str, int], Masking]) -> Iterator[dict[str, Any]]:
    for row in store.each("trail", "seq"):
        detail = json.loads(row["detail"])
        masked = dict(detail)
        if row["action"].startswith("decision."):
            masked["note"] = masking(detail["article"], detail["version"]).worded(detail["note"])
        yield {**row, "detail": masked} | ({"masked": True} if masked != detail else {})


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _table(path: Path, names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> None:
    # the byte order mark tells spreadsheets that Vietnamese follows
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([guarded(row[name]) for name in names] for row in rows)
