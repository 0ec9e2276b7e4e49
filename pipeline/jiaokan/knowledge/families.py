"""Families of documents: which fields a form or letter has, how it is recognised, which rules its fields keep.

A family is a file of dictionaries/families; adding one needs no code.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.tables import read_text

READERS = ("form", "letter")
TYPES = frozenset(
    {"money", "date", "year", "period", "phone", "code", "person", "organisation", "choice", "percent", "count", "document_number"}
    | {"credit_code", "identity_number", "text"}
)
RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sources_sum": ("text",),
        "items_sum": ("text", "totals"),
        "details_sum": ("details", "totals"),
        "funds_sum": ("totals", "parts"),
        "budget_within_total": ("part", "total"),
        "cost_equals_budget": ("budget", "total", "name"),
        "dates_in_order": ("start", "end"),
        "dates_in_year": ("start", "end", "year", "kind"),
        "project_code": ("code", "year"),
        "area_code": ("code",),
        "phone": ("phone",),
        "percent_bounds": (),
        "tree_complete": (),
        "credit_code": ("code",),
        "identity_number": ("code",),
        "document_number": ("number", "date"),
        "title_form": ("title",),
        "closing_phrase": ("title", "text"),
        "pairs": ("text",),
        "numbering": ("text",),
    }
)
"""Each rule of jiaokan.validate, with the roles that a family must give fields to."""
OPTIONAL_ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType({"dates_in_order": ("period",)})

_WRITTEN = {str: '"…"', int: "a number", list: "[…]", dict: "a table, [name]"}
T = TypeVar("T")
_KEYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "": frozenset(
            {"name", "tags", "reader", "year", "annual", "organisation", "recognise", "sections", "types", "required", "tables", "rules"}
        ),
        "recognise": frozenset({"titles", "not_titles", "labels"}),
        "sections": frozenset({"label", "fields"}),
        "types": TYPES,
        "required": frozenset({"fields", "nodes"}),
        "tables": frozenset({"name", "columns"}),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of jiaokan.validate with the fields it is asked of: items_sum, text → 项目实施内容, total → 项目总金额."""

    name: str
    fields: Mapping[str, str | tuple[str, ...]]

    def one(self, role: str) -> str:
        """Return the field a role is given to, "" if the family gives it to none."""
        field = self.fields.get(role, "")
        return field if isinstance(field, str) else field[0]

    def many(self, role: str) -> tuple[str, ...]:
        """Return the fields a role is given to."""
        field = self.fields.get(role, ())
        return (field,) if isinstance(field, str) else field


