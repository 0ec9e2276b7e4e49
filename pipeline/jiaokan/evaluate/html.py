"""An evaluation as web pages, in Chinese, that open offline: the figures, and each document with every error marked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jiaokan.evaluate.align import Alignment, Kind, Measure, Score
from jiaokan.evaluate.measure import Judged
from jiaokan.report.files import write
from jiaokan.report.words import GAP, KIND, STATUS

if TYPE_CHECKING:
    from jiaokan.evaluate.summary import Evaluation

Row = dict[str, Any]
REPORT = "evaluation.html"
LONGEST = 200  # bytes of a file name; file systems take 255
MOST_CONFUSIONS = 40  # shown; confusions.csv has all
FAULT = {"substitution": "误认", "lost": "脱漏", "intruder": "衍入"}
CLASS = {"han": "汉字", "punctuation": "标点符号", "digit": "数字", "latin": "拉丁字母", "other": "其他", "space": "空白"}
GROUPS = {"engine": "各识别引擎", "family": "各文种", "section": "各部分", "field": "各栏目的值"}
NOT_IN_SECTION = "各部分之外"
REMARK = {
    "only in truth": "有真值而无识别文本", "only in OCR": "有识别文本而无真值", "only in CLEANED": "有校后文本而无识别文本", "not cleaned": "未经校勘，按未改动计", "the same id twice": "同名两件，只计其一",
    "the truth is empty": "真值为空", "the reading is empty: every character is lost": "识别文本为空，全部计为脱漏", "cleaned from another reading of this page": "校后文本出自本页的另一识别文本",
}  # fmt: skip
_HIDDEN = {ord("\n"): "↵", ord("\r"): "", ord("\t"): "⇥", ord(" "): "␣", 0x3000: "␣", **dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "␦")}
_QUIET = {code: sign for code, sign in _HIDDEN.items() if sign not in {"␣", ""}}

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>$title</title><style>
:root{color-scheme:light;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--wash:#f6f8fa}
*{box-sizing:border-box}body{margin:0 auto;max-width:1120px;padding:24px 16px 64px;color:var(--ink);
font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 8px}p{margin:6px 0}.soft{color:var(--soft)}.small{font-size:14px}
a{color:#0550ae}a:focus-visible{outline:2px solid #0969da}
.totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px;margin:16px 0}
.totals div{border:1px solid var(--line);border-radius:8px;padding:10px 14px}.totals b{display:block;font-size:22px}
b,td.n{font-variant-numeric:tabular-nums}table{border-collapse:collapse;width:100%;font-size:14px}
th,td{border-bottom:1px solid var(--line);padding:6px 10px;text-align:left;vertical-align:top}th{background:var(--wash);white-space:nowrap}
td.n,th.n{text-align:right;white-space:nowrap}td:first-child{min-width:5em}
del{background:#ffd8d3;text-decoration:none}ins{background:#ccefd2;text-decoration:none}mark{background:#fff2b3}
.line{border:1px solid var(--line);border-radius:8px;padding:6px 14px;margin:8px 0;scroll-margin-top:12px}.line:target{border-color:#0969da}
.line p,.same{margin:2px 0;white-space:pre-wrap}.line p::before{content:attr(data-side);color:var(--soft);font-size:12px;margin-right:8px}
.line nav{font-size:13px;color:var(--soft)}.same{color:var(--soft);padding:0 15px}
@media(max-width:640px){body{padding:16px 12px 48px}.line{padding:6px 10px}.same{padding:0 11px}
table thead{display:none}table tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
table td{display:flex;justify-content:space-between;gap:16px;border:0;padding:1px 0;text-align:right}
table td::before{content:attr(data-label);color:var(--soft);flex:none;text-align:left}table td:first-child{display:block;text-align:left;font-weight:600}
table td:first-child::before{content:none}td.n{white-space:normal}}
@media print{.line{break-inside:avoid-page}}
</style></head><body>
<h1>$title</h1><p class="soft">$subtitle</p>
$body
</body></html>
""")


def page(evaluation: Evaluation) -> str:
    """Return the report of an evaluation; each document links to its own page."""
    tables = evaluation.tables()
    return PAGE.substitute(title="识别差错评测", subtitle=_subtitle(evaluation), body="".join(_parts(evaluation, tables)))


