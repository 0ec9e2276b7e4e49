"""A scan is read with the models in rapidocr's wheel; skipped where it is not installed."""

from __future__ import annotations

import io
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from jiaokan.errors import InputError

pytest.importorskip("rapidocr")
pytest.importorskip("onnxruntime")

from PIL import Image

from jiaokan.read import image

PAGE = Path(__file__).parent / "files" / "page.png"
TITLE = "关于郭麓生反映公益林补偿面积问题的信访答复意见书"


def saved(*pages: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    more = {"save_all": True, "append_images": list(pages[1:])} if len(pages) > 1 else {}
    pages[0].save(out, kind, **more, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return Image.open(PAGE).convert("L")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    image._engine.cache_clear()


@pytest.mark.usefixtures("no_network")
def test_a_page_is_read_without_network_or_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    reading = image.read(PAGE.read_bytes(), where="page.png")
    lines = reading.text.splitlines()
    assert lines[0] == "桂东县林业局"
    assert TITLE in lines
    assert any(line.startswith("你反映：") and line.endswith("追究有关人员责任。") for line in lines)  # of several printed lines
    assert all(
        box.page == 1 and 0 <= box.left < box.right <= 1588 and box.confidence is not None and 0 <= box.confidence <= 1
        for box in reading.boxes
    )
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["JPEG", "BMP", "WEBP", "TIFF"])
def test_every_kind_of_image(page: Image.Image, kind: str) -> None:
    assert "桂东县林业局" in image.read(saved(page.crop((300, 0, 1300, 420)).convert("RGB"), kind=kind), where="page").text


def test_pages_of_a_tiff(page: Image.Image) -> None:
    top = page.crop((300, 0, 1300, 420))
    reading = image.read(saved(top, Image.new("L", (300, 300), 255), top, kind="TIFF"), where="page.tif")
    assert {box.page for box in reading.boxes} == {1, 3}
    assert reading.text.count("桂东县林业局") == 2


def test_black_on_transparent_is_read(page: Image.Image) -> None:
    top = page.crop((300, 0, 1300, 420))
    clear = Image.new("RGBA", top.size, (0, 0, 0, 0))
    clear.putalpha(top.point(lambda grey: 255 - grey))
    assert "桂东县林业局" in image.read(saved(clear), where="page.png").text


@pytest.mark.parametrize("size", [(1, 1), (40, 40), (4000, 2), (2, 4000)])
def test_blank_paper_of_any_form_has_no_text(size: tuple[int, int]) -> None:
    assert image.read(saved(Image.new("L", size, 255)), where="page.png").text == ""


# label, file, what the message says
DAMAGED = [
    ("cut off", PAGE.read_bytes()[:20_000], "page 1: damaged image"),
    ("a head only", b"\x89PNG\r\n\x1a\n", "damaged image"),
    ("another format", b"GIF89a" + bytes(100), "damaged image"),
    ("a bomb", saved(Image.new("1", (30_000, 30_000))), "page 1: more than 89 million pixels"),
    ("a small bomb", saved(Image.new("1", (10_000, 10_000))), "page 1: more than 89 million pixels"),
]


@pytest.mark.parametrize(("data", "what"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_image_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        image.read(data, where="page.png")
    assert caught.value.what.startswith(what)
