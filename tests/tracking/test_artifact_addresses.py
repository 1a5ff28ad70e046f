"""Artifacts by MLflow's addresses: where they begin, and what a file says that is not what was asked for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack import errors
from nbtrack.cli import main
from nbtrack.entities import DatasetInput, RunInputs, RunStatus, SourceType, ViewType
from nbtrack.errors import InvalidValueError
from nbtrack.tracking.artifacts import _below


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    with nbtrack.start_run() as run:
        nbtrack.log_text("x", "a/b/file.txt")
        nbtrack.log_text("{", "broken.json")
        nbtrack.log_dict({"x": 1}, "good.json")
    return str(run.info.run_id)


def test_paths_of_an_address_begin_at_its_last_folder(run_id: str) -> None:
    root = nbtrack.get_run(run_id).info.artifact_uri
    listed = nbtrack.artifacts.list_artifacts
    for address in (f"runs:/{run_id}/a/b", f"{root}/a/b", f"runs:/{run_id}/a/b/"):
        assert [each.path for each in listed(artifact_uri=address)] == ["b/file.txt"]
    assert [each.path for each in listed(artifact_uri=f"runs:/{run_id}/a")] == ["a/b"]
    assert [each.path for each in listed(artifact_uri=f"runs:/{run_id}")] == ["a", "broken.json", "good.json"]
    assert [each.path for each in listed(run_id=run_id, artifact_path="a/b")] == ["a/b/file.txt"]


def test_a_path_with_a_slash_before_it_lies_below_the_root(tmp_path: Path) -> None:
    nbtrack.set_tracking_uri(tmp_path / "mlruns")
    with nbtrack.start_run() as run:
        root = run.info.artifact_uri
        assert nbtrack.get_artifact_uri("/a/b") == nbtrack.get_artifact_uri("a/b") == f"{root}/a/b"
    assert _below("s3://bucket/x?region=eu", "a") == "s3://bucket/x/a?region=eu"


@pytest.mark.parametrize(("load", "what"), [("load_dict", "JSON"), ("load_image", "an image"), ("load_text", "a file")])
def test_a_file_that_is_something_else_is_named(run_id: str, load: str, what: str) -> None:
    address = f"runs:/{run_id}/{'a' if load == 'load_text' else 'broken.json'}"
    with pytest.raises(nbtrack.MlflowException, match=rf"'{address}' is not {what}") as told:
        getattr(nbtrack.artifacts, load)(address)
    assert told.value.error_code == "BAD_REQUEST"
    assert nbtrack.artifacts.load_dict(f"runs:/{run_id}/good.json") == {"x": 1}


def test_a_table_holds_images_of_any_class_that_saves_and_resizes(run_id: str) -> None:
    class Drawing:
        size = (4, 2)

        def save(self, path: Any) -> None:
            Path(path).write_bytes(b"drawn")

        def resize(self, size: tuple[int, int]) -> Drawing:
            return self

    nbtrack.log_table({"name": ["one"], "image": [Drawing()]}, "table.json", run_id=run_id)
    kept = nbtrack.load_table("table.json", run_ids=[run_id])["image"][0]
    assert Path(nbtrack.download_artifacts(f"runs:/{run_id}/{kept['filepath']}")).read_bytes() == b"drawn"


@pytest.mark.parametrize("value", ["false", "0", "False"])
def test_long_values_are_refused_where_mlflows_variable_says_so(
    run_id: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "_told", set())
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", value)
    client = nbtrack.MlflowClient()
    with pytest.raises(InvalidValueError, match=r"has 6001 characters.*unset MLFLOW_TRUNCATE_LONG_VALUES"):
        client.log_param(run_id, "long", "x" * 6001)
    monkeypatch.setenv("MLFLOW_TRUNCATE_LONG_VALUES", "true")
    with pytest.warns(UserWarning, match="was cut to 6000"):
        client.log_param(run_id, "long", "x" * 6001)


def test_statuses_views_and_source_types_are_words_and_numbers() -> None:
    assert RunStatus.to_string(RunStatus.FINISHED) == RunStatus.to_string(3) == "FINISHED"
    assert RunStatus.from_string("KILLED") is RunStatus.KILLED
    assert [RunStatus.is_terminated(each) for each in RunStatus.all_status()] == [False, False, True, True, True]
    assert ViewType.from_string(ViewType.to_string(ViewType.ALL)) is ViewType.ALL
    assert SourceType.to_string(SourceType.NOTEBOOK) == "NOTEBOOK"
    with pytest.raises(InvalidValueError, match="'DONE' is no status of a run; there are RUNNING"):
        RunStatus.from_string("DONE")


def test_entities_are_plain_dicts_by_mlflows_names(run_id: str) -> None:
    run = nbtrack.get_run(run_id)
    assert run.data.to_dictionary() == {"metrics": {}, "params": {}, "tags": dict(run.data.tags)}
    assert run.inputs.to_dictionary() == {"dataset_inputs": [], "model_inputs": []}
    dataset = nbtrack.data.Dataset("d", "1", nbtrack.data.DatasetSource("local", {"uri": "x.csv"}))
    told = RunInputs((DatasetInput(dataset.to_entity()),)).to_dictionary()
    assert told["dataset_inputs"][0]["dataset"]["name"] == "d"


def test_a_dataset_of_mlflows_own_is_noted_and_another_object_is_refused(run_id: str) -> None:
    class Theirs:
        def to_dict(self) -> dict[str, str]:
            return {"name": "t", "digest": "2", "source": "{}", "source_type": "local", "profile": "{}"}

    Theirs.__module__ = "mlflow.data.pandas_dataset"
    with nbtrack.start_run(run_id=run_id):
        theirs: Any = Theirs()
        nbtrack.log_input(theirs, context="train")
        with pytest.raises(InvalidValueError, match=r"got a dict, which is no dataset\. Give what nbtrack\.data"):
            nbtrack.log_input({"name": "x"})  # type: ignore[arg-type]
    (noted,) = nbtrack.get_run(run_id).inputs.dataset_inputs
    assert (noted.dataset.name, noted.dataset.digest, noted.dataset.source_type) == ("t", "2", "local")
    assert nbtrack.data.get_source(noted).kind == "local"


def test_a_run_is_shown_whose_artifacts_lie_on_a_server(
    run_id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (meta,) = tmp_path.glob(f"mlruns/*/{run_id}/meta.yaml")
    shutil.rmtree(meta.parent / "artifacts")
    address = f"mlflow-artifacts:/0/{run_id}/artifacts"
    meta.write_text(re.sub("artifact_uri: .*", f"artifact_uri: {address}", meta.read_text()))
    assert main(["show", run_id, "--store", str(tmp_path / "mlruns")]) == 0
    told = capsys.readouterr()
    assert run_id[:8] in told.out
    assert address in told.err
