"""What the user names becomes files, each with an id of its own."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from jiaokan.errors import InputError
from jiaokan.read.catalogue import LONGEST_ID
from jiaokan.read.sources import load, printable, sources


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the working directory, with pages and other files in it."""
    for name in ("scans/b.txt", "scans/a.TSV", "scans/deep/c.text", "scans/page.png", "scans/.hidden.txt", "scans/.cache/d.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("项目", encoding="utf-8")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "page.png").write_bytes(b"\x89PNG")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# label, inputs, (id, location) taken, passed over
NAMED = [
    ("a folder, sorted, without hidden files", ["scans"], [("a", "scans/a.TSV"), ("b", "scans/b.txt"), ("c", "scans/deep/c.text")], ["scans/page.png"]),
    ("a file of any suffix", ["scans/page.png"], [("page", "scans/page.png")], []),
    ("a hidden file named outright", ["scans/.hidden.txt"], [(".hidden", "scans/.hidden.txt")], []),
    ("a glob", ["scans/*.t*"], [("b", "scans/b.txt")], []),
    ("a deep glob", ["scans/**/*.text"], [("c", "scans/deep/c.text")], []),
    ("standard input", ["-"], [("stdin", "-")], []),
    ("a URL", ["s3://bucket/a.txt"], [("a", "s3://bucket/a.txt")], []),
    ("the same file twice", ["scans/b.txt", "scans/b.txt"], [("b", "scans/b.txt")], []),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("inputs", "taken", "passed_over"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_inputs_become_files(inputs: list[str], taken: list[tuple[str, str]], passed_over: list[str]) -> None:
    found = sources(inputs)
    assert [tuple(source) for source in found.taken] == taken
    assert found.passed_over == passed_over


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("given", "what"),
    [("missing.txt", "no such file"), ("pictures", "no text file here"), ("*.nothing", "no text file here"), ("scans/b.txt/x", "no such file")],
)
def test_a_name_without_text_is_refused(given: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        sources([given])
    assert what in caught.value.what
    assert caught.value.where == given


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["x/p.txt", "y/p.txt"], ["x-p.txt", "y-p.txt"]),
        (["x/p.txt", "x/p.tsv"], ["x-p.txt", "x-p.tsv"]),
        (["x/p.txt", "y/P.txt"], ["x-p.txt", "y-P.txt"]),
        (["x/p.txt", "x-p.txt.txt", "y/p.txt"], ["x-p.txt", "x-p.txt-", "y-p.txt"]),
        (["x/p.txt", "x-p.txt", "y/p.txt"], ["x-p.txt", "x-p", "y-p.txt"]),
    ],
)
def test_ids_are_unique_in_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: list[str], ids: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("项目", encoding="utf-8")
    found = [source.id for source in sources(names).taken]
    assert sorted(found) == sorted(ids)


def test_a_long_name_makes_an_id_a_file_system_takes(tmp_path: Path) -> None:
    pages = [tmp_path / f"{'关于进一步加强信访工作的通知' * 5}{number}.txt" for number in (1, 2)]
    for page in pages:
        page.write_text("项目", encoding="utf-8")
    ids = [source.id for source in sources([str(tmp_path)]).taken]
    assert len(set(ids)) == len(pages)
    assert all(len(name.encode()) <= LONGEST_ID for name in ids)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_file_name_in_gb18030_is_read(tmp_path: Path) -> None:
    name = os.path.join(os.fsencode(tmp_path), "通报.txt".encode("gb18030"))  # noqa: PTH118 -- a path of bytes
    with open(name, "wb") as page:  # noqa: PTH123
        page.write(b"1")
    (source,) = sources([str(tmp_path)]).taken
    assert source.id == "通报"
    assert load(source.location) == b"1"
    assert printable(source.location).endswith("通报.txt")


def test_standard_input_is_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xcd\xa8\xd6\xaa")))
    assert load("-") == "通知".encode("gb18030")


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to(tmp_path / "gone.txt")
    assert [source.id for source in sources([str(tmp_path)]).taken] == ["a"]
    with pytest.raises(InputError, match="No such file") as caught:
        load(str(link))
    assert caught.value.where == str(link)


def test_an_earlier_run_in_a_folder_is_no_input(folder: Path) -> None:
    for name, text in (("old/text/a.txt", "项目"), ("old/manifest.json", '{\n "schema": "jiaokan/record/1",\n "version": "0.4.0"\n}')):
        path = folder / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert [source.id for source in sources(["scans"]).taken] == ["a", "b", "c"]
    assert [source.location for source in sources(["scans/old"]).taken] == ["scans/old/text/a.txt"]  # named outright
