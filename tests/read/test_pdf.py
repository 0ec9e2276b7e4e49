"""PDFs are read from their text layer, printed or laid over a scan, and every line keeps its place on the page as it is shown."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pypdfium2
import pytest

from jiaokan.errors import InputError
from jiaokan.model import Box, Span
from jiaokan.read import pdf
from jiaokan.read.formats import Reading, told
from jiaokan.read.pdf import read

FILES = Path(__file__).parent / "files"
PRINTED = (FILES / "printed.pdf").read_bytes()  # corpus/pages/html/guizhou-rongjiang-zhaifang.html, printed by Chromium in AR PL SungtiL GB
SCANNED = (FILES / "scanned.pdf").read_bytes()  # a page set in the same type, as a picture under what tesseract read
TRUTH = Path(__file__).parents[2] / "corpus" / "pages" / "truth" / "guizhou-rongjiang-zhaifang.json"
TITLE = "榕江县"


def made(*pages: str, box: str = "0 0 400 300", font: str = "/Subtype /Type1 /BaseFont /Helvetica", trailer: str = "") -> bytes:
    """Return a PDF of pages with the given content, /F1 being Helvetica and /Im1 a grey picture."""
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + 2 * len(pages), 2))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        f"<< /Type /Font {font} >>".encode(),
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\nendstream",
    ]
    for number, content in enumerate(pages):
        resources = "<< /Font << /F1 3 0 R >> /XObject << /Im1 4 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Resources {resources} /Contents {6 + 2 * number} 0 R >>".encode())
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream".encode())
    data = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        data
        + f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(data)}\n%%EOF\n".encode()
    )


def words(x: float, y: float, text: str) -> str:
    return f"BT /F1 10 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n"


def line(*ends: float) -> str:
    return "{} {} m {} {} l S\n".format(*ends)


def changed(data: bytes, change: Callable[[pypdfium2.PdfPage], object]) -> bytes:
    """Return a PDF with its first page changed."""
    file = io.BytesIO()
    with closing(pypdfium2.PdfDocument(data)) as document:
        with closing(document[0]) as page:
            change(page)
        document.save(file)
    return file.getvalue()


def bare(text: str) -> list[str]:
    return [re.sub(r"[^\S\t]", "", row).rstrip("\t") for row in text.splitlines()]


def test_a_printed_page_comes_back_whole() -> None:
    reading = read(PRINTED, where="a.pdf")
    assert bare(reading.text) == bare(json.loads(TRUTH.read_text(encoding="utf-8"))["text"])


@pytest.mark.parametrize("data", [PRINTED, SCANNED], ids=["printed", "scanned"])
def test_boxes_cover_the_text_in_order(data: bytes) -> None:
    text, boxes, _ = read(data, where="a.pdf")
    covered = 0
    for box in boxes:
        assert not text[covered : box.span.start].strip()
        assert text[box.span.start : box.span.end].strip()
        assert 0 <= box.left < box.right <= 600
        assert 0 <= box.top < box.bottom <= 850
        assert box.id.startswith(f"{box.page}-")
        covered = box.span.end
    assert not text[covered:].strip()
    assert len({box.id for box in boxes}) == len(boxes)


def test_a_layer_over_a_scan_is_read() -> None:
    lines = read(SCANNED, where="a.pdf").text.replace(" ", "").splitlines()
    assert any(line.endswith("0719-0004853") for line in lines)
    assert lines[-1].startswith("本局于2023年")  # a paragraph of four printed lines
    assert "未取得特种作业操作证" in lines[-1]


def first(data: bytes) -> tuple[str, tuple[int, int]]:
    """Return a PDF's text, and the middle of its first line."""
    text, boxes, _ = read(data, where="a.pdf")
    return text, (round((boxes[0].left + boxes[0].right) / 2), round((boxes[0].top + boxes[0].bottom) / 2))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_shown_from_the_side_is_read_upright(degrees: int) -> None:
    text, (x, y) = first(PRINTED)
    width, height = 595, 842
    shown = {90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[degrees]
    turned, place = first(changed(PRINTED, lambda page: page.set_rotation(degrees)))
    assert turned == text
    assert place == pytest.approx(shown, abs=1)


SIDEWAYS = "BT /F1 10 Tf {} Tm (First line of words) Tj ET BT /F1 10 Tf {} Tm (second line of them) Tj ET"


@pytest.mark.parametrize(
    ("turn", "degrees"),
    [("0 1 -1 0 100 50|0 1 -1 0 130 50", 90), ("0 -1 1 0 130 200|0 -1 1 0 100 200", 270), ("-1 0 0 -1 300 100|-1 0 0 -1 300 130", 180)],
)
@pytest.mark.parametrize("shown_upright", [True, False])
def test_text_set_sideways_is_read(turn: str, degrees: int, *, shown_upright: bool) -> None:
    data = made(SIDEWAYS.format(*turn.split("|")))
    if shown_upright:
        data = changed(data, lambda page: page.set_rotation(degrees))
    text, boxes, _ = read(data, where="a.pdf")
    assert text == "First line of words\nsecond line of them\n"
    lies = boxes[0].right - boxes[0].left > boxes[0].bottom - boxes[0].top
    assert lies == (shown_upright or degrees == 180)


def test_what_is_cropped_is_no_part_of_the_page() -> None:
    text, (x, y) = first(PRINTED)
    title, _, rest = text.partition("\n")
    assert TITLE in title
    assert title not in read(changed(PRINTED, lambda page: page.set_cropbox(0, 0, 595, 842 - y - 15)), where="a.pdf").text
    whole, place = first(changed(PRINTED, lambda page: page.set_cropbox(20, 10, 585, 832)))
    assert whole == text
    assert place == pytest.approx((x - 20, y - 10), abs=1)
    assert rest


GRID = line(50, 250, 350, 250) + line(50, 150, 350, 150) + line(50, 200, 350, 200)
UPRIGHT = "".join(line(x, 250, x, 150) for x in (50, 150, 350))
CELLS = (
    words(60, 220, "Item")
    + words(160, 230, "Road works on")
    + words(160, 218, "the east side")
    + words(60, 170, "Sum")
    + words(160, 170, "96.5")
)

# label, file, text
READ = [
    ("words of a line", lambda: made(words(50, 200, "Notice of the county") + words(50, 150, "Dated")), "Notice of the county\nDated\n"),
    ("a ruled table", lambda: made(words(50, 270, "Plan") + GRID + UPRIGHT + CELLS + words(50, 100, "Signed")), "Plan\nItem\tRoad works on the east side\nSum\t96.5\nSigned\n"),
    ("rules drawn as thin bars", lambda: made("50 249 300 1 re 50 149 300 1 re 50 199 300 1 re 50 150 1 100 re 150 150 1 100 re 349 150 1 100 re f\n" + CELLS), "Item\tRoad works on the east side\nSum\t96.5\n"),
    ("a table without rules at its sides", lambda: made(GRID + line(150, 250, 150, 150) + CELLS), "Item\tRoad works on the east side\nSum\t96.5\n"),
    ("cells merged across and down", lambda: made(GRID.replace("50 200 m", "150 200 m") + line(50, 250, 50, 150) + line(150, 250, 150, 150) + line(350, 250, 350, 150) + line(250, 200, 250, 150) + words(60, 190, "Sum") + words(160, 220, "Total of both") + words(160, 170, "30") + words(260, 170, "66.5")), "Sum\tTotal of both\t\n\t30\t66.5\n"),
    ("cells in any order", lambda: made(GRID + UPRIGHT + "".join(CELLS.splitlines(keepends=True)[::-1])), "Item\tRoad works on the east side\nSum\t96.5\n"),
    ("type that touches the rules", lambda: made(GRID + UPRIGHT + words(51, 220, "Item") + words(122, 170, "Total") + words(151, 170, "96.5")), "Item\t\nTotal\t96.5\n"),
    ("a frame is no table", lambda: made("40 140 320 120 re S\n" + words(50, 230, "A first paragraph.") + words(50, 160, "A second one.")), "A first paragraph.\nA second one.\n"),
    ("a row that a page's end cuts in two", lambda: made(line(50, 100, 350, 100) + "".join(line(x, 100, x, 40) for x in (50, 150, 350)) + words(60, 80, "Item") + words(160, 80, "Road works"), line(50, 200, 350, 200) + "".join(line(x, 260, x, 200) for x in (50, 150, 350)) + words(160, 230, "go on")), "Item\tRoad works go on\n"),
    ("a row a rule closes is whole", lambda: made(GRID + UPRIGHT + CELLS, GRID + UPRIGHT + CELLS), "Item\tRoad works on the east side\nSum\t96.5\n" * 2),
    ("a page left blank", lambda: made("", words(50, 200, "Notice")), "Notice\n"),
    ("a small picture on a page of its own", lambda: made("q 50 0 0 50 10 10 cm /Im1 Do Q", words(50, 200, "Notice")), "Notice\n"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_pdf_is_read(make: Callable[[], bytes], text: str) -> None:
    assert read(make(), where="a.pdf").text == text


PICTURE = "q 400 0 0 300 0 0 cm /Im1 Do Q"
ENCRYPTED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<00> <00>]"
UNTOLD = "/Subtype /Type0 /BaseFont /A /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /A /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>]"

# label, file, what is wrong
REFUSED = [
    ("encrypted", lambda: made(words(9, 9, "a"), trailer=ENCRYPTED), "encrypted"),
    ("cut off", lambda: PRINTED[:60_000], "damaged PDF"),
    ("noise behind the magic", lambda: b"%PDF-1.7\n" + Random(1).randbytes(5000), "damaged PDF"),
    ("nothing behind the magic", lambda: b"%PDF", "damaged PDF"),
    ("a scan", lambda: made(PICTURE), "no text layer: a scan"),
    ("no page with anything", lambda: made("", ""), "no text layer: a scan"),
    ("a scan among pages with text", lambda: made(words(9, 9, "a"), PICTURE), "page 2 has no text layer"),
    ("a font that does not tell its characters", lambda: made(words(50, 200, "AB"), font=UNTOLD), "no text layer"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_read_is_refused(make: Callable[[], bytes], what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jiaokan.read.image", None)
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        read(make(), where="a.pdf")
    assert caught.value.where == "a.pdf"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGES", 2)
    assert read(made(words(9, 9, "a"), words(9, 9, "b")), where="a.pdf").text == "a\nb\n"
    with pytest.raises(InputError, match="3 pages"):
        read(made(*[words(9, 9, "a")] * 3), where="a.pdf")


def test_too_many_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "CHARACTERS", 3)
    with pytest.raises(InputError, match="page 2 has over 3 characters"):
        read(made(words(9, 9, "a"), words(9, 9, "abcdef")), where="a.pdf")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the pictures shown to an engine that reads one line on each."""
    seen: list[Any] = []

    def recognise(pages: Iterable[Any]) -> Reading:
        boxes = []
        for number, page in enumerate(pages, start=1):
            seen.append(page)
            boxes.append(
                Box(Span(6 * number - 6, 6 * number - 1), f"{number}-1", number, page.width / 4, 0, page.width / 2, page.height / 2, 0.9)
            )
        return Reading("scan.\n" * len(boxes), tuple(boxes))

    monkeypatch.setitem(sys.modules, "jiaokan.read.image", SimpleNamespace(recognise=recognise))
    return seen


def test_a_scan_goes_to_the_engine(engine: list[Any]) -> None:
    text, boxes, _ = read(made(PICTURE, PICTURE), where="a.pdf")
    assert text == "scan.\nscan.\n"
    assert [picture.size for picture in engine] == [(1067, 800)] * 2  # 192 dpi
    assert [(box.id, box.page) for box in boxes] == [("1-1", 1), ("2-1", 2)]
    assert (boxes[0].left, boxes[0].right, boxes[0].bottom) == pytest.approx((100, 200, 150), abs=1)
    assert boxes[0].confidence == 0.9


def test_only_pages_without_text_go_to_the_engine(engine: list[Any]) -> None:
    text, boxes, _ = read(made(words(50, 200, "Notice"), PICTURE, words(50, 200, "Dated")), where="a.pdf")
    assert text == "Notice\nscan.\nDated\n"
    assert [(box.id, box.page, text[box.span.start : box.span.end]) for box in boxes] == [
        ("1-1", 1, "Notice"),
        ("2-1", 2, "scan."),
        ("3-1", 3, "Dated"),
    ]
    assert len(engine) == 1


def test_a_scan_shown_from_the_side_goes_to_the_engine_as_shown(engine: list[Any]) -> None:
    data = changed(made(PICTURE, words(50, 200, "Dated")), lambda page: page.set_rotation(90))
    text, boxes, _ = read(data, where="a.pdf")
    assert text == "scan.\nDated\n"
    assert engine[0].size == (800, 1067)
    assert (boxes[0].left, boxes[0].right, boxes[0].bottom) == pytest.approx((75, 150, 200), abs=1)


def test_a_page_without_measure_is_shown_small(engine: list[Any]) -> None:
    read(made(PICTURE, box="0 0 14400 14400"), where="a.pdf")
    assert engine[0].width * engine[0].height <= pdf.PIXELS * 1.01


def test_drawings_are_no_tables() -> None:
    strokes = "".join(line(x, y, x + 3, y + 2) for x in range(0, 400, 4) for y in range(0, 300, 3))
    underline = line(50, 190, 350, 190)
    assert read(made(strokes + underline + words(50, 200, "Map of the county")), where="a.pdf").text == "Map of the county\n"


def test_a_hatched_page_is_read() -> None:
    hatches = "".join(line(x / 10, 0, x / 10, 300) for x in range(0, 4000, 31)) + "".join(
        line(0, y / 10, 400, y / 10) for y in range(0, 3000, 31)
    )
    text = read(made(hatches + words(50, 200, "Map of the county")), where="a.pdf").text
    assert re.sub(r"\s", "", text) == "Mapofthecounty"


def test_damage_anywhere_is_told() -> None:
    noise = Random(2)
    for _ in range(40):
        damaged = bytearray(PRINTED)
        for _ in range(20):
            damaged[noise.randrange(len(damaged))] = noise.randrange(256)
        with suppress(InputError):
            read(bytes(damaged), where="a.pdf")


def test_the_format_is_told_by_the_first_bytes() -> None:
    form = told(PRINTED)
    assert form is not None
    assert form.name == "pdf"
