"""What must be there: required fields, the nodes of the indicator tree."""

from __future__ import annotations

from jiaokan.model import Check
from jiaokan.validate.case import Case


def required_fields(case: Case) -> Check | None:
    """Judge whether every field the family requires is on the page, with a value."""
    required = case.family.required if case.family else ()
    if not required:
        return None
    fields = case.document.fields
    missing = [label for label in required if label not in fields or not fields[label].value.strip()]
    if missing:
        return case.judge("fail", f"missing or empty: {'、'.join(missing)}", values={"missing": "、".join(missing)})
    return case.judge("pass", f"{len(required)} required fields have values", values={"required": "、".join(required)})


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
