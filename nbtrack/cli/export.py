"""`nbtrack export`: how do runs leave, as a table or with all that belongs to them?"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from nbtrack.cli.choice import Commands, add_runs, chosen, existing
from nbtrack.entities import ViewType
from nbtrack.errors import InvalidValueError, NbtrackError

if TYPE_CHECKING:
    import pandas as pd

    from nbtrack.frame import Frame, Row
    from nbtrack.stores import Store

ABOUT = """
The archive holds a whole store, `mlruns`, with the artifacts of the runs, and the table beside it as `runs.csv`:
unpacked, nbtrack and MLflow open it.
"""


def add(commands: Commands) -> None:
    one = commands.add_parser(
        "export", help="write runs as a table, or as an archive with their artifacts", epilog=ABOUT
    )
    add_runs(one)
    form = one.add_mutually_exclusive_group(required=True)
    form.add_argument("--csv", action="store_const", const=_csv, dest="form", help="as comma-separated values")
    form.add_argument("--parquet", action="store_const", const=_parquet, dest="form", help="as a Parquet table")
    form.add_argument("--zip", action="store_const", const=_zip, dest="form", help="as an archive, artifacts included")
    one.add_argument("-o", "--output", metavar="FILE", help="instead of stdout, which is for --csv alone")
    one.set_defaults(run=export)


NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def as_text(value: object) -> object:
    """What a spreadsheet would run as a formula begins with an apostrophe, as in the table's own CSV."""
    risky = isinstance(value, str) and value[:1] in tuple("=+@-\t\r\n") and not NUMBER.fullmatch(value)
    return f"'{value}" if risky else value


def export(options: argparse.Namespace) -> int:
    from nbtrack.magics.words import count

    if not options.output and options.form is not _csv:
        raise InvalidValueError("Name the file: -o FILE. Only --csv goes to stdout.")
    store = existing(options.store)
    rows, frame = chosen(store, options)
    options.form(store, rows, frame, options.output)
    if options.output:
        print(f"{count(len(rows), 'run')} in {options.output}", file=sys.stderr)
    return 0


def _csv(store: Store, rows: list[Row], frame: Frame, output: str | None) -> None:
    _write(_cells(store, frame), output or sys.stdout)


def _write(cells: pd.DataFrame, target: Path | str | TextIO) -> None:
    texts = cells.select_dtypes(exclude=["number", "bool", "datetime", "datetimetz"]).columns
    cells[texts] = cells[texts].map(as_text)
    told = [*cells.columns, *(each for name in texts for each in cells[name])]
    cells.columns = cells.columns.map(as_text)
    # A carriage return alone ends a line for a spreadsheet, but csv would leave it without quotes.
    quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if any("\r" in str(each) for each in told) else csv.QUOTE_MINIMAL
    cells.to_csv(target, index=False, quoting=quoting)


def _parquet(store: Store, rows: list[Row], frame: Frame, output: str) -> None:
    try:
        _cells(store, frame).to_parquet(output, index=False)
    except ImportError as error:
        raise NbtrackError("Parquet needs the package 'pyarrow': pip install pyarrow") from error


def _zip(store: Store, rows: list[Row], frame: Frame, output: str) -> None:
    from nbtrack.stores import open_store
    from nbtrack.stores.copying import Copier

    used = {row.run.info.experiment_id for row in rows}
    experiments = [each for each in store.experiments() if each.experiment_id in used]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = open_store(folder / "mlruns")
        report = Copier(store, target, experiments, rows, every_run=False).copy()
        target.close()
        _write(_cells(store, frame), folder / "runs.csv")
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
    for line in (*report.left_out, *report.differences):
        print(f"not in the archive: {line}", file=sys.stderr)


def _cells(store: Store, frame: Frame) -> pd.DataFrame:
    from nbtrack.tracking.run_table import table

    names = {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)}
    cells = table(frame)
    cells.insert(2, "experiment_name", cells["experiment_id"].map(names))
    return cells
