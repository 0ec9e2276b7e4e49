"""Bytes → text: the encoding is told by decoding, and by how much of the result is common Chinese."""

from __future__ import annotations

import codecs
import re

from jiaokan.errors import InputError

# A mark at the start of the file settles it. UTF-32 comes before UTF-16, whose mark begins UTF-32's.
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
SAMPLE = 200_000  # characters looked at to tell one encoding from another

# Level-1 characters of GB 2312 are ordered by sound and begin here in GB18030: the 3,755 in common use.
_COMMON = frozenset(bytes((high, low)).decode("gb18030") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) if (high, low) < (0xD7, 0xFA))
_ORDINARY = re.compile(r"[\t\n\r\f -~\u3000-\u301f\u2010-\u2026\uff01-\uff5e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
MAX_CONTROL_SHARE = 0.01  # above it the file is a binary; below, stray bytes in a text


def decode(data: bytes, *, where: str) -> tuple[str, str]:
    """Return the text and the name of the encoding that gives the bytes back.

    Raises InputError for an empty file, white space only, a binary, and bytes no encoding takes (it names the byte).
    """
    if not data:
        raise InputError("the file is empty", where=where, fix="scan or export the page again")
    text, encoding = _marked(data, where) or _guessed(data, where)
    if len(_CONTROL.findall(text[:SAMPLE])) > MAX_CONTROL_SHARE * len(text[:SAMPLE]):
        raise InputError("not a text file (control characters throughout)", where=where, fix="give the text the OCR engine wrote, not the image")
    if not text.strip("\ufeff \t\r\n\f\v\u3000\u00a0"):
        raise InputError("nothing but white space", where=where, fix="scan or export the page again")
    return text, encoding


def _marked(data: bytes, where: str) -> tuple[str, str] | None:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _undecodable(error, encoding, where) from None
    return None


def _guessed(data: bytes, where: str) -> tuple[str, str]:
    """Return the likeliest decoding; UTF-8 wins a tie, for hardly anything else decodes as UTF-8 by chance."""
    best: tuple[float, str, str] | None = None
    failure: UnicodeDecodeError | None = None
    for encoding in CANDIDATES:
        if encoding.startswith("utf-16") and len(data) % 2:
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            failure = failure or error
            continue
        likeness = _likeness(text)
        if best is None or likeness > best[0]:
            best = (likeness, text, encoding)
        if encoding == "utf-8" and "\x00" not in text:
            break
    if best is not None and (best[2] == "utf-8" or best[0] > 0.5):  # noqa: PLR2004 -- most of a real page is common Chinese
        return best[1], best[2]
    if failure is None:
        raise InputError("not a text file in any known encoding", where=where, fix="give the text the OCR engine wrote, not the image")
    raise _undecodable(failure, "utf-8", where)


def _likeness(text: str) -> float:
    """Return the share of characters that are common Chinese, ASCII or Chinese punctuation."""
    sample = text[:SAMPLE]
    return sum(char in _COMMON for char in sample) / len(sample) + len(_ORDINARY.findall(sample)) / len(sample)


def _undecodable(error: UnicodeDecodeError, encoding: str, where: str) -> InputError:
    if error.end >= len(error.object) and "end of data" in error.reason or "truncated" in error.reason:
        return InputError(
            f"cut off inside a character at byte {error.start} ({encoding})", where=where, fix="copy the file again; its end is missing"
        )
    return InputError(
        f"neither UTF-8, UTF-16 nor GB18030; as {encoding} it fails at byte {error.start}",
        where=where,
        fix="convert it first, for example: iconv -f BIG5 -t UTF-8",
    )
