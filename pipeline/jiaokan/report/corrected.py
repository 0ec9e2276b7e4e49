"""The file an OCR engine wrote → the same file with the cleaned text, what the engine read kept beside it as an alternative.

Only the words (or lines) that an edit touched are written; every other byte stays, unless the file is HTML that had to be mended.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import Any, NamedTuple

from lxml import etree
from rapidfuzz.distance import Levenshtein

from jiaokan.edits import in_order
from jiaokan.errors import InputError
from jiaokan.model import Box, Document
from jiaokan.read import alto, hocr, page_xml
from jiaokan.read.encodings import MARKS
from jiaokan.read.pieces import Piece, between, laid, number
from jiaokan.read.xml import Markup, decoded, element_spans, local, markup, xml


class Cleaned(NamedTuple):
    """The text of a box after the edits."""

    text: str
    confidence: float  # the lowest of the edits that touched it; 1 where none did


Change = tuple[int, int, str]  # a place in the file, from and to, and what is written there


def corrected(data: bytes, document: Document) -> bytes | None:
    """Return the file with the cleaned text in it, or None where it cannot be: another format, or a masked document.

    hOCR: the new text and the old as <ins> and <del> of class alt. ALTO: CONTENT is the new text, ALTERNATIVE the old. PAGE: a
    TextEquiv of index 0 before the others, for a word, its line and its region. An edit of white space alone is not written: a
    paragraph joined or divided stays as the engine has it. Raises InputError if `data` is not the file the document was read from.
    """
    if document.masked or document.format not in _FORMATS:
        return None
    where = document.source or document.id
    if sha256(data).hexdigest() != document.sha256:
        raise InputError("not the file this document was read from", where=where, fix="give the file as it was when it was cleaned")
    blocks_of, changes_in = _FORMATS[document.format]
    file = (
        markup(data, where=where)
        if document.format == "hocr"
        else Markup(xml(data, where=where), *decoded(data, where=where), well_formed=True)
    )
    pieces = [piece for _, piece in laid(blocks_of(file.root, where=where))]
    texts = cleaned(document)
    touched = [index for index, (piece, new) in enumerate(zip(pieces, texts, strict=True)) if piece.text != new.text]
    if not touched:
        return data
    if not file.well_formed:
        return _mended(file, [(pieces[index].element, texts[index]) for index in touched])
    source = Source(file, where)
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(changes_in(source, pieces, texts, touched)):
        parts += (file.text[done:start], new)
        done = end
    return _encoded("".join([*parts, file.text[done:]]), file.encoding)


def cleaned(document: Document) -> list[Cleaned]:
    """Return the text of each box after the edits; together they are `document.text`, white space aside.

    A character written for another stands where that stood. One that is inserted goes to the box of the character before it; at
    the beginning of a line, to the box after it.
    """
    starts = [box.span.start for box in document.boxes]
    writes: list[list[tuple[int, int, str, float]]] = [[] for _ in document.boxes]
    for start, end, after, confidence in _characters(document):
        writes[_owner(document.boxes, starts, start, end)].append((start, end, after, confidence))
    return [_written(document.original, box, mine) for box, mine in zip(document.boxes, writes, strict=True)]


def _characters(document: Document) -> Iterator[tuple[int, int, str, float]]:
    """Yield the applied edits character by character: what changed between `before` and `after`, and nothing beside it."""
    for edit in in_order(document.applied):
        after, at = edit.after or "", edit.span.start
        for step in Levenshtein.opcodes(edit.before, after):
            if step.tag == "insert":
                yield at + step.src_start, at + step.src_start, after[step.dest_start : step.dest_end], edit.confidence
            elif step.tag != "equal":
                for place in range(step.src_start, step.src_end):
                    new = after[step.dest_start + place - step.src_start] if step.tag == "replace" else ""
                    yield at + place, at + place + 1, new, edit.confidence


def _owner(boxes: Sequence[Box], starts: list[int], start: int, end: int) -> int:
    """Return which box a change belongs to; one between boxes belongs to the box before it, or the first."""
    if start < end:
        return max(bisect_right(starts, start) - 1, 0)
    before = bisect_left(starts, start) - 1
    begins = before + 1 < len(boxes) and starts[before + 1] == start
    return before + 1 if begins and (before < 0 or boxes[before].span.end < start) else max(before, 0)


def _written(original: str, box: Box, writes: list[tuple[int, int, str, float]]) -> Cleaned:
    if not writes:
        return Cleaned(original[box.span.start : box.span.end], 1.0)
    parts: list[str] = []
    done, last = box.span
    for start, end, after, _ in writes:
        parts += (original[done : max(done, min(start, last))], after)
        done = max(done, min(end, last))
    text = "".join([*parts, original[done:last]])
    kept = "\n" if "\n" in original[box.span.start : last] else " "
    lines = (" ".join(line.split()) for line in (text.split("\n") if kept == "\n" else [text]))
    return Cleaned(kept.join(line for line in lines if line), min(confidence for *_, confidence in writes))


class Source:
    """A well-formed file, and where in it each element stands."""

    def __init__(self, file: Markup, where: str) -> None:
        """Take the file. Raises InputError where its elements cannot be told in the source: a DOCTYPE with declarations of its own."""
        self.text = file.text
        elements, spans = list(file.root.iter("{*}*")), element_spans(file.text)
        if len(elements) != len(spans):
            raise InputError("its DOCTYPE has declarations of its own", where=where, fix="remove the [...] of its <!DOCTYPE>")
        self._spans: dict[Any, tuple[int, int]] = dict(zip(elements, spans, strict=True))

    def opening(self, element: Any) -> tuple[int, int]:
        """Return where an element's opening tag stands."""
        found = _OPENING.match(self.text, self._spans[element][0])
        return found.span() if found else self._spans[element]

    def closing(self, element: Any) -> int:
        """Return where an element's closing tag begins; where it has none, the element ends."""
        start, end = self.opening(element)
        return end if self.text.startswith("/>", end - 2) else self.text.rindex("</", start, self._spans[element][1])

    def end(self, element: Any) -> int:
        """Return where an element ends."""
        return self._spans[element][1]

    def name(self, like: Any, name: str) -> str:
        """Return a name with the prefix that a like element has in the file."""
        return f"{like.prefix}:{name}" if like.prefix else name

    def tag(self, element: Any, attribute: str, value: str) -> str:
        """Return an element's opening tag with an attribute set, in its place if it is there."""
        start, end = self.opening(element)
        tag = self.text[start:end]
        for found in _ATTRIBUTE.finditer(tag):
            if found[1] == attribute:
                return f'{tag[: found.start(2)]}"{escape(value)}"{tag[found.end(2) :]}'
        closed = 2 if tag.endswith("/>") else 1
        return f'{tag[:-closed].rstrip()} {attribute}="{escape(value)}"{tag[-closed:]}'


