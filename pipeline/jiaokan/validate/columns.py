"""Sums of tables: down a column, along a row, by code, two halves against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from jiaokan.extract.values import NUMBER, UNITS, plain
from jiaokan.model import Check, Span
from jiaokan.validate.case import Case, sums
from jiaokan.validate.slips import SURE, digits, slip
from jiaokan.validate.tables import Figure, Table, is_total

_SHOWN = 3
"""Problems a message names."""
_KEPT = 20
"""Sums whose numbers a check carries."""
_ROUNDED = Decimal("0.03")
"""What rounding may add up to: tables made from 元 are rounded to two decimals of 万元, line by line."""
_NOT_ADDED = re.compile(r"率|比例|单价|均|标准|增幅|增减|幅度|分值|得分|权重|宽度|限值|浓度|累计|名次|排名|年龄|天数|期限")
"""Headings of figures that no sum adds up."""
_SHARES = re.compile(r"占比|比重|占.{1,8}比例")
_GROUP = re.compile(r"[一二三四五六七八九十]{1,2}、")
_TAKEN_OFF = re.compile(r"减|折旧|摊销|净|扣|原[值价]|累计")
"""Rows of a group that are not added up."""
_GRAND = re.compile(r"总\s*计|总\s*额")
_SUBTOTAL = re.compile(r"小\s*计")
_SOME = re.compile(r"部分|主要|重点|节选|摘[录要]|前[一二三四五六七八九十\d]+|等")
"""Titles of tables that leave rows out."""
_HALVES = (("收", "支"), ("支", "收"), ("资产", "负债"), ("来源", "运用"), ("来源", "支出"))
_HEADS = re.compile(r"[人户村家组次个]")
"""Headings of what may be counted under two rows and once in the 合计."""
_NAMED_SUM = re.compile(rf"([\u4e00-\u9fff]{{4,20}}?)(?:为|是|共)?({NUMBER})\s?(亿元|万元|千元|元)")
_OTHER = re.compile(r"上年|去年|同期|其中|预算数|含")
_NAMED_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_REACH = 12
"""Characters before a name in which another year or a part is told."""
_PARTIAL = re.compile(r"公共预算|财政拨款|基金|国有资本")
"""Titles of tables of some funds only."""
_PARTS = re.compile(r"基本支出|项目支出|公共预算|政府性基金|国有资本|因公|公务|购置|运行|拨款|收入$|结转|结余|[省市县级央]资金|财政")
"""Headings of what a 合计 before them is known to consist of, where the table has too few rows to show it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What is said to be a sum, and what should make it."""

    name: str
    stated: Figure
    parts: tuple[Figure, ...]

    @property
    def known(self) -> list[Decimal]:
        """Return the parts that can be read."""
        return [part.value for part in self.parts if part.value is not None]

    @property
    def unknown(self) -> list[Figure]:
        """Return the parts that cannot."""
        return [part for part in self.parts if part.value is None]

    @property
    def rest(self) -> Decimal:
        """Return what the known parts leave of the sum."""
        return (self.stated.value or Decimal(0)) - sum(self.known, Decimal(0))

    @property
    def formula(self) -> str:
        """Return the sum as it is checked: 2+3 = 5."""
        shown = [plain(value) for value in self.known if value]
        return f"{'+'.join(shown) or '0'} = {plain(sum(self.known, Decimal(0)))}"

    @property
    def rounded(self) -> bool:
        """Tell whether rounding of the parts may explain what is left."""
        decimals = max(part.decimals for part in (self.stated, *self.parts))
        return decimals >= 2 and abs(self.rest) <= min(_ROUNDED, len(self.parts) * Decimal(1).scaleb(-decimals) / 2)

    @property
    def digits(self) -> int:
        """Return how many digits the sum and its parts have."""
        return digits([self.stated.value or Decimal(0), *self.known])

    @property
    def evident(self) -> bool:
        """Tell whether it holds, and not by way of a single part."""
        return not self.rest and not self.unknown and sum(bool(value) for value in self.known) > 1

    @property
    def spans(self) -> list[Span]:
        """Return where the figures stand."""
        return [self.stated.span, *(part.span for part in self.parts if not part.empty)]


def table_sums(case: Case) -> Check | None:
    """Judge whether the figures of each column make its 合计: rows between two sums, codes of three, five and seven digits."""
    return _judged(case, [(table, list(_table_sums(table))) for table in case.reading.tables])


def table_across(case: Case) -> Check | None:
    """Judge whether the figures of each row make its 合计: 合计 = 基本支出 + 项目支出, 三公 = 出国 + 接待 + 用车."""
    return _judged(case, [(table, list(_row_sums(table))) for table in case.reading.tables])


def totals_equal(case: Case) -> Check | None:
    """Judge whether the two halves of a table balance: 收入总计 = 支出总计."""
    found = [pair for table in case.reading.tables for row in table.rows for pair in _halves(row)]
    if not found:
        return None
    values = {f"{left.label} = {right.label}": f"{_shown(left)} = {_shown(right)}" for left, right in found}
    for left, right in found:
        if left.value is None or right.value is None:
            known, lost = (right, left) if left.value is None else (left, right)
            derived = {lost.label: _shown(known), "formula": f"{lost.label} = {known.label}"} if known.value is not None else {}
            return case.judge("cannot_judge", f"{lost.label} cannot be read", values=values, derived=derived)
        if left.value != right.value:
            if not slip(left.value, right.value):
                return case.judge("cannot_judge", f"{left.label} and {right.label} may be of different tables", values=values)
            message = f"{left.label} {_shown(left)} is not {right.label} {_shown(right)}"
            return case.judge("fail", message, values=values, at=[left.span, right.span])
    return case.judge("pass", f"{len(found)} pairs of totals are equal", values=values)


def row_products(case: Case) -> Check | None:
    """Judge whether quantity by unit price makes the amount of each row: 480套, 680元, 326,400元."""
    found = [product for table in case.reading.tables for row in table.rows if (product := _product(row))]
    values = {"rows": str(len(found))}
    wrong = [(quantity, price, amount) for quantity, price, amount in found if None not in {quantity.value, price.value, amount.value}]
    wrong = [one for one in wrong if not _multiplies(*one)]
    if wrong:
        sure = all(slip(_of(quantity) * _of(price), _of(amount)) for quantity, price, amount in wrong) and 2 * len(wrong) <= len(found)
        values["wrong"] = "、".join(
            f"{price.label}: {_shown(quantity)} × {_shown(price)} ≠ {_shown(amount)}" for quantity, price, amount in wrong
        )
        names = "、".join(price.label for _, price, _ in wrong)
        message = f"a product does not fit: {names}" if sure else f"the amounts may not be quantity by price: {names}"
        return case.judge("fail" if sure else "cannot_judge", message, values=values, at=[figure.span for figure in wrong[0]])
    for quantity, price, amount in found:
        if None in {quantity.value, price.value, amount.value}:
            made = plain(_of(quantity) * _of(price)) if amount.value is None and quantity.value and price.value else ""
            derived = {price.label: made, "formula": f"{_shown(quantity)} × {_shown(price)}"} if made else {}
            return case.judge("cannot_judge", f"a figure of {price.label} cannot be read", values=values, derived=derived)
    return case.judge("pass", f"{len(found)} rows multiply", values=values) if found else None


def table_text(case: Case) -> Check | None:
    """Judge whether sums that the text states under a name of the tables are theirs: 收入总计1670.87万元.

    Sums of another year, or of all funds where the table is of some, are left alone.
    """
    stated = _named_sums(case.reading.tables)
    years = set(_NAMED_YEAR.findall(case.document.text))
    own = years if len(years) == 1 else {year for table in case.reading.tables for year in _NAMED_YEAR.findall(table.title)}
    pairs: dict[str, str] = {}
    for passage in case.reading.passages if stated else ():
        for match in _NAMED_SUM.finditer(passage.text):
            name = next((match[1][place:] for place in range(len(match[1])) if match[1][place:] in stated), "")
            before = passage.text[max(0, match.start() - _REACH) : match.end(1) - len(name)]
            if not name or _OTHER.search(before) or not set(_NAMED_YEAR.findall(before)) <= own:
                continue
            value = Decimal(re.sub(r"[, ]", "", match[2])) * UNITS[match[3]]
            whole, some = stated[name]
            if value in whole | some:
                pairs[name] = f"{match[2]}{match[3]}"
            elif len(whole) == 1 and slip(value, min(whole)) and digits([value, *whole]) >= SURE - 1:
                values = {name: f"{match[2]}{match[3]}", "table": plain(min(whole) / UNITS[match[3]]) + match[3]}
                message = f"{name} is {values[name]} in the text, {values['table']} in the table"
                return case.judge("fail", message, values=values, at=passage.span(*match.span()))
    return case.judge("pass", f"{len(pairs)} sums of the text stand in the tables", values=pairs) if pairs else None


def _named_sums(found: Sequence[Table]) -> dict[str, tuple[set[Decimal], set[Decimal]]]:
    """Return what tables of all funds, and tables of some, give in 元 for each name of a row or of a column's total."""
    stated: dict[str, tuple[set[Decimal], set[Decimal]]] = {}
    for table in found:
        partial = bool(_PARTIAL.search(table.title))
        for row in table.rows:
            for figure in row:
                unit = figure.unit or table.unit_under(figure.heading)
                name = figure.column_name if figure.label.strip() == "合计" else figure.label.strip()
                first = figure is row[0] or figure.total or figure.label_column > row[0].label_column
                if figure.value is not None and unit in UNITS and len(name) > 3 and first:
                    stated.setdefault(name, (set(), set()))[partial].add(figure.value * UNITS[unit])
    return stated


