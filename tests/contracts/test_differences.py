"""What the table of differences says of each store is so, and the documentation shows the same table."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.entities import Dataset, DatasetInput, Metric, Param, RunTag, ViewType
from nbtrack.errors import InvalidValueError, NotAStoreError, ServerError
from nbtrack.stores import Store, open_store
from nbtrack.stores.copying.special import shelf
from nbtrack.stores.rest import RestStore
from nbtrack.stores.rest.address import Address
from tests.contracts.differences import BACKENDS, DIFFERENCES, PAGE, page_with_table
from tests.servers import Server

NewDatabase = Callable[[int, Path], Path]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(backend: str, tmp_path: Path, new_database: NewDatabase, request: pytest.FixtureRequest) -> Store:
    if backend == "files":
        return open_store(tmp_path / "mlruns")
    if backend == "server":
        server: Server = request.getfixturevalue("server3")
        server.empty()
        return RestStore(Address.of(server.url))
    return open_store(f"sqlite:///{new_database(int(backend[-1]), tmp_path)}")


@pytest.fixture
def run_id(store: Store) -> str:
    made = store.create_run(store.create_experiment("e"), run_name="r", user_id="u", start_time=1, tags={})
    return made.info.run_id


def told(what: str, backend: str) -> str:
    return next(how[backend] for name, how in DIFFERENCES.items() if what in name)


def test_numbers(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, [Metric("m", -0.0, 1, 1), Metric("m", sys.float_info.max, 2, 2)])
    zero, largest = store.history(run_id, "m").value.tolist()
    assert repr(zero) == told("-0.0", backend)
    assert ("itself" if largest == sys.float_info.max else repr(largest)) == told("largest", backend)


def test_points(store: Store, run_id: str, backend: str) -> None:
    for time in (5, 5, 3):
        store.log_batch(run_id, [Metric("m", 1.0, time, 1)])
    found = store.history(run_id, "m").timestamp.tolist()
    assert {3: "twice", 2: "once"}[len(found)] == told("logged twice", backend)
    assert ("by time" if found == sorted(found) else "as logged") == told("points of a metric", backend)


def test_a_time_in_seconds(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, [Metric("m", 1.0, 1_500_000_000, 1)])
    found = store.history(run_id, "m").timestamp.tolist()
    assert {1000: "read as seconds", 1: "taken as it is"}[found[0] // 1_500_000_000] == told("in seconds", backend)


def test_names(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, params=[Param("a", "1")])
    with contextlib.suppress(InvalidValueError):
        store.log_batch(run_id, params=[Param("a/b", "2")])
    assert {1: "refused", 2: "kept"}[len(store.run(run_id).data.params)] == told("'a' and 'a/b'", backend)


@pytest.mark.filterwarnings("ignore:The tag 'long' has 9000 characters")
def test_long_tags(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, tags=[RunTag("long", "x" * 9000)])
    assert {9000: "kept", 8000: "cut to 8,000"}[len(store.run(run_id).data.tags["long"])] == told("9,000", backend)


def test_a_refused_batch(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, params=[Param("a", "1")])
    with pytest.raises(InvalidValueError):
        # Only the disk, or the table, finds out that the second param is refused.
        store.log_batch(run_id, params=[Param("b", "1"), Param("a/b" if backend == "files" else "a", "2")])
    left = "what came before it" if "b" in store.run(run_id).data.params else "nothing"
    assert left == told("a batch with", backend)


def test_data_sets(store: Store, run_id: str, backend: str) -> None:
    store.log_inputs(run_id, [DatasetInput(Dataset(name, "abc", "local", "{}")) for name in ("z", "a")])
    names = [each.dataset.name for each in store.run(run_id).inputs.dataset_inputs]
    assert ("by name" if names == ["a", "z"] else "as logged") == told("two data sets", backend)


def test_the_default_experiment(store: Store, backend: str) -> None:
    if not store.experiments():
        (Path(store.uri.removeprefix("file://")) / "0").mkdir(parents=True)  # as MLflow makes it
        (Path(store.uri.removeprefix("file://")) / "0" / "meta.yaml").write_text(
            "artifact_location: x\nexperiment_id: '0'\nlifecycle_stage: active\nname: Default\n"
        )
    with contextlib.suppress(InvalidValueError):
        store.delete_experiment(store.default_experiment().experiment_id)
    gone = bool(store.experiments(ViewType.DELETED_ONLY))
    assert ("deleted" if gone else "emptied") == told("experiment 'Default'", backend)


def test_a_store_that_is_not_there(tmp_path: Path, backend: str) -> None:
    place = tmp_path / "new"
    addresses = {"files": str(place), "server": "http://127.0.0.1:9/new"}
    with contextlib.suppress(NotAStoreError, ServerError):
        open_store(addresses.get(backend, f"sqlite:///{place}")).create_experiment("e")
    assert ("made" if place.exists() else "refused") == told("not there", backend)


def test_logged_models(store: Store, backend: str) -> None:
    nowhere = "not copied to it" if backend == "server" else "not known"
    assert (nowhere if shelf(store) is None else "kept") == told("logged models", backend)


def test_counted_points(store: Store, run_id: str, backend: str) -> None:
    store.log_batch(run_id, [Metric("m", 1.0, 1, 1), Metric("m", 2.0, 2, 2)])
    (row,) = store.snapshot().rows
    assert {2: "yes", 0: "no"}[row.metrics["m"].count] == told("counts points", backend)


def test_the_documentation_shows_this_table() -> None:
    page = PAGE.read_text("utf-8")
    assert page == page_with_table(page), "write it: python -m tests.contracts.differences"


def test_every_store_is_in_every_row() -> None:
    assert {tuple(sorted(how)) for how in DIFFERENCES.values()} == {tuple(sorted(BACKENDS))}
