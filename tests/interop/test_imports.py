"""Runs of TensorBoard and of W&B, written by the real tools, come into a store."""

from __future__ import annotations

import json
import math
import os
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nbtrack.cli import main
from nbtrack.entities import Run
from nbtrack.errors import NbtrackWarning, StoreError
from nbtrack.interop.imports import ms_of, wandb
from nbtrack.interop.imports.wandb_log import records
from nbtrack.stores import Store, open_store

WANDB_SCRIPT = """
import math, wandb
run = wandb.init(mode="offline", project="digits", name="first try", group="g", tags=["a", "b"], notes="**why**",
                 config={"lr": 0.1, "model": {"layers": [1, 2], "name": "cnn"}}, settings=wandb.Settings(console="off"))
for step in range(5):
    run.log({"loss": 1 / (step + 1), "val": {"acc": step / 5}, "odd %": 1})
run.log({"diverged": math.nan, "big": math.inf})
run.log({"hist": wandb.Histogram([1, 2, 3]), "table": wandb.Table(columns=["a"], data=[[1]])})
run.summary["best"] = 0.9
run.summary["verdict"] = "good"
run.finish(exit_code=3)
"""


@pytest.fixture(scope="module")
def wandb_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wandb")
    kept = {name: str(folder / name.lower()) for name in ("WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR")}
    environment = {
        **os.environ,
        **kept,
        "WANDB_DIR": str(folder),
        "WANDB_SILENT": "true",
        "WANDB_ERROR_REPORTING": "false",
    }
    subprocess.run([sys.executable, "-c", WANDB_SCRIPT], check=True, env=environment, cwd=folder, timeout=120)
    return folder / "wandb"


@pytest.fixture
def tensorboard_folder(tmp_path: Path) -> Path:
    from tensorboardX import SummaryWriter

    folder = tmp_path / "logs"
    with SummaryWriter(str(folder / "cnn" / "train")) as writer:
        for step in range(100):
            writer.add_scalar("loss", 1 / (step + 1), step, walltime=1_700_000_000 + step)
        writer.add_scalar("odd", math.nan, 0)
        writer.add_image("digits/sample", np.full((3, 8, 8), 200, np.uint8), 3)
        writer.add_image("digits/sample", np.full((3, 8, 8), 100, np.uint8), 7)
        writer.add_text("note", "hello **you**", 2)
        writer.add_histogram("weights", np.arange(10), 1)
    with SummaryWriter(str(folder / "cnn" / "validation")) as writer:
        writer.add_scalar("loss", 0.5, 1)
        writer.add_hparams({"lr": 0.1, "layers": 3, "opt": "adam", "bias": True}, {"hparam/acc": 0.75}, name="tuned")
    return folder


def only(store: Store, name: str) -> Run:
    (run,) = [row.run for row in store.snapshot().rows if row.run.info.run_name == name]
    return run


def test_event_folders_become_runs_with_their_scalars_pictures_texts_and_hparams(
    tensorboard_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tensorboard_folder), "--store", str(tmp_path / "mlruns")]) == 0
    said = capsys.readouterr()
    assert "3 runs, 3 of them new" in said.err
    assert "left out: 1 histograms" in said.err
    store = open_store(tmp_path / "mlruns")
    train = only(store, "cnn/train")
    assert store.experiment(train.info.experiment_id).name == "logs"
    series = store.history(train.info.run_id, "loss")
    assert series.step.tolist() == list(range(100))
    assert series.value.tolist() == pytest.approx([1 / (step + 1) for step in range(100)])  # single precision there
    assert series.timestamp[1] == 1_700_000_001_000
    assert math.isnan(train.data.metrics["odd"])
    assert train.info.start_time == 1_700_000_000_000
    pictures = [file.path for file in store.list_artifacts(train.info.run_id, "images")]
    assert [path.split("+timestamp")[0] for path in pictures] == [
        "images/digits~sample+step+3",
        "images/digits~sample+step+7",
    ]
    assert store.read_artifact(train.info.run_id, pictures[0]).startswith(b"\x89PNG")
    assert b"hello **you**" in store.read_artifact(train.info.run_id, "text/note~text_summary+step+2.md")
    tuned = only(store, "cnn/validation/tuned")
    assert dict(tuned.data.params) == {"lr": "0.1", "layers": "3", "opt": "adam", "bias": "True"}
    assert tuned.data.metrics["hparam/acc"] == 0.75


