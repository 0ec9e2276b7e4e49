"""Letters: the number, the title, the closing phrase, paired marks, the numbering of levels (GB/T 9704—2012)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jiaokan.extract.letters import KINDS
from jiaokan.extract.values import DOCUMENT_NUMBER, chinese_number
from jiaokan.model import Check, Span
from jiaokan.script import CLOSE, OPEN
from jiaokan.validate.case import Case, Passage

_NUMBER = re.compile(r"[\u4e00-\u9fff（）()]{2,20}〔(?P<year>\d{4})〕(?P<serial>\d{1,5})号")
_BRACKETS = re.compile(rf"[{OPEN}]\s*[\d０-９]{{4}}\s*[{CLOSE}]")
_TITLE = re.compile(rf"(?:{KINDS}|令)(?:[（(][^（）()]+[）)])?$")
_ATTACHED = re.compile(r"^[^\S\n]*附件[:：]\s*1[.．、][^\n]*(?:\n[^\S\n]*\d{1,2}[.．、][^\n]*)+", re.MULTILINE)
_ATTACHMENT = re.compile(r"^[^\S\n]*附件\s?(\d{1,2})(?!\d)", re.MULTILINE)
_SENT_TO = re.compile(r"(?:[见照写]|填报|报送|附上?|、|和|及)附件\s?(?P<number>\d{1,2})(?!\d)")
_TITLED = re.compile(
    rf"《(?P<title>[^《》\n]{{4,60}})》\s?[（(](?P<number>[^（）()\n]{{2,14}}[{OPEN}]\s?\d{{4}}\s?[{CLOSE}]\s?\d{{1,5}}\s?号)[）)]"
)
_CLOSINGS = {
    "请示": re.compile(r"[妥当可]否|请[予]?(?:批示|批复|批准|审批|审示|审定|指示)"),
    "函": re.compile(r"函复|函告|函达|复函|此函|为[盼荷感]|请(?:予|给予)?支持|请.{0,10}(?:研究|协助|办理)"),
    "批复": re.compile(r"此复|特此批复|批复如下"),
    "通知": re.compile(r"特此通知"),
}
_CLOSING_REACH = 200
"""Characters at the end of the text in which the closing phrase is looked for."""
_PAIRS = {"》": "《", "）": "（", ")": "（", "〕": "〔", "】": "【", "”": "“", "」": "「"}
_OPENING = {"《": "《", "（": "（", "(": "（", "〔": "〔", "【": "【", "“": "“", "「": "「"}
_ITEM = re.compile(r"(?:^|[\s。；;：:，、])[\d一二三四五六七八九十]{1,3}$")
_LEVELS = (
    ("一、", re.compile(r"(?:^|(?<=[\n\t。；：;:]))\s*([一二三四五六七八九十]{1,3}|[—–―])、")),
    ("（一）", re.compile(r"(?:^|(?<=[\n\t。；：;:]))\s*[（(]([一二三四五六七八九十]{1,3})[）)]")),
)


def document_number(case: Case) -> Check | None:
    """Judge a 发文字号: 代字〔year〕serial号 without leading zero, of the year the letter is dated."""
    field = case.field("number")
    if not field or not field.value:
        return None
    values = {"number": field.value}
    match = _NUMBER.fullmatch(field.normalised) or _NUMBER.fullmatch(field.value)
    if not match or not _BRACKETS.search(field.value):  # C2023J: what it means is plain, what was printed is not
        return case.judge("cannot_judge", "agency, year and serial cannot be told apart", values=values)
    if match["serial"].startswith("0"):
        return case.judge("fail", f"the serial {match['serial']} begins with 0", values=values)
    date = case.canonical("date")
    if not date:
        return case.judge("cannot_judge", "well formed; no date to hold it against", values=values)
    values["date"] = date
    if match["year"] == date[:4]:
        return case.judge("pass", f"well formed, of {match['year']} as the date", values=values)
    if int(date[:4]) - int(match["year"]) == 1 and date[5:7] == "01":
        return case.judge("cannot_judge", "numbered in the year before, dated in January", values=values)
    return case.judge("fail", f"numbered in {match['year']}, dated {date}", values=values)


def title_form(case: Case) -> Check | None:
    """Judge whether the 标题 ends in one of the fifteen kinds: 关于…的通知."""
    title = re.sub(r"\s", "", case.text("title"))
    if not title:
        return None
    match = _TITLE.search(title)
    if not match:
        return case.judge("fail", "the title ends in no kind of letter", values={"title": title})
    return case.judge("pass", f"the title ends in {match[0]}", values={"title": title})


def closing_phrase(case: Case) -> Check | None:
    """Judge whether the closing phrase fits the kind: 请示 妥否，请批示; 函 请予函复; 批复 此复; 通知 特此通知 or none."""
    kind = _TITLE.search(re.sub(r"\s", "", case.text("title")))
    text = case.text("text")
    if not kind or kind[0] not in _CLOSINGS or not text:
        return None
    end = text[-_CLOSING_REACH:]
    found = [name for name, pattern in _CLOSINGS.items() if pattern.search(end if name != "批复" else text)]
    values = {"kind": kind[0], "closing": end[-30:]}
    if kind[0] in found:
        return case.judge("pass", f"closes as a {kind[0]}", values=values)
    if {"请示", "通知"} & set(found) and kind[0] in {"请示", "通知"}:
        return case.judge("fail", f"a {kind[0]} that closes as a {found[0]}", values=values)
    return None if kind[0] == "通知" else case.judge("cannot_judge", f"no closing phrase of a {kind[0]} was found", values=values)


def cited_numbers(case: Case) -> Check | None:
    """Judge the numbers of documents cited: not of a year after the letter's own, no leading zero, one title one number.

    An attachment that the text sends to is one of those listed: not 详见附件3 where 附件：1.…2.… are all.
    `date` is the letter's date; without it, the latest year that the text names elsewhere.
    """
    text = case.document.text
    cited = list(DOCUMENT_NUMBER.finditer(text))
    lacking = _lacking(text)
    if lacking:
        message = f"{lacking[0]} is not among the attachments listed"
        return case.judge("fail", message, values={"attachment": lacking[0]}, at=[Span(*lacking.span())])
    if not cited:
        return None
    dated = case.canonical("date")[:4]
    years = [] if dated else re.findall(r"(?<![\d〔\[（(])(?:19|20)\d\d(?=[年.-])", text)
    latest = int(dated or max(years, default="0"))
    for match in cited:
        number = re.sub(r"\s", "", f"〔{match['year']}〕{match['serial']}号")
        if match["serial"].startswith("0"):
            return case.judge("fail", f"the serial {match['serial']} begins with 0", values={"number": match[0]}, at=[Span(*match.span())])
        if latest and int(match["year"]) > latest:
            values = {"number": number, "year": str(latest)}
            # Without a date of its own a form of last year may cite this year's papers.
            sure = bool(dated) or int(match["year"]) > latest + 1
            why = f"{number} is cited in {latest}" if sure else f"{number} is later than every date of the text"
            return case.judge("fail" if sure else "cannot_judge", why, values=values, at=[Span(*match.span())])
    if unlike := _unlike(text):
        title, first, second = unlike
        message = f"《{title}》 has the number {first[0]} and the number {second[0]}"
        return case.judge("fail", message, values={"title": title}, at=[Span(*first.span()), Span(*second.span())])
    values = {"count": str(len(cited)), "year": str(latest)} if latest else {"count": str(len(cited))}
    return case.judge("pass", f"{len(cited)} document numbers are well formed and not of a later year", values=values)


def _lacking(text: str) -> re.Match[str] | None:
    """Return where the text sends to an attachment that is neither listed nor there; None where all are, or nothing is listed."""
    listed = _ATTACHED.search(text)
    if not listed:
        return None
    last = max(int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?=[.．、])", listed[0]))
    there = set(_ATTACHMENT.findall(text))
    return next((match for match in _SENT_TO.finditer(text) if int(match["number"]) > last and match["number"] not in there), None)


def _unlike(text: str) -> tuple[str, re.Match[str], re.Match[str]] | None:
    """Return a title that is cited with two serials of one agency and year: 《X办法》（财预〔2021〕101号） and （财预〔2021〕110号）."""
    seen: dict[tuple[str, str, str], re.Match[str]] = {}
    for match in _TITLED.finditer(text):
        number = DOCUMENT_NUMBER.search(match["number"])
        if number:
            before = seen.setdefault((match["title"], number["agency"], number["year"]), match)
            if re.sub(r"\D", "", before["number"]) != re.sub(r"\D", "", match["number"]):
                return match["title"], before, match
    return None


def pairs(case: Case) -> Check | None:
    """Judge whether brackets, title marks and quotes are paired; the ) of a numbered item stands alone: 1)."""
    passages = case.passages("text")
    if not passages:
        return None
    near: list[str] = []
    spans: list[Span] = []
    sure = False
    for passage in passages:
        for place in _stray(passage.text):
            near.append(passage.text[max(0, place - 6) : place + 7].replace("\n", " "))
            spans += passage.span(place, place + 1)
            sure = sure or not passage.cell or passage.text[place] in "《》"
    if not near:
        marked = any(mark in passage.text for passage in passages for mark in (*_PAIRS, *_OPENING))
        return case.judge("pass", "every bracket and title mark has its pair") if marked or case.rule.one("text") else None
    message = f"{len(near)} marks without a pair: {' … '.join(near[:3])}"
    # A cell may be cut where the page was; a title is not.
    return case.judge("fail" if sure else "cannot_judge", message, values={"count": str(len(near))}, at=spans)


def _stray(text: str) -> list[int]:
    """Return the places of marks without a pair."""
    waiting: list[tuple[str, int]] = []
    stray: list[int] = []
    # Brackets of unlike kind round the year of a document number are that number's fault, and normalise's to mend.
    text = _BRACKETS.sub(lambda year: " " * len(year[0]), text)
    for match in re.finditer(r"[《》（）()〔〕【】“”「」]", text):
        mark = match[0]
        if mark in _OPENING:
            waiting.append((_OPENING[mark], match.start()))
        elif waiting and waiting[-1][0] == _PAIRS[mark]:
            waiting.pop()
        elif len(waiting) > 1 and waiting[-2][0] == _PAIRS[mark]:
            stray.append(waiting[-1][1])
            del waiting[-2:]
        elif mark not in "）)" or not _ITEM.search(text[max(0, match.start() - 5) : match.start()]):
            stray.append(match.start())
    return sorted([*stray, *(place for _, place in waiting)])


def numbering(case: Case) -> Check | None:
    """Judge whether the levels 一、 and （一） count without hole or repeat; a level may begin anew at 一.

    A table's cell counts for itself: two columns may number their rows each. What begins later than 一 may be an excerpt.
    """
    passages = case.passages("text")
    prose = [passage for passage in passages if not passage.cell]
    counted = [prose, *([passage] for passage in passages if passage.cell)]
    problems = [problem for run in counted for problem in _problems(run)]
    broken = [(problem, at) for problem, at, begun in problems if begun]
    if broken:
        message = "; ".join(problem for problem, _ in broken[:3])
        return case.judge("fail", message, values={"count": str(len(broken))}, at=broken[0][1])
    begins = [problem for problem, _, _ in _problems(prose)]
    if begins:
        return case.judge("cannot_judge", f"{begins[0]}; it may be an excerpt", values={"count": str(len(begins))})
    levels = [name for name, pattern in _LEVELS if any(pattern.search(passage.text) for passage in passages)]
    return case.judge("pass", f"{' and '.join(levels)} count without hole") if levels else None


def _problems(passages: Sequence[Passage]) -> Iterator[tuple[str, tuple[Span, ...], bool]]:
    """Yield (what is wrong, where, whether the level had begun) of each number that does not follow the one before."""
    for name, pattern in _LEVELS:
        last = 0
        for passage in passages:
            for match in pattern.finditer(passage.text):
                number = 1 if match[1] in "—–―" else chinese_number(match[1])  # a dash is 一 misread
                if number not in {1, last + 1}:
                    before = f"after {name.replace('一', _chinese(last))}" if last else "at the beginning"
                    yield f"{before} comes {name.replace('一', match[1])}", passage.span(*match.span(1)), bool(last)
                last = number


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{'一二三四五六七八九'[tens - 1]}十") + (
        "" if ones == 0 else "一二三四五六七八九"[ones - 1]
    )
