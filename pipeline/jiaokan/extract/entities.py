"""Entities of a text: places with codes, agencies, laws and other titles in 《》, document numbers, dates, sums of money, terms.

The only module that imports spaCy and jieba. `spacy_component` is what `nlp.add_pipe("jiaokan")` adds.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import jieba
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as SpacySpan
from spacy.util import filter_spans
from spacy.vocab import Vocab

from jiaokan.edits import Alignment
from jiaokan.extract import values
from jiaokan.extract.region import named, places
from jiaokan.knowledge import home
from jiaokan.knowledge.lexicon import Lexicon
from jiaokan.knowledge.tables import read_table
from jiaokan.model import Document, Entity, Span

EXTENSION = "jiaokan"
LONGEST_TITLE = 80
"""Characters of the longest title looked for between 《 and 》; a lost 》 must not swallow the page."""

_TITLE = re.compile(rf"《([^《》\n]{{2,{LONGEST_TITLE}}})》")
_LAW = re.compile(r"(?:法|条例|规定|办法|细则|规则|准则|章程)(?:[（(][^（）()]+[）)])?$")
_ISO_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)|(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?")
_HAN_DATE = re.compile(r"[一二三四五六七八九〇○零]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十廿卅]{1,4}日)?")
_LEADING = re.compile(r"^(?:根据|依据|按照|遵照|结合|印发|转发|以及|及|和|与|以|按|经|由|见|即)+")
_OFFICE = re.compile(
    r"人民政府(?:办公[厅室])?|委员会(?:办公[厅室])?|[市县区州旗省]?委(?:[\u4e00-\u9fff]{0,4}(?:部|局|室))?"
    r"|[\u4e00-\u9fff]{1,10}?(?:管理局|信访局|财政局|[局厅]|办公室|委员会|中心)"
)


@dataclass(frozen=True)
class Reader:
    """Finds entities with one set of dictionaries; its own jieba tokenizer knows their words, the global one stays as it is."""

    folder: Path
    tokenizer: jieba.Tokenizer
    agencies: frozenset[str]
    terms: frozenset[str]
    laws: frozenset[str]
    vocab: Vocab

    @staticmethod
    @cache
    def load(folder: Path) -> Reader:
        """Read the dictionaries of a folder."""
        jieba.setLogLevel(logging.WARNING)
        lexicon = Lexicon.load(folder)
        agencies = frozenset(cells[0] for _, cells in read_table(folder / "agencies.tsv", ("name", "kind")))
        tokenizer = jieba.Tokenizer()
        for word in sorted(lexicon.terms):
            tokenizer.add_word(word)
        return Reader(folder, tokenizer, agencies, lexicon.terms - agencies, lexicon.laws, Vocab())

    def document(self, text: str) -> Doc:
        """Return a text as a spaCy Doc over jieba's words; an entity begins and ends where words do."""
        found = list(self.named(text))
        edges = sorted({edge for entity in found for edge in entity.span} | {0, len(text)})
        words: list[str] = []
        for start, end in pairwise(edges):
            words += self.tokenizer.cut(text[start:end])
        doc = Doc(self.vocab, words=words, spaces=[False] * len(words))
        found += self.words(doc)
        spans = [
            doc.char_span(*entity.span, label=entity.type, kb_id=entity.normalised if entity.type == "PLACE" else "") for entity in found
        ]
        doc.spans[EXTENSION] = [span for span in spans if span is not None]
        doc.ents = filter_spans(doc.spans[EXTENSION])
        return doc

    def named(self, text: str) -> Iterator[Entity]:
        """Yield the entities that their form tells, in the coordinates of the text."""
        for match in _TITLE.finditer(text):
            title = re.sub(r"\s", "", match[1])
            law = title in self.laws or _LAW.search(title)
            yield Entity(match[0], "LAW" if law else "DOCUMENT", Span(*match.span()), title)
        for match in values.DOCUMENT_NUMBER.finditer(text):
            leading = _LEADING.match(match[0])
            start = match.start() + (leading.end() if leading and leading.end() < match.end("agency") - match.start() - 1 else 0)
            written = text[start : match.end()]
            yield Entity(written, "DOCUMENT_NUMBER", Span(start, match.end()), values.document_number(written))
        for pattern in (_ISO_DATE, _HAN_DATE):
            for match in pattern.finditer(text):
                if date := values.date(match[0]):
                    yield Entity(match[0], "DATE", Span(*match.span()), date)
        for amount in values.amounts(text):
            yield Entity(text[amount.span.start : amount.span.end], "MONEY", amount.span, values.plain(amount.yuan) + "元")
        for place, span in named(text, places(self.folder)):
            written = text[span.start : span.end]
            yield Entity(written, "PLACE", span, place.code)
            if office := _OFFICE.match(text, span.end):
                yield Entity(written + office[0], "AGENCY", Span(span.start, office.end()), written + office[0])

    def words(self, doc: Doc) -> Iterator[Entity]:
        """Yield the words of a Doc that the lexicon knows as agencies or terms."""
        for token in doc:
            kind = "AGENCY" if token.text in self.agencies else "TERM" if token.text in self.terms else ""
            if kind:
                yield Entity(token.text, kind, Span(token.idx, token.idx + len(token.text)), token.text)


def entities(document: Document, folder: Path | None = None) -> tuple[Entity, ...]:
    """Return the entities of a document's cleaned text, by place, their spans in the original: 庐山市 → PLACE 360483.

    A place inside an agency's name is an entity too: 庐山市信访局 and 庐山市.
    """
    reader = Reader.load(folder or home())
    text = document.text
    found = [*reader.named(text), *reader.words(reader.document(text))]
    alignment = Alignment(document.applied)
    placed = (replace(entity, span=alignment.to_original(entity.span)) for entity in found)
    return tuple(sorted(dict.fromkeys(placed), key=lambda entity: (entity.span, entity.type)))


@Language.factory(
    EXTENSION,
    default_config={"apply": "certain", "channel": "print", "channel_data": None, "terms": None, "keep": None},
    assigns=["doc.ents", "doc._.jiaokan"],
)
def spacy_component(  # noqa: PLR0917 -- spaCy passes them by name
    nlp: Language,  # noqa: ARG001 -- not needed
    name: str,  # noqa: ARG001 -- nor is this
    apply: str,
    channel: str,
    channel_data: str | None,
    terms: str | None,
    keep: str | None,
) -> Callable[[Doc], Doc]:
    """Return the pipeline component: it sets `doc.ents` and `doc._.jiaokan`, the Document with edits, fields and checks."""
    if not Doc.has_extension(EXTENSION):
        Doc.set_extension(EXTENSION, default=None)
    return Component(apply, channel, channel_data, terms, keep)


@dataclass(frozen=True)
class Component:
    """A callable that pickles, so that `nlp.pipe` may use processes."""

    apply: str = "certain"
    channel: str = "print"
    channel_data: str | None = None
    terms: str | None = None
    keep: str | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Read a Doc; its text and words stay as they are, an entity is widened to whole words."""
        import jiaokan

        document = jiaokan.clean(doc.text, apply=self.apply, channel=self.channel, channel_data=self.channel_data, terms=self.terms, keep=self.keep)
        document = replace(document, entities=entities(document))
        doc._.jiaokan = document
        doc.ents = filter_spans([*doc.ents, *_spans(doc, document.entities)])
        return doc


def _spans(doc: Doc, found: Iterable[Entity]) -> Iterator[SpacySpan]:
    for entity in found:
        span = doc.char_span(*entity.span, label=entity.type, alignment_mode="expand")
        if span is not None:
            yield span
