"""Fits the numbers of detection and repair on (OCR, truth) pairs and clean sentences: dictionaries/weights.toml.

Three kinds of material: lines an engine read, with their truth, put together in pages on which some lines stand twice, as
forms repeat themselves; clean sentences; and paragraphs the language model has not seen, clean or damaged as a cell border
damages a printed line's ends (characters lost, changed for look-alikes, or read as 。 ： ； 、), for which no aligned pairs exist.

Two logistic models say where a character is wrong or lost; a log-linear model over the readings of a suspicious place,
"as it stands" among them, says what was printed. Fitted by Newton's method with a small L2 penalty on two thirds of the
lines (by hash of the line); the rest judges them, and its figures are printed and written into the file's header.

    python dictionaries/make/weights.py --pairs ocr_lines_dev.tsv --clean clean_rmrb_dev.tsv --corpora CORPORA
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import lzma
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from language_model import HELD_OUT, usable
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from jiaokan.detect import suspects
from jiaokan.knowledge import load
from jiaokan.knowledge.language import NUMBER, WORD, fold, tokens
from jiaokan.repair import channel
from jiaokan.repair.memory import memories
from jiaokan.repair.sites import CLOSEST, SOUND, sites
from jiaokan.script import is_han

Floats = NDArray[np.float64]
PENALTY = 1.0
READING_PENALTY = 0.1  # a dozen sites teach what a parallel is worth; a stronger penalty would hide it


SEED = 20261123
LINES = 12  # of a page put together here
CELL = 4  # paragraphs of a cell
SHORTEST, LONGEST = 20, 400  # tokens and characters of a paragraph that is used
PARAGRAPHS = 900  # used clean, and as many damaged
AT_EDGE, ELSEWHERE = 0.3, 0.008  # shares of characters damaged: in a bordered form's long cells 24 of 27 line ends were hit
LOST, MARKED, UNLIKE = 0.40, 0.25, 0.10  # shares of the damage; the rest are look-alikes (the seed's own proportions)
COMMON = 5000  # times in the corpora


class Pair(NamedTuple):
    read: str
    printed: str


class Site(NamedTuple):
    """The readings of one place: features (n × FEATURES) and which of them bring the line nearer to the truth."""

    features: Floats
    right: NDArray[np.bool_]


def pairs(path: Path, read: str, printed: str) -> list[Pair]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [Pair(row[read], row[printed]) for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]


def documents(folder: Path) -> list[Pair]:
    """Return the sample documents of a corpus: what the engine delivered, and what stands on paper."""
    found = []
    for path in sorted(folder.glob("truth/*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        sample = next(folder.glob(f"samples/{truth['id']}.*"))
        found.append(Pair(sample.read_bytes().decode(truth["encoding"]), truth["text"]))
    return found


def unseen(corpora: Path) -> list[str]:
    """Return the paragraphs that language_model.py kept out of the model's training, numbers and all."""
    found = []
    for path in sorted(corpora.glob("*.txt.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                units = usable(line)
                key = hashlib.blake2b(" ".join(units).encode(), digest_size=8).digest()
                if len(units) >= SHORTEST and int.from_bytes(key, "big") % HELD_OUT == 0:
                    found.append(line.strip().replace("\t", " ")[:LONGEST])
    return found


def damaged(text: str, chance: random.Random, knowledge: load.Knowledge) -> str:
    """Return a text as an engine reads it whose lines a form's borders clip: most faults at the ends of printed lines."""
    common = [char for char, (count, _, _) in knowledge.neighbours.table.items() if count > COMMON and is_han(char)]
    width = chance.uniform(22, 42)
    written: list[str] = []
    place = 0.0
    for char in text:
        size = 0.5 if ord(char) < 0x80 else 1.0
        at_edge = place % width < size or (place + size) % width < size
        place += size
        luck = chance.random()
        if luck >= (AT_EDGE if at_edge else ELSEWHERE) or not (is_han(char) or char in "，。；、"):
            written.append(char)
        elif is_han(char):
            written.append(misread(chance, common, knowledge.glyphs.similar(char, 30)))
    return "".join(written)


def misread(chance: random.Random, common: list[str], similar: str) -> str:
    """Return what stands for a clipped character: nothing, a mark, any character, or a look-alike."""
    kind = chance.random()
    if kind < LOST:
        return ""
    if kind < LOST + MARKED:
        return chance.choice("。。：；、，")
    if kind < LOST + MARKED + UNLIKE or not similar:
        return chance.choice(common)
    return similar[min(int(chance.expovariate(0.2)), len(similar) - 1)]


def pages(some: list[Pair], chance: random.Random) -> list[Pair]:
    """Return the lines as pages; a third of the lines stand on their page twice, the second time as printed."""
    found = []
    for start in range(0, len(some), LINES):
        lines = some[start : start + LINES]
        copies = [Pair(pair.printed, pair.printed) for pair in lines if chance.random() < 1 / 3]
        both = lines + copies
        found.append(Pair("\n".join(pair.read for pair in both), "\n".join(pair.printed for pair in both)))
    return found


def held_out(pair: Pair) -> bool:
    return hashlib.sha256(pair.printed.encode()).digest()[0] % 3 == 0


def faults(pair: Pair) -> tuple[set[int], set[int]]:
    """Return the places in the read line that are wrong, and those before which something is lost."""
    wrong, lost = set(), set()
    for step in Levenshtein.editops(fold(pair.read), fold(pair.printed)):
        (lost if step.tag == "insert" else wrong).add(step.src_pos)
    return wrong, lost


def judged(some: list[Pair], language: load.LanguageModel) -> tuple[Floats, Floats, Floats, Floats]:
    """Return features and labels of every judged token, and of every seam."""
    characters, wrongs, seams, losts = [], [], [], []
    for pair in some:
        wrong, lost = faults(pair)
        for match in suspects.PASSAGE.finditer(pair.read):
            units, starts = tokens(match[0])
            if not units:
                continue
            character, seam = suspects.features([units], language)
            character, seam = character[: len(units)], seam[: len(units)]
            kept = np.array([unit not in (NUMBER, WORD) for unit in units])
            characters.append(character[kept])
            seams.append(seam[kept])
            wrongs += [match.start() + start in wrong for start, keep in zip(starts, kept, strict=True) if keep]
            losts += [match.start() + start in lost for start, keep in zip(starts, kept, strict=True) if keep]
    return np.vstack(characters), np.array(wrongs, float), np.vstack(seams), np.array(losts, float)


def logistic(matrix: Floats, labels: Floats) -> Floats:
    weights = np.zeros(matrix.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (chance - labels) + PENALTY * weights
        curve = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + PENALTY * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights -= step
        if abs(step).max() < 1e-7:
            break
    return weights


def readings(some: list[Pair], knowledge: load.Knowledge, detection: dict[str, dict[str, float]]) -> Iterator[Site]:
    weigher = channel.Channel(knowledge, dict.fromkeys(channel.FEATURES, 0.0) | {"forward": 1.0})
    for pair in some:
        read, truth = fold(pair.read), fold(pair.printed)
        distance = Levenshtein.distance(read, truth)
        for memory, run in memories(list(suspects.passages(pair.read, knowledge.language, detection))):
            for passage in run:
                for site in sites(passage, CLOSEST * SOUND):  # as closely as a broken page, so that sound places are among them
                    scored = weigher.weigh(passage, weigher.readings(passage, site, memory), memory)
                    if scored:
                        right = [Levenshtein.distance(written(read, passage, one.reading), truth) < distance for one in scored]
                        yield Site(np.array([one.features for one in scored]), np.array(right))


def written(text: str, passage: suspects.Passage, reading: channel.Reading) -> str:
    span = channel.span(passage, reading)
    return text[: span.start] + fold(reading.after) + text[span.end :]


def chances(site: Site, weights: Floats) -> tuple[Floats, float]:
    """Return the probability of each reading, and of "as it stands"."""
    scores = site.features @ weights
    highest = max(0.0, scores.max())
    powers = np.exp(scores - highest)
    total = powers.sum() + np.exp(-highest)
    return powers / total, float(np.exp(-highest) / total)


def log_linear(all_sites: list[Site]) -> Floats:
    """Return the weights that make the right readings likeliest (or "as it stands", where none is right)."""
    size = len(channel.FEATURES)
    weights = np.zeros(size)
    for _ in range(40):
        slope, curve = READING_PENALTY * weights, READING_PENALTY * np.eye(size)
        for site in all_sites:
            chance, _ = chances(site, weights)
            mean = chance @ site.features
            target = np.zeros(size)
            if site.right.any():
                share = chance * site.right
                target = (share / max(share.sum(), 1e-12)) @ site.features
            slope = slope + mean - target
            curve = curve + (site.features * chance[:, None]).T @ site.features - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        weights = weights - step * min(1.0, 5.0 / max(abs(step).max(), 1e-9))
        if abs(step).max() < 1e-4:
            break
    return weights


def reliability(all_sites: list[Site], weights: Floats) -> list[str]:
    """Return lines that say, of the best readings given some probability, how many are right."""
    best = []
    for site in all_sites:
        chance, _ = chances(site, weights)
        index = int(chance.argmax())
        best.append((chance[index], bool(site.right[index])))
    edges = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0001)
    lines = []
    for low, high in pairwise(edges):
        inside = [right for chance, right in best if low <= chance < high]
        if inside:
            lines.append(f"given {low:.2f}-{min(high, 1):.2f}: {sum(inside)} of {len(inside)} right ({sum(inside) / len(inside):.3f})")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="TSV with columns ocr, truth")
    parser.add_argument("--clean", type=Path, required=True, help="TSV with columns source, target: sentences without fault")
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.txt.xz the language model was trained on")
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parent.parent.parent / "corpus", help="sample documents with their truth")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "weights.toml")
    arguments = parser.parse_args()
    knowledge = load.load()
    faulty, clean = pairs(arguments.pairs, "ocr", "truth"), pairs(arguments.clean, "source", "target")
    chance = random.Random(SEED)
    prose = unseen(arguments.corpora)
    chance.shuffle(prose)
    chance.shuffle(faulty)
    cells = ["".join(prose[start : start + CELL]) for start in range(0, PARAGRAPHS, CELL)]
    bordered = [Pair(damaged(text, chance, knowledge), text) for text in cells]
    clean += [Pair(text, text) for text in prose[PARAGRAPHS : 2 * PARAGRAPHS]]
    chance.shuffle(clean)
    everything = documents(arguments.corpus)
    for some, single in ((faulty, 0.3), (bordered, 0.5), (clean, 0.5)):
        alone = int(len(some) * single)
        everything += some[:alone] + pages(some[alone:], chance)
    train = [pair for pair in everything if not held_out(pair)]
    test = [pair for pair in everything if held_out(pair)]
    characters, wrong, seams, lost = judged(train, knowledge.language)
    detection = {
        "character": dict(zip(suspects.CHARACTER_FEATURES, logistic(characters, wrong).tolist(), strict=True)),
        "seam": dict(zip(suspects.SEAM_FEATURES, logistic(seams, lost).tolist(), strict=True)),
    }
    fitted = log_linear(list(readings(train, knowledge, detection)))
    report = reliability(list(readings(test, knowledge, detection)), fitted)
    print("\n".join(report))
    lines = [
        "# title: Weights of detection and repair",
        f"# source: fitted by dictionaries/make/weights.py on {arguments.pairs.name}, {arguments.clean.name}, unseen paragraphs and corpus/samples: two thirds",
        "# licence: Apache-2.0",
        "# held-out third, best reading of each suspicious place:",
        *(f"#   {line}" for line in report),
    ]
    for name, table in [*detection.items(), ("reading", dict(zip(channel.FEATURES, fitted.tolist(), strict=True)))]:
        lines += ["", f"[{name}]", *(f"{key} = {value:.6f}" for key, value in table.items())]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
