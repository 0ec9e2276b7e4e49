"""Dates: in order, and inside the year of account."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from jiaokan.extract.values import FULL_WIDTH
from jiaokan.model import Check, Field, Span
from jiaokan.validate.case import Case

_MULTI_YEAR = re.compile(r"延续|阶段|跨年|持续|经常")
_RANGE = re.compile(
    r"(?<!\d)(?:(?P<y1>(?:19|20)\d\d)(?:年|[-./](?=\d)))?(?:(?P<m1>\d{1,2})(?:月|[-./](?=\d\d?(?!\d))))?(?:(?P<d1>\d{1,2})日?)?"
    r"(?:起)?\s?(?:至|到|[—–～~]|(?<=[日月年])-)+\s?"
    r"(?:(?P<y2>(?:19|20)\d\d)(?:年|[-./](?=\d)))?(?:(?P<m2>\d{1,2})(?:月|[-./](?=\d\d?(?!\d))))?(?:(?P<d2>\d{1,2})(?P<day>日)?)?(?!\d)"
)
"""自2023年9月18日至9月28日, 2021.01—2023.12; a part left out is that of the start."""


_DAY = re.compile(r"(?<![\d.])(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_LEAP = 2000
"""A year that has every day there is."""
_YEARLESS = re.compile(r"(\d{1,2})月(\d{1,2})日")


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
    return case.judge(
        "cannot_judge", f"{start} to {end} reaches beyond {year}; the kind of project does not tell whether it may", values=values
    )


def _ends(case: Case) -> tuple[str, str, dict[str, str]] | None:
    """Return start, end and what they were read from, None where the page has not both."""
    start, end = case.field("start"), case.field("end")
    if start and end and (start.value or end.value):
        return *_dated(start, end), {start.label: start.value, end.label: end.value}
    period = case.field("period")
    if not period or not period.value:
        return None
    first, _, last = period.normalised.partition("/")
    return first, last, {period.label: period.value}


def _dated(start: Field, end: Field) -> tuple[str, str]:
    """Return two dates; a day without a year is one of the other's year where that keeps them in order: 2023年3月1日, 3月10日."""
    first, last = start.normalised, end.normalised
    if first and not last and (day := _of_year(end.value, first)) >= first:
        last = day
    elif last and not first and (day := _of_year(start.value, last)) <= last:
        first = day
    return first, last


def _of_year(value: str, other: str) -> str:
    """Return a day without a year as one of the year of another date, "" where it is none."""
    match = _YEARLESS.fullmatch(value.translate(FULL_WIDTH).strip())
    found = (int(other[:4]), int(match[1]), int(match[2])) if match else None
    return f"{dt.date(*found):%Y-%m-%d}" if found and _exists(*found) else ""


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def deadline(case: Case) -> Check | None:
    """Judge whether the end is at most `days` after the start: 受理 2022-09-13, 答复 2022-11-08, within 60 days.

    `extended` days count where the text says that the time was extended, in words that `extension` describes.
    """
    start, end = case.field("start"), case.field("end")
    if not start or not end:
        return None
    values = {start.label: start.value, end.label: end.value}
    try:
        first, last = map(dt.date.fromisoformat, _dated(start, end))
    except ValueError:
        return case.judge("cannot_judge", "a date cannot be read", values=values)
    extension = case.rule.one("extension")
    passed = (last - first).days
    longer = bool(extension) and bool(re.search(extension, case.document.text))
    days = int(case.rule.one("extended" if longer and case.rule.one("extended") else "days"))
    values |= {"passed": str(passed), "days": str(days)}
    if passed < 0:
        return case.judge("cannot_judge", f"{end.label} is before {start.label}", values=values)
    if passed > days:
        return case.judge("fail", f"{passed} days from {start.label} to {end.label}, {days} allowed", values=values)
    return case.judge("pass", f"{passed} days from {start.label} to {end.label}, {days} allowed", values=values)


def date_ranges(case: Case) -> Check | None:
    """Judge whether each period in the text begins before it ends, and each day exists: not 自2023年9月18日至9月8日, not 11月31日."""
    text = case.document.text.translate(FULL_WIDTH)
    for match in _DAY.finditer(text):
        if not _exists(int(match["year"] or _LEAP), int(match["month"]), int(match["day"])):
            return case.judge("fail", f"there is no {match[0]}", values={"date": match[0]}, at=[Span(*match.span())])
    found = list(_ranges(text))
    if not found:
        return None
    for words, ordered, span in found:
        if not ordered:
            return case.judge("fail", f"{words} ends before it begins", values={"period": words}, at=[span])
    return case.judge("pass", f"{len(found)} periods begin before they end", values={"count": str(len(found))})


def _ranges(text: str) -> Iterator[tuple[str, bool, Span]]:
    """Yield each period of which two like parts can be compared; 11月至4月 may run into the next year."""
    for match in _RANGE.finditer(text):
        year, month, day = (int(match[name]) if match[name] else 0 for name in ("y1", "m1", "d1"))
        until = tuple(int(match[name]) if match[name] else 0 for name in ("y2", "m2", "d2"))
        if not ((year and (month or until[0])) or (month and day)):
            continue
        words = match[0].strip()
        if until[0]:
            if year and until[1] and month:
                yield words, (year, month, day if until[2] else 0) <= (until[0], until[1], until[2] if day else 0), Span(*match.span())
            elif year:
                yield words, year <= until[0], Span(*match.span())
        elif until[1] and month:
            if until[1] == month and until[2] and day:
                yield words, day <= until[2], Span(*match.span())
            elif year:
                yield words, month <= until[1], Span(*match.span())
        elif match["day"] and day and not until[1]:
            yield words, day <= until[2], Span(*match.span())
