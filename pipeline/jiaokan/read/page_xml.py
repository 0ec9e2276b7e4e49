"""PAGE XML → text and boxes: words or lines of the regions in reading order, tables as rows of cells.

Source: the PAGE content schema of PRImA, 2013-07-15 to 2019-07-15, as Transkribus and OCR-D write it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jiaokan.errors import InputError
from jiaokan.read.formats import Reading
from jiaokan.read.pieces import NOWHERE, Line, Piece, Place, Region, Table, edge, number, place, reading, table
from jiaokan.read.xml import decoded, local, xml


def read(data: bytes, *, where: str) -> Reading:
    """Return the text of a PAGE file. Raises InputError for one that is damaged or has no page."""
    return reading(blocks(xml(data, where=where), where=where), encoding=decoded(data, where=where)[1])


def blocks(root: Any, *, where: str) -> Iterator[Region | Table]:
    """Yield the text regions and tables: first those the reading order names, then the others as they come. Raises InputError."""
    pages = list(root.iter("{*}Page"))
    if not pages:
        raise InputError("no Page in this PAGE file", where=where, fix="export it again, with its layout")
    for page, element in enumerate(pages, start=1):
        ranks = {name: rank for rank, name in enumerate(_order(element))}
        yield from _regions(element, page, ranks)


def equivalent(element: Any) -> Any:
    """Return the TextEquiv that counts: the one with the lowest index, or the first; None where there is none."""
    found = list(element.iterchildren("{*}TextEquiv"))
    ranked = [(index, order) for order, one in enumerate(found) if (index := number(one.get("index"))) is not None]
    return found[min(ranked)[1] if ranked else 0] if found else None


def written(element: Any) -> str:
    """Return the text an element itself carries, its lines kept."""
    one = equivalent(element)
    text = "" if one is None else one.findtext("{*}Unicode") or one.findtext("{*}PlainText") or ""
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def _order(page: Any) -> Iterator[str]:
    """Yield the ids of regions in reading order; groups may hold groups."""
    waiting = [one for order in page.iterchildren("{*}ReadingOrder") for one in order.iterchildren("{*}*")][::-1]
    while waiting:
        one = waiting.pop()
        yield one.get("regionRef") or ""
        inner = list(one.iterchildren("{*}*"))
        if local(one).startswith("Ordered"):
            inner.sort(key=lambda part: index if (index := number(part.get("index"))) is not None else float("inf"))
        waiting += reversed(inner)


def _regions(holder: Any, page: int, ranks: dict[str, int]) -> Iterator[Region | Table]:
    """Yield what stands in a page or region: each region, then what is within it."""
    found = [one for one in holder.iterchildren("{*}*") if local(one).endswith("Region")]
    for one in sorted(found, key=lambda region: _rank(region, ranks)):
        if local(one) == "TableRegion":
            yield from _table(one, page, ranks)
        else:
            yield from _text(one, page)
            yield from _regions(one, page, ranks)


def _rank(region: Any, ranks: dict[str, int]) -> float:
    """Return the first place in the reading order of a region or anything within it; a region without one comes last."""
    return min((ranks[one.get("id")] for one in region.iter("{*}*") if one.get("id") in ranks), default=float("inf"))


def _text(region: Any, page: int) -> Iterator[Region]:
    lines = _lines(region, page)
    if lines:
        yield Region(lines, edge(lines))


def _lines(region: Any, page: int) -> list[Line]:
    """Return the lines of a region, or the region itself where it has text and no lines with any."""
    around = _place(region)
    lines = [_line(line, page, around) for line in region.iterchildren("{*}TextLine")]
    if not any(piece.text for line in lines for piece in line.pieces) and written(region):
        return [Line([_piece(region, page, around)], around)]
    return lines


def _line(line: Any, page: int, around: Place) -> Line:
    """Return a line's words, or the line itself if it has none, or if its own text says something else: it was corrected by hand."""
    around = _place(line, around)
    words = [_piece(word, page, around) for word in line.iterchildren("{*}Word")]
    own = written(line)
    if own and "".join(own.split()) != "".join("".join(word.text.split()) for word in words):
        return Line([_piece(line, page, around)], around)
    return Line(words, around)


def _piece(element: Any, page: int, around: Place) -> Piece:
    one = equivalent(element)
    confidence = None if one is None else number(one.get("conf"), most=1)
    return Piece(element, written(element), page, element.get("id") or "", _place(element, around), confidence)


def _table(region: Any, page: int, ranks: dict[str, int]) -> Iterator[Region | Table]:
    """Yield a table by the roles of its cells (2019), their row and col (Transkribus), or where they stand; else its regions as they come."""
    cells = [one for one in region.iterchildren("{*}*") if local(one) in {"TextRegion", "TableCell"}]
    placed: dict[tuple[int, int], list[Line]] = {}
    for cell in cells:
        role = next(cell.iter("{*}TableCellRole"), None)
        row, column = (role.get("rowIndex"), role.get("columnIndex")) if role is not None else (cell.get("row"), cell.get("col"))
        at = number(row, most=_MOST), number(column, most=_MOST)
        if at[0] is None or at[1] is None:
            break
        placed.setdefault((int(at[0]), int(at[1])), []).extend(_cell(cell, page))
    else:
        if cells:
            width = max(column for _, column in placed) + 1
            rows = sorted({row for row, _ in placed})
            yield Table([[placed.get((row, column), []) for column in range(width)] for row in rows])
            return
    found = table([(_place(cell), _cell(cell, page)) for cell in cells])
    yield from [found] if found else _regions(region, page, ranks)


def _cell(cell: Any, page: int) -> list[Line]:
    """Return the lines of a cell and of the regions within it; a line feed of its own would end the row."""
    lines = [line for one in (cell, *cell.iterdescendants("{*}TextRegion")) for line in _lines(one, page)]
    return [Line([replace(piece, text=piece.text.replace("\n", " ")) for piece in line.pieces], line.place) for line in lines]


_MOST = 999  # rows or columns of a table on a page


def _place(element: Any, around: Place = NOWHERE) -> Place:
    """Return the rectangle around an element's points, or that of what it is part of."""
    coordinates = next(element.iterchildren("{*}Coords"), None)
    if coordinates is None:
        return around
    points = [point.split(",") for point in (coordinates.get("points") or "").split()]
    points = points or [[point.get("x") or "", point.get("y") or ""] for point in coordinates.iterchildren("{*}Point")]
    pairs = [(number(point[0]), number(point[1])) for point in points if len(point) == 2]
    xs, ys = [x for x, _ in pairs if x is not None], [y for _, y in pairs if y is not None]
    if not xs or not len(xs) == len(ys) == len(points):
        return around
    return place(min(xs), min(ys), max(xs), max(ys))
