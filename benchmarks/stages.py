"""Where the time of a document goes: the share of each stage of a run, on pages as they were printed and as engines read them.

python benchmarks/stages.py [--times 3]

Half of the train pages come first, unmeasured, so that dictionaries are read and what stages remember is there; the other half are
measured, in seconds of the processor. What two stages ask for (the scores of the language model, say) is in the time of the first.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from archive import CORPUS, train_pages

from jiaokan import edits, plan, read
from jiaokan.batch.store import Store
from jiaokan.detect.quality import estimate
from jiaokan.extract import extract
from jiaokan.extract.mentions import mentions
from jiaokan.knowledge.load import Knowledge, load
from jiaokan.model import Apply, Document
from jiaokan.read.sources import load as load_bytes
from jiaokan.report.record import as_json, to_record
from jiaokan.report.tables import RECORDS, encoded, rows
from jiaokan.validate import validate

PRINTED = "as printed"
READINGS = ("ppocrv6-light", "ppocrv4-heavy", "tesseract-heavy")
FLOOR = plan.FLOOR[Apply.CERTAIN]


class Clock:
    """Processor seconds by stage."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count a block's time for a stage."""
        before = time.process_time()
        yield
        self.seconds[stage] += time.process_time() - before


def clean(path: Path, knowledge: Knowledge, clock: Clock) -> tuple[Document, dict[str, Any]]:
    """Return a file cleaned, and its record: the stages of `plan.run` and of a batch run, one by one."""
    with clock("read"):
        document = read.from_bytes(load_bytes(str(path)), source=str(path), id=path.stem)
    with clock("normalise"):
        document = revised(document, plan.normalising(knowledge))
    normalised = document
    with clock("detect and repair"):
        document = revised(document, plan.repairing(knowledge))
    with clock("extract"):
        document = extract(document, knowledge.home, gazetteer=knowledge.gazetteer)
    with clock("entities"):
        document = replace(document, entities=mentions(document, knowledge))
    with clock("validate"):
        document = validate(document, knowledge.home, gazetteer=knowledge.gazetteer)
    with clock("estimate"):
        document = estimate(document, normalised, knowledge)
    with clock("record"):
        record = to_record(document)
    return document, record


def revised(document: Document, stages: Iterable[plan.Stage]) -> Document:
    """Return the document after some stages, as `plan.mended` runs them."""
    for stage in stages:
        document = edits.revise(document, [plan.decide(edit, FLOOR) for edit in stage(document)])
    return document


def run(paths: list[Path], knowledge: Knowledge, clock: Clock, store: Store) -> int:
    """Clean files into one part of a run without a file for each; return their characters."""
    tables: dict[str, list[dict[str, Any]]] = {}
    size = 0
    for path in paths:
        document, record = clean(path, knowledge, clock)
        size += len(document.original)
        with clock("record"):
            whole = as_json(record, indent=None)
        with clock("tables"):
            for name, found in (rows(record) | {RECORDS: [{"id": document.id, "text": document.text, "record": whole}]}).items():
                tables.setdefault(name, []).extend(found)
    with clock("tables"):
        parts = {name: encoded(name, found) for name, found in tables.items()}
    with clock("write"):
        for name, part in parts.items():
            store.write(f"tables/{name}/part-00000.parquet", part)
    return size


def pages(folder: Path, column: str, names: Iterable[str]) -> list[Path]:
    """Return the files of some pages in one reading; those of pages as they were printed are written into a folder first."""
    if column != PRINTED:
        return [CORPUS / "pages" / "ocr" / column / f"{name}.txt" for name in names]
    paths = []
    for name in names:
        truth = json.loads((CORPUS / "pages" / "truth" / f"{name}.json").read_text(encoding="utf-8"))
        paths.append(folder / f"{name}.txt")
        paths[-1].write_text(truth["text"], encoding="utf-8")
    return paths


def main() -> None:
    """Print a table: a row for each stage, a column for each set of pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=3, help="repetitions with knowledge read anew; the least time of a stage counts")
    options = parser.parse_args()
    names = train_pages()
    columns: dict[str, tuple[dict[str, float], int]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for column in (PRINTED, *READINGS):
            found = []
            for _ in range(options.times):
                knowledge, clock = fresh(), Clock()
                run(pages(folder, column, names[::2]), knowledge, Clock(), Store(place))
                size = run(pages(folder, column, names[1::2]), knowledge, clock, Store(place))
                found.append(clock.seconds)
            columns[column] = {stage: min(seconds[stage] for seconds in found) for stage in found[0]}, size
    report(columns)


def fresh() -> Knowledge:
    """Return the knowledge without what earlier documents left in its memory."""
    known = load()
    return Knowledge(known.home, known.lexicon, known.channel, None)


def report(columns: Mapping[str, tuple[Mapping[str, float], int]]) -> None:
    """Print the shares of the stages, seconds a page, and characters a second."""
    totals = {column: sum(seconds.values()) for column, (seconds, _) in columns.items()}
    print("stage | " + " | ".join(columns))
    for stage in next(iter(columns.values()))[0]:
        print(f"{stage} | " + " | ".join(f"{seconds[stage] / totals[column]:.1%}" for column, (seconds, _) in columns.items()))
    print("characters | " + " | ".join(f"{size:,}" for _, size in columns.values()))
    print("s a page of 1,000 | " + " | ".join(f"{totals[column] / size * 1000:.4f}" for column, (_, size) in columns.items()))
    print("characters/s | " + " | ".join(f"{size / totals[column]:,.0f}" for column, (_, size) in columns.items()))


if __name__ == "__main__":
    main()
