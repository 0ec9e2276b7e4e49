"""A run folder: texts, records, tables, a report, failures and a manifest, each file whole or absent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jiaokan.batch.local import Configuration, Failure
from jiaokan.knowledge.load import fingerprints
from jiaokan.model import Document
from jiaokan.report.files import remove, write
from jiaokan.report.page import write_report
from jiaokan.report.record import SCHEMA, to_json, to_record
from jiaokan.report.tables import rows, write_tables


class Outcome(NamedTuple):
    """How a run ended."""

    documents: int
    failures: int


def write_run(
    folder: Path, results: Iterable[Document | Failure], configuration: Configuration, passed_over: Iterable[str] = ()
) -> Outcome:
    """Write every result into the run folder; the manifest comes last and says that the run is complete.

    Raises InputError if a file cannot be written.
    """
    remove(folder / "manifest.json")
    tables: dict[str, list[dict[str, Any]]] = {}
    failures = []
    started = _now()
    for result in results:
        if isinstance(result, Failure):
            failures.append(result.row())
            continue
        write(folder / "text" / f"{result.id}.txt", result.text)
        write(folder / "records" / f"{result.id}.json", to_json(result, indent=1) + "\n")
        for name, table in rows(to_record(result)).items():
            tables.setdefault(name, []).extend(table)
    write_tables(folder / "tables", tables)
    outcome = Outcome(len(tables.get("documents", [])), len(failures))
    write(folder / "failures.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in failures))
    manifest = {
        "schema": SCHEMA,
        "version": _version(),
        "started": started,
        "finished": _now(),
        "configuration": {option: value for option, value in asdict(configuration).items() if option != "mask"},
        "masked": configuration.mask,
        "dictionaries": fingerprints(),
        "documents": outcome.documents,
        "failures": outcome.failures,
        "passed_over": list(passed_over),
    }
    write_report(folder, manifest)
    write(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return outcome


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version() -> str:
    from jiaokan import __version__

    return __version__
