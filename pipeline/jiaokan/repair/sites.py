"""Which places of a passage are looked at, and how closely: everything else is left alone, unscored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from jiaokan.detect.suspects import Passage

# P(misread) and P(lost) from which every reading of a place is weighed; below a fifth (a tenth) one look in fifty finds a
# fault (development pairs).
WRONG, LOST = 0.2, 0.1
STOPS, WRONG_STOP = frozenset("。：；、，"), 0.1  # a stop between two halves of a word is less odd to the model than a wrong character
GLANCE = 0.25  # share of them from which a place is compared with the rest of the document, which costs little
SOUND = 0.02  # estimated faults per character of a sound form: names, codes and short cells look odd to the model
CLOSEST = 2.0  # times more closely a broken page is looked at
WIDEST = 4  # tokens; a longer broken stretch is taken in pieces


class Site(NamedTuple):
    """A run of suspicious tokens; a seam belongs to the token behind it. `close`: worth every reading, not only parallels."""

    tokens: range
    close: bool


def sites(passage: Passage, damage: float) -> Iterator[Site]:
    """Yield the suspicious runs of a passage, in order.

    `damage` is how many faults a character of this part of the document has: a broken page is looked at more closely.
    """
    lift = np.exp(passage.edge) * min(CLOSEST, max(1.0, damage / SOUND))
    starts = np.array(passage.starts)
    spaced = np.concatenate(([False], np.diff(starts) > 1)) & (passage.wrong > 0)  # a space is left here: something may be lost
    spaced[1:] &= passage.wrong[:-1] > 0  # behind a number the distance is the number's own
    stops = np.array([unit in STOPS for unit in passage.tokens])
    doubt = np.maximum(passage.wrong / np.where(stops, WRONG_STOP, WRONG), passage.lost / LOST) * lift
    suspicious = np.flatnonzero((doubt >= GLANCE) | spaced).tolist()
    start = 0
    for place in range(1, len(suspicious) + 1):
        if place == len(suspicious) or suspicious[place] != suspicious[place - 1] + 1 or place - start == WIDEST:
            run = range(suspicious[start], suspicious[place - 1] + 1)
            yield Site(run, bool(doubt[run.start : run.stop].max() >= 1))
            start = place
