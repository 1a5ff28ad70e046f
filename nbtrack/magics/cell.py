"""What happens to the run of one tracked cell, from its first line to its end?"""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path
from typing import Any

from nbtrack.capture.displays import Displays
from nbtrack.capture.environment import packages
from nbtrack.capture.git import git_tags
from nbtrack.capture.tee import Tee
from nbtrack.entities import Metric, Param, RunStatus, RunTag
from nbtrack.errors import guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.background import Background
from nbtrack.magics.card import Card, count_files, directions_of, own_tags
from nbtrack.magics.history import Memory
from nbtrack.magics.live import Live
from nbtrack.magics.opening import bind, machine_tags
from nbtrack.magics.outcome import error_line, status_after, traceback_text
from nbtrack.magics.show import Shown
from nbtrack.magics.values import Values
from nbtrack.tracking import active
from nbtrack.tracking.events import subscribe

SOURCE = "cell.py"
TRACEBACK = "traceback.txt"
OUTPUT = "output.txt"
PACKAGES = "requirements.txt"


class TrackedCell:
    """One cell and its run. `source` is the cell as written, `tree` its Python, None where that cannot be told."""

    def __init__(self, ip: Any, options: Options, source: str, tree: ast.Module | None, cell_id: str | None) -> None:
        self._ip = ip
        self._options = options
        self._source = source
        self._values = Values.before(tree if options.capture else None, options.only, ip.user_ns)
        self._cell_id = cell_id
        self._held: active.Held | None = None
        self._depth = len(active.own_stack())
        self._pid = os.getpid()
        self._tee = Tee()
        self._displays = Displays()
        self._live: Live | None = None
        self._began = time.monotonic()

    # the beginning

    def began(self, held: active.Held) -> None:
        """Take over the run that was started for the cell: keep what is known already, and show the card."""
        self._held = held
        self._shown = Shown(self._ip)
        self._card = self._first_card(held)
        bind(self._ip.user_ns, self._options.out, held.run)
        self._describe(held)
        feed = subscribe()
        live = self._options.live and self._shown.can_change
        self._live = Live(self._card, feed, refresh=self._refresh, show=self._show if live else None)
        if live:
            self._show()
        self._live.start()
        if self._options.capture:
            self._tee.start()
            self._displays.start(self._ip)

    def _first_card(self, held: active.Held) -> Card:
        run = held.run
        return Card(
            run_id=held.run_id,
            name=run.info.run_name,
            experiment=held.client.get_experiment(run.info.experiment_id).name,
            params={**self._values.params, **run.data.params, **self._options.params},
            tags=own_tags(run.data.tags.items()),
            directions=directions_of(run),
        )

    def _describe(self, held: active.Held) -> None:
        """Write at once what would be missed most if the kernel died: the source."""
        if self._options.capture:
            with guard("keep the cell's source"):
                self._write(self._free_name(SOURCE), self._source)
            folder = Path.cwd()
            self._slow = Background(lambda: self._describe_slowly(held, folder))

    def _describe_slowly(self, held: active.Held, folder: Path) -> None:
        """What takes longer than a person would wait for: git, and the packages the first time."""
        with guard("note machine and repository"):
            found = {**machine_tags(), **git_tags(folder)}
            tags = [RunTag(key, value) for key, value in found.items() if key not in self._options.tags]
            held.client.log_batch(held.run_id, tags=tags)
        with guard("note the packages"):
            held.client.store.write_artifact(held.run_id, PACKAGES, packages().encode())

    # while it runs

    def _refresh(self) -> None:
        """Read the params and tags that the cell's code has logged into the card."""
        assert self._held is not None
        run = self._held.client.get_run(self._held.run_id)
        self._card.name = run.info.run_name
        self._card.params.update(run.data.params)
        self._card.tags = own_tags(run.data.tags.items())

    def _show(self) -> None:
        self._shown(self._card)

    # the end

    def ended(self, error: BaseException | None, result: Any, memory: Memory) -> None:
        """Keep what the cell came to, end its run and whatever it left open, and show the card as it stays."""
        held = self._held
        if held is None or os.getpid() != self._pid:  # tracking failed at the start; or a forked child gets here
            return
        self._tee.stop()
        self._displays.stop()
        status = self._status(held, error)
        self._close_runs(held, status)
        if error is not None and status != RunStatus.FINISHED:
            self._keep_error(held, error)
        if self._options.capture:
            with guard("keep what the cell computed"):
                self._keep_values(held, result)
            with guard("keep what the cell printed and displayed"):
                self._keep_output(held)
            self._slow.wait()
        if self._live:
            self._live.stop()
        with guard("end the run"):
            held.client.set_terminated(held.run_id, status.name)
            held.writer.close()
        with guard("show the run"):
            self._last_card(held, status, memory)

    def _status(self, held: active.Held, error: BaseException | None) -> RunStatus:
        """What the cell came to; what its code said in `end_run("FAILED")` where the cell itself went well."""
        status = status_after(error)
        return held.asked if status == RunStatus.FINISHED and held.asked else status

    def _close_runs(self, held: active.Held, status: RunStatus) -> None:
        """Take the run and those started inside it off the stack, so that the next cell finds none."""
        stack = active.own_stack()
        while len(stack) > self._depth and stack[-1] is not held:
            with guard(f"end run '{stack[-1].run_id}'"):
                active.end_top(status)
        if len(stack) > self._depth:
            active.release_top()

    def _keep_error(self, held: active.Held, error: BaseException) -> None:
        self._card.error = error_line(error)
        with guard("keep the traceback"):
            self._write(self._free_name(TRACEBACK), traceback_text(error))
            held.client.set_tag(held.run_id, "nbtrack.error", self._card.error)

    def _keep_values(self, held: active.Held, result: Any) -> None:
        """Params that nobody logged, then the numbers that the cell came to."""
        space = self._ip.user_ns
        logged = held.client.get_run(held.run_id).data
        params = self._values.params_after(space, logged)
        found = self._values.metrics_after(space, getattr(result, "result", None), params, logged)
        now = time.time_ns() // 1_000_000
        metrics = [Metric(key, value, now) for key, value in found.items()]
        held.client.log_batch(held.run_id, metrics, [Param(key, value) for key, value in params.items()])

    def _keep_output(self, held: active.Held) -> None:
        if printed := self._tee.text():
            self._write(self._free_name(OUTPUT), printed)
        for path, data in self._displays.files().items():
            held.client.store.write_artifact(held.run_id, path, data)
        if self._displays.left_out:
            held.client.set_tag(held.run_id, "nbtrack.displays_left_out", self._displays.left_out)

    def _last_card(self, held: active.Held, status: RunStatus, memory: Memory) -> None:
        run = held.client.get_run(held.run_id)
        card = self._card
        card.status = status.name
        card.duration = int((time.monotonic() - self._began) * 1000)
        card.name, card.tags = run.info.run_name, own_tags(run.data.tags.items())
        card.params = {key: run.data.params[key] for key in (*card.params, *run.data.params) if key in run.data.params}
        card.artifacts = count_files(held.client.store, held.run_id)
        card.changes = memory.compare(held, run, self._source, self._cell_id, directions_of(run))
        bind(self._ip.user_ns, self._options.out, run)
        self._show()

    # small things

    def _write(self, path: str, text: str) -> None:
        assert self._held is not None
        # A cell may hold a lone surrogate; the file must hold it too, so that the cell comes back as it was.
        self._held.client.store.write_artifact(self._held.run_id, path, text.encode("utf-8", "surrogatepass"))

    def _free_name(self, name: str) -> str:
        """`cell.py`, and `cell-2.py` for the second cell of a resumed run."""
        assert self._held is not None
        taken = {entry.path for entry in self._held.client.store.list_artifacts(self._held.run_id)}
        stem, _, ending = name.rpartition(".")
        candidates = (f"{stem}-{n}.{ending}" for n in range(2, 100_000))
        return name if name not in taken else next(path for path in candidates if path not in taken)
