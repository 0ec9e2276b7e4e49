"""What could have been printed where the page reads as it does, and what speaks for each reading.

`Channel.paths` proposes; `Channel.weigh` judges in a log-linear model over FEATURES, "as it stands" among the rivals.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.detect.suspects import Passage
from jiaokan.knowledge.language import END, NUMBER, WORD
from jiaokan.model import Span
from jiaokan.repair.lattice import ALONE, NATS, Lattice, Path, Reading
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.confusions import Slips
    from jiaokan.knowledge.load import Knowledge
    from jiaokan.repair.memory import Memory, Parallel
    from jiaokan.repair.sites import Site

CONTEXT = 5  # tokens scored on either side: the order of the model
SEAM = 0.02  # P(lost) below which nothing is tried in a seam
SHORTLIST = 6  # paths, best by language model and channel, that are judged by everything
PARTNERS = 200  # tokens on either side within which a bracket's partner is looked for
LEAST = -3.0  # nats of promise below which hardly a path is the best (development pages)
WITNESSED = 1.5  # nats of promise for each token around a reading that agrees with another place of the document
LISTED = 6.0  # nats of promise for the stop that the other items of a list have
LONGEST_WORD = 4
LONGEST_WANTED = 64  # characters of a user's term
SHORTEST_TERM, LONGEST_TERM = 4, 8  # characters; of a longer term the neighbourhood shows too little
KINDS = ("substitution", "mark_for_han", "han_for_mark", "mark_for_mark", "lost_han", "lost_mark", "intruder_han", "intruder_mark")
OF_ENGINE = (*KINDS, "channel_han")  # how often an engine fails in which way depends on its sort: those that set blanks have numbers of their own
FEATURES = (
    *KINDS, "more",
    "forward", "backward", "both", "new_forward", "new_backward", "rest", "words", "broken", "term", "phrase",
    "channel_han", "channel_mark", "similarity", "sound", "unlike", "rarity", "suspicion", "edge", "beside_number", "beside_rule", "at_break", "at_end", "at_end_of_prose", "at_end_in_table",
    "damage", "half_parallel", "parallel", "agreement", "repeated", "here_new", "here_old",
    "stops_here", "stops_inside", "second_colon", "in_list", "item_stop", "item_usual", "item_usual_end", "scarce", "abundant", "sentence_before", "sentence_behind", *(f"blanks_{name}" for name in OF_ENGINE),
)  # fmt: skip
_OF_ENGINE = tuple(FEATURES.index(name) for name in OF_ENGINE)
DISSENT = -1.5  # log10, both ways together: where the language model prefers what stands here, the other copy may be the corrupt one
WANTED = 10.0  # nats for a term the user asked to repair towards: his word that it occurs, which no corpus can have
AGREEMENT = 12  # tokens around a reading that count as agreeing: more prove no more
OF_HAN = frozenset({"substitution", "lost_han", "intruder_han", "han_for_mark"})  # a mark for a Han character is as systematic as one mark for another: ≥ read as 之
CLOSES = {"）": "（", "》": "《", "〕": "〔"}
BRACKETS = frozenset("（）《》〔〕")  # changed only where that leaves fewer of them without their partner


ITEMS = frozenset("（0一二三四五六七八九十①②③④⑤⑥⑦⑧⑨甲乙丙丁戊")  # what numbers the clauses of a list
STOPS, SENTENCE = frozenset("。；"), frozenset("：；，。、.·")


class Scored(NamedTuple):
    """A path, what speaks for it (FEATURES), its score in nats ("as it stands" has 0), and its probability among its rivals."""

    changes: tuple[Reading, ...]
    features: tuple[float, ...]
    score: float
    parallel: Parallel
    probability: float = 0.0


@dataclass(frozen=True)
class Channel:
    """Readings of a suspicious place from the lattice, the lexicon and the rest of the document, weighed by all of them."""

    knowledge: Knowledge
    weights: Mapping[str, float]
    blanks: bool = False  # the engine set blanks between Han characters

    @cached_property
    def confusions(self) -> Slips:
        """How the engine misreads."""
        return self.knowledge.confusions(self.blanks)

    @cached_property
    def lattice(self) -> Lattice:
        """The search over single characters."""
        return Lattice(self.knowledge.language, self.knowledge.neighbours, self.confusions, self.knowledge.words)

    def paths(self, passage: Passage, site: Site, memory: Memory) -> list[Path]:
        """Return what might have been printed at a site; what stands elsewhere on the page first."""
        found: dict[tuple[Reading, ...], Path] = {}
        for reading in memory.readings(passage, site.tokens):
            found[(reading,)] = self._alone(passage, reading)
        if site.close:
            for missed in self.knowledge.lexicon.aims.missed(passage.tokens, site.tokens):
                reading = Reading(*missed)
                found.setdefault((reading,), self._alone(passage, reading))
            seams = frozenset(index for index in site.tokens if passage.lost[index] >= SEAM or (passage.prose and passage.tokens[index] == END) or index in passage.items)
            for path in self.lattice.paths(passage, site.tokens, seams, memory.page):
                found.setdefault(path.changes, path)
            for reading in _listed(passage, site.tokens):
                if (reading,) not in found:
                    found[(reading,)] = self._alone(passage, reading)
        return [path for path in found.values() if _allowed(passage, path.changes)]

    def _alone(self, passage: Passage, reading: Reading) -> Path:
        """Return the path of one change that the lattice did not propose."""
        window = Window(passage, reading.first, reading.last, self.knowledge)
        channel = self.lattice.weighted("".join(window.before), reading.after) if len(window.before) <= 1 >= len(reading.after) else 0.0
        return Path((reading,), window.gain(list(reading.after)), channel)

    def weigh(self, passage: Passage, paths: Iterable[Path], memory: Memory) -> list[Scored]:
        """Return the paths with their probabilities, likeliest first; what is left to 1 is "as it stands".

        `memory` says what the rest of the document has in their place, and how damaged it is: a broken page makes a
        fault likelier than a sound one. Paths that neither the models nor a parallel favour are left out.
        """
        windows: dict[tuple[int, int], Window] = {}
        ranked: list[tuple[float, Path, Reading, bool]] = []
        for path in paths:
            whole = joined(passage, path.changes)
            wanted = self._wanted(passage, whole)
            promise = NATS * path.gain + path.channel + WITNESSED * memory.agreement(passage, whole) + WANTED * wanted
            promise += LISTED * max(0.0, *_itemised(passage, path.changes)[1:])
            if promise >= LEAST or wanted:
                ranked.append((promise, path, whole, wanted))
        ranked.sort(key=lambda item: -item[0])
        scored = []
        for _, path, whole, wanted in ranked[:SHORTLIST]:
            place = whole.first, whole.last
            window = windows.get(place)
            if window is None:
                window = windows[place] = Window(passage, *place, self.knowledge)
            features = self._features(window, path, whole)
            parallel = memory.parallel(passage, whole)
            counts = bool(parallel.times) and not self._dissents(features)
            features += (
                len(path.changes) * math.log(memory.damage), float(parallel.half), float(counts),
                float(min(parallel.agreement, AGREEMENT) * counts), float(parallel.repeated), *self._here(passage, path.changes, memory),
                *_punctuated(passage, path.changes, memory), *_itemised(passage, path.changes), *self._balance(path.changes, passage, memory), *_lengths(passage, path.changes),
            )  # fmt: skip
            features += tuple(features[place] * self.blanks for place in _OF_ENGINE)
            score = sum(map(operator.mul, self._weights, features)) + WANTED * wanted
            scored.append(Scored(path.changes, features, score, parallel))
        return compared(scored)

    @staticmethod
    def _here(passage: Passage, changes: tuple[Reading, ...], memory: Memory) -> tuple[float, float]:
        """Return how much the page has of the Han characters written, and of those that go."""
        old = "".join(unit for change in changes for unit in passage.tokens[change.first : change.last])
        new = "".join(change.after for change in changes)
        return (
            sum(math.log1p(memory.count(char)) for char in new if is_han(char)),
            sum(math.log1p(memory.count(char) - 1) for char in old if is_han(char)),
        )

    def _balance(self, changes: tuple[Reading, ...], passage: Passage, memory: Memory) -> tuple[float, float]:
        """Return how scarce on the page the marks written are, and how abundant those that go, against official prose: logarithms.

        An engine that reads every 。 as ， leaves a page of commas without a stop.
        """
        share = self._usual
        marks = sum(memory.count(mark) for mark in share)
        written = [change.after for change in changes if change.after in share]
        gone = [mark for change in changes for mark in passage.tokens[change.first : change.last] if mark in share]
        return (
            sum(math.log((marks * share[mark] + 1) / (memory.count(mark) + 1)) for mark in written),
            sum(math.log((memory.count(mark) + 1) / (marks * share[mark] + 1)) for mark in gone),
        )

    @cached_property
    def _usual(self) -> dict[str, float]:
        """The share of each mark among the marks of official prose."""
        counts = {mark: self.knowledge.neighbours.count(mark) for mark in SENTENCE}
        return {mark: count / sum(counts.values()) for mark, count in counts.items()}

    @cached_property
    def _weights(self) -> list[float]:
        return [self.weights[name] for name in FEATURES]

    def _wanted(self, passage: Passage, reading: Reading) -> bool:
        """Tell whether the reading completes one of the user's own terms."""
        lexicon, units = self.knowledge.lexicon, passage.tokens
        return bool(lexicon.wanted) and lexicon.wants(
            "".join(units[max(0, reading.first - LONGEST_WANTED) : reading.first]), reading.after, "".join(units[reading.last : reading.last + LONGEST_WANTED])
        )

    @staticmethod
    def _dissents(features: tuple[float, ...]) -> bool:
        """Tell whether the text itself speaks against a witness: the model prefers what stands here, or it is a word."""
        known = dict(zip(FEATURES, features, strict=False))
        return known["forward"] + known["backward"] < DISSENT or bool(known["substitution"] and known["broken"] > 1)

    def _features(self, window: Window, path: Path, whole: Reading) -> tuple[float, ...]:
        passage, left, right = window.passage, window.left, window.right
        units = list(whole.after)
        ahead = self.knowledge.language.surprisal(left + units + right)
        behind = self.knowledge.language.surprisal_backward(left + units + right)
        backward = window.behind - sum(behind)
        changed = slice(len(left) - (not units), len(left) + max(len(units), 1))  # an omission is judged by its seam
        rest = max(ahead[len(left) + len(units) : len(left) + len(units) + 2], default=0.0)
        of_changes = [self._of_change(passage, change) for change in path.changes]
        kinds = [kind for kind, *_ in of_changes]
        stands, would = "".join(left[-LONGEST_WORD + 1 :]), "".join(right[: LONGEST_WORD - 1])
        term, phrase = self._completes("".join(left), whole.after, "".join(right))
        return (
            *(float(kinds.count(name)) for name in KINDS),
            float(len(kinds) - 1),
            path.gain,
            backward,
            min(path.gain, backward),
            max(ahead[changed], default=0.0),
            max(behind[changed], default=0.0),
            rest,
            float(longest_word(stands, whole.after, would, self.knowledge.words)),
            float(window.word),
            term,
            phrase,
            *(sum(values) for values in zip(*(rest for _, *rest in of_changes), strict=True)),
        )

    def _of_change(self, passage: Passage, change: Reading) -> tuple[str, *tuple[float, ...]]:
        """Return a change's kind, and the features from "channel_han" to "at_end_in_table"."""
        before, at = passage.tokens[change.first : change.last], change.first
        kind = _kind(before, list(change.after))
        single = len(before) <= 1 >= len(change.after)
        known = single or change.after in self.confusions.merged("".join(before))
        channel = self.confusions.gain("".join(before), change.after) if known else 0.0
        han = kind in OF_HAN
        substitution = kind == "substitution" and single
        similarity = self.knowledge.glyphs.similarity(before[0], change.after) if substitution else 0.0
        sound = self.confusions.alike(before[0], change.after) if substitution else 0.0
        count = self.knowledge.neighbours.count
        rarity = math.log10((count(change.after) + 1) / (count(before[0]) + 1)) if substitution else 0.0
        suspicion = passage.wrong[at] if before else max(passage.lost[at], passage.wrong[at], passage.wrong[at - 1])
        edge = float(max(passage.edge[max(0, at - (not before)) : at + 1]))
        number = NUMBER in passage.tokens[max(0, at - 1) : change.last + 1]
        rule = passage.cell and (at == 0 or change.last >= len(passage.tokens) - 1)
        at_end = not before and passage.tokens[at] == END
        return (
            kind, channel * han, channel * (not han), similarity, sound, float(substitution and similarity == sound == 0), rarity,
            math.log(max(suspicion, 1e-6)), edge, float(number), float(rule), float(not before and at in passage.breaks),
            float(at_end), float(at_end and passage.prose), float(at_end and passage.prose and passage.cell),
        )  # fmt: skip

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
        self.left = passage.tokens[first - CONTEXT : first] if first >= CONTEXT else [END, *passage.tokens[:first]]
        self.right = passage.tokens[last : last + CONTEXT]
        self._knowledge = knowledge

    def gain(self, after: list[str]) -> float:
        """Return by how much the forward model prefers `after` here, in log10."""
        return self._knowledge.language.score(self.left + after + self.right) - self._as_it_stands

    @cached_property
    def _as_it_stands(self) -> float:
        return self._knowledge.language.score(self.left + self.before + self.right)

    @cached_property
    def behind(self) -> float:
        """The window's surprise read backward, in log10."""
        return sum(self._knowledge.language.surprisal_backward(self.left + self.before + self.right))

    @cached_property
    def word(self) -> int:
        """The length of the longest word that stands here, across the seam if nothing does."""
        left, right = "".join(self.left[-LONGEST_WORD + 1 :]), "".join(self.right[: LONGEST_WORD - 1])
        return longest_word(left, "".join(self.before), right, self._knowledge.words)


