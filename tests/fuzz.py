"""Damages sample files in thousands of ways, reads each, and checks that it ends in a sound Document or a clear InputError.

    python tests/fuzz.py --cases 100000 --seed 1 --keep FOLDER          # a table by format; exit 1 on any fault
    python tests/fuzz.py --cases 2000 --seed 2 --only hocr,docx

A case is told by its seed, format and number, whatever else runs, so a fault comes back. `--keep` gets the inputs that showed one; where the
process itself dies, the input it died of is the one named `running`. tests/read/test_fuzz.py runs a few hundred of the same cases.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import json
import math
import re
import resource
import signal
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from html import escape
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import jsonschema
from lxml import etree

import jiaokan
from jiaokan import edits, plan
from jiaokan.errors import InputError
from jiaokan.knowledge.load import load
from jiaokan.model import Document, Edit, Span, Status
from jiaokan.read import from_bytes
from jiaokan.read.encodings import encode
from jiaokan.read.formats import FORMATS, read_as
from jiaokan.report.corrected import cleaned, corrected
from jiaokan.report.record import as_json

FILES = Path(__file__).parent / "read" / "files"
LIMIT = 20  # seconds a case may take
MEMORY = 4 * 2**30  # bytes of address space: what takes more is a fault
LONGEST = 2**20  # bytes of a damaged file
CLEANED = 500  # of so many documents one is cleaned, and its record held against the schema
SHORT = 2_000  # characters of a text that is cleaned: this is about readers
WHOLE = 200  # of so many cases one begins with a file as an engine wrote it, which takes 30 times as long as a small one

# How many cases of 100 a format gets: what is slow to read gets fewer.
SHARES = {
    "text": 11, "hocr": 15, "alto": 14, "page-xml": 14, "tesseract-tsv": 11, "ocr-json": 14, "html": 11, "docx": 6, "pdf": 2, "noise": 2,
}  # fmt: skip

# How files begin that are told by it.
MAGIC = (
    b"%PDF-1.7\n", b"\xef\xbb\xbf%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM",
    b"RIFF\x00\x00\x00\x00WEBP", b"II*\x00", b"\x1f\x8b", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"",
    b"level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n", b"level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\t",
    b"<html><meta name='ocr-system'><div class='ocr_page'>", b"<div class='ocr_page'>", b"<?xml version='1.0'?><alto>", b"<alto><Layout><Page><TextBlock><TextLine>",
    b"<PcGts><Page><TextRegion>", b"<?xml version='1.0' encoding='gbk'?><PcGts>", b"<!DOCTYPE html>", b"<table><tr><td>", b"<html><body><pre>",
    b"[[", b'[{"transcription": ', b'{"rec_texts": [', b'{"parsing_res_list": [', b'page.png\t[{"transcription"', b"[null, [[",
)  # fmt: skip

NUMBERS = (
    "", "0", "-1", "-0", "0.0000001", "1e999", "-1e999", "1e308", "-1e308", "NaN", "nan", "inf", "-Infinity", "9" * 400, "9" * 5000, "1000000000", "2147483648",
    "18446744073709551616", "999", "1000", "1001", "0x10", "1_0", "１２", "十", "²", "٣", "1e", "+", "1,2", "1 2", "1 2 3 4", "4 3 2 1", "0 0 0 0", "0 0 1e9 1e9",
    "nan nan nan nan", "1,1 5,5 9,9", "1,1 nan,2", "-5,-5 2,2", "100.1", "101", "1.0000001", "255",
)  # fmt: skip
WORDS = (
    "", " ", "\t", "\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u2028", "\u2029", "\u3000", "\ufeff", "\u202e甲", "\u2066", "\u200b", "\u0301", "\x00", "\x01",
    "\x1b[2J", "\udcff", "\udced\udca0\udc80", "\ufffe", "\ufffd", "\U0010ffff", "𠮷", "&x;", "&nbsp;", "&#0;", "&#1;", "&#x1b;", "&#xD800;", "&#x85;", "&#13;", "&#9;", "&#x10FFFF;",
    "&#99999999999;", "&amp", "<", ">", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<!ENTITY", "<br>", "</p>", "<table>", "<td>", "'", '"',
    "\\", "\\u0000", "%s", "{}", "甲乙", "甲 乙", "abc def", "项" * 3000, "a" * 3000, "/etc/passwd", "../x",
)  # fmt: skip
TOKENS = (
    b"\x00", b"\xff", b"\xff\xfe", b"\x00" * 64, b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xf4\x90\x80\x80", b"\x81\x30\x81\x30", b"PK\x03\x04", b"PK\x01\x02", b"%PDF-", b"%%EOF", b"endobj",
    b"stream\n", b"1e999", b"NaN", b"&x;", b"<!DOCTYPE", b"[" * 3000, b'{"a":' * 3000, b"<a>" * 300, b"</div>" * 300, b"<div>" * 3000, b"(" * 3000, b"<<" * 3000,
)  # fmt: skip
TAGS = (
    "a",
    "div",
    "span",
    "table",
    "tr",
    "td",
    "p",
    "pre",
    "option",
    "ins",
    "String",
    "TextLine",
    "TextRegion",
    "Word",
    "TextEquiv",
    "w:p",
    "w:tbl",
    "w:sdt",
    "w:ins",
    "mc:AlternateContent",
)
DEPTHS = (3, 40, 255, 256, 300, 5_000)


# --- files to begin with


def _hocr(body: str, head: str = "<meta name='ocr-system' content='x'/>") -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?><html xmlns='http://www.w3.org/1999/xhtml'><head>{head}</head><body>{body}</body></html>".encode()


HOCR_PAGE = (
    "<div class='ocr_page' title='image \"a.png\"; bbox 0 0 900 900; ppageno 0'><div class='ocr_carea' title='bbox 9 9 800 400'><p class='ocr_par'>"
    "<span class='ocr_line' id='l1' title='bbox 9 9 400 40; baseline 0 -3'><span class='ocrx_word' id='w1' title='bbox 9 9 60 40; x_wconf 91'>项目</span>"
    "<span class='ocrx_word' id='w2' title='bbox 70 9 120 40; x_wconf 42'><strong>名</strong>称</span> <span class='ocrx_word' title='bbox 130 9 220 40'>open data</span></span>"
    "<span class='ocr_line' title='bbox 9 50 400 80; x_confs 91 80 77'>水库除险&amp;加固</span></p></div>"
    "<span class='ocr_header' id='w1' title='bbox 1 1 5 5'>县<span class='alternatives'><ins class='alt' title='nlp 0.1'>庐</ins><del class='alt'>原</del></span>山</span></div>"
)
ALTO_BODY = (
    "<Layout><Page ID='p1'><TopMargin/><PrintSpace><ComposedBlock ID='c1' HPOS='0' VPOS='0' WIDTH='800' HEIGHT='300'><TextBlock ID='b2' HPOS='9' VPOS='9' WIDTH='400' HEIGHT='80'>"
    "<TextLine HPOS='9' VPOS='9' WIDTH='400' HEIGHT='30'><String ID='s1' CONTENT='项目' HPOS='9' VPOS='9' WIDTH='60' HEIGHT='30' WC='0.91'/><SP/><String ID='s2' CONTENT='名称' WC='0.5'>"
    "<Shape><Polygon POINTS='1,1 2,2'/></Shape><Glyph CONTENT='名'/></String></TextLine><TextLine HPOS='9' VPOS='50' WIDTH='400' HEIGHT='30'><String CONTENT='open'/><HYP CONTENT='-'/></TextLine>"
    "</TextBlock></ComposedBlock><ComposedBlock TYPE='Table'><TextBlock ID='b1' HPOS='0' VPOS='400' WIDTH='100' HEIGHT='30'><TextLine><String CONTENT='经费'/></TextLine></TextBlock>"
    "<TextBlock HPOS='200' VPOS='400' WIDTH='100' HEIGHT='30'><TextLine><String CONTENT='96.5'/></TextLine></TextBlock>"
    "<TextBlock HPOS='200' VPOS='440' WIDTH='100' HEIGHT='30'><TextLine><String CONTENT='万元&lt;'/></TextLine></TextBlock></ComposedBlock></PrintSpace></Page></Layout>"
)
PAGE_BODY = (
    "<Page><ReadingOrder><OrderedGroup id='g'><RegionRefIndexed index='1' regionRef='r1'/><RegionRefIndexed index='0' regionRef='r2'/><UnorderedGroup id='u'><RegionRef regionRef='t1'/></UnorderedGroup>"
    "</OrderedGroup></ReadingOrder><TextRegion id='r1'><Coords points='0,0 800,0 800,90 0,90'/><TextLine id='l1'><Coords points='9,9 400,9 400,40 9,40'/><Word id='w1'><Coords points='9,9 60,9 60,40'/>"
    "<TextEquiv index='1' conf='0.4'><Unicode>项日</Unicode></TextEquiv><TextEquiv index='0' conf='0.9'><Unicode>项目</Unicode></TextEquiv></Word><Word id='w2'><TextEquiv><Unicode>名称</Unicode></TextEquiv></Word>"
    "<TextEquiv><Unicode>项目名称</Unicode></TextEquiv></TextLine><TextLine><Coords><Point x='9' y='50'/><Point x='400' y='80'/></Coords><TextEquiv><PlainText>水库\n除险 dam</PlainText></TextEquiv></TextLine>"
    "<TextEquiv><Unicode>项目名称\n水库</Unicode></TextEquiv></TextRegion><TextRegion id='r2'><TextEquiv conf='1'><Unicode>标题</Unicode></TextEquiv><TextRegion id='r3'><TextLine><TextEquiv><Unicode>内&amp;</Unicode>"
    "</TextEquiv></TextLine></TextRegion></TextRegion><TableRegion id='t1'><Coords points='0,400 400,500'/><TextRegion id='c1'><Coords points='0,400 90,440'/><Roles><TableCellRole rowIndex='0' columnIndex='0'/></Roles>"
    "<TextLine><TextEquiv><Unicode>经费</Unicode></TextEquiv></TextLine></TextRegion><TableCell row='0' col='2'><Coords points='200,400 300,440'/><TextLine><TextEquiv><Unicode>96.5</Unicode></TextEquiv></TextLine></TableCell>"
    "</TableRegion></Page>"
)
HTML = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>无</title><style>p{}</style></head><body><h1>通知</h1><p>各乡镇：<br>现将 <b>有关</b>&nbsp;事项</p><pre>甲\n  乙</pre>"
    "<table><caption>表</caption><tr><th colspan='2'>项目</th><th>金额</th></tr><tr><td rowspan=3>一</td><td style='display:none'>无</td><td>96.5</td></tr><tr><td><table><tr><td>内</td></tr></table></td>"
    "<td><input type=checkbox checked><input value='值'></td></tr></table><select><option selected>选<option>未选</select><ul><li>条</ul><textarea>写</textarea></body></html>"
)
CORNERS = [[10, 10], [200, 10], [200, 40], [10, 40]]
TABLE = "<html><body><table><tr><td colspan='2'>项目</td></tr><tr><td rowspan=\"2\">一</td><td>96.5</td></tr></table></body></html>"
JSONS: tuple[Any, ...] = (
    [[CORNERS, ["项目名称", 0.98]], [[[10, 60], [90, 60], [90, 90], [10, 90]], ["open data", 0.5]]],
    [[[CORNERS, ["第一页", 0.98]]], None, [[CORNERS, ["第三页", 1.0]]]],
    {"res": {"rec_texts": ["项目", "名称"], "rec_scores": [0.9, 0.8], "rec_boxes": [[0, 0, 50, 30], [60, 0, 110, 30]]}},
    {"rec_texts": ["项目"], "rec_scores": None, "rec_polys": [CORNERS]},
    {"txts": ["项目", "96.5"], "scores": [0.9, 0.8], "boxes": [CORNERS, CORNERS]},
    [{"box": CORNERS, "txt": "项目", "score": 0.99}, {"points": CORNERS, "transcription": "名称"}],
    [[CORNERS, "项目", 0.9], [CORNERS, "名称", 0.8]],
    {"parsing_res_list": [{"block_bbox": [0, 0, 300, 60], "block_content": "标题\n次行"}, {"block_bbox": [0, 90, 300, 300], "block_content": TABLE}],
     "overall_ocr_res": {"rec_texts": ["标题"], "rec_scores": [0.9], "rec_boxes": [[0, 0, 90, 30]]},
     "table_res_list": [{"pred_html": TABLE, "cell_box_list": [[0, 90, 300, 120], [0, 120, 90, 300], [90, 120, 300, 150]]}]},
    {"table_res_list": [{"pred_html": TABLE, "cell_box_list": [[0, 90, 300, 120]]}], "overall_ocr_res": {"rec_texts": ["上"], "rec_boxes": [[0, 0, 9, 9]]}},
)  # fmt: skip
NAMES = (
    "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml' "
    "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'"
)
RELATIONS = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{}</Relationships>"
MEMBERS = {
    "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
    "_rels/.rels": RELATIONS.format("<Relationship Id='a' Type='x/officeDocument' Target='word/document.xml'/>"),
    "word/_rels/document.xml.rels": RELATIONS.format(
        "".join(f"<Relationship Type='x/{kind}' Target='{kind}.xml'/>" for kind in ("numbering", "styles", "footnotes", "header", "footer"))
    ),
    "word/document.xml": (
        f"<w:document {NAMES}><w:body><w:p><w:pPr><w:pStyle w:val='H'/></w:pPr><w:r><w:t xml:space='preserve'>总则 </w:t></w:r></w:p>"
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>第二层</w:t><w:tab/><w:br/><w:noBreakHyphen/></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr><w:t>\uf0fe</w:t></w:r></w:ins><w:r><w:sym w:font='Wingdings 2' w:char='F052'/></w:r>"
        "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val='1'/></w14:checkbox></w:sdtPr><w:sdtContent/></w:sdt><w:r><w:footnoteReference w:id='2'/></w:r><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:p>"
        "<w:tbl><w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val='2'/><w:vMerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>经费</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
        "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>内</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>"
        "<mc:AlternateContent><mc:Choice><w:p><w:r><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:r></w:p></mc:Choice><mc:Fallback/></mc:AlternateContent></w:body></w:document>"
    ),
    "word/numbering.xml": (
        f"<w:numbering {NAMES}><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/><w:pStyle w:val='H'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='9999'/><w:numFmt w:val='ideographDigital'/><w:suff w:val='space'/><w:lvlText w:val='%1.%2'/></w:lvl></w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/>"
        "<w:lvlOverride w:ilvl='1'><w:startOverride w:val='3'/></w:lvlOverride></w:num></w:numbering>"
    ),
    "word/styles.xml": f"<w:styles {NAMES}><w:style w:styleId='H'><w:basedOn w:val='G'/><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style><w:style w:styleId='G'><w:basedOn w:val='H'/></w:style></w:styles>",
    "word/footnotes.xml": f"<w:footnotes {NAMES}><w:footnote w:id='2'><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:footnotes>",
    "word/header.xml": f"<w:hdr {NAMES}><w:p><w:r><w:t>县财政局文件</w:t></w:r></w:p></w:hdr>",
    "word/footer.xml": f"<w:ftr {NAMES}><w:p><w:r><w:t>— 1 —</w:t></w:r></w:p></w:ftr>",
}
NOTICE = "关于印发实施细则的通知\n各乡镇人民政府，县直各单位：\n项目名称\t年度资金\t96.5 万元\n— 1 —\n原山市信访工作〔2023〕1号。\n"
# The operators of two pages: running text and a table between rules; text on its side and a picture.
ON_ONE = (
    "BT /F1 10 Tf 1 0 0 1 50 250 Tm (Notice No. 1) Tj 0 -14 Td (open data) Tj ET\n50 200 m 350 200 l S 50 170 m 350 170 l S 50 140 m 350 140 l S\n"
    "50 140 m 50 200 l S 200 140 m 200 200 l S 350 140 m 350 200 l S BT /F1 10 Tf 60 180 Td (a) Tj 150 0 Td (96.5) Tj -150 -30 Td (b) Tj ET\n"
)
ON_TWO = "q 0 1 -1 0 300 50 cm BT /F1 12 Tf 10 10 Td [(si) -500 (de)] TJ ET Q 3 Tr q 9 0 0 9 0 0 cm /Im1 Do Q 10 10 5 200 re f\n"


def _pdf(*pages: str) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + 2 * len(pages), 2))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\nx\nendstream",
    ]
    for number, content in enumerate(pages):
        resources = "/Resources << /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Rotate 0 {resources} /Contents {6 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    body = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in enumerate(objects, start=1))
    return (
        f"%PDF-1.7\n{body}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n0\n%%EOF\n".encode()
    )  # PDFium finds the objects itself


def _packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def _few(name: str, tag: str, most: int) -> bytes:
    """Return a file of an engine with the first elements of a name only."""
    root = etree.fromstring((FILES / name).read_bytes())
    for element in list(root.iter(f"{{*}}{tag}"))[most:]:
        element.getparent().remove(element)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


@cache
def seeds(form: str) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return small files of a format, and large ones as engines wrote them."""

    def files(*names: str) -> tuple[bytes, ...]:
        return tuple((FILES / name).read_bytes() for name in names)

    dumped = tuple(json.dumps(page, ensure_ascii=False).encode() for page in JSONS)
    prefixed = re.sub("<(/?)([A-Z])", r"<\1a:\2", ALTO_BODY)
    words = (FILES / "tesseract.tsv").read_bytes().splitlines(keepends=True)
    found: dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]] = {
        "text": (tuple(NOTICE.encode(codec) for codec in ("utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-be", "utf-32")), ()),
        "hocr": (
            (_hocr(HOCR_PAGE), _hocr(HOCR_PAGE * 2, "<meta name='ocr-system' content='x'><br>"), _few("tesseract.hocr", "p", 3)),
            files("tesseract.hocr"),
        ),
        "alto": (
            (
                f"<?xml version='1.0' encoding='UTF-8'?><alto xmlns='http://www.loc.gov/standards/alto/ns-v4#'>{ALTO_BODY}</alto>".encode(),
                f"<a:alto xmlns:a='x'>{prefixed}</a:alto>".encode(),
                _few("tesseract.alto.xml", "TextLine", 4),
            ),
            files("tesseract.alto.xml"),
        ),
        "page-xml": (
            (f"<?xml version='1.0' encoding='UTF-8'?><PcGts>{PAGE_BODY}</PcGts>".encode(), _few("tesseract.page.xml", "TextLine", 4)),
            files("tesseract.page.xml"),
        ),
        "tesseract-tsv": ((b"".join(words[:12]), b"".join((words[0], *words[20:60]))), files("tesseract.tsv")),
        "ocr-json": (
            (*dumped, b"\n".join(dumped[2:4]), b"page.png\t" + dumped[5] + b"\n"),
            files("paddleocr2.json", "paddleocr3.json", "ppocrlabel.txt", "rapidocr.json"),
        ),
        "html": ((HTML.encode(), HTML.replace("utf-8", "gbk").encode("gbk")), ()),
        "docx": ((_packed({name: content.encode() for name, content in MEMBERS.items()}),), ()),
        "pdf": ((_pdf(ON_ONE, ON_TWO), _pdf(ON_ONE)), files("printed.pdf", "scanned.pdf")),
        "noise": (MAGIC, ()),
    }
    return found[form]


