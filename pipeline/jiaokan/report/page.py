"""A run's report: one HTML file, in Chinese, that opens offline."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import escape
from string import Template
from typing import Any

Rows = list[dict[str, Any]]

STATUS = {"applied": "已改", "suggested": "建议", "flagged": "存疑"}
CHECK = {"pass": "相符", "fail": "不符", "cannot_judge": "无法判断"}
GAP = "□"  # stands where nothing stands: a character lost, or taken out
# Faults, rules and checks in the words of an archive; what is missing here is shown by its own name.
KIND = {
    "shape_substitution": "形近误认", "substitution": "误字", "word_substitution": "误词", "code_point": "异码字", "variant": "异体字",
    "lost_character": "脱字", "lost_punctuation": "脱标点", "lost_line": "脱行", "lost_break": "脱换行", "intruder": "衍字",
    "inserted_punctuation": "衍标点", "junk": "杂字", "line_wrap_space": "多余空格", "split_code": "编码断开", "foreign_script": "乱码",
    "bracket": "文号括号", "dash": "连接号", "table_rule": "表格线误作字", "label": "栏目名", "mid_word_start": "起首残缺",
    "unbalanced_mark": "括号引号不配对", "unreadable": "无法辨读", "page_furniture": "页眉页脚", "mirror_noise": "转载痕迹", "seal": "印章遮盖",
    "merged_cells": "单元格粘连",
}  # fmt: skip
RULE = {
    "invisible_characters": "不可见字符，正文中不应有", "compatibility_ideographs": "形同而编码不同，改为通用汉字", "rare_twins": "公文不用的生僻字，与所改之字几乎同形",
    "table_rules": "表格竖线误作文字", "cell_edges": "单元格首尾的空格", "punctuation_spaces": "全角标点前后不空格", "han_spaces": "词句中间断开的空格",
    "split_codes": "去掉空格后是完整的项目编码", "split_phones": "去掉空格后是完整的电话号码", "number_brackets": "发文字号的年份用六角括号（GB/T 9704—2012）",
    "garbled_brackets": "发文字号的年份用六角括号（GB/T 9704—2012）", "unclosed_numbers": "发文字号的括号缺一半", "ranges": "年份之间应为连接号",
    "doubled_stops": "两个标点连用，其一为衍", "gazetteer": "此地名不存在，与本件所涉地名一字之差", "labels": "表格栏目名的固定写法", "set_phrases": "固定提法",
    "lexicon": "合于词表中的用语", "document_memory": "本件他处有相同语句可证", "language_model": "依上下文推断", "unreadable": "上下文均不通，且无可信的改法",
    "foreign_script": "公文不用的文字", "control_characters": "控制字符", "units": "数值之后应为计量单位", "watermarks": "扫描软件或文库网站的水印",
    "lost_item_marks": "同列各项之前均有标点", "lost_breaks": "条目另起一行", "merged_cells": "两个栏目应分属两格", "numbering_holes": "序号不连续，此处可能脱文",
    "mid_word_starts": "起首不成句，此前可能脱行", "unbalanced_marks": "括号或引号不成对", "mirror_noise": "转载网站留下的痕迹",
}  # fmt: skip
TEST = {
    "required_fields": "必填项", "sources_sum": "资金来源合计", "items_sum": "分项合计", "funds_sum": "资金合计", "details_sum": "明细合计",
    "budget_within_total": "年度预算不超总额", "cost_equals_budget": "成本指标与预算", "dates_in_order": "日期先后", "dates_in_year": "日期在年度内",
    "phone": "电话号码", "percent_bounds": "百分比范围", "tree_complete": "指标体系完整", "project_code": "项目编码", "area_code": "行政区划代码",
    "numbering": "序号连续", "pairs": "括号引号配对", "document_number": "发文字号", "title_form": "标题格式", "closing_phrase": "结语", "credit_code": "统一社会信用代码",
}  # fmt: skip
# The commonest clauses of `why`, for readers who have no English; another clause stands as it is.
EVIDENCE = [
    (re.compile(r"(.+) ×(\d+) elsewhere in this document"), r"“\1”另见本件 \2 处"),
    (re.compile(r"(.+) ×(\d+) in this document"), r"“\1”见于本件 \2 处"),
    (re.compile(r"completes a term of the lexicon"), "补足词表用语"),
    (re.compile(r"language model ×10\^(\S+) forward, ×10\^(\S+) backward"), r"语言模型：顺读 10^\1 倍，逆读 10^\2 倍"),
    (re.compile(r"(\S+) looks like (\S+) \((\S+)\)"), r"“\1”与“\2”形近（\3）"),
    (re.compile(r"nothing (?:opens|closes) (\S) in this cell"), r"“\1”在本格内不成对"),
]
_HIDDEN = {ord("\n"): "↵", ord("\r"): "", ord("\t"): "⇥", **dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127), "␦")}

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>校勘报告</title><style>
:root{color-scheme:light;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--wash:#f6f8fa}
*{box-sizing:border-box}body{margin:0 auto;max-width:1120px;padding:24px 16px 64px;color:var(--ink);
font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:40px 0 8px}p{margin:6px 0}.soft{color:var(--soft)}.small{font-size:14px}
a{color:#0550ae}.totals{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:12px;margin:16px 0}
.totals div{border:1px solid var(--line);border-radius:8px;padding:10px 14px;white-space:nowrap}.totals b{display:block;font-size:22px}
b,td.n,.sure{font-variant-numeric:tabular-nums}table{border-collapse:collapse;width:100%;font-size:14px}
th,td{border-bottom:1px solid var(--line);padding:6px 10px;text-align:left;vertical-align:top}th{background:var(--wash);white-space:nowrap}
td.n,th.n{text-align:right;white-space:nowrap}td:first-child{min-width:5em}
details{border:1px solid var(--line);border-radius:8px;margin:8px 0;padding:0 14px}summary{cursor:pointer;padding:8px 0;font-weight:600}
summary:focus-visible,a:focus-visible{outline:2px solid #0969da}summary small{font-weight:400;color:var(--soft)}
.edit{display:grid;grid-template-columns:9em 1fr 1fr;gap:2px 16px;border-top:1px solid var(--line);padding:8px 0;font-size:15px}
.edit>p{margin:0}.why{grid-column:2/-1;color:var(--soft);font-size:13px}.passage{white-space:pre-wrap}
.passage::before{content:attr(data-side);color:var(--soft);font-size:12px;margin-right:8px}
del{background:#ffd8d3;text-decoration:none}ins{background:#ccefd2;text-decoration:none}mark{background:#fff2b3}
.applied,.pass{color:#116329}.suggested,.cannot_judge{color:#7d4e00}.flagged,.fail{color:#a40e26}
@media(max-width:640px){body{padding:16px 12px 48px}.edit{grid-template-columns:1fr}.why{grid-column:1}details{padding:0 10px}
.stacked thead{display:none}.stacked tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
.stacked td{display:flex;justify-content:space-between;gap:16px;border:0;padding:1px 0;text-align:right}
.stacked td::before{content:attr(data-label);color:var(--soft);flex:none}.stacked td:first-child{display:block;text-align:left;font-weight:600}
.stacked td:first-child::before{content:none}th,td{padding:6px}}
@media print{details{break-inside:avoid-page}}
</style><script>
const show=()=>{const named=document.getElementById(location.hash.slice(1));if(named)named.open=true}
addEventListener("hashchange",show);addEventListener("load",show)
</script></head><body>
<h1>校勘报告</h1><p class="soft">$subtitle</p>
<div class="totals">$totals</div>
<p class="small soft">已改：有确证，已写入校后文本；建议：很可能有误，请对照原件决定；存疑：此处有误而无从确定原文，未作改动。数字、日期、姓名、编码一律不改，所有改动均可逐条还原。</p>
<h2>各类讹误</h2>$kinds
<h2>各件情况</h2>$documents
<h2>逐件校记</h2><p class="small soft">点开各件可见每处改动的原文、校后文字与依据；前后各引十余字，便于在原件上查找。“□”表示此处无字，“↵”表示换行，“⇥”表示换格。</p>$details
$failures
</body></html>
""")


