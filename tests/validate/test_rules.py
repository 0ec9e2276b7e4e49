"""Each rule that reads the page itself: a row that passes, one that fails, one that cannot be judged. All data are invented."""

from dataclasses import replace
from decimal import Decimal

import pytest

from jiaokan.edits import revise
from jiaokan.extract.region import places
from jiaokan.extract.values import normalised
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families, Rule
from jiaokan.model import Document, Edit, Field, Span, Status
from jiaokan.validate import _function, validate
from jiaokan.validate.case import Case
from jiaokan.validate.slips import digits, slip
from jiaokan.validate.words import in_figures

EXPENDITURE = """部门支出总表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
208\t社会保障和就业支出\t30.50\t30.50\t
20805\t行政事业单位养老支出\t30.50\t30.50\t
2080505\t机关事业单位基本养老保险缴费支出\t20.25\t20.25\t
2080506\t机关事业单位职业年金缴费支出\t10.25\t10.25\t
213\t农林水支出\t169.50\t69.50\t100.00
21303\t水利\t169.50\t69.50\t100.00
2130301\t行政运行\t69.50\t69.50\t
2130310\t水土保持\t100.00\t\t100.00
合计\t\t200.00\t100.00\t100.00
"""
BALANCE = """收支总表
单位：万元
收入\t预算数\t支出\t预算数
一般公共预算拨款收入\t160.00\t农林水支出\t180.00
其他收入\t20.00\t住房保障支出\t20.00
本年收入合计\t180.00\t本年支出合计\t200.00
上年结转\t20.00\t结转下年\t0.00
收入总计\t200.00\t支出总计\t200.00
"""
THREE = """“三公”经费支出表
单位：万元
年度\t合计\t因公出国（境）费\t公务接待费\t公务用车购置及运行费\t\t
\t\t\t\t小计\t购置费\t运行费
2022年\t4.60\t0.00\t0.60\t4.00\t0.00\t4.00
2023年\t4.50\t0.00\t0.50\t4.00\t0.00\t4.00
"""
LOTS = """标的名称\t数量\t单价（元）\t合价（元）
蜂箱\t480套\t680\t326,400
终端\t60台\t1,150\t69,000
合计\t\t\t395,400
"""
MARKS = """项目资金（万元）\t\t全年预算数（A）\t全年执行数（B）\t分值\t执行率（B/A）\t得分
\t年度资金总额\t200.00\t190.00\t10\t95.00%\t9.50
\t其中：财政拨款\t150.00\t150.00\t—\t—\t—
\t其他资金\t50.00\t40.00\t—\t—\t—
一级指标\t三级指标\t指标值\t完成值\t分值\t得分\t偏差原因
产出指标（50分）\t修复石堰\t≥200米\t210米\t30\t30\t
\t培训石匠\t≥40人\t36人\t20\t18\t
效益指标（30分）\t户均增收\t≥300元\t310元\t30\t30\t
满意度指标（10分）\t农户满意度\t≥90%\t95%\t10\t10\t
总分\t\t\t\t100\t97.50\t
"""
GROWTH = "2023年收入总计200.00万元，比上年的160.00万元多40.00万元，增长25.00%。其中：基本支出100.00万元，占50%；项目支出100.00万元，占50%。"
WORDS = "成交金额：718600元（大写：柒拾壹万捌仟陆佰元整）。"
FINE = "决定给予罚款人民币柒仟元整(7000元)的行政处罚。"
CITED = "根据《关于开展核查的通知》（光水函〔2023〕41号），现报告如下。\n光泽县水利局\n2023年8月31日\n"
CREDIT = "统一社会信用代码：91330100799655058B，"
PERSON = "公民身份号码：11010519491231002X，"
PERIOD = "自2023年9月18日至9月28日核查。"
ITEMS = "项目支出480万元，分三块：①修复210万元；②安防165万元；③看护105万元，35人，每人3万元。"
SOURCES = "运营补贴核定为1860万元，资金来源为：省级补助420万元，市级奖补340万元，县级财政1100万元。"
COUNTED = "对旱地部分处罚款182400元，对水田部分处罚款62000元，两项共计244400元。"


