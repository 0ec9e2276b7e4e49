import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokan.edits import revise
from jiaokan.extract import extract
from jiaokan.extract.region import named, places
from jiaokan.knowledge import home
from jiaokan.model import Document, Edit, Span, Status

_spec = importlib.util.spec_from_file_location("forms", Path(__file__).with_name("forms.py"))
forms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(forms)
CORPUS = Path(__file__).parents[2] / "corpus"


def read(text):
    return extract(Document("case", text, text))


def values(text):
    return {label: field.value for label, field in read(text).fields.items()}


@pytest.mark.parametrize("name", forms.ALL)
def test_every_span_stands_in_the_original(name):
    text = forms.ALL[name]
    document = read(text)
    assert document.family
    assert all(text[field.span.start : field.span.end] == field.raw for field in document.fields.values())
    assert all(0 <= row.span.start <= row.span.end <= len(text) for row in document.indicators)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(forms.ALL.values())), st.data())
def test_spans_hold_after_edits(text, data):
    places = data.draw(st.lists(st.integers(0, len(text) - 1), max_size=8, unique=True))
    after = data.draw(st.sampled_from(["", "某", "某某某", "\t", "\n", ":"]))
    edits = [Edit(Span(place, place + 1), text[place], after, "t", "t", 1.0, "t", Status.APPLIED) for place in places]
    document = extract(revise(Document("case", text, text), edits))
    for field in document.fields.values():
        assert 0 <= field.span.start <= field.span.end <= len(text)
        assert text[field.span.start : field.span.end] == field.raw


def test_jiangxi():
    document = read(forms.JIANGXI)
    fields = document.fields
    assert fields["项目编码"].normalised == "360925228888000000017"
    assert fields["项目总金额"].normalised == "300000"  # 30万元 stands in the narrative
    assert fields["填报单位"].value == "靖安县林业局"
    assert fields["填报单位"].inferred
    assert fields["年度"].normalised == "2023"
    assert fields["政策依据"].value == "《靖安县松材线虫病防治方案》(靖林字〔2022〕7号)"
    assert fields["其他依据"].value == ""
    assert fields["需要说明的其他问题"].value == "无"
    assert document.region.code == "360925"
    levels = [row.levels[:2] for row in document.indicators]
    assert levels[:3] == [("产出指标", "数量指标")] * 3
    assert levels[3] == ("产出指标", "时效指标")
    assert "二级指标" in document.indicators[3].inferred
    assert levels[4:] == [("产出指标", "成本指标"), ("效益指标", "社会效益指标"), ("满意度指标", "服务对象满意度指标")]
    first = document.indicators[0]
    assert (first.operator, first.value, first.unit, first.inferred) == ("≥", "900", "株", ("一级指标", "二级指标", "单位"))
    assert document.indicators[5].operator == "定性"


def test_central_2015_goals_side_by_side_and_the_year_first():
    found = values(forms.CENTRAL_2015)
    assert found["年度绩效目标"] == "目标1：养护道路30公里；目标2：群众满意。"
    assert found["中长期目标"] == "目标1：养护道路90公里；目标2：群众出行便利。"
    assert (found["财政拨款"], found["财政拨款#2"]) == ("20", "60")
    assert read(forms.CENTRAL_2015).fields["财政拨款"].normalised == "200000"
    assert read(forms.CENTRAL_2015).indicators[1].levels[0] == "产出指标"


def test_central_2021_cost_is_on_level_one():
    rows = read(forms.CENTRAL_2021).indicators
    assert [row.levels for row in rows[:2]] == [
        ("成本指标", "经济成本指标", "单所维修成本"),
        ("成本指标", "生态环境成本指标", "施工扬尘投诉"),
    ]
    assert read(forms.CENTRAL_2021).fields["本年度预算金额"].normalised == "500000"


