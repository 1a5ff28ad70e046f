"""What does the `nbtrack` command do in a shell?

Results go to stdout and remarks to stderr, so that `nbtrack ls --json | jq` and `nbtrack export --csv > runs.csv` work.
Exit status: 0 done, 1 the store has damage (doctor) or the demo failed, 2 the command could not be carried out; `run`
ends as its script does.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from nbtrack import __version__
from nbtrack.entities import LifecycleStage, Run, ViewType
from nbtrack.errors import InvalidValueError, NbtrackError, NotAStoreError, NotFoundError
from nbtrack.frame import Frame, Row, frame_of
from nbtrack.stores import Store, open_store

STORE_HELP = "a folder such as ./mlruns, or sqlite:///mlflow.db (default: MLFLOW_TRACKING_URI, else the one here)"
FILTER_HELP = "such as \"metrics.accuracy > 0.9 and params.lr = '0.1'\"; all runs without it"


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # `nbtrack ls | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (NbtrackError, OSError) as error:
        print("nbtrack:", " ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="nbtrack", description="Track experiments in notebooks, and look at them there.")
    top.add_argument("--version", action="version", version=f"nbtrack {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("demo", help="train small models and open JupyterLab on them")
    one.add_argument("--folder", default="demo", help="where it is made (default: ./demo)")
    one.add_argument("--no-browser", action="store_true", help="start JupyterLab and print its address only")
    one.add_argument(
        "--headless", action="store_true", help="no JupyterLab: run the notebooks, keep them and their HTML"
    )
    one.set_defaults(run=demo)

    one = commands.add_parser("ls", help="list runs, newest first")
    _which_runs(one)
    one.add_argument("-n", "--most", type=int, default=30, help="how many runs (default: 30; 0 for all)")
    one.add_argument("--json", action="store_true", help="everything that is known of each run")
    one.set_defaults(run=ls)

    one = commands.add_parser("export", help="write runs as a table")
    _which_runs(one)
    one.add_argument("--csv", action="store_true", required=True, help="as comma-separated values")
    one.add_argument("-o", "--output", metavar="FILE", help="instead of stdout")
    one.set_defaults(run=export)

    one = commands.add_parser("html", help="write the dashboard of a store as one page that works offline")
    one.add_argument("output", metavar="FILE", help="such as runs.html")
    _which_runs(one)
    one.set_defaults(run=page)

    one = commands.add_parser("run", help="run a script as `python SCRIPT …` would, and keep it as a run")
    one.add_argument("--name", help="the run's name (default: the script's)")
    one.add_argument("-e", "--experiment", metavar="NAME", help="made when there is none of that name")
    one.add_argument("-p", "--param", metavar="KEY=VALUE", action="append", default=[], help="a param (repeatable)")
    one.add_argument("-t", "--tag", metavar="KEY=VALUE", action="append", default=[], help="a tag (repeatable)")
    one.add_argument("--store", help=STORE_HELP)
    one.add_argument("script", type=Path, help="a Python file")
    one.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    one.set_defaults(run=run_script)

    one = commands.add_parser("doctor", help="say what in a store is damaged, where, and what to do")
    one.add_argument("--store", help=STORE_HELP)
    one.set_defaults(run=doctor)
    return top


def _which_runs(command: argparse.ArgumentParser) -> None:
    command.add_argument("filter", nargs="?", default="", metavar="FILTER", help=FILTER_HELP)
    command.add_argument("--order", action="append", default=[], metavar="KEY", help='such as "metrics.loss asc"')
    command.add_argument("-e", "--experiment", action="append", metavar="NAME", help="only this one (repeatable)")
    command.add_argument("--store", help=STORE_HELP)


def demo(options: argparse.Namespace) -> int:
    from nbtrack.demo import run

    return run(Path(options.folder), headless=options.headless, browser=not options.no_browser)


def ls(options: argparse.Namespace) -> int:
    store = _existing(options.store)
    runs = [row.run for row in _chosen(store, options)[0]]
    names = {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)}
    most = options.most if options.most > 0 else len(runs)
    if options.json:
        json.dump([_as_json(run, names) for run in runs[:most]], sys.stdout, indent=2, ensure_ascii=False)
        print()
    elif runs:
        from nbtrack.magics.tables import runs_table

        table = runs_table(runs, names, now=int(time.time() * 1000), most=most)
        print(replace(table, note="").as_text())
    left = len(runs) - most
    if not runs:
        print(f"No runs in '{store.uri}'" + (f" fit {options.filter!r}." if options.filter else "."), file=sys.stderr)
    elif left > 0:
        print(f"and {left:,} more: -n 0 lists all, a FILTER fewer", file=sys.stderr)
    return 0


def run_script(options: argparse.Namespace) -> int:
    """The script's own exit status; its card goes to stderr."""
    from nbtrack.magics import script
    from nbtrack.magics.arguments import Options
    from nbtrack.magics.background import settle
    from nbtrack.magics.card import card_of
    from nbtrack.magics.card_text import card_text

    params, tags = (_key_values(given) for given in (options.param, options.tag))
    wanted = Options(name=options.name, experiment=options.experiment, params=params, tags=tags, store=options.store)
    run_id, status = script.run_script(options.script, options.arguments, wanted)
    if run_id:
        settle()
        store = open_store(options.store)
        print(card_text(card_of(store, store.run(run_id), now=int(time.time() * 1000))), file=sys.stderr)
    return status


