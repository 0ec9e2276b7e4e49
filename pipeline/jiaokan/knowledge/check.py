"""Asks the dictionaries: are they sound, and what do they know of a word?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.load import Knowledge, load
from jiaokan.knowledge.sounds import Sounds
from jiaokan.knowledge.tables import read_table, read_text


def check(terms: str | Path | None = None, keep: str | Path | None = None) -> Iterator[tuple[str, int]]:
    """Yield (file, rows) for every table, checked row by row, and for the user's files.

    Raises DictionaryError, with file and line, for the first row that is malformed or stands twice.
    """
    folder = home()
    for path in sorted(folder.rglob("*.tsv")):
        if path.parent.name == "make":
            continue
        columns = _header(path)
        seen: set[tuple[str, ...]] = set()
        for number, cells in read_table(path, columns):
            if cells in seen:
                raise DictionaryError("the row stands twice", where=f"{path}:{number}", fix="delete one of them")
            seen.add(cells)
        yield str(path.relative_to(folder)), len(seen)
    knowledge = load(terms, keep)
    for part in ("glyphs", "neighbours", "twins", "units", "watermarks", "weights", "words", "language", "gazetteer"):
        getattr(knowledge, part)  # reading it checks it
    Sounds.load(folder)
    yield "families", len(Families.load(folder).by_name)
    yield "labels", len(Labels.load(folder).rows)
    for given, words in ((terms, knowledge.lexicon.wanted), (keep, knowledge.lexicon.keep)):
        if given is not None:
            yield str(given), len(words)


def lookup(word: str) -> Iterator[str]:
    """Yield a line for each thing the dictionaries know of a word, a code or a character."""
    knowledge = load()
    yield from _places(word, knowledge)
    if word in knowledge.lexicon.terms:
        yield f"term or agency: {word}"
    if word in knowledge.lexicon.laws:
        yield f"law: 《{word}》"
    label = knowledge.labels.canonical(word)
    if label:
        yield f"label: {label.name} ({label.kind}; also {'、'.join(label.spellings[1:6]) or 'no other spelling'})"
    if len(word) == 1:
        count, similar = knowledge.neighbours.count(word), knowledge.glyphs.similar(word, 12)
        if count or similar:
            yield f"character: {count:,} times in the training corpora; looks like {similar}"
        if word in knowledge.twins:
            yield f"rare twin of {knowledge.twins[word]}"


def _places(word: str, knowledge: Knowledge) -> Iterator[str]:
    gazetteer = knowledge.gazetteer
    found = gazetteer.coded(word) if word.isdecimal() else gazetteer.named(word) or gazetteer.alias(word)
    for place in found:
        now = gazetteer.successor(place)
        years = f", {place.since or '?'}–{place.until}" if place.until else ""
        after = f", now {gazetteer.full_name(now)} {now.code}" if now else ""
        yield f"place: {gazetteer.full_name(place)} {place.code}{years}{after}"


def _header(path: Path) -> tuple[str, ...]:
    for line in read_text(path).splitlines():
        if line and not line.startswith("#"):
            return tuple(line.split("\t"))
    raise DictionaryError("no header row", where=str(path), fix="name the columns in the first row")
