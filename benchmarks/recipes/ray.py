"""Ray: a dataset of texts → a dataset of cleaned texts, records and errors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jiaokan

if TYPE_CHECKING:
    from ray.data import Dataset

ROWS = 256  # at a time: some seconds of work


def cleaned(dataset: Dataset, **options: Any) -> Dataset:  # noqa: ANN401 -- those of jiaokan.clean_frame
    """Return the dataset, which has the columns id and text, cleaned; every node needs jiaokan."""
    return dataset.map_batches(partial(jiaokan.clean_frame, **options), batch_format="pandas", batch_size=ROWS)
