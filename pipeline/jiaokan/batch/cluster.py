"""Many documents on the workers of a Dask cluster: each makes whole parts of the run, and writes them itself."""

from __future__ import annotations

import faulthandler
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, BinaryIO

from jiaokan.batch.one import Configuration, Failure, Kept, failure, keep_source
from jiaokan.batch.parts import Batch, Kind, Made, write_part
from jiaokan.batch.store import Store
from jiaokan.errors import InputError
from jiaokan.read.sources import Source

LOCAL = "local"
AHEAD = 2  # parts in flight per worker
PATIENCE = "30s"  # to wait for a scheduler, and for a worker


@dataclass(frozen=True)
class Cluster:
    """A run on a cluster. Inputs, the user's files and the run must be where every worker finds them: a shared folder, or a URL."""

    configuration: Configuration
    store: Store
    kind: Kind
    limit: float  # seconds a document may take

    def clean(self, batches: Iterable[Batch], *, address: str, jobs: int) -> Iterator[Made]:
        """Yield what came of each batch, in order. A batch whose worker dies goes to another, and in the end document by document.

        Raises InputError if there is no such cluster, or none of its workers has jiaokan.
        """
        with _client(address, jobs) as client:
            waiting: deque[tuple[Batch, Any]] = deque()
            for batch in batches:
                waiting.append((batch, client.submit(self.make, batch, pure=False)))
                if len(waiting) >= AHEAD * max(1, len(client.nthreads())):
                    yield self._ended(client, *waiting.popleft())
            while waiting:
                yield self._ended(client, *waiting.popleft())

    def make(self, batch: Batch) -> Made:
        """Clean a batch and write its part, on a worker: the same part whoever makes it, and however often."""
        self.configuration.knowledge()
        return write_part(self.store, batch.part, map(self.keep, batch.sources), self.kind)

    def keep(self, source: Source) -> Kept | Failure:
        """Return what the run keeps of a document, on a worker; one that takes too long ends its worker."""
        faulthandler.dump_traceback_later(self.limit, exit=True, file=_nowhere())
        try:
            return keep_source(source, self.configuration, self.kind.stamp, files=self.kind.files)
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _ended(self, client: Any, batch: Batch, future: Any) -> Made:  # noqa: ANN401 -- distributed is untyped
        killed = import_module("distributed").KilledWorker
        try:
            made: Made = future.result()
        except killed:  # one after the other, so that none is taken for another that ends its worker
            return write_part(self.store, batch.part, (self._one(client, source, killed) for source in batch.sources), self.kind)
        except ModuleNotFoundError as error:
            raise InputError(f"its workers lack {error.name}", where="--cluster", fix="install the same jiaokan on every worker") from None
        return made

    def _one(self, client: Any, source: Source, killed: type[Exception]) -> Kept | Failure:  # noqa: ANN401 -- as above
        try:
            result: Kept | Failure = client.submit(self.keep, source, pure=False).result()
        except killed:
            what = f"every worker that took it died, or was not done in {self.limit:g} seconds"
            return failure(source, "WorkerDied", what, "give workers more memory or time, or report this bug with the document", self.configuration)
        return result


@contextmanager
def _client(address: str, jobs: int) -> Iterator[Any]:
    """Give a client of the cluster at an address; `local` is made for the purpose, with a worker process for each job."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise InputError("a cluster needs dask and distributed", where="--cluster", fix="pip install 'jiaokan[cluster]'") from None
    if address == LOCAL:
        with (
            distributed.LocalCluster(n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(address, timeout=PATIENCE)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"no cluster there: {error}", where=f"--cluster {address}", fix="check the address; start a scheduler and workers") from None
    with client:
        yield client


@cache
def _nowhere() -> BinaryIO:
    return open(os.devnull, "wb")  # noqa: PTH123 -- stays open as long as the worker lives
