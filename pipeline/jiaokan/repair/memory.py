"""The document itself as a witness: what stands elsewhere on the page, in the form the model reads it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from jiaokan.detect.suspects import USUAL_DAMAGE, Passage
from jiaokan.knowledge.language import END, NUMBER, WORD
from jiaokan.repair.lattice import Page, Reading

REACH = 20_000  # tokens one memory spans: some twenty pages; a longer document has several
ANCHOR = 2  # tokens on either side that must agree
LONGEST_GAP = 4  # tokens a witness may have between the anchors
WITNESSES = 64  # places of one anchor looked at
AGREEMENT = 8  # tokens on either side that are compared
CONTEXT = 3  # tokens around a reading that must agree, on both sides together
GRAM = 3
UNSURE = 200  # tokens after which the page itself counts as much as that
BREAK = END
STOPS = frozenset('。；：！？）"》')


class Parallel(NamedTuple):
    """What the rest of the document says of a reading."""

    times: int = 0  # places elsewhere that have the reading between the same neighbours
    agreement: int = 0  # tokens around it that agree with the best of them
    phrase: str = ""  # what stands there
    half: bool = False  # with its neighbours on one side, the reading stands elsewhere: 素质提 for 综合：质提
    repeated: bool = False  # what stands here stands elsewhere too: the engine seldom slips twice alike


class Memory:
    """The tokens of several passages, to be searched for parallels. Numbers and Latin words are alike to it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        """Join the passages: `offsets` says where each begins, `damage` how many faults a character has among them, by estimate."""
        self.offsets: dict[int, int] = {}
        units: list[str] = []
        self._written: list[str] = []  # what each token is on the page
        for passage in passages:
            self.offsets[passage.start] = len(units)
            units += passage.tokens
            units.append(BREAK)
            ends = [*passage.starts[1:], passage.start + len(passage.text)]
            self._written += [passage.text[start - passage.start : end - passage.start] for start, end in zip(passage.starts, ends, strict=True)]
            self._written.append(BREAK)
        self.text = "".join(units)
        last = [(passage.cell, passage.tokens[-2] in STOPS) for passage in passages if passage.prose and passage.tokens[-1] == END]
        everywhere = _share([stop for _, stop in last], 0.5)
        self._stopped = {cell: _share([stop for of_cell, stop in last if of_cell == cell], everywhere) for cell in (False, True)}
        faults = sum(float(passage.wrong.sum() + passage.lost.sum()) for passage in passages)
        self.damage = (faults + USUAL_DAMAGE * UNSURE) / (len(units) + UNSURE)

    def stopped(self, passage: Passage) -> float:
        """Return the log odds that sentences here end with a stop, in cells of tables or elsewhere, as this passage stands in one or not."""
        share = self._stopped[passage.cell]
        return math.log(share / (1 - share))

    @cached_property
    def _grams(self) -> Counter[str]:
        text = self.text
        return Counter(text[place : place + GRAM] for place in range(len(text) - GRAM + 1))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for place in range(len(self.text) - ANCHOR + 1):
            index[self.text[place : place + ANCHOR]].append(place)
        return dict(index)

    def readings(self, passage: Passage, site: range) -> Iterator[Reading]:
        """Yield what stands elsewhere between the words that stand here on either side of the site: 资专款 → 资金专款."""
        offset = self.offsets[passage.start]
        for first in range(site.start, site.stop + 1):
            left = self.text[offset + first - ANCHOR : offset + first] if offset + first >= ANCHOR else ""
            if len(left) < ANCHOR or BREAK in left:
                continue
            for last in range(first, min(site.stop + 1, len(passage.tokens) - ANCHOR) + 1):
                right = self.text[offset + last : offset + last + ANCHOR]
                here = self.text[offset + first : offset + last]
                for witness in sorted(self._between(left, right, offset + first)):
                    if witness != here and _may_be_written(witness) and _may_be_written(here):
                        reading = _trimmed(Reading(first, last, witness), here)
                        if reading.first == reading.last or len(reading.after) <= 1 == reading.last - reading.first:
                            yield reading

    @cached_property
    def page(self) -> Page:
        """Which tokens stand next to which."""
        return Page(self.text)

    def count(self, token: str) -> int:
        """Return how often a token stands here."""
        return self._counts[token]

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(self.text)

    def agreement(self, passage: Passage, reading: Reading) -> int:
        """Return how many tokens around a reading agree with the best of its parallels, 0 for none."""
        return self.parallel(passage, reading).agreement if self._core(passage, reading)[:GRAM] in self._grams else 0

    def _core(self, passage: Passage, reading: Reading) -> str:
        """Return the reading with the neighbours that must agree; an omission proves nothing unless a phrase runs on across it."""
        first, last = self.offsets[passage.start] + reading.first, self.offsets[passage.start] + reading.last
        edge = 1 if reading.after else ANCHOR
        return self.text[first - edge : first] + reading.after + self.text[last : last + edge] if first >= edge else BREAK

    def parallel(self, passage: Passage, reading: Reading) -> Parallel:
        """Return how the rest of the document bears on a reading; both its neighbours must agree for it to count."""
        text = self.text
        first, last = self.offsets[passage.start] + reading.first, self.offsets[passage.start] + reading.last
        after = reading.after
        core = self._core(passage, reading)
        edge = 1 if after else ANCHOR
        repeated, half = self._repeated(first, last), self._half(first, last, after)
        if BREAK in core or core[:GRAM] not in self._grams:
            return Parallel(half=half, repeated=repeated)
        times, best, phrase = 0, 0, ""
        place = text.find(core)
        while place >= 0 and times < WITNESSES:
            begin, end = place + edge, place + edge + len(after)
            if not (begin <= last and first <= end):
                left = _common(text[max(0, first - AGREEMENT) : first][::-1], text[max(0, begin - AGREEMENT) : begin][::-1])
                right = _common(text[last : last + AGREEMENT], text[end : end + AGREEMENT])
                if left + right >= CONTEXT:
                    times += 1
                    if left + right > best:
                        best, phrase = left + right, "".join("".join(self._written[begin - left : end + right]).splitlines()).strip()
            place = text.find(core, place + 1)
        return Parallel(times, best, phrase, half, repeated)

    def _half(self, first: int, last: int, after: str) -> bool:
        """Tell whether the reading with two tokens on one side stands elsewhere."""
        if len(after) != 1:
            return False
        left, right = self.text[max(0, first - ANCHOR) : first] + after, after + self.text[last : last + ANCHOR]
        return any(BREAK not in gram and self._grams[gram] > 0 for gram in (left, right) if len(gram) == GRAM)

    def _repeated(self, first: int, last: int) -> bool:
        """Tell whether what stands at these tokens stands elsewhere too, with its neighbours on one side or both."""
        text, grams = self.text, self._grams
        if first == last:
            seam = text[max(0, first - ANCHOR) : first + ANCHOR]
            return BREAK not in seam and len(seam) == 2 * ANCHOR and text.count(seam) > 1
        return any(grams[text[start : start + GRAM]] > 1 for start in (first - 2, first - 1, last - 1) if start >= 0)

    def _between(self, left: str, right: str, here: int) -> set[str]:
        """Return what else stands between two anchors, elsewhere than at token `here`."""
        found = set()
        for place in self._places.get(left, ())[:WITNESSES]:
            begin = place + ANCHOR
            end = self.text.find(right, begin, begin + LONGEST_GAP + ANCHOR)
            if end >= 0 and begin != here:
                found.add(self.text[begin:end])
        return found


