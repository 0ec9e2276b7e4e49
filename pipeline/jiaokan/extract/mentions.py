"""Entities of a text by their form and by the lexicon: places with codes, agencies, laws, numbers of documents, dates, sums, codes, terms.

One pass over the dictionaries' words and a few patterns, without word segmentation: a run pays less for it than for one
`jieba.cut`. jiaokan.extract.entities puts the same entities on spaCy's Doc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from jiaokan.edits import Alignment
from jiaokan.extract import values
from jiaokan.knowledge.gazetteer import COUNTY, TOWNSHIP, Gazetteer, Place
from jiaokan.knowledge.labels import Labels
from jiaokan.knowledge.lexicon import Lexicon, found, lengths
from jiaokan.knowledge.load import LOADED, Knowledge
from jiaokan.knowledge.tables import read_table
from jiaokan.model import Document, Entity, Region, Span
from jiaokan.script import HAN

LONGEST_TITLE = 80
"""Characters of the longest title looked for between 《 and 》; a lost 》 must not swallow the page."""
LONGEST = 15
"""Characters of the longest name of a place (双江拉祜族佤族布朗族傣族自治县; dictionaries/townships.tsv has none longer that stands in texts)."""
SHORTEST_PLACE = 3
"""城区 and 郊区 are names of places too, and oftener words; the counties of two characters (莘县) need a proof."""
SHORTEST_LAW = 4
"""Without 《》 a shorter title is oftener part of another word."""
LISTED_TYPES = {
    "date": "DATE", "year": "DATE", "money": "MONEY", "percent": "PERCENT", "phone": "PHONE", "code": "CODE", "document_number": "DOCUMENT_NUMBER",
}  # fmt: skip
"""The fields that are entities, and of which type: a table's cell has neither unit nor label beside it."""

_TITLE = re.compile(rf"《([^《》\n]{{2,{LONGEST_TITLE}}})》")
_LAW = re.compile(r"(?:法|条例|规定|办法|细则|规则|准则|章程)(?:[（(][^（）()]+[）)])?$")
_LEADING = re.compile(r".*(?:根据|依据|按照|遵照|结合|印发|转发|以及|参照|执行|落实|文件|通知|及|和|与|以|按|经|由|见|即|的)(?=.)")
_OFFICE = re.compile(
    r"(?!和)(?:人民政府(?:办公[厅室])?|人民代表大会(?:常务委员会)?|[市县区州旗省]?委(?:员会)?(?:[\u4e00-\u9fff]{0,4}(?:部|局|室))?|政协|人大常委会|监委|纪委"
    r"|[^\W\d_的由向与在对为经将把被及等各按据并从至下内辖本该其各]{1,14}?(?:管理局|监督局|[局厅]|办公室|委员会|中心|大队|支队|派出所|法院|检察院|工作站|服务站|银行|医院))"
    r"(?![长员])"
)
_NO_OFFICE = frozenset("门长员")  # 林业部门
_NO_LAW = frozenset("人院定律规制治庭官医")  # 农民专业合作社法人
_FULL = re.compile("省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区")
_ENDS = re.compile("[省市县区州盟旗镇乡]|街道|苏木|农场|林场")


