"""One document judged: its errors by place, its edits one by one, its fields, and what became of each fault."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from jiaokan.errors import InputError, JiaokanError
from jiaokan.evaluate.align import Alignment, Fault, Kind, Measure, Progress, Score, distance, folded, prepare
from jiaokan.evaluate.pairs import Estimate, Marked, Pair, Record, RecordedEdit, Remark, Truth, read_record, read_text, read_truth
from jiaokan.read.sources import printable
from jiaokan.report.record import LEVELS
from jiaokan.script import is_han

MARGIN = 12  # characters either side of an edit that are compared with the truth
BESIDE = 1  # a flag may stand a character beside the fault: a lost one has no place of its own
ROW = (*LEVELS, "运算符", "指标值", "单位")
STRANGE = 0.8  # share of wrong characters above which a reading is taken to be of another page; engines stay far below it

Scores = dict[Measure, Score]


class Found(NamedTuple):
    """Values in the truth, values found, and how many of those are right."""

    truth: int = 0
    found: int = 0
    right: int = 0


@dataclass(frozen=True)
class Judged:
    """What one document adds to the evaluation; the texts are kept only until its page is written."""

    pair: Pair
    truth: Truth
    progress: dict[Measure, Progress]
    record: Record | None
    total: Scores
    sections: list[tuple[str, Scores]]
    labels: list[tuple[str, Scores]]
    edits: Counter[tuple[str, str, str]]  # status, kind, verdict
    faults: Counter[tuple[str, str, str]]  # kind of fault, class of character, outcome
    confusions: Counter[tuple[str, str, str, bool]]  # kind, printed, read, mended
    fields: Counter[tuple[str, str]]  # label, "truth" | "found" | "right"
    indicators: Found
    traps: Counter[tuple[str, bool]]  # kind of trap, harmed by cleaning
    remarks: list[Remark]

    @property
    def estimate(self) -> Estimate | None:
        """Return the error rate the record estimates, where it does."""
        quality = self.record.quality if self.record else None
        return quality if quality and quality.estimated_error_rate is not None else None


def judge_all(pairs: Iterable[Pair]) -> Iterator[Judged | Remark]:
    """Yield each pair judged, or the remark why it could not be: a bad document is a row."""
    for pair in pairs:
        try:
            yield judge(pair)
        except JiaokanError as error:
            yield Remark(pair.engine, pair.id, error.what, error.where, error.fix)


def judge(pair: Pair) -> Judged:
    """Return one document judged. Raises InputError if its truth or its reading cannot be read; a bad cleaned text is a remark."""
    truth, ocr = read_truth(pair.truth), read_text(pair.ocr)
    remarks: list[Remark] = []
    text, record = _cleaned(pair, ocr, remarks)
    if record:
        ocr = record.original  # the same, down to outer white space; its edits point here
    progress = {measure: _progress(measure, truth.text, ocr, text, is_cleaned=pair.is_cleaned) for measure in Measure}
    remarks += _oddities(pair, truth, ocr, progress[Measure.LENIENT].before)
    verdicts = [(edit, verdict(edit, progress)) for edit in record.edits] if record else []
    return Judged(
        pair,
        truth,
        progress,
        record,
        total={measure: one.total for measure, one in progress.items()},
        sections=[(name, _within(progress, start, end)) for name, start, end in _partition(truth)],
        labels=[(_label(label), _within(progress, field.start, field.end)) for label, field in truth.fields.items() if isinstance(field, Marked)],
        edits=Counter((edit.status, edit.kind, judged) for edit, judged in verdicts),
        faults=_outcomes(progress, verdicts),
        confusions=_confusions(progress[Measure.LENIENT]),
        fields=_fields(truth, record),
        indicators=_indicators(truth, record),
        traps=Counter((trap.kind, bool(progress[Measure.LENIENT].within(trap.start, trap.end).worse)) for trap in truth.traps if pair.cleaned),
        remarks=remarks,
    )


def verdict(edit: RecordedEdit, progress: dict[Measure, Progress]) -> str:
    """Return what the edit, made alone, does to its surroundings: right, better, neutral or worse.

    径费 → 经费 is right if the truth has 经费 there: nothing is left to mend in the span. An edit that only changes white
    space or width is judged by the strict distance, any other by the lenient one. A flag is right if a true error lies in
    its span or one character beside it, else neutral.
    """
    lenient = progress[Measure.LENIENT].before
    if edit.after is None:
        strict = progress[Measure.STRICT].before
        errors = any(True for _ in lenient.touching(edit.start, edit.end, margin=BESIDE))
        spaces = any(_lost_space(strict.faults[number]) for number in strict.touching(edit.start, edit.end, margin=BESIDE))
        return "right" if errors or spaces else "neutral"
    measure = Measure.STRICT if folded(edit.before) == folded(edit.after) else Measure.LENIENT
    left, right, truth = _surroundings(edit, lenient)
    was, now = (distance(truth, left + text + right, measure) for text in (edit.before, edit.after))
    if now >= was:
        return "worse" if now > was else "neutral"
    own, wide = (distance(truth, left + text + right, measure) for text in _printed(edit, lenient))
    return "right" if now <= (own if own < was else wide) else "better"


def _surroundings(edit: RecordedEdit, alignment: Alignment) -> tuple[str, str, str]:
    """Return what stands left and right of an edit in the reading, and the part of the truth aligned with all of it."""
    read, truth = alignment.read, alignment.truth
    first, last = max(0, read.index(edit.start) - MARGIN), read.index(edit.end) + MARGIN
    start, truth_start, end, truth_end = 0, 0, len(read.raw), len(truth.raw)  # at the ends of the page the outer white space too
    if first > 0:
        start = read.places[first]
        truth_start = truth.place(alignment.truth_index(first, past_lost=True))
    if last < len(read.text):
        end = read.places[last]
        truth_end = truth.place(alignment.truth_index(last, past_lost=True))
    return read.raw[start : edit.start], read.raw[edit.end : end], truth.raw[truth_start:truth_end]


def _printed(edit: RecordedEdit, alignment: Alignment) -> tuple[str, str]:
    """Return what was printed where the edit stands: without the characters lost at its edges, and with them."""
    truth, first, last = alignment.truth, alignment.read.index(edit.start), alignment.read.index(edit.end)
    spans = [(alignment.truth_index(first, past_lost=past), alignment.truth_index(last, past_lost=not past)) for past in (True, False)]
    own, wide = (truth.raw[truth.places[start] : truth.places[end - 1] + 1] if start < end else "" for start, end in spans)
    return own, wide


def character_class(char: str) -> str:
    """Return the class of a character: 镇 → han, 、 → punctuation, 3 → digit, m → latin, tab → space, β → other."""
    if char.isspace():
        return "space"
    if is_han(char):
        return "han"
    if char.isascii() and char.isalpha():
        return "latin"
    return {"N": "digit", "P": "punctuation", "S": "punctuation"}.get(unicodedata.category(char)[0], "other")


def _outcomes(progress: dict[Measure, Progress], verdicts: list[tuple[RecordedEdit, str]]) -> Counter[tuple[str, str, str]]:
    """Count what became of each fault: mended, suggested rightly, flagged or missed.

    Characters are judged by the lenient alignment, white space by the strict one; differences of width are no faults.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    for measure, one in progress.items():
        suggested, flagged = set[int](), set[int]()
        for edit, judged in verdicts:
            if edit.after is None:
                flagged.update(one.before.touching(edit.start, edit.end, margin=BESIDE))
            elif edit.status == "suggested" and judged in {"right", "better"}:
                restores = len(edit.after) > len(edit.before)
                numbers = one.before.touching(edit.start, edit.end)
                suggested.update(number for number in numbers if restores or one.before.faults[number].kind is not Kind.LOST)
        for number, fault in enumerate(one.before.faults):
            named = (fault.kind, character_class(fault.truth or fault.read)) if measure is Measure.LENIENT else _lost_space(fault)
            if named:
                outcome = "mended" if one.mended[number] else "suggested" if number in suggested else "flagged" if number in flagged else "missed"
                found[str(named[0]), named[1], outcome] += 1
    return found


