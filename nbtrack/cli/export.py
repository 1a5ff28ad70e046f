"""`nbtrack export`: how do runs leave as a table?"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from nbtrack.cli.choice import add_runs, chosen, existing
from nbtrack.entities import ViewType

if TYPE_CHECKING:
    from nbtrack.cli.choice import Commands


def add(commands: Commands) -> None:
    one = commands.add_parser("export", help="write runs as a table")
    add_runs(one)
    one.add_argument("--csv", action="store_true", required=True, help="as comma-separated values")
    one.add_argument("-o", "--output", metavar="FILE", help="instead of stdout")
    one.set_defaults(run=export)


NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def as_text(value: object) -> object:
    """What a spreadsheet would run as a formula begins with an apostrophe, as in the table's own CSV."""
    risky = isinstance(value, str) and value[:1] in tuple("=+@-\t\r") and not NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def export(options: argparse.Namespace) -> int:
    from nbtrack.magics.words import count
    from nbtrack.tracking.run_table import table

    store = existing(options.store)
    _, frame = chosen(store, options)
    names = {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)}
    cells = table(frame)
    cells.insert(2, "experiment_name", cells["experiment_id"].map(names))
    texts = cells.select_dtypes(exclude=["number", "bool", "datetime", "datetimetz"]).columns
    cells[texts] = cells[texts].map(as_text)
    cells.columns = cells.columns.map(as_text)
    cells.to_csv(options.output or sys.stdout, index=False)
    if options.output:
        print(f"{count(len(cells), 'run')} in {options.output}", file=sys.stderr)
    return 0
