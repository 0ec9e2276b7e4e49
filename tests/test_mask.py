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


WITH_NAMES = [
    ("a comrade", "经与张宏岭同志沟通，李秀棠同志作了汇报。", "张宏岭 李秀棠"),
    ("before a telephone in brackets", "如有疑问请联系刘海岚（13800001234）。", "刘海岚"),
    ("before a telephone", "信访办 赵启桓 0797-0001234\n", "赵启桓"),
    ("behind a telephone", "电话：13800001234（穆弘屿），13900006605（雷横川）", "穆弘屿 雷横川"),
    ("with an agency before and 联系 behind", "请与县信访局王志岱联系，电话0797-0001234。", "王志岱"),
    ("a signature with a blank", "经办人 陈国樾\n复核人 何丽蘅\n", "陈国樾 何丽蘅"),
    ("signatures on a line", "编制：盛晓榆  审核：路 衡  批准：牛 垚\n", "盛晓榆 路衡 牛垚"),
    ("signed", "验收组成员签字：宣小赟、郝思榷、韩 滔\n签名：杨志铖\n", "宣小赟 郝思榷 韩滔 杨志铖"),
    ("before an identity number", "李卫桐（身份证号36048319800101001X）反映补偿问题。", "李卫桐"),
    ("before a sex and an age", "信访人孙玉蕙，女，汉族，住白云区张家港路8号。", "孙玉蕙"),
    ("fined", "被处罚人：周大岩，男，住王府井大街1号。", "周大岩"),
    ("of a firm", "法定代表人胡建榕，系该公司股东。", "胡建榕"),
    ("of two labels on a line", "法人代表：萧让之，授权代表：裴宣禾", "萧让之 裴宣禾"),
    ("padded, with 的 agency before", "出席：政府办 方志洺 财政局 江海洮 水利局 石 垒\n", "方志洺 江海洮 石垒"),
    (
        "lists below their label",
        "参加人员：\n方志洺　江海洮　石　垒\n柯晓蓁（办公室）　游　飏（财务股）\n会议内容：研究防汛。",
        "方志洺 江海洮 石垒 柯晓蓁 游飏",
    ),
    ("several offices in a sentence", "会议由县长陆文楙主持，副县长江晓芃、温国赓出席会议。", "陆文楙 江晓芃 温国赓"),
    ("leaders", "县领导鲁志泓、武二榕、董小棣参加会议。", "鲁志泓 武二榕 董小棣"),
    ("an office behind", "会议听取了李建桢副县长的汇报，王强樾局长作了补充。", "李建桢 王强樾"),
    (
        "offices in brackets behind",
        "成员：查文骥（县财政局局长）\n      尤小畅（县水利局局长）\n      解 昉（县教体局局长）\n",
        "查文骥 尤小畅 解昉",
    ),
    ("a verb of speech", "李建桢指出，要高度重视安全生产。", "李建桢"),
    ("experts below a heading", "五、评审专家（单一来源采购人员）名单\n罗志邈 宋佳祺（采购人代表） 邓小湧\n", "罗志邈 宋佳祺 邓小湧"),
    ("a column", "序号\t姓名\t性别\n1\t谭雨芃\t女\n2\t金 垚\t男\n", "谭雨芃 金垚"),
    ("a list made public", "低保对象名单公示如下：\n杨金榛　杨树林　邹　珧　汤小葭\n", "杨金榛 杨树林 邹珧 汤小葭"),
    ("gifts", "捐款名单 赖世樾500元 武晓晗300元 乔 垚200元", "赖世樾 武晓晗 乔垚"),
    ("the first of several", "关于魏长昕等3人信访事项的处理意见", "魏长昕"),
    ("a couple and a neighbour", "信访人魏长昕、钱桂蓁夫妇反映邻居崔大屿占用耕地。", "魏长昕 钱桂蓁 崔大屿"),
    ("a family", "户主廖福垠名下有房产，其妻顾春荇、其子廖岷已分户。", "廖福垠 顾春荇 廖岷"),
    ("of somebody", "石秀苒，女，系受害人杨雄玮之妻。", "石秀苒 杨雄玮"),
    ("dead and hurt", "死者牛铁桁（男，52岁，河南省人），伤者申屠淏已送医。", "牛铁桁 申屠淏"),
    ("whatever is called a person", "举报电话：12345，受理人：丛林烽、卜一鸿。", "丛林烽 卜一鸿"),
    ("a proxy", "授权代理人为聂小茜，手机号码：138 0000 1234。", "聂小茜"),
    ("parties", "原告：尹志枰，男。被告：江西远山公司，法定代表人：郝大樟，董事长。", "尹志枰 郝大樟"),
    ("a penalty", "关于给予戴宗屏警告处分的决定\n", "戴宗屏"),
    ("with numbers of persons", "贫困户梅长岫（5人）、萧景翯（3人）。", "梅长岫 萧景翯"),
    ("three of them", "抄表员陈达旻、杨春甡、郑天翥三人分片负责。", "陈达旻 杨春甡 郑天翥"),
    ("by their sound", "买合木提·吐尔逊同志、阿依古丽·卡德尔参加了培训。", "买合木提·吐尔逊 阿依古丽·卡德尔"),
    ("a doctor and a professor", "安道筌医生、皇甫竑教授到场指导。", "安道筌 皇甫竑"),
    ("a roster", "户主姓名\t家庭人口\n童 鋆\t3\n孟康甯\t2\n", "童鋆 孟康甯"),
    ("served", "受送达人：章小蕙\n送达人：易中澍、贾东煦\n签收人：章小蕙　2023年5月6日", "章小蕙 易中澍 贾东煦"),
    ("beside terms that bear a name", "学习贯彻习近平新时代中国特色社会主义思想，弘扬雷锋精神、焦裕禄精神。王志岱同志领学。", "王志岱"),
]


