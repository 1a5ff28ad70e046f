"""A repository's history as runs: files that DagsHub's logger (0.7.3) wrote, and ones that ours writes."""

from __future__ import annotations

import json
import math
import re
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import nbtrack
from nbtrack.errors import NotAStoreError, NotFoundError, ReadOnlyError, StoreError
from nbtrack.stores import Store, open_store
from tests.repository import git


@pytest.fixture
def digits(sample: Callable[[str], Path], tmp_path: Path) -> Path:
    """A clone of the sample: six commits by DagsHub's logger, five on main and one on a branch."""
    place = tmp_path / "digits"
    git(tmp_path, "clone", "-q", str(sample("07") / "digits.bundle"), str(place))
    return place


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def commit(root: Path, message: str, **files: str) -> str:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)
    return git(root, "rev-parse", "HEAD").strip()


def names(store: Store) -> set[str]:
    return {row.run.info.run_name for row in store.snapshot().rows}


METRICS = 'Name,Value,Timestamp,Step\n"loss",0.5,1000,1\r\n'


def test_each_commit_that_changed_the_files_is_a_run_with_branch_author_and_message(
    digits: Path, sample: Callable[[str], Path]
) -> None:
    expected = json.loads((sample("07") / "EXPECTED.json").read_text())["commits"]
    store = open_store(f"git+{digits}")
    runs = {row.run.info.run_id: row.run for row in store.snapshot().rows}
    assert set(runs) == {one["commit"] for one in expected}
    for one in expected:
        run = runs[one["commit"]]
        assert run.info.run_name == one["message"]
        assert run.info.status == "FINISHED"
        assert run.data.tags["branch"].removeprefix("origin/") == one["branch"]
        assert run.data.tags["nbtrack.source"] == "Git"
        assert run.info.user_id
    best = next(run for run in runs.values() if run.info.run_name == "best so far")
    assert dict(best.data.params) == {"alpha": "0.0001", "epochs": "15", "lr": "0.02", "seed": "1"}
    nested = next(run for run in runs.values() if run.info.run_name.startswith("nested"))
    assert (nested.data.params["model.dropout"], nested.data.params["model.name"]) == ("None", "sgd")
    diverged = next(run for run in runs.values() if run.info.run_name.startswith("diverging"))
    assert not math.isfinite(diverged.data.metrics["loss"])


def test_the_points_are_those_of_the_file_in_their_order(digits: Path) -> None:
    store = open_store(f"git+{digits}")
    for row in store.snapshot().rows:
        run_id = row.run.info.run_id
        text = git(digits, "show", f"{run_id}:metrics.csv")
        points = [line.rsplit(",", 3) for line in text.splitlines() if line.startswith('"loss"')]
        if points:
            series = store.history(run_id, "loss")
            assert [repr(v) for v in series.value.tolist()] == [point[1] for point in points]
            assert series.timestamp.tolist() == [int(point[2]) for point in points]
            assert series.step.tolist() == [int(point[3]) for point in points]


def test_odd_values_become_points_or_are_counted_as_damage(sample: Callable[[str], Path], tmp_path: Path) -> None:
    root = repository(tmp_path / "edge")
    for file in (sample("07") / "edge" / "sub dir").iterdir():
        (root / file.name).write_bytes(file.read_bytes())
    commit(root, "edge")
    store = open_store(f"git+{root}")
    (row,) = store.snapshot().rows
    metrics, params = row.run.data.metrics, row.run.data.params
    assert {metrics["comma,name"], metrics['quote"d'], metrics["new\nline"], metrics["bool"]} == {2, 1, 3}
    assert math.isnan(metrics["nan"])
    assert metrics["ninf"] == -math.inf
    assert store.history(row.run.info.run_id, "a").step.tolist() == [1, 2, 3, 0]  # "five" is no step
    assert (params["dict.b.c"], params["uni"], params["1"], params["2"]) == (
        "[1]", "ünï 日本", "numeric key as str", "int key",
    )  # fmt: skip
    (damage,) = store.snapshot().damages
    assert "metrics.csv" in damage.path
    assert "6 rows are no points" in damage.problem


