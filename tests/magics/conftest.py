"""A real IPython with nbtrack loaded, in an empty folder with a store of its own."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from nbtrack import errors
from nbtrack.entities import Run
from nbtrack.magics.background import settle
from nbtrack.magics.find import runs_of
from nbtrack.stores import Store, open_store
from nbtrack.tracking import active, experiments, settings


@dataclass
class Notebook:
    """Cells are run by `cell`, in order; `output` is all that they printed."""

    ip: Any
    folder: Path
    output: str = ""

    def cell(self, source: str, **options: Any) -> Any:
        said = StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            result = self.ip.run_cell(source, **{"store_history": True, **options})
        self.output += said.getvalue()
        return result

    @property
    def store(self) -> Store:
        return open_store(self.folder / "mlruns")

    @property
    def runs(self) -> list[Run]:
        """Oldest first, with what the background writes."""
        settle()
        return sorted(runs_of(self.store), key=lambda run: run.info.start_time or 0)

    @property
    def run(self) -> Run:
        """The one run there is."""
        (run,) = self.runs
        return self.store.run(run.info.run_id)

    def artifact(self, path: str, run: Run | None = None) -> str:
        return self.store.read_artifact((run or self.run).info.run_id, path).decode()


@pytest.fixture
def nb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    monkeypatch.setattr(settings, "_chosen", None)
    monkeypatch.setattr(experiments, "_active", None)
    monkeypatch.setattr(errors, "_told", set())
    InteractiveShell.clear_instance()
    ip = InteractiveShell.instance(colors="nocolor")

    ip.run_line_magic("load_ext", "nbtrack")
    yield Notebook(ip, tmp_path)
    ip.run_line_magic("unload_ext", "nbtrack")
    for held in active.own_stack()[:1]:
        active.take_off(held)
    ip.atexit_operations()
    atexit.unregister(ip.atexit_operations)  # or it runs again when the tests end
    InteractiveShell.clear_instance()