@dataclass(frozen=True)
class Mentions:
    """Finds entities with one set of dictionaries."""

    lexicon: Lexicon
    gazetteer: Gazetteer
    agencies: frozenset[str]
    labels: frozenset[str]  # 项目名称 is a term of forms, and on a form no entity

    @classmethod
    def load(cls, lexicon: Lexicon, gazetteer: Gazetteer) -> Mentions:
        """Return the finder for a lexicon and a gazetteer; the names of agencies are read beside the latter, once."""
        return cls(lexicon, gazetteer, _agencies(gazetteer.folder), _labels(gazetteer.folder))

    @property
    def _gazetted(self) -> Gazetted:
        return Gazetted.of(self.gazetteer)

    def of(self, document: Document) -> tuple[Entity, ...]:
        """Return the entities of a document's cleaned text, by place, their spans in the original: 庐山市 → PLACE 360483."""
        alignment = Alignment(document.applied)
        seen = [replace(entity, span=alignment.to_original(entity.span)) for entity in self.named(document.text, document.region)]
        seen += _cells(document, [entity.span for entity in seen])
        return tuple(sorted(dict.fromkeys(seen), key=lambda entity: (entity.span, entity.type)))

    def named(self, text: str, region: Region | None = None) -> list[Entity]:
        """Return the entities of a text, in its coordinates; of two that overlap the longer, but a place may stand in an agency or a title."""
        sites = list(self._places(text, region))
        return [*sites, *_apart([*_formed(text, self.lexicon.laws), *self._offices(text, sites), *self._listed(text)])]

    def _listed(self, text: str) -> Iterator[Entity]:
        """Yield the words of the lexicon; one of two characters stands by chance where another word is meant."""
        for span in self.lexicon.whole(text):
            word, behind = text[span.start : span.end], text[span.end : span.end + 1]
            if word in self.agencies:
                if behind not in _NO_OFFICE:
                    yield Entity(word, "AGENCY", span, word)
            elif word not in self.labels:
                yield Entity(word, "TERM", span, word)
        for span in found(text, self.lexicon.laws, _lengths(self.lexicon.laws)):
            if span.end - span.start >= SHORTEST_LAW and text[span.end : span.end + 1] not in _NO_LAW:
                yield Entity(text[span.start : span.end], "LAW", span, text[span.start : span.end])

    def _offices(self, text: str, sites: Iterable[Entity]) -> Iterator[Entity]:
        """Yield the agencies that a place's name begins: 庐山市信访局."""
        for site in sites:
            if office := _OFFICE.match(text, site.span.end):
                start = site.span.start - 2 * text.startswith("中共", max(0, site.span.start - 2), site.span.start)
                yield Entity(text[start : office.end()], "AGENCY", Span(start, office.end()), text[start : office.end()])

    def _places(self, text: str, region: Region | None) -> Iterator[Entity]:
        """Yield the places named, the longest name at each place; what a name can mean is told by the other places of the page."""
        spans = _longest([*self._sites(text), *self._provinces(text)])
        spans = [span for span in spans if span.end - span.start > SHORTEST_PLACE - 1 or self._surely(text, span)]
        meant = {name: self._meant(name) for name in {text[span.start : span.end] for span in spans}}
        known = {place.code for group in meant.values() if len(group) == 1 for place in group if place.level <= COUNTY}
        own = {region.code} if region else set(known)
        known |= own | {code[:end] + "0" * (6 - end) for code in own for end in (2, 4)}
        for span in spans:
            name = text[span.start : span.end]
            place = self._settled(meant[name], known)
            if place and not (region and self._astray(place, region, known)):
                now = self.gazetteer.successor(place)
                yield Entity(name, "PLACE", span, place.code, place.parent, now.code if now else "")

    def _provinces(self, text: str) -> Iterator[Span]:
        """Yield the short names of provinces: 贵州."""
        return (Span(*match.span()) for match in self._gazetted.short.finditer(text))

    def _surely(self, text: str, span: Span) -> bool:
        """Tell whether a name of two characters is one, and not the end of 由县: it begins twice after no Chinese, or follows its parent's."""
        name = text[span.start : span.end]
        if name in self._gazetted.provinces:
            return True
        begins = len(re.findall(rf"(?<![{HAN}]){name}", text))
        above = {code for place in self.gazetteer.named(name) for code in (place.parent, place.code[:2] + "0000")}
        parents = (parent.name for code in above for parent in self.gazetteer.coded(code) if not parent.until)
        return begins > 1 or any(parent + name in text for parent in parents)

    @staticmethod
    def _astray(place: Place, region: Region, known: set[str]) -> bool:
        """Tell whether a short name can hardly mean a place: 会同县应急管理局 on a page of another province that does not name 会同县's."""
        elsewhere = place.code[:2] != region.code[:2] and place.parent not in known
        return elsewhere and place.level == COUNTY and len(place.name) == SHORTEST_PLACE

    def _sites(self, text: str) -> Iterator[Span]:
        """Yield where a name that a place has or had stands, the longest that ends there."""
        names = self._gazetted.names
        for match in _ENDS.finditer(text):
            end = match.end()
            for start in range(max(0, end - LONGEST), end - (1 if match[0] == "县" else 2)):
                if text[start:end] in names:
                    yield Span(start, end)
                    break

    def _meant(self, name: str) -> tuple[Place, ...]:
        """Return what a name can mean: the places of today, or else those of the past, the latest first, one for each that followed."""
        every = self.gazetteer.named(name)
        if not every:
            return (self._gazetted.provinces[name],)
        former = {place.successor or place.code: place for place in reversed(every) if place.until}
        return tuple(place for place in every if not place.until) or tuple(former.values())

    def _settled(self, group: tuple[Place, ...], known: set[str]) -> Place | None:
        """Return the one place of a group that the page can mean; a township is meant only if its county is named."""
        near = list(group)
        if len(group) > 1 or group[0].level == TOWNSHIP:
            near = [place for place in group if place.code in known or place.parent in known]
        if len(near) > 1:
            near = [place for place in near if place.parent in known and not place.parent.endswith("0000")] or near
        return near[0] if len(near) == 1 else None


