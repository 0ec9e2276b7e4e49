"""Many documents on the workers of a Dask cluster: each makes whole parts of the run, and writes them itself."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from jiaokan.batch.local import shared_out
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
        """Yield what came of each batch, in order. A batch whose worker dies goes to another.

        Raises InputError if there is no such cluster, or none of its workers has jiaokan.
        """
        with _client(address, jobs) as client:
            waiting: deque[tuple[Batch, Any]] = deque()
            for batch in batches:
                waiting.append((batch, client.submit(self.make, batch, pure=False)))
                if len(waiting) >= AHEAD * max(1, len(client.nthreads())):
                    yield self._ended(*waiting.popleft())
            while waiting:
                yield self._ended(*waiting.popleft())

    def make(self, batch: Batch) -> Made:
        """Clean a batch and write its part, on a worker: the same part whoever makes it, and however often.

        In a process of its own, as on one machine, so that a document ends that and not the worker.
        """
        # Dask makes its workers daemons, which may have no children. Ours end when the worker does.
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined] # noqa: SLF001
        self.configuration.knowledge()
        results = shared_out(self.keep, batch.sources, self.configuration, jobs=1, limit=self.limit)
        return write_part(self.store, batch.part, results, self.kind)

    def keep(self, source: Source) -> Kept | Failure:
        """Return what the run keeps of a document."""
        return keep_source(source, self.configuration, self.kind.stamp, files=self.kind.files)

    def _ended(self, batch: Batch, future: Any) -> Made:  # noqa: ANN401 -- distributed is untyped
        try:
            made: Made = future.result()
        except import_module("distributed").KilledWorker:
            what, fix = "every worker that took its part died", "give workers more memory, and run the same command again"
            return Made(0, [failure(source, "WorkerDied", what, fix, self.configuration) for source in batch.sources])
        except ModuleNotFoundError as error:
            raise InputError(f"its workers lack {error.name}", where="--cluster", fix="install the same jiaokan on every worker") from None
        return made


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
