"""How are experiments listed, made, renamed, put in the trash and taken out?"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.errors import AlreadyExistsError, DamagedError, InvalidValueError, NotFoundError, StoreError
from nbtrack.stores.base import Damage
from nbtrack.stores.files import codec, disk, layout, links
from nbtrack.stores.files.layout import DEFAULT_ID, DEFAULT_NAME, META, TAGS, TRASH
from nbtrack.stores.files.reader import Scan, moment, odd_times, read_meta_file, texts_under
from nbtrack.stores.locks import locked
from nbtrack.stores.names import (
    LONGEST_EXPERIMENT_TAG,
    checked_experiment_name,
    checked_key,
    checked_value,
    is_experiment_id,
)

_REMEDY = "Restore it from a copy; its runs are shown all the same."


def read_all(root: str) -> Iterator[tuple[str, Experiment | None, list[Damage]]]:
    """Every experiment's folder, the trash last, with what it says; None where the folder is no experiment."""
    for base, deleted in ((root, False), (os.path.join(root, TRASH), True)):
        for name in layout.experiment_folders(base):
            folder = os.path.join(base, name)
            yield folder, *read_experiment(folder, deleted=deleted)


def read_experiment(folder: str, *, deleted: bool) -> tuple[Experiment | None, list[Damage]]:
    experiment_id = os.path.basename(folder)
    scan = Scan(folder)
    if not is_experiment_id(experiment_id):
        scan.damage(
            "", "is no experiment; MLflow cannot list the store because of its name", "Move it out of the store."
        )
        return None, scan.damages
    meta: Mapping[str, Any] = {}
    try:
        meta, _ = read_meta_file(os.path.join(folder, META))
    except (FileNotFoundError, NotADirectoryError):
        if not any(
            layout.could_be_run(run) and layout.has_meta(os.path.join(folder, run)) for run in layout.subfolders(folder)
        ):
            # Where MLflow keeps runs in a database, this is where their artifacts lie: nothing is wrong with that.
            if not experiment_id.isdigit():
                scan.damage("", "has no meta.yaml, so it is no experiment", "Move it out of the store.")
            return None, scan.damages
        scan.damage(META, "is missing", _REMEDY)
    except (disk.Unreadable, IsADirectoryError) as error:
        scan.damage(META, getattr(error, "problem", "is a folder"), _REMEDY)
    if str(meta.get("experiment_id", experiment_id)) != experiment_id:
        scan.damage(META, "has another experiment_id than its folder's name", f"Correct it to '{experiment_id}'.")
    for problem, remedy in odd_times(meta, "creation_time", "last_update_time"):
        scan.damage(META, problem, remedy)
    tags = texts_under(scan, TAGS)
    if links.is_link(folder):
        tags[links.LINKED] = layout.shown(os.path.realpath(folder))
    return _experiment(meta, experiment_id, tags, deleted=deleted), scan.damages


def _experiment(meta: Mapping[str, Any], experiment_id: str, tags: Mapping[str, str], *, deleted: bool) -> Experiment:
    # Old MLflow leaves "active" in what it moves to the trash, so the place decides there.
    stage = LifecycleStage.DELETED if deleted else str(meta.get("lifecycle_stage") or LifecycleStage.ACTIVE)
    return Experiment(
        experiment_id=experiment_id,
        name=str(meta.get("name") or experiment_id),
        artifact_location=str(meta.get("artifact_location") or ""),
        lifecycle_stage=stage,
        tags=tags,
        creation_time=moment(meta.get("creation_time")),
        last_update_time=moment(meta.get("last_update_time")),
    )


def is_trashed(folder: str) -> bool:
    return os.path.basename(os.path.dirname(folder)) == TRASH


def listed(root: str, view: ViewType) -> list[Experiment]:
    found = [each for _, each, _ in read_all(root) if each and LifecycleStage.shown(each.lifecycle_stage, view)]
    return sorted(found, key=lambda each: (-(each.creation_time or 0), each.experiment_id))


