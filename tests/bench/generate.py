"""What does a store of N runs look like on disk? Written with plain file calls in MLflow's layout, the same each time.

A run has 10 params, 6 or 7 tags and 5 metrics of 100 steps (fewer where it did not finish); 5 experiments, 15 % nested
runs, 2 % deleted, 3 % with a NaN. Ten runs have a metric of 10,000 steps besides. `steps` makes the histories shorter,
for what does not ask for them.
"""

from __future__ import annotations

import random
from pathlib import Path

EXPERIMENTS = 5
STEPS = 100
LONG_RUNS, LONG_STEPS = 10, 10_000
START = 1_700_000_000_000
FINISHED, FAILED, KILLED, RUNNING = 3, 4, 5, 1

EXPERIMENT = """artifact_location: file://{root}/{id}
creation_time: {time}
experiment_id: '{id}'
last_update_time: {time}
lifecycle_stage: active
name: {name}
"""
RUN = """artifact_uri: file://{root}/{experiment}/{id}/artifacts
end_time: {end}
entry_point_name: ''
experiment_id: '{experiment}'
lifecycle_stage: {stage}
run_id: {id}
run_name: {name}
run_uuid: {id}
source_name: ''
source_type: 4
source_version: ''
start_time: {start}
status: {status}
tags: []
user_id: bench
"""


def generate(root: Path, runs: int, *, place: Path, steps: int = STEPS) -> None:
    """Write the store into the new folder `root`, which will be moved to `place`."""
    chance = random.Random(runs)
    for number in range(EXPERIMENTS):
        folder = root / str(number)
        folder.mkdir(parents=True)
        name = "Default" if number == 0 else f"experiment {number}"
        text = EXPERIMENT.format(root=place, id=number, name=name, time=START)
        (folder / "meta.yaml").write_text(text)
    parents: dict[int, str] = {}
    for index in range(runs):
        experiment = index % EXPERIMENTS
        parent = parents.get(experiment) if chance.random() < 0.15 else None
        made = _run(root, place, experiment, index, chance, parent, steps)
        if parent is None:
            parents[experiment] = made


def _run(
    root: Path, place: Path, experiment: int, index: int, chance: random.Random, parent: str | None, most: int
) -> str:
    run_id = f"{chance.getrandbits(128):032x}"
    folder = root / str(experiment) / run_id
    for name in ("metrics", "params", "tags", "artifacts"):
        (folder / name).mkdir(parents=True)
    status = chance.choices((FINISHED, FAILED, KILLED, RUNNING), (88, 6, 3, 3))[0]
    steps = most if status == FINISHED else chance.randrange(1, most)
    start = START + index * 60_000
    meta = RUN.format(
        root=place, experiment=experiment, id=run_id, name=f"run-{index}", start=start, status=status,
        end="null" if status == RUNNING else start + 50_000,
        stage="deleted" if chance.random() < 0.02 else "active",
    )  # fmt: skip
    (folder / "meta.yaml").write_text(meta)
    for number in range(10):
        value = chance.choice(("adam", "sgd", "lbfgs")) if number == 9 else f"{chance.uniform(0, 1):.6g}"
        (folder / "params" / f"p{number}").write_text(value)
    tags = {f"t{number}": f"value {chance.randrange(20)}" for number in range(3)}
    tags |= {"mlflow.user": "bench", "mlflow.runName": f"run-{index}", "mlflow.source.type": "NOTEBOOK"}
    if parent is not None:
        tags["mlflow.parentRunId"] = parent
    for key, text in tags.items():
        (folder / "tags" / key).write_text(text)
    broken = chance.randrange(steps) if chance.random() < 0.03 else -1
    for number in range(5):
        scale = chance.uniform(0.5, 1)
        values = [scale / (step + 1) + chance.uniform(0, 0.05) for step in range(steps)]
        if broken >= 0:
            values[broken] = float("nan")
        lines = [f"{start + step * 500} {value!r} {step}\n" for step, value in enumerate(values)]
        (folder / "metrics" / f"m{number}").write_text("".join(lines))
    if experiment == 1 and index < EXPERIMENTS * LONG_RUNS:
        lines = [f"{start + step} {chance.random()!r} {step}\n" for step in range(LONG_STEPS)]
        (folder / "metrics" / "long").write_text("".join(lines))
    return run_id
