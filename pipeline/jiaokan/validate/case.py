"""What a rule is asked: its name, the fields the family gives it, the document they stand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from jiaokan.extract.values import number
from jiaokan.knowledge.families import Family, Rule
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.model import Check, Document, Field

Status = Literal["pass", "fail", "cannot_judge"]


@dataclass(frozen=True, slots=True)
class Case:
    """One rule put to one document."""

    document: Document
    family: Family
    rule: Rule
    gazetteer: Gazetteer

    def field(self, role: str) -> Field | None:
        """Return the field of a role, None where the page has none."""
        return self.document.fields.get(self.rule.one(role))

    def text(self, role: str) -> str:
        """Return the value of a role's field, "" where there is none."""
        field = self.field(role)
        return field.value if field else ""

    def canonical(self, role: str) -> str:
        """Return the canonical form of a role's field, "" where there is none."""
        field = self.field(role)
        return field.normalised if field else ""

    def judge(
        self, status: Status, message: str, *, values: Mapping[str, str] | None = None, derived: Mapping[str, str] | None = None
    ) -> Check:
        """Return the judgement."""
        return Check(self.rule.name, status, message, MappingProxyType(dict(values or {})), MappingProxyType(dict(derived or {})))


def sums(*fields: Field | None) -> list[Decimal] | None:
    """Return what sums of money come to, in 元 where every one has a unit, in the form's own where none has; else None."""
    present = [field for field in fields if field and field.value.strip()]
    if len(present) < len(fields):
        return None
    if all(field.normalised for field in present):
        return [Decimal(field.normalised) for field in present]
    bare = [number(field.value) for field in present if not field.normalised]
    found = [value for value in bare if value is not None]
    return found if len(found) == len(fields) else None
