"""Documents without a fault, of all families and none: no rule may fail there, and must where one figure of theirs is wrong.

All are invented. They hold what looks like a sum and is none: ratios, ages and running totals among amounts, parts of parts, lists
that leave some out, households counted once, weights of groups, excerpts, drafts.
"""

from pathlib import Path

import pytest

import jiaokan
from jiaokan.extract import extract
from jiaokan.model import Document
from jiaokan.validate import validate

_TEXT = Path(__file__).with_name("consistent.txt").read_text(encoding="utf-8")
PAGES = dict(page.split("\n", 1) for page in _TEXT.split("== ")[1:])
REPAIRS = frozenset({"language_model", "document_memory", "lexicon", "gazetteer", "labels", "set_phrases", "units", "quotes"})


def fails(text):
    return {check.rule for check in validate(extract(Document("case", text, text))).checks if check.status == "fail"}


def test_there_are_pages():
    assert len(PAGES) == 138


@pytest.mark.parametrize("name", PAGES)
def test_nothing_fails_where_nothing_is_wrong(name):
    assert not fails(PAGES[name])


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"),
    [
        ("tbl_ratio", "合计\t\t2650", "合计\t\t2560", "table_sums"),
        ("tbl_multi_total", "小计\t\t53.20", "小计\t\t52.30", "table_sums"),
        ("tbl_first_total", "430\t300\t100\t30", "460\t300\t100\t30", "table_sums"),
        ("tbl_carry", "560.90", "550.90", "table_sums"),
        ("self_9010", "总分\t\t\t\t\t100\t92.50", "总分\t\t\t\t\t100\t93.50", "scores"),
        ("self_9010", "20\t16\t流标", "20\t26\t流标", "scores"),
        ("self_groupscore", "合计\t100\t\t100\t\t100\t95", "合计\t100\t\t100\t\t100\t93", "scores"),
        ("perf1", "财政拨款\t200", "财政拨款\t210", "funds_sum"),
        ("perf_two_years", "180万元；", "160万元；", "items_sum"),
        ("perf_weights", "产出指标（40分）", "产出指标（50分）", "weights_sum"),
        ("perf_weights", "≥90%\t10", "≥90%\t20", "weights_sum"),
        ("zhengti", "812.35", "821.35", "parts_sum"),
        ("gw_reply", "预备费1000万元", "预备费1100万元", "sources_sum"),
        ("minutes_table", "合计\t1235", "合计\t1325", "table_sums"),
        (
            "award",
            "总价（元）\n1\t交互智能平板\t鸿合\tHD-86\t40\t21500.00\t860000.00",
            "总价（元）\n1\t交互智能平板\t鸿合\tHD-86\t40\t21500.00\t880000.00",
            "row_products",
        ),
        ("budget", "82.10\t82.10", "92.10\t92.10", "table_sums"),
        ("final_acc", "68.20\t68.20", "78.20\t78.20", "table_sums"),
        ("tbl_part_of_total", "合计\t95", "合计\t85", "table_sums"),
        ("tbl_stock", "合计\t\t820", "合计\t\t920", "table_sums"),
        ("tbl_change", "合计\t700\t0", "合计\t710\t0", "table_sums"),
        ("table_avg", "合计\t84\t3630\t209", "合计\t84\t3360\t209", "table_sums"),
        ("two_year_total", "小计\t11600", "小计\t10600", "table_sums"),
        ("selfeval_sub", "总分\t\t\t\t\t100\t98.8", "总分\t\t\t\t\t100\t97.8", "scores"),
        ("selfeval_sub", "15\t14.8", "15\t18.4", "scores"),
        ("minutes_b", "企业自筹1.2亿元", "企业自筹1.3亿元", "sources_sum"),
        ("final_b", "28.60\t28.60\t0.00\n221", "26.80\t28.60\t0.00\n221", "table_sums"),
        ("final_b", "合计\t\t398.40", "合计\t\t389.40", "table_sums"),
        ("final_b", "占65.79%", "占66.79%", "ratios"),
        ("quarter", "合计\t283", "合计\t293", "table_sums"),
        ("yijianshu", "476200.00", "467200.00", "table_sums"),
        ("yijianshu", "77600.00", "76600.00", "table_sums"),
        ("omitted_col", "合计\t1220", "合计\t1320", "table_sums"),
        ("penalty_b", "贰万元", "贰拾万元", "amount_words"),
        ("sangong_final", "支出决算4.30万元", "支出决算4.80万元", "sangong_sum"),
        ("sangong_units", "公务接待费3.5万元", "公务接待费5.3万元", "sangong_sum"),
        ("sangong_units", "运行2万元", "运行3万元", "sangong_sum"),
        ("sangong_two_years", "2022年6万元", "2022年5万元", "sangong_sum"),
        ("sangong_no_abroad", "公务接待费4.5万元", "公务接待费5.5万元", "sangong_sum"),
        ("sangong_list", "经费支出决算8.46", "经费支出决算9.36", "sangong_sum"),
        ("sangong_table12", "5.00\t12.30", "5.00\t13.30", "sangong_sum"),
        ("sangong_column", "合计\t12.6\t11.6", "合计\t12.6\t12.6", "sangong_sum"),
        ("sangong_rates", "公务用车运行维护费\t10.00\t8.00", "公务用车运行维护费\t10.00\t8.50", "sangong_sum"),
        ("sangong_purchase", "购置费18万元", "购置费16万元", "sangong_sum"),
        ("rates_beyond", "重点任务完成率105%", "重点工程合格率105%", "percent_bounds"),
        ("self_beyond", "≥85%\t91%", "≥85%\t191%", "percent_bounds"),
        ("shares_split", "60%、20%、20%的比例", "60%、30%、20%的比例", "percent_bounds"),
        ("rates_ranges", "回收率85%", "覆盖率达185%，回收率85%", "percent_bounds"),
        ("counts_shares", "合格率97.5%", "合格率102.5%", "percent_bounds"),
        ("rates_spent", "资金支付率96%", "资金支付率98%", "ratios"),
        ("growth_from", "增长20.05%", "增长25.05%", "ratios"),
        ("dates_leap", "2024年2月29日", "2023年2月29日", "date_ranges"),
        ("attachments", "填报附件3", "填报附件4", "cited_numbers"),
        ("titles_renewed", "〔2023〕11号", "〔2021〕110号", "cited_numbers"),
        ("area_former", "360427", "360425", "area_code"),
        ("prose_parts", "倒房补助50万元", "倒房补助60万元", "sources_sum"),
        ("prose_unannounced", "自筹15万元", "自筹18万元", "sources_sum"),
        ("prose_halves", "519.30", "510.30", "sources_sum"),
        ("groups", "津贴补贴\t160.20", "津贴补贴\t150.20", "table_sums"),
        ("text_year", "总计为900.40", "总计为904.00", "table_text"),
        ("rate_counts", "合格率为98%", "合格率为108%", "percent_bounds"),
        ("answers", "满意的占86%", "满意的占96%", "percent_bounds"),
        ("borne", "县级承担30%", "县级承担40%", "percent_bounds"),
        ("industries", "45.2%", "55.2%", "percent_bounds"),
        ("sangong_row", "155000", "165000", "sangong_sum"),
        ("sangong_row", "公务接待费4.5万元", "公务接待费5.4万元", "sangong_sum"),
        ("blankfields", "项目名称\t古树名木保护", "项目名称\t", "required_fields"),
    ],
)
def test_a_wrong_figure_fails(name, old, new, rule):
    assert old in PAGES[name]
    assert rule in fails(PAGES[name].replace(old, new, 1))


@pytest.mark.parametrize("name", PAGES)
def test_repair_leaves_sound_pages_as_they_are(name):
    found = [(edit.before, edit.after, edit.rule) for edit in jiaokan.clean(PAGES[name]).applied if edit.rule in REPAIRS]
    assert found == []
