import warnings

import numpy as np
import pandas as pd

import mlflow

warnings.simplefilter("ignore")  # MLflow's hint on integer columns
frame = pd.DataFrame(
    {
        "x": [1.0, 2.0, np.nan],
        "n": [1, 2, 3],
        "s": ["a", "b", "é"],
        "b": [True, False, True],
        "o": ["a", None, "c"],
        "t": pd.to_datetime(["2020-01-01"] * 3),
        "f": np.float32([1, 2, 3]),
        "small": np.int8([1, 2, 3]),
    }
)
numbers = np.arange(6.0).reshape(2, 3)
DATASETS = {
    "pandas": mlflow.data.from_pandas(frame, source="a.csv", targets="n", name="train set"),
    "web": mlflow.data.from_pandas(frame[["s", "x"]], source="https://example.com/a.csv"),
    "bucket": mlflow.data.from_pandas(frame[["o"]], source="s3://bucket/a.csv", name="b"),
    "digest": mlflow.data.from_pandas(frame[["x"]], source="x.csv", name="d", digest="abc"),
    "tall": mlflow.data.from_pandas(pd.DataFrame({"v": np.arange(20000), "w": ["q"] * 20000}), source="t", name="tall"),
    "array": mlflow.data.from_numpy(numbers, source="a.npy", targets=np.array([1, 2]), name="array"),
    "dict": mlflow.data.from_numpy({"b": numbers, "a": np.array(["x", "yy"])}, source="d.npz", name="dict"),
    "code": mlflow.data.from_pandas(frame[["n"]], name="code"),
}
for name, dataset in DATASETS.items():
    print(name, dataset.name, dataset.digest, dataset.profile)
    with mlflow.start_run(run_name=name):
        mlflow.log_input(dataset, context="training", tags={"split": "a"})
with mlflow.start_run(run_name="several"):
    mlflow.log_inputs([DATASETS["web"], DATASETS["array"]], ["train", None], [None, {"k": "v"}])
    mlflow.log_input(DATASETS["web"])
    for bad in (
        lambda: mlflow.data.from_pandas(frame, targets="nothing"),
        lambda: mlflow.log_inputs([DATASETS["web"]], [], []),
    ):
        try:
            bad()
            print("accepted")
        except mlflow.exceptions.MlflowException:
            print("refused")
for text in (
    "dataset.name = 'array'",
    "dataset.name != 'array'",
    "datasets.name LIKE '%set%'",
    "dataset.context = 'train'",
    "dataset.digest = 'abc' AND run_name = 'digest'",
    "dataset.digest IN ('abc', 'nothing')",
    "dataset.name = 'nothing'",
):
    found = mlflow.search_runs(filter_string=text, order_by=["run_name"], output_format="list")
    print(text, [run.info.run_name for run in found])
