"""Sums of money: sources and items of a narrative against its total, the parts of a budget, cost against budget."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise

from jiaokan.extract.values import AMOUNT, UNITS, Amount, amounts, chinese_number, number, plain, unit_of
from jiaokan.model import Check, Field, Span
from jiaokan.validate.case import Case, Passage, sums
from jiaokan.validate.slips import SURE, digits, misplaced_point, slip

REACH = 400
"""Characters after 其中 in which the parts of a total are looked for; the longest list met has 150."""

_COUNTED = re.compile(rf"([两二三四五六七八九十])(?:项|类|笔|部分)(?:资金|经费)?(?:共计|合计|总计|共)(?:人民币)?{AMOUNT.pattern}")
_LESS = "少|减|降|低"
_CHANGE = re.compile(
    rf"(?:上年|去年|(?:19|20)\d\d年)[^。；;\d]{{0,10}}{AMOUNT.pattern}[^。；;\d]{{0,8}}?(?P<how>多支?|少支?|净?增加?|减少|净[增减]|下降|增长|增支|减支){AMOUNT.pattern}"
)
"""比上年的1588.20万元多82.67万元."""
_LIST = re.compile(rf"{AMOUNT.pattern}[^。；;\d]{{0,16}}[:：]$")
_LEAD = 48
"""Characters before a list in which its total is looked for."""
_WHEREOF = re.compile(
    r"[,，;；。:：（(\s]*其中|[^。；;，,\d]{1,12}[,，:：]其中|[,，;；]\s*(?:资金)?来源(?:为|是|有[一二两三四五六七八九])?[:：]"
)
_PARTIAL = re.compile(
    r"等(?=[。；;，,）)]|[\d一二三四五六七八九十]*[项类个])|主要|其余|剩余|余下|余款|不足部分|结余|预留|另[外有]?|以及|暂"
)
"""Words of a list that leaves some out, or of money beside it."""
_OTHER_SUM = re.compile(r"[比较]|上年|去年|同期|累计|人均|每|标准|含|其中|约|预计|超过|不足|节约|结余|偿还|用于")
"""Words of a sentence that names other sums than the parts of one whole."""
_SOURCE = re.compile(r"财政|自筹|补助|奖补|拨款|中央|[省市县区乡镇村本上]级|资金|银行|债券|捐赠|配套|费")
_NAMED_SOURCES = re.compile("其中|来源")
_MAY_NAME = re.compile("其中|来源|(?:共计|合计|总计|总投资|总额)[为是约]?\\d")
_WITHOUT_WORD = re.compile(r"[,，:：](?=[\u4e00-\u9fff])")
_ALL_OF_IT = re.compile(r"(?:共计|合计|总计|总投资|总额)[为是]?$")
"""总投资45万元，财政安排30万元，单位自筹15万元: parts that no word announces."""
_PART = re.compile(r"[\s:：，,、；;和]*[\u4e00-\u9fff（）()]{2,14}")
_NO_PART = re.compile("妇女|女性|青年|老年|党员|残疾|个人|已|实际|到位|完成|拨付|支付|剩余|下达|争取|执行|[增减]")
_NO_TOTAL = re.compile(r"三公|(?:[增减][加少支长]?|下降|上升|节约|压[减缩]|[多少])了?$")
"""Ends a clause whose sum is a difference, or one of jiaokan.validate.sangong."""
_PART_END = re.compile(r"[一二三四五六七八九十]、|[（(][一二三四五六七八九十]{1,3}[）)]|(?<![\d.])\d{1,2}[.．、](?!\d)")
_MARKS = (
    re.compile(r"(?<![\d.])(\d{1,2})\s?[.．、](?!\s?\d)"),
    re.compile(r"[（(]([一二三四五六七八九十]{1,3}|\d{1,2})[）)]"),
    re.compile(r"([一二三四五六七八九十])是"),
    re.compile(r"([①-⑳])"),
    re.compile(r"(?<=[。；;：:])([甲乙丙丁戊己庚辛壬癸])、"),
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_DAMAGED = (
    re.compile(r"(?<=[。；;])(\d{1,2})(?=[\u4e00-\u9fff])(?!月|年|日)"),
    re.compile(r"(?<=[。；;])[（(]([一二三四五六七八九十])(?=[\u4e00-\u9fff])(?![、是])"),
)
"""The first two marks with their dot or one bracket lost; read only where the number is missing otherwise."""
_AFTER_ITEMS = re.compile(r"(?<=。)[一二三四五六七八九十]、|合计|总计")
_RATE = re.compile(
    r"[每按][^，,。；;]{0,14}$|标准[^，,。；;]{0,6}$|单[^，,。；;\d]{0,6}$|[均月年][^，,。；;\d]{0,3}$|各[补拨]?助?$|不超过$|最高[^，,。；;]{0,6}$"
)
_CUE = re.compile(r"[共需计费金]|安排|预算|投入|经费|支出|补助")
_NAMED = re.compile(r"(?:需要?|安排|支出|[，,。；;]|^)([^，,。；;]{0,20})$")
_GENERAL = re.compile(r"经费|费用|资金|支出|工作|项目|各项|专项|需要?|安排|共|费|等")
_WHOLE_COST = re.compile(r"总成本|项目成本|总投入|资金总额|总经费|经费总额|预算执行控制|预算控制|预算总额")


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item of a narrative: its heading, and its sum where it has one."""

    number: int
    text: str
    amount: Amount | None
    name: str  # what the sum is said to be for: 办公经费


