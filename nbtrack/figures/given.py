"""Which runs does a figure speak of, and where are their values and histories?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.figures._palette import COLOR_TAG
from nbtrack.figures.importances import numeric
from nbtrack.figures.ink import valid_color
from nbtrack.frame import F64, TIMES, Frame, Metrics, Series, Text, frame_of
from nbtrack.query.named import run_ids
from nbtrack.stores import run_colors
from nbtrack.stores.any_store import any_store
from nbtrack.stores.base import Narrowing, Store
from nbtrack.tracking.finding import frame_naming, rows_of_ids

GROUPS = ("params", "metrics", "tags")


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """`frame` holds the runs in the order given; `read` gives a history, or raises NotFoundError.

    `directions`: "min" or "max" by metric, where a dashboard's table has them set.
    """

    frame: Frame
    read: Callable[[str, str], Series]
    directions: Mapping[str, str] = field(default_factory=dict)
    kept_colors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return self.frame.run_ids

    @property
    def names(self) -> list[str]:
        """What each run is called; runs of the same name are told apart by their ids."""
        names = _texts(self.frame, "run_name")
        return [
            (name if names.count(name) == 1 else f"{name} {run[:6]}") if name else run[:8]
            for name, run in zip(names, self.ids, strict=True)
        ]

    @property
    def colors(self) -> dict[str, str]:
        """The colors that people chose, by run id; `kept_colors` are those of a store that can only be read."""
        name = f"tags.{COLOR_TAG}"
        tags = _texts(self.frame, name) if name in self.frame.columns else [None] * len(self.ids)
        pairs = zip(self.ids, tags, strict=True)
        found = {run: valid_color(text or self.kept_colors.get(run)) for run, text in pairs}
        return {run: color for run, color in found.items() if color}

    def history(self, run: str, key: str) -> Series:
        """Empty where the run has no such metric."""
        try:
            return self.read(run, key)
        except NotFoundError:
            return Series(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))

    def starts(self) -> list[float | None]:
        column = self.frame.columns["start_time"]
        return [None if (at := column.at(row)) is None else float(at) for row in range(len(self.frame))]

    def metrics(self) -> list[str]:
        return [name.removeprefix("metrics.") for name in self.frame.columns if name.startswith("metrics.")]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """A column over the runs. `numbers` are NaN where missing, and None for texts."""

    name: str
    texts: list[str | None]
    numbers: F64 | None

    @property
    def is_time(self) -> bool:
        """Milliseconds since 1970."""
        return self.name in TIMES

    @property
    def label(self) -> str:
        group, _, name = self.name.partition(".")
        return name if group in GROUPS and name else self.name

    @property
    def log(self) -> bool:
        """Positive, and over two powers of ten or more: such values are chosen by their logarithm."""
        held = self.numbers[np.isfinite(self.numbers)] if self.numbers is not None else np.zeros(0)
        return len(held) > 0 and bool(held.min() > 0 and held.max() / held.min() >= 100)


def runs_of(given: Any, store: Store | str | Path | None = None) -> Runs:
    """`given`: a Dashboard (its selection, else its table), ids, names, Run objects, a DataFrame, or None for all.

    A Dashboard also says which way its metrics are better, and which store is meant where none is given; else it is the
    one that tracking writes to.
    """
    if isinstance(given, Runs):
        return given
    if hasattr(given, "selected_runs") and hasattr(given, "store"):
        chosen = list(given.selected) or [str(run) for run in given.runs["run_id"]]
        return replace(runs_of(chosen, store or given.store), directions=given.view["directions"])
    opened = _opened(store)
    if given is None:
        frame = frame_of(opened.snapshot().rows)
        stages = _texts(frame, "lifecycle_stage")
        rows = [row for row, stage in enumerate(stages) if stage != "deleted"]
    else:
        frame = frame_naming(opened, [given])
        ids = run_ids(frame, [given])
        if isinstance(opened, Narrowing):
            frame = frame_of(rows_of_ids(opened, ids))
        place = {run: row for row, run in enumerate(frame.run_ids)}
        gone = [run for run in ids if run not in place]
        if gone:
            raise NotFoundError(f"There is no run '{gone[0]}' among the active experiments of '{opened.uri}'.")
        rows = [place[run] for run in ids]
    if not rows:
        raise NotFoundError("There is no run to draw. Give ids, names, Run objects or rows of search_runs.")
    kept = run_colors.load(opened.uri) if opened.read_only else {}
    return Runs(frame.take(np.array(rows, np.int64)), opened.history, kept_colors=kept)


def column_of(runs: Runs, name: str) -> Values:
    """A column by its whole name ("params.lr"), or by the end of it where that is one column's alone."""
    columns = runs.frame.columns
    found = name if name in columns else None
    if found is None:
        meant = [full for full in (f"{group}.{name}" for group in GROUPS) if full in columns]
        if len(meant) > 1:
            raise InvalidValueError(f"'{name}' is {' and '.join(meant)}. Say which.")
        if not meant:
            raise NotFoundError(f"These runs have no column '{name}'. {_hint(name, columns)}")
        found = meant[0]
    column = columns[found]
    if isinstance(column, Text):
        texts = [column.at(row) for row in range(len(column))]
        numbers = numeric(texts) if found.startswith(("params.", "tags.")) else None
        return Values(found, texts, numbers if numbers is not None and np.isfinite(numbers).any() else None)
    numbers = np.where(column.missing, np.nan, column.values)
    return Values(
        found, [None if at is None else spelled(float(at)) for at in map(column.at, range(len(column)))], numbers
    )


