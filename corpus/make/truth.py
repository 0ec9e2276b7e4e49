"""The truth of a page, read from the HTML we wrote it in: text, sections, fields, indicators, traps.

    python corpus/make/truth.py            # write corpus/pages/truth/*.json and corpus/splits.tsv
    python corpus/make/truth.py --check    # compare, write nothing; name what is wrong with a page
    python corpus/make/truth.py PAGE.html  # print one page's truth, to look at while writing it

A heading or paragraph outside a table is one line; a table row is one line, its cells between tabs, with empty cells where a
merged cell reaches. Annotations stand in the HTML itself, so that text and truth cannot part (corpus/README.md).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parent.parent
PAGES = CORPUS / "pages"
FAMILIES = (
    "项目支出绩效目标表", "部门整体支出绩效目标表", "绩效自评表", "公文", "会议纪要", "信访答复意见书", "行政处罚决定书", "中标（成交）结果公告", "部门预算公开表", "部门决算公开表",
)  # fmt: skip
LINES = {"h1", "h2", "p"}
CELLS = {"td", "th"}
ALLOWED = LINES | CELLS | {"html", "head", "meta", "title", "body", "table", "tr", "span", "div", "col", "colgroup"}
VOID = {"meta", "col"}
LEVELS = ("一级指标", "二级指标", "三级指标", "运算符", "指标值", "单位")
TRAPS = {"historical_name", "jargon", "person_name", "quotation", "author_slip", "code", "number"}
SPLITS = ("train", "train", "train", "dev", "test", "dev", "test", "train")  # of each eight pages of a family: four, two, two
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass
class Block:
    """A line, or a cell of a row: its text and what is marked in it, in places of the text."""

    tag: str
    row: int = -1
    column: int = -1
    text: str = ""
    marks: list[tuple[str, str, int, int]] = field(default_factory=list)  # attribute, value, start, end
    sections: list[str] = field(default_factory=list)  # that begin with this block


@dataclass
class Row:
    """A row of a table: the blocks by column."""

    cells: dict[int, Block] = field(default_factory=dict)
    width: int = 0
    indicator: str = ""


class Reader(HTMLParser):
    """Reads a page into lines (blocks) and rows, in document order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.order: list[Block | Row] = []
        self.blocks: list[Block] = []  # lines and cells, as the renderer meets them
        self.errors: list[str] = []
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._block: Block | None = None
        self._sections: list[str] = []
        self._covered: dict[tuple[int, int], bool] = {}
        self._row = -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a line, a row, a cell or a mark."""
        found = {name: value or "" for name, value in attrs}
        if tag not in ALLOWED:
            self.errors.append(f"<{tag}> is not used in pages")
        if tag == "meta" and "name" in found:
            self.meta[found["name"]] = found.get("content", "")
        if "data-section" in found:
            self._sections.append(found["data-section"])
        if tag == "table":
            self._covered, self._row = {}, -1
        elif tag == "tr":
            self._row += 1
            self.order.append(Row(indicator=found.get("data-indicator", "")))
        elif tag in CELLS:
            self._cell(tag, found)
        elif tag in LINES and self._block is None:
            self._begin(Block(tag))
        if tag not in VOID:
            self._open.append((tag, found, len(self._block.text) if self._block else 0))

    def handle_data(self, data: str) -> None:
        """Add text to the open line or cell; source line breaks are spaces, as in a browser."""
        if self._block is not None:
            text = _SPACES.sub(" ", data)
            if not self._block.text or self._block.text.endswith(" "):
                text = text.lstrip(" ")
            self._block.text += text
        elif data.strip() and not any(tag == "title" for tag, _, _ in self._open):
            self.errors.append(f"text outside a paragraph or cell: {data.strip()[:20]}")

    def handle_endtag(self, tag: str) -> None:
        """Close a mark, a line or a cell."""
        while self._open:
            name, found, start = self._open.pop()
            if self._block is not None:
                for attribute in ("data-field", "data-trap"):
                    if attribute in found:
                        self._block.marks.append((attribute, found[attribute], start, len(self._block.text)))
            if name == tag:
                break
            self.errors.append(f"<{name}> is not closed")
        inside = any(name in CELLS for name, _, _ in self._open)
        if tag in CELLS or (tag in LINES and not inside):
            self._block = None

    def _begin(self, block: Block) -> None:
        block.sections, self._sections = self._sections, []
        self._block = block
        self.blocks.append(block)
        if block.tag in LINES:
            self.order.append(block)

    def _cell(self, tag: str, found: dict[str, str]) -> None:
        row = self.order[-1]
        assert isinstance(row, Row), "a cell outside a row"
        column = 0
        while column in row.cells or (self._row, column) in self._covered:
            column += 1
        across, down = int(found.get("colspan", 1)), int(found.get("rowspan", 1))
        for below in range(down):
            for beside in range(across):
                self._covered[self._row + below, column + beside] = True
        block = Block(tag, self._row, column)
        row.cells[column] = block
        self._begin(block)

    def close(self) -> None:
        """Finish: rows learn how wide their table is."""
        super().close()
        if self._open:
            self.errors.append(f"<{self._open[-1][0]}> is not closed")


def read(path: Path) -> Reader:
    """Return a page parsed."""
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    return reader


def lines(reader: Reader) -> list[list[Block | None]]:
    """Return the page's lines: a paragraph alone, or a row's cells with None where a merged cell reaches."""
    widest: dict[int, int] = defaultdict(int)
    tables, table, previous = [], -1, None
    for item in reader.order:  # rows that follow one another with row numbers growing are one table
        if isinstance(item, Row) and item.cells:
            number = min(block.row for block in item.cells.values())
            if previous is None or number <= previous:
                table += 1
            previous = number
            widest[table] = max(widest[table], 1 + max(item.cells))
            tables.append(table)
        elif isinstance(item, Block):
            previous = None
    found: list[list[Block | None]] = []
    places = iter(tables)
    for item in reader.order:
        if isinstance(item, Block):
            found.append([item])
        elif item.cells:
            found.append([item.cells.get(column) for column in range(widest[next(places)])])
    return found


def truth(path: Path) -> dict[str, Any]:
    """Return a page's truth as JSON-ready values; places are code points of `text`.

    Raises ValueError with every fault of the page.
    """
    reader = read(path)
    errors = reader.errors
    text, places, rows = "", {}, []
    for line in lines(reader):
        start = len(text)
        for number, block in enumerate(line):
            text += "\t" if number else ""
            if block is not None:
                block_text = block.text.rstrip(" ")
                places[id(block)] = len(text)
                text += block_text
        rows.append((line, start, len(text)))
        text += "\n"
    sections, fields, traps = [], {}, []
    for block in reader.blocks:
        start = places[id(block)]
        sections += [(name, start) for name in block.sections]
        for attribute, value, begin, end in block.marks:
            end = min(end, len(block.text.rstrip(" ")))
            place = {"start": start + begin, "end": start + end}
            if attribute == "data-trap":
                traps.append({"kind": value, **place, "text": text[start + begin : start + end]})
                continue
            label = value
            while label in fields:
                name, _, number = label.partition("#")
                label = f"{name}#{int(number or 1) + 1}"
            fields[label] = {"value": text[start + begin : start + end], **place}
    ends = [*(start for _, start in sections[1:]), len(text)][: len(sections)]
    region = reader.meta.get("region", "").partition(" ")
    result = {
        "id": path.stem,
        "family": reader.meta.get("family", ""),
        "layout": reader.meta.get("layout", ""),
        "region": {"code": region[0], "name": region[2]},
        "text": text,
        "sections": [{"name": name, "start": start, "end": end} for (name, start), end in zip(sections, ends, strict=True) if name],
        "fields": fields,
        "indicators": _indicators(reader, rows, errors),
        "traps": traps,
        "planted": [line.strip() for line in reader.meta.get("planted", "").split(";") if line.strip()],
    }
    errors += _faults(result)
    if errors:
        raise ValueError("\n".join(f"{path.name}: {error}" for error in errors))
    return result


def _indicators(reader: Reader, rows: list[tuple[list[Block | None], int, int]], errors: list[str]) -> list[dict[str, Any]]:
    by_block = {id(block): (start, end) for line, start, end in rows for block in line if block is not None}
    found = []
    for item in reader.order:
        if not (isinstance(item, Row) and item.indicator):
            continue
        parts = item.indicator.split("|")
        if len(parts) != len(LEVELS):
            errors.append(f"data-indicator needs 6 parts between |: {item.indicator}")
            continue
        start, end = by_block[id(next(iter(item.cells.values())))]
        words = "".join(block.text for block in item.cells.values()).replace(" ", "")
        errors += [f"indicator part not in its row: {part}" for part in (parts[2], parts[4]) if part.replace(" ", "") not in words]
        found.append(dict(zip(LEVELS, parts, strict=True)) | {"start": start, "end": end})
    return found


def _faults(page: dict[str, Any]) -> list[str]:
    errors = []
    if page["family"] not in FAMILIES:
        errors.append(f"family {page['family']!r} is none of {'、'.join(FAMILIES)}")
    if not re.fullmatch(r"\d{6}", page["region"]["code"]) or not page["region"]["name"]:
        errors.append('region must be "CODE NAME", as in "360483 庐山市"')
    errors += [f"trap kind {trap['kind']!r} is none of {sorted(TRAPS)}" for trap in page["traps"] if trap["kind"] not in TRAPS]
    errors += [f"{label} is empty" for label, value in page["fields"].items() if not value["value"].strip()]
    if len(page["text"]) < 300:
        errors.append(f"only {len(page['text'])} characters")
    if page["family"] in {"项目支出绩效目标表", "部门整体支出绩效目标表", "绩效自评表"} and not page["indicators"]:
        errors.append("no row has data-indicator")
    if not page["fields"]:
        errors.append("no field is marked")
    return errors


def splits(pages: list[dict[str, Any]]) -> str:
    """Return splits.tsv: by document, the families spread evenly, the order drawn by the hash of the name."""
    rows = []
    for family in FAMILIES:
        mine = sorted((page for page in pages if page["family"] == family), key=lambda page: hashlib.sha256(page["id"].encode()).hexdigest())
        rows += [(page["id"], SPLITS[number % len(SPLITS)], page["family"], page["region"]["code"][:2]) for number, page in enumerate(mine)]
    head = "# title: Which pages are for fitting (train), choosing (dev) and judging (test)\n# source: corpus/make/truth.py\n# licence: CC0-1.0\n"
    return head + "id\tsplit\tfamily\tprovince\n" + "".join("\t".join(row) + "\n" for row in sorted(rows))


def main(arguments: list[str]) -> int:
    """Build, check or print; return an exit code."""
    one = [Path(argument) for argument in arguments if not argument.startswith("--")]
    pages, errors = [], []
    for path in one or sorted((PAGES / "html").glob("*.html")):
        try:
            pages.append(truth(path))
        except ValueError as error:
            errors.append(str(error))
    print("\n".join(errors), end="\n" if errors else "")
    if one:
        print(json.dumps(pages, ensure_ascii=False, indent=1))
        return bool(errors)
    built = {PAGES / "truth" / f"{page['id']}.json": json.dumps(page, ensure_ascii=False, indent=1) + "\n" for page in pages}
    built[CORPUS / "splits.tsv"] = splits(pages)
    stale = sorted(set((PAGES / "truth").glob("*.json")) - set(built))
    if "--check" in arguments:
        stale += [path for path, content in built.items() if not path.exists() or path.read_text(encoding="utf-8") != content]
        print("".join(f"stale: {path.relative_to(CORPUS)}\n" for path in stale), end="")
        return bool(errors or stale)
    for path, content in built.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for path in stale:
        path.unlink()
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
