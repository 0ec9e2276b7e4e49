"""`jiaokan evaluate` as its users meet it: files on disk, the installed command, what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from jiaokan.errors import InputError
from jiaokan.evaluate import Evaluation, Measure, evaluate
from jiaokan.report.record import SCHEMA

COMMAND = [shutil.which("jiaokan", path=str(Path(sys.executable).parent))] if (Path(sys.executable).parent / "jiaokan").exists() else [sys.executable, "-m", "jiaokan"]
DONE, ROWS, USAGE = range(3)
FIRST = "一、庐山市财政局负责专项经费的拨付，于2021年6月底前完成。\n"
SECOND = "二、各单位要加强组织领导，落实工作责任。\n"
FAULTY = FIRST.replace("庐山", "原山").replace("经费", "径费")
TABLES = {"rates", "documents", "edits", "faults", "fields", "indicators", "confusions", "traps", "estimates", "remarks"}


def run(*arguments: str | Path, cwd: Path, width: int = 80) -> subprocess.CompletedProcess[bytes]:
    """Run jiaokan and check what holds of every run: no traceback, and a remedy with every error."""
    command = [*(str(part) for part in COMMAND), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, cwd=cwd, check=False, timeout=600, env=os.environ | {"COLUMNS": str(width)})
    errors = done.stderr.decode()
    assert "Traceback" not in errors
    assert "bug of ours" not in errors
    assert done.returncode in {DONE, ROWS} or "fix: " in errors
    return done


def write(folder: Path, files: dict[str, str | bytes | dict[str, Any]]) -> Path:
    """Write files: text, bytes, or JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else content
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def pooled(evaluation: Evaluation, measure: Measure = Measure.LENIENT) -> tuple[int, int]:
    """Return errors and characters of all documents."""
    counts = evaluation.groups[0].scores[measure].before
    return counts.errors, counts.characters


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with truth/, ocr/ of two engines, run/ from `jiaokan clean`, and out/ from `jiaokan evaluate`."""
    here = write(
        tmp_path_factory.mktemp("measured"),
        {
            "truth/one.json": {
                "id": "one", "text": FIRST + "项目名称\t信访维稳专项经费\n", "family": "公文", "sections": [{"name": "正文", "start": 0, "end": len(FIRST)}],
                "fields": {"项目名称": {"value": "信访维稳专项经费", "start": len(FIRST) + 5, "end": len(FIRST) + 13}},
            },
            "truth/deep/two.txt": "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组织领导。\n",
            "ocr/rapid/one.txt": FAULTY + "顶目名称\t信访维稳专项经费\n",
            "ocr/rapid/two.tsv": "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导。\n".encode("utf-16"),
            "ocr/paddle/one.txt": FIRST + "顶目名称\t信访维稳专项经费\n",
        },
    )  # fmt: skip
    assert run("clean", "ocr", "-o", "run", cwd=here).returncode == DONE
    done = run("evaluate", "truth", "ocr", "run", "-o", "out", cwd=here)
    assert done.returncode == DONE, done.stderr
    (here / "said.txt").write_bytes(done.stdout)
    return here


def test_the_terminal_shows_every_rate_with_its_counts(measured: Path) -> None:
    said = (measured / "said.txt").read_text(encoding="utf-8")
    assert "\x1b" not in said
    assert "Character errors, 3 documents" in said
    found = re.findall(r"([\d,]+) / ([\d,]+) +([\d.]+)%", said)
    assert found
    for part, whole, percent in found:
        assert float(percent) == pytest.approx(100 * int(part.replace(",", "")) / int(whole.replace(",", "")), abs=0.006)
    for words in ("By engine", "rapid (2)", "paddle (1)", "公文 (2)", "正文 (2)", "outside any section (2)", "paddle/one", "made better", "Edits judged", "Most frequent", "all fields", "estimated"):
        assert words in said


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_tables_keep_to_the_width(measured: Path, width: int) -> None:
    said = run("evaluate", "truth", "ocr", "run", cwd=measured, width=width).stdout.decode()
    assert max(len(line) for line in said.splitlines()) <= width


def test_every_table_is_written_as_csv(measured: Path) -> None:
    assert {path.stem for path in (measured / "out").glob("*.csv")} == TABLES
    whole = json.loads((measured / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert (whole["schema"], set(whole)) == ("jiaokan/evaluation/1", TABLES | {"schema", "cleaned"})
    for name in TABLES:
        content = (measured / "out" / f"{name}.csv").read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
        assert len(rows) == len(whole[name])
        assert rows == [] or list(rows[0]) == list(whole[name][0])


def test_json_is_the_file_of_the_folder(measured: Path) -> None:
    done = run("evaluate", "truth", "ocr", "run", "--json", cwd=measured)
    assert done.stdout == (measured / "out" / "evaluation.json").read_bytes()


def test_groups_add_up(measured: Path) -> None:
    evaluation = evaluate(measured / "truth", measured / "ocr", measured / "run")
    total = evaluation.groups[0]
    for by in ("engine", "family"):
        groups = [group for group in evaluation.groups if group.by == by]
        assert sum(group.documents for group in groups) == total.documents == 3
        for measure in Measure:
            first, *rest = [group.scores[measure] for group in groups]
            assert sum(rest, first) == total.scores[measure]
    first, *rest = [page.scores[Measure.STRICT] for page in evaluation.pages]
    assert sum(rest, first) == evaluation.strict


def test_errors_are_counted_and_mended(measured: Path) -> None:
    evaluation = evaluate(measured / "truth", measured / "ocr", measured / "run")
    assert evaluation.lenient.before.errors == 4
    assert evaluation.strict.before.errors == 5  # and the space
    assert evaluation.strict.after is not None
    assert evaluation.strict.better >= 1  # the space; which characters are mended besides is for the corpus to say
    assert evaluation.strict.worse == 0
    assert sum(evaluation.confusions["substitution", "项", "顶", mended] for mended in (True, False)) == 2
    assert evaluation.fields["项目名称", "truth"] == 2
    assert evaluation.faults["intruder", "space", "mended"] == 1


class Links(HTMLParser):
    """Collects what a page refers to, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's signature
        for name, value in attrs:
            if name in {"href", "src"} and value and not value.startswith("data:"):
                self.links.append(value)
            if name == "id" and value:
                self.ids.add(value)


