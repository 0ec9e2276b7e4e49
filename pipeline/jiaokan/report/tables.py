"""A run as tables: tidy rows, Parquet for programs and CSV for spreadsheets, and back again as DataFrames."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.errors import InputError
from jiaokan.report.files import write

if TYPE_CHECKING:
    import pandas as pd

# One row per document, edit, field, indicator row, entity, check, estimated part; `id` joins them. The type of each column is its reader's promise.
COLUMNS: dict[str, dict[str, str]] = {
    "documents": {
        "id": "string", "source": "string", "sha256": "string", "encoding": "string", "family": "string", "region_code": "string",
        "region_name": "string", "characters": "int64", "estimated_error_rate": "float64", "interval_low": "float64", "interval_high": "float64",
        "unjudged_share": "float64", "applied": "int64", "suggested": "int64", "flagged": "int64",
    },
    "edits": {
        "id": "string", "start": "int64", "end": "int64", "before": "string", "after": "string", "status": "string", "kind": "string",
        "rule": "string", "confidence": "float64", "why": "string",
    },
    "fields": {
        "id": "string", "label": "string", "value": "string", "raw": "string", "normalised": "string", "type": "string", "start": "int64",
        "end": "int64", "confidence": "float64", "inferred": "bool",
    },
    "indicators": {
        "id": "string", "一级指标": "string", "二级指标": "string", "三级指标": "string", "运算符": "string", "指标值": "string", "单位": "string",
        "start": "int64", "end": "int64", "inferred": "string",
    },
    "entities": {
        "id": "string", "text": "string", "type": "string", "start": "int64", "end": "int64", "normalised": "string", "parent": "string",
        "now": "string",
    },
    "checks": {"id": "string", "rule": "string", "status": "string", "message": "string", "values": "string", "derived": "string"},
    "quality": {"id": "string", "scope": "string", "name": "string", "characters": "int64", "expected": "float64", "variance": "float64"},
}  # fmt: skip
# A spreadsheet takes =100% for a formula and turns a 21-digit code into 3.6E+20; an apostrophe keeps both as text.
_SPREADSHEET_EATS = re.compile(r"(?s)[=+\-@\t].*|\d{12,}")


def rows(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return a record's rows for each table of COLUMNS."""
    quality = record["quality"]
    region = record["region"] or {"code": "", "name": ""}
    low, high = quality.get("interval", (None, None))
    document = {
        **{key: record[key] for key in ("id", "source", "sha256", "encoding", "family")},
        **{key: value for key, value in quality.items() if key in COLUMNS["documents"]},
        "region_code": region["code"],
        "region_name": region["name"],
        "interval_low": low,
        "interval_high": high,
    }
    key = {"id": record["id"]}
    return {
        "documents": [document],
        "edits": [key | edit for edit in record["edits"]],
        "fields": [key | {"label": label} | field for label, field in record["fields"].items()],
        "indicators": [key | row | {"inferred": "、".join(row["inferred"])} for row in record["indicators"]],
        "quality": [key | part for part in _parts(quality)],
        "entities": [key | entity for entity in record["entities"]],
        "checks": [key | check | {part: _pairs(check[part]) for part in ("values", "derived")} for check in record["checks"]],
    }


def write_tables(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write `NAME/part-0.parquet` and `NAME.csv` (UTF-8 with BOM) for each table of COLUMNS, empty ones too."""
    for name, columns in COLUMNS.items():
        frame = _frame(tables.get(name, []), columns)
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        write(folder / name / "part-0.parquet", buffer.getvalue())
        readable = frame.map(kept)
        write(folder / f"{name}.csv", readable.to_csv(index=False).encode("utf-8-sig", "backslashreplace"))


def kept(cell: object) -> object:
    """Return a cell as a spreadsheet keeps it: =100% → '=100%."""
    return "'" + cell if isinstance(cell, str) and _SPREADSHEET_EATS.fullmatch(cell) else cell


def read_run(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return a run's tables by name: documents, edits, fields, indicators, entities, checks, quality.

    Raises InputError if the folder is not a complete run.
    """
    import pandas as pd

    tables = Path(folder) / "tables"
    missing = [name for name in COLUMNS if not any(tables.joinpath(name).glob("*.parquet"))]
    if missing:
        raise InputError(f"not a complete run (no {', '.join(missing)})", where=str(folder), fix="run: jiaokan clean INPUT -o DIR")
    return {
        name: pd.concat([pd.read_parquet(part) for part in sorted(tables.joinpath(name).glob("*.parquet"))], ignore_index=True)
        for name in COLUMNS
    }


def _frame(table: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(table, columns=list(columns)).astype(columns)


def _parts(quality: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is estimated of the document and of each of its parts."""
    if "parts" not in quality:
        return []
    whole = {"scope": "document", "name": ""} | {key: quality[key] for key in ("characters", "estimated_errors", "variance")}
    return [{"expected": part["estimated_errors"]} | part for part in (whole, *quality["parts"])]


def _pairs(values: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values.items())
