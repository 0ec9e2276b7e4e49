"""Typed values: what a cell's text means. Each function returns the canonical form, "" where the text has none.

Nothing is guessed: a damaged date stays without canonical form.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from jiaokan.model import Span
from jiaokan.script import CLOSE, OPEN

UNITS: Mapping[str, Decimal] = MappingProxyType(
    {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "万兀": Decimal(10_000), "亿元": Decimal(100_000_000)}
)
"""Units of money in 元; 万兀 is 万元 as engines read it, and no word."""

FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％－／", "0123456789.,%-/")
NUMBER = r"\d+(?:,\d{3}){0,5}(?:\.\d+|(?<=\d\d)\. \d+)?"
AMOUNT = re.compile(rf"(?<![\d.A-Za-z])(?<!\d )({NUMBER})\s?(亿元|万元|万兀|千元|元)")
"""A number and its unit; `259. 2万元` is one number, `1. 2万元` may be a list, `41 0万元` is not read."""

_BARE = re.compile(rf"[-−]?{NUMBER}")
_UNIT = re.compile(r"(亿元|万元|千元|元)")
_ARABIC = re.compile(r"((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})(?:\s*[月./-]\s*(?:(\d{1,2})\s*[日号]?)?)?(?!\d)")
_CHINESE = re.compile(r"([一二三四五六七八九〇○零OＯ0]{4})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十廿卅]{1,4})日)?")
_DIGITS: Mapping[str, int] = MappingProxyType(
    {**{digit: value for value, digit in enumerate("〇一二三四五六七八九")}, **dict.fromkeys("○零OＯ0", 0)}
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|400-?\d{3}-?\d{4})(?!\d)")
_PROJECT = re.compile(r"\d{6}\d\d(?:[A-Z]\d{12}|\d{13})(?!\d)|\d{18}(?!\d)")
DOCUMENT_NUMBER = re.compile(
    rf"(?P<agency>[\u4e00-\u9fff]{{2,14}})\s*(?:第\s*)?[{OPEN}]\s*(?P<year>(?:19|20)\d\d)\s*[{CLOSE}]\s*(?:第\s*)?(?P<serial>\d{{1,5}})\s*号"
)
_TICKED = re.compile(r"([\u4e00-\u9fff]+)\s*[☑√■✓✔☒R]")
_TICKED_BEFORE = re.compile(r"[☑√■✓✔☒]\s*([\u4e00-\u9fff]+)")


class Amount(NamedTuple):
    """A sum of money met in running text."""

    number: Decimal  # as written, in `unit`
    unit: str
    span: Span  # in the text it was found in

    @property
    def yuan(self) -> Decimal:
        """Return the sum in 元."""
        return self.number * UNITS[self.unit]


def plain(number: Decimal) -> str:
    """Return a number without exponent or idle zeros: 176000.0 → 176000."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text: str) -> Decimal | None:
    """Return the number a text consists of, thousands separators allowed: 22,614.51 → 22614.51."""
    match = _BARE.fullmatch(text.translate(FULL_WIDTH).strip())
    return Decimal(re.sub(r"[, ]", "", match[0]).replace("−", "-")) if match else None


def amounts(text: str) -> Iterator[Amount]:
    """Yield each sum of money that stands with its unit: 总投入17.6万元,其中 → 17.6 万元."""
    for match in AMOUNT.finditer(text.translate(FULL_WIDTH)):
        yield Amount(Decimal(re.sub(r"[, ]", "", match[1])), match[2].replace("兀", "元"), Span(*match.span()))


def money(text: str, unit: str = "") -> str:
    """Return a sum of money in 元, with the unit of the text or else `unit`: 17.6 in 万元 → 176000."""
    written = next(amounts(text), None)
    if written:
        return plain(written.yuan)
    bare = number(text)
    return plain(bare * UNITS[unit]) if bare is not None and unit in UNITS else ""


def unit_of(text: str) -> str:
    """Return the unit of money a heading gives to the amounts under it: 项目资金（万元） → 万元, 单位：元 → 元."""
    match = _UNIT.search(text)
    return match[1] if match else ""


