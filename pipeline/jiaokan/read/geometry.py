"""Pieces an engine read, with their places → text: reading order, paragraphs, and the rows and cells of tables.

There are no rules to go by, only type, so a table is told by what stands beside what. The way: pieces → printed lines →
cells (lines set one under the other at the pitch of wrapped text) → rows (cells with one middle, as forms set them) → columns.
A line with nothing beside it is running text and goes into a paragraph.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from jiaokan.model import Box, Span
from jiaokan.read.formats import Reading

# All in em, the width of a Han character of the page, unless said otherwise. Chosen on rendered pages of the train and dev splits.
WORD_GAP = 1.1  # between words; a wider gap parts cells. After a full-width comma there is 0.7
SAME_EDGE = 0.3  # edges that stand apart by less line up
SAME_MIDDLE = 0.4  # middles of the cells of a row; half a line's pitch is 0.65 and more
JITTER = 0.12  # by how much the pitch of wrapped lines varies
INDENT = 1.2  # a line that begins farther in begins a paragraph: two characters, less what a bracket leaves white
RAGGED = 1.7  # how far a full line may stay from the right margin: punctuation may not begin a line
FARTHEST = 2.6  # pitch of lines that may be one cell or one paragraph
LONG = 8.0  # a line of running text
COLUMN_LINES = 8  # printed lines that make two columns of running text
MOST_COLUMNS = 100  # more are no table: cells follow each other, empty ones are not told
MERGED = 300  # rows among which merged labels are shared out, at most
STRAIGHT = 0.002  # a slope below this is not worth straightening: 3 pixels on a page
STEEPEST = 0.1  # 6 degrees; what seems steeper is no skew
OPENING = "（《“‘〔【「『(["
NO_BLANK_BEFORE = "%,.;:!?)]}’”"
NO_BLANK_AFTER = "([{‘“"


class Piece(NamedTuple):
    """A word or a line as an engine read it; lengths in the file's own unit, from the top left corner."""

    text: str
    id: str
    page: int  # from 1
    left: float
    top: float
    right: float
    bottom: float
    confidence: float | None = None  # 0-1


@dataclass(slots=True, eq=False)
class _Line:
    """Pieces that stand side by side on one printed line; top and bottom as on a straight page."""

    pieces: list[Piece]
    left: float
    top: float
    right: float
    bottom: float
    upright: bool = False  # set from top to bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        return self.pieces[0].text if len(self.pieces) == 1 else "".join(piece.text for piece in self.pieces)


@dataclass(slots=True, eq=False)
class _Cell:
    """Printed lines set one under the other."""

    lines: list[_Line]
    left: float
    top: float
    right: float
    bottom: float
    column: int = 0

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def pieces(self) -> list[Piece]:
        return [piece for line in self.lines for piece in line.pieces]


@dataclass(slots=True, eq=False)
class _Row:
    """Cells side by side, from left to right."""

    middle: float
    cells: list[_Cell] = field(default_factory=list)

    def takes(self, cell: _Cell, slack: float) -> bool:
        """Tell whether no cell of the row stands above or under the given one."""
        place = bisect_left(self.cells, cell.left, key=lambda one: one.left)
        before = self.cells[place - 1].right if place else -math.inf
        behind = self.cells[place].left if place < len(self.cells) else math.inf
        return before <= cell.left + slack and cell.right <= behind + slack

    def add(self, cell: _Cell) -> None:
        self.cells.insert(bisect_left(self.cells, cell.left, key=lambda one: one.left), cell)

    @property
    def top(self) -> float:
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        return max(cell.bottom for cell in self.cells)


Text = list[list[list[Piece]]]  # the lines of a text, their cells, the pieces of a cell


def assemble(pieces: Sequence[Piece]) -> Reading:
    """Return the pieces as text: a paragraph or a table row a line, cells between tabs.

    Every piece with a character in it is there once, its tabs and line ends as blanks, and has its box. Pages follow by number.
    A page may be skewed by a degree or two.
    """
    pages: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        if piece.text.strip():
            pages[piece.page].append(piece)
    return written(line for page in sorted(pages) for line in lines_of(pages[page]))


