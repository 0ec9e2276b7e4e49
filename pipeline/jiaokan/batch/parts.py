"""Parts of a run: the tables of some hundred documents are written together, and a part that is there is done."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from jiaokan.batch.one import Failure, Kept
from jiaokan.batch.store import Store
from jiaokan.errors import InputError
from jiaokan.read.sources import Source
from jiaokan.report.tables import COLUMNS, RECORDS, STAMP, encoded

if TYPE_CHECKING:
    import pyarrow as pa

LEAST, MOST, PARTS = 32, 500, 400
SUFFIX = ".parquet"
CORRECTED = {"hocr": ".hocr", "alto": ".xml", "page-xml": ".xml"}


class Kind(NamedTuple):
    """What the parts of a run have in common besides their configuration."""

    stamp: str  # of all that a result depends on besides its document
    files: bool  # a text and a record to a file; otherwise both in the parts

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables of a part."""
        return tuple(COLUMNS) if self.files else (*COLUMNS, RECORDS)


class Batch(NamedTuple):
    """The documents of a part to be made."""

    part: str
    sources: tuple[Source, ...]


class Made(NamedTuple):
    """What came of a batch."""

    documents: int
    failures: list[Failure]


def size(documents: int) -> int:
    """Return how many documents make a part: a run that is killed loses a hundredth of its work at most, and a large one has few files."""
    return min(MOST, max(LEAST, documents // PARTS))


def write_part(store: Store, part: str, results: Iterable[Kept | Failure], kind: Kind) -> Made:
    """Write what is kept of some documents as a part, the table of documents last: where it is, the rest is there too."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in kind.tables}
    failures = []
    for result in results:
        if isinstance(result, Failure):
            failures.append(result)
            continue
        for name, rows in result.rows.items():
            tables[name].extend(rows)
        if kind.files:
            _write_files(store, result)
        else:
            tables[RECORDS].append({"id": result.id, "text": result.text, "record": result.record})
    if tables["documents"]:
        _write_tables(store, part, {name: encoded(name, rows, kind.stamp) for name, rows in tables.items()})
    return Made(len(tables["documents"]), failures)


def write_empty(store: Store, kind: Kind) -> None:
    """Write a part of no documents, so that a run of none has its tables too."""
    _write_tables(store, "part-00000", {name: encoded(name, [], kind.stamp) for name in kind.tables})


class Past:
    """What an earlier run into the same place has done, finished or not."""

    def __init__(self, store: Store, kind: Kind) -> None:
        """Look through the parts that are there; one made by another configuration is deleted."""
        self._store, self._kind = store, kind
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # on disk, once it is large
        self._base.execute("CREATE TABLE done (fingerprint TEXT, part TEXT, id TEXT, kept INTEGER)")
        self._base.execute("CREATE INDEX fingerprints ON done (fingerprint)")
        self._parts: set[str] = set()
        for name in store.names("tables/documents"):
            self._look_at(name.removesuffix(SUFFIX))
        self._earlier = frozenset(self._parts)  # those looked through and left

    def __bool__(self) -> bool:
        """Tell whether anything is done."""
        return bool(self._parts)

    def keep(self, fingerprint: str) -> bool:
        """Tell whether a document is done already, its text and record still there, and keep it."""
        found = self._base.execute("SELECT rowid, id FROM done WHERE fingerprint = ? ORDER BY rowid", (fingerprint,)).fetchone()
        if not found or (self._kind.files and not all(map(self._store.has, (f"text/{found[1]}.txt", f"records/{found[1]}.json")))):
            return False
        self._base.execute("UPDATE done SET kept = 1 WHERE rowid = ?", found[:1])
        return True

    def name(self, number: int) -> str:
        """Return the name of the part of that number, one that no part has yet."""
        name = plain = f"part-{number:05d}"
        step = 0
        while name in self._parts:
            step += 1
            name = f"{plain}-{step}"
        self._parts.add(name)
        return name

    def drop_the_rest(self) -> int:
        """Take out of the earlier parts what was not kept: documents that are gone, or done anew. Return how many are left."""
        for part in sorted(self._earlier):
            gone = [name for (name,) in self._base.execute("SELECT id FROM done WHERE part = ? AND NOT kept", (part,))]
            if not gone:
                continue
            if self._base.execute("SELECT 1 FROM done WHERE part = ? AND kept", (part,)).fetchone():
                self._rewrite(part, gone)
            else:
                self._delete(part)
        return int(self._base.execute("SELECT count(*) FROM done WHERE kept").fetchone()[0])

    def remove_files(self) -> None:
        """Delete the texts and records of documents that are in the run no longer, or no longer to a file."""
        if self._kind.files and self._base.execute("SELECT 1 FROM done WHERE NOT kept").fetchone():
            self._base.execute("CREATE TABLE present (id TEXT PRIMARY KEY)")
            for name in self._store.names("tables/documents"):
                ids = _table(self._store, "documents", name.removesuffix(SUFFIX)).column("id").to_pylist()
                self._base.executemany("INSERT OR IGNORE INTO present VALUES (?)", [(one,) for one in ids])
            self._base.execute("UPDATE done SET kept = 1 WHERE id IN (SELECT id FROM present)")
        for (name,) in self._base.execute("SELECT id FROM done WHERE NOT kept" if self._kind.files else "SELECT id FROM done"):
            for file in (f"text/{name}.txt", f"records/{name}.json", *(f"corrected/{name}{suffix}" for suffix in set(CORRECTED.values()))):
                self._store.remove(file)

    def _look_at(self, part: str) -> None:
        from pyarrow import ArrowException

        try:
            table = _table(self._store, "documents", part)
            rows = list(zip(*(table.column(name).to_pylist() for name in ("fingerprint", "id")), strict=True))
        except (ArrowException, KeyError):  # no part of ours, or a damaged one: its documents are done anew
            self._delete(part)
            return
        same = (table.schema.metadata or {}).get(STAMP) == self._kind.stamp.encode() and self._is_whole(part)
        self._base.executemany("INSERT INTO done VALUES (?, ?, ?, 0)", [(mark if same else "", part, name) for mark, name in rows])
        if same and rows:
            self._parts.add(part)
        else:
            self._delete(part)

    def _is_whole(self, part: str) -> bool:
        """Tell whether every table of a part is there to its end."""
        from pyarrow import ArrowException, parquet

        try:
            for name in self._kind.tables:
                with self._store.open(f"tables/{name}/{part}{SUFFIX}") as stream:
                    parquet.read_metadata(stream)
        except (ArrowException, InputError, OSError):
            return False
        return True

    def _rewrite(self, part: str, gone: list[str]) -> None:
        """Write a part without some documents."""
        _write_tables(self._store, part, {name: _without(_table(self._store, name, part), gone) for name in self._kind.tables})

    def _delete(self, part: str) -> None:
        for name in (*COLUMNS, RECORDS):  # documents first: without them the rest is nothing
            self._store.remove(f"tables/{name}/{part}{SUFFIX}")


def sweep(store: Store, kind: Kind) -> None:
    """Delete the tables of parts that were never finished, and those that a run of this kind has not."""
    whole = set(store.names("tables/documents"))
    for name in (*COLUMNS, RECORDS):
        for file in store.names(f"tables/{name}"):
            if file.endswith(SUFFIX) and (file not in whole or name not in kind.tables):
                store.remove(f"tables/{name}/{file}")


def _write_files(store: Store, kept: Kept) -> None:
    store.write(f"text/{kept.id}.txt", kept.text)
    store.write(f"records/{kept.id}.json", kept.record + "\n")
    if kept.corrected is not None:
        store.write(f"corrected/{kept.id}{CORRECTED[kept.rows['documents'][0]['format']]}", kept.corrected)


def _write_tables(store: Store, part: str, tables: dict[str, bytes]) -> None:
    for name in sorted(tables, key=lambda name: name == "documents"):
        store.write(f"tables/{name}/{part}{SUFFIX}", tables[name])


def _table(store: Store, name: str, part: str) -> pa.Table:
    from pyarrow import parquet

    return parquet.read_table(io.BytesIO(store.read(f"tables/{name}/{part}{SUFFIX}")))


def _without(table: pa.Table, gone: list[str]) -> bytes:
    """Return a table as Parquet without the rows of some documents."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    column = table.column("id")
    buffer = io.BytesIO()
    parquet.write_table(table.filter(compute.invert(compute.is_in(column, pa.array(gone, column.type)))), buffer, compression="zstd")
    return buffer.getvalue()
