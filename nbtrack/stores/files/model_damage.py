"""Which logged models in an mlruns folder, and which notes of runs about them, cannot be read?

It opens every model, so it is asked for (by the doctor), and not done at each look.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from nbtrack.stores.base import Damage
from nbtrack.stores.files import disk, experiments, links, models
from nbtrack.stores.files.layout import META, shown, subfolders
from nbtrack.stores.files.reader import odd_times

NEEDED = ("model_id", "name", "experiment_id", "artifact_location", "creation_timestamp", "status")
STATES = range(4)  # MLflow's numbers: unspecified, pending, ready, failed
RESTORE = "Restore it from a copy; the model's own files lie in the folder artifacts beside it."


def damages(root: str) -> Iterator[Damage]:
    for folder, experiment, _ in experiments.read_all(root):
        if experiment is None:
            continue
        parent = os.path.join(folder, models.MODELS)
        if out := links.leads_out(parent, root):
            yield Damage(shown(parent), out.problem, out.remedy)
            continue
        for name in subfolders(parent):
            path = os.path.join(parent, name, META)
            for problem, remedy in _of_model(os.path.join(parent, name), name):
                yield Damage(shown(path), problem, remedy)
        for run in subfolders(folder):
            outputs = os.path.join(folder, run, models.OUTPUTS)
            for name in subfolders(outputs):
                if problem := _unread(os.path.join(outputs, name)):
                    yield Damage(shown(os.path.join(outputs, name, META)), problem, "Delete its folder.")


def _of_model(folder: str, name: str) -> Iterator[tuple[str, str]]:
    if problem := _unread(folder):
        yield problem, RESTORE
        return
    meta = models.read(folder)
    missing = [key for key in NEEDED if meta.get(key) is None]
    if missing:
        yield f"does not say {', '.join(missing)}", RESTORE
    elif str(meta["model_id"]) != name:
        yield f"says that it is model '{str(meta['model_id'])[:80]}'", f"Correct model_id in it to '{name}'."
    elif meta["status"] not in STATES:
        yield f"has {str(meta['status'])[:60]!r} as its status", "Correct it to 2 (ready), or 3 (failed)."
    else:
        yield from odd_times(meta, "creation_timestamp", "last_updated_timestamp")


def _unread(folder: str) -> str:
    try:
        models.read(folder)
    except disk.Unreadable as error:
        return error.problem
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""
