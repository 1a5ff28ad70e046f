"""What did the person write behind `%%track`?"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import MagicArgumentParser, argument, magic_arguments

from nbtrack.autolog import LIBRARIES, checked_names
from nbtrack.errors import InvalidValueError
from nbtrack.query.suggest import nearest

DIRECTIONS = ("min", "max")

OPTIONS = [
    argument("name", nargs="?", help="the run's name; generated if omitted"),
    argument("-e", "--experiment", metavar="EXPERIMENT", help="the experiment, made when there is none of that name"),
    argument("-p", "--param", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="a param of the run"),
    argument("-t", "--tag", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="a tag of the run"),
    argument(
        "-m", "--metric", metavar="METRIC:min|max", nargs="+", action="extend", default=[], help="which way is better"
    ),
    argument("-o", "--out", metavar="VAR", help="the variable that gets the run"),
    argument("--resume", metavar="RUN", help="go on with this run: its id, a unique start of one, a name, -1, -2"),
    argument("--nested", action="store_true", help="make it a child of the active run"),
    argument("--vars", metavar="A,B", help="take only these variables as params"),
    argument(
        "--no-capture", action="store_true", help="keep only what the code logs: no source, no variables, no output"
    ),
    argument("--session", action="store_true", help="keep every earlier input of the session, not only what it needs"),
    argument("--autolog", nargs="*", metavar="LIB", help="log all fits, or those of these libraries"),
    argument("--no-autolog", action="store_true", help="do not log fits automatically"),
    argument("--store", metavar="URI", help="the store to write to, for this cell"),
    argument("--no-live", action="store_true", help="show the card when the cell has ended, not while it runs"),
]


@dataclass(frozen=True, slots=True)
class Options:
    """`params`, `tags` as given; `directions` says of a metric "min" or "max"; `only` is None without `--vars`.
    `autolog` names libraries; it is None where nothing was said, and empty for none."""

    name: str | None = None
    experiment: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    directions: dict[str, str] = field(default_factory=dict)
    out: str | None = None
    resume: str | None = None
    nested: bool = False
    only: tuple[str, ...] | None = None
    capture: bool = True
    session: bool = False
    store: str | None = None
    live: bool = True
    autolog: tuple[str, ...] | None = None
    named_in_code: str | None = None  # the experiment that the cell's own code will choose


def with_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a magic the options of `%%track`, so that `%%track?` tells them."""
    for option in reversed(OPTIONS):
        function = option(function)
    decorated: Callable[..., Any] = magic_arguments("%track")(function)
    return decorated


def parse(line: str) -> Options:
    """The options of one line. Raises UsageError for what is unknown or does not fit together."""
    given = _parser().parse_args(words(line))
    _free_the_name(given)
    _refuse(given)
    return Options(
        name=given.name,
        experiment=given.experiment,
        params=pairs("-p", given.param),
        tags=pairs("-t", given.tag),
        directions=_directions(given.metric),
        out=given.out,
        resume=given.resume,
        nested=given.nested,
        only=None if given.vars is None else tuple(name.strip() for name in given.vars.split(",") if name.strip()),
        capture=not given.no_capture,
        session=given.session,
        store=given.store,
        live=not given.no_live,
        autolog=() if given.no_autolog else _libraries(given.autolog),
    )


@cache
def _parser() -> MagicArgumentParser:
    parser = _Parser("%%track")
    for option in OPTIONS:
        option.add_to_parser(parser, None)
    return parser


class _Parser(MagicArgumentParser):  # type: ignore[misc,unused-ignore]
    def __init__(self, prog: str) -> None:
        super().__init__(prog)
        self.allow_abbrev = False  # `--no-l` today would mean something else once an option is added

    def error(self, message: str) -> None:
        known = [option for option in self._option_string_actions if option.startswith("--")]
        _, _, wrong = message.partition("unrecognized arguments: ")
        near = nearest(wrong.split()[0].partition("=")[0], known) if wrong.startswith("-") else None
        hint = f" Did you mean {near}?" if near else ""
        raise UsageError(f"%%track: {message}.{hint} Nothing was run. `%%track?` lists the options.")


def words(line: str) -> list[str]:
    """The line split as a shell would, quotes taken off; but backslashes stay (paths) and `#` starts no comment."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    try:
        return list(lexer)
    except ValueError as error:
        raise UsageError(f"%%track: {error} in `{line}`. Close the quote.") from error


def _free_the_name(given: argparse.Namespace) -> None:
    """In `-p lr=1 baseline` the last word is the run's name, though -p takes as many words as follow it."""
    for words, sign in ((given.param, "="), (given.tag, "="), (given.metric, ":")):
        if given.name is None and len(words) > 1 and sign not in words[-1]:
            given.name = words.pop()


def _refuse(given: argparse.Namespace) -> None:
    if given.autolog is not None and given.no_autolog:
        raise UsageError("%%track: --autolog says what to log, --no-autolog not to. Leave one out.")
    if given.resume and given.nested:
        raise UsageError("%%track: --resume goes on with a run and --nested makes a new one. Leave one out.")
    if given.resume and given.experiment:
        raise UsageError("%%track: a resumed run stays in its experiment. Leave -e out.")
    if given.vars is not None and given.no_capture:
        raise UsageError("%%track: --vars says what to capture, --no-capture not to. Leave one out.")
    if given.session and given.no_capture:
        raise UsageError("%%track: --session says what to capture, --no-capture not to. Leave one out.")
    if given.out is not None and not given.out.isidentifier():
        raise UsageError(f"%%track: -o wants a variable's name, and '{given.out}' is none.")
    if given.name is not None and not given.name.strip():
        raise UsageError("%%track: the run's name is empty. Leave it out to have one made up.")


def _libraries(given: list[str] | None) -> tuple[str, ...] | None:
    """`--autolog` without a library means all of them."""
    try:
        checked_names(given or ())
    except InvalidValueError as error:
        raise UsageError(f"%%track: {error}") from error
    return given if given is None else tuple(given or LIBRARIES)


def pairs(option: str, given: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise UsageError(f"%%track: {option} wants key=value, and got '{text}'.")
        if key.strip() in pairs:
            raise UsageError(f"%%track: {option} names '{key.strip()}' twice.")
        pairs[key.strip()] = value
    return pairs


def _directions(given: list[str]) -> dict[str, str]:
    directions = {}
    for text in given:
        metric, _, way = text.rpartition(":")
        if not metric or way not in DIRECTIONS:
            raise UsageError(f"%%track: -m wants metric:min or metric:max, and got '{text}'.")
        directions[metric] = way
    return directions
