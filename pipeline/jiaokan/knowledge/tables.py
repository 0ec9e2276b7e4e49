"""Reads the tab-separated dictionaries: every row is checked, none is skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jiaokan.errors import DictionaryError

if TYPE_CHECKING:
    from pathlib import Path


def read_text(path: Path) -> str:
    """Return the text of a dictionary file (UTF-8, a BOM is allowed).

    Raises DictionaryError if it cannot be opened or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DictionaryError(error.strerror or "cannot be read", where=str(path), fix="check the path and its permissions") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DictionaryError("not UTF-8", where=f"{path}:{line}", fix="save the file as UTF-8") from None


def read_table(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (line number, cells) of each row of a table whose header row is `columns`.

    Lines that begin with `#` before the header are provenance. Raises DictionaryError for a wrong header,
    a row with another number of cells, or an empty first cell.
    """
    header_seen = False
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        line = line.rstrip("\r")
        if not line or (not header_seen and line.startswith("#")):
            continue
        cells = tuple(line.split("\t"))
        if not header_seen:
            if cells != columns:
                raise DictionaryError(
                    f"columns are {', '.join(cells)}", where=f"{path}:{number}", fix=f"make the header row: {', '.join(columns)}"
                )
            header_seen = True
            continue
        if len(cells) != len(columns) or not cells[0]:
            raise DictionaryError(
                f"{len(cells)} cells where {len(columns)} belong, or the first is empty",
                where=f"{path}:{number}",
                fix=f"give the row the columns {', '.join(columns)}, separated by tabs",
            )
        yield number, cells
    if not header_seen:
        raise DictionaryError("no header row", where=str(path), fix=f"begin with the row: {', '.join(columns)}")
