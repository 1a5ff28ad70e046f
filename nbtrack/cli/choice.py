"""Which store, and which of its runs, do a command's words mean?"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from nbtrack.entities import LifecycleStage, ViewType
from nbtrack.errors import NotAStoreError, NotFoundError
from nbtrack.frame import Frame, Row
from nbtrack.query import order_hints
from nbtrack.stores import Store, open_store

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # argparse names it only to those who read

STORE_HELP = (
    "a folder such as ./mlruns, sqlite:///mlflow.db, or an MLflow server's http(s)://… "
    "(default: MLFLOW_TRACKING_URI, else the one here)"
)
RUN_HELP = "an id, a unique start of one, a unique name, or -1, -2 for the newest"
FILTER_HELP = "such as \"metrics.accuracy > 0.9 and params.lr = '0.1'\"; all runs without it"


def add_store(command: argparse.ArgumentParser) -> None:
    command.add_argument("--store", help=STORE_HELP)


def add_runs(command: argparse.ArgumentParser) -> None:
    command.add_argument("filter", nargs="?", default="", metavar="FILTER", help=FILTER_HELP)
    command.add_argument("--order", action="append", default=[], metavar="KEY", help='such as "metrics.loss asc"')
    command.add_argument("-e", "--experiment", action="append", metavar="NAME", help="only this one (repeatable)")
    add_store(command)


def add_json(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--json", action="store_true", help=what)


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def existing(uri: str | None) -> Store:
    """The store at `uri`; an address that leads nowhere is an error here, since there is nothing to read."""
    store = open_store(uri)
    address = urlsplit(store.uri)
    if address.scheme == "file" and not Path(unquote(address.path)).exists():
        raise NotAStoreError(f"There is no store at '{store.uri}'. Name one with --store, or track a first run.")
    return store


def chosen(store: Store, options: argparse.Namespace) -> tuple[list[Row], Frame]:
    """The active runs that the options ask for, in order, and the same as a frame."""
    return choose(store, options.experiment, options.filter, options.order, LifecycleStage.ACTIVE)


def choose(
    store: Store, experiments: list[str] | None, where: str, order_by: list[str], stage: str
) -> tuple[list[Row], Frame]:
    from nbtrack.tracking.lookup import matching, rows_of

    known = [e.experiment_id for e in store.experiments()]
    ids = known if experiments is None else [experiment_of(store, name) for name in experiments]
    view = ViewType.ACTIVE_ONLY if stage == LifecycleStage.ACTIVE else ViewType.DELETED_ONLY
    found = matching(store, ids, where, view, order_by)
    frame = found.held.frame()
    for hint in (*found.hints, *order_hints(order_by, frame)):
        print("nbtrack:", hint, file=sys.stderr)
    return rows_of(found.held, found.order), frame.take(found.order)


def experiment_of(store: Store, name: str) -> str:
    found = store.experiment_by_name(name)
    if found is None:
        known = ", ".join(repr(e.name) for e in store.experiments()[:8])
        raise NotFoundError(f"There is no experiment '{name}' in '{store.uri}'. It has {known or 'none'}.")
    return found.experiment_id
