"""Values that have bounds or a form of their own: percents, operators, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from jiaokan.extract.values import FULL_WIDTH, plain
from jiaokan.extract.values import phone as telephone
from jiaokan.model import Check, Indicator, Span
from jiaokan.validate.case import Case

_BOUNDED = re.compile(r"[率度]")
_UNBOUNDED = re.compile(
    r"增长|增[幅速长]|增加|提高|提升|上升|超额|回报率|收益率|利润率|利率|毛利|增值率|贡献率|执行率|产销率|自给率|负荷率|负债率|杠杆率|周转率|换手率|充足率"
    r"|毛入学率|[床铺]位使用率|产能利用率|拨备|流动性|利息保障|回收率|复种|溢价|倍率|征缴率|清欠率|抚养比|完工进度|密度|浓度|湿度|精度|强度"
)
"""Rates that may exceed 100 (DOMAIN: growth and 执行率)."""
_OVERFULFILLED = re.compile(r"完成率|达成率|实现率|收缴率|征收率|达产率|上座率|参保率|巩固率|进度")
"""Rates that exceed 100 where more was done than planned: no target, but a result of theirs may."""
_PART_OF_ALL = re.compile(
    r"(?:合格|覆盖|到位|满意|优良|优秀|通过|达标|办结|结案|化解|知晓|普及|准确|正确|及时|按时|按期|受理|公开|上线|整改|验收|成活|保存|入学|升学"
    r"|出勤|到岗|参与|参训|签订|签约|建档|见面|回访|处理|处置|答复|反馈|回复|响应|合规|安全|完好|亮灯|开通|通达|绿化|保证|归档|录入|持证|抽检|检测"
    r"|查处|履约|兑现|发放|支付|拨付|入库|脱贫|城镇化|城市化|硬化|收集|清运|无害化|处理|综合利用|监测|巡查|检查|落实|就业|录取|规范|公示|核查|普查)率|满意度"
)
"""Rates of what is a part of a whole: none exceeds 100."""
_RATE = re.compile(r"(?:率|满意度)(?:[（(][^（）()]*[）)])?$")
_STATED = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{0,10}(?:率|满意度))(?:[（(]%[）)])?(?:[均已仅约]?[为是达]到?|保持在?|稳定在|提[高升]到|[≥=:：]|>=|不低于|不小于){0,2}\s?"
    r"(?<![\d.])(?P<value>\d{3,4}(?:\.\d+)?)\s?%(?!\s?[-—~～至到])"
)
"""合格率为108%; 合格率高达108% may be told of somebody's mistake, and 85%~115% is a range."""
_SENTENCE = 20
"""Characters: a cell from this length is running text."""
_HUNDRED = 100
_PART = r"\d{1,3}(?:\.\d+)?%"
_SPLIT = re.compile(
    rf"按照?(?P<parts>{_PART}(?:[、:：∶，和]{_PART})+)的?比例(?:分别?)?(?:共同)?(?:分担|承担|负担|分摊|分配|配套|出资|共担|筹集|安排|拨付|支付)"
)
"""按照50%、30%、20%的比例分担."""
_BORNE = re.compile(rf"(?:[\u4e00-\u9fff]{{2,10}}?(?:承担|负担|分担|配套|出资|自筹)(?:为|比例为)?{_PART}[、，,和；;]?){{2,6}}")
"""省级承担40%、市级承担30%、县级承担30%."""
_INDUSTRIES = re.compile(
    rf"(?:三次产业|第?一、?第?二、?第?三产业?).{{0,16}}?(?:占比|比重|结构|比例).{{0,8}}?(?P<parts>{_PART}[、:：∶]{_PART}[、:：∶]{_PART}"
    r"|\d{1,3}(?:\.\d+)?[:：∶]\d{1,3}(?:\.\d+)?[:：∶]\d{1,3}(?:\.\d+)?)"
)
"""三次产业结构为12.5:42.3:45.2."""
_LISTED = re.compile(rf"(?:(?:其中[:：]?)?[\u4e00-\u9fff“”\"]{{1,10}}?的?占(?:比)?(?:为)?{_PART}[，,、；;和]?){{2,8}}")
_OF_ONE = tuple(
    re.compile(rf"[“\"]?(?:{names})[”\"]?(?:指标|评价|等次|等级|的)?")
    for names in (
        "非常满意|很满意|比较满意|较满意|基本满意|满意|一般|不满意|很不满意|不太满意|不了解|不清楚",
        "投入|决策|过程|产出|效益|效果|满意度|预算执行|成本|管理",
        "优秀?|良好?|中等?|差|合格|基本合格|不合格|优秀等次|称职|基本称职|不称职",
        "男性?|女性?",
        "完全同意|同意|基本同意|反对|不同意|弃权|采纳|部分采纳|未采纳|不予采纳",
    )
)
"""Names of which each belongs to one class: their shares make no more than a hundred, those of 女性 and 党员 may."""
_TOO_MUCH = Decimal("100.3")
"""What shares may add up to by rounding."""
_SIGN = re.compile(r"[><＞＜〉〈]")
_SIGN_AS_DIGIT = re.compile(r"[23](?P<rest>[1-9]\d(?:\.\d+)?|100(?:\.0+)?)")
"""295, as an engine reads ≥95, above a hundred; 205 and 200 hide no percent, for none is printed as 05 or 00."""
_PHONE = re.compile(r"(?:电话|手机|联系方式|传真)(?:号码)?[:：]?[ \t]{0,3}(\d[\d*\-－—– ]{5,16}[\d*])(?![\dA-Za-z])")


