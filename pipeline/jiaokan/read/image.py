"""A scan → its text, read by PP-OCR with the models in rapidocr's own wheel: no network, one thread, the same result each time."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import rapidocr
from PIL import Image, ImageOps, UnidentifiedImageError

from jiaokan.errors import InputError
from jiaokan.read.formats import Reading
from jiaokan.read.geometry import Piece, assemble

import_module("onnxruntime")  # rapidocr takes it for granted; here its lack is told by name
KINDS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
PIXELS = 89_478_485  # Pillow's own limit: an A3 at 600 dpi has 70 million
FRAMES = 2_000  # pages of a TIFF
SHORT_SIDE = 1_700  # pixels: A4 at 200 dpi; more does not read better and takes longer
LONG_SIDE = 5_000
SLIMMEST = 8  # times as long as wide: the engine enlarges the short side to 736 pixels, and the long one with it
AGAIN = "scan or export the page again"
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)


def read(data: bytes, *, where: str) -> Reading:
    """Return an image read; each page of a TIFF is a page. Raises InputError for a damaged image and one too large to open safely."""
    return recognise(_pages(data, where))


def recognise(pages: Iterable[Image.Image]) -> Reading:
    """Return images of pages read, the boxes in pixels of each image."""
    return assemble([piece for number, page in enumerate(pages, start=1) for piece in pieces(page, number)])


def pieces(image: Image.Image, page: int) -> list[Piece]:
    """Return the lines read on an image of a page, in its own pixels; the least certain, too."""
    scale = min(1.0, SHORT_SIDE / min(image.size), LONG_SIDE / max(image.size))
    small = image if scale == 1.0 else image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.LANCZOS)
    found: Any = _engine()(np.asarray(_broad(_flat(small)))[:, :, ::-1])  # blue first, as OpenCV has it
    if getattr(found, "boxes", None) is None or found.txts is None:
        return []
    lines = []
    for number, (corners, text, score) in enumerate(zip(found.boxes, found.txts, found.scores, strict=True), start=1):
        (left, top), (right, bottom) = corners.min(axis=0) / scale, corners.max(axis=0) / scale
        lines.append(Piece(text, f"{page}-{number}", page, float(left), float(top), float(right), float(bottom), float(score)))
    return lines


def _flat(image: Image.Image) -> Image.Image:
    """Return the image in colour on white paper: what is transparent is white."""
    if image.mode.startswith("I;16"):  # Pillow would cut 16 bits off at 255
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        coloured = image.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(paper, coloured).convert("RGB")
    return image.convert("RGB")


def _broad(image: Image.Image) -> Image.Image:
    """Return the image with white paper to the right or below where it is but a strip."""
    least = max(image.size) // SLIMMEST
    if min(image.size) >= least:
        return image
    paper = Image.new("RGB", (max(image.width, least), max(image.height, least)), "white")
    paper.paste(image)
    return paper


def _pages(data: bytes, where: str) -> Iterator[Image.Image]:
    """Yield the pages of an image file, upright as the camera says."""
    image = _opened(data, where)
    for number in range(1, getattr(image, "n_frames", 1) + 1 if image.format == "TIFF" else 2):
        if number > FRAMES:
            raise InputError(f"more than {FRAMES} pages", where=where, fix="cut the file up")
        yield _page(image, number, where)


def _opened(data: bytes, where: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Image.open(io.BytesIO(data), formats=KINDS)
        except UnidentifiedImageError:
            raise InputError("damaged image: its head makes no sense", where=where, fix=AGAIN) from None
        except Image.DecompressionBombError:
            raise _too_large(1, where) from None
        except DAMAGED as error:
            raise InputError(f"damaged image: {error}", where=where, fix=AGAIN) from None


def _page(image: Image.Image, number: int, where: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of metadata out of order: the type is what is read
        try:
            if number > 1:
                image.seek(number - 1)
            if image.width * image.height > PIXELS:
                raise _too_large(number, where)
            image.load()
            return ImageOps.exif_transpose(image)
        except Image.DecompressionBombError:
            raise _too_large(number, where) from None
        except DAMAGED as error:
            raise InputError(f"page {number}: damaged image: {error}", where=where, fix=AGAIN) from None


def _too_large(number: int, where: str) -> InputError:
    return InputError(
        f"page {number}: more than {PIXELS // 1_000_000} million pixels", where=where, fix="scan at 300 dpi, or cut the page up"
    )


@cache
def _engine() -> rapidocr.RapidOCR:
    """Return the engine: once a process, on one thread, silent, with the models in the wheel given by path so that none is fetched."""
    folder = Path(rapidocr.__file__).parent / "models"
    models = {f"{task.capitalize()}.model_path": str(_model(folder, task)) for task in ("det", "cls", "rec")}
    threads = {f"EngineConfig.onnxruntime.{pool}_op_num_threads": 1 for pool in ("intra", "inter")}
    bounds = {"Global.max_side_len": LONG_SIDE, "Global.text_score": 0.0, "Global.use_cls": False, "Global.log_level": "critical"}
    return rapidocr.RapidOCR(params={**models, **threads, **bounds})


def _model(folder: Path, task: str) -> Path:
    """Return the packaged model of a task; its name changes with rapidocr's version."""
    found = sorted(folder.glob(f"*_{task}_*.onnx"))
    if not found:
        raise InputError(f"rapidocr has no packaged model for {task}", where=str(folder), fix="pip install --force-reinstall rapidocr")
    return found[-1]
