"""校勘: clean and normalise OCR'd Chinese government documents, every change explained and reversible.

    >>> import jiaokan
    >>> document = jiaokan.clean("项目⽂件")
    >>> document.text
    '项目文件'

Heavy libraries are imported by the function that needs them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.edits import original
from jiaokan.errors import DictionaryError, EditError, InputError, JiaokanError
from jiaokan.model import Apply, Document, Edit, Field, Span, Status

if TYPE_CHECKING:
    import pandas as pd

    from jiaokan.knowledge.load import Knowledge

__version__ = "0.6.0"
__all__ = [
    "Apply", "DictionaryError", "Document", "Edit", "EditError", "Field", "InputError", "JiaokanError", "Span", "Status",
    "clean", "clean_frame", "original", "read_run", "schema", "to_record",
]  # fmt: skip


def clean(
    text: str | bytes | Path, *, apply: str = "certain", channel: str = "print", channel_data: str | Path | None = None,
    terms: str | Path | None = None, keep: str | Path | None = None, mask: bool = False,
) -> Document:  # fmt: skip
    """Return the document cleaned, read and checked: 原山市 → 庐山市, with its evidence.

    Args:
        text: the text itself (str), the bytes of a file, or the path of one.
        apply: what is written into the text: "none", "certain" (a probability of 0.85 or more) or "likely" (0.66).
        channel: what the text went through: "print" and an OCR engine, a "keyboard", or "both".
        channel_data: a folder that `jiaokan learn` wrote: how your engine misreads print.
        terms: a file of terms to repair towards, one a line.
        keep: a file of words never to touch, one a line.
        mask: hide names of persons, telephone and identity numbers, in `original` too.

    Raises:
        InputError: the input is empty, binary, or in no known encoding, or an option is unknown.
        DictionaryError: a term file has a bad row, or the channel data are missing or malformed.
    """
    from jiaokan import plan, read
    from jiaokan.knowledge.load import load

    if isinstance(text, Path):
        document = read.read(text)
    elif isinstance(text, bytes):
        document = read.from_bytes(text, source="", id="text")
    else:
        document = read.from_text(text)
    knowledge = load(terms, keep, channel, channel_data)
    document = plan.run(document, knowledge, apply=_apply(apply))
    return _masked(document, knowledge) if mask else document


def clean_frame(
    frame: pd.DataFrame, *, text: str = "text", id: str = "id", apply: str = "certain",  # noqa: A002 -- the contract's own word
    channel: str = "print", channel_data: str | Path | None = None, terms: str | Path | None = None, keep: str | Path | None = None,
    mask: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Return one row per row of `frame`: id, text (cleaned), record (JSON), error (empty, or why it failed).

    A function of its arguments alone, so that Dask, Spark `mapInPandas` and Ray `map_batches` can run it anywhere.
    The options are those of `clean`. Raises InputError if a column is missing or an option unknown, DictionaryError for a bad file of yours.
    """
    import pandas as pd

    from jiaokan import plan, read
    from jiaokan.knowledge.load import load
    from jiaokan.report.record import to_json

    missing = [column for column in (text, id) if column not in frame.columns]
    if missing:
        raise InputError(f"no column {', '.join(missing)}", where="clean_frame", fix="name the columns: text=..., id=...")
    knowledge, level = load(terms, keep, channel, channel_data), _apply(apply)
    rows: list[tuple[str, str | None, str | None, str]] = []
    for name, content in zip(frame[id].astype(str), frame[text], strict=True):
        try:
            if not isinstance(content, str) or not content.strip():
                raise InputError("no text in this row", where=name, fix="leave the row out, or read the page again")
            document = plan.run(read.from_text(content, id=name), knowledge, apply=level)
            document = _masked(document, knowledge) if mask else document
            rows.append((name, document.text, to_json(document), ""))
        except JiaokanError as error:
            rows.append((name, None, None, str(error)))
    return pd.DataFrame(rows, columns=["id", "text", "record", "error"]).astype("string")


def to_record(document: Document) -> dict[str, Any]:
    """Return the document as the record of the contract: JSON-ready values, places in the original."""
    from jiaokan.report.record import to_record as build

    return build(document)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the record."""
    from jiaokan.report.schema import schema as build

    return build()


def read_run(folder: str | Path) -> dict[str, pd.DataFrame]:
    """Return the tables of a run folder as DataFrames: documents, edits, fields, indicators, entities, checks, quality."""
    from jiaokan.report.tables import read_run as load

    return load(folder)


def _masked(document: Document, knowledge: Knowledge) -> Document:
    from jiaokan.mask import mask

    return mask(document, knowledge)


def _apply(level: str) -> Apply:
    try:
        return Apply(level)
    except ValueError:
        raise InputError(f"apply={level!r} is not known", where="clean", fix="use one of: none, certain, likely") from None
