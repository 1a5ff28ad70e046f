"""How coarse is the clock of a file system?

A file that changed within the last tick may change again while its times stand still. The usual ticks are some
milliseconds; ext2 and ext3 with small inodes, HFS+, FAT and NFS from one of these count whole seconds (FAT two).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache

from nbtrack.stores.files.notify import LOCAL, disk_kind

SECOND_NS = 1_000_000_000
FINE_NS = 50_000_000
COARSE_NS = 3 * SECOND_NS
FAR_NS = 3600 * SECOND_NS  # a file server's clock may go wrong by so much
_ONE_CLOCK = LOCAL | {"ext", "hfs", "hfsplus", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "overlay"}


def tick_ns(folder: str, changed: Sequence[int]) -> int:
    """So long (ns) a file in `folder` may change without its times moving. `changed` are times of change (ctime, ns).

    No program can set the time of change, so one without a fraction tells of a clock that has none.
    """
    if not any(time and time % SECOND_NS == 0 for time in changed):
        return FINE_NS
    return COARSE_NS if _has_our_clock(folder) else FAR_NS


def _has_our_clock(folder: str) -> bool:
    try:
        device = os.stat(folder).st_dev
    except OSError:
        return False
    return _kind(device, folder) in _ONE_CLOCK


@lru_cache(64)
def _kind(device: int, folder: str) -> str:
    return disk_kind(folder)
