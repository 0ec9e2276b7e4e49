"""Codes: their form, their check digits, the place they name."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

from jiaokan.extract.region import mentions
from jiaokan.model import Check
from jiaokan.validate.case import Case

_PROJECT = re.compile(r"(?P<area>\d{6})(?P<year>\d\d)(?:[A-Z]\d{12}|\d{13})")
_PROJECT_LENGTH = 21
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100—2015 §4: without I, O, S, V, Z."""


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
    """Judge whether the code's first six digits are an area of GB/T 2260, of today or of the past, that the text names too."""
    field = case.field("code")
    match = _PROJECT.fullmatch(field.normalised) if field else None
    if not match:
        return None
    code = match["area"]
    places = case.gazetteer.coded(code)
    if not places:
        known = bool(case.gazetteer.coded(f"{code[:4]}00"))
        why = "no area has the code; its prefecture may use it for itself" if known else "no area has or had the code"
        return case.judge("cannot_judge" if known else "fail", f"{code}: {why}", values={"code": code})
    place = places[0]
    now = case.gazetteer.successor(place) or place
    named = Counter(mentions(case.document.text, case.gazetteer))
    values = {"code": code, "place": now.name, "named": str(named[now])}
    if named[now]:
        return case.judge("pass", f"{code} is {now.name}, named {named[now]} times", values=values)
    return case.judge("cannot_judge", f"{code} is {now.name}, which the text does not name", values=values)


def credit_code(case: Case) -> Check | None:
    """Judge a 统一社会信用代码 by its check digit (GB 32100—2015)."""
    field = case.field("code")
    code = re.sub(r"\s", "", field.value).upper() if field else ""
    if not code or "*" in code:
        return None
    wrong = [character for character in code if character not in _CREDIT_ALPHABET]
    if len(code) != 18 or wrong:
        why = f"has {len(code)} characters where 18 belong" if len(code) != 18 else f"holds {'、'.join(wrong)}, which no code has"
        return case.judge("fail", f"{code} {why}", values={"code": code})
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    fits = _CREDIT_ALPHABET[-total % 31] == code[17]
    return case.judge("pass" if fits else "fail", f"the check digit {'fits' if fits else 'does not fit'}", values={"code": code})


def identity_number(case: Case) -> Check | None:
    """Judge a 公民身份号码 by its date and check digit (GB 11643—1999)."""
    field = case.field("code")
    code = re.sub(r"\s", "", field.value).upper() if field else ""
    if not code or "*" in code:
        return None
    if not re.fullmatch(r"\d{17}[\dX]", code):
        return case.judge("fail", "not 17 digits and a check digit", values={"length": str(len(code))})
    try:
        dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return case.judge("fail", "the date of birth is none", values={"date": code[6:14]})
    check = "10X98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(code[:17])) % 11]
    fits = check == code[17]
    return case.judge("pass" if fits else "fail", f"the check digit {'fits' if fits else 'does not fit'}")
