"""The user's words: what they shield, what is repaired towards them, and how many there may be."""

from __future__ import annotations

import random
import tracemalloc
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.language import END
from jiaokan.knowledge.lexicon import LONGEST_TERM, Aims, Lexicon, following, found, lengths, repairable
from jiaokan.knowledge.load import load
from jiaokan.model import Span

MANY = 200_000
TEXT = "一是推进云柩工单平台建设，二是落实工作责任。\n"


def write(folder: Path, words: str, name: str = "words.txt") -> Path:
    """Write a list of words and return its path."""
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path


# --- rows

ROWS = [
    ("one a line", "云枢工单平台\n澄湖站\n", {"云枢工单平台", "澄湖站"}),
    ("no line end at the end", "云枢工单平台", {"云枢工单平台"}),
    ("lines ending as on Windows", "云枢工单平台\r\n澄湖站\r\n", {"云枢工单平台", "澄湖站"}),
    ("a mark at the beginning", "\ufeff云枢工单平台\n", {"云枢工单平台"}),
    ("blanks around", " 云枢工单平台\u3000\n\n\t\t\n", {"云枢工单平台"}),
    ("a comment", "# 云枢工单平台\n澄湖站\n", {"澄湖站"}),
    ("our table", "term\tarea\tkind\n云枢工单平台\t信访\t\n", {"云枢工单平台"}),
    ("twice", "澄湖站\n澄湖站\n", {"澄湖站"}),
    ("digits", "3横5纵路网\n２号泵站\n12345热线\n", {"3横5纵路网", "２号泵站", "12345热线"}),
    ("Latin letters and marks", "云枢App\n《澄湖志》\n“两湖”工程\n", {"云枢App", "《澄湖志》", "“两湖”工程"}),
    ("beyond the basic plane", "𠮷祥站\n", {"𠮷祥站"}),
    ("as long as may be", "澄" * LONGEST_TERM, {"澄" * LONGEST_TERM}),
    ("nothing", "", set()),
]


