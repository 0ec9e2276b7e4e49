"""The words we repair towards and the words never touched: our terms, agencies and laws, and the user's own files."""

from __future__ import annotations

import operator
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.language import END
from jiaokan.knowledge.tables import read_table, read_text
from jiaokan.model import Span
from jiaokan.script import HAN, is_han

TERM_COLUMNS = ("term", "area", "kind")
LONGEST_TERM = 64
SHORTEST_TERM = 2  # of the user's; a character alone stands in too many words
SHORTEST_SHIELD = 3  # of ours: one of two characters stands by chance where another word was misread
_REPAIRABLE = re.compile(f"[{HAN}]{{4,}}")  # shorter ones, and ones with digits or marks, only shield
_PLAIN = re.compile(f"[{HAN}]{{{SHORTEST_TERM},{LONGEST_TERM}}}")  # a row with nothing to find fault with
_HAN = re.compile(f"[{HAN}]")
_QUOTED = re.compile("(?P<lead>[^“”]*)“(?P<inside>[^“”]+)”")
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
        wanted = _words(terms, SHORTEST_TERM)
        return cls(frozenset(ours | wanted), frozenset(laws), frozenset(_words(keep, 1)), frozenset(phrases), frozenset(wanted))

    @cached_property
    def known(self) -> frozenset[str]:
        """Terms and phrases together."""
        return self.terms | self.phrases

    @cached_property
    def aims(self) -> Aims:
        """The repairable terms and phrases."""
        return Aims(frozenset(filter(repairable, self.known)), self._lengths)

    def wants(self, left: str, after: str, right: str) -> bool:
        """Tell whether `after`, between what stands left and right of it, makes one of the user's terms; "" is a seam."""
        text, place = left + after + right, len(left)
        end = place + max(len(after), 1)
        around = (
            text[start : start + length]
            for start in range(max(0, place - self._longest_wanted), place + bool(after))
            for length in self._lengths.get(text[start : start + 2], ())
            if start + length >= end
        )
        return any(word in self.wanted and repairable(word) for word in around)

    @cached_property
    def _longest_wanted(self) -> int:
        return max(map(len, self.wanted), default=0)

    @cached_property
    def frames(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Map the first two characters inside quotation marks to (words before the marks, the quoted phrase)."""
        index: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for term in sorted(term for term in self.terms if "“" in term):
            for match in _QUOTED.finditer(term):
                if len(match["inside"]) >= 4:
                    index[match["inside"][:2]].append((match["lead"], match["inside"]))
        return {start: tuple(dict.fromkeys(found)) for start, found in index.items()}

    def kept(self, text: str) -> Iterator[Span]:
        """Yield where the user's keep-words stand."""
        yield from found(text, self.keep, self._keep_lengths)

    def whole(self, text: str) -> Iterator[Span]:
        """Yield where terms stand whole, ours of at least 3 characters and the user's of at least 2; overlapping ones too."""
        for span in found(text, self.terms, self._lengths):
            if span.end - span.start >= SHORTEST_SHIELD or text[span.start : span.end] in self.wanted:
                yield span

    @cached_property
    def _keep_lengths(self) -> Mapping[str, tuple[int, ...]]:
        return lengths(self.keep)

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        return lengths(self.known)


@dataclass(frozen=True)
class Aims:
    """Words to repair towards, found by what stands of them, however many begin or end alike: 200,000 firms that end in 有限公司."""

    words: frozenset[str]
    lengths: Mapping[str, tuple[int, ...]]  # of these and perhaps of others, see the function

    def missed(self, units: Sequence[str], site: range) -> Iterator[tuple[int, int, str]]:
        """Yield (first, last, printed) for each change of one character that makes a word: 晚感时期 → 0 1 敏, 信访返工作 → 2 2 劝.

        The character that changes, or before which one was lost, stands in the site or right behind it. Two characters of
        the word stand before it, or two behind.
        """
        start = max(0, site.start - self._longest)
        text = "".join(units[start : site.stop + self._longest + 1])
        for place in range(site.start - start, min(site.stop - start, len(text)) + 1):
            for behind, printed in dict.fromkeys(chain(self._by_head(text, place), self._by_tail(text, place))):
                if text[place : place + 1] != printed:
                    yield start + place, start + behind, printed

    def _by_head(self, text: str, place: int) -> Iterator[tuple[int, str]]:
        """Yield (where the text goes on, printed) where two characters or more of a word stand before a place."""
        for start in range(place - 1, max(-1, place - self._longest), -1):
            head = text[start:place]
            if not is_han(head[0]):
                return
            rests = [length - len(head) - 1 for length in self.lengths.get(head[:2], ()) if length > len(head)]
            for printed in following(self.forward, head) if rests else ():
                for rest in rests:  # a word's last character is read wrong before it is lost: 单伯 is 单位, not 单位伯
                    behind = next((behind for behind in _behind(text, place) if head + printed + text[behind : behind + rest] in self.words), None)
                    if behind is not None:
                        yield behind, printed

    def _by_tail(self, text: str, place: int) -> Iterator[tuple[int, str]]:
        """Yield the same where at most one character of a word stands before a place, and two or more behind."""
        for behind in _behind(text, place):
            for end in range(behind + 1, min(len(text), behind + self._longest) + 1):
                if not is_han(text[end - 1]):
                    break
                tail = text[behind:end]
                for printed in following(self.backward, tail[::-1]) if tail[-2:] in self._endings else ():
                    if printed + tail in self.words or text[place - 1 : place] + printed + tail in self.words:
                        yield behind, printed

    @cached_property
    def forward(self) -> Sequence[str]:
        """The words in order."""
        return sorted(self.words)

    @cached_property
    def backward(self) -> Sequence[str]:
        """The words spelled backward, in order."""
        return sorted(word[::-1] for word in self.words)

    @cached_property
    def _endings(self) -> frozenset[str]:
        return frozenset(word[-2:] for word in self.words)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.words), default=0)


