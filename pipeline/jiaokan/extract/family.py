"""Which family a document belongs to: by its title, or by its labels where the title is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.knowledge.families import Families, Family
from jiaokan.knowledge.labels import LONGEST, Labels

TITLE_LINES = 40
"""Lines with text among which a title is looked for; the head of a letter takes up to a dozen, notes may stand above."""
_CELL = re.compile(r"[\t\n:：]")


def recognise(text: str, families: Families, labels: Labels) -> Family | None:
    """Return the family of a text, None if it is of none: 项目支出绩效目标表 … → the family of that name."""
    head = list(_head(text))
    open_families = [
        family
        for family in families.by_name.values()
        if not any(pattern.search(line) for line in head for pattern in family.not_titles)
    ]
    for line in head:
        for family in open_families:
            if any(pattern.search(line) for pattern in family.titles):
                return family
    cells = {cell.strip() for cell in _CELL.split(text) if len(cell) <= LONGEST}
    met = {label.name: label for cell in cells if cell and (label := labels.canonical(cell))}
    scores = [(sum(name in met for name in family.fields), family) for family in open_families]
    score, best = max(scores, key=lambda scored: scored[0], default=(0, None))
    return best if best and score >= best.enough_labels else None


def _head(text: str) -> Iterator[str]:
    """Yield the first lines that could be titles: short ones, without spaces, a title broken over lines joined."""
    found = 0
    before = ""
    for line in text[:20_000].split("\n"):
        whole = re.sub(r"\s", "", line)
        if not whole:
            continue
        if len(whole) <= 80:
            yield whole
        if before and len(before + whole) <= 80:
            yield before + whole
        before = whole
        found += 1
        if found == TITLE_LINES:
            return
