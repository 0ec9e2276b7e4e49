"""Punctuation and rules of the form that the engine doubled, or read from lines and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jiaokan.model import Document, Edit, Span
from jiaokan.script import HAN, parted

# Two stops in a row, of which the page prints one; …… —— and 。” are not such pairs. A list keeps 、 before a bracket.
DOUBLED = re.compile("(?:[。.][，,；;、]|[，,][。；;、，,]|[；;][，,。、；;]|、[，,。；;、]|。。)(?![。.])")
TABLE_RULE = re.compile(f"(?:(?<=[{HAN}，。；：])|(?<=[\\t\\n])|^)[丨|](?=[{HAN}（(\\t\\r\\n]|$)|(?<=[{HAN}])[丨|](?=[\\t\\r\\n])")
# Pinyin a copying site put behind a character: 褪(tuì)变. Its tone mark or its place in a word tells it from a gloss.
PINYIN = re.compile(f"(?<=[{HAN}])[（(][a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{{1,6}}[）)](?=[{HAN}])")
TONES = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
ORNAMENT = re.compile(f"(?<=[{HAN}])[◆◇★☆■▲●◎※]+(?=[{HAN}])")


def doubled_stops(document: Document) -> Iterator[Edit]:
    """Suggest the one stop of two that the page must have printed: 上行。，压实 → 上行，压实.

    Which of the two it was, the text cannot prove; the second is proposed, for a stray stop stands before the printed
    one more often than after it (seed and samples).
    """
    for match in DOUBLED.finditer(document.text):
        if match[0][0].isascii() and match[0][0] == "." and match.start() and document.text[match.start() - 1].isascii():
            continue  # 1., as in a list of numbers
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after=match[0][1],
            rule="doubled_stops",
            kind="inserted_punctuation",
            confidence=0.5,
            why=f"{match[0]} never stands in print; one of the two is a stray mark",
        )


def table_rules(document: Document) -> Iterator[Edit]:
    """Take out a table rule read as a character between ideographs or at a cell's edge: 丨产出指标 → 产出指标."""
    cells = parted(document.text)
    for match in TABLE_RULE.finditer(document.text):
        if cells[match.start()] == "\t":
            continue  # it parts two cells
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after="",
            rule="table_rules",
            kind="table_rule",
            confidence=0.98,
            why="a vertical rule of the form, read as a character",
        )


def pinyin_glosses(document: Document) -> Iterator[Edit]:
    """Take out the pinyin a copying site put behind a character: 褪(tuì)变 → 褪变."""
    for match in PINYIN.finditer(document.text):
        if TONES.search(match[0]):
            yield _noise(match, 0.98, "pinyin with a tone mark inside a sentence: put there by a copying site")


def ornaments(document: Document) -> Iterator[Edit]:
    """Suggest taking out an ornament between two ideographs: 备◆足 → 备足. 机密★1年 keeps its star."""
    for match in ORNAMENT.finditer(document.text):
        if not document.text[: match.start()].endswith("密"):
            yield _noise(match, 0.78, "an ornament inside a sentence")


@dataclass(frozen=True, slots=True)
class Watermarks:
    """Take out the watermarks of scanning programs and document sites: 扫描全能王 创建 (dictionaries/watermarks.tsv)."""

    marks: tuple[str, ...]

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield the deletion of each; the line itself stays."""
        pattern = re.compile("|".join(re.escape(mark).replace("\\ ", "[ \u3000]*") for mark in sorted(self.marks, key=len, reverse=True)))
        for match in pattern.finditer(document.text):
            yield _noise(match, 0.98, "the watermark of a scanning program or document site", kind="page_furniture", rule="watermarks")


def _noise(match: re.Match[str], confidence: float, why: str, kind: str = "mirror_noise", rule: str = "") -> Edit:
    return Edit(Span(*match.span()), match[0], "", rule or kind, kind, confidence, why)
