"""Type text as a hurried typist leaves it: 按期完成 → 暗器完成. Material to fit and to measure the channel of sounds on.

    python dictionaries/make/typos.py ecspell_odw_dev.tsv ecspell_law_dev.tsv      # compares what it makes with real mistakes

Pinyin input offers words and characters that sound alike, and the typist takes a neighbour, the commoner the likelier. Typists
who write by shape (Wubi), and texts that have been copied from a picture, have look-alikes. The constants are set by the
mistakes of the two development files named above, 1,205 places in 70,000 Han characters: proportions and powers, no pairs.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from operator import eq
from pathlib import Path

from jiaokan.knowledge import home
from jiaokan.knowledge.glyphs import Glyphs
from jiaokan.knowledge.sounds import FUZZY, SAME, SLIP, Sounds
from jiaokan.knowledge.tables import read_table
from jiaokan.script import is_han

SPACING = 28.0  # Han characters to a mistake; one in 30 comes, as a word takes one and its neighbour none. 20-28 in the pairs that have any
# Shares of the mistakes by how they come about. What cannot be done at a place, such as to change a word without homophones,
# becomes "sound", which therefore needs little of its own: the shares are those that give the pairs' proportions in the end.
KINDS = {
    "word": 0.52,  # the word becomes another of the same pinyin, which may share characters with it
    "syllables": 0.065,  # every character of the word becomes another of its sound: a third of the wrong words are no words
    "sound": 0.02,
    "fuzzy": 0.105,
    "slip": 0.015,  # a letter of the pinyin: no commoner in the pairs than by chance, kept because fingers do slip
    "look": 0.275,  # and what is alike in no way, which is not made here
}
COMMON = 0.5  # power of a wrong word's or character's count in its weight: the likeliest of 0 to 1 for both
SHARING = 12.0  # times likelier is a wrong word that keeps a character of the right one: the pairs have two of them to one that keeps none
OTHER_READING = 0.3  # weight of a word for each character read as it mostly is not (行 in 银行); a guess
LOOK_COMMON, LOOK_RANK = 0.2, 1.0  # powers of a look-alike's count, and of its rank, which divides: likeliest of 0-0.5, 0-1.3
SHORTEST, LONGEST = 2, 4  # characters of a word that is mistyped whole
ALIKE = {"fuzzy": FUZZY, "slip": SLIP}
SEED = 20261123


class Homophones:
    """Words by how they are typed."""

    def __init__(self, counts: Mapping[str, int], sounds: Sounds) -> None:
        """Index the words of two to four characters, all of whose characters have readings."""
        self._counts = {word: count for word, count in counts.items() if SHORTEST <= len(word) <= LONGEST}
        self._readings = sounds.readings
        self._typed: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        for word in sorted(self._counts):
            for pinyin, weight in self._spelled(word):
                self._typed[pinyin].append((word, weight))

    @classmethod
    def load(cls, folder: Path, sounds: Sounds) -> Homophones:
        """Index words.tsv of the dictionaries' folder; the counts are those of jieba, whose words they are."""
        import jieba

        tokenizer = jieba.Tokenizer()
        tokenizer.initialize()
        return cls({word: tokenizer.FREQ.get(word, 0) for _, (word,) in read_table(folder / "words.tsv", ("word",))}, sounds)

    def of(self, word: str) -> dict[str, float]:
        """Return the words of the same pinyin, with their weights: 公正 → 公证…; none for a word that is not in the list."""
        found: dict[str, float] = {}
        for pinyin, likely in self._spelled(word) if word in self._counts else ():
            for other, weight in self._typed[pinyin]:
                if other != word:
                    sharing = SHARING if any(map(eq, word, other)) else 1.0
                    found[other] = max(found.get(other, 0.0), likely * weight * sharing * (self._counts[other] + 1) ** COMMON)
        return found

    def cut(self, text: str) -> Iterator[str]:
        """Yield the text in words, the longest that begins at each place, and single characters."""
        start = 0
        while start < len(text):
            ends = range(min(len(text), start + LONGEST), start + 1, -1)
            end = next((end for end in ends if text[start:end] in self._counts), start + 1)
            yield text[start:end]
            start = end

    def _spelled(self, word: str) -> Iterator[tuple[str, float]]:
        """Yield the ways to spell a word, and how likely each is."""
        for spelling in product(*(enumerate(self._readings.get(char, ())) for char in word)):
            yield " ".join(reading for _, reading in spelling), OTHER_READING ** sum(place > 0 for place, _ in spelling)


