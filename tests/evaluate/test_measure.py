"""One document judged: edits, flags, faults, sections, fields and indicators, each by rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiaokan.evaluate.align import Alignment, Counts, Measure, Progress, prepare
from jiaokan.evaluate.measure import Judged, character_class, judge, verdict
from jiaokan.evaluate.pairs import Pair, RecordedEdit
from jiaokan.report.record import SCHEMA


def edit(read: str, start: int, end: int, after: str | None, *, status: str = "applied", kind: str = "shape_substitution") -> dict[str, Any]:
    """Return an edit as a record has it."""
    return {"start": start, "end": end, "before": read[start:end], "after": after, "status": "flagged" if after is None else status, "kind": kind}


def record(read: str, edits: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a record with its applied edits made."""
    text = read
    for one in sorted(edits, key=lambda one: -one["start"]):
        if one["status"] == "applied":
            text = text[: one["start"]] + one["after"] + text[one["end"] :]
    return {"schema": SCHEMA, "id": "page", "original": read, "text": text, "edits": edits} | more


def judged(folder: Path, truth: dict[str, Any], read: str, cleaned: dict[str, Any] | str | None) -> Judged:
    """Return a page judged, from files as the command finds them."""
    paths = [folder / name for name in ("page.json", "page.txt", "cleaned.json" if isinstance(cleaned, dict) else "cleaned.txt")]
    for path, content in zip(paths, (json.dumps(truth), read, json.dumps(cleaned) if isinstance(cleaned, dict) else cleaned), strict=True):
        if content is not None:
            path.write_bytes(content.encode())
    return judge(Pair("page", "", paths[0], paths[1], None if cleaned is None else paths[2], isinstance(cleaned, dict), cleaned is not None))


TRUTH = "一、庐山市财政局负责专项经费的拨付，于2021年6月底前完成。\n二、各单位要加强组织领导，落实工作责任。\n"
VERDICTS = [
    ("a look-alike mended", "庐山市", "原山市", (0, 1), "庐", "right"),
    ("a look-alike made otherwise wrong", "庐山市", "原山市", (0, 1), "厂", "neutral"),
    ("one of two mended", "财政局", "财攻周", (1, 3), "政周", "better"),
    ("a right character spoilt", "庐山市", "庐山市", (0, 1), "原", "worse"),
    ("a lost character restored", "专项经费", "专项费", (2, 2), "经", "right"),
    ("one of two lost restored", "专项经费", "专费", (1, 1), "经", "better"),
    ("both lost restored", "专项经费", "专费", (1, 1), "项经", "right"),
    ("a character invented", "专项经费", "专项经费", (2, 2), "的", "worse"),
    ("the wrong character invented", "专项经费", "专项费", (2, 2), "资", "neutral"),
    ("an intruder dropped", "专项经费", "专丨项经费", (1, 2), "", "right"),
    ("one intruder of two dropped", "专项经费", "专丨1项经费", (1, 2), "", "right"),
    ("a printed character dropped", "专项经费", "专项经费", (1, 2), "", "worse"),
    ("a substitution mended beside a loss", "专项经费", "专顶费", (1, 2), "项", "right"),
    ("a space dropped", "专项经费", "专项 经费", (2, 3), "", "right"),
    ("a printed space dropped", "专项 经费", "专项 经费", (2, 3), "", "worse"),
    ("a line break restored", "完成。\n二、", "完成。二、", (3, 3), "\n", "right"),
    ("a width corrected", "（２万）", "(２万）", (0, 1), "（", "right"),
    ("a width spoilt", "（２万）", "（２万）", (1, 2), "2", "worse"),
    ("a space dropped and a character mended", "社稷之福", "社 会之福", (1, 3), "稷", "right"),
    ("a flag on a fault", "财政局", "财攻局", (1, 2), None, "right"),
    ("a flag beside a fault", "财政局", "财攻局", (2, 3), None, "right"),
    ("a flag two characters off", "财政局负责", "财攻局负责", (4, 5), None, "neutral"),
    ("a flag where a character is lost", "专项经费", "专项费", (2, 2), None, "right"),
    ("a flag where a tab is lost", "名称\t庐山", "名称庐山", (1, 3), None, "right"),
    ("a flag on clean text", "财政局", "财政局", (0, 3), None, "neutral"),
]


