"""Edits change text in one way only, and every change can be undone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiaokan.edits import Alignment, apply, in_order, invert, original, revise
from jiaokan.errors import EditError
from jiaokan.model import Document, Edit, Span, Status

# Ideographs inside and beyond the basic plane, a compatibility one, zero-width, combining, a mark, digits, every line end.
AWKWARD = "社会稷庐𠮷𪚥⼀豈e\u0301\u3099\u200b\u200d\ufeff。，“1２ \u3000\t\n\r\u2028"
texts = st.text(st.sampled_from(AWKWARD), max_size=24) | st.text(max_size=12)
statuses = st.sampled_from(Status)


def edit(start: int, before: str, after: str | None, status: Status = Status.APPLIED, rule: str = "rule") -> Edit:
    """Return an edit at a place."""
    return Edit(Span(start, start + len(before)), before, after, rule, "kind", 0.99, f"why of {rule}", status)


def document(text: str, *edits: Edit) -> Document:
    """Return a document as it was read, with one stage's edits."""
    return revise(Document("id", text, text), edits)


@st.composite
def proposals(draw: st.DrawFn, text: str, status: Status = Status.APPLIED, *, insert: bool = True) -> list[Edit]:
    """Draw edits of one stage over a text that do not overlap: replacements, deletions, insertions, some side by side."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    found = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if insert or end > start:
            after = None if status is Status.FLAGGED else draw(texts)
            found.append(edit(start, text[start:end], after, status, draw(st.sampled_from(["spaces", "labels", "gazetteer"]))))
    return found


@st.composite
def text_and_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Draw a text and edits that fit it."""
    text = draw(texts)
    return text, draw(proposals(text))


def staged(data: st.DataObject) -> list[Document]:
    """Draw a document and return it as read, then as every stage left it."""
    text = data.draw(texts)
    states = [Document("id", text, text)]
    for _ in range(data.draw(st.integers(1, 5))):
        now = states[-1].text
        stage = data.draw(proposals(now)) + data.draw(proposals(now, Status.SUGGESTED)) + data.draw(proposals(now, Status.FLAGGED))
        states.append(revise(states[-1], stage))
        assert states[-1].text == apply(now, [one for one in stage if one.status is Status.APPLIED])
    return states


@given(text_and_edits())
def test_invert_restores_the_text(pair: tuple[str, list[Edit]]) -> None:
    text, edits = pair
    assert apply(apply(text, edits), invert(edits)) == text


@given(text_and_edits())
def test_inverting_twice_changes_nothing(pair: tuple[str, list[Edit]]) -> None:
    _, edits = pair
    assert list(invert(invert(edits))) == in_order(edits)


