"""How engines misread: what the counts say, what likeness adds where they say nothing, and whose counts weigh how much."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.confusions import CANDIDATES, CHANNEL, COLUMNS, FORMAT, POOL, Confusions
from jiaokan.knowledge.glyphs import Glyphs
from jiaokan.knowledge.language import Neighbours
from jiaokan.knowledge.load import load
from jiaokan.script import is_han

GLYPHS = Glyphs({"末": ("未木", "95"), "已": ("己巳", "99")})
NEIGHBOURS = Neighbours(dict.fromkeys("未末己已巳木县村", (100, "", "")))
OURS = load().misreadings
COUNTED = sorted({char for pair in OURS(False).counts for char in pair if len(char) == 1})


def channel(counts: Mapping[tuple[str, str], float]) -> Confusions:
    """Return a channel of some counts."""
    return Confusions(counts, GLYPHS, NEIGHBOURS)


def write(folder: Path, *rows: str, head: tuple[str, ...] = (FORMAT, "\t".join(COLUMNS))) -> Path:
    """Write a channel.tsv of some rows and return its folder."""
    folder.mkdir(exist_ok=True)
    (folder / CHANNEL).write_text("\n".join((*head, *rows)) + "\n", encoding="utf-8", newline="")
    return folder


def read(home: Path, own: Path | None = None, *, blanks: bool = False) -> Confusions:
    """Return the channel of a folder, and of a user's."""
    return Confusions.load(home, GLYPHS, NEIGHBOURS, own, blanks=blanks)


@given(blanks=st.booleans(), one=st.sampled_from(["", *COUNTED]), other=st.sampled_from(["", *COUNTED]))
def test_as_it_stands_is_likelier_than_any_other_printing(blanks: bool, one: str, other: str) -> None:
    if one != other:
        assert -60 < OURS(blanks).gain(one, other) < 0


def test_every_pair_ever_counted_is_below_zero() -> None:
    for blanks in (False, True):
        confusions = OURS(blanks)
        assert max(confusions.gain(was_read, printed) for printed, was_read in confusions.counts if printed != was_read) < 0


@given(blanks=st.booleans(), char=st.one_of(st.sampled_from(COUNTED), st.characters()))
def test_what_may_have_been_printed(blanks: bool, char: str) -> None:
    found = OURS(blanks).printed(char)
    assert char not in found
    assert len(set(found)) == len(found) <= CANDIDATES
    assert all(len(printed) == 1 and (is_han(printed) or not printed.isalnum()) for printed in found)


@pytest.mark.parametrize("blanks", [False, True])
def test_no_digit_or_letter_is_put_in(blanks: bool) -> None:
    lost = OURS(blanks).lost(10_000)
    assert all(len(char) == 1 and (is_han(char) or not char.isalnum()) for char in lost)
    assert lost[:3] == OURS(blanks).lost(3)
    assert set("。，、") < set(lost[:10])


@given(st.text(alphabet="县，、。0Aa９Ｂ①½", min_size=1, max_size=1), st.sampled_from("0123Ab９Ｂ①½"))
def test_a_digit_or_letter_is_never_written_however_often_it_was_counted(char: str, alphanumeric: str) -> None:
    confusions = channel({(alphanumeric, char): 500.0, ("一", char): 1.0, (alphanumeric, ""): 500.0})
    assert alphanumeric not in confusions.printed(char)
    assert not confusions.lost(5)


LIKELIER = [
    ("a look-alike against any character", ("末", "未"), ("末", "县")),
    ("the nearer look-alike", ("末", "未"), ("末", "木")),
    ("a character against a mark", ("末", "未"), ("末", "，")),
]


@pytest.mark.parametrize(("likelier", "than"), [row[1:] for row in LIKELIER], ids=[row[0] for row in LIKELIER])
def test_what_was_never_counted_goes_by_likeness(likelier: tuple[str, str], than: tuple[str, str]) -> None:
    confusions = channel({(char, char): 100.0 for char in "未末己已巳木县村，"} | {("村", "县"): 1.0})
    assert confusions.gain(*likelier) > confusions.gain(*than)


