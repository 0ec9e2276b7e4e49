"""Bytes → a tree of elements: the one parser for what is written in XML or HTML, closed against what a file can do to its reader.

No entity is expanded, no DTD or other file fetched; size and depth are bounded; what is damaged is an InputError with its line and column.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, NoReturn

from lxml import etree
from lxml import html as lxml_html

from jiaokan.errors import InputError
from jiaokan.read import encodings

LARGEST = 128 * 2**20  # bytes; a page is 0.1-1 MB, and the tree of a file takes ten times its size
DEEPEST = 256  # elements within one another, libxml2's own bound; a page has a dozen
AGAIN = "export the page from the OCR program again, or copy the file whole"

# What a file may declare. A list: Python knows codecs that are no encodings. The GB standards contain one another, and programs
# declare the smaller while they write the larger.
DECLARED = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252",
}  # fmt: skip
_HEAD = 1024  # bytes in which an encoding is declared (WHATWG HTML §13.2.3.2)
_DECLARATION = re.compile(rb"""(?:\A\s*<\?xml[^>]*?\bencoding|<meta[^>]*?\bcharset)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([\w.:-]+);")
# What XML has no place for, as itself and as a reference: &#1; &#x1B;
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|[xX]0*(?:[0-8bcefBCEF]|1[\da-fA-F]|[fF]{3}[efEF])(?![\da-fA-F]));?"
)


class Markup(NamedTuple):
    """A file parsed, and what it takes to write it again."""

    root: Any  # an lxml element: lxml has no types
    text: str  # of the file
    encoding: str  # as `encodings.encode` takes it
    well_formed: bool  # else it was read as HTML, mended


def xml(data: bytes, *, where: str) -> Any:
    """Return the root element of an XML file.

    Raises InputError for malformed XML (with line and column), entities declared or unknown, and a file too large or too deep.
    """
    text, _ = decoded(data, where=where)
    return _xml(text, where)


def html(data: bytes, *, where: str) -> Any:
    """Return the root element of an HTML file, mended as browsers do. Raises InputError if it is empty, too large or too deep."""
    text, _ = decoded(data, where=where)
    return _html(text, where)


def markup(data: bytes, *, where: str) -> Markup:
    """Return an XHTML file parsed as XML, or as HTML if it is malformed or names the entities of HTML. Raises InputError as `xml` does."""
    text, encoding = decoded(data, where=where)
    try:
        return Markup(_xml(text, where), text, encoding, well_formed=True)
    except _MalformedError:
        return Markup(_html(text, where), text, encoding, well_formed=False)


def decoded(data: bytes, *, where: str) -> tuple[str, str]:
    """Return the text of a file and its encoding: as its first bytes mark it, as it declares, else as the bytes look.

    Raises InputError for a file too large, and for bytes that no encoding takes.
    """
    if len(data) > LARGEST:
        raise InputError(
            f"{len(data) // 2**20} MB of markup in one file; at most {LARGEST // 2**20}", where=where, fix="give one file a page"
        )
    declared = _DECLARATION.search(data[:_HEAD])
    codec = DECLARED.get(declared[1].decode("ascii", "replace").lower()) if declared else None
    if codec and not any(data.startswith(mark) for mark, _ in encodings.MARKS.values()):
        try:
            return data.decode(codec), codec
        except UnicodeDecodeError:
            pass  # it is not what it declares: look at the bytes
    return encodings.decode(data, where=where)


def local(element: Any) -> str:
    """Return an element's name without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def element_spans(text: str) -> list[tuple[int, int]]:
    """Return where each element of a well-formed file stands, in document order: from its `<` to past its last `>`."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for token in _TOKEN.finditer(text):
        if token[0].startswith("</") and opened:
            number = opened.pop()
            spans[number] = (spans[number][0], token.end())
        elif token["tag"]:
            spans.append(token.span())
            if not token[0].endswith("/>"):
                opened.append(len(spans) - 1)
    return spans


_TOKEN = re.compile(
    r"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE(?:"[^"]*"|'[^']*'|[^"'\[>])*+(?:\[.*?\]\s*)?>|</[^>]*>"""
    r"""|(?P<tag><(?:"[^"]*"|'[^']*'|[^"'>])*+>)""",
    re.DOTALL,
)


class _MalformedError(InputError):
    """XML that is not well-formed; HTML may be."""


def _xml(text: str, where: str) -> Any:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=False,
    )
    try:
        root = etree.fromstring(_body(text), parser)
    except etree.XMLSyntaxError as error:
        _refuse(error, text, where)
    document = root.getroottree().docinfo
    if document.internalDTD is not None and any(True for _ in document.internalDTD.iterentities()):
        raise _entities(where)
    if document.doctype:  # else an unknown entity is malformed
        for entity in _ENTITY.finditer(text):
            if not entity[1].startswith("#"):
                line = text.count("\n", 0, entity.start()) + 1
                raise _MalformedError(
                    f"{entity[0][:100]} at line {line} is no entity of XML", where=where, fix="write the character itself"
                )
    _refuse_depth(root, where)
    return root


def _html(text: str, where: str) -> Any:
    """Return the root of an HTML file; U+0000 and its like, which end libxml2's reading, become blanks."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
    try:
        root = lxml_html.document_fromstring(_body(_CONTROL.sub(" ", text)), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        raise InputError("no HTML in this file", where=where, fix=AGAIN) from None
    lost = [
        error for error in parser.error_log if error.level_name == "FATAL" or "xcessive" in error.message or "too long" in error.message
    ]
    if lost:
        raise InputError(f"HTML cut off at line {lost[0].line}: {lost[0].message.strip()}", where=where, fix=AGAIN)
    _refuse_depth(root, where)
    return root


def _body(text: str) -> bytes:
    """Return a text as the parser takes it; white space before the XML declaration is an error only a pedant would report."""
    return text.lstrip("\ufeff \t\r\n").encode("utf-8", "replace")


def _refuse(error: etree.XMLSyntaxError, text: str, where: str) -> NoReturn:
    line, column = error.position
    cause = str(error.msg or "nothing in it").partition(", line ")[0].partition("\n")[0].strip()  # it quotes the file
    cause = "".join(character if character.isprintable() else " " for character in cause[:100])
    if "amplification" in cause or "<!ENTITY" in text[: text.find(">", text.find("<!ENTITY")) + 1]:
        raise _entities(where) from None
    if "depth" in cause:
        raise _too_deep(where) from None
    if "limit" in cause or "too long" in cause or "huge" in cause.lower():
        raise InputError(f"text or attribute of over 10 MB at line {line}, column {column}", where=where, fix=AGAIN) from None
    skipped = text[: len(text) - len(text.lstrip("\ufeff \t\r\n"))].count("\n")
    raise _MalformedError(f"malformed XML at line {line + skipped}, column {column}: {cause}", where=where, fix=AGAIN) from None


def _refuse_depth(root: Any, where: str) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise _too_deep(where)


def _too_deep(where: str) -> InputError:
    return InputError(f"elements within one another more than {DEEPEST} deep", where=where, fix=AGAIN)


def _entities(where: str) -> InputError:
    return InputError("the file declares entities, which are never expanded", where=where, fix="remove its <!ENTITY …> declarations")
