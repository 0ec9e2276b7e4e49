"""The only code that changes text: apply, invert, revise, and the way back to the original.

A stage proposes edits in the coordinates of the text it saw. `revise` carries them to the coordinates of the original
and joins them with the edits already made there, so that a document's edits are always one flat list a reviewer can
read beside the scan.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from jiaokan.errors import EditError
from jiaokan.model import Document, Edit, Span, Status


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with each edit's `after` written where its `before` stands: 原山市 → 庐山市.

    Raises EditError if two edits overlap, if `before` is not what stands there, or if an edit has no `after`.
    """
    parts: list[str] = []
    done = 0
    for edit in in_order(edits):
        if edit.after is None:
            raise EditError("a flagged edit has no text to write", where=_place(edit), fix="apply only edits with `after`")
        if text[edit.span.start : edit.span.end] != edit.before:
            raise EditError("the text is not what the edit says stands there", where=_place(edit), fix="report this bug")
        parts += (text[done : edit.span.start], edit.after)
        done = edit.span.end
    parts.append(text[done:])
    return "".join(parts)


def invert(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return the edits that turn `apply(text, edits)` back into `text`."""
    undo: list[Edit] = []
    shift = 0
    for edit in in_order(edits):
        after = edit.after or ""
        start = edit.span.start + shift
        undo.append(replace(edit, span=Span(start, start + len(after)), before=after, after=edit.before))
        shift += len(after) - len(edit.before)
    return tuple(undo)


def original(document: Document) -> str:
    """Return what was read, by undoing every applied edit of the document."""
    return apply(document.text, invert(document.applied))


def in_order(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits by place; an insertion stands before a replacement that starts at the same place.

    Insertions at one place keep the order they came in. Raises EditError if two edits overlap.
    """
    ordered = sorted(edits, key=lambda edit: edit.span)
    for left, right in pairwise(ordered):
        if right.span.start < left.span.end:
            raise EditError("two edits overlap", where=f"{_place(left)}, {_place(right)}", fix="report this bug")
    return ordered


class Alignment:
    """Carries places in an edited text back to the text before the edits."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        """Take edits that `in_order` accepts, in the coordinates of the text before them."""
        self.edits = in_order(edits)
        self._before = [edit.span for edit in self.edits]
        self._starts: list[int] = []  # of each edit's `after`, in the edited text
        self._ends: list[int] = []
        shift = 0
        for edit in self.edits:
            start = edit.span.start + shift
            self._starts.append(start)
            self._ends.append(start + len(edit.after or ""))
            shift += len(edit.after or "") - len(edit.before)

    def touched(self, span: Span) -> range:
        """Return which edits a span of the edited text cuts or covers; an edit it merely adjoins is left out."""
        return range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end))

    def edited(self, index: int) -> Span:
        """Return where the edit's `after` stands in the edited text."""
        return Span(self._starts[index], self._ends[index])

    def to_original(self, span: Span) -> Span:
        """Return the span's place before the edits, widened to whole edits where it cuts one."""
        first, last = bisect_right(self._ends, span.start), bisect_left(self._starts, span.end) - 1
        if first < len(self._starts) and self._starts[first] < span.start:
            start = self._before[first].start
        else:
            start = self._unedited(first - 1, span.start)
        end = self._before[last].end if last >= first and self._ends[last] > span.end else self._unedited(max(last, first - 1), span.end)
        return Span(start, max(start, end))

    def _unedited(self, previous: int, place: int) -> int:
        """Return the place before the edits of a place in unedited text that follows edit number `previous`."""
        return place if previous < 0 else self._before[previous].end + place - self._ends[previous]


def revise(document: Document, proposals: Iterable[Edit]) -> Document:
    """Return the document with a stage's proposals added; only those with status `applied` change its text.

    Proposals are in the coordinates of `document.text`. One that touches text an earlier edit wrote is joined with
    that edit: 社 会 → 社会 → 社稷 is kept as the single edit 社 会 → 社稷. Raises EditError if applied proposals overlap.
    """
    proposals = list(proposals)
    if not proposals:
        return document
    alignment = Alignment(document.applied)
    changes = in_order(edit for edit in proposals if edit.status is Status.APPLIED)
    text = apply(document.text, changes)
    remarks = [edit for edit in document.edits if edit.status is not Status.APPLIED]
    remarks += [_rebase(document, alignment, edit) for edit in proposals if edit.status is not Status.APPLIED]
    edits = remarks + (_join(document, alignment, changes) if changes else list(document.applied))
    return replace(document, text=text, edits=tuple(sorted(edits, key=lambda edit: edit.span)))


def _rebase(document: Document, alignment: Alignment, edit: Edit) -> Edit:
    """Return a remark in the coordinates of the original, with the text it replaces there."""
    return _joined(document, alignment, [edit])


def _join(document: Document, alignment: Alignment, changes: Sequence[Edit]) -> list[Edit]:
    """Return the applied edits of the original that do what the earlier ones and then `changes` did."""
    untouched = set(range(len(alignment.edits)))
    groups: list[list[Edit]] = []
    reach = -1  # the last earlier edit the current group touches
    for change in changes:
        touched = _merged(alignment, change)
        if groups and touched and touched[0] <= reach:
            groups[-1].append(change)
        else:
            groups.append([change])
        if touched:
            reach = max(reach, touched[-1])
        untouched.difference_update(touched)
    joined = [_joined(document, alignment, group) for group in groups]
    return [alignment.edits[index] for index in untouched] + [edit for edit in joined if edit.before != edit.after]


def _merged(alignment: Alignment, change: Edit) -> range:
    """Return the earlier edits a change must be joined with: those it touches, an insertion at its own place, and its fellows.

    Several insertions at one place of the original have an order that only the edited text knows; they stay together.
    """
    edits, touched = alignment.edits, alignment.touched(change.span)
    if not touched:
        if change.before:
            return touched
        point = alignment.to_original(change.span)
        beside = [index for index in (touched.start - 1, touched.start) if 0 <= index < len(edits) and edits[index].span == point]
        if not beside:
            return touched
        touched = range(beside[0], beside[-1] + 1)
    first, last = touched[0], touched[-1]
    while first > 0 and edits[first - 1].span == edits[first].span:
        first -= 1
    while last + 1 < len(edits) and edits[last + 1].span == edits[last].span:
        last += 1
    return range(first, last + 1)


def _joined(document: Document, alignment: Alignment, group: Sequence[Edit]) -> Edit:
    """Return one edit of the original for a group of changes and every earlier edit they touch."""
    earlier = sorted({index for change in group for index in _merged(alignment, change)})
    start = min([change.span.start for change in group] + [alignment.edited(index).start for index in earlier])
    end = max([change.span.end for change in group] + [alignment.edited(index).end for index in earlier])
    span = alignment.to_original(Span(start, end))
    for index in earlier:  # an insertion at the very edge has no width for to_original to see
        span = Span(min(span.start, alignment.edits[index].span.start), max(span.end, alignment.edits[index].span.end))
    before = document.original[span.start : span.end]
    first = group[0]
    if first.after is None or (len(group) == 1 and not earlier and span.end - span.start == len(first.before)):
        return first.at(span, before)
    moved = [replace(change, span=Span(change.span.start - start, change.span.end - start)) for change in group]
    sources = [*group, *(alignment.edits[index] for index in earlier)]
    return replace(
        first,
        span=span,
        before=before,
        after=apply(document.text[start:end], moved),
        rule="+".join(dict.fromkeys(source.rule for source in sources)),
        confidence=min(source.confidence for source in sources),
        why="; ".join(dict.fromkeys(source.why for source in sources)),
    )


def _place(edit: Edit) -> str:
    return f"{edit.rule} at {edit.span.start}–{edit.span.end}"