def _share(stops: Sequence[bool], usual: float) -> float:
    """Return the share of the stops, as if two more had been looked at, of which the usual share were."""
    return (sum(stops) + 2 * usual) / (len(stops) + 2)


def _may_be_written(text: str) -> bool:
    return not any(char in (NUMBER, WORD, BREAK) for char in text)


def _trimmed(reading: Reading, here: str) -> Reading:
    """Return the reading without what it shares with the text that stands there: 。费 → 经费 is 。 → 经."""
    head = _common(here, reading.after)
    tail = _common(here[head:][::-1], reading.after[head:][::-1])
    return Reading(reading.first + head, reading.last - tail, reading.after[head : len(reading.after) - tail])


def _common(one: str, other: str) -> int:
    """Return how many characters two strings begin with alike, up to the end of a cell."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right or left == BREAK:
            break
        length += 1
    return length


def memories(passages: Sequence[Passage]) -> Iterator[tuple[Memory, Sequence[Passage]]]:
    """Yield runs of passages with the memory they share, REACH tokens at most."""
    start, size = 0, 0
    for place, passage in enumerate(passages):
        size += len(passage.tokens) + 1
        if size >= REACH or place == len(passages) - 1:
            run = passages[start : place + 1]
            yield Memory(run), run
            start, size = place + 1, 0