def sources_sum(case: Case) -> Check | None:
    """Judge whether the sources named after 其中 make the total before it: 17.6万元,其中…5.6万元…10万元…2万元.

    A list that makes less than the total may name some sources only; that is not judged.
    """
    checks = [check for passage in case.passages("text") if _MAY_NAME.search(passage.text) and (check := _sources(case, passage))]
    order = ("fail", "cannot_judge", "pass")
    return min(checks, key=lambda check: order.index(check.status), default=None)


def _sources(case: Case, passage: Passage) -> Check | None:
    check = _parts_named(case, passage)
    announced = check and _NAMED_SOURCES.search(passage.text)
    return check if announced or (check and check.status != "cannot_judge") else None


def _parts_named(case: Case, passage: Passage) -> Check | None:
    text = passage.text
    found = _total(text)
    if not found:
        return None
    total, start = found
    stop = _PART_END.search(text, start)
    clause = text[start : min(stop.start() if stop else len(text), start + REACH)]
    complete = "来源" in text[total.span.end : start]
    parts = list(amounts(clause.partition("。")[0] if complete else clause))
    if not parts:
        return None
    for count, reached in enumerate(accumulate(part.yuan for part in parts), start=1):
        if reached == total.yuan:
            parts = parts[:count]
            break
    values = {"total": _written(total.yuan, total.unit), "sources": _terms(parts, total)}
    named = sum((part.yuan for part in parts), Decimal(0))
    if named == total.yuan:
        return case.judge("pass", f"the sources make the total: {values['sources']} = {values['total']}", values=values)
    sentence = [part for part in parts if "。" not in clause[: part.span.start]]
    over = sum(part.yuan for part in sentence) - total.yuan
    basic = _basic_and_projects(clause, sentence)
    if len(sentence) > 1 and over > 0:
        values["sources"] = _terms(sentence, total)
        spans = passage.span(total.span.start, start + sentence[-1].span.end)
        least = 2 if _are_sources(clause, sentence) or (_are_parts(clause, sentence) and len(sentence) > 2) else SURE - 1
        sure = (least == 2 or _are_parts(clause, sentence)) and _slipped(sentence, total, least)
        message = f"the sources exceed the total by {_written(over, total.unit)}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)
    if (complete or basic) and len(parts) > 1:
        spans = passage.span(total.span.start, start + parts[-1].span.end)
        short = _written(total.yuan - named, total.unit)
        sure = (_are_sources(clause, parts) or basic) and not _PARTIAL.search(clause) and _slipped(parts, total, SURE - 1)
        message = f"the sources make {_written(named, total.unit)} of {values['total']}: {short} short"
        return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)
    return case.judge("cannot_judge", "the sources named do not make the total; some may not be named", values=values)


def _are_sources(clause: str, parts: Sequence[Amount]) -> bool:
    """Tell whether the sums of a clause are funds named one after another, and nothing else: 省级补助420万元，市级奖补340万元."""
    before = [0, *(part.span.end for part in parts)]
    names = [clause[start : part.span.start] for start, part in zip(before, parts, strict=False)]
    return all(_SOURCE.search(name) for name in names) and not any(_OTHER_SUM.search(name) for name in names)


