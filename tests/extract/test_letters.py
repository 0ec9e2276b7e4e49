"""Letters and notices: small invented documents in many layouts, as rows of cases_letters.toml."""

import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokan.edits import revise
from jiaokan.extract import extract
from jiaokan.extract.family import recognise
from jiaokan.extract.page import Cell, joined, lines, paragraphs
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.labels import Labels
from jiaokan.model import Document, Edit, Span, Status

CASES = tomllib.loads(Path(__file__).with_name("cases_letters.toml").read_text(encoding="utf-8"))["cases"]
TEXTS = [case["text"].replace("│", "\t") for case in CASES]


def read(text, folder=None):
    return extract(Document("case", text, text), folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_case(case):
    text = case["text"].replace("│", "\t")
    document = read(text)
    assert document.family == case["family"]
    wanted = dict(line.split(" = ", 1) for line in case["fields"])
    assert {label: document.fields[label].value if label in document.fields else None for label in wanted} == wanted
    assert document.fields.keys().isdisjoint(case.get("absent", ()))
    assert not case.get("only") or document.fields.keys() == wanted.keys()
    assert all(text[field.span.start : field.span.end] == field.raw for field in document.fields.values())


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_spans_hold_after_edits(text, data):
    places = data.draw(st.lists(st.integers(0, len(text) - 1), max_size=8, unique=True))
    after = data.draw(st.sampled_from(["", " ", "某", "\t", "\n", "：", "（", "一、"]))
    edits = [Edit(Span(place, place + 1), text[place], after, "t", "t", 1.0, "t", Status.APPLIED) for place in places]
    for field in extract(revise(Document("case", text, text), edits)).fields.values():
        assert 0 <= field.span.start <= field.span.end <= len(text)
        assert text[field.span.start : field.span.end] == field.raw


@pytest.mark.parametrize("case", [case for case in CASES if case["family"]], ids=lambda case: case["label"])
def test_labels_and_phrases_tell_the_family_where_the_title_has_a_fault(case):
    text = case["text"].replace("│", "\t")
    found = recognise(text, Families.load(home()), Labels.load(home()))
    assert found.confidence > 0.9
    if case["family"] == "公文":
        return  # a letter has few labels: it is told by its title
    family = found.family
    lines_left = [line for line in text.split("\n") if not any(pattern.search(line.replace(" ", "")) for pattern in family.titles)]
    again = recognise("\n".join(lines_left), Families.load(home()), Labels.load(home()))
    assert again is None or (again.family is family and again.confidence < found.confidence)


def test_a_title_with_one_fault():
    found = recognise("某县林业局\n行政处罚决定节\n", Families.load(home()), Labels.load(home()))
    assert (found.family.name, found.confidence) == ("行政处罚决定书", 0.95)


def test_the_family_has_a_confidence():
    assert read(TEXTS[0]).family_confidence == 0.99
    assert read("今天天气很好。").family_confidence == 0.0


def test_types_and_confidence_of_what_no_family_knows():
    fields = read("借阅人：甘明甲\n电话\t0795-0001234\n押金：35.50元\n").fields
    assert [(name, field.type, field.normalised, field.confidence) for name, field in fields.items()] == [
        ("借阅人", "text", "甘明甲", 0.5),
        ("联系电话", "phone", "0795-0001234", 0.8),
        ("押金", "money", "35.5", 0.5),
    ]


def test_printed_lines_become_paragraphs():
    text = "桂东县林业局\n你通过网上信访平台反映的事项，我局于2023年8月30日收\n到，9月7日受理。受理以后，我局派两名干部到现场查看，并走访了\n邻居。\n一、诉求\n时\n间：2023年3月7日\n"
    whole = [cell.text for cell in paragraphs(list(lines(text)))]
    sentence = "你通过网上信访平台反映的事项，我局于2023年8月30日收到，9月7日受理。受理以后，我局派两名干部到现场查看，并走访了邻居。"
    assert whole == ["桂东县林业局", sentence, "一、诉求", "时间：2023年3月7日", ""]


def test_a_page_that_does_not_keep_its_lines_stays_as_it_is():
    text = "你反映的事项，我局已经收到并受理" * 6 + "\n二、诉求\n" + "你反映的事项，我局已经收到并受理" * 6 + "\n我局认为"
    assert [cell.text for cell in paragraphs(list(lines(text)))] == text.split("\n")


@given(st.lists(st.text("某甲：。 ", min_size=1, max_size=9), min_size=1, max_size=5), st.data())
def test_a_part_of_joined_lines_stands_where_its_characters_do(texts, data):
    page = "\n".join(texts)
    places = [sum(len(text) + 1 for text in texts[:number]) for number in range(len(texts))]
    cell = joined([Cell(text, place) for text, place in zip(texts, places, strict=True)])
    start = data.draw(st.integers(0, len(cell.text)))
    end = data.draw(st.integers(start, len(cell.text)))
    part = cell.part(start, end)
    span = part.span
    assert page[span.start : span.end].replace("\n", "") == part.text


HEARING = """
name = "听证笔录"
tags = ["hearing"]
reader = "letter"
organisation = "听证机关"
[recognise]
titles = ["听证笔录$"]
not_titles = []
labels = 3
[[sections]]
label = "公文"
fields = ["听证事由", "听证机关", "听证日期", "听证意见", "成文日期"]
[types]
date = ["听证日期", "成文日期"]
[required]
fields = ["听证事由"]
[within]
"听证机关" = '^[^（(]+'
[[phrases]]
field = "听证日期"
inside = ['({日期})[^。]{0,20}举行听证']
[[phrases]]
field = "听证意见"
opens = ['意见如下：$']
"""
ROWS = (
    "听证事由\tfield\t听证笔录\t事由|案由\thearing\ttext\n"
    "听证机关\tfield\t听证笔录\t组织听证机关\thearing\torg\n"
    "听证日期\tfield\t听证笔录\t\thearing\tdate\n"
    "听证意见\tfield\t听证笔录\t\thearing\ttext\n"
)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(home(), tmp_path / "dictionaries", ignore=shutil.ignore_patterns("*.klm", "make"))
    return tmp_path / "dictionaries"


def test_a_new_family_needs_no_code(folder):
    """The worked example of the README: a file of families and rows of labels.tsv."""
    (folder / "families" / "hearing.toml").write_text(HEARING, encoding="utf-8")
    with (folder / "labels.tsv").open("a", encoding="utf-8") as table:
        table.write(ROWS)
    document = read(
        "拆除违法建筑听证笔录\n案　　由：是否限期拆除\n组织听证机关：靖安县司法局（盖章）\n"
        "2023年5月8日上午，在县司法局举行听证。\n经评议，意见如下：\n一、事实清楚。\n二、程序合法。\n2023年5月9日\n",
        folder,
    )
    assert (document.family, document.family_confidence) == ("听证笔录", 0.99)
    assert {label: field.value for label, field in document.fields.items()} == {
        "听证事由": "是否限期拆除",
        "听证机关": "靖安县司法局",
        "听证日期": "2023年5月8日",
        "听证意见": "一、事实清楚。",
        "听证意见#2": "二、程序合法。",
        "成文日期": "2023年5月9日",
    }
    assert document.fields["听证日期"].normalised == "2023-05-08"


def test_a_document_of_the_old_families_reads_the_same_beside_a_new_one(folder):
    (folder / "families" / "hearing.toml").write_text(HEARING, encoding="utf-8")
    with (folder / "labels.tsv").open("a", encoding="utf-8") as table:
        table.write(ROWS)
    for text in TEXTS:
        assert read(text, folder).fields == read(text).fields
