"""`nbtrack doctor`: what in a store is damaged, where, and what can be done?"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, astuple

from nbtrack.cli.choice import Commands, add_json, add_store, existing, print_json
from nbtrack.errors import InvalidValueError, visible
from nbtrack.stores import Store


def add(commands: Commands) -> None:
    one = commands.add_parser("doctor", help="say what in a store is damaged, where, and what to do")
    add_json(one, "as data")
    one.add_argument("--resend", action="store_true", help="of a server: first send again what it refused to take")
    add_store(one)
    one.set_defaults(run=doctor)


def _resend(store: Store) -> None:
    """Raises InvalidValueError for a store that is no server."""
    from nbtrack.magics.words import count

    again = getattr(store, "send_refused_again", None)
    if again is None:
        raise InvalidValueError(f"--resend is for a server, and '{store.uri}' is none. Name it with --store http://…")
    print(f"sent again what {count(again(), 'file')} held of refused values", file=sys.stderr)


def doctor(options: argparse.Namespace) -> int:
    from nbtrack.magics.words import count
    from nbtrack.stores.examine import examine

    store = existing(options.store)
    if options.resend:
        _resend(store)
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
