"""Where the engine probably failed: each character's probability of being wrong, from the language model both ways.

A wrong character is unlikely after what precedes it, unlikely before what follows it, and makes its neighbours
unlikely. A lost one leaves a seam: the next character is unlikely forward, the one before it backward.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from jiaokan.detect.edges import edge_evidence
from jiaokan.detect.engine import Steps, at
from jiaokan.detect.series import items
from jiaokan.knowledge.language import END, NUMBER, WORD, tokens
from jiaokan.script import parted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from jiaokan.knowledge.confusions import Slips
    from jiaokan.knowledge.language import LanguageModel
    from jiaokan.model import Document

    Floats = NDArray[np.float64]

LONGEST = 2000  # characters scored at once; a longer cell is cut behind a full stop where there is one
CELL = re.compile(rf"[^\t\r\n]{{1,{LONGEST}}}(?![^\t\r\n])|[^\t\r\n]{{1,{LONGEST}}}(?<=[。；])|[^\t\r\n]{{1,{LONGEST}}}")
BREAK = re.compile(r"[ \u3000]*\r?\n[ \u3000]*")
ITEM = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）).、．]|第[一二三四五六七八九十百\d]{1,4}[章条]|附件|特此")
USUAL_DAMAGE = 0.01  # faults per character of a page we know nothing of
STOPS = frozenset("。：；、，.·<>〈")  # a stop between two halves of a word is less odd to the model than a wrong character
BATCH = 256  # passages worked out at a time: enough to keep numpy busy, few enough to keep memory flat
GAP = 2  # rows between them: as far as a feature looks
CEILING = 6.0  # −log10 P counted at most: beyond it the model only says "never seen"
CHARACTER_FEATURES = ("f", "b", "least", "f_next", "f_after_next", "b_before", "b_before_last", "mark", "spoilt", "bias")
SEAM_FEATURES = ("f", "b_before", "least", "f_next", "b_before_last", "beside_mark", "line", "end", "end_prose", "bias")
PROSE, INSIDE = 15, frozenset("，。；")  # tokens of a stretch of sentences at least, and what is found inside
BREAK_FEATURES = ("prefer", "full", "nearly_full", "stop", "bias")
RUNS_ON = 1.0  # nats: of 2,147 breaks on the dev pages 5 are then wrongly joined and 46 wrongly parted, at 0 it is 10 and 41
FULL, NEARLY_FULL = 0.93, 0.8  # of the widest line
UNSURE = 0.35  # of an engine's doubt counted; fitted on the train pages of each reading it is worth 0.0 to 0.9, about 0.4 together
BLANKS = 0.05  # of a page's characters, from which its engine sets blanks between Han
UNJUDGED = frozenset((NUMBER, WORD, END))
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
    breaks: frozenset[int]  # tokens that begin a printed line within the passage
    prose: bool  # sentences, at whose end a stop belongs
    cell: bool  # of a table, where many leave it out
    doubt: Floats  # how far each token, or the seam before it, is from sound: 1 is worth a close look on a usual page
    worst: float  # the greatest of them, the printed line's edges taken into account
    items: Mapping[int, str]  # tokens that begin an item of a list, with the stop that its other items have before them, "" if none


def passages(
    text: str, language: LanguageModel, confusions: Slips, weights: Mapping[str, Mapping[str, float]], engine: Steps = ()
) -> Iterator[Passage]:
    """Yield the passages of a text with the probabilities of fault, in order; BATCH of them are worked out at a time.

    `engine` says where the engine was less sure than elsewhere.
    """
    text = parted(text)
    found, least, listed = stretches(text, language, weights["break"]), weights["sites"], items(text)
    while batch := list(islice(found, BATCH)):
        character, seam = features(batch, language, confusions)
        unsure = UNSURE * at(engine, np.array([start for stretch in batch for start in (*stretch.starts, *[-1] * GAP)]))
        all_wrong = _logistic(character, weights["character"], CHARACTER_FEATURES, unsure)
        all_lost = _logistic(seam, weights["seam"], SEAM_FEATURES, unsure)
        stops = np.array([unit in STOPS for stretch in batch for unit in (*stretch.tokens, *[""] * GAP)])
        unjudged = np.array([unit in UNJUDGED for stretch in batch for unit in (*stretch.tokens, *[""] * GAP)])
        all_wrong[unjudged] = 0.0
        all_doubt = np.maximum(all_wrong / np.where(stops, least["stop"], least["wrong"]), all_lost / least["lost"])
        place = 0
        for stretch in batch:
            units = stretch.tokens
            doubt = all_doubt[place : place + len(units)]
            wrong, lost = all_wrong[place : place + len(units)], all_lost[place : place + len(units)]
            place += len(units) + GAP
            written = text[stretch.start : stretch.end]
            edge = edge_evidence(written, [start - stretch.start for start in stretch.starts], np.maximum(wrong, lost))
            doubt = doubt * np.exp(edge) if edge.any() else doubt
            yield Passage(stretch.start, written, units, stretch.starts, wrong, lost, edge, stretch.breaks, stretch.prose, stretch.cell, doubt, float(doubt.max()), _listed(stretch, text, listed))


def _listed(stretch: Stretch, text: str, listed: Mapping[int, str]) -> dict[int, str]:
    """Return which tokens of a stretch begin items of lists; END, if one begins right behind it."""
    found = {index: listed[start] for index, start in enumerate(stretch.starts) if index and start in listed}
    following = BREAK.match(text, stretch.end)
    if stretch.tokens[-1] == END and following and following.end() in listed:
        found[len(stretch.tokens) - 1] = listed[following.end()]
    return found


def sets_blanks(document: Document) -> bool:
    """Tell whether the page's engine sets blanks between Han characters, as far as those already taken out show."""
    return blanks_taken(document) > BLANKS


