"""Characters a second of `jiaokan.clean`, as a ratio to a plain pass of jieba over the same text in the same process.

python benchmarks/throughput.py [--times 7] [--profile]
"""

from __future__ import annotations

import argparse
import cProfile
import logging
import pstats
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import jieba

import jiaokan

SAMPLES = Path(__file__).resolve().parent.parent / "corpus" / "samples"
TEXTS = {"clean documents": "clean-*", "documents with faults": "[!c]*"}


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def compare(texts: Sequence[str], times: int) -> tuple[float, float, float]:
    """Return (characters a second of jiaokan, of jieba, median ratio of their times), measured by turns."""

    def clean() -> None:
        for text in texts:
            jiaokan.clean(text)

    def cut() -> None:
        for text in texts:
            for _ in jieba.cut(text):
                pass

    for work in (clean, cut):
        work()  # both read their dictionaries now
    pairs = [(seconds(clean), seconds(cut)) for _ in range(times)]
    size = sum(map(len, texts))
    return size / median(ours for ours, _ in pairs), size / median(theirs for _, theirs in pairs), median(ours / theirs for ours, theirs in pairs)


def main() -> None:
    """Print a line for clean and for damaged documents, and where the time goes if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=7, help="repetitions; the median counts")
    parser.add_argument("--profile", action="store_true", help="print the 12 costliest functions")
    options = parser.parse_args()
    jieba.setLogLevel(logging.WARNING)
    for name, pattern in TEXTS.items():
        texts = [jiaokan.clean(path, apply="none").original for path in sorted(SAMPLES.glob(pattern))]
        ours, theirs, ratio = compare(texts, options.times)
        print(f"{name}: {sum(map(len, texts)):,} characters; jiaokan {ours:,.0f}/s, jieba {theirs:,.0f}/s; jiaokan takes {ratio:.1f} times as long")
    if options.profile:
        profile = cProfile.Profile()
        for path in sorted(SAMPLES.iterdir()):
            profile.runcall(jiaokan.clean, path)
        pstats.Stats(profile).sort_stats("tottime").print_stats(12)


if __name__ == "__main__":
    main()
