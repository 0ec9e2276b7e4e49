"""A run's report: one HTML file, in Chinese, that opens offline."""

from __future__ import annotations

from collections import Counter, defaultdict
from html import escape
from string import Template
from typing import Any

Rows = list[dict[str, Any]]

STATUS = {"applied": "已改", "suggested": "建议", "flagged": "存疑"}
CHECK = {"pass": "相符", "fail": "不符", "cannot_judge": "无法判断"}
GAP = "□"
# The faults of corpus/README.md in the words of an archive; a kind that is missing here is shown by its own name.
KIND = {
    "shape_substitution": "形近误认", "lost_character": "脱字", "lost_punctuation": "脱标点", "inserted_punctuation": "衍标点",
    "line_wrap_space": "断行空格", "lost_line": "脱行", "foreign_script": "异文乱码", "split_code": "编码断开", "bracket": "括号",
    "code_point": "码位", "table_rule": "表格线", "dash": "连接号", "label": "栏目名", "word_substitution": "误词", "mid_word_start": "起首残缺",
    "unbalanced_mark": "括引号不配", "unreadable": "疑误", "lost_break": "脱换行",
}  # fmt: skip

PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>校勘报告</title><style>
:root{color-scheme:light;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--wash:#f6f8fa}
*{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:24px 16px 64px;color:var(--ink);
font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:36px 0 8px}p{margin:6px 0}.soft{color:var(--soft)}
.totals{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0}.totals div{border:1px solid var(--line);border-radius:8px;padding:10px 16px;min-width:120px}
.totals b{display:block;font-size:24px;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th,td{border-bottom:1px solid var(--line);padding:6px 10px;text-align:left;vertical-align:top}
th{background:var(--wash);white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
details{border:1px solid var(--line);border-radius:8px;margin:8px 0;padding:0 12px}summary{cursor:pointer;padding:8px 0;font-weight:600}
summary:focus-visible{outline:2px solid #0969da}
.context{white-space:pre-wrap;overflow-wrap:anywhere;min-width:220px}del{background:#ffd8d3;text-decoration:none}ins{background:#ccefd2;text-decoration:none}
mark{background:#fff2b3}.applied{color:#116329}.suggested{color:#7d4e00}.flagged,.fail{color:#a40e26}.pass{color:#116329}
</style></head><body>
<h1>校勘报告</h1><p class="soft">$subtitle</p>
<div class="totals">$totals</div>
<h2>各类讹误</h2><div class="wide">$kinds</div>
<h2>各件情况</h2><div class="wide">$documents</div>
<h2>逐件校记</h2><p class="soft">左为原文，右为校后；悬停或点开“依据”可见改动理由。数字、日期、姓名、编码一律不改。</p>$details
$failures
</body></html>
""")


def page(tables: dict[str, Rows], failures: Rows) -> str:
    """Return the report of a run from its tables (see `tables.COLUMNS`, edits with `left` and `right` context)."""
    documents, edits, checks = (tables.get(name, []) for name in ("documents", "edits", "checks"))
    by_document: dict[str, Rows] = defaultdict(list)
    for edit in edits:
        by_document[edit["id"]].append(edit)
    judged: dict[str, Rows] = defaultdict(list)
    for check in checks:
        judged[check["id"]].append(check)
    characters = sum(row["characters"] for row in documents)
    errors = sum(row["characters"] * row["estimated_error_rate"] for row in documents)
    counts = {status: sum(row[status] for row in documents) for status in STATUS}
    figures = [
        ("文件", f"{len(documents):,}"), ("字数", f"{characters:,}"), ("估计差错率", f"{errors / characters:.2%}" if characters else "—"),
        *((name, f"{counts[status]:,}") for status, name in STATUS.items()),
        ("核对不符", f"{sum(check['status'] == 'fail' for check in checks):,}"), ("未能处理", f"{len(failures):,}"),
    ]  # fmt: skip
    return PAGE.substitute(
        subtitle="差错率为模型估计，未与原件比对；“已改”均可逐条还原。",
        totals="".join(f"<div>{name}<b>{value}</b></div>" for name, value in figures),
        kinds=_kinds(edits),
        documents=_documents(documents, judged),
        details="".join(_detail(row, by_document[row["id"]], judged[row["id"]]) for row in documents),
        failures=_failures(failures),
    )


def _kinds(edits: Rows) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for edit in edits:
        counts[edit["kind"]][edit["status"]] += 1
    rows = [
        [KIND.get(kind, kind), *(str(count[status]) for status in STATUS)]
        for kind, count in sorted(counts.items(), key=lambda item: -item[1].total())
    ]
    return _table(["类别", *STATUS.values()], rows, numbers=1)


def _documents(documents: Rows, judged: dict[str, Rows]) -> str:
    worst_first = sorted(documents, key=lambda row: -row["estimated_error_rate"])
    rows = [
        [
            f'<a href="#{escape(row["id"])}">{escape(row["id"])}</a>', escape(row["family"] or "—"), escape(row["region_name"] or "—"),
            f"{row['characters']:,}", f"{row['estimated_error_rate']:.2%}", *(str(row[status]) for status in STATUS),
            str(sum(check["status"] == "fail" for check in judged[row["id"]])),
        ]
        for row in worst_first
    ]  # fmt: skip
    return _table(["文件", "文种", "地区", "字数", "估计差错率", *STATUS.values(), "核对不符"], rows, numbers=3)


def _detail(document: dict[str, Any], edits: Rows, checks: Rows) -> str:
    rows = [
        [
            f'<span class="{edit["status"]}">{STATUS[edit["status"]]}</span>', escape(KIND.get(edit["kind"], edit["kind"])),
            _context(edit, "del", edit["before"]),
            _context(edit, "mark", edit["before"]) if edit["after"] is None else _context(edit, "ins", edit["after"]),
            f"{edit['confidence']:.2f}", f"<details><summary>依据</summary>{escape(edit['why'])}</details>",
        ]
        for edit in edits
    ]  # fmt: skip
    found = [[f'<span class="{check["status"]}">{CHECK[check["status"]]}</span>', escape(check["rule"]), escape(check["message"]), escape(check["derived"])] for check in checks]
    body = '<div class="wide">' + _table(["处理", "类别", "原文", "校后", "把握", "依据"], rows) + "</div>" if rows else "<p>未发现讹误。</p>"
    if found:
        body += '<div class="wide">' + _table(["核对", "规则", "说明", "推算"], found) + "</div>"
    return f'<details id="{escape(document["id"])}"><summary>{escape(document["id"])}（{len(edits)} 处）</summary>{body}</details>'


def _context(edit: dict[str, Any], tag: str, text: str) -> str:
    left, right = edit.get("left", ""), edit.get("right", "")
    return f'<div class="context" title="{escape(edit["why"])}">{escape(left)}<{tag}>{escape(text) or GAP}</{tag}>{escape(right)}</div>'


def _failures(failures: Rows) -> str:
    if not failures:
        return ""
    rows = [[escape(row["source"]), escape(row["what"]), escape(row["fix"])] for row in failures]
    return '<h2>未能处理</h2><div class="wide">' + _table(["文件", "原因", "办法"], rows) + "</div>"


def _table(headings: list[str], rows: list[list[str]], numbers: int = 99) -> str:
    """Return an HTML table of ready cells; columns from `numbers` on are set as figures."""
    if not rows:
        return "<p>无。</p>"
    mark = [' class="n"' if column >= numbers else "" for column in range(len(headings))]
    head = "".join(f"<th{kind}>{heading}</th>" for kind, heading in zip(mark, headings, strict=True))
    body = "".join("<tr>" + "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(mark, row, strict=True)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
