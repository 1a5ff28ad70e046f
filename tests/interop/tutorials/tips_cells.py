# %%
import json

from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import GridSearchCV, train_test_split

import nbtrack

X, y = load_diabetes(return_X_y=True, as_frame=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
# %% first
model = Ridge(alpha=0.5).fit(X_train, y_train)
mse = mean_squared_error(y_test, model.predict(X_test))
# %%
(first,) = nbtrack.search_runs(search_all_experiments=True)["run_id"]
with nbtrack.start_run(run_id=first, description="looked at again"):
    nbtrack.log_metric("r2_later", r2_score(y_test, model.predict(X_test)))
    nbtrack.set_tag("later", "yes")
# %% 'by id' -e Other
model = Ridge(alpha=2.0).fit(X_train, y_train)
# %% set
nbtrack.set_experiment("Ridge")
model = Ridge(alpha=1.0).fit(X_train, y_train)
# %% 'Ridge Regression'
model = Ridge(alpha=0.1).fit(X_train, y_train)
# %% 'Ridge Regression'
model = Ridge(alpha=0.2).fit(X_train, y_train)
# %% search
search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0, 10.0]}, cv=2).fit(X_train, y_train)
mse = mean_squared_error(y_test, search.predict(X_test))
# %% parent
for alpha in (0.3, 0.4):
    with nbtrack.start_run(run_name=f"alpha {alpha}", nested=True):
        model = Ridge(alpha=alpha).fit(X_train, y_train)
        nbtrack.log_metric("mse", mean_squared_error(y_test, model.predict(X_test)))
# %%
parent = nbtrack.search_runs(filter_string="attributes.run_name = 'parent'")["run_id"].item()
with nbtrack.start_run(run_id=parent), nbtrack.start_run(run_name="alpha 0.5", nested=True):
    nbtrack.autolog(log_models=False)
    model = Ridge(alpha=0.5).fit(X_train, y_train)
    nbtrack.autolog(disable=True)
# %%
runs = nbtrack.search_runs(experiment_names=["Ridge"], order_by=["attributes.start_time ASC"])
parents = runs["run_id"] == runs["tags.mlflow.rootRunId"]
children = runs["tags.mlflow.rootRunId"].notna() & ~parents
print(
    json.dumps(
        {
            "estimators": runs.groupby("tags.estimator_name").size().to_dict(),
            "nested": [int(parents.sum()), int(children.sum())],
            "best": runs.sort_values("metrics.mse")["tags.mlflow.runName"].iloc[0],
        }
    )
)
