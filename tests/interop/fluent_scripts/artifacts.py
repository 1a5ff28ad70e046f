import io
import os
import pathlib

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import mlflow

os.makedirs("folder/sub", exist_ok=True)
pathlib.Path("folder/a.txt").write_text("a\r\nb")
pathlib.Path("folder/sub/b.bin").write_bytes(bytes(range(256)))
mlflow.set_experiment("artifacts")
with mlflow.start_run(run_name="artifacts") as run:
    mlflow.log_artifact("folder/a.txt")
    mlflow.log_artifact("folder/a.txt", "deep/er")
    mlflow.log_artifact("folder", "whole")
    mlflow.log_artifact("folder")
    mlflow.log_artifacts("folder")
    mlflow.log_artifacts("folder", "content")
    mlflow.log_text("héllo\n", "text/greeting.txt")
    mlflow.log_text("<b>page</b>", "page.html")
    mlflow.log_dict({"b": [1, 2.5, None], "a": {"é": True}}, "dict.json")
    mlflow.log_dict({"b": [1, 2.5, None], "a": {"é": True}}, "dict.yml")
    mlflow.log_dict([1, {"when": pathlib.PurePosixPath("x")}], "list")
    mlflow.log_stream(io.BytesIO(b"s" * 20000), "stream.bin")
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    mlflow.log_figure(figure, "figures/plot.png", save_kwargs={"metadata": {"Software": None}})
    mlflow.log_image(np.arange(48, dtype=np.uint8).reshape(4, 4, 3), "image.png")
    mlflow.log_image(np.linspace(0, 1, 16).reshape(4, 4), "grey.png")
    mlflow.log_image(np.ones((3, 5, 1), dtype=bool), "bool.png")
    mlflow.log_image(np.zeros((300, 600), np.uint8), key="dogs/big one", step=3, timestamp=5, synchronous=True)
    mlflow.log_table({"x": [1, 2], "s": ["a", "ü"]}, "tables/t.json")
    mlflow.log_table({"x": 3, "s": "c"}, "tables/t.json")
    mlflow.log_table(pd.DataFrame({"when": pd.to_datetime(["2024-01-02"]), "f": [0.1]}), "frame.json")
    for bad in (
        lambda: mlflow.log_artifact("no such file"),
        lambda: mlflow.log_table({"a": [1]}, "t.csv"),
        lambda: mlflow.log_table({"a": [1]}, "a:b.json"),
        lambda: mlflow.log_table([1], "t.json"),
        lambda: mlflow.log_image(np.zeros((2, 2)), "a.png", key="k"),
        lambda: mlflow.log_image(np.zeros((2, 2))),
        lambda: mlflow.log_image(np.zeros((2, 2, 5)), "a.png"),
        lambda: mlflow.log_image("text", "a.png"),
        lambda: mlflow.log_image(np.array([[-1]]), "a.png"),
        lambda: mlflow.log_image(np.zeros((2, 2)), key="a:b"),
        lambda: mlflow.log_figure("text", "a.png"),
        lambda: mlflow.log_text("out", "../out.txt"),
    ):
        try:
            bad()
            print("accepted")
        except Exception as error:
            print("refused", isinstance(error, TypeError))
    uri = mlflow.get_artifact_uri()
    print(
        uri.startswith("file://"),
        uri.endswith(f"{run.info.run_id}/artifacts"),
        mlflow.get_artifact_uri("a/b")[len(uri) :],
    )
with mlflow.start_run(run_name="second table"):
    mlflow.log_table({"x": [9], "s": ["z"]}, "tables/t.json")
run_id = run.info.run_id


def show(files):
    print([(f.path, f.is_dir, f.file_size) for f in files])


client = mlflow.MlflowClient()
show(mlflow.artifacts.list_artifacts(run_id=run_id))
show(client.list_artifacts(run_id, "folder"))
show(client.list_artifacts(run_id, "text/greeting.txt"))
show(client.list_artifacts(run_id, "nothing here"))
print(pathlib.Path(mlflow.artifacts.download_artifacts(f"runs:/{run_id}/text/greeting.txt")).read_text("utf-8"))
copied = client.download_artifacts(run_id, "folder", dst_path=".")
print(os.path.relpath(copied), sorted(str(p.relative_to(copied)) for p in pathlib.Path(copied).rglob("*")))
print(mlflow.artifacts.load_text(f"runs:/{run_id}/page.html"), mlflow.artifacts.load_dict(f"runs:/{run_id}/dict.json"))
print(mlflow.artifacts.load_image(f"runs:/{run_id}/image.png").size)
try:
    client.download_artifacts(run_id, "nothing here")
    print("accepted")
except Exception:
    print("refused")
print(mlflow.load_table("tables/t.json").to_csv())
table = mlflow.load_table("tables/t.json", run_ids=[run_id], extra_columns=["status", "tags.mlflow.runName"])
print(table.to_csv())
try:
    mlflow.load_table("tables/none.json")
except mlflow.exceptions.MlflowException:
    print("no table")
