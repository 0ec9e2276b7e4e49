
import pytest

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.labels import COLUMNS, Labels

LABELS = Labels.load(home())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("项目名称", "项目名称"),
        ("项 目 名 称：", "项目名称"),
        ("产出指标（50分）", "产出指标"),
        ("产出指标(0-50分)", "产出指标"),
        ("其中：财政拨款", "财政拨款"),
        ("中期目标（2018年—2020年）", "中长期目标"),
        ("填报单位（盖章）：", "填报单位"),
        ("数量", "数量指标"),
        ("庐山市", None),
        ("", None),
        ("项目名称" * 100, None),
    ],
)
def test_canonical(text, name):
    label = LABELS.canonical(text, "perf")
    assert (label.name if label else None) == name


def test_canonical_prefers_the_kind_asked_for():
    assert LABELS.canonical("满意度", "perf", ("level1",)).name == "满意度指标"
    assert LABELS.canonical("满意度", "perf", ("level2",)).name == "服务对象满意度指标"


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("顶目名称:", "项目名称"),  # substituted
        ("项编码", "项目编码"),  # lost
        ("项目绩编码", "项目编码"),  # intruding
        ("满意庆指标", "满意度指标"),
        ("年度总体标", "年度总体目标"),
        ("敏量指标", None),  # 数量指标 or 质量指标
        ("项目名称", None),  # no fault
        ("电活", None),  # too short
        ("信访秩序", None),
    ],
)
def test_nearest_gives_the_spelling_that_fits(text, spelling):
    found = LABELS.nearest(text, "perf")
    assert (found[1] if found else None) == spelling


def test_every_spelling_is_found():
    for label in LABELS.rows:
        for spelling in label.spellings:
            assert LABELS.canonical(spelling) is not None


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("项目名称\tfeld\t\t\tperf\ttext\n", "unknown kind feld"),
        ("项目名称\tfield\t\t\tperf\ttext\n项目名称\tfield\t\t\tperf\ttext\n", "stands here twice"),
        ("项目名称\tfield\n", "2 cells"),
    ],
)
def test_a_bad_row_is_named(tmp_path, rows, what):
    (tmp_path / "labels.tsv").write_text("\t".join(COLUMNS) + "\n" + rows, encoding="utf-8")
    with pytest.raises(DictionaryError, match=r"labels\.tsv:\d") as error:
        Labels.load(tmp_path)
    assert what in str(error.value)
    assert "fix:" in str(error.value)
