"""Make sounds.tsv: how each character of the language model is read, in pinyin without tone.

    pip install pypinyin==0.55.0 jieba==0.42.1          # pypinyin into an environment of its own: jiaokan never needs it
    python dictionaries/make/sounds.py                  # a second or two

pypinyin lists every reading a character ever had (方: fang, pang, wang, feng); a rare one makes strangers sound alike. Its
phrases, whose readings are given word by word, say which are in use: a reading stays if it is the character's default or has
5 % of its phrases. Idioms of the classics outnumber everyday words there (系 is ji in ten phrases of a hundred, none of them
common), so a phrase counts as much as the root of its count in jieba's dictionary, and nothing where that count is jieba's
floor. The character alone counts as a phrase read by default: it sets 了 to le, then liao. The commonest reading stands first.
"""

from __future__ import annotations

import argparse
import math
import unicodedata
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import jieba
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

HOME = Path(__file__).parent.parent
SHARE = 0.05  # of a character's phrases; at 3 % 和 is huo as well (暖和), at 10 % 传 is no longer zhuan (自传) nor 血 xie
FLOOR = 3  # jieba's count of a word it knows from lists alone
TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0302\u0304\u030c"))
# Readings that official prose has on every page and the phrases hardly: the particle stands alone, and 会计 is one word of hundreds with 会.
ADDED = {"地": "de", "会": "kuai"}


def plain(reading: str) -> str:
    """Return a reading as it is typed: lǜ → lv, ê̄ → e."""
    return unicodedata.normalize("NFD", reading).replace("u\u0308", "v").translate(TONES)


def characters(home: Path) -> list[str]:
    """Return the characters of the language model that have a reading."""
    rows = (line.split("\t", 1)[0] for line in (home / "language" / "neighbours.tsv").read_text(encoding="utf-8").split("\n"))
    return sorted(first for first in rows if len(first) == 1 and ord(first) in PINYIN_DICT)


def weights(counts: dict[str, int]) -> defaultdict[str, defaultdict[str, float]]:
    """Return, for each character, its readings with the weight of the phrases that have them."""
    found: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for phrase, readings in PHRASES_DICT.items():
        weight = weigh(counts.get(phrase, 0))
        for char, (reading, *_) in {*zip(phrase, map(tuple, readings), strict=True)}:
            found[char][plain(reading)] += weight
    return found


def weigh(count: int) -> float:
    """Return what a phrase of this count in jieba's dictionary is worth."""
    return math.sqrt(count) if count > FLOOR else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HOME / "sounds.tsv")
    arguments = parser.parse_args()
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    phrases = weights(tokenizer.FREQ)
    rows, several = [], 0
    for char in characters(HOME):
        default = plain(PINYIN_DICT[ord(char)].split(",")[0])
        weight = phrases[char]
        total = sum(weight.values())
        kept = {default, *(reading for reading, found in weight.items() if found >= SHARE * total and found)}
        weight[default] += weigh(tokenizer.FREQ.get(char, 0))
        kept |= {ADDED[char]} if char in ADDED else set()
        rows.append(f"{char}\t{' '.join(sorted(kept, key=lambda reading: (-weight[reading], reading != default, reading)))}")
        several += len(kept) > 1
    header = [
        "# title: How characters are read",
        f"# source: readings and phrases of PyPI pypinyin {version('pypinyin')}; counts of PyPI jieba {version('jieba')}; characters of language/neighbours.tsv",
        "# retrieved: 2026-11-23",
        "# licence: MIT (c) mozillazg, 闲耘 (pypinyin); MIT (c) Sun Junyi (jieba)",
        "# made by: dictionaries/make/sounds.py",
        "# readings: pinyin without tone, ü as v, separated by spaces, the commonest first; only those in use today",
        "char\treadings",
    ]
    arguments.out.write_text("\n".join(header + rows) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(rows)} characters, {several} with more readings than one")


if __name__ == "__main__":
    main()
