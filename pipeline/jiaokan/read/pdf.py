"""PDF → text and boxes, from its text layer: printed, or laid invisibly over a scan. A scan without one goes to an OCR engine.

Tables are told by their rules where they are drawn (read.lattice), else by where the text stands (read.geometry).
Source: ISO 32000-2; read by PDFium (pypdfium2 5), built without JavaScript.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from math import pi
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pypdfium2
from pypdfium2 import raw

from jiaokan.errors import InputError
from jiaokan.model import Box, Span
from jiaokan.read.formats import Reading
from jiaokan.read.geometry import WORD_GAP, Piece, assemble, wide, written
from jiaokan.read.lattice import NEAR, Rule, Table, tables

if TYPE_CHECKING:
    from PIL.Image import Image

PAGES = 20_000  # the longest volume of an archive has some thousands
CHARACTERS = 500_000  # on one page; a dense A3 table has 20,000
SAMPLED = 500  # characters of a page that are asked which way they stand
DRAWN = 100_000  # pieces of lines on a page; one with more is a drawing, not a table
DPI = 192  # at which a scan is shown to the engine
PIXELS = 40_000_000  # of a page so shown: A2 at 192 dpi; a larger page is shown smaller
SCANNED = 0.5  # share of a page its pictures cover from which a page without text is a scan
THIN = 3.0  # points: a filled rectangle no wider is a rule
BLANK = 0.25  # em: a gap between Latin letters that is a blank; one between Han characters is twice as wide
LOST = "\ufffd"  # a character that is drawn and not told: the font does not say which it is
TO_OCR = "pip install 'jiaokan[ocr]', or give what an OCR engine read from it"
AGAIN = "export or copy the file again"


class _Character(NamedTuple):
    """A character in its place: points from the top left corner of the page, turned so that text stands upright."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    seen: bool  # else it is laid over a scan, and its width is a guess

    @property
    def em(self) -> float:
        height = self.bottom - self.top
        return height if not self.seen else self.right - self.left if wide(self.text) else 0.75 * height


class _Ruled(NamedTuple):
    """The rows of a table told by its rules."""

    rows: list[list[list[Piece]]]
    across: tuple[float, ...]
    open_above: bool
    open_below: bool

    def goes_on(self, other: _Ruled) -> bool:
        """Tell whether another table is the rest of this one, cut by a page's end: no rule closes either, and their columns are the same."""
        same = len(self.across) == len(other.across) and all(abs(x - y) <= NEAR for x, y in zip(self.across, other.across, strict=True))
        return same and self.open_below and other.open_above


_Placed = TypeVar("_Placed", _Character, Piece)
_Turn = Callable[[float, float], tuple[float, float]]
_Back = tuple[float, _Turn]  # from a page turned for reading to the page as shown: its height, and the way


def read(data: bytes, *, where: str) -> Reading:
    """Return the text of a PDF and its printed lines as boxes, in points from the top left corner of each page as it is shown.

    A font that does not tell its characters leaves U+FFFD. Text beyond the crop box is no part of the page.
    Raises InputError for a PDF that is damaged, encrypted or too long, and for scanned pages without an OCR engine to read them.
    """
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            return _read(document, where)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY} or "assword" in str(error):
            raise InputError("this PDF is encrypted: it needs a password", where=where, fix="save it without a password") from None
        raise InputError(f"damaged PDF ({error})", where=where, fix=AGAIN) from None


def _read(document: pypdfium2.PdfDocument, where: str) -> Reading:
    count = len(document)
    if not 0 < count <= PAGES:
        raise InputError(f"{count} pages; a PDF has 1 to {PAGES}", where=where, fix="split it, for example: qpdf --split-pages=1000")
    parts: list[_Ruled | Reading] = []
    turns: dict[int, _Back] = {}
    scans: list[tuple[int, int]] = []  # where it belongs in the parts, its number
    for number in range(1, count + 1):
        try:
            with closing(document[number - 1]) as page:
                found, scanned = _page(page, number, turns, where)
        except pypdfium2.PdfiumError as error:
            raise InputError(f"damaged PDF: page {number} cannot be opened ({error})", where=where, fix=AGAIN) from None
        if scanned:
            scans.append((len(parts), number))
        parts.extend(found)
    if not parts:
        return _recognised(document, range(1, count + 1), where)
    for place, number in reversed(scans):
        parts.insert(place, _recognised(document, [number], where))
    text, boxes, _ = _joined(part if isinstance(part, Reading) else written(part.rows) for part in _mended(parts))
    return Reading(text, tuple(_as_shown(box, turns) for box in boxes))


