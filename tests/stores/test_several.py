"""Several stores answer as one: in search_runs, in the dashboard, and when a run is changed."""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

import nbtrack
from nbtrack.dashboard.live import Hub
from nbtrack.dashboard.requests import Request, answers
from nbtrack.entities import RunTag
from nbtrack.errors import InvalidValueError, NbtrackWarning, NotAStoreError, NotFoundError, ReadOnlyError, StoreError
from nbtrack.figures._palette import COLOR_TAG
from nbtrack.stores import Store, open_store
from nbtrack.stores.any_store import any_store
from nbtrack.stores.base import Watch
from nbtrack.stores.several import SeveralStores
from nbtrack.stores.together import STORE
from nbtrack.tracking.client import MlflowClient
from tests.repository import git

METRICS = 'Name,Value,Timestamp,Step\n"loss",0.25,1700000000000,1\r\n'


def log(address: str, name: str, experiment: str = "digits", **metrics: float) -> str:
    client = MlflowClient(address)
    found = client.get_experiment_by_name(experiment)
    run = client.create_run(found.experiment_id if found else client.create_experiment(experiment), run_name=name)
    for key, value in metrics.items():
        client.log_metric(run.info.run_id, key, value, step=1)
    client.set_terminated(run.info.run_id)
    return run.info.run_id


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new_database: Callable[[int, Path], Path]) -> Path:
    """./mlruns, ./other.db and a repository, each with a run."""
    monkeypatch.chdir(tmp_path)
    new_database(3, tmp_path).rename(tmp_path / "other.db")
    log("./mlruns", "in folder", loss=0.5)
    log("sqlite:///other.db", "in database", loss=0.4)
    (tmp_path / "repo").mkdir()
    git(tmp_path / "repo", "init", "-q", "-b", "main")
    (tmp_path / "repo" / "metrics.csv").write_text(METRICS)
    git(tmp_path / "repo", "add", ".")
    git(tmp_path / "repo", "commit", "-qm", "in commit")
    return tmp_path


ALL = ["./mlruns", "sqlite:///other.db", "git+repo"]


def together(*addresses: Any) -> SeveralStores:
    found = any_store(list(addresses or ALL))
    assert isinstance(found, SeveralStores)
    return found


def test_search_runs_goes_over_several_stores_with_the_store_as_a_column(here: Path) -> None:
    found = nbtrack.search_runs(store=ALL, order_by=["metrics.loss ASC"])
    assert found["tags.mlflow.runName"].tolist() == ["in commit", "in database", "in folder"]
    assert found["store"].tolist() == ["git+repo", "sqlite:///other.db", "./mlruns"]
    assert "tags.nbtrack.store" not in found
    assert found["metrics.loss"].tolist() == [0.25, 0.4, 0.5]
    for row in found.itertuples():
        assert MlflowClient(row.store).get_run(row.run_id).info.experiment_id == row.experiment_id
    listed = nbtrack.search_runs(store=ALL, filter_string="metrics.loss < 0.45", output_format="list")
    assert {run.data.tags[STORE] for run in listed} == {"git+repo", "sqlite:///other.db"}
    assert len(nbtrack.search_runs(store=ALL, experiment_names=["digits"])) == 2
    assert len(nbtrack.search_runs(store=ALL, filter_string=f"tags.`{STORE}` = 'git+repo'")) == 1
    assert len(nbtrack.search_runs(store=ALL, max_results=2)) == 2


def test_one_address_is_searched_without_a_column(here: Path) -> None:
    for address in ("git+repo", ["git+repo"], ["./mlruns", Path("mlruns"), str(here / "mlruns")], open_store("mlruns")):
        found = nbtrack.search_runs(store=address)
        assert len(found) == 1
        assert "store" not in found


def test_a_store_that_cannot_be_opened_is_named_and_the_rest_is_shown(here: Path) -> None:
    with pytest.warns(NbtrackWarning, match=r"'git\+nowhere' does not answer.*no git repository"):
        found = nbtrack.search_runs(store=["./mlruns", "git+nowhere"])
    assert found["store"].tolist() == ["./mlruns"]
    stores = together("git+nowhere", "./mlruns")
    (damage,) = stores.snapshot().damages
    assert damage.path == "git+nowhere"
    assert "does not answer" in damage.problem
    with pytest.raises(NotAStoreError, match="no git repository"):
        nbtrack.search_runs(store=["git+nowhere", "git+nothing"])
    with pytest.raises(InvalidValueError, match="no store in the list"):
        nbtrack.search_runs(store=[])
    with pytest.raises(InvalidValueError, match="is no store"):
        nbtrack.search_runs(store=7)  # type: ignore[call-overload]