# --- ways to damage them

Mutator = Callable[[Random, bytes], bytes]


def _piece(noise: Random, data: bytes, longest: int = 200) -> tuple[int, int]:
    start = noise.randrange(len(data) + 1)
    return start, min(len(data), start + noise.randrange(1, longest))


def flipped(noise: Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(noise.choice((1, 3, 20)) if data else 0):
        damaged[noise.randrange(len(damaged))] = noise.randrange(256)
    return bytes(damaged)


def cut_out(noise: Random, data: bytes) -> bytes:
    start, end = _piece(noise, data)
    return data[:start] + data[end:]


def doubled(noise: Random, data: bytes) -> bytes:
    start, end = _piece(noise, data)
    return data[:end] + data[start:end] * noise.choice((1, 2, 50)) + data[end:]


def moved(noise: Random, data: bytes) -> bytes:
    start, end = _piece(noise, data)
    rest = data[:start] + data[end:]
    place = noise.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def truncated(noise: Random, data: bytes) -> bytes:
    return data[: noise.randrange(len(data) + 1)]


def inserted(noise: Random, data: bytes) -> bytes:
    place = noise.randrange(len(data) + 1)
    return data[:place] + noise.choice((*TOKENS, noise.randbytes(8))) + data[place:]


def _in_text(change: Callable[[Random, str], str]) -> Mutator:
    """Return a change of a text as one of bytes; those that are no UTF-8 stay as they are."""

    def changed(noise: Random, data: bytes) -> bytes:
        return change(noise, data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    return changed


def _one(noise: Random, pattern: re.Pattern[str], text: str, new: Callable[[str], str]) -> str:
    """Return a text with one of the places where a pattern fits rewritten."""
    places = [found.span() for found in pattern.finditer(text)]
    if not places:
        return text
    start, end = noise.choice(places)
    return text[:start] + new(text[start:end]) + text[end:]


_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ATTRIBUTE = re.compile(r"""(?<==)(?:"[^"<]*"|'[^'<]*')""")
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"(?<=[</])[A-Za-z][\w:.-]*")
_KEY = re.compile(r"(?<= )[\w:.-]+(?==)")
_CONTENT = re.compile(r"(?<=>)[^<>]*(?=<)")
_CELL = re.compile(r"(?<=[\t\n])[^\t\n]*(?=[\t\n])")


def number(noise: Random, text: str) -> str:
    return _one(noise, _NUMBER, text, lambda _: noise.choice(NUMBERS))


def attribute(noise: Random, text: str) -> str:
    return _one(noise, _ATTRIBUTE, text, lambda _: f'"{_written(noise, noise.choice((*NUMBERS, *NUMBERS, *WORDS)))}"')


def _written(noise: Random, text: str) -> str:
    """Return a text as markup has it, for the most part."""
    return escape(text) if noise.randrange(3) else text


def tag(noise: Random, text: str) -> str:
    return _one(noise, _TAG, text, lambda found: noise.choice(("", found * 2, found.replace("/", ""), found[:-1], f"</{found[1:]}")))


def name(noise: Random, text: str) -> str:
    names = [found for found in _NAME.findall(text) if found != "title"] or [
        ""
    ]  # in a <title> nothing is markup: a word there has no alternatives
    return _one(noise, _NAME, text, lambda _: noise.choice((noise.choice(names), noise.choice(TAGS))))


def key(noise: Random, text: str) -> str:
    keys = _KEY.findall(text) or [""]
    return _one(noise, _KEY, text, lambda _: noise.choice(keys))


def content(noise: Random, text: str) -> str:
    return _one(noise, _CONTENT, text, lambda found: noise.choice((found, "")) + _written(noise, noise.choice(WORDS)))


def element(noise: Random, text: str) -> str:
    """Return a text with what stands between two tags somewhere else again."""
    places = [found.span() for found in _TAG.finditer(text)]
    if not places:
        return text
    first = noise.randrange(len(places))
    last = min(len(places) - 1, first + noise.randrange(6))
    start, end, place = places[first][0], places[last][1], noise.choice(places)[1]
    return text[:place] + text[start:end] * noise.choice((1, 1, 20)) + text[place:]


def nested(noise: Random, text: str) -> str:
    one, depth = noise.choice(TAGS), noise.choice(DEPTHS)
    closed = f"</{one}>" * noise.choice((depth, depth, 0))
    return _one(noise, _TAG, text, lambda found: f"{found}{f'<{one}>' * depth}{closed}")


def cell(noise: Random, text: str) -> str:
    return _one(noise, _CELL, text, lambda found: noise.choice((*NUMBERS, *WORDS, f"{found}\t{found}", "-1")))


def word(noise: Random, text: str) -> str:
    place = noise.randrange(len(text) + 1)
    return text[:place] + noise.choice(WORDS) + text[place:]


def recoded(noise: Random, data: bytes) -> bytes:
    codec = noise.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "gb18030", "big5", "cp1252", "utf-7"))
    text = data.decode("utf-8", "replace")
    return re.sub(
        r"(?i)(encoding|charset)=.[\w-]+", rf"\1='{noise.choice((codec, 'gbk', 'utf-8', 'rot13', 'idna'))}", text, count=1
    ).encode(codec, "replace")


