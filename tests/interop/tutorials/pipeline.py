"""A scikit-learn pipeline, PCA's variance as a param, a pickle as artifact, the best run by search."""

import json
import pickle
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

import mlflow
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X[:600], y[:600], random_state=0)
experiment_id = mlflow.create_experiment("toy_model")


def train(variance):
    with mlflow.start_run(experiment_id=experiment_id, run_name=f"variance {variance}"):
        model = make_pipeline(StandardScaler(), PCA(n_components=variance), LinearRegression()).fit(X_train, y_train)
        mse = mean_squared_error(y_test, model.predict(X_test))
        mlflow.log_param("PCA_VAR", variance)
        mlflow.log_metric("mse_test", mse)
        with open("toy_model.pkl", "wb") as file:
            pickle.dump(model, file)
        mlflow.log_artifact("toy_model.pkl")


for variance in (0.5, 0.65, 0.8, 0.95):
    train(variance)

runs = mlflow.search_runs([experiment_id])
best = runs.loc[runs["metrics.mse_test"].idxmin()]
folder = Path(url2pathname(urlparse(best["artifact_uri"]).path))
loaded = pickle.loads((folder / "toy_model.pkl").read_bytes())
downloaded = Path(mlflow.artifacts.download_artifacts(f"runs:/{best['run_id']}/toy_model.pkl"))
print(
    json.dumps(
        {
            "columns": sorted(name for name in runs.columns if not name.startswith("tags.")),
            "PCA_VAR": runs["params.PCA_VAR"].tolist(),
            "best": [best["params.PCA_VAR"], loaded.named_steps["pca"].n_components],
            "error": round(mean_squared_error(y_test, loaded.predict(X_test)) - best["metrics.mse_test"], 9),
            "downloaded": downloaded.read_bytes() == (folder / "toy_model.pkl").read_bytes(),
        }
    )
)
