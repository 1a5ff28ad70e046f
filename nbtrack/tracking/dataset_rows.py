"""Which datasets have the runs that a filter is asked about?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbtrack.entities import DatasetInput
from nbtrack.frame import Row, Text
from nbtrack.query import Datasets
from nbtrack.stores import Store
from nbtrack.tracking.data import CONTEXT


def datasets(store: Store, rows: Sequence[Row]) -> Datasets:
    """The datasets of all `rows`. Each run is read once more, so ask only for a filter that speaks of datasets."""
    inputs = [store.run(row.run.info.run_id).inputs.dataset_inputs for row in rows]
    flat = [given for of_run in inputs for given in of_run]
    columns = {
        "dataset.name": Text.of(given.dataset.name for given in flat),
        "dataset.digest": Text.of(given.dataset.digest for given in flat),
        "dataset.context": Text.of(_context(given) for given in flat),
    }
    return Datasets(np.repeat(np.arange(len(rows)), [len(of_run) for of_run in inputs]), columns)


def _context(given: DatasetInput) -> str | None:
    return next((tag.value for tag in given.tags if tag.key == CONTEXT), None)