def judge(text, rule, **roles):
    """Return one rule's check of a text of no family; roles are fields or literals."""
    fields = {label: field for role in roles.values() for label, field in (role.items() if isinstance(role, dict) else ())}
    given = {role: tuple(value) if isinstance(value, dict) else value for role, value in roles.items()}
    document = Document("case", text, text, fields=fields)
    return _function(rule)(Case(document, None, Rule(rule, given), places(home())))


def field(label, value, kind, unit=""):
    return {label: Field(label, value, value, normalised(value, kind, unit), kind, Span(0, len(value)), 1.0)}


@pytest.mark.parametrize(
    ("text", "old", "new", "rule", "expected"),
    [
        (EXPENDITURE, "", "", "table_sums", "pass"),
        (EXPENDITURE, "合计\t\t200.00", "合计\t\t210.00", "table_sums", "fail"),
        (EXPENDITURE, "年金缴费支出\t10.25\t10.25", "年金缴费支出\t11.25\t10.25", "table_sums", "fail"),
        (EXPENDITURE, "水土保持\t100.00", "水土保持\t1O0.O0", "table_sums", "cannot_judge"),
        (EXPENDITURE, "合计\t\t200.00", "合计\t\t200.01", "table_sums", "cannot_judge"),
        (EXPENDITURE, "", "", "table_across", "pass"),
        (EXPENDITURE, "合计\t\t200.00\t100.00", "合计\t\t200.00\t110.00", "table_across", "fail"),
        (EXPENDITURE, "69.50\t69.50\t100", "69.50\t69.5O\t100", "table_across", "cannot_judge"),
        (THREE, "", "", "table_across", "pass"),
        (THREE, "4.50\t0.00\t0.50", "4.60\t0.00\t0.50", "table_across", "fail"),
        (THREE, "0.50\t4.00\t0.00", "0.50\t4.0O\t0.00", "table_across", "cannot_judge"),
        (BALANCE, "", "", "totals_equal", "pass"),
        (BALANCE, "支出总计\t200.00", "支出总计\t220.00", "totals_equal", "fail"),
        (BALANCE, "支出总计\t200.00", "支出总计\t2O0.00", "totals_equal", "cannot_judge"),
        (BALANCE, "", "", "table_sums", "pass"),
        (BALANCE, "其他收入\t20.00", "其他收入\t30.00", "table_sums", "fail"),
        (BALANCE + "\n本年收入总计200.00万元。\n", "", "", "table_text", "pass"),
        (BALANCE + "\n收入总计201.00万元。\n", "", "", "table_text", "fail"),
        (BALANCE + "\n上年收入总计190.00万元。\n", "", "", "table_text", None),
        (LOTS, "", "", "row_products", "pass"),
        (LOTS, "1,150\t69,000", "1,150\t68,000", "row_products", "fail"),
        (LOTS, "1,150\t69,000", "1,15O\t69,000", "row_products", "cannot_judge"),
        (LOTS, "", "", "table_sums", "pass"),
        (MARKS, "", "", "scores", "pass"),
        (MARKS, "97.50", "98.50", "scores", "fail"),
        (MARKS, "20\t18", "20\t21", "scores", "fail"),
        (MARKS, "20\t18", "20\tl8", "scores", "cannot_judge"),
        (MARKS, "20\t18", "20\t", "scores", "cannot_judge"),
        (MARKS, "20\t18", "\t18", "weights_sum", "cannot_judge"),
        (MARKS, "", "", "weights_sum", "pass"),
        (MARKS, "30\t30\t\n\t", "20\t20\t\n\t", "weights_sum", "fail"),
        (MARKS, "（50分）", "（40分）", "weights_sum", "fail"),
        (MARKS, "20\t18", "2O\t18", "weights_sum", "cannot_judge"),
        (MARKS, "", "", "execution_rate", "pass"),
        (MARKS, "", "", "targets", "pass"),
        (MARKS, "310元", "210元", "targets", "fail"),
        (MARKS.replace("指标值", "说明"), "", "", "targets", None),
        (MARKS, "95.00%", "96.00%", "execution_rate", "fail"),
        (MARKS, "95.00%", "95.O0", "execution_rate", "cannot_judge"),
        (MARKS, "", "", "table_sums", "pass"),
        (MARKS, "其他资金\t50.00", "其他资金\t60.00", "table_sums", "fail"),
        (GROWTH, "", "", "ratios", "pass"),
        (GROWTH, "25.00%", "26.00%", "ratios", "fail"),
        (GROWTH, "万元，占50%；", "万元，占40%；", "ratios", "fail"),
        (GROWTH, "基本支出100.00", "基本支出110.00", "ratios", "fail"),
        ("共受理132件，办结125件，办结率94.7%。", "", "", "ratios", "pass"),
        ("共受理132件，办结125件，办结率99.7%。", "", "", "ratios", "fail"),
        ("共受理132件，办结125件，满意率99.7%。", "", "", "ratios", None),
        ("支出预算250万元，其中项目支出100万元，占总额的40%。", "", "", "ratios", "pass"),
        ("支出预算250万元，其中项目支出100万元，占总额的45%。", "", "", "ratios", "fail"),
        ("决算支出9万元，完成预算12万元的75%。", "", "", "ratios", "pass"),
        ("决算支出9万元，完成预算12万元的85%。", "", "", "ratios", "fail"),
        (GROWTH, "", "", "stated_sums", "pass"),
        (GROWTH, "200.00", "201.00", "stated_sums", "fail"),
        (COUNTED, "", "", "stated_sums", "pass"),
        (COUNTED, "62000", "63000", "stated_sums", "fail"),
        (COUNTED, "62000元", "若干", "stated_sums", None),
        (WORDS, "", "", "amount_words", "pass"),
        (WORDS, "捌仟陆佰", "陆仟捌佰", "amount_words", "fail"),
        (WORDS, "718600元", "", "amount_words", "cannot_judge"),
        (FINE, "", "", "amount_words", "pass"),
        (FINE, "7000", "8000", "amount_words", "fail"),
        ("罚款人民币壹拾捌万陆仟元整（￥186,000.00）", "", "", "amount_words", "pass"),
        ("中标价\t225万元\t大写金额\t贰佰贰拾伍万元整\n", "", "", "amount_words", "pass"),
        (WORDS, "柒拾壹万", "染拾壹万", "amount_words", "cannot_judge"),
        ("共17.6万元", "", "", "amount_words", None),
        (CITED, "", "", "cited_numbers", "pass"),
        (CITED, "〔2023〕", "〔2025〕", "cited_numbers", "fail"),
        (CITED, "〔2023〕", "〔2024〕", "cited_numbers", "cannot_judge"),
        (CITED, "41号", "041号", "cited_numbers", "fail"),
        (CREDIT, "", "", "credit_code", "pass"),
        (CREDIT, "058B", "058C", "credit_code", "fail"),
        (CREDIT, "058B", "05*B", "credit_code", None),
        ("（91330100799655058B）", "", "", "credit_code", "pass"),
        (PERSON, "", "", "identity_number", "pass"),
        (PERSON, "1002X", "1002X1", "identity_number", "fail"),
        (PERSON, "1002X", "10021", "identity_number", "fail"),
        (PERSON, "19491231", "********", "identity_number", None),
        ("联系电话：0563-0001792", "", "", "phone", "pass"),
        ("联系电话：1390000123", "", "", "phone", "fail"),
        ("投诉电话：12345", "", "", "phone", None),
        ("联系电话：563-0001792，投诉电话：0563-0001793", "", "", "phone", "pass"),
        (PERIOD, "", "", "date_ranges", "pass"),
        (PERIOD, "9月28日", "9月8日", "date_ranges", "fail"),
        ("封山期为11月1日至次年4月30日", "", "", "date_ranges", None),
        ("2022-01-01至2021-12-31", "", "", "date_ranges", "fail"),
        (ITEMS, "", "", "items_sum", "pass"),
        (ITEMS, "165", "155", "items_sum", "fail"),
        (ITEMS, "看护105万元，35人，每人3万元", "看护", "items_sum", None),
        (SOURCES, "", "", "sources_sum", "pass"),
        (SOURCES, "340", "330", "sources_sum", "fail"),
        (SOURCES, "资金来源为：", "其中", "sources_sum", "pass"),
        (SOURCES.replace("340", "330"), "资金来源为：", "其中", "sources_sum", "cannot_judge"),
        ("《条例》第一条（二）", "", "", "pairs", "pass"),
        ("《条例第一条", "", "", "pairs", "fail"),
        ("依据\t《条例》（甲办发〔2020〕3号\n", "", "", "pairs", "cannot_judge"),
        ("依据\t一、甲。二、乙。\n", "", "", "numbering", "pass"),
        ("一、甲。\n三、乙。\n", "", "", "numbering", "fail"),
        ("甲", "", "", "numbering", None),
    ],
)
def test_the_page(text, old, new, rule, expected):
    assert old in text
    check = judge(text.replace(old, new, 1) if old else text, rule)
    assert (check.status if check else None) == expected


