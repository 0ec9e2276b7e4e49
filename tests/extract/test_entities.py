import pickle

import pytest

spacy = pytest.importorskip("spacy")

from jiaokan.extract.entities import Component, Reader, entities  # noqa: E402
from jiaokan.knowledge import home  # noqa: E402
from jiaokan.model import Document  # noqa: E402

TEXT = "根据《中华人民共和国森林法》和靖林字[2023]9号，原星子县与庐山市信访局2023年9月1日安排经费3.5万元。"


def test_entities():
    found = {(entity.type, entity.text): entity for entity in entities(Document("case", TEXT, TEXT))}
    assert found["LAW", "《中华人民共和国森林法》"].normalised == "中华人民共和国森林法"
    assert found["DOCUMENT_NUMBER", "靖林字[2023]9号"].normalised == "靖林字〔2023〕9号"
    assert found["PLACE", "星子县"].normalised == "360483"
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