@pytest.mark.parametrize("around", ["", "各单位要加强组织领导，落实工作责任，"], ids=["alone", "in a sentence"])
@pytest.mark.parametrize("case", [row[1:] for row in VERDICTS], ids=[row[0] for row in VERDICTS])
def test_an_edit_is_judged_by_its_surroundings(case: tuple[str, str, tuple[int, int], str | None, str], around: str) -> None:
    truth, read, span, after, expected = case
    truth, read = around + truth + around, around + read + around
    start, end = (place + len(around) for place in span)
    progress = {measure: Progress(Alignment(prepare(truth, measure), prepare(read, measure)), None) for measure in Measure}
    assert verdict(RecordedEdit.model_validate(edit(read, start, end, after)), progress) == expected


def test_a_fault_elsewhere_does_not_excuse_an_edit(tmp_path: Path) -> None:
    read = TRUTH.replace("庐山", "原山").replace("经费", "径费")
    edits = [edit(read, 2, 3, "庐"), edit(read, 12, 13, "经"), edit(read, 31, 32, "三", status="suggested"), edit(read, 40, 42, None, kind="unreadable")]
    result = judged(tmp_path, {"text": TRUTH}, read, record(read, edits))
    shape = "shape_substitution"
    assert result.edits == {("applied", shape, "right"): 2, ("suggested", shape, "worse"): 1, ("flagged", "unreadable", "neutral"): 1}


def test_every_fault_has_one_outcome(tmp_path: Path) -> None:
    read = TRUTH.replace("庐山", "原山").replace("政局", "攻局").replace("专项", "专页").replace("，于", "于").replace("6月", "8月").replace("落实", "落 实丨")
    places = {name: read.index(name) for name in ("原山", "攻", "页", "实丨")}
    edits = [
        edit(read, places["原山"], places["原山"] + 1, "庐"),
        edit(read, places["攻"], places["攻"] + 1, "政", status="suggested"),
        edit(read, places["页"], places["页"] + 1, None),
        edit(read, places["实丨"] - 1, places["实丨"], "", status="suggested", kind="line_wrap_space"),
    ]
    result = judged(tmp_path, {"text": TRUTH}, read, record(read, edits))
    assert result.faults == {
        ("substitution", "han", "mended"): 1, ("substitution", "han", "suggested"): 1, ("substitution", "han", "flagged"): 1,
        ("lost", "punctuation", "missed"): 1, ("substitution", "digit", "missed"): 1, ("intruder", "han", "missed"): 1, ("intruder", "space", "suggested"): 1,
    }  # fmt: skip
    assert result.confusions["substitution", "庐", "原", True] == 1
    assert result.confusions["lost", "，", "", False] == 1


CLASSES = [("镇", "han"), ("〇", "han"), ("𠮷", "han"), ("、", "punctuation"), ("≥", "punctuation"), ("3", "digit"), ("³", "digit"), ("m", "latin"), ("\t", "space"), ("\u3000", "space"), ("β", "other")]


@pytest.mark.parametrize(("char", "expected"), CLASSES)
def test_character_classes(char: str, expected: str) -> None:
    assert character_class(char) == expected


def test_errors_belong_to_the_section_and_field_they_happen_in(tmp_path: Path) -> None:
    truth = {
        "text": TRUTH,
        "sections": [{"name": "一", "start": 0, "end": TRUTH.index("二、")}, {"name": "二", "start": TRUTH.index("二、"), "end": len(TRUTH) - 1}],
        "fields": {"单位": {"value": "庐山市财政局", "start": 2, "end": 8}, "期限": {"value": "2021年6月", "start": 19, "end": 26}, "其他": "没有位置"},
    }
    read = "丨" + TRUTH.replace("庐", "原").replace("年", "").replace("责任。\n", "责任1")
    result = judged(tmp_path, truth, read, None)
    sections = [(name, scores[Measure.LENIENT].before) for name, scores in result.sections]
    assert sections == [("一", Counts(1, 1, 1, 31)), ("二", Counts(1, 0, 0, 20)), ("", Counts())]
    assert [(label, scores[Measure.LENIENT].before) for label, scores in result.labels] == [("单位", Counts(1, 0, 0, 6)), ("期限", Counts(0, 1, 0, 7))]


