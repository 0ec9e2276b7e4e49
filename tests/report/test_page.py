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
from pyarrow import parquet

from jiaokan.cli import main
from jiaokan.detect.quality import pooled
from jiaokan.errors import InputError
from jiaokan.report.page import MOST_FAILURES, MOST_PAGES, rebuild
from jiaokan.report.sheet import CONTEXT
from jiaokan.report.tables import COLUMNS, encoded, read_run

Cleaned = Callable[..., Path]

FAULTY = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导，落实工作责任。\n"
SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "samples"
FORM = (SAMPLES / "jiangxi-fengcheng-yanglao.tsv").read_text(encoding="utf-8")
HOSTILE = "<b>项目</b>&名称\x00\x1b\u202e<script>alert(1)</script>" + "加强组 织领导，落实工作责任。\n" * 12
REFUSED = "<i>.txt"  # a file of nothing
PART = "part-00000.parquet"


def overview(run: Path) -> str:
    return (run / "report.html").read_text(encoding="utf-8")


def pages(run: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((run / "pages").iterdir())}


def everything(run: Path) -> dict[str, bytes]:
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}


def rewrite(run: Path, name: str, **cells: object) -> None:
    """Write some cells anew in every row of a table of one part."""
    path = run / "tables" / name / PART
    path.write_bytes(encoded(name, [row | cells for row in parquet.read_table(path).to_pylist()]))


def shared_out(run: Path, documents: int) -> None:
    """Write the tables of one part anew as parts of so many documents."""
    ids = parquet.read_table(run / "tables" / "documents" / PART).column("id").to_pylist()
    for name in COLUMNS:
        rows = parquet.read_table(run / "tables" / name / PART).to_pylist()
        for number, start in enumerate(range(0, len(ids), documents)):
            these = set(ids[start : start + documents])
            (run / "tables" / name / f"part-{number:05}.parquet").write_bytes(encoded(name, [row for row in rows if row["id"] in these]))


def limit(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Make the limits of a report small, so that a small run is a large one."""
    for name, most in limits.items():
        monkeypatch.setattr(f"jiaokan.report.page.{name}", most)


def section_of(report: str, name: str) -> str:
    return report.partition(f'<section id="{name}">')[2].partition("</section>")[0]


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


# --- large runs


@pytest.mark.parametrize("documents", [1, 3])
def test_the_parts_of_a_run_make_no_difference(cleaned: Cleaned, documents: int) -> None:
    run = cleaned({"表": FORM, **{f"d{number}": FAULTY * number for number in range(1, 7)}}, (REFUSED,))
    before = overview(run), pages(run)
    shared_out(run, documents)
    assert rebuild(run) == 7
    assert (overview(run), pages(run)) == before


def test_a_run_without_files_has_the_same_report(cleaned: Cleaned, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, MOST_PAGES=2, MOST_DETAILS=2)
    texts = {"甲": FORM, "乙": FORM} | {f"d{number}": FAULTY * number for number in range(1, 4)}
    with_files, without = cleaned(texts), cleaned(texts, (), "--files", "none", folder="bare")
    assert without.joinpath("records").exists() is False
    assert pages(without) == pages(with_files)
    body, foot = overview(without).split('<footer id="files">')
    assert plain(body) == plain(overview(with_files).split("<footer")[0]).replace("tables/edits.csv", "tables/edits/")
    assert re.findall(r"records/|text/|\.csv", body) == []
    for address in map(unescape, re.findall(r'<a[^>]* href="([^"#]+)', overview(without))):
        assert (without / unquote(address)).exists(), address
    for name in (*COLUMNS, "records"):
        assert f'href="tables/{name}/"' in foot


def test_many_failures_are_counted_and_the_first_shown(cleaned: Cleaned) -> None:
    run = cleaned({"page": FAULTY})
    (run / "failures.jsonl").write_text("".join(json.dumps({"source": f"s{number}.txt", "what": "empty", "fix": "scan it"}) + "\n" for number in range(MOST_FAILURES + 3)))
    rebuild(run)
    shown = plain(overview(run))
    for words in (f"未能处理{MOST_FAILURES + 3}件", f"补做未能处理的 {MOST_FAILURES + 3} 件", f"这里列出 {MOST_FAILURES} 件，全部见 failures.jsonl", f"s{MOST_FAILURES - 1}.txt"):
        assert words in shown
    assert f"s{MOST_FAILURES}.txt" not in shown


def test_many_failed_checks_are_counted_and_the_first_shown(cleaned: Cleaned, monkeypatch: pytest.MonkeyPatch) -> None:
    limit(monkeypatch, MOST_FAILED=3)
    run = cleaned({f"d{number}": FORM for number in range(5)})
    (sums,) = re.findall(r"<details[^>]*><summary>分项合计.*?</details>", section_of(overview(run), "checks"), re.DOTALL)
    assert plain(sums).startswith("分项合计不符 5")
    assert re.findall(r">(d\d)</a></th>", sums) == ["d0", "d1", "d2"]
    assert '另有 2 项，见 <a href="tables/checks.csv">' in sums


def test_many_documents_are_counted_and_the_worst_listed(cleaned: Cleaned, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"d{number}": FAULTY * number for number in range(1, 7)}
    whole = re.findall(r'data-label="文件">(?:<a[^>]*>)?(d\d)', section_of(overview(cleaned(texts)), "documents"))
    limit(monkeypatch, MOST_PAGES=1, MOST_DETAILS=1, MOST_LISTED=2)
    part = section_of(overview(cleaned(texts, folder="again")), "documents")
    assert re.findall(r'data-label="文件">(?:<a[^>]*>)?(d\d)', part) == whole[:3]
    assert '这里列出 3 件，全部见 <a href="tables/documents.csv">' in part
    assert "只有最差的 1 件可以点开" in part


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
    ("an empty table", lambda run: (run / "tables" / "checks" / PART).unlink(), "no checks"),
    ("a damaged table", lambda run: (run / "tables" / "edits" / PART).write_bytes(b"PAR1"), "a damaged table"),
    ("another table", lambda run: shutil.copy(run / "tables" / "edits" / PART, run / "tables" / "quality"), "no column scope"),
    ("a table with a hole", lambda run: rewrite(run, "documents", characters=None), "a damaged table"),
    ("no record", lambda run: (run / "records" / "page.json").unlink(), "no such record"),
    ("a record cut short", lambda run: (run / "records" / "page.json").write_text("{"), "a damaged one"),
    ("a record of nothing", lambda run: (run / "records" / "page.json").write_text("{}"), "a damaged one"),
    ("a record of a name only", lambda run: (run / "records" / "page.json").write_text('{"schema": "jiaokan/record/1", "id": "page"}'), "a damaged record"),
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