class Rate(NamedTuple):
    """A rate and where it stands; `goal` says that it is what is aimed at, not what was reached."""

    name: str
    operator: str
    value: Decimal
    goal: bool
    spans: tuple[Span, ...]


def percent_bounds(case: Case) -> Check | None:
    """Judge whether every rate lies between 0 and 100, in the indicators, in tables and in the text.

    292% is a strong suspect of ≥92%, its operator read as a 2. Growth, 执行率 and their like may exceed 100; a 完成率 may as a
    result, not as a target; of other rates only those of a part of a whole are sure. Shares that a sum is split by make a hundred.
    """
    rates = [*_indicators(case), *_results(case), *_in_text(case)]
    for words, made, spans in _splits(case):
        if made > _TOO_MUCH:
            return case.judge("fail", f"{words} make {plain(made)}%", values={words: f"{plain(made)}%"}, at=spans)
    beyond = [rate for rate in rates if not 0 <= rate.value <= _HUNDRED and not _UNBOUNDED.search(rate.name)]
    sure = [rate for rate in beyond if _PART_OF_ALL.search(rate.name) or rate.goal]
    for rate in sure or [rate for rate in beyond if not _OVERFULFILLED.search(rate.name)]:
        digits = f"{rate.value:f}"
        read = digits[0] == "2" and not rate.operator and Decimal(digits[1:] or "0") <= _HUNDRED
        lost = f": ≥{digits[1:]}% read as {digits}% is likely" if read else ""
        message = f"{rate.name} is {digits}%, beyond 0–100{lost}"
        return case.judge("fail" if sure else "cannot_judge", message, values={rate.name: f"{rate.operator}{digits}%"}, at=rate.spans)
    if not rates:
        return None
    values = {rate.name: f"{rate.value:f}%" for rate in rates}
    return case.judge("pass", f"{len(rates)} rates lie between 0 and 100, or need not", values=values)


def _indicators(case: Case) -> Iterator[Rate]:
    """Yield the rates that are indicators."""
    for row in case.document.indicators:
        if row.unit == "%" and re.fullmatch(r"-?\d+(\.\d+)?", row.value) and _BOUNDED.search(row.levels[2]):
            yield Rate(row.levels[2], row.operator, Decimal(row.value), True, ())


def _results(case: Case) -> Iterator[Rate]:
    """Yield the rates beyond 100 that tables write with their sign: under a heading, 合格率, or in the row of one."""
    for table in case.reading.tables:
        labels = [(row, column, cell) for row, column, cell in table.labels if _RATE.search(cell)]
        for figure in (figure for row in table.rows for figure in row if figure.value is not None and figure.value > _HUNDRED):
            beside = [cell for row, column, cell in labels if row == figure.row and column < figure.column]
            names = [name for name in (figure.column_name, *beside[-1:]) if _RATE.search(name)]
            name = next((name for name in names if _UNBOUNDED.search(name)), names[0] if names else "")
            if name and (figure.unit == "%" or "%" in name or "%" in figure.heading.rpartition("\n")[2]):
                yield Rate(name, "", figure.value or Decimal(0), False, (figure.span,))


def _in_text(case: Case) -> Iterator[Rate]:
    """Yield the rates of three figures that running text states: 免疫覆盖率达105%."""
    for passage in case.reading.passages:
        if passage.cell and len(passage.text) < _SENTENCE:
            continue
        for match in _STATED.finditer(passage.text.translate(FULL_WIDTH)):
            yield Rate(match["name"], "", Decimal(match["value"]), False, passage.span(*match.span("value")))


