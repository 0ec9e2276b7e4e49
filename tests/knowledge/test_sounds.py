"""Characters that sound alike, and text mistyped by them."""

from __future__ import annotations

import importlib.util
import pickle
import random
import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.glyphs import Glyphs
from jiaokan.knowledge.language import NEIGHBOUR_COLUMNS
from jiaokan.knowledge.sounds import FUZZY, SAME, SLIP, Sounds, likeness
from jiaokan.script import is_han

TYPOS = Path(__file__).resolve().parents[2] / "dictionaries" / "make" / "typos.py"

ALIKE = [
    ("the same sound and tone", "治", "制", SAME),
    ("another tone", "庐", "炉", SAME),
    ("another tone", "部", "布", SAME),
    ("a second reading of one", "航", "行", SAME),
    ("second readings of both", "藏", "葬", SAME),
    ("a word's own reading", "快", "会", SAME),
    ("the particle", "的", "地", SAME),
    ("ü", "律", "绿", SAME),
    ("zh z", "战", "赞", FUZZY),
    ("ch c", "查", "擦", FUZZY),
    ("sh s", "是", "四", FUZZY),
    ("n l", "南", "蓝", FUZZY),
    ("f h", "饭", "汉", FUZZY),
    ("r l", "热", "乐", FUZZY),
    ("an ang", "班", "帮", FUZZY),
    ("en eng", "真", "正", FUZZY),
    ("in ing", "新", "星", FUZZY),
    ("ian iang", "见", "将", FUZZY),
    ("uan uang", "关", "光", FUZZY),
    ("a letter wrong", "国", "刮", SLIP),
    ("a letter missing", "坏", "话", SLIP),
    ("a letter too many", "谈", "团", SLIP),
    ("two fuzzy differences", "赞", "章", 0.0),
    ("two letters", "管", "国", 0.0),
    ("a letter of two", "大", "那", 0.0),
    ("a letter of two and three", "话", "呼", 0.0),
    ("look-alikes", "未", "末", 0.0),
    ("a reading hardly in use", "系", "记", 0.0),
    ("a reading hardly in use", "和", "或", 0.0),
    ("unknown", "治", "𠮷", 0.0),
    ("not Han", "治", "，", 0.0),
    ("empty", "", "", 0.0),
]

READINGS = [("银行", "yin xing"), ("了", "le liao"), ("行", "xing hang"), ("重", "zhong chong"), ("女", "nv"), ("略", "lve"), ("会", "hui kuai")]

MALFORMED = [
    ("a tone mark", "制\tzhì"),
    ("a tone number", "制\tzhi4"),
    ("upper case", "制\tZhi"),
    ("no reading", "制\t"),
    ("two spaces", "行\txing  hang"),
    ("a word", "银行\tyin"),
    ("stands twice", "治\tzhi"),
    ("three cells", "制\tzhi\tzhi"),
]


