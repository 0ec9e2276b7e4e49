"""How engines misread: P(read | printed), from counts over what was read and what was printed, backed off to likeness.

Each family of engines in channel.tsv counts the same in the pool, however many pairs it has. A user's own counts (`jiaokan
learn`) are added to it as they are, so that they soon outweigh it where they are many.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table, read_text
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.glyphs import Glyphs
    from jiaokan.knowledge.language import Neighbours

CHANNEL = "channel.tsv"
FORMAT = "# format: jiaokan/channel/1"
COLUMNS = ("family", "printed", "read", "count")
POOL = 100_000.0  # characters each family of ours counts for in the pool
BLANKS = frozenset({"tesseract"})  # families that set blanks between Han characters: what a page shows of its engine
OTHER_FAMILY = 0.2  # of POOL, for the families of the other sort
REMEMBERED = 50_000  # pairs of characters whose gain is kept: a worker of a long run must not grow
UNSURE = 30.0  # characters after which a character's own counts weigh as much as its kind's
ALIKE, ANYTHING = 0.25, 0.15  # shares of unseen substitutions: times the likeness, to one look-alike; to anything, by its frequency
STEEP = 4.6  # nats between the likest and the least like of a character's look-alikes
OTHER_MARK = 0.02  # of a character's unseen misreadings into a mark, to any one of them
CANDIDATES = 80  # of what may have been printed for a character, kept


class Slips(Protocol):
    """What repair asks of a channel; see Confusions."""

    def gain(self, read: str, printed: str) -> float:
        """See Confusions.gain."""

    def printed(self, read: str) -> tuple[str, ...]:
        """See Confusions.printed."""

    def merged(self, read: str, /) -> tuple[str, ...]:
        """See Confusions.merged."""

    def lost(self, at_most: int, /) -> tuple[str, ...]:
        """See Confusions.lost."""

    def spoilt(self, read: str) -> float:
        """See Confusions.spoilt."""

    def alike(self, read: str, printed: str, /) -> float:
        """See Confusions.alike."""


@dataclass(frozen=True, eq=False)
class Confusions:
    """The pooled channel. Numbers are natural logarithms; "" as `read` is a lost character, as `printed` an intruder."""

    counts: Mapping[tuple[str, str], float]  # (printed, read) → times
    glyphs: Glyphs
    neighbours: Neighbours

    @classmethod
    def load(cls, home: Path, glyphs: Glyphs, neighbours: Neighbours, own: Path | None = None, *, blanks: bool = False) -> Confusions:
        """Read our channel.tsv and, if given, the user's in the folder `own`; `blanks`: the engines that set blanks between Han.

        Raises DictionaryError for a bad row or version.
        """
        pool: dict[tuple[str, str], float] = defaultdict(float)
        for name, family in _families(home / CHANNEL).items():
            share = (POOL if (name in BLANKS) == blanks else POOL * OTHER_FAMILY) / max(_characters(family), 1.0)
            for pair, times in family.items():
                pool[pair] += times * share
        for family in _families(own / CHANNEL).values() if own else ():
            for pair, times in family.items():
                pool[pair] += times
        return cls(dict(pool), glyphs, neighbours)

    def gain(self, read: str, printed: str) -> float:
        """Return ln P(read | printed) − ln P(read | read): what the channel says of a reading against the text as it stands, below 0."""
        return self._gain(read, printed)

    def printed(self, read: str) -> tuple[str, ...]:
        """Return what may have been printed where one character was read, likeliest first."""
        return self._printed(read)

    def merged(self, read: str, /) -> tuple[str, ...]:
        """Return what was printed, as one character, where two were read: 人台 → 合."""
        return tuple(char for char in self._readings.get(read, ()) if len(char) == 1 and _writable(char)) if len(read) > 1 else ()

    def lost(self, at_most: int, /) -> tuple[str, ...]:
        """Return the characters most often lost, likeliest first."""
        return self._commonly_lost[:at_most]

    def spoilt(self, read: str) -> float:
        """Return the log odds that a character read is not what was printed, all else unknown: > is ≥ more often than not."""
        return self._spoilt(read)

    @staticmethod
    def alike(_read: str, _printed: str) -> float:
        """Return 0: print knows nothing of sounds."""
        return 0.0

    @cached_property
    def _printings(self) -> dict[str, float]:
        """How often each character was printed."""
        found: dict[str, float] = defaultdict(float)
        for (printed, _), times in self.counts.items():
            found[printed] += times
        return dict(found)

    @cached_property
    def _readings(self) -> dict[str, dict[str, float]]:
        """What each character read was printed as, and how often."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (printed, read), times in self.counts.items():
            found[read][printed] = times
        return dict(found)

    @cached_property
    def _rates(self) -> dict[tuple[str, str], float]:
        """How often a character of one kind is read as another one of a kind, as nothing ("lost"), or is read where nothing is ("")."""
        of: dict[str, float] = defaultdict(float)
        found: dict[tuple[str, str], float] = defaultdict(float)
        for (printed, read), times in self.counts.items():
            if len(printed) > 1 or len(read) > 1:
                continue
            kind = _kind(printed) if printed else ""
            of[kind] += times
            if printed != read:
                found[kind, _kind(read) if read else "lost"] += times
        return {(kind, becomes): (times + 1.0) / (of[kind] + 1000.0) for (kind, becomes), times in found.items()}

    def _chance(self, read: str, printed: str) -> float:
        """Return P(read | printed) for different characters."""
        own, total = self.counts.get((printed, read), 0.0), self._printings.get(printed, 0.0)
        if len(printed) > 1 or len(read) > 1:
            return own / (min((self._printings.get(char, 0.0) for char in printed), default=0.0) + UNSURE) + 1e-9
        kind, becomes = _kind(printed) if printed else "", _kind(read) if read else "lost"
        rate = self._rates.get((kind, becomes), 1e-5)
        if not printed:  # any seam may hold an intruder: no character of its own to be sure of
            return (own + 1) / (total + 1) + rate * self._share(read, printed)
        return (own + UNSURE * rate * self._share(read, printed)) / (total + UNSURE)

    def _share(self, read: str, printed: str) -> float:
        """Return the share of the unseen misreadings of one kind into another that go to this character."""
        if not read:
            return 1.0
        if not is_han(read):
            return OTHER_MARK
        anything = ANYTHING * (self.neighbours.count(read) + 1) / self._everything
        if not printed or not is_han(printed):
            return anything
        likeness = self.glyphs.similarity(read, printed)
        return anything + (ALIKE * math.exp(STEEP * (likeness - 1)) if likeness else 0.0)

    @cached_property
    def _everything(self) -> int:
        return sum(count for count, _, _ in self.neighbours.table.values()) + 1

    @cached_property
    def _faithful(self) -> Callable[[str], float]:
        """A function that gives P(read | the same printed)."""

        @cache
        def faithful(char: str) -> float:
            if not char:
                return 1.0
            kind = _kind(char)
            wrong = sum(rate for (of, _), rate in self._rates.items() if of == kind)
            return (self.counts.get((char, char), 0.0) + UNSURE * (1 - wrong)) / (self._printings.get(char, 0.0) + UNSURE)

        return faithful

    @cached_property
    def _gain(self) -> Callable[[str, str], float]:
        @lru_cache(REMEMBERED)
        def gain(read: str, printed: str) -> float:
            faithful = math.prod(map(self._faithful, read)) if read else 1.0
            return math.log(self._chance(read, printed)) - math.log(faithful)

        return gain

    @cached_property
    def _printed(self) -> Callable[[str], tuple[str, ...]]:
        @cache
        def printed(read: str) -> tuple[str, ...]:
            seen = [char for char in self._readings.get(read, ()) if char != read and len(char) == 1 and _writable(char)]
            alike = self.glyphs.similar(read) if is_han(read) else ""
            count = self.neighbours.count
            worth = {char: self._chance(read, char) * (count(char) + 1) for char in dict.fromkeys([*seen, *alike])}
            return tuple(sorted(worth, key=lambda char: -worth[char])[:CANDIDATES])

        return printed

    @cached_property
    def _commonly_lost(self) -> tuple[str, ...]:
        lost = {printed: times for (printed, read), times in self.counts.items() if not read and len(printed) == 1 and _writable(printed)}
        return tuple(sorted(lost, key=lambda char: -lost[char]))

    @cached_property
    def _spoilt(self) -> Callable[[str], float]:
        average = sum(times for (printed, read), times in self.counts.items() if printed != read) / max(1.0, sum(self.counts.values()))

        @cache
        def spoilt(read: str) -> float:
            found = self._readings.get(read, {})
            total = sum(found.values()) + UNSURE
            wrong = (total - UNSURE - found.get(read, 0.0) + UNSURE * average) / total
            return math.log(wrong / (1 - wrong))

        return spoilt


