import mlflow

mlflow.set_experiment("search")
client = mlflow.MlflowClient()
experiment = mlflow.get_experiment_by_name("search").experiment_id
other = mlflow.create_experiment("other")
for i in range(6):
    run = client.create_run(experiment, start_time=1000 * i + 500, run_name=f"run {i}", tags={"even": i % 2 == 0})
    run_id = run.info.run_id
    client.log_param(run_id, "lr", 10.0**-i)
    if i % 3 == 0:
        client.log_param(run_id, "third", "yes")
    for step in range(3):
        client.log_metric(run_id, "loss", (i * 7 % 5) + 1 / (step + 1), timestamp=step, step=step)
    if i == 4:
        client.log_metric(run_id, "loss", float("nan"), timestamp=9, step=9)
    if i > 2:
        client.log_metric(run_id, "acc/top 1", i / 10, timestamp=1, step=0)
    if i < 5:
        client.set_terminated(run_id, "FAILED" if i == 1 else "FINISHED", end_time=1000 * i + 900)
one = client.create_run(other, start_time=1, run_name="elsewhere").info.run_id
client.set_terminated(one, end_time=2)
gone = client.create_run(experiment, start_time=2, run_name="gone").info.run_id
client.delete_run(gone)

HIDDEN = ["run_id", "experiment_id", "artifact_uri"]


def show(frame):
    families = [c.split(".")[0] for c in frame.columns]
    print(families, list(frame.columns[:6]))
    print({c: str(t) for c, t in sorted(frame.dtypes.items())})
    print(frame.drop(columns=HIDDEN)[sorted(c for c in frame.columns if c not in HIDDEN)].to_csv())
    print(frame.index)


show(mlflow.search_runs())
show(mlflow.search_runs([experiment, other]))
show(mlflow.search_runs(search_all_experiments=True, order_by=["start_time"]))
show(mlflow.search_runs(experiment_names=["other", "search"], max_results=2))
show(mlflow.search_runs(filter_string="metrics.nothing > 1"))
show(mlflow.search_runs([other], filter_string="attributes.status = 'FINISHED'"))
show(mlflow.search_runs(filter_string="run_name = 'run 5'"))
show(mlflow.search_runs(run_view_type=mlflow.entities.ViewType.DELETED_ONLY))
show(mlflow.search_runs(run_view_type=mlflow.entities.ViewType.ALL, order_by=["run_name DESC"]))
for text, order in (
    ("metrics.loss < 3", ["metrics.loss ASC"]),
    ("", ["metrics.loss DESC"]),
    ("params.third = 'yes'", ["params.lr"]),
    ("params.third != 'yes'", None),
    ("metrics.`acc/top 1` >= 0.4 and tags.even = 'True'", None),
    ("status = 'FINISHED' AND start_time > 2000", ["end_time DESC"]),
    ("tags.mlflow.runName LIKE 'run%'", ["tags.even", "metrics.`acc/top 1` DESC"]),
    ("run_name ILIKE 'RUN _'", ["attributes.start_time ASC"]),
):
    found = mlflow.search_runs(filter_string=text, order_by=order, output_format="list")
    print(text, order, [run.info.run_name for run in found])
page = client.search_runs([experiment], order_by=["start_time"], max_results=4)
print(len(page), bool(page.token), [r.info.run_name for r in page], type(page).__name__)
rest = client.search_runs([experiment], order_by=["start_time"], max_results=4, page_token=page.token)
print([r.info.run_name for r in rest], rest.token)
print(len(client.search_runs([experiment], max_results=6)), client.search_runs([experiment], max_results=6).token)
print([r.info.run_name for r in client.search_runs(["12345"])], mlflow.search_runs(["12345"]).shape)
for bad in (
    lambda: mlflow.search_runs(filter_string="metrics.loss = 'x'"),
    lambda: mlflow.search_runs(filter_string="metrics.loss >"),
    lambda: mlflow.search_runs(order_by=["metrics.loss UP"]),
    lambda: mlflow.search_runs(order_by="metrics.loss"),
    lambda: mlflow.search_runs([experiment], experiment_names=["search"]),
    lambda: mlflow.search_runs(output_format="csv"),
    lambda: client.search_runs([experiment], max_results=50001),
    lambda: client.search_runs([experiment], page_token="junk"),
):
    try:
        bad()
        print("accepted")
    except Exception as error:
        print("refused")
