# ruff: noqa: SLF001 -- the engines of pages.py, fed with lines instead of sheets
"""Make pairs of what was printed and what an engine read, by the thousand: text set in several types, degraded as scans are, and read.

    python dictionaries/make/readings.py --corpora CORPORA --engine ppocrv4 --out READINGS/ppocrv4.tsv --minutes 30

The degradations are those of corpus/make/pages.py, drawn between its light and its heavy; the lines are cut out where they
were set, a few pixels off, as a detector does it. Needs what pages.py needs. A run goes on where the last one stopped: sheet
number n always holds the same lines. The pairs hold sentences of the corpora and stay outside the project; channel.py counts them.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "corpus" / "make"))

import pages  # noqa: E402

WORST = {"RESOLUTION": (0.32, 0.44), "BLUR": (1.0, 1.5), "NOISE": (8, 15), "JPEG": (25, 45)}  # where an engine fails most there is most to learn
SHARES = {"light": 1, "heavy": 4, "worst": 4}
FONTS = (
    ("arphic-gbsn00lp/gbsn00lp.ttf", 0, 4),
    ("noto/NotoSerifCJK-Regular.ttc", 2, 3),
    ("arphic-gkai00mp/gkai00mp.ttf", 0, 2),
    ("noto/NotoSansCJK-Regular.ttc", 2, 1),
    ("wqy/wqy-zenhei.ttc", 0, 1),
)
LINES = 24  # of a sheet
MARGIN = 30  # pixels around a sheet
JITTER = 2  # pixels by which a detector's box is off
PROSE, NAMES, FORMS = 0.62, 0.13, 0.25  # shares of the lines
WIDTHS = (14, 42)  # characters of a line
DASHES, MARKS = "—-～", "，。；、：（）《》“”〔〕％%≥≤＝—·"


class Line(NamedTuple):
    text: str
    top: int
    bottom: int
    right: int


def prose(corpora: Path) -> Iterator[str]:
    """Yield paragraphs of the corpora without end, in an order of their own."""
    found: list[str] = []
    for path in sorted(corpora.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            found += [line.strip() for number, line in enumerate(lines) if number % 7 == 0 and len(line) > WIDTHS[0]]
    random.Random(7).shuffle(found)
    while True:
        yield from found


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader((line for line in stream if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row[name] for row in rows]


def form(dice: random.Random, terms: list[str], labels: list[str], places: list[str]) -> str:
    """Return a line as forms and letters have them, numbers, operators, brackets and item marks among Han characters."""
    number = f"{dice.randint(1, 99999)}" if dice.random() < 0.6 else f"{dice.uniform(0, 500):.{dice.randint(1, 2)}f}"
    date = f"{dice.randint(1996, 2025)}年{dice.randint(1, 12)}月{dice.randint(1, 28)}日"
    unit = dice.choice(["个", "次", "人", "户", "万元", "元", "%", "％", "公里", "亩", "份", "天", "平方米", "件", "家", "场"])
    term, label, place = dice.choice(terms), dice.choice(labels), dice.choice(places)
    other = dice.choice(terms)
    patterns = (
        f"{term}数量{dice.choice('≥≤＝=><')}{number}{unit}", f"{dice.choice('≥≤＝')}{number}{unit}", f"{label}：{term}", f"{label}{number}{unit}；{other}{number}{unit}。",
        f"（{dice.choice('一二三四五六七八九十')}）{term}；", f"{dice.randint(1, 12)}.{term}、{other}；", f"{place[0]}政办发〔{dice.randint(2000, 2025)}〕{dice.randint(1, 200)}号",
        f"{date}—{dice.randint(1, 12)}月{dice.randint(1, 28)}日，{place}{term}", f"《{place}{term}管理办法》", f"{dice.choice('一二三四五六七八九')}、{term}。{other}，",
        f"“{term}”——{other}", f"{dice.randint(1, 30)}.{dice.randint(0, 9)}+{dice.randint(1, 30)}={dice.randint(1, 60)}万元；", f"☑{term}□{other}", f"{place}{other}，{date}。",
        f"{dice.randint(2010, 2022)}-{dice.randint(2022, 2030)}年{term}（{number}{unit}）。", f"{term}：{other}；{dice.choice(terms)}，{dice.choice(terms)}。",
    )  # fmt: skip
    return dice.choice(patterns)


class Texts:
    """Lines to print."""

    def __init__(self, corpora: Path) -> None:
        """Read the corpora and the dictionaries."""
        home = HERE.parent
        self._prose = prose(corpora)
        self._terms = [term for term in column(home / "terms.tsv", "term") if len(term) > 1]
        self._labels = column(home / "labels.tsv", "label")
        self._places = column(home / "places.tsv", "name")
        self._names = column(home / "townships.tsv", "name") + self._places + column(home / "agencies.tsv", "name")

    def sheet(self, dice: random.Random) -> list[str]:
        """Return the lines of one sheet."""
        found: list[str] = []
        while len(found) < LINES:
            width, kind = dice.randint(*WIDTHS), dice.random()
            if kind < PROSE:
                paragraph = next(self._prose)
                start = dice.randrange(max(1, len(paragraph) - width)) if dice.random() < 0.6 else 0
                found.append(paragraph[start : start + width].strip())
            elif kind < PROSE + NAMES:
                found.append("".join(dice.choice(self._names) for _ in range(dice.randint(1, 6)))[:width])
            else:
                line = "".join(form(dice, self._terms, self._labels, self._places) for _ in range(dice.randint(1, 2)))
                found.append(line[: WIDTHS[1]])
        return [line for line in found if line]


@lru_cache
def font(name: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    folder = "opentype" if name.startswith("noto") else "truetype"
    return ImageFont.truetype(f"/usr/share/fonts/{folder}/{name}", size, index=index)


def printed(texts: list[str], dice: random.Random) -> tuple[np.ndarray[Any, Any], list[Line]]:
    """Return a sheet with the lines set on it, and where they stand."""
    name, index, _ = dice.choices(FONTS, [weight for *_, weight in FONTS])[0]
    size = dice.choice((26, 28, 30, 32))
    face, leading = font(name, index, size), int(size * dice.choice((1.45, 1.6, 1.75)))
    image = Image.new("L", (2 * MARGIN + size * (WIDTHS[1] + 2), 2 * MARGIN + leading * len(texts)), 255)
    pen, found = ImageDraw.Draw(image), []
    for number, text in enumerate(texts):
        top = MARGIN + number * leading
        pen.text((MARGIN, top), text, fill=0, font=face)
        _left, above, right, below = pen.textbbox((MARGIN, top), text, font=face)
        found.append(Line(text, int(above), int(below), int(right)))
    return np.asarray(image), found


def crops(sheet: np.ndarray[Any, Any], lines: list[Line], dice: random.Random) -> list[np.ndarray[Any, Any]]:
    """Cut the lines out as a detector does: not quite where they are."""
    found = []
    for line in lines:
        top, bottom = line.top - 3 + dice.randint(-JITTER, JITTER), line.bottom + 4 + dice.randint(-JITTER, JITTER)
        left, right = MARGIN - 3 + dice.randint(-JITTER, JITTER), line.right + 3 + dice.randint(-2 * JITTER, JITTER)
        found.append(sheet[max(0, top) : bottom, max(0, left) : right])
    return found


def ppocrv4(parts: list[np.ndarray[Any, Any]]) -> list[str]:
    result, _ = pages._v4().text_rec([cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) for part in parts])
    return [found[0] for found in result]


def ppocrv6(parts: list[np.ndarray[Any, Any]]) -> list[str]:
    from rapidocr.ch_ppocr_rec import TextRecInput

    return list(pages._v6()._load_rec_model()(TextRecInput(img=[cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) for part in parts])).txts)


def tesseract(parts: list[np.ndarray[Any, Any]]) -> list[str]:
    done = []
    for part in parts:
        even = cv2.copyMakeBorder(pages.evened(part), *[pages.WHITE] * 4, cv2.BORDER_CONSTANT, value=255)
        done.append((cv2.resize(even, None, fx=pages.ENLARGED, fy=pages.ENLARGED, interpolation=cv2.INTER_CUBIC), 0, 0))
    found = {}
    for segment in _numbered(done):
        found.setdefault(segment[0], []).append(segment[1])
    return ["".join(found.get(number, [])) for number in range(len(parts))]


def _numbered(parts: list[tuple[np.ndarray[Any, Any], int, int]]) -> Iterator[tuple[int, str]]:
    for number, (image, _, _) in enumerate(parts):  # the place says which crop it was: pages.py gives no other sign
        parts[number] = (image, 0, 100_000 * number)
    for segment in pages._tesseract(parts, "7"):
        yield int(segment.box.top // 100_000), segment.text


ENGINES: dict[str, Callable[[list[np.ndarray[Any, Any]]], list[str]]] = {"ppocrv4": ppocrv4, "ppocrv6": ppocrv6, "tesseract": tesseract}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.txt.xz, one paragraph a line")
    parser.add_argument("--engine", choices=list(ENGINES), required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for name, bounds in WORST.items():
        getattr(pages, name)["worst"] = bounds
    texts = Texts(options.corpora)
    done = sum(1 for line in options.out.open(encoding="utf-8") if line) // LINES if options.out.exists() else 0
    until = time.monotonic() + 60 * options.minutes
    with options.out.open("a", encoding="utf-8") as out:
        number = done
        while time.monotonic() < until:
            dice = pages.drawn(options.engine, str(number))
            image, lines = printed(texts.sheet(dice), dice)
            degradation = dice.choices(list(SHARES), list(SHARES.values()))[0]
            sheet = pages.degraded(pages.Sheet(image, {}), degradation, options.engine, str(number)).image
            for read, line in zip(ENGINES[options.engine](crops(sheet, lines, dice)), lines, strict=True):
                out.write(f"{number}\t{degradation}\t{read.replace(chr(9), ' ')}\t{line.text.replace(chr(9), ' ')}\n")
            out.flush()
            number += 1
            print(f"\r{number} sheets", end="", file=sys.stderr)


if __name__ == "__main__":
    main()
