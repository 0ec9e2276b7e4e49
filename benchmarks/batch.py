"""What a batch run takes: start-up, speed with one and two workers, memory as the archive grows, work lost when it is killed.

python benchmarks/batch.py start      from the command to the first document done, and the part of it that is loading
python benchmarks/batch.py speed      pages a second with 1 and 2 workers and jieba's beside it, by turns; bytes on disk by table
python benchmarks/batch.py cluster    the same on a local Dask cluster of 2 workers, beside --jobs 2, by turns
python benchmarks/batch.py memory     peaks of the parent and of all processes for archives of several sizes (Linux)
python benchmarks/batch.py resume     a run killed half-way and begun again: how many documents were done twice

A page is 1,000 characters. Times of documents are those of the files they were written into. On a machine with other work to do, go by
the processor's seconds: those of all processes between the first part of the run and the last.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import jieba
from archive import documents, write_folder
from pyarrow import concat_tables, parquet

PAGE = 1000  # characters
SHORT = 80  # characters: a hundred thousand documents of them take minutes
MANY = 500  # documents in a part of a run of 200,000 and more
MIB = 2**20
LOADING = [sys.executable, "-c", "import jiaokan.batch.warm"]  # what the process does that workers are forked from
NOTHING = [sys.executable, "-c", "pass"]


class Process:
    """A command under way in a session of its own."""

    def __init__(self, command: list[str]) -> None:
        """Start it."""
        self.began = time.time()
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 -- closed with the benchmark
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True)
        self.session = self._process.pid

    def running(self) -> bool:
        """Tell whether it has not ended yet."""
        return self._process.poll() is None

    def wait(self) -> float:
        """Wait for its end and return how long it took. Raises SystemExit with what it said if it failed."""
        if self._process.wait():
            self.log.seek(0)
            raise SystemExit(f"{self._process.args!r} failed:\n{self.log.read()}")
        return time.time() - self.began

    def kill(self) -> None:
        """End every process of the session at once, with no time to tidy up."""
        os.killpg(self.session, signal.SIGKILL)
        self._process.wait()


class Peaks(NamedTuple):
    """The largest proportional set sizes seen, in bytes: shared memory is divided among those who share it."""

    parent: int
    other: int  # the largest of the rest: a worker, or the process that workers are forked from
    all: int
    anonymous: int  # of all: without files mapped into memory, which others on the machine may share


class Timed(NamedTuple):
    """Seconds of a run, and its speed without them."""

    whole: float
    first: float  # from the command to the first part written
    report: float  # from the last part written to the end
    steady: float  # pages a second between the two parts
    processor: float  # processor seconds of all processes for a thousand pages between the two parts
    parent: float  # those of the parent alone


def clean(archive: Path, run: Path, *options: str) -> list[str]:
    """Return the command that cleans an archive into a new run."""
    shutil.rmtree(run, ignore_errors=True)
    return [sys.executable, "-m", "jiaokan", "clean", str(archive), "-o", str(run), *options]


# --- start


def start(work: Path, options: argparse.Namespace) -> None:
    """Print the seconds from the command to the first document done, and those of loading."""
    archive = work / "archive"
    write_folder(archive, 100, PAGE)
    found = defaultdict(list)
    for _ in range(options.times):
        found["a bare Python"].append(Process(NOTHING).wait())
        found["loading: Python, our modules and dictionaries, a first page"].append(Process(LOADING).wait())
        for jobs in (1, 2):
            process = Process(clean(archive, work / "run", "--jobs", str(jobs)))
            process.wait()
            done = sorted(path.stat().st_mtime for path in (work / "run" / "text").iterdir())
            found[f"first document done, {jobs} workers"].append(done[0] - process.began)
    for name, seconds in found.items():
        print(f"{name}: {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")


# --- speed


def speed(work: Path, options: argparse.Namespace) -> None:
    """Print the speed of 1 and 2 workers, and jieba's over the same text."""
    texts = _archive(work, options)
    runs: dict[str, list[Timed]] = defaultdict(list)
    cuts = []
    for _ in range(options.times):
        cuts.append(sum(map(len, texts.values())) / PAGE / _seconds(lambda: _cut(texts.values())))
        for jobs in ("1", "2"):
            runs[jobs].append(timed(work, texts, "--jobs", jobs, "--files", "none"))
    print(f"jieba.cut: {median(cuts):,.1f} pages a second of the processor")
    for jobs, measured in runs.items():
        _tell(f"{jobs} workers", measured, texts)
        processor, parent = median(run.processor for run in measured), median(run.parent for run in measured)
        print(f"  processor seconds for 1,000 pages: {processor:.1f}, of them {parent:.1f} the parent's")
        ratio = median(cut * run.processor / 1000 for cut, run in zip(cuts, measured, strict=True))
        print(f"  {1000 / processor:.1f} pages a second of the processor; jieba {ratio:.1f} times as many")
    pairs = list(zip(runs["1"], runs["2"], strict=True))
    for name, ratios in {
        "between the first part and the last": [two.steady / one.steady for one, two in pairs],
        "of the whole command": [one.whole / two.whole for one, two in pairs],
        "by the processor's seconds, as if both cores were free": [2 * one.processor / two.processor for one, two in pairs],
    }.items():
        print(f"2 workers to 1: {median(ratios):.2f} {name} ({min(ratios):.2f} to {max(ratios):.2f})")
    disk(work / "run", texts)


