"""Web pages are read as a browser shows them: blocks are lines, tables keep their columns, what is hidden is not there."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from jiaokan.errors import InputError
from jiaokan.read.formats import told
from jiaokan.read.html import read

CORPUS = Path(__file__).parents[2] / "corpus"
PAGES = [
    name
    for name, split, *_ in (line.split("\t") for line in (CORPUS / "splits.tsv").read_text(encoding="utf-8").splitlines() if "\t" in line)
    if split in {"train", "dev"}
]

# label, what stands in <body>, text
READ = [
    ("blocks are lines", "<h1>通知</h1><div>各乡镇：<p>请核实。</p>落款</div>", "通知\n各乡镇：\n请核实。\n落款\n"),
    ("a line is broken outside tables", "<p>甲<br>乙<br/><br>丙</p>", "甲\n乙\n丙\n"),
    ("white space as shown", "<p>\n  一 \t 二\n\n三  <b> 四</b></p>", "一 二 三 四\n"),
    ("blanks that do not break", "<p>&nbsp;&nbsp;甲&nbsp;&nbsp;乙&nbsp;</p>", "甲  乙\n"),
    ("full-width blanks stand", "<p>　　甲　乙</p>", "　　甲　乙\n"),
    ("preformatted text", "<pre>甲  乙\n\t丙</pre>", "甲  乙\n\t丙\n"),
    ("what is not shown", "<style>p{}</style><script>1</script><template>t</template><noscript>n</noscript><svg><text>s</text></svg><p>甲<!-- 乙 --></p>", "甲\n"),
    ("what is hidden, and what follows it", '<p hidden>甲</p><p style="color:red; DISPLAY : none">乙</p><p>丙<span style="visibility:hidden">丁</span>戊</p>', "丙戊\n"),
    ("display of something else", '<p style="border:none;display:block">甲</p>', "甲\n"),
    ("boxes of a form", '<p><input type=checkbox checked>是<input type="CHECKBOX">否<input value="填写"><input type=hidden value="x"></p>', "☑是☐否填写\n"),
    ("what is chosen", "<select><option>甲<option selected>乙</select>", "乙\n"),
    ("a row is a line", "<table><tr><th>项目<th>金额<tr><td>公路<td>9.6</table>", "项目\t金额\n公路\t9.6\n"),
    ("a cell is on one line", "<table><tr><td>甲<br>乙<p>丙</p><p>see</p><p>note</p></td><td>1</td></tr></table>", "甲乙丙see note\t1\n"),
    ("tabs are the table's own", "<table><tr><td><pre>甲\t乙</pre></td><td>1</td></tr></table>", "甲 乙\t1\n"),
    ("a caption, parts of a table", "<table><caption>表1</caption><thead><tr><td>甲</thead><tbody><tr><td>乙</tbody><tfoot><tr><td>丙</table>", "表1\n甲\n乙\n丙\n"),
    (
        "merged cells keep their columns",
        '<table><tr><td rowspan=2>甲<td colspan="2">乙<td>丙<tr><td>丁<td>戊<td>己<tr><td colspan=3>庚<td>辛</table>',
        "甲\t乙\t\t丙\n\t丁\t戊\t己\n庚\t\t\t辛\n",
    ),
    ("a cell to the end of the table", "<table><tr><td rowspan=0>甲<td>1<tr><td>2<tr><td>3</table>", "甲\t1\n\t2\n\t3\n"),
    ("spans that are no numbers", "<table><tr><td colspan=x rowspan=-1>甲<td colspan=0>乙<tr><td>丙<td>丁</table>", "甲\t乙\n丙\t丁\n"),
    ("rows without text", "<table><tr><td>甲<td>乙<tr><td><td>&nbsp;<tr><td>丙<td></table>", "甲\t乙\n丙\t\n"),
    ("hidden rows and cells", '<table><tr hidden><td>甲<tr><td hidden>乙<td>丙<td style="display:none">丁<td>戊</table>', "丙\t戊\n"),
    ("a table in a cell", "<table><tr><td>资金<td><table><tr><td>中央<td>30<tr><td>省级<td>6</table></table>", "资金\t中央 30省级 6\n"),
    (
        "a table that lays out the page",
        "<table><tr><td>首页</td></tr><tr><td><p>公告</p><table><tr><td>甲<td>1<tr><td>乙<td>2</table><p>附件</p></td></tr></table>",
        "首页\n公告\n甲\t1\n乙\t2\n附件\n",
    ),
    ("words between rows stand before the table", "<table>前<tr><td>甲<td>乙</table>后", "前\n甲\t乙\n后\n"),
    ("references", "<p>&lt;项目&gt;&amp;&#x2611;&#31532;</p>", "<项目>&☑第\n"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_page_is_read(body: str, text: str) -> None:
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>题</title></head><body>{body}</body></html>'
    assert read(page.encode(), where="a.html").text == text


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_of_the_corpus_are_read_whole(name: str) -> None:
    truth = json.loads((CORPUS / "pages" / "truth" / f"{name}.json").read_text(encoding="utf-8"))["text"]
    text = read((CORPUS / "pages" / "html" / f"{name}.html").read_bytes(), where=name).text
    assert [re.sub(r"[^\S\t]", "", line) for line in text.splitlines()] == [re.sub(r"[^\S\t]", "", line) for line in truth.splitlines()]


# label, bytes, encoding
ENCODINGS = [
    ("GB 2312 declared", '<meta charset="gb2312"><p>通知</p>'.encode("gb18030"), "gb18030"),
    (
        "GBK declared the old way",
        '<html><meta http-equiv="Content-Type" content="text/html; charset=GBK"><p>通知</p>'.encode("gbk"),
        "gb18030",
    ),
    ("GB18030 declared", "<meta charset='gb18030'><p>通知</p>".encode("gb18030"), "gb18030"),
    ("UTF-8 declared", '<meta charset="utf-8"><p>通知</p>'.encode(), "utf-8"),
    ("UTF-8 with its mark", "<p>通知</p>".encode("utf-8-sig"), "utf-8-sig"),
    ("UTF-16 with its mark", "<html><p>通知</p></html>".encode("utf-16"), "utf-16"),
    ("nothing declared", "<p>关于做好工作的通知</p>".encode("gb18030"), "gb18030"),
    ("the wrong one declared", '<meta charset="utf-8"><p>关于做好工作的通知</p>'.encode("gb18030"), "gb18030"),
]


@pytest.mark.parametrize(("data", "encoding"), [row[1:] for row in ENCODINGS], ids=[row[0] for row in ENCODINGS])
def test_encodings_are_told(data: bytes, encoding: str) -> None:
    reading = read(data, where="a.html")
    assert reading.text.endswith("通知\n")
    assert reading.encoding == encoding


NESTED = "<table><tr><td>格"
# label, page, what is wrong; nothing: it is read, and so ends the text
HARD = [
    ("elements without end", "<div>" * 100_000 + "甲", "depth|deep", None),
    ("tables within one another", NESTED * 50 + "</td></tr></table>" * 50, None, "格\n"),
    ("tables within one another without end", NESTED * 20_000, "depth|deep", None),
    ("an attribute of a megabyte", f'<p title="{"x" * 2**20}">甲</p>', None, "甲\n"),
    ("ten thousand cells", f"<table><tr>{'<td>1' * 10_000}</table>", None, "\t1\n"),
    ("more cells", f"<table><tr>{'<td>1' * 10_001}</table>", "columns", None),
    ("a cell of many rows", "<table><tr><td rowspan=99999999>甲<td>乙<tr><td>丙</table>", None, "\n\t丙\n"),
    ("a cell of many columns", "<table><tr><td colspan=99999999>甲<tr><td>丙</table>", None, "甲\n丙\n"),
    ("many cells of many columns", "<table>" + ("<tr>" + "<td colspan=1000 rowspan=1000>1" * 9) * 5000, "columns", None),
    ("one wide row among many", f"<table>{'<tr><td>1' * 50_000}<tr>{'<td>1' * 10_000}</table>", "columns", None),
    ("rows without end", f"<table>{'<tr><td>1' * 100_000}</table>", None, "1\n"),
    ("ends of lines in every way", "<pre>甲\r乙\r\n丙&#13;丁&#xD;\n戊</pre>", None, "甲\n乙\n丙\n丁\n戊\n"),
    ("what is no character of XML", "<p>甲&#1;&#x1B;&#65534;&#xffff;\x02\ufffe&#49;&#x31;乙", None, "甲 11乙\n"),
    ("breaks without end", "<p>" + "<br>" * 300_000 + "甲", None, "甲\n"),
    ("a page cut off", "<html><body><table><tr><td>甲<td>乙</td", None, "甲\t乙\n"),
    ("a span in odd digits", "<table><tr><td colspan='   ³'>甲<td rowspan='       2'>乙</table>", None, "甲\t乙\n"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "wrong", "end"), [row[1:] for row in HARD], ids=[row[0] for row in HARD])
def test_hard_pages_end(page: str, wrong: str | None, end: str | None) -> None:
    if wrong:
        with pytest.raises(InputError, match=wrong) as caught:
            read(page.encode(), where="a.html")
        assert caught.value.where == "a.html"
    else:
        assert read(page.encode(), where="a.html").text.endswith(str(end))


def test_noise_is_read_or_refused() -> None:
    noise = Random(3)
    for _ in range(100):
        with suppress(InputError):
            read(b"<html>" + noise.randbytes(2000), where="a.html")


def test_the_format_is_told_by_the_first_bytes() -> None:
    form = told(b"<!DOCTYPE html>\n<html>")
    assert form is not None
    assert form.name == "html"
