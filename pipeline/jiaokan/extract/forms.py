"""Forms: labels and their values in the cells of a table.

A label may fill its cell, share it with its value (填报单位：某局), or stand inside the value, where an engine put it
(… 政策依据: …). A value may be empty, run on in the rows below, or stand under its label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jiaokan.extract import indicators
from jiaokan.extract.page import Cell, Page, Row, filled
from jiaokan.extract.values import amounts, ticked, unit_of
from jiaokan.knowledge.labels import Label, Labels, key
from jiaokan.model import Indicator

FAULTY = 0.8
"""Confidence of a field whose label has one fault."""
DISPLACED = 0.7
"""Confidence of a field whose label stands inside its value, or that no label names."""
RUNNING = 20
"""Characters: a shorter value does not run on into a row that begins at the left edge."""

_COLON = re.compile(r"(?:(?<=[\s、，,。；;》）)])|^)([^\s:：，。；、》]{2,24})\s?[:：]")
_FURNITURE = re.compile(r"[—―–\-－·]\s*\d{1,4}\s*[—―–\-－·]")
_PAGE_UNIT = re.compile(r"(?:金额)?单位[:：]\s*(亿元|万元|千元|元)")
_YEAR = re.compile(r"((?:19|20|１９|２０)[\d０-９]{2}\s*年度)")
_YEAR_LINE = re.compile(r"[（(]?\s*((?:19|20|１９|２０)[\d０-９]{2}\s*年度?)\s*[）)]?")
_AGENCY_LINE = re.compile(r"[\u4e00-\u9fff]{2,24}(?:[局委办厅部院校所站馆队]|中心|政府|委员会|办公室|协会|联合会|银行|公司|中学|小学)")
_PHONE = re.compile(r"\(?(?:1[3-9][\d ]{9,13}|0\d{2,3}[-—－ ]?[\d ]{7,10})$")


@dataclass
class Entry:
    """A label met on the page, and the cells of its value as they come."""

    label: Label
    at: Cell
    colon: bool
    confidence: float = 1.0
    cells: list[Cell] = field(default_factory=list)


class Form:
    """Reads the fields and indicators of one page."""

    def __init__(self, page: Page, labels: Labels) -> None:
        self.page, self.labels = page, labels
        self.tag = page.family.tags[0]
        self.wanted = frozenset(page.family.fields) | frozenset(page.family.sections)
        self.tree = indicators.Tree(labels, self.tag)
        self.indicators: list[Indicator] = []
        found = _PAGE_UNIT.search(page.document.text)
        self.unit = self.page_unit = found[1] if found else ""
        self.open: Entry | None = None  # may run on in the next row
        self.annual_column = -1
        self.under: dict[int, Entry] = {}  # by column: labels whose values stand below them

    def read(self) -> None:
        """Fill the page's fields and `indicators`."""
        rows = self.page.rows
        index = self._heading()
        while index < len(rows):
            row = rows[index]
            columns = self.tree.columns(row)
            if columns:
                self._close()
                end = self._table_end(index + 1, columns)
                self.indicators += indicators.read(self.page, self.tree, rows[index + 1 : end], columns)
                index = end
                continue
            cells = filled(row)
            if cells and not (len(cells) == 1 and _FURNITURE.fullmatch(cells[0].text)):
                self._row(row, rows[index + 1] if index + 1 < len(rows) else ())
            index += 1
        self._close()

    def _heading(self) -> int:
        """Read what stands above the first label, the year and the agency that no label names; return the first row below it."""
        for index, row in enumerate(self.page.rows):
            cells = filled(row)
            if not cells:
                continue
            cell = cells[0]
            line = _YEAR_LINE.fullmatch(cell.text)
            if len(cells) > 1 or _COLON.match(cell.text) or len(cell.text) > 60 or (self._label(cell.text) and not line):
                return index
            year = line or _YEAR.search(cell.text)
            if year and self.page.family.year:
                self.page.add(self.page.family.year, [cell.part(*year.span(1))], inferred=not line)
            elif self.page.family.organisation and _AGENCY_LINE.fullmatch(cell.text):
                self.page.add(self.page.family.organisation, [cell], confidence=DISPLACED, inferred=True)
        return len(self.page.rows)

    def _label(self, text: str) -> Label | None:
        """Return the field or section of the family that a text names."""
        label = self.labels.canonical(text, self.tag, ("field", "section")) if text else None
        return label if label and label.name in self.wanted and label.kind in {"field", "section"} else None

    def _faulty(self, text: str) -> Label | None:
        near = self.labels.nearest(text, self.tag)
        return near[0] if near and near[0].name in self.wanted and near[0].kind in {"field", "section"} else None

    def _table_end(self, index: int, columns: indicators.Columns) -> int:
        """Return the row at which an indicator table ends: at the next label, the next header, or the page's end."""
        rows = self.page.rows
        for place in range(index, len(rows)):
            cells = filled(rows[place])
            if not cells:
                continue
            label = self._label(cells[0].text) or self._colon_label(cells[0].text)
            if label and not self.tree.is_node(cells[0].text) and cells[0].column < max(1, columns.sets[0][indicators.THIRD]):
                return place
            if self.tree.columns(rows[place]):
                return place
        return len(rows)

    def _colon_label(self, text: str) -> Label | None:
        match = _COLON.match(text)
        return self._label(match[1]) if match else None

    def _row(self, row: Row, below: Row) -> None:
        """Read one row: its labels with their values, or more of the value above."""
        entries, before = self._entries(row)
        if not entries:
            self._more(before)
            return
        self._close()
        entries = self._annual_first(entries)
        if len(entries) > 1 and not any(entry.cells or entry.colon for entry in entries) and self._stand_below(entries, below):
            self.under = {entry.at.column: entry for entry in entries}
            return
        for entry, following in zip(entries, [*entries[1:], None], strict=True):
            heading = following is not None and not entry.colon and not entry.cells and following.at.column == entry.at.column + 1
            if entry.label.kind == "section" or heading:
                self.unit = unit_of(entry.at.text) or self.page_unit
            if following is None:
                self.open = entry
            elif not heading and (entry.label.kind == "field" or entry.cells):
                self._emit(entry)

    def _annual_first(self, entries: list[Entry]) -> list[Entry]:
        """Return a row's entries with the sums of the year before those of the whole project: 中期 1260 | 年度 420 → 420 first.

        The row of totals tells which column is the year's; the parts stand below it.
        """
        columns = {entry.label.name: entry.at.column for entry in entries}
        if len(columns) > 1 and (annual := self.page.family.annual) in columns:
            self.annual_column = columns[annual]
        if len(columns) == len(entries):
            return entries
        return sorted(entries, key=lambda entry: entry.at.column != self.annual_column)

    def _entries(self, row: Row) -> tuple[list[Entry], list[Cell]]:
        """Return the labels of a row with the cells of their values, and the cells before the first label."""
        entries: list[Entry] = []
        before: list[Cell] = []
        for cell in filled(row):
            waiting = bool(entries) and not entries[-1].cells
            colon = cell.text.endswith((":", "："))
            label = self._label(cell.text)
            if label and waiting and not colon and (entries[-1].colon or len(key(cell.text)) < 3):
                label = None  # 资金用途: | 项目: a value that is also a label
            whole = label or (None if waiting else self._faulty(cell.text))
            if whole:
                entries.append(Entry(whole, cell, colon, 1.0 if label else FAULTY))
                continue
            parts = [] if waiting else list(self._parts(cell, alone=not entries))
            if parts:
                entries += parts
            elif entries:
                entries[-1].cells.append(cell)
            else:
                before.append(cell)
        return entries, before

    def _parts(self, cell: Cell, *, alone: bool) -> Iterator[Entry]:
        """Yield the labels with a colon inside a cell: 填报单位：某局　单位负责人：某某 → two of them.

        Text before the first one belongs to its value: the engine moved the label (only in a cell no label precedes).
        """
        if choice := self._choices.get(key(cell.text)):
            yield Entry(choice[0], cell.part(0, choice[1]), colon=False, cells=[cell.part(choice[1])])
            return
        marks = [(match, label) for match in _COLON.finditer(cell.text) if (label := self._mark(match[1]))]
        if not marks or (marks[0][0].start() and not alone):
            return
        ends = [match.start() for match, _ in marks[1:]] + [len(cell.text)]
        for (match, label), end in zip(marks, ends, strict=True):
            entry = Entry(label, cell.part(match.start(), match.end()), colon=True)
            entry.cells = [part for part in [cell.part(match.end(), end)] if part.text]
            if match is marks[0][0] and match.start():
                entry.cells.insert(0, cell.part(0, match.start()))
                entry.confidence = DISPLACED
            yield entry

    @cached_property
    def _choices(self) -> dict[str, tuple[Label, int]]:
        """A label and one of its set values run together: 项目类别特定目标类 → 项目类别, 4 characters long."""
        return {
            key(spelling + value): (label, len(spelling))
            for label in self.labels.rows
            if self.page.family.types.get(label.name) == "choice" and "|" in label.rule
            for spelling in label.spellings
            for value in label.rule.split("|")
        }

    def _mark(self, text: str) -> Label | None:
        return self._label(text) or self._faulty(text)

    def _stand_below(self, entries: Sequence[Entry], below: Row) -> bool:
        """Tell whether labels side by side have their values in the row below them."""
        texts = {cell.column: cell.text for cell in below if cell.text}
        return any(texts.get(entry.at.column) for entry in entries) and not any(self._label(text) for text in texts.values())

    def _more(self, cells: Sequence[Cell]) -> None:
        """Add the cells of a row without label to the values they carry on."""
        if self.under:
            for cell in cells:
                if cell.column in self.under:
                    self.under[cell.column].cells.append(cell)
            return
        if self.open is None:
            return
        told = "".join(part.text for part in self.open.cells)
        kind = self.page.family.types.get(self.open.label.name, "text")
        if not told or (kind == "text" and (cells[0].column > 0 or (len(told) >= RUNNING and told[-1] not in "。！？;；"))):
            self.open.cells += cells

    def _close(self) -> None:
        """Add what is still open to the fields."""
        for entry in self.under.values():
            if entry.cells:
                self._emit(entry)
        self.under = {}
        if self.open and (self.open.label.kind == "field" or self.open.cells):
            self._emit(self.open)
        self.open = None

    def _emit(self, entry: Entry) -> None:
        cells = entry.cells
        name = entry.label.name
        kind = self.page.family.types.get(name, "text")
        unit = unit_of(entry.at.text) or self.unit
        if not cells:
            cells = [Cell("", entry.at.span.end, entry.at.column)]
        if kind != "text":
            cells = cells[:1]
        if kind == "choice" and (place := ticked(cells[0].text)):
            cells = [cells[0].part(*place)]
        if kind == "person" and len(cells) == 1 and (found := _PHONE.search(cells[0].text)) and found.start():
            self.page.add(name, [cells[0].part(0, found.start())], confidence=entry.confidence)
            self.page.add("联系电话", [cells[0].part(found.start())], confidence=entry.confidence)
            return
        if kind == "money" and not unit and len(cells) == 1:
            unit = self._unit_elsewhere(cells[0].text)
        self.page.add(name, cells, unit=unit, confidence=entry.confidence)

    @cached_property
    def _units(self) -> dict[str, set[str]]:
        """The units each number of the page stands with: 17.6万元 → 17.6: 万元."""
        units: dict[str, set[str]] = {}
        for amount in amounts(self.page.document.text):
            units.setdefault(f"{amount.number:f}", set()).add(amount.unit)
        return units

    def _unit_elsewhere(self, text: str) -> str:
        """Return the one unit the same number stands with elsewhere on the page: 17.6 where the text has 17.6万元 → 万元."""
        found = self._units.get(text, set())
        return next(iter(found)) if len(found) == 1 else ""
