"""What could have been printed where the page reads as it does, and what speaks for each reading.

This is the seam for a learnt channel: `Channel.candidates` proposes readings, `Channel.features` says what is known of
one. A log-linear model over them, with "as it stands" among the readings, gives their probabilities.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.detect.suspects import Passage
from jiaokan.knowledge.language import NUMBER, WORD
from jiaokan.model import Span
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge
    from jiaokan.repair.memory import Memory, Parallel
    from jiaokan.repair.sites import Site

CONTEXT = 5  # tokens scored on either side: the order of the model
SEAM = 0.02  # P(lost) below which nothing is tried in a seam
PAIRS_KEPT = 20_000  # pairs of neighbours whose readings are remembered
COMMON_BOTH = 7  # readings kept that suit both neighbours
COMMON_ONE = 2  # readings kept that are the commonest beside one neighbour
LOOK_ALIKES = 9  # readings kept that look like the character and suit one neighbour
SHORTLIST = 4  # readings, best by language model and look, whose words are looked up
PROMISE = 5.0  # what full likeness is worth in this first ranking, in log10
LEAST = 2.0  # promise below which no reading was ever the best (development pairs)
LONGEST_WORD = 4
SHORTEST_TERM, LONGEST_TERM = 4, 8  # characters; of a longer term the neighbourhood shows too little
FEATURES = (
    "substitution", "mark_for_han", "han_for_mark", "mark_for_mark", "lost_han", "lost_mark", "intruder_han", "intruder_mark",
    "forward", "backward", "both", "new_forward", "new_backward", "rest", "similarity", "unlike", "rarity", "words", "broken", "term", "phrase",
    "suspicion", "edge", "damage", "half_parallel", "parallel", "agreement", "repeated",
)  # fmt: skip
DISSENT = -1.5  # log10, both ways together: where the language model prefers what stands here, the other copy may be the corrupt one
WANTED = 7.0  # nats for a term the user asked to repair towards: his word that it occurs, which no corpus can have
TERM = FEATURES.index("term")
AGREEMENT = 12  # tokens around a reading that count as agreeing: more prove no more
KINDS = FEATURES[: FEATURES.index("forward")]
EDGE = ""
PAIRED = frozenset("（）《》〔〕\"'□☐☑■√✓")  # brackets and quotes, whose loss is flagged, for no neighbour can tell which of two is amiss; and tick boxes


class Reading(NamedTuple):
    """A proposal: `after` stands where tokens `first` to `last` (exclusive) of the passage stand now."""

    first: int
    last: int
    after: str


class Scored(NamedTuple):
    """A reading, what speaks for it (FEATURES), its score in nats ("as it stands" has 0), and its probability among its rivals."""

    reading: Reading
    features: tuple[float, ...]
    score: float
    parallel: Parallel
    probability: float = 0.0


@dataclass(frozen=True)
class Channel:
    """Readings of a suspicious place from look-alikes and neighbours, weighed by the language model and the lexicon."""

    knowledge: Knowledge
    weights: Mapping[str, float]

    def readings(self, passage: Passage, site: Site, memory: Memory) -> list[Reading]:
        """Return what might have been printed at a site, one fault a reading; what stands elsewhere on the page first."""
        found = dict.fromkeys(memory.readings(passage, site.tokens))
        if site.close:
            found.update(dict.fromkeys(self._terms(passage, site.tokens)))
            for index in site.tokens:
                found.update(dict.fromkeys(self._at(passage, index)))
        paired = {index for index in site.tokens if passage.tokens[index] in PAIRED}
        return [
            reading
            for reading in found
            if PAIRED.isdisjoint(reading.after) and not (paired and paired.intersection(range(reading.first, reading.last)))
        ]

    def _at(self, passage: Passage, index: int) -> Iterator[Reading]:
        """Yield one character instead of the token, none, and one before it."""
        here = passage.tokens[index]
        before = passage.tokens[index - 1] if index else EDGE
        after = passage.tokens[index + 1] if index + 1 < len(passage.tokens) else EDGE
        if here not in (NUMBER, WORD):
            yield from (Reading(index, index + 1, char) for char in self._instead(before, here, after))
            if before != EDGE:
                yield Reading(index, index + 1, "")
        if before != EDGE and passage.lost[index] >= SEAM:
            yield from (Reading(index, index, char) for char in self._between(before, here))

    def _terms(self, passage: Passage, site: range) -> Iterator[Reading]:
        """Yield what makes a term of the words around the site: 晚感时期 → 敏感时期, 信访返工作 → 信访劝返工作.

        One fault leaves the first or the last two characters of a term of four or more as they are.
        """
        units = passage.tokens
        beginnings, endings = self.knowledge.lexicon.anchors
        for place in range(max(0, site.start - LONGEST_TERM), min(len(units) - 1, site.stop + LONGEST_TERM)):
            pair = units[place] + units[place + 1]
            if place < site.stop:
                for term in beginnings.get(pair, ()):
                    yield from _one_fault(units, place, term, site)
            if place >= site.start:
                for term in endings.get(pair, ()):
                    yield from _one_fault(units, place + 2 - len(term), term, site)
                    yield from _one_fault(units, place + 3 - len(term), term, site)

    def weigh(self, passage: Passage, readings: Iterable[Reading], memory: Memory) -> list[Scored]:
        """Return the readings with their probabilities, likeliest first; what is left to 1 is "as it stands".

        `memory` says what the rest of the document has in their place, and how damaged it is: a broken page makes a
        fault likelier than a sound one. Readings that neither the language model nor a parallel favours are left out.
        """
        windows: dict[tuple[int, int], Window] = {}
        ranked: list[tuple[float, float, float, Reading]] = []
        for reading in readings:
            place = reading.first, reading.last
            window = windows.get(place)
            if window is None:
                window = windows[place] = Window(passage, *place, self.knowledge)
            similarity = self.knowledge.glyphs.similarity(window.before[0], reading.after) if len(window.before) == len(reading.after) == 1 else 0.0
            gain = window.gain(reading.after)
            promise = gain + PROMISE * similarity - (len(reading.after) - len(window.before)) + memory.agreement(passage, reading)
            if promise >= LEAST or self.knowledge.lexicon.wanted:
                ranked.append((promise, gain, similarity, reading))
        ranked.sort(key=lambda item: -item[0])
        scored = []
        for _, gain, similarity, reading in ranked[:SHORTLIST]:
            features = self._features(windows[reading.first, reading.last], reading, gain, similarity)
            parallel = memory.parallel(passage, reading)
            counts = bool(parallel.times) and not self._dissents(features)
            features += (math.log(memory.damage), float(parallel.half), float(counts), float(min(parallel.agreement, AGREEMENT) * counts), float(parallel.repeated))
            score = sum(map(operator.mul, self._weights, features)) + (WANTED if features[TERM] and self._wanted(windows[reading.first, reading.last], reading) else 0.0)
            scored.append(Scored(reading, features, score, parallel))
        return compared(scored)

    @cached_property
    def _weights(self) -> list[float]:
        return [self.weights[name] for name in FEATURES]

    def _wanted(self, window: Window, reading: Reading) -> bool:
        """Tell whether the reading completes one of the user's own terms."""
        lexicon, left, right = self.knowledge.lexicon, "".join(window.left), "".join(window.right)
        return bool(lexicon.wanted) and any(window in lexicon.wanted for window in _around(left, reading.after, right))

    @staticmethod
    def _dissents(features: tuple[float, ...]) -> bool:
        """Tell whether the text itself speaks against a witness: the model prefers what stands here, or it is a word."""
        known = dict(zip(FEATURES, features, strict=False))
        return known["forward"] + known["backward"] < DISSENT or bool(known["substitution"] and known["broken"] > 1)

    def _instead(self, before: str, here: str, after: str) -> Iterator[str]:
        """Yield what may have been printed for `here`: what suits its neighbours, then what looks like it and suits one."""
        yield from (char for char in self._between(before, after) if char != here)
        neighbours = self.knowledge.neighbours
        follow, precede = neighbours.successors(before), neighbours.predecessors(after)
        fitting = (char for char in self.knowledge.glyphs.similar(here) if char in follow or char in precede)
        yield from islice(fitting, LOOK_ALIKES)

    def _between(self, before: str, after: str) -> tuple[str, ...]:
        """Return what may stand between two characters: what is known beside both, then what is commonest beside one."""
        return self._known_between(before, after)

    @cached_property
    def _known_between(self) -> Callable[[str, str], tuple[str, ...]]:
        neighbours = self.knowledge.neighbours

        @lru_cache(PAIRS_KEPT)
        def between(before: str, after: str) -> tuple[str, ...]:
            follow, precede = neighbours.successors(before), neighbours.predecessors(after)
            shared = {char: rank for rank, char in enumerate(follow) if char in precede}
            both = sorted(shared, key=lambda char: shared[char] + precede.index(char))[:COMMON_BOTH]
            return *both, *follow[:COMMON_ONE], *precede[:COMMON_ONE]

        return between

    def _features(self, window: Window, reading: Reading, forward: float, similarity: float) -> tuple[float, ...]:
        passage, left, right = window.passage, window.left, window.right
        units = list(reading.after)
        kind = _kind(window.before, units)
        ahead = self.knowledge.language.surprisal(left + units + right, bos=False)
        behind = self.knowledge.language.surprisal_backward(left + units + right, eos=False)
        backward = window.behind - sum(behind)
        changed = slice(len(left) - (not units), len(left) + max(len(units), 1))  # an omission is judged by its seam
        rest = max(ahead[len(left) + len(units) : len(left) + len(units) + 2], default=0.0)
        substitution = kind == "substitution"
        at = reading.first
        suspicion = passage.wrong[at] if window.before else max(passage.lost[at], passage.wrong[at], passage.wrong[at - 1])
        stands, would = "".join(left[-LONGEST_WORD + 1 :]), "".join(right[: LONGEST_WORD - 1])
        term, phrase = self._completes("".join(left), reading.after, "".join(right))
        count = self.knowledge.neighbours.count
        rarity = math.log10((count(units[0]) + 1) / (count(window.before[0]) + 1)) if substitution else 0.0
        return (
            *(float(kind == name) for name in KINDS),
            forward,
            backward,
            min(forward, backward),
            max(ahead[changed], default=0.0),
            max(behind[changed], default=0.0),
            rest,
            similarity,
            float(substitution and similarity == 0),
            rarity,
            float(longest_word(stands, reading.after, would, self.knowledge.words)),
            float(window.word),
            term,
            phrase,
            math.log(max(suspicion, 1e-6)),
            float(max(passage.edge[max(0, at - (not window.before)) : at + 1])),
        )

    def _completes(self, left: str, after: str, right: str) -> tuple[float, float]:
        """Return whether the reading completes a term, and a phrase, of four characters or more."""
        known = self.knowledge.lexicon.known.intersection(_around(left, after, right))
        terms = self.knowledge.lexicon.terms
        return float(any(window in terms for window in known)), float(any(window not in terms for window in known))