SECTIONS = [
    ("a gap between", [(0, 3), (8, 12)], ["甲", "", "乙", ""]),
    ("overlapping", [(0, 9), (5, 53)], ["甲", "乙"]),
    ("one inside the other", [(0, 53), (5, 9)], ["甲", "乙"]),
    ("past the end", [(0, 3), (3, 999)], ["甲", "乙"]),
    ("out of order", [(8, 12), (0, 3)], ["乙", "", "甲", ""]),
]


@pytest.mark.parametrize(("places", "names"), [row[1:] for row in SECTIONS], ids=[row[0] for row in SECTIONS])
def test_sections_add_up_to_the_document(tmp_path: Path, places: list[tuple[int, int]], names: list[str]) -> None:
    assert len(TRUTH) == 53
    truth = {"text": TRUTH, "sections": [{"name": name, "start": start, "end": end} for name, (start, end) in zip("甲乙", places, strict=True)]}
    result = judged(tmp_path, truth, "1" + TRUTH[::2] + "末", TRUTH[:40])
    assert [name for name, _ in result.sections] == names
    for measure in Measure:
        first, *rest = [scores[measure] for _, scores in result.sections]
        assert sum(rest, first) == result.total[measure]


FIELDS = [
    ("equal", {"年度": "2021年度"}, {"年度": "2021年度"}, (1, 1, 1)),
    ("white space and width", {"金额": "１６８ 万元"}, {"金额": "168万元"}, (1, 1, 1)),
    ("wrong value", {"金额": "168"}, {"金额": "163"}, (1, 1, 0)),
    ("not found", {"金额": "168"}, {"年度": "2021"}, (1, 1, 0)),
    ("the same label twice", {"联系人": "程鄱生", "联系人#2": "操银娥"}, {"联系人": "操银娥"}, (2, 1, 1)),
    ("an empty value is none", {"金额": "168", "备注": ""}, {"金额": "168", "备注": ""}, (1, 1, 1)),
    ("with places", {"金额": {"value": "168", "start": 0, "end": 3}}, {"金额": "168"}, (1, 1, 1)),
]


@pytest.mark.parametrize(("printed", "found", "expected"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_fields_are_compared(tmp_path: Path, printed: dict[str, Any], found: dict[str, str], expected: tuple[int, int, int]) -> None:
    result = judged(tmp_path, {"text": TRUTH, "fields": printed}, TRUTH, record(TRUTH, [], fields={label: {"value": value} for label, value in found.items()}))
    assert tuple(sum(count for (_, side), count in result.fields.items() if side == wanted) for wanted in ("truth", "found", "right")) == expected


ROW = {"一级指标": "产出指标", "二级指标": "数量指标", "三级指标": "组织防汛演练次数(次)", "运算符": "≥", "指标值": "30", "单位": "次"}
INDICATORS = [
    ("equal", ROW, (1, 1, 1)),
    ("width aside", ROW | {"三级指标": "组织防汛演练次数（次）"}, (1, 1, 1)),
    ("a wrong value", ROW | {"指标值": "80"}, (1, 1, 0)),
    ("a wrong parent", ROW | {"一级指标": "效益指标"}, (1, 1, 0)),
    ("no unit", {key: value for key, value in ROW.items() if key != "单位"}, (1, 1, 0)),
]


@pytest.mark.parametrize(("row", "expected"), [row[1:] for row in INDICATORS], ids=[row[0] for row in INDICATORS])
def test_an_indicator_row_is_right_in_all_six_parts(tmp_path: Path, row: dict[str, str], expected: tuple[int, int, int]) -> None:
    assert judged(tmp_path, {"text": TRUTH, "indicators": [ROW]}, TRUTH, record(TRUTH, [], indicators=[row])).indicators == expected


def test_a_trap_is_harmed_where_cleaning_made_it_worse(tmp_path: Path) -> None:
    traps = [{"kind": "historical_name", "start": 2, "end": 5}, {"kind": "number", "start": 19, "end": 23}]
    result = judged(tmp_path, {"text": TRUTH, "traps": traps}, TRUTH.replace("经", "径"), TRUTH.replace("2021", "2027"))
    assert result.traps == {("historical_name", False): 1, ("number", True): 1}
