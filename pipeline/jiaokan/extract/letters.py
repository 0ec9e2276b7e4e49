"""Letters: the elements of a 公文 by their place on the page (GB/T 9704—2012 §7), and lines that begin with a label.

版头: 份号, 密级, 紧急程度, 发文机关标志, 发文字号, 签发人. 主体: 标题 … 附注. 版记: 抄送, 印发机关, 印发日期.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jiaokan.extract.page import FURNITURE, KINDS, Cell, Page, lines, narrowed, paragraphs
from jiaokan.extract.prose import Prose
from jiaokan.knowledge.families import ELEMENTS
from jiaokan.knowledge.labels import Label, Labels
from jiaokan.script import CLOSE, OPEN, parted

__all__ = ["KINDS", "Letter"]

HEAD_LINES = 16
"""Lines with text above which the title has begun: the head has six elements, some on lines of their own."""
UNSURE = 0.7
"""Confidence of an element known by its place alone."""

_YEAR = r"[\d０-９OＯ〇○零一二三四五六七八九 ]{2,8}年"
_DATE = re.compile(rf"[（(]?({_YEAR}\s*[\d０-９一二三四五六七八九十 ]{{0,4}}月\s*[\d０-９一二三四五六七八九十廿卅 ]{{0,5}}[日曰])[）)]?")
_DAMAGED = re.compile(r"[\d０-９OＯ〇○零一二三四五六七八九十]{0,4}年?[\d一二三四五六七八九十]{0,3}月[\d一二三四五六七八九十廿]{0,3}[日曰]")
_PRINTED = re.compile(
    rf"(?:(.{{1,40}}?[室厅局府委会部院科处股]|.{{2,40}}?(?=[\s，,]))[\s，,.”“\"']*)?({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])\s*(?:印[发制]?|制发)"
)
_OFFICE = re.compile(rf"([^\s\d，。]{{2,40}}?)(?:编印|编发|编|整理|印)?\s+({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])(?:印发)?")
_DATED_OFFICE = re.compile(rf"({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])\s+([^\s\d，。：:]{{4,40}})")
"""The same the other way round: 2023年8月14日　某县人民政府办公室."""
_ISSUED = re.compile(rf"({_YEAR}\s?[^年]{{0,6}}月\s?[^月]{{0,6}}[日曰])\s*(?:印发)?")
_AGENCY = re.compile(r"[\u4e00-\u9fff（）()]{2,36}(?:政府|室|厅|委员会|中心|[局委部院科处股])")
_NUMBER = re.compile(
    rf"(?:[（(](?=第|(?:19|20)\d\d年第))?((?:[\u4e00-\u9fff（()）]{{2,18}}\s*)?[{OPEN}CL]?\s*(?:19|20)\d\d\s*[{CLOSE}J]?\s*(?:第\s*)?(?:[\u4e00-\u9fff]{{1,3}}[-—－]?)?\d{{1,7}}(?:[-—－]\d{{1,3}})?\s*[号期次]|(?:(?:19|20)\d\d年)?第\s*\d{{1,4}}\s*[期号次])[）)]?(?:\s|$)"
)
_SIGNER = re.compile(r"签\s*发\s*人\s*[:：]\s*(.+)$")
_SECRET = re.compile(r"(?:绝密|机密|秘密)(?:\s*[★☆*]\s*\S+)?")
_URGENT = re.compile(r"特\s*提|特\s*急|加\s*急|平\s*急")
_URGENT_LINE = re.compile(rf"[【（(\[［]?(?:{_URGENT.pattern})[】）)\]］]?")
_TITLE_END = re.compile(rf"(?:{KINDS}|令)(?:[（(][^（()）]+[）)])?$")
_TITLED = re.compile(rf"(?:{_TITLE_END.pattern})|(?:意见|决定|告知)书(?:[（(][^（()）]+[）)])?$|公示$")
_MASTHEAD = re.compile(r"(?:文件|纪要|[府局委办厅部院会处所署站]|办公室|中心|公司|大学)(?:[（(].{1,12}[）)])?$")
_COPY = re.compile(r"(?:抄\s*送|抄\s*报|分\s*送|主\s*送|报\s*送|印\s*发|发|报|送)\s*[:：]\s*")
_ENCLOSED = re.compile(r"附\s*件?\s*[:：]\s*")
_ATTACHED = re.compile(r"附\s*件\s*\d{0,2}$")
_NOTE = re.compile(r"[（(](.+)[）)]")
_RULED = re.compile(r"[━─—―_＿═=★☆]{3,}|[★☆]")
"""The red line under the number of a letter, and its star."""
_SEAL = re.compile(r"[（(]\s*(?:加\s*盖\s*)?(?:印|公|盖|签)?\s*章\s*[）)]")
"""The place of the seal under a name."""
_SEALED_BY = re.compile(r"[（(]([\u4e00-\u9fff]{4,30}?)(?:印\s*章|公\s*章|盖\s*章|章)[）)]")
"""What a copy says of a seal in place of the name: （某县水利局印章）."""
_LABELLED = re.compile(r"([^\s:：，。][^:：，。]{0,11}?)\s*[:：]\s*")
_ADDRESSEE = re.compile(r"(?!.{0,300}[如以]下)[^。；！？:：]{2,300}[:：]")
_LIST = re.compile(r"(?:[^。，,、；:：\d]{1,30}(?:政府|单位|部门|[局委办厅部院])[，,、]?){1,30}[。.]?")


class Letter:
    """Reads the elements of one letter, from both ends towards the text between."""

    def __init__(self, page: Page, labels: Labels) -> None:
        self.page, self.labels = page, labels
        self.called = {element: page.family.called.get(element, element) for element in ELEMENTS}
        self.wanted = frozenset(page.family.fields)
        self.prose = Prose(page, labels) if self.wanted - frozenset(self.called.values()) else None
        self.taken: set[int] = set()  # where the lines begin that are elements by their place
        self.dated = -1  # the line of the 成文日期
        kept: list[Cell] = []  # "" for an empty line
        for cell in lines(parted(page.document.text)):
            if found := FURNITURE.fullmatch(cell.text):
                page.add("页码", [cell], value=found[1])
            elif not _RULED.fullmatch(cell.text):
                kept.append(cell)
        self.lines = paragraphs(kept)

    def read(self) -> None:
        """Fill the page's fields."""
        title = self._head()
        body = self._address(self._numbered(self._title(title)))
        foot = self._foot(body)
        end = self._signature(body, foot)
        end = self._enclosures(body, end)
        text = [line for line in self.lines[body:end] if line.text]
        if text and "正文" in self.wanted:
            self._add("正文", text, value="\n".join(line.text for line in text))
        if self.prose:
            self.prose.read([line for line in self.lines[:end] if line.start not in self.taken])
            self.prose.read([line for line in self.lines[self.dated + 1 : foot] if not self._told(line)] if self.dated >= 0 else [])
            self.prose.finish([line for line in self.lines[:end] if line.start not in self.taken])

    def _add(self, element: str, cells: list[Cell], *, value: str | None = None, confidence: float = 1.0) -> None:
        label = self.called.get(element, element)
        if label in self.wanted:
            if label != "正文":
                self.taken.update(cell.start for cell in cells)
            if len(cells) == 1 and value is None:
                cells = [narrowed(cells[0], self.page.family.within.get(label)) or cells[0]]
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
            elif _SECRET.match(text) or _URGENT_LINE.fullmatch(text):
                self._grades(line)
            elif number:
                self._add("发文字号", [line.part(*number.span(1))])
                self._signer(line)
                return self._beyond(index + 1)
            elif _SIGNER.match(text):
                self._signer(line)
            elif masthead is None and _MASTHEAD.search(joined):
                masthead = line
                self._add("发文机关标志", [line], confidence=1.0 if joined.endswith(("文件", "纪要")) else UNSURE)
            elif masthead is None and _TITLE_END.search(joined):
                if not _NUMBER.match(next((below.text for below in self.lines[index + 1 :] if below.text), "")):
                    return index
                masthead = line  # 某县人民政府公告, its number, then the title
                self._add("发文机关标志", [line], confidence=UNSURE)
        return 0

    def _beyond(self, index: int) -> int:
        """Return the next line with text that is neither a signer nor the office and date of minutes."""
        for place in range(index, len(self.lines)):
            line = self.lines[place]
            if _SIGNER.match(line.text):
                self._signer(line)
            elif place + 1 < len(self.lines) and _AGENCY.fullmatch(line.text) and (dated := _ISSUED.fullmatch(self.lines[place + 1].text)):
                self._add("印发机关", [line])
                self._add("印发日期", [self.lines[place + 1].part(*dated.span(1))])
                return self._beyond(place + 2)
            elif office := _OFFICE.fullmatch(line.text):
                self._add("印发机关", [line.part(*office.span(1))])
                self._add("印发日期", [line.part(*office.span(2))])
            elif dated := _DATED_OFFICE.fullmatch(line.text):
                self._add("印发日期", [line.part(*dated.span(1))])
                self._add("印发机关", [line.part(*dated.span(2))])
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
        """Read the 标题, which may take several lines, and return the line after it, also where it is no field."""
        taken: list[Cell] = []
        for line in self.lines[index : index + 6]:  # five lines at most, GB/T 9704 asks for a balanced few
            if taken and (not line.text or _ADDRESSEE.fullmatch(line.text)):
                break
            if line.text:
                taken.append(line)
            if _TITLED.search(line.text):
                break
        joined = "".join(line.text for line in taken)
        if not taken or not ("关于" in joined or _TITLED.search(joined)) or len(joined) > 150:
            return index
        self._add("标题", taken)
        return index + next(place for place, line in enumerate(self.lines[index:], start=1) if line is taken[-1])

    def _numbered(self, index: int) -> int:
        """Read a 发文字号 that stands below the title, as web pages set it; return the line after it."""
        place = self._number_below(index)
        if place < 0 or self.called["发文字号"] in self.page.fields or not (number := _NUMBER.match(self.lines[place].text)):
            return index
        self._add("发文字号", [self.lines[place].part(*number.span(1))])
        self._signer(self.lines[place])
        return place + 1

    def _number_below(self, index: int) -> int:
        """Return the next line with text, or the one after it where that is a second title: 某局信访事项处理意见书; -1 for none."""
        places = [place for place in range(index, min(index + 4, len(self.lines))) if self.lines[place].text]
        second = len(places) > 1 and _TITLED.search(self.lines[places[0]].text) and len(self.lines[places[0]].text) <= 40
        return places[1] if second else places[0] if places else -1

    def _address(self, index: int) -> int:
        """Read the 主送机关 and the lines that begin with a label; return the line at which the text begins."""
        start = index
        for place in range(index, min(index + 14, len(self.lines))):
            line = self.lines[place]
            if not line.text:
                continue
            if label := self._labelled(line):
                if not self.prose:
                    self._labelled_line(label, line)
                index = place + 1
            elif self.called["主送机关"] in self.wanted and self.called["主送机关"] not in self.page.fields:
                if _ADDRESSEE.fullmatch(line.text):
                    self._add("主送机关", [line.part(0, len(line.text) - 1)])
                    return place + 1
                below = next((below.text for below in self.lines[place + 1 :] if below.text), "")
                if _LIST.fullmatch(line.text) and len(line.text) < 100 and not _DATE.fullmatch(below):
                    self._add("主送机关", [line.part(0, len(line.text.rstrip("。.")))], confidence=UNSURE)
                    return place + 1
                if _NOTE.fullmatch(line.text) and len(line.text) < 60:  # 项目代码, or the meeting that passed it
                    continue
                if len(line.text) > 20 or place > index + 3:  # the text has begun; a shorter line may be a note by hand
                    break
            elif len(line.text) > 20 or index > start:  # below the labels
                break
        return index

    def _labelled(self, line: Cell) -> Label | None:
        match = _LABELLED.match(line.text)
        label = self.labels.canonical(match[1], self.page.family.tags[0], ("field",)) if match else None
        return label if label and label.name in self.wanted else None

    def _told(self, line: Cell) -> bool:
        """Return whether a line below the date begins with the label of a text read above: the office's own address."""
        label = self._labelled(line)
        return bool(label and label.name in self.page.fields and self.page.family.types.get(label.name, "text") == "text")

    def _labelled_line(self, label: Label, line: Cell) -> None:
        match = _LABELLED.match(line.text)
        if match:
            self._add(label.name, [line.part(match.end())])

    def _foot(self, body: int) -> int:
        """Read the 版记 and return the line at which it begins, or the page's end."""
        end = len(self.lines)
        copies: list[tuple[str, list[Cell]]] = []
        last = next((place for place in range(len(self.lines) - 1, body, -1) if self.lines[place].text), body)
        for place in range(len(self.lines) - 1, max(body, len(self.lines) - 200) - 1, -1):  # an attachment may follow it
            line = self.lines[place]
            if place == last and _COPY.match(self.lines[place - 1].text) and (found := _OFFICE.fullmatch(line.text)):
                self._add("印发机关", [line.part(*found.span(1))])
                self._add("印发日期", [line.part(*found.span(2))])
                end = place
            elif found := _PRINTED.fullmatch(line.text):
                self._add("印发日期", [line.part(*found.span(2))])
                end = place
                above = self.lines[place - 1]
                if found[1]:
                    self._add("印发机关", [line.part(*found.span(1))])
                elif place > body and _AGENCY.fullmatch(above.text):  # on a line of its own
                    self._add("印发机关", [above])
                    end = place - 1
            elif found := _COPY.match(line.text):
                more = [line for line in self.lines[place + 1 : end] if line.text and not _LABELLED.match(line.text)]
                cells = [line.part(found.end(), len(line.text.rstrip("。"))), *more]
                addressed = line.text.startswith("主") and self.called["主送机关"] in self.wanted
                copies.append(("主送机关" if addressed else "抄送机关", cells))
                end = place
            elif re.match(r"主\s*题\s*词\s*[:：]", line.text) and (label := self._labelled(line)):
                self._labelled_line(label, line)
                end = place
            elif end < len(self.lines) and (_DATE.fullmatch(line.text) or len(line.text) > 60):
                break
        for element, cells in reversed(copies):
            self._add(element, cells, value="".join(cell.text for cell in cells).rstrip("。"))
        return end

    def _signature(self, body: int, end: int) -> int:
        """Read 署名, 成文日期 and 附注 and return the line at which they begin."""
        for place, found in self._dates(body, end):
            damaged = found.re is _DAMAGED
            self._add("成文日期", [self.lines[place].part(*found.span(0 if damaged else 1))], confidence=UNSURE if damaged else 1.0)
            self.dated = place
            for line in self.lines[place + 1 : end]:
                if note := _NOTE.fullmatch(line.text):
                    self._add("附注", [line.part(*note.span(1))])
                elif line.text:
                    break
            signed = list(self._signers(body, place))
            if signed:
                self._add("发文机关署名", signed, value="\n".join(line.text for line in signed))
                return next(index for index in range(body, place) if self.lines[index] is signed[0])
            for line in self.lines[max(body, place - 2) : place + 2]:
                if sealed := _SEALED_BY.fullmatch(line.text):
                    self._add("发文机关署名", [line.part(*sealed.span(1))], confidence=UNSURE)
            return place
        if undated := self._undated(body, end):
            return undated
        for place in range(body, end):
            if _ATTACHED.fullmatch(self.lines[place].text):
                return place
        return end

    def _undated(self, body: int, end: int) -> int:
        """Read the 署名 above a date that a seal hides: the agency of the 发文机关标志 on a line of its own. 0 if there is none."""
        masthead = self.page.fields.get(self.called["发文机关标志"])
        agency = re.sub(r"\s|文件$", "", masthead.value) if masthead else ""
        for place in range(end - 1, max(body, end - 6) if agency else end - 1, -1):
            text = self.lines[place].text
            if note := _NOTE.fullmatch(text):
                self._add("附注", [self.lines[place].part(*note.span(1))])
            elif text == agency or (len(text) == len(agency) > 4 and sum(a != b for a, b in zip(text, agency, strict=True)) <= 2):
                self._add("发文机关署名", [self.lines[place]], confidence=UNSURE)
                return place
        return 0

    def _dates(self, body: int, end: int) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield the lines that are a date; those damaged in reading after the sound ones, and only below the name of an agency."""
        texts = [line.text for line in self.lines[body:end]]
        sound = ((place, found) for place, text in enumerate(texts, start=body) if (found := _DATE.fullmatch(text)))
        damaged = (
            (place, found)
            for place, text in enumerate(texts[1:], start=body + 1)
            if len(text) > 3 and (found := _DAMAGED.fullmatch(text)) and _AGENCY.fullmatch(self.lines[place - 1].text)
        )
        yield from sound
        yield from damaged

    def _signers(self, body: int, date: int) -> Iterator[Cell]:
        """Yield the agencies named right above the date: short lines without a sentence's end."""
        start = date
        while start > body:
            text = self.lines[start - 1].text
            if not text:
                if start < date:
                    break
            elif _SEAL.fullmatch(text):
                date = start - 1
            elif (
                len(text) > 40
                or re.search(r"[。；：:！？\t]", text)
                or _ENCLOSED.match(text)
                or re.match(r"\d|[（(]|[一二三四五六七八九十]{1,3}[、．.]", text)
            ):
                break
            start -= 1
        return (line for line in self.lines[start:date] if line.text)

    def _enclosures(self, body: int, end: int) -> int:
        """Read the 附件说明 and return the line at which it begins."""
        for place in range(end - 1, max(body, end - 40) - 1, -1):  # a list of enclosures is shorter than a page
            line = self.lines[place]
            if found := _ENCLOSED.match(line.text):
                cells = [line.part(found.end()), *(more for more in self.lines[place + 1 : end] if more.text)]
                self._add("附件说明", cells, value="；".join(cell.text for cell in cells if cell.text))
                return place
        return end