def folder_of(root: str, experiment_id: str, view: ViewType = ViewType.ALL) -> str:
    """The experiment's folder, in the store or in its trash."""
    if is_experiment_id(experiment_id):
        active, trashed = os.path.join(root, experiment_id), os.path.join(root, TRASH, experiment_id)
        if view != ViewType.DELETED_ONLY and experiment_id != layout.REGISTRY and layout.has_meta(active):
            return active
        if view != ViewType.ACTIVE_ONLY and layout.has_meta(trashed):
            return trashed
    kind = {ViewType.ACTIVE_ONLY: "active ", ViewType.DELETED_ONLY: "deleted "}.get(view, "")
    raise NotFoundError(
        f"There is no {kind}experiment with id '{experiment_id}' in '{root}'. List them with search_experiments()."
    )


def create(
    root: str,
    name: str,
    artifact_location: str | None,
    tags: Mapping[str, str] | None,
    artifact_root: str | None = None,
) -> str:
    """The new experiment's id. Without a location its artifacts lie below `artifact_root`, or in its own folder."""
    checked_experiment_name(name)
    checked = {key: _checked_tag(key, value) for key, value in (tags or {}).items()}
    with naming(root):
        return _create(root, name, artifact_location, checked, artifact_root)


@contextmanager
def naming(root: str) -> Iterator[None]:
    """Only one process at a time gives an experiment of this store a name."""
    with disk.writing("the experiment", root):
        os.makedirs(os.path.join(root, TRASH), exist_ok=True)
    with locked(root, "the experiment"):
        yield


def _create(
    root: str, name: str, artifact_location: str | None, tags: Mapping[str, str], artifact_root: str | None
) -> str:
    refuse_taken(root, name)
    digits = layout.takes_digits(root)
    if digits and name != DEFAULT_NAME and not layout.experiment_folders(root):
        _create(root, DEFAULT_NAME, None, {}, artifact_root)  # MLflow before 3.7 expects it in every store
    experiment_id = DEFAULT_ID if name == DEFAULT_NAME and digits and not _is_there(root, DEFAULT_ID) else ""
    while not experiment_id or _is_there(root, experiment_id):
        experiment_id = layout.new_experiment_id(digits=digits)
    now = _now()
    meta = {
        "artifact_location": _location(root, experiment_id, artifact_location, artifact_root),
        "creation_time": now,
        "experiment_id": experiment_id,
        "last_update_time": now,
        "lifecycle_stage": LifecycleStage.ACTIVE,
        "name": name,
    }
    folder = os.path.join(root, experiment_id)
    with disk.writing(f"the experiment '{name}'", folder):
        _sweep(root)
        # meta.yaml is whole before the folder is there: MLflow stumbles over a folder without.
        with disk.temporary(root, codec.write_meta(meta)) as prepared:
            os.mkdir(folder)
            os.rename(prepared, os.path.join(folder, META))
        if artifact_root and (place := layout.local_path(artifact_root)):
            os.makedirs(place, exist_ok=True)  # an address in a folder that is not there counts as stale
        for key, value in tags.items():
            _write_tag(folder, key, value)
    return experiment_id


def _sweep(root: str) -> None:
    """Delete what killed processes left: temporary files, and empty folders that were to become experiments."""
    disk.sweep(root)
    for name in layout.subfolders(root):
        if layout.is_new_id(name) and disk.is_stale(os.path.join(root, name)):
            with contextlib.suppress(OSError):  # one that holds anything stays
                os.rmdir(os.path.join(root, name))


def _is_there(root: str, experiment_id: str) -> bool:
    return any(os.path.lexists(os.path.join(base, experiment_id)) for base in (root, os.path.join(root, TRASH)))


def _location(root: str, experiment_id: str, given: str | None, artifact_root: str | None) -> str:
    if not given and artifact_root:
        return layout.uri_below(artifact_root, experiment_id)
    if not given:
        return f"{layout.uri_of(root)}/{experiment_id}"
    return layout.artifact_location(given)


def named(root: str, name: str) -> Experiment | None:
    """The experiment of this name, the newest of several, deleted or not.

    Raises StoreError where one could not be read for a reason that may pass: it may be the one of this name.
    """
    found = list(read_all(root))
    wanted = [each for _, each, _ in found if each is not None and each.name == name]
    if wanted:
        return min(wanted, key=lambda each: (-(each.creation_time or 0), each.experiment_id))
    for folder, each, damages in found:
        if each is not None and damages and each.name == each.experiment_id:
            _must_be_readable(os.path.join(folder, META))
    return None


