"""What a pair teaches: rights, substitutions, losses, intruders, splits and merges; and what it must not."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.evaluate import Measure, compare
from jiaokan.learn import Tally, count
from jiaokan.learn.count import LONGEST, plain

LINE = "县财政局应当会同信访局做好专项经费的拨付工作"
PAIRS = [
    ("read rightly", "拨付经费", "拨付经费", {}, 0),
    ("a look-alike", "县信坊局", "县信访局", {("访", "坊"): 1}, 0),
    ("two side by side", "县倍坊局", "县信访局", {("信", "倍"): 1, ("访", "坊"): 1}, 0),
    ("a character lost", "县信局", "县信访局", {("访", ""): 1}, 0),
    ("an intruder", "县信丨访局", "县信访局", {("", "丨"): 1}, 0),
    ("marks and figures count like any other", "共12件。", "共≥2件；", {("≥", "1"): 1, ("；", "。"): 1}, 0),
    ("one read as two", "最女子的办法", "最好的办法", {("好", "女子"): 1}, 0),
    ("two read as one", "最好的办法", "最女子的办法", {("女子", "好"): 1}, 0),
    ("widths are folded", "（２０２１）７％", "(2021)7%", {}, 0),
    ("quotes are folded", "“草案”", '"草案"', {}, 0),
    ("white space is no character", "拨 付\u3000经\n费\t", "拨付经费", {}, 0),
    ("nor is what cannot be seen", "拨\u200b付\ufeff经费\u00ad", "拨付经费", {}, 0),
    ("compatibility ideographs are undone", "⼀件公文", "一件公⽂", {}, 0),
    ("nothing read of a short cell", "", "否", {("否", ""): 1}, 0),
    ("eight lost are counted", LINE[8:], LINE, dict.fromkeys([(char, "") for char in LINE[:8]], 1), 0),
    ("nine lost are a lost line", LINE[9:], LINE, {}, 9),
    ("nine intruders are another line", LINE[:9] + LINE, "、" + LINE, {}, 1),
    ("garbage that agrees by chance", "拨付" + "丨〇的丨乂〇丨〇在乂丨" + "经费情况", "拨付" + "应当依法的统筹安排在全县" + "经费情况", {}, 12),
    ("errors far apart are errors", "县财攻局应当会冋信坊局做好专顶径费的发付工作", LINE, {("政", "攻"): 1, ("同", "冋"): 1, ("访", "坊"): 1, ("项", "顶"): 1, ("经", "径"): 1, ("拨", "发"): 1}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("read", "printed", "wrongs", "skipped"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_a_pair_teaches(read: str, printed: str, wrongs: dict[tuple[str, str], int], skipped: int) -> None:
    tally = count(read, printed)
    assert (dict(tally.wrongs), tally.skipped) == (wrongs, skipped)
    right = tally.characters - skipped - sum(len(row[0]) * times for row, times in wrongs.items())
    assert tally.rights.total() == right
    assert tally.characters == len(plain(printed))


def test_rows_hold_rights_wrongs_and_seams() -> None:
    rows = count("县倍丨访局局", "县信访局局").rows
    assert rows == {("县", "县"): 1, ("信", "倍丨"): 1, ("访", "访"): 1, ("局", "局"): 2, ("", ""): 5}
    assert count("县信丨访局", "县信访局").rows["", ""] == 3
    assert count("丨丨丨丨否", "否").rows["", ""] == 0


NO_SPLIT = [
    ("at the end of the text", "办法最女子", "办法最好"),
    ("at its beginning", "女子的办法", "好的办法"),
    ("two as three", "最女子看的办法", "最好着的办法"),
    ("one as three", "最女了看的办法", "最好的办法"),
]


@pytest.mark.parametrize(("read", "printed"), [row[1:] for row in NO_SPLIT], ids=[row[0] for row in NO_SPLIT])
def test_only_one_as_two_between_equal_text_is_a_split(read: str, printed: str) -> None:
    tally = count(read, printed)
    assert all(max(map(len, row)) == 1 for row in tally.wrongs)
    assert tally.errors == compare(printed, read).errors


UNFIT = [
    ("an empty truth", "拨付", "", "the truth is empty"),
    ("a blank truth", "拨付", " \u3000\u200b", "the truth is empty"),
    ("a truth much longer", "拨付", LINE + LINE, "2 characters read, 44 printed"),
    ("a reading much longer", LINE + LINE, "拨付", "44 characters read, 2 printed"),
    ("another text", "关于下达预算指标的通知", LINE[:11], "11 of 11 characters wrong"),
    ("nothing read of two characters", "", "否决", "2 of 2 characters wrong"),
    ("just above three in five", "〇一二三四五六项经费", "县财政局应当专项经费", "7 of 10 characters wrong"),
    ("half a character", "拨付\ud842", "拨付经", "half a character (U+D842)"),
]


@pytest.mark.parametrize(("read", "printed", "what"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_a_pair_that_is_none_teaches_nothing(read: str, printed: str, what: str) -> None:
    tally = Tally()
    unfit = tally.take(read, printed)
    assert unfit is not None
    assert what in unfit.what
    assert unfit.fix
    assert tally == Tally()


FIT = [
    ("a cell of one character misread", "犬", "大"),
    ("a cell of one character lost", "", "大"),
    ("three in five wrong", "〇一二局会同", "县财政局会同"),
]


@pytest.mark.parametrize(("read", "printed"), [row[1:] for row in FIT], ids=[row[0] for row in FIT])
def test_a_bad_reading_is_still_learnt_from(read: str, printed: str) -> None:
    tally = Tally()
    assert tally.take(read, printed) is None
    assert tally.pairs == 1


texts = st.text(alphabet="县财政局信访的、。丨 1１Ａa\u3000\u200b⽂𠮷", max_size=40)


@given(texts, texts)
def test_every_printed_character_is_counted_once(read: str, printed: str) -> None:
    tally = count(read, printed)
    rows = tally.rows
    assert sum(len(row[0]) * times for row, times in rows.items()) + tally.skipped == tally.characters == len(plain(printed))
    assert sum(len(row[1]) * times for row, times in rows.items()) <= len(plain(read))
    assert tally.errors <= compare(plain(printed), plain(read)).errors
    assert all(max(map(len, row)) <= 2 and not any(char.isspace() for char in chain(*row)) for row in rows)


@given(texts)
def test_a_text_read_rightly_has_no_wrongs(text: str) -> None:
    assert count(text, text).wrongs == Counter()


@given(st.lists(st.tuples(texts, texts), max_size=5), st.integers(1, 4))
def test_tallies_add_up(pairs: list[tuple[str, str]], times: int) -> None:
    whole, parts = Tally(), Tally()
    for _ in range(times):
        for pair in pairs:
            whole.take(*pair)
    for pair in pairs:
        one = Tally()
        one.take(*pair)
        parts.add(one, times=times)
    assert parts == whole
    assert parts.rows == whole.rows


def test_a_long_document_is_counted_as_its_lines_are() -> None:
    read = LINE.replace("访", "坊").replace("拨", "")
    tally = count(read * 5_000, LINE * 5_000)
    assert tally.wrongs == {("访", "坊"): 5_000, ("拨", ""): 5_000}
    assert tally.skipped == 0
    assert tally.errors == compare(LINE * 5_000, read * 5_000, measure=Measure.LENIENT).errors == 10_000


def test_a_lost_paragraph_of_a_long_document_is_passed_over() -> None:
    lost = "三是落实工作责任，加强督查考核，确保按期完成各项任务。"
    tally = count(LINE * 50 + LINE * 50, LINE * 50 + lost + LINE * 50)
    assert (tally.wrongs, tally.skipped) == (Counter(), len(lost))
    assert len(lost) > LONGEST
