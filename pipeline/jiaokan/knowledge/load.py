"""All we know, loaded once per process and shared by every document."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.errors import DictionaryError, InputError
from jiaokan.knowledge import home
from jiaokan.knowledge.confusions import CHANNEL, Confusions, Slips
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.knowledge.glyphs import Glyphs
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.language import LanguageModel, Neighbours
from jiaokan.knowledge.lexicon import Lexicon
from jiaokan.knowledge.sounds import Sounds
from jiaokan.knowledge.tables import read_table, read_text
from jiaokan.model import Medium

if TYPE_CHECKING:
    from jiaokan.detect.engine import Steps
    from jiaokan.detect.suspects import Passage

SHORTEST_COUNTY = 2  # characters: 泾县 with one of them missing is no name to know it by
LOADED = 4  # sets of options and user files kept in memory at once
WEIGHTS = {Medium.PRINT: "weights.toml", Medium.KEYBOARD: "weights-keyboard.toml", Medium.BOTH: "weights-both.toml"}
LEARN = "jiaokan learn PAIRS -o DIR"

Identity = tuple[str, int, int]  # path as given, time of its last change in nanoseconds, size in bytes


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The dictionaries and models a run works with; each is read when first asked for, once per process if no option changes it.

    No cached function refers to the whole, so that a user's words go as soon as nobody works with them.
    """

    home: Path
    lexicon: Lexicon
    channel: Medium = Medium.PRINT
    channel_data: Path | None = None  # the user's own counts: a folder that jiaokan learn wrote

    @cached_property
    def language(self) -> LanguageModel:
        """The character language model."""
        return _language(self.home)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Which characters stand next to which."""
        return _neighbours(self.home)

    @cached_property
    def glyphs(self) -> Glyphs:
        """Which characters look alike."""
        return _glyphs(self.home)

    @cached_property
    def sounds(self) -> Sounds:
        """Which characters sound alike."""
        return _sounds(self.home)

    @cached_property
    def confusions(self) -> Callable[[bool], Slips]:
        """A function that gives the channel of the run; for print, of engines that set blanks between Han characters, or of the others."""
        if self.channel is Medium.PRINT:
            return self.misreadings
        from jiaokan.knowledge.keyboard import Both, Keyboard

        keyboard = Keyboard(self.sounds, self.neighbours)
        if self.channel is Medium.KEYBOARD:
            return lambda _blanks: keyboard
        misreadings = self.misreadings
        return cache(lambda blanks: Both(misreadings(blanks), keyboard))

    @cached_property
    def misreadings(self) -> Callable[[bool], Confusions]:
        """A function that gives how engines misread, those that set blanks between Han characters or the others."""
        folder, own = self.home, self.channel_data
        return cache(lambda blanks: _confusions(folder, blanks) if own is None else _own_confusions(folder, blanks, own))

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Places, present and former."""
        return _gazetteer(self.home)

    @cached_property
    def county_holes(self) -> Mapping[str, tuple[str, ...]]:
        """Present counties, prefectures and provinces of three characters or more by their names with one character missing: 荔?县 → 荔波县."""
        return _county_holes(self.home)

    @cached_property
    def labels(self) -> Labels:
        """Labels of forms and letters."""
        return Labels.load(self.home)

    @cached_property
    def twins(self) -> Mapping[str, str]:
        """Rare characters and the common ones they are misread from."""
        rows = read_table(self.home / "twins.tsv", ("read", "printed", "note"))
        return {read: printed for _, (read, printed, _) in rows}

    @cached_property
    def watermarks(self) -> tuple[str, ...]:
        """What scanning programs and document sites print over a page."""
        return tuple(mark for _, (mark, _) in read_table(self.home / "watermarks.tsv", ("mark", "origin")))

    @cached_property
    def surnames(self) -> frozenset[str]:
        """Surnames of one and two characters."""
        return frozenset(surname for _, (surname,) in read_table(self.home / "surnames.tsv", ("surname",)))

    @cached_property
    def units(self) -> frozenset[str]:
        """Units of indicators and amounts."""
        return frozenset(unit for _, (unit, _) in read_table(self.home / "units.tsv", ("unit", "kind")))

    @cached_property
    def weights(self) -> Mapping[str, Any]:
        """The fitted numbers of detection and repair, for the channel of the run: weights*.toml, made by dictionaries/make/weights.py."""
        return _numbers(self.home / WEIGHTS[self.channel], made_by="weights.py")

    @cached_property
    def estimates(self) -> Mapping[str, Any]:
        """The fitted numbers of the estimated error rate: estimates.toml, made by dictionaries/make/estimates.py."""
        return _numbers(self.home / "estimates.toml", made_by="estimates.py")

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of two to five characters: what a sound window is made of."""
        return _words(self.home)

    @cached_property
    def passages(self) -> Callable[[str, bool, Steps], tuple[Passage, ...]]:
        """A function that scores a text's passages; the last text is kept, for two stages ask for it one after the other."""
        from jiaokan.detect.suspects import passages

        language, confusions, weights = self.language, self.confusions, self.weights
        return lru_cache(maxsize=1)(lambda text, blanks, engine=(): tuple(passages(text, language, confusions(blanks), weights, engine)))

    def known_area(self, code: str) -> bool:
        """Tell whether six digits are an area code, of today or of the past."""
        return bool(self.gazetteer.coded(code))


