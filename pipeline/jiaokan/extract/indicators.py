"""The indicator tree: 一级/二级/三级指标, operator, value and unit of each row, merged cells filled by rule.

Source of the tree: 财预〔2015〕88号 (成本指标 under 产出指标) and 财预〔2021〕101号 (成本指标 on level 1); its nodes are rows of
labels.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from jiaokan.extract.page import Cell, Page, Row, filled
from jiaokan.extract.tables import named
from jiaokan.extract.values import FULL_WIDTH, NUMBER
from jiaokan.knowledge.labels import SHORTEST_WITH_FAULT, Labels
from jiaokan.model import Indicator

FIRST, SECOND, THIRD, SIGN, VALUE, UNIT = "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位"
REACHED = "实际完成值"
LEVELS = (FIRST, SECOND, THIRD)
SPACED = 200
"""Characters of a row whose cells are parted by blanks alone; more are a text."""
LONGEST_NODE = 12
"""Characters of a level-2 cell that names whose satisfaction is asked for."""

OPERATORS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((">=", "=>", "≥", "≧", "⩾", "不低于", "不少于", "不小于", "大于等于", "至少"), "≥"),
        **dict.fromkeys(("<=", "=<", "≤", "≦", "⩽", "不高于", "不超过", "不多于", "不大于", "小于等于", "至多"), "≤"),
        **dict.fromkeys(("=", "等于"), "="),
        **dict.fromkeys((">", "大于", "高于", "超过"), ">"),
        **dict.fromkeys(("<", "小于", "低于", "少于"), "<"),
        "定性": "定性",
    }
)
_TAILS: Mapping[str, str] = MappingProxyType({"以上": "≥", "及以上": "≥", "以下": "≤", "及以下": "≤", "以内": "≤", "之内": "≤", "内": "≤"})
_SIGNS = "|".join(sorted(map(re.escape, OPERATORS), key=len, reverse=True))
_WIDTHS = FULL_WIDTH | str.maketrans("＞＜＝〉〈", "><=><")
_MISREAD = r"[^\W\d_a-zA-Z第前约近达共每满逾超增减提降低高不未仅只各再年月日]"
_TARGET = re.compile(
    rf"(?P<sign>{_SIGNS})?\s*(?P<stray>[^\d\s\u4e00-\u9fff（）()<>=+-]{{0,2}}|{_MISREAD})\s*(?P<value>-?{NUMBER})\s*(?P<unit>[^\d<>=≥≤]{{0,12}}?)(?P<tail>及?以[上下]|[以之]?内)?"
)
"""An operator, a number, a unit: ≥30次, 80%以上. A stray sign before the number (W, Ⅲ) is an operator the engine misread."""
_REACHED = re.compile(rf"^(?:达到|保持在?|稳定在|控制在|维持在)(?={NUMBER}[^\d]{{1,8}}(?:以[上下]|[以之]?内)$)")
"""What may stand before a number with 以上 or 以内 behind it: 达到95%以上."""
_OFTEN = re.compile(r"每|按[月季年]|逐[月季年]")
"""How a target begins that says how often: 每季度1次."""
_LEVEL = re.compile(r".?级(?:绩效)?指标")
"""The heading of a level whose number is lost; the order tells which."""
_BRACKET = re.compile(r"[(（]([^()（）\d]{1,8})[)）]?$")
_SIGNED_END = re.compile(rf"[^\d<>=≥≤]{{2,}}?((?:{_SIGNS})\s*{NUMBER}[^\d<>=≥≤]{{0,12}})")
"""A name with its target run on: 古建筑蚁害检查≥320栋."""
_TWO_TARGETS = re.compile(rf"((?:{_SIGNS})?\s*{NUMBER}([^\d<>=≥≤.,]{{1,12}}))({NUMBER}\2)")
"""A target and what was reached run together: ≤380元372元."""
_PERCENT_MISREAD = re.compile(r"(?=.*\d)[\doO]{2}|[oO0]/[oO0]")
"""How engines read % where a unit stands: 96, 40, 0/0."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TIME_UNITS = frozenset({"小时", "天", "日", "个工作日", "工作日", "分钟", "个月", "月"})


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator asks for: ≥ 30 次."""

    operator: str
    value: str
    unit: str
    bare: bool = field(default=False, compare=False)  # a number without any sign: 100%, 0起


def target(text: str, sign: str = "", unit: str = "") -> Target:
    """Return operator, value and unit of a value cell: >=30次 → ≥ 30 次, 80%以上 → ≥ 80 %, 持续向好 → 定性 持续向好.

    `sign` and `unit` are the cells of their own columns, where the table has them.
    """
    plain = _REACHED.sub("", text.translate(_WIDTHS).strip())
    operator = OPERATORS.get(sign.translate(_WIDTHS).strip(), "")
    match = _TARGET.fullmatch(plain)
    if match and not re.match(r"[年月日号].", match["unit"]):
        read = OPERATORS.get(match["sign"] or "", "") or _TAILS.get(match["tail"] or "", "")
        value = re.sub(r"[, ]", "", match["value"])
        written = match["unit"].strip().replace("％", "%").replace("百分比", "%")
        bare = not (operator or read or match["stray"] or (written == "%" and Decimal(value) > 100))  # 292% may have been ≥92%
        return Target(operator or read, value, written or unit, bare)
    leading = re.match(_SIGNS, plain)
    if leading and len(plain) > leading.end():
        return Target(operator or OPERATORS[leading[0]], plain[leading.end() :].strip(), unit)
    dated = re.search(r"\d\s*[年月日]", plain) or _OFTEN.match(plain)
    return Target(operator or ("" if not plain or (re.search(r"\d", plain) and not dated) else "定性"), text, unit)


def _is_target(text: str) -> bool:
    """Tell whether a cell has what an indicator asks for and no name: ≥90%, 3场."""
    return re.match(rf"(?:{_SIGNS}|\d)", text.translate(_WIDTHS)) is not None and _TARGET.fullmatch(text.translate(_WIDTHS)) is not None


def owners(marks: Sequence[bool]) -> list[int]:
    """Return, for each row, the row whose mark covers it, where one mark stands for a merged cell of several rows.

    Marks stand on the first row of their cell (✓··✓· → 0 0 0 3 3) or, where the first row has none, at its middle
    (·✓·✓· → 1 1 1 3 3). Where no division into cells has every mark at its middle, rows belong to the mark above.
    """
    places = [row for row, marked in enumerate(marks) if marked]
    if not places:
        return [-1] * len(marks)
    starts = (places if places[0] == 0 else _centred(places, len(marks))) or [0, *places[1:]]
    found: list[int] = []
    for place, start, end in zip(places, starts, [*starts[1:], len(marks)], strict=True):
        found += [place] * (end - start)
    return found


def _centred(places: Sequence[int], rows: int) -> list[int]:
    """Return where each merged cell starts so that every mark is at its cell's middle, [] if that cannot be.

    The middle of n rows is row (n - 1) // 2. Of several divisions the one with the fewest rows above their mark is
    taken. Linear: between two marks there are no more starts to try than rows.
    """
    reached: list[dict[int, tuple[int, int]]] = [{0: (0, -1)}]  # per cell: start → (rows above marks, start of the cell before)
    for place, limit in zip(places, [*places[1:], rows], strict=True):
        following: dict[int, tuple[int, int]] = {}
        for start, (above, _) in reached[-1].items():
            for end in (2 * place - start + 1, 2 * place - start + 2):
                way = (above + place - start, start)
                if end <= limit and way < following.get(end, (rows + way[0], 0)):
                    following[end] = way
        reached.append(following)
    if rows not in reached[-1]:
        return []
    starts = [rows]
    for step in reversed(reached[1:]):
        starts.append(step[starts[-1]][1])
    return starts[:0:-1]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table's columns are; a table of two halves (中期, 年度) has two sets."""

    sets: tuple[Mapping[str, int], ...]
    width: int


