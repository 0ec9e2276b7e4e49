"""Lists that run on in a text: where their items begin, and which stop the others have before them.

Before （三） of …；（二）…（三）… a ； is lost, whatever the language model thinks of the words: the list itself says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from jiaokan.knowledge.language import fold
from jiaokan.script import HAN

NUMERALS = "一二三四五六七八九十"
ORDINALS = (NUMERALS, "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "甲乙丙丁戊己庚辛壬癸")
_SMALL = f"[{NUMERALS}]{{1,3}}"
# In the forms of `fold`. What one group names makes lists of their own: 任务1：, 目标1：.
HEADS = tuple(
    re.compile(pattern)
    for pattern in (
        f"（(?P<number>{_SMALL})）",
        r"（(?P<number>\d{1,2})）",
        f"(?<![{NUMERALS}百第])(?P<number>{_SMALL})、",
        r"(?<![\dA-Za-z.〕—/])(?P<number>\d{1,2})[.、](?!\d)",
        f"(?P<number>[{ORDINALS[1]}])",
        f"(?P<number>[{ORDINALS[2]}])、",
        f"第(?P<number>{_SMALL})，",
        f"(?<![{NUMERALS}第])(?P<number>{_SMALL})是",
        f"(?P<name>[{HAN}]{{2}})(?P<number>\\d{{1,2}}|{_SMALL})：",
    )
)
SHORTEST = 6  # characters from one item to the next: 甲、乙双方 and 一、二季度 are no lists
STOPS = frozenset("。；，")


class Item(NamedTuple):
    """Where an item of a list begins, and its number."""

    place: int
    number: int


def items(text: str) -> dict[int, str]:
    """Return where the items of lists begin, from each list's second on, with the stop most of the others have before them, "" if they have none.

    Linear in the text. A list numbers its items from 1, one after the other; one number may be missing.
    """
    folded = fold(text)
    found: dict[int, str] = {}
    for head in HEADS:
        for run in _runs(folded, head):
            marks = [_before(folded, item.place) for item in run[1:]]
            counts = Counter(marks)
            for item, mark in zip(run[1:], marks, strict=True):
                counts[mark] -= 1
                usual = max(STOPS, key=lambda stop: (counts[stop], stop))
                found[item.place] = usual if 3 * counts[usual] > 2 * counts.total() else ""
                counts[mark] += 1
    return found


def _runs(text: str, head: re.Pattern[str]) -> Iterator[list[Item]]:
    """Yield the lists of one kind."""
    runs: dict[str, list[Item]] = {}
    for match in head.finditer(text):
        name, item = match.groupdict().get("name", ""), Item(match.start(), _number(match["number"]))
        run = runs.get(name)
        if run and 0 < item.number - run[-1].number <= 2 and item.place - run[-1].place >= SHORTEST:
            run.append(item)
        elif item.number == 1:
            if run:
                yield run
            runs[name] = [item]
    yield from runs.values()


def _number(written: str) -> int:
    """Return the number of an item: 3, 三, ③ or 丙; 十二; 0 for what is none."""
    if written.isdecimal():
        return int(written)
    if len(written) == 1:
        return next(ordinals.index(written) + 1 for ordinals in ORDINALS if written in ordinals)
    tens, _, ones = written.partition("十")
    if "十" in ones or len(tens) > 1 or len(ones) > 1 or "十" not in written:
        return 0
    return 10 * (NUMERALS.index(tens) + 1 if tens else 1) + (NUMERALS.index(ones) + 1 if ones else 0)


def _before(text: str, place: int) -> str:
    """Return the last character before a place that is no white space."""
    return text[max(0, place - 8) : place].rstrip()[-1:]
