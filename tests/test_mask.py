"""--mask: nothing that is planted is found in anything written, and every place still points where it did."""

from __future__ import annotations

import html
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokan
from jiaokan.edits import apply
from jiaokan.knowledge.load import load
from jiaokan.mask import mask
from jiaokan.model import Document

SAMPLES = Path(__file__).resolve().parent.parent / "corpus" / "samples"
# All invented.
NAMES = ["储沐溪", "阎慎之", "司徒韶夏", "夏侯勇", "仝昉", "龙珏", "张三丰", "张建国", "郗景霁", "王守拙", "阿依古丽·买买提", "郜婕"]
PHONES = ["13800001234", "13900006605", "0797-0001234", "400-000-1234", "023-00065182"]
IDENTITIES = ["360483198001010010", "36048319750230123X"]
FORM = """项目支出绩效目标表
（2023年度）
项目名称\t山塘清淤经费
项目编码\t360483238888030000231
项目负责人\t{0}\t联系人\t{1}
联系电话\t{p}\t身份证号\t{i}
项目总金额\t17.6万元
年度绩效目标\t由{0}同志牵头，完成山塘清淤；{1}（{p}）负责 资金支付。
"""
LETTER = """庐山市信访局文件
庐信字〔2023〕9号　　　　签发人：{0}
关于{1}信访事项的答复意见
{1}：
你于2023年9月1日反映的问题收悉，经办人{2}已与你电话联系（{q}）。公民身份号码：{i}。
经查，{1}同志反映属实。进一步加强组 织领导，由{0}负责。
庐山市信访局
2023年9月20日
（联系人：{2}，电话：{p}）
"""
MINUTES = """会议纪要
时间：2023年9月1日
主持人：{0}
出席：{a}　{1}　{b}　{2}
列席：县财政局局长{3}，县水利局：{4}
记录：{5}
会议听取了{3}的汇报。{0}指出，要落实责 任。
手机：{s}
"""
ROSTER = "姓名\t职务\t手机\n{0}\t组长\t{p}\n{1}\t副组长\t{q}\n{2}\t成员\t{p}\n"
ADDRESSED = "{0}同志：您反映的问题已收悉。\n"
TEMPLATES = [FORM, LETTER, MINUTES, ROSTER, ADDRESSED]


def spaced(name: str) -> str:
    return "　".join(name) if len(name) == 2 else name


def page(chance: random.Random) -> str:
    """Return a page with names and numbers planted, some as engines and typists set them."""
    names = chance.sample(NAMES, 6)
    p, q = chance.sample(PHONES, 2)
    split = f"{PHONES[0][:3]} {PHONES[0][3:7]} {PHONES[0][7:]}"
    text = chance.choice(TEMPLATES).format(*names, a="仝　昉", b="龙 珏", p=p, q=q, s=split, i=chance.choice(IDENTITIES))
    return text if chance.random() < 0.7 else text.replace("。", "。\n")


def bare(text: str) -> str:
    """Return what a text shows: without tags, blanks, the frames of tables and the escapes of HTML."""
    return re.sub(r"[\s│┃|—-]", "", html.unescape(re.sub(r"<[^>]*>", "", text)))


SECRETS = [bare(secret) for secret in NAMES + PHONES + IDENTITIES]


