"""Which places of a passage are looked at: everything else is left alone, unscored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jiaokan.detect.suspects import Passage

WRONG = 0.10  # P(misread) from which a character is looked at; below, four in five looks are at sound text (dev split)
LOST = 0.03  # P(lost) from which a seam is looked at
WIDEST = 4  # tokens; a longer broken stretch is taken in pieces


def sites(passage: Passage) -> Iterator[range]:
    """Yield runs of suspicious tokens, in order; a seam belongs to the token behind it."""
    starts = np.array(passage.starts)
    spaced = np.concatenate(([False], np.diff(starts) > 1)) & (passage.wrong > 0)  # a space is left here: something may be lost
    spaced[1:] &= passage.wrong[:-1] > 0  # behind a number the distance is the number's own
    lift = np.exp(passage.edge)
    suspicious = np.flatnonzero((passage.wrong * lift >= WRONG) | (passage.lost * lift >= LOST) | spaced).tolist()
    start = 0
    for place in range(1, len(suspicious) + 1):
        if place == len(suspicious) or suspicious[place] != suspicious[place - 1] + 1 or place - start == WIDEST:
            yield range(suspicious[start], suspicious[place - 1] + 1)
            start = place