def written(text: Iterable[Sequence[Sequence[Piece]]]) -> Reading:
    """Return lines of cells of pieces as a text with its boxes. Between pieces of a cell: a blank where both sides are Latin."""
    parts: list[str] = []
    boxes: list[Box] = []
    length = 0

    def write(part: str) -> None:
        nonlocal length
        parts.append(part)
        length += len(part)

    for line in text:
        for number, cell in enumerate(line):
            if number:
                write("\t")
            last = ""
            for piece in cell:
                words = _one_line(piece.text)
                if last and blank_between(last, words[0]):
                    write(" ")
                boxes.append(Box(Span(length, length + len(words)), piece.id, piece.page, *piece[3:7], piece.confidence))
                write(words)
                last = words[-1]
        write("\n")
    return Reading("".join(parts), tuple(boxes))


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()).replace("\t", " ") or " "


def blank_between(last: str, first: str) -> bool:
    """Tell whether a blank stands between two pieces that end and begin so: between Latin words and numbers."""
    if last.isspace() or first.isspace() or first in NO_BLANK_BEFORE or last in NO_BLANK_AFTER:
        return False
    return not wide(last) and not wide(first)


def wide(character: str) -> bool:
    """Tell whether a character is as wide as a Han character, as “ and … are in Chinese type."""
    return unicodedata.east_asian_width(character) in "WFA"


def lines_of(pieces: Sequence[Piece]) -> Iterator[list[list[Piece]]]:
    """Yield the lines of a page, or of a part of one, as cells of pieces; pieces without a character are left out."""
    pieces = [piece for piece in pieces if piece.text.strip()]
    if not pieces:
        return
    em = width_of_han(pieces)
    yield from _region(_lines(_straightened(pieces, em), em), em)


def _units(text: str) -> float:
    """Return the width of a text in em."""
    return sum(1.0 if wide(character) else 0.55 for character in text) or 0.55


def _upright(piece: Piece) -> bool:
    return len(piece.text) > 1 and piece.bottom - piece.top > 1.5 * (piece.right - piece.left)


def width_of_han(pieces: Iterable[Piece]) -> float:
    """Return the width of a Han character, the em: the median, each character with one vote."""
    sizes = []
    for piece in pieces:
        units = _units(piece.text)
        long = abs(piece.bottom - piece.top if _upright(piece) else piece.right - piece.left)
        sizes.append((long / units, units))
    sizes.sort()
    half = sum(units for _, units in sizes) / 2
    for size, units in sizes:
        half -= units
        if half <= 0:
            return max(size, 1e-6)
    return 1.0


def _beside(boxes: Sequence[tuple[float, float]]) -> list[list[int]]:
    """Return for each interval, in the order of a sweep, the numbers of those before it that it can see, nothing between.

    n log n: what an interval covers is seen by none after it.
    """
    starts: list[float] = []
    ends: list[float] = []
    owners: list[int] = []
    seen = []
    for number, (low, high) in enumerate(boxes):
        high = max(high, low + 1e-9)
        first, last = bisect_right(ends, low), bisect_left(starts, high)
        seen.append(list(dict.fromkeys(owners[first:last])))
        new = [(low, high, number)]
        if first < last:
            if starts[first] < low:
                new.insert(0, (starts[first], low, owners[first]))
            if ends[last - 1] > high:
                new.append((high, ends[last - 1], owners[last - 1]))
        place = slice(first, max(first, last))
        starts[place], ends[place], owners[place] = [one[0] for one in new], [one[1] for one in new], [one[2] for one in new]
    return seen


def _shared(low: float, high: float, other_low: float, other_high: float) -> float:
    """Return the share of the shorter interval that both have, 0-1."""
    shorter = min(high - low, other_high - other_low)
    return (
        max(0.0, min(high, other_high) - max(low, other_low)) / shorter if shorter > 0 else float(low <= other_high and other_low <= high)
    )


