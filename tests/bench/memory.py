"""How much memory does an open store take, beyond the columns of its table?

python memory.py STORE    prints bytes a run, as one JSON number
"""

from __future__ import annotations

import gc
import importlib
import json
import sys
import tracemalloc

from nbtrack.frame import Frame
from nbtrack.stores.files import FileStore


def beyond_columns(path: str) -> float:
    for name in ("pandas", "tqdm.auto", "yaml"):  # so that no import counts
        importlib.import_module(name)
    gc.collect()
    tracemalloc.start(1)
    store = FileStore(path)
    watch = store.watch()
    frame = watch.snapshot().frame()
    watch.changes()  # from the second look on the folders are watched
    watch.changes()
    store._index._sidecar.wait()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (held - columns(frame)) / len(frame)


def columns(frame: Frame) -> int:
    """Bytes of the arrays, and of the distinct texts and their lists."""
    total = 0
    for column in frame.columns.values():
        for name in type(column).__slots__:
            part = getattr(column, name)
            total += part.nbytes if hasattr(part, "nbytes") else sys.getsizeof(part) + sum(map(sys.getsizeof, part))
    return total


if __name__ == "__main__":
    print(json.dumps(beyond_columns(sys.argv[1])))
