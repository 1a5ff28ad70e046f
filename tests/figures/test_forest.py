"""The second measure of importance: a random forest of scikit-learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nbtrack
from nbtrack import figures
from nbtrack.figures.forest import forest_importances


def test_it_finds_a_planted_interaction_in_any_order_of_the_runs() -> None:
    rng = np.random.default_rng(3)
    a, b, noise = rng.uniform(-1, 1, (3, 80))
    values = (a * b).tolist()
    params = [(name, [str(each) for each in column]) for name, column in (("a", a), ("b", b), ("noise", noise))]
    ids = [f"{i:032x}" for i in range(80)]
    found = forest_importances(params, values, ids)
    assert found is not None
    assert min(found["a"][0], found["b"][0]) > 0.2 > abs(found["noise"][0])
    turned = [(name, column[::-1]) for name, column in params]
    assert forest_importances(turned, values[::-1], ids[::-1]) == found


def test_noise_and_few_runs_say_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    params = [("a", [str(each) for each in rng.uniform(size=40)])]
    ids = [f"{i:032x}" for i in range(40)]
    assert forest_importances(params, rng.uniform(size=40).tolist(), ids) is None
    assert forest_importances([("a", params[0][1][:19])], rng.uniform(size=19).tolist(), ids[:19]) is None
    client = nbtrack.MlflowClient(str(tmp_path / "mlruns"))
    for value in range(5):
        run = client.create_run("0").info.run_id
        client.log_param(run, "a", value)
        client.log_metric(run, "loss", value)
    drawn = figures.importance(None, "loss", forest=True, store=tmp_path / "mlruns")
    assert [trace.name for trace in drawn.data] == ["rank correlation"]
    assert "No random forest" in drawn.layout.title.text
