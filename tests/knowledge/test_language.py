import hashlib
import pickle
import re

import pytest

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.language import LanguageModel, Neighbours, fold, symbols, tokens

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
    likely, unlikely = (model.score(tokens(text)[0], bos=True, eos=True) for text in (right, wrong))
    assert likely > unlikely


def test_a_wrong_character_surprises_in_both_directions(model):
    # one direction alone is surprised by the start of any word (值 after 的); the two together are not
    found, _ = tokens("切实做好晚感时期的值班工作")
    ahead, back = model.surprisal(found), model.surprisal_backward(found)
    both = [one + other for one, other in zip(ahead, back, strict=True)]
    assert found[both.index(max(both))] == "晚"


@pytest.mark.parametrize("text", ["", " ", "局", "彁彁", "\ud800", "\x00", "<s></s><unk>", "信访局2022年GDP 增长。"])
def test_one_surprisal_a_token(model, text):
    found, starts = tokens(text)
    assert len(found) == len(starts)
    for numbers in (
        model.surprisal(found),
        model.surprisal(found, bos=False),
        model.surprisal_backward(found),
        model.surprisal_backward(found, eos=False),
    ):
        assert len(numbers) == len(found)
        assert all(0 <= number < 20 for number in numbers)


def test_score_is_the_sum_of_the_surprisals(model):
    found, _ = tokens("认真落实各项工作任务")
    assert model.score(found, bos=True, eos=False) == pytest.approx(-sum(model.surprisal(found)), rel=1e-5)
    assert model.score(found, bos=False, eos=False) == pytest.approx(-sum(model.surprisal(found, bos=False)), rel=1e-5)
    assert model.score([], bos=False, eos=False) == 0


def test_an_unknown_character_is_unlikely_and_harmless(model):
    known, unknown = (model.surprisal(tokens(text)[0])[2] for text in ("信访局", "信访彁"))
    assert unknown > known + 2


def test_the_end_of_a_cell_is_known(model):
    label, cut = (tokens(text)[0] for text in ("项目名称", "项目名"))
    ends = [model.score(found, bos=True, eos=True) - model.score(found, bos=True, eos=False) for found in (label, cut)]
    assert ends[0] > ends[1]


def test_the_model_pickles(model):
    again = pickle.loads(pickle.dumps(model))
    found, _ = tokens("提高资金使用效益")
    assert again.surprisal(found) == model.surprisal(found)


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
