"""Counts the set phrases of official prose: pairs of words that keep company (dictionaries/phrases.tsv).

Paragraphs are cut by jieba; a phrase is two neighbouring words of two characters or more, four to eight characters
together, that stand together COUNT times at least and much more often than chance would have it (pointwise mutual
information). Only the phrases and their counts are kept.

    python dictionaries/make/phrases.py --corpora CORPORA
"""

from __future__ import annotations

import argparse
import lzma
import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import jieba

COUNT = 20
INFORMATION = 3.0  # nats; 专项行动 has 5.4, 进行工作 has 1.2
SHORTEST, LONGEST = 4, 8
HAN = re.compile("[\u4e00-\u9fff]+")
NUMERAL = re.compile("[一二三四五六七八九十百千万亿两〇零第]")


def stretches(corpora: Path) -> Iterator[str]:
    """Yield the runs of ideographs of each distinct paragraph."""
    seen: set[int] = set()
    for path in sorted(corpora.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if hash(line) not in seen:
                    seen.add(hash(line))
                    yield from HAN.findall(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.txt.xz, one paragraph a line")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "phrases.tsv")
    arguments = parser.parse_args()
    tokenizer = jieba.Tokenizer()
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for stretch in stretches(arguments.corpora):
        cut = tokenizer.lcut(stretch, HMM=False)
        words.update(cut)
        pairs.update((left, right) for left, right in pairwise(cut) if len(left) > 1 and len(right) > 1)
    total = sum(words.values())
    phrases = {
        left + right: count
        for (left, right), count in pairs.items()
        if count >= COUNT
        and SHORTEST <= len(left + right) <= LONGEST
        and not NUMERAL.search(left + right)
        and math.log(count * total / (words[left] * words[right])) >= INFORMATION
    }
    rows = sorted(phrases.items())
    header = [
        "# title: Set phrases of official prose",
        f"# source: counted in {total:,} words of statutes, government reports, press and procurement news (sources in language/CARD.md)",
        "# retrieved: 2026-11-23",
        "# licence: CC0-1.0 (counts computed here)",
        "# made by: dictionaries/make/phrases.py",
        "phrase\tcount",
    ]
    arguments.out.write_text("\n".join(header + [f"{phrase}\t{count}" for phrase, count in rows]) + "\n", encoding="utf-8")
    print(f"{len(rows)} phrases of {total} words")


if __name__ == "__main__":
    main()
