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

from jiaokan.detect.engine import engine_doubts
from jiaokan.detect.suspects import MARKS, Passage, sets_blanks
from jiaokan.extract.region import region
from jiaokan.model import Document, Edit, Span
from jiaokan.repair.channel import FEATURES, Channel, Scored, span
from jiaokan.repair.company import calibrated, company
from jiaokan.repair.frames import Misfit, labels, set_phrases, units
from jiaokan.repair.lattice import Reading
from jiaokan.repair.memory import Memory, memories
from jiaokan.repair.places import misnomers, strangers
from jiaokan.repair.protect import protected
from jiaokan.repair.quotes import OPEN, lost_quotes
from jiaokan.repair.sites import sites
from jiaokan.script import NUMERALS, is_han, parted

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

SUGGEST = 0.3  # probability from which a reading is shown to a person: about every second one is right (header of weights.toml)
UNREADABLE = 0.75  # P(misread) from which a place without a good reading is flagged
# At most, for what the language model alone proposes and pages do not bear out: on the dev pages a Han character put in (签书面 → 签订书面)
# was right in none of 19 cases; a numeral put for another character says more than a neighbour can know; and whether ≤ or < was printed
# is the author's meaning, which the likely level may guess at and the certain level may not.
INSERTED, NUMERAL, OPERATOR = 0.45, 0.45, 0.81
# What stands elsewhere may be put in only where both models miss it, in log10: of the train and dev pages' six such words all were missed so,
# while 违法事实及证据 and 违法事实 may stand on one sound page.
MISSED = 3.0
OPERATORS = frozenset("<>≤≥=")
NARROW = {"。": ".", "，": ",", "；": ";", "：": ":", "？": "?", "！": "!", "（": "(", "）": ")"}
FORCED = 0.985  # what a frame proves
# A label whose one fault is no look-alike but known to be read so, is not even that, or is a character too many or too few: on the train and
# dev pages 46 of 46, 4 of 6 and 10 of 13 were right. 标项名称 and 专项名称 are both labels.
LABEL_UNLIKE, LABEL_STRANGE, LABEL_LENGTH = 0.94, 0.6, 0.65


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
        self.channels = {blanks: Channel(knowledge, knowledge.weights["reading"], blanks) for blanks in (False, True)}

    def __call__(self, document: Document) -> Iterator[Edit]:
        """Yield edits that do not overlap, by place; what cannot be read is flagged."""
        shield = Shield(protected(document, self.knowledge))
        framed = (edit for edit in self._framed(document) if not shield.covers(edit.span))
        blanks = sets_blanks(document)
        passages = self.knowledge.passages(document.text, blanks, engine_doubts(document))
        decided = self._decided(passages, shield, self.channels[blanks])
        taken: list[Edit] = []
        written: set[int] = set()  # places already spoken for
        for edit in chain(framed, chain.from_iterable(decided), self._quoted(passages, shield)):
            if written.isdisjoint(_reach(edit.span)):
                taken.append(edit)
                written.update(_reach(edit.span))
        yield from sorted(taken, key=lambda edit: edit.span)

    def _decided(self, found: Sequence[Passage], shield: Shield, channel: Channel) -> Iterator[list[Edit]]:
        """Yield what is proposed at each suspicious place; the places of a page are judged together."""
        for memory, run in memories(found):
            cases = [case for passage in run for case in _cases(passage, memory, shield, channel)]
            best = [case.scored[0].probability if case.scored else 0.0 for case in cases]
            for case, faults in zip(cases, company(best, sum(len(passage.text) for passage in run)), strict=True):
                yield self._decide(case, shield, faults)

    def _framed(self, document: Document) -> Iterator[Edit]:
        """Yield the repairs whose frame proves them, wherever the language model looks: places, set phrases, labels."""
        text = parted(document.text)
        for misnomer in chain(misnomers(text, region(document, self.knowledge.gazetteer), self.knowledge), strangers(text, self.knowledge)):
            before = text[misnomer.span.start : misnomer.span.end]
            yield Edit(misnomer.span, before, misnomer.printed, "gazetteer", "shape_substitution", misnomer.confidence, misnomer.why)
        for rule in (set_phrases, labels, units):
            for misfit in rule(text, self.knowledge):
                before = text[misfit.span.start : misfit.span.end]
                yield Edit(misfit.span, before, misfit.printed, misfit.rule, misfit.kind, self._forced(misfit, before), misfit.why)

    def _forced(self, misfit: Misfit, before: str) -> float:
        """Return how sure a frame is of what belongs in it."""
        if misfit.rule != "labels":
            return FORCED
        if len(before) != 1 or len(misfit.printed) != 1:
            return LABEL_LENGTH
        if self.knowledge.glyphs.similarity(before, misfit.printed):
            return FORCED
        known = any(misfit.printed in self.knowledge.misreadings(blanks).printed(before) for blanks in (False, True))
        return LABEL_UNLIKE if known else LABEL_STRANGE

    def _quoted(self, passages: Sequence[Passage], shield: Shield) -> Iterator[Edit]:
        """Yield the quotation marks whose partner stands alone."""
        for passage in passages:
            for quote in lost_quotes(passage, self.knowledge):
                place = span(passage, Reading(quote.before, quote.before, ""))
                if not shield.covers(place):
                    partner = "closing" if quote.mark == OPEN else "opening"
                    yield Edit(place, "", quote.mark, "quotes", "lost_punctuation", quote.chance, f"a {partner} quotation mark stands alone; the language model puts its partner here")

    def _decide(self, case: Case, shield: Shield, faults: float) -> list[Edit]:
        """Return the changes of the best path as edits, a flag where there is none but the text is broken, or nothing."""
        passage, scored = case.passage, case.scored
        if scored:
            among_rivals = [(change, sum(one.probability for one in scored if change in one.changes)) for change in scored[0].changes]
            chances = [(change, calibrated(chance, faults, self.knowledge.weights["page"])) for change, chance in among_rivals]
            found = [self._edit(passage, scored[0], change, chance) for change, chance in chances if chance >= SUGGEST]
            found = [edit for edit in found if edit.before != edit.after]  # a full stop set as narrow as the page's other marks
            if found:
                return found
        worst = max(case.site, key=lambda index: passage.wrong[index])
        place = span(passage, Reading(worst, worst + 1, ""))
        chance = float(passage.wrong[worst])
        if chance < UNREADABLE or shield.covers(place):
            return []
        before = _text(passage, place)
        return [Edit(place, before, None, "unreadable", "unreadable", chance, f"“{before}” is not expected here from either side, and no reading stands out")]

    def _edit(self, passage: Passage, best: Scored, change: Reading, chance: float) -> Edit:
        """Return one change of the best path as an edit; the evidence is the path's."""
        parallel = best.parallel
        place = span(passage, change)
        known = dict(zip(FEATURES, best.features, strict=True))
        reasons = []
        if parallel.times:
            reasons.append(f"{parallel.phrase} ×{parallel.times} elsewhere in this document")
        if known["term"]:
            reasons.append("completes a term of the lexicon")
        reasons.append(f"language model ×10^{known['forward']:.1f} forward, ×10^{known['backward']:.1f} backward")
        if len(best.changes) > 1:
            reasons.append(f"together with {len(best.changes) - 1} more")
        before = _text(passage, place)
        similarity = self.knowledge.glyphs.similarity(before, change.after) if len(before) == len(change.after) == 1 else 0.0
        if similarity:
            reasons.append(f"{before} looks like {change.after} ({similarity:.1f})")
        rule = "document_memory" if parallel.times else "lexicon" if known["term"] else "language_model"
        if rule == "language_model":
            chance = min(chance, _ceiling(before, change.after))
        elif rule == "document_memory" and not before and is_han(change.after[0]) and min(known["forward"], known["backward"]) < MISSED:
            chance = min(chance, INSERTED)
        return Edit(place, before, _as_set(change.after, passage.text), rule, _fault(passage, change), chance, "; ".join(reasons))


