"""How damaged a page was, as far as the page alone can tell: an estimate, for the whole, its sections and its fields.

Each character has a probability of being wrong; their sum is the expected number of errors. The probabilities are
calibrated on pages read by real engines (corpus/README.md#estimates).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from jiaokan.detect.engine import engine_doubts
from jiaokan.detect.suspects import MARKS, Passage, blanks_taken, sets_blanks
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.language import END, NUMBER, WORD
from jiaokan.model import Document, Part, Quality, Span
from jiaokan.script import is_han

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jiaokan.knowledge.load import Knowledge

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

LOSSLESS = frozenset(
    {"invisible_characters", "compatibility_ideographs", "rare_twins", "table_rules", "cell_edges", "punctuation_spaces", "han_spaces"}
    | {"split_codes", "split_phones", "number_brackets", "ranges", "grouping"}
)
ODDS = 10.0  # added to a proposal's log odds, so that none at all is 0 and every proposal more
SHARED = 0.3  # of an engine's errors, by which the estimates of all its pages are off together (estimates.toml, per engine)
NINETY = 1.645  # standard deviations either side of the mean that hold 90 % of a normal distribution


class Rate(NamedTuple):
    """An estimated error rate with its 90 % interval."""

    characters: int
    errors: float
    rate: float
    low: float
    high: float


class Doubts(NamedTuple):
    """Each character of the original but white space, in order: its place, what is known of it, and whether a signal judged it."""

    places: Places
    features: Floats  # n × len(FEATURES)
    judged: int  # characters that a signal could judge


FEATURES = (
    "misread", "seam", "seam_behind", "misread_behind", "misread_before", "around", "edge", "number", "latin", "mark", "han", "proposal",
    "proposed", "flagged", "recoded", "page_misread", "page_seams", "page_proposed", "page_spaced", "page_stops",
    "number_page_misread", "latin_page_misread", "mark_page_misread", "number_page_proposed", "latin_page_proposed", "mark_page_proposed",
)  # fmt: skip
AROUND = 10  # characters either side that make the neighbourhood
LEAST = 1e-4  # probabilities are told apart down to here
SPARSE = 1e-3  # shares of a page, down to here


def doubts(document: Document, normalised: Document, knowledge: Knowledge) -> Doubts:
    """Return what is known of each character: the language model's view of the `normalised` text, and the edits of the cleaned `document`."""
    passages = knowledge.passages(normalised.text, sets_blanks(normalised), engine_doubts(normalised))
    if not passages:
        return Doubts(np.zeros(0, dtype=np.int64), np.zeros((0, len(FEATURES))), 0)
    wrong, lost, edge = (np.concatenate([getattr(passage, name) for passage in passages]) for name in ("wrong", "lost", "edge"))
    units = [unit for passage in passages for unit in passage.tokens]
    starts = np.array([start for passage in passages for start in passage.starts])
    number, latin, mark, han = (
        np.array([test(unit) for unit in units], dtype=float)
        for test in (NUMBER.__eq__, WORD.__eq__, MARKS.__contains__, lambda unit: is_han(unit[0]))
    )
    first = np.zeros(len(units), dtype=bool)  # of its passage: nothing stands before it
    first[np.cumsum([0, *(len(passage.tokens) for passage in passages[:-1])])] = True
    misread, seam = np.where(number + latin > 0, 0.0, _logit(wrong)), _logit(lost)
    behind, before = np.append(~first[1:], [False]), ~first  # is there a neighbour on that side?
    suspicion = np.maximum(wrong, lost)
    around = (_window(suspicion) - suspicion) / (2 * AROUND)
    lengths = np.array([_length(normalised.text, start, unit, end) for start, unit, end in _extents(passages)])
    places = np.repeat(starts, lengths) + _counted(lengths)
    where = _original(normalised, places)
    proposal, flagged, recoded = (marks[where] for marks in _edited(document))
    page = [
        math.log(float(wrong[han > 0].mean() if han.any() else 0) + LEAST), math.log(float(lost.mean()) + LEAST),
        math.log(float((proposal != 0).mean()) + SPARSE), math.log(blanks_taken(document) + SPARSE), math.log(float(mark.mean()) + SPARSE),
    ]  # fmt: skip
    nothing = _logit(0.0)
    seam_behind, misread_behind = (np.where(behind, np.roll(values, -1), nothing) for values in (seam, _logit(wrong)))
    misread_before = np.where(before, np.roll(_logit(wrong), 1), nothing)
    context = (seam_behind, misread_behind, misread_before, np.log(around + SPARSE), edge)
    of_tokens = np.column_stack([misread, seam, *context, number, latin, mark, han])[np.repeat(np.arange(len(units)), lengths)]
    of_page = np.broadcast_to(page, (len(where), len(page)))
    kinds = of_tokens[:, 7:10]
    matrix = np.column_stack([of_tokens, proposal, proposal != 0, flagged, recoded, of_page, kinds * page[0], kinds * page[2]])
    order = where.argsort(kind="stable")
    return Doubts(where[order], matrix[order], int(lengths[number + latin == 0].sum()))