def _page(page: pypdfium2.PdfPage, number: int, turns: dict[int, _Back], where: str) -> tuple[list[_Ruled | Reading], bool]:
    """Return what the text layer of a page tells, from the top, and whether the page looks like a scan.

    Text is read upright, whichever way the page is shown; `turns` then has the way back to the page as shown.
    """
    with closing(page.get_textpage()) as layer:
        if layer.count_chars() > CHARACTERS:
            raise InputError(f"page {number} has over {CHARACTERS} characters", where=where, fix="print the PDF to a new one")
        rotation = _upright(layer)
        turn = _turned(page.get_bbox(), rotation)
        left, bottom, right, top = page.get_bbox()
        width, height = (right - left, top - bottom) if rotation % 180 == 0 else (top - bottom, right - left)
        characters = [
            one for one in _characters(layer, turn) if 0 <= one.left + one.right <= 2 * width and 0 <= one.top + one.bottom <= 2 * height
        ]
    if rotation != page.get_rotation():  # PDFium orders text as the page is shown
        characters = _in_order(characters)
    lost = sum(character.text == LOST for character in characters)
    if 2 * lost >= sum(not character.text.isspace() for character in characters):
        return [], bool(lost) or _covered(page) >= SCANNED
    if rotation != page.get_rotation():
        turns[number] = height, _turned((0, 0, width, height), (page.get_rotation() - rotation) % 360)
    ruled = tables(_rules(page, turn))
    by_cell: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    running: list[Piece] = []
    for place, piece in _pieces(characters, ruled, number):
        if place is None:
            running.append(piece)
        else:
            by_cell[place].append(piece)
    return list(_parts(running, ruled, by_cell)), False


def _parts(running: Sequence[Piece], ruled: Sequence[Table], by_cell: Mapping[tuple[int, int], list[Piece]]) -> Iterator[_Ruled | Reading]:
    """Yield a page from the top: what stands above a table, the table, and so on."""
    rest = sorted(running, key=lambda piece: piece.top + piece.bottom)
    for number, table in enumerate(ruled):
        end = bisect_left(rest, 2 * table.top, key=lambda piece: piece.top + piece.bottom)
        if rest[:end]:
            yield assemble(rest[:end])
        rest = rest[end:]
        width = max(cell.column for cell in table.cells) + 1
        rows: dict[int, list[list[Piece]]] = {}
        for place, cell in enumerate(table.cells):
            rows.setdefault(cell.row, [[] for _ in range(width)])[cell.column] = _in_order(by_cell.get((number, place), []))
        filled = [rows[row] for row in sorted(rows) if any(rows[row])]
        if filled:
            yield _Ruled(filled, table.across, open_above=table.open_above, open_below=table.open_below)
    if rest:
        yield assemble(rest)


def _in_order(pieces: Iterable[_Placed]) -> list[_Placed]:
    """Return pieces or characters line by line; files may hold them in any order."""
    lines: list[list[_Placed]] = []
    for piece in sorted(pieces, key=lambda one: one.top + one.bottom):
        if lines and lines[-1][0].bottom > (piece.top + piece.bottom) / 2:
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [piece for line in lines for piece in sorted(line, key=lambda one: one.left)]


def _mended(parts: Iterable[_Ruled | Reading]) -> Iterator[_Ruled | Reading]:
    """Yield the parts, a row that a page's end cuts in two made one."""
    last: _Ruled | Reading | None = None
    for part in parts:
        if isinstance(last, _Ruled) and isinstance(part, _Ruled) and last.goes_on(part):
            width = max(len(last.rows[-1]), len(part.rows[0]))
            upper, lower = (row + [[] for _ in range(width - len(row))] for row in (last.rows[-1], part.rows[0]))
            last.rows[-1] = [before + after for before, after in zip(upper, lower, strict=True)]
            last.rows.extend(part.rows[1:])
            last = last._replace(open_below=part.open_below)
            continue
        if last is not None:
            yield last
        last = part
    if last is not None:
        yield last


def _joined(readings: Iterable[Reading]) -> Reading:
    texts: list[str] = []
    boxes: list[Box] = []
    length = 0
    for reading in readings:
        boxes.extend(replace(box, span=Span(box.span.start + length, box.span.end + length)) for box in reading.boxes)
        texts.append(reading.text)
        length += len(reading.text)
    return Reading("".join(texts), tuple(boxes))


def _turned(box: tuple[float, float, float, float], rotation: int) -> _Turn:
    """Return the way from a place in a box of the PDF (origin at the bottom left) to the one it has on a page turned clockwise by so many degrees."""
    left, bottom, right, top = box
    turns: dict[int, _Turn] = {
        0: lambda x, y: (x - left, top - y),
        90: lambda x, y: (y - bottom, x - left),
        180: lambda x, y: (right - x, y - bottom),
        270: lambda x, y: (top - y, right - x),
    }
    return turns[rotation]


