"""How are many runs held, so that sorting, filtering and sending them is cheap?

One `Frame` is a table of runs as columns. Names are those of MLflow's DataFrame: `run_id`, `status`,
`start_time`, `metrics.loss`, `params.lr`, `tags.mlflow.runName`. Three kinds of column:

    Text     dictionary-coded: `codes` int32 (n,), -1 where missing; `words` list of distinct strings
    Numbers  `values` float64 (n,), `missing` bool (n,); times are Numbers in milliseconds since 1970
    Metrics  the displayed (last) value as Numbers has it, with `min max first count step` beside it

A missing value and a NaN are different things: MLflow orders values, then NaN, then missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nbtrack.entities import Run

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

ATTRIBUTES = (
    "run_id", "experiment_id", "run_name", "status", "start_time", "end_time",
    "user_id", "artifact_uri", "lifecycle_stage",
)  # fmt: skip
TIMES = frozenset({"start_time", "end_time"})


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    codes: I32
    words: Sequence[str]

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, row: int) -> str | None:
        code = self.codes[row]
        return None if code < 0 else self.words[code]

    def take(self, rows: I64) -> Text:
        return Text(self.codes[rows], self.words)

    @staticmethod
    def of(values: Iterable[str | None]) -> Text:
        index: dict[str, int] = {}
        codes = [-1 if v is None else index.setdefault(v, len(index)) for v in values]
        return Text(np.array(codes, np.int32), list(index))


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    values: F64
    missing: Bool

    def __len__(self) -> int:
        return len(self.values)

    def at(self, row: int) -> float | None:
        return None if self.missing[row] else float(self.values[row])

    def take(self, rows: I64) -> Numbers:
        return Numbers(self.values[rows], self.missing[rows])

    @staticmethod
    def of(values: Iterable[float | None]) -> Numbers:
        seen = list(values)
        missing = np.array([v is None for v in seen], np.bool_)
        return Numbers(np.array([np.nan if v is None else v for v in seen], np.float64), missing)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run's history of one metric comes down to.

    `last` is MLflow's displayed value: the maximum by (step, timestamp, value); `step` is its step.
    `min` and `max` leave NaN out (NaN where there is nothing else); `first` is the minimum by (step, timestamp).
    `count` 0 says that only the last point is known, as a server tells it: `min`, `max` and `first` are NaN then.
    """

    last: float
    step: int
    timestamp: int
    min: float
    max: float
    first: float
    count: int

    @staticmethod
    def of_one(value: float, step: int, timestamp: int) -> Summary:
        return Summary(value, step, timestamp, value, value, value, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Metrics:
    values: F64
    missing: Bool
    step: F64
    min: F64
    max: F64
    first: F64
    count: I64

    def __len__(self) -> int:
        return len(self.values)

    def at(self, row: int) -> float | None:
        return None if self.missing[row] else float(self.values[row])

    def take(self, rows: I64) -> Metrics:
        return Metrics(*(getattr(self, name)[rows] for name in Metrics.__slots__))

    @staticmethod
    def of(summaries: Iterable[Summary | None]) -> Metrics:
        seen = list(summaries)
        missing = np.array([s is None for s in seen], np.bool_)

        def column(name: str) -> F64:
            return np.array([np.nan if s is None else getattr(s, name) for s in seen], np.float64)

        count = np.array([0 if s is None else s.count for s in seen], np.int64)
        return Metrics(column("last"), missing, column("step"), column("min"), column("max"), column("first"), count)


Column = Text | Numbers | Metrics


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Row:
    """One run as a store reads it: the run, and the summary of each of its metrics."""

    run: Run
    metrics: Mapping[str, Summary] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """`columns` is ordered: attributes, then metrics, params and tags in order of first appearance."""

    columns: Mapping[str, Column]
    length: int

    def __len__(self) -> int:
        return self.length

    @property
    def run_ids(self) -> list[str]:
        """The run ids in row order."""
        ids = self.columns["run_id"]
        assert isinstance(ids, Text)
        return [ids.words[code] for code in ids.codes]

    def take(self, rows: I64) -> Frame:
        """The given rows, in the given order."""
        rows = np.asarray(rows, np.int64)
        return Frame({name: column.take(rows) for name, column in self.columns.items()}, len(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One metric's history: `step` int64, `timestamp` int64 ms, `value` float64, each (n,), in file order."""

    step: I64
    timestamp: I64
    value: F64

    def __len__(self) -> int:
        return len(self.value)


def frame_of(rows: Sequence[Row]) -> Frame:
    """A Frame of the given runs, in their order."""
    columns: dict[str, Column] = {}
    for name in ATTRIBUTES:
        cells = [getattr(row.run.info, name) for row in rows]
        columns[name] = Numbers.of(cells) if name in TIMES else Text.of(cells)
    for key in _keys(row.metrics for row in rows):
        columns[f"metrics.{key}"] = Metrics.of(row.metrics.get(key) for row in rows)
    for key in _keys(row.run.data.params for row in rows):
        columns[f"params.{key}"] = Text.of(row.run.data.params.get(key) for row in rows)
    for key in _keys(row.run.data.tags for row in rows):
        columns[f"tags.{key}"] = Text.of(row.run.data.tags.get(key) for row in rows)
    return Frame(columns, len(rows))


def _keys(maps: Iterable[Mapping[str, object]]) -> dict[str, None]:
    keys: dict[str, None] = {}
    for mapping in maps:
        keys.update(dict.fromkeys(mapping))
    return keys


def joined(frames: Sequence[Frame]) -> Frame:
    """The rows of several frames, one frame below the other, with the words that they use."""
    if len(frames) == 1:
        return frames[0]
    lengths = [len(frame) for frame in frames]
    columns = {
        name: _joined([f.columns.get(name) for f in frames], lengths) for name in _keys(f.columns for f in frames)
    }
    return Frame(columns, sum(lengths))


def _joined(parts: Sequence[Column | None], lengths: Sequence[int]) -> Column:
    if any(isinstance(part, Text) for part in parts):
        return _joined_text(parts, lengths)
    of = Metrics if any(isinstance(part, Metrics) for part in parts) else Numbers
    arrays = []
    for name in of.__slots__:
        blank = {"missing": True, "count": 0}.get(name, np.nan)
        kind = {"missing": np.bool_, "count": np.int64}.get(name, np.float64)
        pairs = zip(parts, lengths, strict=True)
        arrays.append(np.concatenate([np.full(n, blank, kind) if p is None else getattr(p, name) for p, n in pairs]))
    return of(*arrays)


def _joined_text(parts: Sequence[Column | None], lengths: Sequence[int]) -> Text:
    index: dict[str, int] = {}
    codes = []
    for part, length in zip(parts, lengths, strict=True):
        if part is None:
            codes.append(np.full(length, -1, np.int32))
            continue
        assert isinstance(part, Text)
        used = np.unique(part.codes[part.codes >= 0])
        new = np.full(len(part.words) + 1, -1, np.int32)  # a missing cell's code, -1, finds the last one
        new[used] = [index.setdefault(part.words[code], len(index)) for code in used.tolist()]
        codes.append(new[part.codes])
    return Text(np.concatenate(codes), list(index))
