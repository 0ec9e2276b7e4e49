"""What the pipeline passes along: frozen, counted in code points, without behaviour of its own."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, NamedTuple


def _read_only(items: dict[str, Any]) -> MappingProxyType[str, Any]:
    return MappingProxyType(items)


# A read-only mapping cannot cross to another process by itself; a Document must.
copyreg.pickle(MappingProxyType, lambda proxy: (_read_only, (dict(proxy),)))


class Span(NamedTuple):
    """`text[start:end]`, counted in code points: not bytes, not UTF-16 units."""

    start: int
    end: int


class Status(StrEnum):
    """What became of a finding."""

    APPLIED = "applied"  # proved: the text has it
    SUGGESTED = "suggested"  # likely: a person decides
    FLAGGED = "flagged"  # something is wrong here; no text is invented


class Apply(StrEnum):
    """Which proposals are written into the text."""

    NONE = "none"  # nothing: every proposal is a suggestion
    CERTAIN = "certain"  # from a probability of 0.85: plan.FLOOR
    LIKELY = "likely"  # from 0.66


class Medium(StrEnum):
    """What the text has gone through, and so which slips to expect: the option `--channel`.

    Textual criticism's word for what a text is handed down in. Not Channel: that is the model which judges readings by it.
    """

    PRINT = "print"  # printed, and read by an OCR engine: look-alikes, lost characters, intruders
    KEYBOARD = "keyboard"  # typed with an input method: sound-alikes
    BOTH = "both"  # typed, printed and read again


BlockKind = Literal["title", "line", "row", "cell", "furniture"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page; `row` and `column` count from 0 and are -1 where they do not apply."""

    kind: BlockKind
    span: Span
    row: int = -1
    column: int = -1


@dataclass(frozen=True, slots=True)
class Box:
    """What the engine read as one piece, a word or a line: its place in `original`, and on the scan."""

    span: Span
    id: str  # as the file names it; where it names none, page-number: 1-17
    page: int  # from 1
    left: float  # in the file's own units: pixels of the scan, points of a PDF; from the top left corner
    top: float
    right: float
    bottom: float
    confidence: float | None = None  # the engine's own, 0-1


@dataclass(frozen=True, slots=True)
class Edit:
    """Write `after` where `before` stands. Keeping `before` is what makes it undoable."""

    span: Span  # in the text the stage saw; in the original, once the edit is part of a Document
    before: str
    after: str | None  # None: flagged, nothing is proposed
    rule: str  # what licensed it: "han_spaces", "gazetteer"
    kind: str  # the fault, in the words of corpus/README.md: "lost_character"
    confidence: float  # 0-1, calibrated: nine in ten edits at 0.9 are right (dev split)
    why: str  # one sentence a reviewer can check against the scan
    status: Status = Status.SUGGESTED  # set by plan.decide, from the confidence alone

    def with_status(self, status: Status) -> Edit:
        """Return the edit with another status; a page has thousands of them, and dataclasses.replace takes five times as long."""
        return Edit(self.span, self.before, self.after, self.rule, self.kind, self.confidence, self.why, status)

    def at(self, span: Span, before: str) -> Edit:
        """Return the edit at another place, with what stands there."""
        return Edit(span, before, self.after, self.rule, self.kind, self.confidence, self.why, self.status)


@dataclass(frozen=True, slots=True)
class Field:
    """A value read from the page; it always points at its characters."""

    label: str  # canonical, as in dictionaries/labels.tsv
    value: str  # as the cleaned text has it
    raw: str  # as the original has it
    normalised: str  # canonical form: ISO date, amount in 元, full-width operator
    type: str
    span: Span  # in the original
    confidence: float
    inferred: bool = False  # read from elsewhere on the page, not from its own cell


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of an indicator tree: 一级/二级/三级指标, operator, value, unit."""

    levels: tuple[str, str, str]
    operator: str
    value: str
    unit: str
    span: Span  # of the row, in the original
    inferred: tuple[str, ...] = ()  # the columns filled by rule, not read in this row


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing named in the text, linked where a dictionary knows it."""

    text: str
    type: str
    span: Span  # in the original
    normalised: str  # ISO date, sum in 元, 〔〕 in a document's number; a place's own code, of its time: 星子县 360427
    parent: str = ""  # code of the unit above a place, of its time
    now: str = ""  # code of what a former place is today: 360483


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that relates fields, judged; `derived` is a value the rule yields, never written into the text."""

    rule: str
    status: Literal["pass", "fail", "cannot_judge"]
    message: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    derived: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Region:
    """The administrative area a document belongs to, and how we know."""

    code: str  # GB/T 2260, 6 digits
    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is estimated of a part of the page: how many of its characters are wrong, and how surely."""

    scope: Literal["section", "field"]
    name: str
    characters: int  # white space aside
    expected: float  # wrong characters
    variance: float  # of that number


@dataclass(frozen=True, slots=True)
class Quality:
    """How damaged the page was, as estimated without ground truth."""

    characters: int  # of the original, white space aside
    expected: float  # wrong characters
    variance: float  # of that number
    estimated_error_rate: float  # errors per character
    interval: tuple[float, float]  # 90 %
    unjudged_share: float  # of characters no signal could judge (digits, names, Latin)
    parts: tuple[Part, ...] = ()  # its sections and fields


@dataclass(frozen=True, slots=True)
class Document:
    """A text, where it came from, and everything found in it so far.

    Every span points into `original`, whatever stage found it. Applying the edits with status `applied` to
    `original` gives `text`.
    """

    id: str
    text: str
    original: str
    source: str = ""  # path or URL it was read from
    sha256: str = ""  # of the bytes read
    encoding: str = "utf-8"  # of the text in the file; empty where it holds none as such: a PDF, an image
    format: str = "text"  # of the file: read.formats
    blocks: tuple[Block, ...] = ()
    boxes: tuple[Box, ...] = ()  # in the order of their places; none for plain text
    edits: tuple[Edit, ...] = ()
    family: str = ""
    family_confidence: float = 0.0  # 0-1; 0 where the family is unknown
    region: Region | None = None
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    indicators: tuple[Indicator, ...] = ()
    entities: tuple[Entity, ...] = ()
    checks: tuple[Check, ...] = ()
    quality: Quality | None = None
    masked: bool = False  # names and numbers of persons are hidden, in `original` too: see jiaokan.mask

    @property
    def applied(self) -> tuple[Edit, ...]:
        """The edits that turned `original` into `text`."""
        return tuple(edit for edit in self.edits if edit.status is Status.APPLIED)

    @property
    def suggestions(self) -> tuple[Edit, ...]:
        """The edits a person should decide on."""
        return tuple(edit for edit in self.edits if edit.status is Status.SUGGESTED)

    @property
    def flags(self) -> tuple[Edit, ...]:
        """The places where something is wrong and nothing is proposed."""
        return tuple(edit for edit in self.edits if edit.status is Status.FLAGGED)
