"""Fixed frames as witnesses: what stands between the marks of a set phrase, or in a label's cell, is known beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.model import Span
from jiaokan.script import HAN

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

LONGEST_WORD = 5
FAMILIES = ("", "perf", "gongwen")  # whose labels are tried where those of all families leave a doubt
UNIT_CELL = re.compile(f"(?<=\\t)[ ]?[\\d.,]+[ ]?\\t(?P<unit>[{HAN}/／·]{{1,6}})(?=[\\t\\r\\n]|$)")
SHORTEST_UNIT = 2  # characters: what stands for one alone may be any unit, or a %: of six such on the dev pages none was right
UNIT_SIMILARITY = 0.3  # below it two units are merely two words
QUOTED = re.compile(f'[“"](?P<inside>[{HAN}]{{4,10}})[”"]')
LABEL = re.compile(f"(?:^|(?<=\\t))[ \\u3000]*(?P<label>[{HAN}（）()]{{3,20}})(?=[：:\\t]|$)", re.MULTILINE)


class Misfit(NamedTuple):
    """A string that must be the known one: `printed` belongs at `span`."""

    span: Span
    printed: str
    rule: str
    kind: str
    why: str


def set_phrases(text: str, knowledge: Knowledge) -> Iterator[Misfit]:
    """Yield quoted phrases that begin as a set phrase does and end otherwise: 新时代“枫桥时代” → 新时代“枫桥经验”.

    The words before the marks must be those of the set phrase, half of it must agree, no other set phrase may begin so,
    and what stands there must be no term.
    """
    lexicon = knowledge.lexicon
    for match in QUOTED.finditer(text):
        inside = match["inside"]
        fits = lexicon.frames.get(inside[:2], ())
        if len({phrase for _, phrase in fits}) != 1 or inside in lexicon.terms:
            continue
        phrase = fits[0][1]
        lead = next((lead for lead, _ in fits if lead and text.endswith(lead, 0, match.start())), "")
        agree = sum(read == printed for read, printed in zip(inside, phrase, strict=False))
        if lead and len(inside) == len(phrase) and inside != phrase and 2 * agree >= len(phrase):
            start = next(place for place, char in enumerate(phrase) if char != inside[place])
            end = len(phrase) - next(place for place, (one, other) in enumerate(zip(reversed(phrase), reversed(inside), strict=True)) if one != other)
            place = match.start("inside")
            why = f"{lead}“{phrase}” is a set phrase, the only one that begins {lead}“{inside[:2]}"
            yield Misfit(Span(place + start, place + end), phrase[start:end], "set_phrases", "word_substitution", why)


def labels(text: str, knowledge: Knowledge) -> Iterator[Misfit]:
    """Yield cells that are a label of the form but for one character: 顶目名称 → 项目名称.

    A cell that is made of words is another label, one we do not know: 公众满意度 is no 群众满意度.
    """
    for match in LABEL.finditer(text):
        read = match["label"]
        found = next(filter(None, (knowledge.labels.nearest(read, family) for family in FAMILIES)), None)
        if found is None:
            continue
        _, spelling = found
        change = _one_change(read, spelling)
        if change is not None and change[1] and not made_of_words(read, knowledge):
            span, printed = change
            place = match.start("label")
            kind = "shape_substitution" if span.end > span.start else "lost_character"
            yield Misfit(Span(place + span.start, place + span.end), printed, "labels", kind, f"the form's label {spelling}; {read} is none")


def units(text: str, knowledge: Knowledge) -> Iterator[Misfit]:
    """Yield table cells that hold a unit of measurement but for one look-alike: ⟨tab⟩力元 → 万元.

    The cell must follow a number's, and one unit only may look like it; a unit of one character is left alone.
    """
    known = knowledge.units
    for match in UNIT_CELL.finditer(text):
        read = match["unit"]
        if read in known or len(read) < SHORTEST_UNIT:
            continue
        fits = [(unit, _one_change(read, unit)) for unit in known if len(unit) == len(read)]
        alike = [(knowledge.glyphs.similarity(read[change[0].start], change[1]), change) for _, change in fits if change and len(change[1]) == 1]
        best = max(alike, default=(0.0, None), key=lambda item: item[0])
        if best[1] is None or best[0] < UNIT_SIMILARITY or sum(score == best[0] for score, _ in alike) > 1:
            continue
        span, printed = best[1]
        place = match.start("unit")
        why = f"behind a number stands a unit; {read} is none, and looks like {read[: span.start]}{printed}{read[span.end :]}"
        yield Misfit(Span(place + span.start, place + span.end), printed, "units", "shape_substitution", why)


def made_of_words(text: str, knowledge: Knowledge) -> bool:
    """Tell whether a text can be cut into words of two characters or more: 会议|议定."""
    reached = {0}
    for end in range(2, len(text) + 1):
        if any(start in reached and text[start:end] in knowledge.words for start in range(max(0, end - LONGEST_WORD), end - 1)):
            reached.add(end)
    return len(text) in reached


def _one_change(read: str, spelling: str) -> tuple[Span, str] | None:
    """Return the one place where two spellings differ, and what the second has there; None if they differ in more."""
    start = next((place for place, (one, other) in enumerate(zip(read, spelling, strict=False)) if one != other), min(len(read), len(spelling)))
    tail = len(read) - start if len(read) < len(spelling) else len(read) - start - 1
    if tail < 0 or (tail and read[-tail:] != spelling[-tail:]):
        return None
    return Span(start, len(read) - tail), spelling[start : len(spelling) - tail]
