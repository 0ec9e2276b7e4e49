"""Reads pairs of what an engine read and what was printed, one at a time: tables, JSON lines, or texts and their truth.

A pair that cannot be had is a row of what was left out; only a file that cannot be used at all stops everything, and before
the first pair is read.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from jiaokan.errors import InputError
from jiaokan.evaluate.pairs import Pair as Page
from jiaokan.evaluate.pairs import Remark, match, read_text, read_truth
from jiaokan.learn.count import Unfit
from jiaokan.read.encodings import MARKS, decode
from jiaokan.read.sources import printable

READ, PRINTED = ("ocr", "read"), ("truth", "printed")  # what the two columns may be called
DELIMITERS = "\t,;"
JSON_LINES = frozenset({".jsonl", ".ndjson"})
HEAD = 1 << 20  # bytes that tell the encoding; a smaller file is judged as a whole
LONGEST_CHARACTER = 4  # bytes
LONGEST_CELL = 16 << 20  # characters; Python's own limit of 131,072 is less than a long document
ONLY_PRINTED = "only in truth"  # the remark of evaluate.pairs on a truth without a reading
SHOWN, SHOWN_CELL = 6, 20  # columns named in a message, and characters of each
NAME_THEM = "name two columns in the first row: ocr (what was read) and truth (what was printed)"
CHECK_PATH = "check the path and its permissions"
# A cell between tabs that a program quoted because there are quotes in it: "他说""好""".
_QUOTED = re.compile(r'"(?:[^"]|"")*""(?:[^"]|"")*"')


class Pair(NamedTuple):
    """A text as it was read and as it was printed."""

    source: str
    line: int | None  # where it begins, from 1; None: it is the whole file
    read: str
    printed: str


class LeftOut(NamedTuple):
    """A pair that was not learnt from, and why."""

    source: str
    line: int | None
    what: str
    fix: str

    def row(self) -> dict[str, Any]:
        """Return what failures.jsonl holds of it: the columns of a run's failures, and the line."""
        name = Path(self.source).stem
        return {
            "id": name if self.line is None else f"{name}:{self.line}", "source": self.source, "line": self.line,
            "error": InputError.__name__, "what": self.what, "fix": self.fix,
        }  # fmt: skip


class Material(Protocol):
    """Pairs to learn from, read as they are asked for."""

    def __iter__(self) -> Iterator[Pair | LeftOut]:
        """Yield each pair, or why it cannot be had."""

    def total(self) -> int:
        """Return about how many there are: the end of a progress bar."""


def material(given: Iterable[str | Path], truth: str | Path | None = None) -> Material:
    """Return the pairs of tables and JSON lines; with `truth`, of readings and the truths of the same names.

    Raises InputError for a path that does not exist, a text in no known encoding, and a table without the two columns.
    """
    paths = list(dict.fromkeys(map(Path, given)))
    return _pages(paths, Path(truth)) if truth else _Files(tuple(map(_opened, paths)))


