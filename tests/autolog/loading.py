"""What does the real MLflow predict with models that nbtrack has kept?"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

LOAD = """
import importlib, json, sys, warnings, numpy, mlflow
warnings.simplefilter("ignore")
rows = numpy.load(sys.argv[1])
def ask(flavor, model):
    kind = type(model).__module__
    if flavor == "pytorch":
        import torch
        if kind.startswith("transformers."):
            return model(torch.from_numpy(abs(rows).astype("int64"))).logits.detach()
        return model(torch.from_numpy(rows)).detach()
    return model.predict(__import__("xgboost").DMatrix(rows) if kind == "xgboost.core" else rows)
found = []
for flavor, uri in json.loads(sys.argv[2]):
    native = ask(flavor, importlib.import_module(f"mlflow.{flavor}").load_model(uri))
    known = "python_function" in mlflow.models.get_model_info(uri).flavors
    plain = mlflow.pyfunc.load_model(uri).predict(rows) if known else None
    found.append([None if plain is None else numpy.asarray(plain).tolist(), numpy.asarray(native).tolist()])
print(json.dumps(found))
"""


def loaded(python: str, folder: Path, rows: Any, models: list[tuple[str, str]]) -> Any:
    """Of each (flavour, address of a model): what it predicts as a plain function, and by its own flavour."""
    np.save(folder / "rows.npy", rows)
    here = {**os.environ, "MLFLOW_TRACKING_URI": f"file://{folder / 'mlruns'}", "MLFLOW_ALLOW_FILE_STORE": "true"}
    # A model of a test's own class is loaded by the class.
    here |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [python, "-c", LOAD, str(folder / "rows.npy"), json.dumps(models)]
    done = subprocess.run(words, capture_output=True, text=True, env=here, cwd=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
