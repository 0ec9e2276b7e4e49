"""Running text: fields told by a label, a heading or a phrase, wherever they stand in a letter.

Four ways, in this order: the row of a table (信访人 | 某某), a line that begins with a label (信访人：某某　住址：某县), a heading
with its paragraphs below it (四、处理意见), a phrase of the family's file (({日期})收悉). Which labels and phrases a family has is
data: dictionaries/labels.tsv and families/*.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jiaokan.extract.page import WIDE_BRACKETS, Cell, Page, joined, narrowed
from jiaokan.knowledge.labels import LONGEST, SHORTEST_WITH_FAULT, Label, Labels, key
from jiaokan.script import CLOSE, OPEN

FAULTY, PHRASED = 0.8, 0.9
"""Confidence of a field whose label has one fault, and of one told by a phrase (right in nine of ten on the train pages)."""
SHORT = 60
"""Characters: in a shorter line a label may follow other words; a longer one is a sentence."""
HEADING = 24
"""Characters: a longer numbered line is no heading."""
GENERIC = 2
"""A label so short (地址, 名称) belongs to whoever was named last: it is read once."""

LONGEST_LIST = 600
"""Characters: a longer line lists no persons."""

_COLON = re.compile(r"(?<!\d)[:：]|(?<=\d)[:：](?!\d)")
_WORD = re.compile(r"[^\s；;，,。、：:（）()《》“”]{2,12}$")
_NUMBERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[一二三四五六七八九十]{1,3}[、．.]", r"[（(][一二三四五六七八九十]{1,3}[）)]", r"\d{1,2}\s?[．.、](?!\d)", r"[（(]\d{1,2}[）)]",
        r"[①-⑳]", r"第[一二三四五六七八九十]{1,2}[，、：]", r"其[一二三四五六七八九][，、：]", r"[一二三四五六七八九]是",
        r"[\u4e00-\u9fff]{2}[一二三四五六七八九十]{1,2}[：:]",
    )
)  # fmt: skip
"""The ways a list is numbered; a list keeps to one."""
_UNKNOWN_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|【)[^。；，,：:]{2,20}$")
_UNKNOWN_LABEL = re.compile(r"[一二三四五六七八九十]{1,3}、[^。；，,：:]{2,20}[：:]")
_NAME = r"(?:[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff][ \u3000]{1,2}[\u4e00-\u9fff])(?:[（(][^（）()]{1,20}[）)])?"
_NAMES = re.compile(rf"{_NAME}(?:[、，,\s]{{1,4}}{_NAME}){{1,40}}")
_NAMED = re.compile(r"(?:名\s*称|姓\s*名)\s*[:：]\s*(?=\S)")
_CONTACT = re.compile(r"联\s*系\s*人\s*[:：]\s*(?=\S)")
_BRACKETED = re.compile(r"【([^】]{2,12})】(?=.)")
_WIDE_BLANK = re.compile(r"[ \u3000]*\u3000[ \u3000]*| {2,}")
_HEADED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}[.．、])([^\s。，,：:；;]{3,14})(?:。|[ \u3000]+)(?=.)"
)
"""A numbered label that a full stop or a blank parts from its text: 一、调查情况。该小区…."""
_PACKAGE = re.compile(
    r"(?:第?[一二三四五六七八九十\dA-Za-z]{1,3})?(?:采购|合同|分)?(?:标包|标段|标项|[包标])(?:[一二三四五六七八九十\dA-Za-z]{1,3})?(?:[（(][^（()）]{1,16}[）)])?[：:]?|(?:货物|服务|工程)类?(?:[（(][^（()）]{1,40}[）)])?[：:]?"
)
"""A line that only says of which part the next ones are: 合同包1：, 服务类; or the beginning of one."""
_TOTAL = re.compile(r"(?:合|总|小|共)\s*计")
_ORDINAL = re.compile(r"序\s*号")
_SEALED = re.compile(r"(?<=\w)[（(](?:盖章|公章|印章|章)[）)]$")
_LETTER_NUMBER = re.compile(rf"[\u4e00-\u9fff（）()]{{2,16}}[{OPEN}](?:19|20)\d\d[{CLOSE}](?:第)?\d{{1,5}}号")
_OPENING, _CLOSING = "（(【", "）)】"


class Mark(NamedTuple):
    """A label with its colon in a line; `field` is "" for a label that is not of the family."""

    start: int
    end: int
    field: str
    generic: bool
    confidence: float


@dataclass
class Section:
    """A field whose value is the paragraphs that follow."""

    field: str
    by_phrase: bool
    style: int = -1  # of its numbers, -1 for none
    empty: bool = True


class Columns(NamedTuple):
    """A table whose header names fields: each row below gives every one of them a value."""

    fields: dict[int, Mark]
    width: int


class Items(NamedTuple):
    """A table of a family whose first column holds a field's values."""

    field: str
    column: int
    others: frozenset[int]  # columns of which one is filled in every row


