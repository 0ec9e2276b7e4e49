"""Repair as a whole: one place may need several changes, nothing protected is touched, and the same page gives the same edits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.knowledge.load import load
from jiaokan.model import Document, Edit, Status
from jiaokan.repair import Repair, Shield
from jiaokan.repair.protect import protected

BEAMS = "切实加强森林防火宣传教育，严格野外火源管理"
RESERVOIR = "各村要明确专人负责山塘水库的日常巡查工作，发现问题及时上报"
KNOWLEDGE = load()
REPAIR = Repair(KNOWLEDGE)

SEVERAL = [
    ("two adjacent", BEAMS, "宣传", "宜侍"),
    ("two adjacent", BEAMS, "教育", "救肓"),
    ("two adjacent", BEAMS, "加强", "如弼"),
    ("two adjacent", BEAMS, "森林", "淼材"),
    ("two adjacent", RESERVOIR, "问题", "间颢"),
]


@pytest.mark.parametrize(("sentence", "printed", "read"), [row[1:] for row in SEVERAL], ids=[row[3] for row in SEVERAL])
def test_one_place_gives_several_edits_that_explain_themselves(sentence: str, printed: str, read: str) -> None:
    document = jiaokan.clean(sentence.replace(printed, read))
    assert document.text == sentence
    assert [(edit.before, edit.after) for edit in document.applied] == list(zip(read, printed, strict=True))
    assert all("together with 1 more" in edit.why for edit in document.applied)
    assert jiaokan.original(document) == sentence.replace(printed, read)


FAULTS = [
    ("a look-alike across a line break", "各村要明确专人负责山塘水库的日常巡\n杳工作，发现问题及时上报给县水利局\n办公室", "各村要明确专人负责山塘水库的日常巡\n查工作，发现问题及时上报给县水利局\n办公室"),
    ("a dot in a word", "各村要维护社会和谐稳.定", "各村要维护社会和谐稳定"),
    ("a comma in a word", RESERVOIR.replace("问题", "问，题"), RESERVOIR),
    (
        "a colon for a stop before an item of a list",
        "主要任务：1.各村要明确专人负责水库巡查；2.严格野外火源管理：3.及时上报险情；4.切实加强森林防火宣传教育。",
        "主要任务：1.各村要明确专人负责水库巡查；2.严格野外火源管理；3.及时上报险情；4.切实加强森林防火宣传教育。",
    ),
    ("a county that the page names nowhere else", "湖北省罗困县水利局关于水库除险加固的通知", "湖北省罗田县水利局关于水库除险加固的通知"),
    ("a cell between bars", "│项目名称│水库除险加固│主管部门│水利局│\n│项目内容│切实加强森林防火宜传教育│责任单位│林业局│", "│项目名称│水库除险加固│主管部门│水利局│\n│项目内容│切实加强森林防火宣传教育│责任单位│林业局│"),
    ("beside an amount in words", "共拨付壹佰贰拾万元整，用于水库除险加固，确保安全度讯。", "共拨付壹佰贰拾万元整，用于水库除险加固，确保安全度汛。"),
]


@pytest.mark.parametrize(("read", "printed"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_repaired(read: str, printed: str) -> None:
    document = jiaokan.clean(read)
    assert document.text == printed
    assert jiaokan.clean(document.text).text == printed


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("根据（信访工作条例》的规定", "根据《信访工作条例》的规定"),
        ("各村要严格管理，做到专项资金专款。专用，并接受群众监督", "各村要严格管理，做到专项资金专款专用，并接受群众监督"),
    ],
    ids=["a bracket for another", "an intruding stop in a line that runs on"],
)
def test_what_is_likely_is_suggested_and_written_when_asked_for(read: str, printed: str) -> None:
    assert jiaokan.clean(read).text == read
    assert jiaokan.clean(read).suggestions
    assert jiaokan.clean(read, apply="likely").text == printed


@pytest.mark.parametrize("text", ["县财政局\ud800要加强专项资金监瞥管理", "\ud800", "县财政局\x00要加强专项资金监瞥管理", "\x00", "\n\n", "（", "。"])
def test_what_is_no_text_does_no_harm(text: str) -> None:
    document = jiaokan.clean(text)
    assert document.text == text.replace("瞥", "督")
    assert jiaokan.original(document) == text


PAGES = st.lists(
    st.sampled_from(["县财政局", "日常巡杳", "资金监瞥管理", "确保安全", "，", "。", "；", "（", "）", "“", " ", "\t", "\n", "12", "３.５%", "GDP", "壹佰贰拾万元整", "陶知远、贺景行、邹若水", "陶某某", "\ud800", "□"]), max_size=20
).map("".join)


@settings(max_examples=60)
@given(PAGES)
def test_edits_are_in_order_apart_and_touch_nothing_protected(text: str) -> None:
    document = Document("page", text, text)
    found: list[Edit] = list(REPAIR(document))
    shield = Shield(protected(document, KNOWLEDGE))
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    for edit in found:
        assert text[edit.span.start : edit.span.end] == edit.before != edit.after
        assert not shield.covers(edit.span)
        assert 0 < edit.confidence <= 1
        if edit.after is not None:
            assert not any((char.isascii() and char.isalnum()) or char in "\ufffd\n" for char in edit.after)


def test_the_same_page_gives_the_same_edits_in_every_process() -> None:
    page = "\n".join(sentence.replace(printed, read) for _, sentence, printed, read in SEVERAL) + "\n县水利局负责巡査。经费由县水利局承但，共12万元\n"
    script = "import json, sys, jiaokan; print(json.dumps([[*edit.span, edit.after, edit.confidence, edit.why] for edit in jiaokan.clean(json.loads(sys.stdin.read())).edits]))"
    found = {
        subprocess.run([sys.executable, "-c", script], input=json.dumps(page), env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
    again = [[*edit.span, edit.after, edit.confidence, edit.why] for edit in jiaokan.clean(page).edits]
    assert json.loads(found.pop()) == again
    assert sum(edit.status is Status.APPLIED for edit in jiaokan.clean(page).edits) >= 2 * len(SEVERAL)
