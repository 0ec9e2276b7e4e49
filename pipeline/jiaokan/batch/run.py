"""A run: texts, records, tables, a report, failures and a manifest, each file whole or absent; begun again, it goes on where it was."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from jiaokan.batch.local import TIME_LIMIT, shared_out
from jiaokan.batch.one import Configuration, Failure, Kept, fingerprint, keep_source
from jiaokan.batch.parts import Batch, Kind, Made, Past, size, sweep, write_empty, write_part
from jiaokan.batch.store import Store
from jiaokan.errors import InputError
from jiaokan.knowledge.confusions import CHANNEL
from jiaokan.knowledge.load import WEIGHTS, fingerprints
from jiaokan.mask import mask_location
from jiaokan.model import Medium
from jiaokan.read.sources import STANDARD_INPUT, Source, Sources, load
from jiaokan.report.files import remove
from jiaokan.report.page import write_report
from jiaokan.report.record import SCHEMA
from jiaokan.report.tables import COLUMNS, write_csv


class Options(NamedTuple):
    """How a run is done; nothing of it changes what becomes of a document."""

    jobs: int = 1
    files: bool = True  # a text and a record to a file; otherwise both in the parts
    limit: float = TIME_LIMIT  # seconds a document may take
    cluster: str | None = None  # address of a Dask scheduler, or "local"


class Outcome(NamedTuple):
    """How a run ended."""

    documents: int  # in the run
    cleaned: int  # of these, now; the others were done before
    failures: int


Numbered = tuple[int, Source]  # the number of its part, and a document to be done
Told = Callable[[int], object]  # is told how many documents more are done


class _Run(NamedTuple):
    """A run under way."""

    configuration: Configuration
    options: Options
    store: Store
    kind: Kind
    past: Past
    told: Told


def write_run(place: str, found: Sources, configuration: Configuration, options: Options = Options(), told: Told = lambda _: None) -> Outcome:  # noqa: B008 -- a constant
    """Clean every input into the run at a folder or URL; the manifest comes last and says that the run is complete.

    What an earlier run there did of the same documents in the same way is left as it is; what it had of others is taken out.
    Raises InputError if a file cannot be written, DictionaryError for a bad file of the user's.
    """
    configuration.knowledge()
    store = Store(place if "://" in place else str(Path(place).absolute()))
    with store.alone():
        return _write(store, found, configuration, options, told)


def _write(store: Store, found: Sources, configuration: Configuration, options: Options, told: Told) -> Outcome:
    store.remove("manifest.json")
    started, dictionaries = _now(), fingerprints()
    files = options.files and store.local
    kind = Kind(_stamp(configuration, dictionaries, files=files), files)
    past = Past(store, kind)
    run = _Run(configuration, options, store, kind, past, told)
    cleaned, failures = 0, _Failures()
    for made in (_on_cluster if options.cluster else _here)(run, _pending(run, found)):
        cleaned += made.documents
        failures.add(made.failures)
    documents = past.drop_the_rest() + cleaned
    if not documents:
        write_empty(store, kind)
    sweep(store, kind)
    past.remove_files()
    failures.write(store)
    manifest = {
        "schema": SCHEMA,
        "version": _version(),
        "started": started,
        "finished": _now(),
        "configuration": {option: value for option, value in asdict(configuration).items() if option != "mask"},
        "masked": configuration.mask,
        "files": "all" if files else "none",
        "workers": options.cluster or options.jobs,
        "dictionaries": dictionaries,
        "documents": documents,
        "cleaned": cleaned,
        "failures": failures.number,
        "passed_over": [mask_location(name) for name in found.passed_over] if configuration.mask else found.passed_over,
        "left_out": found.left_out,
    }
    if store.local:
        _write_readable(Path(store.root), manifest, files=files)
    store.write("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    return Outcome(documents, cleaned, failures.number)


def _write_readable(folder: Path, manifest: dict[str, Any], *, files: bool) -> None:
    """Write what people look at: the tables for spreadsheets, and the report."""
    if files:
        write_csv(folder / "tables")
    else:
        for name in COLUMNS:
            remove(folder / "tables" / f"{name}.csv")
    write_report(folder, manifest)


def _pending(run: _Run, found: Sources) -> Iterator[Numbered]:
    """Yield the documents that are not done yet, with the number of the part they belong to by their place among the inputs."""
    step = size(len(found.taken))
    for place, source in enumerate(found.taken):
        if run.past and _is_done(run, source):
            run.told(1)
        else:
            yield place // step, source


def _is_done(run: _Run, source: Source) -> bool:
    if source.location == STANDARD_INPUT or Path(source.location).is_fifo():
        return False  # can be read but once
    try:
        return run.past.keep(fingerprint(source, load(source.location), run.kind.stamp))
    except InputError:
        return False  # whoever cleans it will say why


def _here(run: _Run, pending: Iterator[Numbered]) -> Iterator[Made]:
    """Yield what came of each part, made by worker processes and written here."""
    numbers: deque[int] = deque()

    def handed() -> Iterator[Source]:
        for number, source in pending:
            numbers.append(number)
            yield source

    def counted() -> Iterator[tuple[int, Kept | Failure]]:
        for result in shared_out(work, handed(), run.configuration, jobs=run.options.jobs, limit=run.options.limit):
            run.told(1)
            yield numbers.popleft(), result

    work = partial(keep_source, configuration=run.configuration, stamp=run.kind.stamp, files=run.kind.files)
    for number, results in groupby(counted(), key=itemgetter(0)):
        yield write_part(run.store, run.past.name(number), (result for _, result in results), run.kind)


def _on_cluster(run: _Run, pending: Iterator[Numbered]) -> Iterator[Made]:
    """Yield what came of each part, made and written by the workers of a cluster."""
    from jiaokan.batch.cluster import Cluster

    batches = (Batch(run.past.name(number), tuple(source for _, source in held)) for number, held in groupby(pending, key=itemgetter(0)))
    cluster = Cluster(run.configuration, run.store, run.kind, run.options.limit)
    for made in cluster.clean(batches, address=str(run.options.cluster), jobs=run.options.jobs):
        run.told(made.documents + len(made.failures))
        yield made


class _Failures:
    """The failures of a run, kept on disk until it is over."""

    def __init__(self) -> None:
        self.number = 0
        self._rows = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when it is written

    def add(self, failures: Iterable[Failure]) -> None:
        for one in failures:
            self.number += 1
            self._rows.write((json.dumps(one.row(), ensure_ascii=False) + "\n").encode(errors="backslashreplace"))

    def write(self, store: Store) -> None:
        with self._rows:
            self._rows.seek(0)
            store.write("failures.jsonl", self._rows.read())


def _stamp(configuration: Configuration, dictionaries: dict[str, str], *, files: bool) -> str:
    """Return a digest of all that a result depends on besides its document: version, options, the user's files, the dictionaries in use."""
    others = {WEIGHTS[medium] for medium in Medium if medium is not configuration.channel}
    known = {
        "version": _version(), "files": files, "apply": configuration.apply, "channel": configuration.channel, "mask": configuration.mask,
        "terms": _digest(configuration.terms), "keep": _digest(configuration.keep),
        "channel_data": _digest(configuration.channel_data and str(Path(configuration.channel_data, CHANNEL))),
        "dictionaries": {name: digest for name, digest in dictionaries.items() if name not in others},
    }  # fmt: skip
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()


def _digest(path: str | None) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest() if path else ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version() -> str:
    from jiaokan import __version__

    return __version__
