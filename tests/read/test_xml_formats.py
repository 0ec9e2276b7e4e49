"""What OCR engines write in XML becomes a text, and each word keeps its place, its id and the engine's confidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiaokan.errors import InputError
from jiaokan.model import Box, Document
from jiaokan.read import alto, from_bytes, hocr, page_xml
from jiaokan.read.formats import Reading
from jiaokan.read.xml import DEEPEST, element_spans, html, xml

FILES = Path(__file__).parent / "files"
ENGINE = ["tesseract.hocr", "tesseract.alto.xml", "tesseract.page.xml"]


def opened(data: bytes | str) -> Document:
    return from_bytes(data if isinstance(data, bytes) else data.encode(), source="page", id="page")


def in_hocr(body: str) -> str:
    head = '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><meta name="ocr-system" content="x"/></head>'
    return f'{head}<body><div class="ocr_page" title="bbox 0 0 900 900; ppageno 0">{body}</div></body></html>'


def in_alto(body: str, *, version: str = "ns-v3#", order: str = "") -> str:
    return (
        f'<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/{version}">{order}<Layout><Page><PrintSpace>{body}'
        "</PrintSpace></Page></Layout></alto>"
    )


def in_page(body: str, *, version: str = "2019-07-15") -> str:
    return f'<?xml version="1.0"?><PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/{version}"><Page>{body}</Page></PcGts>'


def word(text: str, *, left: int = 0, top: int = 0, width: int = 30, more: str = "") -> str:
    return f'<span class="ocrx_word" title="bbox {left} {top} {left + width} {top + 30}; x_wconf 91"{more}>{text}</span>'


def line(*words: str, box: str = "0 0 300 30") -> str:
    return f'<span class="ocr_line" title="bbox {box}">{"".join(words)}</span>'


def par(*lines: str) -> str:
    return f'<p class="ocr_par">{"".join(lines)}</p>'


def block(*lines: str, box: tuple[int, int, int, int] = (0, 0, 300, 30), name: str = "") -> str:
    place = 'HPOS="{}" VPOS="{}" WIDTH="{}" HEIGHT="{}"'.format(*box)
    return f'<TextBlock ID="{name}" {place}>{"".join(f"<TextLine {place}>{line}</TextLine>" for line in lines)}</TextBlock>'


def string(text: str) -> str:
    return f'<String CONTENT="{text}"/>'


def equiv(*lines: str, **attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    text = "\n".join(lines)
    return f"<TextEquiv{given}><Unicode>{text}</Unicode></TextEquiv>"


def region(name: str, text: str, more: str = "") -> str:
    return f'<TextRegion id="{name}">{more}<TextLine id="{name}l">{equiv(text)}</TextLine></TextRegion>'


def role(row: int, column: int) -> str:
    return f'<Roles><TableCellRole rowIndex="{row}" columnIndex="{column}"/></Roles>'


@pytest.mark.parametrize("name", ENGINE)
def test_a_page_that_the_engine_read(name: str) -> None:
    document = opened((FILES / name).read_bytes())
    assert document.format == {"hocr": "hocr", "alto": "alto", "page": "page-xml"}[name.split(".")[1]]
    assert document.encoding == "utf-8"
    lines = document.text.split("\n")
    assert lines[:3] == ["靖西市卫生健康局", "行政处罚决定书", "文号;靖卫医罚【2022]9号"]
    assert lines[3].startswith("被处罚人")
    assert lines[4].startswith("证照名称")
    assert lines[6].startswith("百色市卫生监督机构转来的投诉线索")
    assert lines[6].endswith("高速手机和使用过的一次性注射器。")  # three printed lines are one paragraph
    assert lines[-2:] == ["靖西市卫生健康局", "2022年8月19日"]
    assert len(document.boxes) == len({box.id for box in document.boxes}) == 647
    first = document.boxes[0]
    assert (document.text[slice(*first.span)], first.page, first.confidence) == ("靖", 1, 0.91)
    assert (first.left, first.top, first.right, first.bottom) == (492, 119, 551, 181)
    read = "".join(document.text[slice(*box.span)] for box in document.boxes)
    assert read == "".join(document.text.split())


def test_three_formats_of_one_reading_say_the_same() -> None:
    assert len({opened((FILES / name).read_bytes()).text for name in ENGINE}) == 1


# label, file, text
TEXTS = [
    ("hOCR: Chinese words without blanks", in_hocr(par(line(word("项目"), word("名称"), word("："), word("水库")))), "项目名称：水库"),
    ("hOCR: Latin words and numbers with one", in_hocr(par(line(word("Windows"), word("11"), word("Pro")))), "Windows 11 Pro"),
    ("hOCR: Latin punctuation", in_hocr(par(line(word("Yes,"), word("we"), word("can"), word("."), word("(now)")))), "Yes, we can. (now)"),
    ("hOCR: numbers beside Chinese", in_hocr(par(line(word("2022"), word("年"), word("12"), word("月")))), "2022年12月"),
    (
        "hOCR: lines of a paragraph",
        in_hocr(par(line(word("全县"), box="60 0 300 30"), line(word("粮食"), box="0 40 300 70"), line(word("产量"), box="0 80 90 110"))),
        "全县粮食产量",
    ),
    ("hOCR: Latin lines", in_hocr(par(line(word("open")), line(word("data"), box="0 40 300 70"))), "open data"),
    (
        "hOCR: a line that ends early ends its paragraph",
        in_hocr(par(line(word("金额"), box="0 0 120 30"), line(word("单位名称"), box="0 40 300 70"))),
        "金额\n单位名称",
    ),
    (
        "hOCR: an indented line begins a paragraph",
        in_hocr(par(line(word("甲"), box="0 0 300 30"), line(word("乙"), box="60 40 300 70"))),
        "甲\n乙",
    ),
    ("hOCR: paragraphs", in_hocr(par(line(word("甲"))) + par(line(word("乙")))), "甲\n乙"),
    (
        "hOCR: lines without words (OCRopus)",
        in_hocr('<span class="ocr_line" title="bbox 0 0 9 9">第一行</span><span class="ocr_line">第二行</span>'),
        "第一行\n第二行",
    ),
    (
        "hOCR: characters in a word (kraken)",
        in_hocr(line('<span class="ocrx_word"><span class="ocrx_cinfo">水</span><span class="ocrx_cinfo">库</span></span>')),
        "水库",
    ),
    ("hOCR: bold words", in_hocr(line("<span class='ocrx_word'><strong>水</strong>库</span>")), "水库"),
    ("hOCR: headers, captions", in_hocr('<span class="ocr_header">简报</span><span class="ocr_caption">图一</span>'), "简报\n图一"),
    ("hOCR: a paragraph without lines", in_hocr('<p class="ocr_par">只有段落</p>'), "只有段落"),
    ("hOCR: words without a line", in_hocr(word("甲") + word("乙")), "甲乙"),
    ("hOCR: comments are no text", in_hocr(line(word("水<!-- 火 -->库"))), "水库"),
    ("hOCR: empty words", in_hocr(line(word("水"), word(" "), word("库"))), "水库"),
    (
        "hOCR: of alternatives the chosen one",
        in_hocr(line(word('<span class="alternatives"><ins class="alt">原</ins><del class="alt">源</del></span>市'))),
        "原市",
    ),
    (
        "hOCR: alternatives the other way round, and more than one",
        in_hocr(
            line(word('<span class="alternatives"><del class="alt">源</del><ins class="alt">原</ins><ins class="alt">元</ins></span>市'))
        ),
        "原市",
    ),
    ("hOCR: the entities of HTML", in_hocr(line(word("水&nbsp;库"))).replace("<html", "<!DOCTYPE html><html"), "水 库"),
    (
        "hOCR: not well-formed",
        '<html><meta name="ocr-system" content="x"><div class="ocr_page">' + line(word("水库<br>")) + "</html>",
        "水库",
    ),
    (
        "hOCR: two pages",
        in_hocr(line(word("甲"))).replace("</body>", '<div class="ocr_page">' + line(word("乙")) + "</div></body>"),
        "甲\n乙",
    ),
    (
        "ALTO 2: no namespace",
        in_alto(block(string("水") + "<SP/>" + string("库"))).replace(' xmlns="http://www.loc.gov/standards/alto/ns-v3#"', ""),
        "水库",
    ),
    ("ALTO 4", in_alto(block(string("水库")), version="ns-v4#"), "水库"),
    (
        "ALTO: a prefix",
        in_alto(block(string("水库"))).replace("<", "<a:").replace("<a:/", "</a:").replace("<a:?", "<?").replace("xmlns=", "xmlns:a="),
        "水库",
    ),
    ("ALTO: a word divided at the line's end", in_alto(block(string("exam") + '<HYP CONTENT="-"/>', string("ple"))), "example"),
    ("ALTO: blocks", in_alto(block(string("甲")) + block(string("乙"))), "甲\n乙"),
    (
        "ALTO: reading order",
        in_alto(
            block(string("乙"), name="b") + block(string("甲"), name="a"),
            order='<ReadingOrder><OrderedGroup><ElementRef REF="a"/><ElementRef REF="b"/></OrderedGroup></ReadingOrder>',
        ),
        "甲\n乙",
    ),
    (
        "ALTO: a table",
        in_alto(
            '<ComposedBlock TYPE="table">'
            + block(string("资金"), box=(0, 0, 90, 30))
            + block(string("50"), box=(200, 2, 90, 30))
            + block(string("其中"), box=(0, 50, 90, 30))
            + block(string("中央"), box=(100, 50, 90, 30))
            + block(string("30"), box=(200, 50, 90, 30))
            + "</ComposedBlock>"
        ),
        "资金\t\t50\n其中\t中央\t30",
    ),
    (
        "ALTO: a table whose places are not clear",
        in_alto('<ComposedBlock TYPE="table">' + block(string("资金")) + block(string("50")) + "</ComposedBlock>"),
        "资金\n50",
    ),
    ("PAGE: 2013", in_page(region("a", "水库"), version="2013-07-15"), "水库"),
    (
        "PAGE: reading order, nested",
        in_page(
            '<ReadingOrder><OrderedGroup><RegionRefIndexed index="1" regionRef="b"/><UnorderedGroupIndexed index="0"><RegionRef regionRef="c"/>'
            "</UnorderedGroupIndexed></OrderedGroup></ReadingOrder>" + region("a", "末") + region("b", "中") + region("c", "首")
        ),
        "首\n中\n末",
    ),
    (
        "PAGE: the lowest index",
        in_page(f"<TextRegion><TextLine>{equiv('源', index='1')}{equiv('原', index='0')}</TextLine></TextRegion>"),
        "原",
    ),
    ("PAGE: words", in_page(f"<TextRegion><TextLine><Word>{equiv('水')}</Word><Word>{equiv('库')}</Word></TextLine></TextRegion>"), "水库"),
    (
        "PAGE: a line corrected by hand, its words left as they were",
        in_page(f"<TextRegion><TextLine><Word>{equiv('木')}</Word><Word>{equiv('库')}</Word>{equiv('水库')}</TextLine></TextRegion>"),
        "水库",
    ),
    ("PAGE: a region without lines", in_page(f"<TextRegion>{equiv('第一行', '第二行')}</TextRegion>"), "第一行\n第二行"),
    (
        "PAGE: a region within a region",
        in_page(f'<TextRegion id="a"><TextLine>{equiv("外")}</TextLine>{region("b", "内")}</TextRegion>'),
        "外\n内",
    ),
    (
        "PAGE: a table by the roles of its cells",
        in_page(
            f"<TableRegion>{region('c', '50', role(0, 2))}{region('a', '资金', role(0, 0))}{region('d', '其中', role(1, 1))}</TableRegion>"
        ),
        "资金\t\t50\n\t其中",
    ),
    (
        "PAGE: a table as Transkribus has it",
        in_page(
            "<TableRegion>"
            + "".join(
                f'<TableCell row="{at[0]}" col="{at[1]}"><TextLine>{equiv(at[2])}</TextLine></TableCell>' for at in ("01二", "00一", "10三")
            )
            + "</TableRegion>"
        ),
        "一\t二\n三",
    ),
    (
        "PAGE: a cell of two lines stays in its row",
        in_page(f"<TableRegion><TextRegion>{role(0, 0)}{equiv('资金', '总额')}</TextRegion></TableRegion>"),
        "资金 总额",
    ),
]


@pytest.mark.parametrize(("file", "text"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_the_text_of_a_file(file: str, text: str) -> None:
    document = opened(file)
    assert document.text == text
    assert document.format in {"hocr", "alto", "page-xml"}
    assert "".join("".join(document.text[slice(*box.span)].split()) for box in document.boxes) == "".join(text.split())


# label, file, what its boxes are
BOXES = [
    ("no ids", in_hocr(line(word("甲"), word("乙"))), [("1-1", 0.91), ("1-2", 0.91)]),
    ("one id twice", in_hocr(line(word("甲", more=' id="w"'), word("乙", more=' id="w"'))), [("w", 0.91), ("1-2", 0.91)]),
    ("a name taken", in_hocr(line(word("甲", more=' id="1-2"'), word("乙"))), [("1-2", 0.91), ("1-2-", 0.91)]),
    ("nonsense for confidence", in_hocr(line('<span class="ocrx_word" title="x_wconf nan">甲</span>')), [("1-1", None)]),
    ("confidence beyond bounds", in_alto(block('<String CONTENT="甲" WC="91"/>')), [("1-1", None)]),
    ("confidence of characters", in_hocr(line('<span class="ocrx_word" title="x_confs 90 70">甲乙</span>')), [("1-1", 0.8)]),
    ("confidence of a line", in_page(f'<TextRegion><TextLine id="l">{equiv("甲", conf="0.5")}</TextLine></TextRegion>'), [("l", 0.5)]),
]


@pytest.mark.parametrize(("file", "boxes"), [row[1:] for row in BOXES], ids=[row[0] for row in BOXES])
def test_ids_and_confidence(file: str, boxes: list[tuple[str, float | None]]) -> None:
    assert [(box.id, box.confidence) for box in opened(file).boxes] == boxes


# label, file, rectangle of its one box
PLACES = [
    ("a word", in_hocr(line(word("甲", left=5, top=6))), (5, 6, 35, 36)),
    ("no bbox: the line's", in_hocr(line('<span class="ocrx_word">甲</span>')), (0, 0, 300, 30)),
    ("a bbox inside out", in_hocr(line('<span class="ocrx_word" title="bbox 9 9 1 1">甲</span>')), (0, 0, 300, 30)),
    ("a bbox of words", in_hocr(line('<span class="ocrx_word" title="bbox a b c d">甲</span>')), (0, 0, 300, 30)),
    ("a string", in_alto(block('<String CONTENT="甲" HPOS="1.5" VPOS="2" WIDTH="3" HEIGHT="4"/>')), (1.5, 2, 4.5, 6)),
    ("a negative width", in_alto(block('<String CONTENT="甲" HPOS="1" VPOS="2" WIDTH="-3" HEIGHT="4"/>')), (0, 0, 300, 30)),
    ("points", in_page(f'<TextRegion><TextLine><Coords points="5,9 7,1 3,4"/>{equiv("甲")}</TextLine></TextRegion>'), (3, 1, 7, 9)),
    (
        "points of 2010",
        in_page(f'<TextRegion><Coords><Point x="1" y="2"/><Point x="3" y="4"/></Coords><TextLine>{equiv("甲")}</TextLine></TextRegion>'),
        (1, 2, 3, 4),
    ),
    (
        "points that are none",
        in_page(f'<TextRegion><TextLine><Coords points="1;2 nan,3"/>{equiv("甲")}</TextLine></TextRegion>'),
        (0, 0, 0, 0),
    ),
    ("nowhere", in_page(f"<TextRegion><TextLine>{equiv('甲')}</TextLine></TextRegion>"), (0, 0, 0, 0)),
]


@pytest.mark.parametrize(("file", "place"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_places(file: str, place: tuple[float, ...]) -> None:
    (box,) = opened(file).boxes
    assert (box.left, box.top, box.right, box.bottom) == place


def test_pages_are_counted() -> None:
    document = opened(
        in_alto(block(string("甲"))).replace("</Page>", f"</Page><Page><PrintSpace>{block(string('乙'))}</PrintSpace></Page>")
    )
    assert [box.page for box in document.boxes] == [1, 2]


@pytest.mark.parametrize(
    ("codec", "declared", "named"),
    [
        ("gb18030", "GB18030", "gb18030"),
        ("gbk", "gb2312", "gb18030"),
        ("big5", "Big5", "big5hkscs"),
        ("utf-8", "GBK", "utf-8"),  # it is not what it declares, and cannot be
        ("utf-8-sig", "UTF-8", "utf-8-sig"),
        ("gb18030", "x-unknown", "gb18030"),
        ("utf-16", "UTF-16", "utf-16"),
    ],
)
def test_encodings(codec: str, declared: str, named: str) -> None:
    text = in_hocr(par(line(word("項目水庫"), word("資金一萬元"), word("。"))))
    reading = hocr.read(text.replace("UTF-8", declared).encode(codec), where="page")
    assert reading.text == "項目水庫資金一萬元。"
    assert reading.encoding == named


BOMB = "<!DOCTYPE a [<!ENTITY l0 'lol'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"
# label, file, what is said
REFUSED = [
    ("truncated", in_alto(block(string("水库")))[:-30], "malformed XML at line 1, column"),
    ("a tag left open on line 2", "<alto>\n<Layout>\n</alto>", "malformed XML at line 3, column"),
    ("an entity bomb", BOMB + "<alto>&l9;</alto>", "declares entities"),
    ("an entity bomb in an attribute", BOMB + '<alto a="&l9;"/>', "declares entities"),
    ("a file as entity", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><alto>&x;</alto>', "declares entities"),
    ("a parameter entity", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://localhost:9/x"> %x;]><alto/>', "declares entities"),
    ("an entity that nobody declared", "<alto>&nbsp;</alto>", "malformed XML at line 1, column"),
    ("one that a DTD elsewhere might declare", '<!DOCTYPE a SYSTEM "http://localhost:9/a.dtd">\n<alto a="&nbsp;"/>', "&nbsp; at line 2"),
    ("100,000 levels", "<alto>" * 100_000, "deep"),
    ("levels that are closed again", "<alto>" * (DEEPEST + 1) + "</alto>" * (DEEPEST + 1), "deep"),
    ("an attribute of 11 MB", f'<alto a="{"x" * 11_000_000}"/>', "over 10 MB"),
    ("one attribute twice", '<alto a="1" a="2"/>', "malformed XML"),
    ("a control character", "<alto>\x01</alto>", "malformed XML"),
    ("no page", "<alto><Layout/></alto>", "no Page"),
    ("nothing", "", "empty"),
    ("no XML", "水库", "malformed XML at line 1, column 1"),
]


@pytest.mark.parametrize("read", [alto.read, page_xml.read, hocr.read], ids=["alto", "page-xml", "hocr"])
@pytest.mark.parametrize(("file", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_file_that_cannot_be_read_is_refused(read: object, file: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(file.encode(), where="scan.xml")  # type: ignore[operator]
    assert caught.value.where == "scan.xml"
    if read is not hocr.read:  # which takes what is not well-formed for HTML
        assert what in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    "file", ["<alto><!--\n水库\x1b[2J", "<alto>\x00水库", "<alto><a:b/>" + "<alto" * 900, f"<a{'b' * 900}:c/>", "<a xmlns='\x85'/>"]
)
def test_a_message_is_a_short_line(file: str) -> None:
    """The parser quotes the file."""
    with pytest.raises(InputError) as caught:
        xml(file.encode(), where="scan.xml")
    assert caught.value.what.isprintable()
    assert len(caught.value.what) < 200


def test_an_hocr_file_with_entities_of_its_own_is_not_taken_for_html() -> None:
    with pytest.raises(InputError, match="declares entities"):
        hocr.read((BOMB + in_hocr(line(word("&l9;"))).partition("?>")[2]).encode(), where="page")


@pytest.mark.parametrize("file", [in_hocr(""), in_alto(""), in_page(""), in_page("<TextRegion/>"), in_alto(block(string(" ")))])
def test_a_page_without_words_is_refused(file: str) -> None:
    with pytest.raises(InputError, match="no text in this"):
        opened(file)


def test_an_attribute_of_a_megabyte_is_read() -> None:
    assert opened(in_hocr(line(word("水库", more=f' lang="{"x" * 1_000_000}"')))).text == "水库"


@pytest.mark.parametrize("name", ENGINE)
def test_a_file_cut_anywhere_is_read_or_refused(name: str) -> None:
    data = (FILES / name).read_bytes()
    for end in range(0, len(data), 4_999):
        try:
            reading: Reading = {"h": hocr.read, "a": alto.read, "p": page_xml.read}[name.split(".")[1][0]](data[:end], where="page")
        except InputError as error:
            assert error.what  # noqa: PT017 -- either is right
        else:
            assert all(isinstance(box, Box) for box in reading.boxes)


@pytest.mark.parametrize(("file", "what"), [("<div>" * 100_000 + "水", "cut off|deep"), ("<!-- -->", "no HTML")])
def test_html_that_cannot_be_read_whole_is_refused(file: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        html(file.encode(), where="page")


def test_html_expands_no_entities() -> None:
    assert "lol" not in html((BOMB + "<p>&l9;&nbsp;").encode(), where="page").findtext(".//p")


def test_html_that_is_open_to_the_end_is_read() -> None:
    assert len(html(("<p>水" * 1_000).encode(), where="page").findall(".//p")) == 1_000


@pytest.mark.parametrize(
    "file",
    [
        "<a><b/>水<c x='>' y=\"/>\">/></c><!-- <d> --><![CDATA[<e>]]><?f <g>?></a>",
        "<?xml version='1.0'?><!DOCTYPE a PUBLIC \"-//x\" 'x>'><!-- <a> --><a\n><b\n/></a\n>",
        "<!DOCTYPE a [<!ELEMENT a ANY>]><a><b></b></a>",
    ],
)
def test_elements_are_found_in_the_source(file: str) -> None:
    elements = list(xml(file.encode(), where="page").iter("{*}*"))
    sources = [file[start:end] for start, end in element_spans(file)]
    assert [source[1] for source in sources] == [element.tag for element in elements]
    assert all(source.endswith(">") for source in sources)
    assert sources[0].rstrip(">\n").endswith("</a")