@pytest.mark.parametrize(
    ("made", "stated", "expected"),
    [
        ("451300", "452300", True),
        ("497", "479", True),
        ("97.94", "98.94", True),
        ("17.6", "176", True),
        ("628", "592", True),
        ("2720", "3308.25", False),
        ("26200", "186400", False),
        ("30", "30.00", False),
    ],
)
def test_slip(made, stated, expected):
    assert slip(Decimal(made), Decimal(stated)) is expected


@pytest.mark.parametrize(
    ("figures", "expected"), [(("380", "148.5", "980"), 4), (("300", "200"), 1), (("30.00",), 1), (("0",), 0), ((), 0)]
)
def test_digits(figures, expected):
    assert digits(map(Decimal, figures)) == expected


@pytest.mark.parametrize(
    ("received", "answered", "text", "expected"),
    [
        ("2022年9月19日", "2022年11月8日", "", "pass"),
        ("2022年9月19日", "2022年11月19日", "", "fail"),
        ("2022年9月19日", "2022年12月10日", "经批准延长办理期限三十日。", "pass"),
        ("2022年9月19日", "2022年12月30日", "经批准延长办理期限三十日。", "fail"),
        ("2022年9月", "2022年11月8日", "", "cannot_judge"),
        ("2022年9月19日", "2022年9月8日", "", "cannot_judge"),
    ],
)
def test_deadline(received, answered, text, expected):
    roles = {"start": field("受理日期", received, "date"), "end": field("成文日期", answered, "date")}
    assert judge(text or "甲", "deadline", **roles, days="60", extended="90", extension="延长办理").status == expected


