"""The library as its users call it: clean() and clean_frame(), by their arguments."""

from __future__ import annotations

import inspect
import json
import pickle
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import jiaokan
from jiaokan.batch.local import Configuration, clean_all
from jiaokan.errors import DictionaryError, InputError
from jiaokan.extract.entities import Component, spacy_component
from jiaokan.learn import learn
from jiaokan.model import Apply, Medium

OPTIONS = ("apply", "channel", "channel_data", "terms", "keep")
DEFAULTS = {"apply": "certain", "channel": "print", "channel_data": None, "terms": None, "keep": None}
READ = "县水利局会同镇政府〉对沿河各村的堤防进行检查○\n"
PRINTED = "各镇按月报送工程进度，由水利站汇总。"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return channel data of an engine that reads ， as 〉 and 。 as ○."""
    folder = tmp_path_factory.mktemp("own")
    row = f"{PRINTED.replace('，', '〉').replace('。', '○')}\t{PRINTED}\n"
    (folder / "pairs.tsv").write_text("ocr\ttruth\n" + row * 100, encoding="utf-8")
    learn(folder / "pairs.tsv", folder / "data")
    return folder / "data"


@pytest.mark.parametrize("function", [jiaokan.clean, jiaokan.clean_frame, Configuration, Component, spacy_component], ids=lambda function: function.__name__)
def test_the_options_are_the_same_everywhere(function: Any) -> None:
    parameters = inspect.signature(function).parameters
    assert [name for name in parameters if name in OPTIONS] == list(OPTIONS)
    if function is not spacy_component:  # its defaults are in the factory's
        assert {name: parameters[name].default for name in OPTIONS} == DEFAULTS


def test_options_are_by_name_only() -> None:
    for function in (jiaokan.clean, jiaokan.clean_frame):
        assert all(inspect.signature(function).parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in OPTIONS)


def test_a_medium_is_its_name() -> None:
    assert jiaokan.clean(READ, channel=Medium.PRINT, apply=Apply.CERTAIN) == jiaokan.clean(READ, channel="print")


BAD: list[tuple[str, dict[str, Any], type[jiaokan.JiaokanError], str]] = [
    ("an unknown channel", {"channel": "tv"}, InputError, "use one of: print, keyboard, both"),
    ("an unknown level", {"apply": "maybe"}, InputError, "use one of: none, certain, likely"),
    ("data for a keyboard", {"channel": "keyboard", "channel_data": "gone"}, InputError, "leave the channel data out"),
    ("no data", {"channel_data": "gone"}, DictionaryError, "jiaokan learn PAIRS -o DIR"),
    ("no data, by path", {"channel_data": Path("gone")}, DictionaryError, "jiaokan learn PAIRS -o DIR"),
    ("no terms", {"terms": "gone"}, DictionaryError, "check the path"),
]


@pytest.mark.parametrize(("options", "error", "fix"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_option_is_an_error_and_no_row(options: dict[str, Any], error: type[Exception], fix: str) -> None:
    with pytest.raises(error, match=fix):
        jiaokan.clean(READ, **options)
    with pytest.raises(error, match=fix):
        jiaokan.clean_frame(pd.DataFrame({"id": ["1"], "text": [READ]}), **options)


def test_a_bad_option_is_told_before_the_first_document() -> None:
    """With the call, not with the first result: a generator that nobody asks says nothing."""
    for options in ({"channel_data": "gone"}, {"terms": "gone"}):
        with pytest.raises(DictionaryError):
            clean_all([], Configuration(**options))


def test_channel_data_change_what_is_proposed(own: Path) -> None:
    def mended(**options: Any) -> list[str | None]:
        return [edit.after for edit in jiaokan.clean(READ, **options).edits if edit.after in {"，", "。"}]

    assert len(mended(channel_data=own)) > len(mended())
    assert mended(channel_data=own) == mended(channel_data=str(own))


def test_a_frame_is_cleaned_as_its_rows_are(own: Path) -> None:
    frame = pd.DataFrame({"id": ["1", "2", "3"], "text": [READ, PRINTED, None]})
    for options in ({}, {"channel_data": own}, {"apply": "likely", "channel_data": str(own)}):
        done = jiaokan.clean_frame(frame, **options)  # type: ignore[arg-type]
        for row in done.itertuples():
            if row.id == "3":
                assert "no text in this row" in str(row.error)
                continue
            document = jiaokan.clean(frame["text"][int(str(row.id)) - 1], **options)  # type: ignore[arg-type]
            assert row.text == document.text
            assert json.loads(str(row.record))["edits"] == jiaokan.to_record(document)["edits"]


def test_the_order_of_rows_and_their_neighbours_are_of_no_account(own: Path) -> None:
    frame = pd.DataFrame({"id": list("1234"), "text": [READ, PRINTED, READ + PRINTED, PRINTED.replace("，", "〉")]})
    whole = jiaokan.clean_frame(frame, channel_data=own).set_index("id")
    backward = jiaokan.clean_frame(frame[::-1], channel_data=own).set_index("id")
    parts = pd.concat([jiaokan.clean_frame(frame[start : start + 1], channel_data=own) for start in range(len(frame))]).set_index("id")
    for other in (backward, parts):
        assert other["text"].to_dict() == whole["text"].to_dict()
        assert other["record"].to_dict() == whole["record"].to_dict()


def test_what_goes_to_a_worker_can_be_sent(own: Path) -> None:
    """Dask, Spark and Ray send the function with its arguments; spaCy sends its component."""
    sent = pickle.loads(pickle.dumps(partial(jiaokan.clean_frame, channel="print", channel_data=own)))
    assert len(sent(pd.DataFrame({"id": ["1"], "text": [READ]}))) == 1
    assert pickle.loads(pickle.dumps(Component(channel_data=str(own)))).channel_data == str(own)
    assert pickle.loads(pickle.dumps(Configuration(channel=Medium.BOTH))).channel is Medium.BOTH


def test_spacy_takes_the_options(own: Path) -> None:
    import spacy

    nlp = spacy.blank("zh")
    nlp.add_pipe("jiaokan", config={"channel": "print", "channel_data": str(own)})
    assert nlp(READ)._.jiaokan.edits == jiaokan.clean(READ, channel_data=own).edits
