"""Forms in every layout, as rows; and pages far larger than any form, of which nothing may be lost."""

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokan.errors import DictionaryError
from jiaokan.extract import extract
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families
from jiaokan.model import Document


def cases(name):
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["cases"]


WHOLE = cases("cases_forms_wordings.toml")
CASES = [*cases("cases_forms.toml"), *WHOLE]
HEADER = "项目支出绩效目标表\n项目名称\t大表\n一级指标\t二级指标\t三级指标\t指标值\n"
FUNDS = "绩效自评表\n项目资金\t\t年初预算数\t全年预算数\t全年执行数\t分值\t执行率\t得分\n"


def read(text):
    return extract(Document("case", text, text))


def spelt(row):
    return " ".join((*row.levels, row.operator, row.value, row.unit))


def pairs(lines):
    return dict(line.split(" = ") for line in lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case):
    text = case["text"].replace("│", "\t")
    document = read(text)
    assert document.family == case["family"]
    wanted = pairs(case.get("fields", ()))
    assert {label: document.fields[label].value if label in document.fields else None for label in wanted} == wanted
    wanted = pairs(case.get("normalised", ()))
    assert {label: document.fields[label].normalised for label in wanted} == wanted
    assert not document.fields.keys() & set(case.get("absent", ()))
    if "rows" in case or case["kind"] == "negative":
        assert [spelt(row) for row in document.indicators] == case.get("rows", [])
    assert all(text[field.span.start : field.span.end] == field.raw for field in document.fields.values())
    assert all(row.levels[2] in text[row.span.start : row.span.end] for row in document.indicators)


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["label"])
def test_nothing_else_is_read(case):
    fields = read(case["text"].replace("│", "\t")).fields
    assert {label for label, field in fields.items() if field.value} == pairs(case["fields"]).keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_other_widths_change_nothing(case):
    """Half-width marks are read like full-width ones."""
    text = case["text"].replace("│", "\t")
    narrow = read(text.translate(str.maketrans("：（）", ":()")))
    assert narrow.family == case["family"]
    assert narrow.fields.keys() == read(text).fields.keys()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([case["text"].replace("│", "\t") for case in CASES]), st.data())
def test_places_hold_whatever_is_cut_or_put_in(text, data):
    for place in data.draw(st.lists(st.integers(0, len(text) - 1), max_size=12)):
        text = text[:place] + data.draw(st.sampled_from(["", "\t", "\n", "|", "：", "1", "— 2 —", " "])) + text[place + 1 :]
    document = read(text)
    assert all(text[field.span.start : field.span.end] == field.raw for field in document.fields.values())
    assert all(0 <= row.span.start <= row.span.end <= len(text) for row in document.indicators)


def test_ten_thousand_rows_are_all_read():
    rows = "".join(f"产出指标\t数量指标\t第{number}处\t≥{number}米\n" for number in range(10_000))
    document = read(HEADER + rows)
    assert [row.value for row in document.indicators] == [str(number) for number in range(10_000)]


def test_ten_thousand_records_are_all_read():
    rows = "".join(f"\t其中：第{number}项\t{number}.00\t{number}.00\t{number}.00\t—\t100%\t—\n" for number in range(10_000))
    fields = read(FUNDS + rows).fields
    assert sum(label.startswith("全年执行数") for label in fields) == 10_000


def test_ten_thousand_unlabelled_rows_run_on():
    document = read("项目支出绩效目标表\n年度绩效目标\t完成以下各项任务，\n" + "\t修路一公里，\n" * 10_000)
    assert document.fields["年度绩效目标"].value == "完成以下各项任务，" + "修路一公里，" * 10_000


def test_a_cell_of_a_megabyte_is_read_whole():
    text = "全县修路，" * 200_000
    assert read(f"项目支出绩效目标表\n项目名称\t修路\n项目实施内容\t{text}\n").fields["项目实施内容"].value == text


def test_three_hundred_columns_are_read():
    cells = "".join(f"项目名称\t第{number}段\t\t" for number in range(100))
    fields = read(f"项目支出绩效目标表\n{cells}\n").fields
    assert [field.value for label, field in fields.items() if label.startswith("项目名称")] == [f"第{number}段" for number in range(100)]


def test_a_table_is_read_in_a_known_way(tmp_path):
    shutil.copytree(home() / "families", tmp_path / "families")
    shutil.copy(home() / "labels.tsv", tmp_path)
    path = tmp_path / "families" / "overall.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('rows = "each"', 'rows = "any"'), encoding="utf-8")
    with pytest.raises(DictionaryError, match=r"tables\.2\.rows: rows cannot be read as any"):
        Families.load(tmp_path)