class _File(NamedTuple):
    """A file whose lines are read as it is decoded."""

    path: Path
    encoding: str

    @property
    def name(self) -> str:
        return printable(str(self.path))

    def lines(self) -> Iterator[str]:
        """Yield the lines with their ends. Raises InputError where the file turns out to be in another encoding."""
        mark, codec = MARKS.get(self.encoding, (b"", self.encoding))
        number = 0
        try:
            with self.path.open("rb") as raw, TextIOWrapper(raw, codec, newline="") as stream:
                raw.seek(len(mark))
                for line in stream:
                    number += 1
                    yield line
        except UnicodeDecodeError as error:
            what = f"not {codec} soon after line {number}: {error.reason}"
            raise InputError(what, where=self.name, fix="write the whole file in one encoding, best UTF-8") from None
        except OSError as error:
            raise _unreadable(error, self.path) from None


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with a header row."""

    file: _File
    delimiter: str
    header: int  # its line
    width: int  # cells of a row
    read: int  # which of them
    printed: int

    def __iter__(self) -> Iterator[Pair | LeftOut]:
        for line, cells in self._rows():
            if not isinstance(cells, Unfit) and len(cells) != self.width:
                cells = Unfit(f"{len(cells)} cells where the header has {self.width}", "give the row as many cells as the header has")
            if isinstance(cells, Unfit):
                yield LeftOut(self.file.name, line, *cells)
            else:
                yield Pair(self.file.name, line, cells[self.read], cells[self.printed])

    def _rows(self) -> Iterator[tuple[int, list[str] | Unfit]]:
        """Yield the line each row begins in, and its cells; blank lines are no rows."""
        lines = islice(self.file.lines(), self.header, None)
        if self.delimiter != "\t":
            yield from _quoted_rows(lines, self.delimiter, after=self.header)
            return
        for number, line in enumerate(lines, start=self.header + 1):
            if line.strip():
                yield number, [_unquoted(cell) for cell in line.rstrip("\r\n").split("\t")]


@dataclass(frozen=True, slots=True)
class _JsonLines:
    """A JSON object a line."""

    file: _File

    def __iter__(self) -> Iterator[Pair | LeftOut]:
        for number, line in enumerate(self.file.lines(), start=1):
            if line.strip():
                texts = _texts(line)
                yield LeftOut(self.file.name, number, *texts) if isinstance(texts, Unfit) else Pair(self.file.name, number, *texts)


@dataclass(frozen=True, slots=True)
class _Files:
    """Tables and JSON lines, one after the other."""

    parts: tuple[_Table | _JsonLines, ...]

    def __iter__(self) -> Iterator[Pair | LeftOut]:
        for part in self.parts:
            yield from part

    def total(self) -> int:
        return sum(_line_ends(part.file.path) for part in self.parts)


@dataclass(frozen=True, slots=True)
class _Pages:
    """Readings and their truths, a file each."""

    pages: Sequence[Page]
    remarks: Sequence[Remark]

    def __iter__(self) -> Iterator[Pair | LeftOut]:
        for remark in self.remarks:
            yield LeftOut(remark.where, None, remark.what, remark.fix)
        for page in self.pages:
            try:
                yield Pair(printable(str(page.ocr)), None, read_text(page.ocr), read_truth(page.truth).text)
            except InputError as error:
                yield LeftOut(error.where, None, error.what, error.fix)

    def total(self) -> int:
        return len(self.remarks) + len(self.pages)


def _pages(readings: Iterable[Path], truth: Path) -> _Pages:
    """Match each folder or file of readings; a truth is left over only if none of them has it."""
    pages: dict[Path, Page] = {}
    remarks: dict[Remark, None] = {}
    for reading in readings:
        matched = match(truth, reading)
        pages.update((page.ocr, page) for page in matched.pairs)
        remarks.update(dict.fromkeys(matched.remarks))
    read = {page.id for page in pages.values()}
    return _Pages(list(pages.values()), [remark for remark in remarks if remark.what != ONLY_PRINTED or remark.id not in read])


def _opened(path: Path) -> _Table | _JsonLines:
    """Return a file ready to be read. Raises InputError unless it has the two columns."""
    if path.is_dir():
        raise InputError("a folder, and no truth", where=printable(str(path)), fix="say where the printed texts are: --truth DIR, or name a table of pairs")
    file = _File(path, _encoding(path))
    if path.suffix.lower() not in JSON_LINES:
        return _table(file)
    first = next((found for line in file.lines() if isinstance(found := _object(line), dict)), None)
    if first is not None and None in _named(first):
        raise _no_columns(first, file, "keys")
    return _JsonLines(file)


def _encoding(path: Path) -> str:
    """Return the encoding of a file, told by its beginning. Raises InputError if there is none, or it is no text."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            whole = not stream.read(1)
    except OSError as error:
        raise _unreadable(error, path) from None
    where = printable(str(path))
    for cut in range(1, 1 if whole else LONGEST_CHARACTER):  # the beginning may end inside a character
        with suppress(InputError):
            return decode(head[:-cut], where=where)[1]
    return decode(head, where=where)[1]