def _side_by_side(boxes: Sequence[_Line] | Sequence[_Cell], em: float, least: float = 0.5) -> Iterator[tuple[int, int]]:
    """Yield the pairs (left, right) of boxes that share this much of their height with nothing between them."""
    order = sorted(range(len(boxes)), key=lambda number: (boxes[number].left, boxes[number].top))
    inset = min(0.25, least / 2)  # boxes of lines one under the other overlap a little
    tall = [(boxes[number].top, boxes[number].bottom - boxes[number].top) for number in order]
    shrunk = [(top + inset * height, top + (1 - inset) * height) for top, height in tall]
    for number, seen in zip(order, _beside(shrunk), strict=True):
        right = boxes[number]
        for other in seen:
            left = boxes[order[other]]
            if _shared(left.top, left.bottom, right.top, right.bottom) >= least and right.left - left.right > -0.5 * em:
                yield order[other], number


def _straightened(pieces: list[Piece], em: float) -> list[_Line]:
    """Return each piece as a line of its own, the page's skew taken out: the median slope between neighbours."""
    lines = [
        _Line(
            [piece],
            min(piece.left, piece.right),
            min(piece.top, piece.bottom),
            max(piece.left, piece.right),
            max(piece.top, piece.bottom),
            _upright(piece),
        )
        for piece in pieces
    ]
    slopes = []
    for left, right in _side_by_side(lines, em):
        across = (lines[right].left + lines[right].right - lines[left].left - lines[left].right) / 2
        level = abs((lines[left].bottom - lines[left].top) - (lines[right].bottom - lines[right].top)) < 0.5 * em
        if across > em and level:
            slopes.append((lines[right].middle - lines[left].middle) / across)
    slope = median(slopes) if len(slopes) > 4 else 0.0
    if STRAIGHT < abs(slope) < STEEPEST:
        for line in lines:
            shift = slope * (line.left + line.right) / 2
            line.top -= shift
            line.bottom -= shift
    return lines


def _lines(pieces: list[_Line], em: float) -> list[_Line]:
    """Return the printed lines: an engine's words run together where the gap is no wider than a blank; an engine's lines stay as they are."""
    pairs = [(left, right) for left, right in _side_by_side(pieces, em) if not pieces[left].upright and not pieces[right].upright]
    narrow = [pair for pair in pairs if pieces[pair[1]].left - pieces[pair[0]].right <= WORD_GAP * em]
    words = 2 * len(narrow) > len(pairs) and 2 * len(narrow) > len(pieces)
    before: dict[int, int] = {}
    behind: dict[int, int] = {}
    for left, right in sorted(narrow, key=lambda pair: pieces[pair[1]].left - pieces[pair[0]].right):
        level = _shared(pieces[left].top, pieces[left].bottom, pieces[right].top, pieces[right].bottom) >= 0.6
        if words and level and left not in behind and right not in before:
            behind[left], before[right] = right, left
    return [_run(pieces, number, behind) for number in range(len(pieces)) if number not in before]


def _run(pieces: list[_Line], number: int, behind: dict[int, int]) -> _Line:
    """Return the line that begins with the given piece."""
    chain = [pieces[number]]
    while number in behind:
        number = behind[number]
        chain.append(pieces[number])
    if len(chain) == 1:
        return chain[0]
    return _Line([piece for one in chain for piece in one.pieces], *_around(chain))


def _around(boxes: Sequence[_Line] | Sequence[_Cell]) -> tuple[float, float, float, float]:
    return min(box.left for box in boxes), min(box.top for box in boxes), max(box.right for box in boxes), max(box.bottom for box in boxes)


def _region(lines: list[_Line], em: float) -> Iterator[list[list[Piece]]]:
    """Yield the text of a part of the page; columns of running text one after the other."""
    lines = sorted(lines, key=lambda line: (line.middle, line.left))
    for part in _columns_of_text(lines, em):
        yield from _part(part, em)


def _columns_of_text(lines: list[_Line], em: float, deepest: int = 8) -> Iterator[list[_Line]]:
    """Yield the lines in parts to be read one after the other: what is above columns, each column, what is below."""
    levels: list[list[_Line]] = []
    for line in lines:
        if levels and line.middle - levels[-1][0].middle <= SAME_MIDDLE * em:
            levels[-1].append(line)
        else:
            levels.append([line])
    start = place = 0
    while place < len(levels):
        end, gutter = _gutter(levels, place, em)
        if deepest and end - place >= COLUMN_LINES and _running(levels[place:end], gutter, em):
            yield [line for level in levels[start:place] for line in level]
            mine = [line for level in levels[place:end] for line in level]
            yield [line for line in mine if line.right <= gutter]
            yield from _columns_of_text([line for line in mine if line.right > gutter], em, deepest - 1)
            start = end
        place = max(end, place + 1)
    yield [line for level in levels[start:] for line in level]


