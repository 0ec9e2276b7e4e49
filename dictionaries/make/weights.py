"""Fits the numbers of detection and repair on (OCR, truth) pairs and clean sentences: dictionaries/weights.toml.

Three kinds of material: lines an engine read, with their truth, put together in pages on which some lines stand twice, as
forms repeat themselves; clean sentences; and paragraphs the language model has not seen, clean or damaged as a cell border
damages a printed line's ends (characters lost, changed for look-alikes, or read as 。 ： ； 、), for which no aligned pairs exist.

Two logistic models say where a character is wrong or lost; a log-linear model over the readings of a suspicious place,
"as it stands" among them, says what was printed. Fitted by Newton's method with a small L2 penalty on two thirds of the
lines (by hash of the line); the rest judges them, and its figures are printed and written into the file's header.

    python dictionaries/make/weights.py --pairs ocr_lines_dev.tsv --clean clean_rmrb_dev.tsv --corpora CORPORA --folds FOLD0 FOLD1

The train pages teach the language model and the channel: each is looked at with dictionaries made without it (see folds.py).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import lzma
import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from folds import names, part
from language_model import HELD_OUT, usable
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from typos import Homophones, typed

from jiaokan import edits, plan
from jiaokan.detect import suspects
from jiaokan.knowledge import home, load
from jiaokan.knowledge.language import fold, tokens
from jiaokan.model import Apply, Medium
from jiaokan.read import from_text
from jiaokan.repair import channel
from jiaokan.repair.company import company
from jiaokan.repair.lattice import NATS, WEIGHT_HAN, WEIGHT_MARK, Reading
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
PARAGRAPHS = 900  # used clean
TYPED = 1500  # paragraphs a typist has typed
BORDERED = 480  # damaged as a border damages: enough to know it by, few enough not to drown what engines really do
AT_EDGE, ELSEWHERE = 0.3, 0.008  # shares of characters damaged: in a bordered form's long cells 24 of 27 line ends were hit
LOST, MARKED, UNLIKE = 0.40, 0.25, 0.10  # shares of the damage; the rest are look-alikes (the seed's own proportions)
# P(misread), of a character and of a stop, and P(lost) from which every reading of a place is weighed. In print half of them finds one
# more fault in fifty and costs half as much time again (dev pages); a typist's wrong word is a word, and hardly odd. To fit, sound places are needed, too.
LOOK = {"print": {"wrong": 0.1, "stop": 0.02, "lost": 0.1}, "keyboard": {"wrong": 0.01, "stop": 0.02, "lost": 0.1}, "both": {"wrong": 0.01, "stop": 0.02, "lost": 0.1}}
CLOSELY = {"wrong": 0.05, "stop": 0.02, "lost": 0.03}
DOUBTFUL = 0.2  # probability among its rivals from which a path is worth calibrating
MOST_LOST = 3  # characters lost in one place that repair could give back
COMMON = 5000  # times in the corpora


class Pair(NamedTuple):
    read: str
    printed: str
    blanks: bool = False  # the engine set blanks between Han characters


class Site(NamedTuple):
    """The paths through one place: features (n × FEATURES) and which of them come nearest to the truth, nearer than the text as it stands."""

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


def read_pages(corpus: Path, split: str, only: str = "") -> list[Pair]:
    """Return the pages of a split, or of one of its folds, as each engine read them, and as they were printed."""
    found = []
    of_split = names(corpus, split)
    for name in (name for name in of_split if not only or name in part(of_split, only)):
        printed = json.loads((corpus / "pages" / "truth" / f"{name}.json").read_text(encoding="utf-8"))["text"]
        found.append(Pair(printed, printed))
        found += [Pair(path.read_text(encoding="utf-8"), printed) for path in sorted((corpus / "pages" / "ocr").glob(f"*/{name}.txt"))]
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
        found.append(Pair("\n\n".join(pair.read for pair in both), "\n\n".join(pair.printed for pair in both)))  # fragments: none runs on in the next
    return found


def normalised(pair: Pair, knowledge: load.Knowledge) -> Pair:
    """Return the pair after the rules that lose nothing: what repair is given."""
    document = from_text(pair.read)
    for stage in plan.normalising(knowledge):
        document = edits.revise(document, [plan.decide(edit, plan.FLOOR[Apply.LIKELY]) for edit in stage(document)])
    return Pair(document.text, pair.printed, suspects.sets_blanks(document))


def held_out(pair: Pair) -> bool:
    return hashlib.sha256(pair.printed.encode()).digest()[0] % 3 == 0


class Truth:
    """Where each character read stands in the truth; white space counts for nothing."""

    def __init__(self, pair: Pair) -> None:
        """Align what was read with what was printed."""
        self.read, self.printed = "".join(fold(pair.read).split()), "".join(fold(pair.printed).split())
        solid = np.array([not char.isspace() for char in pair.read], dtype=int)
        self.index = np.concatenate([[0], np.cumsum(solid)])  # of a place in the text among its solid characters
        self.wrong, self.lost = np.zeros(len(self.read) + 1, dtype=int), np.zeros(len(self.read) + 1, dtype=int)
        shift = np.zeros(len(self.read) + 2, dtype=int)
        for step in Levenshtein.editops(self.read, self.printed):
            if step.tag == "insert":
                self.lost[step.src_pos] += 1
                shift[step.src_pos + 1] += 1
            else:
                self.wrong[step.src_pos] = 1
                if step.tag == "delete":
                    shift[step.src_pos + 1] -= 1
        self.before = np.arange(len(self.read) + 1) + np.cumsum(shift)[:-1]  # place in the truth, before what is lost here

    def of(self, passage: suspects.Passage, run: range) -> tuple[list[str], str]:
        """Return what was read, token by token, and what was printed in a run; what is lost at its start belongs to it."""
        starts = [int(self.index[passage.starts[index]]) for index in run]
        end = run.stop < len(passage.tokens)
        last = int(self.index[passage.starts[run.stop] if end else passage.start + len(passage.text)])
        written = [self.read[one:other] for one, other in pairwise([*starts, last])]
        first = self.before[starts[0]] + (self.lost[starts[0]] if run.start == 0 else 0)
        return written, self.printed[first : self.before[last] + (0 if end else self.lost[last])]


def judged(some: list[Pair], knowledge: load.Knowledge, breaks: dict[str, float]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return features and labels of every judged token, and of every seam."""
    characters, wrongs, seams, losts = [], [], [], []
    for pair in some:
        truth = Truth(pair)
        for stretch in suspects.stretches(pair.read, knowledge.language, breaks):
            units = stretch.tokens
            character, seam = suspects.features([stretch], knowledge.language, knowledge.confusions(pair.blanks))
            places = truth.index[stretch.starts]
            kept = np.array([unit not in suspects.UNJUDGED for unit in units])
            characters.append(character[: len(units)][kept])
            wrongs.append(truth.wrong[places][kept])
            seams.append(seam[1 : len(units)])
            losts.append((truth.lost[places][1:] > 0) & (truth.lost[places][1:] <= MOST_LOST))
    return np.vstack(characters), np.concatenate(wrongs).astype(float), np.vstack(seams), np.concatenate(losts).astype(float)


