"""Bars: a rule of the form read as a character goes, what parts the cells of a row stays."""

import pytest

import jiaokan
from jiaokan.edits import apply
from jiaokan.model import Document
from jiaokan.normalise.punctuation import table_rules

# label, text, what is left
BARS = [
    ("cells between bars", "|项目名称|农村饮水|", "|项目名称|农村饮水|"),
    ("cells between bars read as 丨", "丨项目名称丨农村饮水丨", "丨项目名称丨农村饮水丨"),
    ("cells between full-width bars", "｜项目名称｜农村饮水｜", "｜项目名称｜农村饮水｜"),
    ("full-width bars count with a 丨", "｜项目名称｜农村丨饮水", "｜项目名称｜农村丨饮水"),
    ("three bars without one at the edge", "项目名称|农村饮水|主管部门|水利局", "项目名称|农村饮水|主管部门|水利局"),
    ("a stray 丨 between ideographs", "资金实行专丨款专用", "资金实行专款专用"),
    ("a stray | between ideographs", "社会效益|指标", "社会效益指标"),
    ("two bars in a line", "丨项目名称|农村饮水", "项目名称农村饮水"),
    ("a full-width bar and a stray 丨", "甲方｜专丨款", "甲方｜专款"),
    ("a cell's edge", "丨产出指标\t数量指标", "产出指标\t数量指标"),
    ("three stray bars in a line with tabs", "丨产出指标\t数量指标丨\t丨修复石堰\t≥200米", "产出指标\t数量指标\t修复石堰\t≥200米"),
    (
        "each line by itself",
        "|项目名称|农村饮水|\n资金实行专丨款专用\n|主管部门|水利局|\n",
        "|项目名称|农村饮水|\n资金实行专款专用\n|主管部门|水利局|\n",
    ),
    ("bars of two lines do not add up", "专丨款\n专丨用\n实丨行", "专款\n专用\n实行"),
    ("a last line without its end", "专丨款\n|项目名称|农村饮水|", "专款\n|项目名称|农村饮水|"),
    ("between figures and letters", "A|B为3|4", "A|B为3|4"),
]


@pytest.mark.parametrize(("text", "left"), [row[1:] for row in BARS], ids=[row[0] for row in BARS])
def test_bars(text, left):
    assert apply(text, table_rules(Document("case", text, text))) == left


@pytest.mark.parametrize("bar", ["|", "｜"])
def test_a_form_in_bars_yields_its_fields(bar):
    form = "项目支出绩效目标表\n|项目名称|农村饮水|\n|主管部门|靖安县水利局|\n|联系电话|0797-0001234|\n".replace("|", bar)
    fields = jiaokan.clean(form).fields
    assert {name: field.value for name, field in fields.items()} == {
        "项目名称": "农村饮水",
        "主管部门": "靖安县水利局",
        "联系电话": "0797-0001234",
    }