def _are_parts(clause: str, parts: Sequence[Amount]) -> bool:
    """Tell whether a sentence lists parts and ends with the last: 道路修复150万元，水毁渠道90万元，倒房补助60万元."""
    before = [0, *(part.span.end for part in parts)]
    names = [clause[start : part.span.start] for start, part in zip(before, parts, strict=False)]
    ends = re.match(r"[。；;）)\s]|$", clause[parts[-1].span.end :])
    return bool(ends) and all(_PART.fullmatch(name) and not _OTHER_SUM.search(name) and not _NO_PART.search(name) for name in names)


def _basic_and_projects(clause: str, parts: Sequence[Amount]) -> bool:
    """Tell whether the parts are 基本支出 and 项目支出, which are all there is."""
    names = [clause[start : part.span.start] for start, part in zip([0, *(part.span.end for part in parts)], parts, strict=False)]
    return len(parts) == 2 and "基本支出" in names[0] and "项目支出" in names[1]


def _slipped(parts: Sequence[Amount], total: Amount, least: int) -> bool:
    """Tell whether the parts miss the total by what looks like a slip, in figures of `least` digits."""
    figures = [part.yuan for part in parts]
    if _rounded(figures, total.yuan, total.unit):
        return False
    return (slip(sum(figures, Decimal(0)), total.yuan) or misplaced_point(figures, total.yuan)) and digits([*figures, total.yuan]) >= least


def _rounded(parts: Sequence[Decimal], total: Decimal, unit: str) -> bool:
    """Tell whether sums in 万元 and larger, of two and more decimals, miss their total by no more than rounding leaves."""
    exponent = min(int((yuan / UNITS[unit]).normalize().as_tuple().exponent) for yuan in (*parts, total))
    slack = UNITS[unit].scaleb(exponent) * (len(parts) + 1) / 2 if exponent <= -2 and unit != "元" else 0
    return abs(sum(parts, Decimal(0)) - total) <= slack


def stated_sums(case: Case) -> Check | None:
    """Judge sums that a sentence makes of those before it: 182400元…62000元，两项共计244400元; 1670.87万元，比上年的1588.20万元多82.67万元."""
    found = [stated for passage in case.reading.passages for stated in (*_counted(passage), *_changes(passage))]
    if not found:
        return None
    values = {formula: "=" if fits else "≠" for formula, fits, _ in found}
    wrong = [(formula, spans) for formula, fits, spans in found if not fits]
    if wrong:
        return case.judge("fail", f"{wrong[0][0]} is not so", values=values, at=wrong[0][1])
    return case.judge("pass", f"{len(found)} sums made in sentences are right", values=values)


def _counted(passage: Passage) -> Iterator[tuple[str, bool, tuple[Span, ...]]]:
    """Yield sums of so many items named before: 两项共计, 三项合计."""
    for match in _COUNTED.finditer(passage.text):
        total = next(amounts(match[0]), None)
        start = _sentence(passage.text, match.start(), "。")
        sentence = passage.text[start : match.start()]
        own = [amount for amount in amounts(sentence) if not _RATE.search(_before(sentence, amount))]
        count = chinese_number(match[1].replace("两", "二"))
        if total and len(own) == count and re.fullmatch(r"[\s，,；;、。）)]*(?:上述|以上)?", sentence[own[-1].span.end :]):
            made = sum((amount.yuan for amount in own), Decimal(0))
            if made != total.yuan and not _slipped(own, total, SURE - 1):
                continue
            spans = passage.span(start + own[0].span.start, match.end())
            yield f"{_terms(own, total)} = {_written(total.yuan, total.unit)}", made == total.yuan, spans


def _sentence(text: str, place: int, stops: str) -> int:
    """Return where the sentence of a place begins, looking back no farther than a sentence reaches."""
    first = max(0, place - REACH)
    return max(first, *(text.rfind(stop, first, place) + 1 for stop in ("\n", *stops)))


def _changes(passage: Passage) -> Iterator[tuple[str, bool, tuple[Span, ...]]]:
    """Yield differences from the year before where the sentence names one sum before them."""
    for match in _CHANGE.finditer(passage.text):
        start = _sentence(passage.text, match.start(), "。；;\n")
        before = list(amounts(passage.text[start : match.start()]))
        named = list(amounts(match[0]))
        years = [re.findall(r"(?<!\d)(?:19|20)\d\d(?=年)", part) for part in (passage.text[start : match.start()], match[0])]
        if all(years) and years[0][-1] < years[1][0]:  # 2022年940.40万元，2023年900.40万元，减少40.00万元
            continue
        if len(before) == 1 and len(named) == 2:
            then, change = named
            made = before[0].yuan - then.yuan
            signed = -change.yuan if re.search(_LESS, match["how"]) else change.yuan
            formula = f"{_bare(before[0].yuan, then.unit)} - {_bare(then.yuan, then.unit)} = {_written(signed, then.unit)}"
            slack = sum((_ulp(amount) for amount in (*before, *named)), Decimal(0)) / 2
            if abs(made - signed) <= slack or slip(made, signed):
                yield formula, abs(made - signed) <= slack, passage.span(start + before[0].span.start, match.end())


