"""ATOM as a person uses it, for test_atom: run by an interpreter that has it, in the folder of its store.

`atom_side.py EXPERIMENT [TRACKING_URI]`. What ATOM itself knows of its models is printed as JSON in the last line.
"""

import json
import sys

import matplotlib
import mlflow
from atom import ATOMClassifier
from sklearn.datasets import load_breast_cancer

matplotlib.use("agg")
experiment, *address = sys.argv[1:]
if address:
    mlflow.set_tracking_uri(address[0])

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
atom = ATOMClassifier(X, y, experiment=experiment, random_state=1)
atom.log_data = True
atom.log_pipeline = True
atom.run(models=["LR", "RF"], metric=["f1", "accuracy", "precision"])
scores = atom.evaluate().data
atom.plot_gains()
atom.run(models="LGB", n_trials=5)

print(
    json.dumps(
        {
            "uri": mlflow.get_tracking_uri(),
            "runs": {name: atom[name].run.info.run_id for name in ("LR", "RF", "LGB")},
            "scores": {name: scores.loc[name].to_dict() for name in ("LR", "RF")},
            "evals": {f"evals_{key}": list(map(float, values)) for key, values in atom.lgb.evals.items()},
            "trials": [float(each) for each in atom.lgb.trials["f1"]],
        }
    )
)
