"""The page's lines, rows and cells are found where they stand; page furniture is marked, not dropped."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.read.layout import layout

# label, text, (kind, text, row, column) in reading order
PAGES = [
    ("title and prose", "关于表彰的通报\n各科室：", [("title", "关于表彰的通报", 0, -1), ("line", "各科室：", 1, -1)]),
    ("prose has no title", "现将有关事项通知如下，", [("line", "现将有关事项通知如下，", 0, -1)]),
    ("a long first line is prose", "项" * 61, [("line", "项" * 61, 0, -1)]),
    ("a row", "名称\t经费", [("row", "名称\t经费", 0, -1), ("cell", "名称", 0, 0), ("cell", "经费", 0, 1)]),
    ("an empty cell counts", "名称\t\t经费", [("row", "名称\t\t经费", 0, -1), ("cell", "名称", 0, 0), ("cell", "经费", 0, 2)]),
    ("a first cell left empty", "\t甲\t乙", [("row", "\t甲\t乙", 0, -1), ("cell", "甲", 0, 1), ("cell", "乙", 0, 2)]),
    ("a page number", "表\n— 1 —\n乙", [("title", "表", 0, -1), ("furniture", "— 1 —", 1, -1), ("line", "乙", 2, -1)]),
    ("other page numbers", "第 2 页 共 5 页\n3/5\n-4-", [("furniture", "第 2 页 共 5 页", 0, -1), ("furniture", "3/5", 1, -1), ("furniture", "-4-", 2, -1)]),
    ("a figure is no page number", "表\n2023", [("title", "表", 0, -1), ("line", "2023", 1, -1)]),
    ("only white space", " \t \n\u3000\n", []),
    ("line ends of every kind", "表\r\n甲\r乙\n丙", [("title", "表", 0, -1), ("line", "甲", 1, -1), ("line", "乙", 2, -1), ("line", "丙", 3, -1)]),
    ("beyond the basic plane", "𠮷\t𪚥", [("row", "𠮷\t𪚥", 0, -1), ("cell", "𠮷", 0, 0), ("cell", "𪚥", 0, 1)]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_blocks(text: str, expected: list[tuple[str, str, int, int]]) -> None:
    found = [(block.kind, text[slice(*block.span)], block.row, block.column) for block in layout(text)]
    assert found == expected


@given(st.text("项目\t\n\r 　1—2/，。𠮷", max_size=60))
def test_no_character_is_left_out(text: str) -> None:
    blocks = [block for block in layout(text) if block.kind != "cell"]
    outside = list(text)
    for block in blocks:
        outside[slice(*block.span)] = [""] * (block.span.end - block.span.start)
    assert not "".join(outside).strip()
    for cell in (block for block in layout(text) if block.kind == "cell"):
        assert not re.search(r"[\t\r\n]", text[slice(*cell.span)])
