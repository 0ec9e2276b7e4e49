"""A run's tables → the figures its report shows: pooled rates, counts by kind, rule and check. No HTML."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from jiaokan.detect.quality import Rate, pooled

Row = Mapping[str, Any]
Key = TypeVar("Key", str, tuple[str, str])

BOUNDS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.12)  # between the columns of the distribution
LIMIT = 0.05  # from here on a page is cheaper to scan again than to mend; the report says that it is a convention


@dataclass(frozen=True, slots=True)
class Run:
    """A run's tables as rows, its failures and its manifest."""

    documents: Sequence[Row]
    edits: Sequence[Row]
    checks: Sequence[Row]
    quality: Sequence[Row]
    failures: Sequence[Row]
    manifest: Mapping[str, Any]


class Group(NamedTuple):
    """What is estimated of all the parts of one name together."""

    name: str
    documents: int
    rate: Rate


class Confusion(NamedTuple):
    """What was read for what, how often with which status, and one place: the document and the number of the edit in it."""

    before: str
    after: str
    found: Counter[str]
    example: tuple[str, int]


def total(run: Run) -> Rate:
    """Return the error rate of the whole run."""
    return pooled([_measured(row) for row in run.quality if row["scope"] == "document"])


def unjudged(run: Run) -> float:
    """Return the share of all characters that no signal could judge."""
    characters = sum(row["characters"] for row in run.documents)
    return sum(row["characters"] * row["unjudged_share"] for row in run.documents) / characters if characters else 0.0


def families(run: Run) -> list[Group]:
    """Return the error rate of each family, the worst first."""
    named = {row["id"]: row["family"] for row in run.documents}
    groups = _pooled((named.get(row["id"], ""), row) for row in run.quality if row["scope"] == "document")
    return sorted(groups, key=lambda group: (-group.rate.rate, group.name))


def parts(run: Run, scope: str) -> list[Group]:
    """Return the error rate of each section or field, those with the most errors first."""
    return sorted(_pooled((row["name"], row) for row in run.quality if row["scope"] == scope), key=lambda group: (-group.rate.errors, group.name))


def distribution(run: Run) -> tuple[list[tuple[str, int]], int]:
    """Return how many documents lie between any two BOUNDS, in percent, and the first column over the LIMIT."""
    edges = [0.0, *BOUNDS]
    held = Counter(sum(row["estimated_error_rate"] >= bound for bound in BOUNDS) for row in run.documents)
    names = [f"{100 * low:.0f}–{100 * high:.0f}" for low, high in zip(edges, BOUNDS, strict=False)] + [f"≥{100 * BOUNDS[-1]:.0f}"]
    return [(name, held[place]) for place, name in enumerate(names)], edges.index(LIMIT)


def by_status(edits: Iterable[Row], key: str) -> list[tuple[str, Counter[str]]]:
    """Return how many edits of each kind, or rule, have each status, the commonest first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for edit in edits:
        counts[edit[key]][edit["status"]] += 1
    return _commonest(counts)


def confusions(edits: Iterable[Row], preferred: Collection[str] = ()) -> dict[str, list[Confusion]]:
    """Return what was `substituted`, `lost` and `intruded`, the commonest first: 台 → 合, nothing → 度, 、 → nothing.

    Spaces are none. The place shown is the first, in one of the `preferred` documents if there is any.
    """
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    examples: dict[tuple[str, str], tuple[str, int]] = {}
    numbers: Counter[str] = Counter()
    for edit in edits:
        numbers[edit["id"]] += 1
        before, after = edit["before"], edit["after"]
        if after is None or not (before + after).strip():
            continue
        pair, place = (before, after), (edit["id"], numbers[edit["id"]])
        counts[pair][edit["status"]] += 1
        if pair not in examples or (place[0] in preferred and examples[pair][0] not in preferred):
            examples[pair] = place
    found = [Confusion(*pair, held, examples[pair]) for pair, held in _commonest(counts)]
    return {
        "substituted": [one for one in found if one.before.strip() and one.after.strip()],
        "lost": [one for one in found if not one.before],
        "intruded": [one for one in found if not one.after],
    }


def verdicts(checks: Iterable[Row]) -> list[tuple[str, Counter[str], list[Row]]]:
    """Return for each check how often it came out how, and the rows that failed; the most failures first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    failed: dict[str, list[Row]] = defaultdict(list)
    for check in checks:
        counts[check["rule"]][check["status"]] += 1
        if check["status"] == "fail":
            failed[check["rule"]].append(check)
    return [(rule, counts[rule], failed[rule]) for rule in sorted(counts, key=lambda rule: (-counts[rule]["fail"], -counts[rule].total(), rule))]


def _pooled(rows: Iterable[tuple[str, Row]]) -> list[Group]:
    held: dict[str, list[Row]] = defaultdict(list)
    for name, row in rows:
        held[name].append(row)
    return [Group(name, len({row["id"] for row in found}), pooled([_measured(row) for row in found])) for name, found in held.items()]


def _measured(row: Row) -> tuple[int, float, float]:
    return row["characters"], row["expected"], row["variance"]


def _commonest(counts: Mapping[Key, Counter[str]]) -> list[tuple[Key, Counter[str]]]:
    return sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