@dataclass
class Line:
    """A row of the table before the tree is filled in."""

    ends: Row  # its first and its last cell
    nodes: list[str]  # what stands in the columns of level 1 and 2
    name: str
    target: Target
    named_unit: str = ""
    signed: bool = True  # its operator would stand before its value, not in a column of its own


class Tree:
    """Reads indicator tables with the nodes of labels.tsv."""

    def __init__(self, labels: Labels, tag: str) -> None:
        self.labels, self.tag = labels, tag
        self._named: dict[str, list[str]] = {}  # the columns that cells met so far name

    @cached_property
    def parents(self) -> dict[str, tuple[str, ...]]:
        """Return each level-2 node with the level-1 nodes it may hang under."""
        return self.labels.tree("level2")

    @cached_property
    def long_nodes(self) -> tuple[str, ...]:
        """Return the spellings of nodes that end in 指标, the longest first: what a merged cell may begin with."""
        nodes = (label for label in self.labels.rows if label.kind in {"level1", "level2"})
        found = {spelling for label in nodes for spelling in label.spellings if spelling.endswith("指标")}
        return tuple(sorted(found, key=len, reverse=True))

    def columns(self, row: Row) -> Columns | None:
        """Return the columns a header row names, None if it is no header: 一级指标 二级指标 | 三级指标 | 指标值 → 0, 1, 2, 3.

        A cell that holds two names stands for two columns.
        """
        if not any(self._plain_names(cell.text) for cell in row):  # one heading at least is without a fault: a quick way out
            return None
        sets: list[dict[str, int]] = [{}]
        guessed: frozenset[str] = frozenset()  # the columns named with a fault
        place = 0
        spare = 0  # columns that a merged cell took and an empty cell after it gives back
        for cell in row:
            if not cell.text and spare:
                spare -= 1
                continue
            names = self._column_names(cell.text)
            if not names and _LEVEL.fullmatch(cell.text) and (level := len(sets[-1].keys() & set(LEVELS))) < len(LEVELS):
                names = [LEVELS[level]]
            exact = bool(names and self._plain_names(cell.text))
            for name in names or [""]:
                if name:
                    if name in guessed and exact:  # 半年目标值 is one fault away from 全年目标值, the one meant
                        sets[-1].pop(name, None)
                    if name == SECOND and FIRST not in sets[-1] and sets[-1].get(THIRD) == place - 1:
                        sets[-1][FIRST] = sets[-1].pop(THIRD)  # 指标 | 二级 | 三级
                    guessed = guessed - {name} if exact else guessed | {name}
                    if name in sets[-1]:
                        sets.append({FIRST: sets[0][FIRST]} if FIRST in sets[0] and name != FIRST else {})
                    sets[-1][name] = place
                place += 1
            spare = max(0, len(names) - 1) if names else 0
        for columns in sets:
            _lost_heading(columns)
        found = tuple(names for names in sets if THIRD in names and VALUE in names)
        if not found or len(found[0]) < 2:
            return None
        return Columns(found, max(max(names.values()) for names in sets) + 1)

    def column_name(self, text: str) -> str:
        """Return the one column a text names, "" if it names none or several."""
        names = self._column_names(text)
        return names[0] if len(names) == 1 else ""

    def _column_names(self, text: str) -> list[str]:
        """Return the columns a cell names, a fault in the name of one allowed."""
        names = self._plain_names(text)
        if not names and (near := self.labels.nearest(text, self.tag)) and near[0].kind == "column":
            return [near[0].name]
        return names

    def _plain_names(self, text: str) -> list[str]:
        """Return the columns a cell names without a fault."""
        if not text or len(text) > 60:  # characters of a header cell with its remark
            return []
        if text not in self._named:
            label = self.labels.canonical(text, self.tag, ("column",))
            qualified = [] if label else [found.name for found in named(self.labels, text) if found.kind == "column"]
            names = [] if label else qualified[:1] or self._run_together("".join(text.split()))
            self._named[text] = [label.name] if label and label.kind == "column" else names
        return self._named[text]

    def _run_together(self, text: str) -> list[str]:
        """Return the columns named one after the other: 一级指标二级指标 → both, [] if something else stands there."""
        if text[:2] not in self._starts:
            return []
        for end in range(len(text), 1, -1):
            label = self.labels.canonical(text[:end], self.tag, ("column",))
            if label and label.kind == "column":
                rest = self._run_together(text[end:]) if end < len(text) else []
                return [label.name, *rest] if rest or end == len(text) else []
        return []

    @cached_property
    def _starts(self) -> frozenset[str]:
        """Return the first two characters of the columns' spellings."""
        return frozenset(spelling[:2] for label in self.labels.rows if label.kind == "column" for spelling in label.spellings)

    def node(self, text: str, level: int) -> str:
        """Return the node a cell names on a level (1 or 2), "" if it names none: 数量 → 数量指标, 満意度指标 → 满意度指标."""
        kind = f"level{level}"
        label = self.labels.canonical(text, self.tag, (kind,))
        if label:
            return label.name if label.kind == kind else ""
        if level == 2 and "满意度" in text and len(text) <= LONGEST_NODE:
            return self._satisfaction
        near = {name for spelling, name in self._nodes[kind] if len(spelling) == len(text) and _one_apart(spelling, text)}
        return near.pop() if len(near) == 1 else ""

    @cached_property
    def _satisfaction(self) -> str:
        """Return the level-2 node that every satisfaction is: 家长满意度 → 服务对象满意度指标."""
        return next((name for name in self.parents if "满意度" in name), "")

    @cached_property
    def _nodes(self) -> dict[str, list[tuple[str, str]]]:
        """Return (spelling, name) of the nodes of each level: a closed list, so that one fault in two characters may be mended."""
        return {
            kind: [(spelling, label.name) for label in self.labels.rows if label.kind == kind for spelling in label.spellings]
            for kind in ("level1", "level2")
        }

    def is_node(self, text: str) -> bool:
        """Tell whether a cell names a node of level 1 or 2, without a fault: 项目总成本 is no 项目成本."""
        label = self.labels.canonical(text, self.tag, ("level1", "level2"))
        return label is not None and label.kind in {"level1", "level2"}

    @cached_property
    def _both(self) -> dict[str, set[str]]:
        """Return the nodes that stand on either level, with the nodes that stand below them on level 1."""
        upper = set(self.labels.tree("level1")) & self.parents.keys()
        return {name: {node for node, parents in self.parents.items() if name in parents} for name in upper}

    def lower(self, cells: Iterable[Cell]) -> frozenset[str]:
        """Return the nodes of both levels that are on level 2 here, as none stands below them: 成本指标 before 2021."""
        named = {self.node(cell.text, 2) for cell in cells if self.is_node(cell.text)}
        return frozenset(name for name, children in self._both.items() if named.isdisjoint(children))

    def lines(self, rows: Sequence[Row], columns: Columns) -> list[list[Line]]:
        """Return what each row says, per set of columns."""
        found: list[list[Line]] = [[] for _ in columns.sets]
        lower = self.lower(cell for row in rows for cell in row)
        for row in rows:
            cells = self._split(row, columns)
            full = filled(cells)
            for index, places in enumerate(columns.sets):
                line = self._line(cells, full, places, lower if len(columns.sets) == 1 else None)
                if line:
                    found[index].append(line)
        return found

    def _split(self, row: Row, columns: Columns) -> list[Cell]:
        """Return a row's cells, a node and the name that follows it in one cell parted: 数量指标新建厕所 → 数量指标 | 新建厕所."""
        cells = list(row) if len(filled(row)) > 1 or columns.width < len(LEVELS) else self._spaced(row)
        for index, cell in enumerate(cells[: max(columns.sets[0].get(SECOND, 0), columns.sets[0].get(FIRST, 0)) + 1]):
            node = next((node for node in self.long_nodes if cell.text.startswith(node)), "")
            if node and len(cell.text) > len(node) and cell.text[len(node)] not in "(（" and not self.is_node(cell.text):
                cells[index : index + 1] = [cell.part(0, len(node)), cell.part(len(node))]
                break
        return cells

    def _spaced(self, row: Row) -> list[Cell]:
        """Return the only cell of a row parted at its blanks, where these stand for borders: 产出指标 数量指标 增雨作业 ≥12次."""
        cell = next(iter(filled(row)), None)
        pieces = list(re.finditer(r"\S+", cell.text)) if cell and len(cell.text) <= SPACED else []
        if not cell or len(pieces) < 2 or not (self.is_node(pieces[0][0]) or _is_target(pieces[-1][0])):
            return list(row)
        return [replace(cell.part(*piece.span()), column=column) for column, piece in enumerate(pieces)]

    def _line(self, cells: Sequence[Cell], full: Sequence[Cell], places: Mapping[str, int], lower: frozenset[str] | None) -> Line | None:
        texts = {column: cells[place].text if place < len(cells) else "" for column, place in places.items()}
        short = len(cells) <= max(places.values())  # cells were lost
        misplaced = not texts.get(THIRD) or not texts.get(VALUE) or self.is_node(texts[THIRD]) or (short and _is_target(texts[THIRD]))
        if lower is not None and misplaced and len(full) > 1:
            texts = self._by_meaning(full, places, lower)
        texts = _parted(texts, cells, places)
        if len(full) == 1 and texts.get(FIRST) and not any(self.node(texts[FIRST], level) for level in (1, 2)):
            return None  # a title, repeated on a new page
        nodes = [texts.get(FIRST, ""), texts.get(SECOND, "")]
        if not nodes[1] and nodes[0] and not self.node(nodes[0], 1) and self.node(nodes[0], 2):
            nodes = ["", nodes[0]]
        name = texts.get(THIRD, "")
        if not name and not any(nodes):
            return None
        bracket = _BRACKET.search(name)
        named_unit = bracket[1].strip() if bracket else ""
        unit = texts.get(UNIT, "")
        if _PERCENT_MISREAD.fullmatch(unit) and name.endswith(("率", "度")):
            unit = ""
            named_unit = "%"
        return Line(
            [*full[:1], *full[-1:]], nodes, name, target(texts.get(VALUE, ""), texts.get(SIGN, ""), unit), named_unit, SIGN not in places
        )

    def _by_meaning(self, full: Sequence[Cell], places: Mapping[str, int], lower: frozenset[str]) -> dict[str, str]:
        """Return a row's texts by column where empty cells were lost and places no longer tell."""
        texts = [cell.text for cell in full]
        nodes: list[str] = []
        while texts and len(nodes) < 2 and self.is_node(texts[0]):
            nodes.append(texts.pop(0))
        if len(nodes) == 1 and ((first := self.node(nodes[0], 1)) in lower or not first):
            nodes.insert(0, "")
        columns = [column for column in (THIRD, SIGN, VALUE, UNIT) if column in places]
        return dict(zip((FIRST, SECOND), nodes, strict=False)) | dict(zip(columns, texts, strict=False))

    def fill(self, lines: Sequence[Line], page: Page) -> Iterator[Indicator]:
        """Yield the indicators of one set of lines, with merged cells filled and unreadable nodes inferred."""
        upper = owners([bool(line.nodes[0]) for line in lines])
        lower = owners([bool(line.nodes[1]) for line in lines])
        last = ""
        for line, above, beside in zip(lines, upper, lower, strict=True):
            read_second = self.node(line.nodes[1], 2) or _legible(line.nodes[1])
            read_first = self.node(line.nodes[0], 1) or self._own_root(line.nodes[0], read_second)
            marked = lines[beside].nodes[1] if beside >= 0 else ""
            second = read_second or self.node(marked, 2) or _legible(marked) or self._guess(line, last)
            over = lines[above].nodes[0] if above >= 0 else ""
            first = read_first or self._above(second, self.node(over, 1) or _legible(over))
            if not read_second and second in self.parents and first not in self.parents[second]:
                children = [node for node, parents in self.parents.items() if first in parents]
                second = children[0] if len(children) == 1 else ""
            last = second
            if not line.name:
                continue
            found = line.target
            inferred = [column for column, read in ((FIRST, read_first), (SECOND, read_second)) if not read]
            if found.bare and line.signed:
                found = replace(found, operator="=")
                inferred.append("运算符")
            if line.named_unit and not found.unit and found.operator != "定性":
                found = replace(found, unit=line.named_unit)
                inferred.append("单位")
            yield Indicator((first, second, line.name), found.operator, found.value, found.unit, page.original(line.ends), tuple(inferred))

    def _own_root(self, text: str, second: str) -> str:
        """Return a level-1 text that no label explains; over a known level-2 node it must be a word of four and more: 社会效应."""
        legible = _legible(text)
        return legible if second not in self.parents or len(legible) >= SHORTEST_WITH_FAULT else ""

    def _above(self, second: str, merged: str) -> str:
        """Return the level-1 node over a level-2 node: the tree's, or the merged cell's where the tree allows several."""
        parents = self.parents.get(second, ())
        return merged if not parents or merged in parents else parents[0]

    def _guess(self, line: Line, last: str) -> str:
        """Return the node of a row whose own cannot be read: 时效指标 for a length of time, else that of the row before."""
        return "时效指标" if (line.target.unit or line.named_unit) in _TIME_UNITS else last


