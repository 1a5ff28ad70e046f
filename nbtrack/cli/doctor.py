"""`nbtrack doctor`: what in a store is damaged, where, and what can be done?"""

from __future__ import annotations

import argparse
from dataclasses import asdict, astuple

from nbtrack.cli.choice import Commands, add_json, add_store, existing, print_json
from nbtrack.errors import visible


def add(commands: Commands) -> None:
    one = commands.add_parser("doctor", help="say what in a store is damaged, where, and what to do")
    add_json(one, "as data")
    add_store(one)
    one.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    from nbtrack.magics.words import count
    from nbtrack.stores.examine import examine

    store = existing(options.store)
    seen, damages = examine(store)
    if options.json:
        told = {"store": store.uri, "runs": len(seen.rows), "experiments": len(seen.experiments)}
        print_json({**told, "damages": [asdict(damage) for damage in damages]})
        return 1 if damages else 0
    for damage in damages:
        print(*(visible(" ".join(text.split("\n"))) for text in astuple(damage)), sep="\n  ")
    print(
        f"{visible(store.uri)}: {count(len(seen.rows), 'run')} in {count(len(seen.experiments), 'experiment')}, "
        + (f"{count(len(damages), 'damaged place')}." if damages else "nothing damaged.")
    )
    return 1 if damages else 0
