"""HTML: text made safe and visible, figures, tables, the frame every page shares."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template

# What cannot be seen is shown by a sign; what would turn a line round (bidirectional controls) or cannot be encoded too.
_UNSEEN = (range(9), (11, 12), range(14, 32), range(127, 160), range(0x200B, 0x2010), range(0x2028, 0x202F), range(0x2060, 0x2070), range(0xD800, 0xE000), (0xFEFF, 0xFFFE, 0xFFFF))
_HIDDEN = {ord("\n"): "↵", ord("\r"): "", ord("\t"): "⇥", **dict.fromkeys((code for codes in _UNSEEN for code in codes), "␦")}

# Nothing may be fetched, whatever a document holds: the policy says so to the browser.
FRAME = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,"><title>$title</title><style>
$style</style></head><body class="$kind">
$body
</body></html>
""")


def frame(title: str, body: str, *, kind: str) -> str:
    """Return a whole page: `title` is plain text, `body` ready HTML, `kind` the class its style goes by."""
    return FRAME.substitute(title=shown(title), style=_style(), body=body, kind=kind)


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def shown(text: str) -> str:
    """Return text for HTML, with signs for what cannot be seen: a line break is ↵, a tab ⇥."""
    return escape(text.translate(_HIDDEN))


def marked(text: str) -> str:
    """Return the text of a fault for HTML; spaces that stand alone are shown as ␣."""
    return shown(re.sub(r"[^\S\r\n\t]", "␣", text) if text.isspace() else text)


def count(number: float) -> str:
    """Return a number of things: 12,345."""
    return f"{number:,.0f}"


def percent(share: float) -> str:
    """Return a share: 0.0408 → 4.08%."""
    return f"{share:.2%}"


def between(low: float, high: float) -> str:
    """Return an interval of shares: 3.91–4.25%."""
    return f"{100 * low:.2f}–{high:.2%}"


def link(address: str, words: str, kind: str = "") -> str:
    """Return a link on ready HTML; the words alone where there is no address."""
    mark = f' class="{kind}"' if kind else ""
    return f'<a{mark} href="{escape(address)}">{words}</a>' if address else words


def section(name: str, heading: str, body: str, note: str = "") -> str:
    """Return a part of a page under its heading; `note` says in small type how to read it."""
    remark = f'<p class="remark">{note}</p>' if note else ""
    return f'<section id="{name}"><h2>{heading}</h2>{remark}{body}</section>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Collection[int] = (), caption: str = "", kind: str = "", empty: str = "无。") -> str:
    """Return a table of ready cells, the first of a row its heading.

    The columns `figures` are set as figures; a `stacked` table becomes a list of cards on a phone.
    """
    marks = [' class="n"' if column in figures else "" for column in range(len(headings))]
    body = "".join(_row(headings, marks, row) for row in rows)
    if not body:
        return f'<p class="none">{empty}</p>'
    head = "".join(f'<th scope="col"{mark}>{heading}</th>' for mark, heading in zip(marks, headings, strict=True))
    title = f"<caption>{caption}</caption>" if caption else ""
    return f'<div class="scroll"><table class="{kind}">{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(headings: Sequence[str], marks: Sequence[str], row: Sequence[str]) -> str:
    first, *rest = (f'{mark} data-label="{heading}">{cell}' for mark, heading, cell in zip(marks, headings, row, strict=True))
    return f'<tr><th scope="row"{first}</th>' + "".join(f"<td{cell}</td>" for cell in rest) + "</tr>\n"