def _upright(layer: pypdfium2.PdfTextPage) -> int:
    """Return by how many degrees, clockwise, the page must be turned for most of its text to stand upright."""
    count = layer.count_chars()
    angles = Counter(
        round(raw.FPDFText_GetCharAngle(layer, index) / (pi / 2)) % 4
        for index in range(0, count, max(count // SAMPLED, 1))
        if raw.FPDFText_IsGenerated(layer, index) != 1
    )
    return -angles.most_common(1)[0][0] * 90 % 360 if angles else 0


def _as_shown(box: Box, turns: Mapping[int, _Back]) -> Box:
    """Return a box on its page as it is shown, where the text was read from the side."""
    if box.page not in turns:
        return box
    height, turn = turns[box.page]
    (x, y), (other_x, other_y) = turn(box.left, height - box.top), turn(box.right, height - box.bottom)
    return replace(box, left=min(x, other_x), top=min(y, other_y), right=max(x, other_x), bottom=max(y, other_y))


def _characters(layer: pypdfium2.PdfTextPage, turn: _Turn) -> Iterator[_Character]:
    """Yield the characters of a page in the order they were set; the blanks and line ends PDFium makes up are left out."""
    box = raw.FS_RECTF()
    high = ""  # the first half of a pair of surrogates
    for index in range(layer.count_chars()):
        if raw.FPDFText_IsGenerated(layer, index) == 1 or not raw.FPDFText_GetLooseCharBox(layer, index, ctypes.byref(box)):
            continue
        code = raw.FPDFText_GetUnicode(layer, index)
        if 0xD800 <= code < 0xDC00:
            high = chr(code)
            continue
        seen = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(layer, index)) != raw.FPDF_TEXTRENDERMODE_INVISIBLE
        # The font of a layer over a scan has no signs, only codes, and these are right.
        text = _told(code, high, lost=seen and raw.FPDFText_HasUnicodeMapError(layer, index) == 1)
        high = ""
        (x, y), (other_x, other_y) = turn(box.left, box.top), turn(box.right, box.bottom)
        yield _Character(text, min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y), seen)