def test_reading_leaves_the_repository_as_it_is(digits: Path) -> None:
    def look() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in digits.rglob("*") if path.is_file()}

    (digits / "metrics.csv").write_text("being written")
    before = look()
    store = open_store(f"git+{digits}")
    for row in store.snapshot().rows:
        for file in store.list_artifacts(row.run.info.run_id):
            store.read_artifact(row.run.info.run_id, file.path)
    assert look() == before


def test_a_commit_shows_its_diff_and_its_files_as_artifacts(digits: Path) -> None:
    store = open_store(f"git+{digits}")
    run_id = next(r.run.info.run_id for r in store.snapshot().rows if r.run.info.run_name == "lower learning rate")
    assert [file.path for file in store.list_artifacts(run_id)] == ["changes.diff", "metrics.csv", "params.yml"]
    diff = store.read_artifact(run_id, "changes.diff").decode()
    assert "-lr: 0.1\n+lr: 0.01\n" in diff
    assert store.read_artifact(run_id, "params.yml") == b"epochs: 5\nlr: 0.01\n"
    for path in ("../params.yml", "/etc/passwd", "README.md", "nosuch"):
        with pytest.raises(NotFoundError):
            store.read_artifact(run_id, path)


def test_a_new_commit_is_seen_and_a_branch_that_is_deleted_takes_its_runs_with_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "one", metrics_csv=METRICS)
    watch = open_store(f"git+{root}").watch()
    assert [row.run.info.run_name for row in watch.snapshot().rows] == ["one"]
    git(root, "checkout", "-qb", "try")
    second = commit(root, "two", params_yml="lr: 1\n")
    assert [row.run.info.run_name for row in watch.changes().rows] == ["two"]
    assert not watch.changes()
    git(root, "checkout", "-q", "main")
    git(root, "branch", "-qD", "try")
    assert watch.changes().gone == [second]


def test_a_commit_merged_away_is_a_run_and_a_merge_that_changed_nothing_is_none(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "base", params_yml="lr: 1\n")
    git(root, "checkout", "-qb", "side")
    commit(root, "side", params_yml="lr: 2\n")
    git(root, "checkout", "-q", "main")
    commit(root, "main", params_yml="lr: 3\n")
    git(root, "merge", "-q", "-s", "ours", "-m", "merge", "side")
    assert names(open_store(f"git+{root}")) == {"base", "side", "main"}


def test_folders_below_the_top_are_experiments_of_their_own(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "top", metrics_csv=METRICS)
    commit(root, "below", nets__small__metrics_csv=METRICS)
    store = open_store(f"git+{root}")
    assert {e.name for e in store.experiments()} == {"repo", "repo/nets/small"}
    below = store.experiment_by_name("repo/nets/small")
    assert below is not None
    assert [row.run.info.run_name for row in store.snapshot([below.experiment_id]).rows] == ["below"]


def test_a_commit_that_removed_the_files_is_no_run(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "one", metrics_csv=METRICS)
    (root / "metrics.csv").unlink()
    commit(root, "gone")
    assert names(open_store(f"git+{root}")) == {"one"}


def test_nothing_that_a_strangers_repository_names_is_run(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "one", metrics_csv=METRICS)
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "gpg.program", "core.pager", "diff.x.textconv", "diff.x.command"):
        git(root, "config", key, str(trap))
    git(root, "config", "log.showSignature", "true")
    (root / ".git" / "info" / "attributes").write_text("*.csv diff=x\n")
    store = open_store(f"git+{root}")
    (row,) = store.snapshot().rows
    store.read_artifact(row.run.info.run_id, "changes.diff")
    assert not (tmp_path / "sprung").exists()


