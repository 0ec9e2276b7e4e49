"""The rows of cases/*.json: what is read, and what must become of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import jiaokan

KINDS = ("negative", "synthetic", "in-the-wild", "known-failure")
COLUMNS = {"label", "kind", "ocr", "clean", "comment"}
FILES = sorted((Path(__file__).resolve().parent / "cases").glob("*.json"))
CASES: list[dict[str, str]] = [case for path in FILES for case in json.loads(path.read_text(encoding="utf-8"))]


def rows(*kinds: str) -> pytest.MarkDecorator:
    """Parametrize over the cases of some kinds; known failures must fail."""
    found = []
    for case in CASES:
        why = case["comment"] if case["kind"] == "known-failure" else ""
        if case["kind"] in kinds:
            found.append(pytest.param(case, id=f"{case['kind']}: {case['label']}", marks=pytest.mark.xfail(reason=why) if why else ()))
    return pytest.mark.parametrize("case", found)


def test_rows_are_well_formed() -> None:
    assert all(set(case) == COLUMNS for case in CASES)
    assert {case["kind"] for case in CASES} <= set(KINDS)
    assert all((case["ocr"] == case["clean"]) == (case["kind"] == "negative") for case in CASES if case["kind"] != "known-failure")
    assert not [label for label, count in Counter(case["label"] for case in CASES).items() if count > 1]


@rows(*KINDS)
def test_the_text_becomes(case: dict[str, str]) -> None:
    assert jiaokan.clean(case["ocr"]).text == case["clean"]


@rows("negative")
def test_clean_text_stays_when_likely_changes_are_applied(case: dict[str, str]) -> None:
    assert jiaokan.clean(case["ocr"], apply="likely").text == case["clean"]


@rows("negative", "synthetic", "in-the-wild")
def test_nothing_is_lost_and_a_second_run_changes_nothing(case: dict[str, str]) -> None:
    document = jiaokan.clean(case["ocr"])
    assert jiaokan.original(document) == case["ocr"]
    assert jiaokan.clean(document.text).text == document.text
