"""What the user names → files: a path, a folder, a glob, `-` for standard input, or an fsspec URL."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from jiaokan.errors import InputError

SUFFIXES = frozenset({".txt", ".tsv", ".text"})  # what is taken from a folder; a file named outright may have any
STANDARD_INPUT = "-"
LONGEST_ID = 200  # bytes: file systems take 255, of which the suffix and a temporary name want some


class Source(NamedTuple):
    """One input: `location` is a path, a URL or `-`; `id` names its outputs within the run."""

    id: str
    location: str


class Sources(NamedTuple):
    """The inputs of a run, and the files in its folders that are not text and were left out."""

    taken: list[Source]
    passed_over: list[str]


def sources(inputs: Iterable[str]) -> Sources:
    """Return every file the inputs name, sorted within a folder, each once.

    Raises InputError for a path that does not exist and a folder without text files.
    """
    locations: dict[str, None] = {}
    passed_over: list[str] = []
    for given in inputs:
        found = list(_expand(given, passed_over))
        if not found:
            suffixes = ", ".join(sorted(SUFFIXES))
            raise InputError(f"no text file here ({suffixes})", where=given, fix="name another folder, or the files themselves")
        locations.update(dict.fromkeys(found))
    return Sources(list(_named(list(locations))), passed_over)


def load(location: str) -> bytes:
    """Return the bytes of a file, of standard input (`-`), or behind a URL. Raises InputError with the reason."""
    try:
        if location == STANDARD_INPUT:
            return sys.stdin.buffer.read()
        if "://" in location:
            return _fetch(location)
        return Path(location).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or str(error), where=location, fix="check the path and its permissions") from None


def _fetch(url: str) -> bytes:
    try:
        fsspec = import_module("fsspec")
    except ImportError:
        raise InputError("URLs need fsspec", where=url, fix="pip install 'jiaokan[cluster]'") from None
    try:
        with fsspec.open(url, "rb") as stream:
            return bytes(stream.read())
    except (ValueError, ImportError) as error:
        raise InputError(str(error), where=url, fix="check the address, or install the package it names") from None


def _expand(given: str, passed_over: list[str]) -> Iterator[str]:
    if given == STANDARD_INPUT or "://" in given:
        yield given
        return
    path = Path(given)
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_dir() or any(part.startswith(".") for part in file.relative_to(path).parts):
                continue
            if file.suffix.lower() in SUFFIXES:
                yield str(file)
            else:
                passed_over.append(printable(str(file)))
    elif path.exists():
        yield given
    elif glob.has_magic(given):
        yield from (file for file in sorted(glob.glob(given, recursive=True)) if Path(file).is_file())  # noqa: PTH207 -- Path.glob takes no absolute pattern
    else:
        raise InputError("no such file or folder", where=given, fix="check the path; quote a glob so that the shell leaves it alone")


def _named(locations: list[str]) -> Iterator[Source]:
    """Yield each input with its id: the file's stem where unique in the run, else its path with `-` for separators."""
    stems = Counter(_stem(location).casefold() for location in locations)  # folders may ignore case
    taken: set[str] = set()
    for location in locations:
        name = _stem(location)
        if stems[name.casefold()] > 1:
            name = printable(location).replace("://", "-").replace("\\", "-").replace("/", "-").lstrip("-.") or name
        name = _short(name)
        while name.casefold() in taken:
            name += "-"
        taken.add(name.casefold())
        yield Source(name, location)


def _stem(location: str) -> str:
    return "stdin" if location == STANDARD_INPUT else printable(Path(location).stem).replace("\\", "-")


def _short(name: str) -> str:
    """Return a name that a file system takes; one too long is cut and ends in a hash of the whole."""
    if len(name.encode()) <= LONGEST_ID:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name.encode()[: LONGEST_ID - len(digest) - 1].decode(errors='ignore')}-{digest}"


def printable(location: str) -> str:
    """Return a path as text that every encoder takes: a file name that is not UTF-8 is read as GB18030, or its bytes spelled out."""
    name = os.fsencode(location)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode(errors="backslashreplace")
