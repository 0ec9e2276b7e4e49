"""The command line as its users meet it: in a process of its own, by exit code, standard output and standard error."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

import jiaokan
from jiaokan.report.record import to_json

SAMPLES = Path(__file__).resolve().parent.parent / "corpus" / "samples"
PAGE = SAMPLES / "gansu-wushan-qingshi.txt"
CLEAN = SAMPLES / "clean-heilongjiang-bayan.txt"
FAULTY = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导。\n"
MENDED = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组织领导。\n"
COMMAND = [shutil.which("jiaokan", path=str(Path(sys.executable).parent))] if (Path(sys.executable).parent / "jiaokan").exists() else [sys.executable, "-m", "jiaokan"]
DONE, FAILED, USAGE, DICTIONARY = range(4)


def run(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, width: int = 80) -> subprocess.CompletedProcess[bytes]:
    """Run jiaokan and check what holds of every run: no traceback, and a remedy with every error."""
    command = [*(str(part) for part in COMMAND), *map(str, arguments)]
    done = subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, check=False, timeout=600, env=os.environ | {"COLUMNS": str(width)})
    errors = done.stderr.decode()
    assert "Traceback" not in errors
    assert "bug of ours" not in errors
    assert done.returncode in {DONE, FAILED} or "fix: " in errors
    return done


def files(folder: Path) -> set[str]:
    """Return the files under a folder, by their place in it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return a page with one fault, alone in a folder."""
    path = tmp_path / "in" / "page.txt"
    path.parent.mkdir()
    path.write_text(FAULTY, encoding="utf-8")
    return path


def write(folder: Path, name: str, content: bytes | str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- clean, to standard output


def test_clean_prints_the_text_and_nothing_else(page: Path) -> None:
    done = run("clean", page)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (DONE, MENDED, b"")


def test_clean_reads_standard_input() -> None:
    done = run("clean", "-", stdin=FAULTY.encode("gb18030"))
    assert (done.returncode, done.stdout.decode()) == (DONE, MENDED)


@pytest.mark.parametrize(("level", "expected"), [("none", FAULTY), ("certain", MENDED), ("likely", MENDED)])
def test_apply_says_what_is_written(page: Path, level: str, expected: str) -> None:
    assert run("clean", page, "--apply", level).stdout.decode() == expected


def test_json_prints_the_record(page: Path) -> None:
    record = json.loads(run("clean", page, "--json").stdout)
    jsonschema.validate(record, jiaokan.schema())
    assert (record["original"], record["text"], record["id"]) == (FAULTY, MENDED, "page")
    assert [(edit["before"], edit["after"], edit["status"]) for edit in record["edits"]] == [(" ", "", "applied")]


def test_json_prints_a_record_a_line(page: Path) -> None:
    write(page.parent, "second.txt", MENDED)
    records = [json.loads(line) for line in run("clean", page.parent, "--json").stdout.splitlines()]
    assert [record["id"] for record in records] == ["page", "second"]


def test_diff_shows_both_sides(page: Path) -> None:
    shown = run("clean", page, "--diff", width=200).stdout.decode()
    assert "han_spaces" in shown
    assert "组 织" in shown
    assert "组织" in shown


def test_a_word_to_keep_is_kept(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", "顶目名称\t信访维稳专项经费\n")
    keep = write(tmp_path, "keep.txt", "# ours\n顶目名称\n")
    assert run("clean", page).stdout.decode() == "项目名称\t信访维稳专项经费\n"
    assert run("clean", page, "--keep", keep).stdout.decode() == "顶目名称\t信访维稳专项经费\n"


def test_a_term_of_the_user_s_is_named_as_evidence(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", "由县信访朕席会议统筹协调，各单位配合。\n")
    terms = write(tmp_path, "terms.txt", "县信访联席会议\n")
    (edit,) = json.loads(run("clean", page, "--json", "--terms", terms).stdout)["edits"]
    assert (edit["before"], edit["after"], edit["rule"]) == ("朕", "联", "lexicon")
    assert "term of the lexicon" in edit["why"]


def test_terms_are_repaired_towards(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", "一是推进云柩工单平台建设，二是落实工作责任。\n")
    terms = write(tmp_path, "terms.txt", "云枢工单平台\n")
    record = json.loads(run("clean", page, "--json", "--terms", terms).stdout)
    assert [(edit["before"], edit["after"]) for edit in record["edits"]] == [("柩", "枢")]


# --- clean, into a folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the run folder of three pages, one of them no text."""
    folder = tmp_path_factory.mktemp("finished")
    write(folder, "in/page.txt", FAULTY)
    shutil.copy(PAGE, folder / "in")
    write(folder, "in/scan.txt", b"\x89PNG\r\n\x1a\n")
    write(folder, "in/notes.xlsx", b"PK\x03\x04")
    done = run("clean", folder / "in", "-o", folder / "run")
    assert (done.returncode, done.stdout) == (FAILED, b"")
    assert "2 documents cleaned" in done.stderr.decode()
    assert "1 failed" in done.stderr.decode()
    return folder / "run"


