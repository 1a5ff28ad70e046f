"""On each line of ipykernel: what a view asks while a cell trains is answered at once, or when the cell ends?

The messages are those of JupyterLab, which gives all widgets of a notebook one subshell and names it in each header.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.kernels import VERSIONS, write_spec

pytestmark = pytest.mark.interop  # environments of their own

SHOW = """
import nbtrack, time
nbtrack.set_tracking_uri("mlruns")
with nbtrack.start_run(run_name="first") as run:
    nbtrack.log_metric("loss", 1)
first = run.info.run_id
dash = nbtrack.dashboard()
channel = dash._channel
dash
"""
# What is logged is pushed by a thread; the cell itself pushes on the same model too, and prints.
TRAIN = """
end = time.monotonic() + {seconds}
with nbtrack.start_run(run_name="training"):
    step = 0
    while time.monotonic() < end:
        step += 1
        nbtrack.log_metric("loss", 1 / step, step=step)
        dash.send({{"type": "beat"}})
        print(step)
        time.sleep(0.05)
"""
PROMPT = 0.1  # s
SECONDS = {True: 2.2, False: 1.2}  # of training, with subshells and without


@dataclass
class Front:
    """A kernel, and what JupyterLab would know of it."""

    manager: KernelManager
    client: BlockingKernelClient = field(init=False)
    subshell: str | None = None
    comm: str = ""
    run: str = ""

    def connect(self) -> None:
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def has_subshells(self) -> bool:
        self.client.kernel_info()
        content = self.client.get_shell_msg(timeout=20)["content"]
        return "kernel subshells" in content.get("supported_features", ())

    def open_subshell(self) -> None:
        control = self.client.control_channel
        control.send(self.client.session.msg("create_subshell_request"))
        self.subshell = self.client.get_control_msg(timeout=20)["content"]["subshell_id"]

    def execute(self, code: str, wants: str = "None") -> str:
        """Run a cell and wait for its end; the text of what `wants` gives."""
        reply = self.client.execute_interactive(
            code, user_expressions={"it": wants}, output_hook=lambda message: None, timeout=60
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return str(reply["content"]["user_expressions"]["it"]["data"]["text/plain"]).strip("'")

    def ask(self, number: int, **fields: Any) -> None:
        content = {"comm_id": self.comm, "data": {"method": "custom", "content": {"id": number, **fields}}}
        message = self.client.session.msg("comm_msg", content)
        if self.subshell:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def need(self, number: int) -> None:
        self.ask(number, type="need", what="series", runs=[self.run], keys=["loss"], path="", width=100)

    def edit(self, number: int) -> None:
        self.ask(number, type="edit", what="set_tag", runs=[self.run], key="seen", value=str(number), seen=None)

    def answer(self, number: int, within: float) -> bool:
        """Wait for the answer to this request; False where it did not come in time."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            try:
                content = self.client.get_iopub_msg(timeout=left)["content"]
            except Empty:
                break
            said = content.get("data", {}).get("content", {}) if content.get("comm_id") == self.comm else {}
            if said.get("type") == "answer" and said["id"] == number:
                assert said["error"] == ""
                return True
        return False

    def show(self) -> None:
        self.comm, self.run = self.execute(SHOW, "channel.comm.comm_id + ' ' + first").split()

    def is_ready_to_show(self) -> bool:
        """Wait, as a person does between two cells, until the kernel has loaded what a dashboard needs."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            time.sleep(0.4)
            if self.execute("", "'nbtrack.dashboard.widget' in sys.modules") == "True":
                return True
        return False

    def start_training(self, seconds: float) -> str:
        asked: str = self.client.execute(TRAIN.format(seconds=seconds), stop_on_error=False)
        time.sleep(0.2)
        return asked

    def is_training(self) -> bool:
        return not self.client.shell_channel.msg_ready()

    def finish(self) -> None:
        assert self.client.get_shell_msg(timeout=20)["content"]["status"] == "ok"


@pytest.fixture(scope="module")
def fronts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Front]]:
    """All kernels start at once: most of a second of each goes by in waiting."""
    home = tmp_path_factory.mktemp("kernels")
    specs = KernelSpecManager(kernel_dirs=[str(home / "kernels")], ensure_native_kernel=False)
    started: dict[str, Front] = {}
    try:
        for version in VERSIONS:
            name = write_spec(home / "kernels", version)
            manager = KernelManager(kernel_name=name, kernel_spec_manager=specs)
            (home / version).mkdir()
            manager.start_kernel(cwd=str(home / version))
            started[version] = Front(manager)
        for front in started.values():
            front.connect()
            front.execute("import nbtrack, sys")
        yield started
    finally:
        for front in started.values():
            front.client.stop_channels()
            front.manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_needs_and_edits_are_answered_at_once_where_there_are_subshells_and_else_when_the_cell_ends(
    fronts: dict[str, Front], version: str
) -> None:
    front = fronts[version]
    assert front.execute("import ipykernel", "ipykernel.__version__") == version
    subshells = front.has_subshells()
    assert subshells == (not version.startswith("6."))
    assert front.is_ready_to_show()
    front.show()
    if subshells:
        front.open_subshell()
    # As with Run All: the cell that trains follows at once upon the one that shows, and nothing was asked between.
    front.start_training(SECONDS[subshells])
    took = []
    for number in range(1, 13):
        began = time.monotonic()
        (front.need if number % 2 else front.edit)(number)
        if not subshells:
            assert not front.answer(number, within=0.4)
            break
        assert front.answer(number, within=5)
        took.append(time.monotonic() - began)
        time.sleep(0.05)
    assert front.is_training()
    if subshells:
        assert statistics.median(took) < PROMPT, took
    front.finish()
    if not subshells:
        assert front.answer(1, within=2)
