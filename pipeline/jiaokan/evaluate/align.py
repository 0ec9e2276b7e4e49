"""Two texts, character by character: which were substituted, lost or intruded, and where in the truth.

The distance is Levenshtein's (rapidfuzz), the same that jiwer and ocreval count; its memory is linear in the length.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

FEW = 31  # errors looked for first; rapidfuzz doubles it until it holds, which spares 200,000 characters the full matrix
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # Unicode, Halfwidth and Fullwidth Forms: ！ to ～


class Measure(StrEnum):
    """What counts as a character."""

    STRICT = "strict"  # code points as they stand; line ends unified, the text's outer white space off
    LENIENT = "lenient"  # all white space removed, full-width ASCII forms folded to half-width; nothing else


class Kind(StrEnum):
    """What happened to a character."""

    SUBSTITUTION = "substitution"  # 己 for 已
    LOST = "lost"  # printed, not read
    INTRUDER = "intruder"  # read, not printed


_TAGS = {"replace": Kind.SUBSTITUTION, "delete": Kind.LOST, "insert": Kind.INTRUDER}


@dataclass(frozen=True, slots=True)
class Counts:
    """Character errors and the characters of the truth they are counted in."""

    substitutions: int = 0
    deletions: int = 0  # lost characters
    insertions: int = 0  # intruders
    characters: int = 0

    @property
    def errors(self) -> int:
        """Return S + D + I."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Return the CER: errors / characters of the truth, above 1 where intruders outnumber them.

        Of an empty truth it is 0 if the reading is empty too, else 1.
        """
        return self.errors / self.characters if self.characters else float(self.errors > 0)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.characters + other.characters,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as a measure sees it; character `i` stands at `raw[places[i]]`."""

    raw: str
    text: str
    places: array[int]

    def index(self, place: int) -> int:
        """Return which character stands at a place of `raw`, or next after it."""
        return bisect_left(self.places, place)

    def place(self, index: int) -> int:
        """Return where a character stands in `raw`; past the last one, the end."""
        return self.places[index] if index < len(self.places) else len(self.raw)


def prepare(raw: str, measure: Measure) -> Prepared:
    """Return the text as the measure sees it: ２ 万 and a line end → 2万 (lenient), ２ 万 (strict)."""
    if measure is Measure.LENIENT:
        places = array("l", (place for place, char in enumerate(raw) if not char.isspace()))
        return Prepared(raw, "".join(raw.split()).translate(_HALF_WIDTH), places)
    start = len(raw) - len(raw.lstrip())
    inner = range(start, max(start, len(raw.rstrip())))
    places = array("l", (place for place in inner if not (raw[place] == "\n" and raw[place - 1 : place] == "\r")))
    return Prepared(raw, unified(raw.strip()), places)


