"""The JSON that PaddleOCR 2 and 3, PaddleX, PPOCRLabel and RapidOCR write → the page's text.

One page, a list of pages, or a page a line. Shapes, as of PaddleOCR 2.10 and 3.3, PPOCRLabel 2.1 and rapidocr 3.10:
    [[corners, [text, score]], ...]                                 PaddleOCR 2
    {"rec_texts", "rec_scores", "rec_boxes" or "rec_polys"}         PaddleOCR 3, also under "res" or "overall_ocr_res"
    {"parsing_res_list": [{"block_bbox", "block_content"}, ...]}    PP-StructureV3; a table's content is HTML
    {"table_res_list": [{"pred_html", "cell_box_list"}, ...]}       its tables, where blocks are not given
    IMAGE tab [{"transcription", "points"}, ...]                    PPOCRLabel
    [{"box", "txt", "score"}, ...], [[corners, text, score], ...], {"boxes", "txts", "scores"}    RapidOCR
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any, NamedTuple, NoReturn

from jiaokan.errors import InputError
from jiaokan.read.encodings import decode
from jiaokan.read.formats import Reading
from jiaokan.read.geometry import Piece, lines_of, written

KNOWN = "known: the results of PaddleOCR 2 and 3, PaddleX, PPOCRLabel and RapidOCR, a page, a list of pages, or a page a line"
AGAIN = "export the engine's result again, as JSON"
TEXTS = ("txt", "text", "transcription")  # what a line's own object calls them
PLACES = ("box", "points", "text_region", "bbox", "poly")
SCORES = ("score", "confidence", "conf")
COLUMNS = (("rec_texts", "rec_scores", "rec_boxes", "rec_polys", "dt_polys"), ("txts", "scores", "boxes"))  # texts, scores, places: any of
MOST_TESTS = 50_000_000  # of what stands in which block: no page has more
LARGEST = 1e9  # pixels
MOST_COLUMNS = 1_000  # of a table: a column span above it is no table's

Line = list[list[Piece]]  # cells of pieces


class _Bad(Exception):  # noqa: N818 -- never leaves this module
    """What is wrong, and at which JSON path."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, piece: Piece) -> bool:
        return self.left <= (piece.left + piece.right) / 2 <= self.right and self.top <= (piece.top + piece.bottom) / 2 <= self.bottom

    def covers(self, other: _Box) -> bool:
        """Tell whether the middle of another box is in this one."""
        return self.left <= (other.left + other.right) / 2 <= self.right and self.top <= (other.top + other.bottom) / 2 <= self.bottom


def read(data: bytes, *, where: str) -> Reading:
    """Return the lines an engine read as text, in reading order, with their boxes and scores.

    Raises InputError for what is not JSON, of no known shape, or has a value no engine gives, by its JSON path ($[0].rec_texts[3]).
    """
    text, encoding = decode(data, where=where)
    try:
        lines = [line for number, (page, path) in enumerate(_pages(text.lstrip("\ufeff")), start=1) for line in _page(page, path, number)]
    except _Bad as bad:
        raise InputError(str(bad), where=where, fix=AGAIN) from None
    except RecursionError:
        raise InputError("nested too deep to be an engine's result", where=where, fix=AGAIN) from None
    return written(lines)._replace(encoding=encoding)


def _pages(text: str) -> Iterator[tuple[Any, str]]:
    """Yield each page as it was parsed, and its path."""
    if text.lstrip()[:1] in {"[", "{"} and not _page_a_line(text):
        yield from _split(_parsed(text, ""), "$")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            image, _, labels = line.partition("\t")
            own = image.lstrip()[:1] in {"[", "{"}
            yield from _split(_parsed(line if own else labels, f"line {number}: "), f"line {number}: $")


def _page_a_line(text: str) -> bool:
    """Tell whether the first line is JSON by itself, and another follows."""
    first, _, rest = text.lstrip().partition("\n")
    if not rest.strip():
        return False
    try:
        json.loads(first)
    except ValueError:
        return False
    return True


