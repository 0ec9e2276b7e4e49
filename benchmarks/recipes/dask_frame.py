"""Dask: a folder of Parquet files with texts → one with cleaned texts, records and errors, file by file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jiaokan


def cleaned(given: Path, made: Path, **options: Any) -> list[Path]:  # noqa: ANN401 -- those of jiaokan.clean_frame
    """Clean each file of a folder, with the columns id and text, into a file of the same name; return these. Workers share the folders."""
    import dask

    made.mkdir(parents=True, exist_ok=True)
    tasks = [dask.delayed(_file)(path, made / path.name, options) for path in sorted(given.glob("*.parquet"))]
    return list(dask.compute(*tasks))


def _file(given: Path, made: Path, options: dict[str, Any]) -> Path:
    import pandas as pd

    jiaokan.clean_frame(pd.read_parquet(given, columns=["id", "text"]), **options).to_parquet(made)
    return made
