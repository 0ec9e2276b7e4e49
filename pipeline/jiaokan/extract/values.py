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
from jiaokan.script import CLOSE, HAN, OPEN

UNITS: Mapping[str, Decimal] = MappingProxyType(
    {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "万兀": Decimal(10_000), "亿元": Decimal(100_000_000)}
)
"""Units of money in 元; 万兀 is 万元 as engines read it, and no word."""

FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％－／＞＜＝", "0123456789.,%-/><=")
NUMBER = r"\d+(?:,\d{3}){0,5}(?:\.\d+|(?<=\d\d)\. \d+)?"
DOUBTFUL, LIKELY = 0.5, 0.8
"""How surely a value is what was printed, where its form says that it was misread, or that it may have been (set by hand)."""
AMOUNT = re.compile(rf"(?<![\d.A-Za-z])(?<!\d )({NUMBER})\s?(亿元|万元|万兀|千元|元)")
"""A number and its unit; `259. 2万元` is one number, `1. 2万元` may be a list, `41 0万元` is not read."""

_BRACKETED_UNIT = re.compile(r"(?<=\d)\s*[（(]((?:亿|万|千)?元)[）)]")
"""186.50（万元）, as the system of the Ministry of Finance prints a sum."""
_BARE = re.compile(rf"[-−]?{NUMBER}")
_UNIT = re.compile(r"(亿元|万元|千元|元)")
_ARABIC = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[年./-]\s*(\d{1,2})(?:\s*[月./-]\s*(?:(\d{1,2})\s*[日号]?)?)?(?!\d)")
_ZERO = "〇○零OＯ0◯o"  # the 〇 of a year, and what stands for it
_CHINESE = re.compile(
    rf"([一二三四五六七八九{_ZERO}]{{4}})\s*年\s*([一二三四五六七八九十]{{1,3}})\s*月\s*(?:([一二三四五六七八九十廿卅]{{1,4}})\s*日)?"
)
_YEAR = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)\s*年度?(?!\s*\d{{1,2}}\s*月)|(?<!\d)((?:19|20)\d\d)(?=\s*[-—–－~至到]\s*(?:19|20)\d\d\s*年)|([一二][一二三四五六七八九{_ZERO}]{{3}})年度?(?![一二三四五六七八九十]{{1,3}}月)"
)
_DAY = re.compile(r"(?<![\d年./-])(?<!年 )(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_DIGITS: Mapping[str, int] = MappingProxyType(
    {**{digit: value for value, digit in enumerate("〇一二三四五六七八九")}, **dict.fromkeys(_ZERO, 0)}
)
_WORDS: Mapping[str, int] = MappingProxyType(
    {**_DIGITS, **{digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}, "貳": 2, "两": 2, "幺": 1}
)
_TENS: Mapping[str, int] = MappingProxyType({"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000})
_MYRIADS: Mapping[str, int] = MappingProxyType({"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8})
_NUMERAL = "".join(dict.fromkeys("〇零一二三四五六七八九两壹贰貳叁肆伍陆柒捌玖")) + "".join(_TENS) + "".join(_MYRIADS)
_SUM_IN_WORDS = re.compile(
    rf"[{_NUMERAL}]+[元圆](?:零?[{_NUMERAL}]角)?(?:零?[{_NUMERAL}]分)?[整正]?|[{_NUMERAL}]角(?:[{_NUMERAL}]分)?[整正]"
)
_PERCENT = re.compile(rf"(?<![\d.])({NUMBER})\s?(?:[%％]|百分比)|百分之([{_NUMERAL}点]+)")
_SIGNED = re.compile(rf"[￥¥]\s?({NUMBER})(?!\s?[元万亿千\d])")
_PER_MILLE = re.compile(rf"(?<![\d.])({NUMBER})\s?‰")
_QUANTITY = re.compile(rf"({NUMBER}|[{_NUMERAL}]+)\s*([^\d\s，。；、,;()（）]*)")
_PHONE = re.compile(
    r"(?<![\dA-Za-z*])(?:1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4}|0[1-9]\d{1,2}[-—－–]?\d{7,8}|[48]00-?\d{3,4}-?\d{3,4})(?![\d*]|\s?[万亿]?元|\.\d)"
)
_PROJECT = re.compile(r"\d{6}\d\d(?:[A-Z]\d{12}|\d{13})(?!\d)|\d{18}(?!\d)")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z*])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z*])")
_MASKED_IDENTITY = re.compile(r"(?<![0-9A-Za-z*])(?=[1-9][\d*]{16}[\d*Xx](?![0-9A-Za-z*]))[1-9]\d+\*[\d*]+[Xx]?")
_CREDIT = re.compile(r"(?<![0-9A-Za-z*])[159ANY][1-39]\d{6}[0-9A-Z]{10}(?![0-9A-Za-z*])")
_CODE = re.compile(r"(?<![0-9A-Za-z*])\d{6}\s?\d\d\s?(?:[A-Z]\d{12}|\d{13})(?![0-9A-Za-z*])")
_ANY_CODE = re.compile(r"(?:[\u4e00-\u9fff]{1,4}(?=\d{4}-?\d))?[\[(（〔]?[0-9A-Z][0-9A-Z\[\]()（）〔〕_-]*")
_CODE_LABEL = re.compile(
    r"(?:编号|编码|代码|证号|账号|识别码|单号)(?:为|是)?\s*[：:\t]?\s*(?P<code>(?:[\u4e00-\u9fff]{1,4}(?=\d{4}-?\d))?[0-9A-Z\[(（〔][0-9A-Z\[\]()（）〔〕_-]{3,}[0-9A-Z])(?![0-9A-Za-z*])"
)
_COMPOUND = re.compile(r"(?<![0-9A-Za-z*\-])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d{3})[A-Z0-9]{2,}(?:-[A-Z0-9]{2,})+(?![0-9A-Za-z*\-])")
_NUMBERED = re.compile(
    rf"[^\S\n]*(?:第\s*)?(?P<open>[{OPEN}CL])\s*(?P<year>(?:19|20|2[Oo])[\dOo]{{2}})\s*(?P<close>[{CLOSE}J])\s*(?:第\s*)?(?P<serial>\d{{1,5}})\s*号"
)
_AGENCY = re.compile(r"(?:(?:[\u4e00-\u9fff]{0,4}[（(][\u4e00-\u9fff]{1,3}[）)]){1,2}[\u4e00-\u9fff]{1,14}|[\u4e00-\u9fff]{2,14})\Z")
DOCUMENT_NUMBER = re.compile(rf"(?P<agency>{_AGENCY.pattern[:-2]}){_NUMBERED.pattern}")
_ISSUE = re.compile(  # of minutes, alone on its line
    rf"^[^\S\n]*(?P<issue>(?:[一二三四五六七八九十]{{1,3}}届)?[{OPEN}](?P<year>(?:19|20)\d\d)[{CLOSE}](?P<rest>第?\d{{1,4}}[号期次])|(?:19|20)\d\d年第\d{{1,4}}[号期次]|总?第\d{{1,4}}[期次])[^\S\n]*$",
    re.MULTILINE,
)
_LONGEST_AGENCY = 20  # characters looked back for the agency of a document number
_PADDED = re.compile(rf"(?<![{HAN}])([{HAN}])[ \u3000]+([{HAN}])(?![{HAN}])")
_NAME = re.compile(rf"[{HAN}·]{{2,20}}")
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
    """Return a sum of money in 元, with the unit of the text or else `unit`: 17.6 in 万元 → 176000, 柒仟元整 → 7000."""
    text = _BRACKETED_UNIT.sub(r"\1", text.translate(FULL_WIDTH))
    written = next(amounts(text), None)
    if written:
        return plain(written.yuan)
    bare = number(text.lstrip("￥¥ "))
    if bare is not None:
        return plain(bare * UNITS[unit]) if unit in UNITS else ""
    match = _SUM_IN_WORDS.search(text)
    made = in_words(match[0]) if match else None
    return "" if made is None else plain(made)


