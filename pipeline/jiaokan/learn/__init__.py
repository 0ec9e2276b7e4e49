"""Learns from a user's own pairs how an engine misreads: channel data for `jiaokan clean --channel-data DIR`.

    >>> from jiaokan.learn import count
    >>> count(read="原山市", printed="庐山市").wrongs
    Counter({('庐', '原'): 1})

pairs reads what was read and what was printed, count lays each pair side by side and counts, write keeps the counts,
terminal shows them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from jiaokan.errors import InputError
from jiaokan.learn.count import Tally, count
from jiaokan.learn.pairs import LeftOut, Pair, material
from jiaokan.learn.write import earlier, to_card, write_folder
from jiaokan.read.sources import printable

__all__ = ["Learnt", "Tally", "count", "learn"]

FAMILY = re.compile(r"[a-z0-9_.-]+")
Watch = Callable[[Iterator[Pair | LeftOut], int], Iterator[Pair | LeftOut]]


class Learnt(NamedTuple):
    """How learning ended."""

    card: dict[str, Any]  # what card.json holds, everything in the folder counted
    pairs: int  # learnt from now
    left_out: int  # rows of failures.jsonl


def learn(
    pairs: str | Path | Iterable[str | Path], output: str | Path, *, family: str = "own", truth: str | Path | None = None, add: bool = False, watch: Watch | None = None
) -> Learnt:
    """Count how an engine misread and write channel.tsv, card.json and failures.jsonl into `output`.

    Args:
        pairs: tables (TSV, CSV) or JSON lines with the columns `ocr` and `truth`; with `truth`, folders or files of readings.
        output: a folder, made if need be.
        family: what to call the engine: a-z, 0-9, `-`, `_` and `.`.
        truth: a folder of what was printed (text, or JSON with `text`), by the names of the readings.
        add: add to what the folder holds already.
        watch: is given the pairs and about how many there are, and yields them again: a progress bar.

    Raises:
        InputError: a file cannot be read or lacks a column, nothing is left to learn from, or the folder holds channel data
            already. A pair that teaches nothing is a row of failures.jsonl.
    """
    if not FAMILY.fullmatch(family):
        raise InputError(f"{family!r} is no name for an engine", where="--family", fix="use small letters, digits, - _ and . only")
    given = [pairs] if isinstance(pairs, str | Path) else list(pairs)
    folder = Path(output)
    tallies = earlier(folder, add=add)
    found = material(given, truth)
    items = watch(iter(found), found.total()) if watch else iter(found)
    tally, first, left_out = Tally(), None, 0
    with TemporaryFile("w+", encoding="utf-8") as failures:
        for left in _left_out(items, tally):
            failures.write(json.dumps(left.row(), ensure_ascii=False) + "\n")
            first, left_out = first or left, left_out + 1
        if not tally.pairs:
            raise _nothing(given, first, left_out)
        tallies.setdefault(family, Tally()).add(tally)
        card = to_card(tallies)
        failures.seek(0)
        write_folder(folder, tallies, card, failures.read())
    return Learnt(card, tally.pairs, left_out)


def _left_out(items: Iterable[Pair | LeftOut], tally: Tally) -> Iterator[LeftOut]:
    """Count the pairs and yield those that teach nothing."""
    for item in items:
        if isinstance(item, LeftOut):
            yield item
        elif unfit := tally.take(item.read, item.printed):
            yield LeftOut(item.source, item.line, *unfit)


def _nothing(given: Iterable[str | Path], first: LeftOut | None, left_out: int) -> InputError:
    """Return the error that says why nothing could be learnt, by the first pair left out."""
    if first is None:
        return InputError("no pairs", where=", ".join(printable(str(path)) for path in given) or "learn", fix="give at least one row under the header")
    where = first.source if first.line is None else f"{first.source}:{first.line}"
    return InputError(f"nothing to learn from: {left_out:,} pairs left out, the first because {first.what}", where=where, fix=first.fix)
