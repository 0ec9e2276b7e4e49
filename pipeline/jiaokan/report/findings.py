"""A document's findings as lines a person reads beside the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from jiaokan.model import Document

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def findings(document: Document) -> Iterator[str]:
    """Yield one line per edit and per check that failed or could not be judged: `page.txt:15:24: suggested …`.

    Lines and columns count from 1, in the original.
    """
    starts = [0]
    starts += [place + 1 for place, char in enumerate(document.original) if char == "\n"]
    name = document.source or document.id
    for edit in document.edits:
        line = bisect_right(starts, edit.span.start)
        place = f"{name}:{line}:{edit.span.start - starts[line - 1] + 1}"
        change = f"“{_line(edit.before)}”" if edit.after is None else f"“{_line(edit.before)}” → “{_line(edit.after)}”"
        yield f"{place}: {edit.status} {change} {edit.kind}: {_line(edit.why)} [{edit.rule} {edit.confidence:.2f}]"
    for check in document.checks:
        if check.status != "pass":
            derived = "; ".join(f"{key}: {value}" for key, value in check.derived.items())
            yield f"{name}: {check.status} {check.rule}: {check.message}" + (f" ({derived})" if derived else "")


def _line(text: str) -> str:
    """Return text that stays on its line: a line break inside an edit is shown as an escape."""
    return _BREAKS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
