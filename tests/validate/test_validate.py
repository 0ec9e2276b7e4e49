import importlib.util
import json
from importlib import import_module
from pathlib import Path

import pytest

from jiaokan.extract import extract
from jiaokan.extract.region import places
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families, Rule
from jiaokan.model import Document, Field, Span
from jiaokan.report import words
from jiaokan.validate import RULES, codes, validate
from jiaokan.validate.case import Case

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("forms", ROOT / "tests/extract/forms.py")
forms = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(forms)
INCONSISTENT = {"anhui-linquan-peixun": {"items_sum"}, "hubei-jiangling-yinshui": {"details_sum"}}


def case(rule, value):
    """Return the question whether one field keeps a rule that no family of ours asks yet."""
    field = Field("甲", value, value, value, "code", Span(0, len(value)), 1.0)
    document = Document("case", value, value, fields={"甲": field})
    family = next(iter(Families.load(home()).by_name.values()))
    return Case(document, family, Rule(rule, {"code": "甲"}), places(home()))


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (codes.credit_code, "91330100799655058B", "pass"),
        (codes.credit_code, "91330100799655058C", "fail"),
        (codes.credit_code, "9133010079965505OB", "fail"),
        (codes.credit_code, "913101173245******", None),
        (codes.identity_number, "11010519491231002X", "pass"),
        (codes.identity_number, "110105194912310021", "fail"),
        (codes.identity_number, "110105194913310021", "fail"),
    ],
)
def test_check_digits(rule, value, expected):
    check = rule(case(rule.__name__, value))
    assert (check.status if check else None) == expected


def judge(text):
    return {check.rule: check for check in validate(extract(Document("case", text, text))).checks}


def status(text, rule):
    check = judge(text).get(rule)
    return check.status if check else None


def test_every_rule_is_a_function():
    assert all(callable(getattr(import_module(f"jiaokan.validate.{module}"), rule)) for rule, module in RULES.items())


def test_a_missing_sum_is_derived_beside_the_text():
    check = judge(forms.JIANGXI)["items_sum"]
    assert check.status == "cannot_judge"
    assert dict(check.derived) == {"item 3": "4万元", "formula": "30 - (18+5+3)"}
    assert "lacks 3" in check.message


def test_the_sum_before_a_hole_may_be_the_lost_item_s():
    text = forms.JIANGXI.replace("需要普查经费5万元", "需要宣传印刷费5万元")
    assert judge(text)["items_sum"].derived["item 2"] == "4万元"


@pytest.mark.parametrize(
    ("old", "new", "rule", "expected"),
    [
        ("", "", "sources_sum", "pass"),
        ("县级财政20万元", "县级财政25万元", "sources_sum", "fail"),
        ("县级财政20万元", "县级财政15万元", "sources_sum", "cannot_judge"),
        ("4.宣传培训。需要培训经费3万元", "3.宣传培训。需要培训经费7万元", "items_sum", "pass"),
        ("4.宣传培训。需要培训经费3万元", "3.宣传培训。需要培训经费6万元", "items_sum", "fail"),
        ("", "", "budget_within_total", "pass"),
        ("项目总金额:\t30", "项目总金额:\t21", "budget_within_total", "cannot_judge"),
        ("项目总金额:\t30", "项目总金额:\t20万元", "budget_within_total", "fail"),
        ("", "", "cost_equals_budget", "pass"),
        ("=30万元", "=31万元", "cost_equals_budget", "fail"),
        ("", "", "dates_in_order", "pass"),
        ("2023-12-31", "2022-12-31", "dates_in_order", "fail"),
        ("2023-12-31", "2023-13-31", "dates_in_order", "cannot_judge"),
        ("", "", "dates_in_year", "pass"),
        ("2023-12-31", "2024-12-31", "dates_in_year", "fail"),
        ("", "", "project_code", "pass"),
        ("3609252288880 00000017", "3609252488880 00000017", "project_code", "fail"),
        ("3609252288880 00000017", "3609252288880 0000017", "project_code", "fail"),
        ("3609252288880 00000017", "甲-17", "project_code", "cannot_judge"),
        ("", "", "area_code", "pass"),
        ("360925", "990925", "area_code", "fail"),
        ("360925", "360402", "area_code", "cannot_judge"),
        ("", "", "phone", "pass"),
        ("13900001234", "1390000123", "phone", "fail"),
        ("13900001234", "2668888", "phone", "cannot_judge"),
        ("", "", "percent_bounds", "pass"),
        (">=90%", "292%", "percent_bounds", "fail"),
        ("", "", "tree_complete", "pass"),
        ("\n满意度\t满意度\t群众满意度(%)\t>=90%", "", "tree_complete", "fail"),
        ("", "", "required_fields", "pass"),
        ("松材线虫病防治经费\t项", "\t项", "required_fields", "fail"),
    ],
)
def test_jiangxi(old, new, rule, expected):
    assert old in forms.JIANGXI
    assert status(forms.JIANGXI.replace(old, new) if old else forms.JIANGXI, rule) == expected


def test_a_lost_operator_is_told():
    assert "≥92%" in judge(forms.HUBEI)["percent_bounds"].message


