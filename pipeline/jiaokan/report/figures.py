"""A run's tables → the figures its report shows: pooled rates, counts by kind, rule and check. No HTML.

Tables are added part by part. Only counts and the foremost rows are kept: a million documents need no more memory than a thousand.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jiaokan.detect.quality import Pool, Rate

Row = Mapping[str, Any]

BOUNDS = (0.01, 0.02, 0.03, 0.04, 0.05, 0.08, 0.12)  # between the columns of the distribution
LIMIT = 0.05  # from here on a page is cheaper to scan again than to mend; the report says that it is a convention
ENOUGH = 100  # characters from which a page's rate says anything
MOST_NAMED = 5  # pages for the scanner, and suggestions, that the advice names
MOST_PAIRS = 50_000  # distinct confusions held: some 20 MB
STATUSES = ("applied", "suggested", "flagged")
# What the report says of one document.
SHOWN = ("id", "family", "region_name", "characters", "estimated_error_rate", *STATUSES)


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


class Foremost:
    """The rows that come first by a key; of equal ones those added first."""

    def __init__(self, most: int, key: Callable[[Row], Any]) -> None:
        self.most, self.key = most, key
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        """Add a row; drop the last if there are too many now."""
        insort(self.rows, row, key=self.key)
        del self.rows[self.most :]


def _most_first(status: str) -> Callable[[Row], Any]:
    return lambda row: -row[status]


@dataclass(slots=True)
class Named:
    """The parts of one name, and how many documents have them."""

    pool: Pool = field(default_factory=Pool)
    documents: int = 0
    last: str | None = None  # the rows of one document stand together

    def add(self, row: Row) -> None:
        """Add a row of the table `quality`."""
        self.pool.add(row["characters"], row["expected"], row["variance"])
        self.documents += row["id"] != self.last
        self.last = row["id"]


class Documents:
    """What is estimated of the documents: rates, their distribution, and the worst documents themselves."""

    def __init__(self, *, worst: int, first: int) -> None:
        """Keep the `worst` documents, and the `first` in the order of the run."""
        self.number = self.characters = self.nameless = 0
        self.long = self.likely = self.surely = 0  # with characters enough; of these over the LIMIT; of these with all their interval
        self.done: Counter[str] = Counter()  # edits by status
        self.worst = Foremost(worst, lambda row: (row["characters"] < ENOUGH, -row["estimated_error_rate"], row["id"]))
        self.to_scan = Foremost(MOST_NAMED, lambda row: (-row["estimated_error_rate"], row["id"]))
        self.most = {status: Foremost(1, _most_first(status)) for status in STATUSES}
        self.first: list[Row] = []
        self._most_first = first
        self._unjudged = 0.0
        self._spread: Counter[int] = Counter()
        self._whole = Pool()
        self._families: dict[str, Named] = defaultdict(Named)
        self._parts: dict[tuple[str, str], Named] = defaultdict(Named)  # by scope and name

    def add(self, documents: Iterable[Row], quality: Iterable[Row]) -> None:
        """Add a part of the run: some documents, and all the estimates of theirs."""
        expected: dict[str, float] = {}
        measured: list[Row] = []
        for row in quality:
            if row["scope"] == "document":
                self._whole.add(row["characters"], row["expected"], row["variance"])
                expected[row["id"]] = row["expected"]
                measured.append(row)
            else:
                self._parts[row["scope"], row["name"]].add(row)
        families: dict[str, str] = {}
        for row in documents:
            families[row["id"]] = row["family"]
            self._count(row, {key: row[key] for key in SHOWN} | {"expected": expected.get(row["id"], 0.0)})
        for row in measured:
            self._families[families.get(row["id"], "")].add(row)

    def _count(self, row: Row, kept: Row) -> None:
        size, rate = row["characters"], row["estimated_error_rate"]
        self.number += 1
        self.characters += size
        self.nameless += not row["family"]
        self._unjudged += size * row["unjudged_share"]
        self._spread[sum(rate >= bound for bound in BOUNDS)] += 1
        for status in STATUSES:
            self.done[status] += row[status]
            self.most[status].add(kept)
        self.worst.add(kept)
        if len(self.first) < self._most_first:
            self.first.append(kept)
        if size >= ENOUGH:
            self.long += 1
            self.likely += rate > LIMIT
            if (row["interval_low"] or 0) > LIMIT:
                self.surely += 1
                self.to_scan.add(kept)

    def total(self) -> Rate:
        """Return the error rate of the whole run."""
        return self._whole.rate()

    def unjudged(self) -> float:
        """Return the share of all characters that no signal could judge."""
        return self._unjudged / self.characters if self.characters else 0.0

    def families(self) -> list[Group]:
        """Return the error rate of each family, the worst first."""
        groups = (Group(name, held.documents, held.pool.rate()) for name, held in self._families.items())
        return sorted(groups, key=lambda group: (-group.rate.rate, group.name))

    def parts(self, scope: str) -> list[Group]:
        """Return the error rate of each section or field, those with the most errors first."""
        groups = (Group(name, held.documents, held.pool.rate()) for (of, name), held in self._parts.items() if of == scope)
        return sorted(groups, key=lambda group: (-group.rate.errors, group.name))

    def distribution(self) -> tuple[list[tuple[str, int]], int]:
        """Return how many documents lie between any two BOUNDS, in percent, and the first column over the LIMIT."""
        edges = [0.0, *BOUNDS]
        names = [f"{100 * low:.0f}–{100 * high:.0f}" for low, high in zip(edges, BOUNDS, strict=False)] + [f"≥{100 * BOUNDS[-1]:.0f}"]
        return [(name, self._spread[place]) for place, name in enumerate(names)], edges.index(LIMIT)


@dataclass(slots=True)
class Pair:
    """How often one reading stands for another, where, and in how many documents the change is suggested."""

    example: tuple[str, int]
    applied: int = 0
    suggested: int = 0
    documents: int = 0
    last: str | None = None  # the edits of one document stand together

    def total(self) -> int:
        """Return how often it was found."""
        return self.applied + self.suggested


class Faults:
    """What was found wrong: counts by kind and rule, confusions with a place of each, suggestions made over and over."""

    def __init__(self, preferred: Collection[str] = (), most_pairs: int = MOST_PAIRS) -> None:
        """Take the place shown of a confusion from one of the `preferred` documents, if it stands in any."""
        self.number = 0
        self.wrong = 0.0  # changes expected to be wrong, of those applied
        self.kinds: dict[str, Counter[str]] = defaultdict(Counter)  # by status
        self._by: dict[str, dict[str, Counter[str]]] = {"kind": defaultdict(Counter), "rule": defaultdict(Counter)}
        self._preferred = frozenset(preferred)
        self._most_pairs = most_pairs
        self._pairs: dict[tuple[str, str], Pair] = {}

    def add(self, edits: Iterable[Row]) -> None:
        """Add a part of the run: all the edits of some documents, in their order."""
        name, number = None, 0
        for edit in edits:
            name, number = edit["id"], number + 1 if edit["id"] == name else 1
            status = edit["status"]
            self.number += 1
            self.kinds[status][edit["kind"]] += 1
            for key, counts in self._by.items():
                counts[edit[key]][status] += 1
            if status == "applied":
                self.wrong += 1 - edit["confidence"]
            if edit["after"] is not None and (edit["before"] + edit["after"]).strip():
                self._confuse(edit, (name, number))

    def _confuse(self, edit: Row, place: tuple[str, int]) -> None:
        pair = edit["before"], edit["after"]
        held = self._pairs.get(pair)
        if held is None:
            self._make_room()
            held = self._pairs[pair] = Pair(place)
        elif place[0] in self._preferred and held.example[0] not in self._preferred:
            held.example = place
        held.applied += edit["status"] == "applied"
        held.suggested += edit["status"] == "suggested"
        if edit["status"] == "suggested" and held.last != place[0]:
            held.documents += 1
            held.last = place[0]

    def _make_room(self) -> None:
        """Drop the rarer half of the confusions when there are too many; of equally rare ones the older.

        What is dropped and comes back is counted anew. That cannot touch the few dozen the report shows: they are met far
        oftener between two clearances than the thousands seen once or twice.
        """
        if len(self._pairs) >= self._most_pairs:
            rarest_first = sorted(self._pairs.items(), key=lambda item: item[1].total())
            self._pairs = dict(rarest_first[len(rarest_first) // 2 :])

    def by_status(self, key: str) -> list[tuple[str, Counter[str]]]:
        """Return how many edits of each `kind`, or `rule`, have each status, the commonest first."""
        return sorted(self._by[key].items(), key=lambda item: (-item[1].total(), item[0]))

    def confusions(self, most: int) -> dict[str, list[Confusion]]:
        """Return what was `substituted`, `lost` and `intruded`, the commonest first: 台 → 合, nothing → 度, 、 → nothing.

        At most so many of each sort. Spaces are none.
        """
        pairs = self._pairs
        sorts = {
            "substituted": (pair for pair in pairs if pair[0].strip() and pair[1].strip()),
            "lost": (pair for pair in pairs if not pair[0]),
            "intruded": (pair for pair in pairs if not pair[1]),
        }
        return {
            sort: [self._confusion(pair) for pair in heapq.nsmallest(most, found, key=lambda pair: (-pairs[pair].total(), pair))]
            for sort, found in sorts.items()
        }

    def _confusion(self, pair: tuple[str, str]) -> Confusion:
        held = self._pairs[pair]
        return Confusion(*pair, Counter(applied=held.applied, suggested=held.suggested), held.example)

    def repeated(self, least: int) -> Iterator[tuple[str, str, int]]:
        """Yield the changes suggested in at least so many documents, with their number; the most first, a few only."""
        held = [
            (-one.documents, pair) for pair, one in self._pairs.items() if one.documents >= least and pair[0].strip() and pair[1].strip()
        ]
        yield from ((*pair, -number) for number, pair in heapq.nsmallest(MOST_NAMED, held))


class Checks:
    """How the checks came out, and the first rows of each that failed."""

    def __init__(self, *, most_failed: int, listed: Collection[str] = ()) -> None:
        """Keep so many rows of each rule; count the failures of each of the `listed` documents."""
        self.failures: Counter[str] = Counter()  # by document
        self._most_failed = most_failed
        self._listed = frozenset(listed)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._failed: dict[str, list[Row]] = defaultdict(list)

    def add(self, checks: Iterable[Row]) -> None:
        """Add a part of the run."""
        for check in checks:
            rule = check["rule"]
            self._counts[rule][check["status"]] += 1
            if check["status"] != "fail":
                continue
            if len(self._failed[rule]) < self._most_failed:
                self._failed[rule].append(check)
            if check["id"] in self._listed:
                self.failures[check["id"]] += 1

    def number(self, status: str = "") -> int:
        """Return how many checks came out so, or all."""
        return sum(found[status] if status else found.total() for found in self._counts.values())

    def verdicts(self) -> list[tuple[str, Counter[str], list[Row]]]:
        """Return for each check how often it came out how, and the first rows that failed; the most failures first."""
        counts = self._counts
        ordered = sorted(counts, key=lambda rule: (-counts[rule]["fail"], -counts[rule].total(), rule))
        return [(rule, counts[rule], self._failed.get(rule, [])) for rule in ordered]


class Failures(NamedTuple):
    """The files that could not be read: how many, and the first of them."""

    number: int
    first: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Run:
    """A run's figures, its failures and its manifest."""

    documents: Documents
    faults: Faults
    checks: Checks
    failures: Failures
    manifest: Mapping[str, Any]
