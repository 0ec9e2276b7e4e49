"""A run as tables: tidy rows, Parquet for programs and CSV for spreadsheets, and back again as DataFrames."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.errors import InputError
from jiaokan.report.files import whole
from jiaokan.report.record import SCHEMA

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# One row per document, edit, field, indicator row, entity, check, estimated part; `id` joins them. The type of each column is its reader's promise.
COLUMNS: dict[str, dict[str, str]] = {
    "documents": {
        "id": "string", "source": "string", "sha256": "string", "fingerprint": "string", "format": "string", "encoding": "string", "family": "string", "region_code": "string",
        "region_name": "string", "characters": "int64", "estimated_error_rate": "float64", "interval_low": "float64", "interval_high": "float64",
        "unjudged_share": "float64", "applied": "int64", "suggested": "int64", "flagged": "int64",
    },
    "edits": {
        "id": "string", "start": "int64", "end": "int64", "before": "string", "after": "string", "status": "string", "kind": "string",
        "rule": "string", "confidence": "float64", "why": "string", "box": "string", "page": "int64",
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
RECORDS = "records"  # the table of whole texts and records, in a run that keeps no file for each document
STAMP = b"jiaokan"  # the key in a part's metadata: what its rows depend on besides their documents
AGAIN = "run: jiaokan clean INPUT -o DIR"
# A spreadsheet takes =100% for a formula and turns a 21-digit code into 3.6E+20; an apostrophe keeps both as text.
_SPREADSHEET_EATS = re.compile(r"(?s)[=+\-@\t].*|\d{12,}")


def rows(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return a record's rows for each table of COLUMNS."""
    quality = record["quality"]
    region = record["region"] or {"code": "", "name": ""}
    low, high = quality.get("interval", (None, None))
    document = {
        **{key: record[key] for key in ("id", "source", "sha256", "format", "encoding", "family")},
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


def encoded(name: str, table: list[dict[str, Any]], stamp: str = "") -> bytes:
    """Return rows of a table as a Parquet file; `stamp` says what they depend on besides their documents."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = _schema(name)
    rows = pa.Table.from_pylist([{key: _encodable(row.get(key)) for key in schema.names} for row in table], schema=schema)
    buffer = io.BytesIO()
    parquet.write_table(rows.replace_schema_metadata((schema.metadata or {}) | {STAMP: stamp.encode()}), buffer, compression="zstd")
    return buffer.getvalue()


def write_csv(folder: Path) -> None:
    """Write `NAME.csv` (UTF-8 with BOM) beside the parts of each table of COLUMNS, one part in memory at a time."""
    for name, columns in COLUMNS.items():
        with whole(folder / f"{name}.csv") as stream:
            stream.write(codecs.BOM_UTF8)
            text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
            rows = csv.writer(text, lineterminator="\n")
            rows.writerow(columns)
            for part in part_names(folder / name):
                for row in _rows(folder / name / part, name):
                    rows.writerow([kept(row[column]) for column in columns])
            text.detach()


def kept(cell: object) -> object:
    """Return a cell as a spreadsheet keeps it: =100% → '=100%."""
    return "'" + cell if isinstance(cell, str) and _SPREADSHEET_EATS.fullmatch(cell) else cell


def part_names(folder: Path) -> list[str]:
    """Return the file names of a table's parts, in the order of the run."""
    return sorted((path.name for path in folder.glob("part-*.parquet")), key=lambda name: name.removesuffix(".parquet"))


def parts(folder: Path, *names: str) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Yield the rows of some tables of a run, part by part: those of the same few hundred documents in every table.

    Raises InputError if a table is missing or damaged.
    """
    tables = Path(folder) / "tables"
    found = part_names(tables / "documents")
    missing = [name for name in names if not (tables / name).is_dir()] or ([] if found else ["documents"])
    if missing:
        raise InputError(f"not a complete run (no {', '.join(missing)})", where=str(folder), fix=AGAIN)
    for part in found:
        yield {name: list(_rows(tables / name / part, name)) for name in names}


def records(folder: Path, ids: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the records of some documents of a run, one in memory at a time. Raises InputError for one missing or damaged."""
    folder, names = Path(folder), list(ids)
    places = _places(folder, set(names)) if part_names(folder / "tables" / RECORDS) else None
    for name in names:
        path = folder / "records" / f"{name}.json" if places is None else folder / "tables" / RECORDS
        try:
            found = json.loads(path.read_bytes() if places is None else _packed(path / places[name], name))
            if (found["schema"], found["id"]) != (SCHEMA, name):
                raise InputError(f"the record of {found['id']!r}, schema {found['schema']!r}", where=str(path), fix=AGAIN)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"no such record, or a damaged one: {error!r}", where=str(path), fix=AGAIN) from None
        yield found