def typed(text: str, dice: random.Random, sounds: Sounds, words: Homophones, glyphs: Glyphs, *, spacing: float = SPACING) -> str:
    """Return the text with mistakes, one in `spacing` Han characters or a little fewer; as long as before, and all else as it was."""
    written: list[str] = []
    before = False
    for word in words.cut(text):
        places = [place for place, char in enumerate(word) if is_han(char) and dice.random() * spacing < 1]
        wrong = mistyped(word, places[0], dice, sounds=sounds, words=words, glyphs=glyphs) if places and not before else word
        before = wrong != word
        written.append(wrong)
    return "".join(written)


def mistyped(word: str, place: int, dice: random.Random, *, sounds: Sounds, words: Homophones, glyphs: Glyphs) -> str:
    """Return a word, or a single character, with a mistake that touches the place; unchanged where none can be made."""
    (kind,) = dice.choices(list(KINDS), list(KINDS.values()))
    if kind == "word" and (others := words.of(word)):
        return drawn(others, dice)
    if kind == "syllables":
        return "".join(drawn(sounding(char, SAME, sounds), dice) or char for char in word)
    char = word[place]
    others = looking(char, sounds, glyphs) if kind == "look" else sounding(char, ALIKE.get(kind, SAME), sounds)
    wrong = drawn(others or sounding(char, SAME, sounds), dice) or char
    return word[:place] + wrong + word[place + 1 :]


def sounding(char: str, alike: float, sounds: Sounds) -> dict[str, float]:
    """Return the characters that sound so much alike, with their weights."""
    others = sounds.similar(char, len(sounds.readings))
    return {other: (sounds.counts.get(other, 0) + 1) ** COMMON for other in others if sounds.similarity(char, other) == alike}


def looking(char: str, sounds: Sounds, glyphs: Glyphs) -> dict[str, float]:
    """Return the look-alikes of a character, with their weights."""
    ranked = enumerate(glyphs.similar(char), start=1)
    return {other: (sounds.counts.get(other, 0) + 1) ** LOOK_COMMON / rank**LOOK_RANK for rank, other in ranked if is_han(other)}


def drawn(weights: Mapping[str, float], dice: random.Random) -> str:
    """Return one of the keys by weight, "" if there is none."""
    return dice.choices(list(weights), list(weights.values()))[0] if weights else ""


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what was typed and what was meant, of each row whose sides are equally long."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if len(row["source"]) == len(row["target"]):
                yield row["source"], row["target"]


def mistakes(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str, str]]:
    """Yield each run of wrong characters, what was meant, and the character on either side."""
    for read, meant in found:
        start = 0
        while start < len(read):
            end = start
            while end < len(read) and read[end] != meant[end]:
                end += 1
            if end > start:
                yield read[start:end], meant[start:end], meant[max(0, start - 1) : start], meant[end : end + 1]
            start = end + 1


def profile(found: Sequence[tuple[str, str]], sounds: Sounds, words: Homophones) -> str:
    """Return what share of the runs of wrong characters is of which kind, and how common the wrong characters are."""
    kinds: Counter[str] = Counter()
    common: list[int] = []
    for wrong, right, left, after in mistakes(found):
        alike = min(sounds.similarity(one, other) for one, other in zip(wrong, right, strict=True))
        if len(wrong) > 1:
            kind = "two and more, a word" if words.of(right).keys() & {wrong} else "two and more, no such word"
        elif alike == SAME:
            word = any(before + wrong + behind in words.of(before + right + behind) for before, behind in ((left, ""), ("", after)))
            kind = "one, the same sound, in a word of the same sound" if word else "one, the same sound"
        else:
            kind = "one, fuzzy" if alike == FUZZY else "one, no sound-alike"
        kinds[kind] += 1
        common += [sounds.counts.get(char, 0) for char in wrong]
    han = sum(is_han(char) for _, meant in found for char in meant)
    total = kinds.total()
    middle = sorted(common)[len(common) // 2]
    first = f"{total} places, one in {han / total:.1f} Han characters; {len(common)} wrong characters, their median count {middle}"
    return "\n".join([first, *(f"  {kinds[kind] / total:.3f} {kind}" for kind in sorted(kinds))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path, nargs="+", help="TSV with columns source, target: typed, meant")
    options = parser.parse_args()
    sounds, glyphs = Sounds.load(home()), Glyphs.load(home())
    words = Homophones.load(home(), sounds)
    real = [pair for path in options.pairs for pair in pairs(path)]
    dice = random.Random(SEED)
    made = [(typed(meant, dice, sounds, words, glyphs), meant) for _ in range(5) for _, meant in real]
    print("in the pairs:", profile(real, sounds, words), "made here:", profile(made, sounds, words), sep="\n")


if __name__ == "__main__":
    main()
