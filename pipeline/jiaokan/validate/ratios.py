"""Percents that a text states beside the sums they were made from, computed anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from jiaokan.extract.values import FULL_WIDTH, NUMBER, UNITS, amounts, plain
from jiaokan.model import Check
from jiaokan.validate.case import Case, Passage

_SUM = rf"(?<![\d.])({NUMBER})\s?(亿元|万元|千元|元)"
_PERCENT = r"(\d{1,4}(?:\.\d{1,4})?)\s?%"
_UP, _DOWN = "多支?|增加|净增|增长|增收|增支|上升|提高", "少支?|减少|净减|下降|减支|压减|降低"
_GROWTH = re.compile(
    rf"{_SUM}[^。；;\d%]{{0,12}}?({_UP}|{_DOWN})了?{_SUM}[,，、（(]?(?:(?:同比)?(?:增长|增加|增幅|上升|下降|减少|降低|降幅|减幅|增|降)(?:为|达|了)?){_PERCENT}"
)
"""较上年698.15万元增加54.25万元，增长7.77%."""
_COMPARED = re.compile(r"[比较]|同期")
_GROWN = re.compile(
    rf"{_SUM}[，,（(]\s?(?:同比|(?:比|较)(?:上年|去年|同期|上一?年度?|(?:19|20)\d\d年)[^。；;，,\d%]{{0,8}}?)({_UP}|{_DOWN})了?{_SUM}[,，、（(]?"
    rf"(?:(?:同比)?(?:增长|增加|增幅|上升|下降|减少|降低|降幅|减幅|增|降)(?:为|达|了)?){_PERCENT}"
)
"""1260.50万元，比上年增加210.50万元，增长20.05%."""
_SHARE = re.compile(rf"{_SUM}[，,（(]?(?:约)?占(?:比)?(?:为)?{_PERCENT}")
"""基本支出279.90万元，占37.20%."""
_COUNTER = "批次|人次|户次|[件个户处人次项批篇份辆组起条座家台所]"
_COUNT_SHARE = re.compile(rf"(?<![\d.])(\d[\d,]{{0,9}})({_COUNTER})[，,（(]?占(?:比)?(?:为)?{_PERCENT}")
"""采纳156条，占65%."""
_OF_ALL = re.compile(rf"{_SUM}[，,（(]?占(?:总额|总数|总支出|总收入|支出总额|全部支出|资金总额)的{_PERCENT}")
"""项目支出1370.00万元，占总额的55.28%; the whole is a sum named before."""
_REACH = 400
"""Characters before a share in which the whole is looked for."""
_ROUNDED = Decimal("0.05")
"""What shares that make a hundred may lack by rounding."""
_COUNTED = re.compile(
    rf"(?<![\d.])(?P<whole>[1-9][\d,]{{0,9}})(?P<unit>{_COUNTER})[^。；;\d]{{0,16}}?(?P<done>[\u4e00-\u9fff]{{2}})[^。；;\d]{{0,3}}"
    r"(?P<part>\d[\d,]{0,9})(?P=unit)[，,、（(][^。；;\d，,]{0,4}(?P=done)率(?:为|达到?)?(?P<percent>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
"""受理投诉132件，办结125件，办结率94.7%."""
_ALONE = 2
"""Sums of a sentence that names no others than the two of a rate."""
_OF = re.compile(rf"{_SUM}[^。；;\d%]{{0,24}}?(?:为|完成|相当于|占)[^。；;，,\d%]{{0,10}}{_SUM}的{_PERCENT}")
"""支出1206.27万元，为年初预算1148.00万元的105.08%."""


_SPENT = re.compile(
    rf"(?:预算|计划|下达|安排|应)[^。；;，,\d%]{{0,10}}{_SUM}[，,](?![^。；;\d%]{{0,24}}(?:其中|上年|结[转余]|[增减比较]))[^。；;\d%]{{0,14}}"
    rf"(?:支出|执行|支付|到位|拨付|使用|完成)[^。；;，,\d%]{{0,6}}{_SUM}[，,（(][^。；;，,\d%]{{0,8}}"
    rf"(?:执行|支付|支出|到位|拨付|使用|完成)(?:率|进度)(?:为|达到?|是)?{_PERCENT}"
)
"""预算安排500万元，实际支出480万元，预算执行率96%."""


class Ratio(NamedTuple):
    """A percent as stated and as its sums make it."""

    formula: str
    stated: Decimal
    made: Decimal
    passage: Passage
    start: int
    end: int
    slack: Decimal = Decimal(0)  # what rounding of the sums may do to it

    @property
    def fits(self) -> bool:
        """Tell whether they agree to the last decimal stated, rounded or cut off."""
        return abs(self.made - self.stated) < Decimal(1).scaleb(int(self.stated.as_tuple().exponent)) + self.slack


def ratios(case: Case) -> Check | None:
    """Judge whether percents beside their sums are right: growth, shares that make a hundred, parts of a sum."""
    found = [ratio for passage in case.reading.passages if "%" in passage.text or "％" in passage.text for ratio in _ratios(passage)]
    if not found:
        return None
    wrong = [ratio for ratio in found if not ratio.fits]
    values = {ratio.formula: f"{plain(ratio.stated)}%" for ratio in wrong or found}
    if not wrong:
        return case.judge("pass", f"{len(found)} percents fit the sums beside them", values=values)
    first = wrong[0]
    spans = [span for ratio in wrong[:1] for span in ratio.passage.span(ratio.start, ratio.end)]
    return case.judge("fail", f"{first.formula} = {first.made:.2f}%, not {plain(first.stated)}%", values=values, at=spans)


def _ratios(passage: Passage) -> Iterator[Ratio]:
    text = passage.text.translate(FULL_WIDTH)
    for match in _GROWTH.finditer(text):
        before, change, stated = _yuan(match, 1), _yuan(match, 4), Decimal(match[6])
        compared = _COMPARED.search(match[0])  # then the sum before is another one: 362.48万元，比上年增加18.20万元
        if before and not compared:
            ratio = Ratio(f"{match[4]} / {match[1]}", stated, 100 * change / before, passage, match.start(1), match.end())
            # 2022年940.40万元，2023年900.40万元，减少40.00万元: the sum before the change is that after it.
            then = before + change if re.fullmatch(_DOWN, match[3]) else before - change
            other = ratio._replace(made=100 * change / then) if then > 0 else ratio
            yield other if other.fits else ratio
    for match in _GROWN.finditer(text):
        now, change, stated = _yuan(match, 1), _yuan(match, 4), Decimal(match[6])
        before = now + change if re.fullmatch(_DOWN, match[3]) else now - change
        if before > 0:
            slack = 100 * (_half(match, 4) + _half(match, 1)) / before
            formula = f"{match[4]} / {plain(before / _scale(match[5]))}"
            yield Ratio(formula, stated, 100 * change / before, passage, match.start(1), match.end(), slack)
    for match in _COUNTED.finditer(text):
        whole, part = (Decimal(match[name].replace(",", "")) for name in ("whole", "part"))
        if part <= whole:
            stated = Decimal(match["percent"])
            yield Ratio(f"{match['part']} / {match['whole']}", stated, 100 * part / whole, passage, match.start(1), match.end())
    for match in _OF.finditer(text):
        part, whole, stated = _yuan(match, 1), _yuan(match, 3), Decimal(match[5])
        if whole:
            yield Ratio(f"{match[1]} / {match[3]}", stated, 100 * part / whole, passage, match.start(1), match.end())
    for match in _SPENT.finditer(text):
        first = max(0, match.start() - _REACH)
        sentence = text[max(first, *(text.rfind(stop, first, match.start()) + 1 for stop in "。\n")) : match.end()]
        whole, part, stated = _yuan(match, 1), _yuan(match, 3), Decimal(match[5])
        if whole and len(list(amounts(sentence))) == _ALONE:
            yield Ratio(f"{match[3]} / {match[1]}", stated, 100 * part / whole, passage, match.start(1), match.end())
    for match in _OF_ALL.finditer(text):
        named = [amount.yuan for amount in amounts(text[max(0, match.start() - _REACH) : match.start()]) if amount.yuan > _yuan(match, 1)]
        made = [100 * _yuan(match, 1) / whole for whole in named]
        if made:
            stated = Decimal(match[3])
            yield Ratio(f"{match[1]} / …", stated, min(made, key=lambda share: abs(share - stated)), passage, match.start(1), match.end())
    for group in (group for pattern in (_SHARE, _COUNT_SHARE) for group in _groups(list(pattern.finditer(text)), text)):
        whole = sum((_yuan(match, 1) for match in group), Decimal(0))
        found = [_share(match, whole, passage) for match in group]
        # Else they are shares of something larger.
        if abs(sum((ratio.stated for ratio in found), Decimal(-100))) <= _ROUNDED or sum(not ratio.fits for ratio in found) * 2 <= len(
            found
        ):
            yield from found


def _share(match: re.Match[str], whole: Decimal, passage: Passage) -> Ratio:
    made = 100 * _yuan(match, 1) / whole if whole else Decimal(0)
    return Ratio(f"{match[1]} / {plain(whole / _scale(match[2]))}", Decimal(match[3]), made, passage, match.start(1), match.end())


def _groups(shares: Sequence[re.Match[str]], text: str) -> Iterator[list[re.Match[str]]]:
    """Yield the shares of one whole: two and more of a sentence."""
    group: list[re.Match[str]] = []
    for match in shares:
        if group and "。" in text[group[-1].end() : match.start()]:
            if len(group) > 1:
                yield group
            group = []
        group.append(match)
    if len(group) > 1:
        yield group


def _yuan(match: re.Match[str], place: int) -> Decimal:
    return Decimal(re.sub(r"[, ]", "", match[place])) * _scale(match[place + 1])


def _half(match: re.Match[str], place: int) -> Decimal:
    """Return half of what the last decimal of a sum is worth in 元."""
    return Decimal("0.5").scaleb(-len(match[place].partition(".")[2])) * _scale(match[place + 1])


def _scale(unit: str) -> Decimal:
    """Return what a unit is worth in 元, 1 for one that counts."""
    return UNITS.get(unit, Decimal(1))