def written_as(values: Values, number: float) -> str | None:
    """A param or tag as the store has it, where it is written there in one way only: "0.10" is not 0.1."""
    if values.numbers is None or not values.name.startswith(("params.", "tags.")):
        return None
    forms = {values.texts[row] for row in np.flatnonzero(values.numbers == number)}
    return next(iter(forms)) if len(forms) == 1 else None


def times_of(times: F64) -> list[str]:
    """Times in ms as short as tells them apart, in UTC: 11-03 14:05, with seconds or the year where these differ."""
    whole = [str(np.datetime64(round(ms), "ms")) for ms in times.tolist()]
    for first, last in ((5, 16), (5, 19), (5, 23), (0, 23)):
        found = [text[first:last].replace("T", " ") for text in whole]
        if len(set(found)) == len(set(whole)):
            return found
    return whole


def spelled(value: float) -> str:
    """All digits, as JavaScript writes a number."""
    if not np.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 1e21 else repr(value)


def metric_of(runs: Runs, name: str) -> str:
    """The metric's name without its prefix; NotFoundError with a hint where no run has it."""
    plain = name.removeprefix("metrics.") if f"metrics.{name}" not in runs.frame.columns else name
    if f"metrics.{plain}" not in runs.frame.columns:
        raise NotFoundError(f"These runs have no metric '{plain}'. {_hint(plain, runs.metrics())}")
    return plain


def best_values(runs: Runs, metric: str, sense: str | None) -> F64:
    """Each run's best value of its whole history, its last one without a `sense`; NaN where it has none."""
    column = runs.frame.columns[f"metrics.{metric}"]
    assert isinstance(column, Metrics)
    extreme = column.values if sense is None else column.min if sense == "min" else column.max
    return np.where(column.missing, np.nan, extreme)


def _hint(name: str, known: Iterable[str]) -> str:
    listed = list(known)
    ends = {each.partition(".")[2] or each: each for each in listed}
    near = get_close_matches(name, [*listed, *ends], 1)
    if near:
        return f"Did you mean '{ends.get(near[0], near[0])}'?"
    return f"They have {', '.join(listed[:8]) or 'none'}."


def _texts(frame: Frame, name: str) -> list[str | None]:
    column = frame.columns[name]
    assert isinstance(column, Text)
    return [column.at(row) for row in range(len(frame))]


def _opened(store: Store | str | Path | None) -> Store:
    if store is None:
        from nbtrack.tracking.settings import store_at

        return store_at()
    return any_store(store)
