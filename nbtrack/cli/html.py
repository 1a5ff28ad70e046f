"""`nbtrack html`: how do chosen runs and charts leave as one page that works offline?"""

from __future__ import annotations

import argparse
import sys

from nbtrack.cli.choice import RUN_HELP, Commands, add_runs, chosen, existing
from nbtrack.errors import InvalidValueError

ABOUT = """
The page holds the runs that were chosen and no others, with all their histories, but not their files. Its reader sorts,
filters, draws and compares them without a network and without nbtrack.
"""


def add(commands: Commands) -> None:
    one = commands.add_parser("html", help="write chosen runs and charts as one page that works offline", epilog=ABOUT)
    one.add_argument("output", metavar="FILE", help="such as runs.html")
    add_runs(one)
    one.add_argument(
        "--run", action="append", dest="named", metavar="RUN", help=f"only this one (repeatable): {RUN_HELP}"
    )
    one.add_argument(
        "--chart",
        action="append",
        metavar="NAME",
        help="only this chart (repeatable): a metric, a formula such as 'val_loss - loss', or one of the tab Analyse: "
        "parallel, scatter, bars, box, grid, importance, history",
    )
    one.add_argument("--view", metavar="NAME", help="as the view that was saved under this name in a dashboard")
    one.set_defaults(run=page)


def page(options: argparse.Namespace) -> int:
    from nbtrack.dashboard.report import report
    from nbtrack.magics.find import find_run
    from nbtrack.magics.words import count

    if options.named and (options.filter or options.experiment):
        raise InvalidValueError("Name runs with --run, or choose them by a FILTER and -e: not both.")
    store = existing(options.store)
    if options.named:
        named = [find_run(store, text).info for text in options.named]
        ids, experiments = [run.run_id for run in named], [run.experiment_id for run in named]
    else:
        rows, _ = chosen(store, options)
        ids = [row.run.info.run_id for row in rows]
        experiments = [row.run.info.experiment_id for row in rows]
    dash = report(
        store,
        ids,
        experiments,
        charts=options.chart or (),
        view=options.view,
        order_by=options.order,
        ticked=bool(options.named),
    )
    path = dash.save_html(options.output)
    dash.close()
    print(f"{count(len(set(ids)), 'run')} in {path}", file=sys.stderr)
    return 0
