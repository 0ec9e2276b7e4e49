"""Asks the dictionaries: are they sound, and what do they know of a word?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.lexicon import repairable
from jiaokan.knowledge.load import Knowledge, load
from jiaokan.knowledge.tables import read_table, read_text

PARTS = ("glyphs", "neighbours", "sounds", "surnames", "twins", "units", "watermarks", "weights", "estimates", "words", "language", "gazetteer")
SHOWN = 8  # misreadings of a character


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
    for part in PARTS:
        getattr(knowledge, part)  # reading it checks it
    knowledge.misreadings(False)
    yield "families", len(Families.load(folder).by_name)
    yield "labels", len(Labels.load(folder).rows)
    if terms is not None:
        wanted = knowledge.lexicon.wanted
        yield str(terms), len(wanted)
        if protected := len(wanted) - sum(map(repairable, wanted)):
            yield f"{terms}: of these protected, not repaired towards (under four characters, or with digits or marks)", protected
    if keep is not None:
        yield str(keep), len(knowledge.lexicon.keep)


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
        yield from _character(word, knowledge)


def _character(char: str, knowledge: Knowledge) -> Iterator[str]:
    count, similar = knowledge.neighbours.count(char), knowledge.glyphs.similar(char, 12)
    if count or similar:
        yield f"character: {count:,} times in the training corpora; looks like {similar}"
    readings = knowledge.sounds.readings.get(char)
    if readings:
        yield f"sound: {' '.join(readings)}; sounds like {knowledge.sounds.similar(char, 12)}"
    misreadings = knowledge.misreadings(False)
    read_as = {read: times for (printed, read), times in misreadings.counts.items() if printed == char != read}
    if read_as:
        commonest = sorted(read_as, key=lambda read: (-read_as[read], read))[:SHOWN]
        yield f"often misread as {' '.join(read or '(lost)' for read in commonest)}"
    if printed_as := misreadings.printed(char)[:SHOWN]:
        yield f"often a misreading of {' '.join(printed_as)}"
    if char in knowledge.twins:
        yield f"rare twin of {knowledge.twins[char]}"


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
