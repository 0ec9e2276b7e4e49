"""ALTO → text and boxes: its strings, in the file's order or, where it gives one, in its reading order.

Source: ALTO 2.0 to 4.4 (Library of Congress), in any namespace. Its units of measurement are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jiaokan.errors import InputError
from jiaokan.read.formats import Reading
from jiaokan.read.pieces import NOWHERE, Line, Piece, Place, Region, Table, edge, number, place, reading, table
from jiaokan.read.xml import decoded, local, xml

SPACES = ("TopMargin", "LeftMargin", "PrintSpace", "RightMargin", "BottomMargin")  # as one reads a page
_TABLE = re.compile("table", re.IGNORECASE)


def read(data: bytes, *, where: str) -> Reading:
    """Return the text of an ALTO file, a block a line. Raises InputError for one that is damaged or has no page."""
    return reading(blocks(xml(data, where=where), where=where), encoding=decoded(data, where=where)[1])


def blocks(root: Any, *, where: str) -> Iterator[Region | Table]:
    """Yield the text blocks and tables. Raises InputError if there is no Page."""
    pages = list(root.iter("{*}Page"))
    if not pages:
        raise InputError("no Page in this ALTO file", where=where, fix="export it again, with its layout")
    ranks = {reference.get("REF"): rank for rank, reference in enumerate(root.iter("{*}ElementRef"))}
    for page, element in enumerate(pages, start=1):
        spaces = [one for space in SPACES for one in element.iterchildren(f"{{*}}{space}")] or [element]
        found = [holder for one in spaces for holder in _holders(one)]
        for holder in sorted(found, key=lambda holder: _rank(holder, ranks)):
            yield from _block(holder, page)


def _holders(space: Any) -> Iterator[Any]:
    """Yield the text blocks of a part of the page, and the composed blocks that are tables."""
    for one in space.iter("{*}TextBlock", "{*}ComposedBlock"):
        if _table_above(one) is None and (local(one) == "TextBlock" or _is_table(one)):
            yield one


def _block(holder: Any, page: int) -> Iterator[Region | Table]:
    if local(holder) == "TextBlock":
        yield _region(holder, page)
        return
    cells = list(holder.iter("{*}TextBlock"))
    found = table([(_place(cell), [_line(line, page) for line in cell.iterchildren("{*}TextLine")]) for cell in cells])
    if found:
        yield found
    else:
        yield from (_region(cell, page) for cell in cells)


def _region(block: Any, page: int) -> Region:
    """Return a text block; its column is the composed block around it."""
    lines = [_line(line, page) for line in block.iterchildren("{*}TextLine")]
    above = block.getparent()
    column = _place(above).right if local(above) == "ComposedBlock" else 0
    return Region(lines, max(column, edge(lines)))


def _line(line: Any, page: int) -> Line:
    pieces = []
    for string in line.iterchildren("{*}String"):
        text = " ".join((string.get("CONTENT") or "").split())
        after = next(string.itersiblings("{*}*"), None)
        glued = after is not None and local(after) == "HYP"
        pieces.append(Piece(string, text, page, string.get("ID") or "", _place(string), number(string.get("WC"), most=1), glued))
    return Line(pieces, _place(line))


def _place(element: Any) -> Place:
    """Return where an element stands, or where what it is part of does."""
    for one in (element, *element.iterancestors()):
        left, top, width, height = (number(one.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        if left is None or top is None or width is None or height is None:
            continue
        if (known := place(left, top, left + width, top + height)) != NOWHERE:
            return known
    return NOWHERE


def _rank(holder: Any, ranks: dict[str | None, int]) -> float:
    """Return the place of a block in the reading order, or after all that have one; a block in a group that is named has its place."""
    return next((ranks[one.get("ID")] for one in (holder, *holder.iterancestors()) if one.get("ID") in ranks), float("inf"))


def _is_table(element: Any) -> bool:
    return local(element) == "ComposedBlock" and bool(_TABLE.fullmatch(element.get("TYPE") or ""))


def _table_above(element: Any) -> Any:
    return next((one for one in element.iterancestors("{*}ComposedBlock") if _is_table(one)), None)