def test_an_event_folder_that_grew_is_brought_again_without_repeats(tensorboard_folder: Path, tmp_path: Path) -> None:
    from tensorboardX import SummaryWriter

    words = ["import", str(tensorboard_folder), "--store", str(tmp_path / "mlruns")]
    main(words)
    with SummaryWriter(str(tensorboard_folder / "cnn" / "train"), filename_suffix=".v2") as writer:
        writer.add_scalar("loss", 0.001, 100)
    assert main(words) == 0
    store = open_store(tmp_path / "mlruns")
    run_id = only(store, "cnn/train").info.run_id
    assert store.history(run_id, "loss").step.tolist() == list(range(101))
    assert len(store.list_artifacts(run_id, "images")) == 2


def test_a_damaged_event_file_is_read_up_to_the_damage(tensorboard_folder: Path, tmp_path: Path) -> None:
    (file,) = (tensorboard_folder / "cnn" / "train").glob("*tfevents*")
    data = bytearray(file.read_bytes())
    data[1500] ^= 0xFF
    file.write_bytes(data)
    with pytest.warns(NbtrackWarning, match="damaged"):
        main(["import", str(tensorboard_folder), "--store", str(tmp_path / "mlruns")])
    store = open_store(tmp_path / "mlruns")
    series = store.history(only(store, "cnn/train").info.run_id, "loss")
    assert 0 < len(series) < 100


def test_an_offline_run_of_wandb_becomes_a_run(wandb_folder: Path, tmp_path: Path) -> None:
    assert main(["import", str(wandb_folder), "--store", str(tmp_path / "mlruns")]) == 0
    store = open_store(tmp_path / "mlruns")
    run = only(store, "first try")
    assert store.experiment(run.info.experiment_id).name == "digits"
    assert run.info.status == "FAILED"  # it ended with 3
    assert dict(run.data.params) == {"lr": "0.1", "model.layers": "[1, 2]", "model.name": "cnn"}
    tags = run.data.tags
    assert (tags["wandb.tags"], tags["wandb.group"], tags["mlflow.note.content"]) == ("a, b", "g", "**why**")
    assert tags["summary.verdict"] == "good"
    series = store.history(run.info.run_id, "loss")
    assert series.step.tolist() == [0, 1, 2, 3, 4]
    assert series.value.tolist() == [1 / (step + 1) for step in range(5)]
    metrics = run.data.metrics
    assert (metrics["val.acc"], metrics["best"], metrics["odd _"]) == (0.8, 0.9, 1)
    assert math.isnan(metrics["diverged"])
    assert metrics["big"] == math.inf
    assert not any(key.startswith(("hist", "table", "_")) for key in metrics)
    (table,) = store.list_artifacts(run.info.run_id, "media/table")
    assert json.loads(store.read_artifact(run.info.run_id, table.path)) == {"columns": ["a"], "data": [[1]]}
    assert main(["import", str(wandb_folder), "--store", str(tmp_path / "mlruns")]) == 0
    assert len(store.history(run.info.run_id, "loss")) == 5


def test_a_wandb_log_that_was_cut_off_gives_what_it_holds(wandb_folder: Path, tmp_path: Path) -> None:
    (log,) = wandb_folder.rglob("*.wandb")
    cut = tmp_path / "wandb" / "run-x.wandb"
    cut.parent.mkdir()
    data = log.read_bytes()
    end = data.index(b"0.3333333333333333") + 400  # in mid-record, two steps from the end
    cut.write_bytes(data[:end])
    assert main(["import", str(cut.parent), "--store", str(tmp_path / "mlruns")]) == 0
    store = open_store(tmp_path / "mlruns")
    run = only(store, "first try")
    assert run.info.status == "KILLED"
    assert 1 <= len(store.history(run.info.run_id, "loss")) < 5


def test_a_folder_of_wandb_files_that_is_a_link_out_is_not_taken_and_said(
    wandb_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (log,) = wandb_folder.rglob("*.wandb")
    run = tmp_path / "wandb" / "offline-run-x"
    run.mkdir(parents=True)
    shutil.copy(log, run / "run-x.wandb")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.txt").write_text("private")
    (run / "files").symlink_to(elsewhere)
    store = tmp_path / "mlruns"
    assert main(["import", str(tmp_path / "wandb"), "--store", str(store)]) == 0
    assert not list(store.rglob("secret.txt"))
    assert "such links are not followed" in "".join(capsys.readouterr())
    monkeypatch.setenv("NBTRACK_LINK_TARGETS", str(elsewhere))
    assert main(["import", str(tmp_path / "wandb"), "--store", str(tmp_path / "allowed")]) == 0
    assert len(list((tmp_path / "allowed").rglob("secret.txt"))) == 1


def test_a_record_longer_than_a_block_is_put_together() -> None:
    record, block, parts = os.urandom(100_000), 32_768, []
    at, left = 7, record
    while left:
        room = block - at % block - 7
        piece, left = left[:room], left[room:]
        kind = 1 if not parts and not left else 2 if not parts else 3 if left else 4
        parts.append(struct.pack("<IHB", zlib.crc32(bytes([kind]) + piece), len(piece), kind) + piece)
        at += 7 + len(piece)
    assert list(records(b":W&B\xe1\xbe\x00" + b"".join(parts))) == [record]


def test_a_folder_with_nothing_to_bring_is_an_error_that_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["import", str(tmp_path / "empty"), "--store", str(tmp_path / "mlruns")]) == 2
    assert "no TensorBoard event files" in capsys.readouterr().err
    assert not (tmp_path / "mlruns").exists()


