"""The engine's file comes back with the cleaned text in it, and with what the engine read beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from jiaokan import edits
from jiaokan.errors import InputError
from jiaokan.model import Document, Edit, Span, Status
from jiaokan.read import alto, from_bytes
from jiaokan.report.corrected import cleaned, corrected

FILES = Path(__file__).parent.parent / "read" / "files"
ENGINE = ["tesseract.hocr", "tesseract.alto.xml", "tesseract.page.xml"]


def opened(data: bytes) -> Document:
    return from_bytes(data, source="page", id="page")


def edited(document: Document, *changes: tuple[int, int, str]) -> Document:
    """Return the document with some of its text replaced, all at once."""
    made = [Edit(Span(*at), document.original[at[0] : at[1]], after, "test", "test", 0.9, "", Status.APPLIED) for *at, after in changes]
    return edits.revise(document, [edit for edit in made if edit.before != edit.after])


def changed(document: Document, *changes: tuple[str, str]) -> Document:
    """Return the document with what stands once in its text replaced."""
    places = []
    for before, after in changes:
        assert document.text.count(before) == 1
        places.append((document.text.index(before), document.text.index(before) + len(before), after))
    return edited(document, *places)


def bare(text: str) -> str:
    return "".join(text.split())


def in_hocr(words: list[list[str]]) -> bytes:
    spans = ("".join(f'<span class="ocrx_word">{word}</span>' for word in line) for line in words)
    lines = "".join(f"<p class='ocr_par'><span class='ocr_line'>{line}</span></p>" for line in spans)
    return f"<html><head><meta name='ocr-system' content='x'/></head><body><div class='ocr_page'>{lines}</div></body></html>".encode()


def loose(words: list[list[str]]) -> bytes:
    """Return an hOCR file that is no XML."""
    return in_hocr(words).replace(b"content='x'/>", b"content='x'>")


def in_alto(words: list[list[str]]) -> bytes:
    strings = ("<SP/>".join(f'<String CONTENT="{word}"/>' for word in line) for line in words)
    blocks = "".join(f"<TextBlock><TextLine>{line}</TextLine></TextBlock>" for line in strings)
    return f"<?xml version='1.0'?><alto><Layout><Page><PrintSpace>{blocks}</PrintSpace></Page></Layout></alto>".encode()


def in_page(words: list[list[str]]) -> bytes:
    def equiv(text: str) -> str:
        return f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv>"

    regions = "".join(
        f"<TextRegion><TextLine>{''.join(f'<Word>{equiv(word)}</Word>' for word in line)}{equiv(''.join(line))}</TextLine>{equiv(''.join(line))}</TextRegion>"
        for line in words
    )
    return f"<?xml version='1.0'?><PcGts><Page>{regions}</Page></PcGts>".encode()


MAKERS = [in_hocr, loose, in_alto, in_page]


@pytest.mark.parametrize("name", ENGINE)
def test_a_page_of_the_engine_comes_back(name: str) -> None:
    data = (FILES / name).read_bytes()
    document = changed(
        opened(data),
        ("义雌加工", "义齿加工"),
        ("麻酬", "麻醉"),
        ("【2022]", "〔2022〕"),
    )
    new = corrected(data, document)
    assert new is not None
    again = opened(new)
    assert again.text == document.text
    assert [box.id for box in again.boxes] == [box.id for box in document.boxes]
    before, after = data.decode().split("\n"), new.decode().split("\n")
    gone = set(before) - set(after)
    assert len(gone) == (8 if "page" in name else 3)  # a word each; in PAGE the three lines and two regions too
    assert len(set(after) - set(before)) == (14 if "page" in name else 3)  # old and new have a line each there


# label, file, changes, what stands in the new file
WRITTEN = [
    (
        "hOCR",
        in_hocr([["原山", "市"]]),
        [("原", "庐")],
        '<span class="ocrx_word"><span class="alternatives"><ins class="alt" title="nlp 0.105">庐山</ins><del class="alt">原山</del></span></span>',
    ),
    (
        "hOCR: markup in a word is kept",
        in_hocr([["<strong>原</strong>山", "市"]]),
        [("原", "庐")],
        '>庐山</ins><del class="alt"><strong>原</strong>山</del></span></span>',
    ),
    (
        "hOCR that is no XML",
        loose([["原山", "市"]]),
        [("原", "庐")],
        '<ins class="alt" title="nlp 0.105">庐山</ins><del class="alt">原山</del>',
    ),
    (
        "ALTO",
        in_alto([["原山", "市"]]),
        [("原", "庐")],
        '<String CONTENT="庐山"><ALTERNATIVE PURPOSE="OCR">原山</ALTERNATIVE></String><SP/><String CONTENT="市"/>',
    ),
    (
        "ALTO: after Shape, before Glyph",
        in_alto([["原山"]]).replace(b'"/>', b'"><Shape><Polygon/></Shape><Glyph/></String>'),
        [("原", "庐")],
        '<String CONTENT="庐山"><Shape><Polygon/></Shape><ALTERNATIVE PURPOSE="OCR">原山</ALTERNATIVE><Glyph/></String>',
    ),
    (
        "ALTO with a prefix",
        b'<?xml version="1.0"?><a:alto xmlns:a="x"><a:Page><a:TextBlock><a:TextLine><a:String STYLE=\'CONTENT="1"\' CONTENT=\'\xe5\x8e\x9f\' /></a:TextLine></a:TextBlock></a:Page></a:alto>',
        [("原", "庐")],
        '<a:String STYLE=\'CONTENT="1"\' CONTENT="庐"><a:ALTERNATIVE PURPOSE="OCR">原</a:ALTERNATIVE></a:String>',
    ),
    (
        "PAGE: word, line, region",
        in_page([["原山", "市"]]),
        [("原", "庐")],
        (
            '<TextRegion><TextLine><Word><TextEquiv index="0"><Unicode>庐山</Unicode></TextEquiv><TextEquiv index="1"><Unicode>原山</Unicode></TextEquiv></Word>'
            "<Word><TextEquiv><Unicode>市</Unicode></TextEquiv></Word>"
            '<TextEquiv index="0"><Unicode>庐山市</Unicode></TextEquiv><TextEquiv index="1"><Unicode>原山市</Unicode></TextEquiv></TextLine>'
            '<TextEquiv index="0"><Unicode>庐山市</Unicode></TextEquiv><TextEquiv index="1"><Unicode>原山市</Unicode></TextEquiv></TextRegion>'
        ),
    ),
    (
        "PAGE: alternatives there were move on",
        in_page([["原"]]).replace(
            b"<TextLine><Word><TextEquiv>", b'<TextLine><Word><TextEquiv index="4"/><TextEquiv conf="0.5" index=\'0\'>'
        ),
        [("原", "庐")],
        '<Word><TextEquiv index="0"><Unicode>庐</Unicode></TextEquiv><TextEquiv index="5"/><TextEquiv conf="0.5" index="1"><Unicode>原</Unicode>',
    ),
    ("what XML must escape", in_alto([["原", "市"]]), [("原", '<"&')], 'CONTENT="&lt;&quot;&amp;"><ALTERNATIVE PURPOSE="OCR">原<'),
    (
        "PAGE: a line that is emptied is not read from its words again",
        in_page([["市"], ["县"]]).replace("市</Unicode></TextEquiv></TextLine>".encode(), "丨</Unicode></TextEquiv></TextLine>".encode()),
        [("丨", "")],
        '<Word><TextEquiv index="0"><Unicode></Unicode></TextEquiv><TextEquiv index="1"><Unicode>市</Unicode></TextEquiv></Word>',
    ),
    (
        "PAGE: a region says its own text, whatever is changed in the regions within it",
        in_page([["市"]])
        .replace(b"<TextLine>", b"<TextEquiv><Unicode/></TextEquiv><TextRegion><TextLine>")
        .replace(b"</TextLine>", b"</TextLine></TextRegion>")
        .replace(b"<Unicode/>", "<Unicode>原山</Unicode>".encode()),
        [("原", "庐"), ("市", "县")],
        '<TextRegion><TextEquiv index="0"><Unicode>庐山</Unicode></TextEquiv><TextEquiv index="1"><Unicode>原山</Unicode>',
    ),
    ("an intruder", in_alto([["山", "丨", "市"]]), [("丨", "")], '<String CONTENT=""><ALTERNATIVE PURPOSE="OCR">丨</ALTERNATIVE></String>'),
    ("an edit over several words is each word's own", in_alto([["原山", "市", "人氏"]]), [("原山市人氏", "庐山市人民")], 'CONTENT="市"/>'),
    (
        "blanks between words are the file's",
        in_alto([["open", "data"]]),
        [("open data", "opendatum")],
        '<String CONTENT="open"/><SP/><String CONTENT="datum">',
    ),
    (
        "a lost character at the start of a line",
        in_alto([["甲"], ["目名称"]]),
        [("目名", "项目名")],
        '<String CONTENT="甲"/></TextLine></TextBlock><TextBlock><TextLine><String CONTENT="项目名称">',
    ),
    ("a lost character between words", in_alto([["项", "名称"]]), [("项名", "项目名")], '<String CONTENT="项目">'),
]


@pytest.mark.parametrize(("data", "changes", "written"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_what_is_written(data: bytes, changes: list[tuple[str, str]], written: str) -> None:
    document = changed(opened(data), *changes)
    new = corrected(data, document)
    assert new is not None
    assert written in new.decode()
    assert bare(opened(new).text) == bare(document.text)


def test_a_file_can_be_corrected_again() -> None:
    data = in_hocr([["原山", "市"]])
    once = corrected(data, changed(opened(data), ("原", "芦")))
    assert once is not None
    twice = corrected(once, changed(opened(once), ("芦", "庐")))
    assert twice is not None
    assert opened(twice).text == "庐山市"
    assert re.findall("[原芦庐]山", twice.decode()) == ["庐山", "芦山", "原山"]


@pytest.mark.parametrize("codec", ["gb18030", "utf-16", "utf-8-sig", "big5"])
def test_the_encoding_stays(codec: str) -> None:
    data = in_alto([["原山", "市"]]).decode().replace("'1.0'?", f"'1.0' encoding='{codec.removesuffix('-sig')}'?").encode(codec)
    document = changed(opened_as_alto(data), ("原", "庐"))
    new = corrected(data, document)
    assert new is not None
    assert new.startswith(data[:40])
    assert etree.fromstring(new).find(".//String").get("CONTENT") == "庐山"  # a character that Big5 lacks is a reference


def test_the_encoding_of_hocr_that_is_no_xml_stays() -> None:
    data = b"<?xml version='1.0' encoding='big5'?>" + loose([["項目", "市"]]).decode().encode("big5")
    new = corrected(data, changed(opened(data), ("市", "縣")))
    assert new is not None
    assert opened(new).text == "項目縣"
    assert opened(new).encoding == opened(data).encoding
    assert new.count(b"<?xml") == 1


def opened_as_alto(data: bytes) -> Document:
    """Return the document of a file whose format its first bytes may hide."""
    plain = from_bytes(in_alto([["原山", "市"]]), source="page", id="page")
    reading = alto.read(data, where="page")
    return replace(
        plain, text=reading.text, original=reading.text, boxes=reading.boxes, encoding=reading.encoding, sha256=sha256(data).hexdigest()
    )


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_changed_is_the_same_file(make: Callable[[list[list[str]]], bytes]) -> None:
    data = make([["项目", "名称"], ["水库"]])
    assert corrected(data, opened(data)) == data
    joined = changed(opened(data), ("\n", ""))  # a paragraph joined is white space
    assert corrected(data, joined) == data


def test_what_cannot_be_written_back() -> None:
    data = in_alto([["原山", "市"]])
    assert corrected(data, replace(changed(opened(data), ("原", "庐")), masked=True)) is None
    text = "原山市".encode()
    assert corrected(text, changed(opened(text), ("原", "庐"))) is None


def test_another_file_is_refused() -> None:
    with pytest.raises(InputError, match="not the file this document was read from"):
        corrected(in_alto([["庐山"]]), opened(in_alto([["原山"]])))


WORD = st.text("水库原市12ab,。<&丨", min_size=1, max_size=4)
AFTER = st.text("山民项3c，\t\n >", max_size=5)


@st.composite
def corrections(draw: st.DrawFn) -> tuple[bytes, Document]:
    """Return a file and its document, some of its text replaced, lost and put in, anywhere: in words, across them, between them."""
    words = draw(st.lists(st.lists(WORD, min_size=1, max_size=4), min_size=1, max_size=4))
    escaped = [[word.replace("&", "&amp;").replace("<", "&lt;") for word in line] for line in words]
    data = draw(st.sampled_from(MAKERS))(escaped)
    document = opened(data)
    places = sorted(draw(st.sets(st.integers(0, len(document.text)), max_size=8)))
    return data, edited(document, *((*pair, draw(AFTER)) for pair in zip(places[::2], places[1::2], strict=False)))


@given(corrections())
def test_the_corrected_file_reads_as_the_cleaned_text(case: tuple[bytes, Document]) -> None:
    data, document = case
    assert bare("".join(text.text for text in cleaned(document))) == bare(document.text)
    new = corrected(data, document)
    assert new is not None
    if bare(document.text):
        assert bare(opened(new).text) == bare(document.text)
