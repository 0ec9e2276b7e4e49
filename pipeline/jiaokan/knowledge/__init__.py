"""What jiaokan knows: dictionaries and models, read once and shared."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def home() -> Path:
    """Return the dictionaries' folder: inside an installed wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "dictionaries"
    return installed if installed.is_dir() else package.parent.parent / "dictionaries"
