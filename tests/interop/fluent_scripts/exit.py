import os

import mlflow

os.environ["MLFLOW_EXPERIMENT_NAME"] = "from the environment"
mlflow.start_run(run_name="left open")
mlflow.log_metric("m", 1)
