"""Which truth, which reading and which cleaned text belong together, and reading each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jiaokan.errors import InputError
from jiaokan.read.encodings import decode
from jiaokan.read.sources import SUFFIXES, load, printable
from jiaokan.report.record import SCHEMA

JSON = ".json"
EXAMPLES = 3  # names shown from either side where nothing matches
RUN_AGAIN = "run it again: jiaokan clean OCR -o DIR"
_UTF8_MARK = b"\xef\xbb\xbf"


class Pair(NamedTuple):
    """A reading of a page, its truth, and what cleaning made of it."""

    id: str
    engine: str  # the folder of the reading, "" at the top
    truth: Path
    ocr: Path
    cleaned: Path | None
    is_run: bool  # CLEANED is a run: `cleaned` is a record
    is_cleaned: bool  # CLEANED was given, though this reading may be missing there


class Remark(NamedTuple):
    """What was wrong with one document; the rest was measured."""

    engine: str
    id: str
    what: str
    where: str
    fix: str


class Matched(NamedTuple):
    """The pairs, by engine and id, and a remark for each file left over."""

    pairs: list[Pair]
    remarks: list[Remark]


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class _Versioned(_Lenient):
    """A manifest or a record, of which only the schema is looked at."""

    schema_: str = Field("", alias="schema")

    def check(self, path: Path) -> None:
        """Raise InputError unless this version reads the schema."""
        if self.schema_ != SCHEMA:
            raise InputError(f"written for schema {self.schema_ or 'unnamed'}, not {SCHEMA}", where=printable(str(path)), fix=RUN_AGAIN)


Form = TypeVar("Form", bound=_Lenient)


class Place(_Lenient):
    """A part of the truth: `text[start:end]`, in code points."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Section(Place):
    """A named part of the truth."""

    name: str


class Trap(Place):
    """A place that looks like a fault and is none."""

    kind: str = ""


class Marked(Place):
    """A field's value and where it stands."""

    value: str


class Truth(_Lenient):
    """What was printed: the format of corpus/make/truth.py, of which only `text` is needed."""

    text: str
    id: str = ""
    family: str = ""
    sections: list[Section] = []
    fields: dict[str, Marked | str] = {}
    indicators: list[dict[str, Any]] = []
    traps: list[Trap] = []


class RecordedEdit(Place):
    """What a record says of one edit; `after` is null where it is flagged."""

    before: str
    after: str | None
    status: Literal["applied", "suggested", "flagged"]
    kind: str = ""


class RecordedField(_Lenient):
    """What a record says of one field."""

    value: str


class Estimate(_Lenient):
    """What a record says of its page's quality."""

    characters: int = 0
    estimated_error_rate: float | None = None
    interval: tuple[float, float] | None = None


class Record(_Lenient):
    """The part of a record (`jiaokan schema`) that is measured here."""

    id: str = ""
    sha256: str = ""
    original: str
    text: str
    edits: list[RecordedEdit] = []
    fields: dict[str, RecordedField] = {}
    indicators: list[dict[str, Any]] = []
    quality: Estimate = Estimate()


def match(truth: Path, ocr: Path, cleaned: Path | None = None) -> Matched:
    """Return the readings that have a truth, by id (rapidocr-light/page.txt ↔ page.json), and a remark for each file left over.

    Three single files belong together whatever their names. Raises InputError if a path does not exist, nothing matches,
    or CLEANED is not a complete run.
    """
    remarks: list[Remark] = []
    truths = {printable(ocr.stem): truth} if truth.is_file() and ocr.is_file() else _truths(truth, remarks)
    readings = _readings(ocr, remarks)
    both = [key for key in readings if key[1] in truths]
    if not both:
        if remarks and not truths:  # every truth is broken: say why, not that nothing matches
            raise InputError(remarks[0].what, where=remarks[0].where, fix=remarks[0].fix)
        raise _nothing_in_common("truth", truths, "OCR", (name for _, name in readings), f"{truth}, {ocr}")
    remarks += [Remark(*key, "only in OCR", printable(str(readings[key])), "add its truth, or leave it out") for key in readings if key[1] not in truths]
    read = {name for _, name in both}
    remarks += [Remark("", name, "only in truth", printable(str(path)), "add its reading, or leave it out") for name, path in truths.items() if name not in read]
    found, is_run = ({}, False) if cleaned is None else _cleaned(cleaned, ocr, readings, remarks)
    pairs = [Pair(name, engine, truths[name], readings[engine, name], found.get((engine, name)), is_run, cleaned is not None) for engine, name in sorted(both)]
    if cleaned is not None:
        remarks += [Remark(pair.engine, pair.id, "not cleaned", printable(str(pair.ocr)), "clean it too; until then it counts as unchanged") for pair in pairs if not pair.cleaned]
    return Matched(pairs, remarks)