def unified(text: str) -> str:
    """Return the text with every line end a single line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def folded(text: str) -> str:
    """Return the text as the lenient measure sees it: ２ 万 → 2万."""
    return prepare(text, Measure.LENIENT).text


def distance(truth: str, read: str, measure: Measure) -> int:
    """Return the number of errors between two short passages, whose outer white space counts under the strict measure."""
    if measure is Measure.LENIENT:
        return Levenshtein.distance(folded(truth), folded(read))
    return Levenshtein.distance(unified(truth), unified(read))


class Fault(NamedTuple):
    """One error: the character printed, the character read, and which characters of the texts they are; an intruder stands before `at`."""

    kind: Kind
    truth: str
    read: str
    at: int
    read_at: int

    @property
    def slot(self) -> tuple[int, bool]:
        """Return the place of the truth that is wrong: a character, or the gap before it."""
        return self.at, self.kind is Kind.INTRUDER


def _faults(truth: str, read: str) -> list[Fault]:
    """Return the faults of one best alignment, each run of lost or intruding characters as far left as it can stand.

    资金资金 for 资金 has the intruders before or after the printed word; before and after cleaning it must be the same.
    """
    faults: list[Fault] = []
    end = 0  # of the fault before, in the truth
    for kind, at, read_at, length in _runs(truth, read):
        slid = 0
        if kind is not Kind.SUBSTITUTION:
            text, start = (truth, at) if kind is Kind.LOST else (read, read_at)
            while at - slid > end and text[start - slid - 1] == text[start - slid - 1 + length]:
                slid += 1
        for step in range(length):
            here, there = at - slid + step * (kind is not Kind.INTRUDER), read_at - slid + step * (kind is not Kind.LOST)
            faults.append(Fault(kind, "" if kind is Kind.INTRUDER else truth[here], "" if kind is Kind.LOST else read[there], here, there))
        end = faults[-1].at + (kind is not Kind.INTRUDER)
    return faults


def _runs(truth: str, read: str) -> Iterator[tuple[Kind, int, int, int]]:
    """Yield the operations of one best alignment as kind, place in the truth, place in the reading, and how many stand together."""
    kind, start, read_start, length = Kind.SUBSTITUTION, 0, 0, 0
    for operation in Levenshtein.editops(truth, read, score_hint=FEW):
        ours, at, read_at = _TAGS[operation.tag], operation.src_pos, operation.dest_pos
        follows = (start + length * (kind is not Kind.INTRUDER), read_start + length * (kind is not Kind.LOST))
        if ours is kind and (at, read_at) == follows:
            length += 1
            continue
        if length:
            yield kind, start, read_start, length
        kind, start, read_start, length = ours, at, read_at, 1
    if length:
        yield kind, start, read_start, length


class Alignment:
    """A truth and a reading laid side by side at the least number of errors."""

    def __init__(self, truth: Prepared, read: Prepared) -> None:
        """Align two texts prepared by the same measure."""
        self.truth, self.read = truth, read
        self.faults = _faults(truth.text, read.text)
        last = len(truth.places) - 1  # an intruder after the end belongs to the last character
        self.places = [truth.places[min(fault.at, last)] if last >= 0 else 0 for fault in self.faults]
        self._read_places = [fault.read_at for fault in self.faults]

    @property
    def counts(self) -> Counts:
        """Return the errors of the whole text."""
        return self._counts(range(len(self.faults)), len(self.truth.text))

    def within(self, start: int, end: int) -> Counts:
        """Return the errors between two places of the raw truth; an intruder belongs to the character it stands before."""
        return self._counts(_slice(self.places, start, end), len(_slice(self.truth.places, start, end)))

    def as_they_stand(self, fault: Fault) -> tuple[str, str]:
        """Return the character printed and the one read before any folding: ，, not the comma the measure sees."""
        return (
            self.truth.raw[self.truth.places[fault.at]] if fault.truth else "",
            self.read.raw[self.read.places[fault.read_at]] if fault.read else "",
        )

    def truth_index(self, read_index: int, *, past_lost: bool) -> int:
        """Return the truth's character at a character of the reading; before or past those lost between two."""
        number = (bisect_right if past_lost else bisect_left)(self._read_places, read_index) - 1
        if number < 0:
            return read_index
        fault = self.faults[number]
        after = fault.read_at + (fault.kind is not Kind.LOST)
        if read_index < after:  # it is the wrong character itself
            return fault.at
        return fault.at + (fault.kind is not Kind.INTRUDER) + read_index - after

    def touching(self, start: int, end: int, *, margin: int = 0) -> Iterator[int]:
        """Yield the numbers of the faults inside a span of the raw reading, or lost at its edges."""
        low, high = self.read.index(start - margin), self.read.index(end + margin)
        for number in range(bisect_left(self._read_places, low), bisect_right(self._read_places, high)):
            if self.faults[number].kind is Kind.LOST or self._read_places[number] < high:
                yield number

    def _counts(self, numbers: range, characters: int) -> Counts:
        kinds = Counter(self.faults[number].kind for number in numbers)
        return Counts(kinds[Kind.SUBSTITUTION], kinds[Kind.LOST], kinds[Kind.INTRUDER], characters)


@dataclass(frozen=True, slots=True)
class Score:
    """Errors before and after cleaning, and how many are gone and how many new: before - after = better - worse."""

    before: Counts
    after: Counts | None = None  # None: nothing was cleaned
    better: int = 0
    worse: int = 0

    @property
    def reduction(self) -> float | None:
        """Return the share of the errors that cleaning took away; below 0 if it added some, None if there were none."""
        if self.after is None or not self.before.errors:
            return None
        return (self.before.errors - self.after.errors) / self.before.errors

    def __add__(self, other: Score) -> Score:
        after = None if self.after is None or other.after is None else self.after + other.after
        return Score(self.before + other.before, after, self.better + other.better, self.worse + other.worse)


class Progress:
    """A document before and after cleaning, under one measure; without a cleaned text nothing is mended."""

    def __init__(self, before: Alignment, after: Alignment | None) -> None:
        """Take two alignments with the same truth."""
        self.before, self.after = before, after
        self.mended = _gone(before, after) if after else [False] * len(before.faults)
        new = _gone(after, before) if after else []
        self._new = [after.places[number] for number, is_new in enumerate(new) if is_new] if after else []

    @property
    def total(self) -> Score:
        """Return the score of the whole document."""
        after = self.after.counts if self.after else None
        return Score(self.before.counts, after, sum(self.mended), len(self._new))

    def within(self, start: int, end: int) -> Score:
        """Return the score between two places of the raw truth."""
        numbers = _slice(self.before.places, start, end)
        after = self.after.within(start, end) if self.after else None
        return Score(self.before.within(start, end), after, sum(self.mended[numbers.start : numbers.stop]), len(_slice(self._new, start, end)))


def _gone(ours: Alignment, theirs: Alignment) -> list[bool]:
    """Tell of each of our faults whether its place is right in the other reading.

    Of several intruders in one gap, those the other reading still has are not gone, whatever their order.
    """
    if ours is theirs:
        return [False] * len(ours.faults)
    same = Counter((fault.slot, fault.read) for fault in theirs.faults)
    left = Counter(fault.slot for fault in theirs.faults)
    gone = [True] * len(ours.faults)
    for number, fault in enumerate(ours.faults):
        if same[fault.slot, fault.read] > 0:
            same[fault.slot, fault.read] -= 1
            left[fault.slot] -= 1
            gone[number] = False
    for number, fault in enumerate(ours.faults):
        if gone[number] and left[fault.slot] > 0:
            left[fault.slot] -= 1
            gone[number] = False
    return gone


def _slice(places: array[int] | list[int], start: int, end: int) -> range:
    return range(bisect_left(places, start), bisect_left(places, max(start, end)))
