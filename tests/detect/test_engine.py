"""Where the engine was less sure than elsewhere on its page, a fault is likelier; how sure it is throughout says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jiaokan import plan, read
from jiaokan.detect.engine import MOST, engine_doubts
from jiaokan.detect.quality import doubts
from jiaokan.edits import revise
from jiaokan.knowledge.load import load
from jiaokan.model import Box, Document, Edit, Span, Status

TEXT = "为进一步加强和规范专项资金的管理，提高资金使用效益，制定本办法。"
KNOWLEDGE = load()


def boxed(text: str, *confidences: float | None, width: int = 4) -> Document:
    """Return a text in boxes of a few characters with these confidences, the last one's for the rest."""
    spans = [Span(start, min(start + width, len(text))) for start in range(0, len(text), width)]
    sure = [*confidences, *[confidences[-1]] * len(spans)]
    return replace(read.from_text(text), boxes=tuple(Box(span, str(place), 1, 0, 0, 1, 1, sure[place]) for place, span in enumerate(spans)))


# label, confidences of boxes of four characters, the doubt from each place on
DOUBTS = [
    ("no confidences", [None], []),
    ("the same throughout", [0.6], [0.0]),
    ("one less sure", [0.9, 0.5, 0.9], [0.0, 2.0, 0.0]),
    ("one surer", [0.9, 0.99, 0.9], [0.0, -2.0, 0.0]),
    ("nonsense is bounded", [0.9, 0.0, 0.9], [0.0, MOST, 0.0]),
]


@pytest.mark.parametrize(("confidences", "expected"), [row[1:] for row in DOUBTS], ids=[row[0] for row in DOUBTS])
def test_a_box_is_compared_with_its_page(confidences: list[float | None], expected: list[float]) -> None:
    found = [value for _, value in engine_doubts(boxed(TEXT, *confidences))]
    assert found[: len(expected)] == pytest.approx(expected)
    assert not any(found[len(expected) :])


def test_doubts_move_with_the_text() -> None:
    document = boxed("项 目" + TEXT, 0.9, 0.4, 0.9)
    edit = Edit(Span(1, 2), " ", "", "han_spaces", "space", 1.0, "", Status.APPLIED)
    (before, *_), (after, *_) = ([place for place, value in engine_doubts(one) if value] for one in (document, revise(document, [edit])))
    assert (before, after) == (4, 3)


def test_a_fault_is_likelier_where_the_engine_was_unsure() -> None:
    unsure, sure = (doubts(document, document, KNOWLEDGE) for document in (boxed(TEXT, 0.95, 0.3, 0.95), boxed(TEXT, 0.95)))
    assert (unsure.features[4:8, 0] > sure.features[4:8, 0]).all()
    assert (unsure.features[8:, 0] == sure.features[8:, 0]).all()


def test_an_even_engine_changes_nothing() -> None:
    text = "瑞昌市农业衣村局成立领导小组，确保资专款专用。"
    plain, even = (plan.run(document, KNOWLEDGE) for document in (read.from_text(text), boxed(text, 0.8)))
    assert even.edits == plain.edits
    assert even.quality == plain.quality
