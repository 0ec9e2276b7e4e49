"""The gazetteer: places of China with their codes, their former names and what became of them.

`places = Gazetteer.load(home())`, then `places.full_name(places.coded("360483")[0])` → 江西省九江市庐山市.
Rows stay as read until they are asked for: a document names a few dozen of 46,000 places, and a command must start fast.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP = 1, 2, 3, 4
TOWNSHIP_DIGITS = 9  # 3 more than its county's
PACKED = TOWNSHIP_DIGITS + 6  # a township's code and its county's
# No township's name ends in these (dictionaries/townships.tsv; tests/knowledge checks it), so such a name does not make us read them.
NEVER_A_TOWNSHIP = ("省", "市", "县", "州", "盟", "旗")

PLACES = ("code", "name", "level", "parent")
TOWNSHIPS = ("code", "name", "parent")
HISTORY = ("code", "name", "parent_name", "since", "until", "successor_code", "successor_name", "kind")
ALIASES = ("alias", "code", "name", "kind")


class Place(NamedTuple):
    """A place under one name and one code: 星子县, 360427, from 1983 until 2016, now 360483.

    A present place has no `until`, and no `since`: the sources date only what has ended.
    """

    code: str  # 6 digits (GB/T 2260), a township 9 (Ministry of Civil Affairs)
    name: str
    level: int  # 1 province, 2 prefecture, 3 county, 4 township
    parent: str  # code of the unit above; "" for a province
    since: str  # first year-end list that has it; "" where not known, or before 1981
    until: str  # year in which it ceased; "" while it exists
    successor: str  # code of the present unit; "" where there is none or the area was divided


Row = tuple[str, ...]
Index = dict[str, list[Row]]


@dataclass(frozen=True)
class Gazetteer:
    """Looks places up by name and code, present and former.

    Counties and history are read by `load`; the 39,000 townships and the short forms at the first question that needs them.
    """

    folder: Path
    present: tuple[Index, Index] = field(repr=False)  # rows of places.tsv by name, by code
    former: tuple[Index, Index] = field(repr=False)  # rows of place_history.tsv by name, by code

    @classmethod
    def load(cls, home: Path) -> Gazetteer:
        """Return the gazetteer of a dictionaries folder. Raises DictionaryError for a bad row."""
        return cls(home, _indexed(home / "places.tsv", PLACES), _indexed(home / "place_history.tsv", HISTORY))

    def named(self, name: str) -> tuple[Place, ...]:
        """Return the places of exactly this name: 鼓楼区 → four of them, 星子县 → its two codes; present ones first."""
        found = self._found(0, name)
        if name.endswith(NEVER_A_TOWNSHIP):
            return found
        codes = self._townships.get(name, "")
        return (*found, *(_township(name, codes[at : at + PACKED]) for at in range(0, len(codes), PACKED)))

    def coded(self, code: str) -> tuple[Place, ...]:
        """Return the places that have or had a code of 6 or 9 digits: 360402 → 濂溪区, then 庐山区."""
        if len(code) == TOWNSHIP_DIGITS:
            return tuple(place for name in self._township_names.get(code, ()) for place in self.named(name) if place.code == code)
        return self._found(1, code)

    def successor(self, place: Place) -> Place | None:
        """Return what a former place is now: 星子县 → 庐山市. None for a present place and where no one unit followed."""
        if not place.successor:
            return None
        return next((other for other in self.coded(place.successor) if not other.until), None)

    def chain(self, place: Place) -> tuple[Place, ...]:
        """Return the units from the province down to a place, as they were in its time: 江西省, 九江市, 庐山市."""
        chain = [place]
        while chain[-1].parent:
            above = self._at_the_time(chain[-1].parent, place)
            if above is None or above in chain:
                break
            chain.append(above)
        return tuple(reversed(chain))

    def full_name(self, place: Place) -> str:
        """Return a place's name with those of the units above it: 江西省九江市庐山市."""
        return "".join(above.name for above in self.chain(place))

    def within(self, place: Place, code: str) -> bool:
        """Tell whether a place lies in the area with a code, or what it is now does: 星子县 in 360000, 360400 and 360483."""
        if any(above.code == code for above in self.chain(place)):
            return True
        now = self.successor(place)
        return now is not None and any(above.code == code for above in self.chain(now))

    def townships(self, county: str) -> tuple[str, ...]:
        """Return the names of the townships of a county, by its code of 6 digits: 360483 → 南康镇, 蛟塘镇 and the others."""
        return self._by_county.get(county, ())

    def alias(self, text: str) -> tuple[Place, ...]:
        """Return the places a short form stands for: 九江 → 九江市, 赣 → 江西省, 内蒙古 → 内蒙古自治区."""
        return self._aliases.get(text, ())

    def names(self) -> Iterable[str]:
        """Return every exact name, present and former, townships too, each once."""
        return self.present[0].keys() | self.former[0].keys() | self._townships.keys()

    @cached_property
    def _townships(self) -> dict[str, str]:
        """Name → the codes of each township of that name and of its county, end to end: one string is read thrice as fast as tuples."""
        packed: dict[str, str] = {}
        path = self.folder / "townships.tsv"
        for line, (code, name, county) in read_table(path, TOWNSHIPS):
            if len(code) != TOWNSHIP_DIGITS or len(county) != PACKED - TOWNSHIP_DIGITS:
                raise DictionaryError(f"codes {code} and {county}", where=f"{path}:{line}", fix="give 9 digits, and 6 of the unit above")
            packed[name] = packed.get(name, "") + code + county
        return packed

    @cached_property
    def _by_county(self) -> dict[str, tuple[str, ...]]:
        counties: dict[str, list[str]] = {}
        for name, codes in self._townships.items():
            for at in range(TOWNSHIP_DIGITS, len(codes), PACKED):
                counties.setdefault(codes[at : at + PACKED - TOWNSHIP_DIGITS], []).append(name)
        return {county: tuple(names) for county, names in counties.items()}

    @cached_property
    def _township_names(self) -> dict[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        for name, codes in self._townships.items():
            for at in range(0, len(codes), PACKED):
                code = codes[at : at + TOWNSHIP_DIGITS]
                names[code] = (*names.get(code, ()), name)
        return names

    @cached_property
    def _aliases(self) -> dict[str, tuple[Place, ...]]:
        found: dict[str, tuple[Place, ...]] = {}
        for _, (alias, code, name, _) in read_table(self.folder / "place_aliases.tsv", ALIASES):
            meant = tuple(_present(cells) for cells in self.present[1].get(code, ()) if cells[1] == name)
            found[alias] = found.get(alias, ()) + meant
        return found

    def _found(self, index: int, key: str) -> tuple[Place, ...]:
        """Return present places, then former ones, the latest to end first."""
        former = sorted(self.former[index].get(key, ()), key=lambda cells: cells[4], reverse=True)
        return (*map(_present, self.present[index].get(key, ())), *map(self._former, former))

    def _former(self, cells: Row) -> Place:
        code, name, above, since, until, successor, _, _ = cells
        level = PREFECTURE if code.endswith("00") else COUNTY
        return Place(code, name, level, self._code_above(code, above), since, until, successor)

    def _code_above(self, code: str, name: str) -> str:
        """Return the code of the unit a former place belonged to: the table gives its name only."""
        known = [cells[0] for index in (self.present[0], self.former[0]) for cells in index.get(name, ())]
        usual = f"{code[:4]}00"
        if usual in known and usual != code:
            return usual
        return next((other for other in known if other[:2] == code[:2] and other.endswith("00")), f"{code[:2]}0000")

    def _at_the_time(self, code: str, place: Place) -> Place | None:
        """Return the unit that bore a code in a place's last year, or the nearest there is."""
        found = self.coded(code)
        if place.until:
            for other in found:
                if other.until and other.since < place.until <= other.until:
                    return other
        return found[0] if found else None


def _indexed(path: Path, columns: tuple[str, ...]) -> tuple[Index, Index]:
    """Return a table's rows by name (second column) and by code (first)."""
    names: Index = {}
    codes: Index = {}
    for _, cells in read_table(path, columns):
        names.setdefault(cells[1], []).append(cells)
        codes.setdefault(cells[0], []).append(cells)
    return names, codes


def _present(cells: Row) -> Place:
    code, name, level, parent = cells
    return Place(code, name, int(level), parent, "", "", "")


def _township(name: str, codes: str) -> Place:
    return Place(codes[:TOWNSHIP_DIGITS], name, TOWNSHIP, codes[TOWNSHIP_DIGITS:], "", "", "")
