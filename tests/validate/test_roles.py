"""Rules of a family's file: roles that are fields, numbers, regular expressions."""

import shutil

import pytest

from jiaokan.errors import DictionaryError
from jiaokan.knowledge import home
from jiaokan.knowledge.families import LITERAL_ROLES, OPTIONAL_ROLES, RULES, Families
from jiaokan.report import words
from jiaokan.validate import EVERYWHERE
from jiaokan.validate import RULES as MODULES


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("days = 15", 'days = "15"', "days is not of its kind"),
        ("days = 15", "days = true", "days is not of its kind"),
        ("days = 15\n", "", "deadline lacks days"),
        ("days = 15", "days = 15\nhours = 1", "deadline has no hours"),
        ('extension = "', 'extension = "(', "not a regular expression"),
        ('words = ["(?P<', 'words = [7, "(?P<', "words is not of its kind"),
        ('start = "收到日期"\nend = "受理日期"\ndays', 'start = "收文日期"\nend = "受理日期"\ndays', "no such label: 收文日期"),
        ('rule = "deadline"', 'rule = "dead_line"', "unknown rule dead_line"),
    ],
)
def test_a_wrong_role_is_named(tmp_path, old, new, message):
    shutil.copy(home() / "labels.tsv", tmp_path)
    (tmp_path / "families").mkdir()
    text = (home() / "families/petition.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "families/petition.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DictionaryError) as caught:
        Families.load(tmp_path)
    assert message in str(caught.value)
    assert "petition.toml: rules." in str(caught.value)
    assert "fix:" in str(caught.value)


def test_roles_are_read():
    family = Families.load(home()).by_name["信访答复意见书"]
    deadline = next(rule for rule in family.rules if rule.name == "deadline" and rule.one("extended"))
    assert (deadline.one("start"), deadline.one("days"), deadline.one("extended")) == ("受理日期", "60", "90")


def test_every_rule_has_roles_a_module_and_a_chinese_name():
    assert set(RULES) | {"required_fields"} == set(MODULES) == set(words.TEST)
    assert set(OPTIONAL_ROLES) <= set(RULES)
    assert set(EVERYWHERE) <= set(RULES)
    taken = {role for roles in (*RULES.values(), *OPTIONAL_ROLES.values()) for role in roles}
    assert set(LITERAL_ROLES) <= taken


def test_every_family_has_rules():
    assert all(family.rules for family in Families.load(home()).by_name.values())