def _ulp(amount: Amount) -> Decimal:
    """Return what the last decimal of a sum is worth in 元, nothing where it has none: it is not rounded then."""
    exponent = int(amount.number.as_tuple().exponent)
    return UNITS[amount.unit].scaleb(exponent) if exponent < 0 and amount.unit != "元" else Decimal(0)


def items_sum(case: Case) -> Check | None:
    """Judge whether the numbered items of a narrative make its total; derive the one sum that is missing.

    1. …5万元。 … 5. …(no sum) … 8. …1万元, of 17.6万元 → item 5: 2.0万元. A hole in the numbering is a missing item; the sum
    before the hole is the lost item's if it is named for something its own heading does not mention.
    """
    if not case.rule.one("text"):
        return _introduced(case)
    text = case.text("text")
    found = next((found for found in _readings(text) if _fits(case, text, found)), items(text))
    parts = _parts(found)
    known = [yuan for _, yuan in parts if yuan is not None]
    unknown = [number for number, yuan in parts if yuan is None]
    if len(known) < 2:
        return None
    made = sum(known, Decimal(0))
    whole, unit = _whole(case, text, made)
    values = {"items": ", ".join(f"{number}: {'?' if yuan is None else _written(yuan, unit)}" for number, yuan in parts)}
    values["sum"] = _written(made, unit)
    if whole is None:
        return case.judge("cannot_judge", "no total to hold the items against", values=values)
    values["total"] = _written(whole, unit)
    rest = whole - made
    holes = sorted({number for number, _ in parts} - {item.number for item in found})
    gap = f"; the numbering lacks {', '.join(map(str, holes))}" if holes else ""
    if not rest:
        return case.judge("pass", f"the items make the total of {values['total']}{gap}", values=values)
    looks_so = misplaced_point(known, whole) or (slip(made, whole) and not _PARTIAL.search(text))
    sure = len(known) > 2 and not unknown and not _rounded(known, whole, unit) and looks_so
    if rest < 0:
        message = f"the items exceed the total of {values['total']} by {_written(-rest, unit)}{gap}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values)
    short = f"the items make {values['sum']} of {values['total']}"
    formula = f"{_bare(whole, unit)} - ({'+'.join(_bare(yuan, unit) for yuan in known)})"
    if len(unknown) > 1:
        return case.judge("cannot_judge", f"{short}; items {', '.join(map(str, unknown))} have no sum{gap}", values=values)
    if unknown or _line_lost(case):
        lost = f"item {unknown[0]}" if unknown else "lost"
        why = f"{lost} has no sum{gap}" if unknown else "a line is lost in the text"
        derived = {lost: _alike(rest, whole, unit), "formula": formula}
        return case.judge("cannot_judge", f"{short}; {why}", values=values, derived=derived)
    return case.judge("fail" if sure else "cannot_judge", f"{short}: {_written(rest, unit)} short", values=values)


def _parts(found: Sequence[Item]) -> list[tuple[int, Decimal | None]]:
    """Return (number, sum) of each item, holes of the numbering filled in.

    The sum before a hole is the lost item's if it is named for something its own heading does not mention.
    """
    parts: list[tuple[int, Decimal | None]] = []
    before: Item | None = None
    for item in found:
        last = parts[-1][0] if parts else 0
        for hole in range(last + 1, item.number):
            moved = before.amount if before and hole == last + 1 and not _mentions(before) else None
            if moved:
                parts[-1] = (last, None)
            parts.append((hole, moved.yuan if moved else None))
        parts.append((item.number, item.amount.yuan if item.amount else None))
        before = item
    return parts


