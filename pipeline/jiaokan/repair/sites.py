"""Which places of a passage are looked at, and how closely: everything else is left alone, unscored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from jiaokan.detect.suspects import MARKS, Passage
from jiaokan.knowledge.language import END

GLANCE = 0.25  # of the doubt that is worth a close look, from which a place is compared with the rest of the document, which costs little
SOUND = 0.02  # estimated faults per character of a sound form: names, codes and short cells look odd to the model
CLOSEST = 3.0  # times more closely a broken page is looked at
STOPS = frozenset("。；：！？…")
CLOSING = frozenset('）"》〕%')  # marks behind which a stop may follow
WIDEST = 6  # tokens; a longer broken stretch is taken in pieces


class Site(NamedTuple):
    """A run of suspicious tokens; a seam belongs to the token behind it. `close`: worth every reading, not only parallels."""

    tokens: range
    close: bool


def sites(passage: Passage, damage: float) -> Iterator[Site]:
    """Yield the suspicious runs of a passage, in order.

    `damage` is how many faults a character of this part of the document has: a broken page is looked at more closely.
    """
    lift = min(CLOSEST, max(1.0, damage / SOUND))
    spaced = _spaced(passage)
    ends = sorted({*_unstopped(passage), *_unlisted(passage)})
    if passage.worst * lift < GLANCE and not spaced and not ends:
        return
    suspicious = sorted({*np.flatnonzero(passage.doubt >= GLANCE / lift).tolist(), *spaced, *ends})
    close = {place for place in suspicious if passage.doubt[place] >= 1 / lift}.union(ends)
    start = 0
    for place in range(1, len(suspicious) + 1):
        here = suspicious[place - 1]
        runs_on = place < len(suspicious) and suspicious[place] == here + 1 and (here + 1 in close) == (here in close)
        if not runs_on or place - start == WIDEST:
            yield Site(range(suspicious[start], here + 1), here in close)
            start = place


def _unstopped(passage: Passage) -> list[int]:
    """Return the end of sentences that no stop ends: whether one is lost the page's other ends tell better than the model."""
    units = passage.tokens
    return [len(units) - 1] if passage.prose and units[-1] == END and units[-2] not in STOPS else []


def _unlisted(passage: Passage) -> list[int]:
    """Return the items of lists before which no stop stands, and the mark that stands there instead."""
    units = passage.tokens
    open_items = [index for index, usual in passage.items.items() if units[index - 1] not in STOPS and (units[index - 1] != "，" or usual not in ("", "，"))]
    return [index - (units[index - 1] in MARKS and units[index - 1] not in CLOSING) for index in open_items]


def _spaced(passage: Passage) -> list[int]:
    """Return the tokens before which a space is left: something may be lost. Behind a number the distance is the number's own."""
    starts = passage.starts
    if starts[-1] - starts[0] == len(starts) - 1:
        return []
    return [index for index in range(1, len(starts)) if starts[index] - starts[index - 1] > 1 and passage.wrong[index] > 0 and passage.wrong[index - 1] > 0]