def chances(found: Doubts, weights: Mapping[str, float]) -> Floats:
    """Return each character's probability of being wrong, or of having lost what stood before it."""
    return np.asarray(1 / (1 + np.exp(-(found.features @ np.array([weights[name] for name in FEATURES]) + weights["bias"]))))


def estimate(document: Document, normalised: Document, knowledge: Knowledge) -> Document:
    """Return the document, cleaned and read, with its estimated error rate and that of each section and field.

    `normalised` is the document after the lossless rules and before the repairs.
    """
    found = doubts(document, normalised, knowledge)
    wrong = chances(found, knowledge.estimates["character"])
    spread = knowledge.estimates["spread"]

    def measured(spans: Iterable[Span]) -> tuple[int, float, float]:
        size, expected, variance = 0, 0.0, 0.0
        for start, end in spans:
            these = wrong[slice(*np.searchsorted(found.places, (start, end)))]
            size += sum(not char.isspace() for char in document.original[start:end])
            expected += float(these.sum()) * spread["errors_a_fault"]
            variance += float((these * (1 - these)).sum()) * spread["overdispersion"]
        return size, expected, variance + (spread["page"] * expected) ** 2

    whole = measured([Span(0, len(document.original))])
    rate = pooled([whole])
    parts = tuple(Part(scope, name, *measured(spans)) for scope, name, spans in _parts(document, knowledge))
    unjudged = 1 - min(found.judged, whole[0]) / max(whole[0], 1)
    return replace(document, quality=Quality(*whole, rate.rate, (rate.low, rate.high), unjudged, parts))


@dataclass(slots=True)
class Pool:
    """What the estimates of several parts come to, one part added after the other."""

    characters: int = 0
    errors: float = 0.0
    squares: float = 0.0  # of each part's expected errors
    variance: float = 0.0

    def add(self, characters: int, expected: float, variance: float) -> None:
        """Add a part's characters, expected errors and their variance."""
        self.characters += characters
        self.errors += expected
        self.squares += expected**2
        self.variance += variance

    def rate(self) -> Rate:
        """Return the rate of all parts together.

        Pages of one engine are misjudged alike: the interval of a thousand pages is not the thirtieth part of a page's.
        """
        alike = SHARED**2 * max(0.0, self.errors**2 - self.squares)
        spread = NINETY * math.sqrt(self.variance + alike)
        size = max(self.characters, 1)
        rate, low, high = (min(1.0, max(0.0, count / size)) for count in (self.errors, self.errors - spread, self.errors + spread))
        return Rate(self.characters, self.errors, rate, low, high)


def pooled(rows: Iterable[tuple[int, float, float]]) -> Rate:
    """Return the rate of several parts together, from each one's characters, expected errors and their variance."""
    pool = Pool()
    for row in rows:
        pool.add(*row)
    return pool.rate()


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


def _edited(document: Document) -> tuple[Floats, Floats, Floats]:
    """Return for each place of the original: the log odds of the repair proposed there, whether it is flagged, whether recoded.

    A lossless rule that changes more than space and width has recoded what it touched.
    """
    proposal, flagged, recoded = (np.zeros(len(document.original) + 1) for _ in range(3))
    for edit in document.edits:
        place = slice(edit.span.start, max(edit.span.end, edit.span.start + 1))
        if edit.after is None:
            flagged[place] = 1
        elif LOSSLESS.issuperset(edit.rule.split("+")):
            recoded[place] = _folded(edit.before) != _folded(edit.after)
        else:
            proposal[place] = np.maximum(proposal[place], _logit(edit.confidence) + ODDS)
    return proposal, flagged, recoded


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _extents(passages: Sequence[Passage]) -> Iterator[tuple[int, str, int]]:
    """Yield each token's start, the token, and where the next one begins."""
    for passage in passages:
        yield from zip(passage.starts, passage.tokens, [*passage.starts[1:], passage.start + len(passage.text)], strict=True)


def _length(text: str, start: int, unit: str, end: int) -> int:
    if unit == END:
        return 0
    return len(unit) if unit not in (NUMBER, WORD) else sum(not char.isspace() for char in text[start:end])


def _counted(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, 2 … within each token."""
    ends = np.cumsum(lengths)
    return np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)


def _window(values: Floats) -> Floats:
    """Return the sum of each value's neighbourhood."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    middle = np.arange(len(values))
    return np.asarray(sums[np.minimum(middle + AROUND + 1, len(values))] - sums[np.maximum(middle - AROUND, 0)])


def _logit(chance: Floats | float) -> Floats:
    inside = np.clip(chance, LEAST, 1 - LEAST)
    return np.asarray(np.log(inside / (1 - inside)))
