"""A run's report: an overview and the worst pages side by side, in Chinese, that open offline and need no script."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jiaokan.errors import InputError
from jiaokan.report import charts
from jiaokan.report.figures import ENOUGH, LIMIT, Checks, Confusion, Documents, Failures, Faults, Group, Row, Run
from jiaokan.report.files import write
from jiaokan.report.markup import between, count, frame, link, marked, percent, section, shown, table
from jiaokan.report.record import SCHEMA
from jiaokan.report.sheet import Neighbours, context, notes, sheet
from jiaokan.report.tables import COLUMNS, RECORDS, parts, records
from jiaokan.report.words import CHECK, GAP, KIND, STATUS, TABLE, TEST, message, rules, values

__all__ = ["GAP", "KIND", "STATUS", "page", "rebuild", "write_report"]

REPORT, PAGES = "report.html", "pages"
MOST_PAGES = 200  # side by side
MOST_DETAILS = 50  # documents whose notes stand in the overview
FIRST = 20  # rows of a long table that stand open
MOST_FAILED = 50  # failed checks of one rule
MOST_FAILURES = 500  # files that could not be read
MOST_BARS = 12
MEDIUM = {"print": "印刷件，经识别", "keyboard": "键盘录入", "both": "录入、印刷后再经识别"}
APPLY = {"none": "均不写入，只作建议", "certain": "确证者（把握 85% 以上）", "likely": "很可能者（把握 66% 以上）"}  # plan.FLOOR
MOST_LISTED = 2000  # documents listed without a page
PROPOSED = ("applied", "suggested")
UNKNOWN = "未识别"
Contexts = Mapping[tuple[str, int], tuple[str, str]]  # what stands before and behind the n-th edit of a document
FIX = "run: jiaokan clean INPUT -o DIR"


def rebuild(folder: Path) -> int:
    """Write report.html and pages/ anew from a run's tables and records; return how many documents it covers.

    Raises InputError if the folder is no complete run; it is then as it was.
    """
    return write_report(folder, _manifest(folder))


def write_report(folder: Path, manifest: Mapping[str, Any]) -> int:
    """Write report.html and pages/ of a run whose tables, records and failures are written; return its documents.

    Raises InputError if one of them is missing or damaged, or nothing can be written.
    """
    run = _run(folder, manifest)
    staging = ""
    try:
        staging = tempfile.mkdtemp(dir=folder, prefix=".pages-")
        details, contexts = _sheets(folder, Path(staging), run)
        whole = page(run, details, contexts)
        write(folder / REPORT, _encoded(whole))
        _exchange(folder / PAGES, Path(staging))
    except OSError as error:
        raise InputError(error.strerror or str(error), where=str(folder), fix="free some space, or make the folder writable") from None
    finally:
        if staging:
            shutil.rmtree(staging, ignore_errors=True)
    return run.documents.number


def page(run: Run, details: Mapping[str, str], contexts: Contexts) -> str:
    """Return the overview of a run; `details` are the notes of each document shown in it, by id, `contexts` surround its examples."""
    addresses = Addresses(run)
    sections = [
        ("rates", "差错率", _rates(run)), ("faults", "讹误", _faults(run, addresses, contexts)), ("checks", "核对不符", _checks(run, addresses)),
        ("documents", "各件情况", _documents(run, addresses)), ("details", "逐件校记", _details(run, details, addresses)),
        ("failures", "未能处理", _failures(run)), ("next", "下一步", _steps(run, addresses)),
    ]  # fmt: skip
    sections = [part for part in sections if part[2]]
    contents = "".join(link(f"#{name}", heading) for name, heading, _ in sections) + link("#files", "表格与档案")
    body = (
        f'<header><h1>校勘质量报告</h1>{_summary(run)}{_totals(run)}<nav class="contents" aria-label="目录">{contents}</nav></header><main>'
        + "".join(section(name, heading, text) for name, heading, text in sections)
        + f"</main>{_foot(run, addresses)}"
    )
    return frame("校勘质量报告", body, kind="report")


# --- reading and writing


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), fix=FIX)
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError("not a complete run (no manifest.json)", where=str(folder), fix=FIX) from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {error}", where=str(path), fix=FIX) from None
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if schema != SCHEMA:
        raise InputError(f"schema {schema!r}, not {SCHEMA!r}", where=str(path), fix="use the version of jiaokan that wrote the run, or clean again")
    return dict(manifest)


def _run(folder: Path, manifest: Mapping[str, Any]) -> Run:
    lacking = [name for name in COLUMNS if not any((folder / "tables" / name).glob("*.parquet"))]
    if lacking:
        raise InputError(f"not a complete run (no {', '.join(lacking)})", where=str(folder), fix=FIX)
    try:
        return _added_up(folder, manifest)
    except (TypeError, AttributeError) as error:
        raise InputError(f"a damaged table: {error}", where=str(folder / "tables"), fix=FIX) from None


def _added_up(folder: Path, manifest: Mapping[str, Any]) -> Run:
    """Return the run's figures, with one part of it in memory at a time."""
    documents = Documents(worst=MOST_PAGES + MOST_LISTED, first=MOST_DETAILS)
    for part in parts(folder, "documents", "quality"):
        documents.add(part["documents"], part["quality"])
        for path in (folder / "records" / f"{row['id']}.json" for row in part["documents"] if _keeps_files(manifest)):
            if not path.is_file():
                raise InputError("no such record", where=str(path), fix=FIX)
    if documents.number != manifest.get("documents"):
        what = f"not one run: {documents.number} documents in its tables, {manifest.get('documents')} in its manifest"
        raise InputError(what, where=str(folder), fix=FIX)
    listed = [row["id"] for row in documents.worst.rows]
    faults, checks = Faults(listed[:MOST_PAGES]), Checks(most_failed=MOST_FAILED, listed=listed)
    for part in parts(folder, "edits", "checks"):
        faults.add(part["edits"])
        checks.add(part["checks"])
    return Run(documents, faults, checks, _read_failures(folder / "failures.jsonl"), manifest)


