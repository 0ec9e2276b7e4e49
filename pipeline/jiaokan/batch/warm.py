"""Imported once by the process that workers are forked from: reads all we know, so that every worker finds it in shared memory."""

from __future__ import annotations

import gc

from jiaokan import plan, read
from jiaokan.knowledge.load import load
from jiaokan.report.record import to_json

_PAGE = "关于下达专项经费的通知\n一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t培训人次\t≥200人\n庐山市财政局　专项。费已拨付。"

to_json(plan.run(read.from_text(_PAGE), load()))
gc.collect()
gc.freeze()  # what is here now stays: a collection in a worker would copy it page by page
