"""Fit the estimate of the error rate to pages read by real engines: dictionaries/estimates.toml.

    python dictionaries/make/estimates.py corpus            # fit on the dev pages (the language model has seen the train pages); print how well it does
    python dictionaries/make/estimates.py corpus --judge    # fit nothing: judge the numbers in force on the test pages

For each character read: was it wrong, or was something lost before it? A logistic regression over what detection and repair
know of it (`jiaokan.detect.quality.FEATURES`). The printed texts themselves are among the pages: a sound page is one, too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from folds import names
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from weights import logistic

from jiaokan import plan, read
from jiaokan.detect.quality import FEATURES, chances, doubts
from jiaokan.evaluate.align import Measure, prepare
from jiaokan.knowledge import home
from jiaokan.knowledge.load import Knowledge, load

Floats = NDArray[np.float64]
BANDS = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)
FOLDS, READINGS = 3, 7  # parts for cross-fitting; a document is read six times, and printed
PRINTED = "printed"  # the name of the engine that makes no mistakes


class Page(NamedTuple):
    """A page as one engine read it: what is known of each character and how many errors stand there."""

    engine: str
    features: Floats
    errors: Floats
    size: int  # characters of the truth


def pages(corpus: Path, split: str, knowledge: Knowledge) -> Iterator[Page]:
    """Yield the pages of a split as each engine read them, and as they were printed."""
    for name in names(corpus, split):
        printed = json.loads((corpus / "pages" / "truth" / f"{name}.json").read_text(encoding="utf-8"))["text"]
        yield page(PRINTED, printed, printed, knowledge)
        for path in sorted((corpus / "pages" / "ocr").glob(f"*/{name}.txt")):
            yield page(path.parent.name, path.read_text(encoding="utf-8"), printed, knowledge)


def page(engine: str, text: str, printed: str, knowledge: Knowledge) -> Page:
    """Return one reading, its errors placed at the characters read: a loss at the next one."""
    found = doubts(*reversed(plan.mended(read.from_text(text), knowledge)), knowledge)
    have, want = (prepare(some, Measure.LENIENT) for some in (text, printed))
    errors = np.zeros(len(text) + 1)
    for edit in Levenshtein.editops(have.text, want.text):
        errors[have.places[edit.src_pos] if edit.src_pos < len(have.places) else len(text)] += 1
    kept = errors[found.places]
    kept[-1:] += errors.sum() - kept.sum()  # what is lost at the very end
    return Page(engine, found.features, kept, len(want.text))


def fitted(some: list[Page]) -> dict[str, float]:
    """Return the weights: features scaled for the penalty's sake, then scaled back."""
    matrix = np.vstack([page.features for page in some])
    wrong = np.concatenate([page.errors for page in some]) > 0
    mean, scale = matrix.mean(axis=0), np.maximum(matrix.std(axis=0), 1e-9)
    weights = logistic(np.column_stack([(matrix - mean) / scale, np.ones(len(matrix))]), wrong.astype(float))
    plain = weights[:-1] / scale
    return {**dict(zip(FEATURES, plain, strict=True)), "bias": weights[-1] - float(plain @ mean)}


def spread(parts: list[tuple[list[Page], dict[str, float]]], errors_a_fault: float) -> dict[str, float]:
    """Return by what the errors of a page scatter about the estimate: the likeliest pair of a normal distribution's.

    Each part of the pages comes with weights that were fitted on others.
    """
    sums = []
    for some, weights in parts:
        for page in some:
            wrong = chances_of(page, weights)
            sums.append((wrong.sum() * errors_a_fault, (wrong * (1 - wrong)).sum(), page.errors.sum()))
    expected, variance, true = np.array(sums).T

    def unlikelihood(pair: tuple[float, float]) -> float:
        total = variance * pair[0] + (pair[1] * expected) ** 2
        return float((np.log(total) + (true - expected) ** 2 / total).sum())

    overdispersion, page_share = min(product(np.arange(1, 6, 0.25), np.arange(0.05, 1.5, 0.05)), key=unlikelihood)
    return {"errors_a_fault": errors_a_fault, "overdispersion": overdispersion, "page": page_share}