PAIRS = st.sampled_from([("末", "未"), ("县", "村"), ("，", "、"), ("", "县"), ("，", ""), ("县", "，"), ("末", "，")])


@given(PAIRS, st.integers(0, 10_000), st.integers(1, 10_000), st.integers(0, 10_000))
def test_more_counts_make_a_reading_likelier(pair: tuple[str, str], times: int, more: int, right: int) -> None:
    was_read, printed = pair

    def gain(count: int) -> float:
        return channel({(char, char): float(right) for char in {was_read, printed} - {""}} | {("村", "村"): 100.0, (printed, was_read): float(count)}).gain(was_read, printed)

    assert gain(times + more) > gain(times)


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_what_is_read_rightly_more_often_is_changed_less(right: int, more: int) -> None:
    few, many = (channel({("未", "未"): float(count), ("未", "末"): 5.0, ("末", "末"): 100.0}) for count in (right, right + more + 1))
    assert many.gain("末", "未") < few.gain("末", "未")


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_character_misread_more_often_is_spoilt_more(one: int, more: int) -> None:
    confusions = channel({("未", "末"): float(one), ("末", "末"): 1000.0, ("己", "已"): float(one + more), ("已", "已"): 1000.0})
    assert confusions.spoilt("已") >= confusions.spoilt("末")


def test_what_is_lost_comes_by_how_often() -> None:
    confusions = channel({("，", ""): 30.0, ("。", ""): 50.0, ("县", ""): 2.0, ("1", ""): 900.0, ("，，", ""): 70.0})
    assert confusions.lost(2) == ("。", "，")
    assert confusions.lost(9) == ("。", "，", "县")


def test_one_read_as_two_and_two_as_one() -> None:
    confusions = channel({("好", "女子"): 40.0, ("好", "好"): 60.0, ("女", "女"): 50.0, ("子", "子"): 50.0, ("女子", "好"): 40.0})
    assert confusions.gain("女子", "好") > confusions.gain("女县", "好")
    assert confusions.gain("好", "女子") > confusions.gain("好", "女县")


# Two families alike but for their size, of different characters: with the same weight in the pool, they say the same of them
SMALL = ("a\t未\t未\t9", "a\t未\t末\t1", "a\t末\t末\t10")
LARGE = ("b\t己\t己\t9000", "b\t己\t已\t1000", "b\t已\t已\t10000")


def test_families_weigh_alike_whatever_their_size(tmp_path: Path) -> None:
    confusions = read(write(tmp_path, *SMALL, *LARGE))
    for one, other in (("未", "己"), ("末", "已")):
        assert confusions.counts[one, one] == pytest.approx(confusions.counts[other, other])
    assert confusions.counts["未", "末"] == pytest.approx(confusions.counts["己", "已"])
    assert confusions.spoilt("末") == pytest.approx(confusions.spoilt("已"))
    assert sum(times for (printed, _), times in confusions.counts.items() if printed) == pytest.approx(2 * POOL)


def test_the_page_says_which_engines_count_most(tmp_path: Path) -> None:
    folder = write(tmp_path, *(row.replace("a\t", "tesseract\t") for row in SMALL), *LARGE)
    spaced, dense = read(folder, blanks=True), read(folder)
    assert spaced.gain("末", "未") > dense.gain("末", "未")
    assert spaced.gain("已", "己") < dense.gain("已", "己")
    assert spaced.counts["未", "末"] == pytest.approx(dense.counts["己", "已"])


def test_a_user_s_counts_are_added_to_ours(tmp_path: Path) -> None:
    home = write(tmp_path / "ours", *SMALL, *LARGE)
    own = write(tmp_path / "own", "mine\t木\t末\t400", "mine\t木\t木\t600", "mine\t未\t末\t7")
    alone, added = read(home), read(home, own)
    assert added.counts["未", "末"] == alone.counts["未", "末"] + 7
    assert added.counts["木", "末"] == 400
    assert {pair: times for pair, times in added.counts.items() if pair in alone.counts and pair != ("未", "末")} == {
        pair: times for pair, times in alone.counts.items() if pair != ("未", "末")
    }
    assert added.gain("末", "木") > alone.gain("末", "木")


