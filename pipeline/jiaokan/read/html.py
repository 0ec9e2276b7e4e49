"""HTML → text as a browser shows it: a block a line, a table row a line with its cells between tabs.

Source: HTML Living Standard (WHATWG), §4.9 tables, §15.3 rendering; CSS Text 3 §4 for white space.
"""

from __future__ import annotations

import re
from typing import Any

from jiaokan.read.formats import Reading
from jiaokan.read.grid import Grid, one_line
from jiaokan.read.xml import decoded, html

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav",
    "ol", "optgroup", "option", "p", "pre", "search", "section", "summary", "table", "tbody", "textarea", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
UNSHOWN = frozenset({
    "area", "audio", "base", "canvas", "datalist", "embed", "frame", "head", "iframe", "link", "map", "meta", "noframes", "noscript", "object",
    "param", "script", "source", "style", "svg", "template", "title", "track", "video",
})  # fmt: skip
TICKS = frozenset({"checkbox", "radio"})
NOT_TYPED = frozenset({"hidden", "image", "file", "password"})
SPAN = 1000  # columns or rows a cell may span: browsers' bound for columns
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_END = re.compile(r"\r\n?")  # &#13; is one too
_BLANKS = re.compile(r" {2,}")
_NUMBER = re.compile(r"\s*\+?(\d+)")
_BREAK = "\n"  # in text that is gathered: a line ends here; white space of the source is blanks by then
_FIXED = "\xa0"  # a blank that stands as it is
_NOT_DISPLAYED = re.compile(r"(?:\A|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))", re.IGNORECASE)


class _Page:
    """The lines of a page, as its elements come; a frame a level, of which there are at most 256."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.lines: list[str] = []
        self.text: list[str] = []  # of the line or cell that is open
        self.in_cell = False
        self.preformatted = False

    def words(self, text: str | None) -> None:
        """Add text: white space of the source is one blank, save where it is preformatted."""
        if text:
            self.text.append(_LINE_END.sub(_BREAK, text).replace(" ", _FIXED) if self.preformatted else _SPACES.sub(" ", text))

    def ended(self) -> None:
        """End the line; within a cell, say that one may end here."""
        if self.in_cell:
            self.text.append(_BREAK)
        else:
            self.lines.extend(line for line in _shown("".join(self.text)) if line)
            self.text = []

    def element(self, element: Any) -> None:
        """Add what an element shows, and what stands behind it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in UNSHOWN or _hidden(element):
            return
        if tag == "br":
            self.text.append(_BREAK)
        elif tag == "input":
            self.words(_entered(element))
        elif tag == "table" and not self.in_cell:
            self.ended()
            table = Grid(self.where)
            self.rows(element, table)
            self.ended()
            self.lines.extend(table.written())
        elif tag in {"td", "th"}:  # of a table in a cell
            self.text.append(" ")
            self.content(element)
            self.text.append(" ")
        elif tag in BLOCKS:
            self.ended()
            before, self.preformatted = self.preformatted, self.preformatted or tag in {"pre", "textarea"}
            self.content(element)
            self.preformatted = before
            self.ended()
        else:
            self.content(element)

    def content(self, element: Any) -> None:
        """Add what stands within an element."""
        self.words(element.text)
        for child in element:
            self.element(child)
            self.words(child.tail)

    def rows(self, element: Any, table: Grid) -> None:
        """Add the rows of a table, or of a part of it; captions and what else stands between rows are lines."""
        self.words(element.text)
        for child in element:
            if child.tag == "tr":
                if not _hidden(child):
                    self.row(child, table)
            elif child.tag in {"thead", "tbody", "tfoot"}:
                if not _hidden(child):
                    self.rows(child, table)
            elif child.tag not in {"colgroup", "col"}:
                self.element(child)
            self.words(child.tail)

    def row(self, row: Any, table: Grid) -> None:
        """Add a row. One whose every text stands in tables within it lays out the page: what its cells hold are lines and tables."""
        cells = [child for child in row if child.tag in {"td", "th"} and not _hidden(child)]
        filled = [cell for cell in cells if any(text.strip() for text in cell.itertext())]
        table.row()
        if filled and all(next(cell.iter("table"), None) is not None for cell in filled):
            self.lines.extend(table.written())
            for cell in filled:
                self.content(cell)
                self.ended()
            return
        for cell in cells:
            table.cell(self.cell(cell), _span(cell, "colspan"), _span(cell, "rowspan") or SPAN)

    def cell(self, cell: Any) -> str:
        """Return the text of a cell, on one line."""
        outside, self.text, self.in_cell = self.text, [], True
        self.content(cell)
        text = one_line(_shown("".join(self.text)))
        self.text, self.in_cell = outside, False
        return text


def read(data: bytes, *, where: str) -> Reading:
    """Return the text a browser shows, without boxes.

    Merged cells leave empty cells where they reach. A table in a cell becomes part of the cell's text, unless it only lays out the page.
    Raises InputError for a file that is no HTML, too large or too deep.
    """
    page = _Page(where)
    page.element(html(data, where=where))
    page.ended()
    return Reading("".join(f"{line}\n" for line in page.lines), (), decoded(data, where=where)[1])


def _shown(text: str) -> list[str]:
    """Return the lines of a text that was gathered, with white space as shown."""
    return [_BLANKS.sub(" ", line).strip(" ").replace(_FIXED, " ").strip(" ") for line in text.split(_BREAK)]


def _hidden(element: Any) -> bool:
    if element.tag == "option" and "selected" not in element.attrib:
        return True
    return "hidden" in element.attrib or bool(_NOT_DISPLAYED.search(element.get("style") or ""))


def _entered(element: Any) -> str:
    """Return what a form's box shows: a tick, or what was typed into it."""
    kind = (element.get("type") or "text").strip().lower()
    if kind in TICKS:
        return "☑" if "checked" in element.attrib else "☐"
    return "" if kind in NOT_TYPED else element.get("value") or ""


def _span(cell: Any, name: str) -> int:
    """Return how many columns or rows a cell spans; what is no number is 1, and 0 (of rows) means to the end."""
    found = _NUMBER.match(cell.get(name) or "")
    return min(int(found[1][:9]), SPAN) or (name == "colspan") if found else 1
