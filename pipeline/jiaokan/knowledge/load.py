"""All we know, loaded once per process and shared by every document."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.knowledge.glyphs import Glyphs
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.language import LanguageModel, Neighbours
from jiaokan.knowledge.lexicon import Lexicon
from jiaokan.knowledge.tables import read_table, read_text

if TYPE_CHECKING:
    from jiaokan.detect.suspects import Passage

LOADED = 4  # sets of user files kept in memory at once


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The dictionaries and models a run works with; each is read when first asked for."""

    home: Path
    lexicon: Lexicon

    @cached_property
    def language(self) -> LanguageModel:
        """The character language model."""
        return LanguageModel.load(self.home)

    @cached_property
    def neighbours(self) -> Neighbours:
        """Which characters stand next to which."""
        return Neighbours.load(self.home)

    @cached_property
    def glyphs(self) -> Glyphs:
        """Which characters look alike."""
        return Glyphs.load(self.home)

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """Places, present and former."""
        return Gazetteer.load(self.home)

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
    def units(self) -> frozenset[str]:
        """Units of indicators and amounts."""
        return frozenset(unit for _, (unit, _) in read_table(self.home / "units.tsv", ("unit", "kind")))

    @cached_property
    def weights(self) -> Mapping[str, Any]:
        """The fitted numbers of detection and repair: weights.toml, made by dictionaries/make/weights.py."""
        return _numbers(self.home / "weights.toml")

    @cached_property
    def estimates(self) -> Mapping[str, Any]:
        """The fitted numbers of the estimated error rate: estimates.toml, made by dictionaries/make/estimates.py."""
        return _numbers(self.home / "estimates.toml")

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of two to five characters: what a sound window is made of."""
        lines = read_text(self.home / "words.tsv").split("\n")
        return frozenset(lines[lines.index("word") + 1 :])

    @cached_property
    def passages(self) -> Callable[[str], tuple[Passage, ...]]:
        """A function that scores a text's passages; the last text is kept, for two stages ask for it one after the other."""
        from jiaokan.detect.suspects import passages

        return lru_cache(maxsize=1)(lambda text: tuple(passages(text, self.language, self.weights)))

    def known_area(self, code: str) -> bool:
        """Tell whether six digits are an area code, of today or of the past."""
        return bool(self.gazetteer.coded(code))


def _numbers(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise DictionaryError(str(error), where=str(path), fix=f"make it again with dictionaries/make/{path.stem}.py") from None


def load(terms: str | Path | None = None, keep: str | Path | None = None) -> Knowledge:
    """Return the knowledge for a run; the user's files are read again when they have changed.

    Raises DictionaryError for a bad row in any file.
    """
    return _load(_identity(terms), _identity(keep))


def fingerprints() -> dict[str, str]:
    """Return the sha256 of every dictionary and model file, by its name under dictionaries/."""
    files = (path for path in sorted(home().rglob("*")) if path.suffix in {".tsv", ".toml", ".klm"})
    return {str(path.relative_to(home())): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _identity(path: str | Path | None) -> tuple[str, int, int] | None:
    if path is None:
        return None
    try:
        state = Path(path).stat()
    except OSError as error:
        raise DictionaryError(error.strerror or "cannot be read", where=str(path), fix="check the path") from None
    return str(path), state.st_mtime_ns, state.st_size


@lru_cache(LOADED)
def _load(terms: tuple[str, int, int] | None, keep: tuple[str, int, int] | None) -> Knowledge:
    folder = home()
    return Knowledge(folder, Lexicon.load(folder, terms[0] if terms else None, keep[0] if keep else None))
