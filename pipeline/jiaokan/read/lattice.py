"""Ruled lines → the cells of tables: where a page tells its rules, a cell is what they enclose, however tight the print stands to them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

NEAR = 3.0  # points: the two edges of a rule drawn as a thin rectangle, or two cells' borders side by side, are one
COVERED = 0.5  # share of a cell's side from which a rule along it counts
MOST_RULES, MOST_TABLES = 4_000, 100  # on a page; with more it is a drawing
LARGEST = 250_000  # cells of a table; one with more is no table but a chart


class Rule(NamedTuple):
    """A straight line, level or upright: `at` across its direction, from `start` to `end` along it; origin at the top left."""

    upright: bool
    at: float
    start: float
    end: float


class Cell(NamedTuple):
    """A cell, merged ones as one: its first row and column, and where it stands."""

    row: int
    column: int
    left: float
    top: float
    right: float
    bottom: float


class Table(NamedTuple):
    """A ruled table: its cells by row and column, and how many columns its grid has."""

    cells: tuple[Cell, ...]
    rows: int
    columns: int
    left: float
    top: float
    right: float
    bottom: float
    grid: tuple[tuple[int, ...], ...]  # for each row and column the number of the cell that covers it
    across: tuple[float, ...]  # the upright borders, from the left
    down: tuple[float, ...]
    open_above: bool  # no rule closes it: it goes on from the page before
    open_below: bool

    def cell_at(self, x: float, y: float) -> int | None:
        """Return the number of the cell a point lies in, or None beside the table."""
        if not (self.left <= x <= self.right and self.top <= y <= self.bottom):
            return None
        row = min(max(bisect_right(self.down, y) - 1, 0), self.rows - 1)
        column = min(max(bisect_right(self.across, x) - 1, 0), self.columns - 1)
        return self.grid[row][column]


def tables(rules: Sequence[Rule]) -> list[Table]:
    """Return the tables the rules of a page draw, from the top. One column is no table: a frame, or a rule under a heading."""
    merged = _merged(rules)
    if len(merged) > MOST_RULES:
        return []
    found = sorted(filter(None, map(_table, _touching(merged))), key=lambda table: (table.top, table.left))
    return found if len(found) <= MOST_TABLES else []


def _merged(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules with those that overlap or touch along one line drawn as one."""
    merged: list[Rule] = []
    for upright in (False, True):
        lines = sorted(rule for rule in rules if rule.upright == upright)
        levels = _clusters(line.at for line in lines)
        by_level: dict[int, list[Rule]] = defaultdict(list)
        for line in lines:
            by_level[_place(levels, line.at)].append(line)
        for level, group in by_level.items():
            start, end = 0.0, float("-inf")
            for line in sorted(group, key=lambda line: line.start):
                if line.start > end + NEAR:
                    if end > start:
                        merged.append(Rule(upright, levels[level], start, end))
                    start, end = line.start, line.end
                end = max(end, line.end)
            if end > start:
                merged.append(Rule(upright, levels[level], start, end))
    return merged