def _told(code: int, high: str, *, lost: bool) -> str:
    if high and 0xDC00 <= code < 0xE000:
        return (high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16")
    if code == 2:  # a hyphen at the end of a line, so marked by PDFium
        return "-"
    if lost or code in {0, 0xFFFE, 0xFFFF} or 0xD800 <= code < 0xE000:
        return LOST
    return " " if code < 0x20 else chr(code)


def _pieces(characters: Sequence[_Character], ruled: Sequence[Table], number: int) -> Iterator[tuple[tuple[int, int] | None, Piece]]:
    """Yield the printed lines of a page as pieces, each with the table and cell it stands in: a line ends at a rule."""
    run: list[_Character] = []
    words: list[str] = []
    inked: _Character | None = None  # the last of the run that is no blank
    home: tuple[int, int] | None = None
    count = 0

    def ended() -> Iterator[tuple[tuple[int, int] | None, Piece]]:
        nonlocal count
        inked = [character for character in run if not character.text.isspace()]
        if inked:
            count += 1
            sides = (
                min(one.left for one in inked),
                min(one.top for one in inked),
                max(one.right for one in inked),
                max(one.bottom for one in inked),
            )
            yield home, Piece("".join(words).strip(), f"{number}-{count}", number, *sides)

    for character in characters:
        here = _cell(character, ruled)
        if run:
            gap = _gap(run[-1], character) if here == home and _follows(inked or run[-1], character) else None
            if gap is None or (here is None and gap > WORD_GAP):
                yield from ended()
                run, words, inked = [], [], None
            elif (
                gap > (2 * BLANK if wide(run[-1].text) or wide(character.text) else BLANK)
                and not (run[-1].text + character.text).isspace()
            ):
                words.append(" ")
        home = here
        run.append(character)
        words.append(character.text)
        inked = inked if character.text.isspace() else character
    yield from ended()


def _cell(character: _Character, ruled: Sequence[Table]) -> tuple[int, int] | None:
    x, y = (character.left + character.right) / 2, (character.top + character.bottom) / 2
    for number, table in enumerate(ruled):
        place = table.cell_at(x, y)
        if place is not None:
            return number, place
    return None


def _follows(before: _Character, after: _Character) -> bool:
    """Tell whether a character goes on on the printed line of another. Over scans the places of characters in a word are a guess."""
    shared = min(before.bottom, after.bottom) - max(before.top, after.top)
    return shared >= 0.5 * min(before.bottom - before.top, after.bottom - after.top) and after.left > before.left - 0.5 * before.em


def _gap(before: _Character, after: _Character) -> float:
    """Return the white between two characters in em."""
    return (after.left - before.right) / max(min(before.em, after.em), 0.1)


def _rules(page: pypdfium2.PdfPage, turn: _Turn) -> list[Rule]:
    """Return the straight lines drawn on a page, none if there are too many for tables."""
    found: list[Rule] = []
    pieces = 0
    for shape in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        pieces += raw.FPDFPath_CountSegments(shape)
        if pieces > DRAWN:
            return []
        mode, stroked = ctypes.c_int(), raw.FPDF_BOOL()
        if not raw.FPDFPath_GetDrawMode(shape, ctypes.byref(mode), ctypes.byref(stroked)) or not (mode.value or stroked.value):
            continue
        for outline in _outlines(shape, turn):
            found.extend(_straight(outline, stroked=bool(stroked.value)))
    return found


def _outlines(shape: pypdfium2.PdfObject, turn: _Turn) -> Iterator[list[tuple[float, float]]]:
    """Yield the corners of each closed or open line of a shape; one with a curve in it is left out."""
    matrix = shape.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    outline: list[tuple[float, float]] = []
    curved = False
    for index in range(raw.FPDFPath_CountSegments(shape)):
        segment = raw.FPDFPath_GetPathSegment(shape, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if outline and not curved:
                yield outline
            outline, curved = [], False
        curved = curved or kind == raw.FPDF_SEGMENT_BEZIERTO
        outline.append(turn(*matrix.on_point(x.value, y.value)))
        if raw.FPDFPathSegment_GetClose(segment):
            outline.append(outline[0])
    if outline and not curved:
        yield outline


def _straight(outline: Sequence[tuple[float, float]], *, stroked: bool) -> Iterator[Rule]:
    """Yield the rules of an outline: itself if it is a thin bar, else its level and upright sides if they are stroked."""
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    across, down = max(xs) - min(xs), max(ys) - min(ys)
    if min(across, down) <= THIN:
        if max(across, down) > THIN:
            yield _rule(min(xs), min(ys), max(xs), max(ys))
    elif stroked:
        for (x, y), (other_x, other_y) in pairwise(outline):
            if min(abs(x - other_x), abs(y - other_y)) < 0.5 and max(abs(x - other_x), abs(y - other_y)) > THIN:
                yield _rule(min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y))


def _rule(left: float, top: float, right: float, bottom: float) -> Rule:
    if right - left < bottom - top:
        return Rule(upright=True, at=(left + right) / 2, start=top, end=bottom)
    return Rule(upright=False, at=(top + bottom) / 2, start=left, end=right)


def _covered(page: pypdfium2.PdfPage) -> float:
    """Return the share of a page that its pictures cover."""
    width, height = page.get_size()
    area = 0.0
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        area += max(right - left, 0) * max(top - bottom, 0)
    return float(area / max(width * height, 1.0))


def _recognised(document: pypdfium2.PdfDocument, numbers: Sequence[int], where: str) -> Reading:
    """Return what an OCR engine reads from some pages. Raises InputError where none is installed."""
    what = (
        "no text layer: a scan" if len(numbers) == len(document) else f"page {numbers[0]} has no text layer: a scan among pages with text"
    )
    try:
        engine: Any = import_module("jiaokan.read.image")
    except ModuleNotFoundError:
        raise InputError(what, where=where, fix=TO_OCR) from None
    scales: list[float] = []

    def shown() -> Iterator[Image]:
        for number in numbers:
            picture, scale = _shown(document, number)
            scales.append(scale)
            yield picture

    reading: Reading = engine.recognise(shown())
    return Reading(reading.text, tuple(_in_points(box, numbers[box.page - 1], scales[box.page - 1]) for box in reading.boxes))


def _in_points(box: Box, page: int, scale: float) -> Box:
    """Return a box on a picture as one on its page of the PDF."""
    left, top, right, bottom = (side / scale for side in (box.left, box.top, box.right, box.bottom))
    return Box(box.span, f"{page}-{box.id.rpartition('-')[2]}", page, left, top, right, bottom, box.confidence)


def _shown(document: pypdfium2.PdfDocument, number: int) -> tuple[Image, float]:
    """Return a page as a picture, and how many of its pixels are a point."""
    with closing(document[number - 1]) as page:
        width, height = page.get_size()
        scale = min(DPI / 72, (PIXELS / max(width * height, 1.0)) ** 0.5)
        with closing(page.render(scale=scale, may_draw_forms=False)) as bitmap:
            return bitmap.to_pil().convert("RGB"), scale
