"""The JSON of PaddleOCR, PPOCRLabel and RapidOCR becomes text; what is none of theirs is refused by its path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiaokan.errors import InputError
from jiaokan.read.ocr_json import read

FILES = Path(__file__).parent / "files"
CORNERS = [[0, 0], [120, 0], [120, 30], [0, 30]]
LOWER = [[0, 50], [120, 50], [120, 80], [0, 80]]
TWO = "项目名称\n饮水工程\n"
COLUMNS = {"rec_texts": ["项目名称", "饮水工程"], "rec_scores": [0.9, 0.8], "rec_boxes": [[0, 0, 120, 30], [0, 50, 120, 80]]}
HTML = "<html><body><table><tr><td rowspan='2'>产出&amp;</td><th>数量</th><td>≥3座</td></tr><tr><td>质量</td><td>≥98%</td></tr></table></body></html>"
CELLS = [[0, 100, 100, 200], [100, 100, 200, 150], [200, 100, 300, 150], [100, 150, 200, 200], [200, 150, 300, 200]]
ROWS = "产出&\t数量\t≥3座\n\t质量\t≥98%\n"


def said(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


# label, file, text
SHAPES = [
    ("PaddleOCR 2, a page", said([[CORNERS, ["项目名称", 0.9]], [LOWER, ["饮水工程", 0.8]]]), TWO),
    ("PaddleOCR 2, pages, one of them empty", said([[[CORNERS, ["项目名称", 0.9]]], None, [[LOWER, ["饮水工程", 0.8]]]]), TWO),
    ("PaddleOCR 3", said(COLUMNS), TWO),
    ("PaddleOCR 3, under res", said({"res": COLUMNS}), TWO),
    ("PaddleOCR 3, corners", said(COLUMNS | {"rec_boxes": [], "rec_polys": [CORNERS, LOWER]}), TWO),
    ("PaddleOCR 3, nothing read", said([COLUMNS, {"rec_texts": [], "rec_scores": [], "rec_boxes": []}]), TWO),
    ("PaddleOCR 3, a page a line", said({"res": COLUMNS}) + b"\n" + said({"res": COLUMNS}) + b"\n", TWO * 2),
    ("indented", json.dumps([COLUMNS], indent=4).encode(), TWO),
    ("a byte-order mark", b"\xef\xbb\xbf" + said(COLUMNS), TWO),
    ("RapidOCR, its lists", said({"boxes": [CORNERS, LOWER], "txts": ["项目名称", "饮水工程"], "scores": [0.9, 0.8]}), TWO),
    ("RapidOCR, to_json", said([{"box": CORNERS, "txt": "项目名称", "score": 0.9}, {"box": LOWER, "txt": "饮水工程", "score": 0.8}]), TWO),
    ("RapidOCR 1", said([[CORNERS, "项目名称", 0.9], [LOWER, "饮水工程", 0.8]]), TWO),
    ("RapidOCR, an empty page", said([{"boxes": None, "txts": None, "scores": None}, COLUMNS]), TWO),
    ("PPOCRLabel", "扫描/1.png\t".encode() + said([{"transcription": "项目名称", "points": CORNERS, "difficult": False}]) + b"\n", "项目名称\n"),
    ("PaddleX, a table among lines", said({"overall_ocr_res": COLUMNS, "table_res_list": [{"pred_html": HTML, "cell_box_list": CELLS}]}), TWO + ROWS),
    (
        "PP-StructureV3, blocks",
        said({"parsing_res_list": [
            {"block_label": "text", "block_bbox": [0, 0, 300, 90], "block_content": "项目名称\n饮水工程"},
            {"block_label": "table", "block_bbox": [0, 100, 300, 200], "block_content": HTML},
        ]}),
        TWO + ROWS,
    ),
    (
        "a span of thousands of digits",
        said({"parsing_res_list": [{"block_bbox": [0, 0, 9, 9], "block_content": f"<table><tr><td colspan='{'9' * 5000}'>甲</table>"}]}),
        "甲\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "text"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_every_shape_becomes_text(data: bytes, text: str) -> None:
    reading = read(data, where="page.json")
    assert reading.text == text
    assert all(reading.text[box.span.start : box.span.end].strip() for box in reading.boxes)


def test_a_box_has_place_and_score() -> None:
    first, second = read(said([[[CORNERS, ["项目名称", 0.9]]], [[LOWER, ["饮水工程", 0.8]]]]), where="page.json").boxes
    assert (first.id, first.page, first.left, first.top, first.right, first.bottom, first.confidence) == ("1-1", 1, 0, 0, 120, 30, 0.9)
    assert (second.id, second.page, second.top, second.confidence) == ("2-1", 2, 50, 0.8)


def test_a_cell_of_html_has_its_box() -> None:
    boxes = read(said({"table_res_list": [{"pred_html": HTML, "cell_box_list": CELLS}]}), where="page.json").boxes
    assert [[box.left, box.top, box.right, box.bottom] for box in boxes] == CELLS
    assert {box.confidence for box in boxes} == {None}


def test_a_table_in_two_blocks_has_no_box_twice() -> None:
    block = {"block_bbox": [0, 100, 300, 200], "block_content": HTML}
    reading = read(
        said({"parsing_res_list": [block, block], "table_res_list": [{"pred_html": HTML, "cell_box_list": CELLS}]}), where="page.json"
    )
    assert reading.text == ROWS * 2
    assert len({box.id for box in reading.boxes}) == len(reading.boxes) == 2 * len(CELLS)


@pytest.mark.parametrize(
    ("name", "lines", "pieces"),
    [("rapidocr.json", 24, 106), ("paddleocr3.json", 24, 106), ("paddleocr2.json", 20, 32), ("ppocrlabel.txt", 20, 32)],
)
def test_files_of_the_engines(name: str, lines: int, pieces: int) -> None:
    reading = read((FILES / name).read_bytes(), where=name)
    assert (reading.text.count("\n"), len(reading.boxes)) == (lines, pieces)
    wanted = (
        "产出指标\t数量指标\t杂交水稻制种面积\t以种子管理站备案并经田块核验的面积为准\t≥15.5万亩"
        if lines == 24
        else "10月11日，我局工作人员将上述意见当面向你作了说明，你表示理解。"
    )
    assert wanted in reading.text.splitlines()


DEEP = 200_000
# label, file, what the message says
REFUSED = [
    ("an unknown object", said({"pages": []}), "$: of no known shape; known: the results of PaddleOCR 2 and 3"),
    ("numbers", said([1, 2]), "$[0]: a page wanted, a number found"),
    ("not JSON", b'[{"box": ', "line 1: not JSON at column 10"),
    ("not JSON, on a later line", said(COLUMNS) + b'\n{"res":', "line 2: not JSON at column"),
    ("NaN", b'{"rec_texts": ["a"], "rec_scores": [NaN], "rec_boxes": [[0, 0, 1, 1]]}', "NaN is no number of JSON's"),
    ("infinite", b'{"rec_texts": ["a"], "rec_scores": [1], "rec_boxes": [[0, 0, 1e999, 1]]}', "$.rec_boxes[0][2]: too large a number"),
    ("a text for a number", said(COLUMNS | {"rec_scores": [0.9, "0.8"]}), "$.rec_scores[1]: a number wanted, a text found"),
    ("true for a number", said(COLUMNS | {"rec_scores": [0.9, True]}), "$.rec_scores[1]: a number wanted, true or false found"),
    ("a number for a text", said(COLUMNS | {"rec_texts": ["a", 1]}), "$.rec_texts[1]: a text wanted, a number found"),
    ("a score in per cent", said(COLUMNS | {"rec_scores": [0.9, 98]}), "$.rec_scores[1]: a score from 0 to 1 wanted, 98 found"),
    ("fewer scores than texts", said(COLUMNS | {"rec_scores": [0.9]}), "$: 2 rec_texts, but 1 rec_scores"),
    ("more boxes than texts", said(COLUMNS | {"rec_boxes": [[0, 0, 1, 1]] * 3}), "$: 2 rec_texts, but 3 rec_boxes"),
    ("no boxes", said({"rec_texts": ["a"], "rec_scores": [1]}), "$: rec_texts without rec_boxes"),
    ("a corner of three numbers", said([[[[0, 0, 0], *CORNERS[1:]], ["a", 1]]]), "$[0][0][0]: two numbers wanted, 3 found"),
    ("a line among pages' lines that is none", said([[CORNERS, ["a", 1]], "b"]), "$[1]: a line wanted"),
    ("on the second page", said([[[CORNERS, ["a", 1]]], [[CORNERS, ["a", None]], [CORNERS, [None, 1]]]]), "$[1][1]: a line wanted"),
    ("half a character", b'{"rec_texts": ["\\ud800"], "rec_scores": [1], "rec_boxes": [[0, 0, 1, 1]]}', "$.rec_texts[0]: half a surrogate"),
    ("a block without place", said({"parsing_res_list": [{"block_content": "a"}]}), "$.parsing_res_list[0]: an object with block_bbox"),
    ("a table without HTML", said({"table_res_list": [{}]}), "$.table_res_list[0]: an object with pred_html"),
    ("deep", b"[" * DEEP + b"]" * DEEP, "nested too deep"),
    ("a number of thousands of digits", b'{"rec_texts": ' + b"9" * 5_000 + b"}", "Exceeds the limit"),
]


@pytest.mark.parametrize(("data", "what"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_no_engine_writes_is_refused_by_its_path(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data, where="page.json")
    assert what in caught.value.what
    assert caught.value.where == "page.json"