def _read_failures(path: Path) -> Failures:
    number, first = 0, list[dict[str, str]]()
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            for row in (json.loads(line) for line in lines if line.strip()):
                told = {key: str(row[key]) for key in ("source", "what", "fix")}
                number += 1
                if number <= MOST_FAILURES:
                    first.append(told)
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), fix=FIX) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"cannot be read: {error!r}", where=str(path), fix=FIX) from None
    return Failures(number, first)


def _sheets(folder: Path, staging: Path, run: Run) -> tuple[dict[str, str], Contexts]:
    """Write the side-by-side pages, one record in memory at a time; return the notes and the examples for the overview."""
    names, details, addresses = _paged(run), dict[str, str](), Addresses(run)
    contexts: dict[tuple[str, int], tuple[str, str]] = {}
    examples: dict[str, list[int]] = defaultdict(list)
    for name, number in (one.example for found in _confusions(run).values() for one in found):
        examples[name].append(number)
    for place, (name, record) in enumerate(zip(names, records(folder, names), strict=True)):
        neighbours = Neighbours(*(_file(names[at]) if 0 <= at < len(names) else "" for at in (place - 1, place + 1)))
        try:
            text = sheet(record, neighbours, f"第 {place + 1} 件，共 {len(names)} 件")
            if run.documents.number <= MOST_DETAILS:
                details[name] = notes(record, addresses.of(name))
            contexts.update({(name, number): context(record, number) for number in examples[name]})
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise InputError(f"a damaged record: {error!r}", where=f"{folder}: {name}", fix=FIX) from None
        write(staging / f"{name}.html", _encoded(text))
    return details, contexts


def _exchange(old: Path, new: Path) -> None:
    """Put a folder of pages where the old one was; without pages there is none."""
    if old.is_dir() and not old.is_symlink():
        shutil.rmtree(old)
    elif old.is_symlink() or old.exists():
        old.unlink()
    if any(new.iterdir()):
        new.chmod(0o755)
        new.rename(old)


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


# --- what goes where


