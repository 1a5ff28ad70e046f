"""What does the `nbtrack` command do in a shell?

Each command is a module here with `add(commands)`, which declares its words and says what runs it.
Results go to stdout and remarks to stderr, so that `nbtrack ls --json | jq` and `nbtrack export --csv > runs.csv` work.
Exit status: 0 done, 1 the store has damage (doctor), a copy differs or the demo failed, 2 the command could not be
carried out; `run` ends as its script does.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from nbtrack import __version__
from nbtrack.cli import bring, copy, demo, diff, doctor, export, gc, html, ls, run, show, trash
from nbtrack.errors import NbtrackError, QueryError, visible
from nbtrack.query.suggest import nearest

COMMANDS = (demo, ls, show, diff, trash, gc, export, html, bring, copy, run, doctor)


def main(argv: Sequence[str] | None = None) -> int:
    options = _parsed(argv)
    try:
        return int(options.run(options))
    except BrokenPipeError:  # `nbtrack ls | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (NbtrackError, OSError) as error:
        message = str(error) if isinstance(error, QueryError) else visible(" ".join(str(error).split()))
        print("nbtrack:", message, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """argparse takes an optional FILTER only right behind the words before it, and people put options between."""
    whole = parser()
    options, left = whole.parse_known_args(argv)
    if len(left) == 1 and not left[0].startswith("-") and getattr(options, "filter", None) == "":
        options.filter = left.pop()
    if left:
        near = nearest(left[0].partition("=")[0], options.known) if left[0].startswith("--") else None
        hint = f". Did you mean {near}?" if near else ""
        whole.error(f"unrecognized arguments: {' '.join(left)}{hint}")
    return options


class _Parser(argparse.ArgumentParser):
    """Answers a mistyped command or option with the nearest; the commands' own parsers are of this class too."""

    def error(self, message: str) -> NoReturn:
        wrong = _CHOICE.search(message)
        near = nearest(wrong["typed"], _WORD.findall(wrong["known"])) if wrong else None
        super().error(f"{message}. Did you mean '{near}'?" if near else message)


_CHOICE = re.compile(r"invalid choice: '(?P<typed>[^']*)' \(choose from (?P<known>.*)\)")
_WORD = re.compile(r"[\w-]+")


def parser() -> argparse.ArgumentParser:
    top = _Parser(prog="nbtrack", description="Track experiments in notebooks, and look at them there.")
    top.add_argument("--version", action="version", version=f"nbtrack {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    for one in commands.choices.values():
        one.set_defaults(known=[text for action in one._actions for text in action.option_strings])
    return top
