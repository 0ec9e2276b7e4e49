"""The record's JSON Schema, built by pydantic from the classes below."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from jiaokan.report.record import SCHEMA

Place = Annotated[int, Field(ge=0, description="code points in `original`")]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class _Region(_Strict):
    code: Annotated[str, Field(description="GB/T 2260, 6 digits")]
    name: str
    evidence: str


class _Edit(_Strict):
    start: Place
    end: Place
    before: str
    after: Annotated[str | None, Field(description="null: flagged, nothing is proposed")]
    status: Literal["applied", "suggested", "flagged"]
    kind: str
    rule: str
    confidence: Share
    why: str
    box: Annotated[str, Field(description="id of the box where it begins, as the file names it; empty for a text without boxes")] = ""
    page: Annotated[int, Field(ge=0, description="of that box, from 1; 0 for a text without boxes")] = 0


class _Box(_Strict):
    id: Annotated[str, Field(description="as the file names it, or page-number")]
    start: Place
    end: Place
    page: Annotated[int, Field(ge=1)]
    left: Annotated[float, Field(description="in the file's own units, from the top left corner")]
    top: float
    right: float
    bottom: float
    confidence: Annotated[float | None, Field(ge=0, le=1, description="the engine's own, where it gave one")]


class _Field(_Strict):
    value: Annotated[str, Field(description="as the cleaned text has it")]
    raw: Annotated[str, Field(description="what stands in `original` from start to end")]
    normalised: Annotated[
        str,
        Field(description="canonical form: ISO 8601 date, sum in 元, number of a percent or count, 〔〕; empty where the value has none"),
    ]
    type: Annotated[
        str, Field(description="text, money, date, year, period, percent, count, phone, code, person and so on: dictionaries/families")
    ]
    start: Place
    end: Place
    confidence: Annotated[float, Field(ge=0, le=1, description="lower where the value looks misread (292%, a date without canonical form)")]
    inferred: Annotated[bool, Field(description="read from elsewhere on the page, not from its own cell")]


class _Indicator(_Strict):
    level1: Annotated[str, Field(alias="一级指标")]
    level2: Annotated[str, Field(alias="二级指标")]
    level3: Annotated[str, Field(alias="三级指标")]
    operator: Annotated[str, Field(alias="运算符")]
    value: Annotated[str, Field(alias="指标值")]
    unit: Annotated[str, Field(alias="单位")]
    start: Place
    end: Place
    inferred: Annotated[list[str], Field(description="columns filled by rule, not read in this row")]


class _Entity(_Strict):
    text: Annotated[str, Field(description="as the cleaned text has it")]
    type: Literal[
        "PLACE",
        "AGENCY",
        "LAW",
        "DOCUMENT",
        "DOCUMENT_NUMBER",
        "DATE",
        "MONEY",
        "PERCENT",
        "PHONE",
        "IDENTITY",
        "CREDIT_CODE",
        "CODE",
        "TERM",
    ]
    start: Place
    end: Place
    normalised: Annotated[str, Field(description="ISO 8601 date, sum in 元, 〔〕 in a document's number, a place's own code of its time")]
    parent: Annotated[str, Field(description="of a place: code of the unit above, of its time")]
    now: Annotated[str, Field(description="of a former place: code of what it is today")]


class _Check(_Strict):
    rule: str
    status: Literal["pass", "fail", "cannot_judge"]
    message: str
    values: dict[str, str]
    derived: dict[str, str]


class _Part(_Strict):
    scope: Literal["section", "field"]
    name: str
    characters: Annotated[int, Field(ge=0)]
    estimated_errors: Annotated[float, Field(ge=0)]
    variance: Annotated[float, Field(ge=0)]


class _Quality(_Strict):
    characters: Annotated[int, Field(ge=0)]
    estimated_error_rate: Share
    interval: tuple[Share, Share]
    applied: Annotated[int, Field(ge=0)]
    suggested: Annotated[int, Field(ge=0)]
    flagged: Annotated[int, Field(ge=0)]
    unjudged_share: Share
    estimated_errors: Annotated[float, Field(ge=0)]
    variance: Annotated[float, Field(ge=0, description="of estimated_errors")]
    parts: list[_Part]


class Record(_Strict):
    """One cleaned document. Every change is in `edits`; `original` is what was read."""

    schema_: Annotated[Literal["jiaokan/record/1"], Field(alias="schema")]
    id: str
    source: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="of the bytes read")]
    format: Annotated[str, Field(description="of the file: text, hocr, alto, page-xml, pdf and so on")] = "text"
    encoding: Annotated[str, Field(description="of the text in the file; empty where it holds none as such, as a PDF")]
    masked: Annotated[bool, Field(description="names and numbers of persons are hidden, in `original` too, each by as many characters")]
    family: Annotated[str, Field(description="name in dictionaries/families, empty where it is unknown")]
    family_confidence: Annotated[float, Field(ge=0, le=1, description="0 where the family is unknown")] = 0.0
    region: _Region | None
    original: str
    text: str
    edits: list[_Edit]
    boxes: Annotated[list[_Box], Field(description="what the engine read as one piece, in order; none for a plain text")] = []
    fields: dict[str, _Field]
    indicators: list[_Indicator]
    entities: list[_Entity]
    checks: list[_Check]
    quality: _Quality


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every record satisfies."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA} | Record.model_json_schema(by_alias=True)
