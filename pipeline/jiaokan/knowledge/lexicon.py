"""The words we repair towards and the words never touched: our terms, agencies and laws, and the user's own files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table, read_text
from jiaokan.model import Span
from jiaokan.script import HAN

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

TERM_COLUMNS = ("term", "area", "kind")
LONGEST_TERM = 64
_REPAIRABLE = re.compile(f"[{HAN}]{{4,}}")  # shorter ones, and ones with digits or marks, only shield
_HAN = re.compile(f"[{HAN}]")
_QUOTED = re.compile("(?P<lead>[^“”]*)“(?P<inside>[^“”]+)”")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Lexicon:
    """Terms by their spelling. `keep` is protected wherever it stands; terms are protected where they stand whole."""

    terms: frozenset[str]
    laws: frozenset[str]
    keep: frozenset[str]
    phrases: frozenset[str] = frozenset()  # of official prose at large; they do not shield
    wanted: frozenset[str] = frozenset()  # the user's own terms: also among `terms`

    @classmethod
    def load(cls, home: Path, terms: str | Path | None = None, keep: str | Path | None = None) -> Lexicon:
        """Read the dictionaries and the user's files. Raises DictionaryError with file and line for a bad row."""
        ours = {cells[0] for _, cells in read_table(home / "terms.tsv", TERM_COLUMNS)}
        ours |= {cells[0] for _, cells in read_table(home / "agencies.tsv", ("name", "kind"))}
        laws = {cells[0] for _, cells in read_table(home / "laws.tsv", ("title",))}
        phrases = {cells[0] for _, cells in read_table(home / "phrases.tsv", ("phrase", "count"))}
        wanted = _words(terms)
        return cls(frozenset(ours | wanted), frozenset(laws), frozenset(_words(keep)), frozenset(phrases), frozenset(wanted))

    @cached_property
    def known(self) -> frozenset[str]:
        """Terms and phrases together."""
        return self.terms | self.phrases

    @cached_property
    def anchors(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Map the first two characters to the repairable terms and phrases that begin so, and the last two to those that end so."""
        beginnings: dict[str, list[str]] = defaultdict(list)
        endings: dict[str, list[str]] = defaultdict(list)
        for term in sorted(self.known):
            if _REPAIRABLE.fullmatch(term):
                beginnings[term[:2]].append(term)
                endings[term[-2:]].append(term)
        return dict(beginnings), dict(endings)

    @cached_property
    def frames(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Map the first two characters inside quotation marks to (words before the marks, the quoted phrase)."""
        index: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for term in sorted(self.terms):
            for match in _QUOTED.finditer(term):
                if len(match["inside"]) >= 4:
                    index[match["inside"][:2]].append((match["lead"], match["inside"]))
        return {start: tuple(dict.fromkeys(found)) for start, found in index.items()}

    def kept(self, text: str) -> Iterator[Span]:
        """Yield where the user's keep-words stand."""
        yield from self._found(text, self._keep_finder)

    def whole(self, text: str) -> Iterator[Span]:
        """Yield where terms of at least 3 characters stand whole; overlapping ones too."""
        yield from self._found(text, self._term_finder)

    def _found(self, text: str, finder: AhoCorasick | None) -> Iterator[Span]:
        if finder is not None:
            for _, start, end in finder.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text), overlapping=True):
                yield Span(start, end)

    @cached_property
    def _keep_finder(self) -> AhoCorasick | None:
        return _finder(self.keep)

    @cached_property
    def _term_finder(self) -> AhoCorasick | None:
        return _finder(term for term in self.terms if len(term) > 2)


def _finder(words: Iterable[str]) -> AhoCorasick | None:
    """Return an Aho–Corasick matcher over the words, None if there are none."""
    from ahocorasick_rs import AhoCorasick, Implementation

    ordered = sorted(words)
    return AhoCorasick(ordered, implementation=Implementation.ContiguousNFA) if ordered else None


def _words(path: str | Path | None) -> set[str]:
    """Return a user's words: one a line, or the first column of a table with our header; # begins a comment line."""
    if path is None:
        return set()
    words: set[str] = set()
    for number, line in enumerate(read_text(Path(path)).split("\n"), start=1):
        word = line.rstrip("\r")
        if not word.strip() or word.startswith("#") or word == "\t".join(TERM_COLUMNS):
            continue
        cells = word.split("\t")
        fault = _fault(cells)
        if fault:
            raise DictionaryError(fault, where=f"{path}:{number}", fix="one term a line, or term, area and kind separated by tabs")
        words.add(cells[0].strip())
    return words


def _fault(cells: list[str]) -> str:
    word = cells[0].strip()
    if len(cells) not in (1, len(TERM_COLUMNS)):
        return f"{len(cells)} cells in the row"
    if not word or not _HAN.search(word):
        return f"no Chinese character in the term {word!r}"
    if len(word) > LONGEST_TERM:
        return f"a term of {len(word)} characters (at most {LONGEST_TERM})"
    return "a control character in the term" if _CONTROL.search(word) else ""
