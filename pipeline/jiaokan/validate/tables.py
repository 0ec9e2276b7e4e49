"""Tables as rules read them: each figure with the heading above it and the label before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jiaokan.extract.values import NUMBER, number, unit_of
from jiaokan.model import Span

TOTAL = re.compile(r"(?:合计|总计|小计|共计|总额)$")
"""A label that names a sum of its neighbours: 合计, 收入总计, 资金总额; white space and colons aside."""
_CODE = re.compile(r"\d{3}(?:\d\d){0,2}")
"""支出功能分类科目编码: 类 3 digits, 款 5, 项 7."""
_CODES = re.compile(r"编码|代码|功能科目|功能分类|科目$")
_SERIAL = re.compile(r"序\s?号|编号|行\s?次|名\s?次|排\s?名|年度|年份|年|日期|时间")
_COUNTERS = re.compile(r"[栏行]\s?次")
"""The label of a row that numbers the columns."""
_NONE = frozenset({"", "-", "—", "－", "–", "——", "/", "无"})
_WITH_UNIT = re.compile(rf"[￥¥]?({NUMBER})\s?(亿元|万元|千元|元|%)?")
_UNIT_LINE = re.compile(r"单位[:：]?\s*(?:人民币)?(亿元|万元|千元|元)")
_MISREAD = re.compile(r"[\dA-Za-z.,，。% ]+")
_LONGEST_FIGURE = 20
"""Characters: a cell up to this length that looks like a figure and is none is a figure misread."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell below a heading: a number, an empty cell (0), or a number that cannot be read (None)."""

    row: int
    column: int
    value: Decimal | None
    unit: str  # written in the cell itself: 452,300.00元, 98.5%
    empty: bool
    heading: str  # the texts above it, a line each, the nearest last
    label: str  # the text before it in its row
    label_column: int  # where that stands
    code: str  # of its row, "" where it has none
    span: Span  # in the cleaned text

    @property
    def column_name(self) -> str:
        """Return the nearest text above it, a unit or remark in brackets aside: 申请资金（万元） → 申请资金."""
        return re.sub(r"\s|[（(][^（）()]*[）)]$", "", self.heading.rpartition("\n")[2])

    @property
    def total(self) -> bool:
        """Tell whether it stands in a row of sums."""
        return is_total(self.label)

    @property
    def decimals(self) -> int:
        """Return how many decimals it has."""
        return -int(self.value.as_tuple().exponent) if self.value is not None else 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells between lines without tabs."""

    title: str  # the line before it, without its unit
    unit: str  # of money, as the lines before it give it; "" if they do not
    columns: tuple[tuple[Figure, ...], ...]  # the figures under one heading each, from above
    rows: tuple[tuple[Figure, ...], ...]  # the same figures, from the left
    labels: tuple[tuple[int, int, str], ...]  # row, column and text of each short cell
    end: int  # the row after the last

    def unit_under(self, heading: str) -> str:
        """Return the unit of money of the figures under a heading."""
        return unit_of(heading) or self.unit


def is_total(label: str) -> bool:
    """Tell whether a label names a sum: 合 计, 资金总额：."""
    return bool(TOTAL.search(re.sub(r"[\s:：]|[（(][^（）()]*[）)]$", "", label)))


def tables(text: str) -> Iterator[Table]:
    """Yield the tables of a text whose cells stand between tabs."""
    place, before, unit = 0, "", ""
    rows: list[list[tuple[str, Span]]] = []
    for line in [*text.splitlines(keepends=True), ""]:
        if "\t" in line:
            rows.append(list(_cells(line.rstrip("\n"), place)))
        else:
            if rows:
                yield _table(rows, before, unit)
                rows = []
            if match := _UNIT_LINE.search(line):
                unit = match[1]
            elif line.strip():
                before = line.strip()
        place += len(line)


def _cells(line: str, place: int) -> Iterator[tuple[str, Span]]:
    for cell in line.split("\t"):
        yield cell.strip(), Span(place, place + len(cell))
        place += len(cell) + 1


def _table(rows: Sequence[Sequence[tuple[str, Span]]], title: str, unit: str) -> Table:
    readers = [_Column(column) for column in range(max(map(len, rows)))]
    lines: list[tuple[Figure, ...]] = []
    for place, row in enumerate(rows):
        if match := next((match for cell, _ in row if (match := _UNIT_LINE.search(cell))), None):
            unit = match[1]
        lines.append(tuple(_figures(place, row, readers)))
    for reader in readers:
        reader.close()
    columns = [tuple(column) for reader in readers for column in reader.columns]
    labels = tuple(
        (place, column, cell) for place, row in enumerate(rows) for column, (cell, _) in enumerate(row) if 0 < len(cell) <= _LONGEST_FIGURE
    )
    return Table(title, unit, tuple(columns), tuple(line for line in lines if line), labels, len(rows))


class _Column:
    """Reads a column downwards: a heading, the figures under it, the next heading."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.heading = ""
        self.figures: list[Figure] = []
        self.columns: list[list[Figure]] = []

    def head(self, text: str) -> None:
        self.close()
        self.heading = f"{self.heading}\n{text}" if self.heading and len(self.heading) + len(text) <= 2 * _LONGEST_FIGURE else text

    def close(self) -> None:
        if self.figures:
            self.columns.append(self.figures)
            self.figures = []
            self.heading = ""

    def add(self, figure: Figure) -> None:
        """Keep a figure; before the first one an empty cell belongs to the heading."""
        if self.figures or not figure.empty:
            self.figures.append(figure)

    @property
    def counts(self) -> bool:
        """Tell whether what stands under the heading are amounts, not codes or serial numbers."""
        return not (self.codes or _SERIAL.fullmatch(self.heading.rpartition("\n")[2]))

    @property
    def codes(self) -> bool:
        """Tell whether codes stand under the heading."""
        return bool(_CODES.search(self.heading.rpartition("\n")[2]))


