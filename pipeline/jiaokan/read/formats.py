"""What a file holds → its text and its boxes: the format is told by how the file begins, never by its name.

One module a format, each with `read(data, *, where) -> Reading`, imported when such a file is met.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from jiaokan.errors import InputError
from jiaokan.model import Box

HEAD = 4096  # bytes looked at to tell a format


class Reading(NamedTuple):
    """A file read: its text, lines ending in a line feed and cells in a tab, and what the engine read as one piece, in order."""

    text: str
    boxes: tuple[Box, ...] = ()
    encoding: str = ""  # of the text in the file; empty where it holds none as such: a PDF, an image


class Format(NamedTuple):
    """A format: how its files begin, and the module that reads them."""

    name: str
    begins: Callable[[bytes], object]
    module: str


def _with(pattern: bytes) -> Callable[[bytes], object]:
    """Return a test of a file's first bytes."""
    return re.compile(pattern, re.IGNORECASE | re.DOTALL).search


# The first that fits is taken: hOCR is HTML too.
FORMATS = (
    Format("pdf", _with(rb"\A%PDF"), "pdf"),
    Format("docx", _with(rb"\APK\x03\x04.*word/|\APK\x03\x04.*\[Content_Types\]"), "docx"),
    Format("image", _with(rb"\A(?:\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*|BM.{4}\x00{4}|RIFF.{4}WEBP)"), "image"),
    Format("tesseract-tsv", _with(rb"\A(?:\xef\xbb\xbf)?level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\t"), "tesseract"),
    Format("hocr", _with(rb"\A\s*(?:\xef\xbb\xbf)?\s*<.*(?:ocr-system|class=.ocr_page)"), "hocr"),
    Format("alto", _with(rb"\A(?:\xef\xbb\xbf)?\s*<.*<(?:\w+:)?alto[\s>]"), "alto"),
    Format("page-xml", _with(rb"\A(?:\xef\xbb\xbf)?\s*<.*<(?:\w+:)?PcGts[\s>]"), "page_xml"),
    Format(
        "html", _with(rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|\?xml.*<html|html|head|body|table|div|p)[\s>]"), "html"
    ),
    Format(
        "ocr-json",
        _with(rb"\A(?:\xef\xbb\xbf)?\s*[\[{].*(?:rec_texts|rec_res|\"?txts|dt_polys|\"text\"|\"boxes|transcription|\[\s*\[\s*\[)"),
        "ocr_json",
    ),
)


def told(head: bytes) -> Format | None:
    """Return the format of a file that begins like this, or None for a plain text."""
    return next((one for one in FORMATS if one.begins(head[:HEAD])), None)


def read_as(form: Format, data: bytes, *, where: str) -> Reading:
    """Return a file of a known format read. Raises InputError if it is damaged, or a package that reads it is not installed."""
    try:
        module = import_module(f"jiaokan.read.{form.module}")
    except ModuleNotFoundError as error:
        extra = "ocr" if form.name == "image" else "formats"
        raise InputError(f"reading {form.name} needs {error.name}", where=where, fix=f"pip install 'jiaokan[{extra}]'") from None
    reading: Reading = module.read(data, where=where)
    if not reading.text.strip():
        raise InputError(f"no text in this {form.name} file", where=where, fix="scan or export the page again")
    return reading