def wandb_pieces(*bodies: bytes) -> bytes:
    """A log whose blocks hold one whole record each."""
    data = b":W&B\xe1\xbe\x00"
    for body in bodies:
        data += struct.pack("<IHB", zlib.crc32(b"\1" + body), len(body), 1) + body
        data += b"\0" * (-len(data) % 32_768)
    return data


@pytest.mark.parametrize("at", [0, 4, 6, 20])  # in a checksum, a length, a kind, a body
def test_damage_in_the_middle_of_a_wandb_log_is_told_and_the_rest_is_read(at: int) -> None:
    bodies = [bytes([65 + number]) * 32_754 for number in range(4)]
    data, lost = bytearray(wandb_pieces(*bodies)), list[int]()
    data[32_768 + at] ^= 0x55
    assert list(records(bytes(data), lost.append)) == [bodies[0], *bodies[2:]]
    assert lost == [32_768]
    lost.clear()
    assert len(list(records(wandb_pieces(*bodies)[:-500], lost.append))) == 3
    assert lost == [], "a log that ends in mid-record was killed, and is not damaged"


def write_scalars(folder: Path, tag: str, points: list[tuple[int, float]], **options: Any) -> None:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(folder), **options) as writer:
        for step, time in points:
            writer.add_scalar(tag, step / 2, step, walltime=time)


def bring(folder: Path, *words: str) -> int:
    return main(["import", str(folder / "logs"), "--store", str(folder / "mlruns"), *words])


@pytest.mark.parametrize("broken", [0, 3, 8])  # in the length, and in its checksum
def test_a_wrong_length_in_an_event_file_is_told_with_how_much_is_missing(tmp_path: Path, broken: int) -> None:
    write_scalars(tmp_path / "logs" / "run", "loss", [(step, 1e9 + step) for step in range(300)])
    (file,) = (tmp_path / "logs" / "run").iterdir()
    data, at = bytearray(file.read_bytes()), 0
    for _ in range(100):
        at += 16 + int.from_bytes(data[at : at + 8], "little")
    data[at + broken] ^= 0x40
    file.write_bytes(data)
    with pytest.warns(
        NbtrackWarning, match=r"damaged after event 100: the [\d,]+ bytes behind it, about \d\d\d events"
    ):
        assert bring(tmp_path) == 0


def test_an_event_file_still_being_written_is_not_damaged(tmp_path: Path) -> None:
    write_scalars(tmp_path / "logs" / "run", "loss", [(step, 1e9 + step) for step in range(30)])
    (file,) = (tmp_path / "logs" / "run").iterdir()
    for cut in (3, 20, 40):
        file.write_bytes(file.read_bytes()[:-cut])
        assert bring(tmp_path) == 0  # a warning would be an error


def test_a_training_that_went_on_from_an_earlier_step_has_each_step_once(tmp_path: Path) -> None:
    run = tmp_path / "logs" / "run"
    write_scalars(run, "loss", [(step, 1e9 + step) for step in range(10)], filename_suffix=".1")
    again = [(step, 2e9 + step) for step in range(5, 8)]
    write_scalars(run, "loss", again, purge_step=5, filename_suffix=".2")
    first, second = sorted(run.iterdir(), key=lambda path: path.suffix)
    first.rename(run / "events.out.tfevents.1.a")
    second.rename(run / "events.out.tfevents.2.a")
    assert bring(tmp_path) == 0
    store = open_store(tmp_path / "mlruns")
    series = store.history(only(store, "run").info.run_id, "loss")
    assert series.step.tolist() == list(range(8))
    assert (series.timestamp[5:] > 1_500_000_000_000).all()