def _touching(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Yield the rules that cross or meet one another, group by group."""
    parent = list(range(len(rules)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    level = sorted((rule.at, number) for number, rule in enumerate(rules) if not rule.upright)
    heights = [at for at, _ in level]
    for number, rule in enumerate(rules):
        if rule.upright:
            for place in range(bisect_right(heights, rule.start - NEAR), bisect_right(heights, rule.end + NEAR)):
                other = rules[level[place][1]]
                if other.start - NEAR <= rule.at <= other.end + NEAR:
                    parent[root(level[place][1])] = root(number)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for number, rule in enumerate(rules):
        groups[root(number)].append(rule)
    yield from groups.values()


def _table(rules: Sequence[Rule]) -> Table | None:
    upright, level = [rule for rule in rules if rule.upright], [rule for rule in rules if not rule.upright]
    across, _, _ = _closed(_clusters(rule.at for rule in upright), level)
    down, open_above, open_below = _closed(_clusters(rule.at for rule in level), upright)
    rows, columns = len(down) - 1, len(across) - 1
    if rows < 1 or columns < 2 or rows * columns > LARGEST:
        return None
    grid = _regions(rows, columns, _walls(upright, across, down), _walls(level, down, across))
    corners: dict[int, list[int]] = {}  # of each region its first and last row and column
    for row in range(rows):
        for column in range(columns):
            corner = corners.setdefault(grid[row][column], [row, column, row, column])
            corner[1], corner[2], corner[3] = min(corner[1], column), row, max(corner[3], column)
    cells = tuple(
        Cell(top, left, across[left], down[top], across[right + 1], down[bottom + 1]) for top, left, bottom, right in corners.values()
    )
    if len({cell.column for cell in cells}) < 2:
        return None
    numbers = {region: number for number, region in enumerate(corners)}
    numbered = tuple(tuple(numbers[region] for region in line) for line in grid)
    return Table(
        cells, rows, columns, across[0], down[0], across[-1], down[-1], numbered, tuple(across), tuple(down), open_above, open_below
    )  # fmt: skip


def _closed(levels: list[float], crossing: Sequence[Rule]) -> tuple[list[float], bool, bool]:
    """Return the levels with those at which crossing rules end in the open: forms without side rules, tables cut by a page's end."""
    if not levels:
        return levels, False, False
    before = sorted(rule.start for rule in crossing if rule.start < levels[0] - NEAR)
    behind = sorted(rule.end for rule in crossing if rule.end > levels[-1] + NEAR)
    first, last = before[:1] if len(before) > 1 else [], behind[-1:] if len(behind) > 1 else []
    return [*first, *levels, *last], bool(first), bool(last)


def _walls(rules: Sequence[Rule], levels: Sequence[float], steps: Sequence[float]) -> set[tuple[int, int]]:
    """Return which pieces of the grid's lines are drawn: (number of the line, number of the step along it)."""
    drawn: set[tuple[int, int]] = set()
    for rule in rules:
        place = _place(levels, rule.at)
        first = max(bisect_right(steps, rule.start) - 1, 0)
        last = min(bisect_right(steps, rule.end), len(steps) - 1)
        for step in range(first, last):
            length = min(rule.end, steps[step + 1]) - max(rule.start, steps[step])
            if length > COVERED * (steps[step + 1] - steps[step]):
                drawn.add((place, step))
    return drawn


def _regions(rows: int, columns: int, walls: set[tuple[int, int]], floors: set[tuple[int, int]]) -> list[list[int]]:
    """Return for each place of the grid the region it belongs to: places between which no rule is drawn are one cell."""
    region = [[-1] * columns for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            if region[row][column] >= 0:
                continue
            number = row * columns + column
            region[row][column] = number
            reached = [(row, column)]
            while reached:
                y, x = reached.pop()
                beside = (
                    (y, x + 1, (x + 1, y) in walls),
                    (y, x - 1, (x, y) in walls),
                    (y + 1, x, (y + 1, x) in floors),
                    (y - 1, x, (y, x) in floors),
                )
                for down, right, closed in beside:
                    if not closed and 0 <= down < rows and 0 <= right < columns and region[down][right] < 0:
                        region[down][right] = number
                        reached.append((down, right))
    return region


def _clusters(places: Iterable[float]) -> list[float]:
    """Return the places with those nearer than NEAR to one another averaged into one, in order."""
    ordered = sorted(places)
    if not ordered:
        return []
    groups = [[ordered[0]]]
    for before, place in pairwise(ordered):
        if place - before > NEAR or place - groups[-1][0] > 2 * NEAR:
            groups.append([])
        groups[-1].append(place)
    return [sum(group) / len(group) for group in groups]


def _place(levels: Sequence[float], at: float) -> int:
    """Return the number of the level nearest to a place."""
    after = bisect_right(levels, at)
    return min((number for number in (after - 1, after) if 0 <= number < len(levels)), key=lambda number: abs(levels[number] - at))
