"""Where do IPython's magics and its hooks meet the tracked cells?"""

from __future__ import annotations

import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType
from typing import Any

from IPython.core.error import UsageError

from nbtrack.autolog import begin_cell
from nbtrack.capture import options as capturing
from nbtrack.errors import guard
from nbtrack.magics import completion
from nbtrack.magics.arguments import Options, parse, with_options
from nbtrack.magics.awaiting import RERUN, Awaiting, refuse_to_wait, run_awaited
from nbtrack.magics.background import NEXT_CELL_WAITS, settle_once
from nbtrack.magics.cell import TrackedCell
from nbtrack.magics.commands import HELP, Commands
from nbtrack.magics.finishing import finishing
from nbtrack.magics.frames import Frame, Frames
from nbtrack.magics.history import Memory
from nbtrack.magics.opening import checked, source_tags
from nbtrack.magics.outcome import error_of
from nbtrack.magics.rewrite import BEGIN, rewrite, show_as_written
from nbtrack.magics.series import Series
from nbtrack.magics.source import python_of
from nbtrack.tracking import active

RERUN_OF = "nbtrack.rerun_of"
_CELL_HELP = """Run this cell as an experiment: its params, metrics, code and output are kept as a run.

    %%track baseline -e mnist -p depth=3 -m loss:min

Values assigned in the cell become params (`lr = 0.1`), numbers that it computes become metrics
(`accuracy = model.score(x, y)`), parameters and results of fitted models are logged automatically (turn off with
`--no-autolog`),
what the code logs with nbtrack goes to the run, and so does MLflow's way of writing:
`with nbtrack.start_run():` inside the cell is the cell's run;
with a name it is a child of it.
"""


class CellStoppedError(Exception):
    """The cell inside has failed and has shown its error already; this one only stops what comes after."""

    def _render_traceback_(self) -> list[str]:
        return []


def _is_timed() -> bool:
    """Is this called by the code that `%%timeit` has made of its cell?"""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename == "<magic-timeit>":
            return True
        frame = frame.f_back
    return False


