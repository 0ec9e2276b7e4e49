"""The gazetteer as a witness: a name that no place has, one look-alike from a place this page is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.model import Region, Span
from jiaokan.script import HAN

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

SHORTEST = 3  # characters of a name that may be restored: 庐山市; two leave too little to recognise
COUNTED = re.compile("[省市县区旗镇乡州盟道]$")


class Misnomer(NamedTuple):
    """A string in the place of a name: one character differs from `name`, at `span`."""

    span: Span
    printed: str
    name: str
    why: str


def misnomers(text: str, region: Region | None, knowledge: Knowledge) -> Iterator[Misnomer]:
    """Yield the strings that must be misread names of the page's own places: 原山市 → 庐山市.

    The page's places are its region with the units above it, and real names that stand on it at least twice. The
    string itself must be no place, of today or of the past, and the changed character no word with its neighbours.
    """
    gazetteer = knowledge.gazetteer
    for name, evidence in _own_places(text, region, knowledge).items():
        for place in range(len(name) - 1):
            pattern = re.compile(f"{name[:place]}(?P<read>[{HAN}]){name[place + 1 :]}")
            for match in pattern.finditer(text):
                read = match[0]
                if match["read"] == name[place] or gazetteer.named(read) or gazetteer.alias(read[:-1]):
                    continue
                around = text[max(0, match.start("read") - 3) : match.end("read") + 3]
                if _belongs_elsewhere(around, min(3, match.start("read")), knowledge) or _longer_name(text, match.span(), knowledge):
                    continue
                if _rivals(read, place, name, region, knowledge):
                    continue
                yield Misnomer(Span(*match.span("read")), name[place], name, f"{evidence}; {read} in no gazetteer")


def _own_places(text: str, region: Region | None, knowledge: Knowledge) -> dict[str, str]:
    """Return the names the page is about, each with the evidence for it."""
    own: dict[str, str] = {}
    if region:
        for place in knowledge.gazetteer.coded(region.code)[:1]:
            for above in knowledge.gazetteer.chain(place):
                times = text.count(above.name)
                own[above.name] = f"{above.name} ×{times} in this document; {region.evidence}"
    counts: dict[str, int] = {}
    for match in re.finditer(f"[{HAN}]{{1,9}}?[省市县区旗镇乡]", text):
        for length in range(SHORTEST, min(6, len(match[0])) + 1):
            name = match[0][-length:]
            if knowledge.gazetteer.named(name):
                counts[name] = counts.get(name, 0) + 1
    for name, times in counts.items():
        if times > 1:
            own.setdefault(name, f"{name} ×{times} in this document")
    return {name: why for name, why in own.items() if len(name) >= SHORTEST and COUNTED.search(name)}


def _rivals(read: str, place: int, name: str, region: Region | None, knowledge: Knowledge) -> bool:
    """Tell whether another place of the region would do, and does not look less like what is read: 咯门镇, 洛门镇 or 四门镇."""
    alike = knowledge.glyphs.similarity
    same_shape = (other for other in knowledge.gazetteer.names() if len(other) == len(name) and other[:place] == name[:place] and other[place + 1 :] == name[place + 1 :])
    area = f"{region.code[:4]}00" if region else ""
    return any(
        other != name and alike(read[place], other[place]) >= alike(read[place], name[place]) and any(knowledge.gazetteer.within(found, area) for found in knowledge.gazetteer.named(other))
        for other in same_shape
    )


def _belongs_elsewhere(around: str, place: int, knowledge: Knowledge) -> bool:
    """Tell whether the character at `place` makes a word with a neighbour: 九个市 is no 九江市."""
    return any(knowledge.words.get(around[start:end], 0) > 0 for start in range(max(0, place - 2), place + 1) for end in range(max(place + 1, start + 2), min(len(around), start + 3) + 1))


def _longer_name(text: str, span: tuple[int, int], knowledge: Knowledge) -> bool:
    """Tell whether the string is the end of a longer real name."""
    return any(knowledge.gazetteer.named(text[start : span[1]]) for start in range(max(0, span[0] - 4), span[0]))