class Addresses:
    """Where each document is to be seen: side by side, or else its record; nowhere in a run that keeps no files."""

    def __init__(self, run: Run) -> None:
        self.paged = frozenset(_paged(run))
        self._files = _keeps_files(run.manifest)

    def of(self, name: str) -> str:
        """Return the address of a document, or ""."""
        if name in self.paged:
            return f"{PAGES}/{_file(name)}"
        return f"records/{quote(name)}.json" if self._files else ""

    def table(self, name: str) -> str:
        """Return a link to a table of the run."""
        address = f"tables/{name}.csv" if self._files else f"tables/{name}/"
        return link(address, address)


def _paged(run: Run) -> list[str]:
    return [row["id"] for row in run.documents.worst.rows[:MOST_PAGES]]


def _file(name: str) -> str:
    return quote(f"{name}.html")


def _keeps_files(manifest: Mapping[str, Any]) -> bool:
    """Return whether each document has files of its own, and each table its CSV."""
    return bool(manifest.get("files") != "none")


# --- the overview, part by part


def _summary(run: Run) -> str:
    if not run.documents.number:
        return '<p class="lead">本次没有处理成功的文件。</p>'
    rate, done = run.documents.total(), run.documents.done
    return (
        f'<p class="lead">本批文件 {count(run.documents.number)} 件，共 {count(rate.characters)} 字，识别文本的差错率估计为 <b>{percent(rate.rate)}</b>'
        f"（90% 区间 {between(rate.low, rate.high)}），即约 {count(rate.errors)} 字有误；其中有确证的 {count(done['applied'])} 处已改正，"
        f"另有建议 {count(done['suggested'])} 处、存疑 {count(done['flagged'])} 处，有待对照原件。"
        f"以上差错率由模型估计，未与原件比对；数字和字母（占 {run.documents.unjudged():.1%}）无从逐字判断，只按所在页面推算，人名的估计也较粗，均须另行核对。</p>"
    )


def _totals(run: Run) -> str:
    rate, known = run.documents.total(), run.documents.characters > 0
    facts = [
        ("文件", count(run.documents.number), ""), ("字数", count(rate.characters), "不计空白"),
        ("估计差错率", percent(rate.rate) if known else "—", between(rate.low, rate.high) if known else ""),
        ("未逐字判断", f"{run.documents.unjudged():.1%}" if known else "—", "数字和字母"),
        *((name, count(run.documents.done[status]), "处") for status, name in STATUS.items()),
        ("核对不符", count(run.checks.number("fail")), f"共核对 {count(run.checks.number())} 项"),
        ("未能处理", count(run.failures.number), "件"),
    ]  # fmt: skip
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}<small>{remark}</small></dd></div>" for name, value, remark in facts)
    return (
        f'<dl class="facts">{cells}</dl><p class="remark">差错率指校勘之前的识别文本。已改：有确证，已写入校后文本；建议：很可能有误，请对照原件决定；'
        "存疑：此处有误而无从确定原文，未作改动。数字、日期、姓名、编码一律不改，所有改动均可逐条还原。</p>"
    )


def _rates(run: Run) -> str:
    if not run.documents.number:
        return ""
    families, (columns, over) = run.documents.families(), run.documents.distribution()
    title, spread = "各文种的估计差错率与 90% 区间", "各件估计差错率的分布"
    bars = [(shown(group.name) or UNKNOWN, group.rate) for group in families[:MOST_BARS]]
    return (
        f'<p class="remark">差错率＝估计错字数÷字数，由各件合并计算；90% 区间已计入各件的估计一同偏高或偏低的可能；所用引擎、版式与校准时相差很大的，实际仍可能落在区间之外。{LIMIT:.0%} 是本报告划定的界线，供排列先后之用，并非验收标准。</p>'
        f'<div class="pair"><figure><figcaption>{title}</figcaption>{charts.rates("c1", title, bars, LIMIT)}</figure>{_groups("文种", families)}</div>'
        f'<div class="pair"><figure><figcaption>{spread}（件数）</figcaption>{charts.distribution("c2", spread, columns, over)}</figure>'
        f"{_spread(spread, columns, over)}</div>"
        f'<div class="duo"><div>{_groups("部分", run.documents.parts("section"))}</div><div>{_groups("栏目", run.documents.parts("field"))}</div></div>'
    )