def numeral(text: str) -> Decimal | None:
    """Return the number that Chinese numerals make: 一百零五 → 105, 十七点六 → 17.6, 二〇二二 → 2022; None where they make none.

    一百五 is none: it may be 105 or 150.
    """
    whole, point, part = text.partition("点")
    if any(char not in _WORDS for char in part) or (point and not part):
        return None
    if whole and all(char in _WORDS for char in whole):
        total: int | None = int("".join(str(_WORDS[char]) for char in whole))
    else:
        total = _composed(whole)
    return None if total is None else Decimal(f"{total}.{''.join(str(_WORDS[char]) for char in part)}" if part else total)


def _composed(text: str) -> int | None:
    """Return the number of digits and powers of ten, each power smaller than the one before in its group of four."""
    total = section = 0
    digit: int | None = None
    power, gap = 10**4, True  # the last power of the group; whether 零 or nothing stands before the digit
    for char in text:
        if char in _TENS:
            if _TENS[char] >= power or (digit is None and char not in "十拾") or digit == 0:
                return None
            section, power, digit, gap = section + (digit or 1) * _TENS[char], _TENS[char], None, False
        elif char in _MYRIADS:
            if not total + section + (digit or 0):
                return None
            section += digit or 0
            total = (total + section) * _MYRIADS[char] if char in "亿億" else total + section * _MYRIADS[char]
            section, power, digit, gap = 0, 10**4, None, False
        elif char not in _WORDS or digit:
            return None
        else:
            gap, digit = gap or digit == 0 or _WORDS[char] == 0, _WORDS[char]
    if digit and power > 10 and not gap:
        return None
    return total + section + (digit or 0) if text else None


