"""How are many runs kept in memory as columns, and given back as rows when somebody asks?

A row of Python objects takes some four times the room of its cells. So runs are kept on shelves, which are frames, and
a `Held` stands for one of them: what was just read has its row, all others have a place on a shelf.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from nbtrack.entities import Run, RunData, RunInfo, RunInputs
from nbtrack.frame import ATTRIBUTES, I64, TIMES, Frame, Metrics, Numbers, Row, Summary, Text, frame_of, joined

NO_INPUTS = RunInputs()


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Runs as columns. `clock` has each metric's last step and time, which a float may not hold; `inputs` by row."""

    frame: Frame
    clock: Mapping[str, tuple[I64, I64]]
    inputs: Mapping[int, RunInputs]

    @staticmethod
    def of(rows: Sequence[Row]) -> Shelf:
        frame = frame_of(rows)
        clock = {}
        for name in frame.columns:
            if name.startswith("metrics."):
                seen = [row.metrics.get(name[8:]) for row in rows]
                steps = np.array([0 if s is None else s.step for s in seen], np.int64)
                clock[name] = steps, np.array([0 if s is None else s.timestamp for s in seen], np.int64)
        inputs = {i: row.run.inputs for i, row in enumerate(rows) if row.run.inputs.dataset_inputs}
        return Shelf(frame, clock, inputs)

    def take(self, at: I64) -> Shelf:
        inputs = {new: self.inputs[old] for new, old in enumerate(at.tolist()) if old in self.inputs}
        clock = {name: (steps[at], times[at]) for name, (steps, times) in self.clock.items()}
        return Shelf(self.frame.take(at), clock, inputs)

    def rows(self, at: I64) -> list[Row]:
        """The runs at these places, as they were put there."""
        length = len(at)
        metrics: list[dict[str, Summary]] = [{} for _ in range(length)]
        texts: dict[str, list[dict[str, str]]] = {name: [{} for _ in range(length)] for name in ("params", "tags")}
        for name, column in self.frame.columns.items():
            family, _, key = name.partition(".")
            if isinstance(column, Metrics):
                _put_summaries(metrics, key, column, self.clock[name], at)
            elif key and isinstance(column, Text):
                _put_words(texts[family], key, column, at)
        rows = []
        for i, info in enumerate(self._infos(at)):
            values = {key: summary.last for key, summary in metrics[i].items()}
            data = RunData(values, texts["params"][i], texts["tags"][i])
            rows.append(Row(Run(info, data, self.inputs.get(int(at[i]), NO_INPUTS)), metrics[i]))
        return rows

    def _infos(self, at: I64) -> Iterator[RunInfo]:
        cells = {}
        for name in ATTRIBUTES:
            column = self.frame.columns[name]
            if name in TIMES and isinstance(column, Numbers):
                pairs = zip(column.values[at].tolist(), column.missing[at].tolist(), strict=True)
                cells[name] = [None if missing else int(value) for value, missing in pairs]
            elif isinstance(column, Text):
                cells[name] = [column.words[code] for code in column.codes[at].tolist()]
        for values in zip(*cells.values(), strict=True):
            yield RunInfo(**dict(zip(cells, values, strict=True)))


def _put_summaries(into: list[dict[str, Summary]], key: str, column: Metrics, clock: tuple[I64, I64], at: I64) -> None:
    there = np.flatnonzero(~column.missing[at])
    held = at[there]
    steps, times = clock
    arrays = (column.values, steps, times, column.min, column.max, column.first, column.count)
    lists = [array[held].tolist() for array in arrays]
    for i, summary in zip(there.tolist(), map(Summary, *lists), strict=True):
        into[i][key] = summary


def _put_words(into: list[dict[str, str]], key: str, column: Text, at: I64) -> None:
    there = np.flatnonzero(column.codes[at] >= 0)
    for i, code in zip(there.tolist(), column.codes[at[there]].tolist(), strict=True):
        into[i][key] = column.words[code]


