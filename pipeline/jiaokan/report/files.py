"""Writes files whole or not at all: under a temporary name first, renamed when complete."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from jiaokan.errors import InputError


def write(path: Path, data: bytes | str) -> None:
    """Write a file, making its folder; text is UTF-8. Raises InputError if the disk is full or the place not writable."""
    with whole(path) as stream:
        stream.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Give a stream whose file takes its name when the block ends without an error, and is gone otherwise. Raises as `write` does."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as stream:
            temporary = stream.name
            yield cast("BinaryIO", stream)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Delete a file if it is there. Raises InputError if its folder is none, or not writable."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(error.strerror or str(error), where=str(path), fix="free some space, or choose another folder with -o")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