def in_words(words: str) -> Decimal | None:
    """Return a sum in words in 元: 柒拾壹万捌仟陆佰元整 → 718600, 壹佰元柒角叁分 → 100.73, 伍角整 → 0.5; None where they make none."""
    whole, yuan, cents = re.sub("[整正]$", "", words.replace("圆", "元")).rpartition("元")
    made = numeral(whole) if yuan else Decimal(0)
    parts = re.fullmatch(rf"零?(?:([{_NUMERAL}])角)?零?(?:([{_NUMERAL}])分)?", cents)
    if made is None or not parts:
        return None
    tenths, hundredths = (Decimal(_WORDS[part]) if part else Decimal(0) for part in parts.groups())
    return made + tenths / 10 + hundredths / 100


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
    return match[0] if match else joined if _ANY_CODE.fullmatch(joined) else ""


def identity_number(text: str) -> str:
    """Return a citizen's number, or what a page shows of it: 360483 19800101 001x → 36048319800101001X."""
    joined = re.sub(r"\s+", "", text.translate(FULL_WIDTH)).upper()
    match = _IDENTITY.search(joined) or _MASKED_IDENTITY.search(joined)
    return match[0] if match else ""


def document_number(text: str) -> str:
    """Return a 发文字号 in the form of GB/T 9704—2012 §7.2.5: 九办发[2009]8号, 九办发C2009J第8号 → 九办发〔2009〕8号.

    Minutes are numbered without an agency: 第5期, [2021]33次 → 〔2021〕33次.
    """
    text = text.translate(FULL_WIDTH)
    match = DOCUMENT_NUMBER.search(text)
    if match:
        return f"{match['agency']}〔{match['year'].upper().replace('O', '0')}〕{match['serial']}号"
    issue = _ISSUE.search(text)
    return re.sub(rf"[{OPEN}](\d{{4}})[{CLOSE}]", r"〔\1〕", issue["issue"]) if issue else ""


def names(text: str) -> str:
    """Return names without the spaces they are padded with, 、 between them: 石 霁　吴本初 → 石霁、吴本初; other text stays."""
    joined = _PADDED.sub(r"\1\2", text)
    parts = [part for part in re.split(r"[、，,；;\s]+", joined) if part]
    return "、".join(parts) if parts and all(map(_NAME.fullmatch, parts)) else text


def quantity(text: str) -> tuple[str, str]:
    """Return a number and its unit: 432盏 → 432 盏, 三百二十五人 → 325 人; ("", "") where there is none."""
    match = _QUANTITY.search(text.translate(FULL_WIDTH))
    made = (number(match[1]) if match[1][0].isdigit() else numeral(match[1])) if match else None
    return (plain(made), match[2].rstrip("以上下内")) if match and made is not None else ("", "")


def count(text: str) -> str:
    """Return the number of a count: 432盏 → 432."""
    return quantity(text)[0]


def ticked(text: str) -> Span | None:
    """Return the place of the one choice that is ticked in a row of boxes: 新增项目□ 延续项目R → 延续项目.

    R is the ☑ of Wingdings 2 as conversions leave it. None without boxes, or where none or several are ticked.
    """
    if not re.search(r"[□☐囗口☑√■✓✔☒]", text):
        return None
    found = list(_TICKED.finditer(text)) or list(_TICKED_BEFORE.finditer(text))
    return Span(*found[0].span(1)) if len(found) == 1 else None


def percent(text: str) -> str:
    """Return the number before a percent sign: 98.5% → 98.5, 百分之九十八 → 98."""
    return next((shown for _, shown in percents(text.translate(FULL_WIDTH)) if not shown.endswith("‰")), "%").rstrip("%")


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
        "credit_code": code,
        "identity_number": identity_number,
        "percent": percent,
        "count": count,
        "document_number": document_number,
        "person": names,
    }
)


def normalised(value: str, kind: str, unit: str = "") -> str:
    """Return the canonical form of a value of a type; texts stay as they are."""
    return money(value, unit) if kind == "money" else BY_TYPE.get(kind, text)(value)


