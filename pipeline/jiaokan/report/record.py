"""A document as JSON: the contract with the next program. A breaking change is a new number in SCHEMA."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from jiaokan.model import Box, Document, Field

SCHEMA = "jiaokan/record/1"
LEVELS = ("一级指标", "二级指标", "三级指标")
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_record(document: Document) -> dict[str, Any]:
    """Return the document as JSON-ready values; `start` and `end` are code points in `original`."""
    starts = [box.span.start for box in document.boxes]
    return {
        "schema": SCHEMA,
        "id": document.id,
        "source": document.source,
        "sha256": document.sha256,
        "format": document.format,
        "encoding": document.encoding,
        "masked": document.masked,
        "family": document.family,
        "family_confidence": round(document.family_confidence, 4),
        "region": {"code": document.region.code, "name": document.region.name, "evidence": document.region.evidence}
        if document.region
        else None,
        "original": document.original,
        "text": document.text,
        "edits": [
            {
                "start": edit.span.start,
                "end": edit.span.end,
                "before": edit.before,
                "after": edit.after,
                "status": str(edit.status),
                "kind": edit.kind,
                "rule": edit.rule,
                "confidence": round(edit.confidence, 4),
                "why": edit.why,
                **_where(document.boxes, bisect_right(starts, edit.span.start) - 1),
            }
            for edit in document.edits
        ],
        "boxes": [_box(box) for box in document.boxes],
        "fields": {label: _field(field) for label, field in document.fields.items()},
        "indicators": [
            dict(zip(LEVELS, indicator.levels, strict=True))
            | {"运算符": indicator.operator, "指标值": indicator.value, "单位": indicator.unit}
            | {"start": indicator.span.start, "end": indicator.span.end, "inferred": list(indicator.inferred)}
            for indicator in document.indicators
        ],
        "entities": [
            {"text": entity.text, "type": entity.type, "start": entity.span.start, "end": entity.span.end, "normalised": entity.normalised}
            | {"parent": entity.parent, "now": entity.now}
            for entity in document.entities
        ],
        "checks": [
            {
                "rule": check.rule,
                "status": check.status,
                "message": check.message,
                "values": dict(check.values),
                "derived": dict(check.derived),
            }
            for check in document.checks
        ],
        "quality": _quality(document),
    }


def to_json(document: Document, *, indent: int | None = None) -> str:
    """Return the document's record as JSON text."""
    return as_json(to_record(document), indent=indent)


def as_json(record: dict[str, Any], *, indent: int | None = None) -> str:
    """Return a record as JSON text in UTF-8 order; a lone surrogate is escaped, for no encoder takes it."""
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _where(boxes: Sequence[Box], last: int) -> dict[str, Any]:
    """Return in which box a place lies, the last that begins before it."""
    return {"box": boxes[last].id, "page": boxes[last].page} if last >= 0 else {"box": "", "page": 0}


def _box(box: Box) -> dict[str, Any]:
    return {
        "id": box.id,
        "start": box.span.start,
        "end": box.span.end,
        "page": box.page,
        "left": box.left,
        "top": box.top,
        "right": box.right,
        "bottom": box.bottom,
        "confidence": box.confidence,
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "value": field.value,
        "raw": field.raw,
        "normalised": field.normalised,
        "type": field.type,
        "start": field.span.start,
        "end": field.span.end,
        "confidence": round(field.confidence, 4),
        "inferred": field.inferred,
    }


def _quality(document: Document) -> dict[str, Any]:
    quality = document.quality
    counts = {"applied": len(document.applied), "suggested": len(document.suggestions), "flagged": len(document.flags)}
    if quality is None:
        return counts
    return {
        "characters": quality.characters,
        "estimated_error_rate": round(quality.estimated_error_rate, 5),
        "interval": [round(bound, 5) for bound in quality.interval],
        **counts,
        "unjudged_share": round(quality.unjudged_share, 4),
        "estimated_errors": round(quality.expected, 4),
        "variance": round(quality.variance, 4),
        "parts": [
            {"scope": part.scope, "name": part.name, "characters": part.characters}
            | {"estimated_errors": round(part.expected, 4), "variance": round(part.variance, 4)}
            for part in quality.parts
        ],
    }