def _splits(case: Case) -> Iterator[tuple[str, Decimal, tuple[Span, ...]]]:
    """Yield the percents that divide one whole, what they add up to, and where they stand."""
    for passage in case.reading.passages:
        text = passage.text.translate(FULL_WIDTH)
        if "%" not in text and "产业" not in text:
            continue
        found = [(match, match["parts"]) for pattern in (_SPLIT, _INDUSTRIES) for match in pattern.finditer(text)]
        found += [(match, match[0]) for match in _BORNE.finditer(text)]
        found += [(match, match[0]) for match in _LISTED.finditer(text) if _of_one(match[0])]
        for match, words in found:
            yield words, sum(map(Decimal, re.findall(r"\d+(?:\.\d+)?", words)), Decimal(0)), passage.span(*match.span())


def _of_one(words: str) -> bool:
    """Tell whether all that is named in a list of shares belongs to one classification."""
    names = [re.sub(r"^(?:其中[:：]?)|的$", "", name) for name in re.findall(r"([\u4e00-\u9fff“”\"]+?)占", words)]
    return any(all(map(names_of.fullmatch, names)) for names_of in _OF_ONE)


def operators(case: Case) -> Check | None:
    """Judge whether the rows of the indicators have an operator that forms print: ≥, ≤, =, or none.

    Engines read ≥ as > or as the digit 2. Some forms do print >, and a rate may be 295%, so that no row fails, and no sign is put
    in its place: a reader compares these rows with the scan. 高于 and 低于 in words are no misread sign.
    """
    rows = [row for row in case.document.indicators if row.operator != "定性"]
    strict = [row for row in rows if row.operator in {">", "<"} and _SIGN.search(case.document.original[slice(*row.span)])]
    digits = [
        (row, match["rest"]) for row in rows if row.unit == "%" and not row.operator and (match := _SIGN_AS_DIGIT.fullmatch(row.value))
    ]
    if not rows:
        return None
    if not strict and not digits:
        return case.judge("pass", f"{len(rows)} rows have ≥, ≤, = or no sign", values={"count": str(len(rows))})
    clauses = []
    if strict:
        clauses = [f"> or < where forms print ≥ and ≤: {', '.join(map(_as_read, strict))}"]
        usual = sum(row.operator in {"≥", "≤"} for row in rows)
        clauses += [f"other rows of this page with ≥ or ≤: {usual}"] if usual else []
    if digits:
        told = ", ".join(f"{_as_read(row)} (≥{rest}%)" for row, rest in digits)
        clauses += [f"a first digit that may be a misread ≥: {told}"]
    values = {row.levels[2]: f"{row.operator}{row.value}{row.unit}" for row in (*strict, *(row for row, _ in digits))}
    return case.judge("cannot_judge", "; ".join(clauses), values=values)


def _as_read(row: Indicator) -> str:
    return f"{row.levels[2]} {row.operator}{row.value}{row.unit}"


def phone(case: Case) -> Check | None:
    """Judge the form of a telephone number: 11 digits from 13 to 19, or area code and 7 or 8 digits, or 400."""
    if not case.rule.one("phone"):
        return _phones(case)
    field = case.field("phone")
    if not field or not field.value:
        return None
    digits = re.sub(r"\D", "", field.value)
    values = {"phone": field.value, "digits": str(len(digits))}
    if field.normalised:
        return case.judge("pass", f"{field.normalised} is well formed", values=values)
    if len(digits) in {7, 8}:
        return case.judge("cannot_judge", "a local number without its area code", values=values)
    return case.judge("fail", f"{field.value} has no form of a telephone number", values=values)


def _phones(case: Case) -> Check | None:
    """Judge every number that the text calls a telephone."""
    found = 0
    for match in _PHONE.finditer(case.document.text.translate(FULL_WIDTH)):
        digits = re.sub(r"\D", "", match[1])
        if "*" in match[1] or len(digits) < 9:  # masked, a hotline, or a local number without its area code
            continue
        found += 1
        if re.match(r"[1-9]\d{1,2}[-—－–]", match[1]) and telephone(f"0{match[1]}"):  # some leave the 0 of the area code out
            continue
        if not telephone(match[1]):
            values = {"phone": match[1], "digits": str(len(digits))}
            return case.judge("fail", f"{match[1]} has no form of a telephone number", values=values, at=[Span(*match.span(1))])
    return case.judge("pass", f"{found} telephone numbers are well formed", values={"count": str(found)}) if found else None
