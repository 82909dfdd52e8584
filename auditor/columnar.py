"""Parquet in and out of the batch: top-level columns, nested fields as JSON strings. Needs the extra ``parquet``."""

import json
import os
from pathlib import Path
from typing import Any

from auditor.errors import ReadError
from auditor.formats import dumps

_ROWS = 2_000


def to_lines(source: Path, target: Path) -> Path:
    """Write the rows of a Parquet file as JSON lines to *target* and return it; raise ReadError when it is none."""
    parquet = _library()
    try:
        with parquet.ParquetFile(source) as table, target.open("w", encoding="utf-8") as out:
            for batch in table.iter_batches(_ROWS):
                for row in batch.to_pylist():
                    out.write(dumps({k: v if _json(v) else str(v) for k, v in row.items()}) + "\n")
    except (OSError, ValueError) as error:
        raise ReadError(f"{source} không phải tệp Parquet đọc được ({str(error).splitlines()[0]})") from None
    return target


def from_lines(source: Path, target: Path) -> None:
    """Write JSON lines as a Parquet file of text, number and true/false columns; it appears only when whole."""
    parquet = _library()
    import pyarrow as pa

    part = target.with_name(f".{target.name}.part")
    columns = _columns(source)
    schema = pa.schema([(name, pa.string()) for name in columns])
    with parquet.ParquetWriter(part, schema) as writer, source.open(encoding="utf-8") as lines:
        rows: list[dict[str, str | None]] = []
        for line in lines:
            record = json.loads(line)
            rows.append({name: _cell(record.get(name)) for name in columns})
            if len(rows) == _ROWS:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        if rows:
            writer.write_table(pa.Table.from_pylist(rows, schema))
    os.replace(part, target)


def _columns(source: Path) -> list[str]:
    names: dict[str, None] = {}
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            names.update(dict.fromkeys(json.loads(line)))
    return list(names)


def _cell(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool, list, dict))


def _library() -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise ReadError("đọc và ghi .parquet cần thư viện pyarrow; hãy cài: pip install 'auditor[parquet]'") from None
    return pyarrow.parquet
