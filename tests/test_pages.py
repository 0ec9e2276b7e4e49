"""The pages with ground truth: their truth is what the HTML says, their splits keep documents apart, their traps are unharmed."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import truth

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
TRUTHS = sorted((CORPUS / "pages" / "truth").glob("*.json"))
READINGS = sorted(path for path in (CORPUS / "pages" / "ocr").iterdir() if path.is_dir())


def load(path: Path) -> dict[str, Any]:
    """Return one truth file."""
    page: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return page


def splits() -> dict[str, str]:
    """Return the split of each page."""
    rows = [line.split("\t") for line in (CORPUS / "splits.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row[0]: row[1] for row in rows[1:]}


def test_truth_is_what_the_pages_say() -> None:
    assert truth.main(["--check"]) == 0


def test_there_are_enough_pages_of_every_family_from_many_provinces() -> None:
    pages = [load(path) for path in TRUTHS]
    assert len(pages) >= 80
    assert {page["family"] for page in pages} == set(truth.FAMILIES)
    assert len({page["region"]["code"][:2] for page in pages}) >= 15


def test_every_page_is_in_one_split() -> None:
    assert set(splits()) == {path.stem for path in TRUTHS}
    shares = Counter(splits().values())
    assert set(shares) == {"train", "dev", "test"}
    assert min(shares.values()) >= 20


@pytest.mark.parametrize("reading", READINGS, ids=lambda path: path.name)
def test_every_engine_read_every_page(reading: Path) -> None:
    assert {path.stem for path in reading.glob("*.txt")} == {path.stem for path in TRUTHS}
    for path in reading.glob("*.txt"):
        text = path.read_text(encoding="utf-8")
        rows = (CORPUS / "pages" / "confidences" / reading.name / f"{path.stem}.tsv").read_text(encoding="utf-8").splitlines()[1:]
        places = [(int(start), int(end)) for start, end, _ in (row.split("\t") for row in rows)]
        assert all(0 <= start < end <= len(text) for start, end in places), path


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_spans_point_at_their_text(path: Path) -> None:
    page = load(path)
    for field in page["fields"].values():
        assert page["text"][field["start"] : field["end"]] == field["value"]
    for row in page["indicators"]:
        words = re.sub(r"\s", "", page["text"][row["start"] : row["end"]])
        assert re.sub(r"\s", "", row["指标值"]) in words
    for trap in page["traps"]:
        assert page["text"][trap["start"] : trap["end"]] == trap["text"]


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<p>没有收尾", "is not closed"),
        ("<ul><p>甲</p></ul>", "<ul> is not used"),
        ("<body>散落的字<p>甲</p></body>", "text outside a paragraph"),
        ('<table><tr data-indicator="产出指标|数量指标|次数"><td>次数</td></tr></table>', "needs 6 parts"),
        ('<table><tr data-indicator="产出指标|数量指标|次数|≥|8|次"><td>次数</td><td>≥9次</td></tr></table>', "not in its row: 8"),
        ('<p><span data-field="年度"> </span></p>', "年度 is empty"),
    ],
)
def test_a_faulty_page_is_named(tmp_path: Path, html: str, complaint: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(f'<html><head><meta name="family" content="公文"></head>{html}</html>', encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(complaint)):
        truth.truth(page)


def test_merged_cells_leave_empty_ones(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    rows = '<tr><td rowspan="2">产出</td><td>数量</td></tr><tr><td>质量</td></tr><tr><td colspan="2">合计</td></tr>'
    page.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")
    reader = truth.read(page)
    assert [[block.text if block else "" for block in line] for line in truth.lines(reader)] == [["产出", "数量"], ["", "质量"], ["合计", ""]]