def column_sum(case: Case) -> Check | None:
    """Judge whether the column of a table whose heading fits `column` makes one of the `totals`: 总价 of all lots = 成交金额."""
    totals = [field for label in case.rule.many("totals") if (field := case.document.fields.get(label)) and field.value.strip()]
    pattern = re.compile(case.rule.one("column"))
    columns = [(table, column) for table in case.reading.tables for column in table.columns if pattern.search(column[0].column_name)]
    listed = [(table, run) for table, column in columns if len(run := _run(column)) > 1]
    if len(listed) > 1:  # a column that ends in its own 合计 is judged by that
        listed = [
            (table, run)
            for table, run in listed
            if not any(figure.total and figure.row == run[-1].row + 1 for row in table.rows for figure in row)
        ]
    if not totals or len(listed) != 1:
        return None
    table, run = listed[0]
    if any(figure.value is None for figure in run):
        return case.judge("cannot_judge", f"a figure under {run[0].column_name} cannot be read")
    made = sum((figure.value or Decimal(0) for figure in run), Decimal(0))
    unit = run[0].unit or table.unit_under(run[0].heading) or _only_unit(table)
    stated = {field.label: found[0] for field in totals if (found := sums(field))}
    bare = not all(field.normalised for field in totals)
    sum_ = made * UNITS[unit] if unit in UNITS and not bare else made
    values = {"rows": "+".join(plain(figure.value or Decimal(0)) for figure in run), "sum": f"{plain(made)}{unit}"}
    values |= {label: plain(value) for label, value in stated.items()}
    if sum_ in stated.values():
        return case.judge("pass", f"the rows under {run[0].column_name} make {values['sum']}", values=values)
    if not stated or (not unit and not bare):
        return case.judge("cannot_judge", "no total in the unit of the rows", values=values)
    # A list may leave some out; what is off by a slip leaves none out.
    sure = any(slip(sum_, total) and digits([total, sum_]) >= SURE for total in stated.values())
    message = f"the rows under {run[0].column_name} make {values['sum']}, which is no total"
    return case.judge("fail" if sure else "cannot_judge", message, values=values, at=[figure.span for figure in run])


