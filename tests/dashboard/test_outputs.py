"""What a notebook saves of a dashboard is what the store holds, also where reading it took long."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import nbtrack
from nbtrack.dashboard import live, widget
from nbtrack.dashboard.catalog import Catalog
from nbtrack.stores import open_store


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    InteractiveShell.clear_instance()
    ip = InteractiveShell.instance(colors="nocolor")
    yield ip
    ip.atexit_operations()
    atexit.unregister(ip.atexit_operations)  # or it runs again when the tests end
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("quick", [20_000, 0], ids=["small", "large"])
def test_a_dashboard_shown_before_its_store_was_read_is_filled_at_the_end_of_a_cell(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: int
) -> None:
    nbtrack.MlflowClient(tmp_path / "mlruns").create_run("0", run_name="found-late")
    read, ask_all = threading.Event(), Catalog._ask_all

    def slowly(catalog: Catalog) -> Any:
        read.wait(10)
        return ask_all(catalog)

    monkeypatch.setattr(Catalog, "_ask_all", slowly)
    monkeypatch.setattr(widget, "PATIENCE", 0.0)
    with capture_output() as shown:
        dash = nbtrack.dashboard(open_store(tmp_path / "mlruns"))
        shell.display_formatter.format(dash)
    assert "found-late" not in shown.outputs[0].data["text/html"]
    read.set()
    dash._hub._loaded.wait(10)
    with capture_output() as later:
        for hub in live.hubs():
            hub.cell_ended(quick=quick)
    assert ["found-late" in output.data["text/html"] for output in later.outputs] == [True]
    with capture_output() as again:
        dash._hub.cell_ended(quick=quick)
    assert again.outputs == []
    dash.close()
