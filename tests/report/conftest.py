"""Runs to report on: texts cleaned into a folder by the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from jiaokan.cli import main

Cleaned = Callable[..., Path]


@pytest.fixture
def cleaned(tmp_path: Path) -> Cleaned:
    """Return a function that cleans texts, by document, into a run folder; the `empty` files among them fail."""

    def build(texts: dict[str, str], empty: Iterable[str] = (), *options: str, folder: str = "run") -> Path:
        inputs = tmp_path / "texts"  # the same place for all runs of a test: their records name it
        shutil.rmtree(inputs, ignore_errors=True)
        inputs.mkdir()
        for name, text in [*((f"{name}.txt", text) for name, text in texts.items()), *((name, "") for name in empty)]:
            inputs.joinpath(name).write_text(text, encoding="utf-8", newline="")
        assert main(["clean", str(inputs), "-o", str(tmp_path / folder), *options]) == (1 if empty else 0)
        return tmp_path / folder

    return build
