"""%%track in a real kernel: what the front end gets is what it gets for the plain cell, and one card."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.magics.execution import ExecutionMagics
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from nbtrack.capture.alive import is_abandoned

ROOT = Path(__file__).parents[2]
CARD = "nbtrack-card"


def execute(folder: Path, cells: list[str], **options: Any) -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, **options
    )
    client.execute(env=environment(folder))
    return list(notebook.cells)


def environment(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MLFLOW_", "JPY_", "PYTEST"))}
    return {**kept, "IPYTHONDIR": str(folder / ".ipython"), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def kernel_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel of this very Python, whatever else is installed."""
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = f'["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"]'
    (spec / "kernel.json").write_text(f'{{"argv": {argv}, "display_name": "Python", "language": "python"}}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")


SAME = [
    "1 / 0",
    "raise KeyboardInterrupt",
    "6 * 7",
    "6 * 7;",
    "import asyncio\nawait asyncio.sleep(0.01)\n'done'",
    "print('out')\nimport sys\nprint('err', file=sys.stderr)",
    "def f():\n    raise ValueError('x')\n\nf()",
    "%%time\nx = 1",
    "for i in range(2):\n    display(i)",
    "!echo hi\n%pwd;",
    "'''a docstring'''\nfrom math import pi\npi",
]


def told(outputs: list[Any]) -> list[Any]:
    """Everything but the card; counts and times aside."""
    kept = []
    for output in outputs:
        if CARD in str(output.get("data", {}).get("text/html", "")):
            continue
        if output.output_type == "error":
            kept.append(("error", output.ename, output.evalue, sum("line" in line for line in output.traceback)))
        elif output.output_type == "stream":
            text = output.text
            if kept and kept[-1][:2] == ("stream", output.name):
                text = kept.pop()[2] + text  # what is printed in two goes is one text to who looks
            kept.append(("stream", output.name, text))
        else:
            kept.append((output.output_type, output.data.get("text/plain")))
    return [one if "Wall time" not in str(one[-1]) else (*one[:2], "time") for one in kept]


def test_every_kind_of_cell_gives_the_front_end_what_the_plain_cell_gives(tmp_path: Path, kernel_here: None) -> None:
    cells = ["%load_ext nbtrack", *SAME, *[f"%%track\n{cell}" for cell in SAME]]
    done = execute(tmp_path, cells, allow_errors=True)
    plain, tracked = done[1 : 1 + len(SAME)], done[1 + len(SAME) :]
    for one, other in zip(plain, tracked, strict=True):
        assert told(other.outputs) == told(one.outputs), other.source
        cards = [output for output in other.outputs if CARD in str(output.get("data", {}).get("text/html", ""))]
        assert len(cards) == 1, other.source
        assert set(cards[0].data) == {"text/html", "text/plain"}
        assert "running" not in cards[0].data["text/plain"]


def test_run_all_stops_at_a_tracked_cell_that_fails(tmp_path: Path, kernel_here: None) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, ["%load_ext nbtrack", "%%track\n1 / 0", "open('after', 'w')"])
    assert not (tmp_path / "after").exists()


def test_run_all_stops_at_a_usage_error(tmp_path: Path, kernel_here: None) -> None:
    with pytest.raises(CellExecutionError, match=r"UsageError|unrecognized"):
        execute(tmp_path, ["%load_ext nbtrack", "%%track --bogus\nopen('after', 'w')"])
    assert not (tmp_path / "after").exists()


def test_rerun_runs_cells_that_await_and_cells_that_do_not_inside_the_kernels_own_loop(
    tmp_path: Path, kernel_here: None
) -> None:
    cells = [
        "%load_ext nbtrack",
        "import asyncio, nbtrack",
        "%%track waits\nwait = 0.01\nawait asyncio.sleep(wait)\nslept = wait * 100",
        "# again\n%track rerun waits wait=0.02\n",
        "%%track fails\nawait asyncio.sleep(0)\n1 / 0",
        "%track rerun fails",
        "%track rerun -4 wait=0.03\nprint('after')",
        "%track rerun nowhere",
        "assert nbtrack.active_run() is None",
    ]
    done = execute(tmp_path, cells, allow_errors=True)
    from nbtrack.stores import open_store

    runs = sorted((row.run for row in open_store(tmp_path / "mlruns").snapshot().rows), key=lambda r: r.info.start_time)
    told = [(run.info.status, dict(run.data.metrics)) for run in runs]
    assert told == [("FINISHED", {"slept": 1.0}), ("FINISHED", {"slept": 2.0}), ("FAILED", {}), ("FAILED", {})]
    errors = [[output.ename for output in cell.outputs if output.output_type == "error"] for cell in done]
    assert errors[3] == []
    assert "ZeroDivisionError" in errors[5]
    assert "Put the command alone in a cell" in str(done[6].outputs)
    assert "'nowhere'" in str(done[7].outputs)
    assert errors[8] == []