def links(page: Path) -> Links:
    """Return a page's links and ids."""
    found = Links()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def test_the_report_leads_to_a_page_for_each_document(measured: Path) -> None:
    out = measured / "out"
    found = links(out / "evaluation.html").links
    assert sorted(unquote(link) for link in found) == ["pages/paddle-one.html", "pages/rapid-one.html", "pages/rapid-two.html"]
    for link in found:
        page = links(out / unquote(link))
        assert all(target[1:] in page.ids for target in page.links if target.startswith("#"))
        assert all((out / "pages" / target).exists() for target in page.links if not target.startswith("#"))


def test_pages_ask_nothing_of_the_network(measured: Path) -> None:
    for page in (measured / "out").rglob("*.html"):
        content = page.read_text(encoding="utf-8")
        assert "http" not in content
        assert "url(" not in content
        assert "<script" not in content


def test_a_page_marks_each_difference_in_place(measured: Path) -> None:
    page = (measured / "out" / "pages" / "rapid-one.html").read_text(encoding="utf-8")
    assert '<p data-side="真值">一、<mark>庐</mark>山市财政局负责专项<mark>经</mark>费' in page
    assert '<p data-side="识别">一、<mark>原</mark>山市财政局负责专项<mark>径</mark>费' in page
    assert '<p data-side="校后">项目名称⇥信访维稳专项经费</p>' in page
    assert "<ins>␣</ins>" in (measured / "out" / "pages" / "rapid-two.html").read_text(encoding="utf-8")


