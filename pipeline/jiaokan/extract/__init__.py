"""Document → fields: the family, the region, labelled values, the indicator tree.

Families are data (dictionaries/families); the readers here are one for forms, one for letters and notices, and one for pages
of no known family.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from jiaokan.extract.family import recognise
from jiaokan.extract.page import Page
from jiaokan.extract.region import places, region
from jiaokan.knowledge import home
from jiaokan.knowledge.families import UNKNOWN, Families
from jiaokan.knowledge.gazetteer import Gazetteer
from jiaokan.knowledge.labels import Labels
from jiaokan.model import Document, Indicator

__all__ = ["extract", "region"]


def extract(document: Document, folder: Path | None = None, *, gazetteer: Gazetteer | None = None) -> Document:
    """Return the document with `family`, `region`, `fields` and `indicators` filled in; its text is read, never changed.

    `folder` holds the dictionaries; `gazetteer` saves reading it again. A document of no known family gets the pairs of
    label and value it shows, and a region. Every span points into `original`.
    """
    folder = folder or home()
    labels = Labels.load(folder)
    recognised = recognise(document.text, Families.load(folder), labels)
    page = Page(document, recognised.family if recognised else UNKNOWN)
    found: tuple[Indicator, ...] = ()
    if not recognised:  # a reader is loaded when a document needs it: commands must start fast
        from jiaokan.extract.pairs import read

        read(page, labels, Families.load(folder))
    elif page.family.reader == "form":
        from jiaokan.extract.forms import Form

        form = Form(page, labels)
        form.read()
        found = tuple(form.indicators)
    else:
        from jiaokan.extract.letters import Letter

        Letter(page, labels).read()
    document = replace(
        document,
        family=page.family.name,
        family_confidence=recognised.confidence if recognised else 0.0,
        fields=MappingProxyType(page.fields),
        indicators=found,
    )
    return replace(document, region=region(document, gazetteer or places(folder)))