def broken_lines(some: list[Pair], language: load.LanguageModel) -> tuple[Floats, Floats]:
    """Return features of the line breaks of pages, and whether the paragraph runs on across each."""
    rows, labels = [], []
    for pair in some:
        truth = Truth(pair)
        solid = [place for place, char in enumerate(pair.printed) if not char.isspace()]
        lines = [match for match in re.finditer(r"[^\r\n]+", pair.read) if "\t" not in match[0] and match[0].strip()]
        widest = max((suspects.width(line[0]) for line in lines), default=0)
        for line, following in pairwise(lines):
            left, right = tokens(line[0])[0], tokens(following[0])[0]
            place = int(truth.index[line.end()])
            if left and right and not truth.wrong[place - 1] and not truth.wrong[place] and not suspects.ITEM.match(following[0]):
                between = pair.printed[solid[truth.before[place - 1]] : solid[truth.before[place] + truth.lost[place]]]
                rows.append(suspects.break_features(left, right, suspects.width(line[0]) / max(widest, 1), language))
                labels.append(float("\n" not in between and "\t" not in between))
    return np.array(rows), np.array(labels)


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


def places(some: list[Pair], knowledge: load.Knowledge, detection: dict[str, dict[str, float]]) -> Iterator[Site]:
    """Yield the suspicious places of some texts with the paths through them."""
    plain = dict.fromkeys(channel.FEATURES, 0.0) | {"forward": NATS, "channel_han": WEIGHT_HAN, "channel_mark": WEIGHT_MARK}
    weighers = {blanks: channel.Channel(knowledge, plain, blanks) for blanks in (False, True)}
    for pair in some:
        truth, weigher = Truth(pair), weighers[pair.blanks]
        for memory, run in memories(list(suspects.passages(pair.read, knowledge.language, knowledge.confusions(pair.blanks), detection))):
            for passage in run:
                for site in sites(passage, CLOSEST * SOUND):  # as closely as a broken page, so that sound places are among them
                    scored = weigher.weigh(passage, weigher.paths(passage, site, memory), memory)
                    if scored:
                        around = range(max(0, site.tokens.start - 1), min(len(passage.tokens), site.tokens.stop + 2))  # as far as witnesses reach
                        written, printed = truth.of(passage, around)
                        distances = np.array([Levenshtein.distance(changed(written, around.start, one.changes), printed) for one in scored])
                        nearest = min(distances.min(), Levenshtein.distance("".join(written), printed) - 1)
                        yield Site(np.array([one.features for one in scored]), distances == nearest)


