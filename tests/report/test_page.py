"""The report of a run opens offline, shows every edit in its surroundings, takes any text, and is built anew from the run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from jiaokan.batch.local import Failure
from jiaokan.cli import main
from jiaokan.detect.quality import pooled
from jiaokan.errors import InputError
from jiaokan.report.figures import confusions
from jiaokan.report.page import MOST_PAGES, rebuild
from jiaokan.report.sheet import CONTEXT
from jiaokan.report.tables import read_run

Cleaned = Callable[..., Path]

FAULTY = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导，落实工作责任。\n"
SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
FORM = (SAMPLES / "jiangxi-fengcheng-yanglao.tsv").read_text(encoding="utf-8")
HOSTILE = "<b>项目</b>&名称\x00\x1b\u202e<script>alert(1)</script>" + "加强组 织领导，落实工作责任。\n" * 12
REFUSED = Failure("scan", "<i>.txt", "InputError", "the file is empty", "scan the page again")


def overview(run: Path) -> str:
    return (run / "report.html").read_text(encoding="utf-8")


def pages(run: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((run / "pages").iterdir())}


def everything(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


def plain(markup: str) -> str:
    """Return what a reader sees of some HTML."""
    return unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<style>.*?</style>|<svg.*?</svg>", "", markup)))


# --- what a reader sees


def test_nothing_is_fetched_from_outside(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM, "page": FAULTY})
    for text in (overview(run), *pages(run).values()):
        assert not re.findall(r"""@import|url\(|https?:|<script|\bon\w+=|src=""", text)
        assert "default-src 'none'" in text


def test_the_summary_is_an_estimate_in_two_sentences(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM, "page": FAULTY})
    quality = read_run(run)["quality"]
    rows = quality[quality["scope"] == "document"]
    rate = pooled(list(zip(rows["characters"], rows["expected"], rows["variance"], strict=True)))
    (lead,) = re.findall(r'<p class="lead">(.*?)</p>', overview(run))
    said = plain(lead)
    assert said.count("。") == 2
    for words in ("本批文件 2 件", f"{rate.characters:,} 字", f"{rate.rate:.2%}", f"90% 区间 {100 * rate.low:.2f}–{rate.high:.2%}", "未与原件比对", "数字和字母（占 ", "无从逐字判断"):
        assert words in said


def test_a_rate_stands_with_its_interval_and_its_parts(cleaned: Cleaned) -> None:
    run = cleaned({"甲": FORM, "乙": FORM})
    quality = read_run(run)["quality"]
    shown = plain(overview(run))
    for scope in ("section", "field"):
        for name, rows in quality[quality["scope"] == scope].groupby("name"):
            rate = pooled(list(zip(rows["characters"], rows["expected"], rows["variance"], strict=True)))
            assert f"{name}2{rate.rate:.2%}{100 * rate.low:.2f}–{rate.high:.2%}{rate.errors:,.1f}{rate.characters:,}" in shown


@pytest.mark.parametrize("words", ["各文种的估计差错率与 90% 区间", "各件估计差错率的分布", "各类讹误的处理"])
def test_a_chart_says_its_figures(cleaned: Cleaned, words: str) -> None:
    (said,) = re.findall(rf'<svg class="chart" role="img" aria-label="{words}：([^"]+)"', overview(cleaned({"表": FORM})))
    assert re.search(r"\d", said)


def test_an_edit_stands_in_its_surroundings(cleaned: Cleaned) -> None:
    run = cleaned({"page": FAULTY})
    (edit,) = json.loads((run / "records" / "page.json").read_text(encoding="utf-8"))["edits"]
    assert FAULTY[edit["start"] - CONTEXT : edit["end"]].endswith("加强组 ")
    for shown in (overview(run), pages(run)["page"]):
        assert "加强组<del>␣</del>织领导，落实工作责任。↵" in shown
        assert "加强组<ins>□</ins>织领导" in shown
        assert "多余空格" in shown


def test_failed_checks_lead_to_their_document(cleaned: Cleaned) -> None:
    shown = overview(cleaned({"表": FORM}))
    part = shown[shown.index('<section id="checks">') : shown.index('<section id="documents">')]
    assert "分项合计" in part
    assert '<a href="pages/%E8%A1%A8.html">表</a>' in part


def test_a_failed_check_shows_the_numbers_it_used(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM})
    failed = read_run(run)["checks"].query("status == 'fail' and rule == 'items_sum'")
    (total,) = (re.findall(r"total ([\d.]+万元)", row)[0] for row in failed["values"])
    assert f"总额 {total}" in plain(overview(run))


def test_confusions_lead_to_a_place(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM})
    shown = overview(run)
    part = shown[shown.index("<caption>最常见的误认") : shown.index("<caption>各项依据")]
    edits = json.loads((run / "records" / "表.json").read_text(encoding="utf-8"))["edits"]
    places = [(int(number), unescape(text)) for number, text in re.findall(r'<a href="pages/%E8%A1%A8\.html#e(\d+)">.*?<(?:del|ins)>(.+?)</', part)]
    assert places
    for number, text in places:
        assert text == (edits[number - 1]["before"] or edits[number - 1]["after"])


def test_confusions_are_sorted_into_three() -> None:
    pairs = [("台", "合"), ("台", "合"), ("", "度"), ("、", ""), (" ", ""), ("彳", None)]
    edits = [{"id": name, "before": before, "after": after, "status": "suggested"} for name in ("甲", "乙") for before, after in pairs]
    found = confusions(edits, {"乙"})
    assert {sort: [(one.before, one.after, one.found.total(), one.example) for one in rows] for sort, rows in found.items()} == {
        "substituted": [("台", "合", 4, ("乙", 1))],
        "lost": [("", "度", 2, ("乙", 3))],
        "intruded": [("、", "", 2, ("乙", 4))],
    }


def test_documents_are_counted_by_their_rate(cleaned: Cleaned) -> None:
    shown = plain(overview(cleaned({"甲": FORM, "乙": FORM})))
    assert re.search(r"各件估计差错率的分布差错率件数占比.*?\d–\d%2100\.0%", re.sub(r"\s", "", shown))


def test_the_foot_says_how_the_run_was_made(cleaned: Cleaned) -> None:
    run = cleaned({"page": FAULTY})
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    shown = plain(overview(run))
    for words in (f"日期：{manifest['finished'][:10]}", f"jiaokan {manifest['version']}", f"词典：{len(manifest['dictionaries'])} 份", manifest["dictionaries"]["terms.tsv"][:12]):
        assert words in shown


def test_a_page_marks_each_fault_by_colour_sign_and_words(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM})
    record = json.loads((run / "records" / "表.json").read_text(encoding="utf-8"))
    shown = pages(run)["表"]
    signs = {"applied": "改", "suggested": "议", "flagged": "疑"}
    for number, edit in enumerate(record["edits"], start=1):
        assert f'<span class="edit {edit["status"]}" id="e{number}" tabindex="0" aria-describedby="w{number}">' in shown
        assert shown.count(f'<sup class="sign">{signs[edit["status"]]}{number}</sup>') == 2
        assert f'id="w{number}" role="note"' in shown
    assert [name for name in ("栏目", "绩效指标", "核对") if f"<h2>{name}</h2>" not in shown] == []


def test_an_empty_run_has_a_report(cleaned: Cleaned) -> None:
    run = cleaned({}, (REFUSED,))
    shown = overview(run)
    assert "未能处理" in shown
    assert "the file is empty" in shown
    assert "&lt;i&gt;.txt" in shown
    assert not (run / "pages").exists()


def test_what_to_do_next_follows_from_the_figures(cleaned: Cleaned) -> None:
    shown = plain(overview(cleaned({"表": FORM, "page": FAULTY}, (REFUSED,))))
    counts = read_run(cleaned({"表": FORM, "page": FAULTY}, folder="again"))["documents"][["suggested", "flagged"]].sum()
    for words in ("补做未能处理的 1 件", f"决定建议 {counts['suggested']} 处", "分项合计 1 项", "jiaokan evaluate"):
        assert words in shown


# --- any text, any name


def test_text_is_never_markup(cleaned: Cleaned) -> None:
    run = cleaned({"<script>a": HOSTILE, "a&b #%?": FORM})
    for text in (overview(run), *pages(run).values()):
        assert "<b>项目" not in text
        assert "<script" not in text
        assert not re.findall("[\x00-\x08\x0b-\x1f\u202e]", text)


def test_links_lead_somewhere(cleaned: Cleaned) -> None:
    run = cleaned({"<script>a": HOSTILE, "a&b #%?": FORM, "page": FAULTY})
    for path in (run / "report.html", *(run / "pages").iterdir()):
        text = path.read_text(encoding="utf-8")
        for address in map(unescape, re.findall(r'<a[^>]* href="([^"]+)"', text)):
            file, _, place = address.partition("#")
            target = path.parent / unquote(file) if file else path
            assert target.exists(), address
            assert not place or f'id="{place}"' in target.read_text(encoding="utf-8"), address


def test_only_the_worst_get_a_page(cleaned: Cleaned) -> None:
    run = cleaned({f"d{number:03}": FAULTY * (1 + number % 3) for number in range(MOST_PAGES + 5)})
    shown = overview(run)
    assert len(pages(run)) == MOST_PAGES
    assert f"只有最差的 {MOST_PAGES} 件可以点开" in shown
    for number in range(MOST_PAGES + 5):
        linked = f'<a href="pages/d{number:03}.html">d{number:03}</a>' in shown
        assert linked == (run / "pages" / f"d{number:03}.html").exists()
        assert f"d{number:03}<" in shown
    assert "逐件校记" not in shown


# --- built anew


def test_the_report_is_built_anew_to_the_byte(cleaned: Cleaned) -> None:
    run = cleaned({"表": FORM, "page": FAULTY}, (REFUSED,))
    before = everything(run)
    (run / "pages" / "old.html").write_text("left over", encoding="utf-8")
    (run / "report.html").unlink()
    assert main(["report", str(run)]) == 0
    assert everything(run) == before


DAMAGE: list[tuple[str, Callable[[Path], object], str]] = [
    ("no folder", shutil.rmtree, "no such folder"),
    ("no manifest", lambda run: (run / "manifest.json").unlink(), "no manifest.json"),
    ("a manifest cut short", lambda run: (run / "manifest.json").write_text('{"schema"'), "manifest.json: cannot be read"),
    ("a manifest of no object", lambda run: (run / "manifest.json").write_text("[]"), "schema None"),
    ("another schema", lambda run: (run / "manifest.json").write_text('{"schema": "jiaokan/record/9"}'), "schema 'jiaokan/record/9'"),
    ("a manifest of another run", lambda run: (run / "manifest.json").write_text('{"schema": "jiaokan/record/1", "documents": 9}'), "2 documents in its tables, 9"),
    ("no table", lambda run: shutil.rmtree(run / "tables" / "checks"), "no checks"),
    ("a damaged table", lambda run: (run / "tables" / "edits" / "part-0.parquet").write_bytes(b"PAR1"), "a damaged table"),
    ("another table", lambda run: shutil.copy(run / "tables" / "edits" / "part-0.parquet", run / "tables" / "quality"), "no column scope"),
    ("no record", lambda run: (run / "records" / "page.json").unlink(), "no such record"),
    ("a record cut short", lambda run: (run / "records" / "page.json").write_text("{"), "a damaged record"),
    ("a record of nothing", lambda run: (run / "records" / "page.json").write_text("{}"), "a damaged record"),
    ("the record of another", lambda run: shutil.copy(run / "records" / "page.json", run / "records" / "表.json"), "the record of 'page'"),
    ("failures of another kind", lambda run: (run / "failures.jsonl").write_text("[1]\n"), "failures.jsonl: cannot be read"),
    ("no failures", lambda run: (run / "failures.jsonl").unlink(), "no such file"),
]


@pytest.mark.parametrize(("damage", "said"), [pytest.param(damage, said, id=name) for name, damage, said in DAMAGE])
def test_a_damaged_run_is_told_and_left_as_it_was(cleaned: Cleaned, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], object], said: str) -> None:
    run = cleaned({"表": FORM, "page": FAULTY})
    damage(run)
    before = everything(run) if run.exists() else {}
    with pytest.raises(InputError, match=re.escape(said)):
        rebuild(run)
    assert main(["report", str(run)]) == InputError.exit_code
    assert "\n  fix: " in capsys.readouterr().err
    assert (everything(run) if run.exists() else {}) == before
    assert not list(run.glob(".*"))