def _gutter(levels: list[list[_Line]], place: int, em: float) -> tuple[int, float]:
    """Return how far down from a level one white gutter runs, and where it is."""
    low, high = -math.inf, math.inf
    end = place
    while end < len(levels):
        ordered = sorted(levels[end], key=lambda line: line.left)
        if end == place:
            if len(ordered) < 2:
                return place, 0.0
            new = max(((left.right, right.left) for left, right in pairwise(ordered)), key=lambda gap: gap[1] - gap[0])
        else:
            centre = (low + high) / 2
            new = (
                max((line.right for line in ordered if line.left < centre), default=low),
                min((line.left for line in ordered if line.left >= centre), default=high),
            )
        new = max(low, new[0]), min(high, new[1])
        if new[1] - new[0] < WORD_GAP * em:
            break
        low, high = new
        end += 1
    return end, (low + high) / 2


def _running(levels: list[list[_Line]], gutter: float, em: float) -> bool:
    """Tell whether both sides of a gutter are running text: long lines, most of them full."""
    for left_side in (True, False):
        side = [line for level in levels for line in level if (line.right <= gutter) == left_side]
        if 2 * len(side) < len(levels):
            return False
        left, right = min(line.left for line in side), max(line.right for line in side)
        full = sum(line.right >= right - RAGGED * em and line.left <= left + (INDENT + 2) * em for line in side)
        if right - left < LONG * em or full < 0.6 * len(side):
            return False
    return True


def _part(lines: list[_Line], em: float) -> Iterator[list[list[Piece]]]:
    rows = _rows(_cells(lines, em), em)
    prose: list[_Line] = []
    tables = list(_tables(rows, em))
    alone = [line for is_table, group in tables if not is_table for row in group for line in _as_lines(row)]
    margins = _margins(alone, em)
    for is_table, group in tables:
        if is_table:
            yield from _paragraphs(prose, margins, em)
            prose = []
            yield from _table(group, em)
        else:
            prose.extend(line for row in group for line in _as_lines(row))
    yield from _paragraphs(prose, margins, em)


def _cells(lines: list[_Line], em: float) -> list[_Cell]:
    """Return the lines put together where one wraps into the next."""
    ordered = sorted(lines, key=lambda line: (line.middle, line.left))
    sides: dict[int, list[_Line]] = defaultdict(list)
    for left, right in _side_by_side(ordered, em, least=0.1):
        sides[left].append(ordered[right])
        sides[right].append(ordered[left])
    mates = [
        [other for other in sides[number] if abs(other.middle - line.middle) < SAME_MIDDLE * em] for number, line in enumerate(ordered)
    ]
    inset = 0.15 * em
    above = _beside([(line.left + inset, max(line.right - inset, line.left + inset)) for line in ordered])
    pairs = []
    for number, seen in enumerate(above):
        for other in seen:
            upper, lower = ordered[other], ordered[number]
            if _one_under(upper, lower, em) and not _over(upper, mates[number], em) and not _over(lower, mates[other], em):
                between = any(
                    abs(2 * line.middle - upper.middle - lower.middle) < SAME_MIDDLE * em for line in (*sides[other], *sides[number])
                )
                pairs.append(_Pair(other, number, upper, lower, bool(mates[other]) + bool(mates[number]), between))
    pitch, limit = _pitch(pairs, em)
    held = _held(pairs, pitch + 2 * JITTER * em)
    return _chained(ordered, [pair for pair in pairs if _wraps(pair, pitch, limit, em, held)], mates, em)


