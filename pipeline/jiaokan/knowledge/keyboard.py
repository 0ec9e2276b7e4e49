"""How typists err: a sound-alike chosen from the input method's list. The second channel, for text that no engine has read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from jiaokan.knowledge.sounds import FUZZY, SAME
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.confusions import Confusions
    from jiaokan.knowledge.language import Neighbours
    from jiaokan.knowledge.sounds import Sounds

RATE = 1 / 30  # mistakes a Han character in texts that have any (dictionaries/make/typos.py)
SHARES = {SAME: 0.70, FUZZY: 0.06}  # of the mistakes, by how alike they sound; one letter off is no commoner than chance
ANYTHING = 0.05  # of the mistakes, to any character, by its frequency
IMPOSSIBLE = math.log(1e-9)
CANDIDATES = 60


@dataclass(frozen=True, eq=False)
class Keyboard:
    """P(typed | meant), with the methods of Confusions: nothing is lost or put in, marks are typed as they are meant."""

    sounds: Sounds
    neighbours: Neighbours

    def gain(self, read: str, printed: str) -> float:
        """Return ln P(typed | meant) − ln P(typed as it is meant)."""
        if not (len(read) == len(printed) == 1 and is_han(read) and is_han(printed)):
            return IMPOSSIBLE
        return math.log(RATE * self._share(read, printed)) - math.log(1 - RATE)

    def printed(self, read: str) -> tuple[str, ...]:
        """Return what may have been meant where a character was typed, likeliest first."""
        return self._printed(read)

    def merged(self, _read: str) -> tuple[str, ...]:
        """Return nothing: no key types half a character."""
        return ()

    def lost(self, _at_most: int) -> tuple[str, ...]:
        """Return nothing: typists' losses are not this channel's."""
        return ()

    def spoilt(self, read: str) -> float:
        """Return the log odds that a character typed is not what was meant, all else unknown."""
        return math.log(RATE / (1 - RATE)) if is_han(read) else IMPOSSIBLE

    def alike(self, read: str, printed: str) -> float:
        """Return how alike two characters sound."""
        return self.sounds.similarity(read, printed)

    def _share(self, read: str, printed: str) -> float:
        alike = self.sounds.similarity(read, printed)
        anything = ANYTHING * (self.neighbours.count(read) + 1) / self._everything
        if alike not in SHARES:
            return anything
        return anything + SHARES[alike] * math.sqrt(self.neighbours.count(read) + 1) / self._rivals(printed)[alike]

    @cached_property
    def _everything(self) -> int:
        return sum(count for count, _, _ in self.neighbours.table.values()) + 1

    @cached_property
    def _rivals(self) -> Callable[[str], dict[float, float]]:
        """A function that gives the weight of all characters that sound like one, by how alike."""

        @cache
        def rivals(printed: str) -> dict[float, float]:
            found = dict.fromkeys(SHARES, 1.0)
            for char in self.sounds.similar(printed, 400):
                alike = self.sounds.similarity(char, printed)
                if alike in found:
                    found[alike] += math.sqrt(self.neighbours.count(char) + 1)
            return found

        return rivals

    @cached_property
    def _printed(self) -> Callable[[str], tuple[str, ...]]:
        @cache
        def printed(read: str) -> tuple[str, ...]:
            alike = [char for char in self.sounds.similar(read, 200) if self.sounds.similarity(read, char) in SHARES]
            return tuple(sorted(alike, key=lambda char: -self._share(read, char) * (self.neighbours.count(char) + 1))[:CANDIDATES])

        return printed


@dataclass(frozen=True, eq=False)
class Both:
    """Print and keyboard together: each change by the channel that makes it likelier."""

    print_: Confusions
    keyboard: Keyboard

    def gain(self, read: str, printed: str) -> float:
        """Return the higher of the two channels' gains."""
        return max(self.print_.gain(read, printed), self.keyboard.gain(read, printed))

    def printed(self, read: str) -> tuple[str, ...]:
        """Return what either channel thinks possible, by turns."""
        one, other = self.keyboard.printed(read), self.print_.printed(read)
        return tuple(dict.fromkeys([char for pair in zip(one, other, strict=False) for char in pair] + [*one, *other]))

    def merged(self, read: str) -> tuple[str, ...]:
        """Return what print knows to be read as two characters."""
        return self.print_.merged(read)

    def lost(self, at_most: int) -> tuple[str, ...]:
        """Return the characters most often lost in print."""
        return self.print_.lost(at_most)

    def spoilt(self, read: str) -> float:
        """Return the higher of the two channels' log odds."""
        return max(self.print_.spoilt(read), self.keyboard.spoilt(read))

    def alike(self, read: str, printed: str) -> float:
        """Return how alike two characters sound."""
        return self.keyboard.alike(read, printed)
