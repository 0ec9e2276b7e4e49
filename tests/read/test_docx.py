"""Word documents are read as they stand on paper: numbers, merged cells, ticks; nothing struck out, nothing unpacked without end."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from random import Random

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from jiaokan.errors import InputError
from jiaokan.read.docx import read
from jiaokan.read.formats import told

W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"'


def made(*paragraphs: str, change: Callable[[Document], None] | None = None) -> bytes:
    """Return a document of paragraphs, changed."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if change:
        change(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def inner(content: str) -> bytes:
    """Return a document with one paragraph of the given XML."""
    names = f"{nsdecls('w')} {W14} {MC} {WPS}"
    return made(change=lambda document: document.element.body.insert(0, parse_xml(f"<w:p {names}>{content}</w:p>")))


def body(content: str) -> bytes:
    """Return a document with the given XML at the top of its body."""
    names = f"{nsdecls('w')} {W14} {MC} {WPS}"

    def change(document: Document) -> None:
        for number, block in enumerate(parse_xml(f"<w:body {names}>{content}</w:body>")):
            document.element.body.insert(number, block)

    return made(change=change)


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return an archive with a member added or replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    return packed({**members, name: content})


def form(document: Document) -> None:
    table = document.add_table(rows=4, cols=4)
    for row, cells in enumerate(
        [("项目名称", "村级公路养护", "", ""), ("年度资金", "总额", "96.5", "万元"), ("", "其中：省级", "60", "万元"), ("备注", "", "", "")]
    ):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 3))
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 1).text = "第一行\n第二行"
    table.cell(3, 1).add_paragraph("see note")
    table.cell(3, 1).add_paragraph("two")
    nested = table.cell(3, 3).add_table(rows=1, cols=2)
    nested.cell(0, 0).text, nested.cell(0, 1).text = "甲", "乙"


def furniture(document: Document) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "柳溪县财政局文件"
    section.footer.paragraphs[0].text = "— 1 —"


LEVELS = [
    ("chineseCountingThousand", "%1、"),
    ("chineseCounting", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "%3.%4"),
    ("bullet", "●"),
    ("upperRoman", "%6."),
    ("decimal", "%s%7"),
]


