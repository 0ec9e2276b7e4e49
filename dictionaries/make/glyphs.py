"""Make glyphs.tsv: for each character those that look most like it, by printed shape and by a recogniser's own eye.

    apt-get download fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-noto-cjk fonts-wqy-zenhei    # then dpkg -x each into FONTS
    pip download --no-deps -d WHEELS rapidocr-onnxruntime==1.4.4 rapidocr==3.10.0
    python dictionaries/make/glyphs.py FONTS WHEELS          # numpy, Pillow and onnx needed; about three minutes

Three measures, each a cosine, are averaged:
- pixels: glyphs blurred, whitened (so that strokes all characters share count for less), averaged over the fonts;
- strokes: histograms of stroke direction in an 8 x 8 grid, averaged over the fonts;
- recogniser: rows of the output layer of two PP-OCR recognisers. What it separates badly, its rows hold close together.
Neither fonts nor models are shipped: the table holds only the ranking.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper
from PIL import Image, ImageDraw, ImageFilter, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


class Font(NamedTuple):
    """A font file inside the unpacked Debian packages."""

    package: str
    file: str
    index: int  # within a collection; 2 is simplified Chinese in Noto's


FONTS = (
    Font("fonts-arphic-gbsn00lp 2.11-16", "gbsn00lp.ttf", 0),
    Font("fonts-arphic-gkai00mp 2.11-16", "gkai00mp.ttf", 0),
    Font("fonts-noto-cjk 1:20220127 (Serif Regular)", "NotoSerifCJK-Regular.ttc", 2),
    Font("fonts-noto-cjk 1:20220127 (Serif Bold)", "NotoSerifCJK-Bold.ttc", 2),
    Font("fonts-noto-cjk 1:20220127 (Sans Regular)", "NotoSansCJK-Regular.ttc", 2),
    Font("fonts-wqy-zenhei 0.9.45-8", "wqy-zenhei.ttc", 0),
)
HEADS = (
    ("rapidocr-onnxruntime 1.4.4 (PP-OCRv4)", "rapidocr_onnxruntime-1.4.4-py3-none-any.whl", "ch_PP-OCRv4_rec_infer.onnx"),
    ("rapidocr 3.10.0 (PP-OCRv6)", "rapidocr-3.10.0-py3-none-any.whl", "PP-OCRv6_rec_small.onnx"),
)
RETRIEVED = "2026-11-23"
PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉〔〕【】—…·～％"
SIZE, MARGIN = 40, 4  # pixels
SOFT, SOFTER = 1.2, 2.5  # blur for strokes, and for pixels
COMPONENTS, WHITENING = 200, 0.5  # of the whitened bitmaps; 0 leaves them, 1 evens all components out
CELLS, DIRECTIONS = 8, 8
WEIGHTS = {"pixels": 1.0, "strokes": 1.0, "recogniser": 2.0}  # each recogniser; chosen on the dev pairs of CHOICE
UNKNOWN = 0.7  # what a recogniser does not know it seldom reads; from 0.6, 0.8, 0.9 and 1 tried on the pairs of CHOICE, nearly flat
KEPT = 60
CHOICE = (
    "measured on 5,529 substitutions of an OCR engine (PP-OCRv4, itself one of the two recognisers) and 4,101 of another, of video subtitles",
    "share whose right character is among the first 5 / 20 / 50 / 100:",
    "  plain bitmaps, 6 fonts      .174 .273 .339 .388 | .212 .325 .407 .477",
    "  pixels + strokes            .195 .311 .397 .473 | .268 .423 .533 .616",
    "  recognisers alone           .190 .341 .449 .529 | .294 .484 .608 .690",
    "  this table                  .220 .368 .464 .540 | .312 .496 .616 .712  (the 60 kept: .483 | .635)",
    "  like it, without PP-OCRv4   .215 .347 .441 .517 | .292 .475 .590 .681",
)


def characters() -> list[str]:
    """Return the 6,763 Han characters of GB 2312, then punctuation."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return [*found, *PUNCTUATION]