def _only_unit(table: Table) -> str:
    """Return the one unit of money that the headings and labels of a table name in brackets, "" if none or several."""
    units = {match[1] for _, _, cell in table.labels if (match := re.search(r"[（(](亿元|万元|千元|元)[）)]", cell))}
    return units.pop() if len(units) == 1 else ""


def _judged(case: Case, groups: Sequence[tuple[Table, Sequence[Sum]]]) -> Check | None:
    """Return the judgement of the sums of each table: those surely wrong, else those with an unknown, else those that may be wrong."""
    found = [one for _, group in groups for one in group]
    if not found:
        return None
    wrong = [one for table, group in groups for one in _surely_wrong(table, group, across=case.rule.name == "table_across")]
    if wrong:
        values = {one.name: f"{one.formula}, {_shown(one.stated)}" for one in wrong[:_KEPT]}
        spans = [span for one in wrong[:1] for span in one.spans]
        return case.judge("fail", _problems(wrong), values=values, at=spans)
    near = [one for one in found if one.rest and not one.unknown]
    unknown = [one for one in found if one.unknown]
    values = {one.name: f"{one.formula}, {_shown(one.stated)}" for one in (*unknown, *near)[:_KEPT]}
    derived: dict[str, str] = {}
    for one in unknown:
        if len(one.unknown) == 1 and one.rest >= 0:
            derived[one.unknown[0].label or one.name] = plain(one.rest)
            derived.setdefault("formula", f"{_shown(one.stated)} - ({'+'.join(plain(value) for value in one.known)})")
    if unknown:
        return case.judge("cannot_judge", f"a figure of {unknown[0].name} cannot be read", values=values, derived=derived)
    if near:
        why = "rounding may explain it" if all(one.rounded for one in near) else "it may not be their sum"
        return case.judge("cannot_judge", f"{near[0].name} differs by {plain(abs(near[0].rest))}; {why}", values=values)
    values = {one.name: one.formula for one in found[:_SHOWN]} | {"count": str(len(found))}
    return case.judge("pass", f"{len(found)} sums of tables are right", values=values)


