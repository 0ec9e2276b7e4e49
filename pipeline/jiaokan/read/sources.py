"""What the user names → documents: a file, a folder, a glob, an fsspec URL, the rows of a Parquet file, or `-` for standard input."""

from __future__ import annotations

import glob
import os
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jiaokan.errors import InputError
from jiaokan.read.catalogue import STANDARD_INPUT, Catalogue, Entry, Source, printable, stem, without_folders
from jiaokan.read.formats import HEAD, told

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["STANDARD_INPUT", "SUFFIXES", "Source", "Sources", "load", "printable", "sources"]

SUFFIXES = frozenset({".txt", ".tsv", ".text"})  # what is taken from a folder; a file named outright may have any
TOLD = frozenset({".hocr", ".xml", ".json", ".html", ".htm", ".pdf", ".docx"})  # taken if they begin as a format we read does
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})  # taken where an engine to read them is installed
TABLE = ".parquet"  # a document a row: columns id and text
MANIFEST = b'"schema": "jiaokan/record/'  # how the manifest of a run begins, whatever its version
MOST_NAMED = 1000  # files passed over that are listed by name

_ROW = re.compile(r"(?P<file>.+\.parquet)#(?P<row>\d+)")


class Sources(NamedTuple):
    """The inputs of a run; the first of the files in its folders that are nothing to read, by name, and how many there are."""

    taken: Catalogue
    passed_over: list[str]
    left_out: int


def sources(inputs: Iterable[str], *, without: Path | None = None) -> Sources:
    """Return every document the inputs name, sorted within a folder, each once; none from the folder `without`, which is the run's own.

    Raises InputError for a path that does not exist or lies in the run, a folder without anything to read, and a table without id and text.
    """
    taken, others = Catalogue(), _Others()
    own = without and without.resolve()
    for given in inputs:
        if own and "://" not in given and Path(given).resolve().is_relative_to(own):
            raise InputError("lies in the run itself", where=given, fix=f"choose another folder than {without} with -o")
        if not taken.add(_expand(given, others, own)):
            suffixes = ", ".join(sorted(SUFFIXES | TOLD))
            raise InputError(f"no text file here ({suffixes})", where=given, fix="name another folder, or the files themselves")
    taken.close()
    return Sources(taken, sorted(others.names), others.number)


def load(location: str) -> bytes:
    """Return the bytes of a file, of a row's text, of standard input (`-`), or behind a URL. Raises InputError with the reason."""
    try:
        if location == STANDARD_INPUT:
            return sys.stdin.buffer.read()
        if row := _ROW.fullmatch(location):
            return _row(row["file"], int(row["row"]))
        if "://" in location:
            return _fetch(location)
        return Path(location).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), where=location, fix="check the path and its permissions") from None


class _Others:
    """Files that are nothing to read: their number, and the names of the first."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.number = 0

    def add(self, location: str) -> None:
        self.number += 1
        if len(self.names) < MOST_NAMED:
            self.names.append(printable(location))


def _expand(given: str, others: _Others, own: Path | None) -> Iterator[Entry]:
    """Yield the documents of one argument."""
    if given == STANDARD_INPUT:
        yield Entry(given, "stdin", b"")
    elif "://" in given:
        yield from _remote(given, others)
    elif (path := Path(given)).is_dir():
        yield from _folder(path, others, own)
    elif path.exists():
        yield from _file(given)
    elif glob.has_magic(given):
        for file in sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 -- Path.glob takes no absolute pattern
            if Path(file).is_file() and not (own and Path(file).resolve().is_relative_to(own)):
                yield from _file(file)
    else:
        raise InputError("no such file or folder", where=given, fix="check the path; quote a glob so that the shell leaves it alone")


def _folder(folder: Path, others: _Others, own: Path | None) -> Iterator[Entry]:
    """Yield what is to be read in a folder and the folders in it, hidden ones and runs aside."""
    try:
        entries = os.scandir(folder)
    except OSError as error:
        raise InputError(error.strerror or str(error), where=printable(str(folder)), fix="check the folder's permissions") from None
    with entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                if not entry.is_symlink() and Path(entry.path).resolve() != own and not _is_run(entry.path):  # a link may lead back here
                    yield from _folder(Path(entry.path), others, own)
            elif (entry.is_file() or entry.is_symlink()) and _readable(entry.path):
                yield from _file(entry.path)
            else:
                others.add(entry.path)


def _is_run(folder: str) -> bool:
    """Tell whether a folder is an earlier run: what it holds has been read already."""
    return MANIFEST in _head(str(Path(folder, "manifest.json")))


def _readable(location: str) -> bool:
    suffix = Path(location).suffix.lower()
    if suffix in PICTURES:
        return find_spec("rapidocr") is not None
    return suffix in SUFFIXES or suffix == TABLE or (suffix in TOLD and told(_head(location)) is not None)


def _head(location: str) -> bytes:
    try:
        with Path(location).open("rb") as stream:
            return stream.read(HEAD)
    except OSError:
        return b""


def _file(location: str) -> Iterator[Entry]:
    """Yield a file as an entry, or the rows of a table."""
    place = os.fsencode(location).replace(os.fsencode(os.sep), b"\0")  # so that a folder's files stay together
    suffix = Path(location).suffix.lower()
    if suffix != TABLE:
        yield Entry(location, stem(location), place, suffix in PICTURES)
        return
    row = 0
    for batch in _table(location).iter_batches(columns=["id"]):
        for name in _names(batch.column(0)):
            yield Entry(f"{location}#{row}", _safe(name) or f"{stem(location)}-{row}", place + b"%012d" % row)
            row += 1


def _names(column: Any) -> list[Any]:  # noqa: ANN401 -- pyarrow is untyped
    """Return the values of a column; Parquet does not check that strings are UTF-8, and those that are not are read as file names are."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [None if name is None else printable(os.fsdecode(name)) for name in column.cast("binary").to_pylist()]


