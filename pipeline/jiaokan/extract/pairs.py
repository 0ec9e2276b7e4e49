"""Pages of no known family: pairs of label and value, as far as the page shows them.

A line `借阅人：某某` is a pair, and so is a row of two cells, or of four where the first and the third are labels. A label that
dictionaries/labels.tsv knows gets its canonical name; the type of a value is guessed from its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from jiaokan.extract.page import FURNITURE, Cell, Page, filled, lines, paragraphs
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.labels import LONGEST, Labels
from jiaokan.script import parted

KNOWN, SHOWN = 0.8, 0.5
"""Confidence of a pair whose label is in labels.tsv, and of one told by its colon or its cells alone."""
PROSE = 40
"""Characters: behind an unknown label, a longer value that ends in 。 is a sentence: 会议强调：…。"""

_LABEL = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\d{1,2}[.、．])?((?:[\u4e00-\u9fff]\s{0,4}){2,12}(?:[（(][\u4e00-\u9fff]{1,8}[）)])?)"
)
_COLON = re.compile(rf"(?:^|(?<=\s)){_LABEL.pattern}\s?[:：]")
_GUESSED: Mapping[str, re.Pattern[str]] = {
    "phone": re.compile(r"(?:1[3-9]\d{9}|0\d{2,3}[-—－]?\d{7,8}|400-?\d{3}-?\d{4})"),
    "date": re.compile(r"(?:(?:19|20)\d\d|[一二三四五六七八九〇○零]{4})\s?[年./-].{1,3}[月./-].{1,3}日?"),
    "money": re.compile(r"[-−]?[\d,，]+(?:\.\d+)?\s?[万亿千]?元(?:整)?"),
    "percent": re.compile(r"\d+(?:\.\d+)?\s?[%％]"),
    "document_number": re.compile(r"[\u4e00-\u9fff]{2,14}\s?[〔\[（(](?:19|20)\d\d[〕\]）)]\s?\d{1,5}\s?号"),
    "credit_code": re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}"),
    "organisation": re.compile(r"[\u4e00-\u9fff（）()]{3,30}(?:政府|委员会|办公室|公司|中心|学校|医院|协会|合作社|[局厅院馆])"),
}
"""Forms of values by which a type is guessed, in this order."""


def read(page: Page, labels: Labels, families: Families) -> None:
    """Fill the page's fields with its pairs."""
    types = {label: kind for family in families.by_name.values() for label, kind in family.types.items()}
    for line in paragraphs([line for line in lines(parted(page.document.text)) if line.text and not FURNITURE.fullmatch(line.text)]):
        for label, value in _row(line) if "\t" in line.text else _line(line):
            known = labels.canonical(label, "", ("field",))
            name = known.name if known and known.kind == "field" else re.sub(r"\s", "", label)
            if known or len(value.text) <= PROSE or not value.text.endswith("。"):
                page.add(
                    name, [value], confidence=KNOWN if known else SHOWN, kind=guessed(value.text) or (types.get(name, "") if known else "")
                )


def guessed(value: str) -> str:
    """Return the type a value looks like, "" for a text: 2023年3月7日 → date."""
    return next((kind for kind, pattern in _GUESSED.items() if len(value) <= LONGEST and pattern.fullmatch(value)), "")


def _line(line: Cell) -> Iterator[tuple[str, Cell]]:
    """Yield the pairs of a line that begins with a label: 借阅人：甘明甲　日期：2023年3月7日 → two."""
    found = list(_COLON.finditer(line.text))
    if not found or found[0].start():
        return
    for match, following in zip(found, [*found[1:], None], strict=True):
        value = line.part(match.end(), following.start() if following else None)
        if value.text:
            yield match[1], value


def _row(line: Cell) -> Iterator[tuple[str, Cell]]:
    """Yield the pairs of a row: label, value, label, value."""
    place, cells = 0, []
    for text in line.text.split("\t"):
        cells.append(line.part(place, place + len(text)))
        place += len(text) + 1
    cells = filled(cells)
    labels = [match[1] if (match := _LABEL.fullmatch(cell.text.rstrip(":："))) else "" for cell in cells]
    if len(cells) in {2, 4} and all(labels[::2]) and _paired(cells, labels):
        yield from zip(labels[::2], cells[1::2], strict=True)


def _paired(cells: Sequence[Cell], labels: Sequence[str]) -> bool:
    """Return whether a row is not the header of a table, where every cell is a label."""
    return not all(labels) or any(cell.text.endswith((":", "：")) for cell in cells[::2])