def blanks_taken(document: Document) -> float:
    """Return how many blanks were taken out for each character of the page: some engines set one between any two words."""
    taken = sum(len(edit.before) - len(edit.after or "") for edit in document.applied if "han_spaces" in edit.rule)
    return taken / max(len(document.original), 1)


class Stretch(NamedTuple):
    """A cell, a line, or the lines of a paragraph: its place in the text, its tokens and where each begins."""

    start: int
    end: int
    tokens: list[str]
    starts: list[int]
    cell: bool
    breaks: frozenset[int] = frozenset()

    @property
    def prose(self) -> bool:
        """Tell whether these are sentences: long enough, with a comma or a stop inside."""
        return len(self.tokens) >= PROSE and not INSIDE.isdisjoint(self.tokens[:-2])


def stretches(text: str, language: LanguageModel, weights: Mapping[str, float]) -> Iterator[Stretch]:
    """Yield the cells and paragraphs of a text, END behind each; printed lines that run on are one paragraph."""
    cells = [match for match in CELL.finditer(text) if not match[0].isspace()]
    widest = max((width(match[0]) for match in cells if not _beside_tab(text, match)), default=0.0)
    current: Stretch | None = None
    for match in cells:
        units, starts = tokens(match[0])
        starts = [match.start() + start for start in starts]
        if not units:
            continue
        if current is not None:
            between = text[current.end : match.start()]
            full = match.end() - current.start < LONGEST
            if not between and not full:  # one long cell, cut
                yield current
                current = None
            elif full and BREAK.fullmatch(between) and not _beside_tab(text, match) and runs_on(current, Stretch(*match.span(), units, starts, cell=False), text, widest, language=language, weights=weights):
                breaks = current.breaks | {len(current.tokens)}
                current = Stretch(current.start, match.end(), current.tokens + units, current.starts + starts, current.cell, breaks)
                continue
            else:
                yield _ended(current)
        current = Stretch(*match.span(), units, starts, _beside_tab(text, match))
    if current is not None:
        yield _ended(current)


