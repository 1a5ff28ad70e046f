"""How is a stretch of code outside of a notebook cell tracked, from its beginning to its end?"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from nbtrack.autolog import begin_cell
from nbtrack.capture import options as capturing
from nbtrack.capture.alive import process_tags
from nbtrack.capture.literals import settled_literals
from nbtrack.capture.printed import Printed
from nbtrack.capture.tee import Tee
from nbtrack.entities import Metric, Param, RunStatus
from nbtrack.errors import guard
from nbtrack.magics.arguments import Options
from nbtrack.magics.card import Card
from nbtrack.magics.files import OUTPUT, SOURCE, TRACEBACK, Files
from nbtrack.magics.finishing import finishing
from nbtrack.magics.literal_notes import drop_note
from nbtrack.magics.live import Live
from nbtrack.magics.opening import log_literals, named_in_code, start
from nbtrack.magics.outcome import error_line, status_after, traceback_text
from nbtrack.magics.pulse import Pulse
from nbtrack.magics.surroundings import Surroundings
from nbtrack.magics.written import Written
from nbtrack.stores.names import is_key
from nbtrack.tracking import active
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.events import subscribe


class Block:
    """One run of a block, from its beginning to its end."""

    def __init__(self, options: Options, source: str) -> None:
        self._options = options
        self._source = source
        self._pid = os.getpid()
        self.held: active.Held | None = None

    def begin(self, params: Mapping[str, str] | None = None, *, tree: ast.Module | None = None) -> None:
        """`tree` is the code of a script, whose literals are params unless it logs others."""
        given = {**(params or {}), **self._options.params}
        client = MlflowClient(self._options.store)
        self._options = replace(self._options, named_in_code=named_in_code(client, tree, {}))
        above = next(reversed(active.chain()), None)
        held = start(client, named(self._options, self._options.name, given), process_tags(), above)
        self._files = Files(held, fresh=True)
        if capturing.source and self._source:
            self._files.write(SOURCE, self._source)
        held.settle = Surroundings(held, set(self._options.tags), lambda: "").note().wait
        if tree is not None and capturing.values:
            log_literals(held, {key: text for key, text in settled_literals(tree).items() if is_key(key)})
        self._follow(held)
        self._end_autolog = begin_cell(self._options.autolog, by_default=capturing.autolog)
        self.held = held

    def _follow(self, held: active.Held) -> None:
        card = Card(held.run_id, held.run.info.run_name, "")
        printed = Printed()
        self._tee = Tee(hear=printed.add)
        self._tee.is_mine = partial(active.is_within, held)
        self._pulse = Pulse(held, card, printed, capture=True)
        self._live = Live(card, subscribe(), refresh=lambda: None, show=None, beat=self._pulse.beat)
        self._live.start()
        if capturing.output or capturing.printed:
            self._tee.start()
        self._written = Written(held)
        self._written.start()

    def end(
        self,
        error: BaseException | None,
        metrics: Mapping[str, float] | None = None,
        params: Mapping[str, str] | None = None,
        space: Mapping[str, Any] | None = None,
    ) -> None:
        """Nothing where tracking failed at the start, and in a forked child. `space` are the variables among which
        estimators are looked for that could not be watched. An interrupt meanwhile is raised at the end."""
        held = self.held
        if held is None or os.getpid() != self._pid:
            return
        with finishing():
            self._finish(held, error, metrics or {}, params or {}, space or {})

    def _finish(
        self,
        held: active.Held,
        error: BaseException | None,
        metrics: Mapping[str, float],
        params: Mapping[str, str],
        space: Mapping[str, Any],
    ) -> None:
        status = status_after(error)
        status = held.asked if status == RunStatus.FINISHED and held.asked else status
        self._tee.stop()
        self._written.stop()
        self._end_autolog(space)
        active.take_off(held, status)
        self._live.stop(partial(self._pulse.keep_printed, last=True))
        with guard("keep what the block came to"):
            self._keep(held, error if status != RunStatus.FINISHED else None, metrics, params)
        with guard("end the run"):
            held.client.set_terminated(held.run_id, status.name)
            held.writer.close()

    def _keep(
        self, held: active.Held, error: BaseException | None, metrics: Mapping[str, float], params: Mapping[str, str]
    ) -> None:
        logged = held.client.get_run(held.run_id).data
        now = time.time_ns() // 1_000_000
        points = [Metric(k, v, now) for k, v in metrics.items() if is_key(k) and k not in {*logged.metrics, *params}]
        texts = [Param(k, v) for k, v in params.items() if is_key(k) and k not in logged.params]
        held.client.log_batch(held.run_id, points, texts)
        drop_note(held)
        if error is not None:
            self._files.write(TRACEBACK, traceback_text(error))
            held.client.set_tag(held.run_id, "nbtrack.error", error_line(error))
        if capturing.output and (text := self._tee.text()):
            self._files.write(OUTPUT, text)
        self._written.keep()


def named(options: Options, name: str | None, params: Mapping[str, str] | None = None) -> Options:
    return replace(options, name=name, params=dict(options.params if params is None else params))
