"""The pages of a split, and the folds they are divided into.

The train pages teach the language model and the channel, so nothing fitted on them with these would hold elsewhere. Weights are
fitted on them all the same, with dictionaries made without the pages in question: `--without K/N` leaves out each N-th page from
the K-th on (K from 0), and weights.py takes such dictionaries as `--folds`, the K-th of N in the K-th place.
"""

from __future__ import annotations

from pathlib import Path


def names(corpus: Path, split: str) -> list[str]:
    """Return the names of a split's pages, in order."""
    rows = (line.split("\t") for line in (corpus / "splits.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return sorted(row[0] for row in rows if row[1] == split)


def part(some: list[str], which: str) -> frozenset[str]:
    """Return the names of fold "K/N"; none for ""."""
    if not which:
        return frozenset()
    place, parts = map(int, which.split("/"))
    return frozenset(some[place::parts])