def _safe(name: object) -> str:
    """Return the id in a table as the name of a file; nothing where it is none, or dots and blanks."""
    safe = "" if name is None else without_folders(str(name)).lstrip(".")
    return safe if safe.strip(". ") else ""


def _table(location: str) -> pa.parquet.ParquetFile:
    """Return a Parquet file with the columns id and text. Raises InputError if it is none."""
    import pyarrow as pa
    from pyarrow import parquet

    fix = "give a Parquet file with the columns id and text, one document a row"
    try:
        stream = filesystem(location)[0].open(location) if "://" in location else location
        table = parquet.ParquetFile(stream)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"not a Parquet file: {str(error).splitlines()[0]}", where=printable(location), fix=fix) from None
    missing = {"id", "text"}.difference(table.schema_arrow.names)
    if missing:
        raise InputError(f"no column {', '.join(sorted(missing))}", where=printable(location), fix=fix)
    return table


def _row(location: str, row: int) -> bytes:
    """Return the text of a row as UTF-8."""
    ends = _groups(location)[1]
    group = bisect_right(ends, row)
    cell: Any = _texts(location, group)[row - (ends[group - 1] if group else 0)] if group < len(ends) else None
    try:
        text = None if cell is None else cell.as_py()
    except UnicodeDecodeError:  # a string that is not UTF-8, for Parquet does not check: its encoding is told as a file's is
        text = cell.as_buffer().to_pybytes()
    if text is None:
        raise InputError("no text in this row", where=f"{printable(location)}#{row}", fix="leave the row out, or read the page again")
    return text if isinstance(text, bytes) else str(text).encode()


@lru_cache(1)
def _groups(location: str) -> tuple[pa.parquet.ParquetFile, list[int]]:
    """Return a table, and the number of rows up to the end of each of its row groups."""
    table = _table(location)
    ends, total = [], 0
    for number in range(table.num_row_groups):
        total += table.metadata.row_group(number).num_rows
        ends.append(total)
    return table, ends


@lru_cache(1)
def _texts(location: str, group: int) -> Any:  # noqa: ANN401 -- pyarrow is untyped
    return _groups(location)[0].read_row_group(group, columns=["text"]).column("text")


# --- by URL


def _remote(url: str, others: _Others) -> Iterator[Entry]:
    """Yield what a URL names: an object, or all those below it or that fit its pattern."""
    if not (glob.has_magic(url) or url.endswith("/") or Path(url).suffix.lower() == TABLE):
        yield Entry(url, stem(url), os.fsencode(url))
        return
    system, path = filesystem(url)
    try:
        names = system.glob(path) if glob.has_magic(url) else system.find(path) if url.endswith("/") else [path]
    except (OSError, ValueError) as error:
        raise InputError(str(error), where=url, fix="check the address and its permissions") from None
    for name in names:
        location, suffix = str(system.unstrip_protocol(name)), Path(name).suffix.lower()
        if suffix in SUFFIXES | TOLD | {TABLE}:
            yield from _file(location)
        else:
            others.add(location)


def filesystem(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it. Raises InputError if it needs a package that is missing."""
    try:
        fsspec = import_module("fsspec")
    except ImportError:
        raise InputError("URLs need fsspec", where=url, fix="pip install 'jiaokan[cluster]'") from None
    try:
        system, path = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise InputError(str(error), where=url, fix="check the address, or install the package it names") from None
    return system, str(path)


def _fetch(url: str) -> bytes:
    system, path = filesystem(url)
    return bytes(system.cat_file(path))
