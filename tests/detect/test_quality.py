"""The estimated error rate: what a reader of the report is told must follow the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.detect.quality import Rate, pooled
from jiaokan.model import Document, Quality

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus"
SENTENCE = "县财政局要会同有关部门加强专项资金监督管理，确保资金专款专用，充分发挥财政资金使用效益。各乡镇人民政府要落实主体责任，按时报送项目实施情况。"


def quality(text: str) -> Quality:
    """Return the estimate of a text."""
    found = jiaokan.clean(text).quality
    assert found is not None
    return found


def test_more_damage_is_a_higher_estimate() -> None:
    rates = [quality(text).estimated_error_rate for text in (SENTENCE, SENTENCE.replace("监督", "监瞥"), SENTENCE.replace("监督", "监瞥").replace("落实", "落头").replace("专用", "专甩"))]
    assert rates == sorted(rates)
    assert rates[0] < 0.02 < rates[2]


def test_blanks_of_an_engine_are_no_errors() -> None:
    spaced = " ".join(SENTENCE)
    assert quality(spaced).estimated_error_rate < 0.05
    assert quality(spaced).characters == len(SENTENCE)


@pytest.mark.parametrize("name", ["clean-jiangxi-xiushui", "clean-jiangsu-binhai"])
def test_printed_pages_are_nearly_sound(name: str) -> None:
    text = json.loads((CORPUS / "truth" / f"{name}.json").read_text(encoding="utf-8"))["text"]
    assert quality(text).estimated_error_rate < 0.03


def test_parts_are_parts_of_the_page() -> None:
    document: Document = jiaokan.clean(CORPUS / "samples" / "jiangxi-jinxi-dangan.tsv")
    whole = document.quality
    assert whole is not None
    assert {part.name for part in whole.parts if part.scope == "section"} >= {"基本信息", "基本情况", "绩效指标"}
    for part in whole.parts:
        assert 0 < part.characters <= whole.characters
        assert 0 <= part.expected <= whole.expected
    fields = {part.name: part for part in whole.parts if part.scope == "field"}
    assert fields["项目实施内容"].expected / fields["项目实施内容"].characters > fields["项目名称"].expected / fields["项目名称"].characters


def test_what_has_no_characters_has_no_errors() -> None:
    assert pooled([]) == Rate(0, 0.0, 0.0, 0.0, 0.0)


@given(st.lists(st.tuples(st.integers(1, 10_000), st.floats(0, 100), st.floats(0, 50)), max_size=8))
def test_a_pooled_rate_counts_characters_and_errors(rows: list[tuple[int, float, float]]) -> None:
    rate = pooled(rows)
    assert rate.characters == sum(row[0] for row in rows)
    assert rate.errors == pytest.approx(sum(row[1] for row in rows))
    assert 0 <= rate.low <= rate.rate <= rate.high <= 1


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="县财政专项资金 \t\n，。0123456789AB□הם𠮷", min_size=1, max_size=60).filter(str.strip))
def test_any_text_has_an_estimate(text: str) -> None:
    found = quality(text)
    assert found.characters == sum(not char.isspace() for char in text)
    assert found.interval[0] <= found.estimated_error_rate <= found.interval[1]
    assert 0 <= found.unjudged_share <= 1