@pytest.mark.parametrize(
    ("total", "parts", "expected", "derived"),
    [
        ("30万元", ("18万元", "12万元"), "pass", {}),
        ("30万元", ("18万元", "11万元"), "fail", {}),
        ("3000.00万元", ("0.18亿元", "12,000,000元"), "pass", {}),
        ("30万元", ("18万元", "l2"), "cannot_judge", {"项目支出": "120000", "formula": "300000 - (180000)"}),
        ("30", ("18万元", "12"), "cannot_judge", {}),
    ],
)
def test_parts(total, parts, expected, derived):
    given = field("基本支出", parts[0], "money") | field("项目支出", parts[1], "money")
    check = judge("甲", "parts_sum", total=field("本年度预算金额", total, "money"), parts=given)
    assert check.status == expected
    if expected != "cannot_judge" or derived:
        assert dict(check.derived) == derived


@pytest.mark.parametrize(
    ("won", "limit", "budget", "expected"),
    [
        ("71.86万元", "74.5万元", "760000元", "pass"),
        ("75万元", "74.5万元", "76万元", "fail"),
        ("71.86万元", "77万元", "760000元", "fail"),
        ("71.86万元", "74.5", "76", "pass"),
        ("71.86万元", "甲", "76", "cannot_judge"),
    ],
)
def test_amounts_in_order(won, limit, budget, expected):
    amounts = field("中标金额", won, "money") | field("最高限价", limit, "money") | field("预算金额", budget, "money")
    assert judge("甲", "amounts_in_order", amounts=amounts).status == expected


