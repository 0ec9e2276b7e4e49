"""Differences as slips leave them: a digit mistyped, two exchanged, a point moved."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from jiaokan.extract.values import plain

SURE = 4
"""Digits of a sum from which a difference looks like a slip by chance once in a hundred times or less."""


def slip(made: Decimal, stated: Decimal) -> bool:
    """Tell whether two numbers differ as by one digit or by two exchanged: 451300 and 452300, 497 and 479; or by their point only."""
    rest = _significant(made - stated)
    return bool(rest) and (len(rest) == 1 or (len(rest) == 2 and int(rest) % 9 == 0) or _significant(made) == _significant(stated))


def misplaced_point(figures: Iterable[Decimal], stated: Decimal) -> bool:
    """Tell whether one of several figures makes their sum right once its point is moved: 126+54+384+36+24+14 = 292.4 with 38.4 for 384."""
    parts = list(figures)
    rest = sum(parts, Decimal(0)) - stated
    return any(part and rest in (part - part.scaleb(places) for places in (-2, -1, 1, 2)) for part in parts)


def digits(figures: Iterable[Decimal]) -> int:
    """Return how many digits the largest figure has above the last one that any of them uses: 380+148.5 = 980 has 4, 300+200 = 500 one."""
    present = [figure.normalize() for figure in figures if figure]
    return max(figure.adjusted() for figure in present) - min(int(figure.as_tuple().exponent) for figure in present) + 1 if present else 0


def _significant(number: Decimal) -> str:
    return plain(abs(number)).replace(".", "").strip("0")
