"""A document's findings as lines a person reads beside the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from jiaokan.model import Document, Status


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
        change = f"“{edit.before}”" if edit.status is Status.FLAGGED else f"“{edit.before}” → “{edit.after}”"
        yield f"{place}: {edit.status} {change} {edit.kind}: {edit.why} [{edit.rule} {edit.confidence:.2f}]"
    for check in document.checks:
        if check.status != "pass":
            derived = "; ".join(f"{key}: {value}" for key, value in check.derived.items())
            yield f"{name}: {check.status} {check.rule}: {check.message}" + (f" ({derived})" if derived else "")
