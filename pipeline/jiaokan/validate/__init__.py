"""Fields → checks: one rule, one function.

A family's file says which rules its fields keep; here is what each rule is. A rule with nothing to judge says nothing; one whose
evidence is missing or damaged says cannot_judge; a derived value stands beside the text, never in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from jiaokan.extract.region import places
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families, Rule
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.model import Check, Document
from jiaokan.validate.case import Case

__all__ = ["validate"]

RULES: Mapping[str, str] = MappingProxyType(
    {
        "required_fields": "completeness",
        "tree_complete": "completeness",
        "sources_sum": "sums",
        "items_sum": "sums",
        "details_sum": "sums",
        "funds_sum": "sums",
        "budget_within_total": "sums",
        "cost_equals_budget": "sums",
        "dates_in_order": "dates",
        "dates_in_year": "dates",
        "project_code": "codes",
        "area_code": "codes",
        "credit_code": "codes",
        "identity_number": "codes",
        "phone": "units",
        "percent_bounds": "units",
        "document_number": "letters",
        "title_form": "letters",
        "closing_phrase": "letters",
        "pairs": "letters",
        "numbering": "letters",
    }
)
"""The module each rule is a function of; a module is loaded when a family asks for one of its rules."""
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
    checks = (_function(rule.name)(case(rule=rule)) for rule in (_REQUIRED, *family.rules))
    return replace(document, checks=tuple(check for check in checks if check))


@cache
def _function(rule: str) -> Callable[[Case], Check | None]:
    function: Callable[[Case], Check | None] = getattr(import_module(f"jiaokan.validate.{RULES[rule]}"), rule)
    return function
