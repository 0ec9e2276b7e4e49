"""What a rule is asked: its name, the fields the family gives it, the document they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Literal, NamedTuple

from jiaokan.edits import Alignment
from jiaokan.extract.values import number
from jiaokan.knowledge.families import Family, Rule
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.model import Check, Document, Field, Span, Status
from jiaokan.validate.tables import Table, tables

Judgement = Literal["pass", "fail", "cannot_judge"]
DOUBTED = "the text there is in doubt"
_SHORT = 40
"""Characters: a field up to this length is its value; in a longer one a fault need not touch the figures judged."""


class Passage(NamedTuple):
    """A stretch of text read by itself: a field, the cell of a table, the lines between two tables."""

    text: str
    start: int | None  # its place in the cleaned text; None for a field, which points into the original
    cell: bool = False

    def span(self, start: int, end: int) -> tuple[Span, ...]:
        """Return the place of a part of it in the cleaned text."""
        return () if self.start is None else (Span(self.start + start, self.start + end),)


@dataclass(frozen=True)
class Reading:
    """What several rules read from one document, read once."""

    document: Document

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables of the cleaned text."""
        return tuple(tables(self.document.text))

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The cells of the cleaned text, and the lines between tables."""
        return tuple(_passages(self.document.text))

    @cached_property
    def _alignment(self) -> Alignment:
        return Alignment(self.document.applied)

    @cached_property
    def _doubts(self) -> frozenset[int]:
        """Characters of the original that are marked and not mended; one lost counts as the next."""
        marked = (edit.span for edit in self.document.edits if edit.status is not Status.APPLIED)
        return frozenset(place for span in marked for place in range(span.start, max(span.end, span.start + 1)))

    @cached_property
    def _gaps(self) -> tuple[Span, ...]:
        return tuple(edit.span for edit in self.document.edits if edit.kind == "lost_line" and edit.status is not Status.APPLIED)

    def doubted(self, spans: Iterable[Span]) -> bool:
        """Tell whether one of these places of the cleaned text is marked, or a line is lost between the first and the last."""
        places = [self._alignment.to_original(span) for span in spans] if self._doubts else []
        if not places:
            return False
        whole = Span(min(place.start for place in places), max(place.end for place in places))
        lost = any(gap.start < whole.end and whole.start < gap.end for gap in self._gaps)
        return lost or any(not self._doubts.isdisjoint(range(*place)) for place in places)

    def doubted_field(self, found: Field | None) -> bool:
        """Tell whether the value of a field is marked."""
        return found is not None and len(found.value) <= _SHORT and not self._doubts.isdisjoint(range(*found.span))


@dataclass(frozen=True, slots=True)
class Case:
    """One rule put to one document; `family` is None where the document is of none."""

    document: Document
    family: Family | None
    rule: Rule
    gazetteer: Gazetteer
    reading: Reading = field(default=None)  # type: ignore[assignment]  # made from the document where none is given

    def __post_init__(self) -> None:
        if self.reading is None:
            object.__setattr__(self, "reading", Reading(self.document))

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

    def passages(self, role: str) -> tuple[Passage, ...]:
        """Return the text of a role's field, or the whole document's where the family gives the role to none."""
        if self.rule.one(role):
            value = self.text(role)
            return (Passage(value, None),) if value else ()
        return self.reading.passages

    def judge(
        self,
        status: Judgement,
        message: str,
        *,
        values: Mapping[str, str] | None = None,
        derived: Mapping[str, str] | None = None,
        at: Iterable[Span] = (),
    ) -> Check:
        """Return the judgement; a fail that rests on marked text, `at` or in a field of the rule, cannot be judged."""
        if status == "fail" and (self.reading.doubted(at) or self._field_doubted()):
            status, message = "cannot_judge", f"{message}; {DOUBTED}"
        return Check(self.rule.name, status, message, MappingProxyType(dict(values or {})), MappingProxyType(dict(derived or {})))

    def _field_doubted(self) -> bool:
        labels = (label for role in self.rule.fields for label in self.rule.many(role))
        return any(self.reading.doubted_field(self.document.fields.get(label)) for label in labels)


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


def _passages(text: str) -> Iterator[Passage]:
    begun = place = 0
    for line in text.splitlines(keepends=True):
        if "\t" in line:
            if begun < place:
                yield Passage(text[begun:place], begun)
            cell = place
            for part in line.split("\t"):
                if part.strip():
                    yield Passage(part, cell, cell=True)
                cell += len(part) + 1
            begun = place + len(line)
        place += len(line)
    if begun < place:
        yield Passage(text[begun:], begun)