SIGNS = """项目支出绩效目标表
项目名称	梯田修复
一级指标\t二级指标\t三级指标\t指标值
产出指标\t数量指标\t修复石堰\t≥200米
产出指标\t质量指标\t验收合格率\t=100%
产出指标\t时效指标\t完成时限\t≤12个月
效益指标\t社会效益指标\t农户生活\t明显改善
满意度指标\t服务对象满意度指标\t农户满意度\t≥90%
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", "pass"),
        ("≥200米", "200米", "pass"),
        ("≥200米", "不低于200米", "pass"),
        ("≥200米", "超过200米", "pass"),  # a word, no misread sign
        ("≥200米", ">200米", "cannot_judge"),
        ("≤12个月", "＜12个月", "cannot_judge"),
        ("≥", "＞", "cannot_judge"),  # of the whole form
        ("≥90%", "290%", "cannot_judge"),
        ("≥90%", "390.5％", "cannot_judge"),
        ("=100%", "2100%", "cannot_judge"),
        ("≥90%", "29%", "pass"),
        ("≥90%", "205%", "pass"),
        ("≥90%", "190%", "pass"),
        ("≥90%", "≥290%", "pass"),
        ("≥200米", "290米", "pass"),
        ("明显改善", "明显改善>上年", "pass"),
    ],
)
def test_operators(old, new, expected):
    assert old in SIGNS
    assert status(SIGNS.replace(old, new) if old else SIGNS, "operators") == expected


@pytest.mark.parametrize(
    "text",
    [
        "项目支出绩效目标表\n项目名称\t梯田修复\n一级指标\t二级指标\t三级指标\t指标值\n效益指标\t社会效益指标\t农户生活\t明显改善\n",
        "验收合格率＞95%。",
    ],
    ids=("定性 alone", "no indicators"),
)
def test_no_operators_to_judge(text):
    assert status(text, "operators") is None


@pytest.mark.parametrize(
    ("text", "message", "chinese"),
    [
        (
            SIGNS.replace("≥200", ">200"),
            "> or < where forms print ≥ and ≤: 修复石堰 >200米; other rows of this page with ≥ or ≤: 2",
            "符号读作 > 或 <，表格一般印作 ≥、≤，请对照原件：修复石堰 >200米；本件另有 2 条指标用 ≥ 或 ≤",
        ),
        (
            SIGNS.replace("=100%", "295%").replace("≥90%", "390%"),
            "a first digit that may be a misread ≥: 验收合格率 295% (≥95%), 农户满意度 390% (≥90%)",
            "首位数字可能是 ≥ 的误读，请对照原件：验收合格率 295% (≥95%), 农户满意度 390% (≥90%)",
        ),
        (
            SIGNS.replace("≥", "＞").replace("≤", "＜"),
            "> or < where forms print ≥ and ≤: 修复石堰 >200米, 完成时限 <12个月, 农户满意度 >90%",
            "符号读作 > 或 <，表格一般印作 ≥、≤，请对照原件：修复石堰 >200米, 完成时限 <12个月, 农户满意度 >90%",
        ),
        (SIGNS, "4 rows have ≥, ≤, = or no sign", "4 条指标的符号为 ≥、≤、＝ 或没有符号"),
    ],
    ids=("a sign", "two digits", "a page that has no other", "as printed"),
)
def test_operators_in_doubt_are_listed_and_none_is_invented(text, message, chinese):
    check = judge(text)["operators"]
    assert (check.message, words.message(check.message)) == (message, chinese)
    assert not check.derived


def test_details():
    check = judge(forms.HUBEI)["details_sum"]
    assert (check.status, check.values["details"]) == ("fail", "12+4万元")
    assert status(forms.HUBEI.replace("\t4\t设备", "\t6\t设备"), "details_sum") == "pass"


def test_funds_per_column():
    assert status(forms.CENTRAL_2015, "funds_sum") == "pass"
    assert status(forms.SHANGHAI, "funds_sum") == "pass"
    assert status(forms.SHANGHAI.replace("\t0.00\n项目", "\t9.00\n项目"), "funds_sum") == "fail"


@pytest.mark.parametrize(
    ("old", "new", "rule", "expected"),
    [
        ("", "", "document_number", "pass"),
        ("[2023]", "[2021]", "document_number", "fail"),
        ("9号", "09号", "document_number", "fail"),
        ("[2023]9号", "C2023J9号", "document_number", "cannot_judge"),
        ("", "", "title_form", "pass"),
        ("", "", "closing_phrase", "pass"),
        ("妥否，请批示", "特此通知", "closing_phrase", "fail"),
        ("妥否，请批示", "盼复", "closing_phrase", "cannot_judge"),
        ("", "", "pairs", "pass"),
        ("物资缺口。", "《物资缺口。", "pairs", "fail"),
        ("物资缺口。", "1)物资缺口。", "pairs", "pass"),
        ("", "", "numbering", "pass"),
        ("二、经费", "三、经费", "numbering", "fail"),
    ],
)
def test_letter(old, new, rule, expected):
    assert old in forms.LETTER
    assert status(forms.LETTER.replace(old, new, 1) if old else forms.LETTER, rule) == expected


def test_minutes_with_a_hole():
    assert judge(forms.MINUTES)["numbering"].message == "after 一、 comes 三、"


@pytest.mark.parametrize("path", sorted((ROOT / "corpus").glob("truth/*.json")), ids=lambda path: path.stem)
def test_printed_text_of_the_corpus_fails_only_where_it_is_wrong(path):
    truth = json.loads(path.read_text(encoding="utf-8"))
    assert {rule for rule, check in judge(truth["text"]).items() if check.status == "fail"} == INCONSISTENT.get(path.stem, set())
