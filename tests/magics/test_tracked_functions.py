"""Functions, coroutines and generators under `nbtrack.track`, alone and at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import pytest

import nbtrack
from nbtrack.entities import Run
from nbtrack.stores import Store
from nbtrack.tracking import active
from nbtrack.tracking.client import PARENT
from tests.magics.test_script import here as here
from tests.magics.test_script import runs


def by_name(store: Store) -> dict[str, Run]:
    return {str(run.info.run_name): run for run in runs(store)}


def test_the_decorator_needs_no_parentheses(here: Store) -> None:
    class Trainer:
        @nbtrack.track
        def method(self, lr: float) -> float:
            return lr * 2

        @nbtrack.track
        @staticmethod
        def static(lr: float) -> float:
            return lr * 3

    @nbtrack.track
    async def awaited(lr: float) -> float:
        return lr * 4

    assert Trainer().method(0.5) == 1.0
    assert Trainer.static(0.5) == 1.5
    assert asyncio.run(awaited(lr=0.5)) == 2.0
    found = by_name(here)
    assert {name: run.data.metrics["result"] for name, run in found.items()} == {
        "method": 1.0, "static": 1.5, "awaited": 2.0,
    }  # fmt: skip
    assert {run.data.params["lr"] for run in found.values()} == {"0.5"}
    with pytest.raises(TypeError, match="expects a function"):
        nbtrack.track(Trainer)
    with pytest.raises(TypeError, match="got 3"):
        nbtrack.track(3)  # type: ignore[call-overload]


def test_a_generator_is_one_run_to_its_end_and_active_only_in_its_own_code(here: Store) -> None:
    @nbtrack.track("generator")
    def losses(n: int) -> Generator[float, float | None, int]:
        for step in range(n):
            nbtrack.log_metric("loss", step, step=step)
            sent = yield float(step)
            if sent is not None:
                nbtrack.log_metric("sent", sent)
        return n

    made = losses(3)
    assert runs(here) == []  # nothing runs before the first value is asked for
    assert next(made) == 0.0
    assert active.current() is None
    with nbtrack.start_run(run_name="other"):
        assert made.send(7.0) == 1.0
        nbtrack.log_metric("m", 1)
        assert list(made) == [2.0]
    found = by_name(here)
    assert found["generator"].info.status == "FINISHED"
    assert dict(found["generator"].data.metrics) == {"loss": 2.0, "sent": 7.0, "result": 3.0}
    assert found["generator"].data.params["n"] == "3"
    assert PARENT not in found["generator"].data.tags
    assert dict(found["other"].data.metrics) == {"m": 1.0}


def test_generators_at_the_same_time_with_runs_of_their_own_inside_do_not_mix(here: Store) -> None:
    @nbtrack.track()
    def trial(number: int) -> Iterator[int]:
        with nbtrack.start_run(run_name=f"inside {number}", nested=True):
            for step in range(3):
                nbtrack.log_metric("m", 10 * number + step, step=step)
                print(f"value {number}")
                yield step
        nbtrack.log_metric("last", number)

    assert list(zip(trial(1), trial(2), strict=True)) == [(0, 0), (1, 1), (2, 2)]
    found = runs(here)
    outer = {run.data.params["number"]: run for run in found if run.info.run_name == "trial"}
    inner = {str(run.info.run_name): run for run in found if run.info.run_name != "trial"}
    for number in (1, 2):
        assert outer[str(number)].data.metrics["last"] == number
        run = inner[f"inside {number}"]
        assert run.data.tags[PARENT] == outer[str(number)].info.run_id
        assert run.data.metrics["m"] == 10 * number + 2
        printed = here.read_artifact(outer[str(number)].info.run_id, "output.txt").decode()
        assert printed == f"value {number}\n" * 3
    assert active.open_runs() == []


@pytest.mark.parametrize("how", ["closed", "fails", "thrown into"])
def test_a_generator_that_is_not_run_to_its_end(here: Store, how: str) -> None:
    cleaned = []

    @nbtrack.track()
    def values() -> Iterator[int]:
        try:
            yield 1
            raise KeyError
        finally:
            cleaned.append(active.current() is not None)

    made: Any = values()
    next(made)
    if how == "closed":
        made.close()
    else:
        with pytest.raises(KeyError if how == "fails" else OSError):
            made.throw(OSError) if how == "thrown into" else next(made)
    assert cleaned == [True]
    (run,) = runs(here)
    assert run.info.status == ("FINISHED" if how == "closed" else "FAILED")
    assert active.open_runs() == []


def test_async_generators_of_several_tasks_do_not_mix(here: Store) -> None:
    @nbtrack.track()
    async def values(number: int) -> AsyncIterator[int]:
        for step in range(3):
            await asyncio.sleep(0.001 * number)
            nbtrack.log_metric("m", 10 * number + step, step=step)
            yield step

    async def consume(number: int) -> None:
        async for _ in values(number):
            assert active.current() is None
            await asyncio.sleep(0.001)

    async def broken_off() -> None:
        made = values(9)
        async for _ in made:
            break
        await made.aclose()  # type: ignore[attr-defined]

    async def main() -> None:
        await asyncio.gather(*(consume(number) for number in range(3)), broken_off())

    asyncio.run(main())
    found = {run.data.params["number"]: run for run in runs(here)}
    client = nbtrack.MlflowClient()
    for number in range(3):
        history = client.get_metric_history(found[str(number)].info.run_id, "m")
        assert [point.value for point in history] == [10.0 * number + step for step in range(3)]
    assert {run.info.status for run in found.values()} == {"FINISHED"}
    assert active.open_runs() == []


def test_coroutines_at_the_same_time_keep_what_they_log_and_print_apart(here: Store) -> None:
    @nbtrack.track()
    async def work(number: int) -> int:
        for step in range(3):
            nbtrack.log_metric("m", number, step=step)
            print(f"epoch {step} loss={number}.5")
            await asyncio.sleep(0.001 * (3 - number))
        return number

    async def main() -> None:
        await asyncio.gather(*(work(number) for number in range(3)))

    with nbtrack.track("all") as parent:
        asyncio.run(main())
    assert parent is not None
    found = {run.data.params.get("number"): run for run in runs(here)}
    for number in range(3):
        run = found[str(number)]
        assert dict(run.data.metrics) == {"m": number, "loss": number + 0.5, "result": number}
        assert run.data.tags[PARENT] == parent.info.run_id
        lines = [f"epoch {step} loss={number}.5" for step in range(3)]
        assert here.read_artifact(run.info.run_id, "output.txt").decode().splitlines() == lines
