"""Which characters look alike in print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table

COLUMNS = ("char", "similar", "scores")


@dataclass(frozen=True)
class Glyphs:
    """For each character its look-alikes, nearest first, and how near each is (a digit: tenths of 1)."""

    table: Mapping[str, tuple[str, str]]

    @classmethod
    def load(cls, home: Path) -> Glyphs:
        """Read glyphs.tsv. Raises DictionaryError if a row's look-alikes and scores differ in number."""
        path = home / "glyphs.tsv"
        table = {}
        for number, (char, similar, scores) in read_table(path, COLUMNS):
            if len(similar) != len(scores) or not scores.isdecimal():
                raise DictionaryError("look-alikes and scores do not pair", where=f"{path}:{number}", fix="one digit for each look-alike")
            table[char] = (similar, scores)
        return cls(table)

    def similar(self, char: str, at_most: int = 60) -> str:
        """Return the look-alikes of a character, nearest first: 未 → 末…; none if it is unknown."""
        return self.table[char][0][:at_most] if char in self.table else ""

    def similarity(self, read: str, printed: str) -> float:
        """Return how alike two characters look, 0 (not among the look-alikes) to 1; the nearer of both directions."""
        return max(self._near(read).get(printed, 0.0), self._near(printed).get(read, 0.0))

    @cached_property
    def _near(self) -> Callable[[str], Mapping[str, float]]:
        """A function that gives a character's look-alikes with their similarity, unpacked when first asked for."""

        @cache
        def near(char: str) -> Mapping[str, float]:
            similar, scores = self.table.get(char, ("", ""))
            return {other: (int(score) + 1) / 10 for other, score in zip(similar, scores, strict=True)}

        return near
