"""What happens when a tracked cell begins, and while it runs? Its end is `closing.py`."""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from nbtrack.capture import options as capturing
from nbtrack.capture.data import datasets_read
from nbtrack.capture.displays import Displays
from nbtrack.capture.inputs import needed_inputs
from nbtrack.capture.printed import Printed
from nbtrack.capture.tee import Tee
from nbtrack.entities import DatasetInput, RunStatus
from nbtrack.errors import guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.card import Card, directions_of, own_tags
from nbtrack.magics.closing import Closing
from nbtrack.magics.files import INPUTS, SOURCE, Files, inputs_text
from nbtrack.magics.history import Memory
from nbtrack.magics.live import Live
from nbtrack.magics.opening import bind, log_literals
from nbtrack.magics.pulse import Pulse
from nbtrack.magics.show import Shown
from nbtrack.magics.source import python_of
from nbtrack.magics.stop import kernel_id
from nbtrack.magics.surroundings import Surroundings
from nbtrack.magics.values import Values
from nbtrack.magics.written import Written
from nbtrack.tracking import active
from nbtrack.tracking.events import subscribe


class TrackedCell:
    """One cell and its run. `source` is the cell as written, `tree` its Python, None where that cannot be told.

    `part` counts the cells of a run that is open across several; it is 0 where the cell has the run for itself.
    """

    def __init__(
        self, ip: Any, options: Options, source: str, tree: ast.Module | None, cell_id: str | None, part: int = 0
    ) -> None:
        self.ip = ip
        self.options = options
        self.source = source
        self.tree = tree
        self.part = part
        self.status: RunStatus | None = None  # once the cell has ended
        self.data: list[DatasetInput] = []
        self.cell_id = cell_id
        wanted = options.capture and capturing.values
        self.values = Values.before(tree if wanted else None, options.only, ip.user_ns)
        self.printed = Printed()
        self.tee = Tee(hear=self.printed.add)
        self.displays = Displays(self._newest_step)
        self.written: Written | None = None
        self.live: Live | None = None
        self.started = time.monotonic()
        self._pid = os.getpid()
        self._held: active.Held | None = None

    def began(self, held: active.Held, memory: Memory | None) -> None:
        """Take over the run that was started for the cell: keep what is known already, and show the card."""
        self._held = held
        held.reserved = frozenset(self.options.only or ())
        log_literals(held, self.values.settled)
        self.files = Files(held, fresh=self.options.resume is None and self.part < 2)
        self.shown = Shown(self.ip)
        self.shown.listen()
        self.card = self._first_card(held)
        self.previous = memory.find(held, self.source, self.cell_id) if memory else lambda: None
        bind(self.ip.user_ns, self.options.out, held.run)
        self._follow(held)
        if self.options.capture:
            self._listen(held)
            self._describe(held)

    def ended(self, error: BaseException | None, result: Any, memory: Memory) -> None:
        """Nothing where tracking failed at the start, and in a forked child, which gets here too."""
        if self._held is not None and os.getpid() == self._pid:
            Closing(self, self._held, error).close(getattr(result, "result", None), memory)

    def _first_card(self, held: active.Held) -> Card:
        run = held.run
        self._experiment_id = run.info.experiment_id
        return Card(
            run_id=held.run_id,
            name=run.info.run_name,
            experiment=held.client.get_experiment(run.info.experiment_id).name,
            params={**self.values.params, **run.data.params, **self.options.params},
            tags=own_tags(run.data.tags.items()),
            directions=directions_of(run),
        )

    def _describe(self, held: active.Held) -> None:
        """Write at once what would be missed most if the kernel died: the source. The rest goes on beside the cell."""
        if capturing.source:
            with guard("keep the cell's source"):
                self.files.write(SOURCE, self.source)
        with guard("take fingerprints of the data"):
            self.data = self._data(held)
        part = max(1, self.part)
        given = set(self.options.tags)
        held.own_inputs = self.data
        held.settle = Surroundings(held, given, self._inputs(), self.data, self.files.path(INPUTS), part).note().wait

    def _data(self, held: active.Held) -> list[DatasetInput]:
        """Taken before the cell runs, because it may change them."""
        if self.tree is None or not capturing.data:
            return []
        kept = ("mlflow.user", "mlflow.source.name", "mlflow.source.type")
        source = {key: value for key, value in held.run.data.tags.items() if key in kept}
        return datasets_read(self.tree, self.ip.user_ns, source)

    def _inputs(self) -> Callable[[], str]:
        """The earlier inputs of the session as they are now; which of them are needed is found out beside the cell."""
        earlier = list(enumerate(self.ip.history_manager.input_hist_raw))
        now = earlier[-1][1] if earlier else ""
        if now.rstrip("\n") == self.source.rstrip("\n") or now.lstrip().startswith("%track"):
            earlier.pop()  # the cell itself, or the command that runs it
        tree = self.tree
        if self.options.session or capturing.session:
            return lambda: inputs_text([row for row in earlier if row[1].strip()])
        if tree is None or not capturing.inputs:
            return lambda: ""
        return lambda: inputs_text(needed_inputs(tree, earlier, lambda source: python_of(self.ip, source)))

    def _follow(self, held: active.Held) -> None:
        feed = subscribe()
        live = self.options.live and self.shown.can_change
        self.pulse = Pulse(held, self.card, self.printed, capture=self.options.capture)
        show = self._show if live else None
        self.live = Live(self.card, feed, refresh=self._refresh, show=show, beat=self.pulse.beat)
        if live:
            self.card.kernel = kernel_id()
            self._show()
        self.live.start()

    def _listen(self, held: active.Held) -> None:
        if capturing.output or capturing.printed:
            self.tee.is_mine = partial(active.is_within, held)
            self.tee.start()
        if capturing.displays:
            self.displays.start(self.ip)
        self.written = Written(held)
        self.written.start()

    def _newest_step(self) -> int | None:
        """The step that was logged last, so that a figure shown in a loop is named by it."""
        if self.live:
            self.live.take_in()
        steps = [trace.last[:2] for trace in self.card.metrics.values() if trace.count > 1 or trace.step]
        return max(steps, key=lambda one: one[1])[0] if steps else None

    def _refresh(self) -> None:
        """Read the params and tags that the cell's code has logged into the card."""
        assert self._held is not None
        run = self._held.client.get_run(self._held.run_id)
        self.card.name = run.info.run_name
        if run.info.experiment_id != self._experiment_id:
            self._experiment_id = run.info.experiment_id
            self.card.experiment = self._held.client.get_experiment(run.info.experiment_id).name
        self.card.params.update(run.data.params)
        self.card.tags = own_tags(run.data.tags.items())
        self.card.of_autolog(run.data.tags)
        self.card.of_commit(run.data.tags)

    def _show(self) -> None:
        self.shown(self.card)
