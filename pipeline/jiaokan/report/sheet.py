"""One document side by side: what was read on the left, what was made of it on the right, each fault marked where it stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from jiaokan.report.markup import between, count, frame, link, marked, percent, section, shown, table
from jiaokan.report.record import LEVELS
from jiaokan.report.words import CHECK, GAP, KIND, SIGN, STATUS, TEST, TYPE, evidence, message, rules, values

Record = dict[str, Any]

CONTEXT = 14  # characters on either side of an edit, by which a reader finds it in the scan
SHORT = 10  # characters up to which a cell keeps its own width


class Piece(NamedTuple):
    """A stretch of the original: plain text, or the `number`th edit (from 1) and the characters it stands on."""

    text: str
    number: int = 0


class Line(NamedTuple):
    """A line of the original in pieces, with its number; an edit across a line break makes two lines one."""

    number: int
    pieces: tuple[Piece, ...]


class Neighbours(NamedTuple):
    """The pages before and behind one, by their names; "" where there is none."""

    before: str
    behind: str


def sheet(record: Record, neighbours: Neighbours, place: str) -> str:
    """Return the side-by-side page of a record; `place` says where it stands among the others: 第 3 件，共 24 件."""
    body = (
        _head(record, neighbours, place)
        + f"<main>{_collated(record)}"
        + section("notes", "逐处校记", notes(record), "前后各引十余字，便于在原件上查找。“□”表示此处无字，“␣”表示空格，“↵”表示换行，“⇥”表示换格。")
        + section("fields", "栏目", _fields(record))
        + (section("indicators", "绩效指标", _indicators(record)) if record["indicators"] else "")
        + section("checks", "核对", _checks(record), "由本件各栏目互相核对而得；推算之值未写入文本。")
        + "</main>"
    )
    return frame(f"{record['id']}——对照", body, kind="sheet")


def notes(record: Record, address: str = "") -> str:
    """Return a record's edits as notes, each with its surroundings and its evidence; `address` is where its page stands."""
    original: str = record["original"]
    return "".join(_note(original, edit, number, address) for number, edit in enumerate(record["edits"], start=1)) or '<p class="none">未发现讹误。</p>'


def context(record: Record, number: int) -> tuple[str, str]:
    """Return what stands before and behind the `number`th edit of a record."""
    return _beside(record["original"], record["edits"][number - 1])


def _beside(original: str, edit: dict[str, Any]) -> tuple[str, str]:
    return original[max(0, edit["start"] - CONTEXT) : edit["start"]], original[edit["end"] : edit["end"] + CONTEXT]


def pieces(record: Record) -> Iterator[Piece]:
    """Yield the original in pieces, in order and without overlap; where a remark and a change overlap, the change is shown whole."""
    original, edits = record["original"], record["edits"]
    changes = [edit["start"] for edit in edits if edit["status"] == "applied"]
    done = 0
    for number, edit in enumerate(edits, start=1):
        start, end = max(done, edit["start"]), edit["end"]
        if edit["status"] != "applied":
            end = min([end, *changes[bisect_left(changes, edit["start"]) :][:1]])
        yield Piece(original[done:start])
        yield Piece(original[start : max(start, end)], number)
        done = max(start, end)
    yield Piece(original[done:])


def lines(record: Record) -> Iterator[Line]:
    """Yield the lines of the original that hold anything."""
    number, first, held = 1, 1, list[Piece]()
    for piece in pieces(record):
        if piece.number:
            held.append(piece)
            number += piece.text.count("\n")
            continue
        for place, text in enumerate(piece.text.split("\n")):
            if place:
                yield from _line(first, held)
                number += 1
                first, held = number, []
            if text:
                held.append(Piece(text))
    yield from _line(first, held)


def _line(number: int, held: Sequence[Piece]) -> Iterator[Line]:
    if any(piece.number or piece.text.strip() for piece in held):
        yield Line(number, tuple(held))