_OPENING = re.compile(r"""<(?:"[^"]*"|'[^']*'|[^"'>])*+>""")
_ATTRIBUTE = re.compile(r"""([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')""")


def _in_hocr(source: Source, pieces: Sequence[Piece], texts: Sequence[Cleaned], touched: Sequence[int]) -> Iterator[Change]:
    """Yield each word as alternatives; `nlp` is the negative logarithm of the confidence (hOCR 1.2, alternative segmentations/readings)."""
    for index in touched:
        element = pieces[index].element
        begin, end = source.opening(element)[1], source.closing(element)
        new = f'<ins class="alt" title="{_nlp(texts[index])}">{escape(texts[index].text, quote=False)}</ins>'
        yield begin, begin, f'<span class="alternatives">{new}<del class="alt">'
        yield end, end, "</del></span>"


def _in_alto(source: Source, pieces: Sequence[Piece], texts: Sequence[Cleaned], touched: Sequence[int]) -> Iterator[Change]:
    """Yield each string's new CONTENT and its ALTERNATIVE, which the schema wants after Shape and before Glyph."""
    for index in touched:
        element = pieces[index].element
        name = source.name(element, "ALTERNATIVE")
        old = f'<{name} PURPOSE="OCR">{escape(element.get("CONTENT"), quote=False)}</{name}>'
        start, end = source.opening(element)
        tag = source.tag(element, "CONTENT", texts[index].text)
        if tag.endswith("/>"):
            yield start, end, f"{tag[:-2].rstrip()}>{old}</{source.name(element, 'String')}>"
            continue
        shape = next(element.iterchildren("{*}Shape"), None)
        after = end if shape is None else source.end(shape)
        yield start, end, tag
        yield after, after, old


