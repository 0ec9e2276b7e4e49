"""What stands where on the page says what is a paragraph, a row, a cell."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.read.geometry import Piece, assemble, written

EM = 30
PITCH = 48  # between the lines of a paragraph or a cell; rows stand 70 apart


def drawn(*placed: tuple[float, float, str], page: int = 1, slope: float = 0.0) -> list[Piece]:
    """Return lines as an engine gives them: (left in em, middle in pixels, text); a slope turns the page."""
    pieces = []
    for number, (left, middle, text) in enumerate(placed):
        width = sum(EM if ord(character) > 0x2000 else 0.55 * EM for character in text)
        down = slope * (left * EM + width / 2)
        pieces.append(Piece(text, f"{page}-{number}", page, left * EM, middle - 16 + down, left * EM + width, middle + 16 + down, 0.9))
    return pieces


FULL = "为切实做好全县农村饮水安全巩固提升工作现就有关事项通知如下请认真"  # 32 characters: a full line from em 0
REST = "抓好落实。"
PARAGRAPHS = [
    (8, 100, "关于做好防汛工作的通知"),
    (0, 200, "各乡镇人民政府："),
    (2, 248, FULL[:30]),
    (0, 296, FULL),
    (0, 344, REST),
    (2, 392, "特此通知。"),
]
FORM = [  # label, value; the third value wraps over three lines, its label stands beside the middle one
    (0, 100, "项目名称"), (6, 100, "桥头镇饮水工程"), (20, 100, "项目编码"), (26, 100, "3607210001"),
    (0, 170, "主管部门"), (6, 170, "水利局"), (20, 170, "实施单位"), (26, 170, "水务站"),
    (6, 240, "新建蓄水池三座铺设管网一百二十公里解决四千人"), (0, 288, "项目内容"), (6, 288, "饮水困难配套建设消毒设施六套水质监测点八处并"), (6, 336, "落实管护。"),
    (0, 406, "联系人"), (6, 406, "闻九畴"), (20, 406, "联系电话"), (26, 406, "0797-0001234"),
]  # fmt: skip
TREE = [  # labels merged over rows, each in the middle of its own
    (0, 100, "一级指标"), (6, 100, "二级指标"), (12, 100, "三级指标"), (22, 100, "指标值"),
    (6, 205, "数量指标"), (12, 170, "新建蓄水池"), (22, 170, "≥3座"), (12, 240, "铺设管网"), (22, 240, "≥120公里"),
    (0, 240, "产出指标"), (6, 310, "质量指标"), (12, 310, "水质合格率"), (22, 310, "≥98%"),
    (0, 380, "效益指标"), (6, 380, "社会效益"), (12, 380, "受益人口"), (22, 380, "≥4000人"),
]  # fmt: skip
LEFT = [(0, 100 + PITCH * line, "左" * 15) for line in range(10)]
RIGHT = [(18, 100 + PITCH * line, "右" * 15) for line in range(10)]

# label, pieces, text
PAGES = [
    ("nothing", [], ""),
    (
        "paragraphs: indented, wrapped, ended short; a heading and a salutation stand alone",
        drawn(*PARAGRAPHS),
        f"关于做好防汛工作的通知\n各乡镇人民政府：\n{FULL[:30]}{FULL}{REST}\n特此通知。\n",
    ),
    ("in any order", drawn(*reversed(PARAGRAPHS)), f"关于做好防汛工作的通知\n各乡镇人民政府：\n{FULL[:30]}{FULL}{REST}\n特此通知。\n"),
    (
        "a form: a wrapped cell is one cell",
        drawn(*FORM),
        (
            "项目名称\t桥头镇饮水工程\t项目编码\t3607210001\n主管部门\t水利局\t实施单位\t水务站\n"
            "项目内容\t新建蓄水池三座铺设管网一百二十公里解决四千人饮水困难配套建设消毒设施六套水质监测点八处并落实管护。\n"
            "联系人\t闻九畴\t联系电话\t0797-0001234\n"
        ),
    ),
    (
        "merged labels: in the first of their rows, empty cells keep their column",
        drawn(*TREE),
        (
            "一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t新建蓄水池\t≥3座\n\t\t铺设管网\t≥120公里\n\t质量指标\t水质合格率\t≥98%\n"
            "效益指标\t社会效益\t受益人口\t≥4000人\n"
        ),
    ),
    (
        "an empty cell in the middle",
        drawn(
            (0, 100, "科目"),
            (8, 100, "预算数"),
            (16, 100, "决算数"),
            (0, 170, "办公费"),
            (16, 170, "12.6"),
            (0, 240, "差旅费"),
            (8, 240, "3.5"),
            (16, 240, "3.1"),
        ),
        "科目\t预算数\t决算数\n办公费\t\t12.6\n差旅费\t3.5\t3.1\n",
    ),
    (
        "columns of text, one after the other",
        drawn(*[line for pair in zip(LEFT, RIGHT, strict=True) for line in pair]),
        f"{'左' * 150}\n{'右' * 150}\n",
    ),
    ("words of a line", drawn((0, 100, "项目"), (2.1, 101, "支出"), (4.3, 99, "绩效")), "项目支出绩效\n"),
    ("Latin words keep a blank", drawn((0, 100, "GB"), (1.8, 100, "18030"), (5, 100, "标准")), "GB 18030标准\n"),
    (
        "two things on one line that line up with nothing",
        drawn((0, 100, "甲县发〔2024〕3号"), (20, 100, "签发人：闻九畴"), (0, 170, FULL)),
        f"甲县发〔2024〕3号签发人：闻九畴\n{FULL}\n",
    ),
    ("pages by their number", drawn((0, 100, "后"), page=2) + drawn((0, 900, "前"), page=1), "前\n后\n"),
    ("tabs and line ends within a piece", [Piece("项目\t名\n称", "1", 1, 0, 0, 100, 30)], "项目 名 称\n"),
    ("a piece of white space is none", [Piece(" \t", "1", 1, 0, 0, 100, 30), Piece("项目", "2", 1, 0, 50, 60, 80)], "项目\n"),
]


@pytest.mark.parametrize(("pieces", "text"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_pieces_become_text(pieces: list[Piece], text: str) -> None:
    assert assemble(pieces).text == text


@pytest.mark.parametrize("degrees", [-2, -1, 1, 2])
@pytest.mark.parametrize("placed", [FORM, TREE], ids=["form", "merged labels"])
def test_a_skewed_page_reads_the_same(placed: list[tuple[float, float, str]], degrees: int) -> None:
    straight = assemble(drawn(*placed)).text
    assert assemble(drawn(*placed, slope=math.tan(math.radians(degrees)))).text == straight


def test_a_box_keeps_its_piece() -> None:
    pieces = drawn(*TREE)
    reading = assemble(pieces)
    found = {box.id: box for box in reading.boxes}
    for piece in pieces:
        box = found[piece.id]
        assert reading.text[box.span.start : box.span.end] == piece.text
        assert (box.page, box.left, box.top, box.right, box.bottom, box.confidence) == piece[2:]


LENGTHS = st.floats(-50, 2000, allow_nan=False)
PIECES = st.lists(
    st.builds(
        lambda text, page, left, top, width, height: (text, page, left, top, left + width, top + height),
        st.text(st.sampled_from("项目支出（1.a \t\n"), min_size=0, max_size=12),
        st.integers(1, 2), LENGTHS, LENGTHS, st.floats(-5, 600), st.floats(-5, 80),
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES)
def test_nothing_is_lost_and_every_box_covers_its_text(given_pieces: list[tuple[str, int, float, float, float, float]]) -> None:
    pieces = [Piece(text, str(number), *rest) for number, (text, *rest) in enumerate(given_pieces)]
    reading = assemble(pieces)
    by_id = {box.id: box for box in reading.boxes}
    wanted = {piece.id: piece for piece in pieces if piece.text.strip()}
    assert len(reading.boxes) == len(by_id) == len(wanted)
    for name, piece in wanted.items():
        start, end = by_id[name].span
        assert reading.text[start:end].split() == piece.text.split()
    spans = [box.span for box in reading.boxes]
    assert spans == sorted(spans)
    assert all(before.end <= after.start for before, after in itertools.pairwise(spans))
    between = "".join(
        reading.text[start:end]
        for start, end in zip([0, *(span.end for span in spans)], [*(span.start for span in spans), len(reading.text)], strict=True)
    )
    assert not between.strip()


def test_many_pieces_are_read() -> None:
    pieces = [
        Piece("项目", str(number), 1, number % 10 * 100, number // 10 * 40, number % 10 * 100 + 60, number // 10 * 40 + 30)
        for number in range(5_000)
    ]
    assert assemble(pieces).text == ("\t".join(["项目"] * 10) + "\n") * 500


def test_lines_are_written_as_given() -> None:
    one, two = drawn((0, 0, "项目"), (0, 0, "资金"))
    reading = written([[[one], [], [two]], [[one, two]]])
    assert reading.text == "项目\t\t资金\n项目资金\n"
    assert [tuple(box.span) for box in reading.boxes] == [(0, 2), (4, 6), (7, 9), (9, 11)]
