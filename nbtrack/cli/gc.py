"""`nbtrack gc`: how is room made that deleted runs take?

It shows what would go and how much that is. Only --yes removes it, and nothing brings it back.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbtrack.cli.choice import Commands, add_store, choose, existing, experiment_of
from nbtrack.entities import LifecycleStage, ViewType
from nbtrack.errors import InvalidValueError, NbtrackError, visible
from nbtrack.frame import Row
from nbtrack.stores import Store

if TYPE_CHECKING:
    from nbtrack.stores.purging import Purgeable

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(d|h|m|s)", re.IGNORECASE)
UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}  # ms


def add(commands: Commands) -> None:
    one = commands.add_parser("gc", help="remove deleted runs for good; without --yes it only shows them")
    one.add_argument("runs", nargs="*", metavar="RUN", help="only these deleted runs, by id or a unique start of one")
    one.add_argument("--where", metavar="FILTER", help="only deleted runs that match")
    one.add_argument("-e", "--experiment", action="append", metavar="NAME", help="only of this one (repeatable)")
    one.add_argument("--older-than", metavar="AGE", help="only runs deleted at least so long ago, such as 30d or 12h")
    one.add_argument("--artifacts", action="store_true", help="remove only their files, and keep params and metrics")
    one.add_argument("-y", "--yes", action="store_true", help="remove them; nothing brings them back")
    add_store(one)
    one.set_defaults(run=collect)


def collect(options: argparse.Namespace) -> int:
    from nbtrack.magics.words import count, short
    from nbtrack.stores.purging import Purgeable, find, is_server, purger

    store = existing(options.store)
    found, running = find(store, _chosen(store, options), age(options.older_than))
    for each in found:
        size = f"{count(each.files, 'file')}, {_size(each.size)}"
        left = f"; left: {visible(each.elsewhere)}" if each.elsewhere else ""
        print(f"{each.info.run_id[:8]}  {short(each.info.run_name, 50)}  {size}{left}")
    for info in running:
        print(f"nbtrack: {info.run_id[:8]} is deleted and still marked as running: it is kept.", file=sys.stderr)
    if not options.yes:
        print(f"{_total(found)}. Nothing was removed: --yes removes them for good.", file=sys.stderr)
        return 0
    by, removed, on_server = purger(store), list[Purgeable](), list[str]()
    for each in found:
        try:
            if options.artifacts or is_server(store):
                by.remove_artifacts(each.info.run_id)
                on_server += [] if options.artifacts else [each.info.run_id]
            else:
                by.remove_run(each.info.run_id)
            removed.append(each)
        except NbtrackError as error:
            print(f"nbtrack: {error}", file=sys.stderr)
    whole = not (options.artifacts or options.runs or options.where or options.experiment or options.older_than)
    for name in by.remove_empty_experiments() if whole else []:
        print(f"removed the deleted experiment '{visible(name)}'")
    failed = len(found) - len(removed)
    print(f"removed {_total(removed)}" + (f"; {count(failed, 'run')} not" if failed else ""), file=sys.stderr)
    if on_server:
        print(
            "The runs themselves can be removed where the server runs:\n"
            f"  mlflow gc --backend-store-uri URI --run-ids {','.join(on_server)}",
            file=sys.stderr,
        )
    return 1 if failed else 0


def age(text: str | None) -> int:
    """Milliseconds of `30d`, `12h`, `1d12h`. Raises InvalidValueError for what is no age."""
    if text is None:
        return 0
    parts = _AGE.findall(text)
    if not parts or _AGE.sub("", text).strip():
        raise InvalidValueError(f"--older-than expects an age such as 30d, 12h or 1d12h, got '{text}'.")
    return round(sum(float(number) * UNITS[unit.lower()] for number, unit in parts))


def _chosen(store: Store, options: argparse.Namespace) -> list[Row]:
    from nbtrack.magics.find import find_run
    from nbtrack.stores.purging import trash

    ids = None if options.experiment is None else [experiment_of(store, name) for name in options.experiment]
    rows = trash(store, ids or [each.experiment_id for each in store.experiments(ViewType.ALL)])
    if options.runs:
        wanted = {find_run(store, text, deleted=True).info.run_id for text in options.runs}
        rows = [row for row in rows if row.run.info.run_id in wanted]
    if options.where is not None:
        matching = choose(store, options.experiment, options.where, [], LifecycleStage.DELETED)[0]
        fitting = {row.run.info.run_id for row in matching}
        rows = [row for row in rows if row.run.info.run_id in fitting]
    return rows


def _total(found: Sequence[Purgeable]) -> str:
    from nbtrack.magics.words import count

    runs, files = count(len(found), "deleted run"), count(sum(each.files for each in found), "file")
    return f"{runs}, {files}, {_size(sum(each.size for each in found))}"


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
