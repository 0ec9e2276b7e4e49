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


class _Field(_Strict):
    value: str
    raw: str
    normalised: str
    type: str
    start: Place
    end: Place
    confidence: Share
    inferred: bool


class _Indicator(_Strict):
    level1: Annotated[str, Field(alias="一级指标")]
    level2: Annotated[str, Field(alias="二级指标")]
    level3: Annotated[str, Field(alias="三级指标")]
    operator: Annotated[str, Field(alias="运算符")]
    value: Annotated[str, Field(alias="指标值")]
    unit: Annotated[str, Field(alias="单位")]
    start: Place
    end: Place
    inferred: list[str]


class _Entity(_Strict):
    text: str
    type: str
    start: Place
    end: Place
    normalised: str


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
    encoding: str
    family: str
    region: _Region | None
    original: str
    text: str
    edits: list[_Edit]
    fields: dict[str, _Field]
    indicators: list[_Indicator]
    entities: list[_Entity]
    checks: list[_Check]
    quality: _Quality


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every record satisfies."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA} | Record.model_json_schema(by_alias=True)