def _punctuated(passage: Passage, changes: tuple[Reading, ...], memory: Memory) -> tuple[float, float, float, float]:
    """Return how the page sets its stops: at ends of sentences like this one; in this passage itself; a second colon in one sentence; a list of clauses."""
    stops = inside = second = listed = 0.0
    for change in changes:
        here = passage.tokens[change.first : change.last]
        if not here and passage.prose and passage.tokens[change.first] == END and change.after in STOPS:
            stops += memory.stopped(passage)
            inside += "。" in passage.tokens
        elif (here == ["："] or change.after == "；") and (here or change.after)[0] in SENTENCE:
            sentence = _sentence(passage.tokens, change.first, change.last)
            second += float(here == ["："] and "：" in sentence[0] and not ITEMS.isdisjoint(passage.tokens[change.last : change.last + 1]))
            listed += float(change.after == "；" and ("；" in sentence[0] or "；" in sentence[1]))
    return stops, inside, second, listed


def _listed(passage: Passage, site: range) -> Iterator[Reading]:
    """Yield the stops that the other items of a list have, before an item that has none or another mark."""
    for index in site:
        if passage.items.get(index):
            yield Reading(index, index, passage.items[index])
        if passage.items.get(index + 1) and passage.tokens[index] in SENTENCE:
            yield Reading(index, index + 1, passage.items[index + 1])


