"""Which family a document belongs to: by its title, or by its labels where the title is lost."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from jiaokan.knowledge.families import Families, Family
from jiaokan.knowledge.labels import LONGEST, Labels

TITLE_LINES = 40
"""Lines with text among which a title is looked for; the head of a letter takes up to a dozen, notes may stand above."""
BELOW = 4
"""Lines below a title in which another title says better what the page is."""
NEAR_TITLES = 24
SHORTEST_NAME = 6
EXAMINED = 10_000
"""Characters in which phrases are looked for where no title tells; it bounds the time a page without one can take."""
TITLED, FAULTY_TITLE, LABELLED = 0.99, 0.95, 0.9
"""Confidence by what told the family; all titled train and dev pages were right."""
_CELL = re.compile(r"[\t\n:：]")


class Recognised(NamedTuple):
    """The family a document is of, and how sure that is."""

    family: Family
    confidence: float


def recognise(text: str, families: Families, labels: Labels) -> Recognised | None:
    """Return the family of a text, None if it is of none: 项目支出绩效目标表 … → the family of that name.

    Its title tells, else a title with one fault, else labels and phrases enough.
    """
    head = list(_head(text))
    for place, line in enumerate(head):
        for family in families.by_name.values():
            if any(pattern.search(line) for pattern in family.titles) and not _excluded(family, head[: place + BELOW]):
                return Recognised(family, TITLED)
    open_families = [family for family in families.by_name.values() if not _excluded(family, head)]
    for line in head[:NEAR_TITLES]:
        for family in open_families:
            if _nearly(line, family.name):
                return Recognised(family, FAULTY_TITLE)
    cells = {cell.strip() for cell in _CELL.split(text) if len(cell) <= LONGEST}
    spelt = [{label.name for label in labels.spelt(cell)} for cell in cells if cell]
    scores = sorted(((_met(family, spelt) + _told(family, text), family) for family in open_families), key=lambda scored: -scored[0])
    if not scores or scores[0][0] < scores[0][1].enough_labels:
        return None
    score, best = scores[0]
    ahead = score - scores[1][0] if len(scores) > 1 else score
    return Recognised(best, min(LABELLED, 0.5 + ahead / 10))


def _excluded(family: Family, lines: Iterable[str]) -> bool:
    return any(pattern.search(line) for line in lines if "。" not in line for pattern in family.not_titles)


def _nearly(line: str, name: str) -> bool:
    """Return whether a line ends with a family's name but for one character: …行政处罚决定节."""
    if len(name) < SHORTEST_NAME or len(line) < len(name):
        return False
    return sum(read != printed for read, printed in zip(line[-len(name) :], name, strict=True)) == 1


def _told(family: Family, text: str) -> int:
    """Return how many fields a family's phrases tell of the first part of a text."""
    lines = text[:EXAMINED].split("\n")
    return sum(1 for phrase in family.phrases if any(pattern.search(line) for pattern in (*phrase.inside, *phrase.opens) for line in lines))


def _met(family: Family, spelt: Iterable[Collection[str]]) -> int:
    """Return how many labels and headings of a family stand on a page, each cell standing for one."""
    known = {*family.fields, *(column for table in family.tables if table.rows != "tree" for column in table.columns)}
    return len({min(known.intersection(names)) for names in spelt if not known.isdisjoint(names)})


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
