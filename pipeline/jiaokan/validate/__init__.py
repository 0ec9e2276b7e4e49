"""Fields → checks: one rule, one function.

A family's file says which rules its fields keep; here is what each rule is. A rule with nothing to judge says nothing; one whose
evidence is missing or damaged says cannot_judge; a derived value stands beside the text, never in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from jiaokan.extract.region import places
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families, Rule
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.model import Check, Document
from jiaokan.validate import codes, completeness, dates, letters, sums, units
from jiaokan.validate.case import Case

__all__ = ["validate"]

RULES: Mapping[str, Callable[[Case], Check | None]] = MappingProxyType(
    {
        "required_fields": completeness.required_fields,
        "tree_complete": completeness.tree_complete,
        "sources_sum": sums.sources_sum,
        "items_sum": sums.items_sum,
        "details_sum": sums.details_sum,
        "funds_sum": sums.funds_sum,
        "budget_within_total": sums.budget_within_total,
        "cost_equals_budget": sums.cost_equals_budget,
        "dates_in_order": dates.dates_in_order,
        "dates_in_year": dates.dates_in_year,
        "project_code": codes.project_code,
        "area_code": codes.area_code,
        "credit_code": codes.credit_code,
        "identity_number": codes.identity_number,
        "phone": units.phone,
        "percent_bounds": units.percent_bounds,
        "document_number": letters.document_number,
        "title_form": letters.title_form,
        "closing_phrase": letters.closing_phrase,
        "pairs": letters.pairs,
        "numbering": letters.numbering,
    }
)
_REQUIRED = Rule("required_fields", MappingProxyType({}))


def validate(document: Document, folder: Path | None = None, *, gazetteer: Gazetteer | None = None) -> Document:
    """Return the document with `checks` filled in, in the order of its family's rules; a document of no family has none.

    `folder` holds the dictionaries; `gazetteer` saves reading it again.
    """
    folder = folder or home()
    family = Families.load(folder).by_name.get(document.family)
    if not family:
        return document
    case = partial(Case, document, family, gazetteer=gazetteer or places(folder))
    checks = (RULES[rule.name](case(rule=rule)) for rule in (_REQUIRED, *family.rules))
    return replace(document, checks=tuple(check for check in checks if check))
