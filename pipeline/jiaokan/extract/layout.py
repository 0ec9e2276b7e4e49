"""The rows of a form as they were set, whatever an engine made of them.

Bars are borders, page numbers are no cells, a label set downwards is one label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from jiaokan.extract.page import FURNITURE, Cell, Row, filled, joined
from jiaokan.script import BAR, BARRED

TALLEST_LABEL = 12
"""Rows over which the characters of one label are set downwards: the longest labels so set have six, each may stand on two rows."""
LONGEST_UPRIGHT = 8
"""Characters of the longest label that is set downwards."""
_RULE = re.compile(r"[\s|｜│┃:+=_─━-]+")
_PAGE_MARK = re.compile(r"\s?[—―–]\s\d{1,3}\s[—―–]\s?")
"""A page number that a joined page left inside a sentence; the blanks tell it from 2019—2021."""
_UPRIGHT = re.compile(r"[\u4e00-\u9fff]{1,3}")

Named = Callable[[str], bool]


def rows(lines: Sequence[Row], is_label: Named) -> list[Row]:
    """Return the rows of a page as they were set; empty rows stay."""
    barred = sum(len(line) == 1 and len(BAR.findall(line[0].text)) > 1 for line in lines) >= BARRED
    split = (_split(line) if barred else line for line in lines)
    found = [[_unmarked(cell) for cell in row] for row in split if not _is_furniture(row)]
    return _upright(found, is_label)


def _split(line: Row) -> Row:
    """Return the cells between the bars of a line that has no tabs: | 项目名称 | 修路 | → 项目名称, 修路."""
    if len(line) > 1 or len(bars := list(BAR.finditer(line[0].text))) < 2:
        return line
    cell = line[0]
    edges = [0, *(bar.end() for bar in bars)]
    ends = [*(bar.start() for bar in bars), len(cell.text)]
    cells = [cell.part(start, end) for start, end in zip(edges, ends, strict=True)]
    inner = cells[0 if cells[0].text else 1 : len(cells) if cells[-1].text else -1]
    return [replace(part, column=column) for column, part in enumerate(inner)]


def _is_furniture(row: Row) -> bool:
    cells = filled(row)
    return (bool(cells) and all(_RULE.fullmatch(cell.text) for cell in cells)) or (
        len(cells) == 1 and FURNITURE.fullmatch(cells[0].text) is not None
    )


def _unmarked(cell: Cell) -> Cell:
    """Return a cell without the page number inside its sentence: 养护道— 1 —路 → 养护道路."""
    if not (marks := list(_PAGE_MARK.finditer(cell.text))):
        return cell
    edges = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(cell.text)]
    parts = [part for start, end in zip(edges, ends, strict=True) if (part := cell.part(start, end)).text]
    return joined(parts) if parts else cell


def _upright(lines: list[list[Cell]], is_label: Named) -> list[Row]:
    """Return the rows with a label that is set downwards in the first column on the first of its rows: 总 / 体 / 目标 → 总体目标."""
    for index, row in enumerate(lines):
        if len(row) < 2 or not _UPRIGHT.fullmatch(row[0].text) or is_label(row[0].text):
            continue
        pieces = [index]
        whole: list[int] = []
        for below in range(index + 1, min(index + TALLEST_LABEL, len(lines))):
            text = lines[below][0].text
            if text and not _UPRIGHT.fullmatch(text):
                break
            if not text:
                continue
            pieces.append(below)
            label = "".join(lines[piece][0].text for piece in pieces)
            if len(label) > LONGEST_UPRIGHT:
                break
            if is_label(label):
                whole = pieces[:]
        if whole:
            row[0] = joined([lines[piece][0] for piece in whole])
            for piece in whole[1:]:
                lines[piece][0] = lines[piece][0].part(0, 0)
    return list(lines)
