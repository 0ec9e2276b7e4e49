"""Faults that recur at a printed line's length raise their place in the line; scattered ones do not."""

from __future__ import annotations

import numpy as np
import pytest

from jiaokan.detect.edges import edge_evidence

LENGTH = 600


def chances(places: list[int]) -> np.ndarray:
    found = np.full(LENGTH, 0.01)
    found[places] = 0.6
    return found


@pytest.mark.parametrize("period", [24, 29, 37])
def test_a_period_shows(period: int) -> None:
    places = list(range(0, LENGTH, period))
    evidence = edge_evidence("字" * LENGTH, list(range(LENGTH)), chances(places))
    assert min(evidence[places]) > 0
    assert max(evidence[[place + period // 2 for place in places[:-1]]]) < 0


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ([], "no fault"),
        ([5, 90, 300], "too few"),
        ([3, 10, 44, 70, 95, 133, 150, 201, 214, 260, 305, 333, 371, 398, 440, 487, 512, 566], "scattered"),
    ],
)
def test_without_a_period_nothing_is_said(places: list[int], why: str) -> None:
    assert not edge_evidence("字" * LENGTH, list(range(LENGTH)), chances(places)).any(), why


def test_half_width_characters_count_half() -> None:
    places = list(range(0, LENGTH, 60))
    evidence = edge_evidence("a" * LENGTH, list(range(LENGTH)), chances(places))
    assert min(evidence[places]) > 0  # 60 half-width characters are 30 em


def test_a_short_cell_has_no_lines() -> None:
    assert not edge_evidence("字" * 40, list(range(40)), np.full(40, 0.5)).any()
