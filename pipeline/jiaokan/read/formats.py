"""What a file holds → its text and its boxes: the format is told by how the file begins, never by its name.

One module a format, each with `read(data, *, where) -> Reading`, imported when such a file is met.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
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
    Format("pdf", _with(rb"\A(?:\xef\xbb\xbf)?\s*%PDF-"), "pdf"),
    Format("docx", _with(rb"\A(?:PK(?:\x03\x04|\x05\x06)|\xd0\xcf\x11\xe0)"), "docx"),  # any ZIP, any old Office file: docx says what it is
    Format("image", _with(rb"\A(?:\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*|BM.{4}\x00{4}|RIFF.{4}WEBP)"), "image"),
    Format("tesseract-tsv", _with(rb"\A(?:\xef\xbb\xbf)?level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\t"), "tesseract"),
    Format("hocr", _with(rb"\A\s*(?:\xef\xbb\xbf)?\s*<.*(?:ocr-system|class=.[^\"'>]*\bocr_page)"), "hocr"),
    Format("alto", _with(rb"\A(?:\xef\xbb\xbf)?\s*(?:<.*)?<(?:\w+:)?alto[\s>]"), "alto"),
    Format("page-xml", _with(rb"\A(?:\xef\xbb\xbf)?\s*(?:<.*)?<(?:\w+:)?PcGts[\s>]"), "page_xml"),
    Format(
        "html",
        _with(
            rb"\A(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|\?xml.*<html|html|head|body|title|meta|style|script|link|table|div|p|center"
            rb"|font|span|form|h[1-6]|ul|ol|br|pre|section|article)[\s>/]"
        ),
        "html",
    ),
    Format(
        "ocr-json",
        _with(
            rb"\A(?:\xef\xbb\xbf)?(?:\s*\[\s*(?:null\s*,\s*)*\[\s*\[|[^\r\n\t\[{<]{1,1000}\t\s*\[\s*\{\s*\"transcription\""
            rb"|\s*[\[{].*\"(?:rec_texts|dt_polys|parsing_res_list|table_res_list|overall_ocr_res|txts?|boxe?s?|text_region|transcription)\")"
        ),
        "ocr_json",
    ),
)


def told(head: bytes) -> Format | None:
    """Return the format of a file that begins like this, or None for a plain text."""
    head = head[:HEAD]
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    return next((one for one in FORMATS if one.begins(head)), None)


def read_as(form: Format, data: bytes, *, where: str) -> Reading:
    """Return a file of a known format read. Raises InputError if it is damaged, or a package that reads it is not installed."""
    try:
        module = import_module(f"jiaokan.read.{form.module}")
    except ModuleNotFoundError as error:
        if form.name == "image":
            what, fix = "an image, not a text", "give the text the OCR engine wrote, or have images read: pip install 'jiaokan[ocr]'"
        else:
            what, fix = f"reading {form.name} needs {error.name}", "pip install 'jiaokan[formats]'"
        raise InputError(what, where=where, fix=fix) from None
    reading: Reading = module.read(data, where=where)
    if not reading.text.strip():
        raise InputError(f"no text in this {form.name} file", where=where, fix="scan or export the page again")
    return reading
