"""How is a block or a function tracked as a cell is?"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, overload

from nbtrack.autolog import chosen_libraries
from nbtrack.capture import options as capturing
from nbtrack.capture.literals import param_items
from nbtrack.capture.numbers import result_numbers
from nbtrack.errors import guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.block import Block, named
from nbtrack.stores.names import is_key
from nbtrack.tracking import active
from nbtrack.tracking.active import ActiveRun

P = ParamSpec("P")
R = TypeVar("R")


@overload
def track(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def track(
    name: str | None = None,
    *,
    experiment: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    store: str | None = None,
    source: str | None = None,
    autolog: bool | Collection[str] | None = None,
) -> Track: ...
def track(
    name: Any = None,
    *,
    experiment: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    store: str | None = None,
    source: str | None = None,
    autolog: bool | Collection[str] | None = None,
) -> Any:
    """Track a block or a function as `%%track` tracks a cell.

        with nbtrack.track("baseline", params={"depth": 3}) as run: ...

        @nbtrack.track(experiment="mnist")
        def train(lr, epochs=3): ...

        @nbtrack.track
        async def score(): ...

    Kept are the source, what is printed, the repository with a snapshot, packages, a traceback; of a function each
    call is a run, its plain arguments are params, and a number or a dict of numbers that it returns are metrics.
    A generator is one run from its first value to its last, active while its own code runs and not between.
    What is fitted logs itself. `nbtrack.capture.options` switches each item. A block inside another run is a child of
    that run.

    `store` is an address as everywhere; `source` is the text to keep, the calling file's without it. `autolog=False`
    logs no fit by itself, `autolog=["xgboost"]` only those of this library, `autolog=True` all of them without limits.
    """
    options = Options(
        name=name if isinstance(name, str) else None,
        experiment=experiment,
        params={key: str(value) for key, value in (params or {}).items()},
        tags={key: str(value) for key, value in (tags or {}).items()},
        store=store,
        autolog=chosen_libraries(autolog),
    )
    tracked = Track(options, source)
    return tracked if name is None or isinstance(name, str) else tracked(name)


class Track:
    """What `track` returns: a context manager and a decorator."""

    def __init__(self, options: Options, source: str | None) -> None:
        self._options = options
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
        if isinstance(function, staticmethod | classmethod):
            return type(function)(self(function.__func__))
        if inspect.isclass(function) or not callable(function):
            raise TypeError(f"nbtrack.track expects a function, got {function!r}. Track its methods, or use `with`.")
        wrapped: Any = _called
        for is_kind, wrapper in _WRAPPERS.items():
            if is_kind(function) or is_kind(getattr(function, "__call__", None)):  # noqa: B004
                wrapped = wrapper
        return functools.wraps(function)(wrapped(self._call, function))

    @contextmanager
    def _call(self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[_Called]:
        name = self._options.name or getattr(function, "__name__", None)
        called = _Called(Block(named(self._options, name), _function_text(function)))
        with guard("track this call"):
            called.block.begin(_arguments(function, args, kwargs) if capturing.values else {})
        try:
            yield called
        except BaseException as error:
            called.block.end(error)
            raise
        called.block.end(None, result_numbers(called.result, "result") if capturing.values else {})


@dataclass(eq=False)
class _Called:
    """One call of a tracked function, and what it has returned."""

    block: Block
    result: Any = None

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """A generator has given a value: what its caller does until the next one is not part of its run."""
        runs = active.suspend(self.block.held) if self.block.held else []
        try:
            yield
        finally:
            active.resume(runs)


_Calling = Callable[[Callable[..., Any], Sequence[Any], Mapping[str, Any]], AbstractContextManager[_Called]]


def _called(calling: _Calling, function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any, **kwargs: Any) -> Any:
        with calling(function, args, kwargs) as call:
            call.result = function(*args, **kwargs)
        return call.result

    return called


def _awaited(calling: _Calling, function: Callable[..., Any]) -> Callable[..., Any]:
    async def awaited(*args: Any, **kwargs: Any) -> Any:
        with calling(function, args, kwargs) as call:
            call.result = await function(*args, **kwargs)
        return call.result

    return awaited


def _generated(calling: _Calling, function: Callable[..., Any]) -> Callable[..., Any]:
    def generated(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with calling(function, args, kwargs) as call:
            inner = function(*args, **kwargs)
            step = functools.partial(next, inner)
            while True:
                try:
                    value = step()
                except StopIteration as end:
                    call.result = end.value
                    break
                try:
                    with call.suspended():
                        sent = yield value
                except GeneratorExit:  # nobody wants more: the generator has ended well
                    inner.close()
                    break
                except BaseException as error:
                    step = functools.partial(inner.throw, error)
                else:
                    step = functools.partial(inner.send, sent)
        return call.result

    return generated


def _generated_async(calling: _Calling, function: Callable[..., Any]) -> Callable[..., Any]:
    async def generated(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with calling(function, args, kwargs) as call:
            inner = function(*args, **kwargs)
            step = inner.__anext__
            while True:
                try:
                    value = await step()
                except StopAsyncIteration:
                    break
                try:
                    with call.suspended():
                        sent = yield value
                except GeneratorExit:
                    await inner.aclose()
                    break
                except BaseException as error:
                    step = functools.partial(inner.athrow, error)
                else:
                    step = functools.partial(inner.asend, sent)

    return generated


_WRAPPERS: Mapping[Callable[[Any], bool], Callable[[_Calling, Callable[..., Any]], Callable[..., Any]]] = {
    inspect.iscoroutinefunction: _awaited,
    inspect.isgeneratorfunction: _generated,
    inspect.isasyncgenfunction: _generated_async,
}


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
