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
    [("17.6", "万元", "176000"), ("22,614.51万元", "", "226145100"), ("226,145,100.00", "元", "226145100"), ("17.6", "", ""), ("若干", "元", "")],
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