def _in_page(source: Source, pieces: Sequence[Piece], texts: Sequence[Cleaned], touched: Sequence[int]) -> Iterator[Change]:
    """Yield a first TextEquiv for each word or line, and for the lines and regions around it that say their text too.

    A region that is a piece itself says its own text, not that of the regions within it.
    """
    own = {piece.element for piece in pieces}
    around: dict[Any, list[int]] = {}
    for index, piece in enumerate(pieces):
        for holder in piece.element.iterancestors():
            around.setdefault(holder, []).append(index)
    within = {holder: indices for holder, indices in around.items() if holder not in own and page_xml.written(holder)}
    new = {pieces[index].element: texts[index].text for index in touched}
    for holder in {holder: None for index in touched for holder in pieces[index].element.iterancestors() if holder in within}:
        new[holder] = _together(pieces, texts, within[holder])
    for line in [element for element, text in new.items() if not text and element in own]:  # else its words would be read in its place
        new.update((word, "") for word in line.iterchildren("{*}Word") if page_xml.written(word))
    for element, text in new.items():
        yield from _equivalents(source, element, text)


def _equivalents(source: Source, element: Any, text: str) -> Iterator[Change]:
    """Yield a TextEquiv before an element's others, whose index it moves on by one."""
    others = list(element.iterchildren("{*}TextEquiv"))
    start = source.opening(others[0])[0]
    margin = source.text[len(source.text[:start].rstrip()) : start]
    outer, inner = source.name(others[0], "TextEquiv"), source.name(others[0], "Unicode")
    yield start, start, f'<{outer} index="0"><{inner}>{escape(text, quote=False)}</{inner}></{outer}>{margin}'
    for rank, other in enumerate(others):
        index = number(other.get("index"))
        yield *source.opening(other), source.tag(other, "index", str((rank if index is None else int(index)) + 1))


def _together(pieces: Sequence[Piece], texts: Sequence[Cleaned], indices: Sequence[int]) -> str:
    """Return the text of some pieces: those of a line as they are joined in the document, each line on its own."""
    parts: list[str] = []
    for before, index in zip([None, *indices], indices, strict=False):
        if before is not None and parts:
            same = pieces[before].element.getparent() is pieces[index].element.getparent() and local(pieces[index].element) == "Word"
            parts.append(between("".join(parts[-2:]), texts[index].text) if same else "\n")
        parts.append(texts[index].text)
    return "\n".join(line for line in "".join(parts).split("\n") if line)


def _nlp(text: Cleaned) -> str:
    return f"nlp {-math.log(max(text.confidence, 1e-6)) + 0.0:.3f}"


_DECLARED = re.compile(r"\s*<\?xml\s[^>]*\?>")


def _mended(file: Markup, changes: Sequence[tuple[Any, Cleaned]]) -> bytes:
    """Return an hOCR file that is not well-formed, as HTML: there is no source of its elements to keep."""
    for element, new in changes:
        both = element.makeelement("span", {"class": "alternatives"})
        chosen = etree.SubElement(both, "ins", {"class": "alt", "title": _nlp(new)})
        chosen.text = new.text
        rejected = etree.SubElement(both, "del", {"class": "alt"})
        rejected.text, element.text = element.text, None
        rejected.extend(list(element))
        element.append(both)
    text = etree.tostring(file.root.getroottree(), method="html", encoding="unicode")
    if declared := _DECLARED.match(file.text):  # which HTML has as a comment; without it the encoding would have to be guessed
        text = declared[0] + text.replace(f"<!--{declared[0].strip()[1:-1]}-->", "", 1)
    return _encoded(text, file.encoding)


def _encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a file in the encoding it had; a character that it lacks is written as &#24658;."""
    mark, codec = MARKS.get(encoding, (b"", encoding))
    return mark + text.encode(codec, "xmlcharrefreplace")


_FORMATS: dict[str, tuple[Callable[..., Any], Callable[..., Iterator[Change]]]] = {
    "hocr": (hocr.blocks, _in_hocr),
    "alto": (alto.blocks, _in_alto),
    "page-xml": (page_xml.blocks, _in_page),
}