def _table(file: _File) -> _Table:
    """Return a table with its columns found in the first line that is no comment (#). Raises InputError if they are not there."""
    number, header = next(((number, line) for number, line in enumerate(file.lines(), start=1) if line.strip() and not line.startswith("#")), (0, ""))
    for delimiter in DELIMITERS:
        names = _names(header, delimiter)
        read, printed = _named(names)
        if read is None or printed is None:
            continue
        for name in (read, printed):
            if names.count(name) > 1:
                raise InputError(f"two columns are called {name}", where=f"{file.name}:{number}", fix="leave one of them")
        return _Table(file, delimiter, number, len(names), names.index(read), names.index(printed))
    used = max(DELIMITERS, key=header.count)
    raise _no_columns(_names(header, used), file, "columns")


def _names(header: str, delimiter: str) -> list[str]:
    cells = header.split(delimiter) if delimiter == "\t" else next(csv.reader([header.strip()], delimiter=delimiter), [])
    return [cell.strip().strip("\ufeff").strip().casefold() for cell in cells]


def _named(found: Iterable[str]) -> tuple[str | None, str | None]:
    """Return what the columns of the reading and of the truth are called here, None for one that is missing."""
    names = set(found)
    read, printed = (next((name for name in wanted if name in names), None) for wanted in (READ, PRINTED))
    return read, printed


def _quoted_rows(lines: Iterator[str], delimiter: str, *, after: int) -> Iterator[tuple[int, list[str] | Unfit]]:
    """Yield the rows of a table whose cells may be quoted, as RFC 4180 has it."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        while True:
            begin = after + reader.line_num + 1
            cells: list[str] | Unfit | None
            try:
                cells = next(reader, None)
            except csv.Error as error:
                cells = Unfit(f"broken quotes in lines {begin} to {after + reader.line_num}: {error}", 'double each quote inside a cell: "他说""好"""')
            if cells is None:
                return
            if cells:
                yield begin, cells
    finally:
        csv.field_size_limit(limit)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') and _QUOTED.fullmatch(cell) else cell


def _texts(line: str) -> tuple[str, str] | Unfit:
    """Return the reading and the truth of a JSON line, or what is wrong with it."""
    found = _object(line)
    if isinstance(found, Unfit):
        return found
    read, printed = _named(found)
    if read is None or printed is None:
        return Unfit(f"keys are {_shown(found)}", 'give the object "ocr" and "truth"')
    texts = found[read], found[printed]
    for name, text in zip((read, printed), texts, strict=True):
        if not isinstance(text, str):
            return Unfit(f"{name} is {json.dumps(text)[:SHOWN_CELL]}, not a text", "put it in quotes, or leave the row out")
    return texts


def _object(line: str) -> Mapping[str, Any] | Unfit:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Unfit(f"broken JSON: {error}", "write one JSON object a line")
    return found if isinstance(found, dict) else Unfit("not a JSON object", 'write {"ocr": "…", "truth": "…"}')


def _line_ends(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(part.count(b"\n") for part in iter(partial(stream.read, HEAD), b""))


def _shown(names: Iterable[str]) -> str:
    return ", ".join(name[:SHOWN_CELL] or "(blank)" for name in islice(names, SHOWN)) or "none"


def _no_columns(found: Iterable[str], file: _File, kind: str) -> InputError:
    names = list(found)
    missing = " and ".join(" or ".join(wanted) for wanted, name in zip((READ, PRINTED), _named(names), strict=True) if name is None)
    return InputError(f"no {missing}; {kind} are {_shown(names)}", where=file.name, fix=NAME_THEM)


def _unreadable(error: OSError, path: Path) -> InputError:
    return InputError(error.strerror or str(error), where=printable(str(path)), fix=CHECK_PATH)