LIVE = """%%track live
import time, nbtrack
from IPython import get_ipython
shown = []
pub = get_ipython().display_pub
plain, began = pub.publish, time.monotonic()
pub.publish = lambda data, *a, **k: (shown.append((k.get('update'), data['text/plain'])), plain(data, *a, **k))
for i in range(120):
    nbtrack.log_metric('loss', 1 / (i + 1), step=i)
    time.sleep(0.01)
pub.publish = plain
print(len(shown), time.monotonic() - began, all(update for update, _ in shown), 'loss' in shown[-1][1])"""


def test_the_card_follows_the_cell_at_most_four_times_a_second(tmp_path: Path, kernel_here: None) -> None:
    done = execute(tmp_path, ["%load_ext nbtrack", LIVE])
    text = next(output.text for output in done[1].outputs if output.output_type == "stream")
    times, seconds, updates, told_loss = text.split()
    assert 2 <= int(times) <= 1 + 4 * float(seconds)
    assert (updates, told_loss) == ("True", "True")


def test_a_killed_kernel_leaves_the_source_and_every_point(tmp_path: Path, kernel_here: None) -> None:
    from nbclient.exceptions import DeadKernelError

    body = "%%track gone\nimport nbtrack, os, signal\nfor i in range(50): nbtrack.log_metric('m', i, step=i)\n"
    with pytest.raises(DeadKernelError):
        execute(tmp_path, ["%load_ext nbtrack", body + "os.kill(os.getpid(), signal.SIGKILL)"])
    from nbtrack.stores import open_store

    store = open_store(tmp_path / "mlruns")
    (row,) = store.snapshot().rows
    assert row.run.info.status == "RUNNING"
    assert is_abandoned(row.run)
    assert len(store.history(row.run.info.run_id, "m")) == 50
    assert store.read_artifact(row.run.info.run_id, "cell.py").startswith(b"%%track gone\n")


def test_the_card_is_an_output_that_the_exported_page_shows(tmp_path: Path, kernel_here: None) -> None:
    from nbconvert import HTMLExporter

    body = "%%track\nimport nbtrack\nfor i in range(5): nbtrack.log_metric('loss', 1 / (i + 1), step=i)"
    notebook = nbformat.v4.new_notebook(cells=execute(tmp_path, ["%load_ext nbtrack", body]))
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert CARD in page
    assert "<polyline" in page


def test_the_interrupt_of_the_front_end_kills_the_run_and_the_next_cell_is_its_own(
    tmp_path: Path, kernel_here: None
) -> None:
    """SIGINT, as the stop button sends it, to a sleeping cell, an awaiting one and one inside %%time."""
    stop = "threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()"
    bodies = [f"{stop}\ntime.sleep(20)", f"{stop}\nawait asyncio.sleep(20)", f"%%time\n{stop}\ntime.sleep(20)"]
    cells = ["%load_ext nbtrack", "import os, signal, threading, time, asyncio, nbtrack"]
    for body in bodies:
        cells += [f"%%track\n{body}", "assert nbtrack.active_run() is None"]
    done = execute(tmp_path, cells, allow_errors=True)
    from nbtrack.stores import open_store

    rows = open_store(tmp_path / "mlruns").snapshot().rows
    # Before IPython 9 `%%time` shows what its body raises, and keeps it to itself: a plain cell goes well too.
    heard = 3 if "--no-raise-error" in (ExecutionMagics.time.__doc__ or "") else 2
    assert sorted(row.run.info.status for row in rows) == ["FINISHED"] * (3 - heard) + ["KILLED"] * heard
    for i in range(heard):
        assert "error" in [output.output_type for output in done[2 + 2 * i].outputs]
        assert "error" not in [output.output_type for output in done[3 + 2 * i].outputs]
