"""The quality gate: clean the pages of a split, measure, and compare with the floors of corpus/baseline.json.

    python tests/gate.py                                     # dev pages against the floors; exit 1 below one
    python tests/gate.py --update                            # raise the floors to what is measured now
    python tests/gate.py --update --lower "why it is right"  # lower floors too; the reason is kept in the baseline
    python tests/gate.py --split test                        # the figures of a release, for the README; no floors

Rates are of pooled counts. The baseline holds the hash of the pages it was measured on: on others it says nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jiaokan import cli, evaluate
from jiaokan.evaluate.summary import Evaluation

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
BASELINE = CORPUS / "baseline.json"
PRINTED = "printed"
SLACK = 1e-4  # figures are kept to four decimals


def chosen(split: str, corpus: Path) -> list[str]:
    """Return the ids of a split."""
    lines = [line.split("\t") for line in (corpus / "splits.tsv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [line[0] for line in lines[1:] if line[1] == split]


def gathered(ids: list[str], corpus: Path, folder: Path) -> None:
    """Lay out the pages as `evaluate` wants them: truth/, and read/ENGINE/, the printed text among the engines."""
    for name in ids:
        truth = corpus / "pages" / "truth" / f"{name}.json"
        copied(truth, folder / "truth" / truth.name)
        printed = folder / "read" / PRINTED / f"{name}.txt"
        printed.parent.mkdir(parents=True, exist_ok=True)
        printed.write_text(json.loads(truth.read_text(encoding="utf-8"))["text"], encoding="utf-8")
        for path in (corpus / "pages" / "ocr").glob(f"*/{name}.txt"):
            copied(path, folder / "read" / path.parent.name / path.name)


def copied(source: Path, target: Path) -> None:
    """Copy a file, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def fingerprint(folder: Path) -> str:
    """Return the sha256 of every file's name and content."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def measured(folder: Path, apply: str) -> Evaluation:
    """Clean what was gathered and return how that went."""
    run = folder / f"run-{apply}"
    if code := cli.main(["clean", str(folder / "read"), "-o", str(run), "--apply", apply, "--jobs", "2"]):
        sys.exit(f"gate: clean ended with {code}")
    return evaluate.evaluate(folder / "truth", folder / "read", run)


def figures(found: Evaluation, apply: str) -> Iterator[tuple[str, float]]:
    """Yield the figures the gate keeps, each the higher the better."""
    for group in found.groups:
        score = group.scores[evaluate.Measure.LENIENT]
        if group.by == "engine" and group.name == PRINTED:
            yield f"{apply}: characters of printed text unharmed", 1 - score.worse / score.before.characters
        elif group.by == "engine" and score.reduction is not None:
            yield f"{apply}: errors taken away, {group.name}", score.reduction
    rows = {row["status"]: row for row in found.tables()["edits"] if row["kind"] == ""}
    if "applied" in rows:
        yield f"{apply}: repairs not for the worse", 1 - rows["applied"]["worse"] / rows["applied"]["edits"]
    tables = found.tables()
    fields = next(row for row in tables["fields"] if row["label"] == "")
    yield f"{apply}: field F1", fields["f1"]
    yield f"{apply}: indicator row F1", tables["indicators"][0]["f1"]
    if apply == "certain" and found.estimates:
        estimates = found.estimates
        true = estimates.true_errors / estimates.truth_characters
        yield "estimate: Spearman over pages", estimates.spearman or 0.0
        yield "estimate: closeness of the pooled rate", 1 - abs(estimates.estimated_errors / estimates.characters - true) / true


def compared(now: dict[str, float], baseline: dict[str, Any], corpus: str) -> list[str]:
    """Return what is below its floor; a missing figure is below, another corpus cannot be judged."""
    if baseline["corpus"] != corpus:
        return ["the pages are not those of the baseline: measure it anew with --update"]
    return [
        f"{name}: {now.get(name, float('nan')):.4f} is below its floor {floor:.4f}" for name, floor in baseline["floors"].items() if not now.get(name, -1) >= floor - SLACK
    ]


def updated(now: dict[str, float], old: dict[str, Any] | None, corpus: str, reason: str | None) -> dict[str, Any]:
    """Return the new baseline. Raises ValueError if a floor would sink and no reason is given."""
    floors = {name: round(value, 4) for name, value in now.items()}
    lowered = list(old["lowered"]) if old else []
    for name, floor in (old["floors"] if old else {}).items():
        if floors.get(name, -1) < floor:
            if not reason:
                raise ValueError(f"{name} would sink from {floor} to {floors.get(name)}: give a reason with --lower")
            lowered.append({"figure": name, "from": floor, "to": floors.get(name), "reason": reason})
    return {"corpus": corpus, "floors": floors, "lowered": lowered}


def main(arguments: list[str] | None = None) -> int:
    """Measure, and judge or update; return an exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=("dev", "test"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--lower", metavar="REASON")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--baseline", type=Path, default=BASELINE)
    options = parser.parse_args(arguments)
    if options.split == "test" and options.update:
        parser.error("the test pages have no floors")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gathered(chosen(options.split, options.corpus), options.corpus, folder)
        corpus = fingerprint(folder)
        now = {key: value for apply in ("certain", "likely") for key, value in figures(measured(folder, apply), apply)}
    print("\n".join(f"{key}\t{value:.4f}" for key, value in now.items()))
    if options.split == "test":
        return 0
    if options.update:
        old = json.loads(options.baseline.read_text(encoding="utf-8")) if options.baseline.exists() else None
        try:
            baseline = updated(now, old, corpus, options.lower)
        except ValueError as error:
            print(f"gate: {error}", file=sys.stderr)
            return 1
        options.baseline.write_text(json.dumps(baseline, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return 0
    if not options.baseline.exists():
        print(f"gate: {options.baseline} is missing: measure it with --update", file=sys.stderr)
        return 1
    faults = compared(now, json.loads(options.baseline.read_text(encoding="utf-8")), corpus)
    print("".join(f"gate: {fault}\n" for fault in faults), end="", file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
