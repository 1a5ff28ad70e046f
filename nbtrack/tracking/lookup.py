"""Which runs, experiments, points and tables of a store match a question?"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from time import time_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from nbtrack.entities import Experiment, LifecycleStage, Metric, Run, ViewType
from nbtrack.errors import InvalidValueError, NbtrackWarning, NotFoundError
from nbtrack.frame import I64, Bool, Frame, Row, Text, frame_of
from nbtrack.query import Key, hints, parse, parse_key, pointing, select
from nbtrack.query.tree import BARE, columns_in
from nbtrack.stores import Snapshot, Store
from nbtrack.stores.base import Narrowing, Question
from nbtrack.tracking import dataset_rows, experiment_query, run_table, tables
from nbtrack.tracking.paging import PagedList, bounds, page

if TYPE_CHECKING:
    import pandas as pd

MANY = 2**62  # more runs than any store has


def check_order(order_by: Sequence[str] | None) -> None:
    if isinstance(order_by, str):
        raise InvalidValueError(f"order_by is the text '{order_by}'. Pass a list: ['{order_by}'].")


@dataclass(frozen=True, slots=True)
class Ordered:
    """Runs of a store, and the numbers of those that match, in order. `skipped` more came before and were not read.
    `hints` say what the filter may have meant instead."""

    held: Snapshot
    order: I64
    skipped: int = 0
    hints: Sequence[str] = ()

    def part(self, start: int, end: int) -> I64:
        return self.order[max(start - self.skipped, 0) : max(end - self.skipped, 0)]


def ordered(
    store: Store,
    experiment_ids: Sequence[str],
    filter_string: str | None,
    view: int,
    order_by: Sequence[str],
    *,
    start: int = 0,
    end: int | None = None,
) -> Ordered:
    """As `matching`; what the filter may have meant instead is told in a warning."""
    found = matching(store, experiment_ids, filter_string, view, order_by, start=start, end=end)
    for hint in found.hints:
        warnings.warn(hint, NbtrackWarning, stacklevel=3)
    return found


def matching(
    store: Store,
    experiment_ids: Sequence[str],
    filter_string: str | None,
    view: int,
    order_by: Sequence[str],
    *,
    start: int = 0,
    end: int | None = None,
) -> Ordered:
    """The runs of these experiments that match, at least those from number `start` to `end`, and one behind it.

    Unknown experiments have no runs. The frame of a snapshot stays the same while no run changes, so the filter goes
    over all its rows, those that the view leaves out too, and what `query` worked out for it serves the next question.
    """
    ids = list(dict.fromkeys(map(str, experiment_ids)))
    text, now, skipped = filter_string or "", float(time_ns() // 1_000_000), 0
    if isinstance(store, Narrowing) and ids:
        with pointing(text):
            wanted = parse(text)
        keys = [_key(clause) for clause in order_by]
        question = Question(wanted, keys, ViewType(view), now, start, end)
        if any(column.family == BARE for column in (*columns_in(wanted), *(key.column for key in keys))):
            question = Question(view=ViewType(view), now=now)  # what a bare name means all runs together say
        held, skipped = store.narrowed(ids, question)
    else:
        held = store.snapshot(ids) if ids else Snapshot((), ())
    frame = held.frame()
    order = select(
        frame,
        text,
        order_by,
        now=now,
        history=store.history,
        datasets=lambda: dataset_rows.datasets(store, held.rows),
    )
    meant = hints(text, _some(store, ids) if text and not len(frame) else frame)
    return Ordered(held, order[_shown(frame, ViewType(view))[order]], skipped, meant)


def _key(clause: str) -> Key:
    with pointing(clause):
        return parse_key(clause)


def _some(store: Store, ids: Sequence[str]) -> Frame:
    """Runs that tell which columns there are, where a store has left all of them away."""
    if not isinstance(store, Narrowing) or not ids:
        return frame_of(())
    return store.narrowed(ids, Question(end=50))[0].frame()


def _shown(frame: Frame, view: ViewType) -> Bool:
    stages = frame.columns["lifecycle_stage"]
    assert isinstance(stages, Text)
    return np.array([LifecycleStage.shown(word, view) for word in stages.words] + [False], np.bool_)[stages.codes]


def rows_of(held: Snapshot, order: I64) -> list[Row]:
    """The rows of these numbers. A few are made one by one; for many it is quicker to make all."""
    rows = held.rows if len(order) * 10 < len(held.rows) else list(held.rows)
    return [rows[i] for i in order.tolist()]


def find_runs(
    store: Store,
    experiment_ids: Sequence[str],
    filter_string: str,
    view: int,
    max_results: int,
    order_by: Sequence[str] | None,
    page_token: str | None,
) -> PagedList[Run]:
    """One page of the runs of `experiment_ids` that match, in order."""
    found = find_rows(store, experiment_ids, filter_string, view, max_results, order_by, page_token)
    return PagedList([row.run for row in found], found.token)


def find_rows(
    store: Store,
    experiment_ids: Sequence[str],
    filter_string: str,
    view: int,
    max_results: int,
    order_by: Sequence[str] | None,
    page_token: str | None,
) -> PagedList[Row]:
    """The same with the summaries of their metrics."""
    if isinstance(experiment_ids, str):
        raise InvalidValueError(f"experiment_ids is the text '{experiment_ids}'. Pass a list: ['{experiment_ids}'].")
    check_order(order_by)
    # a wrong page is told before the store is read
    first, last, _ = bounds(MANY, max_results, page_token)
    found = ordered(store, experiment_ids, filter_string, view, order_by or (), start=first, end=last)
    start, end, token = bounds(found.skipped + len(found.order), max_results, page_token)
    return PagedList(rows_of(found.held, found.part(start, end)), token)


def find_experiments(
    store: Store,
    view: int,
    filter_string: str | None,
    order_by: Sequence[str] | None,
    max_results: int | None,
    page_token: str | None,
) -> PagedList[Experiment]:
    """One page of the experiments that match, in order."""
    check_order(order_by)
    found = experiment_query.select(store.experiments(ViewType(view)), filter_string or "", order_by or ())
    return page(found, 1000 if max_results is None else max_results, page_token)


def metric_history(store: Store, run_id: str, key: str) -> list[Metric]:
    """The points of one metric in the store's order; empty where the run has no such metric."""
    try:
        series = store.history(run_id, key)
    except NotFoundError:
        store.run(run_id)  # an unknown run is still an error
        return []
    columns = repeat(key), series.value.tolist(), series.timestamp.tolist(), series.step.tolist()
    points = zip(*columns, repeat(None), repeat(None), repeat(run_id), repeat(None), strict=False)
    with _uncollected():
        return list(map(partial(tuple.__new__, Metric), points))  # as Metric(…), but without a call in Python for each


