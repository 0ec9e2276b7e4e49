"""tesseract's table of words becomes paragraphs and rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiaokan.errors import InputError
from jiaokan.read.tesseract import COLUMNS, read

PAGE = Path(__file__).parent / "files" / "tesseract.tsv"
HEAD = "\t".join(COLUMNS) + "\n"


def table(*lines: list[tuple[int, str]], end: str = "\n") -> bytes:
    """Return a table of lines of words, each with its left edge; a character is 30 pixels wide, a line 48 high."""
    rows = ["1\t1\t0\t0\t0\t0\t0\t0\t1600\t2200\t-1\t"]
    for number, words in enumerate(lines, start=1):
        rows.append(f"4\t1\t1\t1\t{number}\t0\t{words[0][0]}\t{number * 48}\t900\t32\t-1\t")
        rows += [
            f"5\t1\t1\t1\t{number}\t{place}\t{left}\t{number * 48}\t{30 * len(word)}\t32\t91.5\t{word}"
            for place, (left, word) in enumerate(words, start=1)
        ]
    return (HEAD + "\n".join(rows) + "\n").replace("\n", end).encode()


FULL = "为切实做好全县农村饮水安全巩固提升工作现就有关事项通知"
PARAGRAPH = table([(160, FULL[:12]), (522, FULL[12:25])], [(100, FULL)], [(100, "如下：")])

# label, table, text
TABLES = [
    ("words of a line, lines of a paragraph", PARAGRAPH, f"{FULL[:25]}{FULL}如下：\n"),
    ("lines end in CR LF", PARAGRAPH.replace(b"\n", b"\r\n"), f"{FULL[:25]}{FULL}如下：\n"),
    ("a byte-order mark", b"\xef\xbb\xbf" + PARAGRAPH, f"{FULL[:25]}{FULL}如下：\n"),
    ("the empty texts cut off by an editor", PARAGRAPH.replace(b"-1\t\n", b"-1\n"), f"{FULL[:25]}{FULL}如下：\n"),
    (
        "gaps that stand one under the other part cells",
        table([(100, "项目"), (400, "资金")], [(100, "饮水"), (400, "12.6")]),
        "项目\t资金\n饮水\t12.6\n",
    ),
    ("a gap by itself is a lost word", table([(100, FULL[:10]), (450, "工作")], [(100, FULL)]), f"{FULL[:10]}工作\n{FULL}\n"),
    (
        "numbers of a list are no column",
        table([(100, "1."), (200, "没收所得；")], [(100, "2."), (200, "处以罚款。")]),
        "1.没收所得；\n2.处以罚款。\n",
    ),
    ("a blank is no word", table([(100, " "), (200, "项目")]), "项目\n"),
]


@pytest.mark.parametrize(("data", "text"), [row[1:] for row in TABLES], ids=[row[0] for row in TABLES])
def test_words_become_text(data: bytes, text: str) -> None:
    reading = read(data, where="page.tsv")
    assert reading.text == text
    assert reading.encoding.startswith("utf-8")


def test_a_page_in_the_wild() -> None:
    data = PAGE.read_bytes()
    reading = read(data, where="page.tsv")
    lines = reading.text.splitlines()
    assert lines[:2] == ["靖西市卫生健康局", "行政处罚决定书"]
    assert "证照名称\t个体工商户营业执照\t注册号\t92451081MA5L7Y3EXL" in lines
    assert "2.没收牙科综合治疗椅1台、高速手机2支、利多卡因注射液19支;" in lines
    words = [line.split("\t") for line in data.decode().splitlines()[1:]]
    read_words = {f"{row[1]}-{row[2]}-{row[3]}-{row[4]}-{row[5]}": row for row in words if row[0] == "5" and row[11].strip()}
    assert {box.id for box in reading.boxes} == set(read_words)
    for box in reading.boxes:
        row = read_words[box.id]
        assert reading.text[box.span.start : box.span.end] == row[11]
        assert (box.left, box.top, box.right - box.left, box.bottom - box.top) == tuple(map(float, row[6:10]))
        assert box.confidence == float(row[10]) / 100


# label, table, what the message says
DAMAGED = [
    ("another table's head", b"id\tname\n1\ta\n", "line 1: not the head"),
    ("a column too few", PARAGRAPH + b"5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\n", "line 10: 11 columns, 12 wanted"),
    ("a column too many", PARAGRAPH + b"5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\ta\tb\n", "line 10: 13 columns, 12 wanted"),
    ("a word for a number", PARAGRAPH + b"5\t1\t1\t1\t1\t1\tx\t0\t1\t1\t90\ta\n", "line 10: left is no number"),
    ("no number at all", PARAGRAPH + b"5\t1\t1\t1\t1\t1\tnan\t0\t1\t1\t90\ta\n", "line 10: not what tesseract writes"),
    ("a sixth level", PARAGRAPH + b"6\t1\t1\t1\t1\t1\t0\t0\t1\t1\t90\ta\n", "line 10: not what tesseract writes"),
    ("more than certain", PARAGRAPH + b"5\t1\t1\t1\t1\t1\t0\t0\t1\t1\t900\ta\n", "line 10: not what tesseract writes"),
    ("a page twice", PARAGRAPH + PARAGRAPH.partition(b"\n")[2], "line 12: word 1-1-1-1-1 a second time"),
]


@pytest.mark.parametrize(("data", "what"), [row[1:] for row in DAMAGED], ids=[row[0] for row in DAMAGED])
def test_a_damaged_table_is_refused_by_line(data: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data, where="page.tsv")
    assert caught.value.what.startswith(what)
    assert caught.value.where == "page.tsv"
