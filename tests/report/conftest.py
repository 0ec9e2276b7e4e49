"""Runs to report on: texts cleaned into a folder, as the command line does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import jiaokan
from jiaokan.batch.local import Configuration, Failure
from jiaokan.batch.run import write_run

Cleaned = Callable[..., Path]


@pytest.fixture
def cleaned(tmp_path: Path) -> Cleaned:
    """Return a function that cleans texts, by document, into a run folder."""

    def build(texts: dict[str, str], failures: tuple[Failure, ...] = (), folder: str = "run") -> Path:
        documents = [replace(jiaokan.clean(text), id=name) for name, text in texts.items()]
        write_run(tmp_path / folder, [*documents, *failures], Configuration())
        return tmp_path / folder

    return build