def _parted(texts: dict[str, str], cells: Sequence[Cell], places: Mapping[str, int]) -> dict[str, str]:
    """Return a row's texts with a target taken out of the cell it was run into, where its own cell is empty."""
    place = places[VALUE]
    empty = place >= len(cells) or not cells[place].text
    if SIGN not in places and empty and (found := _SIGNED_END.fullmatch(texts.get(THIRD, "").translate(_WIDTHS))):
        name = texts[THIRD]
        return texts | {THIRD: name[: found.start(1)].rstrip(), VALUE: name[found.start(1) :]}
    if texts.get(REACHED) == "" and (found := _TWO_TARGETS.fullmatch(texts.get(VALUE, "").translate(_WIDTHS))):
        return texts | {VALUE: texts[VALUE][: found.end(1)]}
    return texts


def _lost_heading(columns: dict[str, int]) -> None:
    """Add the column whose heading is lost between those of the levels and the value: 一级指标 | 二级指标 |  | 指标值."""
    if FIRST in columns and SECOND in columns:
        if THIRD not in columns and columns.get(VALUE, 0) - columns[SECOND] > 1:
            columns[THIRD] = columns[SECOND] + 1
        elif THIRD in columns and VALUE not in columns:
            columns[VALUE] = max(columns[THIRD], columns.get(SIGN, 0)) + 1


def _one_apart(one: str, other: str) -> bool:
    return sum(left != right for left, right in zip(one, other, strict=True)) == 1


def _legible(text: str) -> str:
    """Return a node's text that no label explains, "" where it is not Chinese: XX הם → nothing."""
    letters = re.sub(r"[\W\d_]", "", text)
    return text if letters and len(_HAN.findall(letters)) * 2 > len(letters) else ""


def read(page: Page, tree: Tree, rows: Sequence[Row], columns: Columns) -> Iterator[Indicator]:
    """Yield the indicators of a table's rows, the header left off."""
    for lines in tree.lines(rows, columns):
        yield from tree.fill(lines, page)
