"""The page as a reader of forms and letters sees it: rows of cells, and the way from a cell to a Field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jiaokan.edits import Alignment
from jiaokan.extract.values import normalised
from jiaokan.knowledge.families import Family
from jiaokan.model import Document, Field, Span


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, or a part of one, without the white space around it; places are in the cleaned text."""

    text: str
    start: int
    column: int = 0

    @property
    def span(self) -> Span:
        """Return where the text stands."""
        return Span(self.start, self.start + len(self.text))

    def part(self, start: int, end: int | None = None) -> Cell:
        """Return `text[start:end]` as a cell, stripped."""
        return _stripped(self.text[start:end], self.start + start, self.column)


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
    ) -> None:
        """Add a field whose value stands in some cells.

        A label that comes again with another value is kept as label#2, label#3; with the same value it is left out.
        """
        text = "".join(cell.text for cell in cells) if value is None else value
        span = self.original(cells)
        copies = self._copies.get(label, 0)
        if copies and self.fields[label].value == text:
            return
        self._copies[label] = copies + 1
        kind = self.family.types.get(label, "text")
        name = f"{label}#{copies + 1}" if copies else label
        raw = self.document.original[span.start : span.end]
        self.fields[name] = Field(label, text, raw, normalised(text, kind, unit), kind, span, confidence, inferred)


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


def _stripped(text: str, start: int, column: int) -> Cell:
    kept = text.lstrip(" \u3000\r\ufeff\u00a0")
    return Cell(kept.rstrip(" \u3000\r\u00a0"), start + len(text) - len(kept), column)


def filled(row: Row) -> list[Cell]:
    """Return the cells of a row that are not empty."""
    return [cell for cell in row if cell.text]
