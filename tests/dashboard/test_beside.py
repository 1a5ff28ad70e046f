"""What lies beside the table: code in git, files of several runs, plotly, and runs that nobody can end."""

from __future__ import annotations

import base64
import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nbtrack
from nbtrack.capture.alive import HEARTBEAT, PROCESS
from nbtrack.dashboard import files, live, parquet
from nbtrack.dashboard.requests import Request, answers
from nbtrack.dashboard.widget import Dashboard
from nbtrack.errors import NotFoundError, StoreError
from tests.capture.test_git import git
from tests.dashboard.test_live import until


@pytest.fixture
def tracked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before = nbtrack.get_tracking_uri()
    monkeypatch.chdir(tmp_path)
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    yield tmp_path
    nbtrack.set_tracking_uri(before)


def made(tags: dict[str, str] | None = None, name: str = "run", **files: str) -> str:
    with nbtrack.start_run(run_name=name, tags=tags) as run:
        for path, text in files.items():
            nbtrack.log_text(text, path.replace("__", "/"))
    return str(run.info.run_id)


def told(what: str, *runs: str, **fields: Any) -> Any:
    dash = nbtrack.dashboard()
    try:
        request = Request.of({"type": "need", "what": what, "runs": list(runs), **fields})
        return next(answer.body for answer in answers(dash._hub, request))
    finally:
        dash.close()


@pytest.fixture
def commits(tracked: Path) -> tuple[str, str]:
    """Two commits of model.py in the folder of the kernel."""
    git(tracked, "init", "-q", "-b", "main")
    found = []
    for depth in (1, 2):
        (tracked / "model.py").write_text(f"depth = {depth}\n")
        git(tracked, "add", "model.py")
        git(tracked, "commit", "-qm", f"depth {depth}")
        found.append(git(tracked, "rev-parse", "HEAD").strip())
    return found[0], found[1]


def test_two_runs_are_compared_by_the_files_of_their_commits(commits: tuple[str, str]) -> None:
    one, other = (made({"mlflow.source.git.commit": each}) for each in commits)
    body = told("commits", one, other)
    assert (body["old"], body["new"], body["more"]) == (*commits, 0)
    assert body["files"] == [
        {
            "path": "model.py", "kind": "M", "added": 1, "removed": 1, "cut": False,
            "patch": "@@ -1 +1 @@\n-depth = 1\n+depth = 2\n",
        }
    ]  # fmt: skip
    assert told("commits", one, one)["files"] == []


def test_a_run_tells_what_was_not_committed(commits: tuple[str, str]) -> None:
    old, new = commits
    run = made({"mlflow.source.git.commit": old, "nbtrack.git.snapshot": new})
    assert [file["path"] for file in told("commits", run)["files"]] == ["model.py"]
    clean = made({"mlflow.source.git.commit": new, "nbtrack.git.dirty": "false"})
    assert told("commits", clean)["files"] == []
    with pytest.raises(NotFoundError, match="no snapshot of them was kept"):
        told("commits", made({"mlflow.source.git.commit": new, "nbtrack.git.dirty": "true"}))


def test_commits_that_are_not_here_are_said_to_be_elsewhere(commits: tuple[str, str]) -> None:
    lost = made({"mlflow.source.git.commit": "f" * 40})
    with pytest.raises(NotFoundError, match="not both in a repository here"):
        told("commits", made({"mlflow.source.git.commit": commits[0]}), lost)
    with pytest.raises(NotFoundError, match="'bare' has no commit"):
        told("commits", lost, made({"mlflow.source.git.commit": "--output=x"}, name="bare"))


def test_the_files_of_several_runs_come_in_one_answer(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = made(**{"a.txt": "12345", "plots__b.csv": "x"})
    other = made(**{"a.txt": "1"})
    body = told("trees", one, other, "0" * 32)
    assert body == {"runs": {one: [("a.txt", 5), ("plots/b.csv", 1)], other: [("a.txt", 1)]}, "cut": []}
    monkeypatch.setattr(files, "MOST_FILES", 1)
    assert told("trees", one, other)["cut"] == [one]


def test_of_a_parquet_file_the_first_rows_are_told_and_of_a_broken_one_why_not(
    tracked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made()
    store = nbtrack.MlflowClient().store
    store.write_artifact(run, "broken.parquet", b"PAR1 and no more")
    wide = pd.DataFrame({f"c{i}": np.arange(2000.0) for i in range(70)})
    wide.to_parquet(tracked / "wide.parquet")
    store.write_artifact(run, "wide.parquet", tracked / "wide.parquet")
    table = told("artifact", run, path="wide.parquet")["table"]
    assert (len(table["rows"]), table["all_rows"]) == (500, 2000)
    assert (len(table["columns"]), table["all_columns"]) == (60, 70)
    assert table["rows"][3][:2] == ["3.0", "3.0"]
    assert "table" not in told("artifact", run, path="wide.parquet", width=100)  # asked for its bytes
    assert "cannot be read as Parquet" in told("artifact", run, path="broken.parquet")["problem"]
    monkeypatch.setattr(parquet, "find_spec", lambda _: None)
    monkeypatch.setattr(parquet, "version", lambda _: "13.0.0")  # which would run what a file names
    assert "needs pyarrow 14.0.1" in told("artifact", run, path="wide.parquet")["problem"]


def test_a_text_that_many_rows_share_is_not_written_out_for_each(tmp_path: Path) -> None:
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), pa.array(["x" * 2_000_000]))
    pq.write_table(pa.table([shared, shared], ["a", "b"]), tmp_path / "x", compression="zstd", store_schema=False)
    assert (tmp_path / "x").stat().st_size < 1000
    before = pa.default_memory_pool().max_memory()
    assert parquet.first_rows(tmp_path / "x")["rows"] == [["x" * 500] * 2] * 500
    assert pa.default_memory_pool().max_memory() < max(before, 200_000_000)