def _formed(text: str, laws: frozenset[str]) -> Iterator[Entity]:
    """Yield the entities that their form tells."""
    for match in _TITLE.finditer(text):
        title = re.sub(r"\s", "", match[1])
        yield Entity(match[0], "LAW" if title in laws or _LAW.search(title) else "DOCUMENT", Span(*match.span()), title)
    plain = text.translate(values.FULL_WIDTH)
    for kind, find in _FORMS:
        for span, normalised in find(plain):
            yield Entity(text[span.start : span.end], kind, span, normalised)


def _document_numbers(text: str) -> Iterator[tuple[Span, str]]:
    for span in values.document_numbers(text):
        leading = _LEADING.match(text, span.start, span.end)
        start = leading.end() if leading and values.DOCUMENT_NUMBER.match(text, leading.end()) else span.start
        yield Span(start, span.end), values.document_number(text[start : span.end])


_FORMS: tuple[tuple[str, Callable[[str], Iterable[tuple[Span, str]]]], ...] = (
    ("DOCUMENT_NUMBER", _document_numbers),
    ("DATE", values.dates),
    ("MONEY", values.sums),
    ("PERCENT", values.percents),
    ("CREDIT_CODE", values.credit_codes),
    ("IDENTITY", values.identity_numbers),
    ("PHONE", values.phones),
    ("CODE", values.codes),
)


def _cells(document: Document, taken: Iterable[Span]) -> Iterator[Entity]:
    """Yield the fields whose value is an entity and stands alone in its cell, where the text did not show it."""
    for field in document.fields.values():
        kind = LISTED_TYPES.get(field.type)
        told = any(span.start < field.span.end and field.span.start < span.end for span in taken)
        if kind and field.normalised and not field.inferred and not told:
            normalised = field.normalised + "元" if kind == "MONEY" else field.normalised
            yield Entity(field.value, kind, field.span, normalised)


def _longest(spans: Iterable[Span]) -> list[Span]:
    """Return the spans that do not overlap, the leftmost first and the longest of those."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _apart(entities: Iterable[Entity]) -> list[Entity]:
    """Return the entities that do not overlap, of two that do the longer, then the one told first."""
    kept: list[Entity] = []
    taken: dict[int, Entity] = {}
    for entity in sorted(entities, key=lambda entity: entity.span.start - entity.span.end):
        if not any(place in taken for place in range(*entity.span)):
            kept.append(entity)
            taken.update(dict.fromkeys(range(*entity.span), entity))
    return kept


@lru_cache(LOADED)
def _lengths(laws: frozenset[str]) -> Mapping[str, tuple[int, ...]]:
    return lengths(laws)


@cache
def _agencies(folder: Path) -> frozenset[str]:
    return frozenset(cells[0] for _, cells in read_table(folder / "agencies.tsv", ("name", "kind")))


@cache
def _labels(folder: Path) -> frozenset[str]:
    return frozenset(spelling for label in Labels.load(folder).rows for spelling in label.spellings)


class Gazetted(NamedTuple):
    """What the finder asks of a gazetteer a thousand times a page."""

    names: frozenset[str]  # of all places, present and former
    provinces: Mapping[str, Place]  # by their short names
    short: re.Pattern[str]  # finds these

    @classmethod
    def of(cls, gazetteer: Gazetteer) -> Gazetted:
        """Return it for a gazetteer, made once for its folder."""
        if gazetteer.folder not in _GAZETTED:
            provinces = [code for code in gazetteer.present[1] if code.endswith("0000")]
            short = {_FULL.sub("", place.name): place for code in provinces for place in gazetteer.coded(code) if not place.until}
            pattern = re.compile(f"(?:{'|'.join(short)})(?![路街巷村岸])")  # 沿江西路 lies in no Jiangxi, 鄱阳湖南岸 not in Hunan
            _GAZETTED[gazetteer.folder] = cls(frozenset(gazetteer.names()), short, pattern)
        return _GAZETTED[gazetteer.folder]


_GAZETTED: dict[Path, Gazetted] = {}  # a cache: a gazetteer cannot be hashed, and reading it twice would cost every command


def mentions(document: Document, knowledge: Knowledge) -> tuple[Entity, ...]:
    """Return the entities of a document, found with the dictionaries of a run."""
    return Mentions.load(knowledge.lexicon, knowledge.gazetteer).of(document)
