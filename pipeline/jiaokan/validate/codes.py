"""Codes: their form, their check digits, the place they name."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from jiaokan.extract.region import mentions
from jiaokan.extract.values import FULL_WIDTH
from jiaokan.knowledge.gazetteer import COUNTY
from jiaokan.model import Check, Span
from jiaokan.validate.case import Case

_PROJECT = re.compile(r"(?P<area>\d{6})(?P<year>\d\d)(?:[A-Z]\d{12}|\d{13})")
_PROJECT_LENGTH = 21
_NAMED_CODE = re.compile(r"项目(?:编码|编号|代码)[:：]?[ \t]*(\d[\dA-Z ]{20,23})(?![\dA-Z])")
_AREA = re.compile(r"(?<!\d)(?P<area>[1-6]\d{5})(?=\d{6}|[\]］】〕])")
"""An area at the head of a longer number: 110118232102…-XM001, [230381]HLZJ[GK]20230006."""
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100—2015 §4: without I, O, S, V, Z."""
_CREDIT = re.compile(
    r"信用代码(?:[（(][^（）()]{1,12}[）)])?\s*[:：]?[ \t]*(?P<named>[0-9A-Za-z*]{15,21})(?![0-9A-Za-z*])"
    r"|(?<![0-9A-Za-z])(?P<bare>[159][1-3]\d{6}[0-9A-Za-z]{10})(?![0-9A-Za-z*])"
)
"""Named, or of the form of one: 91 (92, 93, 11, 12, 51 …), an area, ten characters; digits alone may be another number."""
_IDENTITY = re.compile(r"(?:身份证(?:件)?(?:号码|号)?|公民身份号码)[:：]?\s*([0-9][0-9Xx*]{13,18})(?![0-9A-Za-z*])")


def project_code(case: Case) -> Check | None:
    """Judge the form of a project code: 6 digits of area, 2 of year, then 13 (or a letter and 12); the year is not after 年度."""
    field = case.field("code")
    if not field or not field.value:
        return None
    code = re.sub(r"\s", "", field.normalised or field.value)
    values = {"code": code, "length": str(len(code))}
    match = _PROJECT.fullmatch(code)
    if match:
        year = case.canonical("year")
        values["year"] = year
        if year and int(match["year"]) > int(year) % 100:
            return case.judge("fail", f"the code's year {match['year']} is after {year}", values=values)
        return case.judge("pass", f"{_PROJECT_LENGTH} characters: area {match['area']}, year {match['year']}", values=values)
    if re.match(r"\d{6}", code) and abs(len(code) - _PROJECT_LENGTH) <= 2:
        what = f"{len(code)} characters where {_PROJECT_LENGTH} belong" if len(code) != _PROJECT_LENGTH else "a letter among the digits"
        return case.judge("fail", f"the code has {what}", values=values)
    return case.judge("cannot_judge", "a code of another system", values=values)


def area_code(case: Case) -> Check | None:
    """Judge whether the code's first six digits are an area of GB/T 2260, of today or of the past, that the text names too.

    A code of the county next to the one named, 360923 for 360922, is a slip; one from elsewhere may be of another office.
    """
    field = case.field("code")
    named_ = None if case.rule.one("code") else _NAMED_CODE.search(case.document.text.translate(FULL_WIDTH))
    own = _PROJECT.fullmatch(field.normalised if field else re.sub(r"\s", "", named_[1]) if named_ else "")
    match = own or (_AREA.search(re.sub(r"\s", "", field.value)) if field else None)
    if not match:
        return None
    code = match["area"]
    places = case.gazetteer.coded(code)
    if not places:
        if not own:
            return None
        known = code[2:4] != "00" and bool(case.gazetteer.coded(f"{code[:4]}00"))
        why = "no area has the code; its prefecture may use it for itself" if known else "no area has or had the code"
        return case.judge("cannot_judge" if known else "fail", f"{code}: {why}", values={"code": code})
    place = places[0]
    now = case.gazetteer.successor(place) or place
    named = Counter(mentions(case.document.text, case.gazetteer))
    values = {"code": code, "place": now.name}
    times = named[now] or case.document.text.count(now.name)  # 荣县 is too short a name to be looked for everywhere
    values["named"] = str(times)
    if times:
        return case.judge("pass", f"{code} is {now.name}, named {times} times", values=values)
    beside = max(
        (other for other in named if other.parent == now.parent and other.level == now.level), key=lambda other: named[other], default=None
    )
    if beside and now.level == COUNTY and named[beside] > 1:
        values[beside.code] = f"{beside.name} ×{named[beside]}"
        return case.judge("fail", f"{code} is {now.name}, which the text does not name; {beside.name} is {beside.code}", values=values)
    return case.judge("cannot_judge", f"{code} is {now.name}, which the text does not name", values=values)


def credit_code(case: Case) -> Check | None:
    """Judge each 统一社会信用代码 by its check digit (GB 32100—2015); masked ones are left alone."""
    return _all(case, _credit_codes(case), _credit_fault)


def identity_number(case: Case) -> Check | None:
    """Judge each 公民身份号码 by its date and check digit (GB 11643—1999); masked ones are left alone."""
    return _all(case, _identity_numbers(case), _identity_fault)


def _all(case: Case, codes: Iterable[tuple[str, Sequence[Span]]], fault: Callable[[str], str]) -> Check | None:
    seen: list[str] = []
    for code, spans in codes:
        if why := fault(code):
            return case.judge("fail", why, values={"code": code}, at=spans)
        seen.append(code)
    return case.judge("pass", "the check digit fits", values={"code": "、".join(dict.fromkeys(seen))}) if seen else None


def _credit_codes(case: Case) -> Iterator[tuple[str, Sequence[Span]]]:
    if case.rule.one("code"):
        yield from _own(case)
        return
    for match in _CREDIT.finditer(case.document.text.translate(FULL_WIDTH)):
        code = match["named"] or match["bare"]
        if "*" not in code and "XXX" not in code and not (match["bare"] and code.isdigit() and not code.startswith("9")):
            yield re.sub(r"\s", "", code).upper(), (Span(*match.span()),)


def _identity_numbers(case: Case) -> Iterator[tuple[str, Sequence[Span]]]:
    if case.rule.one("code"):
        yield from _own(case)
        return
    for match in _IDENTITY.finditer(case.document.text.translate(FULL_WIDTH)):
        if "*" not in match[1]:
            yield match[1].upper(), (Span(*match.span(1)),)


def _own(case: Case) -> Iterator[tuple[str, Sequence[Span]]]:
    field = case.field("code")
    code = re.sub(r"\s", "", field.value).upper() if field else ""
    if code and "*" not in code:
        yield code, ()


def _credit_fault(code: str) -> str:
    """Return what is wrong with a code, "" if nothing."""
    wrong = [character for character in code if character not in _CREDIT_ALPHABET]
    if len(code) != 18:
        return f"{code} has {len(code)} characters where 18 belong"
    if wrong:
        return f"{code} holds {'、'.join(wrong)}, which no code has"
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return "" if _CREDIT_ALPHABET[-total % 31] == code[17] else "the check digit does not fit"


def _identity_fault(code: str) -> str:
    if not re.fullmatch(r"\d{17}[\dX]", code):
        return "not 17 digits and a check digit"
    try:
        dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return "the date of birth is none"
    check = "10X98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(code[:17])) % 11]
    return "" if check == code[17] else "the check digit does not fit"