def _itemised(passage: Passage, changes: tuple[Reading, ...]) -> tuple[float, float, float]:
    """Return how many stops come to stand before items of lists; how many of those that the other items have, within a paragraph and at its end.

    At its end less is proved: 八、公告期限 may follow a line of prose or a line of a form.
    """
    stops = usual = at_end = 0.0
    for change in changes:
        behind = change.last if change.last - change.first <= 1 else -1
        if behind in passage.items:
            here, expected = "".join(passage.tokens[change.first : change.last]), passage.items[behind]
            agrees = (change.after == expected) - (here == expected) if expected else 0.0
            if passage.tokens[behind] == END:
                at_end += agrees
            else:
                stops += (change.after in STOPS and here != "，") - (here in STOPS)  # 一是…，二是… is as usual
                usual += agrees
    return stops, usual, at_end


def _lengths(passage: Passage, changes: tuple[Reading, ...]) -> tuple[float, float]:
    """Return how long a sentence a new full stop ends, and how long a one it begins (logarithms of tokens); less for one that goes."""
    before = behind = 0.0
    for change in changes:
        made = (change.after == "。") - (passage.tokens[change.first : change.last] == ["。"])
        if made:
            left, right = _sentence(passage.tokens, change.first, change.last)
            before, behind = before + made * math.log1p(len(left)), behind + made * math.log1p(len(right))
    return before, behind


