"""Five tips for `start_run` and `search_runs`: run_id, experiments, names, nested runs, and pandas on the result."""

import json
import pickle
from datetime import date

import mlflow
import pandas as pd
from mlflow.client import MlflowClient
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import GridSearchCV, train_test_split

X, y = load_diabetes(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

mlflow.sklearn.autolog(log_models=True)
with mlflow.start_run(run_name="first") as first:
    model = Ridge(alpha=0.5).fit(X_train, y_train)
    mlflow.log_metric("mse", mean_squared_error(y_test, pd.Series(model.predict(X_test)).to_numpy()))
again = mlflow.sklearn.load_model(f"runs:/{first.info.run_id}/model")
mlflow.sklearn.autolog(log_models=False)

# 1: a finished run is opened again by its id
with mlflow.start_run(run_id=first.info.run_id, description="looked at again"):
    mlflow.log_metric("r2_later", r2_score(y_test.to_numpy(), again.predict(X_test)))
    mlflow.set_tag("later", "yes")

# 2: experiments, by the one that is set and by their ids
ridge = mlflow.set_experiment("Ridge")
other = mlflow.create_experiment("Other")
with mlflow.start_run(run_name="set"):
    Ridge(alpha=1.0).fit(X_train, y_train)
with mlflow.start_run(experiment_id=other, run_name="by id"):
    Ridge(alpha=2.0).fit(X_train, y_train)

# 3: names, which need not be unique
for alpha in (0.1, 0.2):
    with mlflow.start_run(run_name="Ridge Regression"):
        Ridge(alpha=alpha).fit(X_train, y_train)

# 4: nested runs, by a search, by hand, and added later
with mlflow.start_run(run_name="search"):
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0, 10.0]}, cv=2).fit(X_train, y_train)
    mlflow.log_metric("mse", mean_squared_error(y_test, search.predict(X_test)))
with mlflow.start_run(run_name="parent") as parent:
    for alpha in (0.3, 0.4):
        with mlflow.start_run(run_name=f"alpha {alpha}", nested=True):
            model = Ridge(alpha=alpha).fit(X_train, y_train)
            mlflow.log_metric("mse", mean_squared_error(y_test, model.predict(X_test)))
with mlflow.start_run(run_id=parent.info.run_id), mlflow.start_run(run_name="alpha 0.5", nested=True):
    Ridge(alpha=0.5).fit(X_train, y_train)

# 5: search_runs and pandas
runs = mlflow.search_runs(experiment_names=["Ridge"], order_by=["attributes.start_time ASC"])
runs["start_date"] = runs["start_time"].dt.date
if "tags.mlflow.rootRunId" not in runs:  # as MLflow on a folder or a database, the article ran on Databricks
    children = runs["tags.mlflow.parentRunId"]
    runs["tags.mlflow.rootRunId"] = children.fillna(runs["run_id"].where(runs["run_id"].isin(children)))
runs["is_nested_parent"] = (runs["run_id"] == runs["tags.mlflow.rootRunId"]).astype(int)
runs["is_nested_child"] = (runs["tags.mlflow.rootRunId"].notna() & ~runs["is_nested_parent"].astype(bool)).astype(int)
wanted = ["run_id", "experiment_id", "status", "start_time", "metrics.mse", "tags.mlflow.source.type", "params.alpha"]
subset = runs[[*wanted, "tags.mlflow.runName", "tags.estimator_name", "tags.mlflow.rootRunId", "is_nested_parent"]]
subset.to_csv("runs.csv", index=False)
best = runs.sort_values("metrics.mse")["tags.mlflow.runName"].iloc[0]
print(
    json.dumps(
        {
            "alphas": [
                pickle.loads(pickle.dumps(again)).alpha,
                MlflowClient().get_run(first.info.run_id).data.params["alpha"],
            ],
            "dates": [bool(n == len(runs)) for n in runs.groupby("start_date").size()],
            "today": bool((runs["start_date"] <= date.max).all()),
            "estimators": runs.groupby("tags.estimator_name").size().to_dict(),
            "nested": [int(runs["is_nested_parent"].sum()), int(runs["is_nested_child"].sum())],
            "types": runs["tags.mlflow.source.type"].unique().tolist(),
            "dtypes": {name: str(runs[name].dtype) for name in ("run_id", "start_time", "metrics.mse", "params.alpha")},
            "best": best,
            "csv": [list(pd.read_csv("runs.csv").columns), len(pd.read_csv("runs.csv"))],
            "of other": mlflow.search_runs([other])["params.alpha"].tolist(),
            "ridge": ridge.name,
        }
    )
)