def document_page(judged: Judged) -> str:
    """Return one document's page: truth, reading and cleaned text under one another, every difference marked in place."""
    strict = judged.progress[Measure.STRICT]
    cleaned = None if strict.after is strict.before else strict.after
    ours, theirs = _lines(strict.before), _lines(cleaned) if cleaned else None
    different = [number for number, (_, _, differs) in enumerate(ours) if differs or (theirs and theirs[number][2])]
    body, order = [], {number: place for place, number in enumerate(different, start=1)}
    for number, (printed, read, _) in enumerate(ours):
        if number not in order:
            body.append(f'<p class="same">{printed}</p>' if printed else "")
            continue
        passages = [("真值", printed), ("识别", read)] + ([("校后", theirs[number][1])] if theirs else [])
        lines = "".join(f'<p data-side="{side}">{text}</p>' for side, text in passages)
        body.append(f'<div class="line" id="n{order[number]}">{lines}{_steps(order[number], len(different))}</div>')
    legend = f"<mark>误认</mark>：字被认成另一字；真值中的 <del>脱漏</del>：未认出，识别文本中以 <del>{GAP}</del> 占位；<ins>衍入</ins>：原件所无。“↵”换行，“⇥”换格，“␣”空格。浅色行全同。"
    first = f'<p><a href="#n1">第一处差异</a>，<a href="../{REPORT}">返回评测</a></p>' if different else f'<p>与真值全同。<a href="../{REPORT}">返回评测</a></p>'
    return PAGE.substitute(
        title=escape(" ".join(filter(None, (judged.pair.engine, judged.pair.id)))),
        subtitle="；".join(_progress(name, judged.progress[measure].total, is_cleaned=bool(cleaned)) for measure, name in ((Measure.LENIENT, "宽松"), (Measure.STRICT, "严格"))),
        body=f'<p class="small soft">{legend}</p>{first}{"".join(body)}',
    )


def page_name(engine: str, document: str) -> str:
    """Return the file name of a document's page: rapidocr/light, page → rapidocr-light-page.html; one too long ends in a hash."""
    name = "-".join(filter(None, (engine, document))).replace("/", "-").replace("\\", "-")
    if "/" in engine or len(name.encode()) > LONGEST:  # a-b/c and a/b-c must not meet
        digest = hashlib.sha256(f"{engine}/{document}".encode()).hexdigest()[:12]
        name = f"{name.encode()[:LONGEST].decode(errors='ignore')}-{digest}"
    return f"{name}.html"


def write_page(folder: Path, evaluation: Evaluation) -> None:
    """Write the report. Raises InputError if it cannot be written."""
    write(folder / REPORT, page(evaluation).encode(errors="backslashreplace"))


def write_document_page(folder: Path, judged: Judged) -> None:
    """Write a document's page into `folder/pages`. Raises InputError if it cannot be written."""
    write(folder / "pages" / page_name(judged.pair.engine, judged.pair.id), document_page(judged).encode(errors="backslashreplace"))


def _lines(alignment: Alignment) -> list[tuple[str, str, bool]]:
    """Return for each line of the truth: itself and its reading, both marked, and whether they differ."""
    truth, found, at = alignment.truth.text, [], 0
    sides: tuple[list[str], list[str]] = ([], [])

    def close() -> None:
        texts = [_merged("".join(side)) for side in sides]
        found.append((texts[0], texts[1], "<" in texts[0] + texts[1]))
        for side in sides:
            side.clear()

    def same(text: str) -> None:
        for number, part in enumerate(text.split("\n")):
            if number:
                close()
            for side in sides:
                side.append(escape(part.translate(_QUIET)))

    for fault in alignment.faults:
        same(truth[at : fault.at])
        at = fault.at + (fault.kind is not Kind.INTRUDER)
        printed, read = escape(fault.truth.translate(_HIDDEN)), escape(fault.read.translate(_HIDDEN))
        if fault.kind is Kind.SUBSTITUTION:
            sides[0].append(f"<mark>{printed}</mark>")
            sides[1].append(f"<mark>{read}</mark>")
        elif fault.kind is Kind.LOST:
            sides[0].append(f"<del>{printed}</del>")
            sides[1].append(f"<del>{GAP}</del>")
        else:
            sides[1].append(f"<ins>{read}</ins>")
        if fault.truth == "\n":
            close()
    same(truth[at:])
    close()
    return found


def _merged(marked: str) -> str:
    """Return marked text with neighbouring marks of a kind made one."""
    return re.sub(r"</(mark|del|ins)><\1>", "", marked)


def _steps(place: int, last: int) -> str:
    """Return the links to the differences before and after: the Tab key walks from one to the next."""
    steps = [f'<a href="#n{number}">{word}</a>' for number, word in ((place - 1, "上一处"), (place + 1, "下一处")) if 1 <= number <= last]
    return f'<nav aria-label="第 {place} 处差异">{place} / {last} {" ".join(steps)}</nav>'


