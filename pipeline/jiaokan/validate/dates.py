"""Dates: in order, and inside the year of account."""

from __future__ import annotations

import re

from jiaokan.model import Check
from jiaokan.validate.case import Case

_MULTI_YEAR = re.compile(r"延续|阶段|跨年|持续|经常")


def dates_in_order(case: Case) -> Check | None:
    """Judge whether the start is not after the end: 开始日期 2022-01-01 ≤ 结束日期 2022-12-31."""
    ends = _ends(case)
    if ends is None:
        return None
    start, end, values = ends
    if not start or not end:
        return case.judge("cannot_judge", "a date cannot be read", values=values)
    if len(start) < len("2022-01") or len(end) < len("2022-01"):
        return case.judge("cannot_judge", "only the years are given", values=values)
    shared = min(len(start), len(end))
    ordered = start[:shared] <= end[:shared]
    return case.judge("pass" if ordered else "fail", f"{start} is {'not ' if ordered else ''}after {end}", values=values)


def dates_in_year(case: Case) -> Check | None:
    """Judge whether a project's dates lie inside the year of account; those of a project of several years must touch it."""
    year = case.canonical("year")
    ends = _ends(case)
    if not year or ends is None:
        return None
    start, end, values = ends
    values = {**values, "year": year}
    if not start or not end:
        return case.judge("cannot_judge", "a date cannot be read", values=values)
    if start[:4] == end[:4] == year:
        return case.judge("pass", f"both dates lie in {year}", values=values)
    if not start[:4] <= year <= end[:4]:
        return case.judge("fail", f"{start} to {end} lies outside {year}", values=values)
    kind = case.text("kind")
    if _MULTI_YEAR.search(kind):
        return case.judge("pass", f"{kind}: {start} to {end} covers {year}", values=values)
    if kind.strip() == "当年项目":
        return case.judge("fail", f"a 当年项目 reaches beyond {year}", values=values)
    return case.judge("cannot_judge", f"{start} to {end} reaches beyond {year}; the kind of project does not tell whether it may", values=values)


def _ends(case: Case) -> tuple[str, str, dict[str, str]] | None:
    """Return start, end and what they were read from, None where the page has not both."""
    start, end = case.field("start"), case.field("end")
    if start and end and (start.value or end.value):
        return start.normalised, end.normalised, {start.label: start.value, end.label: end.value}
    period = case.field("period")
    if not period or not period.value:
        return None
    first, _, last = period.normalised.partition("/")
    return first, last, {period.label: period.value}
