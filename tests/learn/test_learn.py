"""`jiaokan learn` as its users meet it: tables, JSON lines and folders of texts in; channel data, and what was left out, out."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jiaokan import cli
from jiaokan.errors import InputError, JiaokanError
from jiaokan.knowledge.confusions import CHANNEL, COLUMNS, FORMAT
from jiaokan.learn import learn, pairs
from jiaokan.learn.write import CARD, FAILURES, SCHEMA

DONE, LEFT_OUT, USAGE = range(3)
READ, PRINTED = "县财攻局拨付专顶经费12万元", "县财政局拨付专项经费12万元"
WRONGS = {("政", "攻"): 1, ("项", "顶"): 1}
TSV = f"ocr\ttruth\n{READ}\t{PRINTED}\n"
NAMES = {CHANNEL, CARD, FAILURES}


def write(folder: Path, files: dict[str, Any]) -> Path:
    """Write files: text, bytes, or JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(content, ensure_ascii=False) if isinstance(content, dict) else content
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder


def counts(folder: Path, family: str = "own") -> dict[tuple[str, str], int]:
    """Return the rows of a family as channel.tsv holds them."""
    lines = (folder / CHANNEL).read_bytes().decode().split("\n")
    body = [line.split("\t") for line in lines if line and not line.startswith("# ")]
    assert tuple(body[0]) == COLUMNS
    return {(printed, read): int(count) for name, printed, read, count in body[1:] if name == family}


def wrongs(folder: Path, family: str = "own") -> dict[tuple[str, str], int]:
    """Return the rows of misreadings."""
    return {row: count for row, count in counts(folder, family).items() if row[0] != row[1]}


