"""The likeliest printings of a suspicious run, by beam search: characters changed, lost or intruding, one or several together.

The search weighs language model and channel alone, cheaply; `Channel.weigh` then judges the few that are left by all that is known.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from jiaokan.detect.suspects import UNJUDGED, Passage
from jiaokan.knowledge.language import END
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.confusions import Slips
    from jiaokan.knowledge.language import LanguageModel, Neighbours

AHEAD = 4  # tokens behind the run that judge its end: one less than the order of the model
BEAM, BLIND = 5, 3  # paths kept at each token: judged with the token that follows, and without it
KEPT = 8  # paths handed on
LIKELY = 3  # of what the channel thinks likeliest, tried whatever the neighbours
FITTING, FITTING_BOTH = 4, 6  # of what the channel thinks possible, tried if it suits one neighbour, or both, or makes a word with one
COMMON_BOTH, COMMON_ONE = 4, 2  # tried because both neighbours, or one, are often seen beside them
MARKS_LOST = 4  # marks tried in every seam that is looked at
REMEMBERED = 20_000  # places whose candidates are kept
CHANGE = 1.0  # nats a change costs in the search beyond its channel's own
NATS = 2.302585  # in one log10
WEIGHT_HAN, WEIGHT_MARK = 0.5, 0.8  # of the channel in the search: of one Han character for another it says less than the sentence
MARGIN = 7.0  # nats by which a path may fall behind the text as it stands, or the best path
EDGE = ""
ALONE = frozenset("\"'□☐☑■√✓│┃")  # quotes, of which no neighbour can tell which of two is amiss; tick boxes and borders: never touched
WORDS, IN_WORDS = 12, 40  # words tried where two tokens of a run stand, made of that many of the channel's likeliest for each


class Reading(NamedTuple):
    """One change: `after` stands where tokens `first` to `last` (exclusive) of the passage stand now."""

    first: int
    last: int
    after: str


class Path(NamedTuple):
    """A way to read a run: its changes in order, what the language model prefers it by (log10), and what the channel says (nats, weighted)."""

    changes: tuple[Reading, ...]
    gain: float
    channel: float


# A path under way: its worth so far in nats, log10 P of its tokens, its channel, the language model's state, its changes.
_Hypothesis = tuple[float, float, float, Any, tuple[Reading, ...]]


class Lattice:
    """Proposes the paths through a run."""

    def __init__(self, language: LanguageModel, neighbours: Neighbours, slips: Slips, words: frozenset[str]) -> None:
        """Take the models to search with."""
        self._language = language
        self._slips = slips
        self._neighbours = neighbours
        self._words = words
        self._instead = lru_cache(REMEMBERED)(self._all_instead)
        self._between = lru_cache(REMEMBERED)(self._all_between)
        self._in_words = lru_cache(REMEMBERED)(self._all_words)
        self.weighted = lru_cache(REMEMBERED)(self._weighted)
        self._possible = lru_cache(REMEMBERED)(lambda char: frozenset(slips.printed(char)))

    def _weighted(self, read: str, printed: str) -> float:
        """Return what the channel says of a reading, as the search weighs it."""
        return (WEIGHT_HAN if is_han(printed) and is_han(read) else WEIGHT_MARK) * self._slips.gain(read, printed)

    def paths(self, passage: Passage, run: range, seams: frozenset[int], page: Page) -> list[Path]:
        """Return the likeliest changed paths through the tokens of a run, best first; something may be lost before tokens in `seams`.

        Gains are against the run as it stands, with the tokens around it. `page` says what stands next to what on the page.
        """
        units, step = passage.tokens, self._language.step
        state: Any = None
        for token in context(units, run.start):
            _, state = step(state, token)
        hypotheses: list[_Hypothesis] = [(0.0, 0.0, 0.0, state, ())]
        for index in run:
            following = units[index + 1] if index + 1 < len(units) else EDGE
            hypotheses = self._best(self._onward(units, index, hypotheses, page, run, seam=index in seams), following)
        found = []
        for _, total, channel, after, changes in hypotheses:
            for token in units[run.stop : run.stop + AHEAD]:
                score, after = step(after, token)
                total += score
            found.append(Path(changes, total, channel))
        as_it_stands = next(path.gain for path in found if not path.changes)
        changed = [path._replace(gain=path.gain - as_it_stands) for path in found if path.changes]
        return sorted(changed, key=lambda path: -(NATS * path.gain + path.channel))[:KEPT]

    def _onward(self, units: list[str], index: int, hypotheses: list[_Hypothesis], page: Page, run: range, *, seam: bool) -> list[_Hypothesis]:
        """Return what the hypotheses become across one token; those that fall far behind the text as it stands are not followed.

        Two tokens read for one character are its change at the first and its other half at the second.
        """
        here = units[index]
        before = units[index - 1] if index else END
        after = units[index + 1] if index + 1 < len(units) else EDGE
        step, score_of, new_state, gain = self._language.step, self._language.base_score, self._language.new_state, self.weighted
        instead: list[tuple[str, float]] = []
        between: list[tuple[str, float]] = []
        drop, halves = None, self._slips.merged(units[index - 1] + here) if index > run.start else ()
        if here not in UNJUDGED:
            known = self._instead(before, here, after)
            behind, ahead = page.behind(before), page.before(after)
            here_too = ((self._possible(here) & (behind | ahead)) | {char for char in behind & ahead if is_han(char)}).difference(known, here)
            words = self._in_words(before, here)[1] if index > run.start else ()
            words += self._in_words(here, after)[0] if index + 1 < run.stop else ()
            wholes = self._slips.merged(here + after) if index + 1 < run.stop else ()
            instead = [(char, gain(here, char)) for char in dict.fromkeys((*known, *sorted(here_too), *words, *wholes))]
            drop = gain(here, "") if index else None
        if seam and index:
            between = [(char, gain("", char)) for char in self._between(before, here)]
        found: list[_Hypothesis] = []
        floor = -1e9
        for worth, language, channel, state, changes in hypotheses:
            score, following = step(state, here)
            standing = worth + NATS * score
            floor = max(floor, standing - MARGIN)
            found.append((standing, language + score, channel, following, changes))
            for char, likely in instead:
                following = new_state()
                score = score_of(state, char, following)
                total = worth + NATS * score + likely - CHANGE
                if total > floor:
                    found.append((total, language + score, channel + likely, following, (*changes, Reading(index, index + 1, char))))
            if halves and changes and changes[-1].last == index and changes[-1].after in halves:
                whole = Reading(index - 1, index + 1, changes[-1].after)
                likely = gain(units[index - 1] + here, whole.after) - gain(units[index - 1], whole.after)
                found.append((worth + likely, language, channel + likely, state, (*changes[:-1], whole)))
            elif drop is not None:
                found.append((worth + drop - CHANGE, language, channel + drop, state, (*changes, Reading(index, index + 1, ""))))
            for char, likely in between:
                following = new_state()
                score = score_of(state, char, following)
                total = worth + NATS * score + likely - CHANGE
                if total > floor:
                    score_here, following = step(following, here)
                    found.append((total + NATS * score_here, language + score + score_here, channel + likely, following, (*changes, Reading(index, index, char))))
        return found

    def _best(self, found: list[_Hypothesis], following: str) -> list[_Hypothesis]:
        """Return the best hypotheses, judged with the token that follows, the best judged without it, and the one without a change.

        What follows may be wrong itself: 信 before 细 is unlikely until 细 is 息.
        """
        score_of, scratch = self._language.base_score, self._language.new_state()
        following = "</s>" if following == END else following
        ranked = sorted(((hypothesis[0] + (NATS * score_of(hypothesis[3], following, scratch) if following else 0.0), hypothesis) for hypothesis in found), key=_worth)
        least = ranked[0][0] - MARGIN
        kept = [hypothesis for worth, hypothesis in ranked[:BEAM] if worth > least]
        kept += [hypothesis for _, hypothesis in sorted(ranked[BEAM:], key=_blind_worth)[:BLIND]]
        return kept if any(not hypothesis[-1] for hypothesis in kept) else [*kept, next(hypothesis for hypothesis in found if not hypothesis[-1])]

    def _all_instead(self, before: str, here: str, after: str) -> tuple[str, ...]:
        """Return what may have been printed for `here`: what the channel knows, and what suits its neighbours."""
        follow, precede = self._neighbours.successors(before), self._neighbours.predecessors(after)
        possible, words = self._slips.printed(here), self._words
        found = dict.fromkeys(possible[:LIKELY])
        fitting = [char for char in possible[LIKELY:] if char in follow or char in precede]
        found.update(dict.fromkeys([char for char in fitting if char in follow and char in precede][:FITTING_BOTH]))
        found.update(dict.fromkeys([char for char in possible[LIKELY:] if before + char in words or char + after in words][:FITTING_BOTH]))
        found.update(dict.fromkeys(fitting[:FITTING]))
        found.update(dict.fromkeys(_suited(follow, precede)))
        found.pop(here, None)
        return tuple(found)

    def _all_between(self, before: str, after: str) -> tuple[str, ...]:
        """Return what may be lost between two tokens."""
        follow, precede = self._neighbours.successors(before), self._neighbours.predecessors(after)
        lost = [mark for mark in self._slips.lost(2 * MARKS_LOST) if mark not in ALONE][:MARKS_LOST]
        return tuple(dict.fromkeys([*lost, *_suited(follow, precede)]))

    def _all_words(self, one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what may have been printed for two tokens that are both wrong: 菅埋 → 管, 理. Alone, neither suits the other."""
        if one in UNJUDGED or other in UNJUDGED:
            return (), ()
        firsts, seconds = self._slips.printed(one)[:IN_WORDS], self._slips.printed(other)[:IN_WORDS]
        found = [(first, second) for first in firsts for second in seconds if first + second in self._words]
        likely = sorted(found, key=lambda pair: -self._slips.gain(one, pair[0]) - self._slips.gain(other, pair[1]))[:WORDS]
        return tuple(dict.fromkeys(first for first, _ in likely)), tuple(dict.fromkeys(second for _, second in likely))


