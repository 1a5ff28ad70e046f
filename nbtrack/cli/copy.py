"""`nbtrack copy`: how do runs get from one store into another?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nbtrack.cli.choice import FILTER_HELP, Commands, existing, experiment_of
from nbtrack.entities import Experiment, LifecycleStage, ViewType
from nbtrack.errors import InvalidValueError, visible
from nbtrack.frame import Row, frame_of
from nbtrack.stores import Store, open_store
from nbtrack.stores.files.layout import DEFAULT_NAME

if TYPE_CHECKING:
    from nbtrack.stores.copying import Report

ABOUT = """
Experiments are found by name and made where there is none of that name. Runs keep their ids in folders and databases; a
server gives new ones, and each run says where it came from in the tags nbtrack.copied_run_id and nbtrack.copied_from.
Only what TO lacks is written: a copy that was stopped goes on when it is run again, and TO keeps what it has more. At
the end both are compared. Not copied: traces, the model registry, artifacts in a bucket, and those of a folder or a
database that only its server hands out.
"""


def add(commands: Commands) -> None:
    one = commands.add_parser("copy", help="bring runs from one store into another, or up to date there", epilog=ABOUT)
    one.add_argument("source", metavar="FROM", help="a folder such as ./mlruns, sqlite:///mlflow.db or a server")
    one.add_argument("target", metavar="TO", help="the same; a folder is made where there is none")
    one.add_argument("filter", nargs="?", default="", metavar="FILTER", help=FILTER_HELP)
    one.add_argument("-e", "--experiment", action="append", metavar="NAME", help="only this one (repeatable)")
    one.add_argument("--check", action="store_true", help="write nothing, only say what TO lacks")
    one.set_defaults(run=copy)


def copy(options: argparse.Namespace) -> int:
    """0 where the copy is complete and equal, 1 where something could not be copied or differs."""
    from nbtrack.magics.words import count
    from nbtrack.stores.copying import Copier

    source, target = existing(options.source), open_store(options.target)
    if source is target:
        raise InvalidValueError(f"FROM and TO are the same store, '{source.uri}'.")
    experiments, rows = _wanted(source, options.experiment, options.filter)
    copier = Copier(source, target, experiments, rows, every_run=not options.filter)
    report = copier.check() if options.check else copier.copy()
    if not options.check:
        print(_done(report))
    elif report.fine:
        print(f"'{target.uri}' has all {count(len(rows), 'run')} of {count(len(experiments), 'experiment')}.")
    for line in _to_look_at(report):
        print(line, file=sys.stderr)
    damages = source.snapshot([each.experiment_id for each in experiments]).damages
    if damages:
        print(
            f"'{source.uri}' has {count(len(damages), 'damaged place')}, and what they held is not in the copy. "
            f"They are listed by: nbtrack doctor --store '{options.source}'",
            file=sys.stderr,
        )
    return 0 if report.fine and not damages else 1


def _wanted(store: Store, names: Sequence[str] | None, text: str) -> tuple[list[Experiment], list[Row]]:
    """All experiments and runs, deleted ones too; with a filter the active runs that it leaves, and theirs."""
    experiments = store.experiments(ViewType.ALL)
    if names is not None:
        chosen = {experiment_of(store, name) for name in names}
        experiments = [each for each in experiments if each.experiment_id in chosen]
    rows = list(store.snapshot([each.experiment_id for each in experiments]).rows)
    used = {row.run.info.experiment_id for row in rows}
    # Every MLflow store has a "Default", and nobody means an empty one.
    experiments = [each for each in experiments if each.name != DEFAULT_NAME or names or each.experiment_id in used]
    if text:
        from nbtrack.query import select

        rows = [row for row in rows if row.run.info.lifecycle_stage == LifecycleStage.ACTIVE]
        rows = [rows[i] for i in select(frame_of(rows), text, [])]
        of = {row.run.info.experiment_id for row in rows}
        experiments = [each for each in experiments if each.experiment_id in of]
    return experiments, rows


def _done(report: Report) -> str:
    from nbtrack.magics.words import count

    runs = report.made + report.completed + report.alike
    parts = [
        f"{report.made:,} copied",
        *([f"{report.completed:,} completed"] if report.completed else []),
        *([f"{report.alike:,} there already"] if report.alike else []),
    ]
    models = f", {count(report.models, 'logged model')}" if report.models else ""
    return (
        f"{count(runs, 'run')} ({', '.join(parts)}) in {count(report.experiments, 'experiment')}: "
        f"{count(report.points, 'point')}, {count(report.files, 'artifact')} ({_size(report.size)}){models}."
    )


def _to_look_at(report: Report) -> Iterator[str]:
    from nbtrack.magics.words import count

    if report.repeats:
        yield f"note: {count(report.repeats, 'point')} of FROM repeated another exactly, and TO has each point once"
    if report.left_at:
        runs = count(len(report.left_at), "run")
        yield f"note: the artifacts of {runs} stay where they are, such as '{visible(report.left_at[0])}'"
    yield from (f"note: {line}" for line in report.remarks)
    yield from (f"not copied: {line}" for line in report.left_out)
    yield from (f"differs: {line}" for line in report.differences)


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