# Read once per process: no option changes them.
_language, _neighbours, _glyphs, _sounds, _gazetteer = (
    cache(LanguageModel.load), cache(Neighbours.load), cache(Glyphs.load), cache(Sounds.load), cache(Gazetteer.load),
)  # fmt: skip


@cache
def _county_holes(folder: Path) -> Mapping[str, tuple[str, ...]]:
    holes: dict[str, list[str]] = {}
    for name in _gazetteer(folder).present[0]:
        for place in range(len(name) - 1) if len(name) > SHORTEST_COUNTY else ():
            holes.setdefault(f"{name[:place]}?{name[place + 1 :]}", []).append(name)
    return {hole: tuple(names) for hole, names in holes.items()}


@cache
def _words(folder: Path) -> frozenset[str]:
    lines = read_text(folder / "words.tsv").split("\n")
    return frozenset(lines[lines.index("word") + 1 :])


@cache
def _confusions(folder: Path, blanks: bool) -> Confusions:
    return Confusions.load(folder, _glyphs(folder), _neighbours(folder), blanks=blanks)


def _own_confusions(folder: Path, blanks: bool, own: Path) -> Confusions:
    """Return the channel with the user's counts. Raises DictionaryError, with the remedy, if they are not as jiaokan learn writes them."""
    try:
        return Confusions.load(folder, _glyphs(folder), _neighbours(folder), own, blanks=blanks)
    except DictionaryError as error:
        if not error.where.startswith(str(own / CHANNEL)):
            raise
        raise DictionaryError(error.what, where=error.where, fix=f"make it anew, in another folder: {LEARN}") from None


def _numbers(path: Path, *, made_by: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DictionaryError(str(error), where=str(path), fix=f"make it again with dictionaries/make/{made_by}") from None


def load(terms: str | Path | None = None, keep: str | Path | None = None, channel: str = Medium.PRINT, channel_data: str | Path | None = None) -> Knowledge:
    """Return the knowledge for a run; the user's files are read again when they have changed.

    Raises DictionaryError for a bad row in any file, InputError for a channel that is unknown, or has no use for `channel_data`.
    """
    if channel not in list(Medium):
        raise InputError(f"channel={channel!r} is not known", where="clean", fix=f"use one of: {', '.join(Medium)}")
    medium = Medium(channel)
    if channel_data is not None and medium is Medium.KEYBOARD:
        raise InputError(
            "channel data say how an engine reads print, and the channel is keyboard",
            where=str(channel_data),
            fix="use the channel print or both, or leave the channel data out",
        )
    return _load(_identity(terms), _identity(keep), medium, _identity_of_data(channel_data))


def fingerprints() -> dict[str, str]:
    """Return the sha256 of every dictionary and model file, by its name under dictionaries/."""
    files = (path for path in sorted(home().rglob("*")) if path.suffix in {".tsv", ".toml", ".klm"})
    return {str(path.relative_to(home())): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _identity(path: str | Path | None) -> Identity | None:
    if path is None:
        return None
    try:
        state = Path(path).stat()
    except OSError as error:
        raise DictionaryError(error.strerror or "cannot be read", where=str(path), fix="check the path") from None
    return str(path), state.st_mtime_ns, state.st_size


def _identity_of_data(folder: str | Path | None) -> Identity | None:
    """Return what tells the counts in a folder from others. Raises DictionaryError if there are none."""
    if folder is None:
        return None
    path = Path(folder, CHANNEL)
    try:
        state = path.stat()
    except NotADirectoryError:
        raise DictionaryError("a file, not a folder", where=str(path.parent), fix=f"name the folder that holds {CHANNEL}") from None
    except FileNotFoundError:
        missing = f"no {CHANNEL} in this folder" if Path(folder).is_dir() else "no such folder"
        raise DictionaryError(missing, where=str(path.parent), fix=f"make it from pairs of your own: {LEARN}") from None
    except OSError as error:
        raise DictionaryError(error.strerror or "cannot be read", where=str(path), fix="check the path and its permissions") from None
    return str(path.parent), state.st_mtime_ns, state.st_size


@lru_cache(LOADED)
def _load(terms: Identity | None, keep: Identity | None, channel: Medium, data: Identity | None) -> Knowledge:
    """Return the knowledge for some files as they are now; what is wrong with them is said here, before any document is read."""
    folder = home()
    lexicon = Lexicon.load(folder, terms[0] if terms else None, keep[0] if keep else None)
    knowledge = Knowledge(folder, lexicon, channel, Path(data[0]) if data else None)
    _ = knowledge.weights
    for blanks in (False, True) if data else ():
        knowledge.misreadings(blanks)
    return knowledge
