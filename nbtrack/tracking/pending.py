"""Which writes into a run go on beside the person's code, and how does one wait for them?

One thread does them in order. Whoever reads the artifacts of a run, ends it or calls `flush` waits for those of the
run; Python itself waits for all of them before it ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

_pool: ThreadPoolExecutor | None = None
_writes: dict[str, list[Future[None]]] = {}  # by run
_lock = threading.Lock()
_here = threading.local()


def write_beside(run_id: str, write: Callable[[], None]) -> None:
    """Call `write`, which raises nothing, in the thread; at once where Python is ending."""
    global _pool
    try:
        with _lock:
            if _pool is None:
                _pool = ThreadPoolExecutor(1, "nbtrack-writes")
            future = _pool.submit(_in_thread, write)
            _writes.setdefault(run_id, []).append(future)
    except RuntimeError:  # no thread is started any more
        write()
        return
    future.add_done_callback(lambda done: _forget(run_id, done))


def _in_thread(write: Callable[[], None]) -> None:
    _here.writes = True
    write()


def _forget(run_id: str, done: Future[None]) -> None:
    with _lock:
        left = [each for each in _writes.get(run_id, ()) if each is not done]
        if left:
            _writes[run_id] = left
        else:
            _writes.pop(run_id, None)


def wait_for_writes(run_id: str | None = None) -> None:
    """Return when what is on its way to this run, or to all, is there. The thread itself does not wait for itself."""
    if not _writes or getattr(_here, "writes", False):
        return
    with _lock:
        waiting = [each for key, writes in _writes.items() if run_id in (None, key) for each in writes]
    for each in waiting:
        each.exception()


def _after_fork() -> None:
    """In a forked child there is no such thread, and what it had to do is the parent's."""
    global _pool, _lock
    _pool, _lock = None, threading.Lock()
    _writes.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
