"""MLflow's own server and pages on nbtrack's folder, by `mlflow server --backend-store-uri nbtrack:///…` alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from nbtrack.entities import Dataset, DatasetInput, Metric, Param, RunStatus
from nbtrack.stores.files import FileStore
from tests.interop.test_mlflow_plugin import environment as environment
from tests.servers import Server, by_command

pytestmark = [pytest.mark.browser, pytest.mark.interop]


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, str, str]:
    """The folder, its experiment, and the first of two runs: one with values, a data set and a file."""
    store = FileStore(tmp_path / "runs")
    experiment = store.create_experiment("served")
    first = store.create_run(experiment, run_name="a run", user_id="u", start_time=1_700_000_000_000, tags={})
    run_id = first.info.run_id
    points = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(5)]
    store.log_batch(run_id, points, [Param("lr", "0.125")])
    store.log_inputs(run_id, [DatasetInput(Dataset("digits", "abc", "local", "{}"), ())])
    store.write_artifact(run_id, "notes.txt", b"what I saw")
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=1_700_000_010_000)
    store.create_run(experiment, run_name="another", user_id="u", start_time=1_700_000_020_000, tags={})
    return tmp_path / "runs", experiment, run_id


@pytest.fixture
def server(mlflow3: str, place: tuple[Path, str, str], environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    started = Server(by_command(mlflow3), tmp_path, env=environment, backend=f"nbtrack://{place[0]}").start()
    yield started
    started.kill()


def test_mlflows_pages_show_runs_one_run_and_its_files(
    server: Server, place: tuple[Path, str, str], browser: Browser
) -> None:
    _, experiment, run_id = place
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    refused: list[str] = []
    page.on("response", lambda got: refused.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    page.goto(f"{server.url}/#/experiments/{experiment}/runs")
    for name in ("a run", "another"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible(timeout=60_000)
    page.goto(f"{server.url}/#/experiments/{experiment}/runs/{run_id}")
    expect(page.get_by_text("0.125").first).to_be_visible()
    expect(page.get_by_text("0.2", exact=True).first).to_be_visible()
    expect(page.get_by_text("digits").first).to_be_visible()
    page.goto(f"{server.url}/#/experiments/{experiment}/runs/{run_id}/artifacts/notes.txt")
    expect(page.get_by_text("what I saw").first).to_be_visible()
    page.close()
    # Who is logged in is asked of every server, and only one with a login knows.
    assert [each for each in refused if "/users/current" not in each] == []
