"""What is proposed of a place, what is never proposed, and how several changes become one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.detect.suspects import Passage, passages
from jiaokan.knowledge.language import tokens
from jiaokan.knowledge.load import load
from jiaokan.repair.channel import ALONE, BRACKETS, CLOSES, Channel, Scored, compared, joined, longest_word, span, unmatched, written
from jiaokan.repair.lattice import Path, Reading
from jiaokan.repair.memory import Memory, Parallel
from jiaokan.repair.sites import Site, sites

KNOWLEDGE = load()
QUOTES = "\"'“”‘’"


@cache
def channel(*, blanks: bool = False) -> Channel:
    return Channel(KNOWLEDGE, KNOWLEDGE.weights["reading"], blanks)


@cache
def judged(text: str) -> tuple[Passage, ...]:
    return tuple(passages(text, KNOWLEDGE.language, KNOWLEDGE.misreadings(False), KNOWLEDGE.weights))


def proposed(text: str) -> Iterator[tuple[Passage, Path]]:
    """Yield what is proposed of a page wherever it is looked at, and if every token were."""
    found = judged(text)
    memory = Memory(found)
    for passage in found:
        everywhere = [Site(range(start, min(start + 4, len(passage.tokens))), close=True) for start in range(0, len(passage.tokens), 2)]
        for site in (*sites(passage, memory.damage), *everywhere):
            for path in channel().paths(passage, site, memory):
                yield passage, path


PAIRED = [
    ("", 0),
    ("县（市）局", 0),
    ("《关于（试行）的通知》〔2021〕", 0),
    ("县（市局", 1),
    ("县市）局", 1),
    ("县〔市）局", 2),
    ("）县（", 2),
    ("（《）》", 2),
    ("（（县）", 1),
    ("1）水库", 1),
]


@pytest.mark.parametrize(("text", "alone"), PAIRED)
def test_brackets_without_a_partner_are_counted(text: str, alone: int) -> None:
    assert unmatched(text) == alone


@given(st.recursive(st.sampled_from(["县", "", "。"]), lambda inner: st.one_of(st.tuples(inner, inner).map("".join), *(inner.map(f"{opens}{{}}{closes}".format) for closes, opens in CLOSES.items()))))
def test_brackets_that_pair_are_not_alone(text: str) -> None:
    assert unmatched(text) == 0
    assert unmatched(f"（{text}") == unmatched(f"{text}》") == 1


BRACKETED = [
    "建设内容包括水塔（一座）和水渠（两条），由县水利局《实施方案》确定。",
    "建设内容包括水塔〔一座）和水渠（两条，由县水利局《实施方案）确定。",
    "建设内容包括水塔(一座)和水渠C两条)，由县水利局《实施方案确定。",
    '各村要落实“河长制“要求，做到‘日巡查、周报告”，切实加强"四乱’整治工作。',
    "□项目支出☑单位自评 √合格 ■不合格，（签字：）",
    "（一）加强领导，落实责任。（二）强化督查,严格考核（三)按时报告。",
]


@pytest.mark.parametrize("text", BRACKETED)
def test_quotes_and_boxes_stay_and_brackets_change_only_to_pair(text: str) -> None:
    for passage, path in proposed(text):
        touched = {unit for change in path.changes for unit in (*change.after, *passage.tokens[change.first : change.last])}
        assert ALONE.isdisjoint(touched)
        if not BRACKETS.isdisjoint(touched):
            assert unmatched(written(passage, path.changes)) < unmatched(passage.tokens)


PAGES = st.lists(st.sampled_from(["水库", "巡查", "的日常", "落实", "工作", "（", "）", "(", "《", "》", "〔", "“", "”", "'", '"', "，", "。", "□", "2021", "年", "杳", "厍"]), min_size=1, max_size=14).map("".join)


@settings(max_examples=60)
@given(PAGES)
def test_no_quote_is_ever_changed_on_a_page(text: str) -> None:
    document = jiaokan.clean(text, apply="likely")
    for edit in document.edits:
        if edit.after is not None and edit.rule in {"language_model", "lexicon", "document_memory"}:
            assert not set(QUOTES) & {*edit.before, *edit.after}


def test_a_broken_bracket_is_restored_where_its_partner_stands() -> None:
    texts = {written_as: {"".join(written(passage, path.changes)) for passage, path in proposed(written_as)} for written_as in ("印发《实施方案）的通知", "印发〈实施方案》的通知")}
    assert all("印发《实施方案》的通知\n" in found for found in texts.values())


@cache
def page() -> Passage:
    return judged("各村要明确专人负责山塘水库的日常巡查工作，\u3000发现12处 问题及时\u3000上报给 GDP 办。")[0]


@st.composite
def changes(draw: st.DrawFn) -> tuple[Reading, ...]:
    """Changes of a passage, in order, that do not overlap: one token replaced, taken out, or something put in before one."""
    size = len(page().tokens) - 1
    places = draw(st.lists(st.integers(1, size - 1), min_size=1, max_size=5, unique=True).map(sorted))
    after = st.sampled_from(["", "县", "，", "。", "水库"])
    found = []
    for place in places:
        text = draw(after)
        last = place if text and draw(st.booleans()) else place + 1
        found.append(Reading(place, last, text))
    return tuple(found)


def one_by_one(some: tuple[Reading, ...]) -> list[str]:
    units = list(page().tokens)
    for change in reversed(some):
        units[change.first : change.last] = change.after
    return units


@given(changes())
def test_changes_made_together_are_changes_made_one_by_one(some: tuple[Reading, ...]) -> None:
    assert written(page(), some) == one_by_one(some)
    whole = joined(page(), some)
    assert written(page(), (whole,)) == one_by_one(some)
    assert (whole.first, whole.last) == (some[0].first, some[-1].last)
    assert joined(page(), (whole,)) == whole
    assert joined(page(), some[:1]) == some[0]


@given(changes())
def test_a_change_is_written_where_it_belongs(some: tuple[Reading, ...]) -> None:
    text = page().text
    for change in reversed(some):
        place = span(page(), change)
        numbers = {"0", "A"} & {*page().tokens[change.first - 1 : change.last + 1]}
        if numbers:  # they are a token each, of any length: no repair replaces one
            return
        text = text[: place.start] + change.after + text[place.end :]
    assert tokens(text)[0] == one_by_one(some)[:-1]


WORDS = frozenset(["水库", "日常", "水库大坝", "大坝", "巡查"])
LONGEST = [
    ("covered", "山塘", "水", "库的", 2),
    ("the longest", "山塘", "库", "大坝", 0),
    ("the longest that holds it", "水", "库", "大坝的", 4),
    ("none", "山", "厍", "的", 0),
    ("across a seam", "水", "", "库", 2),
    ("not beside a seam", "水库", "", "的", 0),
    ("two characters", "", "日常", "巡查", 2),
]


@pytest.mark.parametrize(("left", "middle", "right", "length"), [row[1:] for row in LONGEST], ids=[row[0] for row in LONGEST])
def test_the_longest_word_is_found(left: str, middle: str, right: str, length: int) -> None:
    assert longest_word(left, middle, right, WORDS) == length


WEIGHED = [
    ("a look-alike", "各村要明确专人负责山塘水库的日常巡杳工作，发现问题及时上报", "杳", "查"),
    ("two together", "切实加强森林防火宜侍教育，严格野外火源管理", "宜侍", "宣传"),
    ("a term", "各单位要加强预算续效管理", "续", "绩"),
    ("what stands elsewhere", "县山塘水库管护中心负责巡查。\n经费由县山塘水库管护申心承担。", "申", "中"),
]


@pytest.mark.parametrize(("text", "wrong", "right"), [row[1:] for row in WEIGHED], ids=[row[0] for row in WEIGHED])
def test_the_printing_is_the_likeliest(text: str, wrong: str, right: str) -> None:
    found = judged(text)
    memory = Memory(found)
    passage = next(passage for passage in found if wrong in passage.text)
    start = passage.tokens.index(wrong[0])
    site = Site(range(start, start + len(wrong)), close=True)
    scored = channel().weigh(passage, channel().paths(passage, site, memory), memory)
    assert written(passage, scored[0].changes) == [*"".join(passage.tokens).replace(wrong, right)]
    assert scored[0].probability > 0.5
    assert [one.probability for one in scored] == sorted((one.probability for one in scored), reverse=True)
    assert sum(one.probability for one in scored) < 1


@given(st.lists(st.integers(-50, 50), max_size=7))
def test_probabilities_leave_something_to_the_text_as_it_stands(scores: list[int]) -> None:
    found = compared([Scored((Reading(0, 1, str(index)),), (), score, Parallel()) for index, score in enumerate(scores)])
    assert 0 <= sum(one.probability for one in found) <= 1 + 1e-9
    assert [one.score for one in found] == sorted(scores, reverse=True)
    assert all((one.probability > 0.5) <= (one.score > 0) for one in found)


def test_a_colon_may_end_a_passage() -> None:
    passage = next(one for one in judged("规范资金：" * 450) if one.tokens[-1] == "：")  # cut in the middle of a long line
    last = len(passage.tokens)
    memory = Memory([passage])
    path = Path((Reading(last - 1, last, "；"),), 9.0, 0.0)
    assert channel().weigh(passage, [path], memory)[0].changes == path.changes
