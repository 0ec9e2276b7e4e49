"""The gazetteer as a witness: a name that no place has, one character from a place this page is about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.model import Region, Span
from jiaokan.script import HAN

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

SHORTEST = 3  # characters of a name that may be restored: 庐山市; two leave too little to recognise
LONGEST = 8
LONGEST_COUNTY, LONGEST_ABOVE = 7, 12
COUNTY = re.compile(f"[{HAN}]{{2,7}}?[县市区旗](?![{HAN}]?[县市区旗])")
ENDS = re.compile(r"[省市县区旗镇乡州盟道]")
NAMED = re.compile(f"[{HAN}]{{1,9}}?[省市县区旗镇乡]")
# A township stands in a list, or opens or closes a phrase: 对罗锦镇、三皇镇、龙江乡境内
BEFORE = frozenset("、，；：（,;:(\n\t 对在至到和及与县区市为")
AFTER = frozenset("、，。；：）,;:)\n\t 等和及与境的")
OFFICES = frozenset("委长府")
FORMER = {"原", "旧"}  # 原石埭县: a county of the past, perhaps too long past for our history of places
PROVED, LIKELY = 0.985, 0.78
# Of a county the page does not name elsewhere: 9 of 9 on the train and dev pages and 1,770 of 1,772 misread by our channel were right, and in 8.7 million characters of sound prose nothing was taken for one.
STRANGER = 0.92
SIMILAR = 0.4  # look-alike similarity from which a township in a list is proved (development samples)


class Misnomer(NamedTuple):
    """A character in the place of another in a name: `printed` belongs at `span`."""

    span: Span
    printed: str
    confidence: float
    why: str


class Name(NamedTuple):
    """A place the page is about, and how we know; `seen`: it stands on the page itself."""

    text: str
    evidence: str
    seen: bool


def misnomers(text: str, region: Region | None, knowledge: Knowledge) -> Iterator[Misnomer]:
    """Yield the characters that make a name of the page's own places one that no place has: 原山市 → 庐山市.

    The page's places are its region with the units above it, real names that stand on it twice, and the townships of
    its county. What stands there must be no place, of today or of the past, and the changed character no word with its
    neighbours. A township the page does not name elsewhere must look like what is read, and stand as in a list.
    """
    names = _own_places(text, region, knowledge)
    holes: dict[tuple[str, int], list[Name]] = defaultdict(list)
    for name in names:
        for place in range(len(name.text)):
            holes[name.text[:place] + "?" + name.text[place + 1 :], place].append(name)
    sizes = sorted({len(name.text) for name in names})
    for span in _places_like(text, names, sizes):
        read = text[span.start : span.end]
        if _real(text, span, knowledge) or text[span.start - 1 : span.start] in FORMER:
            continue
        for place in range(len(read)):
            fits = holes.get((read[:place] + "?" + read[place + 1 :], place), ())
            misnomer = _fitting(text, span, place, fits, knowledge) if fits else None
            if misnomer:
                yield misnomer
                break


def strangers(text: str, knowledge: Knowledge) -> Iterator[Misnomer]:
    """Yield the characters that make the name of a county one that no place has, where one county alone is likely: 罗困县 → 罗田县.

    The page need not name the county elsewhere: an engine that misreads its first character does so all over the page.
    One character may differ, not the last; it must look like the county's or be read for it, and make no word with a
    neighbour. Where another county is as near, nothing is said. A repetition, a great likeness, the name of the
    county's province or prefecture before it prove it.
    """
    holes = knowledge.county_holes
    for match in COUNTY.finditer(text):
        for size in range(SHORTEST, min(LONGEST_COUNTY, len(match[0])) + 1):
            span = Span(match.end() - size, match.end())
            misnomer = _stranger(text, span, holes, knowledge)
            if misnomer:
                yield misnomer
                break


def _stranger(text: str, span: Span, holes: Mapping[str, tuple[str, ...]], knowledge: Knowledge) -> Misnomer | None:
    read = text[span.start : span.end]
    found = [(name, place) for place in range(len(read) - 1) for name in holes.get(read[:place] + "?" + read[place + 1 :], ())]
    if not found or _real(text, span, knowledge) or text[span.start - 1 : span.start] in FORMER or _ends_otherwise(text, span, knowledge):
        return None
    before = text[max(0, span.start - LONGEST_ABOVE) : span.start]
    near = [(name, place, _named_above(before, name, knowledge)) for name, place in found if _near(read[place], name[place], knowledge)]
    near = [one for one in near if one[2]] or near  # 江西省原山市 is 庐山市, though 原 is as like 京山市
    if len(near) != 1:
        return None
    name, place, above = near[0]
    if _word(text, span.start + place, knowledge):
        return None
    times = text.count(read)
    proofs = (knowledge.glyphs.similarity(read[place], name[place]) >= SIMILAR) + (times > 1) + 2 * bool(above)
    if not proofs or (not above and (read[-1] == "区" or (before[-1:] not in BEFORE and span.start))):
        return None
    confidence = PROVED if proofs > 1 else STRANGER
    reasons = [f"{read} in no gazetteer, {name} the only county so like it", *([f"{read} ×{times}"] if times > 1 else []), *([f"behind {above}"] if above else [])]
    return Misnomer(Span(span.start + place, span.start + place + 1), name[place], confidence, "; ".join(reasons))


def _named_above(before: str, county: str, knowledge: Knowledge) -> str:
    """Return the unit above a county that stands right before it, in full or without its last character: 贵州省, 贵州."""
    above = {unit.name for place in knowledge.gazetteer.named(county) for unit in knowledge.gazetteer.chain(place)[:-1]}
    return next((unit for unit in sorted(above) if before.endswith(unit) or (len(unit) > SHORTEST - 1 and before.endswith(unit[:-1]))), "")


def _ends_otherwise(text: str, span: Span, knowledge: Knowledge) -> bool:
    """Tell whether the last character belongs to another word: 把城市, 重废市场; 县委 and 市长 follow a name."""
    behind = text[span.end - 1 : span.end + 1]
    return text[span.end - 2 : span.end] in knowledge.words or (behind in knowledge.words and behind[1:] not in OFFICES)


def _near(read: str, printed: str, knowledge: Knowledge) -> bool:
    """Tell whether a character looks like another, or is known to be read for it."""
    return knowledge.glyphs.similarity(read, printed) > 0 or any(printed in knowledge.misreadings(blanks).printed(read) for blanks in (False, True))


def _places_like(text: str, names: list[Name], sizes: list[int]) -> Iterator[Span]:
    """Yield the stretches that end like a place's name, or begin as one of `names` and end otherwise."""
    for match in ENDS.finditer(text):
        yield from (Span(match.end() - size, match.end()) for size in sizes if size <= match.end())
    for name in names:
        stem = name.text[:-1]
        place = text.find(stem)
        while place >= 0:
            end = place + len(name.text)
            if text[end - 1 : end] != name.text[-1] and text[end : end + 1] in AFTER:
                yield Span(place, end)
            place = text.find(stem, end)