@contextmanager
def _uncollected() -> Iterator[None]:
    """While many objects are made that hold no circles: looking for these would take as long as the making."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def load_tables(
    store: Store,
    read: Callable[[str, str], pd.DataFrame],
    experiment_id: str,
    artifact_file: str,
    run_ids: Sequence[str] | None,
    extra_columns: Sequence[str] | None,
) -> pd.DataFrame:
    """The tables of that name, one below the other, newest run first."""
    import pandas as pd

    tables.check_name(artifact_file)
    found = ordered(store, [experiment_id], "", ViewType.ACTIVE_ONLY, ())
    rows, frame = rows_of(found.held, found.order), found.held.frame().take(found.order)
    having = [i for i, row in enumerate(rows) if _has_table(row, artifact_file, run_ids)]
    if not having:
        raise NotFoundError(f"No run of experiment '{experiment_id}' has the table '{artifact_file}'.")
    if run_ids and len(having) != len(set(run_ids)):
        warnings.warn(f"Not all runs have the table '{artifact_file}'.", NbtrackWarning, stacklevel=4)
    known = run_table.table(frame.take(np.array(having, np.int64)))
    read_tables = [
        _with_extra(read(rows[i].run.info.run_id, artifact_file), known.iloc[at], extra_columns or ())
        for at, i in enumerate(having)
    ]
    return pd.concat(read_tables, ignore_index=True)


def _has_table(row: Row, artifact_file: str, run_ids: Sequence[str] | None) -> bool:
    if run_ids and row.run.info.run_id not in run_ids:
        return False
    noted = tables.noted_tables(row.run.data.tags.get(tables.LOGGED_ARTIFACTS))
    return {"path": artifact_file, "type": "table"} in noted


def _with_extra(frame: pd.DataFrame, run: pd.Series[Any], columns: Sequence[str]) -> pd.DataFrame:
    for column in columns:
        if column not in run.index:
            raise InvalidValueError(f"search_runs has no column '{column}'. It has {', '.join(run.index)}.")
        frame[f"{column}_" if column in frame else column] = run[column]  # as MLflow names it when both have one
    return frame
