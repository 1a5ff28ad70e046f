"""Which run is a fit inside of: nbtrack's active one, or MLflow's own?

The one that was started last is the inner one. What ATOM and PyCaret train they log themselves, where they track.
"""

from __future__ import annotations

import sys
from types import FrameType

from nbtrack.entities import Run
from nbtrack.errors import NbtrackError, warn_once
from nbtrack.tracking import active, mlflow_here
from nbtrack.tracking.client import MlflowClient

_LOG_THEMSELVES = ("atom", "pycaret")
_MOST = 100
_theirs: dict[tuple[str, str], active.Held] = {}  # by address and run: runs of MLflow that fits were inside of


def active_run() -> active.Held | None:
    """The run that a fit which starts here logs into; None where it is to have one of its own."""
    held, run = active.current(), mlflow_here.active_run()
    if run is None or (held is not None and _is_inner(held, run)):
        return held
    return _held(run.info.run_id) or held


def is_of_mlflow(run_id: str | None) -> bool:
    """Does MLflow end this run, which nobody hears of here?"""
    return any(held.run_id == run_id for held in _theirs.values())


def is_logged_elsewhere() -> bool:
    """Is what trains here logged by the library that trains it, or in a run of MLflow that cannot be reached?"""
    run = mlflow_here.active_run()
    if any(name in sys.modules for name in _LOG_THEMSELVES) and _is_called_by_logger(tracking=run is not None):
        return True
    held = active.current()
    return run is not None and not (held is not None and _is_inner(held, run)) and _held(run.info.run_id) is None


def _is_inner(held: active.Held, run: Run) -> bool:
    """Is nbtrack's run MLflow's, or inside of it?"""
    return held.run_id == run.info.run_id or (held.run.info.start_time or 0) > (run.info.start_time or 0)


def _held(run_id: str) -> active.Held | None:
    """MLflow's run, as one of nbtrack's; None where its store is none that nbtrack can write."""
    uri = mlflow_here.tracking_uri() or ""
    found = _theirs.get((uri, run_id))
    if found is None:
        try:
            client = MlflowClient(uri)
            found = _theirs[uri, run_id] = active.Held(client.get_run(run_id), client)
        except (NbtrackError, OSError) as error:
            warn_once(f"Fits inside MLflow's run are not logged by nbtrack, which cannot write to '{uri}': {error}")
            return None
        while len(_theirs) > _MOST:
            del _theirs[next(iter(_theirs))]
    return found


def _is_called_by_logger(*, tracking: bool) -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package in _LOG_THEMSELVES and (tracking or _has_experiment(frame)):
            return True
        frame = frame.f_back
    return False


def _has_experiment(frame: FrameType) -> bool:
    """ATOM keeps the name of the experiment that it tracks to with each of its objects."""
    return bool(getattr(frame.f_locals.get("self"), "experiment", None))
