"""Hides names of persons, telephone numbers and identity numbers: 张三丰 → 张某某, 13800001234 → 1**********.

Every mask is as long as what it hides, so that every place still points where it did. As the courts do it when they publish
(法释〔2016〕19号 art. 9): the surname stays, 某 stands for the rest, and where two persons would look alike a number tells them
apart: 张某①, 张某②. Of a number the first figure stays. What is masked already (张某某, 138****1234) stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from jiaokan.edits import Alignment
from jiaokan.extract.persons import Persons
from jiaokan.knowledge.load import Knowledge
from jiaokan.model import Check, Document, Edit, Entity, Field, Indicator, Quality, Region, Span
from jiaokan.script import is_han

SOME = "某"
STAR = "*"
NUMBERS = "".join(chr(first + step) for first, count in ((0x2460, 20), (0x3251, 15), (0x32B1, 15)) for step in range(count))
"""① to ㊿, each one character, so that a mask stays as long as the name."""
SHORTEST = 7  # figures of a number behind its label: a local one
SHORTEST_PART = 4  # figures of a hidden number that an explanation may quote
HIDDEN_TYPES = frozenset({"phone", "identity_number", "PHONE", "IDENTITY"})

_D = "[0-9０-９OoIl]"  # figures as engines read them
_GAP = r"[ \u3000\-－—–]"
_FREE = "(?<![0-9０-９*])(?<![0-9][A-Za-z.])"  # not inside a longer code or a decimal
_AFTER = r"(?![0-9０-９*]|\s?(?:[万亿]?元|万|亿)|\.[0-9]{1,2}(?![0-9]))"
_MOBILE = "|".join(_GAP.join(f"{_D}{{{count}}}" for count in counts) for counts in ((3, 4, 4), (4, 3, 4), (3, 3, 5), (3, 8), (7, 4)))
_NUMBERS = re.compile(
    rf"{_FREE}(?:(?=[1１][3-9３-９])(?:{_D}(?:\n?{_D}){{10}}|{_MOBILE})"  # 13800001234, 138 0000 1234
    rf"|(?<![A-Za-z])(?:(?=[0０][1-9１-９]){_D}{{3,4}}[)）]?{_GAP}{{0,2}}{_D}{{3,4}}{_GAP}?{_D}{{4}}"  # 0797-0001234
    rf"|(?=[48][0０]{{2}}){_D}{{3}}{_GAP}?{_D}{{3,4}}{_GAP}?{_D}{{3,4}})"  # 400-000-1234
    rf"){_AFTER}"
)
_IDENTITY = re.compile(
    rf"{_FREE}[1-9１-９]{_D}{{5}}{_GAP}?(?:19|20|１９|２０|[Il]9|2[Oo]){_D}{{2}}[01０１OoIl]{_D}[0-3０-３OoIl]{_D}{_GAP}?{_D}{{3}}[0-9０-９XxＸｘ×OoIl]"
    r"(?![0-9A-Za-z*])"
)
_LABELLED = re.compile(
    r"(?:电话|手机号?码?|联系方式|传真|身份证件?号?码?|公民身份号码|身份号码)[\u4e00-\u9fff（）()/]{0,6}[:：\t \u3000]{0,4}"
    rf"(?P<value>{_D}(?:[()（）]?{_GAP}?[(（]?[0-9０-９OoIlXxＸ*×])*)"
)
_FIGURE = re.compile("[0-9０-９A-Za-zＸｘ×]")


def mask(document: Document, knowledge: Knowledge) -> Document:
    """Return the document with every name, telephone and identity number hidden wherever it stands, as long as it was.

    `original` is masked too: it no longer gives back the bytes read, and `sha256` is still theirs.
    """
    secrets = Secrets(_masks(Persons(knowledge).named(document), document), frozenset(_numbers(document)))
    original, text = Veiled(document.original, secrets), Veiled(document.text, secrets)
    _agree(document, original, text)
    return replace(
        document,
        id=secrets.hide(document.id).replace(STAR, "x"),  # a file is named by it
        source=secrets.hide(document.source),
        original=str(original),
        text=str(text),
        edits=tuple(_edits(document, original, text, secrets)),
        region=_region(document.region, secrets),
        fields=MappingProxyType(dict(_fields(document, original, secrets))),
        indicators=tuple(_indicator(indicator, secrets) for indicator in document.indicators),
        entities=tuple(_entity(entity, secrets) for entity in document.entities),
        checks=tuple(_check(check, secrets) for check in document.checks),
        quality=_quality(document.quality, secrets),
        masked=True,
    )


def mask_location(text: str) -> str:
    """Return a file's name or path with the numbers hidden that their form tells; who is named in it cannot be known without the text."""
    return Secrets(MappingProxyType({}), frozenset()).hide(text)


