"""Four correctors side by side over the same lines and pages in one run: nothing, a dictionary, pycorrector, jiaokan.

python benchmarks/peers.py --pairs PAIRS [--corpus corpus] [--peer-python PEERS/bin/python] [--sample 1000] [-o FILE]

PAIRS holds files `*_dev.tsv`: a header row, then what was read and what was printed, further columns ignored.
pycorrector runs in an environment of its own (requirements-peers.txt); without `--peer-python` its rows are left out.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import random
import re
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Self

import jieba

ROOT = Path(__file__).resolve().parent.parent
DICTIONARIES = ROOT / "dictionaries"
LANGUAGE_MODEL = DICTIONARIES / "language" / "forward.klm"
SHORTEST, LONGEST = 3, 8  # Han characters of a window and of a term: shorter ones resemble everything
HAN = re.compile(r"[\u4e00-\u9fff]+")
THRESHOLDS = {57.0: "as shipped", 0.0: "threshold 0"}  # of pycorrector
BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff，、。；：（）《》“”]) (?=[\u4e00-\u9fff，、。；：（）《》“”])")
BRIEF = 20.0  # seconds: a shorter pass is timed twice and the shorter time counts

Work = Callable[[Sequence[str]], tuple[list[str], float]]  # texts → the texts corrected, and the seconds that took


class Pair(NamedTuple):
    """What was read and what was printed."""

    read: str
    printed: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pairs to correct: lines, or whole pages."""

    name: str
    pairs: tuple[Pair, ...]
    pages: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over one data set; lines are its pairs, or for pages the lines of what was read."""

    characters: int  # printed, white space left out
    distance: int  # edits from the corrected text to the printed one
    lines: int
    right: int  # lines right as read
    damaged: int  # of these, lines wrong afterwards
    changed: int  # lines changed
    repaired: int  # lines wrong as read and exactly right afterwards


# --- the correctors ---------------------------------------------------------------------------------------------------


class TermTable:
    """The corrector everybody tries first: a window of words one edit from a single term becomes that term."""

    def __init__(self, terms: Sequence[str], *, same_length: bool = False) -> None:
        self.same_length = same_length  # one substitution only
        self.terms = [term for term in terms if SHORTEST <= len(term) <= LONGEST and HAN.fullmatch(term)]
        self.known = set(self.terms)

    def nearest(self, window: str) -> str | None:
        """Return the term at edit distance 1, if there is just one: 一般公共顶算 → 一般公共预算."""
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import extract

        found = [term for term, *_ in extract(window, self.terms, scorer=Levenshtein.distance, score_cutoff=1, limit=None)]
        if self.same_length:
            found = [term for term in found if len(term) == len(window)]
        return found[0] if len(found) == 1 else None

    def correct(self, text: str) -> str:
        """Return the text with such windows replaced, from left to right, the longest first."""
        words = list(jieba.cut(text))
        done: list[str] = []
        at = 0
        while at < len(words):
            for end in range(min(len(words), at + LONGEST), at, -1):
                window = "".join(words[at:end])
                if not (SHORTEST <= len(window) <= LONGEST and HAN.fullmatch(window)):
                    continue
                if window in self.known or (term := self.nearest(window)):
                    done.append(window if window in self.known else term)
                    at = end
                    break
            else:
                done.append(words[at])
                at += 1
        return "".join(done)


class Peer:
    """pycorrector's n-gram corrector in another interpreter: JSON lines to it and back, timed over there."""

    def __init__(self, python: str) -> None:
        command = [python, str(Path(__file__).resolve()), "--serve"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        self.versions: dict[str, str] = self._line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()  # closes its standard input: it ends

    def at(self, threshold: float) -> Work:
        """Return pycorrector at a threshold: how much perplexity a correction must take off its clause."""

        def work(texts: Sequence[str]) -> tuple[list[str], float]:
            assert self.process.stdin
            for message in (*texts, threshold):
                self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
            return [self._line() for _ in texts], self._line()  # texts, and the seconds its own clock counted

        return work

    def _line(self) -> Any:  # noqa: ANN401 -- whatever the JSON says
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the peer's interpreter ended; run it with --serve to see why")
        return json.loads(line)


def serve() -> None:
    """Correct JSON lines from standard input with pycorrector: texts, then a threshold; back come texts, then seconds.

    Its package imports every neural corrector it has; only the n-gram one is wanted, so its modules are read without that.
    It asks its language model about characters, one by one. Ours folds widths and takes a number as one token: each question
    goes through our `tokens` first. All else is as pycorrector ships it.
    """
    spec = find_spec("pycorrector")
    if spec is None or spec.origin is None:
        raise SystemExit("no pycorrector here: pip install -r benchmarks/requirements-peers.txt")
    package = types.ModuleType("pycorrector")
    package.__path__ = [str(Path(spec.origin).parent)]
    sys.modules["pycorrector"] = package
    sys.path.append(str(ROOT / "pipeline"))

    from loguru import logger
    from pycorrector.corrector import Corrector

    from jiaokan.knowledge.language import tokens

    def folded(characters: Sequence[str]) -> str:
        return " ".join(tokens("".join(characters))[0])

    class Adapted(Corrector):  # type: ignore[misc]
        def ngram_score(self, chars: Sequence[str]) -> float:
            return float(self.lm.score(folded(chars), bos=False, eos=False))

        def ppl_score(self, words: Sequence[str]) -> float:
            return float(self.lm.perplexity(folded(words)))

    logger.remove()
    corrector = Adapted(language_model_path=str(LANGUAGE_MODEL))
    corrector.correct("项目支出绩效目标表")  # reads its dictionaries now
    names = ("pycorrector", "kenlm-ex", "jieba", "pypinyin")
    print(json.dumps({name: version(name) for name in names} | {"Python": platform.python_version()}), flush=True)
    texts: list[str] = []
    for line in sys.stdin:
        message = json.loads(line)
        if isinstance(message, str):
            texts.append(message)
            continue
        before = time.perf_counter()
        corrected = [corrector.correct(text, threshold=message)["target"] for text in texts]
        seconds = time.perf_counter() - before
        for answer in (*corrected, seconds):
            print(json.dumps(answer))
        sys.stdout.flush()
        texts = []


def one_by_one(correct: Callable[[str], str]) -> Work:
    """Return a corrector of single texts as one of many, with its time; blank texts stay."""

    def work(texts: Sequence[str]) -> tuple[list[str], float]:
        before = time.perf_counter()
        corrected = [correct(text) if text.strip() else text for text in texts]
        return corrected, time.perf_counter() - before

    return work


def closed_up(work: Work) -> Work:
    """Return a corrector that is spared Tesseract's blanks: 绩 效 目 标 → 绩效目标. It knows no way with them; jiaokan gets them."""
    return lambda texts: work([BETWEEN_HAN.sub("", text) for text in texts])


def by_jiaokan(apply: str) -> Work:
    """Return jiaokan at one level."""
    import jiaokan

    return one_by_one(lambda text: jiaokan.clean(text, apply=apply).text)


def column(name: str, field: str) -> list[str]:
    """Return one column of a dictionary."""
    lines = [line for line in (DICTIONARIES / name).read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    at = lines[0].split("\t").index(field)
    return [line.split("\t")[at] for line in lines[1:]]


def cut(text: str) -> str:
    """Return the text as jieba cuts it and we glue it: the yardstick of speed."""
    return "".join(jieba.cut(text))


def timed(work: Work, texts: Sequence[str]) -> tuple[list[str], float]:
    """Return what `work` makes of the texts and its seconds: the shorter of two passes if they are brief."""
    corrected, seconds = work(texts)
    return corrected, min(seconds, work(texts)[1]) if seconds < BRIEF else seconds


# --- the data ---------------------------------------------------------------------------------------------------------


def line_sets(folder: Path, sample: int | None, seed: int) -> Iterator[DataSet]:
    """Yield the pairs of each file `*_dev.tsv` of a folder."""
    paths = sorted(folder.glob("*_dev.tsv"))
    if not paths:
        print(f"{folder}: no *_dev.tsv; lines left out", file=sys.stderr)
    for path in paths:
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        pairs = [Pair(*row.split("\t")[:2]) for row in rows if row]
        if sample is not None and sample < len(pairs):
            pairs = random.Random(seed).sample(pairs, sample)
        yield DataSet(path.stem, tuple(pairs), pages=False)


def page_sets(corpus: Path) -> Iterator[DataSet]:
    """Yield the development pages of each folder of OCR output, with what was printed on them."""
    pages = corpus / "pages"
    if not (corpus / "splits.tsv").is_file() or not (pages / "ocr").is_dir():
        print(f"{corpus}: no splits.tsv or no pages/ocr; pages left out", file=sys.stderr)
        return
    rows = [line for line in (corpus / "splits.tsv").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    header = rows[0].split("\t")
    ids = sorted(cells[header.index("id")] for cells in (row.split("\t") for row in rows[1:]) if cells[header.index("split")] == "dev")
    for folder in sorted(path for path in (pages / "ocr").iterdir() if path.is_dir()):
        pairs = []
        for name in ids:
            read, truth = folder / f"{name}.txt", pages / "truth" / f"{name}.json"
            if read.is_file() and truth.is_file():
                pairs.append(Pair(read.read_text(encoding="utf-8"), json.loads(truth.read_text(encoding="utf-8"))["text"]))
        if len(pairs) < len(ids):
            print(f"{folder.name}: {len(ids) - len(pairs)} of {len(ids)} development pages are missing", file=sys.stderr)
        if pairs:
            yield DataSet(folder.name, tuple(pairs), pages=True)


# --- the measures -----------------------------------------------------------------------------------------------------


def squeeze(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def score(pairs: Sequence[Pair], corrected: Sequence[str], *, pages: bool) -> Score:
    """Return the counts of a data set, white space left out."""
    from rapidfuzz.distance import Levenshtein

    characters = distance = lines = right = damaged = changed = repaired = 0
    for (read, printed), after in zip(pairs, corrected, strict=True):
        truth, result = squeeze(printed), squeeze(after)
        characters += len(truth)
        distance += Levenshtein.distance(result, truth)
        before_and_after = lines_of(read, result) if pages else [(squeeze(read), result)]
        for before, then in before_and_after:
            # A line of a page is right if the page has it somewhere; one that is gone is not.
            was_right, is_right = (bool(line) and line in truth if pages else line == truth for line in (before, then))
            lines += 1
            right += was_right
            damaged += was_right and not is_right
            changed += before != then
            repaired += is_right and not was_right
    return Score(characters, distance, lines, right, damaged, changed, repaired)


def lines_of(page: str, result: str) -> list[tuple[str, str]]:
    """Return each line of a page with what became of it, by the cheapest alignment of the two; all without white space."""
    from rapidfuzz.distance import Levenshtein

    lines = [line for line in map(squeeze, page.splitlines()) if line]
    landed = [0]  # for each place between characters of the page, its place in the result
    for tag, start, end, low, _ in Levenshtein.opcodes("".join(lines), result):
        if tag != "insert":  # what is inserted between two lines belongs to the second
            landed.extend(low if tag == "delete" else low + step for step in range(1, end - start + 1))
    landed[-1] = len(result)
    pairs, at = [], 0
    for line in lines:
        pairs.append((line, result[landed[at] : landed[at + len(line)]]))
        at += len(line)
    return pairs


def share(part: float, whole: float, sign: str = "") -> str:
    """Return a percentage, or a dash if there is nothing to divide by."""
    return f"{100 * part / whole:{sign}.1f}" if whole else "–"


def f1(one: Score) -> str:
    """Return the F1 of sentences in per cent: exactly repaired, against changed and wrong."""
    return share(2 * one.repaired, one.changed + one.lines - one.right)


HEADER = (
    "corrector",
    "CER %",
    "relative change %",
    "precision %",
    "recall %",
    "F1 %",
    "right lines damaged %",
    "characters/s",
    "time ÷ jieba's",
)


def report(data: DataSet, correctors: Sequence[tuple[str, Work]]) -> str:
    """Return the Markdown table of one data set."""
    texts = [pair.read for pair in data.pairs]
    size = sum(map(len, texts))
    yardstick = one_by_one(cut)
    untouched = score(data.pairs, texts, pages=data.pages)
    rows = [HEADER, ("---", *["---:"] * (len(HEADER) - 1))]
    fastest = float("inf")
    for name, work in correctors:
        print(f"{data.name}: {name}", file=sys.stderr)
        before = timed(yardstick, texts)[1]
        corrected, seconds = timed(work, texts)
        jiebas = min(before, timed(yardstick, texts)[1])  # by turns: machines have moods
        fastest = min(fastest, jiebas)
        one = score(data.pairs, corrected, pages=data.pages)
        wrong = one.lines - one.right
        sentences = ("–",) * 3 if data.pages or work is nothing else (share(one.repaired, one.changed), share(one.repaired, wrong), f1(one))
        speed = (f"{size / seconds:,.0f}", f"{seconds / jiebas:,.0f}") if seconds else ("–", "–")
        relative = share(one.distance - untouched.distance, untouched.distance, "+")
        cer = f"{100 * one.distance / one.characters:.2f}"
        damaged = f"{share(one.damaged, one.right)} ({one.damaged})"
        rows.append((name, cer, "" if work is nothing else relative, *sentences, damaged, *speed))
    unit = f"{len(texts):,} pages of {untouched.lines:,} lines" if data.pages else f"{len(texts):,} lines"
    wrong = untouched.lines - untouched.right
    title = f"{data.name}: {unit}, {size:,} characters, {wrong:,} lines wrong, jieba {size / fastest:,.0f} characters/s"
    return f"**{title}**\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def nothing(texts: Sequence[str]) -> tuple[list[str], float]:
    """Return the texts as they are."""
    return list(texts), 0.0


def main() -> None:
    """Print a table for each data set, and write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path, help="folder of *_dev.tsv")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="folder of splits.tsv and pages/")
    parser.add_argument("--peer-python", help="an interpreter that has requirements-peers.txt")
    parser.add_argument("--sample", type=int, help="lines of each file of PAIRS; all if left out")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("-o", "--output", type=Path, help="write the tables here too")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    import jiaokan

    jieba.setLogLevel(logging.WARNING)
    names = {"jiaokan": jiaokan.__version__} | {name: version(name) for name in ("jieba", "rapidfuzz")}
    terms = sorted({*column("terms.tsv", "term"), *column("places.tsv", "name")})
    correctors: list[tuple[str, Work]] = [
        ("no correction", nothing),
        ("term table, one edit", closed_up(one_by_one(TermTable(terms).correct))),
        ("term table, one substitution", closed_up(one_by_one(TermTable(terms, same_length=True).correct))),
    ]
    with ExitStack() as stack:
        if options.peer_python:
            peer = stack.enter_context(Peer(options.peer_python))
            correctors += [(f"pycorrector, {name}", closed_up(peer.at(threshold))) for threshold, name in THRESHOLDS.items()]
            names |= {"pycorrector": peer.versions["pycorrector"], "its Python": peer.versions["Python"]}
        correctors += [(f"jiaokan, {level}", by_jiaokan(level)) for level in ("certain", "likely")]
        for _, work in correctors:
            work(["项目支出绩效日标表"])  # each reads its dictionaries now
        sets = [*page_sets(options.corpus)]
        if options.pairs:
            sets += line_sets(options.pairs, options.sample, options.seed)
        about = ", ".join(f"{name} {number}" for name, number in names.items())
        print(about, "" if options.peer_python else "pycorrector left out: no --peer-python", sep="\n")
        tables = [about + "\n"]
        for data in sets:
            tables.append(report(data, correctors))
            print(tables[-1], flush=True)
    if options.output:
        options.output.write_text("\n".join(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
