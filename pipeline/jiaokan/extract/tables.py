"""Tables whose header names fields: rows that are records, columns that are one value, rows of totals.

Which columns a family's tables have, and how their rows are read, is data (dictionaries/families).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jiaokan.extract.page import Cell, Row, filled
from jiaokan.extract.values import unit_of
from jiaokan.knowledge.families import Table
from jiaokan.knowledge.labels import Label, Labels, key

HEADER = 40
"""Characters of a header cell with its remark; prose is longer."""
FIGURE = re.compile(r"[-−]?[\d,，. ]*\d[\d,，. ]*(?:%|％|元|万元)?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENDING = re.compile(r"(?<=[\u4e00-\u9fff）)])\d[\d,.]*%?$")
_NOTHING = re.compile(r"[-—―–－_/\\\s]*")
_REMARK = re.compile(r"[（(][^（）()]*[）)]")
_QUALIFIER = re.compile(r"(?:19|20)\d\d年度?|[省市县区州镇乡]级|本级|地方|中央")
_NUMBERED = re.compile(r"(?<=目标)\d$")
_INSIDE = re.compile(r"（([^（）]{4,})）$")
SHORTEST = 3
"""Characters of a label that may be qualified: 2024年指标值; 县级部门 is none."""
WORDS_OF_FIGURE = 4
"""Han characters beside a figure in its cell: 约17.6万元, 100.00（万元）; a sentence has more."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table that the family knows."""

    table: Table
    labels: Mapping[int, str]  # column → the field it holds
    units: Mapping[int, str]  # column → the unit of money its header gives
    filled: tuple[int, ...]  # the columns that have a heading
    width: int  # cells of the row, empty ones too
    sums: frozenset[int] = frozenset()  # the columns headed 合计 and the like

    def align(self, row: Row, kinds: Mapping[str, str]) -> dict[int, Cell]:
        """Return a row's cells by the header's columns, from the right where empty cells were lost: merged cells stand left."""
        if len(row) >= self.width:
            shift = self._shift(row, kinds)
            return {cell.column - shift: cell for cell in row}
        cells = filled(row)
        columns = self.filled[max(0, len(self.filled) - len(cells)) :]
        return dict(zip(columns, cells[max(0, len(cells) - len(columns)) :], strict=True))

    def _shift(self, row: Row, kinds: Mapping[str, str]) -> int:
        """Return by how much a row's figures stand right of their headings: a name of two cells under a heading of one."""
        cells = filled(row)
        first = min((column for column, name in self.labels.items() if kinds.get(name) in FIGURES), default=0)
        while first - 1 in self.sums:
            first -= 1
        figure = next((cell.column for cell in cells if is_figure(cell.text)), 0)
        return figure - first if any(first <= cell.column < figure for cell in cells) else 0


def is_figure(text: str) -> bool:
    """Tell whether a cell holds a figure, or the dash that stands for none."""
    return FIGURE.fullmatch(text) is not None or _NOTHING.fullmatch(text) is not None


def has_figure(text: str) -> bool:
    """Tell whether a cell may be read as a figure, faults and words beside it allowed: 18O.00, 约17.6万元."""
    return len(text) <= HEADER and re.search(r"\d", text) is not None and len(_HAN.findall(text)) <= WORDS_OF_FIGURE


def named(labels: Labels, text: str) -> Sequence[Label]:
    """Return every label a text spells, its qualifiers left off where it spells none: 2024年指标值, 年度目标2, 实施（主管）单位.

    The last to be looked at is what stands in brackets: 人员和公用经费（基本支出）.
    """
    found = labels.spelt(text)
    if found or len(text) > HEADER:
        return found
    whole = key(text)
    bare = _REMARK.sub("", whole)
    qualifier = _QUALIFIER.match(bare)
    bare = _NUMBERED.sub("", bare[qualifier.end() if qualifier else 0 :])
    if SHORTEST <= len(bare) < len(whole) and (found := labels.spelt(bare)):
        return found
    inside = _INSIDE.search(whole)
    return labels.spelt(inside[1]) if inside else ()