def numbered(*paragraphs: tuple[int, str]) -> bytes:
    """Return a document of numbered paragraphs, each with its level."""

    def change(document: Document) -> None:
        numbering = document.part.numbering_part.element
        levels = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for place, (form, text) in enumerate(LEVELS)
        )
        numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for level, text in paragraphs:
            numbers = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'
            document.element.body.append(parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{numbers}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"))

    return made(change=change)


BOX = "<w:txbxContent><w:p><w:r><w:t>框内文字</w:t></w:r></w:p></w:txbxContent>"
ROW = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"

TO_21 = [*"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十", "二十一"]

# label, file, text
READ = [
    ("a percent sign in a number is itself", lambda: numbered((6, "甲")), "%s1甲\n"),
    ("paragraphs in order, empty ones aside", lambda: made("关于开展检查的通知", "", "各乡镇："), "关于开展检查的通知\n各乡镇：\n"),
    (
        "merged cells once, columns kept, a cell on one line, a table in a cell",
        lambda: made("前", change=form),
        "前\n项目名称\t村级公路养护\t\t\n年度资金\t总额\t96.5\t万元\n\t其中：省级\t60\t万元\n备注\t第一行第二行see note two\t\t甲 乙\n",
    ),
    ("a header with words, a footer without", lambda: made("正文", change=furniture), "柳溪县财政局文件\n正文\n"),
    ("a line broken by hand, a tab", lambda: inner("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r>"), "甲\n乙 丙\n"),
    (
        "what was inserted stays, what was struck out goes",
        lambda: inner(
            "<w:r><w:t>补助</w:t></w:r><w:del><w:r><w:delText>三</w:delText></w:r></w:del><w:ins><w:r><w:t>五</w:t></w:r></w:ins><w:r><w:t>万元</w:t></w:r>"
        ),
        "补助五万元\n",
    ),
    (
        "a paragraph whose end was struck out",
        lambda: body(
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>自发布</w:t></w:r></w:p><w:p><w:r><w:t>之日起施行。</w:t></w:r></w:p>"
        ),
        "自发布之日起施行。\n",
    ),
    ("a row struck out", lambda: body("<w:tbl>" + ROW.format("", "留") + ROW.format("<w:trPr><w:del/></w:trPr>", "去") + "</w:tbl>"), "留\t\n"),
    ("hidden words", lambda: inner("<w:r><w:t>明</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"), "明\n"),
    (
        "tick boxes as content controls",
        lambda: inner(
            "".join(
                f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{value}"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent>'
                f"</w:sdt><w:r><w:t>{text}</w:t></w:r>"
                for value, text in ((1, "新增"), (0, "延续"))
            )
        ),
        "☑新增☐延续\n",
    ),
    (
        "tick boxes in fonts of signs",
        lambda: inner(
            '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>是</w:t><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>否</w:t>'
            '<w:sym w:font="Wingdings" w:char="F0FC"/></w:r><w:r><w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>R</w:t></w:r><w:r><w:t>R\uf0fe</w:t></w:r>'
        ),
        "☑是☐否√☑R☑\n",
    ),
    ("a sign nobody knows is a gap", lambda: inner('<w:r><w:sym w:font="Archive" w:char="F041"/><w:sym w:font="Wingdings" w:char="x"/></w:r>'), "\ufffd\ufffd\n"),
    (
        "an old form field",
        lambda: inner(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData></w:fldChar></w:r>'
            "<w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:t>是</w:t></w:r>"
        ),
        "☑是\n",
    ),
    (
        "a text box given twice is read once, behind its paragraph",
        lambda: inner(
            f"<w:r><w:t>正</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>文</w:t></w:r>"
        ),
        "正文\n框内文字\n",
    ),
    (
        "numbers of lists",
        lambda: numbered((0, "总则"), (1, "依据"), (1, "原则"), (2, "公开"), (3, "方式"), (0, "分则"), (1, "范围"), (4, "无号"), (5, "无号")),
        "一、总则\n（一）依据\n（二）原则\n1.公开\n1.1方式\n二、分则\n（一）范围\n无号\n无号\n",
    ),
    ("the eleventh and the twenty-first", lambda: numbered(*[(0, "条")] * 21), "".join(f"{number}、条\n" for number in TO_21)),
    ("a number before digits stands apart", lambda: numbered((3, "2024年")), "1.1 2024年\n"),
    ("a row that begins in the second column", lambda: body("<w:tbl>" + ROW.format("", "甲") + ROW.format('<w:trPr><w:gridBefore w:val="1"/></w:trPr>', "乙") + "</w:tbl>"), "甲\t\t\n\t乙\t\n"),
    ("a picture that is missing", lambda: made("正文").replace(b"docProps/thumbnail.jpeg", b"docProps/thumbnail.gone"), "正文\n"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_document_is_read(make: Callable[[], bytes], text: str) -> None:
    reading = read(make(), where="a.docx")
    assert reading.text == text
    assert reading.boxes == ()


def test_notes_stand_at_the_end() -> None:
    data = inner('<w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>')
    notes = f"<w:footnotes {nsdecls('w')}>" + "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for number, text in ((0, "分隔"), (2, "引自年报"))
    )
    data = with_part(data, "word/footnotes.xml", f"{notes}</w:footnotes>".encode())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relations = relations.replace("</Relationships>", f'<Relationship Id="rIdN" Type="{kind}" Target="footnotes.xml"/></Relationships>')
    assert read(with_part(data, "word/_rels/document.xml.rels", relations.encode()), where="a.docx").text == "正文\n引自年报\n"


def bomb() -> bytes:
    """Return a document with a member that unpacks to a gigabyte of zeros: one packed piece again and again."""
    packer = zlib.compressobj(wbits=-15)
    piece = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    file = io.BytesIO(made("正文"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/zeros.xml", piece * 64 + packer.flush())
        member = archive.infolist()[-1]
        member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, 2**30
    return file.getvalue()


def twice() -> bytes:
    file = io.BytesIO(made("正文"))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", b"<x/>")
    return file.getvalue()


def squeezed() -> bytes:
    """Return a document compressed as ZIP allows and Office does not."""
    file = io.BytesIO(made("正文"))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("word/x.xml", b"<x/>" * 100, zipfile.ZIP_LZMA)
    return file.getvalue()


def of_word(content: str) -> bytes:
    """Return a document whose main part is the given text."""
    return with_part(made("正文"), "word/document.xml", content.encode())


WORDS = f"<w:document {nsdecls('w')}><w:body>{{}}</w:body></w:document>"

# label, file, what is wrong
REFUSED = [
    ("a bomb", bomb, "unpacks from"),
    ("too many members", lambda: packed({f"word/{number}": b"" for number in range(10_001)}), "an archive of 10001 files"),
    ("a member outside", lambda: with_part(made("正文"), "../../x", b""), "outside itself"),
    ("a member at the root", lambda: with_part(made("正文"), "/etc/x", b""), "outside itself"),
    ("a member on a drive", lambda: with_part(made("正文"), "C:/x", b""), "outside itself"),
    ("two members of one name", twice, "two files of one name"),
    ("a member compressed in another way", squeezed, "'word/x.xml' is compressed by a method (number 14)"),
    ("a workbook", lambda: packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}), "an Excel workbook, not a DOCX"),
    ("a presentation", lambda: packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<x/>"}), "a PowerPoint presentation, not a DOCX"),
    ("a book", lambda: packed({"mimetype": b"application/epub+zip", "a.xhtml": b""}), "an EPUB book, not a DOCX"),
    ("OpenDocument", lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "an OpenDocument file, not a DOCX"),
    ("OFD", lambda: packed({"OFD.xml": b"<x/>"}), "an OFD document, not a DOCX"),
    ("a plain archive", lambda: packed({"a.txt": b"a"}), "a ZIP archive, not a DOCX"),
    ("an empty archive", lambda: packed({}), "a ZIP archive, not a DOCX"),
    ("an old document", lambda: b"\xd0\xcf\x11\xe0" + bytes(600) + "WordDocument".encode("utf-16-le"), "an old Word document (.doc)"),
    ("an encrypted document", lambda: b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "an encrypted Office document"),
    ("cut off", lambda: made("正文")[:-3000], "damaged DOCX"),
    ("noise behind the magic", lambda: b"PK\x03\x04" + Random(1).randbytes(5000), "damaged DOCX"),
    ("a part damaged", lambda: made("正文" * 3000).replace(b"word/document.xml", b"word/document.xmm", 1), "damaged DOCX"),
    ("entities", lambda: of_word('<!DOCTYPE w [<!ENTITY a "b">]>' + WORDS.format("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>")), "entities"),
    ("malformed", lambda: of_word("<w:document"), "malformed XML"),
    ("nested without end", lambda: of_word(WORDS.format("<w:p>" * 100_000 + "</w:p>" * 100_000)), "deep"),
    ("no body", lambda: of_word(f"<w:document {nsdecls('w')}/>"), "without a body"),
    ("columns without end", lambda: body('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="9999999"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'), "columns"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_document_is_refused(make: Callable[[], bytes], what: str) -> None:
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        read(make(), where="a.docx")
    assert caught.value.where.startswith("a.docx")


def test_damage_anywhere_is_told() -> None:
    data = made("关于开展检查的通知", change=form)
    noise = Random(2)
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(3):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        try:
            read(bytes(damaged[: noise.randrange(len(data) // 2, len(data) + 1)]), where="a.docx")
        except InputError:
            continue


def test_tables_within_one_another_are_read() -> None:
    nested = "<w:p/>"
    for _ in range(60):
        nested = f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>格</w:t></w:r></w:p>{nested}</w:tc></w:tr></w:tbl>"
    assert read(body(nested), where="a.docx").text == "格" * 60 + "\n"


def test_the_format_is_told_by_the_first_bytes() -> None:
    form = told(made("正文"))
    assert form is not None
    assert form.name == "docx"