@given(text_and_edits(), st.randoms())
def test_replacements_may_come_in_any_order(pair: tuple[str, list[Edit]], random: object) -> None:
    text, edits = pair
    assume(len({one.span for one in edits}) == len(edits))  # insertions at one place keep the order they came in
    shuffled = list(edits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert apply(text, shuffled) == apply(text, edits)


@settings(max_examples=400)
@given(st.data())
def test_stages_keep_the_original_and_say_what_stood_there(data: st.DataObject) -> None:
    states = staged(data)
    read, done = states[0].text, states[-1]
    assert done.original == read
    assert original(done) == read
    assert apply(read, done.applied) == done.text
    for one in done.edits:
        assert read[one.span.start : one.span.end] == one.before
        assert (one.after is None) == (one.status is Status.FLAGGED)
    assert list(done.edits) == sorted(done.edits, key=lambda one: one.span)


@given(st.data())
def test_suggestions_and_flags_keep_their_place(data: st.DataObject) -> None:
    states = staged(data)
    for earlier, later in pairwise(states):
        assert not Counter((*earlier.suggestions, *earlier.flags)) - Counter((*later.suggestions, *later.flags))


@settings(max_examples=300)
@given(st.data())
def test_a_suggestion_accepted_is_the_change_that_was_proposed(data: st.DataObject) -> None:
    before = staged(data)[-1]
    proposed = data.draw(proposals(before.text, Status.SUGGESTED, insert=False))
    assume(proposed)
    after = revise(before, proposed[:1])
    (suggestion,) = [one for one in after.edits if one not in before.edits] or [None]
    assume(suggestion is not None)
    start, end = suggestion.span
    applied = [one for one in after.applied if one.span.end < start or one.span.start > end or (one.before and not start <= one.span.start < end)]
    edges = [one for one in after.applied if not one.before and one.span.start in (start, end)]
    assume(not edges)  # on which side of an insertion an edge lies, the original cannot say
    assert apply(before.original, [*applied, suggestion]) == apply(before.text, proposed[:1])


@given(text_and_edits(), st.data())
def test_a_stale_edit_is_refused(pair: tuple[str, list[Edit]], data: st.DataObject) -> None:
    text, edits = pair
    assume(edits)
    index = data.draw(st.integers(0, len(edits) - 1))
    edits[index] = replace(edits[index], before=edits[index].before + "讹")
    with pytest.raises(EditError, match="not what the edit says"):
        apply(text, edits)


@given(texts, st.data())
def test_overlapping_edits_are_refused(text: str, data: st.DataObject) -> None:
    assume(len(text) > 1)
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    inside = data.draw(st.integers(start + 1, end - 1))
    first, second = edit(start, text[start:end], "甲"), edit(inside, text[inside:end], "乙")
    for pair in ([first, second], [second, first]):
        with pytest.raises(EditError, match="overlap"):
            apply(text, pair)
        with pytest.raises(EditError, match="overlap"):
            document(text, *pair)


@given(texts)
def test_a_flag_has_no_text_to_write(text: str) -> None:
    with pytest.raises(EditError, match="no text to write"):
        apply(text, [edit(0, text, None)])


@given(text_and_edits(), st.data())
def test_alignment_finds_the_same_characters_before_the_edits(pair: tuple[str, list[Edit]], data: st.DataObject) -> None:
    text, edits = pair
    edited = apply(text, edits)
    start = data.draw(st.integers(0, len(edited)))
    span = Span(start, data.draw(st.integers(start, len(edited))))
    alignment = Alignment(edits)
    place = alignment.to_original(span)
    assert 0 <= place.start <= place.end <= len(text)
    if not alignment.touched(span):
        assert text[place.start : place.end] == edited[span.start : span.end] or span.start == span.end


@given(text_and_edits())
def test_alignment_widens_to_the_whole_edit(pair: tuple[str, list[Edit]]) -> None:
    _, edits = pair
    alignment = Alignment(edits)
    for index, one in enumerate(alignment.edits):
        start, end = alignment.edited(index)
        if end - start > 1:
            assert alignment.to_original(Span(start + 1, end - 1 if end - 1 > start + 1 else end)).start == one.span.start
            assert alignment.to_original(Span(start, end - 1)).end >= one.span.end


# label, text, stages of (start, before, after), the applied edits that remain
JOINED = [
    ("a space, then a character", "社 会", [[(1, " ", "")], [(0, "社会", "社稷")]], [(0, "社 会", "社稷")]),
    ("side by side stay apart", "顶目经费", [[(0, "顶", "项")], [(1, "目", "日")]], [(0, "顶", "项"), (1, "目", "日")]),
    ("a change undone leaves no edit", "顶目", [[(0, "顶", "项")], [(0, "项", "顶")]], []),
    ("two edits bridged by a third", "甲 乙 丙", [[(1, " ", ""), (3, " ", "")], [(0, "甲乙丙", "丁")]], [(0, "甲 乙 丙", "丁")]),
    ("an insertion beside an insertion", "甲乙", [[(1, "", "丙")], [(2, "", "丁")]], [(1, "", "丙丁")]),
    ("between two insertions", "", [[(0, "", "甲"), (0, "", "丙")], [(1, "", "乙")]], [(0, "", "甲乙丙")]),
    ("before two insertions", "", [[(0, "", "乙"), (0, "", "丙")], [(0, "", "甲")]], [(0, "", "甲乙丙")]),
    ("the first of two insertions changed", "", [[(0, "", "顶"), (0, "", "目")], [(0, "顶", "项")]], [(0, "", "项目")]),
    ("beyond the basic plane", "𠮷 𪚥", [[(1, " ", "")], [(0, "𠮷𪚥", "吉")]], [(0, "𠮷 𪚥", "吉")]),
]


@pytest.mark.parametrize(("text", "stages", "expected"), [row[1:] for row in JOINED], ids=[row[0] for row in JOINED])
def test_edits_that_touch_are_joined(
    text: str, stages: list[list[tuple[int, str, str]]], expected: list[tuple[int, str, str]]
) -> None:
    done = Document("id", text, text)
    for stage in stages:
        done = revise(done, [edit(*one) for one in stage])
    assert [(one.span.start, one.before, one.after) for one in done.applied] == expected
    assert original(done) == text


def test_a_joined_edit_names_every_rule_and_the_least_confidence() -> None:
    first = edit(1, " ", "", rule="han_spaces")
    second = replace(edit(0, "社会", "社稷", rule="labels"), confidence=0.9)
    (joined,) = revise(document("社 会", first), [second]).applied
    assert joined.rule == "labels+han_spaces"
    assert joined.confidence == pytest.approx(0.9)
    assert first.why in joined.why
    assert second.why in joined.why