_VALUES: tuple[Any, ...] = (
    None, True, False, "", [], {}, 0, -1, 1.0005, 1.01, 1e9, 999999999.9, 1e308, -1e308, math.nan, math.inf, 10**400, "\ud800", "\udc00甲", "\u202e", "\u0000", "甲\t乙\r\n丙", "\u2028", " ", "\ufeff",
    [[0, 0]], [0, 0, 0, 0], [9, 9, 0, 0], [0, 0, 1e8, 1e8], CORNERS, [None, None, None, None], ["甲", 0.5], {"txt": "甲", "box": CORNERS}, "<table><tr><td colspan=99999999>甲<td rowspan='٣'>乙</table>",
    "<table" + "<tr><td>" * 500, "\U0010ffff", "项" * 3000, "DEEP", "DIGITS",
)  # fmt: skip


def value(noise: Random, data: bytes) -> bytes:
    """Return JSON with one of its values lost, doubled, or another."""
    text = data.decode("utf-8", "replace")
    start = min((place for place in (text.find("["), text.find("{")) if place >= 0), default=0)
    try:
        page = json.loads(text[start:])
    except (ValueError, RecursionError):
        return inserted(noise, data)
    places = [(page, key) for key in _keys(page)]
    for holder, key in places:  # grows as it goes: a value within a value is a place too
        places.extend((holder[key], inner) for inner in _keys(holder[key]))
    if not places:
        return inserted(noise, data)
    holder, key = noise.choice(places)
    way = noise.randrange(6)
    if way == 0:
        del holder[key]
    elif way == 1 and isinstance(holder, list):
        holder.insert(noise.randrange(len(holder) + 1), holder[key])
    elif way == 2:
        other, another = noise.choice(places)
        holder[key] = json.loads(json.dumps(other[another]))
    else:
        holder[key] = noise.choice(_VALUES)
    depth = noise.choice((3, 900, 100_000))
    try:
        written = json.dumps(page, ensure_ascii=noise.random() < 0.7)
    except RecursionError:
        return inserted(noise, data)
    written = written.replace('"DEEP"', "[" * depth + "]" * depth).replace('"DIGITS"', "9" * 9000)
    return (text[:start] + written).encode("utf-8", "surrogatepass")


