"""What could not be read in one moment is never taken for read: not in this process, and not in a later one."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.entities import Metric, Param
from nbtrack.errors import StoreError
from nbtrack.stores.files import FileStore, sidecar, ticks
from nbtrack.stores.files.ticks import COARSE_NS, FAR_NS, FINE_NS, tick_ns

FAULTS = (errno.EMFILE, errno.EIO, errno.ESTALE)
Fault = Callable[[str, int], None]


class Faulty:
    """Opening or listing paths that end so fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.end, self.number = "", 0
        real_open, real_list, real_scan, real_stat = os.open, os.listdir, os.scandir, os.stat

        def checked(path: object) -> None:
            if self.end and isinstance(path, str) and path.rstrip("/").endswith(self.end):
                raise OSError(self.number, os.strerror(self.number), path)

        monkeypatch.setattr(os, "open", lambda path, *a, **k: (checked(path), real_open(path, *a, **k))[1])
        monkeypatch.setattr(os, "listdir", lambda path=".": (checked(path), real_list(path))[1])
        monkeypatch.setattr(os, "scandir", lambda path=".": (checked(path), real_scan(path))[1])
        self.stat = lambda path, *a, **k: (checked(path), real_stat(path, *a, **k))[1]

    def fail(self, end: str, number: int) -> None:
        self.end, self.number = end, number

    def pass_by(self) -> None:
        self.end = ""


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    return Faulty(monkeypatch)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBTRACK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sidecar, "WORTH", 1)
    monkeypatch.setattr(ticks, "FINE_NS", 0)  # files written a moment ago count as settled


def made(root: Path, runs: int = 2) -> tuple[str, list[str]]:
    store = FileStore(root)
    experiment = store.create_experiment("e", tags={"owner": "me"})
    ids = []
    for number in range(runs):
        run = store.create_run(experiment, run_name=f"r{number}", user_id="u", start_time=1, tags={}).info.run_id
        store.log_batch(run, [Metric("acc", 0.5, 1, 1)], [Param("lr", "1")])
        ids.append(run)
    store.close()
    return experiment, ids


def shown(store: FileStore, experiment: str) -> dict[str, tuple[object, ...]]:
    rows = store.snapshot([experiment]).rows
    return {
        row.run.info.run_id: (row.run.info.run_name, row.run.data.metrics.get("acc"), row.run.data.params.get("lr"))
        for row in rows
    }


@pytest.mark.parametrize("number", FAULTS)
@pytest.mark.parametrize("end", ["meta.yaml", "metrics", "metrics/acc", "params", "params/lr", "tags"])
def test_a_fault_that_passes_leaves_nothing_behind(tmp_path: Path, faulty: Faulty, end: str, number: int) -> None:
    experiment, ids = made(tmp_path / "mlruns")
    whole = {run: (f"r{i}", 0.5, "1") for i, run in enumerate(ids)}
    store = FileStore(tmp_path / "mlruns")
    watch = store.watch([experiment])
    faulty.fail(f"{ids[0]}/{end}", number)
    watch.snapshot()
    store.close()  # what was seen is remembered for the next process
    faulty.pass_by()
    watch.snapshot()
    assert shown(store, experiment) == whole
    later = FileStore(tmp_path / "mlruns")
    assert shown(later, experiment) == whole
    assert list(later.snapshot([experiment]).damages) == []


@pytest.mark.parametrize("number", FAULTS)
@pytest.mark.parametrize("end", ["meta.yaml", "metrics", "metrics/acc", "params/lr"])
def test_what_was_seen_before_stays_while_it_cannot_be_read(
    tmp_path: Path, faulty: Faulty, end: str, number: int
) -> None:
    experiment, ids = made(tmp_path / "mlruns")
    store = FileStore(tmp_path / "mlruns")
    whole = shown(store, experiment)
    (tmp_path / "mlruns" / experiment / ids[0] / "tags" / "new").write_text("1")  # it is to be read again
    faulty.fail(f"{ids[0]}/{end}", number)
    seen = store.snapshot([experiment])
    assert {row.run.info.run_id: row.run.data.metrics.get("acc") for row in seen.rows} == {
        run: acc for run, (_, acc, _) in whole.items()
    }
    assert [damage for damage in seen.damages if damage.path.endswith(end)]
    with pytest.raises(StoreError, match="could not be read"):
        store.run(ids[0])
    faulty.pass_by()
    assert shown(store, experiment) == whole


