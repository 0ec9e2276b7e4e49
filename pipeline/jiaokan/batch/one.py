"""One document of many: from where it lies to what a run keeps of it, or why it failed."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from jiaokan import plan, read
from jiaokan.errors import JiaokanError
from jiaokan.knowledge.load import Knowledge, load
from jiaokan.model import Apply, Document, Medium
from jiaokan.read.sources import Source, printable
from jiaokan.read.sources import load as load_bytes


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything besides the input that a result depends on."""

    apply: Apply = Apply.CERTAIN
    channel: Medium = Medium.PRINT
    channel_data: str | None = None
    terms: str | None = None
    keep: str | None = None
    mask: bool = False  # hide names and numbers of persons

    def knowledge(self) -> Knowledge:
        """Return the dictionaries and models to work with. Raises DictionaryError for a bad file, InputError for options that exclude each other."""
        return load(self.terms, self.keep, self.channel, self.channel_data)


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be done: what `failures.jsonl` holds of it."""

    id: str
    source: str
    error: str
    what: str
    fix: str

    def row(self) -> dict[str, Any]:
        """Return the failure as a JSON-ready row."""
        return asdict(self)


class Kept(NamedTuple):
    """What a run keeps of a document: its text, its record as JSON, its rows of each table, and its file with the corrections written in."""

    id: str
    text: str
    record: str
    rows: dict[str, list[dict[str, Any]]]
    corrected: bytes | None


def clean_source(source: Source, configuration: Configuration) -> Document | Failure:
    """Return one source cleaned, or its failure; an unforeseen error is a failure too, and named as our bug."""
    try:
        return _cleaned(source, load_bytes(source.location), configuration)
    except Exception as error:  # noqa: BLE001 -- one page must not end a batch of a million
        return _failed(source, error, configuration)


def keep_source(source: Source, configuration: Configuration, stamp: str, *, files: bool) -> Kept | Failure:
    """Return what a run keeps of a source, or its failure.

    `stamp` stands for everything else that the result depends on; for `files` the record is laid out to be looked at.
    """
    from jiaokan.report.record import as_json, to_record
    from jiaokan.report.tables import rows

    try:
        data = load_bytes(source.location)
        document = _cleaned(source, data, configuration)
        mark = fingerprint(source, data, stamp)
        if document.id != source.id:  # masked: 张三 and 张四 are both 张某, and a file is named by it
            document = replace(document, id=f"{document.id}-{mark[:12]}")
        record = to_record(document)
        tables = rows(record)
        tables["documents"][0]["fingerprint"] = mark
        return Kept(document.id, document.text, as_json(record, indent=1 if files else None), tables, _corrected(data, document))
    except Exception as error:  # noqa: BLE001 -- as above
        return _failed(source, error, configuration)


def _corrected(data: bytes, document: Document) -> bytes | None:
    """Return the file with the corrections written in, if it is of a format with a place for them."""
    if not document.boxes:
        return None
    from jiaokan.report.corrected import corrected

    return corrected(data, document)


def fingerprint(source: Source, data: bytes, stamp: str) -> str:
    """Return what tells a result from every other: a digest of the document's name, place and bytes, and all else that it depends on.

    The bytes themselves go in, not their published digest, so that nobody can try names against the fingerprint of a masked document.
    """
    digest = hashlib.blake2b("\0".join((source.id, printable(source.location), stamp, "")).encode(), digest_size=16)
    digest.update(data)
    return digest.hexdigest()


def failure(source: Source, error: str, what: str, fix: str, configuration: Configuration) -> Failure:
    """Return a source's failure; in a masked run its name is hidden where it may be a person's."""
    name, location = source.id, printable(source.location)
    if configuration.mask:
        from jiaokan.mask import mask_location

        name, location, what = mask_location(name).replace("*", "x"), mask_location(location), mask_location(what)
    return Failure(name, location, error, what, fix)


def _cleaned(source: Source, data: bytes, configuration: Configuration) -> Document:
    document = read.from_bytes(data, source=printable(source.location), id=source.id)
    document = plan.run(document, configuration.knowledge(), apply=configuration.apply)
    if not configuration.mask:
        return document
    from jiaokan.mask import mask

    return mask(document, configuration.knowledge())


def _failed(source: Source, error: Exception, configuration: Configuration) -> Failure:
    kind = type(error).__name__
    if isinstance(error, JiaokanError):
        return failure(source, kind, error.what, error.fix, configuration)
    # What is unforeseen may quote the page.
    return failure(source, kind, "unforeseen" if configuration.mask else f"unforeseen: {error}", "report this bug with the document", configuration)