def page(tables: dict[str, Rows], failures: Rows) -> str:
    """Return the report of a run from its rows (`tables.rows`, edits with their `left` and `right` context)."""
    documents, edits, checks = (tables.get(name, []) for name in ("documents", "edits", "checks"))
    of_edits, of_checks = _by_document(edits), _by_document(checks)
    places = {row["id"]: f"d{number}" for number, row in enumerate(documents, start=1)}
    return PAGE.substitute(
        subtitle="差错率由模型估计，未与原件比对。",
        totals="".join(f"<div>{name}<b>{value}</b></div>" for name, value in _figures(documents, checks, failures)),
        kinds=_kinds(edits),
        documents=_documents(documents, of_checks, places),
        details="".join(_detail(row, of_edits[row["id"]], of_checks[row["id"]], places[row["id"]]) for row in documents),
        failures=_failures(failures),
    )


def _by_document(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["id"]].append(row)
    return found


def _figures(documents: Rows, checks: Rows, failures: Rows) -> list[tuple[str, str]]:
    characters = sum(row["characters"] for row in documents)
    errors = sum(row["characters"] * row["estimated_error_rate"] for row in documents)
    return [
        ("文件", f"{len(documents):,}"), ("字数", f"{characters:,}"), ("估计差错率", f"{errors / characters:.2%}" if characters else "—"),
        *((name, f"{sum(row[status] for row in documents):,}") for status, name in STATUS.items()),
        ("核对不符", f"{_failed(checks):,}"), ("未能处理", f"{len(failures):,}"),
    ]  # fmt: skip


