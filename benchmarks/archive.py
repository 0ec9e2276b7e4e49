"""Writes an archive to measure with: any number of documents of about a length, cut and recombined from the corpus, no two alike.

python benchmarks/archive.py ARCHIVE [--documents 1000] [--characters 1000] [--seed 1] [--reading ppocrv6-light]

ARCHIVE is a folder (of folders of 1,000 files), or one Parquet file with the columns id and text if it ends in .parquet.
Of the pages only the train split is used, in all their readings: the other splits are for judging what comes out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from jiaokan import read

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
A_FOLDER = 1000  # documents
A_GROUP = 1000  # rows of a Parquet file read together
STRETCH = range(3, 13)  # lines of one page that stay together


def train_pages() -> list[str]:
    """Return the names of the pages that are for fitting."""
    rows = [line.split("\t") for line in (CORPUS / "splits.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [row[0] for row in rows if row[1] == "train"]


def readings(only: str = "") -> list[list[str]]:
    """Return the lines of every sample, and of every train page in each of its readings; or those of one reading alone."""
    samples = [] if only else sorted((CORPUS / "samples").iterdir())
    folders = [CORPUS / "pages" / "ocr" / only] if only else sorted((CORPUS / "pages" / "ocr").iterdir())
    pages = [folder / f"{name}.txt" for folder in folders for name in train_pages()]
    texts = (read.read(path).text for path in (*samples, *pages))
    return [[line for line in text.splitlines() if line.strip()] for text in texts]


def documents(number: int, characters: int, seed: int = 1, reading: str = "") -> Iterator[tuple[str, str]]:
    """Yield (id, text) of documents 0.8 to 1.2 times as long as `characters`; each begins with its own shelf mark, so that no two are alike."""
    random, pages = Random(seed), readings(reading)
    for place in range(number):
        name = f"{seed:04}-{place:07}"
        yield name, compose(pages, random.randint(characters * 4 // 5, characters * 6 // 5), random, f"档号：{name}\n")


def compose(pages: list[list[str]], characters: int, random: Random, text: str = "") -> str:
    """Return `text` with stretches of lines from pages taken at random behind it, cut to a length."""
    parts, size = [text], len(text)
    while size < characters:
        page = random.choice(pages)
        start = random.randrange(len(page))
        part = "\n".join(page[start : start + random.choice(STRETCH)]) + "\n"
        parts.append(part)
        size += len(part)
    return "".join(parts)[:characters]


def write_folder(folder: Path, number: int, characters: int, seed: int = 1, reading: str = "") -> int:
    """Write an archive of text files; return its characters."""
    total = 0
    for place, (name, text) in enumerate(documents(number, characters, seed, reading)):
        path = folder / f"{place // A_FOLDER:04}" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        total += len(text)
    return total


def write_parquet(file: Path, number: int, characters: int, seed: int = 1, reading: str = "") -> int:
    """Write an archive of one table; return its characters."""
    import pyarrow as pa
    from pyarrow import parquet

    total, found = 0, documents(number, characters, seed, reading)
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(found, A_GROUP)):
            writer.write_table(pa.Table.from_pylist([{"id": name, "text": text} for name, text in group], schema=schema))
            total += sum(len(text) for _, text in group)
    return total


def main() -> None:
    """Write the archive and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--characters", type=int, default=1000, help="of a document, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reading", default="", help="a folder of corpus/pages/ocr to take alone; otherwise all of them, and the samples")
    options = parser.parse_args()
    written = write_parquet if options.archive.suffix == ".parquet" else write_folder
    total = written(options.archive, options.documents, options.characters, options.seed, options.reading)
    print(f"{options.documents:,} documents, {total:,} characters in {options.archive}")


if __name__ == "__main__":
    main()