def details_sum(case: Case) -> Check | None:
    """Judge whether the rows of a table of expenses make the total: 成本构成 | 金额（万元） | 测算依据, one sum a row."""
    field = case.field("details")
    if not field:
        return None
    rows = [line.split("\t") for line in field.raw.split("\n")]
    unit = unit_of(field.raw.partition("\n")[0])
    found = [[value for cell in row if (value := number(cell)) is not None] for row in rows if not _AFTER_ITEMS.search(row[0])]
    parts = [row[0] * UNITS[unit] for row in found if len(row) == 1] if unit else []
    if len(parts) < 2:
        return None
    made = sum(parts, Decimal(0))
    totals = [total for label in case.rule.many("totals") if (total := _yuan(case, label)) is not None]
    values = {"details": "+".join(_bare(part, unit) for part in parts) + unit, "sum": _written(made, unit)}
    values["totals"] = ", ".join(_written(total, unit) for total in totals)
    if made in totals:
        return case.judge("pass", f"the details make the total of {values['sum']}", values=values)
    if not totals or any(len(row) > 1 for row in found):
        return case.judge("cannot_judge", "rows with several numbers, or no total to hold them against", values=values)
    rest = totals[-1] - made
    return case.judge(
        "fail",
        f"the details make {values['sum']}, {_written(abs(rest), unit)} {'less' if rest > 0 else 'more'} than the total",
        values=values,
    )


def _yuan(case: Case, label: str) -> Decimal | None:
    field = case.document.fields.get(label)
    return Decimal(field.normalised) if field and field.normalised else None


def funds_sum(case: Case) -> Check | None:
    """Judge whether the funds of a form make its total: 年度资金总额 = 财政拨款 + 上年结转资金 + 其他资金.

    Funds given twice (中期 and 年度) must make one of the totals each. 上级财政资金 may be a part of 财政拨款 or stand beside it.
    """
    fields = case.document.fields
    totals = [total[0] for label in case.rule.many("totals") if (total := sums(fields.get(label)))]
    columns = list(_columns(case))
    if not totals or not columns or not all(columns):
        return None
    values = {
        "totals": ", ".join(map(plain, totals)),
        "parts": " | ".join("+".join(plain(part[0]) for part in column) for column in columns),
    }
    if all(_makes(column, totals) for column in columns):
        return case.judge("pass", "the funds make the total", values=values)
    if any(sum(part[0] for part in column[:1]) > max(totals) for column in columns):
        return case.judge("fail", "a part of the funds exceeds the total", values=values)
    complete = len(columns) == 1 and (case.rule.many("parts")[-1] in fields or _all_named(case))
    makes = [sum((part[0] for part in column), Decimal(0)) for column in columns]
    sure = complete and any(slip(made, total) for made in makes for total in totals)
    return case.judge("fail" if sure else "cannot_judge", "the funds do not make the total", values=values)


def _all_named(case: Case) -> bool:
    """Tell whether every figure among the funds is one of them, so that none can be missing: two and more, in rows of their own."""
    labels = [label for role in ("totals", "parts") for label in case.rule.many(role)]
    named = [field for label in labels if (field := case.document.fields.get(label)) and field.value.strip()]
    text = case.document.original
    start, end = min(field.span.start for field in named), max(field.span.end for field in named)
    start, end = text.rfind("\n", 0, start) + 1, text.find("\n", text.find("\n", end) + 1)
    figures = [figure for cell in re.split(r"[\t\n]", text[start:end]) if (figure := number(cell) or _amount(cell)) is not None]
    return len(named) > 2 and len(figures) <= len(named) and end - start < REACH


def _amount(cell: str) -> Decimal | None:
    return next((amount.number for amount in amounts(cell)), None)


def _columns(case: Case) -> Iterator[list[tuple[Decimal, str]]]:
    """Yield (sum, label) of the funds, per column of the form."""
    for copy in ("", "#2"):
        column = []
        for label in case.rule.many("parts"):
            field = case.document.fields.get(label + copy)
            if field and (value := sums(field)):
                column.append((value[0], label))
        if column:
            yield column


def _makes(column: Sequence[tuple[Decimal, str]], totals: Sequence[Decimal]) -> bool:
    beside = sum(value for value, _ in column)
    within = sum(value for value, label in column if label != "上级财政资金")
    return beside in totals or within in totals