@pytest.mark.parametrize(
    ("stated", "old", "new", "expected"),
    [
        ("395,400元", "", "", "pass"),
        ("39.54万元", "", "", "pass"),
        ("395,500元", "", "", "fail"),
        ("395,400元", "69,000", "6g,000", "cannot_judge"),
        ("395,400元", "326,400", "326,40O", "cannot_judge"),
    ],
)
def test_column_sum(stated, old, new, expected):
    check = judge(LOTS.replace(old, new) if old else LOTS, "column_sum", column="^(总价|合价)$", totals=field("中标金额", stated, "money"))
    assert (check.status if check else None) == expected


@pytest.mark.parametrize(("fee", "expected"), [("10779元", "pass"), ("12779元", "fail"), ("另行约定", None)])
def test_fee(fee, expected):
    roles = {"fee": field("代理服务收费标准及金额", fee, "money"), "base": field("中标金额", "718600元", "money")}
    check = judge("按成交金额的1.5%收取", "fee_rate", **roles, rate="成交金额的([0-9.]+)%")
    assert (check.status if check else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("可在六十日内申请行政复议", "pass"), ("可在六 十 日内\n申请复议", "pass"), ("可以申请行政复议", "fail")],
)
def test_words(text, expected):
    check = judge(text, "words_present", words=("(?P<六十日内复议>六十日.{0,20}复议)",))
    assert check.status == expected
    assert check.values["required"] == "六十日内复议"


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        ("壹佰零贰万伍仟捌佰贰拾陆元柒角叁分", "1025826.73"),
        ("拾万元整", "100000"),
        ("叁亿零伍佰万元整", "305000000"),
        ("壹拾捌万陆仟圆正", "186000"),
        ("伍元零叁分", "5.03"),
        ("壹贰元整", None),
        ("佰元整", None),
    ],
)
def test_in_words(words, yuan):
    found = in_figures(words)
    assert (None if found is None else f"{found.normalize():f}") == yuan


def test_what_is_derived():
    check = judge(EXPENDITURE.replace("水土保持\t100.00\t", "水土保持\t1O0.O0\t"), "table_sums")
    assert check.derived["水土保持"] == "100"
    assert "169.5 - (69.5)" in check.derived["formula"]


def test_a_mark_not_read_is_derived():
    check = judge(MARKS.replace("20\t18", "20\t"), "scores")
    assert dict(check.derived) == {"培训石匠": "18", "formula": "97.5 - (9.5+30+30+10)"}


def test_marked_text_is_not_judged():
    document = Document("case", PERIOD.replace("28", "8"), PERIOD.replace("28", "8"))
    place = document.text.index("9月8日")
    doubt = Edit(Span(place + 2, place + 3), "8", None, "unreadable", "unreadable", 0.5, "?", Status.FLAGGED)
    checks = {check.rule: check for check in validate(revise(document, [doubt])).checks}
    assert checks["date_ranges"].status == "cannot_judge"
    assert checks["date_ranges"].message.endswith("the text there is in doubt")
    assert {check.rule: check.status for check in validate(document).checks}["date_ranges"] == "fail"


def test_a_document_of_no_family_is_judged_by_its_text():
    assert {check.rule for check in validate(Document("case", FINE + CREDIT, FINE + CREDIT)).checks} >= {"amount_words", "credit_code"}
    assert not validate(Document("case", "今天天气很好。", "今天天气很好。")).checks


def test_a_family_s_own_fields_come_first():
    letter = replace(Document("case", CITED, CITED), family="公文", fields=field("成文日期", "2022年8月31日", "date"))
    assert "公文" in Families.load(home()).by_name
    assert [check.status for check in validate(letter).checks if check.rule == "cited_numbers"] == ["fail"]


def test_a_long_table_is_read_in_linear_time():
    rows = "".join(f"{place}\t甲{place}\t{place}.00\t1.00\t{place - 1}.00\n" for place in range(1, 10_001))
    text = f"单位：元\n序号\t名称\t合计\t基本支出\t项目支出\n{rows}合计\t\t50005000.00\t10000.00\t49995000.00\n"
    checks = {check.rule: check.status for check in validate(Document("case", text, text)).checks}
    assert checks["table_sums"] == checks["table_across"] == "pass"