class Page:
    """Which tokens stand next to which on a page."""

    def __init__(self, text: str) -> None:
        """Take the page's tokens, one character each."""
        self._behind: defaultdict[str, set[str]] = defaultdict(set)
        self._before: defaultdict[str, set[str]] = defaultdict(set)
        for one, other in set(itertools.pairwise(text)):
            self._behind[one].add(other)
            self._before[other].add(one)

    def behind(self, token: str) -> set[str]:
        """Return what follows a token somewhere."""
        return self._behind.get(token, set())

    def before(self, token: str) -> set[str]:
        """Return what precedes a token somewhere."""
        return self._before.get(token, set())


def context(units: list[str], place: int) -> list[str]:
    """Return what stands before a token, as far as the model looks; END where the paragraph begins."""
    return units[place - AHEAD : place] if place >= AHEAD else [END, *units[:place]]


def _suited(follow: str, precede: str) -> tuple[str, ...]:
    """Return what is commonest between two tokens: known beside both, then beside one."""
    shared = {char: rank for rank, char in enumerate(follow) if char in precede}
    both = sorted(shared, key=lambda char: shared[char] + precede.index(char))[:COMMON_BOTH]
    return *both, *follow[:COMMON_ONE], *precede[:COMMON_ONE]


def _blind_worth(ranked: tuple[float, _Hypothesis]) -> float:
    return -ranked[1][0]


def _worth(ranked: tuple[float, _Hypothesis]) -> float:
    return -ranked[0]
