"""The sample corpus is what its sources make, and its truth is true."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import samples

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
TRUTHS = sorted((CORPUS / "truth").glob("*.json"))
CODE = re.compile(r"(?P<area>\d{6})(?P<year>\d{2})(?:[RTYJ]\d{12}|\d{13})")


def load(path: Path) -> dict[str, Any]:
    """Return one truth file."""
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return truth


def read_text(truth: dict[str, Any]) -> str:
    """Return what the engine delivered, decoded as the truth says."""
    (path,) = (CORPUS / "samples").glob(f"{truth['id']}.*")
    mark, codec = samples.ENCODINGS[truth["encoding"]]
    content = path.read_bytes()
    assert content.startswith(mark)
    return content[len(mark) :].decode(codec)


every_document = pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)


def test_built_files_are_up_to_date() -> None:
    assert samples.main(["--check"]) == 0


def test_readme_states_the_counts() -> None:
    assert samples.counts(CORPUS) in (CORPUS / "README.md").read_text(encoding="utf-8")


def test_readme_explains_every_class_and_outcome() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    for word in (*samples.CLASSES, *samples.OUTCOMES):
        assert f"| `{word}` |" in readme


def test_every_class_occurs() -> None:
    found = {fault["class"] for path in TRUTHS for fault in load(path)["faults"]}
    assert found == set(samples.CLASSES)


def test_ids_are_unique() -> None:
    ids = [load(path)["id"] for path in TRUTHS]
    assert len(set(ids)) == len(ids)
    assert sorted(ids) == sorted(path.stem for path in (CORPUS / "samples").iterdir())


def test_project_codes_are_unique() -> None:
    codes = [code for path in TRUTHS if (code := load(path)["fields"].get("项目编码"))]
    assert len(set(codes)) == len(codes)


@every_document
def test_offsets_are_right(path: Path) -> None:
    truth = load(path)
    text = read_text(truth)
    end = 0
    for fault in truth["faults"]:
        assert fault["start"] >= end
        end = fault["end"]
        assert text[fault["start"] : end] == fault["read"]
        assert (fault["read"] == fault["printed"]) == (fault["outcome"] == "kept")


@every_document
def test_mending_every_fault_gives_the_printed_text(path: Path) -> None:
    truth = load(path)
    text = read_text(truth)
    for fault in reversed(truth["faults"]):
        text = text[: fault["start"]] + fault["printed"] + text[fault["end"] :]
    assert text == truth["text"]


@every_document
def test_fields_and_indicators_stand_in_the_printed_text(path: Path) -> None:
    truth = load(path)
    text = re.sub(r"\s", "", truth["text"])
    for label, value in truth["fields"].items():
        pieces = re.split(r"[；;](?=目标\d|\d\.)", value)  # targets and annexes stand one a row
        for piece in pieces:
            assert re.sub(r"\s", "", piece).rstrip("。") in text, label
    for indicator in truth["indicators"]:
        assert re.sub(r"\s", "", indicator["三级指标"]) in text
        assert indicator["指标值"] in text


@every_document
def test_project_code_is_21_characters_of_the_region(path: Path) -> None:
    truth = load(path)
    code = truth["fields"].get("项目编码")
    if code is None:
        pytest.skip("no project code in this layout")
    match = CODE.fullmatch(code)
    assert match is not None
    assert match["area"] == truth["region"]["code"]
    assert 2000 + int(match["year"]) <= int(truth["fields"]["年度"][:4])


@every_document
def test_sums_are_as_the_checks_say(path: Path) -> None:
    for check in load(path)["checks"]:
        if "parts" not in check:
            continue
        rest = round(check["total"] - sum(check["parts"]), 6)
        if check["status"] == "pass":
            assert rest == 0
        elif check["status"] == "fail":
            assert rest != 0
        else:
            assert rest == check["derived"]


@every_document
def test_clean_documents_hold_traps_only(path: Path) -> None:
    truth = load(path)
    outcomes = {fault["outcome"] for fault in truth["faults"]}
    assert (outcomes == {"kept"}) == path.stem.startswith("clean-")


@every_document
def test_source_and_facts_lie_side_by_side(path: Path) -> None:
    facts = CORPUS / "sources" / f"{path.stem}.toml"
    assert tomllib.loads(facts.read_text(encoding="utf-8"))["encoding"] in samples.ENCODINGS


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("甲⟪乙|丙|applied|nonsense⟫", "unknown class"),
        ("甲⟪乙|丙|mended|junk⟫", "unknown outcome"),
        ("甲⟪乙|乙|applied|junk⟫", "disagrees"),
        ("甲⟪乙|丙|kept|junk⟫", "disagrees"),
        ("甲⟪乙|丙⟫", "not closed"),
        ("⟪乙||applied|lost_character⟫⟪丙||applied|lost_character⟫", "touches"),
    ],
)
def test_a_wrong_mark_is_refused(source: str, message: str) -> None:
    with pytest.raises(samples.SourceError, match=message):
        samples.parse(source, where="test")


def test_escapes_stand_for_line_break_cell_edge_and_bar() -> None:
    read, printed, _ = samples.parse(r"甲⟪\n\t|\||suggested|table_rule⟫乙", where="test")
    assert (read, printed) == ("甲|乙", "甲\n\t乙")
