"""Takes the words of jieba's dictionary that tell a whole window from a broken one: dictionaries/words.tsv.

python dictionaries/make/words.py
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import jieba

WORD = re.compile("[\u4e00-\u9fff]{2,5}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "words.tsv")
    arguments = parser.parse_args()
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    words = sorted(word for word, count in tokenizer.FREQ.items() if count > 0 and WORD.fullmatch(word))
    header = [
        "# title: Words of two to five characters",
        f"# source: the dictionary of jieba {jieba.__version__} (MIT), words with a count",
        "# retrieved: 2026-11-23",
        "# licence: MIT (c) Sun Junyi",
        "# made by: dictionaries/make/words.py",
        "word",
    ]
    arguments.out.write_text("\n".join(header + words) + "\n", encoding="utf-8")
    print(f"{len(words)} words")


if __name__ == "__main__":
    main()
