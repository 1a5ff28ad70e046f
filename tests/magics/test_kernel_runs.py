"""Which run is active from cell to cell, in tasks, threads and callbacks of widgets, in every line of ipykernel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.kernels import VERSIONS, write_spec
from tests.magics.test_kernel import environment

HELPERS = """
import asyncio, nbtrack, sys, ipywidgets
client = nbtrack.MlflowClient()

def found():
    runs = client.search_runs([experiment])
    return {r.info.run_name: [p.value for p in client.get_metric_history(r.info.run_id, "m")] if r.data.metrics else []
            for r in runs}

def new(name):
    global experiment
    experiment = nbtrack.set_experiment(name).experiment_id
    assert nbtrack.active_run() is None, nbtrack.active_run().info.run_name

def active():
    run = nbtrack.active_run()
    return run and run.info.run_name

async def log(value, wait=0.01):
    await asyncio.sleep(wait)
    nbtrack.log_metric("m", value)
"""


class Kernel:
    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.client: Any = manager.client()
        self.client.start_channels()

    def cell(self, code: str) -> None:
        reply = self.client.execute_interactive(code, timeout=60, output_hook=lambda _: None)["content"]
        assert reply["status"] == "ok", "\n".join(reply["traceback"])

    def value(self, expression: str) -> Any:
        given = {"value": f"__import__('json').dumps({expression})"}
        reply = self.client.execute_interactive(
            "", timeout=60, user_expressions=given, store_history=False, output_hook=lambda _: None
        )["content"]["user_expressions"]["value"]
        assert reply["status"] == "ok", reply
        return json.loads(reply["data"]["text/plain"][1:-1])

    def click(self, comm: str) -> None:
        """What the front end sends when a button is clicked."""
        content = {"comm_id": comm, "data": {"method": "custom", "content": {"event": "click"}}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", content))


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Kernel]]:
    home = tmp_path_factory.mktemp("kernels")
    specs = KernelSpecManager(kernel_dirs=[str(home / "kernels")], ensure_native_kernel=False)
    started: dict[str, Kernel] = {}
    try:
        for version in VERSIONS:
            name = write_spec(home / "kernels", version)
            (home / version).mkdir()
            manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
            manager.start_kernel(cwd=str(home / version), env=environment(Path(home / version)))
            started[version] = Kernel(manager)
        for kernel in started.values():
            kernel.client.wait_for_ready(timeout=60)
            kernel.cell(HELPERS)
        yield started
    finally:
        for kernel in started.values():
            kernel.client.stop_channels()
            kernel.manager.shutdown_kernel(now=True)


@pytest.fixture(params=VERSIONS)
def kernel(kernels: dict[str, Kernel], request: pytest.FixtureRequest) -> Kernel:
    return kernels[request.param]


@pytest.mark.parametrize("starts", ["", "await asyncio.sleep(0)\n"])
@pytest.mark.parametrize(
    "logs",
    [
        "nbtrack.log_metric('m', 1)",
        "await log(1)",
        "await asyncio.gather(log(1))",
        "await asyncio.to_thread(nbtrack.log_metric, 'm', 1)",
        "await asyncio.wait([asyncio.create_task(log(1))])",
    ],
)
def test_a_run_of_one_cell_is_active_in_the_next(kernel: Kernel, starts: str, logs: str) -> None:
    kernel.cell(f"new({starts + logs!r})\n{starts}nbtrack.start_run(run_name='r')")
    assert kernel.value("active()") == "r"
    kernel.cell(logs)
    kernel.cell(logs)
    kernel.cell("await asyncio.sleep(0)\nnbtrack.end_run()")
    assert kernel.value("active()") is None
    assert kernel.value("found()['r']") == [1.0, 1.0]


def test_tasks_of_a_cell_log_where_they_were_created_and_not_into_the_run_of_a_later_cell(kernel: Kernel) -> None:
    kernel.cell("new('late')\nnbtrack.start_run(run_name='first')\nlate = asyncio.create_task(log(1, 0.5))")
    kernel.cell("nbtrack.end_run()\nnbtrack.start_run(run_name='second')")
    kernel.cell("await asyncio.gather(late, log(2))\nnbtrack.end_run()")
    assert kernel.value("found()") == {"first": [1.0], "second": [2.0]}


def test_a_callback_of_a_widget_logs_into_the_run_that_is_active(kernel: Kernel) -> None:
    kernel.cell(
        "new('widgets')\nbutton = ipywidgets.Button()\nclicked = []\n"
        "button.on_click(lambda _: (clicked.append(active()), nbtrack.log_metric('m', len(clicked))))"
    )
    comm = kernel.value("button.comm.comm_id")
    kernel.cell("await asyncio.sleep(0)\nnbtrack.start_run(run_name='r')")
    kernel.click(comm)
    kernel.cell("await asyncio.sleep(0.2)\nnbtrack.log_metric('m', 7)")
    kernel.click(comm)
    kernel.cell("pass")
    kernel.cell("await asyncio.sleep(0.2)")
    assert kernel.value("clicked") == ["r", "r"]
    kernel.cell("nbtrack.end_run()")
    assert sorted(kernel.value("found()['r']")) == [1.0, 2.0, 7.0]


def test_a_run_that_a_callback_of_a_widget_starts_is_active_in_the_next_cell(kernel: Kernel) -> None:
    kernel.cell(
        "new('started')\nbutton = ipywidgets.Button()\n"
        "button.on_click(lambda _: nbtrack.start_run(run_name='by click'))"
    )
    kernel.click(kernel.value("button.comm.comm_id"))
    kernel.cell("pass")
    kernel.cell("await asyncio.sleep(0.2)\nawait log(3)\nnbtrack.end_run()")
    assert kernel.value("found()") == {"by click": [3.0]}


@pytest.mark.parametrize("track", ["", "%load_ext nbtrack", "%%track"])
def test_tasks_with_runs_of_their_own_do_not_mix_whatever_the_cell_is(kernel: Kernel, track: str) -> None:
    if track == "%load_ext nbtrack":
        kernel.cell(track)
    head = "%%track cell\n" if track == "%%track" else ""
    kernel.cell(f"new('tasks' + {track!r})")
    kernel.cell(
        f"{head}async def job(i):\n"
        "    with nbtrack.start_run(run_name=f'job{i}', nested=True):\n"
        "        for step in range(4):\n"
        "            await log(10 * i + step, 0.003 * (i % 3))\n"
        "await asyncio.gather(*(job(i) for i in range(5)), log(-1))\n"
    )
    found = kernel.value("found()")
    for i in range(5):
        assert found.pop(f"job{i}") == [10.0 * i + step for step in range(4)]
    assert list(found.values()) == [[-1.0]]  # of the cell, or one that the task without a run has started
    assert kernel.value("active()") is None
    assert kernel.value("[held.run_id for held in sys.modules['nbtrack.tracking.active'].open_runs()]") == []


def test_what_a_tracked_cell_leaves_behind_logs_into_its_run(kernel: Kernel) -> None:
    kernel.cell("%reload_ext nbtrack")
    kernel.cell("new('behind')")
    kernel.cell("%%track one\nlate = asyncio.create_task(log(1, 0.5))\nawait asyncio.sleep(0)")
    kernel.cell("%%track two\nawait late\nawait log(2)\nprint('later')")
    assert kernel.value("found()") == {"one": [1.0], "two": [2.0]}


def test_a_tracked_coroutine_in_a_tracked_cell_is_its_child(kernel: Kernel) -> None:
    kernel.cell("%reload_ext nbtrack")
    kernel.cell("new('children')")
    kernel.cell(
        "%%track cell\n@nbtrack.track\nasync def work(i):\n    await log(i, 0.01 * (3 - i))\n    await log(i, 0.01)\n"
        "await asyncio.gather(*(work(i) for i in range(3)))"
    )
    kernel.cell(
        "runs = client.search_runs([nbtrack.get_experiment_by_name('children').experiment_id])\n"
        "names = {r.info.run_id: r.info.run_name for r in runs}\n"
        "seen = sorted((r.data.params['i'], r.data.metrics['m'], names[r.data.tags['mlflow.parentRunId']], "
        "r.info.status) for r in runs if 'i' in r.data.params)"
    )
    assert kernel.value("seen") == [[str(i), float(i), "cell", "FINISHED"] for i in range(3)]