def rendered(font: ImageFont.FreeTypeFont, text: Sequence[str], blur: float) -> Matrix:
    """Return a glyph a character, white on black in 0-1, blurred."""
    side = SIZE + 2 * MARGIN
    glyphs = np.zeros((len(text), side, side), np.float32)
    for at, character in enumerate(text):
        image = Image.new("L", (side, side), 0)
        ImageDraw.Draw(image).text((side / 2, side / 2), character, fill=255, font=font, anchor="mm")
        glyphs[at] = np.asarray(image.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255
    return glyphs


def directions(glyphs: Matrix) -> Matrix:
    """Return, for each cell of a grid, how much edge runs in each direction (square root, so that thick strokes do not rule)."""
    down, across = np.gradient(glyphs, axis=1), np.gradient(glyphs, axis=2)
    strength = np.hypot(across, down)
    angle = (np.arctan2(down, across) % np.pi) / np.pi * DIRECTIONS
    lower = np.floor(angle).astype(np.int8) % DIRECTIONS
    share = angle - np.floor(angle)
    count, side, cell = len(glyphs), glyphs.shape[1], glyphs.shape[1] // CELLS
    found = np.zeros((count, DIRECTIONS, CELLS, CELLS), np.float32)
    for direction in range(DIRECTIONS):
        part = strength * ((lower == direction) * (1 - share) + ((lower + 1) % DIRECTIONS == direction) * share)
        found[:, direction] = part[:, :side, :side].reshape(count, CELLS, cell, CELLS, cell).sum((2, 4))
    return np.sqrt(found).reshape(count, -1)


def whitened(glyphs: Matrix) -> Matrix:
    """Return the first principal components, the strong ones damped."""
    flat = glyphs.reshape(len(glyphs), -1)
    flat = flat - flat.mean(0)
    variance, axes = np.linalg.eigh(flat.T @ flat / len(flat))
    variance, axes = variance[::-1][:COMPONENTS], axes[:, ::-1][:, :COMPONENTS]
    return np.asarray(flat @ axes / variance ** (WHITENING / 2), np.float32)


def cosine(rows: Matrix) -> Matrix:
    """Return the cosine of every row with every other."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return np.asarray(unit @ unit.T, np.float32)


def head(wheel: Path, model: str, text: Sequence[str]) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return a recogniser's output rows for the characters, centred, and which of them it knows."""
    with zipfile.ZipFile(wheel) as archive:
        graph = onnx.load_from_string(archive.read(next(name for name in archive.namelist() if name.endswith(model))))
    classes = next(entry.value for entry in graph.metadata_props if entry.key == "character").split("\n")
    constants = [node.attribute[0].t for node in graph.graph.node if node.op_type == "Constant"]
    layer = max((t for t in (*graph.graph.initializer, *constants) if len(t.dims) == 2), key=lambda t: max(t.dims))
    weights = numpy_helper.to_array(layer)
    place = {character: at for at, character in enumerate(text)}
    rows, known = np.zeros((len(text), weights.shape[0]), np.float32), np.zeros(len(text), bool)
    for number, character in enumerate(classes, start=1):  # class 0 is CTC's blank
        if character in place and number < weights.shape[1]:
            rows[place[character]], known[place[character]] = weights[:, number], True
    rows[known] -= rows[known].mean(0)
    return rows, known


def similarity(fonts: Path, wheels: Path, text: Sequence[str]) -> Matrix:
    """Return the weighted mean of the measures; a recogniser that lacks a character counts as UNKNOWN times the next best measure."""
    shape = np.zeros((len(text), len(text)), np.float32)
    for font in FONTS:
        face = ImageFont.truetype(str(next(fonts.rglob(font.file))), SIZE, index=font.index)
        strokes = directions(rendered(face, text, SOFT))
        shape += cosine(strokes - strokes.mean(0)) * (WEIGHTS["strokes"] / len(FONTS))
        shape += cosine(whitened(rendered(face, text, SOFTER))) * (WEIGHTS["pixels"] / len(FONTS))
        print(font.package, file=sys.stderr)
    by_shape = WEIGHTS["strokes"] + WEIGHTS["pixels"]
    eyes: list[tuple[Matrix, NDArray[np.bool_]]] = []
    for package, wheel, model in HEADS:
        rows, known = head(wheels / wheel, model, text)
        eyes.append((cosine(rows), np.outer(known, known)))
        print(f"{package}: {known.sum()} of {len(text)} characters", file=sys.stderr)
    (first, knows_first), (second, knows_second) = eyes
    either = np.where(knows_first, first, np.where(knows_second, UNKNOWN * second, UNKNOWN * shape / by_shape))
    other = np.where(knows_second, second, np.where(knows_first, UNKNOWN * first, UNKNOWN * shape / by_shape))
    total = shape + WEIGHTS["recogniser"] * (either + other)
    return np.asarray(np.clip(total / (by_shape + 2 * WEIGHTS["recogniser"]), 0, 0.999), np.float32)


def main(argv: Sequence[str] | None = None) -> int:
    """Compute the similarities and write the table."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fonts", type=Path, help="folder with the unpacked Debian packages (searched for " + ", ".join(f.file for f in FONTS) + ")")
    parser.add_argument("wheels", type=Path, help="folder with the two wheels")
    parser.add_argument("-o", "--out", type=Path, default=Path(__file__).resolve().parent.parent / "glyphs.tsv")
    parser.add_argument("--matrix", type=Path, help="also save all similarities here (.npy), for measuring")
    options = parser.parse_args(argv)
    text = characters()
    scores = similarity(options.fonts, options.wheels, text)
    np.fill_diagonal(scores, -1)
    if options.matrix:
        np.save(options.matrix, scores.astype(np.float16))
    order = np.argsort(-scores, axis=1, kind="stable")[:, :KEPT]
    lines = [
        "# title: Characters that look alike",
        "# source: computed from glyphs of Debian " + "; ".join(font.package for font in FONTS) + "; and output layers in PyPI " + ", ".join(h[0] for h in HEADS),
        f"# retrieved: {RETRIEVED}",
        "# licence: CC0-1.0 (a ranking computed here; fonts: Arphic PL, OFL-1.1, GPL-2 with font exception; models: Apache-2.0; none is shipped)",
        "# made by: dictionaries/make/glyphs.py",
        f"# similar: up to {KEPT} look-alikes, most similar first; scores: a digit each, the similarity 0-1 times ten, rounded down",
        *(f"# {line}" for line in CHOICE),
        "char\tsimilar\tscores",
    ]
    for at in sorted(range(len(text)), key=lambda at: text[at]):
        near = [other for other in order[at] if scores[at, other] > 0]
        lines.append(f"{text[at]}\t{''.join(text[other] for other in near)}\t{''.join(str(int(scores[at, other] * 10)) for other in near)}")
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(text)} characters, {options.out.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
