"""What a family's file says of running text: called, within and phrases, and how faults in them are told."""


import pytest

from jiaokan.errors import DictionaryError

SMALL = """
name = "函"
tags = ["gongwen"]
reader = "letter"
[recognise]
titles = ["函$"]
not_titles = []
labels = 3
[[sections]]
label = "公文"
fields = ["发文字号", "决定机关", "决定日期"]
[types]
date = ["决定日期"]
[required]
fields = ["发文字号"]
[called]
"发文机关署名" = "决定机关"
[within]
"决定机关" = '^[^（(]+'
[[phrases]]
field = "决定日期"
inside = ['({日期})决定', '决定于({日期})']
opens = ['如下：$']
every = true
[[phrases]]
field = "决定机关"
inside = ['由({机关})决定']
"""


def test_phrases_stand_in_the_order_of_the_fields_with_their_parts_filled_in(load, tmp_path):
    family = load(tmp_path, SMALL).by_name["函"]
    assert [(phrase.field, phrase.every) for phrase in family.phrases] == [("决定机关", False), ("决定日期", True)]
    assert family.phrases[1].inside[0].search("局里于2023年5月8日决定拆除")[1] == "2023年5月8日"
    assert family.phrases[0].inside[0].search("由县林业局决定")[1] == "县林业局"
    assert family.called["发文机关署名"] == "决定机关"
    assert family.within["决定机关"].search("林业局（盖章）")[0] == "林业局"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("opens =", "open =", "phrases.1.open: unknown key"),
        ('field = "决定日期"', 'field = "决定日"', "phrases.1.field: no such label: 决定日"),
        ('field = "决定机关"', 'field = "决定日期"', "phrases.2.field: 决定日期 has phrases twice"),
        ("({日期})决定", "({日子})决定", "phrases.1.inside: no such part: {日子}"),
        ("({日期})决定", "{日期}决定", "phrases.1.inside: 0 groups"),
        ("({日期})决定", "({日期}决定", "phrases.1.inside: not a regular expression"),
        ("如下：$", "(如下)：$", "phrases.1.opens: 1 groups"),
        ("every = true", 'every = "true"', "phrases.1.every: no bool"),
        ("inside = ['由({机关})决定']", "inside = []", "phrases.2: a phrase without a pattern"),
        ("inside = ['由({机关})决定']", "inside = '由'", "phrases.2.inside: no list"),
        ('"发文机关署名" = "决定机关"', '"署名" = "决定机关"', "called.署名: no such element: 署名"),
        ('"发文机关署名" = "决定机关"', '"发文机关署名" = "机关"', "called.发文机关署名: no such label: 机关"),
        ("\"决定机关\" = '^[^（(]+'", "\"机关\" = '^[^（(]+'", "within.机关: no such label: 机关"),
        ("\"决定机关\" = '^[^（(]+'", "\"决定机关\" = '[^（(+'", "within.决定机关: not a regular expression"),
        ("\"决定机关\" = '^[^（(]+'", '"决定机关" = 3', "within.决定机关: not a string"),
        ("\"决定机关\" = '^[^（(]+'", "\"决定机关\" = '(a)(b)'", "within.决定机关: 2 groups"),
        ("[called]", "[callled]", "callled: unknown key"),
        ("[within]\n\"决定机关\" = '^[^（(]+'", "[[within]]", "within: no dict"),
    ],
)
def test_a_bad_file_is_told_by_file_key_and_remedy(load, tmp_path, old, new, where):
    assert old in SMALL
    with pytest.raises(DictionaryError) as error:
        load(tmp_path, SMALL.replace(old, new, 1))
    assert "small.toml" in str(error.value)
    assert where in str(error.value)
    assert "fix:" in str(error.value)


def test_phrases_that_are_no_tables(load, tmp_path):
    with pytest.raises(DictionaryError, match=r"phrases\.1: no table here"):
        load(tmp_path, 'phrases = ["收悉"]\n' + SMALL[: SMALL.index("[[phrases]]")])