def script() -> ModuleType:
    """Return dictionaries/make/typos.py as a module."""
    spec = importlib.util.spec_from_file_location("typos", TYPOS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


typos = script()

SENTENCE = "各镇要在2024年6月30日前修好12座水塔，把87.5万元的余款退回县里，并写明原因。村里的老桥由工匠分三次加固，工期不超过四十天；"


@pytest.fixture(scope="module")
def sounds():
    return Sounds.load(home())


@pytest.fixture(scope="module")
def glyphs():
    return Glyphs.load(home())


@pytest.fixture(scope="module")
def words(sounds):
    return typos.Homophones({"工期": 60, "公器": 5, "工棋": 0, "原因": 400, "原音": 9, "银行": 300, "银杏": 20, "引航": 20, "水塔": 8, "老桥": 3}, sounds)


@pytest.mark.parametrize(("read", "printed", "alike"), [row[1:] for row in ALIKE], ids=[f"{row[0]}: {row[1]} {row[2]}" for row in ALIKE])
def test_similarity(sounds, read, printed, alike):
    assert sounds.similarity(read, printed) == alike
    assert sounds.similarity(printed, read) == alike


@pytest.mark.parametrize(("chars", "readings"), READINGS)
def test_readings(sounds, chars, readings):
    if len(chars) == 1:
        assert sounds.readings[chars] == tuple(readings.split())
    else:
        assert tuple(sounds.readings[char][0] for char in chars) == tuple(readings.split())


def test_every_character_of_the_language_model_has_a_reading(sounds):
    silent = {char for char in sounds.counts if is_han(char)} - sounds.readings.keys()
    assert len(silent) <= 5
    assert all(sounds.counts[char] < 20 for char in silent)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_similarity_is_symmetric_and_highest_for_itself(sounds, data):
    char = st.sampled_from(sorted(sounds.readings))
    one, other = data.draw(char), data.draw(char)
    assert sounds.similarity(one, other) == sounds.similarity(other, one)
    assert sounds.similarity(one, other) in {0.0, SLIP, FUZZY, SAME}
    assert sounds.similarity(one, one) == SAME


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_similar_holds_others_once_nearest_and_commonest_first(sounds, data):
    char = data.draw(st.sampled_from(sorted(sounds.readings)))
    similar = sounds.similar(char, 1000)
    assert char not in similar
    assert len(set(similar)) == len(similar)
    order = [(-sounds.similarity(char, other), -sounds.counts[other]) for other in similar]
    assert order == sorted(order)
    assert all(alike < 0 for alike, _ in order)
    assert sounds.similar(char) == similar[:40]
    assert set(similar) == {other for other in sounds.readings if other != char and sounds.similarity(char, other)}


@given(one=st.text("abcghinouvyz", min_size=1, max_size=6), other=st.text("abcghinouvyz", min_size=1, max_size=6))
def test_likeness_is_symmetric(one, other):
    assert likeness(one, other) == likeness(other, one)


@pytest.mark.parametrize("char", ["𠮷", "，", "A", ""])
def test_nothing_sounds_like_an_unknown_character(sounds, char):
    assert sounds.similar(char) == ""


def test_an_instance_pickles_after_use(sounds):
    again = pickle.loads(pickle.dumps(sounds))
    assert again.similar("制") == sounds.similar("制") != ""


def folder(tmp_path, row, count="7"):
    (tmp_path / "language").mkdir()
    (tmp_path / "language" / "neighbours.tsv").write_text("\t".join(NEIGHBOUR_COLUMNS) + f"\n治\t{count}\t理\t法\n", encoding="utf-8")
    (tmp_path / "sounds.tsv").write_text(f"# title: x\nchar\treadings\n治\tzhi\n{row}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("row", [row for _, row in MALFORMED], ids=[label for label, _ in MALFORMED])
def test_a_malformed_row_is_named(tmp_path, row):
    with pytest.raises(DictionaryError, match=r"sounds\.tsv:4: .*\n  fix: "):
        Sounds.load(folder(tmp_path, row))


def test_a_malformed_count_is_named(tmp_path):
    with pytest.raises(DictionaryError, match=r"neighbours\.tsv:2: .*\n  fix: "):
        Sounds.load(folder(tmp_path, "制\tzhi", count="many"))


def test_a_character_without_count_comes_last(tmp_path):
    assert Sounds.load(folder(tmp_path, "志\tzhi\n制\tzhi")).similar("志") == "治制"


def test_homophones(words):
    assert words.of("工期").keys() == {"公器", "工棋"}
    assert words.of("工期")["公器"] > words.of("工期")["工棋"] / 12  # 工棋 keeps a character, which weighs twelve times
    assert words.of("银行").keys() == {"银杏", "引航"}
    assert words.of("没有的词") == {}


def test_cut_takes_the_longest_word_and_keeps_everything(words):
    assert list(words.cut("查明原因，工期12天。")) == ["查", "明", "原因", "，", "工期", "1", "2", "天", "。"]
    assert list(words.cut("")) == []


def test_typed_is_seeded(sounds, words, glyphs):
    text = SENTENCE * 5
    first, second, other = (typos.typed(text, random.Random(seed), sounds, words, glyphs) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_typed_changes_han_characters_into_others_and_nothing_else(sounds, words, glyphs):
    text = SENTENCE * 40
    wrong = typos.typed(text, random.Random(3), sounds, words, glyphs)
    assert len(wrong) == len(text)
    changed = [(one, other) for one, other in zip(wrong, text, strict=True) if one != other]
    assert all(is_han(one) and is_han(other) for one, other in changed)
    assert re.sub(r"[^0-9.]", "", wrong) == re.sub(r"[^0-9.]", "", text)


def test_typed_makes_as_many_mistakes_as_it_says(sounds, words, glyphs):
    text = SENTENCE * 200
    wrong = typos.typed(text, random.Random(4), sounds, words, glyphs)
    places = re.findall("x+", "".join("x" if one != other else " " for one, other in zip(wrong, text, strict=True)))
    han = sum(map(is_han, text))
    assert 25 < han / len(places) < 40
    assert max(map(len, places)) <= 4
    alike = [sounds.similarity(one, other) for one, other in zip(wrong, text, strict=True) if one != other]
    assert 0.6 < sum(value == SAME for value in alike) / len(alike) < 0.8
    assert {FUZZY, SLIP, 0.0} < set(alike)


def test_typed_keeps_the_spacing_it_is_given(sounds, words, glyphs):
    text = SENTENCE * 50
    changes = [
        sum(one != other for one, other in zip(typos.typed(text, random.Random(5), sounds, words, glyphs, spacing=spacing), text, strict=True))
        for spacing in (typos.SPACING, 10 * typos.SPACING)
    ]
    assert changes[0] > 5 * changes[1] > 0


@pytest.mark.parametrize("text", ["", "2024-06-30", "ABC，。", "𠮷𠮷𠮷"])
def test_typed_leaves_what_it_cannot_mistype(sounds, words, glyphs, text):
    assert typos.typed(text, random.Random(6), sounds, words, glyphs, spacing=1) == text


def test_drawn_of_nothing_is_nothing():
    assert not typos.drawn({}, random.Random(0))
