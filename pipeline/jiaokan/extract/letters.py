"""Letters: the elements of a 公文 by their place on the page (GB/T 9704—2012 §7), and lines that begin with a label.

版头: 份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人. 主体: 标题 … 附注. 版记: 抄送, 印发机关, 印发日期.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.extract.page import Cell, Page
from jiaokan.knowledge.labels import Label, Labels
from jiaokan.script import CLOSE, OPEN

KINDS = "决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
"""The fifteen kinds of 党政机关公文处理工作条例 (2012) art. 8; 命令 stands for 命令（令）."""
HEAD_LINES = 16
"""Lines with text above which the title has begun: the head has six elements, some on lines of their own."""
UNSURE = 0.7
"""Confidence of an element known by its place alone."""

_YEAR = r"[\d０-９OＯ〇○零一二三四五六七八九 ]{2,8}年"
_DATE = re.compile(rf"[（(]?({_YEAR}\s*[\d０-９一二三四五六七八九十 ]{{0,4}}月\s*[\d０-９一二三四五六七八九十廿卅 ]{{0,5}}[日曰])[）)]?")
_PRINTED = re.compile(rf"(?:(.{{2,40}}?)[\s，,]+)?({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])\s*印发")
_OFFICE = re.compile(rf"([^\s\d，。]{{2,40}})\s+({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])")
_NUMBER = re.compile(
    rf"((?:[\u4e00-\u9fff]{{2,14}}\s*)?[{OPEN}CL]?\s*(?:19|20)\d\d\s*[{CLOSE}J]?\s*(?:第\s*)?\d{{1,5}}\s*号|第\s*\d{{1,4}}\s*[期号])(?:\s|$)"
)
_SIGNER = re.compile(r"签\s*发\s*人\s*[:：]\s*(.+)$")
_SECRET = re.compile(r"(?:绝密|机密|秘密)(?:\s*[★☆*]\s*\S+)?")
_URGENT = re.compile(r"特提|特急|加急|平急")
_TITLE_END = re.compile(rf"(?:{KINDS}|令)(?:[（(][^（()）]+[）)])?$")
_MASTHEAD = re.compile(r"(?:文件|纪要|[府局委办厅部院会处所署站]|办公室|中心|公司|大学)(?:[（(].{1,12}[）)])?$")
_COPY = re.compile(r"(?:抄\s*送|抄\s*报|分\s*送|主\s*送|发)\s*[:：]\s*")
_ENCLOSED = re.compile(r"附\s*件\s*[:：]\s*")
_ATTACHED = re.compile(r"附\s*件\s*\d{0,2}$")
_NOTE = re.compile(r"[（(](.+)[）)]")
_LABELLED = re.compile(r"([^\s:：，。][^:：，。]{0,11}?)\s*[:：]\s*")
_FURNITURE = re.compile(r"[—―–\-－·]\s*(\d{1,4})\s*[—―–\-－·]")
_ADDRESSEE = re.compile(r"[^。；！？:：]{2,300}[:：]")
_LIST = re.compile(r"(?:[^。，,、；:：\d]{1,30}(?:政府|单位|部门|[局委办厅部院])[，,、]?){1,30}[。.]?")


class Letter:
    """Reads the elements of one letter, from both ends towards the text between."""

    def __init__(self, page: Page, labels: Labels) -> None:
        self.page, self.labels = page, labels
        self.wanted = frozenset(page.family.fields)
        self.lines: list[Cell] = []  # "" for an empty line
        for cell in _lines(page.document.text):
            if found := _FURNITURE.fullmatch(cell.text):
                page.add("页码", [cell], value=found[1])
            else:
                self.lines.append(cell)

    def read(self) -> None:
        """Fill the page's fields."""
        title = self._head()
        body = self._address(self._title(title))
        end = self._foot(body)
        end = self._signature(body, end)
        end = self._enclosures(body, end)
        text = [line for line in self.lines[body:end] if line.text]
        if text and "正文" in self.wanted:
            self._add("正文", text, value="\n".join(line.text for line in text))

    def _add(self, label: str, cells: list[Cell], *, value: str | None = None, confidence: float = 1.0) -> None:
        if label in self.wanted:
            self.page.add(label, cells, value=value, confidence=confidence)

    def _head(self) -> int:
        """Read the 版头 and return the line at which the title begins."""
        masthead: Cell | None = None
        seen = 0
        for index, line in enumerate(self.lines):
            text = line.text
            if not text:
                continue
            seen += 1
            joined = re.sub(r"\s", "", text)
            number = _NUMBER.match(text)
            if seen > HEAD_LINES or (not number and (_ADDRESSEE.fullmatch(text) or "关于" in joined) and not self._labelled(line)):
                return index
            if re.fullmatch(r"\d{6}", text):
                self._add("份号", [line])
            elif _SECRET.match(text) or _URGENT.fullmatch(text):
                self._grades(line)
            elif number:
                self._add("发文字号", [line.part(0, number.end(1))])
                self._signer(line)
                return self._beyond(index + 1)
            elif _SIGNER.match(text):
                self._signer(line)
            elif masthead is None and _MASTHEAD.search(joined):
                masthead = line
                self._add("发文机关标志", [line], confidence=1.0 if joined.endswith(("文件", "纪要")) else UNSURE)
            elif masthead is None and _TITLE_END.search(joined):
                return index
        return 0

    def _beyond(self, index: int) -> int:
        """Return the next line with text that is neither a signer nor the office and date of minutes."""
        for place in range(index, len(self.lines)):
            line = self.lines[place]
            if _SIGNER.match(line.text):
                self._signer(line)
            elif office := _OFFICE.fullmatch(line.text):
                self._add("印发机关", [line.part(*office.span(1))])
                self._add("印发日期", [line.part(*office.span(2))])
            elif line.text:
                return place
        return len(self.lines)

    def _grades(self, line: Cell) -> None:
        if found := _SECRET.search(line.text):
            self._add("密级和保密期限", [line.part(*found.span())])
        if found := _URGENT.search(line.text):
            self._add("紧急程度", [line.part(*found.span())])

    def _signer(self, line: Cell) -> None:
        if found := _SIGNER.search(line.text):
            self._add("签发人", [line.part(found.start(1))])

    def _title(self, index: int) -> int:
        """Read the 标题, which may take several lines, and return the line after it."""
        if "标题" not in self.wanted:
            return index
        taken: list[Cell] = []
        for line in self.lines[index : index + 6]:  # five lines at most, GB/T 9704 asks for a balanced few
            if taken and (not line.text or _ADDRESSEE.fullmatch(line.text)):
                break
            if line.text:
                taken.append(line)
            if _TITLE_END.search(line.text):
                break
        joined = "".join(line.text for line in taken)
        if not taken or not ("关于" in joined or _TITLE_END.search(joined)) or len(joined) > 150:
            return index
        self._add("标题", taken)
        return index + next(place for place, line in enumerate(self.lines[index:], start=1) if line is taken[-1])

    def _address(self, index: int) -> int:
        """Read the 主送机关 and the lines that begin with a label; return the line at which the text begins."""
        place = index
        for place in range(index, min(index + 14, len(self.lines))):
            line = self.lines[place]
            if not line.text:
                continue
            if label := self._labelled(line):
                self._labelled_line(label, line)
                index = place + 1
            elif "主送机关" in self.wanted and "主送机关" not in self.page.fields:
                if _ADDRESSEE.fullmatch(line.text):
                    self._add("主送机关", [line.part(0, len(line.text) - 1)])
                    return place + 1
                if _LIST.fullmatch(line.text) and len(line.text) < 100:
                    self._add("主送机关", [line.part(0, len(line.text.rstrip("。.")))], confidence=UNSURE)
                    return place + 1
                if len(line.text) > 20 or place > index + 3:  # the text has begun; a shorter line may be a note by hand
                    break
            elif len(line.text) > 20:
                break
        return index

    def _labelled(self, line: Cell) -> Label | None:
        match = _LABELLED.match(line.text)
        label = self.labels.canonical(match[1], self.page.family.tags[0], ("field",)) if match else None
        return label if label and label.name in self.wanted else None

    def _labelled_line(self, label: Label, line: Cell) -> None:
        match = _LABELLED.match(line.text)
        if match:
            self._add(label.name, [line.part(match.end())])

    def _foot(self, body: int) -> int:
        """Read the 版记 and return the line at which it begins, or the page's end."""
        end = len(self.lines)
        for place in range(len(self.lines) - 1, max(body, len(self.lines) - 200) - 1, -1):  # an attachment may follow it
            line = self.lines[place]
            if found := _PRINTED.fullmatch(line.text):
                if found[1]:
                    self._add("印发机关", [line.part(*found.span(1))])
                self._add("印发日期", [line.part(*found.span(2))])
                end = place
            elif found := _COPY.match(line.text):
                more = [line for line in self.lines[place + 1 : end] if line.text and not _LABELLED.match(line.text)]
                cells = [line.part(found.end(), len(line.text.rstrip("。"))), *more]
                self._add("抄送机关", cells, value="".join(cell.text for cell in cells).rstrip("。"))
                end = place
            elif re.match(r"主\s*题\s*词\s*[:：]", line.text) and (label := self._labelled(line)):
                self._labelled_line(label, line)
                end = place
            elif end < len(self.lines) and (_DATE.fullmatch(line.text) or len(line.text) > 60):
                break
        return end

    def _signature(self, body: int, end: int) -> int:
        """Read 署名, 成文日期 and 附注 and return the line at which they begin."""
        for place in range(body, end):
            found = _DATE.fullmatch(self.lines[place].text)
            if not found:
                continue
            self._add("成文日期", [self.lines[place].part(*found.span(1))])
            for line in self.lines[place + 1 : end]:
                if note := _NOTE.fullmatch(line.text):
                    self._add("附注", [line.part(*note.span(1))])
                elif line.text:
                    break
            signed = list(self._signers(body, place))
            if signed:
                self._add("发文机关署名", signed, value="\n".join(line.text for line in signed))
                return next(index for index in range(body, place) if self.lines[index] is signed[0])
            return place
        for place in range(body, end):
            if _ATTACHED.fullmatch(self.lines[place].text):
                return place
        return end

    def _signers(self, body: int, date: int) -> Iterator[Cell]:
        """Yield the agencies named right above the date: short lines without a sentence's end."""
        start = date
        while start > body:
            text = self.lines[start - 1].text
            if not text:
                if start < date:
                    break
            elif len(text) > 40 or re.search(r"[。；：:！？]", text) or _ENCLOSED.match(text) or re.match(r"[\d（(一二三四五六七八九十]", text):
                break
            start -= 1
        return (line for line in self.lines[start:date] if line.text)

    def _enclosures(self, body: int, end: int) -> int:
        """Read the 附件说明 and return the line at which it begins."""
        for place in range(end - 1, max(body, end - 40) - 1, -1):  # a list of enclosures is shorter than a page
            line = self.lines[place]
            if found := _ENCLOSED.match(line.text):
                cells = [line.part(found.end()), *(more for more in self.lines[place + 1 : end] if more.text)]
                self._add("附件说明", cells, value="；".join(cell.text for cell in cells))
                return place
        return end


def _lines(text: str) -> Iterator[Cell]:
    start = 0
    for line in text.split("\n"):
        kept = line.lstrip(" \t\u3000\r\ufeff\u00a0")
        yield Cell(kept.rstrip(" \t\u3000\r\u00a0"), start + len(line) - len(kept))
        start += len(line) + 1
