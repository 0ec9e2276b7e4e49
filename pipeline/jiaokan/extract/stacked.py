"""Tables whose cells stand one a line, as plain recognition gives them, put back in rows.

一级指标 / 二级指标 / 三级指标 / 指标值 / 产出指标 / 数量指标 / … → a header of four cells, then rows of four.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from jiaokan.extract.indicators import FIRST, SECOND, THIRD, VALUE, Tree
from jiaokan.extract.page import Cell, Row, filled
from jiaokan.extract.tables import is_figure

Tables = Callable[[str], frozenset[tuple[str, str]]]
"""The tables of the family that have a column called so, each with that column."""
Named = Callable[[str], bool]


def unstacked(lines: Sequence[Row], tree: Tree, tables: Tables, is_label: Named) -> list[Row]:
    """Return the rows of a page, its stacked tables in rows."""
    found: list[Row] = []
    index = 0
    while index < len(lines):
        end, names = _headings(lines, index, tree)
        if THIRD in names and VALUE in names:
            cells, below = _cells(lines, end, lambda text: is_label(text) and not tree.is_node(text))
            found += [_row(_cells(lines[index:end], 0)[0]), *_indicators(cells, names, tree)]
            index = below
            continue
        end = _table(lines, index, tables)
        if end > index + 1:
            cells, below = _cells(lines, end, lambda text: is_label(text) or bool(tree.column_name(text)))
            if rows := _records(_cells(lines[index:end], 0)[0], cells):
                found += rows
                index = below
                continue
        found += lines[index : max(end, index + 1)]
        index = max(end, index + 1)
    return found


def _headings(lines: Sequence[Row], index: int, tree: Tree) -> tuple[int, list[str]]:
    """Return the columns of an indicator table named on the lines from one on, each once, and the line after them."""
    names: list[str] = []
    for place in range(index, len(lines)):
        cells = filled(lines[place])
        name = tree.column_name(cells[0].text) if len(cells) == 1 else ""
        if not name or name in names:
            break
        names.append(name)
    return index + len(names), names


def _table(lines: Sequence[Row], index: int, tables: Tables) -> int:
    """Return the line after those that name columns of one table, from a line on; a line that another names again heads the group."""
    common: frozenset[str] = frozenset()
    first: frozenset[tuple[str, str]] = frozenset()
    for place in range(index, len(lines)):
        cells = filled(lines[place])
        columns = tables(cells[0].text) if len(cells) == 1 else frozenset()
        named = frozenset(table for table, _ in columns)
        if place == index:
            first, common = columns, named
        elif first & columns:
            return index + 1
        else:
            common &= named
        if not common:
            return place
    return len(lines)


def _cells(lines: Sequence[Row], index: int, ends: Named | None = None) -> tuple[list[Cell], int]:
    """Return the cells that stand one a line from a line on, as far as none ends the table, and the line after them."""
    found: list[Cell] = []
    for place in range(index, len(lines)):
        cells = filled(lines[place])
        if len(cells) > 1 or (cells and ends and ends(cells[0].text)):
            return found, place
        found += cells
    return found, len(lines)


def _indicators(cells: Sequence[Cell], names: Sequence[str], tree: Tree) -> Iterator[Row]:
    """Yield the rows of an indicator table from its cells in order: nodes begin a row, the other columns follow."""
    levels = {names.index(name): level for level, name in ((1, FIRST), (2, SECOND)) if name in names}
    others = [column for column in range(len(names)) if column not in levels]
    lower = tree.lower(cells)
    row: dict[int, Cell] = {}
    for cell in cells:
        told = [column for column in others if column in row]
        is_node = tree.is_node(cell.text)
        if told and (len(told) == len(others) or (is_node and names.index(VALUE) in row)):
            yield _placed(row, len(names))
            row, told = {}, []
        fits = (
            column
            for column, level in levels.items()
            if column not in row and (node := tree.node(cell.text, level)) and not (level == 1 and node in lower)
        )
        level = next(fits, None) if is_node and not told else None
        row[level if level is not None else next(column for column in others if column not in row)] = cell
    if row:
        yield _placed(row, len(names))


def _placed(row: dict[int, Cell], width: int) -> Row:
    start = next(iter(row.values())).start
    return [replace(row[column], column=column) if column in row else Cell("", start, column) for column in range(width)]


def _row(cells: Sequence[Cell]) -> Row:
    return [replace(cell, column=column) for column, cell in enumerate(cells)]


def _records(header: Sequence[Cell], cells: Sequence[Cell]) -> list[Row]:
    """Return header and rows of a table of records, [] where its cells do not tell the rows.

    A row of figures begins with its name, which has no heading; rows of texts are told by their number alone.
    """
    if len(cells) > 1 and not is_figure(cells[0].text) and is_figure(cells[1].text):
        starts = [place for place, cell in enumerate(cells) if not is_figure(cell.text)]
        rows = [cells[start:end] for start, end in zip(starts, [*starts[1:], len(cells)], strict=True)]
        return [_row([Cell("", header[0].start), *header]), *(_row(row) for row in rows if len(row) == len(header) + 1)]
    if not cells or len(cells) % len(header):
        return []
    return [_row(header), *(_row(cells[start : start + len(header)]) for start in range(0, len(cells), len(header)))]