def _surely_wrong(table: Table, group: Sequence[Sum], *, across: bool) -> Iterator[Sum]:
    """Yield the sums that are meant as sums and are wrong: what is off looks like a slip, and other sums of the table hold.

    Without others a long number must do. What was left out on purpose is short by the same in several columns, or in several rows,
    or the title says so.
    """
    line = [one.stated.column if across else one.stated.row for one in group]
    held = Counter(place for place, one in zip(line, group, strict=True) if one.evident)
    wrong = [(place, one) for place, one in zip(line, group, strict=True) if one.rest and not one.unknown and not one.rounded]
    short = Counter(place if across else (place, one.rest) for place, one in wrong)
    for place, one in wrong:
        if one.rest > 0 and (_SOME.search(table.title) or short[place if across else (place, one.rest)] > 1):
            continue
        beside = held[place]
        if slip(sum(one.known, Decimal(0)), _of(one.stated)):
            whole = across or one.rest < 0 or one.digits >= SURE - 1 or beside > 1  # round numbers may leave out a round one
            if one.rest < 0 and one.digits < SURE and _HEADS.search(one.stated.heading):
                continue
            sure = one.digits >= SURE or (whole and (beside > 0 or held.total() > 1))
        else:
            sure = beside > 1 and abs(one.rest) <= abs(_of(one.stated)) / 10 and not across and not _HEADS.search(one.stated.heading)
        if sure:
            yield one