def _failed(checks: Rows) -> int:
    return sum(check["status"] == "fail" for check in checks)


def _kinds(edits: Rows) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for edit in edits:
        counts[edit["kind"]][edit["status"]] += 1
    rows = [
        [_named(KIND, kind), *(str(count[status] or "") for status in STATUS)]
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    ]
    return _table(["类别", *STATUS.values()], rows, numbers=1)


def _documents(documents: Rows, checks: dict[str, Rows], places: dict[str, str]) -> str:
    worst_first = sorted(documents, key=lambda row: (-row["estimated_error_rate"], row["id"]))
    rows = [
        [
            f'<a href="#{places[row["id"]]}">{_shown(row["id"])}</a>', escape(row["family"] or "未识别"), escape(row["region_name"] or "未识别"),
            f"{row['characters']:,}", f"{row['estimated_error_rate']:.2%}", *(str(row[status]) for status in STATUS), str(_failed(checks[row["id"]])),
        ]
        for row in worst_first
    ]  # fmt: skip
    return _table(["文件", "文种", "地区", "字数", "估计差错率", *STATUS.values(), "核对不符"], rows, numbers=3, kind="stacked")


def _detail(document: dict[str, Any], edits: Rows, checks: Rows, place: str) -> str:
    body = "".join(_edit(edit) for edit in edits) or "<p>未发现讹误。</p>"
    if checks:
        rows = [
            [f'<span class="{check["status"]}">{CHECK[check["status"]]}</span>', _named(TEST, check["rule"]), _shown(check["message"]), _shown(check["derived"]) or "—"]
            for check in checks
        ]
        body += _table(["核对", "项目", "说明", "推算"], rows, kind="stacked")
    counts = "，".join(f"{name} {document[status]}" for status, name in STATUS.items())
    return f'<details id="{place}"><summary>{_shown(document["id"])} <small>{counts}，核对不符 {_failed(checks)}</small></summary>{body}</details>'


def _edit(edit: dict[str, Any]) -> str:
    rules = "；".join(_named(RULE, rule) for rule in edit["rule"].split("+"))
    new = _passage("存疑", edit, "mark", edit["before"]) if edit["after"] is None else _passage("校后", edit, "ins", edit["after"])
    return (
        f'<div class="edit"><p><span class="{edit["status"]}">{STATUS[edit["status"]]}</span> {_named(KIND, edit["kind"])}'
        f'<br><span class="small soft sure">把握 {edit["confidence"]:.0%}</span></p>'
        f'{_passage("原文", edit, "del", edit["before"])}{new}<p class="why">{rules}。{_shown(_evidence(edit["why"]))}</p></div>'
    )


def _passage(side: str, edit: dict[str, Any], tag: str, text: str) -> str:
    marked = _shown(re.sub(r"[^\S\r\n\t]", "␣", text) if text.isspace() else text) or GAP
    return f'<p class="passage" data-side="{side}">{_shown(edit["left"])}<{tag}>{marked}</{tag}>{_shown(edit["right"])}</p>'


def _evidence(why: str) -> str:
    clauses = why.split("; ")
    for pattern, words in EVIDENCE:
        clauses = [pattern.sub(words, clause) for clause in clauses]
    return "；".join(clauses)


def _named(names: dict[str, str], key: str) -> str:
    return escape(names.get(key, key))


def _shown(text: str) -> str:
    """Return text for HTML, with signs for what cannot be seen."""
    return escape(text.translate(_HIDDEN))


def _failures(failures: Rows) -> str:
    if not failures:
        return ""
    rows = [[_shown(row["source"]), _shown(row["what"]), _shown(row["fix"])] for row in failures]
    return "<h2>未能处理</h2>" + _table(["文件", "原因", "办法"], rows, kind="stacked")


def _table(headings: list[str], rows: list[list[str]], *, numbers: int = 99, kind: str = "") -> str:
    """Return an HTML table of ready cells; columns from `numbers` on are set as figures, `stacked` ones become cards on a phone."""
    if not rows:
        return "<p>无。</p>"
    mark = [' class="n"' if column >= numbers else "" for column in range(len(headings))]
    head = "".join(f"<th{figure}>{heading}</th>" for figure, heading in zip(mark, headings, strict=True))
    body = "".join(
        "<tr>" + "".join(f'<td{figure} data-label="{heading}">{cell}</td>' for figure, heading, cell in zip(mark, headings, row, strict=True)) + "</tr>" for row in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
