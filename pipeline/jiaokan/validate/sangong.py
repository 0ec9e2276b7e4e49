"""“三公”经费: the total is travel abroad, reception and cars; cars are their purchase and their running (财预〔2016〕143号)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from jiaokan.extract.values import AMOUNT, FULL_WIDTH, UNITS, amounts, plain
from jiaokan.model import Check, Span
from jiaokan.validate.case import Case, Passage
from jiaokan.validate.tables import Figure, Table, is_total

TOTAL, ABROAD, RECEPTION, CARS, BUYING, RUNNING = (
    "“三公”经费",
    "因公出国（境）费",
    "公务接待费",
    "公务用车购置及运行维护费",
    "购置费",
    "运行维护费",
)
DETAIL = "其中"
_CAR = "(?:公务(?:用车|车辆?)|公车|用车|车辆)"
_COST = "(?:维护|维修)?(?:费用?|经费|支出)"
_ITEM = re.compile(
    r"(?P<other>(?:国内|国外|外宾|外事)(?:公务)?接待|机关运行|会议费|培训费|差旅费|办公费)"
    r"|(?P<total>[“\"「『]?三公[”\"」』]?\s?经费)"
    r"|(?P<abroad>(?:因公)?出国(?:[（(]\s?境\s?[）)])?(?:费用?|经费|支出)?|因公临时出国)"
    rf"|(?P<cars>{_CAR}购置费?(?:及|和|与|、){_CAR}?运行{_COST}|{_CAR}(?:费用?|经费|支出))"
    rf"|(?P<buying>{_CAR}?购置(?:费用?|经费|支出|(?=\d|$)))"
    rf"|(?P<running>{_CAR}运行{_COST}?|(?<![\u4e00-\u9fff])运行(?:{_COST}|(?=\d)))"
    r"|(?P<reception>公务接待(?:费用?|经费|支出)?)"
)
_GROUPS = {"total": TOTAL, "abroad": ABROAD, "cars": CARS, "buying": BUYING, "running": RUNNING, "reception": RECEPTION}
_WHOLE = re.compile(r"(?P<total>三公)")
_RATE = re.compile(r"[率%％]|比例|幅")
_BARE = re.compile(rf"(?:(?P<buying>购置{_COST}?)|(?P<running>运行{_COST}?)|(?P<abroad>出国.*)|(?P<reception>接待费?))")
"""Names as they stand under a heading that says the rest."""
_NEXT = re.compile(rf"{_ITEM.pattern}|(?P<sum>{AMOUNT.pattern})")
_NOT_IT = re.compile(
    r"[比较每均]|上年|去年|同期|增[加长支]|减[少支]|下降|上升|节约|压[减缩]|持平|其中|[内中]含|分别|完成|用于|追加|调[整增减]|结[转余]|原因|批|人次|辆|标准"
)
"""Words between a name and a sum that is not the named one's."""
_TOGETHER = re.compile("共|合计|总计")
_NONE = re.compile(r"^[^，。；;、]{0,4}(?:无|没有|未|零(?!星))|^[^，。；;、]{0,6}(?:为零|不安排)")
_NONE_BEFORE = re.compile(r"(?:无|没有|未|不)(?:安排|发生|列支|编制|产生)?$")
_BASIS = re.compile(r"(?P<budget>预算|安排|计划)|(?P<final>决算|执行|实际)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年?")
_YEAR_BEFORE = re.compile(r"(?<!\d)((?:19|20)\d\d)年度?[^，。；;\d]{0,12}$")
_LONGEST_GAP = 40
"""Characters between a name and its sum."""
_PARTS = 2
"""Items without which a table's 合计 is no total of theirs."""
_SEVERAL = 3
"""Sums of one part that are tried."""
_REACH = 1500
"""Characters after a total in which its parts are looked for."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A sum stated for one of the items."""

    item: str
    yuan: Decimal | None  # None where it cannot be read
    ulp: Decimal  # what its last decimal is worth, in 元; 0 where it has less than two
    year: str  # "" where none is named
    basis: str  # budget, final or ""
    place: int
    spans: tuple[Span, ...]

    def goes_with(self, other: Stated) -> bool:
        """Tell whether the two may be of one account: of one year, both budget or both final, as far as they say."""
        return all(not one or not two or one == two for one, two in ((self.year, other.year), (self.basis, other.basis)))


