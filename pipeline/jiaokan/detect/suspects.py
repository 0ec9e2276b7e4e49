"""Where the engine probably failed: each character's probability of being wrong, from the language model both ways.

A wrong character is unlikely after what precedes it, unlikely before what follows it, and makes its neighbours
unlikely. A lost one leaves a seam: the next character is unlikely forward, the one before it backward.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from jiaokan.detect.edges import edge_evidence
from jiaokan.knowledge.language import NUMBER, WORD, tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jiaokan.knowledge.language import LanguageModel

    Floats = NDArray[np.float64]

LONGEST = 2000  # characters scored at once; a longer cell is cut behind a full stop where there is one
PASSAGE = re.compile(rf"[^\t\r\n]{{1,{LONGEST}}}(?<=[。；])|[^\t\r\n]{{1,{LONGEST}}}")
USUAL_DAMAGE = 0.01  # faults per character of a page we know nothing of
BATCH = 256  # passages worked out at a time: enough to keep numpy busy, few enough to keep memory flat
GAP = 2  # rows between them: as far as a feature looks
CEILING = 6.0  # −log10 P counted at most: beyond it the model only says "never seen"
CHARACTER_FEATURES = ("f", "b", "least", "f_next", "f_after_next", "b_before", "b_before_last", "mark", "bias")
SEAM_FEATURES = ("f", "b_before", "least", "f_next", "b_before_last", "beside_mark", "bias")
MARKS = frozenset("，。；：？！、（）\"'〔〕《》—·….%~/")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one cell or line as the language model sees it.

    `starts[i]` is where token i begins in the document's text; `wrong[i]` is P(token i was misread) and `lost[i]`
    P(something is lost right before token i). Numbers and Latin words are not judged: `wrong` is 0 for them.
    """

    start: int
    text: str
    tokens: list[str]
    starts: list[int]
    wrong: Floats
    lost: Floats
    edge: Floats  # what token i's place in the printed line says of a fault, in nats


def passages(text: str, language: LanguageModel, weights: Mapping[str, Mapping[str, float]]) -> Iterator[Passage]:
    """Yield the passages of a text with the probabilities of fault, in order; BATCH of them are worked out at a time."""
    matches = (match for match in PASSAGE.finditer(text) if not match[0].isspace())
    while batch := [(match, *tokens(match[0])) for match in islice(matches, BATCH)]:
        character, seam = features([units for _, units, _ in batch], language)
        all_wrong = _logistic(character, weights["character"], CHARACTER_FEATURES)
        all_lost = _logistic(seam, weights["seam"], SEAM_FEATURES)
        place = 0
        for match, units, starts in batch:
            wrong, lost = all_wrong[place : place + len(units)], all_lost[place : place + len(units)]
            place += len(units) + GAP
            wrong[[index for index, unit in enumerate(units) if unit in (NUMBER, WORD)]] = 0.0
            edge = edge_evidence(match[0], starts, np.maximum(wrong, lost))
            yield Passage(match.start(), match[0], units, [match.start() + start for start in starts], wrong, lost, edge)


def features(batch: Sequence[list[str]], language: LanguageModel) -> tuple[Floats, Floats]:
    """Return (n × 9, n × 7) matrices: what is known of each token, and of the seam before each.

    The passages of the batch lie one behind the other with GAP empty rows between them, so that none sees its neighbour.
    """
    nothing = [0.0] * GAP
    forward = np.minimum([value for units in batch for value in (*language.surprisal(units), *nothing)], CEILING)
    backward = np.minimum([value for units in batch for value in (*language.surprisal_backward(units), *nothing)], CEILING)
    mark = np.array([unit in MARKS for units in batch for unit in (*units, *[""] * GAP)], dtype=float)
    ones = np.ones(len(mark))
    f_next, f_after = _shifted(forward, -1), _shifted(forward, -2)
    b_before, b_last = _shifted(backward, 1), _shifted(backward, 2)
    character = (forward, backward, np.minimum(forward, backward), f_next, f_after, b_before, b_last, mark, ones)
    seam = (forward, b_before, np.minimum(forward, b_before), f_next, b_last, np.maximum(mark, _shifted(mark, 1)), ones)
    return np.column_stack(character), np.column_stack(seam)


def _shifted(values: Floats, by: int) -> Floats:
    """Return the values moved by some places, zero where none comes in."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _logistic(matrix: Floats, weights: Mapping[str, float], names: tuple[str, ...]) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-(matrix @ np.array([weights[name] for name in names])))))
