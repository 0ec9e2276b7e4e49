"""Structure is suggested where list numbers and labels show it, and only there."""

from __future__ import annotations

import pytest

from jiaokan.knowledge.load import load
from jiaokan.model import Document, Edit
from jiaokan.repair.structure import MergedCells, lost_breaks, lost_item_marks


def applied(edits: list[Edit], text: str) -> str:
    for edit in reversed(edits):
        text = text[: edit.span.start] + (edit.after or "") + text[edit.span.end :]
    return text


ROWS = [
    (lost_item_marks, "一是水费；二是电费；三是维护费四是物业费。", "一是水费；二是电费；三是维护费；四是物业费。"),
    (lost_item_marks, "关键一是思想，第二是行动。", None),
    (lost_item_marks, "一是水费；二是电费；三是维护费。", None),
    (lost_item_marks, "这三是不变的原则。", None),
    (lost_breaks, "二、管理办法1.值班工作。需要经费。2.宣传工作。", "二、管理办法\n1.值班工作。需要经费。2.宣传工作。"),
    (lost_breaks, "附件1.目标表", None),
    (lost_breaks, "增长1.5万元。2.宣传工作。", None),
    ("merged", "一级指标 二级指标\t三级指标\t指标值", "一级指标\t二级指标\t三级指标\t指标值"),
    ("merged", "\t需要说明的其他问题: 无", "\t需要说明的其他问题:\t无"),
    ("merged", "一级指标 二级指标", None),  # no table
    ("merged", "社会和谐 持续向好\t指标值", None),
]


@pytest.mark.parametrize(("rule", "text", "printed"), ROWS)
def test_structure(rule: object, text: str, printed: str | None) -> None:
    stage = MergedCells(load().labels) if rule == "merged" else rule
    edits = list(stage(Document("page", text, text)))  # type: ignore[operator]
    assert applied(edits, text) == (text if printed is None else printed)
