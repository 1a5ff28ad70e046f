"""How does a script run as one run?"""

from __future__ import annotations

import ast
import runpy
import sys
import tokenize
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbtrack.capture import options as capturing
from nbtrack.capture.literals import literal_params
from nbtrack.capture.numbers import computed_numbers
from nbtrack.capture.secrets import without_secrets
from nbtrack.errors import InvalidValueError, guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.block import Block, named
from nbtrack.magics.outcome import traceback_text


def run_script(path: Path, arguments: Sequence[str], options: Options) -> tuple[str | None, int]:
    """Run a script as `python path arguments…` would, as one run. Returns the run's id and the exit status.

    Its literals and the arguments are params, the numbers that it computes at its top level are metrics.
    """
    text = _source(path)
    tree = ast.parse(text, str(path))
    params = literal_params(tree) if capturing.values else {}
    given = {"args": " ".join(without_secrets(arguments)), **options.params} if arguments else options.params
    tracked = Block(named(options, options.name or path.stem, given), text)
    before = sys.argv, list(sys.path)
    sys.argv = [str(path), *arguments]
    sys.path[0:1] = [str(path.parent.absolute())]
    error: BaseException | None = None
    space: dict[str, Any] = {}
    try:
        with guard("track this script"):
            tracked.begin(tree=tree)
        space = runpy.run_path(str(path), run_name="__main__")
    except BaseException as raised:  # SystemExit and KeyboardInterrupt end a script too
        error = raised
    finally:
        sys.argv, sys.path[:] = before
    numbers = computed_numbers(tree, space, params) if capturing.values else {}
    tracked.end(error, numbers, params, space)
    if error is not None and not isinstance(error, SystemExit):
        sys.stderr.write(traceback_text(error))
    return (tracked.held.run_id if tracked.held else None), _exit_status(error)


def _source(path: Path) -> str:
    """The script's text as Python reads it: with a byte order mark, and in the encoding that its coding line names."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except FileNotFoundError as error:
        raise InvalidValueError(f"There is no script '{path}' in '{Path.cwd()}'. Check its name and folder.") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InvalidValueError(f"'{path}' cannot be read as Python: {error}.") from error


def _exit_status(error: BaseException | None) -> int:
    if error is None:
        return 0
    if isinstance(error, KeyboardInterrupt):
        return 130
    code = error.code if isinstance(error, SystemExit) else 1
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        return 1
    return code or 0
