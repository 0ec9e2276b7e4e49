"""hOCR → text and boxes: the words or, where there are none, the lines, with their places and the engine's confidence.

Source: the hOCR specification 1.2, as tesseract 5, OCRopus and kraken write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from lxml import etree

from jiaokan.errors import InputError
from jiaokan.read.formats import Reading
from jiaokan.read.pieces import NOWHERE, Line, Piece, Place, Region, edge, number, place, reading
from jiaokan.read.xml import markup

LINES = frozenset({"ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"})
PARAGRAPHS = frozenset({"ocr_par"})
COLUMNS = frozenset({"ocr_carea", "ocr_column", "ocrx_block"})
UNITS = LINES | PARAGRAPHS | COLUMNS | {"ocrx_word", "ocr_page"}
_BBOX = re.compile(r"(?:^|;)\s*bbox\s+([^;]*)")
_CONFIDENCES = re.compile(r"(?:^|;)\s*x_(?:wconf|confs)\s+([^;]*)")
# Of alternatives the first <ins> is the one chosen: <ins class="alt">原</ins><del class="alt">源</del> is 原.
_TEXTS = etree.XPath(
    ".//text()[not(ancestor::*[contains(concat(' ', @class, ' '), ' alt ')][local-name() = 'del' or preceding-sibling::*[1][local-name() = 'ins']])]",
    smart_strings=False,
)


def read(data: bytes, *, where: str) -> Reading:
    """Return the text of an hOCR file, a paragraph a line. Raises InputError for one that is damaged or has no page."""
    file = markup(data, where=where)
    return reading(blocks(file.root, where=where), encoding=file.encoding)


def blocks(root: Any, *, where: str) -> Iterator[Region]:
    """Yield the paragraphs; lines outside any are each their own. Raises InputError if there is no ocr_page."""
    pages = [element for element in root.iter("{*}*") if "ocr_page" in _classes(element) and _within(element, {"ocr_page"}) is None]
    if not pages:
        raise InputError("no ocr_page in this hOCR file", where=where, fix="write it again with the engine's hocr option")
    for page, element in enumerate(pages, start=1):
        yield from _page(element, page)


def _page(page: Any, numbered: int) -> Iterator[Region]:
    units = [element for element in page.iter("{*}*") if UNITS.intersection(_classes(element))]
    holders = {_within(element, UNITS) for element in units}
    pieces = [_piece(element, numbered) for element in units if element not in holders]
    paragraphs: list[tuple[Any, list[Line]]] = []
    for line, words in groupby(pieces, key=lambda piece: _within(piece.element, LINES, itself=True)):
        taken = list(words)
        one = Line(taken, taken[0].place if line is None else _place(line))
        paragraph = _within(taken[0].element, PARAGRAPHS)
        if paragraph is not None and paragraphs and paragraphs[-1][0] is paragraph:
            paragraphs[-1][1].append(one)
        else:
            paragraphs.append((paragraph, [one]))
    columns = [_within(lines[0].pieces[0].element, COLUMNS) for _, lines in paragraphs]
    reach: dict[Any, float] = {}
    for column, (_, lines) in zip(columns, paragraphs, strict=True):
        reach[column] = max(reach.get(column, 0), edge(lines))
    for column, (_, lines) in zip(columns, paragraphs, strict=True):
        yield Region(lines, reach[column])


def _piece(element: Any, page: int) -> Piece:
    text = " ".join("".join(_TEXTS(element)).split())
    return Piece(element, text, page, element.get("id") or "", _place(element), _confidence(element.get("title") or ""))


def _place(element: Any) -> Place:
    """Return where an element stands, or where what it is part of does."""
    for one in (element, *element.iterancestors()):
        found = _BBOX.search(one.get("title") or "")
        sides = found[1].split() if found else []
        if len(sides) == 4 and (known := place(*map(number, sides))) != NOWHERE:
            return known
    return NOWHERE


def _confidence(title: str) -> float | None:
    """Return the confidence of a word, or the mean of its characters' (kraken): 0-100 in the file."""
    found = _CONFIDENCES.search(title)
    values = [number(value, most=100) for value in found[1].split()] if found else []
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known) / 100, 4) if known and len(known) == len(values) else None


def _classes(element: Any) -> list[str]:
    return (element.get("class") or "").split()


def _within(element: Any, kinds: set[str] | frozenset[str], *, itself: bool = False) -> Any:
    """Return the nearest element of some kinds that an element is in, or None."""
    if itself and kinds.intersection(_classes(element)):
        return element
    return next((one for one in element.iterancestors() if kinds.intersection(_classes(one))), None)
