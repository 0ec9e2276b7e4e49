"""How far a reading is from the truth, before and after cleaning: counts first, rates from pooled counts only.

    >>> from jiaokan.evaluate import compare
    >>> compare("庐山市财政局", "原山市财政")
    Counts(substitutions=1, deletions=1, insertions=0, characters=6)

align compares two texts, pairs finds the files that belong together, measure judges one document, summary adds documents
up, tables, terminal and html show the result.
"""

from __future__ import annotations

from pathlib import Path

from jiaokan.evaluate.align import Alignment, Counts, Measure, prepare
from jiaokan.evaluate.measure import judge_all
from jiaokan.evaluate.pairs import match
from jiaokan.evaluate.summary import Evaluation, summarise

__all__ = ["Counts", "Evaluation", "Measure", "compare", "evaluate"]


def evaluate(truth: str | Path, ocr: str | Path, cleaned: str | Path | None = None) -> Evaluation:
    """Return how far the OCR texts, and what cleaning made of them, are from the truth; `evaluation.tables()` gives rows.

    Args:
        truth: a file or folder of truth: JSON (`text`, and optionally sections, fields, indicators, traps), or plain text.
        ocr: a file or folder of texts; a document's id is its file stem, its engine the folder it lies in.
        cleaned: a run folder of `jiaokan clean -o`, or texts under the same names.

    Raises:
        InputError: a path does not exist, no truth belongs to any text, or the run is not complete. What is wrong with
            one document is a row of `remarks`.
    """
    matched = match(Path(truth), Path(ocr), None if cleaned is None else Path(cleaned))
    return summarise(judge_all(matched.pairs), matched.remarks)


def compare(truth: str, read: str, *, measure: Measure = Measure.STRICT) -> Counts:
    """Return the fewest character errors that turn one text into the other: 庐山市 read as 原山 → 1 substituted, 1 lost."""
    return Alignment(prepare(truth, measure), prepare(read, measure)).counts
