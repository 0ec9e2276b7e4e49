"""Names of persons: in fields of that type, behind labels, in lists, beside offices and forms of address.

Found to be hidden (jiaokan.mask), so a doubtful name is taken for one: 高峰 behind 联系人 is a person, and hidden everywhere.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import zip_longest
from pathlib import Path

from jiaokan.knowledge.load import Knowledge
from jiaokan.knowledge.tables import read_table
from jiaokan.model import Document
from jiaokan.script import HAN, is_han

COLUMNS = ("word", "kind")
LISTED = 0.8  # of a list's parts are names, if it is one of persons
PADDED_LISTED = 0.6  # where some are padded with blanks, as only names are
LONGEST_RUN = 60  # characters of names that an engine ran together
WORDS_IN_NAMES = 0.25  # of the pairs of characters in such a stretch are words by chance
LONGEST_VALUE = 600  # characters behind a label
LONGEST = 20  # characters of a name with ·: 阿依古丽·买买提
_BEHIND = re.compile("之[妻夫子女父母兄弟]|[二两三四五六七八九十][人名位户]")
_TITLES = ("长", "任", "记", "席", "师", "授", "官", "理", "监", "士", "委", "事", "医生", "支书")  # stand behind a name, too: 王英俊局长
_LISTS = ("、", "和", "及", "与")
_JOINS = "于在为系和与等的向称对由请给是将把被让及同"  # one character that may stand next to a name in running text
_BEFORE = _JOINS + "了找见"
_AFTER = _JOINS + "已未不因现均也住从到所有并说称"
_NO_END = "已未不均因曾"  # that seldom ends a given name
_WORD = re.compile(f"[{HAN}·]+")
_PADDED = re.compile(f"(?<![{HAN}])([{HAN}])[ \\u3000]+([{HAN}])(?![{HAN}])")
_SPACED_OUT = re.compile(f"(?<![{HAN}])(?:[{HAN}] ){{4,}}")
"""Characters that an engine set apart: no names padded with blanks."""
_PART = f"(?:[{HAN}]{{2,4}}|[{HAN}][ \\u3000]+[{HAN}])"
_PARTS = f"{_PART}(?:[、， \\u3000]+{_PART})*(?![{HAN}])"
_REMARK = "(?:[（(][^（）()\\n]{1,12}[）)]|[ ]?[0-9][0-9.,]*[ ]?(?:元|分|票|亩|斤|袋))?"
_UNLABELLED = re.compile(f"(?<![{HAN}]){_PART}{_REMARK}(?:[、， \\u3000\\n]+{_PART}(?![{HAN}]){_REMARK}){{2,}}")
_ALSO = re.compile(f"[、和及与]([{HAN}]{{2,4}}?)(?=[、，。；）)（(和及与等]|\\s|$)")
_IN_BRACKETS = re.compile(r"[（(][^（）()\n]{0,40}[）)]")
_DOTTED = re.compile(f"(?<![{HAN}·])[{HAN}]{{2,6}}(?:·[{HAN}]{{2,6}})+")
_TITLED = re.compile(f"[{HAN}]{{1,8}}[人员者长](?:[（(][^（）()\\n]{{1,8}}[）)])?[：:][ \\u3000]*({_PARTS})")
"""受理人：丛林峰: whatever is called a person, with a name behind it."""
_PHONE = "(?:1[3-9][0-9]{9}|1[3-9][0-9][ -][0-9]{4}[ -][0-9]{4}|0[1-9][0-9]{1,2}[-－—]?[0-9]{7,8})(?![0-9])"
_NUMBERED = f"[（(，,：: \\u3000\\t]{{1,3}}(?:(?:联系)?(?:电话|手机号?码?)[：: ]?)?{_PHONE}|[（(](?:公民身份|身份证)"
_PHONE_BEFORE = re.compile(f"{_PHONE}[ \\u3000]?[（( \\u3000\\t]")


@dataclass(frozen=True)
class Persons:
    """Finds names with the dictionaries of a run."""

    knowledge: Knowledge

    def named(self, document: Document) -> dict[str, str]:
        """Return the names in a document, without spaces and in the order of the page, each with its surname: 司徒韶夏 → 司徒."""
        found: dict[str, None] = {}
        for field in document.fields.values():
            if field.type == "person":
                found.update(dict.fromkeys(self._in_value(field.value)))
        for text in dict.fromkeys((document.text, document.original)):
            found.update(dict.fromkeys(self._in_text(text)))
        whole = re.sub(r"\s", "", document.text)
        order = sorted((name for name in found if "某" not in name), key=lambda name: (whole.find(name) < 0, whole.find(name), name))
        return {name: self._surname(name) for name in order}

    def _in_text(self, text: str) -> Iterator[str]:
        labelled = list(self._labelled.finditer(text))
        for match, following in zip_longest(labelled, labelled[1:]):
            value = text[match.end() : min(match.end("value"), following.start())] if following else match["value"]
            several = re.sub(r"\s", "", match["label"]) in self._list_labels
            yield from self._in_value(value if several else re.split("[，。；,;]", value)[0])
        yield from self._in_columns(text)
        for match in self._spaced.finditer(text):
            yield from (name for name in re.split(r"[、，\s]+", _PADDED.sub(r"\1\2", match["value"])) if self._called(name))
        for match in _UNLABELLED.finditer(text):
            yield from self._listed(match[0])
        if not _SPACED_OUT.search(text):
            for match in _PADDED.finditer(text):
                if self._sign.match(text, match.end()):
                    yield from filter(self._is_name, (match[1] + match[2],))
            text = _PADDED.sub(r"\1\2", text)
        yield from self._in_prose(text)

    def _in_prose(self, text: str) -> Iterator[str]:
        for match in self._beside.finditer(text):
            yield from self._followed(text, match.end())
        for match in _PHONE_BEFORE.finditer(text):
            yield from filter(self._plainly, self._at(text, match.end()))
        for match in self._form.finditer(text):
            yield from self._before(text, match.start(), self._may_be)
        for match in self._sign.finditer(text):
            yield from self._before(text, match.start(), self._plainly)
        for match in _TITLED.finditer(text):
            yield from filter(self._called, re.split(r"[、，\s]+", match[1]))
        for match in _DOTTED.finditer(text):
            yield from filter(self._transcribed, (self._without_what_follows(match[0]),))

    def _in_value(self, value: str) -> Iterator[str]:
        """Yield the names a value consists of: 县长杨牧之（主持）、仝 昉 → 杨牧之, 仝昉.

        The first is one, whatever its surname, and so are all where most are. Names that an engine ran together are hidden whole.
        """
        value = _PADDED.sub(r"\1\2", value)
        remarks = (part for remark in _IN_BRACKETS.findall(value) for part in re.split("[、，]", remark[1:-1]))
        yield from filter(self._in_remark, (self._office.sub("", part) for part in remarks if all(map(is_han, part))))
        value = _IN_BRACKETS.sub("、", value)
        written = [re.sub(f"(?:等|{self._behind}).*$", "", match[0]) for match in _WORD.finditer(value)]
        bare = [self._office.sub("", word) for word in written]
        most = 2 * sum(map(self._is_name, bare)) >= len(bare)
        for place, (name, word) in enumerate(zip(bare, written, strict=True)):
            sure = (place == 0 or most or name != word or len(name) < 4) and not self._is_phrase(name)
            if self._is_name(name) or (sure and self._could_be(name)) or (sure and self._run_together(name)):
                yield name

    def _in_remark(self, text: str) -> bool:
        """Tell whether what stands in brackets is a name, its surname misread too: （度世昌） for 庹世昌."""
        words = self.knowledge.words
        unknown = len(text) == 3 and self._could_be(text) and not self._nobody.match(text) and words.isdisjoint((text[:2], text[1:]))
        return self._plainly(text) or unknown

    def _is_phrase(self, text: str) -> bool:
        """Tell whether what stands behind a label is a word or two, or says that there is nobody: 完成时限, 见附件."""
        words = self.knowledge.words
        return text in words or bool(self._nobody.match(text)) or (text[:2] in words and text[2:] in words)

    def _run_together(self, text: str) -> bool:
        """Tell whether a long stretch is made of names: hardly two characters of it are a word."""
        pairs = list(map(operator.add, text, text[1:]))
        words = sum(pair in self.knowledge.words for pair in pairs)
        return 4 < len(text) <= LONGEST_RUN and words <= WORDS_IN_NAMES * len(pairs) and not text.endswith(self._kinds["organ"])

    def _in_columns(self, text: str) -> Iterator[str]:
        """Yield the names that stand in a table's column under their label: 姓名."""
        columns: list[int] = []
        for line in text.split("\n"):
            cells = [re.sub(r"\s", "", cell) for cell in line.split("\t")]
            if len(cells) < 2:
                columns = []
                continue
            under = [cells[column] for column in columns if column < len(cells)]
            names = [cell for cell in under if self._is_name(cell) and (len(cell) > 2 or cell not in self.knowledge.words)]
            yield from names
            if not names:  # 组长 in the second column of a row is no heading
                columns = [column for column, cell in enumerate(cells) if cell.rstrip("：:") in self._labels] or columns

    def _listed(self, text: str) -> Iterator[str]:
        """Yield the parts of a list of persons; one of villages has as many surnames."""
        text = re.sub(_REMARK, "", text)
        joined = _PADDED.sub(r"\1\2", text)
        parts, seps = re.split(r"[、，\s]+", joined), set(re.findall(r"[、，\s]+", joined))
        # Where one blank parts the names, or stands beside 、, one blank within them is no padding: an engine may have set it.
        single = any(match[0][1:-1] == " " for match in _PADDED.finditer(text))
        loose = single and any(sep == " " or (" " in sep and sep.strip(" ")) for sep in seps)
        if not loose or 2 * sum(len(part) > 2 for part in parts) > len(parts):
            parts = parts[not self._is_name(parts[0]) : len(parts) - (not self._is_name(parts[-1]))]  # 名单 … 会议内容
        padded = {match[1] + match[2] for match in _PADDED.finditer(text) if len(match[0]) > 3 or "\u3000" in match[0] or not loose}
        names = [part for part in parts if self._is_name(part) and (self._apart(part) or part in padded or self._given(part))]
        grounds = sum(part.endswith(self._kinds["ground"]) for part in parts)
        if len(parts) > 2 and len(names) >= (PADDED_LISTED if padded else LISTED) * len(parts) and grounds * 3 <= len(parts):
            yield from (part for part in parts if self._is_name(part) and (part in names or len(part) > 2))  # 杨树林

    def _given(self, name: str) -> bool:
        """Tell whether what follows the surname is two characters that are no word: 江海涛."""
        return len(name) == 3 and name[1:] not in self.knowledge.words

    def _followed(self, text: str, place: int) -> Iterator[str]:
        """Yield the name that begins at a place of running text, and those listed behind it; where it may end in two ways, both."""
        found = list(self._at(text, place))
        while found:
            yield from found
            place += len(found[-1])
            remark = _IN_BRACKETS.match(text, place)
            place = remark.end() if remark else place
            also = _ALSO.match(text, place)
            place += 1
            listed = text[place - 1 : place] in _LISTS
            found = [also[1]] if also and self._is_name(also[1]) else list(self._at(text, place)) if listed else []

    def _at(self, text: str, place: int) -> Iterator[str]:
        words = self.knowledge.words
        run = re.match(f"[{HAN}]*", text[place : place + 8])
        ahead = run[0] if run else ""
        for length in (2, 3, 4):
            name, rest = ahead[:length], ahead[length:]
            listed = len(name) == 3 and self._apart(name)
            a_word = not listed and not words.isdisjoint((name, ahead[:3], ahead[:4]))
            joined = len(name) < length or name[0] in _JOINS or name[-1] in _JOINS or (length > 2 and name[-1] in _NO_END)
            ends = not rest or rest[:2] in words or rest[0] in _AFTER or _BEHIND.match(rest)
            if ends and not a_word and not joined and self._is_name(name):
                yield name

    def _before(self, text: str, place: int, may_be: Callable[[str], bool]) -> Iterator[str]:
        """Yield the name that ends at a place of running text, and those listed before it: 与钱桂花、张建国同志 → 张建国, 钱桂花."""
        while name := self._preceding(text, place, may_be):
            yield name
            place -= len(name) + 1
            if text[place : place + 1] not in _LISTS:
                return

    def _preceding(self, text: str, place: int, may_be: Callable[[str], bool]) -> str:
        words = self.knowledge.words
        for length in (4, 3, 2):
            start = place - length
            name, before = text[max(0, start) : place], text[max(0, start - 2) : max(0, start)]
            begins = not before or before in words or before[-1] in _BEFORE or not is_han(before[-1])
            begins = begins or before.endswith(self._kinds["organ"])
            if begins and len(name) == length and all(map(is_han, name)) and may_be(name):
                return name
        return ""

    def _may_be(self, name: str) -> bool:
        return self._is_name(name) and (len(name) > 2 or name not in self.knowledge.words)

    def _plainly(self, name: str) -> bool:
        """Tell whether a word is a name and hardly anything else: 高层次, 党支部 and 林长 may be."""
        return self._called(name) and name[0] not in self._kinds["doubtful"]

    def _called(self, name: str) -> bool:
        """Tell whether a word is a name where something says that one stands there."""
        return self._is_name(name) and self._apart(name) and not name.endswith("长")

    def _apart(self, name: str) -> bool:
        """Tell whether a name is no word; of three characters it may be in the word list, with thousands of persons: 张建国, not 安全员."""
        words, surname = self.knowledge.words, self._surname(name)
        if len(name) != 3 or len(surname) > 1:
            return len(surname) > 1 or name not in words
        return name[:2] not in words or (surname in self._kinds["plain"] and name not in words and not name.endswith(self._kinds["ground"]))

    def _without_what_follows(self, name: str) -> str:
        """Return a name with · without the words that run on from it: 阿依古丽·卡德尔参加了."""
        first = name.rindex("·") + 3
        stop = (place for place in range(first, len(name)) if name[place] in _AFTER or name[place : place + 2] in self.knowledge.words)
        return name[: next(stop, len(name))]

    def _transcribed(self, name: str) -> bool:
        """Tell whether a name is written by its sound: 买买提·吐尔逊, not 中国·庐山."""
        return self._is_name(name) and all(char == "·" or char in self._kinds["sound"] for char in name)

    def _is_name(self, name: str) -> bool:
        """Tell whether a word has the form of a name: a surname and one or two characters, or parts joined by ·."""
        if "·" in name:
            return len(name) <= LONGEST and all(len(part) > 1 for part in name.split("·"))
        if name in self._kinds["public"]:
            return False
        surname = self._surname(name)
        known = (surname in self.knowledge.surnames or surname in self._kinds["surname"]) and surname not in self._kinds["not_surname"]
        return known and 1 <= len(name) - len(surname) <= 2 and self._could_be(name)

    def _could_be(self, name: str) -> bool:
        known = name in self.knowledge.lexicon.terms or name.endswith(self._kinds["organ"]) or self._office.fullmatch(name)
        return not known and not self.knowledge.labels.canonical(name) and (2 <= len(name) <= 4 or "·" in name)

    def _surname(self, name: str) -> str:
        return name[:2] if 2 < len(name) <= 4 and name[:2] in self.knowledge.surnames else name[:1]

    @cached_property
    def _kinds(self) -> dict[str, tuple[str, ...]]:
        return _kinds(self.knowledge.home)

    @cached_property
    def _list_labels(self) -> frozenset[str]:
        rows = [label for label in self.knowledge.labels.rows if label.rule.startswith("person list")]
        return frozenset(self._kinds["labels"]) | {spelling for label in rows for spelling in label.spellings}

    @cached_property
    def _labels(self) -> frozenset[str]:
        rows = [label for label in self.knowledge.labels.rows if label.rule.startswith("person")]
        return self._list_labels | frozenset(self._kinds["label"]) | {spelling for label in rows for spelling in label.spellings}

    @cached_property
    def _labelled(self) -> re.Pattern[str]:
        """A label behind which a colon or a cell's edge stands, and what follows on its line: to the sentence's end, or in its cell."""
        label = f"(?P<label>{_either(self._labels, blanks=True)})[ \\u3000]*(?:[（(][^（）()\\n]{{0,12}}[）)])?"
        # Looked at and not passed over: another label may follow on the line.
        return re.compile(label + rf"(?:[：:][ \u3000]*\t?|\t+)(?=(?P<value>[^\t\r\n。]{{0,{LONGEST_VALUE}}}))")

    @cached_property
    def _spaced(self) -> re.Pattern[str]:
        """A label with a blank behind it, and the names on its line: 经办人 陈国栋."""
        return re.compile(f"(?:(?<![{HAN}])(?:{_either(self._labels)})|[{HAN}][人员])[ \\u3000]+(?P<value>{_PARTS})")

    @cached_property
    def _beside(self) -> re.Pattern[str]:
        """An office, or a label for a person without its colon: 联系人王秀兰."""
        labels = (word for word in self._labels if word.endswith(("人", "员")))
        words = {*self._kinds["office"], *self._kinds["role"], *self._kinds["label"], *labels}
        return re.compile(f"(?:{_either(words)})(?:名叫|[为是系])?")

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(rf"{self._forms}|等[0-9一二三四五六七八九十两]{{1,3}}[人户名位]|[，,（(][男女](?:[，,）)。；;、]|性)")

    @cached_property
    def _sign(self) -> re.Pattern[str]:
        """What stands behind persons, and behind others too: an office, a verb of speech, a telephone, 联系."""
        office = _either(word for word in self._kinds["office"] if word.endswith(_TITLES))
        return re.compile(f"(?:{office})|[（(][^（）()\\n]{{0,18}}(?:{office})[）)]|{_NUMBERED}|(?:{_either(self._kinds['verb'])})")

    @cached_property
    def _nobody(self) -> re.Pattern[str]:
        """What stands in the place of a name: 见附件, 同上, 各乡镇."""
        return re.compile(_either(self._kinds["nobody"]))

    @cached_property
    def _forms(self) -> str:
        return _either(self._kinds["form"])

    @cached_property
    def _behind(self) -> str:
        return _either({*self._kinds["form"], *self._kinds["cut"]})

    @cached_property
    def _office(self) -> re.Pattern[str]:
        return re.compile(rf"^.*(?:{_either(self._kinds['office'])})")


def _either(words: Iterable[str], *, blanks: bool = False) -> str:
    """Return a pattern of some words, the longest first; an engine may have set blanks into a label."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join("[ \\u3000\\n]*".join(map(re.escape, word)) if blanks else re.escape(word) for word in ordered)


@cache
def _kinds(home: Path) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, tuple[str, ...]] = {}
    for _, (word, kind) in read_table(home / "persons.tsv", COLUMNS):
        kinds[kind] = (*kinds.get(kind, ()), word)
    return kinds