def test_a_column_that_unpacks_to_more_than_there_is_memory_for_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x" * 210_000_000]}), tmp_path / "x", compression="zstd")
    assert (tmp_path / "x").stat().st_size < 100_000
    with pytest.raises(StoreError, match="too large for a preview: 'a' alone unpacks"):
        parquet.first_rows(tmp_path / "x")


def test_plotly_comes_from_the_python_package(tracked: Path) -> None:
    made()
    assert b"plotly.js v" in gzip.decompress(base64.b64decode(told("plotly")["gzip"]))[:200]


def test_a_run_whose_process_is_gone_is_told_as_abandoned(tracked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "JUDGE_EVERY", 0.2)
    code = "from nbtrack.capture.alive import *; print(process_tags()[PROCESS]); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, text=True) as writer:
        assert writer.stdout
        tags = {PROCESS: writer.stdout.readline().strip(), HEARTBEAT: "1790000000000"}
        run = nbtrack.MlflowClient().create_run("0", tags=tags).info.run_id
        dash = nbtrack.dashboard()
        try:
            assert dash._hub.status()["abandoned"] == {}
            rev = dash._hub.rev
            assert writer.stdin
            writer.stdin.close()
            writer.wait()
            until(lambda: dash._hub.status()["abandoned"] == {run: 1790000000000}, 20)
            until(lambda: dash._hub.rev > rev)  # the browser was told
        finally:
            dash.close()


def test_a_shown_run_has_its_whole_family_at_hand(tracked: Path) -> None:
    with nbtrack.start_run(run_name="study") as study:
        for name in ("trial-1", "trial-2"):
            with nbtrack.start_run(run_name=name, nested=True):
                pass
    made(name="stranger")
    shown = nbtrack.show("trial-1")
    assert isinstance(shown, Dashboard)
    assert sorted(shown.runs["tags.mlflow.runName"]) == ["study", "trial-1", "trial-2"]
    assert study.info.run_id in shown._frame().run_ids
    assert shown.selected == [shown.view["focus"]]
    shown.close()


def test_the_models_that_mlflow_3_logged_are_told_with_their_numbers_and_files(sample: Callable[[str], Path]) -> None:
    before = nbtrack.get_tracking_uri()
    nbtrack.set_tracking_uri(sample("03") / "mlruns")
    try:
        run = "c97c3292ad1542edadee7c69548ab514"
        models = told("models", run)["models"]
        assert [(each["name"], each["step"], each["status"]) for each in models] == [
            ("ckpt", 0, "ready"), ("ckpt", 1, "ready"), ("ckpt", 2, "ready"),
        ]  # fmt: skip
        assert [key for key, *_ in models[0]["metrics"]] == ["val"]
        here = models[0]["id"]
        assert "MLmodel" in [each["path"] for each in told("artifacts", run, keys=[here], path="")["files"]]
        file = told("artifact", run, keys=[here], path="MLmodel")
        assert b"flavors:" in base64.b64decode(file["base64"])
        for path in ("../meta.yaml", "/etc/passwd"):
            with pytest.raises(NotFoundError):
                told("artifact", run, keys=[here], path=path)
        with pytest.raises(NotFoundError, match="no logged model"):
            told("artifacts", run, keys=["m-../../x"], path="")
    finally:
        nbtrack.set_tracking_uri(before)


def test_parents_in_a_circle_do_not_hold_anything_up(tracked: Path) -> None:
    one, other = made(name="one"), made(name="other")
    client = nbtrack.MlflowClient()
    client.set_tag(one, "mlflow.parentRunId", other)
    client.set_tag(other, "mlflow.parentRunId", one)
    shown = nbtrack.show(one)
    assert one in shown._frame().run_ids
    shown.close()
