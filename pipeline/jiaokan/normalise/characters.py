"""Code points that look like the right character and are another, and ones that cannot be seen at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jiaokan.model import Document, Edit, Span
from jiaokan.script import HAN

# Kangxi radicals, the CJK radicals that decompose, and compatibility ideographs: PDF text layers write ⼀⽂ for 一文.
COMPATIBILITY = re.compile("[\u2e80-\u2fd5\uf900-\ufad9\U0002f800-\U0002fa1d]")
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")


def compatibility_ideographs(document: Document) -> Iterator[Edit]:
    """Write the unified ideograph for a radical or compatibility code point: ⽂件 → 文件.

    Source: Unicode decompositions (NFKC). Leaves alone what has no one-character decomposition.
    """
    for match in COMPATIBILITY.finditer(document.text):
        unified = unicodedata.normalize("NFKC", match[0])
        if unified != match[0] and len(unified) == 1:
            yield Edit(
                span=Span(*match.span()),
                before=match[0],
                after=unified,
                rule="compatibility_ideographs",
                kind="code_point",
                confidence=1.0,
                why=f"U+{ord(match[0]):04X} is the compatibility form of {unified} (U+{ord(unified):04X})",
            )


def invisible_characters(document: Document) -> Iterator[Edit]:
    """Take out zero-width characters and soft hyphens; they are never part of Chinese text."""
    for match in INVISIBLE.finditer(document.text):
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after="",
            rule="invisible_characters",
            kind="code_point",
            confidence=1.0,
            why="invisible: " + ", ".join(f"U+{ord(char):04X}" for char in match[0]),
        )


@dataclass(frozen=True, slots=True)
class RareTwins:
    """Write the common twin of a character that official text does not use: 釆购 → 采购.

    `twins` maps read → printed (dictionaries/twins.tsv). A twin is mended only between other ideographs: alone in a
    cell it may be what the cell is about.
    """

    twins: Mapping[str, str]

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield an edit for each rare twin in `document.text`."""
        pattern = re.compile(f"(?<=[{HAN}])[{''.join(self.twins)}]|[{''.join(self.twins)}](?=[{HAN}])")
        for match in pattern.finditer(document.text):
            printed = self.twins[match[0]]
            yield Edit(
                span=Span(*match.span()),
                before=match[0],
                after=printed,
                rule="rare_twins",
                kind="code_point",
                confidence=0.99,
                why=f"{match[0]} is not used in official text; it is printed almost like {printed} (twins.tsv)",
            )
