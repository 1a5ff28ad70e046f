"""`nbtrack show`: what is known of one run?"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice

from nbtrack.cli.choice import RUN_HELP, Commands, add_json, add_store, existing, print_json
from nbtrack.cli.ls import as_json
from nbtrack.entities import FileInfo, ViewType
from nbtrack.errors import NotFoundError
from nbtrack.stores import Store
from nbtrack.stores.walk import all_files

MOST = 200  # files


def add(commands: Commands) -> None:
    one = commands.add_parser("show", help="what is known of one run: params, metrics, files")
    one.add_argument("run_named", nargs="?", default="-1", metavar="RUN", help=f"{RUN_HELP} (default: -1)")
    add_json(one, "everything, with the list of its files")
    add_store(one)
    one.set_defaults(run=show)


def show(options: argparse.Namespace) -> int:
    from nbtrack.magics.card import card_of
    from nbtrack.magics.card_text import card_text
    from nbtrack.magics.find import find_run
    from nbtrack.magics.literal_notes import send_notes
    from nbtrack.magics.words import short
    from nbtrack.stores.base import Rearranging
    from nbtrack.tracking.client import MlflowClient

    store = existing(options.store)
    if not isinstance(store, Rearranging) and not store.read_only:
        send_notes(MlflowClient(options.store))
    run = find_run(store, options.run_named)
    listed, elsewhere = _files(store, run.info.run_id)
    if options.json:
        whole = as_json(run, {e.experiment_id: e.name for e in store.experiments(ViewType.ALL)})
        whole["files"] = [{"path": file.path, "size": file.file_size} for file in listed]
        print_json(whole)
        return 0
    print(card_text(card_of(store, run, now=int(time.time() * 1000))))
    for file in listed:
        print(f"  {file.file_size or 0:>12,}  {short(file.path, 100)}")
    if len(listed) == MOST:
        print(f"  the first {MOST} files; --json lists no more", file=sys.stderr)
    if elsewhere:
        print(f"  {elsewhere}", file=sys.stderr)
    return 0


def _files(store: Store, run_id: str) -> tuple[list[FileInfo], str]:
    """The first files of the run, and why there are none where they lie on another machine."""
    try:
        return list(islice(all_files(store, run_id), MOST)), ""
    except NotFoundError as error:
        return [], str(error)