@dataclass(frozen=True, slots=True)
class Account:
    """A total and what is stated of its parts."""

    totals: tuple[Stated, ...]
    parts: tuple[Stated, ...]

    def of(self, item: str, total: Stated) -> list[Stated]:
        """Return what is stated of a part, for the total's year and basis; what says so itself goes before what does not."""
        found = [part for part in self.parts if part.item == item and part.goes_with(total)]
        exact = [part for part in found if part.basis == total.basis]
        return exact or found


def sangong_sum(case: Case) -> Check | None:
    """Judge whether “三公”经费 are 因公出国 + 公务接待 + 公务用车, cars 购置 + 运行, in tables and text; and the text's those of the table.

    Budget and final figures, and years, are held apart; what is compared with another year is left alone. Where a part is not
    named, only parts that exceed the total are wrong.
    """
    if "三公" not in case.document.text and "公务用车" not in case.document.text:
        return None
    tables = [account for table in case.reading.tables for account in _of_table(table)]
    texts = [account for passage in case.reading.passages if not passage.cell for account in _of_text(passage)]
    checks = [check for account in (*tables, *texts) if (check := _judged(case, account))]
    checks += [check for account in texts if (check := _against(case, account, tables))]
    order = ("fail", "cannot_judge", "pass")
    return min(checks, key=lambda check: order.index(check.status), default=None)


def _judged(case: Case, account: Account) -> Check | None:
    checks = [check for total in account.totals if (check := _sum(case, account, total))]
    checks.sort(key=lambda check: ("pass", "fail", "cannot_judge").index(check.status))
    unsaid = len(account.totals) > 1 and not any(part.basis or part.year for part in account.parts)
    if unsaid and checks and checks[0].status == "pass":  # budget and final figure, and the parts of one of them
        return checks[0]
    order = ("fail", "cannot_judge", "pass")
    return min(checks, key=lambda check: order.index(check.status), default=None)


def _sum(case: Case, account: Account, total: Stated) -> Check | None:
    """Judge one total against its parts; None where hardly any is stated."""
    found = {item: account.of(item, total) for item in (ABROAD, RECEPTION, CARS, BUYING, RUNNING)}
    cars = [CARS] if found[CARS] and total.item != CARS else [BUYING, RUNNING]
    needed = cars if total.item == CARS else [ABROAD, RECEPTION, *cars]
    stated = [found[item] for item in needed if found[item]]
    missing = [item for item in needed if not found[item]]
    if len(stated) < 2 or total.yuan is None:
        return None
    values = {total.item: _shown(total), **{one.item: _shown(one) for several in stated for one in several[:1]}}
    unread = [several[0].item for several in stated if several[0].yuan is None]
    known = [several for several in stated if several[0].yuan is not None]
    choices = product(*(several[:_SEVERAL] for several in known))
    makes = {choice: sum((one.yuan for one in choice if one.yuan is not None), Decimal(0)) for choice in choices}
    if unread:
        derived: dict[str, str] = {}
        made = next(iter(makes.values()))
        if len(unread) == 1 and not missing and len(set(makes.values())) == 1 and made <= total.yuan:
            parts = "+".join(_wan(several[0].yuan) for several in known)
            derived = {unread[0]: f"{_wan(total.yuan - made)}万元", "formula": f"{_wan(total.yuan)} - ({parts})"}
        return case.judge("cannot_judge", f"{unread[0]} cannot be read", values=values, derived=derived)
    if total.yuan in makes.values():
        return case.judge("pass", f"{total.item} is the sum of its parts", values=values)
    choice, made = min(makes.items(), key=lambda pair: abs(pair[1] - (total.yuan or 0)))
    rest = made - total.yuan
    message = f"the parts of {total.item} make {_wan(made)}万元 of {_shown(total)}"
    if abs(rest) <= sum((one.ulp for one in (total, *choice)), Decimal(0)) / 2:
        return case.judge("cannot_judge", f"{message}; rounding may explain it", values=values)
    spans = [span for one in (total, *choice) for span in one.spans]
    sure = len(set(makes.values())) == 1 and (rest > 0 or not missing)
    return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)