class _Pair(NamedTuple):
    """Two lines, one right under the other."""

    above: int  # their numbers
    under: int
    upper: _Line
    lower: _Line
    level: int  # how many of the two have a line beside them on their own level: 0-2
    between: bool  # the middle of a line beside them falls between the two

    @property
    def down(self) -> float:
        return self.lower.middle - self.upper.middle

    @property
    def upright(self) -> bool:
        return self.upper.upright or self.lower.upright

    def full(self, em: float) -> bool:
        """Tell whether the upper line is long and full and the lower one looks like its rest."""
        upper, lower = self.upper, self.lower
        flush = upper.right >= lower.right - 0.8 * em and _begins(lower, em) <= upper.left + 0.8 * em
        return flush and upper.right - upper.left >= LONG * em


def _one_under(upper: _Line, lower: _Line, em: float) -> bool:
    """Tell whether two lines can be of one cell as they stand: near, and flush left, indented or centred."""
    if _shared(upper.left, upper.right, lower.left, lower.right) < 0.5:
        return False
    centred = abs((upper.left + upper.right) - (lower.left + lower.right)) < 1.5 * em
    if upper.upright or lower.upright:
        return lower.top - upper.bottom < 0.4 * em and centred
    return 0.5 * em < lower.middle - upper.middle < FARTHEST * em and (centred or abs(upper.left - lower.left) < FARTHEST * em)


def _over(line: _Line, others: list[_Line], em: float) -> bool:
    """Tell whether a line reaches over any of the others, above or under it."""
    return any(min(line.right, other.right) - max(line.left, other.left) > SAME_EDGE * em for other in others)


def _begins(line: _Line, em: float) -> float:
    """Return where a line begins; half an opening bracket is white."""
    return line.left - (0.5 * em if line.text.lstrip()[0] in OPENING else 0)


def _pitch(pairs: list[_Pair], em: float) -> tuple[float, float]:
    """Return the pitch of wrapped lines, and the pitch from which on lines are of two cells, 0 where that cannot be told.

    The first from the lines that surely wrap: the least pitch found more than once. The second is a gap in the pitches of all.
    """
    certain = sorted(pair.down for pair in pairs if not pair.upright and (pair.full(em) or (pair.between and not pair.level)))
    least = next((down for number, down in enumerate(certain[1:]) if down - certain[number] < JITTER * em), None)
    if least is None:
        return 0.0, 0.0
    pitch = median(down for down in certain if abs(down - least) < 2 * JITTER * em)
    downs = sorted(pair.down for pair in pairs if not pair.upright and pair.down > pitch)
    gaps = [(high - low, (high + low) / 2) for low, high in pairwise([pitch, *downs]) if low < pitch + 4 * JITTER * em]
    limit = next((middle for gap, middle in gaps if gap > JITTER / 2 * em), 0.0)
    farther = sum(down > limit for down in downs)
    return pitch, limit if farther >= 0.1 * len(pairs) else 0.0


def _held(pairs: list[_Pair], farthest: float) -> set[int]:
    """Return the lines that stand level with others and have a lone line right above and one right below: the middle of a cell."""
    lone = [pair for pair in pairs if pair.level == 1 and pair.down <= farthest]
    return {pair.above for pair in lone} & {pair.under for pair in lone}


def _wraps(pair: _Pair, pitch: float, limit: float, em: float, held: set[int]) -> bool:
    """Tell whether a line goes on in the one under it."""
    if pair.upright:
        return True
    if limit:
        return pair.down <= limit
    if pitch and pair.level < 2 and pair.down <= pitch + 2 * JITTER * em and (pair.between or held & {pair.above, pair.under}):
        return True
    wide = pair.level < 2 or pair.upper.right - pair.upper.left > 2 * LONG * em  # rows of long names are flush, too
    return wide and pair.full(em) and pair.down <= (1.1 * pitch or 2 * em)


def _chained(lines: list[_Line], pairs: list[_Pair], mates: list[list[_Line]], em: float) -> list[_Cell]:
    """Return lines as cells: those of the pairs together, where no line is in two pairs on the same side.

    Lines that as one cell would reach over what stands beside them are running text that passes by: cells of their own.
    """
    below: dict[int, list[int]] = defaultdict(list)
    above: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        below[pair.above].append(pair.under)
        above[pair.under].append(pair.above)
    chains = {upper: lower for upper, (lower, *more) in below.items() if not more and len(above[lower]) == 1}
    begun = set(chains.values())
    cells = []
    for first in range(len(lines)):
        if first in begun:
            continue
        numbers = [first]
        while numbers[-1] in chains:
            numbers.append(chains[numbers[-1]])
        chain = [lines[number] for number in numbers]
        cell = _Cell(chain, *_around(chain))
        beside = [(lines[number], other) for number in numbers for other in mates[number]]
        inside = all(other.left >= cell.right - em if other.left > line.left else other.right <= cell.left + em for line, other in beside)
        cells.extend([cell] if inside else [_Cell([line], *_around([line])) for line in chain])
    return cells


