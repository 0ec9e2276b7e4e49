"""Quotation marks that lost their partner: where the other one stood, the language model tells."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.knowledge.language import fold
from jiaokan.repair.channel import Window
from jiaokan.repair.lattice import NATS

if TYPE_CHECKING:
    from jiaokan.detect.suspects import Passage
    from jiaokan.knowledge.load import Knowledge

OPEN, CLOSE = "“", "”"
QUOTE = fold(OPEN)  # to the model all quotes are alike
REACH = 40  # tokens a quotation is long at most
SHORTEST = 1  # token between the marks
PROBABLE = 0.3  # of a place from which it is proposed


class LostQuote(NamedTuple):
    """A quotation mark missing before a token, and how sure its place is."""

    before: int
    mark: str
    chance: float


def lost_quotes(passage: Passage, knowledge: Knowledge) -> Iterator[LostQuote]:
    """Yield the partners that single quotation marks of a passage lack. “As it stands” is among the rivals, with the odds of the model."""
    for mark, seams in _alone(passage):
        gains = {seam: _gain(passage, seam, knowledge) for seam in seams}
        highest = max([0.0, *gains.values()])
        total = math.exp(-highest) + sum(math.exp(gain - highest) for gain in gains.values())
        best = max(gains, key=lambda seam: gains[seam], default=None)
        if best is not None and (chance := math.exp(gains[best] - highest) / total) >= PROBABLE:
            yield LostQuote(best, mark, chance)


def _alone(passage: Passage) -> Iterator[tuple[str, range]]:
    """Yield the kind of mark that is missing, and the seams where it may have stood: behind the quotation before, up to its partner."""
    opened: int | None = None
    behind = 0
    for place, unit in enumerate(passage.tokens):
        if unit != QUOTE:
            continue
        mark = passage.text[passage.starts[place] - passage.start]
        if mark not in (OPEN, CLOSE):
            return  # straight ones do not say which they are
        if mark == OPEN and opened is not None:
            yield CLOSE, _closing(opened, place)
        elif mark == CLOSE and opened is None:
            yield OPEN, range(max(behind, place - REACH), place - SHORTEST + 1)
        opened = place if mark == OPEN else None
        behind = place + 1
    if opened is not None:
        yield CLOSE, _closing(opened, len(passage.tokens) - 1)


def _closing(opened: int, end: int) -> range:
    return range(opened + 1 + SHORTEST, min(end, opened + REACH) + 1)


def _gain(passage: Passage, seam: int, knowledge: Knowledge) -> float:
    """Return by how much the models, mean of both ways, prefer a quotation mark here, in nats."""
    window = Window(passage, seam, seam, knowledge)
    backward = window.behind - sum(knowledge.language.surprisal_backward([*window.left, QUOTE, *window.right]))
    return NATS * (window.gain([QUOTE]) + backward) / 2