class Magics:
    """One shell's magics. `begin` is what the first line of a rewritten cell calls."""

    def __init__(self, ip: Any) -> None:
        self._ip = ip
        self._frames = Frames()
        self._memory = Memory()
        self._links: dict[str, str] = {}
        self._series = Series(ip)
        self._commands = Commands(ip, self.rerun, self._series)
        self._awaiting = Awaiting(ip, self._commands.again)

    def register(self) -> None:
        ip = self._ip

        def track(line: str) -> None:
            self._commands.run(line)

        def tracked(line: str, cell: str) -> None:
            self.run_cell(line, cell)

        track.__doc__ = HELP
        tracked.__doc__ = _CELL_HELP
        ip.register_magic_function(track, "line", "track")
        ip.register_magic_function(with_options(tracked), "cell", "track")
        ip.register_magic_function(self.begin, "line", BEGIN)
        ip.register_magic_function(self.rerun_awaited, "line", RERUN)
        ip.input_transformers_cleanup.append(rewrite)
        ip.input_transformers_cleanup.append(self._awaiting)
        completion.register(ip, self._commands.names)
        ip.events.register("pre_run_cell", self.before)
        ip.events.register("post_run_cell", self.after)

    def unregister(self) -> None:
        ip = self._ip
        ip.events.unregister("pre_run_cell", self.before)
        ip.events.unregister("post_run_cell", self.after)
        ip.input_transformers_cleanup.remove(rewrite)
        ip.input_transformers_cleanup.remove(self._awaiting)
        completion.unregister(ip)
        magics = ip.magics_manager.magics
        for kind, name in (("line", "track"), ("cell", "track"), ("line", BEGIN), ("line", RERUN)):
            magics[kind].pop(name, None)

    # hooks

    def before(self, info: Any) -> None:
        active.refresh()
        if self._frames.depth == 0:
            with suppress(KeyboardInterrupt):  # the cell begins, and can be interrupted then
                settle_once(NEXT_CELL_WAITS)  # it may ask for what the one before it is still noting
        for frame in self._frames.enter(info, self._request()):
            self._end(frame, KeyboardInterrupt(), None)
        outermost = self._frames.top()
        if outermost is not None and self._frames.depth == 1 and getattr(info, "store_history", False):
            with guard("track this cell"):
                if begin := self._series.cell(outermost.raw, getattr(info, "cell_id", None)):
                    outermost.tracked = begin()
                    self._watch_fits(outermost, outermost.tracked.options)

    def after(self, result: Any) -> None:
        error = error_of(result)
        with finishing(late=True):
            for frame in self._frames.leave(result):
                self._end(frame, error, result)
        outer = self._frames.top()
        if outer is not None and error is not None:
            outer.inner_error = error

    def _watch_fits(self, frame: Frame, options: Options) -> None:
        frame.end_autolog = begin_cell(options.autolog, by_default=options.capture and capturing.autolog)

    def _end(self, frame: Frame, error: BaseException | None, result: Any) -> None:
        if frame.end_autolog is not None:
            frame.end_autolog(self._ip.user_ns)
        if frame.tracked is not None:
            with guard("end the run of this cell"):
                frame.tracked.ended(error or frame.inner_error, result, self._memory)

    def _request(self) -> str:
        """The id of the front end's request: cells of one request lie inside each other, others do not."""
        parent: dict[str, Any] = getattr(self._ip, "get_parent", dict)() or {}
        return str(parent.get("header", {}).get("msg_id", ""))

    # magics

    def begin(self, line: str) -> None:
        """Start the run of the cell that runs now. Raises UsageError, and then the cell ends here."""
        self._hide_call()
        options = parse(line)
        options = replace(options, tags={**self._links, **options.tags})
        self._links = {}
        frame = self._frames.top()
        if frame is None:
            raise UsageError("%%track belongs at the top of a cell.")
        if _is_timed():
            raise UsageError("%%track: %%timeit runs the cell again and again. Leave it out, or put it below %%track.")
        if frame.tracked is not None:
            raise UsageError("%%track: this cell has its run already. Use it once a cell.")
        cell_id = getattr(frame.info, "cell_id", None)
        source = self._frames.source()
        tree = python_of(self._ip, source)
        start = checked(options, source_tags(self._ip.user_ns, cell_id), tree, self._ip.user_ns)
        frame.tracked = cell = TrackedCell(self._ip, options, source, tree, cell_id)
        with guard("track this cell"):
            cell.began(start(), self._memory)
            self._watch_fits(frame, options)

    def _hide_call(self) -> None:
        """Tracebacks show the cell as written, not as `rewrite` has made it."""
        with guard("show the cell in tracebacks as written"):
            caller: FrameType | None = sys._getframe(1)
            while caller and caller.f_globals is not self._ip.user_global_ns:
                caller = caller.f_back
            if caller:
                show_as_written(caller.f_code.co_filename)

    def run_cell(self, line: str, cell: str) -> None:
        """`%%track` called as a magic, by other code: run its cell inside this one, and stop where it fails."""
        self._stop_where_failed(self._ip.run_cell(f"%%track {line}\n{cell}"))

    def rerun(self, source: str, old: str) -> None:
        """Run a cell whose run will say that it is `old` once more."""
        refuse_to_wait(self._ip, source)
        with self._linked(old):
            result = self._ip.run_cell(source)
        self._stop_where_failed(result)

    def rerun_awaited(self, line: str) -> Coroutine[Any, Any, None]:
        """The same for a cell that awaits: what `%track rerun` alone in its cell has become."""

        async def run() -> None:
            source, old = self._commands.again(line)
            with self._linked(old):
                result = await run_awaited(self._ip, source)
            self._stop_where_failed(result)

        return run()

    @contextmanager
    def _linked(self, old: str) -> Iterator[None]:
        self._links = {RERUN_OF: old}
        try:
            yield
        finally:
            self._links = {}

    @staticmethod
    def _stop_where_failed(result: Any) -> None:
        if not result.success:
            raise CellStoppedError("The tracked cell failed; its error is shown above.")