def _sentence(units: list[str], first: int, last: int) -> tuple[list[str], list[str]]:
    """Return what stands before and behind a place in its sentence."""
    start = max((place for place in range(first) if units[place] == "。"), default=-1) + 1
    end = next((place for place in range(last, len(units)) if units[place] == "。"), len(units))
    return units[start:first], units[last:end]


def joined(passage: Passage, changes: tuple[Reading, ...]) -> Reading:
    """Return several changes as one, with what stands between them."""
    first, last = changes[0].first, changes[-1].last
    written, done = "", first
    for change in changes:
        written += "".join(passage.tokens[done : change.first]) + change.after
        done = change.last
    return Reading(first, last, written)


def _allowed(passage: Passage, changes: tuple[Reading, ...]) -> bool:
    """Tell whether changes leave quotes alone, and fewer brackets without their partner if they touch any."""
    touched = {unit for change in changes for unit in (*change.after, *passage.tokens[change.first : change.last])}
    if not ALONE.isdisjoint(touched):
        return False
    if BRACKETS.isdisjoint(touched):
        return True
    start, end = max(0, changes[0].first - PARTNERS), changes[-1].last + PARTNERS
    return unmatched(written(passage, changes, start, end)) < unmatched(passage.tokens[start:end])


def written(passage: Passage, changes: tuple[Reading, ...], start: int = 0, end: int | None = None) -> list[str]:
    """Return the passage's tokens, or a stretch of them, with some changes made."""
    units, done = [], start
    for change in changes:
        units += [*passage.tokens[done : change.first], *change.after]
        done = change.last
    return units + passage.tokens[done:end]


def unmatched(units: Iterable[str]) -> int:
    """Return how many brackets have no partner."""
    opened: list[str] = []
    alone = 0
    for unit in units:
        if unit in CLOSES.values():
            opened.append(unit)
        elif unit in CLOSES:
            if opened and opened[-1] == CLOSES[unit]:
                opened.pop()
            else:
                alone += 1
    return alone + len(opened)


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

