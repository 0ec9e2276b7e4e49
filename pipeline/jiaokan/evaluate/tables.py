"""An evaluation as tidy rows: each rate beside its numerator and denominator."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.evaluate.align import Counts, Measure, Score
from jiaokan.report.files import write
from jiaokan.report.tables import kept

if TYPE_CHECKING:
    from jiaokan.evaluate.summary import Evaluation, Group, Page

Row = dict[str, Any]
VERDICTS = ("right", "better", "neutral", "worse")
OUTCOMES = ("mended", "suggested", "flagged", "missed")
STATUSES = ("applied", "suggested", "flagged")
_DIGITS = 6  # decimals of a rate


def rows(evaluation: Evaluation) -> dict[str, list[Row]]:
    """Return every table of the evaluation; those that need a cleaned text or a record are empty without one."""
    return {
        "rates": [row for group in evaluation.groups for row in _rates(group)],
        "documents": [_document(page) for page in evaluation.pages],
        "edits": _edits(evaluation.edits),
        "faults": _faults(evaluation.faults),
        "fields": _fields(evaluation),
        "indicators": [_found(*evaluation.indicators)] if any(evaluation.indicators) else [],
        "confusions": _confusions(evaluation.confusions),
        "traps": _traps(evaluation.traps),
        "estimates": _estimates(evaluation),
        "remarks": [remark._asdict() for remark in evaluation.remarks],
    }


def write_tables(folder: Path, evaluation: Evaluation) -> None:
    """Write `NAME.csv` (UTF-8 with BOM) for each table that has rows, and evaluation.json with all of them."""
    for name, table in evaluation.tables().items():
        stream = io.StringIO()
        if table:
            writer = csv.DictWriter(stream, list(table[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows({key: kept(value) for key, value in row.items()} for row in table)
        write(folder / f"{name}.csv", stream.getvalue().encode("utf-8-sig", "backslashreplace"))
    write(folder / "evaluation.json", to_json(evaluation))


def to_json(evaluation: Evaluation) -> str:
    """Return the evaluation as JSON text that every encoder takes."""
    return json.dumps(evaluation.to_json(), ensure_ascii=False, indent=1).encode(errors="backslashreplace").decode() + "\n"


def share(part: float, whole: float) -> float | None:
    """Return part / whole rounded, None of nothing."""
    return round(part / whole, _DIGITS) if whole else None


def _rates(group: Group) -> list[Row]:
    return [{"by": group.by, "name": group.name, "documents": group.documents, "measure": str(measure)} | _score(group.scores[measure]) for measure in Measure]


def _score(score: Score) -> Row:
    after = score.after
    cleaned = {f"after_{name}": value for name, value in (_counts(after) if after else dict.fromkeys(_counts(score.before))).items()}
    changed = {"reduction": None if score.reduction is None else round(score.reduction, _DIGITS), "better": score.better, "worse": score.worse}
    return _counts(score.before) | cleaned | changed


def _counts(counts: Counts) -> Row:
    return {
        "substitutions": counts.substitutions, "lost": counts.deletions, "intruders": counts.insertions,
        "errors": counts.errors, "characters": counts.characters, "rate": round(counts.rate, _DIGITS),
    }  # fmt: skip


def _document(page: Page) -> Row:
    low, high = page.interval or (None, None)
    rate = page.scores[Measure.LENIENT].before.rate
    row: Row = {"engine": page.engine, "id": page.id, "family": page.family}
    for measure in (Measure.LENIENT, Measure.STRICT):
        row |= {f"{measure}_{name}": value for name, value in _score(page.scores[measure]).items()}
    row |= {"estimated_rate": page.estimated_rate, "interval_low": low, "interval_high": high}
    return row | {"inside": None if low is None or high is None else low <= rate <= high}


def _edits(edits: Counter[tuple[str, str, str]]) -> list[Row]:
    """Return a row for each status and kind, the status's own sum (kind "") before its kinds."""
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (status, kind, judged), count in edits.items():
        counted[status, kind][judged] += count
        counted[status, ""][judged] += count
    found = []
    for status, kind in sorted(counted, key=lambda key: (STATUSES.index(key[0]), bool(key[1]), -counted[key].total(), key[1])):
        verdicts = counted[status, kind]
        total, good = verdicts.total(), verdicts["right"] + verdicts["better"]
        found.append({"status": status, "kind": kind, "edits": total} | {name: verdicts[name] for name in VERDICTS} | {"precision": share(good, total)})
    return found


def _faults(faults: Counter[tuple[str, str, str]]) -> list[Row]:
    counted: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (kind, of_class, outcome), count in faults.items():
        counted[kind, of_class][outcome] += count
    return [
        {"fault": kind, "class": of_class, "faults": outcomes.total()} | {name: outcomes[name] for name in OUTCOMES} | {"recall": share(outcomes["mended"], outcomes.total())}
        for (kind, of_class), outcomes in sorted(counted.items(), key=lambda item: (-item[1].total(), item[0]))
    ]


def _found(truth: int, found: int, right: int) -> Row:
    return {"truth": truth, "found": found, "right": right, "precision": share(right, found), "recall": share(right, truth), "f1": share(2 * right, truth + found)}


def _fields(evaluation: Evaluation) -> list[Row]:
    """Return a row for all fields (label "") and one for each label; what no truth marks (a letter's 正文, say) is not judged."""
    fields = evaluation.fields
    labels = sorted({label for label, _ in fields if fields[label, "truth"]})
    if not labels:
        return []
    sides = ("truth", "found", "right")
    total = [sum(fields[label, side] for label in labels) for side in sides]
    ranked = sorted(labels, key=lambda label: (-fields[label, "truth"], label))
    return [{"label": "", **_found(*total)}] + [{"label": label, **_found(*(fields[label, side] for side in sides))} for label in ranked]


def _confusions(confusions: Counter[tuple[str, str, str, bool]]) -> list[Row]:
    counted: dict[tuple[str, str, str], Counter[bool]] = defaultdict(Counter)
    for (kind, printed, read, mended), count in confusions.items():
        counted[kind, printed, read][mended] += count
    ranked = sorted(counted.items(), key=lambda item: (-item[1].total(), item[0]))
    return [{"fault": kind, "printed": printed, "read": read, "count": counts.total(), "mended": counts[True]} for (kind, printed, read), counts in ranked]


def _traps(traps: Counter[tuple[str, bool]]) -> list[Row]:
    return [{"kind": kind, "traps": traps[kind, False] + traps[kind, True], "harmed": traps[kind, True]} for kind in sorted({kind for kind, _ in traps})]


def _estimates(evaluation: Evaluation) -> list[Row]:
    """Return the one row of estimates, with the pooled rates and their ratio, if any record has an estimate."""
    estimates = evaluation.estimates
    if estimates is None:
        return []
    row = estimates._asdict() | {"estimated_rate": share(estimates.estimated_errors, estimates.characters), "true_rate": share(estimates.true_errors, estimates.truth_characters)}
    row |= {"ratio": share(row["estimated_rate"] or 0, row["true_rate"] or 0), "inside_share": share(estimates.inside, estimates.intervals)}
    return [{key: round(value, _DIGITS) if isinstance(value, float) else value for key, value in row.items()}]
