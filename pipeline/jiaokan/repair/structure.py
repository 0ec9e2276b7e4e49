"""The page's structure as a witness: list numbers, labels and cells show where a mark, a break or a border is lost.

Structure is suggested, never written: the words stay as they are, and a table keeps its cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jiaokan.knowledge.labels import Labels
from jiaokan.model import Document, Edit, Span
from jiaokan.script import CELL, HAN

ORDINALS = "一二三四五六七八九十"
MARKED_ITEM = re.compile(f"(?P<mark>[，；。,;])[ ]?(?P<number>[{ORDINALS}])是(?=[{HAN}])")
BARE_ITEM = re.compile(f"(?<=[{HAN}])(?P<number>[{ORDINALS}])是(?=[{HAN}])")
FIRST_ITEM = re.compile(f"(?<=[{HAN}])1[.．、](?=[{HAN}])")
SECOND_ITEM = re.compile(f"[。；;](?:\\n)?2[.．、](?=[{HAN}])")
TWO_LABELS = re.compile(f"(?P<first>[{HAN}（）()]{{2,12}})(?P<gap> )(?P<second>[{HAN}（）()]{{2,12}})")
LABEL_AND_VALUE = re.compile(f"(?P<label>[{HAN}（）()]{{2,20}}[：:])(?P<gap> )(?P<value>[^ ].*)")


def lost_item_marks(document: Document) -> Iterator[Edit]:
    """Suggest the mark lost before a numbered item, as its sisters have it: ；三是…网络维护五是 → ；三是…网络维护；五是.

    The item must go on from one before it in the same cell that does have a mark.
    """
    for cell in CELL.finditer(document.text):
        marked = {match["number"]: match["mark"] for match in MARKED_ITEM.finditer(cell[0])}
        for match in BARE_ITEM.finditer(cell[0]):
            before = ORDINALS[ORDINALS.index(match["number"]) - 1]
            if match["number"] != ORDINALS[0] and before in marked and match["number"] not in marked:
                place = cell.start() + match.start()
                why = f"{before}是 before it follows {marked[before]}"
                yield Edit(Span(place, place), "", marked[before], "lost_item_marks", "lost_punctuation", 0.55, why)


def lost_breaks(document: Document) -> Iterator[Edit]:
    """Suggest the line break lost before the first item of a list: 管理办法1.信访 → 管理办法⏎1.信访."""
    for cell in CELL.finditer(document.text):
        for match in FIRST_ITEM.finditer(cell[0]):
            if SECOND_ITEM.search(cell[0], match.end()):
                place = cell.start() + match.start()
                why = "a list begins here, and its second item follows"
                yield Edit(Span(place, place), "", "\n", "lost_breaks", "lost_break", 0.5, why)


@dataclass(frozen=True, slots=True)
class MergedCells:
    """Suggest the cell border lost between two labels of a header, or between a label and its value: 一级指标 二级指标."""

    labels: Labels

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield the borders as tabs; only in rows of a table."""
        for line in re.finditer(r"[^\r\n]+", document.text):
            if "\t" not in line[0]:
                continue
            for cell in CELL.finditer(document.text, line.start(), line.end()):
                match = TWO_LABELS.fullmatch(cell[0])
                if match and all(self._is(match[part], "column") for part in ("first", "second")):
                    yield self._border(cell.start() + match.start("gap"), f"{match['first']} and {match['second']} are two columns")
                match = LABEL_AND_VALUE.fullmatch(cell[0])
                if match and self._is(match["label"], "field"):
                    yield self._border(cell.start() + match.start("gap"), f"{match['label']} is a label, its value another cell")

    def _is(self, text: str, kind: str) -> bool:
        label = self.labels.canonical(text, kinds=(kind,))
        return label is not None and label.kind == kind

    @staticmethod
    def _border(place: int, why: str) -> Edit:
        return Edit(Span(place, place + 1), " ", "\t", "merged_cells", "merged_cells", 0.55, why)
