"""From the pages we wrote to what an OCR engine makes of them: set, printed, scanned badly, read.

    python corpus/make/pages.py                       # every page, both degradations, every engine; skips what is there
    python corpus/make/pages.py --only hunan --force  # pages whose name contains a word, anew
    python corpus/make/pages.py --images DIR          # keep the scans, to look at

Needs chromium, tesseract-ocr, tesseract-ocr-chi-sim, fonts-noto-cjk, fonts-arphic-gbsn00lp and fonts-arphic-gkai00mp, and
`pip install '.[corpus]'`. Each page is set in a type, size and spacing of its own by Chromium; the sheets are degraded as scans
are; the engines read them; their lines are put into paragraphs and cells by where they stand. Everything random is drawn from
the page's name, so that the same versions give the same texts.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import html
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # one core a worker: tesseract

import cv2
import numpy as np
from truth import PAGES, Block, lines, read

WIDTH = 794  # CSS pixels of an A4 sheet at 96 dpi
SHEET = 1123  # and its height
SCALE = 2  # scan pixels a CSS pixel: 192 dpi
DARK = 215  # of 255: ink on an evened scan, smoothed
GUTTER = 24  # scan pixels set between the cells of a row
SPECK = 5  # pixels: what is smaller is no character
ENLARGED = 1.5  # to about 300 dpi, for which tesseract was made
LINE = 44  # pixels: what is lower holds one line
WHITE = 12  # pixels of paper put around what is handed to tesseract
TYPES = ("AR PL SungtiL GB", "Noto Serif CJK SC", "AR PL KaitiM GB", "Noto Sans CJK SC")
DEGRADATIONS = ("light", "heavy")

STYLE = """
*{{box-sizing:border-box}}body{{margin:0;padding:48px {margin}px;width:794px;background:#fff;color:#000;font:{size}px/{leading} "{type}","Noto Serif CJK SC",serif}}
h1{{font-size:{title}px;text-align:center;margin:8px 0 14px;font-weight:{weight}}}h2{{font-size:1.1em;margin:6px 0}}p{{margin:0;text-indent:2em}}
td p,th p{{text-indent:0}}.center{{text-align:center;text-indent:0}}.right{{text-align:right;text-indent:0;padding-right:60px}}.noindent{{text-indent:0}}
.head{{text-align:center;text-indent:0;color:#c00;font-size:34px;letter-spacing:4px}}.number{{text-align:center;text-indent:0;margin:10px 0}}
table{{border-collapse:collapse;width:100%;margin:8px 0}}td,th{{border:{rule}px solid #000;padding:{pad_y}px {pad_x}px;font-weight:normal;text-align:left}}
th{{text-align:center}}.seal{{position:absolute;width:150px;height:150px;border:5px solid rgba(200,20,20,.8);border-radius:50%;color:rgba(200,20,20,.8);
font-size:44px;line-height:140px;text-align:center}}
"""
SCRIPT = """
const seals=[...document.querySelectorAll('.sealed')];
if(seals.length){const r=seals[seals.length-1].getBoundingClientRect(),s=document.createElement('div');s.className='seal';s.textContent='★';
s.style.left=(r.right-60-150+SHIFT)+'px';s.style.top=(r.top-75)+'px';document.body.appendChild(s)}
const found=[...document.querySelectorAll('h1,h2,p,td,th')].filter(e=>!(e.tagName=='P'&&e.closest('td,th')));
const out=document.createElement('pre');out.id='places';
out.textContent=JSON.stringify({height:Math.ceil(document.documentElement.scrollHeight),boxes:found.map(e=>{const r=e.getBoundingClientRect();
return [r.left,r.top,r.right,r.bottom]})});out.style.display='none';document.body.appendChild(out);
"""


class Box(NamedTuple):
    """A rectangle, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Segment:
    """A line as an engine read it."""

    text: str
    confidence: float
    box: Box  # on its sheet


@dataclass(frozen=True)
class Sheet:
    """A scan of a part of the page, and the places of the blocks on it."""

    image: np.ndarray[Any, Any]
    blocks: dict[int, Box]  # by number


def drawn(*names: str) -> random.Random:
    """Return a generator that depends on names alone."""
    return random.Random(hashlib.sha256("/".join(names).encode()).digest())


def page_set(path: Path) -> tuple[np.ndarray[Any, Any], list[Box], int]:
    """Return the page as printed (grey), the boxes of its lines and cells, and how many pixels a table reader cuts off a cell."""
    dice = drawn(path.stem, "set")
    tight = dice.random() < 0.6
    design = {
        "type": dice.choices(TYPES, (4, 3, 2, 1))[0], "size": dice.choice((13, 14, 15, 16)), "leading": dice.choice((1.3, 1.45, 1.6, 1.75)),
        "title": dice.choice((20, 22, 26)), "weight": dice.choice(("bold", "normal")), "margin": dice.choice((40, 56, 72)), "rule": dice.choice((1, 1, 2)),
        "pad_y": dice.choice((1, 3, 5)), "pad_x": dice.choice((0, 1)) if tight else dice.choice((3, 5, 7)),
    }  # fmt: skip
    source = path.read_text(encoding="utf-8")
    script = SCRIPT.replace("SHIFT", str(dice.randint(-40, 40)))
    styled = source.replace("</head>", f"<style>{STYLE.format(**design)}</style></head>").replace("</body>", f"<script>{script}</script></body>")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(styled, encoding="utf-8")
        chromium = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-first-run", "--hide-scrollbars", f"--user-data-dir={folder}/profile", f"--force-device-scale-factor={SCALE}",
        ]  # fmt: skip
        dumped = subprocess.run([*chromium, f"--window-size={WIDTH},{SHEET}", "--dump-dom", page.as_uri()], capture_output=True, text=True, check=True, timeout=120)
        found = re.search(r'<pre id="places"[^>]*>(.*?)</pre>', dumped.stdout, re.DOTALL)
        assert found, "Chromium gave no places"
        places = json.loads(html.unescape(found[1]))
        shot = Path(folder, "page.png")
        size = f"--window-size={WIDTH},{places['height'] + 20}"
        subprocess.run([*chromium, size, f"--screenshot={shot}", page.as_uri()], capture_output=True, check=True, timeout=120)
        image = cv2.imread(str(shot), cv2.IMREAD_GRAYSCALE)
    return image, [Box(*(side * SCALE for side in box)) for box in places["boxes"]], int(design["rule"]) + dice.choice((2, 3, 4))


def sheets(image: np.ndarray[Any, Any], boxes: list[Box], blocks: list[Block]) -> list[Sheet]:
    """Cut the page between lines and rows into sheets no higher than an A4."""
    rows: dict[tuple[int, float], list[int]] = {}
    for number, (box, block) in enumerate(zip(boxes, blocks, strict=True)):
        rows.setdefault((block.row, round(box.top)), []).append(number)
    cuts, last = [0.0], 0.0
    for numbers in rows.values():
        top, bottom = min(boxes[number].top for number in numbers), max(boxes[number].bottom for number in numbers)
        clear = all(box.bottom <= top + 2 or box.top >= top - 2 for box in boxes)  # no merged cell lies across
        if bottom - cuts[-1] > SHEET * SCALE and clear and top > last:
            cuts.append(top)
            last = top
    cuts.append(float(len(image)))
    found = []
    for top, bottom in pairwise(cuts):
        mine = {
            number: Box(box.left, box.top - top, box.right, box.bottom - top)
            for number, box in enumerate(boxes)
            if top - 1 <= (box.top + box.bottom) / 2 < bottom
        }
        found.append(Sheet(image[int(top) : int(bottom)], mine))
    return found


def cut_out(sheet: Sheet, columns: dict[int, int], clip: int) -> Sheet:
    """Return the sheet with its cells cut out and set apart, as table readers hand them on: what touches a rule is cut with it."""
    height, width = sheet.image.shape
    image = np.full((height, width + GUTTER * (1 + max(columns.values(), default=0))), int(np.median(sheet.image)), np.uint8)
    blocks = dict(sheet.blocks)
    for number, box in sheet.blocks.items():
        left, top, right, bottom = (max(0, round(side)) for side in box)
        inset, shift = (clip, GUTTER * columns[number]) if number in columns else (0, 0)
        part = sheet.image[top + inset : bottom - inset, left + inset : min(right, width) - inset]
        image[top + inset : top + inset + part.shape[0], left + inset + shift : left + inset + shift + part.shape[1]] = part
        blocks[number] = Box(box.left + shift, box.top, box.right + shift, box.bottom)
    return Sheet(image, blocks)


def degraded(sheet: Sheet, degradation: str, *names: str) -> Sheet:
    """Return the sheet as a scanner would give it: ink, resolution, skew, blur, shading, noise, stains, JPEG."""
    dice = drawn(*names, degradation)
    noise = np.random.default_rng(dice.getrandbits(64))
    heavy = degradation == "heavy"
    image = sheet.image.astype(np.float32)
    ink = dice.choice(("faint", "plain", "heavy") if heavy else ("plain", "plain", "faint", "heavy"))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2, 2))
    if ink == "faint":  # the strokes thin and grey
        image = 255 - (255 - image) * dice.uniform(0.65, 0.85)
        image = cv2.addWeighted(image, 0.75 if heavy else 0.85, cv2.dilate(image, kernel), 0.25 if heavy else 0.15, 0)
    elif ink == "heavy":
        image = cv2.addWeighted(image, 0.4 if heavy else 0.7, cv2.erode(image, kernel), 0.6 if heavy else 0.3, 0)
    height, width = image.shape
    factor = dice.uniform(*RESOLUTION[degradation])
    image = cv2.resize(image, (int(width * factor), int(height * factor)), interpolation=cv2.INTER_AREA)
    image = cv2.GaussianBlur(image, (0, 0), dice.uniform(*BLUR[degradation]) * factor)
    skew = cv2.getRotationMatrix2D((image.shape[1] / 2, image.shape[0] / 2), dice.uniform(-0.05, 0.05), 1)  # what straightening leaves
    image = cv2.warpAffine(image, skew, (image.shape[1], image.shape[0]), borderValue=255)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
    shade = np.linspace(dice.uniform(0.85, 1), dice.uniform(0.85, 1), width, dtype=np.float32)
    image = image * shade[None, :]
    for _ in range(dice.randint(0, 4) if heavy else dice.randint(0, 1)):  # stains
        spot = np.zeros_like(image)
        cv2.circle(spot, (dice.randrange(width), dice.randrange(height)), dice.randint(15, 60), dice.uniform(40, 90), -1)
        image = image - cv2.GaussianBlur(spot, (0, 0), 12)
    image = image + noise.normal(0, dice.uniform(*NOISE[degradation]), image.shape)
    _, packed = cv2.imencode(".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, dice.randint(*JPEG[degradation])])
    return Sheet(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), sheet.blocks)


# Chosen by trial on the train pages, so that the engines' pooled error rates come to about 1-3 % and 5-12 %.
RESOLUTION = {"light": (0.75, 1.0), "heavy": (0.40, 0.54)}
BLUR = {"light": (0.5, 0.9), "heavy": (0.9, 1.4)}
NOISE = {"light": (3, 8), "heavy": (8, 15)}
JPEG = {"light": (55, 80), "heavy": (25, 45)}


@lru_cache
def _v4() -> Callable[..., Any]:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


@lru_cache
def _v6() -> Callable[..., Any]:
    from rapidocr import RapidOCR

    return RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1, "Global.log_level": "error"})


def ppocrv4(sheet: Sheet, cells: set[int]) -> list[Segment]:  # noqa: ARG001 -- engines have one signature
    """Return the sheet as PP-OCRv4 reads it (rapidocr-onnxruntime, detection and recognition)."""
    result, _ = _v4()(cv2.cvtColor(sheet.image, cv2.COLOR_GRAY2BGR), use_cls=False)
    return [Segment(text, float(score), _around(corners)) for corners, text, score in result or []]


def ppocrv6(sheet: Sheet, cells: set[int]) -> list[Segment]:  # noqa: ARG001
    """Return the sheet as PP-OCRv6 reads it (rapidocr, detection and recognition)."""
    result = _v6()(cv2.cvtColor(sheet.image, cv2.COLOR_GRAY2BGR), use_cls=False)
    if result.boxes is None:
        return []
    return [Segment(text, float(score), _around(corners)) for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True)]


