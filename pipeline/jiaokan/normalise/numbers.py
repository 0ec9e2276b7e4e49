"""Codes, document numbers and ranges: their brackets, dashes and inner spaces. Digits and letters never change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jiaokan.model import Document, Edit, Span
from jiaokan.script import HAN

OPEN, CLOSE = "〔\\[(（【〈﹝［<{〖", "〕\\])）】〉﹞］>}〗"
# 代字, year, serial number: 九办发[2009]8号. The serial may stand off by a space; 第 and leading zeros are not corrected.
DOCUMENT_NUMBER = re.compile(
    rf"(?<=[{HAN}])(?P<gap>[ \u3000]?)(?P<open>[{OPEN}])(?P<year>(?:19|20)\d\d)(?P<close>[{CLOSE}])(?P<space>[ \u3000]?)(?=\d{{1,5}} ?号)"
)
SPLIT_CODE = re.compile(r"(?<![\d.,A-Z])(\d{6,})( )(\d{4,}|[A-Z]\d{4,})(?![\d.,%])")
PROJECT_CODE = re.compile(r"\d{6}\d{2}(?:[A-Z]\d{12}|\d{13})")
YEAR_RANGE = re.compile(r"(?<=(?<!\d)(?:19|20)\d\d)一(?=(?:19|20)\d\d(?:年|\)|）))")
STANDARD_YEAR = re.compile(r"(?<=[A-Z/]{2}) ?\d[\d.]*(?P<dash>一)(?=(?:19|20)\d\d(?!\d))")


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
        paired = OPEN.replace("\\", "").index(match["open"]) == CLOSE.replace("\\", "").index(match["close"])
        proved = hexagonal or not paired or match["open"] == "〔"
        why = "the year of a document number stands in 〔〕 (GB/T 9704—2012 §7.2.5)"
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after=after,
            rule="number_brackets",
            kind="bracket",
            confidence=0.98 if proved else 0.93,
            why=why + ("; this page prints them elsewhere" if hexagonal else "" if paired else "; these two do not pair"),
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
        for match in SPLIT_CODE.finditer(document.text):
            code = match[1] + match[3]
            if PROJECT_CODE.fullmatch(code) and self.known_area(code[:6]):
                yield Edit(
                    span=Span(*match.span(2)),
                    before=match[2],
                    after="",
                    rule="split_codes",
                    kind="split_code",
                    confidence=0.99,
                    why=f"without the space a project code of 21 characters: area {code[:6]}, year {code[6:8]}",
                )


def ranges(document: Document) -> Iterator[Edit]:
    """Restore the dash read as 一 between two years or in a standard's number: 2021一2023年 → 2021—2023年."""
    for pattern, group in ((YEAR_RANGE, 0), (STANDARD_YEAR, "dash")):
        for match in pattern.finditer(document.text):
            yield Edit(
                span=Span(*match.span(group)),
                before="一",
                after="—",
                rule="ranges",
                kind="dash",
                confidence=0.98,
                why="between two years, or before the year of a standard, stands a dash",
            )