def _keys(found: Any) -> list[Any]:
    return list(found) if isinstance(found, dict) else list(range(len(found))) if isinstance(found, list) else []


def member(noise: Random, data: bytes) -> bytes:
    """Return a DOCX with one of its members damaged, lost or renamed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {one: archive.read(one) for one in archive.namelist()}
    except Exception:  # noqa: BLE001 -- it is damaged already
        return flipped(noise, data)
    if not members:
        return data
    one = noise.choice([*members, *[part for part in ("word/document.xml",) * 8 if part in members]])
    way = noise.randrange(20)
    if way == 0:
        del members[one]
    elif way == 1:
        members[noise.choice(("../x", "/x", "a\\b", "c:x", "x\x1b[2J", "\u202ex", "word/document.xml/", "项目" * 50))] = members.pop(one)
    elif way == 2:
        members[one] = members[noise.choice(list(members))]
    else:
        members[one] = noise.choice(_MARKUP)(noise, members[one])
    return _packed(
        members, noise.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    )


_BYTES: tuple[Mutator, ...] = (flipped, cut_out, doubled, moved, truncated, inserted)
_MARKUP: tuple[Mutator, ...] = (
    *_BYTES, *map(_in_text, (*(number, attribute, content, element) * 4, tag, tag, name, key, nested)), recoded,
)  # fmt: skip
MUTATORS: dict[str, tuple[Mutator, ...]] = {
    "text": (*_BYTES, _in_text(word), _in_text(cell), recoded),
    "hocr": _MARKUP,
    "alto": _MARKUP,
    "page-xml": _MARKUP,
    "html": _MARKUP,
    "tesseract-tsv": (*_BYTES, *map(_in_text, (number, cell, cell, cell, cell, word)), recoded),
    "ocr-json": (*_BYTES, *(value,) * 9, _in_text(number), _in_text(word), recoded),
    "docx": (flipped, inserted, truncated, *(member,) * 9),
    "pdf": (*_BYTES, _in_text(number), _in_text(number), _in_text(word)),
    "noise": (
        lambda noise, data: data + noise.randbytes(noise.randrange(300)),
        lambda noise, data: data + noise.choice((*TOKENS, *map(_bytes, WORDS))),
    ),
}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def case(form: str, noise: Random) -> bytes:
    """Return a damaged file of a format."""
    small, large = seeds(form)
    data = noise.choice(large if large and noise.randrange(WHOLE) == 0 else small)
    for _ in range(noise.choice((1, 1, 1, 2, 3, 6))):
        data = noise.choice(MUTATORS[form])(noise, data)[:LONGEST]
    return data


# --- what must hold


WHERE = "scans/page"  # the place that is given to the reader


def judged(data: bytes, noise: Random) -> Document | None:
    """Read some bytes; return the document, or None if they are none. Raises AssertionError if it, or the refusal, is not as it must be."""
    try:
        document = from_bytes(data, source=WHERE, id="page")
    except InputError as error:
        assert_clear(error)
        return None
    assert_sound(document, data)
    if document.boxes:
        assert_corrected(document, data, noise)
    return document


def assert_clear(error: InputError) -> None:
    """Check that an error says what went wrong, where and what to do, on a line each, and nothing of this machine."""
    assert error.where.startswith(WHERE), f"where: {error.where!r}"
    assert error.what.strip(), "an error that says nothing"
    assert error.fix.strip(), f"no fix: {error.what!r}"
    for part in (error.what, error.where, error.fix):
        assert not any(unicodedata.category(one) in {"Cc", "Cs"} for one in part), f"control characters in {part!r}"
        assert len(part) <= 500, f"{len(part)} characters: {part!r}"
        assert not any(own in part for own in _OWN), f"a path of this machine: {part!r}"
        assert not re.search(r"\bat 0x[0-9a-f]{6}|Traceback", part), part


_OWN = tuple(
    {
        str(Path(place).resolve())
        for place in (jiaokan.__file__, Path(__file__).parent.parent, sys.prefix, tempfile.gettempdir(), Path.home(), etree.__file__)
    }
    - {"/"}
)


def assert_sound(document: Document, data: bytes) -> None:
    """Check that what was read is as model.Document promises."""
    text = document.text
    assert document.original == text
    assert text.strip(), "no text"
    text.encode()  # no lone surrogates
    if document.format == "text":
        assert encode(text, document.encoding) == data, "the bytes do not come back"
    else:
        assert "\r" not in text
    end = 0
    for box in document.boxes:
        assert end <= box.span.start < box.span.end <= len(text), f"boxes out of order or empty: {box}"
        end = box.span.end
        assert "\t" not in text[slice(*box.span)], f"a tab in {box}"
        assert isinstance(box.id, str), box
        assert box.id, f"no id: {box}"
        assert type(box.page) is int, box
        assert box.page >= 1, box
        assert all(isinstance(side, (int, float)) and math.isfinite(side) for side in (box.left, box.top, box.right, box.bottom)), box
        assert box.confidence is None or 0 <= box.confidence <= 1, box
    assert len({box.id for box in document.boxes}) == len(document.boxes), "an id twice"
    if document.boxes:
        outside = list(text)
        for box in document.boxes:
            outside[slice(*box.span)] = [""] * (box.span.end - box.span.start)
        assert not "".join(outside).strip(), "text outside of every box"
    for block in document.blocks:
        assert 0 <= block.span.start < block.span.end <= len(text), block


def assert_corrected(document: Document, data: bytes, noise: Random) -> None:
    """Check that edits anywhere are written into the engine's file, and that this reads as the cleaned text."""
    changes = []
    places = sorted({noise.randrange(len(document.text) + 1) for _ in range(noise.choice((0, 2, 8)))})
    for start, end in zip(places[::2], places[1::2], strict=False):
        end = min(end, start + 6)
        after = "".join(noise.choice("山民项3c，\t\n ><&\"'") for _ in range(noise.randrange(4)))
        if after != document.original[start:end]:
            changes.append(Edit(Span(start, end), document.original[start:end], after, "test", "test", 0.9, "", Status.APPLIED))
    document = edits.revise(document, changes)
    assert _bare("".join(text.text for text in cleaned(document))) == _bare(document.text)
    try:
        new = corrected(data, document)
    except InputError as error:
        assert_clear(error)
        return
    if document.format not in {"hocr", "alto", "page-xml"}:
        assert new is None
        return
    assert new is not None
    if not changes:
        assert new == data, "nothing changed, and another file"
    elif _bare(document.text):
        form = next(one for one in FORMATS if one.name == document.format)
        try:
            again = read_as(form, new, where=WHERE)
        except InputError as error:
            assert "depth" in error.what or "deep" in error.what  # noqa: PT017 -- alternatives are two elements more
            return
        assert _bare(again.text) == _bare(document.text), f"corrected: {again.text[:300]!r}, cleaned: {document.text[:300]!r}"


