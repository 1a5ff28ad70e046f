import os

import mlflow

print(mlflow.get_experiment("0").name)
first = mlflow.set_experiment("first")
print(first.name, first.lifecycle_stage, first.tags, os.environ["MLFLOW_EXPERIMENT_ID"] == first.experiment_id)
mlflow.set_experiment_tag("goal", 0.9)
mlflow.set_experiment_tags({"a": 1, "b": "two"})
mlflow.delete_experiment_tag("a")
with mlflow.start_run(run_name="in first") as run:
    print(run.info.experiment_id == first.experiment_id)
second = mlflow.create_experiment("second", tags={"k": "v"})
with mlflow.start_run(run_name="in second", experiment_id=second):
    mlflow.log_metric("x", 1)
with mlflow.start_run(run_name="still first"):
    pass
print(mlflow.get_experiment(second).tags, mlflow.get_experiment_by_name("nobody"))
for bad in (
    lambda: mlflow.create_experiment("second"),
    lambda: mlflow.create_experiment(""),
    lambda: mlflow.create_experiment(None),
    lambda: mlflow.get_experiment("987654321"),
    lambda: mlflow.set_experiment(),
    lambda: mlflow.set_experiment("a", "b"),
    lambda: mlflow.set_experiment(experiment_id="987654321"),
    lambda: mlflow.delete_experiment_tag("never there"),
    lambda: mlflow.start_run(experiment_id="987654321"),
    lambda: mlflow.get_run("0" * 32),
    lambda: mlflow.start_run(run_id="0" * 32),
):
    try:
        bad()
        print("accepted")
    except mlflow.exceptions.MlflowException:
        print("refused")
client = mlflow.MlflowClient()
client.rename_experiment(second, "renamed")
print(mlflow.get_experiment(second).name)
third = mlflow.create_experiment("third")
with mlflow.start_run(run_name="in third", experiment_id=third) as run:
    pass
mlflow.delete_experiment(third)
print(mlflow.get_experiment(third).lifecycle_stage, mlflow.get_experiment_by_name("third").lifecycle_stage)
for bad in (lambda: mlflow.set_experiment("third"), lambda: mlflow.start_run(experiment_id=third)):
    try:
        bad()
        print("accepted")
    except mlflow.exceptions.MlflowException:
        print("refused")
fourth = mlflow.create_experiment("fourth")
mlflow.delete_experiment(fourth)
client.restore_experiment(fourth)
V = mlflow.entities.ViewType
for view in (V.ACTIVE_ONLY, V.DELETED_ONLY, V.ALL):
    print(sorted(e.name for e in mlflow.search_experiments(view)))
for filter_string in (
    "name = 'first'",
    "name != 'first'",
    "name LIKE 'f%'",
    "name ILIKE 'F%' AND tags.goal = '0.9'",
    "tags.k = 'v'",
    "tags.k != 'v'",
    "tags.k LIKE '%'",
    'attribute.name = "renamed"',
    "creation_time > 0",
    "creation_time < 5",
    "tags.`k` IS NULL",
    "tags.k IS NOT NULL",
    f"experiment_id IN ('{second}', 'x')",
    f"experiment_id NOT IN ('{second}')",
):
    print(
        filter_string.replace(second, "2"),
        [e.name for e in mlflow.search_experiments(filter_string=filter_string, order_by=["name"])],
    )
for order in (["name"], ["name DESC"], ["name ASC", "creation_time DESC"]):
    print(order, [e.name for e in mlflow.search_experiments(order_by=order)])
print([e.name for e in mlflow.search_experiments(order_by=["name"], max_results=2)])
page = client.search_experiments(max_results=2, order_by=["name"])
print(
    [e.name for e in page],
    [e.name for e in client.search_experiments(max_results=9, order_by=["name"], page_token=page.token)],
)
for bad in ("name > 'a'", "foo = 'x'", "name = first", "name", "name = 'a' OR name = 'b'"):
    try:
        mlflow.search_experiments(filter_string=bad)
        print("accepted", bad)
    except mlflow.exceptions.MlflowException:
        print("refused", bad)
