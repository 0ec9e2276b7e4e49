"""Bytes → text: the encoding is told by decoding, and by how much of the result is common Chinese."""

from __future__ import annotations

import codecs
import re

from jiaokan.errors import InputError

# A mark at the start of the file settles it. UTF-32 comes before UTF-16, whose mark begins UTF-32's. `-sig`: with the mark.
MARKS = {
    "utf-8-sig": (codecs.BOM_UTF8, "utf-8"),
    "utf-32": (codecs.BOM_UTF32_LE, "utf-32-le"),
    "utf-32-be-sig": (codecs.BOM_UTF32_BE, "utf-32-be"),
    "utf-16": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be-sig": (codecs.BOM_UTF16_BE, "utf-16-be"),
}
CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SAMPLE = 200_000  # characters looked at to tell one encoding from another
# What people hand over in place of the text: the first bytes, and what to call it.
BINARIES = {
    b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"II*\x00": "a TIFF image", b"MM\x00*": "a TIFF image", b"GIF8": "a GIF image",
    b"%PDF": "a PDF", b"PK\x03\x04": "a ZIP archive or an Office document", b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x1f\x8b": "a gzip archive", b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"AT&TFORM": "a DjVu scan",
}  # fmt: skip
TEXT_INSTEAD = "give the text the OCR engine wrote"

# Level-1 characters of GB 2312 are ordered by sound and begin here in GB18030: the 3,755 in common use.
_COMMON = frozenset(bytes((high, low)).decode("gb18030") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) if (high, low) < (0xD7, 0xFA))
_ORDINARY = re.compile(r"[\t\n\r\f -~\u3000-\u301f\u2010-\u2026\uff01-\uff5e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
# Short GB 2312 text that happens to be valid UTF-8: 通知 reads ֪ͨ. A single sign (°, é) is UTF-8's.
_BY_CHANCE = re.compile(r"[\x00-\x7f]*+(?:[\u0080-\u07ff]{2,}+[\x00-\x7f]*+)++")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*")
STRAY = 2  # control characters any text may have
MAX_CONTROL_SHARE = 0.01  # above it the file is a binary; below, stray bytes in a text
REAL = 0.5  # share of ordinary characters above which a decoding is believed: most of a real page is common Chinese


def decode(data: bytes, *, where: str) -> tuple[str, str]:
    """Return the text and the name of the encoding, with which `encode` gives the bytes back.

    Raises InputError for an empty file, white space only, a binary, and bytes no encoding takes (it names the byte).
    """
    if not data:
        raise InputError("the file is empty", where=where, fix="scan or export the page again")
    for start, name in BINARIES.items():
        if data.startswith(start):
            raise InputError(f"{name}, not a text", where=where, fix=TEXT_INSTEAD)
    text, encoding = _marked(data, where) or _guessed(data, where)
    if _BLANK.fullmatch(text):
        raise InputError("nothing but white space", where=where, fix="scan or export the page again")
    if len(_CONTROL.findall(text[:SAMPLE])) > max(STRAY, MAX_CONTROL_SHARE * len(text[:SAMPLE])):
        raise InputError("not a text file (control characters throughout)", where=where, fix=TEXT_INSTEAD)
    return text, encoding


def encode(text: str, encoding: str) -> bytes:
    """Return the bytes that `decode` read the text from: the byte-order mark included, where there was one."""
    mark, codec = MARKS.get(encoding, (b"", encoding))
    return mark + text.encode(codec)


def _marked(data: bytes, where: str) -> tuple[str, str] | None:
    for encoding, (mark, codec) in MARKS.items():
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec), encoding
            except UnicodeDecodeError as error:
                raise _undecodable(error, encoding, where, offset=len(mark)) from None
    return None


def _guessed(data: bytes, where: str) -> tuple[str, str]:
    """Return the likeliest decoding; UTF-8 wins a tie, for hardly anything else decodes as UTF-8 by chance."""
    best = (0.0, "", "")
    furthest: tuple[float, UnicodeDecodeError, str] | None = None
    for encoding in CANDIDATES:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            reach = _likeness(data[: error.start].decode(encoding)) * error.start / len(data)
            if furthest is None or reach > furthest[0]:
                furthest = (reach, error, encoding)
            continue
        if encoding == "utf-8" and "\x00" not in text and not _BY_CHANCE.fullmatch(text):
            return text, encoding
        likeness = _likeness(text)
        if not best[2] or likeness > best[0]:
            best = (likeness, text, encoding)
    if best[2] == "utf-8" or best[0] > max(REAL, furthest[0] if furthest and _cut_off(furthest[1]) else 0.0):
        return best[1], best[2]
    if furthest is None:
        raise InputError("not a text file in any known encoding", where=where, fix=TEXT_INSTEAD)
    raise _undecodable(furthest[1], furthest[2], where)


def _likeness(text: str) -> float:
    """Return the share of characters that are common Chinese, ASCII or Chinese punctuation; 0 for none at all."""
    sample = text[:SAMPLE]
    return (sum(char in _COMMON for char in sample) + len(_ORDINARY.findall(sample))) / max(len(sample), 1)


def _cut_off(error: UnicodeDecodeError) -> bool:
    return len(error.object) - error.start < 4 and any(word in error.reason for word in ("end of data", "truncated", "incomplete"))


def _undecodable(error: UnicodeDecodeError, encoding: str, where: str, *, offset: int = 0) -> InputError:
    place = error.start + offset
    if _cut_off(error):
        return InputError(f"cut off inside a character at byte {place} ({encoding})", where=where, fix="copy the file again; its end is missing")
    return InputError(
        f"neither UTF-8, UTF-16 nor GB18030; as {encoding} it fails at byte {place}",
        where=where,
        fix="convert it first, for example: iconv -f BIG5 -t UTF-8",
    )
