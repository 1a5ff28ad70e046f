"""Which links of a store are followed?

People put a run's folders on a scratch disk and link them; but a store can come from a stranger, and then a link named
`artifacts` would show, copy and write whatever it points to. So a link in place of a run's own folder is followed
where its target lies inside the store, or inside a folder that the user allows with NBTRACK_LINK_TARGETS. An
experiment or a run that is itself a link is shown as MLflow shows it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from nbtrack.errors import StoreError
from nbtrack.stores.files.layout import root_of, shown

SETTING = "NBTRACK_LINK_TARGETS"  # folders, separated as in PATH
LINKED = "nbtrack.linked_to"  # the tag that a linked experiment or run is shown with; it is written nowhere


class LeadsOutError(StoreError):
    """A link that is not followed stands in place of a folder of a run."""

    def __init__(self, link: str, target: str) -> None:
        self.problem = f"is a link to '{shown(target)}', which lies outside the store; such links are not followed"
        self.remedy = remedy(target)
        super().__init__(f"'{shown(link)}' {self.problem}. {self.remedy}")


def remedy(target: str) -> str:
    return f"Put a real folder in its place, or allow its target: set {SETTING}='{shown(target)}'."


def is_link(path: str) -> bool:
    """Also true of the junctions of Windows."""
    return os.path.islink(path) or getattr(os.path, "isjunction", os.path.islink)(path)


def leads_out(path: str, *roots: str) -> LeadsOutError | None:
    """Why `path` is not followed; None where it is no link, or one whose target lies inside a root or is allowed.

    A link to a folder above itself is never followed: its content would have no end.
    """
    try:
        if not stat.S_ISLNK(os.lstat(path).st_mode) and not is_link(path):
            return None
    except OSError:
        return None  # whoever opens it will say what is wrong
    target = os.path.realpath(path)
    holder = os.path.realpath(os.path.dirname(path))
    allowed = any(_is_within(target, os.path.realpath(root)) for root in (*roots, *_allowed()))
    return None if allowed and not _is_within(holder, target) else LeadsOutError(path, target)


def inside_run(run_folder: str, path: str) -> str:
    """`path` in the run's folder. Raises LeadsOutError where one of its folders is a link that leads out.

    The last part may be a file: whoever opens it refuses a link.
    """
    return inside(root_of(run_folder), run_folder, path)


def inside(root: str, folder: str, path: str) -> str:
    """As `inside_run`, for any folder of the store at `root`."""
    at = folder
    for part in path.split("/")[:-1]:
        at = os.path.join(at, part)
        if is_link(at) and (out := leads_out(at, root, folder)):
            raise out
    return os.path.join(folder, path)


def own_folder(run_folder: str, name: str) -> str:
    """The run's folder of this name. Raises LeadsOutError where it is a link that leads out."""
    inside_run(run_folder, f"{name}/")
    return os.path.join(run_folder, name)


def is_made_for(path: str, owner: str, last: str = "artifacts") -> bool:
    """Does an address from a database or a server end as MLflow makes it, in `<owner>/artifacts` without links?

    Anything else could be any folder of this machine.
    """
    given = Path(path)
    if given.parts[-2:] != (owner, last) or ".." in given.parts or len(given.parts) < 4:
        return False
    return not any(leads_out(str(part)) for part in (given, given.parent))


def _allowed() -> Iterator[str]:
    for folder in os.environ.get(SETTING, "").split(os.pathsep):
        if os.path.isabs(os.path.expanduser(folder)):
            yield os.path.expanduser(folder)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def move(path: str, to: str) -> None:
    """Rename a folder. A link stays one, and still leads where it led."""
    target = os.readlink(path) if is_link(path) else None
    if target is None or os.path.isabs(target):
        os.rename(path, to)
        return
    absolute = os.path.join(os.path.realpath(os.path.dirname(path)), target)
    os.symlink(os.path.relpath(absolute, os.path.realpath(os.path.dirname(to))), to, target_is_directory=True)
    os.unlink(path)