def _head(record: Record, neighbours: Neighbours, place: str) -> str:
    quality = record["quality"]
    rate = f"{percent(quality['estimated_error_rate'])}（{between(*quality['interval'])}）" if "interval" in quality else "—"
    region = record["region"]["name"] if record["region"] else ""
    facts = [
        ("文种", shown(record["family"]) or "未识别"), ("地区", shown(region) or "未识别"), ("字数", count(quality.get("characters", 0))), ("估计差错率", rate),
        *((name, count(quality[status])) for status, name in STATUS.items()),
        ("核对不符", count(sum(check["status"] == "fail" for check in record["checks"]))),
        ("来源", shown(record["source"]) or "—"),
    ]  # fmt: skip
    turns = [link("../report.html#documents", "校勘质量报告")]
    turns += [link(address, words) for address, words in ((neighbours.before, "上一件"), (neighbours.behind, "下一件")) if address]
    return (
        f'<header><nav class="path" aria-label="各件">{"".join(turns)}<span class="soft">{place}</span></nav><h1>{shown(record["id"])}</h1>'
        f'<dl class="facts">{"".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts)}</dl></header>'
    )


def _collated(record: Record) -> str:
    choices = "".join(
        f'<label><input type="checkbox" id="show-{status}" checked> <span class="badge {status}">{SIGN[status]}</span> {name}</label>' for status, name in STATUS.items()
    )
    first = '<a href="#e1">第一处</a>' if record["edits"] else ""
    legend = (
        f'<div class="legend"><fieldset><legend>标出</legend>{choices}</fieldset>{first}</div>'
        '<p class="remark">“改”已写入校后文本，左栏以删除线、右栏以下划线标出；“议”为建议，箭头后是所拟之字，未写入；“疑”为此处有误而无从确定原文，未作改动。'
        "把指针停在右栏标记处，或用制表键移到该处、用手指点按，可见依据，并可跳到上一处、下一处。</p>"
    )
    rows = "".join(
        f'<tr><th scope="row">{line.number}</th><td class="original">{_side(record, line, after=False)}</td><td class="cleaned">{_side(record, line, after=True)}</td></tr>\n'
        for line in lines(record)
    )
    head = '<thead><tr><th scope="col"><abbr title="行号">行</abbr></th><th scope="col">原文</th><th scope="col">校后</th></tr></thead>'
    return f'<section id="text"><h2>原文与校后对照</h2>{legend}<table class="collated">{head}<tbody>{rows}</tbody></table></section>'


def _side(record: Record, line: Line, *, after: bool) -> str:
    """Return one side of a line: its text, or its cells where it is a row of a table."""
    cells, sizes = [""], [0]
    for piece in line.pieces:
        texts = [piece.text] if piece.number else piece.text.split("\t")
        for place, text in enumerate(texts):
            if place:
                cells.append("")
                sizes.append(0)
            cells[-1] += _mark(record, piece, after=after) if piece.number else shown(text)
            sizes[-1] += len(text.strip())
        if piece.number and "\t" in _standing(record["edits"][piece.number - 1], piece, after=after):
            cells.append("")
            sizes.append(0)
    while len(cells) > 1 and not cells[-1]:
        cells.pop()
    if len(cells) == 1:
        return f"<p>{cells[0]}</p>"
    kinds = ("none" if not cell else "short" if size <= SHORT else "long" for cell, size in zip(cells, sizes, strict=False))
    return '<div class="cells">' + "".join(f'<span class="{kind}">{cell}</span>' for kind, cell in zip(kinds, cells, strict=True)) + "</div>"


def _standing(edit: dict[str, Any], piece: Piece, *, after: bool) -> str:
    return str(edit["after"]) if after and edit["status"] == "applied" else piece.text


def _mark(record: Record, piece: Piece, *, after: bool) -> str:
    """Return a fault where it stands: on the left what was read, on the right what stands now, and the evidence."""
    edits = record["edits"]
    edit, number = edits[piece.number - 1], piece.number
    status = edit["status"]
    standing = marked(_standing(edit, piece, after=after)) or f'<span class="gap">{GAP}</span>'
    sign = f'<sup class="sign">{SIGN[status]}{number}</sup>'
    if not after:
        tag = "del" if status == "applied" else "mark"
        return f'<a class="edit {status}" href="#e{number}" tabindex="-1"><{tag}>{standing}</{tag}>{sign}</a>'
    tag = "ins" if status == "applied" else "mark"
    proposed = f'<span class="proposed">→{marked(edit["after"]) or GAP}</span>' if status == "suggested" else ""
    return (
        f'<span class="edit {status}" id="e{number}" tabindex="0" aria-describedby="w{number}"><{tag}>{standing}</{tag}>{proposed}{sign}'
        f'<span class="why" id="w{number}" role="note">{_evidence(edit)}{_turns(number, len(edits))}</span></span>'
    )