def _must_be_readable(path: str) -> None:
    try:
        read_meta_file(path)
    except disk.Unreadable as error:
        if error.passing:
            raise StoreError(f"'{path}' {error.problem}. {error.remedy}") from error
    except OSError:
        pass


def refuse_taken(root: str, name: str) -> None:
    taken = named(root, name)
    if taken is not None:
        where = "in the trash; restore it" if taken.lifecycle_stage == LifecycleStage.DELETED else "there; use it"
        raise AlreadyExistsError(
            f"An experiment '{name}' (id {taken.experiment_id}) is already {where}, or choose another name."
        )


def rename(root: str, experiment_id: str, name: str) -> None:
    checked_experiment_name(name)
    folder = folder_of(root, experiment_id, ViewType.ACTIVE_ONLY)
    with naming(root):
        meta = _meta(folder)
        if meta.get("name") != name:
            refuse_taken(root, name)
            _write(folder, meta, name=name)


def delete(root: str, experiment_id: str) -> str:
    """Mark the experiment deleted; returns its folder, which is to be moved when its runs are marked too."""
    if experiment_id == DEFAULT_ID:
        raise InvalidValueError(
            "The experiment '0' cannot be deleted: MLflow needs it as its default. Delete its runs instead."
        )
    folder = folder_of(root, experiment_id, ViewType.ACTIVE_ONLY)
    _write(folder, _meta(folder), lifecycle_stage=LifecycleStage.DELETED)
    return folder


def restore(root: str, experiment_id: str) -> str:
    """Move the experiment out of the trash; returns its folder, in which the runs are to be marked active."""
    trashed = folder_of(root, experiment_id, ViewType.DELETED_ONLY)
    folder = os.path.join(root, experiment_id)
    if os.path.lexists(folder):
        raise InvalidValueError(
            f"'{folder}' is there already, so '{trashed}' cannot be restored. Rename one of the two folders."
        )
    with disk.writing("the experiment", trashed):
        links.move(trashed, folder)
    _write(folder, _meta(folder), lifecycle_stage=LifecycleStage.ACTIVE)
    return folder


def set_tag(root: str, experiment_id: str, key: str, value: str) -> None:
    text = _checked_tag(key, value)
    _write_tag(folder_of(root, experiment_id, ViewType.ACTIVE_ONLY), key, text)


def delete_tag(root: str, experiment_id: str, key: str) -> None:
    folder = folder_of(root, experiment_id, ViewType.ACTIVE_ONLY)
    path = links.inside(root, folder, f"{TAGS}/{checked_key(key, 'tag', longest=None)}")
    if not os.path.isfile(path):
        raise NotFoundError(f"Experiment {experiment_id} has no tag '{key}'.")
    with disk.writing(f"the tag '{key}'", path):
        os.unlink(path)


def _checked_tag(key: str, value: object) -> str:
    return checked_value(value, checked_key(key, "tag"), longest=LONGEST_EXPERIMENT_TAG, what="experiment tag")


def _write_tag(folder: str, key: str, value: str) -> None:
    path = links.inside(layout.root_of(os.path.join(folder, TAGS)), folder, f"{TAGS}/{key}")
    with disk.writing(f"the tag '{key}'", path):
        disk.make_folders(path)
        disk.write_over(path, value.encode("utf-8"), folder)


def _meta(folder: str) -> dict[str, Any]:
    path = os.path.join(folder, META)
    try:
        return read_meta_file(path)[0]
    except disk.Unreadable as error:
        raise DamagedError(f"'{path}' {error.problem}, so the experiment cannot be changed. {error.remedy}") from error


def _write(folder: str, meta: Mapping[str, Any], **changed: Any) -> None:
    path = os.path.join(folder, META)
    with disk.writing("the experiment", path):
        disk.write_over(path, codec.write_meta({**meta, **changed, "last_update_time": _now()}), folder)


def _now() -> int:
    return int(time.time() * 1000)
