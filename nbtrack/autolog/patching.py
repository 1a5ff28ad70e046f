"""How is a function of somebody else's library watched without changing what it does?

The only place of the package that patches. A hook is a generator: what stands before its `yield` runs before the
function and may set `call.args` and `call.kwargs` anew (never change what they hold), what stands after it runs once
the function has returned or raised, and reads `call.result` or `call.error`. The person's exception passes through
unchanged; an error of a hook becomes one warning, and the function runs as if there were no hook.

A watched function is a plain function that carries the name and the module of the one it stands for, so that pickling
it by name goes on working. A forked child has other runs than its parent: there the functions run unwatched.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import BoundArguments, signature
from types import FunctionType
from typing import Any

from nbtrack.errors import guard

MARK = "__nbtrack_original__"


@dataclass(slots=True)
class Call:
    """One call of a watched function. `result` is set once it has returned, `error` once it has raised."""

    original: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    error: BaseException | None = None

    def bound(self) -> BoundArguments | None:
        """The arguments by name, without defaults; None where they do not fit: the call itself says better why."""
        try:
            return signature(self.original).bind(*self.args, **self.kwargs)
        except TypeError:
            return None

    def give(self, bound: BoundArguments, **changed: Any) -> None:
        """Call with these arguments, and in the place of some with others."""
        bound.arguments.update(changed)
        self.args, self.kwargs = bound.args, bound.kwargs


Hook = Callable[[Call], Generator[None, None, None]]


@dataclass(eq=False)
class Patches:
    """What is patched for one library; `undo` puts everything back. Patching the same thing again does nothing."""

    what: str
    silent: Callable[[], bool]  # asked at each call: is a fit that starts now not to be logged?
    off: Callable[[], bool]  # asked at each step of one that goes on
    _undo: list[Callable[[], None]] = field(default_factory=list)

    def watch(self, owner: Any, name: str, hook: Hook) -> None:
        """Watch the function `name` that `owner`, a class or a module, defines itself.

        A method that sklearn offers under a condition is watched inside its condition.
        """
        found = vars(owner).get(name)
        if isinstance(found, FunctionType):
            self._put(owner, name, found, hook)
        elif isinstance(inner := getattr(found, "fn", None), FunctionType) and hasattr(found, "check"):
            self._put(found, "fn", inner, hook)

    def wrap(self, owner: Any, name: str, wrapped: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """The quick way, for what is called at every step of a loop: put `wrapped(original)` in its place. That asks
        itself whether there is anything to log, and lets no error of its own out."""
        original = vars(owner)[name]
        if not hasattr(original, MARK):
            instead = functools.wraps(original)(wrapped(original))
            setattr(instead, MARK, original)
            self.replace(owner, name, instead)

    def watch_everywhere(self, hooks: Mapping[Any, Hook]) -> None:
        """Watch functions of modules under whatever name any module has imported them before."""
        originals = [each for each in hooks if isinstance(each, FunctionType) and not hasattr(each, MARK)]
        watched = [self._watched(each, hooks[each]) for each in originals]
        _rebind(originals, watched)
        self._undo.append(lambda: _rebind(watched, originals))

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Put `value` in the place of an attribute."""
        missing = object()
        before = vars(owner).get(name, missing)
        setattr(owner, name, value)
        self._undo.append(lambda: delattr(owner, name) if before is missing else setattr(owner, name, before))

    def undone_by(self, undo: Callable[[], Any]) -> None:
        """Remember how to end what was registered with the library itself."""
        self._undo.append(undo)

    def undo(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _put(self, owner: Any, name: str, original: Any, hook: Hook) -> None:
        if not hasattr(original, MARK):
            setattr(owner, name, self._watched(original, hook))
            self._undo.append(lambda: setattr(owner, name, original))

    def _watched(self, original: Any, hook: Hook) -> Any:
        pid, silent, what = os.getpid(), self.silent, self.what

        @functools.wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            if os.getpid() != pid or silent():
                return original(*args, **kwargs)
            call = Call(original, args, kwargs)
            steps = _begin(hook, call, what)
            if steps is None:
                return original(*args, **kwargs)
            try:
                call.result = original(*call.args, **call.kwargs)
            except BaseException as error:
                call.error = error
                _end(steps, what)
                raise
            _end(steps, what)
            return call.result

        setattr(watched, MARK, original)
        return watched


# Packages that import none of what is watched: most of the modules there are.
_BELOW = frozenset({*sys.stdlib_module_names, "numpy", "scipy", "pandas", "matplotlib", "IPython"}) - {"__main__"}
_later: list[tuple[Any, Any]] | None = None  # what is to be rebound when the outermost block ends


@contextmanager
def at_once() -> Iterator[None]:
    """Look through all modules once for everything that is patched in this block: there may be thousands."""
    global _later
    if _later is not None:
        yield
        return
    _later = []
    try:
        yield
    finally:
        pairs, _later = _later, None
        if pairs:
            _rebind([old for old, _ in pairs], [new for _, new in pairs])


def _rebind(old: Sequence[Any], new: Sequence[Any]) -> None:
    """Give every name of every module that is bound to one of `old` its counterpart; the notebook is a module too."""
    if _later is not None:
        _later.extend(zip(old, new, strict=True))
        return
    counterpart = {id(each): other for each, other in zip(old, new, strict=True)}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _BELOW:
            continue
        space = getattr(module, "__dict__", None)
        if type(space) is not dict or counterpart.keys().isdisjoint(map(id, list(space.values()))):
            continue
        for bound in [bound for bound, value in list(space.items()) if id(value) in counterpart]:
            space[bound] = counterpart[id(space[bound])]


def _begin(hook: Hook, call: Call, what: str) -> Generator[None, None, None] | None:
    """The hook stopped at its `yield`; None where it has failed or has nothing to do."""
    steps = hook(call)
    with guard(f"log this call of {what}"):
        for _ in steps:
            return steps
    return None


def _end(steps: Generator[None, None, None], what: str) -> None:
    with guard(f"log this call of {what}"):
        next(steps, None)
