"""The rows of a table that is told by its file: cells in their columns, merged ones once, each on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jiaokan.errors import InputError
from jiaokan.read.geometry import blank_between

WIDEST = 10_000  # columns
LARGEST = 5_000_000  # places in the grid of a table
_TABS = re.compile(r"\t+")


class Grid:
    """A table being read: its rows as column → text, and how far down the cells above reach."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.rows: list[dict[int, str]] = []
        self.reach: dict[int, int] = {}  # column → rows it is covered for, this one included
        self.width = 0  # columns in which a cell begins
        self.places = 0
        self.column = 0

    def row(self) -> None:
        """Begin a row."""
        self.reach = {column: rows - 1 for column, rows in self.reach.items() if rows > 1} if self.rows else {}
        self.rows.append({})
        self.column = 0
        self._count(len(self.reach))

    def cell(self, text: str, across: int, down: int) -> None:
        """Add a cell in the next column that is free."""
        while self.column in self.reach:
            self.column += 1
        self._count(across)
        self.rows[-1][self.column] = text
        self.width = max(self.width, self.column + 1)
        self.reach.update(dict.fromkeys(range(self.column, self.column + across), down))
        self.column += across

    def written(self) -> list[str]:
        """Return the rows so far, those without text aside, and forget them."""
        self._count(0)
        lines = ["\t".join(row.get(column, "") for column in range(self.width)) for row in self.rows if any(row.values())]
        self.rows = [{} for _ in self.rows[-1:]]  # the one that is open
        return lines

    def _count(self, places: int) -> None:
        self.places += places
        if self.column + places > WIDEST or max(self.places, len(self.rows) * self.width) > LARGEST:
            what = f"a table of over {WIDEST} columns or {LARGEST} places, spans counted"
            raise InputError(what, where=self.where, fix="give the table as tab-separated text")


def one_line(lines: Iterable[str]) -> str:
    """Return the lines of a cell as one: Latin words stay apart, Chinese goes on. Tabs become blanks."""
    parts: list[str] = []
    for line in lines:
        words = _TABS.sub(" ", line).strip(" ")
        if parts and words and blank_between(parts[-1][-1], words[0]):
            parts.append(" ")
        if words:
            parts.append(words)
    return "".join(parts)
