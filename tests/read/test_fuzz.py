"""Whatever the bytes and whatever the names: a reader ends in a sound Document or a clear InputError, and a run stays in its folder."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import fuzz
from jiaokan.cli import main
from jiaokan.errors import InputError
from jiaokan.read.catalogue import LONGEST_ID
from jiaokan.read.sources import sources
from jiaokan.report.tables import read_run

LIMIT = 60  # seconds a test may take before it counts as hung
NOTICE = "关于印发《信访工作条例》实施细则的通知\n各乡镇人民政府：\n"

# Thousands of each: python tests/fuzz.py
CASES = {"text": 150, "hocr": 120, "alto": 150, "page-xml": 150, "tesseract-tsv": 120, "ocr-json": 200, "html": 150, "docx": 60, "pdf": 20}


@pytest.fixture(autouse=True)
def limited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail what hangs, and read no pictures: that is the engine's business."""
    monkeypatch.setitem(sys.modules, "jiaokan.read.image", None)

    def ended(*_: object) -> None:
        raise TimeoutError(f"over {LIMIT} s")

    before = signal.signal(signal.SIGALRM, ended)
    signal.alarm(LIMIT)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@settings(max_examples=300)
@given(st.sampled_from(fuzz.MAGIC), st.binary(max_size=300))
def test_noise_behind_the_first_bytes_of_a_format(magic: bytes, noise: bytes) -> None:
    fuzz.judged(magic + noise, Random(1))


@settings(max_examples=300)
@given(
    st.sampled_from(fuzz.MAGIC),
    st.lists(
        st.sampled_from(fuzz.TOKENS)
        | st.sampled_from([*fuzz.WORDS, *fuzz.NUMBERS]).map(lambda text: text.encode("utf-8", "surrogateescape")),
        max_size=8,
    ),
)
def test_what_readers_stumble_over_behind_the_first_bytes_of_a_format(magic: bytes, parts: list[bytes]) -> None:
    fuzz.judged(magic + b"".join(parts), Random(1))


@pytest.mark.parametrize("form", CASES)
def test_a_damaged_file_is_read_or_refused(form: str) -> None:
    read = []
    for number in range(CASES[form]):
        noise = Random(f"0 {form} {number}")
        data = fuzz.case(form, noise)
        try:
            document = fuzz.judged(data, noise)
        except Exception as error:
            error.add_note(f"the input: {data[:2000]!r}")
            raise
        if document:
            read.append(document)
    assert 0 < len(read) < CASES[form]  # some of the damage can be read over, and some cannot
    for document in [one for one in read if len(one.text) < 400][:3]:
        fuzz.assert_record(document)


def test_an_unsound_document_is_told() -> None:
    """The checks above can fail."""
    document = fuzz.from_bytes(fuzz.seeds("hocr")[0][0], source=fuzz.WHERE, id="page")
    (first, second, *_) = document.boxes
    for boxes in (
        (second, first),
        (first, first),
        (replace(first, left=float("nan")),),
        (replace(first, confidence=1.5),),
        (replace(first, page=0),),
    ):
        with pytest.raises(AssertionError):
            fuzz.assert_sound(replace(document, boxes=boxes), b"")
    for error in (
        InputError("", where=fuzz.WHERE, fix="x"),
        InputError("x", where=fuzz.WHERE, fix=" "),
        InputError("a\x1b[2J", where=fuzz.WHERE, fix="x"),
        InputError(str(Path.cwd()), where=fuzz.WHERE, fix="x"),
    ):
        with pytest.raises(AssertionError):
            fuzz.assert_clear(error)


# --- names


# What a table may call its documents. What ends in a file must not end in one outside of the run.
IDS = (
    "../../x", "../x", "/etc/x", "a/../../b", "..", ".", "", None, "...", ". .", " ", "con", "CON", "nul.txt", "x" * 5000, "项" * 5000, "\u0000", "a\x00b", "a\x00/../../b", "😀", "a\nb", "a\rb",
    "\x1b[2J", "\u202etxt.x", "\u2028", "..\\..\\x", "C:\\x", "C:x", "~/x", "~", "$HOME", "$(touch x)", "-o", "--jobs", "file:///etc/x", "s3://b/x", "%2e%2e%2fx", "%00", "a*?b", "<b>", "manifest",
    "../manifest", "../records/0", "a", "A", "a", ".a", ".part", "part-00000", "\ufeff", "e\u0301", "é", "／etc／x", "․․/x", "a:b", "a|b", '"', "'", "a;b", "x.", "x ", "\t",
)  # fmt: skip


def contents(folder: Path) -> set[str]:
    return {os.path.relpath(os.path.join(base, name), folder) for base, _, names in os.walk(folder) for name in names}  # noqa: PTH118 -- names as the system has them