class Held:
    """One run as a store holds it. Two looks that found the same give the same `Held`."""

    __slots__ = ("_place", "_row")

    def __init__(self, place: Row | tuple[Shelf, int]) -> None:
        # One value, so that another thread never sees the shelf of one place with the number of another.
        self._place = place
        self._row: weakref.ref[Row] | None = None

    @property
    def place(self) -> Row | tuple[Shelf, int]:
        return self._place

    def row(self) -> Row:
        """The run as a row: the same one as long as anybody keeps it."""
        return rows_of([self])[0]

    def known_row(self) -> Row | None:
        place = self._place
        if isinstance(place, Row):
            return place
        return None if self._row is None else self._row()

    def made(self, row: Row) -> Row:
        self._row = weakref.ref(row)
        return row

    def put(self, shelf: Shelf, at: int) -> None:
        """From now on the run is kept on this shelf."""
        place = self._place
        if isinstance(place, Row):
            self._row = weakref.ref(place)
        self._place = shelf, at


def rows_of(held: Sequence[Held]) -> list[Row]:
    found: list[Row | None] = [each.known_row() for each in held]
    for shelf, at, wanted in _by_shelf(held, (i for i, row in enumerate(found) if row is None)):
        for i, row in zip(wanted, shelf.rows(np.array(at, np.int64)), strict=True):
            found[i] = held[i].made(row)
    return [row if row is not None else each.row() for row, each in zip(found, held, strict=True)]


def _by_shelf(held: Sequence[Held], among: Iterable[int]) -> list[tuple[Shelf, list[int], list[int]]]:
    """For each shelf the places on it, and the numbers in `held` of what is there."""
    groups: dict[int, tuple[Shelf, list[int], list[int]]] = {}
    for i in among:
        place = held[i].place
        if isinstance(place, tuple):
            shelf, at = place
            _, places, numbers = groups.setdefault(id(shelf), (shelf, [], []))
            places.append(at)
            numbers.append(i)
    return list(groups.values())


def arranged(held: Sequence[Held]) -> list[Held]:
    """The same, with those of one shelf together in its order, so that their frame is cheap to make."""
    groups = _by_shelf(held, range(len(held)))
    found = [held[i] for _, at, numbers in groups for _, i in sorted(zip(at, numbers, strict=True))]
    if len(found) < len(held):
        found += [each for each in held if isinstance(each.place, Row)]
    return found


def shelf_of(held: Sequence[Held]) -> Shelf:
    """One shelf with these runs, which are `arranged`; they stay where they are."""
    parts = []
    for shelf, places, _ in _by_shelf(held, range(len(held))):
        at = np.array(places, np.int64)
        whole = len(at) == len(shelf.frame) and bool((at == np.arange(len(at))).all())
        parts.append(shelf if whole else shelf.take(at))
    loose = [place for place in (each.place for each in held) if isinstance(place, Row)]
    if loose or not parts:
        parts.append(Shelf.of(loose))
    return _joined(parts)


def put_on_shelf(held: Sequence[Held]) -> None:
    """Give up the rows for one shelf of them all, or several shelves for one."""
    together = arranged(held)
    one = shelf_of(together)
    for at, each in enumerate(together):
        each.put(one, at)


def _joined(parts: Sequence[Shelf]) -> Shelf:
    if len(parts) == 1:
        return parts[0]
    frame = joined([part.frame for part in parts])
    clock = {}
    for name in frame.columns:
        if name.startswith("metrics."):
            blanks = [np.zeros(len(part.frame), np.int64) for part in parts]
            pairs = [part.clock.get(name, (blank, blank)) for part, blank in zip(parts, blanks, strict=True)]
            clock[name] = np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])
    inputs: dict[int, RunInputs] = {}
    start = 0
    for part in parts:
        inputs |= {start + at: given for at, given in part.inputs.items()}
        start += len(part.frame)
    return Shelf(frame, clock, inputs)


class Rows(Sequence[Row]):
    """Runs that become rows when they are asked for."""

    def __init__(self, held: Sequence[Held]) -> None:
        self._held = held

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        return rows_of(self._held[at]) if isinstance(at, slice) else self._held[at].row()

    def __iter__(self) -> Iterator[Row]:
        return iter(rows_of(self._held))

    def pick(self, places: Sequence[int]) -> list[Row]:
        return rows_of([self._held[at] for at in places])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class Standing(Rows):
    """Runs at their places on one shelf, without a `Held` for each: to make so many objects takes a second."""

    def __init__(self, shelf: Shelf, at: I64) -> None:
        self._shelf = shelf
        self._at = at

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        found = self._shelf.rows(self._at[at] if isinstance(at, slice) else self._at[[at]])
        return found if isinstance(at, slice) else found[0]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._shelf.rows(self._at))

    def pick(self, places: Sequence[int]) -> list[Row]:
        return self._shelf.rows(self._at[list(places)])
