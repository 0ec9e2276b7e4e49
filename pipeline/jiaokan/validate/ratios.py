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
_SHARE = re.compile(rf"{_SUM}[，,（(]?(?:约)?占(?:比)?(?:为)?{_PERCENT}")
"""基本支出279.90万元，占37.20%."""
_OF_ALL = re.compile(rf"{_SUM}[，,（(]?占(?:总额|总数|总支出|总收入|支出总额|全部支出|资金总额)的{_PERCENT}")
"""项目支出1370.00万元，占总额的55.28%; the whole is a sum named before."""
_REACH = 400
"""Characters before a share in which the whole is looked for."""
_ROUNDED = Decimal("0.05")
"""What shares that make a hundred may lack by rounding."""
_COUNTED = re.compile(
    r"(?<![\d.])(?P<whole>[1-9][\d,]{0,9})(?P<unit>[件个户处人次项批篇份辆组起])[^。；;\d]{0,16}?(?P<done>[\u4e00-\u9fff]{2})[^。；;\d]{0,3}"
    r"(?P<part>\d[\d,]{0,9})(?P=unit)[，,、（(][^。；;\d，,]{0,4}(?P=done)率(?:为|达到?)?(?P<percent>\d{1,3}(?:\.\d{1,4})?)\s?%"
)
"""受理投诉132件，办结125件，办结率94.7%."""
_OF = re.compile(rf"{_SUM}[^。；;\d%]{{0,24}}?(?:为|完成|相当于|占)[^。；;，,\d%]{{0,10}}{_SUM}的{_PERCENT}")
"""支出1206.27万元，为年初预算1148.00万元的105.08%."""


class Ratio(NamedTuple):
    """A percent as stated and as its sums make it."""

    formula: str
    stated: Decimal
    made: Decimal
    passage: Passage
    start: int
    end: int

    @property
    def fits(self) -> bool:
        """Tell whether they agree to the last decimal stated, rounded or cut off."""
        return abs(self.made - self.stated) < Decimal(1).scaleb(int(self.stated.as_tuple().exponent))


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
            yield Ratio(f"{match[4]} / {match[1]}", stated, 100 * change / before, passage, *match.span())
    for match in _COUNTED.finditer(text):
        whole, part = (Decimal(match[name].replace(",", "")) for name in ("whole", "part"))
        if part <= whole:
            yield Ratio(f"{match['part']} / {match['whole']}", Decimal(match["percent"]), 100 * part / whole, passage, *match.span())
    for match in _OF.finditer(text):
        part, whole, stated = _yuan(match, 1), _yuan(match, 3), Decimal(match[5])
        if whole:
            yield Ratio(f"{match[1]} / {match[3]}", stated, 100 * part / whole, passage, *match.span())
    for match in _OF_ALL.finditer(text):
        named = [amount.yuan for amount in amounts(text[max(0, match.start() - _REACH) : match.start()]) if amount.yuan > _yuan(match, 1)]
        made = [100 * _yuan(match, 1) / whole for whole in named]
        if made:
            stated = Decimal(match[3])
            yield Ratio(f"{match[1]} / …", stated, min(made, key=lambda share: abs(share - stated)), passage, *match.span())
    shares = list(_SHARE.finditer(text))
    for group in _groups(shares, text):
        whole = sum((_yuan(match, 1) for match in group), Decimal(0))
        found = [_share(match, whole, passage) for match in group]
        # Else they are shares of something larger.
        if abs(sum((ratio.stated for ratio in found), Decimal(-100))) <= _ROUNDED or sum(not ratio.fits for ratio in found) * 2 <= len(
            found
        ):
            yield from found


def _share(match: re.Match[str], whole: Decimal, passage: Passage) -> Ratio:
    made = 100 * _yuan(match, 1) / whole if whole else Decimal(0)
    return Ratio(f"{match[1]} / {plain(whole / UNITS[match[2]])}", Decimal(match[3]), made, passage, *match.span())


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
    return Decimal(re.sub(r"[, ]", "", match[place])) * UNITS[match[place + 1]]