@dataclass(frozen=True)
class Secrets:
    """What a document must not show: names with their masks, and the figures of numbers."""

    masks: Mapping[str, str]
    numbers: frozenset[str]  # without spaces and dashes

    def hide(self, text: str) -> str:
        """Return a text without them: what stands in a value, a message, a file name."""
        return str(Veiled(text, self))

    def hide_number(self, text: str) -> str:
        """Return the value of a field that holds a number, whatever its form: 1380000123 → 1*********."""
        hidden = self.hide(text)
        return hidden if STAR in hidden else _starred(hidden)

    def hide_quoted(self, text: str) -> str:
        """Return an explanation without them and without parts of them: it quotes the page in pieces."""
        text = self.hide(text)
        for name in sorted(self.masks, key=len, reverse=True):
            given = name[1:]
            if len(given) > 1:
                text = text.replace(given, SOME * len(given))

        def hidden(run: re.Match[str]) -> str:
            return STAR * len(run[0]) if any(run[0] in number for number in self.numbers) else run[0]

        return re.sub(rf"[0-9]{{{SHORTEST_PART},}}", hidden, text)

    def found(self, text: str) -> Iterator[tuple[Span, str]]:
        """Yield each secret's place in a text, with its mask."""
        if self._names:
            for match in self._names.finditer(text):
                yield Span(*match.span()), _spread(match[0], self.masks[re.sub(r"\s", "", match[0])])
        for span in numbers(text):
            yield span, _starred(text[span.start : span.end])
        for literal in self.numbers:
            start = text.find(literal)
            while start >= 0:
                yield Span(start, start + len(literal)), _starred(literal)
                start = text.find(literal, start + 1)

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        spaced = [r"[ \u3000\r\n]*".join(map(re.escape, name)) for name in sorted(self.masks, key=len, reverse=True)]
        return re.compile("|".join(spaced)) if spaced else None


class Veiled:
    """A text being masked, character by character; `secret` says which belong to something hidden, the surname too."""

    def __init__(self, text: str, secrets: Secrets) -> None:
        """Hide what is found in the text by itself."""
        self.text = text
        self.chars = list(text)
        self.secret = bytearray(len(text))
        for span, veil in secrets.found(text):
            for place, char in zip(range(*span), veil, strict=True):
                if self.chars[place] == text[place]:
                    self.chars[place] = char
                self.secret[place] = 1

    def __str__(self) -> str:
        """Return the masked text."""
        return "".join(self.chars)

    def part(self, span: Span) -> str:
        """Return what the masked text has at a place."""
        return "".join(self.chars[span.start : span.end])

    def touches(self, span: Span) -> bool:
        """Tell whether something at a place is hidden, or an insertion there would stand inside something hidden."""
        if span.start == span.end:
            return 0 < span.start < len(self.secret) and bool(self.secret[span.start - 1] and self.secret[span.start])
        return any(self.secret[span.start : span.end])

    def take(self, place: int, other: Veiled, other_place: int) -> None:
        """Hide a character as another text hides it."""
        if other.chars[other_place] != other.text[other_place]:
            self.chars[place] = other.chars[other_place]
        self.secret[place] |= other.secret[other_place]

    def cover(self, span: Span) -> None:
        """Hide what stands at a place and is not hidden yet."""
        for place in range(*span):
            if not self.secret[place]:
                self.chars[place] = veil(self.text[place])
                self.secret[place] = 1


def numbers(text: str) -> Iterator[Span]:
    """Yield where telephone and identity numbers stand, by their form or else behind their label; what is masked already is left out."""
    formed = [Span(*match.span()) for pattern in (_IDENTITY, _NUMBERS) for match in pattern.finditer(text)]
    yield from formed
    for match in _LABELLED.finditer(text):
        place = Span(*match.span("value"))
        if not any(place.start <= span.start < place.end for span in formed) and _hides(match["value"]):
            yield place


def _hides(value: str) -> bool:
    return STAR not in value and sum(map(str.isdigit, value)) >= SHORTEST


def veil(char: str) -> str:
    """Return what hides a character of which nothing may be told."""
    return STAR if _FIGURE.match(char) else SOME if is_han(char) else char


def _starred(number: str) -> str:
    return number[:1] + _FIGURE.sub(STAR, number[1:])


def _spread(written: str, masked: str) -> str:
    """Return the mask of a name with the spaces it is written with: 仝 昉 → 仝 某."""
    chars = iter(masked)
    return "".join(char if char.isspace() else next(chars) for char in written)


