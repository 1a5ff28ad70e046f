"""Models that nbtrack keeps are loaded by the real MLflow, and predict what they predicted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, cast

import lightgbm
import pytest
import xgboost
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import nbtrack
from nbtrack.autolog import model_keeping
from nbtrack.errors import NbtrackWarning, NotFoundError
from nbtrack.stores import Store
from nbtrack.stores.files import FileStore
from nbtrack.stores.files.model_shelf import FileModels
from nbtrack.stores.receiving import LoggedModel
from tests.autolog.found import children, runs
from tests.autolog.loading import loaded

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]


def test_mlflow_loads_every_kind_of_kept_model_and_predicts_the_same(data: Data, mlflow3: str, tmp_path: Path) -> None:
    X, y = data
    matrix, booster = xgboost.DMatrix(X, y), {"objective": "binary:logistic", "nthread": 1}
    trained: list[tuple[str, Any, Any]] = []
    for flavor, model in (
        ("sklearn", make_pipeline(FunctionTransformer(lambda rows: rows * 2), LogisticRegression()).fit(X, y)),
        ("xgboost", xgboost.train(booster, matrix, 3)),
        ("xgboost", xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(X, y)),
        ("lightgbm", lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, y), 3)),
        ("lightgbm", lightgbm.LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(X, y)),
    ):
        given = matrix if isinstance(model, xgboost.Booster) else X
        trained.append((flavor, model, model.predict(given)))
    uris = []
    with nbtrack.start_run():
        for number, (flavor, model, _) in enumerate(trained):
            info = nbtrack.log_model(model, f"model-{number}")
            assert info is not None
            uris.append((flavor, info.model_uri))
    for (plain, native), (_, _, predicted) in zip(loaded(mlflow3, tmp_path, X, uris), trained, strict=True):
        assert plain == pytest.approx(predicted.tolist(), rel=1e-6)
        assert native == pytest.approx(predicted.tolist(), rel=1e-6)


def test_autolog_keeps_models_unless_told_not_to_and_each_fit_its_own(
    store: Store, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    nbtrack.autolog(log_models=True)
    with nbtrack.start_run() as parent:
        LogisticRegression(C=1).fit(*data)
        xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(*data)
    for run, file in zip(children(parent), ("model.pkl", "model.ubj"), strict=True):
        kept = {each.path for each in nbtrack.MlflowClient().list_artifacts(run.info.run_id, "model")}
        assert {"model/MLmodel", f"model/{file}", "model/requirements.txt"} <= kept
    written: list[str] = []
    monkeypatch.setattr(model_keeping, "write_model", lambda client, run_id, *_: written.append(run_id))
    lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, verbose=-1).fit(*data)  # whose class has another below it
    nbtrack.flush()
    assert len(written) == 1
    nbtrack.autolog(log_models=False)
    LogisticRegression().fit(*data)
    nbtrack.flush()
    assert store.list_artifacts(runs()[-1].info.run_id) == []


def test_what_was_kept_is_loaded_again_under_mlflows_names(data: Data, tmp_path: Path) -> None:
    X, y = data
    trained: list[tuple[Any, Any]] = [
        (nbtrack.sklearn, LogisticRegression().fit(X, y)),
        (nbtrack.xgboost, xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(X, y)),
        (nbtrack.xgboost, xgboost.train({"nthread": 1}, xgboost.DMatrix(X, y), 2)),
        (nbtrack.lightgbm, lightgbm.train({"verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, y), 2)),
    ]
    with nbtrack.start_run() as run:
        for number, (library, model) in enumerate(trained):
            info = library.log_model(model, name=f"model-{number}", signature=None, input_example=X[:1])
            again = library.load_model(info.model_uri)
            assert type(again) is type(model)
            given = xgboost.DMatrix(X) if isinstance(model, xgboost.Booster) else X
            expected = model.predict(given).tolist()
            assert again.predict(given).tolist() == pytest.approx(expected)
            assert nbtrack.pyfunc.load_model(info.model_uri).predict(X).tolist() == pytest.approx(expected)
    held = FileModels(cast(FileStore, nbtrack.MlflowClient().store))
    logged = f"m-{'0' * 32}"
    held.receive_model(run.info.experiment_id, LoggedModel(logged, "beside the run, as MLflow 3 does", 2, 1, 1))
    kept = nbtrack.download_artifacts(f"runs:/{run.info.run_id}/model-0")
    shutil.copytree(kept, held.model_files(logged), dirs_exist_ok=True)
    beside = nbtrack.pyfunc.load_model(f"models:/{logged}")
    assert beside.predict(X).tolist() == trained[0][1].predict(X).tolist()
    with pytest.raises(ValueError, match="Load it with MLflow"):
        nbtrack.lightgbm.load_model(f"runs:/{run.info.run_id}/model-0")
    with pytest.raises(NotFoundError, match="model-9"):
        nbtrack.pyfunc.load_model(f"runs:/{run.info.run_id}/model-9")


def test_a_model_that_names_a_file_outside_of_it_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "secret.pkl").write_bytes(b"x")
    (tmp_path / "model" / "MLmodel").write_text("flavors:\n  sklearn:\n    pickled_model: ../secret.pkl\n")
    with pytest.raises(NotFoundError, match="has no such file"):
        nbtrack.pyfunc.load_model(str(tmp_path / "model"))


def test_a_name_for_a_registry_is_told_to_be_without_effect(data: Data) -> None:
    with nbtrack.start_run(), pytest.warns(NbtrackWarning, match="not registered as 'clf'"):
        nbtrack.sklearn.log_model(sk_model=LogisticRegression().fit(*data), registered_model_name="clf")


def test_another_kind_of_model_is_refused_with_what_to_do() -> None:
    with nbtrack.start_run(), pytest.raises(ValueError, match="log_artifact"):
        nbtrack.log_model(object())
    with nbtrack.start_run(), pytest.raises(ValueError, match="infer_signature"):
        nbtrack.log_model(LogisticRegression(), signature={"inputs": "x"})
