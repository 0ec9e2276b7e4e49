"""The administrative area a document belongs to, with the evidence in one sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from jiaokan.knowledge.gazetteer import COUNTY, Gazetteer, Place
from jiaokan.model import Document, Region, Span
from jiaokan.script import is_han

LONGEST = 15
"""Characters of the longest name of a county or higher unit (dictionaries/places.tsv has 15: 双江拉祜族佤族布朗族傣族自治县)."""
HEAD = 400
"""Characters: a place named in a page's title, head or agency counts HEADING times."""
HEADING = 3
COMMON = frozenset({"城区", "郊区", "矿区"})
"""Names of counties that are words as well."""
places = cache(Gazetteer.load)
"""Reads the gazetteer of a dictionaries folder once."""
_ENDS = re.compile(r"[省市县区州盟旗]")


def region(document: Document, gazetteer: Gazetteer) -> Region | None:
    """Return the area a document belongs to, None if nothing tells.

    A project code whose first six digits are an area's comes first: 360483… → 庐山市. Then the places named, the head
    of the page counting thrice; a former name stands for what it is now: 星子县 → 庐山市.
    """
    counts = Counter(mentions(document.text, gazetteer))
    return _from_code(document, gazetteer) or _from_names(document, gazetteer, counts)


def mentions(text: str, gazetteer: Gazetteer) -> Iterator[Place]:
    """Yield each province, prefecture and county named in a text, as it is now."""
    return (place for place, _ in named(text, gazetteer))


def named(text: str, gazetteer: Gazetteer) -> Iterator[tuple[Place, Span]]:
    """Yield the places named in a text with where they are named, the longest name at each place: 星子县 → 庐山市.

    Of several of one name, the one whose province or prefecture is named too; else none.
    """
    spans = list(_names(text, gazetteer))
    names = {text[span.start : span.end] for span in spans}
    codes = {place.code for name in names for place in _places(name, gazetteer)}
    settled = {name: _settle(name, gazetteer, codes) for name in names}
    for span in spans:
        place = settled[text[span.start : span.end]]
        if place:
            yield place, span


def _names(text: str, gazetteer: Gazetteer) -> Iterator[Span]:
    done = 0
    for match in _ENDS.finditer(text):
        for start in range(max(done, match.end() - LONGEST), match.end() - 2):
            if _codes(text[start : match.end()], gazetteer):
                yield Span(start, match.end())
                done = match.end()
                break
        else:
            short = Span(match.end() - 2, match.end())
            if short.start >= done and _stands_alone(text, short, gazetteer):
                yield short
                done = short.end


def _stands_alone(text: str, span: Span, gazetteer: Gazetteer) -> bool:
    """Tell whether a name of two characters is one where it stands: 莘县 behind 聊城市 or nothing, but not 和县 in 各市和县级单位."""
    name = text[span.start : span.end]
    if name in COMMON or text[span.end : span.end + 1] == "级" or not (codes := _codes(name, gazetteer)):
        return False
    if not is_han(text[span.start - 1 : span.start]):
        return True
    above = (parent for code in codes for place in gazetteer.coded(code) for parent in gazetteer.chain(place)[:-1])
    return any(text.endswith(place.name, 0, span.start) for place in above)


def _codes(name: str, gazetteer: Gazetteer) -> list[str]:
    """Return the codes a county or higher unit of this name has or had; townships are not read, there are too many."""
    return [cells[0] for index in (gazetteer.present, gazetteer.former) for cells in index[0].get(name, ())]


def _places(name: str, gazetteer: Gazetteer) -> list[Place]:
    return [place for code in dict.fromkeys(_codes(name, gazetteer)) for place in gazetteer.coded(code) if place.name == name]


def _settle(name: str, gazetteer: Gazetteer, codes: set[str]) -> Place | None:
    """Return the present place a name stands for."""
    present: dict[str, Place] = {}
    for place in _places(name, gazetteer):
        now = place if not place.until else gazetteer.successor(place)
        if now and (not place.until or not present or place.successor in present):
            present[now.code] = now
    found = list(present.values())
    if len(found) > 1:
        found = [place for place in found if place.parent in codes or f"{place.code[:2]}0000" in codes]
    return found[0] if len(found) == 1 else None


def _from_code(document: Document, gazetteer: Gazetteer) -> Region | None:
    field = document.fields.get("项目编码")
    code = field.normalised[:6] if field else ""
    found = gazetteer.coded(code) if len(code) == 6 else ()
    if not found:
        return None
    place = found[0]
    now = gazetteer.successor(place) or place
    times = document.text.count(now.name)
    named = f"{now.name} stands {times} times in the text" if times else f"{now.name} is not named in the text"
    was = f" (formerly {place.name})" if now is not place else ""
    return Region(now.code, now.name, f"project code {code} is {now.name}{was}; {named}")


def _from_names(document: Document, gazetteer: Gazetteer, counts: Counter[Place]) -> Region | None:
    if not counts:
        return None
    head = Counter(mentions(document.text[:HEAD], gazetteer))
    scores = {place: count + HEADING * head[place] for place, count in counts.items()}
    best = max(scores, key=lambda place: (scores[place], place.level, place.code))
    # A prefecture that is named only in front of one of its counties says nothing against the county.
    below = [place for place in scores if place.level > best.level and best.code in {above.code for above in gazetteer.chain(place)}]
    counties = [place for place in below if place.level == COUNTY or best.level < COUNTY - 1]
    if counties:
        nearest = max(counties, key=lambda place: (scores[place], place.level, place.code))
        prefixes = len(re.findall(re.escape(best.name + nearest.name), document.text))
        if counts[best] - prefixes <= counts[nearest]:
            best = nearest
    if counts[best] < 2 and not head[best]:
        return None
    return Region(best.code, best.name, f"{best.name} stands {counts[best]} times in the text, {head[best]} of them in its head")
