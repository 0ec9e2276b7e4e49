"""A cluster that a document ends the workers of: in a module, for the workers to import."""

from __future__ import annotations

import os
from dataclasses import dataclass

from jiaokan.batch.cluster import Cluster
from jiaokan.batch.one import Failure, Kept
from jiaokan.read.sources import Source


@dataclass(frozen=True)
class Deadly(Cluster):
    """A cluster whose workers do not outlive some documents."""

    def keep(self, source: Source) -> Kept | Failure:
        """End the worker if the document is one of those."""
        if source.id.startswith("deadly"):
            os._exit(9)
        return super().keep(source)
