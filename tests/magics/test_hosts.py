"""%%track where no browser is: papermill, and IPython in a terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from nbtrack.stores import open_store
from tests.magics.test_kernel import CARD, environment, kernel_here

__all__ = ["kernel_here"]

CELLS = ["%load_ext nbtrack", "depth = 3", "%%track deep\nlr = 0.1\nscore = depth * lr"]


def written(folder: Path, cells: list[str]) -> Path:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.cells[1].metadata.tags = ["parameters"]
    nbformat.write(notebook, folder / "in.ipynb")
    return folder / "in.ipynb"


def execute(folder: Path, cells: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(environment(folder)):
        monkeypatch.delenv(name)
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)
    papermill.execute_notebook(
        written(folder, cells), folder / "out.ipynb", {"depth": 7},
        kernel_name="python3", language="python", progress_bar=False, cwd=str(folder),
    )  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning:papermill")
def test_papermill_runs_a_tracked_notebook_with_its_parameters(
    tmp_path: Path, kernel_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(tmp_path, [*CELLS, "import nbtrack\nnbtrack.dashboard()"], monkeypatch)
    (row,) = open_store(tmp_path / "mlruns").snapshot().rows
    assert (row.run.info.status, dict(row.run.data.params)) == ("FINISHED", {"lr": "0.1", "depth": "7"})
    assert row.run.data.metrics["score"] == pytest.approx(0.7)
    cells = nbformat.read(tmp_path / "out.ipynb", 4).cells
    pages = [str(output.get("data")) for cell in cells for output in cell.outputs]
    assert [CARD in page for page in pages] == [True, False, False]
    assert ['class="nbtrack-view"' in page for page in pages] == [False, True, False]  # saved beside the dashboard
    assert "<script" not in pages[0]
    assert 'class="nbt-front"' in pages[2]
    assert "deep" in pages[2].partition("<script")[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:papermill")
def test_papermill_stops_at_a_tracked_cell_that_fails(
    tmp_path: Path, kernel_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, [*CELLS[:2], "%%track\n1 / 0", "open('after', 'w')"], monkeypatch)
    assert not (tmp_path / "after").exists()
    (row,) = open_store(tmp_path / "mlruns").snapshot().rows
    assert row.run.info.status == "FAILED"


class Terminal:
    """IPython as a person starts it, in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.said = ""
        self.pid, self._end = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            given = {**environment(folder), "TERM": "xterm", "NO_COLOR": "1"}
            command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"]
            os.execve(sys.executable, command, given)
        self._ready = select.poll()
        self._ready.register(self._end, select.POLLIN)

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def until(self, pattern: str, seconds: float = 60) -> str:
        """What was said since the last call, up to the pattern."""
        stop = time.monotonic() + seconds
        while not (match := re.search(pattern, self.said)):
            assert time.monotonic() < stop, self.said
            if self._ready.poll(200):
                self.said += os.read(self._end, 65536).decode(errors="replace")
        before, self.said = self.said[: match.end()], self.said[match.end() :]
        return before

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._end)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    started = Terminal(tmp_path)
    yield started
    started.close()


def test_a_terminal_shows_the_card_once_as_text_and_stops_by_control_c(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until(r"In \[1\]: ")
    terminal.type("%load_ext nbtrack\n")
    terminal.until(r"In \[2\]: ")
    terminal.type("%%track first\nlr = 0.1\nscore = lr * 5\n\n\n")
    said = terminal.until(r"In \[3\]: ")
    assert said.count("✓ first") == 1
    assert "score  0.5" in said
    assert "<div" not in said
    terminal.type("%%track long\nimport time\nprint('going')\ntime.sleep(60)\n\n\n")
    terminal.until("going\r?\n")
    terminal.type("\x03")
    assert "killed" in terminal.until(r"In \[4\]: ")
    terminal.type("%track rerun first lr=0.2\n")
    assert "score  1" in terminal.until(r"In \[5\]: ")
    terminal.type("import nbtrack; nbtrack.dashboard()\n")
    table = terminal.until(r"In \[6\]: ").splitlines()
    (head,) = [at for at, line in enumerate(table) if line.split()[:3] == ["run", "status", "started"]]
    assert "3 runs in " in table[head - 1]
    assert [line.split()[1] for line in table[head + 1 : head + 4]] == ["FINISHED", "KILLED", "FINISHED"]
    runs = [row.run for row in open_store(tmp_path / "mlruns").snapshot().rows]
    assert sorted(run.info.status for run in runs) == ["FINISHED", "FINISHED", "KILLED"]
    assert [run.info.run_name for run in runs if run.info.status == "KILLED"] == ["long"]
