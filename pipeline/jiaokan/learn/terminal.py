"""The card on the terminal: what was counted and the commonest confusions, in tables that fit 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

MOST = 10  # confusions shown; the card has more


def render(card: Mapping[str, Any]) -> Group:
    """Return what the command prints: a column for each family, then the commonest confusions."""
    return Group(*_parts(card))


def _parts(card: Mapping[str, Any]) -> Iterator[RenderableType]:
    families = card["families"]
    yield Text("\nHow the engine misread", style="bold")
    table = _table("", *families)
    for name in ("pairs", "characters", "skipped"):
        table.add_row(name, *(f"{figures[name]:,}" for figures in families.values()))
    for name in card["errors"]:
        table.add_row(name, *(f"{figures['errors'][name]:,}" for figures in families.values()))
    table.add_row("CER", *(f"{figures['cer']:.2%}" for figures in families.values()))
    yield table
    yield Text("skipped: characters of lost lines and of other stretches\nthat say nothing of any one character", style="dim")
    if card["top"]:
        yield Text("\nMost frequent confusions", style="bold")
        table = _table("family", "printed", "read", "count", words=3)
        for row in card["top"][:MOST]:
            table.add_row(row["family"], row["printed"] or "(intruder)", row["read"] or "(lost)", f"{row['count']:,}")
        yield table


def _table(*headings: str, words: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < words else "right", overflow="fold", no_wrap=number >= words)
    return table