@pytest.mark.parametrize("number", FAULTS)
def test_runs_do_not_vanish_where_their_experiment_cannot_be_listed(
    tmp_path: Path, faulty: Faulty, number: int
) -> None:
    experiment, _ = made(tmp_path / "mlruns")
    store = FileStore(tmp_path / "mlruns")
    watch = store.watch([experiment])
    watch.snapshot()
    (tmp_path / "mlruns" / experiment / "another").mkdir()  # it is to be listed again
    faulty.fail(f"/{experiment}", number)
    with pytest.raises(StoreError):
        watch.changes()
    faulty.pass_by()
    assert not watch.changes().gone
    assert len(shown(store, experiment)) == 2


@pytest.mark.parametrize("number", FAULTS)
def test_an_experiment_that_cannot_be_read_is_not_made_a_second_time(
    tmp_path: Path, faulty: Faulty, number: int
) -> None:
    experiment, _ = made(tmp_path / "mlruns")
    store = FileStore(tmp_path / "mlruns")
    faulty.fail(f"{experiment}/meta.yaml", number)
    for ask in (store.experiment_by_name, store.create_experiment):
        with pytest.raises(StoreError, match="cannot be read"):
            ask("e")
    faulty.pass_by()
    found = store.experiment_by_name("e")
    assert found is not None
    assert found.experiment_id == experiment


def test_a_file_that_became_readable_is_read(tmp_path: Path, faulty: Faulty) -> None:
    experiment, ids = made(tmp_path / "mlruns")
    store = FileStore(tmp_path / "mlruns")
    faulty.fail(f"{ids[0]}/metrics/acc", errno.EACCES)
    assert shown(store, experiment)[ids[0]][1] is None
    faulty.pass_by()  # as by a change of a group, which no time of the file tells
    assert shown(store, experiment)[ids[0]][1] == 0.5


# coarse clocks


@pytest.mark.parametrize(
    ("changed", "local", "tick"),
    [
        ([1_700_000_000_123_456_789], True, FINE_NS),
        ([1_700_000_000_123_456_789, 1_700_000_000_000_000_000], True, COARSE_NS),
        ([1_700_000_000_000_000_000], True, COARSE_NS),
        ([1_700_000_000_000_000_000], False, FAR_NS),  # a file server's clock may go wrong
        ([0], True, FINE_NS),  # a data set that is not there
    ],
)
def test_a_clock_without_fractions_is_noticed(
    changed: list[int], local: bool, tick: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "FINE_NS", FINE_NS)
    monkeypatch.setattr(ticks, "_has_our_clock", lambda folder: local)
    assert tick_ns(str(tmp_path), changed) == tick


# few descriptors


def test_any_number_of_open_runs_needs_few_descriptors(tmp_path: Path) -> None:
    code = """
        import resource, sys
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        from nbtrack.stores.files import FileStore
        store = FileStore(sys.argv[1])
        experiment = store.create_experiment("e")
        new = dict(run_name="r", user_id="u", start_time=1, tags={})
        runs = [store.create_run(experiment, **new).info.run_id for _ in range(60)]
        writers = [store.writer(run) for run in runs]  # held, as active runs hold them
        for step in range(3):
            for writer in writers:
                for key in "abcdefgh":
                    writer.log_metric(key, 0.5, 1, step)
        print(sum(len(store.history(run, key)) for run in runs for key in "abcdefgh"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "mlruns")], capture_output=True, text=True
    )
    assert done.stdout.strip() == str(60 * 8 * 3), done.stderr


def test_a_writer_gives_up_its_own_files_where_there_are_no_more(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run = store.create_run(store.create_experiment("e"), run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    writer = store.writer(run)
    for key in "abc":
        writer.log_metric(key, 0.5, 1, 1)
    taken: list[int] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), hard))
    try:
        try:
            while True:
                taken.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            pass
        for key in "defghijklmnop":
            writer.log_metric(key, 0.5, 1, 1)
    finally:
        for fd in taken:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(store.run(run).data.metrics) == 16