def failures(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of failures.jsonl."""
    return [json.loads(line) for line in (folder / FAILURES).read_text(encoding="utf-8").splitlines()]


# --- what is written


def test_the_folder_holds_counts_a_card_and_failures(tmp_path: Path) -> None:
    learnt = learn(write(tmp_path, {"p.tsv": TSV}) / "p.tsv", tmp_path / "out", family="paddle-v4.x_1")
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == NAMES
    head = (out / CHANNEL).read_text(encoding="utf-8").split("\n")
    assert head[0].startswith("# title: ")
    assert FORMAT in head
    assert {line.split(":")[0] for line in head[:6]} == {"# title", "# format", "# source", "# retrieved", "# licence", "# made by"}
    card = json.loads((out / CARD).read_text(encoding="utf-8"))
    assert card == learnt.card
    figures = {"pairs": 1, "characters": 14, "errors": {"substituted": 2, "lost": 0, "intruders": 0, "merged": 0, "split": 0}, "skipped": 0, "cer": round(2 / 14, 6)}
    assert card == {
        "schema": SCHEMA, **figures, "families": {"paddle-v4.x_1": figures},
        "top": [{"family": "paddle-v4.x_1", "printed": printed, "read": read, "count": 1} for printed, read in sorted(WRONGS)],
    }  # fmt: skip
    assert counts(out, "paddle-v4.x_1") == {("", ""): 14} | WRONGS | {(char, char): 1 for char in PRINTED if char not in "政项"}
    assert (out / FAILURES).read_bytes() == b""


def test_rows_are_sorted_by_what_was_printed_then_the_commonest(tmp_path: Path) -> None:
    rows = ["大 太", "大 犬", "大 犬", "大 大", "在 丨在", "在 在", "办好的事 办女子的事", "在在 在", "县 其"]
    write(tmp_path, {"p.tsv": "printed\tread\n" + "".join(row.replace(" ", "\t") + "\n" for row in rows)})
    learn(tmp_path / "p.tsv", tmp_path / "out")
    found = list(counts(tmp_path / "out").items())
    assert found == sorted(found, key=lambda row: (row[0][0], -row[1], row[0][1]))
    assert [row for row, _ in found if row[0] == "大"] == [("大", "犬"), ("大", "大"), ("大", "太")]
    assert json.loads((tmp_path / "out" / CARD).read_bytes())["errors"] == {"substituted": 4, "lost": 1, "intruders": 1, "merged": 0, "split": 1}


def test_the_reader_of_dictionaries_takes_it(tmp_path: Path) -> None:
    from jiaokan.knowledge.tables import read_table

    learn(write(tmp_path, {"p.tsv": TSV + '丨"县\t#县\n'}) / "p.tsv", tmp_path / "out")
    assert len(list(read_table(tmp_path / "out" / CHANNEL, COLUMNS))) == len(counts(tmp_path / "out"))


# --- what is read

ONE = [
    ("UTF-8", "p.tsv", TSV),
    ("with a mark", "p.tsv", TSV.encode("utf-8-sig")),
    ("UTF-16", "p.tsv", TSV.encode("utf-16")),
    ("UTF-16 without a mark", "p.tsv", TSV.encode("utf-16-be")),
    ("GB18030", "p.tsv", TSV.encode("gb18030")),
    ("lines ending as on Windows", "p.tsv", TSV.replace("\n", "\r\n")),
    ("no line end at the end", "p.tsv", TSV.rstrip("\n")),
    ("blank lines", "p.tsv", TSV.replace("\n", "\n\n")),
    ("comments first", "p.tsv", '# title: "pairs"\n' + TSV),
    ("other names", "p.tsv", f"printed\tread\n{PRINTED}\t{READ}\n"),
    ("capitals, spaces, other columns", "p.txt", f"id\tTruth \tengine\t OCR\n1\t{PRINTED}\tv4\t{READ}\n"),
    ("commas", "p.csv", f"ocr,truth\n{READ},{PRINTED}\n"),
    ("semicolons", "p.csv", f"id;ocr;truth\n1;{READ};{PRINTED}\n"),
    ("quoted cells", "p.csv", f'"ocr","the page, as scanned","truth"\n"{READ}","1, 2","{PRINTED}"\n'),
    ("a line end in a cell", "p.csv", f'ocr,truth\n"{READ[:4]}\n{READ[4:]}","{PRINTED}"\n'),
    ("quotes doubled by the program that wrote it", "p.tsv", f'ocr\ttruth\n"""{READ}"""\t“{PRINTED}”\n'),
    ("JSON lines", "p.jsonl", json.dumps({"ocr": READ, "truth": PRINTED, "page": 3}) + "\n\n"),
    ("JSON lines, other names", "p.ndjson", json.dumps({"read": READ, "printed": PRINTED}, ensure_ascii=False).encode("utf-16")),
]


@pytest.mark.parametrize(("name", "content"), [row[1:] for row in ONE], ids=[row[0] for row in ONE])
def test_pairs_are_read(tmp_path: Path, name: str, content: str | bytes) -> None:
    learnt = learn(write(tmp_path, {name: content}) / name, tmp_path / "out")
    assert (learnt.pairs, learnt.left_out) == (1, 0)
    assert wrongs(tmp_path / "out") == WRONGS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
@pytest.mark.parametrize("head", range(300, 310))
def test_the_beginning_of_a_long_file_tells_its_encoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, head: int) -> None:
    """A cut may fall into a character, and 上 (U+4E0A) holds the byte of a line end."""
    monkeypatch.setattr(pairs, "HEAD", head)
    write(tmp_path, {"p.tsv": ("ocr\ttruth\n" + f"上{READ}上\t上{PRINTED}上\n" * 20).encode(encoding)})
    assert learn(tmp_path / "p.tsv", tmp_path / "out").pairs == 20
    assert wrongs(tmp_path / "out") == dict.fromkeys(WRONGS, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
def test_a_line_may_be_longer_than_the_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(pairs, "HEAD", 101)
    write(tmp_path, {"p.jsonl": json.dumps({"ocr": READ * 9, "truth": PRINTED * 9}, ensure_ascii=False).encode(encoding)})
    learn(tmp_path / "p.jsonl", tmp_path / "out")
    assert wrongs(tmp_path / "out") == dict.fromkeys(WRONGS, 9)


def test_a_document_may_be_a_cell(tmp_path: Path) -> None:
    write(tmp_path, {"p.csv": f'ocr,truth\n"{READ * 15_000}","{PRINTED * 15_000}"\n'})
    learn(tmp_path / "p.csv", tmp_path / "out")
    assert wrongs(tmp_path / "out") == dict.fromkeys(WRONGS, 15_000)


def test_several_files_are_one_material_and_the_same_one_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"p.tsv": TSV, "q.csv": f"ocr,truth\n{READ},{PRINTED}\n"})
    assert learn([tmp_path / "p.tsv", tmp_path / "q.csv", tmp_path / "p.tsv"], tmp_path / "out").pairs == 2
    assert wrongs(tmp_path / "out") == dict.fromkeys(WRONGS, 2)


def test_readings_are_matched_with_their_truth_by_name(tmp_path: Path) -> None:
    write(tmp_path, {"t/p.json": {"id": "p", "text": PRINTED}, "t/q.txt": PRINTED, "o/v4/p.txt": READ, "o/v6/p.txt": READ.encode("gb18030"), "o/v6/q.txt": PRINTED})
    learnt = learn([tmp_path / "o" / "v4", tmp_path / "o" / "v6"], tmp_path / "out", truth=tmp_path / "t")
    assert (learnt.pairs, learnt.left_out) == (3, 0)  # v6 has the truth that v4 lacks
    assert wrongs(tmp_path / "out") == dict.fromkeys(WRONGS, 2)
    assert learn(tmp_path / "o" / "v4" / "p.txt", tmp_path / "one", truth=tmp_path / "t" / "p.json").pairs == 1


def test_pages_without_a_partner_or_a_text_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {"t/p.txt": PRINTED, "t/q.txt": PRINTED, "t/r.txt": PRINTED, "t/s.json": "{", "o/p.txt": READ, "o/q.txt": b"\x89PNG", "o/x.txt": READ, "o/s.txt": READ})
    learnt = learn(tmp_path / "o", tmp_path / "out", truth=tmp_path / "t")
    assert (learnt.pairs, learnt.left_out) == (1, 5)
    said = {(row["id"], row["what"].split(":")[0]) for row in failures(tmp_path / "out")}
    assert said == {("q", "a PNG image, not a text"), ("r", "only in truth"), ("s", "broken JSON"), ("s", "only in OCR"), ("x", "only in OCR")}


# --- adding


def test_counts_are_added(tmp_path: Path) -> None:
    write(tmp_path, {"p.tsv": TSV, "q.tsv": f"ocr\ttruth\n{PRINTED}丨县\t{PRINTED}县\n"})
    out = tmp_path / "out"
    for number, family in enumerate(("own", "own", "v6")):
        learnt = learn(tmp_path / "p.tsv", out, family=family, add=True)
        assert (learnt.pairs, learnt.card["pairs"]) == (1, number + 1)
    assert wrongs(out) == dict.fromkeys(WRONGS, 2)
    assert wrongs(out, "v6") == WRONGS
    card = learn(tmp_path / "q.tsv", out, add=True).card
    assert wrongs(out) == dict.fromkeys(WRONGS, 2) | {("", "丨"): 1}
    assert counts(out)["", ""] == 3 * 14 + 1 - 1
    assert {family: (figures["pairs"], figures["characters"]) for family, figures in card["families"].items()} == {"own": (3, 43), "v6": (1, 14)}
    write(tmp_path, {"all.tsv": TSV + READ + "\t" + PRINTED + f"\n{PRINTED}丨县\t{PRINTED}县\n"})
    at_once = learn(tmp_path / "all.tsv", tmp_path / "at-once").card
    assert at_once["families"]["own"] == card["families"]["own"]
    assert counts(tmp_path / "at-once") == counts(out)


BAD_FOLDERS = [
    ("there already", {}, False, InputError, "channel data are there already"),
    ("another version", {CHANNEL: "# format: jiaokan/channel/9\nfamily\tprinted\tread\tcount\n"}, True, InputError, "channel data jiaokan/channel/9, not jiaokan/channel/1"),
    ("another version, and nothing to add", {CHANNEL: "# format: jiaokan/channel/9\n"}, False, InputError, "jiaokan/channel/9"),
    ("no version", {CHANNEL: "family\tprinted\tread\tcount\n"}, True, InputError, "without a format line"),
    ("other columns", {CHANNEL: f"{FORMAT}\nright\tread_as\n"}, True, JiaokanError, "columns are right, read_as"),
    ("a count that is none", {CHANNEL: f"{FORMAT}\nfamily\tprinted\tread\tcount\nown\t大\t犬\tmany\n"}, True, InputError, "count is 'many'"),
    ("a card that is broken", {CARD: "{"}, True, InputError, "does not say what channel.tsv rests on"),
    ("a card of another folder", {CARD: {"families": {"v6": {}}}}, True, InputError, "KeyError: 'own'"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "add", "error", "what"), [row[1:] for row in BAD_FOLDERS], ids=[row[0] for row in BAD_FOLDERS])
def test_a_folder_that_does_not_fit_is_left_as_it_is(tmp_path: Path, changed: dict[str, Any], add: bool, error: type[JiaokanError], what: str) -> None:
    write(tmp_path, {"p.tsv": TSV})
    learn(tmp_path / "p.tsv", tmp_path / "out")
    write(tmp_path / "out", changed)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(error) as raised:
        learn(tmp_path / "p.tsv", tmp_path / "out", add=add)
    assert what in str(raised.value)
    assert raised.value.fix
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


# --- bad input

ROWS = [
    ("a cell too few", "p.tsv", TSV + READ + "\n", 3, "1 cells where the header has 2"),
    ("a cell too many", "p.tsv", TSV + "县\t县\t县\n", 3, "3 cells where the header has 2"),
    ("an empty truth", "p.tsv", TSV + "县\t\n", 3, "the truth is empty"),
    ("a blank truth", "p.tsv", TSV + "\n县\t \u3000\n", 4, "the truth is empty"),
    ("lengths that differ wildly", "p.tsv", f"ocr\ttruth\n县\t{PRINTED * 2}\n{READ}\t{PRINTED}\n", 2, "1 characters read, 28 printed"),
    ("another line", "p.tsv", TSV + f"关于下达预算指标的通知\t{PRINTED}\n", 3, "of 14 characters wrong"),
    ("a quote out of place", "p.csv", f'ocr,truth\n"县"局,县局\n{READ},{PRINTED}\n', 2, "broken quotes in lines 2 to 2"),
    ("a quote never closed", "p.csv", f'ocr,truth\n{READ},{PRINTED}\n"县,县\n局,局\n', 3, "broken quotes in lines 3 to 4"),
    ("a pair over two lines", "p.csv", f'ocr,truth\n"县\n局",\n{READ},{PRINTED}\n', 2, "the truth is empty"),
    ("broken JSON", "p.jsonl", json.dumps({"ocr": READ, "truth": PRINTED}) + '\n{"ocr": \n', 2, "broken JSON"),
    ("no object", "p.jsonl", '["县", "县"]\n' + json.dumps({"ocr": READ, "truth": PRINTED}), 1, "not a JSON object"),
    ("no such key", "p.jsonl", json.dumps({"ocr": READ, "truth": PRINTED}) + '\n{"ocr": "县", "text": "县"}\n', 2, "keys are ocr, text"),
    ("nothing for a text", "p.jsonl", json.dumps({"ocr": READ, "truth": PRINTED}) + '\n{"ocr": null, "truth": "县"}\n', 2, "ocr is null, not a text"),
    ("half a character", "p.jsonl", json.dumps({"ocr": READ, "truth": PRINTED}) + '\n{"ocr": "\\ud842", "truth": "县"}\n', 2, "half a character (U+D842)"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "line", "what"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_row_that_teaches_nothing_is_left_out_and_named(tmp_path: Path, name: str, content: str, line: int, what: str) -> None:
    learnt = learn(write(tmp_path, {name: content}) / name, tmp_path / "out")
    assert (learnt.pairs, learnt.left_out) == (1, 1)
    (row,) = failures(tmp_path / "out")
    assert list(row) == ["id", "source", "line", "error", "what", "fix"]
    assert (row["id"], row["source"], row["line"], row["error"]) == (f"p:{line}", str(tmp_path / name), line, "InputError")
    assert what in row["what"]
    assert row["fix"]
    assert wrongs(tmp_path / "out") == WRONGS


FILES = [
    ("no such file", {}, "p.tsv", "No such file"),
    ("an empty file", {"p.tsv": b""}, "p.tsv", "the file is empty"),
    ("a picture", {"p.tsv": b"\x89PNG\r\n"}, "p.tsv", "a PNG image"),
    ("a workbook", {"p.xlsx": b"PK\x03\x04"}, "p.xlsx", "an Office document"),
    ("Latin-1", {"p.tsv": "ocr\ttruth\ndéjà\tdéjà vu\n".encode("latin-1")}, "p.tsv", "neither UTF-8, UTF-16 nor GB18030"),
    ("no truth", {"p.tsv": f"id\tocr\ttext\n1\t{READ}\t{PRINTED}\n"}, "p.tsv", "no truth or printed; columns are id, ocr, text"),
    ("neither column", {"p.csv": f"{READ},{PRINTED}\n"}, "p.csv", f"no ocr or read and truth or printed; columns are {READ}, {PRINTED}"),
    ("a column twice", {"p.csv": f"ocr,truth,truth\n{READ},{PRINTED},{PRINTED}\n"}, "p.csv", "two columns are called truth"),
    ("comments only", {"p.tsv": "# ours\n"}, "p.tsv", "columns are (blank)"),
    ("keys that are not there", {"p.jsonl": '{"a": "县", "truth": "县"}\n'}, "p.jsonl", "no ocr or read; keys are a, truth"),
    ("a header only", {"p.tsv": "ocr\ttruth\n"}, "p.tsv", "no pairs"),
    ("nothing left", {"p.tsv": "ocr\ttruth\n县\t\n"}, "p.tsv", "p.tsv:2: nothing to learn from: 1 pairs left out, the first because the truth is empty"),
    ("a folder and no truth", {"o/p.txt": READ}, "o", "a folder, and no truth"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "name", "what"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_an_unusable_file_is_refused_and_nothing_written(tmp_path: Path, files: dict[str, Any], name: str, what: str) -> None:
    write(tmp_path, files)
    with pytest.raises(InputError) as raised:
        learn(tmp_path / name, tmp_path / "out")
    assert what in str(raised.value)
    assert str(tmp_path / name) in raised.value.where
    assert raised.value.fix
    assert not (tmp_path / "out").exists()


def test_a_bad_file_is_told_before_the_good_ones_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"good.tsv": TSV, "bad.tsv": "a\tb\n"})

    def watch(items: Iterator[Any], total: int) -> Iterator[Any]:
        raise AssertionError((items, total))

    with pytest.raises(InputError, match=r"bad\.tsv: no ocr or read"):
        learn([tmp_path / "good.tsv", tmp_path / "bad.tsv"], tmp_path / "out", watch=watch)
    assert not (tmp_path / "out").exists()


def test_a_progress_bar_is_told_how_many_there_are(tmp_path: Path) -> None:
    totals = []

    def watch(items: Iterator[Any], total: int) -> Iterator[Any]:
        totals.append(total)
        yield from items

    write(tmp_path, {"p.tsv": TSV, "q.jsonl": json.dumps({"ocr": READ, "truth": PRINTED}) + "\n", "t/p.txt": PRINTED, "o/p.txt": READ})
    assert learn([tmp_path / "p.tsv", tmp_path / "q.jsonl"], tmp_path / "out", watch=watch).pairs == 2
    learn(tmp_path / "o", tmp_path / "pages", truth=tmp_path / "t", watch=watch)
    assert totals == [3, 1]  # lines of the tables, and pages


def test_a_file_of_two_encodings_is_refused_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "HEAD", 400)
    write(tmp_path, {"p.tsv": (TSV + f"{READ}\t{PRINTED}\n" * 200).encode() + READ.encode("gb18030")})
    with pytest.raises(InputError, match=r"not utf-8 soon after line \d+"):
        learn(tmp_path / "p.tsv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("family", ["", "Own", "my engine", "引擎", "a/b", "own\n"])
def test_a_family_is_a_plain_name(tmp_path: Path, family: str) -> None:
    with pytest.raises(InputError, match="no name for an engine"):
        learn(write(tmp_path, {"p.tsv": TSV}) / "p.tsv", tmp_path / "out", family=family)


@pytest.mark.parametrize(("name", "what"), [("p.tsv", "a file, not a folder"), ("p.tsv/out", "Not a directory")])
def test_an_unwritable_place_is_named(tmp_path: Path, name: str, what: str) -> None:
    write(tmp_path, {"p.tsv": TSV})
    with pytest.raises(InputError, match=what):
        learn(tmp_path / "p.tsv", tmp_path / name)


def test_a_disk_that_fills_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jiaokan.learn import write as writing

    def full(path: Path, data: str) -> None:
        if path.name == CHANNEL:
            raise InputError("No space left on device", where=str(path), fix="free some space")
        path.write_text(data, encoding="utf-8")

    learn(write(tmp_path, {"p.tsv": TSV}) / "p.tsv", tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    monkeypatch.setattr(writing, "write", full)
    with pytest.raises(InputError, match="No space left"):
        learn(tmp_path / "p.tsv", tmp_path / "out", add=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


# --- the command


def test_the_command_learns_and_says_what_it_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(write(tmp_path, {"p.tsv": TSV + "县\t\n"}))
    assert cli.main(["learn", "p.tsv", "-o", "out"]) == LEFT_OUT
    said = capsys.readouterr()
    assert said.err == f"jiaokan: 1 pairs learnt from, 1 left out (see {Path('out') / FAILURES}); clean with --channel-data out\n"
    for words in ("pairs", "characters", "14", "14.29%", "政", "攻"):
        assert words in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert {path.name for path in Path("out").iterdir()} == NAMES


def test_the_command_prints_the_card_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(write(tmp_path, {"t/p.txt": PRINTED, "o/p.txt": READ}))
    assert cli.main(["learn", "o", "--truth", "t", "-o", "out", "--family", "v4", "--json"]) == DONE
    assert capsys.readouterr().out.encode() == Path("out", CARD).read_bytes()
    assert cli.main(["learn", "o", "--truth", "t", "-o", "out", "--family", "v4", "--add", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["families"]["v4"]["pairs"] == 2


ARGUMENTS = [
    ("no pairs", ["learn", "-o", "out"], "pairs"),
    ("no folder", ["learn", "p.tsv"], "--output"),
    ("no such file", ["learn", "gone.tsv", "-o", "out"], "gone.tsv: No such file"),
    ("no such truth", ["learn", "p.tsv", "--truth", "gone", "-o", "out"], "gone: no such file or folder"),
    ("a name with a space", ["learn", "p.tsv", "-o", "out", "--family", "my engine"], "no name for an engine"),
]


@pytest.mark.parametrize(("arguments", "what"), [row[1:] for row in ARGUMENTS], ids=[row[0] for row in ARGUMENTS])
def test_wrong_arguments_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str) -> None:
    monkeypatch.chdir(write(tmp_path, {"p.tsv": TSV}))
    assert cli.main(arguments) == USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert what.lower() in said.err.lower()
    assert "fix: " in said.err
    assert not Path("out").exists()


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["learn", "--help"]) == DONE
    assert capsys.readouterr().out.partition("Examples:")[2].count("jiaokan learn") == 2


# --- size


def test_memory_does_not_grow_with_the_pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole file, as bytes and as text, would take more than twice its size."""
    monkeypatch.setattr(pairs, "HEAD", 1 << 16)
    with (tmp_path / "p.tsv").open("w", encoding="utf-8") as stream:
        stream.write(TSV)
        stream.writelines(f"{PRINTED * 20}\t{PRINTED * 20}\n" for _ in range(6_000))
    tracemalloc.start()
    try:
        assert learn(tmp_path / "p.tsv", tmp_path / "out").pairs == 6_001
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < (tmp_path / "p.tsv").stat().st_size / 4
