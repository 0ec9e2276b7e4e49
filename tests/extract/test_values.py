import pytest

from jiaokan.extract import values
from jiaokan.extract.indicators import Target, owners, target


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022-01-01", "2022-01-01"),
        ("２０２２年３月１２日", "2022-03-12"),
        ("二〇〇九年三月十二日", "2009-03-12"),
        ("二○一○年十一月十日", "2010-11-10"),
        ("二OO九年十二月三十一日", "2009-12-31"),
        ("2022年3月", "2022-03"),
        ("2022年13月1日", ""),
        ("2022年2月30日", ""),
        ("第24届", ""),
    ],
)
def test_date(text, found):
    assert values.date(text) == found


@pytest.mark.parametrize(
    ("text", "unit", "found"),
    [
        ("17.6", "万元", "176000"),
        ("22,614.51万元", "", "226145100"),
        ("226,145,100.00", "元", "226145100"),
        ("17.6", "", ""),
        ("若干", "元", ""),
    ],
)
def test_money(text, unit, found):
    assert values.money(text, unit) == found


@pytest.mark.parametrize(
    ("text", "found"), [("共259. 2万元", ["259.2"]), ("1. 2万元", ["2"]), ("41 0万元", []), ("3万份", []), ("32万兀。", ["32"])]
)
def test_amounts(text, found):
    assert [str(amount.number) for amount in values.amounts(text)] == found


def test_codes_and_numbers():
    assert values.code("3609252288880 00000017") == "360925228888000000017"
    assert values.code("51000021R000000019951-工资性支出") == "51000021R000000019951"
    assert values.document_number("靖林字﹝2023﹞1 号") == "靖林字〔2023〕1号"
    assert values.phone("0797-000 1234") == "0797-0001234"
    assert values.period("2018年至2020年") == "2018/2020"
    assert values.period("2021年1月至2021年12月") == "2021-01/2021-12"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (">=30次", Target("≥", "30", "次")),
        ("80%以上", Target("≥", "80", "%")),
        ("≥100百分比", Target("≥", "100", "%")),
        ("不超过2小时", Target("≤", "2", "小时")),
        ("30天以内", Target("≤", "30", "天")),
        ("292%", Target("", "292", "%")),
        ("W2386.4万元", Target("", "2386.4", "万元")),
        ("≥12次/年", Target("≥", "12", "次/年")),
        ("持续向好", Target("定性", "持续向好", "")),
        ("11月底前", Target("定性", "11月底前", "")),
        ("", Target("", "", "")),
    ],
)
def test_target(text, found):
    assert target(text) == found


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ("x..x.", [0, 0, 0, 3, 3]),
        (".x.x.", [1, 1, 1, 3, 3]),
        (".x.x.x.x", [1, 1, 1, 3, 3, 5, 5, 7]),
        ("..x", [2, 2, 2]),
        ("", []),
        ("...", [-1, -1, -1]),
    ],
)
def test_owners(marks, found):
    assert owners([mark == "x" for mark in marks]) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022.3.12", "2022-03-12"),
        ("2022/3/12", "2022-03-12"),
        ("2022 年 3 月 12 日", "2022-03-12"),
        ("二零二二年三月十二日", "2022-03-12"),
        ("二〇二二年三月廿一日", "2022-03-21"),
        ("二○二二年三月", "2022-03"),
        ("2022年3月12日9时", "2022-03-12"),
        ("13.5.12", ""),
    ],
)
def test_dates_in_all_their_forms(text, found):
    assert values.date(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("二十一", "21"),
        ("一百零五", "105"),
        ("一千零一十", "1010"),
        ("三万二千", "32000"),
        ("一亿零三百", "100000300"),
        ("两万", "20000"),
        ("十七点六", "17.6"),
        ("二〇二二", "2022"),
        ("一百五", None),  # 105 or 150
        ("一千二", None),
        ("十百", None),
        ("万", None),
        ("", None),
        ("若干", None),
    ],
)
def test_numerals(text, found):
    made = values.numeral(text)
    assert (None if made is None else values.plain(made)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("柒拾壹万捌仟陆佰元整", "718600"),
        ("壹佰零贰万伍仟捌佰贰拾陆元柒角叁分", "1025826.73"),
        ("贰佰叁拾元零伍分", "230.05"),
        ("伍角整", "0.5"),
        ("壹仟零伍拾圆正", "1050"),
        ("拾万元整", "100000"),
        ("人民币120,000元（大写：壹拾贰万元整）", "120000"),
        ("柒仟元整(7000元)", "7000"),
        ("￥486,000.00", ""),  # no unit: 元 is not guessed
        ("１７.６万元", "176000"),
        ("186.5000000（万元）", "1865000"),
        ("1.28亿元", "128000000"),
        ("若干万元", ""),
    ],
)
def test_sums_in_words(text, found):
    assert values.money(text) == found


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("percent", "98.5%", "98.5"),
        ("percent", "９８％", "98"),
        ("percent", "百分之九十八", "98"),
        ("percent", "98", ""),
        ("count", "432盏", "432"),
        ("count", "三百二十五人次", "325"),
        ("identity_number", "360483 19800101 001x", "36048319800101001X"),
        ("identity_number", "500229****0614****", "500229****0614****"),
        ("credit_code", "91340104 MA2TEN604K", "91340104MA2TEN604K"),
        ("code", "[230381]HLZJ[GK]20230006", "[230381]HLZJ[GK]20230006"),
        ("code", "仙访2021-017", "仙访2021-017"),
        ("code", "无", ""),
        ("person", "石 霁　吴本初　龙 珏", "石霁、吴本初、龙珏"),
        ("person", "仝 昉", "仝昉"),
        ("person", "滕开泰等17人（代表人滕开泰）", "滕开泰等17人（代表人滕开泰）"),
        ("document_number", "莘农（农药）罚[2022]7号", "莘农（农药）罚〔2022〕7号"),
        ("document_number", "九办发C2009J8号", "九办发〔2009〕8号"),
        ("document_number", "九办发〔2O09)第8号", "九办发〔2009〕8号"),
        ("document_number", "九办发【２００９】8 号", "九办发〔2009〕8号"),
        ("document_number", "[2021]33次", "〔2021〕33次"),
        ("document_number", "第5期", "第5期"),
        ("text", " 持续向好", " 持续向好"),
    ],
)
def test_canonical_forms(kind, value, found):
    assert values.normalised(value, kind) == found