def _evidence(edit: dict[str, Any]) -> str:
    status = edit["status"]
    new = "" if edit["after"] is None else f" → <b>{marked(edit['after']) or GAP}</b>"
    return (
        f'<span class="first"><span class="badge {status}">{STATUS[status]}</span> {shown(KIND.get(edit["kind"], edit["kind"]))}'
        f' <b>{marked(edit["before"]) or GAP}</b>{new} <span class="soft">把握 {edit["confidence"]:.0%}</span></span>'
        f'<span>{shown(rules(edit["rule"]))}。</span><span class="soft">{shown(evidence(edit["why"]))}</span>'
    )


def _turns(number: int, last: int) -> str:
    before = link(f"#e{number - 1}", "上一处") if number > 1 else ""
    behind = link(f"#e{number + 1}", "下一处") if number < last else ""
    return f'<span class="turns">{before}<span class="soft">第 {number} 处，共 {last} 处</span>{behind}</span>'


def _note(original: str, edit: dict[str, Any], number: int, address: str) -> str:
    left, right = _beside(original, edit)
    status = edit["status"]
    new = _passage("存疑", left, "mark", edit["before"], right) if edit["after"] is None else _passage("校后" if status == "applied" else "拟作", left, "ins", edit["after"], right)
    kind = shown(KIND.get(edit["kind"], edit["kind"]))
    return (
        f'<div class="note {status}"><p>{link(f"{address}#e{number}", f"第 {number} 处")} <span class="badge {status}">{STATUS[status]}</span> {kind}'
        f'<br><span class="soft small">把握 {edit["confidence"]:.0%}</span></p>{_passage("原文", left, "del", edit["before"], right)}{new}'
        f'<p class="ground">{shown(rules(edit["rule"]))}。{shown(evidence(edit["why"]))}</p></div>'
    )


def _passage(side: str, left: str, tag: str, text: str, right: str) -> str:
    return f'<p class="passage" data-side="{side}">{shown(left)}<{tag}>{marked(text) or GAP}</{tag}>{shown(right)}</p>'


def _fields(record: Record) -> str:
    rows = [
        [
            shown(label), shown(field["value"]) or "—", shown(field["normalised"]) if field["normalised"] not in {"", field["value"]} else "",
            TYPE.get(field["type"], shown(field["type"])), f"{field['confidence']:.0%}" + ("（由别处推得）" if field["inferred"] else ""),
        ]
        for label, field in record["fields"].items()
    ]  # fmt: skip
    return table(["栏目", "内容", "规范形式", "类型", "把握"], rows, figures={4}, kind="stacked", empty="未读到栏目。")


def _indicators(record: Record) -> str:
    rows = [
        [shown(row[level]) + ("<small>（推得）</small>" if level in row["inferred"] else "") for level in LEVELS] + [shown(row["运算符"] + row["指标值"]), shown(row["单位"])]
        for row in record["indicators"]
    ]
    return table([*LEVELS, "指标值", "单位"], rows, figures={3}, kind="stacked")


def _checks(record: Record) -> str:
    rows = [
        [
            shown(TEST.get(check["rule"], check["rule"])), f'<span class="verdict {check["status"]}">{CHECK[check["status"]]}</span>', shown(message(check["message"])),
            _numbers(check["values"]), _numbers(check["derived"]),
        ]
        for check in record["checks"]
    ]  # fmt: skip
    return table(["核对", "结果", "说明", "所用数值", "推算"], rows, kind="stacked", empty="本文种没有可核对的规则。")


def _numbers(found: dict[str, str]) -> str:
    return "；".join(shown(values(f"{name} {value}")) for name, value in found.items()) or "—"