@dataclass(frozen=True, slots=True)
class Family:
    """What is known of a kind of document."""

    name: str
    tags: tuple[str, ...]  # of labels.tsv
    reader: str
    year: str  # the field its year of account stands in
    annual: str  # the field of the year's sum, where a form has sums of the year and of the whole project side by side
    organisation: str  # the field of the agency whose form or letter it is
    titles: tuple[re.Pattern[str], ...]
    not_titles: tuple[re.Pattern[str], ...]
    enough_labels: int  # so many of its labels prove the family where the title is lost
    sections: Mapping[str, tuple[str, ...]]
    types: Mapping[str, str]  # label → type; a label not named is text
    required: tuple[str, ...]
    required_nodes: tuple[str, ...]
    tables: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return every field, in the order of the sections."""
        return tuple(field for fields in self.sections.values() for field in fields)


@dataclass(frozen=True, slots=True)
class Families:
    """All families, by name."""

    by_name: Mapping[str, Family]

    @staticmethod
    @cache
    def load(home: Path) -> Families:
        """Read `families/*.toml` of a dictionaries' folder.

        Raises DictionaryError for a file that is not TOML, a key that is unknown or missing, a label that labels.tsv
        does not have or that stands twice, and a rule that is unknown or names a field the family does not have.
        """
        names = {label.name for label in Labels.load(home).rows}
        found: dict[str, Family] = {}
        for path in sorted((home / "families").glob("*.toml")):
            family = _Reader(path, names).family()
            if family.name in found:
                raise DictionaryError(f"a second family is called {family.name}", where=f"{path}: name", fix="give it another name")
            found[family.name] = family
        if not found:
            raise DictionaryError("no family", where=str(home / "families"), fix="put at least one *.toml there")
        return Families(MappingProxyType(found))


class _Reader:
    """Turns one file into a Family, complaining by key."""

    def __init__(self, path: Path, names: set[str]) -> None:
        self.path, self.names = path, names
        try:
            self.table: dict[str, Any] = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise DictionaryError(f"not TOML: {error}", where=str(path), fix="mend the line named") from None

    def family(self) -> Family:
        table = self.table
        self.keys(table, "")
        recognise = self.of(table, "recognise", dict)
        required = self.of(table, "required", dict)
        self.keys(recognise, "recognise")
        self.keys(required, "required")
        sections = dict(self.sections())
        fields = [field for section in sections.values() for field in section]
        types = self.of(table, "types", dict)
        self.keys(types, "types")
        for key in types:
            self.known(self.strings(types, key, "types."), fields, f"types.{key}")
        for key in ("year", "annual", "organisation"):
            self.known([table[key]] if key in table else [], fields, key)
        reader = self.of(table, "reader", str)
        if reader not in READERS:
            raise self.error(f"unknown reader {reader}", "reader", f"use one of {', '.join(READERS)}")
        return Family(
            name=self.of(table, "name", str),
            tags=self.strings(table, "tags"),
            reader=reader,
            year=table.get("year", ""),
            annual=table.get("annual", ""),
            organisation=table.get("organisation", ""),
            titles=self.patterns(recognise, "titles"),
            not_titles=self.patterns(recognise, "not_titles"),
            enough_labels=self.of(recognise, "labels", int, "recognise."),
            sections=MappingProxyType(sections),
            types=MappingProxyType({field: key for key in types for field in types[key]}),
            required=self.known(self.strings(required, "fields", "required."), fields, "required.fields"),
            required_nodes=self.known(self.strings(required, "nodes", "required.", optional=True), self.names, "required.nodes"),
            tables=MappingProxyType(dict(self.tables())),
            rules=tuple(self.rules(fields)),
        )

    def sections(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        seen: dict[str, str] = {}
        for place, section in enumerate(self.of(self.table, "sections", list), start=1):
            where = f"sections.{place}"
            self.keys(section, "sections", where)
            fields = self.strings(section, "fields", f"{where}.")
            for field in fields:
                if field in seen:
                    raise self.error(f"{field} stands twice, first in {seen[field]}", f"{where}.fields", "keep one of the two")
                seen[field] = where
            yield self.of(section, "label", str, f"{where}."), self.known(fields, self.names, f"{where}.fields", "add it to labels.tsv")

    def tables(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for place, table in enumerate(self.table.get("tables", ()), start=1):
            where = f"tables.{place}"
            self.keys(table, "tables", where)
            columns = self.known(self.strings(table, "columns", f"{where}."), self.names, f"{where}.columns", "add it to labels.tsv")
            yield self.of(table, "name", str, f"{where}."), columns

    def rules(self, fields: Sequence[str]) -> Iterator[Rule]:
        for place, table in enumerate(self.table.get("rules", ()), start=1):
            where = f"rules.{place}"
            name = self.of(table, "rule", str, f"{where}.")
            if name not in RULES:
                raise self.error(f"unknown rule {name}", where, f"use one of {', '.join(RULES)}")
            roles = {role: table[role] for role in table if role != "rule"}
            for role in RULES[name]:
                if role not in roles:
                    raise self.error(f"{name} lacks {role}", where, f'write {role} = "…", a field of the family')
            for role, given in roles.items():
                if role not in (*RULES[name], *OPTIONAL_ROLES.get(name, ())):
                    raise self.error(f"{name} has no {role}", f"{where}.{role}", f"it takes {', '.join(RULES[name]) or 'nothing'}")
                self.known(given if isinstance(given, list) else [given], fields, f"{where}.{role}")
            yield Rule(name, MappingProxyType({role: tuple(given) if isinstance(given, list) else given for role, given in roles.items()}))

    def keys(self, table: Mapping[str, Any], section: str, where: str = "") -> None:
        for key in table:
            if key not in _KEYS[section]:
                raise self.error(
                    "unknown key", ".".join(filter(None, (where or section, key))), f"use one of {', '.join(sorted(_KEYS[section]))}"
                )

    def known(self, names: Sequence[str], among: Sequence[str] | set[str], where: str, fix: str = "") -> tuple[str, ...]:
        for name in names:
            if name not in among:
                raise self.error(f"no such label: {name}", where, fix or "list it under a section's fields, or take it out here")
        return tuple(names)

    def of(self, table: Mapping[str, Any], key: str, kind: type[T], where: str = "") -> T:
        value = table.get(key)
        if not isinstance(value, kind):
            raise self.error(f"no {kind.__name__} here", where + key, f"write {key} as {_WRITTEN[kind]}")
        return value

    def strings(self, table: Mapping[str, Any], key: str, where: str = "", *, optional: bool = False) -> tuple[str, ...]:
        values = table.get(key, []) if optional else self.of(table, key, list, where)
        if not all(isinstance(value, str) for value in values):
            raise self.error("not a list of strings", where + key, 'write ["…", "…"]')
        return tuple(values)

    def patterns(self, table: Mapping[str, Any], key: str) -> tuple[re.Pattern[str], ...]:
        try:
            return tuple(re.compile(pattern) for pattern in self.strings(table, key, "recognise."))
        except re.error as error:
            raise self.error(f"not a regular expression: {error}", f"recognise.{key}", "mend it, or escape the character") from None

    def error(self, what: str, where: str, fix: str) -> DictionaryError:
        return DictionaryError(what, where=f"{self.path}: {where}", fix=fix)