def _around(left: str, after: str, right: str) -> list[str]:
    """Return the stretches of a term's length that hold `after`, or span the seam if it is empty."""
    text = left + after + right
    place = len(left)
    return [
        text[first:last]
        for first in range(max(0, place - LONGEST_TERM), place + bool(after))
        for last in range(max(first + SHORTEST_TERM, place + len(after) + (not after)), min(len(text), first + LONGEST_TERM) + 1)
    ]


class Window:
    """A place with its neighbours, and what the models say of it as it stands."""

    def __init__(self, passage: Passage, first: int, last: int, knowledge: Knowledge) -> None:
        """Take the tokens `first` to `last` (exclusive) of a passage; what is dear is worked out when asked for."""
        self.passage = passage
        self.before = passage.tokens[first:last]
        self.left = passage.tokens[max(0, first - CONTEXT) : first]
        self.right = passage.tokens[last : last + CONTEXT]
        self._knowledge = knowledge
        self._score = knowledge.language.in_window(self.left, self.right)
        self._as_it_stands = self._score(self.before)

    def gain(self, after: str) -> float:
        """Return by how much the forward model prefers `after` here, in log10."""
        return self._score(after) - self._as_it_stands

    @cached_property
    def behind(self) -> float:
        """The window's surprise read backward, in log10."""
        return sum(self._knowledge.language.surprisal_backward(self.left + self.before + self.right, eos=False))

    @cached_property
    def word(self) -> int:
        """The length of the longest word that stands here, across the seam if nothing does."""
        left, right = "".join(self.left[-LONGEST_WORD + 1 :]), "".join(self.right[: LONGEST_WORD - 1])
        return longest_word(left, "".join(self.before), right, self._knowledge.words)