def changed(written: list[str], start: int, changes: tuple[Reading, ...]) -> str:
    """Return a run with some changes made."""
    parts, done = "", 0
    for change in changes:
        parts += "".join(written[done : change.first - start]) + fold(change.after)
        done = change.last - start
    return parts + "".join(written[done:])


def log_linear(all_sites: list[Site]) -> Floats:
    """Return the weights that make the right paths likeliest (or "as it stands", where none is right)."""
    matrix = np.vstack([site.features for site in all_sites])
    right = np.concatenate([site.right for site in all_sites])
    sizes = np.array([len(site.right) for site in all_sites])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    owner = np.repeat(np.arange(len(all_sites)), sizes)
    scale = np.maximum(matrix.std(axis=0), 1e-6)
    matrix = matrix / scale
    size = matrix.shape[1]
    weights = np.zeros(size)
    for _ in range(60):
        scores = matrix @ weights
        highest = np.maximum(np.maximum.reduceat(scores, starts), 0)
        powers = np.exp(scores - highest[owner])
        total = np.add.reduceat(powers, starts) + np.exp(-highest)
        chance = powers / total[owner]
        share = chance * right
        of_right = np.add.reduceat(share, starts)
        aim = np.where(of_right[owner] > 0, share / np.maximum(of_right[owner], 1e-12), 0)
        mean = np.add.reduceat(matrix * chance[:, None], starts)
        slope = matrix.T @ (chance - aim) + READING_PENALTY * weights
        curve = (matrix * chance[:, None]).T @ matrix - mean.T @ mean + READING_PENALTY * np.eye(size)
        step = np.linalg.solve(curve + 1e-6 * np.eye(size), slope)
        weights = weights - step * min(1.0, 5.0 / max(abs(step).max(), 1e-9))
        if abs(step).max() < 1e-4:
            break
    return weights / scale


def chances(site: Site, weights: Floats) -> tuple[Floats, float]:
    """Return the probability of each path, and of "as it stands"."""
    scores = site.features @ weights
    highest = max(0.0, scores.max())
    powers = np.exp(scores - highest)
    total = powers.sum() + np.exp(-highest)
    return powers / total, float(np.exp(-highest) / total)


def on_page(texts: list[tuple[list[Site], int]], weights: Floats) -> tuple[dict[str, float], list[str]]:
    """Return the weights of `company.calibrated`, and lines that say, of the best paths given some probability, how many are right.

    Each text comes with its suspicious places and its length; `weights` were fitted on others. The lines are of each half by the other.
    """
    rows, right, half = [], [], []
    for number, (of_text, size) in enumerate(texts):
        best = [(chance.max(), bool(site.right[chance.argmax()])) for site in of_text for chance, _ in [chances(site, weights)]]
        for (chance, hit), faults in zip(best, company((chance for chance, _ in best), size), strict=True):
            if chance > DOUBTFUL:
                rows.append((math.log(chance / (1 - min(chance, 1 - 1e-6))), faults, 1.0))
                right.append(float(hit))
                half.append(number % 2)
    matrix, labels, halves = np.array(rows), np.array(right), np.array(half)
    given = np.zeros(len(labels))
    for side in (0, 1):
        given[halves == side] = 1 / (1 + np.exp(-matrix[halves == side] @ logistic(matrix[halves != side], labels[halves != side])))
    report = []
    for low, high in pairwise((0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0001)):
        inside = labels[(given >= low) & (given < high)]
        report.append(f"given {low:.2f}-{min(high, 1):.2f}: {int(inside.sum())} of {len(inside)} right ({inside.mean() if len(inside) else 0:.3f})")
    return dict(zip(("odds", "faults", "bias"), logistic(matrix, labels).tolist(), strict=True)), report


