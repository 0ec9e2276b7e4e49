"""The gazetteer answers as the Ministry's lists and the approvals do."""

import pickle
import shutil

import pytest

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.gazetteer import COUNTY, NEVER_A_TOWNSHIP, PREFECTURE, PROVINCE, TOWNSHIP, Gazetteer


@pytest.fixture(scope="module")
def places():
    return Gazetteer.load(home())


@pytest.mark.parametrize(
    ("code", "name", "level", "full"),
    [
        ("360000", "江西省", PROVINCE, "江西省"),
        ("360400", "九江市", PREFECTURE, "江西省九江市"),
        ("360483", "庐山市", COUNTY, "江西省九江市庐山市"),
        ("360482", "共青城市", COUNTY, "江西省九江市共青城市"),
        ("360404", "柴桑区", COUNTY, "江西省九江市柴桑区"),
        ("110108", "海淀区", COUNTY, "北京市海淀区"),
        ("419001", "济源市", COUNTY, "河南省济源市"),
        ("469026", "昌江黎族自治县", COUNTY, "海南省昌江黎族自治县"),
        ("653132", "岑岭县", COUNTY, "新疆维吾尔自治区喀什地区岑岭县"),
        ("710000", "台湾省", PROVINCE, "台湾省"),
        ("360483102", "白鹿镇", TOWNSHIP, "江西省九江市庐山市白鹿镇"),
        ("441900003", "东城街道", TOWNSHIP, "广东省东莞市东城街道"),
    ],
)
def test_a_code_is_a_place(places, code, name, level, full):
    place = places.coded(code)[0]
    assert (place.name, place.level, place.until) == (name, level, "")
    assert places.full_name(place) == full
    assert place in places.named(name)


@pytest.mark.parametrize(
    ("code", "name", "until", "successor"),
    [
        ("360427", "星子县", "2016", "360483 庐山市"),
        ("360402", "庐山区", "2016", "360402 濂溪区"),
        ("360421", "九江县", "2017", "360404 柴桑区"),
        ("370282", "即墨市", "2017", "370215 即墨区"),
        ("420600", "襄樊市", "2010", "420600 襄阳市"),
        ("310108", "闸北区", "2015", "310106 静安区"),
        ("130223", "滦县", "2018", "130284 滦州市"),
        ("371200", "莱芜市", "2018", "370116 莱芜区"),
        ("510200", "重庆市", "1997", "500000 重庆市"),
        ("532700", "思茅地区", "2003", "530800 普洱市"),
        ("533421", "中甸县", "2001", "533401 香格里拉市"),
        ("433102", "大庸市", "1988", "430800 张家界市"),
        ("152121", "布特哈旗", "1983", "150783 扎兰屯市"),
        ("342700", "徽州地区", "1987", "341000 黄山市"),
        ("500112", "渝北区", "2025", "500157 两江新区"),
    ],
)
def test_a_former_place_has_a_successor(places, code, name, until, successor):
    (place,) = [place for place in places.named(name) if place.code == code and place.until]
    now = places.successor(place)
    assert (place.until, f"{now.code} {now.name}") == (until, successor)
    assert not now.until
    assert places.within(place, now.code[:2] + "0000")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("鼓楼区", {"320106", "320302", "350102", "410204"}),
        ("朝阳区", {"110105", "220104"}),
        ("星子县", {"360427", "362129"}),
        ("原山市", set()),
        ("", set()),
        ("牯岭", set()),
    ],
)
def test_names_are_exact_and_may_be_ambiguous(places, name, codes):
    assert {place.code for place in places.named(name)} == codes


def test_present_places_come_first(places):
    assert [place.name for place in places.coded("360402")] == ["濂溪区", "庐山区"]
    assert places.coded("999999") == places.coded("999999999") == places.coded("") == ()


def test_a_chain_is_of_its_time(places):
    names = {place.code: places.full_name(place) for place in places.named("星子县")}
    assert names == {"360427": "江西省九江市星子县", "362129": "江西省九江地区星子县"}


def test_a_present_place_has_no_successor(places):
    (place,) = places.named("庐山市")
    assert places.successor(place) is None


@pytest.mark.parametrize(
    ("name", "code", "inside"),
    [
        ("庐山市", "360400", True),
        ("庐山市", "360000", True),
        ("庐山市", "360483", True),
        ("庐山市", "360402", False),
        ("星子县", "360483", True),
        ("星子县", "360402", False),
        ("白鹿镇", "360483", True),
        ("济源市", "410000", True),
        ("济源市", "419000", False),
        ("巴县", "500000", True),
    ],
)
def test_within(places, name, code, inside):
    assert any(places.within(place, code) for place in places.named(name)) is inside


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("江西", ["江西省"]),
        ("内蒙古", ["内蒙古自治区"]),
        ("九江", ["九江市"]),
        ("湘西", ["湘西土家族苗族自治州"]),
        ("京", ["北京市"]),
        ("赣", ["江西省"]),
        ("鼓楼", []),
        ("江西省", []),
    ],
)
def test_alias(places, text, names):
    assert [place.name for place in places.alias(text)] == names


def test_names_cover_counties_townships_and_history(places):
    names = set(places.names())
    assert {"庐山市", "牯岭镇", "星子县", "江西省"} <= names
    assert "原山市" not in names
    assert len(names) > 30_000


def test_rows_agree_with_one_another(places):
    for name in places.names():
        for place in places.named(name):
            chain = places.chain(place)
            assert chain[0].level == PROVINCE, place
            assert [above.level for above in chain] == sorted({above.level for above in chain}), place
            assert not place.successor or places.successor(place), place
            assert place.level != TOWNSHIP or not name.endswith(NEVER_A_TOWNSHIP), place


def test_townships_wait_until_they_are_needed():
    fresh = Gazetteer.load(home())
    fresh.named("庐山市")
    fresh.coded("360483")
    assert "_townships" not in vars(fresh)
    assert pickle.loads(pickle.dumps(fresh)).named("牯岭镇")


def test_a_bad_row_is_refused(tmp_path):
    for name in ("places.tsv", "place_history.tsv", "townships.tsv"):
        shutil.copy(home() / name, tmp_path)
    with (tmp_path / "townships.tsv").open("a", encoding="utf-8") as table:
        table.write("36048\t无名镇\t360483\n")
    with pytest.raises(DictionaryError, match="9 digits"):
        Gazetteer.load(tmp_path).named("牯岭镇")
