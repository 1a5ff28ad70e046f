"""`nbtrack ls`: which runs are there?"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import time
from dataclasses import replace
from typing import Any

from nbtrack.cli.choice import Commands, add_json, add_runs, choose, existing, print_json
from nbtrack.entities import LifecycleStage, Run, ViewType


def add(commands: Commands) -> None:
    one = commands.add_parser("ls", help="list runs, newest first")
    add_runs(one)
    one.add_argument("-n", "--most", type=int, default=30, help="how many runs (default: 30; 0 for all)")
    one.add_argument("--deleted", action="store_true", help="those that were deleted, for `nbtrack restore`")
    add_json(one, "everything that is known of each run")
    one.set_defaults(run=ls)


def ls(options: argparse.Namespace) -> int:
    store = existing(options.store)
    stage = LifecycleStage.DELETED if options.deleted else LifecycleStage.ACTIVE
    rows, _ = choose(store, options.experiment, options.filter, options.order, stage)
    runs = [row.run for row in rows]
    names = {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)}
    most = options.most if options.most > 0 else len(runs)
    if options.json:
        print_json([as_json(run, names) for run in runs[:most]])
    elif runs:
        from nbtrack.magics.tables import runs_table

        table = runs_table(runs, names, now=int(time.time() * 1000), most=most)
        wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
        print(replace(table, note="").as_text(most=wide, colour=bool(wide)))
    left = len(runs) - most
    if not runs:
        kind = "deleted runs" if options.deleted else "runs"
        print(f"No {kind} in '{store.uri}'" + (f" fit {options.filter!r}." if options.filter else "."), file=sys.stderr)
    elif left > 0:
        print(f"and {left:,} more: -n 0 lists all, a FILTER fewer", file=sys.stderr)
    return 0


def as_json(run: Run, names: dict[str, str]) -> dict[str, Any]:
    """NaN and the infinities as texts that `float` reads: JSON has no word for them."""
    whole = run.to_dictionary()
    whole["info"]["experiment_name"] = names.get(run.info.experiment_id)
    metrics: dict[str, float] = whole["data"]["metrics"]
    whole["data"]["metrics"] = {k: v if math.isfinite(v) else str(float(v)) for k, v in metrics.items()}
    return whole
