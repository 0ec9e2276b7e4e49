"""What the tests of runs share: documents, the command in this process, and what a run folder holds."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pandas as pd

import jiaokan
from jiaokan.cli import main
from jiaokan.report.tables import records

DONE, FAILED, USAGE = range(3)
FAULTY = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导。\n"
MENDED = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组织领导。\n"
OTHER = "县水利局会同镇政府，对沿河各村的堤防进行检查，进一步加强组 织领导。\n"
EMPTY = b""  # fails


def write(folder: Path, name: str, content: bytes | str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def clean(*arguments: str | Path) -> tuple[int, str]:
    """Run `jiaokan clean` in this process; return its exit code and what it said."""
    with redirect_stderr(io.StringIO()) as said:
        code = main(["clean", *map(str, arguments)])
    print(said.getvalue())  # noqa: T201 -- shown with a test that fails
    assert "bug of ours" not in said.getvalue()
    return code, said.getvalue()


def manifest(run: Path) -> dict[str, Any]:
    """Return what the run says of itself."""
    content: dict[str, Any] = json.loads((run / "manifest.json").read_bytes())
    return content


def failures(run: Path) -> list[dict[str, Any]]:
    """Return the rows of failures.jsonl."""
    return [json.loads(line) for line in (run / "failures.jsonl").read_bytes().splitlines()]


def contents(run: Path) -> dict[str, bytes]:
    """Return every file of a run by its place; not the manifest, which has times, nor what a killed process was about to name."""
    named = {str(path.relative_to(run)): path for path in run.rglob("*") if path.is_file() and not path.name.startswith(".")}
    return {name: path.read_bytes() for name, path in sorted(named.items()) if name != "manifest.json"}


def assert_same(one: Path, other: Path) -> None:
    """Check that two runs hold the same files, byte for byte."""
    left, right = contents(one), contents(other)
    assert sorted(left) == sorted(right)
    assert [name for name in left if left[name] != right[name]] == []


def times(run: Path) -> dict[str, int]:
    """Return when each text, record and part was written."""
    return {
        str(path): path.stat().st_mtime_ns
        for kind in ("text", "records", "tables/*")
        for path in run.glob(f"{kind}/*")
        if path.suffix != ".csv"
    }


def assert_holds(run: Path, ids: set[str], *, files: bool = True) -> dict[str, pd.DataFrame]:
    """Check that a run holds these documents, each once and nothing else anywhere; return its tables."""
    tables = jiaokan.read_run(run)
    assert Counter(tables["documents"]["id"]) == Counter(ids)
    assert all(set(table["id"]) <= ids for table in tables.values())
    found = {record["id"]: record for record in records(run, sorted(ids))}
    assert set(found) == ids
    for name in ("edits", "entities", "checks", "indicators", "fields"):  # no row twice, none lost
        assert Counter(tables[name]["id"]) == Counter({one: len(record[name]) for one, record in found.items() if record[name]}), name
    assert manifest(run)["documents"] == len(ids)
    parts = {path.parent.name: sorted(part.name for part in path.parent.iterdir()) for path in run.glob("tables/*/part-*")}
    assert len({tuple(names) for names in parts.values()}) == 1  # every table in the same parts
    if not files:
        assert not any((run / "text").glob("*"))
        assert not any((run / "records").glob("*"))
        assert not list(run.glob("tables/*.csv"))
        return tables
    assert "records" not in parts
    assert {path.name for path in (run / "text").iterdir()} == {f"{name}.txt" for name in ids}
    assert {path.name for path in (run / "records").iterdir()} == {f"{name}.json" for name in ids}
    for name, table in tables.items():
        assert list(pd.read_csv(run / "tables" / f"{name}.csv", dtype=str, keep_default_na=False)["id"]) == list(table["id"])
    return tables
