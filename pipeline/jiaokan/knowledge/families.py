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
TABLE_ROWS = ("tree", "each", "one", "total")
"""How a table is read: as an indicator tree; each row by itself; all that stands under a column as one value; its row of totals only."""
TYPES = frozenset(
    {"money", "date", "year", "period", "phone", "code", "person", "organisation", "choice", "percent", "count", "document_number"}
    | {"credit_code", "identity_number", "text"}
)
RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sources_sum": (),
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
        "operators": (),
        "sangong_sum": (),
        "tree_complete": (),
        "credit_code": (),
        "identity_number": (),
        "document_number": ("number", "date"),
        "title_form": ("title",),
        "closing_phrase": ("title", "text"),
        "pairs": (),
        "numbering": (),
        "parts_sum": ("total", "parts"),
        "stated_sums": (),
        "fee_rate": ("fee", "base", "rate"),
        "column_sum": ("column", "totals"),
        "amounts_in_order": ("amounts",),
        "deadline": ("start", "end", "days"),
        "words_present": ("words",),
        "cited_numbers": (),
        "date_ranges": (),
        "amount_words": (),
        "ratios": (),
        "table_sums": (),
        "table_across": (),
        "table_text": (),
        "totals_equal": (),
        "row_products": (),
        "scores": (),
        "targets": (),
        "weights_sum": (),
        "execution_rate": (),
    }
)
"""Each rule of jiaokan.validate, with the roles that a family must give fields to."""
OPTIONAL_ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "dates_in_order": ("period",),
        "sources_sum": ("text",),
        "credit_code": ("code",),
        "identity_number": ("code",),
        "pairs": ("text",),
        "numbering": ("text",),
        "deadline": ("extended", "extension"),
        "words_present": ("text",),
        "cited_numbers": ("date",),
    }
)
"""Roles that a family may give fields to; without `text` a rule reads the whole page."""
LITERAL_ROLES: Mapping[str, type[int | str]] = MappingProxyType(
    {"days": int, "extended": int, "column": str, "words": str, "extension": str, "rate": str}
)
"""Roles that are no fields: a number of days, or a regular expression."""

ELEMENTS = (
    "份号", "密级和保密期限", "紧急程度", "发文机关标志", "发文字号", "签发人", "标题", "主送机关", "正文", "附件说明",
    "发文机关署名", "成文日期", "附注", "抄送机关", "印发机关", "印发日期", "页码",
)  # fmt: skip
"""The elements of a letter (GB/T 9704—2012 §7) that are read by their place; [called] gives them another name."""

_YEAR = "(?:19|20)\\d\\d年|[一二三四五六七八九〇○零OＯ0]{4}年"
_SUM = r"(?:[\d,，]{1,15}(?:\.\d{1,4})?\s?[万亿]?元)"
_WORDS = "(?:[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正]{3,40}|[一二三四五六七八九十百千万零]{1,12}元整?)"
PARTS: Mapping[str, str] = MappingProxyType(
    {
        "日期": rf"(?:(?:{_YEAR})[\d一二三四五六七八九十]{{1,3}}月[\d一二三四五六七八九十廿]{{1,3}}日)",
        "机关": r"(?:[\u4e00-\u9fff]{1,24}?(?:政府|委员会|办公室|办公厅|领导小组|信访局|热线|中心|大队|[局委办厅部院处所站]))",
        "人名": r"(?:[\u4e00-\u9fff][\u4e00-\u9fff·×某]{1,5}|[\u4e00-\u9fff][ \u3000]{1,2}[\u4e00-\u9fff])",
        "金额": _SUM,
        "罚款": rf"(?:{_SUM}(?:[（(](?:大写)?{_WORDS}[）)])?|{_WORDS}(?:[（(](?:小写)?[：:]?(?:人民币)?[￥¥Y]?\s?[\d,.，]+\s?万?元?整?[）)])?)",
        "法条": r"(?:(?:《[^》]{2,60}》|该法|同法|该条例|该办法|该规定|该规章)(?:第[（(]?[一二三四五六七八九十百零〇\d]{1,7}[）)]?[条款项][、和及]?){0,8})",
    }
)
"""Parts of a pattern that a family's file names in braces: {日期} is a date. A brace before a digit repeats, as ever."""
_PART = re.compile(r"\{([^\d,{}][^{}]*)\}")

