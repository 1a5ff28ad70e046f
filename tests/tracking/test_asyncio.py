"""Each asyncio task has its own active run; what it does not own, it finds where it was created."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

import nbtrack
from nbtrack.errors import InvalidValueError
from nbtrack.tracking import active

pytestmark = pytest.mark.usefixtures("store")


def values(key: str = "m") -> dict[str, list[float]]:
    """By run name: the points of one metric; a run without any is left out."""
    client = nbtrack.MlflowClient()
    found = client.search_runs([each.experiment_id for each in nbtrack.search_experiments()])
    named = {str(run.info.run_name): run.info.run_id for run in found if key in run.data.metrics}
    return {name: [point.value for point in client.get_metric_history(one, key)] for name, one in named.items()}


async def job(number: int, *, waits: Callable[[int], Awaitable[object]], nested: bool = False) -> None:
    with nbtrack.start_run(run_name=f"job{number}", nested=nested):
        for step in range(5):
            nbtrack.log_metric("m", 10 * number + step, step=step)
            await waits(step)


@pytest.mark.parametrize("order", ["same", "first ends last", "first ends first"])
@pytest.mark.parametrize("nested", [False, True])
def test_tasks_with_runs_of_their_own_do_not_mix_in_any_order_of_ending(order: str, nested: bool) -> None:
    delays = {"same": [1, 1, 1, 1], "first ends last": [4, 3, 2, 1], "first ends first": [1, 2, 3, 4]}[order]

    async def main() -> None:
        await asyncio.gather(
            *(
                job(number, waits=lambda _, delay=delay: asyncio.sleep(delay / 1000), nested=nested)  # type: ignore[misc]
                for number, delay in enumerate(delays)
            )
        )

    asyncio.run(main())
    assert values() == {f"job{number}": [10.0 * number + step for step in range(5)] for number in range(4)}
    assert active.open_runs() == []


def test_a_task_without_a_run_logs_into_the_one_active_where_it_was_created() -> None:
    async def log(value: float, ready: asyncio.Event) -> None:
        await ready.wait()
        nbtrack.log_metric("m", value)

    async def main() -> None:
        ready = asyncio.Event()
        with nbtrack.start_run(run_name="outer"):
            first = asyncio.create_task(log(1, ready))
            with nbtrack.start_run(run_name="inner", nested=True):
                second = asyncio.create_task(log(2, ready))
                await asyncio.sleep(0)
                ready.set()
                await first
                await second
            nbtrack.log_metric("m", 3)

    asyncio.run(main())
    assert values() == {"outer": [1.0, 3.0], "inner": [2.0]}


def test_a_task_that_outlives_the_run_it_was_created_in_logs_into_no_other() -> None:
    async def late(ready: asyncio.Event) -> None:
        await ready.wait()
        nbtrack.log_metric("m", 1)

    async def main() -> None:
        ready = asyncio.Event()
        with nbtrack.start_run(run_name="first"):
            task = asyncio.create_task(late(ready))
            await asyncio.sleep(0)
        with nbtrack.start_run(run_name="second"):
            ready.set()
            await task

    asyncio.run(main())
    assert values() == {"first": [1.0]}


def test_a_run_of_before_the_loop_is_that_of_its_tasks_and_one_started_in_it_is_active_after_it() -> None:
    async def log(value: float) -> None:
        nbtrack.log_metric("m", value)

    async def main() -> None:
        await asyncio.gather(log(1), log(2))
        nbtrack.end_run()
        nbtrack.start_run(run_name="in the loop")

    nbtrack.start_run(run_name="before")
    asyncio.run(main())
    nbtrack.log_metric("m", 3)
    assert values() == {"before": [1.0, 2.0], "in the loop": [3.0]}


def test_a_second_run_of_one_task_needs_nested_and_a_child_task_starts_what_it_likes() -> None:
    async def child() -> str:
        with nbtrack.start_run(run_name="child", nested=True) as run, pytest.raises(InvalidValueError):
            nbtrack.start_run()
        return run.info.run_id

    async def main() -> tuple[str, str]:
        with nbtrack.start_run() as run:
            return run.info.run_id, await asyncio.create_task(child())

    parent, child_id = asyncio.run(main())
    found = nbtrack.get_parent_run(child_id)
    assert found is not None
    assert found.info.run_id == parent


def test_a_task_cannot_end_the_run_it_borrows() -> None:
    async def end() -> None:
        nbtrack.end_run()

    async def main() -> None:
        with nbtrack.start_run() as run:
            await asyncio.create_task(end())
            now = nbtrack.active_run()
            assert now is not None
            assert now.info.run_id == run.info.run_id

    asyncio.run(main())


async def _fails() -> None:
    nbtrack.start_run(run_name="FAILED", nested=True)
    raise ValueError


async def _waits() -> None:
    nbtrack.start_run(run_name="KILLED", nested=True)
    await asyncio.sleep(60)


async def _ends() -> None:
    nbtrack.start_run(run_name="FINISHED", nested=True)


@pytest.mark.parametrize("left_open", [_fails, _waits, _ends])
def test_a_run_left_open_ends_with_its_task(left_open: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(left_open())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert active.open_runs() == []
    (run,) = nbtrack.search_runs(search_all_experiments=True, output_format="list")
    assert run.info.status == run.info.run_name


def test_threads_and_callbacks_of_a_task_log_into_its_run() -> None:
    def log(value: float) -> None:
        nbtrack.log_metric("m", value)

    async def work(number: int) -> None:
        with nbtrack.start_run(run_name=f"job{number}", nested=True):
            await asyncio.to_thread(log, number)
            asyncio.get_running_loop().call_later(0.001, log, number + 0.5)
            await asyncio.sleep(0.02)

    async def main() -> None:
        await asyncio.gather(*(work(number) for number in range(3)))

    asyncio.run(main())
    assert values() == {f"job{number}": [float(number), number + 0.5] for number in range(3)}


def test_what_a_task_ended_last_is_its_own() -> None:
    async def work(number: int) -> str:
        with nbtrack.start_run(run_name=f"job{number}"):
            await asyncio.sleep(0.002 * number)
        await asyncio.sleep(0.01)
        last = nbtrack.last_active_run()
        assert last is not None
        return str(last.info.run_name)

    async def main() -> list[str]:
        return list(await asyncio.gather(*(work(number) for number in range(3))))

    assert asyncio.run(main()) == ["job0", "job1", "job2"]


def test_a_loop_in_a_thread_has_its_own_runs() -> None:
    async def main() -> None:
        await asyncio.gather(*(job(number, waits=lambda _: asyncio.sleep(0.001)) for number in range(3)))

    with nbtrack.start_run(run_name="main"):
        thread = threading.Thread(target=lambda: asyncio.run(main()))
        thread.start()
        thread.join(30)
        nbtrack.log_metric("m", -1)
    assert {name: len(points) for name, points in values().items()} == {"job0": 5, "job1": 5, "job2": 5, "main": 1}
