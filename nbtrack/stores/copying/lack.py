"""What has one store of a run that the copy of it in another store has not?

Asked before copying it is the work to do, asked afterwards it is the check.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nbtrack.entities import DatasetInput, FileInfo, RunInfo
from nbtrack.errors import NotFoundError
from nbtrack.frame import Row, Series
from nbtrack.stores.base import Store
from nbtrack.stores.copying import files, points
from nbtrack.stores.walk import all_files


@dataclass(slots=True)
class Lack:
    """`params`, `tags` and `inputs` to add; `histories` with points to add; `info` is True where status, end or name
    differ, `stage` where one is deleted and the other not. `never` is what cannot be made alike, `remarks` what the
    kind of store changes, `left_at` the address where artifacts stay that cannot be copied."""

    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    inputs: list[DatasetInput] = field(default_factory=list)
    histories: list[tuple[str, Series]] = field(default_factory=list)
    files: list[FileInfo] = field(default_factory=list)
    info: bool = False
    stage: bool = False
    never: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    left_at: str = ""

    def values(self) -> bool:
        """Is there anything that only a run which is not deleted takes?"""
        return bool(self.params or self.tags or self.inputs or self.histories or self.files or self.info)

    def __bool__(self) -> bool:
        return self.values() or self.stage

    def words(self) -> list[str]:
        """Each difference as a line."""
        told = [f"{what} '{key}'" for what, given in (("param", self.params), ("tag", self.tags)) for key in given]
        told += [f"points of metric '{key}'" for key, _ in self.histories]
        told += [f"data set '{given.dataset.name}'" for given in self.inputs]
        told += [f"artifact '{info.path}'" for info in self.files]
        told += ["its status, end or name"] * self.info + ["whether it is deleted"] * self.stage
        return told + self.never


@dataclass(frozen=True, slots=True)
class Pair:
    """A run and its copy. `tags` are the run's as they should be in the copy: parents may have other ids there."""

    source: Store
    given: Row
    target: Store
    copy: Row
    tags: Mapping[str, str]


def lack(pair: Pair) -> Lack:
    ours, theirs = pair.given.run, pair.copy.run
    found = Lack()
    for key, value in ours.data.params.items():
        if key not in theirs.data.params:
            found.params[key] = value
        elif theirs.data.params[key] != value:
            found.never.append(f"param '{key}' is {_short(value)} and {_short(theirs.data.params[key])} in the copy")
    found.tags = {key: value for key, value in pair.tags.items() if theirs.data.tags.get(key) != value}
    known = {(given.dataset.name, given.dataset.digest) for given in theirs.inputs.dataset_inputs}
    found.inputs = [g for g in ours.inputs.dataset_inputs if (g.dataset.name, g.dataset.digest) not in known]
    found.histories = list(_histories(pair, found.remarks))
    found.info = _changeable(ours.info) != _changeable(theirs.info, like=ours.info)
    found.stage = ours.info.lifecycle_stage != theirs.info.lifecycle_stage
    for name in ("start_time", "user_id"):
        if getattr(ours.info, name) not in (None, "", getattr(theirs.info, name)):
            found.never.append(f"{name} is {getattr(ours.info, name)} and {getattr(theirs.info, name)} in the copy")
    if not found.histories:
        found.never += _displayed(pair)
    if not files.can_be_copied(pair.source, ours.info):
        found.left_at = ours.info.artifact_uri
    elif files.can_be_copied(pair.target, theirs.info):
        found.files = files.missing(pair.source, ours.info.run_id, pair.target, theirs.info.run_id)
    elif any(True for _ in all_files(pair.source, ours.info.run_id)):
        found.never.append(f"its artifacts, which lie at '{theirs.info.artifact_uri}' in the copy")
    return found


def _histories(pair: Pair, remarks: list[str]) -> Iterator[tuple[str, Series]]:
    for key in pair.given.metrics:
        wanted = pair.source.history(pair.given.run.info.run_id, key)
        there = points.NOTHING
        if key in pair.copy.metrics:
            there = pair.target.history(pair.copy.run.info.run_id, key)
        left = points.missing(wanted, there)
        if len(left):
            yield key, left
        elif points.merged(wanted, there):
            remarks.append(f"metric '{key}': the largest number is infinity in a database")


def history_once(store: Store, run_id: str, key: str) -> tuple[Series, int]:
    """The points of a metric, each once, and how many were repeats."""
    try:
        whole = store.history(run_id, key)
    except NotFoundError:  # gone since it was listed
        return points.NOTHING, 0
    series = points.once(whole)
    return series, len(whole) - len(series)


def _changeable(info: RunInfo, like: RunInfo | None = None) -> tuple[object, ...]:
    """Name, status and end. A name or an end that `like` has not cannot be taken away: it counts as alike."""
    like = like or info
    return info.run_name if like.run_name else "", info.status, info.end_time if like.end_time is not None else None


def _displayed(pair: Pair) -> Iterator[str]:
    """Where all points are there and yet another one is displayed: more points in the copy, or a tie with NaN."""
    for key, value in pair.given.run.data.metrics.items():
        other = pair.copy.run.data.metrics.get(key, math.nan)
        more = pair.copy.metrics[key].count > pair.given.metrics[key].count if key in pair.copy.metrics else False
        alike = value == other or (math.isnan(value) and math.isnan(other))
        merged = {abs(value), abs(other)} == {math.inf, points.LARGEST}
        if not (alike or merged or more):
            yield f"metric '{key}' shows {value} and {other} in the copy"


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:59] + "…")