def _fitting(text: str, span: Span, place: int, fits: list[Name] | tuple[Name, ...], knowledge: Knowledge) -> Misnomer | None:
    """Return the misnomer if one name fits best, and well enough."""
    here = span.start + place
    read = text[here]
    alike = {name: knowledge.glyphs.similarity(read, name.text[place]) for name in fits}
    best = max(fits, key=lambda name: (alike[name], name.seen))
    rivals = [other for other in fits if other.text != best.text]
    if any((alike[other] == alike[best] and other.seen == best.seen) or (other.seen and not best.seen and alike[best] < SIMILAR) for other in rivals):
        return None  # 咯门镇 is 洛门镇 by its look, though 四门镇 stands on the page; between equals nothing is said
    if not re.match(f"[{HAN}]", read) or _word(text, here, knowledge):
        return None
    listed = (span.start == 0 or text[span.start - 1] in BEFORE) and (span.end == len(text) or text[span.end] in AFTER)
    at_end = place == len(best.text) - 1
    if (at_end or not best.seen) and not (listed and alike[best]):
        return None
    confidence = PROVED if best.seen or alike[best] >= SIMILAR else LIKELY
    return Misnomer(Span(here, here + 1), best.text[place], confidence, f"{best.evidence}; {text[span.start : span.end]} in no gazetteer")


def _own_places(text: str, region: Region | None, knowledge: Knowledge) -> list[Name]:
    """Return the names the page is about, each with the evidence for it; those that stand on it first."""
    gazetteer = knowledge.gazetteer
    own: dict[str, Name] = {}
    if region:
        for place in gazetteer.coded(region.code)[:1]:
            for above in gazetteer.chain(place):
                own[above.name] = Name(above.name, f"{above.name} ×{text.count(above.name)} in this document; {region.evidence}", seen=True)
    counts: dict[str, int] = defaultdict(int)
    for match in NAMED.finditer(text):
        for size in range(SHORTEST, min(LONGEST, len(match[0])) + 1):
            if gazetteer.named(match[0][-size:]):
                counts[match[0][-size:]] += 1
    for name, times in counts.items():
        if times > 1:
            own.setdefault(name, Name(name, f"{name} ×{times} in this document", seen=True))
    for name in gazetteer.townships(region.code) if region else ():
        own.setdefault(name, Name(name, f"{name} is a township of {region.name if region else ''}", seen=False))
    return [name for name in own.values() if SHORTEST <= len(name.text) <= LONGEST and ENDS.match(name.text[-1])]


def _real(text: str, span: Span, knowledge: Knowledge) -> bool:
    """Tell whether a real name, or a known short form, ends here: this one, a longer or a shorter."""
    named, alias = knowledge.gazetteer.named, knowledge.gazetteer.alias
    starts = range(max(0, span.start - 4), span.end - 1)
    return any(named(text[start : span.end]) for start in starts) or bool(alias(text[span.start : span.end - 1]))


def _word(text: str, place: int, knowledge: Knowledge) -> bool:
    """Tell whether the character at `place` makes a word with a neighbour: 九个市 is no 九江市."""
    return any(
        text[start:end] in knowledge.words
        for start in range(max(0, place - 2), place + 1)
        for end in range(max(place + 1, start + 2), min(len(text), start + 3) + 1)
    )