def _problems(wrong: Sequence[Sum]) -> str:
    named = [f"{one.name} is {_shown(one.stated)}, its parts make {plain(sum(one.known, Decimal(0)))}" for one in wrong[:_SHOWN]]
    more = [f"{len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
    return "; ".join(named + more)


def _table_sums(table: Table) -> Iterator[Sum]:
    pure = {row[0].row for row in table.rows if all(figure.total for figure in row)}
    # 合计 of a self-evaluation adds marks of two tables: jiaokan.validate.scores.
    marked = {row[0].row for row in table.rows if any("得分" in figure.column_name for figure in row) and not row[0].label.endswith("额")}
    for column in table.columns:
        yield from (found for found in _column_sums(column, pure) if found.stated.row not in marked)


def _column_sums(column: Sequence[Figure], pure: AbstractSet[int]) -> Iterator[Sum]:
    """Yield the sums of one column: each 合计 with the rows since the one before, each code with the codes below it."""
    heading = column[0].column_name
    if _NOT_ADDED.search(heading) and not _SHARES.search(heading):
        return
    column = [figure for figure in column if figure.value is not None or not figure.empty or not figure.total]
    yield from _code_sums(column)
    groups = list(_group_sums(column))
    yield from groups if any(one.evident for one in groups) else ()
    since: list[Figure] = []
    subtotals: list[Figure] = []
    last: Figure | None = None
    end = max((place for place, figure in enumerate(column) if figure.total), default=-1)
    for place, figure in enumerate(column):
        if not (figure.total and not figure.empty and figure.value is not None):
            since.append(figure)
            continue
        parts = _top(since)
        if any(not part.empty for part in parts) or last:
            yield _nearest(figure, parts, last, subtotals, column[:place] if place == end else ())
        elif place == 0 and figure.row in pure and _of_these(figure, column[1:]):
            below = _top(_until_total(column[1:]))
            if sum(not part.empty for part in below) > 1 or (below and below[0].code):
                yield Sum(_name(figure), figure, tuple(below))
                return
        last, since = figure, []
        if _SUBTOTAL.search(figure.label):
            subtotals.append(figure)
        else:
            subtotals = []


def _nearest(stated: Figure, parts: Sequence[Figure], last: Figure | None, subtotals: Sequence[Figure], before: Sequence[Figure]) -> Sum:
    """Return the sum that is meant: the rows since the last 合计, with it, with every 小计, or all rows but the sums; the right one if one is.

    `before` are all rows, for the last 合计 only.
    """
    parts = _without_inner(parts)
    since = Sum(_name(stated), stated, tuple(parts))
    with_last = Sum(_name(stated), stated, (last, *parts)) if last else since
    whole = Sum(_name(stated), stated, tuple(_top([figure for figure in before if not figure.total])))
    tiers = () if _SUBTOTAL.search(stated.label) else (*subtotals, *parts)
    choices = [with_last, since, whole] if _GRAND.search(stated.label) or not parts else [since, with_last, whole]
    choices.append(Sum(_name(stated), stated, tiers))
    choices.append(Sum(_name(stated), stated, tuple(part for part in before if _GROUP.match(part.label))))
    return min((choice for choice in choices if choice.parts), key=lambda choice: abs(choice.rest), default=choices[0])


def _without_inner(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures without those that 其中 counts within the one before: 建筑工程费 312.4, 其中：暖棚 198.6, 储草棚 78.2, 道路 35.6."""
    kept: list[Figure] = []
    left = Decimal(0)  # of the figure that 其中 divides
    for figure in figures:
        if kept and figure.label.startswith("其中"):
            left = kept[-1].value or Decimal(0)
        if left > 0 and figure.value is not None and figure.value <= left:
            left -= figure.value
            continue
        left = Decimal(0)
        kept.append(figure)
    return kept


def _until_total(column: Sequence[Figure]) -> list[Figure]:
    """Return the figures below a 合计 that stands first, as far as the next one or the first row without any."""
    found: list[Figure] = []
    for figure in column:
        if figure.total or (figure.value is None and figure.empty):
            break
        found.append(figure)
    return found


def _of_these(total: Figure, below: Sequence[Figure]) -> bool:
    """Tell whether a 合计 that stands first is one of what follows: 合计, 208 社会保障…; 资金总额, 其中：…."""
    if not below:
        return False
    first = below[0]
    return bool(first.code) or "其中" in first.label or bool(_PARTS.search(first.label)) or total.label.strip() == "合计"


def _top(figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures of the highest level where the rows have codes; rows without a code stay."""
    shortest = min((len(figure.code) for figure in figures if figure.code), default=0)
    return [figure for figure in figures if len(figure.code) in {0, shortest}]


def _code_sums(column: Sequence[Figure]) -> Iterator[Sum]:
    """Yield 类 = Σ款 and 款 = Σ项 of a column."""
    below: dict[str, list[Figure]] = {}
    for figure in column:
        if len(figure.code) > 3:
            below.setdefault(figure.code[:-2], []).append(figure)
    for figure in column:
        parts = below.get(figure.code, ())
        if parts and figure.value is not None:
            yield Sum(f"{figure.code} {figure.label}", figure, tuple(parts))


def _group_sums(column: Sequence[Figure]) -> Iterator[Sum]:
    """Yield 一、 = Σ of the rows without such a number as far as the next one; it shows elsewhere in the column that they are its parts."""
    heads = [place for place, figure in enumerate(column) if _GROUP.match(figure.label)]
    for place, end in pairwise([*heads, len(column)]):
        parts = _without_inner(_until_total(column[place + 1 : end]))
        if len(parts) > 1 and column[place].value is not None and not any(_TAKEN_OFF.search(part.label) for part in parts):
            yield Sum(column[place].label, column[place], tuple(parts))


def _row_sums(table: Table) -> Iterator[Sum]:
    """Yield the sums along rows, of each heading 合计 where the rows show, or the headings say, that it adds what follows."""
    by_heading: dict[str, list[Sum]] = {}
    for row in table.rows:
        for found in _along(row):
            by_heading.setdefault(found.stated.heading, []).append(found)
    for same in by_heading.values():
        right = sum(not one.rest for one in same)
        if 2 * right >= len(same) > 1 or any(_PARTS.search(part.column_name) for part in same[0].parts):
            yield from same


def _along(row: Sequence[Figure]) -> Iterator[Sum]:
    for place, figure in enumerate(row):
        if not is_total(figure.column_name) or figure.value is None or figure.unit == "%":
            continue
        parts: list[Figure] = []
        inner = not figure.column_name.endswith("小计")
        for part in row[place + 1 :]:
            heading = part.column_name
            if _NOT_ADDED.search(heading) or part.unit == "%":
                break
            if is_total(heading):
                if inner and heading.endswith("小计"):
                    parts.append(part)
                break
            parts.append(part)
        if len(parts) > 1 or (parts and _PARTS.search(parts[0].column_name)):
            yield Sum(f"{figure.label} {figure.column_name}".strip(), figure, tuple(parts))


def _halves(row: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """Yield the totals that stand side by side: 收入总计 and 支出总计, or 总计 twice."""
    sides: dict[int, list[Figure]] = {}
    for figure in row:
        if re.search(r"总\s*计$", figure.label) and figure.unit != "%":
            sides.setdefault(figure.label_column, []).append(figure)
    if len(sides) == 2:
        left, right = sides.values()
        if len(left) == len(right):
            yield from (pair for pair in zip(left, right, strict=True) if _opposed(*(figure.label for figure in pair)))


def _opposed(left: str, right: str) -> bool:
    """Tell whether two totals are the halves of one account: 收入总计 and 支出总计, but not 2022年总计 and 2023年总计."""
    return left == right or any(one in left and other in right for one, other in _HALVES)


def _product(row: Sequence[Figure]) -> tuple[Figure, Figure, Figure] | None:
    """Return quantity, unit price and amount of a row that has all three."""
    quantity = next((figure for figure in row if "数量" in figure.column_name), None)
    price = next((figure for figure in row if "单价" in figure.column_name), None)
    amount = next((figure for figure in row if re.search(r"[总合]价|小计|金额", figure.column_name)), None)
    return (quantity, price, amount) if quantity and price and amount and not amount.total else None


def _multiplies(quantity: Figure, price: Figure, amount: Figure) -> bool:
    """Tell whether quantity by price is the amount, as far as they are rounded."""
    ulp = Decimal(1).scaleb(-amount.decimals)
    slack = (ulp + abs(_of(quantity)) * Decimal(1).scaleb(-price.decimals)) / 2 if price.decimals else ulp / 2 if amount.decimals else 0
    return abs(_of(quantity) * _of(price) - _of(amount)) <= slack


def _run(column: Sequence[Figure]) -> list[Figure]:
    """Return the figures of a column down to its 合计 or to the first row without any."""
    return _until_total(column)


def _name(figure: Figure) -> str:
    return " ".join(filter(None, (figure.label, figure.column_name)))


def _of(figure: Figure) -> Decimal:
    return figure.value or Decimal(0)


def _shown(figure: Figure) -> str:
    return "?" if figure.value is None else plain(figure.value) + figure.unit