@pytest.mark.parametrize(("text", "names"), [row[1:] for row in WITH_NAMES], ids=[row[0] for row in WITH_NAMES])
def test_names_in_prose_lists_and_signatures(text: str, names: str) -> None:
    """Each name is gone from all that is told of the page, and nothing else of the text is hidden."""
    masked = jiaokan.clean(text, mask=True, apply="none")
    told = bare(json.dumps(jiaokan.to_record(masked), ensure_ascii=False))
    assert [name for name in names.split() if name in told] == []
    written = "|".join(r"\s*".join(map(re.escape, name)) for name in names.split())
    spans = [range(*match.span()) for match in re.finditer(written, text)]
    hidden = {place for place, (left, right) in enumerate(zip(text, masked.text, strict=True)) if right not in (left, "*")}
    assert hidden <= {place for span in spans for place in span}


NO_NAMES = [
    "各级各部门要高度重视，加强安全生产、周边环境整治，防范金融风险。张家港市、白云区、王府井商圈、马鞍山市、江山市、高安市。",
    "主任办公会研究，局长办公会议定，书记专题会议听取汇报，负责人签字，联系方式见附件。",
    "经办人应当核实，当事人有权陈述申辩，信访人可以申请复查，原告可以起诉，第三人有权参加。",
    "水利局 财政局 教育局 交通局\n安全 环保 消防 应急 防汛\n金额 单价 数量 小计 合计 备注\n",
    "高标准农田、马铃薯、白菜、黄瓜、金银花、石榴、龙虾、牛羊、鱼塘",
    "出席：县财政局、县水利局、各乡镇\n列席：县人大、县政协\n",
    "联系人：同上\n负责人：见附件\n记录：略\n审核意见：同意。\n",
    "责任单位\t责任人\t完成时限\n水利局\t相关负责人\t6月底\n",
    "联系人 电话 地址\n经办人 审核人 负责人\n",
    "李家坝、王家湾、张家村、刘家塘、陈家坪五个村民小组，王家坝水库、杨柳河、龙潭水电站。",
    "全会指出，常委会汇报，专班负责，应急局牵头，林长负责，平台通报。与当地联系，与周边联系，加强与金融机构联系。",
    "高级工程师、党支部书记、时任局长、原任县长、常务副县长、史志办主任、国税局局长、党总支书记、代理县长。",
    "妻子儿女，父亲母亲，儿子常年在外，女儿高中毕业，邻居双方，学生安全，给予高度评价，给予项目支持。",
    "党员应当带头，网格员巡查，护林员马上处置，驾驶员严禁酒后驾驶，住户安全，患者满意度，股东会议。",
    "中国·庐山、庐山·东林、江西·永修旅游节",
    "坚持马克思主义、毛泽东思想、邓小平理论，学习习近平总书记重要讲话。",
    "宁省内一家有资质的检测机构，（分户名单附卷），金 到 位 后 ， 我 局 将 于 法 定 期 限 内 支 付",
]


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_no_name_stays(text: str) -> None:
    assert mask(Document("case", text, text), load()).text == text


@pytest.mark.parametrize("name", ["clean-guangdong-raoping.tsv", "clean-jiangsu-binhai.txt", "shanghai-chongming-jiaotong.tsv"])
def test_prose_without_persons_stays(name: str) -> None:
    document = jiaokan.clean(SAMPLES / name)
    changed = {right for left, right in zip(document.text, mask(document, load()).text, strict=True) if left != right}
    assert changed <= {"*"}


def test_a_frame_is_masked_too() -> None:
    done = jiaokan.clean_frame(pd.DataFrame({"id": ["1"], "text": [f"联系人：{NAMES[0]}，电话：{PHONES[0]}\n"]}), mask=True)
    assert not leaks(done.to_csv())
