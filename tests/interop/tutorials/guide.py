"""What a guide shows of logging by hand and of the autologs of scikit-learn, XGBoost and LightGBM."""

import json

import lightgbm
import mlflow
import mlflow.lightgbm
import mlflow.sklearn
import mlflow.xgboost
import xgboost
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

X, y = load_digits(return_X_y=True)
X, y = X[:300], (y[:300] > 4).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)

mlflow.set_experiment("by hand")
with mlflow.start_run(run_name="by hand"):
    mlflow.log_param("n_estimators", 10)
    mlflow.log_params({"depth": 3, "name": "forest"})
    mlflow.log_metric("rmse", 20.148)
    mlflow.log_metrics({"mae": 15.5, "r2": 0.25})
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.set_tag("label", "conv")

mlflow.set_experiment("autologs")
mlflow.sklearn.autolog(log_models=False)
with mlflow.start_run(run_name="forest"):
    forest = RandomForestRegressor(n_estimators=5, random_state=0).fit(X_train, y_train)
    mlflow.log_metric("test_mse", mean_squared_error(y_test, forest.predict(X_test)))
with mlflow.start_run(run_name="search"):
    GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 4]}, cv=2).fit(X_train, y_train)
mlflow.start_run(run_name="pipeline")
Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression(max_iter=500))]).fit(X_train, y_train)
mlflow.end_run()
mlflow.sklearn.autolog(disable=True)

mlflow.xgboost.autolog(log_models=False)
with mlflow.start_run(run_name="xgboost.train"):
    train, test = xgboost.DMatrix(X_train, y_train), xgboost.DMatrix(X_test, y_test)
    params = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.5, "eval_metric": "logloss"}
    booster = xgboost.train(params, train, 5, evals=[(train, "train"), (test, "valid")], verbose_eval=False)
    mlflow.log_metric("acc", accuracy_score(y_test, booster.predict(test) > 0.5))
with mlflow.start_run(run_name="XGBClassifier"):
    xgboost.XGBClassifier(n_estimators=5, max_depth=2).fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)

mlflow.lightgbm.autolog(log_models=False)
with mlflow.start_run(run_name="lightgbm.train"):
    train = lightgbm.Dataset(X_train, y_train)
    params = {"objective": "binary", "num_leaves": 4, "metric": "binary_logloss", "verbosity": -1}
    lightgbm.train(params, train, 5, valid_sets=[train, lightgbm.Dataset(X_test, y_test, reference=train)])
with mlflow.start_run(run_name="LGBMClassifier"):
    lightgbm.LGBMClassifier(n_estimators=5, num_leaves=4, verbosity=-1).fit(
        X_train, y_train, eval_set=[(X_test, y_test)]
    )

found = mlflow.search_runs(search_all_experiments=True, filter_string="metrics.rmse < 21 AND params.depth = '3'")
print(json.dumps({"found": found["tags.label"].tolist(), "active": mlflow.active_run() is None}))