def test_marks_of_html_in_the_text_are_only_text(tmp_path: Path) -> None:
    write(tmp_path, {"t/<b>&.txt": "指标值<30且>1&\n" + FIRST, "o/<b>&.txt": "指标值<30且>1\n<script>" + FIRST})
    assert run("evaluate", "t", "o", "-o", "out", cwd=tmp_path).returncode == DONE
    for page in (tmp_path / "out").rglob("*.html"):
        assert "<script" not in page.read_text(encoding="utf-8")
        assert "<b>&." not in page.read_text(encoding="utf-8")


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path: Path) -> None:
    write(tmp_path, {"t/=1+1.txt": FIRST + "=5", "o/=1+1.txt": FIRST + "5"})
    assert run("evaluate", "t", "o", "-o", "out", cwd=tmp_path).returncode == DONE
    assert "'=1+1" in (tmp_path / "out" / "documents.csv").read_text(encoding="utf-8-sig")
    assert "'=" in (tmp_path / "out" / "confusions.csv").read_text(encoding="utf-8-sig")


def test_a_long_name_has_a_page(tmp_path: Path) -> None:
    name = "绩效目标表" * 16  # 240 bytes
    write(tmp_path, {f"t/{name}.txt": FIRST, f"o/engine-of-a-long-name/{name}.txt": FAULTY})
    assert run("evaluate", "t", "o", "-o", "out", cwd=tmp_path).returncode == DONE
    (link,) = links(tmp_path / "out" / "evaluation.html").links
    assert (tmp_path / "out" / unquote(link)).exists()


# --- which files belong together

MATCHES = [
    ("three files of any name", {"a.json": {"text": FIRST}, "b.txt": FAULTY, "c.txt": FIRST}, ("a.json", "b.txt", "c.txt"), (2, 31, 0)),
    ("two files", {"a.txt": FIRST, "b.tsv": FAULTY}, ("a.txt", "b.tsv"), (2, 31, None)),
    ("the id of the truth", {"t/x.json": {"id": "page", "text": FIRST}, "o/page.txt": FAULTY}, ("t", "o"), (2, 31, None)),
    ("the stem where it has none", {"t/page.json": {"text": FIRST}, "o/page.txt": FAULTY}, ("t", "o"), (2, 31, None)),
    ("JSON before text", {"t/page.json": {"text": FIRST}, "t/page.txt": "别的", "o/page.txt": FAULTY}, ("t", "o"), (2, 31, None)),
    ("one truth, two engines", {"t/p.txt": FIRST, "o/a/p.txt": FAULTY, "o/b/p.txt": FIRST}, ("t", "o"), (2, 62, None)),
    ("one truth in a file", {"p.txt": FIRST, "o/a/p.txt": FAULTY, "o/b/p.txt": FIRST}, ("p.txt", "o"), (2, 62, None)),
    ("cleaned texts of any suffix", {"t/p.txt": FIRST, "o/a/p.txt": FAULTY, "c/a/p.md": FIRST}, ("t", "o", "c"), (2, 31, 0)),
    ("UTF-16 and GB18030", {"t/p.txt": FIRST.encode("utf-16"), "o/p.txt": FAULTY.encode("gb18030")}, ("t", "o"), (2, 31, None)),
    ("hidden files are left alone", {"t/p.txt": FIRST, "o/p.txt": FAULTY, "o/.x/q.txt": FIRST, "t/.p.json": "{"}, ("t", "o"), (2, 31, None)),
    ("other keys are left alone", {"t/p.json": {"text": FIRST, "layout": 1, "region": {"code": "1"}, "planted": [], "faults": [{}]}, "o/p.txt": FIRST}, ("t", "o"), (0, 31, None)),
]  # fmt: skip


@pytest.mark.parametrize(("files", "given", "expected"), [row[1:] for row in MATCHES], ids=[row[0] for row in MATCHES])
def test_files_that_belong_together(tmp_path: Path, files: dict[str, Any], given: tuple[str, ...], expected: tuple[int, int, int | None]) -> None:
    write(tmp_path, files)
    evaluation = evaluate(*(tmp_path / name for name in given))
    after = evaluation.lenient.after
    assert (*pooled(evaluation), None if after is None else after.errors) == expected
    assert evaluation.remarks == ()


def record(read: str, **more: Any) -> dict[str, Any]:
    """Return a record that changed nothing."""
    return {"schema": SCHEMA, "id": "p", "original": read, "text": read, "edits": []} | more


