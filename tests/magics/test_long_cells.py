"""What a long cell tells while it runs, and what is told of one whose kernel has died."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from nbtrack.capture import alive
from nbtrack.magics import pulse
from nbtrack.magics.block import Block
from nbtrack.magics.card import Card
from nbtrack.magics.card_html import card_html
from nbtrack.magics.card_text import card_text
from nbtrack.magics.closing import Closing
from nbtrack.tracking import keeper
from tests.magics.conftest import Notebook


def test_printed_epochs_become_metrics_with_their_steps(nb: Notebook) -> None:
    nb.cell("%%track\nfor e in range(3):\n    print(f'epoch {e} loss={1 / (e + 1)}')")
    series = nb.store.history(nb.run.info.run_id, "loss")
    assert series.step.tolist() == [0, 1, 2]
    assert nb.run.data.metrics["loss"] == 1 / 3
    assert "loss" in nb.output.splitlines()[-2]


def test_printed_metrics_that_the_code_logs_are_not_logged_twice(nb: Notebook) -> None:
    nb.cell("import nbtrack")
    nb.cell("%%track\nfor e in range(3):\n    nbtrack.log_metric('loss', 5, step=e)\n    print(f'epoch {e} loss=5.0')")
    assert len(nb.store.history(nb.run.info.run_id, "loss")) == 3


def test_a_long_cell_that_prints_and_logs_has_each_point_once(nb: Notebook) -> None:
    nb.cell(
        "%%track\nimport nbtrack, time\nfor e in range(30):\n    print(f'epoch {e} loss=5.0 own={e}.0')\n"
        "    time.sleep(0.03)\n    nbtrack.log_metric('loss', 5, step=e)"
    )
    assert [len(nb.store.history(nb.run.info.run_id, key)) for key in ("loss", "own")] == [30, 30]


def test_a_long_cell_has_system_metrics_and_a_heartbeat(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "EVERY", 0.3)
    monkeypatch.setattr(keeper, "BEAT", 0.2)
    monkeypatch.setattr(keeper, "_thread", None)  # one that waits for a beat of 30 s may be left by a test before
    nb.cell("%%track\nimport time\ntime.sleep(1.2)")
    run = nb.run
    assert len(nb.store.history(run.info.run_id, "system/cpu_utilization_percentage")) >= 1
    assert int(run.data.tags[alive.HEARTBEAT]) > (run.info.start_time or 0) + 150
    assert "system/" not in nb.output


@pytest.fixture
def heeds_interrupts() -> Iterator[None]:
    """As a kernel does, also where the tests run in the background of a shell, which ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def interrupted_in(monkeypatch: pytest.MonkeyPatch, kind: type, method: str, times: int = 1) -> None:
    plain = getattr(kind, method)

    def interrupted(self: object, *given: Any) -> None:
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        plain(self, *given)

    monkeypatch.setattr(kind, method, interrupted)


@pytest.mark.usefixtures("heeds_interrupts")
def test_an_interrupt_that_comes_while_the_run_is_kept_costs_nothing(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_in(monkeypatch, Closing, "_keep_output")
    nb.cell("%%track\nprint('all of it')")
    assert nb.run.info.status == "FINISHED"
    assert "all of it" in nb.artifact("output.txt")
    assert "KeyboardInterrupt" not in nb.output


@pytest.mark.usefixtures("heeds_interrupts")
def test_a_second_interrupt_leaves_the_keeping_but_the_run_still_ends(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_in(monkeypatch, Closing, "_keep_output", times=2)
    nb.cell("%%track\nprint('not all of it')")
    assert nb.run.info.status == "FINISHED"
    assert "interrupted while it was being kept" in nb.output
    nb.cell("%%track\nx = 1")
    assert [run.info.status for run in nb.runs] == ["FINISHED", "FINISHED"]


@pytest.mark.usefixtures("heeds_interrupts")
def test_a_block_that_is_interrupted_while_it_ends_is_kept_and_then_interrupted(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_in(monkeypatch, Block, "_keep")
    nb.cell("import nbtrack\nwith nbtrack.track():\n    print('in the block')\nprint('after it')")
    assert nb.run.info.status == "FINISHED"
    assert "in the block" in nb.artifact("output.txt")
    assert "KeyboardInterrupt" in nb.output
    assert "after it\n" not in nb.output


def test_a_running_card_tells_progress_estimate_pace_and_the_newest_line() -> None:
    card = Card("r1", "n", "e", duration=1000, progress=(40, 100), left=20_000, rate=12.0, said="<b>epoch 4")
    text, html = card_text(card), card_html(card)
    assert "40 of 100 · about 20.0 s left · 12 points/s" in text
    assert "> <b>epoch 4" in text
    assert "width:40.0%" in html
    assert "&lt;b&gt;epoch 4" in html
    card.status = "FINISHED"
    assert "left" not in card_text(card)
    assert "epoch 4" not in card_html(card)


def test_the_rest_is_estimated_from_the_pace_so_far(nb: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Card] = []
    plain = pulse.Pulse._estimate

    def estimate(self: pulse.Pulse, elapsed: float) -> None:
        plain(self, {10: 1.0, 20: 2.0}.get((self._printed.progress or (0, 0))[0], elapsed))
        held.append(self._card)

    monkeypatch.setattr(pulse.Pulse, "_estimate", estimate)
    nb.cell("%%track\nimport time\nfor n in (10, 20):\n    print(f'epoch {n}/100')\n    time.sleep(0.8)")
    assert (held[-1].progress, held[-1].left) == ((20, 100), 8000)


def test_a_fit_that_logs_itself_tells_how_far_it_is_without_printing(
    nb: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[tuple[int, int] | None] = []
    plain = pulse.Pulse._estimate

    def estimate(self: pulse.Pulse, elapsed: float) -> None:
        plain(self, elapsed)
        held.append(self._card.progress)

    monkeypatch.setattr(pulse.Pulse, "_estimate", estimate)
    nb.cell(
        "import time, numpy as np, lightgbm\n"
        "train = lightgbm.Dataset(np.arange(80.0).reshape(-1, 2), np.arange(40) % 2, free_raw_data=False)\n"
        "options = {'objective': 'binary', 'num_threads': 1, 'verbose': -1}"
    )
    nb.cell("%%track --autolog\nlightgbm.train(options, train, 4, callbacks=[lambda env: time.sleep(0.3)])")
    assert (2, 4) in held


def test_runs_that_a_dead_kernel_left_open_are_shown_as_such(nb: Notebook) -> None:
    nb.cell("import nbtrack\nr = nbtrack.start_run(run_name='gone')\nnbtrack.end_run()")
    run_id = nb.run.info.run_id
    nb.cell("c = nbtrack.MlflowClient()")
    client = nb.ip.user_ns["c"]
    host, pid, start = alive.process_tags()[alive.PROCESS].rsplit(":", 2)
    client.reopen(run_id, tags={alive.PROCESS: f"{host}:{pid}:{int(start) - 99_999}"})
    nb.output = ""
    nb.cell("%track status")
    assert f"Left open by a kernel that is gone: gone ({run_id[:8]})" in nb.output
    nb.output = ""
    nb.cell("%track ls")
    nb.cell("%track show gone")
    assert nb.output.splitlines()[1].startswith("◌")
    assert "abandoned" in nb.output
    assert nb.run.info.status == "RUNNING"
