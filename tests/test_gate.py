"""The gate says no: below a floor, on other pages, without a baseline; and a floor sinks only with a reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import gate

ROOT = Path(__file__).resolve().parent.parent


BASELINE = {"corpus": "abc", "floors": {"certain: field F1": 0.5}, "lowered": []}


@pytest.mark.parametrize(
    ("now", "corpus", "complaint"),
    [
        ({"certain: field F1": 0.5}, "abc", None),
        ({"certain: field F1": 0.6}, "abc", None),
        ({"certain: field F1": 0.4}, "abc", "0.4000 is below its floor 0.5000"),
        ({}, "abc", "below its floor"),
        ({"certain: field F1": float("nan")}, "abc", "below its floor"),
        ({"certain: field F1": 0.9}, "other", "not those of the baseline"),
    ],
)
def test_a_figure_is_held_against_its_floor(now: dict[str, float], corpus: str, complaint: str | None) -> None:
    faults = gate.compared(now, BASELINE, corpus)
    assert bool(faults) == bool(complaint)
    assert complaint is None or complaint in faults[0]


def test_a_floor_sinks_only_with_a_reason() -> None:
    with pytest.raises(ValueError, match="give a reason"):
        gate.updated({"certain: field F1": 0.4}, BASELINE, "abc", None)
    lowered = gate.updated({"certain: field F1": 0.4}, BASELINE, "abc", "stricter measure")
    assert lowered["floors"] == {"certain: field F1": 0.4}
    assert lowered["lowered"] == [{"figure": "certain: field F1", "from": 0.5, "to": 0.4, "reason": "stricter measure"}]


def test_a_floor_rises_by_itself() -> None:
    assert gate.updated({"certain: field F1": 0.7}, BASELINE, "abc", None)["floors"] == {"certain: field F1": 0.7}


@pytest.fixture(scope="module")
def two_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus of two dev pages."""
    corpus = tmp_path_factory.mktemp("gate") / "corpus"
    names = gate.chosen("dev", ROOT / "corpus")[:2]
    for name in names:
        gate.copied(ROOT / "corpus" / "pages" / "truth" / f"{name}.json", corpus / "pages" / "truth" / f"{name}.json")
        gate.copied(ROOT / "corpus" / "pages" / "ocr" / "ppocrv4-light" / f"{name}.txt", corpus / "pages" / "ocr" / "ppocrv4-light" / f"{name}.txt")
    (corpus / "splits.tsv").write_text("id\tsplit\tfamily\tprovince\n" + "".join(f"{name}\tdev\t\t\n" for name in names), encoding="utf-8")
    return corpus


def test_the_gate_from_end_to_end(two_pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "baseline.json"
    options = ["--corpus", str(two_pages), "--baseline", str(baseline)]
    assert gate.main(options) == 1
    assert "is missing" in capsys.readouterr().err
    assert gate.main([*options, "--update"]) == 0
    assert gate.main(options) == 0
    raised = json.loads(baseline.read_text(encoding="utf-8"))
    raised["floors"]["certain: field F1"] = 1.1
    baseline.write_text(json.dumps(raised), encoding="utf-8")
    assert gate.main(options) == 1
    assert "field F1" in capsys.readouterr().err
    other = tmp_path / "corpus"
    shutil.copytree(two_pages, other)
    page = next((other / "pages" / "ocr" / "ppocrv4-light").glob("*.txt"))
    page.write_text(page.read_text(encoding="utf-8") + "一", encoding="utf-8")
    assert gate.main(["--corpus", str(other), "--baseline", str(baseline)]) == 1
    assert "not those of the baseline" in capsys.readouterr().err
