import math

import numpy as np

import mlflow

with mlflow.start_run(run_name="values"):
    mlflow.log_metric("plain", 0.5)
    mlflow.log_metric("plain", 0.25, step=1)
    mlflow.log_metric("plain", 0.75, 2)
    for step in (5, 3, 4):
        mlflow.log_metric("out/of order", step / 10, step=step, timestamp=1000 + step)
    mlflow.log_metric("tie", 1, step=7, timestamp=50)
    mlflow.log_metric("tie", 3, step=7, timestamp=50)
    mlflow.log_metric("tie", 2, step=7, timestamp=50)
    for value in (math.inf, -math.inf, math.nan):
        mlflow.log_metric("odd", value, step=0, timestamp=7)
    mlflow.log_metric("negative step", 1.0, step=-3)
    for i, value in enumerate((True, 3, "0.5", "1e-3", np.float32(0.1), np.int64(4), np.array([2.5]), np.array(1.5))):
        mlflow.log_metric("types", value, step=i, timestamp=9)
    mlflow.log_metrics({"a": 1, "b": 2.5, "c": "3"}, step=4, timestamp=11)
    mlflow.log_metrics({"a": np.float64(1e-300), "b": np.nan}, step=5, timestamp=12)
    for bad in ("abc", None, [1, 2], np.array([1.0, 2.0]), {}):
        try:
            mlflow.log_metric("bad", bad)
            print("stored", bad)
        except Exception as error:
            print("refused", type(bad).__name__)
    for key in ("", "/lead", "a//b", "a/../b", "emoji 😀", "x" * 251, "quote'"):
        try:
            mlflow.log_metric(key, 1.0)
            print("stored", key)
        except Exception:
            print("refused key", key[:8])
    print(mlflow.log_param("p", 0.1), mlflow.log_param("p", 0.1))
    try:
        mlflow.log_param("p", 0.2)
    except Exception as error:
        print("immutable")
    mlflow.log_param("none", None)
    mlflow.log_param("list", [1, "a", None])
    mlflow.log_param("multi", "line 1\nline 2\r\n\ttab ünïcode 日本語 😀")
    mlflow.log_param("日本語", "key")
    mlflow.log_param("with:colon and/slash", "")
    mlflow.log_params({"x": 1, "y": {"z": True}, "long": "é" * 7000})
    mlflow.set_tag("t", 1)
    mlflow.set_tag("t", None)
    mlflow.set_tags({"u": [1], "v/w": "x", "gone": 1})
    mlflow.delete_tag("gone")
    try:
        mlflow.delete_tag("never there")
    except Exception:
        print("no such tag")
    operation = mlflow.log_metric("async", 1, synchronous=False, timestamp=5)
    operation.wait()
    mlflow.log_params({"later": 1}, synchronous=False).wait()
    mlflow.set_tags({"later": 1}, synchronous=False).wait()
    run_id = mlflow.active_run().info.run_id
mlflow.log_metric("after the end", 1.0, run_id=run_id, timestamp=3)
mlflow.log_params({"after": "the end"}, run_id=run_id)
data = mlflow.get_run(run_id).data
print(sorted(data.metrics.items()))
print({k: v for k, v in sorted(data.params.items()) if k != "long"}, len(data.params["long"]))
print(sorted((k, v) for k, v in data.tags.items() if not k.startswith(("mlflow.", "nbtrack."))))
for name in ("tie", "odd", "out/of order", "missing"):
    print(name, [(m.key, m.value, m.step, m.timestamp) for m in mlflow.MlflowClient().get_metric_history(run_id, name)])
try:
    mlflow.MlflowClient().get_metric_history("0" * 32, "tie")
except Exception:
    print("no such run")
