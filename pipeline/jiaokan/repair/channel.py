"""What could have been printed where the page reads as it does, and what speaks for each reading.

This is the seam for a learnt channel: `Channel.candidates` proposes readings, `Channel.features` says what is known of
one. A log-linear model over them, with "as it stands" among the readings, gives their probabilities.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.detect.suspects import Passage
from jiaokan.knowledge.language import NUMBER, WORD, tokens
from jiaokan.model import Span
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge
    from jiaokan.repair.memory import Parallel

CONTEXT = 5  # tokens scored on either side: the order of the model
COMMON_BOTH = 14  # readings kept that suit both neighbours
COMMON_ONE = 12  # readings kept that are the commonest beside one neighbour
LOOK_ALIKES = 24  # readings kept that look like the character and suit one neighbour
SHORTLIST = 8  # readings, best by language model and look, whose words are looked up
LONGEST_WORD = 4
STRONG = 4.0  # log10 in favour, both ways, from which a set phrase or a mark inside a word leaves no doubt (development pairs)
FEATURES = (
    "substitution", "mark_for_han", "han_for_mark", "mark_for_mark", "lost_han", "lost_mark", "intruder_han", "intruder_mark",
    "forward", "backward", "both", "new_forward", "new_backward", "rest", "similarity", "unlike", "rarity", "words", "broken", "term", "phrase", "known_strong", "mark_strong",
    "suspicion", "edge", "damage", "half_parallel", "parallel", "agreement", "repeated",
)  # fmt: skip
DISSENT = -1.5  # log10, both ways together: where the language model prefers what stands here, the other copy may be the corrupt one
AGREEMENT = 12  # tokens around a reading that count as agreeing: more prove no more
KINDS = FEATURES[: FEATURES.index("forward")]
EDGE = ""
PAIRED = frozenset("（）《》〔〕\"'")  # their loss is flagged; which of two is amiss, no neighbour can tell


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
    probability: float = 0.0


@dataclass(frozen=True)
class Channel:
    """Readings of a suspicious place from look-alikes and neighbours, weighed by the language model and the lexicon."""

    knowledge: Knowledge
    weights: Mapping[str, float]

    def readings(self, passage: Passage, site: range) -> list[Reading]:
        """Return what might have been printed at the tokens of `site`: one fault a reading."""
        found: dict[Reading, None] = {}
        for index in site:
            here = passage.tokens[index]
            before = passage.tokens[index - 1] if index else EDGE
            after = passage.tokens[index + 1] if index + 1 < len(passage.tokens) else EDGE
            if here not in (NUMBER, WORD):
                found.update(dict.fromkeys(Reading(index, index + 1, char) for char in self._instead(before, here, after)))
                if before != EDGE:
                    found[Reading(index, index + 1, "")] = None
            if before != EDGE:
                found.update(dict.fromkeys(Reading(index, index, char) for char in self._between(before, here)))
        found.update(dict.fromkeys(self._terms(passage, site)))
        return [reading for reading in found if PAIRED.isdisjoint([*reading.after, *passage.tokens[reading.first : reading.last]])]

    def _terms(self, passage: Passage, site: range) -> Iterator[Reading]:
        """Yield what makes a term of the words around the site: 晚感时期 → 敏感时期, 信访返工作 → 信访劝返工作."""
        units = passage.tokens
        for place in range(max(0, site.start - 3), min(len(units) - 1, site.stop + 2)):
            for term, offset in self.knowledge.lexicon.anchors.get(units[place] + units[place + 1], ()):
                start = place - offset  # where the term begins if the fault lies behind this pair
                end = place + len(term) - offset  # where it ends
                yield from _one_fault(units, start, term, site)
                yield from _one_fault(units, end - len(term) + 1, term, site, before=True)

    def weigh(self, passage: Passage, parallels: Mapping[Reading, Parallel], damage: float) -> list[Scored]:
        """Return the readings with their probabilities, likeliest first; what is left to 1 is "as it stands".

        `parallels` holds the readings, and what the rest of the document says of each; `damage` is how many faults a
        character has in this part of the document, by estimate: a broken page makes a fault likelier than a sound one.
        """
        ranked = sorted(((self._gain(passage, reading), reading) for reading in parallels), key=lambda item: -item[0][2] - parallels[item[1]].agreement)
        scored = []
        weights = [self.weights[name] for name in FEATURES]
        for (forward, similarity, _), reading in ranked[:SHORTLIST]:
            features = self._features(passage, reading, forward, similarity)
            parallel = parallels[reading]
            counts = bool(parallel.times) and not self._dissents(features)
            features += (math.log(damage), float(parallel.half), float(counts), float(min(parallel.agreement, AGREEMENT) * counts), float(parallel.repeated))
            scored.append(Scored(reading, features, sum(weight * value for weight, value in zip(weights, features, strict=True))))
        return compared(scored)

    @staticmethod
    def _dissents(features: tuple[float, ...]) -> bool:
        """Tell whether the text itself speaks against a witness: the model prefers what stands here, or it is a word."""
        known = dict(zip(FEATURES, features, strict=False))
        return known["forward"] + known["backward"] < DISSENT or bool(known["substitution"] and known["broken"] > 1)

    def _instead(self, before: str, here: str, after: str) -> Iterator[str]:
        """Yield what may have been printed for `here`: what suits its neighbours, then what looks like it and suits one."""
        yield from (char for char in self._between(before, after) if char != here)
        neighbours = self.knowledge.neighbours
        either = set(neighbours.successors(before)) | set(neighbours.predecessors(after))
        fitting = (char for char in self.knowledge.glyphs.similar(here) if char in either)
        yield from islice(fitting, LOOK_ALIKES)

    def _between(self, before: str, after: str) -> Iterator[str]:
        """Yield what may stand between two characters: what is known beside both, then what is commonest beside one."""
        neighbours = self.knowledge.neighbours
        follow, precede = neighbours.successors(before), neighbours.predecessors(after)
        ranks = {char: rank for rank, char in enumerate(precede)}
        both = sorted((rank + ranks[char], char) for rank, char in enumerate(follow) if char in ranks)
        yield from (char for _, char in both[:COMMON_BOTH])
        yield from follow[:COMMON_ONE]
        yield from precede[:COMMON_ONE]

    def _gain(self, passage: Passage, reading: Reading) -> tuple[float, float, float]:
        """Return (gain of the forward model, look-alike similarity, both as a first ranking)."""
        left = passage.tokens[max(0, reading.first - CONTEXT) : reading.first]
        right = passage.tokens[reading.last : reading.last + CONTEXT]
        units = tokens(reading.after)[0]
        score = self.knowledge.language.score
        gain = score(left + units + right, bos=False, eos=False) - score(left + passage.tokens[reading.first : reading.last] + right, bos=False, eos=False)
        similarity = 0.0
        if reading.last - reading.first == 1 and len(units) == 1:
            similarity = self.knowledge.glyphs.similarity(passage.tokens[reading.first], units[0])
        return gain, similarity, gain + 2 * similarity - (len(units) - reading.last + reading.first)

    def _features(self, passage: Passage, reading: Reading, forward: float, similarity: float) -> tuple[float, ...]:
        before = passage.tokens[reading.first : reading.last]
        units = tokens(reading.after)[0]
        kind = _kind(before, units)
        language = self.knowledge.language
        left = passage.tokens[max(0, reading.first - CONTEXT) : reading.first]
        right = passage.tokens[reading.last : reading.last + CONTEXT]
        ahead = language.surprisal(left + units + right, bos=False)
        behind = language.surprisal_backward(left + units + right, eos=False)
        backward = sum(language.surprisal_backward(left + before + right, eos=False)) - sum(behind)
        changed = slice(len(left) - (not units), len(left) + max(len(units), 1))  # an omission is judged by its seam
        rest = max(ahead[len(left) + len(units) : len(left) + len(units) + 2], default=0.0)
        stands, would = "".join(left[-LONGEST_WORD + 1 :]), "".join(right[: LONGEST_WORD - 1])
        old, new = self._longest(stands, "".join(before), would), self._longest(stands, "".join(units), would)
        substitution = kind == "substitution"
        suspicion = max([passage.wrong[reading.first]] if before else [passage.lost[reading.first], passage.wrong[reading.first], passage.wrong[reading.first - 1]])
        term, phrase = self._completes(stands, units, would)
        strong = min(forward, backward) >= STRONG
        count = self.knowledge.neighbours.count
        rarity = math.log10((count(units[0]) + 1) / (count(before[0]) + 1)) if substitution else 0.0
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
            float(new),
            float(old),
            term,
            phrase,
            float(strong and bool(term or phrase)),
            float(strong and kind == "han_for_mark"),
            math.log(max(suspicion, 1e-6)),
            float(max(passage.edge[max(0, reading.first - (not before)) : reading.first + 1])),
        )

    def _longest(self, left: str, middle: str, right: str) -> int:
        """Return the length of the longest word that covers the middle, or spans the seam if it is empty; 0: none."""
        text = left + middle + right
        start, end = len(left), len(left) + len(middle)
        best = 0
        for first in range(max(0, start - LONGEST_WORD + 1), start + 1):
            for last in range(max(end, first + 2), min(len(text), first + LONGEST_WORD) + 1):
                covers = first <= start and last >= end if middle else first < start < last
                if covers and last - first > best and self.knowledge.words.get(text[first:last], 0) > 0:
                    best = last - first
        return best

    def _completes(self, left: str, units: list[str], right: str) -> tuple[float, float]:
        """Return whether the reading completes a term, and a phrase, of four characters or more that the page does not have."""
        text = left + "".join(units) + right
        place = len(left)
        term = phrase = 0.0
        for start in range(max(0, place - 3), place + 1):
            for known, offset in self.knowledge.lexicon.anchors.get(text[start : start + 2], ()):
                first = start - offset
                if first >= 0 and first <= place < first + len(known) and text.startswith(known, first):
                    if known in self.knowledge.lexicon.terms:
                        term = 1.0
                    else:
                        phrase = 1.0
        return term, phrase


def compared(scored: Iterable[Scored]) -> list[Scored]:
    """Return the readings with their probabilities among one another and "as it stands", likeliest first."""
    found = list(scored)
    highest = max([0.0] + [one.score for one in found])
    total = math.exp(-highest) + sum(math.exp(one.score - highest) for one in found)
    return sorted((one._replace(probability=math.exp(one.score - highest) / total) for one in found), key=lambda one: -one.probability)


def _one_fault(units: list[str], start: int, term: str, site: range, *, before: bool = False) -> Iterator[Reading]:
    """Yield the reading that writes a term over the tokens from `start` if one change in the site does it.

    `before`: one character of the term is lost before the pair that named it, so that the term begins a token later.
    """
    if start < 0:
        return
    head = 0
    while head < len(term) and start + head < len(units) and units[start + head] == term[head]:
        head += 1
    place = start + head
    if head == len(term) or not site.start <= place <= site.stop:
        return
    if not before and units[place + 1 : start + len(term)] == list(term[head + 1 :]):
        yield Reading(place, place + 1, term[head])
    elif units[place : start + len(term) - 1] == list(term[head + 1 :]):
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

