"""Channel data on disk: channel.tsv with the counts, card.json with what they rest on, failures.jsonl with what was left out."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from jiaokan.errors import InputError
from jiaokan.knowledge.confusions import CHANNEL, COLUMNS, FORMAT
from jiaokan.knowledge.tables import read_table, read_text
from jiaokan.learn.count import Row, Tally
from jiaokan.read.sources import printable
from jiaokan.report.files import write

MARK = "# format: "  # before the version in a channel.tsv
SCHEMA = FORMAT.removeprefix(MARK)
CARD, FAILURES = "card.json", "failures.jsonl"
TOP = 30  # confusions on the card
ANEW = "learn it anew into another folder: -o DIR"
_NOTES = (
    "# printed, read: in the language model's forms, without white space; read empty: lost; printed empty: intruder; both empty: places where nothing intruded",
    "# one character read as two, or two as one: split or merged between equal text; printed = read: read rightly",
)
_DECIMALS = 6  # of the CER


def to_tsv(tallies: Mapping[str, Tally], *, title: str, source: str, licence: str, made_by: str) -> str:
    """Return channel.tsv: where the counts are from, then a row for each family, character printed, and what was read for it."""
    head = (f"# title: {title}", FORMAT, f"# source: {source}", f"# retrieved: {datetime.now(UTC).date()}", f"# licence: {licence}", f"# made by: {made_by}", *_NOTES)
    rows = sorted((family, printed, -count, read) for family, tally in tallies.items() for (printed, read), count in tally.rows.items())
    return "\n".join((*head, "\t".join(COLUMNS), *(f"{family}\t{printed}\t{read}\t{-count}" for family, printed, count, read in rows))) + "\n"


def to_card(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    """Return what the counts rest on, pooled and by family, and the commonest confusions."""
    pool = Tally()
    for tally in tallies.values():
        pool.add(tally)
    wrongs = sorted((-count, *row, family) for family, tally in tallies.items() for row, count in tally.wrongs.items())
    return {
        "schema": SCHEMA,
        **_figures(pool),
        "families": {family: _figures(tallies[family]) for family in sorted(tallies)},
        "top": [{"family": family, "printed": printed, "read": read, "count": -count} for count, printed, read, family in wrongs[:TOP]],
    }


def kind(printed: str, read: str) -> str:
    """Return what a row of unequal characters is an error of."""
    if len(printed) == len(read):
        return "substituted"
    if not (printed and read):
        return "intruders" if read else "lost"
    return "split" if len(read) > len(printed) else "merged"


def earlier(folder: Path, *, add: bool) -> dict[str, Tally]:
    """Return what a folder holds already, by family, for more to be added.

    Raises InputError if it holds something and `add` is not set, or something of another version or not ours.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("a file, not a folder", where=printable(str(folder)), fix="name a folder: -o DIR")
    path = folder / CHANNEL
    if not path.exists():
        return {}
    where = printable(str(path))
    version = next((line.removeprefix(MARK).strip() for line in read_text(path).split("\n") if line.startswith(MARK)), "without a format line")
    if version != SCHEMA:
        raise InputError(f"channel data {version}, not {SCHEMA}", where=where, fix=ANEW)
    if not add:
        raise InputError("channel data are there already", where=where, fix="add to them: --add, or choose another folder with -o")
    return _tallies(path)


def write_folder(folder: Path, tallies: Mapping[str, Tally], card: Mapping[str, Any], failures: str) -> None:
    """Write the three files, all or none of them. Raises InputError if the place is full or not writable."""
    source = f"{card['pairs']:,} pairs, {card['characters']:,} characters printed"
    channel = to_tsv(tallies, title="How an OCR engine misreads, counted from one's own pairs", source=source, licence="the owner's of the pairs (counts only, no text)", made_by="jiaokan learn")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=".", suffix=".part", dir=folder))
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        for name, content in ((FAILURES, failures), (CARD, to_json(card)), (CHANNEL, channel)):
            write(beside / name, content)
        for name in (FAILURES, CARD, CHANNEL):  # the last one says that the others are there
            (beside / name).replace(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def to_json(card: Mapping[str, Any]) -> str:
    """Return the card as JSON text."""
    return json.dumps(card, ensure_ascii=False, indent=1) + "\n"


def _figures(tally: Tally) -> dict[str, Any]:
    """Return a family's sizes; the CER is of the characters learnt from, not of those passed over."""
    errors = dict.fromkeys(("substituted", "lost", "intruders", "merged", "split"), 0)
    for row, count in tally.wrongs.items():
        errors[kind(*row)] += count
    return {
        "pairs": tally.pairs,
        "characters": tally.characters,
        "errors": errors,
        "skipped": tally.skipped,
        "cer": round(tally.errors / max(1, tally.characters - tally.skipped), _DECIMALS),
    }


def _tallies(path: Path) -> dict[str, Tally]:
    """Return the counts of a channel.tsv and of the card beside it. Raises InputError or DictionaryError if one is not as we write it."""
    rows: dict[str, Counter[Row]] = {}
    for number, (family, printed, read, count) in read_table(path, COLUMNS):
        if not count.isdecimal():
            raise InputError(f"count is {count!r}", where=f"{printable(str(path))}:{number}", fix=ANEW)
        rows.setdefault(family, Counter())[printed, read] += int(count)
    card = path.with_name(CARD)
    try:
        figures = json.loads(card.read_bytes())["families"]
        return {family: _tally(counts.items(), int(figures[family]["pairs"]), int(figures[family]["skipped"])) for family, counts in rows.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"does not say what {CHANNEL} rests on ({type(error).__name__}: {error})", where=printable(str(card)), fix=ANEW) from None


def _tally(rows: Iterable[tuple[Row, int]], pairs: int, skipped: int) -> Tally:
    """Return a family's tally from its rows; the places where nothing intruded follow from the others."""
    tally = Tally(pairs=pairs, skipped=skipped)
    for (printed, read), count in rows:
        if printed != read:
            tally.wrongs[printed, read] = count
        elif printed:
            tally.rights[printed] = count
    return tally


def _unwritable(folder: Path, error: OSError) -> InputError:
    return InputError(error.strerror or str(error), where=printable(str(folder)), fix="free some space, or choose another folder with -o")