def test_it_cannot_be_written_and_says_why(digits: Path) -> None:
    store = open_store(f"git+{digits}")
    with pytest.raises(ReadOnlyError, match="commit is what makes a run"):
        store.create_run("0", run_name="x", user_id="x", start_time=0, tags={})
    with pytest.raises(NotFoundError):
        store.run("0" * 40)


def test_a_folder_without_a_repository_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(NotAStoreError, match="no git repository"):
        open_store(f"git+{tmp_path}")


def test_an_empty_repository_has_no_runs(tmp_path: Path) -> None:
    assert open_store(f"git+{repository(tmp_path / 'new')}").snapshot().rows == []


def test_a_thousand_commits_take_seconds(tmp_path: Path) -> None:
    root = repository(tmp_path / "long")
    stream = []
    for number in range(1000):
        rows = "".join(f'"loss",{1 / (step + number + 1)},{1000 + step},{step}\r\n' for step in range(100))
        text = f"Name,Value,Timestamp,Step\n{rows}"
        message = f"commit {number}"
        stream.append(
            f"commit refs/heads/main\ncommitter A <a@b> {1_700_000_000 + number} +0000\n"
            f"data {len(message)}\n{message}\nM 644 inline metrics.csv\ndata {len(text)}\n{text}\n"
        )
    git(root, "fast-import", "--quiet", given="".join(stream))
    started = time.perf_counter()
    rows = open_store(f"git+{root}").snapshot().rows
    assert len(rows) == 1000
    assert time.perf_counter() - started < 10
    assert rows[0].run.info.run_name == "commit 999"


def test_the_dashboards_table_and_search_read_the_history(digits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbtrack.tracking.settings._uri", None, raising=False)
    found = nbtrack.MlflowClient(f"git+{digits}").search_runs(
        ["0"], "metrics.test_accuracy > 0.9 and params.seed = '7'"
    )
    assert {run.info.run_name for run in found} == {
        "more epochs, seed, regularisation", "nested params, named model, numpy values",
    }  # fmt: skip


def test_our_logger_writes_what_theirs_writes(sample: Callable[[str], Path], tmp_path: Path) -> None:
    edge = json.loads((sample("07") / "edge" / "EDGE.json").read_text())
    logger = nbtrack.git_logger(tmp_path / "m" / "metrics.csv", hparams_path=tmp_path / "m" / "params.yml")
    numbers = {"int": 1, "float": 0.1, "big": 1e300, "tiny": 1e-07, "third": 1 / 3, "nan": math.nan, "inf": math.inf}
    logger.log_metrics({**numbers, "ninf": -math.inf, "bool": True, 'quote"d': 1, "comma,name": 2, "new\nline": 3})
    logger.log_metrics(a=2, step_num=2)
    params = {"int": 1, "float": 0.1, "sci": 1e-5, "nan": math.nan, "bool": True, "none": None, "numstr": "1.5"}
    logger.log_hyperparams({**params, "list": [1, 2], "dict": {"a": 1, "b": {"c": [1], "d": None}}, "uni": "ünï 日本"})
    text = (tmp_path / "m" / "metrics.csv").read_bytes().decode()
    timeless = re.compile(r",\d{13},")
    theirs = timeless.sub(",T,", edge["metrics.csv_after_close"])
    assert text.startswith("Name,Value,Timestamp,Step\n")
    for row in timeless.sub(",T,", text).split("\r\n"):
        assert row.removeprefix("Name,Value,Timestamp,Step\n") in theirs
    for line in (tmp_path / "m" / "params.yml").read_text().splitlines():
        assert line in edge["params.yml"].splitlines()


def test_every_point_is_on_disk_when_the_call_returns_and_commits_make_runs(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    with nbtrack.git_logger(root / "metrics.csv", hparams_path=root / "params.yml") as logger:
        logger.log_hyperparams(lr=0.1)
        for step in range(3):
            logger.log_metrics({"loss": 1 / (step + 1)}, step_num=step)
            assert len((root / "metrics.csv").read_text().splitlines()) == step + 2
        with pytest.raises(nbtrack.NbtrackError, match="must be a number"):
            logger.log_metrics({"loss": "low"})
    commit(root, "trained")
    (row,) = open_store(f"git+{root}").snapshot().rows
    assert (row.run.data.params["lr"], row.run.data.metrics["loss"]) == ("0.1", 1 / 3)


def test_a_damaged_object_costs_only_its_own_commits(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    for number in range(4):
        commit(
            root, f"commit {number}", metrics_csv=METRICS.replace("0.5", f"0.{number}"), params_yml=f"lr: {number}\n"
        )
    blob = git(root, "rev-parse", "HEAD~1:metrics.csv").strip()
    file = root / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-8] + b"damaged!")
    snapshot = open_store(f"git+{root}").snapshot()
    losses = {row.run.info.run_name: row.run.data.metrics.get("loss") for row in snapshot.rows}
    assert losses == {"commit 3": 0.3, "commit 2": None, "commit 1": 0.1, "commit 0": 0.0}
    (damage,) = snapshot.damages
    assert "git fsck" in damage.remedy


def test_a_git_that_takes_too_long_is_an_error_and_nothing_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "one", metrics_csv=METRICS)
    store = open_store(f"git+{root}")
    with monkeypatch.context() as slow:
        slow.setattr("nbtrack.stores.git.contents", _never)
        with pytest.raises(StoreError, match="took too long"):
            store.snapshot()
    assert [row.run.data.metrics for row in store.snapshot().rows] == [{"loss": 0.5}]


