"""Labels of forms and letters: one canonical name for every spelling, and for a spelling with one fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table

COLUMNS = ("label", "kind", "parent", "synonyms", "families", "value_or_rule")
KINDS = frozenset({"field", "section", "column", "tree-root", "level1", "level2", "table", "row"})
LONGEST = 40
"""A longer text is not looked up: the longest spelling in labels.tsv has 24 characters, a bracket may follow."""
SHORTEST_WITH_FAULT = 4
"""Below this a label with a fault is as often another word (DOMAIN 2, use notes)."""

_WIDTHS = str.maketrans("()[]:・", "（）［］：·", " \t\r\n\u3000\u00a0丨|")
_HEAD = re.compile(r"^(?:其中：?|[一二三四五六七八九十]、|（[一二三四五六七八九十]）|\d{1,2}[.、．])")
_TAIL = re.compile(r"(?:（[^（）]*）?|[万亿千]?元）|[：；])+$")
"""A remark after a label, one of its brackets lost or not: 预算金额（万元."""

_REMARKED = ("）", "：", "；")


@dataclass(frozen=True, slots=True)
class Label:
    """A row of labels.tsv."""

    name: str
    kind: str
    parent: str
    spellings: tuple[str, ...]  # the name first
    families: tuple[str, ...]
    rule: str


def key(text: str) -> str:
    """Return what two spellings of one label share: 项 目名称: → 项目名称. Brackets stay, in full width."""
    return text.translate(_WIDTHS).rstrip("：")


@dataclass(frozen=True)
class Labels:
    """All labels, found by any spelling."""

    rows: tuple[Label, ...]

    @staticmethod
    @cache
    def load(home: Path) -> Labels:
        """Read `labels.tsv` of a dictionaries' folder.

        Raises DictionaryError for an unknown kind, or a label given twice for one kind and family.
        """
        path = home / "labels.tsv"
        rows: list[Label] = []
        seen: set[tuple[str, str, str]] = set()
        for number, (name, kind, parent, synonyms, families, rule) in read_table(path, COLUMNS):
            where = f"{path}:{number}"
            if kind not in KINDS:
                raise DictionaryError(f"unknown kind {kind}", where=where, fix=f"use one of {', '.join(sorted(KINDS))}")
            if (name, kind, families) in seen:
                raise DictionaryError(f"{name} stands here twice as {kind}", where=where, fix="join the two rows' synonyms")
            seen.add((name, kind, families))
            spellings = (name, *(synonym for synonym in synonyms.split("|") if synonym))
            rows.append(Label(name, kind, parent, spellings, tuple(families.split(",")), rule))
        return Labels(tuple(rows))

    def canonical(self, text: str, family: str = "", kinds: Iterable[str] = ()) -> Label | None:
        """Return the label a text spells: 产出指标（50分）： → 产出指标, 其中：财政拨款 → 财政拨款.

        Spaces, colons, a bracketed score, a number before it and 其中 are left out of account.

        `family` is a tag of the families column and `kinds` are kinds; a label of them is preferred to others, and
        one spelt by its own name to one spelt by a synonym. 满意度 → 满意度指标, with kinds=("level2",) 服务对象满意度指标.
        """
        found = self.spelt(text)
        if not found:
            return None
        spelt, wanted = key(text), frozenset(kinds)

        def preference(label: Label) -> tuple[bool, bool, bool]:
            return label.kind not in wanted, family not in label.families, key(label.name) != spelt

        return min(found, key=preference)

    def spelt(self, text: str) -> Sequence[Label]:
        """Return every label a text spells: 立项依据 → the section, and the field 政策依据, which it heads in other forms."""
        if len(text) > LONGEST:
            return ()
        spelt = key(text)
        if found := self._exact.get(spelt):
            return found
        bare = _TAIL.sub("", spelt) if "（" in spelt or spelt.endswith(_REMARKED) else spelt
        head = _HEAD.match(bare)
        return (bare is not spelt and self._exact.get(bare)) or (head and self._exact.get(bare[head.end() :])) or ()

    def nearest(self, text: str, family: str = "") -> tuple[Label, str] | None:
        """Return (label, spelling) for a text one fault away from one label only: 顶目名称 → (项目名称, "项目名称").

        One fault is a substituted, lost or intruding character in a spelling of four characters or more. A text that
        spells a label rightly has no fault: None.
        """
        if not SHORTEST_WITH_FAULT - 1 <= len(text) <= LONGEST or self.canonical(text):
            return None
        spelt = _TAIL.sub("", key(text))
        shorter = list(_without_one(spelt))
        fits: dict[str, Label] = {}
        for place, spelling, label in self._faulty.get(spelt, ()):  # noqa: B007 — a lost character, wherever it stood
            fits.setdefault(spelling, label)
        for place, variant in shorter:
            for label in self._exact.get(variant, ()):  # an intruder
                fits.setdefault(_spelling(label, variant), label)
            for lost, spelling, label in self._faulty.get(variant, ()):  # a substitute, in the same place
                if lost == place:
                    fits.setdefault(spelling, label)
        fits = {spelling: label for spelling, label in fits.items() if len(spelling) >= SHORTEST_WITH_FAULT}
        if family:
            fits = {spelling: label for spelling, label in fits.items() if family in label.families} or fits
        if len({label.name for label in fits.values()}) != 1:
            return None
        spelling = next(iter(fits))
        return fits[spelling], spelling

    def tree(self, kind: str) -> dict[str, tuple[str, ...]]:
        """Return the nodes of a level with their parents: 数量指标 → (产出指标,)."""
        parents: dict[str, list[str]] = {}
        for label in self.rows:
            if label.kind == kind:
                parents.setdefault(label.name, []).append(label.parent)
        return {name: tuple(found) for name, found in parents.items()}

    @cached_property
    def _exact(self) -> dict[str, list[Label]]:
        """Labels by the key of each spelling."""
        index: dict[str, list[Label]] = {}
        for label in self.rows:
            for spelling in label.spellings:
                index.setdefault(key(spelling), []).append(label)
        return index

    @cached_property
    def _faulty(self) -> dict[str, list[tuple[int, str, Label]]]:
        """(place of the loss, spelling, label) by each spelling's key with one character lost."""
        index: dict[str, list[tuple[int, str, Label]]] = {}
        for label in self.rows:
            for spelling in label.spellings:
                for place, variant in _without_one(key(spelling)):
                    index.setdefault(variant, []).append((place, spelling, label))
        return index


def _without_one(text: str) -> Iterator[tuple[int, str]]:
    return ((place, text[:place] + text[place + 1 :]) for place in range(len(text)))


def _spelling(label: Label, spelt: str) -> str:
    return next(spelling for spelling in label.spellings if key(spelling) == spelt)
