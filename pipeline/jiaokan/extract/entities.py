"""Entities on spaCy's Doc, over jieba's words; `spacy_component` is what `nlp.add_pipe("jiaokan")` adds.

The only module that imports spaCy and jieba; what the entities are is told by jiaokan.extract.mentions, which needs neither.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import jieba
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as SpacySpan
from spacy.util import filter_spans
from spacy.vocab import Vocab

from jiaokan.edits import Alignment, invert
from jiaokan.extract.mentions import Mentions
from jiaokan.extract.region import places
from jiaokan.knowledge import home
from jiaokan.knowledge.lexicon import Lexicon
from jiaokan.model import Document, Entity

EXTENSION = "jiaokan"


@dataclass(frozen=True)
class Reader:
    """Makes Docs with one set of dictionaries; its own jieba tokenizer knows their words, the global one stays as it is."""

    mentions: Mentions
    tokenizer: jieba.Tokenizer
    vocab: Vocab

    @staticmethod
    @cache
    def load(folder: Path) -> Reader:
        """Read the dictionaries of a folder."""
        jieba.setLogLevel(logging.WARNING)
        lexicon = Lexicon.load(folder)
        tokenizer = jieba.Tokenizer()
        for word in sorted(lexicon.terms):
            tokenizer.add_word(word)
        return Reader(Mentions.load(lexicon, places(folder)), tokenizer, Vocab())

    def document(self, text: str) -> Doc:
        """Return a text as a spaCy Doc over jieba's words; an entity begins and ends where words do."""
        return self.doc(text, self.mentions.named(text))

    def doc(self, text: str, found: Iterable[Entity]) -> Doc:
        """Return a text with entities in its coordinates as a Doc: `ents` without overlaps, `spans["jiaokan"]` with them."""
        found = list(found)
        edges = sorted({edge for entity in found for edge in entity.span} | {0, len(text)})
        words: list[str] = []
        for start, end in pairwise(edges):
            words += self.tokenizer.cut(text[start:end])
        doc = Doc(self.vocab, words=words, spaces=[False] * len(words))
        doc.spans[EXTENSION] = list(_spans(doc, found))
        doc.ents = filter_spans(doc.spans[EXTENSION])
        return doc


def entities(document: Document, folder: Path | None = None) -> tuple[Entity, ...]:
    """Return the entities of a document's cleaned text, by place, their spans in the original: 庐山市 → PLACE 360483."""
    return Reader.load(folder or home()).mentions.of(document)


def to_doc(document: Document, folder: Path | None = None) -> Doc:
    """Return a cleaned document as a spaCy Doc of its text, over jieba's words, with its entities; a place's code is `ent.kb_id_`."""
    to_text = Alignment(invert(document.applied))
    found = (replace(entity, span=to_text.to_original(entity.span)) for entity in document.entities)
    return Reader.load(folder or home()).doc(document.text, (entity for entity in found if entity.span.start < entity.span.end))


def to_docbin(documents: Iterable[Document], folder: Path | None = None) -> DocBin:
    """Return cleaned documents as a DocBin: `to_docbin(documents).to_disk("pages.spacy")`; each Doc's `user_data` names its id."""
    packed = DocBin(store_user_data=True)
    for document in documents:
        doc = to_doc(document, folder)
        doc.user_data["id"] = document.id
        packed.add(doc)
    return packed


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

        document = jiaokan.clean(
            doc.text, apply=self.apply, channel=self.channel, channel_data=self.channel_data, terms=self.terms, keep=self.keep
        )
        doc._.jiaokan = document
        doc.ents = filter_spans([*doc.ents, *_spans(doc, document.entities)])
        return doc


def _spans(doc: Doc, found: Iterable[Entity]) -> Iterator[SpacySpan]:
    for entity in found:
        code = entity.normalised if entity.type == "PLACE" else ""
        span = doc.char_span(*entity.span, label=entity.type, kb_id=code, alignment_mode="expand")
        if span is not None:
            yield span
