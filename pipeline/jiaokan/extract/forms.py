"""Forms: labels and their values in the cells of a table.

A label may fill its cell, share it with its value (填报单位：某局), or stand inside the value, where an engine put it
(… 政策依据: …). A value may be empty, run on in the rows below, or stand under or over its label. How the page is laid
out is layout's affair; tables with a header of their own are read by tables and indicators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from jiaokan.extract import indicators, layout, tables
from jiaokan.extract.page import Cell, Page, Row, filled, joined, paragraphs
from jiaokan.extract.stacked import unstacked
from jiaokan.extract.values import amounts, ticked, unit_of
from jiaokan.knowledge.labels import LONGEST, SHORTEST_WITH_FAULT, Label, Labels, key
from jiaokan.model import Indicator, Span

FAULTY = 0.8
"""Confidence of a field whose label has one fault."""
DISPLACED = 0.7
"""Confidence of a field whose label stands inside its value, or that no label names."""
RUNNING = 20
"""Characters: a shorter value does not run on into a row that begins at the left edge."""
COLUMNS = 4
"""Cells of the header of a table that no family knows."""
WIDEST_CELL = 200
"""Characters of a cell that holds several labels with short values; a longer one is a text."""
SPLIT = 12
"""Characters of a label that may be split over two cells."""
MARKS = "得分"
"""The column of marks in a self-evaluation; its last row has their sum."""
WITH_DIGITS = frozenset({"money", "percent", "count", "date", "year", "period", "phone", "code"})
"""Types whose values have digits: 年度 over 合计 heads a column and is no label of it."""

_COLON = re.compile(r"(?:(?<=[\s、，,。；;》）)])|^)([^\s:：，。；、》]{2,24})\s?[:：]")
_MISREAD_COLON = re.compile(r"([^\s:：，。；;、》]{3,12})[;；.．·](?=[^\s。；;]{1,40}$)")
"""A label whose colon an engine read as another mark: 填报单位；某局."""
_SPACED = re.compile(r"([^:：，。；]{2,30}?)\s*[:：]")
_PAGE_UNIT = re.compile(r"(?:金额)?单位[:：]\s*(亿元|万元|千元|元)")
_UNIT_CELL = re.compile(r"[（(](?:亿|万|千)?元[）)]")
"""The unit of a heading that takes two rows: 项目资金 over （万元）."""
_NAME = re.compile(r"[\u4e00-\u9fff（）()、]{3,16}")
_YEAR = r"(?:(?:19|20|１９|２０)[\d０-９]{2}|二[〇○零][〇○零一二三四五六七八九]{2})\s*年\s*"
_YEAR_LINE = re.compile(rf"[（(]?\s*({_YEAR}度?)\s*[）)]?")
_TITLE_YEAR = re.compile(rf"({_YEAR}度?)(?!\s*\d{{1,2}}\s*月)")
_AGENCY = r"[\u4e00-\u9fff]{2,24}?(?:[局委办厅部院校所站馆队]|中心|政府|委员会|办公室|协会|联合会|[总职]工会|常委会|联社|联合社|残联|妇联|林场|农场|管理处|办事处|气象台|电视台|银行|公司|中学|小学)"
_AGENCY_LINE = re.compile(_AGENCY)
_TITLE_AGENCY = re.compile(
    rf"(?:{_YEAR}度?\s*)?({_AGENCY})(?=\s*(?:[（(](?:本级|部门)[）)])?(?:关于)?(?:{_YEAR}度?\s*)?(?:部门|单位|整体|项目|预算|决算|收支|收入支出|财政))"
)
_YEAR_VALUE = re.compile(rf"[（(]?(?:{_YEAR}度?|(?:19|20)\d\d)[）)]?")
_DATE_LINE = re.compile(rf"[（(]?{_YEAR}\s*\d{{1,2}}\s*月\s*\d{{1,2}}\s*日[）)]?")
_RUN_ON = re.compile(r"([^\d\s]{2,20}?)\s*(\d.*)")
_VALUE_END = re.compile(r"[^\u4e00-\u9fff]|[年月日号元]")
"""What a value ends with before a label that an engine ran on; inside a word no label begins."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WIDE_BLANK = re.compile(r"\u3000|\s\s")
_PIECE = re.compile(r"[^\s\u3000]+(?: [^\s\u3000]+)*")
_DIGIT = re.compile(r"[\d０-９〇○一二三四五六七八九十]")
_MARKS = "，,；;、"
_BOX = re.compile(r"\s*[□☐囗口]")
_COLONS_AT = re.compile("[:：]")
_PERIOD = re.compile(r"(?:19|20)\d\d年?\s*[-—–~～至到]\s*(?:19|20)\d\d")
"""What tells the goals of a term from those of a year: 总体绩效目标（2023-2025年期间）."""
_COUNTED = re.compile(
    r"(?P<goal>目标[\d一二三四五六七八九十]+)|(?P<number>\d{1,2}[.、．])|(?P<bracket>[（(]\d{1,2}[）)])|(?P<circle>[①-⑳])"
    r"|(?P<han>[一二三四五六七八九十]{1,2}、)|(?P<both>[（(][一二三四五六七八九十]{1,2}[）)])"
)
"""How the items of a value are numbered: 目标2：… carries on what begins 目标1：…."""
_ORGANISATION_YEAR = re.compile(rf"\s[（(]?({_YEAR}度?)[）)]?$")
_BESIDE = re.compile(r"\s(?!其中)[\u4e00-\u9fff（）()]{2,10}[:：]")
"""The next label in a cell, which no family has: 0563-0001234　审批日期：."""
_LEAF = re.compile(r"\s\s公开\d+表")
_SEALED = re.compile(r"^(?:[（(](?:盖章|公章|签章|签字)[）)])?[:：\s]*(.+?)(?:[（(](?:盖章|公章|签章|签字)[）)])?$", re.DOTALL)
"""The mark of a seal's place beside a name: （盖章）某局."""
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]")
"""How the heading of a part of a form begins: 四、绩效目标."""
_LABEL_LIKE = re.compile(
    r"[\u4e00-\u9fff（）()]{0,8}(?:名称|编码|代码|类型|类别|等级|级次|属性|性质|单位|部门|日期|时间|年度|年限|金额|总额|资金|方式|来源"
    r"|依据|范围|电话|[科股处]室|负责人|联系人|状态|标识)[:：]?"
)
"""A label that no family has: 项目等级 | 二级 ends the value before it."""
_UNSAID = re.compile(
    r"[（(]?(?:盖章|公章|签章|签字|签名)?[）)]?[:：]?[\s年月日]*|请(?:在此|简要|填|对照|说明|概括).*|\d{1,2}[.、．]\s?(?:其他资金[^。]{0,4}包括|定[性量]指标|年度绩效指标|本表).*",
    re.DOTALL,
)
"""What a form says itself where nothing was filled in: （盖章） 年 月 日, 请在此处简要说明…, 1.其他资金包括…."""
_PHONE = re.compile(r"\(?(?:1[3-9][\d ]{9,13}|0\d{2,3}[-—－ ]?[\d ]{7,10})$")