def parts_sum(case: Case) -> Check | None:
    """Judge whether the parts of a sum make it, and derive the one that cannot be read: 资金总额 = 基本支出 + 项目支出."""
    total = case.field("total")
    parts = [(label, case.document.fields.get(label)) for label in case.rule.many("parts")]
    if not total or not any(field for _, field in parts):
        return None
    known = [(label, field) for label, field in parts if sums(field)]
    unknown = [label for label, field in parts if not sums(field)]
    found = sums(total, *(field for _, field in known))
    values = {total.label: total.value, **{label: field.value for label, field in known if field}}
    if not found:
        return case.judge("cannot_judge", f"{total.label} and its parts cannot be read in one unit", values=values)
    whole, *amounts_ = found
    rest = whole - sum(amounts_, Decimal(0))
    formula = f"{plain(whole)} - ({'+'.join(map(plain, amounts_))})"
    if unknown:
        derived = {unknown[0]: plain(rest), "formula": formula} if len(unknown) == 1 and rest >= 0 and amounts_ else {}
        return case.judge("cannot_judge", f"{'、'.join(unknown)} cannot be read", values=values, derived=derived)
    if rest:
        sure = slip(whole - rest, whole)  # else there may be a third part
        message = f"the parts of {total.label} make {plain(whole - rest)} of {plain(whole)}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values)
    return case.judge("pass", f"the parts make {total.label}", values=values)


def amounts_in_order(case: Case) -> Check | None:
    """Judge whether each sum is within the next: 中标金额 ≤ 最高限价 ≤ 预算金额."""
    fields = [field for label in case.rule.many("amounts") if (field := case.document.fields.get(label)) and field.value.strip()]
    if len(fields) < 2:
        return None
    values = {field.label: field.value for field in fields}
    compared = 0
    for lower, upper in pairwise(fields):
        if found := sums(lower, upper):
            compared += 1
            if found[0] > found[1]:
                return case.judge("fail", f"{lower.label} exceeds {upper.label}", values=values)
    if not compared:
        return case.judge("cannot_judge", f"{fields[0].label} and {fields[-1].label} cannot be read in one unit", values=values)
    return case.judge("pass", f"{fields[0].label} is within {fields[-1].label}", values=values)


def fee_rate(case: Case) -> Check | None:
    """Judge whether a fee is the percent of the sum it is charged on: 成交金额718600元的1.5%, 10779元; `rate` finds the percent."""
    fee, base = case.field("fee"), case.field("base")
    rates = list(re.finditer(case.rule.one("rate"), case.document.text))
    found = sums(fee, base)
    if not fee or not base or not found or len(rates) != 1:
        return None
    made = found[1] * Decimal(rates[0][1]) / 100
    values = {fee.label: fee.value, base.label: base.value, "rate": f"{rates[0][1]}%"}
    fits = abs(made - found[0]) < 1  # charged to the 元, or to the 分
    what = f"{plain(made)} is {rates[0][1]}% of {base.label}"
    if not fits and not slip(made, found[0]):  # there may be a discount, or a least fee
        return case.judge("cannot_judge", f"{what}, not {plain(found[0])}", values=values)
    return case.judge("pass" if fits else "fail", what if fits else f"{what}, not {plain(found[0])}", values=values)


def budget_within_total(case: Case) -> Check | None:
    """Judge whether the year's budget is within the project's total."""
    part, total = case.field("part"), case.field("total")
    if not part or not total:
        return None
    found = sums(part, total)
    values = {part.label: part.value, total.label: total.value}
    if not found:
        return case.judge("cannot_judge", f"{part.label} and {total.label} cannot be read in one unit", values=values)
    fits = found[0] <= found[1]
    message = f"{part.label} {'is within' if fits else 'exceeds'} {total.label}"
    return case.judge("pass" if fits else "fail", message, values=values)


def cost_equals_budget(case: Case) -> Check | None:
    """Judge whether the cost indicator that stands for the whole project is the budget: 信访经费 =17.6万元.

    Unit costs (单价, 每人标准) are not held against it.
    """
    budgets = [(field, found[0]) for role in ("budget", "total") if (field := case.field(role)) and (found := sums(field))]
    if not budgets:
        return None
    whole: list[tuple[str, Decimal, str]] = []
    for row in case.document.indicators:
        if "成本指标" in row.levels[:2] and row.unit in UNITS and re.fullmatch(r"\d+(\.\d+)?", row.value):
            bare = not budgets[0][0].normalised
            cost = Decimal(row.value) * (1 if bare else UNITS[row.unit])
            whole.append((row.levels[2], cost, row.operator))
    for name, cost, _ in whole:
        if any(cost == budget for _, budget in budgets):
            return case.judge("pass", f"{name} is the budget", values={name: plain(cost), budgets[0][0].label: budgets[0][0].value})
    for name, cost, operator in whole:
        if _WHOLE_COST.search(name) or _abridges(name, case.text("name")):
            values = {name: plain(cost), **{field.label: plain(budget) for field, budget in budgets}}
            if operator == "≤" and cost > budgets[0][1]:
                return case.judge("cannot_judge", f"{name} may be more than the budget", values=values)
            return case.judge("fail", f"{name} is not the budget", values=values)
    return None


