"""What is noted about machine, repository and session while the cell is already running?"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from nbtrack.capture import options
from nbtrack.capture.environment import packages, system_tags
from nbtrack.capture.git import git_tags
from nbtrack.entities import RunTag
from nbtrack.errors import guard
from nbtrack.magics.files import PACKAGES
from nbtrack.tracking.active import Held


def describe(held: Held, folder: Path, given: Collection[str]) -> None:
    """`given` are the person's own tags, which win."""
    with guard("note the machine"):
        _tag(held, system_tags(), given)
    if options.git:
        with guard("note the repository"):
            _tag(held, git_tags(folder), given)
    if options.packages:
        with guard("note the packages"):
            held.client.store.write_artifact(held.run_id, PACKAGES, packages().encode())


def _tag(held: Held, found: dict[str, str], given: Collection[str]) -> None:
    held.client.log_batch(held.run_id, tags=[RunTag(key, value) for key, value in found.items() if key not in given])