def _progress(name: str, score: Score, *, is_cleaned: bool) -> str:
    before, after = score.before, score.after
    text = f"{name}口径：识别差错 {before.errors:,} / {before.characters:,} 字（{before.rate:.2%}）"
    return text + (f"，校后 {after.errors:,} / {after.characters:,}（{after.rate:.2%}），改对 {score.better:,}，改错 {score.worse:,}" if is_cleaned and after else "")


def _subtitle(evaluation: Evaluation) -> str:
    return "；".join(_progress(name, score, is_cleaned=evaluation.is_cleaned) for name, score in (("宽松", evaluation.lenient), ("严格", evaluation.strict))) + "。"


def _parts(evaluation: Evaluation, tables: dict[str, list[Row]]) -> Iterator[str]:
    cleaned = evaluation.is_cleaned
    yield f'<div class="totals">{"".join(f"<div>{name}<b>{value}</b></div>" for name, value in _figures(evaluation))}</div>'
    yield '<p class="small soft">差错率 = （误认 + 脱漏 + 衍入）÷ 真值字数，一律由合计数相除，不取各件平均。宽松口径不计空白与全半角之别；严格口径逐码比较，只统一换行、略去首尾空白。'
    yield "未校各件按未改动计。</p><h2>总计</h2>"
    yield from _totals([row for row in tables["rates"] if row["by"] == "all"])
    for by, title in GROUPS.items():
        rows = [row for row in tables["rates"] if row["by"] == by and row["measure"] == "lenient"]
        if any(row["name"] for row in rows):
            names = [escape(row["name"] or (NOT_IN_SECTION if by == "section" else "未注明")) for row in rows]
            yield f"<h2>{title}</h2>" + _rates(rows, names, cleaned=cleaned)
    rows = [{**row, **{key.removeprefix("lenient_"): value for key, value in row.items()}, "documents": 1} for row in tables["documents"]]
    yield "<h2>各件情况</h2>" + _rates(rows, [_link(row) for row in rows], cleaned=cleaned, estimates=bool(tables["estimates"]), counted=False)
    yield from _edits(tables)
    yield from _confusions(tables["confusions"], cleaned=cleaned)
    yield from _values(tables)
    yield from _estimates(tables["estimates"])
    if tables["remarks"]:
        rows = tables["remarks"]
        cells = [[escape("/".join(filter(None, (row["engine"], row["id"])))), escape(REMARK.get(row["what"]) or row["what"]), escape(row["where"])] for row in rows]
        yield "<h2>须留意</h2>" + _table(["文件", "情况", "所在"], cells)


