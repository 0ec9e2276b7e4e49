import hashlib
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.language import END, LanguageModel, Neighbours, fold, symbols, tokens

FOLDED = [
    ("widths", "２０２２年度Ａ类,共８.５％；完成(初稿)？", "2022年度A类，共8.5%；完成（初稿）？"),
    ("double quotes", "“甲”＂乙＂「丙」『丁』〝戊〞", '"甲""乙""丙""丁""戊"'),
    ("single quotes", "‘甲’＇", "'甲''"),
    ("brackets", "[1]［2］【3】〖4〗﹝5﹞〔6〕", "〔1〕〔2〕〔3〕〔4〕〔5〕〔6〕"),
    ("dashes", "–—―─-－−→", "———————→"),
    ("dots and waves", "卡尔•马克思・‧·３．５～７∼〜", "卡尔·马克思···3.5~7~~"),
    ("white space", "甲\u3000乙\xa0丙\t丁", "甲 乙 丙 丁"),
    ("left alone", "《条例》、≥95。⼀廬𠮷", "《条例》、≥95。⼀廬𠮷"),
    ("empty", "", ""),
]

TOKENS = [
    ("plain", "信访局", "信 访 局", [0, 1, 2]),
    ("a number is one token", "拨款 2.5万元", "拨 款 0 万 元", [0, 1, 3, 6, 7]),
    ("grouped digits", "共1,234,567.89元", "共 0 元", [0, 1, 13]),
    ("a stop after digits", "1.项目，2，项目", "0 . 项 目 ， 0 ， 项 目", [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ("full-width digits", "２０２２年", "0 年", [0, 4]),
    ("Latin letters", "GDP增长", "A 增 长", [0, 3, 4]),
    ("letters and digits", "3a级A4纸", "0 A 级 A 0 纸", [0, 1, 2, 3, 4, 5]),
    ("white space is dropped", "  项\u3000\u3000目 ", "项 目", [2, 5]),
    ("what no model can be asked", "项\ud800目\x00", "项 \ufffd 目 \ufffd", [0, 1, 2, 3]),
    ("only white space", " \u3000 ", "", []),
    ("empty", "", "", []),
    ("beyond the basic plane", "𠮷12日", "𠮷 0 日", [0, 1, 3]),
]

# (kind, right, wrong): the right one must be likelier as a whole line
PAIRS = [
    ("substitution", "信访维稳专项经费", "信访维稳专项。费"),
    ("substitution", "切实做好敏感时期的值班工作", "切实做好晚感时期的值班工作"),
    ("substitution", "提高服务对象满意度", "提高服务对象满意座"),
    ("substitution", "加强预算绩效管理", "加强预算续效管理"),
    ("substitution", "落实县级领导干部接访制度", "落买县级领导干部接访制度"),
    ("substitution", "本项目由财政拨款安排", "本项目由财政拔款安排"),
    ("substitution", "按照规定的程序办理", "按照规定的程大办理"),
    ("substitution", "江西省九江市庐山市", "江西省九江市原山市"),
    ("substitution", "化解矛盾纠纷12件", "化解予盾纠纷12件"),
    ("substitution", "全面建成小康社会", "全面建成小康杜会"),
    ("substitution", "建立健全工作责任制", "建立键全工作责任制"),
    ("substitution", "经县人民政府同意，现印发给你们", "经县人民政府同惫，现印发给你们"),
    ("lost character", "完成年度目标任务，确保资金使用规范", "完成年度目标务，确保资金使用规范"),
    ("lost character", "推进基层社会治理体系建设", "推进基层社会理体系建设"),
    ("lost character", "严格执行中央八项规定精神", "严格执行中央八规定精神"),
    ("lost character", "保障农村义务教育学校正常运转", "保障农村义务教学校正常运转"),
    ("intruder", "加强组织领导，明确工作职责", "加强组织一领导，明确工作职责"),
    ("intruder", "落实安全生产责任", "落实安全丨生产责任"),
    ("intruder", "专项资金专款专用", "专项资金专款。专用"),
    ("intruder", "维护社会和谐稳定", "维护社会和谐稳.定"),
    ("mangled punctuation", "全面排查、及时化解", "全面排查丶及时化解"),
    ("mangled punctuation", "根据《信访工作条例》的规定", "根据（信访工作条例》的规定"),
]


# Tokens of pages: official prose, marks, numbers, Latin words, and what no corpus has
TOKEN = st.sampled_from([*"县财政局信访工作的是一了，。；：（）《》、%.彁𠮷", "0", "A", "\ufffd", "<", "□"])
WINDOWS = st.lists(TOKEN, max_size=12)


def walked(model, window):
    """Return the sum of the steps through a window, and each step."""
    state, scores = None, []
    for token in window:
        score, state = model.step(state, token)
        scores.append(score)
    return sum(scores), scores


@pytest.fixture(scope="module")
def model():
    return LanguageModel.load(home())


@pytest.fixture(scope="module")
def neighbours():
    return Neighbours.load(home())


@pytest.mark.parametrize(("text", "folded"), [row[1:] for row in FOLDED], ids=[row[0] for row in FOLDED])
def test_fold(text, folded):
    assert fold(text) == folded
    assert len(folded) == len(text)
    assert fold(folded) == folded
    assert "".join(symbols(text)) == folded


@pytest.mark.parametrize(("text", "expected", "starts"), [row[1:] for row in TOKENS], ids=[row[0] for row in TOKENS])
def test_tokens(text, expected, starts):
    assert tokens(text) == (expected.split(), starts)


def test_tokens_are_the_symbols_without_white_space():
    text = "（二）２０２２年1-6月，拨付 GDP 奖金3,000.5元，占 12.5％。1..2、a1b2  "
    found, starts = tokens(text)
    folded = fold(text)
    kept = [symbol for symbol in symbols(text) if symbol.strip()]
    assert [folded.startswith(symbol, start) for symbol, start in zip(kept, starts, strict=True)] == [True] * len(kept)
    assert len(found) == len(kept)


@pytest.mark.parametrize(("right", "wrong"), [row[1:] for row in PAIRS], ids=[f"{row[0]}: {row[2]}" for row in PAIRS])
def test_the_right_reading_is_likelier(model, right, wrong):
    likely, unlikely = (model.score([END, *tokens(text)[0], END]) for text in (right, wrong))
    assert likely > unlikely


def test_a_wrong_character_surprises_in_both_directions(model):
    # one direction alone is surprised by the start of any word (值 after 的); the two together are not
    found, _ = tokens("切实做好晚感时期的值班工作")
    ahead, back = model.surprisal([END, *found])[1:], model.surprisal_backward([*found, END])[:-1]
    both = [one + other for one, other in zip(ahead, back, strict=True)]
    assert found[both.index(max(both))] == "晚"


@pytest.mark.parametrize("text", ["", " ", "局", "彁彁", "\ud800", "\x00", "<s></s><unk>", "信访局2022年GDP 增长。"])
@pytest.mark.parametrize(("begins", "ends"), [(False, False), (True, False), (False, True), (True, True)], ids=["inside", "begins", "ends", "whole"])
def test_one_surprisal_a_token(model, text, begins, ends):
    found, starts = tokens(text)
    assert len(found) == len(starts)
    window = [END] * begins + found + [END] * ends
    for numbers in (model.surprisal(window), model.surprisal_backward(window)):
        assert len(numbers) == len(window)
        assert all(0 <= number < 20 for number in numbers)


@given(window=WINDOWS, begins=st.booleans(), ends=st.booleans())
def test_score_is_the_sum_of_the_surprisals_and_of_the_steps(model, window, begins, ends):
    window = [END] * (begins and bool(window)) + window + [END] * (ends and bool(window))
    assert model.score(window) == pytest.approx(-sum(model.surprisal(window)), rel=1e-5, abs=1e-5)
    total, scores = walked(model, window)
    assert total == pytest.approx(model.score(window), rel=1e-5, abs=1e-5)
    assert [-score for score in scores] == pytest.approx(model.surprisal(window), rel=1e-5, abs=1e-5)


def test_nothing_costs_nothing(model):
    assert model.score([]) == model.score([END]) == 0
    assert model.surprisal([]) == model.surprisal_backward([]) == []
    assert model.surprisal([END]) == model.surprisal_backward([END]) == [0]


def test_the_end_costs_only_where_the_model_comes_to_it(model):
    window = [END, *tokens("维修村口的石桥")[0], END]
    ahead, back = model.surprisal(window), model.surprisal_backward(window)
    assert (ahead[0], back[-1]) == (0, 0)
    assert ahead[-1] > 0
    assert back[0] > 0


def test_a_state_is_not_spent_by_a_step(model):
    _, state = model.step(None, END)
    _, state = model.step(state, "项")
    assert model.step(state, "目")[0] == model.step(state, "目")[0] > model.step(state, "彁")[0]


BEGINNINGS = [
    ("a salutation", "各乡镇人民政府", "镇人民政府各乡"),
    ("a label", "项目名称", "目名称项"),
    ("a number", "一、总体要求", "、总体要求一"),
]


@pytest.mark.parametrize(("right", "wrong"), [row[1:] for row in BEGINNINGS], ids=[row[0] for row in BEGINNINGS])
def test_the_beginning_of_a_paragraph_is_known(model, right, wrong):
    gains = [model.score([END, *found]) - model.score(found) for found in (tokens(text)[0] for text in (right, wrong))]
    assert gains[0] > gains[1]


ENDINGS = [
    ("a label", "项目名称", "项目名"),
    ("a stop", "各村要按时报送材料。", "各村要按时报送材料，"),
    ("a word", "加强组织领导", "加强组织领"),
]


@pytest.mark.parametrize(("whole", "cut"), [row[1:] for row in ENDINGS], ids=[row[0] for row in ENDINGS])
def test_the_end_of_a_paragraph_is_known(model, whole, cut):
    ends = [model.score([END, *found, END]) - model.score([END, *found]) for found in (tokens(text)[0] for text in (whole, cut))]
    assert ends[0] > ends[1]
    back = [sum(model.surprisal_backward(found)) - sum(model.surprisal_backward([*found, END])) for found in (tokens(text)[0] for text in (whole, cut))]
    assert back[0] > back[1]


def test_an_unknown_character_is_unlikely_and_harmless(model):
    known, unknown = (model.surprisal(tokens(text)[0])[2] for text in ("信访局", "信访彁"))
    assert unknown > known + 2


def test_the_model_pickles(model):
    again = pickle.loads(pickle.dumps(model))
    found, _ = tokens("提高资金使用效益")
    assert again.surprisal(found) == model.surprisal(found)
    assert walked(again, found) == walked(model, found)


def test_a_missing_model_says_what_to_do(tmp_path):
    with pytest.raises(DictionaryError, match=r"forward\.klm.*\n  fix: make it with"):
        LanguageModel.load(tmp_path)


def test_neighbours(neighbours):
    assert "效" in neighbours.successors("绩")[:3]
    assert "信" in neighbours.predecessors("访")[:10]
    assert neighbours.count("的") > neighbours.count("绩") > 0
    assert (neighbours.successors("彁"), neighbours.predecessors("彁"), neighbours.count("彁")) == ("", "", 0)
    assert max(len(after) for _, after, _ in neighbours.table.values()) <= 200


def test_the_card_names_the_files_as_they_are():
    folder = home() / "language"
    claimed = dict(
        re.findall(r"^\| (\S+) \| [\d,]+ \| `([0-9a-f]{64})` \|$", (folder / "CARD.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(claimed) == {"forward.klm", "backward.klm", "neighbours.tsv"}
    for name, digest in claimed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
