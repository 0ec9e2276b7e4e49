"""Names of persons: in fields of that type, behind labels, in lists, beside offices and forms of address.

Found to be hidden (jiaokan.mask), so a doubtful name is taken for one: 高峰 behind 联系人 is a person, and hidden everywhere.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jiaokan.knowledge.load import Knowledge
from jiaokan.knowledge.tables import read_table
from jiaokan.model import Document
from jiaokan.script import HAN, is_han

COLUMNS = ("word", "kind")
LISTED = 0.8  # of a list's parts are names, if it is one of persons
LONGEST_RUN = 60  # characters of names that an engine ran together
WORDS_IN_NAMES = 0.25  # of the pairs of characters in such a stretch are words by chance
LONGEST = 20  # characters of a name with ·: 阿依古丽·买买提
_JOINS = "于在为系和与等的向称对由请给是将把被让及同"  # one character that may stand next to a name in running text
_WORD = re.compile(f"[{HAN}·]+")
_PADDED = re.compile(f"(?<![{HAN}])([{HAN}])[ \\u3000]+([{HAN}])(?![{HAN}])")
_PART = f"(?:[{HAN}]{{2,4}}|[{HAN}][ \\u3000]+[{HAN}])"
_UNLABELLED = re.compile(f"(?<![{HAN}]){_PART}(?:[、， \\u3000\\n]+{_PART}(?![{HAN}])){{2,}}")
_ALSO = re.compile(f"[、和及与]([{HAN}]{{2,4}}?)(?=[、，。；）)（(和及与等]|\\s|$)")


@dataclass(frozen=True)
class Persons:
    """Finds names with the dictionaries of a run."""

    knowledge: Knowledge

    def named(self, document: Document) -> dict[str, str]:
        """Return the names in a document, without spaces and in the order of the page, each with its surname: 司徒韶夏 → 司徒."""
        found: dict[str, None] = {}
        for field in document.fields.values():
            if field.type == "person":
                found.update(dict.fromkeys(self._in_value(field.value)))
        for text in dict.fromkeys((document.text, document.original)):
            found.update(dict.fromkeys(self._in_text(text)))
        whole = re.sub(r"\s", "", document.text)
        order = sorted((name for name in found if "某" not in name), key=lambda name: (whole.find(name) < 0, whole.find(name), name))
        return {name: self._surname(name) for name in order}

    def _in_text(self, text: str) -> Iterator[str]:
        for match in self._labelled.finditer(text):
            several = re.sub(r"\s", "", match["label"]) in self._list_labels
            yield from self._in_value(match["value"] if several else re.split("[，。；,;]", match["value"])[0])
        yield from self._in_columns(text)
        for match in _UNLABELLED.finditer(text):
            yield from self._listed(match[0])
        for match in self._beside.finditer(text):
            yield from self._followed(text, match.end())
        for match in self._form.finditer(text):
            yield from self._preceding(text, match.start())

    def _in_value(self, value: str) -> Iterator[str]:
        """Yield the names a value consists of: 县长杨牧之（主持）、仝 昉 → 杨牧之, 仝昉.

        The first is one, whatever its surname, and so are all where most are. Names that an engine ran together are hidden whole.
        """
        written = [re.sub(f"(?:等|{self._behind}).*$", "", match[0]) for match in _WORD.finditer(_PADDED.sub(r"\1\2", value))]
        bare = [self._office.sub("", word) for word in written]
        most = 2 * sum(map(self._is_name, bare)) >= len(bare)
        for place, (name, word) in enumerate(zip(bare, written, strict=True)):
            sure = (place == 0 or most or name != word or len(name) < 4) and name not in self.knowledge.words
            if self._is_name(name) or (sure and self._could_be(name)) or (sure and self._run_together(name)):
                yield name

    def _run_together(self, text: str) -> bool:
        """Tell whether a long stretch is made of names: hardly two characters of it are a word."""
        pairs = list(map(operator.add, text, text[1:]))
        words = sum(pair in self.knowledge.words for pair in pairs)
        return 4 < len(text) <= LONGEST_RUN and words <= WORDS_IN_NAMES * len(pairs) and not text.endswith(self._kinds["organ"])

    def _in_columns(self, text: str) -> Iterator[str]:
        """Yield the names that stand in a table's column under their label: 姓名."""
        columns: list[int] = []
        for line in text.split("\n"):
            cells = [re.sub(r"\s", "", cell) for cell in line.split("\t")]
            if len(cells) < 2:
                columns = []
                continue
            under = [cells[column] for column in columns if column < len(cells)]
            names = [cell for cell in under if self._is_name(cell) and (len(cell) > 2 or cell not in self.knowledge.words)]
            yield from names
            if not names:  # 组长 in the second column of a row is no heading
                columns = [column for column, cell in enumerate(cells) if cell.rstrip("：:") in self._labels] or columns

    def _listed(self, text: str) -> Iterator[str]:
        """Yield the parts of a list of persons; one of villages has as many surnames."""
        parts = re.split(r"[、，\s]+", _PADDED.sub(r"\1\2", text))
        names = [part for part in parts if self._is_name(part) and part not in self.knowledge.words]
        grounds = sum(part.endswith(self._kinds["ground"]) for part in parts)
        if len(names) >= LISTED * len(parts) and grounds * 3 <= len(parts):
            yield from names

    def _followed(self, text: str, place: int) -> Iterator[str]:
        """Yield the name that begins at a place of running text, and those listed behind it; where it may end in two ways, both."""
        found = list(self._at(text, place))
        yield from found
        while found and (also := _ALSO.match(text, place + len(found[-1]))) and self._is_name(also[1]):
            yield also[1]
            place, found = also.start(1), [also[1]]

    def _at(self, text: str, place: int) -> Iterator[str]:
        words = self.knowledge.words
        run = re.match(f"[{HAN}]*", text[place : place + 8])
        ahead = run[0] if run else ""
        for length in (2, 3, 4):
            name, rest = ahead[:length], ahead[length:]
            listed = len(name) == 3 and not rest and name[1:] not in words  # a name that is in the word list: 王秀兰, not 安全员
            a_word = not listed and not words.isdisjoint((name, ahead[:3], ahead[:4]))
            joined = len(name) < length or name[0] in _JOINS or name[-1] in _JOINS
            ends = not rest or rest[:2] in words or rest[0] in _JOINS
            if ends and not a_word and not joined and self._is_name(name):
                yield name

    def _preceding(self, text: str, place: int) -> Iterator[str]:
        """Yield the name that ends at a place of running text: 与张建国同志 → 张建国."""
        words = self.knowledge.words
        for length in (4, 3, 2):
            start = place - length
            name, before = text[max(0, start) : place], text[max(0, start - 2) : max(0, start)]
            begins = not before or before in words or before[-1] in _JOINS or not is_han(before[-1])
            if begins and len(name) == length and self._is_name(name) and (length > 2 or name not in words):
                yield name
                return

    def _is_name(self, name: str) -> bool:
        """Tell whether a word has the form of a name: a surname and one or two characters, or parts joined by ·."""
        if "·" in name:
            return len(name) <= LONGEST and all(len(part) > 1 for part in name.split("·"))
        surname = self._surname(name)
        known = (surname in self.knowledge.surnames or surname in self._kinds["surname"]) and surname not in self._kinds["not_surname"]
        return known and 1 <= len(name) - len(surname) <= 2 and self._could_be(name)

    def _could_be(self, name: str) -> bool:
        known = name in self.knowledge.lexicon.terms or name.endswith(self._kinds["organ"]) or self._office.fullmatch(name)
        return not known and not self.knowledge.labels.canonical(name) and (2 <= len(name) <= 4 or "·" in name)

    def _surname(self, name: str) -> str:
        return name[:2] if 2 < len(name) <= 4 and name[:2] in self.knowledge.surnames else name[:1]

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, ...]]:
        return _kinds(self.knowledge.home)

    @cached_property
    def _list_labels(self) -> frozenset[str]:
        rows = [label for label in self.knowledge.labels.rows if label.rule.startswith("person list")]
        return frozenset(self._kinds["labels"]) | {spelling for label in rows for spelling in label.spellings}

    @cached_property
    def _labels(self) -> frozenset[str]:
        rows = [label for label in self.knowledge.labels.rows if label.rule.startswith("person")]
        return self._list_labels | frozenset(self._kinds["label"]) | {spelling for label in rows for spelling in label.spellings}

    @cached_property
    def _labelled(self) -> re.Pattern[str]:
        """A label behind which a colon or a cell's edge stands, and what follows on its line: to the sentence's end, or in its cell."""
        label = f"(?P<label>{_either(self._labels, blanks=True)})[ \\u3000]*(?:[（(][^（）()\\n]{{0,12}}[）)])?"
        return re.compile(label + r"(?:[：:][ \u3000]*\t?|\t+)(?P<value>[^\t\r\n。]*)")

    @cached_property
    def _beside(self) -> re.Pattern[str]:
        """An office, or a label for a person without its colon: 联系人王秀兰."""
        return re.compile(_either({*self._kinds["office"], *self._kinds["label"], *(word for word in self._labels if word.endswith(("人", "员")))}))

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(rf"{self._forms}|[，,（(][男女][，,）)]")

    @cached_property
    def _forms(self) -> str:
        return _either(self._kinds["form"])

    @cached_property
    def _behind(self) -> str:
        return _either({*self._kinds["form"], *self._kinds["cut"]})

    @cached_property
    def _office(self) -> re.Pattern[str]:
        return re.compile(rf"^.*(?:{_either(self._kinds['office'])})")


def _either(words: Iterable[str], *, blanks: bool = False) -> str:
    """Return a pattern of some words, the longest first; an engine may have set blanks into a label."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join("[ \\u3000\\n]*".join(map(re.escape, word)) if blanks else re.escape(word) for word in ordered)


@cache
def _kinds(home: Path) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    for _, (word, kind) in read_table(home / "persons.tsv", COLUMNS):
        kinds[kind] = (*kinds.get(kind, ()), word)
    return kinds
