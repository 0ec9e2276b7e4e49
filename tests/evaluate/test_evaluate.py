"""The figures of an evaluation by path and name, as those read them who quote evaluation.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jiaokan.evaluate import compare, evaluate
from jiaokan.report.record import SCHEMA

TRUTH = "庐山市财政局关于专项经费\n"
READ = "原山市财攻局关于专项径费\n"
MENDED = "庐山市财政局关干专项径费\n"


def put(folder: Path, files: dict[str, Any]) -> Path:
    """Write files, anything but text as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def total(evaluation: dict[str, Any], measure: str) -> dict[str, Any]:
    """Return the row of all documents."""
    return next(row for row in evaluation["rates"] if (row["by"], row["measure"]) == ("all", measure))


def test_before_and_after(tmp_path: Path) -> None:
    put(tmp_path, {"t/p.txt": TRUTH, "o/a/p.txt": READ, "o/b/p.txt": TRUTH, "c/a/p.txt": MENDED, "c/b/p.txt": TRUTH})
    row = total(evaluate(tmp_path / "t", tmp_path / "o", tmp_path / "c").to_json(), "lenient")
    assert (row["errors"], row["characters"], row["rate"]) == (3, 24, 0.125)
    assert (row["after_errors"], row["after_characters"], row["after_rate"]) == (2, 24, 0.083333)
    assert (row["reduction"], row["better"], row["worse"]) == (0.333333, 2, 1)


def test_a_reading_equal_to_the_truth_has_no_errors(tmp_path: Path) -> None:
    put(tmp_path, {"t/p.txt": TRUTH, "o/p.txt": TRUTH, "c/p.txt": TRUTH})
    evaluation = evaluate(tmp_path / "t", tmp_path / "o", tmp_path / "c").to_json()
    assert {(row["rate"], row["after_rate"], row["better"], row["worse"]) for row in evaluation["rates"]} == {(0, 0, 0, 0)}
    assert {name for name, table in evaluation.items() if isinstance(table, list) and table} == {"rates", "documents"}


def test_the_pooled_rate_is_not_the_mean_of_rates(tmp_path: Path) -> None:
    put(tmp_path, {"t/p.txt": "正" * 10, "o/p.txt": "误" * 5 + "正" * 5, "t/q.txt": "正" * 90, "o/q.txt": "正" * 90})
    evaluation = evaluate(tmp_path / "t", tmp_path / "o")
    assert (evaluation.strict.before.rate, evaluation.lenient.before.rate) == (0.05, 0.05)
    assert evaluation.strict.before == compare("正" * 10, "误" * 5 + "正" * 5) + compare("正" * 90, "正" * 90)


def test_edits_have_a_precision_by_status_and_by_kind(tmp_path: Path) -> None:
    edits = [
        {"start": 0, "end": 1, "before": "原", "after": "庐", "status": "applied", "kind": "shape_substitution"},
        {"start": 4, "end": 5, "before": "攻", "after": "政", "status": "applied", "kind": "shape_substitution"},
        {"start": 7, "end": 8, "before": "于", "after": "干", "status": "applied", "kind": "digit"},
        {"start": 10, "end": 11, "before": "径", "after": None, "status": "flagged", "kind": "unreadable"},
    ]
    # a record may say more of its quality than is compared here
    quality = {"characters": 12, "estimated_error_rate": 0.25, "interval": [0.2, 0.3], "estimated_errors": 3.0, "variance": 1.0, "parts": []}
    record = {"schema": SCHEMA, "id": "p", "original": READ, "text": MENDED, "edits": edits, "quality": quality}
    put(tmp_path, {"t/p.txt": TRUTH, "o/p.txt": READ, "run/manifest.json": {"schema": SCHEMA}, "run/records/p.json": record})
    tables = evaluate(tmp_path / "t", tmp_path / "o", tmp_path / "run").tables()
    assert [(row["status"], row["kind"], row["right"], row["worse"], row["edits"], row["precision"]) for row in tables["edits"]] == [
        ("applied", "", 2, 1, 3, 0.666667),
        ("applied", "shape_substitution", 2, 0, 2, 1),
        ("applied", "digit", 0, 1, 1, 0),
        ("flagged", "", 1, 0, 1, 1),
        ("flagged", "unreadable", 1, 0, 1, 1),
    ]
    (faults,) = tables["faults"]
    assert (faults["fault"], faults["class"], faults["mended"], faults["flagged"], faults["recall"]) == ("substitution", "han", 2, 1, 0.666667)
    assert (tables["estimates"][0]["ratio"], tables["estimates"][0]["inside"]) == (1, 1)