def chinese_number(text: str) -> int:
    """Return a number below 100 or a row of digits: 二十一 → 21, 二〇二二 → 2022."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, found, ones = text.partition("十")
    if found:
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[digit]) for digit in text))


def date(text: str) -> str:
    """Return the first date of a text as ISO 8601: 2022年3月12日, 二〇二二年三月十二日 → 2022-03-12; 2022年3月 → 2022-03.

    A month above 12 or a day the month does not have is no date: "".
    """
    text = text.translate(FULL_WIDTH)
    found = []
    if match := _ARABIC.search(text):
        found.append((match.start(), int(match[1]), int(match[2]), int(match[3] or 0)))
    try:
        if match := _CHINESE.search(text):
            found.append((match.start(), chinese_number(match[1]), chinese_number(match[2]), chinese_number(match[3]) if match[3] else 0))
        if not found:
            return ""
        _, year, month, day = min(found)
        whole = dt.date(year, month, day or 1)
    except (ValueError, KeyError):
        return ""
    return f"{whole:%Y-%m-%d}" if day else f"{whole:%Y-%m}"


def year(text: str) -> str:
    """Return the year a text names: (2022年度) → 2022."""
    match = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text.translate(FULL_WIDTH))
    return match[0] if match else ""


def period(text: str) -> str:
    """Return the two ends of a period: 2021年1月至2021年12月 → 2021-01/2021-12, 2018年至2020年 → 2018/2020."""
    text = text.translate(FULL_WIDTH)
    ends = [f"{match[1]}-{int(match[2]):02}" + (f"-{int(match[3]):02}" if match[3] else "") for match in _ARABIC.finditer(text)]
    if len(ends) != 2:
        ends = re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", text)
    return "/".join(ends) if len(ends) == 2 else ""


def phone(text: str) -> str:
    """Return the telephone number of a text, inner spaces joined: 138 0000 1234 → 13800001234."""
    match = _PHONE.search(re.sub(r"(?<=[\d-])\s+(?=[\d-])", "", re.sub(r"[—－–]", "-", text.translate(FULL_WIDTH))))
    return match[0] if match else ""


def code(text: str) -> str:
    """Return a code without the spaces the engine put into it: 3604832188880 30000231 → 360483218888030000231.

    A name joined to it by a dash is left off: 51000021R000000019951-工资性支出.
    """
    joined = re.sub(r"\s+", "", text.translate(FULL_WIDTH))
    match = _PROJECT.match(joined)
    return match[0] if match else joined if re.fullmatch(r"[0-9A-Z]+", joined) else ""


def document_number(text: str) -> str:
    """Return a 发文字号 in the form of GB/T 9704—2012 §7.2.5: 九办发[2009]8号 → 九办发〔2009〕8号."""
    match = DOCUMENT_NUMBER.search(text.translate(FULL_WIDTH))
    return f"{match['agency']}〔{match['year']}〕{match['serial']}号" if match else ""


def ticked(text: str) -> Span | None:
    """Return the place of the one choice that is ticked in a row of boxes: 新增项目□ 延续项目R → 延续项目.

    R is the ☑ of Wingdings 2 as conversions leave it. None without boxes, or where none or several are ticked.
    """
    if not re.search(r"[□☐囗口☑√■✓✔☒]", text):
        return None
    found = list(_TICKED.finditer(text)) or list(_TICKED_BEFORE.finditer(text))
    return Span(*found[0].span(1)) if len(found) == 1 else None


def percent(text: str) -> str:
    """Return the number before a percent sign: 98.5% → 98.5."""
    match = re.search(rf"({NUMBER})\s*(?:%|百分比)", text.translate(FULL_WIDTH))
    return plain(Decimal(match[1].replace(",", "").replace(" ", ""))) if match else ""


def text(value: str) -> str:
    """Return the text as it stands."""
    return value


BY_TYPE: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "money": money,
        "date": date,
        "year": year,
        "period": period,
        "phone": phone,
        "code": code,
        "percent": percent,
        "document_number": document_number,
    }
)


def normalised(value: str, kind: str, unit: str = "") -> str:
    """Return the canonical form of a value of a type; texts and names stay as they are."""
    return money(value, unit) if kind == "money" else BY_TYPE.get(kind, text)(value)
