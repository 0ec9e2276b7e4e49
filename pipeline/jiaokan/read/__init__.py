"""Bytes → Document: tell the format, decode, and say where the lines, rows and cells are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jiaokan.model import Document
from jiaokan.read.encodings import decode
from jiaokan.read.formats import Reading, read_as, told
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


def from_bytes(data: bytes, *, source: str, id: str) -> Document:  # noqa: A002 -- the contract's own word
    """Return the document in some bytes: a text in UTF-8, UTF-16 or GB18030, or what an OCR engine or an office program wrote.

    Raises InputError for a file that is none of these, damaged, or empty.
    """
    where = source or id
    form = told(data)
    if form:
        name, reading = form.name, read_as(form, data, where=where)
    else:
        text, encoding = decode(data, where=where)
        name, reading = "text", Reading(text, (), encoding)
    return _document(reading, name, hashlib.sha256(data).hexdigest(), source, id)


def from_text(text: str, *, source: str = "", id: str = "text") -> Document:  # noqa: A002 -- the contract's own word
    """Return the document in a string; a lone surrogate is hashed as it stands."""
    return _document(Reading(text, (), "utf-8"), "text", hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), source, id)


def _document(reading: Reading, form: str, sha256: str, source: str, id: str) -> Document:  # noqa: A002 -- the contract's own word
    text, boxes, encoding = reading
    return Document(
        id=id,
        text=text,
        original=text,
        source=source,
        sha256=sha256,
        encoding=encoding,
        format=form,
        blocks=tuple(layout(text)),
        boxes=boxes,
    )