def header(row: Row, tables: Sequence[Table], labels: Labels, tag: str) -> Header | None:
    """Return the header a row is, None if it is none: 项目名称 | 支出类型 | 当年预算（元） → 任务名称 and 本年度预算金额.

    Half of its cells name columns of one table, or its first does, or two do where only totals are read; none of its cells
    is a figure. A first cell that names a column again is the heading of its group: 年度目标 | 预期目标 | 实际完成情况.
    """
    cells = filled(row)
    if not tables or len(cells) < 2 or any(len(cell.text) > HEADER or FIGURE.fullmatch(cell.text) for cell in cells):
        return None
    exact = {label.name for cell in cells for label in named(labels, cell.text)}
    for table in tables:
        if exact.isdisjoint(table.columns):  # one heading at least is without a fault: a quick way out
            continue
        found = {cell.column: name for cell in cells if (name := _column(cell.text, table, labels, tag))}
        first, *others = found.items() if found else [(-1, "")]
        if first[0] == cells[0].column and any(name == first[1] for _, name in others):
            del found[first[0]]
        told = 2 * len(found) >= len(cells) or first[0] == cells[0].column or table.rows == "total"
        if len(set(found.values())) > 1 and told:
            units = {cell.column: unit_of(cell.text) for cell in cells}
            sums = frozenset(cell.column for cell in cells if any(label.kind == "row" for label in labels.spelt(cell.text)))
            return Header(table, found, units, tuple(cell.column for cell in cells), len(row), sums)
    return None


def two_rows(upper: Row, lower: Row, tables: Sequence[Table], labels: Labels, tag: str) -> Header | None:
    """Return the header that stands on two rows, None if it does not: 预算金额（万元） |  |  over 总额 | 财政拨款 | 其他资金.

    The lower row has headings of the same table and remarks, no values; a heading is the lower cell where there are two.
    """
    cells = filled(lower)
    if not cells or len(upper) < 2 or any(len(cell.text) > HEADER or FIGURE.fullmatch(cell.text) for cell in cells):
        return None
    over = {cell.column: cell for cell in upper if cell.text}
    merged = sorted((over | {cell.column: cell for cell in cells}).values(), key=lambda cell: cell.column)
    row = [replace(cell, text="") for cell in max(upper, lower, key=len)]
    for cell in merged:
        kept = over.get(cell.column)
        row[cell.column] = kept if kept and _REMARK.fullmatch(cell.text) else cell
    top = header(row, tables, labels, tag)
    if not top:
        return None
    known = sum(1 for cell in cells if _column(cell.text, top.table, labels, tag) or _REMARK.fullmatch(cell.text))
    alone = header(upper, [top.table], labels, tag)
    told = frozenset(top.labels) - frozenset(cell.column for cell in cells)
    if 2 * known < len(cells) or not (alone or told) or (alone and all(cell.column not in top.labels for cell in cells)):
        return None
    units, unit = {}, ""
    for cell in row:
        unit = unit_of(cell.text) or (unit_of(over[cell.column].text) if cell.column in over else unit)
        units[cell.column] = unit
    return replace(top, units=units)


def _column(text: str, table: Table, labels: Labels, tag: str) -> str:
    """Return the column of a table that a cell names; as a column's heading first: 年度重点工作任务 is a field as well."""
    spelt = [label for label in named(labels, text) if label.name in table.columns]
    if spelt:
        return min(spelt, key=lambda label: (label.kind != "column", tag not in label.families)).name
    near = labels.nearest(text, tag)
    return _column(near[1], table, labels, tag) if near else ""


def records(rows: Sequence[Row], top: Header, kinds: Mapping[str, str]) -> Iterator[tuple[int, str, Cell]]:
    """Yield (column, field, cell) for every cell that holds a value, row by row; a dash stands for none."""
    for row in rows:
        cells = top.align(row, kinds)
        for column, name in top.labels.items():
            cell = cells.get(column)
            if not (cell and cell.text) and column - 1 not in top.labels:
                cell = _tail(cells.get(column - 1))
            if cell and not _NOTHING.fullmatch(cell.text) and (kinds.get(name, "text") not in FIGURES or has_figure(cell.text)):
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
