"""Fields → checks: one rule, one function.

A family's file says which rules its fields keep; here is what each rule is. A rule with nothing to judge says nothing; one whose
evidence is missing or damaged says cannot_judge; a derived value stands beside the text, never in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from jiaokan.extract.region import places
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families, Family, Rule
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.model import Check, Document
from jiaokan.validate.case import Case, Reading

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
        "operators": "units",
        "document_number": "letters",
        "title_form": "letters",
        "closing_phrase": "letters",
        "pairs": "letters",
        "numbering": "letters",
        "cited_numbers": "letters",
        "parts_sum": "sums",
        "stated_sums": "sums",
        "fee_rate": "sums",
        "amounts_in_order": "sums",
        "column_sum": "columns",
        "table_sums": "columns",
        "table_across": "columns",
        "table_text": "columns",
        "totals_equal": "columns",
        "row_products": "columns",
        "scores": "scores",
        "targets": "scores",
        "weights_sum": "scores",
        "execution_rate": "scores",
        "deadline": "dates",
        "date_ranges": "dates",
        "amount_words": "words",
        "words_present": "words",
        "ratios": "ratios",
        "sangong_sum": "sangong",
    }
)
"""The module each rule is a function of; a module is loaded when a rule of it is asked for."""
EVERYWHERE = (
    "table_sums", "table_across", "totals_equal", "row_products", "table_text", "scores", "targets", "weights_sum", "execution_rate", "sources_sum",
    "items_sum", "stated_sums", "sangong_sum", "ratios", "percent_bounds", "operators", "amount_words", "date_ranges", "cited_numbers",
    "credit_code", "identity_number", "area_code", "phone", "pairs", "numbering",
)  # fmt: skip
"""Rules that read the page itself, and so judge documents of any family and of none; a family may give them its own fields."""
_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def validate(document: Document, folder: Path | None = None, *, gazetteer: Gazetteer | None = None) -> Document:
    """Return the document with `checks` filled in: its family's rules in their order, then those that hold everywhere.

    `folder` holds the dictionaries; `gazetteer` saves reading it again.
    """
    folder = folder or home()
    family = Families.load(folder).by_name.get(document.family)
    case = partial(Case, document, family, gazetteer=gazetteer or places(folder), reading=Reading(document))
    checks = (_function(rule.name)(case(rule=rule)) for rule in _rules(family))
    return replace(document, checks=tuple(check for check in checks if check))


def _rules(family: Family | None) -> Iterator[Rule]:
    own = family.rules if family else ()
    if family:
        yield Rule("required_fields", _NO_FIELDS)
    yield from own
    asked = {rule.name for rule in own}
    yield from (Rule(name, _NO_FIELDS) for name in EVERYWHERE if name not in asked)


@cache
def _function(rule: str) -> Callable[[Case], Check | None]:
    function: Callable[[Case], Check | None] = getattr(import_module(f"jiaokan.validate.{RULES[rule]}"), rule)
    return function