def read_text(path: Path) -> str:
    """Return a text file decoded; one that is empty or blank is an engine that read nothing: "".

    Raises InputError for a binary, and for bytes that no encoding takes.
    """
    data = load(str(path))
    return decode(data, where=printable(str(path)))[0] if data.removeprefix(_UTF8_MARK).strip() else ""


def read_truth(path: Path) -> Truth:
    """Return a truth from JSON or plain text. Raises InputError if the JSON is broken or has no text."""
    return _parsed(path, Truth) if path.suffix.lower() == JSON else Truth(text=read_text(path), id=path.stem)


def read_record(path: Path) -> Record:
    """Return a record of a run. Raises InputError if it is broken or of another schema."""
    _parsed(path, _Versioned).check(path)
    record = _parsed(path, Record)
    for edit in record.edits:
        if record.original[edit.start : edit.end] != edit.before:
            raise InputError(f"the edit at {edit.start}–{edit.end} is not of this original", where=printable(str(path)), fix=RUN_AGAIN)
    return record


def _parsed(path: Path, form: type[Form]) -> Form:
    """Return a JSON file in its form. Raises InputError that names the first thing wrong with it."""
    where = printable(str(path))
    try:
        return form.model_validate(json.loads(load(str(path))))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise InputError(f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}", where=where, fix="write it as corpus/README.md or `jiaokan schema` says") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"broken JSON: {error}", where=where, fix="write the file again") from None


def _files(folder: Path, suffixes: Iterable[str] | None) -> Iterator[Path]:
    """Yield a folder's files of these kinds (None: all), or the one file named. Raises InputError for a path that does not exist."""
    if folder.is_file():
        yield folder
        return
    if not folder.is_dir():
        raise InputError("no such file or folder", where=printable(str(folder)), fix="check the path")
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not (hidden or path.is_dir()) and (suffixes is None or path.suffix.lower() in suffixes):
            yield path


def _readings(ocr: Path, remarks: list[Remark]) -> dict[tuple[str, str], Path]:
    """Return each reading by engine and id."""
    found: dict[tuple[str, str], Path] = {}
    for path in _files(ocr, SUFFIXES):
        key = _key(path, ocr)
        if key in found:
            remarks.append(Remark(*key, "the same id twice", printable(str(path)), f"leave one; {printable(found[key].name)} was measured"))
        found.setdefault(key, path)
    if not found:
        raise InputError(f"no text file here ({', '.join(sorted(SUFFIXES))})", where=printable(str(ocr)), fix="name another folder, or the files themselves")
    return found


def _truths(truth: Path, remarks: list[Remark]) -> dict[str, Path]:
    """Return each truth by its id; JSON goes before plain text of the same id."""
    found: dict[str, Path] = {}
    paths = sorted(_files(truth, {JSON, *SUFFIXES}), key=lambda path: path.suffix.lower() != JSON)
    if not paths:
        raise InputError("no truth here (.json, .txt, .tsv)", where=printable(str(truth)), fix="name another folder, or the files themselves")
    for path in paths:
        try:
            name = (read_truth(path).id if path.suffix.lower() == JSON else "") or printable(path.stem)
        except InputError as error:
            remarks.append(Remark("", printable(path.stem), error.what, error.where, error.fix))
            continue
        if name in found and path.suffix.lower() == found[name].suffix.lower():
            remarks.append(Remark("", name, "the same id twice", printable(str(path)), f"leave one; {printable(found[name].name)} was taken for the truth"))
        found.setdefault(name, path)
    return found


