"""Bytes → Document: decode, and say where the lines, rows and cells are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jiaokan.model import Document
from jiaokan.read.encodings import decode
from jiaokan.read.layout import layout

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["from_bytes", "from_text", "read"]


def read(source: Path, *, id: str = "") -> Document:  # noqa: A002 -- the contract's own word
    """Return the document in a file; `id` is its stem unless given.

    Raises InputError if the file cannot be opened or is not text.
    """
    from jiaokan.read.sources import load

    return from_bytes(load(str(source)), source=str(source), id=id or source.stem)


def from_bytes(data: bytes, *, source: str, id: str) -> Document:  # noqa: A002
    """Return the document in some bytes: UTF-8, UTF-16 or GB18030, with or without a BOM."""
    text, encoding = decode(data, where=source or id)
    return _document(text, hashlib.sha256(data).hexdigest(), encoding, source, id)


def from_text(text: str, *, source: str = "", id: str = "text") -> Document:  # noqa: A002
    """Return the document in a string; a lone surrogate is hashed as it stands."""
    return _document(text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "utf-8", source, id)


def _document(text: str, sha256: str, encoding: str, source: str, id: str) -> Document:  # noqa: A002
    return Document(id=id, text=text, original=text, source=source, sha256=sha256, encoding=encoding, blocks=tuple(layout(text)))