def _figures(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Yield the headline figures, rates by the lenient measure."""
    score = evaluation.lenient
    yield "文件", f"{evaluation.groups[0].documents:,}"
    yield "字数", f"{score.before.characters:,}"
    yield "识别差错率", f"{score.before.rate:.2%}"
    if evaluation.is_cleaned and score.after:
        yield "校后差错率", f"{score.after.rate:.2%}"
        yield "差错减少", _percent(score.reduction)
        yield "改对", f"{score.better:,}"
        yield "改错", f"{score.worse:,}"


def _totals(rates: list[Row]) -> Iterator[str]:
    rows = []
    for row in sorted(rates, key=lambda row: str(row["measure"])):
        name = {"lenient": "宽松", "strict": "严格"}[row["measure"]]
        for side, prefix in (("识别", ""), ("校后", "after_")):
            if row[f"{prefix}errors"] is not None:
                rows.append([f"{name}，{side}", _over(row, prefix), _percent(row[f"{prefix}rate"]), *(f"{row[prefix + part]:,}" for part in ("substitutions", "lost", "intruders"))])
    yield _table(["口径", "差错 / 字数", "差错率", *FAULT.values()], rows, numbers=1)


def _rates(rows: list[Row], names: list[str], *, cleaned: bool, estimates: bool = False, counted: bool = True) -> str:
    headings = ["名称", *(["件数"] if counted else []), "识别差错 / 字数", "差错率", *(["校后差错 / 字数", "差错率", "减少", "改对", "改错"] if cleaned else []), *(["估计差错率", "区间"] if estimates else [])]
    cells = []
    for row, name in sorted(zip(rows, names, strict=True), key=lambda pair: (-pair[0]["rate"], pair[1])):
        line = [name, *([str(row["documents"])] if counted else []), _over(row, ""), _percent(row["rate"])]
        if cleaned:
            line += [_over(row, "after_"), _percent(row["after_rate"]), _percent(row["reduction"]), str(row["better"]), str(row["worse"])]
        if estimates:
            line += [_percent(row["estimated_rate"]), "—" if row["interval_low"] is None else f"{row['interval_low']:.2%}–{row['interval_high']:.2%}"]
        cells.append(line)
    return _table(headings, cells, numbers=1)


def _edits(tables: dict[str, list[Row]]) -> Iterator[str]:
    if tables["edits"]:
        yield '<h2>所作改动，对照真值</h2><p class="small soft">逐处单独判断：取其前后各十二字与真值相较。无误：此处差错尽除；有进：差错减少；无益：不增不减；有害：差错增加。存疑之处，一字之内确有差错即为无误。</p>'
        cells = [
            [f"{STATUS[row['status']]}，{escape(KIND.get(row['kind']) or row['kind']) or '合计'}", *(str(row[name] or "") for name in ("right", "better", "neutral", "worse")), f"{row['right'] + row['better']:,} / {row['edits']:,}", _percent(row["precision"])]
            for row in tables["edits"]
        ]
        yield _table(["改动", "无误", "有进", "无益", "有害", "无误与有进 / 全部", "准确率"], cells, numbers=1)
    if tables["faults"]:
        outcomes = {"mended": "已改正", "suggested": "已建议", "flagged": "已存疑", "missed": "未发现"} if tables["edits"] else {}
        cells = [
            [f"{CLASS[row['class']]}{FAULT[row['fault']]}", f"{row['faults']:,}", *(str(row[name] or "") for name in outcomes), *([_percent(row["recall"])] if outcomes else [])]
            for row in tables["faults"]
        ]
        yield "<h2>各类差错的去向</h2>" + _table(["差错", "处数", *outcomes.values(), *(["改正 / 处数"] if outcomes else [])], cells, numbers=1)
    if tables["traps"]:
        yield f"<p>似误而实不误之处：{sum(row['traps'] for row in tables['traps']):,}，其中被改错 {sum(row['harmed'] for row in tables['traps']):,}。</p>"


def _confusions(rows: list[Row], *, cleaned: bool) -> Iterator[str]:
    if rows:
        cells = [[f"{_sign(row['printed'])} → {_sign(row['read'])}", FAULT[row["fault"]], str(row["count"]), *([str(row["mended"])] if cleaned else [])] for row in rows[:MOST_CONFUSIONS]]
        more = f'<p class="small soft">共 {len(rows):,} 种，余见 confusions.csv。</p>' if len(rows) > MOST_CONFUSIONS else ""
        yield "<h2>最常见的差错</h2>" + _table(["真值 → 识别", "类别", "次数", *(["已改正"] if cleaned else [])], cells, numbers=2) + more


def _values(tables: dict[str, list[Row]]) -> Iterator[str]:
    rows = [(escape(row["label"]) or "全部栏目", row) for row in tables["fields"]] + [("指标行", row) for row in tables["indicators"]]
    if rows:
        cells = [[name, *(f"{row[key]:,}" for key in ("truth", "found", "right")), *(_percent(row[key]) for key in ("precision", "recall", "f1"))] for name, row in rows]
        yield "<h2>栏目与指标的提取</h2>" + _table(["栏目", "真值", "提取", "相符", "准确率", "召回率", "F1"], cells, numbers=1)


def _estimates(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        rank = "" if row["spearman"] is None else f"，与真实差错率的秩相关 {row['spearman']:.2f}（{row['documents']} 件）"
        ratio = "" if row["ratio"] is None else f"，两者之比 {row['ratio']:.2f}"
        yield (
            f"<h2>不看真值的估计</h2><p>估计 {row['estimated_errors']:,.0f} / {row['characters']:,} 字（{_percent(row['estimated_rate'])}），"
            f"实为 {row['true_errors']:,} / {row['truth_characters']:,} 字（{_percent(row['true_rate'])}）{ratio}{rank}；真实差错率落在区间内者 {row['inside']} / {row['intervals']} 件。</p>"
        )


def _link(row: Row) -> str:
    name = "/".join(filter(None, (row["engine"], row["id"])))
    return f'<a href="pages/{quote(page_name(row["engine"], row["id"]), errors="backslashreplace")}">{escape(name)}</a>'


def _sign(char: str) -> str:
    return escape(char.translate(_HIDDEN)) or GAP


def _over(row: Row, prefix: str) -> str:
    return f"{row[prefix + 'errors']:,} / {row[prefix + 'characters']:,}"


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.2%}"


def _table(headings: list[str], rows: list[list[str]], *, numbers: int = 99) -> str:
    """Return an HTML table of ready cells; columns from `numbers` on are figures. On a phone each row is a card."""
    mark = [' class="n"' if column >= numbers else "" for column in range(len(headings))]
    head = "".join(f"<th{figure}>{heading}</th>" for figure, heading in zip(mark, headings, strict=True))
    body = "".join("<tr>" + "".join(f'<td{figure} data-label="{heading}">{cell}</td>' for figure, heading, cell in zip(mark, headings, row, strict=True)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
