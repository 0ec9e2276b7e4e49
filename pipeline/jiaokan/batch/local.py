"""Many documents on this machine: a generator of results, in the order of the inputs, whatever the number of workers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from jiaokan import plan, read
from jiaokan.errors import JiaokanError
from jiaokan.knowledge.load import load
from jiaokan.model import Apply, Document
from jiaokan.read.sources import Source, load as load_bytes

AHEAD = 4  # documents in flight per worker: enough to keep it busy, few enough to keep memory flat


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything besides the input that a result depends on."""

    apply: Apply = Apply.CERTAIN
    terms: str | None = None
    keep: str | None = None


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
    """Yield each source cleaned, or why it failed. A bad document is a row, not a dead job."""
    load(configuration.terms, configuration.keep)  # a bad term file stops the run before it starts
    work = partial(clean_source, configuration=configuration)
    if jobs == 1:
        yield from map(work, sources)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = []
        for source in sources:
            waiting.append(pool.submit(work, source))
            if len(waiting) >= AHEAD * jobs:
                yield waiting.pop(0).result()
        for result in waiting:
            yield result.result()


def clean_source(source: Source, configuration: Configuration) -> Document | Failure:
    """Return one source cleaned, or its failure; an unforeseen error is a failure too, and named as our bug."""
    try:
        document = read.from_bytes(load_bytes(source.location), source=source.location, id=source.id)
        return plan.run(document, load(configuration.terms, configuration.keep), apply=configuration.apply)
    except JiaokanError as error:
        return Failure(source.id, source.location, type(error).__name__, error.what, error.fix)
    except Exception as error:  # noqa: BLE001 -- one page must not end a batch of a million
        return Failure(source.id, source.location, type(error).__name__, f"unforeseen: {error}", "report this bug with the document")
