"""Text → blocks: titles, lines, rows of tab-separated cells, and page furniture, which is marked, not dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.model import Block, Span
from jiaokan.script import CELL

LINE = re.compile(r"[^\r\n]+")
# — 1 —, - 3 -, 第 2 页, 第2页 共5页, 2/5
FURNITURE = re.compile(r"\s*(?:[—–\-－]+ ?\d{1,4} ?[—–\-－]+|第 ?\d{1,4} ?页(?:[ ，,/]*共 ?\d{1,4} ?页)?|\d{1,3} ?/ ?\d{1,3})\s*")
TITLE_LENGTH = 60  # characters; a longer first line is prose


def layout(text: str) -> Iterator[Block]:
    """Yield the page's blocks in reading order; a row is followed by its cells. White-space lines give none."""
    title_seen = False
    for row, line in enumerate(LINE.finditer(text)):
        content = line[0]
        if not content.strip():
            continue
        span = Span(*line.span())
        if FURNITURE.fullmatch(content):
            yield Block("furniture", span, row)
        elif "\t" in content.strip():
            yield Block("row", span, row)
            column = 0
            done = span.start
            for cell in CELL.finditer(text, span.start, span.end):
                column += text.count("\t", done, cell.start())
                done = cell.start()
                yield Block("cell", Span(*cell.span()), row, column)
            title_seen = True
        elif not title_seen and len(content.strip()) <= TITLE_LENGTH and not content.rstrip().endswith(("。", "；", "，")):
            yield Block("title", span, row)
            title_seen = True
        else:
            yield Block("line", span, row)
            title_seen = True
