from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores import Store, open_store

ROOT = Path(nbtrack.__file__).parent.parent

pytestmark = pytest.mark.usefixtures("store")


def in_thread(work: Callable[[], Any]) -> Any:
    """What `work` returns in a thread of its own; what it raises is raised here."""
    outcome: list[Any] = []

    def target() -> None:
        try:
            outcome.append((work(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=target)
    thread.start()
    thread.join(30)
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def test_a_worker_thread_logs_into_the_run_that_is_open() -> None:
    with nbtrack.start_run() as run:
        in_thread(lambda: nbtrack.log_metric("loss", 0.5))
        assert in_thread(nbtrack.active_run).info.run_id == run.info.run_id
    assert nbtrack.get_run(run.info.run_id).data.metrics == {"loss": 0.5}


def test_a_worker_thread_cannot_end_the_run_it_borrows() -> None:
    with nbtrack.start_run() as run:
        in_thread(nbtrack.end_run)
        assert nbtrack.active_run() is run
        assert nbtrack.get_run(run.info.run_id).info.status == "RUNNING"


def test_a_nested_run_of_a_worker_thread_is_a_child_of_the_run_that_is_open() -> None:
    def work() -> str:
        with nbtrack.start_run(nested=True) as child:
            nbtrack.log_param("trial", 1)
            return child.info.run_id

    with nbtrack.start_run() as parent:
        child = in_thread(work)
    found = nbtrack.get_parent_run(child)
    assert found is not None
    assert found.info.run_id == parent.info.run_id
    assert nbtrack.get_run(parent.info.run_id).data.params == {}


def test_threads_have_runs_of_their_own_as_in_mlflow() -> None:
    def work() -> str:
        with nbtrack.start_run() as own:
            nbtrack.log_param("who", "worker")
        return own.info.run_id

    with nbtrack.start_run() as run:
        other = in_thread(work)
        nbtrack.log_param("who", "main")
    assert other != run.info.run_id
    assert nbtrack.get_parent_run(other) is None
    assert nbtrack.get_run(other).data.params == {"who": "worker"}
    assert nbtrack.get_run(run.info.run_id).data.params == {"who": "main"}


def test_where_several_runs_are_open_a_thread_without_one_starts_its_own() -> None:
    opened, done = threading.Event(), threading.Event()

    def other() -> None:
        with nbtrack.start_run():
            opened.set()
            done.wait(30)

    def implicit() -> str:
        nbtrack.log_metric("m", 1)
        run = nbtrack.active_run()
        assert run is not None
        nbtrack.end_run()
        return run.info.run_id

    with nbtrack.start_run() as run:
        thread = threading.Thread(target=other)
        thread.start()
        opened.wait(30)
        assert in_thread(implicit) != run.info.run_id
        done.set()
        thread.join()


def test_the_main_thread_never_borrows_the_run_of_another_thread() -> None:
    opened, done = threading.Event(), threading.Event()

    def background() -> None:
        with nbtrack.start_run():
            opened.set()
            done.wait(30)

    thread = threading.Thread(target=background)
    thread.start()
    opened.wait(30)
    assert nbtrack.active_run() is None
    done.set()
    thread.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_starts_without_a_run_and_does_not_end_its_parents(tmp_path: Path) -> None:
    code = """
import os, sys, nbtrack
run = nbtrack.start_run()
if os.fork() == 0:
    assert nbtrack.active_run() is None
    sys.exit(0)
os.wait()
print(nbtrack.get_run(run.info.run_id).info.status)
"""
    assert python(code, tmp_path).stdout.strip() == "RUNNING"


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    env.pop("MLFLOW_TRACKING_URI")
    return subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def statuses(folder: Path) -> dict[str, str]:
    rows = open_store(folder / "mlruns").snapshot().rows
    return {row.run.info.run_name: row.run.info.status for row in rows}


def test_runs_left_open_are_finished_when_the_program_ends(tmp_path: Path) -> None:
    code = """
import threading, nbtrack
nbtrack.start_run(run_name="outer")
nbtrack.start_run(run_name="inner", nested=True)
thread = threading.Thread(target=lambda: nbtrack.start_run(run_name="of a thread"))
thread.start(); thread.join()
"""
    assert python(code, tmp_path).returncode == 0
    assert statuses(tmp_path) == dict.fromkeys(("outer", "inner", "of a thread"), "FINISHED")


def test_a_run_left_open_is_failed_when_an_exception_ends_the_program(tmp_path: Path) -> None:
    done = python("import nbtrack; nbtrack.start_run(run_name='r'); 1 / 0", tmp_path)
    assert "ZeroDivisionError" in done.stderr
    assert statuses(tmp_path) == {"r": "FAILED"}


def test_leaving_a_block_ends_the_runs_left_open_inside_it() -> None:
    with nbtrack.start_run() as outer:
        inner = nbtrack.start_run(nested=True)
    assert nbtrack.active_run() is None
    assert {nbtrack.get_run(r.info.run_id).info.status for r in (outer, inner)} == {"FINISHED"}


def test_an_exception_is_not_hidden_when_the_run_cannot_be_ended(store: Store) -> None:
    def train() -> None:
        with nbtrack.start_run() as run:
            shutil.rmtree(Path(store.uri.removeprefix("file://")) / run.info.experiment_id)
            raise KeyError("mine")

    with pytest.warns(UserWarning, match="could not mark run"), pytest.raises(KeyError, match="mine"):
        train()
    assert nbtrack.active_run() is None


def test_a_second_run_needs_nested_and_the_message_says_so() -> None:
    with nbtrack.start_run() as run, pytest.raises(InvalidValueError, match=f"{run.info.run_id}.*nested=True"):
        nbtrack.start_run()


def test_an_unknown_status_leaves_the_run_active() -> None:
    run = nbtrack.start_run()
    with pytest.raises(InvalidValueError, match="FINISHED, FAILED, KILLED"):
        nbtrack.end_run("DONE")
    assert nbtrack.active_run() is run


def test_last_run_is_the_newest_run_of_any_thread_read_afresh() -> None:
    run = nbtrack.start_run()
    nbtrack.log_metric("m", 2)
    assert nbtrack.last_run is not None
    assert nbtrack.last_run.data.metrics == {"m": 2.0}

    def work() -> str:
        with nbtrack.start_run() as own:
            return own.info.run_id

    other = in_thread(work)
    assert nbtrack.last_run.info.run_id == other != run.info.run_id


def test_a_run_stays_in_its_store_when_the_address_changes(tmp_path: Path) -> None:
    with nbtrack.start_run() as run:
        nbtrack.set_tracking_uri(tmp_path / "other")
        nbtrack.log_metric("m", 1)
        nbtrack.log_text("t", "t.txt")
    assert nbtrack.open_store(tmp_path / "mlruns").run(run.info.run_id).data.metrics == {"m": 1.0}
    with pytest.raises(NotFoundError):
        nbtrack.get_run(run.info.run_id)


def test_an_experiment_of_another_store_is_told_with_what_to_do(tmp_path: Path) -> None:
    nbtrack.set_experiment("here")
    nbtrack.set_tracking_uri(tmp_path / "other")
    with pytest.raises(NotFoundError) as caught:
        nbtrack.start_run()
    assert "set_experiment() after set_tracking_uri()" in caught.value.__notes__[0]