def longest_word(left: str, middle: str, right: str, words: frozenset[str]) -> int:
    """Return the length of the longest word that covers the middle, or spans the seam if it is empty; 0: none."""
    text = left + middle + right
    start, end = len(left), len(left) + len(middle)
    best = 0
    for first in range(max(0, start - LONGEST_WORD + 1), start + 1):
        for last in range(max(end, first + 2), min(len(text), first + LONGEST_WORD) + 1):
            covers = first <= start and last >= end if middle else first < start < last
            if covers and last - first > best and text[first:last] in words:
                best = last - first
    return best


def compared(scored: Iterable[Scored]) -> list[Scored]:
    """Return the readings with their probabilities among one another and "as it stands", likeliest first."""
    found = list(scored)
    highest = max([0.0] + [one.score for one in found])
    total = math.exp(-highest) + sum(math.exp(one.score - highest) for one in found)
    return sorted((one._replace(probability=math.exp(one.score - highest) / total) for one in found), key=lambda one: -one.probability)


def _one_fault(units: list[str], start: int, term: str, site: range) -> Iterator[Reading]:
    """Yield the reading in the site that writes a term over the tokens from `start`, if one character changed or lost does it."""
    if start < 0:
        return
    head = 0
    while head < len(term) and start + head < len(units) and units[start + head] == term[head]:
        head += 1
    place = start + head
    if head == len(term) or not site.start <= place <= site.stop:
        return
    rest = list(term[head + 1 :])
    if units[place + 1 : start + len(term)] == rest:
        yield Reading(place, place + 1, term[head])
    elif units[place : start + len(term) - 1] == rest:
        yield Reading(place, place, term[head])


def span(passage: Passage, reading: Reading) -> Span:
    """Return the place of a reading in the document's text; a lost character goes right behind the token before it."""
    if reading.first < reading.last:
        return Span(passage.starts[reading.first], passage.starts[reading.last - 1] + 1)
    number_before = passage.tokens[reading.first - 1] in (NUMBER, WORD)
    place = passage.starts[reading.first] if number_before else passage.starts[reading.first - 1] + 1
    return Span(place, place)


def _kind(before: list[str], units: list[str]) -> str:
    if not before:
        return "lost_han" if units and is_han(units[0]) else "lost_mark"
    han = is_han(before[0])
    if not units:
        return "intruder_han" if han else "intruder_mark"
    if is_han(units[0]):
        return "substitution" if han else "han_for_mark"
    return "mark_for_han" if han else "mark_for_mark"

