"""What did a cell assign whose kernel was killed, where its run lies on a server?

A server changes no param, so the literals of a cell go there when the cell has ended. Until then they stand in a note
on this machine. The note of a process that has died is sent by whoever tracks to the same server next, or shows the
run.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from nbtrack.capture.alive import is_abandoned
from nbtrack.entities import Param
from nbtrack.errors import NbtrackError, NotFoundError, guard
from nbtrack.stores.base import Rearranging
from nbtrack.stores.names import is_key, is_run_id
from nbtrack.tracking.active import Held
from nbtrack.tracking.client import MlflowClient

_ENDING = ".literals.json"
_LONGEST = 1_000_000  # bytes


def keep_note(held: Held, params: Mapping[str, str]) -> None:
    """Note the params of a cell that begins; the note goes when its run leaves the stack."""
    with guard("note the params of this cell"):
        path = _folder(held.uri) / f"{held.run_id}{_ENDING}"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(path, flags, 0o600), "w") as file:
            json.dump(dict(params), file)


def drop_note(held: Held) -> None:
    """The cell has ended, and its params are in the store."""
    if not isinstance(held.client.store, Rearranging):
        with contextlib.suppress(OSError):
            os.unlink(_folder(held.uri) / f"{held.run_id}{_ENDING}")


def send_notes(client: MlflowClient) -> None:
    """Send the notes of processes that have died to their runs on this server."""
    from nbtrack.stores.rest.unsent import is_own_folder

    folder = _folder(client.store.uri)
    if not is_own_folder(folder):
        return
    for path in folder.glob(f"*{_ENDING}"):
        with guard(f"send '{path}'"):
            _send(client, path, path.name.removesuffix(_ENDING))


def _folder(uri: str) -> Path:
    from nbtrack.stores.rest.unsent import unsent_folder  # takes long to import, and is for servers alone

    return unsent_folder(uri)


def _send(client: MlflowClient, path: Path, run_id: str) -> None:
    if not is_run_id(run_id) or path.is_symlink() or path.stat().st_size > _LONGEST:
        return
    try:
        run = client.get_run(run_id)
        if run.info.status == "RUNNING" and not is_abandoned(run):
            return
        noted = json.loads(path.read_text())
        new = {key: str(text) for key, text in noted.items() if is_key(key) and key not in run.data.params}
        client.log_batch(run_id, params=[Param(key, text) for key, text in new.items()])
    except NotFoundError:
        pass  # the run was deleted for good
    except NbtrackError:
        return  # the server is away, or takes nothing now: the note stays
    except (ValueError, AttributeError):
        pass  # half of a note
    path.unlink(missing_ok=True)
