"""A run that is stopped, however it is stopped: the same command goes on from there, and nothing tells afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from batch.runs import DONE, FAILED, OTHER, assert_holds, assert_same, failures, manifest
from jiaokan.batch.parts import LEAST

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc, and stops a run with a named pipe")

SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
NUMBER, HELD = 100, "in/d099.txt"  # documents, and the last of them, which a worker waits for
PATIENCE = 120  # seconds
INTERRUPTED = 130


def command(*options: str) -> list[str]:
    """Return the command of a run; `in` and `run` are below its working directory."""
    return [sys.executable, "-m", "jiaokan", "clean", "in", HELD, "-o", "run", "--jobs", "2", *options]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of a hundred documents, `in`, and the run of them that nobody stopped, `run`."""
    folder = tmp_path_factory.mktemp("whole")
    pages = sorted(SAMPLES.glob("*.txt"))
    (folder / "in").mkdir()
    for number in range(NUMBER):
        text = pages[number % len(pages)].read_text(encoding="utf-8")[:400]
        folder.joinpath("in", f"d{number:03d}.txt").write_text(text + OTHER * (number % 3), encoding="utf-8")
    subprocess.run(command(), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def held(whole: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a folder of the same documents, of which one is a pipe that nobody writes to: a worker that takes it waits."""
    shutil.copytree(whole / "in", tmp_path / "in")
    (tmp_path / HELD).unlink()
    os.mkfifo(tmp_path / HELD)
    yield tmp_path
    for process in processes():
        with suppress(OSError):
            if Path(f"/proc/{process}/cwd").readlink() == tmp_path:
                os.kill(process, signal.SIGKILL)


def processes() -> list[int]:
    """Return every process of this machine."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def in_session(leader: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for process in processes():
        with suppress(OSError):
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(state[3]) == leader and state[0] != "Z":
                found.append(process)
    return found


def until(holds: Callable[[], object]) -> None:
    """Wait for something to hold."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def parent(process: int) -> int:
    """Return the process that a process is a child of; 0 if it is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return 0


def parts(folder: Path) -> int:
    """Return how many parts are written."""
    return len(list(folder.glob("run/tables/documents/part-*")))


def begin(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """Begin a run in a session of its own, and wait until it has written its first two parts."""
    process = subprocess.Popen(command(*options), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until(lambda: parts(folder) >= 2 or process.poll() is not None)
    assert process.poll() is None
    return process


def finish(folder: Path, whole: Path) -> int:
    """Let the document be a file as it is in the whole run, begin the run again, and return how many documents it did."""
    (folder / HELD).unlink()
    shutil.copy(whole / HELD, folder / HELD)
    done = subprocess.run(command(), cwd=folder, check=False, capture_output=True)
    assert (done.returncode, b"Traceback" in done.stderr) == (DONE, False)
    assert manifest(folder / "run")["documents"] == NUMBER
    return int(manifest(folder / "run")["cleaned"])


@pytest.mark.parametrize("to_all", [True, False], ids=["at the keyboard: every process gets it", "by kill: one process gets it"])
def test_an_interrupted_run_goes_on(held: Path, whole: Path, to_all: bool) -> None:
    process = begin(held)
    (os.killpg if to_all else os.kill)(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == INTERRUPTED
    count = int(said.split()[3])
    assert said.decode() == f"jiaokan: stopped after {count} of {NUMBER} documents; the same command goes on from there\n"
    until(lambda: not in_session(process.pid))
    assert not (held / "run/manifest.json").exists()
    written = LEAST * parts(held)
    assert written <= count < NUMBER
    assert finish(held, whole) == NUMBER - written  # what the parts hold is not done again
    assert_same(held / "run", whole / "run")


def test_a_killed_run_goes_on(held: Path, whole: Path) -> None:
    process = begin(held)
    process.kill()
    process.communicate(timeout=PATIENCE)
    until(lambda: len(in_session(process.pid)) <= 1)  # all see that nobody waits for them, save one that has the pipe
    written = LEAST * parts(held)
    assert not (held / "run/manifest.json").exists()
    assert finish(held, whole) == NUMBER - written
    assert_same(held / "run", whole / "run")


def test_workers_that_are_killed_take_one_document_with_them(held: Path, whole: Path) -> None:
    process = begin(held)
    until((held / f"run/text/d{NUMBER - 2:03d}.txt").exists)  # all but the last are done: one worker has it, the other is idle
    for worker in [one for one in in_session(process.pid) if parent(parent(one)) == process.pid]:  # made by the server of forks
        os.kill(worker, signal.SIGKILL)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == FAILED
    assert said.decode().startswith(f"jiaokan: {NUMBER - 1} documents cleaned into run, 1 failed (see run/failures.jsonl)")
    (row,) = failures(held / "run")
    assert (row["id"], row["error"], row["what"]) == (Path(HELD).stem, "WorkerDied", "its worker process ended (signal 9)")
    assert_holds(held / "run", {path.stem for path in (held / "in").iterdir()} - {Path(HELD).stem})
    assert finish(held, whole) == 1
    assert failures(held / "run") == []
    assert_holds(held / "run", {path.stem for path in (held / "in").iterdir()})
