"""Lists say where a stop belongs: before each of their items, as before the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.detect.series import items

LONG = "每年巡查堤岸不少于四次"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"任务如下：（一）{LONG}；（二）{LONG}；（三）{LONG}。", {"（二）": "；", "（三）": "；"}),
        (
            f"（一）{LONG}；（二）{LONG}（三）{LONG}；（四）{LONG}。",
            {"（二）": "", "（三）": "；", "（四）": ""},
        ),  # half of the others is not most
        (f"1.{LONG}；2.{LONG}:3.{LONG};4.{LONG}。", {"2.": "", "3.": "；", "4.": ""}),  # ASCII marks count like ours
        (f"一是{LONG}；二是{LONG}；三是{LONG}。", {"二是": "；", "三是": "；"}),
        (f"任务1：{LONG}。任务2：{LONG}。任务3：{LONG}。目标1：{LONG}。", {"任务2": "。", "任务3": "。"}),
        (f"①{LONG}；②{LONG}；③{LONG}。", {"②": "；", "③": "；"}),
        (f"一、{LONG}。\n二、{LONG}。\n三、{LONG}。", {"二、": "。", "三、": "。"}),  # paragraphs
        (f"十一、{LONG}。十二、{LONG}。", {}),  # a list begins with its first item
        (f"一、{LONG}。三、{LONG}。", {"三、": ""}),  # one number is lost
        (f"一是{LONG}，二是{LONG}，三是{LONG}。", {"二是": "，", "三是": "，"}),
        ("甲、乙、丙三方各执一份。一、二季度报表。第一、第二责任人。", {}),
        ("依照第三条第（二）项和第（三）项办理，长度为1.5米、2.5米。", {}),
        ("", {}),
    ],
)
def test_items(text: str, found: dict[str, str]) -> None:
    assert {
        text[place:].strip()[: len(head)]: mark for head, (place, mark) in zip(found, sorted(items(text).items()), strict=True)
    } == found


@given(st.text("一二三1２.、（）；。\n甲乙是第任务：", max_size=200))
def test_places_lie_in_the_text(text: str) -> None:
    assert all(0 < place < len(text) and mark in ("", "。", "；", "，") for place, mark in items(text).items())