def cleaned(folder: Path, *given: str, code: int = 0) -> list[str]:
    """Clean into a run two folders down, and return the ids of its documents: nothing may be written beside it."""
    before = contents(folder)
    run = folder / "deep" / "down" / "run"
    with redirect_stderr(io.StringIO()) as said:
        ended = main(["clean", *given, "-o", str(run)])
    assert ended == code, said.getvalue()
    outside = {name for name in contents(folder) - before if not name.startswith(os.path.join("deep", "down", "run", ""))}  # noqa: PTH118
    assert outside == set()
    assert not [path for path in run.rglob("*") if path.is_symlink() or not path.resolve().is_relative_to(run.resolve())]
    ids = list(read_run(run)["documents"]["id"])
    assert sorted(path.stem for path in (run / "text").iterdir()) == sorted(ids)
    for name in ids:
        assert (run / "text" / f"{name}.txt").read_text(encoding="utf-8").startswith("关于")
        assert json.loads((run / "records" / f"{name}.json").read_bytes())["id"] == name
    return ids


def test_no_id_of_a_table_leads_out_of_the_run(tmp_path: Path) -> None:
    ids = [*IDS, str(tmp_path / "absolute"), f"../../../{tmp_path.name}-beside"]
    parquet.write_table(pa.table({"id": ids, "text": [NOTICE] * len(ids)}), tmp_path / "t.parquet")
    found = cleaned(tmp_path, str(tmp_path / "t.parquet"))
    assert len(found) == len(ids)  # each its own file
    assert len({name.casefold() for name in found}) == len(ids)
    assert all(len(name.encode()) <= LONGEST_ID for name in found)
    assert not any(character < " " or character in "/\\\x7f" for name in found for character in name)
    assert not (tmp_path.parent / f"{tmp_path.name}-beside").exists()


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, -2, None]),
        pa.array([1.5, float("nan"), 1e300]),
        pa.array([b"../x", b"\x00", None]),
        pa.array([["../x"], [], None]),
        pa.array([{"a": "../x"}] * 3),
    ],
)
def test_ids_of_another_type_are_names_too(tmp_path: Path, column: pa.Array) -> None:
    parquet.write_table(pa.table({"id": column, "text": [NOTICE] * 3}), tmp_path / "t.parquet")
    assert len(cleaned(tmp_path, str(tmp_path / "t.parquet"))) == 3


def not_utf_8(*values: bytes) -> pa.Array:
    """Return an array of strings that are none: Parquet does not check what it is told."""
    plain = pa.array(values)
    return pa.Array.from_buffers(pa.string(), len(values), plain.buffers())


def test_ids_that_are_not_utf_8_are_names_too(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": not_utf_8(b"../\xff", "通报".encode("gb18030")), "text": [NOTICE] * 2}), tmp_path / "t.parquet")
    assert len(cleaned(tmp_path, str(tmp_path / "t.parquet"))) == 2


def test_a_text_that_is_not_utf_8_is_a_failure_of_its_row(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": ["a", "b"], "text": not_utf_8(NOTICE.encode(), b"\xff\xfe\xff")}), tmp_path / "t.parquet")
    assert cleaned(tmp_path, str(tmp_path / "t.parquet"), code=1) == ["a"]
    (row,) = map(json.loads, (tmp_path / "deep/down/run/failures.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["id"], row["error"]) == ("b", "InputError")


def test_a_text_that_is_gb18030_is_read_as_a_file_of_it_is(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": ["a"], "text": not_utf_8(NOTICE.encode("gb18030"))}), tmp_path / "t.parquet")
    assert cleaned(tmp_path, str(tmp_path / "t.parquet")) == ["a"]


FILE_NAMES = (
    "...txt", "..x.txt", "a\nb.txt", "a\rb.txt", "\x01.txt", "\x1b[2J.txt", "\u202etxt.x.txt", "\u2028.txt", "con.txt", "CON.txt", "nul.txt", " .txt", "项" * 60 + ".txt", "x" * 240 + ".txt", "..\\..\\x.txt",
    "C:\\x.txt", "~.txt", "-o.txt", "$(touch x).txt", "😀.txt", "a*?b.txt", "<b>.txt", "%2e%2e%2fx.txt", "manifest.json.txt", "t.parquet#0.txt", "deep.x/con.txt", "..x/..y/...txt", "a.txt/a.txt/a.txt",
    "http:/example.invalid/x.txt",
)  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take fewer names")
def test_no_name_of_a_file_leads_out_of_the_run(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    for name in (*FILE_NAMES, os.fsdecode(b"\xff..\xfe.txt")):
        (scans / name).parent.mkdir(parents=True, exist_ok=True)
        (scans / name).write_text(NOTICE, encoding="utf-8")
    shown = [name for name in contents(scans) if not any(part.startswith(".") for part in name.split("/"))]
    found = cleaned(tmp_path, str(scans))
    assert len(found) == len(shown)
    assert not any(character < " " or character in "/\\\x7f" for name in found for character in name)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("./\\\x00 a~:", max_size=8) | st.none(),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60)
def test_any_ids_become_file_names_each_its_own(ids: list[str | None]) -> None:
    place = tempfile.mkdtemp()
    table = Path(place) / "t.parquet"
    parquet.write_table(pa.table({"id": pa.array(ids, pa.string()), "text": [NOTICE] * len(ids)}), table)
    names = [source.id for source in sources([str(table)]).taken]
    assert len({name.casefold() for name in names}) == len(ids)
    for name in names:
        assert name.strip(". "), repr(name)
        assert not any(character < " " or character in "/\\\x7f" for character in name)
        (Path(place) / f"{name}.txt").touch()
    assert len(list(Path(place).iterdir())) == len(ids) + 1
