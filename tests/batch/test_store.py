"""Where a run is kept, and what it is made of, may be behind a URL."""

from __future__ import annotations

import uuid
from pathlib import Path

import pandas as pd
import pytest

import jiaokan
from batch.runs import DONE, EMPTY, FAILED, FAULTY, MENDED, OTHER, USAGE, clean, manifest, write
from jiaokan.batch.store import Store
from jiaokan.errors import InputError

pytest.importorskip("fsspec")


@pytest.fixture(params=["a folder", "file://", "memory://"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return an empty store of each kind."""
    places = {"a folder": str(tmp_path / "run"), "file://": f"file://{tmp_path}/run", "memory://": f"memory://{uuid.uuid4()}/run"}
    return Store(places[request.param])


def test_what_is_written_is_read(store: Store) -> None:
    store.write("tables/a.bin", b"\x00\xff")
    store.write("tables/信访.txt", "答复\n")
    store.write("manifest.json", "{}")
    assert store.read("tables/a.bin") == b"\x00\xff"
    assert store.read("tables/信访.txt").decode() == "答复\n"
    assert store.names("tables") == ["a.bin", "信访.txt"]
    assert [store.has(name) for name in ("manifest.json", "tables/a.bin", "tables/b.bin")] == [True, True, False]


def test_a_file_is_written_anew(store: Store) -> None:
    store.write("a.txt", "a longer text")
    store.write("a.txt", "text")
    assert store.read("a.txt") == b"text"


def test_names_are_of_files_that_are_shown(store: Store) -> None:
    assert store.names("tables") == []
    for name in ("tables/b", "tables/a", "tables/.hidden", "tables/deep/c"):
        store.write(name, "x")
    assert store.names("tables") == ["a", "b"]


def test_what_is_removed_is_gone(store: Store) -> None:
    store.write("tables/a", "x")
    store.remove("tables/a")
    store.remove("tables/a")
    store.remove("elsewhere/b")
    assert store.names("tables") == []
    with pytest.raises(InputError) as caught:
        store.read("tables/a")
    assert caught.value.where == store.root


def test_an_unknown_kind_of_url_is_refused() -> None:
    with pytest.raises(InputError, match="ftpx"):
        Store("ftpx://x/run").write("a", "x")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write(tmp_path, "run", "a file in the way")
    for place in (str(tmp_path / "run"), f"file://{tmp_path}/run"):
        with pytest.raises(InputError):
            Store(place).write("text/a.txt", "x")


# --- runs


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two documents and one that fails."""
    folder = tmp_path_factory.mktemp("given")
    for name, content in (("a.txt", FAULTY), ("deep/b.txt", OTHER), ("c.txt", EMPTY), ("notes.md", "x")):
        write(folder, name, content)
    return folder


def test_a_run_behind_a_url(given: Path, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/run"
    code, said = clean(given, "-o", url)
    assert (code, said) == (
        FAILED,
        f"jiaokan: 2 documents cleaned into {url}, 1 failed (see {url}/failures.jsonl), 1 files of other kinds passed over\n",
    )
    written = {str(path.relative_to(tmp_path / "run")) for path in (tmp_path / "run").rglob("*") if path.is_file()}
    tables = (*jiaokan.read_run(tmp_path / "run"), "records")
    assert written == {"manifest.json", "failures.jsonl", *(f"tables/{name}/part-00000.parquet" for name in tables)}
    assert manifest(tmp_path / "run")["files"] == "none"
    records = pd.read_parquet(tmp_path / "run/tables/records")
    assert dict(zip(records["id"], records["text"], strict=True))["a"] == MENDED
    assert "2 of them earlier" in clean(given, "-o", url)[1]
    assert manifest(tmp_path / "run")["cleaned"] == 0


def test_a_run_in_memory_of_this_process(given: Path) -> None:
    store = Store(f"memory://{uuid.uuid4()}/run")
    for cleaned in (b'"cleaned": 2', b'"cleaned": 0'):
        assert clean(given, "-o", store.root)[0] == FAILED
        assert cleaned in store.read("manifest.json")
        assert store.names("tables/documents") == ["part-00000.parquet"]


@pytest.mark.parametrize(("url", "ids"), [("{}/", {"a", "b"}), ("{}/*.txt", {"a"}), ("{}/**/*.txt", {"a", "b"}), ("{}/deep/b.txt", {"b"})])
def test_documents_behind_a_url(given: Path, tmp_path: Path, url: str, ids: set[str]) -> None:
    given_url = url.format(f"file://{given}")
    assert clean(given_url, "-o", tmp_path / "run")[0] == (FAILED if "a" in ids else DONE)
    documents = jiaokan.read_run(tmp_path / "run")["documents"]
    assert set(documents["id"]) == ids
    assert all(Path(source.removeprefix("file://")).is_file() for source in documents["source"])
    assert clean(given_url, "-o", tmp_path / "run")[0] in {DONE, FAILED}
    assert manifest(tmp_path / "run")["cleaned"] == 0


@pytest.mark.parametrize(
    ("url", "what"),
    [("ftpx://host/a/", "ftpx"), ("file:///no/such/folder/", "no text file here"), ("file:///no/*.txt", "no text file here")],
)
def test_a_url_without_documents_is_refused(tmp_path: Path, url: str, what: str) -> None:
    code, said = clean(url, "-o", tmp_path / "run")
    assert code == USAGE
    assert said.startswith(f"jiaokan: {url}: ")
    assert what in said


def test_an_object_that_is_not_there_is_a_failure(given: Path, tmp_path: Path) -> None:
    assert clean(f"file://{given}/gone.txt", given / "a.txt", "-o", tmp_path / "run")[0] == FAILED
    assert set(jiaokan.read_run(tmp_path / "run")["documents"]["id"]) == {"a"}
