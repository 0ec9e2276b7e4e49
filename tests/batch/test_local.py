"""Worker processes: one that hangs, dies or says what cannot be sent is one failure; the others' results come in order."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

from batch.work import work
from jiaokan.batch.local import AHEAD, shared_out
from jiaokan.batch.one import Configuration, Failure
from jiaokan.errors import InputError
from jiaokan.read.sources import Source

# what the document does to its worker: error, what is said
BAD = {
    "sleeps": ("TimeLimit", "not done in 1 seconds"),
    "leaves": ("WorkerDied", "its worker process ended (exit code 3)"),
    "crashes": ("WorkerDied", f"its worker process ended (signal {int(signal.SIGSEGV)})"),
    "raises": ("ValueError", "unforeseen"),
    "cannot be sent": ("TypeError", "unforeseen"),
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def given(*locations: str) -> list[Source]:
    """Return sources at these locations."""
    return [Source(f"{number:02d}", location) for number, location in enumerate(locations)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_document_is_one_failure(jobs: int) -> None:
    places = [place for bad in BAD for place in (bad, f"after it: {bad}")] + ["last"]
    results = list(shared_out(work, given(*places), Configuration(), jobs=jobs, limit=1))
    assert len(results) == len(places)
    for source, result in zip(given(*places), results, strict=True):
        if source.location not in BAD:
            assert result == source.location
            continue
        assert isinstance(result, Failure)
        assert (result.id, result.source, result.error, result.what) == (*source, *BAD[source.location])
        assert result.fix


def test_every_worker_at_once_may_die() -> None:
    places = ["crashes"] * 3 + ["well"]
    results = list(shared_out(work, given(*places), Configuration(), jobs=2, limit=60))
    assert [getattr(result, "error", result) for result in results] == ["WorkerDied"] * 3 + ["well"]


def test_an_error_of_ours_ends_the_run() -> None:
    with pytest.raises(InputError, match="no"):
        list(shared_out(work, given("well", "refuses", "well"), Configuration(), jobs=1, limit=60))


def test_the_name_of_a_failure_is_masked() -> None:
    (result,) = shared_out(work, [Source("0797-0001234", "raises")], Configuration(mask=True), jobs=1, limit=60)
    assert isinstance(result, Failure)
    assert "0001234" not in str(result.row())
    assert "secret" not in str(result.row())


def test_no_more_is_read_ahead_than_keeps_the_workers_busy() -> None:
    read = 0

    def many() -> Iterator[Source]:
        nonlocal read
        for source in given(*map(str, range(100))):
            read += 1
            yield source

    results = shared_out(work, many(), Configuration(), jobs=1, limit=60)
    assert [next(results) for _ in range(3)] == ["0", "1", "2"]
    assert read <= AHEAD + 3
    results.close()
