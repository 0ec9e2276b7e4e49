"""A run's figures are the same however it comes in parts, and what is held of it does not grow with it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from jiaokan.detect.quality import pooled
from jiaokan.report.figures import Checks, Documents, Faults, Foremost

Row = dict[str, Any]


def document(name: str, rate: float = 0.02, characters: int = 1000, **others: object) -> Row:
    return {
        "id": name, "family": "budget", "region_name": "", "characters": characters, "estimated_error_rate": rate, "interval_low": rate / 2,
        "unjudged_share": 0.1, "applied": 1, "suggested": 2, "flagged": 3,
    } | others  # fmt: skip


def estimate(name: str, expected: float, scope: str = "document", part: str = "") -> Row:
    return {"id": name, "scope": scope, "name": part, "characters": 1000, "expected": expected, "variance": expected / 2}


def edit(name: str, before: str, after: str | None, status: str = "suggested") -> Row:
    return {"id": name, "before": before, "after": after, "status": status, "kind": "substituted", "rule": "channel", "confidence": 0.75}


def added(documents: Sequence[Row], quality: Sequence[Row] = (), *, worst: int = 9, first: int = 9) -> Documents:
    found = Documents(worst=worst, first=first)
    found.add(documents, quality)
    return found


def named(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


# --- documents

ORDERS = [
    ("the worst first", [("a", 0.01, 500), ("b", 0.09, 500), ("c", 0.04, 500)], ["b", "c"]),
    ("those too short for a rate last", [("a", 0.01, 100), ("b", 0.09, 99), ("c", 0.04, 100)], ["c", "a"]),
    ("equal ones by name", [("c", 0.01, 500), ("a", 0.01, 500), ("b", 0.01, 500)], ["a", "b"]),
    ("fewer than asked for", [("a", 0.01, 500)], ["a"]),
    ("none", [], []),
]


@pytest.mark.parametrize(("rows", "kept"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS])
def test_the_worst_documents_are_kept(rows: list[tuple[str, float, int]], kept: list[str]) -> None:
    assert named(added([document(*row) for row in rows], worst=2).worst.rows) == kept


def test_of_equal_rows_the_first_are_kept() -> None:
    most = Foremost(2, lambda row: -row["flagged"])
    for name, flagged in (("a", 1), ("b", 3), ("c", 3), ("d", 3)):
        most.add({"id": name, "flagged": flagged})
    assert named(most.rows) == ["b", "c"]


def test_documents_are_counted() -> None:
    found = added(
        [document("a", 0.2), document("b", 0.06), document("c", 0.2, 99), document("d", 0.01, family="", interval_low=None)], first=2
    )
    assert (found.number, found.characters, found.nameless) == (4, 3099, 1)
    assert (found.long, found.likely, found.surely) == (3, 2, 1)
    assert (named(found.to_scan.rows), named(found.first)) == (["a"], ["a", "b"])
    assert found.done == {"applied": 4, "suggested": 8, "flagged": 12}
    assert found.unjudged() == pytest.approx(0.1)
    assert [number for _, number in found.distribution()[0]] == [0, 1, 0, 0, 0, 1, 0, 2]


def test_estimates_are_pooled_by_family_and_part() -> None:
    documents = [document("a"), document("b", family="letter"), document("c")]
    quality = [
        estimate("a", 20), estimate("a", 3, "section", "基本信息"), estimate("a", 4, "section", "基本信息"), estimate("a", 1, "field", "联系人"),
        estimate("b", 50), estimate("b", 9, "section", "基本信息"), estimate("c", 30),
    ]  # fmt: skip
    found = added(documents, quality)
    assert found.total() == pooled([(1000, 20, 10), (1000, 50, 25), (1000, 30, 15)])
    assert found.families() == [("letter", 1, pooled([(1000, 50, 25)])), ("budget", 2, pooled([(1000, 20, 10), (1000, 30, 15)]))]
    assert found.parts("section") == [("基本信息", 2, pooled([(1000, 3, 1.5), (1000, 4, 2), (1000, 9, 4.5)]))]
    assert found.parts("field") == [("联系人", 1, pooled([(1000, 1, 0.5)]))]
    assert [row["expected"] for row in found.first] == [20, 50, 30]


def test_a_run_of_nothing_has_figures() -> None:
    found = added([])
    assert (found.total().rate, found.unjudged(), found.families(), found.parts("field")) == (0.0, 0.0, [], [])
    assert {number for _, number in found.distribution()[0]} == {0}


# --- faults


def test_confusions_are_sorted_into_three() -> None:
    pairs = [("台", "合"), ("台", "合"), ("", "度"), ("、", ""), (" ", ""), ("彳", None)]
    faults = Faults({"乙"})
    for name in ("甲", "乙"):
        faults.add([edit(name, *pair) for pair in pairs])
    found = faults.confusions(5)
    assert {sort: [(one.before, one.after, one.found.total(), one.example) for one in rows] for sort, rows in found.items()} == {
        "substituted": [("台", "合", 4, ("乙", 1))],
        "lost": [("", "度", 2, ("乙", 3))],
        "intruded": [("、", "", 2, ("乙", 4))],
    }


def test_the_commonest_confusions_come_first() -> None:
    faults = Faults()
    faults.add([edit("甲", before, "合", "applied") for before in "台台台古古吉吉右"])
    assert [(one.before, one.found.total()) for one in faults.confusions(3)["substituted"]] == [("台", 3), ("古", 2), ("吉", 2)]


def test_rare_confusions_make_room_for_common_ones() -> None:
    faults = Faults(most_pairs=8)
    rare = [chr(0x4E00 + number) for number in range(200)]
    faults.add([edit(f"d{number}", before, "合") for number, one in enumerate(rare) for before in ("台", one, "古")])
    assert [(one.before, one.found.total(), one.example) for one in faults.confusions(2)["substituted"]] == [
        ("古", 200, ("d0", 3)),
        ("台", 200, ("d0", 1)),
    ]
    assert len(faults.confusions(100)["substituted"]) <= 8
    assert faults.number == 600


def test_suggestions_made_over_and_over_count_documents() -> None:
    faults = Faults()
    faults.add([edit(name, *pair) for name in "甲乙丙" for pair in (("台", "合"), ("台", "合"), ("", "度"), ("右", "石"))])
    faults.add([edit("丁", "台", "合"), edit("丁", "右", "石", "applied"), *[edit("丁", "古", "吉")] * 5])
    assert list(faults.repeated(3)) == [("台", "合", 4), ("右", "石", 3)]


def test_applied_changes_expected_to_be_wrong_are_added_up() -> None:
    faults = Faults()
    faults.add([edit("甲", "台", "合", "applied"), edit("甲", "台", "合", "applied"), edit("甲", "台", "合")])
    assert faults.wrong == pytest.approx(0.5)
    assert faults.by_status("kind") == [("substituted", {"applied": 2, "suggested": 1})]
    assert faults.kinds["applied"] == {"substituted": 2}


# --- checks


def test_failed_checks_are_counted_and_the_first_kept() -> None:
    checks = Checks(most_failed=2, listed=["乙"])
    checks.add([{"id": name, "rule": "items_sum", "status": "fail"} for name in "甲乙丙乙"])
    checks.add([{"id": "甲", "rule": "phones", "status": "pass"}, {"id": "甲", "rule": "items_sum", "status": "cannot_judge"}])
    sums, phones = checks.verdicts()
    assert (sums[0], sums[1], named(sums[2])) == ("items_sum", {"fail": 4, "cannot_judge": 1}, ["甲", "乙"])
    assert phones == ("phones", {"pass": 1}, [])
    assert (checks.number(), checks.number("fail"), checks.failures) == (6, 4, {"乙": 2})


# --- memory


def parts(number: int) -> Iterator[tuple[list[Row], list[Row], list[Row], list[Row]]]:
    for part in range(number):
        ids = [f"{part}-{one}" for one in range(50)]
        documents = [document(name, scattered(place) / 1000) for place, name in enumerate(ids, start=50 * part)]
        quality = [estimate(name, 20.0, *of) for name in ids for of in (("document", ""), ("field", "联系人"))]
        edits = [edit(name, chr(0x4E00 + (50 * part + place) % 20000), "合") for place, name in enumerate(ids)]
        yield documents, quality, edits, [{"id": name, "rule": "items_sum", "status": "fail", "message": name} for name in ids]


def scattered(number: int) -> int:
    """Return a number below 1000 that follows no order."""
    return number * 7919 % 1000


def held(number: int) -> int:
    """Return the bytes held, at most, while so many parts are added up."""
    tracemalloc.start()
    documents, faults, checks = Documents(worst=20, first=5), Faults(most_pairs=200), Checks(most_failed=5)
    for rows, quality, edits, found in parts(number):
        documents.add(rows, quality)
        faults.add(edits)
        checks.add(found)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert documents.number == 50 * number
    return peak


def test_a_longer_run_holds_no_more() -> None:
    assert held(200) < 1.25 * held(40)
