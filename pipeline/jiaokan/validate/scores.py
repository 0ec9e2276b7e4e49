"""Marks of a self-evaluation: within their weights, added up, the weights making a hundred, the rate of execution."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from jiaokan.extract.values import plain
from jiaokan.model import Check
from jiaokan.validate.case import Case
from jiaokan.validate.slips import SURE, digits, slip
from jiaokan.validate.tables import Figure, Table

_WEIGHT = re.compile(r"分\s*值|权\s*重")
_MARK = re.compile(r"得\s*分")
_RATE = re.compile(r"执行率")
_BUDGET = re.compile(r"(?:预算|安排)数?$")
_SPENT = re.compile(r"(?:执行|支出|决算|使用)数?$")
_TOTAL = re.compile(r"合\s*计|总\s*计|总\s*分|总得分")
_SUBTOTAL = re.compile(r"小\s*计")
_VALUE = re.compile(r"[\d≥≤=＝<>＜＞]|不[低少高超]")
_AIM = re.compile(r"(?:年度|预期|计划)?指标值$|目标值$")
_ACTUAL = re.compile(r"(?:实际|全年)?(?:完成|实际)值$|完成情况值$")
_TARGET = re.compile(r"(?P<sign>[≥≤=＝<>]|>=|<=|不低于|不少于|不高于|不超过)?(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>[^\d]{0,8})")
_LITTLE = Decimal("0.1")
_FORGIVEN = re.compile(r"不(?:予)?扣分|不作扣分|免于扣分")
_AT_MOST = frozenset({"≤", "<=", "不高于", "不超过"})
_AT_LEAST = frozenset({"≥", ">=", "不低于", "不少于"})
_EXTRA = re.compile(r"加\s*分|减\s*分|扣\s*分|附加|奖励|折算|换算|(?:得|总)分调整")
"""What makes marks that are not the sum of the rows, or are above their weight."""
_WITHIN = 3
"""Marks within their weights that show the two columns belong together."""
_GROUP = re.compile(r"[（(](\d{1,3})分[）)]")
WHOLE = (Decimal(100), Decimal(90))
"""What weights make: with and without the ten of the rate of execution."""


class Marked(NamedTuple):
    """A row that is weighed and marked."""

    name: str
    weight: Figure | None
    mark: Figure | None
    total: bool
    target: tuple[str, str] | None  # 指标值 and 实际完成值

    @property
    def figures(self) -> list[Figure]:
        """Return the figures it has."""
        return [figure for figure in (self.weight, self.mark) if figure]


def scores(case: Case) -> Check | None:
    """Judge whether every 得分 lies between 0 and its 分值, and whether they make the 总分."""
    rows = list(_marked(case))
    parts = [row for row in rows if not row.total and (row.mark or row.weight)]
    if not any(row.mark for row in parts):
        return None
    total = next((row.mark for row in rows if row.total and row.mark and row.mark.value is not None), None)
    if len(parts) < 2:
        return None
    extra = any(_EXTRA.search(cell) for table in case.reading.tables for _, _, cell in table.labels)
    both = [row for row in parts if row.weight and row.mark and None not in {row.weight.value, row.mark.value}]
    beyond = [row for row in both if not 0 <= _of(row.mark) <= _of(row.weight)]
    for row in beyond[:1]:
        values = {"weight": plain(_of(row.weight)), "mark": plain(_of(row.mark))}
        spans = [figure.span for figure in row.figures]
        sure = len(beyond) == 1 and len(both) > _WITHIN and not extra
        return case.judge(
            "fail" if sure else "cannot_judge", f"{row.name} has {values['mark']} of {values['weight']}", values=values, at=spans
        )
    if not total:
        return case.judge("cannot_judge", "no total of the marks was read", values={"count": str(len(parts))})
    known = [row.mark.value for row in parts if row.mark and row.mark.value is not None]
    unread = [row.name for row in parts if not row.mark or row.mark.value is None]
    made = sum(known, Decimal(0))
    values = {"marks": "+".join(map(plain, known)), "sum": plain(made), "total": plain(_of(total))}
    if unread:
        derived = {unread[0]: plain(_of(total) - made), "formula": f"{values['total']} - ({values['marks']})"} if len(unread) == 1 else {}
        return case.judge("cannot_judge", f"a mark of {unread[0]} cannot be read", values=values, derived=derived)
    if made == total.value:
        return case.judge("pass", f"{len(parts)} marks make the total of {values['total']}", values=values)
    spans = [figure.span for row in parts for figure in row.figures]
    whole = len(both) == len(parts) and sum((_of(row.weight) for row in parts), Decimal(0)) == WHOLE[0]
    sure = not extra and slip(made, _of(total)) and (whole or digits([*known, _of(total)]) >= SURE)
    message = f"the marks make {values['sum']} of {values['total']}"
    return case.judge("fail" if sure else "cannot_judge", message, values=values, at=[*spans, total.span])


def weights_sum(case: Case) -> Check | None:
    """Judge whether the weights make a hundred, or ninety without the rate of execution, and those of a group its own: 产出指标（50分）."""
    rows = list(_marked(case))
    parts = [row for row in rows if not row.total]
    if sum(bool(row.weight) for row in parts) < 2:
        return None
    if any(not row.weight or row.weight.value is None for row in parts):
        return case.judge("cannot_judge", "a weight cannot be read", values={"count": str(len(parts))})
    made = sum((_of(row.weight) for row in parts if row.weight), Decimal(0))
    total = next((row.weight.value for row in rows if row.total and row.weight and row.weight.value), None)
    values = {"weights": "+".join(plain(_of(row.weight)) for row in parts if row.weight), "sum": plain(made)}
    if total is not None:
        values["total"] = plain(total)
    spans = [figure.span for row in rows for figure in row.figures]
    groups = list(_groups(case))
    off = [(name, group) for name, stated, group in groups if stated != group]
    if off:
        values |= {name: plain(group) for name, group in off}
        sure = len(off) == 1 and len(groups) > 2  # the others show that the groups are read as they are meant
        message = f"the weights of {off[0][0]} make {plain(off[0][1])}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)
    if made not in ((total,) if total is not None else WHOLE):
        stated = _of(next((row.mark for row in rows if row.total and row.mark), None))
        meant = total == WHOLE[0] and made > 0 and stated == sum((_of(row.mark) for row in parts), Decimal(0)) > 0
        sure = meant and slip(made, WHOLE[0])
        message = f"the weights make {values['sum']}, not {plain(total or WHOLE[0])}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values, at=spans)
    return case.judge("pass", f"{len(parts)} weights make {values['sum']}", values=values)


def targets(case: Case) -> Check | None:
    """Judge whether what missed its target lost marks: not ≥95%, 56.2%, six marks of six."""
    judged = 0
    forgiven = bool(_FORGIVEN.search(case.document.text))
    for row in _marked(case):
        target, actual = row.target or ("", "")
        met = None if row.total else _met(target, actual)
        if met is None or not row.weight or not row.mark or None in {row.weight.value, row.mark.value}:
            continue
        judged += 1
        if not met and row.mark.value == row.weight.value and not forgiven:
            values = {"target": target, "actual": actual, "mark": plain(_of(row.mark)), "weight": plain(_of(row.weight))}
            spans = [figure.span for figure in row.figures]
            return case.judge("fail", f"{row.name}: {actual} misses {target} and has full marks", values=values, at=spans)
    return case.judge("pass", f"{judged} marks fit their targets", values={"count": str(judged)}) if judged else None


def _met(target: str, actual: str) -> bool | None:
    """Tell whether a value reaches its target, None where the two cannot be compared: ≥95% and 96.2%, ≤3 and 健全."""
    wanted, reached = _TARGET.fullmatch(re.sub(r"\s", "", target)), _TARGET.fullmatch(re.sub(r"\s", "", actual))
    if not wanted or not reached or reached["sign"] or wanted["unit"] != reached["unit"]:
        return None
    goal, value = Decimal(wanted["number"].replace(",", "")), Decimal(reached["number"].replace(",", ""))
    sign = wanted["sign"]
    # Less than a tenth beyond is left to the judge: a mark in whole points may round it away.
    return value <= goal * (1 + _LITTLE) if sign in _AT_MOST else value >= goal * (1 - _LITTLE) if sign in _AT_LEAST else None


def execution_rate(case: Case) -> Check | None:
    """Judge whether 执行率 is 执行数 by 预算数: 168.36 / 172.50 = 97.60%."""
    found = [rate for table in case.reading.tables for row in table.rows if (rate := _rate(row))]
    if not found:
        return None
    values: dict[str, str] = {}
    for budget, spent, stated in found:
        made = 100 * _of(spent) / _of(budget)
        if stated.value is None:
            derived = {stated.label: f"{made:.2f}%", "formula": f"{plain(_of(spent))} / {plain(_of(budget))}"}
            return case.judge("cannot_judge", f"a rate of {stated.label} cannot be read", values=values, derived=derived)
        ulp = Decimal(1).scaleb(-stated.decimals)
        values[stated.label] = f"{plain(_of(spent))} / {plain(_of(budget))} = {made:.2f}%, {plain(_of(stated))}%"
        if abs(made - _of(stated)) >= ulp:
            message = f"{plain(_of(spent))} of {plain(_of(budget))} is {made:.2f}%, not {plain(_of(stated))}%"
            return case.judge("fail", message, values=values, at=[budget.span, spent.span, stated.span])
    return case.judge("pass", f"{len(found)} rates are 执行数 by 预算数", values=values)


def _rate(row: Sequence[Figure]) -> tuple[Figure, Figure, Figure] | None:
    rate = next((figure for figure in row if _RATE.search(figure.column_name)), None)
    before = [figure for figure in row if rate and figure.column < rate.column and figure.value is not None]
    spent = next((figure for figure in reversed(before) if _SPENT.search(figure.column_name)), None)
    budget = next(
        (figure for figure in reversed(before) if spent and figure.column < spent.column and _BUDGET.search(figure.column_name)), None
    )
    return (budget, spent, rate) if rate and spent and budget and budget.value else None


def _marked(case: Case) -> Iterator[Marked]:
    """Yield the rows with a weight or a mark."""
    for table in case.reading.tables:
        names: dict[int, str] = {}
        aims = _targets(table)
        for place, _, cell in table.labels:
            if not _VALUE.match(cell):
                names[place] = max(names.get(place, ""), cell, key=len)
        for row in table.rows:
            weights = [figure for figure in row if _WEIGHT.search(figure.column_name)]
            weight = weights[-1] if weights else None  # the first ones are of the groups the row begins
            mark = next((figure for figure in row if _MARK.search(figure.column_name)), None)
            label = (weight or mark or row[0]).label
            if (weight or mark) and not _SUBTOTAL.match(label):
                yield Marked(names.get(row[0].row, label), weight, mark, bool(_TOTAL.match(label)), aims.get(row[0].row))


def _targets(table: Table) -> dict[int, tuple[str, str]]:
    """Return 指标值 and 实际完成值 of each row that has both."""
    cells: dict[int, dict[int, str]] = {}
    for row, column, cell in table.labels:
        cells.setdefault(row, {})[column] = cell
    found: dict[int, tuple[str, str]] = {}
    aim = actual = -1
    for row, line in cells.items():
        heads = {
            "aim" if _AIM.search(cell) else "actual": column for column, cell in line.items() if _AIM.search(cell) or _ACTUAL.search(cell)
        }
        if len(heads) == 2:
            aim, actual = heads["aim"], heads["actual"]
        elif aim in line and actual in line:
            found[row] = line[aim], line[actual]
    return found


def _groups(case: Case) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Yield (group, its weight as stated, what its rows make): 产出指标（50分）."""
    for table in case.reading.tables:
        marks: Mapping[int, Decimal] = {
            row[0].row: _of(figure) for row in table.rows for figure in row if _WEIGHT.search(figure.column_name)
        }
        end_of_rows = next((row for row, _, cell in table.labels if row in marks and _TOTAL.match(cell)), table.end)
        places = sorted((row, Decimal(match[1]), cell) for row, _, cell in table.labels if (match := _GROUP.search(cell)))
        rows, made = list(marks), [Decimal(0), *accumulate(marks.values())]
        for place, (row, stated, cell) in enumerate(places):
            end = places[place + 1][0] if place + 1 < len(places) else end_of_rows
            yield cell, stated, made[bisect_left(rows, end)] - made[bisect_left(rows, row)]


def _of(figure: Figure | None) -> Decimal:
    return (figure.value if figure else None) or Decimal(0)