FOREIGN = Label("", "", "", (), (), "")
"""A label that no family has."""
GOALS = ("年度绩效目标", "中长期目标")
"""The goals of a year and of a term, which forms call by one name with the years behind it."""
NOTES = frozenset({"说明", "备注"})
CONTENTS = frozenset({"内容", "项目", "事项"})
"""Headings of a form's last column and of its first, where a column of notes runs down the page."""


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
        self.tables = [table for table in page.family.tables if table.rows != "tree"]
        # A column whose cells are one value may have its label beside it as well.
        self.columns = frozenset(
            name
            for table in self.tables
            for name in table.columns
            if table.rows == "one" or (table.rows == "each" and page.family.types.get(name) in tables.FIGURES)
        )
        self.tree = indicators.Tree(labels, self.tag)
        lines = [[_without_unit(cell) for cell in row] for row in page.rows]
        if all(len(row) == 1 for row in lines):
            lines = [self._at_blanks(row) for row in lines]
        self.rows = unstacked(layout.rows(lines, self._is_label), self.tree, self._tables_with, self._is_label)
        self.indicators: list[Indicator] = []
        found = _PAGE_UNIT.search(page.document.text)
        self.unit = self.page_unit = found[1] if found else ""
        self.open: Entry | None = None  # may run on in the next row
        self.annual_column = -1
        self.notes_column = -1
        self.marks_column = -1  # of the indicator table, where it has marks
        self.under: dict[int, Entry] = {}  # by column: labels whose values stand below them
        self.above: Sequence[Cell] = ()  # a row that belongs to nothing above it
        self.titled: dict[str, Cell] = {}  # field → what the title says of it

    def read(self) -> None:
        """Fill the page's fields and `indicators`."""
        self._prose()
        index = self._heading()
        while index < len(self.rows):
            row = self.rows[index]
            below = self.rows[index + 1] if index + 1 < len(self.rows) else ()
            if columns := self.tree.columns(row):
                index = self._tree(index, columns)
            elif top := tables.two_rows(row, below, self.tables, self.labels, self.tag):
                index = self._table(index + 1, top)
            elif top := tables.header(row, self.tables, self.labels, self.tag):
                index = self._table(index, top)
            elif self._signature(row, below):
                index += 2
            else:
                if filled(row):
                    self._row(row, below)
                index += 1
        self._close()
        for label, cell in self.titled.items():
            if label not in self.page.fields:
                self.page.add(label, [cell], confidence=DISPLACED, inferred=True)

    def _at_blanks(self, row: list[Cell]) -> list[Cell]:
        """Return a line parted at its blanks, where labels and values or figures take turns: 项目名称 修路 主管部门 某局.

        For a page without a single tab, as copying from a PDF leaves it.
        """
        words = list(re.finditer(r"\S+", row[0].text)) if 0 < len(row[0].text) <= WIDEST_CELL else []
        if len(words) < 2 or len(words[0][0]) < SHORTEST_WITH_FAULT or not self._label(words[0][0]):
            return row
        named = [self._label(word[0]) is not None for word in words]
        if named != [True, False] * (len(words) // 2) and not all(tables.is_figure(word[0]) for word in words[1:]):
            return row
        return [replace(row[0].part(*word.span()), column=column) for column, word in enumerate(words)]

    def _prose(self) -> None:
        """Read what running text says of a field: 基本支出1093.07万元，占65.42% → 基本支出."""
        lines = paragraphs([cells[0] for row in self.rows if len(cells := filled(row)) == 1])
        for phrase in self.page.family.phrases:
            for cell, pattern in product(lines, phrase.inside):
                if found := pattern.search(cell.text):
                    self.page.add(phrase.field, [cell.part(*found.span(1))])
                    break

    def _heading(self) -> int:
        """Read what stands above the first label, the year and the agency that no label names; return the first row below it."""
        for index, row in enumerate(self.rows):
            cells = filled(row)
            if not cells:
                continue
            cell = cells[0]
            line = _YEAR_LINE.fullmatch(cell.text)
            if len(cells) > 1 or _COLON.match(cell.text) or len(cell.text) > 60 or (self._is_label(cell.text) and not line):
                return index
            if line and self.page.family.year:
                self.page.add(self.page.family.year, [cell.part(*line.span(1))])
            elif self.page.family.organisation and _AGENCY_LINE.fullmatch(cell.text):
                self.page.add(self.page.family.organisation, [cell], confidence=DISPLACED, inferred=True)
            else:
                self._title(cell)
        return len(self.rows)

    def _title(self, cell: Cell) -> None:
        """Keep the year and the agency of a title, for where no label names them: 某县水务局2022年度部门预算公开."""
        for label, pattern in ((self.page.family.year, _TITLE_YEAR), (self.page.family.organisation, _TITLE_AGENCY)):
            if label and (found := pattern.search(cell.text)):
                self.titled.setdefault(label, cell.part(*found.span(1)))

    def _named(self, text: str) -> list[Label]:
        """Return the fields and sections of the family that a text names, the likeliest first."""
        found = [
            label
            for label in (tables.named(self.labels, text) if text else ())
            if label.name in self.wanted
            and not self._tags.isdisjoint(label.families)
            and (label.kind in {"field", "section", "row"} or label.name in self.columns or text[-1] in ":：")
        ]
        return sorted(found, key=lambda label: (self.tag not in label.families, key(label.name) != key(text)))

    def _tables_with(self, text: str) -> frozenset[tuple[str, str]]:
        """Return the tables of the family that have a column a text names, each with that column."""
        names = {label.name for label in tables.named(self.labels, text)}
        return frozenset((table.name, name) for table in self.tables for name in names.intersection(table.columns))

    def _is_label(self, text: str) -> bool:
        """Tell whether a line names a field, with its value or without."""
        return (self._label(text) or self._colon_label(text)) is not None

    def _label(self, text: str) -> Label | None:
        """Return the field or section of the family that a text names.

        资金总额 may be the year's or the whole project's: it is the year's where nothing else on the page is.
        """
        found = self._named(text)
        annual = next((label for label in found if label.name == self.page.family.annual), None)
        others = [label for label in found if label.name != self.page.family.annual]
        if annual and others:
            return others[0] if self._annual_named else annual
        if found and found[0].name == GOALS[0] and GOALS[1] in self.wanted and _PERIOD.search(text):
            return next(label for label in self.labels.rows if label.name == GOALS[1])
        return found[0] if found else None

    @cached_property
    def _annual_named(self) -> bool:
        """Tell whether the page names the year's sum by a label that means nothing else."""
        cells = (cell for row in self.page.rows for cell in row if "度" in cell.text or "年" in cell.text)
        names = ({label.name for label in self._named(part)} for cell in cells for part in _COLONS_AT.split(cell.text[:LONGEST])[:1])
        return {self.page.family.annual} in names

    def _faulty(self, text: str) -> Label | None:
        near = self.labels.nearest(text, self.tag)
        return self._label(near[1]) if near else None

    def _tree(self, index: int, columns: indicators.Columns) -> int:
        """Read the indicator table whose header is at a row, over pages that repeat the header; return the row below it."""
        self._close()
        found: list[Row] = []
        while True:
            end = self._table_end(index + 1, columns)
            found += self.rows[index + 1 : end]
            index = end
            if index == len(self.rows) or self.tree.columns(self.rows[index]) != columns:
                break
        self.marks_column = columns.sets[0].get(MARKS, -1)
        self.indicators += indicators.read(self.page, self.tree, found, columns)
        return index

    def _table_end(self, index: int, columns: indicators.Columns) -> int:
        """Return the row at which an indicator table ends: at the next label, the next header, or the page's end."""
        for place in range(index, len(self.rows)):
            cells = filled(self.rows[place])
            if not cells:
                continue
            label = self._label(cells[0].text) or self._colon_label(cells[0].text)
            if label and not self.tree.is_node(cells[0].text) and cells[0].column < max(1, columns.sets[0][indicators.THIRD]):
                return place
            if self.tree.columns(self.rows[place]):
                return place
        return len(self.rows)

    def _table(self, index: int, top: tables.Header) -> int:
        """Read a table that the family knows, its header at a row; return the row below it."""
        self._close()
        end = index + 1
        while end < len(self.rows) and not self._beyond(self.rows[end], top):
            end += 1
        rows: Sequence[Row] = self.rows[index + 1 : end]
        if top.table.rows == "total":
            rows = tables.totals(rows, self._is_total)
        beside = (unit_of(cells[0].text) for row in rows if (cells := filled(row)) and _UNIT_CELL.fullmatch(cells[0].text))
        unit = next(filter(None, top.units.values()), "") or next(beside, "") or self.unit
        under: dict[str, list[Cell]] = {}
        for column, name, cell in tables.records(rows, top, self.page.family.types):
            if name not in self.wanted:
                continue
            if top.table.rows == "one":
                under.setdefault(name, []).append(cell)
            elif self._is_total(cell.text):
                continue
            elif top.table.rows == "each" or name not in self.page.fields:
                self.page.add(name, [cell], unit=top.units.get(column) or unit, again=True)
        for name, cells in under.items():
            self.page.add(name, cells)
        return end

    def _beyond(self, row: Row, top: tables.Header) -> bool:
        """Tell whether a row stands below a table: another header, a label with its value, a line of text."""
        cells = filled(row)
        if not cells:
            return False
        if len(cells) == 1 and _NUMBERED.match(cells[0].text) and self.labels.spelt(cells[0].text):
            return True  # 四、绩效指标
        if self.tree.columns(row) or tables.header(row, self.tables, self.labels, self.tag):
            return True
        if top.table.rows != "one" and len(cells) == 1 and top.width > 2:
            return True
        if self.tree.node(cells[0].text, 1) and any(self.tree.is_node(cell.text) for cell in cells[1:3]):
            return True
        kinds = self.page.family.types
        aligned = [
            (kinds.get(top.labels[column]), cell.text)
            for column, cell in top.align(row, kinds).items()
            if column in top.labels and cell.text
        ]
        if all(kinds.get(name) in tables.FIGURES for name in top.labels.values()) and top.table.rows == "each":
            if any(tables.has_figure(text) or tables.is_figure(text) for _, text in aligned):
                return False
            return bool(aligned) or self._is_label(cells[0].text)
        if any(len(text) > tables.HEADER and kind in tables.FIGURES for kind, text in aligned):
            return True
        label = self._label(cells[0].text) or self._colon_label(cells[0].text)
        return label is not None and (cells[0].column not in top.labels or (len(cells) <= 2 < len(top.filled)))

    def _is_total(self, text: str) -> bool:
        return any(label.kind == "row" for label in self.labels.spelt(text))

    def _signature(self, row: Row, below: Row) -> bool:
        """Read the agency and the date that sign a form; tell whether these two rows are they."""
        cells, dates = filled(row), filled(below)
        if len(cells) != 1 or len(dates) != 1 or not (_AGENCY_LINE.fullmatch(cells[0].text) and _DATE_LINE.fullmatch(dates[0].text)):
            return False
        signed = [(label, found) for label, found in (("发文机关署名", cells), ("成文日期", dates)) if label in self.wanted]
        if signed:
            self._close()
        for label, found in signed:
            self.page.add(label, found)
        return bool(signed)

    def _colon_label(self, text: str) -> Label | None:
        match = _COLON.match(text) or _SPACED.match(text) or _MISREAD_COLON.match(text)
        return self._label(match[1]) if match else None

    def _row(self, row: Row, below: Row) -> None:
        """Read one row: its labels with their values, or more of the value above."""
        cells = filled(row)
        if cells[-1].text in NOTES and cells[0].text in CONTENTS:
            self.notes_column = cells[-1].column
            return
        if under := self._over_figures(row, below):
            self._close()
            self.under = under
            return
        entries, before = self._entries([cell for cell in row if cell.column != self.notes_column])
        if not entries:
            if self._names_columns(cells):
                self._close()
            self._more(before)
            return
        self._close()
        entries = self._annual_first(entries)
        headings = [
            entry for entry, heading in zip(entries, self._headings(entries), strict=True) if heading or entry.label.kind == "section"
        ]
        if headings:
            self.unit = next(filter(None, (unit_of(entry.at.text) for entry in headings)), "") or self.page_unit
        if len(entries) > 1 and not any(entry.cells or entry.colon for entry in entries) and self._stand_below(entries, below):
            self.under = {entry.at.column: entry for entry in entries}
            return
        over = {cell.column: cell for cell in self.above}
        self.above = ()
        if len(entries) > 1 and all(not entry.cells and not entry.colon and entry.at.column in over for entry in entries):
            for entry in entries:
                entry.cells = [over[entry.at.column]]
        for entry, heading in zip(entries[:-1], self._headings(entries), strict=False):
            if not heading:
                self._emit(entry)
        self.open = entries[-1]

    def _names_columns(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row is the header of a table that the family does not know: what stands above it ends there."""
        named = sum(1 for cell in cells if _LABEL_LIKE.fullmatch(cell.text) or self.labels.spelt(cell.text))
        return len(cells) >= COLUMNS and 2 * named > len(cells) and all(len(cell.text) <= SPLIT for cell in cells)

    @staticmethod
    def _headings(entries: Sequence[Entry]) -> list[bool]:
        """Tell which labels of a row head the next one: 项目资金 | 年度资金总额 | 420."""
        return [
            following is not None and not entry.colon and not entry.cells and following.at.column == entry.at.column + 1
            for entry, following in zip(entries, [*entries[1:], None], strict=True)
        ]

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
        cells = list(self._whole(list(self._parted(row))))
        for cell in cells:
            waiting = bool(entries) and not entries[-1].cells and entries[-1].label.kind == "field"
            colon = cell.text.endswith((":", "："))
            label = self._label(cell.text) or self._under_heading(cell.text)
            if label and waiting and not colon and (entries[-1].colon or len(key(cell.text)) < 3) and not self._digits(entries[-1]):
                label = None  # 资金用途: | 项目: a value that is also a label
            whole = label or (None if waiting else self._faulty(cell.text))
            if whole:
                entries.append(Entry(whole, cell, colon, 1.0 if label else FAULTY))
                continue
            parts = [] if waiting else list(self._parts(cell, alone=not entries))
            if parts:
                entries += parts
            elif entries and entries[-1].cells and cell is not cells[-1] and _LABEL_LIKE.fullmatch(cell.text):
                entries.append(Entry(FOREIGN, cell, colon))
            elif entries:
                entries[-1].cells.append(cell)
            else:
                before.append(cell)
        return entries, before

    def _digits(self, entry: Entry) -> bool:
        """Tell whether a label's value has digits: no other label can be its value, as in 收入预算 | 合计 | 4,460."""
        return self.page.family.types.get(entry.label.name) in WITH_DIGITS

    def _parted(self, row: Row) -> Iterator[Cell]:
        """Yield the filled cells of a row; one that took the label to its right, so that a gap is left, parted: 12月31日实施单位 |  | 某局."""
        for cell, following in zip(row, [*row[1:], None], strict=True):
            if cell.text and following is not None and not following.text and 8 < len(cell.text) <= 60:
                for length in range(SPLIT, SHORTEST_WITH_FAULT - 1, -1):
                    if length < len(cell.text) and _VALUE_END.match(cell.text[-length - 1]) and self._label(cell.text[-length:]):
                        yield cell.part(0, len(cell.text) - length)
                        cell = cell.part(len(cell.text) - length)
                        break
            if cell.text:
                yield from self._spaced(cell)

    def _spaced(self, cell: Cell) -> list[Cell]:
        """Return a cell parted at its wide blanks where every part begins with a label: 财政拨款45万元　上年结转0万元."""
        if len(cell.text) > WIDEST_CELL or not _WIDE_BLANK.search(cell.text):
            return [cell]
        parts = [cell.part(*piece.span()) for piece in _PIECE.finditer(cell.text)]
        return parts if all(self._is_label(part.text) or self._run_on(part) for part in parts) else [cell]

    def _whole(self, cells: Sequence[Cell]) -> Iterator[Cell]:
        """Yield a row's cells, brackets around the only one left off, a label split over two of them joined: 联系 | 电话 → 联系电话."""
        if len(cells) == 1 and cells[0].text[:1] in "(（" and cells[0].text[-1:] in ")）":
            cells = [cells[0].part(1, len(cells[0].text) - 1)]
        taken = False
        for cell, following in zip(cells, [*cells[1:], None], strict=True):
            if taken:
                taken = False
                continue
            both = cell.text + following.text if following else ""
            taken = following is not None and len(both) <= SPLIT and self._split(cell.text, following.text)
            yield joined([cell, following]) if following and taken else cell

    def _split(self, left: str, right: str) -> bool:
        """Tell whether two cells are one label; two labels side by side are two."""
        spelt = left[-1:] not in ":：" and bool(self.labels.spelt(left + right))
        return spelt and self._label(left + right) is not None and not (self._label(left) and self._label(right))

    def _under_heading(self, text: str) -> Label | None:
        """Return the label that stands behind the heading of its group: 收入构成：财政拨款 → 财政拨款."""
        group, *names = _COLONS_AT.split(text, maxsplit=1) if len(text) <= LONGEST else [text]
        return self._label(names[0]) if names and self.labels.spelt(group) else None

    def _parts(self, cell: Cell, *, alone: bool) -> Iterator[Entry]:
        """Yield the labels with a colon inside a cell: 填报单位：某局　单位负责人：某某 → two of them.

        Text before the first one belongs to its value: the engine moved the label (only in a cell no label precedes).
        """
        if choice := self._choices.get(key(cell.text)):
            yield Entry(choice[0], cell.part(0, choice[1]), colon=False, cells=[cell.part(choice[1])])
            return
        if woven := self._woven(cell) or self._run_on(cell):
            yield woven
            return
        found = list(_COLON.finditer(cell.text))
        if (first := _SPACED.match(cell.text)) and self._label(first[1]):  # 填报单位 （盖章）：
            found = [first, *(match for match in found if match.start() > first.start(1) and match.start() >= first.end())]
        marks = [(match, label) for match in found if (label := self._mark(match[0], match.start()))]
        if not marks and alone and (misread := _MISREAD_COLON.match(cell.text)) and (label := self._label(misread[1])):
            yield Entry(label, cell.part(0, misread.end(1)), colon=True, confidence=FAULTY, cells=[cell.part(misread.end())])
            return
        if not marks or (marks[0][0].start() and not alone):
            return
        ends = [match.start() for match, _ in marks[1:]] + [len(cell.text)]
        for (match, label), end in zip(marks, ends, strict=True):
            entry = Entry(label, cell.part(match.start(), match.end()), colon=True)
            value = cell.part(match.end(), end)
            kind = self.page.family.types.get(label.name, "text")
            if end < len(cell.text):
                value = value.part(0, len(value.text.rstrip(_MARKS)))
            entry.cells = [value] if value.text else []
            if match is marks[0][0] and match.start():
                entry.confidence = DISPLACED
                if kind == "text":
                    entry.cells.insert(0, cell.part(0, match.start()))
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

    def _mark(self, text: str, place: int) -> Label | None:
        return self._label(text) or (None if place else self._faulty(text))

    def _run_on(self, cell: Cell) -> Entry | None:
        """Return a label and the figure run together with it: 其中：财政拨款480, 联系电话0793-0001234."""
        found = _RUN_ON.fullmatch(cell.text) if len(cell.text) <= 60 else None
        label = self._label(found[1]) if found else None
        kind = self.page.family.types.get(label.name) if label else None
        if (
            not found
            or not label
            or kind not in WITH_DIGITS
            or _COLONS_AT.search(found[2])
            or (kind == "year" and not _YEAR_VALUE.fullmatch(found[2]))
        ):
            return None
        return Entry(label, cell.part(0, found.end(1)), colon=False, cells=[cell.part(found.start(2))])

    def _woven(self, cell: Cell) -> Entry | None:
        """Return a label set downwards that an engine wove into its value: 总 目标1：… 体 目标2：… 目 标 → 总体目标."""
        if not re.match(r"[\u4e00-\u9fff]\s", cell.text):
            return None
        words = list(re.finditer(r"\S+", cell.text))
        single = [word for word in words if len(word[0]) == 1 and "\u4e00" <= word[0] <= "\u9fff"]
        spelt = "".join(word[0] for word in single)
        label = self._label(spelt) or self._faulty(spelt)
        if not label or len(single) == len(words):
            return None
        edges = [word.end() for word in single]
        ends = [*(word.start() for word in single[1:]), len(cell.text)]
        cells = [part for start, end in zip(edges, ends, strict=True) if (part := cell.part(start, end)).text]
        return Entry(label, cell.part(0, 1), colon=False, confidence=DISPLACED, cells=cells)

    def _stand_below(self, entries: Sequence[Entry], below: Row) -> bool:
        """Tell whether labels side by side have their values in the row below them."""
        texts = {cell.column: cell.text for cell in below if cell.text}
        return any(texts.get(entry.at.column) for entry in entries) and not any(self._label(text) for text in texts.values())

    def _over_figures(self, row: Row, below: Row) -> dict[int, Entry]:
        """Return the labels of a row whose figures stand in the row below, by column: 预算金额 | 合计 | 财政拨款 over | 36 | 30.

        A sum is what the heading of the row is. Nothing, unless every figure has a heading and two of these are labels.
        """
        figures = {cell.column for cell in below if cell.text and tables.is_figure(cell.text)}
        heads = [cell for cell in row if cell.text and cell.column in figures]
        if not len(filled(below)) == len(figures) == len(heads) > 1 or any(tables.FIGURE.fullmatch(cell.text) for cell in heads):
            return {}
        heading = next((cell for cell in row if cell.text), heads[0])
        found: dict[int, Entry] = {}
        for cell in heads:
            label = self._label(cell.text) or (self._label(heading.text) if self._is_total(cell.text) else None)
            if label and self.page.family.types.get(label.name) in tables.FIGURES:
                found[cell.column] = Entry(label, heading if unit_of(heading.text) and not unit_of(cell.text) else cell, colon=False)
        return found if len(found) > 1 else {}

    def _more(self, cells: Sequence[Cell]) -> None:
        """Add the cells of a row without label to the values they carry on."""
        if self.under:
            for cell in cells:
                if cell.column in self.under:
                    self.under[cell.column].cells.append(cell)
            return
        if self.open is None:
            self.above = cells
            return
        kind = self.page.family.types.get(self.open.label.name, "text")
        told = self.open.cells
        if told and len(cells) > 1 and told[0].column > self.open.at.column == cells[0].column and _NAME.fullmatch(cells[0].text):
            self._close()  # a label that no family has, under the one whose value is open
            self.above = cells
            return
        if not told and kind in tables.FIGURES and not tables.has_figure(cells[0].text):
            self.above = cells
            return
        runs_on = (
            cells[0].column > 0
            or (told and _counted(told[0].text, cells[0].text))
            or (told and told[-1].text[-1:] not in "。！？;；" and _long(told))
        )
        marks = self.open.label.kind == "row" and all(tables.is_figure(cell.text) for cell in (*told, *cells))
        if not told or (kind == "text" and runs_on) or marks:
            self.open.cells += cells
        else:
            self.above = cells

    def _close(self) -> None:
        """Add what is still open to the fields."""
        for entry in self.under.values():
            if entry.cells:
                self._emit(entry)
        self.under = {}
        if self.open:
            self._emit(self.open)
        self.open = None

    def _emit(self, entry: Entry) -> None:
        label = self._field(entry)
        if not label or (label.name in self.page.fields and label.name in self._told):
            return
        cells, name = entry.cells, label.name
        if cells and _UNSAID.fullmatch("".join(cell.text for cell in cells)):
            cells = []
        kind = self.page.family.types.get(name, "text")
        unit = unit_of(entry.at.text) or self.unit
        if label.kind == "row":
            cells = _last_mark(cells) or [cell for cell in cells if cell.column == self.marks_column] or cells[-1:]
        if not cells and (name in self.columns or _NUMBERED.match(entry.at.text)):
            return  # a heading: 年度总体目标 over 预期目标 and 实际完成情况, 四、绩效目标
        if not cells:
            cells = [Cell("", entry.at.span.end, entry.at.column)]
        if kind != "text":
            cells = [cells[0].part(0, len(cells[0].text.rstrip(_MARKS + "。")))]
        if cells[0].text and kind != "text":
            cells = [_bare(cells[0])]
        years = [cell for cell in entry.cells[1:] if kind == "organisation" and _YEAR_LINE.fullmatch(cell.text)]
        if years and self.page.family.year and self.page.family.year not in self.page.fields:
            self.page.add(self.page.family.year, years[:1])  # 部门：某局 | 2021年度 | 金额单位：万元
        if kind == "organisation" and (dated := _ORGANISATION_YEAR.search(cells[0].text)):
            if self.page.family.year:
                self.page.add(self.page.family.year, [cells[0].part(*dated.span(1))])
            cells = [cells[0].part(0, dated.start())]
        if kind == "choice" and (place := ticked(cells[0].text) or self._unboxed(cells[0].text, label)):
            cells = [cells[0].part(*place)]
        if kind == "person" and len(cells) == 1 and (found := _PHONE.search(cells[0].text)) and found.start():
            self.page.add(name, [cells[0].part(0, found.start())], confidence=entry.confidence)
            self.page.add("联系电话", [cells[0].part(found.start())], confidence=entry.confidence)
            return
        if kind in WITH_DIGITS and cells[0].text and not _DIGIT.search(cells[0].text):
            return
        if kind == "organisation" and cells[0].text and not _HAN.search(cells[0].text):
            return  # the telephone number beside it
        if kind == "money":
            self.unit = unit  # of 资金总额（万元） for its parts below
        if kind == "money" and not unit and len(cells) == 1:
            unit = self._unit_elsewhere(cells[0].text)
        self.page.add(name, cells, unit=unit, confidence=entry.confidence)

    def _unboxed(self, text: str, label: Label) -> Span | None:
        """Return the one choice without a box where the others have theirs: a tick that was lost: 新增项目延续项目□ → 新增项目."""
        if not _BOX.search(text):
            return None
        found = [match for match in re.finditer("|".join(filter(None, map(re.escape, label.rule.split("|")))), text) if match[0]]
        bare = [match for match in found if not _BOX.match(text, match.end())]
        return Span(*bare[0].span()) if len(bare) == 1 < len(found) else None

    def _field(self, entry: Entry) -> Label | None:
        """Return the field an entry is; a section with a value is the field of the same spelling: 立项依据 | 《…》 → 政策依据."""
        if entry.label is FOREIGN:
            return None
        if entry.label.kind != "section":
            return entry.label
        return next((label for label in self._named(entry.at.text) if label.kind == "field"), None) if entry.cells else None

    @cached_property
    def _tags(self) -> frozenset[str]:
        """The tags of the family: a label of other families' only is none here."""
        return frozenset(self.page.family.tags)

    @cached_property
    def _told(self) -> frozenset[str]:
        """The fields that running text tells: they stand in the tables again, part by part."""
        return frozenset(phrase.field for phrase in self.page.family.phrases)

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


def _counted(first: str, text: str) -> bool:
    """Tell whether a line is the next item of a value: both are numbered in one way, the first with the first number."""
    begins, goes_on = _COUNTED.match(first), _COUNTED.match(text)
    same = begins is not None and goes_on is not None and begins.lastgroup == goes_on.lastgroup
    return same and begins is not None and re.search("[1一①]", begins[0]) is not None


def _last_mark(cells: Sequence[Cell]) -> list[Cell]:
    """Return the last figure of a row of totals: 总分 | | 100 | 98.74 | → 98.74, the marks stand behind the weights."""
    return [cell for cell in cells if tables.is_figure(cell.text) and re.search(r"\d", cell.text)][-1:]


def _bare(cell: Cell) -> Cell:
    """Return a short value without what stands beside it: （盖章）某局, 某局（盖章）, 13900001234　审批日期：."""
    found = _BESIDE.search(cell.text) or _LEAF.search(cell.text)
    cell = cell.part(0, found.start()) if found and found.start() else cell
    found = _SEALED.search(cell.text)
    return cell.part(found.start(1), found.end(1)) if found else cell


def _without_unit(cell: Cell) -> Cell:
    """Return a cell without the page's unit of money at its end: 部门：某局　单位：万元 → 部门：某局."""
    found = _PAGE_UNIT.search(cell.text)
    return cell.part(0, found.start()) if found and found.start() and found.end() == len(cell.text) else cell


def _long(cells: Sequence[Cell]) -> bool:
    """Tell whether a value runs on over rows: not a short one."""
    return len(cells) >= RUNNING or sum(len(cell.text) for cell in cells) >= RUNNING
