"""How damaged a page was, as far as the page alone can tell: an estimate, for the whole, its sections and its fields.

Each character has a probability of being wrong; their sum is the expected number of errors. The probabilities are
calibrated on pages read by real engines (corpus/README.md#estimates).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from jiaokan.knowledge.families import Families
from jiaokan.model import Document, Part, Quality, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jiaokan.knowledge.load import Knowledge

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

NINETY = 1.645  # standard deviations either side of the mean that hold 90 % of a normal distribution


class Rate(NamedTuple):
    """An estimated error rate with its 90 % interval."""

    characters: int
    errors: float
    rate: float
    low: float
    high: float


class Doubts(NamedTuple):
    """Where something may be wrong: places in the original, in order, and the errors expected at each."""

    places: Places
    expected: Floats
    judged: int  # characters a signal could judge


def suspected(document: Document, knowledge: Knowledge) -> Doubts:
    """Return the doubts of a document whose lossless rules have run and whose repairs have not."""
    places, expected, judged = [], [], 0
    for passage in knowledge.passages(document.text):
        places.append(np.array(passage.starts))
        expected.append(passage.wrong + passage.lost)
        judged += int((passage.wrong > 0).sum())
    mended = document.applied
    where = _original(document, np.concatenate(places) if places else np.zeros(0, dtype=np.int64))
    places_of_edits = np.array([edit.span.start for edit in mended], dtype=np.int64)
    errors_of_edits = np.array([max(len(edit.before), len(edit.after or "")) for edit in mended], dtype=np.float64)
    everywhere = np.concatenate([where, places_of_edits])
    order = everywhere.argsort(kind="stable")
    return Doubts(everywhere[order], np.concatenate([*expected, errors_of_edits])[order], judged)


def estimate(document: Document, doubts: Doubts, knowledge: Knowledge) -> Document:
    """Return the document, read, with its estimated error rate and that of each section and field."""
    whole = _measured(document, doubts, [Span(0, len(document.original))])
    rate = pooled([whole])
    parts = tuple(Part(scope, name, *_measured(document, doubts, spans)) for scope, name, spans in _parts(document, knowledge))
    unjudged = 1 - min(doubts.judged, whole[0]) / max(whole[0], 1)
    return replace(document, quality=Quality(*whole, rate.rate, (rate.low, rate.high), unjudged, parts))


def pooled(rows: Sequence[tuple[int, float, float]]) -> Rate:
    """Return the rate of several parts together, from each one's characters, expected errors and their variance."""
    characters = sum(row[0] for row in rows)
    errors = sum(row[1] for row in rows)
    spread = NINETY * math.sqrt(sum(row[2] for row in rows))
    size = max(characters, 1)
    rate, low, high = (min(1.0, max(0.0, count / size)) for count in (errors, errors - spread, errors + spread))
    return Rate(characters, errors, rate, low, high)


def _measured(document: Document, doubts: Doubts, spans: Iterable[Span]) -> tuple[int, float, float]:
    """Return the characters in some spans of the original, the errors expected there and the variance of their number."""
    characters, expected, variance = 0, 0.0, 0.0
    for start, end in spans:
        first, last = np.searchsorted(doubts.places, (start, end))
        chances = doubts.expected[first:last]
        characters += sum(not char.isspace() for char in document.original[start:end])
        expected += float(chances.sum())
        variance += float((chances * np.maximum(1 - chances, 0)).sum())
    return characters, expected, variance


def _parts(document: Document, knowledge: Knowledge) -> Iterator[tuple[Literal["section", "field"], str, list[Span]]]:
    """Yield the scope, name and spans of each section and field that was read."""
    fields: dict[str, list[Span]] = {}
    for field in document.fields.values():
        if not field.inferred:
            fields.setdefault(field.label, []).append(field.span)
    family = Families.load(knowledge.home).by_name.get(document.family)
    for name, labels in family.sections.items() if family else ():
        spans = [span for label in labels for span in fields.get(label, ())]
        if spans:
            yield "section", name, spans
    if document.indicators:
        yield "section", "绩效指标", [indicator.span for indicator in document.indicators]
    for name, spans in fields.items():
        yield "field", name, spans


def _original(document: Document, places: Places) -> Places:
    """Return where places of the text stand in the original."""
    shift, starts, shifts = 0, [0], [0]
    for edit in document.applied:
        shift += len(edit.before) - len(edit.after or "")
        starts.append(edit.span.end - shift)
        shifts.append(shift)
    return np.asarray(places + np.array(shifts)[np.searchsorted(starts, places, side="right") - 1])