def test_a_run_that_was_written_anew_after_its_import_is_told(tmp_path: Path) -> None:
    run = tmp_path / "logs" / "run"
    write_scalars(run, "loss", [(step, 1e9 + step) for step in range(10)])
    (first,) = run.iterdir()
    first.rename(run / "events.out.tfevents.1.a")
    bring(tmp_path)
    write_scalars(run, "loss", [(5, 2e9)], purge_step=5)
    with pytest.warns(NbtrackWarning, match="written anew since it was imported"):
        bring(tmp_path)
    store = open_store(tmp_path / "mlruns")
    assert len(store.history(only(store, "run").info.run_id, "loss")) == 11


def test_names_that_collide_are_all_kept_and_brought_again_under_the_same_name(tmp_path: Path) -> None:
    from tensorboardX import SummaryWriter
    from tensorboardX.proto.summary_pb2 import Summary

    def write(step: int) -> None:
        with SummaryWriter(str(tmp_path / "logs" / "run"), filename_suffix=f".{step}") as writer:
            for number, tag in enumerate(("loss", "loss/ce", "p#5", "p_5", "a@b", "x" * 300)):
                made = Summary(value=[Summary.Value(tag=tag, simple_value=float(number))])
                writer.file_writer.add_summary(made, step, walltime=1e9 + step)

    write(0)
    assert bring(tmp_path) == 0
    write(1)
    assert bring(tmp_path) == 0
    store = open_store(tmp_path / "mlruns")
    run = only(store, "run")
    assert {"loss_", "loss/ce", "p_5", "p_5_2", "a_at_b", "x" * 250} == set(run.data.metrics)
    assert all(len(store.history(run.info.run_id, name)) == 2 for name in run.data.metrics)
    originals = json.loads(run.data.tags["nbtrack.original_names"])["metrics"]
    assert (originals["loss_"], originals["p_5_2"]) == ("loss", "p#5")


def test_a_deleted_run_is_skipped_or_brought_anew_as_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_scalars(tmp_path / "logs" / "a", "loss", [(0, 1e9)])
    bring(tmp_path)
    store = open_store(tmp_path / "mlruns")
    store.delete_run(only(store, "a").info.run_id)
    write_scalars(tmp_path / "logs" / "b", "loss", [(0, 1e9)])
    assert bring(tmp_path) == 0
    assert "deleted here. --deleted new" in capsys.readouterr().err
    assert bring(tmp_path, "--deleted", "new") == 0
    assert bring(tmp_path, "--deleted", "new") == 0
    active = [row.run.info for row in store.snapshot().rows if row.run.info.lifecycle_stage == "active"]
    assert sorted(info.run_name for info in active) == ["a", "b"]


def test_times_that_are_none_spoil_nothing(tmp_path: Path) -> None:
    odd = [(0, 1e9), (1, math.nan), (2, math.inf), (3, -math.inf), (4, 1e300), (5, 1e9 + 5)]
    write_scalars(tmp_path / "logs" / "odd", "loss", odd)
    write_scalars(tmp_path / "logs" / "z", "loss", [(0, 1e9)])
    assert bring(tmp_path) == 0
    store = open_store(tmp_path / "mlruns")
    assert store.history(only(store, "odd").info.run_id, "loss").step.tolist() == list(range(6))
    only(store, "z")


def test_one_run_that_cannot_be_kept_does_not_stop_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        write_scalars(tmp_path / "logs" / name, "loss", [(0, 1e9)])
    store = open_store(tmp_path / "mlruns")
    real, calls = store.log_batch, list[str]()

    def failing(run_id: str, *arguments: Any) -> None:
        calls.append(run_id)
        if list(dict.fromkeys(calls)).index(run_id) == 1:
            raise StoreError("the disk is full")
        real(run_id, *arguments)

    monkeypatch.setattr(store, "log_batch", failing)
    assert bring(tmp_path) == 1
    assert "'b' was not brought whole: the disk is full" in capsys.readouterr().err
    found = {row.run.info.run_name: row.run.info.status for row in store.snapshot().rows}
    assert found == {"a": "FINISHED", "b": "FAILED", "c": "FINISHED"}
    monkeypatch.undo()
    assert bring(tmp_path) == 0, "the next time it is made whole"
    assert only(store, "b").data.metrics == {"loss": 0.0}


def test_deep_and_huge_values_of_wandb_are_read() -> None:
    assert str(wandb._loaded("[" * 100_000 + "]" * 100_000)).startswith("[[")
    nested: dict[str, Any] = {"a": 1}
    for _ in range(200):
        nested = {"b": nested}
    assert len(list(wandb._flat("x", nested))) == 1
    assert list(wandb._numbers("x", 10**400)) == []
    assert ms_of(math.nan, 5) == ms_of("soon", 5) == ms_of(1e300, 5) == 5
