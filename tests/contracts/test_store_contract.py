"""What every store must do, whatever it is made of.

A backend joins by adding an opener to `OPENERS`: given an empty folder, it returns a function that opens the store anew
(so that a test can look at it as another process would).
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from nbtrack.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    Metric,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from nbtrack.errors import InvalidValueError, NotFoundError
from nbtrack.stores.base import Store
from nbtrack.stores.files import FileStore
from nbtrack.stores.rest import RestStore
from nbtrack.stores.rest.address import Address
from nbtrack.stores.sqlite import SqliteStore
from nbtrack.stores.walk import all_files
from nbtrack.tracking.client import MlflowClient
from tests.contracts.differences import DIFFERENCES
from tests.servers import Server

Opener = Callable[[], Store]


def _files(folder: Path, _: pytest.FixtureRequest) -> Opener:
    return lambda: FileStore(folder / "mlruns")


def _sqlite(major: int) -> Callable[[Path, pytest.FixtureRequest], Opener]:
    def opener(folder: Path, request: pytest.FixtureRequest) -> Opener:
        path = request.getfixturevalue("new_database")(major, folder)
        return lambda: SqliteStore(path)

    return opener


def _server(folder: Path, request: pytest.FixtureRequest) -> Opener:
    server: Server = request.getfixturevalue("server3")
    server.empty()
    return lambda: RestStore(Address.of(server.url))


OPENERS = {"files": _files, "sqlite of MLflow 3": _sqlite(3), "sqlite of MLflow 2": _sqlite(2), "server": _server}


@pytest.fixture(params=OPENERS)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return OPENERS[request.param](tmp_path, request)


@pytest.fixture
def store(reopen: Opener) -> Iterable[Store]:
    opened = reopen()
    yield opened
    opened.close()


def new_run(store: Store, name: str = "run", experiment: str = "e", tags: dict[str, str] | None = None) -> Run:
    found = store.experiment_by_name(experiment)
    experiment_id = found.experiment_id if found else store.create_experiment(experiment)
    return store.create_run(experiment_id, run_name=name, user_id="me", start_time=1000, tags=tags or {})


# experiments


def test_a_new_experiment_is_found_by_id_by_name_and_in_the_list(store: Store, reopen: Opener) -> None:
    made = store.create_experiment("first é", tags={"owner": "me"})
    for look in (store, reopen()):
        assert look.experiment(made).name == "first é"
        assert look.experiment_by_name("first é") == look.experiment(made)
        assert look.experiment(made).tags == {"owner": "me"}
        assert made in [each.experiment_id for each in look.experiments()]
    assert store.experiment_by_name("none") is None


def test_experiments_are_listed_newest_first(store: Store) -> None:
    made = [store.create_experiment(f"e{number}") for number in range(3)]
    found = [each for each in store.experiments() if each.experiment_id in made]
    assert found == sorted(found, key=lambda each: (-(each.creation_time or 0), each.experiment_id))


def test_the_default_experiment_is_made_once(store: Store, reopen: Opener) -> None:
    first = store.default_experiment()
    assert first.name == "Default"
    assert reopen().default_experiment().experiment_id == first.experiment_id


def test_threads_that_ask_for_the_default_experiment_at_once_get_the_same(store: Store) -> None:
    together, found = threading.Barrier(4), []

    def ask() -> None:
        together.wait()
        found.append(store.default_experiment().experiment_id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_name_is_taken_once_even_by_a_deleted_experiment(store: Store) -> None:
    made = store.create_experiment("e")
    with pytest.raises(InvalidValueError, match="already"):
        store.create_experiment("e")
    store.delete_experiment(made)
    with pytest.raises(InvalidValueError, match="restore"):
        store.create_experiment("e")


@pytest.mark.parametrize("name", ["", "  ", "x" * 501, None])
def test_an_experiment_needs_a_proper_name(store: Store, name: str) -> None:
    with pytest.raises(InvalidValueError, match="name"):
        store.create_experiment(name)


def test_a_deleted_experiment_and_its_runs_come_back(store: Store, reopen: Opener) -> None:
    run = new_run(store)
    experiment_id = run.info.experiment_id
    store.delete_experiment(experiment_id)
    assert experiment_id not in [each.experiment_id for each in reopen().experiments()]
    assert [each.experiment_id for each in reopen().experiments(ViewType.DELETED_ONLY)] == [experiment_id]
    assert reopen().run(run.info.run_id).info.lifecycle_stage == "deleted"
    with pytest.raises(InvalidValueError, match="deleted"):
        store.create_run(experiment_id, run_name="r", user_id="u", start_time=1, tags={})
    store.restore_experiment(experiment_id)
    assert reopen().experiment(experiment_id).lifecycle_stage == "active"
    assert reopen().run(run.info.run_id).info.lifecycle_stage == "active"


def test_an_experiment_is_renamed_and_tagged(store: Store, reopen: Opener) -> None:
    made = store.create_experiment("old")
    store.create_experiment("taken")
    store.rename_experiment(made, "new")
    store.set_experiment_tag(made, "note/long", "two\nlines ü")
    store.set_experiment_tag(made, "gone", "x")
    store.delete_experiment_tag(made, "gone")
    assert (reopen().experiment(made).name, reopen().experiment(made).tags) == ("new", {"note/long": "two\nlines ü"})
    with pytest.raises(InvalidValueError, match="taken"):
        store.rename_experiment(made, "taken")
    with pytest.raises(NotFoundError):
        store.delete_experiment_tag(made, "gone")


@pytest.mark.parametrize("wrong", ["12345", "../x", "", "a/b", "models"])
def test_an_unknown_experiment_is_not_found(store: Store, wrong: str) -> None:
    store.create_experiment("e")
    for act in (store.experiment, store.delete_experiment, store.restore_experiment):
        with pytest.raises(NotFoundError):
            act(wrong)


# runs


def test_a_new_run_is_running_and_read_back_whole(store: Store, reopen: Opener) -> None:
    run = new_run(store, "a name: 'é' 😀", tags={"mlflow.user": "me", "a/b": "c\nd"})
    for seen in (run, store.run(run.info.run_id), reopen().run(run.info.run_id)):
        assert (seen.info.run_name, seen.info.status, seen.info.start_time) == ("a name: 'é' 😀", "RUNNING", 1000)
        assert (seen.info.end_time, seen.info.lifecycle_stage, seen.info.user_id) == (None, "active", "me")
        assert seen.data.tags == {"mlflow.user": "me", "a/b": "c\nd", "mlflow.runName": "a name: 'é' 😀"}
        assert seen.info.artifact_uri


def test_a_run_ends_is_renamed_and_resumed(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    store.update_run(run_id, status=RunStatus.FAILED, end_time=2000, run_name="new")
    seen = reopen().run(run_id)
    assert (seen.info.status, seen.info.end_time, seen.info.run_name) == ("FAILED", 2000, "new")
    assert seen.data.tags["mlflow.runName"] == "new"
    store.update_run(run_id, status=RunStatus.RUNNING)
    assert (reopen().run(run_id).info.status, reopen().run(run_id).info.end_time) == ("RUNNING", 2000)
    store.log_batch(run_id, tags=[RunTag("mlflow.runName", "by tag")])
    assert reopen().run(run_id).info.run_name == "by tag"


def test_a_deleted_run_takes_nothing_until_it_is_restored(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    store.delete_run(run_id)
    assert reopen().run(run_id).info.lifecycle_stage == "deleted"
    with pytest.raises(InvalidValueError, match="restore"):
        store.log_batch(run_id, params=[Param("p", "1")])
    with pytest.raises(InvalidValueError, match="restore"):
        store.writer(run_id)
    store.restore_run(run_id)
    store.log_batch(run_id, params=[Param("p", "1")])
    assert reopen().run(run_id).info.lifecycle_stage == "active"


@pytest.mark.parametrize("wrong", ["0" * 32, "../x", "", "a/b", "tags"])
def test_an_unknown_run_is_not_found(store: Store, wrong: str) -> None:
    new_run(store)
    actions: list[Callable[[], object]] = [
        lambda: store.run(wrong),
        lambda: store.writer(wrong).log_metric("m", 1.0, 1, 1),
        lambda: store.log_batch(wrong, params=[Param("a", "b")]),
        lambda: store.update_run(wrong, status=RunStatus.FINISHED),
        lambda: store.delete_run(wrong),
        lambda: store.history(wrong, "m"),
        lambda: store.list_artifacts(wrong),
    ]
    for act in actions:
        with pytest.raises(NotFoundError):
            act()


# values


VALUES = [0.0, -0.0, 1.5, 1e-300, 1e308, 0.1 + 0.2, math.nan, math.inf, -math.inf, 3]


# Where backends differ for reasons of their own is told in `differences.py`. Everything in this
# file holds for all.
@pytest.fixture
def of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """What the table of differences says of the store at hand."""
    return lambda what: DIFFERENCES[what][request.node.callspec.params["reopen"]]


def test_every_number_comes_back_as_it_was(store: Store, reopen: Opener, of: Callable[[str], str]) -> None:
    minus_zero = float(of("-0.0 comes back as"))
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    for step, value in enumerate(VALUES):
        writer.log_metric("val/loss é", value, 5000 + step, step)
    writer.log_points("together", [(value, 5000 + step, step) for step, value in enumerate(VALUES)])
    for key in ("val/loss é", "together"):
        series = reopen().history(run_id, key)
        assert [repr(value) for value in series.value.tolist()] == [
            repr(minus_zero if repr(value) == "-0.0" else float(value)) for value in VALUES
        ]
        assert series.step.tolist() == list(range(len(VALUES)))
        assert series.timestamp.tolist() == [5000 + step for step in range(len(VALUES))]


def test_the_displayed_value_is_the_greatest_by_step_then_time_then_value(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    points = {
        "step wins": [(1.0, 10, 5), (9.0, 99, 1)],
        "then time": [(1.0, 11, 5), (9.0, 10, 5)],
        "then value": [(1.0, 10, 5), (0.5, 10, 5)],
        "negative steps": [(2.0, 10, -3), (1.0, 9, -1), (5.0, 99, -2)],
    }
    store.log_batch(run_id, [Metric(key, v, t, s) for key, rows in points.items() for v, t, s in rows])
    assert reopen().run(run_id).data.metrics == dict.fromkeys(points, 1.0)


def test_a_summary_tells_range_first_and_count(store: Store, of: Callable[[str], str]) -> None:
    run_id = new_run(store).info.run_id
    values = [(5.0, 1), (math.nan, 2), (-2.0, 3), (7.0, 0), (1.0, 4)]
    store.log_batch(run_id, [Metric("m", value, 100, step) for value, step in values])
    store.log_batch(run_id, [Metric("only nan", math.nan, 100, 0)])
    if of("a snapshot counts points that were never read") == "no":
        assert store.snapshot().rows[0].metrics["m"].count == 0
        for key in ("m", "only nan"):
            store.history(run_id, key)
    (row,) = store.snapshot().rows
    summary = row.metrics["m"]
    assert (summary.last, summary.step, summary.min, summary.max, summary.first) == (1.0, 4, -2.0, 7.0, 7.0)
    assert summary.count == 5
    assert math.isnan(row.metrics["only nan"].min)


def test_params_and_tags_keep_every_character(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    texts = {
        "plain": "x",
        "empty": "",
        "lines": "a\nb\r\nc\n",
        "unicode": "é漢😀\x85\u2028",
        "spaces": "  x  ",
        "nul": "a\0b",
    }
    store.log_batch(
        run_id, params=[Param(k, v) for k, v in texts.items()], tags=[RunTag(k, v) for k, v in texts.items()]
    )
    seen = reopen().run(run_id).data
    assert seen.params == texts
    assert {key: seen.tags[key] for key in texts} == texts


def test_a_param_keeps_its_first_value(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    store.log_batch(run_id, params=[Param("lr", "0.1")])
    with pytest.raises(InvalidValueError, match=r"'lr'.*'0\.1'.*'0\.2'"):
        store.log_batch(run_id, [Metric("m", 1, 1, 1)], [Param("other", "1"), Param("lr", "0.2")], [RunTag("t", "1")])
    with pytest.raises(InvalidValueError, match="twice"):
        store.log_batch(run_id, params=[Param("new", "1"), Param("new", "2")])
    seen = reopen().run(run_id).data
    assert seen.params == {"lr": "0.1"}, "a refused batch leaves nothing behind"
    assert "t" not in seen.tags
    assert seen.metrics == {}


@pytest.mark.filterwarnings("ignore:The server of:nbtrack.errors.NbtrackWarning")
def test_a_param_that_nobody_wrote_gives_way_except_on_a_server(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    store.log_batch(run_id, params=[Param("lr", "0.1"), Param("depth", "3")])
    assert len(store.snapshot().rows) == 1
    store.replace_params(run_id, [Param("lr", "0.2")])
    kept = "0.1" if store.uri.startswith("http") else "0.2"
    assert reopen().run(run_id).data.params == {"lr": kept, "depth": "3"}
    (row,) = store.snapshot().rows
    assert row.run.data.params == {"lr": kept, "depth": "3"}


def test_tags_change_and_go(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    store.log_batch(run_id, tags=[RunTag("t", "1"), RunTag("a/b", "1")])
    store.log_batch(run_id, tags=[RunTag("t", "2")])
    store.delete_tag(run_id, "a/b")
    assert reopen().run(run_id).data.tags == {"t": "2", "mlflow.runName": "run"}
    with pytest.raises(NotFoundError):
        store.delete_tag(run_id, "a/b")


@pytest.mark.parametrize(
    "key", ["", ".", "..", "../x", "/x", "x/", "a//b", "a/./b", "a/../b", "a\nb", "k\n", "x😀", "a;b", None, 3]
)
def test_a_key_that_mlflow_could_not_read_back_is_refused(store: Store, key: str) -> None:
    run_id = new_run(store).info.run_id
    actions: list[Callable[[], object]] = [
        lambda: store.writer(run_id).log_metric(key, 1.0, 1, 1),
        lambda: store.log_batch(run_id, metrics=[Metric(key, 1.0, 1, 1)]),
        lambda: store.log_batch(run_id, params=[Param(key, "1")]),
        lambda: store.log_batch(run_id, tags=[RunTag(key, "1")]),
    ]
    for act in actions:
        with pytest.raises(InvalidValueError, match="name"):
            act()


def test_long_keys_and_bad_numbers_are_refused_with_the_reason(store: Store) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    with pytest.raises(InvalidValueError, match="250"):
        writer.log_metric("x" * 251, 1.0, 1, 1)
    for value in ("abc", None, object()):
        with pytest.raises(InvalidValueError, match="number"):
            writer.log_metric("m", value, 1, 1)  # type: ignore[arg-type]
    for step in (2.7, None, "x", math.nan):
        with pytest.raises(InvalidValueError, match="step"):
            writer.log_metric("m", 1.0, 1, step)  # type: ignore[arg-type]
    writer.log_metric("m", "0.5", 1, 3.0)  # type: ignore[arg-type]
    assert store.run(run_id).data.metrics == {"m": 0.5}


def test_an_unknown_metric_is_not_found(store: Store) -> None:
    run_id = new_run(store).info.run_id
    for key in ("none", "../params/x", ""):
        with pytest.raises(NotFoundError):
            store.history(run_id, key)


def test_data_sets_are_kept_with_their_context(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    data = Dataset("grid é", "abc", "local", '{"uri": "x"}', "s" * 300, None)
    given = DatasetInput(data, (InputTag("mlflow.data.context", "training"),))
    store.log_inputs(run_id, [given])
    store.log_inputs(run_id, [given])
    assert reopen().run(run_id).inputs.dataset_inputs == (given,)


# the writer


def test_a_writer_can_be_used_after_it_was_closed(store: Store) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    writer.log_metric("m", 1.0, 1, 1)
    writer.close()
    writer.log_metric("m", 2.0, 2, 2)
    assert store.history(run_id, "m").value.tolist() == [1.0, 2.0]


def test_more_metrics_than_files_can_be_open_are_all_kept(store: Store, reopen: Opener) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    for step in range(3):
        for number in range(150):
            writer.log_metric(f"m{number}", number + step, step, step)
    assert reopen().run(run_id).data.metrics == {f"m{number}": number + 2 for number in range(150)}


def test_threads_write_through_one_writer_while_another_reads(store: Store) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    failed: list[BaseException] = []

    def write(thread: int) -> None:
        for step in range(300):
            writer.log_metric(f"m{step % 100}", thread, step, step)

    watch = store.watch()

    def read() -> None:
        try:
            while any(each.is_alive() for each in threads):
                assert not store.snapshot().damages
                watch.changes(thorough=False)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    reader = threading.Thread(target=read)
    for each in (*threads, reader):
        each.start()
    for each in (*threads, reader):
        each.join()
    assert not failed
    assert sum(len(store.history(run_id, f"m{number}")) for number in range(100)) == 1200


# many runs


def test_a_snapshot_holds_every_run_and_the_experiments_they_are_in(store: Store, reopen: Opener) -> None:
    one, two = new_run(store, "one"), new_run(store, "two", "other")
    store.delete_run(two.info.run_id)
    seen = reopen().snapshot()
    assert {row.run.info.run_id: row.run.info.lifecycle_stage for row in seen.rows} == {
        one.info.run_id: "active",
        two.info.run_id: "deleted",
    }
    assert {each.name for each in seen.experiments} - {"Default"} == {"e", "other"}
    assert list(seen.damages) == []
    only = reopen().snapshot([one.info.experiment_id])
    assert [row.run for row in only.rows] == [reopen().run(one.info.run_id)]
    assert reopen().snapshot([]).rows == []


@pytest.mark.parametrize("thorough", [True, False])
def test_changes_tell_what_another_wrote_and_then_nothing(store: Store, reopen: Opener, thorough: bool) -> None:
    run_id = new_run(store).info.run_id
    experiment_id = store.run(run_id).info.experiment_id
    look = reopen().watch()
    assert [row.run.info.run_id for row in look.changes(thorough=thorough).rows] == [run_id]
    writes: list[Callable[[], object]] = [
        lambda: store.writer(run_id).log_metric("m", 1.0, 1, 1),
        lambda: store.writer(run_id).log_metric("m", 2.0, 2, 2),
        lambda: store.log_batch(run_id, params=[Param("p", "1")]),
        lambda: store.log_batch(run_id, tags=[RunTag("t", "1")]),
        lambda: store.log_batch(run_id, tags=[RunTag("t", "2")]),
        lambda: store.delete_tag(run_id, "t"),
        lambda: store.update_run(run_id, status=RunStatus.FINISHED),
        lambda: store.delete_run(run_id),
        lambda: store.restore_run(run_id),
    ]
    for write in writes:
        write()
        changes = look.changes(thorough=thorough)
        assert [row.run for row in changes.rows] == [store.run(run_id)]
        assert not changes.gone
        assert not look.changes(thorough=thorough)
    store.rename_experiment(experiment_id, "new name")
    assert look.changes(thorough=thorough).experiments
    new = new_run(store, "another", "new name").info.run_id
    assert [row.run.info.run_id for row in look.changes(thorough=thorough).rows] == [new]
    store.delete_experiment(experiment_id)
    changes = look.changes(thorough=thorough)
    assert (sorted(changes.gone), changes.experiments) == (sorted([run_id, new]), True)


def test_two_listeners_never_take_each_others_news(store: Store) -> None:
    one, two = store.watch(), store.watch()
    assert not one.changes().rows
    run_id = new_run(store).info.run_id
    store.snapshot()
    two.snapshot()
    assert [row.run.info.run_id for row in one.changes(thorough=False).rows] == [run_id]
    assert not two.changes().rows


# artifacts


def test_artifacts_are_written_listed_and_read(store: Store, reopen: Opener, tmp_path: Path) -> None:
    run_id = new_run(store).info.run_id
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "x.txt").write_text("x")
    (tmp_path / "file.bin").write_bytes(bytes(range(256)))
    store.write_artifact(run_id, "notes/a b é.txt", b"hello")
    store.write_artifact(run_id, "notes/a b é.txt", b"replaced")
    store.write_artifact(run_id, "file.bin", tmp_path / "file.bin")
    store.write_artifact(run_id, "copied", folder)
    look = reopen()
    assert [(each.path, each.is_dir, each.file_size) for each in look.list_artifacts(run_id)] == [
        ("copied", True, None),
        ("file.bin", False, 256),
        ("notes", True, None),
    ]
    assert [each.path for each in look.list_artifacts(run_id, "copied/sub")] == ["copied/sub/x.txt"]
    assert look.list_artifacts(run_id, "nothing") == []
    assert look.read_artifact(run_id, "notes/a b é.txt") == b"replaced"
    assert look.read_artifact(run_id, "file.bin", limit=3) == b"\0\1\2"
    for wrong in ("none", "notes", "../meta.yaml", "/etc/passwd"):
        with pytest.raises(NotFoundError):
            look.read_artifact(run_id, wrong)
    with pytest.raises(InvalidValueError):
        store.write_artifact(run_id, "../x", b"x")
    with pytest.raises(InvalidValueError, match="nowhere"):
        store.write_artifact(run_id, "x", tmp_path / "nowhere")


# bounds and crowds


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**30, 10**5000], ids=["63", "-63", "30", "5000"])
def test_a_step_or_time_beyond_64_bits_is_refused_at_once(store: Store, number: int) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    for step, time in ((number, 1), (1, number)):
        with pytest.raises(InvalidValueError, match="64 bits"):
            writer.log_metric("m", 1.0, time, step)
        with pytest.raises(InvalidValueError, match="64 bits"):
            writer.log_points("m", [(1.0, 1, 1), (1.0, time, step)])
        with pytest.raises(InvalidValueError, match="64 bits"):
            store.log_batch(run_id, [Metric("m", 1.0, 1, 1), Metric("m", 1.0, time, step)])
    writer.close()
    assert store.run(run_id).data.metrics == {}
    with pytest.raises(InvalidValueError, match="64 bits"):
        store.update_run(run_id, end_time=number)
    with pytest.raises(InvalidValueError, match="64 bits"):
        store.create_run(store.run(run_id).info.experiment_id, run_name="r", user_id="u", start_time=number, tags={})


def test_the_greatest_steps_and_times_are_kept(store: Store) -> None:
    run_id = new_run(store).info.run_id
    writer = store.writer(run_id)
    writer.log_metric("m", 1.0, 2**62, 2**63 - 1)
    writer.log_metric("low", 1.0, 1, -(2**63))
    writer.close()
    assert [int(step) for key in ("m", "low") for step in store.history(run_id, key).step] == [2**63 - 1, -(2**63)]


def at_once(count: int, work: Callable[[int], None]) -> None:
    together = threading.Barrier(count)
    failed: list[BaseException] = []

    def begin(number: int) -> None:
        together.wait()
        try:
            work(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_threads_that_make_an_experiment_of_one_name_at_once_make_one(store: Store, reopen: Opener) -> None:
    stores = [store, *(reopen() for _ in range(3))]
    made, refused = [], []

    def make(number: int) -> None:
        try:
            made.append(stores[number].create_experiment("sweep"))
        except InvalidValueError:
            refused.append(number)

    at_once(4, make)
    assert (len(made), len(refused)) == (1, 3)
    assert [each.experiment_id for each in reopen().experiments() if each.name == "sweep"] == made


def test_rows_that_threads_add_to_one_table_at_once_are_all_kept(store: Store, reopen: Opener) -> None:
    pytest.importorskip("pandas")
    run = new_run(store).info

    def add(number: int) -> None:
        client = MlflowClient.__new__(MlflowClient)
        client.store = store if number % 2 else reopen()
        for k in range(3):
            client.log_table(run.run_id, {"who": [number], "k": [k]}, "t.json")

    at_once(4, add)
    client = MlflowClient.__new__(MlflowClient)
    client.store = store
    rows = client.load_table(run.experiment_id, "t.json", [run.run_id])
    assert sorted(zip(rows["who"], rows["k"], strict=True)) == [(number, k) for number in range(4) for k in range(3)]


def test_a_folder_is_logged_without_circles_pipes_and_lost_links(
    store: Store, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("1")
    (folder / "data" / "up").symlink_to("..")
    (folder / "latest").symlink_to("data")
    (folder / "again").symlink_to("data")
    (folder / "lost").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    run_id = new_run(store).info.run_id
    store.write_artifact(run_id, "", folder)
    found = [file.path for file in all_files(store, run_id)]
    assert "data/a.csv" in found
    assert len(found) == 2, "the folder, and once more by one of its links"
    [told] = [str(each.message) for each in recwarn if "holds all but" in str(each.message)]
    for name in ("up", "lost", "pipe"):
        assert f"{name}' (" in told