def leaks(text: str) -> list[str]:
    """Return the secrets that a text shows; what reads it next may read its JSON escapes."""
    shown = bare(text)
    return [secret for secret in SECRETS if secret in shown or json.dumps(secret)[1:-1] in text]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "jiaokan", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=600, env=os.environ | {"COLUMNS": "200"})


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pages, their numbers in some file names too, and of files that cannot be read."""
    folder = tmp_path_factory.mktemp("mask") / "in"
    folder.mkdir()
    chance = random.Random(412)
    for number in range(16):
        (folder / f"page{number}.txt").write_text(page(chance), encoding="utf-8")
    (folder / f"{NAMES[0]} {PHONES[0]}.txt").write_text(
        LETTER.format(*NAMES[:3], p=PHONES[0], q=PHONES[2], i=IDENTITIES[0]), encoding="utf-8"
    )
    (folder / f"{NAMES[6]}.txt").write_text(f"联系人：{NAMES[6]}\n", encoding="utf-8")
    (folder / f"{NAMES[7]}.txt").write_text(f"联系人：{NAMES[7]}\n", encoding="utf-8")
    (folder / f"{PHONES[1]}.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / f"{PHONES[1]}.xlsx").write_bytes(b"PK\x03\x04")
    return folder


@pytest.fixture(scope="module")
def finished(scans: Path) -> Path:
    done = run("clean", scans, "-o", scans.parent / "run", "--mask", "--apply", "likely")
    assert not leaks((done.stdout + done.stderr).decode())
    return scans.parent / "run"


def test_the_pages_hold_what_must_not_leak(scans: Path) -> None:
    """Without this the tests below would prove nothing."""
    seen = {
        secret
        for path in scans.iterdir()
        if path.suffix == ".txt" and path.stem != PHONES[1]
        for secret in leaks(path.read_text(encoding="utf-8"))
    }
    assert seen == set(SECRETS)


def test_no_byte_of_a_run_shows_a_secret(finished: Path) -> None:
    paths = [path for path in finished.rglob("*") if path.is_file()]
    assert len(paths) > 50
    for path in paths:
        assert not leaks(str(path.relative_to(finished))), path
        content = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_bytes().decode("utf-8-sig")
        assert not leaks(content), path


def test_every_document_of_a_run_is_there(finished: Path, scans: Path) -> None:
    """Two files whose names are masked alike are still two."""
    assert len(list((finished / "text").iterdir())) == len(list(scans.glob("*.txt"))) - 1
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["masked"] is True
    assert (manifest["failures"], len(manifest["passed_over"])) == (1, 1)


@pytest.mark.parametrize("command", [["clean", "--json"], ["check"], ["extract"]], ids=" ".join)
def test_standard_output_shows_none(scans: Path, command: list[str]) -> None:
    done = run(*command, scans, "--mask")
    assert len(done.stdout) > 1000
    assert not leaks((done.stdout + done.stderr).decode())


@pytest.mark.parametrize("option", ["--diff", "--json", "--apply=none", "--apply=likely"])
def test_one_page_shows_none(scans: Path, option: str) -> None:
    done = run("clean", scans / f"{NAMES[0]} {PHONES[0]}.txt", "--mask", option)
    assert done.stdout
    assert not leaks((done.stdout + done.stderr).decode())


def test_an_unforeseen_failure_quotes_nothing() -> None:
    from jiaokan.batch.one import Configuration, failure
    from jiaokan.read.sources import Source

    failed = failure(Source(PHONES[1], f"in/{PHONES[1]}.txt"), "ValueError", f"bad {PHONES[0]}", "", Configuration(mask=True))
    assert not leaks(json.dumps(failed.row(), ensure_ascii=False))


@settings(max_examples=40)
@given(st.randoms(use_true_random=False), st.sampled_from(["none", "certain", "likely"]))
def test_places_stay_and_nothing_leaks(chance: random.Random, level: str) -> None:
    text = "".join(page(chance) for _ in range(chance.randint(1, 3)))
    plain, masked = jiaokan.clean(text, apply=level), jiaokan.clean(text, apply=level, mask=True)
    assert not leaks(json.dumps(jiaokan.to_record(masked), ensure_ascii=False))
    assert (len(masked.original), len(masked.text)) == (len(plain.original), len(plain.text))
    assert apply(masked.original, masked.applied) == masked.text
    assert [edit.span for edit in masked.edits] == [edit.span for edit in plain.edits]
    for edit in masked.edits:
        assert masked.original[edit.span.start : edit.span.end] == edit.before
    for field in masked.fields.values():
        assert masked.original[field.span.start : field.span.end] == field.raw
    assert [entity.span for entity in masked.entities] == [entity.span for entity in plain.entities]
    assert masked.masked
    assert not plain.masked


MASKED = [
    ("a name keeps its surname", "联系人：张三丰", "联系人：张某某"),
    ("of two characters", "联系人：张三", "联系人：张某"),
    ("of a double surname", "联系人：司徒韶夏", "联系人：司徒某某"),
    ("padded", "主持人：仝 昉\n", "主持人：仝 某\n"),
    ("two persons alike are numbered", "出席：张三丰、张建国、李明远\n", "出席：张某①、张某②、李某某\n"),
    ("behind a label without its colon", "经查，联系人王秀兰，电话13800001234。", "经查，联系人王某某，电话1**********。"),
    ("no name behind a label", "由联系人安全员，负责。", "由联系人安全员，负责。"),
    ("one person is one mask", "联系人：张三丰\n张三丰到场，张三丰离场。\n", "联系人：张某某\n张某某到场，张某某离场。\n"),
    ("beside one masked already", "联系人：张三丰\n张某某未到。\n", "联系人：张某①\n张某某未到。\n"),
    ("an office before", "出席：副县长杨牧之、局长李明远\n", "出席：副县长杨某某、局长李某某\n"),
    ("a form of address behind", "经与张建国同志联系\n", "经与张某某同志联系\n"),
    ("a mobile telephone", "电话13800001234", "电话1**********"),
    ("split", "138 0000 1234", "1** **** ****"),
    ("full-width", "１３８００００１２３４", "１**********"),
    ("a landline", "0797-0001234", "0***-*******"),
    ("a damaged number behind its label", "联系电话：1380000123", "联系电话：1*********"),
    ("an identity number", "36048319800101001X", "3*****************"),
    ("masked already", "张某某，138****1234，130726195502******", "张某某，138****1234，130726195502******"),
    ("amounts, codes and years stay", "13800001234元，360483238888030000231，2023年", "13800001234元，360483238888030000231，2023年"),
    ("agencies are no persons", "出席：财政局、水利局、教育局\n", "出席：财政局、水利局、教育局\n"),
    ("villages are no persons", "涉及张家沟、李家湾、王家坪、赵家河等村\n", "涉及张家沟、李家湾、王家坪、赵家河等村\n"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in MASKED], ids=[row[0] for row in MASKED])
def test_what_a_mask_looks_like(text: str, expected: str) -> None:
    assert mask(Document("case", text, text), load()).text == expected


@pytest.mark.parametrize("name", ["clean-guangdong-raoping.tsv", "clean-jiangsu-binhai.txt", "shanghai-chongming-jiaotong.tsv"])
def test_prose_without_persons_stays(name: str) -> None:
    document = jiaokan.clean(SAMPLES / name)
    changed = {right for left, right in zip(document.text, mask(document, load()).text, strict=True) if left != right}
    assert changed <= {"*"}


def test_a_frame_is_masked_too() -> None:
    done = jiaokan.clean_frame(pd.DataFrame({"id": ["1"], "text": [f"联系人：{NAMES[0]}，电话：{PHONES[0]}\n"]}), mask=True)
    assert not leaks(done.to_csv())
