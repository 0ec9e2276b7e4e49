"""The alignment counts what jiwer counts, says where, and stays small on long texts."""

from __future__ import annotations

import subprocess
import sys

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiaokan.evaluate import Counts, Measure, compare
from jiaokan.evaluate.align import Alignment, Kind, Progress, Score, prepare

PAIRS = [
    ("identical", "庐山市财政局关于下达专项经费的通知", "庐山市财政局关于下达专项经费的通知"),
    ("both empty", "", ""),
    ("nothing read", "九江市", ""),
    ("nothing printed", "", "九江市"),
    ("look-alikes", "庐山市财政局关于下达专项经费的通知", "原山市财攻局关于下达专项径费的通知"),
    ("lost characters", "项目资金来源于县级财政安排", "项目资金来县级财安排"),
    ("intruders", "资金实行专款专用、报账管理", "资金实行专丨款专用、。报账管理2"),
    ("a line lost", "一、加强领导。\n二、明确职责。\n三、强化督查。", "一、加强领导。\n三、强化督查。"),
    ("brackets and figures", "赣府发〔2021〕15号，投入168.5万元", "赣府发[2021]l5号,投入168,5万元"),
    ("spaces and breaks", "项目 名称：\n教育", "项目名 称:教\n育"),
    ("another page", "会议强调，各有关部门要高度重视", "产出指标\t数量指标\t≥30次"),
    ("repeated words", "的的的资金资金", "的的资金资金资金"),
    ("outside the basic plane", "𠮷安县𬭁山乡", "吉安县𬭁山"),
]  # fmt: skip
rows = pytest.mark.parametrize(("truth", "read"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
texts = st.text(alphabet="庐山市财政局资金的、。 \r\n\t１1aＡ𠮷", max_size=40)


@rows
def test_errors_and_rate_are_jiwer_s(truth: str, read: str) -> None:
    ours, theirs = compare(truth, read), jiwer.process_characters(truth, read)
    assert ours.errors == theirs.substitutions + theirs.deletions + theirs.insertions
    if truth:  # of an empty truth jiwer gives the number of intruders
        assert ours.rate == pytest.approx(theirs.cer)
        assert ours.characters == len(truth.strip())


@given(texts, texts)
def test_errors_are_jiwer_s_for_any_text(truth: str, read: str) -> None:
    theirs = jiwer.process_characters(*(text.strip().replace("\r\n", "\n").replace("\r", "\n") for text in (truth, read)))
    assert compare(truth, read).errors == theirs.substitutions + theirs.deletions + theirs.insertions


COUNTS = [
    ("a substitution and a loss", "庐山市财政局", "原山市财政", Measure.STRICT, Counts(1, 1, 0, 6)),
    ("intruders only", "教育", "教丨育。", Measure.STRICT, Counts(0, 0, 2, 2)),
    ("width is an error", "（２万）", "(2万)", Measure.STRICT, Counts(3, 0, 0, 4)),
    ("width is none", "（２万）", "(2万)", Measure.LENIENT, Counts(0, 0, 0, 4)),
    ("spaces are errors", "加强组织领导", "加强组 织\n领导", Measure.STRICT, Counts(0, 0, 2, 6)),
    ("spaces are none", "加强组织领导", "加强组 织\u3000\n领导", Measure.LENIENT, Counts(0, 0, 0, 6)),
    ("line ends are unified", "一\n二\n三", "一\r\n二\r三", Measure.STRICT, Counts(0, 0, 0, 5)),
    ("outer white space is off", "一\n", "\n\n 一", Measure.STRICT, Counts(0, 0, 0, 1)),
    ("Chinese stops are not folded", "一。二、", "一.二,", Measure.LENIENT, Counts(2, 0, 0, 4)),
    ("compatibility forms are not folded", "文", "⽂", Measure.LENIENT, Counts(1, 0, 0, 1)),
]


@pytest.mark.parametrize(("truth", "read", "measure", "expected"), [row[1:] for row in COUNTS], ids=[row[0] for row in COUNTS])
def test_what_counts(truth: str, read: str, measure: Measure, expected: Counts) -> None:
    assert compare(truth, read, measure=measure) == expected


@pytest.mark.parametrize(("truth", "read", "rate"), [("", "", 0), ("", "教育", 1), (" \n", "教", 1), ("教育", "", 1), ("教", "教育局长", 3)])
def test_no_rate_divides_by_zero(truth: str, read: str, rate: float) -> None:
    assert compare(truth, read).rate == rate


@given(texts)
def test_a_text_has_no_errors_against_itself(text: str) -> None:
    assert all(compare(text, text, measure=measure).errors == 0 for measure in Measure)


@given(texts, texts, st.sampled_from(Measure))
def test_errors_are_bounded_and_the_faults_turn_one_text_into_the_other(truth: str, read: str, measure: Measure) -> None:
    alignment = Alignment(prepare(truth, measure), prepare(read, measure))
    printed, found = alignment.truth.text, alignment.read.text
    assert alignment.counts.errors <= max(len(printed), len(found))
    rebuilt, at = "", 0
    for fault in alignment.faults:
        rebuilt += printed[at : fault.at] + fault.read
        assert len(rebuilt) == fault.read_at + len(fault.read)
        assert fault.truth == ("" if fault.kind is Kind.INTRUDER else printed[fault.at])
        at = fault.at + len(fault.truth)
    assert rebuilt + printed[at:] == found


@given(texts, texts, st.sampled_from(Measure), st.integers(0, 40))
def test_the_parts_add_up_to_the_whole(truth: str, read: str, measure: Measure, cut: int) -> None:
    alignment = Alignment(prepare(truth, measure), prepare(read, measure))
    whole = max(1, len(truth))
    assert alignment.within(0, min(cut, whole)) + alignment.within(min(cut, whole), whole) == alignment.counts


@given(texts, texts, texts, st.sampled_from(Measure))
def test_better_less_worse_is_the_difference(truth: str, before: str, after: str, measure: Measure) -> None:
    printed = prepare(truth, measure)
    score = Progress(Alignment(printed, prepare(before, measure)), Alignment(printed, prepare(after, measure))).total
    assert score.after is not None
    assert score.better - score.worse == score.before.errors - score.after.errors
    assert score.better <= score.before.errors
    assert score.worse <= score.after.errors


CHANGES = [
    ("mended", "庐山市财政局", "原山市财攻局", "庐山市财攻局", (1, 0)),
    ("broken", "庐山市", "庐山市", "原山市", (0, 1)),
    ("one mended, one broken", "庐山市财政局", "原山市财政局", "庐山市财攻局", (1, 1)),
    ("still wrong, otherwise", "庐山市", "原山市", "厂山市", (0, 0)),
    ("an intruder of three gone", "教育", "教丨丨1育", "教丨1育", (1, 0)),
    ("an intruder beside a line end", "据。\n会", "据。\n4 \n会强", "据。\n4 \n会", (1, 0)),
    ("a lost character restored", "资金来源于财政", "资金来于财政", "资金来源于财政", (1, 0)),
]


@pytest.mark.parametrize(("truth", "before", "after", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_better_and_worse(truth: str, before: str, after: str, expected: tuple[int, int]) -> None:
    printed = prepare(truth, Measure.STRICT)
    score = Progress(Alignment(printed, prepare(before, Measure.STRICT)), Alignment(printed, prepare(after, Measure.STRICT))).total
    assert (score.better, score.worse) == expected


def test_counts_and_scores_pool() -> None:
    assert Counts(1, 2, 3, 100) + Counts(1, 0, 0, 10) == Counts(2, 2, 3, 110)
    pooled = Score(Counts(1, 0, 0, 10), Counts(0, 0, 0, 10), 1, 0) + Score(Counts(0, 0, 9, 90), Counts(0, 0, 9, 90))
    assert (pooled.reduction, pooled.before.rate) == (0.1, 0.1)


LONG = """
import resource, tracemalloc
from jiaokan.evaluate import Counts, compare
truth = "加强组织领导，落实工作责任，专款专用。" * 10_500
read = truth.replace("责任", "责仟")[:-2]
size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
tracemalloc.start()
counts = compare(truth, read)
peak = tracemalloc.get_traced_memory()[1] / 1e6
assert counts == Counts(10_500, 2, 0, len(truth)), counts
print(peak, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - size) / 1e3)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the resident size is in other units elsewhere")
def test_a_text_of_200_000_characters_takes_little_memory() -> None:
    """A full matrix of bits would be 10 GB; what Python traces and what the process grows by are both megabytes."""
    done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, text=True, check=True)
    traced, grown = map(float, done.stdout.split())
    assert traced < 20
    assert grown < 60