def record(folder: Path, id: str) -> dict[str, Any]:  # noqa: A002 -- the contract's own word
    """Return the record of one document of a run. Raises InputError if it is missing or damaged."""
    return next(records(folder, [id]))


def read_run(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return a run's tables by name: documents, edits, fields, indicators, entities, checks, quality.

    Raises InputError if the folder is not a complete run.
    """
    import pandas as pd

    tables = Path(folder) / "tables"
    missing = [name for name in COLUMNS if not part_names(tables / name)]
    if missing:
        raise InputError(f"not a complete run (no {', '.join(missing)})", where=str(folder), fix=AGAIN)
    return {
        name: pd.concat([pd.read_parquet(tables / name / part) for part in part_names(tables / name)], ignore_index=True) for name in COLUMNS
    }


@cache
def _schema(name: str) -> pa.Schema:
    """Return the table's types, with what makes pandas read them as promised in COLUMNS."""
    import pandas as pd
    import pyarrow as pa

    columns = COLUMNS.get(name, dict.fromkeys(("id", "text", "record"), "string"))
    return pa.Schema.from_pandas(pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in columns.items()}), preserve_index=False)


def _encodable(cell: object) -> object:
    """Return a cell without lone surrogates, which no Parquet file can hold."""
    return cell.encode(errors="backslashreplace").decode() if isinstance(cell, str) else cell


def _rows(path: Path, name: str) -> Iterator[dict[str, Any]]:
    from pyarrow import ArrowException, parquet

    try:
        table = parquet.read_table(path)
        lacking = [column for column in COLUMNS[name] if column not in table.column_names]
        if lacking:
            raise InputError(f"no column {', '.join(lacking)}", where=str(path), fix=AGAIN)
        for batch in table.to_batches(max_chunksize=1000):
            yield from batch.to_pylist()
    except FileNotFoundError:
        raise InputError("not a complete run (a part is missing)", where=str(path), fix=AGAIN) from None
    except (OSError, ArrowException) as error:
        raise InputError(f"a damaged table: {str(error).splitlines()[0]}", where=str(path), fix=AGAIN) from None


def _places(folder: Path, wanted: Collection[str]) -> dict[str, str]:
    """Return which part holds each of some documents."""
    from pyarrow import parquet

    documents = folder / "tables" / "documents"
    return {
        name: part
        for part in part_names(documents)
        for name in parquet.read_table(documents / part, columns=["id"]).column("id").to_pylist()
        if name in wanted
    }


def _packed(path: Path, name: str) -> str:
    from pyarrow import parquet

    found = parquet.read_table(path, columns=["record"], filters=[("id", "=", name)]).column("record").to_pylist()
    return str(found[0])


def _parts(quality: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is estimated of the document and of each of its parts."""
    if "parts" not in quality:
        return []
    whole = {"scope": "document", "name": ""} | {key: quality[key] for key in ("characters", "estimated_errors", "variance")}
    return [{"expected": part["estimated_errors"]} | part for part in (whole, *quality["parts"])]


def _pairs(values: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in values.items())