class Prose:
    """Reads the fields of a family from lines of a page."""

    def __init__(self, page: Page, labels: Labels) -> None:
        self.page, self.labels, self.family = page, labels, page.family
        self.order = {field: place for place, field in enumerate(page.family.fields)}
        self.phrased: set[str] = set()  # fields told by a phrase: it may come again
        self.whole: frozenset[str] = frozenset()  # sums read as they stand, the part that the family wants not found in them
        self.open: Section | None = None
        self.items: Items | None = None
        self.columns: Columns | None = None
        self.named = ""  # the organisation named last

    def read(self, lines: Sequence[Cell]) -> None:
        """Fill the page's fields from some lines; empty ones are passed over."""
        for line in self._with_names(lines):
            if "\t" in line.text:
                self._row(list(_cells(line)))
            elif line.text:
                self.items = self.columns = None
                self._line(line)
        self.open = self.items = self.columns = None

    def finish(self, lines: Sequence[Cell]) -> None:
        """Read what only the last phrases of a family tell: those for a field that no line has told."""
        for phrase in self.family.phrases:
            if not phrase.otherwise or phrase.field in self.page.fields:
                continue
            for line in lines:
                text, places = _squeezed(line.text)
                if match := _first(phrase.otherwise, text, 0):
                    self._take(phrase.field, _trimmed(line.part(places[match.start(1)], places[match.end(1) - 1] + 1)), PHRASED)
                    break

    def _with_names(self, lines: Sequence[Cell]) -> Iterator[Cell]:
        """Yield the lines, a list of persons with the lines of names that go on below it."""
        held: Cell | None = None
        for line in lines:
            if held and _NAMES.fullmatch(line.text) and self._lists_persons(held.text) and not self._blank_label(line.text):
                held = joined([held, Cell(" ", line.start - 1), line])
                continue
            if held:
                yield held
            held = line
        if held:
            yield held

    def _lists_persons(self, text: str) -> bool:
        marks = self._marks(text) if len(text) < LONGEST_LIST else []
        return bool(marks) and self.family.types.get(marks[-1].field) == "person"

    def _line(self, line: Cell) -> None:
        named = _NAMED.match(line.text) or ("联系人" not in self.order and _CONTACT.match(line.text))
        if self.open and self.open.empty and named:
            self._take(self.open.field, line.part(named.end()))
            self.open = None
        elif marks := self._marks(line.text):
            if marks[0].start:  # words stand before the label
                known = set(self.page.fields)
                self._phrases(line)
                marks = [mark if mark.field in known or mark.field not in self.page.fields else mark._replace(field="") for mark in marks]
            self._labelled(line, marks)
            if not marks[0].start:
                self._phrases(line, marks[0].end)
        elif heading := self._heading(line.text):
            self.open = Section(heading, by_phrase=False)
        elif not self._phrases(line) and self.open:
            self._paragraph(self.open, line)

    def _labelled(self, line: Cell, marks: list[Mark]) -> None:
        self.open = None
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            value = _trimmed(line.part(mark.end, following.start if following else None))
            if not mark.field or (mark.generic and not self._meant(mark.field)):
                continue
            if value.text:
                self._take(mark.field, value, mark.confidence)
            if not following:
                style = _style(value.text)
                if not value.text or style >= 0:
                    self.open = Section(mark.field, by_phrase=False, style=style, empty=not value.text)

    def _heading(self, text: str) -> str:
        """Return the field a whole line names, "" if none: 四、处理意见, 【经查】; an unknown heading ends what is open."""
        if self.open and not self.open.by_phrase and not self.open.empty and self.open.style < 0 and _UNKNOWN_LABEL.match(text):
            self.open = None
        if len(text) > HEADING or any(pattern.search(text) for pattern in self.family.titles):
            return ""
        bare = text.strip(_OPENING + _CLOSING) if text.endswith(tuple(_CLOSING)) else text
        label = self._known(bare) or self._faulty(text)
        if not label and _UNKNOWN_HEADING.match(text) and self.open and self.open.style != _style(text):
            self.open = None
        return label.name if label else ""

    def _phrases(self, line: Cell, start: int = 0) -> bool:
        """Read what the family's phrases tell of a line, and return whether it is more than a paragraph of what is open.

        Inside a field only those that come after it are looked for: a family names its fields in the order of its pages.
        """
        waiting = self.open is not None and self.open.by_phrase and self.open.empty  # 现答复如下： may introduce the whole letter
        after = self.order[self.open.field] if self.open and not waiting else -1
        text, places = _squeezed(line.text)
        start = bisect_left(places, start)
        found = False
        opens = ""
        for phrase in self.family.phrases:
            if self.order[phrase.field] < after:
                continue
            missing = phrase.field not in self.page.fields or (phrase.every and phrase.field in self.phrased)
            below = self.order[phrase.field] > after or bool(
                self.open and phrase.every and phrase.field == self.open.field and _style(text) >= 0
            )
            if (missing or phrase.field in self.phrased) and _first(phrase.opens, text, start):
                opens = phrase.field
            elif missing and below and (match := _first(phrase.inside, text, start)) and match[1]:
                self._take(phrase.field, _trimmed(line.part(places[match.start(1)], places[match.end(1) - 1] + 1)), PHRASED)
                self.phrased.add(phrase.field)
                found = found or self._is_text(phrase.field)  # a date or sum ends no paragraph
        if opens:
            self._under(line)
            self.phrased.add(opens)
            self.open = Section(opens, by_phrase=True)
        elif found:
            self.open = None
        return bool(opens or found)

    def _under(self, line: Cell) -> None:
        """Read what the first line below a heading tells of its own field, where the same line opens another."""
        if not self.open or self.open.field in self.page.fields:
            return
        text, places = _squeezed(line.text)
        for phrase in self.family.phrases:
            if phrase.field == self.open.field and (match := _first(phrase.inside, text, 0)) and match[1]:
                self._take(phrase.field, _trimmed(line.part(places[match.start(1)], places[match.end(1) - 1] + 1)), PHRASED)

    def _paragraph(self, section: Section, line: Cell) -> None:
        """Add a paragraph to the open field, or close it: a numbered list ends where its numbers do."""
        style = _style(line.text)
        if not section.empty and section.style >= 0 and style != section.style:
            self.open = None
            return
        if found := _PACKAGE.match(line.text):
            line = line.part(found.end()) if found[0].endswith(("：", ":")) else line
        if not line.text or (found and found.end() == len(line.text)):
            return
        pattern = self.family.within.get(section.field)
        if pattern and not section.empty and self._ends(line.text):
            self.open = None  # 联系电话 on a line of its own, below the person
            return
        if section.empty:
            section.style, section.empty = style, False
        confidence = PHRASED if section.by_phrase else 1.0
        if self._is_text(section.field):
            self.page.add(section.field, [line], confidence=confidence)
        elif section.field not in self.family.within or narrowed(line, self.family.within[section.field]):
            self._take(section.field, line, confidence)

    def _row(self, cells: list[Cell]) -> None:
        """Read one row of a table: labels and the values beside them, or a row of items."""
        if self._item(cells) | self._values(cells):
            return
        self.items, self.columns = self._header(cells), self._named_columns(cells)
        if self.items or self.columns:
            self.open = None
        waiting: tuple[str, float] | None = None
        first: Cell | None = None
        labelled = False
        for cell in cells if not self.items and not self.columns else ():
            if not cell.text:
                continue
            label = self._known(cell.text)
            if not label and not waiting:
                label = self._faulty(cell.text)
            if label and (not waiting or not cell.text.endswith(("。", "；"))):
                if waiting and first:
                    self._take(waiting[0], first, waiting[1])
                generic = len(key(cell.text)) <= GENERIC and not self._meant(label.name)
                waiting, first, labelled = (None if generic else (label.name, 1.0 if self._known(cell.text) else FAULTY)), None, True
            elif waiting:
                first = first or cell
                pattern = self.family.within.get(waiting[0])
                if not pattern or pattern.search(cell.text):
                    self._take(waiting[0], cell, waiting[1])
                    waiting = first = None
            elif marks := self._marks(cell.text):
                labelled = True
                self._labelled(cell, marks)
        if waiting and first:
            self._take(waiting[0], first, waiting[1])
        elif waiting and sum(1 for cell in cells if cell.text) == 1:
            self.open = Section(waiting[0], by_phrase=False)
        elif labelled or (self.open and self.open.by_phrase and self.open.empty):
            self.open = None  # … as follows: a table

    def _header(self, cells: list[Cell]) -> Items | None:
        """Return the table a row is the header of: one that names two of its columns."""
        for table in self.family.tables:
            if table.name not in self.order:
                continue
            found: dict[int, str] = {}
            for cell in cells:
                label = self.labels.canonical(cell.text, self.family.tags[0], ("column",)) if cell.text else None
                if label and label.name in table.columns:
                    found[cell.column] = label.name
            if len(found) < 2:
                continue
            rest = [cell for cell in cells if cell.text and not _ORDINAL.match(cell.text)]
            named = [cell.column for cell in rest if found.get(cell.column) == table.columns[0]]
            unnamed = [cell.column for cell in rest if cell.column not in found and not self._known(cell.text)]
            column = (named or unnamed or [-1])[0]
            return Items(table.name, column, frozenset(found) - {column}) if column >= 0 else None
        return None

    def _item(self, cells: list[Cell]) -> bool:
        """Add the item of a row under the header of a table; return whether the row is one."""
        if not self.items:
            return False
        by_column = {cell.column: cell for cell in cells}
        filled = sum(1 for column in self.items.others if column in by_column and by_column[column].text)
        first = next((cell.text for cell in cells if cell.text), "")
        if filled * 2 < len(self.items.others) or self._known(first):
            return False
        cell = by_column.get(self.items.column)
        if cell and cell.text and not any(_TOTAL.match(other.text) for other in cells):
            self.page.add(self.items.field, [cell])
        return True

    def _named_columns(self, cells: list[Cell]) -> Columns | None:
        """Return the columns of a row that is the header of a table of fields: two neighbours are fields, one of all an organisation."""
        found = {cell.column: self._found(0, 0, label, cell.text) for cell in cells if cell.text and (label := self._known(cell.text))}
        if not any(self.family.types.get(mark.field) == "organisation" for mark in found.values()):
            return None
        beside = any(column + 1 in found and found[column + 1].field != mark.field for column, mark in found.items())
        others = [cell.text for cell in cells if cell.text and cell.column not in found]
        if not beside or len(others) > len(found) or any(len(text) > HEADING // 2 or re.search(r"\d", text) for text in others):
            return None
        return Columns(found, len(cells))

    def _values(self, cells: list[Cell]) -> bool:
        """Add the values of a row under a header of fields; return whether the row is one."""
        if not self.columns or len(cells) != self.columns.width:
            return False
        values = [(mark, cell) for cell in cells if (mark := self.columns.fields.get(cell.column)) and cell.text]
        if not values or any(self._known(cell.text) for _, cell in values) or any(_TOTAL.match(cell.text) for cell in cells):
            return False
        for mark, cell in values:
            self._take(mark.field, cell, mark.confidence)
        return True

    def _meant(self, field: str) -> bool:
        """Return whether a generic label (地址) means a field: it belongs to the organisation named last, and comes again where that does."""
        mine = self.order.get(self.named, -1) < self.order[field]
        if field not in self.page.fields:
            return mine or not self._is_text(field)
        return mine and self._is_text(field) and f"{self.named}#2" in self.page.fields

    def _marks(self, text: str) -> list[Mark]:
        """Return the labels of a line that begins with one, or of a short line that holds one."""
        marks: list[Mark] = []
        done = 0
        if (headed := _HEADED.match(text)) and (label := self._known(headed[1])):
            return [self._found(0, headed.end(), label, headed[1])]
        if blank := self._blank_label(text):
            return [blank]
        if (bracketed := _BRACKETED.match(text)) and (label := self._known(bracketed[1])):
            return [self._found(0, bracketed.end(), label, bracketed[1])]
        for colon in _COLON.finditer(text):
            inner = bool(marks) or len(text) <= SHORT or text[0] in _OPENING
            mark = self._mark(text, done, colon.start(), colon.end(), inner=inner, begun=bool(marks))
            if mark:
                marks.append(mark)
                done = colon.end()
            elif not inner:
                return []
        return marks if any(mark.field for mark in marks) else []

    def _blank_label(self, text: str) -> Mark | None:
        """Return the label that blanks part from its value instead of a colon: 主　　持　某某."""
        found: Mark | None = None
        for blank in _WIDE_BLANK.finditer(text, 0, LONGEST):
            spelt = text[: blank.start()]
            if _COLON.search(spelt) or not blank.end() < len(text):
                break
            if label := self._known(spelt):
                found = self._found(0, blank.end(), label, spelt)
        return found

    def _mark(self, text: str, done: int, colon: int, end: int, *, inner: bool, begun: bool) -> Mark | None:
        """Return the label that ends at a colon, `inner`: or the last words before it."""
        whole = text[max(done, colon - 2 * LONGEST) : colon].lstrip(_OPENING)
        start = colon - len(whole)
        if re.search(r"[（(][^）)]*$", whole):
            return None  # （单位：元）
        label = self._known(whole)
        if label:
            return self._found(start, end, label, whole)
        if not begun and (label := self._faulty(whole)):
            return self._found(start, end, label, whole, FAULTY)
        if not inner:
            return None
        word = _WORD.search(text, done, colon)
        if word and (label := self._known(word[0])):
            return self._found(word.start(), end, label, word[0])
        for length in range(min(12, colon - done), SHORTEST_WITH_FAULT - 1, -1):
            if label := self._known(text[colon - length : colon]):
                return self._found(colon - length, end, label, text[colon - length : colon])
        if word and begun and _set_apart(text, word.start()):
            return Mark(word.start(), end, "", generic=False, confidence=0.0)
        for length in range(min(12, colon - done), 1, -1) if begun else ():
            if self._ends(text[colon - length : colon]):
                return Mark(colon - length, end, "", generic=False, confidence=0.0)
        return None

    def _found(self, start: int, end: int, label: Label, spelt: str, confidence: float = 1.0) -> Mark:
        return Mark(start, end, label.name, len(key(spelt)) <= GENERIC, confidence)

    def _known(self, text: str) -> Label | None:
        """Return the field of the family that a text spells; a label of other families counts by its own name only."""
        label = self.labels.canonical(text, self.family.tags[0], ("field",)) if text else None
        return label if label and self._wanted(label) and (self._own(label) or key(text).endswith(label.name)) else None

    def _faulty(self, text: str) -> Label | None:
        near = self.labels.nearest(text, self.family.tags[0]) if len(text) >= SHORTEST_WITH_FAULT else None
        return near[0] if near and self._wanted(near[0]) and self._own(near[0]) else None

    def _ends(self, text: str) -> bool:
        """Return whether a text is a label of another family, which ends the value before it: 訾卓然职务：董事长."""
        label = self.labels.canonical(text, self.family.tags[0], ("field",))
        return bool(label and label.kind == "field" and not self._wanted(label))

    def _wanted(self, label: Label) -> bool:
        return label.name in self.order and label.kind == "field"

    def _is_text(self, field: str) -> bool:
        return self.family.types.get(field, "text") == "text"

    def _own(self, label: Label) -> bool:
        return not set(label.families).isdisjoint(self.family.tags)

    def _take(self, field: str, cell: Cell, confidence: float = 1.0) -> None:
        """Add a value, of which the family's file may want a part only; a second one must have that part."""
        if field in self.phrased and confidence != PHRASED:  # a label says it better than a phrase above
            self.page.drop(field)
            self.phrased.discard(field)
        pattern = self.family.within.get(field)
        part = narrowed(cell, pattern)
        if pattern and not part and field in self.page.fields:
            return
        if part and field in self.whole:  # 收费标准：按成交金额的1.2%收取, then 收费金额：16446元
            self.page.drop(field)
        self.whole = self.whole - {field} if part or not pattern or self.family.types.get(field) != "money" else self.whole | {field}
        cell = _trimmed(part) if part else cell
        if self.family.types.get(field) == "code" and (number := self._number(cell.text)):
            field = number
        if self.family.types.get(field) == "organisation":
            if cell.text and not re.search(r"[\u4e00-\u9fff]", cell.text):
                return  # the telephone number beside it
            self.named = field
            if found := _SEALED.search(cell.text):
                cell = cell.part(0, found.start())
        if cell.text and not self._same_sum(field, cell.text):
            self.page.add(field, [cell], confidence=confidence)

    def _same_sum(self, field: str, text: str) -> bool:
        """Tell whether a sum stands there already in other words: 19.8万元, 19.8 under a heading （万元）."""
        told = self.page.fields.get(field)
        return told is not None and told.type == "money" and _figures(told.value) == _figures(text) != ""

    def _number(self, text: str) -> str:
        """Return the field of the number of a letter where a text is one, its field still unread: 编号：永民信答字〔2023〕21号."""
        field = self.family.called.get("发文字号", "发文字号")
        return field if field in self.order and field not in self.page.fields and _LETTER_NUMBER.fullmatch(text) else ""


def _cells(line: Cell) -> Iterator[Cell]:
    place = 0
    for column, text in enumerate(line.text.split("\t")):
        cell = line.part(place, place + len(text))
        yield Cell(cell.text, cell.start, column, cell.breaks)
        place += len(text) + 1


def _style(text: str) -> int:
    """Return how a paragraph is numbered, -1 if it is not."""
    return next((style for style, pattern in enumerate(_NUMBERS) if pattern.match(text)), -1)


def _set_apart(text: str, start: int) -> bool:
    """Return whether white space that ends a value stands before a place: wide, or one blank after no mark."""
    before = text[max(0, start - 2) : start]
    return before.endswith("\u3000") or (before.endswith(" ") and before[:1] not in "；;：:，,、")


def _squeezed(text: str) -> tuple[str, Sequence[int]]:
    """Return a text without the blanks that engines set between words, its brackets in one width, and where its characters stand.

    8 月 30 日 → 8月30日.
    """
    text = text.translate(WIDE_BRACKETS)
    if " " not in text:
        return text, range(len(text))
    places = [place for place, character in enumerate(text) if character != " "]
    return "".join(text[place] for place in places), places


def _first(patterns: Sequence[re.Pattern[str]], text: str, start: int) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.search(text, start))), None)


def _figures(text: str) -> str:
    return re.sub(r"[^\d.]", "", text)


def _trimmed(cell: Cell) -> Cell:
    """Return a value without the marks that part it from what follows, and without the second half of a pair of brackets."""
    kept = cell.text.rstrip("；;，,、：: \u3000")
    bare = kept.rstrip("。").translate(WIDE_BRACKETS)
    if bare.endswith(tuple(_CLOSING)) and bare.count(bare[-1]) > bare.count(_OPENING[_CLOSING.index(bare[-1])]):
        return cell.part(0, len(bare) - 1)
    return cell.part(0, len(kept))
