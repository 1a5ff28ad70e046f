"""How long may a server take for a whole answer, however it spreads its bytes?

httpx limits each wait for bytes, so that a server that sends one now and then holds a caller for hours. Here each read
waits only as long as is left of the time that the question was given.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

RATE = 100_000  # bytes a second: an answer that comes faster gets more time
LONGEST = 10  # times the time that was given

_now = threading.local()


class _Deadline:
    """When the answer must be there; each byte that arrives moves it, up to a limit."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._latest = time.monotonic() + seconds * LONGEST

    def left(self) -> float:
        return self._ends - time.monotonic()

    def heard(self, size: int) -> None:
        self._ends = min(self._ends + size / RATE, self._latest)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread reads inside must be there in time, or httpx.ReadTimeout is raised."""
    before = getattr(_now, "deadline", None)
    _now.deadline = _Deadline(seconds)
    try:
        yield
    finally:
        _now.deadline = before


@contextmanager
def without_deadline() -> Iterator[None]:
    before = getattr(_now, "deadline", None)
    _now.deadline = None
    try:
        yield
    finally:
        _now.deadline = before


def watch_deadlines(client: httpx.Client) -> None:
    """Let the client's connections, those through proxies too, keep to the deadline of the thread that reads."""
    for transport in (client._transport, *client._mounts.values()):
        pool = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(self._inner.connect_tcp(*args, **kwargs))

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(self._inner.connect_unix_socket(*args, **kwargs))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        deadline: _Deadline | None = getattr(_now, "deadline", None)
        if deadline is None:
            return self._inner.read(max_bytes, timeout)
        left = deadline.left()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer was not complete in time")
        data = self._inner.read(max_bytes, left if timeout is None else min(left, timeout))
        deadline.heard(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(*args, **kwargs))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
