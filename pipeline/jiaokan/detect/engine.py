"""What the engine itself says: where it was less sure than elsewhere on the page, a fault is likelier.

Engines differ in what they call sure (of two readings of one page one has 0.99 throughout, the other 0.9), so that a word or line
is only compared with the rest of its page.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jiaokan.model import Document

    Floats = NDArray[np.float64]

SUREST = 0.997  # an engine's 1.000 is no certainty
MOST = 2.0  # log odds by which a box may stand apart from its page
Steps = tuple[tuple[int, float], ...]


def engine_doubts(document: Document) -> Steps:
    """Return how much less sure the engine was than it usually is on this page, from each place of the text on: log odds.

    Steps in order of place; none where the engine says nothing.
    """
    boxes = [box for box in document.boxes if box.confidence is not None and box.span.start < box.span.end]
    if not boxes:
        return ()
    sure = _log_odds(np.array([box.confidence for box in boxes]))
    lengths = np.array([box.span.end - box.span.start for box in boxes])
    usual = _weighted_median(sure, lengths)
    ends = [edit.span.end for edit in document.applied]
    shifts = [0, *accumulate(len(edit.after or "") - len(edit.before) for edit in document.applied)]
    steps: dict[int, float] = {}
    for box, doubt in zip(boxes, np.clip(usual - sure, -MOST, MOST), strict=True):
        start, end = (place + shifts[bisect_right(ends, place)] for place in box.span)
        steps[start] = float(doubt)
        steps.setdefault(end, 0.0)
    return tuple(sorted(steps.items()))


def at(steps: Steps, places: NDArray[np.int64]) -> Floats:
    """Return what the steps say at each place."""
    if not steps:
        return np.zeros(len(places))
    starts, values = (np.array(column) for column in zip(*steps, strict=True))
    found = np.searchsorted(starts, places, side="right") - 1
    return np.asarray(np.where(found >= 0, values[found], 0.0))


def _log_odds(chances: Floats) -> Floats:
    inside = np.clip(chances, 1 - SUREST, SUREST)
    return np.asarray(np.log(inside / (1 - inside)))


def _weighted_median(values: Floats, weights: NDArray[np.int64]) -> float:
    order = values.argsort(kind="stable")
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
