"""DOCX → text: paragraphs with their automatic numbers, tables row by row, tick boxes as signs; what was struck out stays out.

Read from the parts themselves and not through python-docx, which refuses documents that Word opens: pictures that are missing, macros, ISO strict.
Source: ECMA-376 (ISO/IEC 29500) part 1 §17 WordprocessingML, part 2 Open Packaging Conventions.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jiaokan.errors import InputError
from jiaokan.read.formats import Reading
from jiaokan.read.grid import Grid, one_line
from jiaokan.read.xml import LARGEST, xml

MEMBERS = 10_000  # a document has some dozens, and one for each picture
UNPACKED = 2**30  # bytes in all; pictures are packed already
RATIO = 200  # unpacked : packed from which an archive of over CHECKED bytes is a bomb; XML reaches some 50
CHECKED = 16 * 2**20
AGAIN = "open it in Word or WPS and save it as .docx again"
OLD = b"\xd0\xcf\x11\xe0"

_NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
}
_WRAPPERS = frozenset(
    {"w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag", "w:hyperlink", "w:fldSimple", "w:dir", "w:bdo"}
)
_DROPPED = frozenset(
    {
        "w:del",
        "w:moveFrom",
        "w:pPr",
        "w:rPr",
        "w:instrText",
        "w:delText",
        "w:rt",
        "w:sdtPr",
        "w:sdtEndPr",
        "w:tblPr",
        "w:tblGrid",
        "w:sectPr",
    }
)
_OFF = frozenset({"0", "false", "off"})

# What the fonts of signs draw for a code (U+F000 aside). Source: their mapping to Unicode 7.0, L2/12-130; ticks as forms have them.
_SIGNS = {
    "wingdings": {
        0x6C: "●", 0x6E: "■", 0x6F: "☐", 0x71: "☐", 0x72: "☐", 0x75: "◆", 0x78: "☒", 0xA7: "▪", 0xA8: "☐", 0xD8: "➢", 0xFB: "×", 0xFC: "√", 0xFD: "☒",
        0xFE: "☑",
    },
    "wingdings 2": {0x2A: "☐", 0x4F: "×", 0x50: "√", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"},
    "symbol": {
        0x2D: "−", 0xA3: "≤", 0xA5: "∞", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xD6: "√",
    },
}  # fmt: skip
LOST = "\ufffd"  # a sign whose meaning only its font knows
_FURNITURE = re.compile(r"[\W\d_第页共]*")  # a header or footer that numbers pages, and says nothing
_WHITE = re.compile(r"[ \t\r\n]+")
_SIGN_OR_NOT = re.compile(r"[\uf020-\uf0ff]")
_FIXED = {"w:tab": " ", "w:ptab": " ", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}


def read(data: bytes, *, where: str) -> Reading:
    """Return the text of a DOCX, without boxes: headers, body, notes, footers.

    Merged cells leave empty cells where they reach; a table in a cell becomes part of its text. Insertions are kept, deletions not.
    Raises InputError for what is no DOCX (and says what it is), a damaged or encrypted one, and an archive that unpacks to too much.
    """
    with _opened(data, where) as archive:
        parts = _Parts(archive, where)
        lines = _Document(parts).lines()
    return Reading("".join(f"{line}\n" for line in lines), (), "utf-8")


def _opened(data: bytes, where: str) -> zipfile.ZipFile:
    """Return the archive, its table of contents checked before anything is unpacked."""
    if data.startswith(OLD):
        raise InputError(_old(data), where=where, fix="open it in Word or WPS and save it as .docx, without a password")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InputError(f"damaged DOCX: {str(error)[:100]}", where=where, fix="copy the file again; its end may be missing") from None
    members = archive.infolist()
    names = [member.filename for member in members]
    total = sum(member.file_size for member in members)
    if len(members) > MEMBERS or total > UNPACKED or (total > CHECKED and total > RATIO * len(data)):
        what = f"an archive of {len(members)} files that unpacks from {len(data)} to {total} bytes: this is no document"
        raise InputError(what, where=where, fix=AGAIN)
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name.partition("/")[0] or ".." in name.split("/"):
            raise InputError(f"the archive names a file outside itself: {name[:100]!r}", where=where, fix=AGAIN)
    if len(set(names)) != len(names):
        raise InputError("the archive has two files of one name", where=where, fix=AGAIN)
    if other := next((member for member in members if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}), None):
        what = f"{other.filename[:100]!r} is compressed by a method (number {other.compress_type}) that Office does not use"
        raise InputError(what, where=where, fix=AGAIN)
    if any(member.flag_bits & 1 for member in members):
        raise InputError("an encrypted ZIP archive", where=where, fix="unpack it with its password, and give the files in it")
    return archive


def _old(data: bytes) -> str:
    for name, kind in (("EncryptedPackage", "an encrypted Office document"), ("WordDocument", "an old Word document (.doc)"), ("Workbook", "an old Excel workbook (.xls)"), ("PowerPoint Document", "an old presentation (.ppt)")):  # fmt: skip
        if name.encode("utf-16-le") in data:
            return kind
    return "an old Office document"


class _Parts:
    """The parts of a package, parsed when asked for."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self.archive = archive
        self.where = where
        self.names = frozenset(archive.namelist())
        self.main = self._main()
        self.related = self.relations(self.main)

    def _main(self) -> str:
        for kind, name in self.relations(""):
            if kind == "officeDocument" and name in self.names:
                if not name.startswith(("xl/", "ppt/")):
                    return name
                break
        raise InputError(f"{self._kind()}, not a DOCX", where=self.where, fix="save it as .docx, or give its text")

    def _kind(self) -> str:
        if "mimetype" in self.names:
            kind = self.bytes("mimetype")[:100].decode("ascii", "replace").strip()
            return {"application/epub+zip": "an EPUB book"}.get(kind, "an OpenDocument file" if "opendocument" in kind else "a ZIP archive")
        for start, kind in (
            ("xl/", "an Excel workbook"),
            ("ppt/", "a PowerPoint presentation"),
            ("OFD.xml", "an OFD document"),
            ("word/", "a DOCX without its main part"),
        ):
            if any(name.startswith(start) for name in self.names):
                return kind
        return "a ZIP archive"

    def relations(self, name: str) -> list[tuple[str, str]]:
        """Return what a part is related to: kind (the last word of its type) and name."""
        folder, base = posixpath.split(name)
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path not in self.names:
            return []
        found = []
        for relation in self.parsed(path):
            target = relation.get("Target") if isinstance(relation.tag, str) else None
            if target and relation.get("TargetMode") != "External":
                found.append(
                    (relation.get("Type", "").rpartition("/")[2], posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
                )
        return found

    def of_kind(self, kind: str) -> Iterator[Any]:
        """Yield the parts of a kind that the document is related to, as elements."""
        for found, name in self.related:
            if found == kind and name in self.names:
                yield self.parsed(name)

    def parsed(self, name: str) -> Any:
        return xml(self.bytes(name), where=f"{self.where}: {name}")

    def bytes(self, name: str) -> bytes:
        if self.archive.getinfo(name).file_size > LARGEST:
            raise InputError(f"{name} is larger than {LARGEST // 2**20} MB", where=self.where, fix="split the document")
        try:
            with self.archive.open(name) as member:
                return member.read(LARGEST)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise InputError(
                f"damaged DOCX: {name} cannot be unpacked ({str(error)[:100]})", where=self.where, fix="copy the file again"
            ) from None


class _Document:
    """The lines of a document."""

    def __init__(self, parts: _Parts) -> None:
        self.parts = parts
        self.numbers = _Numbers(next(parts.of_kind("numbering"), None), next(parts.of_kind("styles"), None))
        self.noted: dict[str, list[str]] = {"footnote": [], "endnote": []}  # numbers of notes, as they are referred to
        self.boxes: list[str] = []  # lines of text boxes, waiting for the end of the paragraph they hang on
        self.font = ""  # of the open run

    def lines(self) -> list[str]:
        """Return headers, body, notes and footers; a header that only numbers pages is none."""
        body = next((child for child in self.parts.parsed(self.parts.main) if _tag(child) == "w:body"), None)
        if body is None:
            raise InputError("a DOCX without a body", where=self.parts.where, fix=AGAIN)
        text = list(self.blocks(body))
        return [*self.furniture("header"), *text, *self.notes("footnote"), *self.notes("endnote"), *self.furniture("footer")]

    def furniture(self, kind: str) -> list[str]:
        found = (line for part in self.parts.of_kind(kind) for line in self.blocks(part))
        return [line for line in dict.fromkeys(found) if not _FURNITURE.fullmatch(line)]

    def notes(self, kind: str) -> Iterator[str]:
        if not self.noted[kind]:
            return
        notes = {_value(note, "id"): note for part in self.parts.of_kind(f"{kind}s") for note in part if _tag(note) == f"w:{kind}"}
        for number in list(dict.fromkeys(self.noted[kind])):
            if number in notes:
                yield from self.blocks(notes[number])

    def blocks(self, element: Any) -> Iterator[str]:
        """Yield the lines of what holds paragraphs and tables: a body, a cell, a text box."""
        open_text = ""
        for block in _opened_up(element):
            tag = _tag(block)
            if tag == "w:p":
                text = open_text + self.paragraph(block)
                if _mark_deleted(block):  # the next one goes on in it
                    open_text = text
                    continue
                open_text = ""
                yield from _lines(text)
                boxes, self.boxes = self.boxes, []
                yield from boxes
            elif tag == "w:tbl":
                yield from self.table(block)
        yield from _lines(open_text)

    def table(self, table: Any) -> Iterator[str]:
        grid = Grid(self.parts.where)
        for row in _opened_up(table):
            properties = _child(row, "w:trPr")
            if _tag(row) != "w:tr" or _child(properties, "w:del") is not None:
                continue
            grid.row()
            before = _number(_child(properties, "w:gridBefore"), 0)
            if before:
                grid.cell("", before, 1)
            for cell in _opened_up(row):
                if _tag(cell) == "w:tc":
                    self.cell(cell, grid)
        yield from grid.written()

    def cell(self, cell: Any, grid: Grid) -> None:
        properties = _child(cell, "w:tcPr")
        text = one_line(self.blocks(cell))
        merged = [_child(properties, name) for name in ("w:vMerge", "w:hMerge")]
        goes_on = any(merge is not None and _value(merge, "val") != "restart" for merge in merged)
        grid.cell("" if goes_on else text, max(_number(_child(properties, "w:gridSpan"), 1), 1), 1)

    def paragraph(self, paragraph: Any) -> str:
        """Return a paragraph behind its number; line feeds where its lines are broken by hand."""
        text = "".join(self.inline(paragraph))
        return self.numbers.label(paragraph, text) + text

    def inline(self, element: Any) -> Iterator[str]:
        """Yield what stands in a paragraph, a run, or what is put around runs."""
        for child in element:
            tag = _tag(child)
            if tag in _DROPPED:
                continue
            if tag in _FIXED:
                yield _FIXED[tag]
            elif tag in {"w:t", "m:t"}:
                yield self.words(child)
            elif tag == "w:r":
                yield from self.run(child)
            elif tag == "w:sym":
                yield _sign(_code(_value(child, "char")), _value(child, "font"))
            elif tag in {"w:sdt", "w:fldChar"} and (box := _check_box(child)) is not None:
                yield box
            elif tag == "mc:AlternateContent":
                yield from self.inline(_alternative(child))
            elif tag == "w:txbxContent":
                waiting, self.boxes = self.boxes, []
                lines = list(self.blocks(child))
                self.boxes = [*waiting, *lines]
            elif tag in {"w:footnoteReference", "w:endnoteReference"}:
                self.noted[tag[2:-9]].append(_value(child, "id"))
            else:
                yield from self.inline(child)

    def run(self, run: Any) -> Iterator[str]:
        """Yield the text of a run, unless it is hidden."""
        properties = _child(run, "w:rPr")
        if not _on(_child(properties, "w:vanish")):
            fonts = _child(properties, "w:rFonts")
            before, self.font = self.font, _value(fonts, "ascii") or _value(fonts, "hAnsi")
            yield from self.inline(run)
            self.font = before

    def words(self, element: Any) -> str:
        """Return the words of a run; those in a font of signs are signs."""
        text = _WHITE.sub(" ", element.text or "")
        if element.get(_SPACE) != "preserve":
            text = text.strip(" ")
        if self.font.lower() in _SIGNS:
            return "".join(
                _sign(ord(char) & 0xFF, self.font) if "!" <= char <= "ÿ" or "\uf020" <= char <= "\uf0ff" else char for char in text
            )
        return _SIGN_OR_NOT.sub(lambda found: _sign(ord(found[0]) & 0xFF, "Wingdings"), text)


@dataclass(slots=True)
class _Level:
    """How paragraphs of a level of a list are numbered."""

    start: int = 1
    form: str = "none"
    text: str = ""
    blank: bool = False  # between number and text
    style: str = ""  # of paragraphs that are numbered so without saying it


class _Numbers:
    """Automatic numbers, counted as the paragraphs come."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self.levels: dict[str, dict[int, _Level]] = {}  # of each list
        self.lists: dict[str, tuple[str, dict[int, int]]] = {}  # number of a list as paragraphs name it → list, levels begun anew
        self.counts: dict[str, dict[int, int]] = {}
        self.styles: dict[str, tuple[str, str, str]] = {}  # style → list, level, the style it is based on
        for child in numbering if numbering is not None else ():
            if _tag(child) == "w:abstractNum":
                self.levels[_value(child, "abstractNumId")] = dict(map(_level, _children(child, "w:lvl")))
            elif _tag(child) == "w:num":
                known = _value(_child(child, "w:abstractNumId"), "val")
                starts = {
                    _integer(_value(one, "ilvl")): _number(_child(one, "w:startOverride"), 1)
                    for one in _children(child, "w:lvlOverride")
                    if _child(one, "w:startOverride") is not None
                }
                self.lists[_value(child, "numId")] = known, starts
        for style in _children(styles, "w:style"):
            number = _child(_child(style, "w:pPr"), "w:numPr")
            self.styles[_value(style, "styleId")] = (*_named(number), _value(_child(style, "w:basedOn"), "val"))

    def label(self, paragraph: Any, text: str) -> str:
        """Return the number a paragraph begins with, or nothing. An empty one counts, but shows none worth keeping."""
        properties = _child(paragraph, "w:pPr")
        name, place = _named(_child(properties, "w:numPr"))
        style = _value(_child(properties, "w:pStyle"), "val")
        seen: set[str] = set()
        of_style = style
        while not name and of_style in self.styles and of_style not in seen:
            seen.add(of_style)
            name, place, of_style = self.styles[of_style][0], place or self.styles[of_style][1], self.styles[of_style][2]
        known, starts = self.lists.get(name, ("", {}))
        levels = self.levels.get(known, {})
        level = _integer(place) if place else next((number for number, one in levels.items() if one.style and one.style == style), 0)
        if level not in levels:
            return ""
        counts = self.counts.setdefault(known, {})
        if level in starts:
            counts[level] = starts.pop(level)
        else:
            counts[level] = counts[level] + 1 if level in counts else levels[level].start
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        label = self._written(levels, counts, level) if text.strip() else ""
        return (
            f"{label} "
            if label and (levels[level].blank or (label[-1].isalnum() and label[-1].isascii() and text[:1].isascii()))
            else label
        )

    @staticmethod
    def _written(levels: Mapping[int, _Level], counts: Mapping[int, int], level: int) -> str:
        label = ""
        for piece in re.split(r"(%[1-9])", levels[level].text):
            if re.fullmatch("%[1-9]", piece):
                one = int(piece[1]) - 1
                form = levels[one].form if one in levels else "none"
                if form not in _FORMS:
                    return ""
                label += _FORMS[form](counts.get(one, levels[one].start))
            else:
                label += piece
        return label if "%" in levels[level].text else ""


def _level(level: Any) -> tuple[int, _Level]:
    form = _value(_child(level, "w:numFmt"), "val") or "decimal"
    blank = _value(_child(level, "w:suff"), "val") == "space"
    text, style = _value(_child(level, "w:lvlText"), "val"), _value(_child(level, "w:pStyle"), "val")
    return _integer(_value(level, "ilvl")), _Level(_number(_child(level, "w:start"), 1), form, text, blank, style)


def _named(number: Any) -> tuple[str, str]:
    """Return the list and the level that numbering properties name."""
    return _value(_child(number, "w:numId"), "val"), _value(_child(number, "w:ilvl"), "val")


def _counting(number: int) -> str:
    """Return a number as Chinese counts: 12 → 十二, 105 → 一百零五."""
    if not 0 < number < 10_000:
        return str(number)
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += _HAN_DIGITS[digit] + name
        elif text and not text.endswith("零") and number % unit:
            text += "零"
    return text[1:] if text.startswith("一十") else text


def _digital(number: int) -> str:
    """Return a number digit by digit: 12 → 一二."""
    return "".join(_HAN_DIGITS[int(digit)] for digit in str(number))


def _circled(number: int) -> str:
    return chr(0x245F + number) if 0 < number <= 20 else str(number)


_HAN_DIGITS = "〇一二三四五六七八九"
_FORMS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "ideographDigital": _digital,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def _tag(element: Any) -> str:
    """Return the name of an element with the usual prefix; nothing for comments and foreign elements."""
    if element is None or not isinstance(element.tag, str):
        return ""
    namespace, _, name = element.tag[1:].rpartition("}")
    return f"{_NAMESPACES[namespace]}:{name}" if namespace in _NAMESPACES else ""


def _children(element: Any, tag: str) -> Iterator[Any]:
    return (child for child in element if _tag(child) == tag) if element is not None else iter(())


def _child(element: Any, tag: str) -> Any:
    return next(_children(element, tag), None)


def _value(element: Any, name: str) -> str:
    """Return an attribute of the element's own namespace, or nothing."""
    if element is None:
        return ""
    return str(element.get(element.tag.rpartition("}")[0] + "}" + name) or "")


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _number(element: Any, default: int) -> int:
    text = _value(element, "val")
    return _integer(text) if text else default


def _on(element: Any) -> bool:
    """Tell whether a property that is on by standing there is on."""
    return element is not None and _value(element, "val").lower() not in _OFF


def _opened_up(element: Any) -> Iterator[Any]:
    """Yield the children, with what is only put around them opened, and what was struck out left out."""
    for child in element:
        tag = _tag(child)
        if tag in _WRAPPERS:
            yield from _opened_up(child)
        elif tag == "mc:AlternateContent":
            yield from _opened_up(_alternative(child))
        elif tag and tag not in _DROPPED:
            yield child


def _alternative(element: Any) -> Any:
    """Return one of several ways a thing is given: the newest that has words in it."""
    found = [child for child in element if _tag(child) in {"mc:Choice", "mc:Fallback"}]
    worded = [child for child in found if any(_tag(one) == "w:t" for one in child.iter())]
    return (worded or found or [()])[0]


def _check_box(element: Any) -> str | None:
    """Return the tick box a content control or an old form field is, or None."""
    for name in ("w:sdtPr", "w:ffData"):
        for box in _child(element, name) if _child(element, name) is not None else ():
            if _tag(box) == "w14:checkbox":
                checked = _child(box, "w14:checked")
                return "☑" if checked is not None and _on(checked) else "☐"
            if _tag(box) == "w:checkBox":
                checked = _child(box, "w:checked")
                return "☑" if _on(checked if checked is not None else _child(box, "w:default")) else "☐"
    return None


def _mark_deleted(paragraph: Any) -> bool:
    """Tell whether the end of a paragraph was struck out, so that the next one goes on in it."""
    properties = _child(_child(paragraph, "w:pPr"), "w:rPr")
    return _child(properties, "w:del") is not None


def _code(text: str) -> int:
    """Return the code of a sign, F000 aside, from its hexadecimal digits; 0 if they are none."""
    return int(text, 16) & 0xFF if re.fullmatch(r"[0-9A-Fa-f]{1,8}", text) else 0


def _sign(code: int, font: str) -> str:
    return _SIGNS.get(font.lower(), {}).get(code, LOST)


def _lines(text: str) -> Iterator[str]:
    return (line.strip(" ") for line in text.split("\n") if line.strip())