def _introduced(case: Case) -> Check | None:
    """Judge the items of any passage whose total stands before their colon: 项目支出480万元，分四块：①…210万元."""
    checks: list[Check] = []
    for passage in case.reading.passages:
        for mark in _MARKS if re.search("[:：]", passage.text) and "元" in passage.text else ():
            for run, end in _runs(passage.text, mark):
                lead = _LIST.search(passage.text, max(0, run[0][1] - _LEAD), run[0][1])
                total = next(amounts(lead[0]), None) if lead else None
                for found in _variants(passage.text, run, end) if lead and total else ():
                    if total and len(found) > 1 and all(item.amount for item in found):
                        placed = [(mark[2], item.amount) for mark, item in zip(run, found, strict=True)]
                        checks.append(_listed(case, passage, total, found, [(lead.start() if lead else 0, total), *placed]))
                        if checks[-1].status == "pass":
                            break
    return next((check for check in checks if check.status == "pass"), checks[0] if checks else None)


def _listed(case: Case, passage: Passage, total: Amount, found: Sequence[Item], placed: Sequence[tuple[int, Amount | None]]) -> Check:
    """Judge items against the total before them; `placed` are their sums, each with what its place is counted from."""
    made = sum((item.amount.yuan for item in found if item.amount), Decimal(0))
    values = {"items": ", ".join(f"{item.number}: {_written(item.amount.yuan, total.unit)}" for item in found if item.amount)}
    values |= {"sum": _written(made, total.unit), "total": _written(total.yuan, total.unit)}
    if made == total.yuan:
        return case.judge("pass", f"the items make the total of {values['total']}", values=values)
    if made > total.yuan:
        message = f"the items exceed the total of {values['total']} by {_written(made - total.yuan, total.unit)}"
    else:
        message = f"the items make {values['sum']} of {values['total']}: {_written(total.yuan - made, total.unit)} short"
    figures = [item.amount for item in found if item.amount]
    sure = len(figures) > 2 and _slipped(figures, total, SURE - 1) and not any(_PARTIAL.search(item.text) for item in found)
    spans = [span for start, amount in placed if amount for span in passage.span(start + amount.span.start, start + amount.span.end)]
    return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)


def _fits(case: Case, text: str, found: Sequence[Item]) -> bool:
    known = [yuan for _, yuan in _parts(found) if yuan is not None]
    made = sum(known, Decimal(0))
    return len(known) > 1 and _whole(case, text, made)[0] == made


def _readings(text: str) -> Iterator[list[Item]]:
    """Yield the items with the sum each ends on, and with the largest each names: 购置38万元，补贴20台，单台4000元."""
    yield items(text)
    yield items(text, largest=True)


def items(text: str, *, largest: bool = False) -> list[Item]:
    """Return the numbered items of a narrative, by the numbering that gives most of them a sum."""
    best: list[Item] = []
    for mark in _MARKS:
        for run, end in _runs(text, mark):
            found = list(_items(text, run, end, largest=largest))
            if sum(item.amount is not None for item in found) > sum(item.amount is not None for item in best):
                best = found
    return best


def _runs(text: str, mark: re.Pattern[str]) -> Iterator[tuple[list[tuple[int, int, int]], int]]:
    """Yield each run of numbers from 1, with the places before and after each, and where it ends: 1. 2. 3. 3. 5. but not 3. 1."""
    marks = [(_value(match[1]), *match.span()) for match in mark.finditer(text)]
    if marks and mark in _MARKS[: len(_DAMAGED)]:
        whole = {number for number, _, _ in marks}
        damaged = [(_value(match[1]), *match.span()) for match in _DAMAGED[_MARKS.index(mark)].finditer(text)]
        marks = sorted([*marks, *(found for found in damaged if found[0] not in whole)], key=lambda found: found[1])
    run: list[tuple[int, int, int]] = []
    for found in [*marks, (1, len(text), len(text))]:
        if found[0] == 1:
            if len(run) > 1:
                yield run, found[1]
            run = [found]
        elif run and run[-1][0] <= found[0] <= run[-1][0] + 3:
            run.append(found)


