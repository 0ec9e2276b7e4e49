"""Knowledge for a run: options, the user's files, and what is shared."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.errors import DictionaryError, InputError, JiaokanError
from jiaokan.knowledge import home
from jiaokan.knowledge import load as loading
from jiaokan.knowledge.confusions import CHANNEL, COLUMNS, FORMAT, Confusions
from jiaokan.knowledge.keyboard import Both, Keyboard
from jiaokan.knowledge.load import LOADED, load
from jiaokan.model import Medium

HEAD = f"# title: ours\n{FORMAT}\n" + "\t".join(COLUMNS) + "\n"
ROW = "own\t大\t犬\t12\n"
READ = "一是推进云柩工单平台建设，二是落实工作责任。\n"


def data(folder: Path, content: str | bytes = HEAD + ROW) -> Path:
    """Write channel data and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CHANNEL).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every channel use the weights of print, so that what is tested does not hang on how the others are fitted."""
    monkeypatch.setattr(loading, "WEIGHTS", dict.fromkeys(Medium, "weights.toml"))
    loading._load.cache_clear()
    yield
    loading._load.cache_clear()


# --- the channel


def test_print_is_the_default() -> None:
    knowledge = load()
    assert knowledge.channel is Medium.PRINT
    assert isinstance(knowledge.confusions(False), Confusions)
    assert load(channel="print") is load(channel=Medium.PRINT) is knowledge


@pytest.mark.usefixtures("fitted")
def test_each_channel_has_its_own_slips() -> None:
    keyboard, both = load(channel="keyboard").confusions(False), load(channel="both").confusions(False)
    assert isinstance(keyboard, Keyboard)
    assert isinstance(both, Both)
    assert both.print_ is load().misreadings(False)
    assert "到" in keyboard.printed("导")
    assert "未" in load().confusions(False).printed("末")
    assert "未" not in keyboard.printed("末")


@pytest.mark.usefixtures("fitted")
@pytest.mark.parametrize("channel", list(Medium))
def test_the_channel_of_a_run_does_not_change_under_way(channel: str) -> None:
    knowledge = load(channel=channel)
    for blanks in (False, True):
        assert knowledge.confusions(blanks) is knowledge.confusions(blanks)


@pytest.mark.parametrize("channel", list(Medium))
def test_each_channel_has_its_own_weights(channel: Medium) -> None:
    path = home() / loading.WEIGHTS[channel]
    if path.exists():
        assert {"character", "seam", "reading"} <= load(channel=channel).weights.keys()
    else:
        with pytest.raises(DictionaryError, match=path.name):
            load(channel=channel)


@pytest.mark.parametrize("channel", ["tv", "", "Print", "PRINT"])
def test_an_unknown_channel_is_named(channel: str) -> None:
    with pytest.raises(InputError, match=r"channel='.*' is not known\n  fix: use one of: print, keyboard, both"):
        load(channel=channel)


# --- channel data


def test_channel_data_are_added_to_ours(tmp_path: Path) -> None:
    own = load(channel_data=data(tmp_path / "own"))
    ours = load()
    for blanks in (False, True):
        counts = own.misreadings(blanks).counts
        assert counts["大", "犬"] == ours.misreadings(blanks).counts.get(("大", "犬"), 0) + 12
        assert len(counts) - len(ours.misreadings(blanks).counts) in {0, 1}
    assert own.confusions(False).gain("犬", "大") > ours.confusions(False).gain("犬", "大")


def test_channel_data_that_change_are_read_again(tmp_path: Path) -> None:
    folder = data(tmp_path / "own")
    first = load(channel_data=folder)
    assert load(channel_data=str(folder)) is first
    data(folder, HEAD + ROW.replace("12", "340"))
    second = load(channel_data=folder)
    assert second.misreadings(False).counts["大", "犬"] - first.misreadings(False).counts["大", "犬"] == 340 - 12


DATA = [
    ("no folder", None, "own: no such folder", "jiaokan learn PAIRS -o DIR"),
    ("an empty folder", {}, f"own: no {CHANNEL} in this folder", "jiaokan learn PAIRS -o DIR"),
    ("a file", b"", "own: a file, not a folder", f"name the folder that holds {CHANNEL}"),
    ("a folder by that name", {f"{CHANNEL}/x": b""}, f"own/{CHANNEL}: Is a directory", "jiaokan learn"),
    ("an empty file", {CHANNEL: b""}, f"own/{CHANNEL}: channel data of another version: no format line", "jiaokan learn"),
    ("no version", {CHANNEL: HEAD.replace(FORMAT + "\n", "")}, "no format line", "jiaokan learn"),
    ("another version", {CHANNEL: HEAD.replace("channel/1", "channel/9")}, f"own/{CHANNEL}: channel data of another version: # format: jiaokan/channel/9", "jiaokan learn"),
    ("the version behind the header", {CHANNEL: "\t".join(COLUMNS) + f"\n{FORMAT}\n"}, "no format line", "jiaokan learn"),
    ("no header", {CHANNEL: FORMAT + "\n"}, f"own/{CHANNEL}: no header row", "jiaokan learn"),
    ("other columns", {CHANNEL: f"{FORMAT}\nright\tread_as\n"}, f"own/{CHANNEL}:2: columns are right, read_as", "jiaokan learn"),
    ("a cell too few", {CHANNEL: HEAD + ROW + "own\t大\t12\n"}, f"own/{CHANNEL}:5: 3 cells where 4 belong", "jiaokan learn"),
    ("no family", {CHANNEL: HEAD + "\t大\t犬\t12\n"}, f"own/{CHANNEL}:4: ", "jiaokan learn"),
    ("a count that is none", {CHANNEL: HEAD + "own\t大\t犬\tmany\n"}, f"own/{CHANNEL}:4: count is 'many'", "jiaokan learn"),
    ("a count below nothing", {CHANNEL: HEAD + "own\t大\t犬\t-1\n"}, f"own/{CHANNEL}:4: count is '-1'", "jiaokan learn"),
    ("words", {CHANNEL: HEAD + "own\t大概是\t犬\t1\n"}, f"own/{CHANNEL}:4: '大概是' read as '犬'", "jiaokan learn"),
    ("not UTF-8", {CHANNEL: (HEAD + ROW).encode("gb18030")}, f"own/{CHANNEL}:4: not UTF-8", "jiaokan learn"),
    ("a picture", {CHANNEL: b"\x89PNG\r\n\x1a\n"}, f"own/{CHANNEL}:1: not UTF-8", "jiaokan learn"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "what", "fix"), [row[1:] for row in DATA], ids=[row[0] for row in DATA])
def test_channel_data_that_do_not_fit_are_named_with_the_remedy(tmp_path: Path, content: Any, what: str, fix: str) -> None:
    own = tmp_path / "own"
    if isinstance(content, bytes):
        own.write_bytes(content)
    elif content is not None:
        own.mkdir()
        for name, part in content.items():
            (own / name).parent.mkdir(exist_ok=True)
            (own / name).write_bytes(part if isinstance(part, bytes) else part.encode())
    for channel in ("print", "both"):
        with pytest.raises(DictionaryError) as raised:
            load(channel=channel, channel_data=own)
        if channel == "print" or not str(raised.value).startswith(str(home())):  # the channel itself may not be fitted yet
            assert what in str(raised.value)
            assert fix in raised.value.fix


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may read everything")
def test_channel_data_without_permission_are_named(tmp_path: Path) -> None:
    own = data(tmp_path / "own")
    own.chmod(0)
    try:
        with pytest.raises(DictionaryError, match="Permission denied"):
            load(channel_data=own)
    finally:
        own.chmod(0o700)


def test_a_fault_of_ours_is_not_laid_on_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own table broken: the remedy is not to learn the user's anew."""

    def broken(*_: object, **__: object) -> None:
        raise DictionaryError("count is 'many'", where=f"{home() / CHANNEL}:9", fix="make it a whole number")

    monkeypatch.setattr(Confusions, "load", broken)
    with pytest.raises(DictionaryError) as raised:
        load(channel_data=data(tmp_path / "own"))
    assert raised.value.fix == "make it a whole number"


