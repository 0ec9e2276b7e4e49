"""Tables whose header names fields: rows that are records, columns that are one value, rows of totals.

Which columns a family's tables have, and how their rows are read, is data (dictionaries/families).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jiaokan.extract.page import Cell, Row, filled
from jiaokan.extract.values import unit_of
from jiaokan.knowledge.families import Table
from jiaokan.knowledge.labels import Labels

HEADER = 40
"""Characters of a header cell with its remark; prose is longer."""
FIGURE = re.compile(r"[-−]?[\d,，. ]*\d[\d,，. ]*(?:%|％|元|万元)?")
_ENDING = re.compile(r"(?<=[\u4e00-\u9fff）)])\d[\d,.]*%?$")
_NOTHING = re.compile(r"[-—―–－_/\\\s]*")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table that the family knows."""

    table: Table
    labels: Mapping[int, str]  # column → the field it holds
    units: Mapping[int, str]  # column → the unit of money its header gives
    filled: tuple[int, ...]  # the columns that have a heading
    width: int  # cells of the row, empty ones too

    def align(self, row: Row) -> dict[int, Cell]:
        """Return a row's cells by the header's columns, from the right where empty cells were lost: merged cells stand left."""
        if len(row) >= self.width:
            return {cell.column: cell for cell in row}
        cells = filled(row)
        columns = self.filled[max(0, len(self.filled) - len(cells)) :]
        return dict(zip(columns, cells[max(0, len(cells) - len(columns)) :], strict=True))


def is_figure(text: str) -> bool:
    """Tell whether a cell holds a figure, or the dash that stands for none."""
    return FIGURE.fullmatch(text) is not None or _NOTHING.fullmatch(text) is not None


def header(row: Row, tables: Sequence[Table], labels: Labels, tag: str) -> Header | None:
    """Return the header a row is, None if it is none: 项目名称 | 支出类型 | 当年预算（元） → 任务名称 and 本年度预算金额.

    Half of its cells name columns of one table, or its first does; none of its cells is a figure.
    """
    cells = filled(row)
    if not tables or len(cells) < 2 or any(len(cell.text) > HEADER or FIGURE.fullmatch(cell.text) for cell in cells):
        return None
    exact = {label.name for cell in cells for label in labels.spelt(cell.text)}
    for table in tables:
        if exact.isdisjoint(table.columns):  # one heading at least is without a fault: a quick way out
            continue
        found = {cell.column: name for cell in cells if (name := _column(cell.text, table, labels, tag))}
        if len(set(found.values())) > 1 and (2 * len(found) >= len(cells) or cells[0].column in found):
            units = {cell.column: unit_of(cell.text) for cell in cells}
            return Header(table, found, units, tuple(cell.column for cell in cells), len(row))
    return None


def _column(text: str, table: Table, labels: Labels, tag: str) -> str:
    """Return the column of a table that a cell names; as a column's heading first: 年度重点工作任务 is a field as well."""
    spelt = [label for label in labels.spelt(text) if label.name in table.columns]
    if spelt:
        return min(spelt, key=lambda label: (label.kind != "column", tag not in label.families)).name
    near = labels.nearest(text, tag)
    return _column(near[1], table, labels, tag) if near else ""


def records(rows: Sequence[Row], top: Header, kinds: Mapping[str, str]) -> Iterator[tuple[int, str, Cell]]:
    """Yield (column, field, cell) for every cell that holds a value, row by row; a dash stands for none."""
    for row in rows:
        cells = top.align(row)
        for column, name in top.labels.items():
            cell = cells.get(column)
            if not (cell and cell.text) and column - 1 not in top.labels:
                cell = _tail(cells.get(column - 1))
            if cell and not _NOTHING.fullmatch(cell.text) and (kinds.get(name, "text") not in FIGURES or re.search(r"\d", cell.text)):
                yield column, name, cell


def _tail(cell: Cell | None) -> Cell | None:
    """Return the figure that ends the cell left of an empty one, where an engine ran two cells together: 资金总额180.00."""
    found = _ENDING.search(cell.text) if cell and len(cell.text) <= HEADER else None
    return cell.part(found.start()) if cell and found and found.start() else None


FIGURES = frozenset({"money", "percent", "count"})
"""Types whose values have digits."""


def totals(rows: Sequence[Row], is_total: Callable[[str], bool]) -> Sequence[Row]:
    """Return the first row of totals of a table: | 合计 | 1670.87 | 1093.07 | 577.80."""
    for row in rows:
        if any(is_total(cell.text) for cell in filled(row)[:2]):
            return [row]
    return []
