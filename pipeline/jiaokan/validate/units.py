"""Values that have bounds or a form of their own: percents, operators, telephone numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from jiaokan.extract.values import FULL_WIDTH
from jiaokan.extract.values import phone as telephone
from jiaokan.model import Check, Span
from jiaokan.validate.case import Case

_BOUNDED = re.compile(r"[率度]")
_UNBOUNDED = re.compile(r"增长|增幅|增速|增加|执行率|提高|提升|上升|超额|回报率|利率")
"""Rates that may exceed 100 (DOMAIN: growth and 执行率)."""
_PHONE = re.compile(r"(?:电话|手机|联系方式|传真)(?:号码)?[:：]?[ \t]{0,3}(\d[\d*\-－—– ]{5,16}[\d*])(?![\dA-Za-z])")


def percent_bounds(case: Case) -> Check | None:
    """Judge whether every rate lies between 0 and 100; 292% is a strong suspect of ≥92%, its operator read as a 2."""
    rates = [
        (row.levels[2], row.operator, Decimal(row.value))
        for row in case.document.indicators
        if row.unit == "%" and re.fullmatch(r"-?\d+(\.\d+)?", row.value) and _BOUNDED.search(row.levels[2])
    ]
    if not rates:
        return None
    for name, operator, value in rates:
        if 0 <= value <= 100 or _UNBOUNDED.search(name):
            continue
        digits = f"{value:f}"
        lost = (
            f": ≥{digits[1:]}% read as {digits}% is likely"
            if digits[0] == "2" and not operator and Decimal(digits[1:] or "0") <= 100
            else ""
        )
        return case.judge("fail", f"{name} is {digits}%, beyond 0–100{lost}", values={name: f"{operator}{digits}%"})
    return case.judge("pass", f"{len(rates)} rates lie between 0 and 100", values={name: f"{value:f}%" for name, _, value in rates})


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
