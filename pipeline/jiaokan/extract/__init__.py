"""Document → fields: the family, the region, labelled values, the indicator tree.

Families are data (dictionaries/families); the readers here are one for forms and one for letters.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from jiaokan.extract.family import recognise
from jiaokan.extract.page import Page
from jiaokan.extract.region import places, region
from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.knowledge.labels import Labels
from jiaokan.model import Document, Indicator

__all__ = ["extract", "region"]


def extract(document: Document, folder: Path | None = None, *, gazetteer: Gazetteer | None = None) -> Document:
    """Return the document with `family`, `region`, `fields` and `indicators` filled in; its text is read, never changed.

    `folder` holds the dictionaries; `gazetteer` saves reading it again. A document of no known family gets a region at
    most. Every span points into `original`.
    """
    folder = folder or home()
    labels = Labels.load(folder)
    family = recognise(document.text, Families.load(folder), labels)
    if family:
        page = Page(document, family)
        found: tuple[Indicator, ...] = ()
        if family.reader == "form":  # a reader is loaded when a document needs it: commands must start fast
            from jiaokan.extract.forms import Form

            form = Form(page, labels)
            form.read()
            found = tuple(form.indicators)
        else:
            from jiaokan.extract.letters import Letter

            Letter(page, labels).read()
        document = replace(document, family=family.name, fields=MappingProxyType(page.fields), indicators=found)
    return replace(document, region=region(document, gazetteer or places(folder)))