def _spread(caption: str, columns: Sequence[tuple[str, int]], over: int) -> str:
    documents = max(sum(number for _, number in columns), 1)
    rows = [[f"{label}%{'（超过）' if place >= over else ''}", count(number), f"{number / documents:.1%}"] for place, (label, number) in enumerate(columns)]
    return table(["差错率", "件数", "占比"], rows, figures={1, 2}, caption=caption)


def _groups(heading: str, groups: Sequence[Group]) -> str:
    ordered = sorted(groups, key=lambda group: group.rate.characters < ENOUGH) if heading != "文种" else groups
    rows = [
        [shown(group.name) or UNKNOWN, count(group.documents), percent(group.rate.rate), between(group.rate.low, group.rate.high), f"{group.rate.errors:,.1f}", count(group.rate.characters)]
        for group in ordered
    ]
    headings = [heading, "件数", "差错率", "90% 区间", "估计错字", "字数"]
    caption = f"各{heading}的估计差错率" + ("" if heading == "文种" else f"，错字多者在前，不足 {ENOUGH} 字者列后")
    return _folded(headings, rows, figures_in={1, 2, 3, 4, 5}, caption=caption, kind="stacked", empty=f"未读到{heading}。", first=MOST_BARS)


def _folded(headings: Sequence[str], rows: Sequence[Sequence[str]], *, figures_in: set[int], caption: str = "", kind: str = "", empty: str = "无。", first: int = FIRST) -> str:
    """Return a table whose rows beyond the first twenty open on demand."""
    shown_now = table(headings, rows[:first], figures=figures_in, caption=caption, kind=kind, empty=empty)
    rest = f"<details><summary>其余 {count(len(rows) - first)} 行</summary>{table(headings, rows[first:], figures=figures_in, kind=kind)}</details>" if len(rows) > first else ""
    return shown_now + rest


def _faults(run: Run, addresses: Addresses, contexts: Contexts) -> str:
    if not run.faults.number:
        return '<p class="none">未发现讹误。</p>' if run.documents.number else ""
    kinds = [(KIND.get(kind, kind), found) for kind, found in run.faults.by_status("kind")]
    title = "各类讹误的处理"
    bars = [(shown(name), found) for name, found in kinds[:MOST_BARS]]
    rest = sum((found for _, found in kinds[MOST_BARS:]), Counter[str]())
    bars += [("其余各类", rest)] if rest else []
    confused = _confusions(run)
    told = {
        sort: table(
            headings,
            [[*(marked(text) for text in (one.before, one.after) if text), *_counts(one.found, PROPOSED), _example(one, addresses, contexts)] for one in confused[sort]],
            figures=range(len(headings) - 4, len(headings) - 1), caption=caption, empty=f"{caption}：无。",
        )
        for sort, caption, headings in (
            ("substituted", "最常见的误认", ["识作", "应作", "已改", "建议", "合计", "例"]), ("lost", "最常见的脱字", ["所脱", "已改", "建议", "合计", "例"]),
            ("intruded", "最常见的衍字", ["所衍", "已改", "建议", "合计", "例"]),
        )
    }  # fmt: skip
    ruled = [[shown(rules(rule)), *_counts(found)] for rule, found in run.faults.by_status("rule")]
    kind_rows = [[shown(name), *_counts(found)] for name, found in kinds]
    headings = [*STATUS.values(), "合计"]
    return (
        f'<div class="pair"><figure><figcaption>{title}（处）</figcaption>{charts.kinds("c3", title, bars)}</figure>'
        f"{_folded(['类别', *headings], kind_rows, figures_in={1, 2, 3, 4}, caption='各类讹误')}</div>"
        f'<div class="duo"><div>{told["substituted"]}</div><div>{told["lost"]}{told["intruded"]}</div></div>'
        f"{_folded(['依据', *headings], ruled, figures_in={1, 2, 3, 4}, caption='各项依据')}"
    )