def _parsed(text: str, line: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise _Bad(f"{line}{constant} is no number of JSON's")

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise _Bad(f"{line or f'line {error.lineno}: '}not JSON at column {error.colno}: {error.msg}") from None
    except ValueError as error:  # a number of thousands of digits
        raise _Bad(f"{line}{error}") from None


def _split(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    """Yield the pages in a value: itself, unless it is a list of pages. An empty page is null."""
    pages = isinstance(value, list) and not any(_is_line(one) for one in value[:1])
    if not pages:
        yield value, path
        return
    for number, one in enumerate(value):
        if one is not None and not isinstance(one, (dict, list)):
            raise _Bad(f"{path}[{number}]: a page wanted, {_kind(one)} found; {KNOWN}")
        yield one, f"{path}[{number}]"


def _is_line(value: Any) -> bool:
    if isinstance(value, dict):
        return any(name in value for name in TEXTS) and any(name in value for name in PLACES)
    return (
        isinstance(value, list)
        and len(value) in {2, 3}
        and isinstance(value[0], list)
        and (isinstance(value[1], str) or _is_reading(value[1]))
    )


def _is_reading(value: Any) -> bool:
    """Tell whether a value is [text, score], as PaddleOCR 2 has it."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _page(value: Any, path: str, page: int) -> Iterator[Line]:
    """Yield the lines of a page."""
    if isinstance(value, dict) and isinstance(value.get("res"), dict):
        value, path = value["res"], f"{path}.res"
    if isinstance(value, dict) and ("parsing_res_list" in value or "table_res_list" in value):
        yield from _structure(value, path, page)
    else:
        yield from lines_of(_pieces(value, path, page))


def _pieces(value: Any, path: str, page: int) -> list[Piece]:
    """Return what was read on a page, in the file's order."""
    if value is None or value == []:
        return []
    if isinstance(value, list):
        return [_line(one, f"{path}[{number}]", page, number) for number, one in enumerate(value)]
    if isinstance(value, dict):
        for names in COLUMNS:
            if names[0] in value:
                return _columns(value, path, page, names)
    raise _Bad(f"{path}: of no known shape; {KNOWN}")


def _columns(value: dict[str, Any], path: str, page: int, names: Sequence[str]) -> list[Piece]:
    """Return what was read, from lists of texts, scores and places."""
    texts, scores, *places = names
    if value[texts] is None:  # RapidOCR, of an empty page
        return []
    read = _list(value[texts], f"{path}.{texts}")
    name = next((name for name in places if value.get(name)), None)
    if name is None:
        if read:
            raise _Bad(f"{path}: {texts} without {' or '.join(places)}: where they stand is needed")
        return []
    boxes = _list(value[name], f"{path}.{name}")
    sure = [None] * len(read) if value.get(scores) is None else _list(value[scores], f"{path}.{scores}")
    for other, values in ((name, boxes), (scores, sure)):
        if len(values) != len(read):
            raise _Bad(f"{path}: {len(read)} {texts}, but {len(values)} {other}")
    return [
        _piece(text, box, score, (f"{path}.{texts}[{number}]", f"{path}.{name}[{number}]", f"{path}.{scores}[{number}]"), page, number)
        for number, (text, box, score) in enumerate(zip(read, boxes, sure, strict=True))
    ]


def _line(value: Any, path: str, page: int, number: int) -> Piece:
    """Return a line from its own object or list."""
    if not _is_line(value):
        raise _Bad(f"{path}: a line wanted, with its place and its text; {KNOWN}")
    if isinstance(value, dict):
        text, box = (next(name for name in names if name in value) for names in (TEXTS, PLACES))
        sure = next((name for name in SCORES if name in value), "")
        return _piece(value[text], value[box], value.get(sure), (f"{path}.{text}", f"{path}.{box}", f"{path}.{sure}"), page, number)
    if isinstance(value[1], str):
        return _piece(value[1], value[0], value[2] if len(value) > 2 else None, (f"{path}[1]", f"{path}[0]", f"{path}[2]"), page, number)
    return _piece(value[1][0], value[0], value[1][1], (f"{path}[1][0]", f"{path}[0]", f"{path}[1][1]"), page, number)


def _piece(text: Any, box: Any, score: Any, paths: tuple[str, str, str], page: int, number: int) -> Piece:  # noqa: PLR0917 -- three values, three paths
    text_path, box_path, score_path = paths
    return Piece(_text(text, text_path), f"{page}-{number + 1}", page, *_box(box, box_path), _score(score, score_path))


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _Bad(f"{path}: a text wanted, {_kind(value)} found")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _Bad(f"{path}: half a surrogate pair, which is no character")
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _Bad(f"{path}: a list wanted, {_kind(value)} found")
    return value


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Bad(f"{path}: a number wanted, {_kind(value)} found")
    if not abs(value) < LARGEST:
        raise _Bad(f"{path}: too large a number")
    return float(value)


def _score(value: Any, path: str) -> float | None:
    if value is None:
        return None
    score = _number(value, path)
    if not 0 <= score <= 1.001:
        raise _Bad(f"{path}: a score from 0 to 1 wanted, {score:g} found")
    return min(score, 1.0)


def _box(value: Any, path: str) -> _Box:
    """Return the rectangle around corners, or one given as left, top, right, bottom."""
    values = _list(value, path)
    if len(values) == 4 and not isinstance(values[0], list):
        return _Box(*(_number(one, f"{path}[{number}]") for number, one in enumerate(values)))
    if len(values) < 3:
        raise _Bad(f"{path}: four numbers or at least three corners wanted, {len(values)} found")
    corners = []
    for number, corner in enumerate(values):
        pair = _list(corner, f"{path}[{number}]")
        if len(pair) != 2:
            raise _Bad(f"{path}[{number}]: two numbers wanted, {len(pair)} found")
        corners.append((_number(pair[0], f"{path}[{number}][0]"), _number(pair[1], f"{path}[{number}][1]")))
    across, down = zip(*corners, strict=True)
    return _Box(min(across), min(down), max(across), max(down))


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")


class _Area(NamedTuple):
    """A table or a block of text as a structure analysis has it."""

    box: _Box
    lines: list[Line]


def _structure(value: dict[str, Any], path: str, page: int) -> Iterator[Line]:
    """Yield the lines of a page that was taken apart: tables from their HTML, the rest from what was read, a block after the other."""
    read = _pieces(value["overall_ocr_res"], f"{path}.overall_ocr_res", page) if "overall_ocr_res" in value else []
    given = _list(value.get("table_res_list") or [], f"{path}.table_res_list")
    blocks = _list(value.get("parsing_res_list") or [], f"{path}.parsing_res_list")
    if (len(given) + len(blocks)) * (len(read) + len(given)) > MOST_TESTS:
        raise _Bad(f"{path}: {len(blocks)} blocks and {len(read)} lines are no page")
    tables = [_table(one, f"{path}.table_res_list[{number}]", f"{page}-t{number + 1}", page) for number, one in enumerate(given)]
    if not blocks:
        yield from _around_tables(sorted(tables, key=lambda area: area.box.top), read)
        return
    for number, one in enumerate(blocks):
        box, content = _block(one, f"{path}.parsing_res_list[{number}]")
        mine = [piece for piece in read if box.holds(piece)]
        read = [piece for piece in read if not box.holds(piece)]
        name = f"{page}-b{number + 1}"
        if "<table" in content:
            same = next((table for table in tables if box.covers(table.box)), None)
            tables = [table for table in tables if table is not same]  # it stands there once
            yield from same.lines if same else _cells(content, box, [], name, page)
        elif mine:
            yield from lines_of(mine)
        else:
            lines = [line for line in content.splitlines() if line.strip()]
            yield from ([[Piece(line, f"{name}-{place}", page, *box)]] for place, line in enumerate(lines, start=1))
    yield from lines_of(read)  # in no block


def _around_tables(tables: list[_Area], read: list[Piece]) -> Iterator[Line]:
    """Yield what stands above a table, the table, what stands below; what was read inside it is in its cells."""
    for table in tables:
        read = [piece for piece in read if not table.box.holds(piece)]
        yield from lines_of([piece for piece in read if piece.bottom <= table.box.top])
        read = [piece for piece in read if piece.bottom > table.box.top]
        yield from table.lines
    yield from lines_of(read)


def _block(value: Any, path: str) -> tuple[_Box, str]:
    if not isinstance(value, dict) or "block_content" not in value or "block_bbox" not in value:
        raise _Bad(f"{path}: an object with block_bbox and block_content wanted")
    return _box(value["block_bbox"], f"{path}.block_bbox"), _text(value["block_content"], f"{path}.block_content")


def _table(value: Any, path: str, name: str, page: int) -> _Area:
    if not isinstance(value, dict) or "pred_html" not in value:
        raise _Bad(f"{path}: an object with pred_html wanted")
    places = _list(value.get("cell_box_list") or [], f"{path}.cell_box_list")
    boxes = [_box(place, f"{path}.cell_box_list[{cell}]") for cell, place in enumerate(places)]
    if not boxes:
        raise _Bad(f"{path}: no cell_box_list: where the table stands is needed")
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    around = _Box(min(lefts), min(tops), max(rights), max(bottoms))
    return _Area(around, _cells(_text(value["pred_html"], f"{path}.pred_html"), around, boxes, name, page))


def _cells(html: str, around: _Box, boxes: list[_Box], name: str, page: int) -> list[Line]:
    """Return the rows of a table in HTML; a cell has its box where there are as many boxes as cells, else the table's."""
    parser = _Table()
    parser.feed(html)
    parser.close()
    own = len(boxes) == parser.count
    rows = []
    for row in parser.rows:
        line: Line = []
        for column, number, text in row:
            line.extend([] for _ in range(column - len(line)))
            box = boxes[number] if own else around
            line.append([Piece(text, f"{name}-{number + 1}", page, *box)] if text.strip() else [])
        if any(line):
            rows.append(line)
    return rows


class _Table(HTMLParser):
    """Gathers the cells of a table: column, number in the order of the source, text. A merged cell is where it begins."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[tuple[int, int, str]]] = []
        self.count = 0
        self._open = False
        self._covered: dict[int, int] = {}  # column → rows that a cell from above still covers
        self._text: list[str] = []
        self._column = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close()
            self._covered = {column: rows - 1 for column, rows in self._covered.items() if rows > 1}
            self.rows.append([])
            self._column = 0
        elif tag in {"td", "th"}:
            self._close()
            if not self.rows:
                self.rows.append([])
            while self._column in self._covered:
                self._column += 1
            spans = dict(attrs)
            across, down = (
                min(int(span[:9]), MOST_COLUMNS) if (span := spans.get(key) or "1").isdecimal() else 1 for key in ("colspan", "rowspan")
            )
            self.rows[-1].append((self._column, self.count, ""))
            self._covered.update(dict.fromkeys(range(self._column, self._column + across), down))
            self._column += across
            self.count += 1
            self._open = True
        elif tag in {"br", "p"} and self._text:
            self._text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr", "table"}:
            self._close()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._close()

    def _close(self) -> None:
        if self._open:
            column, number, _ = self.rows[-1][-1]
            self.rows[-1][-1] = (column, number, " ".join("".join(self._text).split()))
        self._open, self._text = False, []