def runs_on(one: Stretch, other: Stretch, text: str, widest: float, *, language: LanguageModel, weights: Mapping[str, float]) -> bool:
    """Tell whether a line goes on in the next: it is about as long as lines get here, and the language model expects it."""
    line = text[text.rfind("\n", 0, one.end) + 1 : one.end]
    if "\t" in line or ITEM.match(text, other.start):
        return False
    return float(np.dot(break_features(one.tokens, other.tokens, width(line) / max(widest, 1), language), [weights[name] for name in BREAK_FEATURES])) > RUNS_ON


def break_features(one: list[str], other: list[str], share: float, language: LanguageModel) -> tuple[float, ...]:
    """Return what is known of a line break between two runs of tokens; `share`: the first line's width of the page's widest."""
    left, right = one[-4:], other[:4]
    prefer = language.score(left + right) - language.score([*left, END]) - language.score([END, *right])
    return prefer, float(share > FULL), float(share > NEARLY_FULL), float(left[-1] in "。；：！？"), 1.0


def _ended(stretch: Stretch) -> Stretch:
    return stretch._replace(tokens=[*stretch.tokens, END], starts=[*stretch.starts, stretch.end])


def _beside_tab(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()] == "\t" or text[match.end() : match.end() + 1] == "\t"


def width(text: str) -> float:
    """Return the width of a line in em."""
    return sum(0.5 if ord(char) < 0x80 else 1.0 for char in text if not char.isspace())


def features(stretched: Sequence[Stretch], language: LanguageModel, confusions: Slips) -> tuple[Floats, Floats]:
    """Return (n × 10, n × 10) matrices: what is known of each token, and of the seam before each.

    The passages of the batch lie one behind the other with GAP empty rows between them, so that none sees its neighbour.
    """
    batch = [stretch.tokens for stretch in stretched]
    nothing = [0.0] * GAP
    forward = np.minimum([value for units in batch for value in (*language.surprisal([END, *units])[1:], *nothing)], CEILING)
    backward = np.minimum([value for units in batch for value in (*language.surprisal_backward(units), *nothing)], CEILING)
    spoilt = np.array([confusions.spoilt(unit) for units in batch for unit in (*units, *[""] * GAP)])
    mark = np.array([unit in MARKS for units in batch for unit in (*units, *[""] * GAP)], dtype=float)
    ones, line, end, end_prose = (np.full(len(mark), value) for value in (1.0, 0.0, 0.0, 0.0))
    place = 0
    for stretch in stretched:
        line[[place + index for index in stretch.breaks]] = 1.0
        place += len(stretch.tokens)
        if stretch.tokens[-1] == END:
            end[place - 1], end_prose[place - 1] = 1.0, stretch.prose
        place += GAP
    f_next, f_after = _shifted(forward, -1), _shifted(forward, -2)
    b_before, b_last = _shifted(backward, 1), _shifted(backward, 2)
    character = (forward, backward, np.minimum(forward, backward), f_next, f_after, b_before, b_last, mark, spoilt, ones)
    seam = (forward, b_before, np.minimum(forward, b_before), f_next, b_last, np.maximum(mark, _shifted(mark, 1)), line, end, end_prose, ones)
    return np.column_stack(character), np.column_stack(seam)


def _shifted(values: Floats, by: int) -> Floats:
    """Return the values moved by some places, zero where none comes in."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[by:] = values[:-by]
    else:
        moved[:by] = values[-by:]
    return moved


def _logistic(matrix: Floats, weights: Mapping[str, float], names: tuple[str, ...], known: Floats) -> Floats:
    """Return the probability that the features of each row speak for; `known` are log odds that do as well."""
    odds = known
    for column, name in zip(matrix.T, names, strict=True):  # column by column: a matrix product's last bits depend on the rows beside
        odds = odds + column * weights[name]
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
