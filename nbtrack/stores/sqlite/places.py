"""Where on this machine do the files of a run or a logged model lie that an mlflow.db knows?"""

from __future__ import annotations

import os
from pathlib import Path

from nbtrack.stores.files.layout import path_of
from nbtrack.stores.files.links import is_made_for
from nbtrack.stores.names import is_run_id


def place_of_artifacts(database: Path, address: str, owner: str, *usual: str) -> str | None:
    """The folder that `address` names, as MLflow reads it; None where it is on no disk of this machine.

    An address is accepted where it ends in `<owner>/artifacts`: the database could name any folder of this machine.
    `usual` is where the files of `owner` lie in the folder `mlruns` beside the database: they are taken from there
    where the address leads nowhere, as after the database was moved with that folder.
    """
    given = path_of(address)
    if given is None and address:
        return None
    beside = database.parent.joinpath("mlruns", *usual, "artifacts")
    safe = is_run_id(owner) and all(is_run_id(part) for part in usual) and is_made_for(str(beside), owner)
    found = [path for path in _readings(database, given or "") if is_made_for(path, owner)]
    there = next((path for path in found if os.path.isdir(path)), None)
    if there is None and safe and (beside.is_dir() or not found):
        return str(beside)
    return there or _likeliest(found)


def _readings(database: Path, given: str) -> list[str]:
    """An absolute path, or what a relative one can mean: from the working folder (MLflow's), or beside the database."""
    if not given or os.path.isabs(given):
        return [given] if given else []
    return [os.path.normpath(base / given) for base in (Path.cwd(), database.parent)]


def _likeliest(paths: list[str]) -> str | None:
    """Of places that are not there yet the one whose folder of experiments is; else MLflow's, the first."""
    known = [path for path in paths if os.path.isdir(os.path.dirname(os.path.dirname(os.path.dirname(path))))]
    return next(iter(known or paths), None)
