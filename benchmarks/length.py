"""Time against the length of one document: characters a second at each length, and the exponent of a straight line through the logarithms.

python benchmarks/length.py [--lengths 1000 3000 10000 30000 100000 300000] [--times 3] [--profile]

An exponent of 1.0 is linear. Prose is paragraphs, a table is rows of one width without a gap, both of train pages in a random order; as
there are only so many, a long document repeats some lines. Seconds are of the processor; a short length is measured
on several documents.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import sys
import time
from collections.abc import Callable
from random import Random

import numpy as np
from archive import readings

import jiaokan

LENGTHS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000)  # characters
SAMPLE = 30_000  # characters of a length at least: thirty short documents, for pages differ
ENOUGH = 10.0  # seconds, from which a length is not repeated
WARM = 30_000  # characters cleaned before the first is measured
LEAST = 25  # characters of a line of prose
CELLS = 4  # of a row
HEADING = "一级指标\t二级指标\t三级指标\t指标值"


def prose(random: Random) -> list[str]:
    """Return paragraphs in a random order."""
    return _shuffled([line for page in readings() for line in page if "\t" not in line and len(line) >= LEAST], random)


def table(random: Random) -> list[str]:
    """Return rows of four cells in a random order, under their heading."""
    return [HEADING, *_shuffled([line for page in readings() for line in page if line.count("\t") == CELLS - 1], random)]


KINDS: dict[str, Callable[[Random], list[str]]] = {"prose": prose, "table": table}


def _shuffled(lines: list[str], random: Random) -> list[str]:
    return random.sample(lines, len(lines))


def text(lines: list[str], characters: int, random: Random) -> str:
    """Return a document of a length; when the lines are used up they come again in another order."""
    parts: list[str] = []
    size = 0
    while size < characters:
        for line in lines if not parts else _shuffled(lines, random):
            parts.append(line + "\n")
            size += len(line) + 1
            if size >= characters:
                break
    return "".join(parts)[:characters]


def seconds(documents: list[str], times: int) -> float:
    """Return the processor seconds of cleaning a document, over some of one length; the least of several passes."""
    least = float("inf")
    for _ in range(times):
        before = time.process_time()
        for document in documents:
            jiaokan.clean(document)
        least = min(least, time.process_time() - before)
        if least > ENOUGH:
            break
    return least / len(documents)


def peak() -> float:
    """Return the most memory this process has taken so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def main() -> None:
    """Print a line for each length, and the exponent of each kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="+", default=LENGTHS)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--times", type=int, default=3, help="repetitions; the least counts")
    parser.add_argument("--profile", action="store_true", help="print the 15 costliest functions at the greatest length instead")
    options = parser.parse_args()
    for kind in options.kinds:
        random = Random(1)
        lines = KINDS[kind](random)
        jiaokan.clean(
            text(_shuffled(lines, random), WARM, random)
        )  # dictionaries are read now, and what is remembered of earlier documents is there
        found = {
            length: [text(_shuffled(lines, random), length, random) for _ in range(-(-SAMPLE // length))] for length in options.lengths
        }
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(jiaokan.clean, found[max(found)][0])
            pstats.Stats(profile).sort_stats("tottime").print_stats(15)
            continue
        measured = []
        for length, documents in found.items():
            measured.append(seconds(documents, options.times))
            print(
                f"{kind} | {length:,} characters | {measured[-1]:.3f} s | {length / measured[-1]:,.0f} characters/s | peak {peak():.0f} MiB",
                flush=True,
            )
        if len(measured) > 1:
            exponent = np.polyfit(np.log(list(found)), np.log(measured), 1)[0]
            last = np.log(measured[-1] / measured[-2]) / np.log(options.lengths[-1] / options.lengths[-2])
            print(f"{kind}: exponent {exponent:.2f}, over the last step {last:.2f}")


if __name__ == "__main__":
    main()
