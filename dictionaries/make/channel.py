"""Counts how OCR engines misread (dictionaries/channel.tsv), as `jiaokan learn` counts a user's own pairs.

Two kinds of pairs: lines by the thousand, made and read by readings.py, and the pages of the corpus that are for fitting. A
family is an engine: a file of READINGS, and the folders ocr/FAMILY-DEGRADATION of the corpus. Pages are far fewer and much more
like real use: --weight-pages says how many times each counts. Only counts are kept, no text.

    python dictionaries/make/channel.py --readings READINGS --corpus corpus
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from folds import names, part

from jiaokan.evaluate.pairs import read_text, read_truth
from jiaokan.learn import Tally
from jiaokan.learn.write import to_tsv

READING_COLUMNS = 4  # sheet, degradation, read, printed; no header row
Pairs = Iterable[tuple[str, str]]  # read, printed


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the pairs of a file that readings.py wrote; a last line still being written is left."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.endswith("\n"):
                return
            cells = line[:-1].split("\t")
            if len(cells) != READING_COLUMNS:
                raise SystemExit(f"{path}:{number}: {len(cells)} cells where {READING_COLUMNS} belong\n  fix: make it again with readings.py")
            yield cells[2], cells[3]


def pages(corpus: Path, split: str, without: str) -> Iterator[tuple[str, str, str]]:
    """Yield the family, the reading and the truth of each page of a split, but for one fold."""
    of_split = names(corpus, split)
    for name in (name for name in of_split if name not in part(of_split, without)):
        printed = read_truth(corpus / "pages" / "truth" / f"{name}.json").text
        for path in sorted((corpus / "pages" / "ocr").glob(f"*/{name}.txt")):
            yield path.parent.name.rpartition("-")[0], read_text(path), printed


def counted(pairs: Pairs, name: str) -> Tally:
    """Return the tally of pairs; say how many teach nothing, and why."""
    tally, left_out = Tally(), Counter[str]()
    for read, printed in pairs:
        if unfit := tally.take(read, printed):
            left_out[unfit.what.rpartition(":")[2].strip()] += 1
    print(f"{name}: {tally.pairs:,} pairs, {tally.characters:,} characters, {tally.errors / max(1, tally.characters - tally.skipped):.2%} wrong, {tally.skipped:,} skipped")
    for what, count in left_out.most_common():
        print(f"  {count:,} pairs left out: {what}")
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readings", type=Path, required=True, help="folder of FAMILY.tsv from readings.py")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--split", default="train", help="the pages that are counted")
    parser.add_argument("--without", default="", metavar="K/N", help="leave one fold of them out (see folds.py)")
    parser.add_argument("--weight-pages", type=int, default=1, help="how many times a page counts")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "channel.tsv")
    options = parser.parse_args()
    of_pages: dict[str, list[tuple[str, str]]] = {}
    for family, read, printed in pages(options.corpus, options.split, options.without):
        of_pages.setdefault(family, []).append((read, printed))
    files = {path.stem: path for path in sorted(options.readings.glob("*.tsv")) if path.stem != "channel"}
    tallies: dict[str, Tally] = {}
    for family in sorted(files.keys() | of_pages.keys()):
        tally = counted(lines(files[family]) if family in files else (), f"{family} lines")
        tally.add(counted(of_pages.get(family, ()), f"{family} pages"), times=options.weight_pages)
        tallies[family] = tally
    sizes = "; ".join(f"{family} {tally.characters:,} characters" for family, tally in tallies.items())
    source = f"lines printed and degraded by readings.py (sentences of the corpora in language/CARD.md), and the {options.split} pages of corpus/, counted {options.weight_pages} ×: {sizes}"
    content = to_tsv(tallies, title="How OCR engines misread", source=source, licence="CC0-1.0 (counts computed here)", made_by="dictionaries/make/channel.py")
    options.out.write_text(content, encoding="utf-8", newline="\n")
    print(f"{content.count(chr(10)):,} lines, {len(content.encode()):,} bytes")


if __name__ == "__main__":
    main()
