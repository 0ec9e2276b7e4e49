"""Bytes become text, and the text with the recorded encoding becomes the same bytes again."""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiaokan.errors import InputError
from jiaokan.read import from_bytes
from jiaokan.read.encodings import decode, encode

NOTICE = "关于印发《信访工作条例》实施细则的通知\n各乡镇人民政府，县直各单位：\n"
RARE = "项目负责人：㐀昉𠮷、镕䶮。通知印发之日起施行。"  # four bytes each in GB18030: 㐀 𠮷 䶮
TEXTS = [("a notice", NOTICE), ("two characters", "通知"), ("one character", "好"), ("Latin and Chinese", "No. 1 通知"), ("rare characters", RARE), ("CRLF", "通知\r\n附件\r\n")]
BIG_ENDIAN = "utf-16-be-sig"

ENCODED = [
    (f"{label}, {encoding}", text, encoding, text.encode(encoding))
    for label, text in TEXTS
    for encoding in ("utf-8", "utf-8-sig", "gb18030")
]
ENCODED += [(f"{label}, UTF-16 with BOM", text, "utf-16", codecs.BOM_UTF16_LE + text.encode("utf-16-le")) for label, text in TEXTS]
ENCODED += [(f"{label}, big-endian with BOM", text, BIG_ENDIAN, codecs.BOM_UTF16_BE + text.encode("utf-16-be")) for label, text in TEXTS]
ENCODED += [
    (f"{label}, {encoding} without BOM", text, encoding, text.encode(encoding))
    for label, text in TEXTS
    if len(text) > 1  # two bytes are as good UTF-8
    for encoding in ("utf-16-le", "utf-16-be")
]


@pytest.mark.parametrize(("text", "encoding", "data"), [row[1:] for row in ENCODED], ids=[row[0] for row in ENCODED])
def test_encoding_is_told(text: str, encoding: str, data: bytes) -> None:
    assert decode(data, where="a.txt") == (text, encoding)
    assert encode(text, encoding) == data


@settings(max_examples=300)
@given(st.text("项目资金信访工作通知，。、（）：“”1 0年\n", min_size=4), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", BIG_ENDIAN]))
def test_whatever_is_read_can_be_written_again(text: str, encoding: str) -> None:
    assume(text.strip())
    data = encode(text, encoding)
    assert encode(*decode(data, where="a.txt")) == data


@settings(max_examples=200)
@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InputError):
        assert encode(*decode(data, where="a.txt")) == data


@pytest.mark.parametrize("sign", ["°", "×", "é", "café", "25±1", "§ 3", "①"])
def test_a_sign_among_ascii_is_utf_8(sign: str) -> None:
    assert decode(sign.encode(), where="a.txt") == (sign, "utf-8")


CUT = [
    ("UTF-8 in the second byte", NOTICE.encode()[:7], 6, "utf-8"),
    ("UTF-8 in the third byte", NOTICE.encode()[:8], 6, "utf-8"),
    ("UTF-8 with BOM", "通知".encode("utf-8-sig")[:-1], 6, "utf-8-sig"),
    ("GB18030", (NOTICE + "通知").encode("gb18030")[:-1], len((NOTICE + "通").encode("gb18030")), "gb18030"),
    ("short GB18030", "通知".encode("gb18030")[:-1], 2, "gb18030"),
    ("GB18030, four bytes, one left", "通知㐀".encode("gb18030")[:-3], 4, "gb18030"),
    ("GB18030, four bytes, three left", "通知㐀".encode("gb18030")[:-1], 4, "gb18030"),
    ("UTF-16 with BOM", NOTICE.rstrip().encode("utf-16")[:-1], 2 * len(NOTICE.rstrip()), "utf-16"),
    ("UTF-16 without BOM", NOTICE.rstrip().encode("utf-16-le")[:-1], 2 * len(NOTICE.rstrip()) - 2, "utf-16-le"),
]


@pytest.mark.parametrize(("data", "byte", "encoding"), [row[1:] for row in CUT], ids=[row[0] for row in CUT])
def test_a_character_cut_off_is_named(data: bytes, byte: int, encoding: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, where="a.txt")
    assert caught.value.what == f"cut off inside a character at byte {byte} ({encoding})"


REFUSED = [
    ("empty", b"", "empty"),
    ("only a BOM", codecs.BOM_UTF8, "white space"),
    ("only spaces", b"  \t\r\n ", "white space"),
    ("only ideographic spaces", "\u3000\u00a0\n".encode(), "white space"),
    ("only zero-width characters", "\u200b\u2060\ufeff".encode(), "white space"),
    ("only NUL bytes", bytes(100), "white space"),
    ("PNG", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "a PNG image"),
    ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), "a JPEG image"),
    ("TIFF", b"II*\x00\x08\x00\x00\x00" + bytes(range(256)), "a TIFF image"),
    ("gzip", gzip.compress(NOTICE.encode() * 20), "a gzip archive"),
    ("PDF", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + zlib.compress(NOTICE.encode() * 20), "a PDF"),
    ("docx", b"PK\x03\x04\x14\x00" + zlib.compress(NOTICE.encode() * 20), "ZIP archive or an Office document"),
    ("NUL bytes throughout", "项\0目\0".encode() * 20, "control characters"),
    ("a bad byte in UTF-8", NOTICE.encode()[:30] + b"\xff" + NOTICE.encode()[30:], "as utf-8 it fails at byte 30"),
    ("a bad byte in GB18030", NOTICE.encode("gb18030")[:30] + b"\xff\xff" + NOTICE.encode("gb18030")[30:], "as gb18030 it fails at byte 30"),
    ("Latin-1", "café déjà vu".encode("latin-1"), "as utf-8 it fails at byte 3"),
]


@pytest.mark.parametrize(("data", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_text_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(data, where="a.txt")
    assert what in caught.value.what
    assert caught.value.fix


def test_a_stray_nul_byte_does_not_make_a_binary() -> None:
    assert decode(b"\x00" + NOTICE.encode(), where="a.txt") == ("\x00" + NOTICE, "utf-8")


def test_a_mark_is_no_part_of_the_text() -> None:
    document = from_bytes("项目".encode("utf-8-sig"), source="a.txt", id="a")
    assert (document.text, document.original, document.encoding) == ("项目", "项目", "utf-8-sig")
