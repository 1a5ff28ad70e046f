"""What is kept when a tracked cell ends, and how does its run end?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from nbtrack.capture import options as capturing
from nbtrack.capture.git import head_tags
from nbtrack.entities import Metric, Param, Run, RunInputs, RunStatus
from nbtrack.errors import NotFoundError, guard
from nbtrack.magics.card import count_files, inner_lines, own_tags
from nbtrack.magics.files import OUTPUT, TRACEBACK, kept
from nbtrack.magics.history import Memory, Version, since
from nbtrack.magics.literal_notes import drop_note
from nbtrack.magics.opening import bind
from nbtrack.magics.outcome import error_line, status_after, traceback_text
from nbtrack.stores.storable_names import StorableNames, names_note, original_names
from nbtrack.tracking import active
from nbtrack.tracking.names import LIBRARY

if TYPE_CHECKING:
    from nbtrack.magics.cell import TrackedCell


MOST_LOOKED_AT = 50  # runs inside a cell that are read for its card
CUT_OFF = "interrupted while it was being kept: some of what it computed or printed may be missing"
NOT_KEPT = "not all of it could be kept, see the warning: the store still has the run as running"


class Closing:
    """Each step is guarded for itself: what fails costs a warning, and the run still ends."""

    def __init__(self, cell: TrackedCell, held: active.Held, error: BaseException | None) -> None:
        self._cell = cell
        self._held = held
        self._error = error
        self._status = self._outcome()

    def close(self, result: Any, memory: Memory) -> None:
        """Keep what the cell came to, end its run and whatever it left open, and show the card as it stays.

        An interrupt that counts, see `finishing`, cuts off the keeping and not the end.
        """
        cell = self._cell
        run: Run = self._held.run
        try:
            run = self._keep(result)
        except KeyboardInterrupt:
            cell.card.note = CUT_OFF
        if not cell.part:
            self._end()
        with guard("show the run"):
            self._last_card(run, memory)

    def _keep(self, result: Any) -> Run:
        """Returns the run with what was kept."""
        cell, held = self._cell, self._held
        cell.status = self._status
        cell.tee.stop()
        cell.shown.close()
        cell.displays.stop()
        if cell.written:
            cell.written.stop()
        # The next cell finds none, unless it is the next one of the same run.
        (active.end_inside if cell.part else active.take_off)(held, self._status)
        if self._error is not None and self._status != RunStatus.FINISHED:
            self._keep_error(self._error)
        if cell.live:
            cell.live.stop(partial(cell.pulse.keep_printed, last=True) if cell.options.capture else None)
        run: Run = held.run
        with guard("keep what the cell computed"):
            run = self._keep_values(result)
        if cell.options.capture:
            with guard("keep what the cell printed and displayed"):
                self._keep_output()
        if cell.written:
            cell.written.keep()
        return run

    def _end(self) -> None:
        held = self._held
        with guard("end the run"):
            held.client.set_terminated(held.run_id, self._status.name)
            held.writer.close()
            return
        self._cell.card.note = NOT_KEPT

    def _outcome(self) -> RunStatus:
        """What the cell came to; what its code said in `end_run("FAILED")` where the cell itself went well."""
        status = status_after(self._error)
        return self._held.asked if status == RunStatus.FINISHED and self._held.asked else status

    def _keep_error(self, error: BaseException) -> None:
        self._cell.card.error = error_line(error)
        with guard("keep the traceback"):
            self._cell.files.write(TRACEBACK, traceback_text(error))
            self._held.client.set_tag(self._held.run_id, "nbtrack.error", self._cell.card.error)

    def _keep_values(self, result: Any) -> Run:
        """Params that nobody logged, then the numbers that the cell came to. Returns the run with them."""
        held, values, space = self._held, self._cell.values, self._cell.ip.user_ns
        run = held.client.get_run(held.run_id)
        params = values.params_after(space, run.data)
        computed = values.metrics_after(space, result, params, run.data)
        metrics = self._storable(computed, run)
        now = time.time_ns() // 1_000_000
        points = [Metric(key, value, now) for key, value in metrics.items()]
        held.client.log_batch(held.run_id, points, [Param(key, value) for key, value in params.items()])
        drop_note(held)
        for key, value in metrics.items():
            self._cell.card.add_point(key, value, 0, now)
        data = replace(run.data, params={**run.data.params, **params}, metrics={**run.data.metrics, **metrics})
        for key in self._cell.card.metrics.keys() - data.metrics.keys():  # of a fit that has a run of its own now
            del self._cell.card.metrics[key]
        inputs = RunInputs(tuple(dict.fromkeys((*run.inputs.dataset_inputs, *self._cell.data))))
        return Run(replace(run.info, status=self._status.name, end_time=now), data, inputs)

    def _storable(self, computed: Mapping[str, float], run: Run) -> dict[str, float]:
        """The numbers under names that a store can hold; the tag `nbtrack.original_names` has the others."""
        noted = original_names(run.data.tags)
        names = StorableNames(run.data.metrics, noted.get("metrics"))
        name_of = names.of_all(computed)
        if any(name != key for key, name in name_of.items()):
            params = StorableNames(run.data.params, noted.get("params"))
            for tag, text in names_note(metrics=names, params=params).items():
                self._held.client.set_tag(run.info.run_id, tag, text)
        return {name_of[key]: value for key, value in computed.items()}

    def _keep_output(self) -> None:
        cell, held = self._cell, self._held
        if capturing.output and (printed := cell.tee.text()):
            cell.files.write(OUTPUT, printed)
        for path, data in cell.displays.files(cell.part).items():
            held.client.store.write_artifact(held.run_id, path, data)
        if cell.displays.left_out:
            held.client.set_tag(held.run_id, "nbtrack.displays_left_out", cell.displays.left_out)

    def _inner_runs(self) -> list[Run]:
        """Other runs that the cell's own code has started or written, not those of autolog, which says so itself."""
        live, client = self._cell.live, self._held.client
        found = []
        for run_id in islice(live.others if live else (), MOST_LOOKED_AT):
            with suppress(NotFoundError):  # one of another store, or one that the cell has deleted
                found.append(client.get_run(run_id))
        return [run for run in found if LIBRARY not in run.data.tags]

    def _last_card(self, run: Run, memory: Memory) -> None:
        cell, card, data = self._cell, self._cell.card, run.data
        card.status = self._status.name
        card.duration = int((time.monotonic() - cell.started) * 1000)
        card.name, card.tags = run.info.run_name, own_tags(data.tags.items())
        card.params = {key: data.params[key] for key in (*card.params, *data.params) if key in data.params}
        card.of_autolog(data.tags)
        with guard("read the runs inside this cell"):
            card.inner = inner_lines(self._inner_runs())
        card.left_out = cell.written.lines() if cell.written else []
        card.artifacts = count_files(self._held.client.store, self._held.run_id)
        before = cell.previous()
        if before and before.run.info.run_id != run.info.run_id:
            found = since(self._held.client.store, before, Version(run, kept(cell.source)))
            card.changes, card.code = found.lines, found.code
            earlier = self._held.client.get_run(before.run.info.run_id).data.tags  # it was noted beside its cell
            card.of_commit({**head_tags(), **data.tags}, earlier)
        else:
            card.of_commit({**head_tags(), **data.tags})
        if cell.part:
            card.note = f"cell {cell.part}; %track end ends the run"
        else:
            memory.remember(self._held, run, kept(cell.source), cell.cell_id)
        bind(cell.ip.user_ns, cell.options.out, run)
        cell.shown(card)