def following(ordered: Sequence[str], start: str) -> Iterator[str]:
    """Yield the characters that follow a beginning in words that are in order, each once: 信访 → 事 局."""
    place = bisect_left(ordered, start)
    while place < len(ordered) and ordered[place].startswith(start):
        if len(ordered[place]) == len(start):
            place += 1
            continue
        char = ordered[place][len(start)]
        yield char
        place = bisect_left(ordered, start + chr(ord(char) + 1), place)


def _behind(text: str, place: int) -> tuple[int, ...]:
    """Return where the text goes on if the character at a place is another, and if one was lost before it; an END stays."""
    return (place + 1, place) if text[place : place + 1] not in ("", END) else (place,)


def repairable(term: str) -> bool:
    """Tell whether a term is repaired towards; one that is not stays as it is where it stands whole."""
    return bool(_REPAIRABLE.fullmatch(term))


def lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Map the first two characters of words to the lengths of those that begin so, ascending: 信访局 信访 → 信访: 2 3.

    A word of one character stands by itself. Made in an eighth of the time an Aho–Corasick automaton of 200,000 words takes.
    """
    bits: dict[str, int] = {}
    for word in words:
        bits[word[:2]] = bits.get(word[:2], 0) | 1 << len(word)

    @cache  # so that as many tuples are made as there are sets of lengths
    def numbers(mask: int) -> tuple[int, ...]:
        return tuple(length for length in range(mask.bit_length()) if mask >> length & 1)

    return {start: numbers(mask) for start, mask in bits.items()}


def found(text: str, words: frozenset[str], lengths: Mapping[str, tuple[int, ...]]) -> Iterator[Span]:
    """Yield where words, of the `lengths` they have, stand in a text; overlapping ones too."""
    yield from (Span(place, place + 1) for place, char in enumerate(text) if char in lengths)
    for place, start in enumerate(map(operator.add, text, text[1:])):
        for length in lengths.get(start, ()):
            if text[place : place + length] in words and place + length <= len(text):
                yield Span(place, place + length)


def _words(path: str | Path | None, shortest: int) -> set[str]:
    """Return a user's words: one a line, or the first column of a table with our header; # begins a comment line."""
    if path is None:
        return set()
    words: set[str] = set()
    for number, line in enumerate(read_text(Path(path)).split("\n"), start=1):
        word = line.rstrip("\r")
        if _PLAIN.fullmatch(word):
            words.add(word)
            continue
        if not word.strip() or word.startswith("#") or word == "\t".join(TERM_COLUMNS):
            continue
        cells = word.split("\t")
        fault = _fault(cells, shortest)
        if fault:
            raise DictionaryError(fault, where=f"{path}:{number}", fix="one term a line, or term, area and kind separated by tabs")
        words.add(cells[0].strip())
    return words


def _fault(cells: list[str], shortest: int) -> str:
    word = cells[0].strip()
    if len(cells) not in (1, len(TERM_COLUMNS)):
        return f"{len(cells)} cells in the row"
    if not word or not _HAN.search(word):
        return f"no Chinese character in the term {word!r}"
    if len(word) < shortest:
        return "a term of one character (a character never to touch is a keep-word)"
    if len(word) > LONGEST_TERM:
        return f"a term of {len(word)} characters (at most {LONGEST_TERM})"
    return "a control character in the term" if _CONTROL.search(word) else ""
