"""Codes, document numbers and ranges: their brackets, dashes and inner spaces. Digits and letters never change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jiaokan.model import Document, Edit, Span
from jiaokan.script import BRACKETS, CLOSE, HAN, OPEN

# 代字, year, serial number: 九办发[2009]8号. The serial may stand off by a space; 第 and leading zeros are not corrected.
DOCUMENT_NUMBER = re.compile(
    rf"(?:(?<=[{HAN}])|(?<=^)|(?<=[\n\t]))(?P<gap>[ \u3000]?)(?P<open>[{OPEN}])(?P<year>(?:19|20)\d\d)(?P<close>[{CLOSE}])(?P<space>[ \u3000]?)(?=\d{{1,5}} ?号)"
)
# Brackets read as letters, or one of them lost: 武水发C2022J88号, 〔2022J35号, 新政〔202319号. The serial is what follows.
GARBLED_NUMBER = re.compile(
    rf"(?<=[{HAN}])(?P<open>[{OPEN}CcＣLlＬ])(?P<year>(?:19|20)\d\d)(?P<close>[JjＪlI1\|]?)(?=\d{{1,4}}号)|(?<=[{HAN}])(?P<open2>[CcＣLlＬ])(?P<year2>(?:19|20)\d\d)(?P<close2>[{CLOSE}])(?=\d{{1,5}}号)"
)
UNCLOSED = re.compile(rf"[（(](?=[{HAN}]{{2,10}}[{OPEN}](?:19|20)\d\d[{CLOSE}]\d{{1,5}}号)(?P<number>[^）)（(，。；]*?号)(?![）)])(?=[{HAN}])")
PROJECT_CODE = re.compile(r"\d{8}(?:[A-Z]\d{12}|\d{13})")
SPACED_CODE = re.compile(r"(?<![\dA-Za-z.,])[\dA-Z]{4,}(?: [\dA-Z]{2,})+(?![\dA-Za-z.,%])")
LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-－—]?(?P<left>\d{1,7})(?P<gap> )(?P<right>\d{1,7})(?! ?\d)")
LANDLINE_DIGITS = (7, 8)
# 1,760.000 元 stays: one separator may be a decimal point. Two can not.
GROUPED = re.compile(r"(?<![\d.,，．])\d{1,3}(?P<groups>(?:[,.，．]\d{3})+)(?P<decimals>[.．]\d\d?)?(?![\d%]|[,.，．]\d)(?P<money>[ \u3000]*[万亿]?元)?")
# 一 for a dash between two years, months, days or figures: 2021一2023年, 3月一12月, 2023-12一31
RANGE = re.compile(r"(?<=[\d年月日])一(?=\d)")


def number_brackets(document: Document) -> Iterator[Edit]:
    """Restore the hexagonal brackets of a document number: 九办发[2009〕8号 → 九办发〔2009〕8号.

    A year between unlike brackets is the engine's work and is mended; [2009] and (2009) may be what the author typed,
    so they are suggested unless the same page prints 〔〕 elsewhere. Source: GB/T 9704—2012 §7.2.5.
    """
    hexagonal = bool(re.search(r"〔(?:19|20)\d\d〕", document.text))
    for match in DOCUMENT_NUMBER.finditer(document.text):
        after = f"〔{match['year']}〕"
        if match[0] == after:
            continue
        paired = match["open"] + match["close"] in BRACKETS
        proved = hexagonal or not paired or match["open"] == "〔"
        why = "the year of a document number stands in 〔〕 (GB/T 9704—2012 §7.2.5)"
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after=after,
            rule="number_brackets",
            kind="bracket",
            confidence=0.98 if proved else 0.78,
            why=why + ("; this page prints them elsewhere" if hexagonal else "" if paired else "; these two do not pair"),
        )


def garbled_brackets(document: Document) -> Iterator[Edit]:
    """Restore brackets that were read as letters or lost: 武水发C2022J88号 → 武水发〔2022〕88号. No digit changes.

    A lost bracket leaves year and serial in one run of digits; where they part is certain only by the year's form, so
    that this is less sure. Source: GB/T 9704—2012 §7.2.5.
    """
    for match in GARBLED_NUMBER.finditer(document.text):
        opened, year = match["open"] or match["open2"], match["year"] or match["year2"]
        closed = match["close"] or match["close2"]
        both = bool(closed) and closed != "1"
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after=f"〔{year}〕" + (closed if closed == "1" else ""),
            rule="garbled_brackets",
            kind="bracket",
            confidence=0.98 if both else 0.78,
            why=f"the year of a document number stands in 〔〕 (GB/T 9704—2012 §7.2.5); read as {opened}{year}{closed}",
        )


def unclosed_numbers(document: Document) -> Iterator[Edit]:
    """Suggest the lost bracket behind a document number: (九办发〔2009〕8号文件 → (九办发〔2009〕8号)文件."""
    for match in UNCLOSED.finditer(document.text):
        end = match.end("number")
        line_end = document.text.find("\n", end)
        rest = document.text[end : line_end if line_end >= 0 else None].split("\t")[0]
        if re.match(r"[^（(]*[）)]", rest):
            continue  # it closes further on
        yield Edit(
            span=Span(end, end),
            before="",
            after=")" if match[0][0] == "(" else "）",
            rule="unclosed_numbers",
            kind="lost_punctuation",
            confidence=0.5,
            why=f"{match[0][0]} before the document number is not closed behind it",
        )


@dataclass(frozen=True, slots=True)
class SplitCodes:
    """Join a 21-character project code that a space has split: 3604832188880 30000231 → one code.

    The joined code must have the form area(6) year(2) and 13 more, and its area must be real. Source: DOMAIN notes on
    budget systems; area codes GB/T 2260.
    """

    known_area: Callable[[str], bool]

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield the deletion of each such space."""
        for match in SPACED_CODE.finditer(document.text):
            code = match[0].replace(" ", "")
            if PROJECT_CODE.fullmatch(code) and self.known_area(code[:6]):
                for place, char in enumerate(match[0], start=match.start()):
                    if char == " ":
                        why = f"without the space a project code of 21 characters: area {code[:6]}, year {code[6:8]}"
                        yield Edit(Span(place, place + 1), " ", "", "split_codes", "split_code", 0.99, why)


def split_phones(document: Document) -> Iterator[Edit]:
    """Join a land-line number that a space has split, where the parts make seven or eight digits: 0792-266 8888."""
    for match in LANDLINE.finditer(document.text):
        if len(match["left"] + match["right"]) in LANDLINE_DIGITS:
            why = f"without the space a telephone number of {len(match['left'] + match['right'])} digits"
            yield Edit(Span(*match.span("gap")), " ", "", "split_phones", "split_code", 0.98, why)


def ranges(document: Document) -> Iterator[Edit]:
    """Restore the dash read as 一 between two figures: 2021一2023年 → 2021—2023年, GB/T 1.1一2009 → GB/T 1.1—2009."""
    for match in RANGE.finditer(document.text):
        date = re.search(r"\d-\d{1,2}$", document.text[max(0, match.start() - 8) : match.start()])
        yield Edit(
            span=Span(*match.span()),
            before="一",
            after="-" if date else "—",
            rule="ranges",
            kind="dash",
            confidence=0.98,
            why="between two figures stands a dash, no numeral",
        )


def grouping(document: Document) -> Iterator[Edit]:
    """Restore the commas between groups of three digits: 1,185.600.00元 → 1,185,600.00元. No digit changes.

    A number has one decimal point; where two separators or more stand and one of them is a comma, or an amount of money
    follows, each before three digits is a comma. 1,760.000 is ambiguous only without another group.
    """
    for match in GROUPED.finditer(document.text):
        groups = match["groups"]
        commas = [mark for mark in groups[::4] if mark in ",，"]
        separators = len(groups) // 4 + bool(match["decimals"])
        if separators < 2 or not (commas or match["money"]):
            continue
        for place in range(0, len(groups), 4):
            if groups[place] not in ",，":
                at = match.start("groups") + place
                why = f"{match[0]}: a number has one decimal point; before a group of three digits stands a comma"
                yield Edit(Span(at, at + 1), groups[place], commas[0] if commas else ",", "grouping", "number", 0.97, why)
