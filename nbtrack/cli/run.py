"""`nbtrack run`: how does a script become a run as a tracked cell does?"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from nbtrack.cli.choice import Commands, add_store
from nbtrack.errors import InvalidValueError
from nbtrack.stores import open_store


def add(commands: Commands) -> None:
    one = commands.add_parser("run", help="run a script as `python SCRIPT …` would, and keep it as a run")
    one.add_argument("--name", help="the run's name (default: the script's)")
    one.add_argument("-e", "--experiment", metavar="NAME", help="made when there is none of that name")
    one.add_argument("-p", "--param", metavar="KEY=VALUE", action="append", default=[], help="a param (repeatable)")
    one.add_argument("-t", "--tag", metavar="KEY=VALUE", action="append", default=[], help="a tag (repeatable)")
    one.add_argument("--autolog", metavar="LIB", action="append", help="log fits of this library alone, or of `all`")
    one.add_argument("--no-autolog", action="store_true", help="log no fit by itself")
    add_store(one)
    one.add_argument("script", type=Path, help="a Python file")
    one.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is given")
    one.set_defaults(run=run_script)


def run_script(options: argparse.Namespace) -> int:
    """The script's own exit status; its card goes to stderr."""
    from nbtrack.magics import script
    from nbtrack.magics.arguments import Options
    from nbtrack.magics.background import settle
    from nbtrack.magics.card import card_of
    from nbtrack.magics.card_text import card_text

    params, tags = (_key_values(given) for given in (options.param, options.tag))
    wanted = Options(
        name=options.name, experiment=options.experiment, params=params, tags=tags, store=options.store,
        autolog=_libraries(options.autolog, options.no_autolog),
    )  # fmt: skip
    run_id, status = script.run_script(options.script, options.arguments, wanted)
    if run_id:
        settle()
        store = open_store(options.store)
        print(card_text(card_of(store, store.run(run_id), now=int(time.time() * 1000))), file=sys.stderr)
    return status


def _libraries(given: Sequence[str] | None, none: bool) -> tuple[str, ...] | None:
    from nbtrack.autolog import chosen_libraries

    if given and none:
        raise InvalidValueError("--autolog says what to log, --no-autolog not to. Leave one out.")
    return chosen_libraries(False if none else True if given and "all" in given else given)


def _key_values(given: Sequence[str]) -> dict[str, str]:
    wrong = next((text for text in given if not text.partition("=")[0] or "=" not in text), None)
    if wrong is not None:
        raise InvalidValueError(f"'{wrong}' is no KEY=VALUE.")
    return {key: value for key, _, value in (text.partition("=") for text in given)}
