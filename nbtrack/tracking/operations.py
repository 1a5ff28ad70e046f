"""What does a call with `synchronous=False` hand back, and how does one wait for what is on its way?"""

from __future__ import annotations

import sys

from nbtrack.tracking.pending import wait_for_writes


class RunOperations:
    """A write that is done for a store on this machine, and on its way to a server."""

    def wait(self) -> None:
        """Return when it is where it belongs, as `flush` does."""
        flush()


DONE = RunOperations()


def flush() -> None:
    """Return when all that was logged has reached its store; a server that does not answer is told in a warning.

    Only servers and the models of fits are behind: what else goes to a folder or a database is there when the call that
    logs it returns. The same under MLflow's names, `flush_async_logging` and `flush_artifact_async_logging`.
    """
    wait_for_writes()
    outbox = sys.modules.get("nbtrack.stores.rest.outbox")  # there once a server was opened
    if outbox is not None:
        outbox.flush()


flush_async_logging = flush
flush_artifact_async_logging = flush
