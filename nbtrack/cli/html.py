"""`nbtrack html`: how do runs leave as one page that works offline?"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from nbtrack.cli.choice import add_runs, chosen, existing

if TYPE_CHECKING:
    from nbtrack.cli.choice import Commands


def add(commands: Commands) -> None:
    one = commands.add_parser("html", help="write the dashboard of a store as one page that works offline")
    one.add_argument("output", metavar="FILE", help="such as runs.html")
    add_runs(one)
    one.set_defaults(run=page)


def page(options: argparse.Namespace) -> int:
    from nbtrack.dashboard.api import dashboard
    from nbtrack.magics.words import count

    store = existing(options.store)
    chosen(store, options)  # a filter or an order that does not parse is told before anything is written
    dash = dashboard(store, options.experiment, filter=options.filter, order_by=options.order)
    path = dash.save_html(options.output)
    dash.close()
    print(f"{count(len(dash.runs), 'run')} in {path}", file=sys.stderr)
    return 0