def _cases(passage: Passage, memory: Memory, shield: Shield, channel: Channel) -> Iterator[Case]:
    """Yield each suspicious place of a passage with its paths, none of which touches protected text."""
    for site in sites(passage, memory.damage):
        paths = channel.paths(passage, site, memory)
        refused = {place for place in {change[:2] for path in paths for change in path.changes} if shield.covers(span(passage, Reading(*place, "")))}
        paths = [path for path in paths if refused.isdisjoint(change[:2] for change in path.changes)]
        yield Case(passage, site.tokens, channel.weigh(passage, paths, memory) if paths else [])


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
    like = "，" if after == "。" else after  # . is no narrow 。 but where the commas are narrow: some engines read every 。 as .
    return NARROW[after] if after in NARROW and text.count(NARROW[like]) > text.count(like) else after


def _ceiling(before: str, after: str) -> float:
    """Return the most that the language model alone can prove of a change."""
    if (not before and is_han(after[:1])) or (not after and is_han(before[:1])):
        return INSERTED
    if before in NUMERALS or (after and after in NUMERALS):
        return NUMERAL if is_han(before[:1]) and is_han(after[:1]) else 1.0
    return OPERATOR if after in OPERATORS else 1.0


def _fault(passage: Passage, reading: Reading) -> str:
    """Return the fault's name, in the words of corpus/README.md."""
    here = passage.tokens[reading.first : reading.last]
    if not here:
        return "lost_character" if is_han(reading.after[0]) else "lost_punctuation"
    if any(unit in MARKS for unit in here):
        return "inserted_punctuation"
    return "shape_substitution" if reading.after else "intruder"