def _key_values(given: Sequence[str]) -> dict[str, str]:
    wrong = next((text for text in given if not text.partition("=")[0] or "=" not in text), None)
    if wrong is not None:
        raise InvalidValueError(f"'{wrong}' is no KEY=VALUE.")
    return {key: value for key, _, value in (text.partition("=") for text in given)}


def export(options: argparse.Namespace) -> int:
    from nbtrack.tracking.run_table import table

    store = _existing(options.store)
    _, frame = _chosen(store, options)
    names = {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)}
    cells = table(frame)
    cells.insert(2, "experiment_name", cells["experiment_id"].map(names))
    cells.to_csv(options.output or sys.stdout, index=False)
    if options.output:
        print(f"{len(cells):,} runs in {options.output}", file=sys.stderr)
    return 0


def page(options: argparse.Namespace) -> int:
    from nbtrack.dashboard.api import dashboard

    store = _existing(options.store)
    _chosen(store, options)  # a filter or an order that does not parse is told before anything is written
    dash = dashboard(store, options.experiment, filter=options.filter, order_by=options.order)
    path = dash.save_html(options.output)
    dash.close()
    print(f"{len(dash.runs):,} runs in {path}", file=sys.stderr)
    return 0


def doctor(options: argparse.Namespace) -> int:
    store = _existing(options.store)
    seen = store.snapshot([e.experiment_id for e in store.experiments(ViewType.ALL)])
    damages = list(dict.fromkeys([*store.snapshot().damages, *seen.damages]))
    for damage in damages:
        print(f"{damage.path}\n  {damage.problem}\n  {damage.remedy}")
    print(
        f"{store.uri}: {len(seen.rows):,} runs in {len(seen.experiments):,} experiments, "
        + (f"{len(damages):,} damaged place{'s' if len(damages) > 1 else ''}." if damages else "nothing damaged.")
    )
    return 1 if damages else 0


def _existing(uri: str | None) -> Store:
    """The store at `uri`; an address that leads nowhere is an error here, since there is nothing to read."""
    store = open_store(uri)
    address = urlsplit(store.uri)
    if address.scheme == "file" and not Path(unquote(address.path)).exists():
        raise NotAStoreError(f"There is no store at '{store.uri}'. Name one with --store, or track a first run.")
    return store


def _chosen(store: Store, options: argparse.Namespace) -> tuple[list[Row], Frame]:
    """The active runs that the options ask for, in order, and the same as a frame."""
    from nbtrack.query import select

    ids = None if options.experiment is None else [_experiment(store, name) for name in options.experiment]
    rows = [r for r in store.snapshot(ids).rows if r.run.info.lifecycle_stage == LifecycleStage.ACTIVE]
    frame = frame_of(rows)
    order = select(frame, options.filter, options.order)
    return [rows[i] for i in order], frame.take(order)


def _experiment(store: Store, name: str) -> str:
    found = store.experiment_by_name(name)
    if found is None:
        known = ", ".join(repr(e.name) for e in store.experiments()[:8])
        raise NotFoundError(f"There is no experiment '{name}' in '{store.uri}'. It has {known or 'none'}.")
    return found.experiment_id


def _as_json(run: Run, names: dict[str, str]) -> dict[str, Any]:
    """NaN and the infinities as texts that `float` reads: JSON has no word for them."""
    whole = run.to_dictionary()
    whole["info"]["experiment_name"] = names.get(run.info.experiment_id)
    metrics: dict[str, float] = whole["data"]["metrics"]
    whole["data"]["metrics"] = {k: v if math.isfinite(v) else str(float(v)) for k, v in metrics.items()}
    return whole


if __name__ == "__main__":
    sys.exit(main())