def _around(corners: Iterable[Any]) -> Box:
    points = np.array(list(corners))
    return Box(*points.min(axis=0), *points.max(axis=0))


def evened(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a scan with its paper white and its grain smoothed, as it is prepared for tesseract."""
    paper = cv2.GaussianBlur(cv2.dilate(image, np.ones((15, 15), np.uint8)), (0, 0), 15)
    smooth = cv2.bilateralFilter(cv2.divide(image, paper, scale=255), 5, 40, 5).astype(np.float32)
    return np.asarray(np.clip(smooth * (265 / np.median(smooth)), 0, 255).astype(np.uint8))


def tesseract(sheet: Sheet, cells: set[int]) -> list[Segment]:
    """Return the sheet as tesseract reads it: each cell cut out, the lines between tables together."""
    areas: list[Box] = []
    for number, box in sheet.blocks.items():
        if number in cells:
            areas.append(box)
        elif areas and number - 1 in sheet.blocks and number - 1 not in cells:
            areas[-1] = Box(0, areas[-1].top, sheet.image.shape[1], box.bottom + 3)
        else:
            areas.append(Box(0, box.top - 3, sheet.image.shape[1], box.bottom + 3))
    image = evened(sheet.image)
    crops: dict[str, list[tuple[np.ndarray[Any, Any], int, int]]] = {"6": [], "7": []}  # by page segmentation mode: a block, a line
    for area in areas:
        left, top, right, bottom = (max(0, round(side)) for side in area)
        part = image[top:bottom, left:right]
        inked = np.argwhere(cv2.blur(part, (3, 3)) < DARK) if part.size else []
        if not len(inked):
            continue
        (above, before), (below, behind) = np.min(inked, axis=0), np.max(inked, axis=0)
        if below - above < SPECK or behind - before < SPECK:
            continue
        mode = "7" if below - above < LINE else "6"
        above, before = max(above - SPECK, 0), max(before - SPECK, 0)
        part = cv2.copyMakeBorder(part[above : below + SPECK, before : behind + SPECK], *[WHITE] * 4, cv2.BORDER_CONSTANT, value=255)
        part = cv2.resize(part, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
        crops[mode].append((part, left + int(before) - WHITE, top + int(above) - WHITE))
    return [segment for mode, parts in crops.items() if parts for segment in _tesseract(parts, mode)]


def _tesseract(parts: list[tuple[np.ndarray[Any, Any], int, int]], mode: str) -> Iterator[Segment]:
    """Yield the lines read in some crops, each given with its place on the sheet."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{folder}/{number}.png" for number in range(len(parts))]
        for name, (part, _, _) in zip(names, parts, strict=True):
            cv2.imwrite(name, part)
        Path(folder, "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
        command = ["tesseract", f"{folder}/list.txt", f"{folder}/out", "-l", "chi_sim", "--psm", mode, "--dpi", "290", "tsv"]
        subprocess.run(command, capture_output=True, check=True, timeout=900)
        table = Path(folder, "out.tsv").read_text(encoding="utf-8")
    found: dict[tuple[int, str, str, str], list[tuple[str, float, Box]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5" and row["text"].strip():
            _, x, y = parts[int(row["page_num"]) - 1]
            left, top, width, height = (int(row[side]) / ENLARGED for side in ("left", "top", "width", "height"))
            key = (int(row["page_num"]), row["block_num"], row["par_num"], row["line_num"])
            found.setdefault(key, []).append((row["text"], float(row["conf"]) / 100, Box(left + x, top + y, left + x + width, top + y + height)))
    for words in found.values():
        box = _around([corner for *_, box in words for corner in ((box.left, box.top), (box.right, box.bottom))])
        sure = float(np.average([sure for _, sure, _ in words], weights=[len(text) for text, *_ in words]))
        yield Segment(" ".join(text for text, *_ in words), sure, box)


ENGINES: dict[str, Callable[[Sheet, set[int]], list[Segment]]] = {"ppocrv4": ppocrv4, "tesseract": tesseract, "ppocrv6": ppocrv6}


def by_block(sheet: Sheet, segments: list[Segment]) -> dict[int, list[Segment]]:
    """Return for each block the lines read in it, from top to bottom and left to right; a line in none goes to the nearest."""
    found: dict[int, list[Segment]] = {}
    for segment in segments:
        x, y = (segment.box.left + segment.box.right) / 2, (segment.box.top + segment.box.bottom) / 2

        def off(number: int, x: float = x, y: float = y) -> float:
            box = sheet.blocks[number]
            return max(box.left - x, 0, x - box.right) + 3 * max(box.top - y, 0, y - box.bottom)

        found.setdefault(min(sheet.blocks, key=off), []).append(segment)
    return {number: _in_reading_order(mine) for number, mine in found.items()}


def _in_reading_order(segments: list[Segment]) -> list[Segment]:
    ordered: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda segment: segment.box.top + segment.box.bottom):
        middle = (segment.box.top + segment.box.bottom) / 2
        if ordered and middle < ordered[-1][0].box.bottom - 0.3 * (ordered[-1][0].box.bottom - ordered[-1][0].box.top):
            ordered[-1].append(segment)
        else:
            ordered.append([segment])
    return [segment for line in ordered for segment in sorted(line, key=lambda segment: segment.box.left)]


def assembled(path: Path, read_lines: dict[int, list[Segment]]) -> tuple[str, list[tuple[int, int, float]]]:
    """Return the page's text, and for each stretch an engine read in one piece its place and confidence.

    A paragraph keeps its printed lines; a cell's run together, as table readers deliver them.
    """
    reader = read(path)
    numbers = {id(block): number for number, block in enumerate(reader.blocks)}
    text, confidences = "", []
    for line in lines(reader):
        for column, block in enumerate(line):
            text += "\t" if column else ""
            mine = read_lines.get(numbers[id(block)], []) if block is not None else []
            for place, segment in enumerate(mine):
                text += "\n" if place and block is not None and block.row < 0 else ""
                confidences.append((len(text), len(text) + len(segment.text), segment.confidence))
                text += segment.text.replace("\t", " ")
        text += "\n"
    return text, confidences


def make(path: Path, engines: list[str], folder: Path, images: Path | None, *, force: bool) -> list[str]:
    """Read one page with every engine at every degradation; return what was written."""
    cv2.setNumThreads(1)
    outputs = {(engine, degradation): folder / "ocr" / f"{engine}-{degradation}" / f"{path.stem}.txt" for engine in engines for degradation in DEGRADATIONS}
    wanted = {key: output for key, output in outputs.items() if force or not output.exists()}
    if not wanted:
        return []
    image, boxes, clip = page_set(path)
    blocks = read(path).blocks
    assert len(blocks) == len(boxes), f"{path.stem}: {len(blocks)} blocks, {len(boxes)} boxes"
    columns = {number: block.column for number, block in enumerate(blocks) if block.row >= 0}
    done = []
    for degradation in DEGRADATIONS:
        scans = [degraded(sheet, degradation, path.stem, str(number)) for number, sheet in enumerate(sheets(image, boxes, blocks))]
        if images:
            images.mkdir(parents=True, exist_ok=True)
            for number, scan in enumerate(scans):
                cv2.imwrite(str(images / f"{path.stem}-{degradation}-{number}.png"), scan.image)
        for engine in engines:
            output = wanted.get((engine, degradation))
            if output is None:
                continue
            found: dict[int, list[Segment]] = {}
            for scan in scans:
                apart = cut_out(scan, columns, clip)
                found |= by_block(apart, ENGINES[engine](apart, set(columns)))
            text, confidences = assembled(path, found)
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(text, encoding="utf-8")
            sure = folder / "confidences" / output.parent.name / f"{path.stem}.tsv"
            sure.parent.mkdir(parents=True, exist_ok=True)
            sure.write_text("start\tend\tconfidence\n" + "".join(f"{start}\t{end}\t{value:.3f}\n" for start, end, value in confidences), encoding="utf-8")
            done.append(f"{output.parent.name}/{path.stem}")
    return done


def main() -> None:
    """Parse and run, two workers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--output", type=Path, default=PAGES)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--force", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    paths = [path for path in sorted((PAGES / "html").glob("*.html")) if options.only in path.stem]
    work = partial(make, engines=options.engines, folder=options.output, images=options.images, force=options.force)
    with ProcessPoolExecutor(options.jobs) as pool:
        for number, (path, done) in enumerate(zip(paths, pool.map(work, paths), strict=True), start=1):
            print(f"{number}/{len(paths)} {path.stem}: {len(done)} read", flush=True)


if __name__ == "__main__":
    sys.exit(main())