def _writable(char: str) -> bool:
    """Tell whether a character may be written by a repair: no digit, no letter."""
    return is_han(char) or not char.isalnum()


def _kind(char: str) -> str:
    return "han" if is_han(char) else "other" if char.isalnum() else "mark"


def _characters(counts: Mapping[tuple[str, str], float]) -> float:
    return sum(times for (printed, _), times in counts.items() if printed)


def _families(path: Path) -> dict[str, dict[tuple[str, str], float]]:
    """Return the counts of each family in a channel file."""
    head = _comments(read_text(path).split("\n"))
    if FORMAT not in head:
        named = next((line for line in head if line.startswith("# format:")), "no format line")
        raise DictionaryError(f"channel data of another version: {named}", where=str(path), fix=f"make it again with jiaokan learn; this version reads {FORMAT.removeprefix('# format: ')}")
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for number, (family, printed, read, count) in read_table(path, COLUMNS):
        if not count.isdecimal():
            raise DictionaryError(f"count is {count!r}", where=f"{path}:{number}", fix="make it a whole number")
        if len(printed) > 2 or len(read) > 2:
            raise DictionaryError(f"{printed!r} read as {read!r}", where=f"{path}:{number}", fix="give at most two characters on either side")
        if (printed, read) in found[family]:
            raise DictionaryError(f"{printed!r} read as {read!r} stands twice", where=f"{path}:{number}", fix="add the counts into one row")
        found[family][printed, read] = float(count)
    return dict(found)


def _comments(lines: Iterable[str]) -> list[str]:
    """Return the lines before the header row."""
    head = []
    for line in lines:
        if line and not line.startswith("#"):
            break
        head.append(line.rstrip("\r"))
    return head
