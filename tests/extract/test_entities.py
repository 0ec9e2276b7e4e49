import pickle
import subprocess
import sys

import jsonschema
import pytest

spacy = pytest.importorskip("spacy")

from spacy.tokens import DocBin  # noqa: E402

import jiaokan  # noqa: E402
from jiaokan.extract.entities import Component, Reader, entities, to_docbin  # noqa: E402
from jiaokan.knowledge import home  # noqa: E402
from jiaokan.model import Document  # noqa: E402

TEXT = "根据《中华人民共和国森林法》和靖林字[2023]9号，原星子县与庐山市信访局2023年9月1日安排经费3.5万元。"


def test_entities():
    found = {(entity.type, entity.text): entity for entity in entities(Document("case", TEXT, TEXT))}
    assert found["LAW", "《中华人民共和国森林法》"].normalised == "中华人民共和国森林法"
    assert found["DOCUMENT_NUMBER", "靖林字[2023]9号"].normalised == "靖林字〔2023〕9号"
    assert (found["PLACE", "星子县"].normalised, found["PLACE", "星子县"].now) == ("360427", "360483")
    assert ("AGENCY", "庐山市信访局") in found
    assert found["DATE", "2023年9月1日"].normalised == "2023-09-01"
    assert found["MONEY", "3.5万元"].normalised == "35000元"
    assert all(TEXT[entity.span.start : entity.span.end] == text for (_, text), entity in found.items())


def test_doc_keeps_the_text():
    doc = Reader.load(home()).document(TEXT)
    assert doc.text == TEXT
    assert {span.label_ for span in doc.ents} >= {"LAW", "DATE", "MONEY", "AGENCY"}


def test_the_component_pickles():
    assert pickle.loads(pickle.dumps(Component(apply="none"))).apply == "none"


def of(text, kind):
    return [(entity.text, entity.normalised) for entity in jiaokan.clean(text).entities if entity.type == kind]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("原星子县并入。", "PLACE", [("星子县", "360427")]),
        ("江西省九江市庐山市蓼南乡", "PLACE", [("江西省", "360000"), ("九江市", "360400"), ("庐山市", "360483"), ("蓼南乡", "360483200")]),
        ("鼓楼区", "PLACE", []),  # there are four
        ("江苏省南京市鼓楼区", "PLACE", [("江苏省", "320000"), ("南京市", "320100"), ("鼓楼区", "320106")]),
        ("莘县农业农村局\n莘县人民政府", "PLACE", [("莘县", "371522"), ("莘县", "371522")]),
        ("文件由县政府和县财政局印发", "PLACE", []),
        ("沿江西路9号", "PLACE", []),
        ("鄱阳湖南岸", "PLACE", []),
        ("由庐山市林业部门牵头", "AGENCY", []),
        ("报送庐山市信访局。", "AGENCY", [("庐山市信访局", "庐山市信访局")]),
        ("为农民专业合作社法人", "LAW", []),
        ("根据《信访工作条例》", "LAW", [("《信访工作条例》", "信访工作条例")]),
        ("（竹）应急罚〔2023〕14号", "DOCUMENT_NUMBER", [("（竹）应急罚〔2023〕14号", "（竹）应急罚〔2023〕14号")]),
        ("根据九办发〔2009〕8号文件", "DOCUMENT_NUMBER", [("九办发〔2009〕8号", "九办发〔2009〕8号")]),
        ("9月1日前完成", "DATE", [("9月1日", "--09-01")]),
        ("投资(万元)", "MONEY", []),
        ("信用代码91340104MA2TEN604K。", "CREDIT_CODE", [("91340104MA2TEN604K", "91340104MA2TEN604K")]),
        ("身份证号36048319800101001X", "IDENTITY", [("36048319800101001X", "36048319800101001X")]),
        ("项目编号：JXCG-CS-2023-031", "CODE", [("JXCG-CS-2023-031", "JXCG-CS-2023-031")]),
    ],
)
def test_what_is_found(text, kind, found):
    assert of(text, kind) == found


def test_places_point_into_the_original():
    document = jiaokan.clean("进一步加强组 织领导，原星子县安排经费3.5万元。\n")
    assert document.text != document.original
    assert document.entities
    assert all(document.original[entity.span.start : entity.span.end].replace(" ", "") == entity.text for entity in document.entities)


def test_a_docbin_keeps_text_entities_and_codes(tmp_path):
    document = jiaokan.clean("进一步加强组 织领导，原星子县安排经费3.5万元。\n")
    to_docbin([document]).to_disk(tmp_path / "pages.spacy")
    (doc,) = DocBin().from_disk(tmp_path / "pages.spacy").get_docs(spacy.blank("zh").vocab)
    assert doc.text == document.text
    assert {(entity.text, entity.label_, entity.kb_id_) for entity in doc.ents} >= {("星子县", "PLACE", "360427"), ("3.5万元", "MONEY", "")}


def test_entities_need_no_spacy():
    code = "import sys, jiaokan; assert jiaokan.clean('庐山市').entities; assert not {'spacy', 'jieba'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_record_s_entities_fit_its_schema():
    record = jiaokan.to_record(jiaokan.clean(TEXT))
    jsonschema.validate(record, jiaokan.schema())
    assert {"PLACE", "DATE", "MONEY", "LAW", "AGENCY"} <= {entity["type"] for entity in record["entities"]}
