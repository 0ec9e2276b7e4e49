"""Wall time and peak memory of a whole process: `jiaokan clean FILE` against loading jieba's dictionary, by turns.

python benchmarks/cold_start.py [--times 9]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

SAMPLE = Path(__file__).resolve().parent.parent / "corpus" / "samples" / "jiangxi-suichuan-xinfang.tsv"
OURS = [sys.executable, "-m", "jiaokan", "clean", str(SAMPLE)]
THEIRS = [sys.executable, "-c", "import jieba; jieba.initialize()"]


def measure(command: list[str]) -> tuple[float, float]:
    """Return (seconds, peak resident MiB) of a process."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - before
    if status:
        raise SystemExit(f"{' '.join(command)} failed: run it by hand")
    return elapsed, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    """Print medians, and the median ratio of pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=9, help="repetitions; the median counts")
    times = parser.parse_args().times
    for command in (OURS, THEIRS):
        measure(command)  # both in the file cache now
    pairs = [(measure(OURS), measure(THEIRS)) for _ in range(times)]
    for name, side in (("jiaokan clean FILE", 0), ("jieba.initialize()", 1)):
        print(f"{name}: {median(pair[side][0] for pair in pairs):.2f} s, {median(pair[side][1] for pair in pairs):.0f} MiB at its peak")
    print(f"jiaokan takes {median(ours[0] / theirs[0] for ours, theirs in pairs):.1f} times as long")


if __name__ == "__main__":
    main()
