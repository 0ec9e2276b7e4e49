"""Counts, character by character, how an engine misread: what was printed against what was read.

A pair is laid side by side by `jiaokan.evaluate.align`. What only shows that two texts are not the same (a lost line, a
paragraph of another page) says nothing of any character and is passed over, with its length told.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from jiaokan.evaluate.align import Alignment, Fault, Kind, Prepared
from jiaokan.knowledge.language import fold
from jiaokan.normalise.characters import COMPATIBILITY, INVISIBLE

LONGEST = 8  # characters of a stretch of differences that is still learnt from: a word of eight misread throughout is as long as they come
COMMON = 1 / 3  # share of equal characters above which a stretch is two: below it they agree by chance
ANCHOR = 3  # equal characters in a row that always part two stretches
TIMES_LONGER, AND_MORE = 3, 20  # a text so much longer than its pair is not the same text
WRONG = 0.6  # share of wrong characters above which a pair is taken for two texts, unless it is a single error
SAME_LINE = "give the printed text and the reading of the same line"

Row = tuple[str, str]  # printed, read


class Unfit(NamedTuple):
    """Why a pair teaches nothing, and what to do about it."""

    what: str
    fix: str


class _Run(NamedTuple):
    """Differences that stand together: `printed[start:end]` was read as `read[read_start:read_end]`."""

    start: int
    end: int
    read_start: int
    read_end: int
    faults: list[Fault]


@dataclass
class Tally:
    """What was counted of one family of engines; a tally of each part, added up, is the tally of the whole."""

    rights: Counter[str] = field(default_factory=Counter)  # characters read as printed
    wrongs: Counter[Row] = field(default_factory=Counter)
    pairs: int = 0
    skipped: int = 0  # printed characters in stretches that teach nothing

    def take(self, read: str, printed: str) -> Unfit | None:
        """Count one pair, or return why it is not learnt from."""
        read, printed = plain(read), plain(printed)
        if unfit := _lengths(read, printed) or _broken(read + printed):
            return unfit
        faults = _faults(read, printed)
        if len(faults) > max(1, WRONG * len(printed)):
            return Unfit(f"{len(faults):,} of {len(printed):,} characters wrong: is this another text?", SAME_LINE)
        self._count(read, printed, faults)
        return None

    def add(self, other: Tally, *, times: int = 1) -> None:
        """Add what another tally counted, so many times over."""
        self.rights.update({char: count * times for char, count in other.rights.items()})
        self.wrongs.update({row: count * times for row, count in other.wrongs.items()})
        self.pairs += other.pairs * times
        self.skipped += other.skipped * times

    @property
    def rows(self) -> Counter[Row]:
        """Return the counts by (printed, read). ("", "") are the places where nothing intruded: a place a character learnt from."""
        rows = Counter({(char, char): count for char, count in self.rights.items()})
        rows.update(self.wrongs)
        intruders = sum(count for (printed, _), count in self.wrongs.items() if not printed)
        rows["", ""] = max(0, self.characters - self.skipped - intruders)
        return rows

    @property
    def characters(self) -> int:
        """Return how many characters were printed, those passed over among them."""
        return self.skipped + self.rights.total() + sum(len(printed) * count for (printed, _), count in self.wrongs.items())

    @property
    def errors(self) -> int:
        """Return the characters substituted, lost and intruding; a character read as two is two of them."""
        return sum(max(map(len, row)) * count for row, count in self.wrongs.items())

    def _count(self, read: str, printed: str, faults: list[Fault]) -> None:
        done = 0
        for stretch in _stretches(_runs(faults)):
            first, last = stretch[0], stretch[-1]
            if max(last.end - first.start, last.read_end - first.read_start) > LONGEST:
                self.rights.update(printed[done : first.start])
                self.skipped += last.end - first.start
                done = last.end
                continue
            for run in stretch:
                self.rights.update(printed[done : run.start])
                self.wrongs.update(_rows(run, read, printed))
                done = run.end
        self.rights.update(printed[done:])
        self.pairs += 1


def count(read: str, printed: str) -> Tally:
    """Return what one pair teaches, whatever its error rate: 原山市 for 庐山市 → rows 庐原 1, 山山 1, 市市 1, and three seams."""
    tally = Tally()
    read, printed = plain(read), plain(printed)
    tally._count(read, printed, _faults(read, printed))  # noqa: SLF001 -- its own class
    return tally


def plain(text: str) -> str:
    """Return the text as the channel sees it, in the language model's forms and without white space: （２ 万） → （2万）.

    Invisible characters and compatibility ideographs are undone too, as they are before the channel is asked.
    """
    return COMPATIBILITY.sub(_unified, INVISIBLE.sub("", fold(text).replace(" ", "")))


def _unified(match: re.Match[str]) -> str:
    unified = unicodedata.normalize("NFKC", match[0])
    return unified if len(unified) == 1 else match[0]


def _lengths(read: str, printed: str) -> Unfit | None:
    if not printed:
        return Unfit("the truth is empty", "give what was printed, or leave the row out")
    shorter, longer = sorted((len(read), len(printed)))
    if longer > TIMES_LONGER * shorter + AND_MORE:
        return Unfit(f"{len(read):,} characters read, {len(printed):,} printed: not the same text", SAME_LINE)
    return None


def _broken(text: str) -> Unfit | None:
    """Tell of half a character (a lone surrogate, which JSON can hold and UTF-8 cannot)."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return Unfit(f"half a character (U+{ord(text[error.start]):04X})", "write the text as UTF-8")
    return None


def _faults(read: str, printed: str) -> list[Fault]:
    if read == printed:
        return []
    return Alignment(*(Prepared(text, text, array("l", range(len(text)))) for text in (printed, read))).faults


def _runs(faults: Iterable[Fault]) -> Iterator[_Run]:
    """Yield the faults that stand together, with nothing equal between them."""
    run: list[Fault] = []
    end = read_end = 0
    for fault in faults:
        if run and (fault.at, fault.read_at) != (end, read_end):
            yield _Run(run[0].at, end, run[0].read_at, read_end, run)
            run = []
        run.append(fault)
        end, read_end = fault.at + (fault.kind is not Kind.INTRUDER), fault.read_at + (fault.kind is not Kind.LOST)
    if run:
        yield _Run(run[0].at, end, run[0].read_at, read_end, run)


def _stretches(runs: Iterable[_Run]) -> Iterator[list[_Run]]:
    """Yield runs joined over the few equal characters between them that even unlike texts have."""
    stretch: list[_Run] = []
    common = 0
    for run in runs:
        if stretch:
            gap = run.start - stretch[-1].end
            length = max(run.end - stretch[0].start, run.read_end - stretch[0].read_start)
            if gap < ANCHOR and common + gap < COMMON * length:
                stretch.append(run)
                common += gap
                continue
            yield stretch
        stretch, common = [run], 0
    if stretch:
        yield stretch


def _rows(run: _Run, read: str, printed: str) -> Iterator[Row]:
    """Yield a run as one character split or two merged (好 read 女子), where equal text stands on both sides; else edit by edit."""
    before, after = printed[run.start : run.end], read[run.read_start : run.read_end]
    if {len(before), len(after)} == {1, 2} and run.start > 0 and run.end < len(printed):
        yield before, after
    else:
        for fault in run.faults:
            yield fault.truth, fault.read