def _against(case: Case, account: Account, tables: Sequence[Account]) -> Check | None:
    """Judge the parts in the text against the table that has the text's total; None where no table has."""
    for total in account.totals if account.totals[0].item == TOTAL else ():
        for table in tables:
            if table.totals[0].item != TOTAL or table.totals[0].yuan != total.yuan or not total.yuan:
                continue
            for part in (part for part in account.parts if part.goes_with(total)):
                same = [one.yuan for one in table.parts if one.item == part.item and one.yuan is not None]
                if same and part.yuan is not None and part.yuan not in same and not _elsewhere(part, tables):
                    values = {part.item: _shown(part), "table": f"{_wan(same[0])}万元"}
                    rounded = abs(part.yuan - same[0]) < UNITS["万元"] / 100
                    message = f"{part.item} is {values[part.item]} in the text, {values['table']} in the table"
                    return case.judge("cannot_judge" if rounded else "fail", message, values=values, at=part.spans)
    return None


def _elsewhere(part: Stated, tables: Sequence[Account]) -> bool:
    """Tell whether a sum is another column's: the budget where the table has budget and final figures."""
    return any(one.item == part.item and one.yuan == part.yuan for table in tables for one in table.parts)


# text


def _of_text(passage: Passage) -> Iterator[Account]:
    """Yield the accounts of a text: totals, and the parts named after them as far as the next total."""
    stated = list(_stated(passage))
    for whole in (TOTAL, CARS):
        totals: list[Stated] = []
        parts: list[Stated] = []
        for one in stated:
            if one.item == whole and one.yuan is not None and (parts or not totals or one.place - totals[-1].place > _REACH):
                if totals and parts:
                    yield Account(tuple(totals), tuple(parts))
                totals, parts = [one], []
            elif one.item == whole:
                totals.append(one)
            elif totals and one.place - totals[-1].place <= _REACH:
                parts.append(one)
        if totals and parts:
            yield Account(tuple(totals), tuple(parts))


def _stated(passage: Passage) -> Iterator[Stated]:
    """Yield what a text states of each item: the first sum after its name, and others that say their year or basis."""
    text = passage.text.translate(FULL_WIDTH)
    item, end, first, year, together = "", 0, True, "", False
    for match in _NEXT.finditer(text):
        gap = text[end : match.start()]
        if match.lastgroup != "sum":
            if item == ABROAD and first and _NONE.search(gap):
                yield _nothing(passage, end)
            item = _GROUPS.get(match.lastgroup or "", "")
            before = _YEAR_BEFORE.search(text, max(0, match.start() - 20), match.start())
            year, first, together = before[1] if before else "", True, False
            end = match.end()
            if item == ABROAD and _NONE_BEFORE.search(text, max(0, match.start() - 6), match.start()):
                yield _nothing(passage, end)
                item = ""
            continue
        end = match.end()
        if not item or together or (first and (len(gap) > _LONGEST_GAP or "。" in gap)):
            item = ""
            continue
        together = "分别" in gap
        basis = list(_BASIS.finditer(gap))
        own = _YEAR.search(gap)
        other = _NOT_IT.search(gap) or (item != TOTAL and _TOGETHER.search(gap))
        if not other and (first or basis or own) and "。" not in gap:
            kind = (basis[-1].lastgroup or "") if basis else ""
            for amount in amounts(match[0]):
                ulp = _ulp(amount.number, amount.unit)
                yield Stated(item, amount.yuan, ulp, own[1] if own else year, kind, match.start(), passage.span(*match.span()))
            first = False