def test_a_run_has_every_file(finished: Path) -> None:
    tables = ("documents", "edits", "fields", "indicators", "entities", "checks", "quality")
    expected = {"report.html", "failures.jsonl", "manifest.json"}
    expected |= {f"{kind}/{name}.{suffix}" for kind, suffix in (("text", "txt"), ("records", "json"), ("pages", "html")) for name in ("page", PAGE.stem)}
    expected |= {f"tables/{name}.csv" for name in tables} | {f"tables/{name}/part-00000.parquet" for name in tables}
    assert files(finished) == expected


def test_a_run_s_failures_are_rows(finished: Path) -> None:
    (row,) = rows(finished / "failures.jsonl")
    assert (row["id"], row["error"], row["what"]) == ("scan", "InputError", "an image, not a text")


def test_a_run_s_text_and_record_agree(finished: Path) -> None:
    assert (finished / "text" / "page.txt").read_bytes() == MENDED.encode()
    record = json.loads((finished / "records" / "page.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, jiaokan.schema())
    assert record["text"] == MENDED


def test_a_run_s_tables_are_read_back(finished: Path) -> None:
    tables = jiaokan.read_run(finished)
    assert sorted(tables) == ["checks", "documents", "edits", "entities", "fields", "indicators", "quality"]
    assert sorted(tables["documents"]["id"]) == sorted(["page", PAGE.stem])
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((finished / "records").iterdir())]
    assert len(tables["edits"]) == sum(len(record["edits"]) for record in records)
    assert tables["documents"].set_index("id")["applied"].to_dict() == {record["id"]: record["quality"]["applied"] for record in records}


def test_a_run_s_csv_opens_in_a_spreadsheet(finished: Path) -> None:
    content = (finished / "tables" / "edits.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(pd.read_csv(finished / "tables" / "edits.csv")) == len(jiaokan.read_run(finished)["edits"])


def test_a_run_s_manifest_says_how_it_was_made(finished: Path) -> None:
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["documents"], manifest["failures"], manifest["version"]) == (2, 1, jiaokan.__version__)
    assert manifest["configuration"] == {"apply": "certain", "channel": "print", "channel_data": None, "terms": None, "keep": None}
    assert [Path(path).name for path in manifest["passed_over"]] == ["notes.xlsx"]
    assert all(len(digest) == len("0" * 64) for digest in manifest["dictionaries"].values())


def test_jobs_change_nothing(finished: Path, tmp_path: Path) -> None:
    done = run("clean", finished.parent / "in", "-o", tmp_path / "run", "--jobs", "2")
    assert done.returncode == FAILED
    for name in sorted(files(finished) - {"manifest.json"}):
        assert (tmp_path / "run" / name).read_bytes() == (finished / name).read_bytes(), name


def test_standard_input_joins_a_batch_of_workers(page: Path, tmp_path: Path) -> None:
    done = run("clean", "-", page, "-o", tmp_path / "run", "--jobs", "2", stdin=FAULTY.encode())
    assert done.returncode == DONE
    assert (tmp_path / "run" / "text" / "stdin.txt").read_text(encoding="utf-8") == MENDED


def test_the_same_stem_twice_makes_two_documents(tmp_path: Path) -> None:
    write(tmp_path, "x/page.txt", FAULTY)
    write(tmp_path, "y/page.txt", MENDED)
    assert run("clean", "x", "y", "-o", "run", cwd=tmp_path).returncode == DONE
    assert files(tmp_path / "run" / "text") == {"x-page.txt.txt", "y-page.txt.txt"}


# --- check, extract, schema, dictionary, help


def test_check_names_line_and_column(page: Path) -> None:
    done = run("check", page)
    assert done.returncode == DONE
    assert done.stdout.decode().startswith(f"{page}:1:32: applied “ ” → “” line_wrap_space")


def test_check_fails_where_something_is_flagged(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", "县信访局负责组织实施（含日常维护工作，每年评估一次。\n")
    done = run("check", page)
    assert done.returncode == FAILED
    assert "flagged “（” unbalanced_mark" in done.stdout.decode()


def test_check_says_nothing_of_a_clean_page() -> None:
    assert run("check", CLEAN).stdout == b""


def test_extract_prints_fields() -> None:
    lines = run("extract", PAGE, CLEAN).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert [one["id"] for one in found] == [PAGE.stem, CLEAN.stem]
    assert found[1]["fields"]
    assert sorted(found[0]) == ["checks", "family", "fields", "id", "indicators", "region", "source"]


def test_schema_is_a_json_schema() -> None:
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "jiaokan/record/1"


def test_dictionary_check_counts_every_table() -> None:
    done = run("dictionary", "check")
    assert done.returncode == DONE
    counts = dict(line.split("\t") for line in done.stdout.decode().splitlines())
    assert {"places.tsv", "terms.tsv", "glyphs.tsv", "families", "labels"} <= set(counts)


@pytest.mark.parametrize(
    ("word", "code", "said"),
    [
        ("星子县", DONE, "now 江西省九江市庐山市 360483"),
        ("360483", DONE, "庐山市"),
        ("项目名称", DONE, "label: 项目名称"),
        ("釆", DONE, "rare twin of 采"),
        ("原山市", FAILED, ""),
    ],
)
def test_dictionary_lookup(word: str, code: int, said: str) -> None:
    done = run("dictionary", "lookup", word)
    assert done.returncode == code
    assert said in done.stdout.decode()


def test_lookup_says_what_a_character_is_taken_for() -> None:
    said = run("dictionary", "lookup", "未").stdout.decode()
    assert "looks like 末" in said
    assert "sound: wei; sounds like " in said
    assert re.search("often misread as [^\n]*末", said)
    assert re.search("often a misreading of ..", said)


@pytest.mark.parametrize("command", ["clean", "check", "extract"])
def test_help_explains_the_channel(command: str) -> None:
    said = " ".join(run(command, "--help", width=200).stdout.decode().split())
    assert "<print|keyboard|both>" in said
    assert "[default: print]" in said
    assert "--channel-data" in said
    assert "jiaokan learn" in said


@pytest.mark.parametrize("command", [["clean"], ["check"], ["extract"], ["schema"], ["dictionary", "check"], ["dictionary", "lookup"]], ids=" ".join)
def test_help_shows_an_example(command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.returncode == DONE
    assert f"jiaokan {' '.join(command)}" in done.stdout.decode().partition("Examples:")[2]


# --- bad input, alone

BAD_FILES = [
    ("empty", b"", "empty"),
    ("only spaces", " \n\u3000\t\n", "white space"),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", "an image"),
    ("a compressed file", b"\x1f\x8b\x08\x00\x00", "a gzip archive"),
    ("UTF-8 cut off", FAULTY.encode()[:-3], "cut off inside a character"),
    ("GB18030 cut off", FAULTY.rstrip("\n").encode("gb18030")[:-1], "cut off inside a character"),
    ("NUL bytes throughout", b"\x00\x01\x02a" * 40, "not a text file"),
    ("Latin-1", "café déjà vu".encode("latin-1"), "neither UTF-8, UTF-16 nor GB18030"),
]


@pytest.mark.parametrize(("content", "what"), [row[1:] for row in BAD_FILES], ids=[row[0] for row in BAD_FILES])
def test_a_bad_file_is_refused_with_a_reason(tmp_path: Path, content: bytes | str, what: str) -> None:
    page = write(tmp_path, "page.txt", content)
    done = run("clean", page)
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert f"jiaokan: {page}: " in done.stderr.decode()
    assert what in done.stderr.decode()


def test_bad_files_in_a_batch_are_rows_and_the_rest_is_done(tmp_path: Path) -> None:
    for number, (_, content, _) in enumerate(BAD_FILES):
        write(tmp_path, f"in/{number}.txt", content)
    write(tmp_path, "in/page.txt", FAULTY)
    (tmp_path / "in" / "dangling.txt").symlink_to(tmp_path / "gone.txt")
    done = run("clean", tmp_path / "in", "-o", tmp_path / "run")
    assert done.returncode == FAILED
    failures = rows(tmp_path / "run" / "failures.jsonl")
    assert [row["id"] for row in failures] == [*map(str, range(len(BAD_FILES))), "dangling"]
    assert all(row["fix"] for row in failures)
    assert files(tmp_path / "run" / "text") == {"page.txt"}


def test_stray_nul_bytes_are_flagged_and_kept(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", "\x00" + MENDED)
    record = json.loads(run("clean", page, "--json").stdout)
    assert record["original"] == "\x00" + MENDED
    assert [(edit["status"], edit["before"]) for edit in record["edits"]] == [("flagged", "\x00")]


def test_a_lone_surrogate_is_escaped_in_json() -> None:
    document = jiaokan.clean("项目\ud800名称")
    written = to_json(document).encode()
    assert json.loads(written)["original"] == "项目\ud800名称"


ARGUMENTS = [
    ("no such file", ["clean", "gone.txt"], "gone.txt: no such file"),
    ("a folder without text", ["clean", "pictures", "-o", "run"], "no text file here"),
    ("several files, one output", ["clean", "page.txt", "second.txt"], "give a folder: -o DIR"),
    ("two forms at once", ["clean", "page.txt", "--json", "--diff"], "exclude one another"),
    ("a form and a folder", ["clean", "page.txt", "--json", "-o", "run"], "exclude one another"),
    ("no input", ["clean"], "INPUTS"),
    ("an unknown option", ["clean", "page.txt", "--fast"], "--fast"),
    ("an unknown level", ["clean", "page.txt", "--apply", "maybe"], "maybe"),
    ("an unknown channel", ["clean", "page.txt", "--channel", "tv"], "tv"),
    ("channel data for a keyboard", ["clean", "page.txt", "--channel", "keyboard", "--channel-data", "own"], "own: channel data say how an engine reads print"),
    ("the same, into a folder", ["clean", "page.txt", "--channel", "keyboard", "--channel-data", "own", "-o", "run"], "leave the channel data out"),
    ("the same, checked", ["check", "page.txt", "--channel", "keyboard", "--channel-data", "own"], "the channel is keyboard"),
    ("the same, extracted", ["extract", "page.txt", "--channel", "keyboard", "--channel-data", "own"], "the channel is keyboard"),
    ("no workers", ["clean", "page.txt", "--jobs", "0"], "--jobs"),
    ("an unknown command", ["tidy"], "tidy"),
]


@pytest.mark.parametrize(("arguments", "what"), [row[1:] for row in ARGUMENTS], ids=[row[0] for row in ARGUMENTS])
def test_wrong_arguments_are_refused(tmp_path: Path, arguments: list[str], what: str) -> None:
    write(tmp_path, "page.txt", FAULTY)
    write(tmp_path, "second.txt", FAULTY)
    write(tmp_path, "pictures/page.png", b"\x89PNG")
    before = files(tmp_path)
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert what.lower() in done.stderr.decode().lower()
    assert files(tmp_path) == before


# --- the user's dictionaries

TERM_FILES = [
    ("a row with two cells", "信访局\n云枢工单平台\t信访\n", ":2: 2 cells"),
    ("no Chinese", "# ours\nABC\n", ":2: no Chinese character"),
    ("too long", "项" * 65 + "\n", ":1: a term of 65 characters"),
    ("not UTF-8", "信访局\n云枢工单平台\n".encode("gb18030"), ":1: not UTF-8"),
    ("a control character", "信访局\n云枢\x07平台\n", ":2: a control character"),
]


@pytest.mark.parametrize("option", ["--terms", "--keep"])
@pytest.mark.parametrize(("content", "what"), [row[1:] for row in TERM_FILES], ids=[row[0] for row in TERM_FILES])
def test_a_bad_term_file_is_refused_by_line(page: Path, option: str, content: bytes | str, what: str) -> None:
    terms = write(page.parent, "terms.tsv", content)
    done = run("clean", page, option, terms, "-o", page.parent / "run")
    assert done.returncode == DICTIONARY
    assert f"{terms}{what}" in done.stderr.decode()
    assert not (page.parent / "run").exists()


@pytest.mark.parametrize("command", [["clean"], ["check"], ["extract"]], ids=" ".join)
def test_a_missing_term_file_is_named(page: Path, command: list[str]) -> None:
    done = run(*command, page, "--terms", "gone.txt")
    assert (done.returncode, done.stdout) == (DICTIONARY, b"")
    assert "gone.txt: No such file" in done.stderr.decode()


def test_dictionary_check_reads_the_user_s_files(tmp_path: Path) -> None:
    terms = write(tmp_path, "terms.txt", "信访局\n1\n")
    done = run("dictionary", "check", "--terms", terms)
    assert done.returncode == DICTIONARY
    assert f"{terms}:2: " in done.stderr.decode()


def test_a_term_file_of_200_000_lines(page: Path) -> None:
    digits = "甲乙丙丁戊己庚辛壬癸"
    terms = write(page.parent, "terms.txt", "".join("".join(digits[int(digit)] for digit in f"{number:06}") + "工程\n" for number in range(200_000)))
    done = run("clean", page, "--terms", terms)
    assert (done.returncode, done.stdout.decode()) == (DONE, MENDED)


def test_dictionary_check_counts_the_terms_that_only_shield(tmp_path: Path) -> None:
    terms = write(tmp_path, "terms.txt", "云枢工单平台\n澄湖站\n3横5纵路网\n")
    counts = [line.rsplit("\t", 1) for line in run("dictionary", "check", "--terms", terms, "--keep", terms).stdout.decode().splitlines()[-3:]]
    assert [count for _, count in counts] == ["3 rows", "2 rows", "3 rows"]
    assert "not repaired towards" in counts[1][0]


# --- the channel

TYPED = "各单位要加强组织领到，落实工作则任。\n按季度上报工作进战情况。\n"  # by sound: 领导, 责任, 进展
MEANT = "各单位要加强组织领导，落实工作责任。\n按季度上报工作进展情况。\n"


@pytest.mark.parametrize("channel", ["keyboard", "both"])
def test_a_keyboard_errs_by_sound(tmp_path: Path, channel: str) -> None:
    page = write(tmp_path, "page.txt", TYPED)
    printed, typed = (json.loads(run("clean", page, "--json", "--channel", one).stdout) for one in ("print", channel))
    assert {edit["after"] for edit in typed["edits"]} == {"导", "责", "展"}
    assert sum(edit["confidence"] for edit in typed["edits"]) > sum(edit["confidence"] for edit in printed["edits"] if edit["after"])
    assert run("clean", page, "--channel", channel).stdout.decode() == MEANT


def test_sound_text_stays_whatever_it_went_through(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", MEANT)
    for channel in ("print", "keyboard", "both"):
        assert run("clean", page, "--channel", channel).stdout.decode() == MEANT


# --- channel data

PRINTED = ["各镇按月报送工程进度，由水利站汇总。", "县农业农村局负责核对面积，逐户登记造册。", "修缮费用由镇财政列支，年底统一结算。", "村委会对名单进行公示，公示期为七天。"]
UNSEEN = "县水利局会同镇政府，对沿河各村的堤防进行检查。\n凡未按期完工的项目，由建设单位说明原因。\n"
SYSTEMATIC = str.maketrans({"。": "○", "，": "〉"})  # an engine that always errs so; no other engine does
READ = UNSEEN.translate(SYSTEMATIC)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that `jiaokan learn` made of an engine with a habit of its own."""
    folder = tmp_path_factory.mktemp("learnt")
    pairs = write(folder, "pairs.tsv", "ocr\ttruth\n" + "".join(f"{line.translate(SYSTEMATIC)}\t{line}\n" for line in PRINTED * 40))
    assert run("learn", pairs, "-o", folder / "own").returncode == DONE
    return folder / "own"


def repairs(page: Path, *arguments: str | Path) -> int:
    """Return how many of the engine's errors are mended, or a repair suggested."""
    edits = json.loads(run("clean", page, "--json", *arguments).stdout)["edits"]
    right = [edit for edit in edits if edit["after"] and edit["after"].translate(SYSTEMATIC) == edit["before"] != edit["after"]]
    return len(right)


def test_what_was_learnt_is_used(learnt: Path, tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", READ)
    errors = sum(one != other for one, other in zip(READ, UNSEEN, strict=True))
    alone, taught = repairs(page), repairs(page, "--channel-data", learnt)
    assert taught > alone
    assert taught >= errors / 2  # 4 of 4 to 0 when this was written; the weights are fitted anew from time to time


def test_what_was_learnt_leaves_sound_text_alone(learnt: Path, tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", UNSEEN)
    assert run("clean", page, "--channel-data", learnt).stdout.decode() == UNSEEN


def test_check_and_extract_use_it_too(learnt: Path, tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", READ)
    assert run("check", page, "--channel-data", learnt).stdout != run("check", page).stdout
    assert run("extract", page, "--channel-data", learnt).returncode == DONE


def test_a_run_says_which_channel_it_used(learnt: Path, tmp_path: Path) -> None:
    page = write(tmp_path, "in/page.txt", READ)
    one, two = tmp_path / "one", tmp_path / "two"
    write(page.parent, "second.txt", MENDED)
    for out, jobs in ((one, "1"), (two, "2")):
        assert run("clean", page.parent, "-o", out, "--channel-data", learnt, "--jobs", jobs).returncode == DONE
    configuration = json.loads((one / "manifest.json").read_text(encoding="utf-8"))["configuration"]
    assert (configuration["channel"], configuration["channel_data"]) == ("print", str(learnt))
    assert "自备误读统计：有" in (one / "report.html").read_text(encoding="utf-8")
    for name in sorted(files(one) - {"manifest.json"}):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


CHANNEL_DATA = [
    ("no folder", "gone", "gone: no such folder", "jiaokan learn PAIRS -o DIR"),
    ("a file", "page.txt", "page.txt: a file, not a folder", "channel.tsv"),
    ("a folder of other things", "in", "in: no channel.tsv in this folder", "jiaokan learn PAIRS -o DIR"),
    ("another version", "old", "old/channel.tsv: channel data of another version: # format: jiaokan/channel/0", "jiaokan learn PAIRS -o DIR"),
    ("a bad row", "bad", "bad/channel.tsv:3: count is 'many'", "jiaokan learn PAIRS -o DIR"),
]


@pytest.mark.parametrize(("given", "what", "fix"), [row[1:] for row in CHANNEL_DATA], ids=[row[0] for row in CHANNEL_DATA])
@pytest.mark.parametrize("command", [["clean"], ["clean", "--jobs", "2"], ["check"], ["extract"]], ids=" ".join)
def test_channel_data_that_do_not_fit_stop_the_command(tmp_path: Path, command: list[str], given: str, what: str, fix: str) -> None:
    write(tmp_path, "in/page.txt", FAULTY)
    write(tmp_path, "page.txt", FAULTY)
    columns = "family\tprinted\tread\tcount\n"
    write(tmp_path, "old/channel.tsv", "# format: jiaokan/channel/0\n" + columns)
    write(tmp_path, "bad/channel.tsv", "# format: jiaokan/channel/1\n" + columns + "own\t大\t犬\tmany\n")
    before = files(tmp_path)
    done = run(*command, "page.txt", "--channel-data", given, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (DICTIONARY, b"")
    first, remedy = done.stderr.decode().splitlines()
    assert first == f"jiaokan: {what}"
    assert fix in remedy
    assert files(tmp_path) == before


def test_a_bad_option_leaves_the_last_run_as_it_is(page: Path) -> None:
    """What is wrong with the options is said before a folder is touched: its manifest still says that it is complete."""
    out = page.parent.parent / "run"
    assert run("clean", page, "-o", out).returncode == DONE
    before = {name: (out / name).read_bytes() for name in files(out)}
    for bad in (["--channel-data", "gone"], ["--terms", "gone.txt"], ["--channel", "keyboard", "--channel-data", "gone"]):
        assert run("clean", page, "-o", out, *bad).returncode in {USAGE, DICTIONARY}
    assert {name: (out / name).read_bytes() for name in files(out)} == before


# --- where the output cannot be written


def test_an_output_that_is_a_file_is_refused(page: Path) -> None:
    done = run("clean", page, "-o", page)
    assert done.returncode == USAGE
    assert page.read_text(encoding="utf-8") == FAULTY


def test_an_output_below_a_file_is_refused(page: Path) -> None:
    assert run("clean", page, "-o", page / "run").returncode == USAGE
    assert files(page.parent) == {"page.txt"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_standard_output_is_told(page: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*map(str, COMMAND), "clean", str(page)], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == USAGE
    assert done.stderr.decode().startswith("jiaokan: standard output: No space left on device\n  fix: ")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    page = write(tmp_path, "page.txt", MENDED * 1000)
    with subprocess.Popen([*map(str, COMMAND), "clean", str(page)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == DONE


@pytest.mark.parametrize("name", ["page.txt", "part-00000.parquet", "report.html", "manifest.json"])
def test_a_disk_that_fills_up_leaves_nothing_half_written(page: Path, name: str) -> None:
    """Wherever in the run the disk fills up: no half file, and no manifest that calls the run complete."""
    full = f"import errno, pathlib, sys\nreplace = pathlib.Path.replace\ndef refuse(self, target):\n    if pathlib.Path(target).name == {name!r}:\n        raise OSError(errno.ENOSPC, 'No space left on device')\n    return replace(self, target)\npathlib.Path.replace = refuse\nfrom jiaokan.cli import main\nsys.exit(main(sys.argv[1:]))"
    out = page.parent / "run"
    done = subprocess.run([sys.executable, "-c", full, "clean", str(page), "-o", str(out)], capture_output=True, check=False)
    assert done.returncode == USAGE
    assert f"{name}: No space left on device\n  fix: free some space" in done.stderr.decode()
    written = files(out)
    assert not [path for path in written if path.endswith(".part")]
    assert "manifest.json" not in written


def test_a_failed_run_is_no_longer_called_complete(page: Path) -> None:
    out = page.parent / "run"
    assert run("clean", page, "-o", out).returncode == DONE
    shutil.rmtree(out / "text")
    write(out, "text", "a file in the way")
    assert run("clean", page, "-o", out).returncode == USAGE
    assert not (out / "manifest.json").exists()


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read and write everything")
def test_files_without_permission_are_named(page: Path) -> None:
    locked = write(page.parent, "locked.txt", FAULTY)
    locked.chmod(0)
    done = run("clean", page.parent, "-o", page.parent.parent / "run")
    assert done.returncode == FAILED
    (row,) = rows(page.parent.parent / "run" / "failures.jsonl")
    assert "Permission denied" in row["what"]


# --- size

SIZES = [
    pytest.param("加强组织领导，落实工作责任。" * 10_000, id="a line of 140,000 characters"),
    pytest.param("加强组织领导" * 20_000, id="a line of 120,000 characters without a stop"),
    pytest.param("1234567890, " * 40_000, id="figures, half a megabyte in a line"),
    pytest.param("organisation" * 4 + "\n", id="a Latin word of 48 letters"),
    pytest.param("加强组织领导\n" * 20_000, id="20,000 short lines"),
]


@pytest.mark.parametrize("text", SIZES)
def test_long_input_comes_back_whole(tmp_path: Path, text: str) -> None:
    page = write(tmp_path, "page.txt", text)
    done = run("clean", page)
    assert done.returncode == DONE
    assert done.stdout.decode() == text
