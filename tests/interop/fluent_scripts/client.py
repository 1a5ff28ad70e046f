import time

import mlflow

Metric, Param, RunTag = mlflow.entities.Metric, mlflow.entities.Param, mlflow.entities.RunTag

client = mlflow.MlflowClient()
experiment = client.create_experiment("client", tags={"a": "b"})
client.set_experiment_tag(experiment, "n", 5)
client.create_experiment("taken")
run = client.create_run(experiment, start_time=123456, tags={"k": 1, "mlflow.user": "ada"}, run_name="by hand")
print(
    run.info.status,
    run.info.start_time,
    run.info.end_time,
    run.info.run_name,
    run.info.user_id,
    run.info.lifecycle_stage,
)
print(run.data.params, run.data.metrics, sorted(run.data.tags.items()))
run_id = run.info.run_id
client.log_batch(
    run_id,
    metrics=[Metric("m", float(i), 10 + i, i) for i in range(2500)] + [Metric("n", "1.5", 5, 0)],
    params=[Param(f"p{i}", i) for i in range(250)],
    tags=[RunTag(f"t{i}", str(i)) for i in range(250)],
)
client.log_batch(run_id)
client.log_metric(run_id, "m", 7, timestamp=1, step=3)
client.log_metric(run_id, "single", 7)
print(client.log_param(run_id, "q", 1.5))
client.set_tag(run_id, "k", 2)
client.delete_tag(run_id, "t9")
client.update_run(run_id, name="renamed")
print(
    client.get_run(run_id).info.run_name,
    client.get_run(run_id).data.tags["mlflow.runName"],
    client.get_run(run_id).info.status,
)
client.update_run(run_id, status="SCHEDULED")
print(client.get_run(run_id).info.status, client.get_run(run_id).info.end_time)
client.set_terminated(run_id, end_time=999999)
data = client.get_run(run_id)
print(data.info.status, data.info.end_time, data.data.metrics, len(data.data.params), len(data.data.tags))
history = client.get_metric_history(run_id, "m")
print(len(history), history[-1].value, history[-1].step, type(history[0]).__name__)
print({"data", "info"} <= set(data.to_dictionary()), sorted(data.to_dictionary()["data"]))
unnamed = client.create_run(experiment)
print(
    unnamed.info.user_id,
    unnamed.info.run_name == unnamed.data.tags["mlflow.runName"],
    abs(unnamed.info.start_time - time.time() * 1000) < 60000,
)
client.set_tag(unnamed.info.run_id, "mlflow.runName", "named later")
print(client.get_run(unnamed.info.run_id).info.run_name)
client.set_terminated(unnamed.info.run_id, "KILLED")
by_tag = client.create_run(experiment, tags={"mlflow.runName": "by tag", "mlflow.parentRunId": run_id})
print(by_tag.info.run_name, client.get_parent_run(by_tag.info.run_id).info.run_name)
client.set_terminated(by_tag.info.run_id, "FAILED")
for bad in (
    lambda: client.create_run("987654"),
    lambda: client.create_run(experiment, run_name="a", tags={"mlflow.runName": "b"}),
    lambda: client.log_metric(run_id, "m", "word"),
    lambda: client.log_metric("f" * 32, "m", 1),
    lambda: client.log_param(run_id, "q", 2),
    lambda: client.log_batch(run_id, params=[Param("q", "3")]),
    lambda: client.get_run("nothing"),
    lambda: client.delete_run("f" * 32),
    lambda: client.set_tag("f" * 32, "a", 1),
    lambda: client.delete_tag(run_id, "never"),
    lambda: client.rename_experiment(experiment, "taken"),
    lambda: client.set_terminated("f" * 32),
    lambda: client.list_artifacts("f" * 32),
):
    try:
        bad()
        print("accepted")
    except mlflow.exceptions.MlflowException:
        print("refused")
deleted = client.create_run(experiment, run_name="deleted").info.run_id
client.delete_run(deleted)
for bad in (
    lambda: client.log_metric(deleted, "m", 1),
    lambda: client.log_param(deleted, "m", 1),
    lambda: client.set_tag(deleted, "m", 1),
):
    try:
        bad()
        print("accepted")
    except mlflow.exceptions.MlflowException:
        print("refused")
