"""What must hold of every document of the sample corpus, whatever the rules of the day."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import jiaokan
from jiaokan import read
from jiaokan.batch.local import Configuration, Failure, clean_all
from jiaokan.edits import apply, original
from jiaokan.model import Document
from jiaokan.read.encodings import encode
from jiaokan.read.sources import Source, sources
from jiaokan.report.record import to_json

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
FILES = {path.stem: path for path in sorted((CORPUS / "samples").iterdir())}
LEVELS = ["none", "certain", "likely"]
DIGIT = re.compile(r"[0-9０-９]")
# Known exceptions, by id; strict, so that mending one fails the test until it is taken out here.
SECOND_RUN = {
    "henan-dancheng-jiegan": "once 〔〕 stands on the page, brackets that were only suggested are proved",
}
KEPT_CHANGED: dict[str, str] = {}


def every_document(known: dict[str, str] | None = None, prefix: str = "") -> pytest.MarkDecorator:
    """Parametrize over the documents; the known exceptions among them are expected to fail."""
    known = known or {}
    rows = [
        pytest.param(name, id=name, marks=pytest.mark.xfail(reason=known[name]) if name in known else ())
        for name in FILES
        if name.startswith(prefix)
    ]
    return pytest.mark.parametrize("name", rows)


@pytest.fixture(scope="module")
def cleaned() -> dict[str, Document]:
    """Return every document cleaned by itself, by id."""
    return {name: jiaokan.clean(path) for name, path in FILES.items()}


def truth(name: str) -> dict[str, Any]:
    """Return what is known of a document."""
    found: dict[str, Any] = json.loads((CORPUS / "truth" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def batch(taken: list[Source], jobs: int = 1) -> dict[str, str]:
    """Return the records of a batch, by id."""
    results = list(clean_all(taken, Configuration(), jobs=jobs))
    assert not [result for result in results if isinstance(result, Failure)]
    assert [result.id for result in results] == [source.id for source in taken]
    return {result.id: to_json(result) for result in results if isinstance(result, Document)}


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize(("jobs", "order"), [(1, 1), (1, -1), (2, 1), (2, -1)])
def test_a_result_depends_on_its_document_alone(cleaned: dict[str, Document], jobs: int, order: int) -> None:
    taken = list(sources([str(CORPUS / "samples")]).taken)[::order]
    alone = {name: to_json(document) for name, document in cleaned.items()}
    assert batch(taken, jobs) == alone


@every_document()
def test_the_original_is_what_was_read(cleaned: dict[str, Document], name: str) -> None:
    document = cleaned[name]
    assert original(document) == document.original == read.read(FILES[name]).text
    assert encode(original(document), document.encoding) == FILES[name].read_bytes()
    assert apply(document.original, document.applied) == document.text


@every_document()
def test_every_edit_says_what_stands_there(cleaned: dict[str, Document], name: str) -> None:
    document = cleaned[name]
    for edit in document.edits:
        assert document.original[slice(*edit.span)] == edit.before
        assert edit.rule
        assert edit.why
        assert 0 < edit.confidence <= 1


@every_document()
def test_fields_point_at_their_characters(cleaned: dict[str, Document], name: str) -> None:
    document = cleaned[name]
    for field in document.fields.values():
        assert 0 <= field.span.start <= field.span.end <= len(document.original)  # an empty cell has a place too
        assert field.raw in document.original


@pytest.mark.parametrize("level", LEVELS)
@every_document()
def test_the_record_satisfies_the_schema(name: str, level: str) -> None:
    record = json.loads(to_json(jiaokan.clean(FILES[name], apply=level)))
    jsonschema.validate(record, jiaokan.schema())


@every_document(SECOND_RUN)
def test_a_second_run_changes_nothing(cleaned: dict[str, Document], name: str) -> None:
    again = jiaokan.clean(cleaned[name].text)
    assert [(edit.before, edit.after, edit.rule) for edit in again.applied] == []


@pytest.mark.parametrize("level", LEVELS)
@every_document(prefix="clean-")
def test_clean_documents_come_back_untouched(name: str, level: str) -> None:
    document = jiaokan.clean(FILES[name], apply=level)
    assert document.text == document.original


@pytest.mark.parametrize("level", ["certain", "likely"])
@every_document(KEPT_CHANGED)
def test_traps_stay_as_they_are(name: str, level: str) -> None:
    document = jiaokan.clean(FILES[name], apply=level)
    for trap in (fault for fault in truth(name)["faults"] if fault["outcome"] == "kept"):
        for edit in document.applied:
            apart = edit.span.end <= trap["start"] or trap["end"] <= edit.span.start
            assert apart, f"{trap['read']}: {edit.before} → {edit.after} ({edit.rule})"


@pytest.mark.parametrize("level", ["certain", "likely"])
@every_document()
def test_no_digit_is_ever_changed(name: str, level: str) -> None:
    document = jiaokan.clean(FILES[name], apply=level)
    assert DIGIT.findall(document.text) == DIGIT.findall(document.original)


@every_document()
def test_nothing_applied_leaves_the_text_alone(cleaned: dict[str, Document], name: str) -> None:
    document = jiaokan.clean(FILES[name], apply="none")
    assert document.text == document.original
    assert not document.applied
    assert len(document.edits) == len(cleaned[name].edits)
    assert document.flags == cleaned[name].flags