@pytest.mark.parametrize(
    ("value", "kind", "certain"),
    [
        ("98%", "percent", 1.0),
        ("292%", "percent", values.DOUBTFUL),  # ≥92%, its ≥ read as 2
        (">95%", "percent", values.LIKELY),
        ("2022年13月1日", "date", values.DOUBTFUL),
        ("2022年3月12日", "date", 1.0),
        ("九办发〔2O09〕8号", "document_number", values.LIKELY),
        ("霍山黄芽", "text", 1.0),
        ("", "date", 1.0),
    ],
)
def test_what_looks_misread_is_told(value, kind, certain):
    """Told in the confidence, and the value stays as it was read."""
    assert values.certainty(value, kind) == certain


def test_what_running_text_holds():
    text = (
        "2023年度，2022.3.12至二〇二二年三月十三日，9月1日前；3.5万元、柒仟元整、￥99.00；98.5%、百分之三十、2‰；138 0000 1234".translate(
            values.FULL_WIDTH
        )
    )
    assert [shown for _, shown in values.dates(text)] == ["2022-03-12", "2022-03-13", "2023", "--09-01"]
    assert sorted(shown for _, shown in values.sums(text)) == ["35000元", "7000元", "99元"]
    assert [shown for _, shown in values.percents(text)] == ["98.5%", "30%", "2‰"]
    assert [shown for _, shown in values.phones(text)] == ["13800001234"]