def material(arguments: argparse.Namespace, knowledge: load.Knowledge) -> list[Pair]:
    """Return the texts to fit on: what engines read, what typists type, what borders clip, and clean ones."""
    chance = random.Random(SEED)
    clean, prose = pairs(arguments.clean, "source", "target"), unseen(arguments.corpora)
    chance.shuffle(prose)
    parts: list[tuple[list[Pair], float]] = []  # and the share that stands alone, not on a page with others
    everything = [normalised(pair, knowledge) for pair in documents(arguments.corpus)] if arguments.channel == "print" else []
    if arguments.channel != "keyboard":
        faulty = pairs(arguments.pairs, "ocr", "truth")
        chance.shuffle(faulty)
        cells = ["".join(prose[start : start + CELL]) for start in range(0, BORDERED, CELL)]
        parts += [(faulty, 0.3), ([Pair(damaged(text, chance, knowledge), text) for text in cells], 0.5)]
        everything += [normalised(pair, knowledge) for pair in read_pages(arguments.corpus, "dev")]
    if arguments.channel != "print":
        words = Homophones.load(home(), knowledge.sounds)
        parts.append(([Pair(typed(text, chance, knowledge.sounds, words, knowledge.glyphs), text) for text in prose[2 * PARAGRAPHS :][:TYPED]], 0.9))
    clean += [Pair(text, text) for text in prose[PARAGRAPHS : 2 * PARAGRAPHS]]
    chance.shuffle(clean)
    for some, single in (*parts, (clean, 0.5)):
        alone = int(len(some) * single)
        everything += some[:alone] + pages(some[alone:], chance)
    return everything


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, required=True, help="TSV with columns ocr, truth")
    parser.add_argument("--clean", type=Path, required=True, help="TSV with columns source, target: sentences without fault")
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.txt.xz the language model was trained on")
    parser.add_argument("--corpus", type=Path, default=Path(__file__).parent.parent.parent / "corpus", help="sample documents with their truth")
    parser.add_argument("--folds", type=Path, nargs="*", default=[], help="dictionaries made without a fold of the train pages each (see folds.py)")
    parser.add_argument("--channel", choices=("print", "keyboard", "both"), default="print")
    arguments = parser.parse_args()
    knowledge = replace(load.load(), channel=Medium(arguments.channel))
    everything = material(arguments, knowledge)
    train = [pair for pair in everything if not held_out(pair)]
    test = [pair for pair in everything if held_out(pair)]
    rows, labels = broken_lines(read_pages(arguments.corpus, "dev"), knowledge.language)
    look = LOOK[arguments.channel]
    detection = {"sites": {name: min(look[name], CLOSELY[name]) for name in look}}
    detection["break"] = dict(zip(suspects.BREAK_FEATURES, logistic(rows, labels).tolist(), strict=True))
    characters, wrong, seams, lost = judged(train, knowledge, detection["break"])
    detection["character"] = dict(zip(suspects.CHARACTER_FEATURES, logistic(characters, wrong).tolist(), strict=True))
    detection["seam"] = dict(zip(suspects.SEAM_FEATURES, logistic(seams, lost).tolist(), strict=True))
    seen = list(places(train, knowledge, detection))
    unseen_yet = [(list(places([pair], knowledge, detection)), len(pair.read)) for pair in test]
    for place, folder in enumerate(arguments.folds):
        stranger = replace(knowledge, home=folder)
        for pair in (normalised(pair, stranger) for pair in read_pages(arguments.corpus, "train", f"{place}/{len(arguments.folds)}")):
            found = list(places([pair], stranger, detection))
            seen += [] if held_out(pair) else found
            unseen_yet += [(found, len(pair.read))] if held_out(pair) else []
    first = log_linear(seen)
    page, report = on_page(unseen_yet, first)
    fitted = log_linear(seen + [site for of_text, _ in unseen_yet for site in of_text])
    print("\n".join(report))
    lines = [
        "# title: Weights of detection and repair",
        f"# source: fitted by dictionaries/make/weights.py on {arguments.pairs.name}, {arguments.clean.name}, unseen paragraphs, corpus/samples and the {'train and dev' if arguments.folds else 'dev'} pages of corpus/pages",
        "# licence: Apache-2.0",
        "# fitted on two thirds of them, the rest says, of the best reading of each suspicious place, in the company of its page:",
        *(f"#   {line}" for line in report),
    ]
    detection["sites"] = look
    for name, table in [*detection.items(), ("page", page), ("reading", dict(zip(channel.FEATURES, fitted.tolist(), strict=True)))]:
        lines += ["", f"[{name}]", *(f"{key} = {value:.6f}" for key, value in table.items())]
    name = "weights.toml" if arguments.channel == "print" else f"weights-{arguments.channel}.toml"
    (home() / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