@pytest.mark.parametrize(("content", "words"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_rows_are_read(tmp_path: Path, content: str, words: set[str]) -> None:
    path = write(tmp_path, content)
    lexicon = Lexicon.load(home(), path, path)
    assert lexicon.wanted == lexicon.keep == words
    assert words <= lexicon.terms


BAD = [
    ("digits alone", "澄湖站\n12345\n", "2: no Chinese character in the term '12345'"),
    ("digits alone, late", "澄湖站\n" * 5_000 + "2024\n", "5001: no Chinese character in the term '2024'"),
    ("two cells", "澄湖站\t站\n", "1: 2 cells in the row"),
    ("too long", "澄" * (LONGEST_TERM + 1), f"1: a term of {LONGEST_TERM + 1} characters"),
    ("a control character", "澄\x07湖站\n", "1: a control character"),
    ("one character", "澄湖站\n澄\n", "2: a term of one character"),
]


@pytest.mark.parametrize(("content", "what"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, content: str, what: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DictionaryError) as raised:
        Lexicon.load(home(), path)
    assert f"{path}:{what}" in str(raised.value)
    assert raised.value.fix


def test_a_character_may_be_kept(tmp_path: Path) -> None:
    keep = write(tmp_path, "柩\n")
    assert not jiaokan.clean(TEXT, keep=keep).edits
    assert jiaokan.clean(TEXT).edits


# --- what they do


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("澄柩", "乘坐澄柩列车前往，按时返回。\n"),
        ("澄柩号", "乘坐澄柩号列车前往，按时返回。\n"),
        ("澄柩3号线", "乘坐澄柩3号线列车前往，按时返回。\n"),
        ("云柩App", "推广云柩App使用，做好群众工作。\n"),
    ],
)
def test_a_term_of_two_characters_or_with_digits_shields(tmp_path: Path, term: str, text: str) -> None:
    def touched(**options: Path) -> list[str]:
        return [edit.before for edit in jiaokan.clean(text, **options).edits if "柩" in edit.before]  # type: ignore[arg-type]

    assert touched()
    assert not touched(terms=write(tmp_path, term + "\n"))


def test_a_term_is_repaired_towards(tmp_path: Path) -> None:
    assert "云枢工单平台" in jiaokan.clean(TEXT, terms=write(tmp_path, "云枢工单平台\n")).text


@pytest.mark.parametrize("term", ["澄湖云枢工单流转平台", "澄湖市云枢工单统一流转与督办平台"])
def test_a_long_term_is_repaired_towards(tmp_path: Path, term: str) -> None:
    read = f"一是推进{term.replace('枢', '柩')}建设，二是落实工作责任。\n"
    assert term in jiaokan.clean(read, terms=write(tmp_path, term + "\n")).text


@pytest.mark.parametrize(("term", "aim"), [("云枢工单平台", True), ("云枢平台", True), ("云枢台", False), ("3横5纵路网", False), ("云枢“平台”", False), ("云枢 平台", False)])
def test_repairable(term: str, aim: bool) -> None:
    assert repairable(term) is aim


def test_thousands_of_words_work_at_once(tmp_path: Path) -> None:
    """Words are added and taken away between two documents of one process."""
    many = "".join(map("{}{}{}{}工程\n".format, *zip(*product("甲乙丙丁戊己庚辛", repeat=4), strict=True)))
    assert many.count("\n") == 4096
    path = write(tmp_path, many)
    assert "云枢" not in jiaokan.clean(TEXT, terms=path).text
    write(tmp_path, many + "云枢工单平台\n")
    assert "云枢工单平台" in jiaokan.clean(TEXT, terms=path).text
    kept = jiaokan.clean(TEXT, terms=path, keep=write(tmp_path, many + "云柩工单平台\n", "keep.txt"))
    assert not kept.edits
    write(tmp_path, many)
    assert "云枢" not in jiaokan.clean(TEXT, terms=path).text


@given(data=st.data())
@settings(max_examples=5)
def test_the_order_of_a_list_is_of_no_account(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    words = ["云枢工单平台", "云枢工单流转", "工单平台", "澄湖站", "柩工", "3横5纵路网"]
    shuffled = data.draw(st.permutations(words))
    folder = tmp_path_factory.mktemp("order")
    first, second = (jiaokan.clean(TEXT, terms=write(folder, "\n".join(order))) for order in (words, [*shuffled, shuffled[0]]))
    assert first.edits == second.edits


# --- finding

WORDS = st.text("甲乙丙", min_size=1, max_size=4)


@given(words=st.frozensets(WORDS, max_size=8), text=st.text("甲乙丙丁\ud800", max_size=20))
def test_found_is_every_place(words: frozenset[str], text: str) -> None:
    everywhere = [Span(start, start + len(word)) for word in words for start in range(len(text)) if text.startswith(word, start)]
    assert sorted(found(text, words, lengths(words))) == sorted(everywhere)


@given(words=st.frozensets(WORDS, max_size=12), start=st.text("甲乙丙", max_size=3))
def test_following_is_every_next_character_once(words: frozenset[str], start: str) -> None:
    assert list(following(sorted(words), start)) == sorted({word[len(start)] for word in words if word.startswith(start) and len(word) > len(start)})


LONG = st.text("甲乙丙", min_size=4, max_size=7)


@given(words=st.frozensets(LONG, min_size=1, max_size=6), text=st.text("甲乙丙丁，" + END, max_size=14), first=st.integers(0, 13), size=st.integers(1, 3))
def test_missed_is_every_word_one_character_off(words: frozenset[str], text: str, first: int, size: int) -> None:
    site = range(first, first + size)
    given_back = set(Aims(words, lengths(words)).missed(list(text), site))
    expected = set()
    for word in words:
        for place, char in enumerate(word):
            if place < 2 and len(word) - place - 1 < 2:
                continue
            for at in range(site.start, min(site.stop, len(text)) + 1):
                start, changed, lost = at - place, text[at : at + 1] not in ("", END), word[place + 1 :]
                if start < 0 or text[start:at] != word[:place] or text[at : at + 1] == char:
                    continue
                if changed and text.startswith(lost, at + 1):
                    expected.add((at, at + 1, char))
                elif text.startswith(lost, at):
                    expected.add((at, at, char))
    assert expected <= given_back
    for begin, end, char in given_back:
        mended = text[:begin] + char + text[end:]
        assert any(mended.startswith(word, start) for word in words for start in range(max(0, begin - len(word) + 1), begin + 1))
        assert begin in range(site.start, site.stop + 1)
        assert text[begin:end] not in {char, END}


@pytest.mark.parametrize(
    ("left", "after", "right", "wanted"),
    [
        ("推进云", "枢", "工单平台建设", True),
        ("推进云枢工单平", "台", "", True),
        ("", "云", "枢工单平台", True),
        ("云枢工", "", "单平台", True),
        ("云枢工单平台", "", "建设", False),
        ("", "", "云枢工单平台", False),
        ("云枢工单平台", "建", "设", False),
        ("云枢工", "单平", "台", True),
        ("云枢工", "章", "平台", False),
    ],
)
def test_wants(left: str, after: str, right: str, wanted: bool) -> None:
    words = frozenset({"云枢工单平台", "云枢"})
    assert Lexicon(words, frozenset(), frozenset(), wanted=words).wants(left, after, right) is wanted


def test_a_long_term_is_wanted_at_either_end() -> None:
    term = "澄湖市云枢工单统一流转与督办平台管理委员会办公室"
    lexicon = Lexicon(frozenset({term}), frozenset(), frozenset(), wanted=frozenset({term}))
    for place, char in enumerate(term):
        assert lexicon.wants("报" + term[:place], char, term[place + 1 :] + "审核")


# --- many


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a list of 200,000 firms, which all end alike, and begin alike by the thousand."""
    dice = random.Random(1)
    syllables = "澄湖云枢永兴宏达瑞丰嘉禾恒泰利民安康顺通东升金穗银河长青绿源海川江陵松柏"
    names: set[str] = set()
    while len(names) < MANY:
        names.add("".join(dice.choices(syllables, k=dice.randint(4, 6))) + "有限公司")
    return write(tmp_path_factory.mktemp("firms"), "\n".join(sorted(names)) + "\n")


def test_two_hundred_thousand_terms_load(firms: Path) -> None:
    lexicon = Lexicon.load(home(), firms)
    list(lexicon.whole(TEXT))
    list(lexicon.aims.missed(TEXT, range(5, 6)))
    assert lexicon.frames
    assert len(lexicon.wanted) == MANY


def test_terms_take_little_room(firms: Path, tmp_path: Path) -> None:
    """A term is held as it is spelled and as it is spelled backward: some 300 bytes, sets and lists included."""
    terms = write(tmp_path, "\n".join(firms.read_text(encoding="utf-8").split()[: MANY // 10]))
    held = []
    for given_terms in (None, terms):
        tracemalloc.start()
        try:
            lexicon = Lexicon.load(home(), given_terms)
            list(lexicon.whole(TEXT))
            list(lexicon.aims.missed(TEXT, range(5, 6)))
            held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert (held[1] - held[0]) / (MANY // 10) < 600


def test_one_of_two_hundred_thousand_terms_is_found(firms: Path) -> None:
    lexicon = Lexicon.load(home(), firms)
    name = min(lexicon.wanted)
    spoilt = "由" + name[:2] + "口" + name[3:] + "负责实施。"
    assert (3, 4, name[2]) in lexicon.aims.missed(spoilt, range(3, 4))



def test_two_hundred_thousand_terms_shield_and_change_nothing_else(firms: Path) -> None:
    name = max(load(firms).lexicon.wanted)
    text = f"由{name}负责日常维护，按季度结算。\n"
    assert jiaokan.clean(text, terms=firms, keep=firms).text == text