def test_a_user_s_many_counts_outweigh_ours(tmp_path: Path) -> None:
    home = write(tmp_path / "ours", "a\t未\t未\t1", "a\t未\t末\t1", "a\t末\t末\t2")
    own = write(tmp_path / "own", "mine\t未\t未\t9999999", "mine\t末\t末\t9999999")
    assert read(home, own).gain("末", "未") < read(home).gain("末", "未") - 3


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_a_file_as_windows_writes_it(tmp_path: Path, end: str, bom: str) -> None:
    write(tmp_path, *SMALL)
    plain = read(tmp_path).counts
    path = tmp_path / CHANNEL
    path.write_bytes((bom + path.read_text(encoding="utf-8").replace("\n", end)).encode())
    assert read(tmp_path).counts == plain


MALFORMED = [
    ("a count that is none", "a\t未\t末\tmany", "count is 'many'", "make it a whole number"),
    ("half a count", "a\t未\t末\t0.5", "count is '0.5'", "make it a whole number"),
    ("less than nothing", "a\t未\t末\t-1", "count is '-1'", "make it a whole number"),
    ("three printed", "a\t未末木\t末\t1", "'未末木' read as '末'", "give at most two characters on either side"),
    ("three read", "a\t未\t末木本\t1", "'未' read as '末木本'", "give at most two characters on either side"),
    ("a cell too few", "a\t未\t1", "3 cells where 4 belong", "give the row the columns family, printed, read, count"),
    ("a cell too many", "a\t未\t末\t1\tsure", "5 cells where 4 belong", "give the row the columns family, printed, read, count"),
    ("no family", "\t未\t末\t1", "or the first is empty", "give the row the columns family, printed, read, count"),
]


@pytest.mark.parametrize("whose", ["ours", "own"])
@pytest.mark.parametrize(("row", "what", "fix"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_a_malformed_row_is_named(tmp_path: Path, whose: str, row: str, what: str, fix: str) -> None:
    folders = {name: write(tmp_path / name, *SMALL) for name in ("ours", "own")}
    write(folders[whose], *SMALL, row)
    with pytest.raises(DictionaryError) as caught:
        read(folders["ours"], folders["own"])
    assert re.fullmatch(rf"{re.escape(str(folders[whose] / CHANNEL))}:6: .*{re.escape(what)}.*\n  fix: {re.escape(fix)}.*", str(caught.value))


HEADS = [
    ("of another version", ("# format: jiaokan/channel/2", "\t".join(COLUMNS)), "channel data of another version: # format: jiaokan/channel/2"),
    ("of no version", ("# title: x", "\t".join(COLUMNS)), "channel data of another version: no format line"),
    ("the version behind the header", ("\t".join(COLUMNS), FORMAT), "channel data of another version: no format line"),
]


@pytest.mark.parametrize(("head", "what"), [row[1:] for row in HEADS], ids=[row[0] for row in HEADS])
def test_another_version_is_refused(tmp_path: Path, head: tuple[str, ...], what: str) -> None:
    with pytest.raises(DictionaryError) as caught:
        read(write(tmp_path, *SMALL, head=head))
    assert str(caught.value).startswith(f"{tmp_path / CHANNEL}: {what}\n  fix: make it again with jiaokan learn; this version reads ")


def test_another_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match=r"channel\.tsv:2: columns are printed, read, count\n  fix: make the header row: family, printed, read, count"):
        read(write(tmp_path, head=(FORMAT, "printed\tread\tcount")))


def test_a_folder_without_channel_data_says_so(tmp_path: Path) -> None:
    home = write(tmp_path / "ours", *SMALL)
    with pytest.raises(DictionaryError, match=r"channel\.tsv: .*\n  fix: check the path"):
        read(home, tmp_path)


def test_our_table_holds_each_pair_once_in_order() -> None:
    lines = (load().home / CHANNEL).read_text(encoding="utf-8").split("\n")
    rows = [line.split("\t") for line in lines[lines.index("\t".join(COLUMNS)) + 1 :] if line]
    pairs = [tuple(row[:3]) for row in rows]
    assert len(set(pairs)) == len(pairs)
    assert all(int(count) > 0 for *_, count in rows)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert all(math.isfinite(OURS(False).spoilt(char)) for char in COUNTED)