class Silent:
    """Stands for a store, or a watch on it, that does not answer."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        if name in ("snapshot", "changes", "experiments", "watch"):
            raise StoreError("connection refused")
        return getattr(self._real, name)


def test_a_store_that_falls_silent_keeps_what_was_seen_and_comes_back(here: Path) -> None:
    stores = together()
    watch, member = stores.watch(), stores.members[1]
    assert len(watch.snapshot().rows) == 3
    real = watch._watches[1], member.opened
    watch._watches[1], member.opened = cast(Watch, Silent(real[0])), cast(Store, Silent(real[1]))
    seen = watch.snapshot()
    assert len(seen.rows) == 3
    assert [damage.path for damage in seen.damages] == ["sqlite:///other.db"]
    log("./mlruns", "new", loss=1)
    assert [row.run.info.run_name for row in watch.changes().rows] == ["new"]
    assert len(stores.watch().snapshot().rows) == 3  # who did not see it before sees the rest
    with pytest.warns(NbtrackWarning, match="connection refused"):
        found = nbtrack.search_runs(store=stores)
    assert sorted(found["store"]) == ["./mlruns", "./mlruns", "git+repo"]
    watch._watches[1], member.opened = real
    assert watch.snapshot().damages == []
    assert len(watch.snapshot().rows) == 4


def test_a_store_that_never_answers_is_waited_for_only_so_long(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbtrack.stores.together.PATIENCE_S", 0.5)
    stores, going_on = together(), threading.Event()

    def hang(*_: Any) -> None:
        going_on.wait(60)

    monkeypatch.setattr(open_store("sqlite:///other.db"), "experiments", hang)
    with pytest.warns(NbtrackWarning, match="did not answer in"):
        assert len(nbtrack.search_runs(store=stores)) == 2
    going_on.set()


def test_equal_ids_are_told_apart_and_changes_go_to_the_runs_own_store(here: Path) -> None:
    shutil.copytree("mlruns", "copy")
    (run,) = [row.run.info.run_id for row in open_store("mlruns").snapshot().rows]
    stores = together("mlruns", "copy")
    ids = [row.run.info.run_id for row in stores.snapshot().rows]
    assert ids == [run, f"{run}@2"]
    assert len({row.run.info.experiment_id for row in stores.snapshot().rows}) == 2
    assert sorted(each.name for each in stores.experiments()) == ["digits (copy)", "digits (mlruns)"]
    stores.update_run(f"{run}@2", run_name="changed")
    stores.log_batch(f"{run}@2", tags=[RunTag("seen", "yes")])
    stores.delete_run(run)
    assert open_store("copy").run(run).info.run_name == "changed"
    assert open_store("copy").run(run).data.tags["seen"] == "yes"
    assert open_store("mlruns").run(run).info.run_name == "in folder"
    assert open_store("mlruns").run(run).info.lifecycle_stage == "deleted"
    assert stores.run(f"{run}@2").info.run_name == "changed"
    assert stores.history(f"{run}@2", "loss").value.tolist() == [0.5]
    found = nbtrack.search_runs(store=["mlruns", "copy"], run_view_type=3)
    assert found["run_id"].tolist() == [run, run]
    assert sorted(found["store"]) == ["copy", "mlruns"]


def test_children_belong_to_the_parent_of_their_own_store(here: Path) -> None:
    (parent,) = [row.run.info.run_id for row in open_store("mlruns").snapshot().rows]
    client = MlflowClient("mlruns")
    client.create_run(client.get_run(parent).info.experiment_id, tags={"mlflow.parentRunId": parent})
    shutil.copytree("mlruns", "copy")
    rows = together("mlruns", "copy").snapshot().rows
    for label in ("mlruns", "copy"):
        own = {r.run.info.run_id: r.run.data.tags for r in rows if r.run.data.tags[STORE] == label}
        assert [tags["mlflow.parentRunId"] in own for tags in own.values() if "mlflow.parentRunId" in tags] == [True]


def test_nothing_new_has_a_place(here: Path) -> None:
    stores = together()
    with pytest.raises(ReadOnlyError, match="has no place"):
        stores.create_run("0", run_name="x", user_id="x", start_time=0, tags={})
    with pytest.raises(ReadOnlyError, match="has no place"):
        stores.create_experiment("x")
    with pytest.raises(NotFoundError, match="None of the stores"):
        stores.run("0" * 32)
    (commit,) = [row.run.info.run_id for row in open_store("git+repo").snapshot().rows]
    with pytest.raises(ReadOnlyError, match="commit is what makes a run"):
        stores.delete_run(commit)
    assert not stores.read_only
    assert together("git+repo", "git+nowhere").read_only


def test_a_watch_tells_what_changes_in_each_store(here: Path) -> None:
    watch = together().watch()
    assert not watch.snapshot().damages
    assert not watch.changes()
    log("sqlite:///other.db", "new in database", loss=0.1)
    log("./mlruns", "new in folder", loss=0.2)
    told = {row.run.info.run_name: row.run.data.tags[STORE] for row in watch.changes().rows}
    assert told == {"new in database": "sqlite:///other.db", "new in folder": "./mlruns"}


def test_passwords_are_in_no_label(here: Path) -> None:
    stores = together("./mlruns", "https://ada:secret@127.0.0.1:9/x?token=1")
    assert "secret" not in stores.uri + "".join(stores.labels)
    assert "token" not in stores.uri
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(nbtrack.search_runs(store=["./mlruns", "https://ada:secret@127.0.0.1:9/x"])) == 1


def test_a_dashboard_shows_several_stores_and_edits_each_run_where_it_is(here: Path) -> None:
    shutil.copytree("mlruns", "copy")
    dash = nbtrack.dashboard([*ALL, "copy", "git+nowhere"], experiments="digits")
    try:
        runs = dash.runs
        assert sorted(runs["store"]) == ["./mlruns", "copy", "sqlite:///other.db"]
        status = dash._hub.status()
        assert sorted(each["name"] for each in status["experiments"]) == [
            "digits (./mlruns)", "digits (copy)", "digits (sqlite:///other.db)",
        ]  # fmt: skip
        everything = nbtrack.dashboard([*ALL, "copy", "git+nowhere"])
        assert [damage["path"] for damage in everything._hub.status()["damages"]] == ["git+nowhere"]
        everything.close()
        shown = next(run for run in dash._hub.frame().run_ids if "@" in run)
        rename(dash._hub, shown, "renamed in the copy")
        assert open_store("copy").run(shown.split("@")[0]).info.run_name == "renamed in the copy"
        assert open_store("mlruns").run(shown.split("@")[0]).info.run_name == "in folder"
        assert "renamed in the copy" in dash.runs["tags.mlflow.runName"].tolist()
        every = nbtrack.dashboard(ALL)
        commit = next(run for run in every._hub.frame().run_ids if len(run) == 40)
        message = {"type": "edit", "what": "set_tag", "runs": [commit], "key": COLOR_TAG, "value": "#112233"}
        assert [answer.body for answer in answers(every._hub, Request.of(message))] == [{"conflicts": {}}]
        assert every._hub.status()["colors"] == {commit: "#112233"}
        every.close()
        dash.selected = [shown]
        assert dash.selected_runs["store"].tolist() == ["copy"]
        assert "store=['./mlruns', " in dash.code()
    finally:
        dash.close()


def rename(hub: Hub, run: str, name: str) -> None:
    message = {"type": "edit", "what": "rename", "runs": [run], "value": name}
    assert [answer.body for answer in answers(hub, Request.of(message))] == [{"conflicts": {}}]


def test_a_run_that_is_being_written_here_is_followed_in_its_store(here: Path) -> None:
    dash = nbtrack.dashboard(ALL)
    try:
        nbtrack.set_tracking_uri("./mlruns")
        with nbtrack.start_run(run_name="training") as run:
            nbtrack.log_metric("loss", 0.9, step=1)
            dash._hub.step()
            nbtrack.log_metric("loss", 0.8, step=2)
            dash._hub.step()
            assert dash._hub.history(run.info.run_id, "loss").value.tolist() == [0.9, 0.8]
        assert run.info.run_id in dash._hub.book.ours
    finally:
        nbtrack.set_tracking_uri(None)
        dash.close()


def test_table_compare_and_figures_take_several_stores(here: Path) -> None:
    table = nbtrack.table(ALL, order_by="metrics.loss ASC")
    assert table["store"].tolist() == ["git+repo", "sqlite:///other.db", "./mlruns"]
    dash = nbtrack.compare("in commit", "in folder", store=ALL)
    assert len(dash.selected) == 2
    dash.close()
    figure = nbtrack.figures.metric_history(["in commit", "in database"], "loss", store=ALL)
    assert len(figure.data) >= 2
