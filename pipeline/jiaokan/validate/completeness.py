"""What must be there: required fields, the nodes of the indicator tree."""

from __future__ import annotations

import re
from collections.abc import Collection

from jiaokan.model import Check
from jiaokan.validate.case import Case


def required_fields(case: Case) -> Check | None:
    """Judge whether every field the family requires is on the page, with a value; one is missing for sure where its label stands empty."""
    required = case.family.required if case.family else ()
    if not required:
        return None
    fields = case.document.fields
    missing = [label for label in required if label not in fields or not fields[label].value.strip()]
    if missing:
        names = case.family.fields if case.family else ()
        empty = [label for label in missing if _stands_empty(case.document.text, label, names)]
        values = {"missing": "、".join(missing), **({"empty": "、".join(empty)} if empty else {})}
        if empty:
            return case.judge("fail", f"empty on the page: {'、'.join(empty)}", values=values)
        return case.judge("cannot_judge", f"not found, or said in other words: {'、'.join(missing)}", values=values)
    return case.judge("pass", f"{len(required)} required fields have values", values={"required": "、".join(required)})


def _stands_empty(text: str, label: str, others: Collection[str]) -> bool:
    """Tell whether a label stands once, and nothing between it and the next label, nor below it: 项目名称 | | 项目编码 | 36…; 主持人：."""
    rows = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
    places = [(row, column) for row, cells in enumerate(rows) for column, cell in enumerate(cells) if _bare(cell) == label]
    if len(places) != 1:
        return False
    row, column = places[0]
    after = next((cell for cell in rows[row][column + 1 :] if cell), "")
    below = rows[row + 1] if row + 1 < len(rows) else []
    if len(rows[row]) == 1:
        return rows[row][0][-1] in ":：" and (len(below) != 1 or below[0][-1:] in (":", "："))
    # A heading, its value below it; a label of its own has its value beside it.
    listed = column < len(below) and below[column] and _bare(below[column]) not in others and not any(below[column + 1 : column + 2])
    return column + 1 < len(rows[row]) and not rows[row][column + 1] and (not after or _bare(after) in others) and not listed


def _bare(cell: str) -> str:
    return re.sub(r"[\s:：*]", "", cell)


def tree_complete(case: Case) -> Check | None:
    """Judge whether the indicator tree has every node the family requires: 产出, 效益, 满意度."""
    if not case.family:
        return None
    if not case.document.indicators:
        return case.judge("cannot_judge", "no indicator table was read")
    found = dict.fromkeys(row.levels[0] for row in case.document.indicators)
    missing = [node for node in case.family.required_nodes if node not in found]
    values = {"nodes": "、".join(found)}
    if missing:
        unread = any(not row.levels[0] for row in case.document.indicators)
        return case.judge("cannot_judge" if unread else "fail", f"no row stands under {'、'.join(missing)}", values=values)
    return case.judge("pass", f"all of {'、'.join(case.family.required_nodes)} have rows", values=values)