def _confusions(progress: Progress) -> Counter[tuple[str, str, str, bool]]:
    """Count the faults by kind, characters and whether they are mended; characters as they stand, width and all."""
    return Counter((str(fault.kind), *progress.before.as_they_stand(fault), mended) for fault, mended in zip(progress.before.faults, progress.mended, strict=True))


def _lost_space(fault: Fault) -> tuple[Kind, str] | None:
    """Return what happened to white space in a fault of the strict alignment, None if nothing: tab read as 丨 → lost."""
    printed, read = fault.truth.isspace(), fault.read.isspace()
    if not (printed or read):
        return None
    return Kind.SUBSTITUTION if printed and read else Kind.LOST if printed else Kind.INTRUDER, "space"


def _cleaned(pair: Pair, ocr: str, remarks: list[Remark]) -> tuple[str | None, Record | None]:
    """Return the cleaned text, and its record where it has one; a remark says why there is none."""
    if pair.cleaned is None:
        return None, None
    try:
        if not pair.is_run:
            return read_text(pair.cleaned), None
        record = read_record(pair.cleaned)
    except InputError as error:
        remarks.append(Remark(pair.engine, pair.id, error.what, error.where, error.fix))
        return None, None
    if prepare(record.original, Measure.STRICT).text == prepare(ocr, Measure.STRICT).text:
        return record.text, record
    remarks.append(Remark(pair.engine, pair.id, "cleaned from another reading of this page", printable(str(pair.cleaned)), "clean the readings that are measured"))
    return None, None


