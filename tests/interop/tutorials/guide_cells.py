# %%
import json

import lightgbm
import xgboost
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, mean_squared_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import nbtrack

X, y = load_digits(return_X_y=True)
X, y = X[:300], (y[:300] > 4).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
# %% 'by hand' -e 'by hand'
n_estimators, depth, name = 10, 3, "forest"
rmse, mae, r2 = sum([20, 0.148]), sum([15, 0.5]), sum([0, 0.25])
for step in range(3):
    nbtrack.log_metric("loss", 1 / (step + 1), step=step)
nbtrack.set_tag("label", "conv")
# %% forest -e autologs
forest = RandomForestRegressor(n_estimators=5, random_state=0).fit(X_train, y_train)
test_mse = mean_squared_error(y_test, forest.predict(X_test))
# %% search -e autologs
search = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 4]}, cv=2).fit(X_train, y_train)
# %% pipeline -e autologs
model = Pipeline([("scale", StandardScaler()), ("clf", LogisticRegression(max_iter=500))]).fit(X_train, y_train)
# %% xgboost.train -e autologs
train, test = xgboost.DMatrix(X_train, y_train), xgboost.DMatrix(X_test, y_test)
params = {"objective": "binary:logistic", "max_depth": 2, "eta": 0.5, "eval_metric": "logloss"}
booster = xgboost.train(params, train, 5, evals=[(train, "train"), (test, "valid")], verbose_eval=False)
acc = accuracy_score(y_test, booster.predict(test) > 0.5)
# %% XGBClassifier -e autologs
model = xgboost.XGBClassifier(n_estimators=5, max_depth=2)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
# %% lightgbm.train -e autologs
train = lightgbm.Dataset(X_train, y_train)
params = {"objective": "binary", "num_leaves": 4, "metric": "binary_logloss", "verbosity": -1}
booster = lightgbm.train(params, train, 5, valid_sets=[train, lightgbm.Dataset(X_test, y_test, reference=train)])
# %% LGBMClassifier -e autologs
model = lightgbm.LGBMClassifier(n_estimators=5, num_leaves=4, verbosity=-1)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)])
# %%
found = nbtrack.search_runs(search_all_experiments=True, filter_string="metrics.rmse < 21 AND params.depth = '3'")
print(json.dumps({"found": found["tags.label"].tolist(), "active": nbtrack.active_run() is None}))
