"""Document → edits: what was printed where the page reads wrong, with the evidence a reviewer can check.

Evidence counts in this order: the document itself, codes and the gazetteer, labels and set phrases, terms, the language
model. Every reading of a place competes in one log-linear model, "as it stands" among them; its probability is the
edit's confidence. Protected spans are refused before anything is weighed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.detect.suspects import MARKS, Passage
from jiaokan.extract.region import region
from jiaokan.model import Document, Edit, Span
from jiaokan.repair.channel import FEATURES, Channel, Reading, Scored, span
from jiaokan.repair.frames import labels, set_phrases, units
from jiaokan.repair.memory import memories
from jiaokan.repair.places import misnomers
from jiaokan.repair.protect import protected
from jiaokan.repair.sites import sites
from jiaokan.script import is_han

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

SUGGEST = 0.5  # probability from which a reading is shown to a person
UNREADABLE = 0.75  # P(misread) from which a place without a good reading is flagged
# A reading that completes a term of the lexicon, which the language model prefers by 10^3 both ways, was right in 190 of 192
# cases on the development material, in 23 of 25 where its probability alone left a doubt: the general model of the language
# thinks too little of a special term.
TERM_FAVOUR, TERM_LEAST, TERM_PROVED = 3.0, 0.4, 0.95
# At most, for changes that authors make as well: a whole word more, a character less; and for a character or mark that the
# language model alone misses (公告届满 → 公告期届满) or would set otherwise (一式两份： → 一式两份，): of those it was surest of,
# 8 of 22 were right on pages read by real engines (train and dev), against 246 of 264 where one character replaces another.
DOUBTFUL = 0.75
FORCED = {"set_phrases": 0.985, "labels": 0.985, "units": 0.985}


class Case(NamedTuple):
    """A suspicious place and its readings, likeliest first."""

    passage: Passage
    site: range
    scored: list[Scored]


class Repair:
    """Proposes the repairs of a document."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Take the dictionaries and models to repair with."""
        self.knowledge = knowledge
        self.channel = Channel(knowledge, knowledge.weights["reading"])

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield edits that do not overlap, by place; what cannot be read is flagged."""
        shield = Shield(protected(document, self.knowledge))
        framed = (edit for edit in self._framed(document) if not shield.covers(edit.span))
        decided = (self._decide(case, shield) for case in self._cases(self.knowledge.passages(document.text), shield))
        taken: list[Edit] = []
        written: set[int] = set()  # places already spoken for
        for edit in chain(framed, filter(None, decided)):
            if written.isdisjoint(_reach(edit.span)):
                taken.append(edit)
                written.update(_reach(edit.span))
        yield from sorted(taken, key=lambda edit: edit.span)

    def _cases(self, found: Sequence[Passage], shield: Shield) -> Iterator[Case]:
        """Yield each suspicious place with its readings, none of which touches protected text."""
        for memory, run in memories(found):
            for passage in run:
                for site in sites(passage, memory.damage):
                    readings = self.channel.readings(passage, site, memory)
                    refused = {place for place in {reading[:2] for reading in readings} if shield.covers(span(passage, Reading(*place, "")))}
                    readings = [reading for reading in readings if reading[:2] not in refused]
                    yield Case(passage, site.tokens, self.channel.weigh(passage, readings, memory) if readings else [])

    def _framed(self, document: Document) -> Iterator[Edit]:
        """Yield the repairs whose frame proves them, wherever the language model looks: places, set phrases, labels."""
        text = document.text
        for misnomer in misnomers(text, region(document, self.knowledge.gazetteer), self.knowledge):
            before = text[misnomer.span.start : misnomer.span.end]
            yield Edit(misnomer.span, before, misnomer.printed, "gazetteer", "shape_substitution", misnomer.confidence, misnomer.why)
        for rule in (set_phrases, labels, units):
            for misfit in rule(text, self.knowledge):
                before = text[misfit.span.start : misfit.span.end]
                yield Edit(misfit.span, before, misfit.printed, misfit.rule, misfit.kind, FORCED[misfit.rule], misfit.why)

    def _decide(self, case: Case, shield: Shield) -> Edit | None:
        """Return the best reading as an edit, a flag where there is none but the text is broken, or nothing."""
        passage, scored = case.passage, case.scored
        if scored and scored[0].probability >= (TERM_LEAST if _proved_by_term(scored[0]) else SUGGEST):
            return self._edit(passage, scored[0])
        worst = max(case.site, key=lambda index: passage.wrong[index])
        place = span(passage, Reading(worst, worst + 1, ""))
        chance = float(passage.wrong[worst])
        if chance < UNREADABLE or shield.covers(place):
            return None
        before = _text(passage, place)
        return Edit(place, before, None, "unreadable", "unreadable", chance, f"“{before}” is not expected here from either side, and no reading stands out")

    def _edit(self, passage: Passage, best: Scored) -> Edit:
        reading, parallel = best.reading, best.parallel
        place = span(passage, reading)
        known = dict(zip(FEATURES, best.features, strict=True))
        reasons = []
        if parallel.times:
            reasons.append(f"{parallel.phrase} ×{parallel.times} elsewhere in this document")
        if known["term"]:
            reasons.append("completes a term of the lexicon")
        reasons.append(f"language model ×10^{known['forward']:.1f} forward, ×10^{known['backward']:.1f} backward")
        if known["similarity"]:
            reasons.append(f"{_text(passage, place)} looks like {reading.after} ({known['similarity']:.1f})")
        rule = "document_memory" if parallel.times else "lexicon" if known["term"] else "language_model"
        confidence = max(best.probability, TERM_PROVED) if _proved_by_term(best) else best.probability
        if _authorial(passage, reading) or (rule == "language_model" and not _swap(passage, reading)):
            confidence = min(confidence, DOUBTFUL)
        return Edit(place, _text(passage, place), _as_set(reading.after, passage.text), rule, _fault(passage, reading), confidence, "; ".join(reasons))


class Shield:
    """Protected spans, asked often."""

    def __init__(self, spans: list[Span]) -> None:
        """Take spans in order that do not overlap."""
        self._starts = [span.start for span in spans]
        self._ends = [span.end for span in spans]

    def covers(self, span: Span) -> bool:
        """Tell whether a change at `span` touches protected text; an insertion at its edge does not."""
        return bisect_right(self._ends, span.start) < bisect_left(self._starts, max(span.end, span.start))


def _reach(place: Span) -> range:
    """Return the characters an edit speaks for: what it replaces, or the one behind an insertion."""
    return range(place.start, max(place.end, place.start + 1))


def _text(passage: Passage, place: Span) -> str:
    return passage.text[place.start - passage.start : place.end - passage.start]


def _as_set(after: str, text: str) -> str:
    """Return a mark in the width the passage uses: ， becomes , where the passage has more of the latter."""
    narrow = {"，": ",", "；": ";", "：": ":", "？": "?", "！": "!", "（": "(", "）": ")"}
    return narrow[after] if after in narrow and text.count(narrow[after]) > text.count(after) else after


def _proved_by_term(best: Scored) -> bool:
    """Tell whether a reading completes a term that the language model, too, prefers clearly from both sides."""
    known = dict(zip(FEATURES, best.features, strict=True))
    return bool(known["term"]) and known["both"] >= TERM_FAVOUR


def _authorial(passage: Passage, reading: Reading) -> bool:
    """Tell whether the change is one in which two copies of a sentence may differ by their author's will."""
    here = passage.tokens[reading.first : reading.last]
    return len(reading.after) > 1 or (not reading.after and is_han(here[0]))


def _swap(passage: Passage, reading: Reading) -> bool:
    """Tell whether the reading puts characters in the place of others, or takes an intruder out: no marks, nothing added."""
    here = passage.tokens[reading.first : reading.last]
    return bool(here) and not any(unit in MARKS for unit in here)


def _fault(passage: Passage, reading: Reading) -> str:
    """Return the fault's name, in the words of corpus/README.md."""
    here = passage.tokens[reading.first : reading.last]
    if not here:
        return "lost_character" if is_han(reading.after[0]) else "lost_punctuation"
    if any(unit in MARKS for unit in here):
        return "inserted_punctuation"
    return "shape_substitution" if reading.after else "intruder"
