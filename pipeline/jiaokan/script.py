"""Which characters are which: the classes every stage asks for, said once."""

from __future__ import annotations

import re
from functools import lru_cache

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
CELL = re.compile(r"[^\t\r\n]+")
# What the 〔〕 of a document number are read as or typed as, pair by pair; OPEN and CLOSE stand inside a class of a pattern.
BRACKETS = "〔〕", "[]", "()", "（）", "【】", "〈〉", "﹝﹞", "［］", "<>", "{}", "〖〗"
OPEN, CLOSE = (re.escape("".join(pair[side] for pair in BRACKETS)) for side in (0, 1))
NUMERALS = "〇零一二三四五六七八九十百千万亿两"
BAR = re.compile("[|｜丨│┃]")
BARS = 3  # in a line, from which they part its cells
BARRED = 3  # lines with two bars and more, from which the bars of all of them do; fewer are ruled lines that an engine read as characters
_HAN = re.compile(f"[{HAN}]")


@lru_cache(maxsize=65_536)  # asked a hundred thousand times a page
def is_han(char: str) -> bool:
    """Tell whether a character is a Chinese ideograph (〇 included)."""
    return bool(_HAN.match(char))


def parted(text: str) -> str:
    """Return the text with tabs for the bars that part cells: │项目名称│修路│ has three cells as a row of tabs has them. As many characters as before."""
    lines = text.split("\n")
    bars = [0 if "\t" in line else len(BAR.findall(line)) for line in lines]
    least = 2 if sum(found > 1 for found in bars) >= BARRED else BARS
    return "\n".join(BAR.sub("\t", line) if found >= least else line for line, found in zip(lines, bars, strict=True))
