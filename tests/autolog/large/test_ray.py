"""Ray Tune on one machine: its trials run in processes of Ray's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nbtrack
from nbtrack.tracking.client import PARENT
from tests.autolog.found import children, history, runs

pytestmark = [
    pytest.mark.large,
    pytest.mark.usefixtures("store"),
    pytest.mark.filterwarnings("ignore"),  # Ray's, of what it will change
    pytest.mark.timeout(400),
]


@pytest.fixture
def tune(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "RAY_AUTH_MODE": "disabled",
        "RAY_USAGE_STATS_ENABLED": "0",
        # Its parts wait for each other, on a busy machine longer than it grants them.
        "RAY_agent_register_timeout_ms": "300000",
        "RAY_raylet_start_wait_time_s": "300",
    }.items():
        monkeypatch.setenv(name, value)
    import ray
    from ray import tune

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    yield tune
    ray.shutdown()


def test_each_trial_of_ray_tune_is_a_child_with_what_it_reports_and_the_best_is_marked(
    tune: Any, tmp_path: Path
) -> None:
    nbtrack.autolog()

    def objective(config: dict[str, Any]) -> None:
        if config["x"] == 9:
            raise ValueError("nine is too much")
        for step in range(2):
            tune.report({"loss": config["x"] ** 2 / (step + 1)})

    result = tune.Tuner(
        objective,
        param_space={"x": tune.grid_search([3, 1, 9])},
        tune_config=tune.TuneConfig(metric="loss", mode="min"),
        run_config=tune.RunConfig(storage_path=str(tmp_path / "ray"), verbose=0),
    ).fit()
    assert result.get_best_result().config == {"x": 1}
    (parent,) = [run for run in runs() if PARENT not in run.data.tags]
    found = {run.data.params["x"]: run for run in children(parent)}
    assert {x: run.data.tags["nbtrack.trial_state"] for x, run in found.items()} == {
        "3": "COMPLETE", "1": "COMPLETE", "9": "FAIL",
    }  # fmt: skip
    assert history(found["3"], "loss") == [(0, 9.0), (1, 4.5)]
    assert set(found["3"].data.metrics) == {"loss"}
    assert parent.data.tags["nbtrack.best"] == found["1"].info.run_id
    assert parent.data.params["best_x"] == "1"
    assert parent.data.metrics["best_value"] == 0.5
