"""How do runs of other tools get into a store?

A reader makes `Found` runs of a folder; `bring` writes them through the store's contract. Bringing a run again adds
what has come since and repeats nothing: the run says in a tag where it came from.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from nbtrack.entities import Metric, Param, Run, RunStatus, RunTag
from nbtrack.errors import NbtrackError, NotAStoreError
from nbtrack.frame import Row
from nbtrack.stores import Store
from nbtrack.stores.names import LONGEST_PARAM, is_new_key

ORIGIN = "nbtrack.imported"
AT_ONCE = 1000  # points in one call
_STRANGE = re.compile(r"[^/\w.\- :]")


@dataclass(slots=True)
class Found:
    """A run of another tool. `origin` is the same each time it is read; times are ms; `files` are artifacts by path;
    `left_out` counts what has no place here, by kind."""

    origin: str
    name: str
    experiment: str
    start: int
    end: int | None = None
    status: RunStatus = RunStatus.FINISHED
    user: str = ""
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, list[Metric]] = field(default_factory=dict)
    files: dict[str, bytes | Path] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, key: str, value: float, time: int, step: int) -> None:
        self.points.setdefault(key, []).append(Metric(key, value, time, step))


def read(place: Path, kind: str | None = None) -> Iterator[Found]:
    """The runs below `place`, one after the other. `kind` is "tensorboard" or "wandb", found by the files without it.

    Raises NotAStoreError where there is neither, and NbtrackError where the tool's own package is missing.
    """
    from nbtrack.interop.imports import tensorboard, wandb

    readers = {"tensorboard": tensorboard, "wandb": wandb}
    chosen = [readers[kind]] if kind else list(readers.values())
    found = [(reader, files) for reader in chosen if (files := reader.files_of(place))]
    if not found:
        raise NotAStoreError(
            f"'{place}' holds no TensorBoard event files and no W&B offline runs. Name the folder that has them."
        )
    for reader, files in found:
        yield from reader.runs(place, files)


def bring(store: Store, found: Found, experiment: str | None = None) -> tuple[str, bool]:
    """Write the run, or what is new in it. Returns its id, and whether it was not there before."""
    name = experiment or found.experiment
    there = store.experiment_by_name(name)
    target = there.experiment_id if there else store.create_experiment(name)
    row = _known(store, target, found.origin)
    run = row.run if row else _created(store, target, found)
    run_id = run.info.run_id
    params, tags = _fitting(found)
    known = run.data.params
    new = [Param(key, value) for key, value in params.items() if key not in known]
    store.log_batch(run_id, (), new, [RunTag(key, value) for key, value in tags.items()])
    for key, points in found.points.items():
        seen = row.metrics[key].count if row and key in row.metrics else 0
        for start in range(seen, len(points), AT_ONCE):
            store.log_batch(run_id, points[start : start + AT_ONCE])
    for path, data in found.files.items():
        store.write_artifact(run_id, path, data)
    store.update_run(run_id, status=found.status, end_time=found.end)
    return run_id, row is None


def _known(store: Store, experiment_id: str, origin: str) -> Row | None:
    rows = store.snapshot([experiment_id]).rows
    return next((row for row in rows if row.run.data.tags.get(ORIGIN) == origin), None)


def _created(store: Store, experiment_id: str, found: Found) -> Run:
    tags = {"mlflow.runName": found.name, "mlflow.user": found.user, ORIGIN: found.origin}
    return store.create_run(experiment_id, run_name=found.name, user_id=found.user, start_time=found.start, tags=tags)


def _fitting(found: Found) -> tuple[dict[str, str], dict[str, str]]:
    """Params and tags with keys and values that every store takes. Characters that no key may hold become `_`; what
    is still no key is counted as left out, with its points."""
    params = {}
    for key, value in found.params.items():
        if name := _key(found, key, "param"):
            params[name] = value if len(value) <= LONGEST_PARAM else value[: LONGEST_PARAM - 1] + "…"
    points = {}
    for key, series in found.points.items():
        if name := _key(found, key, "metric"):
            points[name] = [point._replace(key=name) for point in series] if name != key else series
    found.points = points
    tags = {_STRANGE.sub("_", key): value for key, value in found.tags.items()}
    return params, {key: value for key, value in tags.items() if is_new_key(key)}


def _key(found: Found, key: str, what: str) -> str:
    name = _STRANGE.sub("_", key)
    if is_new_key(name):
        return name
    found.left_out[f"{what} with an unusable name"] += 1
    return ""


def theirs(module: str, why: str) -> Any:
    """A module of the other tool. Raises NbtrackError where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise NbtrackError(f"{why} needs the package '{package}': pip install {package}") from error


def below(place: Path, word: str) -> list[Path]:
    """Files whose names hold `word`, links not followed, sorted by path."""
    if place.is_file():
        return [place] if word in place.name else []
    found = [Path(folder) / name for folder, _, names in os.walk(place) for name in names if word in name]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())