def _never(*_: object) -> list[tuple[str, bytes]]:
    raise StoreError("git took too long")


def test_commits_that_leave_nothing_are_no_runs(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    commit(root, "begun", metrics_csv="Name,Value,Timestamp,Step\n", params_yml="{}\n")
    commit(root, "trained", metrics_csv=METRICS, params_yml="lr: 1\n")
    commit(root, "header again", metrics_csv="Name,Value,Timestamp,Step\n")
    (root / "metrics.csv").unlink()
    commit(root, "metrics away")
    commit(root, "retrained", metrics_csv=METRICS)
    (root / "params.yml").unlink()
    commit(root, "params away")
    assert names(open_store(f"git+{root}")) == {"trained", "header again", "retrained"}
    again = next(r.run for r in open_store(f"git+{root}").snapshot().rows if r.run.info.run_name == "header again")
    assert (dict(again.data.params), dict(again.data.metrics)) == ({"lr": "1"}, {})


def test_runs_carry_a_visible_label_and_the_repositorys_address(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    git(root, "remote", "add", "origin", "https://ada:secret@dagshub.com/ada/model.git")
    commit(root, "one", metrics_csv=METRICS)
    (row,) = open_store(f"git+{root}").snapshot().rows
    assert row.run.data.tags["source"] == "Git"
    assert row.run.data.tags["mlflow.source.git.repoURL"] == "https://dagshub.com/ada/model.git"


def test_many_versions_of_a_long_file_are_read_one_after_the_other(tmp_path: Path) -> None:
    root = repository(tmp_path / "repo")
    body = "".join(f'"loss",{step}.5,1700000000000,{step}\n' for step in range(20_000))
    stream = []
    for number in range(40):
        text = f'Name,Value,Timestamp,Step\n{body}"loss",{number},1700000000000,20000\n'
        stream.append(
            f"commit refs/heads/main\ncommitter A <a@b> {1_700_000_000 + number} +0000\ndata 1\nc\n"
            f"M 644 inline metrics.csv\ndata {len(text)}\n{text}\n"
        )
    git(root, "fast-import", "--quiet", given="".join(stream))
    tracemalloc.start()
    try:
        store = open_store(f"git+{root}")
        rows = store.snapshot().rows
        assert len(store.history(rows[0].run.info.run_id, "loss")) == 20_001
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert {row.metrics["loss"].last for row in rows} == set(map(float, range(40)))
    assert peak < 20 * len(text)
