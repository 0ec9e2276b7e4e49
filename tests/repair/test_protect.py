"""What no repair may touch, and what only looks like it. The persons are invented."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jiaokan
from jiaokan.knowledge.load import load
from jiaokan.model import Document, Span
from jiaokan.repair import Shield
from jiaokan.repair.protect import protected

KNOWLEDGE = load()


def spans(text: str) -> list[Span]:
    return protected(Document("page", text, text), KNOWLEDGE)


def covered(text: str) -> str:
    """Return the text with a line for every character that may be touched."""
    shield = Shield(spans(text))
    return "".join(char if shield.covers(Span(place, place + 1)) else "_" for place, char in enumerate(text))


COVERED = [
    ("an amount in words", "合计人民币壹佰贰拾万元整，分两次支付。", "_____壹佰贰拾万元整__两____"),
    ("an amount with cents", "大写：叁仟零伍元陆角整", "___叁仟零伍元陆角整"),
    ("an amount with 圆", "（大写）柒万肆仟圆整", "____柒万肆仟圆整"),
    ("too short for an amount", "整圆的水塔", "_____"),
    ("persons in a row", "陶知远、贺景行、邹若水", "陶知远、贺景行、邹若水"),
    ("persons, and one compound surname", "欧阳静怡、司徒朗、尹立", "欧阳静怡、司徒朗、尹立"),
    ("persons beside blanks", "陶知远 贺景行 邹若水", "陶知远 贺景行 邹若水"),
    ("persons in brackets", "评审组（陶知远、贺景行、邹若水）", "____陶知远、贺景行、邹若水_"),
    ("four of five persons", "陶知远、贺景行、邹若水、尹立、镗大山", "陶知远、贺景行、邹若水、尹立、镗大山"),
    ("persons behind a label", "列席人员：陶知远，贺景行", "_____陶知远____"),
    ("a person in the cell beside a label", "联系人\t陶知远\n备注\t水库", "____陶知远______"),
    ("no persons: things", "水库、山塘、河道", "________"),
    ("no persons: tasks", "维修加固、清理淤泥、疏通水渠", "______________"),
    ("no persons: towns", "蓼溪镇、泖塘乡、镗坪镇", "___________"),
    ("two are no list", "陶知远、贺景行", "_______"),
    ("numbers", "水塔１２座，87.5万元", "__１２__87.5万_"),
    ("a grouped number cut by a blank", "共193 ,500元", "_193 ,500_"),
    ("Latin words and codes", "GDP增长，编号A-12/3", "GDP_____A-12/3"),
    ("Chinese numbers", "第十二条，三分之一，二〇二一年", "第十二__三分之一_二〇二一_"),
    ("somebody", "业主陶某某", "__陶某某"),
    ("a number of an item", "①加固②清淤", "①__②__"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "touchable"), [row[1:] for row in COVERED], ids=[row[0] for row in COVERED])
def test_what_is_covered(text: str, touchable: str) -> None:
    assert covered(text) == touchable


PLACES = "庐山市信访局\n项目编码：360483\n实施范围\t白鹿镇、温泉镇、{}\n庐山市财政局、庐山市民政局。"


@pytest.mark.parametrize(
    "town",
    [
        "华材镇",
        "蛟搪镇",
    ],
)
def test_a_list_of_towns_is_no_list_of_persons(town: str) -> None:
    printed = {"华材镇": "华林镇", "蛟搪镇": "蛟塘镇"}[town]
    assert jiaokan.clean(PLACES.format(town)).text == PLACES.format(printed)


@pytest.mark.parametrize("text", ["合计人民币壹佰贰拾万元整", "陶知远、贺景行、邹若水", "评审专家：陶知沅，共１2人"])
def test_nothing_of_it_is_ever_repaired(text: str) -> None:
    found = jiaokan.clean(text, apply="likely")
    shield = Shield(spans(text))
    assert not [
        edit
        for edit in found.edits
        if edit.rule in {"language_model", "lexicon", "document_memory", "gazetteer"} and shield.covers(edit.span)
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                "陶知远",
                "贺景行",
                "、",
                " ",
                "\t",
                "\n",
                "壹佰",
                "万元整",
                "水库",
                "12",
                "A4",
                "，",
                "联系人：",
                "某",
                "镇",
                "〔2021〕8号",
                "第三",
            ]
        ),
        max_size=15,
    ).map("".join)
)
def test_spans_are_in_order_apart_and_inside_the_text(text: str) -> None:
    found = spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    shield = Shield(found)
    for place in range(len(text)):
        inside = any(span.start <= place < span.end for span in found)
        assert shield.covers(Span(place, place + 1)) == inside
        assert shield.covers(Span(place, place)) == any(span.start < place < span.end for span in found)
