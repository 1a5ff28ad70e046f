"""`nbtrack import`: how do runs of TensorBoard and W&B come into a store?"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from nbtrack.cli.choice import STORE_HELP, Commands
from nbtrack.errors import NotAStoreError
from nbtrack.stores import open_store


def add(commands: Commands) -> None:
    one = commands.add_parser("import", help="bring runs of TensorBoard or W&B (offline ones) into a store")
    one.add_argument("place", type=Path, metavar="FOLDER", help="such as runs/, logs/ or wandb/; looked through whole")
    one.add_argument("--as", dest="kind", choices=["tensorboard", "wandb"], help="read only this kind")
    one.add_argument("-e", "--experiment", metavar="NAME", help="default: the folder's name, or W&B's project")
    one.add_argument("--store", help=STORE_HELP)
    one.set_defaults(run=bring_in)


def bring_in(options: argparse.Namespace) -> int:
    from nbtrack.interop.imports import bring, read
    from nbtrack.magics.words import count, short

    if not options.place.exists():
        raise NotAStoreError(f"There is nothing at '{options.place}'.")
    store = open_store(options.store)
    new = seen = 0
    left_out: Counter[str] = Counter()
    for found in read(options.place, options.kind):
        run_id, is_new = bring(store, found, options.experiment)
        new, seen = new + is_new, seen + 1
        left_out += found.left_out
        print(f"{'new    ' if is_new else 'updated'} {run_id[:8]}  {short(found.name, 60)}")
    print(f"{count(seen, 'run')}, {new:,} of them new, in {store.uri}", file=sys.stderr)
    for kind, times in left_out.most_common():
        print(f"left out: {count(times, kind)}", file=sys.stderr)
    return 0
