"""A run into a folder: what is there is left, what has changed is done, what is gone is taken out; nothing stays behind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from batch.runs import (
    DONE,
    EMPTY,
    FAILED,
    FAULTY,
    MENDED,
    OTHER,
    USAGE,
    assert_holds,
    assert_same,
    clean,
    contents,
    failures,
    manifest,
    times,
    write,
)
from jiaokan.batch import parts
from jiaokan.batch.store import Store
from jiaokan.errors import InputError
from jiaokan.report.tables import COLUMNS, RECORDS, record

KINDS = pytest.mark.parametrize("files", ["all", "none"])


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three documents, `in`, and the run of them, `run`."""
    folder = tmp_path_factory.mktemp("finished")
    for name, text in (("a", FAULTY), ("b", OTHER), ("c", MENDED + OTHER)):
        write(folder, f"in/{name}.txt", text)
    assert clean(folder / "in", "-o", folder / "run") == (
        DONE,
        f"jiaokan: 3 documents cleaned into {folder}/run; open {folder}/run/report.html\n",
    )
    return folder


@pytest.fixture
def place(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory: three documents in `in`, not yet cleaned."""
    shutil.copytree(finished / "in", tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_second_run_does_nothing(finished: Path) -> None:
    run = finished / "run"
    before, written = contents(run), times(run)
    assert manifest(run)["cleaned"] == 3
    code, said = clean(finished / "in", "-o", run)
    assert (code, said) == (DONE, f"jiaokan: 3 documents cleaned into {run} (3 of them earlier); open {run}/report.html\n")
    assert (manifest(run)["cleaned"], manifest(run)["documents"]) == (0, 3)
    assert times(run) == written
    assert contents(run) == before
    assert_holds(run, {"a", "b", "c"})


def test_jobs_change_nothing(finished: Path, tmp_path: Path) -> None:
    assert clean(finished / "in", "-o", tmp_path / "run", "--jobs", "2")[0] == DONE
    assert_same(tmp_path / "run", finished / "run")
    assert manifest(tmp_path / "run")["workers"] == 2


@KINDS
def test_only_what_has_changed_is_done(place: Path, files: str) -> None:
    run = place / "run"
    assert clean("in", "-o", "run", "--files", files)[0] == DONE
    before = contents(run)
    write(place, "in/b.txt", "按季度上报工作进 展情况。\n")  # changed
    (place / "in/c.txt").unlink()
    write(place, "in/d.txt", FAULTY)
    code, said = clean("in", "-o", "run", "--files", files)
    assert (code, said.partition(";")[0]) == (DONE, "jiaokan: 3 documents cleaned into run (1 of them earlier)")
    assert manifest(run)["cleaned"] == 2
    tables = assert_holds(run, {"a", "b", "d"}, files=files == "all")
    assert record(run, "b")["text"] == "按季度上报工作进展情况。\n"
    assert list(tables["edits"].query("id == 'b'")["rule"]) == ["han_spaces"]
    if files == "all":
        assert (run / "text/a.txt").read_bytes() == before["text/a.txt"]
    assert "c.html" not in {path.name for path in (run / "pages").iterdir()}


def test_a_name_that_is_no_longer_unique_leaves_nothing_stale(place: Path) -> None:
    assert clean("in", "-o", "run")[0] == DONE
    write(place, "more/a.txt", OTHER)
    assert clean("in", "more", "-o", "run")[0] == DONE
    assert_holds(place / "run", {"in-a.txt", "more-a.txt", "b", "c"})
    assert manifest(place / "run")["cleaned"] == 2
    shutil.rmtree(place / "more")
    assert clean("in", "-o", "run")[0] == DONE
    assert_holds(place / "run", {"a", "b", "c"})
    assert manifest(place / "run")["cleaned"] == 1


def test_other_options_do_everything_anew(place: Path) -> None:
    run = place / "run"
    write(place, "in/e.txt", "一是推进云柩工单平台建设，二是落实工作责任。\n")
    terms = write(place, "terms.txt", "信访局\n")
    done = [clean("in", "-o", "run", "--terms", "terms.txt")]
    assert "云柩" in record(run, "e")["text"]
    terms.write_text("云枢工单平台\n", encoding="utf-8")  # the same name, other content
    done.append(clean("in", "-o", "run", "--terms", "terms.txt"))
    assert {(edit["before"], edit["after"]) for edit in record(run, "e")["edits"]} == {("柩", "枢")}
    done.append(clean("in", "-o", "run", "--terms", "terms.txt", "--apply", "none"))
    assert record(run, "a")["text"] == FAULTY
    assert [code for code, _ in done] == [DONE] * 3
    assert not any("earlier" in said for _, said in done)
    assert_holds(run, {"a", "b", "c", "e"})


@pytest.mark.usefixtures("place")
def test_how_a_run_is_done_is_of_no_account() -> None:
    assert clean("in", "-o", "run", "--jobs", "2", "--time-limit", "300")[0] == DONE
    assert "(3 of them earlier)" in clean("in", "-o", "run")[1]


def test_a_run_without_files_and_back(place: Path) -> None:
    run = place / "run"
    for kind in ("none", "all", "none"):
        assert clean("in", "-o", "run", "--files", kind)[0] == DONE
        assert (manifest(run)["files"], manifest(run)["cleaned"]) == (kind, 3)
        tables = assert_holds(run, {"a", "b", "c"}, files=kind == "all")
        assert len(tables["edits"]) == 3
        assert record(run, "a")["text"] == MENDED
        assert (run / "report.html").is_file()


def test_files_of_others_are_left(place: Path) -> None:
    ours = {"notes.md", "text/notes.md", "text/old.txt", "records/old.json", "tables/notes.csv", "tables/edits/notes.txt"}
    for name in ours:
        write(place, f"run/{name}", "my own")
    for kind in ("all", "none", "all"):
        assert clean("in", "-o", "run", "--files", kind)[0] == DONE
    (place / "in/a.txt").unlink()
    assert clean("in", "-o", "run")[0] == DONE
    for name in ours:
        assert (place / "run" / name).read_text(encoding="utf-8") == "my own", name


@pytest.mark.parametrize("given", ["run", "run/text", "run/text/page.txt", "./run/../run/text", "link/text"])
def test_an_input_in_the_run_is_refused(place: Path, given: str) -> None:
    page = write(place, "run/text/page.txt", FAULTY)
    (place / "link").symlink_to("run")
    code, said = clean(given, "-o", "run")
    assert code == USAGE
    assert said.startswith(f"jiaokan: {given}: lies in the run itself\n  fix: ")
    assert [path for path in (place / "run").rglob("*") if path.is_file()] == [page]


def test_a_run_within_its_input_is_left_out(place: Path) -> None:
    for _ in range(2):
        assert clean(".", "-o", "in/run")[0] == DONE
        assert_holds(place / "in/run", {"a", "b", "c"})
        assert manifest(place / "in/run")["left_out"] == 0


def test_failures_are_rows_and_tried_again(place: Path) -> None:
    run = place / "run"
    write(place, "in/b.txt", EMPTY)
    for cleaned in (2, 0):
        code, said = clean("in", "-o", "run")
        assert (code, manifest(run)["cleaned"], manifest(run)["failures"]) == (FAILED, cleaned, 1)
        assert "1 failed (see run/failures.jsonl)" in said
        assert [(row["id"], row["error"], row["source"]) for row in failures(run)] == [("b", "InputError", "in/b.txt")]
        assert_holds(run, {"a", "c"})
    write(place, "in/b.txt", OTHER)
    assert clean("in", "-o", "run")[0] == DONE
    assert (manifest(run)["cleaned"], failures(run)) == (1, [])
    assert_holds(run, {"a", "b", "c"})
    write(place, "in/a.txt", b"")  # done once, now it fails: its old result must not stay
    assert clean("in", "-o", "run")[0] == FAILED
    assert_holds(run, {"b", "c"})


def test_a_run_of_failures_only(tmp_path: Path) -> None:
    write(tmp_path, "in/a.txt", EMPTY)
    write(tmp_path, "in/b.txt", b"")
    for files in ("all", "none"):
        code, said = clean(tmp_path / "in", "-o", tmp_path / "run", "--files", files)
        assert (code, said.partition(",")[0]) == (FAILED, f"jiaokan: 0 documents cleaned into {tmp_path}/run")
        assert [row["id"] for row in failures(tmp_path / "run")] == ["a", "b"]
        assert not (tmp_path / "run" / "text").exists()
    write(tmp_path, "in/a.txt", FAULTY)
    assert clean(tmp_path / "in", "-o", tmp_path / "run")[0] == FAILED
    assert_holds(tmp_path / "run", {"a"})


@KINDS
def test_masked_names_that_coincide_stay_apart(tmp_path: Path, files: str) -> None:
    run = tmp_path / "run"
    for person in ("郑守礼", "郑怀远"):
        write(tmp_path, f"in/{person}的信访答复.txt", f"你单位反映的问题已收悉。联系人：{person}，联系电话：0797-0001234。\n")
    write(tmp_path, "in/0797-0001234.txt", b"")
    assert clean(tmp_path / "in", "-o", run, "--mask", "--files", files)[0] == FAILED
    first = contents(run)
    ids = set(parquet.read_table(run / "tables/documents/part-00000.parquet").column("id").to_pylist())
    assert len(ids) == 2
    assert_holds(run, ids, files=files == "all")
    for secret in ("守礼", "怀远", "0001234"):
        assert not any(secret.encode() in content or secret in name for name, content in first.items())
        assert secret not in (run / "manifest.json").read_text(encoding="utf-8")
    code, said = clean(tmp_path / "in", "-o", run, "--mask", "--files", files)
    assert (code, manifest(run)["cleaned"]) == (FAILED, 0)
    assert "2 of them earlier" in said
    assert contents(run) == first
    (tmp_path / "in/郑怀远的信访答复.txt").unlink()
    assert clean(tmp_path / "in", "-o", run, "--mask", "--files", files)[0] == FAILED
    assert (
        len(
            assert_holds(run, set(parquet.read_table(run / "tables/documents").column("id").to_pylist()), files=files == "all")["documents"]
        )
        == 1
    )


# --- parts


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two documents make a part."""
    monkeypatch.setattr(parts, "LEAST", 2)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(
    ("table", "damage"),
    [
        pytest.param("documents", lambda data: data[: len(data) // 2], id="the documents cut off"),
        pytest.param("documents", lambda _: b"", id="the documents empty"),
        pytest.param("edits", lambda data: data[: len(data) // 2], id="the edits cut off"),
        pytest.param("edits", None, id="the edits gone"),
        pytest.param("records", lambda data: data[:-1], id="the records cut off"),
    ],
)
def test_a_damaged_part_is_done_anew(place: Path, table: str, damage: object) -> None:
    run = place / "run"
    assert clean("in", "-o", "run", "--files", "none")[0] == DONE
    before = contents(run)
    part = run / "tables" / table / "part-00000.parquet"
    if callable(damage):
        part.write_bytes(damage(part.read_bytes()))
    else:
        part.unlink()
    assert clean("in", "-o", "run", "--files", "none")[0] == DONE
    assert manifest(run)["cleaned"] == 2
    assert contents(run) == before


@pytest.mark.parametrize("kind", ["records", "text"])
def test_a_file_that_is_gone_is_made_anew(place: Path, kind: str) -> None:
    assert clean("in", "-o", "run")[0] == DONE
    (gone,) = (place / "run" / kind).glob("b.*")
    before = gone.read_bytes()
    gone.unlink()
    assert clean("in", "-o", "run")[0] == DONE
    assert gone.read_bytes() == before
    assert_holds(place / "run", {"a", "b", "c"})


@pytest.mark.usefixtures("small_parts")
@KINDS
def test_what_an_unfinished_part_left_is_swept(place: Path, files: str) -> None:
    run = place / "run"
    assert clean("in", "-o", "run", "--files", files)[0] == DONE
    before = contents(run)
    (run / "tables/documents/part-00001.parquet").unlink()  # as a run leaves it that was killed before the last table
    for name in (*COLUMNS, RECORDS):
        write(run, f"tables/{name}/part-00009.parquet", b"PAR1 cut off") if name != "documents" else None
    (run / "manifest.json").unlink()
    assert clean("in", "-o", "run", "--files", files)[0] == DONE
    assert manifest(run)["cleaned"] == 1
    assert contents(run) == before


@pytest.mark.usefixtures("small_parts")
def test_a_document_done_twice_is_kept_once(place: Path) -> None:
    """A run stopped after a changed document was done anew, before the old one was taken out."""
    run = place / "run"
    assert clean("in", "-o", "run")[0] == DONE
    stale = {path.parent.name: path.read_bytes() for path in run.glob("tables/*/part-00000.parquet")}
    write(place, "in/a.txt", OTHER)
    assert clean("in", "-o", "run")[0] == DONE
    for name, data in stale.items():
        write(run, f"tables/{name}/part-00000.parquet", data)
    assert clean("in", "-o", "run")[0] == DONE
    assert manifest(run)["cleaned"] == 0
    assert list(assert_holds(run, {"a", "b", "c"})["edits"].query("id == 'a'")["before"]) == [" "]
    assert record(run, "a")["original"] == OTHER


# --- Parquet


def write_table(path: Path, rows: list[tuple[object, object]], **options: int) -> Path:
    """Write rows of id and text as Parquet."""
    ids, texts = zip(*rows, strict=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table({"id": pa.array(ids), "text": pa.array(texts)}), path, **options)
    return path


def test_the_rows_of_a_table_are_documents(tmp_path: Path) -> None:
    rows = [
        ("1", FAULTY),
        ("1", OTHER),
        (None, MENDED),
        ("a/b\\c", FAULTY),
        ("..", OTHER),
        ("gone", None),
        ("blank", "  "),
        ("文〔2023〕1号", OTHER),
    ]
    table, run = write_table(tmp_path / "in/x.parquet", rows, row_group_size=3), tmp_path / "run"
    assert clean(table, "-o", run)[0] == FAILED
    found = assert_holds(run, set(parquet.read_table(run / "tables/documents").column("id").to_pylist()))
    sources = found["documents"].set_index("source")["id"].to_dict()
    assert sorted(sources) == [f"{table}#{row}" for row in (0, 1, 2, 3, 4, 7)]
    assert sources[f"{table}#2"] == "x-2"
    assert sources[f"{table}#3"] == "a-b-c"
    assert sources[f"{table}#7"] == "文〔2023〕1号"
    assert len({sources[f"{table}#{row}"] for row in (0, 1)}) == 2
    for source, (_, text) in zip(sorted(sources), [row for row in rows if row[1] and str(row[1]).strip()], strict=True):
        assert record(run, sources[source])["original"] == text
    assert {(row["id"], row["source"]): row["what"] for row in failures(run)} == {
        ("gone", f"{table}#5"): "no text in this row", ("blank", f"{table}#6"): "nothing but white space"}  # fmt: skip
    assert clean(table, "-o", run)[0] == FAILED
    assert manifest(run)["cleaned"] == 0


def test_a_table_is_read_as_its_files_are(finished: Path, tmp_path: Path) -> None:
    rows = [(path.stem, path.read_bytes()) for path in sorted((finished / "in").iterdir())]
    write_table(tmp_path / "in/x.parquet", rows, row_group_size=1)
    assert clean(tmp_path / "in", "-o", tmp_path / "run", "--jobs", "2")[0] == DONE
    for name in "abc":
        assert (tmp_path / f"run/text/{name}.txt").read_bytes() == (finished / f"run/text/{name}.txt").read_bytes()


def test_one_changed_row_is_done_alone(tmp_path: Path) -> None:
    table, run = tmp_path / "x.parquet", tmp_path / "run"
    write_table(table, [(1, FAULTY), (2, OTHER), (3, FAULTY)])
    assert clean(table, "-o", run, "--files", "none")[0] == DONE
    write_table(table, [(1, FAULTY), (2, MENDED)])
    assert clean(table, "-o", run, "--files", "none")[0] == DONE
    assert manifest(run)["cleaned"] == 1
    assert_holds(run, {"1", "2"}, files=False)
    assert record(run, "2")["original"] == MENDED


@pytest.mark.parametrize(
    ("make", "what"),
    [
        pytest.param(lambda path: parquet.write_table(pa.table({"name": ["1"], "text": [FAULTY]}), path), "no column id", id="no id"),
        pytest.param(lambda path: parquet.write_table(pa.table({"a": ["1"]}), path), "no column id, text", id="neither"),
        pytest.param(lambda path: path.write_bytes(b"PAR1"), "not a Parquet file", id="cut off"),
        pytest.param(lambda path: path.write_bytes(b""), "not a Parquet file", id="empty"),
    ],
)
def test_a_table_of_other_columns_is_refused(tmp_path: Path, make: object, what: str) -> None:
    assert callable(make)
    make(tmp_path / "x.parquet")
    code, said = clean(tmp_path / "x.parquet", "-o", tmp_path / "run")
    assert code == USAGE
    assert said.startswith(f"jiaokan: {tmp_path}/x.parquet: {what}")
    assert said.endswith("fix: give a Parquet file with the columns id and text, one document a row\n")
    assert not (tmp_path / "run").exists()


def test_a_table_without_rows_is_told(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": pa.array([], pa.string()), "text": pa.array([], pa.string())}), tmp_path / "x.parquet")
    code, said = clean(tmp_path / "x.parquet", "-o", tmp_path / "run")
    assert code == USAGE
    assert said.startswith(f"jiaokan: {tmp_path}/x.parquet: ")


def test_a_run_that_lacks_a_record_says_so(place: Path) -> None:
    assert clean("in", "-o", "run", "--files", "none")[0] == DONE
    with pytest.raises(InputError, match="no such record"):
        record(place / "run", "z")


def test_a_pipe_is_read_once(place: Path) -> None:
    """A named pipe cannot be looked at beforehand; one that says nothing ends with the time limit, and the rest is done."""
    os.mkfifo(place / "in/never.txt")
    code, said = clean("in", "in/never.txt", "-o", "run", "--time-limit", "1")
    assert (code, "1 failed" in said) == (FAILED, True)
    assert [(row["id"], row["error"]) for row in failures(place / "run")] == [("never", "TimeLimit")]
    assert_holds(place / "run", {"a", "b", "c"})


def test_what_a_run_of_the_other_kind_left_unfinished_is_swept(place: Path) -> None:
    write(place, "run/tables/records/part-00000.parquet", b"PAR1 of a run without files, stopped before its table of documents")
    assert clean("in", "-o", "run")[0] == DONE
    assert_holds(place / "run", {"a", "b", "c"})


def test_a_glob_that_takes_in_the_run_leaves_it_out(place: Path) -> None:
    for _ in range(2):
        assert clean("**/*.txt", "-o", "in/run")[0] == DONE
        assert_holds(place / "in/run", {"a", "b", "c"})


def test_a_run_keeps_others_out_and_clears_away_what_a_killed_one_left(place: Path) -> None:
    write(place, "in/a.txt", FAULTY)
    write(place, "run/text/.left.part", "half")
    with Store(str(place / "run")).alone():
        code, said = clean("in", "-o", "run")
    assert (code, "another run is being written here" in said) == (USAGE, True)
    assert clean("in", "-o", "run")[0] == DONE
    assert not list((place / "run").rglob(".*"))
