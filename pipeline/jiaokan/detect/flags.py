"""Places where something is wrong and the text that was printed cannot be known: flagged, never filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.model import Document, Edit, Span
from jiaokan.script import CELL, HAN

# Scripts no Chinese office prints; Greek and Cyrillic are left out (units, α, Russian names), kana too (の in shop names).
FOREIGN = "[\u0530-\u08ff\u0900-\u109f\u10a0-\u11ff\u1200-\u1fff\u2c00-\u2dff\ua4d0-\uabff\ufb1d-\ufdff\ufe70-\ufefc]"
FOREIGN_RUN = re.compile(f"{FOREIGN}(?:[ A-Za-z]{{0,12}}{FOREIGN})*")
SHREDS = re.compile("[A-Za-z][A-Za-z ]{0,11}$"), re.compile("[A-Za-z ]{0,11}[A-Za-z]")  # Latin beside it, before and behind
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff]+")
DIGITS = "一二三四五六七八九十"
# How items are numbered: 一是 二是; 1. 2.; （一）（二）; 一、二、. A series runs within one cell or paragraph, or down the lines.
INLINE = (
    re.compile(f"(?<=[，。；：,;:\\s])(?P<han>[{DIGITS}]{{1,2}})是|^(?P<han2>[{DIGITS}]{{1,2}})是", re.MULTILINE),
    re.compile(r"(?<![\d.．〔\[(（第A-Za-z])(?P<arabic>\d{1,2})[.．、](?![\d.])"),
    re.compile(f"[（(](?P<han>[{DIGITS}]{{1,3}})[）)]"),
)
HEADINGS = re.compile(f"^[ \\t\u3000]*(?P<han>[{DIGITS}]{{1,3}})、", re.MULTILINE)
PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "〔": "〕", "【": "】", "『": "』", "「": "」"}
_CLOSERS = {closer: opener for opener, closer in PAIRS.items()}
_WIDE = {"(": "（", ")": "）"}
_MARKS = re.compile("[" + re.escape("".join([*PAIRS, *_CLOSERS])) + "]")
_LIST_NUMBER = re.compile(f"[\\d{DIGITS}]{{1,3}}$")
_CLAUSE_END = re.compile("[，。；：,;:\\n\\t]")
_NEVER_FIRST = re.compile(f"(?P<mark>[，。；、：！？）》”,;])[{HAN}]")
REPEAT = 6  # characters of a cell's start looked up in the rest of the page


def foreign_script(document: Document) -> Iterator[Edit]:
    """Flag letters of a script that official Chinese does not use, with the Latin shreds beside them: XX הם."""
    text = document.text
    for match in FOREIGN_RUN.finditer(text):
        before = SHREDS[0].search(text, max(0, match.start() - 12), match.start())
        behind = SHREDS[1].match(text, match.end(), match.end() + 12)
        span = Span(before.start() if before else match.start(), behind.end() if behind else match.end())
        yield _flag(span, text[span.start : span.end], "foreign_script", 0.95, "no Chinese office prints this script")
    for match in CONTROL.finditer(text):
        codes = ", ".join(f"U+{ord(char):04X}" for char in match[0][:8])
        yield _flag(Span(*match.span()), match[0], "foreign_script", 0.95, f"not a character of any text: {codes}", rule="control_characters")


def numbering_holes(document: Document) -> Iterator[Edit]:
    """Flag the clause before a hole in a numbered series: 5. 7. or 三是 without 二是; a line may be lost there."""
    text = document.text
    found: dict[Span, list[str]] = {}
    for paragraph in CELL.finditer(text):
        for pattern in INLINE:
            items = [(_number(match), match) for match in pattern.finditer(text, paragraph.start(), paragraph.end())]
            for place, why in _holes(items, whole=pattern is INLINE[0]):
                found.setdefault(_clause_before(text, place, paragraph.start()), []).append(why)
    headings = [(_number(match), match) for match in HEADINGS.finditer(text)]
    for place, why in _holes(headings, whole=False):
        found.setdefault(Span(place, place), []).append(why)
    for span, reasons in sorted(found.items()):
        yield _flag(span, text[span.start : span.end], "lost_line", 0.8, "; ".join(reasons) + ": text may be lost here", rule="numbering_holes")


def mid_word_starts(document: Document) -> Iterator[Edit]:
    """Flag a cell or line whose first characters are the middle of a sentence: 国“信访示范县” for 全国“信访示范县”.

    Proof: it begins with a mark no line begins with, or the same words stand elsewhere on the page as the continuation
    of others while a quotation or bracket closes here that was opened there.
    """
    text = document.text
    for cell in CELL.finditer(text):
        content = cell[0].lstrip()
        start = cell.end() - len(content)
        tabular = "\t" in text[max(0, start - 1) : start] or text[cell.end() : cell.end() + 1] == "\t"
        if tabular and _NEVER_FIRST.match(content):
            yield _flag(Span(start, start + 1), text[start], "lost_line", 0.8, f"no cell begins with {content[0]}: its first line may be lost", rule="mid_word_starts")
        elif len(content) > 2 * REPEAT and re.match(f"[{HAN}]", content):
            other = text.find(content[:REPEAT])
            other = text.find(content[:REPEAT], start + 1) if other == start else other
            if other > 0 and re.match(f"[{HAN}]", text[other - 1]) and _broken_off(content):
                why = f"elsewhere on this page {text[max(0, other - 4) : other]} stands before {content[:REPEAT]}: the first line of this cell may be lost"
                yield _flag(Span(start, start + 1), text[start], "lost_line", 0.8, why, rule="mid_word_starts")


def unbalanced_marks(document: Document) -> Iterator[Edit]:
    """Flag a bracket or quotation mark without its partner in the same cell; 1) and 一） are list numbers."""
    text = document.text
    for cell in CELL.finditer(text):
        open_marks: list[tuple[str, int]] = []
        for match in _MARKS.finditer(text, cell.start(), cell.end()):
            mark, place = _WIDE.get(match[0], match[0]), match.start()
            if mark in PAIRS:
                open_marks.append((mark, place))
            elif open_marks and open_marks[-1][0] == _CLOSERS[mark]:
                open_marks.pop()
            elif not (mark == "）" and _LIST_NUMBER.search(text, cell.start(), place)):
                yield _unpaired(text, place, "opens")
        for _, place in open_marks:
            yield _unpaired(text, place, "closes")


def _unpaired(text: str, place: int, verb: str) -> Edit:
    return _flag(Span(place, place + 1), text[place], "unbalanced_mark", 0.7, f"nothing {verb} {text[place]} in this cell", rule="unbalanced_marks")


def _broken_off(content: str) -> bool:
    """Tell whether a quotation or bracket near the start closes without having been opened, or is a bare second half."""
    return bool(re.match(f'[{HAN}]{{0,3}}["“”》）]', content))


def _holes(items: list[tuple[int, re.Match[str]]], *, whole: bool) -> Iterator[tuple[int, str]]:
    """Yield (place, reason) of the holes in a series; `whole`: a series must also begin with 1."""
    run = 0  # items counted in order so far: a hole means something only after 1, 2
    before = 0
    for number, match in items:
        if number == before + 1 or number == 1:
            run = run + 1 if number == before + 1 else 1
        elif whole and number > 1 and run == 0:
            yield match.start(), f"{match[0]} without {DIGITS[0]}是 before it"
            run = 1
        elif before + 1 < number <= before + 3 and run > 1:  # a wider gap is another list
            yield match.start(), f"{before} is followed by {number}"
            run = 2
        elif whole and number == before:
            yield match.start(), f"{match[0]} stands twice"
        else:
            run = 0
        before = number


def _clause_before(text: str, place: int, floor: int) -> Span:
    """Return the clause that ends where the numbered item at `place` begins, its closing mark left out."""
    end = place
    while end > floor and _CLAUSE_END.match(text[end - 1]):
        end -= 1
    start = end
    while start > floor and not _CLAUSE_END.match(text[start - 1]):
        start -= 1
    return Span(start, end)


def _number(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if groups.get("arabic"):
        return int(groups["arabic"])
    numeral = groups.get("han") or groups.get("han2") or ""
    tens, _, units = numeral.rpartition("十")
    if "十" not in numeral:
        return DIGITS.index(numeral[-1]) + 1
    return 10 * (DIGITS.index(tens) + 1 if tens else 1) + (DIGITS.index(units) + 1 if units else 0)


def _flag(span: Span, before: str, kind: str, confidence: float, why: str, *, rule: str = "") -> Edit:
    return Edit(span, before, None, rule or kind, kind, confidence, why)
