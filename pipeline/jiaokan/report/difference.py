"""Old and new side by side: on a terminal, in colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

from jiaokan.model import Document, Edit, Status

STYLES = {Status.APPLIED: ("bold red strike", "bold green"), Status.SUGGESTED: ("yellow", "yellow italic"), Status.FLAGGED: ("bold magenta", "magenta")}
GAP = "□"  # stands for a flagged place without characters: a lost line
CONTEXT = 18  # characters shown on either side of an edit


class Line(NamedTuple):
    """A line of the original and the edits that begin in it; `number` counts from 1, `start` is its place."""

    number: int
    start: int
    text: str
    edits: tuple[Edit, ...]


def changed_lines(document: Document) -> Iterator[Line]:
    """Yield the lines of the original that have at least one edit, in order."""
    edits = list(document.edits)
    start = taken = 0
    for number, text in enumerate(document.original.split("\n"), start=1):
        first = taken
        while taken < len(edits) and edits[taken].span.start <= start + len(text):
            taken += 1
        if taken > first:
            yield Line(number, start, text, tuple(edits[first:taken]))
        start += len(text) + 1


def side_by_side(document: Document) -> Table:
    """Return a table of changed passages: the original on the left, the proposal on the right."""
    table = Table(title=document.id, show_lines=True, expand=True)
    table.add_column("line", justify="right", no_wrap=True)
    for heading, ratio in (("original", 9), ("cleaned", 9), ("why", 8)):
        table.add_column(heading, ratio=ratio, overflow="fold")
    for line in changed_lines(document):
        for edit in line.edits:
            before, after = _passage(line, edit)
            table.add_row(str(line.number), before, after, f"{edit.status} {edit.confidence:.2f} {edit.rule}: {edit.why}")
    return table


def _passage(line: Line, edit: Edit) -> tuple[Text, Text]:
    start, end = edit.span.start - line.start, edit.span.end - line.start
    left, right = line.text[max(0, start - CONTEXT) : start], line.text[end : end + CONTEXT]
    old, new = STYLES[edit.status]
    proposal = edit.before if edit.after is None else edit.after
    before = Text.assemble(left, (edit.before or GAP, old), right)
    return before, Text.assemble(left, (proposal or GAP, new), right)