def _progress(measure: Measure, truth: str, ocr: str, text: str | None, *, is_cleaned: bool) -> Progress:
    """Return one measure's view; where the rest is cleaned and this document not, it counts as unchanged."""
    printed = prepare(truth, measure)
    before = Alignment(printed, prepare(ocr, measure))
    return Progress(before, Alignment(printed, prepare(text, measure)) if text is not None else before if is_cleaned else None)


def _oddities(pair: Pair, truth: Truth, ocr: str, alignment: Alignment) -> Iterator[Remark]:
    """Yield a remark for what was measured and yet cannot be meant so."""
    counts, longer = alignment.counts, max(len(alignment.truth.text), len(alignment.read.text))
    if not truth.text.strip():
        yield Remark(pair.engine, pair.id, "the truth is empty", printable(str(pair.truth)), "give the page's text, unless it is blank")
    elif not ocr.strip():
        yield Remark(pair.engine, pair.id, "the reading is empty: every character is lost", printable(str(pair.ocr)), "read the page again")
    elif counts.rate > 1 or counts.errors > STRANGE * longer:
        what = f"{counts.errors:,} errors in {counts.characters:,} characters: is this another page?"
        yield Remark(pair.engine, pair.id, what, printable(str(pair.ocr)), f"compare it with {printable(pair.truth.name)}")


def _partition(truth: Truth) -> Iterator[tuple[str, int, int]]:
    """Yield the sections in order, with "" for what lies between them; where two overlap the first has the place."""
    if not truth.sections:
        return
    done = 0
    for section in sorted(truth.sections, key=lambda section: section.start):
        start, end = max(done, section.start), max(done, section.end)
        if start > done:
            yield "", done, start
        yield section.name, start, end
        done = end
    if done < len(truth.text):
        yield "", done, len(truth.text)


def _within(progress: dict[Measure, Progress], start: int, end: int) -> Scores:
    return {measure: one.within(start, end) for measure, one in progress.items()}


def _label(label: str) -> str:
    """Return a label without the number that tells equal ones apart: 联系人#2 → 联系人."""
    return label.partition("#")[0]


def _fields(truth: Truth, record: Record | None) -> Counter[tuple[str, str]]:
    """Count by label the values printed, found and found right, white space and width aside; a document without truth fields has none."""
    if not (record and truth.fields):
        return Counter()
    printed = Counter((_label(label), folded(field if isinstance(field, str) else field.value)) for label, field in truth.fields.items())
    found = Counter((_label(label), folded(field.value)) for label, field in record.fields.items())
    return Counter(
        {
            (label, side): sum(count for (one, value), count in values.items() if one == label and value)
            for side, values in (("truth", printed), ("found", found), ("right", printed & found))
            for label, _ in values
        }
    )


def _indicators(truth: Truth, record: Record | None) -> Found:
    """Count the indicator rows printed, found and found right in all six parts."""
    if not (record and truth.indicators):
        return Found()
    printed, found = (Counter(_six(row) for row in rows) for rows in (truth.indicators, record.indicators))
    return Found(printed.total(), found.total(), (printed & found).total())


def _six(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(folded(str(row.get(part) or "")) for part in ROW)
