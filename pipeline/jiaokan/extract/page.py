"""The page as a reader of forms and letters sees it: rows of cells, and the way from a cell to a Field."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from jiaokan.edits import Alignment
from jiaokan.extract.values import certainty, normalised
from jiaokan.knowledge.families import Family
from jiaokan.model import Document, Field, Span

KINDS = "决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
"""The fifteen kinds of 党政机关公文处理工作条例 (2012) art. 8; 命令 stands for 命令（令）."""
FURNITURE = re.compile(r"[—―–\-－·]\s*(\d{1,4})\s*[—―–\-－·]")
"""A line that is a page number: — 3 —."""
WIDEST = 80
"""Em: no line of a printed page is longer. Where one is, the text does not keep its printed lines."""
FULL, NEARLY_FULL = 0.93, 0.84
"""Shares of the longest line from which a line that ends a sentence, or does not, goes on in the next (set on the train readings)."""
TALLEST = 60
"""Lines of the longest paragraph; it bounds the time a damaged page can take."""
NARROWEST = 20
"""Em: where the longest line is shorter, all of them are headings and labels."""
WIDE_BRACKETS = str.maketrans("()", "（）")
"""Engines mix the widths of brackets: （大写伍万柒仟元整)."""
_BLANKS = " \u3000\r\ufeff\u00a0"
_ENDS = ("。", "；", "！", "？", "：", ":", ";")
_BEGINS = re.compile(
    r"[一二三四五六七八九十]{1,3}[、．.]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、．](?!\d)|[①-⑳【]"
    r"|[第其][一二三四五六七八九十]{1,3}[，、：]|附\s*件|抄\s*送|(?![^:：]{0,8}[为是下])[\u4e00-\u9fff（）()\s]{2,10}[:：]"
    r"|[^，。；：、《》]{4,30}(?:政府|办公室|办公厅|委员会|[局厅科])$|.{0,40}年.{0,3}月.{0,3}日(?:印发)?$"
)
"""How a paragraph begins whatever the length of the line above: a number, a label; or that it is a name or a date that stands alone."""
_LABELLED = re.compile(r"[\u4e00-\u9fff（）()\s]{2,10}[:：]")
_ITEM = re.compile(r"[（(](?P<bracket>\d{1,2})[）)]|(?P<circle>[①-⑳])|(?<!\d)(?P<point>\d{1,2})[.．、](?!\d)")
"""The number of an item that may stand inside a paragraph: (1)登记簿；(2)日志；."""
_TITLE = re.compile(rf".*的(?:{KINDS})")
_SPLIT = re.compile(r"[\u4e00-\u9fff]{1,2}")
_REST = re.compile(r"[\u4e00-\u9fff]\s?(?:[:：]|$)")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, or a part of one, without the white space around it; places are in the cleaned text."""

    text: str
    start: int
    column: int = 0
    breaks: tuple[tuple[int, int], ...] = ()  # (place in `text`, place on the page) of each printed line after the first

    @property
    def span(self) -> Span:
        """Return where the text stands."""
        return Span(self.start, self._place(len(self.text) - 1) + 1 if self.text else self.start)

    def part(self, start: int, end: int | None = None) -> Cell:
        """Return `text[start:end]` as a cell, stripped."""
        if not self.breaks:
            return _stripped(self.text[start:end], self.start + start, self.column)
        kept = _stripped(self.text[start:end], start, self.column)
        breaks = tuple((at - kept.start, place) for at, place in self.breaks if kept.start < at < kept.start + len(kept.text))
        return Cell(kept.text, self._place(kept.start), self.column, breaks)

    def _place(self, index: int) -> int:
        """Return where a character of the text stands on the page."""
        found = bisect_right(self.breaks, index, key=itemgetter(0))
        at, place = self.breaks[found - 1] if found else (0, self.start)
        return place + index - at


Row = Sequence[Cell]


@dataclass
class Page:
    """A document being read: its rows, and the fields found so far."""

    document: Document
    family: Family
    fields: dict[str, Field] = field(default_factory=dict)
    _copies: dict[str, int] = field(default_factory=dict)

    @cached_property
    def alignment(self) -> Alignment:
        """Return the way back to the original."""
        return Alignment(self.document.applied)

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """Return the cells of each line of the cleaned text, empty ones too."""
        return list(_rows(self.document.text))

    def original(self, cells: Iterable[Cell]) -> Span:
        """Return the place in the original of everything from the first to the last of some cells."""
        spans = [cell.span for cell in cells]
        return self.alignment.to_original(Span(min(span.start for span in spans), max(span.end for span in spans)))

    def add(
        self,
        label: str,
        cells: Sequence[Cell],
        *,
        value: str | None = None,
        unit: str = "",
        confidence: float = 1.0,
        inferred: bool = False,
        kind: str = "",
        again: bool = False,
    ) -> None:
        """Add a field whose value stands in some cells; its type is the family's unless `kind` says another.

        A label that comes again with another value is kept as label#2, label#3; with the same value it is left out,
        unless it comes `again` in another row of a table.
        """
        text = "".join(cell.text for cell in cells) if value is None else value
        span = self.original(cells)
        copies = self._copies.get(label, 0)
        if copies and self.fields[label].value == text and not again:
            return
        self._copies[label] = copies + 1
        kind = kind or self.family.types.get(label, "text")
        name = f"{label}#{copies + 1}" if copies else label
        raw = self.document.original[span.start : span.end]
        sure = min(confidence, certainty(text, kind))
        self.fields[name] = Field(label, text, raw, normalised(text, kind, unit), kind, span, sure, inferred)

    def drop(self, label: str) -> None:
        """Take out a field with all its copies."""
        for name in [name for name, found in self.fields.items() if found.label == label]:
            del self.fields[name]
        self._copies.pop(label, None)