def _rows(cells: list[_Cell], em: float) -> list[_Row]:
    """Return the rows: cells with one middle; then what stands between rows, as labels merged over them do, joins one of them."""
    rows: list[_Row] = []
    for cell in sorted(cells, key=lambda one: (one.middle, one.left)):
        for row in reversed(rows[-3:]):
            if abs(cell.middle - row.middle) <= SAME_MIDDLE * em and row.takes(cell, SAME_EDGE * em):
                row.add(cell)
                break
        else:
            rows.append(_Row(cell.middle, [cell]))
    home = {id(cell): row for row in rows for cell in row.cells}
    beside: dict[int, list[_Cell]] = defaultdict(list)
    for left, right in _side_by_side(cells, em, least=0.3):
        beside[id(cells[left])].append(cells[right])
        beside[id(cells[right])].append(cells[left])
    gone = set()
    for row in sorted(rows, key=lambda one: len(one.cells)):
        near = [
            (abs(one.middle - cell.middle), home[id(one)]) for cell in row.cells for one in beside[id(cell)] if home[id(one)] is not row
        ]
        for _, other in sorted(near, key=lambda pair: pair[0]):
            if all(other.takes(cell, SAME_EDGE * em) for cell in row.cells):
                for cell in row.cells:
                    other.add(cell)
                    home[id(cell)] = other
                gone.add(id(row))
                break
    return [row for row in rows if id(row) not in gone]


def _tables(rows: list[_Row], em: float) -> Iterator[tuple[bool, list[_Row]]]:
    """Yield the rows in groups, tables and running text in turn."""
    table = [len(row.cells) > 1 and _supported(rows, number, em) for number, row in enumerate(rows)]
    for number in range(1, len(rows) - 1):  # what stands between rows of a table is a row
        short = len(rows[number].cells) > 1 or len(rows[number].cells[0].lines) <= 2
        table[number] |= table[number - 1] and table[number + 1] and short
    start = 0
    for number in range(1, len(rows) + 1):
        if number == len(rows) or table[number] != table[start]:
            yield table[start], rows[start:number]
            start = number


def _supported(rows: list[_Row], number: int, em: float) -> bool:
    """Tell whether a row is of a table: three cells, a wrapped cell, or an edge that goes on above or below."""
    cells = rows[number].cells
    if len(cells) > 2 or any(len(cell.lines) > 1 for cell in cells):
        return True
    for other in (*rows[max(number - 2, 0) : number], *rows[number + 1 : number + 3]):
        for one in other.cells[1:] if len(other.cells) > 1 else ():
            for cell in cells[1:]:
                edges = (cell.left - one.left, cell.right - one.right, (cell.left + cell.right - one.left - one.right) / 2)
                if min(map(abs, edges)) < em:
                    return True
    return False


def _as_lines(row: _Row) -> list[_Line]:
    """Return a row that is of no table as printed lines."""
    if len(row.cells) == 1:
        return row.cells[0].lines
    return [_Line([piece for cell in row.cells for piece in cell.pieces], *_around(row.cells))]


def _margins(lines: list[_Line], em: float) -> tuple[float, float]:
    """Return the left and right margin of running text; short lines alone have none, and no line reaches it."""
    long = [line for line in lines if line.right - line.left >= LONG * em]
    return min((_begins(line, em) for line in long), default=0.0), max((line.right for line in long), default=math.inf)