def _bare(text: str) -> str:
    return "".join(text.split())


def assert_record(document: Document) -> None:
    """Check that the document can be cleaned, and its record is as the schema says."""
    done = plan.run(document, load())
    assert done.original == document.original
    assert jiaokan.original(done) == document.original
    record = jiaokan.to_record(done)
    _validator().validate(record)
    json.loads(as_json(record).encode(), parse_constant=_never)


def _never(constant: str) -> None:
    raise AssertionError(f"{constant} in a record")


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(jiaokan.schema())


# --- the command


class Tally(NamedTuple):
    """What came of the cases of a format."""

    form: str
    cases: int = 0
    documents: int = 0
    errors: int = 0
    faults: int = 0
    slowest: float = 0.0  # seconds to read a case, and to write corrections into it

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]
        """Return both together."""
        counts = (one + two for one, two in zip(self[1:5], other[1:5], strict=True))
        return Tally(self.form, *counts, slowest=max(self.slowest, other.slowest))


class _TooSlowError(Exception):
    """A case took longer than it may."""


@contextmanager
def _limited() -> Iterator[None]:
    def ended(*_: object) -> None:
        raise _TooSlowError(f"over {LIMIT} s")

    signal.signal(signal.SIGALRM, ended)
    signal.alarm(LIMIT)
    try:
        yield
    finally:
        signal.alarm(0)


