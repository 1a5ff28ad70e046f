"""Killed, forked, out of space, without permission: nothing acknowledged is lost, and the error says what to do."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nbtrack.entities import Metric, Param, RunStatus, RunTag
from nbtrack.errors import NotAStoreError, ReadOnlyError, StoreError
from nbtrack.stores import Store, open_store
from nbtrack.stores.files import FileStore, metric_file
from nbtrack.stores.files.disk import TEMPORARY
from nbtrack.stores.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]


def new_run(store: Store) -> str:
    found = store.experiment_by_name("e")
    experiment = found.experiment_id if found else store.create_experiment("e")
    return store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id


def child(code: str, *args: str, **options: object) -> subprocess.Popen[str]:
    """nbtrack in a process of its own, which may be killed."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *args],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    )


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.startswith(TEMPORARY)]


# killed


def test_every_acknowledged_point_survives_kill_9(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    loop = """
        import sys, itertools
        from nbtrack.stores.files import FileStore
        writer = FileStore(sys.argv[1]).writer(sys.argv[2])
        for step in itertools.count():
            writer.log_metric("loss", step / 7, 1000 + step, step)
            writer.log_metric("val/acc", step / 3, 1000 + step, step)
            sys.stdout.write(f"{step}\\n")
            sys.stdout.flush()
    """

    def steps(key: str) -> list[int]:
        return store.history(run_id, key).step.tolist() if key in store.run(run_id).data.metrics else []

    for _ in range(4):
        before = {key: len(steps(key)) for key in ("loss", "val/acc")}
        process = child(loop, str(tmp_path / "mlruns"), run_id)
        assert process.stdout is not None
        for _ in range(500):
            said = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        last = int([said, *process.stdout.read().split("\n")[:-1]][-1])
        process.stdout.close()
        process.wait()
        for key, count in before.items():
            assert steps(key)[count:][: last + 1] == list(range(last + 1))
    assert list(store.snapshot().damages) == []


def test_a_kill_while_runs_are_made_leaves_whole_runs_or_none(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    new_run(store)
    loop = """
        import sys
        from nbtrack.entities import Param, RunTag, RunStatus
        from nbtrack.stores.files import FileStore
        store = FileStore(sys.argv[1])
        experiment = store.experiments()[0].experiment_id
        print("ready", flush=True)
        while True:
            run = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={"a": "b"}).info.run_id
            store.log_batch(run, params=[Param("p", "value")], tags=[RunTag("t", "value")])
            store.update_run(run, status=RunStatus.FINISHED, end_time=5)
    """
    for delay in (0.01, 0.02, 0.03, 0.05, 0.08):
        process = child(loop, str(tmp_path / "mlruns"))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.kill()
        process.wait()
        process.stdout.close()
    seen = store.snapshot()
    for row in seen.rows:
        assert row.run.info.run_name == "r"
        assert row.run.data.params.get("p", "value") == "value"
        assert row.run.data.tags.get("t", "value") == "value"
    assert all("no meta.yaml" in each.problem for each in seen.damages), "at most the folder of a run that never was"


def test_what_a_killed_writer_left_behind_is_swept_when_the_run_goes_on(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    (folder,) = (tmp_path / "mlruns").glob(f"*/{run_id}")
    (folder / f"{TEMPORARY}1-1").write_text("half")
    os.utime(folder / f"{TEMPORARY}1-1", (1, 1))
    store.update_run(run_id, status=RunStatus.FINISHED)
    assert leftovers(tmp_path) == []


def test_an_open_end_of_a_killed_writer_is_not_glued_to_the_next_point(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    (folder,) = (tmp_path / "mlruns").glob(f"*/{run_id}")
    (folder / "metrics" / "m").write_text("1 0.5 1\n2 0.6 2")
    store.writer(run_id).log_metric("m", 0.75, 3, 3)
    assert store.history(run_id, "m").value.tolist() == [0.5, 0.6, 0.75]


# several processes and threads


LOG_MANY = """
    import sys
    from nbtrack.entities import Param, RunTag
    from nbtrack.stores import Store, open_store
    address, run_id, number, steps = sys.argv[1:]
    store = open_store(address)
    writer = store.writer(run_id)
    for step in range(int(steps)):
        writer.log_metric("shared", float(number), 1, step)
    store.log_batch(run_id, params=[Param("same", "value"), Param("own" + number, "1")], tags=[RunTag("t", number)])
"""


@pytest.mark.parametrize(("kind", "steps"), [("files", 500), ("sqlite", 50)])
def test_processes_logging_to_one_run_lose_no_line_and_tear_none(
    kind: str, steps: int, tmp_path: Path, new_database: Callable[[int, Path], Path]
) -> None:
    address = str(tmp_path / "mlruns") if kind == "files" else f"sqlite:///{new_database(3, tmp_path)}"
    store = open_store(address)
    run_id = new_run(store)
    processes = [child(LOG_MANY, address, run_id, str(number), str(steps)) for number in range(3)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    (row,) = store.snapshot().rows
    assert row.metrics["shared"].count == 3 * steps
    assert row.run.data.params == {"same": "value", "own0": "1", "own1": "1", "own2": "1"}
    assert list(store.snapshot().damages) == []
    assert leftovers(tmp_path) == []


def test_a_forked_child_goes_on_logging_while_the_parents_thread_held_the_writer(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    code = """
        import os, sys, threading
        from nbtrack.stores.files import FileStore
        store = FileStore(sys.argv[1])
        writer = store.writer(sys.argv[2])
        stop = threading.Event()
        def busy():
            step = 0
            while not stop.is_set():
                writer.log_metric("parent", 1.0, 1, step); step += 1
                store.log_batch(sys.argv[2])
        thread = threading.Thread(target=busy)
        thread.start()
        for number in range(10):
            pid = os.fork()
            if pid == 0:
                writer.log_metric("child", 1.0, 1, number)
                store.writer(sys.argv[2]).log_metric("child", 2.0, 2, number)
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        stop.set(); thread.join()
    """
    process = child(code, str(tmp_path / "mlruns"), run_id)
    assert process.wait(timeout=60) == 0
    assert process.stdout is not None
    process.stdout.close()
    assert store.history(run_id, "child").step.tolist() == [step for step in range(10) for _ in (1, 2)]


def test_a_file_replaced_under_an_open_writer_gets_the_next_points(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    writer = store.writer(run_id)
    writer.log_metric("m", 1.0, 1, 1)
    (path,) = (tmp_path / "mlruns").glob(f"*/{run_id}/metrics/m")
    path.unlink()
    path.write_text("1 1.0 1\n")
    time.sleep(0.3)
    writer.log_metric("m", 2.0, 2, 2)
    assert store.history(run_id, "m").value.tolist() == [1.0, 2.0]


def test_a_param_set_by_two_at_once_has_one_value(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    won: list[int] = []

    def race(number: int) -> None:
        other = FileStore(tmp_path / "mlruns")
        for index in range(30):
            try:
                other.log_batch(run_id, params=[Param(f"p{index}", str(number))])
                won.append(index)
            except ValueError:
                pass

    threads = [threading.Thread(target=race, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(30))


# no room


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB: a tmpfs where this user may mount one, else the same through the limit on a file's size."""
    mount = tmp_path / "small"
    mount.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if mounted.returncode == 0:
        yield mount
        subprocess.run(["umount", "--lazy", str(mount)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_003, hard))
    yield mount
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_named_and_keeps_every_acknowledged_point(small_disk: Path) -> None:
    store = FileStore(small_disk / "mlruns")
    run_id = new_run(store)
    writer = store.writer(run_id)
    acknowledged: list[int] = []

    def log_until_full() -> None:
        for step in range(100_000):
            writer.log_metric("m", step / 7, 1, step)
            acknowledged.append(step)

    with pytest.raises(StoreError, match=r"metrics/m.*(full|largest size)"):
        log_until_full()
    assert store.history(run_id, "m").step.tolist() == acknowledged
    batch = [Metric("m", 1.0, 1, 0)] * 20_000
    with pytest.raises(StoreError):
        store.log_batch(run_id, batch)
    assert list(FileStore(small_disk / "mlruns").snapshot().damages) == [], "no half line is left"
    run = store.run(run_id)
    assert run.info.status == "RUNNING"


def fill(path: Path) -> None:
    """Write until the disk, or the limit, takes no more."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(512))


def test_a_full_disk_leaves_meta_yaml_params_and_tags_whole(small_disk: Path) -> None:
    store = FileStore(small_disk / "mlruns")
    run_id = new_run(store)
    store.log_batch(run_id, params=[Param("kept", "1")], tags=[RunTag("t", "old")])
    with pytest.raises(StoreError):
        store.write_artifact(run_id, "big", bytes(400_000))
    fill(small_disk / "filler")
    long = "x" * 200_000
    with pytest.raises(StoreError, match=r"full|largest"):
        store.log_batch(run_id, params=[Param("new", "1")], tags=[RunTag("t", long)])
    seen = FileStore(small_disk / "mlruns").snapshot()
    assert list(seen.damages) == []
    assert seen.rows[0].run.data.params["kept"] == "1"
    assert leftovers(small_disk) == []


# no store, no permission


def test_an_address_that_is_no_store_says_what_it_is_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file.db").write_text("x")
    (tmp_path / "home" / "mlruns").mkdir(parents=True)
    (tmp_path / "home" / "thesis.txt").write_text("x")
    with pytest.raises(NotAStoreError, match=r"file\.db' is a file"):
        FileStore(tmp_path / "file.db")
    with pytest.raises(NotAStoreError, match=r"Did you mean '.*home/mlruns'"):
        FileStore(tmp_path / "home")
    with pytest.raises(NotAStoreError):
        open_store("ftp://somewhere")
    assert FileStore(tmp_path / "home" / "mlruns").experiments() == []
    assert FileStore(tmp_path / "new").snapshot().rows == []
    assert not (tmp_path / "new").exists(), "looking makes nothing"


def as_nobody(code: Callable[[], None]) -> None:
    """Run as a user without rights: root would be let through."""
    if os.geteuid() != 0:
        code()
        return
    os.seteuid(65534)
    try:
        code()
    finally:
        os.seteuid(0)


@pytest.fixture
def open_tmp(tmp_path: Path) -> Path:
    """A folder that other users can reach."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    return tmp_path


def test_a_store_that_may_not_be_written_is_read_and_says_so_before_anything_is_touched(open_tmp: Path) -> None:
    run_id = new_run(FileStore(open_tmp / "mlruns"))
    for path in [open_tmp / "mlruns", *(open_tmp / "mlruns").rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)

    def look() -> None:
        store = FileStore(open_tmp / "mlruns")
        assert len(store.snapshot().rows) == 1
        writes: list[Callable[[], object]] = [
            lambda: store.create_experiment("new"),
            lambda: store.log_batch(run_id, params=[Param("p", "1")]),
            lambda: store.update_run(run_id, status=RunStatus.FINISHED),
            lambda: store.writer(run_id).log_metric("m", 1.0, 1, 1),
            lambda: store.write_artifact(run_id, "x", b"x"),
        ]
        for write in writes:
            with pytest.raises(ReadOnlyError, match=r"permission|written"):
                write()

    as_nobody(look)


def test_a_store_that_may_not_be_read_says_so(open_tmp: Path) -> None:
    new_run(FileStore(open_tmp / "mlruns"))
    (open_tmp / "mlruns").chmod(0o000)

    def look() -> None:
        with pytest.raises(StoreError, match="may not be read"):
            FileStore(open_tmp / "mlruns").snapshot()

    as_nobody(look)
    (open_tmp / "mlruns").chmod(0o755)


def test_a_file_that_may_not_be_read_is_a_damage_and_the_rest_is_shown(open_tmp: Path) -> None:
    store = FileStore(open_tmp / "mlruns")
    run_id = new_run(store)
    store.writer(run_id).log_metric("m", 1.0, 1, 1)
    (secret,) = (open_tmp / "mlruns").glob(f"*/{run_id}/meta.yaml")
    secret.chmod(0o000)

    def look() -> None:
        seen = FileStore(open_tmp / "mlruns").snapshot()
        assert [each.problem for each in seen.damages] == ["may not be read"]
        assert seen.rows[0].run.data.metrics == {"m": 1.0}

    as_nobody(look)
    secret.chmod(0o644)


def test_a_name_that_is_file_and_folder_at_once_is_refused_with_the_reason(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mlruns")
    run_id = new_run(store)
    writes: list[Callable[[str], object]] = [
        lambda key: store.writer(run_id).log_metric(key, 1.0, 1, 1),
        lambda key: store.log_batch(run_id, params=[Param(key, "1")]),
        lambda key: store.log_batch(run_id, tags=[RunTag(key, "1")]),
    ]
    for write in writes:
        write("lr")
        write("deep/er")
        for key in ("lr/sub", "deep"):
            with pytest.raises(ValueError, match="file and a folder at once"):
                write(key)


def test_a_run_ends_on_a_disk_that_is_full(small_disk: Path) -> None:
    store = FileStore(small_disk / "mlruns")
    run_id = new_run(store)
    fill(small_disk / "filler")
    (meta,) = (small_disk / "mlruns").glob(f"*/{run_id}/meta.yaml")
    store.update_run(run_id, status=RunStatus.FAILED, end_time=1_795_273_300_000)
    seen = FileStore(small_disk / "mlruns").run(run_id)
    assert (seen.info.status, seen.info.end_time) == ("FAILED", 1_795_273_300_000)
    assert meta.stat().st_size < 4096
    assert leftovers(small_disk) == []


# a database in the same straits


@pytest.fixture
def database(small_disk: Path, new_database: Callable[[int, Path], Path]) -> Path:
    """A database that has, in all, hardly more room than it takes."""
    path = new_database(2, small_disk)  # the smaller of the two
    if path.stat().st_size > 290_000:
        pytest.fail(f"{path.stat().st_size} bytes do not fit a disk of 300 kB")
    return path


def test_a_database_on_a_full_disk_keeps_what_was_acknowledged_and_says_full(database: Path) -> None:
    store = SqliteStore(database)
    experiment = store.create_experiment("e")
    run_id = store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={}).info.run_id
    fill(database.parent / "filler")
    acknowledged: list[int] = []

    def log_until_full() -> None:
        for step in range(100_000):
            store.log_batch(run_id, [Metric("m", step / 7 + part, part, step) for part in range(200)])
            acknowledged.append(step)

    with pytest.raises(StoreError, match=r"full|could not be read or written"):
        log_until_full()
    (database.parent / "filler").unlink()
    seen = SqliteStore(database)
    kept = seen.history(run_id, "m").step.tolist() if acknowledged else []
    assert set(kept) == set(acknowledged)
    assert len(kept) == 200 * len(acknowledged)
    store.update_run(run_id, status=RunStatus.FINISHED)
    assert seen.run(run_id).info.status == "FINISHED"


def test_a_database_on_a_disk_that_is_mounted_read_only_is_read_and_says_so(
    tmp_path: Path, new_database: Callable[[int, Path], Path]
) -> None:
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(mount)], capture_output=True, check=False)
    if done.returncode:  # this user may not mount: permissions are the next best
        mount.chmod(0o755)
    try:
        path = new_database(3, mount)
        files = FileStore(mount / "mlruns")
        run_id = new_run(files)
        store = SqliteStore(path)
        experiment = store.create_experiment("e")
        store.create_run(experiment, run_name="r", user_id="u", start_time=1, tags={})
        store.close()
        if done.returncode == 0:
            subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
        else:
            for each in [mount, *mount.rglob("*")]:
                each.chmod(0o555 if each.is_dir() else 0o444)
        store = SqliteStore(path)
        assert len(store.snapshot().rows) == 1
        assert store.read_only
        with pytest.raises(ReadOnlyError, match="permissions"):
            store.create_experiment("new")
        files = FileStore(mount / "mlruns")
        assert len(files.snapshot().rows) == 1
        with pytest.raises(ReadOnlyError):
            files.writer(run_id).log_metric("m", 1.0, 1, 1)
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", str(mount)], check=True)


# several processes in one experiment


MAKE_RUNS = """
    import sys
    from nbtrack.entities import Param, RunStatus
    from nbtrack.stores import Store, open_store
    address, experiment, number = sys.argv[1:]
    store = open_store(address)
    for index in range(5):
        name = f"{number}-{index}"
        run_id = store.create_run(experiment, run_name=name, user_id="u", start_time=1, tags={"n": number}).info.run_id
        writer = store.writer(run_id)
        for step in range(20):
            writer.log_metric("m", float(number), step, step)
        store.log_batch(run_id, params=[Param("p", name)])
        store.update_run(run_id, status=RunStatus.FINISHED, end_time=2)
"""


@pytest.mark.parametrize("kind", ["files", "sqlite"])
def test_four_processes_in_one_experiment_lose_no_run_and_no_line(
    kind: str, tmp_path: Path, new_database: Callable[[int, Path], Path]
) -> None:
    address = str(tmp_path / "mlruns") if kind == "files" else f"sqlite:///{new_database(3, tmp_path)}"
    store = open_store(address)
    experiment = store.create_experiment("e")
    seen_damaged: list[object] = []
    processes = [child(MAKE_RUNS, address, experiment, str(number)) for number in range(4)]
    while any(process.poll() is None for process in processes):
        seen_damaged += store.snapshot().damages
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * 4
    assert seen_damaged == [], "whoever looks meanwhile sees whole runs"
    rows = store.snapshot().rows
    assert sorted(row.run.info.run_name for row in rows) == sorted(f"{n}-{i}" for n in range(4) for i in range(5))
    for row in rows:
        number = float(row.run.data.tags["n"])
        assert store.history(row.run.info.run_id, "m").value.tolist() == [number] * 20
        assert (row.run.data.params["p"], row.run.info.status) == (row.run.info.run_name, "FINISHED")


# a clock that goes backwards


@pytest.mark.parametrize("kind", ["files", "sqlite"])
def test_a_clock_that_goes_backwards_changes_no_value_and_hides_no_change(
    kind: str, tmp_path: Path, new_database: Callable[[int, Path], Path]
) -> None:
    address = str(tmp_path / "mlruns") if kind == "files" else f"sqlite:///{new_database(3, tmp_path)}"
    store = open_store(address)
    experiment, hour = store.create_experiment("e"), 3_600_000
    start = int(time.time() * 1000) + hour
    run_id = store.create_run(experiment, run_name="r", user_id="u", start_time=start, tags={}).info.run_id
    writer = store.writer(run_id)
    for step in range(5):
        writer.log_metric("m", float(step), start - step * 1000, step)
    for path in tmp_path.rglob("*"):  # written before the clock was set back: from an hour in the future
        os.utime(path, (start / 1000, start / 1000))
    watch = store.watch()
    assert watch.snapshot().rows[0].run.data.metrics == {"m": 4.0}
    writer.log_metric("m", 5.0, start - hour, 5)
    assert [row.run.data.metrics for row in watch.changes().rows] == [{"m": 5.0}]
    store.update_run(run_id, status=RunStatus.FINISHED, end_time=start - hour)
    assert [row.run.info.status for row in watch.changes().rows] == ["FINISHED"]
    assert not watch.changes().rows
    assert sorted(store.history(run_id, "m").value.tolist()) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    info = store.run(run_id).info
    assert (info.start_time, info.end_time) == (start, start - hour)


# no inotify, no mmap


def test_a_system_without_inotify_and_mmap_is_slower_and_no_less_exact(tmp_path: Path) -> None:
    """Some shares offer neither (a notebook on FUSE or in a container): every look is then a thorough one."""
    code = """
        import ctypes, mmap, sys
        class Without:
            def __init__(self, *args, **kwargs): pass
            def __getattr__(self, name): raise AttributeError(name)
        ctypes.CDLL = Without
        def refuse(*args, **kwargs): raise OSError(19, "No such device")
        mmap.mmap = refuse
        from nbtrack.stores.files import FileStore, index
        index.FEW_RUNS = 0
        store = FileStore(sys.argv[1])
        experiment = store.create_experiment("e")
        runs = [store.create_run(experiment, run_name=f"r{i}", user_id="u", start_time=1, tags={}).info.run_id
                for i in range(5)]
        watch = store.watch()
        for _ in range(3):
            watch.snapshot()
        other = FileStore(sys.argv[1])
        for step in range(20):
            other.writer(runs[step % 5]).log_metric("m", step, step, step)
            (row,) = watch.changes().rows
            assert row.run.data.metrics == {"m": step}, row
        print(len(store.snapshot().rows))
    """
    process = child(code, str(tmp_path / "mlruns"))
    assert process.communicate(timeout=60)[0] == "5\n"
    assert process.returncode == 0


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux has files without a name")
def test_a_metrics_file_has_its_first_line_before_anybody_can_see_it(tmp_path: Path) -> None:
    path = tmp_path / "loss"
    fd, has_them = metric_file.made_or_opened(str(path), b"1 0.5 1\n")
    assert has_them
    os.close(fd)
    assert path.read_bytes() == b"1 0.5 1\n"