def _nothing(passage: Passage, place: int) -> Stated:
    return Stated(ABROAD, Decimal(0), Decimal(0), "", "", place, passage.span(place, place + 1))


# tables


def _of_table(table: Table) -> Iterator[Account]:
    """Yield the accounts of a table: each row whose headings are the items, each column whose labels are."""
    for row in table.rows:
        yield from _accounts(table, [(_item(figure.column_name, figure.heading), figure) for figure in row if _is_sum(figure)])
    for column in table.columns:
        yield from _accounts(table, [(_item(figure.label, figure.label), figure) for figure in column if figure.label and _is_sum(figure)])


def _is_sum(figure: Figure) -> bool:
    return figure.unit != "%" and not _RATE.search(figure.heading)


def _item(name: str, heading: str) -> str:
    """Return the item that a heading or label names: 其中：（1）公务用车运行维护费 → running; 小计 below 公务用车购置及运行费 → cars."""
    name = re.sub(r"^[\s\d一二三四五六（()）)、.．]*(?:其中[:：])?[\s\d（()）)、.．]*", "", name)
    found = _ITEM.match(name) or (_WHOLE.search(name) if is_total(name) else _BARE.match(name))
    if found:
        return _GROUPS.get(found.lastgroup or "", DETAIL if "接待" in name else "")
    if not is_total(name):
        return ""
    above = [match for line in heading.split("\n")[:-1] if (match := _ITEM.search(line))]
    named = _GROUPS.get(above[-1].lastgroup or "", "") if above else ""
    return named or TOTAL


def _accounts(table: Table, named: Sequence[tuple[str, Figure]]) -> Iterator[Account]:
    """Yield the accounts of a row or column; 合计 alone is theirs only where all that follows are items."""
    runs: list[list[tuple[str, Figure]]] = []
    for item, figure in named:
        if item == TOTAL:
            runs.append([])
        if runs:
            runs[-1].append((item, figure))
    for run in runs:
        parts = [(item, figure) for item, figure in run[1:] if item not in {"", DETAIL}]
        named_so = "三公" in run[0][1].label + run[0][1].column_name
        if len({item for item, _ in parts}) < _PARTS or (not named_so and any(not item for item, _ in run)):
            continue
        stated = [_figure(table, item, figure) for item, figure in [run[0], *parts]]
        yield Account((stated[0],), tuple(stated[1:]))
        cars = [one for one in stated if one.item == CARS]
        if cars:
            yield Account((cars[0],), tuple(one for one in stated if one.item in {BUYING, RUNNING}))


def _figure(table: Table, item: str, figure: Figure) -> Stated:
    unit = figure.unit or table.unit_under(figure.heading) or "万元"
    scale = UNITS.get(unit, UNITS["万元"])
    yuan = None if figure.value is None else figure.value * scale
    return Stated(item, yuan, _ulp(figure.value or Decimal(0), unit), "", "", 0, (figure.span,))


def _ulp(number: Decimal, unit: str) -> Decimal:
    """Return what the last of two and more decimals of a sum is worth in 元; shorter ones, and sums in 元, are not rounded."""
    exponent = int(number.as_tuple().exponent)
    return UNITS.get(unit, UNITS["万元"]).scaleb(exponent) if exponent <= -2 and unit != "元" else Decimal(0)


def _wan(yuan: Decimal | None) -> str:
    return "?" if yuan is None else plain(yuan / UNITS["万元"])


def _shown(one: Stated) -> str:
    return f"{_wan(one.yuan)}万元"
