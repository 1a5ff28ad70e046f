"""How is a block or a function tracked as a cell is?"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from nbtrack.autolog import chosen_libraries
from nbtrack.capture import options as capturing
from nbtrack.capture.literals import param_items
from nbtrack.capture.numbers import result_numbers
from nbtrack.errors import guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.block import Block, named
from nbtrack.stores.names import is_key
from nbtrack.tracking.active import ActiveRun

P = ParamSpec("P")
R = TypeVar("R")


class track:
    """Track a block or a function as `%%track` tracks a cell.

        with nbtrack.track("baseline", params={"depth": 3}) as run: ...

        @nbtrack.track(experiment="mnist")
        def train(lr, epochs=3): ...

    Kept are the source, what is printed, the repository with a snapshot, packages, a traceback; of a function each
    call is a run, its plain arguments are params, and a number or a dict of numbers that it returns are metrics.
    What is fitted logs itself. `nbtrack.capture.options` switches each item. A block inside another run is a child of
    that run.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        experiment: str | None = None,
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        store: str | None = None,
        source: str | None = None,
        autolog: bool | Collection[str] | None = None,
    ) -> None:
        """`store` is an address as everywhere; `source` is the text to keep, the calling file's without it.

        `autolog=False` logs no fit by itself, `autolog=["xgboost"]` only those of this library, `autolog=True` all of
        them without limits.
        """
        self._options = Options(
            name=name,
            experiment=experiment,
            params={key: str(value) for key, value in (params or {}).items()},
            tags={key: str(value) for key, value in (tags or {}).items()},
            store=store,
            autolog=chosen_libraries(autolog),
        )
        self._source = source
        self._open: list[tuple[Block, Mapping[str, Any]]] = []  # with the variables of the file

    def __enter__(self) -> ActiveRun | None:
        """The run; None, and a warning, where it could not be started."""
        frame = sys._getframe(1)
        source = _file_text(frame.f_code.co_filename) if self._source is None else self._source
        tracked = Block(self._options, source)
        self._open.append((tracked, frame.f_globals))
        with guard("track this block"):
            tracked.begin()
        return tracked.held.run if tracked.held else None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tracked, space = self._open.pop()
        tracked.end(error, space=space)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: P.args, **kwargs: P.kwargs) -> Any:
                with self._call(function, args, kwargs) as results:
                    results.append(await function(*args, **kwargs))
                return results[0]

            return awaited  # type: ignore[return-value]

        @functools.wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._call(function, args, kwargs) as results:
                result = function(*args, **kwargs)
                results.append(result)
            return result

        return called

    @contextmanager
    def _call(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Iterator[list[Any]]:
        name = self._options.name or getattr(function, "__name__", None)
        tracked = Block(named(self._options, name), _function_text(function))
        with guard("track this call"):
            tracked.begin(_arguments(function, args, kwargs) if capturing.values else {})
        results: list[Any] = []
        try:
            yield results
        except BaseException as error:
            tracked.end(error)
            raise
        tracked.end(None, result_numbers(results[0], "result") if results and capturing.values else {})


def _arguments(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, str]:
    """The call's plain arguments, defaults too; no data, no secrets."""
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except (TypeError, ValueError):  # the call itself will say what is wrong
        return {}
    bound.apply_defaults()
    found: dict[str, str] = {}
    for name, value in bound.arguments.items():
        if isinstance(value, str | bool | int | float | dict | list | tuple | None):
            found.update((key, text) for key, text in param_items(name, value) if is_key(key))
    return found


def _function_text(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def _file_text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # a console has no file
        return ""
