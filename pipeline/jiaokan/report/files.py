"""Writes files whole or not at all: under a temporary name first, renamed when complete."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from jiaokan.errors import InputError


def write(path: Path, data: bytes | str) -> None:
    """Write a file, making its folder; text is UTF-8. Raises InputError if the disk is full or the place not writable."""
    content = data.encode() if isinstance(data, str) else data
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as stream:
            temporary = stream.name
            stream.write(content)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise InputError(error.strerror or str(error), where=str(path), fix="free some space, or choose another folder with -o") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