def cluster(work: Path, options: argparse.Namespace) -> None:
    """Print the speed of a local Dask cluster of 2 workers beside --jobs 2."""
    texts = _archive(work, options)
    runs: dict[str, list[Timed]] = defaultdict(list)
    for _ in range(options.times):
        runs["--jobs 2"].append(timed(work, texts, "--jobs", "2", "--files", "none"))
        runs["--jobs 2 --cluster local"].append(timed(work, texts, "--jobs", "2", "--files", "none", "--cluster", "local"))
    for name, measured in runs.items():
        _tell(name, measured, texts)
    ours, theirs = runs.values()
    print(f"the cluster takes {median(other.whole / one.whole for one, other in zip(ours, theirs, strict=True)):.2f} times as long")


def timed(work: Path, texts: dict[str, str], *options: str) -> Timed:
    """Clean the archive and return its times."""
    run = work / "run"
    process = Process(clean(work / "archive", run, *options))
    used = []
    spent: dict[int, float] = {}  # by each process, also by those that have ended
    while process.running():
        for pid in _members(process.session):
            spent[pid] = max(spent.get(pid, 0.0), _processor(pid))
        used.append((time.time(), sum(spent.values()), spent.get(process.session, 0.0)))
        time.sleep(0.2)
    whole = process.wait()
    parts = sorted((path.stat().st_mtime, path) for path in (run / "tables" / "documents").iterdir())
    (first, path), (last, _) = parts[0], parts[-1]
    early = sum(len(texts[name]) for name in parquet.read_table(path).column("id").to_pylist())
    pages = (sum(map(len, texts.values())) - early) / PAGE
    at_work = [one for one in used if first <= one[0] <= last]
    share = (last - first) / (at_work[-1][0] - at_work[0][0])  # the looks at it do not reach quite from part to part
    processor, parent = ((at_work[-1][field] - at_work[0][field]) * share / pages * 1000 for field in (1, 2))
    return Timed(whole, first - process.began, process.began + whole - last, pages / (last - first), processor, parent)


def _processor(pid: int) -> float:
    """Return the processor seconds a process has used so far, 0 if it has ended (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _archive(work: Path, options: argparse.Namespace) -> dict[str, str]:
    """Write an archive of documents of a page; return their texts by id."""
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    write_folder(work / "archive", options.documents, PAGE, reading=options.reading)
    return dict(documents(options.documents, PAGE, reading=options.reading))


def _tell(name: str, measured: list[Timed], texts: dict[str, str]) -> None:
    """Print medians of several runs over the same texts."""
    whole, first, report, steady, *_ = (median(values) for values in zip(*measured, strict=True))
    pages = sum(map(len, texts.values())) / PAGE
    print(
        f"{name}: {len(texts)} documents, {pages:.0f} pages in {whole:.1f} s (first part after {first:.1f}, report {report:.1f}): ", end=""
    )
    print(f"{len(texts) / whole:.1f} documents/s, {pages / whole:.1f} pages/s; between the first part and the last {steady:.1f} pages/s")


def _cut(texts: Iterable[str]) -> None:
    for text in texts:
        for _ in jieba.cut(text):
            pass


def _seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of a call."""
    before = time.process_time()
    work()
    return time.process_time() - before


def disk(run: Path, texts: dict[str, str]) -> None:
    """Print the bytes a document by table: as written, and as the same rows take in parts of MANY documents."""
    print(
        f"bytes a document ({sum(len(text.encode()) for text in texts.values()) / len(texts):,.0f} of text) | as written | in parts of {MANY}"
    )
    total = [0.0, 0.0]
    for folder in sorted(path for path in (run / "tables").iterdir() if path.is_dir()):
        files = sorted(folder.iterdir())
        one = run / "one.parquet"
        parquet.write_table(concat_tables([parquet.read_table(file) for file in files]), one, compression="zstd")
        sizes = [sum(file.stat().st_size for file in files) / len(texts), one.stat().st_size / len(texts)]
        one.unlink()
        total = [sum(pair) for pair in zip(total, sizes, strict=True)]
        print(f"  {folder.name} | {sizes[0]:,.0f} | {sizes[1]:,.0f}")
    print(f"  all | {total[0]:,.0f} | {total[1]:,.0f}")