def test_hunan():
    document = read(forms.HUNAN)
    assert document.fields["项目类别"].value == "延续项目"
    assert document.fields["项目类别#2"].value == "行政事业类"
    assert document.fields["项目负责人"].value == "罗明丁"
    assert document.fields["联系电话"].value == "0735-0001234"
    assert document.fields["单位负责人"].value == "罗明丙"
    assert document.indicators[0].levels == ("产出指标", "数量指标", "维修水库")


def test_hubei():
    document = read(forms.HUBEI)
    assert document.fields["项目编码"].normalised == "42112323T000000000021"
    assert document.indicators[2].levels == ("满意度指标", "服务对象满意度指标", "读者满意度")


def test_chongqing():
    document = read(forms.CHONGQING)
    assert document.fields["联系人"].value == "冉明戊"
    assert document.fields["审核人"].value == ""
    assert document.fields["填报日期"].normalised == "2022-11-01"
    assert (document.indicators[2].operator, document.indicators[2].value) == ("定性", "12月底前")


def test_shanghai():
    found = values(forms.SHANGHAI)
    assert found["项目类别"] == "特定目标类"
    assert found["财政拨款"] == "1,200,000.00"
    assert found["上年结转资金"] == "0.00"


def test_letter():
    document = read(forms.LETTER)
    found = {label: field.value for label, field in document.fields.items()}
    text = found.pop("正文")
    assert found == {
        "份号": "000123",
        "密级和保密期限": "机密★1年",
        "紧急程度": "特急",
        "发文机关标志": "靖安县林业局文件",
        "发文字号": "靖林字[2023]9号",
        "签发人": "甘明甲",
        "标题": "靖安县林业局关于解决防火物资经费的请示",
        "主送机关": "县人民政府",
        "附件说明": "1.物资清单；2.测算表",
        "发文机关署名": "靖安县林业局",
        "成文日期": "二○二三年九月一日",
        "附注": "联系人：甘明乙，电话：0795-0001234",
        "抄送机关": "县财政局，县应急管理局",
        "印发机关": "靖安县林业局办公室",
        "印发日期": "2023年9月2日",
        "页码": "1",
    }
    assert text.startswith("今年以来")
    assert text.endswith("妥否，请批示。")
    assert document.fields["成文日期"].normalised == "2023-09-01"
    assert document.fields["发文字号"].normalised == "靖林字〔2023〕9号"


def test_minutes():
    found = values(forms.MINUTES)
    assert found["会议时间"] == "2023年3月7日上午"
    assert found["出席"] == "甘明乙、甘 丙"


def test_of_no_family():
    document = read("今天天气很好。")
    assert (document.family, dict(document.fields), document.region) == ("", {}, None)


@pytest.mark.parametrize("text", ["", "\n", "\t\t\n\t", "项目支出绩效目标表", "一级指标\t二级指标\t三级指标\t指标值"])
def test_nothing_to_read(text):
    assert not read(text).indicators


@pytest.mark.parametrize("path", sorted(CORPUS.glob("truth/*.json")), ids=lambda path: path.stem)
def test_printed_text_of_the_corpus(path):
    truth = json.loads(path.read_text(encoding="utf-8"))
    document = read(truth["text"])
    wrong = [label for label, value in truth["fields"].items() if _bare(document.fields.get(label)) != "".join(value.split())]
    assert wrong == []
    found = [(*row.levels, row.operator, row.value, row.unit) for row in document.indicators]
    assert found == [tuple(row.values()) for row in truth["indicators"]]
    assert document.region.code == truth["region"]["code"]


def _bare(field):
    return "".join(field.value.split()) if field else None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("山东省聊城市莘县人民政府", ["山东省", "聊城市", "莘县"]),
        ("涉县农业农村局关于下达资金的通知", ["涉县"]),
        ("各市和县级单位要高度重视", []),
        ("实行简单县域核算", []),
        ("，城区道路改造", []),
    ],
)
def test_counties_of_two_characters_are_read_where_they_stand_alone(text, names):
    assert [text[span.start : span.end] for _, span in named(text, places(home()))] == names
