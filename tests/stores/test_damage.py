"""A damaged or hostile store: the healthy rest is read, each damage is named, nothing raises, hangs or runs."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from nbtrack.cli import main
from nbtrack.entities import ViewType
from nbtrack.errors import DamagedError, NotFoundError
from nbtrack.stores.base import Damage, Snapshot
from nbtrack.stores.files import FileStore, models


class Hurt:
    """A store of three healthy runs, to be damaged."""

    def __init__(self, root: Path) -> None:
        self.store = FileStore(root)
        self.root = root
        self.experiment = root / self.store.create_experiment("e")
        self.runs = [self._make(name) for name in ("one", "two", "three")]
        self.hurt = self.runs[0]

    def _make(self, name: str) -> Path:
        made = self.store.create_run(self.experiment.name, run_name=name, user_id="u", start_time=1, tags={"t": "v"})
        run_id = made.info.run_id
        for step in range(3):
            self.store.writer(run_id).log_metric("m", step / 2, step, step)
        folder = self.experiment / run_id
        (folder / "params" / "p").write_text("1")
        return folder

    def look(self) -> Snapshot:
        began = time.monotonic()
        seen = FileStore(self.root).snapshot()
        assert time.monotonic() - began < 5
        healthy = {row.run.info.run_id: row for row in seen.rows}
        for folder in self.runs[1:]:
            row = healthy[folder.name]
            assert (row.run.data.metrics, row.run.data.params["p"], row.run.data.tags["t"]) == ({"m": 1.0}, "1", "v")
        return seen

    def only_damage(self) -> Damage:
        time.sleep(0.06)  # what changed a moment ago may be half written, and is no damage yet
        (damage,) = self.look().damages
        assert damage.problem
        assert damage.remedy
        return damage


@pytest.fixture
def hurt(tmp_path: Path) -> Hurt:
    return Hurt(tmp_path / "mlruns")


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)
METAS = {
    "empty": b"",
    "cut": b"artifact_uri: 'file:///x\nend_ti",
    "not utf-8": b"run_id: \xff\xfe\n",
    "no mapping": b"- a\n- b\n",
    "a bomb": BOMB.encode(),
    "merges": b"a: &a {x: 1}\nb:\n  <<: [*a, *a, *a]\n",
    "code": b"a: !!python/object/apply:os.system ['touch hacked']\n",
    "very deep": b"a: " + b"[" * 100_000,
    "long": b"a: " + b"x" * 3_000_000,
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("content", METAS.values(), ids=METAS.keys())
def test_a_bad_meta_yaml_costs_only_what_it_said(hurt: Hurt, content: bytes) -> None:
    (hurt.hurt / "meta.yaml").write_bytes(content)
    os.utime(hurt.hurt / "meta.yaml", (1, 1))
    seen = hurt.look()
    assert [Path(each.path) for each in seen.damages] == [hurt.hurt / "meta.yaml"]
    row = next(row for row in seen.rows if row.run.info.run_id == hurt.hurt.name)
    assert row.run.data.metrics == {"m": 1.0}
    assert row.run.data.params == {"p": "1"}
    assert not Path("hacked").exists()
    with pytest.raises(DamagedError, match=r"meta\.yaml"):
        hurt.store.log_batch(hurt.hurt.name)


@pytest.mark.parametrize("content", METAS.values(), ids=METAS.keys())
def test_a_bad_meta_yaml_of_an_experiment_leaves_its_runs(hurt: Hurt, content: bytes) -> None:
    (hurt.experiment / "meta.yaml").write_bytes(content)
    os.utime(hurt.experiment / "meta.yaml", (1, 1))
    seen = hurt.look()
    assert len(seen.rows) == 3
    assert [Path(each.path) for each in seen.damages] == [hurt.experiment / "meta.yaml"]
    assert seen.experiments[0].name == hurt.experiment.name


LINES = {
    "half a line at the end": (b"0 0.0 0\n1 0.5 1\n12", 0.5, "3"),
    "half a value at the end": (b"0 0.0 0\n1 0.5 1\n12 0.7", 0.5, "3"),
    "a blank line": (b"0 0.0 0\n\n1 0.5 1\n", 0.5, "2"),
    "two lines glued": (b"0 0.0 0\n1 0.51 2.0 2\n1 0.5 1\n", 0.5, "2"),
    "text as value": (b"0 0.5 1\n1 abc 2\n", 0.5, "2"),
    "a data set with a space": (b"0 0.5 1\n1 0.5 4 my data d0ca\n", 0.5, "2"),
    "bytes": (b"0 0.5 1\n\xff\xfe\x00 1 2\n", 0.5, "2"),
    "absurd numbers": (b"0 0.5 1\n9999999999999999999999999 1 99999999999999999999999\n", 0.5, "2"),
    "a line of 50 MB": (b"0 0.5 1\n" + b"1" * 50_000_000 + b"\n", 0.5, "2"),
}


@pytest.mark.parametrize(("content", "value", "line"), LINES.values(), ids=LINES.keys())
def test_bad_metric_lines_are_named_and_the_others_count(hurt: Hurt, content: bytes, value: float, line: str) -> None:
    (hurt.hurt / "metrics" / "m").write_bytes(content)
    damage = hurt.only_damage()
    assert Path(damage.path) == hurt.hurt / "metrics" / "m"
    assert f"line {line} " in damage.problem
    assert FileStore(hurt.root).run(hurt.hurt.name).data.metrics == {"m": value}
    assert value in hurt.store.history(hurt.hurt.name, "m").value


def test_points_with_a_fraction_in_step_or_time_are_shown_and_counted(hurt: Hurt) -> None:
    (hurt.hurt / "metrics" / "m").write_bytes(b"0 0.5 1\n1 3.0 2.7\n1650532000.9 4.0 3\n")
    damage = hurt.only_damage()
    assert damage.problem.startswith("has 2 points whose step or time is no whole number")
    assert hurt.store.history(hurt.hurt.name, "m").step.tolist() == [1, 2, 3]
    assert hurt.store.history(hurt.hurt.name, "m").timestamp.tolist() == [0, 1, 1650532000]


def damage_empty(run: Path) -> str:
    (run / "metrics" / "m").write_bytes(b"")
    return "metrics/m"


def damage_utf8(run: Path) -> str:
    (run / "params" / "p").write_bytes(b"caf\xe9 au lait")
    return "params/p"


def damage_long(run: Path) -> str:
    (run / "tags" / "t").write_bytes(b"x" * 50_000_000)
    return "tags/t"


def damage_sparse(run: Path) -> str:
    os.truncate(run / "metrics" / "m", 1 << 40)
    return "metrics/m"


def damage_backup(run: Path) -> str:
    (run / "params" / "lr~").write_text("1")
    return "params/lr~"


def damage_finder(run: Path) -> str:
    (run / "metrics" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    return "metrics/.DS_Store"


def damage_bytes_name(run: Path) -> str:
    with open(os.fsencode(run) + b"/tags/\xff", "w"):
        pass
    return "tags/\\xff"


def damage_checkpoints(run: Path) -> str:
    (run / "tags" / ".ipynb_checkpoints").mkdir()
    return "tags/.ipynb_checkpoints"


def damage_link_out(run: Path) -> str:
    (run / "params" / "passwd").symlink_to("/etc/passwd")
    return "params/passwd"


def damage_link_loop(run: Path) -> str:
    (run / "metrics" / "loop").symlink_to(run / "metrics")
    return "metrics/loop"


def damage_linked_folder(run: Path) -> str:
    (run / "tags" / "t").unlink()
    (run / "tags" / "mlflow.runName").unlink()
    (run / "tags").rmdir()
    (run / "tags").symlink_to("/etc")
    return "tags"


def damage_pipe(run: Path) -> str:
    os.mkfifo(run / "metrics" / "pipe")
    return "metrics/pipe"


def damage_pipe_as_meta(run: Path) -> str:
    (run / "meta.yaml").unlink()
    os.mkfifo(run / "meta.yaml")
    return "meta.yaml"


def damage_folder_as_meta(run: Path) -> str:
    (run / "meta.yaml").unlink()
    (run / "meta.yaml").mkdir()
    return "meta.yaml"


def damage_other_id(run: Path) -> str:
    meta = run / "meta.yaml"
    meta.write_text(meta.read_text().replace(run.name, "a" * 32))
    return "meta.yaml"


def damage_other_experiment(run: Path) -> str:
    meta = run / "meta.yaml"
    meta.write_text(meta.read_text().replace(f"experiment_id: {run.parent.name}", "experiment_id: '7'"))
    return "meta.yaml"


def damage_no_meta(run: Path) -> str:
    (run / "meta.yaml").unlink()
    os.utime(run, (1, 1))  # a folder made this moment is one that somebody is making a run of
    return ""


def damage_status(run: Path) -> str:
    meta = run / "meta.yaml"
    meta.write_text(re.sub("status: .*", "status: 99", meta.read_text()))
    return "meta.yaml"


def damage_experiments_time(run: Path) -> str:
    meta = run.parent / "meta.yaml"
    meta.write_text(re.sub("creation_time: .*", "creation_time: 99999999999999999999", meta.read_text()))
    return "../meta.yaml"


def damage_half_copied(run: Path) -> str:
    (run / "meta.yaml").unlink()
    (run / ".nbtrack-copying").touch()
    os.utime(run, (1, 1))
    return ""


def damage_checkpoints_beside(run: Path) -> str:
    (run.parent / ".ipynb_checkpoints").mkdir()
    return "../.ipynb_checkpoints"


def damage_checkpoints_in_root(run: Path) -> str:
    (run.parent.parent / ".ipynb_checkpoints").mkdir()
    return "../../.ipynb_checkpoints"


def damage_notes_in_root(run: Path) -> str:
    (run.parent.parent / "notes").mkdir()
    return "../../notes"


DAMAGES = [value for name, value in sorted(globals().items()) if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__.removeprefix("damage_"))
def test_each_damage_is_named_once_with_its_file_and_a_remedy(hurt: Hurt, damage: Callable[[Path], str]) -> None:
    where = damage(hurt.hurt)
    found = hurt.only_damage()
    assert found.path == os.path.normpath(hurt.hurt / where)
    texts = [text for row in hurt.look().rows for text in row.run.data.params.values()]
    assert not any("root:" in text for text in texts)


def harmless_files(hurt: Hurt) -> None:
    for folder in (hurt.root, hurt.experiment, hurt.hurt):
        (folder / ".DS_Store").write_bytes(b"x")
        (folder / "notes.txt").write_text("mine")


def harmless_folders_that_git_drops(hurt: Hurt) -> None:
    (hurt.hurt / "artifacts").rmdir()
    (hurt.root / ".trash").rmdir()


def harmless_links_to_experiments(hurt: Hurt) -> None:
    (hurt.root / "loop").symlink_to(hurt.root)
    (hurt.experiment / "loop").symlink_to(hurt.experiment)


@pytest.mark.parametrize("change", [harmless_files, harmless_folders_that_git_drops, harmless_links_to_experiments])
def test_what_every_mlflow_tolerates_is_no_damage(hurt: Hurt, change: Callable[[Hurt], None]) -> None:
    change(hurt)
    seen = hurt.look()
    assert list(seen.damages) == []
    assert len(seen.rows) == 3


def test_a_run_without_its_folders_can_still_be_logged_to(hurt: Hurt) -> None:
    for name in ("metrics", "params", "tags", "artifacts"):
        for file in (hurt.hurt / name).iterdir():
            file.unlink()
        (hurt.hurt / name).rmdir()
    store = FileStore(hurt.root)
    store.writer(hurt.hurt.name).log_metric("new", 1.0, 1, 1)
    store.write_artifact(hurt.hurt.name, "a.txt", b"x")
    assert store.run(hurt.hurt.name).data.metrics == {"new": 1.0}
    assert [each.path for each in store.list_artifacts(hurt.hurt.name)] == ["a.txt"]


def test_a_run_that_is_in_two_experiments_is_shown_once_and_named(hurt: Hurt) -> None:
    import shutil

    other = hurt.root / hurt.store.create_experiment("other")
    shutil.copytree(hurt.hurt, other / hurt.hurt.name)
    seen = hurt.look()
    assert len(seen.rows) == 3
    assert any("another experiment too" in each.problem for each in seen.damages)


def test_a_meta_yaml_that_is_empty_for_a_moment_is_read_again(hurt: Hurt) -> None:
    import threading

    path = hurt.hurt / "meta.yaml"
    whole = path.read_bytes()
    path.write_bytes(b"")
    threading.Timer(0.05, path.write_bytes, [whole]).start()
    assert list(hurt.look().damages) == []


def test_links_out_of_a_runs_artifacts_are_neither_listed_nor_read(hurt: Hurt) -> None:
    artifacts = hurt.hurt / "artifacts"
    (artifacts / "mine.txt").write_text("x")
    (artifacts / "etc").symlink_to("/etc")
    (artifacts / "passwd").symlink_to("/etc/passwd")
    os.mkfifo(artifacts / "pipe")
    run_id = hurt.hurt.name
    assert [each.path for each in hurt.store.list_artifacts(run_id)] == ["mine.txt"]
    for path in ("etc/passwd", "passwd", "pipe", "../meta.yaml", "/etc/passwd", "a/../../meta.yaml", "..", "nothing"):
        with pytest.raises(NotFoundError):
            hurt.store.read_artifact(run_id, path)
    for path in ("etc", "..", "/etc"):
        with pytest.raises(NotFoundError):
            hurt.store.list_artifacts(run_id, path)
    for path in ("../params/new", "/tmp/new", "etc/new", "passwd"):
        with pytest.raises(ValueError, match=r"artifacts|link"):
            hurt.store.write_artifact(run_id, path, b"x")


def test_an_artifact_address_from_a_stranger_opens_no_other_folder(hurt: Hurt) -> None:
    meta = hurt.hurt / "meta.yaml"
    lines = [line for line in meta.read_text().splitlines() if not line.startswith("artifact_uri")]
    for address in ("file:///etc", "/etc", "file:///etc/../etc", "../../../../etc"):
        meta.write_text("\n".join([f"artifact_uri: {address}", *lines]) + "\n")
        assert FileStore(hurt.root).artifact_dir(hurt.hurt.name) == hurt.hurt / "artifacts"


def test_the_same_damage_does_not_keep_changes_from_being_seen(hurt: Hurt) -> None:
    (hurt.hurt / "meta.yaml").write_bytes(METAS["cut"])
    store = FileStore(hurt.root)
    watch = store.watch()
    assert len(watch.snapshot().damages) == 1
    hurt.store.writer(hurt.runs[1].name).log_metric("m", 5.0, 9, 9)
    assert [row.run.info.run_id for row in watch.changes().rows] == [hurt.runs[1].name]
    assert len(store.snapshot().damages) == 1
    assert len(store.experiments(ViewType.ALL)) == 1


TIMES = ["99999999999999999999", "-5", "1e300", ".nan", "yesterday", "2024-01-01", "true", "[1]", "''", "0"]


@pytest.mark.parametrize("time", TIMES)
def test_an_absurd_time_costs_nothing_but_itself(hurt: Hurt, time: str) -> None:
    meta = hurt.hurt / "meta.yaml"
    lines = [line for line in meta.read_text().splitlines() if not line.startswith(("start_time", "end_time"))]
    meta.write_text("\n".join([*lines, f"start_time: {time}", f"end_time: {time}"]) + "\n")
    seen = hurt.look()
    row = next(row for row in seen.rows if row.run.info.run_id == hurt.hurt.name)
    assert row.run.data.metrics == {"m": 1.0}
    assert main(["ls", "--store", str(hurt.root)]) == 0
    assert main(["doctor", "--store", str(hurt.root)]) == (0 if time in ("-5", "0") else 1)


def test_the_doctor_names_every_damage_with_its_file_and_a_remedy(
    hurt: Hurt, capsys: pytest.CaptureFixture[str]
) -> None:
    (hurt.hurt / "meta.yaml").write_bytes(b"")
    os.utime(hurt.hurt / "meta.yaml", (1, 1))
    where = [str(hurt.hurt / "meta.yaml")]
    for run, damage in ((1, damage_empty), (2, damage_utf8), (1, damage_backup), (2, damage_link_out)):
        where.append(str(hurt.runs[run] / damage(hurt.runs[run])))
    time.sleep(0.06)
    before = {path: path.lstat().st_mtime_ns for path in hurt.root.rglob("*")}
    assert main(["doctor", "--store", str(hurt.root)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert sorted(told[:-1:3]) == sorted(where)
    assert all(line.startswith("  ") and line.endswith(".") for line in told[2:-1:3])
    assert "5 damaged places" in told[-1]
    assert before == {path: path.lstat().st_mtime_ns for path in hurt.root.rglob("*")}, "nothing is repaired unasked"


@pytest.mark.parametrize(("ahead", "damages"), [(-3600, 1), (-1, 0), (1, 0), (3600, 1)])
def test_a_folder_made_a_moment_ago_by_whatever_clock_is_a_run_in_the_making(
    hurt: Hurt, ahead: float, damages: int
) -> None:
    """Another machine's clock may be a second ahead of this one's."""
    (hurt.hurt / "meta.yaml").unlink()
    os.utime(hurt.hurt, (time.time() + ahead,) * 2)
    seen = hurt.look()
    assert hurt.hurt.name not in [row.run.info.run_id for row in seen.rows]
    assert [each.problem for each in seen.damages] == ["has no meta.yaml, so it is no run"] * damages


MODELS = {
    "empty": (b"", "is empty"),
    "no name": (b"model_id: {id}\n", "does not say name"),
    "another model": (b"model_id: m-other\n{rest}", "says that it is model 'm-other'"),
    "an unknown status": (b"model_id: {id}\nstatus: 99\n{rest}", "'99' as its status"),
    "an absurd time": (b"model_id: {id}\ncreation_timestamp: soon\n{rest}", "'soon' as its creation_timestamp"),
}


@pytest.mark.parametrize(("content", "said"), MODELS.values(), ids=MODELS)
def test_the_doctor_names_a_logged_model_that_cannot_be_read(
    hurt: Hurt, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = models.create(
        str(hurt.root), hurt.experiment.name, name="clf", source_run_id=hurt.hurt.name, model_type=None
    )
    models.link_output(str(hurt.hurt), made["model_id"], 0)
    assert main(["doctor", "--store", str(hurt.root)]) == 0
    meta = hurt.experiment / "models" / made["model_id"] / "meta.yaml"
    given = {line.partition(":")[0] for line in content.decode().splitlines()}
    rest = "".join(line + "\n" for line in meta.read_text().splitlines() if line.partition(":")[0] not in given)
    meta.write_bytes(content.replace(b"{id}", made["model_id"].encode()).replace(b"{rest}", rest.encode()))
    os.utime(meta, (1, 1))
    capsys.readouterr()
    assert main(["doctor", "--store", str(hurt.root)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == str(meta)
    assert said in told[1]
    assert "1 damaged place" in told[-1]


def test_the_doctor_names_a_note_of_a_model_that_cannot_be_read(hurt: Hurt, capsys: pytest.CaptureFixture[str]) -> None:
    models.link_output(str(hurt.hurt), "m-1", 0)
    note = hurt.hurt / "outputs" / "m-1" / "meta.yaml"
    note.write_bytes(b"\xff")
    assert main(["doctor", "--store", str(hurt.root)]) == 1
    assert capsys.readouterr().out.startswith(f"{note}\n  is not UTF-8")
