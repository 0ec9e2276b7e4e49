"""Spark: a DataFrame of texts → a DataFrame of cleaned texts, records and errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jiaokan

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

COLUMNS = "id string, text string, record string, error string"


def cleaned(frame: DataFrame, **options: Any) -> DataFrame:  # noqa: ANN401 -- those of jiaokan.clean_frame
    """Return the frame, which has the columns id and text, cleaned; every executor needs jiaokan."""

    def batches(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for one in frames:
            yield jiaokan.clean_frame(one, **options)

    return frame.mapInPandas(batches, schema=COLUMNS)
