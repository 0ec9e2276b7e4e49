"""Punctuation and rules of the form that the engine doubled, or read from lines and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.model import Document, Edit, Span
from jiaokan.script import HAN

# Two stops in a row, of which the page prints one; …… —— and 。” are not such pairs. A list keeps 、 before a bracket.
DOUBLED = re.compile("(?:[。.][，,；;、]|[，,][。；;、，,]|[；;][，,。、；;]|、[，,。；;、]|。。)(?![。.])")
TABLE_RULE = re.compile(f"(?<=[{HAN}，。；：])[丨|](?=[{HAN}])|(?<=[\t\n])[丨|](?=[{HAN}])|^[丨|](?=[{HAN}])|(?<=[{HAN}])[丨|](?=[\t\r\n])")


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
            confidence=0.6,
            why=f"{match[0]} never stands in print; one of the two is a stray mark",
        )


def table_rules(document: Document) -> Iterator[Edit]:
    """Take out a table rule read as a character between ideographs or at a cell's edge: 丨产出指标 → 产出指标."""
    for match in TABLE_RULE.finditer(document.text):
        yield Edit(
            span=Span(*match.span()),
            before=match[0],
            after="",
            rule="table_rules",
            kind="table_rule",
            confidence=0.98,
            why="a vertical rule of the form, read as a character",
        )