def crossed(some: list[Page], fit: Callable[[list[Page]], dict[str, float]]) -> Iterator[tuple[list[Page], dict[str, float]]]:
    """Yield parts of the pages with weights fitted on the others; the readings of one document stay together."""
    documents = [some[start : start + READINGS] for start in range(0, len(some), READINGS)]
    for part in range(FOLDS):
        mine = [page for number, pages_of in enumerate(documents) if number % FOLDS == part for page in pages_of]
        yield mine, fit([page for number, pages_of in enumerate(documents) if number % FOLDS != part for page in pages_of])


def chances_of(page: Page, weights: dict[str, float]) -> Floats:
    """Return the probability of fault of each character."""
    from jiaokan.detect.quality import Doubts

    return chances(Doubts(np.zeros(0, dtype=np.int64), page.features, 0), weights)


def judged(parts: list[tuple[list[Page], dict[str, float]]], scatter: dict[str, float]) -> list[str]:
    """Return how good the estimate is: per engine, over pages, per band of probability; each part by its own weights."""
    rows, given, wrong = [], [], []
    for page, weights in ((page, weights) for some, weights in parts for page in some):
        chance = chances_of(page, weights)
        expected = chance.sum() * scatter["errors_a_fault"]
        deviation = np.sqrt((chance * (1 - chance)).sum() * scatter["overdispersion"] + (scatter["page"] * expected) ** 2)
        inside = abs(page.errors.sum() - expected) <= 1.645 * deviation
        rows.append((page.engine, expected, page.errors.sum(), page.size, inside))
        if page.engine != PRINTED:
            given.append(chance)
            wrong.append(page.errors > 0)
    table = pd.DataFrame(rows, columns=["engine", "estimated", "true", "size", "inside"])
    lines = [
        f"{engine}: {len(part)} pages, estimated {part.estimated.sum() / part['size'].sum():.4f}, true {part.true.sum() / part['size'].sum():.4f}"
        for engine, part in table.groupby("engine")
    ]
    engines = table[table.engine != PRINTED]
    rank = pd.DataFrame({"a": engines.estimated / engines["size"], "b": engines.true / engines["size"]}).rank().corr().iloc[0, 1]
    lines.append(
        f"all engines: pooled {engines.estimated.sum() / engines.true.sum():.3f} of the true number, Spearman {rank:.3f} over {len(engines)} pages, "
        f"true number within the 90 % interval on {engines.inside.mean():.0%}"
    )
    chance, fault = np.concatenate(given), np.concatenate(wrong)
    for low, high in pairwise(BANDS):
        band = (chance >= low) & (chance < high)
        if band.any():
            lines.append(f"given {low:.2f}-{high:.2f}: {fault[band].sum()} of {band.sum()} wrong ({fault[band].mean():.3f}, mean given {chance[band].mean():.3f})")
    return lines


def main() -> None:
    """Fit and write, or judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--judge", action="store_true", help="judge the numbers in force on the test pages")
    options = parser.parse_args()
    knowledge = load()
    if options.judge:
        print("\n".join(judged([(list(pages(options.corpus, "test", knowledge)), knowledge.estimates["character"])], knowledge.estimates["spread"])))
        return
    dev = list(pages(options.corpus, "dev", knowledge))
    weights, parts = fitted(dev), list(crossed(dev, fitted))
    errors = np.concatenate([page.errors for page in dev])
    scatter = spread(parts, float(errors.sum() / sum(chances_of(page, weights).sum() for page in dev)))
    report = judged(parts, scatter)
    print("\n".join(report))
    head = ["title: Numbers of the estimated error rate", "source: fitted by dictionaries/make/estimates.py on the dev pages of corpus/pages (the train pages are in the language model)"]
    head += ["licence: Apache-2.0", "on the dev pages, each third by what was fitted on the others:", *(f"  {line}" for line in report)]
    tables = {"character": weights, "spread": scatter}
    body = "".join(f"\n[{name}]\n" + "".join(f"{key} = {value:.6f}\n" for key, value in table.items()) for name, table in tables.items())
    (home() / "estimates.toml").write_text("".join(f"# {line}\n" for line in head) + body, encoding="utf-8")


if __name__ == "__main__":
    main()
