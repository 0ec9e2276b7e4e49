"""Documents added up: every rate comes from pooled counts, never from an average of rates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from jiaokan.errors import InputError
from jiaokan.evaluate import tables
from jiaokan.evaluate.align import Measure, Score
from jiaokan.evaluate.measure import Found, Judged, Scores
from jiaokan.evaluate.pairs import Remark

SCHEMA = "jiaokan/evaluation/1"


class Group(NamedTuple):
    """Documents, or places in them, that share a name: an engine, a family, a section, a field label; or all of them."""

    by: str
    name: str
    documents: int
    scores: Scores


class Page(NamedTuple):
    """One document's figures; estimates are None where no record has them."""

    engine: str
    id: str
    family: str
    scores: Scores
    characters: int  # of the reading, white space aside: what the estimate is counted in
    estimated_rate: float | None
    interval: tuple[float, float] | None


class Estimates(NamedTuple):
    """How well error rates were estimated without the truth."""

    documents: int
    spearman: float | None  # between estimated and true rates; None for fewer than three documents, or equal rates
    estimated_errors: float
    characters: int  # that the estimate is of
    true_errors: int
    truth_characters: int
    inside: int  # documents whose true rate lies in their interval
    intervals: int  # documents that have one


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; `tables()` gives it as rows, `to_json()` as one JSON object."""

    is_cleaned: bool
    groups: tuple[Group, ...]  # the first is all documents
    pages: tuple[Page, ...]
    edits: Counter[tuple[str, str, str]]  # status, kind, verdict
    faults: Counter[tuple[str, str, str]]  # kind of fault, class of character, outcome
    confusions: Counter[tuple[str, str, str, bool]]  # kind, printed, read, mended
    fields: Counter[tuple[str, str]]  # label, "truth" | "found" | "right"
    indicators: Found
    traps: Counter[tuple[str, bool]]  # kind of trap, harmed
    estimates: Estimates | None
    remarks: tuple[Remark, ...]

    @property
    def strict(self) -> Score:
        """Return the pooled score of all documents, code points as they stand."""
        return self.groups[0].scores[Measure.STRICT]

    @property
    def lenient(self) -> Score:
        """Return the pooled score of all documents, white space and width aside."""
        return self.groups[0].scores[Measure.LENIENT]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the evaluation as rows by table: rates, documents, edits, faults, fields, indicators, confusions, traps, estimates, remarks."""
        return tables.rows(self)

    def to_json(self) -> dict[str, Any]:
        """Return the evaluation as JSON-ready values."""
        return {"schema": SCHEMA, "cleaned": self.is_cleaned, **self.tables()}


def summarise(results: Iterable[Judged | Remark], remarks: Iterable[Remark] = ()) -> Evaluation:
    """Return the results added up; of each document only its figures are kept.

    Raises InputError, with the first remark, if no document could be judged.
    """
    groups: dict[tuple[str, str], list[tuple[int, Scores]]] = defaultdict(list)
    pages: list[Page] = []
    said = list(remarks)
    edits, faults, confusions, fields, traps = Counter[Any](), Counter[Any](), Counter[Any](), Counter[Any](), Counter[Any]()
    indicators, is_cleaned = Found(), False
    for result in results:
        if isinstance(result, Remark):
            said.append(result)
            continue
        is_cleaned = result.pair.is_cleaned
        said += result.remarks
        pages.append(_page(result))
        for key, scores in _places(result).items():
            _add(groups[key], scores)
        for total, one in ((edits, result.edits), (faults, result.faults), (confusions, result.confusions), (fields, result.fields), (traps, result.traps)):
            total.update(one)
        indicators = Found(*map(sum, zip(indicators, result.indicators, strict=True)))
    if not pages:
        raise InputError(said[0].what, where=said[0].where, fix=said[0].fix) if said else InputError("nothing to measure", where="evaluate", fix="give a truth and its reading")
    found = tuple(Group(by, name, count, scores) for (by, name), [(count, scores)] in groups.items())
    return Evaluation(is_cleaned, found, tuple(pages), edits, faults, confusions, fields, indicators, traps, _estimates(pages), tuple(said))


def _page(result: Judged) -> Page:
    estimate = result.estimate
    characters = (estimate.characters if estimate else 0) or len(result.progress[Measure.LENIENT].before.read.text)
    return Page(
        result.pair.engine, result.pair.id, result.truth.family, result.total, characters,
        estimate.estimated_error_rate if estimate else None, estimate.interval if estimate else None,
    )  # fmt: skip


def _places(result: Judged) -> dict[tuple[str, str], Scores]:
    """Return the document's scores in every group it belongs to."""
    found = {("all", ""): result.total, ("engine", result.pair.engine): result.total, ("family", result.truth.family): result.total}
    for by, places in (("section", result.sections), ("field", result.labels)):
        for name, scores in places:
            found[by, name] = _sum(found[by, name], scores) if (by, name) in found else scores
    return found


def _add(group: list[tuple[int, Scores]], scores: Scores) -> None:
    """Add a document's scores to a group's sum, the list's one entry."""
    group[:] = [(group[0][0] + 1, _sum(group[0][1], scores))] if group else [(1, scores)]


def _sum(left: Scores, right: Scores) -> Scores:
    return {measure: left[measure] + right[measure] for measure in Measure}


def _estimates(pages: list[Page]) -> Estimates | None:
    """Return how the estimated rates compare with the true lenient rates of the readings, before cleaning."""
    judged = [(page, page.estimated_rate, page.scores[Measure.LENIENT].before) for page in pages if page.estimated_rate is not None]
    if not judged:
        return None
    bounds = [(page.interval, counts.rate) for page, _, counts in judged if page.interval]
    return Estimates(
        documents=len(judged),
        spearman=_spearman([rate for _, rate, _ in judged], [counts.rate for _, _, counts in judged]),
        estimated_errors=sum(rate * page.characters for page, rate, _ in judged),
        characters=sum(page.characters for page, _, _ in judged),
        true_errors=sum(counts.errors for _, _, counts in judged),
        truth_characters=sum(counts.characters for _, _, counts in judged),
        inside=sum(low <= rate <= high for (low, high), rate in bounds),
        intervals=len(bounds),
    )


def _spearman(left: list[float], right: list[float]) -> float | None:
    """Return the rank correlation of two lists, ties at their mean rank."""
    import numpy as np
    import pandas as pd

    ranks = [pd.Series(values).rank() for values in (left, right)]
    if len(left) < 3 or any(rank.nunique() < 2 for rank in ranks):
        return None
    return float(np.corrcoef(ranks[0].to_numpy(), ranks[1].to_numpy())[0, 1])
