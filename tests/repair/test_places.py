"""The gazetteer restores the page's own places and leaves every other word alone."""

from __future__ import annotations

import pytest

from jiaokan.knowledge.load import load
from jiaokan.model import Region
from jiaokan.repair.places import misnomers, strangers

LUSHAN = Region("360483", "庐山市", "project code 360483 is 庐山市")
WUSHAN = Region("620524", "武山县", "武山县 stands in the head")


@pytest.mark.parametrize(
    ("text", "region", "restored"),
    [
        ("有力维护原山市社会和谐稳定，庐山市信访局。", LUSHAN, [("原", "庐")]),
        ("依据原星子县委常委会议纪要，庐山市信访局。", LUSHAN, []),  # a former name
        ("九江市所辖的九个市、县和庐山市。", LUSHAN, []),  # words
        ("覆盖白鹿镇、蛟搪镇、温泉镇等。", LUSHAN, [("搪", "塘")]),  # a township of the county, in a list
        ("覆盖白鹿镇、温泉镇等乡镇。", LUSHAN, []),
        ("庐山市与唐山市结对。庐山市主办。", LUSHAN, []),  # another real place
        ("全县已有马力镇、咯门镇、四门镇，四门镇最多。", WUSHAN, [("咯", "洛")]),  # the nearer of two
        ("有力维护原山市社会和谐稳定。", None, []),  # nothing says which place the page is about
    ],
)
def test_misnomers(text: str, region: Region | None, restored: list[tuple[str, str]]) -> None:
    found = [(text[slice(*misnomer.span)], misnomer.printed) for misnomer in misnomers(text, region, load())]
    assert found == restored


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("贵州省萝波县文化广电和旅游局", []),  # 萝 is no look-alike of 荔, nor known to be read for it
        ("江西省原山市信访局", [("原", "庐", 0.985)]),  # its province stands before it
        ("原山市信访局", []),  # 唐山市 and others are as near
        ("罗田昙财政局、罗田昙审计局", []),  # the last character says that it is a county
        ("湖北省罗困县财政局", [("困", "田", 0.985)]),
        ("罗困县财政局\n罗困县审计局", [("困", "田", 0.985), ("困", "田", 0.985)]),  # misread alike all over the page
        ("要把城市规划好、建设好，这样的城市景色", []),  # words
        ("安阳地区重废市场报价，佛山地区重废市场报价", []),
        ("在湖区工作三十年，兴建临空区、金桥区", []),  # 区 wants its prefecture before it
        ("原罗困县财政局", []),  # perhaps a county of the past
        ("罗田县财政局、罗甸县财政局", []),  # real ones
    ],
)
def test_strangers(text: str, restored: list[tuple[str, str, float]]) -> None:
    found = [(text[slice(*one.span)], one.printed, one.confidence) for one in strangers(text, load())]
    assert found == restored
