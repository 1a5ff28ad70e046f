"""How does a filter ask about the datasets of a run, of which there may be many?

By a frame in which a run has one row for each of its datasets: a run is found when any of them is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nbtrack.entities import DatasetInput
from nbtrack.frame import I64, Column, Frame, Row, Text
from nbtrack.stores import Store
from nbtrack.tracking.data import CONTEXT


def spread(store: Store, rows: Sequence[Row], frame: Frame, filter_string: str) -> tuple[Frame, I64]:
    """The frame to ask, and the number in `rows` of each of its rows.

    It is `frame` itself unless the filter speaks of datasets, because then each run has to be read once more.
    """
    if "dataset" not in filter_string.lower():
        return frame, np.arange(len(rows))
    inputs = [store.run(row.run.info.run_id).inputs.dataset_inputs or (None,) for row in rows]
    origin = np.repeat(np.arange(len(rows)), [len(of_run) for of_run in inputs])
    flat = [given for of_run in inputs for given in of_run]
    columns: dict[str, Column] = {
        "dataset.name": Text.of(given.dataset.name if given else None for given in flat),
        "dataset.digest": Text.of(given.dataset.digest if given else None for given in flat),
        "dataset.context": Text.of(_context(given) for given in flat),
    }
    return Frame({**frame.take(origin).columns, **columns}, len(flat)), origin


def _context(given: DatasetInput | None) -> str | None:
    return next((tag.value for tag in given.tags if tag.key == CONTEXT), None) if given else None
