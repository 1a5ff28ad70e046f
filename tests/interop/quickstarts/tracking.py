"""The calls of MLflow's tracking quickstart: autolog, then params, metric, tag and model by hand, found and loaded."""

import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

X, y = load_iris(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
params = {"solver": "lbfgs", "max_iter": 1000, "random_state": 8888}

mlflow.set_experiment("MLflow Quickstart")
mlflow.sklearn.autolog()
LogisticRegression(**params).fit(X_train, y_train)
automatic = mlflow.last_active_run()
print(sorted(automatic.data.params), sorted(automatic.data.metrics))
mlflow.sklearn.autolog(disable=True)

with mlflow.start_run(run_name="by hand") as run:
    mlflow.log_params(params)
    model = LogisticRegression(**params).fit(X_train, y_train)
    mlflow.log_metric("accuracy", accuracy_score(y_test, model.predict(X_test)))
    mlflow.set_tag("Training Info", "Basic LR model for iris data")
    signature = mlflow.models.infer_signature(X_train, model.predict(X_train))
    model_info = mlflow.sklearn.log_model(
        sk_model=model, name="iris_model", signature=signature, input_example=X_train.head(2)
    )

loaded = mlflow.pyfunc.load_model(model_info.model_uri)
print(list(loaded.predict(X_test)) == list(model.predict(X_test)))
print(type(mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/iris_model")).__name__)

found = mlflow.search_runs(
    experiment_names=["MLflow Quickstart"],
    filter_string="metrics.accuracy > 0.9 and tags.`Training Info` LIKE 'Basic%'",
    order_by=["metrics.accuracy DESC"],
)
print(found["run_id"].tolist() == [run.info.run_id], found["params.solver"].tolist())
print(mlflow.MlflowClient().get_run(run.info.run_id).data.metrics)