def _numbers(document: Document) -> Iterator[str]:
    """Yield the figures of every number hidden in a document, of fields that hold one by their type too."""
    for text in (document.original, document.text):
        for span in numbers(text):
            yield _figures(text[span.start : span.end])
    for field in document.fields.values():
        if field.type in HIDDEN_TYPES:
            yield from (_figures(run) for run in re.findall(r"[0-9０-９][0-9０-９ \-]*", field.value) if _hides(run))


def _figures(text: str) -> str:
    return "".join(_FIGURE.findall(text))


def _masks(surnames: Mapping[str, str], document: Document) -> Mapping[str, str]:
    """Return each name's mask; persons who would look alike, or like one masked already, are numbered in the order of the page."""
    plain = {name: kept + re.sub("[^·]", SOME, name[len(kept) :]) for name, kept in surnames.items()}
    alike = Counter(plain.values())
    count: Counter[str] = Counter()
    masks = {}
    for name, masked in plain.items():
        masks[name] = masked
        if alike[masked] > 1 or masked in document.text:
            masks[name] = masked[:-1] + (NUMBERS[count[masked] : count[masked] + 1] or SOME)
            count[masked] += 1
    return MappingProxyType(masks)


def _agree(document: Document, original: Veiled, text: Veiled) -> None:
    """Hide in each of the two texts what is hidden in the other; an edit inside something hidden is covered whole."""
    alignment = Alignment(document.applied)
    edited = [(edit.span, alignment.edited(index)) for index, edit in enumerate(alignment.edits)]
    before, after = 0, 0
    for old, new in (*edited, (Span(len(original.text), len(original.text)), Span(len(text.text), len(text.text)))):
        for step in range(old.start - before):
            original.take(before + step, text, after + step)
            text.take(after + step, original, before + step)
        before, after = old.end, new.end
    for old, new in edited:
        if original.touches(old) or text.touches(new):
            original.cover(old)
            text.cover(new)


def _edits(document: Document, original: Veiled, text: Veiled, secrets: Secrets) -> Iterator[Edit]:
    alignment = Alignment(document.applied)
    written = {id(edit): alignment.edited(index) for index, edit in enumerate(alignment.edits)}
    for edit in document.edits:
        after = edit.after
        if id(edit) in written:
            after = text.part(written[id(edit)])
        elif after is not None:
            after = "".join(map(veil, after)) if original.touches(edit.span) else secrets.hide(after)
        yield replace(edit, before=original.part(edit.span), after=after, why=secrets.hide_quoted(edit.why))


def _fields(document: Document, original: Veiled, secrets: Secrets) -> Iterator[tuple[str, Field]]:
    """Yield the fields under their labels; one read from the page may name a person: 郑守礼同志."""
    taken: set[str] = set()
    for label, field in document.fields.items():
        hidden = secrets.hide(label)
        while hidden in taken:  # two persons' labels
            hidden += "'"
        taken.add(hidden)
        yield hidden, replace(_field(field, original, secrets), label=hidden)


def _quality(quality: Quality | None, secrets: Secrets) -> Quality | None:
    """Return the estimate with the labels hidden by which its parts are named."""
    return quality and replace(quality, parts=tuple(replace(part, name=secrets.hide(part.name)) for part in quality.parts))


def _field(field: Field, original: Veiled, secrets: Secrets) -> Field:
    hide = secrets.hide_number if field.type in HIDDEN_TYPES else secrets.hide
    value = hide(field.value)
    # An amount of eleven figures in 元 is no telephone number: what is told of a value is hidden where the value is.
    normalised = field.normalised if value == field.value else hide(field.normalised)
    return replace(field, value=value, raw=original.part(field.span), normalised=normalised)


def _indicator(indicator: Indicator, secrets: Secrets) -> Indicator:
    first, second, third = map(secrets.hide, indicator.levels)
    return replace(indicator, levels=(first, second, third), value=secrets.hide(indicator.value), unit=secrets.hide(indicator.unit))


def _entity(entity: Entity, secrets: Secrets) -> Entity:
    hide = secrets.hide_number if entity.type in HIDDEN_TYPES else secrets.hide
    text = hide(entity.text)
    return replace(entity, text=text, normalised=hide(entity.normalised) if text != entity.text else entity.normalised)


def _check(check: Check, secrets: Secrets) -> Check:
    values, derived = ({secrets.hide(key): secrets.hide(value) for key, value in part.items()} for part in (check.values, check.derived))
    return replace(check, message=secrets.hide(check.message), values=MappingProxyType(values), derived=MappingProxyType(derived))


def _region(region: Region | None, secrets: Secrets) -> Region | None:
    return replace(region, evidence=secrets.hide(region.evidence)) if region else None
