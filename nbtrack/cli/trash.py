"""`nbtrack rm` and `nbtrack restore`: which runs go out of sight, and which come back?

A deleted run keeps all its files; `nbtrack restore` brings it back.
"""

from __future__ import annotations

import argparse
import sys

from nbtrack.cli.choice import RUN_HELP, Commands, add_json, add_store, choose, existing, print_json
from nbtrack.entities import LifecycleStage, Run
from nbtrack.errors import InvalidValueError
from nbtrack.stores import Store

NAMED = 8  # runs in a hint


def add(commands: Commands) -> None:
    for name, does, said in (
        ("rm", remove, "delete runs; their files stay, and `nbtrack restore` brings them back"),
        ("restore", restore, "bring deleted runs back"),
    ):
        one = commands.add_parser(name, help=said)
        one.add_argument("runs", nargs="*", metavar="RUN", help=RUN_HELP)
        one.add_argument("--where", metavar="FILTER", help="all runs that match, as `nbtrack ls FILTER` lists them")
        one.add_argument("-e", "--experiment", action="append", metavar="NAME", help="with --where: only in this one")
        one.add_argument("-y", "--yes", action="store_true", help="with --where: do not ask")
        add_json(one, "their ids and names")
        add_store(one)
        one.set_defaults(run=does)


def remove(options: argparse.Namespace) -> int:
    store = existing(options.store)
    runs = _named(store, options, LifecycleStage.ACTIVE, "Delete")
    for run in runs:
        store.delete_run(run.info.run_id)
    _say("deleted", runs, as_data=options.json)
    if runs:
        named = " ".join(run.info.run_id[:8] for run in runs[:NAMED]) + (" …" if len(runs) > NAMED else "")
        print(f"`nbtrack restore {named}` brings {'it' if len(runs) == 1 else 'them'} back.", file=sys.stderr)
    return 0


def restore(options: argparse.Namespace) -> int:
    store = existing(options.store)
    runs = _named(store, options, LifecycleStage.DELETED, "Restore")
    for run in runs:
        store.restore_run(run.info.run_id)
    _say("restored", runs, as_data=options.json)
    return 0


def _named(store: Store, options: argparse.Namespace, stage: str, verb: str) -> list[Run]:
    """The runs that the words mean. None of them is touched before all are found."""
    from nbtrack.magics.find import find_run

    if bool(options.runs) == (options.where is not None):
        raise InvalidValueError("Name runs, or give --where FILTER.")
    if options.runs:
        found = [find_run(store, text, deleted=stage == LifecycleStage.DELETED) for text in options.runs]
        return list({run.info.run_id: run for run in found}.values())
    runs = [row.run for row in choose(store, options.experiment, options.where, [], stage)[0]]
    if runs and not options.yes and not _agreed(f"{verb} {len(runs):,} runs of {store.uri}? [y/N] "):
        raise InvalidValueError(f"{len(runs):,} runs match, and none was touched. --yes does it without a question.")
    return runs


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _say(done: str, runs: list[Run], *, as_data: bool) -> None:
    from nbtrack.magics.words import short

    if as_data:
        print_json([{"run_id": run.info.run_id, "run_name": run.info.run_name} for run in runs])
        return
    for run in runs:
        print(f"{done} {run.info.run_id[:8]}  {short(run.info.run_name, 60)}")
    if not runs:
        print("No run matches.", file=sys.stderr)
