"""How does a run change its experiment, and how is what was copied to another run taken away from it?"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from nbtrack.entities import Metric
from nbtrack.stores.files import codec, disk
from nbtrack.stores.files.layout import ARTIFACTS, META, METRICS, PARAMS, TAGS, local_path
from nbtrack.stores.files.runs import read_meta
from nbtrack.stores.names import is_key


def move(run_folder: str, into: str, uri: str) -> str:
    """Move a run's folder into that of another experiment, whose address is `uri`; returns where it lies then.

    The new meta.yaml lies ready before the folder moves, and takes its place just after: MLflow reads no run whose
    meta.yaml names another experiment than the folder around it.
    """
    run_id = os.path.basename(run_folder)
    target = os.path.join(into, run_id)
    meta: dict[str, Any] = {**read_meta(run_folder), "experiment_id": os.path.basename(into)}
    if local_path(str(meta.get("artifact_uri") or "")) in (None, os.path.join(run_folder, ARTIFACTS)):
        meta["artifact_uri"] = f"{uri}/{run_id}/{ARTIFACTS}"
    ready = f"{disk.TEMPORARY}moved"
    with disk.writing("the run", run_folder):
        disk.write_over(os.path.join(run_folder, ready), codec.write_meta(meta), run_folder)
        os.rename(run_folder, target)
        os.replace(os.path.join(target, ready), os.path.join(target, META))
    return target


def remove_params(run_folder: str, keys: Iterable[str]) -> None:
    _remove(run_folder, PARAMS, keys)


def remove_tags(run_folder: str, keys: Iterable[str]) -> None:
    _remove(run_folder, TAGS, keys)


def _remove(run_folder: str, kind: str, keys: Iterable[str]) -> None:
    for key in keys:
        path = os.path.join(run_folder, kind, key)
        if not is_key(key):
            continue
        with disk.writing(f"'{key}'", path), contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        _remove_empty_folders(path, os.path.join(run_folder, kind))


def remove_points(run_folder: str, key: str, points: Sequence[Metric]) -> None:
    """Each of the points once; a metric without any other is gone."""
    path = os.path.join(run_folder, METRICS, key)
    if not is_key(key) or not os.path.isfile(path):
        return
    with disk.writing(f"metric '{key}'", path):
        gone = Counter(_place(point.timestamp, point.value, point.step) for point in points)
        kept = []
        for line in disk.read(path, disk.LARGEST_FILE)[0].splitlines(keepends=True):
            place = _place_of(line)
            if gone[place] > 0:
                gone[place] -= 1
            else:
                kept.append(line)
        if kept:
            disk.write_over(path, b"".join(kept), run_folder)
        else:
            os.unlink(path)
            _remove_empty_folders(path, os.path.join(run_folder, METRICS))


_Place = tuple[int, float | None, int] | None  # NaN, which differs from itself, is None


def _place(timestamp: int, value: float, step: int) -> _Place:
    return timestamp, None if value != value else value, step


def _place_of(line: bytes) -> _Place:
    """The point of a line; None for what is none."""
    words = line.split()
    try:
        return _place(int(words[0]), float(words[1]), int(words[2]))
    except (IndexError, ValueError, OverflowError):
        return None


def _remove_empty_folders(path: str, root: str) -> None:
    """The folders that a key with slashes had for itself."""
    folder = os.path.dirname(path)
    while folder != root:
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)
