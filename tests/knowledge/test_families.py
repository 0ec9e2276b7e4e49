
import pytest

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.families import RULES
from jiaokan.validate import RULES as JUDGED

SMALL = """
name = "收据"
tags = ["perf"]
reader = "form"
[recognise]
titles = ["收据"]
not_titles = []
labels = 3
[[sections]]
label = "基本信息"
fields = ["项目名称", "联系电话"]
[types]
phone = ["联系电话"]
[required]
fields = ["项目名称"]
[[rules]]
rule = "phone"
phone = "联系电话"
"""


def test_a_new_family_needs_no_code(load, tmp_path):
    family = load(tmp_path, SMALL).by_name["收据"]
    assert family.fields == ("项目名称", "联系电话")
    assert family.rules[0].one("phone") == "联系电话"


def test_every_rule_named_in_families_is_written():
    assert JUDGED.keys() - {"required_fields"} == RULES.keys()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("reader =", "raeder =", "raeder: unknown key"),
        ('reader = "form"', 'reader = "poem"', "reader: unknown reader poem"),
        ('"联系电话"]\n[types]', '"项目名称"]\n[types]', "sections.1.fields: 项目名称 stands twice"),
        ('"联系电话"]\n[types]', '"联系电活"]\n[types]', "sections.1.fields: no such label: 联系电活"),
        ('phone = "联系电话"', 'phone = "联系人"', "rules.1.phone: no such label: 联系人"),
        ('rule = "phone"', 'rule = "phones"', "rules.1: unknown rule phones"),
        ('\nphone = "联系电话"', "", "rules.1: phone lacks phone"),
        ('phone = "联系电话"', 'phone = "联系电话"\nmobile = "联系电话"', "rules.1.mobile: phone has no mobile"),
        ("phone = [", "fone = [", "types.fone: unknown key"),
        ('titles = ["收据"]', 'titles = ["("]', "recognise.titles: not a regular expression"),
        ("labels = 3", 'labels = "3"', "recognise.labels: no int"),
        ("[recognise]", "[recognise", "not TOML"),
    ],
)
def test_a_bad_file_is_told_by_file_key_and_remedy(load, tmp_path, old, new, where):
    assert old in SMALL
    with pytest.raises(DictionaryError) as error:
        load(tmp_path, SMALL.replace(old, new, 1))
    assert "small.toml" in str(error.value)
    assert where in str(error.value)
    assert "fix:" in str(error.value)