_WRITTEN = {bool: "true or false", str: '"…"', int: "a number", list: "[…]", dict: "a table, [name]"}
T = TypeVar("T")
_KEYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "": frozenset(
            {"name", "tags", "reader", "year", "annual", "organisation", "recognise", "sections", "types", "required", "tables", "rules"}
            | {"called", "within", "phrases"}
        ),
        "recognise": frozenset({"titles", "not_titles", "labels"}),
        "sections": frozenset({"label", "fields"}),
        "types": TYPES,
        "required": frozenset({"fields", "nodes"}),
        "tables": frozenset({"name", "columns", "rows"}),
        "phrases": frozenset({"field", "inside", "opens", "otherwise", "every"}),
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
class Phrase:
    """How running text tells a field that no label names: ({日期})收悉 → 收到日期."""

    field: str
    inside: tuple[re.Pattern[str], ...]  # the value is the group, in the order of preference
    opens: tuple[re.Pattern[str], ...]  # the paragraphs below are the value
    otherwise: tuple[re.Pattern[str], ...]  # as inside, where the whole letter tells the field in no other way
    every: bool  # each line that has it is a value: 议题一：…, 议题二：…


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header names its columns, and how its rows are read: one of TABLE_ROWS."""

    name: str
    columns: tuple[str, ...]
    rows: str


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
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    called: Mapping[str, str]  # element of a letter → the field it is here: 成文日期 → 决定日期
    within: Mapping[str, re.Pattern[str]]  # field → the part of a labelled value that is meant
    phrases: tuple[Phrase, ...]  # in the order of the fields

    @property
    def fields(self) -> tuple[str, ...]:
        """Return every field, in the order of the sections."""
        return tuple(field for fields in self.sections.values() for field in fields)


_NOTHING: Mapping[str, Any] = MappingProxyType({})
UNKNOWN = Family(
    name="", tags=("",), reader="", year="", annual="", organisation="", titles=(), not_titles=(), enough_labels=0, sections=_NOTHING,
    types=_NOTHING, required=(), required_nodes=(), tables=(), rules=(), called=_NOTHING, within=_NOTHING, phrases=(),
)  # fmt: skip
"""What a page is of that no family knows."""


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


def _role(given: object) -> str | tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, list) else str(given)


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
            tables=tuple(self.tables()),
            rules=tuple(self.rules(fields)),
            called=MappingProxyType(dict(self.called(fields))),
            within=MappingProxyType(dict(self.within(fields))),
            phrases=tuple(sorted(self.phrases(fields), key=lambda phrase: fields.index(phrase.field))),
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

    def tables(self) -> Iterator[Table]:
        for place, table in enumerate(self.table.get("tables", ()), start=1):
            where = f"tables.{place}"
            self.keys(table, "tables", where)
            columns = self.known(self.strings(table, "columns", f"{where}."), self.names, f"{where}.columns", "add it to labels.tsv")
            rows = table.get("rows", TABLE_ROWS[0])
            if rows not in TABLE_ROWS:
                raise self.error(f"rows cannot be read as {rows}", f"{where}.rows", f"use one of {', '.join(TABLE_ROWS)}")
            yield Table(self.of(table, "name", str, f"{where}."), columns, rows)

    def rules(self, fields: Sequence[str]) -> Iterator[Rule]:
        for place, table in enumerate(self.table.get("rules", ()), start=1):
            where = f"rules.{place}"
            name = self.of(table, "rule", str, f"{where}.")
            if name not in RULES:
                raise self.error(f"unknown rule {name}", where, f"use one of {', '.join(RULES)}")
            roles = {role: table[role] for role in table if role != "rule"}
            for role in RULES[name]:
                if role not in roles:
                    raise self.error(f"{name} lacks {role}", where, f"write {role} = {self.written(role)}")
            for role, given in roles.items():
                takes = (*RULES[name], *OPTIONAL_ROLES.get(name, ()))
                if role not in takes:
                    raise self.error(f"{name} has no {role}", f"{where}.{role}", f"it takes {', '.join(takes) or 'nothing'}")
                if role in LITERAL_ROLES:
                    self.literal(role, given, f"{where}.{role}")
                else:
                    self.known(given if isinstance(given, list) else [given], fields, f"{where}.{role}")
            yield Rule(name, MappingProxyType({role: _role(given) for role, given in roles.items()}))

    def written(self, role: str) -> str:
        return {int: "7, a number", str: '"…", a regular expression'}.get(LITERAL_ROLES.get(role, object), '"…", a field of the family')

    def literal(self, role: str, given: object, where: str) -> None:
        values = given if isinstance(given, list) else [given]
        if not values or any(type(value) is not LITERAL_ROLES[role] for value in values):
            raise self.error(f"{role} is not of its kind", where, f"write {role} = {self.written(role)}")
        for value in values:
            try:
                re.compile(str(value))
            except re.error as error:
                raise self.error(f"not a regular expression: {error}", where, "mend it, or escape the character") from None

    def called(self, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
        for element, field in self.optional("called", dict).items():
            if element not in ELEMENTS:
                raise self.error(f"no such element: {element}", f"called.{element}", f"use one of {', '.join(ELEMENTS)}")
            yield element, self.known([field], fields, f"called.{element}")[0]

    def within(self, fields: Sequence[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
        table = self.optional("within", dict)
        for field, pattern in table.items():
            self.known([field], fields, f"within.{field}")
            yield field, self.pattern(pattern, f"within.{field}", groups=(0, 1))

    def phrases(self, fields: Sequence[str]) -> Iterator[Phrase]:
        seen: set[str] = set()
        for place, table in enumerate(self.optional("phrases", list), start=1):
            where = f"phrases.{place}"
            self.keys(table, "phrases", where)
            field = self.known([self.of(table, "field", str, f"{where}.")], fields, f"{where}.field")[0]
            if field in seen:
                raise self.error(f"{field} has phrases twice", f"{where}.field", "join the two")
            seen.add(field)
            inside = [self.pattern(text, f"{where}.inside") for text in self.strings(table, "inside", f"{where}.", optional=True)]
            opens = [self.pattern(text, f"{where}.opens", groups=(0,)) for text in self.strings(table, "opens", f"{where}.", optional=True)]
            otherwise = [self.pattern(text, f"{where}.otherwise") for text in self.strings(table, "otherwise", f"{where}.", optional=True)]
            if not inside and not opens and not otherwise:
                raise self.error("a phrase without a pattern", where, 'write inside = ["…(…)…"] or opens = ["…：$"]')
            every = self.of(table, "every", bool, f"{where}.") if "every" in table else False
            yield Phrase(field, tuple(inside), tuple(opens), tuple(otherwise), every)

    def optional(self, key: str, kind: type[T]) -> T:
        return self.of(self.table, key, kind) if key in self.table else kind()

    def pattern(self, text: object, where: str, *, groups: tuple[int, ...] = (1,)) -> re.Pattern[str]:
        """Return a pattern with its {parts} filled in."""
        if not isinstance(text, str):
            raise self.error("not a string", where, 'write "…"')
        for part in _PART.findall(text):
            if part not in PARTS:
                raise self.error(f"no such part: {{{part}}}", where, f"use one of {', '.join(PARTS)}")
        try:
            pattern = re.compile(_PART.sub(lambda match: PARTS[match[1]], text))
        except re.error as error:
            raise self.error(f"not a regular expression: {error}", where, "mend it, or escape the character") from None
        if pattern.groups not in groups:
            wanted = " or ".join(map(str, groups))
            raise self.error(f"{pattern.groups} groups in {text}", where, f"write {wanted}: the value in (…), all else in (?:…)")
        return pattern

    def keys(self, table: Mapping[str, Any], section: str, where: str = "") -> None:
        if not isinstance(table, dict):
            raise self.error("no table here", where or section, "write [[name]] above its keys")
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
        values = [] if optional and key not in table else self.of(table, key, list, where)
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
