"""Which characters sound alike: what an input method offers side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.language import NEIGHBOUR_COLUMNS, NEIGHBOURS
from jiaokan.knowledge.tables import read_table

COLUMNS = ("char", "readings")
# One syllable; one that many speakers do not tell apart; one that is a letter off. Typists' mistakes (dictionaries/make/typos.py names
# the pairs) against the same characters shuffled: 71 % to 1 %, 5.4 % to 0.3 %, 2.8 % to 2.3 %. A slip proves next to nothing.
SAME, FUZZY, SLIP = 1.0, 0.6, 0.3
SHORTEST = 3  # letters of syllables that can be a slip of each other; shorter ones nearly all are a letter apart

_READINGS = re.compile(r"[a-z]+(?: [a-z]+)*")
_SYLLABLE = re.compile(r"(?P<initial>[zcs]h|[b-df-hj-np-tw-z]|)(?P<final>.*)")
# What input methods offer to take for one another ("fuzzy pinyin"), r and l among them. Any n ~ ng is a pair of finals.
_INITIALS = frozenset(map(frozenset, (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))))


@dataclass(frozen=True)
class Sounds:
    """For each character its readings, in pinyin without tone, the commonest first, and how often it occurs."""

    readings: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]

    @classmethod
    def load(cls, home: Path) -> Sounds:
        """Read sounds.tsv, and the counts of neighbours.tsv. Raises DictionaryError for a reading that is not pinyin."""
        path = home / "sounds.tsv"
        readings: dict[str, tuple[str, ...]] = {}
        for number, (char, said) in read_table(path, COLUMNS):
            if len(char) != 1 or char in readings or not _READINGS.fullmatch(said):
                raise DictionaryError(
                    f"{char!r} is read {said!r}, or stands twice",
                    where=f"{path}:{number}",
                    fix="one row a character; pinyin without tone, lower case, ü as v, separated by single spaces",
                )
            readings[char] = tuple(said.split(" "))
        path = home / NEIGHBOURS
        counts: dict[str, int] = {}
        for number, (char, count, *_) in read_table(path, NEIGHBOUR_COLUMNS):
            if not count.isdecimal():
                raise DictionaryError(f"count is {count!r}", where=f"{path}:{number}", fix="make it a whole number")
            counts[char] = int(count)
        return cls(readings, counts)

    def __reduce__(self) -> tuple[type[Sounds], tuple[Mapping[str, tuple[str, ...]], Mapping[str, int]]]:
        return type(self), (self.readings, self.counts)

    def similar(self, char: str, at_most: int = 40) -> str:
        """Return the characters that sound like this one: 制 → 治质织…; the same syllable first, then fuzzy ones, then slips.

        Within each class the commonest comes first. None if the character is unknown.
        """
        return self._ranked(char)[:at_most]

    def similarity(self, read: str, printed: str) -> float:
        """Return how alike two characters sound, 0 to 1, by the readings that are nearest: 制 治 → 1, 新 星 → 0.6, 坏 话 → 0.3.

        SAME: one syllable, whatever the tone. FUZZY: initials or finals, not both, that many speakers do not tell apart.
        SLIP: a letter of the pinyin wrong, missing or too many. 0: anything else, or an unknown character.
        """
        return max((likeness(one, other) for one in self.readings.get(read, ()) for other in self.readings.get(printed, ())), default=0.0)

    @cached_property
    def _said(self) -> Mapping[str, list[str]]:
        """The characters of each syllable."""
        found: dict[str, list[str]] = {}
        for char, readings in self.readings.items():
            for reading in readings:
                found.setdefault(reading, []).append(char)
        return found

    @cached_property
    def _ranked(self) -> Callable[[str], str]:
        """A function that gives all characters that sound like one, ranked when first asked for."""

        @cache
        def near(reading: str) -> list[tuple[str, float]]:
            return [(other, alike) for other in self._said if (alike := likeness(reading, other))]

        @cache
        def ranked(char: str) -> str:
            best: dict[str, float] = {}
            for reading in self.readings.get(char, ()):
                for syllable, alike in near(reading):
                    for other in self._said[syllable]:
                        best[other] = max(alike, best.get(other, 0.0))
            best.pop(char, None)
            return "".join(sorted(best, key=lambda other: (-best[other], -self.counts.get(other, 0), other)))

        return ranked


@cache
def likeness(one: str, other: str) -> float:
    """Return how alike two syllables are: SAME, FUZZY (zhi zi, xin xing), SLIP (hua huai) or 0."""
    if one == other:
        return SAME
    (initial, final), (second, ending) = _parts(one), _parts(other)
    if (final == ending and frozenset((initial, second)) in _INITIALS) or (initial == second and _nasals(final, ending)):
        return FUZZY
    return SLIP if min(len(one), len(other)) >= SHORTEST and _one_letter(*sorted((one, other), key=len)) else 0.0


def _parts(syllable: str) -> tuple[str, str]:
    match = _SYLLABLE.fullmatch(syllable)
    return (match["initial"], match["final"]) if match else ("", syllable)


def _nasals(final: str, ending: str) -> bool:
    short, long = sorted((final, ending), key=len)
    return short.endswith("n") and long == short + "g"


def _one_letter(shorter: str, longer: str) -> bool:
    """Tell whether one letter wrong, or one missing, makes the longer syllable the shorter."""
    at = next((at for at, (one, other) in enumerate(zip(shorter, longer, strict=False)) if one != other), len(shorter))
    return longer[at + 1 :] in {shorter[at:], shorter[at + 1 :]}
