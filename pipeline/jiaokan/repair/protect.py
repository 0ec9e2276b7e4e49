"""What no repair may touch: numbers, dates, codes, names, 代字, real places, whole terms, the user's keep-words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from jiaokan.edits import Alignment, invert
from jiaokan.model import Document, Span
from jiaokan.script import CELL, CLOSE, HAN, NUMERALS, OPEN, parted

if TYPE_CHECKING:
    from jiaokan.knowledge.load import Knowledge

# Labels of labels.tsv whose value is a person, or persons.
NAME_LABELS = (
    "项目负责人|单位负责人|财务负责人|负责人|联系人|填报人|填表人|经办人|签发人|主持人|主持|记录人|记录|出席人员|出席|列席人员|列席|参加人员|参会人员|请假|缺席|"
    "法定代表人|经营者|信访人|当事人|评审专家|专家名单|名单|审核人|复核人|制表人|抄报|姓名"
)
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[0-9０-９A-Za-z](?:[0-9０-９A-Za-z.,:/\-＊*_@?=&#%+]|[，：](?=[0-9０-９]))*",  # numbers, codes, Latin words
        "(?<=[0-9０-９]) ?[，,．.：:] ?(?=[0-9０-９])",  # 193 ,500
        "[①-⓿❶-➓㈠-㉃]",  # numbers of items
        f"[{NUMERALS}]+分之[{NUMERALS}]+|[{NUMERALS}○Ｏ]+(?=[年月日时分元角%％亩公吨人次个项条款章号届期届大中全])|第[{NUMERALS}]+",
        f"[{NUMERALS}○]{{3,}}",
        "[壹贰叁肆伍陆柒捌玖拾佰仟万亿零圆元角分整]{3,}",  # amounts in words
        f"[{HAN}]{{1,8}}(?=[ ]?[{OPEN}](?:19|20)\\d\\d[{CLOSE}])",  # 代字: 九办发〔2009〕8号
        f"[{HAN}][某×X*＊]+",
        f"(?:{NAME_LABELS})[：:][ \\u3000]*(?P<value>[^\\t\\r\\n，。；,;]*)",
    )
)
_NAME_CELL = re.compile(f"(?:^|(?<=\\t))[ \\u3000]*(?:{NAME_LABELS})[：:]?[ \\u3000]*\\t+(?P<value>[^\\t\\r\\n]*)", re.MULTILINE)
_LISTED = re.compile(f"(?<![{HAN}])(?:[{HAN}]{{2,4}}[、， ]){{2,}}[{HAN}]{{2,4}}(?![{HAN}])")
_PADDED_NAMES = re.compile(f"(?<![{HAN}])[{HAN}][ \\u3000]+[{HAN}](?![{HAN}])")
_PLACE = re.compile(f"[{HAN}]{{1,11}}?(?:特别行政区|自治[区州县旗]|街道|[省市县区旗镇乡州盟])")
LONGEST_PLACE = 12
UNITS = frozenset("省市县区旗镇乡村州盟局")  # 白鹿镇、温泉镇 are no persons, though 白 and 温 are surnames
PERSONS = 0.8  # of a list's parts begin with a surname, if it is one of persons


def protected(document: Document, knowledge: Knowledge) -> list[Span]:
    """Return the protected spans of a document's text, in order, overlapping ones joined; flagged places are among them."""
    text = parted(document.text)
    spans = [Span(*(match.span("value") if "value" in match.groupdict() else match.span())) for pattern in _PATTERNS for match in pattern.finditer(text)]
    spans += [Span(*match.span("value")) for match in _NAME_CELL.finditer(text)]
    spans += [Span(*match.span()) for match in _PADDED_NAMES.finditer(text)]
    spans += [Span(*match.span()) for match in _LISTED.finditer(text) if _of_persons(match[0], knowledge.surnames)]
    spans += knowledge.lexicon.kept(text)
    spans += knowledge.lexicon.whole(text)
    spans += _places(text, knowledge)
    alignment = Alignment(invert(document.applied))  # from the original to the text
    spans += [alignment.to_original(edit.span) for edit in document.flags]
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def _of_persons(names: str, surnames: frozenset[str]) -> bool:
    """Tell whether most parts of a list begin with a surname."""
    parts = re.split("[、， ]", names)
    persons = [part for part in parts if part[-1] not in UNITS and (part[0] in surnames or part[:2] in surnames)]
    return len(persons) >= PERSONS * len(parts)


def _places(text: str, knowledge: Knowledge) -> Iterator[Span]:
    """Yield where the name of a real place stands, of today or of the past: 原星子县 is right as it stands."""
    for cell in CELL.finditer(text):
        for match in _PLACE.finditer(cell[0]):
            end = cell.start() + match.end()
            for length in range(3, min(LONGEST_PLACE, match.end()) + 1):
                if knowledge.gazetteer.named(text[end - length : end]):
                    yield Span(end - length, end)
