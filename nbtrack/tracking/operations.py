"""What does a call with `synchronous=False` hand back?"""

from __future__ import annotations


class RunOperations:
    """A write that is already done: nbtrack has nothing left to wait for when the call returns."""

    def wait(self) -> None:
        """Return at once."""


DONE = RunOperations()


def flush() -> None:
    """Return at once: what was logged has reached the operating system already. There for code written for MLflow,
    also under its names `flush_async_logging` and `flush_artifact_async_logging`."""


flush_async_logging = flush
flush_artifact_async_logging = flush
