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
_HAN = re.compile(f"[{HAN}]")


@lru_cache(maxsize=65_536)  # asked a hundred thousand times a page
def is_han(char: str) -> bool:
    """Tell whether a character is a Chinese ideograph (〇 included)."""
    return bool(_HAN.match(char))
