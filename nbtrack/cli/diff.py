"""`nbtrack diff`: in what do two runs differ?"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from nbtrack.cli.choice import RUN_HELP, Commands, add_json, add_store, existing, print_json


def add(commands: Commands) -> None:
    one = commands.add_parser("diff", help="what is different between two runs: code, params, data, metrics, packages")
    one.add_argument("a", metavar="A", help=RUN_HELP)
    one.add_argument("b", metavar="B", help="likewise")
    add_json(one, "as data")
    add_store(one)
    one.set_defaults(run=diff)


def diff(options: argparse.Namespace) -> int:
    from nbtrack.magics.card import directions_of
    from nbtrack.magics.diff import difference
    from nbtrack.magics.find import find_run
    from nbtrack.magics.tables import difference_text

    store = existing(options.store)
    a, b = find_run(store, options.a), find_run(store, options.b)
    found = difference(store, a, b, {**directions_of(a), **directions_of(b)})
    if options.json:
        ends = {"a": a.info.run_id, "b": b.info.run_id}
        print_json({**ends, **asdict(found)})
    else:
        print(difference_text(a, b, found, colour=sys.stdout.isatty()))
    return 0