MANIFEST = {"schema": SCHEMA}
GOOD = {"t/p.txt": FIRST, "o/p.txt": FAULTY}
# What is wrong with one document, the row that says so, and the pooled errors of the rest.
REMARKS = [
    ("only in truth", {"t/q.txt": SECOND}, "only in truth", (2, 31)),
    ("only in OCR", {"o/q.txt": SECOND}, "only in OCR", (2, 31)),
    ("an empty reading", {"t/q.txt": SECOND, "o/q.txt": ""}, "the reading is empty: every character is lost", (22, 51)),
    ("a blank reading", {"t/q.txt": SECOND, "o/q.txt": b"\xef\xbb\xbf \r\n"}, "the reading is empty: every character is lost", (22, 51)),
    ("an empty truth", {"t/q.txt": "", "o/q.txt": SECOND}, "the truth is empty", (22, 31)),
    ("a truth with empty text", {"t/q.json": {"text": ""}, "o/q.txt": SECOND}, "the truth is empty", (22, 31)),
    ("another page", {"t/q.txt": SECOND[:5], "o/q.txt": FIRST + FIRST}, "61 errors in 5 characters: is this another page?", None),
    ("another page of the same length", {"t/q.txt": "甲" * 31, "o/q.txt": FIRST}, "31 errors in 31 characters: is this another page?", (33, 62)),
    ("a truth without text", {"t/q.json": {"id": "q"}, "o/q.txt": SECOND}, "text: field required", (2, 31)),
    ("a truth whose text is a list", {"t/q.json": {"text": ["一"]}, "o/q.txt": SECOND}, "text: input should be a valid string", (2, 31)),
    ("a truth that is a list", {"t/q.json": "[]", "o/q.txt": SECOND}, "the whole: input should be a valid dictionary", (2, 31)),
    ("a truth with a bad section", {"t/q.json": {"text": SECOND, "sections": [{"name": "x"}]}, "o/q.txt": SECOND}, "sections.0.start: field required", (2, 31)),
    ("broken JSON", {"t/q.json": '{"text": "一', "o/q.txt": SECOND}, "broken JSON", (2, 31)),
    ("a picture", {"t/q.txt": SECOND, "o/q.txt": b"\x89PNG\r\n\x1a\n\x00\x00"}, "a PNG image, not a text", (2, 31)),
    ("bytes of no encoding", {"t/q.txt": SECOND, "o/q.txt": "café déjà vu".encode("latin-1")}, "neither UTF-8, UTF-16 nor GB18030", (2, 31)),
    ("two readings of one id", {"o/p.tsv": FIRST}, "the same id twice", None),
    ("two truths of one id", {"t/x/p.txt": SECOND}, "the same id twice", (2, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("files", "what", "errors"), [row[1:] for row in REMARKS], ids=[row[0] for row in REMARKS])
def test_a_bad_document_is_a_row_and_the_rest_is_measured(tmp_path: Path, files: dict[str, Any], what: str, errors: tuple[int, int] | None) -> None:
    write(tmp_path, GOOD | files)
    evaluation = evaluate(tmp_path / "t", tmp_path / "o")
    assert [what in remark.what for remark in evaluation.remarks].count(True) == 1, evaluation.remarks
    assert all(remark.where and remark.fix for remark in evaluation.remarks)
    if errors:
        assert pooled(evaluation) == errors


CLEANED_REMARKS = [
    ("not cleaned", {"c/p.txt": FIRST}, "not cleaned"),
    ("only in CLEANED", {"c/p.txt": FIRST, "c/q.txt": SECOND, "c/r.txt": SECOND}, "only in CLEANED"),
    ("a picture", {"c/p.txt": FIRST, "c/q.txt": b"\x89PNG"}, "a PNG image, not a text"),
    ("a record of another schema", {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY), "c/records/q.json": record(SECOND, schema="jiaokan/record/9", id="q")}, "written for schema jiaokan/record/9"),
    ("a broken record", {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY), "c/records/q.json": "{"}, "broken JSON"),
    ("a record of another reading", {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY), "c/records/q.json": record(FIRST, id="q")}, "cleaned from another reading of this page"),
    ("an edit that does not fit", {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY), "c/records/q.json": record(SECOND, id="q", edits=[{"start": 0, "end": 1, "before": "八", "after": "二", "status": "applied"}])}, "the edit at 0–1 is not of this original"),
    ("a record of nothing read", {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY), "c/records/q.json": record(SECOND, id="q"), "c/records/r.json": record(FIRST, id="r")}, "only in CLEANED"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "what"), [row[1:] for row in CLEANED_REMARKS], ids=[row[0] for row in CLEANED_REMARKS])