# --- memory


def memory(work: Path, options: argparse.Namespace) -> None:
    """Print a line of peaks for each size of archive, files to a document and none."""
    print(
        f"documents of {SHORT} characters, {options.jobs} workers | files | s | documents/s | parent MiB | largest other | all | all, anonymous"
    )
    for files, numbers in (("none", options.sizes), ("all", [number for number in options.sizes if number <= options.most_files])):
        for number in numbers:
            archive, run = work / f"archive-{number}", work / "run"
            if not archive.exists():
                write_folder(archive, number, SHORT)
            process = Process(clean(archive, run, "--jobs", str(options.jobs), "--files", files))
            peaks = watched(process)
            seconds = process.wait()
            figures = " | ".join(f"{peak / MIB:.0f}" for peak in peaks)
            print(f"{number:,} | {files} | {seconds:.0f} | {number / seconds:.0f} | {figures}", flush=True)


def watched(process: Process) -> Peaks:
    """Return the peaks of a command, looked at twice a second until it ends."""
    peaks = Peaks(0, 0, 0, 0)
    pause = threading.Event()
    while process.running():
        sizes = {pid: _proportional(pid) for pid in _members(process.session)}
        parent = sizes.get(process.session, Counter())["Pss"]
        others = [size["Pss"] for pid, size in sizes.items() if pid != process.session]
        whole = sum(sizes.values(), Counter())
        seen = Peaks(parent, max(others, default=0), whole["Pss"], whole["Pss_Anon"])
        peaks = Peaks(*map(max, peaks, seen))
        pause.wait(0.5)
    return peaks


def _members(session: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        if int(fields[3]) == session:
            found.append(int(path.parent.name))
    return found


def _proportional(pid: int) -> Counter[str]:
    """Return the proportional set size of a process in bytes, and that of its anonymous memory; none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return Counter()
    found = (line.split() for line in lines)
    return Counter({fields[0].rstrip(":"): int(fields[1]) * 1024 for fields in found if fields[0] in {"Pss:", "Pss_Anon:"}})


# --- resume


def resume(work: Path, options: argparse.Namespace) -> None:
    """Print how many documents a run killed half-way had done, how many of them were done again, and whether all are there in the end."""
    archive, run = work / "archive", work / "run"
    write_folder(archive, options.documents, SHORT)
    command = clean(archive, run, "--jobs", "2", "--files", "all")
    process = Process(command)
    while process.running() and _written(run) < options.documents // 2:
        time.sleep(0.2)
    process.kill()
    done = _written(run)
    kept = sum(_rows(path) for path in (run / "tables" / "documents").glob("part-*.parquet"))
    again = Process(command)
    seconds = again.wait()
    again.log.seek(0)
    print(
        f"killed with {done:,} of {options.documents:,} documents done; {kept:,} of them in whole parts, {done - kept} done twice, ", end=""
    )
    print(f"{(done - kept) / options.documents:.2%} of the run; the second run took {seconds:.0f} s and said: {again.log.read().strip()}")
    names = [
        name for path in (run / "tables" / "documents").glob("part-*.parquet") for name in parquet.read_table(path).column("id").to_pylist()
    ]
    missing = {name for name, _ in documents(options.documents, SHORT)}.symmetric_difference(names)
    print(f"in the tables: {len(names):,} rows, {len(set(names)):,} documents, {len(missing)} missing or strange")


def _written(run: Path) -> int:
    """Return how many texts a run holds."""
    folder = run / "text"
    return sum(1 for _ in folder.glob("*.txt"))


def _rows(path: Path) -> int:
    return int(parquet.read_metadata(path).num_rows)


def main() -> None:
    """Measure what is asked for, in a folder that is deleted afterwards unless named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["start", "speed", "cluster", "memory", "resume"])
    parser.add_argument("--times", type=int, default=5, help="start, speed, cluster: repetitions; the median counts")
    parser.add_argument("--documents", type=int, help="speed, cluster: 500; resume: 10,000")
    parser.add_argument("--reading", default="", help="speed, cluster: a folder of corpus/pages/ocr to take alone")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="memory: documents")
    parser.add_argument(
        "--most-files", type=int, default=10_000, help="memory: the largest archive that is also done with a file for each document"
    )
    parser.add_argument("--jobs", type=int, default=2, help="memory: workers")
    parser.add_argument("--work", type=Path, help="a folder to work in and to keep")
    options = parser.parse_args()
    options.documents = options.documents or (10_000 if options.what == "resume" else 500)
    measure = {"start": start, "speed": speed, "cluster": cluster, "memory": memory, "resume": resume}[options.what]
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        measure(work, options)


if __name__ == "__main__":
    main()
