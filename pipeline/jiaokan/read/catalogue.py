"""The inputs of a run, in order and each with its id, kept on disk: a million of them take no more memory than ten."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

STANDARD_INPUT = "-"
_NO_NAME = re.compile(r"[\x00-\x1f\x7f/\\]")
LONGEST_ID = 200  # bytes: file systems take 255, of which the suffix and a temporary name want some

_TABLES = """
CREATE TABLE found (argument INTEGER, place BLOB, location BLOB UNIQUE, name TEXT, folded TEXT, beside BLOB, picture INTEGER);
CREATE TABLE taken (id TEXT, folded TEXT UNIQUE, location BLOB);
"""
# A picture beside a text of its name is what the text was read from.
_ORDERED = """
SELECT location, name, (SELECT count(*) FROM found AS other WHERE other.folded = this.folded) > 1 FROM found AS this
WHERE NOT picture OR NOT EXISTS (SELECT 1 FROM found AS text WHERE text.folded = this.folded AND text.beside = this.beside AND NOT text.picture)
ORDER BY argument, place
"""


class Source(NamedTuple):
    """One input: `location` is a path, a URL, a row of a Parquet file (x.parquet#17), or `-`; `id` names its outputs within the run."""

    id: str
    location: str


class Entry(NamedTuple):
    """An input as it was found: its id is made of its `name`, and inputs of one argument are ordered by `place`."""

    location: str
    name: str
    place: bytes
    picture: bool = False


class Catalogue:
    """The inputs of a run, as a sequence of Source: give it the entries of each argument in turn, then `close` it."""

    def __init__(self) -> None:
        # Without a name: SQLite keeps it in memory while it is small, then in a file that nobody else sees.
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.executescript(_TABLES)
        self._arguments = 0

    def add(self, entries: Iterable[Entry]) -> int:
        """Take the entries of one argument; return how many it has. A location known already keeps its first place."""
        number = 0
        self._base.execute("BEGIN")
        for number, entry in enumerate(entries, 1):  # noqa: B007 -- counted for the caller
            beside = os.fsencode(Path(entry.location).parent)
            row = (self._arguments, entry.place, os.fsencode(entry.location), entry.name, entry.name.casefold(), beside, entry.picture)
            self._base.execute("INSERT OR IGNORE INTO found VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._base.execute("COMMIT")
        self._arguments += 1
        return number

    def close(self) -> None:
        """Give each input its id: its name where unique in the run, else its path with `-` for separators. Folders may ignore case."""
        self._base.execute("CREATE INDEX names ON found (folded)")
        self._base.execute("BEGIN")
        for location, name, shared in self._base.execute(_ORDERED):
            path = os.fsdecode(location)
            known = _short(_of_path(path) or name if shared else name)
            while self._base.execute("SELECT 1 FROM taken WHERE folded = ?", (known.casefold(),)).fetchone():
                known += "-"
            self._base.execute("INSERT INTO taken VALUES (?, ?, ?)", (known, known.casefold(), location))
        self._base.execute("COMMIT")
        self._base.execute("DROP TABLE found")

    def __len__(self) -> int:
        """Return the number of inputs."""
        return int(self._base.execute("SELECT count(*) FROM taken").fetchone()[0])

    def __iter__(self) -> Iterator[Source]:
        """Yield the inputs in order."""
        for name, location in self._base.execute("SELECT id, location FROM taken ORDER BY rowid"):
            yield Source(name, os.fsdecode(location))


def printable(location: str) -> str:
    """Return a path as text that every encoder takes: a file name that is not UTF-8 is read as GB18030, or its bytes spelled out."""
    name = os.fsencode(location)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode(errors="backslashreplace")


def stem(location: str) -> str:
    """Return the name of a file without its suffix, of which no part is a folder."""
    return without_folders(printable(Path(location).stem))


def without_folders(name: str) -> str:
    """Return a name of which no part is a folder, and no character one that file systems or terminals act on."""
    return _NO_NAME.sub("-", name)


def _of_path(location: str) -> str:
    return without_folders(printable(location).replace("://", "-")).lstrip("-.")


def _short(name: str) -> str:
    """Return a name that a file system takes; one too long is cut and ends in a hash of the whole."""
    if len(name.encode()) <= LONGEST_ID:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[: LONGEST_ID - len(digest) - 1].decode(errors='ignore')}-{digest}"
