"""Many documents on this machine: a generator of results, in the order of the inputs, whatever the number of workers."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jiaokan.batch.one import Configuration, Failure, clean_source, failure
from jiaokan.errors import JiaokanError
from jiaokan.model import Document
from jiaokan.read.sources import STANDARD_INPUT, Source

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

Result = TypeVar("Result")

AHEAD = 4  # documents in flight per worker: enough to keep it busy, few enough to keep memory flat
RENEWED = 1000  # documents after which a worker is replaced by a fresh one: what it remembers of characters grows with those it meets
TIME_LIMIT = 600.0  # seconds a document may take: a hundred times what a page of 10,000 characters does


def clean_all(
    sources: Iterable[Source], configuration: Configuration, *, jobs: int = 1, limit: float = TIME_LIMIT
) -> Iterator[Document | Failure]:
    """Yield each source cleaned, or why it failed. A bad document is a row, not a dead job.

    Raises DictionaryError for a bad file of the user's, InputError for options that exclude each other: at once, not with the first result.
    """
    configuration.knowledge()
    work = partial(clean_source, configuration=configuration)
    results = map(work, sources) if jobs == 1 else shared_out(work, sources, configuration, jobs=jobs, limit=limit)
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


def shared_out(
    work: Callable[[Source], Result], sources: Iterable[Source], configuration: Configuration, *, jobs: int, limit: float
) -> Iterator[Result | Failure]:
    """Yield the results of several worker processes, in the order of the sources.

    A document that takes longer than `limit` seconds, or ends its worker, is a Failure; another worker takes the rest.
    """
    from pebble import ProcessPool

    pool: Any = ProcessPool(max_workers=jobs, max_tasks=RENEWED, context=_context(), initializer=_ready, initargs=(configuration,))
    waiting: deque[tuple[Source, Future[Result | Failure]]] = deque()
    try:
        for source in sources:
            waiting.append((source, _begun(pool, work, source, limit)))
            if len(waiting) >= AHEAD * jobs:
                yield _ended(*waiting.popleft(), configuration, limit)
        while waiting:
            yield _ended(*waiting.popleft(), configuration, limit)
    finally:
        pool.stop()
        pool.join()


def _context() -> BaseContext:
    """Return how workers are made: forked from a process that has read the dictionaries, where the system can; they share its memory."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["jiaokan.batch.warm"])
    return context


def _ready(configuration: Configuration) -> None:
    """Read what the run needs before the first document is timed."""
    configuration.knowledge()


def _begun(pool: Any, work: Callable[[Source], Result], source: Source, limit: float) -> Future[Result | Failure]:  # noqa: ANN401 -- pebble is untyped
    """Hand a source to a worker; standard input is read here, for a worker has none."""
    if source.location != STANDARD_INPUT:
        begun: Future[Result | Failure] = pool.schedule(work, args=(source,), timeout=limit)
        return begun
    done: Future[Result | Failure] = Future()
    done.set_result(work(source))
    return done


def _ended(source: Source, future: Future[Result | Failure], configuration: Configuration, limit: float) -> Result | Failure:
    """Return what came of a source."""
    from pebble import ProcessExpired

    try:
        return future.result()
    except TimeoutError:
        return failure(
            source, "TimeLimit", f"not done in {limit:g} seconds", "raise --time-limit, or cut the file into smaller ones", configuration
        )
    except ProcessExpired as error:
        return failure(
            source, "WorkerDied", f"its worker process ended ({_how(error.exitcode)})", "give it more memory, or report this bug with the document",
            configuration,
        )  # fmt: skip
    except (CancelledError, JiaokanError):
        raise
    except Exception as error:  # noqa: BLE001 -- a result that cannot be sent back, say
        return failure(source, type(error).__name__, "unforeseen", "report this bug with the document", configuration)


def _how(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
