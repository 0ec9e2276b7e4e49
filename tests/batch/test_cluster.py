"""A run on a cluster: the same as one on this machine, whoever of the workers dies; what cannot work is told."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batch.cluster_cases import Deadly
from batch.runs import DONE, FAILED, FAULTY, MENDED, OTHER, USAGE, assert_holds, assert_same, clean, failures, manifest, write
from jiaokan.batch import cluster as engine
from jiaokan.batch import parts

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.filterwarnings("ignore"),  # what Dask and Tornado say while workers die is theirs
]
NUMBER = 24


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Return a cluster of two worker processes; a task that ends its worker is tried on one more."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1, "distributed.admin.log-format": "%(message)s"}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of documents, `in`, and their run on this machine, `run`, with six to a part."""
    folder = tmp_path_factory.mktemp("local")
    for number in range(NUMBER):
        write(folder, f"in/d{number:02d}.txt", (FAULTY, OTHER, MENDED)[number % 3] * (1 + number))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "LEAST", 6)
        assert clean(folder / "in", "-o", folder / "run")[0] == DONE
    return folder


@pytest.fixture(autouse=True)
def six_to_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let six documents make a part."""
    monkeypatch.setattr(parts, "LEAST", 6)


def worker(cluster: Any) -> int:
    """Return the process of a worker."""
    with distributed.Client(cluster) as client:
        return int(min(client.run(os.getpid).values()))


def test_a_worker_that_dies_changes_nothing(cluster: Any, local: Path, tmp_path: Path) -> None:
    run, pid = tmp_path / "run", worker(cluster)
    over = threading.Event()

    def kill() -> None:
        while not list(run.glob("tables/documents/part-*")) and not over.is_set():
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        assert clean(local / "in", "-o", run, "--cluster", cluster.scheduler_address)[0] == DONE
    finally:
        over.set()
        killer.join()
    assert manifest(run)["cleaned"] == NUMBER
    assert_holds(run, {path.stem for path in (local / "in").iterdir()})
    assert_same(run, local / "run")
    assert "24 of them earlier" in clean(local / "in", "-o", run, "--cluster", cluster.scheduler_address)[1]


def test_documents_that_end_every_worker_are_failures_and_the_rest_is_done(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "Cluster", Deadly)
    for number in range(18):
        write(tmp_path, f"in/{'deadly' if number in {1, 8} else 'well'}{number:02d}.txt", FAULTY)
    code, said = clean(tmp_path / "in", "-o", tmp_path / "run", "--cluster", cluster.scheduler_address)
    assert (code, "2 failed" in said) == (FAILED, True)
    assert [(row["id"], row["error"]) for row in failures(tmp_path / "run")] == [("deadly01", "WorkerDied"), ("deadly08", "WorkerDied")]
    assert_holds(tmp_path / "run", {path.stem for path in (tmp_path / "in").iterdir()} - {"deadly01", "deadly08"})


def test_a_document_that_takes_too_long_is_one_failure(cluster: Any, tmp_path: Path) -> None:
    for name in ("a", "z"):
        write(tmp_path, f"in/{name}.txt", FAULTY)
    os.mkfifo(tmp_path / "m.txt")
    limit = ("--time-limit", "2", "--cluster", cluster.scheduler_address)
    assert clean(tmp_path / "in", tmp_path / "m.txt", "-o", tmp_path / "run", *limit)[0] == FAILED
    (row,) = failures(tmp_path / "run")
    assert (row["id"], row["error"]) == ("m", "TimeLimit")
    assert "not done in 2 seconds" in row["what"]
    assert_holds(tmp_path / "run", {"a", "z"})


def test_a_cluster_made_for_the_run(local: Path, tmp_path: Path) -> None:
    assert clean(local / "in", "-o", tmp_path / "run", "--cluster", "local", "--jobs", "1")[0] == DONE
    assert_same(tmp_path / "run", local / "run")
    assert manifest(tmp_path / "run")["workers"] == "local"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "ftp://x:1"])
def test_a_wrong_address_is_told(local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(engine, "PATIENCE", "1s")
    code, said = clean(local / "in", "-o", tmp_path / "run", "--cluster", address)
    assert code == USAGE
    assert said.startswith(f"jiaokan: --cluster {address}: no cluster there: ")
    assert said.endswith("\n  fix: check the address; start a scheduler and workers\n")
    assert not (tmp_path / "run/manifest.json").exists()


def test_a_missing_package_is_named(local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, said = clean(local / "in", "-o", tmp_path / "run", "--cluster", "local")
    assert (code, said) == (USAGE, "jiaokan: --cluster: a cluster needs dask and distributed\n  fix: pip install 'jiaokan[cluster]'\n")
