"""`nbtrack import`: how do runs of TensorBoard and W&B come into a store?"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from nbtrack.cli.choice import STORE_HELP, Commands
from nbtrack.errors import NbtrackError, NotAStoreError
from nbtrack.stores import open_store


def add(commands: Commands) -> None:
    one = commands.add_parser("import", help="bring runs of TensorBoard or W&B (offline ones) into a store")
    one.add_argument("place", type=Path, metavar="FOLDER", help="such as runs/, logs/ or wandb/; looked through whole")
    one.add_argument("--as", dest="kind", choices=["tensorboard", "wandb"], help="read only this kind")
    one.add_argument("-e", "--experiment", metavar="NAME", help="default: the folder's name, or W&B's project")
    one.add_argument(
        "--deleted", choices=["skip", "new"], default="skip",
        help="what to do with a run that was brought before and deleted here (default: skip)",
    )  # fmt: skip
    one.add_argument("--store", help=STORE_HELP)
    one.set_defaults(run=bring_in)


def bring_in(options: argparse.Namespace) -> int:
    from nbtrack.interop.imports import Bringer, Unread, read
    from nbtrack.magics.words import count, short

    if not options.place.exists():
        raise NotAStoreError(f"There is nothing at '{options.place}'.")
    store = open_store(options.store)
    bringer = Bringer(store, options.experiment, deleted_anew=options.deleted == "new")
    states: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for found in read(options.place, options.kind):
        try:
            if isinstance(found, Unread):
                raise NbtrackError(found.problem)
            run_id, state = bringer.bring(found)
        except NbtrackError as error:
            states["failed"] += 1
            print(f"nbtrack: '{short(found.name, 60)}' was not brought whole: {error}", file=sys.stderr)
            continue
        states[state] += 1
        left_out += found.left_out
        print(f"{state:7} {run_id[:8]}  {short(found.name, 60)}")
    print(f"{count(states.total(), 'run')}, {states['new']:,} of them new, in {store.uri}", file=sys.stderr)
    if states["deleted"]:
        print(
            f"{count(states['deleted'], 'run')} was brought before and deleted here. --deleted new brings such anew.",
            file=sys.stderr,
        )
    for kind, times in left_out.most_common():
        print(f"left out: {count(times, kind)}", file=sys.stderr)
    return 1 if states["failed"] else 0
