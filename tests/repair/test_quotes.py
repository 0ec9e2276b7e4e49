"""A quotation mark without its partner gets it where the sentence wants it, and nowhere else."""

from __future__ import annotations

import pytest

import jiaokan
from jiaokan.knowledge.load import load
from jiaokan.repair.quotes import lost_quotes

KNOWLEDGE = load()
ROWS = [
    ("the opening one", "坚持和发展新时代枫桥经验”，把矛盾化解在基层。", ("枫", "“")),
    ("the closing one", "会议强调，要深入开展“扫黄打非专项行动，净化文化市场环境。", ("专", "”")),
    ("behind a quotation that is whole", "落实“四下基层”制度，深化放管服”改革，优化营商环境。", ("放", "“")),
    ("none: paired", "坚持和发展新时代“枫桥经验”，把矛盾化解在基层。", None),
    ("none: straight ones do not say which they are", '坚持和发展新时代"枫桥经验，把矛盾化解在基层。', None),
    ("none: no quotation mark at all", "坚持和发展新时代枫桥经验，把矛盾化解在基层。", None),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_lost_quotes(text: str, expected: tuple[str, str] | None) -> None:
    (passage,) = KNOWLEDGE.passages(text, False)
    assert [(passage.tokens[quote.before], quote.mark) for quote in lost_quotes(passage, KNOWLEDGE)] == ([expected] if expected else [])


def test_the_edit_says_why_and_can_be_undone() -> None:
    document = jiaokan.clean(ROWS[0][1])
    (edit,) = [edit for edit in document.edits if edit.rule == "quotes"]
    assert (edit.before, edit.after) == ("", "“")
    assert "stands alone" in edit.why
    assert jiaokan.original(document) == ROWS[0][1]