def _cleaned(cleaned: Path, ocr: Path, readings: dict[tuple[str, str], Path], remarks: list[Remark]) -> tuple[dict[tuple[str, str], Path], bool]:
    """Return what cleaning made of each reading, by engine and id, and whether it lies in a run's records."""
    is_run = any(cleaned.joinpath(name).exists() for name in ("manifest.json", "records"))
    if is_run:
        found, names = _records(cleaned, readings, remarks)
    elif cleaned.is_file():
        if not ocr.is_file():
            raise InputError("one cleaned file, and a folder of readings", where=printable(str(cleaned)), fix="name the folder of cleaned texts, or one reading")
        found, names, is_run = dict.fromkeys(readings, cleaned), [], cleaned.suffix.lower() == JSON
    else:
        texts = {_key(path, cleaned): path for path in sorted(_files(cleaned, None), key=lambda path: path.suffix.lower() in SUFFIXES)}
        names = ["/".join(filter(None, key)) for key in texts]
        found = {key: texts[key] for key in readings if key in texts}
        used = set(found.values())
        remarks += [Remark(*key, "only in CLEANED", printable(str(path)), "add its reading, or leave it out") for key, path in texts.items() if path not in used]
    if not found:
        raise _nothing_in_common("OCR", ("/".join(filter(None, key)) for key in readings), "CLEANED", names, f"{ocr}, {cleaned}")
    return found, is_run


def _records(run: Path, readings: dict[tuple[str, str], Path], remarks: list[Remark]) -> tuple[dict[tuple[str, str], Path], list[str]]:
    """Return the record of each reading, by the bytes it was made from, else by its id; and the ids of all records.

    Raises InputError if the run is not complete or of another schema.
    """
    where = printable(str(run))
    if not run.joinpath("manifest.json").is_file() or not run.joinpath("records").is_dir():
        missing = "records" if run.joinpath("manifest.json").is_file() else "manifest.json"
        raise InputError(f"not a complete run (no {missing})", where=where, fix=f"{RUN_AGAIN} --files all")
    _parsed(run / "manifest.json", _Versioned).check(run / "manifest.json")
    by_bytes: dict[str, Path] = {}
    by_id: dict[str, Path] = {}
    digest_of: dict[Path, str] = {}
    broken: list[InputError] = []
    for path in _files(run / "records", {JSON}):
        try:
            record = read_record(path)
        except InputError as error:
            broken.append(error)
            remarks.append(Remark("", printable(path.stem), error.what, error.where, error.fix))
            continue
        by_bytes[record.sha256] = by_id[record.id] = path
        digest_of[path] = record.sha256
    if broken and not by_id:
        raise broken[0]
    found, digests = {}, set[str]()
    for key, reading in readings.items():
        with suppress(InputError):  # judging the reading will say why
            digest = hashlib.sha256(load(str(reading))).hexdigest()
            digests.add(digest)
            if digest in by_bytes or key[1] in by_id:
                found[key] = by_bytes.get(digest) or by_id[key[1]]
    used = set(found.values())
    left = [path for path, digest in digest_of.items() if path not in used and digest not in digests]
    remarks += [Remark("", printable(path.stem), "only in CLEANED", printable(str(path)), "add its reading, or leave it out") for path in left]
    return found, list(by_id)


def _key(path: Path, root: Path) -> tuple[str, str]:
    """Return engine and id: ocr/rapidocr/light/page.txt → rapidocr/light, page."""
    folder = PurePath() if path == root else path.relative_to(root).parent
    return "" if folder == PurePath() else printable(folder.as_posix()), printable(path.stem)


def _nothing_in_common(left: str, lefts: Iterable[str], right: str, rights: Iterable[str], where: str) -> InputError:
    sides = (f"{side} has {'、'.join(sorted(set(names))[:EXAMPLES]) or 'nothing'}" for side, names in ((left, lefts), (right, rights)))
    return InputError(f"no id in common: {'; '.join(sides)}", where=where, fix="name the files alike: page.json, page.txt")
