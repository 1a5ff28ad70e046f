from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.base.model import Model

import nbtrack
from tests.autolog.found import children, only_run, runs

pytestmark = pytest.mark.usefixtures("store")
Data = tuple[Any, Any]


def test_a_fit_is_a_run_with_its_arguments_and_mlflows_numbers(data: Data) -> None:
    nbtrack.autolog()
    results = sm.OLS(data[0][:, 0], data[0][:, 1:]).fit(cov_type="HC1")
    run = only_run()
    assert run.data.params["cov_type"] == "HC1"
    assert run.data.metrics["rsquared"] == results.rsquared
    assert run.data.metrics["aic"] == results.aic
    assert run.data.tags["mlflow.autologging"] == "statsmodels"
    nbtrack.flush()
    paths = [file.path for file in nbtrack.artifacts.list_artifacts(run_id=run.info.run_id)]
    assert paths == ["model", "model_summary.txt"]


def test_a_model_that_fits_others_is_one_run_and_two_fits_in_a_run_are_two_children(data: Data) -> None:
    nbtrack.autolog()
    with nbtrack.start_run() as parent:
        for family in (sm.families.Gaussian(), sm.families.Gaussian(sm.families.links.Identity())):
            sm.GLM(data[0][:, 0], data[0][:, 1:], family=family).fit(maxiter=7)
    assert [run.data.params["maxiter"] for run in children(parent)] == ["7", "7"]
    assert len(runs()) == 3


def test_a_model_defined_later_is_watched_and_all_is_put_back(data: Data) -> None:
    before = vars(sm.OLS).get("fit"), vars(Model).get("__init_subclass__")
    nbtrack.autolog(log_models=False)  # a class of a function cannot be pickled

    class Mine(sm.OLS):  # type: ignore[misc]
        def fit(self, **kwargs: Any) -> Any:
            return super().fit(**kwargs)

    Mine(data[0][:, 0], data[0][:, 1:]).fit(method="qr")
    assert only_run().data.params == {"method": "qr"}
    nbtrack.autolog(disable=True)
    assert before == (vars(sm.OLS).get("fit"), vars(Model).get("__init_subclass__"))


def test_the_persons_exception_is_theirs_and_the_run_failed() -> None:
    nbtrack.autolog()
    with pytest.raises(ValueError, match="method"):
        sm.OLS(np.arange(5.0), np.ones(5)).fit(method="bogus")
    assert only_run().info.status == "FAILED"
