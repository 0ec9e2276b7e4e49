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
