# %%
import json
import pickle
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nbtrack

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X[:600], y[:600], random_state=0)
# %% 'variance 0.5' -e toy_model
PCA_VAR = 0.5
model = make_pipeline(StandardScaler(), PCA(n_components=PCA_VAR), LinearRegression()).fit(X_train, y_train)
mse_test = mean_squared_error(y_test, model.predict(X_test))
with open("toy_model.pkl", "wb") as file:
    pickle.dump(model, file)
nbtrack.log_artifact("toy_model.pkl")
# %% 'variance 0.65' -e toy_model
PCA_VAR = 0.65
model = make_pipeline(StandardScaler(), PCA(n_components=PCA_VAR), LinearRegression()).fit(X_train, y_train)
mse_test = mean_squared_error(y_test, model.predict(X_test))
with open("toy_model.pkl", "wb") as file:
    pickle.dump(model, file)
nbtrack.log_artifact("toy_model.pkl")
# %% 'variance 0.8' -e toy_model
PCA_VAR = 0.8
model = make_pipeline(StandardScaler(), PCA(n_components=PCA_VAR), LinearRegression()).fit(X_train, y_train)
mse_test = mean_squared_error(y_test, model.predict(X_test))
with open("toy_model.pkl", "wb") as file:
    pickle.dump(model, file)
nbtrack.log_artifact("toy_model.pkl")
# %% 'variance 0.95' -e toy_model
PCA_VAR = 0.95
model = make_pipeline(StandardScaler(), PCA(n_components=PCA_VAR), LinearRegression()).fit(X_train, y_train)
mse_test = mean_squared_error(y_test, model.predict(X_test))
with open("toy_model.pkl", "wb") as file:
    pickle.dump(model, file)
nbtrack.log_artifact("toy_model.pkl")
# %%
runs = nbtrack.search_runs(experiment_names=["toy_model"])
best = runs.loc[runs["metrics.mse_test"].idxmin()]
loaded = pickle.loads(Path(nbtrack.artifacts.download_artifacts(f"runs:/{best['run_id']}/toy_model.pkl")).read_bytes())
print(
    json.dumps(
        {
            "PCA_VAR": runs["params.PCA_VAR"].tolist(),
            "best": [best["params.PCA_VAR"], loaded.named_steps["pca"].n_components],
            "error": round(mean_squared_error(y_test, loaded.predict(X_test)) - best["metrics.mse_test"], 9),
        }
    )
)
