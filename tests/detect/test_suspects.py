"""Which printed lines are one paragraph, where each token stands, and how likely each is wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.detect.suspects import BATCH, LONGEST, UNJUDGED, Passage, Stretch, passages, sets_blanks, stretches
from jiaokan.knowledge.language import END, NUMBER, WORD, fold
from jiaokan.knowledge.load import load

KNOWLEDGE = load()
BREAKS = KNOWLEDGE.weights["break"]

# Three printed lines of one sentence, and another
FIRST = "县水利局要会同有关乡镇加强对山塘水库的日常巡查，发现隐患及时报"
SECOND = "告并组织整改，同时做好防汛物资储备和抢险队伍培训等各项准备工作"
THIRD = "，确保水库安全度汛。"
OTHER = "各村要明确专人负责山塘水库的日常巡查工作，发现问题及时向上级报告"


def found(text: str) -> list[Stretch]:
    return list(stretches(text, KNOWLEDGE.language, BREAKS))


def written(text: str) -> list[str]:
    """Return the text of each stretch."""
    return [text[stretch.start : stretch.end] for stretch in found(text)]


def judged(text: str, *, blanks: bool = False) -> list[Passage]:
    return list(passages(text, KNOWLEDGE.language, KNOWLEDGE.misreadings(blanks), KNOWLEDGE.weights))


PARAGRAPHS = [
    ("lines that run on", [f"{FIRST}\n{SECOND}\n{THIRD}"]),
    ("as Windows breaks them", [f"{FIRST}\r\n{SECOND}\r\n{THIRD}"]),
    ("spaces at the ends of lines", [f"  {FIRST}  \n {SECOND}"]),
    ("a number across a line break", [f"全年安排资金用于山塘水库的维修养护和白蚁防治，其中县级财政安排３５\n０００元，乡镇自筹{15000}元"]),
    ("a full line with a stop", [f"{FIRST}告。", OTHER]),
    ("an empty line", [FIRST, "", SECOND]),
    ("a line of spaces", [FIRST, "　 ", SECOND]),
    ("a heading, an address, a date", ["关于做好防汛工作的通知", "各乡镇人民政府：", f"{FIRST}\n{SECOND}\n{THIRD}", "县水利局", "2021年6月3日"]),
    ("clauses", [f"{FIRST}；", f"{OTHER}；", f"{OTHER}。"]),
    *((f"an item: {item}", [FIRST, item + SECOND]) for item in ("一、", "（三）", "(12)", "4.", "5、", "第五条 ", "第二章", "附件：", "特此通知")),
    ("items", [f"{number}、{FIRST}" for number in "一二三四"]),
]


@pytest.mark.parametrize("lines", [row[1] for row in PARAGRAPHS], ids=[row[0] for row in PARAGRAPHS])
def test_the_lines_of_a_paragraph_are_one_stretch(lines: list[str]) -> None:
    assert written("\n".join(lines)) == [line for line in lines if line.strip()]


ROWS = [
    ("a row", f"{FIRST}\t{SECOND}\t{OTHER}", 3),
    ("rows", f"{FIRST}\t{OTHER}\n{FIRST}\t{OTHER}", 4),
    ("a line above a row", f"{FIRST}\n{SECOND}\t{OTHER}", 3),
    ("a line below a row", f"{OTHER}\t{FIRST}\n{SECOND}", 3),
    ("a line below a row's first cell", f"\t{FIRST}\n{SECOND}", 2),
    ("an empty last cell", f"{FIRST}\t\n{SECOND}", 2),
    ("an empty first cell", f"{FIRST}\n\t{SECOND}", 2),
    ("a cell of spaces", f"{FIRST}\t \n{SECOND}", 2),
    ("a form", "项目名称\t水库维修\n实施单位\t县水利局\n" + FIRST, 5),
]


@pytest.mark.parametrize(("text", "cells"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_cell_beside_a_tab_is_a_stretch_of_its_own(text: str, cells: int) -> None:
    assert written(text) == [cell for cell in re.split("[\t\n]", text) if cell.strip()]
    assert len(found(text)) == cells


def test_a_short_line_ends_its_paragraph() -> None:
    page = f"{FIRST}\n{SECOND}\n县水利局办公室\n{OTHER}"
    assert written(page) == [f"{FIRST}\n{SECOND}", "县水利局办公室", OTHER]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}告。各村要明确专人负责",
        f"{FIRST}告；各村要明确专人负责",
        f"县水利局要加强巡查。各村要明确专人负责山塘水库的日常巡查工作，发现\n{SECOND}",
        f"{FIRST}\n告。各村要明确专人负责山塘水库的日常巡查工作，发现问题立即上报县\n水利局",
    ],
)
def test_a_line_with_a_stop_inside_is_not_cut(text: str) -> None:
    assert written(text) == [text]


def test_a_long_cell_is_cut_behind_a_stop_and_only_its_last_piece_ends() -> None:
    sentence = f"{FIRST}{SECOND}{THIRD}"
    pieces = found(sentence * (3 * LONGEST // len(sentence)))
    assert len(pieces) > 2
    assert all(piece.end - piece.start <= LONGEST for piece in pieces)
    assert [piece.tokens[-1] for piece in pieces] == ["。"] * (len(pieces) - 1) + [END]


def test_a_long_paragraph_is_no_longer_than_that() -> None:
    page = "\n".join([FIRST] * 200)
    assert all(piece.end - piece.start <= LONGEST for piece in found(page))


PAGES = st.lists(st.sampled_from(["县财政局", FIRST, OTHER, "，", "。", "；", "2021", "３.５%", "GDP", " ", "\u3000", "\t", "\n", "\r\n", "\x0b", "一、", "𠮷", "\ud800", "“", "\x00"]), max_size=30).map("".join)


@settings(max_examples=200)
@given(PAGES)
def test_every_character_belongs_to_one_stretch_and_stands_where_it_says(text: str) -> None:
    folded, pieces = fold(text), found(text)
    covered = [place for piece in pieces for place in range(piece.start, piece.end)]
    assert len(set(covered)) == len(covered)
    assert sorted(covered) == covered
    assert {place for place, char in enumerate(folded) if char != " "} <= set(covered)
    for piece in pieces:
        assert piece.start <= piece.starts[0]
        assert all(one < other for one, other in zip(piece.starts, piece.starts[1:], strict=False))
        assert END not in piece.tokens[:-1]
        assert "\t" not in text[piece.start : piece.end]
        if piece.tokens[-1] == END:
            assert piece.starts[-1] == piece.end
        for index, (token, start) in enumerate(zip(piece.tokens, piece.starts, strict=True)):
            if token == NUMBER:
                assert folded[start].isdigit()
            elif token == WORD:
                assert folded[start].isascii()
                assert folded[start].isalpha()
            elif token != END:
                assert folded[start] == token or (token == "\ufffd" and text[start] in "\ud800\x00")
            assert (index in piece.breaks) == (index > 0 and token != END and "\n" in text[piece.starts[index - 1] : start])


@settings(max_examples=60)
@given(PAGES)
def test_a_passage_is_a_stretch_with_its_chances(text: str) -> None:
    pieces, some = found(text), judged(text)
    assert [(passage.start, passage.tokens, passage.starts, passage.breaks, passage.prose) for passage in some] == [
        (piece.start, piece.tokens, piece.starts, piece.breaks, piece.prose) for piece in pieces
    ]
    for passage, piece in zip(some, pieces, strict=True):
        assert passage.text == text[piece.start : piece.end]
        assert len(passage.wrong) == len(passage.lost) == len(passage.edge) == len(passage.tokens)
        assert ((passage.wrong >= 0) & (passage.wrong < 1) & (passage.lost > 0) & (passage.lost < 1)).all()
        assert all((chance == 0) == (token in UNJUDGED) for token, chance in zip(passage.tokens, passage.wrong, strict=True))


def test_a_passage_does_not_see_its_neighbours() -> None:
    alone = judged(OTHER)[0]
    many = judged("\n\n".join([FIRST, OTHER] * BATCH))
    assert len(many) == 2 * BATCH
    for passage in many[1::2]:
        assert np.array_equal(passage.wrong, alone.wrong)
        assert np.array_equal(passage.lost, alone.lost)


@pytest.mark.parametrize("blanks", [False, True])
@pytest.mark.parametrize(("right", "wrong"), [("巡查", "巡杳"), ("水库", "水厍"), ("隐患", "隐忠"), ("明确", "明硗"), ("负责", "负贵"), ("及时", "及吋")])
def test_the_wrong_character_is_the_most_suspicious(right: str, wrong: str, blanks: bool) -> None:
    text = f"{FIRST}告并明确专人负责整改"
    (sound,), (passage,) = judged(text, blanks=blanks), judged(text.replace(right, wrong), blanks=blanks)
    place = next(index for index, (one, other) in enumerate(zip(sound.tokens, passage.tokens, strict=True)) if one != other)
    assert int(passage.wrong.argmax()) == place
    assert passage.wrong[place] > 0.5 > sound.wrong[place]


def test_a_word_across_a_line_break_is_no_fault() -> None:
    (run_on,) = judged(f"{FIRST}\n{SECOND}")
    parted = judged(f"{FIRST}\n\n{SECOND}")
    (place,) = run_on.breaks
    assert run_on.tokens[place - 1 : place + 1] == ["报", "告"]
    assert run_on.wrong[place] < parted[1].wrong[0]
    assert run_on.wrong[place - 1] < parted[0].wrong[-2]
    assert max(run_on.wrong[place - 1 : place + 1]) < 0.02


def test_a_stop_is_missed_at_the_end_of_sentences_only() -> None:
    (stopped,), (open_,), (label,) = judged(f"{OTHER}。"), judged(OTHER), judged("项目名称")
    assert (open_.prose, label.prose) == (True, False)
    assert open_.lost[-1] > 3 * max(stopped.lost[-1], label.lost[-1])


SENTENCE = "各村要明确专人负责山塘水库的日常巡查工作，发现问题及时向上级报告并做好记录。"


@pytest.mark.parametrize(("text", "blanks"), [(" ".join(SENTENCE), True), (SENTENCE, False), (f"{SENTENCE}\n" * 20 + "县 水利局", False), ("", False)], ids=["spaced out", "dense", "one", "nothing"])
def test_a_page_shows_whether_its_engine_sets_blanks(text: str, blanks: bool) -> None:
    assert sets_blanks(jiaokan.clean(text)) is blanks