def _value(mark: str) -> int:
    if mark in _STEMS:
        return _STEMS.index(mark) + 1
    return (
        int(mark) if mark.isdecimal() else int(unicodedata.numeric(mark)) if mark.isdigit() or "⑩" <= mark <= "⑳" else chinese_number(mark)
    )


def _variants(text: str, run: Sequence[tuple[int, int, int]], last: int) -> Iterator[list[Item]]:
    yield list(_items(text, run, last))
    yield list(_items(text, run, last, largest=True))


def _items(text: str, run: Sequence[tuple[int, int, int]], last: int, *, largest: bool = False) -> Iterator[Item]:
    for place, (count, _, start) in enumerate(run):
        end = run[place + 1][1] if place + 1 < len(run) else last
        if place + 1 == len(run) and (stop := _AFTER_ITEMS.search(text, start, last)):
            end = stop.start()
        body = text[start:end]
        found = [(amount, _before(body, amount)) for amount in amounts(body)]
        found = [pair for pair in found if not _RATE.search(pair[1])]
        cued = [pair for pair in found if _CUE.search(pair[1])] or found
        chosen = max(found, key=lambda pair: pair[0].yuan, default=None) if largest else cued[-1] if cued else None
        amount, before = chosen or (None, "")
        name = _NAMED.search(before)
        yield Item(count, body, amount, name[1] if name else "")


def _before(text: str, amount: Amount) -> str:
    """Return the clause a sum ends, as far as it says what the sum is for."""
    return re.split(r"[，,。；;]", text[max(0, amount.span.start - 30) : amount.span.start])[-1]


def _mentions(item: Item) -> bool:
    """Tell whether an item's heading mentions what its sum is named for; a sum without a name of its own is its own."""
    name = _GENERAL.sub("", item.name)
    heading = re.split(r"[。，,；;]", item.text, maxsplit=1)[0]
    return len(name) < 2 or any(name[place : place + 2] in heading for place in range(len(name) - 1))


def _total(text: str) -> tuple[Amount, int] | None:
    """Return the sum that 其中 follows, and the place after 其中."""
    for amount in amounts(text):
        before = _before(text, amount)
        match = _WHEREOF.match(text, amount.span.end)
        if not match and _ALL_OF_IT.search(before):
            match = _WITHOUT_WORD.match(text, amount.span.end)
        if match and not _NO_TOTAL.search(before):
            return amount, match.end()
    return None


def _whole(case: Case, text: str, made: Decimal) -> tuple[Decimal | None, str]:
    """Return the total the items belong to, in 元, and its unit: the narrative's own, else that of the form's totals they make.

    A form may give a total of several years and one of the year; where the items make neither, the last one given is meant.
    """
    first = min((match.start() for mark in _MARKS if (match := mark.search(text))), default=len(text))
    if (found := _total(text)) and found[0].span.start < first:  # else 其中 divides an item
        return found[0].yuan, found[0].unit
    unit = next((amount.unit for amount in amounts(text)), "万元")
    totals = [total for label in case.rule.many("totals") if (total := _yuan(case, label)) is not None]
    return (made if made in totals else totals[-1] if totals else None), unit


def _line_lost(case: Case) -> bool:
    field: Field | None = case.field("text")
    return field is not None and any(
        edit.kind == "lost_line" and field.span.start <= edit.span.start <= field.span.end for edit in case.document.edits
    )


def _abridges(name: str, project: str) -> bool:
    """Tell whether a name is the project's with words left out: 信访维稳经费 of 信访维稳工作经费."""
    rest = iter(project)
    return len(name) >= 4 and all(character in rest for character in name)


def _bare(yuan: Decimal, unit: str) -> str:
    return plain(yuan / UNITS[unit])


def _written(yuan: Decimal, unit: str) -> str:
    return _bare(yuan, unit) + unit


def _alike(rest: Decimal, whole: Decimal, unit: str) -> str:
    """Return a derived sum with as many decimals as the total has: 2.0万元 of 17.6万元."""
    decimals = len(_bare(whole, unit).partition(".")[2])
    value = rest / UNITS[unit]
    return (f"{value:.{decimals}f}" if round(value, decimals) == value else plain(value)) + unit


def _terms(parts: Sequence[Amount], total: Amount) -> str:
    return "+".join(_bare(part.yuan, total.unit) for part in parts) + total.unit