def _counts(found: Counter[str], statuses: Iterable[str] = STATUS) -> list[str]:
    return [*(count(found[status]) if found[status] else "" for status in statuses), count(found.total())]


def _confusions(run: Run) -> dict[str, list[Confusion]]:
    """Return the confusions that the overview shows."""
    return {sort: rows if sort == "substituted" else rows[: FIRST // 2] for sort, rows in run.faults.confusions(FIRST).items()}


def _example(one: Confusion, addresses: Addresses, contexts: Contexts) -> str:
    """Return a confusion where it stands, leading there; without a page, the name of its document."""
    name, number = one.example
    if one.example not in contexts:
        return shown(name)
    left, right = contexts[one.example]
    tag = "del" if one.before else "ins"
    return link(f"{addresses.of(name)}#e{number}", f"{shown(left[-5:])}<{tag}>{marked(one.before or one.after)}</{tag}>{shown(right[:5])}")


def _checks(run: Run, addresses: Addresses) -> str:
    if not run.documents.number:
        return ""
    judged = run.checks.verdicts()
    failed = [found for found in judged if found[2]]
    passed = "、".join(f"{shown(TEST.get(rule, rule))}（{count(found['pass'])}）" for rule, found, rows in judged if not rows and found["pass"])
    told = f'<p class="remark">无一不符的核对（相符件数）：{passed}。</p>' if passed else ""
    opened = " open" if run.checks.number("fail") <= FIRST else ""
    remark = '<p class="remark">由文件各栏目互相核对而得：不符或因识别有误，或因原件如此，请对照原件。</p>'
    return remark + ("".join(_failed(rule, found, rows, addresses, opened) for rule, found, rows in failed) or '<p class="none">没有不符之处。</p>') + told


def _failed(rule: str, found: Counter[str], failed: Sequence[Row], addresses: Addresses, opened: str) -> str:
    tally = "，".join(f"{name} {count(found[status])}" for status, name in CHECK.items() if found[status])
    rows = [[link(addresses.of(row["id"]), shown(row["id"])), shown(message(row["message"])), shown(values(row["values"] or "")) or "—"] for row in failed]
    more = f'<p class="remark">另有 {count(found["fail"] - len(failed))} 项，见 {addresses.table("checks")}。</p>' if found["fail"] > len(failed) else ""
    return f"<details{opened}><summary>{shown(TEST.get(rule, rule))}<small>{tally}</small></summary>{table(['文件', '说明', '所用数值'], rows, kind='told')}{more}</details>"


def _documents(run: Run, addresses: Addresses) -> str:
    documents = run.documents
    if not documents.number:
        return ""
    rows = [
        [
            link(addresses.of(row["id"]) if row["id"] in addresses.paged else "", shown(row["id"])), shown(row["family"] or UNKNOWN), shown(row["region_name"] or UNKNOWN), count(row["characters"]),
            f"{row['expected']:,.1f}", percent(row["estimated_error_rate"]), *(count(row[status]) for status in STATUS), count(run.checks.failures[row["id"]]),
        ]
        for row in documents.worst.rows
    ]  # fmt: skip
    remark = "估计差错率高者在前；点开文件名可逐行对照原文与校后。"
    if documents.long < documents.number:
        remark += f"不足 {ENOUGH} 字的 {count(documents.number - documents.long)} 件，差错率起伏过大，一律排在最后。"
    if documents.number > MOST_PAGES:
        remark += f"只有最差的 {MOST_PAGES} 件可以点开。"
    if documents.number > MOST_PAGES + MOST_LISTED:
        remark += f"这里列出 {count(MOST_PAGES + MOST_LISTED)} 件，全部见 {addresses.table('documents')}。"
    headings = ["文件", "文种", "地区", "字数", "估计错字", "差错率", *STATUS.values(), "核对不符"]
    return f'<p class="remark">{remark}</p>' + _folded(headings, rows, figures_in=set(range(3, 10)), kind="stacked")


def _details(run: Run, details: Mapping[str, str], addresses: Addresses) -> str:
    if not details:
        return ""
    remark = '<p class="remark">点开各件可见每处的原文、校后文字与依据；前后各引十余字，便于在原件上查找。“□”表示此处无字，“␣”表示空格，“↵”表示换行，“⇥”表示换格。</p>'
    return remark + "".join(
        f"<details><summary>{shown(row['id'])}<small>{'，'.join(f'{name} {count(row[status])}' for status, name in STATUS.items())}</small></summary>"
        f"<p>{link(addresses.of(row['id']), '逐行对照')}</p>{details[row['id']]}</details>"
        for row in run.documents.first
    )


def _failures(run: Run) -> str:
    number, first = run.failures
    rows = [[shown(row["source"]), shown(row["what"]), shown(row["fix"])] for row in first]
    more = f'<p class="remark">这里列出 {count(len(first))} 件，全部见 {link("failures.jsonl", "failures.jsonl")}。</p>' if number > len(first) else ""
    return more + _folded(["文件", "原因", "办法"], rows, figures_in=set(), kind="stacked") if rows else ""


def _steps(run: Run, addresses: Addresses) -> str:
    return '<ol class="steps">' + "".join(f"<li>{step}</li>" for step in _advice(run, addresses)) + "</ol>"


def _advice(run: Run, addresses: Addresses) -> Iterator[str]:
    """Yield what the figures call for, the most urgent first."""
    documents, faults = run.documents, run.faults
    if run.failures.number:
        yield f"补做未能处理的 {count(run.failures.number)} 件，原因与办法见{link('#failures', '未能处理')}。"
    over = [group for group in documents.families() if group.rate.characters >= ENOUGH and group.rate.rate > LIMIT]
    if over:
        named = "、".join(f"{shown(group.name) or UNKNOWN} {percent(group.rate.rate)}（{count(group.documents)} 件）" for group in over[:5])
        yield f"{link('#rates', '文种')}之中 {count(len(over))} 种的估计差错率在 {LIMIT:.0%} 以上：{named}。先抽看其扫描件是否清楚、识别时所选版式是否相合，再定整批重扫还是换引擎重识。"
    if documents.surely:
        scans = documents.to_scan.rows
        links = "、".join(link(addresses.of(row["id"]), shown(row["id"])) for row in scans)
        yield f"{count(documents.surely)} 件的差错率连同区间都在 {LIMIT:.0%} 以上，重新扫描、识别或比逐字改正更省力：{links}{'等' if documents.surely > len(scans) else ''}。"
    likely = documents.likely - documents.surely
    if likely:
        yield f"{'另有 ' if documents.surely else ''}{count(likely)} 件的差错率估计在 {LIMIT:.0%} 以上，而区间跨过 {LIMIT:.0%}：看过{link('#documents', '对照页')}，再定重扫还是逐字改正。"
    failed = [(rule, found["fail"]) for rule, found, rows in run.checks.verdicts() if rows]
    if failed:
        named = "、".join(f"{shown(TEST.get(rule, rule))} {count(number)} 项" for rule, number in failed[:3])
        yield f"对照原件查看{link('#checks', '核对不符')}之处：{named}{'等' if len(failed) > 3 else ''}。金额、日期、编码系统不改，只能由人改正；原件即如此的，送填报单位核实。"
    for status, what in (("suggested", "决定建议"), ("flagged", "查看存疑")):
        yield from _pending(run, status, what, addresses)
    yield from _repeated(faults)
    applied = faults.kinds["applied"].total()
    if applied:
        yield f"抽查已改的 {count(applied)} 处：按各处的把握合计，约有 {faults.wrong:,.1f} 处会改错；把握见对照页与 {addresses.table('edits')}，由低到高看起。"
    if documents.nameless:
        yield f"{count(documents.nameless)} 件未识别文种，栏目未读、核对未做，请人工归类。"
    if documents.number:
        yield f"数字和字母未逐字判断，占 {documents.unjudged():.1%}，人名的估计较粗，都须另行抽查；金额与编码宜全查。"
        sample = min(documents.number, 10)
        yield f"欲知实际差错率，随机抽 {sample} 件照原件录出正文，用 <code>jiaokan evaluate</code> 比对；本报告的估计不能代替实测。"
    else:
        yield "处理成功之后再看本报告。"


def _pending(run: Run, status: str, what: str, addresses: Addresses) -> Iterator[str]:
    kinds = run.faults.kinds[status]
    if not kinds:
        return
    kind, number = kinds.most_common(1)[0]
    (most,) = run.documents.most[status].rows
    yield (
        f"{what} {count(kinds.total())} 处，其中{shown(KIND.get(kind, kind))}最多，{count(number)} 处；"
        f"可从{link(addresses.of(most['id']), shown(most['id']))}看起，有 {count(most[status])} 处。"
    )


def _repeated(faults: Faults) -> Iterator[str]:
    """Yield the suggestions made over and over: once decided, a list of terms settles them all."""
    named = "、".join(f"“{marked(before)}”→“{marked(after)}”（{count(number)} 件）" for before, after, number in faults.repeated(3))
    if named:
        yield f"多件反复出现同一建议：{named}。确认后把所属的词写入用语表（<code>--terms</code>）再校一遍，可一并改正。"


def _foot(run: Run, addresses: Addresses) -> str:
    rows = _files(addresses, keeps=_keeps_files(run.manifest))
    manifest, configuration = run.manifest, run.manifest.get("configuration") or {}
    passed_over = manifest.get("passed_over") or []
    fingerprints = dict(manifest.get("dictionaries") or {})
    facts = [
        ("日期", shown(str(manifest.get("finished", "—"))[:10])), ("版本", shown(f"jiaokan {manifest.get('version', '—')}")), ("记录格式", shown(str(manifest.get("schema", "—")))),
        ("写入文本者", shown(APPLY.get(str(configuration.get("apply")), str(configuration.get("apply", "—"))))),
        ("文本来历", shown(MEDIUM.get(str(configuration.get("channel", "print")), str(configuration.get("channel"))))),
        ("自备误读统计", "有" if configuration.get("channel_data") else "无"), ("隐名", "已隐去人名、电话、身份证号" if manifest.get("masked") else "未隐"),
        ("自备用语", "有" if configuration.get("terms") else "无"), ("自备不改之词", "有" if configuration.get("keep") else "无"),
        ("词典", f"{count(len(fingerprints))} 份，合计校验值 {_short(json.dumps(fingerprints, sort_keys=True))}"), ("略过的其他文件", f"{count(len(passed_over))} 件"),
    ]  # fmt: skip
    listed = " · ".join(f"{name}：{value}" for name, value in facts)
    each = table(["词典", "校验值"], [[shown(name), f"<code>{shown(str(digest)[:12])}</code>"] for name, digest in sorted(fingerprints.items())])
    known = f"<details><summary>各词典的校验值<small>SHA-256 的前 12 位</small></summary>{each}</details>" if fingerprints else ""
    return f'<footer id="files"><h2>表格与档案</h2>{table(["文件", "供程序用", "内容"], rows)}<p class="soft">{listed}</p>{known}</footer>'


def _files(addresses: Addresses, *, keeps: bool) -> list[list[str]]:
    """Return what else the run folder holds: for spreadsheets, for programs, and what it is."""
    rows = [[addresses.table(name), link(f"tables/{name}/", "Parquet") if keeps else "Parquet", words] for name, words in TABLE.items()]
    if not keeps:
        rows.append([addresses.table(RECORDS), "Parquet", "各件的校后文本与全部结果，可据以还原原文"])
    rows += [
        [link("failures.jsonl", "failures.jsonl"), "", "未能处理的文件：每件一行"],
        [link("manifest.json", "manifest.json"), "", "本次处理的设置、版本、起止时间与各词典的校验值"],
    ]
    if keeps:
        rows += [[link("text/", "text/"), "", "校后文本"], [link("records/", "records/"), "", "各件的全部结果，可据以还原原文"]]
    return rows


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
