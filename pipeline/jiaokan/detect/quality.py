"""How damaged a page was, as far as the page alone can tell."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from jiaokan.model import Document, Quality

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

NINETY = 1.645  # standard deviations either side of the mean that hold 90 % of a normal distribution


def estimate(document: Document, knowledge: Knowledge) -> Document:
    """Return the document with its estimated error rate: the faults mended so far, and each character's probability of fault.

    Comes after the lossless rules and before the repairs. The interval treats characters as independent; faults come in
    runs, so that it is the narrowest honest one.
    """
    characters = sum(not char.isspace() for char in document.original)
    expected = float(sum(max(len(edit.before), len(edit.after or "")) for edit in document.applied))
    variance = 0.0
    judged = 0
    for passage in knowledge.passages(document.text):
        for chances in (passage.wrong, passage.lost):
            expected += float(chances.sum())
            variance += float((chances * (1 - chances)).sum())
        judged += int((passage.wrong > 0).sum())
    spread = NINETY * math.sqrt(variance)
    size = max(characters, 1)
    rates = [min(1.0, max(0.0, count / size)) for count in (expected, expected - spread, expected + spread)]
    quality = Quality(characters, rates[0], (rates[1], rates[2]), 1 - min(judged, characters) / size)
    return replace(document, quality=quality)
