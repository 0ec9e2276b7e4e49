"""What the tests of families share."""

import shutil

import pytest

from jiaokan.knowledge import home
from jiaokan.knowledge.families import Families


@pytest.fixture
def load():
    """Return a function that reads a family's text, as the one family of a folder with our labels."""

    def read(folder, text):
        (folder / "families").mkdir()
        shutil.copy(home() / "labels.tsv", folder)
        (folder / "families" / "small.toml").write_text(text, encoding="utf-8")
        return Families.load(folder)

    return read
