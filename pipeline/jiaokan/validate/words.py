"""Money in words against money in figures; words that must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from jiaokan.extract.values import AMOUNT, FULL_WIDTH, NUMBER, UNITS, in_words, plain
from jiaokan.model import Check, Span
from jiaokan.validate.case import Case

_WORDS = re.compile(r"[拾壹贰貳叁肆伍陆柒捌玖][零〇壹贰貳叁肆伍陆柒捌玖拾佰仟万亿]{0,30}[元圆][零壹贰叁肆伍陆柒捌玖角分整正]{0,6}")
_LOST = re.compile(r"[壹贰貳叁肆伍陆柒捌玖]{2}|(?:^|[佰仟万亿])[佰仟]")
"""Two digits, or two powers of ten, side by side; 拾 alone may begin: 拾万."""
_FIGURES = re.compile(rf"[￥¥]\s?({NUMBER})(?![\d.]|\s?[万亿])")
_SUM = re.compile(r"[拾佰仟万亿]|[整正角分]$")
"""陆元 alone may begin a name: 陆元夫."""
_BEGINS = re.compile(r"(?:^|[\W_]|大写|人民币|金额|计|为|即|罚款|处以)$")
"""What stands before a sum in words; another character is its first one misread."""
_BEFORE = re.compile(r"[^\d。；;]{0,25}$")
_AFTER = re.compile(r"[\s（(，,：:￥¥]{0,6}")
_REACH = 60


def amount_words(case: Case) -> Check | None:
    """Judge whether each sum in 大写 is the sum in figures beside it: 718600元（大写：柒拾壹万捌仟陆佰元整）."""
    text = case.document.text.translate(FULL_WIDTH)
    pairs: dict[str, str] = {}
    alone: dict[str, str] = {}
    for match in _WORDS.finditer(text):
        if not _SUM.search(match[0]):
            continue
        made = in_figures(match[0]) if _BEGINS.search(text, max(0, match.start() - 4), match.start()) else None
        if made is None:
            alone[match[0]] = "?"
            continue
        beside = list(_beside(text, match.start(), match.end()))
        if not beside:
            alone[match[0]] = plain(made)
            continue
        pairs[match[0]] = plain(next((value for value, _, _ in beside if value == made), beside[0][0]))
        if all(value != made for value, _, _ in beside):
            value, start, end = beside[0]
            message = f"{match[0]} is {plain(made)}元, beside {plain(value)}元"
            spans = [Span(*match.span()), Span(start, end)]
            return case.judge("fail", message, values={match[0]: plain(made), "figures": plain(value)}, at=spans)
    if pairs:
        return case.judge("pass", f"{len(pairs)} sums in words are those in figures", values=pairs)
    if alone:
        read = {words: f"{value}元" for words, value in alone.items() if value != "?"}
        return case.judge("cannot_judge", "a sum in words has no figures beside it, or cannot be read", values=alone, derived=read)
    return None


def words_present(case: Case) -> Check | None:
    """Judge whether the words a document of its kind must have are there: 六十日内…行政复议, 六个月内…诉讼.

    A pattern may name itself by a group: (?P<六十日内复议>…).
    """
    text = re.sub(r"\s", "", case.text("text") or case.document.text)
    patterns = [re.compile(words) for words in case.rule.many("words")]
    names = [next(iter(pattern.groupindex), pattern.pattern) for pattern in patterns]
    missing = [name for name, pattern in zip(names, patterns, strict=True) if not pattern.search(text)]
    values = {"required": "、".join(names)}
    if missing:
        # Where the matter is not mentioned at all, a page may be lost: 复议 of 六十日内复议.
        sure = any(name[-2:] in text for name in missing)
        values |= {"missing": "、".join(missing)}
        return case.judge("fail" if sure else "cannot_judge", f"words are missing: {'、'.join(missing)}", values=values)
    return case.judge("pass", f"{len(names)} required wordings are there", values=values)


def in_figures(words: str) -> Decimal | None:
    """Return a sum in 大写 in 元, None where a character of it is lost: 壹贰元整, 佰元整."""
    return None if _LOST.search(words) else in_words(words)


def _beside(text: str, start: int, end: int) -> Iterator[tuple[Decimal, int, int]]:
    """Yield the sums in figures before and after words, with their places; the one before may stand in the cell before."""
    line = text.rfind("\n", 0, start) + 1
    before = max(line, start - _REACH)
    found = [match for pattern in (AMOUNT, _FIGURES) for match in pattern.finditer(text, before, start)]
    if found:
        last = max(found, key=lambda match: match.end())
        if _BEFORE.fullmatch(text[last.end() : start]):
            yield _value(last), *last.span()
    gap = _AFTER.match(text, end, end + _REACH)
    for pattern in (AMOUNT, _FIGURES):
        match = pattern.search(text, end, end + _REACH)
        if match and gap and match.start() <= gap.end():
            yield _value(match), *match.span()


def _value(match: re.Match[str]) -> Decimal:
    unit = UNITS[match[2].replace("兀", "元")] if match.re is AMOUNT else Decimal(1)
    return Decimal(re.sub(r"[, ]", "", match[1])) * unit
