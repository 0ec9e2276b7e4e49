"""The rows of cases/*.json: what is read, and what must become of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

import jiaokan

KINDS = ("negative", "synthetic", "in-the-wild", "known-failure")
COLUMNS = {"label", "kind", "ocr", "clean", "comment"}
FILES = sorted((Path(__file__).resolve().parent / "cases").glob("*.json"))
CASES: list[dict[str, str]] = [case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))]

# What a change of the engine broke, by label; strict, so that mending one fails the test until it is taken out here.
BROKEN = {
    "half-width punctuation as typed": "a half-width stop at the end of half-width prose is written 。 (0.92)",
    "a look-alike the model rejects": "座 → 度 is only suggested (0.79)",
    "a character lost in one of two copies": "任 is no longer suspicious enough to be compared with the other copy: P(misread) 0.05, P(lost) 0.03, [sites] 0.15 and 0.1",
}
BROKEN_IF_LIKELY = {
    "half-width punctuation as typed": BROKEN["half-width punctuation as typed"],
    "characters beyond the basic plane": "the second colon of a sentence is written ； (0.71)",
}


def rows(*kinds: str, broken: Mapping[str, str] = MappingProxyType({})) -> pytest.MarkDecorator:
    """Parametrize over the cases of some kinds; known failures, and what is `broken`, must fail."""
    found = []
    for case in CASES:
        why = case["comment"] if case["kind"] == "known-failure" else broken.get(case["label"])
        if case["kind"] in kinds:
            found.append(pytest.param(case, id=f"{case['kind']}: {case['label']}", marks=pytest.mark.xfail(reason=why) if why else ()))
    return pytest.mark.parametrize("case", found)


def test_rows_are_well_formed() -> None:
    assert all(set(case) == COLUMNS for case in CASES)
    assert {case["kind"] for case in CASES} <= set(KINDS)
    assert all((case["ocr"] == case["clean"]) == (case["kind"] == "negative") for case in CASES if case["kind"] != "known-failure")
    assert not [label for label, count in Counter(case["label"] for case in CASES).items() if count > 1]


@rows(*KINDS, broken=BROKEN)
def test_the_text_becomes(case: dict[str, str]) -> None:
    assert jiaokan.clean(case["ocr"]).text == case["clean"]


@rows("negative", broken=BROKEN_IF_LIKELY)
def test_clean_text_stays_when_likely_changes_are_applied(case: dict[str, str]) -> None:
    assert jiaokan.clean(case["ocr"], apply="likely").text == case["clean"]


@rows("negative", "synthetic", "in-the-wild")
def test_nothing_is_lost_and_a_second_run_changes_nothing(case: dict[str, str]) -> None:
    document = jiaokan.clean(case["ocr"])
    assert jiaokan.original(document) == case["ocr"]
    assert jiaokan.clean(document.text).text == document.text