@pytest.mark.parametrize("written", ["counts\r\n", "\ufeffcounts", "no newline at the end"])
def test_channel_data_may_be_written_otherwise(tmp_path: Path, written: str) -> None:
    content = HEAD + ROW
    content = content.replace("\n", "\r\n") if "\r" in written else "\ufeff" + content if written[0] == "\ufeff" else content.rstrip("\n")
    ours = load().misreadings(False).counts.get(("大", "犬"), 0)
    assert load(channel_data=data(tmp_path / "own", content)).misreadings(False).counts["大", "犬"] == ours + 12


def test_channel_data_are_of_no_use_to_a_keyboard(tmp_path: Path) -> None:
    for folder in (data(tmp_path / "own"), tmp_path / "gone"):
        with pytest.raises(InputError, match="the channel is keyboard"):
            load(channel="keyboard", channel_data=folder)


# --- the user's words


def test_words_that_change_are_read_again(tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    for words in ("云枢工单平台\n", "云枢工单平台\n澄湖站\n", ""):
        terms.write_text(words, encoding="utf-8")
        assert load(terms).lexicon.wanted == set(words.split())
        assert load(None, terms).lexicon.keep == set(words.split())


def test_a_missing_file_is_named_though_it_was_there(tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("云枢工单平台\n", encoding="utf-8")
    load(terms)
    terms.unlink()
    with pytest.raises(DictionaryError, match=r"terms\.txt: No such file"):
        load(terms)


# --- what is shared, and for how long


def test_what_no_option_changes_is_shared(tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text("云枢工单平台\n", encoding="utf-8")
    one, other = load(), load(terms)
    assert one is not other
    for part in ("language", "neighbours", "glyphs", "sounds", "gazetteer", "labels", "words"):
        assert getattr(one, part) is getattr(other, part)
    assert one.misreadings(True) is other.misreadings(True)


def test_old_words_are_forgotten(tmp_path: Path) -> None:
    """A service whose users change their words all day does not grow."""
    terms = tmp_path / "terms.txt"
    held = []
    gc.collect()
    gc.disable()  # lists of words are no containers: the collector may not come for hours
    try:
        for number in range(LOADED + 2):
            terms.write_text("云枢工单平台\n" + "澄" * (number + 2) + "\n", encoding="utf-8")
            assert "枢" in jiaokan.clean(READ, terms=terms).text
            held.append(weakref.ref(load(terms)))
        assert sum(one() is not None for one in held) <= LOADED
    finally:
        gc.enable()


OPTIONS: list[dict[str, str]] = [{}, {"terms": "terms"}, {"keep": "keep"}, {"channel_data": "own"}, {"terms": "keep", "keep": "terms", "channel_data": "own"}, {"channel": "keyboard"}, {"channel": "both", "channel_data": "own"}, {"terms": "bad"}]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return sets of options with their files written; the last one has a bad row."""
    folder = tmp_path_factory.mktemp("options")
    data(folder / "own", HEAD + "own\t，\t彡\t400\nown\t，\t，\t600\n")
    for name, words in (("terms", "云枢工单平台\n"), ("keep", "工作责任\n"), ("bad", "云枢工单平台\n12\n")):
        (folder / name).write_text(words, encoding="utf-8")
    return [{option: name if option == "channel" else folder / name for option, name in chosen.items()} for chosen in OPTIONS]


def outcome(text: str, chosen: dict[str, Any]) -> object:
    """Return all that cleaning gives, or its error."""
    try:
        return jiaokan.to_record(jiaokan.clean(text, **chosen))
    except JiaokanError as error:
        return str(error)


TEXTS = (READ, "各单位要加强组织领到，落实工作则任。\n", "县水利局彡会同各镇检查堤防。\n", "云枢工单平台归县局管理，工作责任到人。\n")


@pytest.fixture(scope="module")
def alone(options: list[dict[str, Any]]) -> dict[tuple[int, str], object]:
    """Return what each text gives with each set of options, when nothing came before."""
    found = {}
    for number, chosen in enumerate(options):
        for text in TEXTS:
            loading._load.cache_clear()
            found[number, text] = outcome(text, chosen)
    assert len(set(map(str, found.values()))) > len(TEXTS)  # the options count
    return found


@given(order=st.permutations([(number, text) for number in range(len(OPTIONS)) for text in TEXTS]))
@settings(max_examples=3)
def test_the_result_does_not_hang_on_what_came_before(options: list[dict[str, Any]], alone: dict[tuple[int, str], object], order: list[tuple[int, str]]) -> None:
    for number, text in order:
        assert outcome(text, options[number]) == alone[number, text]