def _figures(place: int, row: Sequence[tuple[str, Span]], readers: Sequence[_Column]) -> Iterator[Figure]:
    """Yield the figures of a row and hand each to its column; in a row without any, an empty cell is a figure not read."""
    cells = [
        (cell, span, _figure(cell) or _quantity(cell, reader.heading), reader) for (cell, span), reader in zip(row, readers, strict=False)
    ]
    code = next((cell for cell, _, _, reader in cells if _CODE.fullmatch(cell) and reader.codes), "")
    if any(_COUNTERS.fullmatch(cell) for cell, _, _, _ in cells) and any(found and not found[2] for _, _, found, _ in cells):
        return
    some = any(found and not found[2] and reader.counts for _, _, found, reader in cells)
    label, beside = "", -1
    for cell, span, found, reader in cells:
        if found is None:
            if not (some and is_total(cell)):
                reader.head(cell)
            label, beside = cell, reader.place
        elif reader.counts:
            value, unit, empty = found
            figure = Figure(place, reader.place, value if some else None, unit, empty, reader.heading, label, beside, code, span)
            reader.add(figure)
            if not empty:
                yield figure


def _figure(cell: str) -> tuple[Decimal | None, str, bool] | None:
    """Return (value, unit, empty) of a cell that holds a figure or nothing, None for text."""
    if cell in _NONE:
        return Decimal(0), "", True
    if (value := number(cell)) is not None:
        return value, "", False
    match = _WITH_UNIT.fullmatch(cell.replace("％", "%"))
    if match and (value := number(match[1])) is not None:
        return value, match[2] or "", False
    digits = sum(map(str.isdigit, cell))
    return (None, "", False) if len(cell) <= _LONGEST_FIGURE and 2 * digits >= len(cell) and _MISREAD.fullmatch(cell) else None


def _quantity(cell: str, heading: str) -> tuple[Decimal | None, str, bool] | None:
    """Return the figure of a cell under 数量 that names its unit: 480套."""
    match = re.fullmatch(rf"({NUMBER})\s?([\u4e00-\u9fff]{{1,3}})", cell) if "数量" in heading else None
    return (number(match[1]), match[2], False) if match else None