def run(form: str, seed: int, numbers: range, keep: Path | None) -> Tally:
    """Return what came of some cases; inputs that showed a fault are kept."""
    sys.modules["jiaokan.read.image"] = None  # type: ignore[assignment] -- pictures are an engine's business, not a reader's
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    load()  # else the first case waits for the dictionaries
    tally = Tally(form)
    running = keep and keep / f"running-{form}-{numbers.start}"
    for place in numbers:
        if place % 100 == 0:  # what hangs within a library hears no signal
            faulthandler.dump_traceback_later(20 * LIMIT, exit=True)
        noise = Random(f"{seed} {form} {place}")
        data = case(form, noise)
        if running:
            running.write_bytes(data)
        documents = errors = faults = 0
        seconds, start = 0.0, time.perf_counter()
        try:
            with _limited():
                document = judged(data, noise)
                seconds = time.perf_counter() - start
                if document and len(document.text) <= SHORT and noise.randrange(CLEANED) == 0:
                    assert_record(document)
            documents, errors = (1, 0) if document else (0, 1)
        except Exception as error:  # noqa: BLE001 -- that is what is looked for
            faults = 1
            print(f"{form}-{seed}-{place}: {type(error).__name__}: {str(error)[:400]}", file=sys.stderr)
            if keep:
                (keep / f"{form}-{seed}-{place}").write_bytes(data)
        tally += Tally(form, 1, documents, errors, faults, seconds or time.perf_counter() - start)
    faulthandler.cancel_dump_traceback_later()
    if running:
        running.unlink(missing_ok=True)
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Run the cases and print the table; return 1 if any showed a fault."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", help="formats, with commas between them", default=",".join(SHARES))
    parser.add_argument("--keep", type=Path, help="folder for the inputs that show a fault")
    options = parser.parse_args(arguments)
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(SHARES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(SHARES)}")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    whole = sum(SHARES[form] for form in chosen)
    tallies = {form: Tally(form) for form in chosen}
    start = time.perf_counter()
    chunks = [
        (form, options.seed, range(first, min(first + 500, last)), options.keep)
        for form in chosen
        for last in [round(options.cases * SHARES[form] / whole)]
        for first in range(0, last, 500)
    ]
    if options.jobs == 1:
        for chunk in chunks:
            tallies[chunk[0]] += run(*chunk)
    else:
        with ProcessPoolExecutor(options.jobs) as pool:
            for tally in pool.map(run, *zip(*chunks, strict=True)):
                tallies[tally.form] += tally
    print("| format | cases | documents | clear errors | faults | slowest, s |\n|---|---:|---:|---:|---:|---:|")
    for tally in (*tallies.values(), sum(tallies.values(), Tally("all"))):
        print(f"| {tally.form} | {tally.cases:,} | {tally.documents:,} | {tally.errors:,} | {tally.faults} | {tally.slowest:.2f} |")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024
    print(f"\nseed {options.seed}, {time.perf_counter() - start:.0f} s, peak memory {peak} MB")
    return 1 if any(tally.faults for tally in tallies.values()) else 0


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main())
