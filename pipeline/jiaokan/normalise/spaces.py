"""Spaces that a line wrap, a cell border or the engine put where none is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jiaokan.knowledge.language import tokens
from jiaokan.model import Document, Edit, Span
from jiaokan.script import CELL, HAN, NUMERALS

if TYPE_CHECKING:
    from jiaokan.knowledge.language import LanguageModel

SPACE = "[ \u00a0\u3000]"
BETWEEN_HAN = re.compile(f"(?<=[{HAN}])[ \u00a0](?=[{HAN}])")  # the ideographic space is an author's: 年　月　日
# Beside full-width punctuation the glyph brings its own space. A colon or 、 may be followed by an author's own one
# (项目名称： 信访工作; 一、 总则), and so may a bracket that closes a list number.
BESIDE_PUNCTUATION = re.compile(f"(?<=[，。；？！》”]){SPACE}(?=[{HAN}（《“(])|(?<=[{HAN}）》”]){SPACE}(?=[，。；：？！、）》”])|(?<=》){SPACE}(?=\\()")
HEADING = re.compile(rf"(?:第[{NUMERALS}\d]+[章节条款编部分]+|[（(]?[{NUMERALS}\d]{{1,4}}[）)、.．]?|附件\d*|[附注例图表]\d*)")
PADDED = re.compile(rf"(?<![{HAN}])[{HAN}]{SPACE}+[{HAN}](?![{HAN}])")
NUMBERED = re.compile(f"第[{NUMERALS}]+$|[〇一二三四五六七八九十]年?[一二三四五六七八九十]*$")
COUNTERS = ("号", "条", "款", "次", "届", "期", "章", "年", "月", "日")
# Share of ideographs followed by a space, and number of spaces, above which the engine set them: a page, a bare heading.
SPACED_OUT = ((0.3, 30), (0.75, 6))
SURPRISE = 1.3  # −log10 P of the character behind the space: below, the two sides are one phrase
RUN = 8  # characters on either side that make a line of running prose rather than columns


@dataclass(frozen=True, slots=True)
class HanSpaces:
    """Take out the space a line wrap left between two ideographs: 社 会 → 社会.

    A space is a wrap's when the phrase runs on across it (the language model expects the next character), or when the
    whole page is spaced out, as Tesseract writes it. Left alone: padded names (万 文), headings (第一条 为了, 一、 总则),
    columns of short words, and wide gaps.
    """

    language: LanguageModel

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield the deletions; where only the length of the line speaks for a wrap, with less confidence."""
        text = document.text
        places = [match.start() for match in BETWEEN_HAN.finditer(text)]
        if not places:
            return
        ideographs = len(re.findall(f"[{HAN}]", text))
        spaced_out = any(len(places) > max(enough, share * ideographs) for share, enough in SPACED_OUT)
        padded = {place for match in PADDED.finditer(text) for place in range(*match.span())}
        for cell in CELL.finditer(text):
            if not BETWEEN_HAN.search(cell[0]):
                continue
            for match in BETWEEN_HAN.finditer(text, cell.start(), cell.end()):
                left, right = text[cell.start() : match.start()], text[match.end() : cell.end()]
                if spaced_out:
                    yield _drop(match, 0.98, "the engine set a space between most characters of this page")
                elif match.start() in padded or HEADING.fullmatch(_run(left, -1)):
                    continue
                elif NUMBERED.search(left) and right.startswith(COUNTERS):
                    yield _drop(match, 0.98, f"{left[-1]}{right[0]} is one number")
                elif (surprise := self.language.surprisal(tokens(left[-12:] + right[0])[0])[-1]) < SURPRISE:
                    why = f"{left[-2:]}{right[:2]} runs on across the space (P = {10**-surprise:.2f})"
                    yield _drop(match, 0.99, why)
                elif min(len(_run(left, -1)), len(_run(right, 0))) >= RUN and "。" in left + right:
                    yield _drop(match, 0.78, "a space inside running prose, as a line wrap leaves it")


def punctuation_spaces(document: Document) -> Iterator[Edit]:
    """Take out a space beside full-width punctuation, which brings its own: 平稳。 坚持 → 平稳。坚持."""
    for match in BESIDE_PUNCTUATION.finditer(document.text):
        yield _drop(match, 0.99, "full-width punctuation brings its own space", rule="punctuation_spaces")


def cell_edges(document: Document) -> Iterator[Edit]:
    """Trim the space at the edge of a table cell: ⟨tab⟩ 社会效益 → ⟨tab⟩社会效益. Paragraph indents stay."""
    for line in re.finditer(r"[^\r\n]+", document.text):
        if "\t" not in line[0]:
            continue
        for cell in CELL.finditer(document.text, line.start(), line.end()):
            for match in re.finditer(f"^{SPACE}+|{SPACE}+$", cell[0]):
                if match[0] != cell[0]:
                    start = cell.start() + match.start()
                    yield Edit(
                        span=Span(start, start + len(match[0])),
                        before=match[0],
                        after="",
                        rule="cell_edges",
                        kind="line_wrap_space",
                        confidence=0.99,
                        why="a space at the edge of a table cell is the engine's",
                    )


def _run(text: str, side: int) -> str:
    """Return the part of `text` up to the nearest space, from its end (-1) or its start (0)."""
    return re.split(SPACE, text)[side]


def _drop(match: re.Match[str], confidence: float, why: str, rule: str = "han_spaces") -> Edit:
    return Edit(Span(*match.span()), match[0], "", rule, "line_wrap_space", confidence, why)