def test_a_bad_cleaned_text_is_a_row_and_counts_as_unchanged(tmp_path: Path, files: dict[str, Any], what: str) -> None:
    write(tmp_path, GOOD | {"t/q.txt": SECOND, "o/q.txt": SECOND} | files)
    evaluation = evaluate(tmp_path / "t", tmp_path / "o", tmp_path / "c")
    assert [what in remark.what for remark in evaluation.remarks].count(True) == 1, evaluation.remarks
    assert evaluation.groups[0].documents == 2
    (second,) = [page for page in evaluation.pages if page.id == "q"]
    assert second.scores[Measure.STRICT].after == second.scores[Measure.STRICT].before


def test_rows_are_counted_and_the_command_exits_with_1(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {f"o/extra-{number}.txt": SECOND for number in range(5)})
    done = run("evaluate", "t", "o", "-o", "out", cwd=tmp_path)
    assert done.returncode == ROWS
    assert "5 × only in OCR: o/extra-0.txt, o/extra-1.txt, o/extra-2.txt …" in done.stdout.decode()
    assert len(list(csv.DictReader((tmp_path / "out" / "remarks.csv").read_text(encoding="utf-8-sig").splitlines()))) == 5
    assert "有识别文本而无真值" in (tmp_path / "out" / "evaluation.html").read_text(encoding="utf-8")