def joined(cells: Sequence[Cell]) -> Cell:
    """Return printed lines as one cell: 于8月30日收 + 到，决定受理 → 于8月30日收到，决定受理."""
    first, *rest = cells
    if not rest:
        return first
    breaks, length = list(first.breaks), len(first.text)
    for cell in rest:
        breaks += [(length, cell.start), *((length + at, place) for at, place in cell.breaks)]
        length += len(cell.text)
    return Cell("".join(cell.text for cell in cells), first.start, first.column, tuple(breaks))


def paragraphs(lines: Sequence[Cell]) -> list[Cell]:
    """Return printed lines as paragraphs, a table's rows and a page that does not keep its lines as they are.

    A line as long as the longest goes on in the next, unless that begins another paragraph. So does a label that white
    space has broken: 时 + 间：2023年3月7日.
    """
    widths = [0.0 if "\t" in line.text else _width(line.text) for line in lines]
    widest = max(widths, default=0.0)
    if not NARROWEST <= widest <= WIDEST or sum(1 for width in widths if width >= widest * NEARLY_FULL) < 2:
        return list(lines)
    found: list[list[Cell]] = []
    goes_on = label = False
    for line, width in zip(lines, widths, strict=True):
        begins = _BEGINS.match(line.text) and not (goes_on and _next_item(found[-1][-1].text, line.text))
        if (goes_on and width and len(found[-1]) < TALLEST and not begins) or (label and _REST.match(line.text)):
            found[-1].append(line)
        else:
            found.append([line])
        label = bool(_SPLIT.fullmatch(line.text))  # 时 + 间：2023年3月7日
        ended = line.text.endswith(("。", ":", "：", "印发")) or _TITLE.fullmatch(line.text)
        surely = line.text.endswith(_ENDS) or _LABELLED.match(line.text)
        goes_on = not ended and width >= widest * (FULL if surely else NEARLY_FULL)
    return [joined(cells) for cells in found]


def _next_item(above: str, line: str) -> bool:
    """Tell whether a line begins with the item after the last one inside the line above: …；(2)日志； over (3)打印件."""
    inside = [match for match in _ITEM.finditer(above) if match.start()]
    begins = _ITEM.match(line)
    if not begins or not inside or inside[-1].lastgroup != begins.lastgroup:
        return False
    return _ordinal(begins) == _ordinal(inside[-1]) + 1


def _ordinal(item: re.Match[str]) -> int:
    return ord(item[0]) if item["circle"] else int(item[item.lastgroup or 0])


def _width(text: str) -> float:
    """Return the length of a line in em; ASCII characters are half as wide."""
    wide = (len(text.encode("utf-8", "surrogatepass")) - len(text)) / 2
    return wide + (len(text) - wide) / 2


def _rows(text: str) -> Iterator[list[Cell]]:
    start = 0
    for line in text.split("\n"):
        row = []
        place = start
        for column, cell in enumerate(line.split("\t")):
            row.append(_stripped(cell, place, column))
            place += len(cell) + 1
        yield row
        start += len(line) + 1


def lines(text: str) -> Iterator[Cell]:
    """Yield each line of a text without the white space around it, "" for an empty one; the tabs of a table's row stay."""
    start = 0
    for line in text.split("\n"):
        blanks = _BLANKS if "\t" in line.strip() else _BLANKS + "\t"
        kept = line.lstrip(blanks)
        yield Cell(kept.rstrip(blanks), start + len(line) - len(kept))
        start += len(line) + 1


def _stripped(text: str, start: int, column: int) -> Cell:
    kept = text.lstrip(" \u3000\r\ufeff\u00a0")
    return Cell(kept.rstrip(" \u3000\r\u00a0"), start + len(text) - len(kept), column)


def narrowed(cell: Cell, pattern: re.Pattern[str] | None) -> Cell | None:
    """Return the part of a value that a pattern finds, its group where it has one; None if it finds nothing."""
    match = pattern.search(cell.text.translate(WIDE_BRACKETS)) if pattern else None
    return cell.part(*match.span(match.lastindex or 0)) if match else None


def filled(row: Row) -> list[Cell]:
    """Return the cells of a row that are not empty."""
    return [cell for cell in row if cell.text]
