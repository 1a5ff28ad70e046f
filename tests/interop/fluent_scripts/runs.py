import mlflow

with mlflow.start_run(run_name="parent", tags={"team": "blue", "n": 3}, description="# A note") as parent:
    mlflow.log_param("depth", 3)
    with mlflow.start_run(run_name="child 1", nested=True) as child:
        mlflow.log_param("depth", 4)
        print(mlflow.active_run().info.run_id == child.info.run_id)
        with mlflow.start_run(run_name="grandchild", nested=True):
            mlflow.log_metric("m", 1)
    print(mlflow.active_run().info.run_id == parent.info.run_id)
    try:
        mlflow.start_run(run_name="never")
    except Exception as error:
        print("refused", "already active" in str(error))
print(mlflow.active_run(), mlflow.last_active_run().info.run_name, mlflow.last_active_run().info.status)
print(mlflow.get_parent_run(child.info.run_id).info.run_name, mlflow.get_parent_run(parent.info.run_id))

with mlflow.start_run(run_name="child of the ended", parent_run_id=parent.info.run_id):
    pass

try:
    with mlflow.start_run(run_name="broken"):
        mlflow.log_metric("before", 1)
        raise RuntimeError("boom")
except RuntimeError as error:
    print("saw", error)
try:
    with mlflow.start_run(run_name="interrupted"):
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("interrupted", mlflow.active_run())

mlflow.start_run(run_name="killed")
mlflow.end_run("KILLED")
mlflow.end_run()

with mlflow.start_run(run_id=parent.info.run_id, tags={"again": True}, description="second note") as resumed:
    print(resumed.info.status, resumed.data.params, resumed.data.tags["again"])
    mlflow.log_param("late", "yes")
ended = mlflow.get_run(parent.info.run_id)
print(ended.info.status, sorted(ended.data.params.items()), ended.info.end_time >= ended.info.start_time)

mlflow.start_run(run_name="removed")
mlflow.end_run()
removed = mlflow.last_active_run().info.run_id
mlflow.delete_run(removed)
print(
    mlflow.get_run(removed).info.lifecycle_stage,
    mlflow.search_runs(filter_string="attributes.run_name = 'removed'").shape,
)
try:
    mlflow.start_run(run_id=removed)
except Exception as error:
    print("deleted" in str(error), mlflow.active_run())
with mlflow.start_run(run_name="brought back"):
    pass
back = mlflow.last_active_run().info.run_id
mlflow.delete_run(back)
client = mlflow.MlflowClient()
client.restore_run(back)
print(mlflow.get_run(back).info.lifecycle_stage)

implicit = mlflow.log_param("without", "start_run")
print(implicit, mlflow.active_run().info.status)
mlflow.set_tag("mlflow.runName", "implicit")
