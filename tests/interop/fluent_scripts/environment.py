import os

import mlflow

print(mlflow.get_tracking_uri().startswith("file://"), mlflow.is_tracking_uri_set())
os.environ["MLFLOW_EXPERIMENT_NAME"] = "named"
with mlflow.start_run(run_name="first") as run:
    print(mlflow.get_experiment(run.info.experiment_id).name)
named = run.info.experiment_id
os.environ["MLFLOW_EXPERIMENT_ID"] = "0"
try:
    mlflow.start_run()
except mlflow.exceptions.MlflowException:
    print("they contradict")
del os.environ["MLFLOW_EXPERIMENT_NAME"]
with mlflow.start_run(run_name="second") as run:
    print(mlflow.get_experiment(run.info.experiment_id).name, mlflow.get_experiment("0").name)
os.environ["MLFLOW_EXPERIMENT_ID"] = "31415926"
try:
    mlflow.start_run()
except mlflow.exceptions.MlflowException:
    print("no such experiment")
del os.environ["MLFLOW_EXPERIMENT_ID"]
os.environ["MLFLOW_RUN_ID"] = run.info.run_id
with mlflow.start_run(run_name="resumed"):
    print(mlflow.active_run().info.run_id == run.info.run_id, "MLFLOW_RUN_ID" in os.environ)
here = mlflow.get_tracking_uri()
mlflow.set_tracking_uri("elsewhere")
print(mlflow.get_tracking_uri(), os.environ["MLFLOW_TRACKING_URI"])
with mlflow.start_run(run_name="over there"):
    pass
print(os.path.isdir("elsewhere"), mlflow.search_runs().shape[0])
mlflow.set_tracking_uri(here)
print(mlflow.search_runs(["0"]).shape[0])
