"""The table of words that `tesseract PAGE OUT tsv` writes → the page's text.

Levels 1-5: page, block, paragraph, line, word; only words have a text and a confidence. Source: tesseract 4 and 5, TessTsvRenderer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise, zip_longest
from statistics import median
from typing import NamedTuple

from jiaokan.errors import InputError
from jiaokan.read.encodings import decode
from jiaokan.read.formats import Reading
from jiaokan.read.geometry import WORD_GAP, Piece, lines_of, width_of_han, written

COLUMNS = ("level", "page_num", "block_num", "par_num", "line_num", "word_num", "left", "top", "width", "height", "conf", "text")
WORD = 5  # the level of words
NEAR = 2  # lines above and below that may have the same gap: a column begins there
ENUMERATOR = re.compile(r"[（(]?[0-9一二三四五六七八九十]{1,3}[)）.．、]+|[①-⑳]")
WIDE = 4  # em; a wider gap parts cells by itself
FIX = "run tesseract again: tesseract PAGE OUT -l chi_sim tsv"


class _Row(NamedTuple):
    level: int
    page: int
    block: int
    paragraph: int
    line: int
    word: int
    left: float
    top: float
    width: float
    height: float
    confidence: float
    text: str


class _Word(NamedTuple):
    piece: Piece  # as tesseract has it
    text: str
    left: float  # its place on its line
    top: float
    right: float
    bottom: float


class _Gap(NamedTuple):
    before: int  # number of the word behind it
    left: float
    right: float


def read(data: bytes, *, where: str) -> Reading:
    """Return the words as text: words on the lines tesseract found, these in paragraphs and cells by where they stand.

    Raises InputError for a line that is none of such a table, by its number.
    """
    text, encoding = decode(data, where=where)
    rows = list(_rows(text, where))
    lines = (line for _, page in groupby(rows, key=lambda row: row.page) for line in _page(list(page)))
    return written(lines)._replace(encoding=encoding)


def _rows(text: str, where: str) -> Iterator[_Row]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].lstrip("\ufeff").split("\t")[: len(COLUMNS)] != list(COLUMNS):
        raise InputError(f"line 1: not the head of tesseract's table: {' '.join(COLUMNS)}", where=where, fix=FIX)
    known = set()
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        values = line.split("\t")
        if len(values) == len(COLUMNS) - 1 and values[0] != str(WORD):
            values.append("")  # an editor cut the empty text off
        if len(values) != len(COLUMNS):
            raise InputError(f"line {number}: {len(values)} columns, {len(COLUMNS)} wanted", where=where, fix=FIX)
        row = _row(number, values, where)
        if row.level == WORD:
            if row[1:6] in known:
                what = f"line {number}: word {'-'.join(map(str, row[1:6]))} a second time"
                raise InputError(what, where=where, fix="give the table of each page as a file of its own")
            known.add(row[1:6])
        yield row


def _row(number: int, values: list[str], where: str) -> _Row:
    keys, sizes = [], []
    for name, value in zip(COLUMNS[:-1], values, strict=False):
        try:
            sizes.append(float(value)) if name in COLUMNS[6:] else keys.append(int(value))
        except ValueError:
            raise InputError(f"line {number}: {name} is no number: {value[:20]!r}", where=where, fix=FIX) from None
    if not all(map(math.isfinite, sizes)) or not 1 <= keys[0] <= WORD or keys[1] < 1 or not -1 <= sizes[4] <= 100:
        raise InputError(
            f"line {number}: not what tesseract writes: a level from 1 to 5, a page from 1, a confidence to 100", where=where, fix=FIX
        )
    level, page, block, paragraph, line, word = keys
    left, top, width, height, confidence = sizes
    return _Row(level, page, block, paragraph, line, word, left, top, width, height, confidence, values[-1])


def _page(rows: list[_Row]) -> Iterator[list[list[Piece]]]:
    """Yield the lines of a page. What tesseract says of lines is to be trusted; of words, less: it loses some, and some reach over others."""
    lines = [words for _, line in groupby(rows, key=lambda row: (row.block, row.paragraph, row.line)) if (words := _words(line))]
    lines.sort(key=lambda line: line[0].top + line[0].bottom)
    em = width_of_han([_run("", [word]) for line in lines for word in line])
    gaps = [_gaps(line, em) for line in lines]
    runs: dict[str, list[_Word]] = {}
    for number, line in enumerate(lines):
        near = [gap for others in (*gaps[max(number - NEAR, 0) : number], *gaps[number + 1 : number + 1 + NEAR]) for gap in others]
        start = 0
        for gap in gaps[number]:
            if ENUMERATOR.fullmatch("".join(word.text for word in line[start : gap.before])) and gap.right - gap.left < WIDE * em:
                continue  # a list, not a column of numbers
            if gap.right - gap.left > WIDE * em or any(
                min(gap.right, one.right) - max(gap.left, one.left) > WORD_GAP / 2 * em for one in near
            ):
                runs[str(len(runs))] = line[start : gap.before]
                start = gap.before
        runs[str(len(runs))] = line[start:]
    for cells in lines_of([_run(name, words) for name, words in runs.items()]):
        yield [[word.piece for run in cell for word in runs[run.id]] for cell in cells]


def _words(line: Iterable[_Row]) -> list[_Word]:
    """Return the words of a line, as high as most of them and each ending where the next begins; a blank is no word."""
    rows = [row for row in line if row.level == WORD and row.text.strip()]
    if not rows:
        return []
    top, bottom = median(row.top for row in rows), median(row.top + row.height for row in rows)
    words = []
    for row, following in zip_longest(rows, rows[1:]):
        right = row.left + row.width
        sure = row.confidence / 100 if row.confidence >= 0 else None
        name = f"{row.page}-{row.block}-{row.paragraph}-{row.line}-{row.word}"
        piece = Piece(row.text, name, row.page, row.left, row.top, right, row.top + row.height, sure)
        end = min(right, max(row.left, following.left)) if following else right
        words.append(_Word(piece, row.text, row.left, top, end, bottom))
    return words


def _gaps(line: list[_Word], em: float) -> list[_Gap]:
    return [
        _Gap(number, left.right, right.left)
        for number, (left, right) in enumerate(pairwise(line), start=1)
        if right.left - left.right > WORD_GAP * em
    ]


def _run(name: str, words: list[_Word]) -> Piece:
    text = "".join(word.text for word in words)
    return Piece(text, name, words[0].piece.page, words[0].left, words[0].top, max(word.right for word in words), words[0].bottom)