ERRORS = [
    ("no truth there", GOOD, ("gone", "o"), "gone: no such file or folder"),
    ("no reading there", GOOD, ("t", "gone"), "gone: no such file or folder"),
    ("nothing cleaned there", GOOD, ("t", "o", "gone"), "gone: no such file or folder"),
    ("no id in common", {"t/a.txt": FIRST, "t/b.json": {"text": FIRST}, "o/x.txt": FIRST, "o/e/y.txt": FIRST}, ("t", "o"), "no id in common: truth has a、b; OCR has x、y"),
    ("no cleaned id in common", GOOD | {"c/z.txt": FIRST}, ("t", "o", "c"), "no id in common: OCR has p; CLEANED has z"),
    ("a folder without text", GOOD | {"i/p.png": b"\x89PNG"}, ("t", "i"), "i: no text file here"),
    ("a folder without truth", GOOD | {"i/p.png": b"\x89PNG"}, ("i", "o"), "i: no truth here"),
    ("the only truth is broken", {"t/p.json": "{", "o/p.txt": FIRST}, ("t", "o"), "t/p.json: broken JSON"),
    ("the only truth, a file, is broken", {"p.json": "{", "p.txt": FIRST}, ("p.json", "p.txt"), "p.json: broken JSON"),
    ("the only reading is a picture", {"t/p.txt": FIRST, "o/p.txt": b"\x89PNG"}, ("t", "o"), "o/p.txt: a PNG image, not a text"),
    ("a run half written", GOOD | {"c/records/p.json": record(FAULTY)}, ("t", "o", "c"), "c: not a complete run (no manifest.json)"),
    ("a run without records", GOOD | {"c/manifest.json": MANIFEST}, ("t", "o", "c"), "c: not a complete run (no records)"),
    ("a run of another schema", GOOD | {"c/manifest.json": {"schema": "jiaokan/record/9"}, "c/records/p.json": record(FAULTY)}, ("t", "o", "c"), "written for schema jiaokan/record/9, not jiaokan/record/1"),
    ("all records of another schema", GOOD | {"c/manifest.json": MANIFEST, "c/records/p.json": record(FAULTY, schema="x")}, ("t", "o", "c"), "written for schema x"),
    ("one cleaned file for a folder", GOOD | {"c.txt": FIRST}, ("t", "o", "c.txt"), "c.txt: one cleaned file, and a folder of readings"),
    ("an unwritable output", GOOD, ("t", "o", "-o", "t/p.txt"), "t/p.txt"),
    ("no reading named", GOOD, ("t",), "ocr"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "given", "said"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_unusable_input_is_refused_with_a_reason(tmp_path: Path, files: dict[str, Any], given: tuple[str, ...], said: str) -> None:
    write(tmp_path, files)
    done = run("evaluate", *given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert said.lower() in done.stderr.decode().lower()


def test_the_library_raises_what_the_command_says(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        evaluate(tmp_path / "gone", tmp_path)


def test_help_shows_two_examples(tmp_path: Path) -> None:
    done = run("evaluate", "--help", cwd=tmp_path)
    assert done.stdout.decode().partition("Examples:")[2].count("jiaokan evaluate") == 2


# --- runs of several engines, and estimates


def test_a_record_is_matched_by_the_bytes_it_was_made_from(tmp_path: Path) -> None:
    write(tmp_path, {"t/p.txt": FIRST, "o/a/p.txt": FAULTY, "o/b/p.txt": FIRST, "o/c/p.txt": FIRST})
    assert run("clean", "o", "-o", "run", cwd=tmp_path).returncode == DONE
    evaluation = evaluate(tmp_path / "t", tmp_path / "o", tmp_path / "run")
    assert evaluation.remarks == ()  # b and c are the same bytes, and share a record
    assert [page.engine for page in evaluation.pages] == ["a", "b", "c"]


def test_a_page_of_its_own_for_every_document() -> None:
    from jiaokan.evaluate.html import page_name

    names = {page_name(engine, name) for engine, name in [("", "a-b"), ("a/b", "c"), ("a", "b/c"), ("a/b-c", "d"), ("a-b/c", "d")]}
    assert len(names) == 5


def estimated(folder: Path, rates: list[tuple[int, float]]) -> Evaluation:
    """Return the evaluation of pages of 100 characters with so many errors, and such estimates."""
    files: dict[str, Any] = {"c/manifest.json": MANIFEST}
    for number, (errors, rate) in enumerate(rates):
        read = "误" * errors + "正" * (100 - errors)
        quality = {"characters": 100, "estimated_error_rate": rate, "interval": [rate - 0.05, rate + 0.05]}
        files |= {f"t/{number}.txt": "正" * 100, f"o/{number}.txt": read, f"c/records/{number}.json": record(read, id=str(number), quality=quality)}
    write(folder, files)
    return evaluate(folder / "t", folder / "o", folder / "c")


ESTIMATES = [
    ("in order", [(1, 0.02), (5, 0.06), (10, 0.2)], 1.0, (28, 16, 2)),
    ("in the wrong order", [(10, 0.02), (5, 0.06), (1, 0.2)], -1.0, (28, 16, 1)),
    ("ties", [(1, 0.02), (1, 0.06), (10, 0.2)], 0.866025, (28, 12, 2)),
    ("too few", [(1, 0.02), (5, 0.06)], None, (8, 6, 2)),
    ("all alike", [(1, 0.02), (1, 0.02), (1, 0.02)], None, (6, 3, 3)),
]


@pytest.mark.parametrize(("rates", "spearman", "pooled_counts"), [row[1:] for row in ESTIMATES], ids=[row[0] for row in ESTIMATES])
def test_estimates_are_compared_with_the_truth(tmp_path: Path, rates: list[tuple[int, float]], spearman: float | None, pooled_counts: tuple[int, int, int]) -> None:
    (row,) = estimated(tmp_path, rates).tables()["estimates"]
    assert row["spearman"] == (None if spearman is None else pytest.approx(spearman, abs=1e-6))
    assert (round(row["estimated_errors"]), row["true_errors"], row["inside"]) == pooled_counts
    assert row["ratio"] == pytest.approx(pooled_counts[0] / pooled_counts[1], abs=1e-5)
