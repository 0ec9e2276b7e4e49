"""The report is one file that opens offline, shows every edit with its surroundings, and takes any text."""

from __future__ import annotations

import re
from typing import Any

import jiaokan
from jiaokan.report.page import page
from jiaokan.report.tables import CONTEXT, rows

FAULTY = "根据《信访工作条例》的规定，现将有关事项通知如下：进一步加强组 织领导，落实工作责任。\n"


def tables(*texts: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a run over some texts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for text in texts:
        for name, table in rows(jiaokan.to_record(jiaokan.clean(text))).items():
            found.setdefault(name, []).extend(table)
    return found


def test_nothing_is_fetched_from_outside() -> None:
    shown = page(tables(FAULTY), [])
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)|@import|url\(|https?:""", shown)


def test_an_edit_stands_in_its_surroundings() -> None:
    (edit,) = tables(FAULTY)["edits"]
    place = FAULTY.index(" ")
    assert (edit["left"], edit["right"]) == (FAULTY[place - CONTEXT : place], "织领导，落实工作责任。\n")
    shown = page(tables(FAULTY), [])
    assert "加强组<del>␣</del>织领导，落实工作责任。↵" in shown
    assert "加强组<ins>□</ins>织领导" in shown
    assert "多余空格" in shown


def test_text_is_never_markup() -> None:
    shown = page(tables("<b>项目</b>&名称\x00<script>alert(1)</script>\n"), [{"source": "<i>.txt", "what": "不是文本", "fix": "重新导出"}])
    assert "<b>项目" not in shown
    assert "<script>alert" not in shown
    assert "&lt;i&gt;.txt" in shown
    assert "\x00" not in shown


def test_an_empty_run_has_a_report() -> None:
    shown = page({}, [{"source": "a.txt", "what": "the file is empty", "fix": "scan the page again"}])
    assert "未能处理" in shown
    assert "the file is empty" in shown