def _paragraphs(lines: list[_Line], margins: tuple[float, float], em: float) -> Iterator[list[list[Piece]]]:
    """Yield running text a paragraph a line: a full line goes on in one that begins at the margin."""
    left, right = margins
    cell: list[Piece] = []
    last: _Line | None = None
    for line in lines:
        goes_on = (
            last is not None
            and last.right >= right - RAGGED * em
            and _begins(line, em) <= left + INDENT * em
            and 0 < line.middle - last.middle < FARTHEST * em
            and _begins(last, em) <= left + 3 * INDENT * em  # not centred
        )
        if goes_on:
            cell.extend(line.pieces)
        else:
            if cell:
                yield [cell]
            cell = list(line.pieces)
        last = line
    if cell:
        yield [cell]


def _table(rows: list[_Row], em: float) -> Iterator[list[list[Piece]]]:
    """Yield the rows of a table, each cell in its column; a label merged over rows stands in the first of them."""
    _put_in_columns(rows, em)
    for column in sorted({row.cells[0].column for row in rows}):
        _lift(rows, column)
        rows = [row for row in rows if row.cells]  # a label may have stood alone
    for row in rows:
        line: list[list[Piece]] = []
        for cell in row.cells:
            line.extend([] for _ in range(cell.column - len(line)))
            line.append(cell.pieces)
        yield line


def _put_in_columns(rows: list[_Row], em: float) -> None:
    """Give each cell its column: the rows with most cells say where columns are; a merged cell is in the first it covers."""
    lefts: list[float] = []
    rights: list[float] = []
    slack = SAME_EDGE * em
    for row in sorted(rows, key=lambda one: -len(one.cells)):
        for cell in row.cells:
            first, last = bisect_right(rights, cell.left + slack), bisect_left(lefts, cell.right - slack)
            if first >= last:  # it covers none
                lefts.insert(first, cell.left)
                rights.insert(first, cell.right)
            elif last - first == 1:
                before = rights[first - 1] if first else -math.inf
                behind = lefts[last] if last < len(lefts) else math.inf
                lefts[first] = max(min(lefts[first], cell.left), before)
                rights[first] = min(max(rights[first], cell.right), behind)
    for row in rows:
        column = -1
        for cell in row.cells:
            known = bisect_right(rights, cell.left + slack) if len(lefts) <= MOST_COLUMNS else 0
            column = cell.column = max(known, column + 1)


def _lift(rows: list[_Row], column: int) -> None:
    """Put the labels of a column that are merged over rows, set in their middle, into the first of the rows.

    A row with a cell farther left ends what a label can reach. The rows between two such are shared out so that each label is in
    the middle of its own; where that cannot be, the labels stay where they are read.
    """
    starts = [number for number, row in enumerate(rows) if row.cells[0].column < column]
    for start, end in pairwise(sorted({0, *starts, len(rows)})):
        held = [number for number in range(start, end) if _at(rows[number], column)]
        if held and len(held) < end - start <= MERGED:
            _share_out(rows[start:end], [number - start for number in held], column)


def _at(row: _Row, column: int) -> _Cell | None:
    return next((cell for cell in row.cells if cell.column == column), None)


def _share_out(rows: list[_Row], held: list[int], column: int) -> None:
    """Move labels up: each row belongs to the label whose reach has it, and the middles of reach and label differ least."""
    labels = [cell for number in held if (cell := _at(rows[number], column))]
    rest = [[cell for cell in row.cells if cell.column > column] or row.cells for row in rows]
    tops, bottoms = [min(cell.top for cell in cells) for cells in rest], [max(cell.bottom for cell in cells) for cells in rest]
    # best[end]: the least difference so far if the reach of the label before ends there, and where each reach begins
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for number, label in enumerate(labels):
        ends = range(held[number] + 1, held[number + 1] + 1) if number + 1 < len(held) else (len(rows),)
        slack = max(label.bottom - label.top, bottoms[held[number]] - tops[held[number]]) / 2
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for end in ends:
            for start, (cost, begun) in best.items():
                off = abs(label.middle - (tops[start] + bottoms[end - 1]) / 2)
                if off <= slack and cost + off < following.get(end, (math.inf, ()))[0]:
                    following[end] = (cost + off, (*begun, start))
        best = following
    if not best:
        return
    ((_, begun),) = best.values()
    for start, number, label in zip(begun, held, labels, strict=True):
        if start < number:
            rows[number].cells.remove(label)
            rows[start].add(label)