def certainty(value: str, kind: str) -> float:
    """Return how surely a value is what was printed, as far as its form tells, 0-1: what looks misread is told, never changed.

    292% is likely ≥92% (≥ read as 2), >95% likely ≥95%; a date, sum or code without canonical form is damaged.
    """
    plain_value = value.translate(FULL_WIDTH).strip()
    if kind == "percent" and re.match(r"2\d\d(?:\.\d+)?\s?%", plain_value):
        return DOUBTFUL
    if re.match(r"[><]\s?\d", plain_value):
        return LIKELY
    known = kind in BY_TYPE and kind not in ("person", "money")
    if value and known and not normalised(value, kind):
        return DOUBTFUL
    return LIKELY if kind == "document_number" and re.search("[OoCLJ]", value) else 1.0


# What running text holds, each with its place: text with narrow figures (`FULL_WIDTH`) in, (place, canonical form) out.


def dates(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the dates of a text: 2022.3.12 → 2022-03-12, 2022年度 → 2022, 3月12日 → --03-12 (ISO 8601: of a year not named)."""
    taken: list[Span] = []
    for pattern in (_ARABIC, _CHINESE):
        for match in pattern.finditer(text):
            if found := date(match[0]):
                taken.append(Span(match.start(), match.start() + len(match[0].rstrip(" ./-\t\n\u3000"))))
                yield taken[-1], found
    for match in _YEAR.finditer(text):
        if not any(span.start <= match.start() < span.end for span in taken):
            digits = match[3] and "".join(str(_DIGITS[digit]) for digit in match[3])
            if not digits or digits.startswith(("19", "20")):
                yield Span(*match.span()), match[1] or match[2] or digits
    for match in _DAY.finditer(text):
        if not any(span.start <= match.start() < span.end for span in taken) and 1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 31:
            yield Span(*match.span()), f"--{int(match[1]):02}-{int(match[2]):02}"


def sums(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the sums of money of a text, in 元: 3.5万元 → 35000元, 柒仟元整 → 7000元."""
    for amount in amounts(text):
        yield amount.span, plain(amount.yuan) + "元"
    for match in _SIGNED.finditer(text):
        yield Span(*match.span()), plain(Decimal(re.sub("[, ]", "", match[1]))) + "元"
    for match in _SUM_IN_WORDS.finditer(text):
        if (made := in_words(match[0])) is not None:
            yield Span(*match.span()), plain(made) + "元"


def percents(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the rates of a text: 98.5% → 98.5%, 百分之三十 → 30%, 3‰ → 3‰."""
    for match in _PERCENT.finditer(text):
        made = Decimal(re.sub("[, ]", "", match[1])) if match[1] else numeral(match[2])
        if made is not None:
            yield Span(*match.span()), plain(made) + "%"
    for match in _PER_MILLE.finditer(text):
        yield Span(*match.span()), plain(Decimal(re.sub("[, ]", "", match[1]))) + "‰"


def phones(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the telephone numbers of a text: 138 0000 1234 → 13800001234."""
    return ((Span(*match.span()), re.sub("[—－–]", "-", match[0].replace(" ", ""))) for match in _PHONE.finditer(text))


def identity_numbers(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the citizens' numbers of a text, those masked in part too: 500229****0614****."""
    return ((Span(*match.span()), match[0].upper()) for pattern in (_IDENTITY, _MASKED_IDENTITY) for match in pattern.finditer(text))


def credit_codes(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the codes of the form of a 统一社会信用代码 (GB 32100): 18 characters, whether or not the check digit fits."""
    return ((Span(*match.span()), match[0]) for match in _CREDIT.finditer(text) if not _IDENTITY.match(match[0]))


def codes(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the project codes of a text, and what stands behind 编号, 编码 and their like."""
    for match in _CODE.finditer(text):
        yield Span(*match.span()), re.sub(r"\s", "", match[0])
    for match in _CODE_LABEL.finditer(text):
        if sum(map(str.isdigit, match["code"])) >= 3:
            yield Span(*match.span("code")), match["code"]
    for match in _COMPOUND.finditer(text):
        yield Span(*match.span()), match[0]


def document_numbers(text: str) -> Iterator[Span]:
    """Yield where document numbers stand, their agency as long as it can be: it is told from the words before it by the reader."""
    yield from (Span(*match.span("issue")) for match in _ISSUE.finditer(text))
    for match in _NUMBERED.finditer(text):
        start = max(0, match.start() - _LONGEST_AGENCY)
        agency = _AGENCY.search(text, start, match.start())
        if agency and (match["open"] in "CL") == (match["close"] == "J"):
            yield Span(agency.start(), match.end())
