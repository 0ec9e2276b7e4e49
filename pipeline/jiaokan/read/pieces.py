"""What an engine read, word by word or line by line → a text and its boxes: how words, lines, paragraphs and cells are joined.

Chinese is joined without blanks, Latin words and numbers with one. A block's lines are one paragraph unless they stand as if they
were not: engines take a title of two lines, a list without marks, a signature and its date for one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from jiaokan.model import Box, Span
from jiaokan.read.formats import Reading


class Place(NamedTuple):
    """A rectangle, in the file's own units, from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float


NOWHERE = Place(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """What the file writes as one: a word, or a line without words."""

    element: Any  # of the file's tree
    text: str
    page: int  # from 1
    id: str = ""  # as the file names it
    place: Place = NOWHERE
    confidence: float | None = None
    glued: bool = False  # the first part of a word whose second part follows: no blank after it


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line."""

    pieces: Sequence[Piece]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Region:
    """Lines that the engine took for one paragraph, in a column that reaches to `edge` on the right."""

    lines: Sequence[Line]
    edge: float = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; an empty cell has no lines."""

    rows: Sequence[Sequence[Sequence[Line]]]


_LATIN = "0-9A-Za-z\u00c0-\u024f"
_WORD_ENDS = re.compile(rf"[{_LATIN}]\Z|[A-Za-z\u00c0-\u024f][,.;:!?)\]]+\Z")
_WORD_BEGINS = re.compile(rf"[{_LATIN}]|[(\[][A-Za-z\u00c0-\u024f]")
_LETTER = re.compile(r"[A-Za-z\u00c0-\u024f(\[]")
_CONTEXT = 8  # characters: a letter and the punctuation after it
INDENT = 1.5  # characters: a paragraph begins two to the right, a line that goes on begins at the edge
SHORT = 1.5  # characters left free at the end of a line, beside the next word, after which it was the paragraph's last


def reading(blocks: Iterable[Region | Table], *, encoding: str) -> Reading:
    """Return the text of some blocks, and the box of each piece in it. An id missing or given twice becomes page-number: 1-17."""
    parts: list[str] = []
    boxes: list[Box] = []
    ids: set[str] = set()
    counts: dict[int, int] = {}
    at = 0
    for separator, piece in laid(blocks):
        start = at + len(separator)
        at = start + len(piece.text)
        parts += (separator, piece.text)
        counts[piece.page] = counts.get(piece.page, 0) + 1
        name = piece.id
        while not name or name in ids:
            name = f"{piece.page}-{counts[piece.page]}" if name in {"", piece.id} else f"{name}-"
        ids.add(name)
        boxes.append(Box(Span(start, at), name, piece.page, *piece.place, piece.confidence))
    return Reading("".join(parts), tuple(boxes), encoding)


def laid(blocks: Iterable[Region | Table]) -> Iterator[tuple[str, Piece]]:
    """Yield each piece that has text, in reading order, with what stands in the text before it."""
    begun = False  # nothing stands before the first piece; empty cells before it do
    for block in blocks:
        rows = block.rows if isinstance(block, Table) else [[paragraph] for paragraph in paragraphs(block)]
        for row in rows:
            separator = "\n" if begun else ""
            for column, cell in enumerate(row):
                separator += "\t" if column else ""
                before = ""  # the end of the cell's text; a line feed where the next piece is the second part of a word
                for piece in (piece for line in cell for piece in line.pieces if piece.text):
                    separator += between(before, piece.text)
                    yield separator, piece
                    before = f"{before}{separator}{piece.text}"[-_CONTEXT:] + "\n" * piece.glued
                    begun, separator = True, ""


def paragraphs(region: Region) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph of a region: one begins with an indented line, and after a line that ends before the edge."""
    paragraph: list[Line] = []
    for line in region.lines:
        if not any(piece.text for piece in line.pieces):
            continue
        if paragraph and _apart(paragraph[-1].place, line, region.edge):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def between(before: str, text: str) -> str:
    """Return what stands between a text and the piece that goes on with it: a blank between Latin words and numbers, else nothing."""
    end = _WORD_ENDS.search(before[-_CONTEXT:])
    if end is None or not _WORD_BEGINS.match(text):
        return ""
    return " " if len(end[0]) == 1 or _LETTER.match(text) else ""


def table(cells: Sequence[tuple[Place, Sequence[Line]]]) -> Table | None:
    """Return cells as a table by where they stand, or None where their places do not say it: cells of a row must not overlap."""
    rows: list[list[tuple[Place, Sequence[Line]]]] = []
    for cell in sorted(cells, key=lambda cell: (cell[0].top, cell[0].left)):
        if cell[0] == NOWHERE:
            return None
        middle = (cell[0].top + cell[0].bottom) / 2
        if rows and middle < rows[-1][0][0].bottom:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    for row in rows:
        row.sort(key=lambda cell: cell[0].left)
        if any(right[0].left < left[0].right - (left[0].right - left[0].left) / 4 for left, right in pairwise(row)):
            return None
    columns = _columns([place for row in rows for place, _ in row])
    if len(columns) != max(map(len, rows), default=0):  # a cell lies across two columns: which are empty cannot be told
        return Table([[lines for _, lines in row] for row in rows])
    ordered = []
    for row in rows:
        found: list[Sequence[Line]] = [()] * len(columns)
        for place, lines in row:
            found[next(number for number, right in enumerate(columns) if place.left < right)] = lines
        ordered.append(found)
    return Table(ordered)


def place(left: float | None, top: float | None, right: float | None, bottom: float | None) -> Place:
    """Return a rectangle, or NOWHERE where a side is missing or the sides are the wrong way round."""
    if left is None or top is None or right is None or bottom is None or right < left or bottom < top:
        return NOWHERE
    return Place(left, top, right, bottom)


def number(text: str | None, *, most: float = 1e9) -> float | None:
    """Return a number from 0 to `most`, or None for anything else: nothing, 十, nan, -5."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= most else None


def edge(lines: Iterable[Line]) -> float:
    """Return how far to the right some lines reach."""
    return max((line.place.right for line in lines), default=0)


def _apart(above: Place, line: Line, reach: float) -> bool:
    """Tell whether a line stands so that it does not go on the line above: indented, or with room left for its first word up there."""
    if NOWHERE in (above, line.place):
        return False
    size = min(above.bottom - above.top, line.place.bottom - line.place.top)
    first = next(piece for piece in line.pieces if piece.text)
    latin = len(line.pieces) > 1 and _WORD_BEGINS.match(first.text)  # a Chinese word may be divided between lines anywhere
    word = first.place.right - first.place.left if latin else size
    return line.place.left > above.left + INDENT * size or above.right + word + SHORT * size < reach


def _columns(places: list[Place]) -> list[float]:
    """Return where each column ends on the right: a column is what no white stripe divides."""
    ends: list[float] = []
    for one in sorted(places):
        if ends and one.left < ends[-1]:
            ends[-1] = max(ends[-1], one.right)
        else:
            ends.append(one.right)
    return ends
