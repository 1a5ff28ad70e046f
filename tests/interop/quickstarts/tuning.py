"""The calls of MLflow's tuning quickstart: a nested run for each trial of Optuna, the best noted on the parent."""

import mlflow
import optuna
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

optuna.logging.set_verbosity(optuna.logging.WARNING)
X, y = load_diabetes(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0)
mlflow.set_experiment("Hyperparameter Tuning Experiment")


def objective(trial):
    with mlflow.start_run(nested=True, run_name=f"trial_{trial.number}") as child_run:
        params = {
            "n_estimators": trial.suggest_int("n_estimators", 5, 20),
            "max_depth": trial.suggest_int("max_depth", 2, 6),
        }
        mlflow.log_params(params)
        model = RandomForestRegressor(random_state=0, **params).fit(X_train, y_train)
        error = mean_squared_error(y_val, model.predict(X_val))
        mlflow.log_metrics({"error": error})
        mlflow.sklearn.log_model(sk_model=model, name="model")
        trial.set_user_attr("run_id", child_run.info.run_id)
        return error


with mlflow.start_run(run_name="study") as run:
    mlflow.log_params({"n_trials": 4})
    study = optuna.create_study(direction="minimize", sampler=optuna.samplers.RandomSampler(seed=1))
    study.optimize(objective, n_trials=4)
    mlflow.log_params({f"best_{name}": value for name, value in study.best_trial.params.items()})
    mlflow.log_metrics({"best_error": study.best_value})
    if best_run_id := study.best_trial.user_attrs.get("run_id"):
        mlflow.set_tag("best_child", mlflow.get_run(best_run_id).info.run_name)
        best = mlflow.sklearn.load_model(f"runs:/{best_run_id}/model")
        print(round(mean_squared_error(y_val, best.predict(X_val)) - study.best_value, 9))

children = mlflow.search_runs(
    experiment_names=["Hyperparameter Tuning Experiment"],
    filter_string=f"tags.mlflow.parentRunId = '{run.info.run_id}'",
    order_by=["metrics.error ASC"],
)
print(children["tags.mlflow.runName"].tolist())

# Epochs, as in the quickstart for networks.
with mlflow.start_run(run_name="epochs"):
    for epoch in range(3):
        mlflow.log_metrics({"train_loss": 1 / (epoch + 1), "val_loss": 2 / (epoch + 1)}, step=epoch)
