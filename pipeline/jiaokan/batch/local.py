"""Many documents on this machine: a generator of results, in the order of the inputs, whatever the number of workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from jiaokan import plan, read
from jiaokan.errors import JiaokanError
from jiaokan.knowledge.load import Knowledge, load
from jiaokan.model import Apply, Document, Medium
from jiaokan.read.sources import STANDARD_INPUT, Source, printable
from jiaokan.read.sources import load as load_bytes

AHEAD = 4  # documents in flight per worker: enough to keep it busy, few enough to keep memory flat


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything besides the input that a result depends on."""

    apply: Apply = Apply.CERTAIN
    channel: Medium = Medium.PRINT
    channel_data: str | None = None
    terms: str | None = None
    keep: str | None = None
    mask: bool = False  # hide names and numbers of persons

    def knowledge(self) -> Knowledge:
        """Return the dictionaries and models to work with. Raises DictionaryError for a bad file, InputError for options that exclude each other."""
        return load(self.terms, self.keep, self.channel, self.channel_data)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be done: what `failures.jsonl` holds of it."""

    id: str
    source: str
    error: str
    what: str
    fix: str

    def row(self) -> dict[str, Any]:
        """Return the failure as a JSON-ready row."""
        return {"id": self.id, "source": self.source, "error": self.error, "what": self.what, "fix": self.fix}


def clean_all(sources: Iterable[Source], configuration: Configuration, *, jobs: int = 1) -> Iterator[Document | Failure]:
    """Yield each source cleaned, or why it failed. A bad document is a row, not a dead job.

    Raises DictionaryError for a bad file of the user's, InputError for options that exclude each other: at once, not with the first result.
    """
    configuration.knowledge()
    work = partial(clean_source, configuration=configuration)
    results = map(work, sources) if jobs == 1 else _shared_out(work, sources, jobs)
    return _told_apart(results) if configuration.mask else results


def _told_apart(results: Iterable[Document | Failure]) -> Iterator[Document | Failure]:
    """Yield results each under an id of its own: 张三 and 张四 are both masked as 张某, and a file is named by it."""
    taken: set[str] = set()
    for result in results:
        name = result.id
        while name.casefold() in taken:
            name += "-"
        taken.add(name.casefold())
        yield result if name == result.id else replace(result, id=name)


def _shared_out(work: Callable[[Source], Document | Failure], sources: Iterable[Source], jobs: int) -> Iterator[Document | Failure]:
    """Yield the results of several worker processes, in the order of the sources."""
    pool = ProcessPoolExecutor(jobs)
    try:
        waiting: deque[Future[Document | Failure]] = deque()
        for source in sources:
            waiting.append(_begun(pool, work, source))
            if len(waiting) >= AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begun(pool: ProcessPoolExecutor, work: Callable[[Source], Document | Failure], source: Source) -> Future[Document | Failure]:
    """Hand a source to a worker; standard input is read here, for a worker has none."""
    if source.location != STANDARD_INPUT:
        return pool.submit(work, source)
    done: Future[Document | Failure] = Future()
    done.set_result(work(source))
    return done


def clean_source(source: Source, configuration: Configuration) -> Document | Failure:
    """Return one source cleaned, or its failure; an unforeseen error is a failure too, and named as our bug."""
    name = printable(source.location)
    try:
        document = read.from_bytes(load_bytes(source.location), source=name, id=source.id)
        document = plan.run(document, configuration.knowledge(), apply=configuration.apply)
        if not configuration.mask:
            return document
        from jiaokan.mask import mask

        return mask(document, configuration.knowledge())
    except JiaokanError as error:
        return _failure(source, error, error.what, error.fix, configuration)
    except Exception as error:  # noqa: BLE001 -- one page must not end a batch of a million
        # What is unforeseen may quote the page.
        what = "unforeseen" if configuration.mask else f"unforeseen: {error}"
        return _failure(source, error, what, "report this bug with the document", configuration)


def _failure(source: Source, error: Exception, what: str, fix: str, configuration: Configuration) -> Failure:
    name, location = source.id, printable(source.location)
    if configuration.mask:
        from jiaokan.mask import mask_location

        name, location, what = mask_location(name).replace("*", "x"), mask_location(location), mask_location(what)
    return Failure(name, location, type(error).__name__, what, fix)
